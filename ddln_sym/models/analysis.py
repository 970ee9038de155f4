r"""Everything that can be decided about a parametrization, each answer with how it was decided: :func:`analyze`.

Whether there is one entropy for all losses: Li, Wang, Lee, Arora (2022), Theorem 4.8, says yes if G is commuting and
regular and the domains of its flows are symmetric.  It is no from a start at which an iterated bracket of the ``∇G_i``
moves θ: following ``∇G_a`` and then ``∇G_b``, or the other way round, gives one ξ and two θ.  A bracket that moves θ
elsewhere excludes nothing for a special start, and a first bracket that vanishes at the start proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, islice
from time import perf_counter
from typing import Any, ClassVar, TypeAlias

import sympy as sp
from flint import arb, fmpq

from ddln_sym.kernel import NotPolynomial, decide, tied_blocks
from ddln_sym.models.ball_brackets import ball_gradient_rank, evaluate, points_in, rates_along_bracket
from ddln_sym.models.bracket_rank import bracket_rank
from ddln_sym.models.conditions import commuting, regular, symmetric_domains
from ddln_sym.models.generic_rank import MOST_ENTRIES, rank_everywhere
from ddln_sym.models.laws import ConservationLaws, conservation_laws
from ddln_sym.models.monomial_fields import MonomialFields, NotMonomial, factor_terms
from ddln_sym.models.parametrizations import Parametrization, network
from ddln_sym.numerics import count_of, precision, read_vector
from ddln_sym.statements import (
    Certificate,
    Compare,
    Domain,
    Equal,
    Evidence,
    Hypothesis,
    Scope,
    Setting,
    Theorem,
    Validated,
    Verdict,
    Witness,
)

__all__ = ["Answer", "Study", "analyze", "metric_entries", "read_start"]

Expr: TypeAlias = Any

#: Pairs of components, and iterated brackets, that are looked at.
MOST_PAIRS, MOST_WORDS = 80, 150
#: A matrix of more rows is not shown, and its bounds are not looked for.
SHOWN = 3
#: Precision, and points, at which what the degree of a component would have to be is compared.
RATIO_BITS, RATIO_POINTS = 128, 3
#: Functions that are smooth where they are defined.
SMOOTH = {sp.exp, sp.log, sp.tanh, sp.sinh, sp.cosh, sp.sin, sp.cos}
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
        said = self.said if len(self.said) <= WIDE else f"{self.said[: WIDE - 2]} …"
        return f"{self.name:<14}{said}" + (f"  [{self.verdict}]" if self.verdict else "")


@dataclass(frozen=True)
class _MovesTheta(Validated):
    """An iterated bracket of the ``∇G_i`` moves θ at a point, so that no one entropy serves all losses from there."""

    net: Parametrization
    point: tuple[Any, ...]
    word: tuple[int, ...]
    method: ClassVar = Theorem(
        "two orders of following ∇G_a and ∇G_b have one ξ, and θ that differ by J_G of the bracket to leading order",
        "Li, Wang, Lee, Arora 2022, Section 4",
        ("LiEtAl2022",),
    )
    evidence: ClassVar[Evidence] = Evidence.BRACKET_IN_BALLS

    def decided(self) -> tuple[bool | None, str, Any]:
        rates = rates_along_bracket(_rows(self.net), self.net.variables, self.point, self.word)
        moved = [(n, r) for n, r in enumerate(rates, 1) if not r.contains(0)]
        detail = "".join(f"$θ_{n}$ changes at the rate {r.str(8, radius=False)}" for n, r in moved[:1])
        return (True if moved else None), detail, None

    def __str__(self) -> str:
        where = ", ".join(f"{v} = {x}" for v, x in zip(self.net.variables, self.point, strict=True))
        return f"${_bracket_name(self.word)}$ moves $θ$ at {where}"


@dataclass(frozen=True)
class _Apart(Validated):
    """Components, smooth where they are defined, use disjoint variables, and M is a product over these blocks."""

    net: Parametrization
    method: ClassVar = Theorem(
        "flows on separate factors of a product exist for a rectangle of times",
        "Li et al. 2022, Assumption 3.5",
        ("LiEtAl2022",),
    )
    evidence: ClassVar[Evidence] = Evidence.BLOCKS

    def decided(self) -> tuple[bool | None, str, Any]:
        components, domain = self.net.components, self.net.domain
        if unknown := {f.func for c in components for f in c.atoms(sp.Function)} - SMOOTH:
            return None, f"{min(map(str, unknown))} may not be smooth", None
        supports = [c.free_symbols for c in components]
        for a, b in combinations(range(len(supports)), 2):
            if shared := supports[a] & supports[b]:
                return None, f"$G_{a + 1}$ and $G_{b + 1}$ share {', '.join(sorted(map(str, shared)))}", None
        if (pair := tied_blocks(supports, domain)) is not None:
            return None, f"the conditions of the domain tie the blocks of $G_{pair[0] + 1}$ and $G_{pair[1] + 1}$", None
        return True, f"{len(supports)} components without common variables", None

    def __str__(self) -> str:
        return "each $∇G_a$ moves and reads its own block of variables, and $M$ is a product over the blocks"


@dataclass(frozen=True)
class _RankAtMost(Validated):
    """The Jacobian of G has at most a rank at every point, fewer than there are components."""

    net: Parametrization
    rank: int
    method: ClassVar = Theorem("rank over a field of rational functions bounds the rank at every point", "algebra")
    evidence: ClassVar[Evidence] = Evidence.ELIMINATION

    def decided(self) -> tuple[bool | None, str, Any]:
        found = rank_everywhere(self.net)
        if found is None:
            size = len(self.net.jacobian)
            return None, f"the Jacobian has {size} entries: elimination is tried up to {MOST_ENTRIES}", None
        detail = f"all minors of {found + 1} rows vanish identically"
        return (True if found <= self.rank else None), detail, None

    def __str__(self) -> str:
        return f"the Jacobian of $G$ has at most the rank {self.rank} at every point"


@dataclass(frozen=True)
class _NowhereFull(Validated):
    """The Jacobian of G has full rank on all of M: refuted at any point where it has it nowhere."""

    net: Parametrization
    method: ClassVar = _RankAtMost.method
    evidence: ClassVar[Evidence] = Evidence.ELIMINATION

    def decided(self) -> tuple[bool | None, str, Any]:
        found, size = rank_everywhere(self.net), len(self.net.components)
        point = next(iter(points_in(self.net.domain, self.net.variables)), None)
        if found is None or found >= size or point is None:
            return None, "", None
        sides = (("rank of the Jacobian, at most", sp.Integer(found)), ("number of components", sp.Integer(size)))
        places = tuple(zip(self.net.variables, map(sp.sympify, point), strict=True))
        return False, f"all minors of {found + 1} rows vanish identically", Witness(places, sides)

    def __str__(self) -> str:
        return f"the Jacobian of $G$ has rank {len(self.net.components)} on $M$"


def _bracket_name(word: Sequence[int]) -> str:
    name = f"∇G_{word[-1] + 1}"
    for n in reversed(word[:-1]):
        name = f"[∇G_{n + 1}, {name}]"
    return name


def _rows(net: Parametrization) -> list[list[Expr]]:
    return net.jacobian.tolist()  # type: ignore[no-any-return]


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
        lines = [str(self.net), *map(str, self.answers)]
        laws = str(self.laws).splitlines()
        place = next(n for n, a in enumerate(self.answers, 2) if a.name == "laws")
        lines[place:place] = [f"{'':<14}{law.strip()[:WIDE]}" for law in laws[1:9]]
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
        degree, seconds: bounds on the search for conservation laws, as in :func:`conservation_laws`.
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
    tell = progress or (lambda text: None)
    point = None if start is None else read_start(net, start)
    tell("brackets")
    real = _on_the_line(net)
    commutes = _commuting(real)
    tell("rank")
    full_rank, domains = _regular(real), _domains(real)
    obstruction = None if commutes.proved else _obstruction(net, point)
    laws = conservation_laws(net, degree, seconds=seconds, progress=tell)
    tell("proofs of the laws")
    laws.certificate  # noqa: B018 — kept, and told what takes long
    tell("metric")
    rank, ranks = _generic_rank(net)
    answers = [
        Answer("size", f"{len(net.components)} components of {len(net.variables)} parameters"),
        Answer("domain", str(net.domain)),
        Answer("commuting", _say(commutes, "all brackets vanish"), commutes.verdict.value, commutes),
        ranks,
        Answer(
            "regular on M",
            _say(full_rank, f"rank {len(net.components)} everywhere"),
            full_rank.verdict.value,
            full_rank,
        ),
        Answer("domains", _say_domains(net, domains), domains.verdict.value, domains),
        Answer("degree", _degrees(net)),
        Answer("laws", laws.counted, laws.certificate.verdict.value, laws.certificate),
        *_metric(net, laws),
        _entropy(net, point, commutes, full_rank, domains, obstruction, rank),
    ]
    left = [
        f"{a.name}: {(a.certificate.reason or a.said).replace('$', '')}"
        for a in answers
        if a.certificate is not None and a.certificate.verdict is Verdict.UNDECIDED
    ]
    left += [] if laws.complete else [f"laws: {note}" for note in laws.notes or ("no more were found",)]
    return Study(net, point, tuple(answers), commutes, full_rank, domains, laws, obstruction, tuple(left))


def _on_the_line(net: Parametrization) -> Parametrization:
    """The same model in symbols that are real and no more: what is declared positive becomes a condition of M."""
    put = {v: sp.Symbol(v.name, real=True) for v in net.variables if v.is_Symbol}
    if all(v == plain for v, plain in put.items()):
        return net
    signed = [plain for v, plain in put.items() if v.is_nonnegative]  # M is open
    domain = Domain(
        tuple(tuple(p.xreplace(put) for p in group) for group in net.domain.avoids),
        tuple(dict.fromkeys((*(p.xreplace(put) for p in net.domain.positive), *signed))),
    )
    components = tuple(c.xreplace(put) for c in net.components)
    return Parametrization(components, tuple(put.get(v, v) for v in net.variables), domain)


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
    point = dict(zip(net.variables, values, strict=True))
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
    return values


def _say(certificate: Certificate, yes: str) -> str:
    if certificate.proved:
        return yes
    witness = certificate.witness
    return str(witness) if witness is not None else "not decided"


def _scope(net: Parametrization) -> Scope:
    return Scope("", f"$D = {len(net.variables)}$, $d = {len(net.components)}$")


# -- commuting, rank --------------------------------------------------------------------------------
def _setting(net: Parametrization, expressions: Sequence[Expr]) -> Setting:
    """Membership in M, and what has to be positive for roots, logarithms and quotients to be defined, those of G too:
    what is made of its derivatives may be defined where G is not, as the squared slope ``1/(4u)`` of ``√u`` is.
    """
    expressions = [*expressions, *(c for c in net.components if c.free_symbols)]
    given = [Hypothesis("M", sp.Gt(p, 0)) for p in net.domain.positive]
    given += [Hypothesis("M", sp.Gt(sp.Add(*(p**2 for p in group)), 0)) for group in net.domain.avoids]
    bases = {p.base for e in expressions for p in e.atoms(sp.Pow) if not p.exp.is_integer}
    bases |= {f.args[0] for e in expressions for f in e.atoms(sp.log)}
    below = {p.base for e in expressions for p in e.atoms(sp.Pow) if p.exp.is_integer and p.exp.is_negative}
    given += [Hypothesis("defined", sp.Gt(b, 0)) for b in sorted(bases, key=sp.default_sort_key)]
    given += [Hypothesis("defined", sp.Ne(b, 0)) for b in sorted(below - bases, key=sp.default_sort_key)]
    return Setting().given(*given)


def _commuting(net: Parametrization) -> Certificate:
    """By polynomial arithmetic; for other functions, entry by entry of each bracket."""
    try:
        return commuting(net)
    except NotPolynomial:
        pass
    begun, steps = perf_counter(), []
    plain = {v: sp.Symbol(str(v), real=True) for v in net.variables}
    rows = [[_in_exponentials(c).xreplace(plain) for c in row] for row in _rows(net)]
    variables = list(plain.values())
    hessians = [[[sp.diff(c, v) for v in variables] for c in row] for row in rows]
    pairs = [
        (a, b)
        for a, b in combinations(range(len(rows)), 2)
        if net.components[a].free_symbols & net.components[b].free_symbols
    ]
    if len(pairs) > MOST_PAIRS:  # nothing is claimed of those that are not looked at
        return _as_certificate("commuting", "G is commuting", net, [], begun)
    for a, b in pairs:
        for k in range(len(variables)):
            left = sp.Add(*(hessians[a][k][m] * rows[b][m] for m in range(len(variables))))
            right = sp.Add(*(hessians[b][k][m] * rows[a][m] for m in range(len(variables))))
            steps.append(decide(Equal(left, right, _setting(net, [left, right]))))
            if not steps[-1].proved:
                return _as_certificate("commuting", "G is commuting", net, steps, begun)
    if not pairs:
        steps.append(decide(_Apart(net)))
    return _as_certificate("commuting", "G is commuting", net, steps, begun)


def _in_exponentials(expression: Expr) -> Expr:
    return expression.rewrite([sp.tanh, sp.sinh, sp.cosh], sp.exp)


def _as_certificate(name: str, title: str, net: Parametrization, steps: Sequence[Any], begun: float) -> Certificate:
    return Certificate.of(name, title, "Li, Wang, Lee, Arora (2022)", _scope(net), steps, perf_counter() - begun)


def _regular(net: Parametrization) -> Certificate:
    """By cases for polynomials; for other functions, by a positive Gram determinant where it is small."""
    try:
        return regular(net)
    except NotPolynomial:
        pass
    begun = perf_counter()
    step = decide(_NowhereFull(net))
    plain = {v: sp.Symbol(str(v), real=True) for v in net.variables}
    if step.verdict is Verdict.REFUTED or len(net.components) > SHOWN:
        return _as_certificate("regular", "G is regular on M", net, [step], begun)
    jacobian = net.jacobian.xreplace(plain)
    gram = (jacobian * jacobian.T).det()
    statement = Compare(gram, sp.Integer(0), _setting(net, [gram]), strict=True)
    return _as_certificate("regular", "G is regular on M", net, [decide(statement)], begun)


def _domains(net: Parametrization) -> Certificate:
    """By blocks of variables; the kernel reads polynomials, and other smooth functions are told apart here."""
    try:
        return symmetric_domains(net)
    except NotPolynomial:
        begun, title = perf_counter(), "the domains of the flows of ∇G_i are pairwise symmetric"
        return _as_certificate("symmetric-domains", title, net, [decide(_Apart(net))], begun)


def _generic_rank(net: Parametrization) -> tuple[int, Answer]:
    """The largest rank: one at a point from below, from above by elimination where it is not plainly the largest."""
    most, begun = min(len(net.components), len(net.variables)), perf_counter()
    try:
        rank, _ = bracket_rank(MonomialFields.gradients(net.components, net.variables), most, most_levels=0)
    except NotMonomial:
        rank = ball_gradient_rank(net.components, net.variables, net.domain)
    if rank == most:
        return rank, Answer("generic rank", f"{rank} of {most}")
    found = _as_certificate("generic-rank", f"the rank is {rank}", net, [decide(_RankAtMost(net, rank))], begun)
    if found.proved:
        return rank, Answer("generic rank", f"{rank} of {most}", "proved", found)
    return rank, Answer("generic rank", f"at least {rank} of {most}; no more at the points that were tried")


def _say_domains(net: Parametrization, certificate: Certificate) -> str:
    if certificate.proved:
        return "each $∇G_i$ moves a block of its own"
    if all(c.is_polynomial(*net.variables) and sp.Poly(c, *net.variables).total_degree() <= 2 for c in net.components):
        return "each $∇G_i$ is affine, so that its flow exists for all times; whether it stays in $M$ is not decided"
    return "not decided: components share variables"


# -- an entropy, or why there is none ---------------------------------------------------------------
def _words(net: Parametrization) -> Iterator[tuple[int, ...]]:
    """Brackets of two components, then of three, then of four, those that share variables."""
    symbols = [c.free_symbols for c in net.components]
    pairs = [(a, b) for a, b in combinations(range(len(symbols)), 2) if symbols[a] & symbols[b]][:MOST_PAIRS]
    yield from pairs
    longer: list[tuple[int, ...]] = list(pairs)
    for _ in range(2):
        longer = [(c, *word) for word in longer for c in range(len(symbols)) if symbols[c] & symbols[word[0]]]
        longer = longer[:MOST_WORDS]
        yield from longer


def _obstruction(net: Parametrization, point: tuple[Any, ...] | None) -> Certificate | None:
    """A bracket that moves θ at the start; without a start, at some point and so at almost every one."""
    begun = perf_counter()
    rows = _rows(net)
    points = [point] if point is not None else [tuple(p) for p in points_in(net.domain, net.variables)][:1]
    for where in points:
        for word in _words(net):
            try:
                rates = rates_along_bracket(rows, net.variables, where, word)
            except ValueError:
                return None
            if any(not r.contains(0) for r in rates):
                step = decide(_MovesTheta(net, where, word))
                title = "no one entropy serves all losses from this start"
                return _as_certificate("no-entropy", title, net, [step], begun)
    return None


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
        assert isinstance(moved, _MovesTheta)
        word = moved.word
        if point is not None:
            said = f"none serves all losses from this start: ${_bracket_name(word)}$ moves $θ$ there"
        else:
            said = f"none serves all losses from almost any start: ${_bracket_name(word)}$ moves $θ$"
        return Answer("entropy", said, obstruction.verdict.value, obstruction)
    if not commutes.proved:
        where = "from this start" if point is not None else "from almost any start"
        return Answer(
            "entropy", f"open {where}: $G$ does not commute, and no bracket that was tried moves $θ$", "undecided"
        )
    formula = _euler(net)
    if full_rank.proved and domains.proved:
        stays = _stays(net)
        if stays is not None and stays.proved:
            return Answer("entropy", f"one serves all losses from every start in $M${formula}", "proved", stays)
    if rank < len(net.components):
        return Answer("entropy", f"open: no start where the rank is {len(net.components)} was found", "undecided")
    weak = "regular on M" if not full_rank.proved else "domains" if not domains.proved else "whether flows stay in M"
    return Answer("entropy", f"one near every start where the rank is full{formula}; for all times: see {weak}", "")


def _stays(net: Parametrization) -> Certificate | None:
    """Whether the flows of the ``∇G_i`` end only at infinity: smooth everywhere, and what M leaves out is invariant.

    For conditions on variables only: where the variables of a group vanish, so do the components that move them.
    """
    functions = {f for c in net.components for f in c.atoms(sp.Function)}
    poles = any(
        not (p.exp.is_integer and p.exp.is_positive)
        for c in net.components
        for p in c.atoms(sp.Pow)
        if p.base is not sp.E
    )
    if poles or any(f.func not in (sp.exp, sp.tanh, sp.sinh, sp.cosh) for f in functions):
        return None
    begun, steps = perf_counter(), []
    for group in (*net.domain.avoids, *((p,) for p in net.domain.positive)):
        if not all(p in net.variables for p in group):
            return None
        zeros = dict.fromkeys(group, sp.Integer(0))
        for component in net.components:
            for v in group:
                if v in component.free_symbols:
                    steps.append(decide(Equal(sp.diff(component, v).subs(zeros), sp.Integer(0))))
    if not steps:  # M is the whole space
        steps = [decide(_Apart(net))]
    return _as_certificate("stays", "the flows of the ∇G_i end only at infinity", net, steps, begun)


def _euler(net: Parametrization) -> str:
    """``Q*`` by Euler's identity, where all components are homogeneous of one degree."""
    degrees = _homogeneous(net)
    if degrees is None or len(set(degrees)) != 1 or degrees[0] == 0:
        return ""
    divisor = 2 * degrees[0] if (2 * degrees[0]).is_Integer else f"({2 * degrees[0]})"
    return f", $𝒬*(ξ) = (‖w(ξ)‖² − ‖w(0)‖²)/{divisor}$"


