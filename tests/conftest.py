"""Shared settings of the tests: profiles of Hypothesis, the folder of the run, and the report of the mutants.

With ``CI`` in the environment nothing is left out: all mutants are tried, and what is not installed fails.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from shared import FOLDER

# HYPOTHESIS_PROFILE chooses: ci is the same on every run, dev looks further, nightly for hours.
settings.register_profile("ci", derandomize=True, deadline=None, max_examples=12, database=None)
settings.register_profile("dev", deadline=None, max_examples=60)
settings.register_profile("nightly", deadline=None, max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


#: What takes less than a minute in all, from the folder of the tests: ``make test-fast``.
FAST = (
    "test_architecture.py",
    "claims/",
    "cli/test_cli_entropy.py",
    "cli/test_flow_command.py",
    "entropies/test_mirror_identity.py",
    "flows/test_layers_of_a_flow.py",
    "kernel/test_monomials.py",
    "kernel/test_rates.py",
    "models/test_parametrization.py",
    "numerics/test_numeric_mutants.py",
    "numerics/test_tight_balls.py",
    "taylor/",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fuzz", type=int, default=50, help="how many random statements to decide (50)")
    parser.addoption("--instances", type=int, default=4, help="how many instances of each rule to decide (4)")
    parser.addoption("--fuzz-from", type=int, default=0, help="the number of the first of them (0)")


def pytest_configure(config: Any) -> None:
    if not hasattr(config, "workerinput"):
        folder = TemporaryDirectory(prefix="ddln-sym-tests-")
        os.environ[FOLDER] = folder.name
        config.add_cleanup(folder.cleanup)


def pytest_collection_modifyitems(config: Any, items: list[pytest.Item]) -> None:
    """Quick tests get their marker; what Rocq takes a minute for is left out, unless nothing is or it is asked for."""
    folder, patient = Path(__file__).parent, os.environ.get("CI") or "rocq" in config.option.markexpr
    for item in items:
        if item.path.relative_to(folder).as_posix().startswith(FAST):
            item.add_marker(pytest.mark.fast)
        if item.get_closest_marker("rocq") and not patient:
            item.add_marker(pytest.mark.skip(reason="a minute with Rocq: -m rocq, or CI=1"))


#: Of each claim: mutants killed, shown to be equivalent, born; from this process and from the workers of xdist.
TALLY: dict[str, list[int]] = {}


def _own_tally() -> dict[str, list[int]]:
    return getattr(sys.modules.get("test_mutants"), "TALLY", {})


def pytest_sessionfinish(session: Any) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["tally"] = _own_tally()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: Any) -> None:
    TALLY.update(getattr(node, "workeroutput", {}).get("tally", {}))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    tally = {**TALLY, **_own_tally()}
    if tally:
        killed, equivalent, born = (sum(column) for column in zip(*tally.values(), strict=True))
        counts = f"{killed} of {born} killed, {equivalent} shown to be equivalent"
        terminalreporter.write_line(f"mutants: {counts}, {born - killed - equivalent} survived")
