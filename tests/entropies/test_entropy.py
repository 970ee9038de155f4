"""The entropy of every depth: against its definition, its properties, known entropies, and trajectories."""

from __future__ import annotations

import itertools
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy as sp
from campaign.references import ascent
from flint import arb, fmpq
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mpmath import mpf

import ddln_sym as dd
from ddln_sym.entropies import LeastLayer
from ddln_sym.numerics import precision, rational
from proofs import two_layers

DEPTHS = range(2, 9)
EXAMPLES = settings(max_examples=40, deadline=None, derandomize=True)
tenths = st.integers(-30, 30).map(lambda n: Fraction(n, 10))


@st.composite
def layers(draw, least=2, most=8):
    """One coordinate on M: at most one zero, sometimes with ties."""
    found = draw(st.lists(tenths, min_size=least, max_size=most))
    assume(found.count(0) <= 1)
    if draw(st.integers(0, 3)) == 0:
        found = [found[0] or Fraction(1)] * draw(st.integers(1, 2)) + [v or Fraction(2) for v in found[1:]]
    return found


@st.composite
def entropies(draw):
    """An entropy of one coordinate: of layers mostly, of ``u^L``, or of ``u^L − v^L``."""
    kind, depth, positive = draw(st.integers(0, 4)), draw(st.integers(2, 6)), tenths.map(lambda v: abs(v) + 1)
    if kind == 0:
        return dd.redundant_entropy(draw(tenths.filter(bool)), depth)
    if kind == 1:
        return dd.difference_entropy(draw(positive), draw(positive), depth)
    return dd.entropy(draw(layers()))


@st.composite
def problems(draw):
    """An entropy of one coordinate and two points of its domain."""
    entropy = draw(entropies())
    ((low, high),) = entropy.domain
    side = 1 if low == 0 else -1 if high == 0 else 0
    points = [draw(tenths) for _ in range(2)]
    if side:
        points = [side * (abs(p) or Fraction(1, 7)) for p in points]
    return entropy, *points


def number(value):
    return mpf(value.numerator) / value.denominator if isinstance(value, Fraction) else mpf(value)


# -- against the definition -----------------------------------------------------------------------------
def by_quadrature(column, theta):
    """``(ξ, Q)`` from bisection for x and mpmath's quadrature of ``dz/P``, at the working precision."""
    least = min(range(len(column)), key=lambda n: abs(column[n]))
    start, others = column[least], [v for n, v in enumerate(column) if n != least]
    gaps = [number(v**2 - start**2) for v in others]
    sign = -1 if sum(v < 0 for v in others) % 2 else 1

    def product(z):
        return mpmath.sqrt(mpmath.fprod(z * z + gap for gap in gaps))

    low, high = mpf(-50), mpf(50)
    for _ in range(mpmath.mp.prec + 20):
        middle = (low + high) / 2
        low, high = (low, middle) if middle * product(middle) > sign * number(theta) else (middle, high)
    ends = sorted({number(start), low, *([mpf(0)] if number(start) * low < 0 else [])})
    pieces = mpmath.fsum(
        mpmath.quad(lambda z: 1 / product(z), mpmath.linspace(a, b, 5)) for a, b in itertools.pairwise(ends)
    )
    xi = sign * (pieces if low > number(start) else -pieces)
    return xi, number(theta) * xi - (low**2 - number(start) ** 2) / 2


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("tie", [False, True])
def test_the_integral(depth, tie):
    column = [Fraction((-1) ** n * (3 * n + 4), 5) for n in range(depth)]
    if tie:
        column[1] = -column[0]
    entropy = dd.entropy(column)
    theta = Fraction(-3, 4) if entropy.start[0] < 0 or not tie else Fraction(3, 4)
    with mpmath.workdps(30):
        xi, value = by_quadrature(column, theta)
        assert abs(entropy.gradient(theta)[0] - xi) < mpf(10) ** -25 * abs(xi)
        assert abs(entropy(theta) - value) < mpf(10) ** -25


