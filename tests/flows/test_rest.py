"""A flow at rest goes on in one step: the same digits as all the steps, and balls that hold the limit."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import arb
from mpmath import mp, mpf

import ddln_sym as dd
from ddln_sym.flows.limits import limit_from
from ddln_sym.numerics import precision, rational

LAYERS = [["0.1", "-0.2"], [1, "0.8"], ["-0.9", "1.5"]]
FLOW = dd.GradientFlow(dd.SquaredLoss([[1, 2]], [1]), LAYERS)
#: Overdetermined: the loss has one minimizer, (0.1, 0.7), at which it is positive.
FITTED = dd.GradientFlow(dd.SquaredLoss([[1, 2], [1, 2], [3, 1]], [1, 2, 1]), LAYERS)


@pytest.mark.parametrize("until", [100, 10**4, 10**9])
def test_late_times_cost_what_the_way_costs(until):
    """The limit is the interpolator of least entropy, found without a flow."""
    trajectory = FLOW.integrate(until, 20)
    assert trajectory.steps < 60
    limit = dd.implicit_bias([[1, 2]], [1], LAYERS, digits=30)
    with mp.workdps(40):
        for t in (60, until):
            assert max(abs(a - b) for a, b in zip(trajectory.theta(t), limit.theta, strict=True)) < mpf("1e-20")
        slope = limit.multipliers[0]
        assert max(abs(a - b) for a, b in zip(trajectory.xi(until), [slope, 2 * slope], strict=True)) < mpf("1e-20")


@pytest.mark.parametrize("time", [1, 2, 3, 4, 6, 9])
def test_no_digit_is_given_up_too_early(time):
    """Around the time at which it comes to rest, against all Ld equations, which take every step."""
    for flow in (FLOW, FITTED):
        found, full = flow.integrate(50, 20), flow.integrate(time, 35, full=True)
        with mp.workdps(40):
            for a, b in zip(found.layers(time), full.layers(time), strict=True):
                assert max(abs(p - q) for p, q in zip(a, b, strict=True)) < mpf("2e-20")


def test_times_that_are_kept():
    kept = FLOW.integrate(10**6, 20, at=["0.5", 50, 1000])
    for t in ("0.5", 50, 1000, 10**6):
        assert kept.theta(t) == FLOW.integrate(10**6, 20).theta(t)


#: Layers that are so small that θ waits for a time a^{2−L}, and then moves as fast as it does from layers of size 1.
PLATEAUS = {
    "four layers of 1e-6": (4, "1e-6", "1e14"),
    "five of 1e-3": (5, "1e-3", "1e11"),
    "eight of 1e-5": (8, "1e-5", "1e32"),
    "ten of 1e-4, beyond 2^100 units of time": (10, "1e-4", "1e35"),
}


@pytest.mark.parametrize("name", PLATEAUS)
def test_after_a_plateau_a_flow_moves_and_comes_to_rest(name):
    """One coordinate has grown to the interpolator, the other stays far below: its metric does not delay the rest."""
    depth, scale, until = PLATEAUS[name]
    layers = [[f"1.{k % 7}{scale[1:]}", f"0.9{k % 5}{scale[1:]}"] for k in range(depth)]
    run = dd.GradientFlow(dd.SquaredLoss([[1, 2]], [2]), layers).integrate(until, 10)
    limit = dd.implicit_bias([[1, 2]], [2], layers, digits=10)
    for found, expected in zip(run.theta(until), limit.theta, strict=True):
        assert abs(found / expected - 1) < mpf("1e-8")
    assert max(limit.theta) > 0.9 and min(limit.theta) < mpf("1e-10")


def test_after_a_plateau_a_logistic_flow_goes_on():
    """Beside the mirror map: ``ξ = ∫σ(−θ)`` along the one row, and the layers that have it."""
    flow = dd.GradientFlow(dd.LogisticLoss([[1]], [1]), [["1.1e-4"], ["0.9e-4"], *[["1e-4"]] * 8])
    run = flow.integrate("1e34", 10)
    entropy = dd.entropy([[u] for u in flow.coordinates[0].start])
    with mp.workdps(40):
        assert abs(entropy.gradient(run.theta("1e34"))[0] / run.xi("1e34")[0] - 1) < mpf("1e-9")


@pytest.mark.parametrize("second", [["0", "0"], ["1e-12", "2e-12"], ["0", "1"]], ids=["frozen", "tiny", "moving"])
def test_a_limit_beside_a_coordinate_that_hardly_moves(second):
    """One row ``(1, x)``: ``ξ_2 = x·ξ_1`` at all times, and θ is the minimizer of least entropy."""
    layers = [["0", second[0]], ["1", second[1]]]
    for x in ("0.1", "3"):
        loss = dd.SquaredLoss([[1, x]], [2])
        limit = dd.GradientFlow(loss, layers).enclose(4, 20).limit()
        with precision(200):
            first, other = limit.theta
            assert (first + arb(x) * other).contains(2) or (first + arb(x) * other).overlaps(arb(2))
            assert (limit.xi[1] / arb(x)).overlaps(limit.xi[0])
            if second == ["0", "0"]:
                assert other == 0 and first.contains(2) and limit.xi[0].contains(arb(4).asinh() / 2)
                assert (limit.xi[1] / arb(x)).contains(arb(4).asinh() / 2)
            assert first.rad() < 1e-9 and limit.xi[0].rad() < 1e-9 and limit.xi[1].rad() < 1e-9


@pytest.mark.parametrize("x", ["0.25", "1", "4"])
def test_how_far_a_frozen_coordinate_is_carried_is_nearly_what_is_bounded(x):
    """From a point known exactly: what is left of ξ_2 is ``x·(½asinh 4 − ½asinh 2θ)``, and the bound is not far off."""
    loss = dd.SquaredLoss([[1, x]], [2])
    coordinates = dd.GradientFlow(loss, [["0", "0"], ["1", "0"]]).coordinates
    with precision(200):
        theta = arb("1.99")
        w = ((4 * theta * theta + 1).sqrt() - 1) / 2
        found = limit_from(loss, coordinates, (theta, arb(0)), (w, arb(0)), ((2 * theta).asinh() / 2, arb(0)))
        left = arb(x) * (arb(4).asinh() - (2 * theta).asinh()) / 2
        assert found.theta[0].contains(2) and found.theta[1] == 0
        assert found.xi[1].contains(left) and found.xi[0].contains(arb(4).asinh() / 2)
        assert found.theta[0].rad() < 1.05 * (2 - theta)
        assert found.xi[1].rad() < 1.05 * left * (1 + arb(x) ** 2).sqrt() / arb(x) * (1 + arb(x)).sqrt()


def test_the_rate_of_a_metric_is_the_one_of_the_data():
    """Beside the least eigenvalue in floats: at most it, at least an n-th of it, and never below ``2μ·min M``."""
    rng = np.random.default_rng(5)
    for n, d in ((1, 1), (1, 4), (2, 3), (3, 3), (3, 7), (2, 2)):
        rows, metrics = rng.integers(-5, 6, (n, d)), 10.0 ** rng.integers(-6, 3, d)
        loss = dd.SquaredLoss(rows.tolist(), [1] * n, weight="0.5")
        if loss.rank < n:
            continue
        with precision(400):
            rate = float(loss.decay_ball([arb(float(m)) for m in metrics]))
        least = 2 * float(np.linalg.eigvalsh((rows * metrics) @ rows.T)[0])
        plain = 2 * float(loss.polyak_lojasiewicz()) * metrics.min()
        assert max(plain * (1 - 1e-9), least / n * (1 - 1e-6)) <= rate <= least * (1 + 1e-6)


def test_dependent_rows_and_metrics_of_zero_have_the_rate_that_all_of_the_metric_gives():
    loss = dd.SquaredLoss([[1, 2], [2, 4]], [1, 1])
    with precision(64):
        assert loss.decay_ball([arb(0), arb(1)]) == 0 and loss.decay_ball([arb(2), arb(1)]).overlaps(
            2 * loss.polyak_lojasiewicz_ball()
        )
        assert dd.SquaredLoss([[1, 2]], [1]).decay_ball([arb(0), arb(0)]) == 0


@pytest.mark.parametrize("until", [100, 10**4])
def test_balls_at_rest(until):
    box, limit = FLOW.enclose(until, 20), dd.implicit_bias([[1, 2]], [1], LAYERS, digits=40)
    assert len(box._steps) < 60
    with precision(200):
        for t in (Fraction(until, 2), until):
            for ball, value in zip(box.theta(t), limit.theta, strict=True):
                assert ball.contains(arb(rational(value))) and ball.rad() < arb("1e-19")
        for ball, value in zip(box.limit().theta, limit.theta, strict=True):
            assert ball.contains(arb(rational(value)))
        assert box.least_rate() > 16


def test_a_tolerance_that_the_digits_do_not_carry():
    with pytest.raises(dd.NoConvergence, match="nothing moves any more with the digits that are carried"):
        FLOW.converge("1e-300", 30)
    assert FLOW.converge("1e-100", 120).end < 20


def test_enclosures_take_the_times_that_trajectories_take():
    box = FLOW.enclose("0.1", 20)
    assert [str(b) for b in box.theta(0.1)] == [str(b) for b in box.theta("0.1")]
    with pytest.raises(ValueError, match="the enclosure runs from 0 to"):
        box.theta("0.1001")


@pytest.mark.parametrize("until", ["1e20", "1e100"])
def test_balls_at_rest_for_as_long_as_anybody_asks(until):
    """The digits that a late time takes are carried, however many more than those asked for."""
    flow = dd.GradientFlow(dd.SquaredLoss([[1]], [2]), [["0.5"], [1]])
    box = flow.enclose(until, 10)
    (theta,) = box.theta(until)
    assert theta.contains(2) and theta.rad() < 1e-10
    assert box.loss(until) < 1e-18
