"""Taylor coefficients of a straight-line program in scaled integers: plainly, and compiled.

A number ``c`` is the integer ``⌊c·2^bits⌋``, and the k-th coefficient of a step is kept as ``c_k·h^k``, so that
operands shrink with ``k``.  The recurrence goes order by order and line by line; a product is a convolution, one sum of
integer products that is rounded down once.  It is written down here; ``_jets.c`` computes the same integers several
times faster, and is used where it was compiled, unless ``DDLN_SYM_PLAIN_JETS`` is set in the environment.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib import import_module
from operator import mul
from typing import Any, TypeAlias

from mpmath.libmp import from_man_exp, mpf_exp, to_fixed

__all__ = ["CompiledJets", "Jets", "Line", "Number", "PlainJets", "Recurrence", "available"]

#: Integers of gmpy2, or of Python where gmpy2 is missing.
Number: TypeAlias = Any
#: ``("total", registers, constants, summand)``, ``("square", a)``, ``("product", a, b)`` or ``("logistic", a)``.
Line: TypeAlias = tuple[Any, ...]

#: Bits of a digit and of a word of the compiled kernel, and how it calls the kinds of lines.
DIGIT, WORD, KINDS = 60, 64, {"total": 0, "square": 1, "product": 2, "logistic": 3}
#: Bits beyond those of the numbers at hand that intermediate ones may have at first.
SPARE_BITS = 6
#: Numbers with so many times the digits that would do are left to Python's integers, which may have any length.
MOST_TIMES = 8
#: What the kernel takes.
MOST_DIGITS, MOST_ORDER, MOST_SHIFT, MOST_FACTOR = 4096, 65_000, 1 << 24, 1 << DIGIT


def _kernel() -> Any:
    """The compiled module, or ``None``."""
    if os.environ.get("DDLN_SYM_PLAIN_JETS"):
        return None
    try:
        return import_module("ddln_sym.taylor._jets")
    except ImportError:
        return None


kernel = _kernel()


def available() -> bool:
    """Whether the compiled kernel is used."""
    return kernel is not None


class Jets(Sequence[list[Number]], ABC):
    """The coefficients of the unknowns: ``jets[i][k]`` is the k-th of unknown i.

    Attributes:
        bits: the binary places of each. order: the last k.
    """

    bits: int
    order: int

    @property
    @abstractmethod
    def arguments(self) -> Sequence[list[Number]]:
        """For each logistic function, the coefficients of its argument, one fewer."""

    @property
    @abstractmethod
    def first(self) -> list[Number]:
        """The unknowns at the beginning."""

    @abstractmethod
    def largest(self, k: int) -> int:
        """The largest modulus of a k-th coefficient."""

    @abstractmethod
    def at(self, part: Number) -> list[Number]:
        """The unknowns at a part of the scale, an integer of so many binary places, by Horner's scheme."""


class PlainJets(Jets):
    """Coefficients as lists.

    >>> jets = PlainJets([[8, 4, -2]], bits=3)
    >>> jets.at(4), jets.largest(2)
    ([9], 2)
    """

    def __init__(self, rows: Sequence[list[Number]], bits: int, arguments: Sequence[list[Number]] = ()) -> None:
        self._rows, self.bits, self._arguments = rows, bits, arguments
        self.order = len(rows[0]) - 1

    @property
    def arguments(self) -> Sequence[list[Number]]:
        return self._arguments

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, place: Any) -> Any:
        return self._rows[place]

    @property
    def first(self) -> list[Number]:
        return [row[0] for row in self._rows]

    def largest(self, k: int) -> int:
        return max(abs(int(row[k])) for row in self._rows)

    def at(self, part: Number) -> list[Number]:
        found = []
        for row in self._rows:
            value = row[-1]
            for coefficient in reversed(row[:-1]):
                value = (value * part >> self.bits) + coefficient
            found.append(value)
        return found


class CompiledJets(Jets):
    """Coefficients as the kernel keeps them, made integers where they are asked for.

    Args:
        digits: of each number. state: the unknowns at the beginning.
        planes, used: what the kernel returned, the unknowns first. places: of each logistic function's argument there.
    """

    def __init__(
        self,
        digits: int,
        bits: int,
        order: int,
        state: Sequence[Number],
        planes: bytes,
        used: bytes,
        places: Sequence[int],
    ) -> None:
        self.digits, self.bits, self.order, self._state, self._size = digits, bits, order, state, len(state)
        self._planes, self._used, self._places = planes, used, places

    def _some(self, registers: range, low: int, high: int) -> list[Number]:
        """Coefficients ``low`` to ``high − 1`` of consecutive registers."""
        first, last = registers.start, registers.stop
        return _numbers(kernel.words(self.digits, self.order, first, last, low, high, self._planes), self.digits)

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self[n] for n in range(*place.indices(self._size))]
        n = range(self._size)[place]
        return self._some(range(n, n + 1), 0, self.order + 1)

    @property
    def arguments(self) -> Sequence[list[Number]]:
        return [self._some(range(n, n + 1), 0, self.order) for n in self._places]

    @property
    def first(self) -> list[Number]:
        return list(self._state)

    def largest(self, k: int) -> int:
        return int.from_bytes(kernel.largest(self.digits, self.order, self._size, k, self._planes), "little")

    def at(self, part: Number) -> list[Number]:
        words = _words([part], self.digits)
        if words is not None:
            found = kernel.horner(self.digits, self.bits, self.order, self._size, self._planes, self._used, words)
            if found is not None:
                return _numbers(found, self.digits)
        return PlainJets(list(self), self.bits).at(part)


