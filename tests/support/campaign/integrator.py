"""Ordinary differential equations by power series, in floating-point numbers of FLINT.

It shares nothing with the package: no scaled integers, no reduced system, no compiled field, other steps.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, log2
from typing import Any, TypeAlias

from flint import arb, arb_poly, ctx, fmpq

from campaign.series import Series, solve

__all__ = ["Dense", "Unreachable", "integrate", "magnitude"]

#: From the unknowns as power series to their derivatives.
Field: TypeAlias = Callable[[list[Series]], list[Series]]
MOST_STEPS = 3000
#: Coefficients that are computed, some seconds' worth: counted, so that no result depends on the load of a machine.
MOST_COEFFICIENTS = 8_000_000
#: Bits beyond those wanted, for what the steps lose.
SPARE_BITS = 60


class Unreachable(Exception):
    """The integrator gives up: the problem takes too many steps, or blows up."""


def magnitude(value: Any) -> float:
    """``log2`` of the modulus of the midpoint of a ball; ``−inf`` for 0, and infinite where it is no float."""
    mantissa, exponent = value.mid().man_exp()
    try:
        return log2(abs(int(mantissa))) + int(exponent) if mantissa else -inf
    except OverflowError:
        return inf if exponent > 0 else -inf


@dataclass(frozen=True)
class Dense:
    """The unknowns at any time: for each step its begin and polynomials in the time since then."""

    begins: list[Any]
    polynomials: list[list[Any]]
    bits: int

    def at(self, time: fmpq) -> list[Any]:
        before, ctx.prec = ctx.prec, self.bits
        try:
            t = arb(time)
            place = max(0, bisect_right(self.begins, t.mid(), key=lambda begin: begin) - 1)
            return [p(t - self.begins[place]).mid() for p in self.polynomials[place]]
        finally:
            ctx.prec = before


def integrate(field: Field, start: Sequence[fmpq], groups: Sequence[Sequence[int]], end: fmpq, bits: int) -> Dense:
    """The solution from time 0.

    Args:
        field: of the equation. start: the unknowns at time 0. end: the last time.
        groups: places of unknowns that have a scale in common, the largest of them; others follow their steps.
        bits: relative accuracy of a step, in units of the scale of each group.
    Raises:
        Unreachable: the end is not reached in so many steps, or with so many coefficients.
    """
    order = max(24, int(0.35 * bits))
    before, most = ctx.prec, MOST_COEFFICIENTS // max(1, len(start) * order * (order + 1) // 2)
    ctx.prec = bits + SPARE_BITS
    try:
        time, last, state = arb(0), arb(end).mid(), [arb(value).mid() for value in start]
        begins, polynomials = [], []
        while time < last or not begins:
            if len(begins) >= min(MOST_STEPS, most):
                raise Unreachable
            series = [[c.mid() for c in coefficients] for coefficients in solve(field, state, order)]
            step = min(_step(series, group, order, bits) for group in groups) if groups else inf
            if step == -inf:
                raise Unreachable
            whole = int(step * 64) if step < 1e6 else 0
            length = arb(2) ** (arb(whole) / 64) if step < 1e6 else last - time
            length = length.mid() if length.mid() < (last - time).mid() else (last - time).mid()
            begins.append(time)
            polynomials.append([arb_poly(s) for s in series])
            state = [p(length).mid() for p in polynomials[-1]]
            if not all(value.is_finite() for value in state):
                raise Unreachable
            time = (time + length).mid()
        return Dense(begins, polynomials, ctx.prec)
    finally:
        ctx.prec = before


def _step(series: Sequence[Any], group: Sequence[int], order: int, bits: int) -> float:
    """``log2`` of the longest step after which the last two terms are below the accuracy."""
    scale = max(magnitude(series[n][0]) for n in group)
    found = inf
    for k in (order - 1, order):
        size = max(magnitude(series[n][k]) for n in group)
        if size > -inf:
            found = min(found, (scale - bits - size) / k)
    return found if scale > -inf else inf
