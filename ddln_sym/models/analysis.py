r"""Everything that can be decided about a parametrization, each answer with how it was decided: :func:`analyze`.

Whether there is one entropy for all losses: Li, Wang, Lee, Arora (2022), Theorem 4.8, says yes if G is commuting and
regular and the domains of its flows are symmetric.  It is no from a start at which an iterated bracket of the ``∇G_i``
moves θ: following ``∇G_a`` and then ``∇G_b``, or the other way round, gives one ξ and two θ.  A bracket that moves θ
elsewhere excludes nothing for a special start, and a first bracket that vanishes at the start proves nothing.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any, TypeAlias

import sympy as sp
from flint import arb

from ddln_sym.kernel import decide
from ddln_sym.models.dynamics import Dynamics, check_smooth
from ddln_sym.models.efforts import Effort
from ddln_sym.models.homogeneity import homogeneous, say_degrees
from ddln_sym.models.laws import ConservationLaws, search_laws
from ddln_sym.models.mirror_conditions import (
    MovesTheta,
    bracket_name,
    certificate_of,
    decide_commuting,
    decide_domains,
    decide_regular,
    defined_on,
    find_obstruction,
    generic_rank,
    on_the_line,
    say_domains,
    stays_inside,
)
from ddln_sym.models.nilpotent_balls import Tape, exact_point
from ddln_sym.models.parametrizations import Parametrization, network
from ddln_sym.numerics import count_of, precision, read_vector
from ddln_sym.statements import Certificate, Compare, Verdict

__all__ = ["Answer", "Study", "analyze", "metric_entries", "read_start", "shortest"]

Expr: TypeAlias = Any

#: A matrix of more rows is not shown, and its bounds are not looked for.
SHOWN = 3
#: A longer expression is shown as it is.
MOST_OPERATIONS = 600
#: Precision at which it is seen that a start is no pole.
START_BITS = 128
#: What the two sides are where a determinant is not positive, and where an entry of a bracket does not vanish.
DETERMINANT = {"left side": "det J Jᵀ", "right side": ""}
HALVES = {"left side": "one half of an entry of a bracket", "right side": "the other half"}
#: Characters of one answer on a screen.
WIDE = 160


@dataclass(frozen=True)
class Answer:
    """One line of a study.

    Attributes:
        name: what was asked. text: the answer, mathematics between dollars.
        verdict: how far it was decided, empty for a plain fact. certificate: how, where the kernel decided it.
    """

    name: str
    text: str
    verdict: str = ""
    certificate: Certificate | None = None

    @property
    def said(self) -> str:
        """The answer in plain characters."""
        return self.text.replace("$", "")

    def __str__(self) -> str:
        return f"{self.name:<14}{_cut(self.said)}" + (f"  [{self.verdict}]" if self.verdict else "")


@dataclass(frozen=True)
class Study:
    """What is known of a parametrization; made by :func:`analyze`.

    Attributes:
        net: the parametrization. start: a point of its domain, or None. answers: one for each question, in order.
        commuting, regular, domains: certificates. laws: the conservation laws.
        obstruction: a certificate that no one entropy serves all losses from the start, or from almost every start.
        left_open: sentences, each on something that is not decided.
    """

    net: Parametrization
    start: tuple[Any, ...] | None
    answers: tuple[Answer, ...]
    commuting: Certificate
    regular: Certificate
    domains: Certificate
    laws: ConservationLaws
    obstruction: Certificate | None
    left_open: tuple[str, ...] = field(default=())

    @property
    def mirror_flow(self) -> bool | None:
        """Whether one entropy serves all losses: yes, no (from the start), or not known."""
        if self.obstruction is not None:
            return False
        return True if self["entropy"].verdict == "proved" else None

    def __getitem__(self, name: str) -> Answer:
        """The answer of a name."""
        for answer in self.answers:
            if answer.name == name:
                return answer
        raise KeyError(f"{name}: the answers are {', '.join(a.name for a in self.answers)}")

    def __repr__(self) -> str:
        return f"<Study of {self.net}>"

    def __str__(self) -> str:
        lines = [_cut(str(self.net)), *map(str, self.answers)]
        laws = str(self.laws).splitlines()
        place = next(n for n, a in enumerate(self.answers, 2) if a.name == "laws")
        lines[place:place] = [f"{'':<14}{_cut(law.strip())}" for law in laws[1:9]]
        return "\n".join([*lines, *(f"{'left open':<14}{sentence}" for sentence in self.left_open)])

    def _repr_html_(self) -> str:
        from ddln_sym import _html

        return _html.study(self)

    def to_json(self) -> dict[str, Any]:
        """The record that ``ddln-sym analyze --json`` writes."""
        found = [self.commuting, self.regular, self.domains, *([self.obstruction] if self.obstruction else [])]
        return {
            "schema": 1,
            "components": [str(c) for c in self.net.components],
            "variables": [str(v) for v in self.net.variables],
            "domain": str(self.net.domain),
            "start": None if self.start is None else [str(v) for v in self.start],
            "answers": [{"name": a.name, "said": a.said, "verdict": a.verdict} for a in self.answers],
            "mirror_flow": self.mirror_flow,
            "laws": self.laws.to_json(),
            "certificates": [c.to_json() for c in [*found, self.laws.certificate]],
            "left_open": list(self.left_open),
        }


def analyze(
    net: Parametrization,
    start: Any = None,
    degree: int | None = None,
    seconds: float | None = None,
    progress: Callable[[str], object] | None = None,
) -> Study:
    """Decide about a parametrization what can be decided.

    Args:
        net: G, of concrete size.
        start: D numbers in its domain; then the question about an entropy is asked from there.
        degree: a bound on the search for conservation laws, as in :func:`conservation_laws`.
        seconds: nothing further is begun after this time; what was not is left open.
        progress: is told in words what is looked at.
    Returns:
        A :class:`Study`; it prints on one screen and shows itself in a notebook.
    Raises:
        ValueError: a schematic model, or a start that does not fit.

    >>> from ddln_sym.models import shallow_linear
    >>> study = analyze(shallow_linear(1, 2), start=[1, 1, 1])
    >>> study.mirror_flow, study.laws.count
    (False, 1)
    >>> print(study["entropy"])
    entropy       none serves all losses from this start: [∇G_1, ∇G_2] moves θ there  [proved]
    """
    if network(net).schematic:
        raise ValueError("the depth or the dimension of G is a symbol: a study is of whole numbers")
    check_smooth(net)
    point, effort = None if start is None else read_start(net, start), Effort(seconds, progress)
    real = on_the_line(net)
    commutes = decide_commuting(real, effort)
    full_rank, domains = decide_regular(real, effort), decide_domains(real)
    obstruction = None if commutes.proved else find_obstruction(net, point, effort)
    laws = search_laws(Dynamics.of(net, False, None), degree, effort, effort)
    laws.certificate  # noqa: B018 — kept, and within the time
    rank, at_most = generic_rank(net, effort)
    effort.tell("metric")
    answers = [
        Answer("size", f"{count_of(len(net.components), 'component')} of {count_of(len(net.variables), 'parameter')}"),
        Answer("domain", str(real.domain)),
        Answer("commuting", _say(commutes, "all brackets vanish", HALVES), commutes.verdict.value, commutes),
        _say_rank(net, rank, at_most),
        Answer(
            "regular on M",
            _say(full_rank, f"rank {len(net.components)} everywhere", DETERMINANT),
            full_rank.verdict.value,
            full_rank,
        ),
        Answer("domains", say_domains(net, domains), domains.verdict.value, domains),
        Answer("degree", say_degrees(net)),
        Answer("laws", laws.counted, laws.certificate.verdict.value, laws.certificate),
        *_metric(net, laws, effort),
        _entropy(net, point, commutes, full_rank, domains, obstruction, rank),
    ]
    left = [
        f"{a.name}: {(a.certificate.reason or a.said).replace('$', '')}"
        for a in answers
        if a.certificate is not None and a.certificate.verdict is Verdict.UNDECIDED
    ]
    left += [] if laws.complete else [f"laws: {note}" for note in laws.notes or ("no more were found",)]
    return Study(net, point, tuple(answers), commutes, full_rank, domains, laws, obstruction, tuple(left))


def read_start(net: Parametrization, start: Any) -> tuple[Any, ...]:
    """A start as rational numbers of SymPy.

    Raises:
        ValueError: it does not fit, lies outside the domain, or at a pole of a component.
    """
    values = tuple(sp.Rational(v.numerator, v.denominator) for v in read_vector(start, "start"))
    if len(values) != len(net.variables):
        raise ValueError(f"start has {count_of(len(values), 'number')}, and G takes {len(net.variables)}")
    if not net.contains(values):
        raise ValueError(f"start lies outside the domain of G, which is {net.domain}")
    if not _is_smooth_at(net, values):
        _check_poles(net, dict(zip(net.variables, values, strict=True)))
    return values


def _is_smooth_at(net: Parametrization, values: Sequence[Any]) -> bool:
    """Whether all components and their slopes are finite balls."""
    with suppress(ValueError), precision(START_BITS):
        tape = Tape(net.components, net.variables)
        found = tape.at(exact_point(values))
        total = tape.gradient(found, [arb(1)] * len(tape.places))
        return all(v[0].is_finite() for v in (*(found[n] for n in tape.places), *total))
    return False


def _check_poles(net: Parametrization, point: dict[Expr, Any]) -> None:
    """Raises: ValueError: a component or its slope has no real value."""
    for n, component in enumerate(net.components, 1):
        powers = component.atoms(sp.Pow)
        if not component.atoms(sp.Function) and all(p.exp.is_Integer and p.exp > 0 for p in powers):
            continue  # a polynomial has no pole
        slopes = [sp.diff(component, v).subs(point) for v in component.free_symbols]
        for value in (component.subs(point), *slopes):
            if value.has(sp.zoo, sp.nan, sp.oo) or value.is_real is False:
                raise ValueError(
                    f"start is a pole of G_{n} = {component}, or outside the domain of one of its functions"
                )


def _cut(text: str) -> str:
    """A text that fits on one line of a screen."""
    return text if len(text) <= WIDE else f"{text[: WIDE - 2]} …"


def _say(certificate: Certificate, yes: str, sides: Mapping[str, str]) -> str:
    """What was decided, in words; a witness with what its sides are, those that are called "" left out."""
    if certificate.proved:
        return yes
    witness = certificate.witness
    if witness is None:
        return "not decided"
    named = ((sides.get(name, name), value) for name, value in witness.sides)
    return str(replace(witness, sides=tuple((name, value) for name, value in named if name)))


# -- an entropy, or why there is none ---------------------------------------------------------------
def _entropy(
    net: Parametrization,
    point: tuple[Any, ...] | None,
    commutes: Certificate,
    full_rank: Certificate,
    domains: Certificate,
    obstruction: Certificate | None,
    rank: int,
) -> Answer:
    if obstruction is not None:
        moved = obstruction.steps[0].proposition
        assert isinstance(moved, MovesTheta)
        word = moved.word
        if point is not None:
            said = f"none serves all losses from this start: ${bracket_name(word)}$ moves $θ$ there"
        else:
            said = f"none serves all losses from almost any start: ${bracket_name(word)}$ moves $θ$"
        return Answer("entropy", said, obstruction.verdict.value, obstruction)
    if not commutes.proved:
        where = "from this start" if point is not None else "from almost any start"
        return Answer(
            "entropy", f"open {where}: $G$ does not commute, and no bracket that was tried moves $θ$", "undecided"
        )
    formula = _euler(net)
    if full_rank.proved and domains.proved:
        stays = stays_inside(net)
        if stays is not None and stays.proved:
            return Answer("entropy", f"one serves all losses from every start in $M${formula}", "proved", stays)
    if rank < len(net.components):
        return Answer("entropy", f"open: no start where the rank is {len(net.components)} was found", "undecided")
    weak = "regular on M" if not full_rank.proved else "domains" if not domains.proved else "whether flows stay in M"
    return Answer("entropy", f"one near every start where the rank is full{formula}; for all times: see {weak}", "")


def _euler(net: Parametrization) -> str:
    """``Q*`` by Euler's identity, where all components are homogeneous of one degree."""
    degrees = homogeneous(net)
    if degrees is None or len(set(degrees)) != 1 or degrees[0] == 0:
        return ""
    divisor = 2 * degrees[0] if (2 * degrees[0]).is_Integer else f"({2 * degrees[0]})"
    return f", $𝒬*(ξ) = (‖w(ξ)‖² − ‖w(0)‖²)/{divisor}$"


