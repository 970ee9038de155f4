"""Statements with pieces, and moduli whose signs are given: what is true is proved, its false twin refuted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sympy as sp
from twins import assert_proved, assert_refuted

from ddln_sym.kernel import decide
from ddln_sym.kernel.cases import in_pieces
from ddln_sym.statements import Compare, Equal, Evidence, Hypothesis, Setting, Verdict, sum_over

x, y = sp.symbols("x y", real=True)
ramp = sp.Piecewise((x, x > 0), (0, True))
huber = sp.Piecewise((x**2 / 2, sp.Abs(x) <= 1), (sp.Abs(x) - sp.Rational(1, 2), True))
square = sp.Piecewise((x**2, x < 1), (2 * x - 1, True))


def given(*relations: Any) -> Setting:
    return Setting(tuple(Hypothesis("given", r) for r in relations))


PAIRS = [
    (Equal(ramp, sp.Max(x, 0)), Equal(ramp, sp.Abs(x))),
    (Equal(ramp**2, x * ramp), Equal(ramp**2, x**2)),
    (Compare(ramp, x), Compare(x, ramp)),
    (Equal(sp.Piecewise((x, x >= 0), (-x, True)), sp.Abs(x)), Equal(sp.Piecewise((x, x >= 1), (-x, True)), sp.Abs(x))),
    (Compare(x, 0, given(sp.Gt(ramp, 0)), True), Compare(x, 1, given(sp.Gt(ramp, 0)), True)),
    (Compare(square, 2 * x - 1), Compare(2 * x - 1, square)),
    (Compare(sp.Piecewise((sp.exp(x), x < 0), (1 + x, True)), 1 + x), Compare(ramp, sp.exp(x) - 1)),
    (Compare(x**2 / 2, huber), Compare(huber, x**2 / 2)),
    (Compare(huber, sp.Abs(x) - sp.Rational(1, 2)), Compare(huber, sp.Abs(x) - sp.Rational(1, 3))),
    (Compare(1, sp.Heaviside(x)), Compare(0, sp.Heaviside(x))),
    (Equal(sp.Abs(x), -x, given(sp.Le(x, 0))), Equal(sp.Abs(x), x, given(sp.Le(x, 0)))),
    (Compare(ramp + sp.Piecewise((y, y > 0), (0, True)), x + y), Compare(x + y, ramp)),
    (
        Equal(sp.Piecewise((sp.log(x), x > 1), (0, True)), sp.Max(sp.log(x), 0), given(sp.Gt(x, 1))),
        Equal(sp.Piecewise((sp.log(x), x > 1), (0, True)), sp.log(x), given(sp.Gt(x, 0))),
    ),
]


@pytest.mark.parametrize("true", [true for true, _ in PAIRS[:-1]], ids=str)
def test_is_proved(true: Equal | Compare) -> None:
    assert_proved(true)


@pytest.mark.parametrize("false", [false for _, false in PAIRS], ids=str)
def test_its_false_twin_is_refuted(false: Equal | Compare) -> None:
    assert_refuted(false)


def test_where_no_piece_applies_nothing_is_said() -> None:
    half = sp.Piecewise((x, x > 0))
    assert decide(Compare(half, 0, strict=True)).proved
    nothing = decide(Compare(half, 0, given(sp.Lt(x, 0)), True))
    assert nothing.verdict is Verdict.UNDECIDED


def test_pieces_within_pieces_and_too_many() -> None:
    inner = sp.Piecewise((sp.Piecewise((1, y > 0), (2, True)), x > 0), (3, True), evaluate=False)
    cases = in_pieces(Compare(inner, 1))
    assert cases is not None
    assert len(cases) == 4  # one value inside, and another, where the outer condition holds, and where not
    many = sum(sp.Piecewise((1, sp.Symbol(f"x{n}", real=True) > 0), (0, True)) for n in range(6))
    assert in_pieces(Compare(many, 0)) is None


def test_an_equation_by_two_inequalities() -> None:
    assert decide(PAIRS[10][0]).evidence in (Evidence.BETWEEN, Evidence.SQUARES)


X, d = sp.IndexedBase("x", real=True), sp.Symbol("d", integer=True, positive=True)
k = sp.Symbol("k", integer=True)
#: Zero all over, as is its derivative.
zero = sp.Piecewise((x, sp.Eq(x, 0)), (0, True))


@pytest.mark.parametrize(
    "statement",
    [
        # a piece without a value somewhere in it, whatever it is multiplied by or subtracted from
        Equal(x * sp.Piecewise((1 / x, x >= 0), (1, True)), sp.Piecewise((1, x >= 0), (x, True))),
        Equal(sp.exp(sp.Piecewise((sp.log(x), x >= 0), (sp.log(-x), True))), sp.Abs(x)),
        Compare(sp.Piecewise((0, x < 1), (1, True)) * sp.log(x), 0),
        # a derivative and a sum look beyond what meets a condition
        Equal(sp.Derivative(zero, x), sp.Piecewise((1, sp.Eq(x, 0)), (0, True))),
        Equal(sp.Derivative(sp.Piecewise((1, x > 0), (0, True)), x), 0),
        Equal(sp.Sum(sp.Piecewise((1, k > 2), (0, True)), (k, x, y)), sp.Sum(1, (k, x, y)), given(sp.Gt(k, 2))),
    ],
    ids=str,
)
def test_what_a_condition_does_not_reach_is_not_proved(statement: Equal | Compare) -> None:
    assert decide(statement).verdict is not Verdict.PROVED


def test_a_condition_about_every_index_is_none_about_one() -> None:
    ramps = sum_over(lambda i: sp.Piecewise((X[i], X[i] > 0), (0, True)))
    above, below = (Compare(ramps, sign * sum_over(lambda i: X[i]), Setting((), (), d)) for sign in (1, 2))
    assert in_pieces(above) is None
    assert decide(above).verdict is Verdict.UNDECIDED
    assert decide(below).verdict is Verdict.REFUTED
    assert decide(replace(above, setting=Setting((), (), sp.Integer(2)))).proved
