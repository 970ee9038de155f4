"""Flows of any parametrization: against another integrator, closed forms, their own laws; displaced starts."""

from __future__ import annotations

import os
from fractions import Fraction

import mpmath
import pytest
import sympy as sp
from flint import arb
from odefun_flows import close, reference

import ddln_sym as dd
from ddln_sym.flows.model_bounds import bound_solution
from ddln_sym.flows.model_flows import ModelFlow
from ddln_sym.flows.model_programs import ModelProgram
from ddln_sym.taylor import PlainJets, TaylorStep

u, v, w = sp.symbols("u v w", real=True)
POSITIVE = dd.Domain(positive=(u, v))
ONE = dd.SquaredLoss([["1.5"]], [2])
TWO = dd.SquaredLoss([[1, "0.5"], ["-0.25", 1]], [2, 1])
THREE = dd.SquaredLoss([[1, 0, 1], [0, 1, 1]], [1, 2])
LOGISTIC = dd.LogisticLoss([[1, 2], [2, -1]], [1, -1])

MODELS = {
    "factors": (ONE, dd.asymmetric_factorization(1, 1, 2), ["0.5", "-0.1", "0.2", 1]),
    "convolution": (
        dd.SquaredLoss([[1, 0, 1], [0, 1, 1]], [1, 2]),
        dd.convolutional((2, 2)),
        ["0.5", 1, "-0.3", "0.7"],
    ),
    "cubes": (TWO, dd.difference(3, 2), ["0.5", 1, "0.6", "0.7"]),
    "weight normalization": (TWO, dd.weight_normalization(2), [1, "0.5", "0.2"]),
    "sphere": (TWO, dd.sphere(2), [1, "0.5"]),
    "softmax": (TWO, dd.softmax(2), ["0.1", "-0.4"]),
    "simplex": (LOGISTIC, dd.squared_simplex(2), [1, "0.5"]),
    "quotient": (ONE, dd.Parametrization((u**3 / (1 + v**2),), (u, v)), ["0.7", "0.3"]),
    "roots": (ONE, dd.Parametrization((u ** sp.Rational(-3, 2) + sp.sqrt(1 + v**2),), (u, v), POSITIVE), ["0.7", 1]),
    "functions": (ONE, dd.Parametrization((sp.tanh(u) * sp.sin(v) + sp.log(2 + u * v),), (u, v)), ["0.3", "0.5"]),
    "hyperbolic": (ONE, dd.Parametrization((sp.sinh(u) * sp.cosh(v) + sp.exp(-u / 3),), (u, v)), ["0.3", "0.5"]),
    "floats": (ONE, dd.Parametrization((0.25 * u * v + u,), (u, v)), ["0.3", "0.5"]),
}


#: With CI in the environment nothing is left out.
ALL = bool(os.environ.get("CI"))


@pytest.mark.parametrize("name", MODELS if ALL else ["factors", "softmax", "quotient"])
def test_against_another_integrator_and_within_its_enclosure(name):
    loss, net, start = MODELS[name]
    flow = dd.GradientFlow(loss, net, start)
    assert isinstance(flow, ModelFlow)
    wanted = reference(loss, net, start, "0.5")
    close(flow.integrate("0.5", digits=20).parameters("0.5"), wanted, 18)
    box = flow.enclose("0.5", digits=20)
    assert box.radius < 1e-18
    for ball, value in zip(box.parameters("0.5"), wanted, strict=True):
        with mpmath.workdps(30):
            assert ball.overlaps(arb(mpmath.nstr(value, 30)) + arb(0, "1e-21"))


def test_the_deep_diagonal_network_both_ways():
    """The coordinates of the layers and the general program, for θ and for ξ."""
    loss, layers = TWO, [["0.1", "0.7"], ["0.5", "-0.2"], [1, "0.9"]]
    net = dd.deep_diagonal(3, 2)
    fast = dd.GradientFlow(loss, layers).integrate(1, 25)
    flat = net.flatten(layers)
    assert dd.GradientFlow(loss, net, flat).integrate(1, 25).theta(1) == fast.theta(1)
    general = ModelFlow(loss, net, flat).integrate(1, 25)
    close(general.theta(1), fast.theta(1), 24)
    close(general.xi(1), fast.xi(1), 24)
    assert abs(general.loss(1) - fast.loss(1)) < 1e-24


