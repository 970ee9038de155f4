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

PAGE = Path(__file__).with_name("findings.md")
LONG = 200  # characters of a statement that fit in a line of text

INTRODUCTION = (
    "statements are false as printed. Each has a point where it fails and a corrected form that is proved. "
    "Some are one error seen again: the factor of (6) in Proposition 1, the entropy (20) in (18), (21) and "
    "(22), the entropy (30) in (32), the index of (33) in the complement of $\\mathcal{M}$. "
    "`[m +/- r]` is a ball that surely contains the value. A claim whose name begins with `new-` is not a "
    "sentence of the paper but a question that one of its errors raises."
)
#: What follows from an error, by the id of the claim.
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
    correction, step = claim.correction, refuting(certificate)
    assert correction is not None and certificate.correction is not None and step.witness is not None
    yield f"## `{claim.id}`: {claim.title}"
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
        yield f"Consequence: {CONSEQUENCE[claim.id]}"


def overview(found: list[tuple[Claim, Certificate]]) -> str:
    rows = ["| claim | place | fails | corrected | the correction is |", "|---|---|---|---|---|"]
    for claim, certificate in found:
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


def render() -> str:
    """The page, from claims that have a correction: no other claim can be refuted."""
    claims = collect()
    library = {claim.id: claim for claim in claims}
    suspects = [claim.id for claim in claims if claim.correction is not None]
    certificates = [c for c in certify_all(claims, suspects) if c.verdict is Verdict.REFUTED]
    found = [(library[c.id], c) for c in certificates]
    if stale := CONSEQUENCE.keys() - {c.id for c in certificates}:
        raise SystemExit(f"consequences.toml names what is not refuted: {', '.join(sorted(stale))}")
    blocks = [
        "<!-- Written by docs/make_findings.py; change that, or the claims, and run it again. -->",
        "# What is wrong in the paper",
        f"{len(found)} {INTRODUCTION}",
        overview(found),
    ]
    for claim, certificate in found:
        blocks.append(f'<a id="{claim.id}"></a>')
        blocks += section(claim, certificate)
    return "\n\n".join(blocks) + "\n"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
    print(f"wrote {PAGE.name}")
