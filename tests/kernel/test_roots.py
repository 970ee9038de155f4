"""Witnesses at the roots of the hypotheses' equations, and none where there is no root or it is not known."""

from __future__ import annotations

from typing import Any

import mpmath
import pytest
import sympy as sp

from ddln_sym.kernel import decide
from ddln_sym.kernel.roots import find_at_roots
from ddln_sym.statements import Ball, Compare, Equal, Hypothesis, Setting, Verdict, WitnessKind, sum_over

x, y, a, p = sp.symbols("x y a p", real=True)
u = sp.IndexedBase("u", real=True)
exp, log, cos, tanh, sqrt = sp.exp, sp.log, sp.cos, sp.tanh, sp.sqrt
half = sp.Rational(1, 2)


def given(*relations: Any) -> Setting:
    return Setting(tuple(Hypothesis("given", r) for r in relations))


def ge(left: Any, right: Any, *relations: Any) -> Compare:
    return Compare(left, right, given(*relations))


def eq(left: Any, right: Any, *relations: Any) -> Equal:
    return Equal(left, right, given(*relations))


@pytest.mark.parametrize(
    "false",
    [
        ge(1, x, sp.Eq(exp(x), 3)),
        eq(x, 1, sp.Eq(exp(x), 3)),
        eq(x, sp.Rational(11, 10), sp.Eq(exp(x), 3)),
        ge(1, x, sp.Eq(x + log(x), 2)),
        ge(half, x, sp.Eq(cos(x), x)),
        ge(x, 1, sp.Eq(x * exp(x), 1)),
        eq(y, 2, sp.Eq(x * exp(x), 1), sp.Eq(y, x**2)),
        ge(x, y, sp.Eq(exp(x), 5), sp.Eq(y + exp(y), 10 * x)),
        ge(x, 2, sp.Eq(x**3, 2)),
        ge(sp.Rational(7, 5), x, sp.Eq(x**2, 2), sp.Gt(x, 0)),
        ge(x, 0, sp.Eq(x**2, 2)),
        ge(1, x, sp.Eq(x**5 - x - 1, 0)),
        ge(x * y, 1, sp.Eq(x**2 + y**2, 3), sp.Gt(x, 0), sp.Gt(y, 0)),
        ge(a, 2, sp.Eq(tanh(a), sp.Rational(1, 3))),
        ge(p, half, sp.Eq(-p * log(p), sp.Rational(1, 4)), sp.Gt(p, 0)),
        ge(a, 1, sp.Eq(sqrt(a) + a, 1)),
        ge(sqrt(2) - sp.Rational(1, 100), x + y, sp.Le(x**2 + y**2, 1)),
    ],
    ids=str,
)
def test_is_refuted_at_a_root(false: Any) -> None:
    step = decide(false)
    assert step.verdict is Verdict.REFUTED, step.detail
    assert step.witness is not None
    assert step.witness.kind is WitnessKind.BALLS
    point = {s: v for s, v in step.witness.places}
    middle = {s: mpmath.mpf(str(v.middle)) if isinstance(v, Ball) else mpmath.mpf(v.p) / v.q for s, v in point.items()}
    at = {s: sp.Float(str(v), 30) for s, v in middle.items()}
    for hypothesis in false.setting.hypotheses:
        difference = (hypothesis.relation.lhs - hypothesis.relation.rhs).xreplace(at)
        if isinstance(hypothesis.relation, sp.Eq):
            assert abs(difference) < 1e-8
    gap = (false.lhs - false.rhs).xreplace(at)
    assert gap < 0 if isinstance(false, Compare) else abs(gap) > 1e-6


@pytest.mark.parametrize(
    "true_or_empty",
    [
        ge(x, 1, sp.Eq(exp(x), 3)),
        ge(sp.Rational(3, 2), x, sp.Eq(x**2, 2)),
        eq(y, x**2, sp.Eq(x * exp(x), 1), sp.Eq(y, x**2)),  # the balls overlap
        ge(0, 1, sp.Eq(exp(x), -3)),  # there is no such x
        ge(0, 1, sp.Eq(exp(x), 3), sp.Eq(exp(x), 4)),
        ge(0, 1, sp.Eq(exp(x), 3), sp.Gt(x, 2)),
        ge(0, 1, sp.Eq(exp(x), 3), sp.Eq(log(x - 2), y)),
        ge(0, 1, sp.Eq(1 / x, 0)),  # a pole changes the sign as well
        ge(0, 1, sp.Eq(sp.tan(x), 10**6 * x), sp.Gt(x, 1), sp.Lt(x, sp.Rational(157, 100))),
        ge(0, 1, sp.Eq(sp.sign(x), half)),  # and so does a jump
        ge(0, 1, sp.Eq(sp.floor(x), half)),
        ge(0, 1, sp.Eq(sp.Piecewise((1, x > 0), (-1, True)), 0)),
        ge(0, 1, sp.Eq(log(x) + x, log(x) - 1)),  # at x = −1 the logarithm has no value
        ge(0, 1, sp.Eq(sqrt(x), -1)),
    ],
    ids=str,
)
def test_nothing_is_found_where_it_holds_or_nothing_meets_the_hypotheses(true_or_empty: Any) -> None:
    assert find_at_roots(true_or_empty) is None
    assert decide(true_or_empty).verdict is not Verdict.REFUTED


