"""Runs that cannot end say so: ceilings of steps and bits, errors of unlike unknowns, large numbers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from mpmath import mp, mpf

import ddln_sym as dd
from ddln_sym.taylor import NoConvergence, PrecisionError, solver
from ddln_sym.taylor.error_growth import NeedsBits, grown, with_enough_bits

z, x = sp.symbols("z x")


def close(found, expected, digits):
    with mp.workdps(2 * digits):
        scale = max(abs(mpf(e)) for e in expected)
        return all(abs(f - mpf(e)) <= mpf(10) ** -digits * scale for f, e in zip(found, expected, strict=True))


@pytest.mark.parametrize("power", [12, 25])
@pytest.mark.parametrize("start", [0, 10])
def test_a_large_entry_off_the_diagonal_costs_what_it_costs(power, start):
    """``z' = 1, x' = z^n``: the logarithmic norm is half of ``n·z^(n−1)``, with which nothing grows."""
    path = dd.integrate_polynomial([1, z**power], [z, x], [start, 0], 2, 15)
    expected = Fraction((start + 2) ** (power + 1) - start ** (power + 1), power + 1)
    with mp.workdps(40):
        assert close(path(2), [start + 2, mpf(expected.numerator) / expected.denominator], 15)
    assert path._solution.precision.bits < 1000


@pytest.mark.parametrize("factor", [10**6, 10**30])
def test_unknowns_of_unlike_scales(factor):
    path = dd.integrate_polynomial([factor * x, -x], [z, x], [0, Fraction(1, factor)], 1, 20)
    with mp.workdps(40):
        assert close(path(1), [1 - mp.exp(-1), mp.exp(-1) / factor], 20)


def test_digits_are_relative_to_numbers_that_grow():
    path = dd.integrate_polynomial([30 * z], [z], [1], 10, 15)
    with mp.workdps(40):
        assert close(path(10), [mp.exp(300)], 15)
    assert len(path._solution.steps) < 500


@pytest.mark.parametrize("seed", range(5))
def test_the_growth_of_errors_by_another_exponential(seed):
    """Eigenvectors of a matrix that is at least 0 outside its diagonal, against series and squares."""
    random = np.random.default_rng(seed)
    matrix = random.uniform(0, 3, (4, 4)) - np.diag(random.uniform(0, 5, 4))
    values, vectors = np.linalg.eig(matrix)
    start = random.uniform(0, 1, 4)
    expected = (vectors @ np.diag(np.exp(values)) @ np.linalg.inv(vectors) @ start).real
    scales = 10.0 ** random.integers(-100, 100, 4)
    found = grown(matrix * scales[:, None] / scales[None, :], np.log2(start * scales))
    assert np.exp2(found - np.log2(scales)) == pytest.approx(expected, rel=1e-9)


# -- ceilings ----------------------------------------------------------------------------------------
def test_numbers_beyond_every_estimate():
    with pytest.raises(PrecisionError, match="leave the range in which errors can be estimated"):
        dd.integrate_polynomial([300 * z], [z], [1], 10, 15)


def test_steps_that_have_settled():
    with pytest.raises(NoConvergence, match=r"steps have settled, and the end would take .* more") as caught:
        dd.integrate_polynomial([x, -z], [z, x], [0, 1], 10**9, 15)
    assert 0 < caught.value.time < 10**5


def test_too_many_steps():
    with pytest.raises(NoConvergence, match="20 steps were taken; ask for an earlier time, or raise max_steps"):
        dd.integrate_polynomial([x, -z], [z, x], [0, 1], 100, 15, max_steps=20)
    flow = dd.GradientFlow(dd.SquaredLoss([[1]], [2]), [["0.5"], [1]])
    for run in (
        flow.integrate,
        flow.enclose,
        lambda until, digits, **more: flow.converge("1e-30", digits, until, **more),
    ):
        with pytest.raises(NoConvergence, match="2 steps were taken"):
            run(5, 20, max_steps=2)


def test_too_many_bits():
    with pytest.raises(PrecisionError, match=r"\d+ bits would be needed at t = .*, and max_bits is 60: ") as caught:
        dd.integrate_polynomial([sp.Integer(40) * x, 40 * z - x**3], [z, x], [1, "1e-30"], 5, 15, max_bits=60)
    assert caught.value.bits > 60 and caught.value.max_bits == 60
    with pytest.raises(PrecisionError, match="max_bits is 100"):
        dd.GradientFlow(dd.SquaredLoss([[1]], [1]), [["1e50"], ["2e-50"]]).integrate(1, 15, max_bits=100)


def test_a_run_that_always_asks_for_more():
    def run(extra, slack):
        raise NeedsBits(extra, slack, Fraction(3))

    with pytest.raises(PrecisionError, match="at t = 3"):
        with_enough_bits(run, 10)


@pytest.mark.parametrize("limits", [{"max_steps": 0}, {"max_bits": -1}, {"max_steps": 1.5}, {"max_bits": True}])
def test_limits_are_whole_numbers(limits):
    flow = dd.GradientFlow(dd.SquaredLoss([[1]], [2]), [["0.5"], [1]])
    with pytest.raises(ValueError, match="expected a whole number from 1 on"):
        flow.integrate(1, **limits)
    with pytest.raises(ValueError, match="expected a whole number from 1 on"):
        dd.integrate_polynomial([z], [z], [1], 1, **limits)


def test_a_step_that_memory_does_not_hold_is_refused_before_it_begins(monkeypatch):
    """Some 30 coefficients of 110 bits for two unknowns and what is computed from them are more than 500 bytes."""
    monkeypatch.setattr(solver, "MAX_MEMORY", 500)
    told = []
    with pytest.raises(NoConvergence, match=r"before t = 0: the series of one step, .* GiB; ask for fewer digits"):
        dd.integrate_polynomial([x, -z], [z, x], [0, 1], until=1, digits=20, progress=told.append)
    assert not told


def test_steps_that_will_fill_the_memory_are_foreseen(monkeypatch):
    """A rotation takes steps of one length, and those that are left would fill far more than is allowed."""
    monkeypatch.setattr(solver, "MAX_MEMORY", 8 << 20)
    with pytest.raises(
        NoConvergence, match=r"steps have settled, and all that are kept would fill .* GiB; ask for an earlier time"
    ):
        dd.integrate_polynomial([x, -z], [z, x], [0, 1], until=10**8, digits=15, max_steps=10**7)
