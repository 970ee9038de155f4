"""What the tests of trajectories share: tolerances derived from the digits asked for, problems, ways to compare."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
from mpmath import mp, mpf

from ddln_sym import GradientFlow, SquaredLoss, Trajectory
from ddln_sym.testing import Start

DIGITS = 30
PARTS = [Fraction(0), Fraction(1, 3), Fraction(7, 8), Fraction(1)]
EVERY = tuple(Start)
#: (𝒜) holds in every coordinate.
APART = (Start.APART, Start.ZERO)


def more_digits() -> Iterator[None]:
    """The tests compute with more digits than the trajectories have."""
    with mp.workdps(2 * DIGITS):
        yield


def exactly(value: Fraction) -> Any:
    return mpf(value.numerator) / value.denominator


def largest(trajectory: Trajectory, times: Any) -> Any:
    """The largest layer at some times."""
    return max(abs(u) for t in times for row in trajectory.layers(t) for u in row)


def allowed(scale: Any, power: int = 1, count: int = 1, digits: int = DIGITS) -> Any:
    """The error of ``count`` products of ``power`` layers, each with so many digits relative to the scale."""
    return 2 * power * count * scale**power * mpf(10) ** -digits


def columns(trajectory: Trajectory, t: Any) -> list[tuple[Any, ...]]:
    return list(zip(*trajectory.layers(t), strict=True))


def differences(a: Any, b: Any) -> Any:
    return max(abs(x - y) for p, q in zip(a, b, strict=True) for x, y in zip(p, q, strict=True))


def figure(depth: int, dimension: int, rows: int, seed: int) -> GradientFlow:
    """Normally distributed data and layers, as in the paper's figures."""
    random = np.random.default_rng(seed)
    loss = SquaredLoss(random.normal(size=(rows, dimension)), random.normal(size=rows))
    return GradientFlow(loss, random.normal(size=(depth, dimension)))
