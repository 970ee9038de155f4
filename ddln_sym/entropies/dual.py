r"""The implicit bias where the entropy is known by its conjugate alone.

``ν ↦ Q*(Xᵀν) − ⟨y, ν⟩`` is convex, with the slope ``X∇Q*(Xᵀν) − y`` and the Hessian ``X∇²Q*Xᵀ``: Newton's method with
backtracking, first with few digits, then with as many as were asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import mpmath
from flint import fmpq
from mpmath.libmp import dps_to_prec, to_rational

from ddln_sym.entropies.homogeneous import ConjugateEntropy
from ddln_sym.numerics import dot, read_number, round_to_bits, to_fraction
from ddln_sym.taylor import NoConvergence

__all__ = ["dual_minimizer", "minimize_dual"]

Rows = Sequence[Sequence[fmpq]]

STEPS = 200  # of Newton's method
HALVINGS = 30  # of a step that overshoots
FEW_DIGITS = 15  # with which the minimizer is looked for
GUARD = 5  # digits beyond those asked for


def minimize_dual(
    entropy: ConjugateEntropy, rows: Rows, goal: Sequence[fmpq], back: Rows, digits: int
) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """θ, and the multipliers of the rows as they were given, which ``back`` makes of those of ``rows``.

    Raises:
        ArithmeticError: Newton's method does not end: no interpolator is a value of the mirror map, or the data are
            too badly scaled.
    """
    nu = dual_minimizer(entropy, rows, goal, digits)
    search = _Search(entropy, rows, goal, digits + GUARD)
    bits = dps_to_prec(digits)
    multipliers = [dot(row, nu) for row in _fractions(back)]
    return tuple(round_to_bits(v, bits) for v in search.theta(nu)), tuple(round_to_bits(v, bits) for v in multipliers)


def dual_minimizer(entropy: ConjugateEntropy, rows: Rows, goal: Sequence[fmpq], digits: int) -> list[Fraction]:
    """The multipliers ν, to about so many digits.

    Raises:
        ArithmeticError: as :func:`minimize_dual`.
    """
    nu, places = [Fraction(0)] * len(rows), min(FEW_DIGITS, digits)
    while True:
        nu = _Search(entropy, rows, goal, places + GUARD).minimize(nu)
        if places >= digits:
            return nu
        places = min(2 * places, digits)


class _Search:
    """Newton's method with so many digits."""

    def __init__(self, entropy: ConjugateEntropy, rows: Rows, goal: Sequence[fmpq], digits: int) -> None:
        self.entropy, self.digits = entropy, digits
        self.rows, self.goal = _fractions(rows), [to_fraction(v) for v in goal]
        self.context = mpmath.MPContext()
        self.context.dps = digits

    def theta(self, nu: Sequence[Fraction]) -> list[Fraction]:
        return [read_number(v, "θ") for v in self.entropy.conjugate_gradient(self._xi(nu), self.digits)]

    def minimize(self, nu: list[Fraction]) -> list[Fraction]:
        """Multipliers that a Newton step moves by less than the last digits of θ.

        Raises:
            ArithmeticError: that is not reached.
        """
        for _ in range(STEPS):
            theta = self.theta(nu)
            slope = self._slope(theta)
            step, moved = self._step(nu, slope)
            small = max(abs(m) for m in moved) <= Fraction(1, 10 ** (self.digits - GUARD // 2)) * max(map(abs, theta))
            taken = self._halve(nu, slope, step)
            if taken is None:
                if small:
                    return nu
                break
            nu = taken
            if small:
                return nu
        raise ArithmeticError(
            "no minimizer was found by Newton's method: no interpolator is a value of the mirror map, or the data are "
            "too badly scaled"
        )

    def _xi(self, nu: Sequence[Fraction]) -> list[Fraction]:
        return [dot(column, nu) for column in zip(*self.rows, strict=True)]

    def _slope(self, theta: Sequence[Fraction]) -> list[Fraction]:
        return [dot(row, theta) - value for row, value in zip(self.rows, self.goal, strict=True)]

    def _step(self, nu: Sequence[Fraction], slope: Sequence[Fraction]) -> tuple[list[Fraction], list[Fraction]]:
        """The step of Newton's method, and how far it moves θ."""
        metric = [
            [read_number(v, "M") for v in row] for row in self.entropy.conjugate_hessian(self._xi(nu), self.digits)
        ]
        spread = [[dot(row, line) for row in metric] for line in self.rows]  # XM, for M is symmetric
        hessian = self._matrix([[dot(a, b) for b in self.rows] for a in spread])
        try:
            solved = self.context.lu_solve(hessian, self._matrix([[-v] for v in slope]))
        except ZeroDivisionError as error:
            raise ArithmeticError("the Hessian of the dual is singular at the multipliers that were reached") from error
        step = [Fraction(*to_rational(v._mpf_)) for v in solved]  # whatever the precision of others
        return step, [dot(column, step) for column in zip(*spread, strict=True)]

    def _matrix(self, rows: Sequence[Sequence[Fraction]]) -> Any:
        return self.context.matrix([[self.context.mpf(v.numerator) / v.denominator for v in row] for row in rows])

    def _halve(self, nu: list[Fraction], slope: list[Fraction], step: list[Fraction]) -> list[Fraction] | None:
        """The largest halving of the step after which the dual still falls, or hardly rises."""
        promise, size = dot(slope, step), Fraction(1)
        for _ in range(HALVINGS):
            ahead = [v + size * s for v, s in zip(nu, step, strict=True)]
            try:
                if dot(self._slope(self.theta(ahead)), step) <= -promise / 2:
                    return ahead
            except (ValueError, NoConvergence):  # outside the range of the mirror map, or next to its end
                pass
            size /= 2
        return None


def _fractions(rows: Rows) -> list[list[Fraction]]:
    return [[to_fraction(v) for v in row] for row in rows]
