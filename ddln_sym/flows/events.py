"""What a search for events finds: times at which an expression of a flow vanishes, or that it is not decided."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ddln_sym.flows.error_bounds import EnclosureError
from ddln_sym.numerics import ball, precision, spell_number

__all__ = ["Event", "EventError", "between"]


class EventError(EnclosureError):
    """Whether an expression vanishes is not decided from a time on."""

    def __str__(self) -> str:
        return f"whether the expression vanishes is not decided after t = {spell_number(self.args[0])}: {self.reason}"


@dataclass(frozen=True)
class Event:
    """An expression vanishes: once between two times.

    Attributes:
        after, before: times, as fractions. direction: 1 where it goes from negative to positive, else −1.
    """

    after: Fraction
    before: Fraction
    direction: int

    @property
    def time(self) -> Any:
        """The time at which it happens, a ball."""
        return between(self.after, self.before)


def between(after: Fraction, before: Fraction) -> Any:
    """A ball that holds what lies between two times, hardly wider than they are apart."""
    with precision(2 * max(after.denominator, before.denominator).bit_length() + 64):
        return ball(after).union(ball(before))
