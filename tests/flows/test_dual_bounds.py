"""The parts of the proof of a dual trajectory: charts and their rests, ellipses, defects, the growth of errors."""

from __future__ import annotations

from fractions import Fraction
from math import asinh, atan, log

import pytest
from flint import acb, acb_mat, arb, arb_mat

import ddln_sym as dd
from ddln_sym.flows.coordinates import Coordinate
from ddln_sym.flows.dual_bounds import _Bounds, _rim
from ddln_sym.flows.dual_charts import FAR, NEAR, Chart, OffChart
from ddln_sym.flows.dual_coordinates import BallCoordinate
from ddln_sym.flows.dual_systems import DualSystem, Panel
from ddln_sym.numerics import precision

TANGENT = (Fraction(0), Fraction(1), Fraction(1))  # x = tan ξ, θ = tan + tan³


def chart_of(layers, bits=120, shared=False):
    return Chart(BallCoordinate(Coordinate(tuple(map(Fraction, layers)))), bits, shared)


# -- charts ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("shared", [False, True])
def test_a_value_does_not_depend_on_what_was_asked_before(shared):
    places = [Fraction(n, 40) for n in range(-56, 57)]  # near the poles at ±π/2 points are close to each other
    fresh, gone = [], chart_of(TANGENT, shared=shared)
    with precision(120):
        for far in ("1.5", "-1.5"):
            gone.theta(arb(far))
        asked = [arb(p.numerator) / p.denominator for p in places]
        for xi in asked:
            chart = chart_of(TANGENT, shared=shared)
            fresh.append((chart.theta(xi), chart.least(xi), chart_of(TANGENT, shared=shared).thetas([xi])[0]))
        later = list(zip(map(gone.theta, asked), map(gone.least, asked), gone.thetas(asked), strict=True))
    for one, other in zip(fresh, later, strict=True):
        assert [(v.mid(), v.rad()) for v in one] == [(v.mid(), v.rad()) for v in other]


@pytest.mark.parametrize("xi", ["0", "0.7", "-1.2"])
@pytest.mark.parametrize("height", ["0", "0.02", "-0.01"])
def test_complex_values_of_a_tangent(xi, height):
    chart = chart_of(TANGENT)
    with precision(120):
        with pytest.raises(OffChart):  # a disc is as small as the distance from the pole
            chart.theta(acb("1.5", "0.1"))
        place = acb(arb(xi), arb(height))
        tangent = place.tan()
        for found, truth in (
            (chart.least(place), tangent),
            (chart.theta(place), tangent + tangent**3),
            (chart.metric(place), (1 + tangent**2) * (1 + 3 * tangent**2)),
        ):
            assert found.overlaps(truth)
            assert height != "0" or abs(found - truth) < arb("1e-27")


@pytest.mark.parametrize("layers", [TANGENT, (0, 1, 2), ("1/3", "-1/2", 2, 1), ("1/2", "1/2", 1)])
def test_what_a_series_leaves_out_is_bounded(layers):
    """With few terms the rest shows; it is less than the bound everywhere, and not by many digits at the far end."""
    few, many = chart_of(layers, 16), chart_of(layers, 300)
    with precision(300):
        point = few._points[0]
        for which, name in enumerate(("least", "theta", "metric")):
            exact = getattr(many, name)
            for part in (NEAR, -NEAR, 0.5, -0.6, 0.89 * FAR / 0.9):
                xi = point.place + arb(part) / point.inverse
                series, terms = point.series[which], few._terms - (which == 2)
                rest = point.bounds[which] * abs(arb(part)) ** terms / (1 - abs(arb(part)))
                left = abs(series(arb(part)) - exact(xi))
                # The radii of the coefficients count as well, which have 40 bits.
                assert left <= rest + arb((1, -30)) * point.bounds[which]
                assert getattr(few, name)(xi).overlaps(exact(xi))


