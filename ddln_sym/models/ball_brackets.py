r"""Ranks of iterated brackets and of gradients at a real point, in balls: for models that are not sums of monomials.

As in :mod:`ddln_sym.models.bracket_rank`, brackets come from numbers with ``ε² = 0``, here with balls as coefficients.
If elimination finds r pivots that are certainly not 0, the rank at this point is at least r, and so it is near it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import sympy as sp
from flint import arb, arb_series, fmpq
from mpmath.libmp import dps_to_prec

from ddln_sym.numerics import precision, read_number
from ddln_sym.statements import Domain

__all__ = ["ball_bracket_rank", "ball_gradient_rank", "ball_rank", "evaluate", "points_in", "rates_along_bracket"]

Expr: TypeAlias = Any
#: Coefficients of the products of ε.
Nilpotent: TypeAlias = list[Any]

BITS = dps_to_prec(60)
#: Brackets of so many levels, and so many failures in a row before the next level.
LEVELS, PATIENCE = 4, 3
#: Multipliers of the fields in the combinations that are tried, always the same.
MULTIPLIER, MODULUS = 48271, 2147483647


def _product(a: Nilpotent, b: Nilpotent) -> Nilpotent:
    if len(a) == 1:
        return [a[0] * b[0]]
    half = len(a) // 2
    cross = [x + y for x, y in zip(_product(a[:half], b[half:]), _product(a[half:], b[:half]), strict=True)]
    return _product(a[:half], b[:half]) + cross


def _apply(function: Callable[[Any], Any], a: Nilpotent) -> Nilpotent:
    """``f(a_0 + n) = Σ_m f^{(m)}(a_0)/m!·n^m``; the powers of n end with the number of ε."""
    order = len(a).bit_length()
    rest = [arb(0), *a[1:]]
    try:
        series = function(arb_series([a[0], 1], order))
    except ZeroDivisionError:  # exactly at a pole
        return [arb("nan")] * len(a)
    coefficients = series.coeffs() + [arb(0)] * order
    power: Nilpotent = [arb(1)] + [arb(0)] * (len(a) - 1)
    total = [arb(0)] * len(a)
    for coefficient in coefficients[:order]:
        total = [t + coefficient * p for t, p in zip(total, power, strict=True)]
        power = _product(power, rest)
    return total


#: Points that are tried, and by what they are scaled.
POINTS, SCALES = 24, (1, 8, 64)

#: Constants that are no rational numbers.
CONSTANTS: dict[Any, Callable[[], Any]] = {
    sp.pi: arb.pi,
    sp.E: arb.const_e,
    sp.EulerGamma: arb.const_euler,
    sp.Catalan: arb.const_catalan,
    sp.GoldenRatio: lambda: (1 + arb(5).sqrt()) / 2,
}
FUNCTIONS: dict[Any, Callable[[Any], Any]] = {
    sp.exp: lambda s: s.exp(),
    sp.log: lambda s: s.log(),
    sp.tanh: lambda s: ((s * 2).exp() - 1) / ((s * 2).exp() + 1),
    sp.sinh: lambda s: s.sinh(),
    sp.cosh: lambda s: s.cosh(),
    sp.sin: lambda s: s.sin(),
    sp.cos: lambda s: s.cos(),
}


def evaluate(expression: Expr, values: dict[Expr, Nilpotent]) -> Nilpotent:
    """An expression of numbers with ε.

    Raises:
        ValueError: a function that is not known here.
    """
    if expression in values:
        return values[expression]
    length = len(next(iter(values.values())))
    rest = [arb(0)] * (length - 1)
    if expression.is_Rational:
        return [arb(fmpq(int(expression.p), int(expression.q))), *rest]
    if expression.is_Float:
        value = read_number(expression, "a coefficient")
        return [arb(fmpq(value.numerator, value.denominator)), *rest]
    if expression in CONSTANTS:
        return [CONSTANTS[expression](), *rest]
    if expression.is_Add:
        parts = [evaluate(a, values) for a in expression.args]
        return [sum(column, arb(0)) for column in zip(*parts, strict=True)]
    if expression.is_Mul:
        found: Nilpotent = [arb(1), *rest]
        for a in expression.args:
            found = _product(found, evaluate(a, values))
        return found
    if expression.func in FUNCTIONS:
        return _apply(FUNCTIONS[expression.func], evaluate(expression.args[0], values))
    if expression.is_Pow:
        base = evaluate(expression.base, values)
        if expression.exp.is_Integer and expression.exp > 0:
            found = [arb(1), *rest]
            for _ in range(int(expression.exp)):
                found = _product(found, base)
            return found
        if expression.exp.is_Integer:
            return _apply(lambda s: 1 / s ** int(-expression.exp), base)
        exponent = evaluate(expression.exp, {s: v[:1] for s, v in values.items()})[0]
        return _apply(lambda s: (s.log() * exponent).exp(), base)
    raise ValueError(f"{expression} cannot be evaluated in balls")


def ball_rank(rows: Sequence[Sequence[Any]]) -> int:
    """So many pivots of an elimination in balls are certainly not 0: the rank is at least this.

    >>> ball_rank([[arb(1), arb(2)], [arb(2), arb(4)]]), ball_rank([[arb(1), arb(2)], [arb(2), arb(5)]])
    (1, 2)
    """
    matrix, rank = [list(row) for row in rows], 0
    while matrix:
        best = max(
            ((float(abs(entry).lower()), n, k) for n, row in enumerate(matrix) for k, entry in enumerate(row)
             if entry.is_finite() and not entry.contains(0)),
            default=None,
        )  # fmt: skip
        if best is None:
            return rank
        _, n, k = best
        pivot = matrix.pop(n)
        matrix = [[a - row[k] / pivot[k] * b for a, b in zip(row, pivot, strict=True)] for row in matrix]
        for row in matrix:
            row[k] = arb(0)
        rank += 1
    return rank


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
    used = [f.free_symbols for f in functions]
    slopes = [[sp.diff(f, v) if v in own else None for v in variables] for f, own in zip(functions, used, strict=True)]
    with precision(BITS):
        for point in points_in(domain, symbols):
            values = {s: [arb(fmpq(int(v.p), int(v.q)))] for s, v in zip(symbols, point, strict=True)}
            rows = [[arb(0) if c is None else evaluate(c, values)[0] for c in row] for row in slopes]
            best = max(best, ball_rank(rows))
            if best == min(len(functions), len(variables)):
                break
    return best


def ball_bracket_rank(
    fields: Sequence[Sequence[Expr]], variables: Sequence[Expr], point: Sequence[Any], enough: int | None = None
) -> tuple[int, int]:
    """A lower bound of the dimension that iterated brackets of fields span at a point.

    Args:
        fields: for each field its D components. point: D rational numbers. enough: a rank at which to stop.
    Returns:
        The rank, and the levels of brackets that it took.

    >>> a, b, c = sp.symbols("a b c", positive=True)
    >>> ball_bracket_rank([[1, 0, 0], [2 * a * b + c, a**2, a]], (a, b, c), [1, 2, 3])
    (3, 1)
    """
    components = [[sp.sympify(c) for c in field] for field in fields]
    most = len(variables) if enough is None else min(enough, len(variables))
    state = 1

    def sample() -> Callable[[list[Nilpotent]], list[Nilpotent]]:
        nonlocal state
        weights = []
        for _ in components:
            state = state * MULTIPLIER % MODULUS
            weights.append(arb(fmpq(state, MODULUS)) - fmpq(1, 2))

        def value(x: list[Nilpotent]) -> list[Nilpotent]:
            values = dict(zip(variables, x, strict=True))
            total = [[arb(0)] * len(x[0]) for _ in x]
            for weight, field in zip(weights, components, strict=True):
                for row, component in zip(total, field, strict=True):
                    if component != 0:
                        row[:] = [t + weight * v for t, v in zip(row, evaluate(component, values), strict=True)]
            return total

        return value

    with precision(BITS):
        start = [[arb(fmpq(int(sp.Rational(v).p), int(sp.Rational(v).q)))] for v in point]
        rows: list[list[Any]] = []
        rank = used = 0
        for level in range(LEVELS + 1):
            failures, before = 0, rank
            while failures < PATIENCE and rank < most:
                found = [v[0] for v in _bracket([sample() for _ in range(level + 1)], start)]
                better = ball_rank([*rows, found])
                if better > rank:
                    rank, failures = better, 0
                    rows.append(found)
                else:
                    failures += 1
            used = level if rank > before else used
            if rank >= most or (level and rank == before):
                break
    return rank, used


def rates_along_bracket(
    fields: Sequence[Sequence[Expr]], variables: Sequence[Expr], point: Sequence[Any], word: Sequence[int]
) -> list[Any]:
    """``⟨f_i, [f_a, [f_b, …]]⟩`` for every i: for ``f_i = ∇G_i``, the rate of each ``G_i`` along an iterated bracket.

    Args:
        point: D rational numbers. word: the places a, b, … of the fields in the bracket.
    Returns:
        A ball for each i.
    Raises:
        ValueError: a function that is not known here.

    >>> m, a, b = sp.symbols("m a b")
    >>> [float(r) for r in rates_along_bracket([[a, m, 0], [b, 0, m]], (m, a, b), [1, 2, 3], (0, 1))]
    [-3.0, 2.0]
    """

    def of(n: int) -> Callable[[list[Nilpotent]], list[Nilpotent]]:
        def value(x: list[Nilpotent]) -> list[Nilpotent]:
            values = dict(zip(variables, x, strict=True))
            return [evaluate(sp.sympify(component), values) for component in fields[n]]

        return value

    with precision(BITS):
        start = [[arb(fmpq(int(sp.Rational(v).p), int(sp.Rational(v).q)))] for v in point]
        along = [v[0] for v in _bracket([of(n) for n in word], start)]
        return [sum((s[0] * v for s, v in zip(of(i)(start), along, strict=True)), arb(0)) for i in range(len(fields))]


def _bracket(fields: list[Callable[[list[Nilpotent]], list[Nilpotent]]], x: list[Nilpotent]) -> list[Nilpotent]:
    if len(fields) == 1:
        return fields[0](x)
    first, rest, levels = fields[:1], fields[1:], len(x[0])

    def along(inner: list[Any], outer: list[Any]) -> list[Nilpotent]:
        moved = [a + b for a, b in zip(x, _bracket(inner, x), strict=True)]
        return [v[levels:] for v in _bracket(outer, moved)]

    pairs = zip(along(first, rest), along(rest, first), strict=True)
    return [[a - b for a, b in zip(p, q, strict=True)] for p, q in pairs]
