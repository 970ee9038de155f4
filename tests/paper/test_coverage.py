"""The coverage table: every display of the paper is in it, every claim of the text too, and no line without a word."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ddln_sym.claims import collect
from ddln_sym.statements import Origin
from proofs.coverage import LINES

ROOT = Path(__file__).resolve().parents[2]
TEXT = Path(__file__).with_name("displays.txt").read_text(encoding="utf-8").splitlines()
#: Number and formula of each display, copied from the text of version 1 and not from the table.
DISPLAYS = [tuple(line.split("\t")) for line in TEXT if not line.startswith("#")]
CLAIMS = {claim.id: claim for claim in collect()}


def test_the_list_of_displays_has_every_number_once():
    numbers = [number for number, _ in DISPLAYS if number not in ("-", "𝒜")]
    assert numbers == [str(n) for n in range(1, 35)]
    assert len(DISPLAYS) == 74


def test_every_display_is_in_the_table_in_its_order():
    assert [(line.number or "-", line.display) for line in LINES if line.display] == DISPLAYS


def test_a_line_is_a_display_or_words_and_has_claims_or_a_reason():
    for line in LINES:
        assert bool(line.display) != bool(line.words), line
        assert line.claims or line.reason, line
        assert line.place and not (line.number and line.words), line


def test_a_line_is_decided_by_claims_of_the_text():
    for line in LINES:
        for name in line.claims:
            assert name in CLAIMS and CLAIMS[name].origin is Origin.TEXT, (line.place, name)


def test_every_claim_of_the_text_decides_a_line():
    used = {name for line in LINES for name in line.claims}
    assert {claim.id for claim in CLAIMS.values() if claim.origin is Origin.TEXT} == used


@pytest.mark.parametrize("number", range(4, 35))
def test_a_numbered_formula_is_decided_by_the_claim_of_its_number(number):
    (line,) = (line for line in LINES if line.number == str(number))
    assert f"eq-{number}" in line.claims


def test_a_formula_without_a_claim_asserts_nothing():
    """Numbered ones are problems by definition, and all that have no claim say why."""
    bare = [line.number for line in LINES if line.number and not line.claims]
    assert bare == ["1", "2", "3"]


def test_claims_that_reasons_name_exist_and_are_decided():
    locked = json.loads((ROOT / "proofs" / "verdicts.json").read_text(encoding="utf-8"))["claims"]
    for line in LINES:
        for sentence in re.findall(r"claims? ((?:`[\w-]+`(?:, | and )?)+)", line.reason):
            for name in re.findall(r"`([\w-]+)`", sentence):
                assert locked[name]["verdict"] in ("proved", "refuted"), name
