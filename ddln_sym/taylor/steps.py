"""One step of Taylor's method: the jets at its beginning, in powers of the time or of its logarithm.

A solution that leaves every bound at ``t* = begin + T`` takes a step for every part of what is left of the time.  In

    σ = −T·log((t* − t)/T),    t = begin + T(1 − e^{−σ/T}),    dt = e^{−σ/T}dσ,

``t*`` is at infinity: ``(t* − t)^{−a} = T^{−a}e^{aσ/T}`` is entire, and steps are the longer the better T is known.
With ``T < 0`` the singularity lies behind, and ``σ`` is what a solution that moves ever more slowly moves with.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, log2
from typing import Any

from mpmath import libmp

from ddln_sym.taylor.jets import Jets, Number
from ddln_sym.taylor.programs import integer, magnitude, to_fixed

__all__ = ["EscapingStep", "TaylorStep", "cover", "shorten"]

#: Bits of a step length: short, since every derivative is multiplied by it.
STEP_BITS = 20
#: Bits of what is left of the time to an escape, and of the quotients in its logarithms beyond those wanted.
LEFT_BITS, SPARE_BITS = 64, 16
#: A scale that shall cover a length is longer by this part of itself.
MARGIN = Fraction(1, 1 << 10)


def shorten(value: Fraction, up: bool = False, bits: int = STEP_BITS) -> Fraction:
    """A number with so many bits just below a positive one, or just above it.

    >>> shorten(Fraction(1, 3), bits=2), shorten(Fraction(1, 3), up=True, bits=2)
    (Fraction(1, 4), Fraction(3, 8))
    """
    above, below = value.numerator, value.denominator
    exponent = above.bit_length() - below.bit_length() - bits
    raised, lowered = max(-exponent, 0), max(exponent, 0)
    whole, rest = divmod(above << raised, below << lowered)
    return Fraction(whole + (up and rest > 0) << lowered, 1 << raised)


def _lengthen(values: list[Number], more: int) -> list[Number]:
    """Numbers with more binary places."""
    return [value << more for value in values] if more else values


@dataclass(frozen=True)
class TaylorStep:
    """One step: the jets at ``begin``, whose k-th coefficients carry ``scale^k``."""

    begin: Fraction
    scale: Fraction
    jets: Jets

    def at(self, time: Fraction, bits: int) -> list[Number]:
        """The unknowns at a time, in integers of so many binary places, as many as the jets have or more."""
        found = self.jets.at(self._part(time))
        return _lengthen(found, bits - self.jets.bits)

    def first(self, bits: int) -> list[Number]:
        """The same at its beginning."""
        return _lengthen(self.jets.first, bits - self.jets.bits)

    def spread(self, length: Fraction) -> float:
        """``log2`` of the time by which derivatives are multiplied in a step of some length."""
        return magnitude(length)

    def after(self, part: Fraction) -> Fraction:
        """How long a step is that is a part of the scale."""
        return self.scale * part

    def _part(self, time: Fraction) -> Number:
        return to_fixed((time - self.begin) / self.scale, self.jets.bits)


@dataclass(frozen=True)
class EscapingStep(TaylorStep):
    """One step in ``σ``, whose jets end with two unknowns of their own, ``e^{−σ/T}`` and ``1/T``.

    Attributes:
        left: ``T``, the time from the beginning to the singularity; negative if that lies behind.

    >>> from ddln_sym.taylor import PlainJets
    >>> step = EscapingStep(Fraction(1), Fraction(4), PlainJets([[0, 4 << 20], [0, 0], [0, 0]], bits=20), Fraction(2))
    >>> int(step.at(Fraction(2), 20)[0]) / 2**20  # σ = 2·log 2
    1.38629150390625
    """

    left: Fraction

    def at(self, time: Fraction, bits: int) -> list[Number]:
        return super().at(time, bits)[:-2]

    def first(self, bits: int) -> list[Number]:
        return super().first(bits)[:-2]

    def spread(self, length: Fraction) -> float:
        return max(magnitude(length), magnitude(self.left) + log2(self.gain(length)))

    def gain(self, length: Fraction) -> float:
        """``|log((t* − t)/T)|`` after a step of some length."""
        return float(abs(libmp.to_float(_gain(length, self.left))))

    def after(self, part: Fraction) -> Fraction:
        moved = self.scale * part / self.left
        small = max(0, ceil(-magnitude(moved)))
        power = libmp.mpf_exp(libmp.mpf_neg(_rounded(moved, LEFT_BITS)), LEFT_BITS + small)
        then = shorten(abs(self.left) * _fraction(power), self.left > 0, STEP_BITS + small)
        return self.left - then if self.left > 0 else then + self.left

    def _part(self, time: Fraction) -> Number:
        bits = self.jets.bits
        wanted = bits + SPARE_BITS + max(0, ceil(magnitude(self.left / self.scale)))
        moved = _moved(time - self.begin, self.left, wanted)
        return integer(libmp.to_fixed(libmp.mpf_mul(moved, _rounded(self.left / self.scale, wanted), wanted), bits))


def cover(length: Fraction, left: Fraction | None) -> Fraction | None:
    """A scale with which a step may have a length; ``None`` if it would go beyond a singularity.

    Args:
        length: positive. left: the time to the singularity whose logarithm is taken; ``None`` for none.

    >>> cover(Fraction(1, 2), None), cover(Fraction(1, 2), Fraction(1, 2))
    (Fraction(1, 2), None)
    >>> float(cover(Fraction(1, 2), Fraction(1)))  # log 2, or a little more
    0.693824291229248
    """
    if left is None:
        return shorten(length, up=True)
    if 0 < left <= length:
        return None
    return shorten(abs(left) * abs(_fraction(_gain(length, left))) * (1 + MARGIN), up=True)


# -- mpmath's tuples -------------------------------------------------------------------------------
def _rounded(value: Fraction, bits: int) -> Any:
    return libmp.from_rational(value.numerator, value.denominator, bits)


def _fraction(value: Any) -> Fraction:
    return Fraction(*map(int, libmp.to_rational(value)))


def _moved(length: Fraction, left: Fraction, bits: int) -> Any:
    """``σ/T`` after some time, with an error below ``2^−bits``."""
    return libmp.mpf_neg(libmp.mpf_log(_rounded(1 - length / left, bits), bits))


def _gain(length: Fraction, left: Fraction) -> Any:
    """``σ/T`` after some time, to some digits even where it is small."""
    return _moved(length, left, LEFT_BITS + max(0, ceil(magnitude(left / length))))
