"""Norms and what is known of them: the inequalities are proved, their false twins refuted at a point."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from twins import assert_proved, assert_refuted

import ddln_sym as dd
from ddln_sym.kernel import decide
from ddln_sym.kernel.transcripts import transcript
from ddln_sym.render.document.proofs import tell_step
from ddln_sym.statements import Compare, Equal, Evidence, Hypothesis, Index, Setting, Verdict

X, Y = sp.symbols("x1:5", real=True), sp.symbols("y1:5", real=True)
a, M = sp.symbols("a M", real=True)
d = sp.Symbol("d", integer=True, positive=True)
U, V = sp.IndexedBase("U", real=True), sp.IndexedBase("V", real=True)
j, k = Index("j"), Index("k")
oo = sp.oo
BOUND = Hypothesis("given", sp.Ge(M, sp.Abs(U[j])), j)


def ge(left: Any, right: Any, *hypotheses: Hypothesis, strict: bool = False, size: Any = None) -> Compare:
    return Compare(left, right, Setting(hypotheses, (), size), strict)


def added(x: Any, y: Any) -> list[Any]:
    return [s + t for s, t in zip(x, y, strict=True)]


def concrete(n: int) -> list[tuple[Compare, Compare]]:
    """Of n entries: what is true, and what is false of its kind."""
    x, y, root = X[:n], Y[:n], sp.sqrt(n)
    both, norm = added(x, y), dd.norm
    return [
        *((ge(norm(x, p) + norm(y, p), norm(both, p)), ge(norm(both, p), norm(x, p) + norm(y, p))) for p in (1, 2, oo)),
        (ge(norm(x) * norm(y), sp.Abs(dd.inner(x, y))), ge(dd.inner(x, y), norm(x) * norm(y))),
        (ge(norm(x, 1) * norm(y, oo), sp.Abs(dd.inner(x, y))), ge(norm(x, oo) * norm(y, oo), dd.inner(x, y))),
        (ge(norm(x), norm(x, oo)), ge(norm(x, oo), norm(x))),
        (ge(norm(x, 1), norm(x)), ge(norm(x), norm(x, 1))),
        (ge(root * norm(x), norm(x, 1)), ge(root * norm(x), norm(x, 1), strict=True)),
        (ge(root * norm(x, oo), norm(x)), ge(sp.Rational(9, 8) * norm(x, oo), norm(x))),
    ]


def total(left: Any, right: Any, *hypotheses: Hypothesis, strict: bool = False) -> Compare:
    return ge(left, right, *hypotheses, strict=strict, size=d)


def sum_of_both(i: Any) -> Any:
    return U[i] + V[i]


#: The same of d entries, d a symbol.
SYMBOLIC: list[tuple[Any, Any]] = [
    (total(dd.norm(U, 1), dd.norm(U)), total(dd.norm(U), dd.norm(U, 1))),
    (total(sp.sqrt(d) * dd.norm(U), dd.norm(U, 1)), total(dd.norm(U), dd.norm(U, 1) * 3 / 4)),
    *(
        (total(dd.norm(U, p) + dd.norm(V, p), dd.norm(sum_of_both, p)), total(dd.norm(U, p), dd.norm(sum_of_both, p)))
        for p in (1, 2)
    ),
    (total(dd.norm(U) * dd.norm(V), sp.Abs(dd.inner(U, V))), total(dd.norm(U), dd.inner(U, V))),
    (total(dd.norm(U), sp.Abs(U[k])), total(dd.norm(U), 2 * sp.Abs(U[k]))),
    (total(dd.norm(U, 1), sp.Abs(U[k])), total(dd.norm(U, 1), sp.Abs(U[k]), strict=True)),
    (total(dd.inner(U, lambda _: 1), U[k], Hypothesis("given", sp.Ge(U[j], 0), j)),
     total(dd.inner(U, lambda _: 1), U[k])),
    (total(sp.sqrt(d) * M, dd.norm(U), BOUND), total(M, dd.norm(U), BOUND)),
    (total(M * dd.norm(V, 1), sp.Abs(dd.inner(U, V)), BOUND), total(M * dd.norm(V), sp.Abs(dd.inner(U, V)), BOUND)),
    (Equal(dd.norm(lambda i: a * U[i]), sp.Abs(a) * dd.norm(U), Setting((), (), d)),
     Equal(dd.norm(lambda i: a * U[i]), a * dd.norm(U), Setting((), (), d))),
]  # fmt: skip

A = sp.Matrix(2, 2, sp.symbols("a11 a12 a21 a22", real=True))
v = sp.Matrix(X[:2])
MATRICES = [
    (ge(dd.frobenius(A) * dd.norm(v), dd.norm(A * v)), ge(dd.frobenius(A) * dd.norm(v) / 2, dd.norm(A * v))),
    (ge(sp.sqrt(2) * dd.frobenius(A), sp.Abs(dd.trace(A))), ge(dd.frobenius(A), dd.trace(A))),
    (Equal(dd.frobenius(A) ** 2, dd.trace(A * A.T)), Equal(dd.frobenius(A) ** 2, dd.trace(A * A))),
    (ge(dd.norm(list(A), 1), dd.frobenius(A)), ge(dd.frobenius(A), dd.norm(list(A), 1))),
]
PAIRS = [*concrete(2), *concrete(3), *SYMBOLIC, *MATRICES]


@pytest.mark.parametrize("true", [true for true, _ in PAIRS], ids=str)
def test_is_proved(true: Any) -> None:
    assert_proved(true)


@pytest.mark.parametrize("true", [true for true, _ in (concrete(4)[1], concrete(4)[4], concrete(4)[-1])], ids=str)
def test_of_four_entries_is_proved(true: Compare) -> None:
    assert decide(true).proved


@pytest.mark.parametrize("false", [false for _, false in [*PAIRS, *concrete(4)]], ids=str)
def test_its_false_twin_is_refuted_at_a_point(false: Any) -> None:
    assert_refuted(false)


def test_squares_are_parts_that_are_told_and_written_out() -> None:
    step = decide(concrete(3)[1][0])
    assert step.evidence is Evidence.SQUARED
    assert [part.proved for part in step.parts] == [True, True]
    assert "compare the squares" in str(tell_step(step))
    assert [part["evidence"] for part in transcript(step)["parts"]] == [part.evidence for part in step.parts]


@pytest.mark.parametrize(
    "false",
    [
        # what is squared may be negative, or a root may have no value
        ge(sp.sqrt(a**2), a, strict=True),
        ge(a, sp.sqrt(a**2 + 1)),
        ge(a * sp.sqrt(a**2 + 1), sp.sqrt(a**4 + a**2)),
        ge(sp.sqrt(a) + 1, 0),
        ge(sp.sqrt(a) + sp.sqrt(M), sp.sqrt(a + M)),
        ge(1 + sp.sqrt(a**2 - 1), 0),
        # not every argument, not only the largest
        ge(sp.Max(a, M), a, strict=True),
        ge(sp.Max(a, 0) - sp.Max(M, 0), a - M),
        ge(sp.Min(a, M), a),
        ge(1, sp.Max(a, M), Hypothesis("given", sp.Ge(1, a))),
        ge(sp.Max(a, M) ** 2, a**2),
    ],
    ids=str,
)
def test_is_not_proved(false: Compare) -> None:
    assert decide(false).verdict is not Verdict.PROVED


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: dd.norm(X, sp.Rational(1, 2)), "a rational number ≥ 1"),
        (lambda: dd.norm(X, a), "a rational number ≥ 1"),
        (lambda: dd.norm(a), "expected a tuple of expressions"),
        (lambda: dd.norm(A), "use frobenius"),
        (lambda: dd.norm(()), "is empty"),
        (lambda: dd.inner(X, Y[:2]), "4 and 2 entries"),
        (lambda: dd.inner(U, Y), "write both alike"),
        (lambda: dd.trace(((1, 2),)), "has to be square"),
        (lambda: dd.frobenius(((1, 2), (3,))), "different lengths"),
        (lambda: dd.frobenius(1), "a tuple of rows"),
        (lambda: dd.norm(lambda i: "a"), "an entry of the vector"),
    ],
)
def test_what_is_no_vector_or_matrix(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
