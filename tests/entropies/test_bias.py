"""The implicit bias: the limit of the flow minimizes the entropy among the interpolators."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from random import Random

import mpmath
import pytest
import sympy as sp
from flint import arb, fmpq, fmpq_mat
from mpmath import mpf

import ddln_sym as dd
from ddln_sym.entropies import bias, implicit_bias
from ddln_sym.entropies.kkt import enclose_minimizer
from ddln_sym.entropies.layered import LayerEntropy
from ddln_sym.numerics import precision, rational

DATA, TARGET = [[1, 2, -1], [0, 1, 3]], [2, Fraction(1, 2)]


def start(depth):
    return [[Fraction((-1) ** (i * j) * (j + 2 + i), 5) for i in range(3)] for j in range(depth)]


def drawn(depth, rows=2, dimension=4):
    """A random problem with fewer equations than unknowns, and layers with one that is zero."""
    draw = Random(100 + depth)

    def entries(count):
        return [Fraction(draw.randint(-150, 150), 100) for _ in range(count)]

    layers = [entries(dimension) for _ in range(depth)]
    layers[draw.randrange(depth)][0] = Fraction(0)
    return [entries(dimension) for _ in range(rows)], entries(rows), layers


class BySlopes:
    """``Q`` of one coordinate from its definition: x(θ) by bisection, ξ by mpmath's quadrature, M from the layers."""

    def __init__(self, column):
        column = sorted(column, key=abs)
        self.start, *others = (mpf(v.numerator) / v.denominator for v in column)
        self.gaps = [v**2 - self.start**2 for v in others]
        self.sign = mpmath.sign(mpmath.fprod(others))

    def product(self, z):
        return mpmath.sqrt(mpmath.fprod(z * z + gap for gap in self.gaps))

    def at(self, theta):
        """``Q, Q', Q''`` at θ."""
        low, high = -(1 + abs(theta) / self.product(0)), 1 + abs(theta) / self.product(0)
        for _ in range(mpmath.mp.prec + 10):
            middle = (low + high) / 2
            low, high = (low, middle) if middle * self.product(middle) > self.sign * theta else (middle, high)
        ends = [self.start, *([mpf(0)] if self.start * low < 0 else []), low]
        xi = self.sign * mpmath.quad(lambda z: 1 / self.product(z), ends)
        squares = [low**2, *(low**2 + gap for gap in self.gaps)]
        metric = sum(mpmath.fprod(v for k, v in enumerate(squares) if k != j) for j in range(len(squares)))
        return theta * xi - (low**2 - self.start**2) / 2, xi, 1 / metric


@cache
def by_null_space(depth):
    """Newton's method on ``z ↦ Q(θ_0 + Nz)``, the columns of N spanning the kernel of X, at 30 digits."""
    with mpmath.workdps(30):
        return _by_null_space(*drawn(depth))


def _by_null_space(data, target, layers):
    x, y = (
        mpmath.matrix([[mpf(v.numerator) / v.denominator for v in row] for row in rows]) for rows in (data, [target])
    )
    rows, size = x.rows, x.cols
    inverse = x[:, :rows] ** -1
    kernel = mpmath.zeros(size, size - rows)
    kernel[:rows, :] = -inverse * x[:, rows:]
    kernel[rows:, :] = mpmath.eye(size - rows)
    theta = mpmath.matrix([*(inverse * y.T), *[0] * (size - rows)])
    coordinates = [BySlopes(column) for column in zip(*layers, strict=True)]

    def at(theta):
        found = [c.at(t) for c, t in zip(coordinates, theta, strict=True)]
        return sum(q for q, _, _ in found), mpmath.matrix([g for _, g, _ in found]), mpmath.diag([h for *_, h in found])

    value, slope, curvature = at(theta)
    for _ in range(100):
        step = kernel * mpmath.lu_solve(kernel.T * curvature * kernel, -kernel.T * slope)
        size, promise = mpf(1), -(slope.T * step)[0]
        if promise < mpmath.eps ** mpf("1.5"):
            return theta + step
        while True:
            moved, *rest = at(theta + size * step)
            if moved <= value - size * promise / 4 + mpmath.eps * 100:
                break
            size /= 2
        theta, (value, slope, curvature) = theta + size * step, (moved, *rest)
    raise AssertionError("Newton's method did not converge")


