"""Bounds hold where they are nearly attained: exact solutions of displaced starts, limits and rates without slack."""

from __future__ import annotations

from fractions import Fraction

import pytest
from campaign.problems import Problem
from displaced import displaced, filled, flow_of, jumping, solution, true_flow
from flint import arb, fmpq

from ddln_sym import GradientFlow, SquaredLoss
from ddln_sym.flows import Enclosure, EnclosureError
from ddln_sym.numerics import precision

E = Fraction(1, 2**50)
#: What the error fills of a radius at least.
FULL = 0.3


def problem(X, y, layers, until, logistic=False, weight="1"):
    data = {"X": X, "y": y, "layers": layers, "logistic": logistic, "weight": weight, "digits": 30, "until": until}
    return Problem(0, 0, "enclose", data)


PROBLEMS = {
    "near a saddle": problem([["1"]], ["0"], [["0.05"], ["1"]], "0.2"),
    "three layers": problem([["0.1"]], ["5"], [["0.3"], ["1"], ["1.2"]], "0.3"),
    "ascent": problem([["1"]], ["1"], [["0.3"], ["1"]], "0.4", weight="-1"),
    "a crossing": problem([["0.1"]], ["-10"], [["0.2"], ["1"], ["1.5"]], "0.3"),
    "two coordinates": problem(
        [["0.1", "0.05"], ["0.02", "0.1"]], ["4", "-3"], [["0.3", "-0.2"], ["1", "1.1"], ["1.2", "0.8"]], "0.2"
    ),
    "logistic": problem(
        [["0.2", "0.1"], ["0.1", "-0.3"]], ["1", "-1"], [["0.3", "-0.2"], ["1", "1.1"], ["1.2", "0.8"]], "1", True
    ),
    "a tie": problem([["0.1"]], ["6"], [["0.5"], ["-0.5"], ["1.2"]], "0.3"),
    "seven layers": problem([["0.3"]], ["2"], [["0.4"], ["1"], ["0.9"], ["1.1"], ["0.8"], ["1.2"], ["0.7"]], "0.1"),
}
NAMED = pytest.mark.parametrize("name", PROBLEMS)


def fullest(name, found):
    return [max(ratios[name]) for ratios in found]


@NAMED
@pytest.mark.parametrize("signs", [(1, 1), (-1, 1)])
def test_a_displaced_start_fills_the_balls(name, signs):
    """Every ball at every time holds the true flow, which is just as far away as the bounds allow, or nearly."""
    p = PROBLEMS[name]
    flow = flow_of(p)
    found = list(filled(p, displaced(flow, Fraction(p.until), [E * s for s in signs[: len(flow.coordinates)]])))
    for what in ("theta", "layers", "metric"):
        assert FULL < min(fullest(what, found)) <= max(fullest(what, found)) <= 1


