"""Conservation laws that are entries of one matrix identity: ``UᵀU − VᵀV``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, TypeAlias

import sympy as sp

__all__ = ["MatrixLaw", "gram_differences", "matrices_among"]

Expr: TypeAlias = Any

#: ``U12``, ``W1_23``; ``U_3_11`` where a number has two digits; ``v3`` is an entry of a column.
NAMES = (re.compile(r"(.*\D)_(\d+)_(\d+)"), re.compile(r"(\w*?)_(\d)(\d)"), re.compile(r"(\w*\D)(\d)(\d)"))
COLUMN = re.compile(r"(\w*\D)(\d)")


@dataclass(frozen=True)
class MatrixLaw:
    """A symmetric matrix of quantities some of which are conserved.

    Attributes:
        expression: such as ``U.T*U - V.T*V``, of matrix symbols. entries: places of those that are, from (1, 1).
    """

    expression: Expr
    entries: tuple[tuple[int, int], ...]

    def __str__(self) -> str:
        text = str(self.expression).replace(".T", "ᵀ").replace("*", "·")
        size = int(self.expression.shape[0])
        if len(self.entries) == size * (size + 1) // 2:
            return text
        if self.entries == tuple((a, a) for a in range(1, size + 1)):
            return f"the diagonal of {text}"
        return f"{text}, entries " + ", ".join(f"({a}, {b})" for a, b in self.entries)


def matrices_among(variables: Sequence[Expr]) -> dict[str, sp.Matrix]:
    """The matrices whose entries the variables are, by their names; none unless they are filled by all variables.

    >>> matrices_among(sp.symbols("U11 U12 v1"))
    {'U': Matrix([[U11, U12]]), 'v': Matrix([[v1]])}
    """
    found: dict[str, dict[tuple[int, int], Expr]] = {}
    for variable in variables:
        name = str(variable)
        match = next((m for pattern in NAMES if (m := pattern.fullmatch(name))), None) or COLUMN.fullmatch(name)
        if match is None:
            return {}
        row, column = int(match[2]) - 1, int(match[3]) - 1 if match.re is not COLUMN else 0
        found.setdefault(match[1].rstrip("_") or match[1], {})[row, column] = variable
    matrices = {}
    for stem, places in found.items():
        rows, columns = (1 + max(place[axis] for place in places) for axis in (0, 1))
        if min(map(min, places)) < 0 or len(places) != rows * columns:
            return {}
        matrices[stem] = sp.Matrix(rows, columns, lambda a, b, places=places: places[a, b])
    return matrices if sum(map(len, matrices.values())) == len(variables) else {}


def gram_differences(variables: Sequence[Expr]) -> Iterator[tuple[Expr, Mapping[tuple[int, int], Expr]]]:
    """``AᵀA ∓ BᵀB``, with either factor first, for each two matrices among the variables, and their entries.

    >>> [str(law) for law, entries in gram_differences(sp.symbols("u1 u2 v1 v2")) if len(entries) == 1]
    ['u.T*u - v.T*v', 'u.T*u + v.T*v']
    """
    grams: list[tuple[Expr, sp.Matrix]] = []
    for stem, matrix in matrices_among(variables).items():
        if len(matrix) == 1:
            continue
        symbol = sp.MatrixSymbol(stem, *matrix.shape)
        grams += [(symbol.T * symbol, matrix.T * matrix), (symbol * symbol.T, matrix * matrix.T)]
    for (one, a), (other, b) in combinations(grams, 2):
        if a.shape != b.shape or one.free_symbols == other.free_symbols:
            continue
        for sign in (-1, 1):
            places = ((n, m) for n in range(a.rows) for m in range(n, a.rows))
            yield one + sign * other, {(n + 1, m + 1): a[n, m] + sign * b[n, m] for n, m in places}
