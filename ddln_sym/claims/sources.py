r"""An author's LaTeX: its numbered and labelled displays and its theorems, and the claims that say them.

The source is read with pylatexenc; ``\input`` is followed, comments and verbatim text are left out, and the author's
own macros are written out, so that a formula can stand elsewhere.  Numbers are those of the ``.aux`` file beside the
source where there is one, and are counted otherwise.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ddln_sym.claims.claim import Claim, ClaimError
from ddln_sym.claims.library import STANDARD_INPUT
from ddln_sym.statements import Origin

__all__ = ["Display", "Match", "Source", "match_claims", "normal_form", "read_source"]

#: Environments of displays; the rows of the second kind have numbers of their own.
SINGLE = ("equation", "multline", "displaymath", "dmath")
ROWS = ("align", "gather", "alignat", "flalign", "eqnarray", "subequations")
THEOREMS = {
    "theorem": "Theorem", "lemma": "Lemma", "proposition": "Proposition", "corollary": "Corollary",
    "definition": "Definition", "assumption": "Assumption", "remark": "Remark", "example": "Example",
    "conjecture": "Conjecture", "claim": "Claim",
}  # fmt: skip
HIDDEN = ("verbatim", "verbatim*", "lstlisting", "minted", "comment", "filecontents", "filecontents*")
DEEPEST, LONGEST = 40, 200_000  # files inside files and macros inside macros; letters of a formula written out


@dataclass(frozen=True)
class Display:
    """One display, or one row of it, or a theorem.

    Attributes:
        kind: ``"equation"``, or the name of the theorem's environment.
        name: ``""`` or the printed word, such as ``"Theorem"``.
        number: as printed, ``"7"``; empty if it has none.
        label: the author's label, empty if it has none.
        tex: the formula, or the statement, without labels and with the author's macros written out.
        file, line: where it begins.
    """

    kind: str
    name: str
    number: str
    label: str
    tex: str
    file: Path
    line: int

    @property
    def place(self) -> str:
        """``(7)``, ``Theorem 2``, or the label where it has no number."""
        number = f"({self.number})" if self.number and not self.name else self.number
        return f"{self.name} {number}".strip() or self.label

    @property
    def id(self) -> str:
        """The id that a claim about it would have.

        >>> Display("equation", "", "7", "eq:mirror flow", "", Path("a.tex"), 1).id
        'eq-mirror-flow'
        """
        words = self.label or f"{'eq' if not self.name else SHORT.get(self.kind, self.kind)}-{self.number}"
        return re.sub(r"[^A-Za-z0-9._]+", "-", words).strip("-._")[:90] or "display"


SHORT = {"theorem": "thm", "proposition": "prop", "corollary": "cor", "definition": "def", "remark": "rem"}


@dataclass(frozen=True)
class Source:
    """What was read of a LaTeX document: its title, authors, and displays in order."""

    file: Path
    title: str = ""
    authors: tuple[str, ...] = ()
    displays: tuple[Display, ...] = ()


@dataclass(frozen=True)
class Match:
    """A display with the claims about it.

    Attributes:
        display: the display, or None for claims that name one which the source does not have.
        claims: those about it; drifted: those whose printed formula is not what the source says.
    """

    display: Display | None
    claims: tuple[Claim, ...] = ()
    drifted: tuple[Claim, ...] = ()


# -- reading ------------------------------------------------------------------------------------------
@dataclass
class _Lines:
    """The document in one text, with the file and the line of every line."""

    text: list[str] = field(default_factory=list)
    places: list[tuple[Path, int]] = field(default_factory=list)


INPUT = re.compile(r"\\(?:input|include|subfile)\s*\{([^{}]+)\}|\\input\s+([^\s{}\\]+)")
#: What no text has, in whatever encoding: all but tabs, ends of lines and pages, and the end of a file of old.
CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")


def read_source(path: Path) -> Source:
    """The displays and theorems of a LaTeX document; of standard input, where the path is ``-``.

    Raises:
        ClaimError: a file cannot be read, is input by itself, or its braces or environments do not match; the message
            names the file and the line.
    """
    lines = _Lines()
    _flatten(path, lines, ())
    whole = _drop_hidden("\n".join(lines.text))
    before, opened, body = whole.partition(r"\begin{document}")
    if not opened:
        before, body = "", whole
    offset = before.count("\n")
    body, _, _ = body.partition(r"\end{document}")
    macros = _macros(before)
    for name, (arguments, _, meaning) in list(macros.items()):  # \be for \begin{equation}
        if not arguments and re.search(r"\\(begin|end)\s*\{", meaning):
            body = re.sub(rf"\\{name}(?![a-zA-Z])", lambda m, meaning=meaning: meaning, body)  # type: ignore[misc]
            del macros[name]
    reader = _Reader(body, lines.places[offset:], macros, before, _aux_numbers(path))
    return Source(path, _argument(whole, "title", macros), _authors(whole, macros), tuple(reader.read()))


def _flatten(path: Path, lines: _Lines, above: tuple[Path, ...], place: str = "") -> None:
    if path.resolve() in above or len(above) > DEEPEST:
        raise ClaimError(f"{place}{path} is input by itself")
    try:
        content = sys.stdin.buffer.read() if path == STANDARD_INPUT else path.read_bytes()
    except (OSError, ValueError) as error:
        raise ClaimError(f"{place}{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    if odd := CONTROL.search(text):
        at = text.count("\n", 0, odd.start()) + 1
        raise ClaimError(f"{place}{path} is no text: line {at} has the control character {ord(odd[0])}")
    hidden = ""
    for number, line in enumerate(text.splitlines(), 1):
        line = line if hidden else re.sub(r"(?<!\\)((?:\\\\)*)%.*", r"\1%", line)
        line = line.removesuffix("%") if not hidden and not line.endswith(r"\%") else line
        if not hidden and (opened := re.search(rf"\\begin\{{({'|'.join(map(re.escape, HIDDEN))})\}}", line)):
            hidden = opened[1]
        rest = line
        while not hidden and (found := INPUT.search(rest)):
            lines.text.append(rest[: found.start()])
            lines.places.append((path, number))
            inner = (above[0].parent if above else path.resolve().parent) / (found[1] or found[2]).strip()
            inner = inner if inner.suffix else inner.with_suffix(".tex")
            _flatten(_display_path(inner), lines, (*above, path.resolve()), f"{path}, line {number}: ")
            rest = rest[found.end() :]
        lines.text.append(rest)
        lines.places.append((path, number))
        if hidden and rf"\end{{{hidden}}}" in line:
            hidden = ""


def _display_path(path: Path) -> Path:
    try:
        return path.relative_to(Path.cwd())
    except ValueError:
        return path


def _drop_hidden(text: str) -> str:
    """The text without verbatim environments and what stands between ``\\iffalse`` and ``\\fi``; lines are kept."""

    def blank(found: re.Match[str]) -> str:
        return "\n" * found[0].count("\n")

    for name in HIDDEN:
        text = re.sub(rf"\\begin\{{{re.escape(name)}\}}.*?\\end\{{{re.escape(name)}\}}", blank, text, flags=re.DOTALL)
    text = re.sub(r"\\verb\*?([^a-zA-Z\s*]).*?\1", blank, text)
    return re.sub(r"\\iffalse\b.*?\\fi\b", blank, text, flags=re.DOTALL)


def _aux_numbers(path: Path) -> dict[str, str]:
    """The number of each label, as LaTeX wrote it beside the source."""
    aux = path.with_suffix(".aux")
    if not aux.is_file():
        return {}
    text = aux.read_text(encoding="utf-8", errors="replace")
    return {m[1]: m[2] for m in re.finditer(r"\\newlabel\{([^{}@]+)\}\{\{([^{}]*)\}", text)}


# -- the author's macros ------------------------------------------------------------------------------
def _group(text: str, start: int) -> tuple[str, int] | None:
    """The content of the braces that open at a place, blanks before them aside, and where they end."""
    while start < len(text) and text[start].isspace():
        start += 1
    if start >= len(text) or text[start] != "{":
        return None
    depth, place = 0, start
    while place < len(text):
        if text[place] == "\\":
            place += 2
            continue
        depth += (text[place] == "{") - (text[place] == "}")
        place += 1
        if depth == 0:
            return text[start + 1 : place - 1], place
    return None


DEFINITION = re.compile(
    r"\\(?:(?:re|provide)?newcommand|providecommand|renewcommand|DeclareRobustCommand)\*?\s*\{?\s*\\([a-zA-Z]+)\s*\}?"
    r"\s*(?:\[(\d)\])?\s*(?:\[([^\]]*)\])?|\\def\s*\\([a-zA-Z]+)((?:#\d)*)|\\DeclareMathOperator(\*?)\s*\{?\\([a-zA-Z]+)\}?"
)


def _macros(preamble: str) -> dict[str, tuple[int, str | None, str]]:
    """The macros that a preamble defines: how many arguments, the default of the first, the meaning."""
    found: dict[str, tuple[int, str | None, str]] = {}
    for match in DEFINITION.finditer(preamble):
        body = _group(preamble, match.end())
        if body is None:
            continue
        if match[7]:
            star = "*" if match[6] else ""
            found[match[7]] = (0, None, rf"\operatorname{star}{{{body[0]}}}")
        elif match[4]:
            found[match[4]] = (match[5].count("#"), None, body[0])
        else:
            found[match[1]] = (int(match[2] or 0), match[3], body[0])
    return found


MACRO = re.compile(r"\\([a-zA-Z]+)")


def _expand_macros(tex: str, macros: dict[str, tuple[int, str | None, str]], depth: int = 0) -> str:
    """A formula with the author's macros written out."""
    if depth > DEEPEST or len(tex) > LONGEST:
        return tex
    result, end = "", 0
    for found in MACRO.finditer(tex):
        if found.start() < end or found[1] not in macros:
            continue
        count, default, body = macros[found[1]]
        place, arguments = found.end(), list[str]()
        if default is not None and count:
            given = re.match(r"\s*\[([^\]]*)\]", tex[place:])
            arguments.append(given[1] if given else default)
            place += given.end() if given else 0
        while len(arguments) < count:
            group = _group(tex, place)
            if group is not None:
                arguments.append(group[0])
                place = group[1]
                continue
            single = re.match(r"\s*(\\[a-zA-Z]+|\\.|[^\s\\{}])", tex[place:])
            if single is None:
                return tex
            arguments.append(single[1])
            place += single.end()
        meaning = body
        for n, argument in enumerate(arguments, 1):
            meaning = meaning.replace(f"#{n}", argument)
        inner = _expand_macros(meaning, macros, depth + 1)
        after = tex[place : place + 1]
        result += tex[end : found.start()] + inner + (" " if inner[-1:].isalpha() and after.isalpha() else "")
        end = place
    return result + tex[end:]


