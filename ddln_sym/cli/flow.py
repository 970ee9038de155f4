"""``ddln-sym flow``: integrate the problem in a file, and show where its flow is at the end."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ddln_sym.cli.files import UsageError, check_file, read_text, write_json
from ddln_sym.cli.python_files import object_in
from ddln_sym.cli.whole_numbers import whole

__all__ = ["flow"]

#: What the sign of the rate of an expression means where it vanishes.
WAYS = {1: "rising", -1: "falling"}


HELP = """Integrate the gradient flow of a problem, and show where it is at time T, with all digits.

A Python file, FILE.py or FILE.py::NAME, has the flow of any model, such as
`flow = ddln_sym.GradientFlow(loss, G, start)`.

With `--event` and a certified flow, the times at which an expression of `theta_1`, `xi_1` and the layers `u1_1`
(layer 1, coordinate 1), or of the parameters of a model, vanishes: all of them, in balls.

Example:  `ddln-sym flow docs/examples/figure3.toml --until 1 --digits 50 --certified`
"""


def flow(
    problem: Annotated[
        str,
        typer.Argument(
            metavar="PROBLEM.toml|FILE.py",
            help="X, y and layers, as numbers or strings, - is standard input; or a Python file with a GradientFlow.",
        ),
    ],
    until: Annotated[str, typer.Option("--until", metavar="T", help="The last time, a decimal number of at least 0.")],
    digits: Annotated[
        int,
        typer.Option(
            "--digits", metavar="N", parser=whole(1, 5000), help="Decimal digits that shall be correct, from 1 to 5000."
        ),
    ] = 30,
    certified: Annotated[
        bool, typer.Option("--certified", help="Balls that provably contain the flow, and the signs it changes.")
    ] = False,
    event: Annotated[
        list[str] | None,
        typer.Option("--event", metavar="EXPR", help="With --certified: all times at which EXPR vanishes; repeatable."),
    ] = None,
    json: Annotated[
        str | None, typer.Option("--json", metavar="FILE", help="Write the result as JSON; - is standard output.")
    ] = None,
) -> None:
    """``ddln-sym flow``, as :data:`HELP` says."""
    from rich.progress import Progress

    from ddln_sym.flows import certified_summary_of, summary_of
    from ddln_sym.render.terminal import consoles

    if json is not None:
        check_file(json, "--json")
    if event and not certified:
        raise UsageError("--event is given without --certified: events are found in balls")
    with Progress(console=consoles()[1], transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("integrating", total=None)

        def shown(t: float) -> None:
            bar.update(task, description=f"integrating, t = {t:.6g}")

        try:
            flow = _flow_of(problem)
            if certified:
                box = flow.enclose(until, digits, shown)
                found = certified_summary_of(box)
                if event:
                    found["events"] = [found_event for text in event for found_event in _events(box, text)]
            else:
                found = summary_of(flow.integrate(until, digits, progress=shown, dense=False))
        except (ValueError, ArithmeticError) as error:
            raise UsageError(str(error)) from error
    if json is not None:
        write_json(json, found)
    if json != "-":
        _show(found)


def _events(box: Any, expression: str) -> list[dict[str, Any]]:
    from ddln_sym.numerics import decimal

    return [
        {
            "expression": expression,
            "t": dict(zip(("mid", "rad"), decimal(event.time, box.digits), strict=True)),
            "direction": event.direction,
        }
        for event in box.events(expression)
    ]


def _flow_of(problem: str) -> Any:
    from ddln_sym.flows import GradientFlow, ModelFlow, parse_problem

    path, _, name = problem.partition("::")
    if path.endswith(".py"):
        return object_in(
            Path(path), name, (GradientFlow, ModelFlow), "flow", "flow = ddln_sym.GradientFlow(loss, G, start)"
        )
    return parse_problem(read_text(problem), problem if problem != "-" else "standard input")


def _show(found: dict[str, Any]) -> None:
    lines: dict[str, Any] = {name: found[name] for name in ("t", "loss", "bound") if name in found}
    if found["loss"] == "0":  # without a digit that is known, which an exact 0 has
        lines["loss"] = f"0 ± {found['loss_error']}"
    lines |= {
        f"{name}_{i}": value for name in ("theta", "xi", "metric") for i, value in enumerate(found.get(name, ()), 1)
    }
    lines |= {f"u^{j}_{i}": value for j, row in enumerate(found.get("layers", ()), 1) for i, value in enumerate(row, 1)}
    lines |= found.get("parameters", {})
    lines |= {f"{name}'": value for name, value in found.get("velocity", {}).items()}
    for name, value in lines.items():
        text = _write(value)
        typer.echo(f"{name:<10}{text if text.startswith('-') else f' {text}'}")
    for event in found.get("events", ()):
        typer.echo(f"{event['expression']} = 0, {WAYS[event['direction']]}, at t = {_write(event['t'])}")
    if "sign_changes" in found:
        changes = found["sign_changes"]
        for change in changes or ():
            name = f"u^{change['layer']}_{change['coordinate']}"
            typer.echo(f"{name} changes sign once, at t = {_write(change['t'])}")
        typer.echo("no other layer changes sign" if changes is not None else "changes of sign are not decided")


def _write(value: Any) -> str:
    return f"{value['mid']} ± {value['rad']}" if isinstance(value, dict) else str(value)
