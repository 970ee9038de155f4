"""Words of theorems: what is true is proved part by part, its false twin is refuted or left open, never proved."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from twins import assert_proved

from ddln_sym.checker import check_step
from ddln_sym.kernel import decide
from ddln_sym.kernel.transcripts import transcript
from ddln_sym.render.formulas import formula_of
from ddln_sym.statements import (
    BigO,
    Compare,
    Equal,
    Exists,
    Hypothesis,
    Minimizes,
    RateRule,
    Semidefinite,
    Setting,
    Theta,
    Verdict,
)

x, y, a, b, c = sp.symbols("x y a b c", real=True)
oo, exp, log, sin = sp.oo, sp.exp, sp.log, sp.sin


def given(*relations: Any) -> Setting:
    return Setting(tuple(Hypothesis("given", r) for r in relations))


ON_A_LINE = given(sp.Eq(x + y, 2))
SIMPLEX = given(sp.Eq(x + y, 2), sp.Gt(x, 0), sp.Gt(y, 0))
entropy = x * log(x) - x + y * log(y) - y
HYPENTROPY = 2 - sp.sqrt(4 + x**2) + x * sp.asinh(x / 2)

#: What is true, what is false of its kind, and whether that is refuted: what there is may be of another size.
PAIRS = [
    (
        Exists((c,), (Compare(c * (1 + x**2), 2 * x),), (1,)),
        Exists((c,), (Compare(c * (1 + x**2), 3 * x),), (1,)),
        False,
    ),
    (Exists((c,), (Compare(c, 0, strict=True), Compare(x**2 + 1, c * x))), Exists((c,), (Compare(c, x**2),)), False),
    (
        Exists((y,), (Equal(y**2, x, given(sp.Ge(x, 0))),), (sp.sqrt(x),), (x,)),
        Exists((y,), (Equal(y**2, x),), (x,), (x,)),
        False,
    ),
    (BigO(x**2 + x, x**2, x, oo, 2, 1), BigO(x**2 + x, x**2, x, oo, 1, 1), False),
    (BigO(x**2 + x, x**2, x, oo), BigO(x**3, x**2, x, oo), True),
    (BigO(log(x), x, x, oo), BigO(x, log(x), x, oo), True),
    (BigO(sin(x) - x, x**3, x, 0), BigO(sin(x) - x, x**4, x, 0), True),
    (Theta(x + sp.sqrt(x), x, x, oo), Theta(sp.sqrt(x), x, x, oo), True),
    (Theta(2 + sin(x), 1, x, oo), Theta(exp(-x), 1, x, oo), True),
    (BigO(1000 * x**2 + x, x**2, x, oo), BigO(x**2 / 1000, x, x, oo), True),
    (Theta(HYPENTROPY, x**2, x, 0), Theta(HYPENTROPY, x**3, x, 0), True),
    (Theta(HYPENTROPY, x * log(x), x, oo), Theta(HYPENTROPY, x, x, oo), True),
    (Minimizes(x**2 + y**2, (x, y), (1, 1), ON_A_LINE), Minimizes(x**2 + y**2, (x, y), (2, 0), ON_A_LINE), True),
    (Minimizes(x**2, (x,), (0,)), Minimizes(x**2 + y**2, (x, y), (0, 0), ON_A_LINE), True),
    (Minimizes(entropy, (x, y), (1, 1), SIMPLEX, (0,)), Minimizes(entropy, (x, y), (2, 0), SIMPLEX, (0,)), False),
    (
        Minimizes(x**2 + 2 * y**2, (x, y), (2 * a / 3, a / 3), given(sp.Eq(x + y, a))),
        Minimizes(x**2 + 2 * y**2, (x, y), (a / 3, 2 * a / 3), given(sp.Eq(x + y, a))),
        True,
    ),
    (Semidefinite(((1, a), (a, a**2))), Semidefinite(((1, a), (a, a))), True),
    (Semidefinite(((2, 1), (1, 2)), ((1, 0), (0, 1))), Semidefinite(((2, 2), (2, 2)), ((1, 0), (0, 1))), True),
    (
        Semidefinite(((2, -1, 0), (-1, 2, -1), (0, -1, 2)), strict=True),
        Semidefinite(((1, 1), (1, 1)), strict=True),
        True,
    ),
    (
        Semidefinite(sp.Matrix([[a, b], [b, a]]), (), given(sp.Ge(a, sp.Abs(b)))),
        Semidefinite(sp.Matrix([[a, b], [b, a]]), (), given(sp.Ge(a, b))),
        True,
    ),
]


@pytest.mark.parametrize("true", [true for true, _, _ in PAIRS], ids=str)
def test_is_proved(true: Any) -> None:
    step = assert_proved(true)
    assert step.parts


@pytest.mark.parametrize(("false", "is_refuted"), [(false, refuted) for _, false, refuted in PAIRS], ids=str)
def test_its_false_twin_is_not(false: Any, is_refuted: bool) -> None:
    step = decide(false)
    assert step.verdict is not Verdict.PROVED
    if is_refuted:
        assert step.verdict is Verdict.REFUTED
        assert step.witness is not None


def test_the_parts_are_checked_again_without_the_kernel() -> None:
    record = transcript(decide(PAIRS[0][0]))
    assert check_step(record) == "defined, parts checked"
    assert record["proposition"]["kind"] == "definition"


@pytest.mark.parametrize("statement", [one for true, false, _ in PAIRS for one in (true, false)], ids=str)
def test_each_has_a_formula(statement: Any) -> None:
    shown = formula_of(statement)
    assert r"\text{" not in shown or r"\text{and}" in shown


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Exists((c,), (Compare(c, x),), (x,)), "is chosen after it"),
        (lambda: Exists((c, y), (Compare(c, y),), (1,)), "give one for each"),
        (lambda: Exists((c,), ()), "write a tuple of them"),
        (lambda: Exists((c,), (Compare(c, 0, Setting((), (RateRule(c, 1),))),)), "moves by a rule"),
        (lambda: BigO(x, x, x, 1), "write sympy.oo, or 0"),
        (lambda: BigO(x, x, x, oo, -1), "write a positive number"),
        (lambda: BigO(x, x, x, oo, setting=given(sp.Gt(x, 0))), "says nothing of its variable"),
        (lambda: Minimizes(x**2, (x,), (y, 1)), "it has 1 variables"),
        (lambda: Minimizes(x**2, (x,), (x,)), "write it in constants"),
        (lambda: Minimizes(x**2, (x,), (0,), ON_A_LINE, (1, 2)), "give one each"),
        (lambda: Semidefinite(((1, 2), (3, 4))), "not symmetric"),
        (lambda: Semidefinite(((1, 2),)), "not square"),
        (lambda: Semidefinite(((1,),), ((1, 0), (0, 1))), "different sizes"),
    ],
)
def test_what_is_no_statement(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_a_multiplier_that_does_not_help_refutes_nothing() -> None:
    """The point is the least one, whatever multipliers are named: they are a way to see it, not what is said."""
    right, wrong = (Minimizes(x**2 + y**2, (x, y), (1, 1), ON_A_LINE, (m,)) for m in (2, 5))
    assert decide(right).verdict is Verdict.PROVED and decide(wrong).verdict is not Verdict.REFUTED
    assert decide(Minimizes(x**2 + y**2, (x, y), (2, 0), ON_A_LINE, (2,))).verdict is Verdict.REFUTED