@pytest.mark.parametrize("depth", range(2, 9))
def test_the_limit_of_the_flow_and_an_independent_minimizer(depth):
    data, target, layers = drawn(depth)
    found = dd.implicit_bias(data, target, layers, digits=25)
    trajectory = dd.GradientFlow(dd.SquaredLoss(data, target), layers).converge("1e-52", digits=36, longest=10**6)
    with mpmath.workdps(30):
        limit, minimizer = trajectory.theta(trajectory.until), by_null_space(depth)
        size = max(map(abs, found.theta))
        assert max(abs(a - b) for a, b in zip(found.theta, limit, strict=True)) < mpf(10) ** -22 * size
        assert max(abs(a - b) for a, b in zip(found.theta, minimizer, strict=True)) < mpf(10) ** -22 * size


@pytest.mark.parametrize("depth", [3, 4, 5])
def test_a_certified_minimizer(depth):
    """The balls meet the balls of more digits, solve the equations, and contain a minimizer found in another way."""
    data, target, layers = drawn(depth)
    found, closer = (dd.implicit_bias(data, target, layers, digits, certified=True) for digits in (12, 40))
    for ball, small in zip(found.theta + found.multipliers, closer.theta + closer.multipliers, strict=True):
        assert ball.contains(small)
    with precision(200):
        assert all(ball.rad() <= arb(10) ** -40 * max(map(abs, closer.theta)) for ball in closer.theta)
        for row, goal in zip(data, target, strict=True):
            assert sum(rational(v) * t for v, t in zip(row, closer.theta, strict=True)).contains(rational(goal))
        for ball, value in zip(found.theta, by_null_space(depth), strict=True):
            assert ball.contains(arb(rational(value)))


def test_a_certificate_where_one_coordinate_carries_all():
    """From small layers the metric of the other coordinates is some 10^−40 of that of the first."""
    data, target = [["0.9", "-0.5", "0.5"], ["0.2", 2, "-1.4"]], ["-0.9", "-0.2"]  # θ = (−1, 0, 0) solves it
    layers = dd.scaled([["0.4", 2, "1.2"], ["1.2", "-1.3", "-0.6"], [-1, "-1.8", "-0.1"], [1, "1.4", "1.5"]], "1e-5")
    found = dd.implicit_bias(data, target, layers, digits=25, certified=True)
    with precision(300):
        for row, goal in zip(data, target, strict=True):
            assert sum(rational(v) * t for v, t in zip(row, found.theta, strict=True)).contains(rational(goal))
        assert abs(found.theta[0] + 1) < arb("1e-15")
        assert all(0 < abs(t) < arb("1e-15") and t.rad() < arb("1e-25") for t in found.theta[1:])


def test_a_certificate_is_not_given_away():
    """A guess that is off by a little is mended; outside the range, or with dependent rows, there is no ball."""
    coordinate = LayerEntropy([fmpq(0), fmpq(1), fmpq(2)])
    rows, goal = [[fmpq(1)]], [fmpq(3)]
    (theta,), (nu,) = enclose_minimizer([coordinate], rows, goal, [fmpq(5, 12)], 20)
    assert theta.contains(3)
    assert nu.overlaps(dd.entropy([0, 1, 2]).gradient(3, digits=40, certified=True)[0])
    with pytest.raises(ArithmeticError, match="could not be enclosed"):
        enclose_minimizer([coordinate], rows, goal, [fmpq(100)], 20)
    with pytest.raises(ArithmeticError, match="could not be enclosed"):
        enclose_minimizer([coordinate] * 2, [[fmpq(1)] * 2] * 2, [fmpq(1)] * 2, [fmpq(0)] * 2, 20)


