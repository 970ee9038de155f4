"""Whole numbers from some number on: counted from 1, by induction, and sums as SymPy writes them."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
import sympy as sp
from false_statements import under

from ddln_sym.kernel import decide
from ddln_sym.kernel.whole_numbers import count_from_one, index_sums
from ddln_sym.statements import Compare, Equal, Evidence, Hypothesis, Index, Setting, Verdict, at_least, greater

x, y, q, a = sp.symbols("x y q a", real=True)
n, k, i = sp.symbols("n k i", integer=True)
m = sp.Symbol("m", integer=True, positive=True)
p = sp.Symbol("p", integer=True, nonnegative=True)
u = sp.IndexedBase("u", real=True)
FROM_0, FROM_1, OFF = sp.Ge(n, 0), sp.Ge(n, 1), sp.Ne(x, 0)


def ge(left: Any, right: Any, *given: Any) -> Compare:
    return at_least(left, right, under(*given))


def gt(left: Any, right: Any, *given: Any) -> Compare:
    return greater(left, right, under(*given))


def eq(left: Any, right: Any, *given: Any) -> Equal:
    return Equal(left, right, under(*given))


def total(term: Any, first: Any, last: Any) -> Any:
    return sp.Sum(term, (k, first, last))


#: Statements, and twins of them that are false.
TWINS = [
    (ge(2**n, n + 1, FROM_0), ge(2**n, n + 2, FROM_0)),
    (ge(3**n, 2 * n + 1, FROM_0), ge(3**n, 2 * n + 2, FROM_0)),
    (gt(2**n, n, FROM_0), gt(2**n, 2 * n, FROM_0)),
    (ge(2**n, n**2, sp.Ge(n, 4)), ge(2**n, n**2, sp.Ge(n, 2))),
    (ge(2**n, n**2, sp.Gt(n, 3)), ge(2**n, n**2, sp.Gt(n, 2))),
    (ge(2**p, p + 1), ge(2**p, p + 2)),
    (ge(p, 0), gt(p, 0)),
    (ge((1 + x) ** n, 1 + n * x, FROM_0, sp.Ge(x, -1)), ge((1 + x) ** n, 1 + n * x, FROM_0)),
    (ge((1 - x) ** n, 1 - n * x, FROM_1, sp.Le(x, 1)), ge((1 - x) ** n, 1 - n * x / 2, FROM_1, sp.Le(x, 1))),
    (ge((x + 1) ** n, x**n + 1, FROM_1, sp.Ge(x, 0)), ge((x + 1) ** n, x**n + 2, FROM_1, sp.Ge(x, 0))),
    (eq(x * x ** (n - 1), x**n, FROM_1), eq(x * x ** (n - 1), x ** (n + 1), FROM_1)),
    (eq((-x) ** n, (-1) ** n * x**n, FROM_0), eq((-x) ** n, x**n, FROM_0)),
    (ge(x ** (2 * n), 0, FROM_0), ge(x**n, 0, FROM_0)),
    (ge(x ** (2 * n - 2), 0, FROM_1), ge(x ** (2 * n - 1), 0, FROM_1)),
    (ge(sp.factorial(n), 2 ** (n - 1), FROM_1), ge(sp.factorial(n), 2**n, FROM_1)),
    (ge(sp.factorial(n), 2**n, sp.Ge(n, 4)), ge(sp.factorial(n), 3**n, sp.Ge(n, 6))),
    (eq(sp.factorial(n + 1), (n + 1) * sp.factorial(n), FROM_0), eq(sp.factorial(n + 1), n * sp.factorial(n), FROM_0)),
    (ge(m**m, sp.factorial(m)), gt(m**m, sp.factorial(m))),
    (eq(total(q**k, 0, n), (1 - q ** (n + 1)) / (1 - q), FROM_0, sp.Ne(q, 1)),
     eq(total(q**k, 0, n), (1 - q**n) / (1 - q), FROM_0, sp.Ne(q, 1))),
    (eq(total(q**k, 0, m - 1), (1 - q**m) / (1 - q), sp.Ne(q, 1)),
     eq(total(q**k, 1, m), (1 - q**m) / (1 - q), sp.Ne(q, 1))),
    (eq(total(k * sp.factorial(k), 1, n), sp.factorial(n + 1) - 1, FROM_1),
     eq(total(k * sp.factorial(k), 1, n), sp.factorial(n + 1), FROM_1)),
    (eq(total(k**3, 1, m), total(k, 1, m) ** 2), eq(total(k**3, 1, m), total(k, 1, m) ** 3)),
    (ge(1, total(1 / k**2, 2, m)), ge(sp.Rational(1, 2), total(1 / k**2, 2, m))),
    (eq(sp.Product(1 + 1 / k, (k, 1, m)), m + 1), eq(sp.Product(1 + 1 / k, (k, 1, m)), m)),
    (eq(total(k, 1, 10), 55), eq(total(k, 1, 10), 54)),
    (ge(m * total(u[k] ** 2, 1, m), total(u[k], 1, m) ** 2), ge(total(u[k] ** 2, 1, m), total(u[k], 1, m) ** 2)),
    (gt(total(x**2 + 1, 1, m), 0), gt(total(x**2, 1, m), 0)),
    # a whole number of either sign
    (eq(x * x ** (n - 1), x**n, OFF), eq(x * x ** (n - 1), x ** (n + 1), OFF)),
    (eq((-x) ** n, (-1) ** n * x**n, OFF), eq((-x) ** n, x**n, OFF)),
    (eq(x**n * x**k, x ** (n + k), OFF), eq(x**n * x**k, x ** (n - k), OFF)),
    (eq(x**n * x**k * x**i, x ** (n + k + i), OFF), eq(x**n * x**k * x**i, x ** (n + k - i), OFF)),
    (gt(x ** (2 * n), 0, OFF), gt(x**n, 0, OFF)),
    (eq((x * y) ** (n - 1), x ** (n - 1) * y ** (n - 1), OFF, sp.Ne(y, 0), sp.Ne(n, 1)),
     eq((x + y) ** n, x**n + y**n, OFF, sp.Ne(y, 0), sp.Ne(n, 0))),
    (eq(x ** (m - p) * x**p, x**m, OFF), eq(x ** (m - p) * x**m, x**p, OFF)),
    (ge(3**n, 2 * n + 1), ge(3**n, 2 * n + 2)),
]  # fmt: skip


@pytest.mark.parametrize("true", [true for true, _ in TWINS], ids=str)
def test_what_holds_of_every_number_is_proved(true: Any) -> None:
    assert decide(true).proved


@pytest.mark.parametrize("false", [false for _, false in TWINS], ids=str)
def test_what_fails_at_a_number_is_refuted(false: Any) -> None:
    step = decide(false)
    assert step.verdict is Verdict.REFUTED
    at = dict(step.witness.places)
    for relation in (h.relation for h in false.setting.hypotheses):
        assert relation.xreplace(at) in (True, sp.true)


@pytest.mark.parametrize(
    "unproved",
    [
        ge(2**n, 1),
        ge(2**n, 1, sp.Ge(n, -1)),
        ge(2**n, 1, sp.Le(n, 4)),
        ge(2**m, y, sp.Le(y, m + 2)),  # what speaks of the number is not carried along
        eq(total(q**k, 0, n), (1 - q ** (n + 1)) / (1 - q), sp.Ne(q, 1)),  # below 0 a sum is no sum
        eq(total(total(k, 1, i), 1, m), m),
        eq(x * x ** (n - 1), x**n),  # at 0 neither has a value for n = −1
        ge(x ** (2 * n), 0),
        eq(x**n, x**n),
        eq(x ** (m - p), x**m / x**p),
        eq(x**n * x, x ** (n + 1), sp.Gt(sp.log(n), 3)),  # below 0 the hypothesis has no value
    ],
    ids=str,
)
def test_nothing_is_made_up(unproved: Any) -> None:
    assert not decide(unproved).proved


def test_an_induction_begins_where_it_may() -> None:
    """``2^n ≥ n²`` fails at 3, and holds at 2 and 4: what is proved from 4 on is not carried from 2."""
    assert decide(ge(2**m, m**2)).verdict is Verdict.REFUTED
    step = decide(ge(2 ** (m + 3), (m + 3) ** 2))
    assert step.proved


def test_random_bounds_of_powers_are_decided_as_they_are() -> None:
    random, seen = Random(7), set()
    for _ in range(60):
        base, slope, shift, first = (random.randint(low, high) for low, high in ((2, 4), (0, 5), (-3, 4), (0, 3)))
        verdict = decide(ge(base**n, slope * n + shift, sp.Ge(n, first))).verdict
        holds = all(base**number >= slope * number + shift for number in range(first, 40))
        assert verdict is (Verdict.PROVED if holds else Verdict.REFUTED), (base, slope, shift, first)
        seen.add(verdict)
    assert len(seen) == 2


def test_an_induction_has_its_steps() -> None:
    step = decide(ge(3**n, 2 * n + 1, FROM_0))
    assert step.evidence is Evidence.CASES
    (inner,) = step.parts
    assert inner.evidence is Evidence.COUNTING
    first, then = inner.parts
    assert first.proposition.lhs == 1 and first.proposition.setting.hypotheses == ()
    (before,) = then.proposition.setting.hypotheses
    counted = count_from_one(step.proposition)[0]
    assert before.relation == sp.Ge(counted.lhs, counted.rhs)


def test_numbers_are_counted_from_their_bound() -> None:
    moved, whole, stands, new = count_from_one(ge(n + a, 0, sp.Ge(n, -2), sp.Ge(n, 3), sp.Ge(a, n)))
    assert (whole, stands) == (n, new + 2)
    assert moved.lhs == new + 2 + a
    assert [h.relation for h in moved.setting.hypotheses] == [sp.Ge(a, new + 2)]


@pytest.mark.parametrize("setting", [Setting(), under(sp.Le(n, 4)), under(sp.Ge(n, x))], ids=str)
def test_what_has_no_least_number_is_not_counted(setting: Setting) -> None:
    assert count_from_one(Compare(2**n, n, setting)) is None


def test_sums_with_limits_of_another_kind_stay() -> None:
    for term in (total(k, 1, n), total(k, x, m), total(k, 3, m), total(total(k, 1, m), 1, m), sp.Sum(k, (k, 1, sp.oo))):
        assert index_sums(Equal(term, 0)) == Equal(term, 0)
    both = Equal(total(k, 1, m), 0, Setting((), (), sp.Symbol("d", integer=True, positive=True)))
    assert index_sums(both) == both


def test_an_inner_sum_that_ends_at_an_outer_index_is_not_cut_loose() -> None:
    j = sp.Symbol("j", integer=True, positive=True)
    triangle = sp.Sum(sp.Sum(k, (k, 1, j)), (j, 1, 3))
    assert not decide(Equal(triangle, 9)).proved
    assert decide(Equal(triangle, 10)).verdict is not Verdict.REFUTED


POLE = [sp.Sum(1 / (index - 5), (index, 1, m)) for index in (i, k)]


@pytest.mark.parametrize(
    "unproved",
    [
        eq(POLE[0] - POLE[1], 0),  # at 5 neither has a value
        eq(2**m * (POLE[0] - POLE[1]), 0),
        ge(2**m + POLE[0] - POLE[1], m),
        ge(2**m + (m - 1) * sp.log(x + m), 1, sp.Ge(x, -1)),  # 0·log 0 at m = 1, x = −1
        ge(total(1 / (k - 2), 1, n + 1) - total(1 / (k - 2), 1, n), 1 / (n - 1), sp.Ge(n, 2)),  # 1/0 is a term
        ge(total(sp.log(k - 2), 0, m), 0),  # as is the logarithm of −2
        gt(total(1 / (k * (k + 1)), 0, m), total(1 / (k * (k + 1)), 1, m)),
        eq(x ** (2 * m - 3) * x**3, x ** (2 * m)),  # 0^{−1}
    ],
    ids=str,
)
def test_what_cancels_at_a_number_has_to_have_a_value(unproved: Any) -> None:
    assert not decide(unproved).proved


@pytest.mark.parametrize(
    "true",
    [
        gt(2**m * x**2 + (m - 1) * sp.log(x) ** 2, 0),  # for the x > 0 that log speaks of
        # a bound that is said of every index
        Compare(2**n, 20, Setting((Hypothesis("5", sp.Ge(n, 5), Index("j")), Hypothesis("0", FROM_0)))),
        # there are more indices than terms
        Compare(0, total(x, 1, m), Setting((Hypothesis("small", sp.Le(x * Index("j"), 1), Index("j")),))),
    ],
    ids=str,
)
def test_what_holds_is_not_refuted(true: Any) -> None:
    assert decide(true).verdict is not Verdict.REFUTED
