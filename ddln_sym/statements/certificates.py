"""Verdicts, scopes, steps and certificates: the data that everything else reads.

A :class:`Step` records one decision of the kernel.  Only the kernel can make one (its
constructor asks for the kernel's seal), so a certificate cannot hold a step that nobody decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import InitVar, dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol

from ddln_sym.statements.evidence import Assumption, Cited, Evidence, Witness
from ddln_sym.statements.scopes import Scope
from ddln_sym.statements.texts import Text

__all__ = [
    "Certificate",
    "Flaw",
    "Origin",
    "Proposition",
    "Scope",
    "SideCondition",
    "Step",
    "Verdict",
    "Working",
]


class Verdict(StrEnum):
    """What is known of a statement; ordered from strong to weak by :meth:`weakest`."""

    PROVED = "proved"
    REFUTED = "refuted"
    BY_ITS_AUTHOR = "decided by its author"
    NUMERICALLY_SUPPORTED = "numerically-supported"
    UNDECIDED = "undecided"
    NOT_CHECKED = "not checked"

    @staticmethod
    def weakest(verdicts: Sequence[Verdict]) -> Verdict:
        """The verdict of a conjunction: one false part refutes it, one open part leaves it open.

        >>> Verdict.weakest([Verdict.PROVED, Verdict.UNDECIDED])
        <Verdict.UNDECIDED: 'undecided'>
        """
        if not verdicts:
            return Verdict.UNDECIDED
        for verdict in (
            Verdict.REFUTED,
            Verdict.UNDECIDED,
            Verdict.NOT_CHECKED,
            Verdict.NUMERICALLY_SUPPORTED,
            Verdict.BY_ITS_AUTHOR,
        ):
            if verdict in verdicts:
                return verdict
        return Verdict.PROVED


class Flaw(StrEnum):
    """What kind of finding a claim is that does not stand as printed, or of which more is known."""

    ERROR = "error"  # a formula that is wrong
    CONSEQUENCE = "consequence"  # it uses such a formula; derived, never written down
    MISPRINT = "misprint"  # an index or an argument; what is meant is plain
    SHARPENED = "sharpened"  # true or arguable as meant, and more is known


class Origin(StrEnum):
    """Whose claim it is: that of the text that is checked, of its reviews, or of this project."""

    TEXT = "text"
    REVIEW = "review"
    PROJECT = "project"


class Proposition(Protocol):
    """A statement that the kernel can decide; see :mod:`ddln_sym.statements.propositions` for the kinds."""

    def __str__(self) -> str: ...

    def __hash__(self) -> int: ...


@dataclass(frozen=True)
class SideCondition:
    """What a decision needs besides its proposition, and how that was discharged.

    Attributes:
        quantity: an expression in the symbols of the proposition.
        kind: ``"≠ 0"``, ``"≥ 0"`` or ``"> 0"``.
        how: by what it follows from the hypotheses.
    """

    quantity: Any
    kind: str
    how: str

    def __str__(self) -> str:
        return f"{self.quantity} {self.kind}: {self.how}"


@dataclass(frozen=True)
class Working:
    """The particulars of a decision as expressions, for those who typeset it; the detail of a step says them in words.

    Attributes:
        cofactors: pairs ``(c, r)``: the difference of the two sides, multiplied by what was divided by, is
            ``Σ c·r``, and every ``r`` vanishes.
        substitutions: pairs ``(a, b)``: ``a = b`` by a hypothesis, and after all of them every coefficient
            is nonnegative.
        subtracted: a quantity that is nonnegative by hypothesis, and leaves nonnegative coefficients.
        meaning: pairs of a symbol of the kernel's own and the expression that it stands for.
    """

    cofactors: tuple[tuple[Any, Any], ...] = ()
    substitutions: tuple[tuple[Any, Any], ...] = ()
    subtracted: Any = None
    meaning: tuple[tuple[Any, Any], ...] = ()


SEAL: Final = object()  # imported by the kernel alone; the tests hold that


@dataclass(frozen=True)
class Step:
    """One decision of the kernel.

    Attributes:
        proposition: what was decided.
        verdict: proved, refuted, undecided, or not checked.
        evidence: by what it was decided: a route of the kernel, or a theorem that is cited.
        detail: the particulars (cofactors, cases, the slack that is nonnegative, …).
        conditions: side conditions that were needed, each with how it was discharged.
        assumes: cited theorems taken as given.
        parts: the decisions this one rests on.
        witness: where it fails, for a refuted proposition.
        working: the particulars as expressions.
    """

    proposition: Proposition
    verdict: Verdict
    evidence: Evidence | Cited
    detail: str = ""
    conditions: tuple[SideCondition, ...] = ()
    assumes: tuple[Assumption, ...] = ()
    parts: tuple[Step, ...] = ()
    witness: Witness | None = None
    working: Working = Working()
    seal: InitVar[object] = None

    def __post_init__(self, seal: object) -> None:
        if seal is not SEAL:
            raise TypeError("a Step is made by the kernel alone: call kernel.decide(proposition)")

    @property
    def proved(self) -> bool:
        return self.verdict is Verdict.PROVED

    def __repr__(self) -> str:
        return f"<Step {self.verdict}: {self.proposition}, by {self.evidence}>"

    def _repr_html_(self) -> str:
        from ddln_sym import _html

        return _html.step(self)

    def walk(self) -> Iterator[Step]:
        """This step and, depth first, everything it rests on."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def cited(self) -> tuple[Assumption, ...]:
        """The theorems this step takes as given, its own and those of its parts."""
        return tuple(dict.fromkeys(name for step in self.walk() for name in step.assumes))


