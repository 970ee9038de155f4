"""Points where a statement fails that no rational number gives: roots of the hypotheses' equations, in balls.

Each equation is solved for one unknown, the others having values.  Where its sides' difference changes its sign between
two rational numbers and has a finite ball over all that lies between, so that it is continuous there, it has a root
there (intermediate value theorem); everything else is decided by balls that contain that root.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import chain, islice
from typing import Any

import sympy as sp
from flint import arb, fmpq
from sympy.core.function import AppliedUndef

from ddln_sym.kernel.counterexamples import VALUES, number
from ddln_sym.kernel.covers import narrow, simplest, turning_points
from ddln_sym.kernel.derivatives import apply_rates
from ddln_sym.kernel.evaluation import (
    BITS,
    NotRational,
    Point,
    Undefined,
    evaluate_exactly,
    evaluate_in_balls,
    symbols_of,
)
from ddln_sym.numerics import precision
from ddln_sym.statements import (
    Compare,
    Equal,
    Hypothesis,
    Index,
    ProductOver,
    Rate,
    Setting,
    SumOver,
    Witness,
    WitnessKind,
)

Expr = Any

__all__ = ["find_at_algebraic_points", "find_at_roots", "find_at_turns"]

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
    with precision(BITS):
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


#: How often the interval around a turning point is halved before the simplest number in it is tried.
TURNS = (2, 5, 9, 14)
#: Variables of a polynomial of which all but one are put at numbers.
OTHERS = 4
#: Powers and operations of a polynomial that is factored.
POWER, LONG = 24, 200


def find_at_turns(proposition: Equal | Compare) -> Witness | None:
    """A point where a statement about one variable fails: near where the difference of its sides is least, or where
    that vanishes, which an equation of the second degree may tell.

    >>> x = sp.Symbol("x", real=True)
    >>> print(find_at_turns(Compare((x**2 - 2) ** 2, 0, strict=True)).point["x"])
    sqrt(2)
    """
    relations = [h.relation for h in proposition.setting.hypotheses]
    symbols = symbols_of(proposition.lhs, proposition.rhs, *relations)
    if proposition.setting.rates or any(not s.is_Symbol or s.is_integer for s in symbols):
        return None
    if 1 < len(symbols) <= OTHERS:
        return _with_others_at_numbers(proposition, symbols)
    if len(symbols) != 1:
        return None
    x, f = symbols[0], proposition.lhs - proposition.rhs
    if f.has(AppliedUndef, SumOver, ProductOver, Rate, sp.Derivative) or any(r.has(AppliedUndef) for r in relations):
        return None
    with precision(BITS):
        tried = chain(_near_turns(f, x), _exact_roots(f, x))
        return next((w for at in tried if (w := _failing_at(proposition, relations, x, at)) is not None), None)


def _with_others_at_numbers(proposition: Equal | Compare, symbols: list[Expr]) -> Witness | None:
    """The same for a polynomial in several variables, with all but one of them at a small number."""
    f = proposition.lhs - proposition.rhs
    if not (isinstance(proposition, Compare) and proposition.strict and f.is_polynomial(*symbols)):
        return None
    for x in symbols:
        for value in (1, 2):
            there = {s: sp.Integer(value) for s in symbols if s != x}
            setting = proposition.setting
            try:
                given = tuple(Hypothesis(h.name, h.relation.xreplace(there)) for h in setting.hypotheses)
            except ValueError:
                continue
            lhs, rhs = (side.xreplace(there) for side in (proposition.lhs, proposition.rhs))
            where = find_at_turns(Compare(lhs, rhs, Setting(tuple(h for h in given if h.relation != sp.true)), True))
            if where is not None:
                return replace(where, places=(*there.items(), *where.places))
    return None


def find_at_algebraic_points(proposition: Equal | Compare) -> Witness | None:
    """A point where a polynomial in several variables, which is said to be positive, vanishes: one variable after the
    other is put where the slope in it is 0, as far as that is a number, or an expression in the others.

    >>> x, y = sp.symbols("x y", real=True)
    >>> print(*find_at_algebraic_points(Compare((x**3 - 2) ** 2 + (y - x) ** 2, 0, strict=True)).point.values())
    2**(1/3) 2**(1/3)
    """
    relations = [h.relation for h in proposition.setting.hypotheses]
    symbols = symbols_of(proposition.lhs, proposition.rhs, *relations)
    if not isinstance(proposition, Compare) or not proposition.strict or not 1 < len(symbols) <= OTHERS:
        return None
    if proposition.setting.rates or any(not s.is_Symbol or s.is_integer for s in symbols):
        return None
    both = sp.Tuple(proposition.lhs, proposition.rhs)
    plain = all(side.is_polynomial(*symbols) for side in both)
    small = all(power.exp <= POWER for power in both.atoms(sp.Pow)) if plain else False
    if not small or both.count_ops() > LONG or any(r.has(AppliedUndef) for r in relations):
        return None
    f = sp.expand(proposition.lhs - proposition.rhs)
    if f.count_ops() > LONG:
        return None
    with precision(BITS):
        for places in islice(_level_points(f, symbols), POINTS):
            sides = [sp.expand(side.xreplace(places)) for side in (proposition.lhs, proposition.rhs)]
            if sp.expand(sides[0] - sides[1]) != 0:
                continue
            point = {s: evaluate_in_balls(at, {}) for s, at in places.items()}
            if all(_meets(r, places, point) for r in relations):
                return Witness(
                    tuple((s, places[s]) for s in symbols), tuple(zip(("left side", "right side"), sides, strict=True))
                )
    return None


def _level_points(f: Expr, symbols: list[Expr]) -> Iterator[dict[Expr, Expr]]:
    """Points with algebraic coordinates at which slopes of a polynomial vanish."""
    left = [s for s in symbols if f.has(s)]
    if not left:
        yield {s: sp.Integer(0) for s in symbols}
        return
    if len(left) == 1:
        for root in _exact_roots(f, left[0]):
            yield {**dict.fromkeys(symbols, sp.Integer(0)), left[0]: root}
        return
    for x in left:
        others = [s for s in symbols if s != x]
        for at in _level_values(f, x):
            for places in _level_points(sp.expand(f.xreplace({x: at})), others):
                yield {**places, x: sp.expand(at.xreplace(places))}


def _level_values(f: Expr, x: Expr) -> Iterator[Expr]:
    """Where the slope in one variable vanishes, whatever the others are, or at what expression in them."""
    try:
        factors = sp.factor_list(sp.diff(f, x))[1]
    except sp.PolynomialError:  # a constant such as 1/cos 1, which SymPy does not take for a number
        return
    for factor, _ in factors:
        if not factor.has(x):
            continue
        poly = sp.Poly(factor, x)
        if factor.free_symbols == {x}:
            yield from _exact_roots(factor, x)
        elif poly.degree() == 1 and poly.LC().is_Rational:
            yield sp.expand(x - factor / poly.LC())


def _meets(relation: Expr, places: dict[Expr, Expr], point: Point) -> bool:
    """Whether a hypothesis surely holds at a point with algebraic coordinates, which may be its end."""
    if not isinstance(relation, sp.core.relational.Relational):
        return False
    if _holds(relation, point):
        return True
    if not isinstance(relation, (sp.Ge, sp.Le, sp.Eq)) or not all(_has_ball(side, point) for side in relation.args):
        return False
    return bool(sp.expand((relation.lhs - relation.rhs).xreplace(places)) == 0)


def _near_turns(f: Expr, x: Expr) -> Iterator[Expr]:
    try:
        slope = sp.diff(f, x)
        turns = [turn for turn in turning_points(slope, x) if turn[2] > 0]
        for low, high, way in turns:
            for times in TURNS:
                yield sp.Rational(simplest(*narrow(slope, x, low, high, way, times)))
    except (TypeError, ValueError, NotImplementedError):  # SymPy has no derivative
        return


def _exact_roots(f: Expr, x: Expr) -> Iterator[Expr]:
    """Where a polynomial vanishes whose factors are of the second degree at most, or of the form ``a·x^n + b``."""
    if any(not (p.exp.is_Integer and abs(p.exp) <= POWER) for p in f.atoms(sp.Pow) if p.has(x)) or f.count_ops() > LONG:
        return
    numerator = sp.fraction(sp.together(f))[0]
    if not numerator.is_polynomial(x) or any(not c.is_Rational for c in sp.Poly(numerator, x).coeffs()):
        return
    for factor, _ in sp.factor_list(numerator, x)[1]:
        poly = sp.Poly(factor, x)
        if poly.degree() <= 2 or len(poly.terms()) == 2:
            yield from sorted((r for r in sp.roots(poly) if r.is_real), key=lambda r: (abs(r), -r))


def _failing_at(proposition: Equal | Compare, relations: list[Expr], x: Expr, at: Expr) -> Witness | None:
    """The witness at a number, if all hypotheses surely hold there and the statement surely fails."""
    if at.is_Rational:
        point: Point = {x: Fraction(int(at.p), int(at.q))}
    else:
        point = {x: evaluate_in_balls(at, {})}
    if not all(_meets(r, {x: at}, point) for r in relations):
        return None
    sides = _fails(proposition, proposition.lhs, proposition.rhs, point)
    values, kind = (None if sides is None else tuple(map(number, sides))), WitnessKind.BALLS
    if sides is None and not at.is_Rational and isinstance(proposition, Compare) and proposition.strict:
        try:
            here = [evaluate_in_balls(side, point) for side in (proposition.lhs, proposition.rhs)]
        except (NotRational, Undefined):
            return None
        exact = [sp.expand(side.xreplace({x: at})) for side in (proposition.lhs, proposition.rhs)]
        if all(ball.is_finite() for ball in here) and sp.expand(exact[0] - exact[1]) == 0:
            values, kind = tuple(exact), WitnessKind.EXACT
    if values is None:
        return None
    return Witness(((x, at),), tuple(zip(("left side", "right side"), values, strict=True)), kind)


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
    """Whether an inequality surely holds, by balls that exclude the opposite; of an equation they never tell that."""
    if isinstance(relation, sp.Eq):
        return False
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
