"""Parts of the proof of a dual trajectory beside their formulas, and where a bound is attained: take a term away and
one of these fails.  :mod:`tests.support.numeric_mutants` does that."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import log, pi

import numpy as np
import pytest
from flint import acb, acb_mat, arb, arb_mat, arb_poly
from mpmath import mp

import ddln_sym as dd
from ddln_sym.flows import dual_bounds
from ddln_sym.flows.coordinates import Coordinate
from ddln_sym.flows.dual_bounds import (
    _Bounds,
    _columns,
    _largest_between,
    _norm,
    _remainder,
    _rim,
    _shift,
    _TooWide,
    bound_panels,
)
from ddln_sym.flows.dual_charts import FAR, FEW, NEAR, PARTS_NEAR, WIDER, Chart, OffChart
from ddln_sym.flows.dual_coordinates import BallCoordinate
from ddln_sym.flows.dual_systems import DualSystem, Panel
from ddln_sym.flows.dual_trajectories import DualTrajectory
from ddln_sym.numerics import legendre_values, precision

TANGENT = (Fraction(0), Fraction(1), Fraction(1))  # x = tan ξ, θ = tan + tan³
BITS = 160


def coordinate(*layers):
    return Coordinate(tuple(map(Fraction, layers)))


def panel_of(force, length="1", nu=("0",), begin="0"):
    with precision(BITS):
        rows = arb_mat([list(map(arb, row)) for row in force])
        return Panel(Fraction(begin), Fraction(length), BITS, arb_mat([[arb(x)] for x in nu]), rows)


def alike(found, expected, part="1e-12"):
    return bool(abs(found - expected) < arb(part) * abs(expected))


# -- between nodes, and beyond a polynomial ----------------------------------------------------------
@pytest.mark.parametrize("count", [6, 30, 100])
def test_what_a_polynomial_is_between_nodes(count):
    """The one with values ±1 in turn at both sides of 0 is nearly as large there as the bound says."""
    with precision(200):
        angles = [arb(2 * j + 1) / (2 * count) for j in range(count)]
        # Lebesgue's sum at the end of the interval, by the barycentric form for Chebyshev nodes.
        weights = [angle.sin_pi() / (1 - angle.cos_pi()) for angle in angles]
        largest = sum(weights, arb(0)) / count
        assert largest <= _largest_between(count) < 1.05 * largest
        assert alike(_largest_between(count), arb(1 + 2 / pi * log(count)))


@pytest.mark.parametrize("rho", [3, 6])
@pytest.mark.parametrize("count", [6, 24])
def test_what_interpolation_leaves_over(rho, count):
    """``T_m`` vanishes at all m nodes: 1 is left, and it is ``(ρ^m + ρ^{−m})/2`` on the ellipse."""
    with precision(200):
        rim = (arb(rho) ** count + arb(rho) ** -count) / 2
        assert 1 < _remainder(rim, rho, count) < 3.1
        assert alike(_remainder(arb(1), rho, count), 4 / (arb(rho) ** (count - 1) * (rho - 1)))


def test_a_norm():
    with precision(100):
        assert alike(_norm([arb(3), arb(0, 4)]), arb(5), "1e-6") and _norm([arb(3), arb(-4, "0.1")]) > 5.07
        assert _norm([arb(1) / 3]) >= arb(1) / 3 and _norm([acb(3, 4)]) >= 5


def test_a_column_is_added_to_every_column():
    found = _shift(arb_mat([[1, 2], [3, 4]]), arb_mat([[10], [20]]))
    assert [float(x) for x in found.entries()] == [11, 12, 23, 24]


@pytest.mark.parametrize("rho", [3, 6])
def test_the_rim_is_an_ellipse(rho):
    """Neighbours overlap, and every ball has its middle on the ellipse."""
    with precision(64):
        found = _rim(Fraction(-1, 2), Fraction(1), rho)
        for z in found:
            w = (z.mid() - acb("0.25")) / acb("0.75")
            outside = w + (w * w - 1).sqrt()
            size = abs(outside)
            assert alike(size.max(1 / size), arb(rho), "1e-9") and z.imag.mid() > 0
        ends = [acb("0.25") + acb("0.75") * sign * (arb(rho) + 1 / arb(rho)) / 2 for sign in (1, -1)]
        assert found[0].overlaps(ends[0]) and found[-1].overlaps(ends[1])
        # What is between the middles of two is at most half of their distance from one of them, and is covered.
        for a, b in pairwise(found):
            assert abs(a.mid() - b.mid()) < a.real.rad() + b.real.rad()
            assert a.real.rad() < 1.1 * arb(rho + 1 / rho) / 2 * arb.pi() / (2 * len(found)) * arb("0.75")


# -- one part of a step ------------------------------------------------------------------------------
def line(target, size="1", length="1/4", force=(("0", "0"),)):
    """One coordinate x = tan ξ, with the data (size)."""
    system = DualSystem(dd.SquaredLoss([[size]], [target], weight="0.75"), [coordinate(*TANGENT)])
    return system, panel_of(force, length)


@pytest.mark.parametrize("error", ["0", "1e-3", "10"])
@pytest.mark.parametrize("part", [(-1, 1), (Fraction(-1, 2), Fraction(1, 4))])
def test_the_three_bounds_of_a_part(error, part):
    """p stays at 0, where ``D = −f = −2cy``; and whatever ``J_0⁻¹`` is, as large as it may be chosen here."""
    system, panel = line(Fraction(1, 5))
    bounds, low, high, before = _Bounds(system, 20), *map(Fraction, part), arb(error)
    with precision(BITS):
        defect = 2 * arb("0.75") / 5
        rho, rim = bounds._around(panel, low, high)
        assert rho == 6 and defect <= rim < 1.5 * defect
        wanted = 20 + 5 + log(1.25, 10) + log(float(rim), 10)
        count = next(n for n in range(6, 100, 6) if n >= wanted / log(rho, 10))
        factor, time = arb(1 + 2 / pi * log(count)), arb(str(float(panel.length * (high - low) / 2)))
        for inverse in (None, "1e-3", "1e9", "1e-30"):
            given = None if inverse is None else arb_mat([[arb(inverse)]])
            expected = [before + time * factor * defect]
            if inverse is not None:
                energy = factor * defect * arb(inverse).sqrt()
                expected += [
                    (before**2 + time * energy**2 / 2).sqrt(),
                    before.max(energy * arb(inverse).sqrt()),
                ]
            found = bounds._advance(panel, low, high, given, before)
            assert alike(found, min(expected)) and found >= min(expected) * (1 - arb("1e-14"))


def test_the_energy_of_two_rows():
    """``D^T J_0⁻¹ D`` with an inverse that is not diagonal, and the trace for its largest eigenvalue."""
    system = DualSystem(dd.SquaredLoss([[1, 0], [0, 1]], ["1", "-2"]), [coordinate(*TANGENT)] * 2)
    panel = panel_of([["0", "0"], ["0", "0"]], "1", ("0", "0"))
    with precision(BITS):
        inverse = arb_mat([[arb(2), arb(-1)], [arb(-1), arb(3)]])
        bounds = _Bounds(system, 20)
        found = bounds._advance(panel, Fraction(-1), Fraction(1), inverse / 1000, arb(0))
        _, rim = bounds._around(panel, Fraction(-1), Fraction(1))
        wanted = 20 + 5 + log(2, 10) + log(float(rim), 10)
        count = next(n for n in range(6, 100, 6) if n >= wanted / log(6, 10))
        # D = (−2, 4): 2·4 + 2·8 + 3·16 = 72
        energy = arb(1 + 2 / pi * log(count)) * (arb(72) / 1000).sqrt()
        assert alike(found, (energy * energy / 2).sqrt().min(energy * (arb(5) / 1000).sqrt()))


def test_a_remainder_that_is_large_counts(monkeypatch):
    """With few nodes D is hardly known between them, and the bound holds what the ellipse lets it be."""
    system, panel = line(Fraction(1, 5), force=(("0.5", "0.25"),))
    monkeypatch.setattr(dual_bounds, "SPARE_DIGITS", -19)
    bounds = _Bounds(system, 20)
    with precision(BITS):
        rho, rim = bounds._around(panel, Fraction(-1), Fraction(1))
        values = bounds._at_nodes(panel, Fraction(-1), Fraction(1), 6)
        size = _largest_between(6) * max(abs(v) for v in values.entries()) + _remainder(rim, rho, 6)
        for inverse in ("1e-3", "1e12"):
            found = bounds._advance(panel, Fraction(-1), Fraction(1), arb_mat([[arb(inverse)]]), arb("0.1"))
            energy = size * arb(inverse).sqrt()
            expected = [
                arb("0.1") + size / 4,
                (arb("0.01") + energy**2 / 8).sqrt(),
                arb("0.1").max(energy * arb(inverse).sqrt()),
            ]
            assert alike(found, min(expected), "1e-9")


def test_a_defect_that_is_not_known_counts(monkeypatch):
    """Balls around 0 at the nodes are as bad as what they hold."""
    system, panel = line(Fraction(1, 5))
    bounds = _Bounds(system, 20)
    with precision(BITS):
        monkeypatch.setattr(bounds, "_around", lambda *_: (6, arb("1e-60")))
        monkeypatch.setattr(bounds, "_at_nodes", lambda *_: arb_mat([[arb(0, "1e-3")] * 6]))
        found = bounds._advance(panel, Fraction(-1), Fraction(1), arb_mat([[arb(1)]]), arb(0))
        size = _largest_between(6) / 1000
        assert alike(found, (size / 4).min(size / arb(8).sqrt()), "1e-6")
        found = bounds._advance(panel, Fraction(-1), Fraction(1), arb_mat([[arb("1e-6")]]), arb(0))
        assert alike(found, size * arb("1e-6"), "1e-6")  # |e| ≤ |D|/λ, with λ = 10⁶


@pytest.mark.parametrize("margin", ["0", "0.1"])
def test_the_least_metric_of_a_step(margin):
    """``M = (1 + x²)(1 + 3x²)`` of x = tan, where ξ is nearest to 0; all terms of the series count."""
    loss = dd.SquaredLoss([[2]], [1], weight="0.75")
    system = DualSystem(loss, [coordinate(*TANGENT)])
    force = ("0.1", "0.02", "-0.03", "0.005")
    panel = panel_of([force], "1/2", ("0.4",))
    with precision(BITS):
        found = _Bounds(system, 20)._inverse(panel, arb(margin))[0, 0]
        start, slopes = arb("0.8"), [2 * arb(c) for c in force]
        higher = sum((abs(c) / (2 * k + 1) for k, c in enumerate(slopes) if k), arb(0))
        least = (start - (higher / 2 + 2 * arb(margin))).tan()
        metric = (1 + least**2) * (1 + 3 * least**2)
        assert alike(found, 1 / (2 * arb("0.75") * 4 * metric), "1e-6")
        # Towards 0 it is the other end of the step that counts.
        back = panel_of([["-0.1", *force[1:]]], "1/2", ("0.4",))
        least = (start - arb("0.1") - (higher / 2 + 2 * arb(margin))).tan()
        metric = (1 + least**2) * (1 + 3 * least**2)
        assert alike(_Bounds(system, 20)._inverse(back, arb(margin))[0, 0], 1 / (6 * metric), "1e-6")


def test_no_metric_where_a_sign_may_change_or_rows_depend():
    tangent = DualSystem(dd.SquaredLoss([[1]], [1]), [coordinate(*TANGENT)])
    panel = panel_of([["0.1", "0"]], "1", ("0.1",))
    with precision(BITS):
        assert alike(_Bounds(tangent, 20)._inverse(panel, arb("0.2"))[0, 0], arb("0.5"), "1e-9")  # M(0) = 1
        assert _Bounds(tangent, 20)._inverse(panel, arb(2)) is None  # beyond π/2
        two = DualSystem(dd.SquaredLoss([[1], [1]], [1, 1]), [coordinate(*TANGENT)])
        assert _Bounds(two, 20)._inverse(panel_of([["0"], ["0"]], nu=("0", "0")), arb("0.1")) is None
        tie = DualSystem(dd.SquaredLoss([[1]], [1]), [coordinate(1, 1)])  # x = e^ξ, M = 2x²
        found = _Bounds(tie, 20)._inverse(panel_of([["0"]], nu=("0",)), arb("0.5"))[0, 0]
        assert alike(found, arb(1).exp() / 4, "1e-9")


def test_margins_are_kept(monkeypatch):
    """A bound under a metric counts only if it is below the margin within which the metric is bounded."""
    system, panel = line(1)
    bounds, asked = _Bounds(system, 20), []
    answers = {"1e-20": "1e-3", "0.064": "0.1", "6.4": "1e3", "64000": "1e9"}

    def cross(panel, inverse, error):
        return arb("0.5") if inverse is None else arb(answers[asked[-1]])

    def invert(panel, margin):
        asked.append(next(name for name in answers if alike(margin, arb(name))))
        return arb_mat([[1]])

    monkeypatch.setattr(bounds, "_cross", cross)
    monkeypatch.setattr(bounds, "_inverse", invert)
    assert alike(bounds.bound(panel, arb(0)), arb("0.5")) and asked == list(answers)
    asked.clear()
    answers["6.4"] = "6"
    assert alike(bounds.bound(panel, arb(0)), arb(6)) and len(asked) == 3
    asked.clear()
    answers.clear()
    answers["0.64"] = "0.1"  # 64 times what was there
    assert alike(bounds.bound(panel, arb("0.01")), arb("0.1"))


def test_halves_cover_a_step_in_their_order(monkeypatch):
    """A part that is too wide is cut in two; each begins with the error with which the one before it ended."""
    system, panel = line(1)
    bounds, parts = _Bounds(system, 20), []

    def advance(panel, low, high, inverse, error):
        if high - low > (Fraction(1, 2) if low < 0 else 1):
            raise (_TooWide if low < 0 else OffChart)
        parts.append((low, high))
        return error + 1

    monkeypatch.setattr(bounds, "_advance", advance)
    assert bounds._cross(panel, None, arb(3)) == 3 + len(parts)
    assert [low for low, _ in parts] == [-1, *(high for _, high in parts)][:-1] and parts[-1][1] == 1
    assert len(parts) == 3
    monkeypatch.setattr(bounds, "_advance", lambda *_: (_ for _ in ()).throw(_TooWide()))
    with pytest.raises(_TooWide):
        bounds._cross(panel, None, arb(0))


@pytest.mark.parametrize("low", [Fraction(-1), Fraction(1, 2)])
def test_defects_of_two_rows(low):
    """At every node of a part, beside the formula; and on the ellipse not below it."""
    rows = [["1", "2"], ["-1", "0.5"]]
    system = DualSystem(dd.SquaredLoss(rows, ["0.3", "0.2"], weight="0.75"), [coordinate(*TANGENT)] * 2)
    force = [["0.1", "0.02", "0.03"], ["-0.05", "0.04", "0.01"]]
    panel, high = panel_of(force, "0.5", ("0.05", "-0.02")), Fraction(1)
    bounds = _Bounds(system, 20)

    def defect(z):
        legendre = legendre_values(z, 4)
        sums = [z + 1] + [(legendre[k + 1] - legendre[k - 1]) / (2 * k + 1) for k in (1, 2)]
        nu = [
            panel.nu[i, 0] + sum(arb(c) * s for c, s in zip(row, sums, strict=True)) / 4 for i, row in enumerate(force)
        ]
        xi = [sum(arb(rows[i][j]) * nu[i] for i in range(2)) for j in range(2)]
        theta = [x.tan() + x.tan() ** 3 for x in xi]
        return [
            sum(arb(c) * p for c, p in zip(row, legendre, strict=False))
            + 2 * arb("0.75") * (sum(arb(x) * t for x, t in zip(rows[i], theta, strict=True)) - arb(("0.3", "0.2")[i]))
            for i, row in enumerate(force)
        ]

    with precision(BITS):
        middle, half = arb(str(float(low + high) / 2)), arb(str(float(high - low) / 2))
        found = bounds._at_nodes(panel, low, high, 12)
        for j in range(12):
            for i, value in enumerate(defect(middle + half * (arb(2 * j + 1) / 24).cos_pi())):
                assert found[i, j].overlaps(value) and found[i, j].rad() < arb("1e-30")
        for rho in (3, 6):
            rim, largest = bounds._on_rim(panel, low, high, rho, 64), arb(0)
            for n in range(80):
                angle = arb(n) / 40
                wide, tall = (arb(rho) + 1 / arb(rho)) / 2, (arb(rho) - 1 / arb(rho)) / 2
                values = defect(acb(wide * angle.cos_pi(), tall * angle.sin_pi()) * half + middle)
                largest = largest.max(_norm(values))
            assert largest <= rim < 3 * largest
            in_floats = bounds._on_rim_in_floats(panel, low, high, rho)
            assert rim < in_floats < 6 * largest
            assert alike(in_floats, of_moduli(bounds, panel, (low, high), rho), "1e-6")


def of_moduli(bounds, panel, part, rho):
    """``|p'| + 2c(Σ|X_ki|·|θ_i| + |y_k|)`` over the arcs of an ellipse, the largest of each row."""
    system, sizes = bounds.system, [arb(0)] * panel.force.nrows()
    sums, values = _columns(_rim(*part, rho), panel.force.ncols(), acb_mat)
    data, across, targets = system.matrices()
    moved = acb_mat(across * panel.force) * sums * acb(arb(str(float(panel.length / 2))))
    slopes = acb_mat(panel.force) * values
    for j in range(sums.ncols()):
        theta = []
        for i, start in enumerate((across * panel.nu).entries()):
            xi = moved[i, j] + start
            reach = sum(
                abs(c) * arb(s.real.rad() + s.imag.rad()) * arb(str(float(panel.length / 2)))
                for c, s in zip((across * panel.force).tolist()[i], column(sums, j), strict=True)
            )
            middle = complex(float(xi.real.mid()), float(xi.imag.mid()))
            (found,) = system.charts()[i].largest_thetas(np.array([middle]), np.array([float(reach)]))
            theta.append(arb(float(found)))
        for k, row in enumerate(data.tolist()):
            wide = sum(
                abs(c) * (v.real.rad() + v.imag.rad())
                for c, v in zip(panel.force.tolist()[k], column(values, j), strict=True)
            )
            speed = abs(acb(slopes[k, j].real.mid(), slopes[k, j].imag.mid())) + wide
            field = sum((abs(x) * t for x, t in zip(row, theta, strict=True)), abs(targets[k]))
            sizes[k] = sizes[k].max(speed + 2 * arb("0.75") * field)
    return _norm(sizes)


