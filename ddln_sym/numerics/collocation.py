r"""Radau IIA collocation: its nodes, and integrals, derivatives and Legendre coefficients of polynomials through them.

The nodes of ``[−1, 1]`` are the zeros of ``P_s − P_{s−1}``, the last of which is 1.  A rule of s nodes has order
``2s − 1`` and damps what decays at once: it is stable at infinity (Hairer and Wanner, Solving Ordinary Differential
Equations II, IV.5).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from flint import arb, arb_mat

from ddln_sym.numerics.balls import precision

__all__ = ["RadauRule", "legendre_integrals", "legendre_values", "middles", "radau_rule", "to_floats"]

#: Of Newton's method for a node: each step doubles the digits of a double.
DOUBLINGS = 12


def legendre_values(x: Any, count: int) -> list[Any]:
    """``P_0(x), …, P_{count−1}(x)`` at a number or a ball, real or complex.

    >>> [int(p) for p in legendre_values(1, 4)]
    [1, 1, 1, 1]
    """
    found = [x * 0 + 1, x]
    for k in range(1, count - 1):
        found.append(((2 * k + 1) * x * found[k] - k * found[k - 1]) / (k + 1))
    return found[:count]


def legendre_integrals(x: Any, count: int) -> list[Any]:
    """``∫_{−1}^x P_k`` for ``k < count``.

    >>> [float(v) for v in legendre_integrals(arb(1), 3)]
    [2.0, 0.0, 0.0]
    """
    values = legendre_values(x, count + 1)
    return [x + 1] + [(values[k + 1] - values[k - 1]) / (2 * k + 1) for k in range(1, count)]


def middles(matrix: arb_mat) -> arb_mat:
    """The midpoints."""
    return arb_mat(matrix.nrows(), matrix.ncols(), [v.mid() for v in matrix.entries()])


def to_floats(matrix: arb_mat) -> Any:
    """A matrix of balls in floats."""
    return np.array([float(v.mid()) for v in matrix.entries()]).reshape(matrix.nrows(), matrix.ncols())


class RadauRule:
    """A rule of s nodes, in numbers of so many bits without radii.

    Values at the nodes stand in rows; the matrices are applied from the right.

    Attributes:
        nodes: in ``(−1, 1]``. integral: takes values of f to ``½∫_{−1}^{x_j} f``. derivative: its inverse.
        coefficients: takes values of f to the Legendre coefficients of the polynomial through them.
        places, steps: nodes in ``(0, 1]`` and ``integral`` transposed, in floats.

    >>> with precision(100):
    ...     rule = RadauRule(3)
    ...     total = (arb_mat([[x * x for x in rule.nodes]]) * rule.integral)[0, 2]
    >>> float(total)
    0.3333333333333333
    """

    def __init__(self, count: int) -> None:
        self.count = count
        series = np.zeros(count + 1)
        series[count], series[count - 1] = 1, -1
        guesses = np.sort(np.real(np.polynomial.legendre.legroots(series)))[:-1]
        self.nodes = [*(_sharpen(arb(float(x)), count) for x in guesses), arb(1)]
        values = [legendre_values(x, count) for x in self.nodes]
        weights = [(1 + x) / (2 * (count * p[-1]) ** 2) for x, p in zip(self.nodes, values, strict=True)]
        rows = zip(self.nodes, values, weights, strict=True)
        transform = arb_mat([[(2 * k + 1) * w * p[k] for k in range(count)] for _, p, w in rows])
        sums = arb_mat([legendre_integrals(x, count) for x in self.nodes]).transpose()
        integral = transform * sums / 2
        self.coefficients, self.integral, self.derivative = (
            middles(transform),
            middles(integral),
            middles(integral.inv()),
        )
        self.steps = to_floats(self.integral).T.copy()
        self.places = (np.array([float(x) for x in self.nodes]) + 1) / 2


def _sharpen(x: arb, count: int) -> arb:
    """The zero of ``P_s − P_{s−1}`` next to a guess."""
    for _ in range(DOUBLINGS):
        p = legendre_values(x, count + 1)
        lower = p[count - 2] if count > 1 else arb(0)
        slope = (count * (p[count - 1] - x * p[count]) - (count - 1) * (lower - x * p[count - 1])) / (1 - x * x)
        x = (x - (p[count] - p[count - 1]) / slope).mid()
    return x


@lru_cache(maxsize=8)
def radau_rule(count: int, bits: int) -> RadauRule:
    """The rule of so many nodes to so many bits."""
    with precision(bits):
        return RadauRule(count)
