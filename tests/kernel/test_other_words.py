"""Another letter in the place of one, and a tangent in the place of a power or a logarithm: hypentropies, rates."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from twins import assert_proved, assert_refuted

from ddln_sym.kernel import decide
from ddln_sym.kernel.letters import prove_in_new_letters
from ddln_sym.kernel.tangents import prove_by_tangents
from ddln_sym.kernel.transcripts import transcript
from ddln_sym.statements import Compare, Hypothesis, RateRule, Setting, Verdict, sum_over

x, y, c, p, beta, eta, t, r = sp.symbols("x y c p beta eta t r", real=True)
n, T = sp.symbols("n T", integer=True, positive=True)
d = sp.Symbol("d", integer=True, positive=True)
X = sp.IndexedBase("x", real=True)
exp, log, sqrt, asinh, cosh = sp.exp, sp.log, sp.sqrt, sp.asinh, sp.cosh


def ge(left: Any, right: Any, *relations: Any, strict: bool = False, size: Any = None) -> Compare:
    return Compare(left, right, Setting(tuple(Hypothesis(str(g), g) for g in relations), (), size), strict)


def entropy(theta: Any, b: Any) -> Any:
    return theta * asinh(theta / b) - sqrt(theta**2 + b**2) + b


DUAL = beta * cosh(y) - beta
B, UNIT = sp.Gt(beta, 0), [sp.Ge(t, 0), sp.Le(t, 1)]
P = [sp.Ge(p, 0), sp.Le(p, 1), sp.Ge(eta, 0)]
SUM = sum_over(lambda k: entropy(X[k], beta))
#: A true statement, and one of its kind that is false.
PAIRS = [
    (ge(x**2 / (2 * beta), entropy(x, beta), B), ge(x**2 / (3 * beta), entropy(x, beta), B)),
    (
        ge(entropy(x, beta) + beta * cosh(y) - beta, x * y, B),
        ge(entropy(x, beta) + beta * cosh(y) - beta, 2 * x * y, B),
    ),
    (ge(entropy(x, 1) + cosh(y) - 1, x * y), ge(entropy(x, 1) + cosh(y) - 1, x * y, strict=True)),
    (ge(SUM, 0, B, size=d), ge(SUM, 1, B, size=d)),
    (ge(1 / (sp.E * T), c * exp(-c * T), sp.Ge(c, 0)), ge(1 / (2 * sp.E * T), c * exp(-c * T), sp.Ge(c, 0))),
    (ge(exp(-1), (1 - 1 / n) ** n), ge(sp.Rational(1, 3), (1 - 1 / n) ** n)),
    (ge(1 / (n + 1), t * (1 - t) ** n, *UNIT), ge(1 / (2 * n + 3), t * (1 - t) ** n, *UNIT)),
    (ge(1 / (sp.E * T), t * (1 - t) ** T, *UNIT), ge(1 / (2 * sp.E * T), t * (1 - t) ** T, *UNIT)),
    (ge(eta**2 * p / 2 - eta * p, log(1 - p + p * exp(-eta)), *P), ge(-eta * p, log(1 - p + p * exp(-eta)), *P)),
]


@pytest.mark.parametrize("true", [true for true, _ in PAIRS], ids=str)
def test_is_proved(true: Any) -> None:
    step = assert_proved(true)
    assert [part["evidence"] for part in transcript(step)["parts"]] == [part.evidence for part in step.parts]


@pytest.mark.parametrize("false", [false for _, false in PAIRS], ids=str)
def test_its_false_twin_is_refuted_at_a_point(false: Any) -> None:
    assert_refuted(false)


@pytest.mark.parametrize(
    "false",
    [
        # nothing divides by what may vanish, or turns round where it may be negative
        ge(x**2 / (2 * beta), entropy(x, beta)),
        ge(entropy(x, beta), 0),
        ge(1 / c, x * exp(-c * x), sp.Ge(x, 0)),
        # the power of what may be negative, a power that grows where it ought to fall, a logarithm without a value
        ge(exp(-2 * n), (-1) ** n * 0 + (1 - 2 - 1 / n) ** n),
        ge(exp(n * (t - 1)), t**n, sp.Le(t, 1)),
        ge((1 - t) ** n, exp(-n * t), *UNIT),
        ge(t * exp(-n * t), t * (1 - t) ** n, sp.Le(t, 1)),
        ge(exp(r * (t - 1)), t**r, sp.Gt(t, 0)),
        ge(x - 1 - log(x), 0),
        ge(x - 1 + 1 / (x - 3), log(x) + 1 / (x - 3), sp.Gt(x, 0)),
    ],
    ids=str,
)
def test_is_not_proved(false: Compare) -> None:
    assert decide(false).verdict is not Verdict.PROVED


def test_no_letter_that_moves_or_is_bound_is_another() -> None:
    moving = Setting((), (RateRule(x, -x),))
    assert prove_in_new_letters(Compare(entropy(x, 2), 0, moving), decide) is None
    summed = sp.Sum(exp(x * y), (x, 1, 2))
    assert prove_in_new_letters(Compare(summed, exp(x * y)), decide) is None
    whole = Compare(exp(-n * T), 0)
    assert prove_in_new_letters(whole, decide) is None


def test_a_letter_of_that_name_is_kept() -> None:
    found = prove_in_new_letters(ge(exp(t * x), 1 + t * x, sp.Gt(t, 0)), decide)
    assert found is not None
    assert str(found[0]) == "t = t′/x" or str(found[0]) == "x = t′/t"


def test_what_a_tangent_needs_is_a_part() -> None:
    found = prove_by_tangents(ge(1 / (n + 1), t * (1 - t) ** n, *UNIT), decide)
    assert found is not None
    assert {"t ≥ 0", "1 - t ≥ 0", "n ≥ 0"} <= {str(step.proposition) for step in found[1]}
