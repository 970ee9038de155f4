"""How a person would write an expression: what has a name, which sign stands outside, what is one chain."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

import sympy as sp

from ddln_sym.statements import SumOver

__all__ = [
    "MIRRORED",
    "RELATIONS",
    "base_name",
    "chain",
    "common_power",
    "ends_in_sum",
    "gap_of_two",
    "gaps_of_two",
    "negative",
    "positive",
    "with_gaps",
    "zero_gap",
]

Expr: TypeAlias = Any

RELATIONS = {sp.Eq: "=", sp.Ne: r"\ne", sp.Lt: "<", sp.Le: r"\le", sp.Gt: ">", sp.Ge: r"\ge"}
MIRRORED = {"=": "=", "<": ">", r"\le": r"\ge", ">": "<", r"\ge": r"\le"}


def base_name(expr: Expr) -> str:
    return str(expr.base.label) if isinstance(expr, sp.Indexed) else ""


def negative(term: Expr) -> bool:
    return bool(term.as_coeff_Mul()[0] < 0) if term.as_coeff_Mul()[0].is_real else False


def ends_in_sum(term: Expr) -> bool:
    return any(isinstance(f, SumOver) for f in sp.Mul.make_args(term))


def positive(number: Expr, factors: list[Expr]) -> tuple[Expr, list[Expr]]:
    """``−(a − b)/c`` as ``(b − a)/c``, where the bracket is a difference."""
    if number < 0:
        for n, factor in enumerate(factors):
            if factor.is_Add and 0 < sum(map(negative, factor.args)) < len(factor.args):
                return -number, [*factors[:n], sp.Add(*(-a for a in factor.args)), *factors[n + 1 :]]
    return number, factors


def with_gaps(expr: Expr) -> Expr:
    """``v^j(0)² − v^1(0)²`` inside a sum as ``Δ_j``."""
    bases = [a for a in expr.args if a.is_Pow and a.exp == 2 and base_name(a.base) == "v0"]
    first = next((a for a in expr.args if (-a).is_Pow and (-a).exp == 2 and base_name((-a).base) == "v0"), None)
    if first is None or len(bases) != 1 or (-first).base.indices != (1,):
        return expr
    rest = [a for a in expr.args if a not in (first, bases[0])]
    return sp.Add(*rest, sp.IndexedBase("Delta", real=True)[bases[0].base.indices[0]])


def common_power(number: Expr) -> tuple[Expr, int] | None:
    """``(a/b)^n`` for a fraction of two large powers."""
    powers = [sp.perfect_power(part) for part in (number.p, number.q)]
    if not all(powers):
        return None
    (above, p), (below, q) = powers
    exponent = int(sp.gcd(p, q))
    return sp.Rational(above ** (p // exponent), below ** (q // exponent)), exponent


_U0, _V0 = sp.symbols("u0 v0", real=True)


def gap_of_two(expr: Expr) -> bool:
    return bool(expr in (_U0**2 - _V0**2, _V0**2 - _U0**2))


def zero_gap(expr: Expr) -> Expr:
    """``(u(0)² − v(0)²)²`` as ``Δ_0²``."""
    if expr.is_Pow and expr.exp.is_Integer and expr.exp % 2 == 0 and gap_of_two(expr.base):
        return sp.Pow(sp.Symbol("Delta_0"), expr.exp)
    return expr


def gaps_of_two(factors: list[Expr]) -> list[Expr]:
    """``(u(0) + v(0))²(u(0) − v(0))²`` as ``Δ_0²``."""
    for power in (2, 4):
        pair = [(_U0 + _V0) ** power, (_U0 - _V0) ** power]
        if all(p in factors for p in pair):
            return [*(f for f in factors if f not in pair), sp.Pow(sp.Symbol("Delta_0"), power)]
    return [zero_gap(f) for f in factors]


def chain(relations: Iterable[Expr]) -> tuple[Expr, Expr, Expr, str, str] | None:
    """``a ≥ l`` and ``a ≤ h`` as ``l ≤ a ≤ h``."""
    pair = list(relations)
    if len(pair) != 2 or not all(isinstance(r, (sp.Ge, sp.Gt, sp.Le, sp.Lt)) for r in pair):
        return None
    below = next((r for r in pair if isinstance(r, (sp.Ge, sp.Gt))), None)
    above = next((r for r in pair if isinstance(r, (sp.Le, sp.Lt))), None)
    if below is None or above is None or below.lhs != above.lhs:
        return None
    return below.rhs, below.lhs, above.rhs, MIRRORED[RELATIONS[below.func]], RELATIONS[above.func]
