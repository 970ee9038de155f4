"""The conjugate entropy of homogeneous commuting parametrizations: against every entropy known in another form."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
import sympy as sp
from flint import arb
from mpmath import mpf

import ddln_sym as dd

CLOSE = mpf(10) ** -27


def agree(general, special, xi):
    """Value, gradient and the diagonal of the Hessian, at 28 digits and more."""
    with mpmath.workdps(35):
        theta = special.conjugate_gradient(xi)
        pairs = [(general.conjugate(xi), special.conjugate(xi))]
        pairs += zip(general.conjugate_gradient(xi), theta, strict=True)
        hessian = general.conjugate_hessian(xi)
        pairs += [(hessian[i][i], m) for i, m in enumerate(special.conjugate_hessian(xi))]
        pairs += [(hessian[i][i], 1 / q) for i, q in enumerate(special.hessian(theta))]
        assert all(abs(a - b) < CLOSE * (1 + abs(b)) for a, b in pairs)
        assert all(hessian[i][j] == 0 for i in range(len(theta)) for j in range(len(theta)) if i != j)


@pytest.mark.parametrize("depth", range(2, 9))
def test_layers(depth):
    net = dd.deep_diagonal(depth, 2)
    layers = [[Fraction((-1) ** j * (j + 1), 7), Fraction(3 * j - 4, 6)] for j in range(depth)]
    special = dd.entropy(layers)
    ends = special.range() if depth > 2 else [(-1, 1)] * 2
    xi = [ends[0][1] / 3, ends[1][0] / 4]
    agree(dd.conjugate_entropy(net, net.flatten(layers)), special, xi)


@pytest.mark.parametrize("depth", range(2, 7))
def test_powers(depth):
    start = ["0.5", "1.25"]
    special = dd.redundant_entropy(start, depth)
    xi = ["0.05", "-0.1"]
    agree(dd.conjugate_entropy(dd.redundant(depth, 2), start), special, xi)


@pytest.mark.parametrize("depth", range(2, 7))
def test_differences(depth):
    up, down = ["0.5", "1"], ["0.75", "0.5"]
    agree(
        dd.conjugate_entropy(dd.difference(depth, 2), up + down),
        dd.difference_entropy(up, down, depth),
        ["0.02", "-0.03"],
    )


def quadratics(*matrices):
    size = len(matrices[0])
    w = sp.symbols(f"w1:{size + 1}", real=True)
    forms = [sp.expand(sp.Matrix([w]) * sp.Matrix(a) * sp.Matrix(w))[0] / 2 for a in matrices]
    return dd.Parametrization(tuple(sp.expand(form) for form in forms), w)


FIRST = [[2, 1, 0], [1, 3, -1], [0, -1, 1]]
SECOND = (sp.Matrix(FIRST) ** 2 - 4 * sp.Matrix(FIRST)).tolist()  # a polynomial of the first commutes with it


def test_quadratic_forms():
    """``w(ξ) = exp(Σ ξ_iA_i)·w(0)``, by mpmath's exponential of a matrix."""
    start, xi = [1, -2, Fraction(1, 2)], [Fraction(1, 3), Fraction(-1, 5)]
    found = dd.conjugate_entropy(quadratics(FIRST, SECOND), start)
    with mpmath.workdps(35):
        matrices = [mpmath.matrix([[mpf(int(v)) for v in row] for row in a]) for a in (FIRST, SECOND)]
        w = mpmath.expm(matrices[0] / 3 - matrices[1] / 5) * mpmath.matrix([1, -2, 0.5])
        assert all(abs(a - b) < CLOSE * (1 + abs(b)) for a, b in zip(found.parameters(xi), w, strict=True))
        assert abs(found.conjugate(xi) - (mpmath.norm(w) ** 2 - mpf("5.25")) / 4) < CLOSE * 10
        theta = [(w.T * a * w)[0] / 2 for a in matrices]
        assert all(abs(a - b) < CLOSE * (1 + abs(b)) for a, b in zip(found.conjugate_gradient(xi), theta, strict=True))
        products = [[(w.T * a * b * w)[0] for b in matrices] for a in matrices]
        hessian = found.conjugate_hessian(xi)
        assert all(
            abs(hessian[i][j] - products[i][j]) < CLOSE * (1 + abs(products[i][j])) for i in (0, 1) for j in (0, 1)
        )


