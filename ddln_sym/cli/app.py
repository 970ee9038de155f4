"""The command line: ``ddln-sym check``, ``list``, ``explain``, ``entropy``, ``flow``, ``analyze``, ``figures``,
``derive``, ``report``, ``new``, ``paper``, ``verify``.

Exit codes: 0 as locked, 1 differs from the lockfile, 2 usage, 3 internal error, 4 undecided,
5 nothing selected, 130 interrupted, 141 nobody reads the output any more, 143 terminated.
Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ddln_sym.cli import analyze as analyze_command
from ddln_sym.cli import derive as derive_command
from ddln_sym.cli import figures as figures_command
from ddln_sym.cli import flow as flow_command
from ddln_sym.cli import paper as paper_command
from ddln_sym.cli import report as report_command
from ddln_sym.cli import verify as verify_command
from ddln_sym.cli.files import UsageError, check_file, interruption, write_files, write_json
from ddln_sym.cli.whole_numbers import whole

if TYPE_CHECKING:
    from ddln_sym.claims import Claim
    from ddln_sym.statements import Certificate

__all__ = ["app", "main", "run_module"]

AS_LOCKED, DIFFERS, USAGE, INTERNAL, UNDECIDED, NOTHING, INTERRUPTED, UNREAD, TERMINATED = (
    0,
    1,
    2,
    3,
    4,
    5,
    130,
    141,
    143,
)

LOCK = "verdicts.json"

SETTINGS: dict[str, Any] = {"help_option_names": ["-h", "--help"]}

app = typer.Typer(
    no_args_is_help=True,
    context_settings=SETTINGS,
    rich_markup_mode="markdown",
)


def _version(wanted: bool) -> None:
    if wanted:
        from ddln_sym.taylor import jets
        from ddln_sym.version import version as named

        typer.echo(f"ddln-sym {named()}")
        typer.echo(f"Taylor coefficients: {'compiled' if jets.available() else 'plain interpreter'}")
        raise typer.Exit


HELP = """Check *Optimization Insights into Deep Diagonal Linear Networks* (arXiv 2412.16765), formula by formula.

`check` decides every claim, `list` names them, `explain eq-20` shows one on a screen.
`entropy` computes the entropy of the mirror flow of any depth, `figures` draws experiments.
`analyze` decides about any model what can be decided.
"""


@app.callback(help=HELP)
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """``ddln-sym``, as :data:`HELP` says."""


def _ids(incomplete: str) -> list[str]:
    """The ids of the paper's claims that begin so, for completion in a shell: those of the lockfile."""
    from ddln_sym.claims import lockfile

    return [name for name in lockfile.read(_lock_path()) if name.startswith(incomplete)]


Selection = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PATH|ID",
        autocompletion=_ids,
        help="Claim ids, or Python files or folders with claims; all of the paper if omitted.",
    ),
]


CHECK_HELP = """Decide claims and compare the verdicts with the lockfile.

Exit code 0: as locked.  1: a verdict or scope differs.  2: usage.  3: internal error.  4: undecided.
5: nothing selected.

Examples:  `ddln-sym check`  ·  `ddln-sym check eq-20 thm-2`  ·  `ddln-sym check my_claims.py --json -`
"""


