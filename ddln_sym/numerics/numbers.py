"""Numbers as a caller writes them, taken at their exact value: the entries of ``X``, ``y`` and the layers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import isfinite
from numbers import Rational
from operator import index
from typing import Any

from mpmath import mp
from mpmath.libmp import dps_to_prec, from_rational

__all__ = [
    "count_of",
    "dot",
    "read_matrix",
    "read_number",
    "read_vector",
    "read_whole",
    "round_to_bits",
    "spell_number",
    "whole_digits",
]

#: Beyond these a number is a slip of the pen, and its exact value would fill the memory.
LARGEST_EXPONENT, LARGEST_BINARY_EXPONENT = 20_000, 70_000
TOO_FAR = f"expected a number whose decimal exponent is between −{LARGEST_EXPONENT} and {LARGEST_EXPONENT}"
MOST_DIGITS = 5_000
#: Python refuses to read longer integers unless told otherwise.
LONGEST_STRING = 4_000
#: A number with an exponent below this, in bits, is a float.
FLOAT_BITS = 1000


def count_of(number: int, noun: str) -> str:
    """A number and what it counts.

    >>> count_of(1, "row"), count_of(3, "entry")
    ('1 row', '3 entries')
    """
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"


def read_number(value: Any, name: str) -> Fraction:
    """The exact value of an integer, fraction, decimal string, float, NumPy scalar, mpf or SymPy number.

    Args:
        value: the number; a float is taken at its exact binary value.
        name: what the caller calls it, for the error.
    Raises:
        ValueError: not a number, not finite, or of an absurd size.

    >>> read_number("0.1", "y[1]"), read_number(0.5, "y[1]")
    (Fraction(1, 10), Fraction(1, 2))
    """
    if type(value) is float and isfinite(value):
        return Fraction(value)
    if isinstance(value, bool):
        raise ValueError(f"{name} is {value}: expected a number")
    if isinstance(value, str):
        return _from_text(value, name)
    if isinstance(value, Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    if hasattr(value, "_mpf_"):
        return _from_binary(value._mpf_, value, name)
    if hasattr(value, "as_integer_ratio"):
        exponent = getattr(value, "adjusted", lambda: 0)()
        try:
            if abs(exponent) <= LARGEST_EXPONENT:
                above, below = value.as_integer_ratio()
        except (OverflowError, ValueError):
            raise ValueError(f"{name} is {value}: every entry must be finite") from None
        if abs(exponent) > LARGEST_EXPONENT:
            raise ValueError(f"{name} is {value}: {TOO_FAR}")
        return Fraction(int(above), int(below))
    raise ValueError(f"{name} is {value!r}: expected an integer, a fraction, a decimal string, a float or an mpf")


def _from_text(text: str, name: str) -> Fraction:
    exponent = re.search(r"[eE][+-]?(\d+)\s*$", text)
    if len(text) > LONGEST_STRING:
        raise ValueError(f"{name} begins {text[:40]!r}: a number here has at most {LONGEST_STRING} characters")
    if exponent and int(exponent[1][:9]) > LARGEST_EXPONENT:
        raise ValueError(f"{name} is {text[:40]!r}: {TOO_FAR}")
    if unusual := next((c for c in text if not c.isascii() or c == "_"), ""):
        hint = "write - for the minus sign" if unusual == "−" else "digits are 0 to 9, without separators"
        raise ValueError(f"{name} is {text[:40]!r}, with the character {unusual!r}: {hint}")
    try:
        return Fraction(text.strip())
    except (ValueError, ZeroDivisionError):
        if text.strip().lstrip("+-").lower() in {"nan", "inf", "infinity"}:
            raise ValueError(f"{name} is {text.strip()}: every entry must be finite") from None
        raise ValueError(f"{name} is {text[:40]!r}: expected a decimal number or a fraction such as '1/3'") from None


def _from_binary(parts: tuple[int, int, int, int], value: Any, name: str) -> Fraction:
    sign, mantissa, exponent, _ = parts
    if not mantissa and exponent:
        raise ValueError(f"{name} is {value}: every entry must be finite")
    if abs(exponent) > LARGEST_BINARY_EXPONENT:
        raise ValueError(f"{name} is {value}: {TOO_FAR}")
    size = Fraction(int(mantissa)) * Fraction(2) ** exponent
    return -size if sign else size


def _entries(value: Any, name: str, expected: str) -> list[Any]:
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise ValueError(f"{name} is {value!r}: expected {expected}")
    return list(value)


def read_vector(value: Any, name: str) -> tuple[Fraction, ...]:
    """The exact entries of a sequence of numbers; a one-column matrix counts as one.

    >>> read_vector([1, "1/3"], "y")
    (Fraction(1, 1), Fraction(1, 3))
    """
    column = len(getattr(value, "shape", ())) == 2 or hasattr(value, "cols")
    entries = _entries(value, name, "a sequence of numbers")
    if column and all(isinstance(row, list) and len(row) == 1 for row in entries):
        entries = [row[0] for row in entries]
    for place, entry in enumerate(entries, 1):
        if isinstance(entry, (list, tuple)):
            raise ValueError(f"{name} has a sequence as its entry {place}: expected a number")
    return tuple(read_number(entry, f"entry {place} of {name}") for place, entry in enumerate(entries, 1))


def read_matrix(value: Any, name: str) -> tuple[tuple[Fraction, ...], ...]:
    """The exact entries of rows of numbers, all rows equally long.

    Raises:
        ValueError: no rows, empty rows, rows of different lengths, or an entry that is no number.

    >>> read_matrix([["0.5", 2]], "X")
    ((Fraction(1, 2), Fraction(2, 1)),)
    """
    listed = _entries(value, name, "rows of numbers")
    for place, row in enumerate(listed, 1):
        if isinstance(row, (str, bytes)) or not isinstance(row, Iterable):
            raise ValueError(f"{name} has {row!r} as its row {place}: expected a row of numbers")
    rows = tuple(read_vector(row, f"row {place} of {name}") for place, row in enumerate(listed, 1))
    if not rows or not rows[0]:
        raise ValueError(f"{name} is empty: expected at least one row of at least one number")
    for place, entries in enumerate(rows, 1):
        if len(entries) != len(rows[0]):
            raise ValueError(
                f"row {place} of {name} has {count_of(len(entries), 'entry')}: expected {len(rows[0])}, as in row 1"
            )
    return rows


def whole_digits(digits: Any) -> int:
    """A checked number of decimal digits.

    Raises:
        ValueError: not a whole number from 1 to 5000.

    >>> whole_digits(50)
    50
    """
    return read_whole(digits, "digits", MOST_DIGITS)


def read_whole(value: Any, name: str, most: int) -> int:
    """A checked whole number from 1 on; a truth value is none.

    Args:
        value: the number. name: what the caller calls it. most: the largest that is allowed.
    Raises:
        ValueError: it is another.

    >>> read_whole(True, "degree", 20)
    Traceback (most recent call last):
    ValueError: degree is True: expected a whole number from 1 to 20
    """
    try:
        found = index(value)
    except TypeError:
        found = 0
    if isinstance(value, bool) or not 1 <= found <= most:
        raise ValueError(f"{name} is {value!r}: expected a whole number from 1 to {most}")
    return found


def round_to_bits(value: Fraction, bits: int | None = None) -> Any:
    """A fraction as the nearest mpf of so many bits, or at the working precision of mpmath, which is read once.

    >>> round_to_bits(Fraction(1, 3), bits=20)
    mpf('0.33333349227905273')
    """
    return mp.make_mpf(from_rational(value.numerator, value.denominator, mp.prec if bits is None else bits, "n"))


def spell_number(value: Fraction, digits: int = 15) -> str:
    """A number to so many digits for a sentence, whatever its size.

    >>> spell_number(Fraction(1, 8)), spell_number(Fraction(1, 3) ** 1000, 3)
    ('0.125', '7.56e-478')
    """
    if not value or abs(value.numerator.bit_length() - value.denominator.bit_length()) < FLOAT_BITS:
        return f"{float(value):.{digits}g}"
    return str(mp.nstr(round_to_bits(value, dps_to_prec(digits + 3)), digits))


def dot(a: Sequence[Fraction], b: Sequence[Fraction]) -> Fraction:
    """``Σ_k a_k·b_k``."""
    return sum((p * q for p, q in zip(a, b, strict=True)), Fraction(0))
