"""Vector fields whose components are sums of monomials, in packed form, and those of a parametrization.

A monomial ``∏_j x_j^{e_j}`` with rational exponents of common denominator q is the integer ``Σ_j q·e_j·2^{16j}``, so
that a product of monomials is a sum of integers; exponents may be negative.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Any, TypeAlias

import sympy as sp

__all__ = [
    "WIDTH",
    "Field",
    "MonomialFields",
    "NotMonomial",
    "Polynomial",
    "TooLarge",
    "factor_terms",
    "heavy_ball",
    "with_metric",
]

Expr: TypeAlias = Any
#: Coefficients by packed monomial.
Polynomial: TypeAlias = Mapping[int, Fraction]
#: Components by direction; those that are left out are 0.
Field: TypeAlias = Mapping[int, Polynomial]
#: Exponents by coordinate.
Powers: TypeAlias = Mapping[int, Fraction]

#: Bits that an exponent takes.
WIDTH = 16
#: Exponents are smaller, in units of their common denominator.
LARGEST = 1 << WIDTH - 2


class NotMonomial(ValueError):
    """A component is not a sum of monomials in the variables with rational coefficients and exponents."""


class TooLarge(ValueError):
    """Equations, or fields, are more than is taken on."""


def factor_terms(expression: Expr, places: Mapping[Expr, int]) -> Iterator[tuple[Fraction, dict[int, Fraction]]]:
    """The terms of a sum of monomials: coefficient, and exponent of each coordinate.

    Args:
        expression: what is to be read; it is multiplied out where it has to be.
        places: the coordinate of each symbol.
    Raises:
        NotMonomial: a term is something else.

    >>> u, v = sp.symbols("u v", positive=True)
    >>> list(factor_terms(2 * u * (u - sp.sqrt(v)), {u: 0, v: 1}))
    [(Fraction(2, 1), {0: Fraction(2, 1)}), (Fraction(-2, 1), {0: Fraction(1, 1), 1: Fraction(1, 2)})]
    """
    try:
        terms = [_factor(term, places) for term in sp.Add.make_args(expression)]
    except NotMonomial:
        expanded = sp.expand(expression)
        terms = [_factor(term, places) for term in sp.Add.make_args(expanded) if term != 0]
    yield from terms


def _factor(term: Expr, places: Mapping[Expr, int]) -> tuple[Fraction, dict[int, Fraction]]:
    coefficient, powers = Fraction(1), dict[int, Fraction]()
    for factor in sp.Mul.make_args(term):
        base, exponent = factor.as_base_exp()
        if factor.is_Rational:
            coefficient *= Fraction(int(factor.p), int(factor.q))
        elif base in places and exponent.is_Rational:
            place, power = places[base], Fraction(int(exponent.p), int(exponent.q))
            powers[place] = powers.get(place, Fraction(0)) + power
        else:
            raise NotMonomial(f"{factor} is no product of powers of the variables")
    return coefficient, powers


@dataclass(frozen=True)
class MonomialFields:
    """Vector fields on N coordinates; all exponents are in units of ``1/denominator``.

    Attributes:
        size: N. denominator: q. fields: for each field its nonzero components.

    >>> u, v = sp.symbols("u v", positive=True)
    >>> found = MonomialFields.gradients((u**2 * v,), (u, v))
    >>> {j: [(int(c), found.expression(m, (u, v))) for m, c in p.items()] for j, p in sorted(found.fields[0].items())}
    {0: [(2, u*v)], 1: [(1, u**2)]}
    """

    size: int
    denominator: int
    fields: tuple[Field, ...]

    @classmethod
    def of(cls, rows: Sequence[Mapping[int, Sequence[tuple[Fraction, Powers]]]], size: int) -> MonomialFields:
        """Fields from their components as lists of coefficients and exponents."""
        everything = [p for row in rows for terms in row.values() for _, powers in terms for p in powers.values()]
        denominator = lcm(*(p.denominator for p in everything))
        if any(abs(p) * denominator >= LARGEST for p in everything):
            raise NotMonomial(f"an exponent is not smaller than {LARGEST // denominator}")
        fields = []
        for row in rows:
            field: dict[int, dict[int, Fraction]] = {}
            for direction, terms in row.items():
                component: dict[int, Fraction] = {}
                for coefficient, powers in terms:
                    packed = pack(powers, denominator)
                    component[packed] = component.get(packed, Fraction(0)) + coefficient
                if component := {m: c for m, c in component.items() if c}:
                    field[direction] = component
            fields.append(field)
        return cls(size, denominator, tuple(fields))

    @classmethod
    def gradients(cls, components: Sequence[Expr], variables: Sequence[Expr]) -> MonomialFields:
        """``∇G_1, …, ∇G_d``."""
        return cls.of([gradient(component, variables) for component in components], len(variables))

    def powers(self, monomial: int) -> dict[int, int]:
        """The exponents of a packed monomial, in units of ``1/denominator``.

        >>> MonomialFields(3, 1, ()).powers(pack({0: Fraction(-2), 2: Fraction(1)}, 1))
        {0: -2, 2: 1}
        """
        found, place, half = {}, 0, 1 << WIDTH - 1
        while monomial:
            digit = (monomial + half) % (1 << WIDTH) - half
            if digit:
                found[place] = digit
            monomial = (monomial - digit) >> WIDTH
            place += 1
        return found

    def expression(self, monomial: int, symbols: Sequence[Expr]) -> Expr:
        """A packed monomial in SymPy."""
        powers = self.powers(monomial)
        return sp.Mul(*(symbols[j] ** sp.Rational(e, self.denominator) for j, e in powers.items()))

    def with_logarithms(self) -> MonomialFields:
        """The same fields on ``(x, log x)``: 2N coordinates, ``(log x_j)' = x_j'/x_j``."""
        size, q = self.size, self.denominator
        fields = []
        for field in self.fields:
            slopes = {size + j: {m - (q << WIDTH * j): c for m, c in p.items()} for j, p in field.items()}
            fields.append({**field, **slopes})
        return MonomialFields(2 * size, q, tuple(fields))

    @cached_property
    def users(self) -> tuple[tuple[int, ...], ...]:
        """For each coordinate the fields that move it."""
        found: list[list[int]] = [[] for _ in range(self.size)]
        for n, field in enumerate(self.fields):
            for direction in field:
                found[direction].append(n)
        return tuple(map(tuple, found))


def pack(powers: Powers, denominator: int) -> int:
    """A monomial as one integer."""
    return sum(int(e * denominator) << WIDTH * j for j, e in powers.items())


def gradient(component: Expr, variables: Sequence[Expr]) -> dict[int, list[tuple[Fraction, Powers]]]:
    """``∇G_i`` as lists of terms, direction by direction."""
    found: dict[int, list[tuple[Fraction, Powers]]] = {}
    for coefficient, powers in factor_terms(component, {v: n for n, v in enumerate(variables)}):
        for j, exponent in powers.items():
            if exponent:
                found.setdefault(j, []).append((coefficient * exponent, _shift(powers, {j: Fraction(-1)})))
    return found


def _shift(powers: Powers, more: Powers) -> dict[int, Fraction]:
    total = {j: powers.get(j, Fraction(0)) + more.get(j, Fraction(0)) for j in (*powers, *more)}
    return {j: e for j, e in total.items() if e}


def with_metric(
    components: Sequence[Expr], variables: Sequence[Expr], metric: Sequence[Sequence[Expr]]
) -> MonomialFields:
    """``A∇G_1, …, A∇G_d`` for a D × D matrix A of sums of monomials."""
    places = {v: n for n, v in enumerate(variables)}
    columns: list[list[tuple[int, list[tuple[Fraction, dict[int, Fraction]]]]]] = [
        [(j, list(factor_terms(row[k], places))) for j, row in enumerate(metric) if row[k] != 0]
        for k in range(len(variables))
    ]
    rows = []
    for component in components:
        row: dict[int, list[tuple[Fraction, Powers]]] = {}
        for k, slopes in gradient(component, variables).items():
            for j, entry in columns[k]:
                row.setdefault(j, []).extend((a * b, _shift(p, q)) for a, p in entry for b, q in slopes)
        rows.append(row)
    return MonomialFields.of(rows, len(variables))


def heavy_ball(components: Sequence[Expr], variables: Sequence[Expr], friction: bool) -> MonomialFields:
    """The fields of ``w'' + w' = −∇`` on ``(w, w')``, and on ``s = e^t``; without friction those of ``w'' = −∇``.

    The first is ``w'∂_w − w'∂_{w'} + s∂_s``, the others are ``∇G_i ∂_{w'}``.  Any friction τ ≠ 0 is 1 in the time τt.
    """
    count, one = len(variables), Fraction(1)
    drift: dict[int, list[tuple[Fraction, Powers]]] = {j: [(one, {count + j: one})] for j in range(count)}
    if friction:
        drift |= {count + j: [(-one, {count + j: one})] for j in range(count)}
        drift[2 * count] = [(one, {2 * count: one})]
    forces = ({count + j: terms for j, terms in gradient(c, variables).items()} for c in components)
    return MonomialFields.of([drift, *forces], 2 * count + friction)
