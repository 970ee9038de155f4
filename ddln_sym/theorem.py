"""Theorems of the literature that proofs cite, each as a rule from premises to a conclusion.

The premises are computed from the conclusion's own data, and the kernel decides every one of them;
only the inference itself is taken as given, and every certificate that uses one says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

import sympy as sp

from ddln_sym.proposition import Compare, Consequence, Equal, Holds, Rate, Setting, Theorem, at_least, greater

__all__ = [
    "ConstrainedMinimizer",
    "ExponentialDecay",
    "KeepsSign",
    "NullSet",
    "OpenSet",
    "Solves",
]

Expr: TypeAlias = Any


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

    def premises(self) -> tuple[Compare, ...]:
        return (at_least(-self.rate * self.quantity, Rate(self.quantity), self.setting),)

    def __str__(self) -> str:
        return f"{self.quantity} decays at least as exp(-({self.rate})*t)"


@dataclass(frozen=True)
class KeepsSign(Consequence):
    """A continuous quantity that is nonzero at all times keeps the sign it starts with."""

    quantity: Expr
    setting: Setting
    theorem: ClassVar = Theorem("intermediate value theorem", "Bolzano 1817")

    def premises(self) -> tuple[Compare, ...]:
        return (greater(self.quantity**2, 0, self.setting),)

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
    equivalent: ClassVar[bool] = True

    def premises(self) -> tuple[Equal, ...]:
        along = self.field.xreplace({self.unknown: self.formula})
        begun = self.formula.xreplace(dict(self.start))
        still = Setting(tuple(h for h in self.setting.hypotheses if not h.relation.has(*dict(self.start))))
        return (Equal(Rate(self.formula), along, self.setting), Equal(begun, self.initial, still))

    def __str__(self) -> str:
        return f"{self.unknown}(t) = {self.formula}"


@dataclass(frozen=True)
class NullSet(Consequence):
    """The zero set of a polynomial that is not the zero polynomial has Lebesgue measure zero.

    ``point`` is where the polynomial does not vanish.
    """

    polynomial: Expr
    point: tuple[tuple[Expr, Expr], ...]
    theorem: ClassVar = Theorem("zero sets of nonzero polynomials have measure zero", "Caron, Traynor 2005")
    equivalent: ClassVar[bool] = True

    def premises(self) -> tuple[Compare, ...]:
        value = self.polynomial.xreplace(dict(self.point))
        return (greater(value**2, 0),)

    def __str__(self) -> str:
        return f"{{{self.polynomial} = 0}} has measure zero"


@dataclass(frozen=True)
class OpenSet(Consequence):
    """The set where a continuous function is positive is open, hence a submanifold of full dimension.

    The premise is that membership in the set, a Boolean formula, is the positivity of ``function``.
    """

    membership: Expr
    function: Expr
    theorem: ClassVar = Theorem("preimages of open sets under continuous maps are open", "definition of continuity")

    def premises(self) -> tuple[Holds, ...]:
        return (Holds(sp.Equivalent(self.membership, self.function > 0)),)

    def __str__(self) -> str:
        return f"{{{self.membership}}} is open"


@dataclass(frozen=True)
class ConstrainedMinimizer(Consequence):
    """``θ`` minimizes a separable convex ``Q`` over ``{Xθ = y}``: the KKT conditions hold there.

    Attributes:
        slope: ``∇Q(θ_i)`` at the limit, one coordinate; multiplier: ``(Xᵀν)_i`` there.
        curvature: ``Q''`` in that coordinate, which convexity wants nonnegative.
    """

    slope: Expr
    multiplier: Expr
    curvature: Expr
    setting: Setting
    theorem: ClassVar = Theorem("KKT conditions suffice for convex problems", "Boyd, Vandenberghe 2004, 5.5.3")

    def premises(self) -> tuple[Equal | Compare, ...]:
        return (
            Equal(self.slope, self.multiplier, self.setting),
            at_least(self.curvature, 0, self.setting),
        )

    def __str__(self) -> str:
        return f"∇Q(θ_∞) = {self.slope} = Xᵀν, so θ_∞ minimizes Q over Xθ = y"
