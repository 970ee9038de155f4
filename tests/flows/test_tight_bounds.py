"""Bounds hold where they are nearly attained: exact solutions of displaced starts, limits and rates without slack."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace

import pytest
from campaign.problems import Problem
from displaced import displaced, filled, flow_of, jumping, reduced, solution, true_flow
from flint import arb, fmpq, fmpz_poly

from ddln_sym import GradientFlow, SquaredLoss
from ddln_sym.flows import Enclosure, EnclosureError
from ddln_sym.flows.coordinates import Coordinate
from ddln_sym.flows.enclosed_states import layers_of
from ddln_sym.flows.enclosures import _MovingLayers
from ddln_sym.flows.error_bounds import _stretch
from ddln_sym.flows.limits import _metric, limit_from
from ddln_sym.flows.local_bounds import Curve, Local, StepModels
from ddln_sym.numerics import BOUND_BITS, TaylorModel, ball, precision

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
#: Where errors grow by some thousands, which no bound may lose by more than a factor of 3.
PLATEAUS = {
    "a plateau": problem([["1"]], ["2"], [["0.01"], ["0.012"], ["0.015"]], "20"),
    "two plateaus": problem(
        [["1", "0"], ["0", "1"]], ["2", "-1"], [["0.01", "0.012"], ["0.012", "0.01"], ["0.015", "0.015"]], "20"
    ),
    "a logistic plateau": problem([["1"]], ["1"], [["0.01"], ["0.012"], ["0.015"]], "160", True),
}
NAMED = pytest.mark.parametrize("name", PROBLEMS)


def fullest(name, found):
    return [max(ratios[name]) for ratios in found]


@pytest.mark.parametrize("name", [*PROBLEMS, *PLATEAUS])
@pytest.mark.parametrize("signs", [(1, 1), (-1, 1)])
def test_a_displaced_start_fills_the_balls(name, signs):
    """Every ball at every time holds the true flow, which is just as far away as the bounds allow, or nearly."""
    p = {**PROBLEMS, **PLATEAUS}[name]
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
    found = list(filled(p, solution(wrong, reduced(right).start, Fraction(p.until))))
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


@pytest.mark.parametrize("count", [1, 2, 8])
def test_errors_grow_by_the_fastest_metric_and_by_what_exceeds_it(count):
    """``∫ max(f, g)`` over the last part for ``f = 4 + τ`` and ``g = 9τ/2``, each the rate ``W'/2W`` of its metric."""
    part = Fraction(1, count)
    begin, end = 1 - part, Fraction(1)

    def place(rate, integral, unsure=0):
        low, high = sorted((rate(begin), rate(end)))
        growth = arb(fmpq(low.numerator, low.denominator)).union(arb(fmpq(high.numerator, high.denominator)))
        return SimpleNamespace(growth=growth, metric_at=lambda t: (2 * ball(integral(t)) + arb(0, unsure)).exp())

    with precision(BOUND_BITS):
        alone = place(lambda t: 4 + t, lambda t: 4 * t + t * t / 2)
        other = place(lambda t: t * Fraction(9, 2), lambda t: t * t * Fraction(9, 4))
        exact = 4 * part + (end**2 - begin**2) / 2
        found = _stretch([alone], count - 1, count)
        assert abs(found - ball(exact)) < 1e-8
        unsure = place(lambda t: 4 + t, lambda t: 4 * t + t * t / 2, unsure=0.25)
        assert abs(_stretch([unsure], count - 1, count) - ball(exact) - 0.25) < 1e-6
        # At the end the other is as fast as 4.5, and the first one as slow as 4 + begin.
        more = max(Fraction(0), Fraction(9, 2) - 4 - begin) * part
        for both in ([alone, other], [other, alone]):
            assert abs(_stretch(both, count - 1, count) - ball(exact + more)) < 1e-8


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


