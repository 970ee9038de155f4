"""Points where a statement fails: exact rational ones, else certified by ball arithmetic.

A refutation rests on the evaluators alone, which know nothing of the rules that failed to prove the statement.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import lru_cache
from itertools import chain, count, islice
from types import MappingProxyType
from typing import Any

import sympy as sp
from flint import arb
from sympy.core.function import AppliedUndef

from ddln_sym.kernel.derivatives import apply_rates
from ddln_sym.kernel.evaluation import (
    BITS,
    DIGITS,
    NotRational,
    Point,
    Undefined,
    as_fraction,
    condition_of,
    evaluate_exactly,
    evaluate_in_balls,
    program_of,
    surely_holds,
    symbols_of,
)
from ddln_sym.kernel.sizes import spell_out
from ddln_sym.numerics import precision
from ddln_sym.statements import (
    DEPTH,
    Ball,
    BoundIndex,
    Compare,
    Equal,
    Hypothesis,
    Index,
    Setting,
    Witness,
    WitnessKind,
)

Expr = Any
Failure = tuple[Any, Any, WitnessKind]  # what both sides are where a statement is false, and how that is known

__all__ = ["VALUES", "find", "instance", "number", "points"]

#: Small numbers first: a person should be able to check the witness by hand.
VALUES = tuple(Fraction(v) for v in ("1", "0", "2", "-1", "3", "-2", "1/2", "4", "5", "-1/2", "3/8", "-3"))
POINTS = 4000
TRIALS = 400_000  # values to try for single symbols, whether or not they lead to a point
PATIENCE = 60  # points to try for an exact witness once balls have found one
GUIDED, GUIDES = 600, 6  # points near the numbers of a statement, and of how many of its numbers
SHARES = tuple(map(Fraction, ("1/4", "1/8", "7/8", "1/16", "15/16")))  # where entries have a given sum
EXACT = WitnessKind.EXACT


def points(
    symbols: list[Expr],
    relations: list[Expr],
    given: Point = MappingProxyType({}),
    values: tuple[Fraction, ...] = VALUES,
    most: int | None = None,
) -> Iterator[Point]:
    """Small rational points that satisfy the hypotheses, by backtracking from the values that are given; ``most``
    values are tried, or :data:`TRIALS`."""
    most = TRIALS if most is None else most
    scopes = [(r, set(symbols_of(r))) for r in relations]
    #: For each symbol the hypotheses that can be told as soon as it has a value.
    told = [
        [condition_of(r) for r, scope in scopes if s in scope and scope <= given.keys() | set(symbols[: n + 1])]
        for n, s in enumerate(symbols)
    ]
    tried = [[(value, _may_be(s, value)) for value in values] for s in symbols]
    shared = any(isinstance(s, sp.Indexed) and not all(i.is_Integer for i in s.indices) for s in (*given, *symbols))
    trials = 0

    def extend(point: dict[Expr, Fraction], depth: int, budget: int) -> Iterator[dict[Expr, Fraction]]:
        if depth == len(symbols):
            if not shared or _one_value_a_place(point):
                yield dict(point)
            return
        symbol = symbols[depth]
        nonlocal trials
        for value, may_be in tried[depth][:budget]:
            trials += 1
            if trials > most:
                return
            if not may_be:
                continue
            point[symbol] = value
            if all(holds(point) for holds in told[depth]):
                yield from extend(point, depth + 1, budget)
            del point[symbol]

    if not all(surely_holds(r, given) for r, scope in scopes if scope <= given.keys()):
        return
    for budget in (2, 4, 7, len(values)):  # points made of the smallest numbers come first
        yield from islice(extend(dict(given), 0, budget), POINTS)


#: Scales at which a statement may fail that holds at small numbers.
SCALES = tuple(Fraction(2) ** k * sign for k in (4, -4, 7, -7, 10, -10, 14, -14, 20, -20) for sign in (1, -1))


def _guiding(exprs: list[Expr]) -> tuple[Fraction, ...]:
    """Values that the numbers in a statement suggest, at them and on both sides, then scales, then small numbers."""
    found: dict[Fraction, None] = {}
    parts = (part for e in exprs for part in sp.preorder_traversal(e))
    numbers = {p for p in parts if isinstance(p, sp.Expr) and p.is_number and not p.has(sp.nan, sp.zoo, sp.oo, -sp.oo)}
    for number in sorted(numbers, key=sp.default_sort_key)[:GUIDES]:
        try:
            value = evaluate_in_balls(number, {})
        except (NotRational, Undefined):
            continue
        scaled = (value * 1024).floor().unique_fmpz()
        if number.is_Rational:
            middle = [Fraction(int(number.p), int(number.q))]
        elif scaled is not None:
            middle = [Fraction(int(scaled), 1024), Fraction(int(scaled) + 1, 1024)]
        else:
            continue
        for m in middle:
            found |= dict.fromkeys((m, -m, m + Fraction(1, 1024), m - Fraction(1, 1024), m + 1, m - 1))
    return tuple(dict.fromkeys([*found, *SCALES, *VALUES]))


@lru_cache(maxsize=20_000)
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


#: With what a statement about every function of one argument is tried.
IDENTITY = sp.Lambda(sp.Symbol("s"), sp.Symbol("s"))


def number(value: Fraction | arb | Expr) -> Any:
    """A value as witnesses hold it."""
    if isinstance(value, sp.Expr):
        return value
    return sp.Rational(value) if isinstance(value, Fraction) else Ball.of(value)


def find(
    proposition: Equal | Compare,
    tries: int = 4 * POINTS,
    *,
    guided: bool = False,
    solving: bool = False,
    most: int | None = None,
) -> Witness | None:
    """A point that satisfies the hypotheses and where the statement is false, or None after ``tries`` points.

    ``guided``: after small numbers, those near the numbers of the statement are tried, and scales; and equations
    among the hypotheses are solved for what stands in them linearly, which ``solving`` alone asks for as well.
    ``most`` values are tried for single symbols, each way, or :data:`TRIALS`.
    """
    setting, defined = proposition.setting, list[Expr]()
    try:
        lhs, rhs = (apply_rates(side, setting, defined) for side in (proposition.lhs, proposition.rhs))
    except ValueError:  # a rate that is not defined everywhere
        return None
    relations = [h.relation for h in setting.hypotheses if h.index is None]
    places = {s for e in (lhs, rhs, *relations, *defined) for s in e.atoms(Index)}
    relations += [sp.Le(place, setting.size) for place in sorted(places, key=str) if setting.size is not None]
    relations += _in_range((lhs, rhs, *defined), setting.size)
    opaque = set[Expr]().union(*(e.atoms(AppliedUndef) for e in (lhs, rhs, *relations, *defined)))
    if any(len(f.args) != 1 for f in opaque):
        return None
    heads = sorted({f.func for f in opaque}, key=str)
    if opaque:  # the statement is for every function, so it may be tried with the identity
        lhs, rhs, *relations = (_as_identity(e) for e in (lhs, rhs, *relations))
        defined = [_as_identity(e) for e in defined]
    symbols = symbols_of(lhs, rhs, *relations, *defined)
    with precision(BITS):
        first: Witness | None = None
        trying: Iterable[Point] = islice(points(symbols, relations, most=most), tries + 1)
        if guided:
            values = _guiding([lhs, rhs, *relations])
            trying = chain(trying, islice(points(symbols, relations, values=values, most=most), GUIDED))
        if guided or solving:
            trying = chain(trying, _solved_points(symbols, relations, most))
        failure_at = _failure_of(proposition, lhs, rhs)
        for count, point in enumerate(trying):
            failure = failure_at(point)
            if failure is not None and all(_has_value(part, point) for part in defined):
                left, right, kind = failure
                found = Witness(
                    (*((s, number(v)) for s, v in point.items()), *((f, IDENTITY) for f in heads)),
                    (("left side", number(left)), ("right side", number(right))),
                    kind,
                )
                if kind == EXACT:
                    return found
                first = first or found
            if first is not None and count > PATIENCE:
                break
        return first


def _solved_points(symbols: list[Expr], relations: list[Expr], most: int | None) -> Iterator[Point]:
    """Points at which equations among the hypotheses hold, for they are solved."""
    solved = _solve_linear(relations)
    if not solved:
        return
    left = [s for s in symbols if s not in solved]
    try:
        rest = [r for r in (r.xreplace(solved) for r in relations) if r != sp.true]
    except TypeError:  # a side of a hypothesis is no real number there, so nothing satisfies it
        return
    values = (*VALUES, *SHARES) if any(s.is_Indexed for s in solved) else VALUES
    for point in islice(points(left, rest, values=values, most=most), GUIDED):
        try:
            full = {**point, **{s: evaluate_exactly(e, point) for s, e in solved.items()}}
        except (NotRational, Undefined):
            continue
        known = all(_may_be(s, full[s]) for s in solved) and _one_value_a_place(full)
        if known and all(surely_holds(r, full) for r in relations):
            yield full


def _solve_linear(relations: list[Expr]) -> dict[Expr, Expr]:
    """Equations among the hypotheses, each solved for a symbol that stands in it linearly, with a number before it."""
    found: dict[Expr, Expr] = {}
    for relation in relations:
        if not isinstance(relation, sp.Eq):
            continue
        difference = sp.expand((relation.lhs - relation.rhs).xreplace(found))
        for s in symbols_of(difference):
            solvable = s.is_Symbol or (s.is_Indexed and all(i.is_Integer for i in s.indices))
            slope = sp.diff(difference, s) if solvable else sp.Integer(0)
            if slope.is_Rational and slope != 0:
                value = sp.expand(s - difference / slope)
                found = {t: e.xreplace({s: value}) for t, e in found.items()} | {s: value}
                break
    return found


def _in_range(exprs: Iterable[Expr], size: Expr | None) -> list[Expr]:
    """That every entry of an array is one of 1, …, size, where that is not plain: others have no value."""
    if size is None:
        return []
    indices = {i for e in exprs for entry in e.atoms(sp.Indexed) for i in entry.indices if not isinstance(i, Index)}
    plain = [relation for i in sorted(indices, key=str) for relation in (sp.Ge(i, 1), sp.Le(i, size))]
    return [relation for relation in plain if relation is not sp.true]


def instance(setting: Setting) -> bool:
    """Whether a small point satisfies every hypothesis, written out for a few indices where they are about all."""
    given = [h.relation for h in setting.hypotheses if h.index is None]
    every = [h for h in setting.hypotheses if h.index is not None]
    free = {s for r in given for s in r.atoms(Index)} | {w for h in every for w in h.without if isinstance(w, Index)}
    free |= {s for h in every for s in h.relation.atoms(Index) - {h.index}}
    free -= {i for i in free if isinstance(i, BoundIndex)}
    named = {i for r in (*given, *(h.relation for h in every)) for i in r.atoms(sp.Integer)}
    unnamed = (n for n in count(1) if sp.Integer(n) not in named)  # a generic index is none that is named
    places = {i: sp.Integer(n) for i, n in zip(sorted(free, key=str), unnamed, strict=False)}
    farthest = max(map(int, places.values()), default=0)
    if setting.size is None or not setting.size.is_Symbol:
        last = max(3, farthest) if setting.size is None or not setting.size.is_Integer else int(setting.size)
        return farthest <= last and _instance_at(given, every, places, last)
    # Of one index an equation between sums is met soon, if entries are not named that there are not then.
    entries = {i for h in setting.hypotheses for entry in h.relation.atoms(sp.Indexed) for i in entry.indices}
    fewest = 2 if setting.size == DEPTH else 1
    least = max(fewest, farthest, *(int(i) for i in entries if i.is_Integer))
    sizes = [max(3, least), *range(least, 3)]
    return any(_instance_at(given, every, {**places, setting.size: sp.Integer(last)}, last) for last in sizes)


def _instance_at(given: Iterable[Expr], every: Iterable[Hypothesis], places: Point, last: int) -> bool:
    """Whether a small point satisfies relations, and those about all of so many indices."""
    try:
        written = [spell_out(r.xreplace(places), last) for r in given]
        for h in every:
            barred = {w.xreplace(places) for w in h.without}
            here = [k for k in map(sp.Integer, range(1, last + 1)) if k not in barred]
            written += [spell_out(h.at(k).xreplace(places), last) for k in here]
        return find(Equal(0, 1, Setting(tuple(Hypothesis("given", r) for r in written)))) is not None
    except ValueError:
        return False


def _has_value(expr: Expr, point: Point) -> bool:
    try:
        evaluate_in_balls(expr, point)
    except (Undefined, NotRational):
        return False
    return True


def _failure_of(proposition: Equal | Compare, lhs: Expr, rhs: Expr) -> Callable[[Point], Failure | None]:
    """What the sides of a statement are at a point where it is false, as a function of the point."""
    left, right = program_of(lhs), program_of(rhs)
    fails = operator.ne if isinstance(proposition, Equal) else operator.le if proposition.strict else operator.lt

    def failure(point: Point) -> Failure | None:
        try:
            here, there = left(point), right(point)
        except Undefined:
            return None
        except NotRational:
            return _failure_in_balls(proposition, lhs, rhs, point)
        return (as_fraction(here), as_fraction(there), EXACT) if fails(here, there) else None

    return failure


def _failure_in_balls(proposition: Equal | Compare, lhs: Expr, rhs: Expr, point: Point) -> Failure | None:
    try:
        here, there = evaluate_in_balls(lhs, point), evaluate_in_balls(rhs, point)
    except (NotRational, Undefined):
        return None
    if not abs(here).max(abs(there)) < arb(2) ** DIGITS:  # nobody reads 2^(10³⁰): there are nearer points
        return None
    false = not (here - there).contains(0) if isinstance(proposition, Equal) else bool(here < there)
    if false:
        return here, there, WitnessKind.BALLS
    if isinstance(proposition, Compare) and proposition.strict and (here - there).contains(0):
        return _equal_sides(lhs, rhs, point)
    return None


def _equal_sides(lhs: Expr, rhs: Expr, point: Point) -> Failure | None:
    """Two sides that have one value, though not a rational one: ``√2·u² > √2`` fails at u = 1.

    Both have values there, by balls; so that their difference vanishes when it is multiplied out is a proof.
    """
    if any(isinstance(value, arb) for value in point.values()):
        return None
    values = {symbol: sp.Rational(value) for symbol, value in point.items()}
    left, right = lhs.xreplace(values), rhs.xreplace(values)
    return (left, right, EXACT) if sp.expand(left - right) == 0 else None
