"""Claims: statements of a paper as data, how they are certified, and where they are found."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from ddln_sym.kernel import decide
from ddln_sym.statements import DEPTH, Flaw, Origin, Scope, Step

__all__ = ["Claim", "ClaimError", "NoClaims"]

Expr: TypeAlias = Any
Proof: TypeAlias = Callable[[Any], Step]

#: Ids name files and links to places in a page.
IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class ClaimError(ValueError):
    """Claims cannot be read or selected; the message is one sentence for the user."""


class NoClaims(ClaimError):
    """A file or a folder defines no claims."""


@dataclass(frozen=True)
class Claim:
    """One statement of a paper.

    Attributes:
        id: stable name, e.g. ``"eq-20"``.
        title: what it says, in words.
        source: its place in the paper.
        printed: the formula as printed, in LaTeX, letter by letter.
        statement: depth ↦ the propositions that together say it.
        depths: the depths it speaks of: ``(DEPTH,)`` is every L ≥ 2 by a symbol.
        scope: the same in words, with the dimensions.
        uses: ids of claims that its propositions take from elsewhere in the paper.
        correction: the corrected statement, for a claim that is false as printed; it says itself what it uses.
        about: of a correction, how it is about the same objects, where no side and no unknown is the same.
        flaw: an error, a misprint, or a statement of which more is known; a consequence of an error is not marked:
            that it uses one says so.
        origin: whose claim it is; an id that begins with ``new-`` is this project's, any other the text's.
        remark: how the printed formula was read, where it can be read in more ways than one.
        prove: decides one proposition; the kernel by default.
        derivation: of a claim whose propositions are the lines of a derivation, what makes it.

    Raises:
        ClaimError: the id cannot be the name of a file.

    >>> import sympy as sp
    >>> from ddln_sym.claims import certify
    >>> from ddln_sym.statements import Compare
    >>> x = sp.Symbol("x", real=True)
    >>> square = Claim("square", "squares are not negative", "folklore", "x^2 \\\\ge 0",
    ...                lambda depth: Compare(x**2, 0), depths=(2,))
    >>> certify(square).verdict.value
    'proved'
    """

    id: str
    title: str
    source: str
    printed: str
    statement: Callable[[Expr], Any]
    depths: tuple[Expr, ...] = (DEPTH,)
    scope: Scope = Scope()
    uses: tuple[str, ...] = ()
    correction: Claim | None = None
    remark: str = ""
    prove: Proof = decide
    flaw: Flaw | None = None
    about: str = ""
    origin: Origin | None = None
    derivation: Callable[[], Any] | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.id, str) or not IDENTIFIER.fullmatch(self.id):
            raise ClaimError(
                f"a claim has the id {self.id!r}: an id is letters, digits, hyphens, dots and underscores, "
                "begins with a letter or a digit, and has at most 100 of them"
            )
        if self.flaw is Flaw.CONSEQUENCE:
            raise ValueError(f"{self.id}: a consequence is not marked as one: name the claim of the error in its uses")
        if self.origin is None:
            object.__setattr__(self, "origin", Origin.PROJECT if self.id.startswith("new-") else Origin.TEXT)

    @property
    def schematic(self) -> bool:
        return DEPTH in self.depths

    def __repr__(self) -> str:
        return f"<Claim {self.id}: {self.title} ({self.source})>"

    def _repr_markdown_(self) -> str:
        from ddln_sym import _html

        return _html.claim(self)
