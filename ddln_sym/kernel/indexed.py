"""Sums and products over indices whose number is a symbol.

A product is multiplicative in its factor, a sum linear in its term; what remains is a generator, and
generators over index sets that differ by a few indices are related to each other.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import sympy as sp

from ddln_sym.kernel.exponentials import Exponentials
from ddln_sym.kernel.polynomials import OpenIndex, factors, fraction, generators
from ddln_sym.statements import ProductOver, SumOver, product_over, sum_over

Expr = Any

__all__ = ["Indexed"]


class Indexed(Exponentials):
    """Normal forms of :class:`~ddln_sym.statements.SumOver` and :class:`~ddln_sym.statements.ProductOver`."""

    def _open(self, head: Expr) -> tuple[Expr, Expr]:
        """The term at a fresh index that differs from the excluded ones, and that index."""
        if not head.index.is_Symbol or not all(map(self._in_range, head.without)):
            raise ValueError(f"nothing tells whether the excluded indices of {head} are among its indices")
        for a, b in combinations(head.without, 2):
            if not self._differ(a, b):
                raise ValueError(f"nothing tells whether the excluded indices {a} and {b} of {head} differ")
        key = (head.index, head.without)
        if key not in self._opened:
            name = self._named("".join([head.index.name, *(f"≠{w}" for w in head.without)]))
            self._opened[key] = OpenIndex(name)
            if not (self._inhabited() and (not head.without or self.is_positive(self._count(head)))):
                self._doubtful[self._opened[key]] = head.without
        index = self._opened[key]
        for barred in head.without:
            self._distinct.add(frozenset((index, barred)))
        return self.lift(head.term.xreplace({head.index: index})), index

    def _depends(self, generator: Expr, index: Expr) -> bool:
        return index in self.explain(generator).free_symbols

    def _count(self, head: Expr) -> Expr:
        if self.setting.size is None:
            raise ValueError(f"{head} needs a setting that says how many indices there are")
        return self.setting.size - len(head.without)

    def _outside(self, poly: Expr, index: Expr) -> tuple[Expr, Expr]:
        """Split a monomial into its part free of the index and the rest."""
        free, bound = sp.Integer(1), sp.Integer(1)
        for base, power in poly.as_powers_dict().items():
            tied = any(self._depends(g, index) for g in generators(base))
            bound, free = (bound * base**power, free) if tied else (bound, free * base**power)
        return free, bound

    def _sum(self, head: Expr) -> Expr:
        term, index = self._open(head)
        numerator, denominator = self._reduce(term)
        free, tied = self._outside(denominator, index)
        result = sp.Integer(0)
        for monomial in sp.Add.make_args(sp.expand(numerator)):
            outside, inside = self._outside(monomial, index)
            inside = inside / tied
            result += outside / free * (self._count(head) if inside == 1 else self._sum_generator(inside, index, head))
        return result

    def _sum_generator(self, inside: Expr, index: Expr, head: Expr) -> Expr:
        written = self.explain(inside)
        meaning = sum_over(lambda k: written.xreplace({index: k}), head.without)
        generator, new = self._generator(("sum", meaning), "sum", meaning)
        if new:
            numerator, denominator = fraction(inside)
            if self.is_nonnegative(sp.expand(numerator * denominator)):
                strict = self.is_positive(sp.expand(numerator * denominator))
                self.implied.append((generator, strict and not head.without and self._inhabited()))
            family = self._sums.setdefault(sum_over(meaning.at), [])  # the term, whatever is excluded
            family.append(meaning)
            for member in family if len(family) == 2 else family[2:][-1:]:
                self._complete(member)
        return generator

    def _complete(self, meaning: SumOver) -> None:
        """The whole sum is the rest and the excluded terms; asked for where the term has another sum, for the
        term may have no value at an excluded index."""
        if meaning.without:
            whole = self.lift(sum_over(meaning.at))
            excluded = [self.lift(meaning.at(w)) for w in meaning.without]
            self.definitions.append(fraction(whole - self.lift(meaning) - sp.Add(*excluded))[0])

    def _product(self, head: Expr) -> Expr:
        factor, index = self._open(head)
        numerator, denominator = self._reduce(factor)
        result = sp.Integer(1)
        for poly, direction in ((numerator, 1), (denominator, -1)):
            for piece, power in self._pieces(poly):
                if any(self._depends(g, index) for g in generators(piece)):
                    result *= self._product_generator(piece, index, head) ** (direction * power)
                elif piece != 1:
                    result *= (
                        self._symbolic_power(piece, self._count(head) * direction * power)
                        if piece != -1
                        else (self._minus_one(self._count(head)))
                    )
        return result

    def _pieces(self, poly: Expr) -> list[tuple[Expr, int]]:
        """Factors of a polynomial; what is positive as a whole stays whole, for its sign is worth keeping."""
        constant, pieces = factors(poly)
        plain = [(p, n) for p, n in pieces if p.is_Symbol or isinstance(p, sp.Indexed)]
        rest = sp.expand(constant * sp.Mul(*(p**n for p, n in pieces if (p, n) not in plain)))
        if len(pieces) > len(plain) and self.is_positive(rest):
            return [*plain, (rest, 1)]
        return [(constant, 1), *pieces]

    def _minus_one(self, count: Expr) -> Expr:
        """``(−1)^count``, the constant part of the count carried out."""
        constant, symbolic = sp.expand(count).as_coeff_Add()
        sign = sp.Integer(-1) ** constant
        if symbolic == 0:
            return sign
        meaning = sp.Pow(sp.Integer(-1), symbolic, evaluate=False)
        generator, new = self._generator(("parity", symbolic), "parity", meaning)
        if new:
            self.definitions.append(generator**2 - 1)
        return sign * generator

    def _product_generator(self, piece: Expr, index: Expr, head: Expr) -> Expr:
        written = self.explain(piece)
        meaning = product_over(lambda k: written.xreplace({index: k}), head.without)
        generator, new = self._generator(("product", meaning), "product", meaning)
        if new:
            if self.is_positive(piece):
                self.implied.append((generator, True))
            elif self.is_nonnegative(piece):
                self.implied.append((generator, False))
            elif self.is_nonzero(piece):
                self.implied.append((generator**2, True))
            if isinstance(written, sp.sign) and self.is_nonzero(piece):
                self.definitions.append(generator**2 - 1)
            self._link(meaning)
        return generator

    def _link(self, meaning: ProductOver) -> None:
        """Relate the products of one factor over different index sets: the larger set has more factors."""
        family = self._families.setdefault(sum_over(meaning.at), [])  # the factor, whatever is excluded
        family.append(meaning)
        for other in family[:-1]:
            fewer, more = sorted((other, meaning), key=lambda head: len(head.without))
            union = {*fewer.without, *more.without}
            if union == set(more.without):
                left_out = sp.Mul(*(self.lift(fewer.at(w)) for w in union - set(fewer.without)))
                self.definitions.append(fraction(self._product(fewer) - self._product(more) * left_out)[0])
            elif all(self._differ(a, b) for a, b in combinations(union, 2)):
                self._product(product_over(meaning.at, union))
            else:
                self._product(product_over(meaning.at))
