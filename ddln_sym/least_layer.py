r"""The layer of least modulus as a function of θ, in SymPy: the real root of a polynomial with θ in it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sympy as sp
from sympy.core.function import ArgumentIndexError

__all__ = ["LeastLayer", "definitions"]


class LeastLayer(sp.Function):  # type: ignore[misc]
    r"""``x(t; Δ_2, …, Δ_L)``: the real solution of ``x·∏_k √(x² + Δ_k) = t``, ``Δ_k ≥ 0``.

    It is odd and increasing in t.  Its square is the positive root of ``w·∏_k (w + Δ_k) = t²``, a cubic for three
    layers and a quartic for four.  It is differentiated in t, evaluated at numbers to any number of digits, and
    rewritten as an algebraic number where t and the ``Δ_k`` are rational.

    >>> t = sp.Symbol("t", real=True)
    >>> LeastLayer(t, 1, 2).subs(t, 3).evalf(20)
    1.1135712763309934433
    >>> LeastLayer(1, 1, 2).rewrite(sp.CRootOf)
    sqrt(CRootOf(x**3 + 3*x**2 + 2*x - 1, 0))
    >>> LeastLayer(-t, 0, 2)
    -LeastLayer(t, 0, 2)
    """

    @classmethod
    def eval(cls, t: Any, *gaps: Any) -> Any:
        if t.is_zero:
            return sp.Integer(0)
        if t.could_extract_minus_sign():
            return -cls(-t, *gaps)
        return None

    def fdiff(self, argindex: int = 1) -> Any:
        """``dx/dt = 1/(P·(1 + Σ x²/(x² + Δ_k)))``."""
        if argindex != 1:
            raise ArgumentIndexError(self, argindex)
        squares = [self**2 + gap for gap in self.args[1:]]
        return 1 / (sp.sqrt(sp.Mul(*squares)) * (1 + sp.Add(*(self**2 / square for square in squares))))

    def _eval_is_real(self) -> bool | None:
        return True if self.args[0].is_real else None

    def _eval_is_positive(self) -> bool | None:
        return True if self.args[0].is_positive else None

    def _eval_is_negative(self) -> bool | None:
        return True if self.args[0].is_negative else None

    def _eval_rewrite_as_ComplexRootOf(self, t: Any, *gaps: Any, **hints: Any) -> Any:
        if not all(value.is_Rational for value in (t, *gaps)):
            return self
        return sp.sign(t) * sp.sqrt(_positive_root(t**2, gaps))

    def _eval_evalf(self, prec: int) -> Any:
        t, *gaps = self.args
        number = t if t.is_Rational else t._eval_evalf(prec)
        if number is None or not (number.is_Rational or number.is_Float):
            return None
        algebraic = LeastLayer(sp.Rational(number), *gaps).rewrite(sp.CRootOf)
        return None if algebraic.has(LeastLayer) else algebraic._eval_evalf(prec)

    def _latex(self, printer: Any, exp: Any = None) -> str:
        shown = rf"{_name(self.args[1:], printer)}\left({printer.doprint(self.args[0])}\right)"
        return shown if exp is None else rf"{shown}^{{{exp}}}"


@lru_cache(maxsize=256)
def _positive_root(square: Any, gaps: tuple[Any, ...]) -> Any:
    """The w > 0 with ``w·∏ (w + Δ_k) = t²``: one sign change among the coefficients, so one positive root."""
    w = sp.Dummy("x")
    return sp.Poly(w * sp.Mul(*(w + gap for gap in gaps)) - square, w).real_roots(radicals=False)[-1]


def _name(gaps: Any, printer: Any) -> str:
    return "x_{" + r",\,".join(map(printer.doprint, gaps)) + "}"


def definitions(expression: Any) -> str:
    r"""What the least layers in an expression are, in LaTeX; empty if there are none.

    >>> print(definitions(LeastLayer(sp.Symbol("t"), 1, 2)))
    x_{1,\,2}(t)=x:\ x\sqrt{\left(x^{2} + 1\right) \left(x^{2} + 2\right)}=t
    """
    from sympy.printing.latex import LatexPrinter

    x, printer = sp.Symbol("x"), LatexPrinter()
    kinds = sorted({found.args[1:] for found in expression.atoms(LeastLayer)}, key=sp.default_sort_key)
    return r",\quad ".join(
        rf"{_name(gaps, printer)}(t)=x:\ x\sqrt{{{printer.doprint(sp.Mul(*(x**2 + gap for gap in gaps)))}}}=t"
        for gaps in kinds
    )
