"""Sums inside of functions, on the simplex and elsewhere: by multipliers, for every number of indices."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from twins import assert_proved, assert_refuted

import ddln_sym as dd
from ddln_sym.checker import Rejected, check_step
from ddln_sym.kernel import decide
from ddln_sym.kernel.multipliers import prove_by_multipliers
from ddln_sym.kernel.transcripts import transcript
from ddln_sym.statements import (
    Compare,
    Equal,
    Evidence,
    Hypothesis,
    Index,
    Setting,
    Verdict,
    largest_over,
    product_over,
    sum_over,
)

d = sp.Symbol("d", integer=True, positive=True)
maybe_none = sp.Symbol("d", integer=True, nonnegative=True)
X, Y, W = (sp.IndexedBase(name, real=True) for name in "xyw")
j, i = Index("j"), Index("i")
M, B, s = sp.symbols("M B s", real=True)
log, exp, total, norm, oo = sp.log, sp.exp, sum_over, dd.norm, sp.oo


def every(relation: Any) -> Hypothesis:
    return Hypothesis("every", relation, j)


def given(*relations: Any) -> tuple[Hypothesis, ...]:
    return tuple(r if isinstance(r, Hypothesis) else Hypothesis("given", r) for r in relations)


def ge(left: Any, right: Any, *relations: Any, size: Any = d) -> Compare:
    return Compare(left, right, Setting(given(*relations), (), size))


def eq(left: Any, right: Any, *relations: Any) -> Equal:
    return Equal(left, right, Setting(given(*relations), (), d))


SX, SQUARES = total(lambda k: X[k]), total(lambda k: X[k] ** 2)
EXP, LOGS = total(lambda k: exp(X[k])), total(lambda k: log(X[k]))
ENTROPY = -total(lambda k: X[k] * log(X[k]))
PRODUCT = product_over(lambda k: X[k])
XY = total(lambda k: X[k] * Y[k])
XN, XP, WN, WP = every(sp.Ge(X[j], 0)), every(sp.Gt(X[j], 0)), every(sp.Ge(W[j], 0)), every(sp.Gt(W[j], 0))
YN, BELOW = every(sp.Ge(Y[j], 0)), every(sp.Ge(M, Y[j]))
X1, Y1, W1 = sp.Eq(SX, 1), sp.Eq(total(lambda k: Y[k]), 1), sp.Eq(total(lambda k: W[k]), 1)
APART = total(lambda k: sp.Abs(X[k] - Y[k]))
GIBBS = total(lambda k: X[k] * log(X[k] / W[k]))
YP, KL = every(sp.Gt(Y[j], 0)), total(lambda k: X[k] * log(X[k] / Y[k]))
DISTANCE = total(lambda k: (X[k] - Y[k]) ** 2)
SECOND = s**2 * total(lambda k: X[k] * Y[k] ** 2) / 2 - s * XY
WEIGHTED = log(total(lambda k: W[k] * exp(Y[k])))

#: A true statement, and one of its kind that is false.
PAIRS: list[tuple[Any, Any]] = [
    (ge(1, SQUARES, XN, X1), ge(1, SQUARES, X1)),
    (ge(1, norm(X), XN, X1), ge(sp.Rational(1, 2), norm(X), XN, X1)),
    (ge(1, X[i], XN, X1), ge(1, X[i], X1)),
    (ge(1, norm(X, oo), XN, X1), ge(sp.Rational(1, 2), norm(X, oo), XN, X1)),
    (ge(norm(X, oo), 1 / d, XN, X1), ge(norm(X, oo), 2 / d, XN, X1)),
    (eq(norm(X, 1), 1, XN, X1), eq(norm(X, 1), 1, X1)),
    (ge(ENTROPY, 0, XP, X1), ge(ENTROPY, 0, XP, sp.Eq(SX, 3))),
    (ge(log(d), total(lambda k: X[k] * log(X[k] * d)), XP, X1), ge(0, total(lambda k: X[k] * log(X[k] * d)), XP, X1)),
    (ge(M, XY, XN, X1, BELOW), ge(M, XY, XN, BELOW)),
    (ge(largest_over(lambda k: Y[k]), XY, XN, X1), ge(largest_over(lambda k: Y[k]), 2 * XY, XN, X1)),
    (ge(2, APART, XN, X1, YN, Y1), ge(1, APART, XN, X1, YN, Y1)),
    (ge(1, SQUARES, sp.Ge(1, norm(X, 1))), ge(1, SQUARES, sp.Le(1, norm(X, 1)))),
    (ge(1, sp.Abs(X[i]), sp.Ge(1, norm(X, 1))), ge(1, sp.Abs(X[i]), sp.Ge(1, sp.Abs(SX)))),
    (ge(B, norm(X), sp.Ge(B, norm(X, 1))), ge(B, norm(X, 1), sp.Ge(B, norm(X)))),
    (ge(log(EXP), SX / d + log(d)), ge(log(EXP), SX / d + 2 * log(d))),
    (ge(EXP, d * exp(SX / d)), ge(d * exp(SX / d), EXP)),
    (ge(d * log(SX / d), LOGS, XP), ge(LOGS, d * log(SX / d), XP)),
    (ge(SX / d, PRODUCT ** (1 / d), XP), ge(PRODUCT ** (1 / d), SX / d, XP)),
    (ge(total(lambda k: W[k] * exp(X[k])), exp(total(lambda k: W[k] * X[k])), WN, W1),
     ge(total(lambda k: W[k] * exp(X[k])), exp(total(lambda k: W[k] * X[k])), WN)),
    (ge(log(total(lambda k: W[k] * X[k])), total(lambda k: W[k] * log(X[k])), XP, WP, W1),
     ge(log(total(lambda k: W[k] * X[k])), total(lambda k: W[k] * log(X[k])), XP, WP)),
    (ge(total(lambda k: log(1 + exp(X[k]))), d * log(1 + exp(SX / d))),
     ge(d * log(1 + exp(SX / d)), total(lambda k: log(1 + exp(X[k]))))),
    (ge(total(lambda k: sp.cosh(X[k])), d * sp.cosh(SX / d)), ge(d * sp.cosh(SX / d), total(lambda k: sp.cosh(X[k])))),
    (ge(-ENTROPY, SX * log(SX / d), XP), ge(SX * log(SX / d), -ENTROPY, XP)),
    (ge(SQUARES, d * product_over(lambda k: sp.Abs(X[k])) ** (2 / d), every(sp.Ne(X[j], 0))),
     ge(SQUARES, 2 * d * product_over(lambda k: sp.Abs(X[k])) ** (2 / d), every(sp.Ne(X[j], 0)))),
    # where the terms are in the ratio of the sums; by a tangent of a logarithm; under bounds on single entries
    (ge(log(SQUARES), -ENTROPY, XP, X1), ge(-ENTROPY, log(SQUARES), XP, X1)),
    (ge(log(total(lambda k: X[k] ** 2 / Y[k])), KL, XP, YP, X1),
     ge(log(total(lambda k: X[k] ** 2 / Y[k])) / 2, KL, XP, YP, X1, Y1)),
    (ge(SECOND, log(total(lambda k: X[k] * exp(-s * Y[k]))), XP, X1, YN, sp.Ge(s, 0)),
     ge(-s * XY, log(total(lambda k: X[k] * exp(-s * Y[k]))), XP, X1, YN, sp.Gt(s, 0))),
    (ge(2 * KL, DISTANCE, XP, YP, X1, Y1), ge(KL, 2 * DISTANCE, XP, YP, X1, Y1)),
    (ge(WEIGHTED, XY - GIBBS, XP, WP, X1), ge(WEIGHTED, XY - GIBBS, XP, WP)),
]  # fmt: skip


@pytest.mark.parametrize("true", [true for true, _ in PAIRS], ids=str)
def test_is_proved(true: Any) -> None:
    assert_proved(true)


@pytest.mark.parametrize("false", [false for _, false in PAIRS], ids=str)
def test_its_false_twin_is_refuted_at_a_point(false: Any) -> None:
    assert_refuted(false)


@pytest.mark.parametrize(
    "false",
    [
        # a bound on the wrong side, or one of terms that may be negative
        ge(1, SQUARES, XN, sp.Ge(SX, 1)),
        ge(SX, 1, XN, sp.Ge(1, SQUARES)),
        ge(1, SQUARES, sp.Ge(1, SX)),
        ge(0, SX, sp.Ge(0, total(lambda k: X[k] ** 3))),
        # a logarithm of what may be negative, a product with a factor that may be
        ge(d * log(SX / d), SX - d),
        ge(SX / d, PRODUCT ** (1 / d), XN, sp.Ge(X[1], 5)),
        ge(SX / d, PRODUCT ** (1 / d)),
        # a number of that name is another one
        ge(EXP, s * exp(SX / d), sp.Ge(s, 1)),
        ge(EXP - s, d * exp(SX / d) - SX),
        # under a bound on single entries that there is not
        ge(2 * KL, DISTANCE, XP, YP, sp.Eq(SX, total(lambda k: Y[k]))),
        # no index at all
        ge(EXP, 1, sp.Eq(SX, 0), size=maybe_none),
        ge(EXP, 1 + SX, sp.Ge(SX, 0), size=maybe_none),
        ge(EXP, exp(SX / d)*d**2),
    ],
    ids=str,
)  # fmt: skip
def test_is_not_proved(false: Compare) -> None:
    assert decide(false).verdict is not Verdict.PROVED


def test_of_contradictory_hypotheses_nothing_is_concluded() -> None:
    assert decide(ge(1, SQUARES, XN, sp.Eq(SX, -1))).verdict is Verdict.UNDECIDED
    assert decide(ge(EXP, d * exp(SX / d), XN, sp.Eq(SX, -1))).verdict is Verdict.UNDECIDED


@pytest.mark.parametrize(
    "relations",
    [
        (every(sp.Ge(M, sp.Abs(X[j]))), sp.Le(M, -1)),
        (sp.Eq(norm(X), -1),),
        (sp.Le(norm(X, 1), -1),),
    ],
    ids=str,
)
def test_hypotheses_about_entries_that_contradict_each_other_are_what_is_told(relations: Any) -> None:
    assert "contradict each other" in decide(ge(B, 5, *relations)).detail


def test_of_no_index_nothing_is_contradictory() -> None:
    vacuous = Setting(given(every(sp.Ge(M, sp.Abs(X[j]))), sp.Le(M, -1)), (), maybe_none)
    assert decide(Compare(B, 5, vacuous)).verdict is not Verdict.PROVED
    assert "contradict each other" not in decide(Compare(B, 5, vacuous)).detail


def test_what_a_sum_stands_for_and_its_sign_are_parts() -> None:
    step = decide(PAIRS[16][0])
    assert step.evidence is Evidence.MULTIPLIERS
    said = [str(part.proposition) for part in step.parts]
    assert said[0] == "Σ_m1[x[m1]] > 0"
    each = step.parts[1].proposition
    assert "m" in {symbol.name for symbol in each.rhs.free_symbols}


def test_a_bound_on_one_term_is_a_part() -> None:
    step = decide(PAIRS[0][0])
    assert [str(part.proposition) for part in step.parts[:2]] == ["x_k ≥ 0", "-x_k**2 ≥ -x_k"]
    assert str(step.parts[1].proposition.setting.hypotheses[-1].relation) == "1 >= x_k"


@pytest.mark.parametrize("n", [0, 5, 14, 16, 20])
def test_it_is_written_out_and_the_checker_reads_it(n: int) -> None:
    step = decide(PAIRS[n][0])
    record = transcript(step)
    assert [part["evidence"] for part in record["parts"]] == [part.evidence for part in step.parts]
    try:
        check_step(record)
    except Rejected as reason:  # what it has no rule for it says
        assert str(reason)


@pytest.mark.parametrize("inside", [True, False])
def test_each_statement_is_of_one_kind(inside: bool) -> None:
    other = PAIRS[0][0] if inside else PAIRS[15][0]
    assert prove_by_multipliers(other, decide, inside) is None
