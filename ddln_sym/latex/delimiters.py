"""Parentheses as a person sets them: large ones around what is tall, plain ones around the rest."""

from __future__ import annotations

import re

__all__ = ["sensible"]

TALL = re.compile(r"\\(frac|sum|prod|int|sqrt|left|begin)\b")
PAIR = re.compile(r"\\(left|right)\s*(\\[{}|]|\\[a-z]+|.)")


def sensible(tex: str) -> str:
    """The formula with ``\\\\left…\\\\right`` only where the inside is tall.

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
            plain = f"{start[2]}{inside}{found[2]}"
            return sensible(tex[: start.start()] + plain + tex[found.end() :])
    return tex
