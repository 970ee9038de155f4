"""Roots of one quantity: z3 gets little work for them, derivatives decide more, and what is false is not proved."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from twins import assert_proved, assert_refuted

from ddln_sym.kernel import decide, signs
from ddln_sym.statements import Compare, Hypothesis, Setting

x, y = sp.symbols("x y", real=True)
FROM_ONE, ABOVE = sp.Ge(x, 1), sp.Gt(x, 0)


def rational(text: str) -> Any:
    return sp.Rational(text)


def ge(left: Any, right: Any, *relations: Any) -> Compare:
    return Compare(left, right, Setting(tuple(Hypothesis("given", r) for r in relations)))


def root(base: Any, n: int) -> Any:
    return base ** sp.Rational(1, n)


NESTED = sp.sqrt(root(x**2 + 1, 3) ** 2 + 1) + root(4, 3) + 1 / (x + 1)
HIGH = root(root(x, 3) + (x + rational("3/2")) ** 5, 3) ** 2
NINTH = 3 * root(6, 9) * root(x, 3) ** 2 / 2 + 27 * root(3, 3)
#: What is true, and what is a little more and false.
PAIRS = [
    (ge(NESTED, rational("71/20"), FROM_ONE), ge(NESTED, rational("74/20"), FROM_ONE)),
    (ge(HIGH, rational("421/20"), FROM_ONE), ge(HIGH, rational("430/20"), FROM_ONE)),
    (ge(NINTH, rational("813/20"), FROM_ONE), ge(NINTH, rational("816/20"), FROM_ONE)),
    (ge((1 + x) / 2, root(x, 3), FROM_ONE), ge((1 + x) / 3, root(x, 3), FROM_ONE)),
]


@pytest.mark.parametrize("true", [true for true, _ in PAIRS], ids=str)
def test_is_proved(true: Compare) -> None:
    assert_proved(true)


@pytest.mark.parametrize("false", [false for _, false in PAIRS], ids=str)
def test_its_false_twin_is_refuted(false: Compare) -> None:
    assert_refuted(false)


@pytest.mark.parametrize(
    ("statement", "is_limited"),
    [
        (ge(x**2 + x * (x + rational("5/3")) + 2 * x + root(2, 9) * root(5, 9) ** 4 / 2, rational("129/20"), FROM_ONE),
         True),
        (ge(sp.sqrt(x) + sp.sqrt(x + 1), sp.sqrt(x + 2) + rational("2/3"), FROM_ONE), False),  # square roots alone
        (ge(root(x, 3) + y**2 + x * y, root(y**2 + 1, 3) - 9, ABOVE), False),  # two quantities
    ],
    ids=str,
)  # fmt: skip
def test_the_work_depends_on_the_question_alone(
    monkeypatch: pytest.MonkeyPatch, statement: Compare, is_limited: bool
) -> None:
    allowed = []
    original = signs.fresh
    monkeypatch.setattr(signs, "fresh", lambda work, logic: allowed.append(work) or original(work, logic))
    monkeypatch.setattr(signs, "contradictory", lambda *_: False)
    decide(statement)
    assert allowed
    assert (max(allowed) <= signs.ROOTS_WORK) == is_limited
