"""The results beyond the paper against numbers found without the kernel, and what their rules must not prove."""

from __future__ import annotations

from functools import cache
from itertools import combinations
from math import prod

import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

import ddln_sym as dd
from ddln_sym.kernel import decide
from ddln_sym.models import shallow_linear
from ddln_sym.statements import Hypothesis, RateRule, Setting, SquareOfIntegral
from proofs.no_mirror import SHEARED, NoEntropy, W

NUMBERS = st.fractions(min_value=-3, max_value=3, max_denominator=20)


def rk4(field, state, step, count):
    """The classical method of order four, in floats."""
    for _ in range(count):
        a = field(state)
        b = field(state + step / 2 * a)
        c = field(state + step / 2 * b)
        d = field(state + step * c)
        state = state + step / 6 * (a + 2 * b + 2 * c + d)
    return state


# -- T11 ----------------------------------------------------------------------------------------------
def test_two_orders_of_one_dual_end_at_different_points():
    """Claim new-t11-orders: the flows of the fields of m·w, integrated in floats, one after the other."""
    fields = (lambda w: np.array([w[1], w[0], 0.0]), lambda w: np.array([w[2], 0.0, w[0]]))
    for epsilon in (0.1, 0.05):
        ends = []
        for order in (fields, fields[::-1]):
            state = np.array([1.0, 0.0, 0.0])
            for field in order:
                state = rk4(field, state, epsilon / 50, 50)
            ends.append(state[0] * state[1:])
        apart = ends[0][0] - ends[1][0]
        assert abs(apart - np.cosh(epsilon) ** 2 * np.sinh(epsilon) * (1 - np.cosh(epsilon))) < 1e-10
        assert abs(apart / epsilon**3 + 0.5) < 0.01


def test_a_bracket_that_vanishes_at_the_start_is_no_witness():
    net = shallow_linear(1, 2)
    at = {str(w): 0 for w in net.variables} | {"v1": 1}
    start = tuple(at[str(w)] for w in net.variables)
    first, second = net.components
    for row, bracket in ((0, -second), (1, first)):
        assert not decide(NoEntropy(net.components, net.variables, start, (0, 1), row, bracket)).proved
        assert decide(NoEntropy(net.components, net.variables, (1, 1, 1), (0, 1), row, bracket)).proved
    assert not decide(NoEntropy(net.components, net.variables, (1, 1, 1), (0, 1), 0, first)).proved  # another bracket


def test_a_bracket_elsewhere_is_no_witness_for_a_special_start():
    """Claim necessary-in-related-work: at z = 0 the bracket vanishes, and from there θ follows a mirror flow."""
    x, _, z = W
    for row, bracket in ((0, sp.Integer(0)), (1, 4 * x * z**2)):
        assert not decide(NoEntropy(SHEARED, W, (1, 2, 0), (0, 1), row, bracket)).proved
    assert decide(NoEntropy(SHEARED, W, (1, 2, 1), (0, 1), 1, 4 * x * z**2)).proved


# -- T12 ----------------------------------------------------------------------------------------------
def test_a_flow_moves_no_farther_than_its_loss_has_fallen():
    start = [["0.5", "-1"], [1, "0.3"], ["-0.7", 2]]
    flow = dd.GradientFlow(dd.SquaredLoss([[1, 2], [3, -1]], [1, 2]), layers=start)
    trajectory = flow.integrate(until=1, digits=20)
    for n in range(1, 6):
        t = mpmath.mpf(n) / 5
        pairs = zip(trajectory.layers(t), start, strict=True)
        moved = sum((u - mpmath.mpf(v)) ** 2 for row, old in pairs for u, v in zip(row, old, strict=True))
        assert moved <= t * (trajectory.loss(0) - trajectory.loss(t))


START, DATA, TARGET = [["0.1", "0.2"], [1, "-0.5"], ["0.7", 1]], [[1, 2], [3, -1]], [1, 2]
HALF = mpmath.mpf("0.5")


@cache
def loss_at_half():
    return dd.GradientFlow(dd.SquaredLoss(DATA, TARGET), layers=START).integrate(until=1, digits=15).loss(HALF)


@given(st.tuples(NUMBERS, NUMBERS))
def test_a_convex_loss_is_below_that_at_any_point_plus_its_entropy_over_t(point):
    """Claim new-t12-rate, for points that are no minimizers."""
    assert loss_at_half() <= dd.SquaredLoss(DATA, TARGET)(point) + dd.entropy(START)(point, digits=15) / HALF


