"""Trajectories through the dual in balls: they hold the flow, are hardly larger than the error, and notice a digit."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache

import pytest
from flint import arb, arb_mat

import ddln_sym as dd
from ddln_sym.flows.dual_bounds import bound_panels
from ddln_sym.flows.dual_trajectories import DualTrajectory
from ddln_sym.numerics import precision

DATA, TARGET = [[1, "0.5", "-0.3", 2], ["0.2", 1, "0.7", "-0.4"]], [1, "0.5"]
STARTS = {
    "L = 2": [[0] * 4, ["0.1"] * 4],
    "L = 3, unequal": [["0.05", "-0.1", 0, "0.02"], ["0.2", "0.3", "-0.1", "0.5"], ["0.4", "0.1", "0.2", "-0.3"]],
    "L = 4": [[0] * 4, *[["0.3"] * 4] * 3],
    "L = 7": [[0] * 4, *[["0.6"] * 4] * 6],
    "ties": [["0.1"] * 4, ["0.1"] * 4, ["0.2"] * 4],
    "a frozen coordinate": [[0, 0, "0.1", 0], [0, "0.1", "0.2", "0.2"], ["0.3", "0.2", "0.1", "0.2"]],
}


@cache
def unequal():
    found = dd.GradientFlow(dd.SquaredLoss(DATA, TARGET), STARTS["L = 3, unequal"]).converge("1e-9", 20, method="dual")
    return found, found.enclose()


def through_dual(start, tolerance="1e-12", digits=20, rows=DATA, targets=TARGET):
    return dd.GradientFlow(dd.SquaredLoss(rows, targets), start).converge(tolerance, digits, method="dual")


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_balls_hold_the_flow(start):
    """Against an enclosure by explicit steps of ten more digits, which shares no code with these bounds."""
    found = through_dual(start)
    box, other = found.enclose(), found.flow.enclose(found.end, 30)
    with precision(200):
        for t in (0, found.end / 1000, found.end / 3, found.end):
            pairs = [*zip(box.theta(t), other.theta(t), strict=True), *zip(box.xi(t), other.xi(t), strict=True)]
            pairs += [*zip(box.metric(t), other.metric(t), strict=True), (box.loss(t), other.loss(t))]
            for rows in zip(box.layers(t), other.layers(t), strict=True):
                pairs += zip(*rows, strict=True)
            for ball, truth in pairs:
                assert ball.overlaps(truth) and ball.rad() < arb("1e-19")
            assert not any((ball + arb("1e-17")).overlaps(truth) for ball, truth in pairs)


@pytest.mark.parametrize("last", ["1.5", "1.7"])
def test_dependent_rows(last):
    """Solvable or not: then the loss is not 0, and ν without a bound."""
    rows, targets = [*DATA, ["1.2", "1.5", "0.4", "1.6"]], [*TARGET, last]
    found = through_dual(STARTS["L = 3, unequal"], rows=rows, targets=targets)
    box, other = found.enclose(), found.flow.enclose(found.end, 30)
    with precision(200):
        for ball, truth in zip(box.theta(found.end), other.theta(found.end), strict=True):
            assert ball.contains(truth.mid()) and ball.rad() < arb("1e-17")


# -- the bound ---------------------------------------------------------------------------------------
def with_change(found, step, row, degree, change):
    """The trajectory with one coefficient of one step changed."""
    solution = found.solution
    panels = list(solution.panels)
    force = arb_mat(panels[step].force)
    force[row, degree] += change
    panels[step] = replace(panels[step], force=force)
    return DualTrajectory(found.flow, replace(solution, panels=panels), found.digits)


@pytest.mark.parametrize("degree", [0, 1, 5])
@pytest.mark.parametrize("step", [2, -3])
def test_a_coefficient_that_is_wrong_shows(step, degree):
    """It is noticed, whatever the step does to errors, and the flow is still in the balls."""
    found, right = unequal()
    with precision(200):
        wrong = with_change(found, step, 0, degree, arb("1e-18"))
        box = wrong.enclose()
        panel = wrong.solution.panels[step]
        shift = arb("1e-18") * max(1, float(panel.length))
        assert right.radius < arb("1e-20") and shift / 20 < box.radius < 100 * shift
        for part in (3, 5, 8):
            t = panel.begin + panel.length * Fraction(part, 9)
            for ball, truth in zip(box.theta(t), right.theta(t), strict=True):
                assert ball.overlaps(truth)


def test_the_bound_is_nearly_attained():
    """A first ν that is off by δ: the true flow, in a direction that hardly moves, stays as far away."""
    flow = dd.GradientFlow(dd.SquaredLoss([[1, 0], [0, "1e-6"]], [1, "1e-6"]), [[0, 0], ["0.5", "0.5"]])
    found = flow.converge("1e-2", 20, longest=40, method="dual")
    solution, small = found.solution, arb("1e-15")
    with precision(200):
        shift = arb_mat([[0], [small]])
        moved = [replace(panel, nu=panel.nu + shift) if n else panel for n, panel in enumerate(solution.panels)]
        errors = bound_panels(solution.system, moved, solution.last + shift, 20)
        assert small <= errors[0] < 1.01 * small
        assert small <= errors[-1] < 1.01 * small


def test_too_wrong_to_be_bounded():
    found = through_dual(STARTS["L = 3, unequal"], tolerance="1e-3")
    with precision(200), pytest.raises(dd.EnclosureError, match=r"its defect is not bounded"):
        with_change(found, 1, 0, 0, arb(10**6)).enclose()


@pytest.mark.parametrize("digits", [3, 5, 8])
@pytest.mark.parametrize("size", [10, 1, "0.001"])
def test_few_digits(digits, size):
    """The margin that a bound needs is that of its own size."""
    start = [[0, Fraction(size) / 2], *[[Fraction(size), -Fraction(size)]] * 3]
    flow = dd.GradientFlow(dd.SquaredLoss([[1, 2]], [Fraction(size) ** 4]), start)
    first = flow.loss(flow.integrate(0, 15).theta(0))
    found = flow.converge(first / 100, digits, longest=10**30, method="dual")
    box, other = found.enclose(), flow.enclose(found.end, digits + 5)
    with precision(100):
        for ball, truth in zip(box.theta(found.end), other.theta(found.end), strict=True):
            assert ball.overlaps(truth) and ball.rad() < 20 * arb(10) ** -digits * arb(str(float(Fraction(size)))) ** 4


# -- stiff flows and their limits --------------------------------------------------------------------
def test_a_stiff_flow_and_its_limit():
    flow = dd.GradientFlow(
        dd.SquaredLoss([[1, 0, "0.5"], [0, 1, "0.3"]], [1, "1e-7"]), [[0] * 3, ["0.1"] * 3, ["0.1"] * 3]
    )
    found = flow.converge("1e-50", 20, longest="1e12")
    box = found.enclose()
    bias = dd.implicit_bias(flow.loss.rows, flow.loss.targets, flow.start, digits=40, certified=True)
    limit = box.limit()
    for ball, truth in zip(limit.theta, bias.theta, strict=True):
        assert ball.contains(truth.mid()) and ball.rad() < arb("1e-17")
        assert not (ball + arb("1e-15")).overlaps(truth)
    with precision(200):
        early = Fraction(1, 2)
        for ball, truth in zip(box.theta(early), flow.enclose(early, 25).theta(early), strict=True):
            assert ball.overlaps(truth)


def test_no_limit_without_the_way():
    with pytest.raises(dd.NoLimit):
        through_dual(STARTS["L = 3, unequal"], tolerance="0.5").enclose().limit()


def test_what_is_refused():
    found = dd.GradientFlow(dd.SquaredLoss(DATA, TARGET), STARTS["L = 2"]).converge(
        "1e-3", 15, method="dual", dense=False
    )
    with pytest.raises(ValueError, match="keeps its end alone"):
        found.enclose()
    box = through_dual(STARTS["L = 2"]).enclose()
    with pytest.raises(ValueError, match="the enclosure runs from 0 to"):
        box.theta(-1)
    nothing = dd.GradientFlow(dd.SquaredLoss([[1]], [0]), [[0], [1]]).converge("1e-9", method="dual").enclose()
    assert nothing.radius == 0 and nothing.theta(0)[0].is_zero() and nothing.end == 0
