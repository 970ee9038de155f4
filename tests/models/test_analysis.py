"""What a study says: theorems and traps about entropies, rank and domains, and one sentence for bad input."""

from __future__ import annotations

import json

import mpmath
import pytest
import sympy as sp

import ddln_sym as dd
from ddln_sym.models.ball_brackets import bracket_at, rates_along_bracket
from ddln_sym.models.dynamics import Dynamics
from ddln_sym.models.nilpotent_balls import Tape
from ddln_sym.statements import Verdict

u, v, w = sp.symbols("u v w", real=True)
P = sp.Symbol("P", positive=True)


@pytest.mark.parametrize(
    "net",
    [
        dd.deep_diagonal(2, 2),
        dd.deep_diagonal(4, 1),
        dd.difference(3, 2),
        dd.two_sided(2),
        dd.hadamard_square(2),
        dd.exponential(2),
        dd.redundant(3, 2),
    ],
    ids=str,
)
def test_models_with_an_entropy_for_all_losses(net):
    study = dd.analyze(net)
    assert study.mirror_flow is True and study["entropy"].verdict == "proved" and not study.left_open


@pytest.mark.parametrize(
    "net",
    [
        dd.matrix_factorization(2, 2),
        dd.shallow_linear(2, 2),
        dd.asymmetric_factorization(2, 2, 2),
        dd.deep_linear((2, 2, 2)),
        dd.relu_paths((2, 2, 2)),
        dd.convolutional((2, 2)),
        dd.weight_normalization(2),
        dd.half_quadratics([[[1, 0], [0, 2]], [[0, 1], [1, 0]]]),
    ],
    ids=str,
)
def test_models_without(net):
    study = dd.analyze(net)
    assert study.mirror_flow is False and study.obstruction.proved
    assert study.commuting.verdict is not Verdict.PROVED


def test_commuting_half_quadratics_have_full_rank_only_where_they_have():
    study = dd.analyze(dd.half_quadratics([[[1, 0], [0, 2]], [[3, 0], [0, 4]]]))
    assert study.commuting.proved and study.regular.verdict is Verdict.REFUTED
    assert study.mirror_flow is None and "where the rank is full" in study["entropy"].said


def test_a_first_bracket_that_vanishes_at_the_start_proves_nothing():
    """G = m·w from (1, 0, 0): the first bracket is 0 there, the two orders still differ, by ε³/2."""
    net = dd.weight_normalization(2, normalized=False)
    tape = Tape(net.components, net.variables)
    assert all(r.contains(0) for r in rates_along_bracket(tape, [1, 0, 0], (0, 1)))
    study = dd.analyze(net, start=[1, 0, 0])
    assert study.mirror_flow is False and "[∇G_1, [∇G_1, ∇G_2]]" in study["entropy"].said

    def flow(direction, state, time):  # m' = w_a, w_a' = m: hyperbolic functions
        m, *rest = state
        a = rest[direction]
        rest[direction] = a * mpmath.cosh(time) + m * mpmath.sinh(time)
        return [m * mpmath.cosh(time) + a * mpmath.sinh(time), *rest]

    step = mpmath.mpf("1e-4")
    one = flow(1, flow(0, [1, 0, 0], step), step)
    other = flow(0, flow(1, [1, 0, 0], step), step)
    difference = one[0] * one[1] - other[0] * other[1]
    assert abs(abs(difference) / step**3 - mpmath.mpf(1) / 2) < 1e-3


def test_a_bracket_that_moves_theta_elsewhere_excludes_nothing_for_a_special_start():
    """From the origin of m·w nothing ever moves, whatever the loss."""
    study = dd.analyze(dd.weight_normalization(2, normalized=False), start=[0, 0, 0])
    assert study.obstruction is None and study.mirror_flow is None
    assert study["entropy"].verdict == "undecided"
    assert dd.analyze(dd.weight_normalization(2, normalized=False)).mirror_flow is False


