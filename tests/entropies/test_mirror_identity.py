"""Two independent computations meet: along a flow of any depth, the slope of the entropy is ξ.

The trajectory comes from Taylor series, the entropy from Carlson's function or quadrature; neither knows the other.
"""

from __future__ import annotations

from random import Random

import pytest
from mpmath import mpf

import ddln_sym as dd

DIGITS = 40


def _problem(depth: int, dimension: int, seed: int) -> tuple[list[list[str]], list[str], list[list[str]]]:
    draw = Random(seed)

    def row(size: int) -> list[str]:
        return [f"{draw.uniform(-1.2, 1.2):.3f}" for _ in range(size)]

    return [row(dimension) for _ in range(2)], row(2), [row(dimension) for _ in range(depth)]


@pytest.mark.parametrize("depth", range(2, 9))
def test_the_slope_of_the_entropy_is_xi_along_the_flow(depth):
    data, target, layers = _problem(depth, 3, seed=depth)
    trajectory = dd.GradientFlow(dd.SquaredLoss(data, target), layers=layers).integrate(until=1, digits=DIGITS)
    entropy = dd.entropy(layers)
    for t in ("0.25", 1):
        slope, xi = entropy.gradient(trajectory.theta(t), digits=DIGITS), trajectory.xi(t)
        assert all(abs(a - b) < mpf(10) ** (8 - DIGITS) * (1 + abs(b)) for a, b in zip(slope, xi, strict=True))


def test_the_limit_of_the_flow_is_the_minimizer_of_the_entropy():
    data, target, layers = (
        [["1", "0.5", "-0.25"]],
        ["0.4"],
        [["0.1", "-0.2", "0.15"], ["0.9", "0.8", "-0.7"], ["0.6", "1", "0.9"]],
    )
    loss = dd.SquaredLoss(data, target)
    trajectory = dd.GradientFlow(loss, layers=layers).converge(tolerance="1e-24", digits=30)
    minimizer = dd.implicit_bias(data, target, layers).theta
    reached = trajectory.theta(trajectory.until)
    assert all(abs(a - b) < mpf(10) ** -10 for a, b in zip(reached, minimizer, strict=True))
