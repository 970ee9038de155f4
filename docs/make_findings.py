"""Write ``docs/findings.md`` from the certificates: ``python docs/make_findings.py``.

Everything on the page but the consequences (``consequences.toml``) is taken from the claims and from what
the kernel decides about them now.  There are no times on it, so it changes only when a finding does.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from ddln_sym import Certificate, Claim, Verdict
from ddln_sym.claims import certify_all, collect
from ddln_sym.render.document import centre, explain_names, refuting_step, show_printed, tell_failure
from ddln_sym.render.formulas import printer_for, speak
from ddln_sym.render.markdown import convert_text, write_blocks
from ddln_sym.render.terminal import plural
from ddln_sym.statements import Denied, Flaw, Origin

PAGE = Path(__file__).with_name("findings.md")

#: What the kinds of finding mean, in the order of the page.
KINDS = {
    Flaw.ERROR: ("Errors", "A formula that is wrong."),
    Flaw.CONSEQUENCE: ("Consequences", "A formula that uses one of those, and is right once that one is corrected."),
    Flaw.MISPRINT: ("Misprints", "An index or an argument; what is meant is plain, and nothing rests on the slip."),
    Flaw.SHARPENED: (
        "Sharpened",
        "True or arguable as meant, and more is known: either the printed statement is proved and sharper ones are "
        "named, or a stricter reading of it is decided.",
    ),
}
INTRODUCTION = (
    "Read is version 1 of arXiv 2412.16765 (21 December 2024); later versions exist and may have changed what follows. "
    "The theorems of the paper stand. "
    "Every statement below that is refuted has a point at which it fails and a corrected form that is proved. "
    "[The coverage table](coverage.md) goes through the paper line by line. "
    "$m \\pm r$ is a ball that surely contains the value. A point given by layers and by a slope $g$ of the loss is a "
    "state of the flow of the linear loss with that slope, at any time, as that flow runs backwards too."
)
IDS = {claim.id for claim in collect()}
#: What follows from a finding, by the id of the claim.
CONSEQUENCE: dict[str, str] = tomllib.loads(PAGE.with_name("consequences.toml").read_text(encoding="utf-8"))


def decided(certificate: Certificate) -> str:
    """The statement that the kernel decided, and what the names in it stand for."""
    stated = refuting_step(certificate).proposition
    stated = getattr(stated, "statement", stated)
    with speak(certificate.text):
        formula, names = centre(stated, printer_for(stated))
        return write_blocks([formula, *explain_names(names)])


def scope_of(certificate: Certificate) -> str:
    return convert_text(certificate.scope.spell())


def section(claim: Claim, certificate: Certificate) -> Iterator[str]:
    place = convert_text(claim.source)
    yield f"### `{claim.id}`: {convert_text(claim.title)}"
    if certificate.proved:
        yield f"{place}. As printed, and proved ({scope_of(certificate)}):"
        yield write_blocks([show_printed(claim.printed)])
        yield convert_text(claim.remark, IDS)
        return
    correction = claim.correction
    assert correction is not None and certificate.correction is not None
    yield f"{place}. As printed:"
    yield write_blocks([show_printed(claim.printed)])
    if claim.remark:
        yield convert_text(claim.remark, IDS)
    denied = isinstance(refuting_step(certificate).proposition, Denied)
    yield "It denies that" if denied else "Decided is"
    yield decided(certificate)
    kind = refuting_step(certificate).witness
    text = write_blocks(tell_failure(certificate))
    apart = "\n\n" if text.endswith("```") else " "
    yield f"{text}{apart}({kind.kind})" if kind is not None else ""
    verdict = f"{certificate.correction.verdict}, {scope_of(certificate.correction)}"
    yield f"Corrected ({verdict}): {convert_text(correction.title)}."
    yield write_blocks([show_printed(correction.printed)])
    if claim.id in CONSEQUENCE:
        yield CONSEQUENCE[claim.id]


def overview(kind: Flaw, found: list[tuple[Claim, Certificate]]) -> str:
    heads = ("what it says", "what is decided") if kind is Flaw.SHARPENED else ("what is wrong", "corrected")
    rows = [f"| claim | place | {heads[0]} | {heads[1]} |", "|---|---|---|---|"]
    for claim, certificate in found:
        link = f"[`{claim.id}`](#{claim.id})"
        if certificate.proved:
            rows.append(f"| {link} | {convert_text(claim.source)} | {convert_text(claim.title)} | proved as printed |")
            continue
        assert claim.correction is not None and certificate.correction is not None
        verdict = f"{convert_text(claim.correction.title)} ({certificate.correction.verdict})"
        rows.append(f"| {link} | {convert_text(claim.source)} | {convert_text(claim.title)} | {verdict} |")
    return "\n".join(rows)


def render(known: Mapping[str, Certificate] | None = None) -> str:
    """The page, from the claims of the text that have a correction, or say that more is known.

    Args:
        known: certificates that need not be computed again.
    """
    claims = collect()
    library = {claim.id: claim for claim in claims}
    text = [claim for claim in claims if claim.origin is Origin.TEXT]
    suspects = [claim.id for claim in text if claim.correction is not None or claim.flaw is Flaw.SHARPENED]
    certificates = certify_all(claims, suspects, known=dict(known or {}))
    found = [(library[c.id], c) for c in certificates if c.verdict is Verdict.REFUTED or c.flaw]
    if stale := CONSEQUENCE.keys() - {claim.id for claim, _ in found}:
        raise SystemExit(f"consequences.toml names what is not refuted: {', '.join(sorted(stale))}")
    if unsorted := [claim.id for claim, certificate in found if certificate.flaw is None]:
        raise SystemExit(f"what kind of finding these are is not said: {', '.join(unsorted)}")
    groups = {kind: [(claim, c) for claim, c in found if c.flaw is kind] for kind in KINDS}
    counts = [f"{len(group)} {plural(kind, len(group))}" for kind, group in groups.items() if group]
    blocks = [
        "<!-- Written by docs/make_findings.py; change that, or the claims, and run it again. -->",
        "# Findings",
        f"{', '.join(counts)}. {INTRODUCTION}",
    ]
    for kind, (title, meaning) in KINDS.items():
        if groups[kind]:
            blocks += [f"## {title}", meaning, overview(kind, groups[kind])]
        for claim, certificate in groups[kind]:
            blocks.append(f'<a id="{claim.id}"></a>')
            blocks += section(claim, certificate)
    return "\n\n".join(blocks) + "\n"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
    print(f"wrote {PAGE.name}")