def test_brackets_at_a_point_are_those_written_out():
    net = dd.convolutional((2, 2))
    a, b = net.gradient(1), net.gradient(2)
    bracket = b.jacobian(net.variables) * a - a.jacobian(net.variables) * b
    point = [sp.Rational(1, 2), 3, sp.Rational(-2, 3), 5]
    at = dict(zip(net.variables, point, strict=True))
    wanted = (net.jacobian * bracket).xreplace(at)
    found = rates_along_bracket(Tape(net.components, net.variables), point, (0, 1))
    assert all(abs(float(f) - float(e)) < 1e-12 for f, e in zip(found, wanted, strict=True))


def test_a_flow_that_ends_on_the_border_of_the_domain_is_no_proved_mirror_flow():
    """``√u`` on ``u > 0`` reaches 0 in finite time: commuting, regular and separate are not enough."""
    symbol = sp.Symbol("u", real=True)
    study = dd.analyze(dd.Parametrization((sp.sqrt(symbol),), (symbol,), dd.Domain(positive=(symbol,))))
    assert study.commuting.proved and study.domains.proved and study.mirror_flow is None
    shifted = dd.Parametrization((symbol,), (symbol,), dd.Domain(positive=(symbol,)))
    assert dd.analyze(shifted).mirror_flow is None


def test_the_rank_of_matrices_is_decided_at_once():
    for net in (dd.matrix_factorization(6, 3), dd.asymmetric_factorization(5, 5, 5), dd.deep_linear((4, 4, 4))):
        certificate = dd.regular(net)
        assert certificate.verdict is Verdict.REFUTED
        point = {s: sp.Rational(certificate.witness.point[str(s)]) for s in net.variables}
        assert net.jacobian.xreplace(point).rank() == int(certificate.witness.values["rank of the Jacobian"])


def test_a_rank_that_is_nowhere_full():
    study = dd.analyze(dd.sphere(2))
    assert (study["generic rank"].said, study["generic rank"].verdict) == ("1 of 2", "proved")
    assert study.regular.verdict is Verdict.REFUTED
    simplex = dd.analyze(dd.softmax(2))
    assert simplex.commuting.proved and simplex.mirror_flow is None
    assert "no start where the rank is 2" in simplex["entropy"].said


def test_a_bound_of_the_metric_by_a_conserved_quantity():
    study = dd.analyze(dd.deep_diagonal(2, 1))
    assert study["metric bound"].said == "M_11 ≥ |w1**2 - w2**2|, a constant of the flow"
    assert study["metric bound"].certificate.proved


@pytest.mark.parametrize(
    ("net", "said"),
    [
        (dd.deep_linear((2, 2, 2, 2)), "homogeneous of degree 3: 1 in W1, 1 in W2, 1 in W3"),
        (dd.weight_normalization(2), "homogeneous of degree 1: 1 in g"),
        (dd.sphere(2), "homogeneous of degree 0"),
        (dd.Parametrization((u**2 + v,), (u, v)), "not homogeneous"),
        (dd.Parametrization((u**2, u * v * w), (u, v, w)), "degrees 2, 3"),
        # An irrational degree is one too; a sum of two of them is none.
        (dd.Parametrization((P ** sp.sqrt(2) * u,), (P, u)), "homogeneous of degree 1 + sqrt(2): sqrt(2) in P, 1 in u"),
        (dd.Parametrization((P**sp.pi, u**2), (P, u)), "degrees pi, 2"),
        (dd.Parametrization((P ** sp.sqrt(2) + P,), (P,)), "not homogeneous"),
        (dd.Parametrization((sp.sqrt(2) * u**3 - sp.pi * v**3,), (u, v)), "homogeneous of degree 3"),
        (dd.Parametrization((u * sp.exp(u / v),), (u, v)), "homogeneous of degree 1"),
    ],
    ids=str,
)
def test_degrees(net, said):
    assert dd.analyze(net)["degree"].said.startswith(said)


