"""Shared settings of the tests: profiles of Hypothesis, and the report of the mutants at the end of a run."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))

# HYPOTHESIS_PROFILE chooses: ci is the same on every run, dev looks further, nightly for hours.
settings.register_profile("ci", derandomize=True, deadline=None, max_examples=12, database=None)
settings.register_profile("dev", deadline=None, max_examples=60)
settings.register_profile("nightly", deadline=None, max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    tally = getattr(sys.modules.get("test_mutants"), "TALLY", {})
    if tally:
        killed, equivalent, born = (sum(column) for column in zip(*tally.values(), strict=True))
        counts = f"{killed} of {born} killed, {equivalent} shown to be equivalent"
        terminalreporter.write_line(f"mutants: {counts}, {born - killed - equivalent} survived")
