"""Losses written in SymPy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import sympy as sp
from mpmath import mp

from ddln_sym.flows.losses.squared import Loss
from ddln_sym.models import evaluate
from ddln_sym.numerics import ball, precision, read_bits, read_number, round_to_bits, to_fraction
from ddln_sym.statements import in_decimals
from ddln_sym.taylor import Program

__all__ = ["SymbolicLoss"]

Expr: TypeAlias = Any

#: Bits beyond those asked for, and the most that are tried where values cancel.
SPARE_BITS, MOST_BITS = 32, 1 << 14


class SymbolicLoss(Loss):
    """``𝓛(θ)`` as an expression of SymPy: of powers, exp, log, tanh, sinh, cosh, sin and cos.

    Args:
        expression: 𝓛, of the symbols. symbols: ``θ_1, …, θ_d``, in order.
        minimum: ``𝓛* = inf 𝓛``, if it is known: what :meth:`GradientFlow.converge` needs.
    Raises:
        ValueError: the expression is no real function of the symbols, or a symbol is none.

    A float counts as the decimal number that it is written as.

    >>> a, b = sp.symbols("a b", real=True)
    >>> loss = SymbolicLoss((a * b - 1) ** 4 + sp.exp(-a), (a, b))
    >>> loss([0, 1], bits=53)
    mpf('2.0')
    >>> loss.gradient([0, 1], bits=53)
    (mpf('-5.0'), mpf('0.0'))
    """

    through_data = False
    convex = False  # nothing is known

    def __init__(self, expression: Any, symbols: Any, minimum: Any = None) -> None:
        self.symbols = tuple(symbols) if hasattr(symbols, "__iter__") else (symbols,)
        for symbol in self.symbols:
            if not isinstance(symbol, sp.Symbol) or symbol.is_extended_real is False:
                raise ValueError(f"symbols has {symbol}: expected real symbols of SymPy, one for each entry of θ")
        if not self.symbols or len(set(self.symbols)) != len(self.symbols):
            raise ValueError("symbols is empty or repeats a symbol: expected one for each entry of θ")
        try:
            found = sp.sympify(expression)
        except (sp.SympifyError, TypeError) as error:
            raise ValueError(f"the loss is {expression!r}: expected an expression of SymPy") from error
        if not isinstance(found, sp.Expr) or found.has(sp.I, sp.nan, sp.zoo, sp.oo, -sp.oo):
            raise ValueError(f"the loss is {found}: expected a real function of {_list(self.symbols)}")
        if extra := found.free_symbols - set(self.symbols):
            if {s.name for s in extra} & {s.name for s in self.symbols}:
                raise ValueError(
                    f"the loss uses {_list(extra)}, and not its symbols of these names, which are declared otherwise: "
                    "write it with the symbols that are given"
                )
            verb = "is" if len(extra) == 1 else "are"
            raise ValueError(f"the loss uses {_list(extra)}, which {verb} not among its symbols {_list(self.symbols)}")
        self.expression = in_decimals(found)
        self._slopes = tuple(sp.diff(self.expression, s) for s in self.symbols)
        if unknown := {f.func for s in (self.expression, *self._slopes) for f in s.atoms(sp.Function)} - KNOWN:
            names = ", ".join(sorted(map(str, unknown)))
            raise ValueError(f"the loss has {names}: expected powers, exp, log, tanh, sinh, cosh, sin and cos")
        self._minimum = None if minimum is None else read_number(minimum, "minimum")

    def __repr__(self) -> str:
        return f"SymbolicLoss({self.expression})"

    @property
    def formula(self) -> str:
        return rf"\mathcal{{L}}({', '.join(map(sp.latex, self.symbols))}) = {sp.latex(self.expression)}"

    @property
    def dimension(self) -> int:
        return len(self.symbols)

    def _evaluate(self, expression: Expr, theta: Any, bits: int, shift: Fraction = Fraction(0)) -> Any:
        """An expression at d numbers, minus a number, to so many bits."""
        point, carried = self._point(theta), bits + SPARE_BITS
        while True:
            with precision(carried):
                values = {s: [ball(x)] for s, x in zip(self.symbols, point, strict=True)}
                found = evaluate(expression, values)[0] - ball(shift)
            if not found.is_finite():
                raise ValueError(f"theta is a pole of {expression}, or outside its domain")
            if found.rel_accuracy_bits() >= bits or carried >= MOST_BITS or found.is_exact():
                return round_to_bits(to_fraction(found.mid().fmpq()), bits)
            carried *= 2

    def __call__(self, theta: Any, bits: int | None = None) -> Any:
        return self._evaluate(self.expression, theta, read_bits(bits) or mp.prec)

    def gradient(self, theta: Any, bits: int | None = None) -> tuple[Any, ...]:
        bits = read_bits(bits) or mp.prec
        return tuple(self._evaluate(slope, theta, bits) for slope in self._slopes)

    def ball(self, theta: Sequence[Any]) -> Any:
        """``𝓛(θ)`` at d balls, a ball."""
        return evaluate(self.expression, {s: [x] for s, x in zip(self.symbols, theta, strict=True)})[0]

    def symbolic_gradient(self, theta: Iterable[Any]) -> tuple[Any, ...]:
        """``∇𝓛`` at d SymPy expressions.

        >>> a, u, v = sp.symbols("a u v", real=True)
        >>> SymbolicLoss(a**2, (a,)).symbolic_gradient((u * v,))
        (2*u*v,)
        """
        point = dict(zip(self.symbols, theta, strict=True))
        return tuple(slope.xreplace(point) for slope in self._slopes)

    def slopes(self, program: Program, theta: Mapping[int, int]) -> list[int]:
        raise TypeError("a loss written in SymPy is compiled together with G: see symbolic_gradient")

    @property
    def curvature(self) -> tuple[tuple[Fraction, ...], ...]:
        raise ValueError("no bounds of the curvature of a loss written in SymPy are known")

    @property
    def exact_minimum(self) -> Fraction:
        if self._minimum is None:
            raise ValueError("𝓛* is not known: give SymbolicLoss a minimum")
        return self._minimum

    def excess(self, theta: Any, bits: int | None = None) -> Any:
        return self._evaluate(self.expression, theta, read_bits(bits) or mp.prec, self.exact_minimum)

    def polyak_lojasiewicz(self, bits: int | None = None) -> Any:
        raise ValueError("no Polyak–Łojasiewicz constant of a loss written in SymPy is known")


KNOWN = {sp.exp, sp.log, sp.tanh, sp.sinh, sp.cosh, sp.sin, sp.cos}


def _list(symbols: Iterable[Expr]) -> str:
    return ", ".join(sorted(map(str, symbols)))