TWO = [[0, 0], [1, 2]]  # θ_i = Δ_i·sinh(2ξ_i)/2 with Δ = (1, 4): for small y it is proportional to Δ


@pytest.mark.parametrize(
    ("data", "target", "layers", "expected"),
    [
        ([["1e-15", "1e-15"]], ["2e-15"], TWO, ["0.4", "1.6"]),
        ([["1e-300", "1e-300"]], ["2e-300"], TWO, ["0.4", "1.6"]),
        ([[1, 1]], ["1e-40"], TWO, ["2e-41", "8e-41"]),
        ([["1e20", "1e20"]], ["1e-200"], TWO, ["2e-221", "8e-221"]),
        ([[1, 1]], ["1e-50"], [[1, 1], [1, 1]], ["5e-51", "5e-51"]),
        ([[1, 1]], ["1e-60"], [[1, 1]] * 3, ["5e-61", "5e-61"]),
        ([[1, 1]], ["1e60"], [[1, 1]] * 5, ["5e59", "5e59"]),
        ([[1, -1]], ["1e60"], [["1e-9"] * 2, ["1e-9", "-1e-9"]], None),
        ([[1, 2]], [0], [[0, 0], [1, 1], [1, 1]], ["0", "0"]),
        ([[1, 1]], [0], [[1, 1], [2, 2]], ["0", "0"]),
        ([[1, 1]], [0], [[1, 1], [-2, 2]], ["-2", "2"]),
    ],
)
def test_no_scale_is_special(data, target, layers, expected):
    found = dd.implicit_bias(data, target, layers, digits=15)
    with mpmath.workdps(40):
        residual = sum(mpf(x) * t for x, t in zip(data[0], found.theta, strict=True)) - mpf(target[0])
        assert abs(residual) <= mpf(10) ** -14 * max(abs(mpf(x) * t) for x, t in zip(data[0], found.theta, strict=True))
        if expected:
            size = max(abs(mpf(x)) for x in expected)
            assert max(abs(t - mpf(x)) for t, x in zip(found.theta, expected, strict=True)) <= mpf("1e-14") * size


@pytest.mark.parametrize("factor", ["1e-80", "1e-12", "1e55"])
def test_the_scale_of_the_equations_is_of_no_account(factor):
    data, target, layers = drawn(4)
    expected = dd.implicit_bias(data, target, layers, digits=20)
    scale = Fraction(factor)
    found = dd.implicit_bias([[scale * v for v in row] for row in data], [scale * v for v in target], layers, digits=20)
    with mpmath.workdps(30):
        assert max(abs(a - b) for a, b in zip(found.theta, expected.theta, strict=True)) < mpf("1e-19")
        for a, b in zip(found.multipliers, expected.multipliers, strict=True):
            assert abs(a * mpf(factor) - b) < mpf("1e-18") * abs(b)


@pytest.mark.parametrize("size", [4, 9])
def test_hilbert_matrices_have_independent_rows(size):
    """Square ones have one interpolator, found by elimination; with two more columns the equations must hold."""
    data = [[Fraction(1, i + j + 1) for j in range(size)] for i in range(size)]
    layers = [[Fraction(1 + j, 3) for j in range(size)], [Fraction(2 + j, 2) for j in range(size)]]
    found = dd.implicit_bias(data, [1] * size, layers, digits=25)
    expected = fmpq_mat([list(map(rational, row)) for row in data]).solve(fmpq_mat(size, 1, [1] * size))
    largest = max(abs(v) for v in expected.entries())
    for value, truth in zip(found.theta, expected.entries(), strict=True):
        assert abs(rational(value) - truth) <= largest * fmpq(1, 10**25)
    wide = [[Fraction(1, i + j + 1) for j in range(size + 2)] for i in range(size)]
    layers = [[Fraction(1 + j, 3) for j in range(size + 2)], [Fraction(2 + j, 2) for j in range(size + 2)]]
    balls = dd.implicit_bias(wide, [1] * size, layers, digits=25, certified=True)
    with precision(400):
        for row in wide:
            assert sum(rational(v) * t for v, t in zip(row, balls.theta, strict=True)).contains(1)
        slope = dd.entropy(layers).gradient([rational(t.mid()) for t in balls.theta], digits=25)
        for n, value in enumerate(slope):
            dual = sum(rational(row[n]) * v for row, v in zip(wide, balls.multipliers, strict=True))
            assert abs(dual - rational(value)) < arb("1e-18") * abs(dual)