# -- metric ------------------------------------------------------------------------------------------
def _of_one_degree(one: Expr, other: Expr) -> bool:
    """Whether both are polynomials of one degree: of homogeneous ones, only those can bound each other."""
    symbols = sorted(one.free_symbols | other.free_symbols, key=str)
    polynomial = bool(symbols) and all(e.is_polynomial(*symbols) for e in (one, other))
    return polynomial and len({sp.Poly(e, *symbols).total_degree() for e in (one, other)}) == 1


def metric_entries(net: Parametrization) -> dict[tuple[int, int], Expr]:
    """The entries of ``J Jᵀ`` on and above the diagonal, counted from 0; none where it is large."""
    if len(net.components) > SHOWN:
        return {}
    slopes = [list(map(shortest, row)) for row in net.jacobian.tolist()]
    places = [(a, b) for a in range(len(slopes)) for b in range(a, len(slopes))]
    return {(a, b): shortest(sp.Add(*map(operator.mul, slopes[a], slopes[b]))) for a, b in places}


def shortest(expression: Expr) -> Expr:
    """The same expression with few operations, for a reader: as it is, cancelled, or factored.

    >>> x, y = sp.symbols("x y")
    >>> shortest(sp.exp(y) * x**2 + 2 * x * sp.exp(y) + sp.exp(y))
    (x + 1)**2*exp(y)
    """
    if sp.count_ops(expression) > MOST_OPERATIONS:
        return expression
    ways = [sp.factor_terms(sp.cancel(expression)), sp.factor(expression), expression]
    return min(ways, key=sp.count_ops)