def test_a_whole_number_is_no_root() -> None:
    n = sp.Symbol("n", integer=True, positive=True)
    assert find_at_roots(ge(0, 1, sp.Eq(n**2, 2))) is None


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (sp.pi**2 * x**2 + sp.pi**2 * y**2, 0),
        (4 * x**4 + x**2 * y**2 * sp.E, 0),
        (sp.sqrt(2) * sp.Abs(x), 0),
        (x**2 * sp.log(2), 0),
        (x * sp.log(y), 0),
        (sp.sqrt(2) * x**2, sp.sqrt(2)),
        (sp.pi * x, sp.pi * y),
        (sp.E * sp.exp(x), sp.exp(x + 1)),
        ((sp.sqrt(2) + 1) * (sp.sqrt(2) - 1) * x, x),
    ],
)
def test_a_strict_inequality_fails_where_its_irrational_sides_are_equal(left, right):
    """0 times a number that is not rational is 0, and a difference that vanishes multiplied out is one, exactly."""
    step = decide(Compare(left, right, strict=True))
    assert step.verdict is Verdict.REFUTED and step.witness.kind is WitnessKind.EXACT
    assert sp.simplify((sp.sympify(left) - right).subs(dict(step.witness.places))) == 0


def test_nothing_is_zero_times_what_has_no_value():
    for f in (x * sp.log(y - 1), x / sp.log(y), x * sp.sqrt(y - 2)):
        step = decide(Compare(f, 0, Setting((Hypothesis("given", sp.Eq(y, 1)),)), strict=True))
        assert step.verdict is not Verdict.REFUTED


@pytest.mark.parametrize("bound", [10**30, 10**300])
def test_no_witness_is_too_large_to_be_read(bound):
    """``2^k`` at k = 10³⁰, a number of the statement, has more digits than a decimal number may have."""
    k = sp.Symbol("k", integer=True, positive=True)
    for power in (2**k, 2**k + k):
        step = decide(Compare(bound, power))
        assert step.verdict is Verdict.REFUTED and 2 ** int(dict(step.witness.places)[k]) > bound
        assert str(step.witness)


HUGE = 10**9


@pytest.mark.parametrize(
    ("proposition", "verdict"),
    [
        (Compare(sp.exp(-HUGE * x**2), 0, strict=True), Verdict.PROVED),
        (Compare(0, sp.exp(-HUGE * x**2)), Verdict.REFUTED),
        (Equal(sp.exp(10**30 * x), sp.exp(x)), Verdict.REFUTED),
        (Equal(sp.exp(HUGE * x) * sp.exp(x), sp.exp((HUGE + 1) * x)), Verdict.PROVED),
        (Compare(x**HUGE, 0), Verdict.UNDECIDED),
        (Compare(x**HUGE, 1), Verdict.REFUTED),
        (Equal(x**HUGE * x, x ** (HUGE + 1)), Verdict.UNDECIDED),
        (Compare((x + 1) ** HUGE, 0), Verdict.UNDECIDED),
        (Equal((x + 1) ** HUGE, x), Verdict.REFUTED),
        (Compare((x + y + 1) ** HUGE, 0, strict=True), Verdict.REFUTED),
        (Compare(x**HUGE + (x + y) ** HUGE, -1, strict=True), Verdict.UNDECIDED),
    ],
)
def test_huge_powers_end(proposition, verdict):
    assert decide(proposition).verdict is verdict


@pytest.mark.parametrize(
    "side",
    [
        sum_over(lambda k: (u[k] + 1) ** HUGE),
        sum_over(lambda k: u[k] ** 2) + (x + 1) ** HUGE,
        (sum_over(lambda k: u[k] ** 2) + 1) ** HUGE,
        sqrt(sum_over(lambda k: u[k] ** 2)) + (x * (y + 1)) ** HUGE,
    ],
    ids=str,
)
def test_huge_powers_beside_sums_end(side):
    step = decide(Compare(side, -1, Setting((), (), sp.Symbol("d", integer=True, positive=True))))
    assert step.verdict is Verdict.UNDECIDED and "multiplied out" in str(step.detail)


@pytest.mark.parametrize("value", [2, sp.Rational(5, 2), sp.sqrt(5)])
def test_no_turn_of_a_function_is_a_point_where_an_equation_says_otherwise(value):
    """At a = 0, where ``atan(a²)³`` turns, ``a = 2`` does not hold."""
    given = (Hypothesis("given", a <= value), Hypothesis("given", sp.Eq(a, value)))
    for hypotheses in (given, given[1:]):
        step = decide(Compare(sp.atan(a**2) ** 3, sp.Rational(1, 3), Setting(hypotheses), True))
        assert step.verdict is not Verdict.REFUTED


def test_a_constant_that_sympy_takes_for_no_number_is_in_no_way():
    """SymPy does not factor ``1/cos(1/2)``."""
    assert decide(Compare(x / cos(half), y, given(sp.Gt(x, 2 * y), sp.Gt(y, 1)), True)).verdict is not Verdict.REFUTED
