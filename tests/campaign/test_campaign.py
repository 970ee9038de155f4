"""A slice of the standing campaign, and that the campaign sees what is wrong."""

from __future__ import annotations

import os
from contextlib import nullcontext
from dataclasses import replace
from itertools import count
from math import inf

import pytest
from campaign.checks import answer, misses
from campaign.integrator import integrate, magnitude
from campaign.problems import KINDS, Problem, problem
from campaign.references import FlowReference, pair_flow
from campaign.runner import HEAD, Finding, Limits, campaign, give_back, pasted, used
from campaign.series import Series
from flint import arb, arb_series, ctx, fmpq, fmpz

from ddln_sym.numerics import precision

#: Seconds of the slice; in full runs it takes a minute.
SLICE = 60 if os.environ.get("CI") else 6
#: Problems 0, 1, … of this seed are the slice.
SEED = 20_26


def test_a_slice():
    """The same problems in every run, as many as there is time for.

    How long one takes depends on the machine: the campaign tells of it, a test does not.
    """
    summary = campaign(SEED, count(), SLICE, Limits())
    wrong = [finding for finding in summary.findings if finding.how != "over its time"]
    assert summary.counts["checked"]
    assert not wrong, "\n\n".join(map(pasted, wrong))


def test_series_are_those_of_the_library():
    coefficients = ["0.5", "-1.25", "3", "0.125", "-0.75", "2"]
    formula = lambda x: (x * x - 3 + 2 * x).exp() / (1 + x) + 1 / (4 - x) - x * arb(7) / (2 + x * x)  # noqa: E731
    before, ctx.cap = ctx.cap, len(coefficients)
    try:
        expected = formula(arb_series([arb(c) for c in coefficients], prec=len(coefficients))).coeffs()
    finally:
        ctx.cap = before
    found = formula(Series(lambda k: arb(coefficients[k])))
    assert len(expected) == len(coefficients)
    for k, value in enumerate(expected):
        assert found[k].overlaps(value) and found[k].rad() < 1e-12


def test_the_integrator_knows_the_exponential_and_the_tangent():
    field = lambda x: [x[0], 1 + x[1] * x[1]]  # noqa: E731
    found = integrate(field, [fmpq(1), fmpq(0)], [[0], [1, 0]], fmpq(3, 2), 200).at(fmpq(3, 2))
    with precision(200):
        for value, true in zip(found, (arb(fmpq(3, 2)).exp(), arb(fmpq(3, 2)).tan()), strict=True):
            assert abs(value / true - 1) < arb(10) ** -50


def test_sizes_beyond_every_float_are_sizes():
    """``exp`` of a margin of 1e310 is no float, and nor is its exponent; a coefficient that small is none."""
    with precision(1200):
        small, large = (-(arb(10) ** 310)).exp(), (arb(10) ** 310).exp()
        assert magnitude(small) == -inf and magnitude(large) == inf and magnitude(arb(1) / 8) == -3


def test_every_kind_occurs_and_numbers_tell_problems():
    problems = [problem(1, n) for n in range(200)]
    assert {p.kind for p in problems} == set(KINDS)
    assert problems == [problem(1, n) for n in range(200)]
    assert max(len(p.data.get("layers", [])) for p in problems) > 30
    assert max(len(p.data.get("layers", [[]])[0]) for p in problems if p.kind == "integrate") > 8


SMALL = {"X": [["1", "0.5"]], "y": ["0.7"], "layers": [["0.5", "1"], ["1", "-0.3"], ["0.8", "2"]], "logistic": False,
         "weight": "1", "digits": 20, "until": "0.3"}  # fmt: skip
