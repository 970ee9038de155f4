"""Exponentials and logarithms: sums in the exponent are products, products in the logarithm are sums."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ddln_sym.kernel.polynomials import factors
from ddln_sym.kernel.radicals import Radicals, canonical_sign

Expr = Any

__all__ = ["Exponentials"]


class Exponentials(Radicals):
    """Normal forms of ``exp`` and ``log``."""

    def _exponential(self, exponent: Expr) -> Expr:
        numerator, denominator = self._reduce(exponent)
        if denominator.free_symbols:
            return self._exp_generator(sp.factor(exponent))
        result = sp.Integer(1)
        for term in sp.Add.make_args(sp.expand(numerator / denominator)):
            multiple, monomial = term.as_coeff_Mul()
            meaning = self.meaning.get(monomial)
            if isinstance(meaning, sp.log):
                result *= (
                    self._symbolic_power(self._inside_log(monomial), multiple)
                    if not multiple.is_Integer
                    else (self._inside_log(monomial) ** multiple)
                )
            else:
                result *= self._exp_generator(monomial / multiple.q) ** multiple.p
        return result

    def _inside_log(self, generator: Expr) -> Expr:
        return self._modulus_whole(self.meaning[generator].args[0])

    def _exp_generator(self, exponent: Expr) -> Expr:
        if exponent == 0:
            return sp.Integer(1)
        generator, new = self._generator(("exp", exponent), "exp", sp.exp(exponent))
        if new:
            self.implied.append((generator, True))
        return generator

    def _logarithm(self, argument: Expr) -> Expr:
        numerator, denominator = self._reduce(argument)
        constant, pieces = sp.Integer(1), []
        for poly, direction in ((numerator, 1), (denominator, -1)):
            content, found = factors(poly)
            constant *= content**direction
            pieces += [(piece, direction * power) for piece, power in found]
        self._need(sp.sign(constant) * sp.Mul(*(p ** abs(n) for p, n in pieces if n % 2)), "> 0", "inside a logarithm")
        for piece, power in pieces:
            if power % 2 == 0:
                self._need(piece, "≠ 0", "inside a logarithm")
        result = sp.Add(*(n * self._log_of(sp.Integer(p)) for p, n in sp.factorrat(abs(constant)).items() if p != 1))
        return result + sp.Add(*(power * self._log_of(piece) for piece, power in pieces))

    def _log_of(self, piece: Expr) -> Expr:
        stood = self.meaning.get(piece)
        if isinstance(stood, sp.exp):
            return stood.args[0]
        if isinstance(stood, sp.Abs):
            piece = stood.args[0]
        if isinstance(stood, sp.Pow) and not stood.exp.is_Rational:
            return stood.exp * self._log_of(stood.base)
        if isinstance(stood, sp.Pow) and stood.exp.is_Rational and self.is_positive(stood.base):
            return stood.exp * self._logarithm(stood.base)
        piece = canonical_sign(piece)
        return self._generator(("log", piece), "log", sp.log(piece))[0]
