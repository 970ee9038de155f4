"""Wide data: thin products instead of XᵀX, ranks and minima without d² fractions, and many coordinates at once."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from mpmath import mp
from trajectories import allowed, differences, largest

from ddln_sym import GradientFlow, SquaredLoss
from ddln_sym.flows.systems import ReducedSystem


def wide(rows: int, dimension: int, depth: int = 3, seed: int = 0) -> GradientFlow:
    random = np.random.default_rng(seed)
    data = random.normal(size=(rows, dimension)) / np.sqrt(dimension)
    return GradientFlow(SquaredLoss(data, random.normal(size=rows)), random.normal(size=(depth, dimension)))


@pytest.mark.parametrize("weight", [1, "1/2", "-0.1"])
def test_thin_products_are_those_with_the_gram_matrix(weight):
    """Rows of zeros change nothing but which of the two is used."""
    flow, end, digits = wide(2, 7), Fraction(1, 2), 30
    rows, targets = [list(row) for row in flow.loss.rows], list(flow.loss.targets)
    thin = SquaredLoss(rows, targets, weight)
    padded = SquaredLoss([*rows, *[[0] * 7] * 3], [*targets, 0, 0, 0], weight)
    one, other = (GradientFlow(loss, flow.start) for loss in (thin, padded))
    lines = [len(ReducedSystem(f.loss, f.coordinates).program.lines) for f in (one, other)]
    assert lines[0] > lines[1], "a register for each residual"
    with mp.workdps(40):
        runs = [f.integrate(end, digits) for f in (one, other)]
        assert differences(*(run.layers(end) for run in runs)) <= allowed(largest(runs[0], [end]), digits=digits)


@pytest.mark.parametrize("weight", [1, "1/2", "-0.1"])
def test_the_smoothness_is_the_largest_sum_of_second_derivatives(weight):
    loss = SquaredLoss(wide(4, 6).loss.rows, [1, 2, 3, 4], weight)
    hessian = 2 * sp.Rational(str(loss.weight)) * (lambda data: data.T * data)(sp.Matrix(loss.rows))
    assert loss.smoothness == max(sum(map(abs, hessian.row(i))) for i in range(6))


def test_equal_rows_share_a_residual():
    loss = SquaredLoss([[1, 2, 0, 3, 1], [1, 2, 0, 3, 1]], [1, 1])
    flow = GradientFlow(loss, [[1] * 5, [2] * 5])
    single = GradientFlow(SquaredLoss([[1, 2, 0, 3, 1]], [1], weight=2), [[1] * 5, [2] * 5])
    with mp.workdps(40):
        assert differences(flow.integrate(1, 30).layers(1), single.integrate(1, 30).layers(1)) <= mp.mpf(10) ** -29


def test_digits_of_a_wide_flow():
    flow, end = wide(30, 100), Fraction(1, 4)
    short, long = flow.integrate(end, 20), flow.integrate(end, 40)
    with mp.workdps(50):
        assert differences(short.layers(end), long.layers(end)) <= allowed(largest(long, [end]), digits=20)


@pytest.mark.parametrize(
    ("data", "target"),
    [
        ([[1, 2, 3], [2, 4, 6]], [1, 2]),  # dependent rows, solvable
        ([[1, 2, 3], [2, 4, 6]], [1, 3]),  # and not
        ([[1, 1], [1, 1], [2, 2]], [1, 2, "0.5"]),  # dependent columns
        ([["1/3", 1], [2, "0.7"], [1, 1], [0, 5]], [1, 2, 3, 4]),
        ([[0, 0], [0, 0]], [1, 2]),
        ([[0, 3, 0], [0, 0, 0]], [1, 2]),
    ],
)
def test_rank_and_minimum(data, target):
    """Against the projection by the pseudoinverse, in SymPy."""
    loss = SquaredLoss(data, target, weight="3/2")
    X, y = sp.Matrix([[sp.Rational(str(v)) for v in row] for row in data]), sp.Matrix(list(map(sp.Rational, target)))
    left = y - X * X.pinv() * y
    assert loss.rank == X.rank()
    assert sp.Rational(3, 2) * left.dot(left) == sp.Rational(loss.exact_minimum)


def test_the_gram_matrix():
    matrix, shift = SquaredLoss([[1, "0.5"], ["1/3", 2]], [1, "-0.1"], weight=2).normal_form
    assert matrix == (
        (Fraction(40, 9), Fraction(14, 3)),
        (Fraction(14, 3), Fraction(17)),
    )
    assert shift == (4 * (1 - Fraction(1, 30)), 4 * (Fraction(1, 2) - Fraction(1, 5)))
