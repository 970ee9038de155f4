"""Formulas that fit the line: an estimate of their width, and where to break them."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["LINE", "break_chain", "break_printed", "size_brackets", "split_at", "terms_of", "width"]


TALL = re.compile(r"\\(frac|sum|prod|int|sqrt|left|begin)(?![a-zA-Z])")
PAIR = re.compile(r"\\(left|right)\s*(\\[{}|]|\\[a-z]+|.)")


def size_brackets(tex: str) -> str:
    """The formula with ``\\\\left…\\\\right`` only where the inside is tall, and larger ones around parentheses.

    >>> print(size_brackets(r"\\left(x + 1\\right)\\left(\\frac{a}{b}\\right)"))
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
            return size_brackets(f"{tex[: start.start()]}{opening}{inside}{closing}{tex[found.end() :]}")
    return tex


SHORT = 12.0  # em: a left side that is never alone on a row
LINE = 38.0  # em: the width of a line of text, with some reserve

TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|.", re.DOTALL)
RELATIONS = ("=", "<", ">", r"\le", r"\ge", r"\leqslant", r"\geqslant", r"\Longrightarrow", r"\Longleftrightarrow")
WIDE = {r"\sum": 1.5, r"\prod": 1.35, r"\int": 1.0, r"\bigodot": 1.2, r"\bigcup": 1.2, r"\quad": 1.0, r"\qquad": 2.0,
        r"\Longrightarrow": 2.2, r"\Longleftrightarrow": 2.4, r"\mapsto": 1.6, r"\to": 1.6, r"\,": 0.17,
        r"\ ": 0.33,
        r"\!": -0.17, r"\left": 0.2, r"\right": 0.2, r"\dots": 1.2, r"\bmod": 2.6, r"\mathcal": 0.0, r"\mathbb": 0.0,
        r"\boldsymbol": 0.0, r"\bm": 0.0, r"\displaystyle": 0.0, r"\forall": 0.6, r"\|": 0.5,
        r"\infty": 1.0}  # fmt: skip
BINARY = {"+", "-", r"\cdot", r"\odot", r"\pm", r"\times", r"\setminus"}
NAMES = re.compile(r"\\(log|sinh|cosh|sin|cos|tan|arctan|min|max|arg|exp)$")


def _group(tokens: list[str], at: int) -> tuple[list[str], int]:
    """The argument that begins at a token, and where it ends."""
    while at < len(tokens) and tokens[at].isspace():
        at += 1
    if at >= len(tokens) or tokens[at] != "{":
        return tokens[at : at + 1], at + 1
    depth, start = 0, at
    for place in range(at, len(tokens)):
        depth += (tokens[place] == "{") - (tokens[place] == "}")
        if depth == 0:
            return tokens[start + 1 : place], place + 1
    return tokens[start + 1 :], len(tokens)


def width(tex: str) -> float:
    """The width of a formula in em, a little above the truth.

    >>> width(r"\\frac{a + b}{c}") < width("a + b + c")
    True
    """
    if r"\\" in tex and r"\begin" in tex:
        inner = re.sub(r"\\(begin|end)\{\w+\}(\[t\])?(\{\w+\})?", "", tex)
        return max(width(row.replace("&", "")) for row in inner.split(r"\\")) + 1.0
    return _width(TOKEN.findall(tex))


def _width(tokens: list[str]) -> float:
    total, n, scripts = 0.0, 0, 0.0
    while n < len(tokens):
        t = tokens[n]
        n += 1
        if t in ("^", "_"):
            argument, n = _group(tokens, n)
            wide = 0.72 * _width(argument)
            total += max(0.0, wide - scripts)
            scripts = max(scripts, wide)
            continue
        if not t.isspace():
            scripts = 0.0
        if t in (r"\frac", r"\tfrac", r"\dfrac"):
            above, n = _group(tokens, n)
            below, n = _group(tokens, n)
            total += (0.72 if t == r"\tfrac" else 1.0) * max(_width(above), _width(below)) + 0.25
        elif t == r"\sqrt":
            inside, n = _group(tokens, n)
            total += _width(inside) + 1.0
        elif t in (r"\text", r"\operatorname", r"\mathrm", r"\mathit", r"\texttt"):
            inside, n = _group(tokens, n)
            total += 0.5 * len("".join(inside)) + 0.17
        elif t == "{":
            inside, n = _group(tokens, n - 1)
            total += _width(inside)
        else:
            total += _single(t)
    return total


def _single(t: str) -> float:
    if t.isspace() or t in ("&", "{", "}"):
        return 0.0
    if t in WIDE:
        return WIDE[t]
    if t in RELATIONS or t in (r"\ne", r"\neq", r"\in"):
        return 1.4
    if t in BINARY:
        return 1.25
    if found := NAMES.match(t):
        return 0.5 * len(found[1]) + 0.17
    if t.startswith("\\"):
        return 0.62
    if t in "()[]|,.;:!'/":
        return 0.4 if t in "()[]" else 0.3
    return 0.5 if t.isdigit() else 0.78 if t.isupper() else 0.56