def _digits_of(bits: int) -> int:
    """In how many digits a number of so many bits leaves some to spare."""
    return -(-(bits + SPARE_BITS) // DIGIT)


def _words(numbers: Sequence[Number], digits: int) -> bytes | None:
    """Each number in so many words; ``None`` if one does not fit."""
    length = digits * WORD // 8
    try:
        return b"".join([int(number).to_bytes(length, "little", signed=True) for number in numbers])
    except OverflowError:
        return None


def _numbers(words: bytes, digits: int) -> list[Number]:
    length = digits * WORD // 8
    return [int.from_bytes(words[n : n + length], "little", signed=True) for n in range(0, len(words), length)]


class Recurrence:
    """The recurrence of a program whose constants are scaled integers.

    Args:
        size: the number of unknowns, which are the first registers. lines: what fills the others, in order.
        derivatives: for each unknown, a register and a whole factor of it. bits: the binary places of all numbers.

    >>> squared = Recurrence(1, [("square", 0)], [(1, 1)], bits=20)  # x' = x²
    >>> [int(c) for c in squared.jets([1 << 20], Fraction(1, 2), 4)[0]]
    [1048576, 524288, 262144, 131072, 65536]
    """

    def __init__(self, size: int, lines: Sequence[Line], derivatives: Sequence[tuple[int, int]], bits: int) -> None:
        self.size, self.lines, self.derivatives, self.bits = size, lines, derivatives, bits
        self._logistics = [n for n, line in enumerate(lines, size) if line[0] == "logistic"]
        self._encoded: dict[int, _Encoded | None] = {}
        self._digits = _digits_of(bits)

    def jets(self, state: Sequence[Number], h: Fraction, order: int) -> Jets:
        """The coefficients, the k-th times ``h^k``.

        Args:
            state: the unknowns. h: below it is a power of two. order: the last k.
        """
        return self.run_compiled(state, h, order) or self.run_plainly(state, h, order)

    # -- plainly ---------------------------------------------------------------------------------------
    def values(self, state: Sequence[Number]) -> list[Number]:
        """All registers where the unknowns have some values."""
        x = list(state)
        for line in self.lines:
            if line[0] == "total":
                _, registers, constants, summand = line
                x.append((sum(map(mul, constants, map(x.__getitem__, registers))) >> self.bits) + summand)
            elif line[0] == "logistic":
                x.append(_logistic(x[line[1]], self.bits))
            else:
                x.append(x[line[1]] * x[line[-1]] >> self.bits)
        return x

    def run_plainly(self, state: Sequence[Number], h: Fraction, order: int) -> PlainJets:
        """The same by the interpreter: the reference."""
        bits, size, shift = self.bits, self.size, h.denominator.bit_length() - 1
        x = self.values(state)
        kept = {n: [x[n]] for n in range(size)}
        slopes: dict[int, list[Number]] = {n: [] for n in self._logistics}
        rests = {n: [x[n] - (x[n] * x[n] >> bits)] for n in self._logistics}
        for line in self.lines:
            for n in line[1:] if line[0] != "total" else ():
                kept.setdefault(n, [x[n]])
        for n in self._logistics:
            kept.setdefault(n, [x[n]])
        multiples = [(register, factor * h.numerator) for register, factor in self.derivatives]
        x[:size] = [x[register] * multiple >> shift for register, multiple in multiples]
        for k in range(1, order):
            for n in range(size):
                kept[n].append(x[n])
            for n, line in enumerate(self.lines, size):
                if line[0] == "total":
                    x[n] = sum(map(mul, line[2], map(x.__getitem__, line[1]))) >> bits
                elif line[0] == "product":
                    x[n] = sum(map(mul, kept[line[1]], reversed(kept[line[2]]))) >> bits
                elif line[0] == "square":
                    x[n] = _square(kept[line[1]]) >> bits
                else:
                    slopes[n].append(k * x[line[1]])
                    x[n] = (sum(map(mul, slopes[n], reversed(rests[n]))) >> bits) // k
                if n in kept:
                    kept[n].append(x[n])
                if n in rests:
                    rests[n].append(x[n] - (_square(kept[n]) >> bits))
            x[:size] = [(x[register] * multiple >> shift) // (k + 1) for register, multiple in multiples]
        for n in range(size):
            kept[n].append(x[n])
        arguments = [kept[self.lines[n - size][1]][:order] for n in self._logistics]
        return PlainJets([kept[n] for n in range(size)], bits, arguments)

    # -- compiled --------------------------------------------------------------------------------------
    def run_compiled(self, state: Sequence[Number], h: Fraction, order: int) -> CompiledJets | None:
        """The same by the kernel; ``None`` if it is missing, or numbers come up that are long beyond reason."""
        # A long step is a short number times a power of two; where the shift is negative, numbers are moved up.
        up = (h.numerator & -h.numerator).bit_length() - 1
        factors = [factor * (h.numerator >> up) for _, factor in self.derivatives]
        shift = h.denominator.bit_length() - 1 - up
        if kernel is None or max(map(abs, factors)) >= MOST_FACTOR or order > MOST_ORDER or abs(shift) > MOST_SHIFT:
            return None
        values = self.values(state) if self._logistics else []
        while self._digits <= MOST_DIGITS:
            if found := self._run_within(self._digits, state, values, factors, shift, order):
                return found
            longest = max(self.bits, *(int(value).bit_length() for value in (*state, *values)))
            more = self._digits + 1 + self._digits // 2
            if more > MOST_TIMES * _digits_of(longest):
                break
            self._digits = more
        return None

    def _run_within(
        self, digits: int, state: Sequence[Number], values: Sequence[Number], factors: list[int], shift: int, order: int
    ) -> CompiledJets | None:
        if digits not in self._encoded:
            self._encoded = {digits: _Encoded.of(self, digits)}
        code = self._encoded[digits]
        beginning, logistics = _words(state, digits), _words([values[n] for n in self._logistics], digits)
        if code is None or beginning is None or logistics is None:
            return None
        multiples = array("q", factors)
        found = kernel.taylor(digits, self.bits, order, shift, *code.buffers, multiples, beginning, logistics)
        if found is None:
            return None
        planes, used = found
        return CompiledJets(digits, self.bits, order, state, planes, used, code.places)


@dataclass(frozen=True)
class _Encoded:
    """A program as the kernel reads it, its numbers in so many digits.

    Attributes:
        buffers: lines, lists of registers, constants, summands, derivatives, and the registers to be put out.
        places: of the argument of each logistic function among what is put out.
    """

    buffers: Any
    places: Sequence[int]

    @classmethod
    def of(cls, recurrence: Recurrence, digits: int) -> _Encoded | None:
        """``None`` if a constant has more digits."""
        code, lists, constants = array("i"), array("i"), bytearray()
        begun, summands, arguments = dict[tuple[int, ...], int](), list[Number](), list[int]()
        for line in recurrence.lines:
            kind, summand = KINDS[line[0]], 0
            if line[0] == "total":
                _, registers, factors, summand = line
                words = _words(factors, digits)
                found = None if words is None else kernel.planes(digits, words)
                if found is None:
                    return None
                low, high, planes = found
                if registers not in begun:
                    begun[registers] = len(lists)
                    lists.extend(registers)
                code.extend((kind, begun[registers], len(registers), len(constants) * 8 // WORD, low, high))
                constants += planes
            elif line[0] == "logistic":
                code.extend((kind, line[1], len(arguments), 0, 0, 0))
                arguments.append(line[1])
            else:
                code.extend((kind, line[1], line[-1], 0, 0, 0))
            summands.append(summand)
        added = _words(summands, digits)
        if added is None:
            return None
        outputs = sorted({n for n in arguments if n >= recurrence.size})
        places = [n if n < recurrence.size else recurrence.size + outputs.index(n) for n in arguments]
        rates = array("i", [register for register, _ in recurrence.derivatives])
        return cls((code, lists, bytes(constants), added, rates, array("i", outputs)), places)


def _square(series: Sequence[Number]) -> Number:
    """The last coefficient that a square of a series has of these alone: pairs count twice."""
    k = len(series) - 1
    found = sum(map(mul, series[: (k + 1) // 2], reversed(series))) << 1
    return found + series[k // 2] * series[k // 2] if k % 2 == 0 else found


def _logistic(value: Number, bits: int) -> Number:
    """``1/(1 + e^{−a})``.

    >>> [_logistic(a, 10) for a in (0, -(10**9), 10**9)]
    [512, 0, 1024]
    """
    size, one = abs(int(value)), 1 << bits
    small = 0
    if size >> bits <= bits:
        small = to_fixed(mpf_exp(from_man_exp(-size, -bits), bits + 10), bits)
    return type(value)(((one if value >= 0 else small) << bits) // (one + small))
