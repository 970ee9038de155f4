"""Trajectories through the dual: asked like any other, and when a flow goes that way."""

from __future__ import annotations

from fractions import Fraction
from math import log
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import arb, arb_mat
from mpmath.libmp import dps_to_prec

from ddln_sym.flows.dual_enclosures import DualEnclosure
from ddln_sym.flows.dual_solver import DualSolution
from ddln_sym.flows.dual_steps import NoStep, find_limit
from ddln_sym.flows.dual_systems import DualSystem
from ddln_sym.flows.trajectories import FLOAT, Trajectory, read_time
from ddln_sym.numerics import ball, precision, spell_number, to_fraction, to_mpf
from ddln_sym.taylor import magnitude

if TYPE_CHECKING:
    from ddln_sym.flows.gradient_flow import GradientFlow

__all__ = ["DualTrajectory", "predict_steps"]

#: Taylor steps of order p are stable up to about ``p/e`` over the largest eigenvalue.
STABLE = 0.4


class DualTrajectory(Trajectory):
    """A trajectory whose steps were computed in the dual; it is asked in the same way.

    Attributes:
        flow, digits, end: as of every trajectory. solution: the steps.

    >>> from ddln_sym.flows import GradientFlow
    >>> from ddln_sym.flows.losses import SquaredLoss
    >>> flow = GradientFlow(SquaredLoss([[1]], [2]), [[0], [1]])
    >>> trajectory = flow.converge("1e-20", digits=15, method="dual")
    >>> trajectory.theta("0.1") == flow.integrate(1, 15).theta("0.1")
    True
    """

    solution: DualSolution  # type: ignore[assignment]

    def __init__(self, flow: GradientFlow, solution: DualSolution, digits: int) -> None:
        self.flow, self.digits, self.end, self.solution = flow, digits, solution.end, solution

    @property
    def dense(self) -> bool:
        return bool(self.solution.panels) or not self.end

    def _nu(self, t: Any) -> tuple[Fraction, arb_mat]:
        """The time, and ν there."""
        time = read_time(t, "t")
        if time > self.end * (1 + FLOAT):
            raise ValueError(f"t is {t}: the trajectory runs from 0 to {spell_number(self.end)}")
        time = min(time, self.end)
        return time, self.solution.at(time)

    def _least(self, t: Any) -> list[tuple[int, arb]]:
        """The place of each coordinate that moves, and its layer of least modulus."""
        system = self.solution.system
        _, nu = self._nu(t)
        xi = (system.matrices()[1] * nu).entries()
        if not self._nu(t)[0]:
            return [(i, ball(b.start)) for i, b in zip(system.active, system.balls, strict=True)]
        return [(i, chart.least(x)) for i, chart, x in zip(system.active, system.charts(), xi, strict=True)]

    def _columns(self, t: Any) -> list[list[arb]]:
        """The layers, coordinate by coordinate."""
        found = [[ball(u) for u in c.start] for c in self.flow.coordinates]
        for i, x in self._least(t):
            c = self.flow.coordinates[i]
            square = x * x
            found[i] = [
                (square + ball(gap)).sqrt() * (1 if u > 0 else -1)
                for u, gap in zip(c.start, c.differences, strict=True)
            ]
            found[i][c.least] = x
        return found

    def _rounded(self, value: arb) -> Any:
        return to_mpf(value, dps_to_prec(self.digits))

    def layers(self, t: Any) -> tuple[tuple[Any, ...], ...]:
        with precision(self.solution.bits):
            return tuple(zip(*([self._rounded(u) for u in column] for column in self._columns(t)), strict=True))

    def xi(self, t: Any) -> tuple[Any, ...]:
        system = self.solution.system
        with precision(self.solution.bits):
            time, nu = self._nu(t)
            # What frozen coordinates take from the part of y that no θ reaches.
            drift = [ball(2 * system.weight * time * v) for v in system.left]
            nu = nu + arb_mat(len(drift), 1, drift)
            rows = arb_mat([[ball(v) for v in row] for row in self.flow.loss.rows])
            return tuple(map(self._rounded, (rows.transpose() * nu).entries()))

    def exact_theta(self, t: Any) -> list[Fraction]:
        """``θ(t)`` as it is carried, d fractions."""
        with precision(self.solution.bits):
            found = [Fraction(0)] * len(self.flow.coordinates)
            for (i, x), b in zip(self._least(t), self.solution.system.balls, strict=True):
                found[i] = to_fraction(b.theta(x).mid().fmpq())
            return found

    def metric(self, t: Any) -> tuple[Any, ...]:
        with precision(self.solution.bits):
            found = [self._rounded(arb(0))] * len(self.flow.coordinates)
            for (i, x), b in zip(self._least(t), self.solution.system.balls, strict=True):
                found[i] = self._rounded(b.metric(x))
            return tuple(found)

    def enclose(self) -> DualEnclosure:
        """Balls that provably contain the flow, at any time of the trajectory.

        Raises:
            EnclosureError: its error cannot be bounded. ValueError: its steps were not kept.
        """
        return DualEnclosure(self)


def predict_steps(system: DualSystem, tolerance: Fraction, digits: int) -> float:
    """How many explicit steps the way to a loss takes at least, by the eigenvalues at the limit; 0 if it is not known.

    With ``J = 2c·XMXᵀ`` there the loss falls like ``e^{−2λt}`` with the least eigenvalue, and steps are no longer than
    stability allows at the largest.

    Args:
        system: the equations. tolerance: of the loss, above its least value. digits: of the explicit steps.

    >>> from ddln_sym.flows.coordinates import Coordinate
    >>> from ddln_sym.flows.losses import SquaredLoss
    >>> both = [Coordinate((Fraction(0), Fraction(1, 10), Fraction(1, 10)))] * 2
    >>> system = DualSystem(SquaredLoss([[1, 0], [0, 1]], [1, "1e-6"]), both)
    >>> predict_steps(system, Fraction(1, 10**20), 15) > 100_000  # θ_2, which is tiny, moves at the rate 2·0.1⁴
    True
    """
    try:
        first, values = _excess(system), np.linalg.eigvalsh(system.hessian(system.floats.metric(find_limit(system))))
    except (NoStep, np.linalg.LinAlgError):
        return 0.0
    least, largest = float(values[-system.rank]), float(values[-1])
    fallen = log(first) - magnitude(tolerance) * log(2) if first > 0 else 0.0  # a tolerance may be below every float
    if not (least > 0 and fallen > 0):
        return 0.0
    return largest / (2 * least) * fallen / (STABLE * digits)


def _excess(system: DualSystem) -> float:
    """``c·‖Xθ − ŷ‖²`` at time 0 in floats."""
    with np.errstate(all="ignore"):
        return float(np.sum(system.slope(system.start()) ** 2)) / (2 * system.factor)
