"""Write ``docs/overview.svg``, every claim with its verdict at a glance: ``python docs/make_overview.py``.

The verdicts are those of the lockfile; they also stand in the picture's description, for readers and for the tests.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

from ddln_sym.claims import sections
from ddln_sym.cli.files import write_files
from ddln_sym.render.figures import BLUE, VERMILION

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "overview.svg"
LOCK = ROOT / "proofs" / "verdicts.json"

#: In units of the picture: its width, a line, the room between two boxes, and within one beside the letters.
WIDTH, LINE, GAP, PAD = 720, 20, 6, 5
#: Sizes of letters, and the width of one, to which the ids are fitted whatever font there is.
TITLE, NAME, LETTER = 12, 10, 6
STYLE = f"""
text {{ font: {NAME}px monospace; }}
.title {{ font: bold {TITLE}px sans-serif; fill: #222; }}
.proved {{ fill: #E4EEF6; stroke: {BLUE}; }} .proved + text {{ fill: #1B3A55; }}
.refuted {{ fill: {VERMILION}; stroke: {VERMILION}; }} .refuted + text {{ fill: #FFF; }}
@media (prefers-color-scheme: dark) {{ .title {{ fill: #DDD; }} }}
"""


def verdicts() -> dict[str, str]:
    """The verdict of every claim that is not a correction."""
    locked = json.loads(LOCK.read_text(encoding="utf-8"))["claims"]
    return {claim.id: locked[claim.id]["verdict"] for claims in sections().values() for claim in claims}


def parts() -> dict[str, list[str]]:
    """The ids of claims under short titles: what is beyond the paper in one part."""
    found: dict[str, list[str]] = {}
    for title, claims in sections().items():
        name = title.partition(":")[0] if title.startswith("Beyond") else title
        found.setdefault(name.replace("$", "").replace("𝒜", "A"), []).extend(claim.id for claim in claims)
    return found


def render() -> str:
    """For each part a title and the ids, wrapped."""
    found, lines, y = verdicts(), list[str](), LINE - 6
    for title, ids in parts().items():
        lines.append(f'<text class="title" y="{y}">{escape(title)}</text>')
        x, y = 0, y + LINE
        for name in ids:
            width = len(name) * LETTER
            if x + width + 2 * PAD > WIDTH:
                x, y = 0, y + LINE
            box = f'x="{x}" y="{y - 11}" width="{width + 2 * PAD}" height="15" rx="3"'
            text = f'x="{x + PAD}" y="{y}" textLength="{width}"'
            lines.append(f'<rect class="{found[name]}" {box}/><text {text}>{escape(name)}</text>')
            x += width + 2 * PAD + GAP
        y += LINE + 6
    size = f'viewBox="-1 0 {WIDTH + 2} {y - LINE}"'
    description = escape(json.dumps(found), quote=False)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n<desc>{description}</desc>\n<style>{STYLE}</style>'
    return "\n".join([head, *lines, "</svg>\n"])


if __name__ == "__main__":
    write_files({TARGET: render().encode()})
