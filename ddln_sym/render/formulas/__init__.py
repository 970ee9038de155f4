"""Expressions and propositions as formulas in LaTeX, in the notation of their text, broken where a line ends."""

from __future__ import annotations

from ddln_sym.render.formulas.layout import LINE, break_chain, break_printed, split_at, width
from ddln_sym.render.formulas.mathml import inline_mathml, mathml
from ddln_sym.render.formulas.names import spell_name
from ddln_sym.render.formulas.notation import current_notation, speak
from ddln_sym.render.formulas.plain import plain_formula
from ddln_sym.render.formulas.printer import Printer
from ddln_sym.render.formulas.propositions import (
    COLUMNS,
    display,
    formula_of,
    in_columns,
    motion,
    printer_for,
    relation,
    trivial,
    words,
)
from ddln_sym.render.formulas.rewriting import RELATIONS
from ddln_sym.render.formulas.spelling import SIGNS, spell_formula

__all__ = [
    "COLUMNS",
    "LINE",
    "RELATIONS",
    "SIGNS",
    "Printer",
    "break_chain",
    "break_printed",
    "current_notation",
    "display",
    "formula_of",
    "in_columns",
    "inline_mathml",
    "mathml",
    "motion",
    "plain_formula",
    "printer_for",
    "relation",
    "speak",
    "spell_formula",
    "spell_name",
    "split_at",
    "trivial",
    "width",
    "words",
]