@app.command(help=CHECK_HELP)
def check(
    selection: Selection = None,
    json: Annotated[
        str | None, typer.Option("--json", metavar="FILE", help="Write the results as JSON; - is standard output.")
    ] = None,
    proof: Annotated[
        str | None,
        typer.Option(
            "--proof",
            metavar="FILE",
            help="Write every step whole, for `python -m ddln_sym.checker`; - is standard output.",
        ),
    ] = None,
    jobs: Annotated[
        int,
        typer.Option(
            "--jobs",
            "-j",
            metavar="N",
            parser=whole(1),
            help="Processes for the paper's claims, from 1 on, at most one a claim and a core.",
        ),
    ] = 1,
    update_lock: Annotated[
        bool, typer.Option("--update-lock", help="Write the verdicts of the whole paper as the lockfile.")
    ] = False,
) -> None:
    """``ddln-sym check``, as :data:`CHECK_HELP` says."""
    from ddln_sym.claims import lockfile

    claims, own = _select(selection or [])
    lock = _find_lock(selection or [], own)
    if update_lock and not lock.whole:
        raise UsageError(
            "--update-lock writes the verdicts of a whole text: leave out the selection, or name the folder of a text "
            "with a TEXT in its text.py"
        )
    path = lock.path
    if update_lock:
        check_file(path, "--update-lock")
    for name, file in (("--json", json), ("--proof", proof)):
        if file is not None:
            check_file(file, name)
    if json == proof == "-":
        raise UsageError("--json and --proof both write to standard output: give one of them a file")
    if json and proof and os.path.realpath(json) == os.path.realpath(proof):
        raise UsageError(f"--json and --proof both write to {json}: give each a file of its own")
    before = {} if update_lock else lockfile.read(path)
    begun = perf_counter()
    certificates = _certify(claims, own, jobs)
    seconds = perf_counter() - begun
    if json is not None:
        write_json(json, {"schema": 1, "results": [c.to_json() for c in certificates]})
    if proof is not None:
        from ddln_sym.kernel import proof as transcribe

        write_json(proof, transcribe(certificates), "--proof", None)
    if "-" not in (json, proof):
        _show(certificates, own, seconds)
    if update_lock:
        _write_lock(path, certificates)
        before = lockfile.read(path)
    changed = lockfile.differences(before, [c for c in certificates if c.id in lock.ids]) if path.exists() else []
    if lock.whole:
        text = "the paper" if not selection else "the text"
        changed += [
            f"{name} is in the lockfile, but {text} has no such claim" for name in before if name not in lock.ids
        ]
    for sentence in changed:
        typer.echo(f"differs: {sentence}", err=True)
    if unread := [c for c in certificates if not c.steps]:
        for certificate in unread:
            typer.echo(f"ddln-sym: {' '.join(certificate.reason.split())}", err=True)
        raise typer.Exit(USAGE)
    if changed:
        raise typer.Exit(DIFFERS)
    if unsettled := [c for c in certificates if c.pending]:
        for certificate in unsettled:
            typer.echo(f"{certificate.verdict}: {certificate.id}: {certificate.reason}", err=True)
        raise typer.Exit(UNDECIDED)


LIST_HELP = "Name the claims: id, place in the paper, file and line, title; piped, a claim is one line."


@app.command("list", help=LIST_HELP)
def list_claims(
    selection: Selection = None,
) -> None:
    """``ddln-sym list``, as :data:`LIST_HELP` says."""
    from ddln_sym.render.terminal import consoles, listing

    _, chosen = _select(selection or [])
    out = consoles()[0]
    for line in listing(chosen, out.width if out.is_terminal else None):
        out.print(line, soft_wrap=not out.is_terminal)


EXPLAIN_HELP = """\
Show one claim: what is printed, the verdict, the witness, the correction, every step, its theorems in Rocq.

Examples:  `ddln-sym explain eq-20`  ·  `ddln-sym explain my_claims.py my-speed`
"""


@app.command(help=EXPLAIN_HELP)
def explain(
    claim: Annotated[
        str,
        typer.Argument(metavar="ID|FILE", autocompletion=_ids, help="A claim id, such as eq-20, or a file of claims."),
    ],
    one_of: Annotated[str | None, typer.Argument(metavar="ID", help="The claim of that file to show.")] = None,
) -> None:
    """``ddln-sym explain``, as :data:`EXPLAIN_HELP` says."""

    from ddln_sym.render.terminal import consoles, explanation

    claims, chosen = _select([claim])
    if one_of is not None:
        chosen = _the_one(claim, one_of, chosen)
    out = consoles()[0]
    for one, certificate in zip(chosen, _certify(claims, chosen, 1, quiet=True), strict=True):
        try:
            shown = explanation(one, certificate)
        except ValueError as error:
            raise UsageError(f"{one.id} cannot be shown: {error}") from error
        out.print(shown)


ENTROPY_HELP = """\
The entropy of the mirror flow at a point: value, gradient, Hessian, range of the mirror map, closed form.

Example:  `ddln-sym entropy --layers "0.3 -0.9; 0.8 0.2; -0.6 0.7" --theta "0.5 0.1" --digits 50`
"""


