r"""The implicit bias: the interpolator that the flow converges to minimizes the entropy.

``θ_∞ = argmin {Q(θ) : Xθ = y}`` has ``∇Q(θ_∞) = Xᵀν`` with ``ν`` minimizing the convex dual
``Q*(Xᵀν) − ⟨y, ν⟩``, whose Hessian is ``X·diag(M)·Xᵀ``; Newton's method with backtracking starts at ``ν = 0``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import mpmath

from ddln_sym.entropies.families import entropy
from ddln_sym.entropies.kkt import enclosed
from ddln_sym.entropies.legendre import LegendreFunction
from ddln_sym.numerics import exact_matrix, rational, rational_row, rounded, to_fraction, whole_digits

__all__ = ["ImplicitBias", "implicit_bias"]

STEPS = 200
COARSE = 20  # digits until Newton's method converges quadratically
GUARD = 15
LEAP = 50  # the most that ξ moves in one step where it has no end, in units of the other end
NEARLY = mpmath.mpf("0.999")  # of the way to an end of the range
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

    def _repr_html_(self) -> str:
        from ddln_sym import _html

        return _html.bias(self)


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
    rows = [tuple(map(rational, row)) for row in exact_matrix(data, "X")]
    goal = rational_row(target, "y")
    if len(rows[0]) != found.dimension:
        raise ValueError(
            f"X has {len(rows[0])} columns: every row of X needs {found.dimension} numbers, as the layers do"
        )
    if len(goal) != len(rows):
        raise ValueError(f"X has {len(rows)} rows and y has {len(goal)} numbers: both need one per data point")
    guard = GUARD + _near_the_ends(found, rows, goal)
    with mpmath.workdps(whole_digits(digits) + guard):
        dual = _Dual(found, _matrix(rows), _matrix([[v] for v in goal]), guard)
        nu = mpmath.matrix(len(rows), 1)
        for accuracy in dict.fromkeys((min(COARSE, digits), digits)):
            nu = dual.minimized(nu, accuracy)
        if certified:
            balls = enclosed(found.coordinates, rows, goal, [rational(v) for v in nu], digits)
            return ImplicitBias(*balls, found)
        theta = dual.theta(nu, digits)
    with mpmath.workdps(digits + 2):
        return ImplicitBias(tuple(+t for t in theta), tuple(+v for v in nu), found)


def _matrix(rows: Sequence[Sequence[Any]]) -> Any:
    return mpmath.matrix([[rounded(to_fraction(v)) for v in row] for row in rows])


def _near_the_ends(found: LegendreFunction, rows: Sequence[Sequence[Any]], goal: Sequence[Any]) -> int:
    """How many digits of ξ only tell it from an end t of the range: those of ``t·θ``, at most."""
    ends = [abs(end) for ends in found.range(5) for end in ends if mpmath.isfinite(end)]
    entries = [abs(v) for row in rows for v in row if v != 0]
    if not ends or not entries:
        return 0
    largest = max(1, float(sum(abs(v) for v in goal) / min(entries)))
    return max(0, int(mpmath.ceil(mpmath.log10(max(ends) * largest))))


@dataclass(frozen=True)
class _Dual:
    """``ν ↦ Q*(Xᵀν) − ⟨y, ν⟩``, with so many digits beyond those asked for."""

    entropy: LegendreFunction
    data: Any
    target: Any
    guard: int

    @cached_property
    def range(self) -> Any:
        """The least and the largest of each ``ξ_i``."""
        return self.entropy.range(mpmath.mp.dps)

    def theta(self, nu: Any, digits: int) -> list[Any]:
        found: list[Any] = self.entropy.conjugate_gradient(list(self.data.T * nu), digits + self.guard)
        return found

    def minimized(self, nu: Any, digits: int) -> Any:
        """Newton's method until the residual is below the accuracy."""
        for _ in range(STEPS):
            theta = self.theta(nu, digits)
            borders = zip(theta, self.entropy.domain, strict=True)
            if any(abs(t) < mpmath.mpf(10) ** (-4 * digits) for t, domain in borders if 0 in domain):
                raise ValueError(NO_MINIMIZER)  # θ runs to the border of a half-line
            slope = self.data * mpmath.matrix(theta) - self.target
            if mpmath.norm(slope, mpmath.inf) <= mpmath.mpf(10) ** (-digits - GUARD // 3) * max(1, *map(abs, theta)):
                return nu
            metric = mpmath.diag(self.entropy.conjugate_hessian(list(self.data.T * nu), digits + self.guard))
            try:
                step = -mpmath.lu_solve(self.data * metric * self.data.T, slope)
            except ZeroDivisionError as error:
                raise ValueError(
                    "the rows of X are linearly dependent: leave out those that follow from others"
                ) from error
            nu = self._moved(nu, step, -(slope.T * step)[0], digits)
        raise ValueError(NO_MINIMIZER)

    def _moved(self, nu: Any, step: Any, gain: Any, digits: int) -> Any:
        """The largest halving of the step that lowers the dual by a quarter of its promise."""
        before, size = self._value(nu, digits), self._room(nu, step)
        noise = mpmath.mpf(10) ** (-digits) * (1 + abs(before))
        for _ in range(STEPS):
            moved = nu + size * step
            if self._value(moved, digits) <= before - size * gain / 4 or gain < noise:
                return moved
            size /= 2
        raise ValueError(NO_MINIMIZER)

    def _value(self, nu: Any, digits: int) -> Any:
        return self.entropy.conjugate(list(self.data.T * nu), digits + self.guard) - (self.target.T * nu)[0]

    def _room(self, nu: Any, step: Any) -> Any:
        """How much of a step stays in the range, and moves ξ by few units where it has no end on that side."""
        size = mpmath.mpf(1)
        for xi, move, (low, high) in zip(self.data.T * nu, self.data.T * step, self.range, strict=True):
            end, other = (high, low) if move > 0 else (low, high)
            unit = abs(other) if mpmath.isfinite(other) else 1
            most = NEARLY * (end - xi) if mpmath.isfinite(end) else mpmath.sign(move) * LEAP * unit
            if abs(move) * size > abs(most):
                size = most / move
        return size
