"""What documents say of the Rocq library: the theorems that there are, for the claims that they are about."""

from __future__ import annotations

import pytest
import sympy as sp

from ddln_sym.claims import Claim, by_id, collect
from ddln_sym.render.document import Code, Paragraph, tell_theorems
from ddln_sym.render.terminal import plain_sentence
from ddln_sym.rocq import LINKS, STRONGER, find_theorem, formalize
from ddln_sym.statements import Compare

PAPER = {claim.id: claim for claim in collect()}
LIBRARY = by_id(PAPER.values())


def words(blocks):
    return [plain_sentence(block.content).plain for block in blocks if isinstance(block, Paragraph)]


@pytest.mark.parametrize("name", sorted(PAPER))
def test_every_statement_is_told(name):
    claim = PAPER[name]
    ids = {one.id for one in (claim, claim.correction) if one is not None}
    links = [link for link in LINKS if link.claim in ids]
    printed = [theorem for one in ids for theorem in STRONGER.get(one, ())]
    blocks = tell_theorems(claim, whole=True)
    codes = sorted(block.text for block in blocks if isinstance(block, Code))
    texts = [formalize(link, LIBRARY).text for link in links] + [find_theorem(theorem).text for theorem in printed]
    assert codes == sorted(texts)
    said = " ".join(words(blocks))
    for theorem in [*printed, *(link.theorem for link in links)]:
        assert theorem in said
    assert blocks, "what has no theorem has a reason"
    assert bool(links or printed) == (f"ddln-sym verify {name}" in said)
    short = tell_theorems(claim)
    assert len(short) <= 2 * len(ids) and bool(short) == bool(links or printed)


def test_words_of_one_claim():
    refuted, corrected = words(tell_theorems(PAPER["eq-6"]))
    assert refuted == "Rocq, eq-6: a proposition is refuted by eq_6_fails."
    assert corrected == "Rocq, eq-6-corrected: all 2 propositions are proved by square_moves."
    told = words(tell_theorems(PAPER["thm-1"]))
    assert told[0].startswith("Rocq, thm-1: as printed by theorem theorem_1 (Theorem1.v:")
    assert "5 of 6 propositions are proved by sign_Prod_but" in told[0]


def test_another_text_has_no_theorems():
    x = sp.Symbol("x", real=True)
    assert tell_theorems(Claim("eq-7", "squares", statement=Compare(x**2, 0))) == ()
