"""What says nothing does not stand in a proof: ``1 = 1``, ``4r²s² = 4r²s²``; what has to be shown stays."""

from __future__ import annotations

import pytest
import sympy as sp

import ddln_sym as dd
from ddln_sym.render.document import Items, tell_proof

r, s = sp.symbols("r s", real=True)
REAL = dd.decide(dd.Compare(r**2 + s**2, 2 * r * s))


def items(*propositions, notes=()):
    told = tell_proof([dd.decide(found) for found in propositions], (), notes)
    lists = [block for block in told.blocks if isinstance(block, Items)]
    return len(lists[0].items) if lists else 1


@pytest.mark.parametrize("nothing", [dd.Equal(1, 1), dd.Equal(4 * r**2 * s**2, 4 * r**2 * s**2), dd.Equal(r, r)])
def test_what_says_nothing_is_left_out(nothing):
    kept = dd.Compare(r**2 + s**2, 2 * r * s), dd.Equal((r + s) ** 2, r**2 + 2 * r * s + s**2)
    assert items(kept[0], nothing, kept[1]) == 2


def test_a_proof_that_says_nothing_still_has_its_line():
    assert items(dd.Equal(1, 1), dd.Equal(r, r)) == 1


def test_what_needs_a_condition_stays():
    given = dd.Setting((dd.Hypothesis("r > 0", sp.Gt(r, 0)),))
    assert items(dd.Equal(1 / r, 1 / r, given), dd.Compare(r**2, 0)) == 2


def test_steps_with_notes_stay():
    notes = ("first",), ("second",)
    assert items(dd.Equal(1, 1), dd.Compare(r**2, 0), notes=notes) == 2
