"""Sentences in which mathematics is marked, as data.

In the texts of claims a formula stands between dollars, in LaTeX or in the signs of Unicode, or in both:
``$u^2 ≥ 0$``; ``claim eq-7`` is a reference where that claim is known, and ``[@LiEtAl2022]`` is a citation.  Nothing
else is read into a text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from ddln_sym.render.document.nodes import Citation, ClaimLink, Inline, Math, Sentence
from ddln_sym.render.formulas import spell_formula

__all__ = ["capitalize", "parse_sentence"]

CLAIM = re.compile(r"(claims? )?\b([a-z][\w-]*\w)")
CITED = re.compile(r"\[@([\w]+(?:; @\w+)*)\]")


def parse_sentence(text: str, known: Collection[str] = ()) -> Sentence:
    """A marked text as parts.

    Args:
        text: the text.
        known: ids of claims to which references may point.
    Raises:
        ValueError: a formula has no end.

    >>> parse_sentence("the limit minimizes $𝒬$ (claim eq-7)", {"eq-7"})
    ('the limit minimizes ', Math(tex='\\\\mathcal{Q}'), ' (claim\xa0', ClaimLink(id='eq-7', target=False), ')')
    """
    pieces = text.split("$")
    if len(pieces) % 2 == 0:
        raise ValueError(f"a formula in “{text}” has no end: mathematics stands between two dollars")
    found: list[Inline] = []
    for n, piece in enumerate(pieces):
        found += [Math(spell_formula(piece))] if n % 2 else _words(piece, known)
    return tuple(part for part in found if part != "")


def _words(text: str, known: Collection[str]) -> Iterator[Inline]:
    """Words, citations, and the ids of known claims; those without a hyphen only after the word claim."""
    cut = CITED.split(text)
    for n, piece in enumerate(cut):
        if n % 2:
            yield Citation(tuple(piece.split("; @")))
            continue
        end = 0
        for match in CLAIM.finditer(piece):
            if match[2] in known and (match[1] or "-" in match[2]):
                yield piece[end : match.start()] + (match[1] or "").replace(" ", "\N{NO-BREAK SPACE}")
                yield ClaimLink(match[2])
                end = match.end()
        yield piece[end:]


def capitalize(sentence: Sentence) -> Sentence:
    """The sentence with a capital at its beginning, unless it begins with a formula."""
    first = sentence[:1]
    if not first or not isinstance(first[0], str):
        return sentence
    return (first[0][:1].upper() + first[0][1:], *sentence[1:])
