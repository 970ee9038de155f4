"""Flows of many layers, and of layers of unlike scales: P' exactly, and flows against other systems of equations."""

from __future__ import annotations

from fractions import Fraction
from math import prod

import pytest
from flint import arb
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf
from trajectories import exactly

from ddln_sym import GradientFlow, SquaredLoss, entropy
from ddln_sym.flows.coordinates import Coordinate
from ddln_sym.flows.systems import ReducedSystem
from ddln_sym.numerics import precision
from ddln_sym.testing import horizon

DIGITS = 15
DEPTHS = [11, 12, 13, 20, 31, 40]


def evaluated(system, state):
    """The derivatives that a program without logistic functions gives, in fractions."""
    values = list(state)
    for line in system.program.lines:
        if line[0] == "total":
            values.append(sum((c * values[r] for r, c in line[1]), line[2]))
        else:
            values.append(values[line[1]] * values[line[-1]])
    return [factor * values[register] for register, factor in map(system.program._derivatives.get, range(len(state)))]


def slope_by_leaving_out(differences, w):
    """``P'(w) = Σ_j ∏_{k≠j} (w + Δ_k)``, as it is defined."""
    return sum(
        prod((w + d for k, d in enumerate(differences) if k != j), start=Fraction(1)) for j in range(len(differences))
    )


LAYERS = st.one_of(
    st.fractions(-3, 3, max_denominator=20),
    st.sampled_from(
        [Fraction(0), Fraction(1), Fraction(-1), Fraction(1, 10**30), Fraction(10**12), Fraction(-(10**30))]
    ),
)


@given(st.lists(LAYERS, min_size=2, max_size=40), st.fractions(-2, 5, max_denominator=30), st.fractions(-2, 2))
def test_the_compiled_field_is_the_field(layers, w, theta):
    """``w' = −2θg`` and ``θ' = −P'(w)g`` in fractions, for any signs, ties, zeros and scales."""
    coordinate = Coordinate(tuple(layers))
    if coordinate.frozen:
        return
    g = 6 * (3 * theta - 1)
    found = evaluated(ReducedSystem(SquaredLoss([[3]], [1]), [coordinate]), [w, theta, Fraction(7)])
    assert found == [-2 * theta * g, -slope_by_leaving_out(coordinate.differences, w) * g, -g]


@pytest.mark.parametrize("depth", range(2, 41))
def test_the_compiled_field_at_every_depth(depth):
    layers = [Fraction((-1) ** k * (70 + 3 * k), 100) for k in range(depth)]
    coordinate = Coordinate(tuple(layers))
    state = [Fraction(3, 7), Fraction(-2, 5), Fraction(0)]
    found = evaluated(ReducedSystem(SquaredLoss([[1]], [0]), [coordinate]), state)
    assert found[1] == -slope_by_leaving_out(coordinate.differences, state[0]) * 2 * state[1]


def test_a_hundred_layers_compile_to_few_products():
    coordinate = Coordinate(tuple(Fraction(70 + 3 * k, 100) for k in range(100)))
    program = ReducedSystem(SquaredLoss([[1]], [0]), [coordinate]).program
    assert program.convolutions < 20
    longest = max(c.numerator.bit_length() for line in program.lines if line[0] == "total" for _, c in line[1])
    assert longest < 100 * 40, "P has coefficients of so many bits, and nothing else is compiled"


