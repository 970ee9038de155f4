"""Random data with a seed: short decimal numbers, so that every reader can write them down exactly."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ddln_sym.numerics import read_number

__all__ = ["Array", "Draw", "floats", "scale_start"]

Array = NDArray[np.float64]


class Draw:
    """Numbers drawn one after the other.

    Args:
        seed: of NumPy's ``RandomState``, whose stream is frozen, unlike that of its generators.
        decimals: how many decimal places each number keeps.

    >>> Draw(1).vector(3)
    [Fraction(203, 125), Fraction(-153, 250), Fraction(-66, 125)]
    """

    def __init__(self, seed: int, decimals: int = 3) -> None:
        self._stream, self._decimals = np.random.RandomState(seed), decimals

    def _kept(self, value: float) -> Fraction:
        return read_number(f"{value:.{self._decimals}f}", "a random number")

    def vector(self, length: int, scale: float = 1.0) -> list[Fraction]:
        """Normally distributed numbers of mean 0 and standard deviation ``scale``."""
        return [self._kept(scale * value) for value in self._stream.standard_normal(length)]

    def matrix(self, rows: int, columns: int, scale: float = 1.0) -> list[list[Fraction]]:
        """Rows of normally distributed numbers."""
        return [self.vector(columns, scale) for _ in range(rows)]

    def moduli(self, rows: int, columns: int, low: float, high: float) -> list[list[Fraction]]:
        """Rows of numbers of random sign, with moduli distributed uniformly between two bounds."""
        sizes = self._stream.uniform(low, high, (rows, columns))
        signs = self._stream.choice([-1.0, 1.0], (rows, columns))
        return [[self._kept(value) for value in row] for row in sizes * signs]


def floats(rows: object) -> Array:
    """Exact numbers as an array of floats."""
    return np.array(rows, dtype=float)


def scale_start(depth: int, size: float, others: Sequence[object], least: Sequence[object]) -> list[list[Fraction]]:
    """L layers: the least ones, then L − 1 times the others, all times ``a = size^{1/L}``, so that θ is of that size.

    >>> scale_start(3, 0.001, others=[1, 2], least=[0, "1/2"])[:2]
    [[Fraction(0, 1), Fraction(1, 20)], [Fraction(1, 10), Fraction(1, 5)]]
    """
    a = read_number(f"{size ** (1 / depth):.6f}", "scale")
    return [[a * read_number(u, "layer") for u in row] for row in (least, *([others] * (depth - 1)))]
