"""Plateaus until their end, and flows that slow down for ever, beside quadrature and steps in the time itself."""

from __future__ import annotations

from fractions import Fraction

import pytest
from mpmath import mp, mpf

from ddln_sym import GradientFlow, LogisticLoss, SquaredLoss
from ddln_sym.flows import gradient_flow
from ddln_sym.flows.escapes import Escapes
from ddln_sym.flows.systems import ReducedSystem
from ddln_sym.numerics import read_number
from ddln_sym.taylor import EscapingStep, Precision, Program, TaylorStep, shorten, solve


def time_of(layers, least, x, slope):
    """The time at which the least layer of a single coordinate is x, by quadrature of ``dx/|g(θ)|∏√(x² + Δ_k)``."""
    deltas = [u**2 - least**2 for k, u in enumerate(layers) if k != layers.index(least)]

    def rate(z):
        product = mp.mpf(1)
        for delta in deltas:
            product *= mp.sqrt(z * z + delta)
        return 1 / (product * slope(z * product))

    points = [least]
    while 3 * points[-1] < x:
        points.append(3 * points[-1])
    return mp.quad(rate, [*points, x])


SHAPES = {
    "three layers that tie": ["1", "1", "1"],
    "three layers": ["1", "1.5", "4"],
    "three layers, nearly tied": ["1", "1.00000001", "1.00000002"],
    "four layers": ["1", "1.2", "2", "2"],
    "six layers": ["1", "1.1", "1.1", "1.3", "2", "3"],
}


@pytest.mark.parametrize("digits", [6, 25])
@pytest.mark.parametrize("exponent", [-4, -12])
@pytest.mark.parametrize("name", SHAPES)
def test_the_end_of_a_plateau(name, exponent, digits):
    """Shortly before the escape, while it happens, and after it."""
    with mp.workdps(20 + digits + (len(SHAPES[name]) - 2) * -exponent):
        layers = [mpf(u) * mpf(10) ** exponent for u in SHAPES[name]]
        depth = len(layers)

        def slope(theta):
            return 2 * (2 - theta)

        size = mpf(3) ** (mpf(1) / depth)
        times = [time_of(layers, layers[0], layers[0] * 10, slope)]
        times += [time_of(layers, layers[0], size * k / 10, slope) for k in (1, 4, 7)]
        exact = [Fraction(int(t * mpf(10) ** 400), 10**400) for t in times]
        flow = GradientFlow(SquaredLoss([[1]], [2]), [[f"{u}e{exponent}"] for u in SHAPES[name]])
        run = flow.integrate(exact[-1], digits)
        assert run.steps < 140
        for t, time in zip(times, exact, strict=True):
            found = [row[0] for row in run.layers(time)]
            reached = time_of(layers, layers[0], found[0], slope)
            moved = (reached - t) * slope(mp.fprod(found)) * mp.fprod(found[1:])
            assert abs(moved) <= 2 * mpf(10) ** -digits * max(found)


COUPLED = {
    "two layers that slow down": (LogisticLoss([[1]], [1]), [[1], ["1.5"]], "1e40"),
    "three layers that slow down": (LogisticLoss([[1]], [1]), [["1e-8"], ["2e-8"], ["2e-8"]], "1e40"),
    "six layers that slow down": (LogisticLoss([[1]], [1]), [[u] for u in SHAPES["six layers"]], "1e40"),
    "two plateaus": (SquaredLoss([[1, 2]], [2]), [["1e-10", "-2e-10"], ["1e-10", "3e-10"], ["2e-10", "1e-10"]], "2e10"),
    "a layer of zeros": (SquaredLoss([[1, 2]], [2]), [[0, 0], ["1e-9", "3e-9"], ["2e-9", "1e-9"]], "1e10"),
    "layers of their own sizes": (
        SquaredLoss([[1, 2]], [2]),
        [["1e-9", "1e-12"], ["3e-9", "1"], ["1e-7", "1e-3"]],
        "1e9",
    ),
    "a rising loss": (SquaredLoss([[1]], [2], weight=-1), [["1e-8"], ["2e-8"], ["-1e-8"]], "1e7"),
    "data that can be separated": (
        LogisticLoss([[1, 2], [2, -1], [0, 1]], [1, 1, 1]),
        [["0.5", "-0.1"], [1, 2], ["0.3", "0.2"]],
        "1e25",
    ),
    "a plateau, and data that can be separated": (
        LogisticLoss([[1, 2], [2, 1]], [1, 1]),
        [["1e-12", "2e-12"], ["1e-12", "3e-12"], ["2e-12", "-1e-12"]],
        "1e30",
    ),
}


@pytest.mark.parametrize("name", COUPLED)
def test_the_same_digits_as_in_steps_of_the_time(name, monkeypatch):
    loss, layers, until = COUPLED[name]
    end, digits = read_number(until, "until"), 20
    short = GradientFlow(loss, layers).integrate(until, digits)

    def plainly(*arguments, **options):
        return solve(*arguments, **{**options, "escape": None})

    monkeypatch.setattr(gradient_flow, "solve", plainly)
    long = GradientFlow(loss, layers).integrate(until, digits)
    assert any(isinstance(step, EscapingStep) for step in short.solution.steps)
    assert not any(isinstance(step, EscapingStep) for step in long.solution.steps)
    for time in [end * k / 20 for k in range(21)] + [end / 10**k for k in range(2, 20)]:
        for got, true in zip(zip(*short.layers(time), strict=True), zip(*long.layers(time), strict=True), strict=True):
            for value, u in zip(got, true, strict=True):
                assert abs(value - u) <= 2 * mpf(10) ** -digits * max(map(abs, true))
        for value, u in zip(short.xi(time), long.xi(time), strict=True):
            assert abs(value - u) <= 4 * mpf(10) ** -digits * max(1, abs(u))


