"""The logistic loss: against plain differentiation and ``mpmath.odefun``, and its flow in both systems."""

from __future__ import annotations

import itertools
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import sympy as sp
import trajectories
from flint import arb
from hypothesis import given
from mpmath import mp, mpf
from trajectories import DIGITS, EVERY, PARTS, allowed, columns, differences, exactly, largest

from ddln_sym import GradientFlow, LogisticLoss, SquaredLoss, deep_diagonal
from ddln_sym.flows import NoConvergence, read_problem, summary_of
from ddln_sym.models import velocity
from ddln_sym.numerics import precision, to_mpf
from ddln_sym.testing import flows, horizon, logistic_losses

more_digits = pytest.fixture(autouse=True)(trajectories.more_digits)


def written_out(loss, theta):
    """The definition, by itself."""
    total = mpf(0)
    for row, label in zip(loss.rows, loss.targets, strict=True):
        total += mp.log(1 + mp.exp(-int(label) * sum(exactly(x) * t for x, t in zip(row, theta, strict=True))))
    return total


@given(logistic_losses(2))
def test_value_and_gradient_against_plain_differentiation(loss):
    theta = (mpf("0.75"), mpf("-1.25"))
    assert abs(loss(theta) - written_out(loss, theta)) < mpf(10) ** -55
    symbols = sp.symbols("a b")
    symbolic = sp.lambdify(symbols, loss.symbolic_gradient(symbols), "mpmath")(*theta)
    for i, (found, other) in enumerate(zip(loss.gradient(theta), symbolic, strict=True)):
        order = [int(n == i) for n in range(2)]
        with mp.workdps(4 * DIGITS):
            plain = mp.diff(lambda a, b: written_out(loss, (a, b)), theta, order)
        assert abs(found - plain) < mpf(10) ** -50 and abs(other - plain) < mpf(10) ** -50


def test_large_margins_lose_no_digits():
    loss = LogisticLoss([[1]], [1])
    with mp.workdps(30):
        assert abs(loss([1000]) / mp.exp(-1000) - 1) < mpf(10) ** -28
        assert loss([-1000]) == 1000
        assert abs(loss.gradient([1000])[0] / -mp.exp(-1000) - 1) < mpf(10) ** -28


@given(flows(EVERY, depths=(2, 5), dimensions=(1, 3), loss=logistic_losses))
def test_reduced_and_full_system_agree(flow):
    end = 8 * horizon(flow)
    reduced, full = flow.integrate(end, DIGITS), flow.integrate(end, DIGITS, full=True)
    for t in (end * part for part in PARTS):
        assert differences(reduced.layers(t), full.layers(t)) <= allowed(largest(full, [t]))
        assert differences([reduced.xi(t)], [full.xi(t)]) <= allowed(1 + max(map(abs, full.xi(t))))
    losses = [reduced.loss(end * part) for part in PARTS]
    assert all(after <= before + allowed(mpf(1) + before) for before, after in pairwise(losses))
    for column, coordinate in zip(columns(full, end), flow.coordinates, strict=True):
        for u, before in zip(column, coordinate.start, strict=True):
            change = u**2 - column[0] ** 2 - exactly(before**2 - coordinate.start[0] ** 2)
            assert abs(change) <= allowed(1 + max(map(abs, column)), 2, 4)


def test_digits_are_those_of_a_run_with_more():
    flow = GradientFlow(LogisticLoss([[1, 2], [3, -1], ["0.5", 1]], [1, -1, -1]), [["0.3", -1], [1, "0.5"], [-2, 2]])
    short, long = flow.integrate(5, 50), flow.integrate(5, 80)
    with mp.workdps(90):
        for t in (1, 3, 5):
            assert differences(short.layers(t), long.layers(t)) <= allowed(largest(long, [t]), digits=50) / 2


def test_odefun_agrees():
    loss = LogisticLoss([[1], ["-0.5"]], [1, 1])
    flow = GradientFlow(loss, [["0.5"], [1]])
    with mp.workdps(DIGITS):
        net = deep_diagonal(2, 1)
        field = sp.lambdify([net.variables], velocity(net, loss.symbolic_gradient), "mpmath")
        start = [exactly(u) for u in net.flatten(flow.start)]
        end = mp.odefun(lambda _, w: list(field(w)), 0, start)(mpf("0.25"))
    ours = flow.integrate("0.25", DIGITS)
    assert differences(net.layers(end), ours.layers("0.25")) <= 10 * allowed(largest(ours, ["0.25"]))