def test_a_study_prints_on_one_screen_and_is_data():
    study = dd.analyze(dd.asymmetric_factorization(3, 3, 2))
    assert len(str(study).splitlines()) <= 24 and "Uᵀ·U - Vᵀ·V" in str(study)
    record = json.loads(json.dumps(study.to_json()))
    assert record["mirror_flow"] is False and record["laws"]["at_most"] == 3
    assert "<table" in study._repr_html_() and "Vᵀ" in study._repr_html_()


@pytest.mark.parametrize(
    ("net", "start", "sentence"),
    [
        (dd.difference(3, 1), [1], "start has 1 number, and G takes 2"),
        (dd.difference(3, 1), [1, -1], "start lies outside the domain of G"),
        (dd.Parametrization((u / v,), (u, v)), [1, 0], "start is a pole of G_1"),
        (dd.Parametrization((sp.log(P),), (P,)), [-1], "outside the domain of one of its functions"),
        (dd.difference(3, 1), [1, "x"], "start"),
    ],
    ids=str,
)
def test_starts_that_do_not_fit(net, start, sentence):
    with pytest.raises(ValueError, match=sentence):
        dd.analyze(net, start=start)


@pytest.mark.parametrize(
    ("components", "variables", "sentence"),
    [
        ((sp.zoo,), (u,), "is no real function"),
        ((sp.I * u,), (u,), "is no real function"),
        ((u > 0,), (u,), "is no real function"),
        ((u,), (u + v,), "each parameter must be a SymPy symbol"),
        ((1,), (sp.Symbol("z", imaginary=True),), "which is not real"),
        ((1,), (sp.Symbol("A", commutative=False),), "which is not real"),
        ((1,), (sp.Symbol("z", complex=True),), "which is not real"),
        ((1,), (sp.Symbol("n", integer=True),), "which does not move continuously"),
    ],
)
def test_components_that_are_no_functions_of_real_variables(components, variables, sentence):
    with pytest.raises(ValueError, match=sentence):
        dd.Parametrization(components, variables)


def test_a_symbolic_depth():
    with pytest.raises(ValueError, match="a study is of whole numbers"):
        dd.analyze(dd.deep_diagonal(sp.Symbol("L", integer=True, positive=True), 2))


@pytest.mark.parametrize(
    ("net", "rank"),
    [
        (dd.softmax(3), 2),
        (dd.sphere(3), 2),
        (dd.squared_simplex(3), 2),
        (dd.relu_paths((2, 2, 2)), 6),
    ],
    ids=str,
)
def test_a_deficient_rank_is_proved(net, rank):
    study = dd.analyze(net)
    assert study["generic rank"].said.startswith(f"{rank} of") and study["generic rank"].verdict == "proved"
    assert study.regular.verdict is Verdict.REFUTED
    numbers = [mpmath.mpf(n + 3) / (2 * n + 7) for n in range(len(net.variables))]
    jacobian = sp.lambdify(net.variables, net.jacobian, "mpmath")(*numbers)
    singular = mpmath.svd_r(jacobian, compute_uv=False)
    assert sum(s > 1e-10 for s in singular) == rank


def test_parameters_that_are_declared_positive():
    study = dd.analyze(dd.Parametrization((P**2 * u,), (P, u)))
    assert study.commuting.proved and study.regular.proved and study.laws.count == 1
    assert dd.analyze(dd.Parametrization((P**1.5 * u,), (P, u)))["generic rank"].said == "1 of 1"
    with pytest.raises(ValueError, match="is no real function of the variables"):
        dd.Parametrization((sp.Matrix([u]),), (u,))


@pytest.mark.parametrize("component", [sp.sqrt(u) + v, sp.sqrt(sp.Symbol("x")) + sp.Symbol("y"), u * sp.log(u) + v])
def test_nothing_is_refuted_where_g_is_not_defined(component):
    variables = tuple(sorted(component.free_symbols, key=str))
    study = dd.analyze(dd.Parametrization((component,), variables))  # |∇√u|² = 1/(4u) is defined, and −1, at u = −1/4
    assert study.regular.verdict is Verdict.PROVED and study.commuting.proved