def column(matrix, j):
    return [row[j] for row in matrix.tolist()]


@pytest.mark.parametrize("change", ["length", "force", "nu"])
def test_what_is_too_far_for_floats_is_refused(change):
    """Beyond the discs, or beyond every float, there is no bound."""
    system, panel = line(Fraction(1, 5), force=(("0.5", "0.25"),))
    far = {
        "length": replace(panel, length=Fraction(40)),
        "force": replace(panel, force=panel.force * arb("1e400")),
        "nu": replace(panel, nu=arb_mat([[arb("1.6")]])),  # beyond the pole of tan
    }
    bounds, low, high = _Bounds(system, 20), Fraction(-1), Fraction(1)
    assert bounds._on_rim_in_floats(panel, low, high, 6) < 10
    with pytest.raises((OffChart, _TooWide)):
        bounds._on_rim_in_floats(far[change], low, high, 6)


# -- charts ------------------------------------------------------------------------------------------
CHARTS = [TANGENT, (0, 1, 2), ("1/3", "-1/2", 2, 1), ("1/2", "1/2", 1), (1, 1), ("0.3", "-0.3", "0.3")]


@pytest.mark.parametrize("layers", CHARTS)
def test_bounds_of_a_disc(layers):
    """``|x| ≤ |x_0| + ρ`` in it: θ and M there, never less, in the last bit as well."""
    part = BallCoordinate(coordinate(*layers))
    chart = Chart(part, 100)
    with precision(124):
        for _ in range(3):
            chart._add(-1)
            chart._add(0)
        for point in chart._points:
            rho, theta, metric = point.bounds
            far = abs(point.state) + rho
            assert theta.upper() >= abs(far * part.product(far)).lower() and alike(theta, abs(part.theta(far)), "1e-15")
            assert metric >= part.metric(far).lower() and alike(metric, part.metric(far), "1e-15")
            parts = [abs(part.product(abs(point.state) + rho * n / 1000)) for n in range(1001)]
            integral = sum((rho / (1000 * (p + q) / 2) for p, q in pairwise(parts)), arb(0))
            assert 0.93 * integral < point.radius < integral
            assert alike(point.inverse * point.radius, arb(1))


