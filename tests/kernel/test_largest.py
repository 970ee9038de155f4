"""The largest of arbitrarily many terms: what is true of it is proved, its false twins are refuted or left open."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from twins import assert_proved, assert_refuted

import ddln_sym as dd
from ddln_sym.kernel import decide
from ddln_sym.kernel.transcripts import transcript
from ddln_sym.render.document.proofs import tell_step
from ddln_sym.render.formulas import formula_of
from ddln_sym.statements import (
    BoundIndex,
    Compare,
    Equal,
    Hypothesis,
    Index,
    LargestOver,
    Rate,
    RateRule,
    Setting,
    Verdict,
    largest_over,
    sum_over,
)

d, n = (sp.Symbol(s, integer=True, positive=True) for s in "dn")
maybe_none = sp.Symbol("d", integer=True, nonnegative=True)
a, M = sp.symbols("a M", real=True)
X, Y = sp.IndexedBase("x", real=True), sp.IndexedBase("y", real=True)
i, j, oo = Index("i"), Index("j"), sp.oo
norm = dd.norm
TOP = largest_over(lambda k: X[k])


def ge(left: Any, right: Any, *given: Any, size: Any = d, strict: bool = False) -> Compare:
    return Compare(left, right, Setting(tuple(Hypothesis("given", r) for r in given), (), size), strict)


def eq(left: Any, right: Any, *given: Any) -> Equal:
    return Equal(left, right, Setting(tuple(Hypothesis("given", r) for r in given), (), d))


def added(k: Any) -> Any:
    return X[k] + Y[k]


def apart(k: Any) -> Any:
    return X[k] - Y[k]


#: A true statement, and one of its kind that is false.
PAIRS: list[tuple[Any, Any]] = [
    (ge(norm(X, oo), sp.Abs(X[i])), ge(norm(X, oo), sp.Abs(X[i]), strict=True)),
    (ge(norm(X), norm(X, oo)), ge(norm(X, oo), norm(X))),
    (ge(norm(X, 1), norm(X, oo)), ge(norm(X, oo), norm(X, 1))),
    (ge(d * norm(X, oo), norm(X, 1)), ge((d - 1) * norm(X, oo), norm(X, 1))),
    (ge(d * norm(X, oo) ** 2, norm(X) ** 2), ge(norm(X, oo) ** 2, norm(X) ** 2)),
    (ge(sp.sqrt(d) * norm(X, oo), norm(X)), ge(sp.sqrt(d) * norm(X, oo), norm(X, 1))),
    (ge(norm(X, 1) * norm(Y, oo), sp.Abs(dd.inner(X, Y))), ge(norm(X, oo) * norm(Y, oo), dd.inner(X, Y))),
    (ge(norm(X, 1) * norm(X, oo), norm(X) ** 2), ge(norm(X) ** 2, norm(X, 1) * norm(X, oo))),
    (ge(norm(X, oo) + norm(Y, oo), norm(added, oo)), ge(norm(added, oo), norm(X, oo) + norm(Y, oo))),
    (ge(norm(apart, oo), norm(X, oo) - norm(Y, oo)), ge(norm(X, oo) - norm(Y, oo), norm(apart, oo))),
    (eq(norm(lambda k: a * X[k], oo), sp.Abs(a) * norm(X, oo)), eq(norm(lambda k: a * X[k], oo), a * norm(X, oo))),
    (ge(norm(X, oo), 0), ge(norm(X, oo), 0, strict=True)),
    (ge(1, X[i], sp.Le(norm(X, oo), 1)), ge(1, X[i], sp.Le(norm(X, oo), 2))),
    (eq(X[i], 0, sp.Eq(norm(X, oo), 0)), eq(X[i], 0, sp.Eq(norm(X, oo), 1))),
    (ge(d * TOP, dd.inner(X, lambda _: 1)), ge(TOP, dd.inner(X, lambda _: 1))),
    (
        ge(sp.log(sum_over(lambda k: sp.exp(X[k]))), TOP),
        ge(TOP, sp.log(sum_over(lambda k: sp.exp(X[k])))),
    ),
    (ge(3 * norm(X, oo), norm(X, 1), size=sp.Integer(3)), ge(2 * norm(X, oo), norm(X, 1), size=sp.Integer(3))),
]


@pytest.mark.parametrize("true", [true for true, _ in PAIRS], ids=str)
def test_is_proved(true: Any) -> None:
    assert_proved(true)


@pytest.mark.parametrize("false", [false for _, false in PAIRS], ids=str)
def test_its_false_twin_is_refuted_at_a_point(false: Any) -> None:
    assert_refuted(false)


LOGARITHMS = largest_over(lambda k: sp.log(X[k]))
MOVING = Setting((), (RateRule(X[j], X[j], j),), d)


@pytest.mark.parametrize(
    "statement",
    [
        # an index that need not be one of 1…d, or none at all, or no number of them
        ge(norm(X, oo), sp.Abs(X[3])),
        ge(norm(X, oo), sp.Abs(X[n])),
        ge(norm(X, oo), 0, size=maybe_none),
        Compare(norm(X, oo), 0),
        # a term without a value
        eq(LOGARITHMS, LOGARITHMS),
        ge(LOGARITHMS + 1, LOGARITHMS),
        ge(largest_over(lambda k: 1 / X[k]) + 1, largest_over(lambda k: 1 / X[k])),
        # what moves is no number
        Compare(0, Rate(TOP), MOVING),
        Compare(TOP, TOP, MOVING),
        # a name of the kernel's own is that of something else
        ge(M, X[i], sp.Ge(norm(X, oo), M)),
        ge(sp.Abs(X[j]), norm(X, oo)),
        ge(norm(X, oo), sp.Abs(Y[j])),
        # a hypothesis that nothing meets
        ge(X[1], 5, sp.Lt(norm(X, oo), sp.Abs(X[1]))),
        # of each row the largest is another number
        ge(sum_over(lambda k: largest_over(lambda m: X[k] * Y[m])), 0),
    ],
    ids=str,
)
def test_is_not_proved(statement: Any) -> None:
    assert decide(statement).verdict is not Verdict.PROVED


def test_a_maximum_may_stand_in_a_hypothesis_about_every_index() -> None:
    every = Hypothesis("below", sp.Le(sp.Abs(Y[j]), norm(X, oo)), j)
    assert decide(Compare(norm(X), norm(Y, oo), Setting((every,), (), d))).proved
    assert not decide(Compare(norm(X), norm(Y, 1), Setting((every,), (), d))).proved


def test_its_parts_are_told_and_written_out() -> None:
    step = decide(ge(norm(X, oo) + norm(Y, oo), norm(added, oo)))
    assert "in the place of" in str(tell_step(step))
    record = transcript(step)
    assert record["proposition"]["left"][1][0] == "largest"
    assert [part["verdict"] for part in record["parts"]] == ["proved"] * 4
    assert r"\max_{1\le" in formula_of(step.proposition)


def test_a_bound_index_is_not_captured() -> None:
    m1 = BoundIndex("m1")
    assert largest_over(lambda k: X[k] * Y[j]) == LargestOver(X[m1] * Y[j], m1)
    assert TOP.xreplace({X: Y}) == largest_over(lambda k: Y[k])
