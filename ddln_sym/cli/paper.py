"""``ddln-sym paper``: the displays of an author's LaTeX and the claims about them; ``new``: claims to fill in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ddln_sym.cli.files import UsageError, check_file, named, write_files, write_json

if TYPE_CHECKING:
    from ddln_sym.claims import Claim, Display, Match, Source

__all__ = ["claims_beside", "new", "paper"]

DRIFTED = 1
NO_DISPLAY = "has no numbered or labelled display and no theorem"

PathsOfClaims = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="PATH", parser=named(), help="Files or folders of claims; MAIN.py or claims.py beside it if omitted."
    ),
]


PAPER_HELP = """List the numbered and labelled displays and the theorems of a paper, with the claims about them.

Exit code 0: every printed formula is what the source says.  1: one is not, or its label is gone.  2: usage.
With --compare the exit code is 0.

Examples:  `ddln-sym paper main.tex claims.py`  ·  `ddln-sym paper --compare old.tex main.tex claims.py`
"""


def paper(
    main: Annotated[
        Path,
        typer.Argument(
            metavar="MAIN.tex", parser=named(), help="The author's LaTeX, - is standard input; \\input is followed."
        ),
    ],
    paths: PathsOfClaims = None,
    compare: Annotated[
        Path | None,
        typer.Option(
            "--compare", metavar="OLD.tex", parser=named(), help="Say which claims MAIN touches, against OLD."
        ),
    ] = None,
    json: Annotated[
        str | None, typer.Option("--json", metavar="FILE", help="Write the list as JSON; - is standard output.")
    ] = None,
) -> None:
    """``ddln-sym paper``, as :data:`PAPER_HELP` says."""
    from ddln_sym.claims import match_claims, read_source

    if str(main) == str(compare) == "-":
        raise UsageError("MAIN.tex and --compare are both standard input: give one of them a file")
    source, claims = read_source(main), claims_beside(main, paths or [])
    if json is not None:
        check_file(json, "--json")
    found = match_claims(source, claims)
    if not found:
        raise UsageError(f"{main} {NO_DISPLAY}")
    if compare is not None:
        for line in _compare(read_source(compare), source, claims):
            typer.echo(line)
        return
    if json is not None:
        write_json(json, {"schema": 1, "title": source.title, "displays": [_record(match) for match in found]})
    if json != "-":
        for line in _list_displays(found):
            typer.echo(line)
    drifted = [(match.display, claim) for match in found for claim in match.drifted]
    for display, claim in drifted:
        typer.echo(f"drift: {_drift(display, claim)}", err=True)
    if drifted:
        raise typer.Exit(DRIFTED)


def claims_beside(main: Path, paths: Sequence[Path]) -> tuple[Claim, ...]:
    """The claims in the files named, or else in the file of claims beside a LaTeX source; none without one."""
    from ddln_sym.claims import NoClaims, collect

    if not paths:
        paths = [p for p in (main.with_suffix(".py"), main.with_name("claims.py")) if p.is_file()][:1]
    found: list[Claim] = []
    for path in paths:
        try:
            found += collect(path)
        except NoClaims:
            if path.is_dir() or not path.is_file():
                raise
    return tuple(found)


def _record(match: Match) -> dict[str, Any]:
    display = match.display
    return {
        "place": None if display is None else display.place,
        "label": None if display is None else display.label or None,
        "file": None if display is None else str(display.file),
        "line": None if display is None else display.line,
        "formula": None if display is None else display.tex,
        "claims": [claim.id for claim in match.claims],
        "drifted": [claim.id for claim in match.drifted],
    }


def _list_displays(found: Sequence[Match]) -> list[str]:
    """One line a display: its place, label, where it stands, and the claims about it."""
    rows = [("place", "label", "stands at", "claims")]
    with_claims = 0
    for match in found:
        if match.display is None:
            continue
        d = match.display
        with_claims += bool(match.claims)
        names = [f"{c.id}{_state(c, match)}" for c in match.claims]
        rows.append((d.place, d.label, f"{d.file}:{d.line}", ", ".join(names) or "none"))
    widths = [max(len(row[n]) for row in rows) for n in range(3)]
    lines = ["  ".join([*(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=False)), row[3]]) for row in rows]
    count = len(rows) - 1
    kinds = "display or theorem" if count == 1 else "displays and theorems"
    return [*lines, "", f"{count} {kinds}, {with_claims} with a claim"]


def _state(claim: Claim, match: Match) -> str:
    """What a reader of the list should know of a claim."""
    if any(claim is one for one in match.drifted):
        return " (drifted)"
    return " (draft)" if claim.draft else " (no statement)" if claim.statement == () else ""


def _drift(display: Display | None, claim: Claim) -> str:
    from ddln_sym.claims import locate

    place = locate(claim)
    where = f"{place[0]}, line {place[1]}: " if place else ""
    if display is None:
        return f"{where}{claim.id} is about the label {claim.label}, which the source does not have"
    return (
        f"{where}{claim.id} has the formula {claim.printed}, but {display.file}, line {display.line}, "
        f"says {display.tex}"
    )


def _compare(old: Source, new: Source, claims: Sequence[Claim]) -> list[str]:
    """What a new version changes, removes, adds and renumbers, with the claims about it."""
    from ddln_sym.claims import match_claims, normal_form

    about = {id(m.display): [c.id for c in m.claims] for m in match_claims(old, claims) if m.display is not None}

    def labelled(a: Display, b: Display) -> bool:
        return bool(a.label) and a.label == b.label and a.name == b.name

    def alike(a: Display, b: Display) -> bool:
        return a.name == b.name and normal_form(a.tex) == normal_form(b.tex) and not (a.label and b.label)

    left = list(new.displays)
    pairs: list[tuple[Display, Display]] = []
    for same in (labelled, alike):
        done = {id(a) for a, _ in pairs}
        for a in old.displays:
            b = next((b for b in left if same(a, b)), None) if id(a) not in done else None
            if b is not None:
                pairs.append((a, b))
                left.remove(b)
    partner = {id(a): b for a, b in pairs}
    lines = []
    for a in old.displays:
        b, names = partner.get(id(a)), ", ".join(about.get(id(a), [])) or "no claim"
        if b is None:
            lines.append(f"removed   {a.place}  ({names})")
        elif normal_form(a.tex) != normal_form(b.tex):
            lines += [f"changed   {a.place}  ({names})", f"    was   {a.tex}", f"    is    {b.tex}"]
        elif a.number != b.number:
            lines.append(f"numbered  {a.place} is {b.place}  ({names})")
    lines += [f"added     {b.place}  {b.tex}" for b in left]
    return lines or ["no display and no theorem has changed"]


NEW_HELP = """Write a file of claims to fill in: for a title and ids, or for every display of a LaTeX source.

