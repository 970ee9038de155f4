"""``ddln-sym verify``: the theorems of the claims, accepted by Rocq."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ddln_sym.cli.files import UsageError, check_file, write_files, write_json
from ddln_sym.cli.whole_numbers import whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from ddln_sym.claims import Claim
    from ddln_sym.rocq import Coverage, Verification

__all__ = ["verify"]

REJECTED, NOTHING = 1, 5


HELP = """Compile the project's Rocq library and check that it proves what the claims say.

Each statement is generated from its claim and has to follow from a theorem of the library. Needs Rocq with
Coquelicot (Debian: `coq`, `libcoq-coquelicot`).

Exit code 0: everything is accepted.  1: something is rejected.  2: usage, or Rocq is missing.
5: none of the claims has a theorem.

Examples:  `ddln-sym verify`  ·  `ddln-sym verify eq-20 thm-2`  ·  `ddln-sym verify --coqchk --json -`
·  `ddln-sym verify eq-25 --goals goals.v`
"""


def verify(
    selection: Annotated[
        list[str] | None,
        typer.Argument(metavar="ID", help="Claim ids; every claim that has a theorem if omitted."),
    ] = None,
    coqchk: Annotated[
        bool, typer.Option("--coqchk", help="Let the independent checker read the compiled library as well.")
    ] = False,
    json: Annotated[
        str | None, typer.Option("--json", metavar="FILE", help="Write the answers as JSON; - is standard output.")
    ] = None,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", metavar="N", parser=whole(1), help="Processes of coqc at a time, from 1 on.")
    ] = 2,
    goals: Annotated[
        str | None,
        typer.Option(
            "--goals",
            metavar="FILE",
            help="Instead, generate a goal for each step that rests on no other, and write those that Rocq proves.",
        ),
    ] = None,
) -> None:
    """``ddln-sym verify``, as :data:`HELP` says."""
    from ddln_sym.claims import by_id, collect, select
    from ddln_sym.render.terminal import consoles
    from ddln_sym.rocq import Rejected, RocqError, coverage
    from ddln_sym.rocq import verify as ask

    if goals is not None:
        for option, given in (("--coqchk", coqchk), ("--json", json is not None)):
            if given:
                raise UsageError(f"{option} is about the theorems, and --goals about single steps: give one of them")
        check_file(goals, "--goals", "goals.v")
    if json is not None:
        check_file(json, "--json")
    claims = collect()
    library = by_id(claims)
    _, chosen = select(selection or [], claims)
    if goals is not None:
        _prove_goals(claims, [claim.id for claim in chosen], goals, jobs)
        return
    wanted = [one for claim in chosen for one in (claim, claim.correction) if one is not None]
    found = [coverage(library.get(claim.id, claim), library) for claim in wanted]
    links = [link for one in found for link in one.links]
    if not any(one.links or one.stronger for one in found):
        for one in found:
            typer.echo(f"ddln-sym: {one.claim}: {'; '.join(one.missing.values())}", err=True)
        raise typer.Exit(NOTHING)
    try:
        answers = ask(links, library, {one.claim: one.stronger for one in found}, coqchk, jobs)
    except RocqError as error:
        raise UsageError(str(error)) from error
    except Rejected as error:
        typer.echo(f"ddln-sym: {error}", err=True)
        raise typer.Exit(REJECTED) from error
    if json is not None:
        write_json(json, answers.to_json() | {"missing": {one.claim: _missing(one) for one in found if one.missing}})
    if json != "-":
        out = consoles()[0]
        out.print(_tabulate(answers, found))
        out.print()
        for line in _summary(answers, found, bool(selection)):
            out.print(line)
    for answer in answers.answers:
        if not answer.accepted:
            typer.echo(f"rejected: {answer.claim}, {answer.theorem} ({answer.place}): {answer.reason}", err=True)
    if not answers.accepted:
        sys.stdout.flush()
        raise typer.Exit(REJECTED)


def _prove_goals(claims: Sequence[Claim], chosen: Sequence[str], file: str, jobs: int) -> None:
    """Goals of the steps of claims: how many Rocq proves, by what the kernel decided them by, and their proofs."""
    from ddln_sym.claims import certify_all
    from ddln_sym.rocq import Rejected, RocqError, goals, prove_goals

    wanted, leaves = goals(certify_all(claims, list(chosen)))
    try:
        answers = prove_goals(wanted, leaves, jobs)
    except RocqError as error:
        raise UsageError(str(error)) from error
    except Rejected as error:
        typer.echo(f"ddln-sym: {error}", err=True)
        raise typer.Exit(REJECTED) from error
    if file == "-":
        typer.echo(answers.source, nl=False)
        return
    write_files({Path(file): answers.source.encode()}, "--goals")
    for evidence, count in sorted(answers.leaves.items(), key=lambda pair: -pair[1]):
        typer.echo(f"{answers.accepted.get(evidence, 0):5} of {count:4}  {evidence}")
    accepted, leaf_steps = sum(answers.accepted.values()), sum(answers.leaves.values())
    typer.echo(f"Rocq proves {accepted} of {leaf_steps} steps that rest on no other; {len(wanted)} different goals")
    typer.echo(f"assumed: {', '.join(answers.assumptions) or 'nothing'}")


def _missing(one: Coverage) -> dict[str, str]:
    return {str(part): reason for part, reason in one.missing.items()}


def _tabulate(answers: Verification, found: Sequence[Coverage]) -> Table:
    """A row for each theorem of each claim."""
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=None, pad_edge=False, header_style="bold")
    grid.add_column("claim", no_wrap=True)
    grid.add_column("Rocq", no_wrap=True)
    grid.add_column("proposition", no_wrap=True)
    grid.add_column("theorem", overflow="fold")
    grid.add_column("file", overflow="fold")
    grid.add_column("seconds", justify="right", no_wrap=True)
    for one in found:
        for n, answer in enumerate(a for a in answers.answers if a.claim == one.claim):
            says, colour = ("refuted", "red") if answer.refuted else ("proved", "green")
            verdict = Text(says, colour) if answer.accepted else Text("rejected", "magenta")
            part = "as printed" if answer.part is None else f"{answer.part + 1} of {one.propositions}"
            seconds = "" if answer.part is None else f"{answer.seconds:.2f}"
            name = Text(one.claim if n == 0 else "", "bold")
            grid.add_row(name, verdict, Text(part), Text(answer.theorem), Text(answer.place), Text(seconds))
    return grid


def _summary(answers: Verification, found: Sequence[Coverage], chosen: bool) -> list[str]:
    """What is accepted, what is assumed, and what has no theorem."""
    from ddln_sym.numerics import count_of

    rejected = {answer.claim for answer in answers.answers if not answer.accepted}
    linked = [one for one in found if one.links or one.stronger]
    whole = [one for one in linked if one.whole and one.claim not in rejected]
    rests = sorted({name for answer in answers.answers for name in answer.assumptions})
    again = ", read again by coqchk" if answers.checked else ""
    lines = [
        f"Rocq {answers.version}: {count_of(len(whole), 'claim')} accepted whole, "
        f"{len(linked) - len(whole)} in part or rejected; "
        f"{count_of(len(answers.answers), 'statement')}, {answers.seconds:.0f} s{again}",
        f"assumed: {', '.join(rests) or 'nothing'}",
    ]
    for one in found if chosen else linked:
        for reason in dict.fromkeys(() if one.refuted else one.missing.values()):
            parts = [str(part + 1) for part, why in one.missing.items() if why == reason]
            lines.append(f"{one.claim}, proposition{'s' * (len(parts) > 1)} {', '.join(parts)}: {reason}")
    without = 0 if chosen else len(found) - len(linked)
    lines += [f"{count_of(without, 'claim')} without a theorem: ddln-sym verify ID says why"] if without else []
    return lines
