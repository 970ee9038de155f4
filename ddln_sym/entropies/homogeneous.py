r"""The conjugate entropy of any homogeneous commuting parametrization ``θ = G(w)``.

If the ``G_i`` commute, gradient flow makes w a function of ``ξ = −∫∇𝓛`` with ``∂w/∂ξ_i = ∇G_i(w)``, whatever the
loss.  If they are homogeneous of one degree p, Euler's identity ``⟨w, ∇G_i⟩ = p·G_i`` makes θ the gradient of
``Q*(ξ) = (‖w(ξ)‖² − ‖w(0)‖²)/(2p)``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import log2
from typing import Any

import sympy as sp
from flint import arb, fmpq
from mpmath.libmp import dps_to_prec

from ddln_sym.flows import ModelFlow
from ddln_sym.flows.losses import SymbolicLoss
from ddln_sym.models import Parametrization, commuting, network
from ddln_sym.numerics import (
    count_of,
    dot,
    is_number,
    precision,
    read_number,
    read_switch,
    read_vector,
    round_to_bits,
    whole_digits,
)
from ddln_sym.taylor import BlowUpError, integrate_polynomial, magnitude

__all__ = ["ConjugateEntropy", "conjugate_entropy", "polynomial_at"]

#: Digits beyond those asked for.
GUARD = 10
#: Steps of the flow to ξ: what takes more is next to an end of the range, or far beyond any use.
STEPS = 2000


class ConjugateEntropy:
    """``Q*`` of a homogeneous commuting parametrization; made by :func:`conjugate_entropy`.

    Every method takes ξ as d numbers, a bare one if d is 1, and ``digits``, and returns mpf; the error of the
    integration is estimated, not bounded.  With ``certified=True`` it returns Arb balls that contain the exact values,
    with a radius below one unit of the last digit of the largest.  Each raises a ValueError where ξ has the wrong
    length or is not finite, or where the flow of ``Σ ξ_i∇G_i`` leaves every bound before time 1: ξ is then outside the
    range of the mirror map; and an EnclosureError where balls were asked for and the errors could not be bounded.

    Attributes:
        net: the parametrization; start: ``w(0)``, D fractions; degree: p.
    """

    def __init__(self, net: Parametrization, start: tuple[Any, ...], degree: int) -> None:
        self.net, self.start, self.degree = net, start, degree

    def __repr__(self) -> str:
        return f"<conjugate entropy of {self.net}>"

    @property
    def dimension(self) -> int:
        """The number of components."""
        return len(self.net.components)

    def parameters(self, xi: Any, digits: int = 30, certified: bool = False) -> tuple[Any, ...]:
        """``w(ξ)``, D numbers: the flows of ``∇G_1, …, ∇G_d`` for the times ``ξ_1, …, ξ_d``, in any order.

        >>> from ddln_sym.models import redundant
        >>> conjugate_entropy(redundant(3, 1), [1]).parameters(["1/4"])  # u' = 3u², so u = 1/(1 − 3ξ)
        (mpf('4.0'),)
        """
        times = read_vector([xi] if is_number(xi) else xi, "ξ")
        if len(times) != self.dimension:
            raise ValueError(
                f"ξ has {count_of(len(times), 'number')}, and G has {count_of(self.dimension, 'component')}"
            )
        find = self._enclose if read_switch(certified, "certified") else self._integrate
        try:
            return find(times, digits)
        except BlowUpError as error:
            shown = ", ".join(f"{float(t):.10g}" for t in times)
            raise ValueError(
                f"ξ = ({shown}) is outside the range of ∇Q: the flow to it blows up at {error.time:.6g} of the way"
            ) from error

    def _integrate(self, times: Sequence[Fraction], digits: int) -> tuple[Any, ...]:
        """Since they commute, one flow of the sum for time 1 does it."""
        potential = sp.Add(*(sp.Rational(t) * g for t, g in zip(times, self.net.components, strict=True)))
        field = [sp.diff(potential, w) for w in self.net.variables]
        return tuple(integrate_polynomial(field, self.net.variables, self.start, 1, digits, max_steps=STEPS)(1))

    def _enclose(self, times: Sequence[Fraction], digits: int) -> tuple[arb, ...]:
        """The same flow as that of the loss ``−⟨ξ, θ⟩``, in balls."""
        if not any(times):
            return tuple(arb(fmpq(v.numerator, v.denominator)) for v in self.start)
        theta = tuple(sp.Symbol(f"theta_{n}", real=True) for n in range(1, len(times) + 1))
        loss = SymbolicLoss(-sp.Add(*(sp.Rational(t) * s for t, s in zip(times, theta, strict=True))), theta)
        return tuple(ModelFlow(loss, self.net, self.start).enclose(1, digits=whole_digits(digits)).parameters(1))

    def conjugate(self, xi: Any, digits: int = 30, certified: bool = False) -> Any:
        """``Q*(ξ)``, one number.

        >>> from ddln_sym.models import deep_diagonal
        >>> Q = conjugate_entropy(deep_diagonal(2, 1), [0, 1])
        >>> from mpmath import mpf, sinh
        >>> print(Q.conjugate(["1.5"], digits=15), mpf("0.5") * sinh(mpf("1.5")) ** 2)
        2.26691549894444 2.26691549894444
        >>> Q.conjugate(["1.5"], digits=15, certified=True).str(12)
        '[2.26691549894 +/- 4.45e-12]'
        """
        if read_switch(certified, "certified"):
            return self._balls(lambda w: [(_square_norm(w) - self._squared_start()) / (2 * self.degree)], xi, digits)[0]
        spare = GUARD
        while True:
            w = [read_number(v, "w") for v in self.parameters(xi, whole_digits(digits) + spare)]
            after, before = dot(w, w), dot(self.start, self.start)
            growth = abs(after - before)
            lost = (magnitude(after + before) - magnitude(growth)) / log2(10) if growth else 0.0
            if lost <= spare - GUARD // 2 or spare > 20 * (digits + GUARD):
                return round_to_bits((after - before) / (2 * self.degree), dps_to_prec(digits))
            spare = max(2 * spare, round(lost) + GUARD)

    def conjugate_gradient(self, xi: Any, digits: int = 30, certified: bool = False) -> tuple[Any, ...]:
        """``∇Q*(ξ) = θ(ξ) = G(w(ξ))``, d numbers."""
        return self._evaluate(sp.Matrix([self.net.components]), xi, digits, certified)[0]

    def conjugate_hessian(self, xi: Any, digits: int = 30, certified: bool = False) -> tuple[tuple[Any, ...], ...]:
        """``∇²Q*(ξ) = J_G J_Gᵀ`` at ``w(ξ)``: d rows of d numbers, ``⟨∇G_i, ∇G_j⟩``."""
        return self._evaluate(self.net.jacobian * self.net.jacobian.T, xi, digits, certified)

    def _evaluate(self, matrix: Any, xi: Any, digits: int, certified: bool) -> tuple[tuple[Any, ...], ...]:
        entries = [sp.Poly(entry, *self.net.variables) for entry in matrix]
        if read_switch(certified, "certified"):
            values = self._balls(lambda w: [polynomial_at(entry, w) for entry in entries], xi, digits)
        else:
            w = [sp.Rational(read_number(v, "w")) for v in self.parameters(xi, whole_digits(digits) + GUARD)]
            values = [round_to_bits(read_number(entry(*w), "the value"), dps_to_prec(digits)) for entry in entries]
        width = matrix.cols
        return tuple(tuple(values[n : n + width]) for n in range(0, len(values), width))

    def _balls(self, function: Callable[[Sequence[arb]], list[arb]], xi: Any, digits: int) -> list[arb]:
        """Values at ``w(ξ)`` in balls, from as many digits as it takes."""
        spare = GUARD
        while True:
            w = self.parameters(xi, whole_digits(digits) + spare, certified=True)
            with precision(dps_to_prec(whole_digits(digits) + spare)):
                values = function(w)
                largest = max((abs(v).mid() for v in values), default=arb(0))
                if all(v.rad() * arb(10) ** digits <= largest for v in values) or spare > 20 * (digits + GUARD):
                    return values
            spare *= 2

    def _squared_start(self) -> arb:
        total = dot(self.start, self.start)
        return arb(fmpq(total.numerator, total.denominator))


def _square_norm(w: Sequence[arb]) -> arb:
    return sum((v * v for v in w), arb(0))


def polynomial_at(poly: sp.Poly, w: Sequence[arb]) -> arb:
    """A polynomial with rational coefficients at balls."""
    total = arb(0)
    for powers, coefficient in poly.terms():
        term = arb(fmpq(int(coefficient.p), int(coefficient.q)))
        for value, power in zip(w, powers, strict=True):
            term *= value**power
        total += term
    return total


def _degree(net: Parametrization) -> int:
    """The one degree of all components."""
    degrees = []
    for n, component in enumerate(net.components, 1):
        if not component.is_polynomial(*net.variables):
            raise ValueError(f"G_{n} = {component} is not a polynomial, and its flow is computed for polynomials only")
        found = sp.Poly(component, *net.variables).homogeneous_order()
        if found is None or found == 0 or component == 0:
            raise ValueError(f"G_{n} = {component} is not homogeneous of a positive degree, so Euler's identity fails")
        degrees.append(int(found))
    for n, degree in enumerate(degrees, 1):
        if degree != degrees[0]:
            raise ValueError(f"G_1 has degree {degrees[0]} and G_{n} has degree {degree}: all need the same degree")
    return degrees[0]


def conjugate_entropy(net: Parametrization, start: Any) -> ConjugateEntropy:
    r"""The conjugate entropy of a homogeneous commuting parametrization, from an initialization.

    Args:
        net: G, polynomial, homogeneous of one degree, with commuting ``∇G_i``; of concrete depth and dimension.
        start: ``w(0)`` in the domain of G, D numbers.
    Returns:
        ``Q*`` with its gradient, the map from ξ to θ, and its Hessian.
    Raises:
        ValueError: G does not commute, is not homogeneous of one degree, or does not fit the start.
    Source: claim ``new-t5-homogeneous``; Li, Wang, Lee, Arora (2022), Theorem 4.8, for the mirror flow.

    >>> from ddln_sym.models import deep_diagonal, shallow_linear
    >>> conjugate_entropy(deep_diagonal(3, 1), [0, 1, 1]).conjugate_gradient(["0.5"], digits=15)  # tan/cos²
    (mpf('0.7093445069354557'),)
    >>> conjugate_entropy(shallow_linear(1, 2), [1, 1, 1])
    Traceback (most recent call last):
        ...
    ValueError: G does not commute: [∇G_1, ∇G_2] in direction W11 = 1  at  W11 = 1, W12 = 1, v1 = 1
    """
    if network(net).schematic:
        raise ValueError("the depth or the dimension of G is a symbol: give whole numbers")
    degree, values = _degree(net), read_vector(start, "start")
    if len(values) != len(net.variables):
        raise ValueError(f"start has {count_of(len(values), 'number')}, and G takes {len(net.variables)}")
    if not net.contains([sp.Rational(v) for v in values]):
        raise ValueError(f"start lies outside the domain of G, which is {net.domain}")
    certificate = commuting(net)
    if not certificate.proved:
        raise ValueError(f"G does not commute: {certificate.witness or certificate.reason}")
    return ConjugateEntropy(net, values, degree)
