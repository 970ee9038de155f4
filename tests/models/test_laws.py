"""Conservation laws: counts of the literature, laws that are no polynomials, and values along numeric flows."""

from __future__ import annotations

import os
from itertools import pairwise
from math import comb
from random import Random

import mpmath
import numpy as np
import pytest
import sympy as sp

import ddln_sym as dd
from ddln_sym.models.ball_brackets import ball_bracket_rank, ball_gradient_rank
from ddln_sym.models.bracket_rank import bracket_rank
from ddln_sym.models.law_search import laws_of, monomials_of_degree
from ddln_sym.models.matrix_laws import gram_differences, matrices_among
from ddln_sym.models.monomial_fields import MonomialFields, NotMonomial, factor_terms, heavy_ball
from ddln_sym.models.nilpotent_balls import Tape, exact_point
from ddln_sym.statements import Verdict

u, v, w, x, y, z = sp.symbols("u v w x y z", real=True)
#: With CI in the environment nothing is left out.
ALL = bool(os.environ.get("CI"))
NETWORKS = 50 if ALL else 6

U, V, W = sp.symbols("U V W", positive=True)


def model(*components, domain=dd.Domain()):  # noqa: B008
    variables = sorted({s for c in components for s in c.free_symbols}, key=str)
    return dd.Parametrization(components, tuple(variables), domain)


def widths_of_the_published_runs(count, seed=0):
    """Depths 2 to 4 and widths 2 to 5, drawn as in the notebooks of Marcotte, Gribonval, Peyré."""
    random = np.random.RandomState(seed)
    for _ in range(count):
        depth = random.randint(2, 5)
        yield tuple(int(random.randint(2, 6)) for _ in range(depth + 1))


def balanced(widths):
    """What the balancedness laws are worth: the rank of their gradients at a random point, in floats."""
    random = np.random.RandomState(1)
    layers = [random.randn(b, a) for a, b in pairwise(widths)]
    rows = []
    for n, (one, other) in enumerate(pairwise(layers)):
        for a in range(one.shape[0]):
            for b in range(a + 1):
                slopes = [np.zeros_like(layer) for layer in layers]
                slopes[n][a] += one[b]
                slopes[n][b] += one[a]
                slopes[n + 1][:, a] -= other[:, b]
                slopes[n + 1][:, b] -= other[:, a]
                rows.append(np.concatenate([s.ravel() for s in slopes]))
    return int(np.linalg.matrix_rank(np.array(rows)))


# -- published counts -----------------------------------------------------------------------------------
def test_the_published_deep_linear_networks():
    for widths in widths_of_the_published_runs(NETWORKS):
        assert dd.conservation_laws(dd.deep_linear(widths), degree=2).count == balanced(widths), widths


def test_the_published_relu_networks():
    for number, widths in enumerate(widths_of_the_published_runs(NETWORKS)):
        found = dd.conservation_laws(dd.relu_paths(widths, biases=number % 2 == 1))
        assert found.count == sum(widths[1:-1]), widths  # one for each hidden neuron


@pytest.mark.parametrize(
    ("rows", "columns", "rank", "count"),
    [
        (1, 1, 1, 1),
        (2, 2, 2, 3),
        (3, 4, 2, 3),
        (1, 1, 3, 5),
        (2, 2, 5, 14),
        (3, 2, 6, 20),
        *([(10, 10, 10, 55)] if ALL else []),
    ],
)
def test_two_factors_and_the_trap_of_a_large_inner_width(rows, columns, rank, count):
    """``r(r+1)/2`` is wrong for r > n + m, where the count is ``Nr − N(N−1)/2``."""
    total = rows + columns
    assert count == (comb(rank + 1, 2) if rank <= total else total * rank - comb(total, 2))
    found = dd.conservation_laws(dd.asymmetric_factorization(rows, columns, rank))
    assert found.count == count == len(found.laws)
    if rank > 1 and (rows, columns) != (1, 1):
        assert [str(m) for m in found.matrices] == ["Uᵀ·U - Vᵀ·V"]


@pytest.mark.parametrize(("widths", "bounds"), [((1, 2, 2, 1), (6, 7)), ((1, 2, 3, 1), (9, 10))])
def test_where_the_bounds_do_not_meet_the_count_is_an_interval(widths, bounds):
    found = dd.conservation_laws(dd.deep_linear(widths), degree=2)
    assert found.count == bounds and not found.complete
    assert (found.certificate.proved and "from 6 to 7" in repr(found)) or widths != (1, 2, 2, 1)


