"""Taylor coefficients, several orders at once: the same integers as one order at a time."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddln_sym.taylor import Program, fixed, programs

VALUES = st.fractions(-3, 3, max_denominator=50)
BITS = 120


def field() -> Program:
    """Three unknowns; squares, products that share a factor, a sum of products, a logistic function."""
    found = Program(3)
    a, b = found.product(0, 0), found.product(0, 1)
    mixed = found.total({a: Fraction(-2, 3), b: Fraction(3), 2: Fraction(1)}, Fraction(1, 7))
    found.derivative(0, found.product(mixed, 1), -1)
    found.derivative(1, found.product(mixed, found.logistic(2)), 2)
    found.derivative(2, found.product(b, b))
    return found


def coefficients(run, order, state, scale):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(programs, "RUN", run)
        return field().prepare(BITS).jets([fixed(value, BITS) for value in state], scale, order)[0]


@given(st.tuples(VALUES, VALUES, VALUES), st.sampled_from([2, 4, 6, 8]), st.integers(8, 40), st.integers(-6, 6))
def test_several_orders_at_once(state, run, order, power):
    """Also where a step is far too long, so that coefficients grow beyond what a slot has room for at first."""
    scale = Fraction(2) ** power
    assert coefficients(run, order, state, scale) == coefficients(order, order, state, scale)


def test_room_for_what_grows():
    """A step that is too long makes room, a good one takes it back; its coefficients are the same as before."""
    prepared = field().prepare(BITS)
    state = [fixed(Fraction(n), BITS) for n in (1, 2, 3)]
    good = prepared.jets(state, Fraction(1, 64), 30)
    room = prepared.room
    prepared.jets(state, Fraction(64), 30)
    assert prepared.room > 2 * room
    assert prepared.jets(state, Fraction(1, 64), 30) == good
    assert prepared.room == room


def test_plain_integers(monkeypatch):
    """Without gmpy2 the coefficients are the same."""
    state = [Fraction(1), Fraction(-2), Fraction(1, 3)]
    fast = coefficients(8, 40, state, Fraction(1, 32))
    monkeypatch.setattr(programs, "integer", int)
    slow = coefficients(8, 40, state, Fraction(1, 32))
    assert slow == fast
    assert {type(c) for jet in slow for c in jet} == {int}
