"""The implicit bias: the limit of the flow minimizes the entropy among the interpolators."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import numpy as np
import pytest
from mpmath import mpf

import ddln_sym as dd

DATA, TARGET = [[1, 2, -1], [0, 1, 3]], [2, Fraction(1, 2)]


def start(depth):
    return [[Fraction((-1) ** (i * j) * (j + 2 + i), 5) for i in range(3)] for j in range(depth)]


def limit_of_the_flow(depth):
    """Runge–Kutta in double precision on the layers until the residual is at rounding."""
    u, x, y = np.array(start(depth), float), np.array(DATA, float), np.array(TARGET, float)

    def velocity(u):
        slope = 2 * x.T @ (x @ u.prod(axis=0) - y)
        return -np.array([np.delete(u, j, axis=0).prod(axis=0) for j in range(depth)]) * slope

    for _ in range(50_000):
        if np.abs(x @ u.prod(axis=0) - y).max() < 1e-12:
            return u.prod(axis=0)
        metric = sum(np.delete(u, j, axis=0).prod(axis=0) ** 2 for j in range(depth))
        h = 0.02 / (np.linalg.norm(x, 2) ** 2 * metric.max())  # the error of a step goes with its fifth power
        a = velocity(u)
        b = velocity(u + h / 2 * a)
        c = velocity(u + h / 2 * b)
        u = u + h / 6 * (a + 2 * b + 2 * c + velocity(u + h * c))
    raise AssertionError("the flow did not converge")


@pytest.mark.parametrize("depth", [2, 3, 4])
def test_the_limit_of_the_flow(depth):
    found = dd.implicit_bias(DATA, TARGET, start(depth))
    assert max(abs(float(a) - b) for a, b in zip(found.theta, limit_of_the_flow(depth), strict=True)) < 1e-8


@pytest.mark.parametrize("depth", range(2, 9))
def test_the_conditions_of_a_minimizer(depth):
    found = dd.implicit_bias(DATA, TARGET, start(depth), digits=40)
    with mpmath.workdps(45):
        theta, nu = mpmath.matrix(found.theta), mpmath.matrix(found.multipliers)
        x = mpmath.matrix(DATA)
        assert mpmath.norm(x * theta - mpmath.matrix([2, mpf(1) / 2])) < mpf(10) ** -38
        gradient = mpmath.matrix(found.entropy.gradient(list(theta), digits=45))
        assert mpmath.norm(gradient - x.T * nu) < mpf(10) ** -37 * (1 + mpmath.norm(gradient))


@pytest.mark.parametrize(
    ("problem", "part"),
    [
        (([[1, 1], [2, 2]], [1, 2], [[1, 2], [2, 3]]), "linearly dependent"),
        (([[1, 1]], [-5], [[1, 1], [1, 1]]), "no minimizer was found"),
        (([[1, 1]], [-5], [[1, 1], [1, 1], [1, 1]]), "no minimizer was found"),
        (([[1]], [1], [[1, 1], [1, 2]]), "needs 2 numbers"),
        (([[1, 1]], [1, 2], [[1, 2], [2, 3]]), "X has 1 rows and y has 2"),
        (([["x", 1]], [1], [[1, 2], [2, 3]]), "row 1 of X_1 is 'x'"),
    ],
)
def test_mistakes(problem, part):
    with pytest.raises(ValueError) as caught:
        dd.implicit_bias(*problem)
    assert part in str(caught.value)