# -- degrees, metric --------------------------------------------------------------------------------
def _homogeneous(net: Parametrization, variables: Sequence[Expr] | None = None) -> list[Any] | None:
    """The degree of each component in some of the variables; None if one is not homogeneous."""
    counted = set(net.variables if variables is None else variables)
    places = {v: n for n, v in enumerate(net.variables)}
    degrees = []
    for component in net.components:
        try:
            terms = [powers for _, powers in factor_terms(component, places)]
        except NotMonomial:
            degree = _degree_of(component, counted)
            if degree is None:
                return None
            degrees.append(degree)
            continue
        found = {sum((e for j, e in powers.items() if net.variables[j] in counted), sp.Integer(0)) for powers in terms}
        if len(found) != 1:
            return None
        degrees.append(sp.Rational(str(found.pop())))
    return degrees


def _degree_of(component: Expr, counted: set[Expr]) -> Any:
    """The number k in ``G(sw) = s^k·G(w)``, of a component that is no sum of monomials; None if there is none.

    >>> x, y = sp.symbols("x y")
    >>> _degree_of(x ** sp.sqrt(2) * y, {x, y}), _degree_of(x / sp.sqrt(x**2 + y**2), {x, y}), _degree_of(x + 1, {x})
    (1 + sqrt(2), 0, None)
    """
    if component == 0:
        return sp.Integer(0)
    scale = sp.Dummy("s", positive=True)
    positive = {v: sp.Dummy(str(v), positive=True) for v in component.free_symbols}
    plain = component.xreplace(positive)
    scaled = plain.xreplace({positive[v]: scale * positive[v] for v in counted & component.free_symbols})
    ratio = sp.powsimp(sp.cancel(sp.expand_power_base(scaled) / plain))
    base, exponent = ratio.as_base_exp()
    if ratio == 1:
        return sp.Integer(0)
    return exponent if base == scale and exponent.is_number else None


