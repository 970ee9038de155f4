"""Claims, certificates and derivations as LaTeX.

:func:`formula` is one proposition or expression, :func:`reason` why a step holds, :func:`rendered` a step in
full, :func:`claim_tex` a claim, :func:`document` all of them.
"""

from __future__ import annotations

from ddln_sym.render.latex.bibliography import REFERENCES, Reference, bibliography
from ddln_sym.render.latex.claims import capital, claim_tex, standalone
from ddln_sym.render.latex.compiler import TeXError, compiled
from ddln_sym.render.latex.document import document
from ddln_sym.render.latex.layout import split_at, width
from ddln_sym.render.latex.proofs import proof, reason, rendered
from ddln_sym.render.latex.propositions import display, formula
from ddln_sym.render.latex.prose import math_of, prose
from ddln_sym.render.latex.rewriting import RELATIONS

__all__ = [
    "REFERENCES",
    "RELATIONS",
    "Reference",
    "TeXError",
    "bibliography",
    "capital",
    "claim_tex",
    "compiled",
    "display",
    "document",
    "formula",
    "math_of",
    "proof",
    "prose",
    "reason",
    "rendered",
    "split_at",
    "standalone",
    "width",
]
