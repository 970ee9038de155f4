"""Trajectories of the deep diagonal flow: exact data in, mpf with the digits asked for out, at any time."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cached_property
from math import ceil, log2, prod
from typing import Any

from mpmath import mp
from mpmath.libmp import dps_to_prec, from_man_exp, from_rational

from ddln_sym.enclosure import Enclosure
from ddln_sym.error_bound import EnclosureError
from ddln_sym.error_growth import with_enough_bits
from ddln_sym.exact import exact, exact_matrix, whole_digits
from ddln_sym.layer_system import Coordinate, FullSystem, LayerSystem, ReducedSystem
from ddln_sym.loss import Loss, rounded
from ddln_sym.program import Number
from ddln_sym.taylor import Precision, Solution, solve

__all__ = ["GradientFlow", "NoConvergence", "Trajectory"]

#: Layers that decay need bits for their reciprocals: at most this many times those of the digits, and at least so many.
DECAY_FACTOR, DECAY_BITS = 4, 1000
#: Digits beyond those asked for, so that rounding to them is the last error.
SPARE_DIGITS = 2
#: The same for a bound on the error.
BOUND_DIGITS = 1
#: Digits beyond those asked for where few numbers are computed and each is rounded many times.
LONGER = 15
#: Errors that cannot be bounded with this many times the digits are given up.
MOST_CARRIED = 8
#: Digits with which a bound is tried at least before it is given up.
FEWEST_CARRIED = 15


class NoConvergence(ArithmeticError):
    """The loss does not come close enough to its minimum.

    Attributes:
        time: when the flow was given up, as a float.
    """

    def __init__(self, time: Fraction, reason: str) -> None:
        self.time = float(time)
        super().__init__(f"no convergence before t = {self.time:.15g}: {reason}")


def _time(value: Any, name: str) -> Fraction:
    time = exact(value, name)
    if time < 0:
        raise ValueError(f"{name} is {value}: expected a time of at least 0")
    return time


class GradientFlow:
    """The gradient flow (5) of a loss of ``θ = u^1 ⊙ … ⊙ u^L``.

    Args:
        loss: a loss of d numbers.
        layers: L ≥ 2 rows of d numbers, the layers at time 0; each entry is taken at its exact value.
    Raises:
        ValueError: fewer than two layers, rows that do not fit the loss, or an entry that is not a finite number.
    Source: equations (4) and (5).

    >>> from ddln_sym.loss import SquaredLoss
    >>> flow = GradientFlow(SquaredLoss([[1]], [2]), layers=[["0.5"], [1]])
    >>> flow.integrate(until=1, digits=15)
    Trajectory(until 1.0, 15 digits, 11 steps)
    """

    def __init__(self, loss: Loss, layers: Any) -> None:
        self.loss = loss
        self.start = exact_matrix(layers, "layers")
        if len(self.start) < 2:
            raise ValueError("layers has 1 row: expected at least 2, one for each layer")
        if len(self.start[0]) != loss.dimension:
            raise ValueError(
                f"layers has rows of {len(self.start[0])} numbers: expected {loss.dimension}, one for each column of X"
            )
        self.coordinates = [Coordinate(column) for column in zip(*self.start, strict=True)]

    def __repr__(self) -> str:
        return f"GradientFlow({self.loss!r}, {len(self.start)} layers)"

    def _repr_latex_(self) -> str:
        from ddln_sym import display

        return display.flow(self)

    @property
    def sigma(self) -> Fraction:
        """``σ = min_i ∏_{k≠k_i}(u^k_i(0)² − u^{k_i}_i(0)²)`` of (14); 0 where (𝒜) does not hold.

        >>> from ddln_sym.loss import SquaredLoss
        >>> GradientFlow(SquaredLoss([[1]], [2]), [[1], [2], [3]]).sigma
        Fraction(24, 1)
        """
        return min(coordinate.gap for coordinate in self.coordinates)

    @cached_property
    def _reduced(self) -> LayerSystem:
        return ReducedSystem(self.loss, self.coordinates)

    @cached_property
    def _full(self) -> LayerSystem:
        return FullSystem(self.loss, self.coordinates)

    def integrate(
        self, until: Any, digits: int = 30, full: bool = False, progress: Callable[[float], object] | None = None
    ) -> Trajectory:
        """The trajectory from time 0.

        Args:
            until: the last time. digits: decimal digits that shall be correct, relative to the largest layer.
            full: integrate all Ld equations, so that conservation is observed instead of built in.
            progress: is told the time reached after each step.
        Raises:
            ValueError: a negative or infinite time, or digits that are not a whole number from 1 to 5000.
            BlowUpError: the flow leaves every bound before that time.
        """
        end, count = _time(until, "until"), whole_digits(digits)
        return self._run(end, count, full, progress)

    def converge(
        self,
        tolerance: Any,
        digits: int = 30,
        longest: Any = 1000,
        progress: Callable[[float], object] | None = None,
    ) -> Trajectory:
        """The trajectory up to a time at which ``𝓛(θ) − 𝓛* ≤ tolerance``.

        Args:
            tolerance: a positive number; it has to lie within the digits that are carried.
            digits: as in :meth:`integrate`. longest: the time after which to give up.
            progress: is told the time reached after each step.
        Raises:
            ValueError: a tolerance that is not positive, or an argument that :meth:`integrate` refuses.
            NoConvergence: the flow comes to rest elsewhere, or is given up.

        >>> from ddln_sym.loss import SquaredLoss
        >>> flow = GradientFlow(SquaredLoss([[1]], [2]), [[0], [1]])
        >>> trajectory = flow.converge("1e-20")
        >>> trajectory.excess(trajectory.end) <= mp.mpf("1e-20")
        True
        """
        allowed, count, end = exact(tolerance, "tolerance"), whole_digits(digits), _time(longest, "longest")
        if allowed <= 0:
            raise ValueError(f"tolerance is {tolerance}: expected a positive number")
        with mp.workdps(count):
            limit = rounded(allowed)
            if self.loss.excess([c.theta for c in self.coordinates]) <= limit:
                end = Fraction(0)
        trajectory = self._run(end, count, False, progress, limit)
        if trajectory.excess(trajectory.end) > limit:
            raise NoConvergence(trajectory.end, f"𝓛 − 𝓛* is still above {tolerance}")
        return trajectory

    def enclose(self, until: Any, digits: int = 30, progress: Callable[[float], object] | None = None) -> Enclosure:
        """The trajectory from time 0 in balls that provably contain it.

        Args:
            until: the last time. digits: decimal digits that the radii shall prove, relative as in :class:`Trajectory`.
            progress: is told the time reached after each step.
        Raises:
            ValueError, BlowUpError: as in :meth:`integrate`.
            EnclosureError: the error could not be bounded, however many digits were carried.

        >>> from ddln_sym.loss import SquaredLoss
        >>> flow = GradientFlow(SquaredLoss([[1]], [2]), layers=[["0.5"], [1]])
        >>> print(flow.enclose(until=1, digits=15).theta(1)[0].str(14, radius=False))
        1.9984985172065
        """
        end, count = _time(until, "until"), whole_digits(digits)
        # A bound seldom exceeds the error by more, and a second run costs as much as the first.
        carried = count + BOUND_DIGITS
        most = MOST_CARRIED * max(count, FEWEST_CARRIED)
        while True:
            solution = self._run(end, carried, False, progress)._solution
            try:
                box = Enclosure(self.loss, self.coordinates, solution, count)
                lost = box.lost_digits()
                if not lost:
                    return box
                wanted = carried + lost + BOUND_DIGITS
            except EnclosureError:
                if carried >= most:
                    raise
                wanted = max(2 * carried, FEWEST_CARRIED)
            if carried >= most:
                raise EnclosureError(end)
            carried = min(wanted, most)

    def _run(
        self,
        end: Fraction,
        digits: int,
        full: bool,
        progress: Callable[[float], object] | None,
        limit: Any = None,
    ) -> Trajectory:
        system = self._full if full else self._reduced
        most = system.extra + max(DECAY_BITS, ceil(DECAY_FACTOR * digits * log2(10)))

        def run(extra: int) -> Trajectory:
            precision = Precision(digits + SPARE_DIGITS, extra)

            def reached(state: list[Number]) -> bool:
                with mp.workdps(digits):
                    return bool(self.loss.excess(_theta(system.layers(state, precision.bits), precision.bits)) <= limit)

            guard, stop = system.guard(precision, most), None if limit is None else reached
            solution = solve(system.program, system.start, end, precision, guard, stop, progress)
            return Trajectory(self, system, solution, digits)

        return with_enough_bits(run, system.extra)


def _theta(layers: list[list[Number]], bits: int) -> list[Fraction]:
    """``θ`` from L rows of scaled integers, without rounding."""
    scale = 1 << bits * len(layers)
    return [Fraction(int(prod(column)), scale) for column in zip(*layers, strict=True)]


class Trajectory:
    """A flow from time 0 to :attr:`until`, to be asked at any time in between.

    Results are mpf with the digits asked for; the working precision of mpmath is neither read nor changed.
    The digits are relative: for a layer, to the largest layer of its coordinate; for what is computed from the
    layers, to what it would be with the largest ones.  Where all layers of a coordinate decay to zero, they are
    relative only as long as they are above about ``10^−300``.

    >>> from ddln_sym.loss import SquaredLoss
    >>> flow = GradientFlow(SquaredLoss([[1]], [2]), [[0], [1]])
    >>> trajectory = flow.integrate(until=2, digits=15)
    >>> trajectory.layers("0.1")
    ((mpf('0.36879031004957702'),), (mpf('1.065835959604696'),))
    """

    def __init__(self, flow: GradientFlow, system: LayerSystem, solution: Solution, digits: int) -> None:
        self.flow, self.digits = flow, digits
        self.end = solution.end
        self._system, self._solution = system, solution
        self._bits = solution.precision.bits

    def __repr__(self) -> str:
        return f"Trajectory(until {mp.nstr(self.until, 6)}, {self.digits} digits, {self.steps} steps)"

    def _repr_html_(self) -> str:
        from ddln_sym import display

        return display.trajectory(self)

    @property
    def until(self) -> Any:
        """The last time, as an mpf."""
        with mp.workdps(self.digits + LONGER):
            return rounded(self.end)

    @property
    def steps(self) -> int:
        """How many Taylor series the trajectory consists of."""
        return len(self._solution.steps)

    def _state(self, t: Any) -> list[Number]:
        time = _time(t, "t")
        # A float just above a decimal fraction is meant to be that fraction.
        if time > self.end * (1 + Fraction(1, 2**48)):
            raise ValueError(f"t is {t}: the trajectory runs from 0 to {mp.nstr(self.until, 15)}")
        return self._solution.at(time)

    def _layers(self, t: Any) -> list[list[Number]]:
        return self._system.layers(self._state(t), self._bits)

    def _number(self, value: Fraction | Number, bits: int = 0) -> Any:
        """An integer of so many binary places, or a fraction, as an mpf of the digits asked for."""
        prec = dps_to_prec(self.digits)
        if isinstance(value, Fraction):
            return mp.make_mpf(from_rational(value.numerator, value.denominator, prec))
        return mp.make_mpf(from_man_exp(value, -bits, prec, "n"))

    def layers(self, t: Any) -> tuple[tuple[Any, ...], ...]:
        """``u^1(t), …, u^L(t)``: L rows of d numbers."""
        return tuple(tuple(self._number(u, self._bits) for u in row) for row in self._layers(t))

    def theta(self, t: Any) -> tuple[Any, ...]:
        """``θ(t) = u^1(t) ⊙ … ⊙ u^L(t)``, d numbers."""
        return tuple(map(self._number, self.exact_theta(t)))

    def xi(self, t: Any) -> tuple[Any, ...]:
        """``ξ(t) = −∫_0^t ∇𝓛(θ(s)) ds``, d numbers."""
        return tuple(self._number(x, self._bits) for x in self._system.xi(self._state(t)))

    def exact_theta(self, t: Any) -> list[Fraction]:
        """``θ(t)`` as the product of the layers that are carried, d fractions."""
        return _theta(self._layers(t), self._bits)

    def loss(self, t: Any) -> Any:
        """``𝓛(θ(t))``."""
        with mp.workdps(self.digits):
            return self.flow.loss(self.exact_theta(t))

    def excess(self, t: Any) -> Any:
        """``𝓛(θ(t)) − 𝓛*``."""
        with mp.workdps(self.digits):
            return self.flow.loss.excess(self.exact_theta(t))

    def metric(self, t: Any) -> tuple[Any, ...]:
        """``M_i(t) = Σ_j ∏_{k≠j} u^k_i(t)²``, the diagonal of the matrix in (12), d numbers."""
        found = []
        for column in zip(*self._layers(t), strict=True):
            products = (prod(u for k, u in enumerate(column) if k != j) for j in range(len(column)))
            found.append(self._number(sum(p * p for p in products), 2 * self._bits * (len(column) - 1)))
        return tuple(found)

    @cached_property
    def rate(self) -> Any:
        """``2σμ``, the rate of (15).

        Raises:
            ValueError: (𝒜) does not hold, so σ = 0, or the loss has no Polyak–Łojasiewicz constant.
        """
        for i, coordinate in enumerate(self.flow.coordinates, 1):
            if coordinate.tied:
                raise ValueError(f"(𝒜) does not hold: several layers share the least modulus in coordinate {i}")
        with mp.workdps(self.digits + LONGER):
            return 2 * rounded(self.flow.sigma) * self.flow.loss.polyak_lojasiewicz()

    def bound(self, t: Any) -> Any:
        """``𝓛* + e^{−2σμt}(𝓛(θ(0)) − 𝓛*)``, the right side of (15) with ``𝓛*`` added.

        Raises:
            ValueError: as :attr:`rate`.
        """
        time, loss = _time(t, "t"), self.flow.loss
        with mp.workdps(self.digits + LONGER):
            first = loss.excess([c.theta for c in self.flow.coordinates])
            value = loss.minimum + mp.exp(-self.rate * rounded(time)) * first
        with mp.workdps(self.digits):
            return +value
