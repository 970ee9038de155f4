r"""The coordinates of a flow as functions of their layers of least modulus: all of them in floats, each in balls.

With ``x`` the layer of least modulus, ``P(x) = ∏_{k≠least} √(x² + Δ_k)`` and ``s`` the sign of the others' product,

    θ = s·x·P(x),    dξ = s·dx/P(x),    M = dθ/dξ = P²·(1 + Σ x²/(x² + Δ_k)).

In floats a coordinate is given by ``v``, ``x = √Δ·sinh v`` with Δ the least difference, or ``x = ±e^v`` where that is
0: then ``dx = r·dv`` with ``r = √(x² + Δ)``, a change of v is a relative change of the layers, every v belongs to a
state, and ``dξ/dv = s·r/P`` is analytic for ``|Im v| < π/2``, so that few nodes integrate it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb, ctx

from ddln_sym.flows.coordinates import Coordinate
from ddln_sym.numerics import ball

__all__ = ["BallCoordinate", "FloatCoordinates"]

Floats = Any  # an array

#: Nodes for the integral of ``r/P`` over a change of v by at most 1.
NODES, WEIGHTS = np.polynomial.legendre.leggauss(14)


class FloatCoordinates:
    """All coordinates in floats, in arrays of which the first axis counts them.

    Args:
        coordinates: none of them frozen.

    >>> one = FloatCoordinates([Coordinate((Fraction(0), Fraction(1), Fraction(1)))])  # x = tan ξ
    >>> v = np.arcsinh(np.array([1.0]))
    >>> bool(abs(one.travel(np.array([0.0]), v)[0] - np.pi / 4) < 1e-9), one.theta(v), one.metric(v)
    (True, array([2.]), array([8.]))
    """

    def __init__(self, coordinates: Sequence[Coordinate]) -> None:
        self._signs = np.array([float(c.sign) for c in coordinates])
        gaps = [_gaps(c) for c in coordinates]
        self._gaps = np.array([[float(g) for g in row] for row in gaps]).T  # the least one first
        self._roots = np.sqrt(self._gaps[0])
        self._tied = self._gaps[0] == 0
        self._ties = bool(self._tied.any())
        self._sides = np.array([1.0 if c.start[c.least] >= 0 else -1.0 for c in coordinates])
        self._turns = np.where(self._tied, self._sides, 1.0)  # the sign of dx/dv

    def _wide(self, column: Floats, like: Floats) -> Floats:
        """A column of one number a coordinate, as wide as an array."""
        return column.reshape(-1, *[1] * (like.ndim - 1))

    def least(self, v: Floats) -> Floats:
        """``x``."""
        if not self._ties:
            return self._wide(self._roots, v) * np.sinh(v)
        tied, side, root = (self._wide(c, v) for c in (self._tied, self._sides, self._roots))
        return np.where(tied, side * np.exp(v), root * np.sinh(np.where(tied, 0, v)))

    def place(self, x: Floats) -> Floats:
        """``v`` from x."""
        tied, root = self._wide(self._tied, x), self._wide(self._roots, x)
        safe = np.where(tied, 1, root)
        with np.errstate(divide="ignore"):  # a layer below every float is at −∞, from where no step is found
            return np.where(tied, np.log(np.where(tied, np.abs(x), 1)), np.arcsinh(np.where(tied, 0, x) / safe))

    def _squares(self, x: Floats) -> Floats:
        """``x² + Δ_k``, the least first, along a new first axis."""
        return x * x + self._gaps.reshape(len(self._gaps), -1, *[1] * (x.ndim - 1))

    def theta(self, v: Floats) -> Floats:
        x = self.least(v)
        return self._wide(self._signs, v) * x * np.sqrt(np.prod(self._squares(x), axis=0))

    def metric(self, v: Floats) -> Floats:
        """``M``."""
        x = self.least(v)
        squares = self._squares(x)
        return np.prod(squares, axis=0) * (1 + np.sum(x * x / squares, axis=0))

    def slope(self, v: Floats) -> Floats:
        """``dx/dv = ±r``, the size of the two smallest layers."""
        return self._wide(self._turns, v) * np.sqrt(self._squares(self.least(v))[0])

    def speed(self, v: Floats) -> Floats:
        """``dv/dξ = ±P/r``."""
        sign = self._wide(self._signs * self._turns, v)
        return sign * np.sqrt(np.prod(self._squares(self.least(v))[1:], axis=0))

    def travel(self, start: Floats, end: Floats) -> Floats:
        """``ξ`` at one v minus ξ at another, at most 1 from it."""
        middle, half = (start + end) / 2, (end - start) / 2
        return half * ((1 / self.speed(middle[..., None] + half[..., None] * NODES)) @ WEIGHTS)


class BallCoordinate:
    """One coordinate in balls, real or complex, at the precision that is set.

    Args:
        coordinate: not frozen.

    >>> one = BallCoordinate(Coordinate((Fraction(0), Fraction(1), Fraction(1))))
    >>> one.theta(arb(1)), one.product(arb(1))
    (2.00000000000000, 2.00000000000000)
    """

    def __init__(self, coordinate: Coordinate) -> None:
        self.coordinate, self.sign = coordinate, coordinate.sign
        self.gaps = _gaps(coordinate)
        self.start = coordinate.start[coordinate.least]
        #: ``±1`` where x keeps its sign, because it ties with another layer, else 0.
        self.side = ((self.start > 0) - (self.start < 0)) if self.gaps[0] == 0 else 0
        self.depth = len(coordinate.start)
        self._ties = sum(g == 0 for g in self.gaps)
        positive = self.gaps[self._ties :]
        self._times = {gap: positive.count(gap) for gap in positive}
        self._balls: dict[int, list[tuple[arb, int]]] = {}

    @property
    def kind(self) -> tuple[Any, ...]:
        """What all its functions depend on."""
        return self.sign, self.start, tuple(self.gaps)

    @property
    def _differences(self) -> list[tuple[arb, int]]:
        """The positive ``Δ_k`` in balls, and how often each occurs."""
        if ctx.prec not in self._balls:
            self._balls[ctx.prec] = [(ball(gap), times) for gap, times in self._times.items()]
        return self._balls[ctx.prec]

    def product(self, x: Any) -> Any:
        """``P(x)``."""
        square, found, under = x * x, None, None
        for gap, times in self._differences:  # whole powers, so that fewer roots are taken
            factor = square + gap
            for _ in range(times // 2):
                found = factor if found is None else found * factor
            if times % 2:
                under = factor if under is None else under * factor
        if under is not None:
            found = under.sqrt() if found is None else found * under.sqrt()
        for _ in range(self._ties):
            found = x * self.side if found is None else found * x * self.side
        return found

    def size(self, x: Any) -> Any:
        """``√(x² + Δ)`` with the least Δ, the size of the two smallest layers."""
        return abs(x) if self._ties else (x * x + self._differences[0][0]).sqrt()

    def apart(self, x: Any) -> Any:
        """The distance from x, a number, to the nearest branch point of P: ``Δ_k`` that pair up have none."""
        odd = [gap for gap, times in self._differences if times % 2]
        return (x * x + odd[0]).sqrt() if odd else arb("inf")

    def theta(self, x: Any) -> Any:
        return self.sign * x * self.product(x)

    def metric(self, x: Any) -> Any:
        """``M``; it increases with ``|x|``."""
        square = x * x
        total = arb(1 + self._ties)
        for gap, times in self._differences:
            total += times * square / (square + gap)
        product = self.product(x)
        return product * product * total


def _gaps(coordinate: Coordinate) -> list[Fraction]:
    """``Δ_k`` of the other layers, the least first."""
    return sorted(delta for k, delta in enumerate(coordinate.differences) if k != coordinate.least)