@pytest.mark.parametrize("layers", CHARTS)
def test_the_largest_theta_of_a_disc(layers):
    """``Σ|c_j|τ^j + B·τ^m/(1 − τ)`` of the furthest τ, and no less than θ anywhere in the disc."""
    chart, exact = Chart(BallCoordinate(coordinate(*layers)), 64), Chart(BallCoordinate(coordinate(*layers)), 200)
    point = chart._points[0]
    with precision(200):
        for part, reach in (("0.05", "0"), ("0.12", "0.02"), ("-0.07", "0.8"), ("0.11", "0.5")):
            middle = complex(float(point.place + arb(part) * point.radius), float(arb("0.05") * point.radius))
            around = float(arb(reach) * point.radius)
            (found,) = chart.largest_thetas(np.array([middle]), np.array([around]))
            size = (abs(acb(middle.real, middle.imag) - point.place) + arb(around)) / point.radius
            sums = sum(abs(c) * size**j for j, c in enumerate(point.few.coeffs()))
            rest = point.bounds[1] * size ** min(FEW, chart._terms) / (1 - size)
            assert alike(arb(float(found)), sums + rest, "1e-11") and found > (sums + rest).lower()
            for n in range(16):
                way = acb((arb(n) / 8).cos_pi(), (arb(n) / 8).sin_pi()) * arb(around) * arb("0.9999")
                if abs(acb(middle.real, middle.imag) + way - point.place) < arb("0.4") * point.radius:
                    assert abs(exact.theta(acb(middle.real, middle.imag) + way)) < found
        with pytest.raises(OffChart):
            chart.largest_thetas(np.array([middle]), np.array([float(arb("0.9") * point.radius)]))
        with pytest.raises(OffChart):
            chart.largest_thetas(np.array([complex("nan")]), np.array([0.0]))


