"""Flows of a squared loss of negative weight: when they leave every bound, which is proved before it is reached."""

from __future__ import annotations

from math import isclose, isinf

import pytest
from flint import arb

from ddln_sym import BlowUpError, GradientFlow, SquaredLoss

#: Two rows of three coordinates; the flow leaves every bound at some time near 1.
LOSS = SquaredLoss([[1, "0.5", -1], [0, 2, "0.3"]], ["0.1", "-0.2"], weight="-0.5")
LAYERS = [["0.9", "0.4", "-0.2"], ["-0.7", "0.8", "0.5"], ["0.5", "0.6", "1.1"]]


def end_of(flow, digits):
    with pytest.raises(BlowUpError) as caught:
        flow.integrate(10**9, digits)
    return caught.value


@pytest.mark.parametrize("depth", [2, 3, 5])
def test_one_coordinate_has_a_closed_form(depth):
    """Equal layers u: u' = 2wx²u^{2L−1}, so that u^{2−2L} = u_0^{2−2L} − 4w(L − 1)x²t."""
    loss = SquaredLoss([[3]], [0], weight=-2)
    left = loss.time_left([[arb("0.5")]] * depth)
    true = 0.5 ** (2 - 2 * depth) / (4 * 2 * (depth - 1) * 9)
    assert isclose(float(left), true, rel_tol=1e-12)
    error = end_of(GradientFlow(loss, [["0.5"]] * depth), 15)
    assert isclose(error.time, true, rel_tol=1e-14)


def test_the_bound_is_above_the_time_and_comes_close_to_it():
    flow = GradientFlow(LOSS, LAYERS)
    last = end_of(flow, 15).time
    run = flow.integrate(0.999 * last, 15)
    shares = []
    for part in (0, 0.5, 0.9, 0.99, 0.999):
        left = float(LOSS.time_left([[arb(str(u)) for u in row] for row in run.layers(part * last)]))
        assert left > (1 - part) * last
        shares.append(left / ((1 - part) * last))
    assert isinf(shares[0]) or shares[0] > 1.5
    assert shares[-1] < 1.2


def test_nothing_is_known_where_the_flow_may_stay():
    """At an interpolator it stands still; nearer to 0 than to y, and with a positive weight, it may as well."""
    loss = SquaredLoss([[1]], [1], weight=-1)
    assert isinf(loss.time_left([[arb(1)], [arb(1)]]))
    assert isinf(loss.time_left([[arb("0.5")], [arb(1)]]))
    assert isinf(loss.time_left([[arb("1.2")], [arb(1)]]))
    assert not isinf(loss.time_left([[arb(4)], [arb(1)]]))
    assert isinf(SquaredLoss([[1]], [1]).time_left([[arb(4)], [arb(1)]]))


def test_times_that_agree_whatever_the_digits():
    """Fewer digits tell fewer digits of the time, in fewer steps."""
    flow = GradientFlow(LOSS, LAYERS)
    exactly = end_of(flow, 30)
    for digits in (1, 3, 8, 15):
        error = end_of(flow, digits)
        assert isclose(error.time, exactly.time, rel_tol=10**-digits)
        assert error.digits == digits and str(error).endswith(f"{exactly.time:.{digits}g}")


def test_a_time_just_before_it_is_reached():
    flow = GradientFlow(LOSS, LAYERS)
    time = end_of(flow, 30).time
    for digits in (2, 5):
        run = flow.integrate(time * (1 - 1e-9), digits)
        assert max(abs(u) for row in run.layers(run.end) for u in row) > 50
        with pytest.raises(BlowUpError):
            flow.integrate(time * (1 + 1e-9), digits)


def test_many_coordinates_from_tiny_layers():
    """The way there stretches errors by hundreds of bits: few digits of the time need no more than few of the flow."""
    columns = [[f"{(7 * i + 3 * k) % 11 + 2}e-3" for i in range(12)] for k in range(3)]
    rows = [[(5 * i + 2 * r) % 9 - 4 for i in range(12)] for r in range(3)]
    flow = GradientFlow(SquaredLoss(rows, [0, 0, 0], weight=-1), columns)
    few, more = end_of(GradientFlow(flow.loss, flow.start), 3), end_of(flow, 8)
    assert isclose(few.time, more.time, rel_tol=1e-3)
