"""``ddln-sym figures``: the experiments, drawn, with their numbers and captions."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from io import BytesIO, StringIO
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ddln_sym.cli.files import UsageError, check_folder, named, write_files

if TYPE_CHECKING:
    from ddln_sym.experiments import Outcome

__all__ = ["figure_files", "figures"]

#: What a file says of itself; without the time and the version, so that the same numbers give the same bytes.
METADATA = {
    "svg": {"Date": None, "Creator": "ddln-sym"},
    "pdf": {"CreationDate": None, "Creator": "ddln-sym", "Producer": None},
}
WIDTH = 100  # characters of a line of a caption


HELP = """Draw the experiments: SVG and PDF, the numbers as CSV, the caption as text.

Each caption says what theory predicts and what was measured; `NAME-compared.csv` has both side by side.

Examples:  `ddln-sym figures --list`  ·  `ddln-sym figures -o figures signs rates`
"""


def figures(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME", help="Names of figures; all of them if omitted.")
    ] = None,
    folder: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", parser=named("folder"), help="The folder to write to.")
    ] = Path("figures"),
    listed: Annotated[
        bool, typer.Option("--list", help="Name the figures, each with a line, and write nothing.")
    ] = False,
) -> None:
    """``ddln-sym figures``, as :data:`HELP` says."""
    from rich.progress import Progress

    from ddln_sym.experiments import CATALOGUE, outcome_of
    from ddln_sym.render.terminal import consoles

    if listed and names:
        raise UsageError(f"--list names all figures, without {names[0]}: leave out one of them")
    if listed:
        for name, line in CATALOGUE.items():
            typer.echo(f"{name:<{max(map(len, CATALOGUE)) + 2}}{line}")
        return
    chosen = list(dict.fromkeys(names or CATALOGUE))
    for name in chosen:
        if name not in CATALOGUE:
            near = get_close_matches(name, CATALOGUE, 1)
            hint = f"did you mean {near[0]}?" if near else "`ddln-sym figures --list` names them all"
            raise UsageError(f"there is no figure {name!r}: {hint}")
    check_folder(folder, "--output")
    with Progress(console=consoles()[1], transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("drawing", total=len(chosen))
        for name in chosen:
            bar.update(task, description=f"drawing {name}")
            contents = figure_files(name, outcome_of(name))
            write_files({folder / file: content for file, content in contents.items()})
            bar.console.print(
                f"wrote {folder / name}: {', '.join(contents)}", markup=False, highlight=False, soft_wrap=True
            )
            bar.advance(task)


def figure_files(name: str, outcome: Outcome, formats: Sequence[str] = ("svg", "pdf")) -> dict[str, bytes]:
    """The files of a figure, by name: the picture in each format, each table as CSV, the caption.

    >>> from ddln_sym.experiments import outcome_of
    >>> list(figure_files("depths", outcome_of("depths"), formats=["svg"]))
    ['depths.svg', 'depths.csv', 'depths-slope.csv', 'depths-bounds.csv', 'depths-compared.csv', 'depths.txt']
    """
    from matplotlib import rc_context

    from ddln_sym.experiments import build_table
    from ddln_sym.render.figures import STYLE, draw

    figure, files = draw(name, outcome.tables), {}
    for kind in formats:
        with rc_context(STYLE), BytesIO() as stream:
            figure.savefig(stream, format=kind, metadata=METADATA[kind])
            files[f"{name}.{kind}"] = stream.getvalue()
    compared = [(c.quantity, c.predicted, c.relation, c.measured) for c in outcome.compared]
    tables = {**outcome.tables, "compared": build_table("quantity predicted relation measured", compared)}
    for label, columns in tables.items():
        stem = f"{name}-{label}" if label else name
        files[f"{stem}.csv"] = _csv([list(columns), *zip(*columns.values(), strict=True)])
    return {**files, f"{name}.txt": (fill(outcome.caption, WIDTH) + "\n").encode()}


def _csv(rows: Sequence[Sequence[Any]]) -> bytes:
    """Rows, floats with eight significant digits, which every machine computes alike."""
    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerows([f"{v:.8g}" if isinstance(v, float) else v for v in row] for row in rows)
    return stream.getvalue().encode()
