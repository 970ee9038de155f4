"""The deep diagonal flow (5) as programs: in 2d polynomial equations whatever the depth, and in all Ld of them.

Both also integrate ``ξ' = −∇𝓛(θ)``, which costs no product of series.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from math import ceil, log

from ddln_sym.flows.coordinates import Coordinate, expand_product
from ddln_sym.flows.escapes import Escapes
from ddln_sym.flows.losses import Loss
from ddln_sym.taylor import (
    ROUNDING_BITS,
    ErrorGrowth,
    EscapingStep,
    NoConvergence,
    Number,
    Precision,
    Program,
    TaylorStep,
    demand_slack,
    integer,
    magnitude,
    to_fixed,
)

__all__ = ["FullSystem", "LayerSystem", "ReducedSystem"]

#: What is said of all Ld equations where layers that tie would pass through 0 by rounding.
DECAYED = (
    "layers that tie have decayed so far that rounding tells them apart in all Ld equations; ask for an earlier time, "
    "more digits, or without full=True"
)
#: An exponent beyond which a float would end.
LARGE_BITS = 1000.0
#: Bits that are set aside for a first step at most.
MOST_SLACK = 20_000.0
#: A step adds so many bits less than errors have grown to; it has so many bits for conditioning at least.
SAFE_BITS, LEAST_EXTRA = 14, 16
#: The rounding of the next step may be so many bits larger than that of the last one.
SUDDEN_BITS = 16
#: The precision of steps is changed by so many bits at a time.
CHANGE_BITS = 32


class LayerSystem(ABC):
    """A program for the flow, and what its state says of the layers; the last d unknowns are ``2^fine·ξ``.

    Attributes:
        fine: of a flow of which nothing moves far, as it stops before, the bits by which ``ξ`` is below 1.
        program, start: the field, and its unknowns at time 0. extra: bits for conditioning to begin with.
        unsteadiness: ``log2`` of what an error of θ makes of the slope, at most.
        first: the sizes at time 0 of each coordinate that moves.
    """

    def __init__(self, loss: Loss, coordinates: Sequence[Coordinate], start: Sequence[Fraction], fine: int) -> None:
        self.loss, self.coordinates, self.fine = loss, coordinates, fine
        self.active = [i for i, c in enumerate(coordinates) if not c.frozen]
        self.extra = max(c.extra for c in coordinates) + loss.extra
        self.unsteadiness = magnitude(loss.smoothness)
        self.start = [*start, *[Fraction(0)] * len(coordinates)]
        self.program = Program(len(self.start))
        self.first = {i: coordinates[i].size(coordinates[i].start) for i in self.active}

    @abstractmethod
    def columns(self, state: Sequence[Number], bits: int) -> list[list[Number]]:
        """The layers, coordinate by coordinate."""

    @abstractmethod
    def project(self, state: list[Number], columns: Sequence[Sequence[Number]], bits: int) -> list[Number]:
        """The state, put back onto what is conserved."""

    def loses_ties(self, columns: Sequence[Sequence[Number]]) -> bool:
        """Whether layers that tie, as they do for all time, are far apart, or have passed through 0."""
        return False

    def layers(self, state: Sequence[Number], bits: int) -> list[list[Number]]:
        """L rows of d numbers."""
        return [list(row) for row in zip(*self.columns(state, bits), strict=True)]

    def xi(self, state: Sequence[Number]) -> list[Number]:
        """``2^fine·ξ``, ``ξ = −∫∇𝓛``, d numbers."""
        return list(state[-len(self.coordinates) :])

    def _add_xi(self, program: Program, slopes: Sequence[int]) -> None:
        """The derivatives of ``2^fine·ξ`` from the registers of the slopes, added to a program."""
        first = len(self.start) - len(slopes)
        for i, g in enumerate(slopes):
            program.derivative(first + i, program.total({g: Fraction(1 << self.fine)}), -1)

    def pace(self, end: Fraction, steepness: float) -> float:
        """``log2`` of the time until which layers hardly move at first, or of the end where that is earlier.

        The layer of least modulus moves by ``(u^j)' = −g·∏_{k≠j} u^k``, the others when it has reached the next one.

        Args:
            end: of the run. steepness: ``log2`` of the size of g.
        """
        found = magnitude(end)
        for i, size in self.first.items():
            following = sorted(map(abs, self.coordinates[i].start))[1]
            found = min(found, magnitude(following) - size.metric / 2 - steepness)
        return found

    def slack(self, pace: float) -> int:
        """Bits for the rounding of derivatives that a first step needs of the length that :meth:`pace` gives."""
        if not self.active:
            return 0
        noise, _ = self.noise(pace, max(size.metric for size in self.first.values()))
        return ceil(min(max(0.0, noise - Precision(1).tolerance), MOST_SLACK))

    def noise(self, length: float, metric: float) -> tuple[float, int]:
        """What the rounding of derivatives adds up to in a step, as ``log2`` of units of the last bit.

        Args:
            length, metric: ``log2`` of the step, and of the largest metric.
        Returns:
            It, and the power of the length by which it grows.
        """
        # θ' = −Mg, so the rounding of a slope, which may be small, is multiplied by M and by the step.
        if metric >= 0:
            return length + metric + ROUNDING_BITS, 1
        # The product is rounded itself, times the step, and that error of θ is one of the slope, and of ξ.
        return max(length, 2 * length + self.unsteadiness) + ROUNDING_BITS, 2

    def guard(self, precision: Precision, most: int, end: Fraction, escapes: Escapes | None = None) -> Guard:
        """What to do on arrival after a step: estimate how errors have grown, and project.

        Args:
            precision: of the run. most: bits for conditioning that may be asked for. end: of the run.
            escapes: are told of each step, if any are looked for.
        """
        return Guard(self, precision, most, end, escapes)


class Guard:
    """What is done on arrival after a step: errors are estimated, and the state is projected.

    A step need not be more exact than what errors have grown to before it, and derivatives need not be rounded more
    finely than its length asks for: a flow that leaves a plateau of tiny layers needs ever fewer bits.

    Args:
        system: whose steps. precision: of the run. most: bits for conditioning that may be asked for. end: of the run.
        escapes: are told of each step, if any are looked for.
    Attributes:
        carried: with which precision the next step is computed.
    """

    def __init__(
        self, system: LayerSystem, precision: Precision, most: int, end: Fraction, escapes: Escapes | None
    ) -> None:
        self.system, self.precision, self.end, self.carried = system, precision, end, precision
        self._growth, self._escapes = ErrorGrowth(precision, most), escapes
        self._before = system.first

    def arrive(self, step: TaylorStep, length: Fraction, state: list[Number]) -> list[Number]:
        """The state to go on from.

        Raises:
            NeedsBits: errors have grown more than ``precision.extra`` allows for, and that is below ``most``, or steps
                are too long for ``precision.slack``.
            NoConvergence: layers that tie have decayed so far that rounding tells them apart.
        """
        system, bits, growth, before = self.system, self.precision.bits, self._growth, self._before
        time = step.begin + length
        columns = system.columns(state, bits)
        now = {i: system.coordinates[i].size(columns[i], bits) for i in system.active}
        if not now:  # nothing moves but ξ, by a slope that may be far below the last bit
            demand_slack(self.precision, magnitude(length) + ROUNDING_BITS, time, self.end, spared=True)
            return system.project(state, columns, bits)
        ways = [b - a for a, b in zip(system.xi(step.first(bits)), system.xi(state), strict=True)]
        moved, spread = magnitude(max(map(abs, ways)), bits + system.fine), step.spread(length)
        stretch = max(now[i].metric - before[i].metric for i in system.active) / 2
        steepest = max(size.metric for size in now.values())
        ascent = system.loss.ascent({i: size.metric for i, size in now.items()}) + magnitude(length)
        stretch += 2.0 ** min(ascent, LARGE_BITS) / log(2)
        noise, power = system.noise(spread, steepest)
        cut = max(0.0, *(size.recovery for size in now.values()))
        # Within a step w and θ follow each other, so that errors of both count as errors of θ.
        rounded = max(-size.metric / 2 for size in now.values())
        tolerance = self.carried.tolerance
        lost = max(rounded + max(spread, moved), steepest / 2 + spread) + ROUNDING_BITS
        if isinstance(step, EscapingStep):
            # What is rounded at its beginning grows with all that follows.
            rounded = max(-size.metric / 2 for size in before.values())
            lost = max(lost, rounded + max(spread, moved) + ROUNDING_BITS + stretch)
        # Both in units of the cut-off of the run.
        coarser = self.precision.wanted - self.carried.wanted + max(0.0, noise - tolerance)
        if self.carried.slack == self.precision.slack:
            demand_slack(self.precision, noise, time, self.end, power, spared=True)
        growth.advance(stretch, max(cut, lost - tolerance) + coarser)
        growth.demand(min(size.largest for size in now.values()), time)
        if system.loses_ties(columns):
            raise NoConvergence(time, DECAYED)
        self._before = now
        self._choose(growth.error, cut, lost, noise)
        if self._escapes is not None:
            self._escapes.look(step, length, columns, now, ways)
        return system.project(state, columns, bits)

    def _choose(self, error: float, cut: float, lost: float, noise: float) -> None:
        """The precision of the next step, if it is like the last one.

        Args:
            error: that has grown, cut: what the cut-off of a step adds, both ``log2`` in units of the cut-off.
            lost, noise: what the rounding of a step adds, and its derivatives lose, in units of the last bit.
        """
        extra, slack, tolerance = self.precision.extra, self.precision.slack, self.precision.tolerance
        # Rounding as large as the tolerance would keep steps from growing, by the root of the order.
        spared = tolerance - max(noise, lost - cut) - SUDDEN_BITS - self.precision.order // 2
        fewer = _whole(spared, slack)
        coarser = _whole(error - max(cut, lost - tolerance + fewer) - SAFE_BITS, extra - LEAST_EXTRA)
        self.carried = replace(self.precision, extra=extra - coarser, slack=slack - fewer)


class ReducedSystem(LayerSystem):
    """``w' = −2θg``, ``θ' = −P'(w)g`` with ``P(w) = ∏_k(w + Δ_k)`` and ``g = (∇𝓛(θ))_i`` in each coordinate.

    Args:
        loss: the loss. coordinates: the layers at time 0, coordinate by coordinate. fine: bits, 0 or more.

    ``w`` is the square of the layer of least modulus, so ``θ² = P(w)``, onto which every step is projected.

    >>> from ddln_sym.flows.losses import SquaredLoss
    >>> pair = Coordinate((Fraction(1, 2), Fraction(1), Fraction(2), Fraction(3)))
    >>> ReducedSystem(SquaredLoss([[1]], [1]), [pair]).program.convolutions
    3.5
    """

    def __init__(self, loss: Loss, coordinates: Sequence[Coordinate], fine: int = 0) -> None:
        moving = [c for c in coordinates if not c.frozen]
        super().__init__(loss, coordinates, [n for c in moving for n in (c.start[c.least] ** 2, c.theta)], fine)
        self._differences: dict[int, list[list[Number]]] = {}
        self._add_field(self.program)

    def _add_field(self, program: Program, factor: int | None = None) -> None:
        """The derivatives, times a register if one is given, added to a program."""
        # A frozen coordinate has θ = 0, so it does not enter the gradient.
        slopes = self.loss.slopes(program, {i: 2 * n + 1 for n, i in enumerate(self.active)})
        if factor is not None:
            slopes = [program.product(g, factor) for g in slopes]
        self._add_xi(program, slopes)
        for n, i in enumerate(self.active):
            slope = _slope(program, 2 * n, self.coordinates[i].differences)
            program.derivative(2 * n, program.product(2 * n + 1, slopes[i]), -2)
            program.derivative(2 * n + 1, program.product(slope, slopes[i]), -len(self.coordinates[i].start))

    @cached_property
    def escaping_program(self) -> Program:
        """The field in the time ``σ`` of an :class:`~ddln_sym.taylor.EscapingStep`, followed by its two unknowns."""
        factor = len(self.start)
        inverse = factor + 1
        program = Program(inverse + 1)
        self._add_field(program, factor)
        program.derivative(factor, program.product(factor, inverse), -1)
        program.derivative(inverse, program.total({}))
        return program

    def columns(self, state: Sequence[Number], bits: int) -> list[list[Number]]:
        rows = self._differences.get(bits)
        if rows is None:
            rows = [[to_fixed(d, bits) for d in self.coordinates[i].differences] for i in self.active]
            self._differences = {bits: rows}  # only the latest is kept; threads may disagree which
        found = [[to_fixed(u, bits) for u in c.start] if c.frozen else [] for c in self.coordinates]
        for n, (i, differences) in enumerate(zip(self.active, rows, strict=True)):
            x = self.coordinates[i].smallest(state[2 * n], state[2 * n + 1], differences, bits)
            found[i] = self.coordinates[i].layers(x, differences, bits)
        return found

    def project(self, state: list[Number], columns: Sequence[Sequence[Number]], bits: int) -> list[Number]:
        found = list(state)
        for n, i in enumerate(self.active):
            x, theta = columns[i][self.coordinates[i].least], integer(1) << bits
            for u in columns[i]:
                theta = theta * u >> bits
            found[2 * n], found[2 * n + 1] = x * x >> bits, theta
        return found


class FullSystem(LayerSystem):
    """All Ld equations ``(u^j)' = −(⊙_{k≠j} u^k) ⊙ g``, nothing projected: conservation can be tested on it.

    Args:
        loss: the loss. coordinates: the layers at time 0, coordinate by coordinate. fine: bits, 0 or more.

    >>> from ddln_sym.flows.losses import SquaredLoss
    >>> three = Coordinate((Fraction(1), Fraction(2), Fraction(3)))
    >>> FullSystem(SquaredLoss([[1]], [1]), [three]).program.convolutions
    6.0
    """

    def __init__(self, loss: Loss, coordinates: Sequence[Coordinate], fine: int = 0) -> None:
        super().__init__(loss, coordinates, [u for c in coordinates for u in c.start], fine)
        program, depth = self.program, len(coordinates[0].start)
        blocks = [list(range(i * depth, (i + 1) * depth)) for i in range(len(coordinates))]
        before = [list(accumulate(block, program.product)) for block in blocks]
        slopes = loss.slopes(program, {i: products[-1] for i, products in enumerate(before)})
        self._add_xi(program, slopes)
        for i, (block, g) in enumerate(zip(blocks, slopes, strict=True)):
            after = g
            # after = g times the later layers, so each layer takes three products
            for j in reversed(range(1, depth)):
                program.derivative(block[j], program.product(before[i][j - 1], after), -1)
                after = program.product(block[j], after)
            program.derivative(block[0], after, -1)

    def columns(self, state: Sequence[Number], bits: int) -> list[list[Number]]:
        depth = len(self.coordinates[0].start)
        return [list(state[i * depth : (i + 1) * depth]) for i in range(len(self.coordinates))]

    def project(self, state: list[Number], columns: Sequence[Sequence[Number]], bits: int) -> list[Number]:
        return state

    def loses_ties(self, columns: Sequence[Sequence[Number]]) -> bool:
        for c, column in zip(self.coordinates, columns, strict=True):
            if c.tied and not c.frozen:
                layers = zip(column, c.start, c.differences, strict=True)
                sizes = [u if first > 0 else -u for u, first, delta in layers if not delta]
                if 2 * min(sizes) < max(sizes):
                    return True
        return False


def _whole(spare: float, most: int) -> int:
    """Bits that are dropped of so many that may be."""
    return int(max(0.0, min(spare, most))) // CHANGE_BITS * CHANGE_BITS


# -- P'/L ------------------------------------------------------------------------------------------
def _slope(program: Program, w: int, differences: Sequence[Fraction]) -> int:
    """The register of ``P'(w)/L``, ``P(w) = ∏(w + Δ_k)``."""
    depth = len(differences)
    return _polynomial(program, w, [k * c / depth for k, c in enumerate(expand_product(differences))][1:])


