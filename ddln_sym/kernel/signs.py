"""Inequalities between polynomials, under facts ``f ≥ 0`` or ``f > 0`` and equations.

The first route is a certificate a person can read: after hypotheses are turned into slack
variables, every coefficient is nonnegative.  z3 decides what that route leaves open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

import sympy as sp

from ddln_sym.kernel.combinations import Combination
from ddln_sym.kernel.polynomials import factors, generators, remainder
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
    poly = sp.expand(poly)
    if poly.is_number:
        return Reason(Evidence.ARITHMETIC) if (poly > 0 if strict else poly >= 0) else None
    signs = _signs(facts)
    if _nonnegative_terms(poly, strict, signs):
        return Reason(Evidence.COEFFICIENTS)
    if _is_known(poly, strict, facts, signs) or _product_of_facts(poly, strict, facts, signs):
        return Reason(Evidence.SIGNS)
    for fact, fact_strict in facts:
        rest = sp.expand(poly - fact)
        if _nonnegative_terms(rest, strict and not fact_strict, signs):
            return Reason(Evidence.COEFFICIENTS, subtracted=(fact, fact_strict))
    for start, direction in product(dict.fromkeys((poly, remainder(poly, relations))), (1, -1)):
        if slack := _after_slack(start, strict, facts, relations, direction):
            return Reason(Evidence.COEFFICIENTS, slack)
    if quick:
        return None
    return _z3(poly, strict, facts, relations, WORK if work is None else work)


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


def _nonnegative_terms(poly: Expr, strict: bool, signs: _Signs) -> bool:
    symbols = generators(poly)
    if not symbols:
        return bool(poly > 0 if strict else poly >= 0)
    positive_term = False
    for powers, coefficient in sp.Poly(poly, *symbols).terms():
        if coefficient < 0 or any(n % 2 and g not in signs.nonnegative for g, n in zip(symbols, powers, strict=True)):
            return False
        positive_term |= all(signs.strictly(g, n) for g, n in zip(symbols, powers, strict=True) if n)
    return positive_term or not strict


def _product_of_facts(poly: Expr, strict: bool, facts: Sequence[Fact], signs: _Signs) -> bool:
    """Each irreducible factor has a known sign, as a fact or by its coefficients."""
    constant, pieces = factors(poly)
    sign = 1 if constant > 0 else -1
    for piece, power in pieces:
        if power % 2 == 0:
            nonzero = any(s and sp.expand(piece - t * f) == 0 for f, s in facts for t in (1, -1))
            if strict and not (nonzero or _nonnegative_terms(piece, True, signs)):
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
    if _nonnegative_terms(sp.expand(piece), strict, signs):
        return True
    return any((s or not strict) and _positive_ratio(piece, f) for f, s in facts)


def _positive_ratio(a: Expr, b: Expr) -> bool:
    """Whether one expanded polynomial is a positive multiple of another, term by term."""
    mine, other = a.as_coefficients_dict(), b.as_coefficients_dict()
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
    signs, named = _signs(facts), []
    for n, (fact, fact_strict) in enumerate([*((r, None) for r in relations), *compound]):
        fact = sp.expand(fact)
        solved = _solvable(fact, poly, direction)
        if solved is None:
            continue
        target, rest = solved
        slack = sp.Integer(0) if fact_strict is None else Slack(n)
        if fact_strict is not None:
            signs.nonnegative.add(slack)
            if fact_strict:
                signs.positive.add(slack)
        candidate = _replace_power(poly, target, rest(slack))
        if candidate is None:
            continue
        poly = candidate
        named.append((target, rest(slack)))
        if _nonnegative_terms(poly, strict, signs):
            return tuple(named)
    return None


def _solvable(fact: Expr, poly: Expr, direction: int) -> tuple[Expr, Any] | None:
    """A monomial x or x² of the fact, coefficient ±1, whose x occurs nowhere else in the fact."""
    symbols = generators(fact)
    if not symbols:  # its terms cancelled
        return None
    terms = sp.Poly(fact, *symbols).terms()
    present = set(generators(poly))
    found = []
    for position, x in enumerate(symbols):
        with_x = [(powers, c) for powers, c in terms if powers[position]]
        if x not in present or len(with_x) != 1 or abs(with_x[0][1]) != 1:
            continue
        (powers, sign), degree = with_x[0], sum(with_x[0][0])
        if degree > 2 or degree != powers[position]:
            continue
        target = x**degree
        if target.is_Pow or sign > 0:
            found.append((sign, target, fact - sign * target))
    if not found:
        return None
    sign, target, others = max(found[::direction], key=lambda item: item[0])  # x = slack + … rather than x = … − slack
    return target, lambda slack: sp.expand(sign * (slack - others))


def _replace_power(poly: Expr, target: Expr, value: Expr) -> Expr | None:
    x, n = target.as_base_exp()
    result = sp.Integer(0)
    for (power,), coefficient in sp.Poly(poly, x).terms():
        if power % n:
            return None
        result += coefficient * value ** (power // n)
    return sp.expand(result)


def contradictory(facts: Sequence[Fact], relations: Sequence[Expr], work: int = WORK) -> bool:
    """Whether z3 finds that nothing satisfies the facts and the relations."""
    return _contradictory(tuple(facts), tuple(relations), work)


@lru_cache(maxsize=1024)  # asked again for every quantity whose sign is sought under the same facts
def _contradictory(facts: tuple[Fact, ...], relations: tuple[Expr, ...], work: int) -> bool:
    return ask(_solver(facts, relations, work)[0]) is SolverAnswer.UNSATISFIABLE


def _z3(poly: Expr, strict: bool, facts: Sequence[Fact], relations: Sequence[Expr], work: int) -> Reason | None:
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
