"""Statements with pieces: case by case, under the condition of each and with the conditions before it failing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeVar

import sympy as sp

from ddln_sym.kernel.sizes import put_keeping
from ddln_sym.statements import BoundIndex, Compare, Equal, Hypothesis, Setting

Expr = Any
P = TypeVar("P", bound=Equal | Compare)

__all__ = ["has_pieces", "in_pieces"]

#: Cases that are distinguished in all.
CASES = 16

#: What is about more than one value of a variable, so that no condition on the variable holds all through it.
_BINDING = (sp.Derivative, sp.Integral, sp.Sum, sp.Product)


def has_pieces(proposition: Equal | Compare) -> bool:
    """Whether a side or a hypothesis is given piece by piece."""
    given = (h.relation for h in proposition.setting.hypotheses)
    return any(e.has(sp.Piecewise) for e in (proposition.lhs, proposition.rhs, *given))


def in_pieces(proposition: P) -> list[P] | None:
    """The statement in each case; None where there are too many, or a condition is no combination of relations, or
    about what a sum, a derivative or an integral binds.

    Where no condition holds, what is given piece by piece has no value, and nothing is said.

    >>> x = sp.Symbol("x", real=True)
    >>> for case in in_pieces(Equal(sp.Piecewise((x, x >= 0), (-x, True)), sp.Abs(x))):
    ...     print(case, "given", *(h.relation for h in case.setting.hypotheses))
    x = Abs(x) given x >= 0
    -x = Abs(x) given x < 0
    """
    done, waiting = list[P](), [proposition]
    while waiting:
        statement = waiting.pop(0)
        if not has_pieces(statement):
            done.append(statement)
        else:
            cases = _first_in_cases(statement)
            if cases is None:
                return None
            waiting += cases
        if len(done) + len(waiting) > CASES:
            return None
    return done


def _first_in_cases(proposition: P) -> list[P] | None:
    setting: Setting = proposition.setting
    sides = (proposition.lhs, proposition.rhs, *(h.relation for h in setting.hypotheses))
    if setting.rates or any(h.index is not None for h in setting.hypotheses):
        return None
    pieces = {p for e in sides for p in e.atoms(sp.Piecewise) if not any(a.has(sp.Piecewise) for a in p.args)}
    if any(b.has(sp.Piecewise) for e in sides for b in e.atoms(*_BINDING)) or any(p.has(BoundIndex) for p in pieces):
        return None
    first = min(pieces, key=sp.default_sort_key)
    found, before = list[P](), sp.true
    for value, condition in first.args:
        for relations in _alternatives(sp.And(condition, before)):
            if relations is None:
                return None
            given = [replace(h, relation=h.relation.xreplace({first: value})) for h in setting.hypotheses]
            given += [Hypothesis(str(r), r) for r in relations]
            if any(h.relation is sp.false for h in given):
                continue
            kept = tuple(h for h in given if h.relation is not sp.true)
            lhs, rhs = (put_keeping(side, {first: value}) for side in (proposition.lhs, proposition.rhs))
            found.append(replace(proposition, lhs=lhs, rhs=rhs, setting=replace(setting, hypotheses=kept)))
        before = sp.And(before, sp.Not(condition))
    return found


def _alternatives(condition: Expr) -> Iterator[list[Expr] | None]:
    """The condition as alternatives, each of relations that all hold."""
    if condition is sp.false:
        return
    whole = sp.to_dnf(condition)
    for part in sp.Or.make_args(whole):
        relations = [
            r.args[0].negated if isinstance(r, sp.Not) else r for r in sp.And.make_args(part) if r is not sp.true
        ]
        plain = all(isinstance(r, sp.core.relational.Relational) for r in relations)
        yield relations if plain else None
