"""Inequalities as combinations of facts with nonnegative coefficients, found by an exact linear program.

``p = Σ λ·(product of facts)·(monomial that is not negative) + Σ c·(relation)·(monomial)`` with ``λ ≥ 0``: z3's
simplex, which computes in rationals, proposes the coefficients, and the identity is multiplied out before it counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp

from ddln_sym.kernel.polynomials import generators
from ddln_sym.kernel.solver import SolverAnswer, ask, fresh
from ddln_sym.statements import Said

Expr = Any
Fact = tuple[Expr, bool]
Powers = tuple[int, ...]
Terms = dict[Powers, Fraction]

__all__ = ["Combination", "combination"]

#: Units of z3's resource count for one program; columns of a program; terms of a fact; rounds in which
#: monomials that have newly turned up look for facts that cancel them, and how many of them do.
WORK, COLUMNS, TERMS, ROUNDS, ROWS = 300_000, 300, 24, 2, 60


@dataclass(frozen=True)
class Combination:
    """``Σ coefficient·∏ factors``, whose sum is a polynomial that is thereby not negative.

    Attributes:
        terms: pairs of a rational coefficient and factors; the coefficient is positive unless a factor vanishes.
    """

    terms: tuple[tuple[Expr, tuple[Expr, ...]], ...]

    def say(self, explain: Callable[[Expr], Expr]) -> Said:
        """The sum in words and formulas, its longer part counted.

        Args:
            explain: what a generator stands for.
        """
        parts: list[Any] = []
        for coefficient, factors in self.terms[:4]:
            meant = [explain(factor) for factor in factors]
            if 0 not in meant:  # as a relation is that only defines a root
                parts += [" + " if parts else "with ", sp.Mul(coefficient, *meant, evaluate=False)]
        more = f" + {len(self.terms) - 4} more" if len(self.terms) > 4 else ""
        return Said(f"with {self}", (*parts, more))

    def __str__(self) -> str:
        shown = [f"{c}·" + "·".join(f"({f})" for f in factors) for c, factors in self.terms[:4]]
        return " + ".join(shown) + (f" + {len(self.terms) - 4} more" if len(self.terms) > 4 else "")


@dataclass(frozen=True)
class _Column:
    terms: Terms
    factors: tuple[Expr, ...]
    strict: bool
    free: bool = False  # a multiple of what vanishes may have any sign


def combination(
    poly: Expr,
    strict: bool,
    facts: Sequence[Fact],
    relations: Sequence[Expr],
    products: Iterable[tuple[Fact, Fact]] = (),
) -> Combination | None:
    """The polynomial as a combination of the facts that makes it ``≥ 0`` (``> 0`` if strict), or None.

    ``products``: pairs of facts that are multiplied with each other.

    >>> x, y = sp.symbols("x y", real=True)
    >>> found = combination(x**2 * y - y, False, [(x - 1, False), (x, True), (y, False)], [])
    >>> sp.expand(sp.Add(*(c * sp.Mul(*factors) for c, factors in found.terms)))
    x**2*y - y
    """
    relations = [r for r in relations if r != 0]
    symbols = generators(poly, *(f for f, _ in facts), *relations)
    if not symbols:
        return None
    target = _terms(poly, symbols)
    columns = list(_columns(target, facts, relations, symbols, products))
    weights = _solve(target, strict, columns)
    if weights is None:
        return None
    used = [(w, column) for w, column in zip(weights, columns, strict=True) if w]
    found = Combination(tuple((sp.Rational(w.numerator, w.denominator), column.factors) for w, column in used))
    total = sp.Add(*(c * sp.Mul(*factors) for c, factors in found.terms))
    if sp.expand(total - poly) != 0 or any(w < 0 and not column.free for w, column in used):
        raise ArithmeticError("a combination of facts does not multiply out")
    return found if not strict or any(column.strict and not column.free for _, column in used) else None


def _terms(poly: Expr, symbols: Sequence[Expr]) -> Terms:
    return {m: Fraction(int(c.p), int(c.q)) for m, c in sp.Poly(poly, *symbols).terms() if c}


def _columns(
    target: Terms,
    facts: Sequence[Fact],
    relations: Sequence[Expr],
    symbols: Sequence[Expr],
    products: Iterable[tuple[Fact, Fact]],
) -> Iterator[_Column]:
    """Products of facts with monomials, first those that share a monomial with the polynomial."""
    sign = _Monomials(symbols, facts)
    bases: list[_Column] = []
    for fact, fact_strict in facts:
        if len(sp.Add.make_args(fact)) > 1:
            bases.append(_Column(_terms(fact, symbols), (fact,), fact_strict))
    for (one, strictly), (other, too) in products:
        bases.append(_Column(_times(_terms(one, symbols), _terms(other, symbols)), (one, other), strictly and too))
    bases = [base for base in bases if len(base.terms) <= TERMS]
    bases = [_Column(_terms(r, symbols), (r,), False, True) for r in relations] + bases
    rows, near, seen = set(target), set(target), set[tuple[int, Powers]]()
    for _ in range(ROUNDS):
        fresh_rows: set[Powers] = set()
        for n, base in enumerate(bases):
            if len(seen) >= COLUMNS:
                break
            for powers in sorted({q for t in near for s in base.terms if (q := _quotient(t, s)) is not None}):
                if (n, powers) in seen or not (base.free or sign.nonnegative(powers)):
                    continue
                if len(seen) >= COLUMNS:
                    break
                seen.add((n, powers))
                terms = {tuple(map(sum, zip(m, powers, strict=True))): c for m, c in base.terms.items()}
                fresh_rows |= terms.keys() - rows
                factors = base.factors + sign.write(powers)
                yield _Column(terms, factors, base.strict and sign.positive(powers), base.free)
        rows |= fresh_rows
        near = set(sorted(fresh_rows)[:ROWS])
    zero = (0,) * len(symbols)
    for powers in sorted(rows | {zero}):
        if sign.nonnegative(powers):
            factors = sign.write(powers) or (sp.Integer(1),)
            yield _Column({powers: Fraction(1)}, factors, sign.positive(powers))


class _Monomials:
    """Which monomials are not negative by the facts about single symbols, and which are positive."""

    def __init__(self, symbols: Sequence[Expr], facts: Sequence[Fact]) -> None:
        self.symbols = symbols
        self.known: set[Expr] = {f for f, _ in facts if f in symbols}
        self.strict: set[Expr] = {f for f, s in facts if s and f in symbols}
        self.nonzero: set[Expr] = self.strict | {f.base for f, s in facts if s and f.is_Pow and f.exp == 2}

    def nonnegative(self, powers: Powers) -> bool:
        return all(n % 2 == 0 or s in self.known for s, n in zip(self.symbols, powers, strict=True))

    def positive(self, powers: Powers) -> bool:
        return all(n == 0 or s in self.nonzero for s, n in zip(self.symbols, powers, strict=True))

    def write(self, powers: Powers) -> tuple[Expr, ...]:
        return tuple(s**n for s, n in zip(self.symbols, powers, strict=True) if n)


def _quotient(powers: Powers, other: Powers) -> Powers | None:
    found = tuple(a - b for a, b in zip(powers, other, strict=True))
    return found if min(found, default=0) >= 0 else None


def _times(one: Terms, other: Terms) -> Terms:
    product: Terms = {}
    for a, c in one.items():
        for b, d in other.items():
            key = tuple(map(sum, zip(a, b, strict=True)))
            product[key] = product.get(key, Fraction(0)) + c * d
    return {m: c for m, c in product.items() if c}


def _solve(target: Terms, strict: bool, columns: Sequence[_Column]) -> list[Fraction] | None:
    """Weights with which the columns add up to the target: not negative, some strict one positive if asked."""
    import z3

    rows: dict[Powers, list[tuple[int, Fraction]]] = {m: [] for m in target}
    for n, column in enumerate(columns):
        for m, c in column.terms.items():
            rows.setdefault(m, []).append((n, c))
    if any(not entries for entries in rows.values()):
        return None
    solver = fresh(WORK, "QF_LRA")
    context = solver.ctx
    weights = [z3.Real(f"w{n}", context) for n in range(len(columns))]
    for weight, column in zip(weights, columns, strict=True):
        if not column.free:
            solver.add(weight >= 0)
    for m, entries in rows.items():
        total = z3.Sum([z3.RealVal(str(c), context) * weights[n] for n, c in entries])
        solver.add(total == z3.RealVal(str(target.get(m, Fraction(0))), context))
    if strict:
        positive = [w for w, column in zip(weights, columns, strict=True) if column.strict and not column.free]
        if not positive:
            return None
        solver.add(z3.Sum(positive) > 0)
    if ask(solver) is not SolverAnswer.SATISFIABLE:
        return None
    model = solver.model()
    return [Fraction(model.eval(w, model_completion=True).as_fraction()) for w in weights]
