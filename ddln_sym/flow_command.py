"""``ddln-sym flow``: integrate the problem in a file, and show where its flow is at the end."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ddln_sym.output import UsageError, write_json

__all__ = ["flow"]


def flow(
    problem: Annotated[Path, typer.Argument(metavar="PROBLEM.toml", help="X, y and layers, as numbers or strings.")],
    until: Annotated[str, typer.Option("--until", metavar="T", help="The last time, as a decimal number.")],
    digits: Annotated[int, typer.Option("--digits", metavar="N", help="Decimal digits that shall be correct.")] = 30,
    json: Annotated[
        str | None, typer.Option("--json", metavar="FILE", help="Write the result as JSON; - is standard output.")
    ] = None,
) -> None:
    """Integrate the gradient flow of a problem, and show where it is at time T, with all digits.

    Example:  `ddln-sym flow docs/examples/figure3.toml --until 1 --digits 50`
    """
    from rich.progress import Progress

    from ddln_sym.console import consoles
    from ddln_sym.problem import read_problem, summary_of

    with Progress(console=consoles()[1], transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("integrating", total=None)
        try:
            trajectory = read_problem(problem).integrate(
                until, digits, progress=lambda t: bar.update(task, description=f"integrating, t = {t:.6g}")
            )
        except (ValueError, ArithmeticError) as error:
            raise UsageError(str(error)) from error
    found = summary_of(trajectory)
    if json is not None:
        write_json(json, found)
    if json != "-":
        _show(found)


def _show(found: dict[str, Any]) -> None:
    for name in ("t", "loss", "bound"):
        if name in found:
            typer.echo(f"{name:<8}{found[name]}")
    for name in ("theta", "xi", "metric"):
        for i, value in enumerate(found[name], 1):
            typer.echo(f"{f'{name}_{i}':<10}{value}")
    for j, row in enumerate(found["layers"], 1):
        for i, value in enumerate(row, 1):
            typer.echo(f"{f'u^{j}_{i}':<10}{value}")
