"""Claims: statements of a text as data, how they are certified, where they are found, and their lockfile."""

from __future__ import annotations

from ddln_sym.claims.certification import certify, certify_all, statements
from ddln_sym.claims.claim import Claim, ClaimError, NoClaims
from ddln_sym.claims.drafts import draft_statement, expand_ids, scaffold, scaffold_source
from ddln_sym.claims.library import by_id, collect, locate, paper_folder, paper_text, sections, title_of
from ddln_sym.claims.lockfile import LockfileError
from ddln_sym.claims.selection import by_section, nearest_id, select
from ddln_sym.claims.sources import Display, Match, Source, match_claims, normal_form, read_source

__all__ = [
    "Claim",
    "ClaimError",
    "Display",
    "LockfileError",
    "Match",
    "NoClaims",
    "Source",
    "by_id",
    "by_section",
    "certify",
    "certify_all",
    "collect",
    "draft_statement",
    "expand_ids",
    "locate",
    "match_claims",
    "nearest_id",
    "normal_form",
    "paper_folder",
    "paper_text",
    "read_source",
    "scaffold",
    "scaffold_source",
    "sections",
    "select",
    "statements",
    "title_of",
]
