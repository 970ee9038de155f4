r"""Entropies in elementary functions: two layers, all layers tied, and the others tied at three and four layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flint import fmpq

    from ddln_sym.coordinate import LayerCoordinate

__all__ = ["closed_form", "no_closed_form"]


def no_closed_form() -> Any:
    raise ValueError("no closed form in elementary functions is known for this entropy")


def closed_form(coordinates: Sequence[LayerCoordinate]) -> Any:
    """``Q`` in SymPy, in ``theta_1, theta_2, …``.

    Raises:
        ValueError: the integral of a coordinate is elliptic or hyperelliptic, or its ``x(θ)`` is not given here.

    >>> from ddln_sym.coordinate import LayerCoordinate
    >>> from flint import fmpq
    >>> closed_form([LayerCoordinate([fmpq(2), fmpq(2), fmpq(2)])])
    -3*theta_1**(2/3)/2 + theta_1/2 + 2
    """
    import sympy as sp

    total = sp.Integer(0)
    for n, coordinate in enumerate(coordinates, 1):
        theta = sp.Symbol(f"theta_{n}", **_assumption(coordinate.side))
        if coordinate.integral.ties == coordinate.depth - 1:
            found = _all_tied(coordinate, theta)
        elif coordinate.depth == 2 or (coordinate.depth <= 4 and 0 < coordinate.gaps[0] == coordinate.gaps[-1]):
            found = _others_tied(coordinate, theta)
        else:
            raise ValueError(
                f"the integral of coordinate {n} is not elementary: that takes two layers, or layers that tie"
            )
        total += _rational(coordinate.scale) * found
    return sp.expand(total)


def _assumption(side: int) -> dict[str, bool]:
    return {0: {"real": True}, 1: {"positive": True}, -1: {"negative": True}}[side]


def _rational(value: fmpq) -> Any:
    import sympy as sp

    return sp.Rational(int(value.p), int(value.q))


def _all_tied(coordinate: LayerCoordinate, theta: Any) -> Any:
    """Kullback–Leibler at ``L = 2``, the power entropy beyond, on the half-line of ``sign θ_0``."""
    import sympy as sp

    depth, size = coordinate.depth, abs(_rational(coordinate.start))
    modulus = coordinate.side * theta
    if depth == 2:
        return (modulus * sp.log(modulus / size**2) - modulus + size**2) / 2
    power = sp.Rational(2, depth)
    outward = (size ** (2 - depth) - modulus ** (power - 1)) / (depth - 2)
    return modulus * outward - (modulus**power - size**2) / 2


def _others_tied(coordinate: LayerCoordinate, theta: Any) -> Any:
    """All other layers at one modulus: ``P = (x² + Δ)^{(L−1)/2}``, integral and inverse in closed form."""
    import sympy as sp

    gap, start, sign = _rational(coordinate.gaps[0]), _rational(coordinate.start), coordinate.sign
    root = sp.sqrt(gap)
    if coordinate.depth == 2:
        square = (sp.sqrt(gap**2 + 4 * theta**2) - gap) / 2
        time = sp.asinh(2 * theta / gap) / 2 - sign * sp.asinh(start / root)
    elif coordinate.depth == 3:  # x³ + Δx = sθ by Cardano's formula with sinh
        x = 2 * root / sp.sqrt(3) * sp.sinh(sp.asinh(3 * sp.sqrt(3) * sign * theta / (2 * root**3)) / 3)
        square, time = x**2, sign * (sp.atan(x / root) - sp.atan(start / root)) / root
    else:  # y = x² + Δ solves y⁴ − Δy³ = θ²: Ferrari's formula for 1/y
        squared = theta**2
        shift = 2 / sp.sqrt(3 * squared) * sp.sinh(sp.asinh(3 * sp.sqrt(3) * gap**2 / (16 * sp.Abs(theta))) / 3)
        wide = sp.sqrt(2 * shift)
        inverse = (sp.sqrt(2 * gap / (squared * wide) - 2 * shift) - wide) / 2
        square = 1 / inverse - gap
        # x/(Δ√(x²+Δ)) with x = sθ/(x²+Δ)^{3/2}
        time = theta * inverse**2 / gap - sign * start / (gap * sp.sqrt(start**2 + gap))
    return theta * time - (square - start**2) / 2
