"""Enclosures contain the trajectory: beside runs with more digits, under sabotage, with ties, zeros and crossings."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from command_line import ROOT
from flint import arb, arb_poly, fmpq, fmpz_poly
from hypothesis import given
from hypothesis import strategies as st

from ddln_sym import GradientFlow, LogisticLoss, SquaredLoss, entropy, implicit_bias
from ddln_sym.flows import ConvergesTo, DecaysAtRate, Enclosure, EnclosureError, NoLimit, read_problem
from ddln_sym.flows.coordinates import Coordinate
from ddln_sym.flows.gradient_models import logistic
from ddln_sym.flows.local_bounds import Curve, Local, StepModels
from ddln_sym.kernel import decide
from ddln_sym.numerics import TaylorModel, ball, combine, norm, precision, read_number, scale
from ddln_sym.taylor import PlainJets, TaylorStep
from ddln_sym.testing import Start, flows, horizon, logistic_losses

DIGITS, MORE = 30, 60
TIMES = [Fraction(0), Fraction(1, 7), Fraction(2, 3), Fraction(1)]
SCALES = (Fraction(1), Fraction(1, 1000), Fraction(20))
FIGURE_3 = ROOT / "docs" / "examples" / "figure3.toml"


@pytest.fixture(autouse=True)
def wide():
    """Sums and products in the tests are rounded far below every radius."""
    with precision(1000):
        yield


def as_ball(value):
    """An mpf, exactly."""
    sign, mantissa, exponent, _ = value._mpf_
    return arb(int(-mantissa if sign else mantissa)) * arb(2) ** int(exponent)


def same(balls, reference, digits=MORE):
    """Whether balls contain the values of a run with more digits, up to the few last of these."""
    values = [as_ball(value) for value in reference]
    slack = arb(0, (sum(map(abs, values), arb(1)) * arb(10) ** (8 - digits)).upper())
    return all(x.overlaps(value + slack) for x, value in zip(balls, values, strict=True))


def flat(rows):
    return [entry for row in rows for entry in row]


def contains(box, reference, t):
    return (
        same(flat(box.layers(t)), flat(reference.layers(t)))
        and same(box.theta(t), reference.theta(t))
        and same(box.xi(t), reference.xi(t))
        and same([box.loss(t)], [reference.loss(t)])
        and same(box.metric(t), reference.metric(t))
    )


MOVING = (Start.APART, Start.TIED, Start.ZERO)


# -- the balls ---------------------------------------------------------------------------------------
@given(
    flows(tuple(Start), dimensions=(1, 4), scales=SCALES)
    | flows(tuple(Start), dimensions=(1, 4), scales=SCALES, loss=logistic_losses)
)
def test_the_full_system_lies_inside(flow):
    """The reference integrates other equations, with twice the digits."""
    end = 2 * horizon(flow)
    box, reference = flow.enclose(end, DIGITS), flow.integrate(end, MORE, full=True)
    for t in (end * part for part in TIMES):
        assert contains(box, reference, t)
        for i, column in enumerate(zip(*box.layers(t), strict=True)):
            largest = max(abs(float(u.mid())) for u in column)
            assert all(u.rad() <= largest * arb(10) ** -DIGITS for u in column), f"coordinate {i}"


def test_figure_3_at_50_digits():
    flow = read_problem(FIGURE_3)
    box, reference = flow.enclose(1, 50), flow.integrate(1, 80)
    for t in ("0", "0.01", "0.37", "0.9", "1"):
        assert same(flat(box.layers(t)), flat(reference.layers(t)), 80)
        assert max(u.rad() for u in (*flat(box.layers(t)), *box.theta(t), *box.xi(t), box.loss(t))) < arb(10) ** -45


def test_ascent_is_enclosed():
    """A negative weight: the loss is concave, and the error may grow with the flow."""
    flow = GradientFlow(SquaredLoss([[1, "0.5"]], [1], weight=-1), [["0.5", "0.2"], ["0.7", 1], [1, "-0.9"]])
    assert contains(flow.enclose("0.2", DIGITS), flow.integrate("0.2", MORE, full=True), "0.2")


@pytest.mark.parametrize("digits", [1, 15, 200])
def test_any_number_of_digits(digits):
    flow = GradientFlow(SquaredLoss([[1, 2]], [1]), [["0.5", "0.1"], [1, -1], [2, 3]])
    largest = arb(4)
    for u in flat(flow.enclose(1, digits).layers(1)):
        assert u.rad() <= largest * arb(10) ** -digits


def test_a_flow_at_rest_and_a_time_of_zero():
    still = GradientFlow(SquaredLoss([[1]], [2]), [[1], [2]]).enclose(3, 20)
    assert still.theta(3)[0].contains(2) and still.loss(3).contains(0)
    start = GradientFlow(SquaredLoss([[1]], [2]), [["1/3"], [1]]).enclose(0, 20)
    assert start.theta(0)[0].contains(fmpq(1, 3)) and start.xi(0)[0] == 0


def test_a_frozen_coordinate_keeps_its_layers_and_moves_xi():
    box = GradientFlow(SquaredLoss([[1, 0], [0, 1]], [1, 1]), [[0, 0], [0, 1], [3, 2]]).enclose("0.5", DIGITS)
    assert [row[0] for row in box.layers("0.5")] == [0, 0, 3] and box.theta("0.5")[0] == 0
    assert box.xi("0.5")[0].contains(1)  # the slope is −2 all the time


def test_a_logistic_flow():
    """Labels that no hyperplane separates: what is proved of its time, and what is refused by name."""
    flow = GradientFlow(LogisticLoss([[1, 2], [3, -1], ["0.5", 1]], [1, -1, -1]), [["0.3", -1], [1, "0.5"], [-2, 2]])
    box, reference = flow.enclose(5, 50), flow.integrate(5, 80, full=True)
    assert all(same(flat(box.layers(t)), flat(reference.layers(t)), 80) for t in (0, 1, 5))
    assert max(u.rad() for u in flat(box.layers(5))) < arb(10) ** -50
    (change,) = box.sign_changes()
    k, i = change.layer - 1, change.coordinate - 1
    before, after = (reference.layers(t)[k][i] for t in (change.after, change.before))
    assert before * after < 0
    with pytest.raises(NoLimit, match="μ exists for a squared loss"):
        box.limit()
    with pytest.raises(ValueError, match="inf 𝓛 > 0 has no closed form"):
        box.least_rate()


def test_the_rate_of_a_separable_logistic_flow():
    """One margin m = θ = u₁u₂: the rate ⟨∇𝓛, M∇𝓛⟩/𝓛 = M s²/𝓛 with s = 1/(1 + e^θ) grows with M and falls with θ."""
    box = GradientFlow(LogisticLoss([[1]], [1]), [[0], [1]]).enclose("0.01", 20)
    start = arb(1) / 4 / arb(2).log()
    assert start * arb("0.97") < box.least_rate() <= start


# -- the bounds under sabotage -----------------------------------------------------------------------
def sabotaged(solution, at, by):
    """A solution whose polynomials are off from one step on, as rounding errors or a wrong program would have it."""
    steps = list(solution.steps)
    step = steps[at]
    jets = [[c + by * (n % 3 - 1) * (k % 2 + 1) for k, c in enumerate(jet)] for n, jet in enumerate(step.jets)]
    steps[at] = TaylorStep(step.begin, step.scale, PlainJets(jets, step.jets.bits))
    return replace(solution, steps=steps)


@given(
    flows(MOVING, dimensions=(1, 3)) | flows(MOVING, dimensions=(1, 3), loss=logistic_losses),
    st.integers(20, 60),
    st.integers(0, 10),
)
def test_wrong_polynomials_are_noticed(flow, bits, place):
    """The proof is a posteriori: with polynomials that are wrong the balls are wider, and still contain the flow."""
    end = horizon(flow)
    trajectory, reference = flow.integrate(end, DIGITS), flow.integrate(end, MORE, full=True)
    solution = trajectory.solution
    wrong = sabotaged(solution, place % len(solution.steps), 1 << bits)
    try:
        box = Enclosure(flow.loss, flow.coordinates, wrong, DIGITS)
    except EnclosureError:
        return
    assert contains(box, reference, end)
    right = Enclosure(flow.loss, flow.coordinates, solution, DIGITS)
    assert max(u.rad() for u in flat(box.layers(end))) > max(u.rad() for u in flat(right.layers(end)))


def test_steps_that_are_far_too_long_are_refused():
    flow = GradientFlow(SquaredLoss([[1]], [2]), [[0], [1]])
    solution = flow.integrate(1, 20).solution
    first, *rest = solution.steps
    short = TaylorStep(first.begin, first.scale / 64, first.jets)
    with pytest.raises(EnclosureError):
        Enclosure(flow.loss, flow.coordinates, replace(solution, steps=[short, *rest]), 20)


def test_polynomials_that_are_hopeless_are_refused():
    flow = GradientFlow(SquaredLoss([[1]], [2]), [[0], [1]])
    solution = flow.integrate(1, 20).solution
    with pytest.raises(EnclosureError, match=r"after t = .*: on a step known to \d+ .*; ask for more digits"):
        Enclosure(flow.loss, flow.coordinates, sabotaged(solution, 2, 1 << solution.precision.bits), 20)


#: Large ones, and ones that rounding makes vanish.
COEFFICIENTS = st.lists(st.integers(-(2**40), 2**40) | st.integers(-3, 3), max_size=9)


@given(COEFFICIENTS, COEFFICIENTS)
def test_products_of_models_contain_the_products(a, b):
    bits, order = 20, 6
    p, q = (TaylorModel(fmpz_poly(c[: order + 1]), scale(3, bits), bits, order) for c in (a, b))
    with precision(200):
        for t in (fmpq(0), fmpq(1, 3), fmpq(1)):
            for e in (-3, 0, 3):  # the functions themselves are off by up to the error
                f, g = ((m.polynomial(t) + e) / fmpq(2**bits) for m in (p, q))
                assert (p * q).at(arb(t)).contains(f * g)
                terms = [(Fraction(1, 3), p), (Fraction(-2), q)]
                third = combine(terms, Fraction(1, 7), bits, order)
                assert third.at(arb(t)).contains(f / 3 - 2 * g + fmpq(1, 7))
                assert third.range(arb(t)).overlaps(arb(f / 3 - 2 * g + fmpq(1, 7)))
                assert norm(terms, bits, Fraction(1, 7)) >= abs(arb(f / 3 - 2 * g + fmpq(1, 7)))


def test_what_rounding_makes_vanish_is_counted():
    """Coefficients of less than one unit are gone from a product, and its error says so."""
    bits, order = 20, 8
    x, tiny = (TaylorModel(fmpz_poly(c), arb(0), bits, order) for c in ([1 << 19], [1] * order))
    product = x * tiny
    assert len(product.polynomial) == 0
    assert product.error >= scale(order, bits + 1)


@given(st.lists(st.integers(-(2**31), 2**31), max_size=5), st.integers(0, 2**20))
def test_the_model_of_a_logistic_function_contains_it(coefficients, error):
    """Also where the argument moves so far that nothing is known but 0 < s < 1."""
    bits, order = 30, 12
    z = TaylorModel(fmpz_poly(coefficients), scale(error, bits), bits, order)
    s = logistic(z)
    for t in (arb(0), arb(fmpq(1, 3)), arb(1)):
        for e in (-error, 0, error):
            value = 1 / (1 + (-(arb_poly(z.polynomial)(t) + e) * scale(1, bits)).exp())
            assert s.at(t).overlaps(value)
            assert abs(s.at(t).mid() - value).upper() <= s.error + arb(10) ** -100


def test_the_model_of_a_logistic_function_is_sharp():
    z = TaylorModel(fmpz_poly([1 << 100, -(1 << 99)]), arb(0), 100, 60)
    assert logistic(z).error < arb((1, -80))
    far = TaylorModel(fmpz_poly([0, 1 << 110]), arb(0), 100, 60)  # from 0 to 1024
    assert 0.4 < logistic(far).error < 0.6
    one = TaylorModel(fmpz_poly([1 << 110, 1 << 109]), arb(0), 100, 60)  # from 1024 to 1536
    assert logistic(one).error < arb((1, -99))


def test_the_norms_see_a_wrong_field():
    """θ' = −2g with g = 1 has no defect; with θ' = −3g there is one of the right size."""
    curve = Curve(Coordinate((Fraction(0), Fraction(1))))
    bits, one = 60, 1 << 60
    force = TaylorModel(fmpz_poly([one]), arb(0), bits, 8)
    square = TaylorModel(fmpz_poly([]), arb(0), bits, 8)
    for slope, defect in [(-1, 0), (-2, 1)]:
        theta = TaylorModel(fmpz_poly([0, slope * one]), arb(0), bits, 8)
        models = StepModels(curve, square, theta, force, Fraction(1))
        assert abs(float(models.defect) - defect) < 1e-15


def test_the_rate_at_which_the_metric_changes_is_nearly_attained():
    """``P = w⁸`` where the exact w is 1 and w̃ is larger by 2^-21, close to as much as can be enclosed.

    There ``θ' = −length·P'(w̃)g̃``, so that ``W'/2W = P''(1)θθ'/P'(1)²`` with the θ' of the polynomial.
    """
    bits, one = 400, 1 << 400
    off, slope = Fraction(1, 2**21), Fraction(1, 2**120)
    force = TaylorModel(fmpz_poly([-int(slope / (8 * (1 + off) ** 7) * one)]), arb(0), bits, 12)
    square = TaylorModel(fmpz_poly([int((1 + off) * one)]), arb(0), bits, 12)
    theta = TaylorModel(fmpz_poly([one, int(slope * one)]), arb(0), bits, 12)
    models = StepModels(Curve(Coordinate((Fraction(1),) * 8)), square, theta, force, Fraction(1))
    local = Local(models, arb(0), False)
    local.bound_within(arb(2) ** -300)
    true = ball(56 * slope / 64)
    assert true * (1 - arb(2) ** -50) <= local.growth.upper() <= true * (1 + arb(2) ** -16)
    assert true * (1 - arb(2) ** -16) <= local.growth.lower() <= true * (1 + arb(2) ** -50)
    metric = local.metric_at(Fraction(0))  # P'(1) = 8
    assert metric.contains(8) and metric.rad() < 8 * 7 * arb(2) ** -20
    assert local.around.contains(1 + arb(2) ** -300) and not local.around.contains(1 + arb(2) ** -299)


def test_a_loss_that_decays_costs_no_more_bits_than_it_has_curvature():
    """At t = 1e30 the second derivative is some 1e-30, and steps are as long as 1e30."""
    flow = GradientFlow(LogisticLoss([[1], ["0.5"]], [1, 1]), [["0.5"], [1], ["1.2"]])
    box, reference = flow.enclose("1e30", 10), flow.integrate("1e30", 30)
    assert contains(box, reference, "1e30")
    assert box._bits < 230


# -- what the balls prove ----------------------------------------------------------------------------
def test_sign_changes_of_figure_3():
    """Proposition 1.2: only layers of least initial modulus, each once; and the ball changes its sign there."""
    flow = read_problem(FIGURE_3)
    box = flow.enclose(1, DIGITS)
    changes = box.sign_changes()
    assert changes
    for change in changes:
        i = change.coordinate - 1
        assert change.layer - 1 == flow.coordinates[i].least
        before, after = (box.layers(t)[change.layer - 1][i] for t in (change.after, change.before))
        assert (before > 0 and after < 0) or (before < 0 and after > 0)
        assert change.before - change.after < Fraction(1, 10 ** (DIGITS - 1))
    still = {(i, k) for i in range(5) for k in range(4)} - {(c.coordinate - 1, c.layer - 1) for c in changes}
    for i, k in still:
        signs = {box.layers(t)[k][i] > 0 for t in ("0", "0.01", "0.1", "0.5", "1")}
        assert len(signs) == 1


def test_the_bound_of_theorem_2_in_balls():
    """It is the one that a trajectory has, and the loss stays below it; without (𝒜) there is none."""
    flow = read_problem(FIGURE_3)
    box, trajectory = flow.enclose(1, DIGITS), flow.integrate(1, DIGITS)
    for t in ("0", "0.3", "1"):
        assert abs(box.bound(t) - ball(read_number(trajectory.bound(t), "bound"))) < arb(10) ** -(DIGITS - 3)
        assert box.loss(t) <= box.bound(t) or t == "0"
    with pytest.raises(ValueError, match="does not hold"):
        GradientFlow(SquaredLoss([[1]], [-2]), [[1], [1], [2]]).enclose(1, 20).bound(1)


def test_a_layer_that_leaves_zero_changes_no_sign():
    box = GradientFlow(SquaredLoss([[1]], [2]), [[0], [1]]).enclose(1, 20)
    assert box.sign_changes() == ()


def test_tied_layers_never_change_sign():
    box = GradientFlow(SquaredLoss([[1]], [-2]), [[1], [1], [2]]).enclose(2, 20)
    assert box.sign_changes() == ()


@pytest.mark.parametrize("depth", [2, 3, 4, 5])
def test_the_limit_is_the_minimizer_of_the_entropy(depth):
    """(18), for every depth: the balls around the limits contain what the dual problem gives, and ∇Q(θ_∞) = ξ_∞."""
    layers = [
        ["0"] * 3,
        *([["1", "0.8", "-1.2"], ["0.9", "1.5", "1"], ["1", "-1", "0.7"], ["1.1", "1", "1"]][: depth - 1]),
    ]
    X, y = [[1, "0.5", "-1"], ["0.3", 2, "0.4"]], ["0.4", "0.7"]
    limit = GradientFlow(SquaredLoss(X, y), layers).enclose(30, 20).limit()
    found = implicit_bias(X, y, layers, digits=40)
    for ball_of_theta, value in zip(limit.theta, found.theta, strict=True):
        assert ball_of_theta.overlaps(as_ball(value) + arb(0, 1e-35)) and ball_of_theta.rad() < 1e-12
    slopes = entropy(layers).gradient(found.theta, digits=40)
    for ball_of_xi, value in zip(limit.xi, slopes, strict=True):
        assert ball_of_xi.overlaps(as_ball(value) + arb(0, 1e-30)) and ball_of_xi.rad() < 1e-12


@pytest.mark.parametrize(
    ("flow", "until", "reason"),
    [
        (GradientFlow(SquaredLoss([[1]], [2]), [[0], [1]]), "0.01", "too far from its limit"),
        (GradientFlow(SquaredLoss([[1]], [2]), [[0], [0]]), 1, "two layers of a coordinate are zero"),
        (GradientFlow(SquaredLoss([[1]], [-2]), [[1], [1]]), 4, "too far from its limit"),
        (GradientFlow(SquaredLoss([[1]], [2], weight=-1), [["0.1"], [1]]), "0.1", "positive weight"),
    ],
)
def test_no_limit_is_claimed_without_proof(flow, until, reason):
    with pytest.raises(NoLimit, match=reason):
        flow.enclose(until, 20).limit()


@pytest.mark.parametrize("X", [[[3, 0], [0, 4]], [[1, 2, 3]], [[1, 2], [2, 4]], [[1, 1], [1, -1], [2, 0]]])
def test_the_ball_of_mu_contains_mu(X):
    loss = SquaredLoss(X, [1] * len(X))
    assert loss.polyak_lojasiewicz_ball().overlaps(as_ball(loss.polyak_lojasiewicz()) + arb(0, 1e-13))


# -- where balls are no numbers, or rates are quotients of them ------------------------------------------
def balanced(theta):
    """Two layers with the product given and squares that differ by 1."""
    theta = Fraction(theta)
    return [(theta - 1 / theta) / 2, (theta + 1 / theta) / 2]


def test_a_rate_that_is_too_fast_is_refuted():
    """A coordinate of the residual passes through zero, where a power of a ball would not be a number."""
    layers = list(zip(balanced(6), balanced("6.01"), strict=True))
    flow = GradientFlow(SquaredLoss([[1, 1], [30, -30]], [2, 0]), layers)
    step = decide(DecaysAtRate(flow, Fraction(1), Fraction(60)))
    assert step.verdict.value == "refuted" and "bound" in step.witness.values
    assert 0 < flow.enclose(1, 20).least_rate() < 60


@pytest.mark.parametrize(
    ("loss", "layers", "until", "verdict"),
    [
        (SquaredLoss([[1]], [2]), [[1], [2]], 1, "proved"),  # at rest at the minimum: it decays at every rate
        (SquaredLoss([[1]], [2]), [[0], [1]], 0, "proved"),
        (SquaredLoss([[1]], [2], weight=-1), [["0.1"], [1]], "0.1", "undecided"),
        (SquaredLoss([[1]], ["0.1"]), [[0], [20]], Fraction(1, 2**37), "proved"),
        (SquaredLoss([[1, -1], [1, 1]], [0, 2]), [[0, 0], [1, 1]], 1, "proved"),
        (SquaredLoss([[1, 0]], [2]), [[0, 0], [1, 1]], 1, "proved"),  # a column of X is zero
    ],
)
def test_rates_in_extreme_cases(loss, layers, until, verdict):
    step = decide(DecaysAtRate(GradientFlow(loss, layers), Fraction(until), Fraction(1, 100)))
    assert step.verdict.value == verdict


def test_digits_are_kept_beside_a_coordinate_of_zeros():
    box = GradientFlow(SquaredLoss([[1, 0]], [-2]), [[1, 0], [1, 0]]).enclose(1, 15)
    for layer in (row[0] for row in box.layers(1)):
        assert layer.rad() <= abs(layer) * arb(10) ** -15


def test_layers_that_are_close_to_zero_are_numbers():
    tiny = ["0", "1.26e-8", "-1.2e-8", "-7.8e-9", "-1.35e-8"]
    layers = list(zip(tiny, ["1", "1", "2", "1.5", "3"], strict=True))
    box = GradientFlow(SquaredLoss([[0, 1]], [-1]), layers).enclose("0.05", 5)
    for row in box.layers("0.05"):
        assert row[0].is_finite() and row[0].rad() <= 1e-12


def test_a_point_of_the_wrong_length():
    flow = GradientFlow(SquaredLoss([[1]], [2]), [[0], [1]])
    with pytest.raises(ValueError, match="point has 2 entries: expected 1"):
        ConvergesTo(flow, Fraction(12), (Fraction(2), Fraction(1)), Fraction(1))


@pytest.mark.parametrize("X", [[[2, 0, 0], [0, 2, 0], [0, 0, 3]], [[1, 1, 0], [1, -1, 0], [0, 0, 1]]])
def test_repeated_singular_values_have_a_ball_too(X):
    loss = SquaredLoss(X, [0] * 3)
    assert loss.polyak_lojasiewicz_ball().overlaps(as_ball(loss.polyak_lojasiewicz()) + arb(0, 1e-13))


def test_steps_out_of_order_are_refused():
    flow = GradientFlow(SquaredLoss([[1]], [2]), [[0], [1]])
    solution = flow.integrate(1, 20).solution
    late = [TaylorStep(step.begin + Fraction(1, 4), step.scale, step.jets) for step in solution.steps]
    for steps in (late, [], list(reversed(solution.steps))):
        with pytest.raises(EnclosureError):
            Enclosure(flow.loss, flow.coordinates, replace(solution, steps=steps), 20)


# -- input -------------------------------------------------------------------------------------------
def test_times_outside_are_refused():
    box = GradientFlow(SquaredLoss([[1]], [2]), [[0], [1]]).enclose(1, 20)
    for t in (-1, "1.0001"):
        with pytest.raises(ValueError, match="the enclosure runs from 0 to 1"):
            box.theta(t)


def test_ball_of_a_fraction():
    assert ball(Fraction(1, 3)).contains(fmpq(1, 3))
