"""Parentheses as a person sets them: large ones around what is tall, plain ones around the rest."""

from __future__ import annotations

import re

__all__ = ["sensible"]

TALL = re.compile(r"\\(frac|sum|prod|int|sqrt|left|begin)(?![a-zA-Z])")
PAIR = re.compile(r"\\(left|right)\s*(\\[{}|]|\\[a-z]+|.)")


def sensible(tex: str) -> str:
    """The formula with ``\\\\left…\\\\right`` only where the inside is tall, and larger ones around parentheses.

    >>> print(sensible(r"\\left(x + 1\\right)\\left(\\frac{a}{b}\\right)"))
    (x + 1)\\left(\\frac{a}{b}\\right)
    """
    stack: list[re.Match[str]] = []
    for found in PAIR.finditer(tex):
        if found[1] == "left":
            stack.append(found)
            continue
        start = stack.pop()
        inside = tex[start.end() : found.start()]
        if not TALL.search(inside):
            nested = start[2] == "(" and re.search(r"\([^()]*[-+^(][^()]*\)", inside)
            opening, closing = (r"\bigl(", r"\bigr)") if nested else (start[2], found[2])
            return sensible(f"{tex[: start.start()]}{opening}{inside}{closing}{tex[found.end() :]}")
    return tex
