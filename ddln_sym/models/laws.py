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
from time import perf_counter
from typing import Any, ClassVar, TypeAlias

import sympy as sp

from ddln_sym.kernel import decide
from ddln_sym.models.ball_brackets import ball_gradient_rank
from ddln_sym.models.dynamics import Dynamics, Space
from ddln_sym.models.efforts import Effort
from ddln_sym.models.law_search import (
    Law,
    Term,
    failing,
    independent,
    laws_of,
    logarithms,
    monomials_of_degree,
    powers_near,
)
from ddln_sym.models.matrix_laws import MatrixLaw, gram_differences
from ddln_sym.models.monomial_fields import WIDTH, NotMonomial, TooLarge
from ddln_sym.models.parametrizations import Parametrization
from ddln_sym.numerics import Settled, read_whole
from ddln_sym.statements import Certificate, Equal, Evidence, Scope, Theorem, Validated

__all__ = ["ConservationLaws", "conservation_laws"]

Expr: TypeAlias = Any

#: Degrees of polynomials that are tried where none is given, one after the other.
DEGREES = (2, 3, 4)
#: More monomials than can be listed have degrees beyond this.
MOST_DEGREE = 1000
#: From degree 3 on, no more monomials than this are tried.
MOST_OF_HIGH_DEGREE = 25_000
#: Nor products with logarithms in more coordinates than this, logarithms included.
MOST_WITH_LOGARITHMS = 40
#: A law whose rate has more terms is decided in whole numbers, not as one identity of expressions.
MOST_TERMS = 400


@dataclass(frozen=True)
class _ConstantAlong(Validated):
    """A law is constant along every field: ``⟨∇h, ∇G_i⟩ = 0``, multiplied out in whole numbers, field by field."""

    law: Expr
    dynamics: Dynamics
    method: ClassVar = Theorem("a polynomial with no coefficient other than 0 vanishes", "algebra")
    evidence: ClassVar[Evidence] = Evidence.WHOLE_NUMBERS

    def decided(self) -> tuple[bool | None, str, Any]:
        space = self.dynamics.space
        broken = next(failing(space.law(self.law), space.system, space.rewriting), None)
        return (None if broken is not None else True), f"{self.dynamics.count} fields", None

    def __str__(self) -> str:
        return f"$⟨∇h, ∇G_i⟩ = 0$ for every $i$, where h = {self.law}"


@dataclass(frozen=True)
class _AtMost(Validated):
    """There are at most so many independent laws: iterated brackets span the other directions at a point."""

    bound: int
    dynamics: Dynamics
    method: ClassVar = Theorem(
        "a function that is constant along vector fields is constant along their iterated brackets",
        "Marcotte, Gribonval, Peyré 2023, Theorem 3.3",
        ("MarcotteGribonvalPeyre2023",),
    )
    evidence: ClassVar[Evidence] = Evidence.BRACKET_RANK

    def decided(self) -> tuple[bool | None, str, Any]:
        size = len(self.dynamics.coordinates)
        rank, levels, where = self.dynamics.spanned(size - self.bound)
        found = size - rank <= self.bound
        detail = f"brackets of up to {levels + 1} fields span {rank} of {size} directions at a point, {where}"
        return (True if found else None), detail, None

    def __str__(self) -> str:
        return f"at most {self.bound} conserved functions are functionally independent near a generic point"


