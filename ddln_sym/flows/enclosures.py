"""Trajectories in balls: θ, ξ, the layers, the metric and the loss at every time, with proved radii."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

from flint import arb

from ddln_sym.flows.coordinates import Coordinate
from ddln_sym.flows.enclosed_states import EnclosedState, layers_of, metric_of, sign_of
from ddln_sym.flows.error_bounds import PARTS, BoundedStep, EnclosureError, Substep, bound_steps
from ddln_sym.flows.events import Event, between
from ddln_sym.flows.limits import Limit, limit_from
from ddln_sym.flows.local_bounds import Curve, Local, TooCoarse, largest
from ddln_sym.flows.losses import Loss
from ddln_sym.flows.model_bounds import bound_registers
from ddln_sym.flows.units import Units
from ddln_sym.numerics import BOUND_BITS, ball, precision, read_number, spell_number, square
from ddln_sym.taylor import Program, Solution

__all__ = ["Enclosure", "SignChange"]

#: Bits beyond those of the polynomials, so that evaluating them does not widen the balls.
SPARE_BITS = 20
#: Why a sign is not told.
TOGETHER = "are too close to zero together to tell a sign; enclose the flow with more digits"
LATER = "enclose the flow with more digits, or until another time"


@dataclass(frozen=True)
class SignChange:
    """The layer of least modulus of a coordinate changes sign: once between two times, and there alone.

    Attributes:
        coordinate, layer: places, counted from 1. after, before: times, as fractions.
    """

    coordinate: int
    layer: int
    after: Fraction
    before: Fraction

    @property
    def time(self) -> Any:
        """The time at which it happens, a ball."""
        return between(self.after, self.before)


class Enclosure:
    """Balls (``flint.arb``) that contain a flow from time 0 to :attr:`end`, at any time in between.

    Args:
        loss, coordinates: of the flow. solution: of its :class:`ddln_sym.flows.systems.ReducedSystem`; however wrong it
            may be, the balls are right. digits: what was asked for. units: those in which it is computed.
    Attributes:
        problem: the loss. end: the last time, as a fraction.
    Raises:
        EnclosureError: the error of the solution cannot be bounded.
    Source: the argument stands in :mod:`ddln_sym.flows.error_bounds`.

    >>> from ddln_sym.flows.losses import SquaredLoss
    >>> from ddln_sym.flows import GradientFlow
    >>> box = GradientFlow(SquaredLoss([[1]], [2]), [[0], [1]]).enclose(until=1, digits=20)
    >>> print(box.theta(1)[0].str(18, radius=False))
    1.99652479238814213
    """

    def __init__(
        self,
        loss: Loss,
        coordinates: Sequence[Coordinate],
        solution: Solution,
        digits: int,
        units: Units | None = None,
    ) -> None:
        units = units or Units(loss, tuple(coordinates))
        self.problem, self.digits, self.end = loss, digits, units.from_time(solution.end)
        self._coordinates, self._bits = coordinates, solution.precision.bits + SPARE_BITS
        self._active = [i for i, c in enumerate(coordinates) if not c.frozen]
        with units.telling_times():
            steps = bound_steps(units.loss, units.coordinates, solution)
        curves = [Curve(coordinates[i]) for i in self._active]
        self._steps = [units.restore(step, curves) for step in steps]
        self._least_xi = arb((1, max(0, units.xi)))

    def __repr__(self) -> str:
        return f"Enclosure(until {spell_number(self.end, 6)}, {self.digits} digits, {len(self._steps)} steps)"

    @property
    def until(self) -> Any:
        """The last time, as a ball."""
        with precision(self._bits):
            return ball(self.end)

    # -- where a time lies ---------------------------------------------------------------------------
    def _place(self, t: Any) -> EnclosedState | None:
        """The step and the part of a time; None for a flow that has no steps."""
        time = read_number(t, "t")
        # A float just above a decimal fraction is meant to be that fraction, as in a Trajectory.
        if not 0 <= time <= self.end * (1 + Fraction(1, 2**48)):
            raise ValueError(f"t is {t}: the enclosure runs from 0 to {spell_number(self.end)}")
        time = min(time, self.end)
        if not self._steps:
            return None
        step = self._steps[bisect_right(self._steps, time, key=lambda step: step.begin) - 1]
        part = step.parts[bisect_left(step.parts, time, key=lambda part: part.end)]
        return EnclosedState(step, part, ball((time - step.begin) / step.length))

    def _theta(self, place: EnclosedState | None) -> list[Any]:
        """θ, which is 0 where two layers are."""
        if place is None:
            return [ball(c.theta) for c in self._coordinates]
        found = [arb(0)] * len(self._coordinates)
        for n, i in enumerate(self._active):
            found[i] = place.theta(n)
        return found

    def _columns(self, place: EnclosedState | None) -> list[list[Any]]:
        """The layers, coordinate by coordinate."""
        found = [[ball(u) for u in c.start] for c in self._coordinates]
        if place is None:
            return found
        for n, i in enumerate(self._active):
            found[i] = layers_of(self._coordinates[i], place.theta(n), place.w(n))
        return found

    # -- what is asked -------------------------------------------------------------------------------
    def theta(self, t: Any) -> tuple[Any, ...]:
        """``θ(t)``, d balls."""
        with precision(self._bits):
            return tuple(self._theta(self._place(t)))

    def layers(self, t: Any) -> tuple[tuple[Any, ...], ...]:
        """``u^1(t), …, u^L(t)``: L rows of d balls."""
        with precision(self._bits):
            return tuple(zip(*self._columns(self._place(t)), strict=True))

    def xi(self, t: Any) -> tuple[Any, ...]:
        """``ξ(t) = −∫_0^t ∇𝓛(θ(s)) ds``, d balls."""
        with precision(self._bits):
            place = self._place(t)
            return (arb(0),) * len(self._coordinates) if place is None else place.xi()

    def loss(self, t: Any) -> Any:
        """``𝓛(θ(t))``, a ball."""
        with precision(self._bits):
            return self.problem.ball(self._theta(self._place(t)))

    def bound(self, t: Any) -> Any:
        """``𝓛* + e^{−2σμt}(𝓛(θ(0)) − 𝓛*)``, the right side of (15) with ``𝓛*`` added, a ball.

        Raises:
            ValueError: (𝒜) does not hold, so σ = 0, or the loss has no Polyak–Łojasiewicz constant.

        >>> from ddln_sym.flows.losses import SquaredLoss
        >>> from ddln_sym.flows import GradientFlow
        >>> box = GradientFlow(SquaredLoss([[1]], [2]), [[0], [1]]).enclose(until=1, digits=20)
        >>> bool(box.loss(1) < box.bound(1)), box.bound(1).str(5, radius=False)
        (True, '0.073263')
        """
        if any(coordinate.tied for coordinate in self._coordinates):
            raise ValueError("(𝒜) does not hold: several layers share the least modulus in a coordinate")
        sigma, least = min(coordinate.sigma for coordinate in self._coordinates), self.problem.exact_minimum
        mu = self.problem.polyak_lojasiewicz_ball(self._bits)
        with precision(self._bits):
            first = self.problem.ball([ball(c.theta) for c in self._coordinates]) - ball(least)
            return ball(least) + (-2 * ball(sigma * read_number(t, "t")) * mu).exp() * first

    def metric(self, t: Any) -> tuple[Any, ...]:
        """``M_i(t) = Σ_j ∏_{k≠j} u^k_i(t)²``, the diagonal of the matrix in (12), d balls."""
        with precision(self._bits):
            return tuple(metric_of(column) for column in self._columns(self._place(t)))

    def limit(self) -> Limit:
        """Balls around the limits of θ and ξ, which are thereby proved to exist.

        Raises:
            NoLimit: that cannot be proved, perhaps because the end is too early.

        >>> from ddln_sym.flows.losses import SquaredLoss
        >>> from ddln_sym.flows import GradientFlow
        >>> box = GradientFlow(SquaredLoss([[1]], [2]), [[0], [1]]).enclose(until=12, digits=30)
        >>> (limit,) = box.limit().theta
        >>> limit.contains(2), limit.rad() < 1e-30
        (True, True)
        """
        with precision(self._bits):
            place = self._place(self.end)
            squares = [ball(c.start[c.least] ** 2) for c in self._coordinates]
            for n, i in enumerate(self._active if place is not None else ()):
                squares[i] = place.w(n)  # type: ignore[union-attr]
            return limit_from(self.problem, self._coordinates, self._theta(place), squares, self.xi(self.end))

    def lost_digits(self) -> int:
        """How many of the digits asked for the radii do not prove, at the worst end of a step.

        A layer's are relative to the largest layer of its coordinate, and ξ's to its largest entry, or to 1, or, for
        layers of size ``a`` throughout, to ``a^{2−L}``.
        """
        worst = arb(0)
        with precision(self._bits):
            for step in self._steps:
                place = EnclosedState(step, step.parts[-1], arb(1))
                for group in (*self._columns(place), (*place.xi(), self._least_xi)):
                    radius = largest([u.rad() for u in group])
                    if radius != 0:
                        worst = worst.max(radius / largest([abs(u) for u in group]))
            if worst == 0:
                return 0
            found = (worst.log() / arb(10).log()).upper()
            return max(0, ceil(float(found)) + self.digits) if found.is_finite() else self.digits

    def least_rate(self) -> Any:
        """A lower bound of ``⟨∇𝓛, M∇𝓛⟩/(𝓛 − 𝓛*)``, the rate at which the loss decays, over all the time enclosed.

        On each piece of time it is the larger of the quotient itself and of ``2μ·min M``.

        Raises:
            ValueError: there is no ``𝓛*``, as for a negative weight, or it is not known.

        >>> from ddln_sym.flows.losses import SquaredLoss
        >>> from ddln_sym.flows import GradientFlow
        >>> flow = GradientFlow(SquaredLoss([[1]], [2]), [[0], [1]])  # 2σμ = 4
        >>> round(float(flow.enclose(until=1, digits=20).least_rate()), 4)
        4.0
        """
        found = arb("inf")
        try:
            mu = self.problem.polyak_lojasiewicz_ball()
        except ValueError:
            mu = arb(0)
        with precision(BOUND_BITS):
            minimum = ball(self.problem.exact_minimum)
            for step, part, begin, end in self._quarters():
                inner = step.inner(begin, end)
                found = found.min(self._rate_on(step, part, inner, minimum, mu))
            return found.lower()

    def _rate_on(self, step: BoundedStep, part: Substep, inner: Any, minimum: Any, mu: Any) -> Any:
        """The same on one piece of time; 0, which is always right, where nothing better is known."""
        theta, speed, least = [arb(0)] * len(self._coordinates), arb(0), arb("inf")
        for n, i in enumerate(self._active):
            models = step.models[n]
            try:
                local = Local(models, inner, careful=len(step.parts) > PARTS)
                local.bound_within(part.theta[n])
            except TooCoarse:
                return arb(0)
            theta[i] = models.theta.range(inner) + arb(0, part.theta[n])
            speed += local.least * square(models.force.range(inner) + arb(0, part.force[n]))
            least = least.min(local.least)
        left = (self.problem.ball(theta) - minimum).upper()
        if left <= 0:
            return arb("inf")
        bounds = [speed / left]
        if len(self._active) == len(theta):
            bounds.append(2 * mu * least)
        found = arb(0)
        for bound in bounds:
            if bound > 0:  # a ball that is no number is not
                found = found.max(bound.lower())
        return found

    # -- events --------------------------------------------------------------------------------------
    def events(self, expression: Any) -> tuple[Event, ...]:
        """Every time after 0 and until the end at which an expression vanishes, each with proved bounds.

        Args:
            expression: of ``theta_1, …``, ``xi_1, …`` and the layers ``u1_1, …``, that is ``u^j_i`` by the name
                ``uj_i``; an expression of SymPy, or a text.
        Raises:
            ValueError: it speaks of something else.
            EventError: it and its rate come too close to zero together.

        >>> from ddln_sym.flows.losses import SquaredLoss
        >>> from ddln_sym.flows import GradientFlow
        >>> box = GradientFlow(SquaredLoss([[1]], [2]), [["-0.5"], [1]]).enclose(until=1, digits=20)
        >>> [(event.time.str(8, radius=False), event.direction) for event in box.events("u1_1 + u2_1 - 1")]
        [('0.16076929', 1)]
        """
        from ddln_sym.flows.event_search import events_of  # with SymPy

        return events_of(_MovingLayers(self), expression)

    # -- signs ---------------------------------------------------------------------------------------
    def sign_changes(self) -> tuple[SignChange, ...]:
        """Every change of sign of a layer between time 0 and the end, each between two times close together.

        The others are proved not to change sign: ``u_k² = w + Δ_k`` is positive for all but the layer of least
        modulus, and where that one, which is zero where θ_i is, could vanish, ``θ_i' = −M_i g_i`` has one sign.
        A layer that starts at zero leaves it, which is no change of sign.

        Raises:
            EnclosureError: θ_i and g_i come too close to zero together, or θ_i is too close to zero at the end.
        Source: Proposition 1.2.

        >>> from ddln_sym.flows.losses import SquaredLoss
        >>> from ddln_sym.flows import GradientFlow
        >>> box = GradientFlow(SquaredLoss([[1]], [2]), [["-0.5"], [1]]).enclose(until=1, digits=20)
        >>> [(change.layer, f"{float(change.after):.6f}") for change in box.sign_changes()]
        [(1, '0.123795')]
        """
        found = []
        for n, i in enumerate(self._active):
            coordinate = self._coordinates[i]
            if coordinate.tied:  # none of its layers can reach zero
                continue
            time, sign = Fraction(0), (coordinate.theta > 0) - (coordinate.theta < 0)
            for next_time, next_sign in self._signs(n):
                if sign * next_sign < 0:
                    after, before = self._narrow(n, time, next_time, sign)
                    found.append(SignChange(i + 1, coordinate.least + 1, after, before))
                time, sign = next_time, next_sign
        return tuple(found)

    def _quarters(self) -> Iterator[tuple[BoundedStep, Substep, Fraction, Fraction]]:
        """The time in short pieces, each with where it lies."""
        for step in self._steps:
            begin = step.begin
            for part in step.parts:
                width = (part.end - begin) / 4
                for _ in range(4):
                    yield step, part, begin, begin + width
                    begin += width

    def _signs(self, n: int) -> Iterator[tuple[Fraction, int]]:
        """Times with the sign of θ_i there: between two of them θ_i is monotone until it has the sign of the later."""
        direction = 0
        for step, part, begin, end in self._quarters():
            inner = step.inner(begin, end)
            with precision(BOUND_BITS):
                sign = sign_of(step.models[n].theta.range(inner) + arb(0, part.theta[n]))
                force = 0 if sign else sign_of(step.models[n].force.range(inner) + arb(0, part.force[n]))
            if sign:
                yield end, sign
            elif not force or direction * force < 0:
                raise EnclosureError(begin, f"θ_{self._active[n] + 1} and its slope {TOGETHER}")
            direction = force
        if direction:
            last = sign_of(self.theta(self.end)[self._active[n]])
            if not last:
                raise EnclosureError(self.end, f"θ_{self._active[n] + 1} is too close to zero for a sign; {LATER}")
            yield self.end, last

    def _narrow(self, n: int, after: Fraction, before: Fraction, sign: int) -> tuple[Fraction, Fraction]:
        """Times closer together around the one zero of θ_i between two times; it has the sign given at the first."""
        for _ in range(self._bits):  # until the balls themselves leave the sign open
            middle = (after + before) / 2
            with precision(self._bits):
                place = self._place(middle)
                found = sign_of(place.theta(n)) if place else 0
            if not found:
                break
            after, before = (middle, before) if found == sign else (after, middle)
        return after, before


class _MovingLayers:
    """The layers, θ and ξ of an enclosed flow by name: what events are found in."""

    def __init__(self, box: Enclosure) -> None:
        self._box, self.bits = box, box._bits
        self._sizes = range(1, len(box._coordinates) + 1), range(1, len(box._coordinates[0].start) + 1)
        self.names = [f"{name}_{i}" for name in ("theta", "xi") for i in self._sizes[0]]
        self.names += [f"u{j}_{i}" for j in self._sizes[1] for i in self._sizes[0]]
        self.meanings: dict[str, Any] = {}
        self._program = Program(len(box._coordinates))
        self._slopes = box.problem.slopes(self._program, {n: n for n in range(len(box._coordinates))})

    def pieces(self) -> Iterator[tuple[Fraction, Fraction]]:
        yield from ((begin, end) for _, _, begin, end in self._box._quarters())

    def start(self) -> dict[str, Any]:
        import sympy as sp

        def number(value: Fraction) -> Any:
            return sp.Rational(value.numerator, value.denominator)

        found = {f"xi_{i}": sp.Integer(0) for i in self._sizes[0]}
        for i, coordinate in enumerate(self._box._coordinates, 1):
            found[f"theta_{i}"] = number(coordinate.theta)
            found |= {f"u{j}_{i}": number(u) for j, u in enumerate(coordinate.start, 1)}
        return found

    def values(self, begin: Fraction, end: Fraction) -> dict[str, Any]:
        box = self._box
        place = box._place(end)
        if place is not None and begin < end:
            place = EnclosedState(place.step, place.part, place.step.inner(begin, end))
        theta, columns = box._theta(place), box._columns(place)
        xi = (arb(0),) * len(theta) if place is None else place.xi()
        forces = [bound_registers(self._program, theta)[r] for r in self._slopes]
        for n, i in enumerate(box._active if place is not None else ()):
            forces[i] = place.step.models[n].force.at(place.inner) + arb(0, place.part.force[n])  # type: ignore[union-attr]
        found = {f"theta_{i}": t for i, t in enumerate(theta, 1)} | {f"xi_{i}": x for i, x in enumerate(xi, 1)}
        found |= {f"u{j}_{i}": u for i, column in enumerate(columns, 1) for j, u in enumerate(column, 1)}
        return found | {f"force {i}": force for i, force in enumerate(forces, 1)}

    def rates(self, values: Mapping[str, Any]) -> dict[str, Any]:
        found = {}
        for i in self._sizes[0]:
            force, column = values[f"force {i}"], [values[f"u{j}_{i}"] for j in self._sizes[1]]
            found[f"xi_{i}"] = -force
            found[f"theta_{i}"] = -metric_of(column) * force
            for j in self._sizes[1]:
                others = arb(1)
                for k, u in enumerate(column, 1):
                    others *= u if k != j else 1
                found[f"u{j}_{i}"] = -others * force
        return found