@app.command("entropy", help=ENTROPY_HELP)
def entropy_at(
    layers: Annotated[
        str, typer.Option("--layers", metavar="ROWS", help="Initial layers: rows separated by ;, numbers by blanks.")
    ],
    theta: Annotated[str, typer.Option("--theta", metavar="POINT", help="A point: one number per coordinate.")],
    digits: Annotated[
        int,
        typer.Option("--digits", metavar="N", parser=whole(1, 100_000), help="Significant digits, from 1 to 100000."),
    ] = 30,
    certified: Annotated[bool, typer.Option("--certified", help="Balls that contain the exact values.")] = False,
    json: Annotated[
        str | None, typer.Option("--json", metavar="FILE", help="Write the values as JSON; - is standard output.")
    ] = None,
) -> None:
    """``ddln-sym entropy``, as :data:`ENTROPY_HELP` says."""
    from ddln_sym.cli.entropy import evaluate, write_lines

    if json is not None:
        check_file(json, "--json")
    try:
        values = evaluate(layers, theta, digits, certified)
    except (ValueError, ArithmeticError) as error:
        raise UsageError(str(error)) from error
    if json is not None:
        write_json(json, values)
    if json != "-":
        typer.echo("\n".join(write_lines(values)))


app.command("flow", help=flow_command.HELP)(flow_command.flow)
app.command("analyze", help=analyze_command.HELP)(analyze_command.analyze)
app.command("figures", help=figures_command.HELP)(figures_command.figures)
app.command("derive", help=derive_command.HELP)(derive_command.derive)
app.command("report", help=report_command.HELP)(report_command.report)
app.command("new", help=paper_command.NEW_HELP)(paper_command.new)
app.command("paper", help=paper_command.PAPER_HELP)(paper_command.paper)
app.command("verify", help=verify_command.HELP)(verify_command.verify)


def _command() -> Any:
    """The command line as one object; its help names no types: a metavar says more, and a flag takes no value."""
    command = typer.main.get_command(app)
    for one in (command, *getattr(command, "commands", {}).values()):
        about_help = one.get_help_option(typer.Context(one, **SETTINGS))
        for parameter in (*one.params, *([about_help] if about_help else [])):
            if getattr(parameter, "is_flag", False):
                parameter.metavar = ""
            elif parameter.param_type_name == "argument":
                parameter.display_type_rich = lambda ctx: None
    return command


# -- selecting and certifying -----------------------------------------------------------------------
def _library() -> tuple[Claim, ...]:
    from ddln_sym.claims import collect

    return collect()


@dataclass(frozen=True)
class _Lock:
    """The lockfile of the text that claims are about.

    Attributes:
        path: where it lies.
        ids: those of the chosen claims that it may name.
        whole: whether they are all of the text.
    """

    path: Path
    ids: frozenset[str]
    whole: bool


def _lock_path() -> Path:
    from ddln_sym.claims import paper_folder

    return paper_folder() / LOCK


def _find_lock(selection: Sequence[str], own: Sequence[Claim]) -> _Lock:
    """The lockfile of the paper; of a folder of claims about another text, where that is all that is checked."""
    paper = {claim.id: claim for claim in _library()}
    folder = Path(selection[0]) if len(selection) == 1 else None
    if folder is not None and folder.is_dir() and all(c.text and paper.get(c.id) is not c for c in own):
        return _Lock(folder / LOCK, frozenset(claim.id for claim in own), True)
    ids = frozenset(claim.id for claim in own if paper.get(claim.id) is claim)
    return _Lock(_lock_path(), ids, len(own) == len(ids) == len(paper))


def _select(selection: Sequence[str]) -> tuple[tuple[Claim, ...], tuple[Claim, ...]]:
    """All claims that may be used, and those selected, in order."""
    from ddln_sym.claims import select

    return select(selection, _library())


def _the_one(file: str, id: str, chosen: Sequence[Claim]) -> tuple[Claim, ...]:
    """The claim of a file with an id, or with a correction of that id."""
    from ddln_sym.claims import nearest_id

    found = tuple(c for c in chosen if id in (c.id, c.correction.id if c.correction else None))
    if not found:
        if file in (c.id for c in chosen):
            raise UsageError(f"one claim is explained at a time: {file} is a claim, not a file with {id} in it")
        near = nearest_id(id, [c.id for c in chosen])
        raise UsageError(f"{file} has no claim {id!r}" + (f": did you mean {near}?" if near else ""))
    return found


