"""The notebooks of the site run in a fresh kernel, from the first cell to the last, and show what the page says."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest
from shared import ROOT

NOTEBOOKS = sorted(p for p in (ROOT / "docs").glob("*.md") if "file_format: mystnb" in p.read_text(encoding="utf-8"))


@cache
def executed(page: Path) -> Any:
    """The cells of a page, with the outputs of a fresh kernel."""
    sources = re.findall(r"^```\{code-cell\}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    found = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    client = nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3")
    client.execute(env={**os.environ, "PYTHONPATH": found, "COLUMNS": "100"})
    return notebook.cells


def outputs(page: Path) -> str:
    """Everything that the cells print."""
    return "".join(output.get("text", "") for cell in executed(page) for output in cell.outputs)


def test_there_are_two() -> None:
    assert [page.stem for page in NOTEBOOKS] == ["referee-notebook", "tutorial"]


@pytest.mark.parametrize("page", NOTEBOOKS, ids=lambda page: page.stem)
def test_every_cell_runs(page: Path) -> None:
    """A command behind ``!`` that fails stops no kernel: what it says is read."""
    assert len(executed(page)) > 5
    assert not re.search(r"Traceback|error|No such file|not found", outputs(page))


def test_a_paper_is_refereed_from_a_blank_file() -> None:
    said = outputs(ROOT / "docs" / "referee-notebook.md")
    assert "At u = 1, v = 1 the left side is 2, the right side is 3." in said
    assert "2 proved, 1 refuted" in said
    assert "u² + v² = 2|uv| + (|u| − |v|)²" in said  # the correction
    assert re.search(r"wrote derivations/derivations\.tex and 3 files in derivations/claims", said)
