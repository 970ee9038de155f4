"""Write ``docs/derivations.pdf``: ``python docs/make_derivations.py``.

It is what ``ddln-sym derive --pdf`` writes; ``make docs`` writes it, and it is not committed.  Without TeX it is
``docs/derivations.tex``, and the site offers that.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ddln_sym.claims import collect
from ddln_sym.cli.derive import BIBLIOGRAPHY, MASTER, PDF, files_of
from ddln_sym.render.latex import TeXError, compile_pdf

DOCS = Path(__file__).parent


def main() -> None:
    claims = collect()
    files = files_of(claims, claims)
    for name in (MASTER, BIBLIOGRAPHY):
        (DOCS / name).write_text(files[name], encoding="utf-8")
    (DOCS / PDF).unlink(missing_ok=True)
    try:
        page, _ = compile_pdf({name: files[name] for name in (MASTER, BIBLIOGRAPHY)}, MASTER)
    except TeXError as error:
        print(f"the derivations are offered as LaTeX: {error}", file=sys.stderr)
    else:
        (DOCS / PDF).write_bytes(page)


if __name__ == "__main__":
    main()
