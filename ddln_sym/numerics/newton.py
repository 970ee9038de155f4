"""Newton's method at growing precision, with a certificate: the root in a ball, or no answer."""

from __future__ import annotations

from collections.abc import Callable

from flint import arb, ctx

from ddln_sym.numerics.balls import precision

__all__ = ["START_BITS", "Uncertain", "enclose", "refine", "settle"]

START_BITS = 64  # precision at which a start is found; exponents have no limit there
ROUNDS = 400  # more than any start needs


class Uncertain(ArithmeticError):
    """The precision does not suffice for a certificate; a higher one will."""


def settle(step: Callable[[arb], arb], x: arb) -> arb:
    """Iterate ``x ↦ step(x)`` at low precision until it moves by less than a relative ``2^−24``.

    >>> settle(lambda x: (x + 2 / x) / 2, arb(1)).str(5, radius=False)
    '1.4142'
    """
    with precision(START_BITS):
        for _ in range(ROUNDS):
            moved = step(x).mid()
            if not moved.is_finite():
                break
            if abs(moved - x) < abs(moved) / 2**24:
                return moved
            x = moved
    raise Uncertain("no start for Newton's method was found")


def refine(residual: Callable[[arb], arb], slope: Callable[[arb], arb], x: arb) -> arb:
    """Newton steps at doubled precision each, from about 24 correct bits to the precision that is set."""
    goals = [ctx.prec]
    while goals[-1] > 40:
        goals.append(goals[-1] // 2 + 8)
        if goals[-1] >= goals[-2]:
            break
    for bits in reversed(goals):
        with precision(bits + 8):
            x = (x - residual(x) / slope(x)).mid()
    return x


def enclose(residual: Callable[[arb], arb], slope: Callable[[arb], arb], x: arb) -> arb:
    """A ball around ``x`` that contains exactly one root, by an interval Newton step.

    Args:
        residual: f on balls; slope: f' on balls, without zeros.
        x: an exact approximation.
    Raises:
        Uncertain: no ball was found that the step maps into itself.

    >>> root = enclose(lambda x: x**2 - 2, lambda x: 2 * x, arb(1.41421356237))
    >>> root.contains(arb(2).sqrt())
    True
    """
    value = residual(x)
    radius = 4 * abs(value / slope(x)) + abs(x) * arb(2) ** (8 - ctx.prec)
    for _ in range(3):
        around = x + arb(0, radius.upper())
        found = x - value / slope(around)
        if found.is_finite() and around.contains_interior(found):
            return found
        radius = 16 * radius
    raise Uncertain("the interval Newton step does not contract")
