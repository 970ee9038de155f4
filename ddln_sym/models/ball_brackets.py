r"""Ranks of iterated brackets and of gradients at a real point, in balls: for models that are not sums of monomials.

As in :mod:`ddln_sym.models.bracket_rank`, brackets come from numbers with ``ε² = 0``, here with balls as coefficients.
If elimination finds r pivots that are certainly not 0, the rank at this point is at least r, and so it is near it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import sympy as sp
from flint import arb, fmpq
from mpmath.libmp import dps_to_prec

from ddln_sym.models.nilpotent_balls import Field, Nilpotent, Tape, exact_point, product
from ddln_sym.numerics import precision
from ddln_sym.statements import Domain

__all__ = [
    "BallEchelon",
    "Combination",
    "ball_bracket_rank",
    "ball_gradient_rank",
    "bracket_at",
    "in_metric",
    "points_in",
    "random_bracket",
    "rates_along",
    "rates_along_bracket",
    "with_momentum",
]

Expr: TypeAlias = Any

BITS = dps_to_prec(60)
#: Brackets of so many levels, and so many failures in a row before the next level.
LEVELS, PATIENCE = 4, 3
#: Multipliers of the fields in the combinations that are tried, always the same.
MULTIPLIER, MODULUS = 48271, 2147483647
#: Points that are tried, and by what they are scaled.
POINTS, SCALES = 24, (1, 8, 64)


class BallEchelon:
    """Rows that are certainly independent, brought to echelon form one after the other.

    >>> basis = BallEchelon()
    >>> basis.add([arb(1), arb(2)]), basis.add([arb(2), arb(4)]), basis.add([arb(2), arb(5)]), basis.rank
    (True, False, True, 2)
    """

    def __init__(self) -> None:
        self._rows: list[tuple[int, list[Any]]] = []

    @property
    def rank(self) -> int:
        return len(self._rows)

    def add(self, row: Sequence[Any]) -> bool:
        """Whether the row is certainly independent of those before it, which it then joins."""
        rest = list(row)
        for k, known in self._rows:
            if not rest[k].is_zero():
                factor = rest[k]
                rest = [a - factor * b for a, b in zip(rest, known, strict=True)]
                rest[k] = arb(0)
        certain = ((abs(e).lower(), k) for k, e in enumerate(rest) if e.is_finite() and not e.contains(0))
        best = max(certain, key=lambda entry: float(entry[0]), default=None)
        if best is None:
            return False
        pivot = rest[best[1]]
        self._rows.append((best[1], [e / pivot for e in rest]))
        return True


def points_in(domain: Domain, variables: Sequence[Expr]) -> Iterator[list[Any]]:
    """Points of a domain with positive rational coordinates, no two alike, always the same ones.

    >>> x, y = sp.symbols("x y")
    >>> next(points_in(Domain(positive=(1 - x - y,)), (x, y)))
    [3/32, 7/40]
    """
    for scale in SCALES:
        for n in range(POINTS // len(SCALES)):
            point = [sp.Rational(3 + (4 * j + 5 * n) % 13, (4 + (j + n) % 7) * scale) for j in range(len(variables))]
            if domain.contains(dict(zip(variables, point, strict=True))):
                yield point


def ball_gradient_rank(functions: Sequence[Expr], variables: Sequence[Expr], domain: Domain) -> int:
    """A lower bound of the number of functions with independent gradients near some point of a domain.

    Symbols that are no variables are parameters, and take values of their own.

    >>> x, y = sp.symbols("x y")
    >>> ball_gradient_rank([x * y, sp.log(x) + sp.log(y), x], (x, y), Domain())
    2
    """
    parameters = sorted({s for f in functions for s in f.free_symbols} - set(variables), key=str)
    symbols, best = (*variables, *parameters), 0
    tape = Tape(functions, symbols)
    with precision(BITS):
        for point in points_in(domain, symbols):
            values, basis = tape.at(exact_point(point)), BallEchelon()
            for n in range(len(functions)):
                slopes = tape.gradient(values, [arb(1) if m == n else None for m in range(len(functions))])
                basis.add([slope[0] for slope in slopes[: len(variables)]])
            best = max(best, basis.rank)
            if best == min(len(functions), len(variables)):
                break
    return best


class _Weights:
    """Numbers between −½ and ½, always the same ones."""

    def __init__(self) -> None:
        self._state = 1

    def draw(self, count: int) -> list[Any]:
        found = []
        for _ in range(count):
            self._state = self._state * MULTIPLIER % MODULUS
            found.append(arb(fmpq(self._state, MODULUS)) - fmpq(1, 2))
        return found


#: The combination of fields with given weights.
Combination: TypeAlias = Callable[[Sequence[Any]], Field]


def ball_bracket_rank(
    combination: Combination, count: int, point: Sequence[Any], enough: int | None = None
) -> tuple[int, int]:
    """A lower bound of the dimension that iterated brackets of fields span at a point.

    Args:
        combination: of the fields, ``count`` of them. point: D rational numbers. enough: a rank at which to stop.
    Returns:
        The rank, and the levels of brackets that it took.

    >>> a, b, c = sp.symbols("a b c")
    >>> ball_bracket_rank(Tape((a, a**2 * b + a * c), (a, b, c)).combination, 2, [1, 2, 3])
    (3, 1)
    """
    most = len(point) if enough is None else min(enough, len(point))
    weights = _Weights()
    with precision(BITS):
        start, basis, used = exact_point(point), BallEchelon(), 0
        for level in range(LEVELS + 1):
            failures, before = 0, basis.rank
            while failures < PATIENCE and basis.rank < most:
                word = [combination(weights.draw(count)) for _ in range(level + 1)]
                failures = 0 if basis.add([v[0] for v in _bracket(word, start)]) else failures + 1
            used = level if basis.rank > before else used
            if basis.rank >= most or (level and basis.rank == before):
                break
    return basis.rank, used


def in_metric(tape: Tape, metric: Sequence[Sequence[Expr]]) -> Combination:
    """Combinations of the fields ``A∇f_i`` for a matrix A.

    >>> x, y = sp.symbols("x y")
    >>> field = in_metric(Tape((x * y,), (x, y)), ((x, 0), (0, 1)))([arb(1)])
    >>> [float(v[0]) for v in field(exact_point([2, 3]))]
    [6.0, 2.0]
    """
    places = [(n, m) for n, row in enumerate(metric) for m, entry in enumerate(row) if entry != 0]
    entries = Tape([metric[n][m] for n, m in places], tape.variables)

    def combination(weights: Sequence[Any]) -> Field:
        along = tape.combination(weights)

        def value(x: list[Nilpotent]) -> list[Nilpotent]:
            slopes, found = along(x), entries.at(x)
            total: list[Nilpotent] = [[arb(0)] * len(x[0]) for _ in x]
            for (n, m), place in zip(places, entries.places, strict=True):
                total[n] = [a + b for a, b in zip(total[n], product(found[place], slopes[m]), strict=True)]
            return total

        return value

    return combination


def with_momentum(tape: Tape, damped: bool) -> Combination:
    """Combinations of the fields of the heavy ball on ``(w, w')``, and on ``s = e^t`` with friction 1: the drift
    ``w'∂_w − w'∂_{w'} + s∂_s``, then each ``∇f_i∂_{w'}``.
    """
    size = len(tape.variables)

    def combination(weights: Sequence[Any]) -> Field:
        along, drift = tape.combination(weights[1:]), weights[0]

        def value(x: list[Nilpotent]) -> list[Nilpotent]:
            moved = [[drift * c for c in row] for row in x[size:]]
            forces = along(x[:size])
            if damped:
                forces = [[f - m for f, m in zip(a, b, strict=True)] for a, b in zip(forces, moved, strict=False)]
            return [*moved[:size], *forces, *moved[size:]]

        return value

    return combination


def random_bracket(tape: Tape, point: Sequence[Any], levels: int = 1) -> list[Any]:
    """A bracket of combinations of the gradients, in balls: where it may be 0, so may all brackets of the gradients."""
    weights, count = _Weights(), len(tape.places)
    with precision(BITS):
        word = [tape.combination(weights.draw(count)) for _ in range(levels + 1)]
        return [v[0] for v in _bracket(word, exact_point(point))]


def bracket_at(tape: Tape, point: Sequence[Any], word: Sequence[int]) -> list[Any]:
    """``[∇f_a, [∇f_b, …]]`` at a point, a ball for each direction."""
    with precision(BITS):
        return [v[0] for v in _bracket([tape.gradient_of(n) for n in word], exact_point(point))]


def rates_along_bracket(tape: Tape, point: Sequence[Any], word: Sequence[int]) -> list[Any]:
    """``⟨∇f_i, [∇f_a, [∇f_b, …]]⟩`` for every i: the rate of each function along an iterated bracket.

    Args:
        tape: the functions. point: D rational numbers. word: the places a, b, … of the fields in the bracket.
    Returns:
        A ball for each i.

    >>> m, a, b = sp.symbols("m a b")
    >>> [float(r) for r in rates_along_bracket(Tape((m * a, m * b), (m, a, b)), [1, 2, 3], (0, 1))]
    [-3.0, 2.0]
    """
    return rates_along(tape, point, bracket_at(tape, point, word))


def rates_along(tape: Tape, point: Sequence[Any], along: Sequence[Any]) -> list[Any]:
    """How fast each function changes in a direction, given by balls."""
    with precision(BITS):
        # θ(x + εv) has the rates as coefficients of ε.
        values = tape.at([[x[0], v] for x, v in zip(exact_point(point), along, strict=True)])
        return [values[n][1] for n in tape.places]


def _bracket(fields: Sequence[Field], x: list[Nilpotent]) -> list[Nilpotent]:
    if len(fields) == 1:
        return fields[0](x)
    first, rest, levels = fields[:1], fields[1:], len(x[0])

    def along(inner: Sequence[Field], outer: Sequence[Field]) -> list[Nilpotent]:
        moved = [a + b for a, b in zip(x, _bracket(inner, x), strict=True)]
        return [v[levels:] for v in _bracket(outer, moved)]

    pairs = zip(along(first, rest), along(rest, first), strict=True)
    return [[a - b for a, b in zip(p, q, strict=True)] for p, q in pairs]
