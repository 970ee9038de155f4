"""Exact numbers, balls, Newton and quadrature in balls, Taylor models."""

from __future__ import annotations

from ddln_sym.numerics.balls import (
    ball,
    decimal,
    is_number,
    precision,
    rational,
    rational_matrix,
    rational_row,
    squared,
    to_fraction,
    to_mpf,
)
from ddln_sym.numerics.newton import START_BITS, Uncertain, enclose, refine, settle
from ddln_sym.numerics.numbers import counted, dot, exact, exact_matrix, exact_vector, rounded, whole_digits
from ddln_sym.numerics.pickles import register
from ddln_sym.numerics.quadrature import integrate
from ddln_sym.numerics.settled import Settled
from ddln_sym.numerics.taylor_models import TaylorModel, combined, norm, scaled

__all__ = [
    "START_BITS",
    "Settled",
    "TaylorModel",
    "Uncertain",
    "ball",
    "combined",
    "counted",
    "decimal",
    "dot",
    "enclose",
    "exact",
    "exact_matrix",
    "exact_vector",
    "integrate",
    "is_number",
    "norm",
    "precision",
    "rational",
    "rational_matrix",
    "rational_row",
    "refine",
    "register",
    "rounded",
    "scaled",
    "settle",
    "squared",
    "to_fraction",
    "to_mpf",
    "whole_digits",
]

register()
