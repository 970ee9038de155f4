"""Every public object and exception survives ``pickle``, ``copy.copy`` and ``copy.deepcopy``, exactly."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from multiprocessing import get_context

import pytest
import sympy as sp
from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st

import ddln_sym as dd
from ddln_sym.numerics import precision

COPIES = [lambda value: pickle.loads(pickle.dumps(value)), copy.copy, copy.deepcopy]
LAYERS = [["0.1", 1], [1, "0.5"], [-1, 2]]
FLOW = dd.GradientFlow(dd.SquaredLoss([[1, 2]], [1]), LAYERS)
T = Fraction(1, 2)


def trajectory():
    found = FLOW.integrate(1, 20)
    assert found.rate > 0  # which is kept
    return found, lambda x: (x.theta(T), x.loss(1), x.rate, x.until)


def flow():
    return FLOW, lambda x: x.integrate(T, 15).theta(T)


def enclosure():
    return FLOW.enclose(1, 20), lambda x: [*map(parts, (*x.theta(T), *x.xi(1), *x.metric(T), x.loss(1)))]


def through_the_dual():
    early = Fraction(1, 20)
    found = FLOW.converge("1e-3", 15, method="dual")
    return found, lambda x: (x.theta(early), x.loss(x.end), x.until, parts(x.enclose().radius))


def proof_through_the_dual():
    early = Fraction(1, 20)
    found = FLOW.converge("1e-3", 15, method="dual").enclose()
    return found, lambda x: [*map(parts, (*x.theta(early), *x.xi(early), x.loss(early), x.radius))]


def limit():
    return FLOW.enclose(30, 20).limit(), lambda x: [*map(parts, (*x.theta, *x.xi))]


def sign_changes():
    box = dd.GradientFlow(dd.SquaredLoss([[1]], [2]), [["-0.5"], [1]]).enclose(1, 20)
    return box.sign_changes(), lambda x: (x[0].after, x[0].before)


def bias():
    return dd.implicit_bias([[1, 2]], [1], LAYERS), lambda x: (x.theta, x.multipliers, x.entropy([1, 1]))


def certified_bias():
    found = dd.implicit_bias([[1, 2]], [1], LAYERS, certified=True)
    return found, lambda x: [*map(parts, (*x.theta, *x.multipliers))]


def entropy():
    found = dd.entropy([[0, 1], [1, 2], [3, 4], [2, 5], [5, 6]])
    assert found.gradient([1, 1])  # which fills what is kept
    return found, lambda x: (x([1, 2]), x.gradient([1, 2]), x.range())


def layers_with_a_closed_form():
    return dd.entropy([0, 1, 1]), lambda x: (x(2), x.expression())


def powers():
    return dd.redundant_entropy([1, 2], 3), lambda x: (x([1, 2]), x.expression())


def differences():
    return dd.difference_entropy([1], [2], 3), lambda x: (x([1]), x.conjugate(["0.1"]))


def squares():
    return dd.difference_entropy([1], [2], 2), lambda x: (x([1]), x.expression())


def conjugate():
    return dd.conjugate_entropy(dd.deep_diagonal(3, 1), [0, 1, 1]), lambda x: x.conjugate(["0.5"])


def path():
    a, b = sp.symbols("a b")
    return dd.integrate_polynomial([b, -a], [a, b], [0, 1], 1, 15), lambda x: x(T)


def logistic():
    return dd.LogisticLoss([[1, 2]], [1]), lambda x: (x([1, 1]), x.curvature, x.separable)


def squared():
    return dd.SquaredLoss([[1, 2]], [1]), lambda x: (x([1, 1]), x.curvature, x.rank, x.minimum)


def parts(ball):
    return ball.mid().man_exp(), ball.rad().man_exp()


KINDS = [through_the_dual, proof_through_the_dual]
KINDS += [trajectory, flow, enclosure, limit, sign_changes, bias, certified_bias, entropy, layers_with_a_closed_form]
KINDS += [powers, differences, squares, conjugate, path, logistic, squared]


@pytest.mark.parametrize("kind", KINDS)
def test_objects(kind):
    value, said = kind()
    expected = said(value)
    for copied in COPIES:
        assert said(copied(value)) == expected


ERRORS = [
    dd.BlowUpError(Fraction(1, 3)),
    dd.NoConvergence(Fraction(1, 3), "the loss is above 1"),
    dd.EnclosureError(Fraction(1, 3)),
    dd.NoLimit("too far"),
    dd.PrecisionError(Fraction(1, 3), 300, 200),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_exceptions(error):
    for copied in COPIES:
        found = copied(error)
        assert type(found) is type(error) and str(found) == str(error) and vars(found) == vars(error)


def uphill(weight):
    return dd.GradientFlow(dd.SquaredLoss([[1]], [0], weight), [[1], [1]]).integrate(1, 15).until


def test_a_blow_up_in_another_process():
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        with pytest.raises(dd.BlowUpError, match="leaves every bound") as caught:
            pool.submit(uphill, -1).result(120)
        assert caught.value.time == 0.25
        assert pool.submit(uphill, 1).result(120) == 1, "the pool goes on"


BITS = st.sampled_from([20, 53, 64, 300])


@given(st.integers(-(2**70), 2**70), st.integers(-500, 500), st.integers(0, 2**40), st.integers(-500, 500), BITS, BITS)
def test_balls_come_back_as_they_were(middle, exponent, radius, power, bits, other):
    with precision(bits):
        ball = arb((middle, exponent), arb((radius, power)))
        text = pickle.dumps(ball)
    with precision(other):
        assert parts(pickle.loads(text)) == parts(ball) == parts(copy.deepcopy(ball))
    assert ctx.prec == 53


def test_balls_that_are_no_numbers():
    for ball in (arb.pos_inf(), arb.neg_inf(), arb.nan(), arb(3, "inf")):
        for copied in COPIES:
            assert str(copied(ball)) == str(ball) and (copied(ball) > 0) == (ball > 0)
