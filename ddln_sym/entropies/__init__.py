"""Entropies of every depth: Legendre functions, closed forms, implicit bias, regimes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddln_sym.entropies.bias import ImplicitBias, implicit_bias
from ddln_sym.entropies.families import difference_entropy, entropy, redundant_entropy
from ddln_sym.entropies.jumps import Jump, jump_process
from ddln_sym.entropies.legendre import LegendreFunction
from ddln_sym.entropies.limits import lazy_limit, rich_limit, scale_sweep, scaled
from ddln_sym.late import import_late

if TYPE_CHECKING:
    from ddln_sym.entropies.closed_forms import LeastLayer, primitive
    from ddln_sym.entropies.homogeneous import ConjugateEntropy, conjugate_entropy

__all__ = [
    "ConjugateEntropy",
    "ImplicitBias",
    "Jump",
    "LeastLayer",
    "LegendreFunction",
    "conjugate_entropy",
    "difference_entropy",
    "entropy",
    "implicit_bias",
    "jump_process",
    "lazy_limit",
    "primitive",
    "redundant_entropy",
    "rich_limit",
    "scale_sweep",
    "scaled",
]

#: With SymPy.
__getattr__ = import_late(
    __name__,
    {
        "ConjugateEntropy": "homogeneous",
        "LeastLayer": "closed_forms",
        "conjugate_entropy": "homogeneous",
        "primitive": "closed_forms",
    },
)
