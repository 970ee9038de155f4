"""Formulas over whole numbers by cases, for the checker: which disjunction to split, and why a case cannot be.

Every case is a contradiction between polynomials, found by linear programming (:mod:`ddln_sym.kernel.combinations`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from math import prod
from typing import Any

import sympy as sp

from ddln_sym.checker import (
    ONE,
    RELATIONS,
    Cases,
    Fact,
    Monomial,
    Poly,
    Rejected,
    Tree,
    at,
    atoms_of,
    number,
    plus,
    times,
    true,
)
from ddln_sym.kernel.answers import Recording
from ddln_sym.kernel.positivity import Found, Search, express

__all__ = ["Casework"]

CASES = 2000  # of one formula, all told
MANY = 1000  # more than there are cases in a disjunction


class Casework(Recording, Cases):
    """The checker of formulas, with answers that are looked for and recorded."""

    def __init__(self, said: dict[str, Any]) -> None:
        self.statement = said
        super().__init__(said)

    def introduce_all(self) -> list[Any]:
        """Each hypothesis for every index, at each argument of a function in the formula and the other hypotheses."""
        given = self.statement["setting"]["hypotheses"]
        plain = [self.statement["formula"], *(h["relation"] for h in given if h["index"] is None)]
        found = [at for tree in plain for at in _arguments(tree) if self.is_index(at)]
        places = [at for n, at in enumerate(found) if at not in found[:n]]
        return [[n, at] for n, h in enumerate(given) if h["index"] is not None for at in places or [1]]

    def answer(self, kind: str, about: Any, using: Any) -> Any:
        if kind != "case":
            return None
        before = self.everything()
        answer = self.next(*using)
        vars(self).update(before)  # what was asked here, the checker does not ask
        return answer

    def next(self, facts: list[Fact], relations: list[Poly], waiting: list[Any]) -> Any:
        """A contradiction, or a formula by which to distinguish cases, or which of those that wait."""
        if len(self.said) > CASES:
            raise Rejected("more cases than are looked at")
        how = self.at_values(facts, relations)
        if how is not None:
            return how.data(self.data)
        point = {_name(self.atoms[a]): v for a, v in _values(relations).items()}
        ranks = [(_left_open(cases, point, waiting), _rank(cases), n) for n, cases in enumerate(waiting)]
        still, _, first = min(ranks, default=(2, 0, 0))
        if still < 2:
            return first
        below = self.least_value(facts, waiting)
        if below is not None:
            return below
        answer = self.contradiction(facts, relations)
        if answer is not None:
            return answer
        return first if waiting else self.quotient(facts, relations)

    def least_value(self, facts: list[Fact], waiting: list[Any]) -> Tree | int | None:
        """Whether a quantity that has one of several values is at least the least; if not, it has none of them."""
        for n, cases in enumerate(waiting):
            if _rank(cases) == 1:
                (left, value), *others = sorted((case[0][0][1:] for case in cases), key=lambda side: int(side[1]))
                above = (self.value(left) - self.value(value)).top
                if (times(above, number(-1)), True) in facts:
                    return n
                if all(other == left for other, _ in others) and (above, False) not in facts:
                    return ["≥", left, value]
        return None

    def contradiction(self, facts: list[Fact], relations: list[Poly]) -> dict[str, Any] | None:
        search = Search([(self.expr(p), strict) for p, strict in facts], [*map(self.expr, relations)])
        found = search.contradiction()
        return None if found is None else found.data(self.data)

    def at_values(self, facts: list[Fact], relations: list[Poly]) -> Found | None:
        """One fact, or one relation, that fails where atoms have the values that relations give them."""
        values = _values(relations)
        for n, fact in enumerate(facts):
            if _is_false(fact, values):
                value, cofactors = self.reduced(fact[0], relations, values)
                terms: list[Any] = [(sp.Integer(1), {n: 1}, None)]
                return Found([], None, terms + [(-value, {}, None)] * bool(value), [(k, -c) for k, c in cofactors])
        for n, relation in enumerate(relations):
            if _at(relation, values):
                others = [r if m != n else {} for m, r in enumerate(relations)]
                value, cofactors = self.reduced(relation, others, values)
                sign = sp.sign(value)
                cofactors = [(n, -sign), *((k, sign * c) for k, c in cofactors)]
                return Found([], None, [(abs(value), {}, None)], cofactors)
        return None

    def reduced(self, poly: Poly, relations: list[Poly], values: dict[int, Fraction]) -> tuple[Any, list[Any]]:
        """The value of a polynomial, and by which relations it has that value."""
        value = _at(poly, values) or Fraction(0)
        cofactors = express(self.expr(plus(poly, number(value), -1)), [*map(self.expr, relations)])
        if cofactors is None:
            raise Rejected("no cofactors found")
        return sp.Rational(value.numerator, value.denominator), cofactors

    def quotient(self, facts: list[Fact], relations: list[Poly]) -> Tree | None:
        """Whether ``⌊(L·q + r)/L⌋ = q``, if that has not been asked yet."""
        for atom, tree in enumerate(self.atoms):
            if tree[0] != "floor" or not isinstance(tree[2], str):
                continue
            top, divisor = self.value(tree[1]).top, self.known[_name(tree[2])]
            whole = {_less(m, divisor): c for m, c in top.items() if divisor in dict(m)}
            off = plus({((atom, 1),): Fraction(1)}, whole, -1)
            known = [off, *(plus(times(off, number(sign)), ONE, -1) for sign in (1, -1))]
            if not any(p in known for p in [*relations, *(f for f, _ in facts)]):
                return ["=", tree, self.tree_of(whole)]
        return None


def _left_open(cases: list[Any], point: dict[str, Fraction], waiting: list[Any]) -> int:
    """How many cases do not contradict at once the values that symbols are known to have; many if one holds there."""
    still = 0
    for case in cases:
        if all(_truth(formula, point) is holds for formula, holds in case):
            return MANY
        equal = {_name(f[1]): f[2] for f, holds in case if holds and f[0] == "=" and type(f[2]) is int}
        there = {**point, **{name: Fraction(value) for name, value in equal.items()}}
        still += not (_fails(case, there) or any(all(_fails(one, there) for one in others) for others in waiting))
    return still


def _fails(case: list[tuple[Tree, bool]], point: dict[str, Fraction]) -> bool:
    return any(_truth(formula, point) is (not holds) for formula, holds in case)


def _truth(formula: Tree, point: dict[str, Fraction]) -> bool | None:
    """Whether a formula holds at a point, or None where that has no value."""
    head, *parts = formula
    if head in RELATIONS:
        try:
            return true(head, *(at(part, point) for part in parts))
        except Rejected:
            return None
    found = [_truth(part, point) for part in parts]
    if head in ("and", "or"):
        settles = head == "or"
        return settles if settles in found else None if None in found else not settles
    if head == "implies":
        return _truth(["or", ["not", parts[0]], parts[1]], point)
    if None in found:
        return None
    return found[0] == found[1] if head == "iff" else not found[0]


def _name(tree: Tree) -> str:
    return json.dumps(tree, ensure_ascii=False)


def _rank(cases: list[Any]) -> int:
    """First what says most, then what gives values."""
    if any(len(case) > 1 or case[0][0][0] not in RELATIONS for case in cases):
        return 0
    return 1 if all(holds and formula[0] == "=" and type(formula[2]) is int for ((formula, holds),) in cases) else 2


def _less(monomial: Monomial, atom: int) -> Monomial:
    return tuple((a, n - (a == atom)) for a, n in monomial if a != atom or n > 1)


def _is_false(fact: Fact, values: dict[int, Fraction]) -> bool:
    found = _at(fact[0], values)
    return found is not None and (found < 0 or (found == 0 and fact[1]))


def _values(relations: list[Poly]) -> dict[int, Fraction]:
    """What atoms are equal to, by relations in which one stands alone."""
    values: dict[int, Fraction] = {}
    for relation in relations:
        rest = {m: c for m, c in relation.items() if m}
        if len(rest) == 1 and len(m := next(iter(rest))) == 1 and m[0][1] == 1:
            values[m[0][0]] = -relation.get((), Fraction(0)) / rest[m]
    return values


def _at(poly: Poly, values: dict[int, Fraction]) -> Fraction | None:
    """The value of a polynomial, if those of its atoms are known."""
    if not atoms_of(poly) <= values.keys():
        return None
    return sum((c * prod(values[a] ** n for a, n in m) for m, c in poly.items()), Fraction(0))


def _arguments(tree: Tree) -> Iterator[Tree]:
    """The arguments of functions in an expression."""
    if isinstance(tree, list):
        if tree[0] == "call":
            yield from tree[2:]
        for part in tree[1:]:
            yield from _arguments(part)
