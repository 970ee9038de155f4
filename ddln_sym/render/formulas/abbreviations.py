"""Names for long parts of a formula: what recurs, or does not fit a line, is set apart as ``c_1``, ``c_2``, …"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ddln_sym.render.formulas.layout import size_brackets, terms_of, width

__all__ = ["Subformula", "abbreviate"]

#: What takes an argument in brackets, at the end of a text.
FUNCTION = re.compile(r"(\\(?!cdot|frac|quad|,)[a-zA-Z]+|\\operatorname\{\w+\}|\^\{\d\})$")
BRACKETED = re.compile(r"(?:\\left|\\bigl)?\(\s*(c_\{\d+\})\s*(?:\\right|\\bigr)?\)")
SAVED = 7.5  # em: what a name has to save
LEAST = 5.0  # em: what is shorter has no name
MOST = 6  # names in one formula


@dataclass(frozen=True)
class Subformula:
    """A part of a formula as it is printed.

    Attributes:
        tex: its LaTeX.
        closed: it is one factor as it stands; else it counts only between brackets or braces.
        wanted: it has a name wherever the formula is broken, as what a derivative is taken of.
    """

    tex: str
    closed: bool = True
    wanted: bool = False

    @property
    def forms(self) -> tuple[str, ...]:
        """How the part may stand in a formula."""
        if self.closed:
            return (self.tex,)
        return (rf"\left({self.tex}\right)", rf"\bigl({self.tex}\bigr)", f"({self.tex})", f"{{{self.tex}}}")

    def count(self, texts: Sequence[str]) -> int:
        return sum(text.count(form) for text in texts for form in self.forms)

    def replace_in(self, text: str, name: str) -> str:
        """The text with the name in the place of the part; an argument of a function keeps its brackets."""
        for form in self.forms:
            before, *rest = text.split(form)
            for piece in rest:
                if not self.closed and form.startswith("{"):
                    before += f"{{{name}}}"
                elif not self.closed and FUNCTION.search(before):
                    before += f"({name})"
                else:
                    before += f" {name}"
                before += piece
            text = before
        return _bare(text)


def _bare(text: str) -> str:
    """Names without the brackets that their parts had, but for arguments of functions."""
    result, end = "", 0
    for found in BRACKETED.finditer(text):
        result += text[end : found.start()]
        keep = FUNCTION.search(result.rstrip()) is not None
        result += f"({found[1]})" if keep else f" {found[1]}"
        end = found.end()
    return result + text[end:]


def abbreviate(
    sides: Sequence[str], parts: Sequence[Subformula], room: float, taken: Sequence[str] = ()
) -> tuple[list[str], list[tuple[str, str]]]:
    """The sides of a formula with names for some parts, and what the names stand for.

    Args:
        sides: the formula, as :func:`~ddln_sym.render.formulas.layout.broken` takes it.
        parts: what may have a name.
        room: the width of a line, in em.
        taken: names that are in use.
    """
    texts = list(sides)
    names: list[tuple[str, str]] = []
    while len(names) < MOST and any(width(t) > room for t in (" ".join(texts), *(m for _, m in names))):
        part = _best(texts, [m for _, m in names], parts, room)
        if part is None:
            break
        name = next(c for n in range(1, 99) if (c := f"c_{{{n}}}") not in {*taken, *(n for n, _ in names)})
        texts = [part.replace_in(text, name) for text in texts]
        names = [(n, part.replace_in(meaning, name)) for n, meaning in names]
        names.append((name, part.tex))
    return [size_brackets(t) for t in texts], [(n, size_brackets(m)) for n, m in names]


def _best(texts: list[str], meanings: list[str], parts: Sequence[Subformula], room: float) -> Subformula | None:
    """The part that saves most, or else one of a term that fits no line."""
    everything = [*texts, *meanings]
    here = [p for p in parts if p.count(everything) and p.tex not in everything and width(p.tex) > LEAST]
    for part in here:
        if part.wanted and width(part.tex) > room - 6:
            return part
    saving = {p: (width(p.tex) - 1) * (p.count(everything) - 1) for p in here}
    best = max(here, key=lambda p: (saving[p], p.tex), default=None)
    if best is not None and saving[best] >= SAVED:
        return best
    wide = [term for side in everything for term in terms_of(side) if width(term) > room - 6]
    inside = [p for p in here if wide and p.count(wide)]
    return max(inside, key=lambda p: (width(p.tex), p.tex), default=None)
