"""The order of exponentials and logarithms: monotone functions and their tangents as facts about generators.

Everything rests on one inequality.  If ``E = e^X`` and ``F = e^Y``, then ``E ≥ F·(1 + X − Y)`` (the tangent of exp),
and ``E ≥ F`` where ``X ≥ Y`` and the other way round.  A pair ``(E, X)`` comes from an exponential, from a logarithm
(``p = e^{log p}``), from a power (``p^u = e^{u·log p}``), and from products of these.  What is needed is then a
combination of facts with nonnegative coefficients (:mod:`ddln_sym.kernel.combinations`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, islice, permutations, product
from math import lcm
from typing import Any

import sympy as sp

from ddln_sym.kernel import counterexamples, signs
from ddln_sym.kernel.combinations import combination
from ddln_sym.kernel.evaluation import BITS, NotRational, Point, Undefined, evaluate_in_balls, symbols_of
from ddln_sym.kernel.normal_forms import UNREADABLE, Tower
from ddln_sym.kernel.polynomials import fraction, generators, remainder
from ddln_sym.kernel.signs import Fact, Reason
from ddln_sym.numerics import precision
from ddln_sym.statements import Evidence

Expr = Any
Pair = tuple[Expr, Expr]

__all__ = ["Effort", "equal_by_congruence", "prove_by_order"]

#: Pairs that are compared with each other; facts and tangents that are multiplied with each other; signs by which
#: cases are distinguished, how deep, and how many in all; units of z3's count for the order of two quantities; points
#: at which it is asked first whether that order may hold at all, and values to try for them.
PAIRS, COMPOUND, TANGENTS, CASES, DEPTH, TRIES, WORK, POINTS, TRIALS = 8, 5, 12, 3, 2, 5, 60_000, 12, 2_000
#: Sums that stand in a logarithm, by which a question is multiplied; quotients by numbers whose logarithm is spoken of.
SUMS, SHARES = 2, 2
MILLION = 10**6
ONE: Pair = (sp.Integer(1), sp.Integer(0))
#: What one question may cost with its parts, and what a sign and a combination cost; the hardest proof of the tests
#: takes half of it.
EFFORT, SIGN, COMBINATION = 240, 1, 4


@dataclass
class Effort:
    """How much may still be asked about the order of quantities, in all parts of one question."""

    left: int = EFFORT

    @contextmanager
    def share(self, most: int) -> Iterator[Effort]:
        """A part of it, of which no more is used."""
        part = Effort()
        begun = part.left = max(0, min(most, self.left))
        yield part
        self.left -= begun - part.left

    def spend(self, cost: int) -> bool:
        """Take a cost away; whether anything was left."""
        self.left -= cost
        return self.left + cost > 0


def prove_by_order(tower: Tower, poly: Expr, strict: bool, effort: Effort | None = None) -> Reason | None:
    """By what ``poly ≥ 0`` (``> 0`` if strict) follows from the order of what its generators stand for.

    ``effort``: what the question that this is a part of may still cost.
    """
    if effort is not None and effort.left <= 0:
        return None
    try:
        order = _Order(tower, poly, Effort() if effort is None else effort)
        if order.pairs or order.numbers or order.moduli():
            return order.prove(poly, strict)
        return signs.prove(poly, strict, order.facts, order.relations, quick=True)  # that whole numbers are ≥ 1
    except UNREADABLE:
        return None


def equal_by_congruence(tower: Tower, poly: Expr) -> bool:
    """Add that functions have equal values where their arguments are equal by hypothesis; whether any was added."""
    before = len(tower.definitions)
    known = list(tower.meaning.items())
    relations = [*tower.given, *tower.definitions]
    for n, (one, stood) in enumerate(known):
        for other, its in known[:n]:
            if stood.func != its.func or len(stood.args) != len(its.args) or not stood.args or stood == its:
                continue
            if not isinstance(stood, sp.Function | sp.Pow) or getattr(stood, "without", None) is not None:
                continue
            differences = [
                fraction(tower.lift(a) - tower.lift(b))[0] for a, b in zip(stood.args, its.args, strict=True)
            ]
            if all(tower.remainder(d).rest == 0 for d in differences):
                tower.definitions.append(one - other)
    order = _Order(tower, poly, Effort())
    for (one, x), (other, y) in permutations([*order.monomials(poly), *order.pairs], 2):
        if one != other and remainder(fraction(x - y)[0], relations) == 0:
            tower.definitions.append(sp.expand(one - other))
    return len(tower.definitions) > before


class _Order:
    """What is known for one question: the tower's facts, the pairs ``(e^X, X)``, and points to try an order at."""

    def __init__(self, tower: Tower, poly: Expr, effort: Effort) -> None:
        self.tower, self.effort = tower, effort
        facts, relations = tower.usable(poly)
        self.relations, self.tries = list(relations), 0
        list(_pairs(tower))  # the logarithm of the base of a power may be new
        self.pairs = list(dict.fromkeys(_pairs(tower)))[:PAIRS]
        self.shares = list(_by_numbers(self.pairs))[:SHARES]
        self.poly = poly
        self.facts: list[Fact] = list(dict.fromkeys([*facts, *_of_single_generators(tower)]))
        self.numbers = list(_of_numbers(tower))

    @cached_property
    def points(self) -> list[Point]:
        """A few points that meet the hypotheses, if a short search finds any."""
        given = [h.relation for h in self.tower.setting.hypotheses if h.index is None]
        symbols = symbols_of(*map(self.tower.explain, (self.poly, *self.tower.meaning)), *given)
        return list(islice(counterexamples.points(symbols, given, most=TRIALS), POINTS))

    # -- facts ----------------------------------------------------------------------------------
    def clear_denominator(self, expr: Expr) -> Expr:
        """A polynomial that has the sign of the expression."""
        if expr.is_polynomial():
            return sp.expand(expr)
        numerator, denominator = fraction(expr)
        if self.tower.is_positive(denominator):
            return numerator
        return sp.expand(numerator * denominator)

    def monomials(self, poly: Expr) -> list[Pair]:
        """The products of exponentials in the terms of a polynomial, each with its exponent."""
        exponent = {e: x for e, x in self.pairs if e.is_Symbol}
        found: dict[Expr, Expr] = {}
        for term in sp.Add.make_args(sp.expand(poly)):
            powers = {b: n for b, n in term.as_powers_dict().items() if b in exponent}
            if powers:
                found[sp.Mul(*(b**n for b, n in powers.items()))] = sp.Add(
                    *(n * exponent[b] for b, n in powers.items())
                )
        return list(found.items())

    def groups(self, poly: Expr) -> list[Pair]:
        """For terms with one cofactor, ``c·Σ k·log E``: the products of the E with k > 0 and with k < 0."""
        logs = {x: e for e, x in self.pairs if x.is_Symbol}
        grouped: dict[Expr, dict[Expr, Expr]] = {}
        for term in sp.Add.make_args(sp.expand(poly)):
            inside = [s for s in generators(term) if s in logs]
            if len(inside) == 1 and sp.degree(term, inside[0]) == 1:
                coefficient, cofactor = sp.cancel(term / inside[0]).as_coeff_Mul()
                grouped.setdefault(cofactor, {})[inside[0]] = coefficient
        found = []
        for of in grouped.values():
            scale = lcm(*(int(c.q) for c in of.values()))
            for direction in (1, -1):
                powers = {x: int(scale * direction * c) for x, c in of.items()}
                part = {x: n for x, n in powers.items() if 0 < n <= 4}
                if part:
                    product = sp.expand(sp.Mul(*(logs[x] ** n for x, n in part.items())))
                    found.append((product, sp.Add(*(n * x for x, n in part.items()))))
        return found

    def tangents(self, poly: Expr) -> Iterator[tuple[Fact, str]]:
        """``E ≥ F(1 + X − Y)`` for the pairs that the polynomial speaks of, with where each comes from."""
        chosen = list(dict.fromkeys([*self.groups(poly), *self.monomials(poly), *self.pairs]))[:PAIRS]
        for (one, x), (other, y) in permutations([*dict.fromkeys([*chosen, *self.shares]), ONE], 2):
            above = self.clear_denominator(one - other * (1 + x - y))
            if not above.is_number:
                yield (above, False), f"tangent of exp: E = {one}, log E = {x}; F = {other}, log F = {y}"

    def monotone(self, facts: list[Fact], relations: list[Expr]) -> dict[Fact, str]:
        """The order of exponents from that of exponentials, and the other way round, until nothing is new."""
        found: dict[Fact, str] = {}
        points = self._meeting(facts)
        done: set[tuple[Pair, Pair]] = set()
        for _ in range(2):
            fresh: dict[Fact, str] = {}
            for larger, smaller in permutations([*self.pairs, ONE], 2):
                if (larger, smaller) in done:
                    continue
                ways = (larger[0] - smaller[0], larger[1] - smaller[1])
                if not self._may_hold(ways[0], points):
                    continue
                for known, new in (ways, ways[::-1]):
                    how = self._sign(self.clear_denominator(known), [*facts, *found], relations)
                    if how is not None:
                        fresh[self.clear_denominator(new), how] = (
                            f"exp and log increase: {self.clear_denominator(known)} is known"
                        )
                        done.add((larger, smaller))
                        break
            found |= {fact: words for fact, words in fresh.items() if not fact[0].is_number}
            if not fresh:
                break
        return found

    def _sign(self, poly: Expr, facts: list[Fact], relations: list[Expr]) -> bool | None:
        """True if the polynomial is positive, False if it is at least not negative, None if nothing is known."""
        if poly.is_number:
            return bool(poly > 0) if poly >= 0 else None
        if not self.effort.spend(SIGN):
            return None
        for quick in (True, False):
            if signs.prove(poly, False, facts, relations, quick=quick, work=WORK) is not None:
                return signs.prove(poly, True, facts, relations, quick=quick, work=WORK) is not None
        return None

    def _may_hold(self, expr: Expr, points: list[Point]) -> bool:
        """Whether no point is known at which the expression is negative; that only saves proofs that must fail."""
        written = self.tower.explain(expr)
        for point in points:
            try:
                if evaluate_in_balls(written, point) < 0:
                    return False
            except (NotRational, Undefined):
                continue
        return True

    def _meeting(self, facts: list[Fact]) -> list[Point]:
        """The points at which no fact is known to fail."""
        return [point for point in self.points if all(self._may_hold(fact, [point]) for fact, _ in facts)]

    # -- proofs ---------------------------------------------------------------------------------
    def prove(self, poly: Expr, strict: bool) -> Reason | None:
        return self._by_cases(poly, strict, self.facts, self.relations, DEPTH)

    def _by_cases(
        self, poly: Expr, strict: bool, facts: list[Fact], relations: list[Expr], depth: int
    ) -> Reason | None:
        how = self._direct(poly, strict, facts, relations)
        if how is not None or depth == 0:
            return how
        for quantity in self._splits(poly, facts)[:CASES]:
            parts = []
            for side in (1, -1):
                stands = {g: side * p for g, p in self.moduli() if p == quantity}
                assumed = [*facts, (sp.expand(side * quantity), False)]
                how = self._by_cases(sp.expand(poly.xreplace(stands)), strict, assumed, relations, depth - 1)
                if how is None:
                    break
                parts.append(how)
            else:
                shown = self.tower.explain(quantity)
                cases = tuple(zip((quantity, -quantity), parts, strict=True))
                return Reason(Evidence.ORDER, cases=cases, said=f"by cases on the sign of {shown}")
        return None

    def moduli(self) -> list[Pair]:
        return [(g, self.tower.lift(m.args[0])) for g, m in self.tower.meaning.items() if isinstance(m, sp.Abs)]

    def _splits(self, poly: Expr, facts: list[Fact]) -> list[Expr]:
        """Quantities whose sign is not known: what stands in a modulus, then symbols inside a function."""
        known = {f for f, _ in facts} | {-f for f, _ in facts}
        inside = [p for _, p in self.moduli()]
        deep = {s for m in self.tower.meaning.values() for s in self.tower.explain(m).free_symbols}
        inside += [s for s in sorted(deep, key=str) if not s.is_integer]
        return [p for p in dict.fromkeys(inside) if p not in known and sp.expand(p) not in known]

    def _direct(self, poly: Expr, strict: bool, facts: list[Fact], relations: list[Expr]) -> Reason | None:
        if self.tries >= TRIES or self.effort.left <= 0:
            return None
        self.tries += 1
        if not self._may_hold(poly, self._meeting(facts)):
            return None
        if (how := self._by_exponentials(poly, strict, facts, relations)) is not None:
            return how
        tangents = dict(self.tangents(poly))
        found = self._combine(poly, strict, facts, tangents, relations)
        if found is not None:
            return found
        ordered = self.monotone(facts, relations)
        if not ordered:
            return None
        found = self._by_exponentials(poly, strict, [*facts, *ordered], relations)
        return found or self._combine(poly, strict, [*ordered, *facts], {**tangents, **ordered}, relations)

    def _by_exponentials(self, poly: Expr, strict: bool, facts: list[Fact], relations: list[Expr]) -> Reason | None:
        for target in self._exponentiate(poly):
            if (how := signs.prove(target, strict, facts, relations, work=WORK)) is not None:
                return Reason(Evidence.ORDER, said=f"taking exponentials, {how}")
        return None

    def _combine(
        self, poly: Expr, strict: bool, facts: list[Fact], origins: dict[Fact, str], relations: list[Expr]
    ) -> Reason | None:
        usable = [fact for fact in dict.fromkeys([*facts, *self.numbers, *origins]) if not fact[0].is_number]
        compound = [fact for fact in dict.fromkeys(facts) if len(sp.Add.make_args(fact[0])) > 1]
        pairs = [*combinations(compound[:COMPOUND], 2), *product(compound[:COMPOUND], list(origins)[:TANGENTS])]
        whole = [pair for pair in self.pairs[1:] if pair[0].is_Add and pair[1].is_Symbol]  # log(a + b) with a + b
        for factor, _ in [*[ONE, *self.pairs][:2], *whole[:SUMS]]:
            if not self.effort.spend(COMBINATION):
                return None
            found = combination(sp.expand(poly * factor), strict, usable, relations, pairs)
            if found is not None:
                used = {f for _, factors in found.terms for f in factors}
                said = tuple((f, words) for (f, _), words in origins.items() if f in used)
                return Reason(Evidence.ORDER, combination=found, origins=said)
        return None

    def _exponentiate(self, poly: Expr) -> Iterator[Expr]:
        """A sum ``Σ k·log p + rest`` with rational k has the sign of ``∏p^k·e^rest − 1``."""
        logs = {x: e for e, x in self.pairs if x.is_Symbol}
        coefficients, rest = [], sp.Integer(0)
        for term in sp.Add.make_args(sp.expand(poly)):
            coefficient, thing = term.as_coeff_Mul()
            if thing in logs:
                coefficients.append((coefficient, thing))
            elif set(generators(thing)) & logs.keys():
                return
            else:
                rest += term
        if not coefficients:
            return
        scale = lcm(*(int(c.q) for c, _ in coefficients))
        if any(abs(scale * c) > 6 for c, _ in coefficients):
            return
        product = sp.Mul(*(logs[x] ** (scale * c) for c, x in coefficients))
        numerator, denominator = fraction(product * self.tower.lift(sp.exp(scale * rest)) - 1)
        if self.tower.is_positive(denominator) or signs.prove(denominator, True, *self.tower.usable(denominator)):
            yield numerator


