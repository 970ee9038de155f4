"""The quadrature behind five layers and more: its bounds, against Arb's functions and Arb's own integration."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import mpmath
import pytest
from flint import acb, arb, arb_poly, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mpf

from ddln_sym.numerics import MirrorIntegral, integrate, precision, to_mpf
from ddln_sym.numerics.mirror_integral import _least_modulus
from ddln_sym.numerics.quadrature import HEIGHT

EXAMPLES = settings(max_examples=200, deadline=None, derandomize=True)
TINY, HUGE = fmpq(1, 10**40), fmpq(10**40)
NEARLY = [fmpq(1), fmpq(1) + fmpq(1, 10**25)]
#: Gaps that a bound may trip over: tiny, huge, equal, nearly equal, all at once, many.
GAPS = [
    [fmpq(1)] * 4,
    [fmpq(1), fmpq(2), fmpq(3), fmpq(5)],
    [*NEARLY, *NEARLY],
    [TINY, fmpq(1), fmpq(1), HUGE],
    [TINY, TINY * 2, HUGE, HUGE * 2],
    [fmpq(n, 7) for n in range(1, 30)],
    [*NEARLY, TINY, HUGE, *[fmpq(3, 2)] * 12],
]


def reals(bound):
    return st.integers(-1000, 1000).map(lambda n: fmpq(n * bound, 1000))


@given(reals(6), reals(1), st.integers(-30, 30), st.integers(-30, 30), reals(1), reals(1))
@EXAMPLES
def test_the_least_modulus(p, q, large, small, near, height):
    """``∏|c + r·cosh²s|`` of one factor and of two, at a point of the strip, is not below the bound for the strip."""
    with precision(300):
        constant, factor = arb(2) ** large if large > -30 else arb(0), arb(2) ** small
        height, near = arb(HEIGHT) * arb(abs(height)), arb(abs(p * near))
        s = acb(arb(p), height * arb(q))
        found = abs(constant + factor * s.cosh() ** 2)
        other = abs(1 + 3 * s.cosh() ** 2)
        one, two = arb_poly([constant, factor]), arb_poly([1, 3])
        assert not found < _least_modulus(one, near, height) * (1 - arb(2) ** -250)
        assert not found * other < _least_modulus(one * two, near, height) * (1 - arb(2) ** -250)


@pytest.mark.parametrize("bits", [2, 8, 30, 120, 500])
@pytest.mark.parametrize("shift", ["0", "1e-30", "1", "1e30"])
@pytest.mark.parametrize("end", ["1e-9", "0.5", "6", "6.001", "40"])
def test_the_error_of_the_rule(bits, shift, end):
    """At few bits the radius is the bound of the rule's error alone, and the ball contains the integral."""
    with precision(700):
        c = arb(shift)

        def integrand(s):
            return 1 / (s.cosh() ** 2 + c)

        def bound(near, far, height):
            return 1 / _least_modulus(arb_poly([c, 1]), near, height)

        found = integrate(integrand, bound, arb(0), arb(end), bits)
        tangent = arb(end).tanh()
        root = (1 + c).sqrt()  # the integral is artanh(tanh s·√(c/(1+c)))/√(c(1+c))
        exact = tangent if c.is_zero() else (tangent * c.sqrt() / root).atanh() / (c.sqrt() * root)
        assert found.contains(exact)
        assert bits < 30 or found.rel_accuracy_bits() > bits - 8


@pytest.mark.parametrize("gaps", [gaps[:count] for gaps in GAPS for count in (2, 3)])
@pytest.mark.parametrize("x", [fmpq(1, 10**9), fmpq(1), fmpq(10**9)])
def test_against_the_symmetric_integral(gaps, x):
    """At three and four layers the same integrals are ``R_F``."""
    with precision(200):
        integral = MirrorIntegral(gaps)
        for quadrature, known in ((integral._near, integral._head), (integral._far, integral._tail)):
            found, exact = quadrature(arb(x)), known(arb(x))
            assert found.overlaps(exact)
            assert found.rel_accuracy_bits() > 150


@pytest.mark.parametrize("gaps", GAPS)
def test_the_cut_does_not_matter(gaps):
    """``∫_0^x + ∫_x^∞`` is the same at every x."""
    with precision(150):
        integral = MirrorIntegral(gaps)
        cuts = [arb(x) for x in (fmpq(1, 100), fmpq(1, 3), fmpq(10**5))]
        totals = [integral._near(x) + integral._far(x) for x in cuts]
        assert all(a.overlaps(b) for a, b in pairwise([integral.total(), *totals]))
        assert all(total.rel_accuracy_bits() > 75 for total in totals)


