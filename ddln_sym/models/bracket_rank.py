r"""How many directions the iterated Lie brackets of vector fields span: a lower bound, exactly, modulo a prime.

Brackets are not written out.  On numbers ``a + bε`` with ``ε² = 0`` a field f has ``f(x + εg(x)) = f(x) + ε·Df·g``,
so two evaluations give ``[f, g] = Dg·f − Df·g`` at a point, and one ε for each level gives iterated brackets.  All
coefficients are integers, so a minor that is not 0 modulo a prime at some point is not the zero polynomial: the rank
that is found is at most the generic one over Q.  It holds for every point and every choice, unlucky ones included.
"""

from __future__ import annotations

from collections.abc import Callable
from math import lcm
from typing import Any, TypeAlias

import numpy as np

from ddln_sym.models.monomial_fields import MonomialFields

__all__ = ["PRIME", "Echelon", "bracket_rank", "residues"]

#: Below 2^31, so that a product of residues fits into a machine word.
PRIME = 2147483629
#: Brackets of so many levels; so many failures in a row before the next level, and levels in vain before the end.
LEVELS, PATIENCE, IN_VAIN = 8, 4, 2
#: No level is tried at which one bracket takes more products than this.
MOST_WORK = 1 << 28

#: Residues, the last axis for the products of ε.
Nilpotent: TypeAlias = Any


def multiply(a: Nilpotent, b: Nilpotent) -> Nilpotent:
    """The product of numbers on k of the ε, 2^k entries each: with ``ε² = 0``, three products of half the length.

    >>> multiply(np.array([[2, 3]]), np.array([[5, 7]])).tolist()
    [[10, 29]]
    """
    if a.shape[-1] == 1:
        return a * b % PRIME
    half = a.shape[-1] // 2
    low, high = a[..., :half], a[..., half:]
    cross = multiply(low, b[..., half:]) + multiply(high, b[..., :half])
    return np.concatenate([multiply(low, b[..., :half]), cross % PRIME], axis=-1)


class Echelon:
    """Independent rows modulo the prime.

    >>> basis = Echelon(2)
    >>> basis.add(np.array([2, 4])), basis.add(np.array([1, 2])), basis.rank
    (True, False, 1)
    """

    def __init__(self, width: int) -> None:
        self._rows = np.zeros((0, width), dtype=np.int64)
        self._pivots: list[int] = []

    def add(self, row: Any) -> bool:
        """Whether the row is independent of those before it, which it then joins."""
        rest = row % PRIME
        for known, pivot in zip(self._rows, self._pivots, strict=True):
            if rest[pivot]:
                rest = (rest - rest[pivot] * known) % PRIME
        places = np.flatnonzero(rest)
        if not len(places):
            return False
        pivot = int(places[0])
        self._rows = np.vstack([self._rows, rest * pow(int(rest[pivot]), -1, PRIME) % PRIME])
        self._pivots.append(pivot)
        return True

    @property
    def rank(self) -> int:
        return len(self._pivots)


