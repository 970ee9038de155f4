"""Claims, certificates and derivations as LaTeX.

:func:`formula` is one proposition or expression, :func:`reason` why a step holds, :func:`rendered` a step in
full, :func:`claim_tex` a claim, :func:`document` all of them.
"""

from __future__ import annotations

from ddln_sym.latex.document import document
from ddln_sym.latex.fragment import claim_tex, standalone
from ddln_sym.latex.proof import proof, reason, rendered
from ddln_sym.latex.prose import prose
from ddln_sym.latex.references import bibliography
from ddln_sym.latex.statement import display, formula

__all__ = [
    "bibliography",
    "claim_tex",
    "display",
    "document",
    "formula",
    "proof",
    "prose",
    "reason",
    "rendered",
    "standalone",
]
