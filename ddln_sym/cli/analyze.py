"""``ddln-sym analyze``: what can be decided about a parametrization of the zoo, or one in a Python file."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from ddln_sym.cli.files import UsageError, check_file, check_folder, named, write_files, write_json
from ddln_sym.cli.python_files import object_in
from ddln_sym.cli.whole_numbers import whole

__all__ = ["analyze", "model_of", "zoo"]

MASTER, BIBLIOGRAPHY, PDF = "study.tex", "references.bib", "study.pdf"
FAILED = 1
#: Models of the zoo by name; half quadratics take matrices, so they come from a file.
NAMES = (
    "asymmetric_factorization",
    "convolutional",
    "deep_diagonal",
    "deep_linear",
    "difference",
    "exponential",
    "hadamard_square",
    "matrix_factorization",
    "redundant",
    "relu_paths",
    "shallow_linear",
    "softmax",
    "sphere",
    "squared_simplex",
    "two_sided",
    "weight_normalization",
)


def zoo() -> dict[str, Callable[..., Any]]:
    """The functions that build the models, by name."""
    from ddln_sym import models

    return {name: getattr(models, name) for name in NAMES}


HELP = """Decide about a model what can be decided: commuting, rank, domains, conservation laws, entropy.

With `--derive`, DIR gets `study.tex` and `references.bib`, and with `--pdf` `study.pdf`.

Exit code 0: done.  1: TeX is missing or failed.  2: usage.