# -- steps -----------------------------------------------------------------------------------------
class Known:
    """Solutions of ``x' = c·x²``, ``x(0) = 1``, whose singularity at 1/c is known."""

    def __init__(self, factor, late):
        self.program, self.factor, self.left = Program(3), factor, None
        self.program.derivative(0, self.program.product(1, self.program.product(0, 0)), factor)
        self.program.derivative(1, self.program.product(1, 2), -1)
        self.program.derivative(2, self.program.total({}))
        self.late = late

    def arrive(self, step, length, state):
        left = shorten(abs(Fraction(1, self.factor) - step.begin - length) * self.late, bits=64)
        self.left = left if self.factor > 0 else -left
        return state


@pytest.mark.parametrize("late", [1, 1 + Fraction(1, 10**9), Fraction(2, 3)])
@pytest.mark.parametrize("factor", [1, -1])
def test_solutions_by_their_singularity(factor, late):
    """However well the singularity is known, the digits are right; known well, few steps are taken."""
    plain, known = Program(1), Known(factor, late)
    plain.derivative(0, plain.product(0, 0), factor)
    end = 1 - Fraction(1, 2**60) if factor > 0 else Fraction(2**60)
    precision_ = Precision(20, extra=120, slack=62)
    found = solve(plain, [Fraction(1)], end, precision_, known.arrive, escape=known)
    beside = solve(plain, [Fraction(1)], end, precision_)
    for t in (Fraction(1, 3), end / 2, end - end / 1000, end):
        exact = 1 / (1 - factor * t)
        for solution in (found, beside):
            assert abs(Fraction(int(solution.at(t)[0]), 2**precision_.bits) - exact) <= exact / 10**19
    assert len(found.at(end)) == 1
    if late == 1:
        assert found.count < beside.count / 4


@pytest.mark.parametrize("left", [Fraction(3), Fraction(-3)])
def test_a_step_knows_its_time(left):
    """``after`` and ``at`` are inverse: the length of a part is reached at that part, or just before it."""
    one = 1 << 200
    program = Program(3)
    program.derivative(0, program.total({}, Fraction(1)))  # x = σ
    program.derivative(1, program.product(1, 2), -1)
    program.derivative(2, program.total({}))
    jets = program.prepare(200).jets([0, one, one * left.denominator // left.numerator], Fraction(2), 40)
    step = EscapingStep(Fraction(5), Fraction(2), jets, left)
    for part in (Fraction(1), Fraction(1, 3), Fraction(1, 2**30)):
        sigma = Fraction(int(step.at(5 + step.after(part), 200)[0]), one)
        assert 2 * part * (1 - Fraction(1, 2**16)) - Fraction(1, 2**18) <= sigma <= 2 * part
    length = step.after(Fraction(1, 2))
    with mp.workdps(30):
        gone = abs(mp.log1p(-mpf(length.numerator) / length.denominator / 3 * (1 if left > 0 else -1)))
        assert abs(step.gain(length) / gone - 1) < 1e-9
        assert abs(step.spread(length) - mp.log(max(float(length), 3 * gone), 2)) < 1e-9
    tiny = length / 2**300
    assert abs(step.gain(tiny) / (float(length) / 3 * 2.0**-300) - 1) < 1e-9


@pytest.mark.parametrize("shape", ["three layers that tie", "three layers", "six layers"])
def test_the_time_to_an_escape(shape):
    """Under a slope of 1/2, at once: ``∫_x^∞ dz/∏√(z² + Δ_k)`` twice."""
    layers = [Fraction(u) / 10**6 for u in SHAPES[shape]]
    flow = GradientFlow(SquaredLoss([[1]], [2]), [[u] for u in layers])
    system, bits = ReducedSystem(flow.loss, flow.coordinates), 300
    with mp.workdps(40):
        least = mpf(1) / 10**6
        values = [mpf(u.numerator) / u.denominator for u in layers]
        deltas = [u**2 - least**2 for u in values[1:]]
        points = [least * 10**k for k in range(25)] + [mp.inf]
        true = 2 * mp.quad(lambda z: 1 / mp.fprod(mp.sqrt(z**2 + delta) for delta in deltas), points)
        length = Fraction(int(true / 4))
        column = [int(u * 2**bits) for u in layers]
        escapes = Escapes(system, bits, 10 * length)
        step = TaylorStep(Fraction(0), length, None)
        sizes = {0: flow.coordinates[0].size(column, bits)}
        for way, known in ((length / 2, True), (-length / 2, False), (Fraction(0), False)):
            escapes.look(step, length, [column], sizes, [int(way * 2**bits)])
            if known:
                assert abs(mpf(escapes.left.numerator) / escapes.left.denominator / true - 1) < 1e-25
            else:
                assert escapes.left is None