def _certify(claims: Sequence[Claim], chosen: Sequence[Claim], jobs: int, quiet: bool = False) -> list[Certificate]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from ddln_sym.claims import certify_all
    from ddln_sym.cli.workers import certify_in_processes, useful_jobs
    from ddln_sym.render.terminal import consoles

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(
        *columns, console=consoles()[1], transient=True, disable=quiet or not sys.stderr.isatty()
    ) as progress:
        task = progress.add_task("checking", total=len(chosen))
        found: list[Certificate] = []
        ids = [claim.id for claim in chosen]
        jobs = useful_jobs(jobs, len(ids))
        results = (
            certify_in_processes(ids, jobs)
            if jobs > 1 and {id(c) for c in chosen} <= {id(c) for c in _library()}
            else certify_all(claims, ids, lambda claim: progress.update(task, description=claim.id))
        )
        with _seldom_collected():
            for certificate in results:
                found.append(certificate)
                progress.advance(task)
        return found


#: Objects that are made before Python looks for cycles among them: SymPy's expressions have none.
MADE = 100_000


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """What is there already is not searched for cycles, and what is made only seldom: a thirtieth of the time."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(MADE, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


# -- output ---------------------------------------------------------------------------------------
def _show(certificates: Sequence[Certificate], claims: Sequence[Claim], seconds: float) -> None:
    from ddln_sym.claims import paper_text
    from ddln_sym.render.terminal import build_table, consoles, findings, summary

    out = consoles()[0]
    for text in dict.fromkeys(c.text for c in certificates if c.text not in (None, paper_text())):
        out.print(f"{text}\n", soft_wrap=True)
    out.print(build_table(certificates, out.width))
    refuted = list(findings(certificates, claims))
    if refuted:
        out.print()
        for group in refuted:
            out.print(group)
    out.print()
    out.print(summary(certificates, seconds))


def _write_lock(path: Path, certificates: Sequence[Certificate]) -> None:
    from ddln_sym.claims import lockfile

    write_files({path: lockfile.dump(certificates).encode()}, "--update-lock")
    typer.echo(f"wrote {os.path.relpath(path)}", err=True)


# -- entry points -------------------------------------------------------------------------------------
class _Terminated(BaseException):
    """SIGTERM has come: what is open is closed on the way out."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console that cannot show ∇ still shows the verdict
    # A closed stream would give its number to the next file that is opened.
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 (as long as the process)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    if sys.stdout is None:
        sys.exit(_say("the output cannot be written: standard output is closed", USAGE))
    signal.signal(signal.SIGTERM, _terminate)
    code = _run(arguments)
    try:
        sys.stdout.flush()
    except OSError as error:
        code = code or _explain_output(error)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is still to be flushed on exit has nowhere to go
    sys.exit(code)


def _terminate(number: int, frame: object) -> None:
    raise _Terminated


def _say(message: object, code: int) -> int:
    sentence = " ".join(str(message).split())
    if sentence:  # the help is shown in its place where no command was given
        with suppress(OSError):
            typer.echo(f"ddln-sym: {sentence}", err=True)
    return code


def _run(arguments: Sequence[str] | None) -> int:
    interruption(begin=True)
    try:
        result = _command().main(
            list(arguments) if arguments is not None else None, prog_name="ddln-sym", standalone_mode=False
        )
        if result == INTERRUPTED:  # Typer turns Ctrl-C into this code
            raise KeyboardInterrupt
        return int(result or 0)
    except (KeyboardInterrupt, typer.Abort):
        return _say(f"interrupted; {interruption()}", INTERRUPTED)
    except _Terminated:
        return _say(f"terminated; {interruption()}", TERMINATED)
    except SystemExit as ended:  # with 1, what Typer makes of a pipe that nobody reads any more
        return UNREAD if ended.code else AS_LOCKED
    except UsageError as error:
        return _say(error, USAGE)
    except Exception as error:
        return _explain_output(error) if isinstance(error, OSError) else _say(*_explain(error))


def _explain_output(error: OSError) -> int:
    """What has gone wrong with standard output; a reader that has seen enough, as ``head``, is no mistake."""
    if isinstance(error, BrokenPipeError):
        return UNREAD
    return _say(f"the output cannot be written: {error.strerror or error}", USAGE)


def _explain(error: Exception) -> tuple[str, int]:
    if isinstance(error, typer.BadParameter) or hasattr(error, "format_message"):
        return str(error.format_message()), USAGE
    from ddln_sym.claims import ClaimError, LockfileError, NoClaims

    if isinstance(error, (ClaimError, LockfileError)):
        return str(error), NOTHING if isinstance(error, NoClaims) else USAGE
    return f"internal error, {type(error).__name__}: {error}; please report it with the command you ran", INTERNAL


def run_module(file: str) -> None:
    """Check the claims of one module of proofs when it is run as a script."""
    main(["check", file, *sys.argv[1:]])
