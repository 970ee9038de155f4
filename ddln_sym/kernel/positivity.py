"""Why polynomials have a sign, or vanish, by data that can be multiplied out: looked for, never trusted.

What is found here is written into a proof by :mod:`ddln_sym.kernel.transcripts` and checked by
:mod:`ddln_sym.checker`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, combinations_with_replacement, product
from typing import Any

import sympy as sp
from sympy.polys.rings import PolyElement

from ddln_sym.kernel import signs
from ddln_sym.kernel.combinations import combination
from ddln_sym.kernel.polynomials import Generator, expand, factors, remainder, ring_of
from ddln_sym.statements import Slack

Expr = Any

__all__ = ["Found", "Search", "express"]

BASIS, PAIRS, TERMS = 40, 200, 400  # elements of a Gröbner basis, pairs, terms of a polynomial that is looked at
MANY = 15  # terms of a polynomial of which more than one square is completed
LEMMAS = 10  # that are tried for one sign
SYMBOLS = 4  # of a polynomial that is looked at in numbers
COMPOUND = 5  # facts that are multiplied with each other; positive quantities by which a polynomial is


@dataclass
class Found:
    """Why a polynomial has a sign: lemmas, a multiplier, nonnegative terms, cofactors of relations."""

    lemmas: list[tuple[Expr, str, Found]]
    times: Any  # a polynomial for ≠, else the number of a fact, or None
    terms: list[tuple[Expr, dict[int, int], Expr | None]]
    cofactors: list[tuple[int, Expr]]

    def data(self, poly: Any) -> dict[str, Any]:
        return {
            "lemmas": [[poly(p), kind, how.data(poly)] for p, kind, how in self.lemmas],
            "times": self.times if self.times is None or isinstance(self.times, int) else poly(self.times),
            "terms": [
                [str(c), [[i, n] for i, n in sorted(used.items())], None if square is None else poly(square)]
                for c, used, square in self.terms
            ],
            "cofactors": [[n, poly(c)] for n, c in self.cofactors],
        }  # fmt: skip


class Search:
    """Looks for the sign of a polynomial under facts ``f ≥ 0`` or ``f > 0`` and relations ``r = 0``.

    ``thorough``: by linear and semidefinite programs too, where there is no proof without the sign.
    """

    def __init__(
        self,
        facts: Sequence[tuple[Expr, bool]],
        relations: Sequence[Expr],
        depth: int = 0,
        tried: list[int] | None = None,
        thorough: bool = False,
    ) -> None:
        self.depth, self.tried, self.thorough = depth, tried or [0], thorough
        self.facts = [(expand(f), strict) for f, strict in facts]
        self.relations = [*relations]
        self.lemmas: list[tuple[Expr, str, Found]] = []

    def sign(self, poly: Expr, kind: str) -> Found | None:
        poly = expand(poly)
        return self.nonzero(poly) if kind == "≠" else self.positive(poly, kind == ">")

    def fresh(self) -> Search:
        return Search(self.facts, self.relations, self.depth + 1, self.tried)

    def lemma(self, poly: Expr, kind: str) -> int | None:
        """The number of a fact that says it, as a lemma if it is new."""
        fact = (expand(poly**2) if kind == "≠" else poly, kind != "≥")
        if fact in self.facts:
            return self.facts.index(fact)
        how = self.fresh().sign(poly, kind) if self.depth_left() else None
        if how is None:
            return None
        self.lemmas.append((poly, kind, how))
        self.facts.append(fact)
        return len(self.facts) - 1

    def depth_left(self) -> bool:
        self.tried[0] += 1
        return len(self.lemmas) < 12 and self.depth < 3 and self.tried[0] < LEMMAS

    def nonzero(self, poly: Expr) -> Found | None:
        return (
            self.nonzero_by_sign(poly, Search.positive)
            or self.nonzero_by_factors(poly)
            or (self.nonzero_by_sign(poly, Search.by_products) if self.thorough else None)
        )

    def nonzero_by_sign(self, poly: Expr, way: Callable[[Search, Expr, bool], Found | None]) -> Found | None:
        for direction in (1, -1):
            inner = Search(self.facts, self.relations, self.depth + 1, self.tried, self.thorough)
            found = way(inner, expand(direction * poly), True)
            if found is not None:  # p·t > 0 with t = ±1, and with the multiplier of the certificate if it has one
                many = sp.Integer(1) if found.times is None else inner.facts[found.times][0]
                return Found(found.lemmas, direction * many, found.terms, found.cofactors)
        return None

    def nonzero_by_factors(self, poly: Expr) -> Found | None:
        """By its square, or because it divides what is positive or a number."""
        found = self.fresh().positive(expand(poly**2), True)
        if found is not None and found.times is None:
            return Found(found.lemmas, poly, found.terms, found.cofactors)
        for n, (fact, strict) in enumerate(self.facts):
            if strict and (quotient := _quotient(fact, poly)) is not None:
                return Found([], quotient, [(sp.Integer(1), {n: 1}, None)], [])
        for n, relation in enumerate(self.relations):  # p·q + c = 0
            constant = expand(relation).as_coeff_Add()[0]
            quotient = _quotient(relation - constant, poly) if constant else None
            if quotient is not None:
                scaled = expand(-quotient / constant)
                return Found([], scaled, [(sp.Integer(1), {}, None)], [(n, -1 / constant)])
        constant, pieces = factors(poly)
        if len(pieces) < 2 and not (pieces and pieces[0][1] > 1):
            return None
        used: dict[int, int] = {}
        for piece, power in pieces:
            number = self.lemma(piece, "≠")
            if number is None:
                return None
            used[number] = power
        return Found(self.lemmas, expand(poly / constant**2), [(sp.Integer(1), used, None)], [])

    def positive(self, poly: Expr, strict: bool) -> Found | None:
        if poly.is_number:
            return Found([], None, [(poly, {}, None)], []) if poly > 0 or (poly == 0 and not strict) else None
        starts = [poly]
        if self.relations and len(sp.Add.make_args(poly)) <= TERMS:
            starts += [p for p in [remainder(poly, self.relations)] if p != poly]
        for start in starts:
            for way in (self.plainly, self.by_factors, self.by_subtracting, self.by_squares):
                terms = way(start, strict)
                if terms is not None and (found := self.close(poly, terms)):
                    return found
            if start.is_number and start == 0 and not strict and (found := self.close(poly, [])):
                return found
        for start in starts:
            for direction in (1, -1):
                terms = self.by_slack(start, strict, direction)
                if terms is not None and (found := self.close(poly, terms)):
                    return found
            if (found := self.by_conjugate(start, strict)) is not None:
                return found
        if self.depth or not (self.thorough or self.may_be(poly)):
            return None
        return self.by_products(poly, strict) or self.by_grams(poly, strict)

    def may_be(self, poly: Expr) -> bool:
        """Whether a few small numbers, where the facts about them hold, leave it open that a polynomial is positive."""
        symbols = sorted(poly.free_symbols, key=str)
        if len(symbols) > SYMBOLS or any(isinstance(s, Generator) for s in symbols):
            return False  # nothing tells which values the others have there
        facts = [(f, strict) for f, strict in self.facts if f.free_symbols <= poly.free_symbols]
        for values in product((-2, -1, 1, 3), repeat=len(symbols)):
            place = dict(zip(symbols, values, strict=True))
            if all(f.xreplace(place) >= (1 if strict else 0) for f, strict in facts) and poly.xreplace(place) < 0:
                return False
        return True

    def by_grams(self, poly: Expr, strict: bool) -> Found | None:
        """A sum of squares that a semidefinite program finds."""
        from ddln_sym.kernel.squares import find_squares, norm

        found = find_squares(poly, strict, self.facts, self.relations)
        if found is None:
            return None
        times: Any = found.times
        if times == "norm":  # a lemma: it is 1 and squares
            positive = norm(poly)
            terms: list[Any] = [(sp.Integer(1), {}, None if t.is_number else t.as_base_exp()[0]) for t in positive.args]
            self.lemmas.append((positive, ">", Found([], None, terms, [])))
            self.facts.append((positive, True))
            times = len(self.facts) - 1
        shown = [(c, {i: used.count(i) for i in used}, square) for c, used, square in found.terms]
        return Found(self.lemmas, times, shown, list(found.cofactors))

    def contradiction(self) -> Found | None:
        """``0 > 0`` from the facts and relations: one of −1 ≥ 0, and −f ≥ 0 or −f² ≥ 0 for a fact f > 0."""
        known = set(self.facts)
        strict = [(f, n) for n, (f, positive) in enumerate(self.facts) if positive and (f - 1, False) not in known]
        targets = [(sp.Integer(1), dict[int, int]()), *((f, {n: 1}) for f, n in strict)]
        for fact, used in [*targets, *((expand(f**2), {n: 2}) for f, n in strict)]:
            found = self.by_combination(-fact, False)
            if found is not None:
                return Found(found.lemmas, None, [*found.terms, (sp.Integer(1), used, None)], found.cofactors)
        return None

    def by_products(self, poly: Expr, strict: bool) -> Found | None:
        """A combination of facts and their products, perhaps of the polynomial times a positive quantity."""
        several = [fact for fact in self.facts if fact[0].is_Add][:COMPOUND]
        pairs = [*combinations_with_replacement(several, 2)]
        positive = [
            g for g in sorted(_near(poly, self.facts, self.relations), key=str) if self.fresh().lemma_of(g) is not None
        ][:COMPOUND]
        roots = sorted((f for f, _ in self.facts if f.is_Symbol and sp.degree(poly, f) == 1), key=str)
        opposite = [expand(poly.xreplace({root: -root})) for root in roots]  # (a − b√q)(a + b√q) has no root
        two = [*combinations(positive, 2)]
        more = [*positive, *(a * b for a, b in two), *opposite, *(a + b for a, b in two)] if self.thorough else []
        for factor in [sp.Integer(1), *more]:
            before = len(self.lemmas), len(self.facts)
            times = None if factor == 1 else self.lemma(factor, ">") if factor in opposite else self.lemma_of(factor)
            if times is not None or factor == 1:
                found = self.by_combination(expand(poly * factor), strict, pairs)
                if found is not None:
                    return Found(found.lemmas, times, found.terms, found.cofactors)
            del self.lemmas[before[0] :], self.facts[before[1] :]
        for fact, n in [(f, n) for n, (f, _) in enumerate(self.facts) if f.is_Add][:COMPOUND]:
            terms = self.by_subtracting_once(poly, fact, n, strict)
            if terms is not None and (how := self.close(poly, terms)):
                return how
        return None

    def lemma_of(self, factor: Expr) -> int | None:
        """The number of a fact that a product of symbols is positive, if the coefficients say it at once."""
        known = next((n for n, (f, strict) in enumerate(self.facts) if strict and f == factor), None)
        if known is not None:
            return known
        above = [f for f, _ in self.facts if f.is_Add and expand(factor - f).is_number and factor - f > 0]
        inner = self.fresh()
        terms = inner.by_subtracting(factor, True) if above else inner.plainly(factor, True)
        if terms is None:
            return None
        self.lemmas.append((factor, ">", Found(inner.lemmas, None, terms, [])))
        self.facts.append((factor, True))
        return len(self.facts) - 1

    def by_subtracting_once(self, poly: Expr, fact: Expr, number: int, strict: bool) -> list[Any] | None:
        """A fact times what makes two terms cancel, and squares."""
        for mine, other in product(sp.Add.make_args(poly), sp.Add.make_args(fact)):
            scale = sp.cancel(mine / other)
            around = self.plainly(scale, False) if scale.is_polynomial() else None
            if around is not None:
                c, used, square = around[0]
                for rest in self.rewritten(expand(poly - scale * fact)):
                    terms = self.plainly(rest, strict) or self.by_squares(rest, strict)
                    if terms is not None:
                        return [(c, {**used, number: used.get(number, 0) + 1}, square), *terms]
        return None

    def rewritten(self, poly: Expr) -> Iterator[Expr]:
        """The polynomial, and what it is if a relation is solved for the square of a symbol: ``r² = R² − x²``."""
        yield poly
        for relation in self.relations:
            for symbol in sorted(relation.free_symbols & poly.free_symbols, key=str):
                c = expand(relation).coeff(symbol, 2)
                rest = expand(relation - c * symbol**2)
                if c.is_number and c != 0 and symbol not in rest.free_symbols:
                    replaced = _replace_power(poly, symbol**2, -rest / c)
                    if replaced is not None:
                        yield replaced

    def by_combination(self, poly: Expr, strict: bool, pairs: Sequence[tuple[Any, Any]] = ()) -> Found | None:
        """Facts, times monomials that are not negative, by linear programming."""
        below = [((f, known), (sp.Integer(1), True)) for f, known in self.facts if f.is_Mul]
        found = combination(poly, strict, self.facts, self.relations, [*pairs, *below])
        if found is None:
            return None
        nonnegative, positive, squares = self.single()
        number = {fact: n for n, (fact, _) in reversed([*enumerate(self.facts)])}
        terms: list[Any] = []
        cofactors: dict[int, Expr] = {}
        for c, (first, *others) in found.terms:
            if first in self.relations:
                n = self.relations.index(first)
                cofactors[n] = cofactors.get(n, 0) + c * sp.Mul(*others)
                continue
            used: dict[int, int] = {}
            square = sp.Integer(1)
            for factor in (first, *others):
                base, power = factor.as_base_exp()
                if factor == 1:
                    continue
                one = number.get(factor) if factor.is_Add or factor.is_Mul else positive.get(base)
                if one is None and power % 2:
                    one = nonnegative[base]
                if one is None and base in squares:
                    one, power = squares[base], power // 2
                if one is None:
                    square *= base ** (power // 2)
                else:
                    used[one] = used.get(one, 0) + int(power)
            terms.append((c, used, None if square == 1 else square))
        return Found(self.lemmas, None, terms, sorted(cofactors.items()))

    def by_conjugate(self, poly: Expr, strict: bool) -> Found | None:
        """``2cR·(cR + q) = (cR + q)² + (c²R² − q²)``, for a root R > 0 that is linear in the polynomial."""
        for n, (fact, known) in enumerate(self.facts):
            if not (known and fact.is_Symbol and fact in poly.free_symbols):
                continue
            c = sp.diff(poly, fact)
            if not (c.is_number and c > 0):
                continue
            rest = remainder(expand(2 * c * fact * poly - poly**2), self.relations)
            terms = self.plainly(rest, strict) or self.by_factors(rest, strict)
            if terms is None:
                continue
            scaled = [(k / (2 * c), used, square) for k, used, square in [*terms, (sp.Integer(1), {}, poly)]]
            cofactors = express(expand(poly * fact - self.total(scaled)), self.relations)
            if cofactors is not None:
                return Found(self.lemmas, n, scaled, cofactors)
        return None

    def close(self, poly: Expr, terms: list[Any]) -> Found | None:
        """The certificate, if what the terms leave of the polynomial is a combination of the relations."""
        rest = expand(poly - self.total(terms))
        cofactors = express(rest, self.relations)
        return None if cofactors is None else Found(self.lemmas, None, terms, cofactors)

    def total(self, terms: list[Any]) -> Expr:
        return sp.Add(*(
            c * sp.Mul(*(self.facts[i][0] ** n for i, n in used.items())) * (1 if square is None else square**2)
            for c, used, square in terms
        ))  # fmt: skip

    def single(self) -> tuple[dict[Expr, int], dict[Expr, int], dict[Expr, int]]:
        """The facts about single generators: ``g ≥ 0``, ``g > 0``, ``g² > 0``, each by its number."""
        nonnegative: dict[Expr, int] = {}
        positive: dict[Expr, int] = {}
        squares: dict[Expr, int] = {}
        for n, (fact, strict) in enumerate(self.facts):
            base, power = fact.as_base_exp()
            if base.is_Symbol and power == 1:
                nonnegative.setdefault(base, n)
                if strict:
                    positive.setdefault(base, n)
            elif base.is_Symbol and power == 2 and strict:
                squares.setdefault(base, n)
        return nonnegative, positive, squares

    def plainly(self, poly: Expr, strict: bool, extra: Mapping[Expr, int] | None = None) -> list[Any] | None:
        """Nonnegative coefficients, and odd powers of nonnegative quantities alone."""
        terms: list[Any] = []
        strictly = not strict
        for _ in range(2):
            nonnegative, positive, squares = self.single()
            for g, n in (extra or {}).items():
                nonnegative[g] = n
                if self.facts[n][1]:
                    positive[g] = n
            terms, strictly, wanted = [], not strict, set[Expr]()
            for term in sp.Add.make_args(poly):
                c, rest = term.as_coeff_Mul()
                used: dict[int, int] = {}
                square = sp.Integer(1)
                if not c > 0:
                    return None
                for g, n in rest.as_powers_dict().items():
                    if g == 1:
                        continue
                    if g in positive:
                        used[positive[g]] = used.get(positive[g], 0) + int(n)
                    elif n % 2 == 0 and g in squares:
                        used[squares[g]] = int(n) // 2
                    elif n % 2 and g not in nonnegative:
                        return None
                    else:
                        if n % 2:
                            used[nonnegative[g]] = 1
                        elif g not in (extra or {}):
                            wanted.add(g)
                        if n > 1 and g in (extra or {}):
                            used[nonnegative[g]] = int(n)
                        elif n > 1:
                            square *= g ** (int(n) // 2)
                terms.append((c, used, None if square == 1 else square))
                strictly |= square == 1 and all(self.facts[i][1] for i in used)
            if strictly or not self.learn(wanted):
                break
        return terms if strictly else None

    def learn(self, wanted: Iterable[Expr]) -> bool:
        """Add that a generator is not zero where a strict fact is a multiple of it."""
        before = len(self.facts)
        for g in sorted(wanted, key=str):
            for n, (fact, strict) in enumerate(self.facts[:before]):
                if strict and fact.is_Mul and g in fact.args and self.depth_left():
                    how = Found([], expand(fact / g), [(sp.Integer(1), {n: 1}, None)], [])
                    self.lemmas.append((g, "≠", how))
                    self.facts.append((g**2, True))
                    break
        return len(self.facts) > before

    def by_factors(self, poly: Expr, strict: bool) -> list[Any] | None:
        """A product of facts, of squares and of what is positive by its coefficients."""
        if len(sp.Add.make_args(poly)) > TERMS:
            return None
        constant, pieces = factors(poly)
        used: dict[int, int] = {}
        square = sp.Integer(1)
        for piece, power in pieces:
            for direction in (1, -1):
                number, ratio = self.as_fact(expand(direction * piece), strict)
                if number is None and power % 2 and len(pieces) > 1 and self.depth < 2:
                    number = self.lemma(expand(direction * piece), ">" if strict else "≥")
                if number is not None:
                    break
            if number is not None and (power % 2 or self.facts[number][1]):
                used[number] = used.get(number, 0) + power
                constant *= (direction * ratio) ** power
            elif power % 2:
                return None
            elif not strict:
                square *= piece ** (power // 2)
            else:
                number = self.lemma(piece, "≠") if len(pieces) > 1 or power > 2 else None
                if number is None:
                    return None
                used[number] = used.get(number, 0) + power // 2
        return [(constant, used, None if square == 1 else square)] if constant > 0 else None

    def as_fact(self, piece: Expr, strict: bool) -> tuple[int | None, Expr]:
        """The fact of which a polynomial is a positive multiple, and the multiple; a lemma if it is one."""
        for n, (fact, known) in enumerate(self.facts):
            if known or not strict:
                mine, other = piece.as_coefficients_dict(), fact.as_coefficients_dict()
                ratios = {c / other[t] for t, c in mine.items()} if mine.keys() == other.keys() else set()
                if len(ratios) == 1 and (ratio := ratios.pop()) > 0:
                    return n, ratio
        for sort in (True,) if strict else (True, False):
            inner = self.fresh()
            terms = inner.plainly(piece, sort)
            if terms is not None and self.depth_left() and len(sp.Add.make_args(piece)) > 1:
                self.lemmas.append((piece, ">" if sort else "≥", Found(inner.lemmas, None, terms, [])))
                self.facts.append((piece, sort))
                return len(self.facts) - 1, sp.Integer(1)
        return None, sp.Integer(1)

    def by_subtracting(self, poly: Expr, strict: bool) -> list[Any] | None:
        for n, (fact, known) in enumerate([*self.facts]):
            rest = expand(poly - fact)
            terms = [] if rest == 0 and (known or not strict) else self.plainly(rest, strict and not known)
            if terms is not None:
                return [(sp.Integer(1), {n: 1}, None), *terms]
        return None

    def by_squares(self, poly: Expr, strict: bool, left: int = 4) -> list[Any] | None:
        """Squares completed one after the other: ``p = c(m + q/2cm)² + rest`` for a term ``c·m²`` and terms ``q``."""
        terms = [t.as_coeff_Mul() for t in sp.Add.make_args(poly)]
        left = left if len(terms) <= MANY else min(left, 1)  # what remains has as many, and each may be tried
        if not left or len(terms) > 40:
            return None
        for c, rest in terms:
            m = sp.Integer(1) if rest == 1 else _root_of(rest)
            if c <= 0 or m is None:
                continue
            quotients = [(k, t / m) for k, t in terms if t != rest]
            used = [(k, q) for k, q in quotients if all(n > 0 for n in q.as_powers_dict().values())]
            if not used:
                continue
            square = expand(m + sp.Add(*(k * q for k, q in used)) / (2 * c))
            remaining = expand(poly - c * square**2)
            inner = [] if remaining == 0 and not strict else self.plainly(remaining, strict)
            if inner is None and remaining != 0:
                inner = self.by_squares(remaining, strict, left - 1)
            if inner is not None:
                return [(c, {}, square), *inner]
        return None

    def by_slack(self, poly: Expr, strict: bool, direction: int) -> list[Any] | None:
        """Facts solved for a square or a quantity, as in the kernel; the slack is the fact itself."""
        named = signs._after_slack(poly, strict, self.facts, self.relations, direction)
        if named is None:
            return None
        compound = [n for n, (f, _) in enumerate(self.facts) if len(sp.Add.make_args(f)) > 1]
        meant = {}
        for target, value in named:
            replaced = _replace_power(poly, target, value)
            if replaced is None:
                return None
            poly = replaced
            for s in value.free_symbols:
                if isinstance(s, Slack):
                    meant[s] = compound[s.number - len(self.relations)]
        return self.plainly(poly, strict, meant)


def _replace_power(poly: Expr, target: Expr, value: Expr) -> Expr | None:
    x, n = target.as_base_exp()
    result = sp.Integer(0)
    for (power,), coefficient in sp.Poly(poly, x).terms():
        if power % n:
            return None
        result += coefficient * value ** (power // n)
    return expand(result)


def _near(poly: Expr, facts: Sequence[tuple[Expr, bool]], relations: Sequence[Expr]) -> set[Expr]:
    """The symbols of a polynomial and of the facts and relations that share one with it."""
    symbols: set[Expr] = poly.free_symbols
    known = [*(f for f, _ in facts), *relations]
    return symbols.union(*(f.free_symbols for f in known if f.free_symbols & symbols))


def _root_of(monomial: Expr) -> Expr | None:
    powers = monomial.as_powers_dict()
    return sp.Mul(*(g ** (n // 2) for g, n in powers.items())) if all(n % 2 == 0 for n in powers.values()) else None


def _quotient(fact: Expr, poly: Expr) -> Expr | None:
    ring = ring_of(fact, poly)
    quotients, rest = ring.from_expr(fact).div([ring.from_expr(poly)])
    return None if rest else quotients[0].as_expr()


# -- membership in an ideal, with cofactors of the relations themselves ------------------------------------
def express(poly: Expr, relations: Sequence[Expr]) -> list[tuple[int, Expr]] | None:
    """Cofactors ``c`` with ``poly = Σ c·r``, or None: by division, else by a Gröbner basis that keeps its origin."""
    poly = expand(poly)
    if poly == 0:
        return []
    near = _relations_near(poly, relations)
    if not near:
        return None
    ring = ring_of(poly, *(relations[n] for n in near))
    target = ring.from_expr(poly)
    basis = [(ring.from_expr(relations[n]), {n: ring.one}) for n in near]
    basis = [(p, origin) for p, origin in basis if p]
    pairs = [*combinations(range(len(basis)), 2)]
    for _ in range(PAIRS):
        rest, used = _reduce(target, basis)
        if not rest:
            return [(n, c.as_expr()) for n, c in sorted(used.items()) if c]
        new = None
        while pairs and new is None:
            new = _overlap(basis, *pairs.pop(0))
        if new is None or len(basis) >= BASIS:
            return None
        basis.append(new)
        pairs += [(n, len(basis) - 1) for n in range(len(basis) - 1)]
    return None


Origin = dict[int, PolyElement]


def _overlap(basis: list[tuple[PolyElement, Origin]], i: int, j: int) -> tuple[PolyElement, Origin] | None:
    """What is left of an S-polynomial, with its cofactors; None if it reduces to 0."""
    (f, one), (g, other) = basis[i], basis[j]
    ring = f.ring
    lcm = ring.monomial_lcm(f.LM, g.LM)
    if lcm == ring.monomial_mul(f.LM, g.LM):
        return None
    a = ring.term_new(ring.monomial_div(lcm, f.LM), 1 / f.LC)
    b = ring.term_new(ring.monomial_div(lcm, g.LM), 1 / g.LC)
    origin = _sum({n: a * c for n, c in one.items()}, {n: -b * c for n, c in other.items()})
    rest, used = _reduce(a * f - b * g, basis)
    if not rest or len(rest) > TERMS:
        return None
    return rest, _sum(origin, {n: -c for n, c in used.items()})


def _reduce(poly: PolyElement, basis: list[tuple[PolyElement, Origin]]) -> tuple[PolyElement, Origin]:
    if not poly:
        return poly, {}
    quotients, rest = poly.div([p for p, _ in basis])
    used: Origin = {}
    for quotient, (_, origin) in zip(quotients, basis, strict=True):
        if quotient:
            used = _sum(used, {n: quotient * c for n, c in origin.items()})
    return rest, used


def _sum(a: Origin, b: Origin) -> Origin:
    return {n: a.get(n, 0) + b.get(n, 0) for n in {**a, **b}}


def _relations_near(poly: Expr, relations: Sequence[Expr]) -> list[int]:
    """The relations that share, directly or through others, a symbol with the polynomial."""
    reached, found = set(poly.free_symbols), set[int]()
    while True:
        new = {n for n, r in enumerate(relations) if n not in found and r.free_symbols & reached}
        if not new:
            return sorted(found)
        found |= new
        reached |= {s for n in new for s in relations[n].free_symbols}
