r"""Balls that contain the minimizer of an entropy over ``{θ : Xθ = y}``, and its multipliers.

θ in the domain of the convex Q is the minimizer when ``∇Q(θ) = Xᵀν`` and ``Xθ = y``: ν is a zero of
``F(ν) = X·∇Q*(Xᵀν) − y``, which has the derivative ``X·diag(M)·Xᵀ``.  By the mean value theorem every zero in a box B
around ``ν_0`` lies in ``ν_0 − F'(B)⁻¹F(ν_0)``, and if that lies inside B there is exactly one (interval Newton
method; Moore 1966).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from math import ceil, log2

from flint import arb, arb_mat, ctx, fmpq, fmpq_mat

from ddln_sym.entropies.legendre import CoordinateEntropy
from ddln_sym.numerics import Uncertain, precision

__all__ = [
    "KKTSystem",
    "Rows",
    "are_accurate",
    "build_column",
    "build_matrix",
    "enclose_minimizer",
    "may_vanish",
    "nearest",
]

Rows = Sequence[Sequence[fmpq]]

GUARD = 64  # bits beyond the digits asked for
RETRIES = 6  # doublings of the precision
MOST_EXPONENT = 1 << 20  # of two, in a fraction
WIDENINGS = 4  # of the box, 16 times each
POLISH = 6  # plain steps where the box was too wide


def enclose_minimizer(
    coordinates: Sequence[CoordinateEntropy],
    rows: Rows,
    goal: Sequence[fmpq],
    guess: Sequence[fmpq],
    digits: int,
    back: Rows | None = None,
    bits: int = 0,
) -> tuple[tuple[arb, ...], tuple[arb, ...]]:
    """The minimizer and its multipliers, from multipliers that are nearly right.

    Args:
        coordinates: of the entropy; rows: X; goal: y; guess: ν approximately.
        digits: the radii are below one unit of the last digit of the largest entry; where every entry
            may be 0 with four times as many bits, they contain it, and are taken to be small enough.
        back: the multipliers are multiplied by this matrix. bits: to begin with, at least.
    Raises:
        ArithmeticError: no box was found that the Newton step maps into itself; X may have dependent rows.

    >>> from ddln_sym.entropies.layered import LayerEntropy
    >>> one = LayerEntropy([fmpq(0), fmpq(1)])
    >>> theta, nu = enclose_minimizer([one], [[fmpq(2)]], [fmpq(2)], [fmpq(361, 1000)], 20)  # θ = 1, 2ν = arcsinh(2)/2
    >>> theta[0].contains(1), nu[0].overlaps(arb(2).asinh() / 4), theta[0].rad() < 1e-20
    (True, True, True)
    """
    system, working = KKTSystem(coordinates, rows, goal), max(bits, ceil(digits * log2(10)) + GUARD)
    for attempt in range(RETRIES):
        with precision(working):
            try:
                (theta, nu), guess = system.newton(guess)
                if back is not None:
                    nu = tuple((build_matrix(back) * build_column(nu)).entries())
                if all(are_accurate(balls, digits) or (attempt > 1 and may_vanish(balls)) for balls in (theta, nu)):
                    return theta, nu
            except (Uncertain, ZeroDivisionError):
                guess = system.polish(guess)
        working *= 2
    raise ArithmeticError(
        f"the minimizer could not be enclosed with {working // 2} bits: the rows of X are dependent or nearly so, "
        "or badly scaled"
    )


def are_accurate(balls: Sequence[arb], digits: int) -> bool:
    """Whether the radii are below one unit of the last digit of the largest entry."""
    largest = max(abs(ball).lower() for ball in balls)
    return all(ball.rad() <= largest * arb(10) ** -digits for ball in balls)


def may_vanish(balls: Sequence[arb]) -> bool:
    """Whether every entry may be 0."""
    return all(ball.contains(0) for ball in balls)


@dataclass(frozen=True)
class KKTSystem:
    """``F(ν) = 0``, in balls of the precision that is set."""

    coordinates: Sequence[CoordinateEntropy]
    rows: Rows
    goal: Sequence[fmpq]

    @cached_property
    def _exact(self) -> fmpq_mat:
        """``Xᵀ``."""
        return fmpq_mat([list(row) for row in self.rows]).transpose()

    @cached_property
    def _balls(self) -> dict[int, arb_mat]:
        return {}

    @property
    def data(self) -> arb_mat:
        """X at the precision that is set."""
        if ctx.prec not in self._balls:
            self._balls[ctx.prec] = build_matrix(self.rows)
        return self._balls[ctx.prec]

    def at(self, nu: Sequence[fmpq]) -> tuple[list[fmpq], list[arb]]:
        """``ξ = Xᵀν`` and the states there."""
        xi = self.transpose(nu)
        return xi, [c.at_xi(value) for c, value in zip(self.coordinates, xi, strict=True)]

    def theta(self, states: Sequence[arb]) -> list[arb]:
        return [c.theta(x) for c, x in zip(self.coordinates, states, strict=True)]

    def residual(self, states: Sequence[arb]) -> list[arb]:
        """``F``, the slope of the dual."""
        reached, goal = build_column(self.theta(states)), build_column([arb(v) for v in self.goal])
        found: list[arb] = (self.data * reached - goal).entries()
        return found

    def moves(self, states: Sequence[arb], around: Sequence[arb]) -> list[arb]:
        """``−F'⁻¹F``: F at some states, its derivative over a box of them."""
        metric = [1 / c.curvature(x) for c, x in zip(self.coordinates, around, strict=True)]
        weighted = [v * m for row in self.data.tolist() for v, m in zip(row, metric, strict=True)]
        slopes = arb_mat(len(self.rows), len(metric), weighted) * self.data.transpose()
        return [-value for value in slopes.solve(build_column(self.residual(states))).entries()]

    def of_support(self, places: Sequence[int], theta: Sequence[fmpq]) -> list[fmpq]:
        """Multipliers, about, of the θ with ``Xθ = y`` that has given entries but at as many places as there are rows.

        Raises:
            ZeroDivisionError: the columns at these places are dependent.
            Uncertain: that θ is not in the domain.
        """
        columns = fmpq_mat([[row[n] for n in places] for row in self.rows])
        others = [fmpq(0) if n in places else value for n, value in enumerate(theta)]
        left = [
            value - sum((x * t for x, t in zip(row, others, strict=True)), fmpq(0))
            for row, value in zip(self.rows, self.goal, strict=True)
        ]
        point = columns.solve(fmpq_mat(len(left), 1, left)).entries()
        some = [self.coordinates[n] for n in places]
        if any(c.side * value < 0 or (c.side and value == 0) for c, value in zip(some, point, strict=True)):
            raise Uncertain("θ is not in the domain")
        xi = [nearest(c.xi(c.at_theta(value))) for c, value in zip(some, point, strict=True)]
        found: list[fmpq] = columns.transpose().solve(fmpq_mat(len(xi), 1, xi)).entries()
        return found

    def polish(self, nu: Sequence[fmpq]) -> Sequence[fmpq]:
        """A better guess by plain steps, as far as they go."""
        with suppress(Uncertain, ZeroDivisionError):
            for _ in range(POLISH):
                _, states = self.at(nu)
                nu = [nearest(v + move) for v, move in zip(nu, self.moves(states, states), strict=True)]
        return nu

    def newton(self, nu: Sequence[fmpq]) -> tuple[tuple[tuple[arb, ...], tuple[arb, ...]], Sequence[fmpq]]:
        """One interval Newton step in a box around a guess: the minimizer, its multipliers, and the next guess."""
        xi, states = self.at(nu)
        moves = self.moves(states, states)
        if all(move.is_zero() for move in moves):
            return (tuple(self.theta(states)), tuple(map(arb, nu))), nu
        radii = [(4 * abs(move)).upper() for move in moves]
        # A multiplier that is right already needs room as well: nothing lies inside of a point.
        most = max(radii, key=lambda radius: radius.mid())
        radii = [radius if radius > 0 else most for radius in radii]
        for _ in range(WIDENINGS):
            box = [arb(0, radius) for radius in radii]
            around = [
                _coordinate_over(c, v + w) for c, v, w in zip(self.coordinates, xi, self._spread(box), strict=True)
            ]
            try:
                moves = self.moves(states, around)
            except ZeroDivisionError as error:
                raise Uncertain("the box is too wide for the derivative to be invertible all over it") from error
            if all(b.contains_interior(m) for b, m in zip(box, moves, strict=True)):
                parts = zip(self.coordinates, self.theta(states), self._spread(moves), around, strict=True)
                limits = tuple(value + shift / c.curvature(x) for c, value, shift, x in parts)  # the mean value theorem
                multipliers = tuple(v + move for v, move in zip(nu, moves, strict=True))
                return (limits, multipliers), [nearest(ball) for ball in multipliers]
            radii = [(16 * abs(move) + radius).upper() for move, radius in zip(moves, radii, strict=True)]
        raise Uncertain("the interval Newton step leaves its box")

    def transpose(self, entries: Sequence[fmpq]) -> list[fmpq]:
        """``Xᵀ`` times a column."""
        found: list[fmpq] = (self._exact * fmpq_mat(len(entries), 1, list(entries))).entries()
        return found

    def _spread(self, entries: Sequence[arb]) -> list[arb]:
        """``Xᵀ`` times a column of balls."""
        found: list[arb] = (self.data.transpose() * build_column(entries)).entries()
        return found


