"""Claims: statements of a text as data, how they are certified, where they are found, and their lockfile."""

from __future__ import annotations

from ddln_sym.claims.certification import certify, certify_all, statements
from ddln_sym.claims.claim import Claim, ClaimError, NoClaims
from ddln_sym.claims.library import collect, locate, paper_text, sections, title_of
from ddln_sym.claims.lockfile import LockfileError
from ddln_sym.claims.selection import by_section, select

__all__ = [
    "Claim",
    "ClaimError",
    "LockfileError",
    "NoClaims",
    "by_section",
    "certify",
    "certify_all",
    "collect",
    "locate",
    "paper_text",
    "sections",
    "select",
    "statements",
    "title_of",
]
