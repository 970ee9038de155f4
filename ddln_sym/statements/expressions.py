"""Four heads that stay unevaluated, so that what is stated is what was printed.

:class:`Rate` is ``d/dt``; :class:`SumOver`, :class:`ProductOver` and :class:`LargestOver` run over layers or
coordinates whose number may be a symbol.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count
from typing import Any, ClassVar, TypeAlias

import sympy as sp

__all__ = [
    "DEPTH",
    "Auxiliary",
    "BoundIndex",
    "Index",
    "LargestOver",
    "ProductOver",
    "Rate",
    "Slack",
    "SumOver",
    "bound_index",
    "largest_over",
    "product_over",
    "sum_over",
]

Expr: TypeAlias = Any  # a SymPy expression; SymPy ships no types


class Index(sp.Symbol):  # type: ignore[misc]
    """A generic index: by its type it runs over ``1…size``, where the setting says how many there are.

    A plain symbol is in range only if hypotheses say so.

    >>> j = Index("j")
    >>> j.is_integer, j == sp.Symbol("j", integer=True, positive=True)
    (True, False)
    """

    def __new__(cls, name: str, **assumptions: Any) -> Index:
        made: Index = super().__new__(cls, name, integer=True, positive=True)
        return made


class BoundIndex(Index):
    """The index of a sum or a product; it has no meaning outside."""


class Auxiliary(sp.Symbol):  # type: ignore[misc]
    """A symbol of the kernel's own, which differs from a symbol of a statement that has the same name."""


class Slack(Auxiliary):
    """What a hypothesis ``f ≥ 0`` is above zero, after the hypothesis is solved for a quantity.

    Attributes:
        number: the place of the hypothesis among those that the kernel solves.

    >>> Slack(3), Slack(3).number, Slack(3) == Slack(3), Slack(3) == sp.Symbol("slack3", real=True)
    (slack3, 3, True, False)
    """

    number: int

    def __new__(cls, number: int) -> Slack:
        made: Slack = super().__new__(cls, f"slack{number}", real=True)
        made.number = number
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[int], dict[str, bool]]:
        return (self.number,), {}


class Rate(sp.Function):  # type: ignore[misc]
    """``d/dt`` of a quantity, unevaluated until the kernel applies the setting's rates."""

    nargs = 1

    def __new__(cls, *quantities: Any, **options: Any) -> Any:
        try:
            return super().__new__(cls, *quantities, **options)
        except (sp.SympifyError, AttributeError, TypeError) as error:
            given = ", ".join(map(repr, quantities))
            raise ValueError(f"Rate is given {given}: expected one number or SymPy expression") from error

    def _eval_is_real(self) -> bool:
        return True

    def _latex(self, printer: Any, exp: Any = None) -> str:
        body = rf"\frac{{d}}{{dt}}\left({printer._print(self.args[0])}\right)"
        return body if exp is None else rf"\left({body}\right)^{{{exp}}}"

    def _sympystr(self, printer: Any) -> str:
        return f"d/dt({printer._print(self.args[0])})"


class _Over(sp.Function):  # type: ignore[misc]
    """``head(term, index, *without)``: the index runs over all of ``1…L`` but ``without``."""

    symbol: ClassVar[str]
    tex: ClassVar[str]

    def _eval_is_real(self) -> bool:
        return True

    @property
    def term(self) -> Expr:
        return self.args[0]

    @property
    def index(self) -> Expr:
        return self.args[1]

    @property
    def without(self) -> tuple[Expr, ...]:
        return tuple(self.args[2:])

    @property
    def free_symbols(self) -> set[Expr]:
        """Without the bound index; the excluded indices stand outside its scope."""
        outside = set().union(*(w.free_symbols for w in self.without))
        inside: set[Expr] = {s for s in self.term.free_symbols if self.index not in s.free_symbols}
        return inside | outside

    def _xreplace(self, rule: Any) -> tuple[Expr, bool]:
        """Replacement that leaves the bound index alone and captures no other index."""
        if self in rule:
            return rule[self], True
        without = [w.xreplace(rule) for w in self.without]
        inner = {old: new for old, new in rule.items() if self.index not in old.free_symbols}
        term, index = self.term, self.index
        if any(index in new.free_symbols for old, new in inner.items() if term.has(old)):
            index = _unused([term, *inner.values()])
            term = term.xreplace({self.index: index})
        replaced = self.func(term.xreplace(inner), index, *without)
        return replaced, replaced != self

    def at(self, index: Expr) -> Expr:
        """The term at another index."""
        return self.term.xreplace({self.index: index})

    def _sympystr(self, printer: Any) -> str:
        barred = "".join(f"≠{printer._print(w)}" for w in self.without)
        return f"{self.symbol}_{printer._print(self.index)}{barred}[{printer._print(self.term)}]"

    def _latex(self, printer: Any, exp: Any = None) -> str:
        barred = "".join(rf",\,{self.index}\neq {printer._print(w)}" for w in self.without)
        body = rf"{self.tex}_{{{printer._print(self.index)}{barred}}} {printer._print(self.term)}"
        return body if exp is None else rf"\left({body}\right)^{{{exp}}}"


class SumOver(_Over):
    """Sum of a term over an index set whose size may be a symbol."""

    symbol, tex = "Σ", r"\sum"


class ProductOver(_Over):
    """Product of a factor over an index set whose size may be a symbol."""

    symbol, tex = "∏", r"\prod"


class LargestOver(_Over):
    """The largest of the terms over all indices; it has a value where there is an index, and each term has one."""

    symbol, tex = "max", r"\max"


def bound_index(level: int) -> BoundIndex:
    """The bound index at a nesting level: equal statements are then equal as data."""
    return BoundIndex(f"m{level}")


def _unused(exprs: Iterable[Expr]) -> Expr:
    """The first bound index that no expression uses, bound or free."""
    used = {s for e in exprs for s in e.atoms(sp.Symbol)}
    return next(m for m in map(bound_index, count(1)) if m not in used)


def _over(head: type[_Over], term: Callable[[Expr], Expr], without: Iterable[Expr]) -> Expr:
    barred = sorted(set(without), key=sp.default_sort_key)
    index = _unused([sp.sympify(term(Index("any index"))), *barred])
    return head(term(index), index, *barred)


def sum_over(term: Callable[[Expr], Expr], without: Iterable[Expr] = ()) -> Expr:
    """``Σ_k term(k)`` over every index but those in ``without``."""
    return _over(SumOver, term, without)


def product_over(term: Callable[[Expr], Expr], without: Iterable[Expr] = ()) -> Expr:
    """``∏_k term(k)`` over every index but those in ``without``."""
    return _over(ProductOver, term, without)


def largest_over(term: Callable[[Expr], Expr]) -> Expr:
    """``max_k term(k)`` over every index."""
    return _over(LargestOver, term, ())


#: The depth as a symbol: what is proved with it is proved for all L ≥ 2.
DEPTH = sp.Symbol("L", integer=True, positive=True)
