"""Convergence through the dual: the same trajectories as explicit steps, and stiff ones that those do not reach."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import arb
from mpmath import mp, mpf

import ddln_sym as dd
from ddln_sym.flows.coordinates import Coordinate
from ddln_sym.flows.dual_charts import Chart, OffChart
from ddln_sym.flows.dual_coordinates import BallCoordinate, FloatCoordinates
from ddln_sym.flows.dual_systems import DualSystem
from ddln_sym.flows.dual_trajectories import predict_steps
from ddln_sym.numerics import precision, radau_rule, read_number, solve_gmres

DATA, TARGET = [[1, "0.5", "-0.3", 2], ["0.2", 1, "0.7", "-0.4"]], [1, "0.5"]
STARTS = {
    "L = 2": [[0] * 4, ["0.1"] * 4],
    "L = 3": [[0] * 4, ["0.1"] * 4, ["0.1"] * 4],
    "L = 3, unequal": [["0.05", "-0.1", 0, "0.02"], ["0.2", "0.3", "-0.1", "0.5"], ["0.4", "0.1", "0.2", "-0.3"]],
    "L = 4": [[0] * 4, *[["0.3"] * 4] * 3],
    "L = 7": [[0] * 4, *[["0.6"] * 4] * 6],
    "ties": [["0.1"] * 4, ["0.1"] * 4, ["0.2"] * 4],
    "all tied": [["0.3"] * 4, ["0.3", "0.3", "-0.3", "0.3"]],
    "a frozen coordinate": [[0, 0, "0.1", 0], [0, "0.1", "0.2", "0.2"], ["0.3", "0.2", "0.1", "0.2"]],
}
#: Two coordinates that grow at very different times, in a loss of very different curvatures.
STIFF = dd.GradientFlow(
    dd.SquaredLoss([[1, 0, "0.5"], [0, 1, "0.3"]], [1, "1e-7"]), [[0] * 3, ["0.1"] * 3, ["0.1"] * 3]
)


def distance(a, b):
    return max(abs(p - q) for p, q in zip(a, b, strict=True))


def compare(flow, tolerance, digits, small, longest=1000):
    """Everything that both can be asked, at several times."""
    found = flow.converge(tolerance, digits, longest, method="dual")
    other = flow.integrate(found.end, digits + 5)
    assert isinstance(found, dd.Trajectory) and found.excess(found.end) <= mpf(tolerance)
    with mp.workdps(digits + 10):
        for t in (0, found.end / 1000, found.end / 3, found.end):
            assert distance(found.theta(t), other.theta(t)) < small
            assert distance(found.xi(t), other.xi(t)) < small * max(1, *map(abs, other.xi(t)))
            assert distance(found.metric(t), other.metric(t)) < 10 * small
            assert abs(found.loss(t) - other.loss(t)) < 10 * small
            for row, line in zip(found.layers(t), other.layers(t), strict=True):
                assert distance(row, line) < small
    return found


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_the_same_trajectory_as_by_explicit_steps(start):
    compare(dd.GradientFlow(dd.SquaredLoss(DATA, TARGET), start), "1e-12", 25, mpf("1e-25"))


@pytest.mark.parametrize("last", ["1.5", "1.7"])
def test_dependent_rows(last):
    """Solvable or not: of y only what is in the range of X counts."""
    loss = dd.SquaredLoss([*DATA, ["1.2", "1.5", "0.4", "1.6"]], [*TARGET, last], weight="0.75")
    found = compare(dd.GradientFlow(loss, STARTS["L = 3, unequal"]), "1e-12", 20, mpf("1e-20"))
    assert (loss.exact_minimum == 0) == (last == "1.5")
    assert found.loss(found.end) - loss.minimum < mpf("1e-11")


def test_a_frozen_coordinate_takes_what_nobody_can_reach():
    """θ_2 stays 0, so that the second residual stays as it is, and ξ_2 is linear in time."""
    flow = dd.GradientFlow(dd.SquaredLoss([[1, 0], [1, 1]], [1, 3]), [[1, 0], ["0.5", 0]])
    with pytest.raises(dd.NoConvergence, match="stays above 2, since layers that tie keep their signs and coordinates"):
        flow.converge("1e-9", 15, longest=20, method="dual")
    found = flow.converge("5", 20, longest=20, method="dual")
    other = flow.integrate(found.end, 20)
    assert distance(found.xi(found.end), other.xi(found.end)) < mpf("1e-18")
    assert found.theta(found.end)[1] == 0 == found.metric(found.end)[1]


def test_many_digits():
    flow = dd.GradientFlow(dd.SquaredLoss([[1, 2]], [1]), [["0.1", "-0.2"], [1, "0.8"], ["-0.9", "1.5"]])
    compare(flow, "1e-40", 60, mpf("1e-60"))


def test_nothing_to_do():
    for start, target in (([[0, 0], [1, 1]], [0]), ([[1, 0], [1, 2]], [1])):
        found = dd.GradientFlow(dd.SquaredLoss([[1, 2]], target), start).converge("1e-20", method="dual")
        assert (found.end, found.steps) == (0, 0)
        assert found.theta(0) == tuple(a * b for a, b in zip(*start, strict=True))
        assert found.xi(0) == (0, 0)
    back = dd.GradientFlow(dd.SquaredLoss([[1, 2]], [0]), [[1, 1], [2, "0.5"]])  # a target that is 0
    compare(back, "1e-15", 20, mpf("1e-20"))


def test_the_end_alone():
    flow = dd.GradientFlow(dd.SquaredLoss(DATA, TARGET), STARTS["L = 3"])
    dense, ending = (flow.converge("1e-10", 15, method="dual", dense=dense) for dense in (True, False))
    assert ending.end == dense.end and ending.steps == dense.steps
    assert ending.theta(ending.end) == dense.theta(dense.end) == ending.theta(float(ending.end))
    assert ending.layers(0) == dense.layers(0)
    with pytest.raises(ValueError, match=r"2 times were kept"):
        ending.theta(1)
    with pytest.raises(ValueError, match="the trajectory runs from 0 to"):
        dense.theta(dense.end + 1)


# -- which way is taken ------------------------------------------------------------------------------
def test_a_stiff_flow_takes_the_dual_by_itself():
    found = STIFF.converge("1e-24", 20, longest="1e12")
    assert type(found) is not dd.Trajectory and found.steps < 200 and found.end > 10**4
    bias = dd.implicit_bias(STIFF.loss.rows, STIFF.loss.targets, STIFF.start, digits=30)
    with mp.workdps(40):
        assert distance(found.theta(found.end), bias.theta) < mpf("1e-10")
        middle = found.end / 10**4
        assert distance(found.theta(middle), STIFF.integrate(middle, 20).theta(middle)) < mpf("1e-20")


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_others_go_as_before(start):
    flow = dd.GradientFlow(dd.SquaredLoss(DATA, TARGET), start)
    found, explicit = flow.converge("1e-12", 15), flow.converge("1e-12", 15, method="taylor")
    assert type(found) is dd.Trajectory and found.end == explicit.end
    assert found.theta(found.end) == explicit.theta(found.end)


def test_many_rows_are_not_looked_at():
    """The dual has an unknown for each; it is there for who asks for it."""
    rows, targets = [*STIFF.loss.rows, *[(0, 0, 0)] * 499], [*STIFF.loss.targets, *[0] * 499]
    flow = dd.GradientFlow(dd.SquaredLoss(rows, targets), STIFF.start)
    with pytest.raises(dd.NoConvergence, match="steps"):
        flow.converge("1e-24", 15, longest="1e12", max_steps=30)
    assert "_dual" not in vars(flow)


def test_the_prediction_has_the_size_of_the_truth():
    """Two coordinates that do not see each other: the eigenvalues at the limit are known."""
    small = Fraction(1, 1000)
    columns = [Coordinate((Fraction(0), Fraction(1)))] * 2
    system = DualSystem(dd.SquaredLoss([[1, 0], [0, small]], [2, small]), columns)  # M = √(1 + 4θ²)
    first, values = 4 + small**2, (2 * np.sqrt(17), 2e-6 * np.sqrt(5))
    expected = values[0] / values[1] * np.log(float(first) / 1e-20) / 2 / (0.4 * 20)
    assert predict_steps(system, Fraction(1, 10**20), 20) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("loss", "start", "method", "said"),
    [
        (dd.LogisticLoss([[1, 2]], [1]), [[0, 0], [1, 1]], "dual", "expected a squared loss of positive weight"),
        (dd.SquaredLoss([[1, 2]], [1]), [[0, 0], [0, 0]], "dual", "a coordinate that moves"),
        (dd.SquaredLoss([[1, 2]], [1]), [[0, 0], [1, 1]], "euler", "method is 'euler': expected None, 'taylor'"),
        (dd.SquaredLoss([[1, 2]], [1]), [[0, 0], [1, 1]], 3, "method is 3: expected"),
    ],
)
def test_what_is_refused(loss, start, method, said):
    with pytest.raises(ValueError, match=said):
        dd.GradientFlow(loss, start).converge("0.1", method=method)


def test_ceilings():
    with pytest.raises(dd.NoConvergence, match="5 steps were taken; ask for an earlier time, or raise max_steps"):
        STIFF.converge("1e-20", 15, longest="1e12", max_steps=5)
    with pytest.raises(dd.PrecisionError, match="max_bits is 10"):
        STIFF.converge("1e-20", 15, longest="1e12", max_bits=10)
    with pytest.raises(dd.NoConvergence, match="still above 1e-20"):
        STIFF.converge("1e-20", 15, longest=100, method="dual")


# -- the parts ---------------------------------------------------------------------------------------
LAYERS = [
    (0, 1),
    ("1/2", -1, 1),
    (0, 1, 2),
    (0, 1, 1, 1),
    ("-0.1", "0.3", "0.3", 2, 1),
    ("0.5", "0.5"),
    ("-2", 2, 1, -1),
]


@pytest.mark.parametrize("layers", LAYERS)
@pytest.mark.parametrize("place", ["0.01", "0.2", "-0.45"])
@pytest.mark.parametrize("shared", [False, True])
def test_charts_contain_what_the_entropy_says(layers, place, shared):
    Q = dd.entropy([[u] for u in layers])
    chart = Chart(BallCoordinate(Coordinate(tuple(map(Fraction, layers)))), 150, shared)
    (theta,) = Q.conjugate_gradient(place, digits=40, certified=True)
    (metric,) = Q.conjugate_hessian(place, digits=40, certified=True)
    with precision(150):
        xi = arb(place)
        assert chart.theta(xi).overlaps(theta) and chart.theta(xi).rad() < arb("1e-38")
        assert chart.metric(xi).overlaps(metric) and chart.metric(xi).rad() < arb("1e-35")
        assert not chart.theta(xi + arb("1e-35")).overlaps(theta)


def test_charts_end_where_the_mirror_map_does():
    chart = Chart(BallCoordinate(Coordinate((Fraction(0), Fraction(1), Fraction(1)))), 64)
    with precision(64), pytest.raises(OffChart):
        chart.theta(arb("1.6"))  # the range ends at π/2
    with precision(64), pytest.raises(OffChart):
        chart.theta(arb("nan"))


def test_floats_agree_with_balls():
    columns = [Coordinate(tuple(map(Fraction, layers))) for layers in LAYERS if len(layers) == 3]
    both = FloatCoordinates(columns), [BallCoordinate(c) for c in columns]
    x = np.array([float(c.start[c.least]) + 0.1 for c in columns])
    v = both[0].place(x)
    assert both[0].least(v) == pytest.approx(x)
    for name in ("theta", "metric"):
        expected = [float(getattr(b, name)(arb(float(a)))) for a, b in zip(x, both[1], strict=True)]
        assert getattr(both[0], name)(v) == pytest.approx(expected)
    start = both[0].place(x - 0.1)
    expected = [
        float(dd.entropy([[u] for u in c.start]).gradient(t)[0]) for c, t in zip(columns, both[0].theta(v), strict=True)
    ]
    assert both[0].travel(start, v) == pytest.approx(expected)


def test_a_rule_integrates_what_its_order_says():
    with precision(200):
        rule = radau_rule(5, 200)
        for degree in range(10):
            weights = [row[-1] for row in rule.integral.tolist()]
            total = sum((w * x**degree for w, x in zip(weights, rule.nodes, strict=True)), arb(0))
            exact = arb(1) / (degree + 1) if degree % 2 == 0 else arb(0)
            assert (abs(total - exact) < arb("1e-50")) == (degree < 9)


def test_gmres_solves_what_it_is_given():
    random = np.random.default_rng(3)
    matrix, right = np.eye(30) + random.normal(size=(30, 30)) / 8, random.normal(size=30)
    assert solve_gmres(lambda x: matrix @ x, right, 1e-12) == pytest.approx(np.linalg.solve(matrix, right), abs=1e-9)
    assert not solve_gmres(lambda x: matrix @ x, 0 * right, 1e-12).any()


# -- kinds of problems that are not stiff ------------------------------------------------------------
@pytest.mark.parametrize("depth", range(2, 7))
def test_a_tie_that_decays(depth):
    """``u' = −2u^{2L−1}``, so that ``u^{2−2L} = 1 + 4(L − 1)t``: more and more slowly, in steps that grow."""
    found = dd.GradientFlow(dd.SquaredLoss([[1]], [0]), [[1]] * depth).converge("1e-16", 20, "1e30", method="dual")
    assert found.steps < 120 and found.end > 10**6
    with mp.workdps(40):
        for t in (found.end, found.end / 1000):
            moment = mpf(t.numerator) / t.denominator
            truth = (1 + 4 * (depth - 1) * moment) ** (mpf(-depth) / (2 * depth - 2))
            assert abs(found.theta(t)[0] / truth - 1) < mpf("1e-18")


