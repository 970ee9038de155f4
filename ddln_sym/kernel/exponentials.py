"""Exponentials and logarithms: sums in the exponent are products, products in the logarithm are sums."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ddln_sym.kernel.indexed import open_term
from ddln_sym.kernel.polynomials import factors
from ddln_sym.kernel.radicals import MOST_POWER, canonical_sign, modulus, raise_to, symbolic_power
from ddln_sym.kernel.tower import Tower, rule
from ddln_sym.statements import ProductOver, SumOver

Expr = Any


@rule(sp.exp)
def _exp(tower: Tower, e: Expr) -> Expr:
    return _exponential(tower, tower.lift(e.args[0]))


@rule(sp.log)
def _log(tower: Tower, e: Expr) -> Expr:
    return _logarithm(tower, tower.lift(e.args[0]))


@rule(sp.sinh, sp.cosh, sp.tanh)
def _hyperbolic(tower: Tower, e: Expr) -> Expr:
    """``(e^x ± e^{−x})/2``, and tanh their quotient; the argument is lifted first, for SymPy would turn
    ``exp(log x)`` into x, for any x."""
    x = tower.lift(e.args[0])
    up, down = _exponential(tower, x), _exponential(tower, -x)
    if isinstance(e, sp.tanh):
        return (up - down) / (up + down)
    return (up + down) / 2 if isinstance(e, sp.cosh) else (up - down) / 2


@rule(sp.asinh)
def _area(tower: Tower, e: Expr) -> Expr:
    x = tower.lift(e.args[0])
    return _logarithm(tower, x + raise_to(tower, x**2 + 1, sp.Rational(1, 2)))


def _exponential(tower: Tower, exponent: Expr) -> Expr:
    numerator, denominator = tower.reduce(exponent)
    if denominator.free_symbols:
        return _exp_generator(tower, sp.factor(exponent))
    result = sp.Integer(1)
    for term in sp.Add.make_args(sp.expand(numerator / denominator)):
        multiple, monomial = term.as_coeff_Mul()
        meaning = tower.meaning.get(monomial)
        if isinstance(meaning, sp.log):
            result *= (
                symbolic_power(tower, _inside_log(tower, monomial), multiple)
                if not multiple.is_Integer
                else (_inside_log(tower, monomial) ** multiple)
            )
        elif abs(multiple.p) > MOST_POWER:
            result *= _exp_generator(tower, term)
        else:
            result *= _exp_generator(tower, monomial / multiple.q) ** multiple.p
    return result


def _inside_log(tower: Tower, generator: Expr) -> Expr:
    return modulus(tower, tower.meaning[generator].args[0])


def _exp_generator(tower: Tower, exponent: Expr) -> Expr:
    if exponent == 0:
        return sp.Integer(1)
    generator, new = tower.generator(("exp", exponent), "exp", sp.exp(exponent))
    if new:
        tower.implied.append((generator, True))
    return generator


def _logarithm(tower: Tower, argument: Expr) -> Expr:
    numerator, denominator = tower.reduce(argument)
    constant, pieces = sp.Integer(1), []
    for poly, direction in ((numerator, 1), (denominator, -1)):
        content, found = factors(poly)
        constant *= content**direction
        pieces += [(piece, direction * power) for piece, power in found]
    tower.need(sp.sign(constant) * sp.Mul(*(p ** abs(n) for p, n in pieces if n % 2)), "> 0", "inside a logarithm")
    for piece, power in pieces:
        if power % 2 == 0:
            tower.need(piece, "≠ 0", "inside a logarithm")
    result = sp.Add(*(n * _log_of(tower, sp.Integer(p)) for p, n in sp.factorrat(abs(constant)).items() if p != 1))
    return result + sp.Add(*(power * _log_of(tower, piece) for piece, power in pieces))


def _log_of(tower: Tower, piece: Expr) -> Expr:
    stood = tower.meaning.get(piece)
    if isinstance(stood, sp.exp):
        return stood.args[0]
    if isinstance(stood, ProductOver) and (found := _log_of_product(tower, stood)) is not None:
        return found
    if isinstance(stood, sp.Abs):
        piece = stood.args[0]
    if isinstance(stood, sp.Pow) and not stood.exp.is_Rational:
        return stood.exp * _log_of(tower, stood.base)
    if isinstance(stood, sp.Pow) and stood.exp.is_Rational and tower.is_positive(stood.base):
        return stood.exp * _logarithm(tower, stood.base)
    piece = canonical_sign(piece)
    return tower.generator(("log", piece), "log", sp.log(piece))[0]


def _log_of_product(tower: Tower, product: ProductOver) -> Expr | None:
    """``log |∏ f| = Σ log |f|``, where no factor vanishes by what is known of any one."""
    factor, _ = open_term(tower, product)
    numerator, denominator = tower.reduce(factor)
    if not (tower.is_nonzero(numerator) and tower.is_nonzero(denominator)):
        return None
    sign = tower.sign_of(sp.expand(numerator * denominator))
    inside = sp.Abs(product.term) if sign is None else sign * product.term
    return tower.lift(SumOver(sp.log(inside, evaluate=False), *product.args[1:]))
