"""How far the errors of a run may have grown: every step adds some, and the flow stretches what is there.

An estimate in floats that tells how many bits a run needs; no proof rests on it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import ceil, inf, log, log2
from typing import TypeAlias, TypeVar

from ddln_sym.taylor.programs import Number, Program
from ddln_sym.taylor.solver import Precision, Step

__all__ = ["Arrival", "ErrorGrowth", "NeedsBits", "guard", "magnitude", "with_enough_bits"]

T = TypeVar("T")
#: What is done after each step, with its length and the state after it; returns the state to go on from.
Arrival: TypeAlias = Callable[[Step, Fraction, list[Number]], list[Number]]

#: What an error may exceed the last coefficient of a step by, in bits: its own margin, that of the spare digits, and
#: the remainder of a series, which is smaller than the coefficient before it by the square of a step's part.
MARGIN_BITS = 11
#: Rounding errors of the instructions that one derivative goes through, in bits.
ROUNDING_BITS = 4


class NeedsBits(Exception):
    """The errors grow more than the bits carried allow for.

    Attributes:
        extra: the bits for conditioning to start again with.
    """

    def __init__(self, extra: int) -> None:
        self.extra = extra
        super().__init__(extra)

    def __str__(self) -> str:
        return f"needs {self.extra} bits for the conditioning"


def with_enough_bits(run: Callable[[int], T], extra: int) -> T:
    """What ``run(extra)`` returns, started again with more bits as often as it asks for them.

    >>> def run(extra):
    ...     if extra < 50:
    ...         raise NeedsBits(2 * extra)
    ...     return extra
    >>> with_enough_bits(run, 20)
    80
    """
    while True:
        try:
            return run(extra)
        except NeedsBits as need:
            extra = need.extra


def magnitude(value: Fraction | Number, bits: int = 0) -> float:
    """``log2`` of the modulus of a fraction, or of an integer of so many binary places; ``−inf`` for 0.

    >>> magnitude(Fraction(-1, 8)), magnitude(8, 10)
    (-3.0, -7.0)
    """
    if not value:
        return -inf
    if type(value) is Fraction:
        return log2(abs(value.numerator)) - log2(value.denominator) - bits
    return log2(abs(int(value))) - bits


class ErrorGrowth:
    """``log2`` of a bound on the error of a run, in units of the cut-off of one series.

    Args:
        precision: the bits carried. most: the bits for conditioning that may be asked for.

    >>> growth = ErrorGrowth(Precision(20), most=100)
    >>> growth.advance(stretch=3.0, added=0.0)
    >>> growth.advance(stretch=3.0, added=0.0)
    >>> round(growth.error, 3)
    3.17
    >>> growth.demand(scale=-30.0)
    Traceback (most recent call last):
    ddln_sym.taylor.error_growth.NeedsBits: needs 35 bits for the conditioning
    """

    def __init__(self, precision: Precision, most: float = inf) -> None:
        self._precision, self._most = precision, most
        self.error = -inf

    def added(self, length: Fraction, moved: float = -inf, cut: float = 0.0, rounded: float = 0.0) -> float:
        """``log2`` of what a step adds: its cut-off, or the rounding of derivatives that its length multiplies.

        Args:
            length: how long the step is. moved: ``log2`` of how far it went in what multiplies such errors.
            cut, rounded: ``log2`` of what an error at the end of the step, and one within it, is multiplied by.
        """
        longest = max(magnitude(length), moved)
        return max(cut, rounded + longest + ROUNDING_BITS - self._precision.tolerance)

    def advance(self, stretch: float, added: float) -> None:
        """After a step that stretched errors by ``2^stretch`` and then added ``2^added``."""
        grown = self.error + stretch
        large, small = max(grown, added), min(grown, added)
        self.error = large + log2(1 + 2.0 ** (small - large))

    def demand(self, scale: float) -> None:
        """Whether the error is still below the digits asked for, relative to ``2^scale``.

        Raises:
            NeedsBits: it is not.
        """
        needed = self.error - scale - MARGIN_BITS
        if self._precision.extra < min(needed, self._most):
            raise NeedsBits(int(min(ceil(1.25 * needed) + MARGIN_BITS - 4, self._most)))


def guard(program: Program, start: Sequence[Fraction], precision: Precision) -> Arrival:
    """Follow the errors of a run by the logarithmic norm of the field: ``‖e‖' ≤ λ_max((J + Jᵀ)/2)·‖e‖``.

    The norm is taken at both ends of each step, the larger one counts.

    Raises:
        NeedsBits: errors have grown more than ``precision.extra`` allows for, relative to the largest value so far.
    """
    from numpy.linalg import eigvalsh

    def rate(state: Sequence[float]) -> float:
        jacobian = program.linearized(state)
        return float(eigvalsh((jacobian + jacobian.T) / 2)[-1])

    growth, bits = ErrorGrowth(precision), precision.bits
    before, largest = rate([float(value) for value in start]), max(map(magnitude, start))

    def arrive(step: Step, length: Fraction, state: list[Number]) -> list[Number]:
        nonlocal before, largest
        now = rate([float(Fraction(int(value), 1 << bits)) for value in state])
        moved = max(abs(b - a) for a, b in zip(step.jets.first, state, strict=True))
        growth.advance(float(length) * max(before, now) / log(2), growth.added(length, magnitude(moved, bits)))
        largest = max(largest, *(magnitude(value, bits) for value in state))
        growth.demand(largest)
        before = now
        return state

    return arrive