def _argument(text: str, macro: str, macros: dict[str, tuple[int, str | None, str]]) -> str:
    found = re.search(rf"\\{macro}\s*(?:\[[^\]]*\])?\s*(?=\{{)", text)
    group = _group(text, found.end()) if found else None
    return _plain(_expand_macros(group[0], macros)) if group else ""


def _plain(tex: str) -> str:
    tex = re.sub(r"\\(?:thanks|footnote|inst|textsuperscript)\s*\{[^{}]*\}", "", tex)
    tex = re.sub(r"\\\\(?:\[[^\]]*\])?|~|\n", " ", tex)
    tex = re.sub(r"\\(?:textbf|textit|emph|text|large|Large|bf|it)\b|[{}$]", "", tex)
    return " ".join(re.sub(r"\\([&%_#])", r"\1", tex).split())


def _authors(text: str, macros: dict[str, tuple[int, str | None, str]]) -> tuple[str, ...]:
    names: list[str] = []
    for found in re.finditer(r"\\author\s*(?:\[[^\]]*\])?\s*(?=\{)", text):
        group = _group(text, found.end())
        for part in re.split(r"\\and\b|\\And\b|\\AND\b", group[0] if group else ""):
            name = _plain(_expand_macros(re.split(r"\\\\", part)[0], macros))
            names += [one for piece in name.split(" and ") for one in piece.split(", ") if one]
    return tuple(names)


