r"""What ``𝓛 − 𝓛*`` stays above for all time, where layers that tie never change sign or a coordinate never moves.

The θ that a flow can come to have ``s_iθ_i ≥ 0`` where the least modulus is tied, and ``θ_i = 0`` where two layers are
zero.  Let ŷ be the point next to y in the span of some columns of X, those of all other coordinates among them, and
``r = y − ŷ``.  If ``s_i(X^T r)_i ≤ 0`` for the tied ones,

    ⟨r, y − Xθ⟩ = ‖r‖² − ⟨X^T r, θ⟩ ≥ ‖r‖²,    ‖y − Xθ‖ ≥ ‖r‖,

for every such θ.  Which columns those are is found in floats (Lawson and Hanson, Solving Least Squares Problems, 23.3);
then r is computed, and the signs are looked at, exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from ddln_sym.flows.coordinates import Coordinate
from ddln_sym.flows.losses import SquaredLoss
from ddln_sym.numerics import project_on_columns

__all__ = ["least_excess"]

#: A residual below this part of the target is looked at as none.
NEGLIGIBLE = 1e-9
#: Columns come and go at most so many times their number.
ROUNDS = 3


def least_excess(loss: SquaredLoss, coordinates: Sequence[Coordinate]) -> Fraction:
    """A number that ``𝓛(θ) − 𝓛*`` is never below, wherever the flow goes; 0 where none is found.

    Args:
        loss: of a positive weight. coordinates: of the flow.

    >>> tied, free = Coordinate((Fraction(1), Fraction(1))), Coordinate((Fraction(0), Fraction(1)))
    >>> least_excess(SquaredLoss([[1]], [-3]), [tied]), least_excess(SquaredLoss([[1]], [-3]), [free])
    (Fraction(9, 1), Fraction(0, 1))
    """
    moving = [i for i, c in enumerate(coordinates) if not c.frozen]
    tied = [i for i in moving if coordinates[i].tied]
    if len(moving) == len(coordinates) and not tied:
        return Fraction(0)
    signs = {i: 1 if coordinates[i].theta > 0 else -1 for i in tied}
    free = [i for i in moving if i not in signs]
    used = free + _touched(loss, free, signs)
    reached = project_on_columns([[row[i] for i in used] for row in loss.rows], loss.targets)
    left = [a - b for a, b in zip(loss.targets, reached, strict=True)]
    size = sum((r * r for r in left), Fraction(0))
    if any(signs[i] * sum(r * row[i] for r, row in zip(left, loss.rows, strict=True)) > 0 for i in tied):
        return Fraction(0)
    return max(Fraction(0), loss.weight * size - loss.exact_minimum)


def _touched(loss: SquaredLoss, free: Sequence[int], signs: dict[int, int]) -> list[int]:
    """The tied coordinates that are not 0 where the loss is least, as far as floats tell."""
    # Columns and the target are taken in units of their own: their directions alone count.
    columns = list(zip(*loss.rows, strict=True))
    target = _scaled(loss.targets)
    apart = np.array([_scaled(columns[i]) for i in free]).reshape(len(free), len(target)).T
    tied = list(signs)
    data = np.array([signs[i] * _scaled(columns[i]) for i in tied]).reshape(len(tied), len(target)).T
    vectors, values, _ = np.linalg.svd(apart, full_matrices=False)
    basis = vectors[:, values > NEGLIGIBLE * values.max(initial=0.0)]
    data, target = data - basis @ (basis.T @ data), target - basis @ (basis.T @ target)
    inside, weights = list[int](), np.zeros(len(tied))
    for _ in range(ROUNDS * len(tied)):
        left = target - data @ weights
        gains = data.T @ left
        gains[inside] = 0
        if not gains.max(initial=0.0) > NEGLIGIBLE:
            break
        inside.append(int(np.argmax(gains)))
        while inside:
            goal = np.zeros(len(tied))
            goal[inside] = np.linalg.lstsq(data[:, inside], target, rcond=None)[0]
            low = [i for i in inside if goal[i] <= 0]
            if not low:
                weights = goal
                break
            part = min(weights[i] / (weights[i] - goal[i]) if weights[i] > goal[i] else 0.0 for i in low)
            weights = weights + part * (goal - weights)
            inside = [i for i in inside if weights[i] > 0 and i not in low]
            weights[[i for i in range(len(tied)) if i not in inside]] = 0
    return [tied[i] for i in inside]


def _scaled(values: Sequence[Fraction]) -> Any:
    largest = max(map(abs, values)) or Fraction(1)
    return np.array([float(v / largest) for v in values])