@pytest.mark.parametrize("depth", range(2, 9))
def test_the_conditions_of_a_minimizer(depth):
    found = dd.implicit_bias(DATA, TARGET, start(depth), digits=40)
    with mpmath.workdps(45):
        theta, nu = mpmath.matrix(found.theta), mpmath.matrix(found.multipliers)
        x = mpmath.matrix(DATA)
        assert mpmath.norm(x * theta - mpmath.matrix([2, mpf(1) / 2])) < mpf(10) ** -38
        gradient = mpmath.matrix(found.entropy.gradient(list(theta), digits=45))
        assert mpmath.norm(gradient - x.T * nu) < mpf(10) ** -37 * (1 + mpmath.norm(gradient))


@pytest.mark.parametrize(
    ("problem", "part"),
    [
        (([[1, 1], [2, 2]], [1, 2], [[1, 2], [2, 3]]), "linearly dependent"),
        (([[1, 1], [2, 2]], [1, 3], [[1, 2], [2, 3]]), "no θ solves Xθ = y: row 2 of X is a combination"),
        (([[1, 1]], [-5], [[1, 1], [1, 1]]), "no interpolator lies in the domain of Q"),
        (([[1, 1]], [-5], [[1, 1], [1, 1], [1, 1]]), "no θ with Xθ = y has θ_1 > 0, θ_2 > 0"),
        (([[1, 1]], ["-1e-50"], [[1, 1], [1, 1]]), "no interpolator lies in the domain of Q"),
        (([[1, 0]], [0], [[1, 1], [1, 2]]), "no θ with Xθ = y has θ_1 > 0"),
        (([[1]], [1], [[1, 1], [1, 2]]), "needs 2 numbers"),
        (([[1, 1]], [1, 2], [[1, 2], [2, 3]]), "X has 1 row and y has 2"),
        (([["x", 1]], [1], [[1, 2], [2, 3]]), "entry 1 of row 1 of X is 'x'"),
        (([[1, float("nan")]], [1], [[1, 2], [2, 3]]), "entry 2 of row 1 of X is nan: every entry must be finite"),
        ((3, [1], [[1, 2], [2, 3]]), "X is 3"),
        (([], [], [[1, 2], [2, 3]]), "X is empty"),
        (([[1, 2], [1]], [1, 1], [[1, 2], [2, 3]]), "row 2 of X has 1 entry"),
        (([[1, 2]], ["inf"], [[1, 2], [2, 3]]), "y_1 is inf"),
        (([[1, 2]], [1], [[1, 2], [2, 3]], 0), "digits is 0"),
        (([[1, 2]], [1], [[1, 0], [2, 0]]), "coordinate 2 is frozen: layers 1 and 2 are both zero"),
        (([[1, 1], [2, 2]], [1, 2], [[1, 2], [2, 3]], 20, True), "linearly dependent"),
    ],
)
def test_mistakes(problem, part):
    with pytest.raises(ValueError) as caught:
        dd.implicit_bias(*problem)
    assert part in str(caught.value)


# -- many rows -----------------------------------------------------------------------------------------
def many(seed: int, rows: int = 22, dimension: int = 40):
    random = Random(seed)
    data = [[random.gauss(0, 1) for _ in range(dimension)] for _ in range(rows)]
    layers = [[0] * dimension, *([random.uniform(0.5, 1.5) for _ in range(dimension)] for _ in range(2))]
    return data, [random.gauss(0, 1) for _ in range(rows)], layers


