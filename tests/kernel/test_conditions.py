"""The side conditions of ``f(g(x))`` are those of f at an opaque symbol and those of g: none is lost on the way.

The expressions are built without evaluation, for SymPy would turn ``exp(log x)`` into x before anybody sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import mpmath
import pytest
import sympy as sp
from evaluator import DIGITS, Place, Undefined
from random_expressions import VALUES, x

from ddln_sym.kernel.normal_forms import Tower
from ddln_sym.kernel.tower import _RULES
from ddln_sym.statements import Setting

S = sp.Symbol("s", real=True)  # opaque: of it no more is known than that it is real


def _power(exponent: Any) -> Callable[[Any], Any]:
    return lambda e: sp.Pow(e, exponent, evaluate=False)


def _head(head: Any) -> Callable[[Any], Any]:
    return lambda e: head(e, evaluate=False)


A = sp.Symbol("a", real=True)
FUNCTIONS = (
    sp.Abs, sp.sign, sp.exp, sp.log, sp.sinh, sp.cosh, sp.tanh, sp.asinh, sp.sin, sp.cos, sp.tan, sp.atan
)  # fmt: skip
HEADS: dict[str, Callable[[Any], Any]] = {
    **{head.__name__: _head(head) for head in FUNCTIONS},
    **{f"power {q}": _power(sp.Rational(q)) for q in ("-1", "-2", "2", "1/2", "-1/2", "3/2", "1/3", "-2/3", "0")},
    "power a": _power(A),
    "sum": lambda e: sp.Add(e, -e, 1, evaluate=False),
    "product": lambda e: sp.Mul(0, e, evaluate=False),
    "quotient": lambda e: sp.Mul(e, sp.Pow(e, -1, evaluate=False), evaluate=False),
}


@pytest.fixture(autouse=True)
def precision() -> Iterator[None]:
    with mpmath.workdps(DIGITS):
        yield


def _places(symbol: Any) -> Iterator[Place]:
    for value in VALUES:
        for exponent in VALUES[:4]:
            yield Place({symbol: value, A: exponent})


def _has_value(expr: Any, place: Place) -> bool:
    try:
        return bool(mpmath.isfinite(place.dual(expr, {})[0]))
    except Undefined:
        return False


def _allowed(tower: Tower, place: Place) -> bool:
    """Whether all side conditions hold at a place."""
    signs = {"≠ 0": lambda v: v != 0, "≥ 0": lambda v: v >= 0, "> 0": lambda v: v > 0}
    try:
        return all(signs[c.kind](place.dual(tower.explain(c.poly), {})[0]) for c in tower.conditions)
    except Undefined:
        return False


def _lifted(expr: Any) -> Tower | None:
    tower = Tower(Setting())
    try:
        tower.lift(expr)
    except (ValueError, ZeroDivisionError):
        return None  # refused everywhere
    return tower


@pytest.mark.parametrize("inner", HEADS)
def test_no_condition_is_lost(inner: str) -> None:
    """The kernel allows a place only where g has a value, and f one at the value of g."""
    made = HEADS[inner](x)
    for outer, head in HEADS.items():
        whole = _lifted(head(made))
        for place in _places(x) if whole is not None else ():
            if _allowed(whole, place):
                assert _has_value(made, place), f"{outer} of {inner} at {place.values}"
                assert _has_value(head(made), place), f"{outer} of {inner} at {place.values}"


@pytest.mark.parametrize("outer", HEADS)
def test_conditions_are_those_at_an_opaque_symbol(outer: str) -> None:
    """Nothing but what g needs is added to what f needs of a symbol that stands for ``g(x)``."""
    opaque = _lifted(HEADS[outer](S))
    assert opaque is not None
    for inner in ("sum of", "asinh", "cosh"):  # these have values everywhere, and no signs that could be used
        made = x + 1 if inner == "sum of" else HEADS[inner](x)
        whole = _lifted(HEADS[outer](made))
        for place in _places(x) if whole is not None else ():
            value = place.dual(made, {})[0]
            there = Place({A: place.values[A], S: Fraction(int(value * 2**80), 2**80)})
            assert _allowed(whole, place) <= _allowed(opaque, there), f"{outer} of {inner} at {place.values}"


def test_the_heads_are_those_of_the_kernel() -> None:
    tried = {*FUNCTIONS, sp.Add, sp.Mul, sp.Pow}
    names = {head.__name__ for head in _RULES} - {head.__name__ for head in tried}
    everywhere = {"erf", "floor", "ceiling", "Max", "Min"}  # these have a value wherever their arguments have one
    assert names == everywhere | {
        "Indexed", "Symbol", "NumberSymbol", "Rate", "Derivative", "SumOver", "ProductOver", "AppliedUndef",
    }  # fmt: skip