def build_matrix(rows: Rows) -> arb_mat:
    """A matrix in balls of the precision that is set."""
    return arb_mat(len(rows), len(rows[0]), [arb(v) for row in rows for v in row])


def build_column(entries: Sequence[arb]) -> arb_mat:
    """A column of balls."""
    return arb_mat(len(entries), 1, list(entries))


def _coordinate_over(c: CoordinateEntropy, xi: arb) -> arb:
    """A ball that contains the states with a ξ in a ball: they are monotone in ξ."""
    low, high = xi.lower(), xi.upper()
    if not (low.is_finite() and high.is_finite()):
        raise Uncertain("the box is not bounded")
    ends = nearest(low), nearest(high)
    if arb(ends[0]) != low or arb(ends[1]) != high:
        raise Uncertain("an end of the box is next to zero")
    try:
        return c.at_xi(ends[0]).union(c.at_xi(ends[1]))
    except ArithmeticError as error:  # an end far out, where layers tie
        raise Uncertain("the box is too wide") from error


def nearest(value: arb) -> fmpq:
    """The midpoint of a ball; 0 for one that is next to it.

    Raises:
        Uncertain: it has none, or one that no fraction holds.
    """
    if not value.is_finite():
        raise Uncertain("the step is not bounded")
    mantissa, exponent = value.mid().man_exp()
    if exponent < -MOST_EXPONENT:
        return fmpq(0)
    if exponent > MOST_EXPONENT:
        raise Uncertain("the step is beyond every fraction")
    return fmpq(int(mantissa)) * fmpq(2) ** int(exponent)
