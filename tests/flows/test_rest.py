"""A flow at rest goes on in one step: the same digits as all the steps, and balls that hold the limit."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb
from mpmath import mp, mpf

import ddln_sym as dd
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
