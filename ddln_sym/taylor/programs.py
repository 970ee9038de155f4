"""Vector fields as straight-line programs, and their Taylor coefficients in scaled integers.

A number ``c`` is the integer ``⌊c·2^bits⌋``, and the k-th Taylor coefficient of a step is kept as
``c_k·h^k``, so that operands shrink with ``k`` and a convolution is one sum of integer products.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeAlias

from mpmath.libmp import from_man_exp, mpf_exp, to_fixed

from ddln_sym.taylor.jets import Line, Recurrence, recurrence

try:
    from gmpy2 import mpz as integer
except ImportError:  # the same digits, more slowly
    integer = int

__all__ = ["Number", "Program", "fixed", "integer"]

#: So many orders at once, up to so many bits; see :mod:`ddln_sym.taylor.jets`.
RUN, FEW_BITS = 6, 600
#: Bits that a factor may grow by before its slots become too short.
SPARE_BITS = 8

#: Integers of gmpy2, or of Python where gmpy2 is missing.
Number: TypeAlias = Any


def fixed(value: Fraction, bits: int) -> Number:
    """``⌊value·2^bits⌋``.

    >>> int(fixed(Fraction(-1, 3), 2))
    -2
    """
    return (integer(value.numerator) << bits) // integer(value.denominator)


class Program:
    """A vector field as a straight line of sums, squares, products and logistic functions.

    Registers ``0 … size − 1`` hold the state; each instruction fills the next register, and repeating
    one gives the register it filled before.

    Args:
        size: the number of unknowns.
    Attributes:
        lines: the instructions, ``("total", terms, constant)``, ``("square", a)``, ``("product", a, b)`` or
            ``("logistic", a)``, of registers.

    >>> p = Program(1)
    >>> p.derivative(0, p.product(0, 0))
    >>> p.convolutions
    0.5
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.lines: list[tuple[Any, ...]] = []
        self._known: dict[tuple[Any, ...], int] = {}
        self._derivatives: dict[int, tuple[int, int]] = {}

    def _add(self, line: tuple[Any, ...]) -> int:
        if line not in self._known:
            self._known[line] = self.size + len(self.lines)
            self.lines.append(line)
        return self._known[line]

    def product(self, a: int, b: int) -> int:
        """The register of ``a·b``; a square costs half."""
        return self._add(("square", a)) if a == b else self._add(("product", *sorted((a, b))))

    def logistic(self, a: int) -> int:
        """The register of ``s = 1/(1 + e^{−a})``, by ``s' = s(1 − s)a'``; every step begins with its exact value."""
        return self._add(("logistic", a))

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
        """Convolutions per order, a square counted as half; a logistic function takes one of each."""
        return sum({"product": 1.0, "square": 0.5, "logistic": 1.5}.get(line[0], 0.0) for line in self.lines)

    @cached_property
    def degree(self) -> int:
        """The largest degree of a register in the unknowns, a logistic function being bounded."""
        degrees = [1] * self.size
        for line in self.lines:
            if line[0] == "total":
                degrees.append(max((degrees[r] for r, _ in line[1]), default=0))
            else:
                degrees.append(0 if line[0] == "logistic" else degrees[line[1]] + degrees[line[-1]])
        return max(degrees)

    def linearized(self, point: Sequence[float]) -> Any:
        """The Jacobian of the field at a point, in floats: a D × D array.

        >>> p = Program(2)
        >>> p.derivative(0, p.product(0, 1))
        >>> p.derivative(1, p.total({p.logistic(0): Fraction(-4), 1: Fraction(2)}))
        >>> p.linearized([0.0, 3.0])
        array([[ 3.,  0.],
               [-1.,  2.]])
        """
        import numpy as np

        values, slopes = list(point), list(np.eye(self.size))
        for line in self.lines:
            if line[0] == "total":
                values.append(sum((float(c) * values[r] for r, c in line[1]), float(line[2])))
                slopes.append(sum((float(c) * slopes[r] for r, c in line[1]), np.zeros(self.size)))
            elif line[0] == "logistic":
                values.append((1 + np.tanh(values[line[1]] / 2)) / 2)
                slopes.append(values[-1] * (1 - values[-1]) * slopes[line[1]])
            else:
                a, b = line[1], line[-1]
                values.append(values[a] * values[b])
                slopes.append(values[a] * slopes[b] + values[b] * slopes[a])
        rows = (self._derivatives[unknown] for unknown in range(self.size))
        return np.array([factor * slopes[register] for register, factor in rows])

    def prepare(self, bits: int) -> Prepared:
        """The constants as scaled integers, and the function of the coefficients."""
        constants: list[Number] = []

        def place(value: Fraction) -> int:
            constants.append(fixed(value, bits))
            return len(constants) - 1

        lines: list[Line] = []
        for line in self.lines:
            if line[0] == "total":
                whole = tuple((r, int(c)) for r, c in line[1] if c.denominator == 1)
                broken = tuple((r, place(c)) for r, c in line[1] if c.denominator != 1)
                line = ("total", whole, broken, place(line[2]))
            lines.append(line)
        derivatives = tuple(self._derivatives[unknown] for unknown in range(self.size))
        return Prepared(recurrence(self.size, tuple(lines), derivatives, _logistic), constants, bits)


@dataclass
class Prepared:
    """A program with scaled constants.

    >>> p = Program(1)
    >>> p.derivative(0, p.product(0, 0))
    >>> jets, arguments = p.prepare(20).jets([fixed(Fraction(1), 20)], Fraction(1, 2), 4)
    >>> [int(c) for c in jets[0]]
    [1048576, 524288, 262144, 131072, 65536]
    """

    recurrence: Recurrence
    constants: list[Number]
    bits: int

    def __post_init__(self) -> None:
        #: Bits that a factor of a product may have, so that sums of products keep to their slots.
        self.room = self.bits + SPARE_BITS

    def jets(self, state: Sequence[Number], h: Fraction, order: int) -> tuple[list[list[Number]], list[list[Number]]]:
        """Coefficients of each unknown, and of the argument of each logistic function.

        Args:
            state: the unknowns. h: what the k-th coefficients carry a power ``h^k`` of; below it is a power of two.
            order: the last k; arguments have one coefficient less.
        """
        run = RUN if self.bits < FEW_BITS else order
        while True:
            half = integer(1) << 2 * self.room + order.bit_length()
            step, shift = integer(h.numerator), h.denominator.bit_length() - 1
            jets, factors, arguments = self.recurrence(state, self.constants, self.bits, step, shift, order, run, half)
            if run >= order:
                return jets, arguments
            # The first factor to be too long is found too long: all that it is made of is right.
            longest = max((max(map(abs, f)).bit_length() for f in factors), default=0)
            if longest <= self.room:
                self.room = longest + SPARE_BITS
                return jets, arguments
            self.room *= 2


def _logistic(value: Number, bits: int) -> Number:
    """``1/(1 + e^{−a})``.

    >>> [int(_logistic(a, 10)) for a in (0, -(10**9), 10**9)]
    [512, 0, 1024]
    """
    one, size = integer(1) << bits, abs(int(value))
    small = integer(0)
    if size >> bits <= bits:
        small = integer(to_fixed(mpf_exp(from_man_exp(-size, -bits), bits + 10), bits))
    return ((one if value >= 0 else small) << bits) // (one + small)
