"""The notation in which formulas are printed now: that of the text that they are about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from ddln_sym.statements import Notation, Text

__all__ = ["current_notation", "speak"]

_SPOKEN: ContextVar[Notation] = ContextVar("notation", default=Notation())  # noqa: B039 (a notation is immutable)


@contextmanager
def speak(text: Text | None) -> Iterator[Notation]:
    """Print formulas in the notation of a text; without one, every symbol by its own name.

    >>> from ddln_sym.statements import Name
    >>> with speak(Text("On Mirrors", notation=Notation({"lam": Name("\\\\lambda")}))) as notation:
    ...     notation is current_notation()
    True
    """
    token = _SPOKEN.set(Notation() if text is None else text.notation)
    try:
        yield current_notation()
    finally:
        _SPOKEN.reset(token)


def current_notation() -> Notation:
    """The notation in force."""
    return _SPOKEN.get()
