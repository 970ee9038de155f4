"""Starts far below 1: enclosures prove the digits asked for, relative to the layers, or say why they do not."""

from __future__ import annotations

from fractions import Fraction
from math import prod

import pytest
from campaign.problems import Problem
from campaign.references import FlowReference
from flint import arb, fmpq
from mpmath import mp, mpf

from ddln_sym import GradientFlow, LogisticLoss, SquaredLoss, entropy
from ddln_sym.flows import EnclosureError
from ddln_sym.numerics import precision, read_number

X, Y = [["1", "2"], ["2", "1"]], ["1", "-1"]


def generic(depth, exponents, zero=False):
    """Layers of the size of given powers of ten, one of them zero throughout if asked for."""
    rows = [[f"{70 + 3 * k + 11 * i}e{e - 2}" for i, e in enumerate(exponents)] for k in range(depth)]
    return [["0"] * len(exponents), *rows[1:]] if zero else rows


STARTS = {
    "three layers of 1e-40": (generic(3, (-40, -40)), 15, "1"),
    "three layers of 1e-50": (generic(3, (-50, -50)), 20, "1"),
    "two layers of 1e-80": (generic(2, (-80, -80)), 20, "1"),
    "three layers of 1e-100": (generic(3, (-100, -100)), 30, "1"),
    "five layers of 1e-30": (generic(5, (-30, -30)), 10, "100"),
    "one coordinate is large": (generic(3, (-40, 0)), 8, "0.02"),
    "two scales": (generic(3, (-70, -20)), 12, "3"),
    "a layer of zeros": (generic(3, (-50, -50), zero=True), 20, "1"),
    "a layer of zeros beside a large coordinate": (generic(4, (-25, 0), zero=True), 8, "0.02"),
    "ties": ([["1e-50", "-1e-50"], ["1e-50", "1e-50"], ["3e-50", "2e-50"]], 20, "1"),
    "on its way to 1": (generic(2, (-20, -20)), 15, "2"),
}


@pytest.mark.parametrize("name", STARTS)
def test_tiny_layers_have_their_digits_proved(name):
    """Beside a reference that integrates all equations (5) as they are, with a relative accuracy of 2^-300."""
    layers, digits, until = STARTS[name]
    box = GradientFlow(SquaredLoss(X, Y), layers).enclose(until, digits)
    data = {"X": X, "y": Y, "layers": layers, "weight": "1", "logistic": False, "digits": digits, "until": until}
    reference, end = (
        FlowReference(Problem(0, 0, "enclose", data), 300),
        fmpq(*read_number(until, "until").as_integer_ratio()),
    )
    with precision(400):
        for time in (end / 3, end):
            t = read_number(f"{time.p}/{time.q}", "t")
            columns = reference.layers(time)
            for got, true in zip(zip(*box.layers(t), strict=True), columns, strict=True):
                largest = max((abs(u) for u in true), key=lambda u: u.mid())
                for value, u in zip(got, true, strict=True):
                    assert value.overlaps(u + arb(0, (abs(u) * arb(2) ** -150).upper()))
                    assert value.rad() <= largest * arb(10) ** -digits
            for value, theta in zip(box.theta(t), reference.theta(time), strict=True):
                assert value.overlaps(theta + arb(0, (abs(theta) * arb(2) ** -150).upper()))


def test_layers_of_a_frozen_coordinate_keep_their_digits():
    """Two zeros freeze a coordinate; the third of its layers is 3e-60 throughout."""
    flow = GradientFlow(SquaredLoss([[1, 1]], [1]), [["0", "1"], ["0", "1"], ["3e-60", "1"]])
    assert read_number(flow.integrate(1, 15).layers(1)[2][0], "u") * 10**60 == pytest.approx(3, rel=1e-14)
    assert (flow.enclose(1, 15).layers(1)[2][0] * arb(10) ** 60).overlaps(arb(3))


def test_a_refusal_says_why_and_what_would_help():
    near = GradientFlow(SquaredLoss([[1]], [0]), [["1e-9"], [1]])
    with pytest.raises(EnclosureError, match="sign; enclose the flow with more digits"):
        near.enclose(40, 3).sign_changes()


@pytest.mark.parametrize("theta", ["-1e91", "-1e5", "-1", "0", "2", "1e5", "1e91"])
def test_the_logistic_loss_at_margins_of_any_size(theta):
    """log(1 + e^-m) = max(0, -m) + log(1 + e^-|m|); a wide ball holds the values at its ends."""
    with precision(500):
        m = arb(theta)
        true = arb(0).max(-arb(theta)) + (-abs(arb(theta))).exp().log1p()
        found = LogisticLoss([[1]], [1]).ball([m])
        assert found.overlaps(true) and found.rad() <= abs(true) * arb(10) ** -12
        wide = LogisticLoss([[1]], [1]).ball([m + arb(0, 3)])
        for end in (arb(theta) - 3, arb(theta) + 3):
            assert wide.overlaps(arb(0).max(-end) + (-abs(end)).exp().log1p())
        assert wide.rad() < 7


