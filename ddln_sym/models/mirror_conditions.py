r"""Whether one entropy serves all losses: do the ``∇G_i`` commute, is the rank full, do their flows stay in M.

The kernel decides this of polynomials.  Of other functions a bracket, or a rank, is first looked at in balls at a point
or two, where derivatives cost no more than G itself; only what may still vanish is written out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, permutations
from math import comb
from time import perf_counter
from typing import Any, ClassVar, TypeAlias

import sympy as sp
from sympy.combinatorics import Permutation

from ddln_sym.kernel import NotPolynomial, decide, tied_blocks
from ddln_sym.models.ball_brackets import (
    ball_gradient_rank,
    bracket_at,
    points_in,
    random_bracket,
    rates_along,
    rates_along_bracket,
)
from ddln_sym.models.bracket_rank import bracket_rank
from ddln_sym.models.conditions import commuting, regular, symmetric_domains
from ddln_sym.models.dynamics import Dynamics
from ddln_sym.models.efforts import Effort
from ddln_sym.models.generic_rank import rank_everywhere
from ddln_sym.models.monomial_fields import MonomialFields, NotMonomial, TooLarge
from ddln_sym.models.nilpotent_balls import Tape
from ddln_sym.models.parametrizations import Parametrization
from ddln_sym.numerics import count_of
from ddln_sym.statements import (
    Ball,
    Certificate,
    Compare,
    Domain,
    Equal,
    Evidence,
    Hypothesis,
    Scope,
    Setting,
    Step,
    Theorem,
    Validated,
    Verdict,
    Witness,
    WitnessKind,
)

__all__ = [
    "MovesTheta",
    "bracket_name",
    "certificate_of",
    "decide_commuting",
    "decide_domains",
    "decide_regular",
    "defined_on",
    "find_obstruction",
    "generic_rank",
    "on_the_line",
    "say_domains",
    "stays_inside",
]

Expr: TypeAlias = Any

#: Pairs of components, and iterated brackets, that are looked at.
MOST_PAIRS, MOST_WORDS = 80, 150
#: Of brackets of two, three and four fields.
LEVELS = (1, 2, 3)
#: Brackets with more operations are multiplied out in coordinates first.
LONG = 250
#: Points at which brackets are looked at before they are written out.
POINTS = 2
#: Variables that are listed by name.
NAMED = 6
#: The determinant of a larger Gram matrix is not written out, nor of one with more minors.
LARGEST_GRAM, MOST_MINORS = 3, 60
#: Of a Jacobian with more operations the determinant is a sum of squares of minors, not multiplied out.
MOST_OPERATIONS = 200
#: Nor is the sign of a determinant decided that has more.
LONGEST_GRAM = 80
#: A larger Jacobian is not evaluated exactly.
MOST_ENTRIES = 400
#: Functions that are smooth on the whole line, and where they are defined.
SMOOTH_EVERYWHERE = {sp.exp, sp.tanh, sp.sinh, sp.cosh, sp.sin, sp.cos, sp.atan, sp.erf}
SMOOTH = {*SMOOTH_EVERYWHERE, sp.log, sp.tan}


@dataclass(frozen=True)
class MovesTheta(Validated):
    """An iterated bracket of the ``∇G_i`` moves θ at a point, so that no one entropy serves all losses from there."""

    net: Parametrization
    point: tuple[Any, ...]
    word: tuple[int, ...]
    method: ClassVar = Theorem(
        "two orders of following $∇G_a$ and $∇G_b$ have one ξ, and θ that differ by $J_G$ of the bracket to leading "
        "order",
        "Li, Wang, Lee, Arora 2022, Section 4",
        ("LiEtAl2022",),
    )
    evidence: ClassVar[Evidence] = Evidence.BRACKET_IN_BALLS

    def decided(self) -> tuple[bool | None, str, Any]:
        rates = rates_along_bracket(Tape(self.net.components, self.net.variables), self.point, self.word)
        moved = [(n, r) for n, r in enumerate(rates, 1) if not r.contains(0)]
        detail = "".join(f"$θ_{n}$ changes at the rate {r.str(8, radius=False)}" for n, r in moved[:1])
        return (True if moved else None), detail, None

    def __str__(self) -> str:
        where = ", ".join(f"${sp.latex(v)} = {x}$" for v, x in zip(self.net.variables, self.point, strict=True))
        return f"${bracket_name(self.word)}$ moves $θ$ at {where}"


@dataclass(frozen=True)
class _Commuting(Validated):
    """All brackets ``[∇G_a, ∇G_b]`` vanish: refuted where one is certainly not 0 at a point, and never proved so."""

    net: Parametrization
    method: ClassVar = Theorem("on numbers with ε² = 0 a function shows its derivative", "calculus")
    evidence: ClassVar[Evidence] = Evidence.BRACKET_IN_BALLS

    def decided(self) -> tuple[bool | None, str, Any]:
        try:
            tape = Tape(self.net.components, self.net.variables)
        except ValueError as error:
            return None, str(error), None
        pairs, looked = sharing_pairs(self.net), 0
        for point in islice(points_in(self.net.domain, self.net.variables), POINTS):
            looked += 1
            if all(entry.contains(0) for entry in random_bracket(tape, point)):
                continue
            for pair in pairs:
                for variable, entry in zip(self.net.variables, bracket_at(tape, point, pair), strict=True):
                    if entry.is_finite() and not entry.contains(0):
                        sides = ((f"{bracket_name(pair)} in direction {variable}", Ball.of(entry)),)
                        places = tuple(zip(self.net.variables, map(sp.sympify, point), strict=True))
                        return False, "", Witness(places, sides, WitnessKind.BALLS)
        return None, f"{len(pairs)} pairs share variables; at {looked} points no bracket was seen not to vanish", None

    def __str__(self) -> str:
        return "all $[∇G_a, ∇G_b]$ vanish"


@dataclass(frozen=True)
class _CommutingInCoordinates(Validated):
    """All brackets vanish, multiplied out in coordinates in which the fields are sums of monomials."""

    net: Parametrization
    method: ClassVar = Theorem("a polynomial with no coefficient other than 0 vanishes", "algebra")
    evidence: ClassVar[Evidence] = Evidence.WHOLE_NUMBERS

    def decided(self) -> tuple[bool | None, str, Any]:
        pairs = sharing_pairs(self.net)
        try:
            space = Dynamics(self.net, None, None).space
            open_pair = next((p for p in pairs if not space.bracket_vanishes(*p, len(self.net.variables))), None)
        except (NotMonomial, TooLarge) as error:
            return None, str(error), None
        if not space.everywhere:
            return None, "a root of a square has a sign that is not followed here", None
        if open_pair is not None:
            return None, f"{bracket_name(open_pair)} was not seen to vanish", None
        return True, count_of(len(pairs), "bracket"), None

    def __str__(self) -> str:
        return "all $[∇G_a, ∇G_b]$ vanish"


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
                names = [str(v) for v in self.net.variables if v in shared]
                listed = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
                return None, f"$G_{a + 1}$ and $G_{b + 1}$ share {listed}", None
        if (pair := tied_blocks(supports, domain)) is not None:
            return None, f"the conditions of the domain tie the blocks of $G_{pair[0] + 1}$ and $G_{pair[1] + 1}$", None
        return True, f"{len(supports)} components without common variables", None

    def __str__(self) -> str:
        return "each $∇G_a$ moves and reads its own block of variables, and $M$ is a product over the blocks"


@dataclass(frozen=True)
class _Affine(Validated):
    """Each ``∇G_i`` is affine on the whole space."""

    net: Parametrization
    method: ClassVar = Theorem("the solutions of a linear differential equation exist for all times", "calculus")
    evidence: ClassVar[Evidence] = Evidence.HEADS

    def decided(self) -> tuple[bool | None, str, Any]:
        everywhere = not self.net.domain.avoids and not self.net.domain.positive
        quadratic = all(_is_quadratic(c, self.net.variables) for c in self.net.components)
        return (True if everywhere and quadratic else None), "", None

    def __str__(self) -> str:
        return "each $∇G_i$ is affine, and $M$ is the whole space"


@dataclass(frozen=True)
class _RankAtMost(Validated):
    """The Jacobian of G has at most a rank at every point, fewer than there are components."""

    net: Parametrization
    rank: int
    method: ClassVar = Theorem("rank over a field of rational functions bounds the rank at every point", "algebra")
    evidence: ClassVar[Evidence] = Evidence.ELIMINATION

    def decided(self) -> tuple[bool | None, str, Any]:
        found, why = rank_everywhere(self.net, self.rank)
        return (True if found is not None and found <= self.rank else None), why, None

    def __str__(self) -> str:
        return f"the Jacobian of $G$ has at most the rank {self.rank} at every point"


@dataclass(frozen=True)
class _FullRank(Validated):
    """The Jacobian of G has full rank on all of M: refuted at a plain point, or at any where it has it nowhere."""

    net: Parametrization
    method: ClassVar = _RankAtMost.method
    evidence: ClassVar[Evidence] = Evidence.ELIMINATION

    def decided(self) -> tuple[bool | None, str, Any]:
        size = len(self.net.components)
        for where, rank in _exact_ranks(self.net):
            if rank < size:
                sides = (("rank of the Jacobian", sp.Integer(rank)), ("number of components", sp.Integer(size)))
                return False, "", Witness(tuple(where.items()), sides)
        point = next(iter(points_in(self.net.domain, self.net.variables)), None)
        if ball_gradient_rank(self.net.components, self.net.variables, self.net.domain) == size:
            return None, f"at a point it has; where else is not decided with more than {LARGEST_GRAM} components", None
        found, why = rank_everywhere(self.net, size - 1)
        if found is None or found >= size or point is None:
            return None, why, None
        sides = (("rank of the Jacobian, at most", sp.Integer(found)), ("number of components", sp.Integer(size)))
        places = tuple(zip(self.net.variables, map(sp.sympify, point), strict=True))
        return False, why, Witness(places, sides)

    def __str__(self) -> str:
        return f"the Jacobian of $G$ has rank {len(self.net.components)} on $M$"


def _exact_ranks(net: Parametrization) -> Iterator[tuple[dict[Expr, Expr], int]]:
    """The origin, the unit vectors and (1, …, 1), as far as all slopes are rational there, with the rank."""
    if len(net.components) * len(net.variables) > MOST_ENTRIES:
        return
    zeros = dict.fromkeys(net.variables, sp.Integer(0))
    units = ({**zeros, v: sp.Integer(1)} for v in net.variables)
    for where in (zeros, dict.fromkeys(net.variables, sp.Integer(1)), *units):
        if net.domain.contains(where):
            slopes = net.jacobian.subs(where)
            if all(entry.is_Rational for entry in slopes):
                yield where, slopes.rank()


def bracket_name(word: Sequence[int]) -> str:
    name = f"∇G_{word[-1] + 1}"
    for n in reversed(word[:-1]):
        name = f"[∇G_{n + 1}, {name}]"
    return name


def _scope(net: Parametrization) -> Scope:
    return Scope("", f"$D = {len(net.variables)}$, $d = {len(net.components)}$")


def sharing_pairs(net: Parametrization) -> list[tuple[int, int]]:
    """The pairs of components with a common variable, counted from 0."""
    symbols = [c.free_symbols for c in net.components]
    return [(a, b) for a, b in combinations(range(len(symbols)), 2) if symbols[a] & symbols[b]]


def on_the_line(net: Parametrization) -> Parametrization:
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


def defined_on(net: Parametrization, expressions: Sequence[Expr]) -> Setting:
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


def certificate_of(
    name: str, title: str, net: Parametrization, steps: Sequence[Step], begun: float, why: str = ""
) -> Certificate:
    return Certificate.of(name, title, "Li, Wang, Lee, Arora (2022)", _scope(net), steps, perf_counter() - begun, why)


def decide_commuting(net: Parametrization, effort: Effort) -> Certificate:
    """By polynomial arithmetic; for other functions, in balls at points, and then entry by entry of each bracket."""
    name, title, begun = "commuting", "G is commuting", perf_counter()
    effort.tell("brackets")
    try:
        return commuting(net)
    except NotPolynomial:
        pass
    pairs = sharing_pairs(net)
    if not pairs:
        return certificate_of(name, title, net, [decide(_Apart(net))], begun)
    at_points = decide(_Commuting(net))
    if at_points.verdict is Verdict.REFUTED:
        return certificate_of(name, title, net, [at_points], begun)
    if len(pairs) > MOST_PAIRS:
        return certificate_of(name, title, net, [decide(_CommutingInCoordinates(net))], begun)
    variables = [sp.Symbol(str(v), real=True) for v in net.variables]
    plain = dict(zip(net.variables, variables, strict=True))
    components = [_in_exponentials(c).xreplace(plain) for c in net.components]
    steps, tried = list[Step](), False
    for n, (a, b) in enumerate(pairs):
        effort.tell(f"bracket {n + 1} of {len(pairs)}")
        used = [v for v in variables if v in components[a].free_symbols | components[b].free_symbols]
        one, other = ([sp.diff(components[m], v) for v in used] for m in (a, b))
        for v in used:
            if effort.over:
                why = f"{effort.spent}: {n} of {len(pairs)} brackets were decided; {at_points.detail}"
                return certificate_of(name, title, net, [], begun, why)
            left = sp.Add(*(sp.diff(x, v) * y for x, y in zip(one, other, strict=True)))
            right = sp.Add(*(sp.diff(y, v) * x for x, y in zip(one, other, strict=True)))
            if not tried and sp.count_ops(left) + sp.count_ops(right) > LONG:
                tried, whole = True, decide(_CommutingInCoordinates(net))
                if whole.proved:
                    return certificate_of(name, title, net, [whole], begun)
            steps.append(decide(Equal(left, right, defined_on(net, [left, right]))))
            if not steps[-1].proved:
                return certificate_of(name, title, net, steps, begun)
    return certificate_of(name, title, net, steps, begun)


def _in_exponentials(expression: Expr) -> Expr:
    return expression.rewrite([sp.tanh, sp.sinh, sp.cosh], sp.exp)


def decide_regular(net: Parametrization, effort: Effort) -> Certificate:
    """By cases for polynomials; for other functions, by a positive Gram determinant where it is small."""
    name, title, begun = "regular", "G is regular on M", perf_counter()
    effort.tell("rank on M")
    if effort.over:
        return certificate_of(name, title, net, [], begun, effort.spent)
    try:
        return regular(net)
    except NotPolynomial:
        pass
    step = decide(_FullRank(net))
    if step.verdict is Verdict.REFUTED or len(net.components) > LARGEST_GRAM:
        return certificate_of(name, title, net, [step], begun)
    if comb(len(net.variables), len(net.components)) > MOST_MINORS:
        why = f"{step.detail}; more than {MOST_MINORS} minors are not written out"
        return certificate_of(name, title, net, [], begun, why)
    jacobian = net.jacobian.xreplace({v: sp.Symbol(str(v), real=True) for v in net.variables})
    few = sum(map(sp.count_ops, jacobian)) <= MOST_OPERATIONS
    gram = (jacobian * jacobian.T).det() if few else _gram_determinant(jacobian)
    if (length := sp.count_ops(gram)) > LONGEST_GRAM:
        why = f"the determinant of J Jᵀ has {length} operations: its sign is decided up to {LONGEST_GRAM}"
        return certificate_of(name, title, net, [], begun, why)
    step = decide(Compare(gram, sp.Integer(0), defined_on(net, [gram]), strict=True))
    return certificate_of(name, title, net, [step], begun)


def _gram_determinant(jacobian: sp.Matrix) -> Expr:
    """``det J Jᵀ``, the sum of the squares of the largest minors (Cauchy, Binet)."""
    rows, total = range(jacobian.rows), sp.Integer(0)
    for chosen in combinations(range(jacobian.cols), jacobian.rows):
        terms = (
            Permutation(order).signature() * sp.Mul(*(jacobian[n, chosen[m]] for n, m in enumerate(order)))
            for order in permutations(rows)
        )
        total += sp.Add(*terms) ** 2
    return total


def decide_domains(net: Parametrization) -> Certificate:
    """By blocks of variables, or because the fields are affine on the whole space.

    The kernel reads polynomials, and other smooth functions are told apart here.
    """
    title, begun = "the domains of the flows of ∇G_i are pairwise symmetric", perf_counter()
    affine = decide(_Affine(net))
    if affine.proved:
        return certificate_of("symmetric-domains", title, net, [affine], begun)
    try:
        return symmetric_domains(net)
    except NotPolynomial:
        return certificate_of("symmetric-domains", title, net, [decide(_Apart(net))], begun)


def _is_quadratic(component: Expr, variables: Sequence[Expr]) -> bool:
    used = sorted(component.free_symbols & set(variables), key=str)
    return not used or bool(component.is_polynomial(*used) and sp.Poly(component, *used).total_degree() <= 2)


def say_domains(net: Parametrization, certificate: Certificate) -> str:
    """What is known of the domains of the flows, in words."""
    quadratic = all(_is_quadratic(c, net.variables) for c in net.components)
    if certificate.proved and isinstance(certificate.steps[0].proposition, _Affine):
        return "each $∇G_i$ is affine, so that its flow exists for all times"
    if certificate.proved:
        return "each $∇G_i$ moves a block of its own"
    if quadratic:
        return "each $∇G_i$ is affine, so that its flow exists for all times; whether it stays in $M$ is not decided"
    return "components share variables"


def generic_rank(net: Parametrization, effort: Effort) -> tuple[int, Certificate | None]:
    """The largest rank: one at a point from below, from above where it is not plainly the largest."""
    most, begun = min(len(net.components), len(net.variables)), perf_counter()
    effort.tell("generic rank")
    try:
        rank, _ = bracket_rank(MonomialFields.gradients(net.components, net.variables), most, most_levels=0)
    except NotMonomial:
        rank = ball_gradient_rank(net.components, net.variables, net.domain)
    if rank == most or effort.over:
        return rank, None
    return rank, certificate_of("generic-rank", f"the rank is {rank}", net, [decide(_RankAtMost(net, rank))], begun)


# -- an obstruction ---------------------------------------------------------------------------------
def _words(net: Parametrization) -> Iterator[tuple[int, ...]]:
    """Brackets of two components, then of three, then of four, those that share variables."""
    symbols, pairs = [c.free_symbols for c in net.components], sharing_pairs(net)[:MOST_PAIRS]
    yield from pairs
    longer: list[tuple[int, ...]] = list(pairs)
    for _ in LEVELS[1:]:
        longer = [(c, *word) for word in longer for c in range(len(symbols)) if symbols[c] & symbols[word[0]]]
        longer = longer[:MOST_WORDS]
        yield from longer


def find_obstruction(net: Parametrization, point: tuple[Any, ...] | None, effort: Effort) -> Certificate | None:
    """A bracket that moves θ at the start; without a start, at some point and so at almost every one."""
    begun, title = perf_counter(), "no one entropy serves all losses from this start"
    effort.tell("brackets that move θ")
    try:
        tape = Tape(net.components, net.variables)
    except ValueError:
        return None
    points = [point] if point is not None else [tuple(p) for p in points_in(net.domain, net.variables)][:1]
    for where in points:
        if not _moves(tape, where):
            return None
        for word in _words(net):
            if effort.over:
                return None
            if any(not r.contains(0) for r in rates_along_bracket(tape, where, word)):
                return certificate_of("no-entropy", title, net, [decide(MovesTheta(net, where, word))], begun)
    return None


def _moves(tape: Tape, point: Sequence[Any]) -> bool:
    """Whether a bracket of combinations of the gradients is seen to move θ: if not, no single one is."""
    for level in LEVELS:
        rates = rates_along(tape, point, random_bracket(tape, point, level))
        if any(not r.contains(0) for r in rates):
            return True
    return False


def stays_inside(net: Parametrization) -> Certificate | None:
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
    if poles or any(f.func not in SMOOTH_EVERYWHERE for f in functions):
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
        affine = decide(_Affine(net))
        steps = [affine if affine.proved else decide(_Apart(net))]
    return certificate_of("stays", "the flows of the ∇G_i end only at infinity", net, steps, begun)
