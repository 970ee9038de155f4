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
        (lambda: dd.Parametrization(("x*y",), (X, Y)), "G_1 = x.y uses x, y, and not the variables of these names"),
        (lambda: dd.Parametrization((X * Y,), (sp.Symbol("z"),)), "uses x, y, which are not among the variables z"),
        (lambda: dd.SymbolicLoss("x**2", (X,)), "the loss uses x, and not its symbols of these names"),
        (lambda: dd.LegendreFunction([], "none", None), "coordinates is .*: expected entropies of one coordinate each"),
        (lambda: dd.LegendreFunction(3, "three", None), "coordinates is 3: expected entropies"),
        (lambda: dd.certify("thm-1-corrected"), "what thm-1 says stands, and has no correction"),
        (lambda: dd.certify("Theorem 1"), "did you mean thm-1?"),
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


@pytest.mark.parametrize("what", [3, "x = x", X, True, sp.Eq(X, Y)])
def test_what_is_no_proposition_is_not_decided(what):
    with pytest.raises(TypeError, match=r"the kernel cannot decide an? .*: write a proposition, such as Equal"):
        dd.decide(what)


def test_what_is_right_stays_right():
    assert dd.GradientFlow(LOSS, [["-1"], [" 2 "]]).start[0][0] == -1
    assert dd.Parametrization([X * Y], sp.Tuple(X, Y)[:]).components == (X * Y,)
