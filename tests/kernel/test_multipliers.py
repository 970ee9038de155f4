"""Sums under equations between sums: Gibbs, entropies, and other inequalities by multipliers, for every size."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from ddln_sym.kernel import decide, satisfiable
from ddln_sym.kernel.multipliers import prove_by_multipliers
from ddln_sym.statements import DEPTH, Compare, Evidence, Hypothesis, Index, Setting, Verdict, sum_over

d = sp.Symbol("d", integer=True, positive=True)
p, q = sp.IndexedBase("p", real=True), sp.IndexedBase("q", real=True)
j, c = Index("j"), sp.Symbol("c", real=True)
log, exp = sp.log, sp.exp
P = Hypothesis("p > 0", sp.Gt(p[j], 0), j)
Q = Hypothesis("q > 0", sp.Gt(q[j], 0), j)


def over(array: Any, value: Any) -> Hypothesis:
    return Hypothesis("the sum is given", sp.Eq(sum_over(lambda k: array[k]), value))


def ge(high: Any, low: Any, *given: Hypothesis) -> Compare:
    return Compare(high, low, Setting(given, (), d))


KL = sum_over(lambda k: p[k] * log(p[k] / q[k]))
ENTROPY = -sum_over(lambda k: p[k] * log(p[k]))
#: Inequalities, and twins that are false, most because an equation is missing.
TWINS = [
    (ge(KL, 0, P, Q, over(p, 1), over(q, 1)), ge(KL, 0, P, Q, over(p, 1))),
    (ge(KL, c - 1, P, Q, over(p, c), over(q, 1)), ge(KL, c, P, Q, over(p, c), over(q, 1))),
    (ge(log(d), ENTROPY, P, over(p, 1)), ge(log(d) / 2, ENTROPY, P, over(p, 1))),
    (ge(sum_over(lambda k: p[k] ** 2), 1 / d, over(p, 1)), ge(sum_over(lambda k: p[k] ** 2), 1, over(p, 1))),
    (ge(sum_over(lambda k: exp(p[k])), d, over(p, 0)), ge(sum_over(lambda k: exp(p[k])), d, over(p, -1))),
    (ge(sum_over(lambda k: 1 / p[k]), d**2, P, over(p, 1)), ge(sum_over(lambda k: 1 / p[k]), d**3, P, over(p, 1))),
    (ge(-d * log(d), sum_over(lambda k: log(p[k])), P, over(p, 1)),
     ge(-d, sum_over(lambda k: log(p[k])), P, over(p, 1))),
    (ge(sum_over(lambda k: p[k] ** 2 / q[k]), 1, P, Q, over(p, 1), over(q, 1)),
     ge(sum_over(lambda k: p[k] ** 2 / q[k]), 1, P, Q, over(p, 1))),
    (ge(1, sum_over(lambda k: sp.sqrt(p[k]) * sp.sqrt(q[k])), P, Q, over(p, 1), over(q, 1)),
     ge(1, sum_over(lambda k: sp.sqrt(p[k]) * sp.sqrt(q[k])), P, Q, over(p, 1), over(q, 2))),
]  # fmt: skip


@pytest.mark.parametrize("true", [true for true, _ in TWINS], ids=str)
def test_what_multipliers_show_is_proved(true: Compare) -> None:
    assert decide(true).proved


@pytest.mark.parametrize("false", [false for _, false in TWINS], ids=str)
def test_what_lacks_an_equation_is_not(false: Compare) -> None:
    assert decide(false).verdict is Verdict.REFUTED


@pytest.mark.parametrize("true", [true for true, _ in TWINS], ids=str)
def test_hypotheses_about_sums_are_met_somewhere(true: Compare) -> None:
    assert satisfiable(true.setting)


def test_a_size_that_is_too_small_meets_nothing() -> None:
    """Of one entry alone both would be 1; of a depth there are at least two, and no entry of two is a third."""
    one = over(p, 1), Hypothesis("given", sp.Eq(sum_over(lambda k: p[k] ** 2), 1)), P
    assert satisfiable(Setting(one, (), d))
    assert not satisfiable(Setting(one, (), DEPTH))
    assert not satisfiable(Setting((*one, Hypothesis("given", sp.Gt(p[2], 0))), (), d))


def test_the_steps_are_about_one_term_and_the_rest() -> None:
    step = decide(ge(log(d), ENTROPY, P, over(p, 1)))
    assert step.evidence is Evidence.MULTIPLIERS
    each, rest, *values = step.parts
    assert values and all(value.proposition.lhs == value.proposition.rhs for value in values)
    (x,) = (s for s in each.proposition.lhs.free_symbols if s != d)
    assert sp.expand(each.proposition.rhs - ((1 - log(d)) * x - 1 / d)) == 0
    assert sp.expand(rest.proposition.lhs - rest.proposition.rhs) == 0


SQUARES, ONE = sum_over(lambda k: p[k] ** 2), over(p, 1)
K, P_K = Index("k"), sp.Symbol("p_k", real=True)


@pytest.mark.parametrize(
    "false",
    [
        # an index, and a symbol, that have the names of those that stand for one term
        ge(sum_over(lambda m: p[m] ** 2 + q[m] ** 2 - 2 * p[m] * q[K]), 0, ONE),
        ge(P_K * sum_over(lambda k: p[k]), SQUARES, ONE),
        # at c = 0 nothing is given
        ge(SQUARES, 1 / d, Hypothesis("nothing at 0", sp.Eq(sum_over(lambda k: c * p[k]), c))),
    ],
    ids=str,
)
def test_a_term_has_names_of_its_own_and_multipliers_have_values(false: Compare) -> None:
    assert decide(false).verdict is Verdict.REFUTED


def test_what_cancels_has_to_have_a_value() -> None:
    inverse = sum_over(lambda k: 1 / p[k])
    assert not decide(ge(SQUARES + inverse, 1 / d + inverse, ONE)).proved
    assert decide(ge(SQUARES + inverse, 1 / d + inverse, ONE, P)).proved
    assert not decide(ge(SQUARES + 1 / c, 1 / d + 1 / c, ONE)).proved
    assert decide(ge(SQUARES + 1 / c, 1 / d + 1 / c, ONE, Hypothesis("c ≠ 0", sp.Ne(c, 0)))).proved


@pytest.mark.parametrize(
    "other",
    [
        Compare(KL, 0, Setting((P, Q, over(p, 1), over(q, 1)), (), d), True),  # equal where p = q
        ge(KL + p[1], 0, P, Q, over(p, 1), over(q, 1)),  # an entry of its own
        ge(sum_over(lambda k: p[k] * sum_over(lambda i: p[i])), 1, over(p, 1)),
        ge(sum_over(lambda k: p[k], [j]), 0, P, over(p, 1)),
    ],
    ids=str,
)
def test_other_sums_are_left_to_others(other: Compare) -> None:
    assert prove_by_multipliers(other, decide) is None
