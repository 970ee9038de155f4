"""A second text beside the paper: its verdicts are the locked ones, and its page is what the claims say now."""

from __future__ import annotations

import importlib.util

import pytest
from command_line import ROOT

from ddln_sym.claims import certify_all, collect, lockfile
from ddln_sym.statements import Origin, Verdict

FOLDER = ROOT / "texts/amid_warmuth"


@pytest.fixture(scope="module")
def certificates():
    claims = collect(FOLDER)
    return list(certify_all(claims, [claim.id for claim in claims]))


def test_its_verdicts_are_the_locked_ones(certificates):
    locked = lockfile.read(FOLDER / "verdicts.json")
    assert lockfile.differences(locked, certificates) == []
    assert set(locked) == {found.id for found in certificates}


def test_it_is_decided(certificates):
    text = [found for found in certificates if found.origin is Origin.TEXT]
    assert len(text) >= 40 and all(found.proved for found in text)
    beyond = [found for found in certificates if found.origin is not Origin.TEXT]
    assert sum(found.verdict is Verdict.REFUTED for found in beyond) == 2
    assert all(found.settled for found in certificates)


def test_every_claim_is_about_it(certificates):
    assert {found.text.identifier for found in certificates} == {"arXiv 2002.10487"}
    assert not any("L" in str(found.scope) for found in certificates)


def test_its_page_is_fresh():
    spec = importlib.util.spec_from_file_location("make_second_text", ROOT / "docs/make_second_text.py")
    page = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(page)
    assert page.PAGE.read_text(encoding="utf-8") == page.render()
