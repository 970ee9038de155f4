r"""Expressions on balls with ``ε² = 0``, and gradients of them: derivatives at a point without writing any out.

A number on k of the ε has a coefficient for each product of them, ``2^k`` balls.  A :class:`Tape` lists the operations
of several functions, equal parts once; a gradient, of any combination of the functions, is one pass back over the list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import sympy as sp
from flint import arb, arb_series, fmpq

from ddln_sym.numerics import read_number

__all__ = ["Nilpotent", "Tape", "evaluate", "exact_point", "product"]

Expr: TypeAlias = Any
#: Coefficients of the products of ε.
Nilpotent: TypeAlias = list[Any]
#: A function of N numbers that gives N numbers.
Field: TypeAlias = Callable[[list[Nilpotent]], list[Nilpotent]]

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
    sp.sinh: lambda s: (s.exp() - (-s).exp()) / 2,
    sp.cosh: lambda s: (s.exp() + (-s).exp()) / 2,
    sp.sin: lambda s: s.sin(),
    sp.cos: lambda s: s.cos(),
    sp.tan: lambda s: s.sin() / s.cos(),
    sp.atan: lambda s: s.atan(),
    sp.erf: lambda s: s.erf(),
}
SLOPES: dict[Any, Callable[[Any], Any]] = {
    sp.exp: FUNCTIONS[sp.exp],
    sp.log: lambda s: 1 / s,
    sp.tanh: lambda s: 1 - FUNCTIONS[sp.tanh](s) ** 2,
    sp.sinh: FUNCTIONS[sp.cosh],
    sp.cosh: FUNCTIONS[sp.sinh],
    sp.sin: FUNCTIONS[sp.cos],
    sp.cos: lambda s: -s.sin(),
    sp.tan: lambda s: 1 / s.cos() ** 2,
    sp.atan: lambda s: 1 / (1 + s**2),
    sp.erf: lambda s: 2 * (-(s**2)).exp() / arb.pi().sqrt(),
}


def product(a: Nilpotent, b: Nilpotent) -> Nilpotent:
    """``a·b``, with ``ε² = 0``.

    >>> [float(c) for c in product([arb(2), arb(3)], [arb(5), arb(7)])]
    [10.0, 29.0]
    """
    if len(a) == 1:
        return [a[0] * b[0]]
    half = len(a) // 2
    cross = [x + y for x, y in zip(product(a[:half], b[half:]), product(a[half:], b[:half]), strict=True)]
    return product(a[:half], b[:half]) + cross


def _total(parts: Sequence[Nilpotent]) -> Nilpotent:
    return [sum(column, arb(0)) for column in zip(*parts, strict=True)]


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
        power = product(power, rest)
    return total


def _power(base: Nilpotent, exponent: int) -> Nilpotent:
    """``b^n`` for a whole number n."""
    if exponent < 0:
        return _apply(lambda s: 1 / s**-exponent, base)
    found: Nilpotent = [arb(1)] + [arb(0)] * (len(base) - 1)
    for _ in range(exponent):
        found = product(found, base)
    return found


def _real_power(base: Nilpotent, exponent: Any) -> Nilpotent:
    return _apply(lambda s: (s.log() * exponent).exp(), base)


def exact_point(point: Sequence[Any]) -> list[Nilpotent]:
    """Rational numbers as balls without ε.

    >>> exact_point([sp.Rational(1, 2)])
    [[0.500000000000000]]
    """
    return [[arb(fmpq(int(v.p), int(v.q)))] for v in map(sp.Rational, point)]


def evaluate(expression: Expr, values: Mapping[Expr, Nilpotent]) -> Nilpotent:
    """An expression of numbers with ε.

    Raises:
        ValueError: a function that is not known here.
    """
    tape = Tape((expression,), tuple(values))
    return tape.at(tuple(values.values()))[tape.places[0]]


class Tape:
    """Functions of variables as one list of operations, in which equal parts occur once.

    Attributes:
        variables: the symbols. places: where each function stands in the list.
    Raises:
        ValueError: an operation that is not known here.

    >>> x, y = sp.symbols("x y")
    >>> tape = Tape((x * sp.exp(y), sp.exp(y)), (x, y))
    >>> [[float(c) for c in slope] for slope in tape.combination([arb(1), arb(0)])(exact_point([3, 0]))]
    [[1.0], [3.0]]
    """

    def __init__(self, functions: Sequence[Expr], variables: Sequence[Expr]) -> None:
        self.variables = tuple(variables)
        self._known: dict[Expr, int] = {v: n for n, v in enumerate(self.variables)}
        #: The head of each operation, what it needs besides, and the places of its arguments.
        self._operations: list[tuple[Any, Any, tuple[int, ...]]] = [("variable", None, ())] * len(self.variables)
        self.places = tuple(self._place(sp.sympify(f)) for f in functions)

    def _place(self, expression: Expr) -> int:
        if expression not in self._known:
            operation = self._read(expression)
            self._known[expression] = len(self._operations)
            self._operations.append(operation)
        return self._known[expression]

    def _read(self, e: Expr) -> tuple[Any, Any, tuple[int, ...]]:
        if e.is_Rational:
            return "number", fmpq(int(e.p), int(e.q)), ()
        if e.is_Float:
            value = read_number(e, "a coefficient")
            return "number", fmpq(value.numerator, value.denominator), ()
        if e in CONSTANTS:
            return "constant", CONSTANTS[e], ()
        if e.is_Add or e.is_Mul:
            return ("sum" if e.is_Add else "product"), None, tuple(map(self._place, e.args))
        if e.func in FUNCTIONS:
            return "function", e.func, (self._place(e.args[0]),)
        if e.is_Pow and e.exp.is_Integer:
            return "power", int(e.exp), (self._place(e.base),)
        if e.is_Pow and e.exp.free_symbols:
            return "function", sp.exp, (self._place(e.exp * sp.log(e.base)),)
        if e.is_Pow:
            return "real power", None, (self._place(e.base), self._place(e.exp))
        raise ValueError(f"{e} cannot be evaluated in balls")

    def at(self, x: Sequence[Nilpotent]) -> list[Nilpotent]:
        """The value of every operation."""
        rest = [arb(0)] * (len(x[0]) - 1) if x else []
        values = list(x)
        for head, extra, arguments in self._operations[len(self.variables) :]:
            given = [values[n] for n in arguments]
            if head == "number":
                found: Nilpotent = [arb(extra), *rest]
            elif head == "constant":
                found = [extra(), *rest]
            elif head == "sum":
                found = _total(given)
            elif head == "product":
                found = given[0]
                for factor in given[1:]:
                    found = product(found, factor)
            elif head == "power":
                found = _power(given[0], extra)
            elif head == "function":
                found = _apply(FUNCTIONS[extra], given[0])
            else:
                found = _real_power(given[0], given[1][0])
            values.append(found)
        return values

    def gradient(self, values: Sequence[Nilpotent], weights: Sequence[Any]) -> list[Nilpotent]:
        """The slopes of ``Σ_i weights_i·f_i``, from the values of all operations.

        Args:
            weights: a ball for each function, or None for 0.
        """
        length = len(values[0]) if values else 1
        zero = [arb(0)] * (length - 1)
        slopes: list[Nilpotent | None] = [None] * len(self._operations)
        for place, weight in zip(self.places, weights, strict=True):
            if weight is not None:
                self._add(slopes, place, [weight, *zero])
        for place in range(len(self._operations) - 1, len(self.variables) - 1, -1):
            slope, (head, extra, arguments) = slopes[place], self._operations[place]
            if slope is None or not arguments:
                continue
            if head == "sum":
                for n in arguments:
                    self._add(slopes, n, slope)
                continue
            given = [values[n] for n in arguments]
            if head == "product":
                for n, others in zip(arguments, _without_each(given), strict=True):
                    if self._operations[n][0] not in ("number", "constant"):
                        self._add(slopes, n, product(slope, others))
                continue
            if head == "power":
                inner = [extra * c for c in _power(given[0], extra - 1)]
            elif head == "function":
                inner = values[place] if extra is sp.exp else _apply(SLOPES[extra], given[0])
            else:
                inner = [given[1][0] * c for c in _real_power(given[0], given[1][0] - 1)]
            self._add(slopes, arguments[0], product(slope, inner))
        return [s if s is not None else [arb(0), *zero] for s in slopes[: len(self.variables)]]

    @staticmethod
    def _add(slopes: list[Nilpotent | None], place: int, more: Nilpotent) -> None:
        before = slopes[place]
        slopes[place] = more if before is None else [a + b for a, b in zip(before, more, strict=True)]

    def combination(self, weights: Sequence[Any]) -> Field:
        """``∇(Σ_i weights_i·f_i)`` as a field on the variables."""
        return lambda x: self.gradient(self.at(x), weights)

    def gradient_of(self, n: int) -> Field:
        """``∇f_n``, n counted from 0."""
        return self.combination([arb(1) if m == n else None for m in range(len(self.places))])


def _without_each(factors: Sequence[Nilpotent]) -> list[Nilpotent]:
    """For each factor the product of the others."""
    one: Nilpotent = [arb(1)] + [arb(0)] * (len(factors[0]) - 1)
    before, found = one, []
    for factor in factors:
        found.append(before)
        before = product(before, factor)
    after = one
    for n in range(len(factors) - 1, -1, -1):
        found[n] = product(found[n], after)
        after = product(after, factors[n])
    return found
