"""Write ``docs/figures/`` and the page ``docs/figures.md``: ``python docs/make_figures.py [NAME …]``.

The folder is what ``ddln-sym figures`` writes, without the PDF files; the page is made of its captions and tables, so
that each number stands in one place. Figures that are not named stay as they are.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

from ddln_sym.cli.figures import figure_files
from ddln_sym.cli.files import write_files
from ddln_sym.experiments import CATALOGUE, outcome_of

PAGE = Path(__file__).with_name("figures.md")
FOLDER = PAGE.with_suffix("")

INTRODUCTION = """\
# Figures

Experiments on data drawn with fixed seeds: what theory predicts, and what was computed. `ddln-sym figures --list` names
them; `ddln-sym figures [-o DIR] [NAME …]` draws them anew, as SVG and PDF, with their numbers as CSV. This page is
written by `docs/make_figures.py`. In the tables, = says that the measured number should be the predicted one, up to the
error of the method; ≥ that it should be at least that; → that it tends to it in the limit which the caption names.
"""


def section(name: str) -> Iterator[str]:
    """The lines of one figure."""
    data = sorted(path.name for path in FOLDER.glob(f"{name}*.csv"))
    yield f"## {CATALOGUE[name][0].upper()}{CATALOGUE[name][1:]}"
    yield f"![{CATALOGUE[name]}](figures/{name}.svg)"
    yield (FOLDER / f"{name}.txt").read_text(encoding="utf-8").strip()
    with (FOLDER / f"{name}-compared.csv").open(encoding="utf-8", newline="") as stream:
        _, *rows = csv.reader(stream)
    head = "| | predicted | | measured |\n|---|---|---|---|\n"
    yield head + "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows)
    yield f"Numbers: {', '.join(f'[{file}](figures/{file})' for file in data)}."


def render() -> str:
    """The page, from the files in the folder."""
    return "\n\n".join([INTRODUCTION.strip(), *(line for name in CATALOGUE for line in section(name))]) + "\n"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name in sys.argv[1:] or CATALOGUE:
        files = figure_files(name, outcome_of(name), formats=["svg"])
        write_files({FOLDER / file: content for file, content in files.items()})
    write_files({PAGE: render().encode()})


if __name__ == "__main__":
    main()
