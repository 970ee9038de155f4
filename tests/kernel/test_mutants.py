"""Mutants of every proved claim and correction: the kernel proves none that says something else.

A few of each proposition are tried, of every kind in turn; where ``CI`` is in the environment, all of them.
"""

from __future__ import annotations

import os

import pytest
from mutants import KINDS, Mutant, excused, mutants

from ddln_sym.claims import Claim, collect
from ddln_sym.claims.certification import statements
from ddln_sym.kernel import counterexamples, decide, formulas, order, relations, signs

CLAIMS = {claim.id: claim for printed in collect() for claim in [printed.correction or printed]}
TALLY: dict[str, list[int]] = {}
#: Of each proposition.
TRIED = None if os.environ.get("MUTANTS") == "all" else 6

pytestmark = pytest.mark.mutants


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mutant that takes long is not proved; shorter limits change no proof into another verdict."""
    monkeypatch.setattr(signs, "WORK", 100_000)
    monkeypatch.setattr(formulas, "WORK", 200_000)
    monkeypatch.setattr(relations, "PATIENT", 60)
    monkeypatch.setattr(counterexamples, "TRIALS", 10_000)
    monkeypatch.setattr(order, "TRIES", 2)


def _propositions(claim: Claim) -> list[object]:
    return list(statements(claim, next(iter(claim.depths), None)))


def _proved(mutant: Mutant) -> bool:
    try:
        return decide(mutant.proposition).proved
    except ValueError:  # it cannot even be asked
        return False


@pytest.mark.parametrize("name", CLAIMS)
def test_no_mutant_is_proved(name: str) -> None:
    born = [m for proposition in _propositions(CLAIMS[name]) for m in mutants(proposition)[:TRIED]]
    proved = [m for m in born if _proved(m)]
    survivors = [m for m in proved if not excused(m)]
    TALLY[name] = [len(born) - len(proved), len(proved) - len(survivors), len(born)]
    assert born, f"{name} has no mutants"
    assert not survivors, "\n".join(map(str, survivors))


def test_every_kind_of_mutant_occurs() -> None:
    kinds = {m.kind for claim in CLAIMS.values() for p in _propositions(claim) for m in mutants(p)}
    assert kinds == set(KINDS)


def test_a_survivor_would_be_seen() -> None:
    """The suite can fail: a mutant that is true and says something else is not excused."""
    import sympy as sp

    from ddln_sym.statements import Equal

    x = sp.Symbol("x", real=True)
    other = Mutant("constant", Equal((x + 1) ** 2, x**2 + 2 * x + 1), Equal(2 * x, x + x))
    assert decide(other.proposition).proved
    assert not excused(other)
