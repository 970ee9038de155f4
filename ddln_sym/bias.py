r"""The implicit bias: the interpolator that the flow converges to minimizes the entropy.

``θ_∞ = argmin {Q(θ) : Xθ = y}`` has ``∇Q(θ_∞) = Xᵀν`` with ``ν`` minimizing the convex dual
``Q*(Xᵀν) − ⟨y, ν⟩``, whose Hessian is ``X·diag(M)·Xᵀ``; Newton's method with backtracking starts at ``ν = 0``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import mpmath

from ddln_sym.balls import rational, rational_row, to_fraction
from ddln_sym.entropies import entropy
from ddln_sym.kkt import enclosed
from ddln_sym.legendre import LegendreFunction

__all__ = ["ImplicitBias", "implicit_bias"]

STEPS = 100
COARSE = 20  # digits until Newton's method converges quadratically
GUARD = 15
LEAP = 50  # the most that ξ moves in one step
NO_MINIMIZER = "no minimizer was found: no θ in the domain of Q solves Xθ = y, or the data are too badly scaled"


@dataclass(frozen=True)
class ImplicitBias:
    """The minimizer of the entropy among the interpolators.

    Attributes:
        theta: d numbers; multipliers: ν, n numbers, with ``∇Q(θ) = Xᵀν``; entropy: Q.
    The numbers are mpf, or Arb balls if that was asked for.
    """

    theta: tuple[Any, ...]
    multipliers: tuple[Any, ...]
    entropy: LegendreFunction


def implicit_bias(data: Any, target: Any, layers: Any, digits: int = 30, certified: bool = False) -> ImplicitBias:
    r"""The minimizer of the entropy over ``{θ : Xθ = y}``.

    Args:
        data: X, n linearly independent rows of d numbers; target: y, n numbers.
        layers: the initialization, L rows of d numbers; digits: of the result, in units of its largest entry.
        certified: return Arb balls that are proved to contain the minimizer and its multipliers.
    Returns:
        ``.theta`` and its ``.multipliers``.  It is the limit of the gradient flow of ``‖Xθ − y‖²``, if that converges
        to an interpolator.
    Raises:
        ValueError: shapes do not fit, rows are dependent, or no interpolator lies in the domain of Q.
    Source: claims ``eq-18`` and ``eq-19`` for two layers.

    >>> found = implicit_bias([[1, 1]], [2], [[0, 0], [1, 1], [1, 2]])
    >>> print(*found.theta)
    0.344056418716836 1.65594358128316
    >>> ball = implicit_bias([[1, 1]], [2], [[0, 0], [1, 1], [1, 2]], digits=10, certified=True).theta[0]
    >>> ball.str(10)
    '[0.3440564187 +/- 1.69e-11]'
    """
    found = entropy(layers)
    rows = [rational_row(row, f"row {n} of X") for n, row in enumerate(data, 1)]
    goal = rational_row(target, "y")
    if any(len(row) != found.dimension for row in rows):
        raise ValueError(f"every row of X needs {found.dimension} numbers, as many as the layers have")
    if len(goal) != len(rows):
        raise ValueError(f"X has {len(rows)} rows and y has {len(goal)} numbers: both need one per data point")
    with mpmath.workdps(digits + GUARD):
        matrix = mpmath.matrix([[_mpf(v) for v in row] for row in rows])
        wanted = mpmath.matrix([_mpf(v) for v in goal])
        dual = mpmath.matrix(len(rows), 1)
        for accuracy in dict.fromkeys((min(COARSE, digits), digits)):
            dual = _minimized(found, matrix, wanted, dual, accuracy)
        if certified:
            balls = enclosed(found.coordinates, rows, goal, [rational(v) for v in dual], digits)
            return ImplicitBias(*balls, found)
        theta = found.conjugate_gradient(list(matrix.T * dual), digits + GUARD)
    with mpmath.workdps(digits + 2):
        return ImplicitBias(tuple(+t for t in theta), tuple(+v for v in dual), found)


def _mpf(value: Any) -> mpmath.mpf:
    fraction = to_fraction(value)
    return mpmath.mpf(fraction.numerator) / fraction.denominator


def _minimized(found: LegendreFunction, matrix: Any, wanted: Any, dual: Any, digits: int) -> Any:
    """Newton's method on the dual until the step is below the accuracy."""
    for _ in range(STEPS):
        theta = found.conjugate_gradient(list(matrix.T * dual), digits + GUARD)
        if any(abs(t) < mpmath.mpf(10) ** (-4 * digits) for t, c in zip(theta, found.domain, strict=True) if 0 in c):
            raise ValueError(NO_MINIMIZER)  # θ runs to the border of a half-line
        slope = matrix * mpmath.matrix(theta) - wanted
        metric = mpmath.diag([1 / q for q in found.hessian(theta, digits + GUARD)])
        try:
            step = -mpmath.lu_solve(matrix * metric * matrix.T, slope)
        except ZeroDivisionError as error:
            raise ValueError("the rows of X are linearly dependent: leave out those that follow from others") from error
        gain = -sum(a * b for a, b in zip(slope, step, strict=True))  # the squared length of the step, in the metric
        largest = max(1, *(abs(t) for t in theta))
        if mpmath.norm(slope, mpmath.inf) <= mpmath.mpf(10) ** (-digits - GUARD // 3) * largest:
            return dual
        dual = _shortened(found, matrix, wanted, dual, step, gain, digits)
    raise ValueError(NO_MINIMIZER)


def _shortened(found: LegendreFunction, matrix: Any, wanted: Any, dual: Any, step: Any, gain: Any, digits: int) -> Any:
    """The largest halving of the step that stays in the range and lowers the dual by a quarter of its promise."""
    before, size = _value(found, matrix, wanted, dual, digits), mpmath.mpf(1)
    leap = mpmath.norm(matrix.T * step, mpmath.inf)
    size = min(size, LEAP / leap) if leap else size
    noise = mpmath.mpf(10) ** (-digits) * (1 + abs(before))
    for _ in range(STEPS):
        moved = dual + size * step
        if _inside(found, list(matrix.T * moved)):
            after = _value(found, matrix, wanted, moved, digits)
            if after <= before - size * gain / 4 or gain < noise:
                return moved
        size /= 2
    raise ValueError(NO_MINIMIZER)


def _inside(found: LegendreFunction, xi: Sequence[Any]) -> bool:
    return all(low < value < high for value, (low, high) in zip(xi, found.range(), strict=True))


def _value(found: LegendreFunction, matrix: Any, wanted: Any, dual: Any, digits: int) -> Any:
    """The dual function."""
    paired = sum(a * b for a, b in zip(wanted, dual, strict=True))
    return found.conjugate(list(matrix.T * dual), digits + GUARD) - paired