# -- displays -----------------------------------------------------------------------------------------
class _Reader:
    """Walks through the body of a document and collects its displays."""

    def __init__(
        self,
        body: str,
        places: Sequence[tuple[Path, int]],
        macros: dict[str, tuple[int, str | None, str]],
        preamble: str,
        numbers: dict[str, str],
    ) -> None:
        self.body, self.places, self.macros, self.numbers = body, places, macros, numbers
        self.starts = [0, *(m.end() for m in re.finditer("\n", body))]
        self.counts: Counter[str] = Counter()
        self.appendix = False
        self.within = {m[1]: m[2] for m in re.finditer(r"\\numberwithin\{(\w+)\}\{(\w+)\}", preamble)}
        self.kinds = dict(THEOREMS)
        self.counter: dict[str, str] = {}
        self.unnumbered: set[str] = set()
        pattern = r"\\newtheorem(\*?)\s*\{([\w*]+)\}\s*(?:\[(\w+)\])?\s*\{([^{}]+)\}\s*(?:\[(\w+)\])?"
        for m in re.finditer(pattern, preamble):
            self.kinds[m[2]] = m[4]
            self.counter[m[2]] = m[3] or m[2]
            if m[1]:
                self.unnumbered.add(m[2])
            if m[5]:
                self.within[m[2]] = m[5]
        self.found: list[Display] = []

    def read(self) -> list[Display]:
        from pylatexenc.latexwalker import LatexWalker, LatexWalkerParseError

        try:
            nodes = LatexWalker(self.body, tolerant_parsing=False).get_latex_nodes()[0]
        except LatexWalkerParseError as error:
            file, line = self.place(int(getattr(error, "pos", 0) or 0))
            said = " ".join(str(getattr(error, "msg", error)).split())
            raise ClaimError(f"{file}, line {line}: the LaTeX cannot be read: {said}") from error
        self.walk(nodes, ())
        return self.found

    def place(self, position: int) -> tuple[Path, int]:
        line = min(bisect_right(self.starts, position), len(self.places)) - 1
        return self.places[max(line, 0)]

    def walk(self, nodes: Iterable[Any], inside: tuple[str, ...]) -> None:
        for node in nodes or ():
            kind = type(node).__name__
            if kind == "LatexMacroNode":
                self.macro(node)
            elif kind == "LatexEnvironmentNode":
                self.environment(node, inside)
            elif kind == "LatexMathNode" and node.displaytype == "display":
                tex = self.text(node.nodelist)
                if label := _label(tex):
                    self.add("equation", "", _tag(tex), label, tex, node.pos)
            elif kind == "LatexGroupNode":
                self.walk(node.nodelist, inside)

    def macro(self, node: Any) -> None:
        name = node.macroname
        if name == "appendix":
            self.appendix = True
            self.counts["section"] = 0
        elif name in ("section", "chapter", "subsection") and not self.body[node.pos :].startswith(f"\\{name}*"):
            self.counts[name] += 1
            for counter, above in self.within.items():
                if above == name:
                    self.counts[counter] = 0
            if name == "section":
                self.counts["subsection"] = 0

    def environment(self, node: Any, inside: tuple[str, ...]) -> None:
        name = node.environmentname
        plain = name.removesuffix("*")
        if plain == "appendices":
            self.appendix, self.counts["section"] = True, 0
        if plain in self.kinds and plain not in SINGLE:
            tex = self.text(node.nodelist)
            outer = re.sub(r"\\begin\{(\w+\*?)\}.*?\\end\{\1\}|\\\[.*?\\\]", "", tex, flags=re.DOTALL)
            number = "" if name.endswith("*") or plain in self.unnumbered else self.next(self.counter.get(plain, plain))
            self.add(plain, self.kinds[plain], number, _label(outer), tex, node.pos)
            self.walk(node.nodelist, (*inside, plain))
        elif plain in SINGLE or (plain in ROWS and plain != "subequations"):
            starred = name.endswith("*") or plain == "displaymath"
            rows = self.rows(node) if plain in ROWS else [(node.pos, self.text(node.nodelist))]
            for position, tex in rows:
                self.row(position, tex, starred)
        else:
            self.walk(node.nodelist, (*inside, plain))

    def row(self, position: int, tex: str, starred: bool) -> None:
        label, tag = _label(tex), _tag(tex)
        silent = starred or re.search(r"\\(nonumber|notag)\b", tex) is not None
        number = tag or ("" if silent else self.next("equation"))
        if (number or label) and re.sub(r"\\(label|tag)\*?\{[^{}]*\}|[\s&]", "", tex):
            self.add("equation", "", number, label, tex, position)

    def rows(self, node: Any) -> Iterator[tuple[int, str]]:
        """The rows of an environment, cut at ``\\\\`` outside of braces and inner environments."""
        current: list[Any] = []
        for part in [*node.nodelist, None]:
            if part is None or (type(part).__name__ == "LatexMacroNode" and part.macroname == "\\"):
                if current:
                    tex = self.text(current)
                    yield current[0].pos + len(tex) - len(tex.lstrip()), tex
                current = []
            else:
                current.append(part)

    def text(self, nodes: Iterable[Any]) -> str:
        return "".join(node.latex_verbatim() for node in nodes or ())

    def next(self, counter: str) -> str:
        self.counts[counter] += 1
        number = str(self.counts[counter])
        above = self.within.get(counter)
        if above is None:
            return number
        section = self.counts[above]
        return f"{chr(64 + section) if self.appendix and 0 < section < 27 else section}.{number}"

    def add(self, kind: str, name: str, number: str, label: str, tex: str, position: int) -> None:
        file, line = self.place(position)
        clean = re.sub(r"\\(?:label|tag)\*?\s*\{[^{}]*\}|\\(?:nonumber|notag)\b", "", tex)
        written = " ".join(_expand_macros(clean, self.macros).replace("&", " ").split())
        self.found.append(Display(kind, name, self.numbers.get(label) or number, label, written, file, line))