def test_a_closed_form_with_weight_decay():
    """``G = w``, ``𝓛 = (w − 2)²``: ``w' = −2(w − 2) − αw``."""
    net = dd.Parametrization((u,), (u,))
    flow = dd.GradientFlow(dd.SquaredLoss([[1]], [2]), net, [0], decay=3)
    with mpmath.workdps(30):
        close(flow.integrate(1, 25).parameters(1), [mpmath.mpf(4) / 5 * (1 - mpmath.exp(-5))], 24)


def test_the_heavy_ball_in_closed_form():
    """``w'' + 2w' + 2w = 0`` from (1, 0): ``e^{−t}(cos t + sin t)``; with a start velocity ``−1``: ``e^{−t}cos t``."""
    net = dd.Parametrization((u,), (u,))
    loss = dd.SquaredLoss([[1]], [0])
    with mpmath.workdps(30):
        e = mpmath.exp(-1)
        found = dd.GradientFlow(loss, net, [1], friction=2).enclose(1, 20)
        assert found.parameters(1)[0].overlaps(
            arb(mpmath.nstr(e * (mpmath.cos(1) + mpmath.sin(1)), 28)) + arb(0, "1e-25")
        )
        moving = dd.GradientFlow(loss, net, [1], friction=2, velocity=[-1]).integrate(1, 25)
        close(moving.parameters(1), [e * mpmath.cos(1)], 24)
        close(moving.velocity(1), [-e * (mpmath.cos(1) + mpmath.sin(1))], 24)


def test_the_heavy_ball_and_a_metric_against_another_integrator():
    loss, net, start = MODELS["factors"]
    close(
        dd.GradientFlow(loss, net, start, friction="0.5").integrate("0.5", 20).parameters("0.5"),
        reference(loss, net, start, "0.5", friction=mpmath.mpf("0.5"))[:4],
        18,
    )
    scales = dd.exponentiated_gradient(net)
    close(
        dd.GradientFlow(loss, net, start, metric=scales).integrate("0.5", 20).parameters("0.5"),
        reference(loss, net, start, "0.5", metric=scales),
        18,
    )


def test_there_and_back():
    loss, net, start = MODELS["convolution"]
    there = dd.GradientFlow(loss, net, start).integrate("0.4", 40).parameters("0.4")
    back = dd.GradientFlow(loss, net, there, backwards=True).integrate("0.4", 30)
    with mpmath.workdps(40):
        close(back.parameters("0.4"), [mpmath.mpf(x) for x in start], 28)


def test_laws_are_conserved_to_all_digits():
    for name in ("factors", "convolution", "cubes", "weight normalization"):
        loss, net, start = MODELS[name]
        path = dd.GradientFlow(loss, net, start).integrate(1, 30)
        for law in dd.conservation_laws(net).laws:
            value = sp.lambdify([net.variables], law, "mpmath")
            with mpmath.workdps(40):
                assert abs(value(path.parameters(0)) - value(path.parameters(1))) < 1e-27


def test_converging():
    loss, net, start = MODELS["factors"]
    path = dd.GradientFlow(loss, net, start).converge("1e-20")
    assert path.excess(path.end) <= mpmath.mpf("1e-20")
    with pytest.raises(ArithmeticError, match="no convergence before"):
        dd.GradientFlow(loss, net, start).converge("1e-20", longest="0.1")


def test_times_that_are_kept():
    loss, net, start = MODELS["factors"]
    flow = dd.GradientFlow(loss, net, start)
    sparse = flow.integrate(1, 20, at=["0.5"])
    assert sparse.theta("0.5") == flow.integrate(1, 20).theta("0.5")
    with pytest.raises(ValueError, match="times were kept"):
        sparse.theta("0.25")