def _euler_ratios(net: Parametrization, component: Expr) -> list[Any]:
    """``⟨w, ∇G_i⟩/G_i`` in balls at points of M: the degree where there is one, by Euler's identity."""
    slope, ratios = sp.Add(*(v * sp.diff(component, v) for v in component.free_symbols)), []
    with precision(RATIO_BITS):
        for point in islice(points_in(net.domain, net.variables), RATIO_POINTS):
            values = {v: [arb(fmpq(int(x.p), int(x.q)))] for v, x in zip(net.variables, point, strict=True)}
            ratio = evaluate(slope, values)[0] / evaluate(component, values)[0]
            ratios += [ratio] if ratio.is_finite() else []
    return ratios


def _not_homogeneous(net: Parametrization) -> bool:
    """Whether the degree of a component would have to be two numbers."""
    found = (_euler_ratios(net, component) for component in net.components)
    return any(not a.overlaps(b) for ratios in found for a, b in combinations(ratios, 2))


def _degrees(net: Parametrization) -> str:
    total = _homogeneous(net)
    blocks: dict[str, list[Expr]] = {}
    for v in net.variables:
        blocks.setdefault(str(v).rstrip("0123456789_"), []).append(v)
        if "_" in str(v):
            blocks[str(v).split("_")[0]] = [w for w in net.variables if str(w).split("_")[0] == str(v).split("_")[0]]
    parts = []
    for name, block in blocks.items():
        degrees = _homogeneous(net, block)
        if degrees is not None and len(set(degrees)) == 1 and degrees[0] and len(block) < len(net.variables):
            parts.append(f"{degrees[0]} in {name}")
    if total is None:
        said = "not homogeneous" if _not_homogeneous(net) else "not decided whether homogeneous"
        return said + (f"; {', '.join(parts[:4])}" if parts else "")
    named = f"homogeneous of degree {total[0]}" if len(set(total)) == 1 else f"degrees {', '.join(map(str, total[:6]))}"
    return named + (f": {', '.join(parts[:4])}" if parts else "")