@pytest.mark.parametrize("layers", [TANGENT, ("1/3", "-1/2", 2, 1)])
def test_the_largest_theta_does_not_depend_on_what_was_asked_before(layers):
    asked = np.linspace(-0.4, 0.4, 30) + 0.01j
    gone = Chart(BallCoordinate(coordinate(*layers)), 64)
    gone.least(arb("0.6")), gone.least(arb("-0.6"))
    found = gone.largest_thetas(asked, np.full(30, 1e-3))
    for xi, value in zip(asked, found, strict=True):
        fresh = Chart(BallCoordinate(coordinate(*layers)), 64)
        assert fresh.largest_thetas(np.array([xi]), np.array([1e-3]))[0] == value


@pytest.mark.parametrize("layers", CHARTS)
def test_rests_are_what_the_bounds_say(layers):
    """Series of few terms: the radius of a value is that of what they leave out, by the formula."""
    few, exact = Chart(BallCoordinate(coordinate(*layers)), 12), Chart(BallCoordinate(coordinate(*layers)), 200)
    with precision(200):
        point = few._points[0]
        for part in ("0.1", "-0.124", "0.3", "-0.6", "0.85"):
            size = abs(arb(part))
            xi = acb(point.place.mid(), (arb(part) * point.radius).mid())  # no other point is nearer
            for which, name in enumerate(("least", "theta", "metric")):
                terms = few._terms - (which == 2)
                rest = point.bounds[which] * size**terms / (1 - size)
                found = getattr(few, name)(xi)
                series = point.series[which]((xi - point.place) * point.inverse)
                assert found.overlaps(getattr(exact, name)(xi))
                assert alike(found.real.rad() - series.real.rad(), rest, "1e-2") or rest < arb("1e-8")
                assert found.imag.rad() >= rest
            (found,) = few.rough_thetas([xi])
            rest = point.bounds[1] * size ** point.few.length() / (1 - size)
            assert found.overlaps(exact.theta(xi)) and min(found.real.rad(), found.imag.rad()) >= rest
            assert point.few.length() <= min(few._terms, FEW)
            for which, name in ((0, "least"), (2, "metric")):
                near = (point.place + arb(part) / 10 * point.radius).mid()
                rest = point.bounds[which] * (size / 10) ** (few._terms - (which == 2)) / (1 - size / 10)
                found, series = getattr(few, name)(near), point.series[which](arb(part) / 10)
                assert found.overlaps(getattr(exact, name)(near)) and found.rad() >= rest
        with pytest.raises(OffChart):
            few._value(1, acb(point.place, arb("0.95") * point.radius))
        assert FAR == 0.9