def test_the_order_of_the_flows_does_not_matter():
    net, start, xi = quadratics(FIRST, SECOND), [1, -2, 3], [Fraction(1, 3), Fraction(-1, 5)]
    whole = dd.conjugate_entropy(net, start).parameters(xi)
    for order in ((0, 1), (1, 0)):
        w = tuple(start)
        for i in order:
            field = [xi[i].numerator * g / sp.Integer(xi[i].denominator) for g in net.gradient(i + 1)]
            w = dd.integrate_polynomial(field, net.variables, w, 1, digits=40)(1)
        assert all(abs(a - b) < CLOSE * (1 + abs(b)) for a, b in zip(whole, w, strict=True))


def test_the_gradient_is_the_derivative_of_the_value():
    found = dd.conjugate_entropy(quadratics(FIRST, SECOND), [1, 2, 3])
    with mpmath.workdps(40):
        for i in (0, 1):

            def along(s, i=i):
                xi = [mpf("0.1"), mpf("0.05")]
                xi[i] += s
                return found.conjugate(xi, digits=40)

            slope = mpmath.diff(along, 0, h=mpf(10) ** -12)
            assert abs(slope - found.conjugate_gradient(["0.1", "0.05"])[i]) < mpf(10) ** -8 * (1 + abs(slope))


def test_small_steps_keep_their_digits():
    """``‖w‖² − ‖w_0‖²`` cancels, and the digits asked for are still there."""
    found = dd.conjugate_entropy(dd.deep_diagonal(3, 1), [1, 2, 3])
    with mpmath.workdps(60):
        known = dd.entropy([1, 2, 3]).conjugate("1e-40", digits=30)
        assert abs(found.conjugate(["1e-40"], digits=30) / known - 1) < mpf(10) ** -29
    assert found.conjugate([0]) == 0
    assert found.conjugate("0.1") == found.conjugate(["0.1"])


X, Y, W = sp.symbols("x y w", real=True)


@pytest.mark.parametrize(
    ("made", "part"),
    [
        (lambda: dd.conjugate_entropy(dd.shallow_linear(1, 2), [1, 1, 1]), "G does not commute: [∇G_1, ∇G_2]"),
        (lambda: dd.conjugate_entropy(dd.matrix_factorization(2, 1), [1, 1]), "G does not commute"),
        (lambda: dd.conjugate_entropy(quadratics([[0, 1], [1, 0]], [[1, 0], [0, 2]]), [1, 1]), "G does not commute"),
        (lambda: dd.conjugate_entropy(dd.Parametrization((X**2, Y**3), (X, Y)), [1, 1]), "G_2 has degree 3"),
        (lambda: dd.conjugate_entropy(dd.Parametrization((X**2 + X,), (X,)), [1]), "is not homogeneous"),
        (lambda: dd.conjugate_entropy(dd.Parametrization((sp.Integer(1),), (X,)), [1]), "is not homogeneous"),
        (lambda: dd.conjugate_entropy(dd.Parametrization((sp.sin(X),), (X,)), [1]), "is not a polynomial"),
        (lambda: dd.conjugate_entropy(dd.deep_diagonal(sp.Symbol("L", integer=True, positive=True), 1), [1]), "symbol"),
        (lambda: dd.conjugate_entropy(dd.deep_diagonal(2, 1), [0, 0]), "start lies outside the domain of G"),
        (lambda: dd.conjugate_entropy(dd.deep_diagonal(2, 1), [1]), "start has 1 number, and G takes 2"),
        (lambda: dd.conjugate_entropy(dd.redundant(2, 1), [float("nan")]), "must be finite"),
        (lambda: dd.conjugate_entropy(dd.redundant(2, 1), [1]).conjugate([1, 2]), "ξ has 2 numbers, and G has 1"),
        (lambda: dd.conjugate_entropy(dd.redundant(3, 1), [1]).conjugate([1]), "outside the range of ∇Q"),
        (lambda: dd.conjugate_entropy(dd.redundant(3, 1), [1]).conjugate(["nan"]), "must be finite"),
    ],
)
def test_mistakes(made, part):
    with pytest.raises(ValueError) as caught:
        made()
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)


# -- balls, and entropies by the form of the components --------------------------------------------------
def test_balls_hold_values_of_more_digits():
    found = dd.conjugate_entropy(quadratics(FIRST, SECOND), [1, 2, 3])
    xi = ["1/10", "-1/7"]
    for ball, value in (
        (found.conjugate(xi, 20, certified=True), found.conjugate(xi, 40)),
        *zip(found.conjugate_gradient(xi, 20, certified=True), found.conjugate_gradient(xi, 40), strict=True),
        *zip(found.parameters(xi, 20, certified=True), found.parameters(xi, 40), strict=True),
    ):
        assert ball.overlaps(arb(mpmath.nstr(value, 40))) and ball.rad() < abs(ball).upper() * arb("1e-19")
    (row, other) = found.conjugate_hessian(xi, 20, certified=True)
    assert row[1].overlaps(other[0]) and (row[0] * other[1] - row[1] ** 2) > 0
    assert found.conjugate([0, 0], certified=True) == 0


