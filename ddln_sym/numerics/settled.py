"""Objects whose attributes are given once: what was computed from them stays true."""

from __future__ import annotations

from functools import cached_property
from typing import Any

__all__ = ["Settled"]


class Settled:
    """An object of which no attribute is set a second time, computed ones not at all; none is deleted.

    Raises:
        AttributeError: one is; the object would keep results that belong to another.

    >>> class Point(Settled):
    ...     def __init__(self, x):
    ...         self.x = x
    >>> Point(1).x = 2
    Traceback (most recent call last):
        ...
    AttributeError: x of a Point is settled, for results rest on it: make another Point
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.__dict__ or isinstance(getattr(type(self), name, None), cached_property):
            raise AttributeError(self._settle(name))
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        raise AttributeError(self._settle(name))

    def _settle(self, name: str) -> str:
        kind = type(self).__name__
        return f"{name} of a {kind} is settled, for results rest on it: make another {kind}"
