"""Arguments of public functions that are no numbers: sequences, switches, precisions, whom to tell of progress."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from typing import Any

from ddln_sym.numerics.numbers import read_whole

__all__ = ["read_bits", "read_progress", "read_sequence", "read_switch"]

#: Beyond this precision a number would fill the memory.
MOST_BITS = 10_000_000


def read_sequence(value: Any, name: str, what: str) -> list[Any]:
    """The entries of a sequence: a list, a tuple, an array, a matrix by its rows.

    Args:
        value: the sequence. name: what the caller calls it. what: what is expected, for the error.
    Raises:
        ValueError: it is a text, a set, or nothing that has entries in an order.

    >>> read_sequence(range(2), "widths", "whole numbers")
    [0, 1]
    >>> read_sequence(3, "widths", "whole numbers")
    Traceback (most recent call last):
    ValueError: widths is 3: expected whole numbers
    """
    if isinstance(value, (str, bytes, Mapping, Set)) or not hasattr(type(value), "__iter__"):
        raise ValueError(f"{name} is {value!r}: expected {what}")
    return list(value.tolist() if hasattr(value, "tolist") else value)


def read_progress(progress: Any) -> Callable[[Any], object] | None:
    """A function that is told of the progress, or None.

    Raises:
        ValueError: it is neither.

    >>> read_progress(3)
    Traceback (most recent call last):
    ValueError: progress is 3: expected a function of one argument
    """
    if progress is not None and not callable(progress):
        raise ValueError(f"progress is {progress!r}: expected a function of one argument")
    return progress  # type: ignore[no-any-return]


def read_switch(value: Any, name: str) -> bool:
    """True or False: a text such as "no", which is true in Python, is neither.

    Raises:
        ValueError: it is neither.

    >>> read_switch(0, "dense")
    False
    >>> read_switch("no", "dense")
    Traceback (most recent call last):
    ValueError: dense is 'no': expected True or False
    """
    if type(value).__name__ not in ("bool", "bool_") and not (isinstance(value, int) and value in (0, 1)):
        raise ValueError(f"{name} is {value!r}: expected True or False")
    return bool(value)


def read_bits(bits: Any) -> int | None:
    """A checked precision in bits, or None for the working precision of mpmath.

    Raises:
        ValueError: it is no whole number from 1 to ten million.

    >>> read_bits(53), read_bits(None)
    (53, None)
    """
    return None if bits is None else read_whole(bits, "bits", MOST_BITS)