def test_the_bound_of_a_rest_is_nearly_attained():
    """x = e^ξ in the disc |x − 1| ≤ 3, which it fills: it is 4 at ln 4, and θ = x² is 16 there, M = 2x² is 32."""
    chart = chart_of((1, 1))
    point = chart._points[0]
    assert tuple(map(float, point.bounds)) == (3, 16, 32)
    assert 1.3 < float(point.radius) < log(4)


@pytest.mark.parametrize(
    ("layers", "radius", "rho"),
    [
        (TANGENT, atan(3), 3),  # ∫dr/(1 + r²): no branch, and the pole is at π/2
        ((0, 1, 2), None, 1),  # as far as the branch point √(−1)
        ((0, 1), asinh(1), 1),
        ((0, 2, 2, 3), None, 3),  # two that pair up have no branch point, the third has
        (("1/2", "1/2", "1/2"), 2 - 1 / (0.5 + 1.5), 1.5),  # ∫dr/(½ + r)²
    ],
)
def test_discs_are_as_large_as_the_integral_says(layers, radius, rho):
    """Never larger: a series would then be cut off with too little of a rest."""
    point = chart_of(layers)._points[0]
    assert float(point.bounds[0]) == pytest.approx(rho)
    if radius is not None:
        assert 0.9 * radius < float(point.radius) < radius


@pytest.mark.parametrize("layers", [TANGENT, (0, "0.1", "0.1", "0.1"), ("1/3", "-1/2", 2, 1)])
def test_a_pole_is_not_walked_up_to(layers):
    """ξ beyond the range is refused after as many points as tell that it is."""
    chart = chart_of(layers)
    with precision(120):
        for xi in (arb(10**6), arb(-(10**6))):
            with pytest.raises(OffChart):
                chart.least(xi)
    assert len(chart._points) < 40


@pytest.mark.parametrize("layers", [TANGENT, (0, "0.001", "0.001", "0.001"), ("0.2", "0.3", "0.3")])
def test_errors_do_not_add_up_along_the_points(layers):
    chart = chart_of(layers, 100)
    with precision(124):
        for sign in (1, -1):
            for _ in range(60):
                chart._add(0 if sign < 0 else -1)
        sizes = [abs(point.place).upper() for point in chart._points]
        assert len(sizes) == 121
        assert all(point.place.rad() < arb((1, -95)) * max(sizes) for point in chart._points)
        Q = dd.entropy([[u] for u in layers])
        for point in (chart._points[0], chart._points[-1]):
            theta = chart.coordinate.theta(point.state)
            mantissa, exponent = theta.mid().man_exp()
            value = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
            (xi,) = Q.gradient([value], digits=35, certified=True)
            assert (xi - point.place).contains(0) or abs(xi - point.place) < arb("1e-28") * max(sizes)


def test_every_place_is_near_a_point():
    chart = chart_of(("0.3", "0.5", "-0.4", "0.9"), 80)
    with precision(80):
        assert chart.least(arb("1")) > 0 > chart.least(arb("-0.1")) or chart.least(arb("-1")) > 0
        low, high = chart._places[0], chart._places[-1]
        for n in range(400):
            xi = (low + (high - low) * n / 399).mid()
            point = chart._point(xi)
            assert abs(xi - point.place) * point.inverse < 0.51


# -- ellipses ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("low", "high"), [(-1, 1), (Fraction(1, 4), Fraction(1, 2))])
def test_the_rim_is_covered(low, high):
    with precision(64):
        balls = _rim(Fraction(low), Fraction(high), 3)
        middle, half = arb(str(float(low + high) / 2)), arb(str(float(high - low) / 2))
        for n in range(1001):
            angle = arb(n) / 1000
            rho = arb(3)
            z = acb((rho + 1 / rho) / 2 * angle.cos_pi(), (rho - 1 / rho) / 2 * angle.sin_pi()) * half + middle
            assert any(ball.overlaps(z) for ball in balls)
        assert max(float(ball.real.rad()) for ball in balls) < 0.1 * float(half)


