"""Parametrizations, the conditions on them, and what is derived from their flows."""

from __future__ import annotations

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
from ddln_sym.models.layer_flow import LayerFlow, OrderedFlow, velocity
from ddln_sym.models.parametrizations import (
    Parametrization,
    deep_diagonal,
    difference,
    matrix_factorization,
    redundant,
    shallow_linear,
)

__all__ = [
    "MODES",
    "BlockRank",
    "BlocksCommute",
    "BlocksSeparate",
    "Derivation",
    "LayerFlow",
    "OrderedFlow",
    "Parametrization",
    "commuting",
    "commuting_statement",
    "deep_diagonal",
    "derive_redundant",
    "derive_two_layers",
    "difference",
    "matrix_factorization",
    "redundant",
    "regular",
    "regular_statement",
    "shallow_linear",
    "symmetric_domains",
    "symmetric_domains_statement",
    "velocity",
]
