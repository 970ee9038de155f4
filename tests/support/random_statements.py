"""Random statements of every kind, true and false, and points at which they can be tried.

Most are built to be nearly true: an identity with a hypothesis too few, a chain of functions that SymPy likes to
simplify, a theorem with a premise missing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import sympy as sp
from random_consequences import consequence
from random_expressions import NUMBERS, UNARY, L, a, expression, f, given, j, k, m, n, rewritten, setting, u, x, y
from random_sums import counted, integral, matrices, vectors

from ddln_sym.statements import (
    Commutes,
    Compare,
    Denied,
    Domain,
    Equal,
    FullRank,
    Holds,
    Hypothesis,
    Needed,
    Rate,
    RateRule,
    SeparateBlocks,
    Setting,
    product_over,
    sum_over,
)


# -- the kinds ------------------------------------------------------------------------------------------
def equality(rng: Random) -> Any:
    where, left = setting(rng), expression(rng, rng.randint(1, 3))
    if where.rates and rng.random() < 0.7:
        left = Rate(left)
        moved = sum(sp.diff(left.args[0], r.quantity) * r.value for r in where.rates)
        return Equal(left, rng.choice([moved, sp.expand(moved), 0, 2 * moved]), where)
    right = rewritten(rng, left)
    if rng.random() < 0.3:
        right = right * rng.choice([-1, 2, 1]) + rng.choice([0, 0, 1])
    return Equal(left, right, where)


def chain(rng: Random) -> Any:
    """A function of a function, against what SymPy makes of it."""
    inner = expression(rng, 1, (x, a))
    f, g = rng.choice(UNARY), rng.choice(UNARY)
    outer = f(g(inner))
    where = Setting(given(rng, (x, a), 2))
    return rng.choice([Equal(outer, rewritten(rng, outer), where), Compare(outer, rng.choice(NUMBERS), where, True)])


def inequality(rng: Random) -> Any:
    where, symbols = setting(rng), (x, y, a)
    left, right = expression(rng, 2, symbols), expression(rng, rng.randint(0, 2), symbols)
    form = rng.randrange(4)
    if form == 0:
        left, right = left**2 + right**2, 2 * left * right
    elif form == 1:
        left, right = sp.Abs(left) + sp.Abs(right), sp.Abs(left + right)
    elif form == 2 and where.rates:
        left, right = Rate(left), sp.Integer(0)
    return Compare(left, right, where, rng.random() < 0.4)


def indexed(rng: Random) -> Any:
    """Sums and products over a symbolic number of indices, with hypotheses about all of them."""
    size = rng.choice([L, L, sp.Integer(2), sp.Integer(3)])
    hypotheses = []
    if rng.random() < 0.7:
        bound = rng.choice([sp.Gt, sp.Ge, sp.Ne])(u[k] ** rng.choice([1, 1, 2]), rng.choice([0, 0, 1, a]))
        hypotheses.append(Hypothesis("given", bound, k, rng.choice([(), (), (j,)])))
    hypotheses += given(rng, (x, a, n), 1)
    terms: list[Any] = [lambda p: u[p], lambda p: u[p] ** 2, lambda p: x * u[p], lambda p: sp.sqrt(u[p])]
    term = rng.choice([*terms, lambda p: 1 / u[p]])
    head = rng.choice([sum_over, product_over])
    whole, rest = head(term), head(term, (j,))
    place = rng.choice([j, j, n, n + 1, sp.Integer(1), sp.Integer(3), sp.Integer(0)])
    where = Setting(tuple(hypotheses), (), size)
    split = rest + term(j) if head is sum_over else rest * term(j)
    return rng.choice(
        [
            Equal(whole, split, where),
            Compare(whole, 0, where, rng.random() < 0.5),
            Compare(rest, 0, where, rng.random() < 0.5),
            Compare(u[place], rng.choice([0, 1]), where, rng.random() < 0.5),
            Compare(u[place] ** 2, 0, where, True),
            Equal(head(lambda p: term(p) ** 2), whole**2, where),
            Compare(whole, rest, where),
        ]
    )


def formula(rng: Random) -> Any:
    def whole(depth: int) -> Any:
        if depth == 0:
            return rng.choice([m, n, n, sp.Integer(rng.randint(-3, 3))])
        one, other = whole(depth - 1), whole(depth - 1)
        return rng.choice([one + other, one - other, one * other, one, _quotient(rng, one, other)])

    def atom() -> Any:
        return rng.choice([sp.Eq, sp.Le, sp.Lt, sp.Ne, sp.Ge])(whole(2), whole(1))

    shifted = sp.Eq(sp.floor(n / m) + 1, sp.floor((n + m) / m))
    for _ in range(20):
        try:
            found = rng.choice([
                lambda: sp.Implies(atom(), atom()), lambda: sp.Or(atom(), atom()), atom, lambda: shifted,
                lambda: sp.Not(sp.And(atom(), atom())),
            ])()  # fmt: skip
            hypotheses = tuple(Hypothesis("given", h) for h in (atom(),) if rng.random() < 0.5)
        except (ZeroDivisionError, TypeError):
            continue
        if found not in (sp.true, sp.false) and not found.has(sp.zoo, sp.nan):
            statement = Holds(found, Setting(tuple(h for h in hypotheses if not h.relation.has(sp.zoo, sp.nan))))
            return Denied(statement) if rng.random() < 0.2 else statement
    return Holds(sp.Gt(m, n))


def _quotient(rng: Random, one: Any, other: Any) -> Any:
    if other == 0:
        return one
    return sp.floor(one / other) if rng.random() < 0.5 else sp.Mod(one, other)


def polynomial(rng: Random, symbols: tuple[Any, ...]) -> Any:
    terms = []
    for _ in range(rng.randint(1, 2)):
        powers = [s ** rng.choice([0, 1, 1, 2]) for s in symbols]
        terms.append(rng.choice([1, 1, -1, 2]) * sp.Mul(*powers))
    return sp.expand(sum(terms))


def fields(rng: Random) -> Any:
    symbols = (x, y, a)[: rng.randint(1, 3)]
    components = tuple(polynomial(rng, symbols) for _ in range(rng.randint(1, 2)))
    if rng.random() < 0.3:
        return Commutes(components, symbols)
    avoids = tuple(tuple(rng.sample(symbols, rng.randint(1, len(symbols)))) for _ in range(rng.randint(0, 2)))
    positive = tuple(rng.choice([s, -s, s - 1, polynomial(rng, symbols)]) for s in symbols if rng.random() < 0.5)
    kind = FullRank if rng.random() < 0.8 else SeparateBlocks
    return kind(components, symbols, Domain(avoids, positive))


def powers(rng: Random) -> Any:
    """Laws of powers whose exponents are whole symbols, or the depth."""
    bases = [x, a, x * a, -x, x**2, sp.Abs(x), sp.Integer(2), sp.Integer(-1), 1 / x, x + 1, sp.Integer(0)]
    b, c = rng.choice(bases), rng.choice(bases)
    p, q = (rng.choice([n, m, L, n + 1, 2 * n, L - 2, 1 / L, n - m, 2 / L]) for _ in range(2))
    where = Setting(given(rng, (x, a), 2) + given(rng, (n, m, L), 2))
    return rng.choice(
        [
            Equal(b**p * b**q, b ** (p + q), where),
            Equal((b**p) ** q, b ** (p * q), where),
            Equal((b * c) ** p, b**p * c**p, where),
            Equal(b**p / b**q, b ** (p - q), where),
            Compare(b**p, rng.choice([0, 1]), where, rng.random() < 0.5),
            Compare(b**p, c**p, where, rng.random() < 0.3),
            Compare(b ** (p + q), b**p, where),
            Equal(Rate(b**p), p * b ** (p - 1), Setting(where.hypotheses, (RateRule(x, rng.choice([1, x])),))),
        ]
    )


def cases(rng: Random) -> Any:
    """Moduli, signs, the least and the greatest of two, and functions by cases."""
    one, other = (expression(rng, rng.randint(0, 1), (x, y)) for _ in range(2))
    parts = [
        sp.Abs(one),
        sp.Max(one, other),
        sp.Min(one, other),
        sp.sign(one),
        sp.sign(one) * one,
        sp.Piecewise((one, one > 0), (-one, True)),
        sp.Piecewise((one, sp.Gt(one, other)), (other, True)),
        (one + other + sp.Abs(one - other)) / 2,
        (sp.Abs(one + other) - sp.Abs(one - other)) / 2,
        sp.Abs(sp.Abs(one) - sp.Abs(other)),
        one,
        rng.choice(NUMBERS),
    ]
    left, right = rng.sample(parts, 2)
    where = Setting(given(rng, (x, y), 2))
    form = rng.randrange(4)
    if form == 0:
        return Equal(left, right, where)
    if form == 1:
        return Holds(rng.choice([sp.Ge, sp.Eq, sp.Gt])(left, right), where)
    if form == 2:
        return Equal(left * rng.choice(parts), right * rng.choice(parts), where)
    return Compare(left, right, where, rng.random() < 0.3)


def conservation(rng: Random) -> Any:
    """Quantities that flows of a few variables, or of any number of layers, keep or nearly keep."""
    if rng.random() < 0.5:
        common = expression(rng, rng.randint(0, 2), (x, y, a))
        rates = rng.choice(
            [
                ((x, y * common), (y, x * common)),
                ((x, common), (y, -common)),
                ((x, x * common), (y, y * common)),
                ((x, x * y * common), (y, y**2 * common)),
                ((x, common / x), (y, common / y)),
            ]
        )
        kept = [x**2 - y**2, x + y, x / y, x * y, sp.log(x) - sp.log(y), sp.Abs(x) / sp.Abs(y), sp.sqrt(x) / sp.sqrt(y)]
        quantity = rng.choice([*kept, expression(rng, 2, (x, y))])
        return Equal(Rate(quantity), 0, Setting(given(rng, (x, y, a), 2), tuple(RateRule(*rate) for rate in rates)))
    size = rng.choice([L, L, sp.Integer(3)])
    rate = rng.choice(
        [
            lambda p: a * product_over(lambda q: u[q], (p,)),
            lambda p: a * u[p],
            lambda p: a / u[p],
            lambda p: a * sum_over(lambda q: u[q]),
            lambda p: a,
            lambda p: a * product_over(lambda q: u[q]),
        ]
    )
    hypotheses = tuple(
        h
        for h in (
            Hypothesis("given", sp.Ne(u[k], 0), k),
            Hypothesis("given", sp.Gt(u[k], 0), k),
            Hypothesis("given", sp.Ne(j, k)),
            Hypothesis("given", sp.Ge(L, 2)),
        )
        if rng.random() < 0.4
    )
    places = [j, k, sp.Integer(1), sp.Integer(2)]
    one, other = rng.choice(places), rng.choice(places)
    quantity = rng.choice(
        [
            u[one] ** 2 - u[other] ** 2,
            u[one] - u[other],
            u[one] / u[other],
            sum_over(lambda q: u[q] ** 2) - rng.choice([L, size]) * u[one] ** 2,
            sp.log(u[one]) - sp.log(u[other]),
            product_over(lambda q: u[q]) / u[one] ** size,
            u[one] ** 2 - 2 * u[other] ** 2,
        ]
    )
    return Equal(Rate(quantity), 0, Setting(hypotheses, (RateRule(u[k], rate(k), k),), size))


def quantified(rng: Random) -> Any:
    """Formulas about an arbitrary function of whole numbers, with hypotheses about all places."""
    every = rng.choice(
        [
            sp.Gt(f(k), 0), sp.Ge(f(k), f(1)), sp.Ge(f(k), k), sp.Ne(f(k), 0), sp.Le(f(k), 2), sp.Eq(f(k), f(1)),
            sp.Ge(f(k), m), sp.Implies(sp.Gt(k, 1), sp.Gt(f(k), 0)),
        ]
    )  # fmt: skip
    hypotheses = [Hypothesis("given", every, k, rng.choice([(), (), (n,), (sp.Integer(1),)]))]
    places = [n, m, n + 1, sp.Integer(1), sp.Integer(0), sp.Integer(3), j, n - m]

    def atom() -> Any:
        one, other = rng.choice(places), rng.choice(places)
        return rng.choice(
            [
                sp.Gt(f(one), 0), sp.Ge(f(one), f(other)), sp.Ne(f(one), 0), sp.Eq(f(one), f(other)), sp.Ge(one, other),
                sp.Ge(f(one), one), sp.Ge(one, 1), sp.Ge(f(one) + f(other), 0), sp.Eq(one, other),
            ]
        )  # fmt: skip

    hypotheses += [Hypothesis("given", h) for h in (atom(),) if rng.random() < 0.6 and h not in (sp.true, sp.false)]
    for _ in range(20):
        found = rng.choice([lambda: sp.Implies(atom(), atom()), lambda: sp.Or(atom(), atom()), atom])()
        if found not in (sp.true, sp.false):
            size = rng.choice([None, None, L, sp.Integer(2)])
            return Holds(found, Setting(tuple(hypotheses), (), size))
    return Holds(sp.Gt(f(n), 0), Setting(tuple(hypotheses)))


def derivative(rng: Random) -> Any:
    """A derivative against what SymPy makes of it, or of what the expression is rewritten to."""
    body = expression(rng, rng.randint(1, 3), (x, a))
    other = rng.choice([sp.diff(body, x), sp.diff(rewritten(rng, body), x), rewritten(rng, sp.diff(body, x))])
    where = Setting(given(rng, (x, a), 2))
    return Equal(sp.Derivative(body, x), other * rng.choice([1, 1, 1, 2]), where)


def about(rng: Random) -> Any:
    """The opposite of a statement, or a statement that needs its hypotheses."""
    statement = rng.choice([equality, chain, inequality, cases, powers])(rng)
    if rng.random() < 0.5 or not statement.setting.hypotheses or isinstance(statement, Holds):
        return Denied(statement)
    needed = statement.setting.hypotheses
    return Needed(replace(statement, setting=replace(statement.setting, hypotheses=())), needed)


KINDS: dict[str, Callable[[Random], Any]] = {
    "equality": equality,
    "chain": chain,
    "inequality": inequality,
    "indexed": indexed,
    "formula": formula,
    "fields": fields,
    "theorem": consequence,
    "powers": powers,
    "cases": cases,
    "conservation": conservation,
    "quantified": quantified,
    "derivative": derivative,
    "about": about,
    "vectors": vectors,
    "matrices": matrices,
    "counted": counted,
    "integral": integral,
}


def statement(seed: int) -> tuple[str, Any] | None:
    """The statement of a seed with its kind; None if it cannot be stated."""
    rng = Random(seed)
    kind = list(KINDS)[seed % len(KINDS)]
    try:
        return kind, KINDS[kind](rng)
    except (ValueError, TypeError, ZeroDivisionError, AttributeError, sp.PolynomialError, NotImplementedError):
        return None
