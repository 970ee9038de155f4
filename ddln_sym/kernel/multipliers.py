"""Sums under constraints on sums, term by term: Lagrange's multipliers.

Where ``f(x) ≥ Σλ_i g_i(x) + τ`` for every x, and ``Σ_k g_i(x_k) = c_i`` over k = 1…d, ``Σ_k f(x_k) ≥ Σλ_i c_i + τd``.
The multipliers are those at which a point is stationary: one where all entries of the term are equal, or one where
all terms of each constraint are.  That they do is proved, so how they were found does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sympy as sp

from ddln_sym.kernel.sizes import take_name
from ddln_sym.statements import Compare, Equal, Hypothesis, Index, ProductOver, Setting, Step, SumOver

Expr = Any
#: Proves a statement, or returns None.
Prover = Callable[[Any], Step | None]

__all__ = ["prove_by_multipliers"]

#: Entries of a term, and constraints, that multipliers are looked for.
ENTRIES, CONSTRAINTS = 3, 3


@dataclass(frozen=True)
class _Total:
    """``Σ_k term + rest``, the term with a symbol for each entry at k."""

    term: Expr
    rest: Expr


def prove_by_multipliers(proposition: Compare, prove: Prover) -> tuple[tuple[Expr, ...], tuple[Step, ...]] | None:
    """Prove an inequality between sums under equations between sums: the multipliers, and the steps."""
    setting, size = proposition.setting, proposition.setting.size
    if size is None or proposition.strict or setting.rates:
        return None
    parts = (proposition.lhs, proposition.rhs, size, *(h.relation for h in setting.hypotheses))
    names = {s.name for part in parts for s in part.atoms(sp.Symbol)}
    place, entries = Index(take_name("k", names)), dict[Expr, Expr]()

    def read(difference: Expr) -> _Total | None:
        return _read(difference, place, entries, names)

    wanted = read(proposition.lhs - proposition.rhs)
    equations = [h for h in setting.hypotheses if h.index is None and h.relation.has(SumOver)]
    totals = [read(h.relation.lhs - h.relation.rhs) for h in equations if isinstance(h.relation, sp.Eq)]
    constraints = [total for total in totals if total is not None][:CONSTRAINTS]
    if wanted is None or not constraints or not 0 < len(entries) <= ENTRIES:
        return None
    each = _at_each(setting, place, entries)
    plain = Setting(tuple(h for h in setting.hypotheses if h.index is None and not h.relation.has(SumOver)), (), size)
    for point in _points(list(entries.values()), constraints, size):
        found = _multipliers(wanted, constraints, point)
        if found is None:
            continue
        multipliers, constant = found
        low = sp.Add(*(m * c.term for m, c in zip(multipliers, constraints, strict=True)), constant)
        # Σ g_i is −(rest of the i-th equation).
        total = wanted.rest - sp.Add(*(m * c.rest for m, c in zip(multipliers, constraints, strict=True)))
        steps = []
        statements: list[Compare | Equal] = [
            Compare(wanted.term, low, each),
            Compare(total + constant * size, 0, plain),
        ]
        # What has no value may have been cancelled in these.
        statements += [Equal(m, m, plain) for m in (*multipliers, constant) if not m.is_Rational]
        statements += [Equal(s, s, setting) for s in (proposition.lhs, proposition.rhs) if not s.is_Rational]
        for statement in statements:
            step = prove(statement)
            if step is None:
                break
            steps.append(step)
        else:
            return multipliers, tuple(steps)
    return None


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


def _points(symbols: list[Expr], constraints: list[_Total], size: Expr) -> Iterator[dict[Expr, Expr]]:
    """Places that may be stationary."""
    if len(symbols) > 1:
        yield dict.fromkeys(symbols, symbols[0])
    point = {}
    for total in constraints:
        free = total.term.free_symbols & set(symbols)
        if len(free) == 1:
            (x,) = free
            slope = sp.diff(total.term, x)
            if not slope.has(x) and slope != 0:
                point[x] = -(total.rest / size + total.term.xreplace({x: sp.Integer(0)})) / slope
    if len(point) == len(symbols):
        yield point


def _multipliers(
    wanted: _Total, constraints: list[_Total], point: dict[Expr, Expr]
) -> tuple[tuple[Expr, ...], Expr] | None:
    """The multipliers at a stationary point, and the constant; None where they depend on the entries."""
    symbols, unknown = list(point), sp.symbols(f"lambda1:{len(constraints) + 1}", cls=sp.Dummy)
    lagrangian = wanted.term - sp.Add(*(m * c.term for m, c in zip(unknown, constraints, strict=True)))
    slopes = [_written(sp.diff(lagrangian, x).xreplace(point)) for x in symbols]
    solved = sp.solve(slopes, unknown, dict=True)
    if len(solved) != 1 or len(solved[0]) != len(unknown):
        return None
    multipliers = tuple(sp.expand(solved[0][m]) for m in unknown)
    constant = _written(lagrangian.xreplace(dict(zip(unknown, multipliers, strict=True))).xreplace(point))
    found = (*multipliers, constant)
    if any(value.has(*symbols, sp.nan, sp.zoo, sp.oo) for value in found):
        return None
    return multipliers, constant


def _written(value: Expr) -> Expr:
    return sp.expand(sp.expand_log(sp.cancel(sp.together(value)), force=True))