def test_the_flow_of_a_convex_loss_misses_the_least_entropy_among_its_minimizers():
    """Claim new-t12-which-trap: the limit is (3.1349, 0.8651), where the entropy is larger than at (2, 2)."""

    def velocity(w):
        u, v = w[:2], w[2:]
        theta = u * v
        short = max(0.0, 4 - theta.sum())
        slope = np.array([-50 * max(0.0, 1 - theta[0]) - short, -short])
        return -np.concatenate([v * slope, u * slope])

    end = rk4(velocity, np.array([0.0, 0.0, 1.0, 1.0]), 1e-3, 12_000)
    theta = end[:2] * end[2:]
    assert np.allclose(theta, [3.1349, 0.8651], atol=2e-4)
    entropy = dd.entropy([[0, 0], [1, 1]])
    assert entropy([str(t) for t in theta], digits=10) > entropy([2, 2], digits=10) + mpmath.mpf("0.3")


def test_the_multiplier_diverges_like_a_logarithm():
    """Claim new-multiplier-diverges: θ' = −√(σ² + 4θ²)·4θ³ with σ = 1, and ∫θ² beside it."""

    def velocity(state):
        return np.array([-np.sqrt(1 + 4 * state[0] ** 2) * 4 * state[0] ** 3, state[0] ** 2])

    state, grown = np.array([0.5, 0.0]), []
    for _ in range(3):
        start = state[1]
        for _ in range(3):
            state = rk4(velocity, state, 0.2, 1000)
        grown.append(state[1] - start)
    metric = np.sqrt(2)  # M at the start
    assert 4 * metric * state[1] >= np.log(0.5 / state[0])
    assert grown[2] > 0.04  # from t = 1200 to 1800: log(1.5)/8 is 0.0507


# -- T14 ----------------------------------------------------------------------------------------------
@given(st.lists(NUMBERS, min_size=2, max_size=5), NUMBERS, NUMBERS)
def test_a_step_of_gradient_descent_multiplies_the_differences(layers, step, slope):
    moved = [u - step * prod(layers[:n] + layers[n + 1 :]) * slope for n, u in enumerate(layers)]
    for j, k in combinations(range(len(layers)), 2):
        rest = prod(u for n, u in enumerate(layers) if n not in (j, k))
        factor = 1 - step**2 * slope**2 * rest**2
        assert moved[j] ** 2 - moved[k] ** 2 == factor * (layers[j] ** 2 - layers[k] ** 2)


@pytest.mark.parametrize("decay", [0.3, -0.2])
def test_weight_decay_keeps_a_mirror_flow_of_the_same_entropy(decay):
    """Claim new-t14-decay at L = 3: ``∇𝒬(e^{Lαt}θ(t))`` against the integral of ``e^{(2−L)αs}∇𝓛``."""
    start = np.array([0.2, 1.0, -1.5])

    def velocity(state):
        u, time = state[:3], state[4]
        slope = u.prod() - 2.0
        products = np.array([u[1] * u[2], u[0] * u[2], u[0] * u[1]])
        return np.array([*(-products * slope - decay * u), -np.exp(-decay * time) * slope, 1.0])

    end = rk4(velocity, np.array([*start, 0.0, 0.0]), 1e-3, 1000)
    reached = np.exp(3 * decay) * end[:3].prod()
    slope = dd.entropy([str(u) for u in start]).gradient(str(reached), digits=15)[0]
    assert abs(float(slope) - end[3]) < 1e-9
    assert np.allclose(end[1] ** 2 - end[0] ** 2, np.exp(-2 * decay) * (start[1] ** 2 - start[0] ** 2), atol=1e-9)


# -- the rule for squares of integrals ------------------------------------------------------------------
t, a, e, v = sp.symbols("t a e v", real=True)


def proves(time, moved, energy, setting):
    """Whether the rule proves it; it may also refuse to state it, with a sentence that names what was wrong."""
    try:
        return decide(SquareOfIntegral(time, moved, energy, setting)).proved
    except ValueError as refused:
        assert "SquareOfIntegral" in str(refused)
        return False


@pytest.mark.parametrize(
    "rates, given_",
    [
        (((t, 1), (a, v), (e, v)), ()),  # the energy is not the square
        (((t, 2), (a, v), (e, v**2)), ()),  # the clock runs twice as fast
        (((a, v), (e, v**2)), ()),  # the clock stands still
        (((t, 1), (a, v), (e, v**2)), (sp.Gt(a, 1),)),  # a hypothesis on what moves
    ],
)
def test_the_rule_for_squares_of_integrals_refuses(rates, given_):
    setting = Setting(tuple(Hypothesis("", g) for g in given_), tuple(RateRule(q, sp.sympify(r)) for q, r in rates))
    assert not proves(t, a, e, setting)


def test_the_rule_for_squares_of_integrals_needs_three_quantities():
    moving = Setting((), (RateRule(t, sp.Integer(1)), RateRule(a, v), RateRule(e, v**2)))
    assert proves(t, a, e, moving)
    assert not proves(t, a, a, moving)
    assert not proves(t, a, e + 1, moving)
