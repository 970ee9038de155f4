"""What moves when a parametrized flow runs: its vector fields, packed, in balls, and as rates for the kernel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import islice, zip_longest
from math import lcm
from typing import Any, TypeAlias

import sympy as sp

from ddln_sym.models.ball_brackets import Combination, ball_bracket_rank, in_metric, points_in, with_momentum
from ddln_sym.models.bracket_rank import PRIME, bracket_rank
from ddln_sym.models.law_search import Law, rewritten
from ddln_sym.models.monomial_fields import (
    WIDTH,
    MonomialFields,
    NotMonomial,
    factor_terms,
    heavy_ball,
    pack,
    with_metric,
)
from ddln_sym.models.nilpotent_balls import Tape
from ddln_sym.models.parametrizations import Parametrization, network
from ddln_sym.models.relations import Reader, Rewriting, Row, check_readable, enlarge
from ddln_sym.numerics import read_sequence
from ddln_sym.statements import Equal, Hypothesis, RateRule, Setting, conserved, expression

__all__ = ["Dynamics", "Space", "check_smooth"]

Expr: TypeAlias = Any

#: Random numbers start from this seed, so that the same question has the same answer.
SEED = 0
#: Functions with kinks or jumps.
KINKED = (sp.Abs, sp.sign, sp.Max, sp.Min, sp.Piecewise, sp.Heaviside, sp.floor, sp.ceiling)
#: Points of the domain at which a model beyond monomials is looked at.
POINTS = 2


@dataclass(frozen=True)
class Space:
    """Coordinates in which laws are looked for: the model's own, or more that are functions of them.

    Attributes:
        system: the fields. symbols: the coordinates. meanings: what they are in the variables of the model.
        rewriting: by relations between them, if any. read: an expression of the variables in the coordinates.
        everywhere: whether what holds in these coordinates does so for variables of either sign.
    """

    system: MonomialFields
    symbols: tuple[Expr, ...]
    meanings: tuple[Expr, ...]
    rewriting: Rewriting | None = None
    read: Reader | None = None
    everywhere: bool = True

    @property
    def own(self) -> bool:
        """Whether these are the model's own coordinates."""
        return self.rewriting is None

    def law(self, expression: Expr) -> Law:
        """An expression in the model's own variables as a law.

        Raises:
            NotMonomial: it is no sum of monomials in these coordinates.
        """
        found = expression if self.read is None else self.read(expression)
        places = {s: n for n, s in enumerate(self.symbols)}
        terms = list(factor_terms(found, places))
        if any((e * self.system.denominator).denominator != 1 for _, powers in terms for e in powers.values()):
            raise NotMonomial(f"{expression} has other exponents than the fields")
        scale = lcm(*(c.denominator for c, _ in terms))
        packed = ((("monomial", pack(powers, self.system.denominator)), int(c * scale)) for c, powers in terms)
        return Law(tuple(packed))

    def bracket_vanishes(self, a: int, b: int, size: int) -> bool:
        """Whether the first ``size`` components of the bracket of two fields are 0, or not seen to be."""
        system = self.system
        for k in range(size):
            total: dict[int, Fraction] = {}
            for one, other, sign in ((a, b, 1), (b, a, -1)):
                moved = system.fields[one]
                for monomial, c in system.fields[other].get(k, {}).items():
                    for m, e in system.powers(monomial).items():
                        rest = monomial - (system.denominator << WIDTH * m)
                        for shift, factor in moved.get(m, {}).items():
                            total[rest + shift] = total.get(rest + shift, Fraction(0)) + sign * e * c * factor
            left = total if self.rewriting is None else rewritten(total, self.rewriting)
            if any(left.values()):
                return False
        return True

    def expression(self, law: Law) -> Expr:
        """A law in the model's own variables."""
        terms = []
        for (kind, value), coefficient in law.terms:
            term = sp.log(self.meanings[value]) if kind == "log" else self.system.expression(value, self.meanings)
            terms.append(coefficient * term)
        return sp.Add(*terms) if self.rewriting is None else _without_divisors(sp.expand(sp.Add(*terms)))


