"""Taylor's method in scaled integers: programs, jets, step size, stepping, error growth."""

from __future__ import annotations

from ddln_sym.taylor.error_growth import (
    ROUNDING_BITS,
    Arrival,
    ErrorGrowth,
    demand_size,
    demand_slack,
    guard,
    with_enough_bits,
)
from ddln_sym.taylor.jets import Jets, Number, PlainJets
from ddln_sym.taylor.polynomial_fields import integrate_polynomial
from ddln_sym.taylor.programs import Program, as_float, integer, magnitude, to_fixed
from ddln_sym.taylor.solver import (
    BLOW_UP_DIGITS,
    MAX_BITS,
    MAX_STEPS,
    SHORTEST,
    BlowUpError,
    Escape,
    Limits,
    NoConvergence,
    Precision,
    PrecisionError,
    Solution,
    solve,
)
from ddln_sym.taylor.steps import EscapingStep, TaylorStep, shorten

__all__ = [
    "BLOW_UP_DIGITS",
    "MAX_BITS",
    "MAX_STEPS",
    "ROUNDING_BITS",
    "SHORTEST",
    "Arrival",
    "BlowUpError",
    "ErrorGrowth",
    "Escape",
    "EscapingStep",
    "Jets",
    "Limits",
    "NoConvergence",
    "Number",
    "PlainJets",
    "Precision",
    "PrecisionError",
    "Program",
    "Solution",
    "TaylorStep",
    "as_float",
    "demand_size",
    "demand_slack",
    "guard",
    "integer",
    "integrate_polynomial",
    "magnitude",
    "shorten",
    "solve",
    "to_fixed",
    "with_enough_bits",
]
