"""Vector fields as straight-line programs, and their Taylor coefficients in scaled integers.

A number ``c`` is the integer ``⌊c·2^bits⌋``, and the k-th Taylor coefficient of a step is kept as
``c_k·h^k``, so that operands shrink with ``k`` and a convolution is one sum of integer products.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from operator import mul
from typing import Any, TypeAlias

from mpmath.libmp import from_man_exp, mpf_exp, to_fixed

try:
    from gmpy2 import mpz as integer
except ImportError:  # the same digits, more slowly
    integer = int

__all__ = ["Number", "Program", "fixed", "integer"]

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
        return sum({"product": 1.0, "square": 0.5, "logistic": 1.5}.get(line[0], 0.0) for line in self._lines)

    @cached_property
    def degree(self) -> int:
        """The largest degree of a register in the unknowns, a logistic function being bounded."""
        degrees = [1] * self.size
        for line in self._lines:
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
        for line in self._lines:
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
        return lambda k: append(_squared(a, k) >> bits)
    if line[0] == "logistic":
        a, rises, rates = registers[line[1]], list[Number](), list[Number]()

        def logistic(k: int) -> None:
            if k:
                rises.append(k * a[k])
                append((sum(map(mul, rises, reversed(rates))) >> bits) // k)
            else:
                append(_logistic(a[0], bits))
            rates.append(target[k] - (_squared(target, k) >> bits))

        return logistic
    whole, places, weights, constant = line[1:]
    simple = [(registers[r], c) for r, c in whole]
    weighted = [registers[r] for r in places]

    def total(k: int) -> None:
        found = sum(map(mul, weights, [r[k] for r in weighted])) >> bits
        for register, c in simple:
            found += c * register[k]
        append(found if k else found + constant)

    return total


def _squared(a: list[Number], k: int) -> Number:
    """The k-th coefficient of ``a²``, twice as long; ``a`` ends with its own k-th."""
    half = (k + 1) // 2
    found = sum(map(mul, a[:half], reversed(a))) << 1
    return found if k % 2 else found + a[half] * a[half]


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