@pytest.mark.parametrize("depth", range(2, 7))
def test_a_plateau_and_a_pole_of_the_dual(depth):
    """From (0, a, …, a) to −1: t is an integral over x; ξ comes to a tiny part of itself of the end of its range."""
    small = Fraction(1, 10**5)
    flow = dd.GradientFlow(dd.SquaredLoss([[1]], [-1]), [[0], *[[small]] * (depth - 1)])
    found = flow.converge("1e-6", 20, "1e40", method="dual")
    assert found.steps < 250
    with mp.workdps(40):
        a, end = mpf(1) / 10**5, -found.layers(found.end)[0][0]

        def waiting(s):
            """dt/ds at ``x = a·sinh s``."""
            x = a * mp.sinh(s)
            product = (x * x + a * a) ** (mpf(depth - 1) / 2)
            return a * mp.cosh(s) / (2 * product * (1 - x * product))

        last = mp.asinh(end / a)
        time = mp.quad(waiting, mp.linspace(0, last, 40))
        assert abs(time * found.end.denominator / found.end.numerator - 1) < mpf("1e-18")


@pytest.mark.parametrize("depth", range(2, 7))
def test_a_huge_target(depth):
    """Along the pole of ν ↦ θ; digits that are not carried are asked for, once nothing moves."""
    flow = dd.GradientFlow(dd.SquaredLoss([[1]], ["1e30"]), [[0], *[[1]] * (depth - 1)])
    found = flow.converge("1e28", 20, "1e30", method="dual")
    assert found.steps < 250
    with mp.workdps(40):
        assert abs(found.theta(found.end)[0] - mpf(10) ** 30) < mpf("1.001e14")
    with pytest.raises(dd.NoConvergence, match="nothing moves any more with the digits that are carried: ask for more"):
        flow.converge("1e-40", 20, "1e30", method="dual")


