"""Natural mistakes in a call: one sentence that names the argument, and what would be right."""

from __future__ import annotations

import pytest
import sympy as sp

import ddln_sym as dd

X, Y = sp.symbols("x y", real=True)
LOSS = dd.SquaredLoss([[1]], [1])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: dd.commuting(3), "the network is 3: expected a Parametrization"),
        (lambda: dd.regular("net"), "the network is 'net': expected a Parametrization"),
        (lambda: dd.Parametrization(X * Y, (X, Y)), "components is x.y: expected a tuple"),
        (lambda: dd.Parametrization((X * Y,), X), "variables is x: expected a tuple"),
        (lambda: dd.GradientFlow("loss", [[1], [2]]), "the loss is 'loss': expected a loss"),
        (lambda: dd.GradientFlow("loss", dd.deep_diagonal(2, 1), [1, 2]), "the loss is 'loss': expected a loss"),
        (lambda: dd.redundant_entropy([], 3), "u is empty"),
        (lambda: dd.entropy([["1_000"], ["2"]]), "the character '_': digits are 0 to 9"),
        (lambda: dd.entropy([["١"], ["2"]]), "the character '١': digits are 0 to 9"),
        (lambda: dd.entropy([["−1"], ["2"]]), "the character '−': write - for the minus sign"),
        (lambda: dd.SquaredLoss([["1_000"]], ["1"]), "the character '_'"),
    ],
)
def test_a_mistake_is_one_sentence(call, words):
    with pytest.raises(ValueError, match=words) as raised:
        call()
    assert "\n" not in str(raised.value)


def test_what_is_right_stays_right():
    assert dd.GradientFlow(LOSS, [["-1"], [" 2 "]]).start[0][0] == -1
    assert dd.Parametrization([X * Y], sp.Tuple(X, Y)[:]).components == (X * Y,)
