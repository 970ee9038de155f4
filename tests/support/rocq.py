"""Rocq for the tests: where it is promised a missing one is a failure; and statements that say something else."""

from __future__ import annotations

import os
import re
import shutil

import pytest


def needs_rocq():
    """Skip without ``coqc``; where programs are promised, fail."""
    if shutil.which("coqc") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("coqc is not installed")


def conclusion(statement: str) -> int:
    """Where the conclusion of a statement begins: after the last arrow."""
    return statement.rfind("->") + 2 if "->" in statement else 0


def mutants(statement: str, weaker: bool = False) -> list[str]:
    """The statement with another number, sign, relation or time in its conclusion, one change at a time.

    Args:
        statement: text of Rocq.
        weaker: whether ``<`` becomes ``<=``, as a premise must not get stronger; otherwise ``<=`` becomes ``<``.
    """
    cut = conclusion(statement)
    head, end = statement[:cut], statement[cut:]
    rules = [
        (r"(?<![\w%.])\d+(?![\w%])", lambda m: str(int(m[0]) + 1)),
        (r" \+ ", lambda m: " - "),
        (r"(?<![=(>]) - ", lambda m: " + "),
        (r"(?<=[=] )- |(?<=\()- ", lambda m: ""),
        (r"(?<=\w) t\b(?! =>)", lambda m: " 0"),
    ]
    rules += [(r" < ", lambda m: " <= "), (r" = (?!-)", lambda m: " <= ")] if weaker else [(r" <= ", lambda m: " < ")]
    return [
        head + end[: m.start()] + change(m) + end[m.end() :]
        for pattern, change in rules
        for m in re.finditer(pattern, end)
    ]