def test_separable_data_are_fitted_in_the_limit():
    loss = LogisticLoss([[1, 2], [2, -1], [-1, "0.5"]], [1, 1, -1])
    assert loss.separable and loss.minimum == 0
    trajectory = GradientFlow(loss, [["0.1", "0.2"], [1, -1]]).converge("1e-3", 20)
    assert trajectory.loss(trajectory.end) <= mpf("1e-3")
    with pytest.raises(NoConvergence):
        GradientFlow(loss, [[0, 0], [0, 0]]).converge("1e-3", 20)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: LogisticLoss([[1], [2]], [1, 3]), "entry 2 of y is 3: expected 1 or -1"),
        (lambda: LogisticLoss([[1], [2]], [1]), "y has 1 entry: expected 2"),
        (lambda: LogisticLoss([[1]], [1])([1, 2]), "theta has 2 entries: expected 1"),
        (lambda: LogisticLoss([[1], [1]], [1, -1]).minimum, "no closed form"),
        (lambda: GradientFlow(LogisticLoss([[1], [1]], [1, -1]), [[1], [2]]).converge("0.1"), "no closed form"),
        (lambda: LogisticLoss([[1]], [1]).polyak_lojasiewicz(), "no μ > 0"),
        (lambda: LogisticLoss([[0]], [1]).polyak_lojasiewicz(), "X is zero"),
        (lambda: GradientFlow(LogisticLoss([[1]], [1]), [[1], [2]]).integrate(1).bound(1), "no μ > 0"),
    ],
)
def test_mistakes_get_one_sentence(call, message):
    with pytest.raises(ValueError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_a_problem_file_names_the_loss(tmp_path):
    path = tmp_path / "problem.toml"
    path.write_text('loss = "logistic"\nX = [[1, 2]]\ny = [-1]\nlayers = [["0.1", 1], [2, 3]]\n', encoding="utf-8")
    flow = read_problem(path)
    assert isinstance(flow.loss, LogisticLoss)
    assert flow.loss.smoothness == Fraction(3, 2)
    found = summary_of(flow.integrate("0.5", 20))
    assert "bound" not in found and mpf(found["loss"]) > 0
    path.write_text('loss = "hinge"\nX = [[1]]\ny = [1]\nlayers = [[1], [2]]\n', encoding="utf-8")
    with pytest.raises(ValueError, match="has the loss 'hinge': expected one of squared, logistic"):
        read_problem(path)


# -- saturated rows ----------------------------------------------------------------------------------
#: Margins that begin far below zero: the slope is 1 to the last bit, until the flow arrives in one step or two.
SATURATED = {
    "arrives": (LogisticLoss([[-1]], [1]), [[4], [10]], "0.4827"),
    "from afar": (LogisticLoss([[-1]], [1]), [[4], [20]], "0.2692"),
    "steep": (LogisticLoss([[-30]], [1]), [[1], [2]], "0.1"),
    "steeper": (LogisticLoss([[-1000]], [1]), [[1], [2]], "0.001"),
    "opposed": (LogisticLoss([[1000], [-1]], [1, 1]), [[2], [1]], "0.6"),
    "enormous": (LogisticLoss([["1e20"]], [1]), [[1], [2]], "1e-25"),
}


@pytest.mark.parametrize("name", SATURATED)
@pytest.mark.parametrize("digits", [5, 20, 50])
def test_saturated_rows(name, digits):
    """Against balls: a run with more digits would make the same mistake."""
    loss, layers, end = SATURATED[name]
    flow = GradientFlow(loss, layers)
    trajectory, box = flow.integrate(end, digits), flow.enclose(end, digits + 20)
    for t in (Fraction(end) / 3, Fraction(end)):
        for row, balls in zip(trajectory.layers(t), box.layers(t), strict=True):
            size = max(abs(u) for u in trajectory.layers(t)[0] + trajectory.layers(t)[1])
            for u, ball in zip(row, balls, strict=True):
                with mp.workdps(digits + 30):
                    assert abs(u - to_mpf(ball, 500)) <= size * mpf(10) ** -digits


# -- late times --------------------------------------------------------------------------------------
@pytest.mark.parametrize("until", ["1e8", "1e15", "1e30"])
@pytest.mark.parametrize("row", ["0.3", "5"])
def test_late_times_by_quadrature(until, row):
    """With one row and two layers from 0 and 1 the time is ``∫_0^θ (1 + e^{xs})/(x√(1 + 4s²)) ds``."""
    flow = GradientFlow(LogisticLoss([[row]], [1]), [[0], [1]])
    trajectory = flow.integrate(until, 15, dense=False)
    assert trajectory.steps < 500
    with mp.workdps(40):
        x, theta = mp.mpf(row), mp.mpf(trajectory.theta(until)[0])
        cuts = mp.linspace(0, theta, 20)
        time = mp.quad(lambda s: (1 + mp.exp(x * s)) / (x * mp.sqrt(1 + 4 * s * s)), cuts)
        # dt/dθ is about x·t, and θ has 15 digits.
        assert abs(time / mp.mpf(until) - 1) < mp.mpf("2e-15") * (1 + x * theta)


@pytest.mark.parametrize("seed", range(6))
def test_late_times_with_more_digits_and_all_equations(seed):
    random = np.random.default_rng(seed)
    depth, dimension, rows = int(random.integers(2, 5)), int(random.integers(1, 4)), int(random.integers(1, 5))
    point = random.integers(1, 9, dimension) * random.choice([-1, 1], dimension)
    data = random.integers(-20, 20, (rows, dimension)) * 1.0 + 0.5
    labels = [1 if v > 0 else -1 for v in data @ point]
    flow = GradientFlow(LogisticLoss(data, labels), random.integers(1, 15, (depth, dimension)) / 8)
    found = flow.integrate("1e9", 15, dense=False)
    with mp.workdps(60):
        for other in (flow.integrate("1e9", 40, dense=False), flow.integrate("1e9", 25, full=True, dense=False)):
            for a, b in ((found.theta("1e9"), other.theta("1e9")), (found.xi("1e9"), other.xi("1e9"))):
                assert max(abs(p - q) for p, q in zip(a, b, strict=True)) <= mp.mpf("1e-14") * max(map(abs, b))


def test_a_weight_is_a_factor_of_the_loss_and_of_the_time():
    """The mean over the rows, say: a flow of a weight is that of the sum in another time."""
    rows, labels, layers = [[1, "0.5"], [-1, 2]], [1, -1], [["0.3", "-0.4"], [1, "0.7"]]
    whole, mean = LogisticLoss(rows, labels), LogisticLoss(rows, labels, weight="0.5")
    theta = ["0.2", "-1"]
    assert mean(theta, 100) == whole(theta, 100) / 2
    assert [2 * g for g in mean.gradient(theta, 100)] == list(whole.gradient(theta, 100))
    assert [[2 * c for c in row] for row in mean.curvature] == [list(row) for row in whole.curvature]
    assert "\\frac{1}{2}" in mean.formula and repr(mean) == "LogisticLoss(X 2 × 2, weight 1/2)"
    slow, fast = GradientFlow(mean, layers), GradientFlow(whole, layers)
    for a, b in zip(slow.integrate(2, 20).theta(2), fast.integrate(1, 20).theta(1), strict=True):
        assert abs(a - b) < mpf("1e-18")
    for a, b in zip(slow.enclose(2, 20).theta(2), fast.enclose(1, 20).theta(1), strict=True):
        assert a.overlaps(b)
    with pytest.raises(ValueError, match="weight is -1: expected a positive number"):
        LogisticLoss(rows, labels, weight=-1)


@pytest.mark.parametrize("until", ["1e1001", "1e10000"])
def test_times_whose_steps_nobody_awaits_are_refused_before_the_first(until):
    flow = GradientFlow(LogisticLoss([[1, 2], [2, -1]], [1, -1]), [[1, "0.5"], ["0.7", 1]])
    for call in (flow.integrate, flow.enclose):
        with pytest.raises(NoConvergence, match=r"would be too many; ask for a time of at most 1\.0e\+1000"):
            call(until, 15)
    resting = GradientFlow(SquaredLoss([[1, 2]], [1]), [[1, "0.5"], ["0.7", 1]])
    assert resting.integrate(until, 15).steps < 100


@pytest.mark.parametrize("theta", [("0", "0"), ("3", "-1"), ("-20", "15"), ("300", "-900")])
@pytest.mark.parametrize("radius", ["0", "0.01", "2"])
def test_what_a_slope_changes_by_is_nearly_attained(theta, radius):
    """``Σ_j |∂_i∂_j 𝓛| r_j`` over a grid of a box around θ, the second derivatives written out."""
    loss, radii = LogisticLoss([[1, 2], ["0.5", "-3"]], [1, -1], weight="0.7"), [arb("0.001"), arb("0.003")]
    with precision(200):
        middle, spread = [arb(t) for t in theta], arb(radius)
        found = loss.slope_change([m + arb(0, spread) for m in middle], radii)
        largest = [arb(0), arb(0)]
        for steps in itertools.product(range(-4, 5), repeat=2):
            point = [m + spread * step / 4 for m, step in zip(middle, steps, strict=True)]
            margins = [point[0] + 2 * point[1], -(point[0] / 2 - 3 * point[1])]
            second = [arb("0.7") * m.exp() / (1 + m.exp()) ** 2 for m in margins]
            for i in range(2):
                rows = zip(second, [(1, 2), (arb("0.5"), 3)], strict=True)
                total = sum((s * row[i] * (row[0] * radii[0] + row[1] * radii[1]) for s, row in rows), arb(0))
                largest[i] = largest[i].max(total)
        for bound, true in zip(found, largest, strict=True):
            assert true.lower() <= bound.upper() <= true.lower() * (1 + 20 * spread + arb("1e-15"))


def test_what_a_slope_of_a_squared_loss_changes_by():
    loss = SquaredLoss([[1, -2]], [3], weight=2)  # second derivatives 4·x_i·x_j
    with precision(100):
        assert [float(c) for c in loss.slope_change([arb(5), arb(-7)], [arb(1), arb("0.5")])] == [8, 16]
