"""The gradient flow of a loss of any parametrization: integrated, followed to a minimum, enclosed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from math import ceil
from typing import Any

import sympy as sp
from flint import arb, fmpq
from mpmath import mp
from mpmath.libmp import dps_to_prec, from_man_exp

from ddln_sym.flows.error_bounds import EnclosureError
from ddln_sym.flows.event_search import events_of
from ddln_sym.flows.events import Event
from ddln_sym.flows.losses import Loss
from ddln_sym.flows.model_bounds import BoundedSegment, bound_rates, bound_solution
from ddln_sym.flows.model_programs import ModelProgram
from ddln_sym.flows.product_rates import bound_loss
from ddln_sym.flows.trajectories import read_time
from ddln_sym.models import Parametrization, evaluate, read_start
from ddln_sym.numerics import (
    START_BITS,
    Settled,
    ball,
    count_of,
    precision,
    read_number,
    read_sequence,
    read_switch,
    read_vector,
    round_to_bits,
    to_fraction,
    to_mpf,
    whole_digits,
)
from ddln_sym.statements import expression
from ddln_sym.taylor import (
    MAX_BITS,
    MAX_STEPS,
    Limits,
    NoConvergence,
    Number,
    Precision,
    Solution,
    guard,
    magnitude,
    solve,
    with_enough_bits,
)

__all__ = ["ModelEnclosure", "ModelFlow", "ModelTrajectory"]

#: Digits beyond those asked for.
SPARE_DIGITS = 2
#: The same in bits, of a bound.
SPARE_BITS = 32
#: Errors that cannot be bounded with this many times the digits are given up; at least so many are tried.
MOST_CARRIED, FEWEST_CARRIED = 8, 15
#: A float just above a decimal fraction is meant to be that fraction.
FLOAT = Fraction(1, 2**48)


class ModelFlow(Settled):
    """``w' = −J_Gᵀ∇𝓛(G(w))`` for a parametrization G; made by :class:`GradientFlow`, which see for the arguments.

    Attributes:
        loss, net: 𝓛 and G. start: w(0), D fractions. velocity: w'(0) of the heavy ball.
    """

    def __init__(
        self,
        loss: Loss,
        net: Parametrization,
        start: Any,
        decay: Any = 0,
        friction: Any = None,
        velocity: Any = None,
        backwards: bool = False,
        metric: Any = None,
    ) -> None:
        if net.schematic:
            raise ValueError("the depth or the dimension of G is a symbol: a flow is of whole numbers")
        if loss.dimension != len(net.components):
            raise ValueError(
                f"the loss takes {count_of(loss.dimension, 'number')}, "
                f"and G has {count_of(len(net.components), 'component')}"
            )
        if start is None:
            raise ValueError(
                f"start is missing: expected {count_of(len(net.variables), 'number')}, one for each parameter of G"
            )
        self.loss, self.net = loss, net
        self.start = tuple(Fraction(int(v.p), int(v.q)) for v in read_start(net, start))
        self.friction = None if friction is None else read_number(friction, "friction")
        if self.friction is not None and self.friction < 0:
            raise ValueError(f"friction is {friction}: expected a number of at least 0")
        if velocity is not None and self.friction is None:
            raise ValueError("velocity is given without friction: only the heavy ball starts with a velocity")
        self.velocity = read_vector([0] * len(self.start) if velocity is None else velocity, "velocity")
        if len(self.velocity) != len(self.start):
            raise ValueError(f"velocity has {count_of(len(self.velocity), 'number')}, and G takes {len(self.start)}")
        entries = None
        if metric is not None:
            given = read_sequence(metric, "metric", f"{len(self.start)} expressions of the parameters, its diagonal")
            entries = [expression(entry, "an entry of metric") for entry in given]
        if entries is not None:
            if len(entries) != len(self.start) or any(e.free_symbols - set(net.variables) for e in entries):
                raise ValueError(f"metric has to be {len(self.start)} expressions of the parameters, its diagonal")
            if self.friction is not None:
                raise ValueError("friction and metric are given: the heavy ball moves in the plain metric")
        shrinking = read_number(decay, "decay")
        inverted = read_switch(backwards, "backwards")
        self.built = ModelProgram(net, loss, shrinking, self.friction, inverted, entries)
        self._plain = self.friction is None and not shrinking and not inverted and entries is None
        self._check_start()

    def _check_start(self) -> None:
        """Refuse a start at which G, its gradient or the loss has no value."""
        self.built.extras_at(self.start, START_BITS)
        if self.loss.through_data:
            return
        with precision(2 * START_BITS):
            values = {v: [ball(x)] for v, x in zip(self.net.variables, self.start, strict=True)}
            value = self.loss.ball([evaluate(c, values)[0] for c in self.net.components])
        if not value.is_finite():
            raise ValueError(f"start is a pole of {self.loss}, or outside its domain")

    def bound(self, t: Any, bits: int) -> Any:
        """What the loss is at most at a time, a ball, by (15); see :func:`ddln_sym.flows.product_rates.bound_loss`.

        Raises:
            ValueError: it says nothing of this flow.
        """
        if not self._plain:
            raise ValueError("(15) is about plain gradient flow, without decay, friction or a metric, forwards in time")
        return bound_loss(self.loss, self.net, self.start, t, bits)

    def __repr__(self) -> str:
        return f"GradientFlow({self.loss!r}, {self.net})"

    def _repr_latex_(self) -> str:
        from ddln_sym import _html

        return _html.model_flow(self)

    def integrate(
        self,
        until: Any,
        digits: int = 30,
        progress: Callable[[float], object] | None = None,
        at: Any = None,
        dense: bool = True,
        max_steps: int = MAX_STEPS,
        max_bits: int = MAX_BITS,
    ) -> ModelTrajectory:
        """The trajectory from time 0.

        Args:
            until: the last time. digits: decimal digits that shall be correct, relative to the largest unknown.
            progress: is told the time reached after each step.
            at, dense: which times can be asked for afterwards, as in :meth:`GradientFlow.integrate`.
            max_steps, max_bits: how many steps, and bits for the growth of errors, it may take.
        Raises:
            ValueError: a time or digits that are refused. BlowUpError: the flow leaves every bound before that time.
            NoConvergence, PrecisionError: it would take more steps, memory, or bits than it may.
        """
        end, count = read_time(until, "until"), whole_digits(digits)
        moments = None if at is None else [read_time(t, "at") for t in read_sequence(at, "at", "times")]
        if moments is not None and any(t > end for t in moments):
            raise ValueError(f"at has a time after until, which is {float(end):.15g}")
        kept = moments if moments is not None else None if read_switch(dense, "dense") else []
        return self._run(end, count, progress, Limits(max_steps, max_bits), None, kept)

    def converge(
        self,
        tolerance: Any,
        digits: int = 30,
        longest: Any = 1000,
        progress: Callable[[float], object] | None = None,
        dense: bool = True,
        max_steps: int = MAX_STEPS,
        max_bits: int = MAX_BITS,
    ) -> ModelTrajectory:
        """The trajectory up to a time at which ``𝓛(θ) − 𝓛* ≤ tolerance``.

        Args, Raises: as in :meth:`GradientFlow.converge`.
        """
        allowed, count, end = read_number(tolerance, "tolerance"), whole_digits(digits), read_time(longest, "longest")
        if allowed <= 0:
            raise ValueError(f"tolerance is {tolerance}: expected a positive number")
        bits = dps_to_prec(count)
        limit = round_to_bits(allowed, bits)
        if self.loss.excess(self._theta(self.start, bits), bits) <= limit:
            end = Fraction(0)
        kept: list[Fraction] | None = None if read_switch(dense, "dense") else []
        trajectory = self._run(end, count, progress, Limits(max_steps, max_bits), limit, kept)
        if trajectory.excess(trajectory.end) > limit:
            raise NoConvergence(trajectory.end, f"𝓛 − 𝓛* is still above {tolerance}")
        return trajectory

    def enclose(
        self,
        until: Any,
        digits: int = 30,
        progress: Callable[[float], object] | None = None,
        max_steps: int = MAX_STEPS,
        max_bits: int = MAX_BITS,
    ) -> ModelEnclosure:
        """The trajectory in balls that provably contain it.

        The defect of every Taylor polynomial is bounded in Taylor models, and what it comes to by Grönwall's inequality
        with the logarithmic norm of the Jacobian in balls.

        Args:
            until: the last time. digits: digits that the radii shall prove, relative to the largest unknown.
            progress: is told the time reached after each step.
        Raises:
            EnclosureError: the error could not be bounded, however many digits were carried.
        """
        end, count = read_time(until, "until"), whole_digits(digits)
        carried, most = count + 1, MOST_CARRIED * max(count, FEWEST_CARRIED)
        while True:
            trajectory = self._run(end, carried, progress, Limits(max_steps, max_bits))
            try:
                box = ModelEnclosure(trajectory, count)
                lost = box.lost_digits
                if lost <= 0:
                    return box
                wanted = carried + lost + 1
            except EnclosureError:
                if carried >= most:
                    raise
                wanted = max(2 * carried, FEWEST_CARRIED)
            if carried >= most:
                raise EnclosureError(end)
            carried = min(wanted, most)

    def _theta(self, parameters: Sequence[Fraction], bits: int) -> list[Fraction]:
        """``G(w)``, exactly where G is polynomial, otherwise to so many bits and some more."""
        with precision(bits + 64):
            balls = [arb(fmpq(x.numerator, x.denominator)) for x in parameters]
            return [to_fraction(value.mid().fmpq()) for value in self._theta_ball(balls)]

    def _theta_ball(self, parameters: Iterable[Any]) -> list[Any]:
        """``G(w)`` at D balls."""
        values = {v: [x] for v, x in zip(self.net.variables, parameters, strict=True)}
        return [evaluate(c, values)[0] for c in self.net.components]

    def _run(
        self,
        end: Fraction,
        digits: int,
        progress: Callable[[float], object] | None,
        limits: Limits,
        limit: Any = None,
        at: Sequence[Fraction] | None = None,
    ) -> ModelTrajectory:
        sizes = [magnitude(v) for v in (*self.start, *self.velocity) if v]
        extra = max(0, ceil(-min(sizes, default=0.0))) + self.built.program.degree * max(
            0, ceil(max(sizes, default=0.0))
        )

        def run(more: int, slack: int) -> ModelTrajectory:
            precise = Precision(digits + SPARE_DIGITS, more, slack)
            first = self.built.start(self.start, self.velocity, precise.bits)

            def reached(state: list[Number]) -> bool:
                parameters = [Fraction(int(state[n]), 1 << precise.bits) for n in self.built.parameters]
                bits = dps_to_prec(digits)
                return bool(self.loss.excess(self._theta(parameters, bits), bits) <= limit)

            watch, stop = guard(self.built.program, first, precise, end), None if limit is None else reached
            solution = solve(
                self.built.program, first, end, precise, watch, stop, progress, at, limits.max_steps, relative=True
            )
            return ModelTrajectory(self, solution, digits)

        return with_enough_bits(run, extra, limits.max_bits)


class ModelTrajectory:
    """A flow from time 0 to :attr:`until`, to be asked at any time in between, or at those that were asked for.

    Results are mpf with the digits asked for, relative to the largest unknown; the precision of mpmath is not used.

    Attributes:
        flow: whose trajectory it is. digits: as asked for. end: the last time, a fraction.
    """

    def __init__(self, flow: ModelFlow, solution: Solution, digits: int) -> None:
        self.flow, self.digits, self.end = flow, digits, solution.end
        self._solution, self._bits = solution, solution.precision.bits

    @property
    def dense(self) -> bool:
        """Whether it can be asked at any time."""
        return self._solution.states is None

    def __repr__(self) -> str:
        return f"Trajectory(until {mp.nstr(self.until, 6)}, {self.digits} digits, {self.steps} steps)"

    def _repr_html_(self) -> str:
        from ddln_sym import _html

        return _html.model_trajectory(self)

    @property
    def until(self) -> Any:
        """The last time, as an mpf."""
        return round_to_bits(self.end, dps_to_prec(self.digits))

    @property
    def steps(self) -> int:
        """How many Taylor series the trajectory consists of."""
        return self._solution.count

    def _state(self, t: Any) -> list[Number]:
        time = read_time(t, "t")
        if time > self.end * (1 + FLOAT):
            raise ValueError(f"t is {t}: the trajectory runs from 0 to {mp.nstr(self.until, 15)}")
        return self._solution.at(time)

    def _numbers(self, t: Any, places: range) -> tuple[Any, ...]:
        state, prec = self._state(t), dps_to_prec(self.digits)
        return tuple(mp.make_mpf(from_man_exp(state[n], -self._bits, prec, "n")) for n in places)

    def parameters(self, t: Any) -> tuple[Any, ...]:
        """``w(t)``, D numbers."""
        return self._numbers(t, self.flow.built.parameters)

    def velocity(self, t: Any) -> tuple[Any, ...]:
        """``w'(t)`` of the heavy ball, D numbers."""
        return self._numbers(t, self.flow.built.velocities)

    def xi(self, t: Any) -> tuple[Any, ...]:
        """``ξ(t) = −∫_0^t ∇𝓛(θ(s)) ds``, d numbers."""
        return self._numbers(t, self.flow.built.xi)

    def exact_theta(self, t: Any) -> list[Fraction]:
        """``θ(t) = G(w(t))`` of the parameters that are carried, d fractions."""
        state = self._state(t)
        return self.flow._theta(
            [Fraction(int(state[n]), 1 << self._bits) for n in self.flow.built.parameters], self._bits
        )

    def theta(self, t: Any) -> tuple[Any, ...]:
        """``θ(t)``, d numbers."""
        return tuple(round_to_bits(value, dps_to_prec(self.digits)) for value in self.exact_theta(t))

    def loss(self, t: Any) -> Any:
        """``𝓛(θ(t))``."""
        return self.flow.loss(self.exact_theta(t), dps_to_prec(self.digits))

    def loss_ball(self, t: Any) -> Any:
        """What the digits asked for tell of ``𝓛(θ(t))``, as :meth:`Trajectory.loss_ball`."""
        state = self._state(t)
        with precision(dps_to_prec(self.digits) + SPARE_BITS):
            scale, places = arb(2) ** -self._bits, self.flow.built.parameters
            error = max(abs(int(value)) for value in state) * arb(10) ** -self.digits
            return self.flow.loss.ball(self.flow._theta_ball(scale * arb(int(state[n]), error) for n in places))

    def excess(self, t: Any) -> Any:
        """``𝓛(θ(t)) − 𝓛*``."""
        return self.flow.loss.excess(self.exact_theta(t), dps_to_prec(self.digits))

    def bound(self, t: Any) -> Any:
        """``𝓛* + e^{−2σμt}(𝓛(θ(0)) − 𝓛*)``, the right side of (15) with ``𝓛*`` added.

        Raises:
            ValueError: as :meth:`ModelFlow.bound`.
        """
        bits = dps_to_prec(self.digits)
        return to_mpf(self.flow.bound(t, bits + SPARE_BITS), bits)


