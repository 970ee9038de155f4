"""Expressions and formulas as nested lists of heads, names and whole numbers, as they stand in a proof's file."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from ddln_sym.checker import Tree
from ddln_sym.statements import LargestOver, ProductOver, Rate, SumOver

Expr = Any

__all__ = ["FUNCTIONS", "tree"]

_HEADS = {
    sp.Abs: "abs", sp.sign: "sign", sp.exp: "exp", sp.log: "log", sp.sinh: "sinh", sp.cosh: "cosh", sp.asinh: "asinh",
    sp.sin: "sin", sp.cos: "cos", sp.tan: "tan", sp.tanh: "tanh", sp.atan: "atan", Rate: "rate",
}  # fmt: skip
_OVER: dict[Any, str] = {SumOver: "sum", ProductOver: "product", LargestOver: "largest"}
FUNCTIONS = {name: head for head, name in _HEADS.items()}
_FORMULAS = {
    sp.Eq: "=", sp.Ne: "≠", sp.Gt: ">", sp.Ge: "≥", sp.Lt: "<", sp.Le: "≤",
    sp.And: "and", sp.Or: "or", sp.Not: "not", sp.Implies: "implies",
}  # fmt: skip


def tree(e: Expr, meaning: Mapping[Expr, Tree] = MappingProxyType({})) -> Tree:
    """A SymPy expression as nested lists of its heads, names and whole numbers; symbols may have a meaning.

    >>> x = sp.Symbol("x", real=True)
    >>> tree(sp.sqrt(x) / 2)
    ['*', ['/', 1, 2], ['^', 'x', ['/', 1, 2]]]
    """
    if e.is_Rational:
        return int(e.p) if e.q == 1 else ["/", int(e.p), int(e.q)]
    if e == sp.E:
        return ["exp", 1]
    if e in meaning:
        return meaning[e]
    if e.is_Symbol:
        return e.name
    if isinstance(e, sp.Indexed):
        if len(e.indices) != 1:
            raise ValueError(f"{e} has more than one index")
        return ["at", str(e.base.label), tree(e.indices[0], meaning)]
    if isinstance(e, (SumOver, ProductOver, LargestOver)):
        barred = [tree(w, meaning) for w in e.without]
        return [_OVER[type(e)], tree(e.term, meaning), tree(e.index), barred]
    if isinstance(e, sp.Derivative):
        return ["derivative", tree(e.expr, meaning), *([tree(v), int(n)] for v, n in e.variable_count)]
    if isinstance(e, AppliedUndef):
        return ["call", e.func.__name__, *(tree(a, meaning) for a in e.args)]
    if isinstance(e, (sp.floor, sp.Mod)):
        divided = e.args if isinstance(e, sp.Mod) else sp.fraction(sp.together(e.args[0]))
        return ["mod" if isinstance(e, sp.Mod) else "floor", *(tree(a, meaning) for a in divided)]
    if isinstance(e, sp.Piecewise) and e.args[-1].cond is sp.true:
        *branches, last = e.args
        return ["cases", *(tree(a, meaning) for branch in branches for a in branch.args), tree(last.expr, meaning)]
    if isinstance(e, sp.Equivalent):
        first, *others = (tree(a, meaning) for a in sorted(e.args, key=sp.default_sort_key))
        pairs = [["iff", first, other] for other in others]
        return pairs[0] if len(pairs) == 1 else ["and", *pairs]
    head = {sp.Add: "+", sp.Mul: "*", sp.Pow: "^", **_HEADS, **_FORMULAS}.get(e.func)
    if head is None:
        raise ValueError(f"{e.func.__name__} cannot be written out")
    return [head, *(tree(a, meaning) for a in e.args)]
