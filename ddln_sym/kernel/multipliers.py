"""Sums under constraints on sums, term by term: Lagrange's multipliers.

Where ``f(x) ≥ Σλ_i g_i(x) + τ`` for every x, and ``Σ_k g_i(x_k) = c_i`` over k = 1…d, ``Σ_k f(x_k) ≥ Σλ_i c_i + τd``;
and of ``Σ_k g_i(x_k) ≤ c_i`` the same where ``λ_i ≤ 0``.  The multipliers are those at which a point is stationary: one
where all entries of the term are equal, or one where all terms of each constraint are; or those that make up for what
stands beside the sums, as ``−1`` of ``1 − Σx² ≥ 0`` where ``Σx = 1``.  That they do is proved, so how they were found
does not matter.

A sum inside a function is a number s, or dm for a mean m, and that it is one is a constraint: so Jensen's inequalities
are of this kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import combinations, islice, product
from typing import Any

import sympy as sp

from ddln_sym.kernel.procedure import Prover, prove_each
from ddln_sym.kernel.sizes import put_keeping, take_name
from ddln_sym.statements import Compare, Equal, Hypothesis, Index, ProductOver, Setting, Step, SumOver

Expr = Any

__all__ = ["prove_by_multipliers"]

#: Entries of a term, and constraints, that multipliers are looked for; sums and products that stand in functions.
ENTRIES, CONSTRAINTS, INSIDE = 3, 3, 2
#: Terms beside the sums that multipliers make up for, and ways in which they do.
BESIDE, WAYS = 2, 12


@dataclass(frozen=True)
class _Total:
    """``Σ_k term + rest``, the term with a symbol for each entry at k; of a constraint it is 0, or at most that."""

    term: Expr
    rest: Expr
    exact: bool = True


@dataclass(frozen=True)
class _Multipliers:
    """A multiplier for each constraint, and what is added at each index."""

    values: tuple[Expr, ...]
    constant: Expr


@dataclass(frozen=True)
class _Question:
    """What is to be shown of which sums, under which constraints on sums.

    Attributes:
        wanted: ``Σf + rest``, which is to be nonnegative.
        given: what is known of everything; ``beside``: the same without what is said of sums.
        values: that the sides have values, for in their difference what has none may have been cancelled.
    """

    wanted: _Total
    constraints: list[_Total]
    size: Expr
    given: Setting
    beside: Setting
    values: list[Equal]

    def add_up(self, found: _Multipliers, each: Setting, prove: Prover) -> list[Step] | None:
        """That the term is as large as what is taken away from it, and that what is left is not negative."""
        pairs = list(zip(found.values, self.constraints, strict=True))
        low = sp.Add(*(m * c.term for m, c in pairs), found.constant)
        # Σ g_i is −(rest of the i-th constraint), or at most that.
        total = self.wanted.rest - sp.Add(*(m * c.rest for m, c in pairs))
        bounded = [m for m, c in pairs if not c.exact and not (m.is_Rational and m <= 0)]
        statements: list[Compare | Equal] = [
            Compare(self.wanted.term, low, each),
            Compare(total + found.constant * self.size, 0, self.beside),
            *(Compare(0, m, self.given) for m in bounded),
            *(Equal(m, m, self.beside) for m in (*found.values, found.constant) if not m.is_Rational),
            *self.values,
        ]
        steps = prove_each(reversed(statements), prove)  # the hardest comes last
        return None if steps is None else [*reversed(steps)]


def prove_by_multipliers(
    proposition: Compare, prove: Prover, inside: bool = False
) -> tuple[tuple[Expr, ...], tuple[Step, ...]] | None:
    """Prove an inequality between sums under constraints on sums: the multipliers, and the steps.

    Args:
        inside: whether the statement is one with sums or products inside of functions, or without constraints.
    """
    setting, size, sides = proposition.setting, proposition.setting.size, (proposition.lhs, proposition.rhs)
    if size is None or proposition.strict or setting.rates:
        return None
    heads = _heads_inside(sp.expand(proposition.lhs - proposition.rhs))
    bounds = [h.relation for h in setting.hypotheses if h.index is None and _is_bound(h.relation)]
    if (bool(heads) or not bounds) != inside or len(heads) > INSIDE:
        return None
    parts = (*sides, size, *(h.relation for h in setting.hypotheses))
    names = {s.name for part in parts for s in part.atoms(sp.Symbol)}
    place, entries = Index(take_name("k", names)), dict[Expr, Expr]()
    named = _name(heads, setting, names, sp.Integer(1) if bounds else size, prove)
    if named is None:
        return None
    left, right = (put_keeping(side, named.stands) for side in sides)
    wanted = _read(left - right, place, entries, names)
    differences = [*((e, True) for e in named.equations), *map(_as_difference, bounds)]
    totals = [(_read(difference, place, entries, names), exact) for difference, exact in differences]
    constraints = [replace(total, exact=exact) for total, exact in totals if total is not None][:CONSTRAINTS]
    if wanted is None or len(constraints) < len(differences) - len(bounds) or not 0 < len(entries) <= ENTRIES:
        return None
    plain = (h for h in setting.hypotheses if h.index is None and not h.relation.has(SumOver))
    question = _Question(
        wanted, constraints, size, setting.given(*named.facts), Setting((*plain, *named.facts), (), size),
        [Equal(s, s, setting) for s in sides if not s.is_Rational],
    )  # fmt: skip
    each, symbols = _at_each(setting, place, entries).given(*named.facts), list(entries.values())
    stationary = [*dict.fromkeys(_stationary(wanted, constraints, symbols, size))]
    for found in stationary:
        if (added := question.add_up(found, each, prove)) is not None:
            return found.values, (*named.steps, *added)
    most = _most(constraints, each, prove)
    ways = list(islice(_make_up(wanted, constraints, size), WAYS))
    for found in [*ways, *(stationary if most else [])]:
        if (added := question.add_up(found, each.given(*(h for h, _ in most)), prove)) is not None:
            return found.values, (*named.steps, *(step for _, step in most), *added)
    return None


# -- sums and products that stand in functions --------------------------------------------------------------------
def _heads_inside(difference: Expr) -> list[Expr]:
    """The sums and products of an expanded expression that are more than one of its terms with a factor."""
    found = set[Expr]()
    for part in sp.Add.make_args(difference):
        heads = part.atoms(SumOver, ProductOver)
        factors = [f for f in sp.Mul.make_args(part) if isinstance(f, SumOver)]
        if len(factors) != 1 or (part / factors[0]).has(SumOver, ProductOver):
            found |= {h for h in heads if not any(other != h and other.has(h) for other in heads)}
    return sorted(found, key=sp.default_sort_key)


@dataclass
class _Named:
    """What stands for each sum and product, the equations that say so, what is known of the numbers, and the steps."""

    stands: dict[Expr, Expr] = field(default_factory=dict)
    equations: list[Expr] = field(default_factory=list)
    facts: list[Hypothesis] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)


def _name(heads: list[Expr], setting: Setting, names: set[str], scale: Expr, prove: Prover) -> _Named | None:
    """Numbers in the place of sums and products, times a scale; a product of positive factors is ``e^s``, s the sum of
    their logarithms."""
    named = _Named()
    for head in heads:
        if head.without or head.term.has(SumOver, ProductOver):
            return None
        s = sp.Symbol(take_name("s" if scale == 1 else "m", names), real=True)
        if isinstance(head, ProductOver):
            wanted = [(Compare(head.at(Index(take_name("k", names))), 0, setting, True), sp.true)]
            named.stands[head], total = sp.exp(scale * s), SumOver(sp.log(head.term), head.index)
        else:
            wanted = [(Compare(head, 0, setting, True), sp.Gt(s, 0)), (Compare(head, 0, setting), sp.Ge(s, 0))]
            named.stands[head], total = scale * s, head
        named.equations.append(total - scale * s)
        found = next(((step, fact) for sign, fact in wanted if (step := prove(sign)) is not None), None)
        if found is not None:
            named.steps.append(found[0])
            named.facts += [] if found[1] is sp.true else [Hypothesis(str(found[1]), found[1])]
        elif isinstance(head, ProductOver):
            return None
    return named


# -- constraints --------------------------------------------------------------------------------------------------
def _is_bound(relation: Expr) -> bool:
    return relation.has(SumOver) and isinstance(relation, sp.Eq | sp.Ge | sp.Gt | sp.Le | sp.Lt)


def _as_difference(relation: Expr) -> tuple[Expr, bool]:
    """What is 0, or at most 0, where a relation holds; whether it is 0."""
    low, high = relation.args if isinstance(relation, sp.Eq | sp.Le | sp.Lt) else relation.args[::-1]
    return low - high, isinstance(relation, sp.Eq)


def _most(constraints: list[_Total], each: Setting, prove: Prover) -> list[tuple[Hypothesis, Step]]:
    """``g(x_k) ≤ c`` where ``Σ g ≤ c`` and no term is negative, with the step that says so."""
    found = []
    for constraint in constraints:
        bound = sp.Ge(-constraint.rest, constraint.term)
        step = None if constraint.term.is_Rational else prove(Compare(constraint.term, 0, each))
        if step is not None and bound not in (sp.true, sp.false):
            found.append((Hypothesis("one term is at most the sum of all", bound), step))
    return found


def _read(difference: Expr, place: Expr, entries: dict[Expr, Expr], names: set[str]) -> _Total | None:
    """A linear combination of sums over all indices as one sum and a rest; None if it is another thing."""
    term, rest = sp.Integer(0), sp.Integer(0)
    for part in sp.Add.make_args(sp.expand(difference)):
        heads = [factor for factor in sp.Mul.make_args(part) if isinstance(factor, SumOver)]
        outside = sp.Mul(*(factor for factor in sp.Mul.make_args(part) if not isinstance(factor, SumOver)))
        if outside.has(SumOver, ProductOver, sp.Indexed) or outside.atoms(Index) or len(heads) > 1:
            return None
        if not heads:
            rest += outside
            continue
        (head,) = heads
        if head.without or head.term.has(SumOver, ProductOver):
            return None
        inside = head.at(place)
        for entry in sorted(inside.atoms(sp.Indexed) - entries.keys(), key=str):
            if entry.indices != (place,):
                return None
            entries[entry] = sp.Symbol(take_name(f"{entry.base.label}_k", names), real=True)
        inside = inside.xreplace(entries)
        if inside.atoms(Index):
            return None
        term += outside * inside
    return _Total(term, rest)


def _at_each(setting: Setting, place: Expr, entries: dict[Expr, Expr]) -> Setting:
    """What is known of the entries at any one index."""
    given = [h for h in setting.hypotheses if h.index is None and not h.relation.has(SumOver, ProductOver, sp.Indexed)]
    for h in setting.hypotheses:
        if h.index is not None and not h.without:
            relation = h.at(place).xreplace(entries)
            if not relation.has(SumOver, ProductOver, sp.Indexed) and not relation.atoms(Index):
                given.append(Hypothesis(h.name, relation))
    return Setting(tuple(given))


# -- multipliers --------------------------------------------------------------------------------------------------
def _stationary(wanted: _Total, constraints: list[_Total], symbols: list[Expr], size: Expr) -> Iterator[_Multipliers]:
    """The multipliers at places that may be stationary."""
    for point in _points(symbols, constraints, size):
        if (found := _multipliers(wanted, constraints, symbols, point, list(point))) is not None:
            yield found
    for one, other in combinations(constraints, 2):
        if other.rest == 0 or other.term == 0:
            continue
        # Where the terms are in the ratio of the sums, and the term is as large as what is taken away.
        ratio = sp.cancel(one.term / other.term) - sp.expand(one.rest / other.rest)
        for x in symbols:
            if (place := _solve(ratio, x)) is None:
                continue
            if (found := _multipliers(wanted, constraints, symbols, place, symbols, touching=True)) is not None:
                yield found


def _points(symbols: list[Expr], constraints: list[_Total], size: Expr) -> Iterator[dict[Expr, Expr]]:
    """Places that may be stationary, by what each entry is there."""
    if len(symbols) > 1:
        yield dict.fromkeys(symbols, symbols[0])
    point = dict[Expr, Expr]()
    for most, total in product((1, 1, len(symbols)), constraints):
        equation = total.term.xreplace(point) + sp.expand(total.rest / size)
        free = sorted(equation.free_symbols & set(symbols) - point.keys(), key=str)
        if 0 < len(free) <= most:
            point |= next((solved for x in reversed(free) if (solved := _solve(equation, x)) is not None), {})
    if len(point) >= len(constraints):
        yield point


def _solve(equation: Expr, x: Expr) -> dict[Expr, Expr] | None:
    """The x at which an expression vanishes, which is linear in it, its exponential, logarithm or square."""
    ways = ((x, x), (sp.exp(x), sp.log(x)), (sp.log(x), sp.exp(x)), (sp.log(sp.Abs(x)), sp.exp(x)), (x**2, sp.sqrt(x)))
    for head, inverse in ways:
        stands = sp.Dummy()
        in_head = equation.xreplace({head: stands})
        slope = sp.diff(in_head, stands)
        if slope != 0 and not slope.has(x, stands) and not in_head.has(x):
            return {x: inverse.xreplace({x: -in_head.xreplace({stands: sp.Integer(0)}) / slope})}
    return None


def _multipliers(
    wanted: _Total,
    constraints: list[_Total],
    symbols: list[Expr],
    point: dict[Expr, Expr],
    varied: list[Expr],
    touching: bool = False,
) -> _Multipliers | None:
    """The multipliers at a point that is stationary in some entries, and the constant, which is 0 where the term is to
    be touched there; None where they depend on the entries."""
    unknown = sp.symbols(f"lambda1:{len(constraints) + 1}", cls=sp.Dummy)
    lagrangian = wanted.term - sp.Add(*(m * c.term for m, c in zip(unknown, constraints, strict=True)))
    vanishing = [*(sp.diff(lagrangian, x) for x in varied), *([lagrangian] if touching else [])]
    solved = sp.solve([_written(e.xreplace(point)) for e in vanishing], unknown, dict=True)
    if len(solved) != 1 or len(solved[0]) != len(unknown):
        return None
    multipliers = tuple(sp.expand(solved[0][m]) for m in unknown)
    constant = _written(lagrangian.xreplace(dict(zip(unknown, multipliers, strict=True))).xreplace(point))
    found = (*multipliers, constant)
    if any(value.has(*symbols, sp.nan, sp.zoo, sp.oo, sp.I) for value in found):
        return None
    return _Multipliers(multipliers, constant)


def _make_up(wanted: _Total, constraints: list[_Total], size: Expr) -> Iterator[_Multipliers]:
    """Each term beside the sums as so much of one constraint, of all of them alike, or of the number of indices."""
    terms = [t for t in sp.Add.make_args(sp.expand(wanted.rest)) if t != 0]
    usable = [n for n, c in enumerate(constraints) if c.rest != 0]
    shares = [(n,) for n in usable] + ([tuple(usable)] if len(usable) > 1 else []) + [()]
    for chosen in product(shares, repeat=len(terms)) if len(terms) <= BESIDE else ():
        values, constant = [sp.Integer(0)] * len(constraints), sp.Integer(0)
        for term, among in zip(terms, chosen, strict=True):
            for n in among:
                values[n] += term / (len(among) * constraints[n].rest)
            constant -= 0 if among else term / size
        yield _Multipliers(tuple(map(sp.expand, values)), sp.expand(constant))


def _written(value: Expr) -> Expr:
    return sp.expand(sp.expand_log(sp.cancel(sp.together(value)), force=True))