@dataclass(frozen=True)
class _AtLeast(Validated):
    """So many given functions are functionally independent: their gradients are at a point."""

    laws: tuple[Expr, ...]
    dynamics: Dynamics
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
        self,
        dynamics: Dynamics,
        laws: Sequence[Expr],
        most: int,
        matrices: Sequence[MatrixLaw],
        notes: Sequence[str],
        effort: Effort,
    ) -> None:
        self.net = dynamics.net
        self.laws, self.most = tuple(laws), most
        self.matrices, self.notes = tuple(matrices), tuple(notes)
        self._dynamics, self._effort = dynamics, effort

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
        begun, steps = perf_counter(), []
        scope = Scope("", f"$D = {len(self.net.variables)}$, $d = {len(self.net.components)}$")
        title, source = f"{self.counted}, whatever the loss", "Marcotte, Gribonval, Peyré (2023)"
        statements = [*map(self._statement, self.laws), *([_AtLeast(self.laws, self._dynamics)] if self.laws else [])]
        statements.append(_AtMost(self.most, self._dynamics))
        for n, statement in enumerate(statements, 1):
            if self._effort.over:
                why = f"{self._effort.spent}: {n - 1} of {len(statements)} statements about the laws were decided"
                return Certificate.of("conservation-laws", title, source, scope, [], perf_counter() - begun, why)
            self._effort.tell(f"proof {n} of {len(statements)} about the laws")
            steps.append(decide(statement))
        return Certificate.of("conservation-laws", title, source, scope, steps, perf_counter() - begun)

    def _statement(self, law: Expr) -> Validated | Equal:
        terms = sum(len(sp.Add.make_args(c)) for c in self.net.components if c.free_symbols & law.free_symbols)
        if not self._dynamics.moving and terms * len(law.free_symbols) > MOST_TERMS:
            with suppress(NotMonomial, TooLarge):  # beyond these, a law is decided as an identity
                self._dynamics.space.law(law)
                if self._dynamics.space.everywhere:
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
    dynamics = Dynamics.of(net, momentum, metric)
    if degree is not None and (isinstance(degree, bool) or not isinstance(degree, int) or degree < 1):
        raise ValueError(f"degree is {degree!r}: expected a whole number of at least 1")
    return search_laws(dynamics, degree, Effort(seconds, progress), Effort())


def search_laws(dynamics: Dynamics, degree: int | None, effort: Effort, proofs: Effort) -> ConservationLaws:
    """Those of :func:`conservation_laws`, which says how they are found.

    Args:
        effort: of the search. proofs: of what is decided when the certificate is asked for.
    Raises:
        ValueError: the model has a function that is neither read nor evaluated in balls.
    """
    if degree is not None:
        degree = read_degree(degree)
    effort.tell("coordinates in which the fields are sums of monomials")
    try:
        search = _Search(dynamics, effort)
    except (NotMonomial, TooLarge) as error:  # it is still differentiated: there is a bound, and no search
        size = len(dynamics.coordinates)
        try:
            most = size - dynamics.spanned(size)[0]
        except ValueError:  # nor in balls
            raise error from None
        return ConservationLaws(dynamics, (), most, (), (f"none was looked for: {error}",) * (most > 0), proofs)
    found, most, matrices = search.run(degree)
    return ConservationLaws(dynamics, found, most, matrices, search.notes if len(found) < most else (), proofs)


def read_degree(degree: Any) -> int:
    """A checked bound on the degrees of laws."""
    return read_whole(degree, "degree", MOST_DEGREE)