@pytest.mark.parametrize(("data", "target"), [("1e30", "1e30"), ("1e-20", "1e-20"), (1, "1e-12"), (1, "1e-40")])
def test_data_of_any_size(data, target):
    """θ = sinh(2ξ)/2 from (0, 1): against explicit steps; a first step may not pass over the way."""
    loss = dd.SquaredLoss([[data]], [target])
    flow = dd.GradientFlow(loss, [[0], [1]])
    found = flow.converge(loss([0]) / 10**6, 20, "1e70", method="dual")
    other = flow.integrate(found.end, 25)
    with mp.workdps(40):
        for t in (found.end / 1000, found.end / 3, found.end):
            assert distance(found.theta(t), other.theta(t)) < mpf("1e-20")


def test_dependent_rows_with_a_tie():
    """θ_1, which is tied, decays to 0 like 1/t while θ_2 finds its value: the slow one has no residual of its own."""
    flow = dd.GradientFlow(dd.SquaredLoss([[1, 0], [0, 1], [1, 1]], [0, 2, 3]), [[1, 1], [1, 0]])
    assert flow.loss.exact_minimum > 0
    with pytest.raises(dd.NoConvergence, match="is still above"):
        flow.converge("1e-30", 15, longest=10, method="dual")
    compare(flow, "1e-6", 20, mpf("1e-20"))