class ModelEnclosure:
    """A trajectory in balls that provably contain the flow.

    Attributes:
        trajectory: what is compared with the flow. digits: those that the radii shall prove.
    """

    def __init__(self, trajectory: ModelTrajectory, digits: int) -> None:
        self.trajectory, self.digits = trajectory, digits
        self._segments = bound_solution(
            trajectory.flow.built, trajectory.flow.start, trajectory.flow.velocity, trajectory._solution
        )

    def __repr__(self) -> str:
        return f"Enclosure(until {mp.nstr(self.trajectory.until, 6)}, radius {self.radius.str(3, radius=False)})"

    @property
    def radius(self) -> Any:
        """The largest distance of an unknown from its polynomial, over all times, as a ball."""
        found = arb(0)
        for segment in self._segments:
            found = found.max(segment.distance)
        return found

    @cached_property
    def lost_digits(self) -> int:
        """Digits that the radii lack of those asked for, relative to the largest unknown."""
        if not self._segments:
            return 0
        largest = max((segment.largest for segment in self._segments), default=1.0)
        radius = float(self.radius.log().upper()) / 2.302585 if self.radius > 0 else -float("inf")
        return max(0, ceil(radius + self.digits - largest))

    def _segment(self, time: Fraction) -> BoundedSegment:
        return next((s for s in self._segments if time <= s.end), self._segments[-1])

    def _balls(self, t: Any, places: range) -> tuple[Any, ...]:
        time, trajectory = read_time(t, "t"), self.trajectory
        if time > trajectory.end:
            raise ValueError(f"t is {t}: the enclosure runs from 0 to {mp.nstr(trajectory.until, 15)}")
        with precision(trajectory._bits):
            if not self._segments:
                state = trajectory._solution.start
                return tuple(arb(fmpq(int(state[n]), 1 << trajectory._bits)) for n in places)
            return self._segment(time).balls(time, places)

    def events(self, expression: Any) -> tuple[Event, ...]:
        """Every time after 0 and until the end at which an expression vanishes, each with proved bounds.

        Args:
            expression: of the parameters, ``theta_1, …`` and ``xi_1, …``, and of the velocities by the names
                ``velocity_1, …``; an expression of SymPy, or a text.
        Raises:
            ValueError: it speaks of something else.
            EventError: it and its rate come too close to zero together.

        >>> from ddln_sym.flows.losses import SquaredLoss
        >>> from ddln_sym.flows import GradientFlow
        >>> from ddln_sym.models import two_sided
        >>> box = GradientFlow(SquaredLoss([[1]], [2]), two_sided(1), [1, 0, 0, 1]).enclose(until=1, digits=20)
        >>> [(event.time.str(10, radius=False), event.direction) for event in box.events("theta_1 - 1")]
        [('0.1495073772', 1)]
        """
        return events_of(_MovingModel(self), expression)

    def parameters(self, t: Any) -> tuple[Any, ...]:
        """Balls that contain ``w(t)``."""
        return self._balls(t, self.trajectory.flow.built.parameters)

    def velocity(self, t: Any) -> tuple[Any, ...]:
        """Balls that contain ``w'(t)`` of the heavy ball."""
        return self._balls(t, self.trajectory.flow.built.velocities)

    def xi(self, t: Any) -> tuple[Any, ...]:
        """Balls that contain ``ξ(t)``."""
        return self._balls(t, self.trajectory.flow.built.xi)

    def loss(self, t: Any) -> Any:
        """A ball that contains ``𝓛(θ(t))``."""
        with precision(self.trajectory._bits):
            return self.trajectory.flow.loss.ball(self.theta(t))

    def bound(self, t: Any) -> Any:
        """A ball around the right side of (15) with ``𝓛*`` added.

        Raises:
            ValueError: as :meth:`ModelFlow.bound`.
        """
        return self.trajectory.flow.bound(t, self.trajectory._bits)

    def theta(self, t: Any) -> tuple[Any, ...]:
        """Balls that contain ``θ(t) = G(w(t))``."""
        net = self.trajectory.flow.net
        with precision(self.trajectory._bits):
            values = {v: [x] for v, x in zip(net.variables, self.parameters(t), strict=True)}
            return tuple(evaluate(c, values)[0] for c in net.components)


