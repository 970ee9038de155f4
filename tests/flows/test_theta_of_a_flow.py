"""Section 2.3 and the appendix on trajectories: the metric, the loss, the entropies and their minimizers."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp
import trajectories
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf
from trajectories import APART, DIGITS, EVERY, PARTS, allowed, differences, exactly, largest

from ddln_sym import (
    GradientFlow,
    SquaredLoss,
    derive_two_layers,
    entropy,
    implicit_bias,
    integrate_polynomial,
    redundant,
    redundant_entropy,
)
from ddln_sym.models import velocity
from ddln_sym.testing import SCALES, Start, flows, horizon, losses

more_digits = pytest.fixture(autouse=True)(trajectories.more_digits)


@given(flows(EVERY, dimensions=(1, 3)))
def test_theta_moves_with_the_metric(flow):
    """(12) between two times: ``θ(b) − θ(a) = −∫ M∇𝓛 dt``; and ``ξ(b) − ξ(a) = −∫ ∇𝓛 dt``."""
    end = horizon(flow)
    trajectory = flow.integrate(end, DIGITS + 10)
    a, b = end / 2, end / 2 + end / 64
    scale = max(1, largest(trajectory, [a, b]))

    def slope(t):
        return flow.loss.gradient(trajectory.theta(t))

    size = max(1, max(map(abs, slope(a))))
    for i in range(flow.loss.dimension):
        for value, rate in (
            (trajectory.theta, lambda t, i=i: trajectory.metric(t)[i] * slope(t)[i]),
            (trajectory.xi, lambda t, i=i: slope(t)[i]),
        ):
            integral = mp.quad(rate, [exactly(a), exactly(b)], method="gauss-legendre", maxdegree=3)
            tolerance = allowed(scale, 4 * len(flow.start)) * size
            assert abs(value(b)[i] - value(a)[i] + integral) <= tolerance


@given(flows(APART, scales=SCALES))
def test_metric_stays_above_sigma(flow):
    """(13) and (14)."""
    end = horizon(flow)
    trajectory = flow.integrate(end, DIGITS)
    for t in (end * part for part in PARTS):
        metric = trajectory.metric(t)
        for m, coordinate in zip(metric, flow.coordinates, strict=True):
            assert m >= exactly(coordinate.sigma) * (1 - allowed(mpf(1), len(flow.start))) > 0
        assert min(metric) >= exactly(flow.sigma) * (1 - allowed(mpf(1), len(flow.start)))


@given(flows(APART))
def test_loss_falls_as_fast_as_promised(flow):
    """(15), with μ from the loss; and the loss never increases."""
    end = 4 * horizon(flow)
    trajectory = flow.integrate(end, DIGITS)
    times = [end * n / 8 for n in range(9)]
    losses = [flow.loss.exact_value(trajectory.exact_theta(t)) for t in times]
    slack = Fraction(1, 10**DIGITS) * (1 + losses[0]) * int(1 + largest(trajectory, times)) ** (2 * len(flow.start))
    for t, before, after in zip(times[1:], losses, losses[1:], strict=False):
        assert after <= before + slack
        assert exactly(after) <= trajectory.bound(t) + exactly(slack)
    assert trajectory.bound(0) == trajectory.loss(0)


@given(flows((Start.APART,), depths=(2, 2)))
def test_two_layers_are_exponentials_of_xi(flow):
    """(26): ``θ = (z_+² e^{2ξ} − z_−² e^{−2ξ})/4``."""
    end = horizon(flow)
    trajectory = flow.integrate(end, DIGITS)
    for theta, xi, (u, v) in zip(
        trajectory.theta(end), trajectory.xi(end), (c.start for c in flow.coordinates), strict=True
    ):
        formula = (exactly(u + v) ** 2 * mp.exp(2 * xi) - exactly(u - v) ** 2 * mp.exp(-2 * xi)) / 4
        assert abs(theta - formula) <= allowed((1 + abs(u) + abs(v)) * mp.exp(abs(xi)) * (1 + abs(xi)), 2)


# -- entropies and limits ----------------------------------------------------------------------------
@given(flows((Start.APART,), depths=(2, 2), dimensions=(1, 3)))
def test_the_derived_entropy_of_two_layers_has_slope_xi(flow):
    """(21), with the entropy that is derived from the flow alone."""
    end = horizon(flow)
    trajectory = flow.integrate(end, DIGITS)
    theta, plus, minus = sp.symbols("theta z_+ z_-", real=True)
    derived = derive_two_layers().entropy
    assert {str(s) for s in derived.free_symbols} == {"theta", "z_+", "z_-"}
    named = {s: {"theta": theta, "z_+": plus, "z_-": minus}[str(s)] for s in derived.free_symbols}
    slope = sp.lambdify([theta, plus, minus], sp.diff(derived.xreplace(named), theta), "mpmath")
    for value, xi, coordinate in zip(trajectory.theta(end), trajectory.xi(end), flow.coordinates, strict=True):
        u, v = map(exactly, coordinate.start)
        gap = abs(u * u - v * v)
        tolerance = allowed(1 + abs(u) + abs(v), 4, 10) * mp.exp(4 * abs(xi)) / min(1, gap) ** 2
        assert abs(slope(value, u + v, u - v) - xi) <= tolerance


def redundant_flow(loss, start, depth, until, digits=DIGITS):
    """u and ξ of ``u^⊙L`` at a time."""
    net = redundant(depth, len(start))
    xi = sp.symbols(f"xi1:{len(start) + 1}")
    slope = loss.symbolic_gradient(net.components)
    field = [*velocity(net, loss.symbolic_gradient), *(-g for g in slope)]
    path = integrate_polynomial(field, [*net.variables, *xi], [*start, *[0] * len(start)], until, digits)
    end = path(until)
    return end[: len(start)], end[len(start) :]


STARTS = st.lists(st.integers(2, 6).map(lambda n: Fraction(n, 4)), min_size=1, max_size=3)


@given(STARTS, st.integers(3, 5), st.data())
def test_the_entropy_of_equal_layers_has_slope_xi(start, depth, data):
    """(28) and (31), corrected: ``∇𝒬 = ξ`` along the flow of ``u^⊙L``, integrated as a polynomial field."""
    loss = data.draw(losses(len(start)))
    size = max(start) ** (depth - 1)
    end = Fraction(1, int(8 * depth**2 * size**2 * (1 + loss.smoothness * size**2 + max(map(abs, loss.targets)) * 6)))
    u, xi = redundant_flow(loss, start, depth, end)
    slope = redundant_entropy(start, depth).gradient([x**depth for x in u], digits=2 * DIGITS)
    for x, a, b, first in zip(u, slope, xi, start, strict=True):
        closed = exactly(first) ** (2 - depth) - depth * (depth - 2) * b
        tolerance = allowed(1 + max(map(exactly, start)), depth) * 2 ** (2 * depth)
        assert abs(a - b) <= tolerance
        assert abs(x ** (2 - depth) - closed) <= tolerance * depth**2


UNDERDETERMINED = ([["1", "0.5", "-0.25"], ["0.25", "-1", "1"]], ["0.4", "0.3"])


def kkt(rows, theta, targets, slope):
    """How far a point is from (19): the residual of ``Xθ = y``, and of ``∇𝒬(θ) = Xᵀω`` with the best ω."""
    matrix = mp.matrix([[mpf(x) for x in row] for row in rows])
    dual = mp.lu_solve(matrix * matrix.T, matrix * mp.matrix(slope))
    residual = matrix * mp.matrix(theta) - mp.matrix([mpf(y) for y in targets])
    return mp.norm(residual, mp.inf), mp.norm(matrix.T * dual - mp.matrix(slope), mp.inf)


@pytest.mark.parametrize("depth", [2, 3])
def test_the_limit_is_the_constrained_minimizer(depth):
    """(18) and (19): the limit satisfies the KKT conditions, and Newton's method on the dual finds it too."""
    start = [["0.1", "-0.2", "0.15"], ["0.9", "0.8", "-0.7"], ["0.6", "1", "0.9"]][:depth]
    trajectory = GradientFlow(SquaredLoss(*UNDERDETERMINED), start).converge("1e-64", 2 * DIGITS + 10, longest=300)
    theta = trajectory.theta(trajectory.end)
    slope = entropy(start).gradient(theta, digits=2 * DIGITS)
    assert differences([slope], [trajectory.xi(trajectory.end)]) <= allowed(10)
    assert max(kkt(UNDERDETERMINED[0], theta, UNDERDETERMINED[1], slope)) <= allowed(10)
    minimizer = implicit_bias(*UNDERDETERMINED, start, digits=DIGITS + 5).theta
    assert differences([theta], [minimizer]) <= allowed(10)


def test_the_limit_of_equal_layers_is_the_constrained_minimizer():
    """(32), corrected, for ``u^⊙3`` with positive data."""
    rows, targets, start = [["1", "0.5"]], ["0.75"], ["0.5", "1"]
    u, xi = redundant_flow(SquaredLoss(rows, targets), start, 3, 30)
    theta = [x**3 for x in u]
    slope = redundant_entropy(start, 3).gradient(theta, digits=2 * DIGITS)
    assert differences([slope], [xi]) <= allowed(10)
    assert max(kkt(rows, theta, targets, slope)) <= allowed(10)
