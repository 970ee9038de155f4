"""Random expressions and hypotheses, of which random statements are made."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Any

import sympy as sp

from ddln_sym.statements import Hypothesis, Index, RateRule, Setting

x, y, a, b, t = SYMBOLS = sp.symbols("x y a b t", real=True)
m, n = WHOLE = sp.symbols("m n", integer=True)
u = sp.IndexedBase("u", real=True)
f = sp.Function("f", real=True)
j, k = Index("j"), Index("k")
L = sp.Symbol("L", integer=True, positive=True)
NUMBERS = [sp.Rational(q) for q in ("0", "1", "-1", "2", "-2", "3", "1/2", "-1/2", "1/3", "4", "5")]
VALUES = [
    Fraction(q) for q in ("0", "1", "-1", "2", "-2", "3", "1/2", "-1/2", "-3", "1/3", "7/5", "-9/4", "10", "1/100")
]
UNARY: list[Callable[[Any], Any]] = [
    sp.sqrt, sp.Abs, sp.sign, sp.exp, sp.log, sp.sinh, sp.cosh, sp.asinh, lambda e: 1 / e, lambda e: e**2,
    lambda e: e ** sp.Rational(1, 3), lambda e: e**3, sp.atan, sp.cos,
]  # fmt: skip


def expression(rng: Random, depth: int, symbols: tuple[Any, ...] = (x, y, a)) -> Any:
    """A random expression; what is not defined anywhere is drawn again."""
    for _ in range(20):
        found = _expression(rng, depth, symbols)
        if not found.has(sp.zoo, sp.nan, sp.oo, sp.I, sp.im, sp.re, sp.arg):
            return found
    return symbols[0]


def _expression(rng: Random, depth: int, symbols: tuple[Any, ...]) -> Any:
    if depth == 0 or rng.random() < 0.15:
        return rng.choice(symbols) if rng.random() < 0.75 else rng.choice(NUMBERS[1:])
    if rng.random() < 0.45:
        return rng.choice(UNARY)(_expression(rng, depth - 1, symbols))
    one, other = (_expression(rng, depth - 1, symbols) for _ in range(2))
    return rng.choice([one + other, one - other, one * other, one * other, one / other if other != 0 else one])


def relation(rng: Random, symbols: tuple[Any, ...]) -> Any:
    side = rng.choice(symbols) if rng.random() < 0.6 else expression(rng, 1, symbols)
    other = rng.choice(NUMBERS) if rng.random() < 0.7 else rng.choice(symbols)
    return rng.choice([sp.Gt, sp.Gt, sp.Ge, sp.Ne, sp.Ne, sp.Lt, sp.Le, sp.Eq])(side, other)


def given(rng: Random, symbols: tuple[Any, ...], most: int = 3) -> tuple[Hypothesis, ...]:
    relations = [relation(rng, symbols) for _ in range(rng.randint(0, most))]
    return tuple(Hypothesis("given", r) for r in relations if r not in (sp.true, sp.false))


def rewritten(rng: Random, e: Any) -> Any:
    """Another way to write an expression, which may hold only where something is positive."""
    ways = [
        sp.expand,
        sp.factor,
        sp.together,
        lambda e: sp.expand_log(e, force=True),
        lambda e: sp.logcombine(e, force=True),
        lambda e: sp.powsimp(e, force=True),
        lambda e: sp.powdenest(e, force=True),
        lambda e: e.rewrite(sp.exp),
        lambda e: e.rewrite(sp.log),
        sp.cancel,
    ]
    try:
        return rng.choice(ways)(e)
    except (NotImplementedError, ValueError, TypeError, AttributeError, ZeroDivisionError, sp.PolynomialError):
        return e


def setting(rng: Random, symbols: tuple[Any, ...] = (x, y, a)) -> Setting:
    rates = ()
    if rng.random() < 0.4:
        moving = rng.sample([x, y], rng.randint(1, 2))
        rates = tuple(RateRule(s, expression(rng, rng.randint(0, 2), symbols)) for s in moving)
    return Setting(given(rng, symbols), rates)
