"""Limits, and inequalities by them: what a rule tells agrees with numbers near the end, and nothing false is proved."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import pytest
import sympy as sp
from twins import assert_proved, assert_refuted

from ddln_sym.kernel import decide
from ddln_sym.kernel.covers import cover, simplest
from ddln_sym.kernel.limits import find_limit
from ddln_sym.statements import Compare, Equal, Evidence, Hypothesis, Setting, TendsTo, Verdict, sum_over

x, y, c, rate = sp.symbols("x y c lambda", real=True)
n, d = sp.symbols("n d", integer=True, positive=True)
exp, log, sqrt, oo = sp.exp, sp.log, sp.sqrt, sp.oo
sinh, cosh, tanh, asinh, atan, coth = sp.sinh, sp.cosh, sp.tanh, sp.asinh, sp.atan, sp.coth
ABOVE, OFF = sp.Gt(x, 0), sp.Ne(x, 0)
third = sp.Rational(1, 3)


def given(*relations: Any) -> Setting:
    return Setting(tuple(Hypothesis("given", r) for r in relations))


def ge(left: Any, right: Any, *relations: Any) -> Compare:
    return Compare(left, right, given(*relations))


def gt(left: Any, right: Any, *relations: Any) -> Compare:
    return Compare(left, right, given(*relations), True)


def sized(statement: Compare) -> Compare:
    return Compare(statement.lhs, statement.rhs, Setting((), (), d), statement.strict)


#: A function, where its limit is taken, and the limit.
LIMITS: list[tuple[Any, Any, int, Any]] = [
    (x * log(1 + 1 / x), oo, 0, 1),
    ((1 + 1 / x) ** x, oo, 0, sp.E),
    (x * log(x), 0, 1, 0),
    (sp.sin(x) / x, 0, 0, 1),
    ((1 - sp.cos(x)) / x**2, 0, 0, sp.Rational(1, 2)),
    (x / (exp(x) - 1), 0, 0, 1),
    (x / (exp(x) - 1), oo, 0, 0),
    (x**3 * exp(-x), oo, 0, 0),
    (exp(x) / x**8, oo, 0, oo),
    (x - log(1 + exp(x)), oo, 0, 0),
    (x * (sp.pi / 2 - atan(x)), oo, 0, 1),
    (sqrt(x**2 + x) - x, oo, 0, sp.Rational(1, 2)),
    (exp(-1 / x) / x**3, 0, 1, 0),
    (asinh(x) - log(2 * x), oo, 0, 0),
    (log(cosh(x)) - x, oo, 0, -log(2)),
    (x * exp(-(x**2)), -oo, 0, 0),
    (x**x, 0, 1, 1),
    (log(x) ** 3 / x, oo, 0, 0),
    (tanh(x), oo, 0, 1),
    (1 / x, 0, -1, -oo),
    ((x**2 + 1) / (2 * x**2 - x), oo, 0, sp.Rational(1, 2)),
    (exp(x) - exp(2 * x), oo, 0, -oo),
    (sp.Abs(x) / x, 0, -1, -1),
    (x * (sqrt(x**2 + 4) - x), oo, 0, 2),
    (x * asinh(3 / x) - sqrt(x**2 + 9) + x, oo, 0, 3),
    (sqrt(x**2 + 4) / (x * asinh(x) ** 9), oo, 0, 0),
    (asinh(x) / x, -oo, 0, 0),
    (asinh(x) + log(-x), -oo, 0, -log(2)),
]


@pytest.mark.parametrize(("function", "end", "side", "value"), LIMITS, ids=str)
def test_a_limit_is_found_and_another_is_refuted(function: Any, end: Any, side: int, value: Any) -> None:
    assert decide(TendsTo(function, x, end, value, Setting(), side)).verdict is Verdict.PROVED
    other = decide(TendsTo(function, x, end, third, Setting(), side))
    assert other.verdict is Verdict.REFUTED
    assert other.witness is not None


@pytest.mark.parametrize(("function", "end", "side", "value"), LIMITS, ids=str)
def test_the_function_is_near_its_limit(function: Any, end: Any, side: int, value: Any) -> None:
    """By numbers, with mpmath: nearer to the end, nearer to the limit, or beyond every bound."""
    f = sp.lambdify(x, function, "mpmath")
    with mpmath.workdps(120):
        for direction in (1, -1) if side == 0 and end == 0 else (side or 1,):
            sign, power = (direction, -1) if end == 0 else (1 if end is oo else -1, 1)
            near = [f(sign * mpmath.mpf(10) ** (power * k)) for k in (2, 4)]
            if value in (oo, -oo):
                assert abs(near[1]) > abs(near[0])
                assert (near[1] > 0) == (value is oo)
            else:
                errors = [abs(v - mpmath.mpf(sp.N(value, 100))) for v in near]
                assert errors[1] <= errors[0] / 2


UNKNOWN = [
    TendsTo(sp.sin(x), x, oo, 0),
    TendsTo(x * sp.sin(x), x, oo, oo),
    TendsTo(exp(-rate * x), x, oo, 0),  # the rate may be negative
    TendsTo(log(-x) - log(-2 * x), x, oo, -log(2)),  # which has no real value
    TendsTo(exp(c * x) / (c * exp(c * x)), x, oo, 1 / c),  # c may be 0
    TendsTo(sqrt(-x) / sqrt(-x - 1), x, oo, 1),
    TendsTo(sp.floor(x) / x, x, oo, 1),
    TendsTo(exp(-rate * x), x, oo, 0, given(sp.Gt(rate, 0), sp.Lt(rate, 0))),
]


@pytest.mark.parametrize("statement", UNKNOWN, ids=str)
def test_what_no_rule_tells_is_left_open(statement: TendsTo) -> None:
    assert decide(statement).verdict is Verdict.UNDECIDED


def test_a_limit_with_constants_of_which_something_is_known() -> None:
    assert decide(TendsTo(exp(-rate * x), x, oo, 0, given(sp.Gt(rate, 0)))).proved
    assert decide(TendsTo((1 + c / x) ** x, x, oo, exp(c), given(sp.Gt(c, 0)))).proved
    assert decide(TendsTo(c + exp(-rate * x), x, oo, 1, given(sp.Gt(rate, 0)))).verdict is Verdict.REFUTED


def test_a_parameter_without_a_sign_leaves_finite_limits_alone() -> None:
    grown = x * (sqrt(c**2 + x**2) - x)
    assert decide(TendsTo(grown, x, oo, c**2 / 2)).proved
    assert decide(TendsTo(grown, x, oo, c**2)).verdict is Verdict.REFUTED
    assert decide(TendsTo(c * asinh(c / x) - sqrt(c**2 + x**2) + x, x, oo, 0)).proved
    assert decide(TendsTo(c * x, x, oo, oo)).verdict is Verdict.UNDECIDED
    assert decide(TendsTo(c / x, x, oo, 0)).proved


def test_a_hypentropy_grows_like_its_argument_times_the_logarithm() -> None:
    q = 2 - sqrt(4 + x**2) + x * asinh(x / 2)
    assert decide(TendsTo(q / (x * log(x)), x, oo, 1)).proved
    assert decide(TendsTo(q / (x * log(x)), x, oo, 2)).verdict is Verdict.REFUTED


def test_limits_of_both_sides_have_to_agree() -> None:
    assert decide(TendsTo(1 / x, x, 0, oo)).verdict is Verdict.REFUTED
    assert decide(TendsTo(1 / x, x, 0, oo, Setting(), 1)).proved


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: TendsTo(x, x, x, 0), "the end of TendsTo"),
        (lambda: TendsTo(x, n, 0, 0), "the variable of TendsTo"),
        (lambda: TendsTo(x, x, 0, 0, Setting(), 2), "the side of TendsTo"),
        (lambda: TendsTo(x, x, 0, 0, given(ABOVE)), "say from which side"),
    ],
)
def test_a_limit_that_is_none(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_the_sign_of_a_constant_is_asked_for() -> None:
    assert find_limit(exp(c * x), x, oo, 1, lambda e: None) is None
    found = find_limit(exp(c * x), x, oo, 1, lambda e: -1)
    assert found is not None
    assert found.value == 0


#: A true inequality, and one of its kind that is false.
PAIRS = [
    (gt(sp.E, (1 + 1 / n) ** n), gt(sp.Rational(27, 10), (1 + 1 / n) ** n)),
    (gt((1 + 1 / n) ** (n + 1), sp.E), gt((1 + 1 / n) ** (n + third), sp.E)),
    (gt(sp.E, (1 + 1 / x) ** x, ABOVE), gt(sp.E, (1 + 1 / x) ** (x + 1), ABOVE)),
    (ge(exp(x**2 / 2), cosh(x)), ge(exp(x**2 / 3), cosh(x))),
    (ge(x * coth(x), 1, OFF), ge(x * coth(x), sp.Rational(11, 10), OFF)),
    (ge(x / tanh(x), 1, OFF), gt(1, tanh(x) / x / 2 + sp.Rational(3, 5), OFF)),
    (gt(log(1 + 1 / x), 1 / (1 + x), ABOVE), gt(log(1 + 1 / x), 1 / (x + third), ABOVE)),
    (ge(atan(x), sp.pi / 2 - 1 / x, ABOVE), ge(atan(x), sp.pi / 2 - 1 / (2 * x), ABOVE)),
    (ge(x / (exp(x) - 1), 1 - x / 2, ABOVE), ge(x / (exp(x) - 1), 1 - x / 3, ABOVE)),
    (ge(1 / (1 - exp(-x)), 1 / x, ABOVE), ge(1 / (1 - exp(-x)), 2 / x, ABOVE)),
    (ge(1, 2 * x * exp(-(x**2))), ge(sp.Rational(17, 20), 2 * x * exp(-(x**2)))),
    (ge(exp(-1), x * exp(-x)), ge(sp.Rational(9, 25), x * exp(-x))),
    (ge(x**2 + 1, 2 * sp.sin(x)), ge(x**2 + sp.Rational(3, 4), 2 * sp.sin(x))),
    (gt(sp.Rational(3, 2), x ** (1 / x), ABOVE), gt(sp.Rational(7, 5), x ** (1 / x), ABOVE)),
    (gt(3, sp.Max(x, exp(x)), sp.Le(sp.Abs(x), 1)), gt(2, sp.Max(x, exp(x)), sp.Le(sp.Abs(x), 1))),
    (gt((x**2 - 2) ** 2, 0, sp.Gt(x, 2)), gt((x**2 - 2) ** 2, 0)),
    (gt(1 / x, 0, ABOVE), gt(1 / x, third, ABOVE)),
    (sized(ge(2, sum_over(lambda j: 1 / j**2))), sized(ge(sp.Rational(3, 2), sum_over(lambda j: 1 / j**2)))),
    (sized(gt(1, sum_over(lambda j: 2**-j))), sized(gt(sp.Rational(9, 10), sum_over(lambda j: 2**-j)))),
    (sized(ge(1, sum_over(lambda j: 1 / (j * (j + 1))))), sized(ge(third * 2, sum_over(lambda j: 1 / (j * (j + 1)))))),
    (sized(ge(2, sum_over(lambda j: j * 2**-j))), sized(ge(sp.Rational(19, 10), sum_over(lambda j: j * 2**-j)))),
]  # fmt: skip


@pytest.mark.parametrize("true", [true for true, _ in PAIRS], ids=str)
def test_is_proved(true: Compare) -> None:
    assert_proved(true)


@pytest.mark.parametrize("false", [false for _, false in PAIRS], ids=str)
def test_its_false_twin_is_refuted_at_a_point(false: Compare) -> None:
    assert_refuted(false)


@pytest.mark.parametrize(
    "false",
    [
        # the limit is not negative, and the function does not fall towards it; a pole, a jump, or the end belongs to it
        ge(exp(-x), third, ABOVE),
        gt(1 / x - 1 / x**2, 0, ABOVE),
        ge(-1 / x, 0, sp.Ge(x, -1), OFF),
        ge(atan(1 / x), 0, sp.Ge(x, -1), OFF),
        ge(exp(-x) - sp.Abs(x - 1), 0, ABOVE),
        ge(x * exp(-x) - third, 0, ABOVE),
        ge(sp.floor(x) - x, 0, ABOVE),
        gt(sp.sin(x) / x, 0, ABOVE),
        gt(x - tanh(x), 0, sp.Ge(x, 0)),
        ge((x - sp.Rational(12, 11)) ** 2 - sp.Rational(1, 10**8), 0, sp.Ge(x, 1), sp.Le(x, 2)),
        ge(exp(x) * (x - sp.Rational(12, 11)) ** 2 - sp.Rational(1, 10**8), 0, sp.Ge(x, 1), sp.Le(x, 2)),
    ],
    ids=str,
)
def test_is_not_proved(false: Compare) -> None:
    assert decide(false).verdict is not Verdict.PROVED


def test_a_limit_is_a_part_that_is_proved_by_itself() -> None:
    step = decide(PAIRS[7][0])
    assert step.evidence is Evidence.TOWARDS
    assert "x*atan(x)" in str(step.proposition) or any(isinstance(part.proposition, TendsTo) for part in step.walk())


def test_a_cover_needs_a_function_that_is_positive_everywhere() -> None:
    assert cover(exp(x) - x, x, sp.Integer(-1), sp.Integer(1))
    assert cover(exp(x) - x - 1, x, sp.Integer(-1), sp.Integer(1)) is None
    assert cover(1 / x, x, sp.Integer(-1), sp.Integer(1)) is None
    assert cover(x * y, x, sp.Integer(1), sp.Integer(2)) is None


def test_an_algebraic_witness_is_called_one() -> None:
    step = decide(gt((x**2 - 2) ** 2 * (y**2 + 1), 0))
    assert step.evidence is Evidence.AT_ALGEBRAIC
    assert step.witness is not None
    assert step.witness.point == {"y": "1", "x": "sqrt(2)"}
    assert decide(Equal(sp.Abs(x), 1, given(sp.Eq(x**2, 1)))).proved


def test_the_simplest_number_between_two() -> None:
    low, high = Fraction(141, 100), Fraction(142, 100)
    found = simplest(low, high)
    assert low <= found <= high
    assert found.denominator == 12
