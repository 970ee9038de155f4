"""The digits of a trajectory are those asked for: against longer runs, other integrators, and hard starts."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

import pytest
import sympy as sp
import trajectories
from flint import arb
from hypothesis import given
from mpmath import mp, mpf
from trajectories import DIGITS, EVERY, PARTS, allowed, columns, differences, exactly, figure, largest

from ddln_sym import GradientFlow, LogisticLoss, SquaredLoss, deep_diagonal, integrate_polynomial, two_sided
from ddln_sym.flows import coordinates, summary_of, systems
from ddln_sym.models import velocity
from ddln_sym.numerics import precision, rational, read_number
from ddln_sym.taylor import jets, programs
from ddln_sym.testing import SCALES, flows, horizon

more_digits = pytest.fixture(autouse=True)(trajectories.more_digits)


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
    with_gmpy2 = flow.integrate(1, DIGITS).layers(1)
    for module in (programs, coordinates, systems):
        monkeypatch.setattr(module, "integer", int)
    monkeypatch.setattr(coordinates, "isqrt", isqrt)
    monkeypatch.setattr(jets, "kernel", None)
    without = flow.integrate(1, DIGITS)
    assert without.layers(1) == with_gmpy2
    assert type(without.solution.steps[0].jets[0][-1]) is int


# -- what the flow stretches -------------------------------------------------------------------------
@pytest.mark.parametrize(("layers", "small", "full"), [(7, "1e-3", False), (6, "1e-2", True)])
def test_digits_survive_the_escape_from_a_saddle(layers, small, full):
    """Equal small layers: the flow waits for long, and errors grow by ``small^{1−L}``, with rounding in long steps."""
    start = Fraction(small)
    end = 1 / (2 * (layers - 2) * start ** (layers - 2)) + 1
    flow = GradientFlow(SquaredLoss([[1]], [1]), [[start]] * layers)
    run, long = flow.integrate(end, DIGITS, full=full), flow.integrate(end, 3 * DIGITS)
    times = [end, end - 1, end - Fraction(11, 10), end - 2, end * Fraction(9, 10)]
    sizes = [abs(long.layers(t)[0][0]) for t in times]
    assert min(sizes) < mpf("0.1") and max(sizes) > mpf("0.9")
    for t in times:
        assert differences(run.layers(t), long.layers(t)) <= allowed(largest(long, [t]))
    carried = run.solution.precision
    assert carried.extra + carried.slack > run.units.coordinates[0].extra, "started again with more bits"


@pytest.mark.parametrize("full", [False, True])
def test_digits_survive_decay(full):
    """``θ' = −4θ(θ + 1)`` from 1, so that ``θ = 1/(2e^{4t} − 1)``; digits are relative to the layers as they are."""
    trajectory = GradientFlow(SquaredLoss([[1]], [-1]), [[1], [1]]).integrate(25, DIGITS, full=full)
    for t in (1, 10, 25):
        theta = 1 / (2 * mp.exp(4 * t) - 1)
        assert abs(trajectory.theta(t)[0] - theta) <= allowed(mp.sqrt(theta), 2)


def test_digits_survive_a_chaotic_field():
    """The Lorenz system: errors grow by ``e^{0.9t}``, here a million times."""
    x, y, z = sp.symbols("x y z")
    field = [10 * (y - x), x * (28 - z) - y, x * y - sp.Rational(8, 3) * z]
    run, long = (integrate_polynomial(field, [x, y, z], [1, 1, 1], 15, digits) for digits in (20, 40))
    with mp.workdps(50):
        assert differences([run(15)], [long(15)]) <= allowed(mpf(50), digits=20)


@given(flows(EVERY, depths=(2, 6), dimensions=(1, 3), scales=SCALES))
def test_digits_of_any_start(flow):
    end = 16 * horizon(flow)
    run, long = flow.integrate(end, DIGITS), flow.integrate(end, DIGITS + 25)
    for t in (end * part for part in PARTS):
        for column, reference in zip(columns(run, t), columns(long, t), strict=True):
            assert differences([column], [reference]) <= allowed(max(map(abs, reference))) / 2


def test_a_step_where_everything_but_xi_is_at_rest():
    """The last coefficients are zero, so that the last one that is not noise sets the step; a power would be 0^0."""
    flow = GradientFlow(SquaredLoss([[1, 0], [0, 1]], [1, 2]), [[0, 0], [0, 0], [1, 0]])
    trajectory = flow.integrate(1000, DIGITS)
    assert trajectory.layers(1000) == trajectory.layers(0)
    assert trajectory.xi(1000) == (2000, 4000)
    assert trajectory.steps <= 10


@pytest.mark.parametrize("target", ["-1.5e-25", "1e-300", "3"])
@pytest.mark.parametrize("until", ["1", "2e24", "7e305"])
def test_where_nothing_moves_xi_is_the_slope_times_the_time(target, until):
    """Two layers of zeros: θ stays 0, and the slope may be far below the last bit that is carried."""
    flow = GradientFlow(SquaredLoss([["1.5"]], [target]), [["0"], ["0"]])
    exact = 2 * Fraction("1.5") * Fraction(target) * Fraction(until)
    for part in (Fraction(1), Fraction(1, 3)):
        (xi,) = flow.integrate(until, 12).xi(part * Fraction(until))
        assert abs(read_number(xi, "xi") - exact * part) <= Fraction(1, 10**12) * max(1, abs(exact))
        (ball,) = flow.enclose(until, 12).xi(part * Fraction(until))
        with precision(200):
            assert ball.overlaps(arb(rational(exact * part)))


@pytest.mark.parametrize("until", ["0", "0.5", "2", "5", "12", "100"])
@pytest.mark.parametrize("kind", ["layers", "model", "logistic"])
def test_every_digit_of_the_loss_that_is_printed_is_right(kind, until):
    """Near a minimum, where the loss is far smaller than what it is computed from, and at rest."""
    data = [[1, 2], [2, 1]]
    flow = {
        "layers": lambda: GradientFlow(SquaredLoss(data, [1, -1]), [["0.5", "0.3"], [1, 1]]),
        "model": lambda: GradientFlow(SquaredLoss([[1]], [2]), two_sided(1), [1, 0, 0, 1]),
        "logistic": lambda: GradientFlow(LogisticLoss(data, [1, 1]), [["0.5", "0.3"], [1, 1]]),
    }[kind]()
    found = summary_of(flow.integrate(until, 15))
    true = summary_of(flow.integrate(until, 150))
    error = abs(Fraction(found["loss"]) - Fraction(true["loss"])) - Fraction(true["loss_error"])
    assert error <= Fraction(found["loss_error"])
    assert Fraction(found["loss_error"]) <= max(Fraction(10) ** -13 * Fraction(found["loss"]), Fraction(10) ** -13)
    digits = found["loss"].partition("e")[0].replace(".", "").lstrip("0")
    assert kind == "logistic" or until != "100" or not digits
    assert not digits or Fraction(found["loss_error"]) < 50 * Fraction(found["loss"]) / 10 ** (len(digits) - 1)