def test_the_printed_balancedness_of_two_square_layers_is_not_conserved():
    """``W_1ᵀW_1 = W_2ᵀW_2`` is printed; what is conserved is ``W_1W_1ᵀ − W_2ᵀW_2``."""
    net = dd.deep_linear((2, 2, 2))
    found = dd.conservation_laws(net)
    assert [str(m) for m in found.matrices] == ["W1·W1ᵀ - W2ᵀ·W2"] and found.count == 3
    first, second = (matrices_among(net.variables)[name] for name in ("W1", "W2"))
    printed = (first.T * first - second.T * second)[0, 0]
    slopes = [sum(sp.diff(printed, w) * sp.diff(g, w) for w in net.variables) for g in net.components]
    assert any(sp.expand(s) != 0 for s in slopes)


@pytest.mark.parametrize(
    ("rows", "columns", "rank", "count"),
    [(1, 1, 2, 2), (2, 2, 2, 1), (1, 1, 3, 6), (1, 1, 4, 10), (3, 3, 2, 1), (2, 2, 3, 3)],
)
def test_the_heavy_ball_of_two_factors(rows, columns, rank, count):
    """``r(r−1)/2`` in general; for one row and one column, and for large r, it is not."""
    if (rows, columns) != (1, 1) and rank <= 2 * (rows + columns) + 1:
        assert count == comb(rank, 2)
    found = dd.conservation_laws(dd.asymmetric_factorization(rows, columns, rank), momentum=True, degree=3)
    assert found.count == count


def test_the_heavy_ball_of_a_relu_network_keeps_nothing():
    assert dd.conservation_laws(dd.relu_paths((2, 2, 2)), momentum=True, degree=3).count == 0


def test_the_heavy_ball_without_friction_has_no_clock():
    found = dd.conservation_laws(dd.asymmetric_factorization(2, 2, 2), momentum=0)
    assert found.count == 1 and not any(law.has(sp.exp) for law in found.laws)


@pytest.mark.parametrize(("rows", "columns", "rank", "count"), [(2, 2, 2, 2), (3, 4, 2, 2), (4, 5, 3, 3), (1, 1, 2, 3)])
def test_nonnegative_factorization(rows, columns, rank, count):
    """r column sums; with one row and one column three laws, the third with logarithms."""
    net = dd.asymmetric_factorization(rows, columns, rank)
    found = dd.conservation_laws(net, metric=dd.exponentiated_gradient(net))
    assert found.count == count and found.certificate.proved
    assert any(law.has(sp.log) for law in found.laws) == ((rows, columns) == (1, 1))


# -- laws that are no polynomials -----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("net", "law"),
    [
        (model(U**3 - V**3), 1 / U + 1 / V),
        (model(U**2 + 3 * V**2), sp.log(V) - 3 * sp.log(U)),
        (model(U ** sp.Rational(3, 2) - V), 4 * sp.sqrt(U) + 3 * V),
        (model(u**2 * v), u**2 - 2 * v**2),
        (model(u / v), u**2 + v**2),
        (model(sp.exp(u) - sp.exp(v)), sp.exp(-u) + sp.exp(-v)),
        (model(sp.log(U) + v**2), 2 * U**2 - 2 * sp.log(v)),
        (model(sp.tanh(u) * v), 4 * v**2 - sp.exp(2 * u) - sp.exp(-2 * u)),
        (model(u / (1 + v**2)), 2 * u**2 + v**2 + 2 * sp.log(v)),
        (dd.weight_normalization(2), sp.sqrt(sp.Symbol("v1", real=True) ** 2 + sp.Symbol("v2", real=True) ** 2)),
        (dd.softmax(3), sum(sp.symbols("w1:4", real=True))),
    ],
    ids=lambda value: str(value)[:40],
)
def test_one_law_and_it_is_a_function_of_the_expected_one(net, law):
    found = dd.conservation_laws(net)
    assert found.count == 1 and found.certificate.proved
    (one,) = found.laws
    # Functions of one another have parallel gradients: all minors of the two vanish at points of the domain.
    point = {s: sp.Rational(7 + 3 * n, 10 + n) for n, s in enumerate(net.variables)}
    rows = [[sp.diff(f, s).xreplace(point).evalf(40) for s in net.variables] for f in (one, law)]
    assert all(
        abs(rows[0][a] * rows[1][b] - rows[0][b] * rows[1][a]) < sp.Float("1e-30")
        for a in range(len(point))
        for b in range(a)
    )
    assert any(abs(entry) > sp.Float("1e-5") for entry in rows[0])


