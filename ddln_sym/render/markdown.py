"""Documents as Markdown, in the dialect that the site and notebooks read: formulas in dollars and in fences."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import singledispatch
from typing import Any

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

__all__ = ["convert_text", "write_blocks", "write_sentence"]

MARKS = {"strong": "**", "emphasis": "*", "code": "`"}
SPECIAL = re.compile(r"([\\`*_{}\[\]<>$|#])")


def convert_text(marked: str, known: Collection[str] = ()) -> str:
    r"""A marked text, such as the title of a claim.

    Args:
        marked: the text.
        known: ids of claims to which it may refer.

    >>> print(convert_text("$u² − v²$ of a_b"))
    $u^{2} - v^{2}$ of a\_b
    """
    return write_sentence(parse_sentence(marked, known))


def write_sentence(sentence: Sentence) -> str:
    """A sentence on one line."""
    return "".join(map(_inline, sentence))


def _inline(part: Any) -> str:
    match part:
        case str():
            return SPECIAL.sub(r"\\\1", part)
        case Math(tex):
            bare = tex.replace(r"\|", r"\Vert ").replace("|", r"\vert ")  # a bar would end the cell of a table
            return f"${bare}$"
        case Styled("code", content):
            return f"`{''.join(map(str, content))}`"
        case Styled(style, content):
            return f"{MARKS[style]}{write_sentence(content)}{MARKS[style]}"
        case ClaimLink(id, target):
            return "" if target else f"`{id}`"
        case Citation(keys):
            return f"[{'; '.join(find_reference(key).short for key in keys)}]"
    raise TypeError(f"{type(part).__name__} has no form in Markdown")


def write_blocks(blocks: Sequence[Block]) -> str:
    """Blocks one after another."""
    return "\n\n".join(map(_block, blocks))


@singledispatch
def _block(block: Any) -> str:
    raise TypeError(f"{type(block).__name__} has no form in Markdown")


@_block.register
def _(block: Paragraph) -> str:
    return write_sentence(block.content)


@_block.register
def _(block: Formula) -> str:
    number = rf"\tag{{{block.number.replace('′', chr(39))}}}" if block.number else ""
    return f"```math\n{block.tex}{number}\n```"


@_block.register
def _(block: Quotation) -> str:
    return f"> {write_sentence(block.content)}"


@_block.register
def _(block: Code) -> str:
    lines = "\n".join(block.fold())
    return f"```text\n{lines}\n```"


@_block.register
def _(block: Items) -> str:
    lines = []
    for n, item in enumerate(block.items, 1):
        mark = f"{n}. " if block.numbered else "- "
        lines.append(mark + write_blocks(item).replace("\n", "\n" + " " * len(mark)))
    return "\n".join(re.sub(r"^ +$", "", line, flags=re.MULTILINE) for line in lines)


@_block.register
def _(block: Proof) -> str:
    return f"*Proof.*\n\n{write_blocks(block.blocks)}"


@_block.register
def _(block: Statement) -> str:
    return f"**`{block.id}`** {write_sentence(block.title)} ({write_sentence(block.place)}).\n\n{_block(block.printed)}"


@_block.register
def _(block: Table) -> str:
    head = block.head or tuple(() for _ in block.rows[0])
    rows = [head, *block.rows]
    lines = [f"| {' | '.join(map(write_sentence, row))} |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(head), *lines[1:]])