@pytest.mark.parametrize("layers", CHARTS)
@pytest.mark.parametrize("bits", [8, 30])
def test_what_is_left_over_near_a_point(layers, bits):
    """Every value of a short series holds the truth, wherever between two points it is asked for."""
    few, exact = Chart(BallCoordinate(coordinate(*layers)), bits), Chart(BallCoordinate(coordinate(*layers)), 200)
    with precision(200):
        for _ in range(2):
            few._add(0)
            few._add(-1)
        low, high = few._places[0], few._places[-1]
        places = [(low + (high - low) * n / 60).mid() for n in range(61)]
        for found, one, xi in zip(few.thetas(places), map(few.theta, places), places, strict=True):
            truth = exact.theta(xi)
            assert found.overlaps(truth) and one.overlaps(truth)
        point = few._points[2]
        dropped = [abs(v) * arb(NEAR) ** j for j, v in enumerate(point.series[1].coeffs())][point.short.length() :]
        rest = sum(dropped, point.bounds[1] * arb(NEAR) ** few._terms / (1 - arb(NEAR)))
        assert alike(point.left.rad(), rest, "1e-3")


@pytest.mark.parametrize("layers", CHARTS)
@pytest.mark.parametrize("bits", [8, 60])
def test_what_is_left_over_in_a_part_near_a_point(layers, bits):
    """The same where many coordinates share a chart; also at the ends of a part, and in what each part leaves out."""
    part = BallCoordinate(coordinate(*layers))
    few, exact = Chart(part, bits, shared=True), Chart(part, 200)
    with precision(200):
        few._add(0)
        few._add(-1)
        low, high = few._places[0], few._places[-1]
        places = [(low + (high - low) * n / 97).mid() for n in range(98)]
        places += [few._part(1, n).middle + few._part(1, n).range.upper() for n in range(-3, 4)]
        for found, one, xi in zip(few.thetas(places), map(few.theta, places), places, strict=True):
            assert found.overlaps(exact.theta(xi)) and (one.mid(), one.rad()) == (found.mid(), found.rad())
        point = few._points[1]
        for n in range(-PARTS_NEAR, PARTS_NEAR + 1):
            near = few._part(1, n)
            place, half = (near.middle - point.place) / point.radius, near.range.upper() / point.radius
            assert alike(place, arb(n) * NEAR / PARTS_NEAR, "1e-7") or not n
            assert alike(half, WIDER * arb(NEAR) / PARTS_NEAR / 2, "1e-8")
            moved = point.series[1](arb_poly([place, 1])).coeffs()
            assert all(
                (a * point.radius**j).overlaps(b)
                for j, (a, b) in enumerate(zip(near.series.coeffs(), moved, strict=False))
            )
            dropped = [abs(v) * half**j for j, v in enumerate(moved)][near.series.length() :]
            furthest = abs(place) + half
            rest = sum(dropped, point.bounds[1] * furthest**few._terms / (1 - furthest))
            assert (
                rest.lower() * (1 - arb("1e-6")) < near.series[0].rad() < 2 * rest + abs(moved[0]).rad() + arb("1e-20")
            )