Examples:  `ddln-sym analyze difference --depth 3 --dimension 4`  ·  `ddln-sym analyze my_model.py`
"""


def analyze(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL|FILE",
            help="A model of the zoo, or FILE.py or FILE.py::NAME; --list names them. Its sizes are from 1 on.",
        ),
    ] = "",
    depth: Annotated[
        int | None, typer.Option("--depth", metavar="L", parser=whole(1), help="Layers, or an exponent.")
    ] = None,
    dimension: Annotated[
        int | None, typer.Option("--dimension", metavar="D", parser=whole(1), help="Coordinates of θ.")
    ] = None,
    hidden: Annotated[
        int | None, typer.Option("--hidden", metavar="N", parser=whole(1), help="Hidden neurons.")
    ] = None,
    rank: Annotated[
        int | None, typer.Option("--rank", metavar="R", parser=whole(1), help="Inner width of a factorization.")
    ] = None,
    size: Annotated[int | None, typer.Option("--size", metavar="N", parser=whole(1), help="Rows of UUᵀ.")] = None,
    rows: Annotated[int | None, typer.Option("--rows", metavar="N", parser=whole(1), help="Rows of UVᵀ.")] = None,
    columns: Annotated[
        int | None, typer.Option("--columns", metavar="N", parser=whole(1), help="Columns of UVᵀ.")
    ] = None,
    widths: Annotated[
        str | None, typer.Option("--widths", metavar="N,N,…", help="Widths of the layers, such as 2,3,1.")
    ] = None,
    sizes: Annotated[
        str | None, typer.Option("--sizes", metavar="N,N,…", help="Lengths of the filters, such as 2,3.")
    ] = None,
    biases: Annotated[bool | None, typer.Option("--biases/--no-biases", help="Of a ReLU network.")] = None,
    normalized: Annotated[
        bool | None, typer.Option("--normalized/--no-normalized", help="Weights divided by their norm or not.")
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(
            "--start", metavar="POINT", help="A start, numbers separated by blanks: is there an entropy from there?"
        ),
    ] = None,
    degree: Annotated[
        int | None,
        typer.Option(
            "--degree", metavar="N", parser=whole(1), help="Largest degree of laws that are tried, from 1 on."
        ),
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option("--seconds", metavar="S", help="Nothing further is begun after so many seconds, above 0."),
    ] = None,
    names: Annotated[bool, typer.Option("--list", help="Name the models of the zoo and what they take.")] = False,
    json: Annotated[
        str | None, typer.Option("--json", metavar="FILE", help="Write the study as JSON; - is standard output.")
    ] = None,
    derive: Annotated[
        Path | None,
        typer.Option(
            "--derive", metavar="DIR", parser=named("folder"), help="Write the study with its proofs as LaTeX."
        ),
    ] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="With --derive: compile with latexmk.")] = False,
) -> None:
    """``ddln-sym analyze``, as :data:`HELP` says."""
    from rich.progress import Progress

    from ddln_sym.models import analyze as study_of
    from ddln_sym.render.terminal import consoles

    if names and model:
        raise UsageError(f"--list names the models of the zoo, without {model}: leave out one of them")
    if names:
        for name, build in zoo().items():
            typer.echo(f"{name:<26}{', '.join(_option(p) for p in inspect.signature(build).parameters)}")
        return
    if pdf and derive is None:
        raise UsageError("--pdf is given without --derive DIR, the folder that the PDF is written to")
    if json is not None:
        check_file(json, "--json")
    if derive is not None:
        check_folder(derive, "--derive")
    options = {
        "depth": depth, "dimension": dimension, "hidden": hidden, "rank": rank, "size": size, "rows": rows,
        "columns": columns, "widths": _whole_numbers(widths, "--widths"), "sizes": _whole_numbers(sizes, "--sizes"),
        "biases": biases,
        "normalized": normalized,
    }  # fmt: skip
    with Progress(console=consoles()[1], transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("reading the model", total=None)
        try:
            net = model_of(model, {name: value for name, value in options.items() if value is not None})
            point = None if start is None else re.split(r"[\s,]+", start.strip())
            study = study_of(net, point, degree, seconds, lambda text: bar.update(task, description=text))
            record = study.to_json() if json is not None else {}
        except (ValueError, ArithmeticError) as error:
            raise UsageError(str(error)) from error
    if json is not None:
        write_json(json, record)
    if json != "-":
        typer.echo(str(study))
    if derive is not None:
        _derive(study, derive, pdf)


def _derive(study: Any, folder: Path, pdf: bool) -> None:
    """The study as a document in a folder."""
    from ddln_sym.render.document import bibliography
    from ddln_sym.render.latex import TeXError, compile_pdf, study_document

    files = {MASTER: study_document(study), BIBLIOGRAPHY: bibliography()}
    write_files({folder / name: text.encode() for name, text in files.items()}, "--derive")
    written = f"wrote {folder / MASTER}"
    if pdf:
        try:
            page, _ = compile_pdf(files, MASTER)
        except TeXError as error:
            typer.echo(f"ddln-sym: {' '.join(str(error).split())}; the LaTeX files are in {folder}", err=True)
            raise typer.Exit(FAILED) from error
        write_files({folder / PDF: page}, "--derive")
        written += f" and {folder / PDF}"
    typer.echo(written, err=True)


def _option(name: str) -> str:
    return f"--{name}"


def _whole_numbers(text: str | None, name: str) -> tuple[int, ...] | None:
    if text is None:
        return None
    parts = re.split(r"[\s,]+", text.strip())
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise UsageError(f"{name} is {text!r}: expected whole numbers separated by commas, such as 2,3,1")
    return tuple(map(int, parts))


def model_of(model: str, options: dict[str, Any]) -> Any:
    """The parametrization that a name of the zoo with its options, or a file, stands for.

    Raises:
        UsageError: there is no such model or file, an option is missing or does not belong to it.

    >>> model_of("difference", {"depth": 3, "dimension": 1}).components
    (u1**3 - v1**3,)
    """
    if not model:
        raise UsageError("MODEL is missing: give a model of the zoo (--list names them) or a Python file")
    path, _, name = model.partition("::")
    if path.endswith(".py"):
        if options:
            raise UsageError(f"--{next(iter(options))} is for models of the zoo: {path} says its own sizes")
        return _from_file(Path(path), name)
    key = model.replace("-", "_")
    if key not in zoo():
        raise UsageError(f"{model} is no model of the zoo and no Python file: the zoo has {', '.join(NAMES)}")
    build = zoo()[key]
    parameters = inspect.signature(build).parameters
    for option in options:
        if option not in parameters:
            raise UsageError(f"--{option} is not for {model}, which takes {', '.join(map(_option, parameters))}")
    for parameter in parameters.values():
        if parameter.default is inspect.Parameter.empty and parameter.name not in options:
            raise UsageError(f"--{parameter.name} is missing: {model} takes {', '.join(map(_option, parameters))}")
    return build(**options)


def _from_file(path: Path, name: str) -> Any:
    """The one parametrization in a Python file, or the one of a name."""
    from ddln_sym.models import Parametrization

    return object_in(
        path, name, Parametrization, "parametrization", "G = ddln_sym.Parametrization(components, variables)"
    )
