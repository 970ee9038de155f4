"""Linear equations in floats by GMRES (Saad and Schultz 1986), for operators that are applied and never written out."""

from __future__ import annotations

from collections.abc import Callable
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
    directions = [right / size]
    products = np.zeros((most + 1, most))
    for k in range(most):
        image = apply(directions[k])
        for _ in range(2):  # once more, for what rounding left over
            for i in range(k + 1):
                overlap = np.vdot(directions[i], image)
                products[i, k] += overlap
                image = image - overlap * directions[i]
        products[k + 1, k] = length = float(np.linalg.norm(image))
        goal = np.zeros(k + 2)
        goal[0] = size
        weights = np.linalg.lstsq(products[: k + 2, : k + 1], goal, rcond=None)[0]
        left = np.linalg.norm(products[: k + 2, : k + 1] @ weights - goal)
        if left <= tolerance * size or not length:
            break
        directions.append(image / length)
    return sum(weight * direction for weight, direction in zip(weights, directions, strict=False))
