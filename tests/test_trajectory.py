"""What the paper promises of a trajectory, on trajectories of 30 digits; and the digits themselves."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

from ddln_sym import BlowUpError, GradientFlow, SquaredLoss, deep_diagonal, integrate_polynomial, layer_system, program
from ddln_sym.gradient_flow import velocity
from ddln_sym.strategies import Start, flows, horizon
from ddln_sym.trajectory import NoConvergence

DIGITS = 30
PARTS = [Fraction(0), Fraction(1, 3), Fraction(7, 8), Fraction(1)]
EVERY = tuple(Start)
SCALES = (Fraction(1), Fraction(1, 1000), Fraction(20))


@pytest.fixture(autouse=True)
def more_digits():
    """The tests compute with more digits than the trajectories have."""
    with mp.workdps(2 * DIGITS):
        yield


def exactly(value):
    return mpf(value.numerator) / value.denominator


def largest(trajectory, times):
    """The largest layer at some times."""
    return max(abs(u) for t in times for row in trajectory.layers(t) for u in row)


def allowed(scale, power=1, count=1, digits=DIGITS):
    """The error of ``count`` products of ``power`` layers, each with so many digits relative to the scale."""
    return 2 * power * count * scale**power * mpf(10) ** -digits


def columns(trajectory, t):
    return list(zip(*trajectory.layers(t), strict=True))


def differences(a, b):
    return max(abs(x - y) for p, q in zip(a, b, strict=True) for x, y in zip(p, q, strict=True))


# -- the flow (5) ------------------------------------------------------------------------------------
@given(flows(EVERY))
def test_squares_differ_by_constants_on_the_full_system(flow):
    """(7), where nothing is projected."""
    end = horizon(flow)
    trajectory = flow.integrate(end, DIGITS, full=True)
    for t in (end * part for part in PARTS):
        for column, coordinate in zip(columns(trajectory, t), flow.coordinates, strict=True):
            tolerance = allowed(max(map(abs, column)), 2, 2) + allowed(max(map(exactly, map(abs, coordinate.start))), 2)
            for u, before in zip(column, coordinate.start, strict=True):
                change = u**2 - column[0] ** 2 - exactly(before**2 - coordinate.start[0] ** 2)
                assert abs(change) <= tolerance


@given(flows(EVERY, scales=SCALES))
def test_reduced_and_full_system_agree(flow):
    end = horizon(flow)
    reduced, full = flow.integrate(end, DIGITS), flow.integrate(end, DIGITS, full=True)
    for t in (end * part for part in PARTS):
        assert differences(reduced.layers(t), full.layers(t)) <= allowed(largest(full, [t]))
        assert differences([reduced.xi(t)], [full.xi(t)]) <= allowed(1 + max(map(abs, full.xi(t))))


@given(flows((Start.APART, Start.ZERO)))
def test_only_the_least_layer_changes_sign(flow):
    """Proposition 1.2, and sign and formula of the other layers after it."""
    end = 4 * horizon(flow)
    trajectory = flow.integrate(end, DIGITS)
    for t in (end * part for part in PARTS):
        for column, coordinate in zip(columns(trajectory, t), flow.coordinates, strict=True):
            x = column[coordinate.least]
            for k, u in enumerate(column):
                if k != coordinate.least:
                    assert mp.sign(u) == mp.sign(exactly(coordinate.start[k])) != 0
                    formula = mp.sign(u) * mp.sqrt(x**2 + exactly(coordinate.differences[k]))
                    assert abs(u - formula) <= allowed(max(map(abs, column)), 2) / abs(u)


@given(flows())
def test_theta_is_determined_by_the_least_layer(flow):
    """The display after (8), with the layer itself in place of its root."""
    end = horizon(flow)
    trajectory = flow.integrate(end, DIGITS)
    for theta, column, coordinate in zip(
        trajectory.theta(end), columns(trajectory, end), flow.coordinates, strict=True
    ):
        x = column[coordinate.least]
        rest = [d for k, d in enumerate(coordinate.differences) if k != coordinate.least]
        formula = coordinate.sign * x * mp.fprod(mp.sqrt(x**2 + exactly(d)) for d in rest)
        assert abs(theta - formula) <= allowed(max(map(abs, column)), 2 * len(column))


@given(flows((Start.TIED, Start.ZEROS)))
def test_tied_layers_keep_their_signs_and_two_zeros_stay(flow):
    end = horizon(flow)
    trajectory = flow.integrate(end, DIGITS)
    for column, coordinate in zip(columns(trajectory, end), flow.coordinates, strict=True):
        if coordinate.frozen:
            prec = mpmath.libmp.dps_to_prec(DIGITS)
            with mp.workprec(prec):
                assert list(column) == [exactly(u) for u in coordinate.start]
        else:
            assert [mp.sign(u) for u in column] == [mp.sign(exactly(u)) for u in coordinate.start]


# -- the flow of θ -----------------------------------------------------------------------------------
@given(flows(EVERY, dimensions=(1, 3)))
def test_theta_moves_with_the_metric(flow):
    """(12) between two times: ``θ(b) − θ(a) = −∫ M∇𝓛 dt``; and ``ξ(b) − ξ(a) = −∫ ∇𝓛 dt``."""
    end = horizon(flow)
    trajectory = flow.integrate(end, DIGITS + 10)
    a, b = end / 2, end / 2 + end / 64
    scale = max(1, largest(trajectory, [a, b]))

    def slope(t):
        return flow.loss.gradient(trajectory.theta(t))

    size = max(1, max(map(abs, slope(a))))
    for i in range(flow.loss.dimension):
        for value, rate in (
            (trajectory.theta, lambda t, i=i: trajectory.metric(t)[i] * slope(t)[i]),
            (trajectory.xi, lambda t, i=i: slope(t)[i]),
        ):
            integral = mp.quad(rate, [exactly(a), exactly(b)], method="gauss-legendre", maxdegree=3)
            tolerance = allowed(scale, 4 * len(flow.start)) * size
            assert abs(value(b)[i] - value(a)[i] + integral) <= tolerance


@given(flows((Start.APART, Start.ZERO), scales=SCALES))
def test_metric_stays_above_sigma(flow):
    """(13) and (14)."""
    end = horizon(flow)
    trajectory = flow.integrate(end, DIGITS)
    for t in (end * part for part in PARTS):
        metric = trajectory.metric(t)
        for m, coordinate in zip(metric, flow.coordinates, strict=True):
            assert m >= exactly(coordinate.gap) * (1 - allowed(mpf(1), len(flow.start))) > 0
        assert min(metric) >= exactly(flow.sigma) * (1 - allowed(mpf(1), len(flow.start)))


@given(flows((Start.APART, Start.ZERO)))
def test_loss_falls_as_fast_as_promised(flow):
    """(15), with μ from the loss; and the loss never increases."""
    end = 4 * horizon(flow)
    trajectory = flow.integrate(end, DIGITS)
    times = [end * n / 8 for n in range(9)]
    losses = [flow.loss.exact_value(trajectory.exact_theta(t)) for t in times]
    slack = Fraction(1, 10**DIGITS) * (1 + losses[0]) * int(1 + largest(trajectory, times)) ** (2 * len(flow.start))
    for t, before, after in zip(times[1:], losses, losses[1:], strict=False):
        assert after <= before + slack
        assert exactly(after) <= trajectory.bound(t) + exactly(slack)
    assert trajectory.bound(0) == trajectory.loss(0)


@given(flows((Start.APART,), depths=(2, 2)))
def test_two_layers_are_exponentials_of_xi(flow):
    """(26): ``θ = (z_+² e^{2ξ} − z_−² e^{−2ξ})/4``."""
    end = horizon(flow)
    trajectory = flow.integrate(end, DIGITS)
    for theta, xi, (u, v) in zip(
        trajectory.theta(end), trajectory.xi(end), (c.start for c in flow.coordinates), strict=True
    ):
        formula = (exactly(u + v) ** 2 * mp.exp(2 * xi) - exactly(u - v) ** 2 * mp.exp(-2 * xi)) / 4
        assert abs(theta - formula) <= allowed((1 + abs(u) + abs(v)) * mp.exp(abs(xi)) * (1 + abs(xi)), 2)


# -- symmetries --------------------------------------------------------------------------------------
@given(flows(EVERY), st.randoms(use_true_random=False))
def test_permuted_and_flipped_flows(flow, random):
    """Columns of X with their layers, and layers among themselves, in another order; two signs flipped at once."""
    end, d, depth = horizon(flow), flow.loss.dimension, len(flow.start)
    order, inner = random.sample(range(d), d), [random.sample(range(depth), depth) for _ in range(d)]
    signs = [random.choice((1, -1)) for _ in range(d)]
    rows = [[sign * row[i] for i, sign in zip(order, signs, strict=True)] for row in flow.loss.rows]
    start = [
        [
            flow.start[inner[n][j]][i] * (sign if j == 0 else 1)
            for n, (i, sign) in enumerate(zip(order, signs, strict=True))
        ]
        for j in range(depth)
    ]
    other = GradientFlow(SquaredLoss(rows, flow.loss.targets), start).integrate(end, DIGITS)
    same = flow.integrate(end, DIGITS)
    theta = same.theta(end)
    scale = largest(same, [end])
    found = [sign * theta[i] for i, sign in zip(order, signs, strict=True)]
    assert differences([found], [other.theta(end)]) <= allowed(max(1, scale), depth)
    for n, i in enumerate(order):
        before, after = columns(same, end)[i], columns(other, end)[n]
        assert differences([[abs(before[j]) for j in inner[n]]], [[abs(u) for u in after]]) <= allowed(scale)


@given(flows(EVERY), st.integers(2, 5))
def test_scaling_the_loss_rescales_time(flow, weight):
    end = horizon(flow)
    scaled = GradientFlow(SquaredLoss(flow.loss.rows, flow.loss.targets, weight), flow.start)
    fast, slow = scaled.integrate(end / weight, DIGITS), flow.integrate(end, DIGITS)
    assert differences(fast.layers(end / weight), slow.layers(end)) <= allowed(largest(slow, [end]))


@given(flows(EVERY))
def test_integrating_back_returns_to_the_start(flow):
    """With the loss negated; an error grows by less than ``e^8`` on the way, for each layer."""
    end = horizon(flow)
    there = flow.integrate(end, DIGITS + 10 + 4 * len(flow.start))
    with mp.workdps(2 * there.digits):
        back = GradientFlow(SquaredLoss(flow.loss.rows, flow.loss.targets, -1), there.layers(end))
        found = back.integrate(end, there.digits, full=True).layers(end)
    start = [[exactly(u) for u in row] for row in flow.start]
    assert differences(found, start) <= allowed(largest(there, [0, end]))


# -- the digits --------------------------------------------------------------------------------------
def figure(depth, dimension, rows, seed):
    random = np.random.default_rng(seed)
    loss = SquaredLoss(random.normal(size=(rows, dimension)), random.normal(size=rows))
    return GradientFlow(loss, random.normal(size=(depth, dimension)))


@pytest.mark.parametrize("digits", [30, 50, 100])
@pytest.mark.parametrize("depth", [2, 3, 4, 5, 6])
def test_digits_are_those_of_a_run_with_more(depth, digits):
    flow = figure(depth, 2, 4, depth)
    short, long = flow.integrate(1, digits), flow.integrate(1, digits + 30)
    with mp.workdps(digits + 40):
        for t in (0, 0.3, 0.77, 1):
            assert differences(short.layers(t), long.layers(t)) <= allowed(largest(long, [t]), digits=digits) / 2


@pytest.mark.parametrize(
    "start",
    [
        [["0.3"], [-1], ["-1.5"]],  # the least layer crosses zero
        [[0], [1], ["0.5"]],
        [[1], [1], ["1.00000000000000000001"]],
        [["1e-8"], ["-2e-8"], [1]],
        [["1e-4"], ["1e-4"], ["1e4"]],
    ],
    ids=["crossing", "zero", "near tie", "tiny", "tiny and huge"],
)
def test_hard_starts(start):
    flow = GradientFlow(SquaredLoss([[1]], [-2]), start)
    end = Fraction(3) if max(float(u) for (u,) in start) < 100 else Fraction(1, 10**8)
    runs = [flow.integrate(end, DIGITS), flow.integrate(end, DIGITS, full=True)]
    long = flow.integrate(end, 2 * DIGITS)
    for run in runs:
        for t in (end * part for part in PARTS):
            assert differences(run.layers(t), long.layers(t)) <= allowed(largest(long, [t]))


def test_the_least_layer_crosses_zero():
    flow = GradientFlow(SquaredLoss([[1]], [-2]), [["0.3"], [-1], ["-1.5"]])
    trajectory = flow.integrate(1, DIGITS)
    assert trajectory.layers(0)[0][0] > 0 > trajectory.layers("0.1")[0][0]


@pytest.mark.parametrize("depth", [2, 3])
def test_odefun_agrees(depth):
    flow = figure(depth, 2, 3, 7)
    with mp.workdps(DIGITS):
        net = deep_diagonal(depth, 2)
        field = sp.lambdify([net.variables], velocity(net, flow.loss.symbolic_gradient), "mpmath")
        start = [exactly(u) for u in net.flatten(flow.start)]
        end = mp.odefun(lambda _, w: list(field(w)), 0, start)(mpf("0.5"))
    ours = flow.integrate("0.5", DIGITS)
    assert differences(net.layers(end), ours.layers("0.5")) <= 10 * allowed(largest(ours, ["0.5"]))


def test_the_field_from_sympy_agrees():
    flow = figure(4, 2, 3, 8)
    net = deep_diagonal(4, 2)
    path = integrate_polynomial(
        velocity(net, flow.loss.symbolic_gradient), net.variables, net.flatten(flow.start), 1, DIGITS
    )
    ours = flow.integrate(1, DIGITS)
    assert differences(net.layers(path(1)), ours.layers(1)) <= allowed(largest(ours, [1]))


def test_python_integers_give_the_same_digits(monkeypatch):
    flow = figure(4, 2, 3, 9)
    with_gmpy2 = flow.integrate(1, DIGITS)
    for module in (program, layer_system):
        monkeypatch.setattr(module, "integer", int)
    monkeypatch.setattr(layer_system, "isqrt", isqrt)
    without = flow.integrate(1, DIGITS)
    assert without.layers(1) == with_gmpy2.layers(1)
    assert type(without._solution.steps[0].jets[0][-1]) is int


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
        (loss_of([[1, 2], [3]], [1, 2]), "row 2 of X has 1 entries: expected 2"),
        (loss_of([[1, 2]], [1, 2]), "y has 2 entries: expected 1"),
        (loss_of([[1, float("nan")]], [1]), "entry 2 of row 1 of X is nan: every entry must be finite"),
        (loss_of([[1]], [mp.inf]), "entry 1 of y is .inf: every entry must be finite"),
        (loss_of(np.array([[np.inf]], dtype=np.float32), [1]), "must be finite"),
        (loss_of([[1]], ["one"]), "expected a decimal number"),
        (loss_of([[1]], ["1e999999999"]), "larger exponent"),
        (loss_of([], []), "X is empty"),
        (loss_of([1, 2], [1]), "expected a row of numbers"),
        (loss_of([[1]], [1], 0), "weight is 0"),
        (loss_of([[1]], None), "y is None"),
        (loss_of([[1]], [True]), "expected a number"),
        (flow_of([[1, 2]]), "layers has 1 row: expected at least 2"),
        (flow_of([[1], [2]]), "layers has rows of 1 numbers: expected 2"),
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