def split_at(tex: str, marks: Sequence[str]) -> list[str]:
    """The formula cut before each mark that is in no brackets; the marks begin the pieces.

    >>> split_at("a + (b + c) = d", ["=", "+"])
    ['a ', '+ (b + c) ', '= d']
    """
    pieces, depth, current = [], 0, ""
    for t in TOKEN.findall(tex):
        if t in marks and depth == 0 and not (t in BINARY and not re.search(r"(?:[^\W_]|[)}\]|])\s*$", current)):
            pieces.append(current)
            current = ""
        depth += (t in ("{", "(", "[", r"\{")) - (t in ("}", ")", "]", r"\}"))
        if t in (r"\left", r"\begin"):
            depth += 1
        elif t in (r"\right", r"\end"):
            depth -= 1
        current += t
    pieces.append(current)
    return [p for p in pieces if p.strip()]


def terms_of(side: str) -> list[str]:
    """The terms of a side, each with its sign."""
    return split_at(side, ["+", "-"])


def _rows(side: str, room: float) -> list[str]:
    """A side in rows that fit, broken before + and −."""
    rows: list[str] = []
    for term in terms_of(side):
        if rows and width(rows[-1] + term) <= room:
            rows[-1] += term
        else:
            rows.append(term)
    return rows


def break_chain(sides: Sequence[str], room: float = LINE) -> str:
    """A chain ``side, relation, side, …`` as one line, or as ``aligned`` rows that fit.

    >>> print(break_chain(["a", "=", "b"]))
    a = b
    >>> print(break_chain(["a", "=", "b + c"], room=4))
    \\begin{aligned}[t]
    a &= b  \\\\
      &\\quad + c
    \\end{aligned}
    """
    line = " ".join(sides)
    if len(sides) == 1 and width(line) > room:
        rows = _rows(line, room - 2)
        return _align([("", row if n == 0 else rf"\quad {row}") for n, row in enumerate(rows)])
    if width(line) <= room:
        return line
    lines: list[tuple[str, str]] = []
    left = sides[0]
    if width(left) > room / 3 or any(width(f"{left} = {s}") > room for s in sides[2::2] if width(s) <= room - 3):
        first = _rows(left, room - 1)
        lines += [("", first[0]), *(("", rf"\quad {row}") for row in first[1:])]
        left, gap, indent = "", r"\qquad ", 4.0
    else:
        gap, indent = "", width(left) + 1.5
    for relation, side in zip(sides[1::2], sides[2::2], strict=True):
        rows = _rows(side, room - indent - 1.5)
        lines.append((left, f"{gap}{relation} {rows[0]}"))
        lines += [("", rf"{gap}\quad {row}") for row in rows[1:]]
        left = ""
    return _align(lines)


def _align(lines: list[tuple[str, str]]) -> str:
    body = " \\\\\n".join(f"{left or ' '} &{right}" for left, right in lines)
    return f"\\begin{{aligned}}[t]\n{body}\n\\end{{aligned}}"


def break_printed(tex: str, room: float = LINE) -> str:
    """A formula as printed, broken where it is too long: at a wide space, at relations, before terms."""
    if width(tex) <= room:
        return tex
    parts = [p.strip() for p in re.split(r"(?<=\\quad)\s*(?=\S)", tex)] if r"\quad" in tex else [tex]
    rows: list[str] = []
    for part in parts:
        if rows and width(f"{rows[-1]} {part}") <= room:
            rows[-1] += f" {part}"
        else:
            rows.append(part)
    lines = []
    for row in (re.sub(r"\s*\\quad\s*$", "", row) for row in rows):
        lines += [row] if width(row) <= room else _at_relations(row, room)
    return "\\begin{aligned}[t]\n" + " \\\\\n".join(f"&{line}" for line in lines) + "\n\\end{aligned}"


def _at_relations(row: str, room: float) -> list[str]:
    lines: list[str] = []
    for piece in split_at(row, RELATIONS):
        if lines and width(lines[-1] + piece) <= room - 2:
            lines[-1] += piece
        elif len(lines) == 1 and width(lines[0]) < SHORT:
            lines = [r if n == 0 else rf"\qquad {r}" for n, r in enumerate(_rows(lines[0] + piece, room - 2))]
        elif width(piece) <= room - 2:
            lines.append(rf"\quad {piece}" if lines else piece)
        else:
            rows = _rows(piece, room - 4)
            lines += [rf"\qquad {r}" if lines or n else r for n, r in enumerate(rows)]
    return lines
