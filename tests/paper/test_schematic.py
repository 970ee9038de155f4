"""What is proved for a symbolic depth is checked again at each concrete depth, where nothing is schematic."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import prod

import pytest
import sympy as sp

from ddln_sym import commuting, deep_diagonal, redundant, regular, symmetric_domains
from ddln_sym.claims import collect
from ddln_sym.claims.certification import statements
from ddln_sym.kernel import decide
from ddln_sym.models import LayerFlow
from ddln_sym.statements import DEPTH

DEPTHS = range(2, 9)
#: Claims that are checked up to a lower depth.
LIMITS = {
    # a product of L − 1 roots whose squares have to be matched: one to eight seconds each from L = 6
    "eq-8": 5,
    "theta-after-8-corrected": 5,
    "theta-determined": 5,
    "no-expression-after-8-corrected": 5,
    # multiplied out, the bound on the metric has thousands of terms from L = 6;
    # ``test_the_bound_on_the_metric`` checks it at numbers as well
    "eq-13": 5,
    "eq-14": 5,
    # the same products, written out
    "new-t3-half-line": 5,
    "new-t4-everywhere": 4,
    "thm-1": 4,
    "new-t4-bounded": 5,
    "new-t4-range": 5,
    "new-t4-tail": 4,
    "new-t6-large": 3,
    "new-t6-layer": 3,
    "new-t6-small": 3,
    "new-t6-scaling": 5,
    "new-t6-lazy": 5,
    # z3 decides these in seconds on a quiet machine, and may run out of time on a busy one
    "new-t7-bound": 4,
    "new-t7-strict": 4,
}

TRUE = {c.id: c for claim in collect() for c in [claim.correction or claim] if DEPTH in c.depths}
#: A claim that lists numbers besides the symbol says one part of it for the symbol, another for the numbers.
FALSE = {claim.id: claim for claim in collect() if claim.correction is not None and claim.depths == (DEPTH,)}


@pytest.mark.parametrize("name", TRUE)
def test_what_is_true_for_every_depth_is_true_at_each(name):
    for depth in range(2, LIMITS.get(name, DEPTHS[-1]) + 1):
        for proposition in statements(TRUE[name], sp.Integer(depth)):
            step = decide(proposition)
            assert step.proved, f"L = {depth}: {step.verdict}: {proposition}: {step.detail}"


@pytest.mark.parametrize("name", FALSE)
def test_what_is_false_has_a_concrete_depth_where_it_fails(name):
    steps = (decide(p) for depth in DEPTHS for p in statements(FALSE[name], sp.Integer(depth)))
    refuted = next(step for step in steps if step.verdict.value == "refuted")
    assert refuted.witness is not None


def test_the_limits_are_of_claims_that_exist():
    assert set(LIMITS) <= set(TRUE) and len(TRUE) > 30 and len(FALSE) >= 5


@pytest.mark.parametrize("depth", DEPTHS)
def test_the_bound_on_the_metric(depth):
    """(13) and (14) at states that (7) allows: all squared layers shifted by one number, the least one first."""
    flow = LayerFlow(depth)
    for seed, shift in product(range(1, 6), (Fraction(0), Fraction(1, 3), Fraction(7))):
        least = Fraction(seed - 1, 2)
        start = [least, *(least + Fraction(seed * n * n % 7 + 1, 3) for n in range(1, depth))]  # squared layers
        now = [s - least + shift for s in start]
        rest = [prod(now[:k] + now[k + 1 :]) for k in range(depth)]
        gap = prod(s - start[0] for s in start[1:])
        squares = {flow.layer(k) ** 2: _rational(now[k - 1]) for k in range(1, depth + 1)}
        squares |= {flow.initial(k) ** 2: _rational(start[k - 1]) for k in range(1, depth + 1)}
        assert flow.metric.xreplace(squares) == _rational(sum(rest))
        assert flow.sigma(sp.Integer(1)).xreplace(squares) == _rational(gap)
        assert sum(rest) >= gap > 0


def _rational(value):
    return sp.Rational(value.numerator, value.denominator)


# -- the three conditions on the parametrization ------------------------------------------------------
@pytest.mark.parametrize("network", [deep_diagonal, redundant])
@pytest.mark.parametrize("condition", [commuting, regular, symmetric_domains])
def test_conditions_at_each_size_agree_with_those_for_every_size(condition, network):
    every = condition(network(DEPTH, sp.Symbol("d", integer=True, positive=True)))
    assert every.proved and str(every.scope) == "all L ≥ 2, all d"
    for depth, dimension in product(range(2, 7), range(1, 4)):
        one = condition(network(depth, dimension))
        assert (one.verdict, str(one.scope)) == (every.verdict, f"L = {depth}, d = {dimension}")
