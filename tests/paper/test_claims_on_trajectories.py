"""The proved claims about the flow, evaluated on trajectories: the very propositions that the kernel decides.

A rate of change is a central difference of a trajectory with three times the digits, whose error is far below the
tolerance.  The kernel's proofs and the integrator know nothing of each other.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

import pytest
import sympy as sp
import trajectories
from hypothesis import given
from mpmath import mp, mpf
from trajectories import APART, DIGITS, allowed, columns, exactly, largest

from ddln_sym import GradientFlow, SquaredLoss
from ddln_sym.claims import collect
from ddln_sym.models import LayerFlow, OrderedFlow
from ddln_sym.statements import Compare, Equal, Rate
from ddln_sym.testing import flows, horizon

more_digits = pytest.fixture(autouse=True)(trajectories.more_digits)

#: In the form that was proved.
CLAIMS = (
    "eq-6-corrected",
    "eq-7",
    "root-after-7",
    "eq-8",
    "eq-11",
    "eq-12",
    "eq-13",
    "inverse-before-14",
)
DEPTHS = (2, 5)


@cache
def proved() -> dict[str, Any]:
    claims = collect()
    return {claim.id: claim for c in claims for claim in (c, c.correction) if claim is not None}


@cache
def propositions(name: str, depth: int) -> tuple[Any, ...]:
    found = proved()[name].statement(depth)
    return found if isinstance(found, tuple) else (found,)


@cache
def compiled(expression: Any, depth: int) -> Any:
    """An expression without rates as a function of the layers now and at time 0, and of the slope."""
    flow, ordered = LayerFlow(depth), OrderedFlow(depth)
    layers = range(1, depth + 1)
    places = [*map(flow.layer, layers), *map(flow.initial, layers), flow.slope, ordered.first]
    symbols = {place: sp.Dummy() for place in (*places, *map(ordered.initial, layers))}
    assert expression.xreplace(symbols).free_symbols <= set(symbols.values())
    function = sp.lambdify(list(symbols.values()), expression.xreplace(symbols), "mpmath")
    return lambda now, start, slope: function(*now, *start, slope, now[0], *start)


class Observed:
    """One coordinate of a trajectory, the layer of least initial modulus first."""

    def __init__(self, trajectory: Any, i: int) -> None:
        self.trajectory, self.i = trajectory, i
        coordinate = trajectory.flow.coordinates[i]
        self.order = sorted(range(len(coordinate.start)), key=lambda k: k != coordinate.least)
        self.start = [exactly(coordinate.start[k]) for k in self.order]
        self.step = trajectory.end / 10**DIGITS

    def value(self, expression: Any, t: Any) -> Any:
        """The expression at a time, its rates as central differences."""
        rates = {
            rate: (self.value(rate.args[0], t + self.step) - self.value(rate.args[0], t - self.step))
            / (2 * exactly(self.step))
            for rate in expression.atoms(Rate)
        }
        names = {rate: sp.Dummy() for rate in rates}
        if not rates:
            column, slope = columns(self.trajectory, t)[self.i], self.slope(t)
            return compiled(expression, len(column))([column[k] for k in self.order], self.start, slope)
        plain = expression.xreplace(names)
        weights = {name: mpf(0) for name in names.values()}
        return self._affine(plain, names, rates, weights, t)

    def _affine(self, plain: Any, names: Any, rates: Any, weights: Any, t: Any) -> Any:
        """Rates enter the claims linearly: the value without them, and the coefficient of each."""
        found = self.value(plain.xreplace(dict.fromkeys(weights, sp.Integer(0))), t)
        for rate, name in names.items():
            assert not sp.diff(plain, name, 2)
            found += rates[rate] * self.value(sp.diff(plain, name), t)
        return found

    def slope(self, t: Any) -> Any:
        return self.trajectory.flow.loss.gradient(self.trajectory.theta(t))[self.i]


@given(flows(APART, depths=DEPTHS, dimensions=(1, 3)))
def test_proved_claims_hold_along_a_flow(flow):
    depth, end = len(flow.start), horizon(flow)
    with mp.workdps(4 * DIGITS):
        trajectory = flow.integrate(end, 3 * DIGITS)
        t = end * 5 / 8
        for i, coordinate in enumerate(flow.coordinates):
            observed = Observed(trajectory, i)
            scale = max(1, largest(trajectory, [0, t]))
            tolerance = allowed(scale, 4 * depth) * max(1, abs(observed.slope(t))) / min(1, exactly(coordinate.sigma))
            for name in CLAIMS:
                for proposition in propositions(name, depth):
                    difference = observed.value(proposition.lhs - proposition.rhs, t)
                    if isinstance(proposition, Equal):
                        assert abs(difference) <= tolerance, f"{name}: {proposition}"
                    else:
                        assert isinstance(proposition, Compare)
                        assert difference >= -tolerance, f"{name}: {proposition}"


@given(flows(APART, depths=DEPTHS, dimensions=(1, 3)))
def test_theta_from_the_least_layer_as_proved(flow):
    """The display after (8), corrected: its right side is the θ of the trajectory."""
    depth, end = len(flow.start), 4 * horizon(flow)
    trajectory = flow.integrate(end, DIGITS)
    (proposition,) = propositions("theta-after-8-corrected", depth)
    for i, theta in enumerate(trajectory.theta(end)):
        found = Observed(trajectory, i).value(proposition.rhs, end)
        assert abs(found - theta) <= allowed(max(1, largest(trajectory, [end])), 2 * depth)


def test_formulas_as_printed_fail_on_a_trajectory():
    """(6) lacks a factor 2; the display after (8) has the wrong sign once the least layer has crossed zero."""
    flow = GradientFlow(SquaredLoss([[1]], [-2]), [["0.3"], [-1], ["-1.5"]])
    with mp.workdps(4 * DIGITS):
        observed = Observed(flow.integrate(1, 3 * DIGITS), 0)
        t = Fraction(1, 2)
        misses = [abs(observed.value(p.lhs - p.rhs, t)) for p in propositions("eq-6", 3)]
        assert max(misses) > mpf("0.01")
        (printed,) = propositions("theta-after-8", 3)
        theta = observed.trajectory.theta(t)[0]
        assert abs(observed.value(printed.rhs, t) + theta) <= allowed(2, 6) < abs(theta)
