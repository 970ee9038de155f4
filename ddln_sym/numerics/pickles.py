"""FLINT's balls, matrices and polynomials in pickles and copies: python-flint has none, and results here hold them.

They come back exactly as they were, whatever the precision is then.
"""

from __future__ import annotations

import copyreg
from typing import Any

from flint import arb, arb_mat, arb_poly, fmpq_mat, fmpz_poly

__all__ = ["register"]

#: Bits of a radius.
RADIUS_BITS = 30


def register() -> None:
    """Tell ``pickle`` and ``copy`` about the types of FLINT that have no way of their own.

    >>> import pickle
    >>> third = arb(1) / 3
    >>> copied = pickle.loads(pickle.dumps(third))
    >>> copied.contains(third) and third.contains(copied)
    True
    """
    copyreg.pickle(arb, lambda value: (_ball, _parts(value)))
    for matrix in (arb_mat, fmpq_mat):
        copyreg.pickle(matrix, _matrix_parts)
    for polynomial in (arb_poly, fmpz_poly):
        copyreg.pickle(polynomial, _polynomial_parts)


def _matrix_parts(value: Any) -> tuple[Any, ...]:
    return type(value), (value.nrows(), value.ncols(), value.entries())


def _polynomial_parts(value: Any) -> tuple[Any, ...]:
    return type(value), (value.coeffs(),)


def _parts(value: arb) -> tuple[Any, ...]:
    """Midpoint and radius as mantissas and exponents, or the name of what has none."""
    if value.is_nan():
        return ("nan",)
    middle, radius = value.mid(), value.rad()
    if not middle.is_finite():
        return ("pos_inf" if middle > 0 else "neg_inf",)
    pair = tuple(map(int, middle.man_exp()))
    return (pair, tuple(map(int, radius.man_exp())) if radius.is_finite() else None)


def _ball(middle: Any, radius: tuple[int, int] | None = (0, 0)) -> arb:
    if isinstance(middle, str):
        special: arb = getattr(arb, middle)()
        return special
    if radius is None:
        return arb(middle, "inf")
    if not radius[0]:
        return arb(middle)
    # FLINT rounds a radius up even if it has few bits, so a slightly smaller one becomes this one.
    mantissa, exponent = radius
    shift = RADIUS_BITS - mantissa.bit_length()
    for places in (shift, shift + 1, shift + 2):
        found = arb(middle, arb(((mantissa << places) - 1, exponent - places)))
        if tuple(map(int, found.rad().man_exp())) == radius:
            return found
    return arb(middle, arb(radius))
