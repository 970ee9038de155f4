"""Polynomial arithmetic over QQ: fractions, factors, remainders, membership in an ideal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp
from flint import Ordering, fmpz_mpoly_ctx
from sympy.polys.orderings import lex
from sympy.polys.rings import PolyElement, PolyRing

from ddln_sym.statements import Auxiliary, Index

Expr = Any

#: A Gröbner basis of more than this is not tried: it could take hours.
BASIS_TERMS, BASIS_RELATIONS = 200, 12

__all__ = [
    "Generator",
    "Membership",
    "OpenIndex",
    "factors",
    "fraction",
    "generators",
    "membership",
    "remainder",
    "ring_of",
]


def generators(*polys: Expr) -> tuple[Expr, ...]:
    """The symbols of polynomials, later generators first, so that they are eliminated first."""
    found: set[Expr] = set()
    for poly in polys:
        indexed = poly.atoms(sp.Indexed)
        held = {i: sp.Dummy() for i in indexed}
        found |= indexed | (poly.xreplace(held).free_symbols - set(held.values()))  # u[j] has neither u nor j
    return tuple(sorted(found, key=_weight))


class OpenIndex(Index):
    """The index at which a sum or a product is looked at, different from those that are excluded."""


class Generator(Auxiliary):
    """A symbol that stands for a root, a modulus, an exponential, …; named by what it stands for."""

    #: Which families are rewritten first when a polynomial is reduced.
    FAMILIES = ("product", "sum", "function", "log", "sign", "root", "power", "exp", "modulus", "parity")
    family: str

    @classmethod
    def of(cls, family: str, name: str) -> Generator:
        symbol: Generator = cls(name, real=True)
        symbol.family = family
        return symbol


#: The operations from which on, and the powers up to which, a polynomial is read without SymPy's help.
LONG, POWER = 100, 60


def _weight(symbol: Expr) -> tuple[int, int, str]:
    name = str(symbol)
    if isinstance(symbol, Generator):
        return (Generator.FAMILIES.index(symbol.family), -len(name), name)
    return (50 if isinstance(symbol, sp.Indexed) else 90, 0, name)


def ring_of(*polys: Expr) -> PolyRing:
    symbols = generators(*polys)
    return PolyRing(symbols or (sp.Symbol("_"),), sp.QQ, lex)


def fraction(expr: Expr) -> tuple[Expr, Expr]:
    """Numerator and denominator, both expanded, without a common factor."""
    if expr.count_ops() > LONG and _is_polynomial(expr):  # nothing to cancel, and SymPy would look for it
        numerator, denominator = sp.fraction(ring_of(expr).from_expr(expr).as_expr())
        return numerator, denominator
    numerator, denominator = sp.fraction(sp.cancel(sp.together(expr)))
    return sp.expand(numerator), sp.expand(denominator)


def _is_polynomial(expr: Expr) -> bool:
    """Whether an expression is a polynomial with rational coefficients, by the way it is written."""
    if expr.is_Rational or expr.is_Symbol or isinstance(expr, sp.Indexed):
        return True
    if expr.is_Pow:
        return bool(expr.exp.is_Integer and 0 < expr.exp <= POWER) and _is_polynomial(expr.base)
    return bool(expr.is_Add or expr.is_Mul) and all(map(_is_polynomial, expr.args))


def factors(poly: Expr) -> tuple[Expr, list[tuple[Expr, int]]]:
    """Content and irreducible factors over QQ, found by FLINT and multiplied out again: a product of thirty
    binomials takes milliseconds, where SymPy's factorization takes a minute.
    """
    if poly.is_number:
        return poly, []
    ring = ring_of(poly)
    denominator, whole = ring.from_expr(poly).clear_denoms()
    context = fmpz_mpoly_ctx.get([f"x{n}" for n in range(ring.ngens)], Ordering.lex)
    element = context.from_dict({powers: int(c) for powers, c in whole.items()})
    content, found = element.factor()
    product = context.constant(content)
    for piece, power in found:
        product *= piece**power
    if product != element:
        raise ArithmeticError("factors do not multiply out")
    pieces = [
        (ring.from_dict({tuple(map(int, m)): sp.QQ(int(c)) for m, c in piece.to_dict().items()}), int(n))
        for piece, n in found
    ]
    pieces.sort(key=lambda piece: (len(piece[0]), piece[1], sorted(piece[0].items())))
    constant = sp.Rational(int(content), int(denominator))
    return constant, [(p.as_expr(), n) for p, n in pieces]


@dataclass(frozen=True)
class Membership:
    """``poly = Σ cofactor·relation + rest``, an identity that was multiplied out and checked."""

    cofactors: tuple[tuple[Expr, Expr], ...]
    rest: Expr


def _divide(poly: PolyElement, divisors: list[PolyElement]) -> Membership:
    quotients, rest = poly.div(divisors)
    total = rest
    for quotient, divisor in zip(quotients, divisors, strict=True):
        total = total + quotient * divisor
    if total != poly:
        raise ArithmeticError("division with remainder does not multiply out")
    used = tuple((q.as_expr(), d.as_expr()) for q, d in zip(quotients, divisors, strict=True) if q)
    return Membership(used, rest.as_expr())


def membership(poly: Expr, relations: Sequence[Expr]) -> Membership:
    """Reduce a polynomial by relations, first by themselves, then by a Gröbner basis of their ideal."""
    if poly == 0:
        return Membership((), sp.Integer(0))
    connected = _relations_connected_to(poly, relations)
    ring = ring_of(poly, *connected)
    target = ring.from_expr(poly)
    divisors = [r for r in (ring.from_expr(relation) for relation in connected) if r]
    if not divisors:
        return Membership((), target.as_expr())
    direct = _divide(target, divisors)
    if direct.rest == 0:
        return direct
    if len(target) > BASIS_TERMS or len(divisors) > BASIS_RELATIONS:
        return direct
    basis = sp.polys.groebnertools.groebner(divisors, ring)
    if any(b.is_ground for b in basis):  # the relations contradict each other: nothing may be concluded
        return direct
    return _divide(target, basis)


def _relations_connected_to(poly: Expr, relations: Sequence[Expr]) -> list[Expr]:
    """The relations that share, directly or through others, a generator with the polynomial."""
    reached, kept, waiting = set(generators(poly)), [], [r for r in relations if r != 0]
    while True:
        near = [r for r in waiting if reached & set(generators(r))]
        if not near:
            return [r for r in relations if r in kept]
        kept += near
        waiting = [r for r in waiting if r not in near]
        for r in near:
            reached |= set(generators(r))


def remainder(poly: Expr, relations: Sequence[Expr]) -> Expr:
    """The polynomial reduced by the relations as they stand."""
    if poly.is_number or not relations:
        return poly
    ring = ring_of(poly, *relations)
    divisors = [r for r in (ring.from_expr(relation) for relation in relations) if r]
    return ring.from_expr(poly).rem(divisors).as_expr() if divisors else poly
