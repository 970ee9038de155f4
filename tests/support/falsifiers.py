"""Why a proposition that was proved is false, or one that was refuted true: by mpmath at random points.

Nothing here asks the kernel. Each kind of proposition has a check of its own; one of a theorem looks along the axis of
its variable, with constants that satisfy the hypotheses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import pairwise, product
from random import Random
from typing import Any

import mpmath
import sympy as sp
from evaluator import CLOSE, Place, Undefined, compare
from random_expressions import VALUES

from ddln_sym.models.conditions import BlockRank, BlocksCommute, BlocksSeparate
from ddln_sym.statements import (
    AboveStart,
    ArithmeticGeometric,
    Ball,
    Commutes,
    Compare,
    Consequence,
    ConstrainedMinimizer,
    Denied,
    DominatedTail,
    Equal,
    ExponentialDecay,
    FullRank,
    Holds,
    Hypothesis,
    KeepsSign,
    Maclaurin,
    Needed,
    NullSet,
    OntoTheLine,
    PowerTail,
    Primitive,
    RateRule,
    SeparateBlocks,
    Setting,
    Solves,
    SquareOfIntegral,
    Step,
    Verdict,
)
from proofs.no_mirror import NoEntropy
from proofs.range import BetweenLimits

POINTS = 60
ROUGH = 1e-6  # what is less may be the rounding of a ball
FAR = 12  # further than an index in a random statement goes
MANY_DIGITS = 400  # at which two sides are compared at a witness


def contradiction(step: Step, rng: Random) -> str:
    """Why the verdict of a step is wrong; '' if that was not seen."""
    proposition, verdict = step.proposition, step.verdict
    if isinstance(proposition, Denied):
        denied = step.parts[0]
        if verdict is Verdict.PROVED:
            return not_refuted(proposition.statement, denied)
        return falsified(proposition.statement, rng) if verdict is Verdict.REFUTED else ""
    if isinstance(proposition, Needed):
        if not step.proved:
            return ""
        without, restored = step.parts
        return not_refuted(without.proposition, without) or falsified(restored.proposition, rng)
    if verdict is Verdict.PROVED:
        return falsified(proposition, rng)
    if verdict is Verdict.REFUTED and isinstance(proposition, Consequence):  # by something that would follow
        return contradiction(step.parts[-1], rng)
    return not_refuted(proposition, step) if verdict is Verdict.REFUTED else ""


# -- what was proved ------------------------------------------------------------------------------------
def falsified(proposition: Any, rng: Random) -> str:
    """Where a proposition that was proved is false or has no value; '' if that was not seen."""
    for kind, check in _CHECKS.items():
        if isinstance(proposition, kind):
            return check(proposition, rng)
    raise TypeError(f"no check for a {type(proposition).__name__}")


def _places(proposition: Any, rng: Random, *exprs: Any, setting: Setting | None = None) -> Iterator[Place]:
    """Points that satisfy the hypotheses."""
    setting = proposition.setting if setting is None else setting
    found = 0
    for _ in range(40 * POINTS):
        place = place_of(rng, setting, *exprs)
        if _met(setting, place):
            found += 1
            yield place
        if found == POINTS:
            return


def place_of(rng: Random, setting: Setting, *exprs: Any) -> Place:
    given = [part for h in setting.hypotheses for part in (h.relation, *h.without)]
    parts = [*exprs, *given, *(part for r in setting.rates for part in (r.quantity, r.value))]
    parts += [] if setting.size is None else [setting.size]
    size = rng.randint(1, 4) if setting.size is None or not setting.size.is_Integer else int(setting.size)
    values: dict[Any, Any] = {("u", n): rng.choice(VALUES) for n in range(-6, FAR + 1)}
    entries = {(str(e.base.label), len(e.indices)) for p in parts for e in p.atoms(sp.Indexed)} - {("u", 1)}
    for array, count in sorted(entries):
        values |= {
            (array, *at): rng.choice(VALUES) for at in product(range(1, FAR + 1 if count == 1 else 5), repeat=count)
        }
    for symbol in set().union(*(p.atoms(sp.Symbol) for p in parts)):
        if symbol == setting.size:
            values[symbol] = Fraction(size)
        elif symbol.is_integer:
            values[symbol] = Fraction(rng.randint(1, size) if symbol.is_positive else rng.randint(-4, 5))
        else:
            values[symbol] = rng.choice(VALUES)
    return Place(values, setting.rates, size)


def _met(setting: Setting, place: Place) -> bool:
    try:
        return all(place.truth(h.relation, bound) for h in setting.hypotheses for bound in _indices(h, setting, place))
    except Undefined:
        return False


def _indices(h: Hypothesis, setting: Setting, place: Place) -> Iterator[dict[Any, int]]:
    """For which values of its index a hypothesis is meant; one that has none is meant once."""
    if h.index is None:
        yield {}
        return
    barred = {place.index(w, {}) for w in h.without}
    last = FAR if setting.size is None else place.size  # without a size it is for every whole number from 1 on
    yield from ({h.index: n} for n in range(1, last + 1) if n not in barred)


def _sides(proposition: Equal | Compare, rng: Random) -> str:
    relation = sp.Eq if isinstance(proposition, Equal) else sp.Gt if proposition.strict else sp.Ge
    for place in _places(proposition, rng, proposition.lhs, proposition.rhs):
        try:
            left, right = (place.dual(side, {})[0] for side in (proposition.lhs, proposition.rhs))
        except (Undefined, OverflowError) as error:
            return f"no value at {place.values}: {error}"
        if mpmath.isfinite(left) and mpmath.isfinite(right) and not compare(relation, left, right):
            return f"{mpmath.nstr(left)} against {mpmath.nstr(right)} at {place.values}"
    return ""


def _formula(proposition: Holds, rng: Random) -> str:
    for place in _places(proposition, rng, proposition.formula):
        try:
            if not place.truth(proposition.formula):
                return f"false at {place.values}"
        except Undefined as error:
            return f"no value at {place.values}: {error}"
    return ""


def _grid(symbols: tuple[Any, ...], rng: Random) -> Iterator[dict[Any, Any]]:
    for _ in range(300):
        yield {s: sp.Rational(*rng.choice(VALUES).as_integer_ratio()) for s in symbols}


def _inside(domain: Any, point: dict[Any, Any]) -> bool:
    apart = all(any(p.subs(point) != 0 for p in group) for group in domain.avoids)
    return apart and all(p.subs(point) > 0 for p in domain.positive)


def _rank(proposition: FullRank, rng: Random) -> str:
    jacobian = sp.Matrix(proposition.components).jacobian(proposition.variables)
    met = False
    for point in _grid(proposition.variables, rng):
        if _inside(proposition.domain, point):
            met = True
            if jacobian.subs(point).rank() < len(proposition.components):
                return f"rank {jacobian.subs(point).rank()} at {point}"
    return "" if met or proposition.domain.positive else "the domain seems to be empty"


def _brackets(proposition: Commutes, rng: Random) -> str:
    v = sp.Matrix(proposition.variables)
    gradients = [sp.Matrix([g]).jacobian(v).T for g in proposition.components]
    for point in _grid(proposition.variables, rng):
        for one in gradients:
            for other in gradients:
                bracket = one.jacobian(v) * other - other.jacobian(v) * one
                if any(entry != 0 for entry in bracket.subs(point)):
                    return f"a bracket does not vanish at {point}"
    return ""


def _disjoint(proposition: SeparateBlocks, rng: Random) -> str:
    used = [c.free_symbols for c in proposition.components]
    shared = any(used[i] & used[k] for i in range(len(used)) for k in range(i))
    return "two components share a variable" if shared else ""


# -- theorems: along the axis of their variable, with constants that satisfy the hypotheses ----------------
def _at(expr: Any, place: Place, variable: Any, value: Any) -> Any:
    return Place({**place.values, variable: value}, place.rates, place.size).dual(expr, {})[0]


def _rate_at(expr: Any, place: Place, variable: Any, value: Any) -> Any:
    return Place({**place.values, variable: value}, place.rates, place.size).rate(expr)


def _lasts(proposition: Any, place: Place, variable: Any, start: Fraction, most: Fraction) -> Iterator[Fraction]:
    """Times after a start, as long as the conditions hold at all of a fine grid before."""
    conditions = Setting(proposition.setting.conditions)
    for step in range(1, 120):
        value = start + most * step * step / 14400
        if not _met(conditions, Place({**place.values, variable: value}, place.rates, place.size)):
            return
        yield value


def _constants(proposition: Any, rng: Random, *exprs: Any) -> Iterator[Place]:
    still = Setting(tuple(h for h in proposition.setting.hypotheses if not proposition.setting.moves(h.relation)))
    exprs += tuple(h.relation.lhs for h in proposition.setting.hypotheses)
    exprs += tuple(h.relation.rhs for h in proposition.setting.hypotheses)
    for n, place in enumerate(_places(proposition, rng, *exprs, setting=still)):
        if n == 15:
            return
        yield Place(place.values, proposition.setting.rates, place.size)


def _guarded(check: Any) -> Any:
    """A check in which a missing value is a finding."""

    def guarded(proposition: Any, rng: Random) -> str:
        try:
            return str(check(proposition, rng))
        except Undefined as error:
            return f"no value: {error}"

    return guarded


def _above(p: AboveStart, rng: Random) -> str:
    """Along the motion from the start on; what moves besides the variable has a rate in the variable and constants."""
    start, zero = dict(p.start), Fraction(0)
    others = {r.quantity: r.value for r in p.setting.rates if r.quantity != p.variable}
    for n, place in enumerate(
        _constants(p, rng, p.quantity, p.least, p.variable, *others, *others.values(), *map(sp.sympify, start.values()))
    ):
        if others and n == 3:
            break
        times = list(_lasts(p, place, p.variable, zero, Fraction(20)))
        for value in times[::20] if others else times:
            here = Place({**place.values, p.variable: value}, place.rates, place.size)
            for q, rate in others.items():
                begun = place.dual(sp.sympify(start.get(q, q)), {})[0]
                here.values[q] = _fraction(begun + _integral(rate, place, p.variable, [zero, value]))
            quantity, least = (here.dual(e, {})[0] for e in (p.quantity, p.least))
            if not compare(sp.Gt if p.strict else sp.Ge, quantity, least - (mpmath.mpf(10) ** -9 if others else 0)):
                return f"{quantity} below {least} at {p.variable} = {value}, {place.values}"
    return ""


def _onto(p: OntoTheLine, rng: Random) -> str:
    for place in _constants(p, rng, p.quantity, p.slope, p.variable):
        values = [_at(p.quantity, place, p.variable, Fraction(n, 7)) for n in range(-140, 141)]
        if any(late <= early for early, late in pairwise(values)):
            return f"does not increase with {place.values}"
        far = [_at(p.quantity, place, p.variable, Fraction(10) ** 4 * s) for s in (-1, 1)]
        slope = place.dual(p.slope, {})[0]
        if slope <= 0 or far[1] - far[0] < slope * mpmath.mpf(10) ** 4:
            return f"is bounded, it seems, with {place.values}"
    return ""


def _solution(p: Solves, rng: Random) -> str:
    variable, first = p.start[0][0], Fraction(str(p.start[0][1]))
    along = p.field.xreplace({p.unknown: p.formula})
    steep = sp.diff(p.field, p.unknown).xreplace({p.unknown: p.formula})
    for place in _constants(p, rng, p.formula, p.field, variable):
        begun = _at(p.formula, place, variable, first)
        if not compare(sp.Eq, begun, place.dual(p.initial, {})[0]):
            return f"starts at {begun} with {place.values}"
        for value in _lasts(p, place, variable, first, first + 3):
            if not compare(sp.Eq, _rate_at(p.formula, place, variable, value), _at(along, place, variable, value)):
                return f"is no solution at {value} with {place.values}"
        near = _at(steep, place, variable, first + Fraction(1, 10**12))
        if abs(near) > 10**5:
            return f"is not unique, with a field of slope {near} near the start"
    return ""


def _primitive(p: Primitive, rng: Random) -> str:
    for place in _constants(p, rng, p.formula, p.slope, p.theta):
        for end in (Fraction(-2), Fraction(1, 2), Fraction(3)):
            formula = _at(p.formula, place, p.theta, end)
            area = _integral(p.slope, place, p.theta, [Fraction(0), end])
            if abs(area - formula) > 1e-6 * (1 + abs(area)):
                return f"{formula} against an integral of {area} at {end} with {place.values}"
    return ""


def _integral(expr: Any, place: Place, variable: Any, ends: list[Fraction]) -> Any:
    with mpmath.workdps(15):
        points = [mpmath.mpf(end.numerator) / end.denominator for end in ends]
        return mpmath.quad(lambda s: _at(expr, place, variable, _fraction(s)), points)


def _fraction(value: Any) -> Fraction:
    return Fraction(int(mpmath.floor(value * 2**60)), 2**60)


def _sign(p: KeepsSign, rng: Random) -> str:
    variable = p.setting.rates[0].quantity
    for place in _constants(p, rng, p.quantity, variable):
        for start in (Fraction(-3), Fraction(-1, 2), Fraction(1, 7), Fraction(2)):
            signs = {
                mpmath.sign(_at(p.quantity, place, variable, v)) for v in _lasts(p, place, variable, start, Fraction(6))
            }
            if len(signs) > 1 or 0 in signs:
                return f"changes its sign from {start} on with {place.values}"
    return ""


def _decays(p: ExponentialDecay, rng: Random) -> str:
    variable = p.setting.rates[0].quantity
    for place in _constants(p, rng, p.quantity, p.rate, variable):
        rate = place.dual(p.rate, {})[0]
        for start in (Fraction(-3), Fraction(-1, 2), Fraction(1, 7), Fraction(2)):
            times = list(_lasts(p, place, variable, start, Fraction(4)))
            if times:
                begun = _at(p.quantity, place, variable, times[0])
                for time in times[1:]:
                    gone = mpmath.mpf((time - times[0]).numerator) / (time - times[0]).denominator
                    if not compare(sp.Ge, mpmath.exp(-rate * gone) * begun, _at(p.quantity, place, variable, time)):
                        return f"does not decay from {start} to {time} with {place.values}"
    return ""


def _without(variable: Any, setting: Setting) -> Setting:
    return Setting(tuple(h for h in setting.hypotheses if not h.relation.has(variable)))


def _tail(p: DominatedTail | PowerTail, rng: Random) -> str:
    known = _without(p.variable, p.setting)
    majorant = (p.primitive,) if isinstance(p, DominatedTail) else (p.factor, p.exponent, p.start)
    for n, place in enumerate(_places(p, rng, p.integrand, p.variable, *majorant, setting=known)):
        if n == 3:
            break
        start = Fraction(2, 3) if isinstance(p, DominatedTail) else place.values[p.start]
        if start <= 0:
            return f"starts at {start}"
        begin = mpmath.mpf(start.numerator) / start.denominator
        area = _integral(p.integrand, place, p.variable, [start, 2 * start, 10 * start, 1000 * start])
        if isinstance(p, DominatedTail):
            most = -_at(p.primitive, place, p.variable, start)
            if area > most * (1 + mpmath.mpf(10) ** -9):
                return f"an integral of {area} above {most} with {place.values}"
        else:
            factor, power = (place.dual(e, {})[0] for e in (p.factor, p.exponent))
            least = factor * (begin**-power - (1000 * begin) ** -power) / power
            if area < least * (1 - mpmath.mpf(10) ** -9):
                return f"an integral of {area} below {least} with {place.values}"
    return ""


def _means(p: ArithmeticGeometric | Maclaurin, rng: Random) -> str:
    relation = p.relation.xreplace(dict(p.names))
    if relation in (sp.true, sp.false):
        return "" if relation is sp.true else "false everywhere"
    for place in _places(p, rng, relation.lhs, relation.rhs, *p.numbers):
        if not place.truth(relation):
            return f"false at {place.values}"
    return ""


def _null(p: NullSet, rng: Random) -> str:
    place = Place({s: Fraction(rng.randint(1, 10**9), 10**9 + 7) for s in p.quantity.free_symbols})
    return "" if abs(place.dual(p.quantity, {})[0]) > CLOSE else "vanishes at a point taken at random"


def _minimum(p: ConstrainedMinimizer, rng: Random) -> str:
    for place in _constants(p, rng, p.slope, p.limit, p.multiplier, p.theta, *([] if p.above is None else [p.above])):
        least = None if p.above is None else _fraction(place.dual(p.above, {})[0])
        line = [Fraction(n, 7) for n in range(-70, 71)]
        values = [_at(p.slope, place, p.theta, s) for s in line if least is None or s > least]
        if any(late <= early for early, late in pairwise(values)):
            return f"is not convex with {place.values}"
        limit = _fraction(place.dual(p.limit, {})[0])
        if least is not None and limit <= least:
            return f"lies outside, with {place.values}"
        here = p.slope.xreplace({p.theta: p.limit})
        if not compare(sp.Eq, place.dual(here, {})[0], place.dual(p.multiplier, {})[0]):
            return f"is not stationary with {place.values}"
    return ""


def _square(p: SquareOfIntegral, rng: Random) -> str:
    speed, energy = (next(r.value for r in p.setting.rates if r.quantity == q) for q in (p.integral, p.energy))
    ran = next(r.value for r in p.setting.rates if r.quantity == p.variable)
    for n, place in enumerate(_constants(p, rng, speed, energy, p.variable)):
        if n == 4:
            break
        for end in (Fraction(1, 3), Fraction(2)):
            pieces = [end * n / 8 for n in range(9)]
            one, other = (_integral(e / ran, place, p.variable, pieces) for e in (speed, energy))
            if one**2 > float(end) * other / ran * (1 + mpmath.mpf(10) ** -6) + mpmath.mpf(10) ** -6:
                return f"{one}² above {end} times {other} with {place.values}"
    return ""


def _apart_blocks(p: BlocksCommute | BlocksSeparate, rng: Random) -> str:
    size = rng.randint(1, 6) if p.size.is_Symbol else p.size
    if size != int(size) or size < 1:
        return f"blocks of {size} parameters"
    return ""


def _gram(p: BlockRank, rng: Random) -> str:
    rule, setting = p.gradient, p.setting
    assert rule is not None
    for place in _places(p, rng, p.component, p.diagonal, rule.value):
        squares = mpmath.mpf(0)
        for n in range(1, place.size + 1):
            alone = Place(place.values, (RateRule(rule.quantity.base[n], 1),), place.size)
            slope, said = alone.rate(p.component), place.dual(rule.value, {rule.index: n})[0]
            if not compare(sp.Eq, slope, said):
                return f"the derivative by {n} is {slope}, not {said}, at {place.values}"
            squares += slope**2
        if squares <= CLOSE:
            return f"the gradient vanishes at {place.values} under {setting}"
    return ""


def _no_entropy(p: NoEntropy, rng: Random) -> str:
    """The two orders of following the fields for a short time, by Runge's method in floats: do their θ differ?"""
    one, other = (p.components[n] for n in p.pair)
    values = sp.lambdify(p.variables, p.components, "mpmath")
    slopes = [sp.lambdify(p.variables, [sp.diff(g, v) for v in p.variables], "mpmath") for g in (one, other)]

    def follow(field: Any, at: list[Any], time: Any) -> list[Any]:
        for _ in range(8):
            step, first = time / 8, field(*at)
            second = field(*(w + step / 2 * v for w, v in zip(at, first, strict=True)))
            third = field(*(w + step / 2 * v for w, v in zip(at, second, strict=True)))
            fourth = field(*(w + step * v for w, v in zip(at, third, strict=True)))
            slope = [(e + 2 * f + 2 * g + h) / 6 for e, f, g, h in zip(first, second, third, fourth, strict=True)]
            at = [w + step * v for w, v in zip(at, slope, strict=True)]
        return at

    time, start = mpmath.mpf(10) ** -4, [mpmath.mpf(s) for s in p.start]
    ends = [values(*follow(g, follow(f, start, time), time)) for f, g in (slopes, slopes[::-1])]
    apart = max(abs(c - d) for c, d in zip(*ends, strict=True)) / time**2
    return "" if apart > mpmath.mpf(10) ** -2 else f"θ is the same after both orders, to {apart}"


