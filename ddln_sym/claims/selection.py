"""The claims that a command is about, from the ids and paths it was given."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path

from ddln_sym.claims.claim import Claim, ClaimError
from ddln_sym.claims.library import STANDARD_INPUT, collect, paper_text, sections

__all__ = ["by_section", "nearest_id", "select", "without_correction"]

#: What is pasted for the hyphen of an id: the hyphens and dashes of Unicode, and the minus sign.
_HYPHENS = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")
_LONGEST_SHOWN = 100
#: How ids begin, and the words for it in a text.
_KINDS = {"eq": "equation|formula|eq", "thm": "theorem|thm", "prop": "proposition|prop", "fig": "figure|fig"}
_CORRECTED = "-corrected"


def select(selection: Sequence[str], paper: tuple[Claim, ...]) -> tuple[tuple[Claim, ...], tuple[Claim, ...]]:
    """All claims that may be used, and those selected, in order; all of the paper if nothing is named.

    The claims of a file about another text may use one another and have the ids of that text, whatever the paper's are;
    those of a file that names no text may use the paper's.  A correction is selected with the claim that it corrects,
    by its own id as by that of the claim.

    Raises:
        ClaimError: an id is unknown, or taken by another claim.
    """
    if not selection:
        return paper, paper
    if not all(map(str.strip, selection)):
        raise ClaimError("an empty name is given where the id of a claim, a file or a folder is expected")
    known = {claim.id: claim for claim in paper}
    corrected = {claim.correction.id: claim.id for claim in paper if claim.correction is not None}
    selection = [corrected.get(item, item) for item in selection]
    named = {item: known[item] for item in selection if item in known}
    given = {item: collect(Path(item)) for item in dict.fromkeys(selection) if item not in known and _is_path(item)}
    foreign = [claim for claims in given.values() for claim in claims if claim.text is not None]
    apart = bool(foreign) and not named and all(c.text is not None and known.get(c.id) is not c for c in foreign)
    everything: dict[str, Claim] = {} if apart else dict(known)
    chosen: dict[str, Claim] = {}
    for item in dict.fromkeys(selection):
        if item in known:
            chosen[item] = known[item]
            continue
        if item not in given:
            raise ClaimError(_explain_unknown(item, list(known)))
        for claim in given[item]:
            if everything.get(claim.id, claim) is not claim:
                owner = "the paper" if not apart and claim.id in known else "another file"
                raise ClaimError(
                    f"{item}: the id {claim.id} belongs to {owner}; give the claim another id"
                    + ("" if claim.text is None else ", or check one text at a time")
                )
            chosen[claim.id] = everything[claim.id] = claim
    return tuple(everything.values()), tuple(chosen.values())


def by_section(chosen: Sequence[Claim]) -> dict[str, list[Claim]]:
    """Claims under the titles of the sections of their texts, in order; those of no text last.

    >>> list(by_section([Claim("mine", "t", "s", "p", lambda depth: ())]))
    ['Claims of your own']
    """
    found: dict[str, list[Claim]] = {title: [] for title in sections()}
    for claim in chosen:
        if claim.text is not None:
            found.setdefault(claim.section, []).append(claim)
    order = {claim.id: n for n, claim in enumerate(c for part in sections().values() for c in part)}
    for part in found.values():
        part.sort(key=lambda claim: order.get(claim.id, len(order)) if claim.text is paper_text() else len(order))
    own = [claim for claim in chosen if claim.text is None]
    return {title: part for title, part in (*found.items(), ("Claims of your own", own)) if part}


def _is_path(item: str) -> bool:
    try:
        return item == str(STANDARD_INPUT) or item.endswith(".py") or os.sep in item or Path(item).exists()
    except (OSError, ValueError):  # too long for a name, or with a zero byte
        return False


def nearest_id(name: str, known: Iterable[str]) -> str | None:
    """The id that was probably meant: in other letters, with a pasted hyphen or digit, mistyped, or as a text says it.

    >>> nearest_id("EQ−６", ["eq-5", "eq-6"]), nearest_id("nothing", ["eq-5"])
    ('eq-6', None)
    >>> nearest_id("(6)", ["eq-6"]), nearest_id("Proposition 1.2", ["eq-6", "prop-1-2"])
    ('eq-6', 'prop-1-2')
    """
    plain = unicodedata.normalize("NFKC", name).translate(_HYPHENS).casefold().strip()
    names = {one.casefold(): one for one in known}
    for kind, words in _KINDS.items():
        called = re.fullmatch(rf"(?:{words}){'?' * (kind == 'eq')}[.\s]*\(?(\d+(?:\.\d+)?)\)?", plain)
        if called and (id := f"{kind}-{called[1].replace('.', '-')}") in names:
            return names[id]
    near = get_close_matches(plain, names, 1)
    return names[near[0]] if near else None


def without_correction(id: str, known: Iterable[str]) -> str:
    """What there is to say where the id would be that of a correction, of a claim that has none; else nothing.

    >>> without_correction("thm-1-corrected", ["thm-1"])
    'there is no thm-1-corrected: what thm-1 says stands, and has no correction'
    """
    claim = id.removesuffix(_CORRECTED)
    return f"there is no {id}: what {claim} says stands, and has no correction" if claim in {*known} - {id} else ""


def _explain_unknown(item: str, known: list[str]) -> str:
    if sentence := without_correction(item, known):
        return sentence
    parts = [part.strip() for part in item.split(",")]
    if len(parts) > 1 and set(parts) <= set(known):
        return f"there is no claim {item!r}: separate the ids by blanks, as in {' '.join(parts)}"
    near = nearest_id(item, known)
    hint = f"did you mean {near}?" if near else "`ddln-sym list` names them all"
    shown = item if len(item) <= _LONGEST_SHOWN else f"{item[:_LONGEST_SHOWN]}…"
    return f"there is no claim {shown!r}, and no such file: {hint}"
