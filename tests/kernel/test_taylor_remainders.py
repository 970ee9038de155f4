"""Functions near their Taylor polynomials: bounds of the remainder are proved, smaller ones refuted."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from twins import assert_proved, assert_refuted

import ddln_sym as dd
from ddln_sym.kernel import decide
from ddln_sym.render.document.proofs import tell_step
from ddln_sym.statements import Compare, Evidence, Hypothesis, Setting, TendsTo, Verdict

x = sp.Symbol("x", real=True)
exp, log, sin, cos, tanh, sqrt, Abs, oo = sp.exp, sp.log, sp.sin, sp.cos, sp.tanh, sp.sqrt, sp.Abs, sp.oo
half = sp.Rational(1, 2)
NEAR, NOT_BELOW = sp.Le(Abs(x), half), sp.Ge(x, 0)


def ge(left: Any, right: Any, *relations: Any, strict: bool = False) -> Compare:
    return Compare(left, right, Setting(tuple(Hypothesis("given", r) for r in relations)), strict)


def remainder(f: Any, n: int, bound: Any, *relations: Any, a: Any = 0) -> Compare:
    """``|f − its polynomial of degree n| ≤ bound·|x − a|^{n+1}/(n+1)!``."""
    most = bound * Abs(x - a) ** (n + 1) / sp.factorial(n + 1)
    return ge(most, Abs(f - dd.taylor_polynomial(f, x, a, n)), *relations)


#: A bound that holds, and one that is too small.
PAIRS = [
    (remainder(cos(x), 5, 1), remainder(cos(x), 5, sp.Rational(9, 10))),
    (remainder(sin(x), 4, 1), remainder(sin(x), 4, half)),
    (remainder(exp(x), 3, sp.E, sp.Le(Abs(x), 1)), remainder(exp(x), 3, half, sp.Le(Abs(x), 1))),
    (remainder(log(1 + x), 1, 4, NEAR), remainder(log(1 + x), 1, 1, NEAR)),
    (remainder(log(1 + x), 2, 16, NEAR), remainder(log(1 + x), 2, 2, NEAR)),
    (remainder(log(x), 2, 2, sp.Ge(x, 1), a=1), remainder(log(x), 2, 1, sp.Ge(x, 1), a=1)),
    (remainder(tanh(x), 4, 16), remainder(tanh(x), 4, 6)),
    (remainder(sqrt(1 + x), 1, sp.Rational(1, 4), NOT_BELOW), remainder(sqrt(1 + x), 1, sp.Rational(1, 8), NOT_BELOW)),
    (ge(x**2, Abs(log(1 + x) - x), NEAR), ge(x**2 / 2, Abs(log(1 + x) - x), NEAR)),
    (ge(1 + x + x**2, exp(x), sp.Le(x, 1)), ge(1 + x + x**2, exp(x), sp.Le(x, 2))),
    (ge(sin(x), x - x**3 / 6, NOT_BELOW), ge(sin(x), x - x**3 / 6)),
    (ge(cos(x), dd.taylor_polynomial(cos(x), x, 0, 6)), ge(dd.taylor_polynomial(cos(x), x, 0, 6), cos(x))),
    (ge(Abs(x) ** 3 / 3, Abs(tanh(x) - x)), ge(Abs(x) ** 3 / 4, Abs(tanh(x) - x))),
]


@pytest.mark.parametrize("true", [true for true, _ in PAIRS], ids=str)
def test_is_proved(true: Compare) -> None:
    assert_proved(true)


@pytest.mark.parametrize("false", [false for _, false in PAIRS], ids=str)
def test_its_false_twin_is_refuted(false: Compare) -> None:
    assert_refuted(false)


def test_the_derivatives_are_parts_that_are_told() -> None:
    (step, _) = (part for part in decide(PAIRS[0][0]).walk() if part.evidence is Evidence.TAYLOR)
    assert step.detail == "of order 5 at x = 0"
    assert "Taylor's formula of order 5" in str(tell_step(step))


@pytest.mark.parametrize(
    "false",
    [
        # the derivatives at 0 are right and a value or a derivative is missing, or the last one turns
        ge(cos(x) + x**8 * sp.floor(x), dd.taylor_polynomial(cos(x), x, 0, 6) - 1),
        ge(x**9, 0),
        ge(x**9 + sin(x) ** 9, 0),
        ge(sin(x) ** 6, sin(x) ** 7, strict=True),
        ge(x**6 / 721, dd.taylor_polynomial(cos(x), x, 0, 4) - cos(x)),
        ge(cos(1 / x) + 1, 0, NOT_BELOW, strict=True),
        ge(-exp(-1 / x**2), 0, sp.Ne(x, 0)),
        ge(sqrt(x) * sin(x), x ** sp.Rational(3, 2), NOT_BELOW),
    ],
    ids=str,
)
def test_is_not_proved(false: Compare) -> None:
    assert decide(false).verdict is not Verdict.PROVED


#: What is bounded times what vanishes; what only looks like it.
SQUEEZED = [
    (TendsTo(sin(x) / x, x, 0, 1), TendsTo(sin(x) / x, x, 0, 0)),
    (TendsTo(sin(x) / x, x, oo, 0), TendsTo(sin(x) / x, x, oo, 1)),
    (TendsTo(x * cos(1 / x), x, 0, 0), TendsTo(x * cos(1 / x), x, 0, 1)),
    (TendsTo((x + sin(x)) / x, x, oo, 1), TendsTo((x + sin(x)) / x, x, oo, 0)),
    (TendsTo((sin(x) + cos(x**2)) ** 3 * exp(-x), x, oo, 0), TendsTo((sin(x) + cos(x**2)) ** 3 * exp(-x), x, oo, 1)),
    (TendsTo(x + sin(x), x, oo, oo), TendsTo(x + sin(x), x, oo, 0)),
]


@pytest.mark.parametrize(("true", "false"), SQUEEZED, ids=str)
def test_what_is_bounded_times_what_vanishes(true: TendsTo, false: TendsTo) -> None:
    assert decide(true).proved
    assert decide(false).verdict is Verdict.REFUTED


#: Stolz's example: the quotient of the derivatives tends to 0, and the quotient has no limit.
STOLZ = x + sin(x) * cos(x)


@pytest.mark.parametrize(
    "statement",
    [
        TendsTo(sin(x), x, oo, 0),
        TendsTo(x * sin(x), x, oo, oo),
        TendsTo(sin(x) * exp(x) / x, x, oo, 0),
        TendsTo(STOLZ / (STOLZ * exp(sin(x))), x, oo, 0),
        TendsTo((x + sin(x)) * exp(-sin(x)) / x, x, oo, 0),
        TendsTo(sin(x) / sin(x), x, oo, 0),
        TendsTo(log(2 + sin(x)) / x * x, x, oo, 0),
        TendsTo(sp.tan(x) / x, x, oo, 0),
        TendsTo(1 / (x * sin(1 / x)), x, 0, 0),
    ],
    ids=str,
)
def test_what_oscillates_has_no_limit(statement: TendsTo) -> None:
    assert decide(statement).verdict is not Verdict.PROVED


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: dd.taylor_polynomial(log(x), x, 0, 1), "has no value at"),
        (lambda: dd.taylor_polynomial(sqrt(x), x, 0, 1), "has no derivative at"),
        (lambda: dd.taylor_polynomial(Abs(x), x, 1, 1), "has no derivative somewhere"),
        (lambda: dd.taylor_polynomial(x, x, x, 1), "write a constant"),
        (lambda: dd.taylor_polynomial(x, x, 0, -1), "a whole number from 0 to 40"),
        (lambda: dd.taylor_polynomial(x, 2, 0, 1), "the variable of taylor_polynomial"),
    ],
)
def test_what_has_no_taylor_polynomial(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