# -- properties -----------------------------------------------------------------------------------------
@given(problems())
@EXAMPLES
def test_fenchel_young(problem):
    entropy, a, b = problem
    with mpmath.workdps(40):
        xi = entropy.gradient(a, digits=40)
        gap_here = entropy(a, digits=40) + entropy.conjugate(xi, digits=40) - number(a) * xi[0]
        gap_there = entropy(b, digits=40) + entropy.conjugate(xi, digits=40) - number(b) * xi[0]
        scale = 1 + abs(number(a) * xi[0])
        assert abs(gap_here) < mpf(10) ** -36 * scale
        assert gap_there > 0 if a != b else abs(gap_there) < mpf(10) ** -36 * scale


@given(problems())
@EXAMPLES
def test_the_gradients_are_inverse(problem):
    entropy, a, _ = problem
    with mpmath.workdps(40):
        back = entropy.conjugate_gradient(entropy.gradient(a, digits=60), digits=30)[0]
        assert abs(back - number(a)) <= mpf(10) ** -28 * max(1, abs(number(a)))


@given(problems())
@EXAMPLES
def test_hessian_is_the_inverse_metric(problem):
    entropy, a, _ = problem
    with mpmath.workdps(40):
        slope = mpmath.diff(lambda t: entropy.gradient(t, digits=40)[0], number(a), h=mpf(10) ** -12)
        assert abs(entropy.hessian(a)[0] / slope - 1) < mpf(10) ** -8


@given(problems())
@EXAMPLES
def test_bregman_divergence(problem):
    entropy, a, b = problem
    divergence = entropy.bregman(a, b)
    assert divergence == 0 if a == b else divergence > 0
    with mpmath.workdps(40):
        direct = entropy(a, 40) - entropy(b, 40) - entropy.gradient(b, 40)[0] * number(a - b)
        assert abs(direct - divergence) < mpf(10) ** -28 * (1 + divergence)


@given(layers(), tenths.filter(bool))
@EXAMPLES
def test_sign_flips(column, theta):
    """Two flips leave Q alone, one mirrors it; the order of the layers does not matter."""
    entropy, mirrored = dd.entropy(column), dd.entropy([-column[0], *column[1:]])
    twice = dd.entropy([-column[0], -column[1], *column[2:]])
    ((low, high),) = entropy.domain
    theta = abs(theta) if low == 0 else -abs(theta) if high == 0 else theta
    assert entropy(theta) == mirrored(-theta) == twice(theta) == dd.entropy(column[::-1])(theta)


@pytest.mark.parametrize("depth", DEPTHS)
def test_continuity_across_ties(depth):
    rest = [Fraction(2 + n) for n in range(depth - 2)]
    tied = dd.entropy([1, 1, *rest])("0.7")
    differences = [abs(dd.entropy([1, 1 + Fraction(1, 10**n), *rest])("0.7") - tied) for n in (4, 8, 12)]
    assert all(b < a / 1000 for a, b in itertools.pairwise(differences))


@given(layers(), tenths)
@EXAMPLES
def test_hessian_from_the_layers(column, x):
    """At a state that conservation allows, ``Q'' = 1/Σ_j ∏_{k≠j} u_k²`` and ``Q* = (u_j² − u_j(0)²)/2``."""
    entropy = dd.entropy(column)
    least = min(column, key=abs)
    x = abs(x) or Fraction(1, 3)
    with mpmath.workdps(60):
        squares = [number(x**2 + v**2 - least**2) for v in column]
        sign = -1 if sum(v < 0 for v in column) % 2 else 1
        theta = sign * mpmath.sqrt(mpmath.fprod(squares))
        metric = sum(mpmath.fprod(v for k, v in enumerate(squares) if k != j) for j in range(len(squares)))
        assert abs(entropy.hessian(theta)[0] * metric - 1) < mpf(10) ** -28
        growth = entropy.conjugate(entropy.gradient(theta, digits=55), digits=30)
        assert abs(growth - (squares[0] - number(column[0] ** 2)) / 2) < mpf(10) ** -28 * (1 + abs(growth))


