"""A trajectory through the dual in balls: θ, ξ, layers, metric and loss at every time, and the limit, proved."""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from flint import arb, arb_mat

from ddln_sym.flows.dual_bounds import bound_panels
from ddln_sym.flows.dual_charts import OffChart
from ddln_sym.flows.enclosed_states import layers_of, metric_of
from ddln_sym.flows.error_bounds import EnclosureError
from ddln_sym.flows.limits import Limit, limit_from
from ddln_sym.flows.trajectories import FLOAT
from ddln_sym.numerics import ball, precision, read_number, spell_number, square

if TYPE_CHECKING:
    from ddln_sym.flows.dual_trajectories import DualTrajectory

__all__ = ["DualEnclosure"]


class DualEnclosure:
    """Balls (``flint.arb``) that contain a flow from time 0 to :attr:`end`, at any time in between.

    Args:
        trajectory: through the dual, with all its steps; however wrong it may be, the balls are right.
    Attributes:
        trajectory: which. digits: as it was asked for. end: the last time, as a fraction.
    Raises:
        EnclosureError: the error of the trajectory cannot be bounded.
        ValueError: its steps were not kept.
    Source: the argument stands in :mod:`ddln_sym.flows.dual_bounds`.

    >>> from ddln_sym.flows.losses import SquaredLoss
    >>> from ddln_sym.flows import GradientFlow
    >>> flow = GradientFlow(SquaredLoss([[1]], [2]), [[0], [1]])
    >>> box = flow.converge("1e-30", digits=20, method="dual").enclose()
    >>> print(box.theta(1)[0].str(18, radius=False), box.limit().theta[0].str(14, radius=False))
    1.99652479238814213 2.0000000000000
    """

    def __init__(self, trajectory: DualTrajectory) -> None:
        solution = trajectory.solution
        if solution.count and not solution.panels:
            raise ValueError("the trajectory keeps its end alone: converge with dense=True to enclose it")
        self.trajectory, self.digits, self.end = trajectory, trajectory.digits, trajectory.end
        self._system, self._bits = solution.system, solution.bits
        self._errors = bound_panels(solution.system, solution.panels, solution.last, trajectory.digits)
        self._begins = [panel.begin for panel in solution.panels]

    def __repr__(self) -> str:
        return f"Enclosure(until {spell_number(self.end, 6)}, {self.digits} digits, {len(self._errors)} steps)"

    @property
    def until(self) -> Any:
        """The last time, as a ball."""
        with precision(self._bits):
            return ball(self.end)

    @property
    def radius(self) -> Any:
        """The largest distance of ν from its polynomials over all times, as a ball: ``|ξ_i − ξ̃_i| ≤ ‖x_i‖·radius``."""
        return self._errors[-1] if self._errors else arb(0)

    def _dual(self, t: Any) -> tuple[Fraction, arb_mat, arb]:
        """The time, ν of the trajectory there, and how far the true one is from it at most."""
        time = read_number(t, "t")
        if not 0 <= time <= self.end * (1 + FLOAT):
            raise ValueError(f"t is {t}: the enclosure runs from 0 to {spell_number(self.end)}")
        time = min(time, self.end)
        if not time:
            return time, arb_mat(len(self._system.rows), 1), arb(0)
        # At the border of two steps the bound of the later one holds for both.
        place = bisect_right(self._begins, time) - 1
        return time, self.trajectory.solution.at(time), self._errors[place]

    def _states(self, t: Any) -> list[tuple[int, arb, arb]]:
        """Of each coordinate that moves: its place, its layer of least modulus, and θ."""
        time, nu, error = self._dual(t)
        system = self._system
        if not time:
            starts = [ball(b.start) for b in system.balls]
            return [(i, x, b.theta(x)) for i, b, x in zip(system.active, system.balls, starts, strict=True)]
        data, across, _ = system.matrices()
        found = []
        columns = zip(*data.tolist(), strict=True)
        for i, chart, column, xi in zip(system.active, system.charts(), columns, (across * nu).entries(), strict=True):
            reach = arb(0, (sum(map(square, column), arb(0)).sqrt() * error).upper())
            around, middle = xi + reach, xi.mid()
            try:
                # The mean value theorem, with dx/dξ = s·P.
                slope = chart.coordinate.sign * chart.coordinate.product(chart.least(around))
                least = chart.least(middle) + slope * (around - middle)
                theta = chart.theta(middle) + chart.metric(around) * (around - middle)
            except OffChart:
                raise EnclosureError(time, "ξ is too close to the end of its range; ask for more digits") from None
            found.append((i, least, theta))
        return found

    # -- what is asked -------------------------------------------------------------------------------
    def theta(self, t: Any) -> tuple[Any, ...]:
        """``θ(t)``, d balls."""
        with precision(self._bits):
            found = [arb(0)] * len(self.trajectory.flow.coordinates)
            for i, _, theta in self._states(t):
                found[i] = theta
            return tuple(found)

    def xi(self, t: Any) -> tuple[Any, ...]:
        """``ξ(t) = −∫_0^t ∇𝓛(θ(s)) ds``, d balls."""
        with precision(self._bits):
            time, nu, error = self._dual(t)
            rows = [[ball(v) for v in row] for row in self.trajectory.flow.loss.rows]
            drift = [ball(2 * self._system.weight * time * v) for v in self._system.left]
            moved = arb_mat(rows).transpose() * (nu + arb_mat(len(drift), 1, drift))
            norms = [sum(map(square, column), arb(0)).sqrt() for column in zip(*rows, strict=True)]
            return tuple(x + arb(0, (norm * error).upper()) for x, norm in zip(moved.entries(), norms, strict=True))

    def _columns(self, t: Any) -> list[list[Any]]:
        """The layers, coordinate by coordinate."""
        found = [[ball(u) for u in c.start] for c in self.trajectory.flow.coordinates]
        for i, x, theta in self._states(t):
            c = self.trajectory.flow.coordinates[i]
            found[i] = layers_of(c, theta, square(x).nonnegative_part())
            found[i][c.least] = x
        return found

    def layers(self, t: Any) -> tuple[tuple[Any, ...], ...]:
        """``u^1(t), …, u^L(t)``: L rows of d balls."""
        with precision(self._bits):
            return tuple(zip(*self._columns(t), strict=True))

    def metric(self, t: Any) -> tuple[Any, ...]:
        """``M_i(t)``, the diagonal of the matrix in (12), d balls."""
        with precision(self._bits):
            return tuple(metric_of(column) for column in self._columns(t))

    def loss(self, t: Any) -> Any:
        """``𝓛(θ(t))``, a ball."""
        with precision(self._bits):
            return self.trajectory.flow.loss.ball(self.theta(t))

    def limit(self) -> Limit:
        """Balls around the limits of θ and ξ, which are thereby proved to exist; see :meth:`Enclosure.limit`.

        What is left of the way is about the root of the loss at the end: converge to the square of what is wanted.

        Raises:
            NoLimit: that cannot be proved, perhaps because the end is too early.
        """
        flow = self.trajectory.flow
        with precision(self._bits):
            squares = [ball(c.start[c.least] ** 2) for c in flow.coordinates]
            for i, x, _ in self._states(self.end):
                squares[i] = square(x).nonnegative_part()
            return limit_from(flow.loss, flow.coordinates, self.theta(self.end), squares, self.xi(self.end))
