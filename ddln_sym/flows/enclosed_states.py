"""The state of a flow at a time in a part of a step, in balls: θ, ξ, the layers and their metric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flint import arb

from ddln_sym.flows.coordinates import Coordinate
from ddln_sym.flows.error_bounds import BoundedStep, Substep
from ddln_sym.numerics import ball

__all__ = ["EnclosedState", "layers_of", "metric_of", "sign_of"]


@dataclass(frozen=True)
class EnclosedState:
    """A time in a part of a step: ``inner`` is where, in units of the step's length."""

    step: BoundedStep
    part: Substep
    inner: Any

    def theta(self, n: int) -> Any:
        """θ of the n-th coordinate that moves."""
        return self.step.models[n].theta.at(self.inner) + arb(0, self.part.theta[n])

    def w(self, n: int) -> Any:
        """The square of its layer of least modulus: P(w) is as far from P(w̃) as θ² is from it, at most."""
        models, radius = self.step.models[n], self.part.theta[n]
        gap = models.residual + radius * (2 * models.theta.at(self.inner).abs_upper() + radius)
        near = models.w.at(self.inner) + arb(0, (gap / self.part.flattest[n]).upper())
        return near.nonnegative_part()

    def xi(self) -> tuple[Any, ...]:
        """ξ of every coordinate."""
        return tuple(m.at(self.inner) + arb(0, r) for m, r in zip(self.step.xi, self.part.xi, strict=True))


def sign_of(value: Any) -> int:
    """1 or −1 where a ball has one sign, else 0."""
    return int(bool(value > 0)) - int(bool(value < 0))


def layers_of(coordinate: Coordinate, theta: Any, w: Any) -> list[Any]:
    """All layers of a coordinate, from θ and the square of the one of least modulus."""
    found = [
        (w + ball(delta)).sqrt() * (1 if u > 0 else -1)
        for u, delta in zip(coordinate.start, coordinate.differences, strict=True)
    ]
    others = arb(coordinate.sign)
    for k, u in enumerate(found):
        if k != coordinate.least:
            others *= abs(u)
    # θ over the others is better where the least one is near zero, the root where it is large.
    quotient, root = theta / others, found[coordinate.least]
    sign = sign_of(root) if coordinate.tied else coordinate.sign * sign_of(theta)
    if sign and not root.rad() > quotient.rad():
        found[coordinate.least] = abs(root) * sign
    else:
        found[coordinate.least] = quotient if quotient.is_finite() else arb(0, root.abs_upper())
    return found


def metric_of(column: Sequence[Any]) -> Any:
    """``Σ_j ∏_{k≠j} u_k²``."""
    found = arb(0)
    for j in range(len(column)):
        product = arb(1)
        for k, u in enumerate(column):
            if k != j:
                product *= u * u
        found += product
    return found
