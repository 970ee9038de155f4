"""A flow, its loss and what is found of a model cannot be changed afterwards, so that no result is kept for another."""

from __future__ import annotations

from fractions import Fraction

import pytest

import ddln_sym as dd

LOSS = dd.SquaredLoss([[1, 2]], [1])
NET = dd.deep_diagonal(2, 2)
OBJECTS = {
    "flow of layers": dd.GradientFlow(LOSS, [["0.1", 1], [1, "0.5"]]),
    "flow of a model": dd.GradientFlow(dd.SquaredLoss([[1]], [1]), dd.asymmetric_factorization(1, 1, 1), [1, "0.5"]),
    "squared loss": LOSS,
    "logistic loss": dd.LogisticLoss([[1, 2]], [1]),
    "laws": dd.conservation_laws(NET),
    "model": NET,
    "study": dd.analyze(NET),
}


@pytest.mark.parametrize("kind", OBJECTS)
def test_no_attribute_is_set_again(kind: str) -> None:
    thing = OBJECTS[kind]
    for name in list(vars(thing)):
        with pytest.raises(AttributeError):
            setattr(thing, name, None)
        with pytest.raises(AttributeError):
            delattr(thing, name)


def test_what_is_computed_is_not_set() -> None:
    net = dd.deep_diagonal(3, 1)
    with pytest.raises(AttributeError):
        net.jacobian = None
    assert net.jacobian.shape == (1, 3)


def test_a_flow_is_of_the_loss_that_it_was_made_with() -> None:
    flow = OBJECTS["flow of layers"]
    before = flow.integrate(Fraction(1, 2), 15).theta(Fraction(1, 2))
    with pytest.raises(AttributeError, match="make another GradientFlow"):
        flow.loss = dd.SquaredLoss([[5, 5]], [-1])
    with pytest.raises(TypeError):
        flow.start[0][0] = Fraction(7)
    with pytest.raises(TypeError):
        flow.coordinates[0] = flow.coordinates[1]
    assert flow.integrate(Fraction(1, 2), 15).theta(Fraction(1, 2)) == before
