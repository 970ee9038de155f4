r"""Gauss–Legendre quadrature in balls, for integrands analytic in a strip, with a proved error.

Let ``f`` be analytic with ``|f| ≤ M`` inside the ellipse with foci ±1 and semi-axes ``(ρ ± 1/ρ)/2``, ``ρ > 1``.  Then
the n-point rule on ``[−1, 1]`` errs by at most ``(16/3)·M·ρ^{−2n}/(1 − ρ^{−2})``:

1. ``f = Σ a_k T_k`` uniformly, ``|a_k| ≤ 2Mρ^{−k}`` (Bernstein 1912; Trefethen, Approximation Theory, Theorem 8.1).
2. The rule is exact on ``T_k`` for ``k < 2n``.  On odd ``k`` the rule, being symmetric, and the integral are both 0.
3. On even ``k ≥ 2`` the integral is ``−2/(k² − 1)``, at most 2/3 in modulus, and the rule at most 2, since
   ``|T_k| ≤ 1``, its weights are positive and add to 2.  So the error there is at most 8/3.
4. The sum over even ``k ≥ 2n`` of ``(8/3)·2Mρ^{−k}`` is ``(16/3)·M·ρ^{−2n}/(1 − ρ^{−2})``.

A panel of half length h around c is ``[−1, 1]`` times h, shifted by c.  ``ρ = r + √(1 + r²)`` with ``r = HEIGHT/h``
makes the vertical semi-axis HEIGHT and the horizontal one ``reach = h(ρ + 1/ρ)/2``: the ellipse lies where
``|Im s| ≤ HEIGHT`` and ``c − reach ≤ Re s ≤ c + reach``.  All of it is computed in balls that contain the true h
and c, with ends rounded outward.  What is a float decides only how many points are taken.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import ceil

from flint import arb, ctx

from ddln_sym.numerics.balls import precision
from ddln_sym.numerics.newton import Uncertain

__all__ = ["HEIGHT", "integrate"]

HEIGHT = 1.25  # half the height of the strip, below π/2
PANEL = 3.0  # half the length of a panel: longer ones need more points than two short ones
PANELS = 2000
NODE_BITS = 64  # nodes are kept at multiples of so many bits


@lru_cache(maxsize=256)
def _nodes(count: int, bits: int) -> tuple[tuple[arb, arb], ...]:
    """Positive nodes and their weights of the rule with an even number of points, to a number of bits."""
    with precision(bits):
        return tuple(arb.legendre_p_root(count, k, True) for k in range(count // 2))


def _rule(count: int) -> tuple[tuple[arb, arb], ...]:
    """A rule with at least so many points and the bits that are set: one of few, since computing one takes long."""
    unit = max(4, 1 << max(0, count.bit_length() - 3))
    return _nodes(-(-count // unit) * unit, -(-ctx.prec // NODE_BITS) * NODE_BITS)


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
        ArithmeticError: the interval is longer than anything but a slip makes it, or not bounded.

    >>> found = integrate(lambda s: s.cosh(), lambda near, far, height: far.cosh(), arb(0), arb(1), 50)
    >>> found.contains(arb(1).sinh()), found.rel_accuracy_bits() > 40
    (True, True)
    """
    if not (end - start).is_finite():
        raise Uncertain("the ends of an integral are not known")
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
    # Relative to the integral, which may be far below the bound; where it may be zero, relative to that.
    size = abs(integrand(centre.mid())) * half
    if not size > 0:
        size += arb(2) ** -bits * factor
    excess = float(((factor / size).log() / arb(2).log()).mid()) + bits
    rule = _rule(max(4, ceil(excess / (2 * float((rho.log() / arb(2).log()).mid())))))
    total = arb(0)
    for node, weight in rule:
        step = half * node
        total += weight * (integrand(centre + step) + integrand(centre - step))
    error = (factor * rho ** (-4 * len(rule))).upper()
    return total * half + arb(0, error)
