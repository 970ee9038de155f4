"""Inequalities between polynomials, under facts ``f ≥ 0`` or ``f > 0`` and equations.

The first route is a certificate a person can read: after hypotheses are turned into slack
variables, every coefficient is nonnegative.  z3 decides what that route leaves open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

import sympy as sp
from flint import fmpq

from ddln_sym.kernel.combinations import Combination
from ddln_sym.kernel.polynomials import Replacing, Term, expand, factors, generators, remainder, terms_of
from ddln_sym.kernel.solver import SolverAnswer, ask, fresh
from ddln_sym.statements import Evidence, Slack

Expr = Any
Fact = tuple[Expr, bool]

__all__ = ["Reason", "contradictory", "prove"]

#: Units of z3's resource count; the hardest question of the paper takes a sixth of it.
WORK = 1_000_000
#: The same for one quantity and roots of it, of which one is of the third degree or a higher one: there a million units
#: take z3 from some seconds to more than a minute.  What it leaves open derivatives may decide.
ROOTS_WORK = 20_000


@dataclass(frozen=True)
class Reason:
    """By what an inequality was decided.

    Attributes:
        kind: the route.
        substitutions: what was put in the place of what, by the facts.
        subtracted: the fact ``f ≥ 0`` that was taken away, or ``f > 0``.
        combination: the combination of facts that the polynomial is.
        origins: facts that the combination uses, each with where it comes from.
        cases: quantities that are nonnegative one at a time, each with what decided that case.
        said: the particulars in words, where the other fields do not say them.
    """

    kind: Evidence
    substitutions: tuple[tuple[Expr, Expr], ...] = ()
    subtracted: Fact | None = None
    combination: Combination | None = None
    origins: tuple[tuple[Expr, str], ...] = ()
    cases: tuple[tuple[Expr, Reason], ...] = ()
    said: str = ""

    @property
    def detail(self) -> str:
        if self.said:
            return self.said
        if self.combination is not None:
            return str(self.combination)
        if self.subtracted is not None:
            fact, strict = self.subtracted
            return f"subtracting {fact} {'>' if strict else '≥'} 0"
        return "; ".join(f"{old} = {new}" for old, new in self.substitutions)

    def __str__(self) -> str:
        return f"{self.kind} after {self.detail}" if self.detail else self.kind


def prove(
    poly: Expr,
    strict: bool,
    facts: Sequence[Fact],
    relations: Sequence[Expr],
    *,
    quick: bool = False,
    work: int | None = None,
) -> Reason | None:
    """By what ``poly ≥ 0`` (``> 0`` if strict) was decided, or None when it was not.

    ``quick`` stops before z3: it serves the side conditions of the normal forms.  ``work`` limits z3.
    """
    return _prove(expand(poly), strict, tuple(facts), tuple(relations), quick, WORK if work is None else work)


@lru_cache(maxsize=4096)  # conditions of one kind come up again with every expression that they belong to
def _prove(
    poly: Expr, strict: bool, facts: tuple[Fact, ...], relations: tuple[Expr, ...], quick: bool, work: int
) -> Reason | None:
    if poly.is_number:
        return Reason(Evidence.ARITHMETIC) if (poly > 0 if strict else poly >= 0) else None
    signs, terms = _signs(facts), terms_of(poly)
    if _nonnegative_terms(terms.values(), strict, signs):
        return Reason(Evidence.COEFFICIENTS)
    if _is_known(poly, strict, facts, signs) or _product_of_facts(poly, strict, facts, signs):
        return Reason(Evidence.SIGNS)
    for fact, fact_strict in facts:
        if _nonnegative_terms(_subtract(terms, terms_of(fact)), strict and not fact_strict, signs):
            return Reason(Evidence.COEFFICIENTS, subtracted=(fact, fact_strict))
    for start, direction in product(dict.fromkeys((poly, remainder(poly, relations))), (1, -1)):
        if slack := _after_slack(start, strict, facts, relations, direction):
            return Reason(Evidence.COEFFICIENTS, slack)
    if quick:
        return None
    return (None if strict else _squares_of_many(poly)) or _z3(poly, strict, facts, relations, work)


@dataclass
class _Signs:
    """What the facts say of single generators."""

    nonnegative: set[Expr]
    positive: set[Expr]
    nonzero: set[Expr]

    def strictly(self, generator: Expr, power: int) -> bool:
        return generator in self.positive or (power % 2 == 0 and generator in self.nonzero)


def _signs(facts: Sequence[Fact]) -> _Signs:
    signs = _Signs(set(), set(), set())
    for poly, strict in facts:
        base, power = poly.as_base_exp()
        if not (base.is_Symbol or isinstance(base, sp.Indexed)):
            continue
        if power == 1:
            signs.nonnegative.add(base)
            if strict:
                signs.positive.add(base)
        elif power == 2 and strict:
            signs.nonzero.add(base)
    for poly, strict in facts:
        if strict and poly.is_Mul:  # a positive product has no factor that vanishes
            signs.nonzero.update(f for f in poly.args if f.is_Symbol or isinstance(f, sp.Indexed))
    return signs


def _nonnegative_terms(terms: Iterable[Term], strict: bool, signs: _Signs) -> bool:
    positive_term = False
    for coefficient, powers in terms:
        if coefficient < 0 or any(n % 2 and g not in signs.nonnegative for g, n in powers):
            return False
        positive_term = positive_term or all(signs.strictly(g, n) for g, n in powers)
    return positive_term or not strict


def _subtract(terms: Mapping[Expr, Term], others: Mapping[Expr, Term]) -> Iterator[Term]:
    """The terms of a difference, first those that come from what is subtracted alone: one of them may decide."""
    for monomial, (coefficient, powers) in others.items():
        if monomial not in terms:
            yield -coefficient, powers
    for monomial, (coefficient, powers) in terms.items():
        left = coefficient - others[monomial][0] if monomial in others else coefficient
        if left != 0:
            yield left, powers


def _product_of_facts(poly: Expr, strict: bool, facts: Sequence[Fact], signs: _Signs) -> bool:
    """Each irreducible factor has a known sign, as a fact or by its coefficients."""
    constant, pieces = factors(poly)
    sign = 1 if constant > 0 else -1
    for piece, power in pieces:
        if power % 2 == 0:
            same = (terms_of(piece), terms_of(expand(-piece)))
            nonzero = any(s and terms_of(f) in same for f, s in facts)
            if strict and not (nonzero or _nonnegative_terms(terms_of(piece).values(), True, signs)):
                return False
            continue
        for direction in (1, -1):
            if _is_known(direction * piece, strict, facts, signs):
                sign *= direction
                break
        else:
            return False
    return sign > 0


def _is_known(piece: Expr, strict: bool, facts: Sequence[Fact], signs: _Signs) -> bool:
    if _nonnegative_terms(terms_of(expand(piece)).values(), strict, signs):
        return True
    return any((s or not strict) and _positive_ratio(piece, f) for f, s in facts)


@lru_cache(maxsize=4096)
def _coefficients(poly: Expr) -> Mapping[Expr, Expr]:
    found: Mapping[Expr, Expr] = poly.as_coefficients_dict()
    return found


def _positive_ratio(a: Expr, b: Expr) -> bool:
    """Whether one expanded polynomial is a positive multiple of another, term by term."""
    mine, other = _coefficients(a), _coefficients(b)
    if mine.keys() != other.keys():
        return False
    ratios = {coefficient / other[term] for term, coefficient in mine.items()}
    return len(ratios) == 1 and bool(ratios.pop() > 0)


def _after_slack(
    poly: Expr, strict: bool, facts: Sequence[Fact], relations: Sequence[Expr], direction: int
) -> tuple[tuple[Expr, Expr], ...] | None:
    """Solve each fact ``f ≥ 0`` for a square or a quantity, put the slack in its place.

    ``direction`` says from which end of the quantities the one to solve for is taken.
    """
    compound = [(f, s) for f, s in facts if len(sp.Add.make_args(f)) > 1]
    known: list[tuple[Expr, bool | None]] = [*((r, None) for r in relations), *compound]
    signs, named = _signs(facts), list[tuple[Expr, Expr]]()
    slacks = [*map(Slack, range(len(relations), len(known)))]
    replacing = Replacing(poly, (*generators(poly, *(fact for fact, _ in known)), *slacks))
    present = replacing.present
    for n, (fact, fact_strict) in enumerate(known):
        solved = _solvable(expand(fact), present, direction)
        if solved is None:
            continue
        target, sign, others = solved
        slack = sp.Integer(0) if fact_strict is None else slacks[n - len(relations)]
        if fact_strict is not None:
            signs.nonnegative.add(slack)
            if fact_strict:
                signs.positive.add(slack)
        value = expand(sign * (slack - others))
        if not replacing.replace(target, value):
            continue
        present = replacing.present
        named.append((target, value))
        if _nonnegative_terms(replacing.terms(), strict, signs):
            return tuple(named)
    return None


def _solvable(fact: Expr, present: set[Expr], direction: int) -> tuple[Expr, Expr, Expr] | None:
    """A monomial x or x² of the fact, coefficient ±1, whose x is present and occurs nowhere else in the fact.

    Returns:
        The monomial, its coefficient, and what else the fact consists of.
    """
    found = [way for x, way in _ways_to_solve(fact) if x in present]
    # x = slack + … rather than x = … − slack
    return max(found[::direction], key=lambda way: way[1]) if found else None


@lru_cache(maxsize=4096)
def _ways_to_solve(fact: Expr) -> tuple[tuple[Expr, tuple[Expr, Expr, Expr]], ...]:
    found, terms = [], terms_of(fact).values()
    for x in generators(fact):
        with_x = [(c, powers) for c, powers in terms if any(g == x for g, _ in powers)]
        if len(with_x) != 1 or abs(with_x[0][0]) != 1 or len(with_x[0][1]) != 1:
            continue
        coefficient, ((_, degree),) = with_x[0]
        sign, target = sp.Integer(int(coefficient.p)), x**degree
        if degree <= 2 and (target.is_Pow or sign > 0):
            found.append((x, (target, sign, fact - sign * target)))
    return tuple(found)


def contradictory(facts: Sequence[Fact], relations: Sequence[Expr], work: int = WORK) -> bool:
    """Whether z3 finds that nothing satisfies the facts and the relations."""
    return _contradictory(tuple(facts), tuple(relations), work)


@lru_cache(maxsize=1024)  # asked again for every quantity whose sign is sought under the same facts
def _contradictory(facts: tuple[Fact, ...], relations: tuple[Expr, ...], work: int) -> bool:
    if _meeting(facts, relations):  # z3 has nothing to add to a point
        return False
    return ask(_solver(facts, relations, work)[0]) is SolverAnswer.UNSATISFIABLE


#: The values of the first, the second, … quantity at points that are tried before z3 is asked.
_PLACES: tuple[Callable[[int, int], fmpq], ...] = (
    lambda n, of: fmpq(1),
    lambda n, of: fmpq(n + 1),
    lambda n, of: fmpq(of - n),
    lambda n, of: fmpq(2),
    lambda n, of: fmpq(1, 2),
    lambda n, of: fmpq(-1),
    lambda n, of: fmpq(n % 3 + 1),
    lambda n, of: fmpq((2 * n) % 5 + 2, 2),
)


@lru_cache(maxsize=1024)
def _meeting(facts: tuple[Fact, ...], relations: tuple[Expr, ...]) -> tuple[Mapping[Expr, fmpq], ...]:
    """The points, of a few plain ones, that satisfy the facts and the relations."""
    symbols = generators(*(fact for fact, _ in facts), *relations)
    found = []
    for place in _PLACES:
        point = {x: place(n, len(symbols)) for n, x in enumerate(symbols)}
        if all(_value(r, point) == 0 for r in relations) and all(
            _value(f, point) > 0 if strict else _value(f, point) >= 0 for f, strict in facts
        ):
            found.append(point)
    return tuple(found)


def _value(poly: Expr, point: Mapping[Expr, fmpq]) -> fmpq:
    """The value of a polynomial at a point; what the point does not name is 1."""
    total = fmpq(0)
    for coefficient, powers in terms_of(poly).values():
        for x, n in powers:
            coefficient *= point.get(x, _ONE) ** n
        total += coefficient
    return total


_ONE = fmpq(1)


def _z3(poly: Expr, strict: bool, facts: Sequence[Fact], relations: Sequence[Expr], work: int) -> Reason | None:
    for point in _meeting(tuple(facts), tuple(relations)):
        if (value := _value(poly, point)) < 0 or (strict and value == 0):
            return None  # a point where it fails, which z3 would look for
    if contradictory(facts, relations, work):
        return None  # nothing may be concluded from hypotheses that contradict each other
    solver, translate = _solver(
        facts, relations, min(work, ROOTS_WORK) if _is_of_roots(poly, facts, relations) else work
    )
    solver.add(translate(poly) <= 0 if strict else translate(poly) < 0)
    answer = ask(solver)
    if answer is SolverAnswer.UNSATISFIABLE:
        return Reason(Evidence.REAL_SOLVER)
    return _squares(poly, strict, facts, relations) if answer is SolverAnswer.UNKNOWN and work >= WORK else None


def _is_of_roots(poly: Expr, facts: Sequence[Fact], relations: Sequence[Expr]) -> bool:
    """Whether all that is spoken of are roots of one quantity, of the third degree or a higher one."""
    known = [relation for relation in relations if generators(relation)]
    degrees = [sp.Poly(relation, *generators(relation)).total_degree() for relation in known]
    spoken = generators(poly, *(fact for fact, _ in facts), *known)
    return max(degrees, default=0) > 2 and len(spoken) - len(known) <= 1


def _squares_of_many(poly: Expr) -> Reason | None:
    """Squares of binomials, before z3: of more quantities than a Gram matrix is made for it decides little."""
    from ddln_sym.kernel.squares import VARIABLES

    return _squares(poly, False, (), ()) if len(generators(poly)) > VARIABLES else None


def _squares(poly: Expr, strict: bool, facts: Sequence[Fact], relations: Sequence[Expr]) -> Reason | None:
    """Squares, where z3 gives up."""
    from ddln_sym.kernel.squares import find_squares

    found = find_squares(poly, strict, facts, relations)
    return None if found is None else Reason(Evidence.SUM_OF_SQUARES, said=str(found))


def _solver(facts: Sequence[Fact], relations: Sequence[Expr], work: int) -> tuple[Any, Callable[[Expr], Any]]:
    """A z3 solver that holds the facts and relations, and how it reads a polynomial."""
    import z3

    solver = fresh(work, "QF_NRA")
    context = solver.ctx
    known = generators(*(fact for fact, _ in facts), *relations)  # first: their order decides how far z3 gets
    names = {g: z3.Real(f"x{n}", context) for n, g in enumerate(known)}

    def translate(p: Expr) -> Any:
        symbols = generators(p)
        if not symbols:
            return z3.RealVal(str(p), context)
        total = z3.RealVal(0, context)
        for powers, coefficient in sp.Poly(p, *symbols).terms():
            term = z3.RealVal(str(coefficient), context)
            for g, n in zip(symbols, powers, strict=True):
                variable = names.setdefault(g, z3.Real(f"x{len(names)}", context))
                for _ in range(n):
                    term = term * variable
            total = total + term
        return total

    for fact, fact_strict in facts:
        solver.add(translate(fact) > 0 if fact_strict else translate(fact) >= 0)
    for relation in relations:
        solver.add(translate(relation) == 0)
    return solver, translate
