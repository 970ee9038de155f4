"""Names of a package that are imported on first use: SymPy takes half of the memory of a flow and most of a second."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

__all__ = ["import_late"]


def import_late(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """The ``__getattr__`` of a package.

    Args:
        package: its name. homes: the module, within the package, of each name.

    >>> import_late("ddln_sym", {"SquaredLoss": "flows.losses"})("SquaredLoss")([[1]], [2])
    SquaredLoss(X 1 × 1)
    """

    def find(name: str) -> Any:
        if name in homes:
            return getattr(import_module(f"{package}.{homes[name]}"), name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return find
