r"""The limit of a flow in balls: what is left of the way is bounded by the loss that is left.

Where the loss ``ℓ = 𝓛 − 𝓛*`` decays at a rate r, ``⟨∇𝓛, M∇𝓛⟩ ≥ rℓ`` for every M that is at least m_i and at most m̄_i
in each coordinate, ``−(√ℓ)' = ⟨∇𝓛, M∇𝓛⟩ / 2√ℓ ≥ (√r/2)·√⟨∇𝓛, M∇𝓛⟩``, hence

    ∫_T^∞ |θ_i'| ≤ √m̄_i · s,    ∫_T^∞ |ξ_i'| ≤ s / √m_i,    s = 2√(ℓ(T)/r).

If the first are less than the radii around ``θ(T)`` in which the bounds of M hold, the flow cannot leave them, and it
converges.  Where β bounds the curvature, ``‖∇𝓛‖² ≤ 2βℓ``, and ``∫‖ξ'‖ ≤ s·√(2β/r)`` as well, which says something of
coordinates that hardly move.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flint import arb

from ddln_sym.flows.coordinates import Coordinate
from ddln_sym.flows.local_bounds import Curve
from ddln_sym.flows.losses import Loss
from ddln_sym.numerics import ball, square

__all__ = ["Limit", "NoLimit", "limit_from"]

#: Radii of balls tried before giving up, each twice what the one before would have needed.
ATTEMPTS = 6
#: The part of itself by which a range is widened before it is tested.
MARGIN = arb((1, -40))
FROZEN = "two layers of a coordinate are zero: θ stays zero there, and nothing shows that the loss decays"
FAR = "the flow is still too far from its limit: enclose it for a longer time"


class NoLimit(ArithmeticError):
    """It could not be proved that the flow converges."""


@dataclass(frozen=True)
class Limit:
    """Balls that contain the limit of a flow.

    Attributes:
        theta: the limit of θ, d balls. xi: that of ξ, d balls, so that ``∇Q(θ_∞) = ξ_∞``.
    """

    theta: tuple[Any, ...]
    xi: tuple[Any, ...]


def limit_from(
    loss: Loss,
    coordinates: Sequence[Coordinate],
    theta: Sequence[Any],
    squares: Sequence[Any],
    xi: Sequence[Any],
) -> Limit:
    """The limit of the flow from a state on.

    Args:
        loss, coordinates: of the flow. theta, squares, xi: balls around θ, the squares of the layers of least
            modulus, and ξ, at the last time that is known.
    Raises:
        NoLimit: the loss has no μ, or the flow is still too far from its limit.
    """
    try:
        loss.polyak_lojasiewicz_ball()
    except ValueError as error:
        raise NoLimit(str(error)) from error
    left = (loss.ball(theta) - ball(loss.exact_minimum)).upper().max(arb(0))
    curves = [None if c.frozen else Curve(c) for c in coordinates]
    radii = [arb(0)] * len(coordinates)
    for _ in range(ATTEMPTS):
        metrics = [_metric(*each) for each in zip(curves, theta, squares, radii, strict=True)]
        rate = loss.decay_ball([low for low, _ in metrics])
        if not rate > 0:
            raise NoLimit(FROZEN if any(c.frozen for c in coordinates) else FAR)
        way = (2 * left.sqrt() / rate.sqrt()).upper()
        needed = [(high.sqrt() * way).upper() for _, high in metrics]
        if left == 0 or all(need < radius or need == 0 for need, radius in zip(needed, radii, strict=True)):
            farthest = (way * (2 * ball(loss.smoothness) / rate).sqrt()).upper()
            farther = [farthest if low == 0 else farthest.min(way / low.sqrt()).upper() for low, _ in metrics]
            return Limit(_widen(theta, needed), _widen(xi, farther))
        radii = [2 * need for need in needed]
    raise NoLimit(FAR)


def _widen(values: Sequence[Any], radii: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(value + arb(0, radius) for value, radius in zip(values, radii, strict=True))


def _metric(curve: Curve | None, theta: Any, w: Any, radius: Any) -> tuple[Any, Any]:
    """Bounds of ``M = P'(w)`` over every ``w`` with ``P(w) = θ²`` for a θ within the radius; P increases.

    ``None`` stands for a coordinate that is frozen, whose metric is 0.
    """
    if curve is None:
        return arb(0), arb(0)
    farthest = square(theta.abs_upper() + radius)
    nearest = square((theta.abs_lower() - radius).nonnegative_part())
    flattest = curve.derivative(1, w.lower().max(arb(0))).lower()
    if not flattest > 0:
        raise NoLimit(FAR)
    reach = 2 * radius * (theta.abs_upper() + radius) / flattest + w.upper() * MARGIN
    for _ in range(ATTEMPTS):
        low, high = (w.lower() - reach).lower().max(arb(0)), (w.upper() + reach).upper()
        if curve.derivative(0, low) <= nearest.lower() and curve.derivative(0, high) >= farthest.upper():
            return curve.derivative(1, low).lower(), curve.derivative(1, high).upper()
        reach *= 2
    raise NoLimit(FAR)