@given(entropies(), st.integers(-9, 9))
@EXAMPLES
def test_the_gradients_are_inverse_the_other_way(entropy, tenth):
    ((low, high),) = entropy.range()
    xi = mpf(tenth) / 10 * (min(high, 3) if tenth > 0 else min(-low, 3))
    with mpmath.workdps(40):
        back = entropy.gradient(entropy.conjugate_gradient(xi, digits=60), digits=30)[0]
        assert abs(back - xi) <= mpf(10) ** -28 * max(1, abs(xi))


@given(st.tuples(layers(most=4), layers(most=4)).filter(lambda pair: len(pair[0]) == len(pair[1])))
@EXAMPLES
def test_coordinates_are_separate(columns):
    both, parts = dd.entropy(list(zip(*columns, strict=True))), [dd.entropy(column) for column in columns]
    point = [2 * start if start else fmpq(1) for start in both.start]
    total = sum(part(p, certified=True) for part, p in zip(parts, point, strict=True))
    assert both(point, certified=True).overlaps(total)
    assert both.gradient(point) == [part.gradient(p)[0] for part, p in zip(parts, point, strict=True)]


def evaluations(entropy, a, b):
    """Every value at two points, as functions of ``digits`` and ``certified``."""
    ((low, high),) = entropy.range()
    xi = (low if b < 0 else high) / 3 if mpf("inf") not in (-low, high) else mpf(number(b)) / 8
    xi = max(min(xi, high / 2), low / 2)
    return [
        lambda **o: entropy(a, **o),
        lambda **o: entropy.gradient(a, **o)[0],
        lambda **o: entropy.hessian(a, **o)[0],
        lambda **o: entropy.bregman(a, b, **o),
        lambda **o: entropy.conjugate(xi, **o),
        lambda **o: entropy.conjugate_gradient(xi, **o)[0],
        lambda **o: entropy.conjugate_hessian(xi, **o)[0],
        *(lambda n=n, **o: entropy.range(**o)[0][n] for n in (0, 1) if mpmath.isfinite((low, high)[n])),
    ]


@given(problems())
@EXAMPLES
def test_balls_contain_the_values(problem):
    """A ball of 20 digits meets the ball of 80, is as narrow as it says, and holds the plain value of 50 digits."""
    for value in evaluations(*problem):
        ball, narrow = value(digits=20, certified=True), value(digits=80, certified=True)
        assert ball.overlaps(narrow)
        assert ball.is_zero() or ball.rel_accuracy_bits() >= 66
        assert narrow.is_zero() or narrow.rel_accuracy_bits() >= 265
        with precision(400):
            plain = arb(rational(value(digits=50)))
            assert abs(plain - narrow) <= arb(10) ** -49 * abs(narrow)
            assert ball.contains(narrow) or narrow.contains(ball)


@given(problems())
@EXAMPLES
def test_more_digits_change_nothing(problem):
    for value in evaluations(*problem):
        with mpmath.workdps(60):
            few, many = value(digits=25), value(digits=50)
            assert abs(few - many) <= mpf(10) ** -25 * abs(many)


def test_the_callers_precision_is_left_alone():
    from flint import ctx

    before = mpmath.mp.prec, ctx.prec
    entropy = dd.entropy([1, 2, 3, 4, 5])
    assert len(mpmath.nstr(entropy("0.3", digits=100), 100)) > 90
    assert (mpmath.mp.prec, ctx.prec) == before


# -- entropies known before -----------------------------------------------------------------------------
@pytest.mark.parametrize("theta", ["1e50", "-1e50", "1e-50", "3"])
def test_far_points_of_a_difference(theta):
    entropy = dd.difference_entropy([1], [2], 3)
    back = entropy.conjugate_gradient(entropy.gradient(theta, digits=80), digits=20)[0]
    assert abs(back - mpf(theta)) <= mpf(10) ** -15 * max(1, abs(mpf(theta)))


