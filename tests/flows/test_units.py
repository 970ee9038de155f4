"""Layers that are all large or all tiny: the same flow in other units, at the price of layers of size 1."""

import pickle
from fractions import Fraction
from math import log2

import pytest
from campaign.problems import Problem
from campaign.references import pair_flow
from flint import arb, ctx, fmpq
from hypothesis import given
from hypothesis import strategies as st

import ddln_sym as dd
from ddln_sym.flows.coordinates import Coordinate
from ddln_sym.flows.error_bounds import bound_steps
from ddln_sym.flows.local_bounds import Curve
from ddln_sym.flows.units import Units
from ddln_sym.numerics import read_number

LAYERS = [["0.5", "-1.1"], ["1", "0.8"], ["-0.9", "1.5"]]
X, TARGETS, LABELS = [["1", "0.5"], ["-0.3", "1"]], ["0.4", "-0.7"], [1, -1]
DEPTH = len(LAYERS)


def scaled(exponent, logistic=False):
    """The flow of :data:`LAYERS` times 2^exponent: its loss is as far from its minimum as that of the layers."""
    unit = Fraction(2) ** exponent
    layers = [[Fraction(u) * unit for u in row] for row in LAYERS]
    if logistic:
        loss = dd.LogisticLoss([[Fraction(x) / unit**DEPTH for x in row] for row in X], LABELS)
        return dd.GradientFlow(loss, layers), unit**-DEPTH, unit**2
    loss = dd.SquaredLoss(X, [Fraction(y) * unit**DEPTH for y in TARGETS])
    return dd.GradientFlow(loss, layers), unit**DEPTH, unit ** (2 - 2 * DEPTH)


def exactly(value):
    return read_number(value, "value")


@pytest.mark.parametrize("logistic", [False, True])
@pytest.mark.parametrize("exponent", [-2000, -300, -33, 32, 33, 700, 2000])
def test_a_flow_in_other_units_is_the_same_flow(exponent, logistic):
    """Lengths, products, losses and times are multiplied by the powers that (5) says, digit for digit."""
    flow, slope, time = scaled(exponent, logistic)
    plain, _, _ = scaled(0, logistic)
    one, other = plain.integrate(1, 20), flow.integrate(time, 20)
    assert other.units.layers and not one.units.layers
    unit = Fraction(2) ** exponent
    factors = {
        "layers": unit,
        "theta": unit**DEPTH,
        "xi": slope * time,
        "metric": unit ** (2 * DEPTH - 2),
    }
    for part in (Fraction(1, 3), Fraction(1)):
        for name, factor in factors.items():
            left, right = getattr(one, name)(part), getattr(other, name)(part * time)
            if name == "layers":
                left, right = [u for row in left for u in row], [u for row in right for u in row]
            for a, b in zip(left, right, strict=True):
                assert abs(exactly(a) * factor - exactly(b)) <= abs(exactly(a) * factor) * Fraction(1, 10**18), name
    assert other.end == time


@pytest.mark.parametrize("logistic", [False, True])
@pytest.mark.parametrize("exponent", [-400, 400])
def test_enclosures_in_other_units(exponent, logistic):
    """Balls around the same flow, as tight; its rate, its changes of sign, its events and its limit."""
    flow, slope, time = scaled(exponent, logistic)
    plain, _, _ = scaled(0, logistic)
    one, other = plain.enclose(3, 15), flow.enclose(3 * time, 15)
    unit = Fraction(2) ** exponent
    before, ctx.prec = ctx.prec, 300
    try:
        for name, factor in (("theta", unit**DEPTH), ("xi", slope * time), ("metric", unit ** (2 * DEPTH - 2))):
            for a, b in zip(getattr(one, name)(2), getattr(other, name)(2 * time), strict=True):
                b = b * _ball(1 / factor)
                assert a.overlaps(b) and b.rad() <= 10 * a.rad() + 1e-16, name
        assert abs(other.loss(2 * time) * _ball(1 / (slope * unit**DEPTH)) - one.loss(2)) < 1e-13
    finally:
        ctx.prec = before
    assert other.lost_digits() == 0
    changes = [(c.layer, c.coordinate) for c in other.sign_changes()]
    assert changes == [(c.layer, c.coordinate) for c in one.sign_changes()]
    for a, b in zip(one.sign_changes(), other.sign_changes(), strict=True):
        assert b.after / time <= a.before and a.after <= b.before / time
    half = Fraction(1, 2) * unit
    events = [len(box.events(f"u2_1 - {size}")) for box, size in ((one, "1/2"), (other, half))]
    assert events[0] == events[1]
    if not logistic:
        rate = other.least_rate() * _ball(time)
        assert abs(rate / one.least_rate() - 1) < 0.05
        far = flow.enclose(60 * time, 15).limit()
        near = plain.enclose(60, 15).limit()
        for a, b in zip(near.theta, far.theta, strict=True):
            assert a.overlaps(b * _ball(unit**-DEPTH))
    assert pickle.loads(pickle.dumps(other)).theta(time)[0].overlaps(other.theta(time)[0])


