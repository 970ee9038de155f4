"""Entropies derived from the flow, against those that are evaluated by other means."""

from __future__ import annotations

from dataclasses import replace

import mpmath
import pytest
import sympy as sp

import ddln_sym as dd
from ddln_sym.statements import Verdict

u, v, w = sp.symbols("u v w", real=True)
p = sp.Symbol("p", positive=True)
THETA, XI, SLOPE = sp.symbols("theta xi g", real=True)


def number(value):
    return sp.Float(mpmath.nstr(value, 20), 20)


@pytest.mark.parametrize(
    "net",
    [
        dd.hadamard_square(2),
        dd.difference(2, 1),
        dd.difference(4, 1),
        dd.two_sided(1),
        dd.redundant(3, 1),
        dd.exponential(1),
        dd.Parametrization((3 * u - v,), (u, v)),
        dd.deep_diagonal(2, 2),
        dd.Parametrization((u * v - w**2 / 2,), (u, v, w)),
        dd.Parametrization((sp.log(p),), (p,)),
        dd.Parametrization((3 * u - sp.exp(-2 * v),), (u, v)),
    ],
    ids=str,
)
def test_every_line_is_proved_and_the_flow_is_the_gradient_flow(net):
    for found, component in zip(dd.derive(net), net.components, strict=True):
        assert found.proved
        start = {x: sp.Rational(n + 3, 2) for n, x in enumerate(found.starts)}
        trajectory, conjugate, entropy = found.at(list(start.values()))
        field = sp.lambdify(list(start), [sp.diff(component, x) for x in start], "mpmath")
        value = sp.lambdify(list(start), component, "mpmath")
        with mpmath.workdps(20):
            flow = mpmath.odefun(lambda t, y, f=field: f(*y), 0, [mpmath.mpf(x.p) / x.q for x in start.values()])
            at = mpmath.mpf("0.01")
            theta = value(*flow(at))
            assert mpmath.almosteq(trajectory.xreplace({XI: sp.Rational(1, 100)}).evalf(20), theta, 1e-15)
            integral = mpmath.quad(lambda s, v=value, f=flow: v(*f(s)), [0, at])
            assert mpmath.almosteq(conjugate.xreplace({XI: sp.Rational(1, 100)}).evalf(20), integral, 1e-14)
            if entropy is not None:
                here = entropy.xreplace({THETA: sp.Float(theta, 20)}).evalf(20)
                assert abs(here - (theta * at - integral)) < 1e-15


def test_it_agrees_with_the_entropies_that_are_evaluated():
    (found,) = dd.derive(dd.difference(2, 1))
    _, _, entropy = found.at([1, "1/2"])
    other = dd.difference_entropy([1], ["1/2"], 2)
    start = sp.Rational(3, 4)
    for theta in (sp.Rational(-2), sp.Rational(5, 3)):
        ours = entropy.xreplace({THETA: theta}) - entropy.xreplace({THETA: start})
        assert abs(ours.evalf(20) - number(other(theta, digits=20))) < 1e-17
    net = dd.two_sided(1)
    (found,) = dd.derive(net)
    _, conjugate, _ = found.at([1, 2, "1/2", "1/3"])
    value = dd.entropy(net, [1, 2, "1/2", "1/3"]).conjugate(["1/4"], digits=20)
    assert abs(conjugate.xreplace({XI: sp.Rational(1, 4)}).evalf(20) - number(value)) < 1e-17


def test_the_entropy_of_a_parametrization():
    assert dd.entropy(dd.deep_diagonal(3, 1), [0, 1, 2])(1) == dd.entropy([[0], [1], [2]])(1)
    with pytest.raises(ValueError, match="start is missing"):
        dd.entropy(dd.two_sided(1))
    with pytest.raises(ValueError, match="it belongs to a parametrization"):
        dd.entropy([[0], [1]], [0, 1])


