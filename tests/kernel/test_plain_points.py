"""Signs at a few plain points: what they show, z3 is not asked."""

from __future__ import annotations

import pytest
import sympy as sp

from ddln_sym.kernel import signs

X, Y, Z = sp.symbols("x y z", real=True)


@pytest.mark.parametrize(
    ("facts", "relations"),
    [
        ([(X, True), (Y - X, True)], []),
        ([(X - Y, False), (Y - Z, False)], [X - 2 * Y + Z]),
        ([(-X, True)], []),
        ([(1 - X**2, True)], [X - Y]),
    ],
)
def test_the_points_satisfy_what_is_given(facts: list[tuple[sp.Expr, bool]], relations: list[sp.Expr]) -> None:
    found = signs._meeting(tuple(facts), tuple(relations))
    assert found
    for point in found:
        values = {x: sp.Rational(int(v.p), int(v.q)) for x, v in point.items()}
        assert all(r.xreplace(values) == 0 for r in relations)
        assert all(f.xreplace(values) > 0 if strict else f.xreplace(values) >= 0 for f, strict in facts)
    assert not signs.contradictory(facts, relations)


def test_z3_is_asked_where_no_plain_point_is_met() -> None:
    far = [(X - 1000, True), (2000 - X, True)]
    assert not signs._meeting(tuple(far), ())
    assert not signs.contradictory(far, [])
    assert signs.contradictory([(X - 1000, True), (1000 - X, True)], [])
    assert signs.contradictory([(X, True)], [X + Y**2])


def test_a_point_where_it_fails_proves_nothing_and_one_where_it_holds_does_not_either() -> None:
    given = [(X, True), (Y - X, True)]
    assert signs.prove(X * Y - X**2 + X * Y**3, True, given, []) is not None
    assert signs.prove(X - Y, False, given, []) is None
    assert signs.prove(1000 - X, True, given, []) is None  # it holds at all the plain points
    assert signs.prove((X - Y) ** 2 - 1, False, [], [X - Y]) is None


def test_a_strict_sign_fails_where_the_value_is_zero() -> None:
    assert signs.prove(X**2 * (X - 1) ** 2, False, [], []) is not None
    assert signs.prove(X**2 * (X - 1) ** 2, True, [], []) is None