def test_layers_that_move_less_than_a_digit():
    flow = dd.GradientFlow(dd.SquaredLoss([[1]], [1]), [[0], ["1e20"]])
    found = flow.converge("1e-20", 20, "1e30", method="dual")
    assert found.steps < 10 and abs(found.theta(found.end)[0] - 1) < mpf("1e-10")


TEN = Fraction(10)
#: Data, target, weight and tolerance beyond the floats in which the steps of the dual are found.
BEYOND_FLOATS = {
    "data": ([[TEN**160, 2 * TEN**160]], [3 * TEN**160], 1, TEN**310),
    "weight": ([[1, 2]], [1], TEN**-400, TEN**-410),
    "nothing to do": ([[1, 2]], [1], 1, TEN**400),
}


@pytest.mark.parametrize("name", BEYOND_FLOATS)
def test_numbers_beyond_floats_are_left_to_explicit_steps(name):
    data, target, weight, tolerance = BEYOND_FLOATS[name]
    flow = dd.GradientFlow(dd.SquaredLoss(data, target, weight=weight), [[0, 0], [1, 1], [1, 2]])
    run = flow.converge(tolerance, 10, longest=TEN**500)
    assert not isinstance(run, dd.DualTrajectory) and read_number(run.excess(run.end), "excess") <= tolerance
    if name != "nothing to do":
        with pytest.raises(ValueError, match=r"numbers within the range of floats|longest is"):
            flow.converge(tolerance, 10, longest=1, method="dual")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("start", [("1e-400", "1e-400"), (0, "1e-400"), ("1e-400", "1e-400", 1), (0, 0, 1)])
