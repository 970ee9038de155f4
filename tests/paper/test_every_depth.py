"""The rules behind the claims for every depth, and those claims at numbers that come from elsewhere."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import prod

import mpmath
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

import ddln_sym as dd
from ddln_sym.kernel import decide
from ddln_sym.models import LayerFlow
from ddln_sym.statements import (
    DEPTH,
    Equal,
    Hypothesis,
    Maclaurin,
    Rate,
    RateRule,
    Setting,
    conserved,
    product_over,
    sum_over,
)

FLOW = LayerFlow()
J, LEAST = FLOW.index("j", 2), FLOW.index("l", 1)
U, V = (sp.IndexedBase(name, real=True) for name in "uv")
PLAIN = Setting((), (), DEPTH)
POSITIVE = st.fractions(min_value=Fraction(1, 50), max_value=20, max_denominator=50)


# -- rules of the kernel --------------------------------------------------------------------------------
def test_sums_are_compared_term_by_term():
    nonzero = FLOW.every("given", lambda k: sp.Ne(U[k], 0))
    statement = Equal(FLOW.total(FLOW.others), FLOW.theta * FLOW.total(lambda k: 1 / U[k]), PLAIN.given(*nonzero))
    step = decide(statement)
    assert step.proved and step.evidence == "termwise in the sum"
    assert not decide(Equal(statement.lhs, statement.rhs, PLAIN)).proved  # without it the right side has no value


def test_products_are_compared_factor_by_factor():
    same = FLOW.every("given", lambda k: sp.Eq(U[k] ** 2, V[k] - 1), (LEAST,))
    squares, others = product_over(lambda k: U[k] ** 2, (LEAST,)), product_over(lambda k: V[k] - 1, (LEAST,))
    assert decide(Equal(squares, others, PLAIN.given(*same))).proved
    assert not decide(Equal(squares, others, PLAIN)).proved


def test_a_sum_need_not_have_a_value_at_an_index_left_out():
    nonzero = FLOW.every("given", lambda k: sp.Ne(U[k], 0), (LEAST,))
    inverses = sum_over(lambda k: 1 / U[k], (LEAST,))
    moving = Setting((), (RateRule(U[J], sp.Integer(1), J),), DEPTH).given(*nonzero)
    assert decide(Equal(Rate(inverses), -sum_over(lambda k: U[k] ** -2, (LEAST,)), moving)).proved


def test_a_power_of_zero():
    deep = Setting((Hypothesis("L ≥ 2", sp.Ge(DEPTH, 2)),))
    assert decide(Equal(sp.Integer(0) ** (1 - 1 / DEPTH), 0, deep)).proved
    assert not decide(Equal(sp.Integer(0) ** (1 - 2 / DEPTH), 0, deep)).proved


def test_indices_that_are_said_to_differ():
    moving = Setting((), (RateRule(U[J], sp.Integer(1)),), DEPTH)
    assert decide(conserved(U[LEAST], moving.given(*FLOW.apart(LEAST, J)))).proved
    assert not decide(conserved(U[LEAST], moving)).proved


# -- the cited inequality -------------------------------------------------------------------------------
@given(st.lists(POSITIVE, min_size=2, max_size=6))
def test_maclaurin_at_numbers(values):
    symbols = sp.symbols(f"a:{len(values)}", real=True)
    means = Maclaurin(symbols, sp.Add(*symbols), sp.Mul(*symbols), (), Setting(), sp.Add(*(a**2 for a in symbols)))
    numbers = [_mpf(v) for v in values]
    left, right = (sp.lambdify(symbols, side, "mpmath")(*numbers) for side in means.relation.args)
    assert left >= right * (1 - mpmath.mpf(10) ** -12)


# -- the claims at numbers ------------------------------------------------------------------------------
def _mpf(number: Fraction) -> mpmath.mpf:
    return mpmath.mpf(number.numerator) / number.denominator


@given(POSITIVE, st.lists(POSITIVE, min_size=1, max_size=6))
def test_new_t7_bound(w, gaps):
    """``M² ≥ σ² + (L|θ|^{2−2/L})²``, M from its definition."""
    squares = [_mpf(w), *(_mpf(w + gap) for gap in gaps)]
    size = len(squares)
    metric = sum(prod(chosen) for chosen in combinations(squares, size - 1))
    sigma, theta_squared = prod(map(_mpf, gaps)), prod(squares)
    bound = mpmath.sqrt(sigma**2 + (size * theta_squared ** (1 - mpmath.mpf(1) / size)) ** 2)
    assert metric >= bound * (1 - mpmath.mpf(10) ** -12)
    if size == 2:
        assert mpmath.almosteq(metric, bound)


def test_new_t4_agm_and_complete():
    (ends,) = dd.entropy([0, 2, 3]).range()
    assert mpmath.almosteq(ends[1], mpmath.pi / (2 * mpmath.agm(2, 3)))
    assert mpmath.almosteq(ends[1], mpmath.elliprf(0, 4, 9))
    (ends,) = dd.entropy([0, 2, 3, 5]).range()
    assert mpmath.almosteq(ends[1], mpmath.elliprf(*(mpmath.mpf(1) / n for n in (4, 9, 25))) / 30)


@pytest.mark.parametrize("layers", [["0.5", 1, 2], ["-0.25", 1, 1, 2], [0, 1, 2, 2, 3]])
def test_new_t6_rich(layers):
    """``t_+θ − 𝒬`` lies between ``−x_0²/2`` and ``x²(½ + κ/(L−2))``."""
    entropy, size = dd.entropy(layers), len(layers)
    (ends,) = entropy.range()
    start = [_mpf(Fraction(u)) for u in layers]
    for x in map(mpmath.mpf, ("0.5", 1, 4, 20)):
        rest = prod(mpmath.sqrt(x**2 + u**2 - start[0] ** 2) for u in start[1:])
        missing = ends[1] * x * rest - entropy([x * rest])
        kappa = rest / x ** (size - 1)
        assert -(start[0] ** 2) / 2 <= missing <= x**2 * (mpmath.mpf(1) / 2 + kappa / (size - 2))


@pytest.mark.parametrize("layers", [[0, 2], [0, 1, 2], [0, 1, 1, 2, 3]])
def test_new_t6_lazy(layers):
    """``θ²/(2M) ≤ 𝒬 ≤ θ²/(2σ)`` from ``x_0 = 0``, with ``M = 1/𝒬''``."""
    entropy = dd.entropy(layers)
    sigma = prod(u**2 for u in layers[1:])
    for theta in ("0.1", 1, 5):
        square = mpmath.mpf(theta) ** 2 / 2
        value, curvature = entropy([theta]), entropy.hessian([theta])[0]
        assert square * curvature <= value <= square / sigma


@pytest.mark.parametrize("layers", [["0.5", -1], ["0.5", 1, -2], ["-0.25", 1, 1, 2]])
def test_new_t6_scaling(layers):
    """``𝒬_a(a^Lθ) = a²𝒬(θ)`` and ``ξ_a(a^Lθ) = a^{2−L}ξ(θ)`` at a = 1/4."""
    scale, theta, size = Fraction(1, 4), Fraction(3, 2), len(layers)
    plain, scaled = dd.entropy(layers), dd.entropy([scale * Fraction(u) for u in layers])
    assert mpmath.almosteq(scaled([scale**size * theta]), plain([theta]) / 16)
    slopes = (entropy.gradient([place])[0] for entropy, place in ((scaled, scale**size * theta), (plain, theta)))
    assert mpmath.almosteq(next(slopes), next(slopes) * mpmath.mpf(4) ** (size - 2))
