"""Norms, inner products, traces and Gram matrices, written out as the expressions that they are.

A vector is a tuple of expressions, a column or row of SymPy, or what has an entry at every index ``1…d``, where the
setting says how many there are: an array ``sympy.IndexedBase("u", real=True)``, or a function of the index.  A matrix
is one of SymPy, a tuple of rows, or what has an entry at every two indices: an array, or a function of two indices.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import sympy as sp

from ddln_sym.statements.expressions import Index, largest_over, sum_over
from ddln_sym.statements.vocabulary import expression, expression_tuple

__all__ = ["frobenius", "gram", "inner", "norm", "trace"]

Expr: TypeAlias = Any
Vector: TypeAlias = Sequence[Expr] | Callable[[Expr], Expr]


def norm(x: Vector, p: Any = 2) -> Expr:
    """``‖x‖_p = (Σ|x_i|^p)^{1/p}``, and for ``p = sympy.oo`` the largest ``|x_i|``.

    Args:
        x: a vector.
        p: a rational number ≥ 1, or ``sympy.oo``.
    Raises:
        ValueError: ``x`` is no vector, or ``p`` no such number.

    >>> a, b = sp.symbols("a b", real=True)
    >>> print(norm((a, b)), norm((a, b), 1), norm((a, b), sp.oo), norm(sp.IndexedBase("u", real=True)))
    sqrt(a**2 + b**2) Abs(a) + Abs(b) Max(Abs(a), Abs(b)) sqrt(Σ_m1[u[m1]**2])
    >>> print(norm(sp.IndexedBase("u", real=True), sp.oo))
    max_m1[Abs(u[m1])]
    """
    power = expression(p, "the p of norm")
    if power is not sp.oo and not (power.is_Rational and power >= 1):
        raise ValueError(f"the p of norm is {p}: write a rational number ≥ 1, or sympy.oo")
    if (entry := _entry_of(x)) is not None:
        if power is sp.oo:
            return largest_over(lambda k: sp.Abs(entry(k)))
        return sum_over(lambda k: _power(entry(k), power)) ** (1 / power)
    entries = _entries(x, "the vector of norm")
    if power is sp.oo:
        return sp.Max(*map(sp.Abs, entries))
    return sp.Add(*(_power(e, power) for e in entries)) ** (1 / power)


def inner(x: Vector, y: Vector) -> Expr:
    """``⟨x, y⟩ = Σ x_i y_i``.

    Raises:
        ValueError: one of them is no vector, or they have different numbers of entries.

    >>> a, b = sp.symbols("a b", real=True)
    >>> print(inner((a, b), (1, 2)), inner(sp.IndexedBase("u", real=True), lambda k: k))
    a + 2*b Σ_m1[m1*u[m1]]
    """
    one, other = _entry_of(x), _entry_of(y)
    if one is not None and other is not None:
        return sum_over(lambda k: one(k) * other(k))
    if one is not None or other is not None:
        raise ValueError("of the vectors of inner one has arbitrarily many entries and one has not: write both alike")
    left, right = _entries(x, "the first vector of inner"), _entries(y, "the second vector of inner")
    if len(left) != len(right):
        raise ValueError(f"the vectors of inner have {len(left)} and {len(right)} entries: give as many")
    return sp.Add(*(a * b for a, b in zip(left, right, strict=True)))


def trace(A: Any) -> Expr:
    """The sum of the diagonal of a square matrix.

    Raises:
        ValueError: ``A`` is no matrix, or not square.

    >>> a, b = sp.symbols("a b", real=True)
    >>> print(trace(((a, 1), (2, b))), trace(sp.IndexedBase("A", real=True)))
    a + b Σ_m1[A[m1, m1]]
    """
    if (entry := _entry_of(A, 2)) is not None:
        return sum_over(lambda k: entry(k, k))
    rows = _rows(A, "trace")
    if len(rows) != len(rows[0]):
        raise ValueError(f"the matrix of trace is {len(rows)} × {len(rows[0])}: it has to be square")
    return sp.Add(*(row[i] for i, row in enumerate(rows)))


def frobenius(A: Any) -> Expr:
    """``‖A‖_F``, the square root of the sum of the squares of all entries of a matrix.

    Raises:
        ValueError: ``A`` is no matrix.

    >>> a, b = sp.symbols("a b", real=True)
    >>> print(frobenius(sp.Matrix([[a, 0], [0, b]])), frobenius(sp.IndexedBase("A", real=True)))
    sqrt(a**2 + b**2) sqrt(Σ_m2[Σ_m1[A[m2, m1]**2]])
    """
    if (entry := _entry_of(A, 2)) is not None:
        return sp.sqrt(sum_over(lambda i: sum_over(lambda j: entry(i, j) ** 2)))
    return norm([entry for row in _rows(A, "frobenius") for entry in row])


def gram(B: Any) -> Any:
    """``BᵀB``, as a tuple of rows, or as a function of two indices where B has an entry at every two.

    Every symmetric matrix ``A ⪰ 0`` of as many rows is one, and every one is ``⪰ 0``: so a statement about every such A
    is one about every B.

    Raises:
        ValueError: ``B`` is no matrix.

    >>> b, c = sp.symbols("b c", real=True)
    >>> print(gram(((b, c),)), gram(sp.IndexedBase("B", real=True))(1, 2))
    ((b**2, b*c), (b*c, c**2)) Σ_m1[B[m1, 1]*B[m1, 2]]
    """
    if (entry := _entry_of(B, 2)) is not None:
        return lambda i, j: sum_over(lambda k: entry(k, i) * entry(k, j))
    matrix = sp.Matrix(_rows(B, "gram"))
    return tuple(map(tuple, (matrix.T * matrix).tolist()))


def _power(entry: Expr, power: Expr) -> Expr:
    """``|entry|^power``; SymPy itself writes ``|x|²`` as ``x²`` for what it knows to be real."""
    return entry**power if power.is_even else sp.Abs(entry) ** power


def _entry_of(x: Any, indices: int = 1) -> Callable[..., Expr] | None:
    """The entry at an index, or at two, of what has one at every index; None for what is written out.

    Raises:
        ValueError: an entry is no expression, or there is none at as many indices.
    """
    if isinstance(x, sp.IndexedBase):
        return lambda *places: x[places if len(places) > 1 else places[0]]
    if isinstance(x, (sp.Basic, sp.MatrixBase)) or not callable(x):
        return None
    what = "an entry of the vector" if indices == 1 else "an entry of the matrix"
    try:
        x(*map(Index, ("any index", "another index")[:indices]))
    except TypeError as error:
        raise ValueError(
            f"{what} cannot be had: write a function of {indices} ind{'ex' if indices == 1 else 'ices'}"
        ) from error
    return lambda *places: expression(x(*places), what)


def _entries(x: Any, what: str) -> tuple[Expr, ...]:
    if isinstance(x, sp.MatrixBase):
        if 1 not in x.shape:
            raise ValueError(f"{what} is a matrix: write a tuple, a row, a column, or use frobenius")
        return expression_tuple(list(x), what)
    return expression_tuple(x, what)


def _rows(A: Any, rule: str) -> list[tuple[Expr, ...]]:
    rows = A.tolist() if isinstance(A, sp.MatrixBase) or hasattr(A, "tolist") else A
    if not isinstance(rows, (tuple, list)) or not rows:
        raise ValueError(f"the matrix of {rule} is {A!r}: write a matrix of SymPy, or a tuple of rows")
    found = [expression_tuple(row, f"a row of the matrix of {rule}") for row in rows]
    if len({len(row) for row in found}) > 1:
        raise ValueError(f"the rows of the matrix of {rule} have different lengths")
    return found
