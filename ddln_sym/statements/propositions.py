"""Propositions: the statements the kernel decides, as immutable data.

A proposition is written with SymPy expressions and the heads of :mod:`ddln_sym.statements.expressions`.  Its
:class:`Setting` lists everything it rests on: hypotheses and rates of change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, TypeAlias

import sympy as sp
from sympy.core.function import AppliedUndef

from ddln_sym.statements.evidence import Assumption, Evidence, Theorem
from ddln_sym.statements.expressions import Rate
from ddln_sym.statements.vocabulary import check_vocabulary, expression, expression_tuple, variable

__all__ = [
    "AsLongAs",
    "Commutes",
    "Compare",
    "Consequence",
    "Continuous",
    "Denied",
    "Domain",
    "Equal",
    "FullRank",
    "Holds",
    "Hypothesis",
    "Needed",
    "Polynomial",
    "RateRule",
    "SeparateBlocks",
    "Setting",
    "Validated",
    "at_least",
    "begins",
    "chain",
    "conserved",
    "greater",
    "lasting",
]

Expr: TypeAlias = Any  # a SymPy expression; SymPy ships no types


@dataclass(frozen=True)
class Hypothesis:
    """A relation taken as given, with where it comes from: in words, or ``Assumption.of_claim("eq-7")``.

    ``index`` makes it a statement for every value of that index outside ``without``.

    Raises:
        ValueError: ``relation`` is no relation, or ``index`` is no symbol for whole numbers ≥ 1.
    """

    name: str
    relation: Expr
    index: Expr | None = None
    without: tuple[Expr, ...] = ()

    def __post_init__(self) -> None:
        if isinstance(self.relation, bool):
            object.__setattr__(self, "relation", sp.sympify(self.relation))
        if not isinstance(self.relation, sp.logic.boolalg.Boolean) or isinstance(self.relation, sp.Symbol):
            raise ValueError(f"the hypothesis {self.name!r} is {self.relation}: write a relation, as sympy.Gt(x, 0)")
        if self.index is not None and not _counts(self.index):
            raise ValueError(
                f"the hypothesis {self.name!r} is for every {self.index}: an index is a symbol with integer=True, "
                "positive=True"
            )
        without = expression_tuple(self.without, f"`without` of the hypothesis {self.name!r}", empty=True)
        object.__setattr__(self, "without", without)

    @property
    def claim(self) -> str:
        """The id of the claim that says it, or nothing."""
        return self.name.claim if isinstance(self.name, Assumption) else ""

    def at(self, index: Expr) -> Expr:
        return self.relation.xreplace({self.index: index})

    def __str__(self) -> str:
        quantifier = (
            "" if self.index is None else f"for every {self.index}" + "".join(f" ≠ {w}" for w in self.without) + ": "
        )
        return f"{quantifier}{self.relation} ({self.name})"


def _counts(index: Any) -> bool:
    return isinstance(index, sp.Symbol) and bool(index.is_integer and index.is_positive)


@dataclass(frozen=True)
class RateRule:
    """``d/dt quantity = value``; with an index, for every value of it.

    Raises:
        ValueError: ``quantity`` is no real symbol, entry of an array with one index, or function of time.
    """

    quantity: Expr
    value: Expr
    index: Expr | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", expression(self.value, f"the rate of {self.quantity}"))
        entry = isinstance(self.quantity, sp.Indexed) and len(self.quantity.indices) == 1
        plain = type(self.quantity) is sp.Symbol and not self.quantity.is_integer
        if not (entry or plain or isinstance(self.quantity, AppliedUndef)):
            raise ValueError(
                f"a rate of change is given for {self.quantity}: give it for a real symbol, for an entry u[j] of an "
                "array with its index, or for a function of time, and let the kernel find that of the rest"
            )
        if self.index is not None and not (entry and _counts(self.index) and self.quantity.indices[0] == self.index):
            raise ValueError(
                f"the rate of {self.quantity} is given for every {self.index}: the index has to be that of an entry, "
                "as in RateRule(u[k], value, k)"
            )

    @property
    def moves(self) -> Expr:
        """The symbol, the array or the function that the rule lets move."""
        if isinstance(self.quantity, sp.Indexed):
            return self.quantity.base
        return self.quantity.func if isinstance(self.quantity, AppliedUndef) else self.quantity


@dataclass(frozen=True)
class Setting:
    """What a proposition rests on.

    Attributes:
        hypotheses: relations taken as given.
        rates: how each moving quantity changes; whatever has no rule is constant in time.
        size: the number of values an index takes (the depth ``L``, or ``d``), if any.

    Raises:
        ValueError: something is not a hypothesis or a rule, two rules speak of one quantity, a rule or an index
            is out of range, the size is not a whole number ≥ 1, or a symbol is declared in two ways.
    """

    hypotheses: tuple[Hypothesis, ...] = ()
    rates: tuple[RateRule, ...] = ()
    size: Expr | None = None

    def __post_init__(self) -> None:
        for kind, things in ((Hypothesis, self.hypotheses), (RateRule, self.rates)):
            if not isinstance(things, tuple) or not all(isinstance(thing, kind) for thing in things):
                many = isinstance(things, (tuple, list, set, frozenset))
                wrong = next((t for t in things if not isinstance(t, kind)), things) if many else things
                raise ValueError(f"a setting holds {wrong} where a {kind.__name__} belongs: write {_AS[kind]}")
        if self.size is not None:
            object.__setattr__(self, "size", expression(self.size, "the size of a setting"))
            if not self.size.is_integer or self.size.is_nonpositive:
                raise ValueError(f"the size of a setting is {self.size}: it is a whole number ≥ 1, or a symbol for one")
        _check_rules(self.rates, self.size)
        check_vocabulary((self.hypotheses, self.rates, self.size))

    @property
    def moving(self) -> frozenset[Any]:
        """What the rates let move: symbols, arrays and functions."""
        return frozenset(rule.moves for rule in self.rates)

    def moves(self, expr: Expr) -> bool:
        """Whether an expression, or a relation, contains something that moves."""
        parts = expr.atoms(sp.Symbol, sp.IndexedBase, AppliedUndef)
        return any(part in self.moving or getattr(part, "func", None) in self.moving for part in parts)

    @property
    def still(self) -> Setting:
        """The setting with those of its hypotheses that are about constants alone."""
        return replace(self, hypotheses=tuple(h for h in self.hypotheses if not self.moves(h.relation)))

    @property
    def conditions(self) -> tuple[Hypothesis, ...]:
        """The hypotheses on what moves: a conclusion for later times holds as long as they do."""
        return tuple(h for h in self.hypotheses if self.moves(h.relation))

    def given(self, *hypotheses: Hypothesis) -> Setting:
        """The setting with further hypotheses; those that hold trivially are left out."""
        for hypothesis in hypotheses:
            if not isinstance(hypothesis, Hypothesis):
                raise ValueError(f"a setting is given {hypothesis} where a Hypothesis belongs: write {_AS[Hypothesis]}")
        kept = tuple(h for h in hypotheses if h.relation is not sp.true)
        return replace(self, hypotheses=self.hypotheses + kept)

    def without(self, hypothesis: Hypothesis) -> Setting:
        """The setting with one hypothesis dropped."""
        return replace(self, hypotheses=tuple(h for h in self.hypotheses if h != hypothesis))


_AS: dict[type, str] = {Hypothesis: 'Hypothesis("x > 0", sympy.Gt(x, 0))', RateRule: "RateRule(x, 1)"}


def _check_rules(rates: tuple[RateRule, ...], size: Expr | None) -> None:
    """One rule a quantity, for a place that there is."""
    said: dict[Any, list[RateRule]] = {}
    for rule in rates:
        others = said.setdefault(rule.moves, [])
        entry = isinstance(rule.quantity, sp.Indexed)
        if any(o.quantity == rule.quantity or o.index is not None or rule.index is not None for o in others):
            raise ValueError(f"two rates of change are given for {rule.quantity}: give one")
        others.append(rule)
        place = rule.quantity.indices[0] if entry else None
        if place is not None and place.is_Integer and (place < 1 or (size is not None and (size - place).is_negative)):
            raise ValueError(f"a rate of change is given for {rule.quantity}, but the indices are 1, …, {size or '∞'}")
        if place is not None and not (place.is_Integer or place.is_Symbol):
            raise ValueError(f"a rate of change is given for {rule.quantity}: its index has to be a number or a symbol")


def _about(statement: Any, what: str) -> None:
    if not isinstance(statement.setting, Setting):
        raise ValueError(f"the setting of {what} is {statement.setting!r}: write Setting(hypotheses, rates, size)")


class _Shown:
    """A statement shows itself in a notebook as its formula, and what it is given."""

    def _repr_html_(self) -> str:
        from ddln_sym import _html

        return _html.proposition(self)


@dataclass(frozen=True)
class Equal(_Shown):
    """``lhs = rhs`` wherever the setting holds."""

    lhs: Expr
    rhs: Expr
    setting: Setting = Setting()

    def __post_init__(self) -> None:
        object.__setattr__(self, "lhs", expression(self.lhs, "the left side of an equality"))
        object.__setattr__(self, "rhs", expression(self.rhs, "the right side of an equality"))
        _about(self, "an equality")

    def __str__(self) -> str:
        return f"{self.lhs} = {self.rhs}"


@dataclass(frozen=True)
class Compare(_Shown):
    """``lhs ≥ rhs`` (or ``>``, if strict) wherever the setting holds."""

    lhs: Expr
    rhs: Expr
    setting: Setting = Setting()
    strict: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "lhs", expression(self.lhs, "the left side of an inequality"))
        object.__setattr__(self, "rhs", expression(self.rhs, "the right side of an inequality"))
        _about(self, "an inequality")

    def __str__(self) -> str:
        return f"{self.lhs} {'>' if self.strict else '≥'} {self.rhs}"


#: The relations of a chain, and the direction of each.
_LINKS = {"=": 0, "≤": -1, "<=": -1, "<": -1, "≥": 1, ">=": 1, ">": 1}


def chain(*parts: Any, setting: Setting = Setting()) -> tuple[Equal | Compare, ...]:
    """The links of ``a = b ≤ c < d``, each a proposition.

    Args:
        parts: sides and relations in turn, as ``chain(a, "=", b, "<=", c)``.
        setting: what every link rests on.
    Raises:
        ValueError: a side or a relation is missing, or the links do not join: ``a ≤ b ≥ c`` says nothing of a and c.

    >>> x = sp.Symbol("x", real=True)
    >>> print(*chain((x - 1) ** 2, "=", x**2 - 2 * x + 1, "<", x**2 - 2 * x + 2), sep=";  ")
    (x - 1)**2 = x**2 - 2*x + 1;  x**2 - 2*x + 2 > x**2 - 2*x + 1
    """
    sides, relations = parts[::2], parts[1::2]
    wrong = [r for r in relations if not isinstance(r, str) or r not in _LINKS]
    if wrong or len(parts) < 3 or len(sides) != len(relations) + 1:
        what = f"has {wrong[0]} where a relation belongs" if wrong else "ends without a side"
        raise ValueError(f'a chain {what}: write sides and relations in turn, as chain(a, "=", b, "<=", c)')
    if {-1, 1} <= {_LINKS[r] for r in relations}:
        said = " ".join(map(str, parts))
        raise ValueError(f"the links of the chain {said} do not join: its inequalities point in two directions")
    links: list[Equal | Compare] = []
    for left, relation, right in zip(sides, relations, sides[1:], strict=False):
        if relation == "=":
            links.append(Equal(left, right, setting))
        else:
            high, low = (right, left) if _LINKS[relation] < 0 else (left, right)
            links.append(Compare(high, low, setting, strict=relation in "<>"))
    return tuple(links)


@dataclass(frozen=True)
class Holds(_Shown):
    """A Boolean formula over integers and reals, for all values of its free symbols.

    Raises:
        ValueError: it is no formula, or SymPy has already made it true or false, so that nothing is left to decide.
    """

    formula: Expr
    setting: Setting = Setting()

    def __post_init__(self) -> None:
        if self.formula in (True, False):
            raise ValueError(
                f"the formula has come to {bool(self.formula)} before it was decided, so it states nothing: write it "
                "with evaluate=False"
            )
        if not isinstance(self.formula, sp.logic.boolalg.Boolean) or isinstance(self.formula, sp.Symbol):
            raise ValueError(f"{self.formula} is not a formula: write a relation, or a combination of relations")
        _about(self, "a formula")

    def __str__(self) -> str:
        return str(self.formula)


@dataclass(frozen=True)
class Continuous(_Shown):
    """An expression is continuous in time wherever it has a value, by the way it is written.

    Sums, products, powers whose exponents stand still, and logarithms of what moves; no signs, no steps.
    """

    quantity: Expr
    setting: Setting = Setting()

    def __post_init__(self) -> None:
        object.__setattr__(self, "quantity", expression(self.quantity, "what is said to be continuous"))

    def __str__(self) -> str:
        return "what moves here is continuous where it has a value"


@dataclass(frozen=True)
class Polynomial(_Shown):
    """An expression is a polynomial in real symbols with rational coefficients."""

    quantity: Expr

    def __post_init__(self) -> None:
        object.__setattr__(self, "quantity", expression(self.quantity, "what is said to be a polynomial"))

    def __str__(self) -> str:
        return "what vanishes here is a polynomial with rational coefficients"


@dataclass(frozen=True)
class AsLongAs(_Shown):
    """A statement about all times from the start to the first at which a condition fails.

    It speaks of one motion, from a start on, and says nothing about a time at which the conditions hold again, so it is
    not decided at points.

    Attributes:
        start: the values at the start of quantities that move.
    """

    statement: Compare
    conditions: tuple[Hypothesis, ...]
    start: tuple[tuple[Expr, Expr], ...] = ()

    def __str__(self) -> str:
        conditions = lasting(self.conditions)
        return f"{self.statement}{begins(self.start)}" + (f", {conditions}" if conditions else "")


def begins(start: tuple[tuple[Expr, Expr], ...]) -> str:
    """The words for where quantities start."""
    return "".join(f", from {quantity} = {value}" for quantity, value in start)


def lasting(conditions: tuple[Hypothesis, ...]) -> str:
    """The words for conditions that have to last from the start on.

    >>> x = sp.Symbol("x", real=True)
    >>> lasting((Hypothesis("positive", sp.Gt(x, 0)),))
    'as long as x > 0 from the start on'
    """
    said = " and ".join(str(h).rsplit(" (", 1)[0] for h in conditions)
    return f"as long as {said} from the start on" if conditions else ""


@dataclass(frozen=True)
class Needed(_Shown):
    """A statement that holds with an assumption and fails without it.

    Attributes:
        statement: the statement without the assumption; it has to be refuted with a witness.
        assumption: what makes it true again.
    """

    statement: Equal | Compare
    assumption: tuple[Hypothesis, ...]

    def __post_init__(self) -> None:
        if not isinstance(self.statement, (Equal, Compare)):
            raise ValueError(f"what needs an assumption is {self.statement}: give an equality or an inequality")

    @property
    def restored(self) -> Equal | Compare:
        """The statement with the assumption."""
        return replace(self.statement, setting=self.statement.setting.given(*self.assumption))

    def __str__(self) -> str:
        names = ", ".join(dict.fromkeys(h.name for h in self.assumption))
        return f"without {names} it fails, with it it holds: {self.statement}"


@dataclass(frozen=True)
class Denied(_Shown):
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

    def __post_init__(self) -> None:
        if not isinstance(self.avoids, Iterable) or isinstance(self.avoids, str):
            raise ValueError(f"avoids is {self.avoids!r}: write a tuple of groups of polynomials, such as ((x, y),)")
        groups = tuple(expression_tuple(group, "a group of `avoids`") for group in self.avoids)
        object.__setattr__(self, "avoids", groups)
        object.__setattr__(self, "positive", expression_tuple(self.positive, "`positive`", empty=True))
        for poly in (*self.positive, *(p for group in groups for p in group)):
            if (
                not poly.is_polynomial(*poly.free_symbols)
                or (not poly.is_finite and poly.is_number)
                or poly.has(sp.Float)
            ):
                raise ValueError(f"a domain is cut out by {poly}: write polynomials with rational coefficients")

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


def _check_components(statement: Any) -> None:
    """Components in variables that are different real symbols."""
    components = expression_tuple(statement.components, "the components of G")
    variables = expression_tuple(statement.variables, "the variables of G")
    object.__setattr__(statement, "components", components)
    object.__setattr__(statement, "variables", variables)
    names = [variable(v, "a variable of G").name for v in variables]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"two variables of G are called {twice}: give each a name of its own")
    if (domain := getattr(statement, "domain", None)) is not None:
        spoken = {s for poly in (*domain.positive, *(p for g in domain.avoids for p in g)) for s in poly.free_symbols}
        if strange := sorted(map(str, spoken - set(variables))):
            raise ValueError(f"the domain of G speaks of {strange[0]}, which is not a variable of G")


@dataclass(frozen=True)
class Commutes(_Shown):
    """All Lie brackets ``∇²G_a∇G_b − ∇²G_b∇G_a`` of polynomial components vanish identically."""

    components: tuple[Expr, ...]
    variables: tuple[Expr, ...]

    def __post_init__(self) -> None:
        _check_components(self)

    def __str__(self) -> str:
        return f"the Lie brackets of ∇G_1, …, ∇G_{len(self.components)} vanish"


@dataclass(frozen=True)
class FullRank(_Shown):
    """The Jacobian of polynomial components has full row rank at every point of a domain."""

    components: tuple[Expr, ...]
    variables: tuple[Expr, ...]
    domain: Domain

    def __post_init__(self) -> None:
        _check_components(self)

    def __str__(self) -> str:
        return f"the Jacobian of G has rank {len(self.components)} on M"


@dataclass(frozen=True)
class SeparateBlocks(_Shown):
    """The components use disjoint variables and the domain is a product over these blocks.

    Each field ``∇G_a`` then moves its own block alone, so the times for which the flows of ``∇G_a`` and
    ``∇G_b`` exist from a point form a rectangle: the domains of the flows are pairwise symmetric.
    """

    components: tuple[Expr, ...]
    variables: tuple[Expr, ...]
    domain: Domain

    def __post_init__(self) -> None:
        _check_components(self)

    def __str__(self) -> str:
        return "each ∇G_a moves and reads its own block of variables, and M is a product over the blocks"


class Consequence(_Shown):
    """A statement that a cited theorem draws from premises computed from the statement itself.

    A subclass is a frozen dataclass; because its premises are a function of its own data, a proof
    of the premises cannot be a proof of something else.  The premises suffice and need not be
    necessary, so a refuted premise leaves the statement undecided, unless :meth:`necessities` says more.
    That the premises suffice is the word of whoever wrote the rule: one that is neither the package's nor of the
    paper's proofs is ``decided by its author``.
    """

    theorem: ClassVar[Theorem]

    def premises(self) -> tuple[Any, ...]:
        raise TypeError(f"{type(self).__name__} does not say what its premises are")

    def necessities(self) -> tuple[tuple[Any, tuple[Any, ...]], ...]:
        """Statements that follow from this one, each with what is to be proved before it does."""
        return ()


class Validated(_Shown):
    """A statement that is decided by a computation of its own: of one flow in balls that contain it, of a rank.

    A subclass is a frozen dataclass.  It decides itself, so what it relies on is named in every certificate.
    """

    method: ClassVar[Theorem]
    #: By what it is decided, as every step says it.
    evidence: ClassVar[Evidence] = Evidence.BALLS

    def decided(self) -> tuple[bool | None, str, Any]:
        """Yes, no or don't know; the particulars; and a :class:`~ddln_sym.statements.evidence.Witness` for a no."""
        raise TypeError(f"{type(self).__name__} does not say how it is decided")


def conserved(quantity: Expr, setting: Setting) -> Equal:
    """``quantity`` does not change in time."""
    return Equal(Rate(quantity), sp.Integer(0), setting)


def at_least(lhs: Expr, rhs: Expr, setting: Setting = Setting()) -> Compare:
    return Compare(lhs, rhs, setting)


def greater(lhs: Expr, rhs: Expr, setting: Setting = Setting()) -> Compare:
    return Compare(lhs, rhs, setting, strict=True)