def _label(tex: str) -> str:
    found = re.search(r"\\label\s*\{([^{}]+)\}", tex)
    return found[1].strip() if found else ""


def _tag(tex: str) -> str:
    found = re.search(r"\\tag\*?\s*\{([^{}]+)\}", tex)
    return found[1].strip().strip("()$") if found else ""


# -- claims about them --------------------------------------------------------------------------------
SPACES = re.compile(
    r"\\(?:[,;:!> ]|quad\b|qquad\b|left\b|right\b|bigl?\b|bigr\b|Bigl?\b|Bigr\b|displaystyle\b|limits\b)"
)
SAME = {
    r"\leq": r"\le", r"\geq": r"\ge", r"\neq": r"\ne", r"\dfrac": r"\frac", r"\tfrac": r"\frac", r"\lVert": r"\|",
    r"\rVert": r"\|", r"\Vert": r"\|", r"\lvert": "|", r"\rvert": "|", r"\vert": "|", r"\rightarrow": r"\to",
}  # fmt: skip


def normal_form(tex: str) -> str:
    r"""A formula without what does not change what it says: spaces, sizes of brackets, a full stop, needless braces.

    >>> normal_form(r"x_{1} \leq \left( y \right)\,,") == normal_form(r"x_1\le(y)")
    True
    >>> normal_form("x^{12}") == normal_form("x^12")
    False
    """
    tex = re.sub(r"\\(?:label|tag)\*?\s*\{[^{}]*\}|\\(?:nonumber|notag)\b|&|\\\\(?:\[[^\]]*\])?", " ", tex)
    tex = SPACES.sub(" ", tex)
    tex = re.sub(r"\\[a-zA-Z]+", lambda m: SAME.get(m[0], m[0]), tex)
    tex = re.sub(r"(\\[a-zA-Z]+)\s+(?=[a-zA-Z])", "\\1\0", tex)
    tex = re.sub(r"\s+", "", tex)
    before = ""
    while before != tex:
        before = tex
        tex = re.sub(
            r"([_^])\{([A-Za-z0-9]|\\[a-zA-Z]+)\}", lambda m: f"{m[1]}{m[2]}\0" if m[2][0] == "\\" else m[1] + m[2], tex
        )
    return re.sub(r"\0(?![a-zA-Z])", "", tex).strip("\0").rstrip(".,;")


