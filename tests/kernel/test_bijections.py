"""Functions of an interval onto an interval: inverse functions exist where they do, and false twins are refuted."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from twins import assert_proved, assert_refuted

from ddln_sym.checker import check_step
from ddln_sym.kernel import decide
from ddln_sym.kernel.transcripts import transcript
from ddln_sym.render.formulas import formula_of
from ddln_sym.statements import Bijection, Compare, Hypothesis, RateRule, Setting, TendsTo, Verdict

x, y, a = sp.symbols("x y a", real=True)
exp, log, sin, cos, tan, tanh, sinh, asinh = sp.exp, sp.log, sp.sin, sp.cos, sp.tan, sp.tanh, sp.sinh, sp.asinh
closed, opened, LINE, oo, pi = sp.Interval, sp.Interval.open, sp.Interval(-sp.oo, sp.oo), sp.oo, sp.pi
RIGHT, ABOVE = closed(0, oo), opened(0, oo)
POSITIVE, NEGATIVE = (Setting((Hypothesis("given", r),)) for r in (sp.Gt(a, 0), sp.Lt(a, 0)))

#: A bijection, and what is none.
PAIRS = [
    (Bijection(cos(x), x, closed(0, pi), closed(-1, 1)), Bijection(cos(x), x, closed(0, 2 * pi), closed(-1, 1))),
    (Bijection(sin(x), x, closed(-pi / 2, pi / 2), closed(-1, 1)), Bijection(sin(x), x, closed(0, pi), closed(0, 1))),
    (Bijection(tan(x), x, opened(-pi / 2, pi / 2), LINE), Bijection(tan(x), x, opened(-pi / 2, pi / 2), ABOVE)),
    (Bijection(x * exp(x), x, closed(-1, oo), closed(-exp(-1), oo)), Bijection(x * exp(x), x, LINE, LINE)),
    (Bijection(x**2, x, RIGHT, RIGHT, sp.sqrt(x)), Bijection(x**2, x, LINE, RIGHT)),
    (Bijection(-(x**2), x, RIGHT, closed(-oo, 0), sp.sqrt(-x)), Bijection(x**2, x, RIGHT, RIGHT, x)),
    (Bijection(x**3, x, LINE, LINE), Bijection(x**3 - x, x, LINE, LINE)),
    (Bijection(tanh(x), x, LINE, opened(-1, 1), log((1 + x) / (1 - x)) / 2),
     Bijection(tanh(x), x, LINE, closed(-1, 1))),
    (Bijection(1 / (1 + exp(-x)), x, LINE, opened(0, 1), log(x / (1 - x))),
     Bijection(1 / (1 + exp(-x)), x, LINE, opened(0, 2))),
    (Bijection(sinh(x), x, LINE, LINE, asinh(x)), Bijection(sinh(x), x, RIGHT, LINE)),
    (Bijection(log(x), x, ABOVE, LINE, exp(x)), Bijection(log(x), x, ABOVE, RIGHT)),
    (Bijection(1 / x, x, ABOVE, ABOVE, 1 / x), Bijection(1 / x, x, closed(1, oo), RIGHT)),
    (Bijection(a * x, x, closed(0, 1), closed(0, a), x / a, POSITIVE),
     Bijection(a * x, x, closed(0, 1), closed(0, a + 1), None, POSITIVE)),
    (Bijection(a * x, x, closed(0, 1), closed(a, 0), None, NEGATIVE),
     Bijection(a * x, x, closed(0, 1), closed(2 * a, 0), None, NEGATIVE)),
    (Bijection(x, x, sp.Interval.Ropen(0, 1), sp.Interval.Ropen(0, 1)), Bijection(x, x, closed(0, 1), RIGHT)),
    (Bijection(1 - x, x, sp.Interval.Ropen(0, 1), sp.Interval.Lopen(0, 1)),
     Bijection(1 - x, x, sp.Interval.Ropen(0, 1), sp.Interval.Ropen(0, 1))),
]  # fmt: skip


@pytest.mark.parametrize("true", [true for true, _ in PAIRS], ids=str)
def test_is_proved(true: Bijection) -> None:
    assert_proved(true)


@pytest.mark.parametrize("false", [false for _, false in PAIRS], ids=str)
def test_its_false_twin_is_refuted(false: Bijection) -> None:
    step = assert_refuted(false)
    assert all(part.verdict is Verdict.REFUTED for part in step.parts)


@pytest.mark.parametrize(
    "false",
    [
        # no value at an end or between, a jump, a step; the right values with a hole in the image
        Bijection(log(x), x, RIGHT, LINE),
        Bijection(1 / x, x, closed(-1, 1), LINE),
        Bijection(x + sp.floor(x), x, closed(0, 2), closed(0, 4)),
        Bijection(x + sp.sign(x), x, closed(-1, 1), closed(-2, 2)),
        Bijection(x, x, closed(0, 1), sp.Interval.Ropen(0, 1)),
        Bijection(x, x, opened(0, 1), closed(0, 1)),
        Bijection(x, x, closed(0, 1), sp.Interval.Ropen(0, 2)),
        Bijection(tan(x), x, opened(0, pi), LINE),
        Bijection(sp.sqrt(x), x, closed(-1, 1), closed(0, 1)),
        Bijection(x**2, x, closed(-1, 0), closed(0, 1), sp.sqrt(x)),
        Bijection(a * x, x, LINE, LINE),
        Bijection(sp.Integer(1), x, closed(0, 1), closed(0, 1)),
    ],
    ids=str,
)
def test_is_not_proved(false: Bijection) -> None:
    assert decide(false).verdict is not Verdict.PROVED


def test_the_parts_say_what_it_means_and_are_written_out() -> None:
    step = decide(PAIRS[4][0])
    assert step.detail == ", with increasing"
    assert [str(part.proposition) for part in step.parts] == [
        "x**2 = x**2", "x′**2 > x**2", "what moves here is continuous where it has a value", "0 = 0",
        "x**2 → ∞ as x → ∞", "Abs(x) = x",
    ]  # fmt: skip
    record = transcript(step)
    assert record["proposition"]["kind"] == "definition"
    assert "[0, ∞) onto [0, ∞)" in record["proposition"]["conclusion"]
    equality = transcript(step.parts[0])
    assert "open" in equality or check_step(equality)


def test_it_has_a_formula() -> None:
    assert formula_of(TendsTo(-x, x, oo, -oo)) == r"\lim_{x\to \infty} -x = -\infty"
    assert formula_of(PAIRS[3][0]) == (
        r"x \mapsto x e^{x}:\ \left[-1, \infty\right) \leftrightarrow \left[-e^{-1}, \infty\right)"
    )
    assert formula_of(PAIRS[4][0]).endswith(r"x \mapsto \sqrt{x}")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Bijection(x, x, (0, 1), closed(0, 1)), "write sympy.Interval"),
        (lambda: Bijection(x, x, closed(1, 1), closed(0, 1)), "with a < b"),
        (lambda: Bijection(x, x, closed(0, a), closed(0, a)), "have to be numbers"),
        (lambda: Bijection(x, x, closed(0, 1), closed(0, x)), "about its variable"),
        (lambda: Bijection(x, x, RIGHT, RIGHT, None, Setting((Hypothesis("h", sp.Gt(x, 1)),))), "say where that runs"),
        (lambda: Bijection(x, x, RIGHT, RIGHT, None, Setting((), (RateRule(y, 1),))), "what is known of its constants"),
        (lambda: Bijection(x, 1, RIGHT, RIGHT), "the variable of Bijection"),
        (lambda: Bijection("x", x, RIGHT, RIGHT), "the function of Bijection"),
    ],
)
def test_what_is_no_statement(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_what_is_said_of_one_symbol_holds_for_all_that_others_leave_it() -> None:
    setting = Setting(tuple(Hypothesis("given", r) for r in (sp.Lt(x, y), sp.Gt(x, -pi / 2), sp.Le(y, pi / 2))))
    assert decide(Compare(cos(x), 0, setting, True)).proved
    wider = Setting(tuple(Hypothesis("given", r) for r in (sp.Lt(x, y), sp.Gt(x, -pi / 2), sp.Le(y, 2))))
    assert decide(Compare(cos(x), 0, wider, True)).verdict is Verdict.REFUTED
