"""The claims that a command is about, from the ids and paths it was given."""

from __future__ import annotations

import os
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from ddln_sym.claims.claim import Claim, ClaimError
from ddln_sym.claims.library import STANDARD_INPUT, collect, sections

__all__ = ["by_section", "select"]


def select(selection: Sequence[str], paper: tuple[Claim, ...]) -> tuple[tuple[Claim, ...], tuple[Claim, ...]]:
    """All claims that may be used, and those selected, in order; all of the paper if nothing is named.

    Raises:
        ClaimError: an id is unknown, or taken by another claim.
    """
    if not selection:
        return paper, paper
    known = {claim.id: claim for claim in paper}
    everything, chosen = dict(known), {}
    for item in dict.fromkeys(selection):
        if item in known:
            chosen[item] = known[item]
        elif _looks_like_path(item):
            for claim in collect(Path(item)):
                if everything.get(claim.id, claim) is not claim:
                    owner = "the paper" if claim.id in known else "another file"
                    raise ClaimError(f"{item}: the id {claim.id} belongs to {owner}; give the claim another id")
                chosen[claim.id] = everything[claim.id] = claim
        else:
            raise ClaimError(_unknown(item, list(known)))
    return tuple(everything.values()), tuple(chosen.values())


def by_section(chosen: Sequence[Claim]) -> dict[str, list[Claim]]:
    """Claims under the titles of their sections of the paper, in its order; those of the user last.

    >>> list(by_section([Claim("mine", "t", "s", "p", lambda depth: ())]))
    ['Claims of your own']
    """
    rest = {claim.id: claim for claim in chosen}
    found = {title: [rest.pop(c.id) for c in part if c.id in rest] for title, part in sections().items()}
    found["Claims of your own"] = list(rest.values())
    return {title: part for title, part in found.items() if part}


def _looks_like_path(item: str) -> bool:
    return item == str(STANDARD_INPUT) or item.endswith(".py") or os.sep in item or Path(item).exists()


def _unknown(item: str, known: list[str]) -> str:
    near = get_close_matches(item, known, 1)
    hint = f"did you mean {near[0]}?" if near else "`ddln-sym list` names them all"
    return f"there is no claim {item!r}, and no such file: {hint}"
