"""The deep diagonal flow (5) as programs: in 2d polynomial equations whatever the depth, and in all Ld of them.

Both also integrate ``ξ' = −∇𝓛(θ)``, which costs no product of series.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from math import prod

from ddln_sym.loss import SquaredLoss
from ddln_sym.taylor import Number, Precision, Program, fixed, integer

try:
    from gmpy2 import isqrt
except ImportError:
    from math import isqrt

__all__ = ["Coordinate", "FullSystem", "NeedsBits", "ReducedSystem"]

#: A near tie may cost this many bits more from the start, rather than a second run.
FORESIGHT_BITS = 40


class NeedsBits(Exception):
    """The layers came closer to zero than the bits carried allow for.

    Attributes:
        extra: the bits for conditioning to start again with.
    """

    def __init__(self, extra: int) -> None:
        self.extra = extra
        super().__init__(f"needs {extra} bits for the conditioning")


def _small(value: Fraction) -> int:
    """About ``−log2`` of a modulus, at least 0."""
    return max(0, value.denominator.bit_length() - abs(value.numerator).bit_length() + 1)


def _large(value: Fraction) -> int:
    """About ``log2`` of a modulus, at least 0."""
    return max(0, abs(value.numerator).bit_length() - value.denominator.bit_length() + 1)


@dataclass(frozen=True)
class Coordinate:
    """The layers of one coordinate at time 0, seen from the one of least modulus.

    Attributes:
        start: ``u^1_i(0), …, u^L_i(0)``.

    With ``x`` the layer of least modulus, ``u_k² = x² + Δ_k`` for all time.

    >>> c = Coordinate((Fraction(2), Fraction(-1), Fraction(0)))
    >>> c.least, c.differences, c.sign, c.tied, c.frozen
    (2, (Fraction(4, 1), Fraction(1, 1), Fraction(0, 1)), -1, False, False)
    """

    start: tuple[Fraction, ...]

    @cached_property
    def least(self) -> int:
        """The place of the layer of least modulus, the first of them where there are several."""
        return min(range(len(self.start)), key=lambda j: abs(self.start[j]))

    @cached_property
    def differences(self) -> tuple[Fraction, ...]:
        """``Δ_k = u_k(0)² − x(0)²``, all at least 0."""
        x = self.start[self.least]
        return tuple(u * u - x * x for u in self.start)

    @cached_property
    def sign(self) -> int:
        """The sign of ``∏_{k≠least} u_k``, which lasts; 0 where two layers are zero."""
        return prod((u > 0) - (u < 0) for u in self._others(self.start))

    @cached_property
    def tied(self) -> bool:
        """Whether several layers share the least modulus; then none of them ever changes sign."""
        return sum(not d for d in self.differences) > 1

    @property
    def frozen(self) -> bool:
        """Whether two layers are zero, so that every velocity of the coordinate vanishes."""
        return sum(not u for u in self.start) > 1

    def _others(self, values: Sequence[Fraction]) -> list[Fraction]:
        return [value for k, value in enumerate(values) if k != self.least]

    @property
    def theta(self) -> Fraction:
        """``θ_i(0)``."""
        return prod(self.start, start=Fraction(1))

    @property
    def gap(self) -> Fraction:
        """``σ_i = ∏_{k≠least} (u_k(0)² − x(0)²)``: 0 unless (𝒜) holds in this coordinate."""
        return prod(self._others(self.differences), start=Fraction(1))

    @property
    def extra(self) -> int:
        """Bits that recovering the layers from ``u²`` and ``θ`` loses, and those for the size of the numbers."""
        if self.frozen:
            return 0
        now = [_small(u) for u in self._others(self.start)]
        least = [_small(d) // 2 + 1 if d else n for d, n in zip(self._others(self.differences), now, strict=True)]
        near, far = (sum(bits) + 2 * max(bits) for bits in (now, least))
        size = len(self.start) * max(_large(u) for u in self.start)
        return size + (far if far <= near + FORESIGHT_BITS else near)

    def check(self, layers: Sequence[Number], precision: Precision, most: int) -> None:
        """Whether the bits carried suffice for the layers as they are now.

        Raises:
            NeedsBits: more bits are lost than ``precision.extra``, and that is below ``most``.
        """
        others = [max(0, precision.bits - int(abs(u)).bit_length()) for k, u in enumerate(layers) if k != self.least]
        needed = sum(others) + 2 * max(others)
        if precision.extra + len(layers) + 4 < min(needed, most):
            raise NeedsBits(min(needed + needed // 2, most))

    # -- what is known of the layers from (w, θ), in integers of so many bits ----------------------------
    def smallest(self, w: Number, theta: Number, differences: Sequence[Number], bits: int) -> Number:
        """``x`` from ``w = x²`` and ``θ``: as ``±√w`` or ``θ/∏others``, whichever is better conditioned."""
        w = max(w, integer(0))
        product = integer(1) << bits
        for k, delta in enumerate(differences):
            if k != self.least:
                product = product * isqrt((w + delta) << bits) >> bits
        root = isqrt(w << bits)
        if not product or 2 * root >= product:
            positive = self.start[self.least] > 0 if self.tied else self.sign * theta >= 0
            return root if positive else -root
        return self.sign * (theta << bits) // product

    def layers(self, x: Number, differences: Sequence[Number], bits: int) -> list[Number]:
        """All layers from the smallest one."""
        square = x * x
        roots = (isqrt(square + (delta << bits)) for delta in differences)
        found = [root if u > 0 else -root for root, u in zip(roots, self.start, strict=True)]
        found[self.least] = x
        return found


class ReducedSystem:
    """``w' = −2θg``, ``θ' = −P'(w)g`` with ``P(w) = ∏_k(w + Δ_k)`` and ``g = (∇𝓛(θ))_i`` in each coordinate.

    Args:
        loss: the loss. coordinates: the layers at time 0, coordinate by coordinate.

    ``w`` is the square of the layer of least modulus, so ``θ² = P(w)``, onto which every step is projected.

    >>> pair = Coordinate((Fraction(1, 2), Fraction(1), Fraction(2), Fraction(3)))
    >>> ReducedSystem(SquaredLoss([[1]], [1]), [pair]).program.convolutions
    3.5
    """

    def __init__(self, loss: SquaredLoss, coordinates: Sequence[Coordinate]) -> None:
        self.coordinates = coordinates
        self.active = [i for i, c in enumerate(coordinates) if not c.frozen]
        self.extra = max((c.extra for c in coordinates), default=0)
        self._differences: dict[int, list[list[Number]]] = {}
        start: list[Fraction] = []
        for i in self.active:
            start += [coordinates[i].start[coordinates[i].least] ** 2, coordinates[i].theta]
        self.start = start + [Fraction(0)] * len(coordinates)
        self.program = Program(len(self.start))
        matrix, shift = loss.normal_form
        for i, coordinate in enumerate(coordinates):
            terms = {2 * n + 1: matrix[i][j] for n, j in enumerate(self.active)}
            g = self.program.total(terms, -shift[i])
            self.program.derivative(2 * len(self.active) + i, g, -1)
            if not coordinate.frozen:
                w = 2 * self.active.index(i)
                slope = _slope(self.program, w, coordinate.differences)
                self.program.derivative(w, self.program.product(w + 1, g), -2)
                self.program.derivative(w + 1, self.program.product(slope, g), -len(coordinate.start))

    def _recovered(self, state: Sequence[Number], bits: int) -> list[list[Number]]:
        """The layers, coordinate by coordinate."""
        if bits not in self._differences:
            exact = [self.coordinates[i].differences for i in self.active]
            self._differences = {bits: [[fixed(d, bits) for d in row] for row in exact]}
        differences = self._differences[bits]
        found, places = [], iter(range(0, 2 * len(self.active), 2))
        for coordinate in self.coordinates:
            if coordinate.frozen:
                found.append([fixed(u, bits) for u in coordinate.start])
            else:
                n = next(places)
                x = coordinate.smallest(state[n], state[n + 1], differences[n // 2], bits)
                found.append(coordinate.layers(x, differences[n // 2], bits))
        return found

    def project(self, state: list[Number], precision: Precision, most: int) -> list[Number]:
        """The state with ``θ² = P(w)``.

        Raises:
            NeedsBits: recovering the layers loses more bits than ``precision.extra``, and that is below ``most``.
        """
        bits = precision.bits
        projected = list(state)
        recovered = self._recovered(state, bits)
        for n, i in enumerate(self.active):
            layers = recovered[i]
            least = self.coordinates[i].least
            self.coordinates[i].check(layers, precision, most)
            theta = integer(1) << bits
            for u in layers:
                theta = theta * u >> bits
            projected[2 * n], projected[2 * n + 1] = layers[least] * layers[least] >> bits, theta
        return projected

    def layers(self, state: Sequence[Number], bits: int) -> list[list[Number]]:
        """L rows of d numbers."""
        return [list(row) for row in zip(*self._recovered(state, bits), strict=True)]

    def xi(self, state: Sequence[Number]) -> list[Number]:
        """``ξ = −∫∇𝓛``, d numbers."""
        return list(state[2 * len(self.active) :])


class FullSystem:
    """All Ld equations ``(u^j)' = −(⊙_{k≠j} u^k) ⊙ g``, nothing projected: conservation can be tested on it.

    Args:
        loss: the loss. coordinates: the layers at time 0, coordinate by coordinate.

    >>> three = Coordinate((Fraction(1), Fraction(2), Fraction(3)))
    >>> FullSystem(SquaredLoss([[1]], [1]), [three]).program.convolutions
    6.0
    """

    def __init__(self, loss: SquaredLoss, coordinates: Sequence[Coordinate]) -> None:
        self.coordinates = coordinates
        self.depth = len(coordinates[0].start)
        self.extra = max(c.extra for c in coordinates)
        self.start = [u for c in coordinates for u in c.start] + [Fraction(0)] * len(coordinates)
        program = self.program = Program(len(self.start))
        blocks = [list(range(i * self.depth, (i + 1) * self.depth)) for i in range(len(coordinates))]
        before = [list(accumulate(block, program.product)) for block in blocks]
        matrix, shift = loss.normal_form
        for i, block in enumerate(blocks):
            terms = {products[-1]: a for products, a in zip(before, matrix[i], strict=True)}
            g = after = program.total(terms, -shift[i])
            program.derivative(self.depth * len(coordinates) + i, g, -1)
            # after = g times the later layers, so each layer takes three products
            for j in reversed(range(1, self.depth)):
                program.derivative(block[j], program.product(before[i][j - 1], after), -1)
                after = program.product(block[j], after)
            program.derivative(block[0], after, -1)

    def layers(self, state: Sequence[Number], bits: int) -> list[list[Number]]:
        """L rows of d numbers."""
        d = len(self.coordinates)
        return [[state[i * self.depth + j] for i in range(d)] for j in range(self.depth)]

    def project(self, state: list[Number], precision: Precision, most: int) -> list[Number]:
        """The state as it is.

        Raises:
            NeedsBits: as in the reduced system, since rounding errors of the full one grow as much.
        """
        for coordinate, column in zip(self.coordinates, zip(*self.layers(state, 0), strict=True), strict=True):
            if not coordinate.frozen:
                coordinate.check(column, precision, most)
        return state

    def xi(self, state: Sequence[Number]) -> list[Number]:
        """``ξ = −∫∇𝓛``, d numbers."""
        return list(state[self.depth * len(self.coordinates) :])


# -- P'/L by completing squares ---------------------------------------------------------------------
def _slope(program: Program, w: int, differences: Sequence[Fraction]) -> int:
    """The register of ``P'(w)/L``, ``P(w) = ∏(w + Δ_k)``."""
    coefficients = [Fraction(1)]
    for delta in differences:
        coefficients = [
            a + delta * b for a, b in zip([Fraction(0), *coefficients], [*coefficients, Fraction(0)], strict=True)
        ]
    depth = len(differences)
    return program.total(*_evaluated(program, w, [k * c / depth for k, c in enumerate(coefficients)][1:]))


