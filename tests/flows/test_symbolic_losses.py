"""Losses written in SymPy, and coefficients that are no rational numbers, against an independent integrator."""

from __future__ import annotations

import mpmath
import pytest
import sympy as sp
from flint import arb
from mpmath import mpf

import ddln_sym as dd
from ddln_sym.numerics import precision

a, b = sp.symbols("a b", real=True)
u, v = sp.symbols("u v", positive=True)

FLOWS = {
    "polynomial": (dd.SymbolicLoss((a - 1) ** 4 + a, (a,)), (u * v,)),
    "logarithm": (dd.SymbolicLoss(sp.log(1 + sp.exp(-a)) + a**2 / 10, (a,)), (u**2 - v**2,)),
    "root": (dd.SymbolicLoss(sp.sqrt(1 + (a - 3) ** 2), (a,)), (sp.pi * u * v + sp.sqrt(2) * u,)),
    "real powers": (dd.SymbolicLoss((a - 3) ** 2, (a,)), (u**sp.pi + v**1.5 - v ** sp.sqrt(2),)),
    "two": (dd.SymbolicLoss((a - 3) ** 2 * sp.cos(b) / 4 + sp.tanh(a * b), (a, b)), (u**v, 0.1 * u * v + sp.E)),
}


@pytest.mark.parametrize("name", FLOWS)
def test_enclosures_hold_what_another_integrator_finds(name):
    loss, components = FLOWS[name]
    net = dd.Parametrization(components, (u, v))
    slopes = [sp.diff(loss.expression.subs(dict(zip(loss.symbols, net.components, strict=True))), w) for w in (u, v)]
    field = sp.lambdify((u, v), [-s for s in slopes], "mpmath")
    with mpmath.workdps(30):
        reference = mpmath.odefun(lambda t, y: field(*y), 0, [mpf(1), mpf(2)])(mpf("0.25"))
    box = dd.GradientFlow(loss, net, [1, 2]).enclose("0.25", digits=18)
    for ball, value in zip(box.parameters("0.25"), reference, strict=True):
        assert ball.overlaps(around(value)) and ball.rad() < 1e-15


def around(value):
    with precision(200):
        return arb(mpmath.nstr(value, 28)) + arb(0, 1e-24)


def test_a_loss_of_data_and_the_same_in_sympy_have_one_flow():
    written = dd.SymbolicLoss((2 * a + b - 1) ** 2, (a, b), minimum=0)
    given = dd.SquaredLoss([[2, 1]], [1])
    layers = [["0.5", 0], [2, "0.3"]]
    one, other = dd.GradientFlow(written, layers), dd.GradientFlow(given, layers)
    assert one.integrate(1, 20).theta(1) == pytest.approx(other.integrate(1, 20).theta(1), rel=1e-18)
    assert one.converge("1e-12", 20).end > 0 and written([1, 1], 53) == given([1, 1], 53) == 4
    assert dd.GradientFlow(written, [["0.5", 0], [1, "0.3"]]).converge("1e-12", 20).end == 0  # it starts at rest


def test_floats_are_the_decimals_that_they_are_written_as():
    assert dd.Parametrization((0.1 * u,), (u,)).components == (u / 10,)
    assert dd.SymbolicLoss(0.25 * a + 1e-3, (a,)).expression == a / 4 + sp.Rational(1, 1000)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: dd.SymbolicLoss(sp.Abs(a), (a,)), "the loss has Abs, sign: expected powers, exp"),
        (lambda: dd.SymbolicLoss(a * b, (a,)), "the loss uses b, which is not among its symbols a"),
        (lambda: dd.SymbolicLoss(sp.I * a, (a,)), "expected a real function of a"),
        (lambda: dd.SymbolicLoss("a +", (a,)), "expected an expression of SymPy"),
        (lambda: dd.SymbolicLoss(a, (a, a)), "repeats a symbol"),
        (lambda: dd.SymbolicLoss(a, (a + 1,)), "expected real symbols of SymPy"),
        (lambda: dd.SymbolicLoss(a, (a,)).excess([1]), "give SymbolicLoss a minimum"),
        (lambda: dd.SymbolicLoss(sp.log(a), (a,))([-1]), "theta is a pole of log"),
        (lambda: dd.GradientFlow(dd.SymbolicLoss(a, (a,)), dd.hadamard_square(2), [1, 1, 1, 1]), "takes 1 number"),
        (lambda: dd.GradientFlow(dd.SymbolicLoss(a, (a,)), [[1]], friction=-1), "layers has 1 row"),
        (lambda: dd.GradientFlow(dd.SymbolicLoss(sp.log(a), (a,)), dd.two_sided(1), [0, 0, 1, 1]), "start is a pole"),
    ],
)
def test_a_loss_that_does_not_fit_gets_one_sentence(make, sentence):
    with pytest.raises(ValueError, match=sentence.replace("(", r"\(").replace("+", r"\+")) as caught:
        make()
    assert "\n" not in str(caught.value)
