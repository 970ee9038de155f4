r"""Times at which an expression of an enclosed flow vanishes: all of them, each between two times close together.

Time is cut into pieces until on each the expression, or its rate, has one sign in balls.  Over neighbouring pieces on
which the rate has one sign the expression is monotone, so that its signs at both ends say whether it vanishes there
once or never.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Protocol, TypeAlias

import sympy as sp

from ddln_sym.flows.events import Event, EventError
from ddln_sym.models import evaluate
from ddln_sym.numerics import ball, precision
from ddln_sym.statements import in_decimals

__all__ = ["Moving", "events_of"]

Expr: TypeAlias = Any
Balls: TypeAlias = Mapping[str, Any]

#: How often a piece of time is halved until something has one sign.
CUTS = 14


class Moving(Protocol):
    """A flow in balls, its quantities by name.

    Attributes:
        names: of the quantities. meanings: of further names, as expressions of these. bits: for values at a time.
    """

    bits: int

    @property
    def names(self) -> Sequence[str]: ...

    @property
    def meanings(self) -> Mapping[str, Expr]: ...

    def pieces(self) -> Iterator[tuple[Fraction, Fraction]]:
        """The time in pieces, in order, each within a step."""

    def start(self) -> Mapping[str, Expr]:
        """The quantities at time 0, as exact numbers of SymPy."""

    def values(self, begin: Fraction, end: Fraction) -> Balls:
        """The quantities over a piece of time, or at a time."""

    def rates(self, values: Balls) -> Balls:
        """Their derivatives by time, where these are their values."""


def events_of(flow: Moving, expression: Any) -> tuple[Event, ...]:
    """Every time after 0 and until the end at which an expression vanishes.

    Args:
        flow: the enclosed flow. expression: of its quantities, as SymPy or as text.
    Raises:
        ValueError: the expression is none, or speaks of other quantities.
        EventError: it and its rate come too close to zero together, or it is too close to zero at the end.
    """
    return _Search(flow, _read(flow, expression)).find()


#: What a text may be made of: SymPy reads a text by running it, so that anything else would be a program.
ARITHMETIC = (
    ast.Expression, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop, ast.Call, ast.Name, ast.Load, ast.Constant,
)  # fmt: skip
MOST_POWER = 1000
FUNCTIONS = {"Abs", "abs", "asinh", "atan", "cos", "cosh", "exp", "log", "sin", "sinh", "sqrt", "tan", "tanh"}


def _refuse_programs(text: str) -> None:
    """That a text is arithmetic, names and a few functions, before it is read."""
    try:
        nodes = list(ast.walk(ast.parse(text.strip(), mode="eval")))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"the expression {text[:80]!r} is none that SymPy reads") from error
    for node in nodes:
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) not in FUNCTIONS:
            allowed = ", ".join(sorted(FUNCTIONS))
            raise ValueError(f"the expression {text[:80]!r} may call nothing but {allowed}")
        wrong = isinstance(node, ast.Constant) and type(node.value) not in (int, float)
        if wrong or not isinstance(node, ARITHMETIC):
            raise ValueError(f"the expression {text[:80]!r} is no arithmetic of names and numbers")
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and any(map(_is_large, ast.walk(node.right))):
            raise ValueError(
                f"the expression {text[:80]!r} has an exponent beyond {MOST_POWER}, or a product or a power in one"
            )


def _is_large(node: ast.AST) -> bool:
    """Whether a part of an exponent may make it too large to be multiplied out."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, (int, float)) and abs(node.value) > MOST_POWER
    return isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Pow, ast.Mult))


