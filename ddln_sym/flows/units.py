"""Units of a deep diagonal flow: layers that are all large, or all tiny, are integrated as layers of size 1.

With ``u = λv``, ``λ = 2^e``, the product is ``θ = λ^L·ϑ``.  A loss ``ℓ`` with ``𝓛(λ^L·ϑ) = 2^r·ℓ(ϑ)`` has
``∇𝓛(θ) = 2^{r − eL}·∇ℓ(ϑ)``, so that (5) becomes the flow of ``ℓ`` in the time ``s = 2^{r − 2e}·t``:

    dv^j/ds = −(⊙_{k≠j} v^k) ⊙ ∇ℓ(ϑ),    ξ = λ^{2−L}·∫(−∇ℓ)ds,    M = λ^{2L−2}·M_v.

All factors are powers of two, so nothing is rounded, and the digits that are carried no longer pay for ``L·e`` bits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import ceil, floor, inf, log2
from typing import Any

from flint import arb

from ddln_sym.flows.coordinates import Coordinate
from ddln_sym.flows.error_bounds import BoundedStep, EnclosureError, Substep
from ddln_sym.flows.local_bounds import Curve, StepModels
from ddln_sym.flows.losses import Loss
from ddln_sym.numerics import BOUND_BITS, TaylorModel, precision
from ddln_sym.taylor import BlowUpError, NoConvergence, PrecisionError, as_float, magnitude

__all__ = ["Units"]

#: Layers whose product is nearer to 1, as a power of two, are integrated as they are.
LEAST_EXPONENT = 16
#: The same of slopes.
LEAST_STEEPNESS = 32
#: Layers that double so often are still of the size of their unit.
DOUBLINGS = 8


def _power(exponent: int) -> Fraction:
    return Fraction(1 << exponent) if exponent >= 0 else Fraction(1, 1 << -exponent)


@dataclass(frozen=True)
class Units:
    """A flow in units in which its layers are of size 1.

    Attributes:
        loss, coordinates: of the flow in units. layers, theta, xi, metric: the exponents of 2 of each unit.
        time: what a time is multiplied with, and value: what the loss in units is multiplied with, as exponents of 2.

    >>> from ddln_sym.flows.losses import SquaredLoss
    >>> pair = [Coordinate((Fraction(2) ** 100, Fraction(3) ** 70))]
    >>> units = Units.of(SquaredLoss([[1]], [2]), pair, until=Fraction(1))
    >>> units.layers, units.theta, units.time
    (105, 210, 210)
    """

    loss: Loss
    coordinates: tuple[Coordinate, ...]
    layers: int = 0
    value: int = 0

    @classmethod
    def of(cls, loss: Loss, coordinates: Sequence[Coordinate], until: Fraction) -> Units:
        """The units of a flow until a time: 1 where its layers are neither large nor tiny, or its loss knows of none.

        Large layers shrink by the size of the smallest coordinate.  Others grow by that of the largest; but where the
        flow may leave them behind until that time, the unit is the size that interpolation needs, if that is larger:
        otherwise it would outgrow its units.
        """
        columns, depth = tuple(coordinates), len(coordinates[0].start)
        sizes = [size for size in map(_size, columns) if size > -inf]
        large, tiny = min(sizes, default=0.0), max(sizes, default=0.0)
        if large >= 1:
            return cls._with(loss, columns, floor(large))
        found = cls._with(loss, columns, min(0, ceil(tiny)))
        exponent = ceil(max(tiny, loss.reach / depth))
        if found._stays(until) or (found.plain and abs(depth * exponent) < LEAST_EXPONENT):
            return found
        return cls._with(loss, columns, exponent)

    @classmethod
    def _with(cls, loss: Loss, columns: tuple[Coordinate, ...], exponent: int) -> Units:
        """The units with layers in multiples of ``2^exponent`` and slopes of size 1, where that matters."""
        power = len(columns[0].start) * exponent
        if abs(power) < LEAST_EXPONENT:
            power = exponent = 0
        unit = _power(-exponent)
        scaled = tuple(Coordinate(tuple(u * unit for u in c.start)) for c in columns) if exponent else columns

        def units(value: int) -> Units:
            found = loss.rescale(power, value)
            if found is None or not (exponent or found[1]):
                return cls(loss, columns)
            return cls(found[0], scaled, exponent, found[1])

        first = units(0)
        return units(round(first.steepness)) if LEAST_STEEPNESS <= abs(first.steepness) < inf else first

    @cached_property
    def steepness(self) -> float:
        """``log2`` of the size of a slope at the start, or of slopes in general, in units."""
        return magnitude(self.loss.steepness([c.theta for c in self.coordinates]))

    def _stays(self, until: Fraction) -> bool:
        """Whether layers of size 1 hardly grow until a time, at a slope of the size that it begins with.

        ``v' = s·v^{L−1}`` doubles every ``log 2/s`` for two layers; for more it leaves every bound at ``1/((L − 2)s)``.
        """
        soon = DOUBLINGS if self.depth == 2 else Fraction(1, 4 * (self.depth - 2))
        return self.steepness + magnitude(self.to_time(until)) < log2(soon)

    @property
    def plain(self) -> bool:
        """Whether all units are 1."""
        return not (self.layers or self.value)

    @property
    def depth(self) -> int:
        return len(self.coordinates[0].start)

    @property
    def theta(self) -> int:
        return self.depth * self.layers

    @property
    def xi(self) -> int:
        return (2 - self.depth) * self.layers

    @property
    def least_xi(self) -> float:
        """``log2`` of what digits of ``ξ`` are relative to at least, in units: of 1, where the unit is larger."""
        return float(min(0, -self.xi))

    def fine(self, until: Fraction) -> int:
        """The bits by which ``ξ`` stays below 1, in units, until a time; 0 unless 1 is less than that."""
        if not until or self.xi <= 0:
            return 0
        return max(0, min(self.xi, -ceil(max(self.steepness, 0.0) + magnitude(self.to_time(until)))))

    @property
    def metric(self) -> int:
        return (2 * self.depth - 2) * self.layers

    @property
    def time(self) -> int:
        return self.value - 2 * self.layers

    def to_time(self, time: Fraction) -> Fraction:
        """A time in units."""
        return time * _power(self.time)

    def from_time(self, time: Fraction) -> Fraction:
        """The time that one in units stands for."""
        return time * _power(-self.time)

    def from_theta(self, theta: Sequence[Fraction]) -> list[Fraction]:
        """What ``θ`` in units stands for."""
        unit = _power(self.theta)
        return [t * unit for t in theta]

    def progress(self, told: Callable[[float], object] | None) -> Callable[[float], object] | None:
        """What is told times in units, and tells them on."""
        if told is None or self.plain:
            return told
        return lambda time: told(as_float(self.from_time(Fraction(time))))

    @contextmanager
    def telling_times(self) -> Iterator[None]:
        """Errors say when they happened: not in units."""
        try:
            yield
        except (BlowUpError, NoConvergence, PrecisionError, EnclosureError) as error:
            if self.plain:
                raise
            raise type(error)(self.from_time(error.args[0]), *error.args[1:]) from error

    # -- bounds in units, as bounds of the flow itself -----------------------------------------------
    def restore(self, step: BoundedStep, curves: Sequence[Curve]) -> BoundedStep:
        """A step of the flow itself.

        Args:
            step: in units. curves: of the coordinates that move, not in units.
        """
        if self.plain:
            return step
        with precision(BOUND_BITS):
            models = [self._restore_models(m, curve) for m, curve in zip(step.models, curves, strict=True)]
            return BoundedStep(
                self.from_time(step.begin),
                self.from_time(step.length),
                models,
                [_times(model, self.xi) for model in step.xi],
                [self._restore_part(part) for part in step.parts],
            )

    def _restore_models(self, models: StepModels, curve: Curve) -> StepModels:
        found = copy(models)
        found.curve = curve
        found.w, found.theta = _times(models.w, 2 * self.layers), _times(models.theta, self.theta)
        found.force = _times(models.force, self.value - self.theta)
        found.residual = models.residual * arb((1, 2 * self.theta))
        found.defect = models.defect * arb((1, self.theta))
        found.length = models.length * arb((1, -self.time))
        return found

    def _restore_part(self, part: Substep) -> Substep:
        def all_times(values: tuple[Any, ...], exponent: int) -> tuple[Any, ...]:
            return tuple(value * arb((1, exponent)) for value in values)

        return replace(
            part,
            end=self.from_time(part.end),
            theta=all_times(part.theta, self.theta),
            force=all_times(part.force, self.value - self.theta),
            xi=all_times(part.xi, self.xi),
            flattest=all_times(part.flattest, self.metric),
        )


def _times(model: TaylorModel, exponent: int) -> TaylorModel:
    """``2^exponent`` times a model."""
    return TaylorModel(model.polynomial, model.error * arb((1, exponent)), model.bits - exponent, model.order)


def _size(coordinate: Coordinate) -> float:
    """``log2`` of the geometric mean of the layers that are not 0: θ, in units of it, is of size 1.

    One layer that is far larger than the others does not count as much as it would in their maximum.
    """
    logs = [magnitude(u) for u in coordinate.start if u]
    return sum(logs) / len(logs) if logs else -inf
