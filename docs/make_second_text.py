"""Write ``docs/second-text.md``, a second text with its verdicts and derivations: ``python docs/make_second_text.py``.

Everything on the page is taken from the claims in ``texts/amid_warmuth`` and from what the kernel decides about them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ddln_sym.claims import Claim, certify_all, sections
from ddln_sym.render.document import capitalize, parse_sentence, tell_claim
from ddln_sym.render.markdown import convert_text, write_blocks, write_sentence
from ddln_sym.statements import Certificate, Origin, Verdict

PAGE = Path(__file__).with_name("second-text.md")
FOLDER = Path(__file__).parents[1] / "texts" / "amid_warmuth"

#: The sections as a reader meets them, not by the names of their files.
ORDER = ["Link functions", "Flows", "Reparametrizations", "Signed weights and finite steps"]
INTRODUCTION = """
The claims on this page are about a text that is not the paper of this package. They lie in `texts/amid_warmuth`: one
file that names the text and its notation, and a file a section. Copy the folder to begin with [a paper of your
own](referee-a-paper.md).

```console
$ ddln-sym check texts/amid_warmuth
```

The formulas are restated in this project's words, in one coordinate, and the places are named by their subject: whoever
has the text at hand can add its numbers. Claims whose name begins with `new-` are not in the text: neighbouring
statements, and two readings that come to mind and are false.
""".strip()


def overview(found: list[tuple[Claim, Certificate]]) -> Iterator[str]:
    yield "| claim | place | verdict | what it says |\n|---|---|---|---|"
    for claim, certificate in found:
        corrected = certificate.correction
        verdict = certificate.verdict.value + (f", corrected form {corrected.verdict.value}" if corrected else "")
        said = " | ".join((convert_text(claim.source), verdict, convert_text(claim.title)))
        yield f"| [`{claim.id}`](#{claim.id}) | {said} |"


def render() -> str:
    """The page."""
    found_parts = sections(FOLDER)
    parts = {title: found_parts[title] for title in sorted(found_parts, key=ORDER.index)}
    claims = [claim for part in parts.values() for claim in part]
    found = {c.id: c for c in certify_all(claims, [claim.id for claim in claims])}
    text = claims[0].text
    assert text is not None
    counts = Counter(c.verdict for c in found.values() if c.origin is Origin.TEXT)
    beyond = Counter(c.verdict for c in found.values() if c.origin is not Origin.TEXT)
    said = [", ".join(f"{number[v]} {v.value}" for v in Verdict if number[v]) for number in (counts, beyond)]
    false = [(claim, found[claim.id]) for claim in claims if found[claim.id].verdict is Verdict.REFUTED]
    wrong = [claim for claim, certificate in false if certificate.origin is Origin.TEXT]
    known = set(found) | {c.correction.id for c in claims if c.correction is not None}
    blocks = [
        "<!-- Written by docs/make_second_text.py; change that, or the claims, and run it again. -->",
        "# A second text",
        f"*{convert_text(text.title)}* by {convert_text(text.people)} ({convert_text(text.place)}): "
        f"{said[0]}; beyond the text {said[1]}.",
        INTRODUCTION,
        "## Findings",
        ", ".join(f"`{claim.id}`" for claim in wrong) + " fail as printed."
        if wrong
        else "No statement of the text that is entered here is refuted.",
        "\n".join(overview([(claim, found[claim.id]) for claim in claims])),
    ]
    for title, part in parts.items():
        blocks.append(f"## {write_sentence(capitalize(parse_sentence(title)))}")
        for claim in part:
            blocks += [f'<a id="{claim.id}"></a>', write_blocks(tell_claim(claim, found[claim.id], known))]
    return "\n\n".join(blocks) + "\n"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
    print(f"wrote {PAGE.name}")
