"""Sums of squares: why a polynomial is not negative, as an identity that is multiplied out.

With facts ``f ≥ 0`` (or ``> 0``) and equations ``r = 0``, what is looked for is ``p = Σ c·(facts)·(square) + Σ q·r``
with ``c > 0``, for ``p·f`` with a positive fact f, or ``p·(1 + Σ x²)``.  Gram matrices are found in floating point
(:mod:`~ddln_sym.kernel.gram`) and rounded to rationals; :func:`multiplies_out` alone is trusted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, combinations_with_replacement
from math import comb
from typing import Any

import sympy as sp

from ddln_sym.kernel.gram import Block, Poly, find_grams, multiply
from ddln_sym.kernel.polynomials import generators

Expr = Any
Fact = tuple[Expr, bool]

__all__ = ["Squares", "find_squares", "multiplies_out"]

#: Variables, degree and facts of a question that is tried at all; entries of a Gram matrix.
VARIABLES, DEGREE, FACTS, ENTRIES = 8, 6, 8, 2500


@dataclass(frozen=True)
class Squares:
    """``times·p = Σ coefficient·(facts)·square² + Σ cofactor·relation``.

    Attributes:
        times: the number of a positive fact, ``"norm"`` for ``1 + Σ x²``, or None.
        terms: each a coefficient, the numbers of facts, and what is squared: None for what is strictly positive.
        cofactors: of the relations, by their numbers.
    """

    times: int | str | None
    terms: tuple[tuple[Expr, tuple[int, ...], Expr | None], ...]
    cofactors: tuple[tuple[int, Expr], ...]

    def __str__(self) -> str:
        squares = sum(square is not None for _, _, square in self.terms)
        return f"{squares} square{'s' * (squares != 1)}"


def norm(poly: Expr) -> Expr:
    """``1 + Σ x²`` over the variables of a polynomial."""
    return sp.Add(1, *(x**2 for x in generators(poly)))


def multiplies_out(poly: Expr, strict: bool, facts: Sequence[Fact], relations: Sequence[Expr], found: Squares) -> bool:
    """Whether the squares prove that a polynomial is not negative, or positive."""
    if found.times is None:
        factor = sp.Integer(1)
    elif found.times == "norm":
        factor = norm(poly)
    else:
        factor, positive = facts[int(found.times)]
        if not positive:
            return False
    total, strictly = sp.Integer(0), not strict
    for coefficient, used, square in found.terms:
        if not (coefficient.is_Rational and coefficient > 0):
            return False
        strictly |= square is None and all(facts[i][1] for i in used)
        total += coefficient * sp.Mul(*(facts[i][0] for i in used)) * (1 if square is None else square**2)
    total += sp.Add(*(cofactor * relations[n] for n, cofactor in found.cofactors))
    return strictly and sp.expand(factor * poly - total) == 0


def find_squares(poly: Expr, strict: bool, facts: Sequence[Fact], relations: Sequence[Expr]) -> Squares | None:
    """Squares that prove that a polynomial is not negative, or positive, where a small search finds some.

    >>> a, b = sp.symbols("a b")
    >>> print(find_squares(a**2 + b**2 - a * b, False, (), ()))
    2 squares
    >>> x, y = sp.symbols("x1:6"), sp.symbols("y1:6")
    >>> gram = sum(s**2 for s in x) * sum(s**2 for s in y) - sum(s * t for s, t in zip(x, y)) ** 2
    >>> print(find_squares(gram, False, (), ()))
    10 squares
    """
    found = _find(sp.expand(poly), strict, tuple(facts), tuple(relations))
    if found is None and not strict and len(generators(poly)) > VARIABLES:
        found = _binomials(sp.expand(poly))
    return found if found is not None and multiplies_out(poly, strict, facts, relations, found) else None


@lru_cache(maxsize=256)
def _find(poly: Expr, strict: bool, facts: tuple[Fact, ...], relations: tuple[Expr, ...]) -> Squares | None:
    near = _in_sight(poly, facts, relations)
    symbols = generators(poly, *(facts[i][0] for i in near[0]), *(relations[n] for n in near[1]))
    if not symbols or len(symbols) > VARIABLES or len(near[0]) > FACTS:
        return None

    def data(e: Expr) -> Poly:
        terms = sp.Poly(e, *symbols).terms()
        return {tuple(map(int, powers)): Fraction(int(c.p), int(c.q)) for powers, c in terms if c}

    def back(p: Poly) -> Expr:
        return sp.Add(*(
            sp.Rational(c) * sp.Mul(*(x**n for x, n in zip(symbols, powers, strict=True)))
            for powers, c in p.items()
        ))  # fmt: skip

    try:
        goal = data(poly)
        given = {i: (data(facts[i][0]), facts[i][1]) for i in near[0]}
        equations = {n: data(relations[n]) for n in near[1]}
        factors: dict[int | str | None, Poly] = {None: {(0,) * len(symbols): Fraction(1)}, "norm": data(norm(poly))}
    except (sp.PolynomialError, TypeError):
        return None
    factors |= {i: p for i, (p, positive) in given.items() if positive}
    for times in (None, *(i for i, (_, positive) in given.items() if positive), "norm"):
        target = multiply(factors[times], goal)
        degree = max(sum(powers) for powers in target)
        if degree > DEGREE + 2 * (times is not None):
            continue
        degree += degree % 2
        blocks = list(_blocks(degree, len(symbols), given, strict))
        multiples = [(n, u) for n, p in equations.items() for u in _monomials(len(symbols), degree - _degree(p))]
        answer = find_grams(blocks, [multiply(u, equations[n]) for n, u in multiples], target, _strictly)
        if answer is None:
            continue
        terms, weights = answer
        shown = [(sp.Rational(c), tag[1], None if tag[0] == "strict" else back(u)) for tag, c, u in terms]
        cofactors: dict[int, Expr] = {}
        for (n, u), weight in zip(multiples, weights, strict=True):
            if weight:
                cofactors[n] = cofactors.get(n, sp.Integer(0)) + sp.Rational(weight) * back(u)
        return Squares(times, tuple(shown), tuple(cofactors.items()))
    return None


def _binomials(poly: Expr) -> Squares | None:
    """Squares of binomials, one for each term that is no square, of any number of variables."""
    squares: dict[Expr, Expr] = {}
    others: list[tuple[Expr, Expr]] = []
    for term in sp.Add.make_args(poly):
        c, rest = term.as_coeff_Mul()
        root = sp.Mul(*(g ** (n / 2) for g, n in rest.as_powers_dict().items()))
        if c > 0 and all(n.is_Integer and n % 2 == 0 for n in rest.as_powers_dict().values()):
            squares[root] = c
        else:
            others.append((c, rest))
    found = []
    for c, rest in others:
        pair = next(((a, rest / a) for a in squares if rest / a in squares and rest / a != a
                     and min(squares[a], squares[rest / a]) >= abs(c) / 2), None)  # fmt: skip
        if pair is None:
            return None
        a, b = pair
        squares[a] -= abs(c) / 2
        squares[b] -= abs(c) / 2
        found.append((abs(c) / 2, (), a + sp.sign(c) * b))
    return Squares(None, (*found, *((c, (), root) for root, c in squares.items() if c > 0)), ())


def _strictly(block: Block) -> bool:
    return bool(block.tag[0] == "strict")


def _in_sight(poly: Expr, facts: Sequence[Fact], relations: Sequence[Expr]) -> tuple[list[int], list[int]]:
    """The facts and relations that speak of the variables of a polynomial, or of what such relations speak of."""
    reached = set(generators(poly))
    for _ in range(2):
        for relation in relations:
            if reached & set(generators(relation)):
                reached |= set(generators(relation))
    near = [i for i, (f, _) in enumerate(facts) if generators(f) and set(generators(f)) <= reached]
    return near, [n for n, r in enumerate(relations) if generators(r) and set(generators(r)) <= reached]


def _degree(p: Poly) -> int:
    return max((sum(powers) for powers in p), default=0)


def _monomials(variables: int, degree: int) -> Iterator[Poly]:
    for k in range(degree + 1):
        for chosen in combinations_with_replacement(range(variables), k):
            yield {tuple(chosen.count(i) for i in range(variables)): Fraction(1)}


def _blocks(degree: int, variables: int, given: dict[int, tuple[Poly, bool]], strict: bool) -> Iterator[Block]:
    """Squares times products of at most two facts, and products of positive facts by themselves."""
    one = {(0,) * variables: Fraction(1)}
    chosen = [(), *((i,) for i in given), *combinations(given, 2)]
    for used in chosen:
        weight = one
        for i in used:
            weight = multiply(weight, given[i][0])
        room = degree - _degree(weight)
        if room < 0 or comb(variables + room // 2, variables) ** 2 > ENTRIES:
            continue
        yield Block(("cone", used), list(_monomials(variables, room // 2)), weight)
        if strict and all(given[i][1] for i in used):
            yield Block(("strict", used), [one], weight)
