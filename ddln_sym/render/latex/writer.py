r"""Documents as LaTeX."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import singledispatch
from typing import Any

from ddln_sym.render.document import (
    WHERE,
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
    Section,
    Sentence,
    Statement,
    Styled,
    Table,
)
from ddln_sym.render.formulas import SIGNS

__all__ = ["MARK", "escape", "write_blocks", "write_sentence"]

MARK = "% claim: "
STYLES = {"strong": "textbf", "emphasis": "emph", "code": "texttt"}
ESCAPED = {c: f"\\{c}" for c in "%#&_${}"}
SPELLED = {"~": "textasciitilde", "^": "textasciicircum", "\\": "textbackslash"}
QUOTES = {"“": "``", "”": "''", "–": "--", "…": r"\dots{}", "\N{NO-BREAK SPACE}": "~"}
SPECIAL = str.maketrans(ESCAPED | {c: rf"\{name}{{}}" for c, name in SPELLED.items()} | QUOTES)
SIGN = re.compile(f"[{re.escape(''.join(c for c in SIGNS if c not in QUOTES))}]+")
UNKNOWN = re.compile("[^\0-\u017f]")  # what LaTeX has no letter for


def escape(text: str) -> str:
    """Words with their special characters escaped; a mathematical sign among them stays one.

    >>> print(escape("100 % of a_b"), escape("L ≥ 2"))
    100 \\% of a\\_b L $\\ge$ 2
    """
    text = SIGN.sub(lambda m: f"\0{''.join(SIGNS[c] for c in m[0]).strip()}\0", text)
    pieces = text.split("\0")
    pieces[::2] = [UNKNOWN.sub(_name_sign, piece.translate(SPECIAL)) for piece in pieces[::2]]
    return "$".join(pieces)


def _name_sign(sign: re.Match[str]) -> str:
    return rf"[\mbox{{U+{ord(sign[0]):04X}}}]"


def write_sentence(sentence: Sentence) -> str:
    r"""A sentence.

    >>> print(write_sentence(("the flow of ", Math(r"\theta"))))
    the flow of $\theta$
    """
    return "".join(map(_inline, sentence))


def _inline(part: Any) -> str:
    match part:
        case str():
            return escape(part)
        case Math(tex):
            return f"${tex}$"
        case Styled(style, content):
            return rf"\{STYLES[style]}{{{write_sentence(content)}}}"
        case ClaimLink(id, target):
            return rf"\label{{claim:{id}}}" if target else rf"\claimref{{{id}}}"
        case Citation(keys):
            return rf"\cite{{{','.join(keys)}}}"
    raise TypeError(f"{type(part).__name__} has no form in LaTeX")


def write_blocks(blocks: Sequence[Block]) -> str:
    """Blocks one after another, as paragraphs; a formula set apart belongs to the paragraph before it."""
    return _join(blocks) + "\n"


def _join(blocks: Sequence[Block]) -> str:
    text = ""
    for n, block in enumerate(blocks):
        apart = isinstance(block, Formula) and not block.flush
        text += ("" if n == 0 else "\n" if apart and isinstance(blocks[n - 1], Paragraph) else "\n\n") + _block(block)
    return text


@singledispatch
def _block(block: Any) -> str:
    raise TypeError(f"{type(block).__name__} has no form in LaTeX")


@_block.register
def _(block: Paragraph) -> str:
    target = any(isinstance(part, ClaimLink) and part.target for part in block.content)
    return (r"\par\smallskip\noindent" + "\n" if target else "") + write_sentence(block.content)


@_block.register
def _(block: Formula) -> str:
    if block.flush:
        return f"$\\displaystyle {block.tex}$"
    tex = block.tex.replace(r"\begin{aligned}[t]", r"\begin{aligned}", 1) if _whole(block.tex) else block.tex
    number = block.number.replace("′", "$'$")
    return f"\\[\n{tex}\n" + (rf"\tag{{{number}}}" + "\n" if number else "") + r"\]"


def _whole(tex: str) -> bool:
    """Whether a formula is nothing but aligned rows, which a number then stands beside the middle of."""
    return tex.startswith(r"\begin{aligned}[t]") and tex.count(r"\begin{aligned}") == 1


@_block.register
def _(block: Quotation) -> str:
    return f"\\begin{{quote}}\n{write_sentence(block.content)}\n\\end{{quote}}"


@_block.register
def _(block: Code) -> str:
    lines = "\n".join(block.fold())
    return f"{{\\footnotesize\n\\begin{{verbatim}}\n{lines}\n\\end{{verbatim}}\n}}"


@_block.register
def _(block: Items) -> str:
    name = "enumerate" if block.numbered else "itemize"
    items = "\n".join(rf"\item {_lines(item)}" for item in block.items)
    return f"\\begin{{{name}}}\n{items}\n\\end{{{name}}}"


def _lines(blocks: Sequence[Block]) -> str:
    """The blocks of an item: a line each, lists and displays below."""
    text = ""
    for n, block in enumerate(blocks):
        apart = isinstance(block, (Items, Quotation)) or (isinstance(block, Formula) and not block.flush)
        before = isinstance(blocks[n - 1], (Items, Quotation)) or (
            isinstance(blocks[n - 1], Formula) and not getattr(blocks[n - 1], "flush", True)
        )
        text += ("" if n == 0 else "\n" if apart or before else "\n\\newline ") + _block(block)
        text += r"\nopagebreak" * (block == WHERE)
    return text


@_block.register
def _(block: Proof) -> str:
    body = _join(block.blocks)
    return f"\\begin{{proof}}\n\\leavevmode\n{_with_box(body)}\n\\end{{proof}}"


def _with_box(text: str) -> str:
    """The box that ends a proof, in its last line."""
    body = text.rstrip()
    ends = ""
    while found := re.search(r"\n\\end\{(itemize|enumerate)\}$", body):
        body, ends = body[: found.start()].rstrip(), found[0] + ends
    return rf"{body}\qedhere{ends}"


@_block.register
def _(block: Statement) -> str:
    place = write_sentence(block.place)
    return "\n".join(
        [
            f"{MARK}{block.id}",
            rf"\begin{{claim}}[\texttt{{{block.id}}}; {place}]\label{{claim:{block.id}}}",
            f"{write_sentence(block.title)}.",
            _block(block.printed),
            r"\end{claim}",
        ]
    )


@_block.register
def _(block: Table) -> str:
    rows = [" & ".join(map(write_sentence, row)) + r"\\" for row in block.rows]
    head = [" & ".join(map(write_sentence, block.head)) + r"\\ \midrule"] if block.head else []
    if block.widths:
        return _long_table(block, rows, head)
    columns = "l" * len(block.rows[0])
    body = "\n".join([rf"\begin{{tabular}}{{@{{}}{columns}@{{}}}}", r"\toprule", *head, *rows, r"\bottomrule"])
    return f"{body}\n\\end{{tabular}}"


def _long_table(block: Table, rows: list[str], head: list[str]) -> str:
    """A table that may break over pages, with its head on each."""
    columns = r"@{\hskip.8em}".join(rf">{{\raggedright\arraybackslash}}p{{{wide}em}}" for wide in block.widths)
    spaced = "\n\\addlinespace[.3ex]\n".join(rows)
    return (
        f"{{\\footnotesize\n\\begin{{longtable}}{{@{{}}{columns}@{{}}}}\n\\toprule {' '.join(head)}\\endhead\n"
        f"\\bottomrule\\endfoot\n{spaced}\n\\end{{longtable}}\n}}"
    )


@_block.register
def _(block: Section) -> str:
    title = write_sentence(block.title)
    plain = re.sub(r"\$([^$]*)\$", lambda m: rf"\texorpdfstring{{{m[0]}}}{{{_plain(m[1])}}}", title)
    heading = rf"\section*{{{plain}}}\addcontentsline{{toc}}{{subsection}}{{{plain}}}"
    return f"{heading}\n{_join(block.blocks)}"


def _plain(tex: str) -> str:
    """A formula in the bookmarks of a PDF, which know no mathematics."""
    words = re.sub(r"\\([a-zA-Z]+) ?|[{}$^]", lambda m: m[1] or "", tex)
    return words.replace("mathcal", "").replace("odot", "")