@pytest.mark.parametrize(("digits", "least"), [(3, "0"), (20, "5")])
def test_a_limit_where_the_loss_does_not_vanish(digits, least):
    """Two data that contradict each other: what is left of the loss over its minimum counts."""
    wide = Fraction(least)
    box = GradientFlow(SquaredLoss([[1], [1]], [2 + wide, 2 - wide]), [[0], [1]]).enclose("0.5", digits)
    with precision(200):
        ((theta,), (xi,)) = box.limit().theta, box.limit().xi
        assert theta.contains(2) and xi.contains(arb(4).asinh() / 2) and theta.rad() < 0.5


def test_a_limit_from_a_ball_holds_those_from_all_its_points():
    """θ_1 is known, θ_2 is not: how far θ_1 moves depends on θ_2, and the farthest counts."""
    loss, start = SquaredLoss([[1, 1]], [3]), [[Fraction(8), Fraction(8)], [Fraction(0), Fraction(0)]]
    coordinates = GradientFlow(loss, start).coordinates
    with precision(100):
        ends = [arb("0.5"), arb("1.5")]
        squares = [(4 * t * t + 64**2).sqrt() / 2 - 32 for t in ends]  # w(w + 64) = θ²
        theta, w = (arb(0), ends[0].union(ends[1])), (arb(0), squares[0].union(squares[1]))
        found = limit_from(loss, coordinates, theta, w, theta)
        farthest = []
        for square in squares:
            layers = [["8", (square + 64).sqrt().str(40, radius=False)], ["0", square.sqrt().str(40, radius=False)]]
            limit = GradientFlow(loss, layers).converge("1e-20", digits=15)
            moved = [arb(str(t)) for t in limit.theta(limit.end)]
            assert all(ball.contains(t) for ball, t in zip(found.theta, moved, strict=True))
            farthest.append(abs(moved[0]))
        assert found.theta[0].rad() < 2 * max(farthest)


@pytest.mark.parametrize("bits", [39, 41, 43])
@pytest.mark.parametrize("square", [Fraction(1, 3), Fraction(7, 10), Fraction(13, 7)])
def test_metrics_of_a_limit_are_rounded_outward(bits, square):
    """At so few bits rounding is what there is: P'(w) lies between the bounds, exactly."""
    coordinate = Coordinate((Fraction(0), Fraction(1, 3), Fraction(5, 7)))
    a, b = sorted(coordinate.differences)[1:]
    slope = 3 * square**2 + 2 * (a + b) * square + a * b
    with precision(200):
        theta = arb(_fmpq(square * (square + a) * (square + b))).sqrt()
    with precision(bits):
        low, high = _metric(Curve(coordinate), theta + arb(0), arb(_fmpq(square)), arb(0))
    with precision(200):
        assert low <= arb(_fmpq(slope)) <= high
        assert high < arb(_fmpq(slope)) * (1 + arb(2) ** -28)


@pytest.mark.parametrize("radius", [Fraction(1, 2), Fraction(9, 10), Fraction(19, 20)])
def test_metrics_of_a_limit_hold_within_the_radius(radius):
    """θ = 1 and P(w) = w(w + 1/100)⁹: toward 0 the metric falls by a hundred times within the radius."""
    coordinate = Coordinate((Fraction(0), *[Fraction(1, 10)] * 9))
    curve = Curve(coordinate)

    def root(square):
        low, high = Fraction(0), Fraction(2)
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if middle * (middle + Fraction(1, 100)) ** 9 < square else (low, middle)
        return low

    with precision(100):
        low, high = _metric(curve, arb(1), arb(_fmpq(root(Fraction(1)))), arb(_fmpq(radius)))
        least, most = (curve.derivative(1, arb(_fmpq(root((1 + r) ** 2)))) for r in (-radius, radius))
        assert low <= least and most <= high


def _fmpq(x):
    return fmpq(x.numerator, x.denominator)


# -- one coordinate on one step ----------------------------------------------------------------------------
def _polynomial(*coefficients, bits=200):
    return TaylorModel(fmpz_poly([round(c * 2**bits) for c in coefficients]), arb(0), bits, 8)


def _root(a, b, square):
    """The w ≥ 0 with ``w(w + a)(w + b) = θ²``."""
    low, high = Fraction(0), square / (a * b)
    for _ in range(160):
        middle = (low + high) / 2
        middle = Fraction(round(middle * 2**200), 2**200)
        low, high = (middle, high) if middle * (middle + a) * (middle + b) < square else (low, middle)
    return low