def test_many_rows_are_brought_near_to_echelon_form(monkeypatch):
    """The minimizer is the same as from the exact form."""
    data, target, layers = many(1)
    near = implicit_bias(data, target, layers, digits=20, certified=True)
    assert max(abs(v.q) for row in bias._reduce(*exactly(data, target))[0] for v in row) < 2**300
    monkeypatch.setattr(bias, "MANY", 1000)
    exact = implicit_bias(data, target, layers, digits=20, certified=True)
    for one, other in zip((*near.theta, *near.multipliers), (*exact.theta, *exact.multipliers), strict=True):
        assert one.overlaps(other)


def exactly(data, target):
    return [[rational(v) for v in row] for row in data], [rational(v) for v in target]


def test_many_dependent_rows():
    data, target, layers = many(2)
    data = [[Fraction(v) for v in row] for row in data]
    data[7] = [2 * a - b for a, b in zip(data[3], data[5], strict=True)]
    with pytest.raises(ValueError, match="row 8 of X is a combination of the rows before it"):
        implicit_bias(data, target, layers)


def test_many_rows_that_are_nearly_dependent():
    """The block is not invertible in balls of few bits: the exact form serves."""
    data, target, _ = many(3)
    data = [[Fraction(v) for v in row] for row in data]
    target = [Fraction(v) for v in target]
    tiny = Fraction(1, 2**400)
    data[7] = [2 * a - b + (tiny if n == 9 else 0) for n, (a, b) in enumerate(zip(data[3], data[5], strict=True))]
    assert bias._nearly_inverse(fmpq_mat(exactly(data, target)[0])) is None
    assert bias._reduce(*exactly(data, target))[0][0][0] == 1


@pytest.mark.parametrize("depth", [12, 40])
def test_many_layers(depth):
    """Zero and L − 1 ones: dξ/dx = (1 + x²)^{−(L−1)/2}, so along X = (1, 1) equal coordinates share y evenly."""
    layers = [["0", "0"], *[["1", "1"]] * (depth - 1)]
    found = implicit_bias([[1, 1]], ["0.5"], layers, digits=20, certified=True)
    assert all(theta.overlaps(arb(1) / 4) for theta in found.theta)
    x = mpmath.findroot(lambda x: x * (1 + x * x) ** ((depth - 1) / 2) - 0.25, 0.1)
    xi = mpmath.quad(lambda z: (1 + z * z) ** (-(depth - 1) / 2), [0, x])
    assert float(found.multipliers[0].mid()) == pytest.approx(float(xi), rel=1e-12)


# -- any commuting parametrization ---------------------------------------------------------------------------
A, B = sp.symbols("a b", real=True)
SQUARES = dd.Parametrization((A**2 + B**2, 2 * A * B), (A, B))


@pytest.mark.parametrize(
    ("net", "begin"),
    [
        (SQUARES, [1, "1/2"]),
        (dd.two_sided(2), ["0.1", "0.2", "0.1", "0.1", "0.3", "0.1", "0.1", "0.2"]),
        (dd.difference(3, 2), ["0.3", "0.5", "0.4", "0.2"]),
    ],
    ids=["squares", "two sides", "difference"],
)
def test_the_flow_of_any_model_ends_there(net, begin):
    found = implicit_bias([[1, 2]], [3], net, begin, digits=20)
    flow = dd.GradientFlow(dd.SquaredLoss([[1, 2]], [3]), net, begin)
    assert found.theta == pytest.approx(flow.integrate(until=60, digits=25, dense=False).theta(60), rel=1e-15)
    assert sum(a * t for a, t in zip((1, 2), found.theta, strict=True)) == pytest.approx(3, rel=1e-17)


