"""Functions on ``[0, 1]`` as polynomials with a bound on the error: rigorous arithmetic without machine floats.

A Taylor model stands for every power series ``f`` with ``‖f − p‖ ≤ error`` in the norm ``‖Σ c_k τ^k‖ = Σ |c_k|``,
which bounds ``|f|`` on ``[0, 1]`` and satisfies ``‖fg‖ ≤ ‖f‖·‖g‖``.  Numbers are integers in units of
``2^−bits`` and errors are rounded up, so nothing depends on how a machine rounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from flint import arb, arb_poly, fmpz, fmpz_poly

from ddln_sym.balls import precision

__all__ = ["TaylorModel", "combined", "scaled"]

#: Coefficients that are looked at one by one for a range; the rest enters through its norm.
LEADING = 24


def scaled(value: Any, bits: int) -> Any:
    """``value·2^−bits`` as an exact ball.

    >>> scaled(3, 2)
    0.750000000000000
    """
    return arb((fmpz(value), fmpz(-bits)))


def _up(value: Any, bits: int) -> int:
    """``⌈value·2^−bits⌉``."""
    return int(-(-value >> bits))


@dataclass(frozen=True)
class TaylorModel:
    """A polynomial, and how far a function may be from it.

    Attributes:
        polynomial: an ``fmpz_poly``, of a degree of at most ``order``. error: an integer of at least 0.
        bits: binary places of both. order: the degree at which products are cut off.

    >>> x = TaylorModel(fmpz_poly([0, 4]), 0, 2, 1)  # x² = 1·τ² lies beyond the order
    >>> (x * x).error
    6
    """

    polynomial: Any
    error: int
    bits: int
    order: int

    @cached_property
    def size(self) -> Any:
        """The norm of the polynomial, in units of the last place."""
        return sum(map(abs, self.polynomial.coeffs()))

    @property
    def norm(self) -> Any:
        """An upper bound of ``‖f‖``, as an exact ball."""
        return scaled(self.size + self.error, self.bits)

    @property
    def start(self) -> Any:
        """The polynomial at 0, as an exact ball."""
        return scaled(self.polynomial[0], self.bits)

    @property
    def end(self) -> Any:
        """The polynomial at 1, as an exact ball."""
        return scaled(self.polynomial(1), self.bits)

    def __mul__(self, other: TaylorModel) -> TaylorModel:
        found = (self.polynomial * other.polynomial).coeffs()
        kept = [c >> self.bits for c in found[: self.order + 1]]
        lost = sum(map(abs, found[self.order + 1 :]))
        spread = self.error * other.size + other.error * self.size + self.error * other.error
        # Cutting off a coefficient's last places loses less than one unit.
        return TaylorModel(fmpz_poly(kept), _up(lost + spread, self.bits) + len(kept), self.bits, self.order)

    def derivative(self) -> TaylorModel:
        """The derivative of the polynomial.

        Raises:
            ValueError: the model has an error, and a small function may have a large derivative.
        """
        if self.error:
            raise ValueError("the model has an error: only a polynomial can be differentiated")
        return TaylorModel(self.polynomial.derivative(), 0, self.bits, self.order)

    @cached_property
    def _leading(self) -> tuple[Any, Any]:
        tail = sum(map(abs, self.polynomial.coeffs()[LEADING:]))
        return arb_poly(self.polynomial.truncate(LEADING)), arb(0, scaled(tail + self.error, self.bits))

    def range(self, part: Any, careful: bool = False) -> Any:
        """A ball that contains ``f(τ)`` for every τ in a ball that lies within ``[0, 1]``.

        Args:
            part: the ball. careful: expand around its middle first, which is slower and keeps what cancels there.
        """
        if not careful:
            head, rest = self._leading
            return head(part) * scaled(1, self.bits) + rest
        with precision(self.bits):
            around = arb_poly(self.polynomial)(arb_poly([part.mid(), part.rad()])).coeffs()
            spread = sum((c.abs_upper() for c in around[1:]), arb(self.error))
            return sum(around[:1], arb(0, spread.upper())) * scaled(1, self.bits)

    def at(self, time: Any) -> Any:
        """A ball that contains ``f(τ)``, as narrow as the working precision allows."""
        return arb_poly(self.polynomial)(time) * scaled(1, self.bits) + arb(0, scaled(self.error, self.bits))


def combined(terms: Sequence[tuple[Fraction, TaylorModel]], constant: Fraction, bits: int, order: int) -> TaylorModel:
    """``Σ factor·model + constant``.

    Args:
        terms: exact factors, and models of the bits and the order given. constant: an exact number.

    >>> third = combined([], Fraction(1, 3), 2, 1)
    >>> third.polynomial, third.error
    (1, 2)
    """
    total, error = fmpz_poly([(constant.numerator << 2 * bits) // constant.denominator]), 1 << bits
    for factor, model in terms:
        whole, rest = divmod(factor.numerator << bits, factor.denominator)
        total += model.polynomial * whole
        error += abs(whole) * model.error + (model.size + model.error if rest else 0)
    kept = [c >> bits for c in total.coeffs()]
    return TaylorModel(fmpz_poly(kept), _up(error, bits) + len(kept), bits, order)