@pytest.mark.parametrize(
    ("component", "said"),
    [
        (u**2 + v**3, "not homogeneous"),
        (sp.sqrt(2) * u**2 + sp.pi * v**3, "not homogeneous"),
        # The coefficient of u² is 0, which nothing here sees: the degree 3 may not be denied.
        ((sp.sqrt(2) + sp.sqrt(3) - sp.sqrt(5 + 2 * sp.sqrt(6))) * u**2 + v**3, "not decided whether homogeneous"),
        (u**2 * sp.sqrt(u**2 + v**2) + sp.E * v**3, "homogeneous of degree 3"),
        ((u + sp.sqrt(2) * v) ** 2 / (u - v), "homogeneous of degree 1"),
        (sp.tanh(u), "not homogeneous"),
    ],
)
def test_degrees_are_decided_or_left_open(component, said):
    assert dd.analyze(dd.Parametrization((component,), (u, v)))["degree"].said.split(":")[0] == said


@pytest.mark.parametrize(
    "components",
    [(sp.sqrt(2) * u * v, u**2 - v**2), (sp.pi * u * v + sp.E * u**2,), (u**2 + sp.sqrt(2) * v**2, sp.log(2) * u)],
    ids=str,
)
def test_irrational_coefficients_have_an_answer_for_every_question(components):
    study = dd.analyze(dd.Parametrization(components, (u, v)))
    for answer in study.answers:  # what is not decided is left open in a sentence
        assert answer.said and (answer.verdict != "undecided" or any(answer.name in s for s in study.left_open))
    assert study.laws.complete or any(line.startswith("laws: ") for line in study.left_open)


def test_a_wide_model_is_studied_within_a_minute():
    study = dd.analyze(dd.deep_diagonal(2, 200))
    assert study.laws.count == 200 and study.mirror_flow is True


@pytest.mark.parametrize(
    ("net", "rank", "law", "commutes"),
    [
        (dd.softmax(25), 24, lambda w: w, Verdict.REFUTED),
        (dd.sphere(30), 29, lambda w: w**2, Verdict.REFUTED),
        (dd.squared_simplex(14), 13, lambda w: w**2, Verdict.PROVED),
    ],
    ids=["softmax", "sphere", "squares on a simplex"],
)
def test_wide_models_with_a_common_denominator_are_studied_in_seconds(net, rank, law, commutes):
    study = dd.analyze(net)
    assert study["generic rank"].said == f"{rank} of {rank + 1}" and study["generic rank"].verdict == "proved"
    assert study.regular.verdict is Verdict.REFUTED
    assert study.laws.laws == (sp.Add(*map(law, net.variables)),) and study.laws.count == 1
    assert study.laws.certificate.proved
    assert study.commuting.verdict is commutes


def test_a_time_limit_holds_for_every_question():
    """Nothing is claimed of what was not looked at, and a line says so."""
    told = []
    study = dd.analyze(dd.squared_simplex(4), seconds=1e-9, progress=told.append)
    assert "brackets" in told and study.mirror_flow is None and study.laws.certificate.verdict is Verdict.UNDECIDED
    assert {a.verdict for a in study.answers} <= {"", "undecided"}
    assert sum("after 1e-09 seconds nothing further was tried" in line for line in study.left_open) >= 3


def test_an_exponent_that_moves_is_differentiated():
    """``P^u``: the bracket with ``u`` is ``(log P + u)P^{u−1}…``, not that of a fixed exponent."""
    net = dd.Parametrization((P**u, u), (P, u))
    wanted = (net.hessian(1) * net.gradient(2) - net.hessian(2) * net.gradient(1)).xreplace({P: 2, u: 3})
    found = bracket_at(Tape(net.components, net.variables), [2, 3], (0, 1))
    assert all(abs(float(f) + float(e)) < 1e-12 for f, e in zip(found, wanted, strict=True))
    assert dd.analyze(net).commuting.verdict is Verdict.REFUTED


