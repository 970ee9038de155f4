"""Inequalities by derivatives: what is not negative somewhere, and does not fall from there on, stays so.

The mean value theorem and Taylor's formula are all that is used.  For one variable x on an interval that the
hypotheses give, ``f ≥ 0`` follows from ``f(a) ≥ 0``, ``f' ≥ 0`` to the right of a and ``f' ≤ 0`` to its left, where f
is continuous up to a and differentiable between; from ``f ≥ 0`` at both ends of an interval and ``f'' ≤ 0`` between;
from the signs of its factors; and from derivatives at a and the sign of a higher one.  Each of these, and that f has
values and derivatives, is a statement that is proved by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import sympy as sp

from ddln_sym.kernel import counterexamples
from ddln_sym.kernel.covers import cover, name_of, narrow, sign_at, turning_points
from ddln_sym.kernel.derivatives import apply_rates, differentiate
from ddln_sym.kernel.evaluation import symbols_of
from ddln_sym.kernel.intervals import Interval
from ddln_sym.kernel.larger import prove_by_exponentials, prove_by_squaring, prove_for_the_largest
from ddln_sym.kernel.limits import find_limit
from ddln_sym.kernel.normal_forms import UNREADABLE
from ddln_sym.kernel.order import Effort
from ddln_sym.statements import Compare, Equal, Evidence, Hypothesis, Index, Rate, Setting, Step, TendsTo, say

Expr = Any
Factor = tuple[Expr, Expr, bool]  # a factor, its power, and whether it stands above the line

__all__ = ["Found", "Search", "prove_by_derivatives", "prove_constant", "smoothness"]

#: Derivatives of derivatives; statements that are tried in all; variables, and places of one, at which it is begun.
DEPTH, TRIES, VARIABLES, ANCHORS = 4, 60, 2, 4
#: How often an interval around a turning point is halved until the function is positive on it.
HALVINGS = 12
#: Derivatives at one place that Taylor's formula is written out for, and how long one of them may be.
ORDER, OPERATIONS = 10, 120
#: Functions whose limits are looked at in one question; points at which a slope is tried before.
LIMITS, POINTS = 300, 40


@dataclass
class Search:
    """How much may still be tried, and what was: shared by all parts of one question."""

    depth: int = DEPTH
    left: list[int] = field(default_factory=lambda: [TRIES])
    effort: Effort = field(default_factory=Effort)
    limits: list[int] = field(default_factory=lambda: [LIMITS])
    known: dict[tuple[Equal | Compare, int], Step | None] = field(default_factory=dict)

    @property
    def deeper(self) -> Search:
        return replace(self, depth=self.depth - 1)


#: Proves a statement within what a search may still try, or returns None.
Prover = Callable[[Any, Search], Step | None]


@dataclass(frozen=True)
class Found:
    """A proof by derivatives: of which kind, in words, and the statements that it rests on."""

    kind: Evidence
    said: str
    parts: tuple[Step, ...]


def prove_by_derivatives(proposition: Compare, search: Search, prove: Prover) -> Found | None:
    """A proof of an inequality by the signs of derivatives of its sides' difference, if one is found.

    ``prove`` decides the statements that come up.
    """
    if search.depth == 0:
        return None
    try:
        lhs, rhs = (apply_rates(side, proposition.setting) for side in (proposition.lhs, proposition.rhs))
        f = lhs - rhs
        if f.has(Rate, sp.Derivative):
            return None
        return (
            _by_the_largest(f, proposition, search, prove)
            or _by_both_signs(f, proposition, search, prove)
            or _by_a_sign(f, proposition, search, prove)
            or _by_squares(f, proposition, search, prove)
            or _by_logarithms(lhs, rhs, proposition, search, prove)
            or _by_exponentials(f, proposition, search, prove)
            or _by_a_variable(f, proposition, search, prove)
        )
    except UNREADABLE:
        return None


def _by_the_largest(f: Expr, proposition: Compare, search: Search, prove: Prover) -> Found | None:
    found = prove_for_the_largest(f, proposition, lambda statement: prove(statement, search.deeper))
    return None if found is None else Found(Evidence.CASES, *found)


def _by_squares(f: Expr, proposition: Compare, search: Search, prove: Prover) -> Found | None:
    found = prove_by_squaring(f, proposition, lambda statement: prove(statement, search.deeper))
    return None if found is None else Found(Evidence.SQUARED, *found)


def _by_exponentials(f: Expr, proposition: Compare, search: Search, prove: Prover) -> Found | None:
    found = prove_by_exponentials(f, proposition, lambda statement: prove(statement, search.deeper))
    return None if found is None else Found(Evidence.CASES, *found)


def prove_constant(proposition: Equal, search: Search, prove: Prover) -> Found | None:
    """A proof of an equation in one variable: the difference of its sides has no slope, and vanishes at a place."""
    f = proposition.lhs - proposition.rhs
    symbols = symbols_of(f)
    if len(symbols) != 1 or proposition.setting.rates or symbols[0].is_integer or not _may_vary(symbols[0], f):
        return None
    interval = Interval.of(symbols[0], proposition.setting)
    try:
        return None if interval is None else _Proof(symbols[0], f, False, interval, search, prove).by_constancy()
    except UNREADABLE:
        return None


def _by_both_signs(f: Expr, proposition: Compare, search: Search, prove: Prover) -> Found | None:
    """``c ≥ |g|`` from ``c ≥ g`` and ``c ≥ −g``."""
    for modulus in sorted(f.atoms(sp.Abs), key=sp.default_sort_key):
        stands = sp.Dummy(real=True)
        held = sp.expand(f).xreplace({modulus: stands})
        factor = sp.diff(held, stands)
        if not (factor.is_Rational and factor < 0):
            continue
        parts = []
        for side in (modulus.args[0], -modulus.args[0]):
            step = prove(replace(proposition, lhs=held.xreplace({stands: side}), rhs=sp.Integer(0)), search.deeper)
            if step is None:
                break
            parts.append(step)
        else:
            return Found(Evidence.CASES, say("both signs of ", modulus.args[0]), tuple(parts))
    return None


def _by_a_sign(f: Expr, proposition: Compare, search: Search, prove: Prover) -> Found | None:
    """What is about |x|, for x ≥ 0, and with −x in the place of x: so an odd function of it is seen to be one."""
    setting = proposition.setting
    for modulus in sorted(f.atoms(sp.Abs), key=sp.default_sort_key):
        (x,) = modulus.args
        if not x.is_Symbol or isinstance(x, Index) or x.is_integer or setting.moves(x):
            continue
        statements = []
        for turned in (x, -x):
            given = tuple(replace(h, relation=_put(h.relation, modulus, x, turned)) for h in setting.hypotheses)
            kept = tuple(h for h in given if h.relation is not sp.true)
            above = Setting((*kept, Hypothesis(f"{x} >= 0", sp.Ge(x, 0))), setting.rates, setting.size)
            lhs = _put(f, modulus, x, turned)
            statements.append(replace(proposition, lhs=lhs, rhs=sp.Integer(0), setting=above))
        parts = [prove(statement, search.deeper) for statement in dict.fromkeys(statements)]
        if None not in parts:
            return Found(
                Evidence.CASES, say(x, " ≥ 0, and for ", -x, " in the place of ", x), tuple(filter(None, parts))
            )
    return None


def _put(part: Expr, modulus: Expr, x: Expr, turned: Expr) -> Expr:
    """x, or −x, in the place of x, where |x| is x."""
    stands = sp.Dummy(real=True)
    return part.xreplace({modulus: stands}).xreplace({x: turned}).xreplace({stands: x})


def _by_logarithms(lhs: Expr, rhs: Expr, proposition: Compare, search: Search, prove: Prover) -> Found | None:
    """``p ≥ q`` from ``log p ≥ log q``, where both are positive and one is an exponential of more than one letter's
    multiple, or a power whose exponent is not a number."""
    if not any(_is_steep(side) for side in (lhs, rhs)):
        return None
    logarithms = [_logarithm(side) for side in (lhs, rhs)]
    if None in logarithms or search.left[0] <= 0:
        return None
    positive = [prove(Compare(side, 0, proposition.setting, True), search.deeper) for side in (lhs, rhs)]
    if None in positive:
        return None
    high, low = logarithms
    written = [
        () if sp.exp(log) == side else (prove(Equal(sp.exp(log), side, proposition.setting), search.deeper),)
        for log, side in zip(logarithms, (lhs, rhs), strict=True)
    ]
    if (None,) in written:
        return None
    step = prove(Compare(high, low, proposition.setting, proposition.strict), search.deeper)
    if step is None:
        return None
    parts = (*(p for p in positive if p is not None), *(p for w in written for p in w if p is not None), step)
    return Found(Evidence.CASES, f"the logarithms of both sides, which are positive: {step.proposition}", parts)


def _is_steep(side: Expr) -> bool:
    return any(
        (isinstance(p, sp.exp) and not (p.args[0].is_number or _is_multiple(p.args[0])))
        or (isinstance(p, sp.Pow) and not p.exp.is_number)
        for p in sp.Mul.make_args(side)
    )


def _is_multiple(exponent: Expr) -> bool:
    return bool(exponent.as_coeff_Mul()[1].is_Symbol)


def _logarithm(side: Expr) -> Expr | None:
    """The logarithm of a product, as a sum; None for a number that is not positive."""
    found = sp.Integer(0)
    for part in sp.Mul.make_args(side):
        if part.is_number and not part.is_positive:
            return None
        if isinstance(part, sp.exp):
            found += part.args[0]
        elif isinstance(part, sp.Pow):
            found += part.exp * sp.log(part.base)
        else:
            found += sp.log(part)
    return found


def _by_a_variable(f: Expr, proposition: Compare, search: Search, prove: Prover) -> Found | None:
    for x in [s for s in symbols_of(f) if _may_vary(s, f)][:VARIABLES]:
        if x.is_integer:
            found = _among_all_numbers(x, proposition, search, prove)
        else:
            interval = Interval.of(x, proposition.setting)
            found = None if interval is None else _of_numbers(x, f, proposition, interval, search, prove)
            if found is None and interval is not None:
                found = _Proof(x, f, proposition.strict, interval, search, prove).find()
        if found is not None:
            return found
    return None


def _of_numbers(
    x: Expr, f: Expr, proposition: Compare, interval: Interval, search: Search, prove: Prover
) -> Found | None:
    """What is about x alone, for all x that other symbols leave it."""
    wider = interval.in_numbers()
    if symbols_of(f) != [x] or (wider.lower, wider.upper) == (interval.lower, interval.upper):
        return None
    setting = wider.between(wider.lower, wider.upper)
    step = prove(Compare(f, 0, setting, proposition.strict), search.deeper)
    return None if step is None else Found(Evidence.CASES, say("every ", x, " that there may be"), (step,))


def _among_all_numbers(n: Expr, proposition: Compare, search: Search, prove: Prover) -> Found | None:
    """What holds for every real number from 1 on holds for every whole one."""
    setting, real = proposition.setting, sp.Symbol(n.name, real=True)
    if setting.size is not None or setting.rates or any(h.index is not None for h in setting.hypotheses):
        return None
    given = tuple(Hypothesis(h.name, h.relation.xreplace({n: real})) for h in setting.hypotheses)
    first = Hypothesis(f"{n} >= 1", sp.Ge(real, 1))
    lhs, rhs = (side.xreplace({n: real}) for side in (proposition.lhs, proposition.rhs))
    step = prove(Compare(lhs, rhs, Setting((*given, first)), proposition.strict), search)
    return None if step is None else Found(Evidence.CASES, say("every real number ", n, " from 1 on"), (step,))


def _may_vary(x: Expr, f: Expr) -> bool:
    """Whether f is a function of x that has derivatives, and not one with square roots alone: z3 decides those."""
    if not x.is_Symbol or isinstance(x, Index) or (x.is_integer and not x.is_positive):
        return False
    try:
        list(_needs(f, x))
    except ValueError:
        return False
    return _is_transcendental(f, x) or any(e.has(x) and e.exp.is_Rational and e.exp.q > 2 for e in f.atoms(sp.Pow))


def _is_transcendental(f: Expr, x: Expr) -> bool:
    powers = (e for e in f.atoms(sp.Pow) if e.has(x) and not e.exp.is_Rational)
    return any(powers) or any(e.has(x) and not isinstance(e, sp.Abs) for e in f.atoms(sp.Function))


# -- where a function is continuous and has a derivative ------------------------------------------------------
@dataclass(frozen=True)
class _Need:
    """What has to hold of a part: everywhere for a value, ``inside`` between the ends for a derivative."""

    part: Expr
    kind: str  # "≠ 0", "≥ 0" or "> 0"
    inside: bool = False


#: Heads that are differentiable wherever they have a value, and have one everywhere.
_SMOOTH = (sp.Add, sp.Mul, sp.exp, sp.sinh, sp.cosh, sp.tanh, sp.asinh, sp.sin, sp.cos, sp.atan, sp.erf)


def _needs(f: Expr, x: Expr) -> Iterator[_Need]:
    """What suffices that f is continuous in x on an interval, and differentiable inside of it.

    Raises:
        ValueError: x stands in a head for which nothing of the kind is known.
    """
    for e in dict.fromkeys(sp.postorder_traversal(f)):
        if e == x or not e.has(x):
            continue
        if isinstance(e, sp.Pow):
            yield from _power_needs(e, x)
        elif isinstance(e, sp.log):
            yield _Need(e.args[0], "> 0")
        elif isinstance(e, sp.tan):
            yield _Need(sp.cos(e.args[0]), "≠ 0")
        elif isinstance(e, sp.Abs):
            yield _Need(e.args[0], "≠ 0", inside=True)
        elif not isinstance(e, _SMOOTH):
            raise ValueError(f"nothing tells that {e} has a derivative")


def _power_needs(e: Expr, x: Expr) -> Iterator[_Need]:
    base, exponent = e.args
    if exponent.is_Integer:
        if exponent < 0:
            yield _Need(base, "≠ 0")
    elif exponent.is_Rational and exponent > 0:
        yield _Need(base, "≥ 0")
        yield _Need(base, "> 0", inside=True)
    elif exponent.has(x) or not (exponent.is_integer and exponent.is_nonnegative):
        yield _Need(base, "> 0")


def _meet(need: _Need, setting: Setting, search: Search, prove: Prover) -> tuple[Step, ...] | None:
    """The statement that a need is met, proved; none for what is plain."""
    part = need.part
    if part.is_Rational or isinstance(part, (sp.exp, sp.cosh)):
        return () if not part.is_Rational or {"≠ 0": part != 0, "≥ 0": part >= 0, "> 0": part > 0}[need.kind] else None
    ways = [Compare(part, 0, setting, need.kind != "≥ 0")]
    if need.kind == "≠ 0":
        ways += [Compare(0, part, setting, True), Compare(part**2, 0, setting, True)]
    return next(((step,) for way in ways if (step := prove(way, search)) is not None), None)


def smoothness(
    f: Expr, x: Expr, closed: Setting, inner: Setting | None, prove: Callable[[Any], Step | None]
) -> list[Step] | None:
    """That f is continuous on an interval with its ends and, where ``inner`` is given, differentiable between them."""
    parts: list[Step] = []
    try:
        needs = list(dict.fromkeys(_needs(f, x)))
    except ValueError:
        return None
    for need in needs:
        if need.inside and inner is None:
            continue
        where = inner if need.inside and inner is not None else closed
        met = _meet(need, where, Search(), lambda statement, _: prove(statement))
        if met is None:
            return None
        parts += met
    return parts


# -- proofs ---------------------------------------------------------------------------------------------------
@dataclass
class _Proof:
    """The search for one function of one variable."""

    x: Expr
    f: Expr
    strict: bool
    interval: Interval
    search: Search
    prove: Prover

    def find(self) -> Found | None:
        return (
            self.by_monotonicity()
            or self.by_taylor()
            or self.by_factors()
            or self.by_limit()
            or self.by_concavity()
            or self.by_pieces()
        )

    def by_monotonicity(self) -> Found | None:
        for anchor in list(dict.fromkeys(self.anchors()))[:ANCHORS]:
            parts = self.from_anchor(anchor)
            if parts is not None:
                return Found(Evidence.DERIVATIVE, say("in ", self.x, " from ", self.x, " = ", anchor), parts)
        return None

    def by_constancy(self) -> Found | None:
        ends = [end for end, _ in (*self.interval.lower, *self.interval.upper) if end.is_number]
        slope = differentiate(sp.Derivative(self.f, self.x), [])
        for anchor in list(dict.fromkeys([*ends, *map(sp.Integer, (0, 1, -1))])):
            start = _value_at(self.f, self.x, anchor)
            begun = None if start is None else self.prove(Equal(start, 0), self.search)
            if begun is None:
                continue
            parts = [begun]
            for direction in (1, -1):
                if self.interval.ends_at(anchor, direction):
                    continue
                closed, inner = self.interval.side(anchor, direction)
                smooth = self.smooth(self.f, closed, inner)
                level = None if smooth is None else self.prove(Equal(slope, 0, inner), self.search.deeper)
                if smooth is None or level is None:
                    break
                parts += [*smooth, level]
            else:
                return Found(Evidence.CONSTANT, say("in ", self.x, " from ", self.x, " = ", anchor), tuple(parts))
        return None

    def from_anchor(self, anchor: Expr) -> tuple[Step, ...] | None:
        start = _value_at(self.f, self.x, anchor)
        if start is None:
            return None
        still = self.interval.still() if symbols_of(start) else Setting()
        begun, falls = self.prove(Compare(start, 0, still, self.strict), self.search), False
        if begun is None and self.strict and self.interval.excludes(anchor):
            begun, falls = self.prove(Compare(start, 0, still), self.search), True
        if begun is None:
            return None
        parts = [begun]
        for direction in (1, -1):
            if self.interval.ends_at(anchor, direction):
                continue
            closed, inner = self.interval.side(anchor, direction)
            f = self.without_moduli(anchor, direction)
            smooth = self.smooth(f, closed, inner)
            if smooth is None:
                return None
            slope = differentiate(sp.Derivative(f, self.x), [])
            upper, lower = (slope, sp.Integer(0)) if direction > 0 else (sp.Integer(0), slope)
            monotone = self.prove(Compare(upper, lower, inner, falls), self.search.deeper)
            if monotone is None:
                return None
            parts += [*smooth, monotone]
        return tuple(parts)

    def by_taylor(self) -> Found | None:
        """``f = Σ_{k<n} f^{(k)}(a)(x−a)^k/k! + f^{(n)}(ξ)(x−a)^n/n!`` where no term is negative (Taylor, Lagrange)."""
        if self.search.depth < DEPTH - 1 or symbols_of(self.f) != [self.x]:
            return None
        for anchor in list(dict.fromkeys(self.anchors()))[:ANCHORS]:
            sides = [way for way in (1, -1) if not self.interval.ends_at(anchor, way)]
            found = [self.expand_at(anchor, direction) for direction in sides]
            if found and None not in found:
                orders = ", ".join(dict.fromkeys(str(side[0]) for side in found if side is not None))
                parts = tuple(part for side in found if side is not None for part in side[1])
                return Found(Evidence.TAYLOR, say(f"of order {orders} at ", self.x, " = ", anchor), parts)
        return None

    def expand_at(self, anchor: Expr, direction: int) -> tuple[int, tuple[Step, ...]] | None:
        """The order of the last term to one side of a place, where that is the first to be proved, and what is used."""
        if self.strict and not self.interval.excludes(anchor):
            return None
        closed, inner = self.interval.side(anchor, direction)
        f = self.without_moduli(anchor, direction)
        terms: list[Step] = []
        for n in range(ORDER):
            if n > 1 and (found := self.remainder(f, n, anchor, direction, closed, inner)) is not None:
                return n, (*terms, *found)
            value = _value_at(f, self.x, anchor)
            begun = None if value is None else self.prove(Compare(direction**n * value, 0), self.search)
            if begun is None:
                return None
            terms.append(begun)
            f = differentiate(sp.Derivative(f, self.x), [])
            if f.count_ops() > OPERATIONS:
                return None
        return None

    def remainder(
        self, slope: Expr, n: int, anchor: Expr, direction: int, closed: Setting, inner: Setting
    ) -> tuple[Step, ...] | None:
        """That the n-th derivative has the right sign between, and that there are so many derivatives."""
        high, low = (slope, sp.Integer(0)) if direction**n > 0 else (sp.Integer(0), slope)
        if counterexamples.find(Compare(high, low, inner), POINTS, guided=True, most=POINTS * 10) is not None:
            return None
        smooth = self.smooth(self.without_moduli(anchor, direction), closed, closed)
        if smooth is None:
            return None
        step = self.prove(Compare(high, low, inner, self.strict), replace(self.search, depth=1))
        return None if step is None else (*smooth, step)

    def by_limit(self) -> Found | None:
        """Towards an end that does not belong to the interval f does not rise, and what it tends to is not negative."""
        for direction in (1, -1):
            ends = self.interval.upper if direction > 0 else self.interval.lower
            if len(ends) > 1 or (ends and not ends[0][1]):
                continue
            end = ends[0][0] if ends else direction * sp.oo
            parts = self.from_limit(end, direction)
            if parts is not None:
                return Found(Evidence.TOWARDS, say("in ", self.x, " towards ", end), parts)
        return None

    def from_limit(self, end: Expr, direction: int) -> tuple[Step, ...] | None:
        lower, upper = self.interval.lower, self.interval.upper
        inner = self.interval.between(tuple((e, True) for e, _ in lower), tuple((e, True) for e, _ in upper))
        slope = differentiate(sp.Derivative(self.f, self.x), [])
        if slope.has(sp.nan, sp.zoo):  # at a kink there is none
            return None
        high, low = (sp.Integer(0), slope) if direction > 0 else (slope, sp.Integer(0))
        if counterexamples.find(Compare(high, low, inner), POINTS, guided=True, most=POINTS * 10) is not None:
            return None
        found = find_limit(self.f, self.x, end, direction, self.sign, self.search.limits)
        if found is None or found.infinite:
            return None
        begun, falls = self.prove_sign(found.value, self.strict), False
        if begun is None and self.strict:
            begun, falls = self.prove_sign(found.value, False), True
        if begun is None:
            return None
        still = self.interval.still() if symbols_of(self.f) != [self.x] else Setting()
        side = 0 if end in (sp.oo, -sp.oo) else -direction
        tends = self.prove(TendsTo(self.f, self.x, end, found.value, still, side), self.search)
        smooth = None if tends is None else self.smooth(self.f, self.interval.between(lower, upper), inner)
        if tends is None or smooth is None:
            return None
        monotone = self.prove(Compare(high, low, inner, falls), self.search.deeper)
        return None if monotone is None else (tends, begun, *smooth, monotone)

    def prove_sign(self, constant: Expr, strict: bool) -> Step | None:
        """That a constant is not negative, or positive."""
        still = self.interval.still() if symbols_of(constant) else Setting()
        return self.prove(Compare(constant, 0, still, strict), self.search)

    def sign(self, constant: Expr) -> int | None:
        if constant.is_Rational:
            return int(sp.sign(constant))
        return next((way for way in (1, -1) if self.prove_sign(way * constant, True) is not None), None)

    def smooth(self, f: Expr, closed: Setting, inner: Setting) -> tuple[Step, ...] | None:
        """That f is continuous on an interval with its ends, and differentiable between them."""
        parts: list[Step] = []
        for need in dict.fromkeys(_needs(f, self.x)):
            met = _meet(need, inner if need.inside else closed, self.search.deeper, self.prove)
            if met is None:
                return None
            parts += met
        return tuple(parts)

    def without_moduli(self, anchor: Expr, direction: int) -> Expr:
        """The function where what is linear in x and vanishes at the anchor has one sign, without its modulus."""
        return self.f.replace(
            lambda e: isinstance(e, sp.Abs) and _root(e.args[0], self.x) == anchor,
            lambda e: direction * sp.sign(sp.diff(e.args[0], self.x)) * e.args[0],
        )

    def anchors(self) -> Iterator[Expr]:
        """Where to begin: the ends, where a modulus turns, where the slope changes its sign, and plain numbers."""
        yield from (end for end, _ in (*self.interval.lower, *self.interval.upper))
        moduli = sorted(self.f.atoms(sp.Abs), key=sp.default_sort_key)
        yield from (root for e in moduli if (root := _root(e.args[0], self.x)) is not None)
        if symbols_of(self.f) == [self.x]:
            slope = differentiate(sp.Derivative(self.f, self.x), [])
            turns = [name_of(slope, self.x, *turn) for turn in self.turning_points(slope) if turn[2] > 0]
            yield from (name for name in turns if name is not None)
            return
        for other in symbols_of(self.f):
            if other != self.x and (value := _value_at(self.f, self.x, other)) is not None and sp.expand(value) == 0:
                yield other
        yield from map(sp.Integer, (0, 1))

    def turning_points(self, slope: Expr) -> Iterator[tuple[Fraction, Fraction, int]]:
        """Where the slope changes its sign, but for what is plainly outside the interval."""
        below = [end - self.x for end, _ in self.interval.lower if end.is_number]
        above = [self.x - end for end, _ in self.interval.upper if end.is_number]
        for low, high, way in turning_points(slope, self.x):
            if not any(sign_at(e, self.x, high) > 0 for e in below) and not any(
                sign_at(e, self.x, low) > 0 for e in above
            ):
                yield low, high, way

    # -- other shapes -----------------------------------------------------------------------------------------
    def by_concavity(self) -> Found | None:
        """Nonnegative at both ends, and concave between: f is above its chord."""
        lower, upper = self.interval.lower, self.interval.upper
        if len(lower) != 1 or len(upper) != 1 or self.strict:
            return None
        closed = self.interval.between(((lower[0][0], False),), ((upper[0][0], False),))
        inner = self.interval.between(((lower[0][0], True),), ((upper[0][0], True),))
        parts: list[Step] = []
        for end, _ in (*lower, *upper):
            value = _value_at(self.f, self.x, end)
            if value is None:
                return None
            still = self.interval.still() if symbols_of(value) else Setting()
            step = self.prove(Compare(value, 0, still), self.search.deeper)
            if step is None:
                return None
            parts.append(step)
        slope = differentiate(sp.Derivative(self.f, self.x), [])
        smooth, again = self.smooth(self.f, closed, inner), self.smooth(slope, inner, inner)
        if smooth is None or again is None:
            return None
        bend = self.prove(Compare(0, differentiate(sp.Derivative(slope, self.x), []), inner), self.search.deeper)
        if bend is None:
            return None
        said = say("in ", self.x, " from ", lower[0][0], " to ", upper[0][0])
        return Found(Evidence.CONCAVE, said, (*parts, *smooth, *again, bend))

    def by_pieces(self) -> Found | None:
        """Positive around turning points, by balls that cover them, and proved piece by piece between these."""
        if symbols_of(self.f) != [self.x] or self.search.depth < DEPTH - 1:
            return None
        slope = differentiate(sp.Derivative(self.f, self.x), [])
        lower, upper, parts = self.interval.lower, self.interval.upper, list[Step]()
        for low, high, way in self.turning_points(slope):
            for _ in range(HALVINGS):
                if cover(self.f, self.x, sp.Rational(low), sp.Rational(high)) is not None:
                    break
                low, high = narrow(slope, self.x, low, high, way, 1)
            else:
                continue
            around = self.interval.between(((sp.Rational(low), False),), ((sp.Rational(high), False),))
            before = self.interval.between(lower, ((sp.Rational(low), False),))
            for piece in (around, before):
                step = self.prove(Compare(self.f, 0, piece, self.strict), self.search.deeper)
                if step is None:
                    return None
                parts.append(step)
            lower = ((sp.Rational(high), False),)
        if not parts:
            return None
        step = self.prove(Compare(self.f, 0, self.interval.between(lower, upper), self.strict), self.search.deeper)
        said = say(f"{len(parts) + 1} intervals of ", self.x)
        return None if step is None else Found(Evidence.CASES, said, (*parts, step))

    def by_factors(self) -> Found | None:
        """The signs of the factors; on both sides of where the only factor that changes its sign vanishes."""
        numerator, denominator = sp.fraction(sp.factor(sp.together(self.f)))
        factors = [*_factors(numerator, True), *_factors(denominator, False)]
        hard = [p for p, n, above in factors if above and p.has(self.x) and _is_transcendental(p, self.x)]
        if not hard or sp.Add(*(n for p, n, _ in factors if not p.is_number)) == 1:
            return None
        whole = self.interval.between(self.interval.lower, self.interval.upper)
        if (parts := self.of_signs(factors, whole)) is None:
            roots = {root for p, n, _ in factors if n.is_odd and (root := _root(p, self.x)) is not None}
            parts = self.on_both_sides(factors, roots.pop()) if len(roots) == 1 else None
        product = sp.Mul(*(p**n if above else p**-n for p, n, above in factors))
        same = None if parts is None else self.is_product(product, whole)
        if parts is None or same is None:
            return None
        above, below = (sp.Mul(*(p**n for p, n, high in factors if high == side)) for side in (True, False))
        return Found(Evidence.FACTOR, say(above / below), (*same, *parts))

    def on_both_sides(self, factors: list[Factor], root: Expr) -> tuple[Step, ...] | None:
        off = self.interval.excludes(root)
        if self.strict and not off:
            return None
        parts: list[Step] = []
        for direction in (1, -1):
            if self.interval.ends_at(root, direction):
                continue
            lower, upper = self.interval.lower, self.interval.upper
            side = ((*lower, (root, off)), upper) if direction > 0 else (lower, (*upper, (root, off)))
            found = self.of_signs(factors, self.interval.between(*side))
            if found is None:
                return None
            parts += found
        return tuple(parts)

    def of_signs(self, factors: list[Factor], setting: Setting) -> tuple[Step, ...] | None:
        """That the factors with odd powers have signs whose product is 1; those that are easiest come first."""
        sign, parts = 1, list[Step]()
        ordered = sorted(
            factors, key=lambda f: (f[0].has(self.x) and _is_transcendental(f[0], self.x), f[2], f[0].count_ops())
        )
        for place, (factor, n, above) in enumerate(ordered):
            if isinstance(factor, sp.exp):
                continue
            strict = self.strict or not above
            if n.is_even and not strict:
                continue
            ways = (sign,) if place == len(ordered) - 1 and n.is_odd else (1, -1)
            for way in ways:
                high, low = (factor, sp.Integer(0)) if way > 0 else (sp.Integer(0), factor)
                if (step := self.prove(Compare(high, low, setting, strict), self.search.deeper)) is not None:
                    parts.append(step)
                    sign *= way if not n.is_even else 1
                    break
            else:
                return None
        return tuple(parts) if sign > 0 else None

    def is_product(self, product: Expr, setting: Setting) -> tuple[Step, ...] | None:
        if sp.expand(self.f - product) == 0:
            return ()
        same = self.prove(Equal(self.f, product, setting), self.search)
        return None if same is None else (same,)


def _factors(product: Expr, above: bool) -> list[Factor]:
    """The factors of a product with their powers; an exponential is one as it stands."""
    found = [(p, sp.Integer(1)) if isinstance(p, sp.exp) else p.as_base_exp() for p in sp.Mul.make_args(product)]
    return [(p, n, above) if n.is_Integer else (p**n, sp.Integer(1), above) for p, n in found if p != 1]


def _value_at(f: Expr, x: Expr, place: Expr) -> Expr | None:
    """The function at a place; None where a part of it has no finite real value there, on which SymPy may stumble."""
    if f == x:
        return place
    if x not in f.free_symbols:
        return f
    args = [_value_at(a, x, place) for a in f.args]
    if None in args:
        return None
    value = f.func(*args)
    return None if value.has(sp.zoo, sp.nan, sp.oo, -sp.oo, sp.I, sp.AccumBounds) else value


def _root(part: Expr, x: Expr) -> Expr | None:
    """Where a part that is linear in x, with a number before it, vanishes, or what grows with such a part through 0."""
    if isinstance(part, (sp.sinh, sp.tanh, sp.asinh, sp.atan)):
        return _root(part.args[0], x)
    slope = sp.diff(part, x) if part.has(x) and part.is_polynomial(x) else sp.Integer(0)
    if not slope.is_Rational or slope == 0 or (root := sp.expand(x - part / slope)).has(x):
        return None
    return root
