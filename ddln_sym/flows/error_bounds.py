r"""Balls that provably contain a trajectory: a bound on the error of its Taylor polynomials.

In one coordinate the layers are determined by θ: ``w = x²``, the square of the layer of least modulus, solves
``P(w) = θ²``, ``P(w) = ∏_k (w + Δ_k)``, and ``θ' = −M g`` with ``M = P'(w)`` and ``g = (∇𝓛(θ))_i``.  Along
``dξ = dθ/M`` the flow is ``ξ' = −∇𝓛(θ(ξ))``, with ``θ(ξ)`` increasing in each coordinate.

**The idea.** On a step let ``θ̃, w̃`` be the polynomials found, ``ŵ`` the exact solution of ``P(ŵ) = θ̃²`` and
``ξ̂ = ξ(θ̃)``.  The error ``e = ξ − ξ̂`` is measured in the metric of the mirror map, ``v² = Σ W_i e_i²``,
``W = P'(ŵ)``.  With ``A`` the mean of ``∇²𝓛`` between θ̃ and θ, and ``θ − θ̃ = (I + N)We``, ``N`` diagonal and small,

    ½(v²)' = −⟨We, A(I + N)We⟩ + ½Σ W_i' e_i² − ⟨We, δ⟩,    δ = ξ̂' + ∇𝓛(θ̃).

A convex loss makes the first term at most ``‖√W A √W‖·max|N|·v²``, so only the change of the metric matters:

    v' ≤ (max W'/2W + ‖√W A √W‖·max|N|)·v + ‖√W δ‖,

one scalar inequality, which Grönwall's inequality solves: nothing wraps.  (For a negative weight of the loss,
``max|N|`` is replaced by ``1 + max|N|``.)  The integral of ``W'/2W`` is known from its ends: where one coordinate k
changes its metric the fastest throughout, ``v`` grows with ``√W_k``, and the others add what they exceed it by.
``A`` is bounded where the flow is: along a loss that decays, so does its curvature.

**The defect.** ``Wδ = D + (P'(ŵ) − P'(w̃))g̃`` with ``g̃ = ∇𝓛(θ̃)`` and ``D = θ̃' + P'(w̃)g̃``, and
``|ŵ − w̃| ≤ |θ̃² − P(w̃)| / min P'``: two norms of Taylor models.  ``W' = 2P''(ŵ)θ̃θ̃'/P'(ŵ)``; and since ``P'``
has real roots ``−r_j ≤ 0`` only, ``P''/P' = Σ 1/(w + r_j)`` decreases, so its range is read off at two ends.

**Continuation.** ``N`` is bounded under the assumption ``|θ − θ̃| < ρ``.  The bound that follows,
``|θ_i − θ̃_i| ≤ √W_i (1 + |N_i|) v``, has to be below ``ρ``; then the assumption cannot fail first.  From one step to
the next the polynomials jump, and ``v`` grows by the jump.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import Any

from flint import arb, fmpz_poly

from ddln_sym.flows.coordinates import Coordinate
from ddln_sym.flows.gradient_models import GradientModels
from ddln_sym.flows.local_bounds import Curve, Local, StepModels, TooCoarse, largest
from ddln_sym.flows.losses import Loss
from ddln_sym.numerics import BOUND_BITS, TaylorModel, ball, norm, precision, spell_number
from ddln_sym.taylor import Jets, Solution, TaylorStep, as_float, integer, magnitude, to_fixed

__all__ = ["PARTS", "BoundedStep", "EnclosureError", "Substep", "bound_steps", "rescale"]

#: Each step is looked at in so many parts, and in twice as many where the bounds are too coarse, up to the last.
PARTS, MOST_PARTS = 2, 64
#: A part over which ``v`` may grow by more than a factor of ``e`` to this power is looked at more finely.
MOST_GROWTH = arb(0.5)
#: ρ, in multiples of the error expected.
ROOM = arb((1, 16))
#: Added to ρ, so that it is positive where there is no error at all.
LEAST_ROOM = arb((1, -100_000))


class EnclosureError(ArithmeticError):
    """The error cannot be bounded with the digits carried.

    Attributes:
        time: how far the bounds reach, as a float. reason: why, and what would help.
    """

    def __init__(self, time: Fraction, reason: str = "") -> None:
        self.time, self.reason = as_float(time), reason
        super().__init__(time, reason)

    def __str__(self) -> str:
        found = f"the error of the trajectory cannot be bounded after t = {spell_number(self.args[0])}"
        return f"{found}: {self.reason}" if self.reason else found


@dataclass(frozen=True)
class Substep:
    """Bounds that hold from the end of the part before to ``end``, for each coordinate that moves, and for ξ for all.

    Attributes:
        end: a time. theta: ``|θ − θ̃|``. force: ``|g − g̃|``. xi: ``|ξ − ξ̃|``.
        flattest: ``P'`` between w̃ and the exact w, at least.
    """

    end: Fraction
    theta: tuple[Any, ...]
    force: tuple[Any, ...]
    xi: tuple[Any, ...]
    flattest: tuple[Any, ...]


@dataclass(frozen=True)
class BoundedStep:
    """The polynomials of a step, time running from 0 to 1, and the bounds on its parts.

    Attributes:
        begin, length: times. models: for each coordinate that moves. xi: for every coordinate. parts: in order.
    """

    begin: Fraction
    length: Fraction
    models: list[StepModels]
    xi: list[TaylorModel]
    parts: list[Substep]

    def inner(self, begin: Fraction, end: Fraction) -> Any:
        """The times from ``begin`` to ``end`` as a ball within ``[0, 1]``; exact where they are parts of the step."""
        first, last = (begin - self.begin) / self.length, (end - self.begin) / self.length
        return ball((first + last) / 2) + arb(0, ball((last - first) / 2).upper())


def bound_steps(loss: Loss, coordinates: Sequence[Coordinate], solution: Solution) -> list[BoundedStep]:
    """Every step of a solution of :class:`ddln_sym.flows.systems.ReducedSystem` with bounds on its error.

    Raises:
        EnclosureError: the bounds come to nothing, because too few digits were carried.
    """
    with precision(BOUND_BITS):
        return list(_Bounds(loss, coordinates, solution).steps())


class _Bounds:
    """What is carried from step to step: ``v``, and the radii of ξ."""

    def __init__(self, loss: Loss, coordinates: Sequence[Coordinate], solution: Solution) -> None:
        self.solution, self.coordinates = solution, coordinates
        self.active = [i for i, c in enumerate(coordinates) if not c.frozen]
        self.curves = {i: Curve(coordinates[i]) for i in self.active}
        self.gradient, self.loss = GradientModels(loss, self.active), loss
        self.v, self.xi = arb(0), [arb(0)] * len(coordinates)

    def steps(self) -> Iterator[BoundedStep]:
        steps = self.solution.steps
        times = [*(step.begin for step in steps), self.solution.end]
        if times[0] != 0 or any(begin >= end for begin, end in pairwise(times)):
            raise EnclosureError(Fraction(0))
        theta = [self._to_rational(self.coordinates[i].theta) for i in self.active]
        xi = [arb(0)] * len(self.coordinates)
        for step, end in zip(steps, times[1:], strict=True):
            found = self._models(step, end - step.begin)
            jumps = [(m.theta.start - t).abs_upper() for m, t in zip(found.models, theta, strict=True)]
            self.xi = [(r + (m.start - x).abs_upper()).upper() for r, m, x in zip(self.xi, found.xi, xi, strict=True)]
            self._bound(found, jumps)
            yield found
            theta, xi = [m.theta.end for m in found.models], [m.end for m in found.xi]

    def _to_rational(self, value: Fraction) -> Any:
        with precision(2 * self.solution.precision.bits):
            return ball(value)

    def _models(self, step: TaylorStep, length: Fraction) -> BoundedStep:
        """The polynomials of a step in a time that runs from 0 to 1; they are what is compared with the flow."""
        places, order = step.jets.bits, step.jets.order
        jets = rescale(step.jets, length / step.scale, places)
        moving = 2 * len(self.active)
        finer = 0
        for n, i in enumerate(self.active):
            finer = max(finer, _finer(jets[2 * n], jets[2 * n + 1], places, self.coordinates[i]))
        bits = places + finer
        series = [TaylorModel(fmpz_poly(jet) * (1 << finer), arb(0), bits, order) for jet in jets]
        squares, thetas, xi = series[:moving:2], series[1:moving:2], series[moving:]
        forces = self.gradient(dict(zip(self.active, thetas, strict=True)), bits, order)
        models = [
            StepModels(self.curves[i], square, theta, forces[i], length)
            for i, square, theta in zip(self.active, squares, thetas, strict=True)
        ]
        one = Fraction(1)
        #: The polynomial of ξ follows the force up to rounding, over the whole step.
        self.slack = [norm([(one, m.derivative()), (length, force)], bits) for m, force in zip(xi, forces, strict=True)]
        return BoundedStep(step.begin, length, models, xi, [])

    def _bound(self, step: BoundedStep, jumps: Sequence[Any]) -> None:
        """Fill in the parts of a step, as few as the bounds allow."""
        before = self.v, self.xi
        count = PARTS
        while True:
            try:
                for n in range(count):
                    places = self._locals(step, n, count)
                    if n == 0:
                        self._jump(places, jumps)
                    step.parts.append(self._advance(step, places, n, count))
                return
            except TooCoarse:
                if count >= MOST_PARTS:
                    bits = self.solution.precision.bits
                    raise EnclosureError(
                        step.begin,
                        f"on a step known to {bits} binary places an error may grow beyond every bound; ask for more "
                        "digits or an earlier time",
                    ) from None
                count *= 2
                step.parts.clear()
                self.v, self.xi = before

    def _locals(self, step: BoundedStep, n: int, count: int) -> list[Local]:
        begin, width = step.begin, step.length / count
        part = step.inner(begin + n * width, begin + (n + 1) * width)
        return [Local(models, part, count > PARTS) for models in step.models]

    def _jump(self, places: Sequence[Local], jumps: Sequence[Any]) -> None:
        """``v`` after the polynomials have jumped: the metric changes, and ξ̂ moves by the jump over ``M``."""
        moved = changed = arb(0)
        for local, jump in zip(places, jumps, strict=True):
            local.bound_within(jump)
            changed = changed.max(local.deviation)
            moved += local.metric * (jump / local.least) ** 2
        self.v = (self.v * (1 + changed) + moved.sqrt()).upper()

    def _slope_change(self, places: Sequence[Local], radii: Sequence[Any], entries: Iterable[int]) -> list[Any]:
        """What entries of ``∇𝓛`` change by at most while ``θ`` moves so far within the bounds of the part."""
        theta, moved = ([arb(0)] * len(self.coordinates) for _ in range(2))
        for i, local, radius in zip(self.active, places, radii, strict=True):
            theta[i], moved[i] = local.around, radius
        change = self.loss.slope_change(theta, moved)
        return [change[i].upper() for i in entries]

    def _advance(self, step: BoundedStep, places: Sequence[Local], n: int, count: int) -> Substep:
        """One part of a step, by Grönwall's inequality."""
        width = ball(Fraction(1, count))
        defect = sum((local.defect**2 for local in places), arb(0)).sqrt().upper()
        reached = self.v + defect * width
        for local in places:
            local.bound_within((ROOM * local.metric.sqrt() * reached + LEAST_ROOM).upper())
        growth = swelling = arb(0)
        if places:
            deviation = largest([local.deviation for local in places]) + (0 if self.loss.convex else 1)
            # ‖√W·A·√W‖ is at most the largest sum of a row; what does not move does not count.
            roots = [local.metric.sqrt() for local in places]
            rows = self._slope_change(places, roots, self.active)
            steepest = largest([root * row for root, row in zip(roots, rows, strict=True)])
            spread = ball(step.length) * steepest * deviation
            growth = (largest([local.growth.upper() for local in places]) + spread).upper()
            swelling = (growth * width).min(_stretch(places, n, count) + spread * width).upper()
        if growth * width > MOST_GROWTH and count < MOST_PARTS:
            raise TooCoarse
        most_swelling = (growth.max(arb(0)) * width).exp()
        most = (most_swelling * reached).upper()
        radii = [(local.metric.sqrt() * (1 + local.deviation) * most).upper() for local in places]
        if not all(radius < local.rho for radius, local in zip(radii, places, strict=True)):
            raise TooCoarse
        self.v = (swelling.exp() * self.v + most_swelling * defect * width).upper()
        forces = self._slope_change(places, radii, range(len(self.coordinates)))
        time = ball(step.length) * width
        self.xi = [
            (known + lost * width + time * force).upper()
            for known, lost, force in zip(self.xi, self.slack, forces, strict=True)
        ]
        end = step.begin + step.length * Fraction(n + 1, count)
        moving = tuple(forces[i] for i in self.active)
        return Substep(end, tuple(radii), moving, tuple(self.xi), tuple(local.flattest for local in places))


