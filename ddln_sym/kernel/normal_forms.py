"""Normal forms: every expression becomes a rational function of independent generators.

Roots, moduli, signs, exponentials, logarithms, powers with a symbolic exponent, and sums and
products over a symbolic number of layers each become a *generator* together with the polynomial
relations and signs that define it (``r = √q``: ``r² = q``, ``r ≥ 0``).  After that a claimed
identity is a question about polynomials over QQ.  Whatever a rule needs (a radicand that is
nonnegative, a divisor that is not zero) is kept as a condition, to be discharged afterwards.
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from ddln_sym.kernel.derivatives import derived, rate
from ddln_sym.kernel.indexed import Indexed
from ddln_sym.statements import ProductOver, Rate, SumOver

Expr = Any

#: Functions of SymPy with a real value everywhere (the tangent: where the cosine does not vanish).
_TOTAL = (sp.sin, sp.cos, sp.tan, sp.tanh, sp.atan)
#: What a symbol of a statement may be declared to be.
_REAL, _WHOLE = sp.Symbol("_", real=True), sp.Symbol("_", integer=True, positive=True)

__all__ = ["Tower", "told"]


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
        if isinstance(e, (sp.Indexed, sp.Symbol, AppliedUndef)) and told(e):
            raise ValueError(f"{e} is declared with more than being real: state that as a hypothesis")
        if isinstance(e, sp.Indexed):
            self._meet(e.indices[0])
            return e
        if e.is_Symbol:
            if e.is_integer and e.is_positive and (e, True) not in self.assumed:
                self.assumed.append((e, True))
            return e
        if isinstance(e, (Rate, sp.Derivative)):
            smooth = [e.args[0]]
            value = rate(e.args[0], self.setting, smooth=smooth) if isinstance(e, Rate) else derived(e, smooth)
            for part in smooth:  # for the conditions under which it is defined and has a rate
                self.lift(part)
            return self.lift(value)
        if isinstance(e, (sp.Add, sp.Mul)):
            return e.func(*(self.lift(a) for a in e.args))
        if isinstance(e, sp.Pow):
            return self._power(self.lift(e.base), self.lift(e.exp))
        if isinstance(e, sp.Abs):
            return self._split(self.lift(e.args[0]), self._modulus)
        if isinstance(e, sp.sign):
            return self._split(self.lift(e.args[0]), self._sign_generator)
        if isinstance(e, sp.exp):
            return self._exponential(self.lift(e.args[0]))
        if isinstance(e, (sp.sinh, sp.cosh)):
            up, down = self.lift(sp.exp(e.args[0])), self.lift(sp.exp(-e.args[0]))
            return (up + down) / 2 if isinstance(e, sp.cosh) else (up - down) / 2
        if isinstance(e, sp.asinh):
            x = self.lift(e.args[0])
            return self._logarithm(x + self._power(x**2 + 1, sp.Rational(1, 2)))
        if isinstance(e, sp.log):
            return self._logarithm(self.lift(e.args[0]))
        if isinstance(e, SumOver):
            return self._sum(e)
        if isinstance(e, ProductOver):
            return self._product(e)
        if isinstance(e, sp.tan):
            self._need(self._reduce(self.lift(sp.cos(e.args[0])))[0], "≠ 0", "inside a tangent")
        if isinstance(e, (AppliedUndef, *_TOTAL)):  # opaque: equal arguments, equal values
            arguments = tuple(sp.factor(self.lift(a)) for a in e.args)
            return self._generator(("f", e.func, arguments), "function", e)[0]
        raise ValueError(f"the kernel has no normal form for {e.func.__name__} in {e}")


def told(e: Expr) -> bool:
    """Whether SymPy was told more of a quantity than that it is real; of a symbol, that it is a whole number."""
    if isinstance(e, AppliedUndef):
        return {e.is_zero, e.is_positive, e.is_negative, e.is_integer} != {None}
    symbol = e.base.label if isinstance(e, sp.Indexed) else e
    allowed = _WHOLE if e.is_Symbol and e.is_integer else _REAL
    return not symbol.assumptions0.items() <= allowed.assumptions0.items()