def _polynomial(program: Program, w: int, p: Sequence[Fraction]) -> int:
    """The register of a polynomial in ``w`` of degree at least 1; ``p`` holds its coefficients, lowest first.

    The powers up to some ``w^m``, and Horner's scheme in ``w^m``.  Where ``w`` and all coefficients are at least 0, as
    they are in ``P'``, every sum has terms of one sign, so nothing cancels, whatever the scales of the layers.
    (Completing squares would save half a product at some degrees, but their remainders cancel.)

    Source: Paterson, Stockmeyer, On the number of nonscalar multiplications necessary to evaluate polynomials (1973).
    """
    degree = len(p) - 1
    width = min(range(degree, 0, -1), key=lambda m: _convolutions(degree, m))
    powers = {1: w}
    for k in range(2, width + 1):
        powers[k] = program.product(powers[k // 2], powers[k - k // 2])
    low = (degree - 1) // width * width
    found = program.total({powers[k]: p[low + k] for k in range(1, degree - low + 1)}, p[low])
    while low:
        low -= width
        terms = {powers[k]: p[low + k] for k in range(1, width)}
        found = program.total({program.product(found, powers[width]): Fraction(1), **terms}, p[low])
    return found


def _convolutions(degree: int, width: int) -> float:
    """What :func:`_polynomial` costs with powers up to ``w^width``: even powers are squares, which cost half.

    >>> [_convolutions(39, width) for width in (1, 5, 8, 20)]
    [38.0, 10.0, 9.0, 15.0]
    """
    squares = width // 2
    return width - 1 - squares / 2 + (degree - 1) // width
