r"""The limit of a flow in balls: what is left of the way is bounded by the loss that is left.

Where every coordinate that moves has ``m ≤ M_i ≤ m̄`` and the loss ``ℓ = 𝓛 − 𝓛*`` satisfies the Polyak–Łojasiewicz
inequality with ``μ``, ``−(√ℓ)' = ⟨∇𝓛, M∇𝓛⟩ / 2√ℓ ≥ √(μm/2)·√⟨∇𝓛, M∇𝓛⟩``, hence

    ∫_T^∞ ‖θ'‖ ≤ √m̄ · r,    ∫_T^∞ ‖ξ'‖ ≤ r / √m,    r = √(2ℓ(T)/(μm)).

If the first is less than the radius of a ball around ``θ(T)`` in which ``m`` and ``m̄`` hold, the flow cannot leave
that ball, and it converges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flint import arb

from ddln_sym.flows.coordinates import Coordinate
from ddln_sym.flows.local_bounds import Curve, largest
from ddln_sym.flows.losses import Loss
from ddln_sym.numerics import ball, square

__all__ = ["Limit", "NoLimit", "limit_from"]

#: Radii of balls tried before giving up, each twice what the one before would have needed.
ATTEMPTS = 6
#: The part of itself by which a range is widened before it is tested.
MARGIN = arb((1, -40))
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
        NoLimit: a coordinate is frozen, the loss has no μ, or the flow is still too far from its limit.
    """
    if any(c.frozen for c in coordinates):
        raise NoLimit("two layers of a coordinate are zero: θ stays zero there, and ξ need not converge")
    try:
        mu = loss.polyak_lojasiewicz_ball()
    except ValueError as error:
        raise NoLimit(str(error)) from error
    minimum = ball(loss.exact_minimum)
    left = (loss.ball(theta) - minimum).upper().max(arb(0))
    curves = [Curve(c) for c in coordinates]
    radius = arb(0)
    for _ in range(ATTEMPTS):
        metrics = [_metric(curve, t, w, radius) for curve, t, w in zip(curves, theta, squares, strict=True)]
        least = -largest([-low for low, _ in metrics])
        if not least > 0:
            break
        way = (2 * left / (mu * least)).sqrt()
        needed = (largest([high for _, high in metrics]).sqrt() * way).upper()
        if needed < radius or left == 0:
            farther = (way / least.sqrt()).upper()
            return Limit(tuple(t + arb(0, needed) for t in theta), tuple(x + arb(0, farther) for x in xi))
        radius = 2 * needed
    raise NoLimit(FAR)


def _metric(curve: Curve, theta: Any, w: Any, radius: Any) -> tuple[Any, Any]:
    """Bounds of ``M = P'(w)`` over every ``w`` with ``P(w) = θ²`` for a θ within the radius; P increases."""
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
