"""Sums of sums: one sum over several indices, whatever the order and the brackets that it is written with.

``Σ_i f_i (Σ_j g_ij)²`` is ``Σ_{ijk} f_i g_ij g_ik``, and what differs in the names and the order of its indices alone
is the same: so ``tr(AB) = tr(BA)`` and ``xᵀAᵀAx = ‖Ax‖²``, of matrices whose size is a symbol.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import combinations, permutations
from typing import Any

import sympy as sp

from ddln_sym.statements import BoundIndex, SumOver, sum_over

Expr = Any

__all__ = ["Flat", "flatten", "in_orders", "in_squares"]

#: Indices of one sum.
INDICES = 5


@dataclass(frozen=True)
class Flat:
    """``Σ term`` over several indices, each over all of 1…size."""

    term: Expr
    indices: tuple[Expr, ...]

    @property
    def canonical(self) -> Expr:
        """The term with its indices named so that equal sums have equal ones."""
        names = [_numbered(n) for n in range(len(self.indices))]
        renamed = (self.at(order) for order in permutations(names))
        return min(renamed, key=str)

    def at(self, places: tuple[Expr, ...]) -> Expr:
        """The term at other indices."""
        return self.term.xreplace(dict(zip(self.indices, places, strict=True)))


def _numbered(n: int) -> BoundIndex:
    return BoundIndex(f"n{n}")


def flatten(head: SumOver) -> Flat | None:
    """A sum of sums as one; None where it is a plain sum, leaves an index out, or has too many."""
    if not head.term.has(SumOver):
        return None
    indices: list[Expr] = []

    def opened(inner: Any) -> Expr | None:
        if inner.without or len(indices) == INDICES:
            return None
        indices.append(BoundIndex(f"o{len(indices)}"))
        return spread(inner.at(indices[-1]))

    def spread(term: Expr) -> Expr | None:
        found = sp.Integer(1)
        for factor in sp.Mul.make_args(term):
            base, power = factor.as_base_exp()
            if not isinstance(base, SumOver) or not (power.is_Integer and power > 0):
                found *= factor
                continue
            for _ in range(int(power)):
                if (inside := opened(base)) is None:
                    return None
                found *= inside
        return found

    term = opened(head)
    return None if term is None or len(indices) < 2 else Flat(term, tuple(indices))


def in_orders(head: SumOver) -> list[SumOver]:
    """A sum over two indices with either of them outside, or the sum as it is."""
    flat = flatten(head)
    if flat is None or len(flat.indices) != 2 or flat.term.has(SumOver):
        return [head]
    return [_nest(flat.term, list(order)) for order in (flat.indices, flat.indices[::-1])]


def in_squares(flat: Flat) -> Iterator[SumOver]:
    """The sum written as ``Σ f·(Σ g)²``, in the ways in which every inner sum has an even power."""
    for kept in range(len(flat.indices) - 1):
        for outer in combinations(flat.indices, kept):
            inner = [i for i in flat.indices if i not in outer]
            if (term := _powers(flat.term, inner)) is not None:
                yield _nest(term, list(outer))


def _powers(term: Expr, inner: list[Expr]) -> Expr | None:
    """The product with what is about some indices as sums over them, all of which have even powers; None if not."""
    groups: list[tuple[set[Expr], Expr]] = []
    rest = sp.Integer(1)
    for base, power in term.as_powers_dict().items():
        touched, factor = base.free_symbols & set(inner), base**power
        if not touched:
            rest *= factor
            continue
        joined = [g for g in groups if g[0] & touched]
        groups = [g for g in groups if g not in joined]
        groups.append((touched.union(*(g[0] for g in joined)), sp.Mul(factor, *(g[1] for g in joined))))
    sums = Counter(_sum_of(sorted(indices, key=str), factor) for indices, factor in groups)
    if any(count % 2 for count in sums.values()):
        return None
    return rest * sp.Mul(*(s**count for s, count in sums.items()))


def _sum_of(indices: list[Expr], term: Expr) -> Expr:
    return _nest(Flat(term, tuple(indices)).canonical, [_numbered(n) for n in range(len(indices))])


def _renamed(term: Expr, index: Expr, other: Expr) -> Expr:
    return term.xreplace({index: other})


def _nest(term: Expr, indices: list[Expr]) -> Expr:
    for index in indices:
        term = sum_over(partial(_renamed, term, index))
    return term
