"""Write ``docs/overview.svg``, every claim with its verdict at a glance: ``python docs/make_overview.py``.

The verdicts are those of the lockfile; they also stand in the picture's description, for readers and for the tests.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from ddln_sym.claims import sections
from ddln_sym.cli.files import write_files
from ddln_sym.render.figures import BLUE, STYLE, VERMILION

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "overview.svg"
LOCK = ROOT / "proofs" / "verdicts.json"

WIDTH = 7.2 * 72  # points
LINE, GAP, PAD = 13.0, 4.0, 3.0
TITLE, NAME = 7.5, 6.5  # sizes of letters
COLOURS = {"proved": ("#E4EEF6", BLUE, "#1B3A55"), "refuted": (VERMILION, VERMILION, "#FFFFFF")}


def verdicts() -> dict[str, str]:
    """The verdict of every claim that is not a correction."""
    locked = json.loads(LOCK.read_text(encoding="utf-8"))["claims"]
    return {claim.id: locked[claim.id]["verdict"] for claims in sections().values() for claim in claims}


def parts() -> dict[str, list[str]]:
    """The ids of claims under short titles: what is beyond the paper in one part."""
    found: dict[str, list[str]] = {}
    for title, claims in sections().items():
        name = title.partition(":")[0] if title.startswith("Beyond") else title.replace("𝒜", "A")
        found.setdefault(name, []).extend(claim.id for claim in claims)
    return found


def drawn() -> Figure:
    """For each part a title and the ids, wrapped."""
    found, places, y = verdicts(), list[tuple[float, float, float, str, str]](), 0.0
    figure = Figure(figsize=(1, 1))
    renderer: Any = FigureCanvasAgg(figure).get_renderer()

    def width(text: str, size: float) -> float:
        label = figure.text(0, 0, text, fontsize=size)
        extent = label.get_window_extent(renderer).width * 72 / figure.dpi
        label.remove()
        return float(extent)

    for title, ids in parts().items():
        places.append((0.0, y, 0.0, title, "title"))
        y, x = y + LINE, 0.0
        for name in ids:
            room = width(name, NAME) + 2 * PAD
            if x + room > WIDTH:
                x, y = 0.0, y + LINE + 1
            places.append((x, y, room, name, found[name]))
            x += room + GAP
        y += 1.4 * LINE
    figure.set_size_inches(WIDTH / 72, y / 72)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(-1, WIDTH + 1), ylim=(y - LINE * 0.3, -LINE * 0.8))
    axes.set_axis_off()
    for x, height, room, text, kind in places:
        if kind == "title":
            axes.text(x, height, text, fontsize=TITLE, va="center", weight="bold")
            continue
        face, edge, letters = COLOURS[kind]
        box = FancyBboxPatch(
            (x, height - 4.6), room, 9.2, boxstyle="round,pad=0,rounding_size=2.5", fc=face, ec=edge, lw=0.5
        )
        axes.add_patch(box)
        axes.text(x + room / 2, height, text, fontsize=NAME, va="center", ha="center", color=letters)
    return figure


def main() -> None:
    with rc_context({**STYLE, "figure.constrained_layout.use": False}):
        stream = io.BytesIO()
        description = json.dumps(verdicts())
        drawn().savefig(stream, format="svg", metadata={"Date": None, "Description": description})
    write_files({TARGET: stream.getvalue()})


if __name__ == "__main__":
    main()