def test_many_digits_whatever_the_precision_of_others():
    found = implicit_bias([[1, 2]], [3], SQUARES, [1, "1/2"], digits=60)
    with mpmath.workdps(5):
        assert implicit_bias([[1, 2]], [3], SQUARES, [1, "1/2"], digits=60).theta == found.theta
    with mpmath.workdps(70):
        flow = dd.GradientFlow(dd.SquaredLoss([[1, 2]], [3]), SQUARES, [1, "1/2"])
        end = flow.integrate(until=40, digits=65, dense=False).theta(40)
        assert all(abs(a - b) < mpf(10) ** -55 for a, b in zip(found.theta, end, strict=True))


def test_multipliers_are_those_of_the_rows_as_given():
    found = implicit_bias([[2, 4]], [6], SQUARES, [1, "1/2"], digits=20)
    plain = implicit_bias([[1, 2]], [3], SQUARES, [1, "1/2"], digits=20)
    assert found.theta == plain.theta
    assert 2 * found.multipliers[0] == pytest.approx(plain.multipliers[0], rel=1e-15)
    reached = found.entropy.conjugate_gradient([2 * found.multipliers[0], 4 * found.multipliers[0]], 20)
    assert reached == pytest.approx(found.theta, rel=1e-15)


def test_a_model_by_coordinates_has_balls():
    balls = implicit_bias([[1, 2]], [1], dd.redundant(3, 2), ["0.5", "0.5"], digits=20, certified=True).theta
    assert (balls[0] + 2 * balls[1]).overlaps(arb(1)) and all(b.rad() < arb("1e-20") for b in balls)


#: ``p³ ± q³`` for ``p, q = a ± b``: commuting, of degree 3, and ξ has ends.
CUBES = dd.Parametrization((2 * A**3 + 6 * A * B**2, 6 * A**2 * B + 2 * B**3), (A, B))


@pytest.mark.parametrize(
    ("net", "begin", "data", "target", "late"),
    [
        (SQUARES, [1, "1/2"], [[1, 2]], [3], 4),
        (CUBES, [1, "1/2"], [[1, 2]], [30], 1),
        (SQUARES, [2, 1], [[1, 1], [0, 1]], [5, 2], 18),
    ],
    ids=["squares", "cubes", "as many rows as columns"],
)
def test_balls_where_only_the_conjugate_is_known(net, begin, data, target, late):
    """Against the enclosed flow, at a time after which nothing moves in so many digits."""
    found = implicit_bias(data, target, net, begin, digits=18, certified=True)
    flow = dd.GradientFlow(dd.SquaredLoss(data, target), net, begin)
    end = flow.enclose(until=late, digits=22).theta(late)
    assert all(
        b.rad() < arb("1e-16") and (b + arb(0, "1e-18")).overlaps(e) for b, e in zip(found.theta, end, strict=True)
    )
    with precision(200):  # θ_1 ± θ_2 is p², or 2p³, for p = a ± b, which follows an equation of its own
        multiplied = [[arb(x) * n for x in row] for row, n in zip(data, found.multipliers, strict=True)]
        xi = [sum(column, arb(0)) for column in zip(*multiplied, strict=True)]
        for sign in (1, -1):
            p, time = arb(rational(begin[0]) + sign * rational(begin[1])), xi[0] + sign * xi[1]
            wanted = p**2 * (4 * time).exp() if net is SQUARES else 2 / (1 / p - 6 * time) ** 3
            value = found.theta[0] + sign * found.theta[1]
            assert wanted.overlaps(value) and not wanted.overlaps(value + arb("1e-15"))


