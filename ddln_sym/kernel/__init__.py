"""The trusted kernel: it alone makes steps.  Yes, no with a witness, or don't know; never a guess."""

from __future__ import annotations

# Their rules are entered.
import ddln_sym.kernel.definitions
import ddln_sym.kernel.kinds
import ddln_sym.kernel.strategies  # noqa: F401
from ddln_sym.kernel.derivatives import apply_rates
from ddln_sym.kernel.procedure import decide
from ddln_sym.kernel.relations import satisfiable
from ddln_sym.kernel.transcripts import proof, transcript
from ddln_sym.kernel.vector_fields import NotPolynomial, tied_blocks

__all__ = ["NotPolynomial", "apply_rates", "decide", "proof", "satisfiable", "tied_blocks", "transcript"]