@pytest.mark.parametrize(
    ("net", "sentence"),
    [
        (dd.Parametrization((sp.Integer(3),), (u,)), "G_1 = 3 does not move"),
        (dd.shallow_linear(1, 2), "share v1: an entropy is derived component by component"),
        (dd.deep_diagonal(3, 1), "is no function of one variable"),
        (dd.Parametrization((sp.tanh(u),), (u,)), "expected a power, an exponential or a logarithm"),
        (dd.deep_diagonal(sp.Symbol("L", integer=True, positive=True), 1), "give whole numbers"),
    ],
    ids=str,
)
def test_what_is_not_solved_is_said_in_one_sentence(net, sentence):
    with pytest.raises(ValueError, match=sentence):
        dd.derive(net)


@pytest.mark.parametrize(
    ("net", "start", "alpha"),
    [
        (dd.difference(2, 1), ["0.5", "0.3"], "1/2"),
        (dd.difference(3, 1), ["0.5", "0.4"], "1/3"),
        (dd.difference(4, 1), ["0.6", "0.5"], "-1/4"),
        (dd.redundant(3, 1), ["0.7"], "1"),
        (dd.two_sided(1), ["0.5", "0.2", "0.1", "0.3"], "1/5"),
    ],
    ids=str,
)
def test_weight_decay_against_the_flow(net, start, alpha):
    """``θ(t) = e^{−pαt}θ(ξ)`` with ``ξ = −∫e^{(2−p)αs}∂𝓛 ds``, integrated along a numeric flow with decay."""
    (found,) = dd.derive(net, decay=alpha)
    assert found.proved
    end, size = mpmath.mpf(3) / 2, mpmath.mpf(sp.Rational(alpha).p) / sp.Rational(alpha).q
    flow = dd.GradientFlow(dd.SquaredLoss([[1]], [2]), net, start, decay=alpha).integrate(until=end, digits=30)
    p = int(found.degree)
    with mpmath.workdps(25):
        xi = -mpmath.quad(
            lambda s: mpmath.exp((2 - p) * size * s) * 2 * (flow.theta(s)[0] - 2), mpmath.linspace(0, end, 7)
        )
        trajectory, _, _ = found.at(list(map(sp.Rational, start)))
        wanted = mpmath.exp(-p * size * end) * mpmath.mpf(
            trajectory.xreplace({found.xi: sp.Float(str(xi), 25)}).evalf(22)
        )
        assert abs(wanted - flow.theta(end)[0]) < mpmath.mpf("1e-15")


def test_weight_decay_with_the_wrong_clock_is_refuted():
    """``∂𝓛`` without ``e^{(2−p)αs}``, and a degree that is one off."""
    (found,) = dd.derive(dd.difference(3, 1), decay=True)
    named = {line.name: line.statement for line in found.lines}
    moved = named["$u_{1}(t)$"]
    plain = tuple(dd.RateRule(r.quantity, -SLOPE) if r.quantity == XI else r for r in moved.setting.rates)
    wrong = replace(moved, setting=replace(moved.setting, rates=plain))
    assert dd.decide(moved).proved and dd.decide(wrong).verdict is Verdict.REFUTED
    value = named["$θ(t)$"]
    off = replace(value, rhs=value.rhs * sp.exp(sp.Symbol("alpha", real=True) * sp.Symbol("t", real=True)))
    assert dd.decide(value).proved and dd.decide(off).verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    ("net", "decay", "sentence"),
    [
        (dd.exponential(1), 1, "is not homogeneous: weight decay then changes the entropy in time"),
        (dd.difference(3, 1), "x y", "decay"),
        (dd.difference(3, 1), sp.sqrt(2), "expected a rational number"),
        (dd.difference(3, 1), sp.Symbol("t", real=True), "a real symbol of another name"),
    ],
    ids=str,
)
def test_weight_decay_that_does_not_fit(net, decay, sentence):
    with pytest.raises(ValueError, match=sentence):
        dd.derive(net, decay)
