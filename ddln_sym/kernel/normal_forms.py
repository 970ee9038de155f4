"""Normal forms: every expression becomes a rational function of independent generators.

Roots, moduli, signs, exponentials, logarithms, powers with a symbolic exponent, and sums and
products over a symbolic number of layers each become a *generator* together with the polynomial
relations and signs that define it (``r = √q``: ``r² = q``, ``r ≥ 0``).  After that a claimed
identity is a question about polynomials over QQ.  Whatever a rule needs (a radicand that is
nonnegative, a divisor that is not zero) is kept as a condition, to be discharged afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from ddln_sym.kernel.derivatives import Motion, derived
from ddln_sym.kernel.indexed import Indexed
from ddln_sym.statements import Index, ProductOver, Rate, SumOver

Expr = Any

#: What a symbol of a statement may be declared to be.
_REAL, _WHOLE = sp.Symbol("_", real=True), sp.Symbol("_", integer=True, positive=True)

__all__ = ["UNREADABLE", "Tower", "told"]

#: What an expression raises that has no normal form.
UNREADABLE = (ValueError, ZeroDivisionError, NotImplementedError, sp.polys.polyerrors.BasePolynomialError)


class Tower(Indexed):
    """The normal form of every kind of expression that a proposition may contain."""

    def lift(self, expr: Expr) -> Expr:
        """The expression as a rational function of generators."""
        expr = sp.sympify(expr)
        if expr not in self._lifted:
            self._lifted[expr] = self._lift(expr)
        return self._lifted[expr]

    def _lift(self, e: Expr) -> Expr:
        if e.is_Rational:
            return e
        for head, rule in _RULES.items():
            if isinstance(e, head):
                return rule(self, e)
        raise ValueError(f"the kernel has no normal form for {e.func.__name__} in {e}")

    def _entry(self, e: Expr) -> Expr:
        self._checked(e)
        self._meet(e.indices[0])
        return e

    def _symbol(self, e: Expr) -> Expr:
        self._checked(e)
        if e.is_integer and e.is_positive and (e, True) not in self.assumed:
            self.assumed.append((e, True))
        if isinstance(e, Index):
            self.places.add(e)
        return e

    @staticmethod
    def _checked(e: Expr) -> None:
        if told(e):
            raise ValueError(f"{e} is declared with more than being real: state that as a hypothesis")

    def _rate(self, e: Expr) -> Expr:
        motion = Motion(self.setting, self._in_range, [e.args[0]])
        value = motion.rate(e.args[0])
        return self._where_defined(value, motion.defined)

    def _derivative(self, e: Expr) -> Expr:
        smooth = [e.args[0]]
        return self._where_defined(derived(e, smooth), smooth)

    def _where_defined(self, value: Expr, parts: list[Expr]) -> Expr:
        """The value, which holds only where all the parts have one: SymPy may have cancelled them in it."""
        for part in parts:
            self.lift(part)
        return self.lift(value)

    def _arithmetic(self, e: Expr) -> Expr:
        return e.func(*(self.lift(a) for a in e.args))

    def _raised(self, e: Expr) -> Expr:
        return self._power(self.lift(e.base), self.lift(e.exp))

    def _absolute(self, e: Expr) -> Expr:
        return self._split(self.lift(e.args[0]), self._modulus)

    def _signum(self, e: Expr) -> Expr:
        return self._split(self.lift(e.args[0]), self._sign_generator)

    def _exp(self, e: Expr) -> Expr:
        return self._exponential(self.lift(e.args[0]))

    def _extreme(self, e: Expr) -> Expr:
        """``max(a, b) = (a + b + |a − b|)/2``, and min with the other sign, one argument after the other."""
        found, *others = (self.lift(a) for a in sorted(e.args, key=sp.default_sort_key))
        side = 1 if isinstance(e, sp.Max) else -1
        for other in others:
            found = (found + other + side * self._split(found - other, self._modulus)) / 2
        return found

    def _constant(self, e: Expr) -> Expr:
        """A number by its name; e is ``exp 1``, and the golden ratio is a root."""
        if e is sp.E:
            return self._exp_generator(sp.Integer(1))
        if e is sp.GoldenRatio:
            return (1 + self._power(sp.Integer(5), sp.Rational(1, 2))) / 2
        return self._generator(("number", e), "function", e)[0]

    def _hyperbolic(self, e: Expr) -> Expr:
        """``(e^x ± e^{−x})/2``, and tanh their quotient; the argument is lifted first, for SymPy would turn
        ``exp(log x)`` into x, for any x."""
        x = self.lift(e.args[0])
        up, down = self._exponential(x), self._exponential(-x)
        if isinstance(e, sp.tanh):
            return (up - down) / (up + down)
        return (up + down) / 2 if isinstance(e, sp.cosh) else (up - down) / 2

    def _area(self, e: Expr) -> Expr:
        x = self.lift(e.args[0])
        return self._logarithm(x + self._power(x**2 + 1, sp.Rational(1, 2)))

    def _log(self, e: Expr) -> Expr:
        return self._logarithm(self.lift(e.args[0]))

    def _tangent(self, e: Expr) -> Expr:
        sine, cosine = self._circular(sp.sin(*e.args, evaluate=False)), self._circular(sp.cos(*e.args, evaluate=False))
        self._need(cosine, "≠ 0", "inside a tangent")
        return sine / cosine

    def _circular(self, e: Expr) -> Expr:
        """Sine and cosine of an argument come together, for their squares add up to 1."""
        head, other = (sp.sin, sp.cos) if isinstance(e, sp.sin) else (sp.cos, sp.sin)
        found, its = (self._opaque_value(f, e.args, f(*e.args, evaluate=False)) for f in (head, other))
        self._define(found**2 + its**2 - 1)
        return found

    def _define(self, poly: Expr) -> None:
        if poly not in self.definitions:
            self.definitions.append(poly)

    def _rounded(self, e: Expr) -> Expr:
        """``⌊x⌋ ≤ x < ⌊x⌋ + 1``, and the ceiling is the floor of the opposite."""
        if isinstance(e, sp.ceiling):
            return -self.lift(sp.floor(-e.args[0], evaluate=False))
        found = self._opaque(e)
        numerator, denominator = self._reduce(self.lift(e.args[0]) - found)
        if self.is_positive(denominator) and (numerator, False) not in self.implied:
            self.implied += [(numerator, False), (sp.expand(denominator - numerator), True)]
        return found

    def _opaque(self, e: Expr) -> Expr:
        """A function of which no more is known than that equal arguments have equal values."""
        self._checked(e)
        return self._opaque_value(e.func, e.args, e)

    def _opaque_value(self, function: Any, arguments: tuple[Expr, ...], meaning: Expr) -> Expr:
        lifted = tuple(sp.factor(self.lift(a)) for a in arguments)
        return self._generator(("f", function, lifted), "function", meaning)[0]


#: The rule for each head: the first that an expression is an instance of.
_RULES: dict[type, Callable[[Tower, Expr], Expr]] = {
    sp.Indexed: Tower._entry,
    sp.Symbol: Tower._symbol,
    Rate: Tower._rate,
    sp.Derivative: Tower._derivative,
    sp.Add: Tower._arithmetic,
    sp.Mul: Tower._arithmetic,
    sp.Pow: Tower._raised,
    sp.Abs: Tower._absolute,
    sp.sign: Tower._signum,
    sp.exp: Tower._exp,
    sp.sinh: Tower._hyperbolic,
    sp.cosh: Tower._hyperbolic,
    sp.tanh: Tower._hyperbolic,
    sp.Max: Tower._extreme,
    sp.Min: Tower._extreme,
    sp.floor: Tower._rounded,
    sp.ceiling: Tower._rounded,
    sp.NumberSymbol: Tower._constant,
    sp.sin: Tower._circular,
    sp.cos: Tower._circular,
    sp.asinh: Tower._area,
    sp.log: Tower._log,
    SumOver: Tower._sum,
    ProductOver: Tower._product,
    sp.tan: Tower._tangent,
    **dict.fromkeys((AppliedUndef, sp.atan, sp.erf), Tower._opaque),
}


def told(e: Expr) -> bool:
    """Whether SymPy was told more of a quantity than that it is real; of a symbol, that it is a whole number."""
    if isinstance(e, AppliedUndef):
        return {e.is_zero, e.is_positive, e.is_negative, e.is_integer} != {None}
    symbol = e.base.label if isinstance(e, sp.Indexed) else e
    allowed = _WHOLE if e.is_Symbol and e.is_integer else _REAL
    return not symbol.assumptions0.items() <= allowed.assumptions0.items()
