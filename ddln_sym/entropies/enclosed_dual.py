r"""Balls that contain the minimizer where the entropy is known by its conjugate alone.

``F(ν) = X∇Q*(Xᵀν) − y`` has the derivative ``X∇²Q*(Xᵀν)Xᵀ`` with ``∇²Q* = J_G J_Gᵀ`` at ``w(ξ)``.  From ``w(ξ_0)`` in
balls, ``w(ξ_0 + δ)`` is reached in time 1 along ``Σ_i δ_i∇G_i``: a box that holds ``w(ξ_0) + Σ_i δ_i∇G_i(box)`` for all
δ up to some size holds all these w (Picard, Lindelöf), so the Hessian there is known in balls, and one interval Newton
step proves that there is exactly one zero (Moore 1966).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

import sympy as sp
from flint import arb, arb_mat, fmpq
from mpmath.libmp import dps_to_prec

from ddln_sym.entropies.dual import dual_minimizer
from ddln_sym.entropies.homogeneous import ConjugateEntropy, polynomial_at
from ddln_sym.entropies.kkt import Rows, are_accurate, build_column, build_matrix, may_vanish
from ddln_sym.numerics import Uncertain, precision, to_fraction

__all__ = ["enclose_dual_minimizer"]

#: Digits beyond those asked for, and how often they are doubled.
GUARD, RETRIES = 10, 5
#: Of the box of multipliers, 16 times each; of the box of parameters, twice each.
WIDENINGS, DOUBLINGS = 4, 20


def enclose_dual_minimizer(
    entropy: ConjugateEntropy, rows: Rows, goal: Sequence[fmpq], back: Rows, digits: int
) -> tuple[tuple[arb, ...], tuple[arb, ...]]:
    """θ, and the multipliers of the rows as they were given, which ``back`` makes of those of ``rows``.

    Raises:
        ArithmeticError: the minimizer was not found, or no box around it that the Newton step maps into itself.
        ValueError: ξ is outside the range of the mirror map.

    >>> from ddln_sym.entropies.homogeneous import conjugate_entropy
    >>> from ddln_sym.models import deep_diagonal
    >>> Q = conjugate_entropy(deep_diagonal(2, 1), [0, 1])  # 2θ = 2, so ξ = 2ν = arcsinh(2)/2
    >>> theta, nu = enclose_dual_minimizer(Q, [[fmpq(2)]], [fmpq(2)], [[fmpq(1)]], 20)
    >>> theta[0].contains(1), nu[0].overlaps(arb(2).asinh() / 4), theta[0].rad() < 1e-20
    (True, True, True)
    """
    places = digits + GUARD
    for attempt in range(RETRIES):
        nu = dual_minimizer(entropy, rows, goal, places)
        with precision(dps_to_prec(places + GUARD)):
            try:
                theta, moves = _Newton(entropy, rows, goal, nu, places).enclose()
            except (Uncertain, ZeroDivisionError):
                places *= 2
                continue
            around = arb_mat(len(nu), 1, [_ball(v) + m for v, m in zip(nu, moves, strict=True)])
            found = tuple((build_matrix(back) * around).entries())
            if all(are_accurate(balls, digits) or (attempt and may_vanish(balls)) for balls in (theta, found)):
                return tuple(theta), found
        places *= 2
    raise ArithmeticError(
        f"the minimizer could not be enclosed with {places // 2} digits: the rows of X are nearly dependent, or badly "
        "scaled"
    )


class _Newton:
    """One interval Newton step around multipliers, at the precision that is set."""

    def __init__(
        self, entropy: ConjugateEntropy, rows: Rows, goal: Sequence[fmpq], nu: Sequence[Fraction], places: int
    ) -> None:
        self.net, self.data, self.goal = entropy.net, build_matrix(rows), goal
        xi = [
            sum((to_fraction(x) * n for x, n in zip(column, nu, strict=True)), Fraction(0))
            for column in zip(*rows, strict=True)
        ]
        self.parameters = entropy.parameters(xi, places, certified=True)

    @cached_property
    def slopes(self) -> list[list[Any]]:
        """The gradients of the components, as polynomials."""
        variables = self.net.variables
        return [[sp.Poly(sp.diff(g, v), *variables) for v in variables] for g in self.net.components]

    def jacobian(self, w: Sequence[arb]) -> arb_mat:
        """``J_G`` over a box of parameters."""
        return arb_mat([[polynomial_at(entry, w) for entry in row] for row in self.slopes])

    def metric(self, w: Sequence[arb]) -> arb_mat:
        """``∇²Q* = J_G J_Gᵀ`` there."""
        jacobian = self.jacobian(w)
        return jacobian * jacobian.transpose()

    def enclose(self) -> tuple[list[arb], list[arb]]:
        """θ at the zero, and how far it is from the guess.

        Raises:
            Uncertain, ZeroDivisionError: the step leaves its box.
        """
        theta = [polynomial_at(sp.Poly(g, *self.net.variables), self.parameters) for g in self.net.components]
        residual = self.data * build_column(theta) - build_column([arb(v) for v in self.goal])
        moves = self._moves(self.metric(self.parameters), residual)
        radii = [(4 * abs(move)).upper() for move in moves]
        for _ in range(WIDENINGS):
            box = [arb(0, radius) for radius in radii]
            spread = (self.data.transpose() * build_column(box)).entries()
            metric = self.metric(self._reached(spread))
            moves = self._moves(metric, residual)
            if all(b.contains_interior(m) or (b.is_zero() and m.is_zero()) for b, m in zip(box, moves, strict=True)):
                shifts = (metric * (self.data.transpose() * build_column(moves))).entries()  # the mean value theorem
                return [t + s for t, s in zip(theta, shifts, strict=True)], moves
            radii = [(16 * abs(move) + radius).upper() for move, radius in zip(moves, radii, strict=True)]
        raise Uncertain("the interval Newton step leaves its box")

    def _moves(self, metric: arb_mat, residual: arb_mat) -> list[arb]:
        """``−F'⁻¹F``."""
        hessian = self.data * metric * self.data.transpose()
        return [-move for move in hessian.solve(residual).entries()]

    def _reached(self, spread: Sequence[arb]) -> list[arb]:
        """A box of parameters that are reached when ξ changes by no more than ``spread``.

        Raises:
            Uncertain: none was found.
        """
        box = list(self.parameters)
        for _ in range(DOUBLINGS):
            moved = (self.jacobian(box).transpose() * build_column(spread)).entries()
            ahead = [w + m for w, m in zip(self.parameters, moved, strict=True)]
            if all(b.contains(a) for b, a in zip(box, ahead, strict=True)):
                return box
            box = [w + arb(0, (2 * abs(m)).upper()) for w, m in zip(self.parameters, moved, strict=True)]
        raise Uncertain("the parameters were not bounded over the box")


def _ball(value: Fraction) -> arb:
    return arb(fmpq(int(value.numerator), int(value.denominator)))
