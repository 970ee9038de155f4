"""New letters: what stands in a function becomes a letter of its own, where that loses nothing.

Where ``a ≠ 0``, every x is ``t/a`` for some t, and then ``e^{ax}`` is ``e^t``; and every x is ``sinh(t)/a`` for some t,
and then ``asinh(ax)`` is t.  So what is said of every x holds if it does for every t.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import sympy as sp

from ddln_sym.kernel.procedure import Prover, prove_each
from ddln_sym.kernel.sizes import put_keeping, take_name
from ddln_sym.statements import Compare, Index, Rate, Said, Step, say

Expr = Any

__all__ = ["prove_in_new_letters"]

#: Functions in which a product of letters is one; ways to choose it.
HEADS, WAYS = (sp.exp, sp.log, sp.sinh, sp.cosh, sp.tanh, sp.atan), 3


def prove_in_new_letters(proposition: Compare, prove: Prover) -> tuple[Said, tuple[Step, ...]] | None:
    """Prove an inequality with another letter in the place of one: what stands for that, and the steps.

    >>> from ddln_sym.kernel import decide
    >>> x = sp.Symbol("x", real=True)
    >>> found = prove_in_new_letters(Compare(x * sp.asinh(x), 0), decide)
    >>> print(found[0], found[1][-1].proposition, sep="; ")
    x = sinh(t); t*sinh(t) ≥ 0
    """
    setting = proposition.setting
    parts = (proposition.lhs, proposition.rhs, *(h.relation for h in setting.hypotheses))
    if setting.rates or any(p.has(Rate, sp.Derivative, sp.Integral, sp.Sum, sp.Product) for p in parts):
        return None
    names = {s.name for part in parts for s in part.atoms(sp.Symbol)}
    t = sp.Symbol(take_name("t", names), real=True)
    for x, slope, stands, known in islice(_ways(proposition, t), WAYS):

        def put(part: Expr, x: Expr = x, stands: Expr = stands, known: dict[Expr, Expr] = known) -> Expr:
            return put_keeping(part.xreplace(known), {x: stands})

        given = [replace(h, relation=put(h.relation)) for h in setting.hypotheses]
        if any(h.relation is sp.false for h in given):
            continue
        held = replace(setting, hypotheses=tuple(h for h in given if h.relation is not sp.true))
        same = replace(proposition, lhs=put(proposition.lhs), rhs=put(proposition.rhs), setting=held)
        statements = [*([] if slope.is_number else [Compare(slope**2, 0, setting, True)]), same]
        if (steps := prove_each(statements, prove)) is not None:
            return say(x, " = ", stands), steps
    return None


def _ways(proposition: Compare, t: Expr) -> Iterator[tuple[Expr, Expr, Expr, dict[Expr, Expr]]]:
    """A letter x, the number a of ``ax`` in a function, what stands for x, and for the functions of ``ax``."""
    heads = {h for side in (proposition.lhs, proposition.rhs) for h in side.atoms(sp.asinh, *HEADS)}
    size = proposition.setting.size
    for head in sorted(heads, key=lambda h: (not isinstance(h, sp.asinh), sp.default_sort_key(h))):
        inside = head.args[0]
        for x in sorted(inside.free_symbols - {size}, key=str):
            slope = sp.diff(inside, x)
            if not _is_any_number(x) or slope.has(x, sp.Indexed) or slope.atoms(Index):
                continue
            if slope == 0 or sp.expand(inside - slope * x) != 0:
                continue
            if isinstance(head, sp.asinh):
                yield x, slope, sp.sinh(t) / slope, {head: t, sp.sqrt(1 + inside**2): sp.cosh(t)}
            elif not slope.is_number:
                yield x, slope, t / slope, {}


def _is_any_number(x: Expr) -> bool:
    return bool(x.is_Symbol and type(x) is sp.Symbol and x.assumptions0 == sp.Symbol(x.name, real=True).assumptions0)