def test_two_layers_of_the_paper():
    """The corrected (20), up to its constant."""
    for u, v in ((Fraction(1), Fraction(2)), (Fraction(-3, 2), Fraction(1, 3)), (Fraction(0), Fraction(2))):
        start = {two_layers.U0: sp.Rational(u), two_layers.V0: sp.Rational(v)}
        paper = two_layers.entropy(sp.Rational(1, 4)).xreplace(start)
        entropy, values = dd.entropy([u, v]), []
        for theta in (-2, 0, 3):
            values.append(
                sp.N(paper.xreplace({two_layers.THETA: sp.Integer(theta)}), 30) - sp.Float(entropy(theta), 30)
            )
        assert max(values) - min(values) < 1e-25


@pytest.mark.parametrize("depth", range(3, 9))
def test_all_tied_is_the_redundant_network(depth):
    """(30) as corrected, over L(L−2), and L times that for separate equal layers."""
    start, theta = mpf(3) / 2, mpf(2)
    with mpmath.workdps(30):
        paper = [start ** (2 - depth) * t - mpf(depth) / 2 * t ** (mpf(2) / depth) for t in (start**depth, theta)]
        expected = (paper[1] - paper[0]) / (depth * (depth - 2))
        assert abs(dd.redundant_entropy(["1.5"], depth)(2) - expected) < 1e-25
        assert abs(dd.entropy(["1.5"] * depth)(2) / depth - expected) < 1e-25


def test_hypentropy_and_woodworth():
    """``u² − v²`` from ``α1``: ``(α²/4)·q(θ/α²)``; and ``x·arcsinh(x/β) − √(x² + β²)`` is two layers from zero."""
    with mpmath.workdps(30):
        alpha, theta = mpf(3) / 2, mpf(2)
        z = theta / alpha**2
        q = 2 - mpmath.sqrt(4 + z**2) + z * mpmath.asinh(z / 2)
        assert abs(dd.difference_entropy(["1.5"], ["1.5"], 2)(2) - alpha**2 / 4 * q) < 1e-25
        beta = alpha**2 / 2
        hypentropy = theta * mpmath.asinh(theta / beta) - mpmath.sqrt(theta**2 + beta**2) + beta
        assert abs(dd.entropy([0, "1.5"])(2) - hypentropy / 2) < 1e-25


@pytest.mark.parametrize("depth", range(3, 8))
def test_woodworth_of_higher_degree(depth):
    """``u^D − v^D`` from ``α1``: ``q_D`` at ``t = θ/α^D``, with the flow's time in units of ``α^{2−D}/(D(D−2))``."""
    with mpmath.workdps(30):
        alpha, z, power = mpf(1) / 2, mpf(2) / 5, mpf(depth - 2)
        t = (1 - z) ** (-depth / power) - (1 + z) ** (-depth / power)
        q = t * z - power / 2 * ((1 - z) ** (-2 / power) + (1 + z) ** (-2 / power) - 2)
        entropy = dd.difference_entropy(["0.5"], ["0.5"], depth)
        assert abs(entropy(t * alpha**depth) - alpha**2 / (depth * (depth - 2)) * q) < 1e-25
        assert abs(entropy.conjugate_gradient(entropy.gradient(t))[0] - t) < 1e-25 * t