def test_digits_without_a_name_stay_digits():
    problem = [[1, 1]], [2], [[0, 0], [1, 2]]
    assert implicit_bias(*problem, 12).theta == implicit_bias(*problem, digits=12).theta


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: implicit_bias([[1, 2]], [3], SQUARES), "start is missing: expected 2 numbers"),
        (lambda: implicit_bias([[1, 2, 3]], [3], SQUARES, [1, 2]), "every row of X needs 2 numbers, as θ does"),
        (lambda: implicit_bias([[1, 2]], [3], dd.shallow_linear(1, 2), [1, 1, 1]), "G does not commute"),
        (lambda: implicit_bias([[1, 2]], [3], [[1, 1], [1, 2]], [1, 2]), "start is given with layers"),
    ],
)
def test_a_model_that_does_not_fit(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_target_that_no_value_of_the_model_has():
    """``a² + b²`` is never negative."""
    with pytest.raises(ArithmeticError, match="no interpolator is a value of the mirror map"):
        implicit_bias([[1, 0]], [-3], SQUARES, [1, "1/2"], digits=10)


@pytest.mark.parametrize("layers", [[["0.5", "1.2"], ["1.5", "-0.8"], [0, "0.5"]], [[0, 0], [1, 2]]])
def test_a_multiplier_that_is_zero(layers):
    """X is invertible, and the one interpolator is θ = (0, 3), with ξ = 0 in a coordinate that starts at 0."""
    found = implicit_bias([["0.1", "1.2"], ["-1.6", "-0.6"]], ["3.6", "-1.8"], layers, digits=20)
    assert found.theta[0] == 0 and found.theta[1] == 3
    balls = implicit_bias([["0.1", "1.2"], ["-1.6", "-0.6"]], ["3.6", "-1.8"], layers, digits=20, certified=True)
    assert balls.theta[0].contains(0) and balls.theta[1].contains(3) and balls.theta[0].rad() < 1e-19


FAR_BOXES = {
    "ties beside eight tiny layers": (
        [[1, 2]],
        [2],
        [[f"1.{k % 7}e-5", f"0.9{k % 5}e-5"] for k in range(8)],
        ("2", "0"),
    ),
    "one multiplier found long before the others": (
        [[2, 3, 2], [-2, 1, 0], [3, -1, -3]],
        [-1, -2, 1],
        [["-2e3", "-2e3", "-1e3"], ["-1e3", "0", "-1e3"]],
        ("0.5", "-1", "0.5"),
    ),
    "three layers tie, and θ is tiny": (
        [[1, -2, -2], [1, 3, 3], [-2, -1, 3]],
        ["-1e-6", "4e-6", "-3e-6"],
        [
            ["-0.7", "-0.8", "1.2"],
            ["-0.5", "-0.8", "-0.5"],
            ["-0.7", "0.8", "1.2"],
            ["-0.5", "0.8", "0.8"],
            ["0.8", "1.2", "1.2"],
            ["0.8", "-0.5", "1.2"],
            ["-0.5", "-0.8", "-0.7"],
            ["-0.7", "-0.7", "0.8"],
        ],
        ("1e-6", "1e-6", "0"),
    ),
    "as many rows as columns, from twelve layers of 1e-20": (
        [[2, 1], [1, -1]],
        [3, 3],
        [[f"{12 + k}e-21", f"{31 - 2 * k}e-21"] for k in range(12)],
        ("2", "-1"),
    ),
    "one row, one column": ([[-1]], [-2], [[f"{12 + k % 3}e-21"] for k in range(12)], ("2",)),
}


@pytest.mark.parametrize("name", FAR_BOXES)
def test_a_minimizer_far_from_the_start_of_the_search(name):
    """Where one multiplier has converged and another goes on, more bits are not what is missing."""
    data, target, layers, expected = FAR_BOXES[name]
    found = implicit_bias(data, target, layers, digits=15)
    with mpmath.workdps(40):
        size = max(abs(mpf(t)) for t in expected)
        assert all(abs(t - mpf(e)) < size * mpf("1e-14") for t, e in zip(found.theta, expected, strict=True))


def test_an_entry_that_no_fraction_holds_ends_no_process():
    """θ_2 is about 10^(−4417147326439): the logarithm of what no memory holds."""
    found = implicit_bias([[1, -1]], [1], [["1e-10", 1000], ["2e-10", 20], ["3e-10", 20]], digits=10)
    assert found.theta[0] == 1 and 0 < found.theta[1] < mpf("1e-1000000")
