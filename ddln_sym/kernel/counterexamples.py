"""Points where a statement fails: exact rational ones, else certified by ball arithmetic.

The evaluators are independent of the normal forms: they take the statement as it was written and
compute it at numbers, so a refutation does not rest on the rules that failed to prove it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import islice
from typing import Any

import sympy as sp
from flint import arb, ctx, fmpq
from sympy.core.function import AppliedUndef

from ddln_sym.kernel.derivatives import rates_applied
from ddln_sym.statements import Compare, Equal, Witness

Expr = Any
Point = Mapping[Expr, Fraction]

__all__ = ["ball", "exact", "find"]

#: Small numbers first: a person should be able to check the witness by hand.
VALUES = tuple(Fraction(v) for v in ("1", "0", "2", "-1", "3", "-2", "1/2", "4", "5", "-1/2", "3/8", "-3"))
POINTS = 4000
PATIENCE = 60  # points to try for an exact witness once balls have found one
EXACT = "exact rational"
BITS = 200


class NotRational(ArithmeticError):
    """The value is not a rational number that this evaluator can name."""


class Undefined(ArithmeticError):
    """The expression has no real value at the point."""


def exact(expr: Expr, point: Point) -> Fraction:
    """The exact rational value of an expression at a rational point."""
    if expr.is_Rational:
        return Fraction(int(expr.p), int(expr.q))
    if expr in point:
        return point[expr]
    arguments = [exact(a, point) for a in expr.args] if expr.args else []
    if isinstance(expr, sp.Add):
        return sum(arguments, Fraction(0))
    if isinstance(expr, sp.Mul):
        product = Fraction(1)
        for a in arguments:
            product *= a
        return product
    if isinstance(expr, sp.Pow):
        return _exact_power(*arguments)
    if isinstance(expr, (sp.Abs,)):
        return abs(arguments[0])
    if isinstance(expr, sp.sign):
        return Fraction((arguments[0] > 0) - (arguments[0] < 0))
    if isinstance(expr, (sp.Min, sp.Max)):
        return min(arguments) if isinstance(expr, sp.Min) else max(arguments)
    if isinstance(expr, (sp.exp, sp.sinh, sp.asinh, sp.tan, sp.atan)) and arguments[0] == 0:
        return Fraction(1 if isinstance(expr, sp.exp) else 0)
    if isinstance(expr, sp.log) and arguments[0] == 1:
        return Fraction(0)
    raise NotRational(f"{expr.func} is not rational here")


def _exact_power(base: Fraction, exponent: Fraction) -> Fraction:
    if base == 0 and exponent < 0:
        raise Undefined("division by zero")
    if exponent.denominator == 1:
        return base ** int(exponent)
    if base < 0:
        raise Undefined("root of a negative number")
    root = [sp.integer_nthroot(part, exponent.denominator) for part in (base.numerator, base.denominator)]
    if not all(is_exact for _, is_exact in root):
        raise NotRational("irrational root")
    return Fraction(int(root[0][0]), int(root[1][0])) ** exponent.numerator


_BALLS: dict[Any, Callable[[arb], arb]] = {
    sp.exp: arb.exp,
    sp.log: arb.log,
    sp.sinh: arb.sinh,
    sp.cosh: arb.cosh,
    sp.asinh: arb.asinh,
    sp.sin: arb.sin,
    sp.cos: arb.cos,
    sp.tan: arb.tan,
    sp.atan: arb.atan,
    sp.Abs: abs,
    sp.sign: arb.sgn,
}


def ball(expr: Expr, point: Point) -> arb:
    """A ball that contains the value of an expression at a rational point."""
    if expr.is_Rational:
        return arb(fmpq(int(expr.p), int(expr.q)))
    if expr in point:
        value = point[expr]
        return arb(fmpq(value.numerator, value.denominator))
    arguments = [ball(a, point) for a in expr.args]
    if isinstance(expr, sp.Add):
        return sum(arguments, arb(0))
    if isinstance(expr, sp.Mul):
        product = arb(1)
        for a in arguments:
            product *= a
        return product
    if isinstance(expr, sp.Pow):
        if expr.exp.is_Integer:
            return arguments[0] ** int(expr.exp)
        return arguments[0] ** arguments[1]
    for head, function in _BALLS.items():
        if isinstance(expr, head):
            return function(arguments[0])
    raise NotRational(f"no ball arithmetic for {expr.func}")


def _symbols(*exprs: Expr) -> list[Expr]:
    found: set[Expr] = set()
    for expr in exprs:
        held = {i: sp.Dummy() for i in expr.atoms(sp.Indexed)}
        found |= held.keys() | (expr.xreplace(held).free_symbols - set(held.values()))
    return sorted(found, key=lambda s: sp.default_sort_key(s))


def _holds(relation: Expr, point: Point) -> bool:
    """Whether a hypothesis surely holds at a point, decided exactly or by balls that exclude the opposite."""
    if not isinstance(relation, sp.core.relational.Relational):
        return relation is sp.true
    try:
        a, b = exact(relation.lhs, point), exact(relation.rhs, point)
    except NotRational:
        try:
            difference = ball(relation.lhs, point) - ball(relation.rhs, point)
        except NotRational:
            return False
        if isinstance(relation, (sp.Gt, sp.Ge)):
            return bool(difference > 0)
        return isinstance(relation, sp.Ne) and not difference.contains(0)
    except Undefined:
        return False
    outcomes = {sp.Eq: a == b, sp.Ne: a != b, sp.Gt: a > b, sp.Ge: a >= b, sp.Lt: a < b, sp.Le: a <= b}
    return outcomes[relation.func]


def _points(symbols: list[Expr], relations: list[Expr]) -> Iterator[dict[Expr, Fraction]]:
    """Small rational points that satisfy the hypotheses, by backtracking."""
    scopes = [(r, set(_symbols(r))) for r in relations]

    def extend(point: dict[Expr, Fraction], depth: int, budget: int) -> Iterator[dict[Expr, Fraction]]:
        if depth == len(symbols):
            if _one_value_a_place(point):
                yield dict(point)
            return
        symbol = symbols[depth]
        for value in VALUES[:budget]:
            if not _may_be(symbol, value):
                continue
            point[symbol] = value
            known = point.keys()
            if all(_holds(r, point) for r, scope in scopes if symbol in scope and scope <= known):
                yield from extend(point, depth + 1, budget)
            del point[symbol]

    if not all(_holds(r, {}) for r, scope in scopes if not scope):
        return
    for budget in (2, 4, 7, len(VALUES)):  # points made of the smallest numbers come first
        yield from islice(extend({}, 0, budget), POINTS)


def _may_be(symbol: Expr, value: Fraction) -> bool:
    """Whether a symbol, by what it is declared to be, can have the value."""
    number = sp.Rational(value.numerator, value.denominator)
    return all(getattr(number, f"is_{fact}", truth) in (truth, None) for fact, truth in symbol.assumptions0.items())


def _one_value_a_place(point: Point) -> bool:
    """Whether ``u[j]`` and ``u[k]`` have one value where ``j`` and ``k`` do."""
    indices = {s: sp.Rational(v.numerator, v.denominator) for s, v in point.items() if s.is_Symbol}
    places: dict[Expr, Fraction] = {}
    return all(places.setdefault(s.xreplace(indices), v) == v for s, v in point.items() if isinstance(s, sp.Indexed))


def _as_identity(expr: Expr) -> Expr:
    return expr.replace(lambda e: isinstance(e, AppliedUndef), lambda e: e.args[0])


def _number(value: Fraction | arb) -> str:
    return str(value) if isinstance(value, Fraction) else value.str(12)


def find(proposition: Equal | Compare, tries: int = 4 * POINTS) -> Witness | None:
    """A point that satisfies the hypotheses and where the statement is false, or None after ``tries`` points."""
    setting = proposition.setting
    try:
        lhs, rhs = (rates_applied(side, setting) for side in (proposition.lhs, proposition.rhs))
    except ValueError:  # a rate that is not defined everywhere
        return None
    relations = [h.relation for h in setting.hypotheses if h.index is None]
    opaque = set().union(*(e.atoms(AppliedUndef) for e in (lhs, rhs, *relations)))
    if any(len(f.args) != 1 for f in opaque):
        return None
    # the statement is for every function, so it may be tried with the identity
    lhs, rhs, *relations = (_as_identity(e) for e in (lhs, rhs, *relations))
    symbols = _symbols(lhs, rhs, *relations)
    previous = ctx.prec
    ctx.prec = BITS
    try:
        first: Witness | None = None
        for count, point in enumerate(_points(symbols, relations)):
            verdict = _fails(proposition, lhs, rhs, point)
            if verdict is not None:
                left, right, kind = verdict
                found = Witness(
                    {**{str(s): str(v) for s, v in point.items()}, **{str(f.func): "s ↦ s" for f in opaque}},
                    {"left side": _number(left), "right side": _number(right)},
                    kind,
                )
                if kind == EXACT:
                    return found
                first = first or found
            if count > (PATIENCE if first is not None else tries):
                break
        return first
    finally:
        ctx.prec = previous


def _fails(proposition: Equal | Compare, lhs: Expr, rhs: Expr, point: Point) -> tuple[Any, Any, str] | None:
    try:
        left, right = exact(lhs, point), exact(rhs, point)
        kind = EXACT
        if isinstance(proposition, Equal):
            false = left != right
        else:
            false = left <= right if proposition.strict else left < right
        return (left, right, kind) if false else None
    except Undefined:
        return None
    except NotRational:
        pass
    try:
        here, there = ball(lhs, point), ball(rhs, point)
    except NotRational:
        return None
    if not (here.is_finite() and there.is_finite()):
        return None
    false = not (here - there).contains(0) if isinstance(proposition, Equal) else bool(here < there)
    return (here, there, "ball arithmetic") if false else None
