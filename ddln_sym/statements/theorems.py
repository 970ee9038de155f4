"""Theorems of the literature that proofs cite, each as a rule from premises to a conclusion.

The premises are computed from the conclusion's own data, and the kernel decides every one of them;
only the inference itself is taken as given, and every certificate that uses one says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, TypeAlias

import sympy as sp

from ddln_sym.statements.expressions import Rate
from ddln_sym.statements.propositions import (
    Compare,
    Consequence,
    Equal,
    Holds,
    Hypothesis,
    Setting,
    Theorem,
    at_least,
    conserved,
    greater,
)

__all__ = [
    "ConstrainedMinimizer",
    "ExponentialDecay",
    "KeepsSign",
    "NullSet",
    "Primitive",
    "Solves",
    "at_every",
]

Expr: TypeAlias = Any


def _defined(expr: Expr, setting: Setting) -> Equal:
    """That an expression has a value: the kernel proves ``x = x`` only where x is defined."""
    return Equal(expr, expr, setting)


def at_every(theta: Expr, setting: Setting) -> Setting:
    """The setting without its hypotheses on θ: they could cut the line at a pole."""
    return replace(setting, hypotheses=tuple(h for h in setting.hypotheses if not h.relation.has(theta)))


def _polynomial(expr: Expr) -> Holds:
    """That an expression is a polynomial in its symbols."""
    return Holds(sp.sympify(bool(expr.is_polynomial(*expr.atoms(sp.Symbol, sp.Indexed)))))


@dataclass(frozen=True)
class ExponentialDecay(Consequence):
    """``f(t) ≤ e^{−ct} f(0)`` for all ``t ≥ 0``.

    Attributes:
        quantity: ``f``; rate: ``c``; setting: what gives ``f'``.
    """

    quantity: Expr
    rate: Expr
    setting: Setting
    theorem: ClassVar = Theorem("Grönwall's inequality", "Grönwall 1919, differential form")

    def premises(self) -> tuple[Equal | Compare, ...]:
        return (
            at_least(-self.rate * self.quantity, Rate(self.quantity), self.setting),
            conserved(self.rate, self.setting),
        )

    def __str__(self) -> str:
        return f"{self.quantity} decays at least as exp(-({self.rate})*t)"


@dataclass(frozen=True)
class KeepsSign(Consequence):
    """A continuous quantity that is nonzero at all times keeps the sign it starts with."""

    quantity: Expr
    setting: Setting
    theorem: ClassVar = Theorem("intermediate value theorem", "Bolzano 1817")

    def premises(self) -> tuple[Equal | Compare, ...]:
        return (greater(self.quantity**2, 0, self.setting), _defined(Rate(self.quantity), self.setting))

    def __str__(self) -> str:
        return f"sign({self.quantity}) is constant in time"


@dataclass(frozen=True)
class Solves(Consequence):
    """``quantity(t) = formula(t)`` for all times: both solve one initial value problem.

    Attributes:
        formula: the claimed solution, in quantities whose rates the setting knows.
        field: the right-hand side ``F`` of ``y' = F(y, t)``, written with ``unknown`` for ``y``.
        initial: ``y(0)``; start: values of the moving quantities at time 0.
    """

    unknown: Expr
    formula: Expr
    field: Expr
    initial: Expr
    start: tuple[tuple[Expr, Expr], ...]
    setting: Setting
    theorem: ClassVar = Theorem("Picard–Lindelöf theorem", "uniqueness of the solution of an initial value problem")

    def premises(self) -> tuple[Equal, ...]:
        along, steepness = (
            f.xreplace({self.unknown: self.formula}) for f in (self.field, sp.diff(self.field, self.unknown))
        )
        begun = self.formula.xreplace(dict(self.start))
        still = Setting(tuple(h for h in self.setting.hypotheses if not h.relation.has(*dict(self.start))))
        return (
            Equal(Rate(self.formula), along, self.setting),
            Equal(begun, self.initial, still),
            conserved(self.initial, self.setting),
            _defined(steepness, self.setting),  # F is Lipschitz in y, without which y is not unique
        )

    def __str__(self) -> str:
        return f"{self.unknown}(t) = {self.formula}"


@dataclass(frozen=True)
class Primitive(Consequence):
    """``formula = ∫_0^θ slope``: its derivative is the slope, and it vanishes at 0."""

    theta: Expr
    formula: Expr
    slope: Expr
    setting: Setting
    theorem: ClassVar = Theorem("fundamental theorem of calculus", "a primitive is determined by its value at 0")

    def premises(self) -> tuple[Equal, Equal]:
        at_zero = self.formula.xreplace({self.theta: sp.Integer(0)})
        return (
            Equal(sp.Derivative(self.formula, self.theta), self.slope, at_every(self.theta, self.setting)),
            Equal(at_zero, 0, self.setting),
        )

    def __str__(self) -> str:
        return f"{self.formula} is the integral from 0 to {self.theta} of {self.slope}"


@dataclass(frozen=True)
class NullSet(Consequence):
    """The set where a quantity vanishes has Lebesgue measure zero, being the zero set of a polynomial.

    Attributes:
        quantity: what vanishes there; polynomial: vanishes exactly where the quantity does.
        point: a point, by its coordinates, where the polynomial does not vanish.
    """

    quantity: Expr
    polynomial: Expr
    point: tuple[tuple[Expr, Expr], ...]
    theorem: ClassVar = Theorem("zero sets of nonzero polynomials have measure zero", "Caron, Traynor 2005")

    def premises(self) -> tuple[Holds | Compare, ...]:
        same = sp.Equivalent(sp.Eq(self.quantity, 0), sp.Eq(self.polynomial, 0))
        away = greater(self.polynomial.xreplace(dict(self.point)) ** 2, 0)
        return (Holds(same), away, _polynomial(self.polynomial))

    def __str__(self) -> str:
        return f"{{{self.quantity} = 0}} has measure zero"


@dataclass(frozen=True)
class ConstrainedMinimizer(Consequence):
    """``θ`` minimizes a separable convex ``Q`` over ``{Xθ = y}``: the KKT conditions hold there.

    Attributes:
        slope: ``∇Q`` in one coordinate, in the symbol ``theta``.
        limit: ``θ_∞`` in that coordinate; multiplier: ``(Xᵀν)`` there.
        above: Q lives where every coordinate is above it, if not everywhere.
    """

    theta: Expr
    slope: Expr
    limit: Expr
    multiplier: Expr
    setting: Setting
    above: Expr | None = None
    theorem: ClassVar = Theorem("KKT conditions suffice for convex problems", "Boyd, Vandenberghe 2004, 5.5.3")

    def premises(self) -> tuple[Equal | Compare, ...]:
        stationary = Equal(self.slope.xreplace({self.theta: self.limit}), self.multiplier, self.setting)
        convexity = sp.diff(self.slope, self.theta)  # at every θ, for a minimum among all of them
        everywhere = at_every(self.theta, self.setting)
        if self.above is None:
            return stationary, greater(convexity, 0, everywhere)
        inside = everywhere.given(Hypothesis("where Q lives", sp.Gt(self.theta, self.above)))
        return stationary, greater(self.limit, self.above, self.setting), greater(convexity, 0, inside)

    def __str__(self) -> str:
        return f"θ_∞ = {self.limit} minimizes Q over Xθ = y, with ∇Q = {self.slope}"
