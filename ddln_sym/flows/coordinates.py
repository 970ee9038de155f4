"""One coordinate of a flow: its layers around the least one, and their sizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil, inf, lcm, log2, prod
from typing import TypeVar

from ddln_sym.taylor import Number, integer, magnitude

try:
    from gmpy2 import isqrt
except ImportError:
    from math import isqrt

__all__ = ["Coordinate", "expand_product"]


T = TypeVar("T")


#: A near tie may cost this many bits more from the start, rather than a second run.
FORESIGHT_BITS = 40


#: Bits that a run can lose without asking for more.
SPARED_BITS = 5


#: ``log2`` of a layer that is 0: finite, so that differences are numbers, and below that of any other.
VANISHED = -1e6


@dataclass(frozen=True)
class Size:
    """``log2`` of ``M_i``, of the modulus of ``θ_i``, and of the largest layer of a coordinate.

    On the manifold of its conserved quantities a coordinate moves along ``∇G_i``, of length ``√M_i``.  The flow
    stretches an error along it as it changes that length, and a convex loss only shrinks it.
    """

    metric: float
    theta: float
    largest: float

    @property
    def recovery(self) -> float:
        """What recovering the layers from ``w`` or ``θ`` multiplies errors by: ``√M/2θ`` or ``1/√M``, as ``log2``."""
        return min(-self.metric / 2, self.metric / 2 - self.theta - 1)

    @property
    def lost(self) -> float:
        """Bits that may be lost from here on, relative to the layers now or to layers of size 1 later."""
        return max(0.0, self.recovery + max(-self.largest, -self.metric / 2) - SPARED_BITS)


@dataclass(frozen=True)
class Coordinate:
    """The layers of one coordinate at time 0, seen from the one of least modulus.

    Attributes:
        start: ``u^1_i(0), …, u^L_i(0)``.

    With ``x`` the layer of least modulus, ``u_k² = x² + Δ_k`` for all time.

    >>> c = Coordinate((Fraction(2), Fraction(-1), Fraction(0)))
    >>> c.least, c.differences, c.sign, c.tied, c.frozen
    (2, (Fraction(4, 1), Fraction(1, 1), Fraction(0, 1)), -1, False, False)
    """

    start: tuple[Fraction, ...]

    @cached_property
    def least(self) -> int:
        """The place of the layer of least modulus, the first of them where there are several."""
        return min(range(len(self.start)), key=lambda j: abs(self.start[j]))

    @cached_property
    def differences(self) -> tuple[Fraction, ...]:
        """``Δ_k = u_k(0)² − x(0)²``, all at least 0."""
        x = self.start[self.least]
        return tuple(u * u - x * x for u in self.start)

    @cached_property
    def sign(self) -> int:
        """The sign of ``∏_{k≠least} u_k``, which lasts; 0 where two layers are zero."""
        return prod((u > 0) - (u < 0) for u in self._others(self.start))

    @cached_property
    def tied(self) -> bool:
        """Whether several layers share the least modulus; then none of them ever changes sign."""
        return sum(not d for d in self.differences) > 1

    @cached_property
    def frozen(self) -> bool:
        """Whether two layers are zero, so that every velocity of the coordinate vanishes."""
        return sum(not u for u in self.start) > 1

    def _others(self, values: Sequence[T]) -> list[T]:
        return [value for k, value in enumerate(values) if k != self.least]

    @cached_property
    def _signs(self) -> tuple[int, ...]:
        """1 for a positive layer, −1 for another."""
        return tuple(1 if u > 0 else -1 for u in self.start)

    @property
    def theta(self) -> Fraction:
        """``θ_i(0)``."""
        return prod(self.start, start=Fraction(1))

    @property
    def sigma(self) -> Fraction:
        """``σ_i = ∏_{k≠least} (u_k(0)² − x(0)²)``: 0 unless (𝒜) holds in this coordinate."""
        return prod(self._others(self.differences), start=Fraction(1))

    def size(self, layers: Sequence[Fraction | Number], bits: int = 0) -> Size:
        """The logarithms of ``M_i``, ``θ_i`` and the largest layer; layers in integers of so many binary places."""
        logs = [VANISHED if not u else log2(abs(int(u))) - bits if bits else magnitude(u) for u in layers]
        others = self._others(logs)
        x, rest = logs[self.least], sum(others)
        return Size(2 * rest + log2(1 + sum([4.0 ** (x - other) for other in others])), rest + x, max(logs))

    @property
    def extra(self) -> int:
        """Bits for the errors to grow in, and for the size of the numbers."""
        if self.frozen:
            return ceil(max(0.0, -max(map(magnitude, filter(None, self.start)), default=0.0)))
        large = sum(max(0.0, magnitude(u)) for u in self.start)
        near, far = self.size(self.start), -inf
        if not self.tied:
            far = Size(sum(map(magnitude, self._others(self.differences))), VANISHED, near.largest).lost
        return ceil(large + (far if near.lost < far <= near.lost + FORESIGHT_BITS else near.lost))

    # -- what is known of the layers from (w, θ), in integers of so many bits ----------------------------
    def smallest(self, w: Number, theta: Number, differences: Sequence[Number], bits: int) -> Number:
        """``x`` from ``w = x²`` and ``θ``: as ``±√w`` or ``θ/∏others``, whichever is better conditioned."""
        w = max(w, integer(0))
        product = integer(1) << bits
        for k, delta in enumerate(differences):
            if k != self.least:
                product = product * isqrt((w + delta) << bits) >> bits
        root = isqrt(w << bits)
        if not product or 2 * root >= product:
            positive = self.start[self.least] > 0 if self.tied else self.sign * theta >= 0
            return root if positive else -root
        return self.sign * (theta << bits) // product

    def layers(self, x: Number, differences: Sequence[Number], bits: int) -> list[Number]:
        """All layers from the smallest one."""
        square = x * x
        found = [isqrt(square + (delta << bits)) * s for delta, s in zip(differences, self._signs, strict=True)]
        found[self.least] = x
        return found


def expand_product(differences: Sequence[Fraction]) -> list[Fraction]:
    """The coefficients of ``P(w) = ∏(w + Δ_k)``, lowest first.

    >>> [int(c) for c in expand_product([Fraction(1), Fraction(2)])]
    [2, 3, 1]
    """
    scale = lcm(*(delta.denominator for delta in differences))
    found = [1]  # of ∏(w + scale·Δ_k), which are integers
    for delta in differences:
        shift = int(scale * delta)
        found = [a + shift * b for a, b in zip([0, *found], [*found, 0], strict=True)]
    depth = len(differences)
    return [Fraction(c, scale ** (depth - k)) for k, c in enumerate(found)]
