"""What a text says and the kernel has no words for: named, so that tables show it, and never decided."""

from __future__ import annotations

from dataclasses import dataclass

from ddln_sym.statements.propositions import _Shown

__all__ = ["OutOfReach"]

#: Why some subjects are out of reach; others may be named as well.
REASONS = {
    "probability": "the kernel has no measures",
    "expectation": "the kernel has no measures",
    "almost surely": "the kernel has no measures",
    "measure zero": "the kernel has no measures; of a polynomial that is not 0 there is the rule NullSet",
    "supremum over sequences": "the kernel speaks of finitely many numbers, and of d of them",
    "function space": "the kernel speaks of functions by their formulas",
    "stochastic process": "the kernel has no measures",
}
LONGEST = 60


@dataclass(frozen=True)
class OutOfReach(_Shown):
    """A statement that the kernel cannot decide because of what it is about; its verdict is ``not checked``.

    Attributes:
        subject: the name of that, as ``"expectation"``; statement: what is said of it, in words or between dollars.

    Raises:
        ValueError: the subject is empty, long, or no text; or the statement is no text.

    >>> from ddln_sym.kernel import decide
    >>> step = decide(OutOfReach("expectation", "the noise has the mean 0"))
    >>> print(step.verdict.value, "|", step.proposition, "|", step.detail)
    not checked | the noise has the mean 0 | expectation: the kernel has no measures
    """

    subject: str
    statement: str = ""

    def __post_init__(self) -> None:
        for name in ("subject", "statement"):
            if not isinstance(getattr(self, name), str):
                raise ValueError(f"the {name} of OutOfReach is {getattr(self, name)!r}: write it in words")
        if not self.subject.strip() or len(self.subject) > LONGEST or "\n" in self.subject:
            raise ValueError(
                f"the subject of OutOfReach is {self.subject!r}: name what is out of reach in a few words, "
                'as "expectation"'
            )

    @property
    def why(self) -> str:
        """Why it is not checked, in words that begin with the subject."""
        reason = REASONS.get(self.subject, "the kernel has no words for it")
        return f"{self.subject}: {reason}"

    def __str__(self) -> str:
        return self.statement or f"a statement about {self.subject}"