From LaTeX, the formula and its place are filled in; a statement that could be read is a draft, which `check` does
not decide until its author has compared it with the formula.

Examples:  `ddln-sym new "On Mirrors" eq-1 … eq-40 thm-1`  ·  `ddln-sym new main.tex -o claims.py`
"""


def new(
    text: Annotated[str, typer.Argument(metavar="TITLE|MAIN.tex", help="The title of a text, or its LaTeX.")],
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID", help="Ids of the claims, as eq-1 … eq-40.")] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", parser=named(), help="The file to write; - is standard output."),
    ] = None,
) -> None:
    """``ddln-sym new``, as :data:`NEW_HELP` says."""
    from ddln_sym.claims import expand_ids, read_source, scaffold, scaffold_source

    from_tex = text.endswith(".tex")
    target = output or (Path(text).with_suffix(".py") if from_tex else Path("claims.py"))
    check_file(target, "--output", "claims.py")
    if str(target) != "-" and target.exists() and target.stat().st_size:
        raise UsageError(
            f"--output: {target} exists already, and what is written in it would be lost: name another file"
        )
    if from_tex:
        if ids:
            raise UsageError(f"{ids[0]}: ids are given with a title; from LaTeX every display has a claim")
        source = read_source(Path(text))
        if not source.displays:
            raise UsageError(f"{text} {NO_DISPLAY}")
        written, count = scaffold_source(source, target.name), len(source.displays)
    else:
        if not text.strip():
            raise UsageError("the title of the text is empty: give its words")
        names = expand_ids(ids or [])
        if not names:
            raise UsageError('give the ids of the claims after the title, as `ddln-sym new "On Mirrors" eq-1 … eq-40`')
        written, count = scaffold(text, names, target.name), len(names)
    if str(target) == "-":
        typer.echo(written, nl=False)
        return
    write_files({target: written.encode()})
    typer.echo(f"wrote {target}: {count} claim{'s' * (count != 1)} to fill in", err=True)