class _Search:
    """What has been found so far, and what is left to try.

    Attributes:
        space: the coordinates; where they are the model's own, laws can be compared modulo a prime.
        found, kept: laws in these coordinates; independent ones as expressions, wherever they were found.
        notes: what was not tried, and why.
    """

    def __init__(self, dynamics: Dynamics, effort: Effort) -> None:
        self.dynamics, self.effort, self.space = dynamics, effort, dynamics.space
        self.notes: list[str] = []
        self.found: list[Law] = []
        self.kept: list[Expr] = []

    def run(self, degree: int | None) -> tuple[list[Expr], int, list[MatrixLaw]]:
        """Laws, how many there can be at most, and the matrix identities that some are entries of."""
        size = len(self.dynamics.coordinates)
        identities = self._matrices()
        if self.space.own:
            self.kept = [self.space.expression(law) for law in independent(self.found, self.space.system)]
        else:
            self._keep(self.found)
            self._own_squares(min(2, degree or 2))
        most = self._at_most(size) if self.kept else size
        if len(self.kept) < most:
            self._polynomials(min(2, degree or 2))
            most = min(most, self._at_most(size))
        higher = (n for n in DEGREES if n > 2) if degree is None else range(3, degree + 1)
        tries: list[Callable[[], None]] = [self._powers, self._with_logarithms]
        tries += [partial(self._polynomials, n, degree is None) for n in higher]
        for attempt in tries:
            if len(self.kept) >= most:
                break
            if self.effort.over:
                self.notes.append(self.effort.spent)
                break
            attempt()
        known = set(self.kept)
        shown = [law for law, entries in identities if known & set(entries)]
        return [self._in_time(law) for law in self.kept], most, shown

    def _at_most(self, size: int) -> int:
        self.effort.tell("ranks of iterated brackets")
        return size - self.dynamics.spanned(size - len(self.kept))[0]

    def _matrices(self) -> list[tuple[MatrixLaw, list[Expr]]]:
        """Entries of matrix identities are the most readable laws: they come first."""
        if self.dynamics.moving:
            return []
        identities = []
        for expression, entries in gram_differences(self.dynamics.coordinates):
            kept: dict[tuple[int, int], Law] = {}
            for place, entry in entries.items():
                law = self.space.law(entry)
                if next(failing(law, self.space.system, self.space.rewriting), None) is None:
                    kept[place] = law
                elif place == (1, 1):
                    break
            if kept:
                identities.append((MatrixLaw(expression, tuple(kept)), list(kept.values())))
        identities.sort(key=lambda identity: -len(identity[1]))  # of UᵀU and UUᵀ, the one that says more
        self.found += [law for _, laws in identities for law in laws]
        return [(identity, list(map(self.space.expression, laws))) for identity, laws in identities]

    def _own_squares(self, degree: int) -> None:
        """Combinations of the parameters and of their squares: few unknowns, however many coordinates there are."""
        unit, count = self.space.system.denominator, len(self.dynamics.coordinates)
        terms: list[Term] = [("monomial", n * unit << WIDTH * j) for n in range(1, degree + 1) for j in range(count)]
        self.effort.tell("squares")
        self._solve(self.space, lambda: terms, "squares", related=False)

    def _polynomials(self, degree: int, cautious: bool = False) -> None:
        size, q = self.space.system.size, self.space.system.denominator
        if cautious and sp.binomial(size + degree, degree) > MOST_OF_HIGH_DEGREE:
            self.notes.append(f"polynomials of degree {degree} were not tried: too many in {size} coordinates")
            return
        self.effort.tell(f"polynomials of degree {degree}")
        self._solve(self.space, lambda: monomials_of_degree(size, range(1, degree + 1), q), f"degree {degree}")

    def _powers(self) -> None:
        self.effort.tell("powers and logarithms")
        system = self.space.system
        self._solve(self.space, lambda: [*logarithms(system.size), *powers_near(system)], "powers and logarithms")

    def _with_logarithms(self) -> None:
        """Products of coordinates and logarithms, with the logarithms as coordinates."""
        system = self.space.system
        if self.dynamics.moving or 2 * system.size > MOST_WITH_LOGARITHMS:
            return
        self.effort.tell("products with logarithms")
        meanings = (*self.space.meanings, *map(sp.log, self.space.meanings))
        space = Space(system.with_logarithms(), meanings, meanings, self.space.rewriting)
        terms = partial(monomials_of_degree, 2 * system.size, (1, 2), system.denominator)
        self._solve(space, terms, "products with logarithms")

    def _solve(self, space: Space, unknowns: Callable[[], list[Any]], name: str, related: bool = True) -> None:
        """Laws that are combinations of unknowns; ``related`` says that some of these may be sums of others."""
        rewriting = space.rewriting
        try:
            terms = unknowns()
            if rewriting is not None and related:  # what can be rewritten is a sum of the others
                terms = [(kind, m) for kind, m in terms if kind == "log" or rewriting(m) == {m: 1}]
            found = laws_of(space.system, terms, rewriting)
        except TooLarge as error:
            self.notes.append(f"{name}: not tried, {error}")
            return
        found.sort(key=lambda law: (law.degree(space.system), len(law.terms)))
        if space is self.space and space.own:
            self.found += found
            self.kept = [space.expression(law) for law in independent(self.found, space.system)]
            return
        self._keep(found, space)

    def _keep(self, found: Sequence[Law], space: Space | None = None) -> None:
        """Keep those that are seen to be independent of the ones that are kept already."""
        for law in found:
            more = [*self.kept, (space or self.space).expression(law)]
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
