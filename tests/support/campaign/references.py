"""The true answers, by other means: all Ld equations, mirror maps from their own flow, singular values by rotations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import Any

from flint import arb, ctx, fmpq, fmpq_mat
from mpmath import mp

from campaign.integrator import Dense, Unreachable, integrate, magnitude
from campaign.problems import Problem, rational
from campaign.series import Series

__all__ = ["FlowReference", "ascent", "least_eigenvalue", "pair_flow", "power_ascent"]

#: Bits that layers may lose while they shrink.
FEW_BITS = 10
#: Bits with which layers that tie are tried to be kept on their sides of 0.
MOST_BITS = 2500
#: Bits of a closed form, in which numbers of very different sizes cancel.
CLOSED_BITS = 6000


def _product(values: Sequence[Any]) -> Any:
    found = values[0]
    for value in values[1:]:
        found = found * value
    return found


def _dot(values: Sequence[Any], numbers: Sequence[fmpq]) -> Any:
    """``Σ value·number``; the values may be power series."""
    terms = [value * arb(number) for value, number in zip(values, numbers, strict=True)]
    return sum(terms[1:], terms[0])


def _logistic(value: Any) -> Any:
    """``1/(1 + e^{−a})`` of a ball or a power series, by the exponential that is small."""
    first = value[0] if isinstance(value, Series) else value
    small = (-value if first.mid() > 0 else value).exp()
    return 1 / (1 + small) if first.mid() > 0 else small / (1 + small)


def _shrunk(found: Dense, end: fmpq, group: Sequence[int]) -> float:
    """Bits by which the largest of a group of unknowns is below its start, squared, when it is least."""
    states = [[p[0] for p in polynomials] for polynomials in found.polynomials] + [found.at(end)]
    sizes = [max(magnitude(state[n]) for n in group) for state in states]
    return 2 * (sizes[0] - min(sizes))


def _crosses(found: Dense, end: fmpq, places: Sequence[int]) -> bool:
    """Whether an unknown passes through 0."""
    states = [[p[0] for p in polynomials] for polynomials in found.polynomials] + [found.at(end)]
    return any((state[n] > 0) != (states[0][n] > 0) for state in states for n in places)


@dataclass(frozen=True)
class FlowReference:
    """A flow of all its layers and of ``ξ``, coordinate by coordinate.

    Args:
        problem: of the kinds that have layers. bits: relative accuracy of a step.
    """

    problem: Problem
    bits: int

    @cached_property
    def columns(self) -> list[list[fmpq]]:
        return [[rational(u) for u in column] for column in zip(*self.problem.layers, strict=True)]

    @cached_property
    def rows(self) -> list[list[fmpq]]:
        signs = [rational(v) if self.problem.logistic else fmpq(1) for v in self.problem.y]
        return [[s * rational(x) for x in row] for s, row in zip(signs, self.problem.X, strict=True)]

    def gradient(self, theta: Sequence[Any]) -> list[Any]:
        """``∇𝓛`` at numbers or power series."""
        sums = [_dot(theta, row) for row in self.rows]
        if self.problem.logistic:
            factors = [-_logistic(-m) for m in sums]
        else:
            twice = 2 * rational(self.problem.weight)
            factors = [(m - arb(rational(v))) * arb(twice) for m, v in zip(sums, self.problem.y, strict=True)]
        return [_dot(factors, column) for column in zip(*self.rows, strict=True)]

    @cached_property
    def solution(self) -> Dense:
        depth, dimension = len(self.problem.layers), len(self.columns)
        blocks = [list(range(i * depth, (i + 1) * depth)) for i in range(dimension)]

        def field(x: list[Any]) -> list[Any]:
            parts = [[x[n] for n in block] for block in blocks]
            slopes = self.gradient([_product(part) for part in parts])
            found = []
            for part, slope in zip(parts, slopes, strict=True):
                after = [-slope]
                for u in reversed(part[1:]):
                    after.append(after[-1] * u)
                before = None
                for u, rest in zip(part, reversed(after), strict=True):
                    found.append(rest if before is None else before * rest)
                    before = u if before is None else before * u
            return [*found, *(-slope for slope in slopes)]

        groups = [b for b, c in zip(blocks, self.columns, strict=True) if sum(u == 0 for u in c) < 2]
        start = [*(u for column in self.columns for u in column), *[fmpq(0)] * dimension]
        bits, end = self.bits + (self._margin_bits if self.problem.logistic else 0), rational(self.problem.until)
        found, spent = integrate(field, start, groups, end, bits), 0.0
        # The squares of layers keep their differences: what these are off weighs the more, the smaller the layers are.
        while (lost := max([0.0, *(_shrunk(found, end, group) for group in groups)])) > spent + FEW_BITS:
            found, spent = integrate(field, start, groups, end, bits + ceil(lost)), lost
        # Layers that tie tend to 0 and never reach it, but may beside larger ones be less than an error of these.
        bits += ceil(spent)
        while _crosses(found, end, self._tied):
            bits *= 2
            if bits > MOST_BITS:
                raise Unreachable
            found = integrate(field, start, groups, end, bits)
        return found

    @property
    def _tied(self) -> list[int]:
        """The places of layers whose moduli are the least of their coordinate, where several are."""
        found = list[int]()
        for i, column in enumerate(self.columns):
            sizes = [abs(u) for u in column]
            least = [j for j, size in enumerate(sizes) if size == min(sizes) != 0]
            if len(least) > 1:
                found += [i * len(column) + j for j in least]
        return found

    @property
    def _margin_bits(self) -> int:
        """Bits for margins to be known to less than 1, without which a logistic function is not known at all.

        A layer is known relative to the largest of its coordinate, and ``θ`` relative to the product of as many.
        """
        largest = [arb(max(map(abs, column))) ** len(column) for column in self.columns]
        margins = [sum((abs(arb(x)) * size for x, size in zip(row, largest, strict=True)), arb(0)) for row in self.rows]
        return max([0, *(ceil(magnitude(margin)) for margin in margins if margin != 0)])

    def layers(self, time: fmpq) -> list[list[Any]]:
        """The layers at a time, coordinate by coordinate."""
        depth, state = len(self.problem.layers), self.solution.at(time)
        return [state[i * depth : (i + 1) * depth] for i in range(len(self.columns))]

    def signs(self, end: fmpq) -> list[list[list[bool]]]:
        """Whether a layer of a coordinate is negative, from step to step and at the end, wherever it is not 0.

        A layer that begins at 0 has the sign of its slope then.
        """
        depth, first = len(self.problem.layers), self.solution.polynomials[0]
        soon = [u[0] if u[0] != 0 else u[1] for u in first[: depth * len(self.columns)]]
        begin = [soon[i * depth : (i + 1) * depth] for i in range(len(self.columns))]
        columns = zip(begin, *(self.layers(t) for t in [*self.solution.begins[1:], end]), strict=True)
        return [[[bool(u < 0) for u in row if u != 0] for row in zip(*column, strict=True)] for column in columns]

    def xi(self, time: fmpq) -> list[Any]:
        return list(self.solution.at(time)[-len(self.columns) :])

    def theta(self, time: fmpq) -> list[Any]:
        return [_product(column) for column in self.layers(time)]

    def metric(self, time: fmpq) -> list[Any]:
        found = []
        for column in self.layers(time):
            products = [_product([arb(1), *column[:j], *column[j + 1 :]]) for j in range(len(column))]
            found.append(sum((p * p for p in products), arb(0)))
        return found

    def loss(self, time: fmpq) -> Any:
        sums = [sum((arb(x) * t for x, t in zip(row, self.theta(time), strict=True)), arb(0)) for row in self.rows]
        if self.problem.logistic:
            return sum(((1 + (-m).exp()).log() for m in sums), arb(0))
        squares = ((m - arb(rational(v))) * (m - arb(rational(v))) for m, v in zip(sums, self.problem.y, strict=True))
        return arb(rational(self.problem.weight)) * sum(squares, arb(0))


def ascent(layers: Sequence[fmpq], xi: fmpq, bits: int) -> tuple[Any, Any, Any]:
    """``θ``, ``Q*`` and the metric ``dθ/dξ`` at ``ξ``, by ``du^j/dξ = ∏_{k≠j} u^k`` and ``dQ*/dξ = θ``."""
    side = -1 if xi < 0 else 1

    def field(x: list[Any]) -> list[Any]:
        u = x[:-1]
        found = [_product([*u[:j], *u[j + 1 :]]) * side for j in range(len(u))]
        return [*found, _product(u)]

    state = integrate(field, [*layers, fmpq(0)], [range(len(layers))], abs(xi), bits).at(abs(xi))
    u, before = state[:-1], ctx.prec
    ctx.prec = bits
    try:
        others = [_product([arb(1), *u[:j], *u[j + 1 :]]) for j in range(len(u))]
        return _product(u), side * state[-1], sum((p * p for p in others), arb(0))
    finally:
        ctx.prec = before


def pair_flow(problem: Problem, time: fmpq) -> Any:
    """θ of two layers of one coordinate under a squared loss, in closed form; ``None`` for other problems.

    With ``A = Σx²``, ``B = Σxy``, ``c = u_1² − u_2²`` and ``p = (u_1 + u_2)²`` the flow is the Riccati equation
    ``p' = −weight·(Ap² − 4Bp − Ac²)``, with constant roots ``r_±``, and ``θ = (p − c²/p)/4``.
    """
    if problem.logistic or len(problem.layers) != 2 or len(problem.layers[0]) != 1:
        return None
    (u, v), weight = (rational(row[0]) for row in problem.layers), rational(problem.weight)
    pairs = [(rational(row[0]), rational(y)) for row, y in zip(problem.X, problem.y, strict=True)]
    A, B, side = sum(x * x for x, _ in pairs), sum(x * y for x, y in pairs), 1
    if u + v == 0:  # the same problem for −θ
        v, B, side = -v, -B, -1
    if A == 0 or u + v == 0:
        return arb(side * u * v)
    before, ctx.prec = ctx.prec, CLOSED_BITS
    try:
        start, c = arb((u + v) * (u + v)), u * u - v * v
        root = arb(4 * B * B + A * A * c * c).sqrt()
        high, low = (2 * B + root) / A, (2 * B - root) / A
        ratio = (start - high) / (start - low) * (-arb(weight * A * time) * (high - low)).exp()
        p = (high - ratio * low) / (1 - ratio)
        if c == 0 and B == 0:
            p = start / (1 + arb(weight * A * time) * start)
        return side * (p - arb(c * c) / p) / 4
    finally:
        ctx.prec = before


def power_ascent(start: fmpq, depth: int, xi: fmpq, bits: int) -> tuple[Any, Any]:
    """``u^L`` and its integral over ``ξ``, along ``du/dξ = L u^{L−1}`` in closed form."""
    before, ctx.prec = ctx.prec, bits
    try:
        if depth == 2:
            theta = arb(start * start) * (4 * arb(xi)).exp()
            return theta, (theta - arb(start * start)) / 4
        u = arb(start)
        rest = u ** (2 - depth) - depth * (depth - 2) * arb(xi)
        # By Euler's identity the integral of u^L is (u² − u_0²)/(2L).
        power = rest ** (arb(-2) / (depth - 2)) if depth % 2 == 0 or start > 0 else (-rest) ** (arb(-2) / (depth - 2))
        size = power.sqrt()
        moved = size if start > 0 else -size
        return moved**depth, (power - u * u) / (2 * depth)
    finally:
        ctx.prec = before


def least_eigenvalue(rows: Sequence[Sequence[fmpq]], digits: int) -> Any:
    """The square of the least singular value that is not 0, as an mpf; its place follows from the exact rank."""
    rank = fmpq_mat([list(row) for row in rows]).rank()
    with mp.workdps(digits):
        values = mp.svd_r(mp.matrix([[mp.mpf(int(x.p)) / int(x.q) for x in row] for row in rows]), compute_uv=False)
        return sorted(values, reverse=True)[rank - 1] ** 2
