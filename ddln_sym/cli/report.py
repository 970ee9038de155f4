"""``ddln-sym report``: verdicts, proofs and figures as one page for a browser."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ddln_sym.cli.files import UsageError, check_file, named, write_files

if TYPE_CHECKING:
    from ddln_sym.render.html import Picture

__all__ = ["report"]

PACKAGES = ("sympy", "python-flint", "z3-solver", "mpmath")


HELP = """Write the claims, their verdicts and proofs, and the figures as one page of HTML.

The page needs no network and no script. The refuted claims come first.

Examples:  `ddln-sym report -o report.html`  ·  `ddln-sym report eq-20 thm-2 -o two.html`
"""


def report(
    selection: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH|ID", help="Claim ids, or files with claims; all of the paper if omitted."),
    ] = None,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", parser=named(), help="The file to write; - is standard output."),
    ] = Path("report.html"),
    figures: Annotated[
        bool | None,
        typer.Option("--figures/--no-figures", help="Draw the experiments; by default with the whole paper."),
    ] = None,
) -> None:
    """``ddln-sym report``, as :data:`HELP` says."""
    from ddln_sym.claims import by_section, collect, select
    from ddln_sym.render.html import page
    from ddln_sym.render.terminal import decide_all

    claims, chosen = select(selection or [], collect())
    check_file(output, "--output", "report.html")
    show = sys.stderr.isatty()
    found = decide_all(claims, chosen, show)
    sections = {title: [(c, found[c.id]) for c in part] for title, part in by_section(chosen).items()}
    drawn = not selection if figures is None else figures
    try:
        text = page(sections, list(_pictures(show)) if drawn else [], _facts(drawn))
    except ValueError as error:
        raise UsageError(f"the page cannot be made, and nothing was written: {error}") from error
    if str(output) == "-":
        sys.stdout.write(text)
        return
    write_files({output: text.encode()})
    typer.echo(f"wrote {output}: {len(chosen)} claim{'s' * (len(chosen) != 1)}", err=True)


def _pictures(show: bool) -> Iterator[Picture]:
    """Every experiment, drawn."""
    from rich.progress import track

    from ddln_sym.cli.figures import figure_files
    from ddln_sym.experiments import CATALOGUE, outcome_of
    from ddln_sym.render.html import Picture, inline_svg
    from ddln_sym.render.terminal import consoles

    for name, line in track(CATALOGUE.items(), "drawing", console=consoles()[1], transient=True, disable=not show):
        outcome = outcome_of(name)
        title = line[:1].upper() + line[1:]
        svg = figure_files(name, outcome, ["svg"])[f"{name}.svg"].decode()
        rows = tuple(compared.row for compared in outcome.compared)
        yield Picture(name, title, outcome.drawn, inline_svg(svg, name, title), rows, outcome.said)


def _facts(drawn: bool) -> dict[str, str]:
    """The versions of what decided, and the seeds of what was drawn."""
    from importlib.metadata import version
    from platform import python_version

    from ddln_sym.experiments import CATALOGUE, seeds_of
    from ddln_sym.version import version as named

    facts = {"ddln-sym": named(), **{name: version(name) for name in PACKAGES}, "Python": python_version()}
    if drawn:
        seeds = [f"{name} {' and '.join(map(str, seeds_of(name)))}" for name in CATALOGUE if seeds_of(name)]
        facts["seeds"] = f"{', '.join(seeds)}; the other figures draw no random number"
    return facts
