r"""Entropies in closed form: the integral in named functions, and ``x(θ)`` explicit or as the root of a polynomial."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flint import fmpq

    from ddln_sym.coordinate import LayerCoordinate

__all__ = ["closed_form", "no_closed_form", "primitive"]


def no_closed_form() -> Any:
    raise ValueError("no closed form is known for this entropy")


def closed_form(coordinates: Sequence[LayerCoordinate]) -> Any:
    """``Q`` in SymPy, in ``theta_1, theta_2, …``.

    Raises:
        ValueError: the integral of a coordinate is hyperelliptic.

    >>> from ddln_sym.coordinate import LayerCoordinate
    >>> from flint import fmpq
    >>> closed_form([LayerCoordinate([fmpq(2), fmpq(2), fmpq(2)])])
    -3*theta_1**(2/3)/2 + theta_1/2 + 2
    """
    import sympy as sp

    total = sp.Integer(0)
    for n, coordinate in enumerate(coordinates, 1):
        theta = sp.Symbol(f"theta_{n}", **_assumption(coordinate.side))
        scale = _rational(coordinate.scale)
        if coordinate.integral.ties == coordinate.depth - 1:
            total += sp.expand(scale * _all_tied(coordinate, theta))
        elif coordinate.depth == 2 or (coordinate.depth == 3 and 0 < coordinate.gaps[0] == coordinate.gaps[-1]):
            total += sp.expand(scale * _explicit(coordinate, theta))
        else:
            total += scale * _through_least_layer(coordinate, theta, n)
    return total


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


def _explicit(coordinate: LayerCoordinate, theta: Any) -> Any:
    """Two layers, or three of which the others tie: ``x(θ)`` by a square root, or by Cardano's formula with sinh."""
    import sympy as sp

    gap, start, sign = _rational(coordinate.gaps[0]), _rational(coordinate.start), coordinate.sign
    root = sp.sqrt(gap)
    if coordinate.depth == 2:
        square = (sp.sqrt(gap**2 + 4 * theta**2) - gap) / 2
        time = sp.asinh(2 * theta / gap) / 2 - sign * sp.asinh(start / root)
    else:  # x³ + Δx = sθ
        x = 2 * root / sp.sqrt(3) * sp.sinh(sp.asinh(3 * sp.sqrt(3) * sign * theta / (2 * root**3)) / 3)
        square, time = x**2, sign * (sp.atan(x / root) - sp.atan(start / root)) / root
    return theta * time - (square - start**2) / 2


def _through_least_layer(coordinate: LayerCoordinate, theta: Any, number: int) -> Any:
    """``θ·s·(H(x) − H(x_0)) − (x² − x_0²)/2``, ``H' = 1/P``, ``x = x(sθ)``."""
    from ddln_sym.least_layer import LeastLayer

    gaps, start = [_rational(gap) for gap in coordinate.gaps], _rational(coordinate.start)
    side = 1 if start >= 0 else -1
    x = LeastLayer(coordinate.sign * theta, *gaps)
    try:
        time = coordinate.sign * (primitive(gaps, x, side) - primitive(gaps, start, side))
    except ValueError as error:
        raise ValueError(f"coordinate {number}: {error}") from None
    return theta * time - (x**2 - start**2) / 2


def primitive(gaps: Sequence[Any], x: Any, side: int = 1) -> Any:
    """A function of x with the slope ``∏_k (x² + Δ_k)^{−1/2}``.

    Args:
        gaps: ``Δ_2 ≤ … ≤ Δ_L``, rational, not all zero; side: the sign of x, which cannot change where a gap is zero.
    Raises:
        ValueError: five layers or more whose gaps are not all equal.
    Source: claims ``new-t2-legendre``, ``new-t2-equal-gaps`` and ``new-t2-ties``.

    >>> import sympy as sp
    >>> primitive([sp.Integer(1), sp.Integer(2)], sp.Symbol("x"))
    sqrt(2)*elliptic_f(atan(x), 1/2)/2
    """
    import sympy as sp

    least, largest = gaps[0], gaps[-1]
    if least == largest:
        return _equal_gaps(least, len(gaps), x)
    if len(gaps) > 3:
        raise ValueError("no closed form is given for five layers or more, unless the others tie or all do")
    if least == 0:
        return side * _tied(gaps, side * x)
    if len(gaps) == 2:
        return sp.elliptic_f(sp.atan(x / sp.sqrt(least)), 1 - least / largest) / sp.sqrt(largest)
    sine = sp.sqrt((largest - least) / largest) * x / sp.sqrt(x**2 + least)
    if gaps[1] == largest:  # F(φ, 1) is elementary
        return sp.atanh(sine) / sp.sqrt(largest * (largest - least))
    parameter = largest * (gaps[1] - least) / (gaps[1] * (largest - least))
    return sp.elliptic_f(sp.asin(sine), parameter) / sp.sqrt(gaps[1] * (largest - least))


def _equal_gaps(gap: Any, count: int, x: Any) -> Any:
    """``∫_0^x (z² + Δ)^{−n/2} dz``, two layers at a time from arcsinh or arctan."""
    import sympy as sp

    root = sp.sqrt(gap)
    if count <= 2:
        return sp.asinh(x / root) if count == 1 else sp.atan(x / root) / root
    n = count - 2
    return x / (n * gap * sp.sqrt(x**2 + gap) ** n) + (n - 1) * (_equal_gaps(gap, n, x) if n > 1 else 0) / (n * gap)


def _tied(gaps: Sequence[Any], x: Any) -> Any:
    """At ``x > 0``, with one or two gaps of three or four layers zero."""
    import sympy as sp

    *others, largest = gaps
    if len(gaps) == 2:
        return -sp.asinh(sp.sqrt(largest) / x) / sp.sqrt(largest)
    if others[1] == 0:
        return -sp.sqrt(x**2 + largest) / (largest * x)
    inner, outer = sp.sqrt(others[1]), sp.sqrt(largest)
    return -sp.log((inner * sp.sqrt(x**2 + largest) + outer * sp.sqrt(x**2 + others[1])) / x) / (inner * outer)