def _pairs(tower: Tower) -> Iterator[Pair]:
    """``(E, X)`` with ``E = e^X > 0`` for every exponential, logarithm and power among the generators."""
    for generator, stood in list(tower.meaning.items()):
        if tower._speaks_of(generator):
            continue
        if isinstance(stood, sp.exp):
            yield generator, tower.lift(stood.args[0])
        elif isinstance(stood, sp.log):
            inside = stood.args[0]
            if tower.is_positive(inside) or tower.is_positive(-inside):
                yield (inside if tower.is_positive(inside) else -inside), generator
            elif signs.prove(inside, True, *tower.usable(inside)):
                yield inside, generator
            elif tower.is_nonzero(inside):
                yield sp.expand(inside**2), 2 * generator
        elif isinstance(stood, sp.Pow) and not stood.exp.is_Rational and tower.is_positive(stood.base):
            yield generator, stood.exp * tower.lift(sp.log(stood.base))


def _by_numbers(pairs: list[Pair]) -> Iterator[Pair]:
    """``1/c = e^{−log c}`` and ``S/c = e^{log S − log c}`` for the logarithm of a number c and those of sums S."""
    for number, log in pairs:
        if number.is_Rational and number > 1:
            yield 1 / number, -log
            yield from ((sp.expand(total / number), x - log) for total, x in pairs if total.is_Add and x.is_Symbol)


