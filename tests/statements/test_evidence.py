"""Evidence, assumptions and witnesses as values."""

import copy
import pickle
from decimal import Decimal

import pytest
import sympy as sp
from flint import arb

from ddln_sym.kernel import decide
from ddln_sym.statements import (
    Assumption,
    Ball,
    Cited,
    Equal,
    Everywhere,
    Evidence,
    ExponentialDecay,
    Holds,
    Theorem,
    WitnessKind,
)

X, Y = sp.symbols("x y", real=True)
ROLLE = Theorem("Rolle's theorem", "Rolle 1691")


@pytest.mark.parametrize(
    "value", [arb("1.5"), arb("1.5", "1e-9"), arb(0, "1e-5"), arb("-2e40", "3e30"), arb("1e-70", "1e-90"), arb(7)]
)
def test_a_ball_holds_the_number_it_is_made_of(value):
    ball = Ball.of(value)
    assert arb(str(ball.middle), str(ball.radius)).contains(value)
    assert arb(str(ball)).contains(value)  # its text is that of the library


@pytest.mark.parametrize("made", [Assumption.of_claim("eq-7"), Assumption.of_theorem(ROLLE), Cited.of(ROLLE)])
@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_what_is_cited_survives_copies(made, copied):
    again = copied(made)
    assert (type(again), again, vars(again)) == (type(made), made, vars(made))


def test_witnesses_hold_numbers():
    witness = decide(Equal((X + Y) ** 2, X**2 + Y**2)).witness
    assert dict(witness.places) == {X: sp.Integer(1), Y: sp.Integer(1)}
    assert dict(witness.sides) == {"left side": sp.Integer(4), "right side": sp.Integer(2)}
    assert witness.kind is WitnessKind.EXACT and witness.point == {"x": "1", "y": "1"}


def test_a_witness_in_balls_holds_balls():
    step = decide(Equal(sp.exp(X), 1 + X))
    left = dict(step.witness.sides)["left side"]
    assert step.evidence is Evidence.IN_BALLS and isinstance(left, Ball)
    place = dict(step.witness.places)[X]
    assert abs(float(left.middle) - float(sp.exp(place))) <= float(left.radius) + 1e-9 and left.radius > Decimal(0)


def test_a_witness_names_values_of_functions():
    f, n = sp.Function("f"), sp.Symbol("n", integer=True)
    step = decide(Holds(sp.Eq(f(n), f(n + 1))))
    heads = {what.func if not isinstance(what, Everywhere) else what.function for what, _ in step.witness.places
             if isinstance(what, Everywhere) or what.args}  # fmt: skip
    assert step.evidence is Evidence.FINITE_CASE and heads == {f}


def test_a_consequence_names_its_theorem():
    assert Cited.of(ExponentialDecay.theorem).theorem is ExponentialDecay.theorem
