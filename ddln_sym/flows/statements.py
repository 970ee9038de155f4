"""Statements about one flow given in numbers, decided in balls that provably contain it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any, ClassVar

import sympy as sp
from flint import arb

from ddln_sym.flows.enclosures import Enclosure
from ddln_sym.flows.gradient_flow import GradientFlow
from ddln_sym.numerics import ball, count_of, decimal
from ddln_sym.statements import Ball, Theorem, Validated, Witness, WitnessKind

__all__ = ["ChangesSigns", "ConvergesTo", "DecaysAtRate"]

#: Digits of the balls, where a statement does not ask for more.
DIGITS = 20
#: A fraction with a larger denominator is written with ten decimal digits.
SHORT = 1000
METHOD = Theorem(
    "validated Taylor integration", "ddln_sym.flows.error_bounds; Grönwall's inequality", ("Gronwall1919",)
)

Answer = tuple[bool | None, str, Witness | None]


@dataclass(frozen=True)
class _Numbers:
    """What a flow is given by: two flows with the same numbers are one, and a flow that was changed is another."""

    flow: GradientFlow = field(compare=False)
    data: tuple[str, ...]

    @classmethod
    def of(cls, flow: GradientFlow) -> _Numbers:
        given = sorted(f"{name}={value!r}" for name, value in vars(flow.loss).items() if not name.startswith("_"))
        return cls(flow, (type(flow.loss).__qualname__, repr(flow.start), *given))


@lru_cache(maxsize=8)
def _enclosure(numbers: _Numbers, until: Fraction, digits: int) -> Enclosure:
    return numbers.flow.enclose(until, digits)


def _enclose_flow(flow: GradientFlow, until: Fraction, digits: int) -> Enclosure:
    return _enclosure(_Numbers.of(flow), until, digits)


def _no(values: dict[str, Any], *places: tuple[Any, Any]) -> Answer:
    return False, "", Witness(places, tuple(values.items()), WitnessKind.BALLS)


def _round_down(value: arb) -> str:
    """Six digits of a number just below a positive one."""
    if not value.is_finite():
        return "any number"  # the loss is at its minimum
    return decimal(value * arb("0.99999"), 6)[0]


@dataclass(frozen=True)
class ChangesSigns(Validated):
    """Exactly these layers change sign between time 0 and ``until``, each once.

    Attributes:
        flow: the flow. until: a time. layers: pairs ``(j, i)`` for the layers ``u^j_i``, counted from 1.

    >>> from ddln_sym.kernel import decide
    >>> from ddln_sym.flows.losses import SquaredLoss
    >>> flow = GradientFlow(SquaredLoss([[1]], [2]), [["-0.5"], [1]])
    >>> decide(ChangesSigns(flow, Fraction(1), frozenset({(1, 1)}))).verdict.value
    'proved'
    >>> print(decide(ChangesSigns(flow, Fraction(1), frozenset())).witness)
    u^1_1 = changes sign at t = 0.12379550 ± 3.2e-9
    """

    flow: GradientFlow
    until: Fraction
    layers: frozenset[tuple[int, int]]
    method: ClassVar = METHOD

    def decided(self) -> Answer:
        try:
            changes = _enclose_flow(self.flow, self.until, DIGITS).sign_changes()
        except ArithmeticError as error:
            return None, str(error), None
        times = {(c.layer, c.coordinate): " ± ".join(decimal(c.time, 8)) for c in changes}
        if len(times) == len(changes) and times.keys() == self.layers:
            listed = ", ".join(f"$u^{j}_{i}$ at $t = {t}$" for (j, i), t in sorted(times.items()))
            return True, listed or "no layer changes sign", None
        wrong = {f"u^{j}_{i}": f"changes sign at t = {times[j, i]}" for j, i in sorted(times.keys() - self.layers)}
        wrong |= {f"u^{j}_{i}": "keeps its sign" for j, i in sorted(self.layers - times.keys())}
        often = Counter((c.layer, c.coordinate) for c in changes)
        wrong |= {f"u^{j}_{i}": f"changes sign {n} times" for (j, i), n in sorted(often.items()) if n > 1}
        return _no(wrong)

    def __str__(self) -> str:
        named = ", ".join(f"$u^{j}_{i}$" for j, i in sorted(self.layers)) or "no layer"
        return f"until $t = {self.until}$ exactly these change sign, once each: {named}"


@dataclass(frozen=True)
class DecaysAtRate(Validated):
    """``𝓛(θ(t)) − 𝓛* ≤ e^{−rate·t}(𝓛(θ(0)) − 𝓛*)`` for all ``0 ≤ t ≤ until``.

    Decided by ``⟨∇𝓛, M∇𝓛⟩ ≥ rate·(𝓛 − 𝓛*)`` on every piece of time, from which it follows.

    Attributes:
        flow: the flow. until: a time. rate: a number; with ``2σμ`` this is (15).
    """

    flow: GradientFlow
    until: Fraction
    rate: Fraction
    method: ClassVar = METHOD

    def decided(self) -> Answer:
        try:
            box = _enclose_flow(self.flow, self.until, DIGITS)
            least = box.least_rate()
        except (ArithmeticError, ValueError) as error:
            return None, str(error), None
        if least >= ball(self.rate):
            return True, f"the logarithmic rate is at least {_round_down(least)} all the time", None
        minimum = ball(box.problem.exact_minimum)
        left, first = box.loss(self.until) - minimum, box.loss(0) - minimum
        allowed = (-ball(self.rate * self.until)).exp() * first
        if left > allowed:
            values = {"𝓛 − 𝓛*": Ball.of(left, 8), "bound": Ball.of(allowed, 8)}
            return _no(values, (sp.Symbol("t"), sp.Rational(self.until)))
        return None, f"the logarithmic rate is only known to be at least {_round_down(least)}", None

    def __str__(self) -> str:
        return f"until $t = {self.until}$ the loss decays at the rate {self.rate} at least"


@dataclass(frozen=True)
class ConvergesTo(Validated):
    """θ(t) has a limit, and each entry of it is within ``radius`` of the point.

    Attributes:
        flow: the flow. until: how long it is followed before its limit is bounded. point: d numbers.
    """

    flow: GradientFlow
    until: Fraction
    point: tuple[Fraction, ...]
    radius: Fraction
    method: ClassVar = METHOD

    def __post_init__(self) -> None:
        if len(self.point) != self.flow.loss.dimension:
            raise ValueError(
                f"point has {count_of(len(self.point), 'entry')}: expected {self.flow.loss.dimension}, as many as θ"
            )

    def decided(self) -> Answer:
        try:
            limit = _enclose_flow(self.flow, self.until, DIGITS).limit()
        except ArithmeticError as error:
            return None, str(error), None
        distances = [abs(x - ball(p)) for x, p in zip(limit.theta, self.point, strict=True)]
        for i, (x, distance) in enumerate(zip(limit.theta, distances, strict=True), 1):
            if distance > ball(self.radius):
                return _no({f"limit of θ_{i}": Ball.of(x, 10)})
        if all(distance <= ball(self.radius) for distance in distances):
            shown = ", ".join(" ± ".join(decimal(x, 10)) for x in limit.theta)
            return True, f"the limit is ${shown}$", None
        return None, "the limit is not known well enough", None

    def __str__(self) -> str:
        named = ", ".join(str(p) if p.denominator < SHORT else decimal(ball(p), 10)[0] + "…" for p in self.point)
        return f"$θ(t)$ converges to $({named})$, up to ${decimal(ball(self.radius), 2)[0]}$"