EXAMPLES = {
    "integrate": SMALL,
    "enclose": SMALL,
    "entropy": {"layers": ["0.5", "1", "2"], "digits": 20, "part": "0.5"},
    "redundant": {"u": "-0.5", "v": "1", "depth": 3, "digits": 20, "part": "0.5"},
    "difference": {"u": "0.5", "v": "1", "depth": 4, "digits": 20, "part": "-0.5"},
    "bias": {"X": [["1", "0.5"]], "y": ["0.7"], "layers": [["0", "0"], ["1", "0.9"]], "digits": 20},
    "loss": {**SMALL, "theta": ["0.1", "0.2"]},
}


def worse(value):
    """A result that is off in its eighteenth digit, or a ball that is."""
    if isinstance(value, (list, tuple)):
        return type(value)(map(worse, value))
    if isinstance(value, arb):
        return value + abs(value) * arb(10) ** -15 if value.is_finite() else value
    return value * (1 + type(value)(10) ** -15) if hasattr(value, "_mpf_") else value


@pytest.mark.parametrize("layers", [["0.5", "1"], ["1e-30", "-2e-30"], ["0.7", "0.7"], ["0.7", "-0.7"], ["0", "-3"]])
@pytest.mark.parametrize(("y", "weight"), [("0.7", "1"), ("0", "3"), ("-1", "-1")])
def test_the_closed_form_of_two_layers_is_the_flow_of_all_equations(layers, y, weight):
    data = {**SMALL, "X": [["1.5"], ["-0.5"]], "y": [y, y], "weight": weight, "layers": [[u] for u in layers],
            "until": "0.02"}  # fmt: skip
    asked, end = Problem(0, 0, "integrate", data), fmpq(1, 50)
    closed, (theta,) = pair_flow(asked, end), FlowReference(asked, 200).theta(end)
    with precision(300):
        assert closed.overlaps(theta + abs(theta) * arb(0, 1e-40)) and closed.rad() <= abs(theta) * arb(10) ** -60


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_right_passes_and_what_is_wrong_is_seen(kind):
    """Each result in turn is made wrong by 1e−15 of itself."""
    asked = Problem(0, 0, kind, EXAMPLES[kind])
    said = answer(asked)
    assert not said.refusal and said.found
    assert misses(asked, said) == []
    seen = 0
    for call, value in said.found.items():
        if call in ("run.sign_changes()", "run.least_rate()", "run.limit()", "loss.polyak_lojasiewicz_ball()"):
            continue
        wrong = replace(said, found={**said.found, call: worse(value)})
        found = misses(asked, wrong)
        assert found, call
        compile(pasted(Finding(asked, "a miss", found[0])), "pasted", "exec")
        seen += 1
    assert seen


def test_a_limit_that_is_wrong_is_seen():
    """Off from the minima, or an interpolator that is not the one of least entropy."""
    asked = Problem(0, 0, "enclose", {**SMALL, "until": "40"})
    said = answer(asked)
    limit = said.found["run.limit()"]
    assert misses(asked, said) == []
    first, second = limit.theta
    with precision(200):
        elsewhere = (first + arb("0.01"), second), (first + arb("0.01"), second - arb("0.02"))  # x = (1, 1/2)
    for theta in elsewhere:
        found = misses(asked, replace(said, found={**said.found, "run.limit()": replace(limit, theta=theta)}))
        assert [miss for miss in found if "limit" in miss.call]


def test_a_layer_that_changes_its_sign_twice_does_so_twice():
    """The first coordinate overshoots and returns while the second one crosses 0 once."""
    data = {"X": [["1", "2"], ["2", "2"]], "y": ["-1", "0"], "layers": [["0.3", "0.9"], ["1", "2"]], "until": "3"}
    asked = Problem(0, 0, "enclose", {**SMALL, **data})
    said = answer(asked)
    changes = said.found["run.sign_changes()"]
    assert [change.coordinate for change in changes] == [1, 1, 2]
    assert misses(asked, said) == []
    for kept in ([1, 2], [2], [0, 1], [0, 0, 1, 2]):
        left = replace(said, found={**said.found, "run.sign_changes()": tuple(changes[n] for n in kept)})
        assert [miss for miss in misses(asked, left) if "sign" in miss.call], kept