@dataclass(frozen=True)
class Certificate:
    """The outcome of checking one claim; computed, never typed.

    Attributes:
        id, title, source: copied from the claim.
        verdict: the weakest link of ``steps`` (a refuted claim needs a witness).
        scope: the depths and dimensions for which the verdict holds.
        steps: the kernel's decisions.
        assumes: cited theorems and the claims relied upon.
        correction: certificate of the corrected statement, for a refuted claim.
        reason: why an undecided claim is undecided, one sentence.
        origin: whose claim it is.
        flaw: the kind of finding, if it is one: a refuted claim that uses an error is a consequence of it.
        seconds: wall-clock time of the check.
        notes: what a reader should know besides: that no instance of the hypotheses was found, say.
        text: the text that it is about, if that is known.
    """

    id: str
    title: str
    source: str
    verdict: Verdict
    scope: Scope
    steps: tuple[Step, ...]
    assumes: tuple[Assumption, ...] = ()
    correction: Certificate | None = None
    reason: str = ""
    seconds: float = field(default=0.0, compare=False)
    origin: Origin = Origin.TEXT
    flaw: Flaw | None = None
    notes: tuple[str, ...] = ()
    text: Text | None = field(default=None, compare=False, kw_only=True)
    seal: InitVar[object] = None

    def __post_init__(self, seal: object) -> None:
        if seal is not SEAL:
            raise TypeError("a Certificate is made by certifying a claim: call ddln_sym.certify")

    def __repr__(self) -> str:
        return f"<Certificate {self.id}: {self.verdict}, {self.scope}>"

    def __str__(self) -> str:
        place = self.source if self.source.startswith("(") else f"({self.source})"
        named = self.title if self.title == self.source else f"{self.title} {place}"
        lines = [f"{self.id}: {named}", ", ".join(filter(None, (str(self.verdict), str(self.scope))))]
        lines += [f"because {self.reason}"] if self.reason else []
        lines += [f"note: {note}" for note in self.notes]
        lines += [f"witness: {self.witness}"] if self.witness is not None and not self.proved else []
        lines += [f"rests on: {'; '.join(self.assumes)}"] if self.assumes else []
        lines += [f"corrected: {self.correction}"] if self.correction is not None else []
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from ddln_sym import _html

        return _html.certificate(self)

    @classmethod
    def of(
        cls, id: str, title: str, source: str, scope: Scope, steps: Sequence[Step], seconds: float = 0.0, why: str = ""
    ) -> Certificate:
        """A certificate whose verdict is the weakest of its steps; without any, ``why`` says what was not tried."""
        verdict = Verdict.weakest([step.verdict for step in steps])
        open_steps = [step for step in steps if step.verdict is Verdict.UNDECIDED]
        reason = f"{open_steps[0].proposition}: {open_steps[0].detail}" if open_steps else why
        if verdict is Verdict.NOT_CHECKED:
            reason = "; ".join(dict.fromkeys(s.detail for s in steps if s.verdict is Verdict.NOT_CHECKED))
        assumes = tuple(dict.fromkeys(name for step in steps for name in step.cited()))
        return cls(id, title, source, verdict, scope, tuple(steps), assumes, reason=reason, seconds=seconds, seal=SEAL)

    @property
    def proved(self) -> bool:
        return self.verdict is Verdict.PROVED

    @property
    def word(self) -> str:
        """The verdict, and of what is not checked what it is about: ``not checked: expectation``."""
        named = [s.proposition for top in self.steps for s in top.walk() if s.verdict is Verdict.NOT_CHECKED]
        subjects = ", ".join(dict.fromkeys(str(getattr(p, "subject", "")) for p in named))
        unchecked = self.verdict is Verdict.NOT_CHECKED and subjects
        return f"{self.verdict.value}: {subjects}" if unchecked else self.verdict.value

    @property
    def settled(self) -> bool:
        """Whether it is known what is true: the claim is proved, or refuted with a correction that is proved."""
        refuted = self.verdict is Verdict.REFUTED
        return self.proved or (refuted and self.correction is not None and self.correction.proved)

    @property
    def pending(self) -> bool:
        """Whether it is neither known what is true nor said that this is out of reach."""
        return not self.settled and self.verdict is not Verdict.NOT_CHECKED

    @property
    def witness(self) -> Witness | None:
        """The first witness among the refuted steps."""
        for top in self.steps:
            for step in top.walk():
                if step.verdict is Verdict.REFUTED and step.witness is not None:
                    return step.witness
        return None

    @property
    def evidence(self) -> tuple[str, ...]:
        """The kinds of evidence that decided the claim, without repetition."""
        return tuple(dict.fromkeys(str(step.evidence) for top in self.steps for step in top.walk()))

    def to_json(self) -> dict[str, Any]:
        """The record that ``ddln-sym check --json`` prints."""
        return {
            "id": self.id,
            "title": self.title,
            "source": self.source,
            "verdict": self.verdict.value,
            "scope": str(self.scope),
            "covers": self.scope.to_json(),
            "text": None if self.text is None else self.text.to_json(),
            "origin": self.origin.value,
            "flaw": None if self.flaw is None else self.flaw.value,
            "evidence": list(self.evidence),
            "assumes": list(self.assumes),
            "reason": self.reason,
            "notes": list(self.notes),
            "witness": None
            if self.witness is None
            else {"kind": self.witness.kind, "point": dict(self.witness.point), "values": dict(self.witness.values)},
            "correction": None if self.correction is None else self.correction.to_json(),
            "seconds": round(self.seconds, 4),
        }
