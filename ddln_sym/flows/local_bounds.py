"""One coordinate on one step of a trajectory: the norms and ranges that :mod:`ddln_sym.flows.error_bounds` needs."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import arb

from ddln_sym.flows.coordinates import Coordinate, expand_product
from ddln_sym.numerics import BOUND_BITS, TaylorModel, ball, combine, norm, precision

__all__ = ["Curve", "Local", "StepModels", "TooCoarse", "largest"]

#: The lower end of a range of w is lowered by this part of itself, so that ŵ provably lies above it.
MARGIN = arb((1, -20))


class TooCoarse(Exception):
    """The bounds say nothing on a part of a step."""


def largest(values: Sequence[Any]) -> Any:
    """An upper bound of the largest of some balls."""
    found = values[0]
    for value in values[1:]:
        found = found.max(value)
    return found.upper()


class Curve:
    """``P(w) = ∏_k (w + Δ_k)`` of a coordinate, with ``θ² = P(w)``, and its derivatives.

    >>> Curve(Coordinate((Fraction(0), Fraction(1), Fraction(2)))).coefficients
    (Fraction(0, 1), Fraction(4, 1), Fraction(5, 1), Fraction(1, 1))
    """

    def __init__(self, coordinate: Coordinate) -> None:
        self.coefficients = tuple(expand_product(coordinate.differences))
        derivatives = [self.coefficients]
        for _ in range(2):
            derivatives.append(tuple(k * c for k, c in enumerate(derivatives[-1]))[1:])
        with precision(BOUND_BITS):
            self._derivatives = [[ball(c) for c in reversed(row)] for row in derivatives]

    def derivative(self, times: int, w: Any) -> Any:
        """``P``, ``P'`` or ``P''`` at a ball, to the precision of bounds.  The coefficients are at least 0."""
        found = arb(0)
        for c in self._derivatives[times]:
            found = found * w + c
        return found


class StepModels:
    """One coordinate on one step, time running from 0 to 1.

    Attributes:
        w, theta: the polynomials found. force: ``g̃ = (∇𝓛(θ̃))_i``.
        residual: ``|θ̃² − P(w̃)|`` at most. defect: ``|θ̃' + length·P'(w̃)g̃|`` at most.
    """

    def __init__(self, curve: Curve, w: TaylorModel, theta: TaylorModel, force: TaylorModel, length: Fraction) -> None:
        self.curve, self.w, self.theta, self.force = curve, w, theta, force
        bits, order = w.bits, w.order
        powers = [w]
        while len(powers) < len(curve.coefficients) - 1:
            powers.append(powers[(len(powers) - 1) // 2] * powers[len(powers) // 2])
        square = theta * theta
        p = curve.coefficients
        terms = [(-c, power) for c, power in zip(p[1:], powers, strict=True)]
        self.residual = norm([(Fraction(1), square), *terms], bits, -p[0])
        slope = [(k * c, power) for k, (c, power) in enumerate(zip(p[2:], powers, strict=False), 2)]
        field = combine(slope, p[1], bits, order) * force
        self.defect = norm([(Fraction(1), theta.derivative()), (length, field)], bits)
        self.length = ball(length)


class Local:
    """Bounds for one coordinate on a part of a step, before ρ is known.

    Args:
        models: the coordinate on the step. part: a ball in ``[0, 1]``. careful: as in :meth:`TaylorModel.range`.
    Raises:
        TooCoarse: ``P'`` may vanish on the part.
    """

    def __init__(self, models: StepModels, part: Any, careful: bool) -> None:
        self.models = models
        w, theta, force = (model.range(part, careful) for model in (models.w, models.theta, models.force))
        self.product = theta * force
        self._theta, self.theta = theta, theta.abs_upper()
        self._raw_low, self._raw_high = w.lower(), w.upper()
        curve = models.curve
        self.shift = self._settle(models.residual)
        high = self._high(self.shift)
        self.metric, bend = curve.derivative(1, high).upper(), curve.derivative(2, high).upper()
        misfit = models.defect + models.length * bend * self.shift * force.abs_upper()
        #: √W|δ| at most.
        self.defect = (misfit / self.least.sqrt()).upper()

    def _settle(self, gap: Any) -> Any:
        """``|w − w̃|`` at most, for the exact w ≥ 0 of a θ with ``|θ² − P(w̃)| ≤ gap``; sets the lower bounds."""
        curve, raw = self.models.curve, self._raw_low
        self.low = (raw * (1 - MARGIN)).lower().max(arb(0)).lower()
        # P grows by more than the gap from the lowered end to the range of w̃, or else that end says nothing.
        if not curve.derivative(1, self.low).lower() * (raw - self.low) > gap:
            self.low = arb(0)
        #: P' at least, at every such w.
        self.least = curve.derivative(1, self.low).lower()
        #: P' at least, between w̃ and every such w; w̃ may be below 0 by rounding.
        self.flattest = self.least
        if not raw > 0:
            self.flattest = self.least.min(curve.derivative(1, raw.union(arb(0)))).lower()
        if not (self.least > 0 and self.flattest > 0):
            raise TooCoarse
        return (gap / self.flattest).upper()

    def _high(self, shift: Any) -> Any:
        return (self._raw_high + shift).max(-self._raw_low).upper()

    def bound_within(self, rho: Any) -> None:
        """Bounds over every θ with ``|θ − θ̃| ≤ ρ``."""
        self.rho = rho
        #: θ, on the part and within ρ.
        self.around = self._theta + arb(0, rho)
        curve, models = self.models.curve, self.models
        wide = self._settle((models.residual + rho * (2 * self.theta + rho)).upper())
        high = self._high(wide)
        steepest, sharpest = curve.derivative(1, high), curve.derivative(2, high)
        bend = sharpest.upper()
        #: W at most, also at every θ within ρ.
        self.metric = steepest.upper()
        #: |N| at most: the relative change of the metric, 2P''|θ|ρ/(P'W).
        self.deviation = (2 * bend * (self.theta + rho) * rho / self.least**2).upper()
        #: W'/2W: θ̃' is −length·P'(w̃)g̃ up to the defect, and P'(w̃)/P'(ŵ) is 1 up to the shift.
        curvature = (sharpest / steepest).union(curve.derivative(2, self.low) / curve.derivative(1, self.low))
        nearly = 1 + arb(0, (bend * self.shift / self.least).upper())
        growth = -models.length * curvature * self.product * nearly
        self.growth = growth + arb(0, (bend * self.theta * models.defect / self.least**2).upper())

    def metric_at(self, time: Fraction) -> Any:
        """``P'(ŵ)`` at a time of the part, along the step from 0 to 1."""
        w = self.models.w.at(ball(time)) + arb(0, self.shift)
        return self.models.curve.derivative(1, w).intersection(self.least.union(self.metric))
