"""Exact numbers, balls, Newton and quadrature in balls, Taylor models."""

from __future__ import annotations

from ddln_sym.numerics.arguments import read_bits, read_progress, read_sequence, read_switch
from ddln_sym.numerics.balls import (
    BOUND_BITS,
    ball,
    decimal,
    is_number,
    precision,
    project_on_columns,
    rational,
    rational_matrix,
    rational_row,
    square,
    to_fraction,
    to_mpf,
)
from ddln_sym.numerics.collocation import (
    RadauRule,
    legendre_integrals,
    legendre_values,
    middles,
    radau_rule,
    to_floats,
)
from ddln_sym.numerics.krylov import solve_gmres
from ddln_sym.numerics.mirror_integral import MirrorIntegral
from ddln_sym.numerics.newton import START_BITS, Uncertain, enclose, refine, settle
from ddln_sym.numerics.numbers import (
    count_of,
    dot,
    read_matrix,
    read_number,
    read_vector,
    read_whole,
    round_to_bits,
    spell_number,
    whole_digits,
)
from ddln_sym.numerics.pickles import register
from ddln_sym.numerics.quadrature import integrate
from ddln_sym.numerics.settled import Settled
from ddln_sym.numerics.taylor_models import TaylorModel, combine, norm, scale

__all__ = [
    "BOUND_BITS",
    "START_BITS",
    "MirrorIntegral",
    "RadauRule",
    "Settled",
    "TaylorModel",
    "Uncertain",
    "ball",
    "combine",
    "count_of",
    "decimal",
    "dot",
    "enclose",
    "integrate",
    "is_number",
    "legendre_integrals",
    "legendre_values",
    "middles",
    "norm",
    "precision",
    "project_on_columns",
    "radau_rule",
    "rational",
    "rational_matrix",
    "rational_row",
    "read_bits",
    "read_matrix",
    "read_number",
    "read_progress",
    "read_sequence",
    "read_switch",
    "read_vector",
    "read_whole",
    "refine",
    "register",
    "round_to_bits",
    "scale",
    "settle",
    "solve_gmres",
    "spell_number",
    "square",
    "to_floats",
    "to_fraction",
    "to_mpf",
    "whole_digits",
]

register()
