r"""How far the flow of a program can be from the polynomials of a run: proved, step by step.

Let p be the polynomials of a step and δ a bound of their defect ``‖p' − f(p)‖``, in Taylor models.  While the flow x is
within ρ of p, ``‖x − p‖' ≤ μ·‖x − p‖ + δ``, where μ bounds the largest eigenvalue of ``(J + Jᵀ)/2`` for all points
within ρ of p (Dahlquist; Lozinskii).  So the distance is at most ``e^{μt}(r + δt)`` if that is less than ρ, and then it
cannot have reached ρ first.  J is computed in balls, and μ is proved by a Cholesky decomposition in balls.

Unknowns that stand for roots, quotients and so on may be of other sizes than the parameters, which makes μ large; the
length is therefore taken of ``x_n/d_n``, with weights ``d_n`` that balance the rows and columns of the first J.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import log2, log10
from typing import TYPE_CHECKING, Any

from flint import arb, fmpq, fmpz_poly

from ddln_sym.flows.error_bounds import EnclosureError, rescale
from ddln_sym.flows.gradient_models import logistic
from ddln_sym.numerics import TaylorModel, ball, combine, norm, precision
from ddln_sym.taylor import Program, Solution, TaylorStep

if TYPE_CHECKING:
    from ddln_sym.flows.model_programs import ModelProgram

__all__ = ["BoundedSegment", "bound_rates", "bound_registers", "bound_solution"]

#: Bits of the bounds.
BITS = 64
#: A step is looked at in so many parts first, and in at most so many.
PARTS, MOST_PARTS = 2, 64
#: ρ as a multiple of the distance that is expected.
ROOM = arb(4)
#: Weights are powers of 2 up to this, found in so many rounds.
MOST_WEIGHT, ROUNDS = 10, 12
#: How much more than the eigenvalue in floats is tried, in parts of the norm, one after the other.
MARGINS = (1e-9, 1e-6, 1e-3, 1e-1)


@dataclass(frozen=True)
class BoundedSegment:
    """A step and how far the flow is from its polynomials.

    Attributes:
        begin, end: times. models: the polynomials, time from 0 to 1.
        radius: of all unknowns together, in multiples of their weights, at most. weights: powers of 2.
        largest: ``log10`` of the largest unknown, a float.
    """

    begin: Fraction
    end: Fraction
    models: tuple[TaylorModel, ...]
    radius: Any
    weights: tuple[Any, ...]
    largest: float

    @property
    def distance(self) -> Any:
        """How far any one unknown is from its polynomial at most."""
        return (self.radius * max(self.weights, key=float)).upper()

    def balls(self, time: Fraction, places: range, until: Fraction | None = None) -> tuple[Any, ...]:
        """The unknowns at a time, or from one time until another."""
        length = self.end - self.begin
        part = ball((time - self.begin) / length)
        if until is not None and until > time:
            part = ball((time + until - 2 * self.begin) / (2 * length))
            part += arb(0, ball((until - time) / (2 * length)).upper())
        return tuple(self.models[n].at(part) + arb(0, (self.radius * self.weights[n]).upper()) for n in places)


def bound_solution(
    built: ModelProgram, start: Sequence[Fraction], velocity: Sequence[Fraction], solution: Solution
) -> list[BoundedSegment]:
    """Every step of a solution with a bound on its distance from the flow.

    Raises:
        EnclosureError: the bounds come to nothing, because too few digits were carried.
    """
    with precision(BITS):
        return list(_segments(built, start, velocity, solution))


def _segments(
    built: ModelProgram, start: Sequence[Fraction], velocity: Sequence[Fraction], solution: Solution
) -> Iterator[BoundedSegment]:
    steps, bits = solution.steps, solution.precision.bits
    times = [*(step.begin for step in steps), solution.end]
    if times[0] != 0 or any(begin >= end for begin, end in pairwise(times)):
        raise EnclosureError(Fraction(0))
    with precision(2 * bits):
        exact = [arb(fmpq(x.numerator, x.denominator)) for x in (*start, *(velocity if built.velocities else ()))]
        places: list[Any] = [
            *exact,
            *(value for _, value in built.extras_at(start, 2 * bits)),
            *[arb(0)] * len(built.xi),
        ]
    radius, weights = arb(0), None
    for step, end in zip(steps, times[1:], strict=True):
        models = _models(step, end - step.begin, solution)
        weights = weights or _weights(built.program, [float(model.start) for model in models])
        with precision(2 * bits):
            jump = _length([model.start - place for model, place in zip(models, places, strict=True)], weights)
        radius = _advance(built.program, models, end - step.begin, (radius + jump).upper(), weights, step.begin)
        size = max((float(model.norm.upper()) for model in models), default=1.0)
        yield BoundedSegment(step.begin, end, tuple(models), radius, weights, log10(size or 1.0))
        places = [model.end for model in models]


def bound_registers(program: Program, box: Sequence[Any]) -> list[Any]:
    """All registers, where the unknowns lie in balls."""
    values = list(box)
    for line in program.lines:
        if line[0] == "total":
            values.append(sum((ball(c) * values[r] for r, c in line[1]), ball(line[2])))
        elif line[0] == "logistic":
            values.append(1 / (1 + (-values[line[1]]).exp()))
        else:
            values.append(values[line[1]] * values[line[-1]])
    return values


def bound_rates(program: Program, box: Sequence[Any]) -> list[Any]:
    """The derivatives of all unknowns, where these lie in balls."""
    values = bound_registers(program, box)
    return [values[register] * factor for register, factor in (program.rates[n] for n in range(program.size))]


def _weights(program: Program, point: Sequence[float]) -> tuple[Any, ...]:
    """Powers of 2 that bring rows and columns of the Jacobian to like lengths (Osborne's balancing)."""
    jacobian = abs(program.linearize(point))
    size = len(point)
    exponents = [0] * size
    for _ in range(ROUNDS):
        for n in range(size):
            row = sum(jacobian[n, m] * 2.0 ** (exponents[m] - exponents[n]) for m in range(size) if m != n)
            column = sum(jacobian[m, n] * 2.0 ** (exponents[n] - exponents[m]) for m in range(size) if m != n)
            if row > 0 and column > 0:
                exponents[n] += max(-1, min(1, round(log2(row / column) / 2)))
                exponents[n] = max(-MOST_WEIGHT, min(MOST_WEIGHT, exponents[n]))
    return tuple(arb((1, e)) for e in exponents)


def _length(vector: Sequence[Any], weights: Sequence[Any]) -> Any:
    """The Euclidean length in multiples of the weights, at most, as an exact ball."""
    return sum(((v / d).abs_upper() ** 2 for v, d in zip(vector, weights, strict=True)), arb(0)).sqrt().upper()


def _models(step: TaylorStep, length: Fraction, solution: Solution) -> list[TaylorModel]:
    bits, order = solution.precision.bits, solution.precision.order
    jets = rescale(step.jets, length / step.scale, bits)
    return [TaylorModel(fmpz_poly(jet), arb(0), bits, order) for jet in jets]


def _field(program: Program, models: Sequence[TaylorModel]) -> list[TaylorModel]:
    """The field along polynomials, as Taylor models of the registers of its derivatives."""
    bits, order = models[0].bits, models[0].order
    registers = list(models)
    for line in program.lines:
        if line[0] == "logistic":
            registers.append(logistic(registers[line[1]]))
        elif line[0] == "total":
            registers.append(combine([(c, registers[r]) for r, c in line[1]], line[2], bits, order))
        else:
            registers.append(registers[line[1]] * registers[line[-1]])
    return registers


def _advance(
    program: Program,
    models: Sequence[TaylorModel],
    length: Fraction,
    radius: Any,
    weights: Sequence[Any],
    begin: Fraction,
) -> Any:
    """The largest distance during a step of a length, from the distance at its beginning."""
    registers, bits, one = _field(program, models), models[0].bits, Fraction(1)
    defects = []
    for n, model in enumerate(models):
        register, factor = program.rates[n]
        defects.append(norm([(one, model.derivative()), (-factor * length, registers[register])], bits))
    defect = _length(defects, weights)
    count = PARTS
    while count <= MOST_PARTS:
        found = _through(program, models, ball(length), radius, defect, weights, count)
        if found is not None:
            return found
        count *= 4
    raise EnclosureError(begin)


def _through(
    program: Program,
    models: Sequence[TaylorModel],
    length: Any,
    radius: Any,
    defect: Any,
    weights: Sequence[Any],
    count: int,
) -> Any:
    """The largest distance through the parts of a step; None if the bounds fail."""
    width, most = ball(Fraction(1, count)), radius
    for n in range(count):
        part = ball(Fraction(2 * n + 1, 2 * count)) + arb(0, ball(Fraction(1, 2 * count)).upper())
        rho = ((radius + defect * width) * ROOM + arb((1, -4 * models[0].bits))).upper()
        box = [model.range(part) + arb(0, (rho * d).upper()) for model, d in zip(models, weights, strict=True)]
        rate = _logarithmic_norm(program, box, weights)
        if rate is None:
            return None
        grown = (rate * length * width).exp().max(arb(1))
        radius = (grown * (radius + defect * width)).upper()
        if not radius < rho:
            return None
        most = most.max(radius)
    return most.upper()


def _logarithmic_norm(program: Program, box: Sequence[Any], weights: Sequence[Any]) -> Any:
    """An upper bound of the largest eigenvalue of ``(J + Jᵀ)/2`` over a box, in weighted unknowns; None without one."""
    from numpy import array
    from numpy.linalg import eigvalsh

    size, values = program.size, list(box)
    slopes: list[dict[int, Any]] = [{n: arb(1)} for n in range(size)]
    for line in program.lines:
        if line[0] == "total":
            values.append(sum((ball(c) * values[r] for r, c in line[1]), ball(line[2])))
            slopes.append(_combine([(ball(c), slopes[r]) for r, c in line[1]]))
        elif line[0] == "logistic":
            values.append(1 / (1 + (-values[line[1]]).exp()))
            slopes.append(_combine([(values[-1] * (1 - values[-1]), slopes[line[1]])]))
        else:
            a, b = line[1], line[-1]
            values.append(values[a] * values[b])
            slopes.append(_combine([(values[a], slopes[b]), (values[b], slopes[a])]))
    rows = [_combine([(arb(factor), slopes[register])]) for register, factor in (program.rates[n] for n in range(size))]
    scaled = [{b: entry * weights[b] / weights[a] for b, entry in row.items()} for a, row in enumerate(rows)]
    matrix = [[(scaled[a].get(b, arb(0)) + scaled[b].get(a, arb(0))) / 2 for b in range(size)] for a in range(size)]
    if not all(entry.is_finite() for row in matrix for entry in row):
        return None
    middle = array([[float(entry.mid()) for entry in row] for row in matrix])
    rough = float(eigvalsh(middle)[-1])
    spread = sum((entry.rad() ** 2 for row in matrix for entry in row), arb(0)).sqrt()
    scale = float(abs(middle).sum(axis=1).max()) + 1e-300
    for margin in MARGINS:
        bound = (arb(rough) + spread * 2 + arb(margin * scale)).upper()
        if _positive([[(bound if a == b else arb(0)) - matrix[a][b] for b in range(size)] for a in range(size)]):
            return bound
    return None


def _combine(terms: Sequence[tuple[Any, dict[int, Any]]]) -> dict[int, Any]:
    total: dict[int, Any] = {}
    for factor, slopes in terms:
        for n, slope in slopes.items():
            total[n] = total[n] + factor * slope if n in total else factor * slope
    return total


def _positive(matrix: list[list[Any]]) -> bool:
    """Whether a symmetric matrix of balls is positive definite for every choice, by elimination without pivoting.

    >>> _positive([[arb(2), arb(1)], [arb(1), arb(1)]]), _positive([[arb(1), arb(2)], [arb(2), arb(1)]])
    (True, False)
    """
    rest = [list(row) for row in matrix]
    for k in range(len(rest)):
        pivot = rest[k][k]
        if not pivot > 0:
            return False
        for a in range(k + 1, len(rest)):
            factor = rest[a][k] / pivot
            for b in range(k + 1, a + 1):
                rest[a][b] -= factor * rest[b][k]
                rest[b][a] = rest[a][b]
    return True
