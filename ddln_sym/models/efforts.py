"""How long something may take, and who is told what is done: :class:`Effort`."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from ddln_sym.numerics import read_progress

__all__ = ["Effort"]


class Effort:
    """A time after which nothing further is begun, and somebody who is told what is.

    Args:
        seconds: from now on; no limit if it is None. progress: is told in words what is tried.
    Raises:
        ValueError: seconds is no positive number.

    >>> Effort().over, Effort(60).over
    (False, False)
    """

    def __init__(self, seconds: float | None = None, progress: Callable[[str], object] | None = None) -> None:
        if seconds is not None and (
            isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not seconds > 0
        ):
            raise ValueError(f"seconds is {seconds!r}: expected a positive number")
        self._begun, self._seconds = perf_counter(), seconds
        self.tell = read_progress(progress) or (lambda text: None)

    def __reduce__(self) -> tuple[type[Effort], tuple[()]]:
        """A copy has no limit, and tells nobody."""
        return Effort, ()

    @property
    def over(self) -> bool:
        """Whether the time has passed."""
        return self._seconds is not None and perf_counter() - self._begun > self._seconds

    @property
    def spent(self) -> str:
        """What is said of what was not begun."""
        return f"after {self._seconds:g} seconds nothing further was tried"
