"""The page: rows for the claims, the refuted ones first, figures, references, versions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ddln_sym.claims import Claim
from ddln_sym.render.document import (
    Reference,
    Sentence,
    capitalize,
    find_reference,
    parse_sentence,
    tell_claim,
    tell_theorems,
    text_of,
)
from ddln_sym.render.html.writer import Writer
from ddln_sym.statements import Certificate, Text, Verdict

__all__ = ["Picture", "page"]

Checked: TypeAlias = tuple[Claim, Certificate]

TEMPLATE = "page.html.jinja"
NAMED = 2  # theorems that a row names
#: The order of the parts, and what is said of each.
PARTS = {
    Verdict.REFUTED: "Each has a point where it fails; where a corrected form is stated, it is decided too.",
    Verdict.UNDECIDED: "Neither a proof nor a counterexample was found.",
    Verdict.NOT_CHECKED: "They are about what the kernel has no words for, and nothing is said of them.",
    Verdict.BY_ITS_AUTHOR: "A procedure of the author's own has decided them, not the kernel.",
    Verdict.NUMERICALLY_SUPPORTED: "Numbers speak for them; that is no proof.",
    Verdict.PROVED: "The scope says for which depths and dimensions.",
}


@dataclass(frozen=True)
class Picture:
    """A figure.

    Attributes:
        name, title, caption: as the experiment has them.
        svg: the drawing, as :func:`~ddln_sym.render.html.svg.inline_svg` gives it.
        compared: rows of a quantity, what was predicted, the relation, what was measured.
        said: what theory says of it, and what was measured, in sentences.
    """

    name: str
    title: str
    caption: str
    svg: Markup
    compared: tuple[tuple[str, str, str, str], ...] = ()
    said: str = ""


@dataclass(frozen=True)
class Row:
    """One claim on the page; the name is that of the class of its verdict."""

    id: str
    verdict: str
    name: str
    title: Markup
    source: Markup
    scope: Markup
    rests: Markup
    seconds: str
    body: Markup


@dataclass(frozen=True)
class VerdictGroup:
    """The claims of one verdict, by section; the name is that of its class."""

    verdict: str
    name: str
    count: int
    said: str
    groups: Mapping[Markup, Sequence[Row]]


def page(sections: Mapping[str, Sequence[Checked]], pictures: Sequence[Picture], facts: Mapping[str, str]) -> str:
    """The whole page as HTML.

    Args:
        sections: claims and their certificates, by the titles of the sections.
        pictures: the figures, in order.
        facts: what stands at the foot, such as the versions.
    Raises:
        ValueError: a formula cannot be set; the message names the claim.
    """
    checked = [pair for pairs in sections.values() for pair in pairs]
    known = {claim.id for claim, _ in checked}
    known |= {claim.correction.id for claim, certificate in checked if claim.correction and certificate.correction}
    writer = Writer()
    counts = Counter(certificate.verdict for _, certificate in checked)
    parts = [_group_of(verdict, sections, writer, known) for verdict in PARTS if counts[verdict]]
    environment = Environment(
        loader=PackageLoader("ddln_sym.render.html", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(TEMPLATE).render(
        parts=parts,
        text=text_of(claim for claim, _ in checked),
        link=_address(text_of(claim for claim, _ in checked)),
        in_rocq=any(tell_theorems(claim) for claim, _ in checked),
        named_new=any(claim.id.startswith("new-") for claim, _ in checked),
        total=len(checked),
        seconds=f"{sum(certificate.seconds for _, certificate in checked):.1f}",
        pictures=pictures,
        references=list(_references(writer)),
        facts=facts,
    )


def _address(text: Text | None) -> str:
    """Where a text is found, if its identifier says so.

    >>> _address(Text("On Mirrors", identifier="arXiv 0000.00000"))
    'https://arxiv.org/abs/0000.00000'
    """
    identifier = text.identifier if text is not None else ""
    if found := re.fullmatch(r"arXiv[: ](\S+)", identifier, re.IGNORECASE):
        return f"https://arxiv.org/abs/{found[1]}"
    if found := re.fullmatch(r"(?:doi[: ]\s*)?(10\.\d{4,}/\S+)", identifier, re.IGNORECASE):
        return f"https://doi.org/{found[1]}"
    return identifier if re.match(r"https?://", identifier) else ""


def _group_of(
    verdict: Verdict, sections: Mapping[str, Sequence[Checked]], writer: Writer, known: set[str]
) -> VerdictGroup:
    groups = {
        writer.sentence(capitalize(parse_sentence(title))): [
            _row(claim, certificate, writer, known) for claim, certificate in pairs if certificate.verdict is verdict
        ]
        for title, pairs in sections.items()
    }
    groups = {title: rows for title, rows in groups.items() if rows}
    return VerdictGroup(
        verdict.value, verdict.value.replace(" ", "-"), sum(map(len, groups.values())), PARTS[verdict], groups
    )


def _row(claim: Claim, certificate: Certificate, writer: Writer, known: set[str]) -> Row:
    try:
        return Row(
            claim.id,
            certificate.word,
            certificate.verdict.value.replace(" ", "-"),
            writer.sentence(capitalize(parse_sentence(claim.title))),
            writer.sentence(parse_sentence(claim.source)),
            writer.sentence(parse_sentence(certificate.scope.spell())),
            writer.sentence(parse_sentence(_rests(certificate))),
            f"{certificate.seconds:.2f}",
            writer.blocks(
                [*tell_claim(claim, certificate, known), *tell_theorems(claim)],
                unfolded=certificate.verdict is not Verdict.REFUTED,
            ),
        )
    except ValueError as error:
        raise ValueError(f"{claim.id}: {error}") from error


def _rests(certificate: Certificate) -> str:
    """The cited theorems, by their names where they are few, and how many claims."""
    claims = sum(bool(a.claim) for a in certificate.assumes)
    names = dict.fromkeys(a.theorem.name for a in certificate.assumes if a.theorem)
    theorems = list(names) if len(names) <= NAMED else [f"{len(names)} theorems"]
    counted = [f"{claims} claim{'s' * (claims > 1)}"] if claims else []
    return "; ".join([*theorems, *counted])


def _references(writer: Writer) -> Iterator[tuple[int, Markup]]:
    """What is cited, in the order of its numbers."""
    for key, number in list(writer.cited.items()):
        yield number, writer.sentence(_entry(find_reference(key)))


def _entry(reference: Reference) -> Sentence:
    """A reference as a sentence.

    >>> print(*_entry(find_reference("Carlson1995")))
    B. C. Carlson. Numerical computation of real or complex elliptic integrals. Numerical Algorithms 10, 13–26, 1995.
    """
    fields = dict(reference.fields)
    people = [" ".join(reversed(name.split(", "))) for name in fields.get("author", "").split(" and ")]
    authors = ", ".join(people[:-1]) + (" and " if people[1:] else "") + people[-1]
    where = " ".join(fields[name] for name in ("journal", "booktitle", "institution") if name in fields)
    issue = f"({fields['number']})" if "volume" in fields and "number" in fields else fields.get("number", "")
    number = fields.get("volume", "") + issue
    rest = ("pages", "publisher", "address", "url", "note", "year")
    place = [f"{where} {number}".strip(), *(fields.get(name, "") for name in rest)]
    said = [text for text in (authors, fields["title"], ", ".join(filter(None, place))) if text]
    return (" ".join(text if text.endswith("?") else f"{text}." for text in said),)
