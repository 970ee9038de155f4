"""Definite integrals by primitives: whoever finds one, its derivative is what is proved.

``∫_a^b f = F(b) − F(a)`` where F is continuous between a and b, ends included, f is too, and ``F' = f`` inside.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sympy as sp
from sympy.integrals.manualintegrate import manualintegrate

from ddln_sym.kernel.derivatives import differentiate
from ddln_sym.kernel.monotonicity import smoothness
from ddln_sym.kernel.procedure import Prover
from ddln_sym.kernel.sizes import put_keeping, take_name
from ddln_sym.statements import Compare, Equal, Hypothesis, Index, Setting, Step, SumOver

Expr = Any
Relation = Equal | Compare

__all__ = ["without_integrals"]

#: Integrals in one statement, and how long what stands in one may be.
INTEGRALS, OPERATIONS = 3, 40


def without_integrals(proposition: Relation, prove: Prover) -> tuple[Relation, dict[Expr, Expr], list[Step]] | None:
    """The statement with primitives at the ends in the place of integrals, what stands for what, and the steps."""
    setting, sides = proposition.setting, (proposition.lhs, proposition.rhs)
    found = sorted({e for side in sides for e in side.atoms(sp.Integral)}, key=sp.default_sort_key)
    given = [h.relation for h in setting.hypotheses]
    if setting.rates or any(r.has(sp.Integral) for r in given) or len(found) > INTEGRALS:
        return None
    names = {s.name for e in (*sides, *given) for s in e.atoms(sp.Symbol)}
    stands, steps = dict[Expr, Expr](), list[Step]()
    for integral in found:
        value = _by_a_primitive(integral, setting, names, prove)
        if value is None:
            return None
        stands[integral] = value[0]
        steps += value[1]
    lhs, rhs = (put_keeping(side, stands) for side in sides)
    return replace(proposition, lhs=lhs, rhs=rhs), stands, steps


def _by_a_primitive(integral: Any, setting: Setting, names: set[str], prove: Prover) -> tuple[Expr, list[Step]] | None:
    if len(integral.limits) != 1 or len(integral.limits[0]) != 3:
        return None
    bound, low, high = integral.limits[0]
    f = integral.function
    if f.has(sp.Integral, sp.Sum, sp.Product, SumOver, sp.Indexed, Index) or f.count_ops() > OPERATIONS:
        return None
    if low == high or any(not end.is_finite and end.is_number for end in (low, high)):
        return None
    x = sp.Symbol(take_name(bound.name, names), real=True)
    f = f.xreplace({bound: x})
    primitive = _primitive(f, x)
    if primitive is None:
        return None
    closed, inner = _between(x, low, high, setting, prove)
    parts = smoothness(primitive, x, closed, inner, prove)
    continuous = smoothness(f, x, closed, None, prove)
    same = prove(Equal(differentiate(sp.Derivative(primitive, x), []), f, inner))
    if parts is None or continuous is None or same is None:
        return None
    at = [put_keeping(primitive, {x: end}) for end in (high, low)]
    return at[0] - at[1], [*parts, *continuous, same]


def _primitive(f: Expr, x: Expr) -> Expr | None:
    """What may be a primitive: nothing depends on how it is found."""
    try:
        found = manualintegrate(f, x)
        if found.has(sp.Integral):  # by parts
            found = x * f - manualintegrate(x * sp.diff(f, x), x)
    except (ValueError, TypeError, NotImplementedError, AttributeError, RecursionError):
        return None
    if isinstance(found, sp.Piecewise):  # the first holds but for a few parameters
        found = found.args[0].expr
    return None if found.has(sp.Integral, sp.Piecewise, sp.I, sp.nan, sp.zoo) else found


def _between(x: Expr, low: Expr, high: Expr, setting: Setting, prove: Prover) -> tuple[Setting, Setting]:
    """That x lies between two ends, which are in order, or in either; with the ends, and without."""
    pairs = [((x - low) * (high - x), sp.Integer(0))]
    for below, above in ((low, high), (high, low)):
        if prove(Compare(above, below, setting)) is not None:
            pairs = [(x, below), (above, x)]
            break
    closed, inner = ([Hypothesis("between the ends", head(*pair)) for pair in pairs] for head in (sp.Ge, sp.Gt))
    return setting.given(*closed), setting.given(*inner)
