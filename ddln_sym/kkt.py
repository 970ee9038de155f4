r"""Balls that contain the minimizer of an entropy over ``{θ : Xθ = y}``, and its multipliers.

θ in the domain of the convex Q is the minimizer when ``∇Q(θ) = Xᵀν`` and ``Xθ = y``: ν is a zero of
``F(ν) = X·∇Q*(Xᵀν) − y``, which has the derivative ``X·diag(M)·Xᵀ``.  By the mean value theorem every zero in a box B
around ``ν_0`` lies in ``ν_0 − F'(B)⁻¹F(ν_0)``, and if that lies inside B there is exactly one (interval Newton
method; Moore 1966).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, log2

from flint import arb, arb_mat, fmpq

from ddln_sym.balls import precision
from ddln_sym.legendre import Coordinate
from ddln_sym.newton import Uncertain

__all__ = ["Rows", "enclosed"]

Rows = Sequence[Sequence[fmpq]]

GUARD = 64  # bits beyond the digits asked for
RETRIES = 6  # doublings of the precision
WIDENINGS = 4  # of the box, 16 times each


def enclosed(
    coordinates: Sequence[Coordinate], rows: Rows, goal: Sequence[fmpq], guess: Sequence[fmpq], digits: int
) -> tuple[tuple[arb, ...], tuple[arb, ...]]:
    """The minimizer and its multipliers, from multipliers that are nearly right.

    Args:
        coordinates: of the entropy; rows: X; goal: y; guess: ν approximately.
        digits: the radii are below one unit of the last digit of the largest entry.
    Raises:
        ArithmeticError: no box was found that the Newton step maps into itself; X may have dependent rows.

    >>> from ddln_sym.coordinate import LayerCoordinate
    >>> one = LayerCoordinate([fmpq(0), fmpq(1)])
    >>> theta, nu = enclosed([one], [[fmpq(2)]], [fmpq(2)], [fmpq(361, 1000)], 20)  # θ = 1, 2ν = arcsinh(2)/2
    >>> theta[0].contains(1), nu[0].overlaps(arb(2).asinh() / 4), theta[0].rad() < 1e-20
    (True, True, True)
    """
    working = ceil(digits * log2(10)) + GUARD
    for _ in range(RETRIES):
        with precision(working):
            try:
                found, guess = _newton(coordinates, rows, goal, guess)
                if all(_accurate(balls, digits) for balls in found):
                    return found
            except (Uncertain, ZeroDivisionError):
                pass
        working *= 2
    raise ArithmeticError("the minimizer could not be enclosed: the rows of X are nearly dependent, or badly scaled")


def _accurate(balls: Sequence[arb], digits: int) -> bool:
    largest = max(abs(ball).upper() for ball in balls)
    return all(ball.rad() <= largest * arb(10) ** -digits for ball in balls)


def _newton(
    coordinates: Sequence[Coordinate], rows: Rows, goal: Sequence[fmpq], guess: Sequence[fmpq]
) -> tuple[tuple[tuple[arb, ...], tuple[arb, ...]], list[fmpq]]:
    """One interval Newton step in a box around the guess, and the middle of what it gives as the next guess."""
    data = arb_mat(len(rows), len(coordinates), [arb(v) for row in rows for v in row])
    xi = [sum((v * row[i] for v, row in zip(guess, rows, strict=True)), fmpq(0)) for i in range(len(coordinates))]
    states = [c.at_xi(value) for c, value in zip(coordinates, xi, strict=True)]
    theta = [c.theta(x) for c, x in zip(coordinates, states, strict=True)]
    residual = data * _column(theta) - _column(list(map(arb, goal)))

    def step(states: Sequence[arb]) -> list[arb]:
        metric = arb_mat(len(states), len(states))
        for i, (c, x) in enumerate(zip(coordinates, states, strict=True)):
            metric[i, i] = 1 / c.curvature(x)
        return [-value for value in (data * metric * data.transpose()).solve(residual).entries()]

    radii = [(4 * abs(move)).upper() for move in step(states)]
    for _ in range(WIDENINGS):
        box = [arb(0, radius) for radius in radii]
        wide = (data.transpose() * _column(box)).entries()
        around = [_states(c, value + reach) for c, value, reach in zip(coordinates, xi, wide, strict=True)]
        moves = step(around)
        if all(b.contains_interior(m) for b, m in zip(box, moves, strict=True)):
            shifts = (data.transpose() * _column(moves)).entries()
            limits = [
                value + shift / c.curvature(x)
                for c, value, shift, x in zip(coordinates, theta, shifts, around, strict=True)
            ]
            multipliers = [v + move for v, move in zip(guess, moves, strict=True)]
            return (tuple(limits), tuple(multipliers)), [_exact(ball.mid()) for ball in multipliers]
        radii = [(16 * abs(move) + radius).upper() for move, radius in zip(moves, radii, strict=True)]
    raise Uncertain("the interval Newton step leaves its box")


def _column(entries: Sequence[arb]) -> arb_mat:
    return arb_mat(len(entries), 1, list(entries))


def _states(c: Coordinate, xi: arb) -> arb:
    """A ball that contains the states with a ξ in a ball: they are monotone in ξ."""
    low, high = xi.lower(), xi.upper()
    if not (low.is_finite() and high.is_finite()):
        raise Uncertain("the box is not bounded")
    return c.at_xi(_exact(low)).union(c.at_xi(_exact(high)))


def _exact(value: arb) -> fmpq:
    mantissa, exponent = value.man_exp()
    return fmpq(int(mantissa)) * fmpq(2) ** int(exponent)
