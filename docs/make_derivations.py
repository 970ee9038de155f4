"""Write ``docs/derivations.tex`` and ``docs/references.bib``: ``python docs/make_derivations.py``.

They are what ``ddln-sym derive`` writes, without the files of single claims; ``make docs`` writes them, and they are
not committed.
"""

from __future__ import annotations

from pathlib import Path

from ddln_sym.claims import collect
from ddln_sym.cli.derive import BIBLIOGRAPHY, MASTER, files_of

DOCS = Path(__file__).parent


def main() -> None:
    claims = collect()
    files = files_of(claims, claims)
    for name in (MASTER, BIBLIOGRAPHY):
        (DOCS / name).write_text(files[name], encoding="utf-8")


if __name__ == "__main__":
    main()
