"""Parametrizations, the conditions on them, and what is derived from their flows."""

from __future__ import annotations

from ddln_sym.models.analysis import Study, analyze, metric_entries, read_start, shortest
from ddln_sym.models.conditions import (
    BlockRank,
    BlocksCommute,
    BlocksSeparate,
    commuting,
    commuting_statement,
    regular,
    regular_statement,
    symmetric_domains,
    symmetric_domains_statement,
)
from ddln_sym.models.derivations import MODES, Derivation, derive_redundant, derive_two_layers
from ddln_sym.models.entropy_derivations import EntropyDerivation, derive
from ddln_sym.models.laws import ConservationLaws, conservation_laws
from ddln_sym.models.layer_flow import LayerFlow, OrderedFlow, velocity
from ddln_sym.models.nilpotent_balls import evaluate
from ddln_sym.models.parametrizations import (
    DeepDiagonal,
    Parametrization,
    deep_diagonal,
    difference,
    matrix_factorization,
    redundant,
    shallow_linear,
)
from ddln_sym.models.zoo import (
    asymmetric_factorization,
    burg,
    convolutional,
    deep_linear,
    exponential,
    exponentiated_gradient,
    hadamard_square,
    half_quadratics,
    relu_paths,
    softmax,
    sphere,
    squared_simplex,
    tempered,
    two_sided,
    weight_normalization,
)

__all__ = [
    "MODES",
    "BlockRank",
    "BlocksCommute",
    "BlocksSeparate",
    "ConservationLaws",
    "DeepDiagonal",
    "Derivation",
    "EntropyDerivation",
    "LayerFlow",
    "OrderedFlow",
    "Parametrization",
    "Study",
    "analyze",
    "asymmetric_factorization",
    "burg",
    "commuting",
    "commuting_statement",
    "conservation_laws",
    "convolutional",
    "deep_diagonal",
    "deep_linear",
    "derive",
    "derive_redundant",
    "derive_two_layers",
    "difference",
    "evaluate",
    "exponential",
    "exponentiated_gradient",
    "hadamard_square",
    "half_quadratics",
    "matrix_factorization",
    "metric_entries",
    "read_start",
    "redundant",
    "regular",
    "regular_statement",
    "relu_paths",
    "shallow_linear",
    "shortest",
    "softmax",
    "sphere",
    "squared_simplex",
    "symmetric_domains",
    "symmetric_domains_statement",
    "tempered",
    "two_sided",
    "velocity",
    "weight_normalization",
]
