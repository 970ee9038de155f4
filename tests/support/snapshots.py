"""Fragments of LaTeX that are kept beside the tests, to be read when they change: ``make snapshots``.

One of each kind of proof.  With ``--show`` they are printed as JSON instead of written.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from ddln_sym.claims import collect
from ddln_sym.cli.derive import files_of

SNAPSHOTS = Path(__file__).resolve().parents[1] / "render" / "snapshots"
CLAIMS = {
    "eq-6": "refuted at a point, with a correction by ideal membership",
    "eq-13": "an inequality over a symbolic number of layers",
    "prop-1-2": "slack variables, and a cited theorem",
    "thm-2": "a differential inequality",
    "eq-20": "refuted by ball arithmetic, logarithms",
    "eq-33": "floors and remainders",
    "new-need-A-sigma": "an assumption that is needed",
    "new-entropy-two": "a derivation line by line",
}


def render() -> dict[str, str]:
    """The fragments by the ids of their claims."""
    claims = collect()
    files = files_of(claims, tuple(claim for claim in claims if claim.id in CLAIMS))
    return {name: files[f"claims/{name}.tex"] for name in CLAIMS}


if __name__ == "__main__":
    found = render()
    if sys.argv[1:] == ["--show"]:
        json.dump(found, sys.stdout)
    else:
        SNAPSHOTS.mkdir(exist_ok=True)
        for name, text in found.items():
            (SNAPSHOTS / f"{name}.tex").write_text(text, encoding="utf-8")
