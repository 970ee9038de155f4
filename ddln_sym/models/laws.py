r"""Conservation laws of a parametrization: how many there are, and which, for every loss.

Along ``w' = −J_Gᵀ∇𝓛`` a function h is constant whatever 𝓛 is exactly where ``⟨∇h, ∇G_i⟩ = 0`` for every i.  Two exact
bounds count such functions, functionally independent ones near a generic point: at most ``D − r``, with r the
dimension that the iterated brackets of the ``∇G_i`` span there, and at least as many as were found.  Where they meet,
the count is a theorem.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice, zip_longest
from time import perf_counter
from typing import Any, ClassVar, TypeAlias

import sympy as sp

from ddln_sym.kernel import decide
from ddln_sym.models.ball_brackets import ball_bracket_rank, ball_gradient_rank, points_in
from ddln_sym.models.bracket_rank import PRIME, bracket_rank
from ddln_sym.models.law_search import (
    Law,
    TooLarge,
    failing,
    independent,
    laws_of,
    logarithms,
    monomials_of_degree,
    powers_near,
)
from ddln_sym.models.matrix_laws import MatrixLaw, gram_differences
from ddln_sym.models.monomial_fields import MonomialFields, NotMonomial, factor_terms, heavy_ball, pack, with_metric
from ddln_sym.models.parametrizations import Parametrization, network
from ddln_sym.models.relations import Rewriting, check_readable, enlarge
from ddln_sym.numerics import Settled
from ddln_sym.statements import (
    Certificate,
    Equal,
    Evidence,
    Hypothesis,
    RateRule,
    Scope,
    Setting,
    Theorem,
    Validated,
    conserved,
)

__all__ = ["ConservationLaws", "conservation_laws"]

Expr: TypeAlias = Any

#: Degrees of polynomials that are tried where none is given, one after the other.
DEGREES = (2, 3, 4)
#: From degree 3 on, no more monomials than this are tried.
MOST_OF_HIGH_DEGREE = 25_000
#: Nor products with logarithms in more coordinates than this, logarithms included.
MOST_WITH_LOGARITHMS = 40
#: A law whose rate has more terms is decided in whole numbers, not as one identity of expressions.
MOST_TERMS = 400
#: Random numbers start from this seed, so that the same question has the same answer.
SEED = 0
#: Points of the domain at which a model beyond monomials is looked at.
POINTS = 2


@dataclass(frozen=True)
class _Dynamics:
    """Vector fields on coordinates, as expressions, with what time means.

    Attributes:
        coordinates: D symbols for gradient flow; ``w, w', s = e^{τt}`` for the heavy ball.
        rates: how the quantities of a law change, for the kernel. meaning: what stands for a coordinate in a law.
    """

    net: Parametrization
    metric: tuple[tuple[Expr, ...], ...] | None
    friction: Expr

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

    @cached_property
    def fields(self) -> tuple[tuple[Expr, ...], ...]:
        """The fields as expressions of the coordinates."""
        slopes = sp.Matrix(self.components).jacobian(self.net.variables)
        forces = [tuple(slopes.row(n)) for n in range(len(self.components))]
        if self.metric is not None:
            matrix = sp.Matrix(self.metric)
            return tuple(tuple(matrix * sp.Matrix(force)) for force in forces)
        if not self.moving:
            return tuple(forces)
        still = (sp.Integer(0),) * len(self.net.variables)
        damped = self.friction != 0
        clock = (sp.Integer(0),) if damped else ()
        drift = (*self.velocities, *(-p if damped else sp.Integer(0) for p in self.velocities))
        return ((*drift, *self.coordinates[-1:]) if damped else drift, *((*still, *f, *clock) for f in forces))

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


def _conditions_of(expressions: Sequence[Expr]) -> list[Expr]:
    """What has to be positive, or not 0, for expressions to be defined."""
    found: dict[Expr, None] = {}
    for expression in expressions:
        for power in sorted(expression.atoms(sp.Pow), key=sp.default_sort_key):
            if not power.exp.is_integer:
                found[sp.Gt(power.base, 0, evaluate=False)] = None
            elif power.exp.is_negative:
                found[sp.Ne(power.base, 0, evaluate=False)] = None
        for logarithm in sorted(expression.atoms(sp.log), key=sp.default_sort_key):
            found[sp.Gt(logarithm.args[0], 0, evaluate=False)] = None
    return [relation for relation in found if relation.free_symbols]


@dataclass(frozen=True)
class _ConstantAlong(Validated):
    """A law is constant along every field: ``⟨∇h, ∇G_i⟩ = 0``, multiplied out in whole numbers, field by field."""

    law: Expr
    dynamics: _Dynamics
    method: ClassVar = Theorem("a polynomial with no coefficient other than 0 vanishes", "algebra")
    evidence: ClassVar[Evidence] = Evidence.WHOLE_NUMBERS

    def decided(self) -> tuple[bool | None, str, Any]:
        system = self.dynamics.monomial
        places = {v: n for n, v in enumerate(self.dynamics.coordinates)}
        terms = factor_terms(self.law, places)
        law = Law(tuple((("monomial", pack(powers, system.denominator)), int(c)) for c, powers in terms))
        broken = next(failing(law, system), None)
        return (None if broken is not None else True), f"{len(system.fields)} fields", None

    def __str__(self) -> str:
        return f"$⟨∇h, ∇G_i⟩ = 0$ for every $i$, where h = {self.law}"


@dataclass(frozen=True)
class _AtMost(Validated):
    """There are at most so many independent laws: iterated brackets span the other directions at a point."""

    bound: int
    dynamics: _Dynamics
    method: ClassVar = Theorem(
        "a function that is constant along vector fields is constant along their iterated brackets",
        "Marcotte, Gribonval, Peyré 2023, Theorem 3.3",
        ("MarcotteGribonvalPeyre2023",),
    )
    evidence: ClassVar[Evidence] = Evidence.BRACKET_RANK

    def decided(self) -> tuple[bool | None, str, Any]:
        size = len(self.dynamics.coordinates)
        rank, levels, where = _bracket_rank(self.dynamics, size - self.bound)
        found = size - rank <= self.bound
        detail = f"brackets of up to {levels + 1} fields span {rank} of {size} directions at a point, {where}"
        return (True if found else None), detail, None

    def __str__(self) -> str:
        return f"at most {self.bound} conserved functions are functionally independent near a generic point"


@dataclass(frozen=True)
class _AtLeast(Validated):
    """So many given functions are functionally independent: their gradients are at a point."""

    laws: tuple[Expr, ...]
    dynamics: _Dynamics
    method: ClassVar = Theorem("functions with independent gradients are independent", "calculus")
    evidence: ClassVar[Evidence] = Evidence.GRADIENT_RANK

    def decided(self) -> tuple[bool | None, str, Any]:
        rank = ball_gradient_rank(self.laws, self.dynamics.arguments, self.dynamics.net.domain)
        return (True if rank == len(self.laws) else None), f"{rank} independent gradients, in balls", None

    def __str__(self) -> str:
        return f"the {len(self.laws)} conserved functions that were found are functionally independent"


class ConservationLaws(Settled):
    """What is conserved along a flow, whatever the loss; made by :func:`conservation_laws`.

    Attributes:
        net: the parametrization. laws: conserved functions, functionally independent near a generic point.
        most: how many there can be at most. matrices: identities between matrices that laws are entries of.
        notes: what was not tried, and why.

    With momentum they are functions of ``t``, ``w`` and the velocities, symbols whose names end with a prime.
    """

    def __init__(
        self, dynamics: _Dynamics, laws: Sequence[Expr], most: int, matrices: Sequence[MatrixLaw], notes: Sequence[str]
    ) -> None:
        self.net = dynamics.net
        self.laws, self.most = tuple(laws), most
        self.matrices, self.notes = tuple(matrices), tuple(notes)
        self._dynamics = dynamics

    @property
    def complete(self) -> bool:
        """Whether every conserved function is, near a generic point, a function of these."""
        return len(self.laws) == self.most

    @property
    def count(self) -> int | tuple[int, int]:
        """How many independent ones there are; a pair of bounds where the number itself is not proved."""
        return self.most if self.complete else (len(self.laws), self.most)

    @cached_property
    def certificate(self) -> Certificate:
        """Each law, their independence and the bound on their number, decided by the kernel when it is asked for."""
        begun = perf_counter()
        steps = [decide(self._statement(law)) for law in self.laws]
        if self.laws:
            steps.append(decide(_AtLeast(self.laws, self._dynamics)))
        steps.append(decide(_AtMost(self.most, self._dynamics)))
        scope = Scope("", f"$D = {len(self.net.variables)}$, $d = {len(self.net.components)}$")
        title = f"{self.counted}, whatever the loss"
        source = "Marcotte, Gribonval, Peyré (2023)"
        return Certificate.of("conservation-laws", title, source, scope, steps, perf_counter() - begun)

    def _statement(self, law: Expr) -> Equal | _ConstantAlong:
        terms = sum(len(sp.Add.make_args(c)) for c in self.net.components if c.free_symbols & law.free_symbols)
        plain = not self._dynamics.moving and law.is_polynomial(*self.net.variables)
        if plain and terms * len(law.free_symbols) > MOST_TERMS:
            with suppress(NotMonomial):
                self._dynamics.monomial  # noqa: B018 — a model beyond monomials is decided as an identity
                return _ConstantAlong(law, self._dynamics)
        return self._dynamics.conserved(law)

    @property
    def counted(self) -> str:
        """The count in words."""
        if self.complete:
            return f"exactly {self.most} independent conservation law{'s' * (self.most != 1)}"
        return f"from {len(self.laws)} to {self.most} independent conservation laws"

    def __len__(self) -> int:
        return len(self.laws)

    def __iter__(self) -> Any:
        return iter(self.laws)

    def __repr__(self) -> str:
        return f"<ConservationLaws of {self.net}: {self.counted}>"

    def _repr_html_(self) -> str:
        from ddln_sym import _html

        return _html.laws(self)

    def __str__(self) -> str:
        lines = [self.counted]
        lines += [f"  {law}" for law in self.matrices]
        shown = self._outside_matrices()
        lines += [f"  {law}" for law in shown[:12]] + ([f"  … and {len(shown) - 12} more"] if len(shown) > 12 else [])
        return "\n".join([*lines, *(f"  ({note})" for note in self.notes)])

    def _outside_matrices(self) -> list[Expr]:
        inside = {sp.expand(law) for identity in self.matrices for law in _entries(identity, self.net)}
        return [law for law in self.laws if law not in inside and -law not in inside]

    def to_json(self) -> dict[str, Any]:
        """Bounds, laws and identities, as text."""
        return {
            "count": self.most if self.complete else None,
            "at_least": len(self.laws),
            "at_most": self.most,
            "complete": self.complete,
            "laws": [str(law) for law in self.laws],
            "matrices": [str(law) for law in self.matrices],
            "notes": list(self.notes),
        }


def _entries(identity: MatrixLaw, net: Parametrization) -> list[Expr]:
    for expression, entries in gram_differences(net.variables):
        if expression == identity.expression:
            return [entries[place] for place in identity.entries]
    return []


def conservation_laws(
    net: Parametrization,
    degree: int | None = None,
    momentum: Any = False,
    metric: Any = None,
    seconds: float | None = None,
    progress: Callable[[str], object] | None = None,
) -> ConservationLaws:
    r"""The functions of the parameters that gradient flow conserves, whatever the loss.

    Args:
        net: the parametrization, of concrete size.
        degree: the largest degree of the polynomials that are tried; 2, then 3 and 4 where the number of monomials
            allows it, if it is not given.  Products of other powers and logarithms are tried after polynomials.
        momentum: the friction τ of the heavy ball ``w'' + τw' = −∇`` instead of gradient flow: a number, a positive
            symbol, or True for a symbol τ.
        metric: A in ``w' = −A(w)∇`` instead of gradient flow: D expressions, its diagonal, or D × D.
        seconds: no further search is begun after this time.
        progress: is told in words what is tried.
    Returns:
        :class:`ConservationLaws`, with ``count``, ``laws``, ``complete`` and ``certificate``.
    Raises:
        ValueError: a schematic model, or an option that does not fit.
    Source: Marcotte, Gribonval, Peyré (2023, 2024).

    >>> from ddln_sym.models import deep_diagonal, difference
    >>> found = conservation_laws(deep_diagonal(3, 1))
    >>> found.count, found.laws
    (2, (w1**2 - w2**2, w1**2 - w3**2))
    >>> conservation_laws(difference(3, 1)).laws
    (1/v1 + 1/u1,)
    """
    dynamics = _dynamics(net, momentum, metric)
    if degree is not None and (isinstance(degree, bool) or not isinstance(degree, int) or degree < 1):
        raise ValueError(f"degree is {degree!r}: expected a whole number of at least 1")
    if seconds is not None and not (isinstance(seconds, (int, float)) and seconds > 0):
        raise ValueError(f"seconds is {seconds!r}: expected a positive number")
    try:
        search = _Search(dynamics, seconds, progress or (lambda text: None))
    except NotMonomial as error:  # what cannot be read is still differentiated: there is a bound, and no search
        size = len(dynamics.coordinates)
        try:
            most = size - _bracket_rank(dynamics, size)[0]
        except ValueError:  # nor in balls
            raise error from None
        return ConservationLaws(dynamics, (), most, (), (f"none was looked for: {error}",) * (most > 0))
    return search.run(degree)


def _dynamics(net: Parametrization, momentum: Any, metric: Any) -> _Dynamics:
    if network(net).schematic:
        raise ValueError("the depth or the dimension of G is a symbol: laws are counted for whole numbers")
    size = len(net.variables)
    matrix = None
    if metric is not None:
        rows = [sp.sympify(row) if not isinstance(row, (list, tuple)) else list(map(sp.sympify, row)) for row in metric]
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
        friction = sp.Symbol("tau", positive=True) if momentum is True else sp.sympify(momentum)
        allowed = friction.is_Symbol and friction.is_positive and friction not in net.variables
        if not (allowed or (friction.is_Rational and friction >= 0)):
            raise ValueError(
                f"momentum is {momentum}: expected a friction τ ≥ 0, a rational number or a positive symbol"
            )
        if matrix is not None:
            raise ValueError("momentum and metric are given: the heavy ball is analyzed in the plain metric")
    return _Dynamics(net, matrix, friction)


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


def _bracket_rank(dynamics: _Dynamics, enough: int | None) -> tuple[int, int, str]:
    """A lower bound of the rank of iterated brackets, their levels, and where it was computed."""
    try:
        rank, levels = bracket_rank(dynamics.monomial, enough, SEED)
        return rank, levels, f"modulo {PRIME}"
    except NotMonomial:
        best = (0, 0, "in balls")
        for point in islice(points_in(dynamics.net.domain, dynamics.coordinates), POINTS):
            rank, levels = ball_bracket_rank(dynamics.fields, dynamics.coordinates, point, enough)
            best = max(best, (rank, levels, "in balls"))
        return best


@dataclass(frozen=True)
class _Space:
    """Coordinates in which laws are looked for: the model's own, or more that are functions of them.

    Attributes:
        system: the fields. meanings: the coordinates as expressions. rewriting: by relations between them, if any.
    """

    system: MonomialFields
    meanings: tuple[Expr, ...]
    rewriting: Rewriting | None = None

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


class _Search:
    """What has been found so far, and what is left to try.

    Attributes:
        space: the coordinates. own: whether they are the model's own, so that laws can be compared modulo a prime.
        found, kept: laws in these coordinates; independent ones as expressions, wherever they were found.
    """

    def __init__(self, dynamics: _Dynamics, seconds: float | None, progress: Callable[[str], object]) -> None:
        self.dynamics, self.progress = dynamics, progress
        self.begun, self.seconds = perf_counter(), seconds
        self.notes: list[str] = []
        try:
            self.space, self.own = _Space(dynamics.monomial, dynamics.coordinates), True
        except NotMonomial:
            check_readable(dynamics.components, dynamics.net.variables)  # names what it cannot read as it is written
            more = enlarge(dynamics.fields, dynamics.coordinates)
            self.space, self.own = _Space(more.system, more.meanings, more.rewriting), False
        self.found: list[Law] = []
        self.kept: list[Expr] = []

    def run(self, degree: int | None) -> ConservationLaws:
        size = len(self.dynamics.coordinates)
        identities = self._matrices()
        self.kept = [self.space.expression(law) for law in independent(self.found, self.space.system)]
        if self.kept:
            self.progress("ranks of iterated brackets")
        rank = _bracket_rank(self.dynamics, size - len(self.kept))[0] if self.kept else 0
        if len(self.kept) < size - rank:
            self._polynomials(min(2, degree or 2))
            self.progress("ranks of iterated brackets")
            rank = max(rank, _bracket_rank(self.dynamics, size - len(self.kept))[0])
        most = size - rank
        higher = (n for n in DEGREES if n > 2) if degree is None else range(3, degree + 1)
        tries: list[Callable[[], None]] = [self._powers, self._with_logarithms]
        tries += [partial(self._polynomials, n, degree is None) for n in higher]
        for attempt in tries:
            if len(self.kept) >= most:
                break
            if self.seconds is not None and perf_counter() - self.begun > self.seconds:
                self.notes.append(f"after {self.seconds:g} seconds nothing further was tried")
                break
            attempt()
        known = set(self.kept)
        shown = [law for law, entries in identities if known & set(entries)]
        laws = [self._in_time(law) for law in self.kept]
        return ConservationLaws(self.dynamics, laws, most, shown, self.notes if len(laws) < most else ())

    def _matrices(self) -> list[tuple[MatrixLaw, list[Expr]]]:
        """Entries of matrix identities are the most readable laws: they come first."""
        if not self.own or self.dynamics.moving:
            return []
        identities = []
        places, q = {v: n for n, v in enumerate(self.space.meanings)}, self.space.system.denominator
        for expression, entries in gram_differences(self.space.meanings):
            kept: list[tuple[int, int]] = []
            for place, entry in entries.items():
                terms = [(("monomial", pack(powers, q)), int(c)) for c, powers in factor_terms(entry, places)]
                law = Law(tuple(terms))
                if next(failing(law, self.space.system), None) is None:
                    kept.append(place)
                    self.found.append(law)
                elif place == (1, 1):
                    break
            if kept:
                conserved_entries = [self.space.expression(law) for law in self.found[-len(kept) :]]
                identities.append((MatrixLaw(expression, tuple(kept)), conserved_entries))
        return identities

    def _polynomials(self, degree: int, cautious: bool = False) -> None:
        size, q = self.space.system.size, self.space.system.denominator
        if cautious and sp.binomial(size + degree, degree) > MOST_OF_HIGH_DEGREE:
            self.notes.append(f"polynomials of degree {degree} were not tried: too many in {size} coordinates")
            return
        self.progress(f"polynomials of degree {degree}")
        self._solve(self.space, lambda: monomials_of_degree(size, range(1, degree + 1), q), f"degree {degree}")

    def _powers(self) -> None:
        self.progress("powers and logarithms")
        system = self.space.system
        self._solve(self.space, lambda: [*logarithms(system.size), *powers_near(system)], "powers and logarithms")

    def _with_logarithms(self) -> None:
        """Products of coordinates and logarithms, with the logarithms as coordinates."""
        system = self.space.system
        if self.dynamics.moving or 2 * system.size > MOST_WITH_LOGARITHMS:
            return
        self.progress("products with logarithms")
        meanings = (*self.space.meanings, *map(sp.log, self.space.meanings))
        space = _Space(system.with_logarithms(), meanings, self.space.rewriting)
        terms = partial(monomials_of_degree, 2 * system.size, (1, 2), system.denominator)
        self._solve(space, terms, "products with logarithms")

    def _solve(self, space: _Space, unknowns: Callable[[], list[Any]], name: str) -> None:
        rewriting = space.rewriting
        try:
            terms = unknowns()
            if rewriting is not None:  # what can be rewritten is a sum of the others
                terms = [(kind, m) for kind, m in terms if kind == "log" or rewriting(m) == {m: 1}]
            found = laws_of(space.system, terms, rewriting)
        except TooLarge as error:
            self.notes.append(f"{name}: not tried, {error}")
            return
        found.sort(key=lambda law: (law.degree(space.system), len(law.terms)))
        if space is self.space and self.own:
            self.found += found
            self.kept = [space.expression(law) for law in independent(self.found, space.system)]
            return
        for law in found:
            more = [*self.kept, space.expression(law)]
            if ball_gradient_rank(
                list(map(self._in_time, more)), self.dynamics.arguments, self.dynamics.net.domain
            ) == len(more):
                self.kept = more

    def _in_time(self, law: Expr) -> Expr:
        """``e^{τt}`` and ``w'`` in place of the coordinates of the heavy ball."""
        if not self.dynamics.meaning:
            return law
        numerator, denominator = sp.fraction(sp.together(law.xreplace(self.dynamics.meaning)))
        constant = denominator.free_symbols <= {self.dynamics.friction}
        return sp.factor_terms(sp.expand(numerator if constant else numerator / denominator))