def _between(p: BetweenLimits, rng: Random) -> str:
    for place in _constants(p, rng, p.quantity, p.variable):
        line = [Fraction(n, 7) for n in range(1 if p.above_zero else -140, 141)]
        values = [_at(p.quantity, place, p.variable, s) for s in line]
        if any(late < early for early, late in pairwise(values)):
            return f"does not increase with {place.values}"
    return ""


_CHECKS: dict[type, Any] = {
    Equal: _sides,
    Compare: _sides,
    Holds: _formula,
    FullRank: _rank,
    Commutes: _brackets,
    SeparateBlocks: _disjoint,
    AboveStart: _guarded(_above),
    OntoTheLine: _guarded(_onto),
    Solves: _guarded(_solution),
    Primitive: _guarded(_primitive),
    KeepsSign: _guarded(_sign),
    ExponentialDecay: _guarded(_decays),
    DominatedTail: _guarded(_tail),
    PowerTail: _guarded(_tail),
    ArithmeticGeometric: _guarded(_means),
    Maclaurin: _guarded(_means),
    NullSet: _guarded(_null),
    ConstrainedMinimizer: _guarded(_minimum),
    SquareOfIntegral: _guarded(_square),
    BlocksCommute: _apart_blocks,
    BlocksSeparate: _apart_blocks,
    BlockRank: _guarded(_gram),
    NoEntropy: _no_entropy,
    BetweenLimits: _guarded(_between),
}


