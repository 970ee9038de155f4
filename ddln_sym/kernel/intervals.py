"""Where a variable runs: the interval that hypotheses about it give, its ends, and what lies between two places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import sympy as sp

from ddln_sym.statements import Hypothesis, Rate, Setting

Expr = Any
Bound = tuple[Expr, bool]  # where x ends, and whether it stays off it

__all__ = ["Bound", "Interval"]


@dataclass(frozen=True)
class Interval:
    """The values of x that meet the hypotheses about it, for fixed values of everything else: an interval."""

    x: Expr
    lower: tuple[Bound, ...]
    upper: tuple[Bound, ...]
    avoided: tuple[Expr, ...]
    others: tuple[Hypothesis, ...]  # what is given of everything else
    size: Expr | None

    @classmethod
    def of(cls, x: Expr, setting: Setting) -> Interval | None:
        """What else is said of x is left out, so that the statement is proved of more values than it is about."""
        lower, upper, avoided, others = list[Bound](), list[Bound](), list[Expr](), list[Hypothesis]()
        for hypothesis in setting.hypotheses:
            relation = hypothesis.relation
            if relation.has(Rate, sp.Derivative):
                continue
            if not relation.has(x):
                others.append(hypothesis)
            elif hypothesis.index is None:
                for bound, side, strict in _bounds(relation, x):
                    {1: lower, -1: upper}[side].append((bound, strict)) if side else avoided.append(bound)
        for (low, one), (high, other) in product(lower, upper):
            between = sp.Gt(high, low) if one or other else sp.Ge(high, low)
            if between is sp.false:
                return None
            if between is not sp.true:
                others.append(Hypothesis("the interval is not empty", between))
        return cls(
            x, tuple(dict.fromkeys(lower)), tuple(dict.fromkeys(upper)), tuple(avoided), tuple(others), setting.size
        )

    def in_numbers(self) -> Interval:
        """The values of x for all values of everything else together, as far as bounds of symbols by numbers tell.

        It serves what is about x alone: nothing is given of anything else.
        """

        def numbers(ends: tuple[Bound, ...], side: int) -> tuple[Bound, ...]:
            found = [bound for bound in ends if bound[0].is_number]
            for end, strict in ends:
                if end.is_Symbol and not found:
                    said = (b for h in self.others if h.index is None for b in _bounds(h.relation, end))
                    found += [(c, strict or apart) for c, way, apart in said if way == side and c.is_number]
            return tuple(dict.fromkeys(found))

        return replace(self, lower=numbers(self.lower, 1), upper=numbers(self.upper, -1), others=())

    def still(self) -> Setting:
        """What is given where x has gone."""
        return Setting(self.others, (), self.size)

    def between(self, lower: tuple[Bound, ...], upper: tuple[Bound, ...]) -> Setting:
        given = [(sp.Gt if strict else sp.Ge)(self.x, end) for end, strict in lower]
        given += [(sp.Lt if strict else sp.Le)(self.x, end) for end, strict in upper]
        return Setting((*self.others, *(Hypothesis(str(relation), relation) for relation in given)), (), self.size)

    def side(self, anchor: Expr, direction: int) -> tuple[Setting, Setting]:
        """All that lies right (1) or left (−1) of the anchor: with its ends, and without."""
        far = self.upper if direction > 0 else self.lower
        inner = tuple((end, True) for end, _ in far)
        if direction > 0:
            return self.between(((anchor, False),), far), self.between(((anchor, True),), inner)
        return self.between(far, ((anchor, False),)), self.between(inner, ((anchor, True),))

    def ends_at(self, place: Expr, direction: int) -> bool:
        """Whether nothing lies right (1) or left (−1) of a place."""
        return any(end == place for end, _ in (self.upper if direction > 0 else self.lower))

    def excludes(self, anchor: Expr) -> bool:
        return anchor in self.avoided or (anchor, True) in (*self.lower, *self.upper)


def _bounds(relation: Expr, x: Expr) -> Iterator[tuple[Expr, int, bool]]:
    """``(c, 1, strict)`` for a lower end c of x, ``(c, −1, strict)`` for an upper one, ``(c, 0, True)`` for x ≠ c."""
    if isinstance(relation, (sp.Lt, sp.Le)) and isinstance(relation.lhs, sp.Abs) and not relation.rhs.has(x):
        inside, strict = relation.lhs.args[0], isinstance(relation, sp.Lt)
        for side in (inside, -inside):
            yield from _bounds((sp.Lt if strict else sp.Le)(side, relation.rhs, evaluate=False), x)
        return
    if not isinstance(relation, (sp.Gt, sp.Ge, sp.Lt, sp.Le, sp.Ne)):
        return
    difference = sp.expand(relation.lhs - relation.rhs)
    slope = sp.diff(difference, x)
    if not slope.is_Rational or slope == 0:
        return
    end, strict = sp.expand(x - difference / slope), isinstance(relation, (sp.Gt, sp.Lt, sp.Ne))
    if end.has(x):
        return
    if isinstance(relation, sp.Ne):
        yield end, 0, True
    else:
        yield end, (1 if (slope > 0) == isinstance(relation, (sp.Gt, sp.Ge)) else -1), strict
