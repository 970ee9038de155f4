r"""One coordinate of ``u^⊙L − v^⊙L``, ``L ≥ 3``, from positive starts, with ``ξ`` itself as the state.

``u^{−(L−2)} = u_0^{−(L−2)} − L(L−2)ξ`` and ``v^{−(L−2)} = v_0^{−(L−2)} + L(L−2)ξ``; by Euler's identity for
functions homogeneous of degree L, ``Q*(ξ) = (u² + v² − u_0² − v_0²)/(2L)``.
"""

from __future__ import annotations

from flint import arb, ctx, fmpq

from ddln_sym.numerics import START_BITS, enclose, precision

__all__ = ["DifferenceEntropy"]


class DifferenceEntropy:
    """A coordinate of ``u^⊙L − v^⊙L``.

    >>> one = DifferenceEntropy(fmpq(1), fmpq(1), 3)
    >>> [end.str(5) for end in one.range()]
    ['[-0.33333 +/- 3.34e-6]', '[0.33333 +/- 3.34e-6]']
    """

    side = 0
    implicit = (
        r"$Q(\theta) = \sum_i \theta_i\xi_i - \tfrac1{2L}(u_i^2 + v_i^2 - u_{i,0}^2 - v_{i,0}^2),\quad "
        r"\theta_i = u_i^L - v_i^L,\quad u_i^{2-L} = u_{i,0}^{2-L} - L(L-2)\xi_i,\quad "
        r"v_i^{2-L} = v_{i,0}^{2-L} + L(L-2)\xi_i$"
    )

    def __init__(self, up: fmpq, down: fmpq, depth: int) -> None:
        self.up, self.down, self.depth = up, down, depth
        self.theta_start = up**depth - down**depth
        self._rate = fmpq(depth * (depth - 2))
        self._ends = (-(down ** (2 - depth)) / self._rate, up ** (2 - depth) / self._rate)

    def _layers(self, xi: arb) -> tuple[arb, arb]:
        low, high = self._ends
        return tuple((self._rate * gap).root(self.depth - 2) ** -1 for gap in (high - xi, xi - low))  # type: ignore[return-value]

    # -- from the state ξ -------------------------------------------------------------------------
    def theta(self, xi: arb) -> arb:
        u, v = self._layers(xi)
        return u**self.depth - v**self.depth

    def xi(self, xi: arb) -> arb:
        return xi

    def xi_between(self, a: arb, b: arb) -> arb:
        return b - a

    def growth(self, xi: arb) -> arb:
        return self.growth_between(arb(0), xi)

    def growth_between(self, a: arb, b: arb) -> arb:
        (u, v), (y, z) = self._layers(a), self._layers(b)
        return ((y - u) * (y + u) + (z - v) * (z + v)) / (2 * self.depth)

    def curvature(self, xi: arb) -> arb:
        """``1/M`` with ``M = L²(u^{2L−2} + v^{2L−2})``."""
        u, v = self._layers(xi)
        power = 2 * self.depth - 2
        return 1 / (self.depth**2 * (u**power + v**power))

    # -- to the state -----------------------------------------------------------------------------
    def at_xi(self, xi: fmpq) -> arb:
        return arb(xi)

    def at_theta(self, theta: fmpq) -> arb:
        """Bisection in the distances to both ends until Newton's method contracts."""
        if theta == self.theta_start:
            return arb(0)
        target = arb(theta)

        def residual(xi: arb) -> arb:
            return self.theta(xi) - target

        def slope(xi: arb) -> arb:
            return 1 / self.curvature(xi)

        xi = self._guess(theta)
        for _ in range(ctx.prec.bit_length()):  # at full precision: near an end the low bits carry the distance to it
            xi = (xi - residual(xi) / slope(xi)).mid()
        return enclose(residual, slope, xi)

    def _guess(self, theta: fmpq) -> arb:
        """ξ to about 30 bits of its distance to the nearer end."""
        low, high = self._ends
        size = float(abs(arb(theta)).log().mid()) if theta else 0.0
        with precision(START_BITS + 4 * int(abs(size))):
            # u^L ≥ θ puts ξ within a known distance of its end; the layers are monotone in ξ
            below, above = arb(low), arb(high)
            for _ in range(60 + 4 * int(abs(size))):
                middle = ((below + above) / 2).mid()
                if self.theta(middle) < arb(theta):
                    below = middle
                else:
                    above = middle
            return ((below + above) / 2).mid()

    def range(self) -> tuple[arb, arb]:
        return arb(self._ends[0]), arb(self._ends[1])