def _without_divisors(law: Expr) -> Expr:
    """A multiple of a law in which no irrational number divides.

    >>> u, v = sp.symbols("u v")
    >>> _without_divisors(u / sp.pi + v)
    u + pi*v
    """
    numbers = (sp.Mul(*(f for f in sp.Mul.make_args(term) if f.is_number)) for term in sp.Add.make_args(law))
    divisors = {sp.fraction(number)[1] for number in numbers}
    return sp.expand(law * sp.Mul(*(d for d in divisors if not d.is_Rational)))


@dataclass(frozen=True)
class Dynamics:
    """Vector fields on coordinates, as expressions, with what time means.

    Attributes:
        coordinates: D symbols for gradient flow; ``w, w', s = e^{τt}`` for the heavy ball.
        rates: how the quantities of a law change, for the kernel. meaning: what stands for a coordinate in a law.
    """

    net: Parametrization
    metric: tuple[tuple[Expr, ...], ...] | None
    friction: Expr

    @classmethod
    def of(cls, net: Parametrization, momentum: Any, metric: Any) -> Dynamics:
        """Those of :func:`conservation_laws`.

        Raises:
            ValueError: a schematic model, or an option that does not fit.
        """
        if network(net).schematic:
            raise ValueError("the depth or the dimension of G is a symbol: laws are counted for whole numbers")
        check_smooth(net)
        size = len(net.variables)
        matrix = None
        if metric is not None:
            given = read_sequence(metric, "metric", f"{size} expressions, its diagonal, or {size} rows of {size}")
            rows = [
                [expression(entry, "an entry of metric") for entry in row]
                if isinstance(row, (list, tuple))
                else expression(row, "an entry of metric")
                for row in given
            ]
            if not any(isinstance(row, list) for row in rows):
                rows = [[a if n == m else sp.Integer(0) for m in range(len(rows))] for n, a in enumerate(rows)]
            if len(rows) != size or any(not isinstance(row, list) or len(row) != size for row in rows):
                raise ValueError(f"metric has to be {size} expressions, its diagonal, or {size} rows of {size}")
            for entry in (a for row in rows for a in row):
                if extra := entry.free_symbols - set(net.variables):
                    raise ValueError(f"metric uses {', '.join(sorted(map(str, extra)))}, which is no variable of G")
            matrix = tuple(map(tuple, rows))
        friction = None
        if momentum is not False:
            friction = sp.Symbol("tau", positive=True) if momentum is True else expression(momentum, "momentum")
            allowed = friction.is_Symbol and friction.is_positive and friction not in net.variables
            if not (allowed or (friction.is_Rational and friction >= 0)):
                raise ValueError(
                    f"momentum is {momentum}: expected a friction τ ≥ 0, a rational number or a positive symbol"
                )
            if matrix is not None:
                raise ValueError("momentum and metric are given: the heavy ball is analyzed in the plain metric")
        return cls(net, matrix, friction)

    @property
    def moving(self) -> bool:
        """Whether the flow has a momentum."""
        return self.friction is not None

    @cached_property
    def velocities(self) -> tuple[Expr, ...]:
        return tuple(sp.Symbol(f"{v}'", real=True) for v in self.net.variables)

    @cached_property
    def time(self) -> Expr:
        taken = {str(v) for v in self.net.variables}
        return sp.Symbol(next(name for name in ("t", "t_", "time") if name not in taken), real=True)

    @cached_property
    def coordinates(self) -> tuple[Expr, ...]:
        if not self.moving:
            return self.net.variables
        clock = (sp.Dummy("s", positive=True),) if self.friction != 0 else ()
        return (*self.net.variables, *self.velocities, *clock)

    @cached_property
    def arguments(self) -> tuple[Expr, ...]:
        """What a law is a function of."""
        return (*self.net.variables, *self.velocities, self.time) if self.moving else self.net.variables

    @cached_property
    def meaning(self) -> dict[Expr, Expr]:
        """In the time τt, a velocity is ``w'/τ``."""
        if not self.moving or self.friction == 0:
            return {}
        slow = {p: p / self.friction for p in self.velocities}
        return {**slow, self.coordinates[-1]: sp.exp(self.friction * self.time)}

    @cached_property
    def components(self) -> tuple[Expr, ...]:
        """G up to constant factors, which change no law: ``√2·uv`` gives the laws of ``uv``."""
        return tuple(_without_factor(c, self.net.variables) for c in self.net.components)

    @cached_property
    def monomial(self) -> MonomialFields:
        """The fields in packed form; NotMonomial if there are other operations in them."""
        components, variables = self.components, self.net.variables
        if self.moving:
            return heavy_ball(components, variables, self.friction != 0)
        if self.metric is not None:
            return with_metric(components, variables, self.metric)
        return MonomialFields.gradients(components, variables)

    @property
    def space(self) -> Space:
        """Coordinates in which the fields are sums of monomials: the model's own, or more.

        Raises:
            NotMonomial, TooLarge: there are none here.
        """
        return _space_of(self)

    def more_coordinates(self) -> Space:
        """Those of roots, exponentials, logarithms and quotients as well."""
        check_readable(self.components, self.net.variables)  # names what it cannot read as it is written
        more = enlarge(self.components, self.coordinates, self._fields)
        return Space(more.system, more.symbols, more.meanings, more.rewriting, more.read, more.everywhere)

    def _fields(self, slopes: Sequence[Row], read: Reader) -> list[Row]:
        """The fields, made of the gradients of the components."""
        if self.metric is not None:
            matrix = [[(v, read(a)) for v, a in zip(self.net.variables, row, strict=True)] for row in self.metric]
            return [
                {
                    v: sp.expand(sp.Add(*(a * slope[w] for w, a in row if w in slope)))
                    for v, row in zip(self.net.variables, matrix, strict=True)
                }
                for slope in slopes
            ]
        if not self.moving:
            return list(slopes)
        pairs = list(zip(self.net.variables, self.velocities, strict=True))
        drift = dict(pairs)
        if self.friction != 0:
            drift |= {p: -p for p in self.velocities} | {self.coordinates[-1]: self.coordinates[-1]}
        return [drift, *({p: slope[v] for v, p in pairs if v in slope} for slope in slopes)]

    @property
    def count(self) -> int:
        """How many fields there are."""
        return len(self.components) + self.moving

    @cached_property
    def combination(self) -> Combination:
        """Combinations of the fields at points, in balls.

        Raises:
            ValueError: a function that cannot be evaluated in balls.
        """
        tape = Tape(self.components, self.net.variables)
        if self.metric is not None:
            return in_metric(tape, self.metric)
        return with_momentum(tape, self.friction != 0) if self.moving else tape.combination

    def spanned(self, enough: int) -> tuple[int, int, str]:
        """A lower bound of the rank of iterated brackets, their levels, and where it was computed.

        Raises:
            ValueError: a function that cannot be evaluated in balls.
        """
        try:
            rank, levels = bracket_rank(self.monomial, enough, SEED)
            return rank, levels, f"modulo {PRIME}"
        except NotMonomial:
            best = (0, 0, "in balls")
            for point in islice(points_in(self.net.domain, self.coordinates), POINTS):
                if best[0] >= enough:
                    break
                found = ball_bracket_rank(self.combination, self.count, point, enough)
                best = max(best, (*found, "in balls"))
            return best

    def conserved(self, law: Expr) -> Equal:
        """``d/dt law = 0`` for arbitrary ``g_i = (∇𝓛)_i``, wherever law and fields are defined, in real symbols."""
        taken = {str(v) for v in self.net.variables}
        letter = next(g for g in ("g", "dL", "slope_") if not any(name.startswith(g) for name in taken))
        slopes = sp.symbols(f"{letter}1:{len(self.net.components) + 1}", real=True)
        used = law.free_symbols
        rules = [
            RateRule(v, p if self.moving else self._rate(n, slopes))
            for n, (v, p) in enumerate(zip_longest(self.net.variables, self.velocities if self.moving else ()))
            if v in used
        ]
        if self.moving:
            rules += [
                RateRule(p, -self.friction * p + self._rate(n, slopes))
                for n, p in enumerate(self.velocities)
                if p in used
            ]
            rules.append(RateRule(self.time, sp.Integer(1)))
        given = [Hypothesis("M", sp.Gt(p, 0)) for p in self.net.domain.positive if p.free_symbols & used]
        given += [Hypothesis("declared", sp.Gt(s, 0, evaluate=False)) for s in sorted(used, key=str) if s.is_positive]
        given += [Hypothesis("defined", c) for c in _conditions_of([law, *(r.value for r in rules)])]
        plain = {
            s: sp.Symbol(str(s), real=True) for s in {*self.net.variables, *used} if not s.is_real or s.is_positive
        }
        rates = tuple(RateRule(r.quantity.xreplace(plain), r.value.xreplace(plain)) for r in rules)
        unique = {h.relation.xreplace(plain): h.name for h in reversed(given)}
        # A symbol that is declared positive makes some of these conditions plain truths, its real twin does not.
        hypotheses = tuple(Hypothesis(name, relation) for relation, name in unique.items())
        return conserved(law.xreplace(plain), Setting((), rates).given(*hypotheses))

    def _rate(self, place: int, slopes: Sequence[Expr]) -> Expr:
        """``−(A Σ g_i∇G_i)_j``."""
        components, variables = self.net.components, self.net.variables
        row = {variables[place]: sp.Integer(1)}
        if self.metric is not None:
            row = {v: a for v, a in zip(variables, self.metric[place], strict=True) if a != 0}
        return -sp.Add(
            *(
                g * a * sp.diff(component.rewrite([sp.tanh, sp.sinh, sp.cosh], sp.exp), v)
                for g, component in zip(slopes, components, strict=True)
                for v, a in row.items()
                if v in component.free_symbols
            )
        )


