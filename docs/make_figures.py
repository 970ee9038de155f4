"""Draw ``docs/figures/`` and write the page ``docs/figures.md``: ``python docs/make_figures.py [--page]``.

The folder is what ``ddln-sym figures`` writes, without the PDF files; ``make docs`` draws it, and it is not committed.
The page is made of the captions and of what was compared; ``--page`` writes it anew.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from textwrap import fill

from ddln_sym.cli.figures import WIDTH, figure_files
from ddln_sym.cli.files import write_files
from ddln_sym.experiments import CATALOGUE, Outcome, outcome_of

PAGE = Path(__file__).with_name("figures.md")
FOLDER = PAGE.with_suffix("")

INTRODUCTION = """\
# Figures

Experiments on data drawn with fixed seeds: what theory predicts, and what was computed. `ddln-sym figures --list` names
them; `ddln-sym figures [-o DIR] [NAME …]` draws them anew, as SVG and PDF, with their numbers as CSV. This page is
written by `docs/make_figures.py`; pictures and data are made with the site, by `make docs`. In the tables, = says that
the measured number should be the predicted one, up to the error of the method; ≥ that it should be at least that; →
that it tends to it in the limit which the caption names.
"""


def section(name: str, outcome: Outcome) -> Iterator[str]:
    """The lines of one figure."""
    files = figure_files(name, outcome, formats=[])
    data = sorted(file for file in files if file.endswith(".csv"))
    yield f"## {CATALOGUE[name][0].upper()}{CATALOGUE[name][1:]}"
    yield f"![{CATALOGUE[name]}](figures/{name}.svg)"
    yield fill(outcome.drawn, WIDTH)
    head = "| | predicted | | measured |\n|---|---|---|---|\n"
    rows = [[cell.replace("|", r"\|") for cell in compared.row] for compared in outcome.compared]
    yield head + "\n".join(f"| {' | '.join(row)} |" for row in rows)
    yield "<details><summary>What theory says, and what was measured</summary>"
    yield fill(outcome.said, WIDTH)
    yield "</details>"
    yield f"Numbers: {', '.join(f'[{file}](figures/{file})' for file in data)}."


def render(outcomes: Callable[[str], Outcome] = outcome_of) -> str:
    """The page."""
    sections = (line for name in CATALOGUE for line in section(name, outcomes(name)))
    return "\n\n".join([INTRODUCTION.strip(), *sections]) + "\n"


def draw(names: Iterable[str], outcomes: Callable[[str], Outcome] = outcome_of) -> None:
    """Write the files of some figures into the folder."""
    FOLDER.mkdir(exist_ok=True)
    for name in names:
        files = figure_files(name, outcomes(name), formats=["svg"])
        write_files({FOLDER / file: content for file, content in files.items()})


if __name__ == "__main__":
    if sys.argv[1:] == ["--page"]:
        write_files({PAGE: render().encode()})
    else:
        draw(CATALOGUE)