class _MovingModel:
    """The unknowns of an enclosed flow by name: what events are found in."""

    def __init__(self, box: ModelEnclosure) -> None:
        flow, trajectory = box.trajectory.flow, box.trajectory
        self._box, self._flow, self.bits = box, flow, trajectory._bits
        built = flow.built
        named = zip(map(str, flow.net.variables), built.parameters, strict=True)
        self._places = dict(named)
        for name, places in (("velocity", built.velocities), ("xi", built.xi)):
            self._places |= {f"{name}_{n}": place for n, place in enumerate(places, 1)}
        self.names = list(self._places)
        self.meanings = {f"theta_{n}": c for n, c in enumerate(flow.net.components, 1)}
        self._all = range(built.program.size)

    def pieces(self) -> Iterator[tuple[Fraction, Fraction]]:
        yield from ((segment.begin, segment.end) for segment in self._box._segments)

    def start(self) -> dict[str, Any]:
        numbers = [*self._flow.start, *(self._flow.velocity if self._flow.built.velocities else ())]
        exact = {place: sp.Rational(v.numerator, v.denominator) for place, v in enumerate(numbers)}
        return {name: exact.get(place, sp.Integer(0)) for name, place in self._places.items()}

    def values(self, begin: Fraction, end: Fraction) -> dict[str, Any]:
        if not self._box._segments:
            return {name: ball(Fraction(int(v.p), int(v.q))) for name, v in self.start().items()}
        balls = self._box._segment(end).balls(begin, self._all, end)
        return {name: balls[place] for name, place in self._places.items()} | {"": balls}

    def rates(self, values: Mapping[str, Any]) -> dict[str, Any]:
        rates = bound_rates(self._flow.built.program, values[""])
        return {name: rates[place] for name, place in self._places.items()}
