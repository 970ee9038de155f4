"""Certificates for a terminal: the table of a check, and one claim explained on a screen."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rich.console import Console, Group
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from ddln_sym.claims import Claim, certify_all, locate
from ddln_sym.render.document import tell_claim, tell_failure, tell_theorems
from ddln_sym.render.terminal.writer import TextLine, plain_text, write_blocks
from ddln_sym.statements import Certificate, Flaw, Origin, Verdict

__all__ = [
    "COLOURS",
    "build_table",
    "consoles",
    "decide_all",
    "explanation",
    "findings",
    "listing",
    "plural",
    "summary",
]

COLOURS = {
    Verdict.PROVED: "green",
    Verdict.REFUTED: "red",
    Verdict.NUMERICALLY_SUPPORTED: "yellow",
    Verdict.BY_ITS_AUTHOR: "yellow",
    Verdict.UNDECIDED: "magenta",
    Verdict.NOT_CHECKED: "magenta",
}
PIPE_WIDTH = 120  # columns where there is no terminal


def _verdict(certificate: Certificate) -> Text:
    return Text(certificate.word, style=COLOURS[certificate.verdict])


def build_table(certificates: Sequence[Certificate], width: int = PIPE_WIDTH) -> Table:
    """One row a claim; under a refuted one its correction.

    Args:
        certificates: what the claims came to.
        width: of the terminal; a place is cut short where it does not fit, so that no row folds.
    """
    rows: list[tuple[Certificate, str, str]] = []
    for certificate in certificates:
        rows.append((certificate, certificate.id, shorten_place(plain_text(certificate.source))))
        if certificate.correction is not None:
            rows.append((certificate.correction, "  └ corrected", ""))
    names = ("claim", "place", "verdict", "scope", "seconds")
    cells = [
        [
            name,
            place,
            found.word,
            shorten_scope(str(found.scope)),
            f"{found.seconds:.2f}".rjust(len("seconds")),
        ]
        for found, name, place in rows
    ]
    widths = [max(len(row[n]) for row in [list(names), *cells]) for n in range(len(names))]
    room = width - sum(widths) + widths[1] - 2 * (len(names) - 1)
    grid = Table(box=None, pad_edge=False, show_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in names:
        grid.add_column(name, justify="right" if name == "seconds" else "left", no_wrap=True, overflow="ignore")
    for row, (found, _, _) in zip(cells, rows, strict=True):
        if len(row[1]) > room:
            row[1] = row[1][: max(room - 1, 0)] + "…"
        grid.add_row(Text(row[0]), Text(row[1]), _verdict(found), Text(row[3]), Text(row[4]))
    return grid


def listing(claims: Sequence[Claim], width: int | None = None) -> Iterator[Text | TextLine]:
    """The claims by name, with their places in the text and in the files.

    Args:
        claims: them.
        width: of the terminal; without it a claim is one line, however long.
    """
    rows = [(c.id, shorten_place(plain_text(c.source)), _locate(c), plain_text(c.title)) for c in claims]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    head = ("claim", "place", "file", "title")
    one_line = width is None or sum(widths) + 6 <= width
    if one_line:
        yield Text("  ".join(f"{name:<{wide}}" for name, wide in zip(head, widths, strict=True)).rstrip(), style="bold")
    for row in rows:
        name, place, file, title = row
        if one_line:
            cells = [f"{cell:<{wide}}" for cell, wide in zip(row, widths, strict=True)]
            yield Text("  ".join(cells).rstrip())
        else:
            yield TextLine(Text.assemble((name, "bold"), f"  {title}"), hang=2)
            yield TextLine(Text(", ".join(filter(None, [place, file])), style="dim"), indent=2)


def _locate(claim: Claim) -> str:
    """File and line of a claim, as short as the folder allows."""
    found = locate(claim)
    if found is None:
        return ""
    path, line = found
    short = os.path.relpath(path)
    return f"{path if short.startswith('..') else short}:{line}"


#: Words of places and their short forms.
SHORTER = (
    ("Sections ", "§"), ("Section ", "§"), ("Proposition ", "Prop. "), ("Theorem ", "Thm. "), ("Appendix ", ""),
    ("Figure ", "Fig. "), ("open question after ", "after "), ("consequence of ", "from "),
    ("necessity of ", "need of "), ("the display ", ""),
)  # fmt: skip


def shorten_place(place: str) -> str:
    """A place in the paper, short enough for a table.

    >>> shorten_place("Section 2.1, after (7)"), shorten_place("Appendix A.1, (20)")
    ('§2.1, after (7)', 'A.1, (20)')
    """
    for long, short in SHORTER:
        place = place.replace(long, short)
    return place


def shorten_scope(scope: str) -> str:
    """A scope with runs of depths drawn together.

    >>> shorten_scope("L = 2, 3, 4, 5, all d")
    'L = 2…5, all d'
    """

    def drawn(found: re.Match[str]) -> str:
        numbers = [int(n) for n in found[0].split(", ")]
        whole = numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        return f"{numbers[0]}…{numbers[-1]}" if whole else found[0]

    return re.sub(r"\d+(?:, \d+){2,}", drawn, scope)


def findings(certificates: Sequence[Certificate], claims: Sequence[Claim]) -> Iterator[Group]:
    """Each refuted claim: what is printed, where it fails, what is true instead."""
    library = {claim.id: claim for claim in claims}
    for certificate in certificates:
        if certificate.verdict is Verdict.REFUTED:
            claim = library[certificate.id]
            head = Text.assemble(
                (certificate.id, "bold red"),
                f"  {plain_text(certificate.title)}  {_bracket(shorten_place(plain_text(certificate.source)))}",
                f"  [{certificate.flaw}]" if certificate.flaw else "",
            )
            lines: list[TextLine] = [TextLine(head, hang=2)]
            lines += [replace(line, indent=line.indent + 2) for line in write_blocks(tell_failure(certificate))]
            if claim.correction is not None:
                lines.append(TextLine(Text.assemble(("corrected: ", "dim"), plain_text(claim.correction.title)), 2))
            yield Group(*lines)


def _bracket(place: str) -> str:
    return place if place.startswith("(") else f"({place})"


def summary(certificates: Sequence[Certificate], seconds: float) -> Text:
    """The closing line with its counts: the claims of the text, and those beyond it."""
    text = [c for c in certificates if c.origin is Origin.TEXT]
    beyond = [c for c in certificates if c.origin is not Origin.TEXT]
    parts = Text()
    for some, name in ((text, ""), (beyond, "beyond the text ")):
        if some:
            parts.append(name)
            parts.append(_count(some))
            parts.append(", " if some is text and not beyond else "; ")
    corrected = sum(1 for c in certificates if c.correction is not None and c.correction.proved)
    parts.append(f"{corrected} correction{'s' * (corrected != 1)} proved, " if corrected else "")
    parts.append(f"{len(certificates)} claim{'s' * (len(certificates) != 1)} in {seconds:.1f} s")
    return parts


def plural(flaw: Flaw, number: int) -> str:
    """The kind of finding as a noun or participle after a number.

    >>> plural(Flaw.ERROR, 2), plural(Flaw.SHARPENED, 2)
    ('errors', 'sharpened')
    """
    return flaw.value if number == 1 or flaw is Flaw.SHARPENED else f"{flaw.value}s"


def _count(certificates: Sequence[Certificate]) -> Text:
    """How many of each verdict, and of each kind of finding."""
    counts, flaws = Counter(c.verdict for c in certificates), Counter(c.flaw for c in certificates if c.flaw)
    parts = []
    for verdict in Verdict:
        if counts[verdict]:
            parts.append(Text(f"{counts[verdict]} {verdict.value}", style=COLOURS[verdict]))
    kinds = [f"{flaws[flaw]} {plural(flaw, flaws[flaw])}" for flaw in Flaw if flaws[flaw]]
    return Text.assemble(Text(", ").join(parts), f" (findings: {', '.join(kinds)})" if kinds else "")


def explanation(claim: Claim, certificate: Certificate) -> Group:
    """One claim as the report has it: what is printed, the verdict, the correction, the proof, and what Rocq has."""
    known = {claim.id} | ({claim.correction.id} if claim.correction else set())
    blocks, theorems = write_blocks(tell_claim(claim, certificate, known)), write_blocks(tell_theorems(claim, True))
    theorems = [TextLine(Text()), *theorems] if theorems else []
    place = _locate(claim)
    return Group(*blocks[:1], *([TextLine(Text(place, style="dim"))] if place else []), *blocks[1:], *theorems)


def consoles() -> tuple[Console, Console]:
    """Standard output for results and standard error for progress; piped, as wide as ``COLUMNS`` says."""
    out = Console(highlight=False)
    piped = not out.is_terminal and not os.environ.get("COLUMNS", "").isdigit()
    return Console(highlight=False, width=PIPE_WIDTH) if piped else out, Console(stderr=True, highlight=False)


def decide_all(claims: Sequence[Claim], chosen: Sequence[Claim], show: bool = True) -> dict[str, Certificate]:
    """The certificates of the chosen claims by their ids, with the progress on standard error.

    Args:
        claims: all claims that may be used.
        chosen: those to decide.
        show: whether to show the progress.
    """
    found: dict[str, Certificate] = {}
    with Progress(console=consoles()[1], transient=True, disable=not show) as bar:
        task = bar.add_task("deciding", total=len(chosen))
        for certificate in certify_all(claims, [claim.id for claim in chosen]):
            found[certificate.id] = certificate
            bar.advance(task)
    return found
