r"""The dual flow of a squared loss: its equations, with exact data, in floats and in balls.

``ξ = −∫∇𝓛 = Xᵀν`` with n unknowns ``ν' = −2c(Xθ − y)`` for the loss ``c·‖Xθ − y‖²``, and θ is a function of ξ,
coordinate by coordinate; see :mod:`ddln_sym.flows.dual_charts`.  It is gradient descent of the convex
``2c(Q*(Xᵀν) − ⟨y, ν⟩)``.

Coordinates with two layers at 0 stay where they are, and are left out.  Of y only the part ``ŷ`` in the range of the
rest of X moves them, since Xᵀ annihilates what is left of it; so ν stays in that range, however X is, and what the
other coordinates take from ``y − ŷ`` is linear in time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import acb_mat, arb, arb_mat, ctx

from ddln_sym.flows.coordinates import Coordinate
from ddln_sym.flows.dual_charts import Chart
from ddln_sym.flows.dual_coordinates import BallCoordinate, FloatCoordinates
from ddln_sym.flows.losses import SquaredLoss
from ddln_sym.numerics import (
    ball,
    legendre_integrals,
    middles,
    project_on_columns,
    rational_matrix,
    to_fraction,
)

__all__ = ["DualSystem", "Panel"]

Floats = Any  # an array

#: So many coordinates that start alike share a chart of shorter series.
MANY = 8


@dataclass(frozen=True)
class Panel:
    """A step: ν at its begin, and its derivative as a Legendre series over it.

    Attributes:
        begin, length: times. bits: of the numbers. nu: n × 1. force: the series of ν', n × s.
    """

    begin: Fraction
    length: Fraction
    bits: int
    nu: arb_mat
    force: arb_mat

    @property
    def end(self) -> Fraction:
        return self.begin + self.length

    def at(self, time: Fraction) -> arb_mat:
        """ν at a time of the step."""
        place = ball(2 * (time - self.begin) / self.length - 1)
        sums = arb_mat([[v] for v in legendre_integrals(place, self.force.ncols())])
        found: arb_mat = self.nu + ball(self.length / 2) * (self.force * sums)
        return found


class DualSystem:
    """The equations of the coordinates that move.

    Args:
        loss: of a positive weight. coordinates: of the flow, at least one of which moves.
    Attributes:
        active: the places of the coordinates that move. rows, targets: X without the others, and ŷ.
        left: ``y − ŷ``. weight: c. rank, independent: of the rows.
        data, goal, factor: X, ŷ and 2c in floats. floats, balls: the coordinates.

    >>> two = [Coordinate((Fraction(0), Fraction(1))), Coordinate((Fraction(0), Fraction(0)))]
    >>> system = DualSystem(SquaredLoss([[1, 2], [1, 3]], [1, 2]), two)
    >>> system.active, system.targets, system.left
    ([0], (Fraction(3, 2), Fraction(3, 2)), (Fraction(-1, 2), Fraction(1, 2)))
    """

    def __init__(self, loss: SquaredLoss, coordinates: Sequence[Coordinate]) -> None:
        self.active = [i for i, c in enumerate(coordinates) if not c.frozen]
        self.rows = [[row[i] for i in self.active] for row in loss.rows]
        self.weight = loss.weight
        whole = len(self.active) == len(coordinates)
        self.rank = loss.rank if whole else int(rational_matrix(self.rows).rank())
        self.independent = self.rank == len(self.rows)
        self.targets = loss.targets if self.independent else project_on_columns(self.rows, loss.targets)
        self.left = tuple(a - b for a, b in zip(loss.targets, self.targets, strict=True))
        self.factor = 2 * float(self.weight)
        self.data = np.array([[float(v) for v in row] for row in self.rows])
        self.goal = np.array([float(v) for v in self.targets])
        moving = [coordinates[i] for i in self.active]
        self.floats = FloatCoordinates(moving)
        self.balls = [BallCoordinate(c) for c in moving]
        self._matrices: dict[int, tuple[arb_mat, arb_mat, list[arb]]] = {}
        self._charts: dict[int, list[Chart]] = {}

    def __getstate__(self) -> dict[str, Any]:
        """Without what is made again."""
        return {**vars(self), "_matrices": {}, "_charts": {}}

    def matrices(self) -> tuple[arb_mat, arb_mat, list[arb]]:
        """X, its transpose and y in balls of the precision that is set."""
        if ctx.prec not in self._matrices:
            data = arb_mat([[ball(v) for v in row] for row in self.rows])
            self._matrices[ctx.prec] = data, data.transpose(), [ball(v) for v in self.targets]
        return self._matrices[ctx.prec]

    def charts(self) -> list[Chart]:
        """One for each coordinate, at the precision that is set; coordinates that start alike share theirs."""
        if ctx.prec not in self._charts:
            made, kinds = dict[Any, Chart](), Counter(b.kind for b in self.balls)
            for b in self.balls:
                if b.kind not in made:
                    made[b.kind] = Chart(b, ctx.prec, kinds[b.kind] >= MANY)
            self._charts[ctx.prec] = [made[b.kind] for b in self.balls]
        return self._charts[ctx.prec]

    def theta(self, xi: arb_mat) -> arb_mat:
        """θ, for a real matrix of ξ, with a row for each coordinate.

        Raises:
            OffChart: ξ is outside the range of the mirror map.
        """
        found: arb_mat = self._by_charts(xi, Chart.thetas)
        return found

    def rough_theta(self, xi: acb_mat) -> acb_mat:
        """The same for a complex matrix, in wider balls."""
        found: acb_mat = self._by_charts(xi, Chart.rough_thetas)
        return found

    def largest_thetas(self, xis: Floats, reaches: Floats) -> Floats:
        """At least ``|θ|`` within so much of complex ξ, in floats, a row for each coordinate.

        Raises:
            OffChart: that is not known.
        """
        found = np.empty(xis.shape)
        for chart, numbers in self._rows():
            found[numbers] = chart.largest_thetas(xis[numbers], reaches[numbers])
        return found

    def _rows(self) -> list[tuple[Chart, list[int]]]:
        """The charts, each with its coordinates."""
        rows = dict[int, tuple[Chart, list[int]]]()
        for n, chart in enumerate(self.charts()):
            rows.setdefault(id(chart), (chart, []))[1].append(n)
        return list(rows.values())

    def _by_charts(self, xi: Any, take: Callable[[Chart, list[Any]], list[Any]]) -> Any:
        """θ of a matrix; all rows of one chart at once."""
        width, entries = xi.ncols(), xi.entries()
        found = [None] * len(entries)
        for chart, numbers in self._rows():
            values = take(chart, [x for n in numbers for x in entries[n * width : (n + 1) * width]])
            for k, n in enumerate(numbers):
                found[n * width : (n + 1) * width] = values[k * width : (k + 1) * width]
        return type(xi)(xi.nrows(), width, found)

    def theta_at(self, nu: arb_mat) -> list[Fraction]:
        """θ at a column ν, d fractions near it."""
        theta = self.theta(middles(self.matrices()[1] * nu))
        return [to_fraction(t.mid().fmpq()) for t in theta.entries()]

    def states(self, nu: arb_mat) -> Floats:
        """The states at a column ν, in floats.

        Raises:
            OffChart: ξ is outside the range of the mirror map.
        """
        xi = middles(self.matrices()[1] * nu).entries()
        least = [chart.least(x) for chart, x in zip(self.charts(), xi, strict=True)]
        return self.floats.place(np.array([float(x.mid()) for x in least]))

    def field(self, theta: arb_mat) -> arb_mat:
        """``ν' = −2c(Xθ − y)``, for θ in columns."""
        data, _, targets = self.matrices()
        width = theta.ncols()
        reached = (data * theta).entries()
        scale = ball(-2 * self.weight)
        return arb_mat(len(targets), width, [scale * (v - targets[n // width]) for n, v in enumerate(reached)])

    def hessian(self, metric: Floats) -> Floats:
        """``2c·XMXᵀ`` from a column of M."""
        return self.factor * (self.data * metric) @ self.data.T

    def start(self) -> Floats:
        """The states at time 0, in floats."""
        return self.floats.place(np.array([float(b.start) for b in self.balls]))

    def slope(self, v: Floats) -> Floats:
        """``ν'`` in floats."""
        goal = self.goal if v.ndim == 1 else self.goal[:, None]
        return -self.factor * (self.data @ self.floats.theta(v) - goal)
