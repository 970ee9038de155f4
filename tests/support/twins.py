"""A true statement and its false twin: the one is proved in every part, the other fails at a point."""

from __future__ import annotations

from typing import Any

from ddln_sym.kernel import decide
from ddln_sym.statements import Step, Verdict

__all__ = ["assert_proved", "assert_refuted"]


def assert_proved(true: Any) -> Step:
    """Hold that a statement is proved, and each part of its proof."""
    step = decide(true)
    assert step.verdict is Verdict.PROVED, step.detail
    assert all(part.proved for part in step.walk())
    return step


def assert_refuted(false: Any) -> Step:
    """Hold that a statement is refuted by a witness: at a point, or by what its parts come to."""
    step = decide(false)
    assert step.verdict is Verdict.REFUTED, step.detail
    assert step.witness is not None and (step.witness.places or step.witness.sides)
    return step
