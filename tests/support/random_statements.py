"""Random statements of every kind, true and false, and points at which they can be tried.

Most are built to be nearly true: an identity with a hypothesis too few, a chain of functions that SymPy likes to
simplify, a theorem with a premise missing.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Any

import sympy as sp

from ddln_sym.statements import (
    AboveStart,
    ArithmeticGeometric,
    Commutes,
    Compare,
    ConstrainedMinimizer,
    Denied,
    Domain,
    DominatedTail,
    Equal,
    ExponentialDecay,
    FullRank,
    Holds,
    Hypothesis,
    Index,
    KeepsSign,
    Maclaurin,
    NullSet,
    OntoTheLine,
    PowerTail,
    Primitive,
    Rate,
    RateRule,
    SeparateBlocks,
    Setting,
    Solves,
    product_over,
    sum_over,
)

x, y, a, b, t = SYMBOLS = sp.symbols("x y a b t", real=True)
m, n = WHOLE = sp.symbols("m n", integer=True)
u = sp.IndexedBase("u", real=True)
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


def theorem(rng: Random) -> Any:
    """An instance of a rule for a cited theorem, the right one or one that is off by something."""
    hypotheses = given(rng, (x, a, b), 2)
    run = (RateRule(x, 1),)
    plain = [x, x**2, x**3, x + a, a * x, -x, x - x**2, a * x**2, 1 / (1 - x), 1 / (x + 1), sp.Abs(x), sp.sqrt(x)]
    steep = [sp.exp(x), sp.log(x + 1), sp.sqrt(x + 1), sp.sinh(x), x * sp.exp(-x), sp.asinh(x)]
    formulas = [*plain, *steep, expression(rng, 2, (x, a))]
    f = rng.choice(formulas)
    slope = sp.diff(f, x)
    off = rng.choice([0, 0, 0, 1])
    start = f.subs(x, 0)
    start = start if start.is_finite else sp.Integer(0)
    which = rng.randrange(11)
    if which == 0:
        return AboveStart(x, f, start + off, (), Setting(hypotheses, run), rng.random() < 0.4)
    if which == 1:
        return OntoTheLine(x, f, rng.choice([sp.Integer(1), a, sp.Rational(1, 2)]), Setting(hypotheses, run))
    if which == 2:
        field = rng.choice([slope, slope.subs(f, y), 2 * sp.sqrt(y), y, y**2, sp.sqrt(y)])
        return Solves(y, f, field, start + off, ((x, 0),), Setting(hypotheses, run))
    if which == 3:
        return Primitive(x, f - start + off, slope, Setting(hypotheses))
    if which == 4:
        return KeepsSign(f, Setting(hypotheses, run))
    if which == 5:
        return ExponentialDecay(f, rng.choice([sp.Integer(1), a, b, sp.Integer(-1)]), Setting(hypotheses, run))
    if which == 6:
        power = rng.choice([2, 3, 4])
        integrand = rng.choice([x**-power, x**-2 / 2, 1 / (x**2 + 1), sp.exp(-x), sp.Integer(1), f])
        return DominatedTail(x, integrand, x**-power, -(x ** (1 - power)) / (power - 1), Setting(hypotheses))
    if which == 7:
        integrand = rng.choice([x**-2, x**-3, 1 / (x**2 + 1), 1 / x])
        return PowerTail(x, b, integrand, rng.choice([sp.Integer(1), a]), rng.choice([1, 2]), Setting(hypotheses))
    if which == 8:
        numbers = tuple(rng.choice([x, a, b, x**2 + 1, sp.Integer(1), a * b]) for _ in range(rng.randint(1, 3)))
        total, product = sum(numbers) + off, sp.Mul(*numbers)
        names = ((y, sum(numbers)),) if rng.random() < 0.3 else ()
        total = y if names else total
        if rng.random() < 0.5:
            return ArithmeticGeometric(numbers, total, product, names, Setting(hypotheses))
        squares = sum(z**2 for z in numbers) - rng.choice([0, 0, 1])
        return Maclaurin(numbers, total, product, names, Setting(hypotheses), squares)
    if which == 9:
        return NullSet(sp.Abs(x) - sp.Abs(y), rng.choice([x**2 - y**2, x - y, x]), ((x, 2), (y, 1)))
    return ConstrainedMinimizer(x, f, a, f.subs(x, a), Setting(hypotheses))


KINDS: dict[str, Callable[[Random], Any]] = {
    "equality": equality,
    "chain": chain,
    "inequality": inequality,
    "indexed": indexed,
    "formula": formula,
    "fields": fields,
    "theorem": theorem,
}


def statement(seed: int) -> tuple[str, Any] | None:
    """The statement of a seed with its kind; None if it cannot be stated."""
    rng = Random(seed)
    kind = list(KINDS)[seed % len(KINDS)]
    try:
        return kind, KINDS[kind](rng)
    except (ValueError, TypeError, ZeroDivisionError, AttributeError, sp.PolynomialError, NotImplementedError):
        return None
