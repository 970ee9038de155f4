"""The trusted kernel: it alone makes steps.  Yes, no with a witness, or don't know; never a guess."""

from __future__ import annotations

from ddln_sym.kernel.derivatives import apply_rates
from ddln_sym.kernel.procedure import decide, satisfiable
from ddln_sym.kernel.transcripts import proof, transcript
from ddln_sym.kernel.vector_fields import NotPolynomial, tied_blocks

__all__ = ["NotPolynomial", "apply_rates", "decide", "proof", "satisfiable", "tied_blocks", "transcript"]
