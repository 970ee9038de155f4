"""The flow of a model by other means: mpmath.odefun on what SymPy differentiates."""

from __future__ import annotations

import mpmath
import sympy as sp

__all__ = ["close", "reference"]


def reference(loss, net, start, until, digits=25, decay=0, friction=None, sign=-1, metric=None):
    """The parameters by mpmath.odefun, from SymPy's own derivatives."""
    components = sp.lambdify([net.variables], list(net.components), "mpmath")
    slopes = sp.lambdify([net.variables], net.jacobian.tolist(), "mpmath")
    scales = sp.lambdify([net.variables], list(metric or [1] * len(start)), "mpmath")
    size = len(start)

    def force(place):
        gradient = loss.gradient([mpmath.mpf(x) for x in components(place)])
        columns = zip(*slopes(place), strict=True)
        plain = [mpmath.fdot(column, gradient) for column in columns]
        return [a * f + decay * x for a, f, x in zip(scales(place), plain, place, strict=True)]

    def field(_, state):
        place, speed = state[:size], state[size:]
        if friction is None:
            return [sign * f for f in force(place)]
        return [*speed, *(-f - friction * p for f, p in zip(force(place), speed, strict=True))]

    with mpmath.workdps(digits):
        first = [mpmath.mpf(x) for x in start] + ([mpmath.mpf(0)] * size if friction is not None else [])
        return list(mpmath.odefun(field, 0, first)(mpmath.mpf(until)))


def close(found, wanted, digits):
    with mpmath.workdps(40):
        size = max(1, *(abs(x) for x in wanted))
        assert all(abs(a - b) < size * mpmath.mpf(10) ** -digits for a, b in zip(found, wanted, strict=True)), found
