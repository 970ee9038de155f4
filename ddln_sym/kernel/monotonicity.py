"""Inequalities by derivatives: what is not negative somewhere, and does not fall from there on, stays so.

The mean value theorem is all that is used.  For one variable x on an interval that the hypotheses give, ``f ≥ 0``
follows from ``f(a) ≥ 0``, ``f' ≥ 0`` to the right of a and ``f' ≤ 0`` to its left, where f is continuous up to a and
differentiable between; from ``f ≥ 0`` at both ends of an interval and ``f'' ≤ 0`` between; and from the signs of its
factors.  Each of these, and that f has values and derivatives, is a statement that is proved by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product
from typing import Any

import sympy as sp
from flint import arb, ctx, fmpq

from ddln_sym.kernel import counterexamples
from ddln_sym.kernel.derivatives import apply_rates, differentiate
from ddln_sym.kernel.normal_forms import UNREADABLE
from ddln_sym.kernel.order import Effort
from ddln_sym.statements import Compare, Equal, Evidence, Hypothesis, Index, Rate, Setting, Step

Expr = Any
Bound = tuple[Expr, bool]  # where x ends, and whether it stays off it

__all__ = ["Found", "Search", "prove_by_derivatives"]

#: Derivatives of derivatives; statements that are tried in all; variables, and places of one, at which it is begun.
DEPTH, TRIES, VARIABLES, ANCHORS = 4, 60, 2, 4
#: How a critical point is looked for: at the multiples of a half up to a size, halved so often, of a small denominator.
REACH, HALVINGS, DENOMINATOR, NEAR, BITS = 8, 40, 8, 1e-9, 256


@dataclass
class Search:
    """How much may still be tried, and what was: shared by all parts of one question."""

    depth: int = DEPTH
    left: list[int] = field(default_factory=lambda: [TRIES])
    effort: Effort = field(default_factory=Effort)
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
        f = apply_rates(proposition.lhs, proposition.setting) - apply_rates(proposition.rhs, proposition.setting)
        if f.has(Rate, sp.Derivative):
            return None
        return _by_both_signs(f, proposition, search, prove) or _by_a_variable(f, proposition, search, prove)
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
            return Found(Evidence.CASES, f"both signs of {modulus.args[0]}", tuple(parts))
    return None


def _by_a_variable(f: Expr, proposition: Compare, search: Search, prove: Prover) -> Found | None:
    for x in [s for s in counterexamples.symbols_of(f) if _may_vary(s, f)][:VARIABLES]:
        if x.is_integer:
            found = _among_all_numbers(x, proposition, search, prove)
        else:
            interval = _Interval.of(x, proposition.setting)
            found = None if interval is None else _Proof(x, f, proposition.strict, interval, search, prove).find()
        if found is not None:
            return found
    return None


def _among_all_numbers(n: Expr, proposition: Compare, search: Search, prove: Prover) -> Found | None:
    """What holds for every real number from 1 on holds for every whole one."""
    setting, real = proposition.setting, sp.Symbol(n.name, real=True)
    if setting.size is not None or setting.rates or any(h.index is not None for h in setting.hypotheses):
        return None
    given = tuple(Hypothesis(h.name, h.relation.xreplace({n: real})) for h in setting.hypotheses)
    first = Hypothesis(f"{n} >= 1", sp.Ge(real, 1))
    lhs, rhs = (side.xreplace({n: real}) for side in (proposition.lhs, proposition.rhs))
    step = prove(Compare(lhs, rhs, Setting((*given, first)), proposition.strict), search.deeper)
    return None if step is None else Found(Evidence.CASES, f"every real number {n} ≥ 1", (step,))


def _may_vary(x: Expr, f: Expr) -> bool:
    """Whether f is a function of x that has derivatives, and no algebraic one: z3 decides those."""
    if not x.is_Symbol or isinstance(x, Index) or (x.is_integer and not x.is_positive):
        return False
    try:
        list(_needs(f, x))
    except ValueError:
        return False
    return _is_transcendental(f, x)


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
    elif exponent == sp.Rational(1, 2):
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


# -- where x runs ---------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Interval:
    """The values of x that meet the hypotheses about it, for fixed values of everything else: an interval."""

    x: Expr
    lower: tuple[Bound, ...]
    upper: tuple[Bound, ...]
    avoided: tuple[Expr, ...]
    others: tuple[Hypothesis, ...]  # what is given of everything else
    size: Expr | None

    @classmethod
    def of(cls, x: Expr, setting: Setting) -> _Interval | None:
        """What else is said of x is left out, so that the statement is proved of more values than it is about."""
        lower, upper, avoided, others = list[Bound](), list[Bound](), list[Expr](), list[Hypothesis]()
        for hypothesis in setting.hypotheses:
            relation = hypothesis.relation
            if relation.has(Rate, sp.Derivative):
                continue
            if not relation.has(x):
                others.append(hypothesis)
            elif hypothesis.index is None:
                for bound, side, strict in _bounds(relation, x):
                    {1: lower, -1: upper}[side].append((bound, strict)) if side else avoided.append(bound)
        for (low, one), (high, other) in product(lower, upper):
            between = sp.Gt(high, low) if one or other else sp.Ge(high, low)
            if between is sp.false:
                return None
            if between is not sp.true:
                others.append(Hypothesis("the interval is not empty", between))
        return cls(
            x, tuple(dict.fromkeys(lower)), tuple(dict.fromkeys(upper)), tuple(avoided), tuple(others), setting.size
        )

    def still(self) -> Setting:
        """What is given where x has gone."""
        return Setting(self.others, (), self.size)

    def between(self, lower: tuple[Bound, ...], upper: tuple[Bound, ...]) -> Setting:
        given = [(sp.Gt if strict else sp.Ge)(self.x, end) for end, strict in lower]
        given += [(sp.Lt if strict else sp.Le)(self.x, end) for end, strict in upper]
        return Setting((*self.others, *(Hypothesis(str(relation), relation) for relation in given)), (), self.size)

    def side(self, anchor: Expr, direction: int) -> tuple[Setting, Setting]:
        """All that lies right (1) or left (−1) of the anchor: with its ends, and without."""
        far = self.upper if direction > 0 else self.lower
        inner = tuple((end, True) for end, _ in far)
        if direction > 0:
            return self.between(((anchor, False),), far), self.between(((anchor, True),), inner)
        return self.between(far, ((anchor, False),)), self.between(inner, ((anchor, True),))

    def ends_at(self, place: Expr, direction: int) -> bool:
        """Whether nothing lies right (1) or left (−1) of a place."""
        return any(end == place for end, _ in (self.upper if direction > 0 else self.lower))

    def excludes(self, anchor: Expr) -> bool:
        return anchor in self.avoided or (anchor, True) in (*self.lower, *self.upper)


def _bounds(relation: Expr, x: Expr) -> Iterator[tuple[Expr, int, bool]]:
    """``(c, 1, strict)`` for a lower end c of x, ``(c, −1, strict)`` for an upper one, ``(c, 0, True)`` for x ≠ c."""
    if isinstance(relation, (sp.Lt, sp.Le)) and isinstance(relation.lhs, sp.Abs) and not relation.rhs.has(x):
        inside, strict = relation.lhs.args[0], isinstance(relation, sp.Lt)
        for side in (inside, -inside):
            yield from _bounds((sp.Lt if strict else sp.Le)(side, relation.rhs, evaluate=False), x)
        return
    if not isinstance(relation, (sp.Gt, sp.Ge, sp.Lt, sp.Le, sp.Ne)):
        return
    difference = sp.expand(relation.lhs - relation.rhs)
    slope = sp.diff(difference, x)
    if not slope.is_Rational or slope == 0:
        return
    end, strict = sp.expand(x - difference / slope), isinstance(relation, (sp.Gt, sp.Lt, sp.Ne))
    if end.has(x):
        return
    if isinstance(relation, sp.Ne):
        yield end, 0, True
    else:
        yield end, (1 if (slope > 0) == isinstance(relation, (sp.Gt, sp.Ge)) else -1), strict


# -- proofs ---------------------------------------------------------------------------------------------------
@dataclass
class _Proof:
    """The search for one function of one variable."""

    x: Expr
    f: Expr
    strict: bool
    interval: _Interval
    search: Search
    prove: Prover

    def find(self) -> Found | None:
        return self.by_factors() or self.by_monotonicity() or self.by_concavity()

    def by_monotonicity(self) -> Found | None:
        for anchor in list(dict.fromkeys(self.anchors()))[:ANCHORS]:
            parts = self.from_anchor(anchor)
            if parts is not None:
                return Found(Evidence.DERIVATIVE, f"in {self.x} from {self.x} = {anchor}", parts)
        return None

    def from_anchor(self, anchor: Expr) -> tuple[Step, ...] | None:
        start = _value_at(self.f, self.x, anchor)
        if start is None:
            return None
        still = self.interval.still() if counterexamples.symbols_of(start) else Setting()
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
        if counterexamples.symbols_of(self.f) == [self.x]:
            yield from _turning_points(differentiate(sp.Derivative(self.f, self.x), []), self.x)
            return
        for other in counterexamples.symbols_of(self.f):
            if other != self.x and (value := _value_at(self.f, self.x, other)) is not None and sp.expand(value) == 0:
                yield other
        yield from map(sp.Integer, (0, 1))

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
            still = self.interval.still() if counterexamples.symbols_of(value) else Setting()
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
        said = f"in {self.x} from {lower[0][0]} to {upper[0][0]}"
        return Found(Evidence.CONCAVE, said, (*parts, *smooth, *again, bend))

    def by_factors(self) -> Found | None:
        """The signs of two factors, all that is algebraic in x being one of them; on both sides of where a linear
        factor vanishes."""
        numerator, denominator = sp.fraction(sp.factor(sp.together(self.f)))
        pieces = [p.as_base_exp() for p in sp.Mul.make_args(numerator)]
        hard = [p for p, n in pieces if n == 1 and p.has(self.x) and _is_transcendental(p, self.x)]
        if len(hard) != 1 or (len(pieces) == 1 and denominator.is_number):
            return None
        factor, other = hard[0], numerator / hard[0] / denominator
        whole = self.interval.between(self.interval.lower, self.interval.upper)
        if (parts := self.of_one_sign(factor, other, whole)) is None:
            easy = (*pieces, *(p.as_base_exp() for p in sp.Mul.make_args(denominator)))
            roots = {root for p, n in easy if n.is_odd and (root := _root(p, self.x)) is not None}
            parts = self.on_both_sides(factor, other, roots.pop()) if len(roots) == 1 else None
        return None if parts is None else Found(Evidence.FACTOR, f"({factor})·({other})", parts)

    def on_both_sides(self, factor: Expr, other: Expr, root: Expr) -> tuple[Step, ...] | None:
        off = self.interval.excludes(root)
        if self.strict and not off:
            return None
        parts: list[Step] = []
        for direction in (1, -1):
            if self.interval.ends_at(root, direction):
                continue
            lower, upper = self.interval.lower, self.interval.upper
            side = ((*lower, (root, off)), upper) if direction > 0 else (lower, (*upper, (root, off)))
            found = self.of_one_sign(factor, other, self.interval.between(*side))
            if found is None:
                return None
            parts += found
        return tuple(parts)

    def of_one_sign(self, factor: Expr, other: Expr, setting: Setting) -> tuple[Step, ...] | None:
        """That both factors are not negative, or both not positive, and that their product is f."""
        ways = ((other, 0, factor, 0), (0, other, 0, factor))
        for a, b, c, d in ways:
            one = self.prove(Compare(a, b, setting, self.strict), self.search.deeper)
            if one is not None:
                two = self.prove(Compare(c, d, setting, self.strict), self.search.deeper)
                same = None if two is None else self.is_product(factor, other, setting)
                return None if two is None or same is None else (*same, one, two)
        return None

    def is_product(self, factor: Expr, other: Expr, setting: Setting) -> tuple[Step, ...] | None:
        if sp.expand(self.f - factor * other) == 0:
            return ()
        same = self.prove(Equal(self.f, factor * other, setting), self.search)
        return None if same is None else (same,)


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
    """Where a part that is linear in x, with a number before it, vanishes."""
    slope = sp.diff(part, x) if part.has(x) and part.is_polynomial(x) else sp.Integer(0)
    if not slope.is_Rational or slope == 0 or (root := sp.expand(x - part / slope)).has(x):
        return None
    return root


def _turning_points(slope: Expr, x: Expr) -> Iterator[Expr]:
    """Places with a name near which a slope changes from falling to rising; only a proposal."""
    previous, ctx.prec = ctx.prec, BITS

    def sign(at: Fraction) -> int:
        try:
            value = counterexamples.evaluate_in_balls(slope, {x: at})
        except (counterexamples.NotRational, counterexamples.Undefined):
            return 0
        return int(value > 0) - int(value < 0)

    found: list[Expr] = []
    try:
        before: Fraction | None = None
        for n in range(-2 * REACH, 2 * REACH + 1):
            at = Fraction(n, 2) + Fraction(1, 1024)  # beside the numbers where it may vanish
            now = sign(at)
            if before is not None and now > 0:
                found += _name(before, at, sign)
            before = at if now < 0 else before if now == 0 else None
    finally:
        ctx.prec = previous
    yield from found


def _name(low: Fraction, high: Fraction, sign: Callable[[Fraction], int]) -> list[Expr]:
    """The rational number of a small denominator, or its exponential or logarithm, at which a sign changes."""
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if sign(middle) < 0 else (low, middle)
    at = arb(fmpq(middle.numerator, middle.denominator))
    ways = [_small(at), sp.log(_small(at.exp())) if _small(at.exp()) > 0 else sp.Integer(0), sp.exp(_small(at.log()))]
    return [way for way in ways if abs(counterexamples.evaluate_in_balls(way, {}) - at) < NEAR][:1]


def _small(value: arb) -> Expr:
    """A rational number of a small denominator near the middle of a ball, or 0 if there is none."""
    if not value.is_finite():
        return sp.Integer(0)
    mantissa, exponent = value.mid().man_exp()
    return sp.Rational((Fraction(int(mantissa)) * Fraction(2) ** int(exponent)).limit_denominator(DENOMINATOR))