def _of_one_degree(one: Expr, other: Expr) -> bool:
    """Whether both are polynomials of one degree: of homogeneous ones, only those can bound each other."""
    symbols = sorted(one.free_symbols | other.free_symbols, key=str)
    polynomial = bool(symbols) and all(e.is_polynomial(*symbols) for e in (one, other))
    return polynomial and len({sp.Poly(e, *symbols).total_degree() for e in (one, other)}) == 1


def metric_entries(net: Parametrization) -> dict[tuple[int, int], Expr]:
    """The entries of ``J Jᵀ`` on and above the diagonal, counted from 0; none where it is large."""
    if len(net.components) > SHOWN:
        return {}
    metric = net.jacobian * net.jacobian.T
    places = [(a, b) for a in range(metric.rows) for b in range(a, metric.rows)]
    return {place: sp.factor_terms(sp.cancel(metric[place])) for place in places}


def _metric(net: Parametrization, laws: ConservationLaws) -> Iterator[Answer]:
    """``J Jᵀ`` where it is small, and its diagonal against the conserved laws."""
    entries = metric_entries(net)
    if not entries:
        return
    yield Answer("metric J Jᵀ", "; ".join(f"M_{a + 1}{b + 1} = {e}" for (a, b), e in entries.items() if e != 0))
    bounds, steps, begun = [], [], perf_counter()
    plain = {v: sp.Symbol(str(v), real=True) for v in net.variables}
    for n in range(len(net.components)):
        for law in laws.laws:
            if not law.free_symbols <= net.components[n].free_symbols or not _of_one_degree(entries[n, n], law):
                continue
            entry, value = entries[n, n].xreplace(plain), law.xreplace(plain)
            setting = _setting(net, [entry])
            both = [decide(Compare(entry, sign * value, setting)) for sign in (1, -1)]
            if all(step.proved for step in both):
                bounds.append(f"M_{n + 1}{n + 1} ≥ |{law}|, a constant of the flow")
                steps += both
                break
    if bounds:
        found = _as_certificate("metric-bound", "the metric is bounded from below along the flow", net, steps, begun)
        yield Answer("metric bound", "; ".join(bounds), found.verdict.value, found)
