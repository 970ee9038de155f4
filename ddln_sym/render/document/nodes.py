"""What a document is made of: words, formulas, references, paragraphs, tables.

Certificates become these nodes once; a writer for each output turns them into LaTeX, HTML or text.  Every formula is
LaTeX for mathematics, without dollars, of the macros of amsmath.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import TypeAlias

__all__ = [
    "Block",
    "Citation",
    "ClaimLink",
    "Code",
    "Formula",
    "Inline",
    "Items",
    "Math",
    "Paragraph",
    "Proof",
    "Quotation",
    "Section",
    "Sentence",
    "Statement",
    "Styled",
    "Table",
]


#: So many columns of a program stand on a page, and on a terminal of 80.
CODE_COLUMNS = 76


# -- parts of a sentence ----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Math:
    """A formula in the text."""

    tex: str


@dataclass(frozen=True)
class Styled:
    """Words set apart.

    Attributes:
        style: ``"strong"``, ``"emphasis"`` or ``"code"``.
        content: the words.
    """

    style: str
    content: Sentence


@dataclass(frozen=True)
class ClaimLink:
    """A reference to a claim of the same document, or the place that it leads to."""

    id: str
    target: bool = False


@dataclass(frozen=True)
class Citation:
    """A reference to the literature by the keys of its entries."""

    keys: tuple[str, ...]


Inline: TypeAlias = "str | Math | Styled | ClaimLink | Citation"
Sentence: TypeAlias = "tuple[Inline, ...]"


# -- blocks ---------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Paragraph:
    content: Sentence


@dataclass(frozen=True)
class Formula:
    """A formula on a line of its own; it may have aligned rows.

    Attributes:
        tex: the formula.
        number: as printed at its right, empty for none.
        flush: it begins at the left, as a step of a proof does; else it stands in the middle.
    """

    tex: str
    number: str = ""
    flush: bool = False


@dataclass(frozen=True)
class Quotation:
    content: Sentence


@dataclass(frozen=True)
class Code:
    """Lines of a program, or of a statement of Rocq, as they stand."""

    text: str

    def fold(self, room: int = CODE_COLUMNS) -> list[str]:
        """The lines, long ones folded at blanks, their further lines four columns to the right.

        >>> Code("forall x : R,\\n  0 <= x -> 0 <= x ^ 2").fold(14)
        ['forall x : R,', '  0 <= x -> 0', '      <= x ^ 2']
        """
        lines = []
        for line in self.text.splitlines():
            left = line[: len(line) - len(line.lstrip())]
            lines += wrap(
                line.strip(),
                room,
                initial_indent=left,
                subsequent_indent=left + " " * 4,
                break_long_words=False,
                break_on_hyphens=False,
            )
        return lines


@dataclass(frozen=True)
class Items:
    """A list.

    Attributes:
        items: the blocks of each item.
        numbered: the items have numbers.
    """

    items: tuple[tuple[Block, ...], ...]
    numbered: bool = False


@dataclass(frozen=True)
class Proof:
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Statement:
    """A claim as printed in its source.

    Attributes:
        id: its id.
        place: where it stands.
        title: what it says.
        printed: the formula as printed, or a quotation.
    """

    id: str
    place: Sentence
    title: Sentence
    printed: Block


@dataclass(frozen=True)
class Table:
    """Rows of cells.

    Attributes:
        head, rows: the cells.
        widths: of the columns, in em, where the table is long: cells are folded, and it may break over pages.
    """

    head: tuple[Sentence, ...]
    rows: tuple[tuple[Sentence, ...], ...]
    widths: tuple[float, ...] = ()


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    title: Sentence
    blocks: Sequence[Block]


Block: TypeAlias = "Paragraph | Formula | Quotation | Code | Items | Proof | Statement | Table | Section"
