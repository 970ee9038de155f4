"""Each bound of the ball arithmetic by itself, on arguments for which it is nearly attained."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb, arb_poly, fmpq, fmpz_poly
from mpmath import mp, mpf

from ddln_sym import SquaredLoss, difference_entropy
from ddln_sym.flows import gradient_models
from ddln_sym.flows.gradient_models import logistic
from ddln_sym.numerics import TaylorModel, Uncertain, combine, enclose, integrate, norm, precision, scale, settle
from ddln_sym.numerics.quadrature import HEIGHT

FULL = 0.3


# -- quadrature ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("half", ["0.01", "0.3", "1"])
def test_the_rule_errs_as_the_bound_says_on_a_chebyshev_polynomial(half):
    """Four points are exact up to degree 7; T_8 is the first that they miss, the largest one on the ellipse."""
    with precision(200):
        h = arb(half)

        def chebyshev(s):
            return ((s - h) / h).chebyshev_t(8)

        def bound(near, far, height):
            ratio = arb(HEIGHT) / h
            rho = ratio + (1 + ratio * ratio).sqrt()
            return (rho**8 + rho**-8) / 2

        found = integrate(chebyshev, bound, arb(0), 2 * h, -30)
        true = -2 * h / 63
        assert found.contains(true)
        assert abs(found.mid() - true) > FULL * found.rad()


@pytest.mark.parametrize("half", ["0.01", "0.3", "1"])
def test_the_bound_is_asked_for_on_the_whole_ellipse(half):
    """The ellipse with foci at the ends of the panel and so many units high is as long as its axes say."""
    with precision(200):
        h, asked = arb(half), []

        def bound(near, far, height):
            asked.append((near, far, height))
            return arb(2)

        integrate(lambda s: s.sin(), bound, arb(5), 5 + 2 * h, 20)
        ((near, far, height),) = asked
        reach = (h * h + height * height).sqrt()
        assert near <= 5 + h - reach < near + 1e-9 and far - 1e-9 < 5 + h + reach <= far
        assert height == arb(HEIGHT)


# -- Newton ----------------------------------------------------------------------------------------------
def test_a_guess_without_a_root_gets_no_ball():
    with precision(100):
        for guess in (arb(0.1), arb(1), arb(-3)):
            with pytest.raises(Uncertain):
                enclose(lambda x: x * x + arb(1) / 100, lambda x: 2 * x, guess)


def test_a_ball_around_a_root_is_no_wider_than_the_step():
    """A guess that is off by much still gets a ball that holds the root, or none."""
    with precision(100):
        for off in (-60, -20, -5, -2):
            guess = (arb(2).sqrt() + arb(2) ** off).mid()
            try:
                found = enclose(lambda x: x * x - 2, lambda x: 2 * x, guess)
            except Uncertain:
                continue
            assert (found * found).contains(2)
            assert found.rad() < arb(2) ** (2 * off + 4) + arb(2) ** -80


def test_a_start_is_settled_to_its_promise():
    assert abs(settle(lambda x: (x + 2 / x) / 2, arb(1)) / arb(2).sqrt() - 1) < arb(2) ** -24
    with pytest.raises(Uncertain):
        settle(lambda x: -x, arb(1))


# -- Taylor models ---------------------------------------------------------------------------------------
BITS = 40


def model(coefficients, error=0, order=60, bits=BITS):
    return TaylorModel(fmpz_poly(coefficients), scale(error, bits), bits, order)


def test_the_error_of_a_product_is_attained_at_the_end():
    """All coefficients positive, both functions off by their errors in one direction, at τ = 1."""
    p, q = model([1 << BITS, 3 << BITS], 1 << 30), model([2 << BITS, 1 << BITS], 1 << 31)
    with precision(200):
        worst = (arb(4) + arb((1, -10))) * (arb(3) + arb((1, -9)))
        product = p * q
        distance = abs(product.at(arb(1)).mid() - worst)
        assert 0.99 * product.error < distance <= product.error


def test_what_a_product_cuts_off_is_in_its_error():
    """τ^4·τ^4 beyond the order 6 is gone altogether, and 1 at τ = 1."""
    power = model([0, 0, 0, 0, 1 << BITS], order=6)
    product = power * power
    assert len(product.polynomial) == 0 and 1 <= product.error < 1 + 1e-7


@pytest.mark.parametrize("careful", [False, True])
@pytest.mark.parametrize("at", ["0", "1/2", "1"])
def test_a_range_holds_the_tail_and_the_error(careful, at):
    """Forty coefficients: those beyond the leading ones count, with either sign, and so does the error."""
    for sign in (1, -1):
        f = model([sign << BITS] * 40, 5 << BITS)
        with precision(200):
            t = arb(fmpq(*Fraction(at).as_integer_ratio()))
            value = sign * sum((t**k for k in range(1, 40)), arb(1))
            found = f.range(t, careful)
            assert found.contains(value + 5) and found.contains(value - 5)


@pytest.mark.parametrize("careful", [False, True])
def test_a_wide_part_is_covered_to_both_ends(careful):
    """1 − 2τ on the part from 1/4 to 3/4 is from −1/2 to 1/2, both attained."""
    f = model([1 << BITS, -(2 << BITS)])
    found = f.range(arb(0.5, 0.25), careful)
    assert found.contains(arb(0.5)) and found.contains(arb(-0.5)) and found.rad() < 1


def test_combinations_are_rounded_outward_in_both_directions():
    """Thirds are off by less than a unit, whichever way; many of them together are off by many units."""
    for sign in (1, -1):
        terms = [(Fraction(sign, 3), model([1 << BITS])) for _ in range(9)]
        found = combine(terms, Fraction(sign * 2, 3), BITS, 60)
        with precision(200):
            true = arb(fmpq(11 * sign, 3))
            assert abs(found.at(arb(1)).mid() - true) <= found.error
            assert norm(terms, BITS, Fraction(sign * 2, 3)) >= abs(true)


def test_an_error_of_the_argument_enters_the_logistic_function_by_a_quarter():
    """Around 0 its slope is 1/4, which is what the bound says."""
    z = model([0], 1 << 20, order=20)
    s = logistic(z)
    with precision(200):
        e = arb((1, 20 - BITS))
        distance = 1 / (1 + (-e).exp()) - s.polynomial[0] * scale(1, BITS)
        assert 0.98 * s.error < abs(distance) + arb((1, -BITS)) and abs(distance) <= s.error


def test_an_error_at_the_start_grows_as_the_bound_says(monkeypatch):
    """The solution from a start that is off: from 8 down to 5 the slope s(1 − s) grows nearly as the exponential."""
    off = 1 << (BITS - 20)
    z = model([8 << BITS, -3 << BITS], order=40)
    monkeypatch.setattr(gradient_models, "arb_poly", lambda p: arb_poly(p) + off)
    s = logistic(z)
    with precision(200):
        true = 1 / (1 + arb(-5).exp())
        distance = abs(s.at(arb(1)).mid() - true)
        assert FULL * s.error < distance <= s.error


# -- constants of losses, and entropies ----------------------------------------------------------------------
@pytest.mark.parametrize("size", [3, 6, 9])
def test_ill_conditioned_data_have_their_constant(size):
    """A Hilbert matrix: σ² is down to 10⁻²³ of the largest, and a transposed and a doubled one have the same kind."""
    rows = [[Fraction(1, i + j + 1) for j in range(size)] for i in range(size)]
    for X in (rows, rows[:-1], [*rows, rows[0]]):
        loss = SquaredLoss(X, [1] * len(X))
        with mp.workdps(150):
            values = mp.svd_r(
                mp.matrix([[mpf(x.numerator) / x.denominator for x in row] for row in X]), compute_uv=False
            )
            true = 2 * sorted(values, reverse=True)[loss.rank - 1] ** 2
            text = mp.nstr(true, 60)
        with precision(300):
            found = loss.polyak_lojasiewicz_ball()
            assert found.overlaps(arb(text) * (1 + arb(0, arb(10) ** -55)))
            assert found.rad() < arb(text) * arb(10) ** -20
        with mp.workdps(15):
            assert abs(loss.polyak_lojasiewicz() / true - 1) < mpf(10) ** -13


@pytest.mark.parametrize("depth", [2, 3, 4, 7])
def test_a_difference_begins_where_its_layers_say(depth):
    """From u ≠ v: Q and its slope vanish at the start, and a little beyond, Q is half the square over the metric."""
    u, v = Fraction(7, 10), Fraction(12, 10)
    Q, start = difference_entropy([u], [v], depth), u**depth - v**depth
    assert Q([start]) == 0 and Q.gradient([start]) == [0]
    metric = depth**2 * (u ** (2 * depth - 2) + v ** (2 * depth - 2))
    step = Fraction(1, 10**20)
    (slope,) = Q.gradient([start + step], digits=15)
    assert abs(slope * mpf(metric.numerator) / metric.denominator / mpf(10) ** -20 - 1) < 1e-12
    value = Q([start + step], digits=15)
    assert abs(2 * value * mpf(metric.numerator) / metric.denominator / mpf(10) ** -40 - 1) < 1e-12


def test_the_error_of_a_product_is_rounded_up():
    """One factor off by 2^52 + 1, the other exactly 2^52 + 3: the product of the two has 105 bits, twice too many."""
    with precision(53):
        off, exact = (
            TaylorModel(fmpz_poly([1]), arb(2**52 + 1), 0, 0),
            TaylorModel(fmpz_poly([2**52 + 3]), arb(0), 0, 0),
        )
        mantissa, exponent = (off * exact).error.man_exp()
    assert int(mantissa) << int(exponent) >= (2**52 + 1) * (2**52 + 3)
