"""Steps of a flow that leaves a plateau carry fewer bits than its run: the digits are the same, and errors are seen."""

from __future__ import annotations

from fractions import Fraction

import pytest
from mpmath import mp, mpf

from ddln_sym import GradientFlow, LogisticLoss, SquaredLoss
from ddln_sym.flows import systems
from ddln_sym.taylor import Precision, Program, solve

DIGITS = 15
ONE, TWO = LogisticLoss([["9.5"]], [1]), LogisticLoss([[3, 2], [-1, "0.5"]], [1, -1])
#: Flows, and a time by which they have long left their plateaus.
FLOWS = {
    "five layers of 1e-8": (GradientFlow(ONE, [["2e-8"], ["-0.3e-8"], ["-1.2e-8"], ["-0.8e-8"], ["0.6e-8"]]), "1e25"),
    "a tie": (GradientFlow(ONE, [["1e-7"], ["1e-7"], ["-3e-7"], ["-2e-7"]]), "1e16"),
    "a layer of zero": (GradientFlow(ONE, [["0"], ["2e-7"], ["-3e-7"], ["1e-7"]]), "1e16"),
    "two coordinates, one after another": (GradientFlow(TWO, [["1e-6", "1e-9"]] * 4 + [["2e-6", "3e-9"]]), "1e22"),
    "a coordinate that stays tiny": (GradientFlow(TWO, [["1e-6", "1e-12"]] * 4 + [["2e-6", "3e-12"]]), "1e20"),
    "a squared loss": (
        GradientFlow(SquaredLoss([[1, 2]], [3]), [["1e-7", "2e-8"]] * 3 + [["2e-7", "0"]]),
        "5.555555556600e12",
    ),
    "a loss that falls without end": (
        GradientFlow(SquaredLoss([[1]], [1], weight=-1), [["1e-7"], ["2e-7"], ["-3e-7"]]),
        "2.543222488e6",
    ),
}


def exact(monkeypatch, flow, until):
    """All Ld equations, with every step as exact as the run, to twice the digits."""
    with monkeypatch.context() as patch:
        patch.setattr(systems, "SAFE_BITS", 10**6)
        patch.setattr(systems, "SUDDEN_BITS", 10**6)
        found = flow.integrate(until, 2 * DIGITS, full=True)
    assert {step.jets.bits for step in found.solution.steps} == {found.solution.precision.bits}
    return found


def worst(found, true):
    """The largest error at begins of steps and at the end, in units of the last digit that is promised."""
    times = [found.units.from_time(step.begin) for step in found.solution.steps[1:]]
    times = [*times[:: len(times) // 40 + 1], found.end]
    most = [mpf(0)] * len(found.layers(0)[0])
    error = mpf(0)
    with mp.workdps(3 * DIGITS):
        for time in times:
            got, exactly = (list(zip(*run.layers(time), strict=True)) for run in (found, true))
            most = [max([m, *map(abs, column)]) for m, column in zip(most, exactly, strict=True)]
            for column, right, m in zip(got, exactly, most, strict=True):
                error = max([error, *(abs(a - b) / m for a, b in zip(column, right, strict=True))])
            size = max([mpf(1), *map(abs, true.xi(time))])
            error = max([error, *(abs(a - b) / size for a, b in zip(found.xi(time), true.xi(time), strict=True))])
        return error * mpf(10) ** DIGITS


@pytest.mark.parametrize("name", FLOWS)
def test_the_digits_are_those_of_exact_steps(name, monkeypatch):
    flow, until = FLOWS[name]
    found, true = flow.integrate(until, DIGITS), exact(monkeypatch, flow, until)
    carried = [step.jets.bits for step in found.solution.steps if step.jets.order > 1]
    assert min(carried) < found.solution.precision.bits - 30
    assert worst(found, true) < 2


def test_steps_that_add_more_than_errors_have_grown_to_are_seen(monkeypatch):
    """The same with a margin below zero: digits are lost."""
    flow, until = FLOWS["five layers of 1e-8"]
    true = exact(monkeypatch, flow, until)
    monkeypatch.setattr(systems, "SAFE_BITS", -70)
    monkeypatch.setattr(systems.ErrorGrowth, "demand", lambda *_: None)
    assert worst(flow.integrate(until, DIGITS), true) > 100


def test_a_coarser_solution_keeps_the_bits_of_its_run():
    """The exponential, whose later steps carry 8 digits fewer."""
    program = Program(1)
    program.derivative(0, 0)
    fine, coarse = Precision(30), Precision(22)
    asked = []

    def carry():
        asked.append(None)
        return fine if len(asked) < 3 else coarse

    found = solve(program, [Fraction(1)], Fraction(20), fine, carry=carry)
    assert {step.jets.bits for step in found.steps} == {fine.bits, coarse.bits}
    with mp.workdps(40):
        for time in (Fraction(1), Fraction(15), Fraction(20)):
            (value,) = found.at(time)
            error = mpf(int(value)) / mpf(2) ** fine.bits / mp.exp(mpf(time.numerator) / time.denominator) - 1
            assert abs(error) < mpf(10) ** -20
            assert time != 20 or abs(error) > mpf(10) ** -29


@pytest.mark.parametrize("name", ["five layers of 1e-8", "a squared loss"])
def test_balls_around_coarser_steps_hold_the_flow(name, monkeypatch):
    flow, until = FLOWS[name]
    early = Fraction(until)
    box, true = flow.enclose(early, DIGITS), exact(monkeypatch, flow, early)
    with mp.workdps(2 * DIGITS):
        for time in (early / 3, early):
            for got, right in zip(box.theta(time), true.theta(time), strict=True):
                assert abs(mpf(str(got.mid().str(40, radius=False))) - right) <= abs(right) * mpf(10) ** (1 - DIGITS)
