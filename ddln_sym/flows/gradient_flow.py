"""Trajectories of the deep diagonal flow: exact data in, mpf with the digits asked for out, at any time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cached_property
from math import ceil, floor, log2
from typing import Any

from flint import arb
from mpmath.libmp import dps_to_prec

from ddln_sym.flows.coordinates import Coordinate
from ddln_sym.flows.dual_solver import solve_dual
from ddln_sym.flows.dual_systems import DualSystem
from ddln_sym.flows.dual_trajectories import DualTrajectory, predict_steps
from ddln_sym.flows.enclosures import Enclosure
from ddln_sym.flows.error_bounds import EnclosureError
from ddln_sym.flows.escapes import Escapes
from ddln_sym.flows.given import is_model
from ddln_sym.flows.least_excess import least_excess
from ddln_sym.flows.losses import Loss, SquaredLoss
from ddln_sym.flows.rest import Rest, prolong
from ddln_sym.flows.systems import FullSystem, LayerSystem, ReducedSystem
from ddln_sym.flows.trajectories import Trajectory, multiply_layers, read_time
from ddln_sym.flows.units import Units
from ddln_sym.numerics import (
    Settled,
    ball,
    count_of,
    read_matrix,
    read_number,
    read_switch,
    read_vector,
    round_to_bits,
    spell_number,
    whole_digits,
)
from ddln_sym.taylor import (
    BLOW_UP_DIGITS,
    MAX_BITS,
    MAX_STEPS,
    SHORTEST,
    BlowUpError,
    Limits,
    NoConvergence,
    Number,
    Precision,
    TaylorStep,
    demand_size,
    magnitude,
    solve,
    with_enough_bits,
)

__all__ = ["GradientFlow", "NoConvergence"]

#: Layers that decay need bits for their reciprocals: at most this many times those of the digits, and at least so many.
DECAY_FACTOR, DECAY_BITS = 4, 1000
#: Digits beyond those asked for, so that rounding to them is the last error.
SPARE_DIGITS = 2
#: The same for a bound on the error.
BOUND_DIGITS = 1
#: Errors that cannot be bounded with this many times the digits are given up.
MOST_CARRIED = 8
#: At rest errors grow with the time, and so does what they do to the metric: so many digits more for a digit of time.
#: A time of more digits than the last is not worth them.
MORE_CARRIED, LATEST = 3, 150
#: A flow that does not come to rest is followed until this power of ten, in its units: its steps, and the bits of each,
#: grow with the logarithm of the time.
LATEST_MOVING = 1000
#: What is said of a flow that cannot leave every bound.
SHRUNK = "its steps shrink to nothing, as layers or data are too unlike in size; ask for more digits or an earlier time"
#: So many explicit steps are predicted before the dual is taken; for more rows nothing is predicted.
MANY_STEPS, MOST_ROWS = 5000, 500
#: Its steps are found in floats: ``log2`` of its numbers, and of products of layers, is smaller.
MODERATE, LATEST_FLOAT = 250, 1000
#: Digits with which a bound is tried at least before it is given up.
FEWEST_CARRIED = 15


class GradientFlow(Settled):
    """The gradient flow of a loss of ``θ = G(w)``, for any G or for the product of given layers.

    Args:
        loss: a loss of d numbers: of data, or a :class:`SymbolicLoss`.
        layers: L ≥ 2 rows of d numbers, the layers of (5) at time 0; or a parametrization with d components, and then
        start: its D parameters at time 0.  Each entry is taken at its exact value.
        options: of a parametrization, by name: ``decay`` α, for ``w' = −∇ − αw``; ``friction`` τ, for the heavy ball
            ``w'' + τw' = −∇``, with ``velocity``, w'(0); ``backwards`` in time; ``metric``, the diagonal of A in
            ``w' = −A(w)∇``, D expressions.
    Raises:
        ValueError: fewer than two layers, sizes that do not fit the loss, a start outside the domain or at a pole, an
            entry that is not a finite number, or an operation in G of which flows are not computed.
    Source: equations (4) and (5).

    The flow of deep diagonal layers is integrated in coordinates of its own; any other is a
    :class:`~ddln_sym.flows.model_flows.ModelFlow`, with the same methods and ``parameters`` in place of ``layers``.

    >>> from ddln_sym.flows.losses import SquaredLoss
    >>> flow = GradientFlow(SquaredLoss([[1]], [2]), layers=[["0.5"], [1]])
    >>> flow.integrate(until=1, digits=15)
    Trajectory(until 1.0, 15 digits, 11 steps)
    >>> from ddln_sym.models import asymmetric_factorization
    >>> GradientFlow(SquaredLoss([[1]], [2]), asymmetric_factorization(1, 1, 1), ["0.5", 1]).integrate(1, 15).theta(1)
    (mpf('1.9984985172064773'),)
    """

    def __new__(cls, loss: Loss, layers: Any, start: Any = None, **options: Any) -> Any:
        if not isinstance(loss, Loss):
            raise ValueError(f"the loss is {loss!r}: expected a loss, such as SquaredLoss(X, y)")
        if not is_model(layers) and (loss.through_data or start is not None):
            return super().__new__(cls)
        from ddln_sym.flows.model_flows import ModelFlow  # with SymPy
        from ddln_sym.models import DeepDiagonal, deep_diagonal

        if not is_model(layers):  # the coordinates of diagonal layers are for linear data
            rows = _layers(layers, loss.dimension)
            net = deep_diagonal(len(rows), len(rows[0]))
            return ModelFlow(loss, net, net.flatten(rows), **options)
        if isinstance(layers, DeepDiagonal) and not options and loss.through_data:
            return super().__new__(cls)
        return ModelFlow(loss, layers, start, **options)

    def __getnewargs__(self) -> tuple[Any, ...]:
        return self.loss, self.start

    def __init__(self, loss: Loss, layers: Any, start: Any = None, **options: Any) -> None:
        if is_model(layers):
            from ddln_sym.models import read_start

            layers = layers.layers(read_vector(read_start(layers, start), "start"))
        elif start is not None or options:
            given = "start" if start is not None else next(iter(options))
            raise ValueError(f"{given} is given with layers: it belongs to a parametrization")
        self.loss = loss
        self.start = _layers(layers, loss.dimension)
        self.coordinates = tuple(Coordinate(column) for column in zip(*self.start, strict=True))

    def __repr__(self) -> str:
        return f"GradientFlow({self.loss!r}, {len(self.start)} layers)"

    def _repr_latex_(self) -> str:
        from ddln_sym import _html

        return _html.flow(self)

    @property
    def sigma(self) -> Fraction:
        """``σ = min_i ∏_{k≠k_i}(u^k_i(0)² − u^{k_i}_i(0)²)`` of (14); 0 where (𝒜) does not hold.

        >>> from ddln_sym.flows.losses import SquaredLoss
        >>> GradientFlow(SquaredLoss([[1]], [2]), [[1], [2], [3]]).sigma
        Fraction(24, 1)
        """
        return min(coordinate.sigma for coordinate in self.coordinates)

    @cached_property
    def _systems(self) -> dict[tuple[int, int, bool, int], LayerSystem]:
        """Programs that were made, by the units, whether all Ld equations are there, and how finely ``ξ`` is known."""
        return {}

    def _system(self, units: Units, full: bool, fine: int) -> LayerSystem:
        key = units.layers, units.value, full, fine
        if key not in self._systems:
            self._systems[key] = (FullSystem if full else ReducedSystem)(units.loss, units.coordinates, fine)
        return self._systems[key]

    def integrate(
        self,
        until: Any,
        digits: int = 30,
        full: bool = False,
        progress: Callable[[float], object] | None = None,
        at: Any = None,
        dense: bool = True,
        max_steps: int = MAX_STEPS,
        max_bits: int = MAX_BITS,
    ) -> Trajectory:
        """The trajectory from time 0.

        Args:
            until: the last time. digits: decimal digits that shall be correct, relative to the largest layer.
            full: integrate all Ld equations, so that conservation is observed instead of built in.
            progress: is told the time reached after each step.
            at: times at which alone, besides time 0 and the last, the trajectory can be asked afterwards.
            dense: whether it can be asked at any time, if ``at`` is not given.  Every step is kept for that; otherwise
                memory does not grow with their number.
            max_steps, max_bits: how many steps, and bits for conditioning and the growth of errors, it may take.
        Raises:
            ValueError: a negative or infinite time, a time of ``at`` after the last, or digits that are not a whole
                number from 1 to 5000.
            BlowUpError: the flow leaves every bound before that time.
            NoConvergence, PrecisionError: it would take more steps, memory, or bits than it may.

        >>> from ddln_sym.flows.losses import SquaredLoss
        >>> flow = GradientFlow(SquaredLoss([[1]], [2]), [[0], [1]])
        >>> sparse = flow.integrate(until=5, digits=15, at=[1, "2.5"])
        >>> sparse.theta("2.5") == flow.integrate(until=5, digits=15).theta("2.5")
        True
        """
        end, count = read_time(until, "until"), whole_digits(digits)
        limits = Limits(max_steps, max_bits)
        return self._run(end, count, read_switch(full, "full"), progress, limits, at=self._moments(at, dense, end))

    def _moments(self, at: Any, dense: bool, end: Fraction) -> list[Fraction] | None:
        """The times to be kept; ``None`` for all."""
        if at is None:
            return None if read_switch(dense, "dense") else []
        moments = list(read_vector(at, "at"))
        for place, moment in enumerate(moments):
            if not 0 <= moment <= end:
                raise ValueError(
                    f"at[{place}] is {spell_number(moment)}: expected a time from 0 to {spell_number(end)}"
                )
        return moments

    def converge(
        self,
        tolerance: Any,
        digits: int = 30,
        longest: Any = 1000,
        progress: Callable[[float], object] | None = None,
        dense: bool = True,
        max_steps: int = MAX_STEPS,
        max_bits: int = MAX_BITS,
        method: str | None = None,
    ) -> Trajectory:
        """The trajectory up to a time at which ``𝓛(θ) − 𝓛* ≤ tolerance``.

        Args:
            tolerance: a positive number; it has to lie within the digits that are carried.
            digits, dense, max_steps, max_bits: as in :meth:`integrate`. longest: the time after which to give up.
            progress: is told the time reached after each step.
            method: ``"taylor"``, explicit steps, as in :meth:`integrate`; or ``"dual"``, implicit steps of a squared
                loss in ``ν``, ``ξ = Xᵀν``, for flows of which some directions are far slower than others.  ``None``
                takes the dual where more than a few thousand explicit steps are predicted from the limit.
        Raises:
            ValueError: a tolerance that is not positive, another method, the dual of another loss, or an argument that
                :meth:`integrate` refuses.
            NoConvergence: the flow comes to rest elsewhere, or is given up; or signs that last keep it above, which is
                said before the first step.
            BlowUpError, PrecisionError: as in :meth:`integrate`.

        >>> from ddln_sym.flows.losses import SquaredLoss
        >>> flow = GradientFlow(SquaredLoss([[1]], [2]), [[0], [1]])
        >>> trajectory = flow.converge("1e-20")
        >>> bool(trajectory.excess(trajectory.end) <= 1e-20)
        True
        """
        allowed, count, end = read_number(tolerance, "tolerance"), whole_digits(digits), read_time(longest, "longest")
        kept = read_switch(dense, "dense")
        if allowed <= 0:
            raise ValueError(f"tolerance is {tolerance}: expected a positive number")
        bits = dps_to_prec(count)
        limit = round_to_bits(allowed, bits)
        if self.loss.excess([c.theta for c in self.coordinates], bits) <= limit:
            end = Fraction(0)
        limits = Limits(max_steps, max_bits)
        through_dual = self._goes_through_dual(method, allowed, count, end)
        if end:
            self._expect(allowed)
        if through_dual:
            trajectory: Trajectory = self._run_dual(end, count, progress, limits, limit, kept)
        else:
            trajectory = self._run(end, count, False, progress, limits, limit, None if kept else [])
        if trajectory.excess(trajectory.end) > limit:
            reason = f"𝓛 − 𝓛* is still above {tolerance}"
            if trajectory.end < end:
                reason += ", and nothing moves any more with the digits that are carried: ask for more digits"
            raise NoConvergence(trajectory.end, reason)
        return trajectory

    def _expect(self, tolerance: Fraction) -> None:
        """Refuse what no time suffices for.

        Raises:
            NoConvergence: signs that last, or coordinates that never move, keep the loss above the tolerance.
        """
        if type(self.loss) is SquaredLoss and self.loss.weight > 0:
            least = least_excess(self.loss, self.coordinates)
            if least > tolerance:
                raise NoConvergence(
                    Fraction(0),
                    f"𝓛 − 𝓛* stays above {spell_number(least, 6)}, since layers that tie keep their signs and "
                    "coordinates with two layers at 0 do not move; ask for a larger tolerance or start elsewhere",
                )

    @cached_property
    def _dual(self) -> DualSystem | None:
        """The equations of the dual; ``None`` where there are none."""
        loss = self.loss
        possible = type(loss) is SquaredLoss and loss.weight > 0 and not all(c.frozen for c in self.coordinates)
        if not possible:
            return None
        layers = [magnitude(u) for c in self.coordinates for u in c.start if u]
        sizes = [loss.weight, *loss.targets, *(x for row in loss.rows for x in row)]  # type: ignore[attr-defined]
        exponents = [len(self.start) * size for size in layers] + [magnitude(size) for size in sizes if size]
        return DualSystem(loss, self.coordinates) if max(map(abs, exponents)) < MODERATE else None  # type: ignore[arg-type]

    def _goes_through_dual(self, method: Any, tolerance: Fraction, digits: int, end: Fraction) -> bool:
        """Whether :meth:`converge` does.

        Raises:
            ValueError: it shall and cannot, or another method.
        """
        if method is not None and method not in ("taylor", "dual"):
            raise ValueError(f"method is {method!r}: expected None, 'taylor' or 'dual'")
        few = len(self.loss.rows) <= MOST_ROWS
        in_floats = not end or -MODERATE < magnitude(end) < LATEST_FLOAT
        if method == "taylor" or (method is None and not (few and end and in_floats)):
            return False
        if not in_floats:
            raise ValueError(
                f"longest is {spell_number(end, 3)}: method 'dual' expects a time within the range of floats"
            )
        if self._dual is None:
            if method == "dual":
                raise ValueError(
                    "method is 'dual': expected a squared loss of positive weight, a coordinate that moves, and "
                    "numbers within the range of floats"
                )
            return False
        return method == "dual" or predict_steps(self._dual, tolerance, digits) > MANY_STEPS

    def _run_dual(
        self,
        end: Fraction,
        digits: int,
        progress: Callable[[float], object] | None,
        limits: Limits,
        limit: Any,
        dense: bool,
    ) -> DualTrajectory:
        """The trajectory through the dual."""
        assert self._dual is not None
        system, bits = self._dual, dps_to_prec(digits)

        def reached(nu: Any) -> bool:
            theta = [Fraction(0)] * len(self.coordinates)
            for i, t in zip(system.active, system.theta_at(nu), strict=True):
                theta[i] = t
            return bool(self.loss.excess(theta, bits) <= limit)

        return DualTrajectory(self, solve_dual(system, end, digits, reached, progress, limits, dense), digits)

    def enclose(
        self,
        until: Any,
        digits: int = 30,
        progress: Callable[[float], object] | None = None,
        max_steps: int = MAX_STEPS,
        max_bits: int = MAX_BITS,
    ) -> Enclosure:
        """The trajectory from time 0 in balls that provably contain it.

        Args:
            until: the last time. digits: decimal digits that the radii shall prove, relative as in :class:`Trajectory`.
            progress: is told the time reached after each step. max_steps, max_bits: as in :meth:`integrate`.
        Raises:
            ValueError, BlowUpError, NoConvergence, PrecisionError: as in :meth:`integrate`.
            EnclosureError: the error could not be bounded, however many digits were carried.

        >>> from ddln_sym.flows.losses import SquaredLoss
        >>> flow = GradientFlow(SquaredLoss([[1]], [2]), layers=[["0.5"], [1]])
        >>> print(flow.enclose(until=1, digits=15).theta(1)[0].str(14, radius=False))
        1.9984985172065
        """
        end, count = read_time(until, "until"), whole_digits(digits)
        # A bound seldom exceeds the error by more, and a second run costs as much as the first.
        carried = count + BOUND_DIGITS
        late = ceil(magnitude(max(end, Fraction(1))) / log2(10))
        most = MOST_CARRIED * max(count, FEWEST_CARRIED) + (MORE_CARRIED * late if late <= LATEST else 0)
        while True:
            run = self._run(end, carried, False, progress, Limits(max_steps, max_bits), proved=True)
            try:
                box = Enclosure(self.loss, self.coordinates, run.solution, count, run.units)
                lost = box.lost_digits()
                if not lost:
                    return box
                wanted = carried + lost + BOUND_DIGITS
            except EnclosureError:
                if carried >= most:
                    raise
                lost, wanted = count, max(2 * carried, FEWEST_CARRIED)
            if carried >= most:
                raise EnclosureError(
                    end,
                    f"the radii prove {count - lost} of the {count} digits asked for, with {carried} digits carried; "
                    "ask for fewer digits or an earlier time",
                )
            carried = min(wanted, most)

    def _run(
        self,
        end: Fraction,
        digits: int,
        full: bool,
        progress: Callable[[float], object] | None,
        limits: Limits,
        limit: Any = None,
        at: Sequence[Fraction] | None = None,
        proved: bool = False,
    ) -> Trajectory:
        units = Units.of(self.loss, self.coordinates, end)
        # The digits of ξ are relative to 1, and those of its balls to 1 in units.
        system = self._system(units, full, 0 if proved else units.fine(end))
        if self.loss.bounded and not self.loss.rests and magnitude(units.to_time(end)) > LATEST_MOVING * log2(10):
            latest = spell_number(units.from_time(Fraction(10) ** LATEST_MOVING), 3)
            raise NoConvergence(
                Fraction(0),
                f"the steps until {spell_number(end, 3)} would be too many; ask for a time of at most {latest}",
            )
        end, at = units.to_time(end), None if at is None else [units.to_time(moment) for moment in at]
        pace = system.pace(end, units.steepness)
        most = system.extra + max(DECAY_BITS, ceil(DECAY_FACTOR * digits * log2(10)))

        def run(extra: int, slack: int) -> Trajectory:
            precision = Precision(digits + SPARE_DIGITS, extra, slack)

            def reached(state: list[Number]) -> bool:
                theta = units.from_theta(multiply_layers(system.layers(state, precision.bits), precision.bits))
                return bool(self.loss.excess(theta, dps_to_prec(digits)) <= limit)

            # Enclosures need polynomials in the time itself; all Ld equations are there to see what is conserved.
            escapes = Escapes(system, precision.bits, end) if isinstance(system, ReducedSystem) and not proved else None
            guard, resting = system.guard(precision, most, end, escapes), list[list[Number]]()
            rest = Rest(
                units.loss,
                units.coordinates,
                precision,
                digits,
                end,
                0.0 if proved else units.least_xi,
                system.fine,
                proved,
                patient=limit is not None,
            )

            def arrive(step: TaylorStep, length: Fraction, state: list[Number]) -> list[Number]:
                carried = guard.carried
                state = guard.arrive(step, length, state)
                if not self.loss.bounded:
                    _look_ahead(units.loss, system.layers(state, precision.bits), precision, step.begin + length, end)
                # All Ld equations go the whole way.
                if not full and rest.is_reached(
                    step, step.begin + length, state, lambda: system.columns(state, precision.bits), carried
                ):
                    resting.append(state)
                return state

            def stop(state: list[Number]) -> bool:
                return bool(resting) or (limit is not None and reached(state))

            most_steps = limits.max_steps
            told = units.progress(progress)
            # A flow of a bounded loss has no singularity: after a plateau it moves as fast as its digits can tell.
            shortest = max(SHORTEST, precision.bits) if self.loss.bounded else SHORTEST
            solution = solve(
                system.program,
                system.start,
                end,
                precision,
                arrive,
                stop,
                told,
                at,
                most_steps,
                shortest=shortest,
                carry=lambda: guard.carried,
                longest_first=Fraction(2) ** floor(max(0.0, pace)),
                escape=escapes,
            )
            if not proved:
                least = system.fine + units.least_xi
                ways = [magnitude(x, precision.bits) for x in system.xi(solution.at(solution.end))]
                demand_size(precision, max(ways), least, solution.end)
            if resting and limit is None:
                solution = prolong(solution, end, resting[-1], at)
            return Trajectory(self, system, solution, digits, units)

        with units.telling_times():
            try:
                return with_enough_bits(run, system.extra, limits.max_bits, system.slack(pace))
            except BlowUpError as error:
                if not self.loss.bounded:
                    raise
                # ∫‖u'‖ ≤ √(t·(𝓛(θ(0)) − inf 𝓛)), so that the layers are bounded.
                raise NoConvergence(error.args[0], SHRUNK) from error


def _look_ahead(
    loss: Loss, layers: Sequence[Sequence[Number]], precision: Precision, time: Fraction, end: Fraction
) -> None:
    """See to it that a flow of an unbounded loss goes on, and is not followed to its singularity farther than is told.

    Raises:
        BlowUpError: it leaves every bound before the end, so soon that the time is known to the digits that are told.
    """
    left = loss.time_left([[arb((int(u), -precision.bits)) for u in row] for row in layers])
    digits = min(precision.digits, BLOW_UP_DIGITS + SPARE_DIGITS)
    if left * arb(10) ** digits <= ball(time) and left <= ball(end - time):
        raise BlowUpError(time, digits - SPARE_DIGITS)


def _layers(layers: Any, dimension: int) -> tuple[tuple[Fraction, ...], ...]:
    """The layers at time 0: at least two rows, a number in each for every entry of θ."""
    rows = read_matrix(layers, "layers")
    if len(rows) < 2:
        raise ValueError("layers has 1 row: expected at least 2, one for each layer")
    if len(rows[0]) != dimension:
        raise ValueError(
            f"layers has rows of {count_of(len(rows[0]), 'number')}: expected {dimension}, one for each entry of θ"
        )
    return rows
