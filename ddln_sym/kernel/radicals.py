"""Moduli, signs, roots and powers, the exponent a number or a rational function of the depth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sympy as sp

from ddln_sym.kernel.polynomials import REMEMBERED, expand, factors, fraction, ring_of
from ddln_sym.kernel.tower import Tower, rule
from ddln_sym.statements import ProductOver

Expr = Any

#: Numbers under roots are split by divisors up to this; what is left of them counts as one.
LARGEST_FACTOR = 100_000
#: Higher powers are not multiplied out: their polynomials would fill the memory.
MOST_POWER = 10_000

__all__ = ["canonical_sign", "minus_one", "modulus", "modulus_power", "raise_to", "split", "symbolic_power"]


@rule(sp.Abs)
def _absolute(tower: Tower, e: Expr) -> Expr:
    return split(tower, tower.lift(e.args[0]), modulus_power)


@rule(sp.sign)
def _signum(tower: Tower, e: Expr) -> Expr:
    return split(tower, tower.lift(e.args[0]), sign_power)


@rule(sp.Max, sp.Min)
def _extreme(tower: Tower, e: Expr) -> Expr:
    """``max(a, b) = (a + b + |a − b|)/2``, and min with the other sign, one argument after the other."""
    found, *others = (tower.lift(a) for a in sorted(e.args, key=sp.default_sort_key))
    side = 1 if isinstance(e, sp.Max) else -1
    for other in others:
        found = (found + other + side * split(tower, found - other, modulus_power)) / 2
    return found


@rule(sp.Pow)
def _power(tower: Tower, e: Expr) -> Expr:
    return raise_to(tower, tower.lift(e.base), tower.lift(e.exp))


def split(tower: Tower, expr: Expr, power_of: Callable[[Tower, Expr, int], Expr]) -> Expr:
    """Apply a multiplicative rule (modulus, sign) factor by factor."""
    numerator, denominator = tower.reduce(expr)
    result = sp.Integer(1)
    for poly, direction in ((numerator, 1), (denominator, -1)):
        constant, pieces = factors(poly)
        result *= power_of(tower, constant, 1) ** direction
        for piece, power in pieces:
            result *= power_of(tower, piece, power) ** direction
    return result


def modulus_power(tower: Tower, p: Expr, power: int) -> Expr:
    if p.is_number:
        return abs(p) ** power
    sign = tower.sign_of(p)
    if sign is not None:
        return (sign * p) ** power
    if power % 2 == 0:
        return p**power
    return _modulus_of(tower, p) ** power


def _modulus_of(tower: Tower, p: Expr) -> Expr:
    p = canonical_sign(p)
    generator, new = tower.generator(("abs", p), "modulus", sp.Abs(p))
    if new:
        tower.definitions.append(generator**2 - p**2)
        tower.implied.append((generator, tower.is_nonzero(p)))
    return generator


def sign_power(tower: Tower, p: Expr, power: int) -> Expr:
    if p.is_number:
        return sp.sign(p) ** power
    sign = tower.sign_of(p)
    if sign is not None:
        return sp.Integer(sign) ** power
    nonzero = tower.is_nonzero(p)
    if nonzero and power % 2 == 0:
        return sp.Integer(1)
    if isinstance(meaning := tower.meaning.get(p), ProductOver):
        return tower.lift(ProductOver(sp.sign(meaning.term), *meaning.args[1:])) ** power
    flip = 1 if p == canonical_sign(p) else -1
    p = canonical_sign(p)
    generator, new = tower.generator(("sign", p), "sign", sp.sign(p))
    if new:
        its = _modulus_of(tower, p)
        tower.definitions += [generator * its - p, generator * p - its]
        tower.definitions.append(generator**2 - 1 if nonzero else generator**3 - generator)
        if nonzero:
            tower.implied.append((generator**2, True))
    return (flip * generator) ** power


# -- powers ---------------------------------------------------------------------------------
def raise_to(tower: Tower, base: Expr, exponent: Expr) -> Expr:
    if exponent.is_Rational and exponent < 0:
        tower.need(tower.reduce(base)[0], "≠ 0", "divided by")
    if exponent.is_Integer:
        if abs(exponent) > MOST_POWER:
            raise ValueError(f"a power of {exponent} would have to be multiplied out: {MOST_POWER} is the most")
        return base**exponent
    if exponent.is_Rational and exponent.q == 2:
        return square_root(tower, base) ** exponent.p
    return symbolic_power(tower, base, exponent)


def square_root(tower: Tower, base: Expr) -> Expr:
    numerator, denominator = tower.reduce(base)
    constant, pieces = factors(expand(numerator * denominator))
    outside, inside = sp.Integer(1), sp.Integer(1)
    for piece, power in pieces:
        outside *= modulus_power(tower, piece, power // 2)
        if power % 2:
            inside *= piece
    root = sp.sqrt(abs(constant))
    if root.is_Rational:
        outside, constant = outside * root, sp.sign(constant)
    result = outside / modulus(tower, denominator)
    radicand = expand(constant * inside)
    if radicand == 1:
        return result
    if radicand.is_Integer and radicand > 1:  # √6 = √2·√3
        return result * sp.Mul(*(_root_of(tower, sp.Integer(p)) for p in sorted(sp.factorint(radicand))))
    if constant == 1 and len(factors(radicand)[1]) > 1:
        split = [p for p, _ in factors(radicand)[1]]
        if all(tower.is_nonnegative(p) for p in split):
            return result * sp.Mul(*(_root_of(tower, p) for p in split))
    return result * _root_of(tower, radicand)


def modulus(tower: Tower, poly: Expr) -> Expr:
    return split(tower, poly, modulus_power)


def _root_of(tower: Tower, radicand: Expr) -> Expr:
    generator, new = tower.generator(("root", radicand), "root", sp.sqrt(radicand))
    if new:
        tower.need(radicand, "≥ 0", "under a square root")
        tower.definitions.append(generator**2 - radicand)
        tower.implied.append((generator, tower.is_positive(radicand)))
    return generator


def symbolic_power(tower: Tower, base: Expr, exponent: Expr) -> Expr:
    numerator, denominator = tower.reduce(base)
    if (whole := _whole(exponent)) is not None and numerator != 0:
        return _whole_power(tower, numerator, whole) / _whole_power(tower, denominator, whole)
    if not tower.is_positive(numerator) and tower.is_nonzero(numerator) and (parts := _as_difference(exponent)):
        tower.need(numerator, "≠ 0", "base of a power")
        above, below = (raise_to(tower, base, part) for part in parts)  # x^{m−n} = x^m/x^n
        return above / below
    if numerator == 0:
        tower.need(sp.Mul(*fraction(exponent)), "> 0", "exponent of a power of 0")
        return numerator
    result = sp.Integer(1)
    for poly, direction in ((numerator, 1), (denominator, -1)):
        constant, pieces = factors(poly)
        for piece, power in pieces:
            sign = tower.sign_of(piece) or 1
            constant *= sp.Integer(sign) ** power
            base_of = modulus_power(tower, piece, 1) if power % 2 == 0 else sign * piece  # (x²)^a is |x|^{2a}
            _need_a_base(tower, base_of, direction * power * exponent)
            result *= _power_of(tower, base_of, direction * power * exponent)
        result *= _power_of(tower, constant, direction * exponent)
    return result


def _whole_power(tower: Tower, poly: Expr, exponent: Whole) -> Expr:
    """``p^n`` for a symbolic whole number n, factor by factor; a factor that may vanish or be negative is no
    exponential, but ``x·x^{n−1} = x^n`` and ``x^{m+n} = x^m·x^n`` hold for it as well."""
    constant, pieces = factors(poly)
    result = sp.Integer(1)
    if constant < 0:
        constant, result = -constant, minus_one(tower, exponent.total)
    result *= _power_of(tower, constant, exponent.total)
    for piece, power in pieces:
        sign = tower.sign_of(piece)
        if sign is not None:
            tower.need(sign * piece, "> 0", "base of a power")
            result *= _power_of(tower, sign * piece, power * exponent.total)
            result *= minus_one(tower, exponent.total) if sign < 0 and power % 2 else 1
        else:
            result *= _any_power(tower, piece, exponent) ** power
    return result


def _any_power(tower: Tower, piece: Expr, exponent: Whole) -> Expr:
    if exponent.constant >= 0 or tower.is_nonzero(piece):
        if exponent.constant < 0:
            tower.need(piece, "≠ 0", "base of a power")
        powers = [_shape_power(tower, piece, s, sp.Integer(0)) ** n for s, n in exponent.shapes]
        return sp.Mul(*powers) * piece**exponent.constant
    shape, multiple = exponent.shapes[0]
    each, more = divmod(-exponent.constant, multiple)
    alone, shared = [exponent.constant, *[0] * (multiple - 1)], [-each - 1] * more + [-each] * (multiple - more)
    # x^{2n−2} is x^{n−1}·x^{n−1} where x^{n−2}·x^n may have no value.
    shifts = next((s for s in (alone, shared) if _is_nonnegative(tower, shape + min(s))), None)
    if shifts is None:
        tower.need(piece, "≠ 0", "base of a power")
        shifts = alone
    powers = [_shape_power(tower, piece, shape, sp.Integer(shift)) for shift in shifts]
    powers += [_shape_power(tower, piece, s, sp.Integer(0)) ** n for s, n in exponent.shapes[1:]]
    return sp.Mul(*powers)


def _is_nonnegative(tower: Tower, exponent: Expr) -> bool:
    return bool(exponent.is_nonnegative or tower.is_nonnegative(tower.lift(exponent)))


def _shape_power(tower: Tower, piece: Expr, shape: Expr, constant: Expr) -> Expr:
    """The generator of ``x^{shape + constant}``, related to that of ``x^shape``."""
    meaning = sp.Pow(piece, shape + constant, evaluate=False)
    generator, new = tower.generator(("whole power", piece, shape, constant), "power", meaning)
    if new:
        if (shape + constant).is_even:
            tower.implied.append((generator, tower.is_nonzero(piece)))
        if constant:
            whole = _shape_power(tower, piece, shape, sp.Integer(0))
            tower.definitions.append(whole - piece**-constant * generator)
        if tower.is_nonzero(piece):
            tower.implied.append((generator**2, True))
    return generator


def _power_of(tower: Tower, piece: Expr, exponent: Expr) -> Expr:
    if piece in tower.meaning and isinstance(stood := tower.meaning[piece], sp.Pow):
        return _power_of(tower, stood.base, stood.exp * exponent)
    if piece in tower.meaning and isinstance(tower.meaning[piece], sp.exp):
        return tower.lift(sp.exp(tower.meaning[piece].args[0] * exponent, evaluate=False))
    if piece.is_number or not exponent.is_Rational:
        if piece == 1:
            return piece
        tower.need(piece, "> 0", "base of a power")
        result = sp.Integer(1)
        for shape, multiple in _exponent_basis(exponent):
            if shape == 1:
                result *= _rational_power(tower, piece, multiple)
            else:
                generator, new = tower.generator(("pow", piece, shape), "power", sp.Pow(piece, shape))
                if new:
                    tower.implied.append((generator, True))
                result *= generator**multiple
        return result
    return _rational_power(tower, piece, exponent)


def _rational_power(tower: Tower, piece: Expr, exponent: Expr) -> Expr:
    if exponent.is_Integer:
        return piece**exponent
    if piece.is_number:
        return _root_of_number(tower, piece, exponent)
    if exponent.q == 2:
        return square_root(tower, piece) ** exponent.p
    _need_a_base(tower, piece, exponent)
    generator, new = tower.generator(("pow", piece, exponent.q), "power", sp.Pow(piece, sp.Rational(1, exponent.q)))
    if new:
        tower.implied.append((generator, not _may_vanish(tower, piece, exponent)))
        tower.definitions.append(generator**exponent.q - piece)
    return generator**exponent.p


def _may_vanish(tower: Tower, base: Expr, exponent: Expr) -> bool:
    """Whether a base is known not to be negative, and no more, and the exponent is one for which that is enough."""
    known = exponent.is_Rational and exponent > 0 and not tower.is_positive(base)
    return bool(known and tower.is_nonnegative(base))


def _need_a_base(tower: Tower, base: Expr, exponent: Expr) -> None:
    tower.need(base, "≥ 0" if _may_vanish(tower, base, exponent) else "> 0", "base of a power")


def _root_of_number(tower: Tower, number: Expr, exponent: Expr) -> Expr:
    """``c^{p/q}`` for a positive rational number, prime by prime: ``(4/3)^{1/3} = (2^{1/3})²/3^{1/3}``."""
    primes: dict[Expr, Expr] = {}
    for whole, side in ((number.p, 1), (number.q, -1)):
        for prime, power in sp.factorint(whole, limit=LARGEST_FACTOR).items():
            primes[sp.Integer(prime)] = primes.get(sp.Integer(prime), sp.Integer(0)) + side * power
    result = sp.Integer(1)
    for prime, power in sorted(primes.items()):
        outside, inside = divmod(power * exponent, 1)
        result *= prime**outside
        if inside == 0:
            continue
        if inside.q == 2:
            result *= _root_of(tower, prime)
            continue
        generator, new = tower.generator(("pow", prime, inside.q), "power", sp.Pow(prime, sp.Rational(1, inside.q)))
        if new:
            tower.implied.append((generator, True))
            tower.definitions.append(generator**inside.q - prime)
        result *= generator**inside.p
    return result


def minus_one(tower: Tower, count: Expr) -> Expr:
    """``(−1)^count``, the constant part of the count carried out."""
    constant, symbolic = expand(count).as_coeff_Add()
    sign = sp.Integer(-1) ** constant
    if symbolic == 0:
        return sign
    meaning = sp.Pow(sp.Integer(-1), symbolic, evaluate=False)
    generator, new = tower.generator(("parity", symbolic), "parity", meaning)
    if new:
        tower.definitions.append(generator**2 - 1)
    return sign * generator


@dataclass(frozen=True)
class Whole:
    """A whole number ``Σ multiple·shape + constant``: the shapes are products of symbols for whole numbers ≥ 0."""

    total: Expr
    shapes: tuple[tuple[Expr, int], ...]
    constant: Expr


def _whole(exponent: Expr) -> Whole | None:
    """The exponent as a symbolic whole number, if its terms say that it is one."""
    constant, rest = expand(exponent).as_coeff_Add()
    shapes = []
    for term in sp.Add.make_args(rest):
        multiple, shape = term.as_coeff_Mul()
        if not (multiple.is_Integer and multiple > 0 and shape.is_integer and shape.is_nonnegative):
            return None
        if not shape.is_polynomial(*shape.free_symbols):
            return None
        shapes.append((shape, int(multiple)))
    return Whole(expand(exponent), tuple(shapes), constant) if constant.is_Integer and shapes else None


def _as_difference(exponent: Expr) -> tuple[Expr, Expr] | None:
    """``(m, n)`` of an exponent ``m − n`` for whole numbers that are not negative, n a symbolic one."""
    below = sp.Add(*(-term for term in sp.Add.make_args(expand(exponent)) if term.as_coeff_Mul()[0] < 0))
    above = expand(exponent + below)
    if _whole(below) is None or not (_whole(above) or above.is_Integer):
        return None
    return above, below


def canonical_sign(poly: Expr) -> Expr:
    """The one of ``±poly`` that stands for both."""
    if poly.is_number:
        return abs(poly)
    return -poly if ring_of(poly).from_expr(poly).LC < 0 else poly


@lru_cache(maxsize=REMEMBERED)
def _exponent_basis(exponent: Expr) -> tuple[tuple[Expr, Expr], ...]:
    """An exponent in QQ(L) as integer multiples of fixed shapes: L/(L−2) = 1·1 + 2·1/(L−2)."""
    return tuple(_multiples_of_shapes(exponent))


def _multiples_of_shapes(exponent: Expr) -> Iterator[tuple[Expr, Expr]]:
    symbols = sorted(exponent.free_symbols, key=sp.default_sort_key)
    expanded = sp.apart(sp.together(exponent), symbols[0]) if symbols else exponent
    for term in sp.Add.make_args(expand(expanded)):
        multiple, shape = sp.factor(term).as_coeff_Mul()
        yield (shape, multiple) if shape == 1 or multiple.is_Integer else (shape / multiple.q, multiple * multiple.q)
