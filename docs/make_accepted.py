"""Write ``docs/accepted.md``, which claims Rocq accepts and by which theorems: ``python docs/make_accepted.py``.

What is linked is data of the package (``ddln_sym.rocq.links``); ``ddln-sym verify`` has Rocq check each link.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ddln_sym.claims import Claim, by_id, collect, lockfile, sections
from ddln_sym.render.markdown import convert_text
from ddln_sym.rocq import Coverage, coverage, find_theorem
from ddln_sym.statements import Origin

PAGE = Path(__file__).with_name("accepted.md")
LOCK = PAGE.parent.parent / "proofs" / "verdicts.json"

INTRODUCTION = """\
# Which claims Rocq accepts

A claim may state several propositions. It is accepted *whole* if each of them follows from a theorem of the library in
`theories/`, or, for a claim that is false, if its failure at a point does; and *as printed* if a theorem whose
statement is written by hand says what the text prints. [What Rocq accepts](rocq.md) says how the two are tied, and how
Rocq is asked."""


def kinds() -> dict[str, list[Claim]]:
    """The claims of the text, the corrections of those that are false, and the claims beyond it."""
    paper = collect()
    text = [claim for claim in paper if claim.origin is Origin.TEXT]
    return {
        "of the text": text,
        "corrections": [claim.correction for claim in paper if claim.correction is not None],
        "beyond the text": [claim for claim in paper if claim.origin is not Origin.TEXT],
    }


def accepted(claims: list[Claim]) -> int:
    """How many of the claims Rocq accepts whole or as printed."""
    library = by_id(collect())
    return sum(coverage(claim, library).accepted for claim in claims)


def much(found: Coverage) -> str:
    """How much of a claim: whole, or how many of its propositions, and whether as printed."""
    part = "whole" if found.whole else f"{found.linked} of {found.propositions}" if found.links else ""
    return ", ".join(filter(None, (part, "as printed" if found.stronger else ""))) or "–"


def why_not(found: Coverage) -> str:
    """The reasons for which propositions have no link, each with their numbers."""
    if found.whole:
        return ""
    parts: dict[str, list[str]] = {}
    for part, reason in found.missing.items():
        parts.setdefault(reason, []).append(str(part + 1))
    alone = found.propositions == 1
    return "; ".join(reason if alone else f"{', '.join(ps)}: {reason}" for reason, ps in parts.items())


def row(claim: Claim, verdict: str, found: Coverage) -> str:
    names = dict.fromkeys([*found.stronger, *(link.theorem for link in found.links if link.theorem)])
    files = {name: find_theorem(name).file for name in names}
    alone = "a tactic alone" if found.links else ""
    theorems = ", ".join(f"`{name}` ({file})" for name, file in files.items()) or alone
    return f"| `{claim.id}` | {verdict} | {much(found)} | {theorems} | {convert_text(why_not(found))} |"


def render() -> str:
    """The page: how many, then a table for each section of the text and beyond it."""
    locked, library = lockfile.read(LOCK), by_id(collect())

    def rows(claims: tuple[Claim, ...]) -> Iterator[str]:
        yield "| claim | verdict | Rocq | theorems | what is missing |\n|---|---|---|---|---|"
        for claim in claims:
            entry = locked[claim.id]
            yield row(claim, entry["verdict"], coverage(claim, library))
            if claim.correction is not None:
                yield row(claim.correction, entry["correction"]["verdict"], coverage(claim.correction, library))

    def blocks() -> Iterator[str]:
        yield "<!-- Written by docs/make_accepted.py from ddln_sym/rocq/links.py; change that, and run it again. -->"
        yield INTRODUCTION
        counted = (f"{accepted(claims)} of {len(claims)} {kind}" for kind, claims in kinds().items())
        yield f"Whole or as printed: {', '.join(counted)}."
        for title, claims in sections().items():
            yield f"## {convert_text(title)}"
            yield "\n".join(rows(claims))

    return "\n\n".join(blocks()) + "\n"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
    print(f"wrote {PAGE.name}")
