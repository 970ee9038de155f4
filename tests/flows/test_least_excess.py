"""What keeps a loss up for ever: signs that last, and coordinates that do not move, against all sets of columns."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from random import Random

import numpy as np
import pytest

import ddln_sym as dd
from ddln_sym.flows.coordinates import Coordinate
from ddln_sym.flows.least_excess import least_excess

KINDS = {"positive": (1, 1), "negative": (1, -1), "free": (0, 1), "frozen": (0, 0)}


def least_of_all(rows, targets, kinds):
    """``min ‖Xθ − y‖²`` over the signs: the least of what those columns reach that reach it with the right ones."""
    data, target = np.array(rows, float), np.array(targets, float)
    free = [i for i, kind in enumerate(kinds) if kind == "free"]
    tied = [i for i, kind in enumerate(kinds) if kind in ("positive", "negative")]
    found = [float(target @ target)]
    for count in range(len(tied) + 1):
        for some in combinations(tied, count):
            columns = [*free, *some]
            theta = np.linalg.lstsq(data[:, columns], target, rcond=None)[0] if columns else np.zeros(0)
            signs = [1 if kinds[i] == "positive" else -1 for i in some]
            if all(s * t > -1e-9 for s, t in zip(signs, theta[len(free) :], strict=True)):
                found.append(float(np.sum((data[:, columns] @ theta - target) ** 2)))
    return min(found)


@pytest.mark.parametrize("seed", range(60))
def test_against_all_sets_of_columns(seed):
    random = Random(seed)
    n, d = random.randint(1, 5), random.randint(1, 6)
    rows = [[random.randint(-3, 3) for _ in range(d)] for _ in range(n)]
    targets = [random.randint(-3, 3) for _ in range(n)]
    kinds = [random.choice(list(KINDS)) for _ in range(d)]
    loss = dd.SquaredLoss(rows, targets, weight="0.5")
    found = least_excess(loss, [Coordinate(tuple(map(Fraction, KINDS[kind]))) for kind in kinds])
    assert float(found) == pytest.approx(least_of_all(rows, targets, kinds) / 2 - float(loss.exact_minimum), abs=1e-9)


def test_it_is_exact():
    """(θ_1, θ_2) ≥ 0 next to (1, −1) under X = [[1, 1/3], [0, 1]]: θ = (1, 0)."""
    both = [Coordinate((Fraction(1), Fraction(1)))] * 2
    assert least_excess(dd.SquaredLoss([[1, "1/3"], [0, 1]], [1, -1]), both) == 1
    assert least_excess(dd.SquaredLoss([[1, "1/3"], [0, 1]], [1, 1]), both) == 0


@pytest.mark.parametrize("size", ["1e-300", "1e300", "1e-900"])
def test_sizes_do_not_matter(size):
    value = Fraction(size)
    tied = [Coordinate((Fraction(1), Fraction(1)))]
    assert least_excess(dd.SquaredLoss([[1]], [-value]), tied) == value**2
    assert least_excess(dd.SquaredLoss([[value]], [-1]), tied) == 1


@pytest.mark.parametrize("method", [None, "taylor", "dual"])
def test_it_is_said_before_the_first_step(method):
    flow = dd.GradientFlow(dd.SquaredLoss([[-1]], [1]), [[1], [1]])
    with pytest.raises(dd.NoConvergence, match=r"before t = 0: 𝓛 − 𝓛\* stays above 1, since layers that tie keep") as e:
        flow.converge("0.9", 15, longest="1e9", method=method)
    assert e.value.time == 0
    reached = flow.converge("1.001", 15, method=method)
    assert 0 < reached.theta(reached.end)[0] < 6e-4