H = Fraction(1, 2)
SHAPES = {"bent": (H, H), "straight": (Fraction(10), Fraction(10)), "steep": (Fraction(3), Fraction(3))}


def _local(shape, theta, moves, force, off=Fraction(0), rho=Fraction(0)):
    """θ̃ = θ + moves·τ, w̃ nearly its w but for a part ``off`` of it, on a step of length 1; and the exact numbers.

    Without a force it is the one for which w̃ would be right.
    """
    coordinate = Coordinate((Fraction(0), *SHAPES[shape]))
    a, b = sorted(coordinate.differences)[1:]
    slope = lambda w: 3 * w * w + 2 * (a + b) * w + a * b  # noqa: E731 (P')
    w = _root(a, b, theta * theta)
    force = -moves / slope(w * (1 + off)) if force is None else force
    models = StepModels(
        Curve(coordinate),
        _polynomial(w * (1 + off), 2 * theta * moves / slope(w)),
        _polynomial(theta, moves),
        _polynomial(force),
        Fraction(1),
    )
    with precision(BOUND_BITS):
        local = Local(models, arb(0.5, 0.5), careful=True)
        local.bound_within(arb(_fmpq(rho)))
    exact = []
    for tau in (Fraction(0), H, Fraction(1)):
        t = theta + moves * tau
        near = _root(a, b, t * t)
        bend = 6 * near + 2 * (a + b)
        around = [slope(_root(a, b, s * s)) for s in (t - rho, t, t + rho)]
        exact.append(
            {
                "metric": max(around),
                "deviation": max(abs(m / slope(near) - 1) for m in around),
                "growth": bend * t * moves / slope(near) ** 2,
                "defect": (moves + slope(near) * force) / Fraction(float(slope(near)) ** 0.5),
                "shift": abs(near - w * (1 + off) - tau * 2 * theta * moves / slope(w)),
                "least": min(around),
            }
        )
    return local, exact


TINY = Fraction(1, 10**4)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("theta", [Fraction(1, 5), Fraction(3, 2)])
@pytest.mark.parametrize("kind", ["it moves by itself", "it is pushed", "w is off", "a ball", "a wide ball"])
def test_bounds_of_one_coordinate_are_attained(shape, theta, kind):
    """What each bound says, and that it is hardly more: each of the kinds fills one of them."""
    curved = sorted(Coordinate((Fraction(0), *SHAPES[shape])).differences)[1]
    pushed = -TINY / curved**2
    part = Fraction(1, 2**24)
    local, exact = {
        "it moves by itself": lambda: _local(shape, theta, TINY, Fraction(0)),
        "it is pushed": lambda: _local(shape, theta, TINY, pushed),
        "w is off": lambda: _local(shape, theta, TINY**3, None, off=part),
        "a ball": lambda: _local(shape, theta, TINY * TINY, Fraction(0), rho=theta * part),
        "a wide ball": lambda: _local(shape, theta, TINY * TINY, Fraction(0), rho=theta / 2),
    }[kind]()
    with precision(200):
        found = {n: arb(getattr(local, n)).upper() for n in ("metric", "deviation", "growth", "defect", "shift")}
        for numbers in exact:
            for name, bound in found.items():
                assert arb(_fmpq(numbers[name])) <= bound * (1 + arb(2) ** -50), name
            assert arb(_fmpq(numbers["least"])) >= local.least * (1 - arb(2) ** -50)
        full = {name: max(float(arb(_fmpq(n[name])) / bound) for n in exact) for name, bound in found.items() if bound}
    filled = {"it moves by itself": ["growth", "defect"], "w is off": ["shift", "defect"], "a ball": ["deviation"]}
    assert all(full[name] > FULL for name in filled.get(kind, ()))


