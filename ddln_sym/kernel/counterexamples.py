"""Points where a statement fails: exact rational ones, else certified by ball arithmetic.

The evaluators are independent of the normal forms: they take the statement as it was written and
compute it at numbers, so a refutation does not rest on the rules that failed to prove it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from functools import lru_cache, reduce
from itertools import chain, count, islice
from types import MappingProxyType
from typing import Any

import sympy as sp
from flint import arb, fmpq
from sympy.core.function import AppliedUndef

from ddln_sym.kernel.derivatives import apply_rates
from ddln_sym.kernel.polynomials import spoken_of, the_one
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
Point = Mapping[Expr, Any]  # a Fraction, or a ball that contains the value

__all__ = [
    "NotRational",
    "Point",
    "Undefined",
    "evaluate_exactly",
    "evaluate_in_balls",
    "find",
    "instance",
    "number",
    "points",
    "surely_greater",
    "symbols_of",
    "truth",
]

#: Small numbers first: a person should be able to check the witness by hand.
VALUES = tuple(Fraction(v) for v in ("1", "0", "2", "-1", "3", "-2", "1/2", "4", "5", "-1/2", "3/8", "-3"))
POINTS = 4000
TRIALS = 400_000  # values to try for single symbols, whether or not they lead to a point
PATIENCE = 60  # points to try for an exact witness once balls have found one
GUIDED, GUIDES = 600, 6  # points near the numbers of a statement, and of how many of its numbers
SHARES = tuple(map(Fraction, ("1/4", "1/8", "7/8", "1/16", "15/16")))  # where entries have a given sum
EXACT = WitnessKind.EXACT
BITS = 200
DIGITS = 20_000  # bits of a power that is computed exactly


class NotRational(ArithmeticError):
    """The value is not a rational number that this evaluator can name."""


class Undefined(ArithmeticError):
    """The expression has no real value at the point."""


Program = Callable[[Point], fmpq]
Failure = tuple[Any, Any, WitnessKind]  # what both sides are where a statement is false, and how that is known


def evaluate_exactly(expr: Expr, point: Point) -> Fraction:
    """The exact rational value of an expression at a rational point.

    Raises:
        Undefined: a part of it has no value there.
        NotRational: a part of it is not a rational number that this evaluator can name.
    """
    return _fraction(_program(expr)(point))


def _fraction(value: fmpq) -> Fraction:
    return Fraction(int(value.p), int(value.q))


@lru_cache(maxsize=20_000)
def _program(expr: Expr) -> Program:
    """An expression as a function of the point: a search evaluates one expression at many."""
    if expr.is_Rational:
        number = fmpq(int(expr.p), int(expr.q))
        return lambda point: number
    if isinstance(expr, sp.Piecewise):
        return lambda point: _exact_case(expr, point)
    parts = [_program(a) for a in expr.args]
    if isinstance(expr, sp.Mul):
        return _multiply(expr.args, parts)
    if isinstance(expr, sp.Pow) and expr.exp.is_Integer:
        return _raise_to(parts[0], int(expr.exp))
    for head, rule in _EXACT.items():
        if isinstance(expr, head):
            return rule(*parts)

    known = the_one(expr)

    def looked_up(point: Point) -> fmpq:
        value = point.get(known)
        if value is not None:
            if isinstance(value, arb):
                raise NotRational(f"{expr} is known by a ball")
            return fmpq(value.numerator, value.denominator)
        for part in parts:  # what has no value is found out first
            part(point)
        raise NotRational(f"{expr.func} is not rational here")

    return looked_up


def _add(*parts: Program) -> Program:
    return lambda point: sum((part(point) for part in parts), fmpq(0))


def _multiply(factors: Sequence[Expr], parts: Sequence[Program]) -> Program:
    """A product; it is 0 where a factor is, if the others have a value, rational or not."""

    def value(point: Point) -> fmpq:
        found, others = fmpq(1), []
        for factor, part in zip(factors, parts, strict=True):
            try:
                found *= part(point)
            except NotRational:
                others.append(factor)
        if others and not (found == 0 and all(evaluate_in_balls(other, point).is_finite() for other in others)):
            raise NotRational("a factor is not rational here")
        return found

    return value


def _raise(base: Program, exponent: Program) -> Program:
    return lambda point: _exact_power(base(point), exponent(point))


def _raise_to(base: Program, exponent: int) -> Program:
    return lambda point: _whole_power(base(point), exponent)


def _remainder(number: Program, modulus: Program) -> Program:
    def value(point: Point) -> fmpq:
        n, m = number(point), modulus(point)
        if m == 0:
            raise Undefined("remainder of a division by zero")
        return n - m * (n / m).floor()

    return value


def _each(function: Callable[..., fmpq]) -> Callable[..., Program]:
    """A function of the values of the arguments."""
    return lambda *parts: lambda point: function(*(part(point) for part in parts))


def _only_at(place: int, result: int) -> Callable[[Program], Program]:
    """A function that is rational at one rational place."""

    def rule(part: Program) -> Program:
        def value(point: Point) -> fmpq:
            if part(point) != place:
                raise NotRational("the function is not rational here")
            return fmpq(result)

        return value

    return rule


#: The value of each head from those of its arguments.
_EXACT: dict[Any, Callable[..., Program]] = {
    sp.Add: _add,
    sp.Pow: _raise,
    sp.Abs: _each(abs),
    sp.sign: _each(lambda v: fmpq((v > 0) - (v < 0))),
    sp.Min: _each(min),
    sp.Max: _each(max),
    sp.floor: _each(lambda v: fmpq(v.floor())),
    sp.Mod: _remainder,
    **dict.fromkeys((sp.exp, sp.cosh, sp.cos), _only_at(0, 1)),
    **dict.fromkeys((sp.sinh, sp.tanh, sp.asinh, sp.sin, sp.tan, sp.atan, sp.erf), _only_at(0, 0)),
    sp.log: _only_at(1, 0),
}


def _exact_case(expr: Expr, point: Point) -> fmpq:
    """The value of the first case whose condition holds."""
    for case in expr.args:
        if truth(case.cond, point):
            return _program(case.expr)(point)
    raise Undefined("no case applies")


_RELATIONS: dict[Any, Callable[[fmpq, fmpq], bool]] = {
    sp.Eq: operator.eq,
    sp.Ne: operator.ne,
    sp.Gt: operator.gt,
    sp.Ge: operator.ge,
    sp.Lt: operator.lt,
    sp.Le: operator.le,
}


def truth(formula: Expr, point: Point) -> bool:
    """Whether a Boolean formula holds at a rational point, where every part of it has a value.

    Raises:
        Undefined: a part of it has no value there (SymPy would take ``nan = nan`` as false).
        NotRational: a part of it is not a rational number that this evaluator can name.
    """
    if formula in (sp.true, sp.false):
        return formula is sp.true
    if formula.func in _RELATIONS:
        return _RELATIONS[formula.func](_program(formula.lhs)(point), _program(formula.rhs)(point))
    parts = [truth(part, point) for part in formula.args]
    if isinstance(formula, sp.And):
        return all(parts)
    if isinstance(formula, sp.Or):
        return any(parts)
    if isinstance(formula, sp.Not):
        return not parts[0]
    if isinstance(formula, sp.Implies):
        return parts[1] or not parts[0]
    if isinstance(formula, sp.Equivalent):
        return len(set(parts)) == 1
    raise NotRational(f"no truth value for {formula.func}")


def _whole_power(base: fmpq, exponent: int) -> fmpq:
    if exponent < 0 and base == 0:
        raise Undefined("division by zero")
    if abs(exponent) * max(int(base.p).bit_length(), int(base.q).bit_length()) > DIGITS:
        raise NotRational("a power with too many digits")
    return base**exponent


def _exact_power(base: fmpq, exponent: fmpq) -> fmpq:
    if exponent.q == 1:
        return _whole_power(base, int(exponent.p))
    if base == 0 and exponent < 0:
        raise Undefined("division by zero")
    top, bottom = int(base.p), int(base.q)
    if abs(exponent) * max(top.bit_length(), bottom.bit_length()) > DIGITS:
        raise NotRational("a power with too many digits")
    if base < 0:
        raise Undefined("root of a negative number")
    root = [sp.integer_nthroot(part, int(exponent.q)) for part in (top, bottom)]
    if not all(is_exact for _, is_exact in root):
        raise NotRational("irrational root")
    return fmpq(int(root[0][0]), int(root[1][0])) ** int(exponent.p)


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
    sp.tanh: arb.tanh,
    sp.acosh: arb.acosh,
    sp.atanh: arb.atanh,
    sp.asin: arb.asin,
    sp.acos: arb.acos,
    sp.cot: arb.cot,
    sp.coth: arb.coth,
    sp.sech: arb.sech,
    sp.csch: arb.csch,
    sp.erf: arb.erf,
    sp.erfc: arb.erfc,
    sp.gamma: arb.gamma,
    sp.loggamma: arb.lgamma,
    sp.digamma: arb.digamma,
    sp.zeta: arb.zeta,
    sp.LambertW: arb.lambertw,
    sp.Abs: abs,
    sp.sign: arb.sgn,
    sp.floor: arb.floor,
    sp.ceiling: arb.ceil,
}

#: Numbers that have a name.
_NUMBERS: dict[Any, Callable[[], arb]] = {
    sp.pi: arb.pi,
    sp.E: arb.const_e,
    sp.EulerGamma: arb.const_euler,
    sp.Catalan: arb.const_catalan,
    sp.GoldenRatio: lambda: (1 + arb(5).sqrt()) / 2,
}


def evaluate_in_balls(expr: Expr, point: Point) -> arb:
    """A ball that contains the value of an expression at a rational point.

    Raises:
        Undefined: a part of the expression has no finite ball there, as where it is not defined.
        NotRational: it has a head without ball arithmetic.
    """
    return _finite(expr)(point)


def surely_greater(one: Expr, other: Expr) -> int | None:
    """The bits at which the balls of two numbers show that the first is greater, or None."""
    with suppress(NotRational, Undefined):
        for bits in (64, BITS, 1000, 4000):
            with precision(bits):
                if evaluate_in_balls(one, {}) > evaluate_in_balls(other, {}):
                    return bits
    return None


@lru_cache(maxsize=20_000)
def _ball_program(expr: Expr) -> Callable[[Point], arb]:
    """An expression as a function of the point whose value is a ball at the working precision."""
    if expr.is_Rational:
        number = fmpq(int(expr.p), int(expr.q))
        return lambda point: arb(number)
    if expr in _NUMBERS:
        constant = _NUMBERS[expr]
        return lambda point: constant()
    if isinstance(expr, sp.Piecewise):
        return lambda point: _case_of(expr, point)
    parts = [_finite(a) for a in expr.args]
    if isinstance(expr, (sp.Min, sp.Max)):
        better = arb.min if isinstance(expr, sp.Min) else arb.max
        return lambda point: reduce(better, [part(point) for part in parts])
    if isinstance(expr, sp.Add):
        return lambda point: sum((part(point) for part in parts), arb(0))
    if isinstance(expr, sp.Mul):
        return lambda point: reduce(operator.mul, [part(point) for part in parts], arb(1))
    if isinstance(expr, sp.Pow):
        base, exponent = parts
        if expr.exp.is_Integer:
            whole = int(expr.exp)
            return lambda point: base(point) ** whole
        return lambda point: base(point) ** exponent(point)
    for head, function in _BALLS.items():
        if isinstance(expr, head) and len(parts) == 1:
            (only,) = parts
            return lambda point, function=function: function(only(point))  # type: ignore[misc]

    def looked_up(point: Point) -> arb:
        if expr in point:
            value = point[expr]
            return value if isinstance(value, arb) else arb(fmpq(value.numerator, value.denominator))
        for part in parts:
            part(point)
        raise NotRational(f"no ball arithmetic for {expr.func}")

    return looked_up


def _finite(expr: Expr) -> Callable[[Point], arb]:
    """The same, where what has no finite ball has no value."""
    program = _ball_program(expr)

    def value(point: Point) -> arb:
        found = program(point)
        if not found.is_finite():
            raise Undefined(f"{expr} has no value here")
        return found

    return value


def _case_of(expr: Expr, point: Point) -> arb:
    """The ball of the first case whose condition surely holds, where those before it surely fail."""
    for case in expr.args:
        if _holds(case.cond, point):
            return evaluate_in_balls(case.expr, point)
        if not _holds(sp.Not(case.cond), point):
            raise NotRational(f"whether {case.cond} holds is not known")
    raise Undefined("no case applies")


def symbols_of(*exprs: Expr) -> list[Expr]:
    """The symbols and the entries of arrays that expressions and relations speak of, in SymPy's order."""
    return sorted(set[Expr]().union(*map(spoken_of, exprs)), key=_order_key)


