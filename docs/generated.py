"""The parts of the site that are taken from the package: the API, the claims, and what is proved of each result.

A page asks for one of them by a comment, ``<!-- generated: NAME ARGUMENT -->``, which is replaced when the site is
built; anywhere else the page reads as it stands.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from published import rows as published_rows

import ddln_sym
from ddln_sym import Claim
from ddln_sym.claims import collect, sections
from ddln_sym.render.document import show_printed
from ddln_sym.render.markdown import convert_text, write_blocks

ROOT = Path(__file__).resolve().parent.parent
ASKED = re.compile(r"^<!-- generated: (\w+) ?(\S*) -->$", re.MULTILINE)
#: A name by which other pages, and the table of findings itself, point to a section.
ANCHOR = re.compile(r'^<a id="([\w-]+)"></a>$', re.MULTILINE)


@cache
def locked() -> dict[str, Any]:
    """Verdict and scope of each claim; the tests hold that they are what a check finds."""
    return dict(json.loads((ROOT / "proofs" / "verdicts.json").read_text(encoding="utf-8"))["claims"])


def judged(entry: dict[str, Any]) -> str:
    """The verdict and its scope, in which no line ends at a relation."""
    scope = re.sub(r" ([=≥≤<>×→]) ", "\N{NO-BREAK SPACE}\\1\N{NO-BREAK SPACE}", convert_text(entry["scope"]))
    return f"[{entry['verdict']}]{{.{entry['verdict']}}}, {scope}"


def said(claim: Claim, entry: dict[str, Any]) -> Iterator[str]:
    """One claim: what it says, where, how it was decided, and its correction."""
    yield f"(claim-{claim.id})="
    yield f"**`{claim.id}`** {convert_text(claim.title)} ({convert_text(claim.source)}): {judged(entry)}"
    yield write_blocks([show_printed(claim.printed)])
    if claim.remark:
        yield convert_text(claim.remark, locked().keys())
    if claim.correction is not None:
        correction = claim.correction
        why = f"[why](findings.md#{claim.id.lower()})"  # ids of sections are in small letters
        yield f"Corrected: {convert_text(correction.title)}: {judged(entry['correction'])} ({why})"
        yield write_blocks([show_printed(correction.printed)])


def claims(argument: str) -> str:
    """Every claim, by the modules of ``proofs``, in the paper's order."""
    blocks = []
    for title, found in sections().items():
        blocks.append(f"## {convert_text(title)}")
        for claim in found:
            blocks += said(claim, locked()[claim.id])
    return "\n\n".join(blocks)


def proved(prefix: str) -> str:
    """The claims whose ids begin so, with their scopes; a sentence where there are none."""
    found = [claim for claim in collect() if claim.id.startswith(prefix)]
    if not found:
        return "*No claim in this project proves this yet.*"
    rows = [f"| `{c.id}` | {convert_text(c.title)} | {judged(locked()[c.id])} |" for c in found]
    return "\n".join(["| claim | says | verdict |", "|---|---|---|", *rows])


def api(homes: str) -> str:
    """The public names of some modules, or, without an argument, of those that the page does not ask for otherwise."""
    wanted = homes.split(",") if homes else sorted(set(ddln_sym._HOMES.values()) - asked_for())
    names = [name for home in wanted for name in ddln_sym.__all__ if ddln_sym._HOMES[name] == home]
    blocks = [f"```{{eval-rst}}\n{directive(name)}\n```" for name in names]
    return "\n\n".join(blocks if homes or not blocks else ["## More", *blocks])


def asked_for() -> set[str]:
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    return {home for part, homes in ASKED.findall(text) if part == "api" for home in homes.split(",")}


def directive(name: str) -> str:
    value = getattr(ddln_sym, name)
    if not inspect.isclass(value):
        return f".. autofunction:: ddln_sym.{name}"
    return f".. autoclass:: ddln_sym.{name}\n   :members:\n   :special-members: __call__"


