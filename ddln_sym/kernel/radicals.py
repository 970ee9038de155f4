"""Moduli, signs, roots and powers, the exponent a number or a rational function of the depth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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
        if radicand.is_Integer and radicand > 1:  # √6 = √2·√3
            return result * sp.Mul(*(self._root_of(sp.Integer(p)) for p in sorted(sp.factorint(radicand))))
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
        if (whole := _whole(exponent)) is not None and numerator != 0:
            return self._whole_power(numerator, whole) / self._whole_power(denominator, whole)
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

    def _whole_power(self, poly: Expr, exponent: Whole) -> Expr:
        """``p^n`` for a symbolic whole number n, factor by factor; a factor that may vanish or be negative is no
        exponential, but ``x·x^{n−1} = x^n`` and ``x^{m+n} = x^m·x^n`` hold for it as well."""
        constant, pieces = factors(poly)
        result = sp.Integer(1)
        if constant < 0:
            constant, result = -constant, self._minus_one(exponent.total)
        result *= self._power_of(constant, exponent.total)
        for piece, power in pieces:
            sign = self._sign(piece)
            if sign is not None:
                self._need(sign * piece, "> 0", "base of a power")
                result *= self._power_of(sign * piece, power * exponent.total)
                result *= self._minus_one(exponent.total) if sign < 0 and power % 2 else 1
            else:
                result *= self._any_power(piece, exponent) ** power
        return result

    def _any_power(self, piece: Expr, exponent: Whole) -> Expr:
        result = sp.Integer(1)
        for shape, multiple in exponent.shapes:
            result *= self._shape_power(piece, shape, sp.Integer(0)) ** multiple
        if exponent.constant >= 0:
            return result * piece**exponent.constant
        least = exponent.shapes[0][0] + exponent.constant
        if not (least.is_nonnegative or self.is_nonnegative(self.lift(least))):
            self._need(piece, "≠ 0", "base of a power")
        shape, multiple = exponent.shapes[0]
        shifted = self._shape_power(piece, shape, exponent.constant)
        return (
            shifted
            * self._shape_power(piece, shape, sp.Integer(0)) ** (multiple - 1)
            * sp.Mul(*(self._shape_power(piece, s, sp.Integer(0)) ** n for s, n in exponent.shapes[1:]))
        )

    def _shape_power(self, piece: Expr, shape: Expr, constant: Expr) -> Expr:
        """The generator of ``x^{shape + constant}``, related to that of ``x^shape``."""
        meaning = sp.Pow(piece, shape + constant, evaluate=False)
        generator, new = self._generator(("whole power", piece, shape, constant), "power", meaning)
        if new:
            if (shape + constant).is_even:
                self.implied.append((generator, self.is_nonzero(piece)))
            if constant:
                whole = self._shape_power(piece, shape, sp.Integer(0))
                self.definitions.append(whole - piece**-constant * generator)
            if self.is_nonzero(piece):
                self.implied.append((generator**2, True))
        return generator

    def _minus_one(self, count: Expr) -> Expr:
        """``(−1)^count``; :class:`~ddln_sym.kernel.indexed.Indexed` knows how."""
        raise TypeError("radicals alone have no parities")

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


@dataclass(frozen=True)
class Whole:
    """A whole number ``Σ multiple·shape + constant``: the shapes are products of symbols for whole numbers ≥ 0."""

    total: Expr
    shapes: tuple[tuple[Expr, int], ...]
    constant: Expr


def _whole(exponent: Expr) -> Whole | None:
    """The exponent as a symbolic whole number, if its terms say that it is one."""
    constant, rest = sp.expand(exponent).as_coeff_Add()
    shapes = []
    for term in sp.Add.make_args(rest):
        multiple, shape = term.as_coeff_Mul()
        if not (multiple.is_Integer and multiple > 0 and shape.is_integer and shape.is_nonnegative):
            return None
        if not shape.is_polynomial(*shape.free_symbols):
            return None
        shapes.append((shape, int(multiple)))
    return Whole(sp.expand(exponent), tuple(shapes), constant) if constant.is_Integer and shapes else None


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
