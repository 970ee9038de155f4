"""Functions that map an interval onto an interval, one to one and continuously: what inverse functions are about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeAlias

import sympy as sp

from ddln_sym.statements.approaches import TendsTo
from ddln_sym.statements.definitions import ByDefinition
from ddln_sym.statements.propositions import Compare, Continuous, Denied, Equal, Hypothesis, RateRule, Setting
from ddln_sym.statements.vocabulary import expression, variable

__all__ = ["Bijection"]

Expr: TypeAlias = Any

EVERYWHERE = Setting()


@dataclass(frozen=True)
class Bijection(ByDefinition):
    """``variable ↦ function`` maps one interval onto another, continuously and one to one.

    Attributes:
        domain, image: intervals, as ``sympy.Interval(0, sympy.oo)`` or ``sympy.Interval.open(-1, 1)``; the ends of the
            domain are numbers.
        inverse: the inverse function, written in the same variable, or None.
        setting: what is known of everything else.

    Raises:
        ValueError: one of them is no interval that has more than one point, an end or the setting is about the
            variable, or anything moves.

    >>> x = sp.Symbol("x", real=True)
    >>> print(Bijection(x**2, x, sp.Interval(0, sp.oo), sp.Interval(0, sp.oo), sp.sqrt(x)))
    x ↦ x**2 maps [0, ∞) onto [0, ∞), one to one, with the inverse x ↦ sqrt(x)
    """

    function: Expr
    variable: Expr
    domain: Expr
    image: Expr
    inverse: Expr | None = None
    setting: Setting = EVERYWHERE

    def __post_init__(self) -> None:
        variable(self.variable, "the variable of Bijection")
        object.__setattr__(self, "function", expression(self.function, "the function of Bijection"))
        if self.inverse is not None:
            object.__setattr__(self, "inverse", expression(self.inverse, "the inverse of Bijection"))
        for name in ("domain", "image"):
            given = getattr(self, name)
            if not isinstance(given, sp.Interval):
                raise ValueError(f"the {name} of Bijection is {given}: write sympy.Interval(a, b) with a < b")
            if given.has(self.variable):
                raise ValueError(f"the {name} of Bijection is {given}, which is about its variable")
        if any(not end.is_number for end in (self.domain.start, self.domain.end)):
            raise ValueError(f"the domain of Bijection is {self.domain}: its ends have to be numbers, or infinite")
        if not isinstance(self.setting, Setting) or self.setting.rates:
            raise ValueError("the setting of Bijection is what is known of its constants: write Setting(hypotheses)")
        if any(h.relation.has(self.variable) for h in self.setting.hypotheses):
            raise ValueError("the setting of Bijection is about its variable: say where that runs as `domain`")

    @property
    def exhaustive(self) -> bool:  # type: ignore[override]
        """Whether it increases or decreases if it holds: for one function, not for those of several parameters."""
        return self._free() <= {self.variable}

    def at(self, places: Sequence[tuple[Any, Any]]) -> Bijection | None:
        values = {symbol: value for symbol, value in places if symbol in self._free() - {self.variable}}
        true = all(h.index is None and h.relation.subs(values) is sp.true for h in self.setting.hypotheses)
        function, image = self.function.subs(values), self.image.subs(values)
        inverse = None if self.inverse is None else self.inverse.subs(values)
        if not values or not true or not isinstance(image, sp.Interval):
            return None
        found = Bijection(function, self.variable, self.domain, image, inverse)
        return found if found.exhaustive else None

    def _free(self) -> set[Any]:
        given = [self.function, self.image, *([] if self.inverse is None else [self.inverse])]
        return set().union(*(e.free_symbols for e in [*given, *(h.relation for h in self.setting.hypotheses)]))

    def meanings(self) -> Iterator[tuple[str, tuple[Any, ...]]]:
        for rises in (True, False):
            yield "increasing" if rises else "decreasing", tuple(self._parts(rises))

    def _parts(self, rises: bool) -> Iterator[Any]:
        x, f, setting = self.variable, self.function, self.setting
        taken = {str(s) for s in self._free()}
        larger = sp.Symbol(next(name for n in count(1) if (name := f"{x}{'′' * n}") not in taken), real=True)
        inside = setting.given(*_between(self.domain, x))
        order = Hypothesis(str(sp.Gt(larger, x)), sp.Gt(larger, x))
        both = setting.given(order, *_between(self.domain, x), *_between(self.domain, larger))
        at = f.xreplace({x: larger})
        yield Equal(f, f, inside)  # that it has a value
        yield Compare(at, f, both, True) if rises else Compare(f, at, both, True)
        yield Continuous(f, Setting(rates=(RateRule(x, sp.Integer(1)),)))
        for direction in (-1, 1):
            yield from self._end(direction, rises, inside)
        if self.inverse is not None:
            yield Equal(self.inverse.xreplace({x: f}), x, inside)

    def _end(self, direction: int, rises: bool, inside: Setting) -> Iterator[Any]:
        """Towards an end of the domain the function goes to an end of the image, which it has or has not."""
        x, f = self.variable, self.function
        end, left_out = _end_of(self.domain, direction)
        upper = (direction > 0) == rises
        goal, missing = _end_of(self.image, 1 if upper else -1)
        beyond = Compare(goal, f, inside, True) if upper else Compare(f, goal, inside, True)
        value = None if left_out else f.subs(x, end)
        if value is None or value.has(sp.nan, sp.zoo, sp.oo, -sp.oo, sp.I) or goal in (sp.oo, -sp.oo):
            side = 0 if end in (sp.oo, -sp.oo) else -direction
            yield TendsTo(f, x, end, goal, self.setting, side)
        else:
            yield Equal(value, goal, self.setting)
        if left_out != missing:  # then no value is the end of the image, or one is that must not be
            yield Denied(beyond) if left_out else beyond

    def __str__(self) -> str:
        domain, image = _spell(self.domain), _spell(self.image)
        shown = f"{self.variable} ↦ {self.function} maps {domain} onto {image}, one to one"
        return shown + ("" if self.inverse is None else f", with the inverse {self.variable} ↦ {self.inverse}")


def _end_of(interval: Expr, direction: int) -> tuple[Expr, bool]:
    """An end, and whether it is left out."""
    end, is_open = (interval.end, interval.right_open) if direction > 0 else (interval.start, interval.left_open)
    return end, bool(is_open)


def _between(interval: Expr, x: Expr) -> Iterator[Hypothesis]:
    low, high = interval.start, interval.end
    if low != -sp.oo:
        relation = sp.Gt(x, low) if interval.left_open else sp.Ge(x, low)
        yield Hypothesis(str(relation), relation)
    if high != sp.oo:
        relation = sp.Lt(x, high) if interval.right_open else sp.Le(x, high)
        yield Hypothesis(str(relation), relation)


def _spell(interval: Expr) -> str:
    low, high = (str(e).replace("oo", "∞") for e in (interval.start, interval.end))
    return f"{'(' if interval.left_open else '['}{low}, {high}{')' if interval.right_open else ']'}"