def _of_single_generators(tower: Tower) -> Iterator[Fact]:
    """What is known of one generator by itself: a modulus is at least ±its argument, whole numbers are ≥ 1."""
    for generator, stood in tower.meaning.items():
        if isinstance(stood, sp.Abs):
            inside = tower.lift(stood.args[0])
            yield generator - inside, False
            yield generator + inside, False
    for symbol, strict in tower.assumed:
        if symbol.is_Symbol and symbol.is_integer and strict:
            yield symbol - 1, False


def _of_numbers(tower: Tower) -> Iterator[Fact]:
    """Rational bounds of generators that stand for numbers."""
    for generator, stood in tower.meaning.items():
        if stood.is_number and (bounds := _enclose(stood)) is not None:
            yield generator - bounds[0], True
            yield bounds[1] - generator, True


def _enclose(number: Expr) -> tuple[Expr, Expr] | None:
    """Two multiples of a millionth between which a number lies, by ball arithmetic."""
    with precision(BITS):
        try:
            value = evaluate_in_balls(number, {}) * MILLION
            low, high = value.floor().unique_fmpz(), value.ceil().unique_fmpz()
        except (NotRational, Undefined):
            return None
    if low is None or high is None or low == high:
        return None
    return sp.Rational(int(low), MILLION), sp.Rational(int(high), MILLION)