def test_the_reference_knows_layers_that_have_shrunk():
    """Two layers that tie do so for all time, however small they are."""
    data = {"X": [["1"]], "y": ["-30"], "layers": [["3"], ["3"]], "until": "1"}
    with precision(200):
        first, second = FlowReference(Problem(0, 0, "enclose", {**SMALL, **data}), 60).layers(fmpq(1))[0]
        assert first < 1e-20 and abs(first / second - 1) < 1e-12


@pytest.mark.parametrize("until", ["3", "14"])
def test_the_reference_knows_layers_that_shrink_beside_others(until):
    """Two that tie decay like ``e^{−c·t}``, ``c = 2y·1.5·2``, and keep their signs; two others are far from 0."""
    layers = [["-0.63"], ["-1.5"], ["2"], ["-0.63"]]
    data = {"X": [["1"]], "y": ["1"], "layers": layers, "until": until}
    with precision(400):
        first, *others, last = FlowReference(Problem(0, 0, "enclose", {**SMALL, **data}), 40).layers(fmpq(until))[0]
        assert first < 0 > last and abs(first) < 1e-3
        for found, start in zip(others, ("1.5", "2"), strict=True):
            assert abs(found**2 - (arb(start) ** 2 - arb("0.63") ** 2 + first**2)) < 1e-9


def test_the_reference_knows_the_margins_of_large_layers():
    """Two layers of 1e68 hardly move, and with c = (u¹u²)² it is θ' = c·7/(1 + e^{7θ})."""
    layers, until = [["1.3e68"], ["-0.4e68"], ["0"]], f"1/{10**270}"
    asked = Problem(
        0, 0, "enclose", {**SMALL, "X": [["7"]], "y": ["1"], "layers": layers, "logistic": True, "until": until}
    )
    with precision(200):
        (theta,) = FlowReference(asked, 100).theta(fmpq(1, 10**270))
        c = (arb("1.3e68") * arb("0.4e68")) ** 2
        assert abs(theta + (7 * theta).exp() / 7 - (c * 7 * arb(10) ** -270 + arb(1) / 7)) < 1e-25


def test_a_failure_can_be_pasted_and_fails():
    """The test that is written fails for the wrong value and passes for the right one."""
    asked = Problem(0, 7, "entropy", EXAMPLES["entropy"])
    said = answer(asked)
    (call, value), *_ = said.found.items()
    (miss,) = misses(asked, replace(said, found={call: worse(value)}))
    for kind, passes in ((miss, True), (replace(miss, expected=("0.123",)), False)):
        names: dict = {}
        exec(HEAD + "\n\n" + pasted(Finding(asked, "a miss", kind)), names)
        with precision(2000), nullcontext() if passes else pytest.raises(AssertionError):
            names["test_campaign_0_7"]()


def test_a_problem_over_its_time_is_a_finding_and_the_next_one_is_solved():
    slow = campaign(1, iter([0, 1]), 60, Limits(seconds=0.0))
    assert [finding.how for finding in slow.findings] == ["over its time", "over its time"]


def test_what_flint_keeps_for_later_is_given_back():
    """Many long numbers that are gone are no growth of memory; those that are still there are."""
    give_back()
    before = used(os.getpid())[1]
    numbers = [fmpz(1) << 2000 for _ in range(200_000)]
    assert not before or used(os.getpid())[1] > before + 40_000_000
    give_back()
    assert not before or used(os.getpid())[1] > before + 40_000_000
    numbers.clear()
    give_back()
    assert used(os.getpid())[1] < before + 20_000_000


def test_an_interrupted_campaign_tells_what_it_found_so_far():
    def numbers():
        yield from range(3)
        raise KeyboardInterrupt

    summary = campaign(1, numbers(), 60, Limits())
    assert sum(summary.counts.values()) == 3
