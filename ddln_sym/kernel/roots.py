"""Points where a statement fails that no rational number gives: roots of the hypotheses' equations, in balls.

Each equation is solved for one unknown, the others having values.  Where its sides' difference changes its sign between
two rational numbers and has a finite ball over all that lies between, so that it is continuous there, it has a root
there (intermediate value theorem); everything else is decided by balls that contain that root.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from typing import Any

import sympy as sp
from flint import arb, ctx, fmpq
from sympy.core.function import AppliedUndef

from ddln_sym.kernel.counterexamples import (
    BITS,
    VALUES,
    NotRational,
    Point,
    Undefined,
    evaluate_exactly,
    evaluate_in_balls,
    number,
    symbols_of,
)
from ddln_sym.kernel.derivatives import apply_rates
from ddln_sym.statements import Compare, Equal, Index, ProductOver, SumOver, Witness, WitnessKind

Expr = Any

__all__ = ["find_at_roots"]

#: Points that are tried, roots of one equation, inequalities taken at their ends; values of what no equation gives.
POINTS, ROOTS, ENDS = 60, 3, 3
CHOICES = (*VALUES, Fraction(2, 3), Fraction(3, 2), Fraction(-2, 3))
HALVINGS = 120
#: Between which a change of sign is looked for: beside quarters up to 8, then beside powers of two.
GRID = tuple(
    sorted(
        {Fraction(n, 4) + Fraction(1, 2048) for n in range(-32, 33)}
        | {s * Fraction(2) ** k for s in (1, -1) for k in (*range(-24, -1, 3), *range(4, 25, 4))}
    )
)
#: Heads that jump, so that a change of sign is no root.
_JUMPS = (sp.sign, sp.floor, sp.ceiling, sp.Piecewise, sp.Mod)


def find_at_roots(proposition: Equal | Compare) -> Witness | None:
    """A point among the roots of the hypotheses' equations, or at the ends of inequalities, where it fails.

    >>> from ddln_sym.statements import Hypothesis, Setting
    >>> x = sp.Symbol("x", real=True)
    >>> print(find_at_roots(Compare(1, x, Setting((Hypothesis("given", sp.Eq(sp.exp(x), 3)),)))).point["x"])
    [1.09861228867 +/- 1.90e-12]
    """
    setting, defined = proposition.setting, list[Expr]()
    relations = [h.relation for h in setting.hypotheses if h.index is None]
    if len(relations) < len(setting.hypotheses) or not all(
        isinstance(r, sp.core.relational.Relational) for r in relations
    ):
        return None
    try:
        lhs, rhs = (apply_rates(side, setting, defined) for side in (proposition.lhs, proposition.rhs))
    except ValueError:
        return None
    if any(e.has(AppliedUndef, SumOver, ProductOver, Index, sp.nan) for e in (lhs, rhs, *relations, *defined)):
        return None
    symbols = symbols_of(lhs, rhs, *relations, *defined)
    if any(isinstance(s, sp.Indexed) and not all(i.is_Integer for i in s.indices) for s in symbols):
        return None
    equations = [r for r in relations if isinstance(r, sp.Eq)]
    ends = [r for r in relations if isinstance(r, (sp.Ge, sp.Le))]
    previous, ctx.prec = ctx.prec, BITS
    try:
        for more in [*([[]] if equations else []), *([end] for end in ends[:ENDS])]:
            solved = [r.lhs - r.rhs for r in (*equations, *more)]
            parts = [*defined, *(side for r in (*equations, *more) for side in r.args)]
            left = [r for r in relations if r not in equations and r not in more]
            for point in islice(_points({}, solved, symbols), POINTS):
                sides = _fails(proposition, lhs, rhs, point)
                if sides is None or not all(_holds(r, point) for r in left):
                    continue
                if all(_has_ball(e, point) for e in parts):
                    values = tuple(zip(("left side", "right side"), map(number, sides), strict=True))
                    return Witness(tuple((s, number(point[s])) for s in symbols), values, WitnessKind.BALLS)
        return None
    finally:
        ctx.prec = previous


def _points(point: Point, equations: list[Expr], symbols: list[Expr]) -> Iterator[Point]:
    """Points at which every equation has a root for what was left open in it."""
    waiting = {n: [s for s in symbols_of(e) if s not in point] for n, e in enumerate(equations)}
    for n, unknown in waiting.items():
        rest = equations[:n] + equations[n + 1 :]
        if not unknown:
            if _vanishes(equations[n], point):
                yield from _points(point, rest, symbols)
            return
        if len(unknown) == 1:
            for root in islice(_roots(equations[n], unknown[0], point), ROOTS):
                yield from _points({**point, unknown[0]: root}, rest, symbols)
            return
    open_ones = [s for unknown in waiting.values() for s in unknown] + [s for s in symbols if s not in point]
    if not open_ones:
        yield point
        return
    for value in CHOICES:
        if not open_ones[0].is_integer or (value.denominator == 1 and (value > 0 or not open_ones[0].is_positive)):
            yield from _points({**point, open_ones[0]: value}, equations, symbols)


def _vanishes(expr: Expr, point: Point) -> bool:
    """Whether an expression surely vanishes: only where all that it speaks of is rational."""
    if any(isinstance(point[s], arb) for s in symbols_of(expr)):
        return False
    try:
        return evaluate_exactly(expr, point) == 0
    except (NotRational, Undefined):
        return False


def _roots(expr: Expr, unknown: Expr, point: Point) -> Iterator[arb]:
    """Balls, each with a root in it, whatever the values are within the balls of the point."""
    if expr.has(*_JUMPS) or unknown.is_integer is not None or unknown.is_positive is not None:
        return

    def sign(at: Fraction) -> int:
        try:
            value = evaluate_in_balls(expr, {**point, unknown: at})
        except (NotRational, Undefined):
            return 0
        return int(value > 0) - int(value < 0)

    before: tuple[Fraction, int] | None = None
    for at in GRID:
        now = sign(at)
        if before is not None and now * before[1] < 0:
            root = _narrow(before[0], at, before[1], sign)
            if _has_ball(expr, {**point, unknown: root}):  # finite over all of it: continuous
                yield root
        before = (at, now) if now else None


def _narrow(low: Fraction, high: Fraction, below: int, sign: Any) -> arb:
    """A ball around two numbers at which a function has different signs, as near as these are known."""
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        now = sign(middle)
        if now == 0:
            middle = (2 * low + high) / 3
            if (now := sign(middle)) == 0:
                break
        low, high = (middle, high) if now == below else (low, middle)
    one, other = (arb(fmpq(end.numerator, end.denominator)) for end in (low, high))
    return one.union(other)


def _fails(proposition: Equal | Compare, lhs: Expr, rhs: Expr, point: Point) -> tuple[arb, arb] | None:
    try:
        one, other = evaluate_in_balls(lhs, point), evaluate_in_balls(rhs, point)
    except (NotRational, Undefined):
        return None
    false = not (one - other).contains(0) if isinstance(proposition, Equal) else bool(one < other)
    return (one, other) if false else None


def _holds(relation: Expr, point: Point) -> bool:
    """Whether an inequality surely holds, by balls that exclude the opposite."""
    try:
        difference = evaluate_in_balls(relation.lhs, point) - evaluate_in_balls(relation.rhs, point)
    except (NotRational, Undefined):
        return False
    if isinstance(relation, sp.Ne):
        return not difference.contains(0)
    return bool(difference > 0) if isinstance(relation, (sp.Gt, sp.Ge)) else bool(difference < 0)


def _has_ball(expr: Expr, point: Point) -> bool:
    try:
        evaluate_in_balls(expr, point)
    except (NotRational, Undefined):
        return False
    return True
