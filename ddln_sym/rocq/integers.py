"""Formulas over whole numbers, and over moduli that are functions of an index, as formulas of Rocq in Z."""

from __future__ import annotations

from typing import Any, TypeAlias

import sympy as sp

from ddln_sym.rocq.terms import Untranslatable, name_of

__all__ = ["boolean_term"]

Expr: TypeAlias = Any

COMPARED = {sp.Eq: "=", sp.Ne: "<>", sp.Ge: ">=", sp.Gt: ">", sp.Le: "<=", sp.Lt: "<"}
JOINED = {sp.And: " /\\ ", sp.Or: " \\/ ", sp.Implies: " -> ", sp.Equivalent: " <-> "}


def term(e: Expr) -> str:
    """A whole number, or a modulus: an undefined function of one, which is real.

    >>> j, L = sp.symbols("j L", integer=True, positive=True)
    >>> term(sp.Mod(j, L) + 1)
    '(1 + (j mod L))'
    """
    if e.is_Integer or e.is_Symbol:
        return f"({e})" if e.is_Integer and e < 0 else name_of(e)
    if e.is_Add or e.is_Mul:
        ordered = sorted(e.args, key=sp.default_sort_key)
        return f"({(' + ' if e.is_Add else ' * ').join(map(term, ordered))})".replace("((-1) ", "(-1 ")
    if isinstance(e, sp.Mod):
        return f"({term(e.args[0])} mod {term(e.args[1])})"
    if isinstance(e, sp.floor):
        above, below = sp.together(e.args[0]).as_numer_denom()
        if not below.is_positive:
            raise Untranslatable(f"a floor over {below}")
        return f"({term(above)} / {term(below)})"
    if isinstance(e, sp.Piecewise):
        *cases, (last, sure) = e.args
        if sure is not sp.true or not all(isinstance(c, sp.Eq) for _, c in cases):
            raise Untranslatable(f"{e}")
        tests = "".join(f"if ({term(c.lhs)} =? {term(c.rhs)}) then {term(value)} else " for value, c in cases)
        return f"({tests}{term(last)})"
    if isinstance(e, sp.core.function.AppliedUndef):
        return f"({e.func} {term(e.args[0])})"
    raise Untranslatable(f"{type(e).__name__} in {e}")


def boolean_term(f: Expr) -> str:
    """A Boolean formula; comparisons of moduli are of reals."""
    if f in (sp.true, sp.false):
        return "True" if f else "False"
    if type(f) in JOINED:
        parts = f.args if isinstance(f, sp.Implies) else sorted(f.args, key=sp.default_sort_key)
        return f"({JOINED[type(f)].join(map(boolean_term, parts))})"
    if isinstance(f, sp.Not):
        return f"(~ {boolean_term(f.args[0])})"
    if type(f) not in COMPARED:
        raise Untranslatable(f"{type(f).__name__} in {f}")
    scope = "" if all(s.is_integer for s in f.args) else "%R"
    return f"({term(f.lhs)} {COMPARED[type(f)]} {term(f.rhs)}){scope}"