def test_coordinates_that_start_alike_share_shorter_series():
    loss = dd.SquaredLoss([[1] * 9], [1])
    alike_, unlike = coordinate(*TANGENT), coordinate(0, 1, 2)
    with precision(64):
        first, *_, last = DualSystem(loss, [*[alike_] * 8, unlike]).charts()
        assert first.shared and not last.shared
        assert not any(chart.shared for chart in DualSystem(loss, [*[alike_] * 7, unlike, unlike]).charts())


@pytest.mark.parametrize("end", [0, -1])
def test_a_point_that_few_terms_lead_to_is_where_it_says(end):
    """From a series of four terms: the ξ of the next point is known as badly as they tell, and no worse."""
    chart = Chart(BallCoordinate(coordinate(*TANGENT)), 100)
    chart._terms = 3
    with precision(124):
        for _ in range(4):
            chart._add(end)
        for point in chart._points[1:] if end else chart._points[:-1]:
            place = point.state.atan()
            assert point.place.contains(place) and arb("1e-9") < point.place.rad() < arb("0.3")


@pytest.mark.parametrize("layers", CHARTS)
def test_points_are_as_far_apart_as_they_may_be(layers):
    chart = Chart(BallCoordinate(coordinate(*layers)), 60)
    with precision(84):
        for _ in range(12):
            chart._add(0)
            chart._add(-1)
        for a, b in pairwise(chart._points):
            apart = (b.place - a.place).mid()
            assert apart <= NEAR * (a.radius + b.radius) * (1 + arb("1e-9"))
            assert apart >= NEAR * a.radius.min(b.radius) * (1 - arb("1e-9"))
        assert all(mark == float(place) for mark, place in zip(chart._marks, chart._places, strict=True))


