"""Documents as LaTeX: :func:`document` all claims, :func:`claim_tex` one, :func:`study_document` a model."""

from __future__ import annotations

from ddln_sym.render.latex.compiler import TeXError, compile_pdf
from ddln_sym.render.latex.document import claim_tex, document, standalone, study_document
from ddln_sym.render.latex.verdicts import verdict_marks, verdicts_sty
from ddln_sym.render.latex.writer import write_blocks, write_sentence

__all__ = [
    "TeXError",
    "claim_tex",
    "compile_pdf",
    "document",
    "standalone",
    "study_document",
    "verdict_marks",
    "verdicts_sty",
    "write_blocks",
    "write_sentence",
]
