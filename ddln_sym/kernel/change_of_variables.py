"""A change of variables: linear forms that are known not to vanish become the variables.

Under ``u + v ≠ 0`` and ``u − v ≠ 0`` a statement in u, v is the same statement in the two forms, where signs
can be read off.  The change is invertible, so it neither proves nor refutes anything by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

import sympy as sp

from ddln_sym.kernel.polynomials import generators
from ddln_sym.statements import Auxiliary, Compare, Equal, Setting

__all__ = ["change_of", "in_nonzero_forms"]

P = TypeVar("P", Equal, Compare)


def in_nonzero_forms(proposition: P) -> tuple[P, dict[Any, Any]]:
    """The proposition in the linear forms that its hypotheses keep from zero, where there are enough of them.

    The new variables come with the forms that they stand for.
    """
    change, forms = _change(proposition)
    if not change:
        return proposition, forms
    setting = proposition.setting
    hypotheses = tuple(replace(h, relation=_carry(h.relation, change)) for h in setting.hypotheses)
    rates = tuple(replace(r, value=r.value.xreplace(change)) for r in setting.rates)
    moved = Setting(hypotheses, rates, setting.size)
    lhs, rhs = (side.xreplace(change) for side in (proposition.lhs, proposition.rhs))
    return replace(proposition, lhs=lhs, rhs=rhs, setting=moved), forms


def change_of(forms: Mapping[Any, Any]) -> dict[Any, Any]:
    """The old variables in the new ones, which stand for the forms."""
    old = sorted({s for form in forms.values() for s in generators(form)}, key=str)
    solved: dict[Any, Any] = sp.solve([form - new for new, form in forms.items()], old, dict=True)[0]
    return solved


def _carry(relation: Any, change: dict[Any, Any]) -> Any:
    """The relation in the new variables, its sides expanded so that a form becomes its variable."""
    return relation.func(*(sp.expand(side.xreplace(change)) for side in relation.args))


def _change(proposition: Equal | Compare) -> tuple[dict[Any, Any], dict[Any, Any]]:
    forms: dict[frozenset[Any], list[Any]] = {}
    for hypothesis in proposition.setting.hypotheses:
        relation = hypothesis.relation
        if not isinstance(relation, sp.Ne) or relation.rhs != 0 or hypothesis.index is not None:
            continue
        symbols = frozenset(generators(relation.lhs))
        linear = len(sp.Add.make_args(relation.lhs)) > 1 and all(sp.diff(relation.lhs, s).is_Rational for s in symbols)
        if linear:
            forms.setdefault(symbols, []).append(relation.lhs)
    change: dict[Any, Any] = {}
    stands_for: dict[Any, Any] = {}
    taken: set[Any] = {s for rule in proposition.setting.rates for s in rule.quantity.free_symbols}  # they move
    for symbols, group in forms.items():
        # In the new variables nothing would tell that an old one is a whole number.
        if len(group) != len(symbols) or any(taken & s.free_symbols or s.is_integer for s in symbols):
            continue
        new = [Auxiliary(f"({form})", real=True) for form in group]
        old = sorted(symbols, key=str)
        solution = sp.solve([f - n for f, n in zip(group, new, strict=True)], old, dict=True)
        if solution and len(solution[0]) == len(old):
            change.update(solution[0])
            stands_for.update(zip(new, group, strict=True))
            taken |= symbols
    return change, stands_for