# -- defects -----------------------------------------------------------------------------------------
def scalar(force, length="1", nu="0", target=1):
    """One coordinate, x = tan ξ, ν' = −2(tan ν + tan³ν − y), and a step with given coefficients."""
    system = DualSystem(dd.SquaredLoss([[1]], [target]), [Coordinate(TANGENT)])
    with precision(128):
        return system, Panel(Fraction(0), Fraction(length), 128, arb_mat([[arb(nu)]]), arb_mat([list(map(arb, force))]))


def defect(panel, z, target=1):
    """``p' − f(p)`` at a place of ``[−1, 1]``, by hand, for two coefficients."""
    first, second = panel.force.entries()
    nu = panel.nu[0, 0] + arb(str(float(panel.length))) / 2 * (first * (1 + z) + second * (z * z - 1) / 2)
    return first + second * z + 2 * (nu.tan() + nu.tan() ** 3 - target)


@pytest.mark.parametrize("force", [("0.5", "0.1"), ("-0.3", "0.02"), ("0.1", "-0.2")])
def test_the_defect_at_nodes_and_on_the_rim(force):
    system, panel = scalar(force, length="0.25")
    bounds = _Bounds(system, 20)
    with precision(128):
        values = bounds._at_nodes(panel, Fraction(-1), Fraction(1), 24).entries()
        for j, value in enumerate(values):
            assert value.overlaps(defect(panel, (arb(2 * j + 1) / 48).cos_pi()))
            assert value.rad() < arb("1e-30")
        rim = bounds._on_rim(panel, Fraction(-1), Fraction(1), 3, 64)
        largest = arb(0)
        for n in range(200):
            angle = arb(n) / 100
            z = acb(arb(5) / 3 * angle.cos_pi(), arb(4) / 3 * angle.sin_pi())
            largest = largest.max(abs(defect(panel, z)).upper())
        assert largest <= rim < 2 * largest


def test_one_step_bounds_what_its_defect_does():
    """p = 0 does not move and the flow does: e = ν, with |e| ≤ ∫|D| = 2yt at first, which is nearly attained."""
    system, panel = scalar(("0", "0"), length="1e-8")
    with precision(128):
        error = _Bounds(system, 20).bound(panel, arb(0))
        assert arb("2e-8") * (1 - arb("1e-7")) < error < 4 * arb("2e-8")


@pytest.mark.parametrize(("size", "length"), [("1", "1000"), ("0.1", "1e7"), ("3", "10")])
def test_a_step_that_damps(size, length):
    """ν stays 0 while p goes away at a speed D: e is D·t, and a defect D + λp, λ = 2M, that is there for all time."""
    u, time = Fraction(size), Fraction(length)
    system = DualSystem(dd.SquaredLoss([[1]], [0]), [Coordinate((Fraction(0), u, u))])
    with precision(192):
        speed = arb("1e-10") / float(time)
        panel = Panel(Fraction(0), time, 192, arb_mat([[arb(0)]]), arb_mat([[speed, arb(0)]]))
        error = _Bounds(system, 20).bound(panel, arb(0))
        assert 2 * float(u) ** 4 * float(time) > 100  # long enough to damp
        assert arb("1e-10") * (1 - arb("1e-9")) <= error < 5 * arb("1e-10")


def test_what_was_is_kept():
    system, panel = scalar(("2", "0"), length="1e-12")
    with precision(128):
        before = arb("1e-9")
        assert before <= _Bounds(system, 20).bound(panel, before) < before * (1 + arb("1e-2"))


def test_a_complex_field():
    system, _ = scalar(("0",))
    with precision(64):
        z = acb("0.1", "0.05")
        (found,) = _Bounds(system, 10)._complex_field(acb_mat([[z]])).entries()
        assert found.overlaps(-2 * (z.tan() + z.tan() ** 3 - 1)) and abs(found.real.rad()) < 1e-2