def _ball(value):
    return arb(fmpq(value.numerator, value.denominator))


@given(st.integers(-90, 90), st.sampled_from(["0.7", "-1.3", "0", "1"]), st.sampled_from(["0.4", "-2", "1"]))
def test_two_layers_of_any_size_against_the_closed_form(exponent, first, target):
    """The Riccati equation of one coordinate, whatever the size of its layers."""
    size = 2 * exponent
    data = {
        "X": [["1.5"]],
        "y": [f"{target}e{size}"],
        "layers": [[f"{first}e{exponent}"], [f"1e{exponent}"]],
        "logistic": False,
        "weight": "1",
    }
    problem, until = Problem(0, 0, "integrate", data), Fraction(10) ** -size
    flow = dd.GradientFlow(dd.SquaredLoss(data["X"], data["y"]), data["layers"])
    (theta,) = flow.integrate(until, 20).theta(until)
    true = pair_flow(problem, fmpq(until.numerator, until.denominator))
    (ball,) = flow.enclose(until, 20).theta(until)
    before, ctx.prec = ctx.prec, 200
    try:
        allowed = arb(10) ** (size - 18)
        assert abs(_ball(exactly(theta)) - true) <= allowed
        assert ball.overlaps(true) and ball.rad() <= allowed
    finally:
        ctx.prec = before


def test_forty_layers_of_size_1e49_take_the_bits_of_forty_of_size_1():
    """What a step costs grows with the square of the bits, which were 40·163 more."""
    small = dd.GradientFlow(dd.SquaredLoss([[1]], [2]), [["0.9"], ["1.2"]] + [["1.1"]] * 38)
    large = dd.GradientFlow(dd.SquaredLoss([[1]], ["2e1960"]), [["0.9e49"], ["1.2e49"]] + [["1.1e49"]] * 38)
    few, many = (flow.integrate(0, 15).solution.precision.bits for flow in (small, large))
    assert many <= few + 40


@pytest.mark.parametrize("exponent", [-200, 200])
def test_every_way_of_asking_tells_times_of_the_flow_itself(exponent):
    flow, slope, time = scaled(exponent)
    whole = flow.integrate(2 * time, 15)
    kept = flow.integrate(2 * time, 15, at=[time])
    assert kept.theta(time) == whole.theta(time)
    assert flow.integrate(2 * time, 15, dense=False).theta(2 * time) == whole.theta(2 * time)
    full = flow.integrate(2 * time, 15, full=True)
    for a, b in zip(full.theta(time), whole.theta(time), strict=True):
        assert abs(exactly(a) - exactly(b)) <= abs(exactly(a)) * Fraction(1, 10**13)
    told = []
    flow.integrate(2 * time, 15, progress=told.append)
    assert told == sorted(told) and told[-1] == pytest.approx(float(2 * time))
    tolerance = Fraction(1, 10**8) * (slope * Fraction(2) ** (exponent * DEPTH))
    found = flow.converge(tolerance, 15, longest=1000 * time)
    assert exactly(found.excess(found.end)) <= tolerance < exactly(whole.excess(0))
    assert found.end / time == pytest.approx(float(scaled(0)[0].converge("1e-8", 15).end), rel=0.5)
    with pytest.raises(dd.NoConvergence) as caught:
        flow.integrate(2 * time, 15, max_steps=3)
    assert 0 < caught.value.time < 2 * time
    with pytest.raises(ValueError, match=r"the trajectory runs from 0 to"):
        whole.theta(3 * time)


def test_a_loss_of_which_no_units_are_known_is_integrated_as_it_is():
    class Own(dd.SquaredLoss):
        def rescale(self, exponent, value):
            return None

    layers = [["1e20"], ["2e20"]]
    flows = [dd.GradientFlow(loss([[1]], ["3e40"]), layers) for loss in (Own, dd.SquaredLoss)]
    plain, scaled = (flow.integrate("1e-40", 15) for flow in flows)
    assert plain.units.plain and not scaled.units.plain
    (a,), (b,) = (run.theta("1e-40") for run in (plain, scaled))
    assert abs(a - b) <= 1e-14 * abs(a)


@pytest.mark.parametrize(
    ("layers", "target", "until", "expected"),
    [
        (["1e-30", "1e-30"], "1", "1000", 0),  # the flow will grow to size 1
        (["1e-30", "1e-30"], "1", "1e-3", -99),  # later
        (["1e-30", "1e-30"], "1e-60", "1e100", -99),
        (["1e-30", "1e-30"], "1e-40", "1e100", -66),
        (["1e30", "1e20"], "1", "1", 83),
        (["1", "1", "1", "1e4"], "1", "1", 0),
        (["1e2", "1e2"], "1", "1", 0),
        (["1e2"] * 9, "1", "1", 6),
        (["0", "0"], "1", "1", 0),
    ],
)
def test_the_unit_is_the_size_that_a_flow_has_and_will_have(layers, target, until, expected):
    coordinate = Coordinate(tuple(map(Fraction, layers)))
    assert Units.of(dd.SquaredLoss([[1]], [target]), [coordinate], Fraction(until)).layers == expected


