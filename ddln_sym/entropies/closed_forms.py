r"""Entropies in closed form: the integral in named functions, and ``x(θ)`` explicit or as the root of a polynomial."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flint import fmpq

    from ddln_sym.entropies.layered import LayerEntropy


from functools import lru_cache

import sympy as sp
from sympy.core.function import ArgumentIndexError

__all__ = ["LeastLayer", "closed_form", "definitions", "primitive"]


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


def closed_form(coordinates: Sequence[LayerEntropy]) -> Any:
    """``Q`` in SymPy, in ``theta_1, theta_2, …``.

    Raises:
        ValueError: the integral of a coordinate is hyperelliptic.

    >>> from ddln_sym.entropies.layered import LayerEntropy
    >>> from flint import fmpq
    >>> closed_form([LayerEntropy([fmpq(2), fmpq(2), fmpq(2)])])
    -3*theta_1**(2/3)/2 + theta_1/2 + 2
    """
    import sympy as sp

    terms = []  # added at once: one after another takes a time that grows as their square
    for n, coordinate in enumerate(coordinates, 1):
        theta = sp.Symbol(f"theta_{n}", **_assumption(coordinate.side))
        scale = _rational(coordinate.scale)
        if coordinate.integral.ties == coordinate.depth - 1:
            terms.append(sp.expand(scale * _entropy_of_ties(coordinate, theta)))
        elif coordinate.depth == 2 or (coordinate.depth == 3 and 0 < coordinate.gaps[0] == coordinate.gaps[-1]):
            terms.append(sp.expand(scale * _explicit(coordinate, theta)))
        else:
            terms.append(scale * _through_least_layer(coordinate, theta, n))
    return sp.Add(*terms)


def _assumption(side: int) -> dict[str, bool]:
    return {0: {"real": True}, 1: {"positive": True}, -1: {"negative": True}}[side]


def _rational(value: fmpq) -> Any:
    import sympy as sp

    return sp.Rational(int(value.p), int(value.q))


def _entropy_of_ties(coordinate: LayerEntropy, theta: Any) -> Any:
    """Kullback–Leibler at ``L = 2``, the power entropy beyond, on the half-line of ``sign θ_0``."""
    import sympy as sp

    depth, size = coordinate.depth, abs(_rational(coordinate.start))
    modulus = coordinate.side * theta
    if depth == 2:
        return (modulus * sp.log(modulus / size**2) - modulus + size**2) / 2
    power = sp.Rational(2, depth)
    outward = (size ** (2 - depth) - modulus ** (power - 1)) / (depth - 2)
    return modulus * outward - (modulus**power - size**2) / 2


def _explicit(coordinate: LayerEntropy, theta: Any) -> Any:
    """Two layers, or three of which the others tie: ``x(θ)`` by a square root, or by Cardano's formula with sinh."""
    import sympy as sp

    gap, start, sign = _rational(coordinate.gaps[0]), _rational(coordinate.start), coordinate.sign
    root = sp.sqrt(gap)
    if coordinate.depth == 2:
        square = (sp.sqrt(gap**2 + 4 * theta**2) - gap) / 2
        time = sp.asinh(2 * theta / gap) / 2 - sign * sp.asinh(start / root)
    else:  # x³ + Δx = sθ
        x = 2 * root / sp.sqrt(3) * sp.sinh(sp.asinh(3 * sp.sqrt(3) * sign * theta / (2 * root**3)) / 3)
        square, time = x**2, sign * (sp.atan(x / root) - sp.atan(start / root)) / root
    return theta * time - (square - start**2) / 2


def _through_least_layer(coordinate: LayerEntropy, theta: Any, number: int) -> Any:
    """``θ·s·(H(x) − H(x_0)) − (x² − x_0²)/2``, ``H' = 1/P``, ``x = x(sθ)``."""

    gaps, start = [_rational(gap) for gap in coordinate.gaps], _rational(coordinate.start)
    side = 1 if start >= 0 else -1
    x = LeastLayer(coordinate.sign * theta, *gaps)
    try:
        time = coordinate.sign * (primitive(gaps, x, side) - primitive(gaps, start, side))
    except ValueError as error:
        raise ValueError(f"coordinate {number}: {error}") from None
    return theta * time - (x**2 - start**2) / 2


def primitive(gaps: Sequence[Any], x: Any, side: int = 1) -> Any:
    """A function of x with the slope ``∏_k (x² + Δ_k)^{−1/2}``.

    Args:
        gaps: ``Δ_2 ≤ … ≤ Δ_L``, rational, not all zero; side: the sign of x, which cannot change where a gap is zero.
    Raises:
        ValueError: five layers or more whose gaps are not all equal.
    Source: claims ``new-t2-legendre``, ``new-t2-equal-gaps`` and ``new-t2-ties``.

    >>> import sympy as sp
    >>> primitive([sp.Integer(1), sp.Integer(2)], sp.Symbol("x"))
    sqrt(2)*elliptic_f(atan(x), 1/2)/2
    """
    import sympy as sp

    least, largest = gaps[0], gaps[-1]
    if least == largest:
        return _equal_gaps(least, len(gaps), x)
    if len(gaps) > 3:
        raise ValueError("no closed form is given for five layers or more, unless the others tie or all do")
    if least == 0:
        return side * _entropy_of_partial_ties(gaps, side * x)
    if len(gaps) == 2:
        return sp.elliptic_f(sp.atan(x / sp.sqrt(least)), 1 - least / largest) / sp.sqrt(largest)
    sine = sp.sqrt((largest - least) / largest) * x / sp.sqrt(x**2 + least)
    if gaps[1] == largest:  # F(φ, 1) is elementary
        return sp.atanh(sine) / sp.sqrt(largest * (largest - least))
    parameter = largest * (gaps[1] - least) / (gaps[1] * (largest - least))
    return sp.elliptic_f(sp.asin(sine), parameter) / sp.sqrt(gaps[1] * (largest - least))


def _equal_gaps(gap: Any, count: int, x: Any) -> Any:
    """``∫_0^x (z² + Δ)^{−n/2} dz``, two layers at a time from arcsinh or arctan."""
    import sympy as sp

    root = sp.sqrt(gap)
    if count <= 2:
        return sp.asinh(x / root) if count == 1 else sp.atan(x / root) / root
    n = count - 2
    return x / (n * gap * sp.sqrt(x**2 + gap) ** n) + (n - 1) * (_equal_gaps(gap, n, x) if n > 1 else 0) / (n * gap)


def _entropy_of_partial_ties(gaps: Sequence[Any], x: Any) -> Any:
    """At ``x > 0``, with one or two gaps of three or four layers zero."""
    import sympy as sp

    *others, largest = gaps
    if len(gaps) == 2:
        return -sp.asinh(sp.sqrt(largest) / x) / sp.sqrt(largest)
    if others[1] == 0:
        return -sp.sqrt(x**2 + largest) / (largest * x)
    inner, outer = sp.sqrt(others[1]), sp.sqrt(largest)
    return -sp.log((inner * sp.sqrt(x**2 + largest) + outer * sp.sqrt(x**2 + others[1])) / x) / (inner * outer)