def check_smooth(net: Parametrization) -> None:
    """Refuse what has kinks: brackets and generic points are of one smooth piece.

    Raises:
        ValueError: a modulus, a maximum, … in a component.
    """
    for n, component in enumerate(net.components, 1):
        if found := component.atoms(*KINKED):
            what = min(map(str, found))
            raise ValueError(
                f"G_{n} = {component} is not smooth, because of {what}: give G in one region where it is, with the "
                "region as its domain, such as Parametrization((u**2,), (u,), Domain(positive=(u,))) for u·|u|"
            )


@lru_cache(maxsize=8)
def _space_of(dynamics: Dynamics) -> Space:
    """Kept, for several questions are asked of one model."""
    try:
        return Space(dynamics.monomial, dynamics.coordinates, dynamics.coordinates)
    except NotMonomial:
        return dynamics.more_coordinates()


def _conditions_of(expressions: Sequence[Expr]) -> list[Expr]:
    """What has to be positive, or not 0, for expressions to be defined."""
    found: dict[Expr, None] = {}
    for one in expressions:
        for power in sorted(one.atoms(sp.Pow), key=sp.default_sort_key):
            if not power.exp.is_integer:
                found[sp.Gt(power.base, 0, evaluate=False)] = None
            elif power.exp.is_negative:
                found[sp.Ne(power.base, 0, evaluate=False)] = None
        for logarithm in sorted(one.atoms(sp.log), key=sp.default_sort_key):
            found[sp.Gt(logarithm.args[0], 0, evaluate=False)] = None
    return [relation for relation in found if relation.free_symbols]


def _without_factor(component: Expr, variables: Sequence[Expr]) -> Expr:
    """The component over one of its coefficients, where that makes all of them rational; else as it is."""
    coefficients: dict[Expr, Expr] = {}
    for term in sp.Add.make_args(sp.expand(component)):
        c, rest = term.as_independent(*variables, as_Add=False)
        coefficients[rest] = coefficients.get(rest, 0) + c
    first = next(iter(coefficients.values()))
    if first == 0 or all(c.is_Rational for c in coefficients.values()):
        return component
    ratios = {rest: sp.radsimp(c / first) for rest, c in coefficients.items()}
    rational = all(ratio.is_Rational for ratio in ratios.values())
    return sp.Add(*(ratio * rest for rest, ratio in ratios.items())) if rational else component