def _stretch(places: Sequence[Local], n: int, count: int) -> Any:
    """``∫ max_i W_i'/2W_i`` over a part, at most, by the ends of the coordinate that changes its metric the fastest."""
    fastest = max(range(len(places)), key=lambda k: places[k].growth.mid())
    least = places[fastest].growth.lower()
    more = largest([arb(0), *(p.growth.upper() - least for k, p in enumerate(places) if k != fastest)])
    begin, end = (places[fastest].metric_at(Fraction(n + k, count)) for k in range(2))
    return (end.upper() / begin.lower()).log() / 2 + more / count


def _finer(w: Sequence[int], theta: Sequence[int], bits: int, coordinate: Coordinate) -> int:
    """Bits beyond those of the polynomials with which products have to be rounded in one coordinate.

    A misfit of ``θ̃² = P(w̃)`` counts over ``P'``, and one unit of θ̃ makes one of ``2|θ̃|`` units in θ̃²: where both
    are small, as along tiny layers, rounding the squares to the units of θ̃ would say nothing.
    """
    size = max(map(abs, theta)).bit_length() - bits
    largest = max(max(map(abs, w)), 1).bit_length() - bits
    others = [max(largest, ceil(magnitude(delta))) if delta else largest for delta in coordinate.differences]
    steepest = sum(others) - min(others)
    return max(0, min(-size, -steepest))


def rescale(jets: Jets, part: Fraction, bits: int) -> list[list[int]]:
    """The coefficients at a shorter scale, rounded down; what they say there are new polynomials."""
    if part == 1:
        return [list(map(int, jet)) for jet in jets]
    # The coefficients may grow as fast as the powers of the part decrease, so those need the more places.
    length = jets.order + 1
    places = bits + max(0, length * (part.denominator.bit_length() - part.numerator.bit_length() + 1))
    factor, powers = to_fixed(part, places), [integer(1) << places]
    while len(powers) < length:
        powers.append(powers[-1] * factor >> places)
    return [[int(c * power >> places) for c, power in zip(jet, powers, strict=True)] for jet in jets]
