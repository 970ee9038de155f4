r"""The rich and the lazy regime: what the entropy tends to as the initialization ``u(0) → a·u(0)`` shrinks or grows.

With ``Q_a`` the entropy from ``a·u(0)``, ``P_a(z) = a^{L−1}·P(z/a)``, so ``ξ_a(θ) = a^{2−L}·s·∫ dz/P`` up to
``x(θ)/a``.  As ``a → 0`` the integral runs to ``±∞``: a weighted, asymmetric ℓ1 norm.  As ``a → ∞`` from ``x_0 = 0``,
``P_a`` is constant where θ is: a weighted ℓ2 norm.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import mpmath
from flint import arb, fmpq
from mpmath.libmp import dps_to_prec

from ddln_sym.entropies.bias import ImplicitBias, implicit_bias
from ddln_sym.entropies.families import entropy
from ddln_sym.numerics import (
    precision,
    rational,
    rational_row,
    read_sequence,
    round_to_bits,
    to_fraction,
    to_mpf,
    whole_digits,
)

__all__ = ["lazy_limit", "rich_limit", "scale_sweep", "scaled"]

GUARD = 10  # digits


def scaled(layers: Any, factor: Any) -> tuple[tuple[fmpq, ...], ...]:
    """The layers times a positive factor, exactly: L rows of d numbers.

    Raises:
        ValueError: an entry is not a number, or the factor is not positive.

    >>> scaled([["0.5", 0], [2, -1]], "0.1")
    ((1/20, 0), (1/5, -1/10))
    """
    size = rational(factor, "the factor")
    if not size > 0:
        raise ValueError(f"the factor is {factor}: it has to be positive")
    rows = read_sequence(layers, "layers", "rows of numbers, one for each layer")
    return tuple(tuple(size * v for v in rational_row(row, f"layer {n}")) for n, row in enumerate(rows, 1))


def rich_limit(layers: Any, theta: Any, digits: int = 30) -> mpmath.mpf:
    r"""``lim a^{L−2}·Q_a(θ) = Σ t_±|θ_i|`` as ``a → 0``; for two layers ``lim Q_a(θ)/log(1/a) = Σ|θ_i|``.

    ``t_±`` is the end of the range of ``∇Q`` on the side of ``θ_i``.

    Args:
        layers: the initialization for ``a = 1``, L rows of d numbers; theta: d numbers; digits: of the result.
    Raises:
        ValueError: as :func:`ddln_sym.entropy`, or θ lies outside the domain of Q.

    >>> print(rich_limit([[0, 0], [1, 1], [1, 2]], [2, -1], digits=15))  # π/2·2 + π/(2·AGM(1, 2))
    4.21985047733962
    """
    found, depth, digits = entropy(layers), len(scaled(layers, 1)), whole_digits(digits)
    point = found.point(theta)
    ends = found.range(digits + GUARD, certified=True) if depth > 2 else [(arb(-1), arb(1))] * len(point)
    with precision(dps_to_prec(digits + GUARD)):
        terms = (arb(t) * (high if t > 0 else low) for t, (low, high) in zip(point, ends, strict=True) if t != 0)
        return to_mpf(sum(terms, arb(0)), dps_to_prec(digits))


def lazy_limit(layers: Any, theta: Any, digits: int = 30) -> mpmath.mpf:
    r"""``lim a^{2(L−1)}·Q_a(θ) = Σ θ_i²/(2∏_kΔ_{i,k})`` as ``a → ∞``, if one layer of each coordinate starts at 0.

    Raises:
        ValueError: as :func:`ddln_sym.entropy`, or a coordinate has no layer at 0, so that ``θ_0`` runs to infinity.

    >>> print(lazy_limit([[0, 0], [1, 1], [1, 2]], [2, -1]))
    2.125
    """
    found = entropy(layers)
    total = fmpq(0)
    for n, (column, t) in enumerate(zip(zip(*scaled(layers, 1), strict=True), found.point(theta), strict=True), 1):
        if 0 not in column:
            raise ValueError(f"no layer of coordinate {n} starts at 0, so θ_0 grows with the scale and Q has no limit")
        total += t**2 / (2 * prod((v**2 for v in column if v != 0), start=fmpq(1)))
    return round_to_bits(to_fraction(total), dps_to_prec(whole_digits(digits)))


def scale_sweep(
    data: Any, target: Any, layers: Any, factors: Sequence[Any], digits: int = 15
) -> tuple[ImplicitBias, ...]:
    """The implicit bias from the layers times each factor: from sparse to spread out as the factor grows.

    Args:
        data, target, layers, digits: as :func:`ddln_sym.implicit_bias` takes them; factors: positive numbers.

    >>> for found in scale_sweep([[1, 2]], [2], [[0, 0], [1, 1], [1, 1]], ["0.01", 1, 100], digits=8):
    ...     print(*(mpmath.nstr(t, 5) for t in found.theta))
    1.9605e-6 1.0
    0.30545 0.84727
    0.4 0.8
    """
    sizes = read_sequence(factors, "factors", "positive numbers")
    return tuple(implicit_bias(data, target, scaled(layers, factor), digits=digits) for factor in sizes)