def test_a_root_of_a_square_is_no_linear_function():
    """``√(u²)`` is |u|: what holds for u > 0 alone is not proved in coordinates."""
    a, b = sp.symbols("a b")
    net = dd.Parametrization((sp.sqrt(a**2) + b, sp.sqrt(a**2) + 2 * b), (a, b))
    assert not Dynamics.of(net, False, None).space.everywhere
    assert Dynamics.of(dd.sphere(3), False, None).space.everywhere


def test_brackets_in_coordinates_see_one_wrong_coefficient():
    good, size = dd.squared_simplex(14), 14
    bad = dd.Parametrization(
        (*good.components[:-1], 2 * good.components[-1] + good.variables[0]), good.variables, good.domain
    )
    for net, vanishes in ((good, True), (bad, False)):
        space = Dynamics.of(net, False, None).space
        assert space.bracket_vanishes(0, size - 1, size) is vanishes


def test_affine_fields_on_the_whole_space_run_for_all_times():
    net = dd.Parametrization((u + v, u - v), (u, v))
    study = dd.analyze(net)
    assert study.domains.proved and study.mirror_flow is True
    half = dd.analyze(dd.Parametrization((u + v, u - v), (u, v), dd.Domain(positive=(u,))))
    assert not half.domains.proved and half.mirror_flow is None


def test_a_refuted_line_names_what_vanishes():
    study = dd.analyze(dd.Parametrization((sp.root(2, 3) * u**2 + v**2,), (u, v)))
    assert study["regular on M"].said.startswith("rank of the Jacobian = 0, number of components = 1  at  u = 0")
    assert study.laws.certificate.proved
    study = dd.analyze(dd.Parametrization(((u - 5) ** 2 * sp.exp(u),), (u,)))
    assert study["regular on M"].said == "det J Jᵀ = 0  at  u = 5"
    study = dd.analyze(dd.Parametrization((sp.exp(u) * v, u * v), (u, v)))
    assert study["commuting"].said.startswith("[∇G_1, ∇G_2] in direction u = ")
    assert not any("side =" in str(line) for line in study.answers)


@pytest.mark.parametrize("kinked", [u * sp.Abs(u), v * sp.Max(0, u), sp.Piecewise((u, u > v), (v, True))], ids=str)
@pytest.mark.parametrize("ask", [dd.analyze, dd.conservation_laws])
def test_a_model_with_kinks_is_asked_for_one_region(ask, kinked):
    net = dd.Parametrization((kinked,), tuple(sorted(kinked.free_symbols, key=str)))
    with pytest.raises(ValueError, match=r"is not smooth, because of .*: give G in one region where it is"):
        ask(net)


def test_hyperbolic_functions_have_an_entropy():
    study = dd.analyze(dd.Parametrization((sp.sinh(u), sp.cosh(v) * v), (u, v)))
    assert study.commuting.proved and study.laws.count == 0


def test_an_attention_head():
    """Queries and keys in one exponent: commuting, the matrix law of keys and queries, the rank at the origin."""
    k, q, values = (sp.symbols(f"{name}1:3", real=True) for name in "kqv")
    score = sp.exp(k[0] * q[0] + k[1] * q[1])
    first = (values[0] * score + values[1]) / (1 + score)
    net = dd.Parametrization((first, values[0] + values[1] - first), (*k, *q, *values))
    study = dd.analyze(net)
    assert study.commuting.proved and study.regular.verdict is Verdict.REFUTED
    assert [str(law) for law in study.laws.matrices] == ["k·kᵀ - q·qᵀ"] and len(study.laws) >= 3


def test_of_two_matrix_identities_the_one_that_says_more_is_shown():
    a, b, c = (sp.symbols(f"{name}1:3", real=True) for name in "abc")
    net = dd.Parametrization(tuple(sum(c[j] * a[j] ** k * b[j] for j in range(2)) for k in range(4)), (*a, *b, *c))
    assert [str(law) for law in dd.conservation_laws(net).matrices] == ["the diagonal of b·bᵀ - c·cᵀ"]


def test_what_is_declared_positive_is_shown_as_the_domain():
    assert dd.analyze(dd.Parametrization((P * u,), (P, u)))["domain"].said == "P > 0"