def test_irrational_exponents_are_left_open_and_not_denied():
    found = dd.conservation_laws(model(u**2 + u * v))  # a law with exponents 1 ± √2
    assert found.count == (0, 1) and not found.complete


@pytest.mark.parametrize(("size", "rank", "count"), [(3, 2, 0), (2, 1, 0), (1, 2, 1), (1, 3, 2)])
def test_u_u_transposed(size, rank, count):
    """All symmetric S in ``U' = SU`` generate gl(n): what stays is the row space of U, r − 1 numbers for one row."""
    assert dd.conservation_laws(dd.matrix_factorization(size, rank)).count == count


# -- against numeric flows ------------------------------------------------------------------------------
NETS = {
    "convolution": (dd.convolutional((2, 3, 2)), {}),
    "two sided": (dd.two_sided(1), {}),
    "deep linear": (dd.deep_linear((2, 3, 2)), {}),
    "relu": (dd.relu_paths((2, 2, 2), biases=True), {}),
    "simplex": (dd.squared_simplex(3), {}),
    "cubes": (dd.difference(3, 2), {}),
    "factors, Burg": (dd.asymmetric_factorization(2, 1, 2), {"metric": dd.burg(dd.asymmetric_factorization(2, 1, 2))}),
}


@pytest.mark.parametrize("name", NETS)
def test_laws_hold_along_a_numeric_flow_of_a_random_loss(name):
    net, options = NETS[name]
    found = dd.conservation_laws(net, **options)
    assert found.laws
    random = Random(5)
    start = [mpmath.mpf(random.randint(30, 90)) / 60 for _ in net.variables]
    targets = [mpmath.mpf(random.randint(-50, 50)) / 50 for _ in net.components]
    slopes = sp.lambdify([net.variables], net.jacobian.tolist(), "mpmath")
    values = sp.lambdify([net.variables], list(net.components), "mpmath")
    scale = sp.lambdify([net.variables], list(options.get("metric", [1] * len(start))), "mpmath")

    def field(_, state):
        forces = [(g - t) / 10 for g, t in zip(values(state), targets, strict=True)]
        rows = zip(*slopes(state), strict=True)
        return [-a * mpmath.fdot(row, forces) for a, row in zip(scale(state), rows, strict=True)]

    laws = sp.lambdify([net.variables], list(found.laws), "mpmath")
    with mpmath.workdps(20):
        end = list(mpmath.odefun(field, 0, start)(mpmath.mpf(1)))
        moved = max(abs(a - b) for a, b in zip(end, start, strict=True))
        assert moved > 1e-3
        assert all(abs(a - b) < 1e-14 for a, b in zip(laws(start), laws(end), strict=True))


def test_a_heavy_ball_law_along_a_numeric_flow():
    net = dd.asymmetric_factorization(1, 2, 2)
    found = dd.conservation_laws(net, momentum=sp.Rational(1, 2))
    assert found.count == 1
    size = len(net.variables)
    slopes = sp.lambdify([net.variables], net.jacobian.tolist(), "mpmath")

    def field(_, state):
        place, speed = state[:size], state[size:]
        rows = zip(*slopes(place), strict=True)
        return [*speed, *(-p / 2 - row[0] * place[0] ** 2 - row[1] for p, row in zip(speed, rows, strict=True))]

    (law,) = found.laws
    times = {s for s in law.free_symbols if str(s) == "t"}
    speeds = [sp.Symbol(f"{v}'", real=True) for v in net.variables]
    value = sp.lambdify([(*net.variables, *speeds), *times], law, "mpmath")
    with mpmath.workdps(20):
        start = [mpmath.mpf(n) / 7 for n in range(1, 2 * size + 1)]
        end = list(mpmath.odefun(field, 0, start)(mpmath.mpf(1)))
        assert abs(value(start, 0) - value(end, 1)) < 1e-14 < abs(value(start, 0))


