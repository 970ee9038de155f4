"""Moduli, signs, roots and powers, the exponent a number or a rational function of the depth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy as sp

from ddln_sym.kernel.knowledge import Knowledge
from ddln_sym.kernel.polynomials import factors, fraction, ring_of
from ddln_sym.statements import ProductOver

Expr = Any

__all__ = ["Radicals", "canonical_sign"]


class Radicals(Knowledge):
    """Normal forms of ``|x|``, ``sign x``, ``√x`` and ``x^q``."""

    def _split(self, expr: Expr, rule: Any) -> Expr:
        """Apply a multiplicative rule (modulus, sign) factor by factor."""
        numerator, denominator = self._reduce(expr)
        result = sp.Integer(1)
        for poly, direction in ((numerator, 1), (denominator, -1)):
            constant, pieces = factors(poly)
            result *= rule(constant, 1) ** direction
            for piece, power in pieces:
                result *= rule(piece, power) ** direction
        return result

    def _modulus(self, p: Expr, power: int) -> Expr:
        if p.is_number:
            return abs(p) ** power
        sign = self._sign(p)
        if sign is not None:
            return (sign * p) ** power
        if power % 2 == 0:
            return p**power
        return self._modulus_of(p) ** power

    def _modulus_of(self, p: Expr) -> Expr:
        p = canonical_sign(p)
        generator, new = self._generator(("abs", p), "modulus", sp.Abs(p))
        if new:
            self.definitions.append(generator**2 - p**2)
            self.implied.append((generator, self.is_nonzero(p)))
        return generator

    def _sign_generator(self, p: Expr, power: int) -> Expr:
        if p.is_number:
            return sp.sign(p) ** power
        sign = self._sign(p)
        if sign is not None:
            return sp.Integer(sign) ** power
        nonzero = self.is_nonzero(p)
        if nonzero and power % 2 == 0:
            return sp.Integer(1)
        if isinstance(meaning := self.meaning.get(p), ProductOver):
            return self.lift(ProductOver(sp.sign(meaning.term), *meaning.args[1:])) ** power
        flip = 1 if p == canonical_sign(p) else -1
        p = canonical_sign(p)
        generator, new = self._generator(("sign", p), "sign", sp.sign(p))
        if new:
            modulus = self._modulus_of(p)
            self.definitions += [generator * modulus - p, generator * p - modulus]
            self.definitions.append(generator**2 - 1 if nonzero else generator**3 - generator)
            if nonzero:
                self.implied.append((generator**2, True))
        return (flip * generator) ** power

    # -- powers ---------------------------------------------------------------------------------
    def _power(self, base: Expr, exponent: Expr) -> Expr:
        if exponent.is_Rational and exponent < 0:
            self._need(self._reduce(base)[0], "≠ 0", "divided by")
        if exponent.is_Integer:
            return base**exponent
        if exponent.is_Rational and exponent.q == 2:
            return self._root(base) ** exponent.p
        return self._symbolic_power(base, exponent)

    def _root(self, base: Expr) -> Expr:
        numerator, denominator = self._reduce(base)
        constant, pieces = factors(sp.expand(numerator * denominator))
        outside, inside = sp.Integer(1), sp.Integer(1)
        for piece, power in pieces:
            outside *= self._modulus(piece, power // 2)
            if power % 2:
                inside *= piece
        root = sp.sqrt(abs(constant))
        if root.is_Rational:
            outside, constant = outside * root, sp.sign(constant)
        result = outside / self._modulus_whole(denominator)
        radicand = sp.expand(constant * inside)
        if radicand == 1:
            return result
        if constant == 1 and len(factors(radicand)[1]) > 1:
            split = [p for p, _ in factors(radicand)[1]]
            if all(self.is_nonnegative(p) for p in split):
                return result * sp.Mul(*(self._root_of(p) for p in split))
        return result * self._root_of(radicand)

    def _modulus_whole(self, poly: Expr) -> Expr:
        return self._split(poly, self._modulus)

    def _root_of(self, radicand: Expr) -> Expr:
        generator, new = self._generator(("root", radicand), "root", sp.sqrt(radicand))
        if new:
            self._need(radicand, "≥ 0", "under a square root")
            self.definitions.append(generator**2 - radicand)
            self.implied.append((generator, self.is_positive(radicand)))
        return generator

    def _symbolic_power(self, base: Expr, exponent: Expr) -> Expr:
        numerator, denominator = self._reduce(base)
        if numerator == 0:
            self._need(sp.Mul(*fraction(exponent)), "> 0", "exponent of a power of 0")
            return numerator
        result = sp.Integer(1)
        for poly, direction in ((numerator, 1), (denominator, -1)):
            constant, pieces = factors(poly)
            for piece, power in pieces:
                sign = self._sign(piece) or 1
                constant *= sp.Integer(sign) ** power
                base_of = self._modulus(piece, 1) if power % 2 == 0 else sign * piece  # (x²)^a is |x|^{2a}
                self._need(base_of, "> 0", "base of a power")
                result *= self._power_of(base_of, direction * power * exponent)
            result *= self._power_of(constant, direction * exponent)
        return result

    def _power_of(self, piece: Expr, exponent: Expr) -> Expr:
        if piece in self.meaning and isinstance(stood := self.meaning[piece], sp.Pow):
            return self._power_of(stood.base, stood.exp * exponent)
        if piece in self.meaning and isinstance(self.meaning[piece], sp.exp):
            return self._exponential(self.lift(self.meaning[piece].args[0] * exponent))
        if piece.is_number or not exponent.is_Rational:
            if piece == 1:
                return piece
            self._need(piece, "> 0", "base of a power")
            result = sp.Integer(1)
            for shape, multiple in _exponent_basis(exponent):
                if shape == 1:
                    if not multiple.is_Integer:
                        raise ValueError(f"fractional constant in the exponent {exponent}")
                    result *= piece**multiple
                else:
                    generator, new = self._generator(("pow", piece, shape), "power", sp.Pow(piece, shape))
                    if new:
                        self.implied.append((generator, True))
                    result *= generator**multiple
            return result
        if exponent.is_Integer:
            return piece**exponent
        if exponent.q == 2:
            return self._root(piece) ** exponent.p
        self._need(piece, "> 0", "base of a power")
        generator, new = self._generator(("pow", piece, exponent.q), "power", sp.Pow(piece, sp.Rational(1, exponent.q)))
        if new:
            self.implied.append((generator, True))
            self.definitions.append(generator**exponent.q - piece)
        return generator**exponent.p

    def _exponential(self, exponent: Expr) -> Expr:
        """``e^exponent``; :class:`~ddln_sym.kernel.exponentials.Exponentials` knows how."""
        raise TypeError("radicals alone have no exponentials")


def canonical_sign(poly: Expr) -> Expr:
    """The one of ``±poly`` that stands for both."""
    if poly.is_number:
        return abs(poly)
    return -poly if ring_of(poly).from_expr(poly).LC < 0 else poly


def _exponent_basis(exponent: Expr) -> Iterator[tuple[Expr, Expr]]:
    """An exponent in QQ(L) as integer multiples of fixed shapes: L/(L−2) = 1·1 + 2·1/(L−2)."""
    symbols = exponent.free_symbols
    expanded = sp.apart(sp.together(exponent), next(iter(symbols))) if symbols else exponent
    for term in sp.Add.make_args(sp.expand(expanded)):
        multiple, shape = sp.factor(term).as_coeff_Mul()
        yield (shape, multiple) if shape == 1 or multiple.is_Integer else (shape / multiple.q, multiple * multiple.q)