@pytest.mark.parametrize(
    "column",
    [
        *([2, 2], [0, 1], [1, -2]),
        *([-1, 1, 1], ["1/2", 2, -2], [0, 1, 1], [1, 2, 3], [0, -1, 2], [-1, 1, 2], [-2, -2, 3]),
        *([0, 2, 2, 2], [1, 3, 3, -3], [-1, 2, -3, 4], [0, 1, 2, 2], [0, 1, 1, 2], [-1, 1, 2, 3], [1, 1, -1, 2]),
        *([2, 2, 2, 2], [1, 1, 2, -2], [0, 1, 1, 1, 1], ["1/2", 3, 3, 3, 3, -3], [2] * 6),
    ],
)
def test_closed_forms(column):
    """Value and derivative at 30 digits, on both sides of 0 where there are two."""
    entropy = dd.entropy(column)
    low, high = entropy.domain[0]
    expression = entropy.expression()
    (symbol,) = expression.free_symbols
    for theta in (Fraction(1, 3), Fraction(-7, 2), Fraction(10**6, 7), Fraction(-1, 10**6)):
        if low < number(theta) < high:
            for found, expected in (
                (expression, entropy(theta)),
                (sp.diff(expression, symbol), entropy.gradient(theta)[0]),
            ):
                value = found.subs(symbol, sp.Rational(theta)).evalf(30)
                assert abs(value - sp.Float(expected, 30)) < sp.Float("1e-27") * (1 + abs(expected))
    assert entropy._repr_latex_().startswith(r"$\displaystyle \begin{aligned} Q")


def test_a_closed_form_at_zero():
    for column in ([0, 1, 2], [0, 2, 2, 2], [1, 2, 3, 4]):
        expression, entropy = dd.entropy(column).expression(), dd.entropy(column)
        (symbol,) = expression.free_symbols
        assert abs(expression.subs(symbol, 0).evalf(30) - sp.Float(entropy(0), 30)) < 1e-27


def test_several_coordinates_in_closed_form():
    entropy = dd.entropy([[1, 2], [2, 2], [3, 5]])
    found = entropy.expression()
    point = dict(zip(sorted(found.free_symbols, key=str), (3, 4), strict=True))
    assert abs(found.subs(point).evalf(30) - sp.Float(entropy([3, 4]), 30)) < 1e-25
    assert r"x_{3,\,8}(t)=x:\ x\sqrt{" in entropy._repr_latex_()


def test_the_least_layer_in_sympy():
    t = sp.Symbol("t", real=True)
    x = LeastLayer(t, 1, 2, 5)
    with mpmath.workdps(40):
        for value in (Fraction(-3, 2), Fraction(1, 7), Fraction(10**9)):
            root = x.subs(t, sp.Rational(value)).evalf(40)
            squares = sp.Mul(*(root**2 + gap for gap in (1, 2, 5)))
            assert abs(root * sp.sqrt(squares) - sp.Rational(value)) < abs(value) * 10**-38
    slope = sp.diff(x, t).subs(t, 1).evalf(30)
    assert (
        abs(slope - (x.subs(t, sp.Rational("1.000001")) - x.subs(t, sp.Rational("0.999999"))).evalf(30) * 500000) < 1e-9
    )
    assert x.is_real
    assert LeastLayer(t, t, 1).subs(t, sp.Symbol("q")).evalf() == LeastLayer(sp.Symbol("q"), sp.Symbol("q"), 1)
    assert abs(x.subs(t, sp.sqrt(2)).evalf(20) - x.subs(t, sp.sqrt(2).evalf(40)).evalf(20)) < 1e-18


def test_no_closed_form():
    entropy = dd.entropy([1, 2, 3, 4, 5])
    with pytest.raises(ValueError, match="coordinate 1: no closed form is given for five layers or more"):
        entropy.expression()
    assert r"\int" in entropy._repr_latex_()
    with pytest.raises(ValueError, match="no closed form is known"):
        dd.difference_entropy([1], [2], 3).expression()
    assert "u_i^L - v_i^L" in dd.difference_entropy([1], [2], 3)._repr_latex_()


def test_ranges_by_agm():
    """T4: from zero, ``π/(2·AGM)`` at three layers."""
    with mpmath.workdps(30):
        low, high = dd.entropy([0, 2, 3]).range()[0]
        assert high == -low
        assert abs(high - mpmath.pi / (2 * mpmath.agm(2, 3))) < 1e-28
    assert dd.entropy([1, 2]).range() == ((-mpf("inf"), mpf("inf")),)
    assert dd.entropy([1, 1, 2]).range()[0][0] == -mpf("inf")


