"""Whole numbers on the command line, as they are written: ``1_0`` and digits of other scripts are mistakes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import typer

__all__ = ["whole"]


#: A number with more digits is a slip of the pen.
MOST_DIGITS = 18


def whole(least: int | None = None, most: int | None = None) -> Callable[[Any], int]:
    """What reads a whole number from ``least`` to ``most``, for ``typer.Option(parser=…)``.

    Raises:
        typer.BadParameter: when it reads anything else.

    >>> whole(1, 5000)("30")
    30
    """
    limits = (f" from {least}" if least is not None else "") + (f" to {most}" if most is not None else "")
    limits = limits + " on" if least is not None and most is None else limits

    def read(text: Any) -> int:
        digits = str(text).lstrip("+-")
        if len(digits) > MOST_DIGITS and digits.isascii() and digits.isdigit():
            raise typer.BadParameter(f"it has {len(digits)} digits: expected a whole number{limits}")
        found = int(text) if re.fullmatch(r"[+-]?[0-9]+", str(text)) else None
        if found is None or (least is not None and found < least) or (most is not None and found > most):
            raise typer.BadParameter(f"{str(text)[:40]!r} is no whole number{limits}, in digits 0 to 9")
        return found

    return read
