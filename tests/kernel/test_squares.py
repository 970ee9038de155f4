"""Sums of squares: what is true has squares that multiply out, what is false has none, and no tampering passes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import sympy as sp

from ddln_sym.checker import Rejected, check_step
from ddln_sym.kernel import decide, signs
from ddln_sym.kernel.solver import SolverAnswer
from ddln_sym.kernel.squares import find_squares, multiplies_out
from ddln_sym.kernel.transcripts import transcript
from ddln_sym.statements import Compare, Evidence, Hypothesis, Setting, Verdict

a, b, c, w, x, y, r = sp.symbols("a b c w x y r", real=True)
u, v, p = sp.symbols("u:4", real=True), sp.symbols("v:4", real=True), sp.symbols("p:4", real=True)
small = sp.Rational(1, 100)
NOT_BELOW = tuple((s, False) for s in (a, b, c))
DISC = ((1 - x**2 - y**2, False), (r, True))

Case = tuple[Any, bool, tuple[Any, ...], tuple[Any, ...]]


def schwarz(n: int) -> Any:
    return (
        sum(s**2 for s in u[:n]) * sum(s**2 for s in v[:n]) - sum(s * t for s, t in zip(u[:n], v[:n], strict=True)) ** 2
    )


def variance(n: int) -> Any:
    pairs = list(zip(p[:n], v[:n], strict=True))
    return sum(p[:n]) * sum(s * t**2 for s, t in pairs) - sum(s * t for s, t in pairs) ** 2


def case(poly: Any, strict: bool = False, facts: Any = (), relations: Any = ()) -> Case:
    return sp.expand(poly), strict, tuple(facts), tuple(relations)


quartic, cubic = a**4 + b**4 + c**4 + w**4, a**3 + b**3 + c**3
motzkin = x**4 * y**2 + x**2 * y**4 - 3 * x**2 * y**2 + 1
well = x**4 - 3 * x**2 + sp.Rational(9, 4)
#: What has squares, and of its kind what is false.
PAIRS: dict[str, tuple[Case, Case]] = {
    "two squares": (case(a**2 + b**2 - a * b), case(a**2 + b**2 - 2 * a * b - small * a**2)),
    "four means": (case(quartic - 4 * a * b * c * w), case(quartic - (4 + small) * a * b * c * w)),
    "Motzkin": (case(motzkin), case(motzkin - small)),
    "three means": (
        case(cubic - 3 * a * b * c, facts=NOT_BELOW),
        case(cubic - (3 + small) * a * b * c, facts=NOT_BELOW),
    ),
    "disc": (case(r - x - y, False, DISC, (r**2 - 2,)), case((1 - small) * r - x - y, False, DISC, (r**2 - 2,))),
    "double well": (case(well + small, True), case(well - small, True)),
    "double well that vanishes": (case(well), case(well, True)),
    "strict by facts": (
        case(a**2 + b**2 - a * b, True, [(a, True), (b, True)]),
        case(a**2 + b**2 - 2 * a * b, True, [(a, True), (b, True)]),
    ),
    **{f"Schwarz {n}": (case(schwarz(n)), case(schwarz(n) - small * u[0] ** 2 * v[0] ** 2)) for n in (2, 3, 4)},
    **{
        f"variance {n}": (
            case(variance(n), False, [(s, True) for s in p[:n]]),
            case(variance(n) - small * p[0] ** 2 * v[0] ** 2, False, [(s, True) for s in p[:n]]),
        )
        for n in (3, 4)
    },
}


@pytest.mark.parametrize("name", PAIRS)
def test_what_is_true_has_squares_and_what_is_false_has_none(name: str) -> None:
    true, false = PAIRS[name]
    found = find_squares(*true)
    assert found is not None
    assert multiplies_out(*true, found)
    assert find_squares(*false) is None


@pytest.mark.parametrize("name", PAIRS)
def test_what_was_tampered_with_does_not_pass(name: str) -> None:
    true, false = PAIRS[name]
    found = find_squares(*true)
    assert found is not None
    (coefficient, used, square), *rest = found.terms
    for changed in ((coefficient + small, used, square), (-coefficient, used, square)):
        assert not multiplies_out(*true, replace(found, terms=(changed, *rest)))
    assert not multiplies_out(*true, replace(found, terms=tuple(rest)))
    assert not multiplies_out(*false, found)


def test_an_identity_proves_no_more_than_it_says() -> None:
    poly = a**2 - 2 * a * b + b**2
    found = find_squares(poly, False, (), ())
    assert found is not None
    assert not multiplies_out(poly, True, (), (), found)  # it vanishes at a = b
    weak = replace(found, times=0)
    assert not multiplies_out(poly, False, ((sp.Integer(1), False),), (), weak)  # a factor that may vanish


def test_they_are_used_where_z3_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    assert decide(Compare(schwarz(4), 0)).evidence is Evidence.SUM_OF_SQUARES
    monkeypatch.setattr(signs, "ask", lambda *args: SolverAnswer.UNKNOWN)
    for name in ("four means", "Motzkin", "Schwarz 3"):
        true, false = PAIRS[name]
        assert decide(Compare(true[0], 0)).evidence is Evidence.SUM_OF_SQUARES
        assert decide(Compare(false[0], 0)).verdict is not Verdict.PROVED


@pytest.mark.parametrize(
    "statement",
    [
        Compare(quartic, 4 * a * b * c * w),
        Compare(motzkin, 0),
        Compare(schwarz(4), 0),
        Compare(cubic, 3 * a * b * c, Setting(tuple(Hypothesis("given", sp.Ge(s, 0)) for s in (a, b, c)))),
        Compare(sp.sqrt(2), x + y, Setting((Hypothesis("given", sp.Le(x**2 + y**2, 1)),))),
    ],
    ids=str,
)
def test_what_z3_proves_is_checked_without_it(statement: Compare) -> None:
    record = transcript(decide(statement))
    assert "open" not in record
    assert check_step(record) == "inequality"
    answer = next(e["answer"] for e in record["answers"] if e["answer"] and "terms" in e["answer"])
    answer["terms"][0][0] = str(sp.Rational(answer["terms"][0][0]) + small)
    with pytest.raises(Rejected):
        check_step(record)


@pytest.mark.parametrize("step", ["inv", "eigh"])
def test_a_step_of_linear_algebra_that_fails_finds_nothing(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A matrix may turn out to be singular on some machine: then there are no squares, and no error."""

    def fail(matrix: Any) -> Any:
        raise np.linalg.LinAlgError("Singular matrix")

    one, other = (schwarz(3) + k * len(step) * u[0] ** 2 * v[0] ** 2 for k in (2, 3))
    assert find_squares(one, False, (), ()) is not None
    monkeypatch.setattr(np.linalg, step, fail)
    assert find_squares(other, False, (), ()) is None
