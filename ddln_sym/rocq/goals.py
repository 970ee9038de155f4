"""A goal of Rocq for each step that rests on no other: generated from its proposition, proved by a tactic of Goals.v.

No theorem of the library is used.  A rate of change is the derivative along the flow that the premises describe, so the
chain rule is part of the goal, and whatever a term needs to have a value is a part of what has to be proved.  Which
goals the tactic proves in so many seconds is tried first; those are compiled again, and only they count.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ddln_sym.rocq.statements import Formal, formal
from ddln_sym.rocq.terms import Untranslatable
from ddln_sym.rocq.verification import SPOKEN, Workplace
from ddln_sym.statements import Certificate, Compare, Equal, Holds, Step

__all__ = ["Goal", "GoalAnswers", "goals", "prove_goals"]

SECONDS = 6  # for one goal; what takes longer is left open
TACTICS = {"R": "formula", "Z": "whole_numbers"}
OPENING = """From Coq Require Import Reals Arith ZArith Lia Lra Psatz Nsatz.
From Coquelicot Require Import Coquelicot.
From DDLN Require Import Products Calculus Goals.
From Claimed Require Import GoalStatements.
"""


@dataclass(frozen=True)
class Goal:
    """The statement of some steps.

    Attributes:
        name: of its definition; said: the statement; steps: how many steps say it, by their evidence.
    """

    name: str
    said: Formal
    steps: Mapping[str, int]

    @property
    def definition(self) -> str:
        return f"Open Scope {self.said.scope}_scope.\nDefinition {self.name} : Prop :=\n  {self.said.text}.\n"

    @property
    def proof(self) -> str:
        tactic = TACTICS[self.said.scope]
        return (
            f"Open Scope {self.said.scope}_scope.\nLemma proved_{self.name} : {self.name}.\n"
            f"Proof.\nunfold {self.name}; solve [{tactic}].\nQed.\n"
        )


@dataclass(frozen=True)
class GoalAnswers:
    """What Rocq accepts.

    Attributes:
        leaves: how many steps rest on no other, by their evidence; stated: those that have a goal; accepted: those
            whose goal is accepted; assumptions: what the proofs rest on; source: the accepted goals with their proofs.
    """

    leaves: Mapping[str, int]
    stated: Mapping[str, int]
    accepted: Mapping[str, int]
    assumptions: tuple[str, ...]
    source: str


def _leaves(certificates: Iterable[Certificate]) -> Iterator[Step]:
    """The proved steps that rest on no other, corrections included."""
    for found in certificates:
        for top in found.steps:
            yield from (step for step in top.walk() if step.proved and not step.parts)
        if found.correction is not None:
            yield from _leaves([found.correction])


def goals(certificates: Iterable[Certificate]) -> tuple[list[Goal], Counter[str]]:
    """The goals of the steps that can be stated, each once, and how many steps there are, by their evidence."""
    leaves: Counter[str] = Counter()
    found: dict[Formal, Counter[str]] = {}
    for step in _leaves(certificates):
        leaves[str(step.evidence)] += 1
        if isinstance(step.proposition, (Equal, Compare, Holds)):
            try:
                said = formal(step.proposition)
            except Untranslatable:
                continue
            found.setdefault(said, Counter())[str(step.evidence)] += 1
    return [Goal(f"goal_{n + 1}", said, steps) for n, (said, steps) in enumerate(found.items())], leaves


def prove_goals(wanted: Sequence[Goal], leaves: Mapping[str, int], jobs: int = 2) -> GoalAnswers:
    """Let Rocq prove goals.

    Raises:
        RocqError: Rocq or Coquelicot is missing or too old.
        Rejected: the library does not compile, or what was proved once is not accepted again.
    """
    with tempfile.TemporaryDirectory(prefix="ddln-rocq-") as name:
        place = Workplace.open(Path(name), jobs)
        place.compile_library()
        chosen = _find_provable(wanted, place)
        source, rests = _accept(chosen, place) if chosen else ("", ())
    stated, accepted = (sum((Counter(g.steps) for g in group), Counter()) for group in (wanted, chosen))
    return GoalAnswers(dict(leaves), dict(stated), dict(accepted), rests, source)


def _find_provable(wanted: Sequence[Goal], place: Workplace) -> list[Goal]:
    """The goals that the tactic proves in time, as an interactive session tells, which goes on after a failure."""

    def attempt(group: Sequence[Goal]) -> list[Goal]:
        lines = [SPOKEN, *(g.definition for g in group), OPENING.rsplit("From Claimed", 1)[0]]
        lines += [f"Set Default Timeout {SECONDS}.", *(f"{g.proof}Abort All.\nCheck proved_{g.name}." for g in group)]
        asked = "\n".join(lines) + "\n"
        command = ["coqtop", "-q", "-w", "none", *place.paths]
        limit = 60 + 2 * SECONDS * len(group)
        try:
            told = subprocess.run(
                command, input=asked, capture_output=True, text=True, check=False, timeout=limit, cwd=place.generated
            )
        except subprocess.TimeoutExpired:
            return []
        proved = set(re.findall(r"^proved_(\w+)\s*$\s+: ", told.stdout, re.M))
        return [g for g in group if g.name in proved]

    size = max(1, min(40, -(-len(wanted) // place.jobs)))
    groups = [wanted[n : n + size] for n in range(0, len(wanted), size)]
    with ThreadPoolExecutor(place.jobs) as pool:
        return [goal for found in pool.map(attempt, groups) for goal in found]


def _accept(chosen: Sequence[Goal], place: Workplace) -> tuple[str, tuple[str, ...]]:
    """The goals compiled again, without a limit for each: their source, and what they rest on."""
    statements = SPOKEN + "\n".join(g.definition for g in chosen)
    everything = " ".join(f"(conj proved_{g.name}" for g in chosen) + " I" + ")" * len(chosen)
    proofs = OPENING + "\n".join(g.proof for g in chosen)
    asked = f"Definition all_goals := {everything}.\nPrint Assumptions all_goals.\n"
    place.assumptions_of("GoalStatements", statements)
    rests = place.assumptions_of("GoalProofs", proofs + asked)
    body = proofs.removeprefix(OPENING)
    whole = OPENING.rsplit("From Claimed", 1)[0] + SPOKEN + "\n".join(g.definition for g in chosen) + "\n" + body
    return whole, rests
