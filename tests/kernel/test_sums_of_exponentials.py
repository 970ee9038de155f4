"""Logarithms of sums of exponentials: what is true is proved by exponentials, its false twins are not."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from twins import assert_proved, assert_refuted

import ddln_sym as dd
from ddln_sym.kernel import decide
from ddln_sym.statements import Compare, Evidence, Hypothesis, Index, Setting, TendsTo, Verdict, largest_over, sum_over

u, v, w, z, M, t = sp.symbols("u v w z M t", real=True)
d = sp.Symbol("d", integer=True, positive=True)
X = sp.IndexedBase("x", real=True)
k = Index("k")
log, exp = sp.log, sp.exp
ABOVE = Hypothesis("above all", sp.Ge(M, X[k]), k)
LSE = log(sum_over(lambda i: exp(X[i])))
TOP = largest_over(lambda i: X[i])
WARM = log(sum_over(lambda i: exp(t * X[i]))) / t
POSITIVE = Hypothesis("t > 0", sp.Gt(t, 0))
ENDS = log(exp(u) + exp(v)) + log(exp(w) + exp(z))
MIDDLE = log(exp((u + w) / 2) + exp((v + z) / 2))


def ge(left: Any, right: Any, *given: Hypothesis, size: Any = None) -> Compare:
    return Compare(left, right, Setting(given, (), size))


PAIRS = [
    (
        ge(log(exp(u) + exp(v) + exp(w)), (u + v + w) / 3 + log(3)),
        ge(log(exp(u) + exp(v) + exp(w)), (u + v + w) / 3 + log(4)),
    ),
    (ge(M + log(d), LSE, ABOVE, size=d), ge(M + log(d) / 2, LSE, ABOVE, size=d)),
    (ge(TOP + log(d), LSE, size=d), ge(TOP, LSE, size=d)),
    (
        ge(log(exp(u) + exp(v)) + log(exp(w) + exp(z)), 2 * MIDDLE),
        ge(2 * MIDDLE, log(exp(u) + exp(v)) + log(exp(w) + exp(z))),
    ),
    (ge(M + log(d) / t, WARM, ABOVE, POSITIVE, size=d), ge(M + log(d) / (2 * t), WARM, ABOVE, POSITIVE, size=d)),
]


@pytest.mark.parametrize("true", [true for true, _ in PAIRS], ids=str)
def test_is_proved(true: Compare) -> None:
    step = assert_proved(true)
    assert step.evidence in (Evidence.CASES, Evidence.ORDER)  # a sum of three is within reach of the order as well


@pytest.mark.parametrize("false", [false for _, false in PAIRS], ids=str)
def test_its_false_twin_is_refuted(false: Compare) -> None:
    assert_refuted(false)


@pytest.mark.parametrize(
    "other",
    [
        # what has no value everywhere is not cancelled, and is not a sum of positive terms
        ge(M + log(d) + 1 / u, LSE + 1 / u, ABOVE, size=d),
        ge(M + log(d) + log(u), LSE + log(u), ABOVE, size=d),
        ge(log(exp(u) - exp(v)), u - exp(v)),
        ge(u, log(exp(u) - exp(v))),
        # what is multiplied by may be negative
        ge(log(exp(u) + exp(v)) / t, u / t),
        ge(ENDS / t, 2 * MIDDLE / t),
    ],
    ids=str,
)
def test_what_may_have_no_value_is_not_proved(other: Compare) -> None:
    assert decide(other).verdict is not Verdict.PROVED


def test_terms_that_know_no_index_are_shared_among_all() -> None:
    every = Hypothesis("above all", sp.Ge(M, sp.Abs(X[k])), k)
    assert decide(ge(d * M, dd.norm(X, 1), every, size=d)).evidence is Evidence.TERMWISE
    assert decide(ge((d - 1) * M, dd.norm(X, 1), every, size=d)).verdict is Verdict.REFUTED
    assert not decide(ge(d * M, sum_over(lambda i: M, [k]), size=d)).proved


def test_the_limit_of_hypentropy_for_large_parameters() -> None:
    x, beta = sp.symbols("x beta", real=True)
    scaled = beta * (x * sp.asinh(x / beta) - sp.sqrt(x**2 + beta**2) + beta)
    assert decide(TendsTo(scaled, beta, sp.oo, x**2 / 2, Setting())).proved
    assert decide(TendsTo(scaled, beta, sp.oo, x**2, Setting())).verdict is Verdict.REFUTED
    assert decide(TendsTo(beta * (sp.sqrt(beta**2 + 1) - beta), beta, sp.oo, sp.Rational(1, 2), Setting())).proved