@NAMED
@pytest.mark.parametrize("what", ["xi", "theta"])
def test_a_jump_between_two_steps_fills_the_balls(name, what):
    p = PROBLEMS[name]
    flow = flow_of(p)
    d = len(flow.coordinates)
    jump = [0] * (2 * d) + [E] * d if what == "xi" else [0, E] * d + [0] * d
    found = list(filled(p, jumping(flow, Fraction(p.until), jump)))
    after = fullest(what, found)[len(found) // 2 :]
    assert FULL < min(after) <= max(after) <= 1


@pytest.mark.parametrize("name", [name for name in PROBLEMS if name not in ("near a saddle", "logistic")])
def test_the_solution_for_other_data_fills_the_balls(name):
    """The defect is all that is wrong: y is off by a little, so that the error grows with the time."""
    p = PROBLEMS[name]
    other = Problem(0, 0, p.kind, {**p.data, "y": [str(Fraction(v) + E) for v in p.y]})
    right, wrong = flow_of(p), flow_of(other)
    found = list(filled(p, solution(wrong, right._reduced.start, Fraction(p.until))))
    assert 0.25 < max(fullest("theta", found)) <= 1


@NAMED
def test_a_displacement_that_is_not_small_is_refused_or_enclosed(name):
    """Far from the truth the bounds come to nothing, or hold it all the same."""
    p = PROBLEMS[name]
    flow = flow_of(p)
    far = displaced(flow, Fraction(p.until), [Fraction(1, 2**10)] * len(flow.coordinates))
    try:
        Enclosure(flow.loss, flow.coordinates, far, 20)
    except EnclosureError:
        return
    assert list(filled(p, far))


def test_a_displacement_near_a_tie_is_refused():
    p = problem([["1"]], ["5"], [["0.001"], ["0.0011"], ["1"]], "1")
    flow = flow_of(p)
    with pytest.raises(EnclosureError):
        Enclosure(flow.loss, flow.coordinates, displaced(flow, Fraction(1), [Fraction(1, 2**10)]), 20)


# -- limits ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("digits", [1, 3, 8])
@pytest.mark.parametrize(
    ("a", "target", "weight", "until"),
    [("1", "2", "1", "0.7"), ("0.5", "0.1", "1", "6"), ("3", "4", "0.5", "0.11"), ("0.4", "-0.05", "7", "1.8")],
)
def test_a_limit_that_is_nearly_missed(digits, a, target, weight, until):
    """One coordinate, early: from (0, a) θ tends to the target, ξ to arcsinh(2θ/a²)/2; M is below or above 1."""
    box = GradientFlow(SquaredLoss([[1]], [target], weight=weight), [[0], [a]]).enclose(until, digits)
    with precision(200):
        true = arb(fmpq(*Fraction(target).as_integer_ratio()))
        size = arb(fmpq(*Fraction(a).as_integer_ratio()))
        slope = (2 * true / (size * size)).asinh() / 2
        limit = box.limit()
        for (value,), exact in ((limit.theta, true), (limit.xi, slope)):
            assert value.contains(exact)
            assert 0.4 * value.rad() < abs(value.mid() - exact) + box.theta(until)[0].rad() * 3


# -- rates -----------------------------------------------------------------------------------------------
RATES = {
    "one coordinate": problem([["1"]], ["2"], [["0"], ["1"]], "0.3"),
    "it falls at first": problem([["1"]], ["-1"], [["0.8"], ["1"]], "0.2"),
    "large data": problem([["1e6"]], ["2e6"], [["0.1"], ["1"]], "1e-13"),
    "small data": problem([["1e-6"]], ["2e-6"], [["0.1"], ["1"]], "1e11"),
    "two scales": problem([["1", "0"], ["0", "3"]], ["2", "1"], [["0.1", "0.2"], ["1", "1"]], "0.05"),
    "a frozen coordinate": problem([["1", "1"], ["0", "1"]], ["2", "3"], [["0", "0.2"], ["0", "1"]], "0.1"),
}


@pytest.mark.parametrize("name", RATES)
def test_the_least_rate_is_nearly_the_least(name):
    p = RATES[name]
    reference, flow = true_flow(repr(p.data)), flow_of(p)
    bound = flow.enclose(p.until, 20).least_rate()
    with precision(200):
        minimum = arb(fmpq(*flow.loss.exact_minimum.as_integer_ratio()))
        rates = []
        for n in range(101):
            time = fmpq(*Fraction(p.until).as_integer_ratio()) * n / 100
            slopes = reference.gradient(reference.theta(time))
            speed = sum((m * g * g for m, g in zip(reference.metric(time), slopes, strict=True)), arb(0))
            rates.append(speed / (reference.loss(time) - minimum))
        least = min(rates, key=lambda rate: rate.mid())
        assert 0.9 * least < bound <= least


# -- signs -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("digits", [2, 4, 8])
@pytest.mark.parametrize(("size", "until"), [("1", "0.6"), ("1000", "6e-7"), ("1e-4", "6e7")])
def test_a_change_of_sign_lies_between_its_times(digits, size, until):
    p = problem([[size]], [f"-{size}"], [["0.3"], ["1"], ["1.5"]], until)
    (change,) = flow_of(p).enclose(until, digits).sign_changes()
    reference = true_flow(repr(p.data))
    assert (change.coordinate, change.layer) == (1, 1)
    before, after = (fmpq(t.numerator, t.denominator) for t in (change.after, change.before))
    assert reference.layers(before)[0][0] > 0 > reference.layers(after)[0][0]
    with precision(300):
        assert change.time.contains(before) and change.time.contains(after)
    assert (after - before) <= after / 1000 or digits < 4