#: Models of the gallery: functions of the package with their arguments.
GALLERY: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("deep_diagonal", (3, 1)),
    ("redundant", (3, 1)),
    ("difference", (3, 1)),
    ("hadamard_square", (2,)),
    ("two_sided", (1,)),
    ("exponential", (2,)),
    ("shallow_linear", (2, 2)),
    ("matrix_factorization", (2, 2)),
    ("asymmetric_factorization", (2, 2, 2)),
    ("deep_linear", ((2, 3, 2),)),
    ("relu_paths", ((1, 2, 1), True)),
    ("convolutional", ((2, 2),)),
    ("weight_normalization", (2,)),
    ("squared_simplex", (2,)),
)


def gallery(argument: str) -> str:
    """One row a model of the zoo: G, whether it commutes, its laws, its entropy; from what ``analyze`` says."""
    rows = ["| model | G | commuting | conservation laws | entropy |", "|---|---|---|---|---|"]
    for name, arguments in GALLERY:
        study = ddln_sym.analyze(getattr(ddln_sym, name)(*arguments))
        laws = "; ".join(line.strip() for line in str(study.laws).splitlines()[1:4])
        more = ", …" if len(study.net.components) > 2 else ""
        shown = ", ".join(f"`{c}`" for c in study.net.components[:2]) + more
        written = ", ".join(map(repr, arguments))
        verdict = study.commuting.verdict.value
        counted = study.laws.counted.replace("independent conservation ", "")
        cells = [
            f"`{name}({written})`",
            shown,
            f"[{verdict}]{{.{verdict}}}",
            counted + (f": `{laws}`" if laws else ""),
            study["entropy"].said.replace("|", "\\|"),
        ]
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def counts(argument: str) -> str:
    """Formulas for the number of laws of two factors ``UVᵀ`` against what is counted."""
    rows = ["| (rows, inner, columns) | r(r+1)/2 | counted | heavy ball: r(r−1)/2 | counted |", "|---|---|---|---|---|"]
    for n, r, m in ((2, 2, 2), (3, 2, 3), (1, 2, 1), (1, 3, 1), (2, 5, 2)):
        net = ddln_sym.asymmetric_factorization(n, m, r)
        found = ddln_sym.conservation_laws(net).count
        ball = ddln_sym.conservation_laws(net, momentum=True, degree=3).count if r < 5 else "–"
        rows.append(
            f"| ({n}, {r}, {m}) | {r * (r + 1) // 2} | {found} | {r * (r - 1) // 2 if r < 5 else '–'} | {ball} |"
        )
    return "\n".join(rows)


def published(argument: str) -> str:
    """Potentials and counts of the literature as they are printed, each with a verdict."""
    found = ["| model | as printed | source | verdict | |", "|---|---|---|---|---|"]
    for row in published_rows(locked()):
        verdict = f"[{row.verdict}]{{.{row.verdict}}}"
        found.append(f"| {row.model} | {row.printed} | {row.source} | {verdict} | {row.remark} |")
    return "\n".join(found)


PARTS: dict[str, Callable[[str], str]] = {
    "api": api,
    "claims": claims,
    "counts": counts,
    "gallery": gallery,
    "proved": proved,
    "published": published,
}


def spread(lines: list[str], names: Iterable[str]) -> list[str]:
    """A docstring with one line for each argument or attribute: ``a: x. b: y`` and ``a, b: x`` become two lines.

    >>> spread(["Args:", "    a: one. b, c: two; d: three."], "abc")
    ['Args:', '    a: one', '    b: two; d: three.', '    c: two; d: three.']
    """
    known = "|".join(map(re.escape, names)) or "(?!)"
    entry = re.compile(rf"[.;] (?=(?:{known})(?:, \w+)*: )")
    several = re.compile(rf"^(\s+)((?:{known})(?:, (?:{known}))+)(: .*)$")
    found = []
    for line in lines:
        indent = line[: len(line) - len(line.lstrip())]
        for part in entry.split(line.strip()) if indent else [line]:
            match = several.match(indent + part)
            found += [match[1] + name + match[3] for name in match[2].split(", ")] if match else [indent + part]
    return found


def fill(text: str) -> str:
    """A page with its generated parts, with anchors as MyST knows them, without the blank lines that end examples."""
    text = re.sub(r"(?<=\n)\n```$", "```", text, flags=re.MULTILINE)
    return ASKED.sub(lambda asked: PARTS[asked[1]](asked[2]), ANCHOR.sub(r"(\1)=", text))
