"""Trajectories from outside: the caller's precision, progress, how a flow ends, and bad input."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import sympy as sp
import trajectories
from mpmath import mp, mpf
from trajectories import DIGITS, figure

from ddln_sym import BlowUpError, GradientFlow, LogisticLoss, SquaredLoss, integrate_polynomial
from ddln_sym.flows import NoConvergence

more_digits = pytest.fixture(autouse=True)(trajectories.more_digits)


def test_precision_of_the_caller_is_untouched():
    with mp.workdps(17):
        prec = mp.prec
        trajectory = figure(3, 2, 3, 1).integrate(1, 50)
        values = (*trajectory.theta("0.5"), trajectory.loss(1), trajectory.bound(1), trajectory.until)
        assert mp.prec == prec
        assert all(value != +value for value in values[:-1]), "fifty digits are more than seventeen"


def test_progress_is_told():
    told = []
    trajectory = figure(3, 2, 3, 1).integrate(1, 20, progress=told.append)
    assert told == sorted(told) and len(told) == trajectory.steps and told[-1] == 1


# -- the end of a flow -------------------------------------------------------------------------------
def test_a_first_step_that_is_hard_to_guess():
    """At layers of 10^100 the first step is 10^1400 times shorter than the time asked for."""

    class Begun(Exception):
        pass

    def progress(time):
        raise Begun

    flow = GradientFlow(SquaredLoss([[1]], [2]), [["1e100"], ["2e100"], ["3e100"], ["5e100"]])
    with pytest.raises(Begun):
        flow.integrate(1, digits=15, progress=progress)


def test_blow_up_of_a_field():
    y = sp.Symbol("y")
    with pytest.raises(BlowUpError, match="leaves every bound") as caught:
        integrate_polynomial([y**2], [y], [1], 2)
    assert caught.value.time == pytest.approx(1, abs=1e-15)


@pytest.mark.parametrize("full", [False, True])
def test_blow_up_of_a_flow_that_ascends(full):
    flow = GradientFlow(SquaredLoss([[1]], [0], weight=-1), [[1], [2], [3]])
    with pytest.raises(BlowUpError):
        flow.integrate(1, 20, full=full)


def test_layers_that_tie_do_not_pass_through_zero_by_rounding():
    """They decay like e^{−t} and keep their signs: all Ld equations know these for a while, and then refuse."""
    flow = GradientFlow(LogisticLoss([["0.5"]], [-1]), [["0.3"], ["2"], ["0.3"]])
    for time, full in ((20, True), (20, False), (10**5, False)):
        (first,), (second,), (third,) = flow.integrate(time, 5, full=full).layers(time)
        assert -1e-5 < first - third < 1e-5 and 0 <= first < 2e-5 and abs(second - mpf("1.97737")) < 1e-5
    with pytest.raises(NoConvergence, match="layers that tie have decayed"):
        flow.integrate(10**5, 5, full=True)


def test_convergence():
    flow = figure(3, 3, 5, 2)
    trajectory = flow.converge("1e-12", DIGITS)
    assert 0 <= trajectory.excess(trajectory.end) <= mpf("1e-12")


def test_a_frozen_flow_does_not_converge():
    flow = GradientFlow(SquaredLoss([[1]], [1]), [[0], [0]])
    with pytest.raises(NoConvergence, match="no convergence before"):
        flow.converge("1e-9")


# -- bad input ---------------------------------------------------------------------------------------
def loss_of(X, y, weight=1):
    return lambda: SquaredLoss(X, y, weight)


def flow_of(layers, **arguments):
    return lambda: GradientFlow(SquaredLoss([[1, 2]], [1]), layers).integrate(**{"until": 1, **arguments})


START = [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (loss_of([[1, 2], [3]], [1, 2]), "row 2 of X has 1 entry: expected 2"),
        (loss_of([[1, 2]], [1, 2]), "y has 2 entries: expected 1"),
        (loss_of([[1, float("nan")]], [1]), "entry 2 of row 1 of X is nan: every entry must be finite"),
        (loss_of([[1]], [mp.inf]), "entry 1 of y is .inf: every entry must be finite"),
        (loss_of(np.array([[np.inf]], dtype=np.float32), [1]), "must be finite"),
        (loss_of([[1]], ["one"]), "expected a decimal number"),
        (loss_of([[1]], ["1e999999999"]), "decimal exponent is between"),
        (loss_of([], []), "X is empty"),
        (loss_of([1, 2], [1]), "expected a row of numbers"),
        (loss_of([[1]], [1], 0), "weight is 0"),
        (loss_of([[1]], None), "y is None"),
        (loss_of([[1]], [True]), "expected a number"),
        (flow_of([[1, 2]]), "layers has 1 row: expected at least 2"),
        (flow_of([[1], [2]]), "layers has rows of 1 number: expected 2"),
        (flow_of(START, until=-1), "expected a time of at least 0"),
        (flow_of(START, until=float("inf")), "must be finite"),
        (flow_of(START, digits=0), "digits is 0: expected a whole number from 1 to 5000"),
        (flow_of(START, digits=10**6), "expected a whole number from 1 to 5000"),
        (flow_of(START, digits=2.5), "expected a whole number"),
        (lambda: flow_of(START)().theta(2), "the trajectory runs from 0 to 1"),
        (lambda: flow_of([[1, 1], [1, 2]])().bound(1), "does not hold: several layers share the least modulus"),
        (lambda: SquaredLoss([[1]], [1])([1, 2]), "theta has 2 entries: expected 1"),
        (lambda: SquaredLoss([[0]], [1]).polyak_lojasiewicz(), "X is zero"),
        (lambda: SquaredLoss([[1]], [1], -1).minimum, "no minimum"),
        (lambda: GradientFlow(SquaredLoss([[1]], [1]), [[1], [2]]).converge(0), "expected a positive number"),
        (lambda: integrate_polynomial([sp.Symbol("a")], [sp.Symbol("b")], [1], 1), "expected a polynomial in b"),
    ],
)
def test_mistakes_get_one_sentence(call, message):
    with pytest.raises(ValueError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("loss", [SquaredLoss([[1, 2], [3, 4]], [1, "0.5"]), LogisticLoss([[1, 2], [3, 4]], [1, -1])])
def test_flows_and_trajectories_travel_between_processes(loss):
    """Also after they were used, when matrices and programs are kept beside the data."""
    flow = GradientFlow(loss, [["0.1", 1], [1, -2]])
    trajectory = flow.integrate("0.5", 20)
    if isinstance(loss, SquaredLoss):
        assert loss.rank == 2 and loss.minimum == 0
    again, there = pickle.loads(pickle.dumps((flow, trajectory)))
    assert again.integrate("0.5", 20).layers("0.3") == there.layers("0.3") == trajectory.layers("0.3")
    assert again.loss.gradient([1, 2]) == loss.gradient([1, 2])
