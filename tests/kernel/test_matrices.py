"""Matrices of symbolic size, by sums over two indices: what is true of them is proved, its false twins are not."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
import sympy as sp
from twins import assert_proved, assert_refuted

import ddln_sym as dd
from ddln_sym.kernel import decide
from ddln_sym.kernel.nested_sums import flatten, in_squares
from ddln_sym.kernel.squares import find_squares
from ddln_sym.kernel.transcripts import transcript
from ddln_sym.statements import Compare, Equal, Evidence, Hypothesis, Index, Setting, Verdict, sum_over

d, n = (sp.Symbol(s, integer=True, positive=True) for s in "dn")
maybe_none = sp.Symbol("d", integer=True, nonnegative=True)
A, B, X, Y = (sp.IndexedBase(s, real=True) for s in ("A", "B", "x", "y"))
i, j, k = Index("i"), Index("j"), Index("k")
total, fro, trace, norm, inner = sum_over, dd.frobenius, dd.trace, dd.norm, dd.inner


def ge(left: Any, right: Any, *given: Any, size: Any = d, strict: bool = False) -> Compare:
    return Compare(left, right, Setting(tuple(Hypothesis("given", r) for r in given), (), size), strict)


def eq(left: Any, right: Any) -> Equal:
    return Equal(left, right, Setting((), (), d))


def times(one: Any, other: Any) -> Any:
    """The product of two matrices, as a function of two indices."""
    return lambda p, q: total(lambda m: one(p, m) * other(m, q))


def a(p: Any, q: Any) -> Any:
    return A[p, q]


def b(p: Any, q: Any) -> Any:
    return B[p, q]


def turned(p: Any, q: Any) -> Any:
    return A[q, p]


def ax(p: Any) -> Any:
    return total(lambda q: A[p, q] * X[q])


def summed(term: Any) -> Any:
    return total(lambda p: total(lambda q: term(p, q)))


def form(matrix: Any, x: Any, y: Any) -> Any:
    return summed(lambda p, q: x[p] * matrix(p, q) * y[q])


G = dd.gram(A)


def both(p: Any, q: Any) -> Any:
    return G(p, q) + dd.gram(B)(p, q)


def apart(p: Any, q: Any) -> Any:
    return G(p, q) - dd.gram(B)(p, q)


PRODUCT = summed(lambda p, q: A[p, q] * B[p, q])
#: A true statement, and one of its kind that is false.
PAIRS: list[tuple[Any, Any]] = [
    (eq(trace(times(a, b)), trace(times(b, a))), eq(trace(times(a, b)), summed(lambda p, q: A[p, q] * B[p, q]))),
    (eq(trace(times(turned, a)), fro(A) ** 2), eq(trace(times(a, a)), fro(A) ** 2)),
    (
        eq(trace(times(a, times(b, a))), trace(times(times(a, a), b))),
        eq(trace(times(a, times(b, turned))), trace(times(times(a, a), b))),
    ),
    (ge(trace(times(turned, a)), 0), ge(trace(times(a, a)), 0)),
    (ge(fro(A) ** 2 * fro(B) ** 2, PRODUCT**2), ge(fro(A) ** 2 * fro(B), PRODUCT**2)),
    (ge(fro(A) * fro(B), sp.Abs(PRODUCT)), ge(PRODUCT, fro(A) * fro(B))),
    (
        ge(fro(A) + fro(B), fro(lambda p, q: A[p, q] + B[p, q])),
        ge(fro(A), fro(lambda p, q: A[p, q] + B[p, q])),
    ),
    (
        eq(fro(lambda p, q: A[p, q] + B[p, q]) ** 2, fro(A) ** 2 + 2 * PRODUCT + fro(B) ** 2),
        eq(fro(lambda p, q: A[p, q] + B[p, q]) ** 2, fro(A) ** 2 + fro(B) ** 2),
    ),
    (
        ge(summed(lambda p, q: X[p] * X[q] * times(turned, a)(p, q)), 0),
        ge(summed(lambda p, q: X[p] * X[q] * A[p, q]), 0),
    ),
    (
        eq(summed(lambda p, q: X[p] * X[q] * times(turned, a)(p, q)), norm(ax) ** 2),
        eq(summed(lambda p, q: X[p] * X[q] * times(a, a)(p, q)), norm(ax) ** 2),
    ),
    (eq(inner(ax, Y), inner(X, lambda q: total(lambda p: A[p, q] * Y[p]))), eq(inner(ax, Y), inner(ax, X))),
    (ge(fro(A) ** 2 * norm(X) ** 2, norm(ax) ** 2), ge(fro(A) ** 2, norm(ax) ** 2)),
    (ge(fro(A) * norm(X), norm(ax)), ge(fro(A), norm(ax))),
    (ge(fro(A) ** 2 * fro(B) ** 2, fro(times(a, b)) ** 2), ge(fro(A) ** 2, fro(times(a, b)) ** 2)),
    (ge(d * fro(A) ** 2, trace(A) ** 2), ge(fro(A) ** 2, trace(A) ** 2)),
    (ge(sp.sqrt(d) * fro(A), trace(A)), ge(fro(A), trace(A))),
    (ge(d**2 * fro(A) ** 2, summed(a) ** 2), ge(d * fro(A) ** 2, summed(a) ** 2)),
    # of matrices that are not negative
    (ge(trace(G), 0), ge(trace(G), 1)),
    (ge(G(i, i), 0), ge(G(i, j), 0)),
    (ge(G(i, i) * G(j, j), G(i, j) ** 2), ge(G(i, i) * G(j, j), 2 * G(i, j) ** 2)),
    (ge((G(i, i) + G(j, j)) / 2, sp.Abs(G(i, j))), ge((G(i, i) + G(j, j)) / 3, sp.Abs(G(i, j)))),
    (ge(trace(G), G(i, i)), ge(trace(G) / 2, G(i, i))),
    (ge(form(G, X, X), 0), ge(form(G, X, Y), 0)),
    (ge(form(both, X, X), 0), ge(form(apart, X, X), 0)),
    (ge(form(G, X, X) * form(G, Y, Y), form(G, X, Y) ** 2), ge(form(G, X, X) * form(G, Y, Y), 2 * form(G, X, Y) ** 2)),
    (ge(trace(times(G, dd.gram(B))), 0), ge(0, trace(times(G, dd.gram(B))))),
    (ge(trace(G), fro(G)), ge(fro(G), trace(G))),
    (ge(trace(G) * norm(X) ** 2, form(G, X, X)), ge(trace(G) * norm(X) ** 2 / 2, form(G, X, X))),
    (ge(trace(both), trace(G)), ge(trace(G), trace(both))),
    (ge(fro(A), sp.Abs(A[i, j])), ge(fro(A), 2 * sp.Abs(A[i, j]))),
    (ge(fro(A) ** 2, A[i, i] ** 2), ge(fro(A) ** 2, A[i, i] ** 2, strict=True)),
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
        # an entry that need not be there, or is another one
        ge(fro(A) ** 2, A[3, 1] ** 2),
        ge(fro(A) ** 2, A[n, 1] ** 2),
        ge(fro(A) ** 2, B[i, j] ** 2),
        ge(trace(A), A[i, i]),
        # a term without a value
        eq(summed(lambda p, q: 1 / A[p, q]), summed(lambda p, q: 1 / A[q, p])),
        eq(
            total(lambda p: total(lambda q: sp.sqrt(A[p, q])) ** 2),
            total(lambda p: summed(lambda q, r: sp.sqrt(A[p, q]) * sp.sqrt(A[p, r]))),
        ),
        # no index at all, and a name of the kernel's own that is that of something else
        ge(fro(A) ** 2 + 1, 1, size=maybe_none, strict=True),
        ge(fro(A) ** 2 * norm(X) ** 2, total(lambda m: A[k, m] * X[m]) ** 2 + X[k] ** 2),
        ge(fro(A) ** 2 * norm(X) ** 2, norm(ax) ** 2 + A[k, k] ** 2),
        # what is not a square as a whole
        ge(summed(lambda p, q: A[p, q] * X[p] ** 2 * Y[q] ** 2), 0),
        ge(total(lambda p: Y[p] * total(lambda q: A[p, q]) ** 2), 0),
        # a form of what may be negative, and other products than those of Cauchy and Schwarz
        ge(form(a, X, X) * form(a, Y, Y), form(a, X, Y) ** 2),
        ge(form(G, X, X) * form(dd.gram(B), Y, Y), form(G, X, Y) ** 2),
        ge(form(G, X, X) * form(G, Y, Y), form(G, X, Y) ** 2, strict=True),
        # terms with a sign of their own
        ge(fro(A) ** 2, total(lambda m: A[m, m] ** 2), strict=True),
        ge(summed(a), trace(A)),
    ],
    ids=str,
)
def test_is_not_proved(false: Any) -> None:
    assert decide(false).verdict is not Verdict.PROVED


def test_of_a_number_of_indices_it_is_proved_as_well() -> None:
    assert decide(ge(fro(A) * norm(X), norm(ax), size=sp.Integer(2))).proved


def test_of_three_by_three_numbers_squares_of_binomials_are_found() -> None:
    matrix, vector = sp.Matrix(3, 3, sp.symbols("a1:10", real=True)), sp.Matrix(sp.symbols("x1:4", real=True))
    step = decide(Compare(dd.frobenius(matrix) * norm(vector), norm(matrix * vector)))
    assert step.proved
    assert Evidence.SUM_OF_SQUARES in {part.evidence for part in step.walk()}
    false = Compare(dd.frobenius(matrix) * norm(vector), norm(matrix * vector, 1))
    assert decide(false).verdict is Verdict.REFUTED


def test_squares_of_binomials_do_not_use_a_square_twice() -> None:
    x = sp.symbols("x1:11", real=True)
    squares = sum(s**2 for s in x)
    chain = sum(s * t for s, t in pairwise(x))
    assert find_squares(squares + chain, False, (), ()) is not None
    assert find_squares(squares + 3 * chain / 2, False, (), ()) is None


def test_one_sum_over_several_indices() -> None:
    flat = flatten(norm(ax) ** 2)
    assert flat is not None and len(flat.indices) == 3
    other = flatten(summed(lambda p, q: X[p] * X[q] * times(turned, a)(p, q)))
    assert other is not None and flat.canonical == other.canonical
    assert [found.term.exp for found in in_squares(flat)] == [2]
    assert flatten(norm(X) ** 2) is None
    assert flatten(total(lambda p: total(lambda q: A[p, q], [p]))) is None


def test_the_steps_are_parts_that_are_written_out() -> None:
    step = decide(ge(fro(A) ** 2 * norm(X) ** 2, norm(ax) ** 2))
    assert step.evidence is Evidence.TERMWISE
    record = transcript(step)
    assert [part["verdict"] for part in record["parts"]] == ["proved"] * 3
    assert [part["evidence"] for part in record["parts"]] == [part.evidence for part in step.parts]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: trace(lambda p: X[p]), "a function of 2 indices"),
        (lambda: fro(lambda p, q: "a"), "an entry of the matrix"),
        (lambda: norm(lambda p, q: A[p, q]), "a function of 1 index"),
    ],
)
def test_what_is_no_matrix(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
