"""Sums and products over a symbolic number of indices: squares of sums, sums of the index, logarithms, induction."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from twins import assert_proved

from ddln_sym.kernel import decide
from ddln_sym.kernel.indexed import power_sum
from ddln_sym.render.document.proofs import tell_step
from ddln_sym.statements import (
    Compare,
    Equal,
    Evidence,
    Hypothesis,
    Index,
    Rate,
    RateRule,
    Setting,
    Verdict,
    product_over,
    sum_over,
)

x = sp.Symbol("x", real=True)
d, m = (sp.Symbol(s, integer=True, positive=True) for s in "dm")
j = Index("j")
U, V = (sp.IndexedBase(s, real=True) for s in "UV")
log, exp, sqrt = sp.log, sp.exp, sp.sqrt


def every(relation: Any) -> Hypothesis:
    return Hypothesis("every", relation, j)


def eq(left: Any, right: Any, *hypotheses: Hypothesis) -> Equal:
    return Equal(left, right, Setting(hypotheses, (), d))


def ge(left: Any, right: Any, *hypotheses: Hypothesis, strict: bool = False) -> Compare:
    return Compare(left, right, Setting(hypotheses, (), d), strict)


total, times = sum_over, product_over
UP, VP, UN, VN = every(sp.Gt(U[j], 0)), every(sp.Gt(V[j], 0)), every(sp.Ge(U[j], 0)), every(sp.Ge(V[j], 0))
UU, VV, UV = total(lambda k: U[k] ** 2), total(lambda k: V[k] ** 2), total(lambda k: U[k] * V[k])
SU, ABS = total(lambda k: U[k]), total(lambda k: sp.Abs(U[k]))
BOTH = total(lambda k: (U[k] + V[k]) ** 2)
LOG = log(times(lambda k: U[k]))

#: A true statement, and one of its kind that is false.
PAIRS: list[tuple[Any, Any]] = [
    (eq(total(lambda k: k), d * (d + 1) / 2), eq(total(lambda k: k), d**2 / 2)),
    (eq(total(lambda k: 2 * k - 1), d**2), eq(total(lambda k: 2 * k - 1), d**2 + d)),
    (eq(total(lambda k: k**2), d * (d + 1) * (2 * d + 1) / 6), eq(total(lambda k: k**2), d**3 / 3)),
    (eq(total(lambda k: k) ** 2, total(lambda k: k**3)), eq(total(lambda k: k) ** 2, total(lambda k: k**2))),
    (eq(total(lambda k: 1 / (k * (k + 1))), 1 - 1 / (d + 1)), eq(total(lambda k: 1 / (k * (k + 1))), 1 - 1 / d)),
    (eq(total(lambda k: 2**k), 2 ** (d + 1) - 2), eq(total(lambda k: 2**k), 2 ** (d + 1) - 1)),
    (eq(total(lambda k: x**k) * (x - 1), x ** (d + 1) - x), eq(total(lambda k: x**k) * (x - 1), x ** (d + 1) - 1)),
    (ge(total(lambda k: 1 / k), log(d + 1)), ge(log(d + 1), total(lambda k: 1 / k))),
    (ge(d * UU, SU**2), ge(d * UU, SU**2, strict=True)),
    (ge(UU * VV, UV**2), ge(UU * VV, 2 * UV**2)),
    (ge(sqrt(UU) * sqrt(VV), UV), ge(UV, sqrt(UU) * sqrt(VV))),
    (ge(sqrt(UU) + sqrt(VV), sqrt(BOTH)), ge(UU + VV, BOTH)),
    (ge(sqrt(d) * sqrt(UU), ABS), ge(sqrt(UU), ABS)),
    (ge(ABS, sp.Abs(SU)), ge(sp.Abs(SU), ABS)),
    (ge(ABS**2, UU), ge(UU, ABS**2)),
    (ge(SU * total(lambda k: 1 / U[k]), d**2, UP), ge(SU * total(lambda k: 1 / U[k]), d**2 + 1, UP)),
    (
        ge(total(lambda k: V[k]) * total(lambda k: V[k] * U[k] ** 2), UV**2, VN),
        ge(total(lambda k: V[k]) * total(lambda k: V[k] * U[k] ** 2), UV**2),
    ),
    (
        ge(total(lambda k: U[k] * log(U[k] / V[k])), total(lambda k: U[k] - V[k]), UP, VP),
        ge(total(lambda k: U[k] * log(U[k] / V[k])), SU, UP, VP),
    ),
    (eq(LOG, total(lambda k: log(U[k])), UP), eq(LOG, total(lambda k: U[k]), UP)),
    (eq(log(times(lambda k: exp(U[k]))), SU), eq(log(times(lambda k: exp(U[k]))), 2 * SU)),
    (eq(exp(SU), times(lambda k: exp(U[k]))), eq(exp(SU), total(lambda k: exp(U[k])))),
    (eq(log(times(lambda k: U[k] ** 2)), total(lambda k: log(U[k] ** 2)), every(sp.Ne(U[j], 0))),
     eq(log(times(lambda k: U[k] ** 2)), 3 * total(lambda k: log(U[k])), UP)),
    (ge(exp(SU), times(lambda k: 1 + U[k]), UN), ge(times(lambda k: 1 + U[k]), exp(SU), UN)),
    (ge(times(lambda k: 1 + U[k]), 1 + SU, UN), ge(times(lambda k: 1 + U[k]), 1 + SU, every(sp.Ge(U[j], -3)))),
]  # fmt: skip


@pytest.mark.parametrize("true", [true for true, _ in PAIRS], ids=str)
def test_is_proved(true: Any) -> None:
    assert_proved(true)


@pytest.mark.parametrize("false", [false for _, false in PAIRS], ids=str)
def test_its_false_twin_is_not(false: Any) -> None:
    assert decide(false).verdict is not Verdict.PROVED


S1 = sp.Symbol("S1", real=True)


@pytest.mark.parametrize(
    "false",
    [
        # the step holds and the beginning does not, or the other way round
        eq(total(lambda k: 1 / (k * (k + 1))), 2 - 1 / (d + 1)),
        ge(total(lambda k: 1 / k), log(d + 1) + sp.Rational(1, 2)),
        ge(3, total(lambda k: 1 / k)),
        ge(2 - 1 / d, total(lambda k: 1 / k**2), strict=True),
        # a name of the kernel's own is that of something else; one index is not every index
        ge(S1, total(lambda k: 2**k), Hypothesis("given", sp.Ge(S1, 2))),
        ge(total(lambda k: 2**k), S1, Hypothesis("given", sp.Ge(3, S1))),
        ge(total(lambda k: U[k]), 0, Hypothesis("given", sp.Ge(U[1], 0))),
        ge(times(lambda k: 1 + U[k]), 1 + SU, Hypothesis("given", sp.Ge(U[1], 0))),
        ge(times(lambda k: 1 + U[k]), 1 + SU, Hypothesis("every", sp.Ge(U[j], 0), j, (sp.Integer(1),))),
        ge(exp(total(lambda k: U[k])), times(lambda k: 1 + U[k]), Hypothesis("given", sp.Ge(SU, 0))),
        ge(total(lambda k: U[k] / d), SU),
        ge(d, m, Hypothesis("given", sp.Ge(m, 1))),
        ge(total(lambda k: exp(U[k])), 1 + SU + U[j]),
        # a logarithm of what is not positive, a square root of what need not be
        eq(LOG, total(lambda k: log(U[k]))),
        eq(LOG, total(lambda k: log(U[k])), every(sp.Ne(U[j], 0))),
        eq(log(times(lambda k: U[k] ** 2)), 2 * total(lambda k: log(U[k])), every(sp.Ne(U[j], 0))),
        eq(LOG, total(lambda k: log(U[k])), UN),
        ge(SU * total(lambda k: 1 / U[k]), d**2, every(sp.Ne(U[j], 0))),
        ge(SU * total(lambda k: V[k]), total(lambda k: sqrt(U[k] * V[k])) ** 2),
    ],
    ids=str,
)  # fmt: skip
def test_is_not_proved(false: Any) -> None:
    assert decide(false).verdict is not Verdict.PROVED


def test_what_moves_is_not_summed_by_induction() -> None:
    moving = Setting((), (RateRule(U[j], -U[j], j),), d)
    assert decide(Compare(total(lambda k: Rate(U[k])), 0, moving)).verdict is not Verdict.PROVED


@pytest.mark.parametrize("power", range(9))
def test_a_sum_of_powers_is_a_polynomial(power: int) -> None:
    n = sp.Symbol("n")
    found = power_sum(power, n)
    assert found.subs(n, 0) == 0
    assert sp.expand(found - found.subs(n, n - 1) - n**power) == 0


def test_the_steps_of_an_induction_are_parts_and_printed() -> None:
    step = decide(eq(total(lambda k: 2**k), 2 ** (d + 1) - 2))
    assert step.evidence is Evidence.INDUCTION
    assert [str(part.proposition) for part in step.parts][-1] == "2**(d + 1) + S1 = 2**(d + 2) - 2"
    assert "By induction" in str(tell_step(step))


def test_the_inequality_of_cauchy_and_schwarz_names_what_it_sums() -> None:
    said = [str(part.proposition) for part in decide(ge(UU * VV, UV**2)).parts]
    assert said[-1] == "p_j*q_k + p_k*q_j ≥ 2*r_j*r_k"
