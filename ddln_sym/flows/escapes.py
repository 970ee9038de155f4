"""When a deep diagonal flow would leave every bound, or began to slow down: steps in the logarithm of that time.

Under a constant slope ``g`` a coordinate with three layers or more escapes after ``∫_x^∞ dz/∏√(z² + Δ_k) / |g|``, ``x``
the modulus of its least layer.  A flow that leaves a plateau of tiny layers comes so close to that time that steps that
are a part of what is left would be hundreds.  And where a loss has no minimum, as that of data that can be separated,
the flow goes on with the logarithm of the time since it began to; its steps would be a part of that time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import inf
from typing import TYPE_CHECKING

from flint import arb

from ddln_sym.flows.coordinates import Size
from ddln_sym.numerics import MirrorIntegral, ball, precision, rational
from ddln_sym.taylor import EscapingStep, Number, Program, TaylorStep, magnitude, shorten

if TYPE_CHECKING:
    from ddln_sym.flows.systems import ReducedSystem

__all__ = ["Escapes"]

#: ``log2`` of the metric of a coordinate on a plateau, at most.
PLATEAU = -16.0
#: An escape is computed if, by its size, a step takes this part of the time to it, as ``log2``.
NEAR_BITS = 6.0
#: Bits of the time to an escape.
LEFT_BITS = 128
#: Steps in the logarithm of a time are given up if one changes it by less than that; they are tried again after so many
#: others, and after twice as many the next time.
LEAST_GAIN, PATIENCE = 0.5, 8
#: After so many steps of which each was longer than the one before, by a part of itself from the least to the most, a
#: flow is taken to move with the logarithm of the time, if the end is so many steps away.
GROWING, LEAST_GROWTH, MOST_GROWTH, FAR = 16, Fraction(1, 20), Fraction(2), 1000


class Escapes:
    """What is known of escapes, asked after each step.

    Args:
        system: whose steps. bits: binary places of its states. end: of the run.
    Attributes:
        left: the time to the next escape; minus the time since the flow began to follow a logarithm; or ``None``.
    """

    def __init__(self, system: ReducedSystem, bits: int, end: Fraction) -> None:
        self.system, self.bits, self.end = system, bits, end
        self.left: Fraction | None = None
        self._places = bits + system.fine  # of ξ
        self._integrals: dict[int, MirrorIntegral] = {}
        self._waiting, self._patience = 0, PATIENCE
        self._length, self._growing = Fraction(0), 0

    @property
    def program(self) -> Program:
        """The field in the time of an :class:`~ddln_sym.taylor.EscapingStep`."""
        return self.system.escaping_program

    def look(
        self,
        step: TaylorStep,
        length: Fraction,
        columns: Sequence[Sequence[Number]],
        sizes: Mapping[int, Size],
        moved: Sequence[Number],
    ) -> None:
        """Set ``left`` after a step.

        Args:
            step, length: the step. columns, sizes: the layers at its end, coordinate by coordinate, and the sizes of
                those that move. moved: the way of ``2^fine·ξ``, d numbers.
        """
        growth = length / self._length - 1 if self._length else Fraction(0)
        self._growing = self._growing + 1 if LEAST_GROWTH < growth < MOST_GROWTH else 0
        self._length = length
        self.left = self._find(step, length, growth, columns, sizes, moved)

    def _find(
        self,
        step: TaylorStep,
        length: Fraction,
        growth: Fraction,
        columns: Sequence[Sequence[Number]],
        sizes: Mapping[int, Size],
        moved: Sequence[Number],
    ) -> Fraction | None:
        if isinstance(step, EscapingStep):
            if step.gain(length) < LEAST_GAIN:
                self._waiting, self._patience, self._growing = self._patience, 2 * self._patience, 0
                return None
            self._patience = PATIENCE
            if step.left < 0:
                return -shorten(length - step.left)
        elif self._waiting:
            self._waiting -= 1
            return None
        elif self._growing > GROWING and self.end - step.begin > FAR * length:
            # Steps that are a part κ of a time that they add to grow by κ of themselves.
            return -shorten(length / growth)
        return self._escape(length, columns, self._candidates(length, columns, sizes, moved), moved)

    def _candidates(
        self,
        length: Fraction,
        columns: Sequence[Sequence[Number]],
        sizes: Mapping[int, Size],
        moved: Sequence[Number],
    ) -> list[int]:
        """The coordinates that may escape first, if that is soon."""
        guesses = {}
        for i, size in sizes.items():
            outward = (moved[i] > 0) == (sum(u < 0 for u in columns[i]) % 2 == 0)
            if size.metric < PLATEAU and len(columns[i]) > 2 and moved[i] and outward:
                # ∫_x^∞ dz/P is about one over the product of all layers but the two least.
                large = sorted(magnitude(u, self.bits) for u in columns[i])[2:]
                guesses[i] = magnitude(length) - magnitude(moved[i], self._places) - sum(large)
        soon = min(guesses.values(), default=inf)
        if magnitude(length) < soon - NEAR_BITS:
            return []
        return [i for i, guess in guesses.items() if guess < soon + NEAR_BITS]

    def _escape(
        self,
        length: Fraction,
        columns: Sequence[Sequence[Number]],
        candidates: Sequence[int],
        moved: Sequence[Number],
    ) -> Fraction | None:
        """The time to the first escape of some coordinates under the slopes that they had in the step."""
        with precision(LEFT_BITS):
            times = []
            for i in candidates:
                x = abs(arb((int(columns[i][self.system.coordinates[i].least]), -self.bits)))
                if x:
                    way = abs(arb((int(moved[i]), -self._places)))
                    times.append(self._integral(i).tail(x) * ball(length) / way)
            if not times:
                return None
            mantissa, exponent = min(time.mid() for time in times).man_exp()
        return shorten(Fraction(int(mantissa)) * Fraction(2) ** int(exponent), bits=LEFT_BITS)

    def _integral(self, i: int) -> MirrorIntegral:
        if i not in self._integrals:
            c = self.system.coordinates[i]
            gaps = [rational(delta) for k, delta in enumerate(c.differences) if k != c.least]
            self._integrals[i] = MirrorIntegral(gaps)
        return self._integrals[i]
