"""Shared settings of the tests: the report of the mutants at the end of a run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    tally = getattr(sys.modules.get("test_mutants"), "TALLY", {})
    if tally:
        killed, equivalent, born = (sum(column) for column in zip(*tally.values(), strict=True))
        counts = f"{killed} of {born} killed, {equivalent} shown to be equivalent"
        terminalreporter.write_line(f"mutants: {counts}, {born - killed - equivalent} survived")
