"""Linear equations in floats by GMRES (Saad and Schultz 1986), for operators that are applied and never written out."""

from __future__ import annotations

from collections.abc import Callable
from math import hypot
from typing import Any

import numpy as np

__all__ = ["solve_gmres"]

#: Directions kept at most.
MOST = 80


def solve_gmres(apply: Callable[[Any], Any], right: Any, tolerance: float, most: int = MOST) -> Any:
    """An x with ``‖apply(x) − right‖ ≤ tolerance·‖right‖``, or the best in as many directions as there may be.

    Args:
        apply: a linear map of arrays of one shape. right: an array of that shape.

    >>> matrix = np.array([[2.0, 1.0], [0.0, 3.0]])
    >>> [round(float(v), 12) for v in solve_gmres(lambda x: matrix @ x, np.array([4.0, 6.0]), 1e-14)]
    [1.0, 2.0]
    """
    size = float(np.linalg.norm(right))
    if not size:
        return np.zeros_like(right)
    most = min(most, right.size)
    basis = np.empty((most + 1, right.size))
    basis[0] = right.ravel() / size
    triangle, goal, turns = np.zeros((most, most)), [size], list[tuple[float, float]]()
    for k in range(most):
        image = apply(basis[k].reshape(right.shape)).ravel()
        column = np.zeros(k + 1)
        for _ in range(2):  # once more, for what rounding left over
            overlaps = basis[: k + 1] @ image
            column, image = column + overlaps, image - overlaps @ basis[: k + 1]
        length = float(np.linalg.norm(image))
        # Rotations make the products a triangle, and what is left of the goal is its last entry.
        for i, (cosine, sine) in enumerate(turns):
            column[i], column[i + 1] = (
                cosine * column[i] + sine * column[i + 1],
                cosine * column[i + 1] - sine * column[i],
            )
        last = hypot(column[k], length)
        if not last > 0:
            break
        cosine, sine = column[k] / last, length / last
        column[k] = last
        triangle[: k + 1, k] = column
        goal[k:] = [cosine * goal[k], -sine * goal[k]]
        turns.append((cosine, sine))
        if abs(goal[-1]) <= tolerance * size or not length:
            break
        basis[k + 1] = image / length
    used = len(turns)
    weights = np.linalg.solve(triangle[:used, :used], np.array(goal[:used]))
    return (weights @ basis[:used]).reshape(right.shape)