def test_a_small_growth_keeps_its_digits():
    ball = dd.conjugate_entropy(quadratics(FIRST, SECOND), [1, 2, 3]).conjugate(["1e-30", 0], 15, certified=True)
    assert ball.rad() < abs(ball).upper() * arb("1e-14")


def test_balls_outside_the_range():
    with pytest.raises(ValueError, match=r"outside the range of ∇Q: the flow to it blows up at 0\.8333"):
        dd.conjugate_entropy(dd.redundant(3, 1), [1]).conjugate(["0.4"], certified=True)


@pytest.mark.parametrize(
    ("net", "start", "special"),
    [
        (dd.redundant(3, 2), [1, 2], lambda: dd.redundant_entropy([1, 2], 3)),
        (dd.hadamard_square(2), [1, -2], lambda: dd.redundant_entropy([1, -2], 2)),
        (dd.difference(4, 1), [1, "1/2"], lambda: dd.difference_entropy([1], ["1/2"], 4)),
        (dd.difference(2, 1), ["1/2", 3], lambda: dd.difference_entropy(["1/2"], [3], 2)),
        (dd.deep_diagonal(3, 1), [0, 1, 2], lambda: dd.entropy([[0], [1], [2]])),
    ],
    ids=["power", "square", "difference", "squares", "layers"],
)
def test_the_form_of_the_components_gives_the_entropy(net, start, special):
    found, expected = dd.entropy(net, start), special()
    assert isinstance(found, dd.LegendreFunction)
    theta = expected.conjugate_gradient(["1/50"] * expected.dimension)
    assert found(theta, certified=True).overlaps(expected(theta, certified=True))


def test_components_of_different_forms_in_one_entropy():
    u, v, w = sp.symbols("u v w", real=True)
    net = dd.Parametrization((u * v, w**3), (u, v, w))
    found = dd.entropy(net, [1, 2, 1])
    assert isinstance(found, dd.LegendreFunction)
    alone = dd.entropy([[1], [2]])(3) + dd.redundant_entropy([1], 3)(2)
    assert found([3, 2]) == pytest.approx(alone, rel=1e-15)


def test_each_part_of_an_entropy_shows_its_own_definition():
    a, b, u, v = sp.symbols("a b u v", real=True)
    shown = dd.entropy(dd.Parametrization((a * b, u**3 - v**3), (a, b, u, v)), [1, 2, 1, 2])._repr_latex_()
    assert "The part of $i = 1$: " in shown and "The part of $i = 2$: " in shown and r"u_i^L - v_i^L" in shown


def test_the_definition_of_a_power_has_its_factor():
    """``Q* = (x² − x_0²)/(2L)`` for ``u^⊙L``, which moves L² times as fast."""
    long = dd.redundant_entropy(range(1, 40), 5)._repr_latex_()
    assert r"\tfrac{1}{10}(x_i^2 - x_{i,0}^2)" in long and r"\tfrac{1}{5}s_i\int" in long
    u, xi = mpf("1.5"), mpf("0.01")
    moved = dd.redundant(5, 1), [u], dd.redundant_entropy([u], 5)
    x = (u**-3 - 15 * xi) ** (-1 / mpf(3))
    assert dd.conjugate_entropy(*moved[:2]).conjugate([xi], 15) == pytest.approx((x**2 - u**2) / 10, rel=1e-13)
    assert moved[2].conjugate(xi, 15) == pytest.approx((x**2 - u**2) / 10, rel=1e-13)


def test_shared_variables_and_other_forms_are_no_separate_coordinates():
    u, v = sp.symbols("u v", real=True)
    for net in (
        dd.Parametrization((u**2 + v**2, u * v), (u, v)),
        dd.Parametrization((2 * u * v,), (u, v)),
        dd.Parametrization((u**3 - v**2,), (u, v)),
    ):
        try:
            assert isinstance(dd.entropy(net, [1, 1]), dd.ConjugateEntropy)
        except ValueError as error:
            assert "not homogeneous" in str(error)
    assert isinstance(dd.entropy(dd.difference(2, 1), [1, 1]), dd.LegendreFunction)
