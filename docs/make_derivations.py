"""Write ``docs/derivations.tex`` and ``docs/references.bib``: ``python docs/make_derivations.py``.

They are what ``ddln-sym derive`` writes, without the files of single claims.  There are no dates and no times
in them, so they change only when a claim, a proof or the printing does.
"""

from __future__ import annotations

from pathlib import Path

from ddln_sym.claims import collect
from ddln_sym.cli.derive import BIBLIOGRAPHY, MASTER, files_of

DOCS = Path(__file__).parent


def render() -> dict[str, str]:
    """The two files by their names."""
    claims = collect()
    files = files_of(claims, claims)
    return {name: files[name] for name in (MASTER, BIBLIOGRAPHY)}


if __name__ == "__main__":
    for name, text in render().items():
        (DOCS / name).write_text(text, encoding="utf-8")
        print(f"wrote {name}")
