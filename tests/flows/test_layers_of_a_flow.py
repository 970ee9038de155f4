"""Section 2.1 on trajectories: conservation, signs, and every layer from the least one."""

from __future__ import annotations

import mpmath
import pytest
import trajectories
from hypothesis import given
from mpmath import mp
from trajectories import APART, DIGITS, EVERY, PARTS, allowed, columns, differences, exactly, largest

from ddln_sym.testing import SCALES, Start, flows, horizon

more_digits = pytest.fixture(autouse=True)(trajectories.more_digits)


@given(flows(EVERY))
def test_squares_differ_by_constants_on_the_full_system(flow):
    """(7), where nothing is projected."""
    end = horizon(flow)
    trajectory = flow.integrate(end, DIGITS, full=True)
    for t in (end * part for part in PARTS):
        for column, coordinate in zip(columns(trajectory, t), flow.coordinates, strict=True):
            tolerance = allowed(max(map(abs, column)), 2, 2) + allowed(max(map(exactly, map(abs, coordinate.start))), 2)
            for u, before in zip(column, coordinate.start, strict=True):
                change = u**2 - column[0] ** 2 - exactly(before**2 - coordinate.start[0] ** 2)
                assert abs(change) <= tolerance


@given(flows(EVERY, scales=SCALES))
def test_reduced_and_full_system_agree(flow):
    end = horizon(flow)
    reduced, full = flow.integrate(end, DIGITS), flow.integrate(end, DIGITS, full=True)
    for t in (end * part for part in PARTS):
        assert differences(reduced.layers(t), full.layers(t)) <= allowed(largest(full, [t]))
        assert differences([reduced.xi(t)], [full.xi(t)]) <= allowed(1 + max(map(abs, full.xi(t))))


@given(flows(APART))
def test_only_the_least_layer_changes_sign(flow):
    """Proposition 1.2, and sign and formula of the other layers after it."""
    end = 4 * horizon(flow)
    trajectory = flow.integrate(end, DIGITS)
    for t in (end * part for part in PARTS):
        for column, coordinate in zip(columns(trajectory, t), flow.coordinates, strict=True):
            x = column[coordinate.least]
            for k, u in enumerate(column):
                if k != coordinate.least:
                    assert mp.sign(u) == mp.sign(exactly(coordinate.start[k])) != 0
                    formula = mp.sign(u) * mp.sqrt(x**2 + exactly(coordinate.differences[k]))
                    assert abs(u - formula) <= allowed(max(map(abs, column)), 2) / abs(u)


@given(flows())
def test_theta_is_determined_by_the_least_layer(flow):
    """The display after (8), with the layer itself in place of its root."""
    end = horizon(flow)
    trajectory = flow.integrate(end, DIGITS)
    for theta, column, coordinate in zip(
        trajectory.theta(end), columns(trajectory, end), flow.coordinates, strict=True
    ):
        x = column[coordinate.least]
        rest = [d for k, d in enumerate(coordinate.differences) if k != coordinate.least]
        formula = coordinate.sign * x * mp.fprod(mp.sqrt(x**2 + exactly(d)) for d in rest)
        assert abs(theta - formula) <= allowed(max(map(abs, column)), 2 * len(column))


@given(flows((Start.TIED, Start.ZEROS)))
def test_tied_layers_keep_their_signs_and_two_zeros_stay(flow):
    end = horizon(flow)
    trajectory = flow.integrate(end, DIGITS)
    for column, coordinate in zip(columns(trajectory, end), flow.coordinates, strict=True):
        if coordinate.frozen:
            prec = mpmath.libmp.dps_to_prec(DIGITS)
            with mp.workprec(prec):
                assert list(column) == [exactly(u) for u in coordinate.start]
        else:
            assert [mp.sign(u) for u in column] == [mp.sign(exactly(u)) for u in coordinate.start]
