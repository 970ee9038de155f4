r"""How far a dual flow is from the polynomials of its steps, proved after they were computed, however that was done.

For the true ν and the polynomials p let ``D = p' − f(p)``, ``f(ν) = −2c(Xθ(Xᵀν) − y)``, and ``e = ν − p``.  As f is
minus the gradient of a convex function, ``e' = −Je − D`` with a symmetric J, which is at least some ``J_0 ≥ 0`` between
p and ν.  So, with the least eigenvalue λ of J_0,

    |e|' ≤ |D|,    (|e|²)' ≤ D^T J_0⁻¹ D/2,    (|e|²)' ≤ −λ|e|² + D^T J_0⁻¹ D,

and the least of the three bounds is taken on each part of a step: what stiff directions add to D does not add to e.
``J_0`` is ``2c·XMXᵀ`` with the least M for ξ within a margin of p; the bounds hold as long as ``|e|`` is below that,
and what they give is less, so that they hold for the whole step.

D is a polynomial less θ of a polynomial.  Its values at m Chebyshev nodes of a part of a step, times ``1 + 2/π·log m``,
and ``4Bρ^{1−m}/(ρ − 1)`` for a bound B on the ellipse of Bernstein around that part, bound it there (Trefethen,
Approximation Theory and Approximation Practice, Theorem 8.2).  On the ellipse ξ is followed by balls, each in the disc
of one point of its chart.  The discs have their centres on the real line and overlap, so their union has no holes, and
ξ inside of the ellipse stays in it: θ is analytic there.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction
from math import ceil, log10
from typing import Any

import numpy as np
from flint import acb, acb_mat, arb, arb_mat

from ddln_sym.flows.dual_charts import OffChart
from ddln_sym.flows.dual_systems import DualSystem, Panel
from ddln_sym.flows.error_bounds import EnclosureError
from ddln_sym.numerics import ball, legendre_integrals, legendre_values, precision, to_floats

__all__ = ["bound_panels"]

#: ``|e|`` is shown to stay below so much times what it was, or a unit of the last digit; with how many such margins.
MARGIN, ATTEMPTS = 64, 4
#: Of the ellipse: its sizes, the largest one first, and the balls that cover half of it.
RHOS, ARCS = (6, 4, 3), 32
#: What D may be on it, in units of the speed at time 0 or at θ = 0, before a part is halved; how often parts are.
LARGEST, HALVINGS = 10**6, 8
#: Digits of the remainder beyond those asked for; nodes come in multiples.
SPARE_DIGITS, UNIT = 5, 6
#: Bits on the ellipse; and so many fewer than in a step are there for the least metric.
ROUGH_BITS = 64
#: The rounding of sums of floats, in parts of the sums of moduli: so much a term.  What is below the other is taken for
#: that, so that nothing is lost below their range.
ROUNDING, SMALL = 2.0**-50, 1e-100


class _TooWide(ArithmeticError):
    """D is not bounded on the ellipse."""


def bound_panels(system: DualSystem, panels: Sequence[Panel], last: arb_mat, digits: int) -> list[arb]:
    """For each step a bound of ``‖ν − p‖`` on it, and of what it is at its end against ν as the next one takes it.

    Args:
        system: the equations. panels: the steps. last: ν at the end. digits: those that remainders shall leave alone.
    Raises:
        EnclosureError: D is not bounded.
    """
    found, total = [], arb(0)
    bounds = _Bounds(system, digits)
    for n, panel in enumerate(panels):
        with precision(panel.bits):
            try:
                total = bounds.bound(panel, total)
            except (OffChart, _TooWide):
                raise EnclosureError(panel.begin, "its defect is not bounded; ask for more digits") from None
            after = panels[n + 1].nu if n + 1 < len(panels) else last
            total = (total + _norm((panel.at(panel.end) - after).entries())).upper()
        found.append(total)
    return found


def _largest_between(count: int) -> arb:
    """How much larger a polynomial through so many Chebyshev nodes may be between them."""
    return 1 + 2 / arb.pi() * arb(count).log()


def _remainder(rim: arb, rho: int, count: int) -> arb:
    """How far a function is from that polynomial, from a bound of it on an ellipse."""
    return 4 * rim * arb(rho) ** (1 - count) / (rho - 1)


def _norm(values: Sequence[Any]) -> arb:
    total = arb(0)
    for value in values:
        size = value.abs_upper()
        total += size * size
    return total.sqrt().upper()


class _Bounds:
    """Bounds for one step after the other; what depends on nodes alone is kept."""

    def __init__(self, system: DualSystem, digits: int) -> None:
        self.system, self.digits = system, digits
        with precision(ROUGH_BITS):
            zero = arb_mat(len(system.balls), 1)
            start = arb_mat([[b.theta(ball(b.start))] for b in system.balls])
            speeds = [_norm(system.field(theta).entries()) for theta in (zero, start)]
            self.largest = LARGEST * max(arb(1), *speeds)
            self.norms = [_norm(column) for column in zip(*system.matrices()[0].tolist(), strict=True)]
        self._tables: dict[tuple[Any, ...], tuple[Any, Any]] = {}

    def bound(self, panel: Panel, error: arb) -> arb:
        """``‖ν − p‖`` over a step, and at its end, from what it is at its begin.

        Raises:
            OffChart, _TooWide: D is not bounded.
        """
        margin = (MARGIN * error).max(arb(10) ** -self.digits).upper()
        for _ in range(ATTEMPTS):
            inverse = self._inverse(panel, margin)
            found = self._cross(panel, inverse, error)
            if inverse is None or found < margin:
                return found
            margin = (MARGIN * found).upper()
        return self._cross(panel, None, error)

    def _cross(self, panel: Panel, inverse: arb_mat | None, error: arb) -> arb:
        """The same with a given ``J_0⁻¹``, or without."""
        parts = [(Fraction(-1), Fraction(1), 0)]
        while parts:
            low, high, depth = parts.pop()
            try:
                error = self._advance(panel, low, high, inverse, error)
            except (OffChart, _TooWide):
                if depth == HALVINGS:
                    raise
                middle = (low + high) / 2
                parts += [(middle, high, depth + 1), (low, middle, depth + 1)]
        return error

    def _advance(self, panel: Panel, low: Fraction, high: Fraction, inverse: arb_mat | None, error: arb) -> arb:
        length = ball(panel.length * (high - low) / 2)
        rho, rim = self._around(panel, low, high)
        wanted = self.digits + SPARE_DIGITS + log10(1 + float(panel.length)) + log10(max(float(rim), 1e-300))
        count = max(UNIT, UNIT * ceil(wanted / log10(rho) / UNIT))
        values = self._at_nodes(panel, low, high, count)
        tail, factor = _remainder(rim, rho, count), _largest_between(count)
        columns = list(zip(*values.tolist(), strict=True))
        size = factor * max(map(_norm, columns)) + tail
        bounds = [error + length * size]
        if inverse is not None:
            # |D|² in the norm of J_0⁻¹, whose largest eigenvalue is at most its trace.
            trace = sum((inverse[i, i] for i in range(inverse.nrows())), arb(0)).upper()
            products = (inverse * values).tolist()
            energies = [
                sum((a * b for a, b in zip(column, row, strict=True)), arb(0)).upper().max(arb(0))
                for column, row in zip(columns, zip(*products, strict=True), strict=True)
            ]
            energy = factor * max(energies).sqrt() + tail * trace.sqrt()
            bounds += [(error * error + length * energy * energy / 2).sqrt(), error.max(energy * trace.sqrt())]
        found: arb = min(bound.upper() for bound in bounds)
        if not found.is_finite():
            raise _TooWide
        return found

    def _inverse(self, panel: Panel, margin: arb) -> arb_mat | None:
        """``J_0⁻¹`` within a margin of p; ``None`` where that is not bounded, as for dependent rows."""
        if not self.system.independent:
            return None
        with precision(max(ROUGH_BITS, panel.bits - ROUGH_BITS)):
            data, across, _ = self.system.matrices()
            start, slope = (across * panel.nu).entries(), across * panel.force
            length, metrics = ball(panel.length), []
            for i, (x, chart) in enumerate(zip(start, self.system.charts(), strict=True)):
                # |∫_{−1}^z P_k| ≤ 2/(2k + 1), and the integral of P_0 goes from 0 to 2.
                higher = sum((abs(slope[i, k]) / (2 * k + 1) for k in range(1, slope.ncols())), arb(0))
                reach = length * higher + self.norms[i] * margin
                far = x + length * slope[i, 0]
                try:
                    ends = chart.least((x.min(far) - reach).lower()), chart.least((x.max(far) + reach).upper())
                except OffChart:  # too close to the end of the range
                    return None
                least = min(abs(end).lower() for end in ends) if ends[0] * ends[1] > 0 else arb(0)
                if chart.coordinate.side and not least > 0:
                    return None
                metrics.append(chart.coordinate.metric(least).lower())
            weighted = [[v * m for v, m in zip(row, metrics, strict=True)] for row in data.tolist()]
            try:
                found: arb_mat = (2 * ball(self.system.weight) * (arb_mat(weighted) * across)).inv()
            except ZeroDivisionError:
                return None
            return found if all(v.is_finite() for v in found.entries()) else None

    def _at_nodes(self, panel: Panel, low: Fraction, high: Fraction, count: int) -> arb_mat:
        """D, a column for each node."""
        key = low, high, count, panel.bits, panel.force.ncols()
        if key not in self._tables:
            middle, half = ball((low + high) / 2), ball((high - low) / 2)
            nodes = [middle + half * (arb(2 * j + 1) / (2 * count)).cos_pi() for j in range(count)]
            self._tables[key] = _columns(nodes, panel.force.ncols(), arb_mat)
        sums, values = self._tables[key]
        _, across, _ = self.system.matrices()
        moved = ball(panel.length / 2) * (across * panel.force * sums)
        theta = self.system.theta(_shift(moved, across * panel.nu))
        defects: arb_mat = panel.force * values - self.system.field(theta)
        return defects

    def _around(self, panel: Panel, low: Fraction, high: Fraction) -> tuple[int, arb]:
        """The size of an ellipse around a part of a step, and a bound of ``|D|`` on it; roughly first.

        Raises:
            OffChart, _TooWide: there is none.
        """
        for rho in RHOS:
            with suppress(OffChart, _TooWide):
                return rho, self._on_rim_in_floats(panel, low, high, rho)
        # Balls are narrower.
        more = ROUGH_BITS + max(0, panel.bits - ROUGH_BITS) // 2 // ROUGH_BITS * ROUGH_BITS
        tried = [(RHOS[0], ROUGH_BITS), (RHOS[0], more), (RHOS[-1], more)]
        for rho, bits in tried:
            try:
                return rho, self._on_rim(panel, low, high, rho, bits)
            except (OffChart, _TooWide):
                if (rho, bits) == tried[-1]:
                    raise
        raise AssertionError

    def _on_rim(self, panel: Panel, low: Fraction, high: Fraction, rho: int, bits: int) -> arb:
        """A bound of ``|D|`` on one, with so many bits."""
        with precision(bits):
            key = low, high, rho, bits, panel.force.ncols()
            if key not in self._tables:
                self._tables[key] = _columns(_rim(low, high, rho), panel.force.ncols(), acb_mat)
            sums, values = self._tables[key]
            _, across, _ = self.system.matrices()
            # XᵀC first: the ball of a coordinate must not add up those of ν.
            moved = acb_mat(across * panel.force) * sums * acb(ball(panel.length / 2))
            xi = _shift(moved, across * panel.nu)
            defects = acb_mat(panel.force) * values - self._complex_field(xi)
            # The largest of each entry, since the entries need not be largest at one place of an arc.
            found = _norm([max(abs(v).upper() for v in row) for row in defects.tolist()])
            if not found < self.largest:
                raise _TooWide
            return found

    def _on_rim_in_floats(self, panel: Panel, low: Fraction, high: Fraction, rho: int) -> arb:
        """The same, of the moduli of all terms: floats that are larger than the rounding of so long sums makes them."""
        system = self.system
        with precision(ROUGH_BITS), np.errstate(all="ignore"):
            key = low, high, rho, panel.force.ncols()
            if key not in self._tables:
                columns = _columns(_rim(low, high, rho), panel.force.ncols(), acb_mat)
                self._tables[key] = tuple(map(_discs_of, columns))  # type: ignore[assignment]
            (sums, around), (values, near) = self._tables[key]
            rounding = ROUNDING * (sum(system.data.shape) + len(sums) + UNIT)
            (force, force_errors), (start, start_errors) = (
                (to_floats(m), _radii(m) + rounding * np.abs(to_floats(m))) for m in (panel.force, panel.nu)
            )
            data, across, half = np.abs(system.data), system.data.T, float(panel.length) / 2
            slopes, slope_errors = half * (across @ force), half * (data.T @ (force_errors + rounding * np.abs(force)))
            xi = slopes @ sums.real + 1j * (slopes @ sums.imag) + across @ start
            reach = np.abs(slopes) @ around + slope_errors @ (np.abs(sums) + around)
            reach += data.T @ (start_errors + rounding * np.abs(start))
            theta = system.largest_thetas(xi, (1 + rounding) * reach)
            speed = np.abs(force @ values.real + 1j * (force @ values.imag))
            speed += np.abs(force) @ near + force_errors @ (np.abs(values) + near)
            field = system.factor * (data @ theta + np.abs(system.goal)[:, None])
            rows = np.maximum((speed + field).max(axis=1), SMALL)
            found = arb(float((1 + rounding) * np.linalg.norm(rows))).upper()
            if not found < self.largest:
                raise _TooWide
            return found

    def _complex_field(self, xi: acb_mat) -> acb_mat:
        data, _, targets = self.system.matrices()
        width = xi.ncols()
        reached = (acb_mat(data) * self.system.rough_theta(xi)).entries()
        scale = ball(-2 * self.system.weight)
        return acb_mat(data.nrows(), width, [scale * (v - targets[n // width]) for n, v in enumerate(reached)])


def _shift(matrix: Any, column: arb_mat) -> Any:
    """A column added to every column."""
    width, start = matrix.ncols(), column.entries()
    return type(matrix)(matrix.nrows(), width, [v + start[n // width] for n, v in enumerate(matrix.entries())])


def _columns(points: Sequence[Any], count: int, kind: Any) -> tuple[Any, Any]:
    """Integrals and values of the Legendre polynomials, a column for each point."""
    sums, values = (
        [list(row) for row in zip(*(f(z, count) for z in points), strict=True)]
        for f in (legendre_integrals, legendre_values)
    )
    return kind(sums), kind(values)


def _rim(low: Fraction, high: Fraction, size: int) -> list[acb]:
    """Balls over the upper half of the ellipse; what happens on the other half is conjugate."""
    middle, half, rho = ball((low + high) / 2), ball((high - low) / 2), arb(size)
    wide, tall = (rho + 1 / rho) / 2, (rho - 1 / rho) / 2
    slack = arb(0, (wide * arb.pi() / (2 * ARCS)).upper())  # |dz/dangle| is at most the larger half axis
    found = []
    for j in range(ARCS):
        angle = arb(2 * j + 1) / (2 * ARCS)
        place = acb(wide * angle.cos_pi() + slack, tall * angle.sin_pi() + slack)
        found.append(place * half + middle)
    return found


def _discs_of(matrix: acb_mat) -> tuple[Any, Any]:
    """The middles of complex balls in floats, and their radii, rounded up."""
    shape, entries = (matrix.nrows(), matrix.ncols()), matrix.entries()
    middles = np.array([complex(float(v.real.mid()), float(v.imag.mid())) for v in entries]).reshape(shape)
    radii = np.array([float(v.real.rad()) + float(v.imag.rad()) for v in entries]).reshape(shape)
    return middles, (1 + ROUNDING) * radii + ROUNDING * np.abs(middles)


def _radii(matrix: arb_mat) -> Any:
    """The radii of real balls in floats, to nearest."""
    return np.array([float(v.rad()) for v in matrix.entries()]).reshape(matrix.nrows(), matrix.ncols())
