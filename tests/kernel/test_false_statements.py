"""The kernel proves no false statement, and refutes the concrete ones with a witness."""

from __future__ import annotations

from typing import Any

import pytest
from false_statements import FALSE, REFUTED

from ddln_sym.kernel import decide
from ddln_sym.statements import Verdict

NAMED = [pytest.param(name, proposition, id=name) for name, proposition in FALSE]


@pytest.mark.parametrize(("name", "proposition"), NAMED)
def test_is_not_proved(name: str, proposition: Any) -> None:
    step = decide(proposition)
    assert step.verdict in {Verdict.REFUTED, Verdict.UNDECIDED}, f"{name}: {step.evidence}, {step.detail}"
    if name in REFUTED:
        assert step.verdict is Verdict.REFUTED, step.detail
        assert step.witness is not None
        assert step.witness.values


def test_there_are_enough_of_them() -> None:
    names = [name for name, _ in FALSE]
    assert len(FALSE) >= 60
    assert len(set(names)) == len(names)
    assert set(names) >= REFUTED
    assert len(REFUTED) >= 40
