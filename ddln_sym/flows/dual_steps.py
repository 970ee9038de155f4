r"""Steps of the dual flow, by Radau IIA collocation: Newton's corrections in floats, residuals in many digits.

The flow is stiff where some coordinates have grown while others have not.  In floats the states v of the coordinates
are unknown beside ν, since ξ near an end of its range says nothing about them: with ``E``, how far v is from ξ in units
of ξ, a change δ of ν changes ξ at v by ``Xᵀδ − E``, and θ by M times that:

    (I + 2ch·A ⊗ XMXᵀ)δ = R + 2ch·A ⊗ XM E,    R = ν_0 + h·A ν' − ν.

The operator is inverted by GMRES, preconditioned by the one with the same M at all nodes.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, log2
from typing import Any

import numpy as np
from flint import arb, arb_mat, ctx

from ddln_sym.flows.dual_charts import OffChart
from ddln_sym.flows.dual_systems import DualSystem, Panel
from ddln_sym.numerics import RadauRule, ball, middles, solve_gmres, to_floats

__all__ = [
    "NoStep",
    "change_of_states",
    "estimate_error",
    "find_limit",
    "lost_bits",
    "rates",
    "start_length",
    "take_step",
]

Floats = Any  # an array

#: Newton steps in floats, for a node alone and for all of them, and in balls.
NODE_ROUNDS, ROUNDS, REFINEMENTS = 60, 25, 14
#: Changes of v at which floats are good enough, for a first guess and for residuals in balls.
ROUGH, FINE = 1e-3, 1e-7
#: Accuracies of GMRES for the two; how much less a refinement may gain than the one before it.
ROUGHLY, FINELY, SLACK = 1e-7, 1e-12, 100.0
#: Of implicit Euler steps to the limit: the growth of their lengths, how often, and how much slopes fall on the way.
GROWTH, MOST_GROWTHS, VANISHED = 8.0, 60, 1e-12


class NoStep(ArithmeticError):
    """No solution of the collocation equations was found: the step is too long."""


def take_step(
    system: DualSystem,
    rule: RadauRule,
    panel: tuple[Fraction, Fraction, arb_mat],
    first: Floats,
    small: float,
) -> tuple[Panel, Floats]:
    """The step, and the states at its end in floats.

    Args:
        panel: begin and length of the step, and ν at its begin. first: the states v there. small: the relative change
            of layers that ends the refinement; what is left after it is smaller by as much as a correction is accurate.
    Raises:
        NoStep: it is too long.
    """
    h = float(panel[1])
    with np.errstate(all="ignore"):
        moved, v, way = _guess(system, h * np.diff(rule.places, prepend=0.0), first)
        moved, v = _correct(system, rule, h, moved, v, way)
        try:
            return _refine(system, rule, *panel, moved, v, small), v[:, -1]
        except OffChart as error:
            raise NoStep from error


def _guess(system: DualSystem, steps: Floats, first: Floats) -> tuple[Floats, Floats, Floats]:
    """Changes of ν, states v and changes of ξ at the nodes by implicit Euler steps, convex problems in n unknowns."""
    data, coordinates = system.data, system.floats
    moved, v, way = np.zeros(len(data)), first, np.zeros(data.shape[1])
    found = []
    for step in steps:
        before = moved
        for _ in range(NODE_ROUNDS):
            gap = way - data.T @ moved
            metric = coordinates.metric(v)
            right = before + step * system.slope(v) - moved + step * system.factor * (data @ (metric * gap))
            change = _solve(np.eye(len(data)) + step * system.hessian(metric), right)
            turn = coordinates.speed(v) * (data.T @ change - gap)
            part = min(1.0, 1 / _largest(turn))
            moved = moved + part * change
            way, v = way + coordinates.travel(v, v + part * turn), v + part * turn
            if part == 1 and _largest(turn) < ROUGH:
                break
        else:
            raise NoStep
        found.append((moved, v, way))
    return tuple(np.array(column).T for column in zip(*found, strict=True))  # type: ignore[return-value]


def _solve(matrix: Floats, right: Floats) -> Floats:
    try:
        return np.linalg.solve(matrix, right)
    except np.linalg.LinAlgError as error:
        raise NoStep from error


def _largest(values: Floats) -> float:
    """The largest modulus; what is no number is no step."""
    found = float(np.abs(values).max(initial=1e-300))
    if not np.isfinite(found):
        raise NoStep
    return found


class _Corrector:
    """``(I + 2ch·A ⊗ XMXᵀ)⁻¹``."""

    def __init__(self, system: DualSystem, rule: RadauRule, h: float, v: Floats) -> None:
        self._data, self._steps = system.data, rule.steps
        self._metric = system.factor * h * system.floats.metric(v)
        mean = np.exp(np.log(self._metric).mean(axis=1))
        if not np.isfinite(mean).all():
            raise NoStep
        values, self._vectors = np.linalg.eigh((self._data * mean) @ self._data.T)
        self._inverses = np.linalg.inv(np.eye(rule.count) + values[:, None, None] * rule.steps)

    def spread(self, change: Floats) -> Floats:
        """``2ch·A ⊗ XM`` of changes of ξ."""
        return (self._data @ (self._metric * change)) @ self._steps.T

    def _before(self, change: Floats) -> Floats:
        return self._vectors @ np.einsum("kij,kj->ki", self._inverses, self._vectors.T @ change)

    def solve(self, right: Floats, tolerance: float) -> Floats:
        def apply(change: Floats) -> Floats:
            return self._before(change + self.spread(self._data.T @ change))

        return solve_gmres(apply, self._before(right), tolerance)


def _correct(
    system: DualSystem, rule: RadauRule, h: float, moved: Floats, v: Floats, way: Floats
) -> tuple[Floats, Floats]:
    """The solution of the equations in floats, with ξ integrated exactly in place of a polynomial x."""
    for _ in range(ROUNDS):
        corrector = _Corrector(system, rule, h, v)
        gap = way - system.data.T @ moved
        residual = h * system.slope(v) @ rule.steps.T - moved
        change = corrector.solve(residual + corrector.spread(gap), ROUGHLY)
        turn = system.floats.speed(v) * (system.data.T @ change - gap)
        part = min(1.0, 1 / _largest(turn))
        moved = moved + part * change
        way, v = way + system.floats.travel(v, v + part * turn), v + part * turn
        if part == 1 and _largest(turn) < FINE:
            return moved, v
    raise NoStep


def _refine(
    system: DualSystem,
    rule: RadauRule,
    begin: Fraction,
    length: Fraction,
    nu: arb_mat,
    moved: Floats,
    v: Floats,
    small: float,
) -> Panel:
    """The solution in many digits."""
    _, across, _ = system.matrices()
    corrector, count, step = _Corrector(system, rule, float(length), v), rule.count, ball(length)
    speeds, shifts = system.floats.speed(v), _exact(moved)
    first = arb_mat(nu.nrows(), count, [x for x in nu.entries() for _ in range(count)])
    before = 1.0
    for _ in range(REFINEMENTS):
        force = middles(system.field(system.theta(across * (first + shifts))))
        change = corrector.solve(to_floats(step * (force * rule.integral) - shifts), FINELY)
        shifts = middles(shifts + _exact(change))
        size = _largest(speeds * (system.data.T @ change))
        # The next change would be smaller by as much as this one is, and is not looked at if that is enough.
        if size * min(1.0, SLACK * size / before) < small:
            break
        before = size
    else:
        raise NoStep
    # The slopes of the polynomial through the nodes: the field there is as wrong as long steps are stiff.
    force = middles(shifts * rule.derivative / step)
    return Panel(begin, length, ctx.prec, nu, middles(force * rule.coefficients))


def _exact(values: Floats) -> arb_mat:
    """Floats as balls without radii."""
    found: arb_mat = arb_mat([[arb(float(v)) for v in row] for row in values])
    return found


def rates(system: DualSystem, v: Floats) -> tuple[float, float]:
    """The least eigenvalue of ``2c·XMXᵀ`` on the range of X, as far as floats tell, and the largest.

    Raises:
        NoStep: more than floats hold.
    """
    with np.errstate(all="ignore"):
        matrix = system.hessian(system.floats.metric(v))
        if not np.isfinite(matrix).all():
            raise NoStep
        values = np.linalg.eigvalsh(matrix)
        return max(float(values[-system.rank]), 0.0), _largest(values)


def lost_bits(system: DualSystem, length: float, v: Floats, nu: arb_mat) -> int:
    """Bits by which rounding of the slope and of ξ shows in the layers, for the stiffest direction and near a pole.

    Args:
        length: of the step. v, nu: the states and ν at its begin.
    Raises:
        NoStep: more than floats hold.
    """
    least, largest = rates(system, v)
    with np.errstate(all="ignore"):
        # What a long step multiplies it also damps.
        stretched = largest / max(least, 1 / length)
        return ceil(log2(1 + max(stretched, _largest(change_of_states(system, nu, v)))))


def change_of_states(system: DualSystem, change: arb_mat, v: Floats) -> Floats:
    """What a change of ν, whatever its signs, does to the states at most."""
    return abs(system.floats.speed(v)) * (abs(system.data.T) @ abs(to_floats(change)[:, 0]))


def start_length(system: DualSystem, v: Floats) -> float:
    """The length of a step in which no layer changes by more than its size, or the least of two that do."""
    with np.errstate(all="ignore"):
        return 1 / _largest(system.floats.speed(v) * (system.data.T @ system.slope(v)))


def estimate_error(system: DualSystem, panel: Panel, begin: Floats, end: Floats) -> float:
    """The relative change of a layer by the last two terms of the series.

    What stiff directions damp is not taken off: where they have not come to rest before the step, they damp nothing.

    Args:
        panel: a step. begin, end: the states there.
    """
    last = float(panel.length) * to_floats(panel.force)[:, -2:]
    with np.errstate(all="ignore"):
        speeds = np.maximum(*(abs(system.floats.speed(v)) for v in (begin, end)))
        return _largest(np.abs(system.data.T @ last).max(axis=1) * speeds)


def find_limit(system: DualSystem) -> Floats:
    """The states that the flow tends to, in floats, by implicit Euler steps that grow.

    Raises:
        NoStep: the slope does not vanish there, as far as floats tell.
    """
    v = system.start()
    length, small = start_length(system, v), VANISHED * _largest(system.slope(v))
    with np.errstate(all="ignore"):
        for _ in range(MOST_GROWTHS):
            _, states, _ = _guess(system, np.array([length]), v)
            v, length = states[:, 0], GROWTH * length
            if _largest(system.slope(v)) <= small:
                return v
    raise NoStep
