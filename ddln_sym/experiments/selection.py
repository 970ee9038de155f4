"""Which interpolator the flow selects, by depth, scale and shape of the initialization."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from ddln_sym.entropies import entropy, implicit_bias
from ddln_sym.experiments.data import Array, Draw, floats, scale_start
from ddln_sym.experiments.outcome import Comparison, Outcome, build_table, show

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DEPTHS", "SHAPES", "experiment", "minimize_weighted_sum"]

SEED, DIMENSION, SAMPLES, DECIMALS = 2524, 4, 2, 1
DEPTHS = (2, 3, 4)
#: The size of the layers other than the first, by coordinate; the first layer is zero.
SHAPES = {"equal": (1, 1, 1, 1), "unequal": (1, 1, 2, 2)}
SIZES = [10.0 ** (n / 2) for n in range(-12, 5)]
DIGITS = 12


def experiment() -> Outcome:
    """θ that minimizes Q over ``Xθ = y`` against the scale of θ, and what theory says of both ends."""
    draw = Draw(SEED, DECIMALS)
    data, target = draw.matrix(SAMPLES, DIMENSION), draw.vector(SAMPLES)
    rows, limits = [], []
    compared: dict[tuple[str, int, str], Comparison] = {}
    zero = (0,) * DIMENSION
    for shape, others in SHAPES.items():
        for depth in DEPTHS:
            path = []
            for size in SIZES:
                layers = scale_start(depth, size, others, zero)
                path.append(floats(implicit_bias(data, target, layers, digits=DIGITS).theta))
                rows.append((shape, depth, size, *path[-1]))
            ends = entropy(scale_start(depth, 1.0, others, zero)).range(DIGITS)
            weights = np.ones(DIMENSION) if depth == 2 else floats([high for _, high in ends])
            sparse = minimize_weighted_sum(floats(data), floats(target), weights)
            gaps = np.array([prod(float(u) ** 2 for _ in range(depth - 1)) for u in others])
            limits += [
                (shape, depth, "ℓ1", *sparse),
                (shape, depth, "ℓ2", *_minimize_weighted_ridge(data, target, gaps)),
            ]
            for name, limit, found in (("ℓ1", limits[-2], path[0]), ("ℓ2", limits[-1], path[-1])):
                distance = float(np.abs(found - np.array(limit[3:])).max())
                quantity = f"{shape}, L = {depth}: distance from weighted {name}"
                compared[shape, depth, name] = Comparison(quantity, 0, distance, "→")
    names = " ".join(f"theta_{i + 1}" for i in range(DIMENSION))
    tables = {
        "": build_table(f"shape depth scale {names}", rows),
        "limits": build_table(f"shape depth limit {names}", limits),
    }
    return Outcome(_caption(limits, compared), tables, tuple(compared.values()))


def minimize_weighted_sum(data: Array, target: Array, weights: Array) -> Array:
    """The interpolator of least ``Σ w_i|θ_i|``: one of those with as many nonzero entries as data points."""
    samples, dimension = data.shape
    found = []
    for support in combinations(range(dimension), samples):
        theta = np.zeros(dimension)
        theta[list(support)] = np.linalg.solve(data[:, support], target)
        found.append(theta)
    return min(found, key=lambda theta: float(weights @ np.abs(theta)))


def _minimize_weighted_ridge(data: list[list[Fraction]], target: list[Fraction], gaps: Array) -> Array:
    """The interpolator of least ``Σ θ_i²/∏Δ_i``."""
    rows = floats(data)
    return np.asarray(gaps * (rows.T @ np.linalg.solve(rows * gaps @ rows.T, floats(target))))


def _caption(limits: list[tuple[Any, ...]], compared: Mapping[tuple[str, int, str], Comparison]) -> str:
    def chosen(shape: str, depth: int) -> str:
        (theta,) = (row[3:] for row in limits if row[:3] == (shape, depth, "ℓ1"))
        support = ", ".join(str(i + 1) for i, entry in enumerate(theta) if entry)
        return f"{{{support}}} (distance {show(compared[shape, depth, 'ℓ1'].measured, 1)})"

    def all_depths(shape: str) -> str:
        return ", ".join(chosen(shape, depth) for depth in DEPTHS)

    far = max(c.measured for (*_, norm), c in compared.items() if norm == "ℓ2")
    return (
        f"The interpolator that the flow selects, argmin Q over Xθ = y, for {SAMPLES} data points and d = "
        f"{DIMENSION}: its entries against aᴸ, the scale of θ, when the layers start at a·(0, s, …, s). Above, s "
        f"= {_list(SHAPES['equal'])}; below, s = {_list(SHAPES['unequal'])}. Theory: to the left θ tends to a "
        "sparse interpolator of least Σtᵢ|θᵢ| (dots at the left), tᵢ ∝ sᵢ²⁻ᴸ for L ≥ 3 and tᵢ = 1 for L "
        "= 2; to the right to the one of least Σθᵢ²/sᵢ²⁽ᴸ⁻¹⁾ (dots at the right). So from equal starts "
        "every depth selects the same support, and from unequal ones each depth may select another. Predicted "
        f"supports for L = {', '.join(map(str, DEPTHS))}, with the distance at aᴸ = {show(SIZES[0], 1)}: equal "
        f"{all_depths('equal')}; unequal {all_depths('unequal')}. Two layers approach theirs slowest. At the "
        f"right end the distance is at most {show(far, 1)}."
    )


def _list(numbers: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, numbers))})"
