"""Claims: statements of a paper as data, how they are certified, and where they are found."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from inspect import Parameter, signature
from pathlib import Path
from typing import Any, TypeAlias

import sympy as sp

from ddln_sym.kernel import decide
from ddln_sym.statements import DEPTH, Flaw, Origin, Scope, Step, Text

__all__ = ["Claim", "ClaimError", "NoClaims"]

Expr: TypeAlias = Any
Proof: TypeAlias = Callable[[Any], Step]

#: Ids name files and links to places in a page.
IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class ClaimError(ValueError):
    """Claims cannot be read or selected; the message is one sentence for the user."""


class NoClaims(ClaimError):
    """A file or a folder defines no claims."""


#: What is filled in from the statement.
UNSAID: Any = None

#: Kinds of places by the words that begin an id; a display has its number alone.
KINDS = {
    "eq": "",
    "thm": "Theorem",
    "theorem": "Theorem",
    "lem": "Lemma",
    "lemma": "Lemma",
    "prop": "Proposition",
    "cor": "Corollary",
    "def": "Definition",
    "rem": "Remark",
    "ex": "Example",
}


@dataclass(frozen=True)
class Place:
    """A numbered place of a text: a display, whose kind is empty, or a theorem, a remark and the like."""

    kind: str
    number: str

    @classmethod
    def after_id(cls, id: str) -> Place | None:
        """The place after which a claim is called; this alone reads ids, and only when a claim is made.

        >>> print(*map(Place.after_id, ("eq-20", "prop-1-2", "eq-B.3", "new-rate")))
        (20) Proposition 1.2 (B.3) None
        """
        kind, _, number = id.removesuffix("-corrected").partition("-")
        if kind not in KINDS or not re.fullmatch(r"[A-Z]?[.-]?\d+([.-]\d+)*[a-z]?", number):
            return None
        return cls(KINDS[kind], number.replace("-", "."))

    def __str__(self) -> str:
        return f"{self.kind} {self.number}" if self.kind else f"({self.number})"


def _of_the_depth(statement: Any) -> bool:
    """Whether a statement is a function of the depth."""
    if not callable(statement):
        return False
    kinds = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD, Parameter.VAR_POSITIONAL)
    return any(p.kind in kinds for p in signature(statement).parameters.values())


@dataclass(frozen=True)
class Claim:
    """One statement of a paper.

    Attributes:
        id: stable name, e.g. ``"eq-20"``.
        title: what it says, in words; by default its place.
        source: its place in the text; by default what its id says, ``(20)`` for ``eq-20``.
        printed: the formula as printed, in LaTeX, letter by letter.
        statement: the proposition, or those that together say it; or a function without arguments that gives them;
            or, for a text with layers, a function depth ↦ propositions.
        depths: the depths that such a function of the depth speaks of: ``(DEPTH,)`` is every L ≥ 2 by a symbol.
        scope: the same in words, with the dimensions; empty for a statement that is given directly.
        uses: ids of claims that its propositions take from elsewhere in the paper.
        correction: the corrected statement, for a claim that is false as printed; it says itself what it uses.
        about: of a correction, how it is about the same objects, where no side and no unknown is the same.
        flaw: an error, a misprint, or a statement of which more is known; a consequence of an error is not marked:
            that it uses one says so.
        origin: whose claim it is; an id that begins with ``new-`` is this project's, any other the text's.
        remark: how the printed formula was read, where it can be read in more ways than one.
        prove: decides one proposition; the kernel by default.
        derivation: of a claim whose propositions are the lines of a derivation, what makes it.
        label: the label of the display in the author's LaTeX, where the claim says one; by default it is found by the
            number or the formula.
        draft: its statement was written by a program, and nobody has compared it with the formula: it is not decided.
        number: of a claim that is a display, the number that stands beside it; by default that of its id, where its
            place has it too.
        references: keys of the entries of the bibliography that its title, its formula or its remark speak of.
        text: the text that it is about; that of the file or the folder where it stands.
        section: the title of that file; file: its path.

    Raises:
        ClaimError: the id cannot be the name of a file, or a depth is neither a whole number ≥ 1 nor the symbol L.

    >>> import sympy as sp
    >>> from ddln_sym.claims import certify
    >>> from ddln_sym.statements import Compare
    >>> x = sp.Symbol("x", real=True)
    >>> square = Claim("eq-7", "squares are not negative", printed="x^2 \\\\ge 0", statement=Compare(x**2, 0))
    >>> certify(square).verdict.value, square.source, square.number
    ('proved', '(7)', '7')
    """

    id: str
    title: str = ""
    source: str = ""
    printed: str = ""
    statement: Any = ()
    depths: tuple[Expr, ...] = UNSAID
    scope: Scope = UNSAID
    uses: tuple[str, ...] = ()
    correction: Claim | None = None
    remark: str = ""
    prove: Proof = decide
    flaw: Flaw | None = None
    about: str = ""
    origin: Origin | None = None
    derivation: Callable[[], Any] | None = None
    label: str = ""
    draft: bool = False
    number: str = field(default=UNSAID, kw_only=True)
    references: tuple[str, ...] = field(default=(), kw_only=True)
    text: Text | None = field(default=None, compare=False, kw_only=True)
    section: str = field(default="", compare=False, kw_only=True)
    file: Path | None = field(default=None, compare=False, kw_only=True)

    def __post_init__(self) -> None:
        if not isinstance(self.id, str) or not IDENTIFIER.fullmatch(self.id):
            raise ClaimError(
                f"a claim has the id {self.id!r}: an id is letters, digits, hyphens, dots and underscores, "
                "begins with a letter or a digit, and has at most 100 of them"
            )
        self._check_words()
        if not isinstance(self.uses, (tuple, list)) or not all(isinstance(id, str) for id in self.uses):
            raise ClaimError(f"{self.id}: its uses are {self.uses!r}: write a tuple of ids, as ('eq-6', 'thm-1')")
        if self.correction is not None and not isinstance(self.correction, Claim):
            raise ClaimError(f"{self.id}: its correction is {self.correction!r}: write it as a Claim")
        if self.flaw is Flaw.CONSEQUENCE:
            raise ValueError(f"{self.id}: a consequence is not marked as one: name the claim of the error in its uses")
        if self.origin is None:
            self._fill("origin", Origin.PROJECT if self.id.startswith("new-") else Origin.TEXT)
        direct = not _of_the_depth(self.statement)
        if direct and self.depths and not callable(self.statement):
            raise ClaimError(
                f"{self.id}: its statement is given directly, so it has no depths: leave out `depths`, or give a "
                "function of the depth"
            )
        if self.depths is None:
            self._fill("depths", () if direct else (DEPTH,))
        if self.scope is None:
            self._fill("scope", Scope(None, None) if direct else Scope())
        if isinstance(self.depths, str) or not isinstance(self.depths, Sequence):
            raise ClaimError(f"{self.id}: its depths are {self.depths!r}: write a tuple, as (2, 3)")
        for depth in self.depths:
            number = sp.sympify(depth)
            if not (number.is_Symbol and number.name == DEPTH.name) and not (number.is_Integer and number > 0):
                raise ClaimError(
                    f"{self.id}: {depth} is among its depths: a depth is a whole number ≥ 1, or the symbol L for all"
                )
        place = Place.after_id(self.id)
        if not self.source:
            self._fill("source", self.id if place is None else str(place))
        if self.number is None:
            stands = place is not None and not place.kind and str(place) in self.source
            self._fill("number", place.number if place is not None and stands else "")
        if not self.title:
            self._fill("title", self.source)

    def _check_words(self) -> None:
        """What is said in words is text, its formulas have ends, and the braces of the printed one match."""
        for name in ("title", "source", "printed", "remark", "about", "label"):
            if not isinstance(getattr(self, name), str):
                raise ClaimError(f"{self.id}: its {name} is {getattr(self, name)!r}: write words in quotation marks")
        for name in ("title", "source", "remark"):
            if getattr(self, name).count("$") % 2:
                raise ClaimError(
                    f"{self.id}: a formula in its {name}, {getattr(self, name)!r}, has no end: mathematics stands "
                    "between two dollars"
                )
        bare = re.sub(r"\\.", "", self.printed, flags=re.DOTALL)  # without what a backslash takes its meaning from
        if "$" in bare:
            raise ClaimError(f"{self.id}: its printed formula {self.printed!r} is mathematics already: leave out the $")
        if bare.count("{") != bare.count("}"):
            raise ClaimError(f"{self.id}: the braces of its printed formula {self.printed!r} do not match")

    def _fill(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def stand(self, text: Text | None, section: str, file: Path | None) -> None:
        """Take over the text and the section of the file where the claim stands, for its correction too; once."""
        if self.section:
            return
        if self.text is None:
            self._fill("text", text)
        self._fill("section", section)
        self._fill("file", file)
        if self.correction is not None:
            self.correction.stand(self.text, section, file)

    def propositions(self, depth: Expr = None) -> tuple[Any, ...]:
        """What it states: at a depth, where its statement is a function of one."""
        found = self.statement
        if callable(found):
            found = found(depth) if _of_the_depth(found) else found()
        return tuple(found) if isinstance(found, Sequence) else (found,)

    @property
    def schematic(self) -> bool:
        return DEPTH in self.depths

    def __repr__(self) -> str:
        return f"<Claim {self.id}: {self.title} ({self.source})>"

    def __reduce_ex__(self, protocol: Any) -> Any:
        """By its place in the module that states it, as functions are: its statement may be a lambda, which no pickle
        takes."""
        module = getattr(self.statement, "__module__", "")
        for name, claim in vars(sys.modules.get(module, sys)).items():
            if isinstance(claim, Claim) and self in (claim, claim.correction) and module != "__main__":
                return _find_claim, (module, name, self is not claim)
        return super().__reduce_ex__(protocol)

    def _repr_markdown_(self) -> str:
        from ddln_sym import _html

        return _html.claim(self)


def _find_claim(module: str, name: str, corrected: bool) -> Claim:
    """The claim of a name in a module, or its correction."""
    claim: Claim = getattr(importlib.import_module(module), name)
    return claim if not corrected or claim.correction is None else claim.correction
