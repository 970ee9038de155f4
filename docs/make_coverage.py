"""Write ``docs/coverage.md``, the paper line by line, from ``proofs/coverage.py``: ``python docs/make_coverage.py``.

Verdicts and scopes are those of the lockfile; the tests hold that they are what a check finds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ddln_sym.claims import lockfile
from ddln_sym.render.document import spell_printed
from ddln_sym.render.formulas import spell_formula
from proofs.coverage import LINES, Line

PAGE = Path(__file__).with_name("coverage.md")
LOCK = PAGE.parent.parent / "proofs" / "verdicts.json"

INTRODUCTION = """\
# The paper, line by line

Version 1 of arXiv 2412.16765 (21 December 2024), in its order: every display as printed, and between them the sentences
with mathematical content. Under each stands which claims decide it, with verdict and scope, or why there is none.
A test holds the list of displays complete, and every claim of the text to a line. [Findings](findings.md) says what is
wrong with a claim that is refuted; [Every claim](claims.md) has all of them."""


def with_formulas(text: str) -> str:
    """Words in Markdown, with the formulas between dollars in LaTeX."""
    pieces = text.split("$")
    return "".join(f"${spell_formula(piece)}$" if n % 2 else piece for n, piece in enumerate(pieces))


def said(line: Line) -> str:
    """The formula or the words, with the number."""
    if not line.display:
        return f"“{with_formulas(line.words)}”"
    number = line.number.replace("𝒜", r"$\mathcal{A}$")
    tag = rf" \tag{{{number}}}" if number else ""
    return f"```math\n{spell_printed(line.display)}{tag}\n```"


def decided(line: Line, locked: dict[str, Any]) -> str:
    """Each claim with its verdict, and the reason."""
    found = []
    for name in line.claims:
        entry = locked[name]
        kind = f", {entry['flaw']}" if "flaw" in entry else ""
        scope = re.sub(" ([≥=]) ", "\N{NO-BREAK SPACE}\\1\N{NO-BREAK SPACE}", entry["scope"])  # no line ends there
        found.append(f"`{name}`: {entry['verdict']}{kind} ({scope})")
    return "→ " + " ".join([*(f"{part}." for part in found), *([with_formulas(line.reason)] if line.reason else [])])


def render() -> str:
    """The page, a heading for each place."""
    locked = lockfile.read(LOCK)

    def blocks() -> Iterator[str]:
        yield "<!-- Written by docs/make_coverage.py from proofs/coverage.py; change that, and run it again. -->"
        yield INTRODUCTION
        place = ""
        for line in LINES:
            if line.place != place:
                place = line.place
                yield f"**{place[0].upper()}{place[1:]}**"
            yield said(line)
            yield decided(line, locked)

    return "\n\n".join(blocks()) + "\n"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
    print(f"wrote {PAGE.name}")