def _evaluated(program: Program, w: int, p: Sequence[Fraction]) -> tuple[dict[int, Fraction], Fraction]:
    """A polynomial in ``w`` as a sum of registers and a constant; ``p`` holds its coefficients, lowest first.

    ``p = q² + r`` saves products: a square of series costs half of one.  An even degree of 4 or more is
    split so, if the leading coefficient is 1; an odd one is ``w`` times an even one.
    """
    degree = len(p) - 1
    if degree <= 3:
        powers = [w]
        while len(powers) < degree:
            powers.append(program.product(powers[(len(powers) - 1) // 2], powers[len(powers) // 2]))
        return dict(zip(powers[:degree], p[1:], strict=True)), p[0]
    if degree % 2:
        inner = program.total(*_evaluated(program, w, p[1:]))
        return {program.product(w, inner): Fraction(1)}, p[0]
    half = degree // 2
    q = [Fraction(0)] * half + [Fraction(1)]
    for k in reversed(range(half)):
        known = sum((q[a] * q[half + k - a] for a in range(k + 1, half)), Fraction(0))
        q[k] = (p[half + k] - known) / 2
    square = [sum((q[a] * q[n - a] for a in range(n + 1) if n - a <= half), Fraction(0)) for n in range(half)]
    root = program.total(*_evaluated(program, w, q))
    terms, constant = _evaluated(program, w, [a - b for a, b in zip(p[:half], square, strict=True)])
    return {**terms, program.product(root, root): Fraction(1)}, constant
