r"""The integral of ``dz/P(z)``, ``P(z) = ∏_k √(z² + Δ_k)``, which inverts the mirror map of every depth.

Up to four layers it is elementary or Carlson's symmetric ``R_F``; beyond, it is hyperelliptic, and is computed by
quadrature after a change of variables that makes the integrand analytic in a strip of fixed height.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flint import acb, arb, arb_poly, ctx, fmpq

from ddln_sym.numerics.balls import square
from ddln_sym.numerics.quadrature import integrate

__all__ = ["MirrorIntegral"]


def _carlson(x: arb, y: arb, z: arb) -> arb:
    return acb.elliptic_rf(x, y, z).real


class MirrorIntegral:
    """``∫ dz/P(z)`` in ball arithmetic, at the precision that is set when a method is called.

    Args:
        gaps: ``Δ_k ≥ 0`` for the ``L − 1`` layers other than the one of least modulus.

    >>> MirrorIntegral([fmpq(1), fmpq(1)]).total().contains(arb.pi() / 2)  # L = 3: arctan
    True
    """

    def __init__(self, gaps: Sequence[fmpq]) -> None:
        self.gaps = tuple(sorted(gaps))
        self.depth = len(self.gaps) + 1
        #: How many of the other layers start with the least modulus as well.
        self.ties = sum(gap == 0 for gap in self.gaps)
        self._balls: dict[int, tuple[arb, ...]] = {}
        self._polynomials: dict[tuple[str, int], arb_poly] = {}
        self._totals: dict[int, arb] = {}
        self._tied: dict[int, tuple[list[arb], arb]] = {}

    @property
    def at_precision(self) -> tuple[arb, ...]:
        """The gaps as balls."""
        if ctx.prec not in self._balls:
            self._balls[ctx.prec] = tuple(map(arb, self.gaps))
        return self._balls[ctx.prec]

    def _polynomial(self, name: str, factors: Callable[[], Iterable[tuple[Any, Any]]]) -> arb_poly:
        """``∏(c + r·z)`` over pairs ``c, r ≥ 0``, made once at each precision.

        For ``z ≥ 0`` no term of it is negative, so that Horner's scheme loses no more than the factors would.
        """
        key = name, ctx.prec
        if key not in self._polynomials:
            found = arb_poly([1])
            for pair in factors():
                found *= arb_poly(list(pair))
            self._polynomials[key] = found
        return self._polynomials[key]

    @property
    def _squares(self) -> arb_poly:
        """``∏(z + Δ_k)`` over the gaps that are not zero."""
        return self._polynomial("squares", lambda: ((gap, 1) for gap in self.at_precision[self.ties :]))

    def product(self, x: arb) -> arb:
        """``P(x)``."""
        return abs(x) ** self.ties * self._squares(x * x).sqrt()

    def steepness(self, x: arb) -> arb:
        """``1 + Σ x²/(x² + Δ_k)``, the slope of ``log(xP)`` against ``log x``; between 1 and L."""
        squared = x * x
        return 1 + self.ties + squared * self._squares.derivative()(squared) / self._squares(squared)

    # -- from 0 -----------------------------------------------------------------------------------
    def head(self, x: arb) -> arb:
        """``∫_0^x dz/P`` for ``x ≥ 0``; it needs that no gap is zero."""
        middle = x.mid()
        return self._head(middle) + (x - middle) / self.product(x)

    def _head(self, x: arb) -> arb:
        gaps = self.at_precision
        if self.depth == 2:
            return (x / gaps[0].sqrt()).asinh()
        if self.depth == 3:
            a, b = gaps
            return x * _carlson(a * b, b * (x * x + a), a * (x * x + b))
        if self.depth == 4:
            a, b, c = gaps
            return x * _carlson((x * x + a) * b * c, a * (x * x + b) * c, a * b * (x * x + c))
        if x > self._crossover():
            return self.total() - self._far(x)
        return self._near(x)

    # -- to infinity ------------------------------------------------------------------------------
    def tail(self, x: arb) -> arb:
        """``∫_x^∞ dz/P`` for ``x > 0``, or ``x ≥ 0`` if no gap is zero; ``L ≥ 3``."""
        middle = x.mid()
        return self._tail(middle) - (x - middle) / self.product(x)

    def _tail(self, x: arb) -> arb:
        gaps = self.at_precision
        if self.ties == self.depth - 1:
            return x ** (2 - self.depth) / (self.depth - 2)
        if self.depth == 3:
            return _carlson(x * x, x * x + gaps[0], x * x + gaps[1])
        if self.depth == 4:
            a, b, c = ((x * x + gap).sqrt() for gap in gaps)
            return _carlson(*map(square, (b * c + x * a, a * c + x * b, a * b + x * c)))
        if self.ties == 1 and x < self._cut():
            return self._far(self._cut()) + self._logarithm(x)
        if not self.ties and x < self._crossover():
            # Where gaps are of very different sizes, little may be left beyond an x that is still before the crossover.
            total = self.total()
            left = total - self._near(x)
            if x.is_zero() or 2 * left > total:
                return left
        return self._far(x)

    def total(self) -> arb:
        """``∫_0^∞ dz/P``; it needs that no gap is zero, and ``L ≥ 3``."""
        if ctx.prec not in self._totals:
            if self.depth <= 4:
                self._totals[ctx.prec] = self._tail(arb(0))
            else:
                cut = self._crossover()
                self._totals[ctx.prec] = self._near(cut) + self._far(cut)
        return self._totals[ctx.prec]

    def _crossover(self) -> arb:
        """Where the two changes of variables cost alike: an exact number near ``(Δ_min·Δ_max)^{1/4}``."""
        return (self.at_precision[0] * self.at_precision[-1]).sqrt().sqrt().mid()

    # -- one tie: a logarithm -------------------------------------------------------------------
    def _cut(self) -> arb:
        """An exact number c of at most half the root of the least gap that is not zero."""
        return (self.at_precision[self.ties].sqrt() / 2).mid() * (1 - arb((1, -8)))

    def _logarithm(self, x: arb) -> arb:
        """``∫_x^c dz/P`` for one tie, by the series of ``∏(1 + z²/Δ_k)^{−1/2}`` in ``(z/c)²``, term by term.

        For ``0 ≤ r ≤ 1/4`` no coefficient of ``(1 + rτ)^{−1/2}`` exceeds that of ``(1 − τ/4)^{−1/2}``, and the integral
        of ``(z/c)^{2k}/z`` is at most 1/2, which bounds what is left out.
        """
        cut, (coefficients, rest) = self._cut(), self._series()
        found, part, power = (cut / x).log(), square(x / cut), arb(1)
        for k, coefficient in enumerate(coefficients[1:], 1):
            power *= part
            found += coefficient * (1 - power) / (2 * k)
        return (found + arb(0, rest / 2)) * self._squares(arb(0)).rsqrt()

    def _series(self) -> tuple[list[arb], arb]:
        """``∏(1 + c²τ/Δ_k)^{−1/2}`` in powers of τ, and a bound on the sum of the coefficients that are left out."""
        if ctx.prec not in self._tied:
            length, cut = ctx.prec // 2 + 8, self._cut()
            found, most = [arb(1)], [arb(1)]
            for gap in self.at_precision[1:]:
                found = _times(found, cut * cut / gap, length)
                most = _times(most, arb(-0.25), length)
            whole = arb(0.75).rsqrt() ** (len(self.gaps) - 1)
            self._tied[ctx.prec] = found, (whole - sum(most, arb(0))).upper().max(arb(0))
        return self._tied[ctx.prec]

    # -- five layers and more ---------------------------------------------------------------------
    def _near(self, x: arb) -> arb:
        """``∫_0^x`` by ``z = √a·sinh s``, ``a`` the least gap: one root cancels against ``dz``."""
        least, *rest = self.at_precision
        values = self._polynomial("near", lambda: ((gap, least) for gap in rest))
        # a·sinh²s + Δ = (Δ − a) + a·cosh²s
        moduli = self._polynomial("near, bounded", lambda: ((gap - least, least) for gap in rest))

        def integrand(s: arb) -> arb:
            return values(square(s.sinh())).rsqrt()

        def bound(near: arb, far: arb, height: arb) -> arb:
            return _least_modulus(moduli, near, height).rsqrt()

        return integrate(integrand, bound, arb(0), (x / least.sqrt()).asinh(), ctx.prec)

    def _far(self, x: arb) -> arb:
        """``∫_x^∞ = ∫_0^{1/x} v^{L−3} dv/∏√(1 + Δ_k v²)`` by ``v = sinh s/√b``, ``b`` the largest gap."""
        largest, power = self.at_precision[-1], self.depth - 3
        ratios = [gap / largest for gap in self.at_precision[self.ties : -1]]
        values = self._polynomial("far", lambda: ((1, ratio) for ratio in ratios))
        # 1 + r·sinh²s = (1 − r) + r·cosh²s
        moduli = self._polynomial("far, bounded", lambda: ((1 - ratio, ratio) for ratio in ratios))

        def integrand(s: arb) -> arb:
            sine = s.sinh()
            return sine**power * values(square(sine)).rsqrt()

        def bound(near: arb, far: arb, height: arb) -> arb:
            # |sinh s|² = cosh²p − cos²q ≤ cosh²p
            return far.cosh() ** power * _least_modulus(moduli, near, height).rsqrt()

        value = integrate(integrand, bound, arb(0), (largest.sqrt() / x).asinh(), ctx.prec)
        return value * largest.rsqrt() ** (self.depth - 2)


def _times(series: Sequence[arb], ratio: arb, length: int) -> list[arb]:
    """So many coefficients of a power series times ``(1 + ratio·τ)^{−1/2}``."""
    factor = [arb(1)]
    for k in range(1, length):
        factor.append(factor[-1] * -ratio * (2 * k - 1) / (2 * k))
    return list((arb_poly(list(series)) * arb_poly(factor)).coeffs()[:length])


def _least_modulus(moduli: arb_poly, near: arb, height: arb) -> arb:
    """A lower bound of ``∏|c + r·cosh²s|``, ``c ≥ 0 < r``, over ``s = p + iq``, ``|p| ≥ near``, ``|q| ≤ height < π/2``.

    Args:
        moduli: ``∏(c + r·z)``.

    ``cosh s = cosh p·cos q + i·sinh p·sin q`` has the square modulus ``sinh²p + cos²q`` and the argument φ with
    ``tan φ = tanh p·tan q``, so ``|φ| ≤ |q|``.  For ``A, B ≥ 0`` a turn by φ gives
    ``|A + B·e^{2iφ}| = |A·e^{−iφ} + B·e^{iφ}| ≥ (A + B)·cos φ``.  With ``A = c`` and ``B = r·|cosh s|²`` that is at
    least ``(c + r·(sinh²p + cos²q))·cos q``, which is least at ``|p| = near``, ``|q| = height``.  It is positive, so no
    factor under the root vanishes in the strip, which is simply connected: the integrand is analytic there.
    """
    return moduli(square(near.sinh()) + square(height.cos())) * height.cos() ** moduli.degree()
