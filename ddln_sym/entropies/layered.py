r"""One coordinate of the mirror map: θ, ξ and the conjugate entropy as functions of the least layer ``x``.

``θ = s·x·P(x)``, ``dξ = s·dx/P(x)``, ``Q* = (x² − x_0²)/2`` and ``Q'' = 1/M``, ``M = P²·(1 + Σ x²/(x² + Δ_k))``.
All values are balls at the precision that is set when a method is called.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from flint import arb, fmpq

from ddln_sym.numerics import START_BITS, MirrorIntegral, Uncertain, enclose, precision, refine, settle

__all__ = ["ONE", "LayerEntropy"]

ONE = fmpq(1)


def _sign(value: fmpq) -> int:
    return (value > 0) - (value < 0)


class LayerEntropy:
    """A coordinate of ``u^1 ⊙ ⋯ ⊙ u^L``.

    Args:
        layers: the L initial values, at most one of them zero.
        scale: Q is multiplied by it (metrics that are ``1/scale`` times that of the layers).
    Raises:
        ValueError: two layers are zero.

    >>> one = LayerEntropy([fmpq(0), fmpq(1)])
    >>> one.xi(one.at_theta(fmpq(1))).str(12)  # arcsinh(2)/2
    '[0.721817737589 +/- 4.06e-13]'
    """

    @property
    def implicit(self) -> str:
        half, times = _tfrac(self.scale / 2), "" if self.scale == 1 else _tfrac(self.scale)
        return (
            rf"$\displaystyle \begin{{aligned}} Q(\theta) &= \sum_i \theta_i\xi_i - {half}(x_i^2 - x_{{i,0}}^2) \\ "
            rf"\xi_i &= {times}s_i\int_{{x_{{i,0}}}}^{{x_i}}\prod_k (z^2 + \Delta_{{i,k}})^{{-1/2}}\,dz \\ "
            r"\theta_i &= s_i x_i\prod_k (x_i^2 + \Delta_{i,k})^{1/2} \end{aligned}$"
        )

    def __init__(self, layers: Sequence[fmpq], scale: fmpq = ONE) -> None:
        zeros = [n for n, value in enumerate(layers, 1) if value == 0]
        if len(zeros) > 1:
            raise ValueError(f"layers {zeros[0]} and {zeros[1]} are both zero there, so θ stays 0 whatever the loss")
        least = min(range(len(layers)), key=lambda n: abs(layers[n]))
        self.start, self.scale = layers[least], scale
        others = [value for n, value in enumerate(layers) if n != least]
        self.depth = len(layers)
        self.sign = 1
        for value in others:
            self.sign *= _sign(value)
        self.gaps = tuple(sorted(value**2 - self.start**2 for value in others))
        self.integral = MirrorIntegral(self.gaps)
        self.theta_start = fmpq(1)
        for value in layers:
            self.theta_start *= value

    @property
    def tied(self) -> bool:
        return self.integral.ties > 0

    @property
    def side(self) -> int:
        """The sign of θ if it cannot change, else 0."""
        return _sign(self.theta_start) if self.tied else 0

    # -- from the state x -------------------------------------------------------------------------
    def theta(self, x: arb) -> arb:
        return self.sign * x * self.integral.product(x)

    def xi(self, x: arb) -> arb:
        return self.xi_between(arb(self.start), x)

    def xi_between(self, a: arb, b: arb) -> arb:
        """``ξ`` at b minus ``ξ`` at a."""
        return self.sign * self.scale * self._between(a, b)

    def growth(self, x: arb) -> arb:
        """``Q*``: half the growth of the square of any layer."""
        return self.growth_between(arb(self.start), x)

    def growth_between(self, a: arb, b: arb) -> arb:
        return self.scale * (b - a) * (b + a) / 2

    def curvature(self, x: arb) -> arb:
        """``Q'' = 1/M``."""
        return self.scale / (self.integral.product(x) ** 2 * self.integral.steepness(x))

    def _between(self, a: arb, b: arb) -> arb:
        integral = self.integral
        if self.tied:
            if self.depth == 2:
                return _sign(self.start) * (b / a).log()
            return _sign(self.start) * (integral.tail(abs(a)) - integral.tail(abs(b)))
        cut = self._cut if self.depth > 2 else arb("inf")
        if (a > cut and b > cut) or (a < -cut and b < -cut):
            difference = integral.tail(abs(a)) - integral.tail(abs(b))
            return difference if a > 0 else -difference
        return self._from_zero(b) - self._from_zero(a)

    @cached_property
    def _cut(self) -> arb:
        """Where half of ``∫_0^∞ dz/P`` lies on either side, about: beyond, what is left of it loses no digits."""
        with precision(START_BITS):
            return self._below(self.integral.total() / 2)

    def _from_zero(self, x: arb) -> arb:
        return self.integral.head(x) if x.mid() >= 0 else -self.integral.head(-x)

    # -- to the state -----------------------------------------------------------------------------
    def at_theta(self, theta: fmpq) -> arb:
        """The state with a given θ, which has to lie in the domain."""
        if theta == 0:
            return arb(0)
        if theta == self.theta_start:
            return arb(self.start)
        return self.sign * _sign(theta) * self._positive(arb(abs(theta)))

    def _positive(self, size: arb) -> arb:
        """The root ``x > 0`` of ``xP(x) = size``.

        ``log(xP)`` is convex in ``log x`` with slopes between 1 and L, so Newton's method on the logarithms comes
        down to the root from any point above it.
        """
        integral, depth = self.integral, self.depth
        if depth == 2:
            gap = arb(self.gaps[0])
            return (2 * size**2 / ((gap**2 + 4 * size**2).sqrt() + gap)).sqrt()
        if integral.ties == depth - 1:
            return size.root(depth)
        with precision(START_BITS):
            above = size.root(depth)
            if not self.tied:
                linear = size / integral.product(arb(0))
                above = linear if linear < above else above

        def closer(x: arb) -> arb:
            return x * (-(x * integral.product(x) / size).log() / integral.steepness(x)).exp()

        def residual(x: arb) -> arb:
            return x * integral.product(x) - size

        def slope(x: arb) -> arb:
            return integral.product(x) * integral.steepness(x)

        return enclose(residual, slope, refine(residual, slope, settle(closer, above.mid())))

    def at_xi(self, xi: fmpq) -> arb:
        """The state with a given ξ, which has to lie in the range of the mirror map."""
        if xi == 0:
            return arb(self.start)
        time = arb(xi / (self.scale * self.sign))  # ∫ dz/P from the start
        integral, start = self.integral, arb(self.start)
        if self.tied:
            outward = _sign(self.start) * time
            if self.depth == 2:
                return start * outward.exp()
            return _sign(self.start) * self._with_tail(integral.tail(abs(start)) - outward)
        if self.depth == 2:
            return arb(self.gaps[0]).sqrt() * (self._from_zero(start) + time).sinh()
        total = integral.total()
        if abs(start) > self._cut:
            sign = _sign(self.start)
            left = integral.tail(abs(start)) - sign * time
            place = total - left  # of the way from 0, on the side of the start
        else:
            place = self._from_zero(start) + time
            sign, place = (1, place) if place.mid() >= 0 else (-1, -place)
            left = total - place
        if 2 * left < total:
            return sign * self._with_tail(left)
        if place.mid() < 0:
            sign, place, left = -sign, -place, total + place
        if 2 * place > total:
            return sign * self._with_tail(left)
        return sign * self._with_head(abs(place.mid()) + arb(0, place.rad()))

    def _with_head(self, value: arb) -> arb:
        """``∫_0^x dz/P = value``; concave for ``x > 0``, so Newton's method comes up from a point below."""
        middle = value.mid()
        start = self._below(middle) if middle > 0 else arb(0)
        return self._solved(lambda x: self.integral.head(abs(x)) * (1 if x.mid() >= 0 else -1) - value, 1, start)

    def _below(self, middle: arb) -> arb:
        """The x with ``∫_0^x dz/P`` equal to a positive number, about."""
        integral = self.integral

        def closer(x: arb) -> arb:
            return x + (middle - integral.head(x)) * integral.product(x)

        return settle(closer, (middle * integral.product(arb(0))).mid())

    def _with_tail(self, value: arb) -> arb:
        """``∫_x^∞ dz/P = value``; its logarithm is concave and falls in ``log x``: down from a point above."""
        integral, middle = self.integral, value.mid()

        def closer(x: arb) -> arb:
            tail = integral.tail(x)
            return x * ((tail / middle).log() * tail * integral.product(x) / x).exp()

        if not value > 0:
            raise Uncertain("ξ is too close to the end of the range to tell them apart at this precision")
        with precision(START_BITS):
            above = ((self.depth - 2) * middle).root(self.depth - 2) ** -1
        return self._solved(lambda x: integral.tail(x) - value, -1, settle(closer, above.mid()))

    def _solved(self, residual: Callable[[arb], arb], sign: int, start: arb) -> arb:
        def slope(x: arb) -> arb:
            return sign / self.integral.product(x)

        return enclose(residual, slope, refine(residual, slope, start))

    def range(self) -> tuple[arb, arb]:
        """The least and the largest ξ, exclusive."""
        infinity = arb.pos_inf()
        if self.depth == 2:
            return -infinity, infinity
        size = abs(self.start)
        outward = self.integral.tail(arb(size))
        inward = infinity if self.tied else 2 * self.integral.total() - outward
        upward = _sign(self.start) * self.sign >= 0 if self.start != 0 else True
        low, high = (inward, outward) if upward else (outward, inward)
        return -self.scale * low, self.scale * high


def _tfrac(value: fmpq) -> str:
    return rf"\tfrac{{{value.p}}}{{{value.q}}}"
