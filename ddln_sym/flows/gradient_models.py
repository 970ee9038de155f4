r"""The gradient of a loss along polynomials, as Taylor models.

**The logistic function** ``s = 1/(1 + e^{−z})`` of a polynomial ``z`` is the solution of ``s' = s(1 − s)z'``.  A
polynomial ``s̃`` with the residual ``r = s̃' − s̃(1 − s̃)z'`` is off by ``e = s̃ − s``, for which

    e' = (1 − 2s − e)z'·e + r,    and |1 − 2s| < 1.

So, as long as ``|e| < ρ``, Grönwall's inequality says ``|e| ≤ (|e(0)| + ‖r‖)·exp((1 + ρ)‖z'‖)``, and where that is
less than ρ the assumption cannot fail first.  An error of z enters s at most by a quarter.  Where s hardly moves, or z
moves far, a constant between the values at both ends of the range of z is as good.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from flint import arb, arb_poly, arb_series, fmpz_poly

from ddln_sym.flows.losses import Loss
from ddln_sym.numerics import TaylorModel, combine, norm, precision, scale
from ddln_sym.taylor import Program

__all__ = ["GradientModels", "logistic"]

#: ρ.
ROOM = arb((1, -10))
#: If z moves farther, the bound is hopeless.
FARTHEST = arb(64)
#: Bits beyond those of a model, so that its first guess is right to all of them.
SPARE_BITS = 20


class GradientModels:
    """``∇𝓛`` of polynomials, by the program from which the flow has it.

    Args:
        loss: the loss. places: the entries of θ that are not 0 throughout.

    >>> from ddln_sym.flows.losses import SquaredLoss
    >>> one = TaylorModel(fmpz_poly([4]), arb(0), bits=2, order=1)
    >>> forces = GradientModels(SquaredLoss([[1, 2]], [3]), [0])({0: one}, 2, 1)
    >>> int(forces[1].polynomial[0])  # 4(θ_1 + 2θ_2 − 3) at (1, 0), in quarters
    -32
    """

    def __init__(self, loss: Loss, places: list[int]) -> None:
        self._places = places
        self._program = Program(len(places))
        self._slopes = loss.slopes(self._program, {i: n for n, i in enumerate(places)})

    def __call__(self, theta: Mapping[int, TaylorModel], bits: int, order: int) -> list[TaylorModel]:
        """The d entries of ``∇𝓛(θ)``.

        Args:
            theta: a model for each place, of the bits and the order given.
        """
        registers = [theta[i] for i in self._places]
        for line in self._program.lines:
            if line[0] == "logistic":
                registers.append(logistic(registers[line[1]]))
            else:
                _, terms, constant = line
                registers.append(combine([(c, registers[r]) for r, c in terms], constant, bits, order))
        return [registers[r] for r in self._slopes]


def logistic(z: TaylorModel) -> TaylorModel:
    """``1/(1 + e^{−z})``.

    >>> s = logistic(TaylorModel(fmpz_poly([0, 1 << 80]), arb(0), bits=80, order=40))
    >>> s.at(arb(1)).overlaps(1 / (1 + arb(-1).exp())), s.error < 1e-15
    (True, True)
    """
    bits, order, one = z.bits, z.order, Fraction(1)
    spread = norm([(one, z)], bits, -Fraction(int(z.polynomial[0]), 1 << bits))
    rough = _constant(z, spread)
    if rough.error < scale(1, bits) or not spread < FARTHEST:
        return rough
    with precision(bits + SPARE_BITS, terms=order + 1):
        series = arb_series(arb_poly(z.polynomial) * arb((1, -bits)))
        found = TaylorModel(fmpz_poly([_integer(c, bits) for c in 1 / (1 + (-series).exp())]), arb(0), bits, order)
        first = 1 / (1 + (-z.start).exp())
    slope = TaylorModel(z.polynomial, arb(0), bits, order).derivative()
    product = combine([(one, found), (-one, found * found)], Fraction(0), bits, order) * slope
    residual = norm([(one, found.derivative()), (-one, product)], bits)
    error = ((first - found.start).abs_upper() + residual) * ((1 + ROOM) * slope.norm).exp()
    if not error < ROOM:
        return rough
    return TaylorModel(found.polynomial, error + z.error / 4, bits, order)


def _constant(z: TaylorModel, spread: Any) -> TaylorModel:
    """The same by a constant, of a z that moves by so much at most."""
    bits = z.bits
    with precision(bits + SPARE_BITS):
        low, high = (1 / (1 + (-z.start - side * spread).exp()) for side in (-1, 1))
        found = low.union(high)
        if not found.is_finite():  # the exponential is too large
            found = arb(0).union(arb(1))
        middle = _integer(found, bits)
        return TaylorModel(fmpz_poly([middle]), abs(found - scale(middle, bits)), bits, z.order)


def _integer(value: Any, bits: int) -> Any:
    """The middle of a ball in units of ``2^−bits``, rounded down."""
    mantissa, exponent = value.mid().man_exp()
    shift = int(exponent) + bits
    return mantissa << shift if shift >= 0 else mantissa >> min(-shift, mantissa.bit_length() + 1)