class _Evaluation:
    """Combinations of fields at points, all terms of all fields at once.

    With exponents in units of ``1/q`` the coordinates are ``y_j = x_j^{1/q}``, so that ``y_j' = x_j'·y_j^{1−q}/q``;
    each field is multiplied by a monomial that leaves no negative exponent, and by a number that leaves no fraction.
    Neither changes what the brackets span at a point where no coordinate is 0.
    """

    def __init__(self, system: MonomialFields) -> None:
        self._size, q = system.size, system.denominator
        rows: list[tuple[int, int, int, list[int]]] = []
        for number, field in enumerate(system.fields):
            terms = []
            for direction, component in field.items():
                for monomial, coefficient in component.items():
                    powers = system.powers(monomial)
                    powers[direction] = powers.get(direction, 0) + 1 - q
                    terms.append((direction, coefficient, powers))
            scale = lcm(*(c.denominator for _, c, _ in terms))
            lowest: dict[int, int] = {}
            for _, _, powers in terms:
                for j, e in powers.items():
                    lowest[j] = min(lowest.get(j, 0), e)
            for direction, coefficient, powers in terms:
                for j, e in lowest.items():
                    powers[j] = powers.get(j, 0) - e
                factors = [j for j, e in powers.items() for _ in range(e)]
                rows.append((direction, number, int(coefficient * scale) % PRIME, factors))
        rows.sort(key=lambda row: row[0])
        self._degree = max((len(row[3]) for row in rows), default=0)
        padded = [row[3] + [self._size] * (self._degree - len(row[3])) for row in rows]
        self._factors = np.array(padded, dtype=np.int64).reshape(len(rows), self._degree)
        self._coefficients = np.array([row[2] for row in rows], dtype=np.int64)
        self._numbers = np.array([row[1] for row in rows], dtype=np.int64)
        directions = np.array([row[0] for row in rows], dtype=np.int64)
        self._directions, self._begins = np.unique(directions, return_index=True)
        #: Products that one evaluation takes.
        self.work = self._factors.size

    def combination(self, weights: Any) -> Callable[[Nilpotent], Nilpotent]:
        """``Σ_i weights_i·f_i`` as a function of N numbers."""
        scaled = (self._coefficients * weights[self._numbers] % PRIME)[:, None]

        def value(x: Nilpotent) -> Nilpotent:
            levels = x.shape[-1]
            one = np.zeros((1, levels), dtype=np.int64)
            one[0, 0] = 1
            known = np.concatenate([x, one])
            terms = np.broadcast_to(one, (len(scaled), levels))
            for place in range(self._degree):
                terms = multiply(terms, known[self._factors[:, place]])
            out = np.zeros((self._size, levels), dtype=np.int64)
            if len(scaled):
                # Each entry is below 2^31, and there are fewer than 2^32 of them.
                out[self._directions] = np.add.reduceat(terms * scaled % PRIME, self._begins) % PRIME
            return out

        return value


def _bracket(fields: list[Callable[[Nilpotent], Nilpotent]], x: Nilpotent) -> Nilpotent:
    """``[f_1, [f_2, … f_n]]`` at x."""
    if len(fields) == 1:
        return fields[0](x)
    first, rest, levels = fields[:1], fields[1:], x.shape[-1]
    a = _bracket(rest, np.concatenate([x, _bracket(first, x)], axis=-1))[..., levels:]
    b = _bracket(first, np.concatenate([x, _bracket(rest, x)], axis=-1))[..., levels:]
    return (a - b) % PRIME


def residues(count: int, seed: int) -> Any:
    """Numbers from 1 to p − 1, always the same ones."""
    return np.random.default_rng(seed).integers(1, PRIME, size=count)


def bracket_rank(
    system: MonomialFields, enough: int | None = None, seed: int = 0, most_levels: int = LEVELS
) -> tuple[int, int]:
    """A lower bound of the generic dimension of the Lie algebra that fields generate, at a point.

    Args:
        system: the fields. enough: a rank at which to stop, since it cannot be exceeded.
        seed: of the point and of the combinations that are tried.
        most_levels: of brackets; with 0 it is the rank of the fields themselves.
    Returns:
        The rank, and the number of levels of brackets that it took.

    >>> import sympy as sp
    >>> a, b, c = sp.symbols("a b c")
    >>> bracket_rank(MonomialFields.gradients((a, a**2 * b + a * c), (a, b, c)))  # the bracket is (2b, 2a, 1)
    (3, 1)
    """
    evaluation, random = _Evaluation(system), np.random.default_rng(seed)
    point = residues(system.size, seed)[:, None]
    most = system.size if enough is None else min(enough, system.size)
    basis, used, vain = Echelon(system.size), 0, 0

    def sample() -> Callable[[Nilpotent], Nilpotent]:
        return evaluation.combination(random.integers(0, PRIME, size=len(system.fields)))

    for level in range(most_levels + 1):
        if level > 1 and evaluation.work * 4**level > MOST_WORK:
            break
        failures, before = 0, basis.rank
        while failures < PATIENCE and basis.rank < most:
            found = _bracket([sample() for _ in range(level + 1)], point)[:, 0]
            failures = 0 if basis.add(found) else failures + 1
        used, vain = (level, 0) if basis.rank > before else (used, vain + (level > 0))
        if basis.rank >= most or vain == IN_VAIN:
            break
    return basis.rank, used
