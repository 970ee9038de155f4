"""Sums and products over indices whose number is a symbol.

A product is multiplicative in its factor, a sum linear in its term; what remains is a generator, and
generators over index sets that differ by a few indices are related to each other.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import sympy as sp

from ddln_sym.kernel.nested_sums import flatten, in_squares
from ddln_sym.kernel.polynomials import OpenIndex, expand, factors, fraction, generators
from ddln_sym.kernel.radicals import minus_one, symbolic_power
from ddln_sym.kernel.tower import Tower, rule
from ddln_sym.statements import ProductOver, SumOver, product_over, sum_over

Expr = Any

__all__ = ["open_term", "power_sum"]

#: Powers of the index of which a sum is written as a polynomial in the number of indices.
LARGEST_POWER = 8


def open_term(tower: Tower, head: Expr) -> tuple[Expr, Expr]:
    """The term at a fresh index that differs from the excluded ones, and that index."""
    if not head.index.is_Symbol or not all(map(tower.in_range, head.without)):
        raise ValueError(f"nothing tells whether the excluded indices of {head} are among its indices")
    for a, b in combinations(head.without, 2):
        if not tower.differ(a, b):
            raise ValueError(f"nothing tells whether the excluded indices {a} and {b} of {head} differ")
    key = (head.index, head.without)
    if key not in tower.opened:
        name = tower.name("".join([head.index.name, *(f"≠{w}" for w in head.without)]))
        tower.opened[key] = OpenIndex(name)
        if not (tower.has_an_index() and (not head.without or tower.is_positive(_count(tower, head)))):
            tower.doubtful[tower.opened[key]] = head.without
    index = tower.opened[key]
    for barred in head.without:
        tower.distinct.add(frozenset((index, barred)))
    return tower.lift(head.term.xreplace({head.index: index})), index


def _depends(tower: Tower, generator: Expr, index: Expr) -> bool:
    return index in tower.explain(generator).free_symbols


def _count(tower: Tower, head: Expr) -> Expr:
    if tower.setting.size is None:
        raise ValueError(f"{head} needs a setting that says how many indices there are")
    return tower.setting.size - len(head.without)


def _outside(tower: Tower, poly: Expr, index: Expr) -> tuple[Expr, Expr]:
    """Split a monomial into its part free of the index and the rest."""
    free, bound = sp.Integer(1), sp.Integer(1)
    for base, power in poly.as_powers_dict().items():
        tied = any(_depends(tower, g, index) for g in generators(base))
        bound, free = (bound * base**power, free) if tied else (bound, free * base**power)
    return free, bound


@rule(SumOver)
def _sum(tower: Tower, head: Expr) -> Expr:
    term, index = open_term(tower, head)
    numerator, denominator = tower.reduce(term)
    free, tied = _outside(tower, denominator, index)
    result = sp.Integer(0)
    for monomial in sp.Add.make_args(expand(numerator)):
        outside, inside = _outside(tower, monomial, index)
        inside = inside / tied
        result += outside / free * _total(tower, inside, index, head)
    if head.term.is_Pow and head.term.exp.is_even and len(sp.Add.make_args(result)) > 1:  # a sum of squares as a whole
        numerator, denominator = fraction(result)
        tower.implied.append((expand(numerator * denominator), False))
    return result


def _total(tower: Tower, inside: Expr, index: Expr, head: Expr) -> Expr:
    if inside == 1:
        return _count(tower, head)
    base, power = inside.as_base_exp()
    if base == index and power.is_Integer and 0 < power <= LARGEST_POWER and tower.setting.size is not None:
        return power_sum(int(power), tower.setting.size) - sp.Add(*(w**power for w in head.without))
    return _sum_generator(tower, inside, index, head)


def power_sum(power: int, size: Expr) -> Expr:
    """``1^p + 2^p + … + n^p`` as a polynomial in n, from ``(n + 1)^{p+1} − 1 = Σ_m C(p+1, m)·S_m(n)``.

    >>> sp.factor(power_sum(1, sp.Symbol("n")))
    n*(n + 1)/2
    """
    sums: list[Expr] = []
    for p in range(power + 1):
        lower = sp.Add(*(sp.binomial(p + 1, m) * sums[m] for m in range(p)))
        sums.append(expand(((size + 1) ** (p + 1) - 1 - lower) / (p + 1)))
    return sums[power]


def _sum_generator(tower: Tower, inside: Expr, index: Expr, head: Expr) -> Expr:
    written = tower.explain(inside)
    meaning = sum_over(lambda k: written.xreplace({index: k}), head.without)
    flat = flatten(meaning)
    key = ("sum", meaning) if flat is None else ("sums", flat.canonical, len(flat.indices))
    generator, new = tower.generator(key, "sum", meaning)
    otherwise_written = flat is not None and all(generator != fact for fact, _ in tower.implied)
    if new or otherwise_written:
        numerator, denominator = fraction(inside)
        if tower.is_nonnegative(expand(numerator * denominator)):
            strict = tower.is_positive(expand(numerator * denominator))
            tower.implied.append((generator, strict and not head.without and tower.has_an_index()))
            otherwise_written = False
    if new and otherwise_written and flat is not None:
        for written_as in in_squares(flat):
            tower.lift(written_as)
    if new:
        family = tower.sums.setdefault(sum_over(meaning.at), [])  # the term, whatever is excluded
        family.append(meaning)
        for member in family if len(family) == 2 else family[2:][-1:]:
            _complete(tower, member)
    return generator


def _complete(tower: Tower, meaning: SumOver) -> None:
    """The whole sum is the rest and the excluded terms; asked for where the term has another sum, for the
    term may have no value at an excluded index."""
    if meaning.without:
        whole = tower.lift(sum_over(meaning.at))
        excluded = [tower.lift(meaning.at(w)) for w in meaning.without]
        tower.definitions.append(fraction(whole - tower.lift(meaning) - sp.Add(*excluded))[0])


@rule(ProductOver)
def _product(tower: Tower, head: Expr) -> Expr:
    factor, index = open_term(tower, head)
    numerator, denominator = tower.reduce(factor)
    result = sp.Integer(1)
    for poly, direction in ((numerator, 1), (denominator, -1)):
        for piece, power in _pieces(tower, poly):
            if any(_depends(tower, g, index) for g in generators(piece)):
                result *= _product_generator(tower, piece, index, head) ** (direction * power)
            elif piece != 1:
                result *= (
                    symbolic_power(tower, piece, _count(tower, head) * direction * power)
                    if piece != -1
                    else (minus_one(tower, _count(tower, head)))
                )
    return result


def _pieces(tower: Tower, poly: Expr) -> list[tuple[Expr, int]]:
    """Factors of a polynomial; what is positive as a whole stays whole, for its sign is worth keeping."""
    constant, pieces = factors(poly)
    plain = [(p, n) for p, n in pieces if p.is_Symbol or isinstance(p, sp.Indexed)]
    rest = expand(constant * sp.Mul(*(p**n for p, n in pieces if (p, n) not in plain)))
    if len(pieces) > len(plain) and tower.is_positive(rest):
        return [*plain, (rest, 1)]
    return [(constant, 1), *pieces]


def _product_generator(tower: Tower, piece: Expr, index: Expr, head: Expr) -> Expr:
    written = tower.explain(piece)
    if isinstance(stood := tower.meaning.get(piece), sp.exp):  # ∏ e^f = e^{Σf}
        exponent = tower.explain(stood.args[0])
        return tower.lift(sp.exp(sum_over(lambda k: exponent.xreplace({index: k}), head.without), evaluate=False))
    meaning = product_over(lambda k: written.xreplace({index: k}), head.without)
    generator, new = tower.generator(("product", meaning), "product", meaning)
    if new:
        if tower.is_positive(piece):
            tower.implied.append((generator, True))
        elif tower.is_nonnegative(piece):
            tower.implied.append((generator, False))
        elif tower.is_nonzero(piece):
            tower.implied.append((generator**2, True))
        if isinstance(written, sp.sign) and tower.is_nonzero(piece):
            tower.definitions.append(generator**2 - 1)
        _link(tower, meaning)
    return generator


def _link(tower: Tower, meaning: ProductOver) -> None:
    """Relate the products of one factor over different index sets: the larger set has more factors."""
    family = tower.families.setdefault(sum_over(meaning.at), [])  # the factor, whatever is excluded
    family.append(meaning)
    for other in family[:-1]:
        fewer, more = sorted((other, meaning), key=lambda head: len(head.without))
        union = {*fewer.without, *more.without}
        if union == set(more.without):
            left_out = sp.Mul(*(tower.lift(fewer.at(w)) for w in union - set(fewer.without)))
            tower.definitions.append(fraction(_product(tower, fewer) - _product(tower, more) * left_out)[0])
        elif all(tower.differ(a, b) for a, b in combinations(union, 2)):
            _product(tower, product_over(meaning.at, union))
        else:
            _product(tower, product_over(meaning.at))
