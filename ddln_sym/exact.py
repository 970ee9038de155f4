"""Numbers in and out: every input at its exact rational value, every result a ball or an mpf."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from typing import Any

import mpmath
from flint import arb, ctx, fmpq

__all__ = ["exact", "exact_row", "is_number", "precision", "to_fraction", "to_mpf"]

EXPONENT = 100_000  # a decimal exponent beyond this is a slip, and would fill the memory


def is_number(value: Any) -> bool:
    """Whether a value is to be read as one number rather than as a row of them."""
    return isinstance(value, (str, fmpq)) or (not hasattr(value, "__iter__") and getattr(value, "ndim", 0) == 0)


def exact(value: Any, name: str = "the number") -> fmpq:
    """The exact rational value of a number.

    Args:
        value: int, Fraction, Decimal, decimal or fraction string, float, mpf, SymPy or NumPy number.
        name: what the number is, for the message of an error.
    Returns:
        A fraction; a float stands for the binary number it is, a string for what it says.
    Raises:
        ValueError: it is not a real number.

    >>> exact("0.1"), exact(0.5), exact("-2/3")
    (1/10, 1/2, -2/3)
    """
    try:
        found = _fraction(value)
    except (ValueError, TypeError, ZeroDivisionError, OverflowError, AttributeError):
        found = None
    if found is None:
        raise ValueError(f"{name} is {value!r}, which is not a real number: use 3, 0.3, '0.3' or '1/3'")
    return fmpq(found.numerator, found.denominator)


def _fraction(value: Any) -> Fraction | None:
    if hasattr(value, "item") and not isinstance(value, str):
        plain = value.item()  # a NumPy scalar; a long double stays what it is
        value = plain if not hasattr(plain, "item") else Fraction(*plain.as_integer_ratio())
    if isinstance(value, (bool, complex)):
        return None
    if isinstance(value, fmpq):
        return Fraction(int(value.p), int(value.q))
    if isinstance(value, str):
        power = re.search(r"[eE]([+-]?\d+)\s*$", value)
        return None if power and abs(int(power[1])) > EXPONENT else Fraction(value.strip())
    if isinstance(value, (int, Fraction, Decimal)):
        return Fraction(value)
    if isinstance(value, float):
        return Fraction(value) if isfinite(value) else None
    if isinstance(value, mpmath.mpf):
        sign, mantissa, exponent, _ = value._mpf_
        if (not mantissa and exponent) or abs(exponent) > 4 * EXPONENT:  # an infinity, not a number, or a slip
            return None
        return Fraction(-1 if sign else 1) * int(mantissa) * Fraction(2) ** int(exponent)
    if getattr(value, "is_Rational", False):
        return Fraction(int(value.p), int(value.q))
    if getattr(value, "is_Float", False):
        return _fraction(mpmath.make_mpf(value._mpf_))
    return None


def exact_row(row: Any, name: str) -> tuple[fmpq, ...]:
    """The numbers of a row; a single number is a row of one.

    >>> exact_row(["1/2", 3], "u")
    (1/2, 3)
    """
    if is_number(row):
        return (exact(row, name),)
    values = row.tolist() if hasattr(row, "tolist") else list(row)
    if not all(map(is_number, values)):
        raise ValueError(f"{name} is nested too deeply: it has to be one row of numbers")
    return tuple(exact(value, f"{name}_{n}") for n, value in enumerate(values, 1))


def to_fraction(value: fmpq) -> Fraction:
    return Fraction(int(value.p), int(value.q))


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Ball arithmetic at a number of bits; the caller's precision is restored."""
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


def to_mpf(ball: arb, bits: int) -> mpmath.mpf:
    """The midpoint of a ball, rounded to a number of bits, whatever the working precision of mpmath is.

    >>> to_mpf(arb(0.75), 53)
    mpf('0.75')
    """
    if not ball.is_finite():
        return mpmath.mpf("inf") if ball > 0 else mpmath.mpf("-inf")
    mantissa, exponent = ball.mid().man_exp()
    return mpmath.make_mpf(mpmath.libmp.from_man_exp(int(mantissa), int(exponent), bits, "n"))
