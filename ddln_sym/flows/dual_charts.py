r"""θ and the layer of least modulus as functions of ξ, in balls: Taylor series around points of the way, with rests.

``x' = s·P(x)`` in ξ has, from a number ``x_0``, a solution in the disc ``|δ| < R`` of complex ``δ = ξ − ξ_0``, with
``|x − x_0| < ρ``, if P is analytic there and ``R ≤ ∫_0^ρ dr/P(|x_0| + r)``: on a ray the distance ``r = |x − x_0|`` has
``r' ≤ P(|x_0| + r)``, so that it takes at least the integral to reach ρ.  Its j-th coefficient is at most ``ρ/R^j``
(Cauchy), and what a series of m terms leaves out at ``|δ| ≤ qR`` is at most ``ρ·q^m/(1 − q)``.  The same goes for θ
with its bound in place of ρ.

The series themselves come by Newton's method: ``E(x) = s∫dx/P − δ`` vanishes at the solution, and ``x − s·P·E`` has
twice as many right coefficients as x.  From one point to the next an error does not grow: the next ``x_0`` is a number,
and the ξ that belongs to it is known up to ``s∫dx/P`` over the ball in which it was chosen.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log
from typing import Any

import numpy as np
from flint import acb, arb, arb_poly, arb_series

from ddln_sym.flows.dual_coordinates import BallCoordinate
from ddln_sym.numerics import precision

__all__ = ["Chart", "OffChart"]

Floats = Any  # an array

#: A power of two: points are so close that every ξ between them is within this part of the radius of one of them; the
#: bits that a term of a series gives there.
NEAR, BITS_A_TERM = 0.125, 3
#: How far from one point the next one is tried, in parts of the radius: the last is always near enough.
APARTS = (0.25, 0.21875, 0.1875, 0.15625, 0.125)
#: Terms of what is known roughly.
FEW = 40
#: The largest part of the radius at which a series is summed at all.
FAR = 0.9
#: More than the rounding of few floats does, in parts of their sizes; what may be lost below the range of floats; and a
#: part of a radius below which nothing is gained, and whose powers are in that range.
ROUNDING, TINY, SMALL = 2.0**-44, 1e-290, 2.0**-20
#: Of a chart that many coordinates share: how many parts the way near a point has on each side, each with a series of
#: its own; and how much further than to the middle between two of them that holds.
PARTS_NEAR, WIDER = 8, 1.0625
#: Points of one coordinate.
MOST_POINTS = 2000
GUARD = 24  # bits
#: Of the disc around a point: its size in x at most, in units of the least two layers; parts of the integral; bits.
WIDE, PARTS, ROUGH_BITS, FINE_BITS = 3, 32, 64, 6


class OffChart(ArithmeticError):
    """ξ is outside the range of the mirror map, or too close to its end, or too far from the real line."""


@dataclass(frozen=True)
class _Point:
    """A point of the way, ``ξ ↦ x, θ, M`` around it as series in ``τ = (ξ − place)/radius``.

    Attributes:
        place: ξ, a ball. radius: of the disc, a number of few bits. inverse: its reciprocal. state: x there, a number.
        series, bounds: of x, θ and M, lowest first; and what they are at most in the whole disc.
        short, left: the series of θ as far as its terms show near the point, and a ball around 0 for the others.
        few: its first terms. sizes: at least the moduli of these in floats.
    """

    place: arb
    radius: arb
    inverse: arb
    state: arb
    series: tuple[arb_poly, arb_poly, arb_poly]
    short: arb_poly
    left: arb
    few: arb_poly
    sizes: list[float]
    bounds: tuple[arb, arb, arb]


@dataclass(frozen=True)
class _Part:
    """A part of the way near a point: θ as a series in ``ξ − middle``, with what it leaves out in its first term.

    Attributes:
        middle: a number. range: the ``ξ − middle`` at which it holds, a ball around 0. series: of θ.
    """

    middle: arb
    range: arb
    series: arb_poly


@dataclass(frozen=True)
class _Discs:
    """The points of a chart in floats.

    Attributes:
        places, radii: of the discs. errors: of the places. sizes: at least the moduli of the first coefficients of θ, a
            row for each point. bounds: of θ in the whole disc.
    """

    places: Floats
    errors: Floats
    radii: Floats
    sizes: Floats
    bounds: Floats

    def nearest(self, lines: Floats, origin: float) -> tuple[Floats, Floats]:
        """For real ξ the point that :meth:`Chart._point` takes, if there is it, and whether floats tell that it is."""
        after, last = np.searchsorted(self.places, lines), len(self.places) - 1
        before, after = np.clip(after - 1, 0, last), np.clip(after, 0, last)
        outward = lines > origin
        inner, outer = np.where(outward, before, after), np.where(outward, after, before)
        (away, unsure), (farther, doubtful) = (
            (
                np.abs(lines - self.places[n]),
                ROUNDING * (np.abs(lines) + np.abs(self.places[n]) + self.radii[n]),
            )
            for n in (inner, outer)
        )
        short, far = away - NEAR * self.radii[inner], farther - NEAR * self.radii[outer]
        # Whatever else there is: where the inner one may be near, there need not be another.
        index = np.where(short <= unsure, inner, outer)
        # Next to the inner one floats do not tell which it is.
        return index, ((short < -unsure) & (away > unsure)) | ((short > unsure) & (far < -doubtful))


class Chart:
    """One coordinate over the ξ that it has been asked for, at a precision that is set when it is made.

    Args:
        coordinate: in balls. bits: of the values, relative to their sizes. shared: whether many coordinates have it, so
            that shorter series pay, which cost more to make.

    >>> from fractions import Fraction
    >>> from ddln_sym.flows.coordinates import Coordinate
    >>> tangent = BallCoordinate(Coordinate((Fraction(0), Fraction(1), Fraction(1))))
    >>> chart = Chart(tangent, 100)
    >>> with precision(100):
    ...     x, close = chart.least(arb("1.5")), chart.least(arb("1.5")) - arb("1.5").tan()
    >>> x.str(20, radius=False), close.contains(0), close.rad() < 1e-25
    ('14.101419947171719388', True, True)
    """

    def __init__(self, coordinate: BallCoordinate, bits: int, shared: bool = False) -> None:
        self.coordinate, self.bits, self.shared = coordinate, bits, shared
        self._parts = dict[tuple[int, int], _Part]()
        # ρ and the bounds are larger than what is at the point, by some bits for each layer.
        self._terms = ceil((bits + coordinate.depth) / BITS_A_TERM) + 8
        with precision(bits + GUARD, self._terms):
            start = arb(coordinate.start.numerator) / coordinate.start.denominator
            middle = start.mid()
            first = self._expand(middle, self._disc(middle), self._between(start, middle))
        self._points = [first]
        self._places = [first.place.mid()]
        self._marks = [float(first.place)]
        self._origin = first.place.mid()
        self._floats = _Discs(*(np.empty(0) for _ in range(5)))

    # -- what is asked ---------------------------------------------------------------------------
    def least(self, xi: Any) -> Any:
        """``x``; ξ is a ball, real or complex."""
        return self._value(0, xi)

    def theta(self, xi: Any) -> Any:
        return self.thetas([xi])[0] if self.shared and isinstance(xi, arb) else self._value(1, xi)

    def metric(self, xi: Any) -> Any:
        """``M = dθ/dξ``."""
        return self._value(2, xi)

    def thetas(self, xis: Sequence[arb]) -> list[arb]:
        """θ at many real ξ, to the bits of the chart: those near one point are summed together.

        >>> from fractions import Fraction
        >>> from ddln_sym.flows.coordinates import Coordinate
        >>> found = Chart(BallCoordinate(Coordinate((Fraction(1), Fraction(1)))), 53).thetas([arb(0), arb("0.5").log()])
        >>> [round(float(theta), 12) for theta in found]  # e^{2ξ}
        [1.0, 0.25]
        """
        if self.shared:
            return self._thetas_by_parts(xis)
        found, groups = [arb(0)] * len(xis), dict[int, tuple[_Point, list[int], list[arb]]]()
        marks, points = self._marks, self._points
        for n, xi in enumerate(xis):
            after = bisect_left(marks, float(xi))
            for index in (after - 1, after) if xi.mid() > self._origin else (after, after - 1):
                if 0 <= index < len(marks):
                    point = points[index]
                    place = (xi - point.place) * point.inverse
                    if place.abs_upper() <= NEAR:
                        break
            else:  # too far, or too close for floats to tell
                found[n] = self._value(1, xi)
                continue
            _, numbers, places = groups.setdefault(id(point), (point, [], []))
            numbers.append(n)
            places.append(place)
        for point, numbers, places in groups.values():
            for n, value in zip(numbers, point.short.evaluate(places, algorithm="iter"), strict=True):
                found[n] = value + point.left
        return found

    def _thetas_by_parts(self, xis: Sequence[arb]) -> list[arb]:
        """The same of a chart that is shared."""
        found: list[Any] = [None] * len(xis)
        left = self._near_parts(xis, range(len(xis)), found)
        for n in left:
            self._point(xis[n])
        for n in self._near_parts(xis, left, found) if left else ():
            found[n] = self._value(1, xis[n])
        return found

    def _near_parts(self, xis: Sequence[arb], numbers: Sequence[int], found: list[Any]) -> list[int]:
        """θ at those of ξ that floats tell to be near a point; the numbers of the others."""
        discs = self._discs()
        lines = np.array([float(xis[n]) for n in numbers])
        with np.errstate(all="ignore"):
            index, sure = discs.nearest(lines, float(self._origin))
            parts = np.rint((lines - discs.places[index]) / discs.radii[index] * (PARTS_NEAR / NEAR))
        keys = index * (4 * PARTS_NEAR) + np.where(sure, parts, 0).astype(int)
        order, left = np.argsort(keys, kind="stable"), []
        for group in np.split(order, np.flatnonzero(np.diff(keys[order])) + 1):
            part = None
            members, places = [], []
            for m in group.tolist():
                n = numbers[m]
                if sure[m]:
                    part = part or self._part(int(index[m]), int(parts[m]))
                    place = xis[n] - part.middle
                    if part.range.contains(place):
                        members.append(n)
                        places.append(place)
                        continue
                left.append(n)
            if part is not None:
                for n, value in zip(members, part.series.evaluate(places, algorithm="iter"), strict=True):
                    found[n] = value
        return left

    def _part(self, index: int, number: int) -> _Part:
        """A part of the way near a point."""
        point = self._points[index]
        key = id(point), number
        if key not in self._parts:
            with precision(self.bits + GUARD):
                middle = (point.place + arb(number) * NEAR / PARTS_NEAR * point.radius).mid()
                around = (middle - point.place) * point.inverse
                half = (arb(WIDER * NEAR / PARTS_NEAR / 2) * point.radius).upper()
                series = point.series[1](arb_poly([around, point.inverse]))
                furthest = around.abs_upper() + half * point.inverse
                rest = point.bounds[1] * furthest**self._terms / (1 - furthest)
                series, left = self._shorten(series, half, rest)
                self._parts[key] = _Part(middle, arb(0, half), series + left)
        return self._parts[key]

    def rough_thetas(self, xis: Sequence[acb]) -> list[acb]:
        """θ at many complex ξ, from a few terms."""
        found = []
        for xi in xis:
            point = self._point(xi.real)
            place = (xi - point.place) * point.inverse
            size = place.abs_upper()
            if not size < FAR:
                raise OffChart
            rest = arb(0, (point.bounds[1] * size ** point.few.length() / (1 - size)).upper())
            found.append(point.few(place) + acb(rest, rest))
        return found

    def largest_thetas(self, xis: Floats, reaches: Floats) -> Floats:
        """At least ``|θ|`` within so much of complex ξ, in floats: from moduli alone, rounded up.

        >>> from fractions import Fraction
        >>> from ddln_sym.flows.coordinates import Coordinate
        >>> chart = Chart(BallCoordinate(Coordinate((Fraction(1), Fraction(1)))), 64)  # e^{2ξ}
        >>> found = chart.largest_thetas(np.array([0.1 + 0.2j]), np.array([0.01]))
        >>> bool(np.exp(0.22) < found[0] < 2)
        True
        """
        lines = xis.real
        if not np.isfinite(xis).all():
            raise OffChart
        for end in lines.min(), lines.max():
            self._point(arb(float(end)))
        discs = self._discs()
        index, _ = discs.nearest(lines, float(self._origin))
        places = discs.places[index]
        away = np.abs(xis - places) + reaches + ROUNDING * (np.abs(xis) + np.abs(places)) + discs.errors[index]
        part = np.maximum((1 + ROUNDING) * away / discs.radii[index], SMALL)
        if not (part < FAR).all():
            raise OffChart
        powers = np.cumprod(np.broadcast_to(part[..., None], (*part.shape, discs.sizes.shape[1])), axis=-1)
        terms = (powers * discs.sizes[index]).sum(axis=-1) / part  # the first power is one too many
        return (1 + ROUNDING) * (terms + discs.bounds[index] * powers[..., -1] / (1 - part)) + TINY

    def _discs(self) -> _Discs:
        """The points that there are."""
        if len(self._points) != len(self._floats.places):
            self._floats = _Discs(
                np.array(self._marks),
                np.array([_above(p.place.rad()) for p in self._points]),
                np.array([float(p.radius) for p in self._points]),
                np.array([p.sizes for p in self._points]),
                np.array([_above(p.bounds[1]) for p in self._points]),
            )
        return self._floats

    def _value(self, which: int, xi: Any) -> Any:
        real = isinstance(xi, arb)
        point = self._point(xi if real else xi.real)
        place = (xi - point.place) * point.inverse
        size = place.abs_upper()
        if not size < FAR:
            raise OffChart
        terms = self._terms - (which == 2)  # of the derivative there is one less
        if real and which == 1 and size <= NEAR:
            return point.short(place) + point.left
        rest = (point.bounds[which] * size**terms / (1 - size)).upper()
        value = point.series[which](place)
        return value + arb(0, rest) if real else value + acb(arb(0, rest), arb(0, rest))

    # -- points ----------------------------------------------------------------------------------
    def _point(self, xi: arb) -> _Point:
        """A point near a real ξ; points are added as far as it takes.

        Of two it is that on the side of the first one of all, so that it does not depend on what was asked before.
        """
        middle = xi.mid()
        if not middle.is_finite():
            raise OffChart
        while True:
            if middle < self._places[0]:
                if self._reaches(self._points[0], middle):
                    return self._points[0]
                self._go(0, middle)
            elif middle > self._places[-1]:
                if self._reaches(self._points[-1], middle):
                    return self._points[-1]
                self._go(-1, middle)
            else:
                after = bisect_left(self._places, middle)
                inner, outer = (after - 1, after) if middle > self._origin else (after, after - 1)
                return self._points[inner if outer < 0 or self._reaches(self._points[inner], middle) else outer]

    def _reaches(self, point: _Point, middle: arb) -> bool:
        return bool(abs(middle - point.place.mid()) * point.inverse <= NEAR)

    def _go(self, end: int, middle: arb) -> None:
        """One more point on the way to ξ.

        Raises:
            OffChart: it does not lead there.
        """
        if self._is_beyond(self._points[end], middle):
            raise OffChart
        self._add(end)

    def _add(self, end: int) -> None:
        """One more point beyond the first or the last.

        Raises:
            OffChart: there are too many.
        """
        point, way = self._points[end], 1 if end else -1
        if len(self._points) >= MOST_POINTS:
            raise OffChart
        # At twice the distance a term gives a bit less.
        terms = self._terms * BITS_A_TERM // (BITS_A_TERM - 1) + 1
        with precision(self.bits + GUARD, terms):
            whole = _polynomial(self._least_series(list(point.series[0]), point.radius, terms))
            # As far as what is between is near one of the two; the next radius may be smaller.
            for part in APARTS:
                tau = arb(way * part)
                rest = point.bounds[0] * arb(part) ** terms / (1 - arb(part))
                reached = whole(tau) + arb(0, rest.upper())
                middle = reached.mid()
                disc = self._disc(middle)
                if part == APARTS[-1] or NEAR * (point.radius + disc[0]) >= part * point.radius:
                    break
            place = point.place + tau * point.radius + self._between(reached, middle)
            added = self._expand(middle, disc, place)
        index = len(self._points) if end else 0
        self._points.insert(index, added)
        self._places.insert(index, added.place.mid())
        self._marks.insert(index, float(added.place))

    def _is_beyond(self, point: _Point, middle: arb) -> bool:
        """Whether x would be infinite on the way from a point to ξ: ``|dξ| ≤ |x|^{1−L}·|dx|``."""
        powers = self.coordinate.depth - 2
        way, x = middle - point.place.mid(), point.state
        outward = bool(way * x * self.coordinate.sign > 0)
        return outward and powers > 0 and bool(abs(way) * powers * abs(x) ** powers > 1)

    def _between(self, reached: arb, middle: arb) -> arb:
        """``ξ`` at a number minus ξ at another one, both in a ball."""
        if reached.is_exact():
            return arb(0)
        found: arb = self.coordinate.sign * (middle - reached) / self.coordinate.product(reached)
        return found

    def _expand(self, x: arb, disc: tuple[arb, arb, arb], place: arb) -> _Point:
        """The series around a number, in its disc."""
        coordinate = self.coordinate
        radius, rho, largest = disc
        least = self._least_series([x], radius, self._terms)
        theta = coordinate.sign * least * coordinate.product(least)
        series = _polynomial(least), _polynomial(theta), _polynomial(theta.derivative() / radius)
        few, far = arb_poly(series[1].coeffs()[:FEW]), abs(x) + rho
        bounds = rho, far * largest, coordinate.metric(far).upper()
        rest = bounds[1] * arb(NEAR) ** self._terms / (1 - arb(NEAR))
        short, left = self._shorten(series[1], arb(NEAR), rest)
        sizes = _sizes(few, min(FEW, self._terms))
        return _Point(place, radius, 1 / radius, x, series, short, left, few, sizes, bounds)

    def _shorten(self, series: arb_poly, reach: arb, rest: arb) -> tuple[arb_poly, arb]:
        """Without the last terms that are below a bit of the largest within reach, and what they and a rest come to."""
        sizes = [v.abs_upper() * reach**j for j, v in enumerate(series.coeffs())]
        least = max(sizes) * arb((1, -self.bits))
        count = max((j for j, v in enumerate(sizes) if v >= least), default=0) + 1
        return arb_poly(series.coeffs()[:count]), arb(0, sum(sizes[count:], rest).upper())

    def _least_series(self, known: list[arb], radius: arb, count: int) -> arb_series:
        """So many terms of the layer of least modulus, of which the first are known."""
        coordinate, known = self.coordinate, list(known)
        while len(known) < count:
            right, terms = len(known), min(2 * len(known), count)
            guess = arb_series(known, terms)
            product = coordinate.product(guess) * coordinate.sign
            gap = list((guess.derivative() / product).integral())
            gap += [arb(0)] * (terms - len(gap))
            gap[1] -= radius
            # What has to vanish is left out: its balls would only widen what comes after.
            gap[:right] = [arb(0)] * right
            moved = list(product * arb_series(gap, terms))
            known += [-v for v in moved[right:]] + [arb(0)] * (terms - max(right, len(moved)))
        return arb_series(known, count)

    def _disc(self, x: arb) -> tuple[arb, arb, arb]:
        """``R``, of few bits, ``ρ``, within the distance of the branch points, and the largest ``|P|``."""
        coordinate, size = self.coordinate, abs(x)
        with precision(ROUGH_BITS):
            rho = (WIDE * coordinate.size(size)).min(coordinate.apart(size)).lower()
            products = [abs(coordinate.product(size + rho * n / PARTS)) for n in range(1, PARTS + 1)]
            # P increases, so that this is less than the integral.
            radius = sum((rho / (PARTS * product) for product in products), arb(0)).lower()
            exponent = floor(float(radius.log()) / log(2)) - FINE_BITS
            mantissa = (radius * arb((1, -exponent))).lower().floor().unique_fmpz()
            assert mantissa is not None  # it has few bits
            return arb((mantissa, exponent)), rho, products[-1].upper()


def _polynomial(series: arb_series) -> arb_poly:
    return arb_poly(list(series))


def _above(value: arb) -> float:
    """A float that is no less than a positive ball."""
    return float(value.upper()) * (1 + ROUNDING) + TINY


def _sizes(series: arb_poly, count: int) -> list[float]:
    """No less than the moduli of so many coefficients."""
    found = [_above(v.abs_upper()) for v in series.coeffs()]
    return found + [0.0] * (count - len(found))
