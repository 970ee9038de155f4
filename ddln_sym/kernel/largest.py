"""The largest of arbitrarily many terms: it is the term at some index, and at least each of them.

What is said of ``M = max_k t(k)`` holds if it does for ``t(j)`` in its place, whatever the index j is at which
``t(j) ≥ t(k)`` for every k; and it holds if it does for every number M that is at least each term.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import sympy as sp

from ddln_sym.kernel.procedure import Prover
from ddln_sym.kernel.sizes import put_keeping, take_name
from ddln_sym.statements import (
    BoundIndex,
    Compare,
    Equal,
    Hypothesis,
    Index,
    LargestOver,
    Rate,
    Said,
    Setting,
    Step,
    say,
)

Expr = Any
Relation = Equal | Compare

__all__ = ["prove_about_the_largest", "speaks_of_the_largest"]

#: Different maxima in one statement.
HEADS = 3


def speaks_of_the_largest(proposition: Relation) -> bool:
    """Whether a side or a hypothesis has the largest of the terms over all indices."""
    return any(part.has(LargestOver) for part in _parts(proposition))


def prove_about_the_largest(proposition: Relation, prove: Prover) -> tuple[Said, tuple[Step, ...]] | None:
    """Prove a statement about the largest of terms, for what it is the largest of: in words, and the steps."""
    setting = proposition.setting
    heads = sorted({h for part in _parts(proposition) for h in part.atoms(LargestOver)}, key=sp.default_sort_key)
    size = setting.size
    if size is None or not 0 < len(heads) <= HEADS or not all(_stands_alone(h, proposition) for h in heads):
        return None
    plain = replace(setting, hypotheses=tuple(h for h in setting.hypotheses if not h.relation.has(LargestOver)))
    names = {s.name for part in (*_parts(proposition), size) for s in part.atoms(sp.Symbol)}
    every, at = Index(take_name("k", names)), {h: Index(take_name("j", names)) for h in heads}
    # There is a largest term where there is a term, and each has a value.
    needed: list[Relation] = [] if size.is_positive else [Compare(size, 1, plain)]
    needed += [Equal(h.at(at[h]), h.at(at[h]), plain) for h in heads]
    begun = [prove(statement) for statement in needed]
    if None in begun:
        return None
    number = {h: sp.Symbol(take_name("M", names), real=True) for h in heads}
    for choice in _choices(proposition, heads):
        stands = {h: h.at(at[h]) if attained else number[h] for h, attained in zip(heads, choice, strict=True)}
        step = prove(_put(proposition, stands, every))
        if step is not None:
            said = [piece for h in heads for piece in (", ", stands[h], " in the place of ", h)][1:]
            return say(*said), tuple(s for s in (*begun, step) if s is not None)
    return None


def _parts(proposition: Relation) -> tuple[Expr, ...]:
    return (proposition.lhs, proposition.rhs, *(h.relation for h in proposition.setting.hypotheses))


def _stands_alone(head: Any, proposition: Relation) -> bool:
    """Whether a maximum is one number: about no index that a sum or a hypothesis binds, and not in motion."""
    setting = proposition.setting
    bound = {h.index for h in setting.hypotheses} - {None}
    inside = head.term.atoms(BoundIndex) - {head.index}
    derived = {d for part in _parts(proposition) for d in part.atoms(Rate, sp.Derivative)}
    return not (
        head.without
        or inside
        or head.term.has(LargestOver)
        or head.free_symbols & bound
        or setting.moves(head)
        or any(d.has(LargestOver) for d in derived)
    )


def _choices(proposition: Relation, heads: list[Any]) -> Iterator[tuple[bool, ...]]:
    """For each maximum whether it is the term at an index, or a number: what helps most often comes first."""
    difference = sp.expand(proposition.lhs - proposition.rhs)

    def is_small_side(head: Any) -> bool:
        terms = [t for t in sp.Add.make_args(difference) if t.has(head)]
        return bool(terms) and all(t.as_coeff_Mul()[0] < 0 for t in terms)

    first = tuple(map(is_small_side, heads))
    yield from dict.fromkeys([first, *product((True, False), repeat=len(heads))])


def _put(proposition: Relation, stands: dict[Any, Expr], every: Expr) -> Relation:
    def put(part: Expr) -> Expr:
        return put_keeping(part, stands)

    setting = proposition.setting
    given = [replace(h, relation=put(h.relation)) for h in setting.hypotheses]
    for head, stood in stands.items():
        largest = sp.Ge(stood, head.at(every))
        given.append(Hypothesis(f"{stood} is the largest", largest, every))
    kept = tuple(h for h in given if h.relation is not sp.true)
    new = Setting(kept, setting.rates, setting.size)
    return replace(proposition, lhs=put(proposition.lhs), rhs=put(proposition.rhs), setting=new)
