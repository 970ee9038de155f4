"""What the Rocq library has of a claim: theorems by name and place, and statements as Rocq reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ddln_sym.claims import Claim, by_id, collect
from ddln_sym.render.document.nodes import Block, Code, Inline, Paragraph, Styled
from ddln_sym.rocq import LINKS, STRONGER, Coverage, Link, coverage, find_theorem, formalize

__all__ = ["tell_theorems"]

#: The ids of claims of which the library has something.
LINKED = {link.claim for link in LINKS} | set(STRONGER)


def tell_theorems(claim: Claim, whole: bool = False) -> tuple[Block, ...]:
    """The theorems of a claim of the paper and of its correction; nothing for other claims.

    Rocq is not asked here.

    Args:
        claim: the claim.
        whole: every statement, why a proposition has none, and the command that asks Rocq; else one statement, that
            of the claim as printed if the library has it.
    """
    ones = [one for one in (claim, claim.correction) if one is not None]
    linked = not LINKED.isdisjoint(one.id for one in ones)
    if not linked and not whole:
        return ()
    paper = collect()
    if not any(claim is one for one in paper):  # another text has an id of the same name
        return ()
    library = by_id(paper)
    tell = _in_full if whole else _in_short
    blocks = [block for one in ones for block in tell(coverage(one, library), library)]
    if whole and linked:
        blocks.append(Paragraph(("Rocq is asked by ", _code(f"ddln-sym verify {claim.id}"), ".")))
    return tuple(blocks)


def _code(text: str) -> Styled:
    return Styled("code", (text,))


def _name(link: Link) -> Sequence[Inline]:
    """The theorem or the tactic that proves a link."""
    if not link.theorem:
        return "tactic ", _code(link.tactic)
    return "theorem ", _code(link.theorem), f" ({find_theorem(link.theorem).place})"


def _title(found: Coverage) -> Styled:
    return Styled("strong", (f"Rocq, {found.claim}:",))


def _in_short(found: Coverage, library: Mapping[str, Claim]) -> Iterator[Block]:
    """A sentence, and the statement of the claim as printed, or that of the first proposition that says the verdict."""
    if not (found.links or found.stronger):
        return
    said: list[Inline] = []
    for name in found.stronger:
        said += [", and " if said else " ", "as printed by theorem ", _code(name), f" ({find_theorem(name).place})"]
    shown = [link for link in found.links if link.refuted] or found.links
    if shown:
        which = "a proposition is refuted" if found.refuted else _count(found)
        names = dict.fromkeys(link.theorem or link.tactic for link in shown)
        said += ["; " if said else " ", f"{which} by "]
        for n, name in enumerate(names):
            said += [", " if n else "", _code(name)]
    yield Paragraph((_title(found), *said, "."))
    if found.stronger:
        yield Code("\n".join(find_theorem(name).text for name in found.stronger))
    else:
        yield Code(formalize(shown[0], library).text)


def _count(found: Coverage) -> str:
    proved = found.linked
    if proved < found.propositions:
        return f"{proved} of {found.propositions} propositions are proved"
    return "the proposition is proved" if proved == 1 else f"all {proved} propositions are proved"


def _in_full(found: Coverage, library: Mapping[str, Claim]) -> Iterator[Block]:
    for link in found.links:
        says = "refuted" if link.refuted else "proved"
        part = f" proposition {link.part + 1} of {found.propositions} is {says} by "
        yield Paragraph((_title(found), part, *_name(link), "."))
        yield Code(formalize(link, library).text)
    for name in found.stronger:
        yield Paragraph((_title(found), " as printed by theorem ", _code(name), f" ({find_theorem(name).place})."))
        yield Code(find_theorem(name).text)
    if not found.refuted:
        for place, reason in found.missing.items():
            yield Paragraph((_title(found), f" proposition {place + 1}: {reason}."))
