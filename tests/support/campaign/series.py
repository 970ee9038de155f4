"""Power series in balls whose coefficients are computed one after another, each once.

A differential equation gives the next coefficient of its unknowns as soon as those before are known:
what :class:`arb_series` would compute anew in every round is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import mul
from typing import Any, TypeAlias

from flint import arb

__all__ = ["Series", "solve"]

#: From the place of a coefficient to the coefficient; those before it are known by then.
Rule: TypeAlias = Callable[[int], Any]


def _convolve(a: list[Any], b: list[Any], first: int, last: int) -> Any:
    """``Σ_{first ≤ i ≤ last} a_i b_{last−i}``."""
    return sum(map(mul, a[first : last + 1], reversed(b[: last + 1 - first])), arb(0))


class Series:
    """A power series; arithmetic with others and with numbers, and ``exp``."""

    def __init__(self, rule: Rule, known: Sequence[Any] = ()) -> None:
        self._rule, self.known = rule, list(known)

    def __getitem__(self, place: int) -> Any:
        while len(self.known) <= place:
            self.known.append(self._rule(len(self.known)))
        return self.known[place]

    def __add__(self, other: Any) -> Series:
        if isinstance(other, Series):
            return Series(lambda k: self[k] + other[k])
        return Series(lambda k: self[k] if k else self[0] + other)

    __radd__ = __add__

    def __neg__(self) -> Series:
        return Series(lambda k: -self[k])

    def __sub__(self, other: Any) -> Series:
        return self + -other

    def __rsub__(self, other: Any) -> Series:
        return -self + other

    def __mul__(self, other: Any) -> Series:
        if not isinstance(other, Series):
            return Series(lambda k: self[k] * other)

        def product(k: int) -> Any:
            self[k], other[k]
            return _convolve(self.known, other.known, 0, k)

        return Series(product)

    __rmul__ = __mul__

    def __rtruediv__(self, other: Any) -> Series:
        return self._divided(lambda k: 0 if k else other)

    def __truediv__(self, other: Series) -> Series:
        return other._divided(self.__getitem__)

    def _divided(self, above: Rule) -> Series:
        """``above/self`` by ``self·quotient = above``."""

        def quotient(k: int) -> Any:
            self[k]
            return (above(k) - _convolve(self.known, found.known, 1, k)) / self[0]

        found = Series(quotient)
        return found

    def exp(self) -> Series:
        """By ``f' = f·self'``."""
        slopes: list[Any] = []

        def coefficient(k: int) -> Any:
            if k == 0:
                return self[0].exp()
            slopes.append(self[k] * k)
            return _convolve(slopes, found.known, 0, k - 1) / k

        found = Series(coefficient)
        return found


def solve(field: Callable[[list[Series]], Sequence[Series]], start: Sequence[Any], order: int) -> list[list[Any]]:
    """The coefficients up to an order of the solution of ``x' = field(x)`` from a start."""

    def unknown(n: int) -> Series:
        return Series(lambda k: slopes[n][k - 1] / k, [start[n]])

    series = [unknown(n) for n in range(len(start))]
    slopes = list(field(series))
    for k in range(order + 1):  # in this order nothing is asked for deeper than the field is
        for s in series:
            s[k]
    return [s.known[: order + 1] for s in series]