# -- along the flow -------------------------------------------------------------------------------------
@pytest.mark.parametrize("depth", DEPTHS)
def test_mirror_identity(depth):
    """``∇Q(θ(t)) = ξ(t)`` on the flow of ``½(θ_1 + 2θ_2 − 3)²`` integrated with its own ``ξ``."""
    start = [[Fraction((-1) ** (j * i) * (j + 2 + i), 5) for i in range(2)] for j in range(depth)]
    start[0][1] = Fraction(0)
    with mpmath.workdps(22):

        def field(_, y):
            rows = [y[2 * j : 2 * j + 2] for j in range(depth)]
            theta = [mpmath.fprod(row[i] for row in rows) for i in range(2)]
            residual = theta[0] + 2 * theta[1] - 3
            slope = [residual, 2 * residual]
            moved = [
                -mpmath.fprod(row[i] for k, row in enumerate(rows) if k != j) * slope[i]
                for j in range(depth)
                for i in range(2)
            ]
            return [*moved, -slope[0], -slope[1]]

        flow = mpmath.odefun(field, 0, [number(v) for row in start for v in row] + [mpf(0), mpf(0)])
        y = flow(mpf(1) / 4)
        theta = [mpmath.fprod(y[2 * j + i] for j in range(depth)) for i in range(2)]
        gradient = dd.entropy(start).gradient(theta)
        assert max(abs(g - xi) for g, xi in zip(gradient, y[-2:], strict=True)) < mpf(10) ** -17


# -- input ----------------------------------------------------------------------------------------------
def test_every_kind_of_number():
    expected = dd.entropy([["1/2", 2], ["0.75", 3]])(["0.5", 1])
    for half in (0.5, Fraction(1, 2), mpf(0.5), sp.Rational(1, 2), np.float64(0.5), np.float32(0.5), fmpq(1, 2)):
        assert dd.entropy([[half, 2], ["0.75", 3]])([half, np.int64(1)]) == expected
    assert dd.entropy(np.array([[0.5, 2], [0.75, 3]]))(np.array([0.5, 1])) == expected


def test_arrays_of_points():
    entropy = dd.entropy([[1, 2], [2, 3]])
    points = np.array([[1.0, 2.0], [3.0, -4.0]])
    assert entropy(points) == [entropy([1, 2]), entropy([3, -4])]
    assert entropy.gradient(points)[1] == entropy.gradient([3, -4])
    assert all(isinstance(ball, arb) for ball in entropy.gradient([1, 2], certified=True))


@pytest.mark.parametrize("far", ["1e300", "-1e300", "1e-300", "1e5000"])
@pytest.mark.parametrize("depth", [2, 3, 5, 8])
def test_far_points(depth, far):
    entropy = dd.entropy([Fraction(n + 1, 3) for n in range(depth)])
    ball = entropy(far, digits=15, certified=True)
    assert ball > 0
    assert ball.rel_accuracy_bits() >= 50


