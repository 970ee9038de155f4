"""Definite integrals: by primitives that are checked, never over a pole, never without a value."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from twins import assert_proved, assert_refuted

from ddln_sym.kernel import decide
from ddln_sym.kernel.transcripts import transcript
from ddln_sym.render.document.proofs import tell_step
from ddln_sym.statements import Compare, Equal, Evidence, Hypothesis, RateRule, Setting, Verdict

t, u, v, c = sp.symbols("t u v c", real=True)
log, exp = sp.log, sp.exp


def over(f: Any, low: Any, high: Any) -> Any:
    return sp.Integral(f, (t, low, high))


def eq(left: Any, right: Any, *relations: Any) -> Equal:
    return Equal(left, right, Setting(tuple(Hypothesis(str(r), r) for r in relations)))


def ge(left: Any, right: Any, *relations: Any) -> Compare:
    return Compare(left, right, Setting(tuple(Hypothesis(str(r), r) for r in relations)))


PAIRS: list[tuple[Any, Any]] = [
    (eq(over(2 * t, 0, u), u**2), eq(over(2 * t, 0, u), u**2 + u)),
    (eq(over(t, u, v), (v**2 - u**2) / 2), eq(over(t, u, v), (u**2 - v**2) / 2)),
    (eq(over(1 / t, 1, u), log(u), sp.Gt(u, 0)), eq(over(1 / t, 1, u), u - 1, sp.Gt(u, 0))),
    (eq(over(exp(-t), 0, u), 1 - exp(-u)), eq(over(exp(-t), 0, u), exp(-u) - 1)),
    (
        eq(over(sp.asinh(t), 0, u), u * sp.asinh(u) - sp.sqrt(u**2 + 1) + 1),
        eq(over(sp.asinh(t), 0, u), u * sp.asinh(u) - sp.sqrt(u**2 + 1)),
    ),
    (eq(over(sp.tanh(t), 0, u), log(sp.cosh(u))), eq(over(sp.tanh(t), 0, u), 2 * log(sp.cosh(u)))),
    (eq(over(1 / (1 + t**2), 0, 1), sp.pi / 4), eq(over(1 / (1 + t**2), 0, 1), sp.pi / 3)),
    (ge(u, over(1 / (1 + t), 0, u), sp.Gt(u, 0)), ge(over(1 / (1 + t), 0, u), u, sp.Gt(u, 0))),
    (ge(over(exp(-(t**2)), 0, u), 0, sp.Gt(u, 0)), ge(over(exp(-(t**2)), 0, u), 1, sp.Gt(u, 0))),
    (
        eq(over(sp.sqrt(t), 0, u), 2 * u ** sp.Rational(3, 2) / 3, sp.Ge(u, 0)),
        eq(over(sp.sqrt(t), 0, u), u ** sp.Rational(3, 2) / 3, sp.Ge(u, 0)),
    ),
    # the variable of the integral is no letter of the rest
    (eq(over(t, 0, t), t**2 / 2), eq(over(t, 0, t), t**2)),
]


@pytest.mark.parametrize("true", [true for true, _ in PAIRS], ids=str)
def test_is_proved(true: Any) -> None:
    step = assert_proved(true)
    assert step.evidence is Evidence.PRIMITIVE
    assert [assumed.theorem.name for assumed in step.assumes] == ["fundamental theorem of calculus"]


@pytest.mark.parametrize("false", [false for _, false in PAIRS], ids=str)
def test_its_false_twin_is_refuted_at_a_point(false: Any) -> None:
    assert_refuted(false)


@pytest.mark.parametrize(
    "other",
    [
        # over a pole, without a value somewhere between the ends, or without an end
        eq(over(1 / t**2, -1, 1), -2),
        eq(over(1 / t, 1, u), log(u)),
        eq(over(log(t), 0, u), u * log(u) - u, sp.Gt(u, 0)),
        eq(over(sp.sqrt(t), -1, u), 2 * u ** sp.Rational(3, 2) / 3, sp.Ge(u, 0)),
        eq(over(t ** sp.Rational(-1, 2), 0, u), 2 * sp.sqrt(u), sp.Ge(u, 0)),
        eq(over(exp(-t), 0, sp.oo), 1),
        eq(over(1 / (1 + t), 0, u), log(1 + u), sp.Gt(u, -2)),
        eq(over(1 / c, 0, 1), 1 / c),
        eq(over(sp.floor(t), 0, 1), 0),
        eq(over(sp.sign(t), -1, 1), 0),
        # a hypothesis that nothing meets, or one with an integral; what moves
        eq(over(1 / t, 1, u), 5, sp.Gt(u, 1), sp.Lt(u, 0)),
        eq(over(2 * t, 0, u), 1, sp.Eq(over(2 * t, 0, u), 1)),
        Equal(over(2 * t, 0, u), u**2, Setting((), (RateRule(u, 1),))),
        # only a primitive of the upper part of the interval
        eq(over(sp.Abs(t), -1, 1), 0),
    ],
    ids=str,
)
def test_is_not_decided(other: Any) -> None:
    assert decide(other).verdict is Verdict.UNDECIDED


def test_the_steps_are_parts_that_are_told_and_written_out() -> None:
    step = decide(PAIRS[2][0])
    assert "has a primitive" in str(tell_step(step))
    record = transcript(step)
    assert [part["verdict"] for part in record["parts"]] == ["proved"] * len(step.parts)
