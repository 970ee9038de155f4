"""The rate of Theorem 2 for a model each of whose components is a product of parameters of its own.

Such a model is a deep diagonal network whose coordinates may have different numbers of layers: the differences of the
squares of the parameters in one component are conserved, so the metric stays above σ, as (13) and (14) say.
"""

from __future__ import annotations

from typing import Any

from ddln_sym.flows.coordinates import Coordinate
from ddln_sym.flows.losses import Loss
from ddln_sym.flows.trajectories import read_time
from ddln_sym.models import Parametrization
from ddln_sym.numerics import ball, precision

__all__ = ["bound_loss"]


def bound_loss(loss: Loss, net: Parametrization, start: Any, t: Any, bits: int) -> Any:
    """``𝓛* + e^{−2σμt}(𝓛(θ(0)) − 𝓛*)``, a ball: what the loss is at most at a time.

    Args:
        loss, net, start: of a gradient flow, the start in fractions. t: the time. bits: of the ball.
    Raises:
        ValueError: a component is no product of parameters of its own, two of them share the least modulus, or the loss
            has no Polyak–Łojasiewicz constant or no known minimum.

    >>> from fractions import Fraction
    >>> import sympy as sp
    >>> from ddln_sym.flows.losses import SquaredLoss
    >>> x, y = sp.symbols("x y", real=True)
    >>> start = Fraction(0), Fraction(1)
    >>> bound_loss(SquaredLoss([[1]], [2]), Parametrization((x * y,), (x, y)), start, 1, 64).str(5, radius=False)
    '0.073263'
    """
    values = dict(zip(net.variables, start, strict=True))
    coordinates = [
        Coordinate(tuple(values[v] for v in _factors(n, component, net)))
        for n, component in enumerate(net.components, 1)
    ]
    if any(coordinate.tied for coordinate in coordinates):
        raise ValueError("(𝒜) does not hold: several parameters share the least modulus in a component")
    sigma, least, mu = min(c.sigma for c in coordinates), loss.exact_minimum, loss.polyak_lojasiewicz_ball(bits)
    theta = [
        c.theta * int(component.as_coeff_Mul()[0]) for c, component in zip(coordinates, net.components, strict=True)
    ]
    with precision(bits):
        first = loss.ball([ball(value) for value in theta]) - ball(least)
        return ball(least) + (-2 * ball(sigma * read_time(t, "t")) * mu).exp() * first


def _factors(n: int, component: Any, net: Parametrization) -> list[Any]:
    """The parameters whose product a component is, up to its sign."""
    sign, factors = component.as_coeff_mul()
    own = not any(component.free_symbols & other.free_symbols for k, other in enumerate(net.components, 1) if k != n)
    if sign not in (1, -1) or not own or len(factors) < 2 or not all(f in net.variables for f in factors):
        raise ValueError(f"G_{n} = {component} is no product of two or more parameters of its own")
    return list(factors)
