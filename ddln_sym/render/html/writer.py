"""Documents as HTML, their formulas as MathML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import singledispatchmethod
from typing import Any

from markupsafe import Markup

from ddln_sym.render.document import (
    Block,
    Citation,
    ClaimLink,
    Code,
    Formula,
    Items,
    Math,
    Paragraph,
    Proof,
    Quotation,
    Sentence,
    Statement,
    Styled,
    Table,
)
from ddln_sym.render.formulas import inline_mathml, mathml

__all__ = ["Writer"]

STYLES = {"strong": "strong", "emphasis": "em", "code": "code"}
PUNCTUATION = re.compile(r"[.,;:!?)”]*")
BOX = Markup('<span class="box" role="img" aria-label="end of proof">□</span>')


class Writer:
    r"""Turns blocks into HTML.

    Attributes:
        cited: the number of each reference, in the order in which they were cited.

    Args:
        unfolded: show the proofs at once.

    >>> from ddln_sym.render.document import parse_sentence
    >>> print(Writer().sentence(parse_sentence("holds for all $d$.")))
    holds for all <span class="kept"><math display="inline"><mi>d</mi></math>.</span>
    """

    def __init__(self) -> None:
        self.cited: dict[str, int] = {}
        self.unfolded = True

    def sentence(self, sentence: Sentence) -> Markup:
        """A sentence; the punctuation after a formula stays on its line.

        Raises:
            ValueError: a formula cannot be set.
        """
        found = Markup("")
        parts = list(sentence)
        for n, part in enumerate(parts):
            if isinstance(part, Math):
                after = parts[n + 1] if n + 1 < len(parts) else ""
                kept = PUNCTUATION.match(after)[0] if isinstance(after, str) else ""  # type: ignore[index]
                if kept:
                    parts[n + 1] = str(after)[len(kept) :]
                found += inline_mathml(part.tex, kept)
            else:
                found += self._inline(part)
        return found

    def _inline(self, part: Any) -> Markup:
        match part:
            case str():
                return Markup.escape(part)
            case Styled(style, content):
                return Markup("<{0}>{1}</{0}>").format(STYLES[style], self.sentence(content))
            case ClaimLink(id, target):
                return Markup('<span id="{0}"></span>' if target else '<a href="#{0}"><code>{0}</code></a>').format(id)
            case Citation(keys):
                numbers = [self.cited.setdefault(key, len(self.cited) + 1) for key in keys]
                links = Markup(", ").join(Markup('<a href="#reference-{0}">{0}</a>').format(n) for n in numbers)
                return Markup("[{}]").format(links)
        raise TypeError(f"{type(part).__name__} has no form in HTML")

    def blocks(self, blocks: Sequence[Block], unfolded: bool = True) -> Markup:
        """Paragraphs, formulas, lists and proofs.

        Args:
            blocks: them.
            unfolded: show the proofs at once.
        Raises:
            ValueError: a formula cannot be set.
        """
        self.unfolded = unfolded
        return Markup("").join(map(self._block, blocks))

    @singledispatchmethod
    def _block(self, block: Any) -> Markup:
        raise TypeError(f"{type(block).__name__} has no form in HTML")

    @_block.register
    def _(self, block: Paragraph) -> Markup:
        return Markup("<p>{}</p>\n").format(self.sentence(block.content))

    @_block.register
    def _(self, block: Formula) -> Markup:
        number = Markup('<span class="number">({})</span>').format(block.number) if block.number else ""
        return Markup('<div class="formula"><div class="wide">{}</div>{}</div>\n').format(
            mathml(block.tex, True), number
        )

    @_block.register
    def _(self, block: Quotation) -> Markup:
        return Markup("<blockquote><p>{}</p>\n</blockquote>\n").format(self.sentence(block.content))

    @_block.register
    def _(self, block: Code) -> Markup:
        return Markup("<pre><code>{}</code></pre>\n").format("\n".join(block.fold()))

    @_block.register
    def _(self, block: Items) -> Markup:
        inside = (Markup("").join(map(self._block, item)) for item in block.items)
        items = Markup("").join(Markup("<li>{}</li>\n").format(item) for item in inside)
        return Markup("<{0}>\n{1}</{0}>\n").format("ol" if block.numbered else "ul", items)

    @_block.register
    def _(self, block: Proof) -> Markup:
        start = Markup('<details class="proof"{}>').format(Markup(" open") if self.unfolded else "")
        inside = Markup("").join(map(self._block, block.blocks))
        place = inside.rfind("</p>")
        inside = inside[:place] + BOX + inside[place:] if place >= 0 else inside + BOX
        return Markup("{}<summary>Proof</summary>\n{}</details>\n").format(start, inside)

    @_block.register
    def _(self, block: Statement) -> Markup:
        label = Markup('<span id="{}"></span>').format(block.id)  # place and title stand in the row of the claim
        return Markup('<div class="printed">{}{}</div>\n').format(label, self._block(block.printed))

    @_block.register
    def _(self, block: Table) -> Markup:
        head = Markup("").join(Markup("<th>{}</th>").format(self.sentence(cell)) for cell in block.head)
        rows = Markup("").join(
            Markup("<tr>{}</tr>\n").format(
                Markup("").join(Markup("<td>{}</td>").format(self.sentence(cell)) for cell in row)
            )
            for row in block.rows
        )
        table = Markup("<table><thead><tr>{}</tr></thead>\n<tbody>{}</tbody></table>\n").format(head, rows)
        return Markup('<div class="wide">{}</div>\n').format(table) if block.widths else table
