"""The flow in floats, by SciPy's ``solve_ivp``, as a user of NumPy would write it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np

from ddln_sym import GradientFlow

Layers = Sequence[Sequence[Any]]
TOLERANCE = 1e-13


def installed() -> bool:
    return find_spec("scipy") is not None


def full(flow: GradientFlow) -> Callable[[], Layers]:
    """All Ld equations by DOP853 with the least tolerance; the function returned gives the layers at time 1."""
    from scipy.integrate import solve_ivp

    field, start = _equations(flow)

    def run() -> Layers:
        found = solve_ivp(field, (0, 1), start.ravel(), method="DOP853", rtol=TOLERANCE, atol=TOLERANCE)
        layers: Layers = found.y[:, -1].reshape(start.shape).tolist()
        return layers

    return run


def stiff(flow: GradientFlow, until: float, most: int) -> tuple[Any, int]:
    """All Ld equations by Radau with the least tolerance: θ at the end, and how often they were evaluated.

    ``None`` in place of θ where that would be more than ``most`` times.
    """
    from scipy.integrate import solve_ivp

    field, start = _equations(flow)
    count = 0

    def counted(t: float, w: Any) -> Any:
        nonlocal count
        count += 1
        if count > most:
            raise TimeoutError
        return field(t, w)

    try:
        found = solve_ivp(counted, (0, until), start.ravel(), method="Radau", rtol=TOLERANCE, atol=TOLERANCE)
    except TimeoutError:
        return None, most
    return found.y[:, -1].reshape(start.shape).prod(axis=0), count


def _equations(flow: GradientFlow) -> tuple[Callable[[float, Any], Any], Any]:
    """The field and the layers at time 0."""
    data, target = np.array(flow.loss.rows, dtype=float), np.array(flow.loss.targets, dtype=float)
    start = np.array(flow.start, dtype=float)
    depth = len(start)
    others = np.array([[k for k in range(depth) if k != j] for j in range(depth)])

    def field(_: float, w: Any) -> Any:
        layers = w.reshape(start.shape)
        slope = 2 * data.T @ (data @ layers.prod(axis=0) - target)
        return -(layers[others].prod(axis=1) * slope).ravel()

    return field, start