def _say_rank(net: Parametrization, rank: int, certificate: Certificate | None) -> Answer:
    most = min(len(net.components), len(net.variables))
    if rank == most:
        return Answer("generic rank", f"{rank} of {most}")
    if certificate is not None and certificate.proved:
        return Answer("generic rank", f"{rank} of {most}", "proved", certificate)
    tried = "" if certificate is None else f": {certificate.steps[0].detail}"
    return Answer("generic rank", f"at least {rank} of {most}; no more at the points that were tried{tried}")


def _metric(net: Parametrization, laws: ConservationLaws, effort: Effort) -> Iterator[Answer]:
    """``J Jᵀ`` where it is small, and its diagonal against the conserved laws."""
    entries = metric_entries(net)
    if not entries:
        return
    yield Answer("metric J Jᵀ", "; ".join(f"M_{a + 1}{b + 1} = {e}" for (a, b), e in entries.items() if e != 0))
    bounds, steps, begun = [], [], perf_counter()
    plain = {v: sp.Symbol(str(v), real=True) for v in net.variables}
    for n in range(len(net.components)):
        for law in laws.laws if not effort.over else ():
            if not law.free_symbols <= net.components[n].free_symbols or not _of_one_degree(entries[n, n], law):
                continue
            entry, value = entries[n, n].xreplace(plain), law.xreplace(plain)
            setting = defined_on(net, [entry])
            both = [decide(Compare(entry, sign * value, setting)) for sign in (1, -1)]
            if all(step.proved for step in both):
                bounds.append(f"M_{n + 1}{n + 1} ≥ |{law}|, a constant of the flow")
                steps += both
                break
    if bounds:
        found = certificate_of("metric-bound", "the metric is bounded from below along the flow", net, steps, begun)
        yield Answer("metric bound", "; ".join(bounds), found.verdict.value, found)
