"""Parametrizations and their conditions: sentences for bad input, and networks that fail a condition."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp

from ddln_sym import (
    Domain,
    Parametrization,
    commuting,
    deep_diagonal,
    difference,
    matrix_factorization,
    redundant,
    regular,
    shallow_linear,
    symmetric_domains,
)
from ddln_sym.kernel import NotPolynomial
from ddln_sym.statements import Verdict

x, y, z = sp.symbols("x y z", real=True)


# -- bad input ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("build", [deep_diagonal, redundant, difference])
@pytest.mark.parametrize("depth", [1, 0, -3, 2.5, 2.0, True, "3", None])
def test_a_depth_that_is_not_a_whole_number_of_at_least_two(build, depth):
    with pytest.raises(ValueError, match=r"depth is .*: it must be a whole number of at least 2"):
        build(depth, 2)


@pytest.mark.parametrize("build", [deep_diagonal, redundant, difference])
@pytest.mark.parametrize("dimension", [0, -1, 1.5, False, "1", None])
def test_a_dimension_that_is_not_a_whole_number_of_at_least_one(build, dimension):
    with pytest.raises(ValueError, match=r"dimension is .*: it must be a whole number of at least 1"):
        build(2, dimension)


@pytest.mark.parametrize("build", [matrix_factorization, shallow_linear])
def test_the_shape_of_a_matrix(build):
    for shape in [(0, 2), (2, 0), (1.5, 2)]:
        with pytest.raises(ValueError, match="must be a whole number of at least 1"):
            build(*shape)


@pytest.mark.parametrize("build", [deep_diagonal, redundant])
def test_a_symbolic_size_is_declared_as_a_positive_whole_number(build):
    for bare in (sp.Symbol("n"), sp.Symbol("n", integer=True), sp.Symbol("n", positive=True)):
        for arguments in ((bare, 2), (2, bare)):
            with pytest.raises(ValueError, match=r"is the symbol n: declare it with integer=True, positive=True"):
                build(*arguments)
    assert build(sp.Symbol("n", integer=True, positive=True), 2).schematic


def test_the_difference_of_powers_is_for_a_fixed_size():
    with pytest.raises(ValueError, match=r"depth is L: .*whole number"):
        difference(sp.Symbol("L"), 2)
    with pytest.raises(ValueError, match=r"dimension is d: .*whole number"):
        difference(2, sp.Symbol("d"))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (((), (x,)), "components is empty: a parametrization needs at least one component"),
        (((x * y,), (x, y, x)), "variables repeats a symbol: each parameter must be listed once"),
        (((x, x * z), (x, y)), r"components: G_2 = x\*z uses z, which is not among the variables x, y"),
        (((x,), (x,), Domain(avoids=((x, z),))), "domain does not fit G: the condition on z uses z"),
        (((x,), (x,), Domain(positive=(x - y,))), "domain does not fit G: the condition on x - y uses y"),
    ],
)
def test_data_that_do_not_fit_together(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        Parametrization(*arguments)


@pytest.mark.parametrize("avoids", [3, "abc", sp.Symbol("x", real=True)])
def test_a_domain_avoids_groups(avoids):
    with pytest.raises(ValueError, match=r"^avoids is .*: write a tuple of groups of polynomials"):
        Domain(avoids)


@pytest.mark.parametrize("i", [0, 3, -1])
def test_components_are_counted_from_one(i):
    net = deep_diagonal(2, 2)
    for derivative in (net.gradient, net.hessian):
        with pytest.raises(ValueError, match=f"i = {i} is not a component of G: it has components 1 to 2"):
            derivative(i)


def test_a_point_of_the_wrong_length():
    net = deep_diagonal(2, 2)
    with pytest.raises(ValueError, match="values has 3 entries; G takes 4"):
        net.at((1, 2, 3))
    with pytest.raises(ValueError, match="values has 3 entries; M lies in a space of 4"):
        net.contains((1, 2, 3))


@pytest.mark.parametrize("condition", [commuting, regular])
@pytest.mark.parametrize("component", [sp.sin(x), sp.sqrt(x), 1 / x, sp.exp(x) * y])
def test_a_component_that_is_not_a_polynomial(condition, component):
    with pytest.raises(NotPolynomial) as caught:
        condition(Parametrization((x * y, component), (x, y)))
    assert str(caught.value) == f"the component {component} of G is not a polynomial in its parameters"


def test_a_component_with_an_irrational_coefficient():
    net = Parametrization((sp.sqrt(2) * x, x + y), (x, y))
    assert commuting(net).proved
    with pytest.raises(NotPolynomial, match="does not have rational coefficients"):
        regular(net)


# -- commuting ------------------------------------------------------------------------------------------
def bracket(net, a, b):
    """``∇²G_a ∇G_b − ∇²G_b ∇G_a``, from the definition."""
    return (net.hessian(a) * net.gradient(b) - net.hessian(b) * net.gradient(a)).applyfunc(sp.expand)


@pytest.mark.parametrize("net", [difference(2, 2), difference(3, 2), redundant(4, 3), deep_diagonal(3, 2)], ids=str)
def test_networks_that_commute(net):
    assert commuting(net).proved
    size = range(1, len(net.components) + 1)
    assert all(bracket(net, a, b).is_zero_matrix for a in size for b in size)


@pytest.mark.parametrize("net", [matrix_factorization(2, 2), shallow_linear(1, 2), shallow_linear(2, 2)], ids=str)
def test_networks_that_do_not_commute(net):
    certificate = commuting(net)
    assert certificate.verdict is Verdict.REFUTED
    ((words, value),) = certificate.witness.values.items()  # "[∇G_1, ∇G_2] in direction w"
    a, b = (int(word.strip("[],").removeprefix("∇G_")) for word in words.split()[:2])
    direction = next(n for n, v in enumerate(net.variables) if str(v) == words.split()[-1])
    point = {v: sp.Rational(certificate.witness.point.get(str(v), "0")) for v in net.variables}
    assert bracket(net, a, b)[direction].xreplace(point) == sp.Rational(value) != 0


# -- regular --------------------------------------------------------------------------------------------
def rank_at(net, certificate):
    """The exact rank of the Jacobian at the witness, which has to lie in M."""
    point = {v: sp.Rational(certificate.witness.point[str(v)]) for v in net.variables}
    assert net.contains(point)
    return net.jacobian.xreplace(point).rank()


@pytest.mark.parametrize(
    ("net", "rank"),
    [
        (Parametrization(deep_diagonal(3, 1).components, deep_diagonal(3, 1).variables), 0),
        (Parametrization(deep_diagonal(2, 2).components, deep_diagonal(2, 2).variables), 1),
        (Parametrization((x**2, y**2), (x, y), Domain(positive=(x,))), 1),
        (Parametrization((x + y, 2 * x + 2 * y), (x, y)), 1),
        (Parametrization((x * y, x + y), (x, y), Domain(avoids=((x, y),))), 1),
        (Parametrization((x, y, x + y), (x, y)), 2),
        (matrix_factorization(2, 1), None),
    ],
    ids=str,
)
def test_regular_is_refuted_at_a_point_of_M(net, rank):
    certificate = regular(net)
    assert certificate.verdict is Verdict.REFUTED
    found = rank_at(net, certificate)
    assert certificate.witness.values["rank of the Jacobian"] == str(found)
    assert found < len(net.components) and rank in (None, found)


def test_a_point_outside_M_is_no_witness():
    """The same components are regular on M and not on the whole space: the witness lies outside M."""
    net = deep_diagonal(3, 2)
    assert regular(net).proved
    everywhere = Parametrization(net.components, net.variables)
    certificate = regular(everywhere)
    assert rank_at(everywhere, certificate) == int(certificate.witness.values["rank of the Jacobian"]) == 1
    outside = [Fraction(certificate.witness.point[str(v)]) for v in net.variables]
    assert not net.contains(outside)


def test_positive_parameters_make_powers_regular():
    assert regular(redundant(3, 2)).proved and regular(difference(3, 2)).proved
    u = redundant(3, 2).variables
    assert regular(Parametrization(redundant(3, 2).components, u)).verdict is Verdict.REFUTED


# -- symmetric domains ------------------------------------------------------------------------------------
def test_shared_variables_leave_the_domains_open():
    assert symmetric_domains(deep_diagonal(3, 2)).proved
    certificate = symmetric_domains(matrix_factorization(2, 1))
    assert certificate.verdict is Verdict.UNDECIDED and "share U11" in certificate.reason
    tied = Parametrization((x, y), (x, y), Domain(positive=(x + y,)))
    assert symmetric_domains(tied).verdict is Verdict.UNDECIDED
