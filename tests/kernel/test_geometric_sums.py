"""Geometric sums by what they come to, and powers of numbers against powers of what is counted."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from twins import assert_proved, assert_refuted

from ddln_sym.kernel import decide
from ddln_sym.kernel.sums import geometric_sums
from ddln_sym.statements import Compare, Equal, Evidence, Hypothesis, Index, Setting, Verdict, sum_over

q, c = sp.symbols("q c", real=True)
n = sp.Symbol("n", integer=True, positive=True)
m = sp.Symbol("m", integer=True, nonnegative=True)
k, j = sp.Symbol("k", integer=True), Index("j")
X = sp.IndexedBase("x", real=True)
SUM = sp.Sum(q**k, (k, 0, m))


def given(*relations: Any, size: Any = None) -> Setting:
    return Setting(tuple(Hypothesis(str(r), r) for r in relations), (), size)


BELOW_1 = given(sp.Ge(q, 0), sp.Lt(q, 1))
PAIRS: list[tuple[Any, Any]] = [
    (Compare(1 / (1 - q), SUM, BELOW_1), Compare(1 / (1 - q), SUM + q**m, BELOW_1)),
    (Compare(1 / (1 - q), sp.Sum(q**k, (k, 0, n)), BELOW_1), Compare(1, sp.Sum(q**k, (k, 0, n)), BELOW_1)),
    (Equal(SUM, (1 - q ** (m + 1)) / (1 - q), BELOW_1), Equal(SUM, (1 - q**m) / (1 - q), BELOW_1)),
    (Compare(2, sp.Sum(2 ** (-k), (k, 0, n))), Compare(sp.Rational(7, 4), sp.Sum(2 ** (-k), (k, 0, n)))),
    (Compare(3**n, n**3), Compare(2**n, n**3)),
    (Compare(2**n, n**2 / 2), Compare(2**n, n**2)),
]


@pytest.mark.parametrize("true", [true for true, _ in PAIRS], ids=str)
def test_is_proved(true: Any) -> None:
    assert_proved(true)


@pytest.mark.parametrize("false", [false for _, false in PAIRS], ids=str)
def test_its_false_twin_is_refuted_at_a_point(false: Any) -> None:
    assert_refuted(false)


@pytest.mark.parametrize(
    "other",
    [
        # where the ratio may be 1, or the sum is not among 1, …, n
        Compare(1 / (1 - q), SUM, given(sp.Ge(q, 0))),
        Compare(1 / (1 - q), SUM, given(sp.Gt(q, 1))),
        Equal(SUM, (1 - q ** (m + 1)) / (1 - q)),
        Compare(sp.Sum(q**k, (k, 0, n)), 0, given(sp.Ge(q, -2))),
        # what the sum comes to is not known by induction: of a ratio that may be 0 or 1, or is the number of terms
        Equal(sum_over(lambda i: q ** (-i)), (1 - q ** (-n)) / (q - 1), given(sp.Ne(q, 1), size=n)),
        Equal(sum_over(lambda i: q ** (i / 2)), sp.sqrt(q) * (q ** (n / 2) - 1) / (sp.sqrt(q) - 1), given(size=n)),
        Equal(sum_over(lambda i: n**i), (n ** (n + 1) - n) / (n - 1), given(size=n)),
    ],
    ids=str,
)
def test_is_not_proved(other: Any) -> None:
    assert decide(other).verdict is not Verdict.PROVED


def test_a_sum_is_geometric_where_each_term_is_a_multiple_of_the_one_before() -> None:
    def of(term: Any) -> Any:
        return geometric_sums(Compare(sum_over(term), 0, Setting((), (), n)))

    assert [ratio for _, ratio, _ in of(lambda i: c * q ** (2 * i))] == [q**2]
    assert not of(lambda i: q ** (i**2))
    assert not of(lambda i: X[i] * q**i)
    assert not of(lambda i: q)


def test_an_induction_is_tried_before_the_reals() -> None:
    assert decide(Compare(3**n, n**3)).evidence is Evidence.COUNTING
