"""Functions on ``[0, 1]`` as polynomials with a bound on the error: rigorous arithmetic without machine floats.

A Taylor model stands for every function ``f`` with ``|f − p| ≤ error`` on ``[0, 1]``.  A polynomial ``p = Σ c_k τ^k``
is bounded there by its norm ``‖p‖ = Σ |c_k|``.  Coefficients are integers in units of ``2^−bits``; norms and errors
are upper bounds, rounded up by ball arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeAlias

from flint import arb, arb_poly, fmpz, fmpz_poly

from ddln_sym.numerics.balls import precision

__all__ = ["TaylorModel", "combine", "norm", "scale"]

#: Coefficients that are looked at one by one for a range; the rest enters through its norm.
LEADING = 24


def scale(value: Any, bits: int) -> Any:
    """``value·2^−bits`` as an exact ball.

    >>> scale(3, 2)
    0.750000000000000
    """
    return arb((fmpz(value), fmpz(-bits)))


def _norm(polynomial: Any, bits: int) -> Any:
    """``Σ |c_k|·2^−bits`` at most: a Horner scheme in balls at ``0 ± 1`` adds the moduli.

    >>> print(_norm(fmpz_poly([3, -4]), 2).str(5, radius=False))
    1.7500
    """
    return (arb_poly(polynomial)(arb(0, 1)) * arb((1, -bits))).abs_upper()


def _round(polynomial: Any, bits: int) -> tuple[Any, Any]:
    """The coefficients without their last places, each off by less than one unit, and the norm of what is lost.

    >>> _round(fmpz_poly([5, -3]), 1)[0]
    (-2)*x + 2
    """
    return polynomial // fmpz_poly([1 << bits]), arb((len(polynomial), -bits))


@dataclass(frozen=True)
class TaylorModel:
    """A polynomial, and how far a function may be from it.

    Attributes:
        polynomial: an ``fmpz_poly``, of a degree of at most ``order``.
        error: at least 0, an exact ball: the upper end of the one that is given.
        bits: binary places of the coefficients. order: the degree at which products are cut off.

    >>> x = TaylorModel(fmpz_poly([0, 4]), arb(0), 2, 1)  # x² = 1·τ² lies beyond the order
    >>> (x * x).error
    1.00000000000000
    """

    polynomial: Any
    error: Any
    bits: int
    order: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "error", self.error.upper())

    @cached_property
    def norm(self) -> Any:
        """An upper bound of ``|f|``, as an exact ball."""
        return (_norm(self.polynomial, self.bits) + self.error).upper()

    @property
    def start(self) -> Any:
        """The polynomial at 0, as an exact ball."""
        return scale(self.polynomial[0], self.bits)

    @property
    def end(self) -> Any:
        """The polynomial at 1, as an exact ball."""
        return scale(self.polynomial(1), self.bits)

    def __mul__(self, other: TaylorModel) -> TaylorModel:
        product = self.polynomial * other.polynomial
        kept, rounding = _round(product.truncate(self.order + 1), self.bits)
        error = rounding + _norm(product.right_shift(self.order + 1), 2 * self.bits)
        # |fg − pq| ≤ |f − p|·|g| + |p|·|g − q|, and the norm kept with f bounds p as well.
        if not self.error.is_zero():
            error += self.error * other.norm
        if not other.error.is_zero():
            error += other.error * self.norm
        return TaylorModel(kept, error, self.bits, self.order)

    def derivative(self) -> TaylorModel:
        """The derivative of the polynomial.

        Raises:
            ValueError: the model has an error, and a small function may have a large derivative.
        """
        if not self.error.is_zero():
            raise ValueError("the model has an error: only a polynomial can be differentiated")
        return TaylorModel(self.polynomial.derivative(), arb(0), self.bits, self.order)

    @cached_property
    def _leading(self) -> tuple[Any, Any]:
        """The leading coefficients, as numbers, and a ball around 0 for the rest."""
        rest = _norm(self.polynomial.right_shift(LEADING), self.bits) + self.error
        return arb_poly(self.polynomial.truncate(LEADING)) * scale(1, self.bits), arb(0, rest.upper())

    def range(self, part: Any, careful: bool = False) -> Any:
        """A ball that contains ``f(τ)`` for every τ in a ball that lies within ``[0, 1]``.

        Args:
            part: the ball. careful: expand around its middle first, which is slower and keeps what cancels there.
        """
        if not careful:
            head, rest = self._leading
            return head(part) + rest
        with precision(self.bits):
            around = arb_poly(self.polynomial)(arb_poly([part.mid(), part.rad()])).coeffs()
            spread = sum((c.abs_upper() for c in around[1:]), arb(0)) * scale(1, self.bits) + self.error
            return sum(around[:1], arb(0)) * scale(1, self.bits) + arb(0, spread.upper())

    def at(self, time: Any) -> Any:
        """A ball that contains ``f(τ)``, as narrow as the working precision allows."""
        return arb_poly(self.polynomial)(time) * scale(1, self.bits) + arb(0, self.error)


Terms: TypeAlias = Sequence[tuple[Fraction, TaylorModel]]


def _total(terms: Terms, constant: Fraction, bits: int) -> tuple[Any, Any]:
    """``Σ factor·model + constant`` as a polynomial in units of ``2^−2bits``, and the error."""
    total, error = fmpz_poly([(constant.numerator << 2 * bits) // constant.denominator]), arb((1, -2 * bits))
    for factor, model in terms:
        whole, rest = divmod(factor.numerator << bits, factor.denominator)
        total += model.polynomial * whole
        if not model.error.is_zero():
            error += abs(scale(whole, bits)) * model.error
        if rest:
            error += scale(1, bits) * model.norm
    return total, error


def combine(terms: Terms, constant: Fraction, bits: int, order: int) -> TaylorModel:
    """``Σ factor·model + constant``.

    Args:
        terms: exact factors, and models of the bits and the order given. constant: an exact number.

    >>> third = combine([], Fraction(1, 3), 2, 1)
    >>> third.polynomial, third.error
    (1, 0.312500000000000)
    """
    total, error = _total(terms, constant, bits)
    kept, rounding = _round(total, bits)
    return TaylorModel(kept, error + rounding, bits, order)


def norm(terms: Terms, bits: int, constant: Fraction = Fraction(0)) -> Any:
    """``|Σ factor·model + constant|`` at most, as an exact ball.

    >>> x = TaylorModel(fmpz_poly([0, 4]), arb(0), 2, 1)
    >>> print(norm([(Fraction(3), x)], 2, constant=Fraction(-1)).str(5, radius=False))
    4.0625
    """
    total, error = _total(terms, constant, bits)
    return (_norm(total, 2 * bits) + error).upper()
