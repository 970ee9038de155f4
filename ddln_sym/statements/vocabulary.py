"""The words of a proposition: expressions, and symbols of which there is one kind a name.

A declaration that narrows or widens a symbol (``positive=True``, ``complex=True``) would be a hypothesis that
nobody sees, so the only declarations are those of real numbers and of whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import sympy as sp
from sympy.core.function import AppliedUndef

from ddln_sym.statements.expressions import Auxiliary, BoundIndex, Index, LargestOver, ProductOver, SumOver

__all__ = ["check_vocabulary", "expression", "expression_tuple", "expressions_in", "in_decimals", "variable"]

Expr: TypeAlias = Any

#: Expressions of which it is remembered what they speak of: a side is read again with every statement that has it.
REMEMBERED = 20_000

#: What a symbol may be declared to be, with the words for it.
_DECLARATIONS = {
    "undeclared, read as real": sp.Symbol("_").assumptions0,
    "real": sp.Symbol("_", real=True).assumptions0,
    "a whole number": sp.Symbol("_", integer=True).assumptions0,
    "a whole number ≥ 0": sp.Symbol("_", integer=True, nonnegative=True).assumptions0,
    "a whole number ≥ 1": sp.Symbol("_", integer=True, positive=True).assumptions0,
}


def expression(value: Any, what: str) -> Expr:
    """A value as a SymPy expression; Python's own numbers are taken.

    Raises:
        ValueError: it is none; ``what`` names it in the message.

    >>> expression(2, "the left side")
    2
    """
    if isinstance(value, str) or value is None or isinstance(value, bool):
        raise ValueError(f"{what} is {value!r}: write a number or a SymPy expression")
    try:
        found = sp.sympify(value)
    except (sp.SympifyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"{what} is {value!r}: write a number or a SymPy expression") from error
    if not isinstance(found, sp.Expr) or not getattr(found, "is_commutative", False):
        kind = "a formula" if isinstance(found, sp.logic.boolalg.Boolean) else f"a {type(found).__name__}"
        raise ValueError(f"{what} is {found}, which is {kind}: write a number or a SymPy expression")
    return found


def expression_tuple(values: Any, what: str, *, empty: bool = False) -> tuple[Expr, ...]:
    """A sequence of values as SymPy expressions.

    Raises:
        ValueError: it is no sequence, it is empty and ``empty`` does not allow that, or one of it is no expression.
    """
    if isinstance(values, (str, sp.Expr)) or not isinstance(values, Iterable):
        raise ValueError(f"{what}: expected a tuple of expressions, not {values!r}")
    found = tuple(expression(value, f"an entry of {what}") for value in values)
    if not found and not empty:
        raise ValueError(f"{what} is empty: give at least one expression")
    return found


def variable(value: Any, what: str) -> Expr:
    """A plain real symbol.

    Raises:
        ValueError: it is anything else, as an entry of an array or a whole number.
    """
    if not isinstance(value, sp.Symbol) or isinstance(value, (Index, BoundIndex)) or value.is_integer:
        raise ValueError(f"{what} is {value}: it has to be a symbol that is declared real")
    return value


def expressions_in(statement: Any) -> Iterator[Expr]:
    """Every SymPy object in the fields of a statement, however deep."""
    if isinstance(statement, sp.Basic):
        yield statement
    elif is_dataclass(statement) and not isinstance(statement, type):
        for field in fields(statement):
            yield from expressions_in(getattr(statement, field.name))
    elif isinstance(statement, (tuple, list, set, frozenset)):
        for part in statement:
            yield from expressions_in(part)
    elif isinstance(statement, dict):
        for pair in statement.items():
            yield from expressions_in(pair)


def check_vocabulary(statement: Any) -> None:
    """Hold that a statement has one kind of symbol a name, all of them plain.

    Raises:
        ValueError: two declarations share a name, a declaration says more than real or whole, a bound index is free,
            or a part is no number (nan, or infinite in no direction, as 1/0 is).

    >>> from ddln_sym.statements import Equal
    >>> check_vocabulary(Equal(sp.nan, 0))
    Traceback (most recent call last):
        ...
    ValueError: nan is no number: something in the statement has no value anywhere
    """
    seen: dict[str, tuple[str, Any]] = {}
    for expr in expressions_in(statement):
        nothing, bound, words = _read(expr)
        if nothing is not None:
            raise ValueError(f"{nothing} is no number: something in the statement has no value anywhere")
        for name, kind, thing in _words(expr) if words is None else words:
            if kind == "bound":
                if thing not in bound:
                    raise ValueError(
                        f"the bound index {name} stands outside its sum or product: use an index of your own"
                    )
                continue
            before = seen.setdefault(name, (kind, thing))
            if before[1] is not thing and before != (kind, thing):
                raise ValueError(
                    f"the name {name} is {before[0]} and {kind}: give one of the two another name, "
                    "or declare them alike"
                )


@lru_cache(maxsize=REMEMBERED)
def _read(expr: Expr) -> tuple[Expr | None, frozenset[Expr], tuple[tuple[str, str, Any], ...] | None]:
    """A part of an expression that is no number, the indices that its sums, products and maxima bind, and its words;
    None in the place of these where one is wrong, since what comes before it may be wrong as well."""
    nothing = next((nothing for nothing in (sp.nan, sp.zoo) if expr.has(nothing)), None)
    bound = frozenset(head.index for head in expr.atoms(SumOver, ProductOver, LargestOver))
    try:
        return nothing, bound, tuple(_words(expr))
    except ValueError:
        return nothing, bound, None


def _words(expr: Expr) -> Iterator[tuple[str, str, Any]]:
    """Each name in an expression with the kind of thing that it names."""
    waiting, met = [expr], set[Any]()
    while waiting:
        part = waiting.pop()
        if part in met:
            continue
        met.add(part)
        if isinstance(part, sp.Indexed):
            yield str(part.base.label), f"an array that is {_declaration_of(part.base.label)}", part.base
            waiting += part.indices
            continue
        if isinstance(part, AppliedUndef):
            if {part.is_zero, part.is_positive, part.is_negative, part.is_integer} != {None}:
                raise ValueError(f"{part} is declared with more than being real: state that as a hypothesis")
            yield part.func.__name__, "a function", part.func
        elif isinstance(part, BoundIndex):
            yield part.name, "bound", part
        elif isinstance(part, Index):
            yield part.name, "an index", part
        elif type(part) is sp.Symbol:
            yield part.name, f"a symbol that is {_declaration_of(part)}", part
        elif isinstance(part, Auxiliary):
            continue
        elif part.is_Symbol or isinstance(part, (sp.MatrixSymbol, sp.Idx, sp.IndexedBase)):
            raise ValueError(f"{part} is a {type(part).__name__}: a variable is a plain symbol, real or whole")
        waiting += part.args


def _declaration_of(symbol: Expr) -> str:
    for words, assumptions in _DECLARATIONS.items():
        if symbol.assumptions0 == assumptions:
            return words
    said = ", ".join(f"{name}={value}" for name, value in sorted(symbol._assumptions_orig.items()))
    raise ValueError(
        f"the symbol {symbol} is declared with {said}: declare it real=True, or integer=True, and state the rest "
        "as a hypothesis"
    )


def in_decimals(expression: Expr) -> Expr:
    """An expression with its floats as the decimal numbers that they are written as.

    >>> in_decimals(sp.Symbol("x") * 0.1)
    x/10
    """
    if not isinstance(expression, sp.Basic):
        return expression
    floats = {
        f: sp.Rational(repr(float(f)) if f._prec <= 53 else str(f)) for f in expression.atoms(sp.Float) if f.is_finite
    }
    return expression.xreplace(floats)