# -- flows -------------------------------------------------------------------------------------------
def family(depth, y=(1, -1)):
    """The layers rise from 0.7 to about 1.3 in one coordinate, and fall from 1.2 to about 0.8 in the other."""
    layers = [[Fraction(70 + 60 * k // depth, 100), Fraction(120 - 40 * k // depth, 100)] for k in range(depth)]
    return GradientFlow(SquaredLoss([[1, 2], [2, 1]], y), layers)


def assert_both_systems_agree(flow, end):
    reduced, full = flow.integrate(end, DIGITS), flow.integrate(end, 2 * DIGITS, full=True)
    with mp.workdps(3 * DIGITS):
        for t in (end / 3, end):
            for column, other in zip(
                zip(*reduced.layers(t), strict=True), zip(*full.layers(t), strict=True), strict=True
            ):
                scale = max(map(abs, other))
                assert all(abs(a - b) <= mpf(10) ** -DIGITS * scale for a, b in zip(column, other, strict=True))
            for a, b in zip(reduced.xi(t), full.xi(t), strict=True):
                assert abs(a - b) <= mpf(10) ** -DIGITS * max(1, *map(abs, full.xi(t)))


def test_eleven_layers():
    """The example at which the remainder of a completed square was taken to have leading coefficient 1."""
    layers = [[Fraction(70 + 3 * k, 100), Fraction(120 - 2 * k, 100)] for k in range(11)]
    flow = GradientFlow(SquaredLoss([[1, 2], [2, 1]], [1, -1]), layers)
    theta = flow.integrate("0.001", DIGITS).theta("0.001")
    assert abs(theta[0] - mpf("0.148399776471466")) < mpf("1e-15")
    assert_both_systems_agree(flow, Fraction(1, 1000))


@pytest.mark.parametrize("depth", [*DEPTHS, 100])
def test_two_systems_of_equations_agree(depth):
    flow = family(depth)
    assert_both_systems_agree(flow, 4 * horizon(flow))


@pytest.mark.parametrize("depth", [11, 17])
def test_the_layers_as_printed_by_a_general_integrator(depth):
    """(5) itself, by ``mpmath.odefun``."""
    flow = family(depth)
    end = 4 * horizon(flow)
    rows, targets = flow.loss.rows, flow.loss.targets

    def velocity(_, u):
        columns = [u[:depth], u[depth:]]
        theta = [mp.fprod(column) for column in columns]
        gaps = [sum(x * t for x, t in zip(row, theta, strict=True)) - y for row, y in zip(rows, targets, strict=True)]
        slope = [2 * sum(row[i] * gap for row, gap in zip(rows, gaps, strict=True)) for i in range(2)]
        return [-t / x * g for column, t, g in zip(columns, theta, slope, strict=True) for x in column]

    with mp.workdps(DIGITS + 5):
        start = [exactly(row[i]) for i in range(2) for row in flow.start]
        expected = mp.odefun(velocity, 0, start)(exactly(end))
        found = [u for column in zip(*flow.integrate(end, DIGITS).layers(end), strict=True) for u in column]
        assert max(abs(a - b) for a, b in zip(found, expected, strict=True)) < mpf(10) ** (1 - DIGITS)


@pytest.mark.parametrize("layers", [["1", "-1.5", "0.25", "0.25", "1e6"], ["1", *["0.25"] * 6, "-1.5", "1e12"]])
def test_layers_of_unlike_scales(layers):
    """Squares that were completed cancelled here, and steps shrank to nothing."""
    flow = GradientFlow(SquaredLoss([[1]], [1]), [[u] for u in layers])
    assert_both_systems_agree(flow, horizon(flow))


@pytest.mark.parametrize("depth", [11, 40])
def test_balls_of_many_layers(depth):
    flow = family(depth)
    end = 4 * horizon(flow)
    box, full = flow.enclose(end, DIGITS), flow.integrate(end, 2 * DIGITS, full=True)
    with precision(200):
        for ball, value in zip(box.theta(end), full.theta(end), strict=True):
            assert ball.contains(arb(mp.nstr(value, 2 * DIGITS)))
            assert ball.rad() < 1e-14


@pytest.mark.parametrize("depth", [11, 25, 40])
def test_limits_of_many_layers(depth):
    """The loss has one minimizer, (1/3, 1/3), and ``∇𝒬(θ) = ξ`` along the flow, with an entropy from quadrature."""
    flow = family(depth, y=(1, 1))
    trajectory = flow.converge("1e-20", 20)
    theta, xi = trajectory.theta(trajectory.end), trajectory.xi(trajectory.end)
    assert max(abs(3 * x - 1) for x in theta) < mpf("1e-9")
    slope = entropy(flow.start).gradient(theta, digits=25)
    assert max(abs(a - b) for a, b in zip(slope, xi, strict=True)) < mpf("1e-17")
