"""Symbolic-numeric verification of *Optimization Insights into Deep Diagonal Linear Networks*."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ddln_sym.bias import ImplicitBias, implicit_bias
    from ddln_sym.certificate import Certificate, Scope, Step, Verdict
    from ddln_sym.claim import Claim, certify
    from ddln_sym.conditions import commuting, regular, symmetric_domains
    from ddln_sym.derivation import derive_redundant, derive_two_layers
    from ddln_sym.enclosure import Enclosure
    from ddln_sym.entropies import difference_entropy, entropy, redundant_entropy
    from ddln_sym.error_bound import EnclosureError
    from ddln_sym.homogeneous import ConjugateEntropy, conjugate_entropy
    from ddln_sym.least_layer import LeastLayer
    from ddln_sym.legendre import LegendreFunction
    from ddln_sym.limit import NoLimit
    from ddln_sym.logistic import LogisticLoss
    from ddln_sym.loss import SquaredLoss
    from ddln_sym.parametrization import (
        Parametrization,
        deep_diagonal,
        difference,
        matrix_factorization,
        redundant,
        shallow_linear,
    )
    from ddln_sym.proposition import Domain
    from ddln_sym.regimes import lazy_limit, rich_limit, scale_sweep, scaled
    from ddln_sym.straight_line import integrate_polynomial
    from ddln_sym.taylor import BlowUpError
    from ddln_sym.trajectory import GradientFlow, NoConvergence, Trajectory

__version__ = "0.1.0"

#: Where each public name lives; imported on first use, since SymPy takes most of a second to load.
_HOMES = {
    "Certificate": "certificate",
    "Scope": "certificate",
    "Step": "certificate",
    "Verdict": "certificate",
    "Domain": "proposition",
    "Parametrization": "parametrization",
    "commuting": "conditions",
    "deep_diagonal": "parametrization",
    "derive_redundant": "derivation",
    "derive_two_layers": "derivation",
    "difference": "parametrization",
    "ImplicitBias": "bias",
    "implicit_bias": "bias",
    "LegendreFunction": "legendre",
    "ConjugateEntropy": "homogeneous",
    "conjugate_entropy": "homogeneous",
    "difference_entropy": "entropies",
    "entropy": "entropies",
    "redundant_entropy": "entropies",
    "matrix_factorization": "parametrization",
    "shallow_linear": "parametrization",
    "Claim": "claim",
    "certify": "claim",
    "redundant": "parametrization",
    "regular": "conditions",
    "symmetric_domains": "conditions",
    "BlowUpError": "taylor",
    "Enclosure": "enclosure",
    "EnclosureError": "error_bound",
    "NoLimit": "limit",
    "GradientFlow": "trajectory",
    "LogisticLoss": "logistic",
    "NoConvergence": "trajectory",
    "SquaredLoss": "loss",
    "Trajectory": "trajectory",
    "LeastLayer": "least_layer",
    "lazy_limit": "regimes",
    "rich_limit": "regimes",
    "scale_sweep": "regimes",
    "scaled": "regimes",
    "integrate_polynomial": "straight_line",
}

__all__ = [
    "BlowUpError",
    "Certificate",
    "Claim",
    "ConjugateEntropy",
    "Domain",
    "Enclosure",
    "EnclosureError",
    "GradientFlow",
    "ImplicitBias",
    "LeastLayer",
    "LegendreFunction",
    "LogisticLoss",
    "NoConvergence",
    "NoLimit",
    "Parametrization",
    "Scope",
    "SquaredLoss",
    "Step",
    "Trajectory",
    "Verdict",
    "certify",
    "commuting",
    "conjugate_entropy",
    "deep_diagonal",
    "derive_redundant",
    "derive_two_layers",
    "difference",
    "difference_entropy",
    "entropy",
    "implicit_bias",
    "integrate_polynomial",
    "lazy_limit",
    "matrix_factorization",
    "redundant",
    "redundant_entropy",
    "regular",
    "rich_limit",
    "scale_sweep",
    "scaled",
    "shallow_linear",
    "symmetric_domains",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"ddln_sym.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'ddln_sym' has no attribute {name!r}")