@pytest.mark.parametrize(("depth", "size"), [(3, "1e-20"), (6, "1e-44"), (9, "1e-12"), (20, "1e-4")])
@pytest.mark.parametrize("part", ["0.5", "0.99"])
def test_a_plateau_is_passed_in_a_few_steps(depth, size, part):
    """Equal layers at the slope 1 of a logistic loss: ``u^(2−L)`` falls by ``(L − 2)t``, until θ is of size 1."""
    flow = GradientFlow(LogisticLoss([[2]], [1]), [[size]] * depth)
    leave = Fraction(size) ** (2 - depth) / (depth - 2)
    run = flow.integrate(leave * Fraction(part), 20)
    with mp.workdps(60):
        expected = mpf(size) * (1 - mpf(part)) ** (-mpf(1) / (depth - 2))
        for (found,) in run.layers(run.end):
            assert abs(found - expected) <= mpf(10) ** -19 * expected
    assert run.solution.count <= 50


def test_layers_that_outgrow_their_size_by_far_have_the_unit_they_grow_to():
    """X is tiny, so θ grows to its inverse: the same flow with layers in units of 2^20 takes the same steps."""
    layers, exponent = [["0.5"], ["0.75"], ["1.25"], ["2"]], 20
    flow = GradientFlow(LogisticLoss([[Fraction(1, 2**80)]], [1]), layers)
    unit = Fraction(2) ** -exponent
    scaled = GradientFlow(LogisticLoss([[1]], [1]), [[Fraction(u) * unit] for (u,) in layers])
    end = Fraction(2**83)
    run, other = flow.integrate(end, 20), scaled.integrate(end * unit * unit, 20)
    with mp.workdps(40):
        for (u,), (v,) in zip(run.layers(end), other.layers(other.end), strict=True):
            assert abs(u - v * 2**exponent) <= mpf(10) ** -19 * abs(u)
    assert run.solution.count < 2 * other.solution.count


@pytest.mark.parametrize("path", ["integrate", "full", "enclose"])
@pytest.mark.parametrize("row", [["1", "3"], ["1", "3", "0", "-2", "0.5"]])
@pytest.mark.parametrize(
    ("exponent", "depth", "until"), [(-30, 3, "1"), (-30, 5, "1e-3"), (-12, 3, "1e-9"), (-55, 38, "1e10"), (-8, 4, "1")]
)
def test_slopes_are_summed_where_nothing_else_moves(exponent, depth, until, row, path):
    """``ξ = t·2Xᵀy`` as long as ``θ`` is far below the digits, however large the unit of ``ξ`` is."""
    layers = [[f"{10 + k + 3 * i}e{exponent - 1}" for i in range(len(row))] for k in range(depth)]
    flow = GradientFlow(SquaredLoss([row], ["0.7"]), layers)
    slopes = [fmpq(7, 5) * fmpq(*Fraction(x).as_integer_ratio()) for x in row]
    if path == "enclose":  # the digits of its ξ are relative to a^{2−L}
        box, end = flow.enclose(until, 15), read_number(until, "until")
        with precision(200):
            for value, slope in zip(box.xi(until), slopes, strict=True):
                exact = fmpq(end.numerator, end.denominator) * slope
                assert value.contains(exact) and value.rad() < abs(exact) + arb(10) ** (exponent * (2 - depth) - 14)
        return
    found = flow.integrate(until, 15, full=path == "full").xi(until)
    for value, slope in zip(found, slopes, strict=True):
        assert abs(value - mpf(int(slope.p)) / int(slope.q) * mpf(until)) <= 1e-14 * abs(value)


@pytest.mark.parametrize("path", ["integrate", "full", "enclose"])
@pytest.mark.parametrize(("exponent", "part"), [(-30, "1e-9"), (-30, "1e-14"), (-10, "1e-6")])
def test_slopes_of_a_flow_that_begins_near_its_end(exponent, part, path):
    """At rest ``ξ = Q'(θ)``, which is small in units in which the layers are of size 1."""
    layers = [[f"{u}e{exponent}"] for u in ("1", "1.5", "2")]
    with mp.workdps(200):
        theta = mpf(3) * mpf(10) ** (3 * exponent) * (1 + mpf(part))
        until = mpf(10) ** (-4 * exponent + 2)
        goal, end = mp.nstr(theta, 150), mp.nstr(until, 5)
    flow = GradientFlow(SquaredLoss([["1"]], [goal]), layers)
    true = entropy(layers).gradient([read_number(goal, "θ")], digits=40)[0]
    if path == "enclose":
        (found,) = flow.enclose(end, 15).xi(end)
        assert abs(found - arb(str(true))) < arb(10) ** (-exponent - 14)
    else:
        (found,) = flow.integrate(end, 15, full=path == "full").xi(end)
        assert abs(found / true - 1) < 1e-13


@pytest.mark.parametrize(("exponent", "depth"), [(-30, 3), (-8, 4), (-55, 12)])
def test_a_flow_that_begins_at_its_end_stays_there(exponent, depth):
    layers = [[Fraction(10 + k) * Fraction(10) ** exponent] for k in range(depth)]
    theta = prod(u for (u,) in layers)
    run = GradientFlow(SquaredLoss([[1]], [theta]), layers).integrate(Fraction(10) ** (-2 * exponent * depth), 15)
    (found,) = run.xi(run.end)
    assert abs(found) < 1e-14
    assert abs(run.theta(run.end)[0] / mpf(theta.numerator) * theta.denominator - 1) < 1e-13
