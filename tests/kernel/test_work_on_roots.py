"""Roots of one quantity: z3 gets little work for them, derivatives decide more, and what is false is not proved."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from twins import assert_proved, assert_refuted

from ddln_sym.kernel import decide, signs
from ddln_sym.statements import Compare, Hypothesis, Setting

x, y, z = sp.symbols("x y z", real=True)
BOTH = sp.Ge(x, 0), sp.Ge(y, 0)
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
    # of what may vanish
    (ge((x**2 + y**2 + z**2) / 3, root(sp.Abs(x * y * z), 3) ** 2),
     ge((x**2 + y**2 + z**2) / 4, root(sp.Abs(x * y * z), 3) ** 2)),
    (ge(root(x, 3) + root(y, 3), root(x + y, 3), *BOTH), ge(root(x + y, 3), root(x, 3) + root(y, 3), *BOTH)),
    (ge((x + 2 * y) / 3, root(x, 3) * root(y, 3) ** 2, *BOTH), ge((x + y) / 3, root(x, 3) * root(y, 3) ** 2, *BOTH)),
]  # fmt: skip


@pytest.mark.parametrize("true", [true for true, _ in PAIRS], ids=str)
def test_is_proved(true: Compare) -> None:
    assert_proved(true)


@pytest.mark.parametrize("false", [false for _, false in PAIRS], ids=str)
def test_its_false_twin_is_refuted(false: Compare) -> None:
    assert_refuted(false)


@pytest.mark.parametrize(
    "false",
    [
        ge(root(x, 3), 0),
        ge(root(x, 3) * root(y, 3), root(x * y, 3), sp.Ge(x * y, 0)),
        ge(x ** rational("-1/3"), 0, sp.Ge(x, 0)),
        Compare(root(sp.Abs(x), 3), 0, Setting(), True),
    ],
    ids=str,
)
def test_of_what_may_be_negative_or_vanish_it_is_not(false: Compare) -> None:
    assert not decide(false).proved


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
