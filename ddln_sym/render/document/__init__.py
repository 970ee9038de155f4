"""Claims and certificates as documents: a tree of paragraphs, formulas, references and proofs, made once."""

from __future__ import annotations

from ddln_sym.render.document.claims import (
    refuting_step,
    show_printed,
    spell_printed,
    tell_claim,
    tell_failure,
    tell_verdict,
    text_of,
)
from ddln_sym.render.document.literature import REFERENCES, Reference, bibliography, entry_of, find_reference
from ddln_sym.render.document.nodes import (
    Block,
    Citation,
    ClaimLink,
    Code,
    Formula,
    Inline,
    Items,
    Math,
    Paragraph,
    Proof,
    Quotation,
    Section,
    Sentence,
    Statement,
    Styled,
    Table,
)
from ddln_sym.render.document.proofs import WHERE, centre, explain_names, tell_proof, tell_step
from ddln_sym.render.document.refutations import tell_refutation
from ddln_sym.render.document.studies import tell_study
from ddln_sym.render.document.text import capitalize, parse_sentence
from ddln_sym.render.document.theorems import tell_theorems

__all__ = [
    "REFERENCES",
    "WHERE",
    "Block",
    "Citation",
    "ClaimLink",
    "Code",
    "Formula",
    "Inline",
    "Items",
    "Math",
    "Paragraph",
    "Proof",
    "Quotation",
    "Reference",
    "Section",
    "Sentence",
    "Statement",
    "Styled",
    "Table",
    "bibliography",
    "capitalize",
    "centre",
    "entry_of",
    "explain_names",
    "find_reference",
    "parse_sentence",
    "refuting_step",
    "show_printed",
    "spell_printed",
    "tell_claim",
    "tell_failure",
    "tell_proof",
    "tell_refutation",
    "tell_step",
    "tell_study",
    "tell_theorems",
    "tell_verdict",
    "text_of",
]
