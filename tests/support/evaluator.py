"""Statements at points, by mpmath alone: written without the kernel, to be set against it.

Numbers carry their rate of change along (forward differentiation), so ``d/dt`` needs no rule for expressions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from random import Random
from typing import Any

import mpmath
import sympy as sp
from sympy.core.function import AppliedUndef

from ddln_sym.statements import LargestOver, ProductOver, Rate, RateRule, SumOver

DIGITS = 40
#: Two values that differ by less, relative to their size, count as equal.
CLOSE = mpmath.mpf(10) ** -25
#: Points of an interval at which a function is looked at before it is integrated.
PARTS = 12


class Undefined(ArithmeticError):
    """The expression has no real value at the point."""


Dual = tuple[Any, Any]  # a value, and how fast it changes


class Place:
    """A point: the values of symbols and of entries of arrays, the number of indices, and the rates."""

    def __init__(self, values: Mapping[Any, Any], rates: tuple[RateRule, ...] = (), size: int | None = None) -> None:
        self.values, self.rates, self.size = dict(values), rates, size
        self.functions: dict[str, Callable[..., Fraction]] = {}  # what functions are; an arbitrary one if not named
        self._moving = False  # whether rates are asked for: they may have no value where the rest has one

    def entry(self, array: Any, *indices: int) -> Any:
        key = (str(array.label), *indices)
        if key not in self.values:
            raise Undefined(f"there is no {array}{list(indices)}")
        return self.values[key]

    def moved(self, quantity: Any, bound: Mapping[Any, int]) -> Any:
        """The rate of a symbol or an entry, from the rules."""
        if not self._moving:
            return mpmath.mpf(0)
        still = Place(self.values, (), self.size)
        still.functions = self.functions
        for rule in self.rates:
            if isinstance(quantity, sp.Indexed) and isinstance(rule.quantity, sp.Indexed):
                here, there = self.index(quantity.indices[0], bound), rule.quantity.indices[0]
                if quantity.base != rule.quantity.base:
                    continue
                if rule.index is not None:
                    return still.dual(rule.value, {rule.index: here})[0]
                if here == self.index(there, bound):
                    return still.dual(rule.value, {})[0]
            elif quantity == rule.quantity:
                return still.dual(rule.value, {})[0]
        return mpmath.mpf(0)

    def index(self, expr: Any, bound: Mapping[Any, int]) -> int:
        if expr in bound:
            return bound[expr]
        value = self.dual(expr, bound)[0]
        if value != int(value):
            raise Undefined("an index is no whole number")
        return int(value)

    # -- expressions ---------------------------------------------------------------------------------
    def dual(self, e: Any, bound: Mapping[Any, int]) -> Dual:
        zero = mpmath.mpf(0)
        if e.is_Rational:
            return mpmath.mpf(int(e.p)) / int(e.q), zero
        if e in bound:
            return mpmath.mpf(bound[e]), zero
        if isinstance(e, sp.NumberSymbol):
            return mpmath.mpf(e._to_mpmath(mpmath.mp.prec)), zero
        if isinstance(e, sp.Indexed):
            value = self.entry(e.base, *(self.index(i, bound) for i in e.indices))
            return mpmath.mpf(value.numerator) / value.denominator, self.moved(e, bound)
        if e.is_Symbol:
            value = self.values[e]
            return mpmath.mpf(value.numerator) / value.denominator, self.moved(e, bound)
        if isinstance(e, Rate):
            return self.rate(e.args[0], bound), mpmath.nan
        if isinstance(e, (SumOver, ProductOver, LargestOver)):
            return self._over(e, bound)
        if isinstance(e, (sp.Sum, sp.Product)):
            return self._up_to(e, bound)
        if isinstance(e, sp.Integral):
            return self._integral(e, bound), mpmath.nan
        if isinstance(e, sp.Derivative):
            along = Place(self.values, (RateRule(e.variables[0], 1),), self.size)
            return along.rate(e.expr, bound), mpmath.nan
        if isinstance(e, sp.Piecewise):
            for case in e.args:
                if self.truth(case.cond, bound):
                    return self.dual(case.expr, bound)[0], mpmath.nan
            raise Undefined("no case applies")
        parts = [self.dual(a, bound) for a in e.args]
        if isinstance(e, AppliedUndef):
            value = self.functions.get(e.func.__name__, _arbitrary(e.func.__name__))(*(v for v, _ in parts))
            return mpmath.mpf(value.numerator) / value.denominator, mpmath.nan
        if isinstance(e, (sp.Min, sp.Max)):
            best = (min if isinstance(e, sp.Min) else max)(v for v, _ in parts)
            return best, mpmath.nan
        if isinstance(e, sp.Add):
            return sum((v for v, _ in parts), zero), sum((d for _, d in parts), zero)
        if isinstance(e, sp.Mul):
            return _product(parts)
        if isinstance(e, sp.Pow):
            return _power(*parts)
        if isinstance(e, sp.Mod):
            (n, _), (m, _) = parts
            if m == 0:
                raise Undefined("a remainder of a division by zero")
            return n - m * mpmath.floor(n / m), mpmath.nan
        for head, rule in _FUNCTIONS.items():
            if isinstance(e, head):
                return rule(*parts[0])
        raise NotImplementedError(str(e.func))

    def rate(self, e: Any, bound: Mapping[Any, int] | None = None) -> Any:
        """How fast an expression changes."""
        self._moving = True
        try:
            return self.dual(e, bound or {})[1]
        finally:
            self._moving = False

    def _over(self, e: Any, bound: Mapping[Any, int]) -> Dual:
        assert self.size is not None
        left_out = {self.index(w, bound) for w in e.without}
        if len(left_out) < len(e.without) or not all(1 <= n <= self.size for n in left_out):
            raise Undefined("the excluded indices are no different indices")
        parts = [self.dual(e.term, {**bound, e.index: n}) for n in range(1, self.size + 1) if n not in left_out]
        if isinstance(e, LargestOver):
            if not parts:
                raise Undefined("the largest of nothing")
            return max(v for v, _ in parts), mpmath.nan
        return _product(parts) if isinstance(e, ProductOver) else _sum(parts)

    def _up_to(self, e: Any, bound: Mapping[Any, int]) -> Dual:
        ((symbol, first, last),) = e.limits
        low, high = (self.index(end, bound) for end in (first, last))
        if high < low - 1:
            raise Undefined("a sum that ends before it begins")
        parts = [self.dual(e.function, {**bound, symbol: number}) for number in range(low, high + 1)]
        return _product(parts) if isinstance(e, sp.Product) else _sum(parts)

    def _integral(self, e: Any, bound: Mapping[Any, int]) -> Any:
        ((symbol, first, last),) = e.limits
        low, high = (self.dual(end, bound)[0] for end in (first, last))
        for part in range(1, PARTS):  # where it has no value it has no integral
            self.dual(e.function, {**bound, symbol: low + (high - low) * part / PARTS})
        return mpmath.quad(lambda point: self.dual(e.function, {**bound, symbol: point})[0], [low, high])

    # -- formulas --------------------------------------------------------------------------------------
    def truth(self, formula: Any, bound: Mapping[Any, int] | None = None) -> bool:
        bound = bound or {}
        if formula in (sp.true, sp.false):
            return formula is sp.true
        if isinstance(formula, sp.core.relational.Relational):
            left, right = (self.dual(side, bound)[0] for side in formula.args)
            return compare(formula.func, left, right)
        parts = [self.truth(part, bound) for part in formula.args]
        if isinstance(formula, sp.And):
            return all(parts)
        if isinstance(formula, sp.Or):
            return any(parts)
        if isinstance(formula, sp.Not):
            return not parts[0]
        if isinstance(formula, sp.Implies):
            return parts[1] or not parts[0]
        if isinstance(formula, sp.Equivalent):
            return len(set(parts)) == 1
        raise NotImplementedError(str(formula.func))


def compare(relation: Any, left: Any, right: Any) -> bool:
    """A relation between two numbers, which are equal if they are close."""
    close = CLOSE if mpmath.mp.dps <= DIGITS else mpmath.mpf(10) ** (DIGITS // 2 - mpmath.mp.dps)
    same = abs(left - right) <= close * (1 + abs(left) + abs(right))
    # Beside 0 no rounding of a difference is as small as that: it is a value, as 1/sinh(cosh 10) is.
    if not left * right and 0 < abs(left + right) < mpmath.mpf(10) ** (-4 * mpmath.mp.dps):
        same = False
    if relation in (sp.Eq, sp.Ne):
        return bool(same) == (relation is sp.Eq)
    if same:
        return relation in (sp.Ge, sp.Le)
    return bool(left > right) == (relation in (sp.Gt, sp.Ge))


def _arbitrary(name: str) -> Callable[..., Fraction]:
    """A function of which nothing is known: a small number for each place, the same every time."""

    def value(*places: Any) -> Fraction:
        return Fraction(Random(f"{name} {places}").choice(("0", "1", "-1", "2", "1/2", "-2", "3")))

    return value


def _sum(parts: list[Dual]) -> Dual:
    return sum((v for v, _ in parts), mpmath.mpf(0)), sum((d for _, d in parts), mpmath.mpf(0))


def _product(parts: list[Dual]) -> Dual:
    value, rate = mpmath.mpf(1), mpmath.mpf(0)
    for v, d in parts:
        value, rate = value * v, rate * v + value * d
    return value, rate


def _power(base: Dual, exponent: Dual) -> Dual:
    (b, db), (n, dn) = base, exponent
    if b == 0 and n < 0:
        raise Undefined("division by zero")
    if b < 0 and n != int(n):
        raise Undefined("a root of a negative number")
    value = b ** int(n) if n == int(n) else b**n
    rate = mpmath.mpf(0)
    if db != 0:
        if b == 0 and n < 1 and n != 0:
            raise Undefined("a root is steep at zero")
        rate += n * (b ** int(n - 1) if n == int(n) else b ** (n - 1)) * db if n != 0 else 0
    if dn != 0:
        if b <= 0:
            raise Undefined("a power with a moving exponent")
        rate += value * mpmath.log(b) * dn
    return value, rate


def _log(v: Any, d: Any) -> Dual:
    if v <= 0:
        raise Undefined("a logarithm of what is not positive")
    return mpmath.log(v), d / v


def _modulus(v: Any, d: Any) -> Dual:
    if v == 0 and d != 0:
        raise Undefined("a kink")
    return abs(v), d * mpmath.sign(v)


def _sign(v: Any, d: Any) -> Dual:
    if v == 0 and d != 0:
        raise Undefined("a jump")
    return mpmath.sign(v), mpmath.mpf(0)


def _whole(v: Any, d: Any) -> Dual:
    return mpmath.floor(v), mpmath.nan


_FUNCTIONS: dict[Any, Callable[[Any, Any], Dual]] = {
    sp.exp: lambda v, d: (mpmath.exp(v), mpmath.exp(v) * d),
    sp.log: _log,
    sp.sinh: lambda v, d: (mpmath.sinh(v), mpmath.cosh(v) * d),
    sp.cosh: lambda v, d: (mpmath.cosh(v), mpmath.sinh(v) * d),
    sp.asinh: lambda v, d: (mpmath.asinh(v), d / mpmath.sqrt(v * v + 1)),
    sp.sin: lambda v, d: (mpmath.sin(v), mpmath.cos(v) * d),
    sp.cos: lambda v, d: (mpmath.cos(v), -mpmath.sin(v) * d),
    sp.tanh: lambda v, d: (mpmath.tanh(v), d * mpmath.sech(v) ** 2),
    sp.tan: lambda v, d: (mpmath.tan(v), d * mpmath.sec(v) ** 2),
    sp.atan: lambda v, d: (mpmath.atan(v), d / (1 + v * v)),
    sp.Abs: _modulus,
    sp.sign: _sign,
    sp.floor: _whole,
    sp.factorial: lambda v, d: (mpmath.factorial(v), mpmath.nan),
    sp.harmonic: lambda v, d: (mpmath.harmonic(v), mpmath.nan),
}