# -- the bounds -----------------------------------------------------------------------------------------
def test_a_rank_modulo_a_prime_is_that_of_written_out_brackets():
    """Against brackets in SymPy, evaluated at rational points, for fields of the heavy ball too."""
    a, b, c = sp.symbols("a b c", real=True)
    for components in [(a, a**2 * b + a * c), (a * b, b * c), (a**2 + b * c,), (a * b, a * c)]:
        fields = [[sp.diff(g, s) for s in (a, b, c)] for g in components]
        everything, new = list(fields), list(fields)
        for _ in range(2):
            new = [
                [
                    sum(sp.diff(g[n], s) * f[m] - sp.diff(f[n], s) * g[m] for m, s in enumerate((a, b, c)))
                    for n in range(3)
                ]
                for f in fields
                for g in new
            ]
            everything += new
        exact = sp.Matrix(everything).xreplace({a: sp.Rational(3, 7), b: sp.Rational(5, 11), c: sp.Rational(-2, 3)})
        system = MonomialFields.gradients(components, (a, b, c))
        assert bracket_rank(system)[0] == exact.rank()
        tape, point = Tape(components, (a, b, c)), [sp.Rational(1, 3), sp.Rational(2, 5), 3]
        assert ball_bracket_rank(tape.combination, len(components), point)[0] == exact.rank()


def test_a_gradient_rank_in_balls_does_not_count_functions_of_others():
    assert ball_gradient_rank([u + v, (u + v) ** 2, sp.exp(u + v)], (u, v), dd.Domain()) == 1


def test_the_kernel_finds_exactly_the_polynomial_laws_of_a_degree():
    system = MonomialFields.gradients((x * y * z,), (x, y, z))
    assert len(laws_of(system, monomials_of_degree(3, [2]))) == 2
    assert len(laws_of(system, monomials_of_degree(3, [4]))) == 3  # the products of the two
    assert not laws_of(system, monomials_of_degree(3, [1, 3]))


def test_the_drift_of_the_heavy_ball_comes_first():
    system = heavy_ball((x * y,), (x, y), friction=True)
    assert system.size == 5 and len(system.fields) == 2 and sorted(system.fields[0]) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("expression", [sp.sin(x), x**y, sp.pi * x, sp.Float(0.5) * x, sp.sqrt(x + y)])
def test_what_is_no_sum_of_monomials(expression):
    with pytest.raises(NotMonomial):
        list(factor_terms(expression, {x: 0, y: 1}))


def test_names_that_are_no_full_matrix():
    assert not matrices_among(sp.symbols("U11 U22"))
    assert not matrices_among(sp.symbols("a b"))
    assert not list(gram_differences(sp.symbols("a1 b1")))


