"""Vector fields as straight-line programs of exact constants; see :mod:`ddln_sym.taylor.jets` for what runs them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from math import inf, log2
from typing import Any

from ddln_sym.taylor.jets import Line, Number, Recurrence

try:
    from gmpy2 import mpz as integer
except ImportError:  # the same digits, more slowly
    integer = int

__all__ = ["Number", "Program", "as_float", "integer", "magnitude", "to_fixed"]


def to_fixed(value: Fraction, bits: int) -> Number:
    """``⌊value·2^bits⌋``.

    >>> int(to_fixed(Fraction(-1, 3), 2))
    -2
    """
    return (integer(value.numerator) << bits) // integer(value.denominator)


def as_float(value: Fraction) -> float:
    """The nearest float, infinite where there is none.

    >>> as_float(Fraction(-(10**400)))
    -inf
    """
    try:
        return float(value)
    except OverflowError:
        return inf if value > 0 else -inf


def magnitude(value: Fraction | Number, bits: int = 0) -> float:
    """``log2`` of the modulus of a fraction, or of an integer of so many binary places; ``−inf`` for 0.

    >>> magnitude(Fraction(-1, 8)), magnitude(8, 10)
    (-3.0, -7.0)
    """
    if not value:
        return -inf
    if type(value) is Fraction:
        return log2(abs(value.numerator)) - log2(value.denominator) - bits
    return log2(abs(int(value))) - bits


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

    def _add(self, line: tuple[Any, ...], key: Any = None) -> int:
        register = self._known.setdefault(line if key is None else key, self.size + len(self.lines))
        if register == self.size + len(self.lines):
            self.lines.append(line)
        return register

    def product(self, a: int, b: int) -> int:
        """The register of ``a·b``; a square costs half."""
        return self._add(("square", a)) if a == b else self._add(("product", *sorted((a, b))))

    def logistic(self, a: int) -> int:
        """The register of ``s = 1/(1 + e^{−a})``, by ``s' = s(1 − s)a'``; every step begins with its exact value."""
        return self._add(("logistic", a))

    def total(self, terms: dict[int, Fraction], constant: Fraction = Fraction(0)) -> int:
        """The register of ``Σ terms[r]·r + constant``."""
        kept = tuple((r, terms[r]) for r in sorted(terms) if terms[r])
        if len(kept) == 1 and kept[0][1] == 1 and not constant:
            return kept[0][0]
        # Fractions take long to hash.
        key = tuple((r, c.numerator, c.denominator) for r, c in kept), constant
        return self._add(("total", kept, constant), key)

    def weighted(self, registers: Sequence[int], factors: Sequence[Fraction]) -> int:
        """The register of ``Σ factor·register``; a register may occur several times."""
        terms: dict[int, Fraction] = {}
        for register, factor in zip(registers, factors, strict=True):
            terms[register] = terms[register] + factor if register in terms else factor
        return self.total(terms)

    def derivative(self, unknown: int, register: int, factor: int = 1) -> None:
        """Let the derivative of an unknown be ``factor·register``."""
        self._derivatives[unknown] = (register, factor)

    @property
    def rates(self) -> dict[int, tuple[int, int]]:
        """For each unknown whose derivative is known so far, the register and the factor."""
        return self._derivatives

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

    def linearize(self, point: Sequence[float]) -> Any:
        """The Jacobian of the field at a point, in floats: a D × D array.

        >>> p = Program(2)
        >>> p.derivative(0, p.product(0, 1))
        >>> p.derivative(1, p.total({p.logistic(0): Fraction(-4), 1: Fraction(2)}))
        >>> p.linearize([0.0, 3.0])
        array([[ 3.,  0.],
               [-1.,  2.]])
        """
        import numpy as np

        values, slopes = list(point), list(np.eye(self.size))
        for line in self.lines:
            if line[0] == "total":
                values.append(sum((as_float(c) * values[r] for r, c in line[1]), as_float(line[2])))
                slopes.append(sum((as_float(c) * slopes[r] for r, c in line[1]), np.zeros(self.size)))
            elif line[0] == "logistic":
                values.append((1 + np.tanh(values[line[1]] / 2)) / 2)
                slopes.append(values[-1] * (1 - values[-1]) * slopes[line[1]])
            else:
                a, b = line[1], line[-1]
                values.append(values[a] * values[b])
                slopes.append(values[a] * slopes[b] + values[b] * slopes[a])
        rows = (self._derivatives[unknown] for unknown in range(self.size))
        return np.array([factor * slopes[register] for register, factor in rows])

    def rounding(self, point: Sequence[float]) -> Any:
        """What the rounding of every instruction adds up to in each derivative at a point: D floats, in last bits.

        >>> p = Program(1)
        >>> square = p.product(0, 0)
        >>> p.derivative(0, p.product(square, square))
        >>> p.rounding([10.0])
        array([201.])
        """
        import numpy as np

        values, errors = list(map(float, point)), [0.0] * self.size
        for line in self.lines:
            if line[0] == "total":
                values.append(sum((as_float(c) * values[r] for r, c in line[1]), as_float(line[2])))
                errors.append(
                    sum((abs(as_float(c)) * errors[r] + (c.denominator > 1) * abs(values[r]) for r, c in line[1]), 1.0)
                )
            elif line[0] == "logistic":
                values.append((1 + float(np.tanh(values[line[1]] / 2))) / 2)
                errors.append(errors[line[1]] + 1.0)
            else:
                a, b = line[1], line[-1]
                values.append(values[a] * values[b])
                errors.append(abs(values[a]) * errors[b] + abs(values[b]) * errors[a] + 1.0)
        rows = (self._derivatives[unknown] for unknown in range(self.size))
        return np.array([abs(factor) * errors[register] for register, factor in rows])

    def prepare(self, bits: int) -> Recurrence:
        """The recurrence of its Taylor coefficients, in integers of so many binary places.

        >>> p = Program(1)
        >>> p.derivative(0, p.product(0, 0))
        >>> [int(c) for c in p.prepare(20).jets([1 << 20], Fraction(1, 2), 4)[0]]
        [1048576, 524288, 262144, 131072, 65536]
        """
        lines: list[Line] = []
        for line in self.lines:
            if line[0] == "total":
                _, terms, summand = line
                constants = [to_fixed(c, bits) for _, c in terms]
                line = ("total", tuple(r for r, _ in terms), constants, to_fixed(summand, bits))
            lines.append(line)
        return Recurrence(self.size, lines, [self._derivatives[n] for n in range(self.size)], bits)
