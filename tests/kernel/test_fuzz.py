"""Random statements of every kind: nothing is proved that mpmath finds false, nothing refuted that it finds true.

The default run takes a slice; ``pytest tests/kernel/test_fuzz.py --fuzz 20000`` decides as many as one likes, and
``--fuzz-from 5000`` begins with the statement of that number.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import mpmath
import pytest
import sympy as sp
from evaluator import DIGITS
from falsifiers import contradiction, falsified
from random_statements import KINDS, statement

from ddln_sym.kernel import decide
from ddln_sym.statements import (
    AboveStart,
    AsLongAs,
    Equal,
    Hypothesis,
    OntoTheLine,
    RateRule,
    Setting,
    Verdict,
)

CHUNK = 50


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "chunk" in metafunc.fixturenames:
        first, many = metafunc.config.getoption("--fuzz-from"), metafunc.config.getoption("--fuzz")
        metafunc.parametrize("chunk", range(first // CHUNK, first // CHUNK + max(1, many // CHUNK)))


@pytest.fixture(autouse=True)
def precision() -> Iterator[None]:
    with mpmath.workdps(DIGITS):
        yield


def test_no_false_statement_is_proved_and_no_true_one_refuted(chunk: int) -> None:
    wrong = [found for seed in range(chunk * CHUNK, (chunk + 1) * CHUNK) if (found := _contradiction(seed))]
    assert not wrong, "\n".join(wrong)


def test_every_kind_is_proved_and_refuted_at_times() -> None:
    """The statements are neither all false nor all beyond the kernel."""
    seen = {kind: set[str]() for kind in KINDS}
    for seed in range(70):
        if (made := statement(seed)) is not None:
            seen[made[0]].add(_verdict(made[1]))
    assert sum("proved" in found for found in seen.values()) >= 5, seen
    assert {"proved", "refuted", "undecided"} <= set().union(*seen.values())


def test_the_evaluator_sees_a_false_proof() -> None:
    x, a = sp.symbols("x a", real=True)
    assert falsified(Equal(sp.log(x**2), 2 * sp.log(x)), Random(1))
    assert falsified(AboveStart(x, -x, 0, (), Setting((), (_run(x),))), Random(1))
    assert falsified(OntoTheLine(x, sp.atan(x), a, Setting((), (_run(x),))), Random(1))
    assert not falsified(Equal(sp.exp(x + a), sp.exp(x) * sp.exp(a)), Random(1))


def _run(x: Any) -> RateRule:
    return RateRule(x, 1)


def _verdict(proposition: Any) -> str:
    try:
        return decide(proposition).verdict.value
    except ValueError:
        return "refused"


def _contradiction(seed: int) -> str:
    made = statement(seed)
    if made is None:
        return ""
    kind, proposition = made
    try:
        step = decide(proposition)
    except ValueError:
        return ""  # refused
    why = contradiction(step, Random(seed + 1))
    about = getattr(proposition, "setting", "")
    return f"{seed} ({kind}): {step.verdict} {proposition} under {about}: {why}" if why else ""


def test_what_lasts_is_no_statement_about_points() -> None:
    x = sp.Symbol("x", real=True)
    held = AboveStart(x, 1 / (1 - x), 1, (), Setting((Hypothesis("before the pole", sp.Gt(1 - x, 0)),), (_run(x),)))
    assert decide(held).proved
    assert isinstance(held.conclusion, AsLongAs)
    assert decide(held.conclusion).verdict is Verdict.UNDECIDED
    assert str(held).endswith("as long as 1 - x > 0 from the start on")
