"""What is positive on a bounded interval, by balls that cover it: the value of a function on a ball is one that
contains all values there."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp
from flint import arb, fmpq

from ddln_sym.kernel.evaluation import BITS, NotRational, Undefined, evaluate_in_balls, symbols_of
from ddln_sym.numerics import precision

Expr = Any

__all__ = ["cover", "name_of", "narrow", "sign_at", "simplest", "turning_points"]

#: Balls of one interval, and how often it is halved.
BALLS, HALVINGS = 400, 14
#: Where changes of sign are looked for: beside the multiples of a half up to 8, and powers of two beyond.
PLACES = tuple(
    Fraction(1, 1024) + p
    for p in (
        *(-(2**k) for k in range(10, 3, -1)),
        *(Fraction(n, 2) for n in range(-16, 17)),
        *(2**k for k in range(4, 11)),
    )
)
#: The denominator and the numerator of a number that has a name, and how near it has to be.
DENOMINATOR, NUMERATOR, NEAR = 8, 10**6, 1e-9


def cover(f: Expr, x: Expr, low: Expr, high: Expr) -> int | None:
    """How many balls between two constants show that a function of one variable is positive there, if so many do.

    >>> x = sp.Symbol("x", real=True)
    >>> cover(sp.exp(x) - x**2, x, sp.Integer(0), sp.Integer(2))
    7
    """
    if symbols_of(f) != [x]:
        return None
    with precision(BITS):
        try:
            ends = [evaluate_in_balls(end, {}) for end in (low, high)]
            begin, end = _fraction(ends[0].lower()), _fraction(ends[1].upper())
            if begin > end or not all(_positive(f, x, at, at) for at in (begin, end, (begin + end) / 2)):
                return None
            waiting, done = [(begin, end, 0)], 0
            while waiting:
                one, other, depth = waiting.pop()
                done += 1
                if done > BALLS:
                    return None
                if _positive(f, x, one, other):
                    continue
                if depth == HALVINGS:
                    return None
                middle = (one + other) / 2
                waiting += [(middle, other, depth + 1), (one, middle, depth + 1)]
            return done
        except (NotRational, Undefined, OverflowError):
            return None


def _fraction(end: arb) -> Fraction:
    mantissa, exponent = end.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def _positive(f: Expr, x: Expr, low: Fraction, high: Fraction) -> bool:
    one, other = (arb(fmpq(end.numerator, end.denominator)) for end in (low, high))
    try:
        return bool(evaluate_in_balls(f, {x: one.union(other)}) > 0)
    except Undefined:  # not finite on so much, and perhaps on less
        return False


def turning_points(slope: Expr, x: Expr) -> Iterator[tuple[Fraction, Fraction, int]]:
    """``(low, high, 1)`` where a slope goes from below 0 to above it between two numbers, −1 the other way round."""
    before: tuple[Fraction, int] | None = None
    for at in PLACES:
        now = sign_at(slope, x, at)
        if before is not None and now * before[1] < 0:
            yield before[0], at, now
        before = (at, now) if now else before


def sign_at(f: Expr, x: Expr, at: Fraction) -> int:
    """1 or −1, or 0 where the sign is not known or there is no value."""
    with precision(BITS):
        try:
            value = evaluate_in_balls(f, {x: at})
        except (NotRational, Undefined):
            return 0
    return int(value > 0) - int(value < 0)


def narrow(f: Expr, x: Expr, low: Fraction, high: Fraction, way: int, times: int) -> tuple[Fraction, Fraction]:
    """The interval halved so often, with the change of sign still in it."""
    for _ in range(times):
        middle = (low + high) / 2
        now = sign_at(f, x, middle)
        if now == 0:
            return (low + middle) / 2, (middle + high) / 2
        low, high = (middle, high) if now != way else (low, middle)
    return low, high


def name_of(slope: Expr, x: Expr, low: Fraction, high: Fraction, way: int) -> Expr | None:
    """A rational number of a small denominator, its square root, exponential or logarithm, near a change of sign."""
    one, other = narrow(slope, x, low, high, way, 2 * HALVINGS + 12)
    middle = (one + other) / 2
    with precision(BITS):
        at = arb(fmpq(middle.numerator, middle.denominator))
        ways = [_small(at), sp.sign(_small(at)) * sp.sqrt(_small(at**2))]
        ways += [sp.log(_small(at.exp())) if _small(at.exp()) > 0 else sp.Integer(0), sp.exp(_small(at.log()))]
        return next((name for name in ways if abs(evaluate_in_balls(name, {}) - at) < NEAR), None)


def _small(value: arb) -> Expr:
    """A rational number of a small denominator near the middle of a ball, or 0 if there is none."""
    if not value.is_finite():
        return sp.Integer(0)
    near = _fraction(value.mid()).limit_denominator(DENOMINATOR)
    return sp.Rational(near) if abs(near.numerator) <= NUMERATOR else sp.Integer(0)


def simplest(low: Fraction, high: Fraction) -> Fraction:
    """The fraction of the smallest denominator between two numbers.

    >>> print(simplest(Fraction(70, 99), Fraction(71, 99)))
    5/7
    """
    whole = low.numerator // low.denominator
    if low == whole or whole + 1 <= high:
        return Fraction(whole if low == whole else whole + 1)
    return whole + 1 / simplest(1 / (high - whole), 1 / (low - whole))