# -- what was refuted -----------------------------------------------------------------------------------
def not_refuted(proposition: Any, step: Any) -> str:
    """Why a witness does not refute; '' if it does."""
    point = step.witness.point
    if isinstance(proposition, (FullRank, Commutes)):
        values = {v: sp.Rational(point.get(str(v), "0")) for v in proposition.variables}
        if isinstance(proposition, Commutes):
            return "" if _brackets_at(proposition, values) else f"the brackets vanish at {point}"
        if not _inside(proposition.domain, values):
            return f"{point} lies outside the domain"
        rank = sp.Matrix(proposition.components).jacobian(proposition.variables).subs(values).rank()
        return "" if rank < len(proposition.components) else f"rank {rank} at {point}"
    setting = proposition.setting
    sides = (proposition.formula,) if isinstance(proposition, Holds) else (proposition.lhs, proposition.rhs)
    place = place_of(Random(0), setting, *sides)
    if any(isinstance(value, Ball) or _is_rounded(value) for _, value in step.witness.places):
        return _not_refuted_nearby(proposition, step.witness.places, place)
    for name, text in point.items():
        for symbol in list(place.values):
            if str(symbol) == name:
                place.values[symbol] = Fraction(text)
    for entry in {e for side in sides for e in side.atoms(sp.Indexed)}:
        if str(entry) in point:
            at = (place.index(i, {}) for i in entry.indices)
            place.values[str(entry.base.label), *at] = Fraction(point[str(entry)])
    for name, text in point.items():
        if numbered := re.fullmatch(r"(\w+)\[(\d+(?:, \d+)*)\]", name):  # an entry that is met inside a sum
            place.values[numbered[1], *map(int, numbered[2].split(", "))] = Fraction(text)
    place.functions = _tabled(point)
    if setting.size is not None and setting.size.is_Symbol:
        place.size = int(place.values[setting.size])
    if not _met(setting, place):
        return f"the hypotheses do not hold at {point}"
    try:
        if isinstance(proposition, Holds):
            return f"true at {point}" if place.truth(proposition.formula) else ""
        with mpmath.workdps(MANY_DIGITS):  # at x = 128 sinh x and sinh x + 1 agree to 55 digits
            left, right = (place.dual(side, {})[0] for side in sides)
            relation = sp.Eq if isinstance(proposition, Equal) else sp.Gt if proposition.strict else sp.Ge
            true = compare(relation, left, right)
    except Undefined as error:
        return f"no value at {point}: {error}"
    return f"true at {point}: {left}, {right}" if true else ""


