"""Between exact numbers, balls and mpf: inputs as fractions of FLINT, results at a number of bits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import ROUND_UP, Context, Decimal
from fractions import Fraction
from math import floor, isfinite
from threading import RLock
from typing import Any

import mpmath
from flint import arb, ctx, fmpq, fmpq_mat
from mpmath.libmp import dps_to_prec

from ddln_sym.numerics.numbers import read_number

__all__ = [
    "BOUND_BITS",
    "ball",
    "decimal",
    "is_number",
    "precision",
    "project_on_columns",
    "rational",
    "rational_matrix",
    "rational_row",
    "square",
    "to_fraction",
    "to_mpf",
]


#: Beyond this power, of 2 or of 10, numbers are not written out.
FARTHEST = 100_000
#: Bits of bounds, which are rounded outward.
BOUND_BITS = 64
#: FLINT has one working precision for the whole process, so one thread at a time computes with balls.
TURN = RLock()


def is_number(value: Any) -> bool:
    """Whether a value is to be read as one number rather than as a row of them."""
    return isinstance(value, (str, fmpq)) or (not hasattr(value, "__iter__") and getattr(value, "ndim", 0) == 0)


def rational(value: Any, name: str = "the number") -> fmpq:
    """The exact value of a number, as ball arithmetic takes it; see :func:`ddln_sym.numerics.numbers.read_number`.

    >>> rational("0.1"), rational(0.5), rational("-2/3")
    (1/10, 1/2, -2/3)
    """
    if isinstance(value, fmpq):
        return value
    found = read_number(value, name)
    return fmpq(found.numerator, found.denominator)


def rational_row(row: Any, name: str) -> tuple[fmpq, ...]:
    """The numbers of a row; a single number is a row of one.

    >>> rational_row(["1/2", 3], "u")
    (1/2, 3)
    """
    if is_number(row):
        return (rational(row, name),)
    values = row.tolist() if hasattr(row, "tolist") else list(row)
    if not all(map(is_number, values)):
        raise ValueError(f"{name} is nested too deeply: it has to be one row of numbers")
    return tuple(rational(value, f"{name}_{n}") for n, value in enumerate(values, 1))


def square(ball: arb) -> arb:
    """``x²``; the power of FLINT knows nothing of a ball with midpoint 0.

    >>> square(arb(0, 1)).contains(1), (arb(0, 1) ** 2).is_nan()
    (True, True)
    """
    return ball * ball


def to_fraction(value: fmpq) -> Fraction:
    return Fraction(int(value.p), int(value.q))


def rational_matrix(rows: Sequence[Sequence[Fraction]]) -> fmpq_mat:
    """Rows of fractions as a matrix of FLINT, whose products and ranks are fast.

    >>> rational_matrix([[Fraction(1, 2), Fraction(3)]]) * rational_matrix([[Fraction(2)], [Fraction(1, 3)]])
    [2]
    """
    return fmpq_mat([[fmpq(entry.numerator, entry.denominator) for entry in row] for row in rows])


def project_on_columns(rows: Sequence[Sequence[Fraction]], target: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """The point next to a target in the span of the columns of a matrix, exactly.

    >>> project_on_columns([[Fraction(1)], [Fraction(1)]], [Fraction(1), Fraction(2)])
    (Fraction(3, 2), Fraction(3, 2))
    """
    reduced, rank = rational_matrix(rows).rref()
    if not rank:
        return (Fraction(0),) * len(target)
    pivots = [next(n for n, v in enumerate(row) if v != 0) for row in reduced.tolist()[:rank]]
    basis = rational_matrix([[row[n] for n in pivots] for row in rows])
    across: fmpq_mat = basis.transpose()
    found = basis * (across * basis).solve(across * rational_matrix([[y] for y in target]))
    return tuple(map(to_fraction, found.entries()))


def ball(value: Fraction) -> Any:
    """A fraction as a ball, at the precision of the context.

    >>> ball(Fraction(1, 2))
    0.500000000000000
    """
    return arb(fmpq(value.numerator, value.denominator))


@contextmanager
def precision(bits: int, terms: int | None = None) -> Iterator[None]:
    """Ball arithmetic at a number of bits, and power series of so many terms; the caller's are restored.

    Other threads wait at the beginning of theirs until this one's ends.
    """
    with TURN:
        before = ctx.prec, ctx.cap
        ctx.prec = bits
        if terms is not None:
            ctx.cap = terms
        try:
            yield
        finally:
            ctx.prec, ctx.cap = before


def to_mpf(ball: arb, bits: int) -> mpmath.mpf:
    """The midpoint of a ball, rounded to a number of bits, whatever the working precision of mpmath is.

    >>> to_mpf(arb(0.75), 53)
    mpf('0.75')
    """
    if not ball.is_finite():
        return mpmath.mpf("inf") if ball > 0 else mpmath.mpf("-inf")
    mantissa, exponent = ball.mid().man_exp()
    return mpmath.make_mpf(mpmath.libmp.from_man_exp(int(mantissa), int(exponent), bits, "n"))


def _count_known(ball: arb, digits: int) -> int:
    """How many of so many digits of the midpoint stand no later than the second one of the radius."""
    if not ball.is_finite() or ball.is_exact():
        return digits
    size, radius = (float((part.log() / arb(10).log()).mid()) for part in (abs(ball.mid()), ball.rad()))
    return max(0, min(digits, floor(size) - floor(radius) + 2)) if isfinite(size) else 0


def decimal(ball: arb, digits: int) -> tuple[str, str]:
    """A midpoint of so many digits and a radius, as decimal strings: the ball lies between them.

    Of a wide ball the midpoint has fewer digits: none stands more than a place beyond the first of the radius.  It is 0
    where all of them would.

    >>> decimal(arb(1) / 3, 5), decimal(arb("1.23456789 +/- 0.002"), 9)
    (('0.33333', '3.4e-6'), ('1.2346', '2.1e-3'))
    >>> decimal(arb("3e-74 +/- 1e-66"), 9)
    ('0', '1.1e-66')
    >>> decimal((-arb(10) ** 12).exp(), 5)
    ('5.5998e-434294481904', '2.2e-434294481910')
    """
    digits = _count_known(ball, digits)
    bits = dps_to_prec(digits) + 10
    middle = mpmath.nstr(to_mpf(ball, bits), digits, strip_zeros=False).replace(".e", "e") if digits else "0"
    leading, _, power = middle.partition("e")
    with precision(2 * bits + len(power) * 4):
        distance = (ball - arb(fmpq(*Fraction(leading).as_integer_ratio())) * _ten_to(int(power or 0))).abs_upper()
    return middle, _round_up(distance)


def _ten_to(power: int) -> arb:
    """A power of ten, exactly where its digits can be written out."""
    return arb(10) ** power if abs(power) > FARTHEST else arb(fmpq(10**power) if power >= 0 else fmpq(1, 10**-power))


def _round_up(distance: arb) -> str:
    """An exact ball of at least 0, in two digits that are no less."""
    mantissa, exponent = (int(part) for part in distance.man_exp())
    power = 0
    if abs(exponent) > FARTHEST and mantissa:  # its digits would fill the memory
        with precision(exponent.bit_length() + 64):
            power = int((distance.log() / arb(10).log()).mid().floor().fmpq())
            mantissa, exponent = (int(part) for part in (distance / _ten_to(power)).upper().man_exp())
    size = Fraction(mantissa) * Fraction(2) ** exponent
    radius = Context(prec=2, rounding=ROUND_UP).divide(Decimal(size.numerator), Decimal(size.denominator))
    leading, _, more = f"{radius:e}".partition("e")
    return f"{leading}e{int(more) + power:+}" if radius else "0"
