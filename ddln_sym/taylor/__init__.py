"""Taylor's method in scaled integers: programs, jets, step size, stepping, error growth."""

from __future__ import annotations

from ddln_sym.taylor.error_growth import Arrival, ErrorGrowth, guard, magnitude, with_enough_bits
from ddln_sym.taylor.jets import Jets, Number, PlainJets
from ddln_sym.taylor.polynomial_fields import integrate_polynomial
from ddln_sym.taylor.programs import Program, fixed, integer
from ddln_sym.taylor.solver import BlowUpError, Precision, Solution, Step, solve

__all__ = [
    "Arrival",
    "BlowUpError",
    "ErrorGrowth",
    "Jets",
    "Number",
    "PlainJets",
    "Precision",
    "Program",
    "Solution",
    "Step",
    "fixed",
    "guard",
    "integer",
    "integrate_polynomial",
    "magnitude",
    "solve",
    "with_enough_bits",
]
