"""A flow at rest: what is left of its way is proved to be below the digits asked for, so one step goes to the end.

Theorem 2 bounds the way that is left by the loss that is left; see :mod:`ddln_sym.flows.limits`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import ceil, floor, log2
from typing import Any

from flint import arb

from ddln_sym.flows.coordinates import Coordinate
from ddln_sym.flows.limits import NoLimit, limit_from
from ddln_sym.flows.losses import Loss
from ddln_sym.numerics import ball, precision, read_number
from ddln_sym.taylor import Number, PlainJets, Precision, Solution, TaylorStep

__all__ = ["Rest", "prolong"]

#: Bits beyond the digits asked for to which nothing may move any more.
SPARE_BITS = 8
#: A step that moves the unknowns by more than so many bits beyond the last one that has to be right is not looked at.
CALM_BITS = 16
#: A step that moves them by no more than so many last bits moves by rounding only, not even by what series leave out.
NOISE_BITS = 6


class Rest:
    """Whether a flow is at rest, asked after every step.

    Args:
        loss, coordinates: of the flow. precision: of the run. digits: relative to the largest layer of a coordinate.
        end: of the run. least_xi: ``log2`` of what the digits of ``ξ`` are relative to where ``ξ`` is smaller; what the
            bits for conditioning cannot tell from 0 is not looked at. fine: of the system.
        proved: the rest of the way shall be enclosed, so the slope times the time left has to be as small as the way,
            as far as rounding lets it. patient: it shall move by rounding only.
    """

    def __init__(
        self,
        loss: Loss,
        coordinates: Sequence[Coordinate],
        precision: Precision,
        digits: int,
        end: Fraction,
        least_xi: float = 0.0,
        fine: int = 0,
        proved: bool = False,
        patient: bool = False,
    ) -> None:
        self.loss, self.coordinates, self.precision, self.end = loss, coordinates, precision, end
        self.proved, self.patient = proved, patient
        self._bits = ceil(digits * log2(10)) + SPARE_BITS
        self._possible = loss.rests
        self._least_xi, self._fine = max(floor(least_xi), -precision.extra - fine), fine

    def is_reached(
        self,
        step: TaylorStep,
        time: Fraction,
        state: Sequence[Number],
        columns: Callable[[], Sequence[Sequence[Number]]],
        carried: Precision,
    ) -> bool:
        """Whether nothing moves by a digit from here on.

        Args:
            step: the last one. time, state: at its end. columns: gives the layers there, coordinate by coordinate.
            carried: the precision of the step.
        """
        if not self._possible or time >= self.end:
            return False
        moved = max(int(abs(b - a)).bit_length() for a, b in zip(step.first(self.precision.bits), state, strict=True))
        moved -= self.precision.bits - carried.bits  # in units of the last bit of the step
        most = NOISE_BITS if self.patient else carried.bits - carried.wanted + CALM_BITS
        if moved > most:
            return False
        with precision(2 * self.precision.bits + SPARE_BITS):
            return self._is_reached(time, state, columns(), moved <= carried.tolerance)

    def _is_reached(
        self, time: Fraction, state: Sequence[Number], columns: Sequence[Sequence[Number]], rounding: bool
    ) -> bool:
        layers = [[arb((int(u), -self.precision.bits)) for u in column] for column in columns]
        squares = [column[c.least] * column[c.least] for c, column in zip(self.coordinates, layers, strict=True)]
        theta = [_product(column) for column in layers]
        xi = [arb((int(x), -self.precision.bits - self._fine)) for x in state[-len(layers) :]]
        try:
            limit = limit_from(self.loss, self.coordinates, theta, squares, xi)
        except NoLimit:
            return False
        small = arb(2) ** -self._bits
        if not max(x.rad() for x in limit.xi) <= small * max(arb((1, self._least_xi)), *(abs(x) for x in xi)):
            return False
        slopes = self.loss.gradient([_to_fraction(t) for t in theta], 2 * self.precision.bits) if self.proved else ()
        for n, column in enumerate(layers):
            metric = sum(
                (_product([u for k, u in enumerate(column) if k != j]) ** 2 for j in range(len(column))), arb(0)
            )
            allowed = small * max(abs(u) for u in column) * metric.sqrt()
            if not limit.theta[n].rad() <= allowed:
                return False
            if (
                self.proved
                and not rounding
                and not abs(ball(read_number(slopes[n], "slope") * (self.end - time))) * metric <= allowed
            ):
                return False
        return True


def prolong(solution: Solution, end: Fraction, state: Sequence[Number], at: Sequence[Fraction] | None) -> Solution:
    """A solution that stays where it is until ``end``.

    Args:
        solution: up to some time. end: a later one. state: where it stays. at: the times that are kept, as it was told.
    """
    begin = solution.end
    if solution.states is not None:
        later = {moment: list(state) for moment in (*(at or ()), end) if moment > begin}
        states = {moment: kept for moment, kept in solution.states.items() if moment <= begin}
        return Solution(solution.precision, solution.start, [], end, solution.count + 1, {**states, **later})
    still = TaylorStep(begin, end - begin, PlainJets([[value, 0 * value] for value in state], solution.precision.bits))
    return Solution(solution.precision, solution.start, [*solution.steps, still], end, solution.count + 1)


def _product(values: Sequence[Any]) -> Any:
    found = arb(1)
    for value in values:
        found *= value
    return found


def _to_fraction(value: arb) -> Fraction:
    mantissa, exponent = value.mid().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
