"""The kernel proves no false statement, and refutes the concrete ones with a witness."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from false_statements import FALSE, REFUTED, SMUGGLED, TRUE_WHERE_DEFINED

from ddln_sym.kernel import decide
from ddln_sym.statements import Denied, Verdict

NAMED = [pytest.param(name, proposition, id=name) for name, proposition in FALSE]


@pytest.mark.parametrize(("name", "proposition"), NAMED)
def test_is_not_proved(name: str, proposition: Any) -> None:
    step = decide(proposition)
    assert step.verdict in {Verdict.REFUTED, Verdict.UNDECIDED}, f"{name}: {step.evidence}, {step.detail}"
    if name in REFUTED:
        assert step.verdict is Verdict.REFUTED, step.detail
        assert step.witness is not None
        assert step.witness.values


@pytest.mark.parametrize(("name", "make"), [pytest.param(n, m, id=n) for n, m in SMUGGLED])
def test_what_is_smuggled_past_a_rule_is_refused_or_not_proved(name: str, make: Callable[[], Any]) -> None:
    try:
        step = decide(make())
    except ValueError as refused:
        message = str(refused)
        assert message
        assert "\n" not in message
        return
    assert not step.proved, f"{name}: {step.evidence}, {step.detail}"


@pytest.mark.parametrize("proposition", TRUE_WHERE_DEFINED, ids=str)
def test_what_is_true_wherever_it_is_defined_is_not_refuted(proposition: Any) -> None:
    assert decide(proposition).verdict is not Verdict.REFUTED
    assert not decide(Denied(proposition)).proved


def test_there_are_enough_of_them() -> None:
    names = [name for name, _ in FALSE]
    assert len(FALSE) >= 60
    assert len(set(names)) == len(names)
    assert set(names) >= REFUTED
    assert len(REFUTED) >= 40
