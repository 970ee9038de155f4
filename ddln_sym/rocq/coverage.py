"""What of a claim the Rocq library has, and a line for what it has not: both follow from the links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ddln_sym.claims import Claim, statements
from ddln_sym.rocq.links import LINKS, STRONGER, UNLINKED, Link
from ddln_sym.rocq.statements import formal
from ddln_sym.rocq.terms import Untranslatable

__all__ = ["Coverage", "coverage"]


@dataclass(frozen=True)
class Coverage:
    """The links of a claim, and which of its propositions have none.

    Attributes:
        claim: its id; propositions: how many it has; links: of these; stronger: theorems that say it as printed.
        missing: proposition ↦ why it has no link.
    """

    claim: str
    propositions: int
    links: tuple[Link, ...]
    stronger: tuple[str, ...]
    missing: Mapping[int, str]

    @property
    def linked(self) -> int:
        """How many of the propositions have a link."""
        return len({link.part for link in self.links})

    @property
    def refuted(self) -> bool:
        return any(link.refuted for link in self.links)

    @property
    def whole(self) -> bool:
        """Every proposition is linked; for a claim that is false, one that fails."""
        return bool(self.links) and (self.refuted or not self.missing)

    @property
    def accepted(self) -> bool:
        """It is linked whole, or theorems say it as it is printed."""
        return self.whole or bool(self.stronger)


def coverage(claim: Claim, library: Mapping[str, Claim]) -> Coverage:
    """What the library has of a claim at its first depth.

    Args:
        claim: the claim; library: every claim by its id, which hypotheses are looked up in.
    """
    links = tuple(link for link in LINKS if link.claim == claim.id)
    propositions = statements(claim, next(iter(claim.depths), None))
    missing = {}
    for part, proposition in enumerate(propositions):
        if part in {link.part for link in links}:
            continue
        reason = UNLINKED.get((claim.id, part), "")
        if not reason:
            try:
                formal(proposition, library=library)
                reason = "no theorem has been written for it"
            except Untranslatable as error:
                reason = f"it has no statement in Rocq: {error}"
        missing[part] = reason
    return Coverage(claim.id, len(propositions), links, STRONGER.get(claim.id, ()), missing)
