"""Symbolic-numeric verification of *Optimization Insights into Deep Diagonal Linear Networks*."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ddln_sym.claims import Claim, certify
    from ddln_sym.entropies import (
        ConjugateEntropy,
        ImplicitBias,
        LeastLayer,
        LegendreFunction,
        conjugate_entropy,
        difference_entropy,
        entropy,
        implicit_bias,
        lazy_limit,
        redundant_entropy,
        rich_limit,
        scale_sweep,
        scaled,
    )
    from ddln_sym.flows import Enclosure, EnclosureError, GradientFlow, NoConvergence, NoLimit, Trajectory
    from ddln_sym.flows.losses import LogisticLoss, SquaredLoss
    from ddln_sym.kernel import decide
    from ddln_sym.models import (
        Parametrization,
        commuting,
        deep_diagonal,
        derive_redundant,
        derive_two_layers,
        difference,
        matrix_factorization,
        redundant,
        regular,
        shallow_linear,
        symmetric_domains,
    )
    from ddln_sym.statements import (
        Certificate,
        Compare,
        Domain,
        Equal,
        Holds,
        Hypothesis,
        Rate,
        RateRule,
        Scope,
        Setting,
        Step,
        Verdict,
    )
    from ddln_sym.taylor import BlowUpError, integrate_polynomial

__version__ = "0.1.0"

#: Where each public name lives; imported on first use, since SymPy takes most of a second to load.
_HOMES = {
    "Claim": "claims",
    "certify": "claims",
    "ConjugateEntropy": "entropies",
    "ImplicitBias": "entropies",
    "LeastLayer": "entropies",
    "LegendreFunction": "entropies",
    "conjugate_entropy": "entropies",
    "difference_entropy": "entropies",
    "entropy": "entropies",
    "implicit_bias": "entropies",
    "lazy_limit": "entropies",
    "redundant_entropy": "entropies",
    "rich_limit": "entropies",
    "scale_sweep": "entropies",
    "scaled": "entropies",
    "Enclosure": "flows",
    "EnclosureError": "flows",
    "GradientFlow": "flows",
    "NoConvergence": "flows",
    "NoLimit": "flows",
    "Trajectory": "flows",
    "LogisticLoss": "flows.losses",
    "SquaredLoss": "flows.losses",
    "decide": "kernel",
    "Parametrization": "models",
    "commuting": "models",
    "deep_diagonal": "models",
    "derive_redundant": "models",
    "derive_two_layers": "models",
    "difference": "models",
    "matrix_factorization": "models",
    "redundant": "models",
    "regular": "models",
    "shallow_linear": "models",
    "symmetric_domains": "models",
    "Certificate": "statements",
    "Compare": "statements",
    "Domain": "statements",
    "Equal": "statements",
    "Holds": "statements",
    "Hypothesis": "statements",
    "Rate": "statements",
    "RateRule": "statements",
    "Scope": "statements",
    "Setting": "statements",
    "Step": "statements",
    "Verdict": "statements",
    "BlowUpError": "taylor",
    "integrate_polynomial": "taylor",
}

__all__ = [
    "BlowUpError",
    "Certificate",
    "Claim",
    "Compare",
    "ConjugateEntropy",
    "Domain",
    "Enclosure",
    "EnclosureError",
    "Equal",
    "GradientFlow",
    "Holds",
    "Hypothesis",
    "ImplicitBias",
    "LeastLayer",
    "LegendreFunction",
    "LogisticLoss",
    "NoConvergence",
    "NoLimit",
    "Parametrization",
    "Rate",
    "RateRule",
    "Scope",
    "Setting",
    "SquaredLoss",
    "Step",
    "Trajectory",
    "Verdict",
    "certify",
    "commuting",
    "conjugate_entropy",
    "decide",
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


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
