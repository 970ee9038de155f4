"""Write ``docs/findings.md`` from the certificates: ``python docs/make_findings.py``.

Everything on the page but the consequences (``consequences.toml``) is taken from the claims and from what
the kernel decides about them now.  There are no times on it, so it changes only when a finding does.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from ddln_sym import Certificate, Claim, Step, Verdict
from ddln_sym._html import mathjax
from ddln_sym.claims import certify_all, collect
from ddln_sym.render.terminal import plural
from ddln_sym.statements import Flaw, Origin

PAGE = Path(__file__).with_name("findings.md")
LONG = 200  # characters of a statement that fit in a line of text

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
    "`[m +/- r]` is a ball that surely contains the value. A point given by layers and by a slope `g` of the loss is a "
    "state of the flow of the linear loss with that slope, at any time, as that flow runs backwards too."
)
#: What follows from a finding, by the id of the claim.
CONSEQUENCE: dict[str, str] = tomllib.loads(PAGE.with_name("consequences.toml").read_text(encoding="utf-8"))


def refuting(certificate: Certificate) -> Step:
    """The step that carries the witness: the innermost one."""
    steps = [step for top in certificate.steps for step in top.walk() if step.verdict is Verdict.REFUTED]
    carrying = [step for step in steps if step.witness is not None and step.witness == certificate.witness]
    return next(step for step in carrying if not any(part in carrying for part in step.parts))


def code(text: object) -> str:
    return f"`{text}`"


def said(name: str, value: str) -> str:
    """A value of a witness; a truth value is said in words, since ``j <= d = false`` misreads."""
    return f"{code(name)} is {value}" if value in ("false", "proved") else code(f"{name} = {value}")


def listed(items: Mapping[str, str]) -> str:
    return ", ".join(said(name, value) for name, value in items.items())


def decided(step: Step) -> str:
    text = str(step.proposition)
    return f"Decided: {code(text)}" if len(text) <= LONG else f"Decided:\n\n```text\n{text}\n```"


def cell(text: str) -> str:
    return text.replace("|", "\\|")


def formula(latex: str) -> str:
    return f"```math\n{mathjax(latex)}\n```"


def section(claim: Claim, certificate: Certificate) -> Iterator[str]:
    if certificate.proved:
        yield f"### `{claim.id}`: {claim.title}"
        yield f"{claim.source}. As printed, and proved ({certificate.scope}):"
        yield formula(claim.printed)
        yield claim.remark
        return
    correction, step = claim.correction, refuting(certificate)
    assert correction is not None and certificate.correction is not None and step.witness is not None
    yield f"### `{claim.id}`: {claim.title}"
    yield f"{claim.source}. As printed:"
    yield formula(claim.printed)
    if claim.remark:
        yield claim.remark
    yield decided(step)
    at = f", at {listed(step.witness.point)}" if step.witness.point else ""
    yield f"Witness ({step.witness.kind}): {listed(step.witness.values)}{at}."
    yield f"Corrected ({certificate.correction.verdict}, {certificate.correction.scope}): {correction.title}."
    yield formula(correction.printed)
    if claim.id in CONSEQUENCE:
        yield CONSEQUENCE[claim.id]


def overview(found: list[tuple[Claim, Certificate]]) -> str:
    rows = ["| claim | place | fails | corrected | the correction is |", "|---|---|---|---|---|"]
    for claim, certificate in found:
        if certificate.proved:
            rows.append(f"| [`{claim.id}`](#{claim.id}) | {cell(claim.source)} | proved as printed | | |")
            continue
        witness = refuting(certificate).witness
        assert claim.correction is not None and certificate.correction is not None and witness is not None
        at = f" at {listed(witness.point)}" if witness.point else ""
        cells = (
            f"[`{claim.id}`](#{claim.id})",
            claim.source,
            listed(witness.values) + at,
            claim.correction.title,
            f"{certificate.correction.verdict}, {certificate.correction.scope}",
        )
        rows.append(f"| {' | '.join(map(cell, cells))} |")
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
            blocks += [f"## {title}", meaning, overview(groups[kind])]
        for claim, certificate in groups[kind]:
            blocks.append(f'<a id="{claim.id}"></a>')
            blocks += section(claim, certificate)
    return "\n\n".join(blocks) + "\n"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
    print(f"wrote {PAGE.name}")
