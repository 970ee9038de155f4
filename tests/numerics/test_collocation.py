"""Radau rules against what defines them, and GMRES against direct solutions."""

from __future__ import annotations

import numpy as np
import pytest
from flint import acb, arb, arb_mat

from ddln_sym.numerics import (
    RadauRule,
    legendre_integrals,
    legendre_values,
    middles,
    precision,
    radau_rule,
    solve_gmres,
    to_floats,
)

SMALL = arb("1e-50")


def through(rule, values):
    """Legendre coefficients of the polynomial of given values at the nodes."""
    return (arb_mat([values]) * rule.coefficients).entries()


@pytest.mark.parametrize("count", [1, 2, 3, 8, 17])
def test_a_rule(count):
    """Its nodes are the zeros of ``P_s − P_{s−1}``; integral, derivative and coefficients are exact for polynomials."""
    with precision(260):
        rule = RadauRule(count)
        assert rule.count == len(rule.nodes) == count and rule.nodes[-1] == 1
        assert all(-1 < a < b <= 1 for a, b in zip(rule.nodes, rule.nodes[1:], strict=False)) and rule.nodes[0] > -1
        for x in rule.nodes:
            values = legendre_values(x, count + 1)
            assert abs(values[count] - values[count - 1]) < SMALL and x.is_exact()
        for degree in range(count):
            moved = (arb_mat([[x**degree for x in rule.nodes]]) * rule.integral).entries()
            for x, found in zip(rule.nodes, moved, strict=True):
                assert abs(found - (x ** (degree + 1) - arb(-1) ** (degree + 1)) / (2 * (degree + 1))) < SMALL
            series = through(rule, [legendre_values(x, count)[degree] for x in rule.nodes])
            assert all(abs(c - (k == degree)) < SMALL for k, c in enumerate(series))
        whole = rule.integral * rule.derivative
        assert all(abs(whole[i, j] - (i == j)) < SMALL for i in range(count) for j in range(count))
        # Of order 2s − 1, and no more.
        for degree in range(2 * count + 1):
            total = (arb_mat([[x**degree for x in rule.nodes]]) * rule.integral)[0, count - 1]
            exact = arb(1) / (degree + 1) if degree % 2 == 0 else arb(0)
            assert (abs(total - exact) < SMALL) == (degree <= 2 * count - 2)
        assert rule.places == pytest.approx([(float(x) + 1) / 2 for x in rule.nodes], abs=1e-15)
        assert rule.steps == pytest.approx(to_floats(rule.integral).T) and rule.steps.flags.owndata


def test_a_rule_is_as_precise_as_asked_for_and_kept():
    rule = radau_rule(34, 1200)
    assert rule is radau_rule(34, 1200) is not radau_rule(34, 64)
    with precision(1300):
        for x in rule.nodes:
            values = legendre_values(x, 35)
            assert abs(values[34] - values[33]) < arb(2) ** -1170


def test_legendre_polynomials():
    """Beside their closed forms, and at a complex place."""
    with precision(100):
        for x in (arb("0.3"), acb("0.3", "0.7")):
            values, sums = legendre_values(x, 5), legendre_integrals(x, 4)
            forms = [x * 0 + 1, x, (3 * x**2 - 1) / 2, (5 * x**3 - 3 * x) / 2, (35 * x**4 - 30 * x**2 + 3) / 8]
            wholes = [x + 1, (x**2 - 1) / 2, (x**3 - x) / 2, (5 * x**4 - 6 * x**2 + 1) / 8]
            assert all(abs(a - b) < 1e-25 for a, b in zip(values, forms, strict=True))
            assert all(abs(a - b) < 1e-25 for a, b in zip(sums, wholes, strict=True))
        assert len(legendre_values(arb(1), 1)) == 1 == len(legendre_integrals(arb(1), 1))


def test_middles_and_floats():
    matrix = arb_mat([[arb(1, "0.1"), arb(2)], [arb(-3, 1), arb("0.5")], [arb(0), arb(7)]])
    assert all(x.is_exact() for x in middles(matrix).entries())
    assert to_floats(matrix).tolist() == to_floats(middles(matrix)).tolist() == [[1, 2], [-3, 0.5], [0, 7]]


# -- GMRES -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("size", [1, 2, 5, 30])
def test_gmres_against_direct_solutions(size):
    random = np.random.default_rng(size)
    matrix = np.eye(size) + random.normal(size=(size, size)) / 3
    right = random.normal(size=size)
    assert solve_gmres(lambda x: matrix @ x, right, 1e-13) == pytest.approx(np.linalg.solve(matrix, right), abs=1e-9)


@pytest.mark.parametrize("most", [1, 2, 3, 7])
def test_gmres_is_best_in_the_directions_it_may_have(most):
    """``‖Ax − b‖`` is least over the span of b, Ab, …; and an operator on matrices is one on their entries."""
    random = np.random.default_rng(7)
    matrix, right, asked = np.eye(12) + random.normal(size=(12, 12)) / 2, random.normal(size=(3, 4)), []

    def apply(x):
        asked.append(x.shape)
        return (matrix @ x.ravel()).reshape(3, 4)

    found = solve_gmres(apply, right, 0, most)
    krylov = [right.ravel()]
    for _ in range(most - 1):
        krylov.append(matrix @ krylov[-1])
    space = np.array(krylov).T
    weights = np.linalg.lstsq(matrix @ space, right.ravel(), rcond=None)[0]
    assert found.ravel() == pytest.approx(space @ weights, rel=1e-6, abs=1e-8)
    assert asked == [(3, 4)] * most


@pytest.mark.parametrize("tolerance", [1e-2, 1e-5, 1e-9])
def test_gmres_stops_where_it_is_good_enough(tolerance):
    """Neither earlier nor later."""
    random = np.random.default_rng(1)
    matrix, right, asked = np.eye(40) + random.normal(size=(40, 40)) / 30, 5 * random.normal(size=40), []

    def apply(x):
        asked.append(x)
        return matrix @ x

    left = np.linalg.norm(matrix @ solve_gmres(apply, right, tolerance) - right) / np.linalg.norm(right)
    one_less = solve_gmres(lambda x: matrix @ x, right, 0, len(asked) - 1)
    assert left <= tolerance * (1 + 1e-3) < np.linalg.norm(matrix @ one_less - right) / np.linalg.norm(right)
    assert all(abs(a @ b - (a is b)) < 1e-12 for a in asked for b in asked)


def test_gmres_with_nothing_to_do():
    assert not solve_gmres(lambda x: x, np.zeros(3), 1e-9).any()
    assert not solve_gmres(lambda x: 0 * x, np.ones(3), 1e-9).any()
    assert solve_gmres(lambda x: 2 * x, np.ones(3), 1e-9) == pytest.approx([0.5] * 3)  # one direction is all there is
