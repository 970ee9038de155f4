"""Theorems of the literature that proofs cite, each as a rule from premises to a conclusion.

The premises are computed from the conclusion's own data, and the kernel decides every one of them;
only the inference itself is taken as given, and every certificate that uses one says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, TypeAlias

import sympy as sp

from ddln_sym.statements.evidence import Theorem
from ddln_sym.statements.expressions import Rate
from ddln_sym.statements.propositions import (
    Compare,
    Consequence,
    Continuous,
    Equal,
    Holds,
    Hypothesis,
    Polynomial,
    RateRule,
    Setting,
    at_least,
    conserved,
    greater,
    lasting,
)
from ddln_sym.statements.vocabulary import expression, expressions_in, variable

__all__ = [
    "ConstrainedMinimizer",
    "ExponentialDecay",
    "KeepsSign",
    "NullSet",
    "Primitive",
    "Solves",
    "at_every",
    "at_the_start",
    "check_carried",
    "fresh",
    "has_value",
    "premise_of",
    "start_of",
    "uncut",
    "with_conditions",
]

Expr: TypeAlias = Any


def has_value(expr: Expr, setting: Setting) -> Equal:
    """That an expression has a value: the kernel proves ``x = x`` only where x is defined."""
    return Equal(expr, expr, setting)


def at_every(theta: Expr, setting: Setting) -> Setting:
    """The setting without what it says of θ or of anything that moves: that could cut the line at a pole."""
    return replace(setting, hypotheses=tuple(h for h in setting.still.hypotheses if not h.relation.has(theta)))


def uncut(setting: Setting, rule: str) -> None:
    """Hold that no hypothesis takes a time out of the middle of the time axis.

    Raises:
        ValueError: a hypothesis says that something that moves is not equal to something.
    """
    for hypothesis in setting.conditions:
        if hypothesis.relation.atoms(sp.Ne) or isinstance(hypothesis.relation, (sp.Or, sp.Not, sp.Implies)):
            raise ValueError(
                f"{rule} is given {hypothesis.relation}, which takes times out of the middle of the time axis: give an "
                "inequality with >, that the start satisfies"
            )


def check_carried(variable: Expr, setting: Setting, rule: str) -> None:
    """Hold that what moves beside a variable that runs through the line exists all along it.

    A quantity whose rate knows no other than the variable is an integral; one whose rate knows itself may end before.

    Raises:
        ValueError: a rate contains something that moves, other than the variable.
    """
    known = replace(setting, rates=tuple(r for r in setting.rates if r.quantity != variable))
    for moved in known.rates:
        if known.moves(moved.value):
            raise ValueError(
                f"{rule} carries {moved.quantity} along {variable}, but its rate {moved.value} contains what moves, "
                f"so it may end before the line does: give a rate in {variable} and constants"
            )


def start_of(start: Any, setting: Setting, rule: str) -> dict[Expr, Expr]:
    """The values at time 0 of quantities that move.

    Raises:
        ValueError: a quantity does not move, is named twice, or its value moves.
    """
    found: dict[Expr, Expr] = {}
    for quantity, value in start:
        begun = expression(value, f"the start of {quantity} in {rule}")
        if not setting.moves(sp.sympify(quantity)) or quantity in found or setting.moves(begun):
            raise ValueError(
                f"{rule} starts {quantity} at {begun}: a start is a constant value, one for each quantity with a rate"
            )
        found[quantity] = begun
    return found


def premise_of(relation: Expr, setting: Setting) -> Compare | Equal:
    """A relation as something to be proved; what is no equation and no inequality becomes what cannot be."""
    if isinstance(relation, sp.Eq):
        return Equal(relation.lhs, relation.rhs, setting)
    if isinstance(relation, (sp.Ge, sp.Gt, sp.Le, sp.Lt)):
        return Compare(relation.gts, relation.lts, setting, isinstance(relation, (sp.Gt, sp.Lt)))
    return Equal(0, 0 if relation is sp.true else 1, setting)


def at_the_start(setting: Setting, begun: dict[Expr, Expr]) -> tuple[Compare | Equal, ...]:
    """That the conditions on what moves hold at the start, so that there is a time at which they do."""
    plain = (sp.false if h.index is not None else h.relation.xreplace(begun) for h in setting.conditions)
    return tuple(premise_of(relation, setting.still) for relation in plain)


def fresh(unknown: Expr, others: tuple[Any, ...], setting: Setting, rule: str) -> None:
    """Hold that a symbol is new to everything that it is set against.

    Raises:
        ValueError: it is no plain real symbol, or it occurs there.
    """
    variable(unknown, f"the unknown of {rule}")
    if any(part.has(unknown) for part in expressions_in((others, setting))):
        raise ValueError(
            f"the unknown {unknown} of {rule} occurs in what it is set against: take a symbol that does not"
        )


@dataclass(frozen=True)
class ExponentialDecay(Consequence):
    """``f(t) ≤ e^{−ct} f(0)`` for all ``t ≥ 0``, as long as the conditions of the setting last.

    Attributes:
        quantity: ``f``; rate: ``c``; setting: what gives ``f'``.
    """

    quantity: Expr
    rate: Expr
    setting: Setting
    theorem: ClassVar = Theorem("Grönwall's inequality", "Grönwall 1919, differential form", ("Gronwall1919",))

    def __post_init__(self) -> None:
        object.__setattr__(self, "quantity", expression(self.quantity, "the quantity of ExponentialDecay"))
        object.__setattr__(self, "rate", expression(self.rate, "the rate of ExponentialDecay"))
        uncut(self.setting, "ExponentialDecay")

    def premises(self) -> tuple[Any, ...]:
        return (
            at_least(-self.rate * self.quantity, Rate(self.quantity), self.setting),
            conserved(self.rate, self.setting),
            Continuous(self.quantity, self.setting),
        )

    def __str__(self) -> str:
        return with_conditions(f"{self.quantity} decays at least as exp(-({self.rate})*t)", self.setting)


@dataclass(frozen=True)
class KeepsSign(Consequence):
    """A continuous quantity that is nonzero at all times keeps the sign it starts with."""

    quantity: Expr
    setting: Setting
    theorem: ClassVar = Theorem("intermediate value theorem", "Bolzano 1817", ("Bolzano1817",))

    def __post_init__(self) -> None:
        object.__setattr__(self, "quantity", expression(self.quantity, "the quantity of KeepsSign"))
        uncut(self.setting, "KeepsSign")

    def premises(self) -> tuple[Any, ...]:
        return (
            greater(self.quantity**2, 0, self.setting),
            has_value(Rate(self.quantity), self.setting),
            Continuous(self.quantity, self.setting),
        )

    def __str__(self) -> str:
        return with_conditions(f"sign({self.quantity}) is constant in time", self.setting)


@dataclass(frozen=True)
class Solves(Consequence):
    """``unknown(t) = formula(t)`` for all times: both solve one initial value problem.

    Attributes:
        unknown: a symbol of its own; formula: the claimed solution, in quantities whose rates the setting knows.
        field: the right-hand side ``F`` of ``y' = F(y, t)``, written with ``unknown`` for ``y``.
        initial: ``y(0)``; start: values of the moving quantities at time 0.
    """

    unknown: Expr
    formula: Expr
    field: Expr
    initial: Expr
    start: tuple[tuple[Expr, Expr], ...]
    setting: Setting
    theorem: ClassVar = Theorem(
        "Picard–Lindelöf theorem", "uniqueness of the solution of an initial value problem", ("Teschl2012",)
    )

    def __post_init__(self) -> None:
        for name in ("formula", "field", "initial"):
            object.__setattr__(self, name, expression(getattr(self, name), f"the {name} of Solves"))
        fresh(self.unknown, (self.formula, self.initial, self.start), self.setting, "Solves")
        uncut(self.setting, "Solves")
        start_of(self.start, self.setting, "Solves")

    def premises(self) -> tuple[Any, ...]:
        begun = start_of(self.start, self.setting, "Solves")
        along = self.field.xreplace({self.unknown: self.formula})
        there = self.setting.given(Hypothesis("on the solution", sp.Eq(self.unknown, self.formula)))
        return (
            Equal(Rate(self.formula), along, self.setting),
            Equal(self.formula.xreplace(begun), self.initial, self.setting.still),
            conserved(self.initial, self.setting),
            # F is Lipschitz in y, without which y is not unique; with y in place, so that no quotient cancels
            *(has_value(f, there) for f in (self.field, sp.diff(self.field, self.unknown)) if f.has(self.unknown)),
            *at_the_start(self.setting, begun),  # the start is among the times at which it is
            Continuous(self.formula, self.setting),
            Continuous(self.field, replace(self.setting, rates=(*self.setting.rates, RateRule(self.unknown, 0)))),
        )

    def necessities(self) -> tuple[tuple[Any, tuple[Any, ...]], ...]:
        """At the start the values agree, and so do their first derivatives."""
        begun = start_of(self.start, self.setting, "Solves")
        first = self.setting.given(*(Hypothesis("at the start", sp.Eq(*start)) for start in begun.items()))
        along = self.field.xreplace({self.unknown: self.formula})
        agreeing = ((self.formula, self.initial), (Rate(self.formula), along), (Rate(Rate(self.formula)), Rate(along)))
        return tuple((Equal(one, other, first), ()) for one, other in agreeing)

    def __str__(self) -> str:
        y = self.unknown
        problem = f"{y}' = {self.field}, {y}(0) = {self.initial}"
        begun = "".join(f", from {what} = {value}" for what, value in self.start if value != 0)
        return with_conditions(f"{y}(t) = {self.formula}, where {problem}{begun}", self.setting)


def with_conditions(conclusion: str, setting: Setting) -> str:
    """A conclusion about later times with the conditions that have to last."""
    conditions = lasting(setting.conditions)
    return f"{conclusion}, {conditions}" if conditions else conclusion


@dataclass(frozen=True)
class Primitive(Consequence):
    """``formula = ∫_0^θ slope``: its derivative is the slope, and it vanishes at 0."""

    theta: Expr
    formula: Expr
    slope: Expr
    setting: Setting
    theorem: ClassVar = Theorem("fundamental theorem of calculus", "a primitive is determined by its value at 0")

    def __post_init__(self) -> None:
        variable(self.theta, "θ of Primitive")
        for name in ("formula", "slope"):
            object.__setattr__(self, name, expression(getattr(self, name), f"the {name} of Primitive"))

    def premises(self) -> tuple[Any, ...]:
        at_zero, everywhere = self.formula.xreplace({self.theta: sp.Integer(0)}), at_every(self.theta, self.setting)
        running = Setting((), (RateRule(self.theta, 1),))
        return (
            Equal(sp.Derivative(self.formula, self.theta), self.slope, everywhere),
            Equal(at_zero, 0, everywhere),
            Continuous(self.slope, running),
        )

    def necessities(self) -> tuple[tuple[Any, tuple[Any, ...]], ...]:
        if any(h.relation.has(self.theta) for h in self.setting.hypotheses):
            return ()  # the premises are about the whole line, and what is said may be about a part of it
        same_slope, at_zero, continuous = self.premises()
        return (same_slope, (continuous,)), (at_zero, ())

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
    theorem: ClassVar = Theorem(
        "zero sets of nonzero polynomials have measure zero", "Caron, Traynor 2005", ("CaronTraynor2005",)
    )

    def __post_init__(self) -> None:
        for name in ("quantity", "polynomial"):
            object.__setattr__(self, name, expression(getattr(self, name), f"the {name} of NullSet"))
        for symbol in sorted(self.quantity.free_symbols | self.polynomial.free_symbols, key=str):
            variable(symbol, "a coordinate of NullSet")
        for symbol, value in self.point:
            variable(symbol, "a coordinate of the point of NullSet")
            if not expression(value, f"the coordinate {symbol} of the point of NullSet").is_Rational:
                raise ValueError(f"the point of NullSet has {symbol} = {value}: give a rational number")

    def premises(self) -> tuple[Any, ...]:
        same = sp.Equivalent(sp.Eq(self.quantity, 0), sp.Eq(self.polynomial, 0))
        away = greater(self.polynomial.xreplace(dict(self.point)) ** 2, 0)
        both = () if same is sp.true else (Holds(same),)  # SymPy has seen that they are one
        return (*both, away, Polynomial(self.polynomial))

    def __str__(self) -> str:
        names = ", ".join(sorted(map(str, self.quantity.free_symbols | self.polynomial.free_symbols)))
        return f"{{{self.quantity} = 0}} has measure zero in the space of ({names})"


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
    theorem: ClassVar = Theorem(
        "KKT conditions suffice for convex problems", "Boyd, Vandenberghe 2004, 5.5.3", ("BoydVandenberghe2004",)
    )

    def __post_init__(self) -> None:
        variable(self.theta, "θ of ConstrainedMinimizer")
        for name in ("slope", "limit", "multiplier", *(() if self.above is None else ("above",))):
            value = expression(getattr(self, name), f"the {name} of ConstrainedMinimizer")
            object.__setattr__(self, name, value)
            if name != "slope" and value.has(self.theta):
                raise ValueError(
                    f"the {name} of ConstrainedMinimizer contains {self.theta}, which runs through the line"
                )

    def premises(self) -> tuple[Any, ...]:
        everywhere = at_every(self.theta, self.setting)
        stationary = Equal(self.slope.xreplace({self.theta: self.limit}), self.multiplier, everywhere)
        convexity = sp.Derivative(self.slope, self.theta)  # at every θ, for a minimum among all of them
        if self.above is None:
            return stationary, greater(convexity, 0, everywhere)
        inside = everywhere.given(Hypothesis("where Q lives", sp.Gt(self.theta, self.above)))
        return stationary, greater(self.limit, self.above, everywhere), greater(convexity, 0, inside)

    def __str__(self) -> str:
        where = "" if self.above is None else f" on {self.theta} > {self.above}"
        return (
            f"θ_∞ = {self.limit} minimizes Q over Xθ = y, with ∇Q = {self.slope}{where}, if Xθ_∞ = y and "
            f"Xᵀν = {self.multiplier}"
        )