# -- bad input ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"degree": 0}, "degree is 0: expected a whole number"),
        ({"degree": 2.0}, "degree is 2.0: expected a whole number"),
        ({"seconds": -1}, "seconds is -1: expected a positive number"),
        ({"momentum": -1}, "momentum is -1: expected a friction"),
        ({"metric": [1]}, "metric has to be 2 expressions"),
        ({"metric": [z, 1]}, "metric uses z, which is no variable"),
        ({"metric": [1, 1], "momentum": 1}, "momentum and metric are given"),
    ],
)
def test_options_that_do_not_fit(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        dd.conservation_laws(model(x * y), **options)


def test_a_symbolic_depth():
    with pytest.raises(ValueError, match="a symbol: laws are counted for whole numbers"):
        dd.conservation_laws(dd.deep_diagonal(sp.Symbol("L", integer=True, positive=True), 2))


def test_what_the_search_cannot_read_is_bounded():
    found = dd.conservation_laws(dd.Parametrization((U**y * z,), (U, y, z)))
    assert found.count == (0, 2) and "none was looked for: G_1" in str(found)
    assert found.certificate.verdict is Verdict.PROVED


@pytest.mark.parametrize("factor", [sp.pi, sp.sqrt(2), -sp.E / 3, sp.log(2), sp.sqrt(2) + sp.pi])
def test_a_constant_factor_changes_no_law(factor):
    """Nor does one that stands in every term: ``√2·x² + √8·y²``."""
    for component in (x * y, x * y + 2 * z**2, x**2 * y**3):
        plain = dd.conservation_laws(dd.Parametrization((component, x * y * z), (x, y, z)))
        scaled = dd.conservation_laws(dd.Parametrization((sp.expand(factor * component), x * y * z), (x, y, z)))
        assert (scaled.count, scaled.laws) == (plain.count, plain.laws)
        assert scaled.certificate.verdict is Verdict.PROVED
    assert dd.conservation_laws(model(sp.sqrt(2) * x**2 + sp.sqrt(8) * y**2)).count == 1


IRRATIONAL = [
    (x**2 + sp.sqrt(2) * y**2,),
    (sp.pi * x**2 + sp.E * y**2,),
    (sp.exp(sp.sqrt(2) * x) + sp.pi * y,),
    (x ** sp.sqrt(2) * y,),
    (x**sp.pi / y + 1,),
    (sp.log(2) * x**2 - sp.sqrt(3) * y**2,),
    (sp.sqrt(2) * x + y, 2 * x + sp.sqrt(2) * y),
]


@pytest.mark.parametrize("components", IRRATIONAL, ids=str)
def test_numbers_that_are_irrational(components):
    """The law is constant to fifty digits, and no longer when a number in it is another one."""
    found = dd.conservation_laws(dd.Parametrization(components, (x, y)))
    assert found.count == 1 and found.certificate.verdict is Verdict.PROVED
    (law,) = found.laws

    def rate(law):
        values = {x: sp.Rational(7, 5), y: sp.Rational(3, 4)}
        slopes = [sum(sp.diff(law, s) * sp.diff(c, s) for s in (x, y)) for c in components]
        return max(abs(slope.subs(values).evalf(60)) for slope in slopes)

    assert rate(law) < sp.Float("1e-50")
    numbers = [n for n in law.atoms(sp.Pow, sp.pi.func, sp.E.func, sp.log) if n.is_number]
    for number in numbers:
        assert rate(law.subs(number, sp.Rational("1.4143"))) > sp.Float("1e-6")


def test_irrational_numbers_that_look_alike_give_no_law():
    """√2 and 17/12 are near each other, and two components with √2 on either side leave none."""
    assert dd.conservation_laws(model(sp.sqrt(2) * x**2 + y**2, x**2 + sp.sqrt(2) * y**2)).count == 0
    assert dd.conservation_laws(model(sp.sqrt(2) * x + y, sp.Rational(17, 12) * x + y)).count == 0
    assert dd.conservation_laws(model(sp.sqrt(6) * x + y, sp.sqrt(2) * sp.sqrt(3) * x + y)).count == 1


@pytest.mark.parametrize(
    ("net", "law"),
    [
        (model(v * sp.sin(u)), v**2 + 2 * sp.log(sp.cos(u))),
        (model(u * v * w * (1 + sp.erf(u / sp.sqrt(2)))), v**2 - w**2),  # GELU
        (model(sp.sin(u) * v * w), None),
        (model(sp.atan(u) * v * w), v**2 - w**2),
        (model(sp.sin(u) ** 2 + sp.cos(u) ** 2 + v), u),
    ],
    ids=str,
)
def test_laws_beside_circular_functions_and_their_like(net, law):
    found = dd.conservation_laws(net)
    assert found.certificate.proved and (law is None or law in found.laws)
    wrong = [dd.decide(found._dynamics.conserved(h + net.variables[0] ** 3)) for h in found.laws if h != u]
    assert all(step.verdict is Verdict.REFUTED for step in wrong)


@pytest.mark.parametrize("name", ["tan", "atan", "erf", "sinh", "cosh", "sin", "cos", "tanh", "exp", "log"])
def test_slopes_of_functions_in_balls(name):
    """Against mpmath, through a gradient that goes backwards and one that goes along."""
    function = getattr(sp, name)
    tape = Tape((function(x * y),), (x, y))
    point = exact_point([sp.Rational(2, 3), sp.Rational(1, 2)])
    (_, slope) = (tape.gradient(tape.at(point), [1])[n][0] for n in range(2))
    wanted = mpmath.diff(lambda t: getattr(mpmath, name)(mpmath.mpf(2) / 3 * t), mpmath.mpf(1) / 2)
    moved = tape.at([[point[0][0], point[0][0] * 0], [point[1][0], point[1][0] * 0 + 1]])[tape.places[0]][1]
    assert abs(float(slope) - float(wanted)) < 1e-8 and moved.overlaps(slope)
