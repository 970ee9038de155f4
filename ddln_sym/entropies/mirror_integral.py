r"""The integral of ``dz/P(z)``, ``P(z) = ∏_k √(z² + Δ_k)``, which inverts the mirror map of every depth.

Up to four layers it is elementary or Carlson's symmetric ``R_F``; beyond, it is hyperelliptic, and is computed by
quadrature after a change of variables that makes the integrand analytic in a strip of fixed height.
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import acb, arb, ctx, fmpq

from ddln_sym.numerics import integrate, squared

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
        self._totals: dict[int, arb] = {}

    @property
    def at_precision(self) -> tuple[arb, ...]:
        """The gaps as balls."""
        if ctx.prec not in self._balls:
            self._balls[ctx.prec] = tuple(map(arb, self.gaps))
        return self._balls[ctx.prec]

    def product(self, x: arb) -> arb:
        """``P(x)``."""
        found, square = arb(1), x * x
        for gap in self.at_precision:
            found *= square + gap
        return found.sqrt() if self.ties < self.depth - 1 else abs(x) ** (self.depth - 1)

    def steepness(self, x: arb) -> arb:
        """``1 + Σ x²/(x² + Δ_k)``, the slope of ``log(xP)`` against ``log x``; between 1 and L."""
        square = x * x
        return 1 + self.ties + sum((square / (square + gap) for gap in self.at_precision[self.ties :]), arb(0))

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
            return _carlson(*map(squared, (b * c + x * a, a * c + x * b, a * b + x * c)))
        if not self.ties and x < self._crossover():
            return self.total() - self._near(x)
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

    # -- five layers and more ---------------------------------------------------------------------
    def _near(self, x: arb) -> arb:
        """``∫_0^x`` by ``z = √a·sinh s``, ``a`` the least gap: one root cancels against ``dz``."""
        gaps = self.at_precision
        least, rest = gaps[0], gaps[1:]

        def integrand(s: arb) -> arb:
            square, found = least * squared(s.sinh()), arb(1)
            for gap in rest:
                found *= square + gap
            return found.rsqrt()

        def bound(near: arb, far: arb, height: arb) -> arb:
            found = arb(1)
            for gap in rest:  # a·sinh²s + Δ = (Δ − a) + a·cosh²s
                found *= _least_modulus(gap - least, least, near, height)
            return found.rsqrt()

        return integrate(integrand, bound, arb(0), (x / least.sqrt()).asinh(), ctx.prec)

    def _far(self, x: arb) -> arb:
        """``∫_x^∞ = ∫_0^{1/x} v^{L−3} dv/∏√(1 + Δ_k v²)`` by ``v = sinh s/√b``, ``b`` the largest gap."""
        largest, power = self.at_precision[-1], self.depth - 3
        ratios = [gap / largest for gap in self.at_precision[self.ties : -1]]

        def integrand(s: arb) -> arb:
            sine = s.sinh()
            square, found = squared(sine), arb(1)
            for ratio in ratios:
                found *= 1 + ratio * square
            return sine**power * found.rsqrt()

        def bound(near: arb, far: arb, height: arb) -> arb:
            found = arb(1)
            for ratio in ratios:  # 1 + r·sinh²s = (1 − r) + r·cosh²s
                found *= _least_modulus(1 - ratio, ratio, near, height)
            return far.cosh() ** power * found.rsqrt()  # |sinh s|² = cosh²p − cos²q ≤ cosh²p

        value = integrate(integrand, bound, arb(0), (largest.sqrt() / x).asinh(), ctx.prec)
        return value * largest.rsqrt() ** (self.depth - 2)


def _least_modulus(constant: arb, factor: arb, near: arb, height: arb) -> arb:
    """A lower bound of ``|c + r·cosh²s|``, ``c ≥ 0 < r``, over ``s = p + iq``, ``|p| ≥ near``, ``|q| ≤ height < π/2``.

    ``cosh s = cosh p·cos q + i·sinh p·sin q`` has the square modulus ``sinh²p + cos²q`` and the argument φ with
    ``tan φ = tanh p·tan q``, so ``|φ| ≤ |q|``.  For ``A, B ≥ 0`` a turn by φ gives
    ``|A + B·e^{2iφ}| = |A·e^{−iφ} + B·e^{iφ}| ≥ (A + B)·cos φ``.  With ``A = c`` and ``B = r·|cosh s|²`` that is at
    least ``(c + r·(sinh²p + cos²q))·cos q``, which is least at ``|p| = near``, ``|q| = height``.  It is positive, so no
    factor under the root vanishes in the strip, which is simply connected: the integrand is analytic there.
    """
    return (constant + factor * (squared(near.sinh()) + squared(height.cos()))) * height.cos()