_order_key: Callable[[Expr], Any] = lru_cache(maxsize=20_000)(sp.default_sort_key)


Condition = Callable[[Point], bool]


def _holds(relation: Expr, point: Point) -> bool:
    """Whether a hypothesis surely holds at a point, decided exactly or by balls that exclude the opposite."""
    return _condition(relation)(point)


@lru_cache(maxsize=20_000)
def _condition(relation: Expr) -> Condition:
    """A hypothesis as a function of the point: a search asks it at many."""
    if isinstance(relation, sp.And):
        parts = [_condition(part) for part in relation.args]
        return lambda point: all(part(point) for part in parts)
    if not isinstance(relation, sp.core.relational.Relational):
        return lambda point: _surely_true(relation, point)
    left, right, compare = _program(relation.lhs), _program(relation.rhs), _RELATIONS[relation.func]

    def holds(point: Point) -> bool:
        try:
            return compare(left(point), right(point))
        except NotRational:
            return _holds_in_balls(relation, point)
        except Undefined:
            return False

    return holds


def _surely_true(formula: Expr, point: Point) -> bool:
    try:
        return truth(formula, point)
    except (NotRational, Undefined):
        return False


def _holds_in_balls(relation: Expr, point: Point) -> bool:
    try:
        difference = evaluate_in_balls(relation.lhs, point) - evaluate_in_balls(relation.rhs, point)
    except (NotRational, Undefined):
        return False
    if isinstance(relation, (sp.Gt, sp.Ge)):
        return bool(difference > 0)
    if isinstance(relation, (sp.Lt, sp.Le)):
        return bool(difference < 0)
    return isinstance(relation, sp.Ne) and not difference.contains(0)


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
        [_condition(r) for r, scope in scopes if s in scope and scope <= given.keys() | set(symbols[: n + 1])]
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

    if not all(_holds(r, given) for r, scope in scopes if scope <= given.keys()):
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
        if known and all(_holds(r, full) for r in relations):
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
    left, right = _program(lhs), _program(rhs)
    fails = operator.ne if isinstance(proposition, Equal) else operator.le if proposition.strict else operator.lt

    def failure(point: Point) -> Failure | None:
        try:
            here, there = left(point), right(point)
        except Undefined:
            return None
        except NotRational:
            return _failure_in_balls(proposition, lhs, rhs, point)
        return (_fraction(here), _fraction(there), EXACT) if fails(here, there) else None

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
