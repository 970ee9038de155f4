"""Inequalities of Jensen and Young for letters one by one: entropies of two and three, means, exponents as symbols."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from twins import assert_proved, assert_refuted

from ddln_sym.kernel import decide
from ddln_sym.statements import Compare, Hypothesis, Setting, Verdict

x, y, z, p, q = sp.symbols("x y z p q", real=True)
log, exp = sp.log, sp.exp


def ge(left: Any, right: Any, *relations: Any) -> Compare:
    return Compare(left, right, Setting(tuple(Hypothesis(str(r), r) for r in relations)))


def positive(*symbols: Any) -> list[Any]:
    return [sp.Gt(s, 0) for s in symbols]


TWO, THREE = x * log(x) + y * log(y), x * log(x) + y * log(y) + z * log(z)
CONJUGATE = [*positive(x, y), sp.Gt(p, 1), sp.Gt(q, 1), sp.Eq(1 / p + 1 / q, 1)]
PAIRS = [
    (ge(TWO, -log(2), *positive(x, y), sp.Eq(x + y, 1)), ge(TWO, -log(2) / 2, *positive(x, y), sp.Eq(x + y, 1))),
    (ge(THREE, -log(3), *positive(x, y, z), sp.Eq(x + y + z, 1)),
     ge(THREE, -log(2), *positive(x, y, z), sp.Eq(x + y + z, 1))),
    (ge(3 * log((x + y + z) / 3), log(x) + log(y) + log(z), *positive(x, y, z)),
     ge(log(x) + log(y) + log(z), 3 * log((x + y + z) / 3), *positive(x, y, z))),
    (ge(2 * log((x + y) / 2), log(x) + log(y), *positive(x, y)),
     ge(2 * log((x + y) / 3), log(x) + log(y), *positive(x, y))),
    (ge(exp(x) + exp(y) + exp(z), 3 * exp((x + y + z) / 3)), ge(3 * exp((x + y + z) / 3), exp(x) + exp(y) + exp(z))),
    (ge(x**p / p + y**q / q, x * y, *CONJUGATE), ge(x * y, x**p / p + y**q / q, *CONJUGATE)),
]  # fmt: skip


@pytest.mark.parametrize("true", [true for true, _ in PAIRS], ids=str)
def test_is_proved(true: Compare) -> None:
    assert_proved(true)


@pytest.mark.parametrize("false", [false for _, false in PAIRS], ids=str)
def test_its_false_twin_is_refuted(false: Compare) -> None:
    assert_refuted(false)


@pytest.mark.parametrize(
    "other",
    [
        ge(TWO, -log(2), *positive(x, y)),
        ge(TWO, -log(2), sp.Eq(x + y, 1)),
        ge(3 * log((x + y + z) / 3), log(x) + log(y) + log(z)),
        ge(x**p / p + y**q / q, x * y, *CONJUGATE[2:]),
    ],
    ids=str,
)
def test_without_a_hypothesis_it_is_not(other: Compare) -> None:
    assert decide(other).verdict is not Verdict.PROVED