def _is_rounded(value: Any) -> bool:
    """Whether a value is a number that is not written as a fraction."""
    return isinstance(value, sp.Expr) and value.is_number and not value.is_Rational


def _not_refuted_nearby(proposition: Equal | Compare, places: Any, place: Place) -> str:
    """The same where a witness is known to some digits only: what is plain at a place near it."""
    for symbol, value in places:
        entry = isinstance(symbol, sp.Indexed)
        near = value.middle if isinstance(value, Ball) else value if value.is_Rational else sp.N(value, MANY_DIGITS)
        place.values[(str(symbol.base.label), *map(int, symbol.indices)) if entry else symbol] = Fraction(str(near))
    try:
        setting = proposition.setting
        for h, bound in ((given, n) for given in setting.hypotheses for n in _indices(given, setting, place)):
            left, right = (place.dual(side, bound)[0] for side in h.relation.args)
            room = ROUGH * (1 + abs(left) + abs(right))
            apart = left - right if isinstance(h.relation, (sp.Lt, sp.Le)) else right - left
            if (isinstance(h.relation, sp.Eq) and abs(apart) > room) or (
                not isinstance(h.relation, (sp.Eq, sp.Ne)) and apart > room
            ):
                return f"{h.relation} does not hold at {places}"
        left, right = (place.dual(side, {})[0] for side in (proposition.lhs, proposition.rhs))
    except Undefined as error:
        return f"no value at {places}: {error}"
    room = ROUGH * (1 + abs(left) + abs(right))
    true = left == right if isinstance(proposition, Equal) else left > right + room
    return f"true at {places}: {left}, {right}" if true else ""


def _tabled(point: Mapping[str, str]) -> dict[str, Callable[..., Fraction]]:
    """The functions of a witness: the identity, or what a table says at named places and at all others."""
    tables: dict[str, dict[str, Fraction]] = {}
    found: dict[str, Callable[..., Fraction]] = {}
    for name, value in point.items():
        if value == "s ↦ s":
            found[name] = _fraction
        elif name.endswith(")"):
            function, _, place = name[:-1].partition("(")
            tables.setdefault(function, {})[place] = Fraction(value)
    for function, table in tables.items():
        found[function] = lambda place, table=table: table.get(str(int(place)), table.get("any other", Fraction(0)))
    return found


def _brackets_at(proposition: Commutes, point: dict[Any, Any]) -> bool:
    v = sp.Matrix(proposition.variables)
    gradients = [sp.Matrix([g]).jacobian(v).T for g in proposition.components]
    pairs = ((one, other) for one in gradients for other in gradients)
    return any(e != 0 for f, g in pairs for e in (f.jacobian(v) * g - g.jacobian(v) * f).subs(point))
