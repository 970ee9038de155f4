"""Taylor's method in scaled integers: order and guard bits, steps, dense output."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil, floor, inf, log, log2
from typing import Protocol

from ddln_sym.numerics import read_progress, spell_number
from ddln_sym.taylor.jets import Jets, Recurrence
from ddln_sym.taylor.programs import Number, Program, as_float, to_fixed
from ddln_sym.taylor.steps import EscapingStep, TaylorStep, cover, shorten

__all__ = [
    "BLOW_UP_DIGITS",
    "MAX_BITS",
    "MAX_STEPS",
    "SHORTEST",
    "BlowUpError",
    "Escape",
    "Limits",
    "NoConvergence",
    "Precision",
    "PrecisionError",
    "Solution",
    "lift",
    "solve",
]

ORDER_PER_DIGIT = 1.25
#: The last coefficient of a step is so many bits below the digits asked for; rounding is so many below them, and more
#: by the bits of the order.
CUT_OFF_BITS, GUARD_BITS = 2, 14
#: A coefficient of fewer bits is mostly rounding and says nothing about the radius of convergence.
NOISE_BITS = 8
#: A guess this many times too long is made anew before it is used.
FAR = 2.0**-8
#: The next guess, in multiples of the step that was found possible, and its growth at most.
AIM, GROWTH = 1.15, 8.0
#: The part of the time to a singularity that is tried where steps begin to take its logarithm, and where they end to.
FIRST_PART, LAST_PART = Fraction(3, 4), Fraction(1, 8)
#: How often the part of a step is halved in search of the longest one that may be taken.
HALVINGS = 12
#: So many coefficients tell about how long the first step may be.
PROBE = 8
#: The argument of a logistic function moves by so much at most in a step: its tail, which is rounded to the last bit,
#: grows by the exponential of that.
MOST_MOVED = 4.0
#: A scale changes by so many bits at most at a time.
MOST_BITS = 1000.0
#: ``log2`` of the part of the time reached, at least, that a step is; a flow of shorter ones is at a singularity.
SHORTEST = 100
#: Digits of a time at which steps shrink to nothing.
BLOW_UP_DIGITS = 15
#: Numbers that are closer, in parts of themselves, may be a decimal fraction and its float.
FLOAT = 2**48

#: What a run may use unless told otherwise: steps, bits of its numbers, bytes of the steps that are kept.
MAX_STEPS, MAX_BITS, MAX_MEMORY = 100_000, 200_000, 4 << 30
#: After so many steps, and twice, four times … as many, the pace is looked at: a run is given up if the longest step of
#: the last half, and the last one, are as long as those of the half before, up to a factor, and so many times the steps
#: allowed are left.
PATIENCE, LONGER, FARTHER = 250, 1.25, 4
#: What would help against too many steps that are kept.
SPARSER = "ask for an earlier time, or of a gradient flow for some times only, with `at` or `dense=False`"


@dataclass(frozen=True)
class Limits:
    """What a run may use.

    Raises:
        ValueError: a limit that is not a whole number from 1 on.
    """

    max_steps: int = MAX_STEPS
    max_bits: int = MAX_BITS

    def __post_init__(self) -> None:
        for name, value in (("max_steps", self.max_steps), ("max_bits", self.max_bits)):
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ValueError(f"{name} is {value!r}: expected a whole number from 1 on")


class BlowUpError(ArithmeticError):
    """The flow leaves every bound: its steps shrink to nothing before the time asked for.

    Attributes:
        time: how far the flow came, as a float. digits: to how many it is known when it leaves every bound.
    """

    def __init__(self, time: Fraction, digits: int = BLOW_UP_DIGITS) -> None:
        self.time, self.digits = as_float(time), digits
        super().__init__(time, digits)

    def __str__(self) -> str:
        when = spell_number(self.args[0], min(self.digits, BLOW_UP_DIGITS))
        return f"the flow leaves every bound: its steps shrink to nothing at t = {when}"


class NoConvergence(ArithmeticError):
    """A run was given up: it does not come close enough to where it shall end.

    Attributes:
        time: when it was given up, as a float. reason: why, and what would help.
    """

    def __init__(self, time: Fraction, reason: str) -> None:
        self.time, self.reason = as_float(time), reason
        super().__init__(time, reason)

    def __str__(self) -> str:
        return f"no convergence before t = {spell_number(self.args[0])}: {self.reason}"


class PrecisionError(ArithmeticError):
    """Errors grow so much that a run would need more bits than it may have.

    Attributes:
        time: how far it came, as a float. max_bits: what it may have.
        bits: what it would need there; ``None`` where numbers leave the range of floats, in which that is estimated.
    """

    def __init__(self, time: Fraction, bits: int | None, max_bits: int) -> None:
        self.time, self.bits, self.max_bits = as_float(time), bits, max_bits
        super().__init__(time, bits, max_bits)

    def __str__(self) -> str:
        when = spell_number(self.args[0])
        if self.bits is None:
            return f"the numbers leave the range in which errors can be estimated at t = {when}: stop earlier"
        return (
            f"errors grow so much that {self.bits} bits would be needed at t = {when}, and max_bits is "
            f"{self.max_bits}: ask for an earlier time or fewer digits, or raise max_bits"
        )


@dataclass(frozen=True)
class Precision:
    """Bits and order for a number of correct decimal digits.

    Attributes:
        digits: the decimal digits asked for. extra: bits for the conditioning of the problem.
        slack: bits for the rounding of derivatives, which long steps multiply.

    >>> Precision(50).order
    66
    """

    digits: int
    extra: int = 0
    slack: int = 0

    @cached_property
    def wanted(self) -> int:
        """Bits that have to be right."""
        return ceil(self.digits * log2(10)) + self.extra

    @cached_property
    def order(self) -> int:
        """Where a series is cut off: 1.25 times the digits carried, which keeps the work per time least."""
        return max(8, ceil(ORDER_PER_DIGIT * self.wanted / log2(10)) + 3)

    @cached_property
    def bits(self) -> int:
        """Bits carried: rounding loses some in each step, and the steps amplify what was lost before."""
        return self.wanted + GUARD_BITS + self.slack + self.order.bit_length()

    @cached_property
    def tolerance(self) -> int:
        """log2 of the last coefficient allowed, in units of the last bit carried."""
        return self.bits - self.wanted - CUT_OFF_BITS


class Escape(Protocol):
    """What tells a run of singularities, so that it may step in a time that makes them infinitely far."""

    @property
    def program(self) -> Program:
        """The field in the time of an :class:`EscapingStep`, with the two unknowns in which its jets end."""

    @property
    def left(self) -> Fraction | None:
        """How long it is from here to a singularity; negative for one that lies behind, ``None`` if there is none."""


class _Field:
    """What computes the series of a run's steps.

    Args:
        program: in the time itself. escape: tells of the program in another time.
    """

    def __init__(self, program: Program, escape: Escape | None) -> None:
        self._program, self._escape = program, escape
        self._prepared: dict[bool, Recurrence] = {}
        self._bits = 0

    def jets(
        self, state: Sequence[Number], scale: Fraction, bits: int, order: int, left: Fraction | None = None
    ) -> Jets:
        """The coefficients, of so many bits.

        Args:
            state: the unknowns, of so many bits. scale: of the coefficients. left: the time to a singularity.
        """
        if left is None or self._escape is None:
            return self._at(bits, self._program, False).jets(state, scale, order)
        unknowns = [*state, to_fixed(Fraction(1), bits), to_fixed(1 / left, bits)]
        return self._at(bits, self._escape.program, True).jets(unknowns, scale, order)

    def _at(self, bits: int, program: Program, escaping: bool) -> Recurrence:
        if bits != self._bits:
            self._prepared, self._bits = {}, bits
        if escaping not in self._prepared:
            self._prepared[escaping] = program.prepare(bits)
        return self._prepared[escaping]


# -- steps -----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Solution:
    """What is kept of a run from 0 to ``end``: every step with its jets, or the unknowns at some times.

    Attributes:
        steps: the steps, none where ``states`` are kept. count: how many there were.
        states: the unknowns at the times asked for, at time 0 and at the end; or ``None``.

    >>> program = Program(1)
    >>> program.derivative(0, 0)
    >>> exponential = solve(program, [Fraction(1)], Fraction(1), Precision(12))
    >>> f"{exponential.at(Fraction(1))[0] / 2**exponential.precision.bits:.10f}"
    '2.7182818285'
    """

    precision: Precision
    start: list[Number]
    steps: list[TaylorStep]
    end: Fraction
    count: int
    states: dict[Fraction, list[Number]] | None = None

    def at(self, time: Fraction) -> list[Number]:
        """The unknowns at a time in ``[0, end]`` as integers of ``precision.bits`` binary places.

        Raises:
            ValueError: a time at which they were not kept.
        """
        if self.states is not None:
            # A float next to a decimal fraction is meant to be that fraction.
            moment = min(self.states, key=lambda kept: abs(kept - time))
            if abs(moment - time) > time / FLOAT:
                kept = f"{len(self.states)} times were kept, those asked for, the first and the last"
                raise ValueError(f"t is {spell_number(time)}: {kept}; without `at` and `dense=False` every time is")
            return self.states[moment]
        if not self.steps:
            return self.start
        place = bisect_right(self.steps, time, key=lambda step: step.begin) - 1
        return self.steps[place].at(time, self.precision.bits)


def _vanishes(scale: Fraction, time: Fraction, shortest: int) -> bool:
    """Whether a scale is less than ``2^−shortest`` of a time."""
    # A number has a logarithm within 1 of the difference of the lengths of its terms.
    parts = (n.numerator.bit_length() - n.denominator.bit_length() for n in (time, scale))
    far = next(parts) - next(parts)
    return far + 2 >= shortest and scale * (1 << shortest) < time


def _multiple(exponent: float) -> float:
    """A power of two; a float, and not 0, whatever the exponent."""
    return float(2.0 ** max(-MOST_BITS, min(exponent, MOST_BITS)))


def _ratio(jets: Jets, tolerance: int) -> float:
    """How many times the scale of the jets a step may be long, from their last two coefficients."""
    order = jets.order
    sizes = [(k, jets.largest(k)) for k in (order, order - 1)]
    if all(a.bit_length() < NOISE_BITS for _, a in sizes):
        # The last coefficients are rounding; the first that is says how much longer a step is safe.
        noisy = order - 1
        while noisy > 1 and jets.largest(noisy - 1).bit_length() < NOISE_BITS:
            noisy -= 1
        return _multiple((tolerance - NOISE_BITS) / noisy)
    return _multiple(min((tolerance - log2(a)) / k for k, a in sizes if a))


def lift(jets: Jets, bits: int) -> int:
    """``log2`` of the largest unknown, rounded up, or 0 if it is below 1."""
    return max(0, int(jets.largest(0)).bit_length() - bits)


def _reach(arguments: Sequence[Sequence[Number]], bits: int) -> float:
    """How many times the scale of the jets a step may be long for the logistic functions; infinite if no shorter.

    Where a logistic function is 0 or 1 to the last bit throughout, its argument may move farther.
    """
    found = inf
    for argument in arguments:
        far = _multiple(log2(abs(int(argument[0])) or 1) - bits)
        most = max(MOST_MOVED, far - bits * log(2))
        if sum(map(abs, argument[1:])) <= Fraction(most) * (1 << bits):
            continue
        sizes = [(k, log2(abs(int(c))) - bits) for k, c in enumerate(argument) if k and c]
        low, high = min((log2(most / len(sizes)) - size) / k for k, size in sizes), 0.0
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            moved = sum(_multiple(size + k * middle) for k, size in sizes)
            low, high = (middle, high) if moved <= most else (low, middle)
        found = min(found, _multiple(low))
    return found


def _guess(jets: Jets, precision: Precision) -> float:
    """How many times the scale of the jets to begin with, if their coefficients go on as these few do."""
    first, last = jets.largest(0), jets.largest(jets.order)
    # An unknown may begin at 0; then 1 is the size to compare with.
    growth = (log2(last or 1) - max(log2(first or 1), precision.bits)) / jets.order
    return AIM * _multiple(-growth - (precision.bits - precision.tolerance) / precision.order)


def _translate(scale: Fraction, step: TaylorStep, length: Fraction, ahead: Fraction | None) -> Fraction:
    """A scale for the step after another, in a time of its own.

    Args:
        scale: in the time of the step before. step, length: that step.
        ahead: the time from its end to a singularity; ``None`` if the next step is one in the time itself.
    """
    if not isinstance(step, EscapingStep):
        return scale if ahead is None else max(scale, abs(ahead) * FIRST_PART)
    # As long a part of the time to the singularity.
    scale *= 1 - length / step.left
    return scale if ahead is not None else min(scale, abs(step.left - length) * LAST_PART)


class _Pace:
    """How a run gets on: it is given up where it takes too many steps, or will.

    Args:
        until: its end. max_steps: how many steps it may take. size: bytes that are kept of a step.
    """

    def __init__(self, until: Fraction, max_steps: int, size: int) -> None:
        self._until, self._most, self._size = until, max_steps, size
        self._longest, self._before, self._last, self._look = Fraction(0), Fraction(0), Fraction(0), PATIENCE

    def record_step(self, length: Fraction, count: int, time: Fraction) -> None:
        """After a step.

        Raises:
            NoConvergence: see :func:`solve`.
        """
        if time >= self._until:
            return
        if count >= self._most:
            raise NoConvergence(time, f"{count} steps were taken; ask for an earlier time, or raise max_steps")
        if count * self._size > MAX_MEMORY:
            raise NoConvergence(
                time,
                f"the {count} steps so far fill {count * self._size / (1 << 30):.3g} GiB; {SPARSER}",
            )
        self._longest = max(self._longest, length)
        if count == self._look:
            # Steps that neither grow nor shrink will not get there; those that shrink may tell of a blow-up.
            left = (self._until - time) / self._longest
            pairs = (self._longest, self._before), (length, self._last)
            settled = all(before / Fraction(LONGER) <= now <= before * Fraction(LONGER) for now, before in pairs)
            if settled and left > FARTHER * self._most:
                raise NoConvergence(
                    time,
                    f"steps have settled, and the end would take {spell_number(left, 3)} more, "
                    f"and max_steps is {self._most}; ask for an earlier time",
                )
            if settled and left * self._size > FARTHER * MAX_MEMORY:
                raise NoConvergence(
                    time,
                    "steps have settled, and all that are kept would fill "
                    f"{as_float(left * self._size / (1 << 30)):.3g} GiB; {SPARSER}",
                )
            self._before, self._longest, self._last, self._look = self._longest, Fraction(0), length, 2 * count


def solve(
    program: Program,
    start: Sequence[Fraction],
    until: Fraction,
    precision: Precision,
    arrive: Callable[[TaylorStep, Fraction, list[Number]], list[Number]] | None = None,
    stop: Callable[[list[Number]], bool] | None = None,
    progress: Callable[[float], object] | None = None,
    at: Iterable[Fraction] | None = None,
    max_steps: int = MAX_STEPS,
    relative: bool = False,
    shortest: int = SHORTEST,
    carry: Callable[[], Precision] | None = None,
    longest_first: Fraction = Fraction(1),
    escape: Escape | None = None,
) -> Solution:
    """Integrate from time 0, step by step.

    Args:
        program: the field. start: the unknowns at time 0. until: the end. precision: digits, bits, order.
        arrive: is told each step, its length and the state after it, and returns the state to go on from.
        stop: ends the run before ``until``, asked after each step with the state.
        progress: is told the time reached after each step.
        at: times from 0 to ``until`` at which alone the unknowns are kept, so that memory does not grow with the steps.
        max_steps: how many steps it may take.
        relative: digits are relative to the largest unknown, where that is above 1, so steps need not shrink as it
            grows.
        shortest: steps shrink to nothing where they are less than ``2^−shortest`` of the time reached.
        carry: is asked before each step with which precision, no greater than that of the run, its series is computed;
            states have the bits of the run all the time.
        longest_first: no first step is tried that is longer.
        escape: tells where solutions leave every bound, or would if they went on as they do.
    Raises:
        BlowUpError: the steps shrink to nothing.
        NoConvergence: it takes too many steps, or they fill too much memory, or are about to, or one step would.
    Source: a step is chosen so that the last coefficient is negligible (Jorba, Zou 2005); T9 of the theory
        is about the order and the guard bits.
    """
    progress = read_progress(progress)
    bits, order = precision.bits, precision.order
    series = (order + 1) * (len(start) + len(program.lines)) * bits // 8
    if series > MAX_MEMORY:
        raise NoConvergence(
            Fraction(0),
            f"the series of one step, of {order + 1} coefficients of {bits} bits each, would fill "
            f"{series / (1 << 30):.3g} GiB; ask for fewer digits",
        )
    field = _Field(program, escape)
    state = first = [to_fixed(value, bits) for value in start]
    time, steps, count = Fraction(0), list[TaylorStep](), 0
    states = None if at is None else {time: first}
    ahead = sorted(set(at or ()) - {time}, reverse=True)
    scale = Fraction(1)
    pace = _Pace(until, max_steps, (order + 1) * len(start) * bits // 8 if at is None else 0)
    if until:
        scale, guess = shorten(min(until, longest_first)), 0.0
        while guess < FAR:
            guess = min(1.0, _guess(field.jets(state, scale, bits, PROBE), precision))
            scale = shorten(scale * Fraction(guess))
    left, carried = until, precision
    singular: Fraction | None = None
    while left:
        if carry is not None:
            carried = carry()
        rough = [value >> bits - carried.bits for value in state] if carried.bits < bits else state
        jets = field.jets(rough, scale, carried.bits, carried.order, singular)
        lifted = lift(jets, carried.bits) if relative else 0
        ratio = min(_ratio(jets, carried.tolerance + lifted), _reach(jets.arguments, carried.bits))
        if ratio < FAR:  # the series is known now, but its coefficients are far too long
            scale = shorten(scale * Fraction(ratio))
        else:
            # Rounded down: rounding a fraction up costs its order-th power in accuracy.
            part = Fraction(floor(min(ratio, 1.0) * 2**16), 2**16)
            step = TaylorStep(time, scale, jets)
            if singular is not None:
                step = EscapingStep(time, scale, jets, singular)
            length, count = min(step.after(part), left), count + 1
            time += length
            left = until - time
            state = reached = step.at(time, bits)
            if states is None:
                steps.append(step)
            while states is not None and ahead and ahead[-1] <= time:
                moment = ahead.pop()
                states[moment] = step.at(moment, bits)
            if arrive is not None:
                state = arrive(step, length, state)
            pace.record_step(length, count, time)
            if progress is not None:
                progress(as_float(time))
            if stop is not None and stop(state):
                break
            # A little too long a guess costs bits, a little too short a one costs a step.
            scale *= Fraction(min(AIM * ratio, GROWTH))
            if escape is not None:
                singular = escape.left
                scale = _translate(scale, step, length, singular)
            scale = shorten(scale)
            if left and (most := cover(left, singular)) is not None:
                scale = min(scale, most)
        if left and _vanishes(scale, time, shortest):
            raise BlowUpError(time)
    if states is not None and count:
        states[time] = reached
    return Solution(precision, first, steps, time, count, states)
