"""Separable Legendre functions, evaluated to any number of digits with proved error bounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from math import ceil, log2
from typing import Any, Protocol

import mpmath
from flint import arb, fmpq

from ddln_sym.numerics import Uncertain, count_of, is_number, precision, rational_row, read_switch, to_mpf

__all__ = ["CoordinateEntropy", "LegendreFunction"]

GUARD = 24  # bits beyond the ones asked for
RETRIES = 8  # doublings of the precision, enough for what is CLOSEST to an end of the range
CLOSEST = 3000  # bits: what is closer to an end of the range counts as outside


class CoordinateEntropy(Protocol):
    """What a Legendre function asks of each of its coordinates; states are balls."""

    theta_start: fmpq

    #: Q as the user of a notebook sees it where it has no closed form.
    @property
    def implicit(self) -> str: ...
    @property
    def side(self) -> int: ...
    def theta(self, x: arb) -> arb: ...
    def xi(self, x: arb) -> arb: ...
    def xi_between(self, a: arb, b: arb) -> arb: ...
    def growth(self, x: arb) -> arb: ...
    def growth_between(self, a: arb, b: arb) -> arb: ...
    def curvature(self, x: arb) -> arb: ...
    def at_theta(self, theta: fmpq) -> arb: ...
    def at_xi(self, xi: fmpq) -> arb: ...
    def range(self) -> tuple[arb, arb]: ...


class LegendreFunction:
    r"""A separable entropy ``Q(θ) = Σ_i Q_i(θ_i)`` with ``Q(θ_0) = 0`` and ``∇Q(θ_0) = 0``.

    Made by ``entropy``, ``redundant_entropy`` and ``difference_entropy``.  Every method takes
    one number per coordinate (a bare number if there is one coordinate), or a sequence of such points, for which
    it returns a list.  ``digits`` significant digits are right; with ``certified=True`` the values are Arb balls
    (``flint.arb``) that contain the exact value, with a radius below one unit of the last digit.  Only a
    value that no working precision tells from zero comes back less accurate, with a radius that says so.

    Source: claims ``new-t1-…`` for what Q is.

    >>> from ddln_sym import entropy
    >>> Q = entropy([["0.3", "-0.9"], ["0.8", "0.2"], ["-0.6", "0.7"]])
    >>> theta = ["0.5", "0.1"]
    >>> print(mpmath.nstr(Q(theta), 20))
    0.90850376316379266795
    >>> [str(x) for x in Q.conjugate_gradient(Q.gradient(theta, digits=40), digits=15)]
    ['0.5', '0.1']
    """

    def __init__(self, coordinates: Sequence[CoordinateEntropy], name: str, closed: Callable[[], Any]) -> None:
        if isinstance(coordinates, str) or not isinstance(coordinates, Sequence) or not coordinates:
            raise ValueError(f"coordinates is {coordinates!r}: expected entropies of one coordinate each, at least one")
        self.coordinates = tuple(coordinates)
        self._name = name
        self._closed = closed

    def __repr__(self) -> str:
        return f"<entropy of {self._name}, {self.dimension} coordinate{'s' * (self.dimension != 1)}>"

    @property
    def dimension(self) -> int:
        """The number of coordinates."""
        return len(self.coordinates)

    @property
    def start(self) -> tuple[fmpq, ...]:
        """``θ_0``, where Q and its gradient vanish."""
        return tuple(c.theta_start for c in self.coordinates)

    # -- where it lives ---------------------------------------------------------------------------
    @property
    def domain(self) -> tuple[tuple[mpmath.mpf, mpmath.mpf], ...]:
        """The open interval of each ``θ_i``: all of R, or a half-line where layers tie for the least modulus.

        >>> from ddln_sym import entropy
        >>> entropy([[1, 0], [1, 2]]).domain
        ((mpf('0.0'), mpf('+inf')), (mpf('-inf'), mpf('+inf')))
        """
        zero, infinity = mpmath.mpf(0), mpmath.mpf("inf")
        intervals = {0: (-infinity, infinity), 1: (zero, infinity), -1: (-infinity, zero)}
        return tuple(intervals[c.side] for c in self.coordinates)

    def range(self, digits: int = 30, certified: bool = False) -> tuple[tuple[Any, Any], ...]:
        """The open interval of each ``ξ_i = (∇Q)_i``; all of R for two layers.

        At a finite end of it θ_i is infinite: the gradient flow of ``G_i`` blows up at that time.

        >>> from ddln_sym import entropy
        >>> [[float(end) for end in ends] for ends in entropy([[0], [1], [1]]).range()]
        [[-1.5707963267948966, 1.5707963267948966]]
        """
        bits = _bits(digits)
        found = [(_end(c, 0, bits), _end(c, 1, bits)) for c in self.coordinates]
        if read_switch(certified, "certified"):
            return tuple(found)
        return tuple((to_mpf(low, bits), to_mpf(high, bits)) for low, high in found)

    # -- values -----------------------------------------------------------------------------------
    def __call__(self, theta: Any, digits: int = 30, certified: bool = False) -> Any:
        """``Q(θ)``: one number.

        Args:
            theta: a point of the domain, or a sequence of points.
            digits: significant digits of the result.
            certified: return Arb balls.
        Raises:
            ValueError: θ has the wrong shape, is not a number, or lies outside the domain.
        """

        def value(c: CoordinateEntropy, at: fmpq) -> arb:
            if at == c.theta_start:
                return arb(0)
            x = c.at_theta(at)
            return at * c.xi(x) - c.growth(x)

        return self._sum(theta, self._thetas, value, _lead, digits, certified)

    def gradient(self, theta: Any, digits: int = 30, certified: bool = False) -> Any:
        """``∇Q(θ)``: the mirror map, a list of one number per coordinate; see :meth:`__call__`."""

        def entry(c: CoordinateEntropy, at: fmpq) -> arb:
            return arb(0) if at == c.theta_start else c.xi(c.at_theta(at))

        return self._list(theta, self._thetas, entry, _lead, digits, certified)

    def hessian(self, theta: Any, digits: int = 30, certified: bool = False) -> Any:
        """The diagonal of the Hessian, ``Q''_i = 1/M_i``, as a list; its other entries are 0; see :meth:`__call__`."""
        return self._list(theta, self._thetas, lambda c, at: c.curvature(c.at_theta(at)), _no_lead, digits, certified)

    def conjugate(self, xi: Any, digits: int = 30, certified: bool = False) -> Any:
        """``Q*(ξ) = sup_θ ⟨θ, ξ⟩ − Q(θ)``: one number.

        Raises:
            ValueError: ξ has the wrong shape, is not a number, or lies outside the range of ∇Q.

        >>> from ddln_sym import entropy
        >>> print(entropy([0, 1]).conjugate("1.5", digits=15), mpmath.mpf("0.5") * mpmath.sinh(1.5) ** 2)
        2.26691549894444 2.26691549894444
        """

        def value(c: CoordinateEntropy, at: fmpq) -> arb:
            return arb(0) if at == 0 else c.growth(c.at_xi(at))

        return self._sum(xi, self._xis, value, _xi_lead, digits, certified)

    def conjugate_gradient(self, xi: Any, digits: int = 30, certified: bool = False) -> Any:
        """``∇Q*(ξ)``, the map from ξ to θ, as a list; see :meth:`conjugate`."""

        def entry(c: CoordinateEntropy, at: fmpq) -> arb:
            return arb(c.theta_start) if at == 0 else c.theta(c.at_xi(at))

        return self._list(xi, self._xis, entry, _no_lead, digits, certified)

    def conjugate_hessian(self, xi: Any, digits: int = 30, certified: bool = False) -> Any:
        """The diagonal of ``∇²Q*(ξ)``, which is M at ``θ(ξ)``, as a list; see :meth:`conjugate`."""
        return self._list(xi, self._xis, lambda c, at: 1 / c.curvature(c.at_xi(at)), _no_lead, digits, certified)

    def bregman(self, a: Any, b: Any, digits: int = 30, certified: bool = False) -> Any:
        """``D_Q(a, b) = Q(a) − Q(b) − ⟨∇Q(b), a − b⟩ ≥ 0``: one number; see :meth:`__call__`.

        >>> from ddln_sym import entropy
        >>> Q = entropy([[0], [1], [2]])
        >>> Q.bregman(3, 0) == Q(3), Q.bregman(3, 3)
        (True, mpf('0.0'))
        """
        points = list(zip(self.point(a), self.point(b), strict=True))
        lead = max(_distance(p, q) for p, q in points)

        def compute() -> arb:
            total = arb(0)
            for c, (p, q) in zip(self.coordinates, points, strict=True):
                if p != q:
                    x, y = c.at_theta(p), c.at_theta(q)
                    total += p * c.xi_between(y, x) - c.growth_between(y, x)
            return total

        return _result(_settle(compute, _bits(digits), lead), digits, certified)

    # -- closed form ------------------------------------------------------------------------------
    def expression(self) -> Any:
        """Q in SymPy, in the symbols ``theta_1, theta_2, …``, where a closed form is known.

        Returns:
            An expression in elementary functions, ``elliptic_f``, and :class:`~ddln_sym.entropies.LeastLayer`, the
            root ``x(θ)`` of a polynomial.  To be differentiated, and evaluated by ``.subs(…).evalf(digits)``.
        Raises:
            ValueError: five layers or more whose gaps ``Δ_k`` are neither equal nor zero, or ``u^L − v^L``, ``L ≥ 3``.
        Source: claims ``new-t2-…``.

        >>> from ddln_sym import entropy
        >>> entropy([1, 1]).expression()
        theta_1*log(theta_1)/2 - theta_1/2 + 1/2
        >>> entropy([0, 1, 2]).expression()
        theta_1*elliptic_f(atan(LeastLayer(theta_1, 1, 4)), 3/4)/2 - LeastLayer(theta_1, 1, 4)**2/2
        """
        return self._closed()

    def _repr_latex_(self) -> str:
        from ddln_sym import _html
        from ddln_sym.entropies.closed_forms import definitions

        try:
            found = self.expression()
        except ValueError:
            return self._implicit
        return _html.entropy(found, definitions(found), self._implicit)

    @property
    def _implicit(self) -> str:
        """What defines Q, said for the coordinates of each kind."""
        kinds: dict[str, list[int]] = {}
        for n, c in enumerate(self.coordinates, 1):
            kinds.setdefault(c.implicit, []).append(n)
        if len(kinds) == 1:
            return next(iter(kinds))
        return " ".join(f"The part of $i = {', '.join(map(str, places))}$: {said}" for said, places in kinds.items())

    # -- reading points ---------------------------------------------------------------------------
    def point(self, theta: Any) -> tuple[fmpq, ...]:
        """A point of the domain at its exact value; see :meth:`__call__`."""
        return self._thetas(self._point(theta, "θ"))

    def _point(self, values: Any, name: str) -> tuple[fmpq, ...]:
        row = rational_row(values, name)
        if len(row) != self.dimension:
            raise ValueError(
                f"{name} has {count_of(len(row), 'number')}, "
                f"and the entropy has {count_of(self.dimension, 'coordinate')}"
            )
        return row

    def _thetas(self, point: tuple[fmpq, ...]) -> tuple[fmpq, ...]:
        for n, (c, value) in enumerate(zip(self.coordinates, point, strict=True), 1):
            if c.side * value < 0 or (c.side and value == 0):
                half = "θ > 0" if c.side > 0 else "θ < 0"
                raise ValueError(
                    f"θ_{n} = {float(value):g} is outside the domain of Q, which is {half} in coordinate {n}, "
                    "where two layers tie for the least modulus"
                )
        return point

    def _xis(self, point: tuple[fmpq, ...]) -> tuple[fmpq, ...]:
        for n, (c, value) in enumerate(zip(self.coordinates, point, strict=True), 1):
            inside, ends = _compare_range(c, value)
            if not inside:
                raise ValueError(
                    f"ξ_{n} = {float(value):.10g} is outside the range of ∇Q, which is {ends} in coordinate {n}"
                )
        return point

    def _sum(self, points: Any, check: Any, term: Any, lead: Any, digits: int, certified: bool) -> Any:
        def at(point: tuple[fmpq, ...]) -> Any:
            pairs = list(zip(self.coordinates, point, strict=True))

            def compute() -> arb:
                return sum((term(c, value) for c, value in pairs), arb(0))

            most = max((lead(c, value) for c, value in pairs), default=0)
            return _result(_settle(compute, _bits(digits), most), digits, certified)

        return self._each(points, check, at)

    def _list(self, points: Any, check: Any, entry: Any, lead: Any, digits: int, certified: bool) -> Any:
        def at(point: tuple[fmpq, ...]) -> list[Any]:
            found = []
            for c, value in zip(self.coordinates, point, strict=True):
                ball = _settle(partial(entry, c, value), _bits(digits), lead(c, value))
                found.append(_result(ball, digits, certified))
            return found

        return self._each(points, check, at)

    def _each(self, points: Any, check: Any, at: Callable[[tuple[fmpq, ...]], Any]) -> Any:
        """The value at a point, or the list of values at several."""
        name = "θ" if check == self._thetas else "ξ"
        if not is_number(points):
            rows = points.tolist() if hasattr(points, "tolist") else list(points)
            if rows and not any(map(is_number, rows)):
                return [at(check(self._point(row, name))) for row in rows]
            points = rows
        return at(check(self._point(points, name)))


def _end(c: CoordinateEntropy, side: int, bits: int) -> arb:
    """The least ξ, or the largest for side 1; infinite, or with a relative accuracy of some bits."""
    with precision(bits + GUARD):
        rough = c.range()[side]
    if rough.is_exact() and not rough.is_finite():
        return rough
    return _settle(lambda: c.range()[side], bits, 0)


def _compare_range(c: CoordinateEntropy, xi: fmpq) -> tuple[bool, str]:
    """Whether ξ lies in the range, at a precision that tells, and the range in words."""
    bits = 64
    while True:
        with precision(bits):
            low, high = c.range()
            if low < xi < high:
                return True, ""
            if xi < low or xi > high or bits > CLOSEST:
                return False, f"({float(low.mid()):.10g}, {float(high.mid()):.10g})"
        bits *= 2


# -- accuracy ---------------------------------------------------------------------------------------
#: As many as a screen of a thousand pages holds.
MOST_DIGITS = 1_000_000


def _bits(digits: int) -> int:
    if not isinstance(digits, int) or isinstance(digits, bool) or not 1 <= digits <= MOST_DIGITS:
        raise ValueError(f"digits is {digits!r}, and has to be a whole number from 1 to {MOST_DIGITS}")
    return ceil(digits * log2(10)) + 2


def _magnitude(value: fmpq) -> int:
    """``log2|value|`` for a nonzero number, to within one."""
    return int(value.p).bit_length() - int(value.q).bit_length()


def _distance(a: fmpq, b: fmpq) -> int:
    """How many bits a difference of values at a and b loses to cancellation, about."""
    if a == b:
        return 0
    largest = max(_magnitude(v) for v in (a, b) if v != 0)
    return 2 * max(0, largest - _magnitude(a - b))


def _lead(c: CoordinateEntropy, theta: fmpq) -> int:
    return _distance(theta, c.theta_start)


def _xi_lead(c: CoordinateEntropy, xi: fmpq) -> int:
    """The same for ξ from 0, in units of the nearer end of the range, or of 1 where it has none."""
    if xi == 0:
        return 0
    with precision(64):
        sizes = [abs(end).mid().man_exp() for end in c.range() if end.is_finite() and end != 0]
    unit = min((int(mantissa).bit_length() + int(exponent) for mantissa, exponent in sizes if mantissa), default=0)
    return max(0, 2 * (unit - _magnitude(xi)))


def _no_lead(c: CoordinateEntropy, value: fmpq) -> int:
    return 0


def _settle(compute: Callable[[], arb], bits: int, lead: int) -> arb:
    """A ball with a relative accuracy of some bits, at a precision raised as long as it takes."""
    working, found = bits + lead + GUARD, None
    for _ in range(RETRIES):
        with precision(working):
            try:
                found = compute()
            except Uncertain:
                found = None
        if found is not None and found.is_finite() and (found.is_zero() or found.rel_accuracy_bits() >= bits):
            return found
        working *= 2
    if found is None or not found.is_finite():
        raise ArithmeticError("the value could not be enclosed; please report it with the layers and the point")
    return found


def _result(ball: arb, digits: int, certified: bool) -> Any:
    return ball if read_switch(certified, "certified") else to_mpf(ball, _bits(digits) + 4)
