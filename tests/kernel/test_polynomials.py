"""Polynomials as data: what is read, replaced and remembered is what SymPy says of the same expressions."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterable
from random import Random

import pytest
import sympy as sp

from ddln_sym.kernel import decide
from ddln_sym.kernel.polynomials import (
    Generator,
    Replacing,
    Term,
    _groebner,
    expand,
    factors,
    fraction,
    generators,
    terms_of,
    the_one,
)
from ddln_sym.statements import Equal, Verdict

X, Y, Z = sp.symbols("x y z", real=True)
U = sp.IndexedBase("u", real=True)


def random_polynomial(random: Random, symbols: tuple[sp.Expr, ...], terms: int = 5, power: int = 4) -> sp.Expr:
    def monomial() -> sp.Expr:
        return sp.Mul(*(s ** random.randint(0, power) for s in symbols))

    return sp.Add(*(sp.Rational(random.randint(-6, 6), random.randint(1, 4)) * monomial() for _ in range(terms)))


def read_back(terms: Iterable[Term]) -> sp.Expr:
    return sp.Add(*(sp.Rational(int(c.p), int(c.q)) * sp.Mul(*(s**n for s, n in powers)) for c, powers in terms))


@pytest.mark.parametrize("seed", range(20))
def test_the_terms_of_a_polynomial_add_up_to_it(seed: int) -> None:
    random = Random(seed)
    poly = random_polynomial(random, (X, Y, U[1]))
    product = poly * (X - U[1])
    assert read_back(terms_of(poly).values()) == poly
    assert read_back(terms_of(product).values()) == sp.expand(product)
    assert terms_of(product) == terms_of(sp.expand(product))


def test_terms_that_are_no_monomials_are_refused() -> None:
    for expr in (sp.exp(X) + 1, 1 / X, sp.sqrt(X) + X, sp.sqrt(2) * X):
        with pytest.raises(sp.PolynomialError):
            terms_of(expr)


@pytest.mark.parametrize("seed", range(20))
def test_what_stands_in_the_place_of_a_power_is_put_there(seed: int) -> None:
    random = Random(seed)
    poly, value = random_polynomial(random, (X**2, Y, U[1])), random_polynomial(random, (Y, Z), 3, 2)
    replacing = Replacing(poly, (X, Y, Z, U[1]))
    assert replacing.replace(X**2, value)
    held = sp.Symbol("held")
    expected = sp.expand(sp.expand(poly).xreplace({X ** (2 * n): held**n for n in range(1, 9)}).xreplace({held: value}))
    assert read_back(replacing.terms()) == expected
    assert replacing.present == set(generators(expected))


def test_an_odd_power_is_in_the_way_of_a_square() -> None:
    replacing = Replacing(X**3 + X**2, (X, Y))
    assert not replacing.replace(X**2, Y)
    assert read_back(replacing.terms()) == X**3 + X**2


def random_expression(random: Random, depth: int) -> sp.Expr:
    if depth == 0:
        return random.choice([X, Y, Z, U[1], sp.Rational(-2, 3), sp.Integer(3), sp.Integer(0)])
    parts = [random_expression(random, depth - 1) for _ in range(random.randint(2, 3))]
    return random.choice([sp.Add(*parts), sp.Mul(*parts), parts[0] ** random.randint(0, 3)])


@pytest.mark.parametrize("seed", range(20))
def test_an_expression_is_multiplied_out_as_sympy_does_it(seed: int) -> None:
    random = Random(seed)
    for depth in (0, 1, 2, 3, 3, 3):
        expr = random_expression(random, depth)
        assert expand(expr) == sp.expand(expr)
        for other in (expr / X, sp.sqrt(2) * expr, expr * (X + sp.exp(Y)), (X + 1) ** 61):  # no polynomials for FLINT
            assert expand(other) == sp.expand(other)


@pytest.mark.parametrize("seed", range(20))
def test_a_polynomial_is_the_fraction_that_sympy_makes_of_it(seed: int) -> None:
    random = Random(seed)
    for terms in (1, 2, 4):
        poly = random_polynomial(random, (X, Y), terms) * random_polynomial(random, (X, U[1]), 1 + seed % 3, 2)
        over, under = sp.fraction(sp.cancel(sp.together(poly)))
        assert fraction(poly) == (sp.expand(over), sp.expand(under))


@pytest.mark.parametrize("seed", range(20))
def test_a_rational_function_is_the_fraction_that_sympy_makes_of_it(seed: int) -> None:
    random = Random(seed)
    above, below, more = (random_polynomial(random, (X, U[1]), 1 + seed % 3, 2) for _ in range(3))
    quotients = [above * below / (2 * X * more + 3), (above / (U[1] + 2) - below / X) ** 2, above / (3 * X * U[1]) - 1]
    for quotient in quotients:
        over, under = sp.fraction(sp.cancel(sp.together(quotient)))
        assert fraction(quotient) == (sp.expand(over), sp.expand(under))


def test_what_divides_by_zero_is_no_fraction() -> None:
    nothing = sp.Pow(sp.Add(X, -X, evaluate=False), -1, evaluate=False)
    assert all(part.has(sp.zoo, sp.nan) or part == 1 for part in fraction(nothing))


@pytest.mark.parametrize("seed", range(12))
def test_a_basis_of_an_ideal_is_that_of_sympy(seed: int) -> None:
    random = Random(seed)
    polys = [p for _ in range(3) if (p := random_polynomial(random, (X, Y, Z), 2, 2)) != 0]
    ring = sp.ring((X, Y, Z), sp.QQ, sp.lex)[0]
    known = sp.groebner(polys, X, Y, Z, order="lex").exprs
    assert [p.as_expr() for p in _groebner([ring.from_expr(p) for p in polys])] == known


def test_a_basis_that_would_fill_the_memory_is_given_up() -> None:
    _, x, y, z, v, w = sp.ring("x y z v w", sp.QQ, sp.lex)
    polys = [x**7 * y - z**5 + w, y**6 * v - x * w**4 - 1, z**7 - x**3 * v**5 * y + 2, v**6 * z - y**4 + 3 * w]
    assert _groebner(polys) is None
    assert decide(Equal(sp.Max(sp.cbrt(X), sp.cosh(X)), sp.cosh(X))).verdict is not Verdict.PROVED


def test_a_list_of_factors_is_the_reader_s_own() -> None:
    factors(X**2 - Y**2)[1].clear()
    assert len(factors(X**2 - Y**2)[1]) == 2


def test_a_generator_is_known_by_its_name_and_its_family() -> None:
    root, other = Generator("root", "r"), Generator("exp", "r")
    assert root != other and root == Generator("root", "r") and hash(root) == hash(Generator("root", "r"))
    assert (root.family, other.family) == ("root", "exp")
    assert generators(root + other) == (root, other)  # a root is eliminated before an exponential
    for made in (pickle.loads(pickle.dumps(root)), copy.deepcopy(root)):
        assert made == root and made.family == "root"


def test_of_equal_entries_of_an_array_one_is_kept() -> None:
    assert the_one(U[1]) is the_one(U[1]) and the_one(U[1]) != the_one(U[2])
