"""Facts of textbooks with their false twins: log-sum, arctangents, Schur, Bernoulli, zeros at algebraic points."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from twins import assert_proved, assert_refuted

from ddln_sym.kernel import decide
from ddln_sym.render.document.proofs import tell_step
from ddln_sym.statements import Compare, Equal, Evidence, Hypothesis, Setting, Verdict

x, y, z, a, b = sp.symbols("x y z a b", real=True)
n = sp.Symbol("n", integer=True, positive=True)
log, atan, sinh, pi = sp.log, sp.atan, sp.sinh, sp.pi


def given(*relations: Any) -> Setting:
    return Setting(tuple(Hypothesis("given", r) for r in relations))


def ge(left: Any, right: Any, *relations: Any) -> Compare:
    return Compare(left, right, given(*relations))


def positive(poly: Any, *relations: Any) -> Compare:
    return Compare(poly, 0, given(*relations), True)


def eq(left: Any, right: Any, *relations: Any) -> Equal:
    return Equal(left, right, given(*relations))


POSITIVE = [sp.Gt(s, 0) for s in (x, y, a, b)]
NONNEGATIVE = [sp.Ge(s, 0) for s in (x, y, z)]
SPLIT, WHOLE = x * log(x / a) + y * log(y / b), (x + y) * log((x + y) / (a + b))
SCHUR = x * (x - y) * (x - z) + y * (y - x) * (y - z) + z * (z - x) * (z - y)
ROOT = (x**3 - 2) ** 2

#: What is true, and what is false of its kind.
PAIRS: list[tuple[Any, Any]] = [
    (ge(SPLIT, WHOLE, *POSITIVE), ge(WHOLE, SPLIT, *POSITIVE)),
    (eq(atan(x) + atan(1 / x), pi / 2, sp.Gt(x, 0)), eq(atan(x) + atan(1 / x), pi / 2, sp.Lt(x, 0))),
    (eq(atan(x) + atan(1 / x), -pi / 2, sp.Lt(x, 0)), eq(atan(x) + atan(1 / x), pi / 2, sp.Ne(x, 0))),
    (eq(2 * atan(sp.exp(x)), atan(sinh(x)) + pi / 2), eq(2 * atan(sp.exp(x)), atan(sinh(x)) + pi / 3)),
    (ge(SCHUR, 0, *NONNEGATIVE), ge(SCHUR, 0)),
    (ge((1 + x) ** n, 1 + n * x, sp.Ge(x, -1)), ge((1 + x) ** n, 1 + n * x, sp.Ge(x, -3))),
    (ge((1 + x) ** a, 1 + a * x, sp.Gt(x, -1), sp.Ge(a, 1)), ge((1 + x) ** a, 1 + a * x, sp.Gt(x, -1))),
    (positive(ROOT + y**2 + 1), positive(ROOT + y**2)),
    (positive(ROOT + y**2, sp.Gt(y, 0)), positive(ROOT + y**2, sp.Gt(x, 1))),
    (positive(ROOT + (y - x) ** 2, sp.Lt(y, 0)), positive(ROOT + (y - x) ** 2)),
    (positive(ROOT + (y**2 - 3) ** 2, sp.Gt(y, 2)), positive(ROOT + (y**2 - 3) ** 2)),
    (positive(ROOT + y**2 + z**2 + 1), positive(ROOT + (y - 1) ** 2 + (z - x) ** 2)),
]


@pytest.mark.parametrize("true", [true for true, _ in PAIRS], ids=str)
def test_is_proved(true: Any) -> None:
    assert_proved(true)


@pytest.mark.parametrize("false", [false for _, false in PAIRS], ids=str)
def test_its_false_twin_is_refuted_at_a_point(false: Any) -> None:
    assert_refuted(false)


@pytest.mark.parametrize(
    "false",
    [
        # no slope wherever there is one, and equal at a place: but there is a gap, a jump, or no value
        eq(atan(x) + atan(1 / x), pi / 2, sp.Ge(x, -1), sp.Ne(x, 0)),
        eq(sp.sign(x) + atan(x), 1 + atan(x), sp.Ne(x, 0)),
        eq(sp.floor(x) + sp.exp(x), sp.exp(x)),
        eq(sp.Abs(sp.exp(x) - 1), sp.exp(x) - 1),
        eq(log(x - 5) + atan(x) + atan(1 / x), log(x - 5) + pi / 2, sp.Gt(x, 0)),
        eq(atan(x), 0, sp.Ge(x, 0)),
        eq(sp.exp(x), 1),
    ],
    ids=str,
)
def test_an_equation_is_not_proved(false: Equal) -> None:
    assert decide(false).verdict is not Verdict.PROVED


@pytest.mark.parametrize(
    "true",
    [
        positive(ROOT + y**2, sp.Ne(y, 0)),
        positive(ROOT + y**2, sp.Lt(x, 1)),
        positive(ROOT + (y - x) ** 2, sp.Lt(x * y, 1)),
        positive(ROOT + y**2 + log(x - 5) - log(x - 5), sp.Gt(x, 5)),
    ],
    ids=str,
)
def test_a_zero_outside_of_the_hypotheses_refutes_nothing(true: Compare) -> None:
    assert decide(true).verdict is not Verdict.REFUTED


def test_coordinates_are_exact() -> None:
    step = decide(positive(ROOT + (y**2 - 3) ** 2))
    assert step.evidence is Evidence.AT_ALGEBRAIC
    assert step.witness is not None
    assert step.witness.point == {"x": "2**(1/3)", "y": "sqrt(3)"}
    assert step.witness.values == {"left side": "0", "right side": "0"}


def test_the_slope_is_a_part_that_is_told() -> None:
    step = decide(PAIRS[1][0])
    assert step.evidence is Evidence.CONSTANT
    assert "has no slope" in str(tell_step(step))
    assert all(part.proved for part in step.parts) and len(step.parts) > 2
