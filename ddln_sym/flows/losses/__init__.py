"""Losses: what a flow needs of them, in numbers, in programs and in balls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddln_sym.flows.losses.logistic import LogisticLoss
from ddln_sym.flows.losses.squared import Loss, SquaredLoss
from ddln_sym.late import import_late

if TYPE_CHECKING:
    from ddln_sym.flows.losses.symbolic import SymbolicLoss

__all__ = ["LogisticLoss", "Loss", "SquaredLoss", "SymbolicLoss"]

#: With SymPy.
__getattr__ = import_late(__name__, {"SymbolicLoss": "symbolic"})
