"""Propositions: the statements the kernel decides, as immutable data.

A proposition is written with SymPy expressions and the heads of :mod:`ddln_sym.statements.expressions`.  Its
:class:`Setting` lists everything it rests on: hypotheses and rates of change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, TypeAlias

import sympy as sp

from ddln_sym.statements.expressions import Rate

__all__ = [
    "Commutes",
    "Compare",
    "Consequence",
    "Denied",
    "Domain",
    "Equal",
    "FullRank",
    "Holds",
    "Hypothesis",
    "Needed",
    "RateRule",
    "SeparateBlocks",
    "Setting",
    "Theorem",
    "Validated",
    "at_least",
    "conserved",
    "greater",
]

Expr: TypeAlias = Any  # a SymPy expression; SymPy ships no types


@dataclass(frozen=True)
class Hypothesis:
    """A relation taken as given, with where it comes from.

    ``index`` makes it a statement for every value of that index outside ``without``.
    """

    name: str
    relation: Expr
    index: Expr | None = None
    without: tuple[Expr, ...] = ()

    def at(self, index: Expr) -> Expr:
        return self.relation.xreplace({self.index: index})

    def __str__(self) -> str:
        quantifier = (
            "" if self.index is None else f"for every {self.index}" + "".join(f" ≠ {w}" for w in self.without) + ": "
        )
        return f"{quantifier}{self.relation} ({self.name})"


@dataclass(frozen=True)
class RateRule:
    """``d/dt quantity = value``; with an index, for every value of it."""

    quantity: Expr
    value: Expr
    index: Expr | None = None


@dataclass(frozen=True)
class Setting:
    """What a proposition rests on.

    Attributes:
        hypotheses: relations taken as given.
        rates: how each moving quantity changes; whatever has no rule is constant in time.
        size: the number of values an index takes (the depth ``L``, or ``d``), if any.
    """

    hypotheses: tuple[Hypothesis, ...] = ()
    rates: tuple[RateRule, ...] = ()
    size: Expr | None = None

    def given(self, *hypotheses: Hypothesis) -> Setting:
        """The setting with further hypotheses; those that hold trivially are left out."""
        kept = tuple(h for h in hypotheses if h.relation is not sp.true)
        return replace(self, hypotheses=self.hypotheses + kept)

    def without(self, hypothesis: Hypothesis) -> Setting:
        """The setting with one hypothesis dropped."""
        return replace(self, hypotheses=tuple(h for h in self.hypotheses if h != hypothesis))


@dataclass(frozen=True)
class Equal:
    """``lhs = rhs`` wherever the setting holds."""

    lhs: Expr
    rhs: Expr
    setting: Setting = Setting()

    def __post_init__(self) -> None:
        object.__setattr__(self, "lhs", sp.sympify(self.lhs))
        object.__setattr__(self, "rhs", sp.sympify(self.rhs))

    def __str__(self) -> str:
        return f"{self.lhs} = {self.rhs}"


@dataclass(frozen=True)
class Compare:
    """``lhs ≥ rhs`` (or ``>``, if strict) wherever the setting holds."""

    lhs: Expr
    rhs: Expr
    setting: Setting = Setting()
    strict: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "lhs", sp.sympify(self.lhs))
        object.__setattr__(self, "rhs", sp.sympify(self.rhs))

    def __str__(self) -> str:
        return f"{self.lhs} {'>' if self.strict else '≥'} {self.rhs}"


@dataclass(frozen=True)
class Holds:
    """A Boolean formula over integers and reals, for all values of its free symbols."""

    formula: Expr
    setting: Setting = Setting()

    def __str__(self) -> str:
        return str(self.formula)


@dataclass(frozen=True)
class Needed:
    """A statement that holds with an assumption and fails without it.

    Attributes:
        statement: the statement without the assumption; it has to be refuted with a witness.
        assumption: what makes it true again.
    """

    statement: Equal | Compare
    assumption: tuple[Hypothesis, ...]

    @property
    def restored(self) -> Equal | Compare:
        """The statement with the assumption."""
        return replace(self.statement, setting=self.statement.setting.given(*self.assumption))

    def __str__(self) -> str:
        names = ", ".join(dict.fromkeys(h.name for h in self.assumption))
        return f"without {names} it fails, with it it holds: {self.statement}"


@dataclass(frozen=True)
class Denied:
    """The opposite of a statement: it is refuted by proving the statement, and proved by refuting it."""

    statement: Any

    def __str__(self) -> str:
        return f"it is not so that {self.statement}"


@dataclass(frozen=True)
class Domain:
    """An open set of parameters, cut out by polynomials.

    Attributes:
        avoids: groups of polynomials that must not vanish all at once.
        positive: polynomials that must be positive.
    """

    avoids: tuple[tuple[Expr, ...], ...] = ()
    positive: tuple[Expr, ...] = ()

    def formula(self) -> Expr:
        """Membership as a SymPy Boolean."""
        apart = [sp.Or(*(sp.Ne(p, 0) for p in group)) for group in self.avoids]
        return sp.And(*apart, *(sp.Gt(p, 0) for p in self.positive))

    def contains(self, point: Mapping[Expr, Any]) -> bool:
        """Whether a numeric point (symbol → number) lies in the set.

        >>> x, y = sp.symbols("x y")
        >>> Domain(avoids=((x, y),)).contains({x: 0, y: 3})
        True
        """
        value = {symbol: sp.sympify(number) for symbol, number in point.items()}
        apart = all(any(p.xreplace(value) != 0 for p in group) for group in self.avoids)
        return apart and all(bool(p.xreplace(value) > 0) for p in self.positive)

    def __str__(self) -> str:
        parts = ["(" + ", ".join(map(str, group)) + ") ≠ 0" for group in self.avoids]
        parts += [f"{p} > 0" for p in self.positive]
        return " and ".join(parts[:3]) + (f" and {len(parts) - 3} more" if len(parts) > 3 else "") or "everywhere"


@dataclass(frozen=True)
class Commutes:
    """All Lie brackets ``∇²G_a∇G_b − ∇²G_b∇G_a`` of polynomial components vanish identically."""

    components: tuple[Expr, ...]
    variables: tuple[Expr, ...]

    def __str__(self) -> str:
        return f"the Lie brackets of ∇G_1, …, ∇G_{len(self.components)} vanish"


@dataclass(frozen=True)
class FullRank:
    """The Jacobian of polynomial components has full row rank at every point of a domain."""

    components: tuple[Expr, ...]
    variables: tuple[Expr, ...]
    domain: Domain

    def __str__(self) -> str:
        return f"the Jacobian of G has rank {len(self.components)} on M"


@dataclass(frozen=True)
class SeparateBlocks:
    """The components use disjoint variables and the domain is a product over these blocks.

    Each field ``∇G_a`` then moves its own block alone, so the times for which the flows of ``∇G_a`` and
    ``∇G_b`` exist from a point form a rectangle: the domains of the flows are pairwise symmetric.
    """

    components: tuple[Expr, ...]
    variables: tuple[Expr, ...]
    domain: Domain

    def __str__(self) -> str:
        return "each ∇G_a moves and reads its own block of variables, and M is a product over the blocks"


@dataclass(frozen=True)
class Theorem:
    """A theorem of the literature that is taken as given."""

    name: str
    reference: str

    def __str__(self) -> str:
        return f"{self.name} ({self.reference})" if self.reference else self.name


class Consequence:
    """A statement that a cited theorem draws from premises computed from the statement itself.

    A subclass is a frozen dataclass; because its premises are a function of its own data, a proof
    of the premises cannot be a proof of something else.  The premises suffice and need not be
    necessary, so a refuted premise leaves the statement undecided.
    """

    theorem: ClassVar[Theorem]

    def premises(self) -> tuple[Any, ...]:
        raise TypeError(f"{type(self).__name__} does not say what its premises are")


class Validated:
    """A statement that is decided by a computation of its own: of one flow in balls that contain it, of a rank.

    A subclass is a frozen dataclass.  It decides itself, so what it relies on is named in every certificate.
    """

    method: ClassVar[Theorem]
    #: By what it is decided, as every step says it.
    evidence: ClassVar[str] = "balls around the flow"

    def decided(self) -> tuple[bool | None, str, Any]:
        """Yes, no or don't know; the particulars; and a :class:`~ddln_sym.statements.certificates.Witness` for a no."""
        raise TypeError(f"{type(self).__name__} does not say how it is decided")


def conserved(quantity: Expr, setting: Setting) -> Equal:
    """``quantity`` does not change in time."""
    return Equal(Rate(quantity), sp.Integer(0), setting)


def at_least(lhs: Expr, rhs: Expr, setting: Setting = Setting()) -> Compare:
    return Compare(lhs, rhs, setting)


def greater(lhs: Expr, rhs: Expr, setting: Setting = Setting()) -> Compare:
    return Compare(lhs, rhs, setting, strict=True)