# -- the balls that are asked for --------------------------------------------------------------------
@cache
def wide():
    """Columns of X of sizes 10 and 3, a coordinate that is frozen, and a y of which a part is out of reach."""
    loss = dd.SquaredLoss([[6, 0, 1], [8, 3, 1]], [1, "0.5"], weight="0.75")
    start = [["0.1", 0, 0], [1, "0.5", 0], [1, 1, 1]]
    found = dd.GradientFlow(loss, start).converge("1e-6", 20, method="dual")
    return found, found.enclose()


def test_wide_data_beside_explicit_steps():
    found, box = wide()
    other = found.flow.enclose(found.end, 30)
    with precision(200):
        for t in (found.end / 100, found.end):
            pairs = [*zip(box.theta(t), other.theta(t), strict=True), *zip(box.xi(t), other.xi(t), strict=True)]
            pairs += [*zip(box.metric(t), other.metric(t), strict=True), (box.loss(t), other.loss(t))]
            for rows in zip(box.layers(t), other.layers(t), strict=True):
                pairs += zip(*rows, strict=True)
            assert all(ball.overlaps(truth) and ball.rad() < arb("1e-17") for ball, truth in pairs)
            assert not any((ball + arb("1e-15")).overlaps(truth) for ball, truth in pairs)


