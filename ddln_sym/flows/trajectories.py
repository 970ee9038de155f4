"""Trajectories: what a flow has come to, at any time."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any

from flint import arb
from mpmath import mp
from mpmath.libmp import dps_to_prec, from_man_exp, from_rational

from ddln_sym.flows.systems import LayerSystem
from ddln_sym.flows.units import Units
from ddln_sym.numerics import ball, precision, read_number, round_to_bits, to_mpf
from ddln_sym.taylor import Number, Solution

if TYPE_CHECKING:
    from ddln_sym.flows.gradient_flow import GradientFlow

__all__ = ["Trajectory"]


#: Digits beyond those asked for where few numbers are computed and each is rounded many times.
LONGER = 15
#: A float just above a decimal fraction is meant to be that fraction, up to this part of it.
FLOAT = Fraction(1, 2**48)


def read_time(value: Any, name: str) -> Fraction:
    time = read_number(value, name)
    if time < 0:
        raise ValueError(f"{name} is {value}: expected a time of at least 0")
    return time


def multiply_layers(layers: list[list[Number]], bits: int) -> list[Fraction]:
    """``θ`` from L rows of scaled integers, without rounding."""
    scale = 1 << bits * len(layers)
    return [Fraction(int(prod(column)), scale) for column in zip(*layers, strict=True)]


class Trajectory:
    """A flow from time 0 to :attr:`until`, to be asked at any time in between, or at those that were asked for.

    Results are mpf with the digits asked for; the working precision of mpmath is neither read nor changed.
    The digits are relative: for a layer, to the largest layer of its coordinate; for what is computed from the
    layers, to what it would be with the largest ones.  Where all layers of a coordinate decay to zero, they are
    relative only as long as they are above about ``10^−300``.

    Attributes:
        flow, digits: of which, and to how many. end: the last time, as a fraction. solution: the steps, in units.
        units: which.

    >>> from ddln_sym.flows.losses import SquaredLoss
    >>> from ddln_sym.flows import GradientFlow
    >>> from ddln_sym.flows.losses import SquaredLoss
    >>> flow = GradientFlow(SquaredLoss([[1]], [2]), [[0], [1]])
    >>> trajectory = flow.integrate(until=2, digits=15)
    >>> trajectory.layers("0.1")
    ((mpf('0.36879031004957702'),), (mpf('1.065835959604696'),))
    """

    def __init__(self, flow: GradientFlow, system: LayerSystem, solution: Solution, digits: int, units: Units) -> None:
        self.flow, self.digits, self.units = flow, digits, units
        self.end = units.from_time(solution.end)
        self._system, self.solution = system, solution
        self._bits = solution.precision.bits

    def __repr__(self) -> str:
        return f"Trajectory(until {mp.nstr(self.until, 6)}, {self.digits} digits, {self.steps} steps)"

    def _repr_html_(self) -> str:
        from ddln_sym import _html

        return _html.trajectory(self)

    @property
    def until(self) -> Any:
        """The last time, as an mpf."""
        return round_to_bits(self.end, dps_to_prec(self.digits + LONGER))

    @property
    def dense(self) -> bool:
        """Whether it can be asked at any time."""
        return self.solution.states is None

    @property
    def steps(self) -> int:
        """How many Taylor series the trajectory consists of."""
        return self.solution.count

    def _state(self, t: Any) -> list[Number]:
        time = read_time(t, "t")
        if time > self.end * (1 + FLOAT):
            raise ValueError(f"t is {t}: the trajectory runs from 0 to {mp.nstr(self.until, 15)}")
        return self.solution.at(self.units.to_time(time))

    def _layers(self, t: Any) -> list[list[Number]]:
        return self._system.layers(self._state(t), self._bits)

    def _number(self, value: Fraction | Number, bits: int = 0) -> Any:
        """An integer in units of ``2^−bits``, or a fraction, as an mpf of the digits asked for."""
        prec = dps_to_prec(self.digits)
        if isinstance(value, Fraction):
            return mp.make_mpf(from_rational(value.numerator, value.denominator, prec))
        return mp.make_mpf(from_man_exp(value, -bits, prec, "n"))

    def layers(self, t: Any) -> tuple[tuple[Any, ...], ...]:
        """``u^1(t), …, u^L(t)``: L rows of d numbers."""
        places = self._bits - self.units.layers
        return tuple(tuple(self._number(u, places) for u in row) for row in self._layers(t))

    def theta(self, t: Any) -> tuple[Any, ...]:
        """``θ(t) = u^1(t) ⊙ … ⊙ u^L(t)``, d numbers."""
        return tuple(map(self._number, self.exact_theta(t)))

    def xi(self, t: Any) -> tuple[Any, ...]:
        """``ξ(t) = −∫_0^t ∇𝓛(θ(s)) ds``, d numbers; digits are relative to the largest at the end, or to 1.

        >>> from ddln_sym.flows.losses import SquaredLoss
        >>> from ddln_sym.flows import GradientFlow
        >>> tiny = GradientFlow(SquaredLoss([[1, 2]], [1]), [["1e-30", "2e-30"]] * 3)
        >>> tiny.integrate(until=1, digits=15).xi(1)
        (mpf('2.0'), mpf('4.0'))
        """
        places = self._bits + self._system.fine - self.units.xi
        return tuple(self._number(x, places) for x in self._system.xi(self._state(t)))

    def exact_theta(self, t: Any) -> list[Fraction]:
        """``θ(t)`` as the product of the layers that are carried, d fractions."""
        return self.units.from_theta(multiply_layers(self._layers(t), self._bits))

    def loss(self, t: Any) -> Any:
        """``𝓛(θ(t))``."""
        return self.flow.loss(self.exact_theta(t), dps_to_prec(self.digits))

    def loss_ball(self, t: Any) -> Any:
        """What the digits asked for tell of ``𝓛(θ(t))``: a ball that holds it wherever in them the layers are.

        Of a loss near its minimum these are few digits; as those of the layers they are estimated, not proved.

        >>> from ddln_sym.flows.losses import SquaredLoss
        >>> from ddln_sym.flows import GradientFlow
        >>> GradientFlow(SquaredLoss([[1]], [2]), [[0], [1]]).integrate(20, digits=12).loss_ball(20).abs_upper() < 1e-21
        True
        """
        with precision(dps_to_prec(self.digits + LONGER)):
            scale = arb(2) ** (self.units.layers - self._bits)
            theta = []
            for column in zip(*self._layers(t), strict=True):
                error = max(map(abs, map(int, column))) * arb(10) ** -self.digits
                theta.append(prod((scale * arb(int(u), error) for u in column), start=arb(1)))
            return self.flow.loss.ball(theta)

    def excess(self, t: Any) -> Any:
        """``𝓛(θ(t)) − 𝓛*``."""
        return self.flow.loss.excess(self.exact_theta(t), dps_to_prec(self.digits))

    def metric(self, t: Any) -> tuple[Any, ...]:
        """``M_i(t) = Σ_j ∏_{k≠j} u^k_i(t)²``, the diagonal of the matrix in (12), d numbers."""
        found = []
        for column in zip(*self._layers(t), strict=True):
            products = (prod(u for k, u in enumerate(column) if k != j) for j in range(len(column)))
            places = 2 * self._bits * (len(column) - 1) - self.units.metric
            found.append(self._number(sum(p * p for p in products), places))
        return tuple(found)

    @cached_property
    def rate(self) -> Any:
        """``2σμ``, the rate of (15).

        Raises:
            ValueError: (𝒜) does not hold, so σ = 0, or the loss has no Polyak–Łojasiewicz constant.
        """
        for i, coordinate in enumerate(self.flow.coordinates, 1):
            if coordinate.tied:
                raise ValueError(f"(𝒜) does not hold: several layers share the least modulus in coordinate {i}")
        bits = dps_to_prec(self.digits + LONGER)
        mu = read_number(self.flow.loss.polyak_lojasiewicz(bits), "μ")
        return round_to_bits(2 * self.flow.sigma * mu, bits)

    def bound(self, t: Any) -> Any:
        """``𝓛* + e^{−2σμt}(𝓛(θ(0)) − 𝓛*)``, the right side of (15) with ``𝓛*`` added.

        Raises:
            ValueError: as :attr:`rate`.
        """
        time, loss = read_time(t, "t"), self.flow.loss
        bits = dps_to_prec(self.digits + LONGER)
        first = read_number(loss.excess([c.theta for c in self.flow.coordinates], bits), "𝓛 − 𝓛*")
        with precision(bits):
            value = ball(loss.exact_minimum) + (-ball(read_number(self.rate, "rate") * time)).exp() * ball(first)
            return to_mpf(value, dps_to_prec(self.digits))