def test_layers_below_every_float_make_no_noise(start):
    """Nothing is said about them in floats, neither a number nor a warning."""
    system = [Coordinate(tuple(map(Fraction, start))), Coordinate((Fraction(1),) * len(start))]
    dual = DualSystem(dd.SquaredLoss([[1, 1]], [1]), system)
    assert predict_steps(dual, Fraction(1, 10**9), 10) >= 0
    flow = dd.GradientFlow(dd.SquaredLoss([[1]], [1]), [[u] for u in start])
    with pytest.raises((dd.NoConvergence, ValueError)):
        flow.converge("1e-9", 10, longest=10, max_steps=50)


def test_a_time_below_every_float_is_refused():
    flow = dd.GradientFlow(dd.SquaredLoss([[1, 2]], [1]), [[0, 0], [1, 1]])
    with pytest.raises(ValueError, match=r"longest is .*: method 'dual' expects"):
        flow.converge("1e-9", 10, longest="1e-400", method="dual")


def test_a_trajectory_of_which_only_the_end_is_kept_shows_itself():
    flow = dd.GradientFlow(dd.SquaredLoss([[1, 2]], [1]), [[0, 0], [1, 1]])
    for method in ("dual", "taylor"):
        run = flow.converge("1e-9", 10, dense=False, method=method)
        assert not run.dense and "10 digits" in run._repr_html_()
