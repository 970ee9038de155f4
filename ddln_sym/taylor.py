"""Taylor series of polynomial vector fields in scaled integers: programs, jets, steps, dense output.

A number ``c`` is the integer ``⌊c·2^bits⌋``, and the k-th Taylor coefficient of a step is kept as
``c_k·h^k``, so that operands shrink with ``k`` and a convolution is one sum of integer products.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil, floor, log2
from operator import mul
from typing import Any, TypeAlias

try:
    from gmpy2 import mpz as integer
except ImportError:  # the same digits, more slowly
    integer = int

__all__ = ["BlowUpError", "Number", "Precision", "Program", "Solution", "fixed", "integer", "solve"]

#: Integers of gmpy2, or of Python where gmpy2 is missing.
Number: TypeAlias = Any

ORDER_PER_DIGIT = 1.15
GUARD_BITS = 24
#: A coefficient of fewer bits is mostly rounding and says nothing about the radius of convergence.
NOISE_BITS = 8
#: Bits of a step length: short, since every derivative is multiplied by it.
STEP_BITS = 20
#: A guess this many times too long is made anew before it is used.
FAR = 2.0**-8
#: The next guess, in multiples of the step that was found possible, and its growth at most.
AIM, GROWTH = 1.15, 8.0
#: A flow whose steps are shorter than this part of the time reached has arrived at a singularity.
LEAST_PART = 2**100


class BlowUpError(ArithmeticError):
    """The flow leaves every bound: its steps shrink to nothing before the time asked for.

    Attributes:
        time: how far the flow came, as a float.
    """

    def __init__(self, time: Fraction) -> None:
        self.time = float(time)
        super().__init__(f"the flow leaves every bound: its steps shrink to nothing at t = {self.time:.15g}")


@dataclass(frozen=True)
class Precision:
    """Bits and order for a number of correct decimal digits.

    Attributes:
        digits: the decimal digits asked for. extra: bits for the conditioning of the problem.

    >>> Precision(50).order
    61
    """

    digits: int
    extra: int = 0

    @property
    def wanted(self) -> int:
        """Bits that have to be right."""
        return ceil(self.digits * log2(10)) + self.extra

    @property
    def order(self) -> int:
        """Where a series is cut off: 1.15 times the digits carried, which keeps the work per time least."""
        return max(8, ceil(ORDER_PER_DIGIT * self.wanted / log2(10)) + 3)

    @property
    def bits(self) -> int:
        """Bits carried: rounding loses some in each step, and the steps amplify what was lost before."""
        return self.wanted + GUARD_BITS + self.order.bit_length()

    @property
    def tolerance(self) -> int:
        """log2 of the last coefficient allowed, in units of the last bit carried."""
        return self.bits - self.wanted - 10


def fixed(value: Fraction, bits: int) -> Number:
    """``⌊value·2^bits⌋``.

    >>> int(fixed(Fraction(-1, 3), 2))
    -2
    """
    return (integer(value.numerator) << bits) // integer(value.denominator)


# -- programs --------------------------------------------------------------------------------------
class Program:
    """A polynomial vector field as a straight line of sums, squares and products.

    Registers ``0 … size − 1`` hold the state; each instruction fills the next register, and repeating
    one gives the register it filled before.

    Args:
        size: the number of unknowns.

    >>> p = Program(1)
    >>> p.derivative(0, p.product(0, 0))
    >>> len(p.jets(p.prepare(20), [fixed(Fraction(1), 20)], Fraction(1), 4)[0])
    5
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._lines: list[tuple[Any, ...]] = []
        self._known: dict[tuple[Any, ...], int] = {}
        self._derivatives: dict[int, tuple[int, int]] = {}

    def _add(self, line: tuple[Any, ...]) -> int:
        if line not in self._known:
            self._known[line] = self.size + len(self._lines)
            self._lines.append(line)
        return self._known[line]

    def product(self, a: int, b: int) -> int:
        """The register of ``a·b``; a square costs half."""
        return self._add(("square", a)) if a == b else self._add(("product", *sorted((a, b))))

    def total(self, terms: dict[int, Fraction], constant: Fraction = Fraction(0)) -> int:
        """The register of ``Σ terms[r]·r + constant``."""
        kept = tuple(sorted((r, c) for r, c in terms.items() if c))
        if len(kept) == 1 and kept[0][1] == 1 and not constant:
            return kept[0][0]
        return self._add(("total", kept, constant))

    def derivative(self, unknown: int, register: int, factor: int = 1) -> None:
        """Let the derivative of an unknown be ``factor·register``."""
        self._derivatives[unknown] = (register, factor)

    @property
    def convolutions(self) -> float:
        """Convolutions per order, a square counted as half."""
        return sum({"product": 1.0, "square": 0.5}.get(line[0], 0.0) for line in self._lines)

    @cached_property
    def degree(self) -> int:
        """The largest degree of a register in the unknowns."""
        degrees = [1] * self.size
        for line in self._lines:
            if line[0] == "total":
                degrees.append(max((degrees[r] for r, _ in line[1]), default=0))
            else:
                degrees.append(degrees[line[1]] + degrees[line[-1]])
        return max(degrees)

    def prepare(self, bits: int) -> Prepared:
        """The constants as scaled integers."""
        lines: list[tuple[Any, ...]] = []
        for line in self._lines:
            if line[0] == "total":
                whole = [(r, int(c)) for r, c in line[1] if c.denominator == 1]
                broken = [(r, fixed(c, bits)) for r, c in line[1] if c.denominator != 1]
                line = ("total", whole, [r for r, _ in broken], [c for _, c in broken], fixed(line[2], bits))
            lines.append(line)
        return Prepared(lines, bits)

    def jets(self, prepared: Prepared, state: Sequence[Number], h: Fraction, order: int) -> list[list[Number]]:
        """Coefficients ``c_0, …, c_order`` of each unknown, the k-th times ``h^k``."""
        bits = prepared.bits
        registers: list[list[Number]] = [[value] for value in state] + [[] for _ in self._lines]
        work = [_instruction(line, registers, registers[self.size + n], bits) for n, line in enumerate(prepared.lines)]
        step, shift = integer(h.numerator), h.denominator.bit_length() - 1
        ends = [
            (registers[unknown].append, registers[register], factor * step)
            for unknown, (register, factor) in sorted(self._derivatives.items())
        ]
        for k in range(order):
            for fill in work:
                fill(k)
            for append, source, factor in ends:
                append((source[k] * factor >> shift) // (k + 1))
        return registers[: self.size]


@dataclass(frozen=True)
class Prepared:
    """A program's lines with scaled constants."""

    lines: list[tuple[Any, ...]]
    bits: int


def _instruction(
    line: tuple[Any, ...], registers: list[list[Number]], target: list[Number], bits: int
) -> Callable[[int], None]:
    """A function of k that appends the k-th coefficient of one line to its register."""
    append = target.append
    if line[0] == "product":
        a, b = registers[line[1]], registers[line[2]]

        def product(k: int) -> None:
            append(sum(map(mul, a, reversed(b))) >> bits)

        return product
    if line[0] == "square":
        a = registers[line[1]]

        def square(k: int) -> None:
            half = (k + 1) // 2
            found = sum(map(mul, a[:half], reversed(a))) << 1
            append((found if k % 2 else found + a[half] * a[half]) >> bits)

        return square
    whole, places, weights, constant = line[1:]
    simple = [(registers[r], c) for r, c in whole]
    weighted = [registers[r] for r in places]

    def total(k: int) -> None:
        found = sum(map(mul, weights, [r[k] for r in weighted])) >> bits
        for register, c in simple:
            found += c * register[k]
        append(found if k else found + constant)

    return total


# -- steps -----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Step:
    """One step: the jets at ``begin``, whose k-th coefficients carry ``scale^k``."""

    begin: Fraction
    scale: Fraction
    jets: list[list[Number]]

    def at(self, time: Fraction, bits: int) -> list[Number]:
        """The unknowns at a time, by Horner's scheme."""
        part = fixed((time - self.begin) / self.scale, bits)
        found = []
        for jet in self.jets:
            value = jet[-1]
            for coefficient in reversed(jet[:-1]):
                value = (value * part >> bits) + coefficient
            found.append(value)
        return found


@dataclass(frozen=True)
class Solution:
    """Dense output from 0 to ``end``: every step with its jets.

    >>> program = Program(1)
    >>> program.derivative(0, 0)
    >>> exponential = solve(program, [Fraction(1)], Fraction(1), Precision(12))
    >>> f"{exponential.at(Fraction(1))[0] / 2**exponential.precision.bits:.10f}"
    '2.7182818285'
    """

    precision: Precision
    start: list[Number]
    steps: list[Step]
    end: Fraction

    def at(self, time: Fraction) -> list[Number]:
        """The unknowns at a time in ``[0, end]`` as integers of ``precision.bits`` binary places."""
        if not self.steps:
            return self.start
        place = bisect_right(self.steps, time, key=lambda step: step.begin) - 1
        return self.steps[place].at(time, self.precision.bits)


def _short(value: Fraction, up: bool = False) -> Fraction:
    """A number with STEP_BITS bits just below a positive one, or just above it."""
    exponent = value.numerator.bit_length() - value.denominator.bit_length() - STEP_BITS
    return (ceil if up else floor)(value / Fraction(2) ** exponent) * Fraction(2) ** exponent


def _ratio(jets: Sequence[Sequence[Number]], order: int, tolerance: int) -> float:
    """How many times the scale of the jets a step may be long, from their last two coefficients."""

    def size(k: int) -> int:
        return max(int(abs(jet[k])).bit_length() for jet in jets)

    if max(size(order), size(order - 1)) < NOISE_BITS:
        # The last coefficients are rounding; the first that is says how much longer a step is safe.
        noisy = order - 1
        while noisy > 1 and size(noisy - 1) < NOISE_BITS:
            noisy -= 1
        return float(2.0 ** ((tolerance - NOISE_BITS) / noisy))
    sizes = [(k, max(int(abs(jet[k])) for jet in jets)) for k in (order, order - 1)]
    return float(min(2.0 ** ((tolerance - log2(a)) / k) for k, a in sizes if a))


def solve(
    program: Program,
    start: Sequence[Fraction],
    until: Fraction,
    precision: Precision,
    arrive: Callable[[Step, Fraction, list[Number]], list[Number]] | None = None,
    stop: Callable[[list[Number]], bool] | None = None,
    progress: Callable[[float], object] | None = None,
) -> Solution:
    """Integrate from time 0, step by step.

    Args:
        program: the field. start: the unknowns at time 0. until: the end. precision: digits, bits, order.
        arrive: is told each step, its length and the state after it, and returns the state to go on from.
        stop: ends the run before ``until``, asked after each step with the state.
        progress: is told the time reached after each step.
    Raises:
        BlowUpError: the steps shrink to nothing.
    Source: a step is chosen so that the last coefficient is negligible (Jorba, Zou 2005); T9 of the theory
        is about the order and the guard bits.
    """
    bits, order = precision.bits, precision.order
    prepared = program.prepare(bits)
    state = first = [fixed(value, bits) for value in start]
    time, steps = Fraction(0), list[Step]()
    scale = _short(min(until, Fraction(1))) if until else Fraction(1)
    while time < until:
        jets = program.jets(prepared, state, scale, order)
        ratio = _ratio(jets, order, precision.tolerance)
        if ratio < FAR:  # the series is known now, but its coefficients are far too long
            scale = _short(scale * Fraction(ratio))
        else:
            # Rounded down: rounding a fraction up costs its order-th power in accuracy.
            part = Fraction(floor(min(ratio, 1.0) * 2**16), 2**16)
            length = min(scale * part, until - time)
            steps.append(Step(time, scale, jets))
            time += length
            state = steps[-1].at(time, bits)
            if arrive is not None:
                state = arrive(steps[-1], length, state)
            if progress is not None:
                progress(float(time))
            if stop is not None and stop(state):
                break
            # A little too long a guess costs bits, a little too short a one costs a step.
            scale = _short(scale * Fraction(min(AIM * ratio, GROWTH)))
            if time < until:
                scale = min(scale, _short(until - time, up=True))
        if time < until and scale * LEAST_PART < time:
            raise BlowUpError(time)
    return Solution(precision, first, steps, time)