def _read(flow: Moving, expression: Any) -> Expr:
    """The expression in real symbols that are called like the quantities."""
    plain = {name: sp.Symbol(name, real=True) for name in flow.names}
    further = {name: sp.sympify(m).xreplace({s: plain[str(s)] for s in m.free_symbols})
               for name, m in flow.meanings.items() if name not in plain}  # fmt: skip
    known = {**plain, **further}
    if isinstance(expression, str):
        _refuse_programs(expression)
    try:
        read = sp.sympify(expression, locals=known) if isinstance(expression, str) else sp.sympify(expression)
    except (sp.SympifyError, TypeError, SyntaxError, AttributeError) as error:
        raise ValueError(f"the expression {expression!r} is none that SymPy reads") from error
    if not isinstance(read, sp.Expr) or read.has(sp.I, sp.nan, sp.zoo, sp.oo):
        raise ValueError(f"the expression is {read}: expected a real function of what moves")
    symbols = {s for s in read.free_symbols if not isinstance(s, sp.Idx)} - set(known.values())
    symbols -= {b.base.label for b in read.atoms(sp.Indexed)}
    put = {}
    for symbol in sorted(symbols, key=str):
        if str(symbol) not in known:
            listed = ", ".join([*flow.names[:6], *list(further)[:2]])
            raise ValueError(f"the expression has {symbol}, which does not move: this flow has {listed}, …")
        put[symbol] = known[str(symbol)]
    found = in_decimals(read.xreplace(put))
    if not found.free_symbols:
        raise ValueError(f"the expression is {found}, which does not move")
    return found


class _Search:
    """The zeros of one expression."""

    def __init__(self, flow: Moving, expression: Expr) -> None:
        self.flow, self.expression = flow, expression
        self.symbols = sorted(expression.free_symbols, key=str)
        self.slopes = {s: sp.diff(expression, s) for s in self.symbols}

    def value(self, values: Balls) -> Any:
        return evaluate(self.expression, {s: [values[str(s)]] for s in self.symbols})[0]

    def rate(self, values: Balls) -> Any:
        rates, put = self.flow.rates(values), {s: [values[str(s)]] for s in self.symbols}
        return sum((evaluate(self.slopes[s], put)[0] * rates[str(s)] for s in self.symbols), ball(Fraction(0)))

    def sign_at(self, time: Fraction) -> int:
        with precision(self.flow.bits):
            return _sign(self.value(self.flow.values(time, time)))

    def signs(self) -> Iterator[tuple[Fraction, Fraction, int, int]]:
        """Pieces of time with the sign of the expression there, or, where it has none, that of its rate."""
        for begin, end in self.flow.pieces():
            yield from self._cut(begin, end, CUTS)

    def _cut(self, begin: Fraction, end: Fraction, cuts: int) -> Iterator[tuple[Fraction, Fraction, int, int]]:
        with precision(self.flow.bits):
            values = self.flow.values(begin, end)
            sign = _sign(self.value(values))
            direction = 0 if sign else _sign(self.rate(values))
        if sign or direction:
            yield begin, end, sign, direction
        elif not cuts:
            raise EventError(begin, "it and its rate come close to zero together")
        else:
            middle = (begin + end) / 2
            yield from self._cut(begin, middle, cuts - 1)
            yield from self._cut(middle, end, cuts - 1)

    def find(self) -> tuple[Event, ...]:
        events: list[Event] = []
        first = self.expression.xreplace({s: self.flow.start()[str(s)] for s in self.symbols})
        # Of an expression that begins at zero the sign afterwards is that of its rate: no change.
        time, sign, direction, last = Fraction(0), self.sign_at(Fraction(0)), 0, Fraction(0)
        leaves = not sign and bool(first.is_zero)
        for begin, end, found, slope in self.signs():
            last = end
            if found:
                self._close(events, time, sign or (direction if leaves else 0), end, found)
                time, sign, direction, leaves = end, found, 0, False
                continue
            if direction * slope < 0:  # a turn, so close to zero that the sign there is open
                at = self.sign_at(begin)
                if not at:
                    raise EventError(begin, "it turns too close to zero")
                self._close(events, time, sign or (direction if leaves else 0), begin, at)
                time, sign, leaves = begin, at, False
            direction = slope
        if direction:
            at = self.sign_at(last)
            if not at:
                raise EventError(last, "it is too close to zero at the end")
            self._close(events, time, sign or (direction if leaves else 0), last, at)
        return tuple(events)

    def _close(self, events: list[Event], after: Fraction, sign: int, before: Fraction, now: int) -> None:
        """A stretch over which the expression is monotone until it has its later sign, looked at as a whole."""
        if not sign:
            raise EventError(after, "it is too close to zero at the start, and not certainly zero")
        if sign == now:
            return
        for _ in range(self.flow.bits):
            middle = (after + before) / 2
            found = self.sign_at(middle)
            if not found:
                break
            after, before = (middle, before) if found == sign else (after, middle)
        events.append(Event(after, before, now))


def _sign(value: Any) -> int:
    return int(bool(value > 0)) - int(bool(value < 0))
