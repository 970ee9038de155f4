r"""Gauss–Legendre quadrature in balls, for integrands analytic in a strip, with a proved error.

For ``f`` analytic with ``|f| ≤ M`` inside the ellipse with foci ±1 and semi-axes ``(ρ ± 1/ρ)/2``, the n-point rule
on ``[−1, 1]`` errs by at most ``(16/3)·M·ρ^{−2n}/(1 − ρ^{−2})``: the Chebyshev coefficients of ``f`` are at most
``2Mρ^{−k}``, the rule is exact below degree 2n and, like the integral, 0 on odd polynomials, and on ``T_k`` both
are at most 2 and ``2/(k²−1) ≤ 2/3``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import ceil

from flint import arb, ctx

__all__ = ["HEIGHT", "integrate"]

HEIGHT = 1.25  # half the height of the strip, below π/2
PANEL = 3.0  # half the length of a panel: longer ones need more points than two short ones
PANELS = 2000


@lru_cache(maxsize=64)
def _nodes(count: int, bits: int) -> tuple[tuple[arb, arb], ...]:
    """Positive nodes and their weights of the rule with an even number of points."""
    return tuple(arb.legendre_p_root(count, k, True) for k in range(count // 2))


def integrate(
    integrand: Callable[[arb], arb], bound: Callable[[arb, arb, arb], arb], start: arb, end: arb, bits: int
) -> arb:
    """A ball that contains ``∫_start^end f``.

    Args:
        integrand: f on balls around real points.
        bound: ``(near, far, height) ↦ M`` with ``|f(p + iq)| ≤ M`` for ``near ≤ |p| ≤ far``, ``|q| ≤ height``,
            all ``height ≤ HEIGHT``.
        start, end: ``0 ≤ start ≤ end``.
        bits: the accuracy asked for, relative to the size of the integral.
    Raises:
        ArithmeticError: the interval is longer than anything but a slip makes it.

    >>> found = integrate(lambda s: s.cosh(), lambda near, far, height: far.cosh(), arb(0), arb(1), 50)
    >>> found.contains(arb(1).sinh()), found.rel_accuracy_bits() > 40
    (True, True)
    """
    panels = max(1, ceil(float((end - start).mid()) / (2 * PANEL)))
    if panels > PANELS:
        raise ArithmeticError("the point is so close to the border of the domain that it would take minutes")
    length = (end - start) / panels
    pieces = [_panel(integrand, bound, start + n * length, length / 2, bits) for n in range(panels)]
    return sum(pieces, arb(0))


def _panel(
    integrand: Callable[[arb], arb], bound: Callable[[arb, arb, arb], arb], start: arb, half: arb, bits: int
) -> arb:
    if half.is_zero():
        return arb(0)
    centre = start + half
    ratio = arb(HEIGHT) / half
    rho = ratio + (1 + ratio**2).sqrt()
    reach = half * (rho + 1 / rho) / 2
    near = (centre - reach).lower()
    largest = bound(near if near > 0 else arb(0), (centre + reach).upper(), arb(HEIGHT))
    factor = largest * half * arb(16) / 3 / (1 - rho**-2)
    size = abs(integrand(centre.mid())) * half + arb(2) ** -bits * factor
    excess = float(((factor / size).log() / arb(2).log()).mid()) + bits
    count = 4 * max(1, ceil(excess / (8 * float((rho.log() / arb(2).log()).mid()))))
    total = arb(0)
    for node, weight in _nodes(count, ctx.prec):
        step = half * node
        total += weight * (integrand(centre + step) + integrand(centre - step))
    error = (factor * rho ** (-2 * count)).upper()
    return total * half + arb(0, error)
