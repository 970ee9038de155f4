"""Documents as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import singledispatch
from typing import Any

from rich.console import Console, ConsoleOptions
from rich.text import Text

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
    find_reference,
    parse_sentence,
)
from ddln_sym.render.formulas import plain_formula

__all__ = ["TextLine", "plain_sentence", "plain_text", "write_blocks"]

STYLES = {"strong": "bold", "emphasis": "italic", "code": ""}
INDENT = 2
BULLET = "•"
LEAST = 20  # columns of a text, however deep it lies


def plain_sentence(sentence: Sentence) -> Text:
    """A sentence.

    >>> print(plain_sentence(("the flow of ", Math(r"\\theta"))))
    the flow of θ
    """
    return Text.assemble(*map(_inline, sentence))


def plain_text(marked: str) -> str:
    """A marked text, such as the title of a claim, without its marks.

    >>> plain_text("the gap is $u_j^2 - u_k^2$")
    'the gap is u_j² − u_k²'
    """
    return plain_sentence(parse_sentence(marked)).plain


def _inline(part: Any) -> Text:
    match part:
        case str():
            return Text(part.replace("\N{NO-BREAK SPACE}", " "))
        case Math(tex):
            return Text(plain_formula(tex).replace("\n", " "))
        case Styled(style, content):
            text = plain_sentence(content)
            text.stylize(STYLES[style])
            return text
        case ClaimLink(id, target):
            return Text("" if target else id)
        case Citation(keys):
            return Text(f"[{'; '.join(find_reference(key).short for key in keys)}]")
    raise TypeError(f"{type(part).__name__} has no form on a terminal")


@dataclass(frozen=True)
class TextLine:
    """A paragraph on a terminal: a mark at its left, and its further lines below its first.

    Attributes:
        text: the words.
        indent: columns before it.
        mark: what stands in the last of these columns, such as the number of a step.
        hang: columns more before its further lines.
    """

    text: Text
    indent: int = 0
    mark: str = ""
    hang: int = 0

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        left = " " * (self.indent - len(self.mark) - 1) + f"{self.mark} " if self.mark else " " * self.indent
        for paragraph in self.text.split("\n"):
            given = len(paragraph.plain) - len(paragraph.plain.lstrip())
            room = max(options.max_width - self.indent - self.hang, LEAST)
            for n, line in enumerate(paragraph.wrap(console, room, tab_size=4)):
                line.rstrip()
                yield Text(left + " " * (self.hang + given if n else 0)) + line
                left = " " * self.indent


def write_blocks(blocks: Sequence[Block]) -> list[TextLine]:
    """Blocks one below another, each indented as it lies in lists."""
    return [line for block in blocks for line in _block(block, 0)]


@singledispatch
def _block(block: Any, depth: int) -> Iterator[TextLine]:
    raise TypeError(f"{type(block).__name__} has no form on a terminal")


@_block.register
def _(block: Paragraph, depth: int) -> Iterator[TextLine]:
    yield TextLine(plain_sentence(block.content), depth)


@_block.register
def _(block: Formula, depth: int) -> Iterator[TextLine]:
    number = f"    ({block.number})" if block.number else ""
    yield TextLine(
        Text(plain_formula(block.tex) + number), depth if block.flush else depth + 2 * INDENT, hang=2 * INDENT
    )


@_block.register
def _(block: Quotation, depth: int) -> Iterator[TextLine]:
    yield TextLine(plain_sentence(block.content), depth + 2 * INDENT)


@_block.register
def _(block: Code, depth: int) -> Iterator[TextLine]:
    for line in block.fold():
        yield TextLine(Text(line, style="dim"), depth + INDENT, hang=INDENT)


@_block.register
def _(block: Items, depth: int) -> Iterator[TextLine]:
    for n, item in enumerate(block.items, 1):
        mark = f"{n}." if block.numbered else BULLET
        first, *rest = (line for part in item for line in _block(part, depth + len(mark) + 1))
        yield first if first.mark else replace(first, mark=mark)
        yield from rest


@_block.register
def _(block: Proof, depth: int) -> Iterator[TextLine]:
    yield TextLine(Text("Proof", style="bold"), depth)
    for part in block.blocks:
        yield from _block(part, depth + INDENT)


@_block.register
def _(block: Statement, depth: int) -> Iterator[TextLine]:
    yield TextLine(Text.assemble((block.id, "bold"), "  ", plain_sentence(block.title)), depth, hang=INDENT)
    yield TextLine(Text(plain_sentence(block.place).plain, style="dim"), depth)
    yield from _block(block.printed, depth)


@_block.register
def _(block: Table, depth: int) -> Iterator[TextLine]:
    if block.widths:  # too wide for a terminal: a row is a line, folded where it has to be
        titles = [plain_sentence(title).plain for title in block.head]
        for folded in block.rows:
            mark, first, *cells = (plain_sentence(cell).plain for cell in folded)
            said = [f"{title} {cell}" for title, cell in zip(titles[2:-1], cells[:-1], strict=True) if cell]
            yield TextLine(Text("  ".join([first, *said, cells[-1]])), depth + len(mark) + 1, mark=mark, hang=INDENT)
        return
    rows = [[plain_sentence(cell).plain for cell in row] for row in (block.head, *block.rows) if row]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield TextLine(
            Text("  ".join(f"{cell:<{wide}}" for cell, wide in zip(row, widths, strict=True)).rstrip()), depth
        )
