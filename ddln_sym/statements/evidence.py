"""By what something was decided, what is taken as given, and where a statement fails: values, not English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

__all__ = ["Assumption", "Ball", "Cited", "Everywhere", "Evidence", "Said", "Theorem", "Witness", "WitnessKind", "say"]


class Said(str):
    """Words with formulas among them: plain text, and its parts for whom formulas are set.

    Attributes:
        parts: texts and expressions of SymPy, in order.
    """

    parts: tuple[Any, ...]

    def __new__(cls, text: str, parts: tuple[Any, ...]) -> Said:
        found = super().__new__(cls, text)
        found.parts = parts
        return found

    def __getnewargs__(self) -> tuple[str, tuple[Any, ...]]:  # type: ignore[override]
        return str(self), self.parts


def say(*parts: Any) -> Said:
    """Words and formulas, one after the other.

    >>> import sympy as sp
    >>> said = say("both signs of ", sp.Symbol("x") ** 2)
    >>> said, said.parts[1]
    ('both signs of x**2', x**2)
    """
    texts = (str(part).replace("oo", "∞") if getattr(part, "is_infinite", False) else str(part) for part in parts)
    return Said("".join(texts), parts)


class Evidence(StrEnum):
    """By what the kernel decides a statement; its text is what certificates show."""

    # equalities
    EXPANDED = "polynomial identity over QQ"
    MEMBERSHIP = "ideal membership over QQ"
    TERMWISE = "termwise in the sum"
    SQUARES = "equal squares of one sign"
    CONSTANT = "no slope, and equal at a place"
    BETWEEN = "neither above nor below"
    WHOLE_NUMBERS = "polynomial identity in whole numbers"
    # equalities and inequalities
    INDUCTION = "induction on the number of indices"
    COUNTING = "induction on a whole number"
    # inequalities
    ARITHMETIC = "arithmetic"
    COEFFICIENTS = "nonnegative coefficients"
    FACTORWISE = "nonnegative coefficients, factor by factor"
    SIGNS = "product of given signs"
    SUM_OF_SQUARES = "sum of squares"
    MULTIPLIERS = "Lagrange's multipliers"
    REAL_SOLVER = "z3 (nonlinear real arithmetic)"
    ORDER = "order of exp and log"
    DERIVATIVE = "sign of the derivative"
    TOWARDS = "sign of the derivative and a limit"
    TAYLOR = "Taylor's formula"
    CONCAVE = "concave between two ends"
    FACTOR = "signs of two factors"
    SQUARED = "squares of both sides"
    CASES = "by cases"
    CONSTANTS = "ball arithmetic"
    COVERED = "balls that cover an interval"
    PRIMITIVE = "primitives, whose derivatives are proved"
    # formulas
    SOLVER = "z3 (integers, uninterpreted functions)"
    # vector fields
    BRACKETS = "Lie brackets in a polynomial ring over QQ"
    RANK = "rank on all of M by cases"
    BLOCKS = "disjoint supports"
    BRACKET_RANK = "rank of iterated brackets at a point"
    GRADIENT_RANK = "rank of gradients at a point"
    BRACKET_IN_BALLS = "bracket at a point, in balls"
    ELIMINATION = "elimination over a field of rational functions"
    # how an expression is written
    HEADS = "the heads of the expression"
    # of one flow
    BALLS = "balls around the flow"
    # of what functions tend to
    LIMIT = "limits of the parts"
    DEFINITION = "what it means, part by part"
    # of other statements
    NEEDED = "witness without the assumption, proof with it"
    DENIED = "decision of the denied statement"
    # a point where the statement fails
    AT_RATIONALS = "exact rational witness"
    AT_ALGEBRAIC = "exact algebraic witness"
    IN_BALLS = "ball arithmetic witness"
    FINITE_CASE = "finite case, checked at the numbers"
    # nothing
    NORMAL_FORM = "normal form"
    INEQUALITY = "inequality"
    FORMULA = "formula"
    # that nothing is known of
    OUT_OF_REACH = "out of the kernel's reach"
    # somebody else
    AUTHOR = "its author's procedure"


@dataclass(frozen=True)
class Theorem:
    """A theorem of the literature that is taken as given.

    Attributes:
        name: by which it is called; reference: where it stands, in words.
        references: keys of the entries of the bibliography that it is credited to.
    """

    name: str
    reference: str
    references: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.name} ({self.reference})" if self.reference else self.name


class Cited(str):
    """The evidence of a consequence: a theorem whose premises were decided; it reads as its text.

    Attributes:
        theorem: the theorem.

    >>> print(Cited.of(Theorem("Rolle's theorem", "Rolle 1691")))
    cited: Rolle's theorem
    """

    theorem: Theorem

    @classmethod
    def of(cls, theorem: Theorem) -> Cited:
        """That this theorem is used."""
        found = cls(f"cited: {theorem.name}")
        found.theorem = theorem
        return found


class Assumption(str):
    """What a verdict takes as given: a theorem that is cited, or another claim; it reads as its text.

    Attributes:
        theorem: the theorem, or None. claim: the id of the claim, or "".

    >>> print(Assumption.of_claim("eq-7"), Assumption.of_claim("eq-7").claim)
    claim eq-7 eq-7
    """

    theorem: Theorem | None = None
    claim: str = ""

    @classmethod
    def of_claim(cls, name: str) -> Assumption:
        """That a claim holds."""
        found = cls(f"claim {name}")
        found.claim = name
        return found

    @classmethod
    def of_theorem(cls, theorem: Theorem) -> Assumption:
        """That a theorem holds."""
        found = cls(str(theorem))
        found.theorem = theorem
        return found


class WitnessKind(StrEnum):
    """How sure it is that a statement fails at a point: always, and this is why."""

    EXACT = "exact rational"
    BALLS = "ball arithmetic"
    FINITE = "finite case"
    DENIED = "explicit counterexample"


#: The radius of a ball around 0 that stands for what is nearer to it than decimal numbers go.
LEAST = Decimal("1E-999999")


@dataclass(frozen=True)
class Ball:
    """A number known up to a radius, both as decimal numbers of so many digits.

    >>> print(Ball(Decimal("1.50"), Decimal("2E-12")), Ball(Decimal("0.5")))
    [1.50 +/- 2e-12] 0.5
    """

    middle: Decimal
    radius: Decimal = Decimal(0)

    @classmethod
    def of(cls, value: Any, digits: int = 12) -> Ball:
        """That contains an Arb ball, to some digits.

        Raises:
            OverflowError: no decimal number is so large.
        """
        middle, _, radius = value.str(digits).strip("[]").partition("+/- ")  # [1.5 +/- 2e-12], [+/- 2e-12] or 1.5
        try:
            return cls(Decimal(middle.strip() or "0"), Decimal(radius or "0"))
        except InvalidOperation:  # no decimal number has such an exponent
            if not abs(value) < 1:
                raise OverflowError(f"{value.str(digits)} is too large for a decimal number") from None
            return cls(Decimal(0), LEAST)

    def __str__(self) -> str:
        shown = f"{self.middle} +/- {self.radius}".replace("E", "e")
        return f"[{shown}]" if self.radius else str(self.middle)


@dataclass(frozen=True)
class Everywhere:
    """The value of a function at every place at which a witness names no other.

    Attributes:
        function: the head, as ``sympy.Function("f")``.
    """

    function: Any

    def __str__(self) -> str:
        return f"{self.function}(any other)"


@dataclass(frozen=True)
class Witness:
    """A point where a statement fails.

    Attributes:
        places: pairs of a quantity and its value: a symbol, an indexed entry or a value of a function with a SymPy
            number, a function with a ``Lambda``, :class:`Everywhere` with what it is elsewhere.
        sides: pairs of the name of a side or of a part, and what it comes to: a SymPy number, a :class:`Ball`, or a
            verdict on it in a word.
        kind: how sure it is.
    """

    places: tuple[tuple[Any, Any], ...]
    sides: tuple[tuple[str, Any], ...]
    kind: WitnessKind = WitnessKind.EXACT

    @property
    def point(self) -> Mapping[str, str]:
        """The places as text: the name of each quantity and its exact value."""
        return {str(what): _spell(value) for what, value in self.places}

    @property
    def values(self) -> Mapping[str, str]:
        """The sides as text."""
        return {name: _spell(value) for name, value in self.sides}

    @property
    def evidence(self) -> Evidence:
        """What a step that rests on it has for evidence."""
        plain = [value for _, value in self.places if not hasattr(value, "signature")]
        irrational = any(getattr(value, "is_irrational", False) for value in plain)
        exact = Evidence.AT_ALGEBRAIC if irrational else Evidence.AT_RATIONALS
        return {WitnessKind.BALLS: Evidence.IN_BALLS, WitnessKind.FINITE: Evidence.FINITE_CASE}.get(self.kind, exact)

    def __post_init__(self) -> None:
        for name in ("places", "sides"):
            given = getattr(self, name)
            object.__setattr__(self, name, tuple(given.items() if isinstance(given, Mapping) else given))

    def __str__(self) -> str:
        def listed(items: Mapping[str, str]) -> str:
            return ", ".join(f"{n} {'is' if v in WORDS else '='} {v}" for n, v in items.items())

        return f"{listed(self.values)}  at  {listed(self.point)}" if self.places else listed(self.values)


#: What is said of a side that has no number.
WORDS = ("false", "proved")


def _spell(value: Any) -> str:
    signature = getattr(value, "signature", None)
    if signature is not None:  # a Lambda
        return f"{', '.join(str(x) for x in signature)} ↦ {value.expr}"
    return str(value)
