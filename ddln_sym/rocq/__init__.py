"""Claims and Rocq: statements generated from propositions, and the theorems of ``theories/`` that give them."""

from __future__ import annotations

from ddln_sym.rocq.coverage import Coverage, coverage
from ddln_sym.rocq.goals import Goal, GoalAnswers, goals, prove_goals
from ddln_sym.rocq.library import Declared, find_theorem
from ddln_sym.rocq.links import LINKS, STRONGER, UNLINKED, Link
from ddln_sym.rocq.statements import Formal, formal
from ddln_sym.rocq.terms import Untranslatable
from ddln_sym.rocq.verification import ALLOWED, LinkAnswer, Rejected, RocqError, Verification, formalize, verify

__all__ = [
    "ALLOWED",
    "LINKS",
    "STRONGER",
    "UNLINKED",
    "Coverage",
    "Declared",
    "Formal",
    "Goal",
    "GoalAnswers",
    "Link",
    "LinkAnswer",
    "Rejected",
    "RocqError",
    "Untranslatable",
    "Verification",
    "coverage",
    "find_theorem",
    "formal",
    "formalize",
    "goals",
    "prove_goals",
    "verify",
]
