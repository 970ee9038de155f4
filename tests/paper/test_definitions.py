"""Every definition against an independent one: difference quotients, numerical flows, brute force."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import prod

import mpmath
import numpy as np
import pytest
import sympy as sp

from ddln_sym.models import (
    LayerFlow,
    OrderedFlow,
    Parametrization,
    deep_diagonal,
    difference,
    matrix_factorization,
    redundant,
    shallow_linear,
    velocity,
)
from ddln_sym.models.layer_flow import lie_derivative, metric
from ddln_sym.statements import Domain

SIZES = [(2, 1), (2, 3), (3, 2), (4, 1)]
x, y, z = sp.symbols("x y z", real=True)
NETS = {
    "deep diagonal": deep_diagonal(3, 2),
    "redundant": redundant(4, 2),
    "difference": difference(3, 2),
    "matrix factorization": matrix_factorization(2, 2),
    "shallow linear": shallow_linear(2, 2),
    "not homogeneous": Parametrization((x**3 * y - z, x * y * z + 7 * y**2), (x, y, z)),
}


def numbers(count):
    """Rational numbers of both signs that have nothing to do with each other."""
    return [Fraction(7 * n % 11 - 5, n % 3 + 2) or Fraction(1, 7) for n in range(3, count + 3)]


def rational(value):
    return sp.Rational(value.numerator, value.denominator)


def at(expr, symbols, values):
    return expr.xreplace(dict(zip(symbols, map(rational, values), strict=True)))


def squared_loss(theta):
    """A loss that couples the coordinates: the sum of squares of all prefix sums, shifted."""
    sums = [sum(theta[: n + 1]) - n - 1 for n in range(len(theta))]
    return sum(s**2 for s in sums)


def squared_loss_gradient(theta):
    symbols = sp.symbols(f"theta1:{len(theta) + 1}")
    slopes = [sp.diff(squared_loss(symbols), s) for s in symbols]
    return [slope.xreplace(dict(zip(symbols, theta, strict=True))) for slope in slopes]


# -- the flow -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("depth", "dimension"), SIZES)
def test_velocity_is_minus_the_gradient_of_the_loss_of_the_products(depth, dimension):
    net = deep_diagonal(depth, dimension)
    w = net.variables
    products = [sp.Mul(*w[i * depth : (i + 1) * depth]) for i in range(dimension)]
    for moved, variable in zip(velocity(net, squared_loss_gradient), w, strict=True):
        assert sp.expand(moved + sp.diff(squared_loss(products), variable)) == 0


@pytest.mark.parametrize(("depth", "dimension"), SIZES)
def test_velocity_against_central_differences(depth, dimension):
    """The loss is quadratic in each parameter, so a central difference is exact, whatever its step."""
    net = deep_diagonal(depth, dimension)
    point, step = numbers(depth * dimension), Fraction(1, 3)

    def loss(w):
        return squared_loss([prod(w[i * depth : (i + 1) * depth]) for i in range(dimension)])

    for n, moved in enumerate(velocity(net, squared_loss_gradient)):
        up, down = ([*point[:n], point[n] + h, *point[n + 1 :]] for h in (step, -step))
        assert at(moved, net.variables, point) == -rational((loss(up) - loss(down)) / (2 * step))


@pytest.mark.parametrize("depth", range(2, 7))
def test_rates_of_the_layers_are_those_of_a_loss_of_their_product(depth):
    flow, loss, t = LayerFlow(depth), sp.Function("Loss"), sp.Symbol("t")
    plain = sp.symbols(f"u1:{depth + 1}", real=True)
    names = {flow.layer(k): plain[k - 1] for k in range(1, depth + 1)}
    assert [rule.quantity for rule in flow.setting.rates] == list(names)
    for rule, u in zip(flow.setting.rates, plain, strict=True):
        slope = sp.diff(loss(sp.Mul(*plain)), u).replace(lambda e: isinstance(e, sp.Subs), lambda e: loss(t).diff(t))
        assert rule.value.xreplace(names) == sp.expand(-slope.xreplace({loss(t).diff(t): flow.slope}))


@pytest.mark.parametrize("depth", range(2, 7))
def test_quantities_of_a_layer_flow(depth):
    flow, now, start = LayerFlow(depth), numbers(depth), numbers(2 * depth)[depth:]
    values = {flow.layer(k): rational(now[k - 1]) for k in range(1, depth + 1)}
    values |= {flow.initial(k): rational(start[k - 1]) for k in range(1, depth + 1)}
    rest = [prod(now[:k] + now[k + 1 :]) for k in range(depth)]
    assert flow.theta.xreplace(values) == rational(prod(now))
    assert flow.metric.xreplace(values) == rational(sum(r**2 for r in rest))
    for k in range(1, depth + 1):
        assert flow.others(sp.Integer(k)).xreplace(values) == rational(rest[k - 1])
        gaps = [start[n] ** 2 - start[k - 1] ** 2 for n in range(depth) if n != k - 1]
        assert flow.sigma(sp.Integer(k)).xreplace(values) == rational(prod(gaps))


def test_the_ordered_flow_follows_the_layers():
    """Runge–Kutta steps of the plain flow for L = 3: the roots give the other layers, the rate the first."""
    start, target, step = np.array([0.4, -0.9, 1.3]), 2.0, 1e-3

    def field(u):
        return -(u.prod() / u) * (u.prod() - target)

    u = start.copy()
    for _ in range(600):
        a = field(u)
        b = field(u + step / 2 * a)
        c = field(u + step / 2 * b)
        u = u + step / 6 * (a + 2 * b + 2 * c + field(u + step * c))
    assert u[0] < 0 < start[0]  # the first layer has crossed zero
    flow = OrderedFlow(3)
    values = {flow.initial(k): start[k - 1] for k in (1, 2, 3)}
    values |= {flow.first: u[0], flow.slope: u.prod() - target}
    for k in (2, 3):
        assert float(flow.layer(sp.Integer(k)).subs(values)) == pytest.approx(u[k - 1], abs=1e-9)
    assert float(flow.theta.subs(values)) == pytest.approx(u.prod(), abs=1e-9)
    (rule,) = flow.setting.rates
    assert float(rule.value.subs(values)) == pytest.approx(field(u)[0], abs=1e-9)


@pytest.mark.parametrize(("depth", "dimension"), SIZES)
def test_metric_against_difference_quotients(depth, dimension):
    """Each component is linear in each parameter, so a forward difference is exact."""
    net, point = deep_diagonal(depth, dimension), numbers(depth * dimension)

    def components(w):
        return [prod(w[i * depth : (i + 1) * depth]) for i in range(dimension)]

    columns = []
    for n in range(len(point)):
        moved = components([*point[:n], point[n] + 1, *point[n + 1 :]])
        columns.append([b - a for a, b in zip(components(point), moved, strict=True)])
    gram = sp.Matrix(dimension, dimension, lambda a, b: rational(sum(c[a] * c[b] for c in columns)))
    assert at(metric(net), net.variables, point) == gram
    assert metric(net) == net.jacobian * net.jacobian.T
    one = deep_diagonal(depth, 1)
    names = {LayerFlow(depth).layer(k): one.variables[k - 1] for k in range(1, depth + 1)}
    assert LayerFlow(depth).metric.xreplace(names) == metric(one)[0]


# -- derivatives ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", NETS)
def test_gradient_jacobian_and_hessian_against_difference_quotients(name):
    net = NETS[name]
    values = numbers(len(net.variables))

    def value(expr):
        found = at(expr, net.variables, values)
        return mpmath.mpf(int(found.p)) / int(found.q)

    def along(*places):
        return tuple(sum(n == place for place in places) for n in range(len(values)))

    with mpmath.workdps(40):
        point = tuple(mpmath.mpf(v.numerator) / v.denominator for v in values)
        for i, component in enumerate(net.components, 1):
            function = sp.lambdify(net.variables, component, "mpmath")
            for a in range(len(values)):
                slope = mpmath.diff(function, point, along(a))
                assert abs(slope - value(net.gradient(i)[a])) < 1e-15
                assert abs(slope - value(net.jacobian[i - 1, a])) < 1e-15
                for b in range(len(values)):
                    bend = mpmath.diff(function, point, along(a, b))
                    assert abs(bend - value(net.hessian(i)[a, b])) < 1e-12


@pytest.mark.parametrize("name", NETS)
def test_lie_derivative_is_the_first_term_of_a_step(name):
    net, step = NETS[name], sp.Symbol("h")
    w = net.variables
    field = [(-1) ** n * v**2 + w[n - 1] + n for n, v in enumerate(w)]
    quantity = sum(net.components) ** 2 + w[0] * w[-1]
    values = numbers(len(w))
    moved = [rational(v) + step * at(f, w, values) for v, f in zip(values, field, strict=True)]
    stepped = sp.Poly(quantity.xreplace(dict(zip(w, moved, strict=True))), step)
    assert at(lie_derivative(quantity, net, field), w, values) == stepped.coeff_monomial(step)


# -- the constant of the Polyak–Łojasiewicz inequality ------------------------------------------------------
@pytest.mark.parametrize("shape", [(2, 2), (4, 2), (2, 5), (3, 3)])
@pytest.mark.parametrize("dependent", [False, True])
def test_the_constant_of_the_squared_loss(shape, dependent):
    """``2μ(𝓛 − 𝓛*) ≤ ‖∇𝓛‖²`` with ``μ = 2σ²``, σ the least nonzero singular value, and no larger μ."""
    random = np.random.default_rng(shape[0] * 10 + shape[1])
    data = random.integers(-5, 6, shape) / 4
    if dependent:
        data[-1] = 2 * data[0]
    labels = random.integers(-5, 6, shape[0]) / 3
    _, singular, rows = np.linalg.svd(data)
    nonzero = [n for n, s in enumerate(singular) if s > 1e-10]
    mu = 2 * singular[nonzero[-1]] ** 2
    best = np.linalg.lstsq(data, labels, rcond=None)[0]

    def excess(theta):
        return np.sum((data @ theta - labels) ** 2) - np.sum((data @ best - labels) ** 2)

    def slope(theta):
        return np.sum((2 * data.T @ (data @ theta - labels)) ** 2)

    for theta in random.normal(size=(300, shape[1])):
        assert 2 * mu * excess(theta) <= slope(theta) * (1 + 1e-9)
    tight = best + rows[nonzero[-1]]
    assert 2 * (1.01 * mu) * excess(tight) > slope(tight)


# -- flattening and domains ---------------------------------------------------------------------------------
@pytest.mark.parametrize(("depth", "dimension"), [*SIZES, (5, 3)])
def test_flattening(depth, dimension):
    net = deep_diagonal(depth, dimension)
    flat = tuple(numbers(depth * dimension))
    layers = net.layers(flat)
    assert len(layers) == depth and all(len(row) == dimension for row in layers)
    assert net.flatten(layers) == flat
    for i, j in product(range(1, dimension + 1), range(1, depth + 1)):
        assert layers[j - 1][i - 1] == flat[net.flat(i, j) - 1]
    products = [rational(prod(row[i] for row in layers)) for i in range(dimension)]
    assert list(net.at([rational(w) for w in flat])) == products
    w = sp.IndexedBase("w", real=True)
    names = {w[n]: net.variables[n - 1] for n in range(1, len(flat) + 1)}
    assert [net.component(i).xreplace(names) for i in range(1, dimension + 1)] == list(net.components)
    with pytest.raises(ValueError, match=f"{depth} rows of {dimension}"):
        net.flatten(layers[1:])


def test_the_domain_of_the_deep_diagonal_network_by_brute_force():
    for depth, dimension in [(2, 1), (2, 2), (4, 1), (3, 2)]:
        net = deep_diagonal(depth, dimension)
        for w in product((0, 1, Fraction(-1, 2)), repeat=depth * dimension):
            blocks = [w[i * depth : (i + 1) * depth] for i in range(dimension)]
            assert net.contains(w) == all(block.count(0) <= 1 for block in blocks)


def test_membership_is_the_formula_of_the_domain():
    circle, line = x**2 + y**2 - 2, x - y
    domain = Domain(avoids=((circle, line), (x,)), positive=(2 - y, x + y + 2))
    for a, b in product(range(-3, 4), repeat=2):
        expected = (a * a + b * b != 2 or a != b) and a != 0 and b < 2 and a + b + 2 > 0
        assert domain.contains({x: a, y: b}) == expected
        assert bool(domain.formula().subs({x: a, y: b})) == expected
    assert Domain().contains({x: 0}) and Domain().formula() is sp.true
    assert difference(3, 1).contains((1, Fraction(1, 9))) and not difference(3, 1).contains((1, 0))
