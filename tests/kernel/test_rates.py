"""Rates of change along a flow, against plain derivatives of explicit functions of time."""

from __future__ import annotations

import pytest
import sympy as sp

from ddln_sym.kernel import apply_rates
from ddln_sym.kernel.derivatives import rate
from ddln_sym.statements import Index, ProductOver, Rate, RateRule, Setting, SumOver, product_over, sum_over

T, U, V, CONSTANT = sp.symbols("t u v constant", real=True)
MOTION = {U: 2 + T**3, V: sp.exp(-T) + T}
CLOCK = RateRule(T, sp.Integer(1))
MOVING = Setting((), (*(RateRule(s, sp.diff(f, T)) for s, f in MOTION.items()), CLOCK))


def same(a, b):
    """Equal at a few times, to thirty digits."""
    return all(abs(sp.N((a - b).xreplace({T: t}), 30)) < sp.Float("1e-28") for t in sp.sympify("[1/3, 2, 7/5]"))


@pytest.mark.parametrize(
    "expr",
    [
        U * V,
        U**3 * V - 7 * U / V**2,
        U**V,
        sp.sqrt(U**2 + V),
        (U * V + 1) ** sp.Rational(-2, 3),
        sp.Abs(U - 4 * V),
        sp.Abs(V - 9 * U) * sp.sign(CONSTANT),
        sp.exp(-U * V),
        sp.log(U / V),
        sp.log(sp.Abs((V - U) / (U + V))),
        sp.sinh(U) * sp.cosh(V) + sp.asinh(U * V),
        sp.tan(V / 9) + sp.atan(U) * sp.sin(T),
        sp.Integer(5) + CONSTANT,
    ],
    ids=str,
)
def test_rate_of_an_expression(expr):
    assert same(rate(expr, MOVING).xreplace(MOTION), sp.diff(expr.xreplace(MOTION), T))


def test_rate_of_a_rate():
    second = apply_rates(Rate(Rate(U * V)) + Rate(U), MOVING)
    expected = sp.diff(MOTION[U] * MOTION[V], T, 2) + sp.diff(MOTION[U], T)
    assert same(second.xreplace(MOTION), expected)


W, C = sp.IndexedBase("w", real=True), sp.IndexedBase("c", real=True)
_J = Index("j")
#: w_j(t) = j + t^j, and constant c_j; i and k stand for the layers 1 and 3.
LAYERS = Setting((), (RateRule(W[_J], _J * T ** (_J - 1), _J), RateRule(T, sp.Integer(1))))
I_, K_ = map(Index, "ik")


def spelled_out(expr, size):
    """Sums and products over layers 1, …, size as plain ones."""
    if isinstance(expr, (SumOver, ProductOver)):
        indices = [sp.Integer(n) for n in range(1, size + 1) if sp.Integer(n) not in expr.without]
        head = sp.Add if isinstance(expr, SumOver) else sp.Mul
        return head(*(spelled_out(expr.at(n), size) for n in indices))
    return expr.func(*(spelled_out(a, size) for a in expr.args)) if expr.args else expr


def in_time(expr, size):
    plain = spelled_out(expr.xreplace({I_: sp.Integer(1), K_: sp.Integer(3)}), size)
    values = {W[n]: n + T**n for n in range(1, size + 1)}
    return plain.xreplace(values | {C[n]: sp.Rational(1, n) for n in range(1, size + 1)})


@pytest.mark.parametrize("size", [3, 4])
@pytest.mark.parametrize(
    "expr",
    [
        sum_over(lambda k: C[k] * W[k] ** 2),
        sum_over(lambda k: sp.exp(-W[k]) / k, (K_,)),
        product_over(lambda k: W[k]),
        product_over(lambda k: W[k] ** 2 - C[k], (I_, K_)),
        W[I_] * product_over(lambda k: sp.sqrt(W[k] + W[I_]), (I_,)),
        sum_over(lambda j: product_over(lambda k: W[k] ** 2, (j,))),
        sum_over(lambda j: W[j] * product_over(lambda k: W[k] + C[j], (j, I_)), (I_,)) ** 2,
    ],
    ids=str,
)
def test_rate_of_a_sum_or_product_over_layers(expr, size):
    assert same(in_time(rate(expr, LAYERS), size), sp.diff(in_time(expr, size), T))


# -- where the chain rule does not answer ---------------------------------------------------------------
def test_a_sign_that_moves_has_no_rate():
    with pytest.raises(ValueError, match="jumps"):
        rate(sp.sign(U), MOVING)


def test_a_rate_that_depends_on_whether_two_indices_are_equal_is_not_guessed():
    only = Setting((), (RateRule(W[I_], sp.Integer(1)),))
    with pytest.raises(ValueError, match="nothing tells whether"):
        rate(W[K_], only)
    assert rate(W[K_], only, frozenset({(I_, K_)})) == 0
    assert rate(W[I_], only) == 1


def test_moduli_and_roots_say_what_they_need():
    needed = []
    rate(sp.Abs(U) + sp.sqrt(V), MOVING, defined=needed)
    assert {1 / U, 1 / V} <= set(needed)