@pytest.mark.parametrize("gaps", [GAPS[1], GAPS[5], GAPS[6], [fmpq(0), fmpq(0), *GAPS[1]]])
def test_against_the_integration_of_arb(gaps):
    with precision(120):
        integral, balls = MirrorIntegral(gaps), [arb(gap) for gap in gaps]

        def slope(z, analytic):
            found = acb(1)
            for gap in balls:
                found *= (z * z + gap).rsqrt(analytic=analytic)
            return found

        low, high = arb(1) / 3, arb(7)
        found = integral.tail(low) - integral.tail(high)
        exact = acb.integral(slope, low, high, abs_tol=arb(2) ** -300).real
        assert found.overlaps(exact)
        assert min(found.rel_accuracy_bits(), exact.rel_accuracy_bits()) > 80


@pytest.mark.parametrize("depth", range(5, 20))
def test_equal_gaps(depth):
    """Claim ``new-t2-equal-gaps``: two layers at a time, from arcsinh and arctan."""
    gap, x = arb(3) / 7, arb(5) / 3
    found = (x / gap.sqrt()).asinh() if depth % 2 == 0 else (x / gap.sqrt()).atan() / gap.sqrt()
    for n in range(1 if depth % 2 == 0 else 2, depth - 1, 2):
        found = x / (n * gap * (x * x + gap).sqrt() ** n) + (n - 1) * found / (n * gap)
    ball = MirrorIntegral([fmpq(3, 7)] * (depth - 1)).head(x)
    assert ball.overlaps(found)
    assert ball.rel_accuracy_bits() > ctx.prec - 20


@pytest.mark.parametrize("depth", range(2, 9))
def test_carlson_and_lauricella(depth):
    """Claim ``new-t2-general``: both functions by mpmath's quadrature of their own integrals."""
    gaps = [Fraction(2 * k + 1, 3) for k in range(1, depth)]
    with mpmath.workdps(30):
        x = mpf(5) / 4
        ratios = [x * x * gap.denominator / gap.numerator for gap in gaps]
        scale = x / mpmath.sqrt(mpmath.fprod(mpf(gap.numerator) / gap.denominator for gap in gaps))

        def carlson(t):
            return (t + 1) ** (mpf(depth) / 2 - 2) / mpmath.sqrt(mpmath.fprod(t + 1 + ratio for ratio in ratios)) / 2

        def lauricella(root):  # t = root²
            return 1 / mpmath.sqrt(mpmath.fprod(1 + root**2 * ratio for ratio in ratios))

        # from infinity by t = 1/r² − 1, since the integrand falls like t^{−3/2}
        found = [
            scale * mpmath.quad(lambda r: carlson(1 / r**2 - 1) * 2 / r**3, [0, 1]),
            scale * mpmath.quad(lauricella, [0, 1]),
        ]
        with precision(110):
            integral = MirrorIntegral([fmpq(gap.numerator, gap.denominator) for gap in gaps])
            exact = to_mpf(integral.head(arb(5) / 4), 110)
        assert all(abs(value - exact) < mpf(10) ** -24 for value in found)


ONE_TIE = {
    "five layers": [0, 1, 2, 3],
    "gaps that tie": [0, fmpq(1, 3), fmpq(1, 3), 5, 7, 9],
    "gaps far apart": [0, fmpq(1, 10**12), 3, 10**9, 10**9],
    "twelve layers": [0, *[2] * 11],
}


@pytest.mark.parametrize("gaps", ONE_TIE.values(), ids=ONE_TIE)
@pytest.mark.parametrize("bits", [30, 64, 300])
def test_towards_a_tie_the_series_is_the_quadrature(gaps, bits):
    """``∫_x^∞`` split at the cut, beside the change of variables from x on."""
    integral = MirrorIntegral([fmpq(gap) for gap in gaps])
    with precision(bits):
        cut = integral._cut()
        for x in (cut, cut * fmpq(7, 8), cut / 2, cut / 1000, cut / 10**9):
            by_series, by_quadrature = integral.tail(x.mid()), integral._far(x.mid())
            assert by_series.overlaps(by_quadrature) and by_series.rel_accuracy_bits() > bits - 25


def test_where_the_tie_leaves_an_exponentially_small_place():
    """``dz/P`` is ``dz/(z·√2)`` there, to all digits: 10^10000 times closer costs ``10000·log 10/√2`` more."""
    integral = MirrorIntegral([fmpq(0), fmpq(1), fmpq(1), fmpq(2)])
    with precision(200):
        near, far = integral.tail(arb("1e-40")), integral.tail(arb("1e-10040"))
        assert (far - near).overlaps(10000 * arb(10).log() / arb(2).sqrt()) and (far - near).rad() < 1e-50


@pytest.mark.parametrize("count", [3, 11])
def test_what_the_series_leaves_out_is_bounded_and_below_its_rounding(count):
    """Gaps that are equal: the coefficients at 40 bits against those at 400."""
    integral = MirrorIntegral([fmpq(0), *[fmpq(1)] * count])
    with precision(40):
        some, rest = integral._series()
    with precision(400):
        more, least = integral._series()
        left = sum((abs(c) for c in more[len(some) :]), arb(0))
        assert left <= rest and rest < arb(2) ** -30 and least > 0 and least < 1e-60
