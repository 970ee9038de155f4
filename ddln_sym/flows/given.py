"""What a flow is asked for: rows of numbers, or a model."""

from __future__ import annotations

from typing import Any

__all__ = ["is_model"]


def is_model(given: Any) -> bool:
    """Whether it is a parametrization; of rows of numbers that is said without SymPy.

    >>> is_model([["0.5"], [1]])
    False
    """
    if hasattr(given, "__iter__"):
        return False
    from ddln_sym.models import Parametrization

    return isinstance(given, Parametrization)