def _numbers(claim: Claim) -> set[str]:
    """The places that a claim names in words: ``(7)``, ``Theorem 2``."""
    found = {f"({n})" for n in re.findall(r"\(([A-Z]?\.?\d[\w.]*)\)", claim.source)}
    found |= {f"{m[0]} {m[1]}" for m in re.findall(r"\b([A-Z][a-z]+) ([A-Z]?\.?\d[\d.]*\d|\d)", claim.source)}
    return found


def _says(printed: str, said: str, whole: bool) -> bool:
    """Whether a display says a formula; a theorem does so among its words."""
    return printed == said if whole else printed in said


def match_claims(source: Source, claims: Sequence[Claim]) -> list[Match]:
    """Each display of a source with the claims about it, by label, by number, or by formula.

    A claim with a label is about the display of that label alone; other claims of the text find theirs by the number
    in their place.  The last matches, without a display, are claims whose label the source does not have.
    """
    text = [claim for claim in claims if claim.origin is not Origin.PROJECT]
    labels = {display.label for display in source.displays if display.label}
    found: list[Match] = []
    for display in source.displays:
        about = [
            c
            for c in text
            if (c.label == display.label if c.label else display.place in _numbers(c) or c.id == display.id)
        ]
        said = normal_form(display.tex)
        drifted = [c for c in about if c.printed and not _says(normal_form(c.printed), said, whole=not display.name)]
        found.append(Match(display, tuple(about), tuple(drifted)))
    lost = tuple(claim for claim in text if claim.label and claim.label not in labels)
    return [*found, *([Match(None, lost, lost)] if lost else [])]
