"""Inequalities between roots, about the largest of several, and about logarithms of sums of exponentials.

Where ``P ≥ 0``, ``P² ≥ N²`` says that ``P ≥ |N| ≥ N``.  ``c ≥ max(a, b)`` says that ``c ≥ a`` and ``c ≥ b``; anything
else about ``max(a, b)`` holds if it does for ``a`` where ``a ≥ b``, and for ``b`` where ``b ≥ a``.  ``log S ≥ R`` says
that ``S ≥ e^R``, where S is positive.
"""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import Any

import sympy as sp

from ddln_sym.kernel.procedure import Prover, prove_each
from ddln_sym.statements import Compare, Hypothesis, Said, Step, SumOver, say

Expr = Any

__all__ = ["prove_by_exponentials", "prove_by_squaring", "prove_for_the_largest"]

#: Terms of a square, terms with a root on one side of it, and arguments of one maximum.
TERMS, ROOTS, LARGEST = 80, 3, 6
#: Logarithms of sums of exponentials, and the degree of the product that they are.
LOGARITHMS, DEGREE = 3, 4


def prove_by_squaring(f: Expr, proposition: Compare, prove: Prover) -> tuple[str, tuple[Step, ...]] | None:
    """That ``f ≥ 0`` (``> 0`` if strict), by the square of what is plainly not negative in it: in words, and parts.

    ``f = P − N`` with P the terms of which each is a product of roots, moduli, even powers and a positive number; or
    those without a root, where none is.
    """
    terms = sp.Add.make_args(sp.expand(f))
    if not any(_roots(t) for t in terms):
        return None
    plain = [t for t in terms if _is_plainly_nonnegative(t)] or [t for t in terms if not _roots(t)]
    high, low = sp.Add(*plain), -sp.Add(*(t for t in terms if t not in plain))
    if low == 0 or not plain or any(sum(bool(_roots(t)) for t in sp.Add.make_args(s)) > ROOTS for s in (high, low)):
        return None
    squares = [sp.expand(high**2), sp.expand(low**2)]
    if any(len(sp.Add.make_args(s)) > TERMS for s in squares) or _rooted(squares) >= _rooted([high, low]):
        return None
    sign = prove(Compare(high, 0, proposition.setting))
    if sign is None:
        return None
    step = prove(Compare(squares[0] - squares[1], 0, proposition.setting, proposition.strict))
    return None if step is None else (f"the squares of {high} and {low}", (sign, step))


def prove_by_exponentials(f: Expr, proposition: Compare, prove: Prover) -> tuple[Said, tuple[Step, ...]] | None:
    """That ``f = (Σ c_i·log S_i + R)/q ≥ 0`` (``> 0`` if strict), each S a sum of exponentials and ``q > 0``, by the
    product of the ``S^c`` and ``e^{−R}``: as above."""
    numerator, below = sp.expand(f), sp.Integer(1)
    if (logs := _logarithms(numerator)) is None:
        numerator, below = sp.fraction(sp.together(f))
        logs = _logarithms(sp.expand(numerator))
    if not logs or len(logs) > LOGARITHMS or below.has(sp.log, SumOver):
        return None
    scale = abs(reduce(sp.gcd, [c for _, c, _ in logs]))
    rest = sp.expand((numerator - sp.Add(*(t for t, _, _ in logs))) / scale)
    if any(not log.args[0].is_positive for log in rest.atoms(sp.log)):  # of e^{log p} SymPy makes p
        return None
    powers = [(total, c / scale) for _, c, total in logs]
    if sum(abs(n) for _, n in powers) > DEGREE or not all(n.is_Integer for _, n in powers):
        return None
    high, low = (sp.Mul(*(total ** abs(n) for total, n in powers if n * side > 0)) for side in (1, -1))
    high, low = (sp.exp(rest), low) if high == 1 else (high, low * sp.exp(-rest))
    positive = [below, *(total for total, _ in powers)]
    statements = [Compare(p, 0, proposition.setting, True) for p in positive if not p.is_positive or p.free_symbols]
    steps = prove_each([*statements, Compare(high, low, proposition.setting, proposition.strict)], prove)
    return None if steps is None else (say("the exponentials: ", high, " against ", low), steps)


def _logarithms(f: Expr) -> list[tuple[Expr, Expr, Expr]] | None:
    """The terms of an expanded expression that are a number times the logarithm of a sum of exponentials: each, the
    number and the sum; None where such a logarithm is in another term."""
    terms = [(term, *term.as_coeff_Mul()) for term in sp.Add.make_args(f)]
    found = [(t, c, e.args[0]) for t, c, e in terms if isinstance(e, sp.log) and _is_sum_of_exponentials(e.args[0])]
    rest = f - sp.Add(*(t for t, _, _ in found))
    return None if any(_is_sum_of_exponentials(e.args[0]) for e in rest.atoms(sp.log)) else found


def _is_sum_of_exponentials(inside: Expr) -> bool:
    return bool((inside.is_Add or isinstance(inside, SumOver)) and inside.has(sp.exp))


def _roots(e: Expr) -> set[Expr]:
    return {p for p in e.atoms(sp.Pow) if p.exp == sp.Rational(1, 2) and not p.base.is_number}


def _rooted(sides: list[Expr]) -> int:
    """In how many terms of the sides there is a root: of squares there have to be fewer."""
    return sum(bool(_roots(t)) for side in sides for t in sp.Add.make_args(side))


def _is_plainly_nonnegative(term: Expr) -> bool:
    """Whether each factor is not negative as it is written, wherever it has a value."""
    return all(
        (p.is_number and p.is_nonnegative)
        or isinstance(p, (sp.Abs, sp.exp))
        or (p.is_Pow and (p.exp.is_even or (p.exp.is_Rational and p.exp.q % 2 == 0)))
        for p in sp.Mul.make_args(term)
    )


def prove_for_the_largest(f: Expr, proposition: Compare, prove: Prover) -> tuple[str, tuple[Step, ...]] | None:
    """That ``f ≥ 0`` (``> 0`` if strict), by cases on which argument of a maximum or minimum is the one: as above."""
    extremes = sorted(f.atoms(sp.Max, sp.Min), key=sp.default_sort_key)
    chosen = next(
        (m for m in extremes if len(m.args) <= LARGEST and not any(a.has(sp.Max, sp.Min) for a in m.args)), None
    )
    if chosen is None:
        return None
    stands, side = sp.Dummy(real=True), 1 if isinstance(chosen, sp.Max) else -1
    slope = sp.diff(sp.expand(f).xreplace({chosen: stands}), stands)
    each = slope.is_Rational and slope * side < 0  # then it has to hold for every argument
    cases = []
    for a in chosen.args:
        order = [] if each else [sp.Ge(side * a, side * b, evaluate=False) for b in chosen.args if b != a]
        given = proposition.setting.given(*(Hypothesis(str(r), r) for r in order))
        cases.append(replace(proposition, lhs=f.xreplace({chosen: a}), rhs=sp.Integer(0), setting=given))
    parts = prove_each(cases, prove)
    return None if parts is None else (f"every argument of {chosen}" + ("" if each else " where it is the one"), parts)