@pytest.mark.parametrize(
    ("name", "looseness"), [("factors", 30), ("softmax", 1e4), ("roots", 1e4), ("weight normalization", 1e9)]
)
def test_a_bound_holds_a_flow_from_a_displaced_start(name, looseness):
    """The bound of a run, told that the flow began elsewhere, holds the flow that did; tight without extra unknowns."""
    loss, net, start = MODELS[name]
    shift = Fraction(1, 10**12)
    flow = ModelFlow(loss, net, start)
    elsewhere = tuple(x + shift for x in flow.start)
    run = flow.integrate("0.5", 25)
    segments = bound_solution(flow.built, elsewhere, flow.velocity, run._solution)
    true = ModelFlow(loss, net, elsewhere).integrate("0.5", 25).parameters("0.5")
    with mpmath.workdps(30):
        distance = mpmath.sqrt(sum((a - b) ** 2 for a, b in zip(true, run.parameters("0.5"), strict=True)))
    assert segments[-1].distance > arb(mpmath.nstr(distance, 20))
    assert segments[-1].distance < looseness * float(distance)


def test_a_wrong_coefficient_raises_the_bound():
    loss, net, start = MODELS["factors"]
    flow = ModelFlow(loss, net, start)
    solution = flow.integrate("0.5", 25)._solution
    assert bound_solution(flow.built, flow.start, flow.velocity, solution)[-1].distance < 1e-24
    rows = [list(row) for row in solution.steps[1].jets]
    rows[0][3] += 1 << (solution.precision.bits - 40)
    steps = list(solution.steps)
    steps[1] = TaylorStep(steps[1].begin, steps[1].scale, PlainJets(rows, solution.precision.bits))
    spoilt = type(solution)(solution.precision, solution.start, steps, solution.end, solution.count)
    assert bound_solution(flow.built, flow.start, flow.velocity, spoilt)[-1].distance > 1e-13


def test_large_models_compile_to_few_products():
    size = 100
    identity = [[int(a == b) for b in range(size)] for a in range(size)]
    cubes = ModelProgram(dd.difference(3, size), dd.SquaredLoss(identity, [1] * size))
    rows = [[int(a == b) for b in range(55)] for a in range(55)]
    square = ModelProgram(dd.matrix_factorization(10, 10), dd.SquaredLoss(rows, [1] * 55))
    assert (cubes.program.convolutions, square.program.convolutions) == (900, 1500)


@pytest.mark.parametrize(
    ("arguments", "options", "sentence"),
    [
        ((ONE, dd.two_sided(2), [1] * 8), {}, "the loss takes 1 number, and G has 2 components"),
        ((ONE, dd.two_sided(1), None), {}, "start is missing: expected 4 numbers"),
        ((ONE, dd.two_sided(1), [1, 2]), {}, "start has 2 numbers"),
        ((TWO, dd.difference(3, 2), [1, -1, 1, 1]), {}, "start lies outside the domain"),
        ((ONE, dd.two_sided(1), [1] * 4), {"friction": -1}, "friction is -1"),
        ((ONE, dd.two_sided(1), [1] * 4), {"velocity": [1] * 4}, "velocity is given without friction"),
        ((ONE, dd.two_sided(1), [1] * 4), {"friction": 1, "velocity": [1]}, "velocity has 1 number"),
        ((ONE, dd.two_sided(1), [1] * 4), {"metric": [1]}, "metric has to be 4 expressions"),
        ((ONE, [[1], [2]], [1]), {}, "start is given with layers"),
        ((ONE, [[1], [2]]), {"decay": 1}, "decay is given with layers"),
        ((ONE, dd.Parametrization((sp.Abs(u),), (u,)), [1]), {}, "flows are computed for"),
        ((ONE, dd.Parametrization((1 / u,), (u,)), [0]), {}, "start is a pole"),
    ],
)
def test_one_sentence_for_what_does_not_fit(arguments, options, sentence):
    with pytest.raises(ValueError, match=sentence):
        dd.GradientFlow(*arguments, **options)


@pytest.mark.skipif(not ALL, reason="tries many bits")
def test_a_flow_that_ends_at_a_pole_says_when():
    """``G = √u``, ``𝓛 = θ²``: ``u' = −1`` ends at t = u(0)."""
    symbol = sp.Symbol("u", real=True)
    net = dd.Parametrization((sp.sqrt(symbol),), (symbol,), dd.Domain(positive=(symbol,)))
    flow = dd.GradientFlow(dd.SquaredLoss([[1]], [0]), net, ["0.5"])
    close(flow.integrate("0.25", 20).parameters("0.25"), [mpmath.mpf("0.25")], 19)
    with pytest.raises(ArithmeticError):
        flow.integrate(1, 5, max_bits=200)