def test_what_no_theta_reaches_moves_a_frozen_coordinate():
    """X = (1, 1)ᵀ for the one that moves: ``y − ŷ = (−1, 1)``, and ξ of the frozen one takes 2c of it in each time."""
    loss = dd.SquaredLoss([[1, 3], [1, 5]], [1, 3], weight="0.75")
    found = dd.GradientFlow(loss, [[1, 0], ["0.5", 0]]).converge("2.25", 20, method="dual")
    box, other = found.enclose(), found.flow.integrate(found.end, 25)
    with precision(200), mp.workdps(40):
        for t in (found.end / 3, found.end):
            for x, ball, truth in zip(found.xi(t), box.xi(t), other.xi(t), strict=True):
                assert abs(ball - arb(str(truth))) < arb("1e-17") and abs(x - truth) < 1e-17


@pytest.mark.parametrize("row", [0, 1])
@pytest.mark.parametrize("sign", [1, -1])
def test_balls_hold_what_a_wrong_step_missed(row, sign):
    """The true flow from a ν that is off by δ from the second step on: it is at the rim of the balls, not beyond."""
    found, right = wide()
    solution, small = found.solution, sign * arb("1e-9")
    with precision(200):
        shift = arb_mat([[small if i == row else arb(0)] for i in range(2)])
        panels = [replace(panel, nu=panel.nu + shift) if n else panel for n, panel in enumerate(solution.panels)]
        errors = bound_panels(solution.system, panels, solution.last + shift, 20)
        assert arb("1e-9") * (1 - arb("1e-6")) <= errors[0] < arb("1.0001e-9")
        assert all(a <= b for a, b in pairwise(errors))
        wrong = DualTrajectory(found.flow, replace(solution, panels=panels, last=solution.last + shift), 20)
        box = wrong.enclose()
        assert box.radius >= arb("1e-9") * (1 - arb("1e-6"))
        t = panels[1].begin + panels[1].length / 10**6
        norms = (10, 3, arb(2).sqrt())
        for ball, truth, size in zip(box.xi(t), right.xi(t), norms, strict=True):
            assert ball.overlaps(truth) and alike(ball.rad(), size * errors[1], "1e-6")
        for ball, x, size in zip(box.theta(t), box.layers(t)[0], norms, strict=True):
            assert ball.is_zero() or x.rad() <= size * errors[1] * 10
        for name in ("theta", "metric"):
            for ball, truth in zip(getattr(box, name)(t), getattr(right, name)(t), strict=True):
                assert ball.overlaps(truth) and ball.rad() < arb("1e-6")
        for rows in zip(box.layers(t), right.layers(t), strict=True):
            assert all(ball.overlaps(truth) for ball, truth in zip(*rows, strict=True))
