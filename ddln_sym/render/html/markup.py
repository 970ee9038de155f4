r"""The LaTeX of claims and proofs as HTML: paragraphs, lists, displays, references.

It reads what :mod:`ddln_sym.render.latex` writes and nothing else: what it does not know is an error, not shown
as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from unicodedata import normalize

from markupsafe import Markup

from ddln_sym.render.html.mathml import formula, mathml

__all__ = ["Writer"]

TOKEN = re.compile(
    r"%[^\n]*\n?|(?P<blank>\n\s*\n)|\\begin\{(?P<begin>[\w*]+)\}(?:\[[^\]]*\])?|(?P<display>\\\[)|(?P<math>\$)"
    r"|\\(?P<command>[a-zA-Z]+)[ \t]*|\\(?P<sign>[^a-zA-Z])|(?P<text>[^\\$%\n]+|\n)"
)
TYPOGRAPHY = {"~": "\N{NO-BREAK SPACE}", "--": "–", "``": "“", "''": "”", "{": "", "}": "", "\n": " "}
LETTERS = {"textasciitilde": "~", "textasciicircum": "^", "textbackslash": "∖", "dots": "…", "ss": "ß", "o": "ø"}
ACCENTS = {"`": "\N{COMBINING GRAVE ACCENT}", "'": "\N{COMBINING ACUTE ACCENT}", '"': "\N{COMBINING DIAERESIS}"}
SILENT = {"leavevmode", "noindent", "smallskip"}
STYLED = {"textbf": "strong", "emph": "em", "texttt": "code"}
LISTS = {"enumerate": "ol", "itemize": "ul"}
#: A formula that is a sentence, which is set as one: a line of it may end anywhere.
SENTENCE = re.compile(
    r"(?:\\displaystyle\s*)?(?:\\begin\{aligned\}(?:\[t\])?\s*&)?\s*"
    r"\\text\{((?:[^{}$]|\$[^$]*\$)*)\}\s*(?:\\end\{aligned\})?",
    re.DOTALL,
)
TAG = re.compile(r"\\tag\{([^}]*)\}")
BOX = Markup('<span class="box" role="img" aria-label="end of proof">□</span>')


def _closing(tex: str, start: int, sign: str = "}") -> int:
    """Where the group that begins at a place ends: the sign that stands in no braces."""
    depth, place = 0, start
    while tex[place] != sign or depth:
        depth += (tex[place] == "{") - (tex[place] == "}")
        place += 2 if tex[place] == "\\" else 1
    return place


def _ending(tex: str, start: int, name: str) -> tuple[str, int]:
    """The inside of the environment that begins before a place, and where it ends."""
    depth = 1
    for mark in re.compile(rf"\\(begin|end)\{{{re.escape(name)}\}}").finditer(tex, start):
        depth += 1 if mark[1] == "begin" else -1
        if depth == 0:
            return tex[start : mark.start()], mark.end()
    raise ValueError(f"the environment {name} has no end")


def _items(tex: str) -> Iterator[str]:
    """The items of a list; those of lists within them stay where they are."""
    depth, start = 0, None
    for mark in re.finditer(r"\\(begin|end|item)\b", tex):
        depth += {"begin": 1, "end": -1, "item": 0}[mark[1]]
        if mark[1] == "item" and depth == 0:
            if start is not None:
                yield tex[start : mark.start()]
            start = mark.end()
    yield tex[start:]


@dataclass
class _Page:
    """What has been written so far: finished blocks, and the words of the paragraph that is not finished."""

    blocks: list[Markup] = field(default_factory=list)
    words: list[Markup] = field(default_factory=list)

    def end_paragraph(self) -> None:
        text = Markup("").join(self.words).strip()
        if text:
            self.blocks.append(Markup("<p>{}</p>\n").format(text))
        self.words = []

    def add(self, block: Markup) -> None:
        self.end_paragraph()
        self.blocks.append(block)


class Writer:
    r"""Turns LaTeX into HTML.

    Attributes:
        cited: the number of each reference, in the order in which they were cited.

    >>> print(Writer().text(r"\textbf{Proved} (all $d$)."))
    <strong>Proved</strong> (all <span class="kept"><math display="inline"><mi>d</mi></math>).</span>
    """

    def __init__(self) -> None:
        self.cited: dict[str, int] = {}

    def text(self, tex: str) -> Markup:
        """A sentence.

        Raises:
            ValueError: it has displays or paragraphs, or something that has no form here.
        """
        page = _Page()
        self._read(tex, page)
        if page.blocks:
            raise ValueError(f"{tex} is more than a sentence")
        return Markup("").join(page.words)

    def blocks(self, tex: str, unfolded: bool = True) -> Markup:
        """Paragraphs, displays, lists and proofs.

        Args:
            unfolded: show the proofs at once.
        Raises:
            ValueError: something in it has no form here.
        """
        page = _Page()
        self._read(tex, page, unfolded)
        page.end_paragraph()
        return Markup("").join(page.blocks)

    # -- reading ------------------------------------------------------------------------------------
    def _read(self, tex: str, page: _Page, unfolded: bool = True) -> None:
        at = 0
        while at < len(tex):
            found = TOKEN.match(tex, at)
            if found is None:
                raise ValueError(f"{tex[at : at + 20]} has no form in HTML")
            at = found.end()
            if found["blank"]:
                page.end_paragraph()
            elif found["begin"]:
                inside, at = _ending(tex, at, found["begin"])
                page.add(self._environment(found["begin"], inside, unfolded))
            elif found["display"]:
                end = tex.index(r"\]", at)
                self._display(tex[at:end].strip(), page)
                at = end + 2
            elif found["math"]:
                end = _closing(tex, at, "$")
                at = self._inline(tex, at, end, page)
            elif found["command"]:
                at = self._command(found["command"], tex, at, page)
            elif found["sign"] in ACCENTS:
                page.words.append(Markup.escape(normalize("NFC", tex[at] + ACCENTS[found["sign"]])))
                at += 1
            elif found["sign"] or found["text"]:
                text = found["sign"] or found["text"]
                for written, meant in TYPOGRAPHY.items() if found["text"] else ():
                    text = text.replace(written, meant)
                page.words.append(Markup.escape(text))

    def _inline(self, tex: str, start: int, end: int, page: _Page) -> int:
        """A formula in the text; the punctuation after it stays on its line.  Where to go on."""
        body = tex[start:end].strip()
        if body.startswith(r"\displaystyle"):
            self._display(body, page)
            return end + 1
        if sentence := SENTENCE.fullmatch(body):
            self._read(sentence[1], page)
            return end + 1
        after = re.compile(r"[.,;:!?)”]*").match(tex, end + 1)
        assert after is not None
        page.words.append(formula(body, after[0]))
        return after.end()

    def _display(self, tex: str, page: _Page) -> None:
        """A formula on a line of its own, with its number."""
        number = TAG.search(tex)
        tex = TAG.sub("", tex).strip()
        page.end_paragraph()
        if sentence := SENTENCE.fullmatch(tex):
            self._read(sentence[1], page)
            page.end_paragraph()
            return
        tag = Markup('<span class="number">({})</span>').format(number[1].replace("$'$", "′")) if number else ""
        page.add(Markup('<div class="formula"><div class="wide">{}</div>{}</div>\n').format(mathml(tex, True), tag))

    def _environment(self, name: str, inside: str, unfolded: bool) -> Markup:
        if name in LISTS:
            items = Markup("").join(Markup("<li>{}</li>\n").format(self.blocks(item)) for item in _items(inside))
            return Markup("<{0}>\n{1}</{0}>\n").format(LISTS[name], items)
        if name == "align*":
            return self.blocks(rf"\[\begin{{aligned}}{inside}\end{{aligned}}\]")
        if name == "quote":
            return Markup("<blockquote>{}</blockquote>\n").format(self.blocks(inside))
        if name == "claim":  # its first line is the label, its second the title, which the page has elsewhere
            label, _, printed = inside.strip().split("\n", 2)
            return Markup('<div class="printed">{}{}</div>\n').format(self.text(label), self.blocks(printed))
        if name == "proof":
            start = Markup('<details class="proof"{}>').format(Markup(" open") if unfolded else "")
            return Markup("{}<summary>Proof</summary>\n{}</details>\n").format(start, self.blocks(inside))
        raise ValueError(f"the environment {name} has no form in HTML")

    def _command(self, name: str, tex: str, at: int, page: _Page) -> int:
        """What a command stands for.  Where to go on."""
        if name in ("newline", "par"):
            page.end_paragraph()
        elif name == "qedhere":
            page.words.append(BOX)
        elif name in LETTERS:
            page.words.append(Markup.escape(LETTERS[name]))
        elif name not in SILENT:
            if tex[at : at + 1] != "{":
                raise ValueError(f"\\{name} has no form in HTML")
            end = _closing(tex, at + 1)
            page.words.append(self._with_argument(name, tex[at + 1 : end]))
            return end + 1
        return at

    def _with_argument(self, name: str, inside: str) -> Markup:
        if name in STYLED:
            return Markup("<{0}>{1}</{0}>").format(STYLED[name], self.text(inside))
        if name == "cite":
            numbers = [self.cited.setdefault(key, len(self.cited) + 1) for key in inside.split(",")]
            links = Markup(", ").join(Markup('<a href="#reference-{0}">{0}</a>').format(n) for n in numbers)
            return Markup("[{}]").format(links)
        if name == "claimref":
            return Markup('<a href="#{0}"><code>{0}</code></a>').format(inside)
        if name == "label":
            return Markup('<span id="{}"></span>').format(inside.removeprefix("claim:"))
        if name == "url":
            return Markup('<a href="{0}">{0}</a>').format(inside)
        raise ValueError(f"\\{name} has no form in HTML")