def test_a_square_below_zero_is_as_far_from_its_root_as_the_slope_there_says():
    """P is flatter below 0, where w̃ may lie by rounding: here by a fiftieth."""
    w = _root(H * H, H * H, Fraction(1, 10**12))
    local, (numbers, *_) = _local("bent", Fraction(1, 10**6), Fraction(0), Fraction(0), off=-1 - Fraction(1, 50) / w)
    with precision(200):
        assert 0.6 * local.shift < arb(_fmpq(numbers["shift"])) <= local.shift


# -- what events are found in --------------------------------------------------------------------------------
def test_forces_and_rates_of_the_layers_hold_the_true_ones():
    """At a time and on a piece around it: ξ' = −∇𝓛, θ' = −M∇𝓛, u' = −(θ/u)·∇𝓛."""
    box = flow_of(PROBLEMS["two coordinates"]).enclose("0.2", 30)
    moving = _MovingLayers(box)
    reference = true_flow(repr(PROBLEMS["two coordinates"].data))
    pieces = list(moving.pieces())
    with precision(200):
        for begin, end in pieces[:: max(1, len(pieces) // 5)]:
            for time, values in ((end, moving.values(end, end)), (begin, moving.values(begin, end))):
                t = fmpq(time.numerator, time.denominator)
                rates, slopes = moving.rates(values), reference.gradient(reference.theta(t))
                metric, layers, theta = reference.metric(t), reference.layers(t), reference.theta(t)
                for i, g in enumerate(slopes):
                    assert values[f"force {i + 1}"].overlaps(g) and values[f"force {i + 1}"].rad() < abs(g)
                    assert rates[f"xi_{i + 1}"].overlaps(-g) and rates[f"theta_{i + 1}"].overlaps(-metric[i] * g)
                    for j, u in enumerate(layers[i], 1):
                        assert rates[f"u{j}_{i + 1}"].overlaps(-theta[i] / u * g)


def test_a_layer_that_nothing_else_tells_is_within_its_root():
    """Two layers of least modulus near 0: the quotient is no number, and the root has either sign."""
    coordinate = Coordinate((Fraction(1), Fraction(-1), Fraction(2)))
    with precision(60):
        found = layers_of(coordinate, arb(0, 9), arb(2, 2).nonnegative_part())
        assert found[coordinate.least].contains(2) and found[coordinate.least].contains(-2)


# -- rates -----------------------------------------------------------------------------------------------
RATES = {
    "one coordinate": problem([["1"]], ["2"], [["0"], ["1"]], "0.3"),
    "it falls at first": problem([["1"]], ["-1"], [["0.8"], ["1"]], "0.2"),
    "large data": problem([["1e6"]], ["2e6"], [["0.1"], ["1"]], "1e-13"),
    "small data": problem([["1e-6"]], ["2e-6"], [["0.1"], ["1"]], "1e11"),
    "two scales": problem([["1", "0"], ["0", "3"]], ["2", "1"], [["0.1", "0.2"], ["1", "1"]], "0.05"),
    "a frozen coordinate": problem([["1", "1"], ["0", "1"]], ["2", "3"], [["0", "0.2"], ["0", "1"]], "0.1"),
    "least at the end": problem([["1"]], ["0.1"], [["3"], ["1"]], "2"),
    "a loss that stays": problem(
        [["1", "0"], ["0", "3"], ["0", "3"]], ["2", "1", "-2"], [["0.1", "0.2"], ["1", "1"]], "0.05"
    ),
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


@pytest.mark.parametrize("digits", [3, 20])
def test_a_change_of_sign_right_after_the_start(digits):
    """In the first piece of the first step: the sign at the start counts."""
    p = problem([["1"]], ["-1"], [["1e-6"], ["1"], ["1.5"]], "0.5")
    (change,) = flow_of(p).enclose("0.5", digits).sign_changes()
    with precision(100):
        assert change.before > 0 and change.after < Fraction(1, 10**5)


def test_a_flow_that_starts_at_its_limit_has_it_there():
    """Without a single step: the square of the least layer is 1/4, and θ = 3/2."""
    flow = GradientFlow(SquaredLoss([[1]], ["1.5"]), [["0.5"], [3]])
    (theta,) = flow.enclose(0, 15).limit().theta
    assert theta.contains(arb("1.5")) and theta.rad() < 1e-15