@pytest.mark.parametrize(
    ("made", "part"),
    [
        (lambda: dd.entropy([[1, 0], [1, 0], [2, 3]]), "coordinate 2 is frozen: layers 1 and 2 are both zero"),
        (lambda: dd.entropy([[1, 2]]), "at least two layers"),
        (lambda: dd.entropy(3), "sequence of L"),
        (lambda: dd.entropy([[1, 2], [3]]), "2, 1 numbers"),
        (lambda: dd.entropy([[1, float("nan")], [1, 2]]), "layer 1_2 is nan: every entry must be finite"),
        (lambda: dd.entropy([[1], ["x"]]), "layer 2_1 is 'x'"),
        (lambda: dd.entropy([1, 1j]), "expected an integer, a fraction"),
        (lambda: dd.entropy([True, 1]), "expected a number"),
        (lambda: dd.entropy([1, "1e999999999"]), "decimal exponent is between"),
        (lambda: dd.entropy([1, 1])(-1), "θ_1 = -1 is outside the domain of Q, which is θ > 0"),
        (lambda: dd.entropy([1, 2])([1, 2]), "θ has 2 numbers, and the entropy has 1 coordinate"),
        (lambda: dd.entropy([1, 2])("nan"), "θ is nan"),
        (lambda: dd.entropy([1, 2])(mpf("inf")), "every entry must be finite"),
        (lambda: dd.entropy([1, 2])(None), "expected an integer, a fraction"),
        (lambda: dd.entropy([1, 2])([[[1]]]), "nested too deeply"),
        (lambda: dd.entropy([1, 2])(1, digits=0), "digits is 0"),
        (lambda: dd.entropy([0, 2, 3]).conjugate(1), "outside the range of ∇Q, which is (-0.634"),
        (lambda: dd.entropy([1, 1, 1]).conjugate_gradient(1), "outside the range of ∇Q, which is (-inf, 1)"),
        (lambda: dd.redundant_entropy([1, 0], 3), "coordinate 2 is frozen"),
        (lambda: dd.redundant_entropy([1], 1), "the depth is 1"),
        (lambda: dd.difference_entropy([1], [0], 3), "v_1 is 0"),
        (lambda: dd.difference_entropy([1, 2], [1], 3), "u has 2 numbers and v has 1"),
    ],
)
def test_bad_input(made, part):
    with pytest.raises(ValueError) as caught:
        made()
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)


NEAR_TIES = {
    "differ by 1e-12 to 1e-50": [f"1.{'0' * (11 + 3 * j)}{j % 9 + 1}" for j in range(12)],
    "two groups": ["0.5", "-0.5000000000000000000000001", *["0.5000000000000001"] * 4, "2", "-2.0000000000001"],
    "of the other sign": ["-1", *(f"1.{'0' * (19 + 5 * j)}7" for j in range(6))],
}


@pytest.mark.parametrize("xi", ["1/200", "-1/90"])
@pytest.mark.parametrize("name", NEAR_TIES)
def test_layers_that_nearly_tie(name, xi):
    """Beside the flow du^j/dξ = ∏_{k≠j} u^k of all layers, and the ends of the range beside both of their sides."""
    layers = NEAR_TIES[name]
    Q = dd.entropy(layers)
    theta, conjugate, _ = ascent(list(map(rational, layers)), rational(xi), 120)
    (found,) = Q.conjugate_gradient(rational(xi), digits=25, certified=True)
    with precision(300):
        assert found.overlaps(theta + abs(theta) * arb(0, 1e-28)) and found.rad() <= abs(found) * arb(10) ** -25
        assert Q.conjugate(rational(xi), digits=25, certified=True).overlaps(conjugate + arb(0, 1e-28))
    for few, many in zip(Q.range(5, certified=True)[0], Q.range(40, certified=True)[0], strict=True):
        with precision(300):
            assert few.overlaps(many) and many.rad() <= abs(many) * arb(10) ** -40


@pytest.mark.parametrize("exponent", [-95, 95])
def test_the_conjugate_takes_as_many_bits_whatever_the_scale(exponent):
    """Layers s·u have ``Q*(ξ) = s²·Q*_u(s^{L−2}ξ)``; with an absolute count, 12 layers of 1e95 took 6,000 bits."""
    layers, s = ["1.5", "-1.7", "0.6", *["1.1", "0.9", "-1.2"] * 3], Fraction(10) ** exponent
    one, scaled = (dd.entropy([Fraction(u) * t for u in layers]) for t in (1, s))
    xi = Fraction("0.013")
    with precision(300):
        expected = one.conjugate(xi, digits=30, certified=True) * arb(rational(s * s))
        found = scaled.conjugate(xi / s ** (len(layers) - 2), digits=30, certified=True)
        assert found.overlaps(expected) and found.rad() <= abs(found) * arb(10) ** -30
