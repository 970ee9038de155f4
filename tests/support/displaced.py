"""Exact solutions that are not the solution: from a displaced start, of another loss, with a jump on the way.

Given to an enclosure as if they were right, they fill its balls: in ordinary boxes the error is a twentieth of the
radius, and a bound that is wrong by a factor of ten would go unnoticed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from math import isqrt, prod
from typing import Any

from campaign.problems import Problem
from campaign.references import FlowReference
from flint import arb, fmpq

from ddln_sym import GradientFlow, LogisticLoss, SquaredLoss
from ddln_sym.flows import Enclosure
from ddln_sym.flows.coordinates import Coordinate
from ddln_sym.flows.systems import ReducedSystem
from ddln_sym.numerics import precision
from ddln_sym.taylor import Precision, Solution, TaylorStep, solve

#: Of the solutions: far more than the displacement.
DIGITS = 60
#: Binary places of irrational starts.
PLACES = 600
#: Bits of the true flow.
BITS = 260


def flow_of(problem: Problem) -> GradientFlow:
    p = problem
    loss = LogisticLoss(p.X, p.y) if p.logistic else SquaredLoss(p.X, p.y, weight=p.weight)
    return GradientFlow(loss, p.layers)


@cache
def true_flow(data: str) -> FlowReference:
    """The reference of a problem, by its data as text."""
    return FlowReference(Problem(0, 0, "enclose", ast.literal_eval(data)), BITS)


def moved(coordinate: Coordinate, by: Fraction) -> tuple[Fraction, Fraction]:
    """``w`` and ``θ`` after the layer of least modulus was moved, with the same differences of squares."""
    x = coordinate.start[coordinate.least] + by
    square = prod((x * x + delta for delta in coordinate.differences), start=Fraction(1))
    root = Fraction(isqrt((square.numerator << 2 * PLACES) // square.denominator), 1 << PLACES)
    positive = coordinate.theta > 0 if coordinate.tied else coordinate.sign * x > 0
    return x * x, root if positive else -root


def reduced(flow: GradientFlow) -> ReducedSystem:
    return ReducedSystem(flow.loss, flow.coordinates)


def solution(flow: GradientFlow, start: Sequence[Fraction], end: Fraction) -> Solution:
    return solve(reduced(flow).program, start, end, Precision(DIGITS))


def displaced(flow: GradientFlow, end: Fraction, by: Sequence[Fraction]) -> Solution:
    """The solution from a start in which the least layer of each coordinate that moves is displaced."""
    start = list(reduced(flow).start)
    for n, i in enumerate(reduced(flow).active):
        start[2 * n : 2 * n + 2] = moved(flow.coordinates[i], by[n])
    return solution(flow, start, end)


def jumping(flow: GradientFlow, end: Fraction, jump: Sequence[Fraction]) -> Solution:
    """The solution up to half of the time, and from there that of a state that is off by a jump."""
    half = end / 2
    first = solution(flow, reduced(flow).start, half)
    scale = 1 << first.precision.bits
    state = [Fraction(int(v), scale) + j for v, j in zip(first.at(half), jump, strict=True)]
    # θ and w stay on the curve θ² = P(w): w follows from θ by Newton's method.
    for n, i in enumerate(reduced(flow).active):
        state[2 * n] = _square(flow.coordinates[i], state[2 * n], state[2 * n + 1])
    second = solution(flow, state, end - half)
    late = [TaylorStep(step.begin + half, step.scale, step.jets) for step in second.steps]
    return replace(first, steps=[*first.steps, *late], end=end)


def _square(coordinate: Coordinate, w: Fraction, theta: Fraction) -> Fraction:
    for _ in range(8):
        terms = [w + delta for delta in coordinate.differences]
        value = prod(terms, start=Fraction(1)) - theta * theta
        slope = sum(prod(t for k, t in enumerate(terms) if k != j) for j in range(len(terms)))
        step = value / slope
        w -= Fraction(round(step * 2**PLACES), 2**PLACES)
    return w


def filled(problem: Problem, solution: Solution, times: int = 8) -> Iterator[dict[str, list[Any]]]:
    """The error of each ball, in units of its radius, at many times: of θ, ξ, the layers, the metric and the loss.

    Raises:
        AssertionError: a ball does not hold the true value.
    """
    flow = flow_of(problem)
    box, reference = Enclosure(flow.loss, flow.coordinates, solution, DIGITS), true_flow(repr(problem.data))
    with precision(BITS + 40):
        for n in range(1, times + 1):
            time = fmpq(solution.end.numerator, solution.end.denominator) * n / times
            t, found = solution.end * n / times, {}
            columns = reference.layers(time)
            pairs = {
                "theta": (box.theta(t), reference.theta(time)),
                "xi": (box.xi(t), reference.xi(time)),
                "layers": ([u for c in zip(*box.layers(t), strict=True) for u in c], [u for c in columns for u in c]),
                "metric": (box.metric(t), reference.metric(time)),
                "loss": ([box.loss(t)], [reference.loss(time)]),
            }
            for name, (balls, values) in pairs.items():
                found[name] = []
                for value, true in zip(balls, values, strict=True):
                    slack = arb(0, (abs(true) * arb(2) ** (-BITS // 2) + arb(2) ** -200).upper())
                    assert value.overlaps(true + slack), f"{name} at {float(t)}: {value} does not hold {true}"
                    radius = value.rad()
                    found[name].append(float((abs(true - value.mid()) / radius).mid()) if radius > 0 else 0.0)
            yield found
