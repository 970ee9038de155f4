"""Certificates for a terminal: the table of a check, and one claim explained on a screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Console, Group
from rich.padding import Padding
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from ddln_sym.claims import Claim, certify_all
from ddln_sym.statements import Certificate, Flaw, Origin, Step, Verdict

__all__ = ["COLOURS", "consoles", "decided", "explanation", "findings", "plural", "summary", "table", "unmarked"]

COLOURS = {
    Verdict.PROVED: "green",
    Verdict.REFUTED: "red",
    Verdict.NUMERICALLY_SUPPORTED: "yellow",
    Verdict.UNDECIDED: "magenta",
    Verdict.BY_ITS_AUTHOR: "yellow",
}
LONG = 420  # characters of a proposition that fit on a screen
SHOWN = 2  # side conditions of a step that are shown
PIPE_WIDTH = 120  # columns where there is no terminal


def unmarked(text: str) -> str:
    """A text without the dollars around its mathematics."""
    return text.replace("$", "")


def _verdict(verdict: Verdict) -> Text:
    return Text(verdict.value, style=COLOURS[verdict])


def table(certificates: Sequence[Certificate]) -> Table:
    """One row a claim; under a refuted one its correction."""
    grid = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
    grid.add_column("claim", no_wrap=True)
    grid.add_column("place", overflow="fold", ratio=3)
    grid.add_column("verdict", no_wrap=True)
    grid.add_column("scope", overflow="fold", ratio=2)
    grid.add_column("seconds", justify="right", no_wrap=True)

    def row(certificate: Certificate, name: str, place: str) -> None:
        scope, seconds = Text(str(certificate.scope)), Text(f"{certificate.seconds:.2f}")
        grid.add_row(Text(name), Text(place), _verdict(certificate.verdict), scope, seconds)

    for certificate in certificates:
        row(certificate, certificate.id, unmarked(certificate.source))
        if certificate.correction is not None:
            row(certificate.correction, "  └ corrected", "")
    return grid


def findings(certificates: Sequence[Certificate], claims: Sequence[Claim]) -> Iterator[Group]:
    """Each refuted claim: what is printed, where it fails, what is true instead."""
    library = {claim.id: claim for claim in claims}
    for certificate in certificates:
        if certificate.verdict is Verdict.REFUTED:
            claim = library[certificate.id]
            lines = [
                Text.assemble(
                    (certificate.id, "bold red"),
                    f"  {unmarked(certificate.title)}  ({unmarked(certificate.source)})",
                    f"  [{certificate.flaw}]" if certificate.flaw else "",
                ),
                Text.assemble(("  fails      ", "dim"), str(certificate.witness)),
            ]
            if claim.correction is not None:
                lines.append(Text.assemble(("  corrected  ", "dim"), unmarked(claim.correction.title)))
            yield Group(*lines)


def summary(certificates: Sequence[Certificate], seconds: float) -> Text:
    """The closing line with its counts: the claims of the text, and those beyond it."""
    text = [c for c in certificates if c.origin is Origin.TEXT]
    beyond = [c for c in certificates if c.origin is not Origin.TEXT]
    parts = Text()
    for some, name in ((text, ""), (beyond, "beyond the text ")):
        if some:
            parts.append(name)
            parts.append(_counted(some))
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


def _counted(certificates: Sequence[Certificate]) -> Text:
    """How many of each verdict, and of each kind of finding."""
    counts, flaws = Counter(c.verdict for c in certificates), Counter(c.flaw for c in certificates if c.flaw)
    parts = []
    for verdict in Verdict:
        if counts[verdict]:
            parts.append(Text(f"{counts[verdict]} {verdict.value}", style=COLOURS[verdict]))
    kinds = [f"{flaws[flaw]} {plural(flaw, flaws[flaw])}" for flaw in Flaw if flaws[flaw]]
    return Text.assemble(Text(", ").join(parts), f" (findings: {', '.join(kinds)})" if kinds else "")


def _short(text: str) -> str:
    return text if len(text) <= LONG else text[: LONG - 2] + " …"


def _given(step: Step) -> str:
    """The hypotheses of the step's proposition, by name."""
    setting = getattr(step.proposition, "setting", None)
    return "; ".join(dict.fromkeys(h.name for h in getattr(setting, "hypotheses", ())))


def _steps(steps: Sequence[Step], depth: int = 0) -> Iterator[Padding]:
    for step in steps:
        line = Text.assemble(_verdict(step.verdict), "  ", _short(str(step.proposition)))
        yield Padding(line, (0, 0, 0, 2 + 2 * depth), expand=False)
        by = f"by {step.evidence}" + (f": {_short(step.detail)}" if step.detail else "")
        yield Padding(Text(by, style="dim"), (0, 0, 0, 6 + 2 * depth), expand=False)
        if names := _given(step):
            yield Padding(Text(f"given {names}", style="dim"), (0, 0, 0, 6 + 2 * depth), expand=False)
        for condition in step.conditions[:SHOWN]:
            yield Padding(Text(f"needs {_short(str(condition))}", style="dim"), (0, 0, 0, 6 + 2 * depth), expand=False)
        if len(step.conditions) > SHOWN:
            more = f"and {len(step.conditions) - SHOWN} more side conditions, each discharged"
            yield Padding(Text(more, style="dim"), (0, 0, 0, 6 + 2 * depth), expand=False)
        yield from _steps(step.parts, depth + 1)


def explanation(claim: Claim, certificate: Certificate) -> Group:
    """What is printed, the verdict, the witness, the correction, and every step with what decided it."""
    lines: list[Text | Padding] = [
        Text.assemble((claim.id, "bold"), f"  {unmarked(claim.title)}"),
        Text(f"{unmarked(claim.source)}", style="dim"),
    ]

    def field(name: str, value: str | Text) -> None:
        lines.append(Text.assemble((f"{name:<11}", "bold"), value))

    field("printed", claim.printed)
    if claim.remark:
        field("remark", unmarked(claim.remark))
    field("verdict", Text.assemble(_verdict(certificate.verdict), f"  ({certificate.scope})"))
    if certificate.flaw:
        field("finding", certificate.flaw.value)
    if certificate.reason:
        field("because", certificate.reason)
    if certificate.witness is not None:
        field("witness", f"{certificate.witness}  [{certificate.witness.kind}]")
    if certificate.assumes:
        field("assumes", "; ".join(certificate.assumes))
    lines.append(Text("steps", style="bold"))
    lines += _steps(certificate.steps)
    if claim.correction is not None and certificate.correction is not None:
        lines.append(Text())
        lines.append(Text.assemble(("correction ", "bold"), unmarked(claim.correction.title)))
        field("corrected", claim.correction.printed)
        field("verdict", Text.assemble(_verdict(certificate.correction.verdict), f"  ({certificate.correction.scope})"))
        lines.append(Text("steps", style="bold"))
        lines += _steps(certificate.correction.steps)
    return Group(*lines)


def consoles() -> tuple[Console, Console]:
    """Standard output for results and standard error for progress."""
    out = Console(highlight=False)
    return (out if out.is_terminal else Console(highlight=False, width=PIPE_WIDTH)), Console(
        stderr=True, highlight=False
    )


def decided(claims: Sequence[Claim], chosen: Sequence[Claim], show: bool = True) -> dict[str, Certificate]:
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
