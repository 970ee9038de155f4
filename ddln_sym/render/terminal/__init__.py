"""Certificates on a terminal: the table of a check, and one claim as the report has it."""

from __future__ import annotations

from ddln_sym.render.terminal.tables import (
    COLOURS,
    build_table,
    consoles,
    decide_all,
    explanation,
    findings,
    listing,
    plural,
    shorten_place,
    summary,
)
from ddln_sym.render.terminal.writer import plain_sentence, plain_text, write_blocks

__all__ = [
    "COLOURS",
    "build_table",
    "consoles",
    "decide_all",
    "explanation",
    "findings",
    "listing",
    "plain_sentence",
    "plain_text",
    "plural",
    "shorten_place",
    "summary",
    "write_blocks",
]