@pytest.mark.parametrize("loss", [dd.SquaredLoss([[1]], [5]), dd.LogisticLoss([[1]], [1])])
def test_a_flow_of_a_loss_that_is_bounded_below_is_never_said_to_leave_every_bound(loss, monkeypatch):
    """Should its steps shrink, that is for want of bits; of a loss of negative weight they shrink as it blows up."""

    def shrink(*_, **__):
        raise dd.BlowUpError(Fraction(1, 3))

    with pytest.raises(dd.BlowUpError):
        dd.GradientFlow(dd.SquaredLoss([[1]], [5], weight=-1), [[1], [2]]).integrate(10, 15)
    monkeypatch.setattr("ddln_sym.flows.gradient_flow.solve", shrink)
    with pytest.raises(dd.NoConvergence, match="its steps shrink to nothing, as layers or data are too unlike in size"):
        dd.GradientFlow(loss, [[1], [2]]).integrate(10, 15)


def test_data_of_any_size_give_the_same_flow():
    """``X`` and ``y`` times 1e-52: the flow takes 1e104 times as long."""
    rows, targets, layers = [["0.9", "-0.4"], ["0.2", "0.7"]], ["0.3", "-0.5"], [["0.6", "0"], ["-1.1", "0.8"]]
    plain = dd.GradientFlow(dd.SquaredLoss(rows, targets), layers).integrate(3, 20)
    tiny = [[f"{x}e-52" for x in row] for row in rows], [f"{y}e-52" for y in targets]
    run = dd.GradientFlow(dd.SquaredLoss(*tiny), layers).integrate("3e104", 20)
    assert run.steps < 3 * plain.steps
    for a, b in zip(plain.theta(2), run.theta("2e104"), strict=True):
        assert abs(exactly(a) - exactly(b)) < Fraction(1, 10**18)


def test_a_long_wait_beside_a_saddle():
    """Eleven layers of 1e-3 hardly move for 1e23: the rounding of long steps is paid for in bits, not in steps."""
    layers = [[f"{70 + 3 * k}e-5", f"{90 - 4 * k}e-5"] for k in range(11)]
    flow = dd.GradientFlow(dd.LogisticLoss([[8, -6], [0, 9]], [1, -1]), layers)
    run, longer = flow.integrate("1e23", 20), flow.integrate("1e23", 45)
    assert run.steps < 300
    for t in ("1e21", "1e23"):
        for a, b in zip(run.theta(t) + run.xi(t), longer.theta(t) + longer.xi(t), strict=True):
            assert abs(exactly(a) - exactly(b)) <= abs(exactly(b)) * Fraction(1, 10**18)


@pytest.mark.parametrize("logistic", [False, True])
def test_every_bound_of_a_step_is_multiplied_by_the_power_of_its_unit(logistic):
    flow, _, time = scaled(-300, logistic)
    run = flow.integrate(time, 15)
    units, e = run.units, run.units.layers
    slopes = [
        max(abs(exactly(g)) for g in loss.gradient([c.theta for c in columns], 200))
        for loss, columns in ((flow.loss, flow.coordinates), (units.loss, units.coordinates))
    ]
    force = round(log2(slopes[0]) - log2(slopes[1]))
    assert slopes[0] == slopes[1] * Fraction(2) ** force
    (first, *_), curves = bound_steps(units.loss, units.coordinates, run.solution), [Curve(c) for c in flow.coordinates]
    found = units.restore(first, curves)
    assert found.length == first.length * Fraction(2) ** (e - force - (DEPTH - 1) * e)  # du = −∏u·g·dt
    for before, after, curve in zip(first.models, found.models, curves, strict=True):
        assert after.curve is curve
        exponents = {"theta": DEPTH * e, "w": 2 * e, "force": force}
        for name, exponent in exponents.items():
            assert_multiple(getattr(before, name).at(arb(1)), getattr(after, name).at(arb(1)), exponent)
            assert_multiple(getattr(before, name).error, getattr(after, name).error, exponent)
        assert_multiple(before.residual, after.residual, 2 * DEPTH * e)
        assert_multiple(before.defect, after.defect, DEPTH * e)
        assert_multiple(before.length, after.length, e - force - (DEPTH - 1) * e)
    for before, after in zip(first.xi, found.xi, strict=True):
        assert_multiple(before.at(arb(1)), after.at(arb(1)), (2 - DEPTH) * e)
    for before, after in zip(first.parts, found.parts, strict=True):
        assert after.end == before.end * (found.length / first.length)
        exponents = {"theta": DEPTH * e, "force": force, "xi": (2 - DEPTH) * e, "flattest": (2 * DEPTH - 2) * e}
        for name, exponent in exponents.items():
            for a, b in zip(getattr(before, name), getattr(after, name), strict=True):
                assert_multiple(a, b, exponent)


def assert_multiple(before, after, exponent):
    """Exactly, but for the digits with which this is computed."""
    true = before * arb((1, exponent))
    assert after == 0 if before == 0 else abs(after / true - 1) < arb((1, -40))
