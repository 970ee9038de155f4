"""Random instances of every rule for a cited theorem, the right ones and ones that are off by something.

What may be off: a start, a constant, a hypothesis that cuts the axis or speaks of what moves, a quantity with a pole or
a jump, a sign, a number that is not positive.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import sympy as sp
from random_expressions import NUMBERS, L, a, b, expression, given, j, k, t, u, x, y

from ddln_sym.models.conditions import BlockRank, BlocksCommute, BlocksSeparate
from ddln_sym.statements import (
    AboveStart,
    ArithmeticGeometric,
    Consequence,
    ConstrainedMinimizer,
    DominatedTail,
    ExponentialDecay,
    Hypothesis,
    KeepsSign,
    Maclaurin,
    NullSet,
    OntoTheLine,
    PowerTail,
    Primitive,
    RateRule,
    Setting,
    Solves,
    SquareOfIntegral,
    StrictMaclaurin,
    product_over,
    sum_over,
)
from proofs.no_mirror import NoEntropy
from proofs.range import BetweenLimits

RUN = (RateRule(x, 1),)


def function(rng: Random) -> Any:
    """A function of x, with poles, jumps and kinks at times."""
    plain = [x, x**2, x**3, x + a, a * x, -x, x - x**2, a * x**2, 1 / (1 - x), 1 / (x + 1), sp.Abs(x), sp.sqrt(x)]
    steep = [sp.exp(x), sp.log(x + 1), sp.sqrt(x + 1), sp.sinh(x), x * sp.exp(-x), sp.asinh(x), x + sp.sinh(x)]
    odd = [sp.sign(x), x * sp.Abs(x), x - 1 / x, sp.tan(x), sp.floor(x), sp.Max(x, 0), x + sp.Abs(x), x**a, a**x]
    one = rng.choice([*plain, *steep, expression(rng, 2, (x, a)), rng.choice(odd)])
    return one + rng.choice([0, 0, 0, rng.choice(plain)])


def hypotheses(rng: Random) -> tuple[Hypothesis, ...]:
    """Some about constants, some about what moves, some made for a pole at 1."""
    cut = [sp.Lt(x, 1), sp.Ne(x, 1), sp.Gt(x, 0), sp.Ge(x, 0), sp.Ne(x, 0), sp.Gt(1 - x, 0), sp.Gt(x, -1), sp.Le(x, 2)]
    still = [sp.Gt(a, 0), sp.Ge(a, 1), sp.Gt(b, 0), sp.Ge(b, a)]
    found = [rng.choice(cut)] if rng.random() < 0.4 else []
    found += [h for h in still if rng.random() < 0.35]
    return (*(Hypothesis("given", h) for h in found), *given(rng, (x, a, b), 1))


def _begun(f: Any) -> Any:
    start = f.subs(x, 0)
    return start if start.is_finite else sp.Integer(0)


def above_start(rng: Random) -> AboveStart:
    f, off = function(rng), rng.choice([0, 0, 0, 1])
    if rng.random() < 0.6:
        return AboveStart(x, f, _begun(f) + off, (), Setting(hypotheses(rng), RUN), rng.random() < 0.4)
    slope = rng.choice([a, a**2, x, 1 + x**2, sp.diff(f, x), sp.Abs(a)])  # y moves too
    rates = (*RUN, RateRule(y, slope))
    quantity = rng.choice([y, y - x, y + f, y**2, y * x, sp.exp(y)])
    start = rng.choice([((y, 0),), ((y, a),), ((y, 1),), ()])
    least = quantity.subs({x: 0, **dict(start)})
    least = least if least.is_finite else sp.Integer(0)
    return AboveStart(x, quantity, least + off, start, Setting(hypotheses(rng), rates), rng.random() < 0.3)


def onto_the_line(rng: Random) -> OntoTheLine:
    f = rng.choice([function(rng), x + rng.choice([x**3, sp.sinh(x), sp.atan(x), a * x, sp.asinh(x), sp.cos(x)])])
    return OntoTheLine(x, f, rng.choice([sp.Integer(1), a, sp.Rational(1, 2), a**2 + 1]), Setting(hypotheses(rng), RUN))


def solves(rng: Random) -> Solves:
    f = function(rng)
    slope = sp.diff(f, x)
    back = {sp.exp(x): y, f: y}
    fields = [slope, slope.subs(f, y), slope.xreplace(back), 2 * sp.sqrt(y), y, y**2, sp.sqrt(y), y**2 / x, sp.Abs(y)]
    field = rng.choice([*fields, y * slope / f if f != 0 else y, slope + (y - f) * rng.choice([1, x, 1 / x, a])])
    start = rng.choice([((x, 0),), ((x, 0),), ((x, 0),), ((x, 1),), ()])
    begun = f.subs(dict(start))
    begun = begun if begun.is_finite else sp.Integer(0)
    return Solves(y, f, field, begun + rng.choice([0, 0, 0, 1]), start, Setting(hypotheses(rng), RUN))


def primitive(rng: Random) -> Primitive:
    f = function(rng)
    return Primitive(x, f - _begun(f) + rng.choice([0, 0, 0, 1]), sp.diff(f, x), Setting(hypotheses(rng)))


def keeps_sign(rng: Random) -> KeepsSign:
    f = rng.choice([function(rng), 1 + function(rng) ** 2, sp.exp(function(rng)), a + sp.Abs(x), sp.cosh(x) * a])
    return KeepsSign(f, Setting(hypotheses(rng), RUN))


def decay(rng: Random) -> ExponentialDecay:
    rate = rng.choice([sp.Integer(1), a, b, sp.Integer(-1), a**2, x])
    if rng.random() < 0.5:
        return ExponentialDecay(function(rng), rate, Setting(hypotheses(rng), RUN))
    f = rng.choice([sp.exp(-x), sp.exp(-a * x), -sp.exp(x), sp.exp(-x) - 1, -1 - x**2, a * sp.exp(-b * x)])
    return ExponentialDecay(f, rate, Setting(hypotheses(rng), RUN))


def dominated_tail(rng: Random) -> DominatedTail:
    power = rng.choice([2, 3, 4])
    integrands = [x**-power, x**-2 / 2, 1 / (x**2 + 1), sp.exp(-x), sp.Integer(1), function(rng), 1 / (x**power + a)]
    shift = rng.choice([0, 0, 0, 1, a])  # a primitive that does not tend to 0
    factor = rng.choice([1, 1, 2, a])
    return DominatedTail(
        x,
        rng.choice(integrands),
        factor * x**-power,
        -factor * (x ** (1 - power)) / (power - 1) - shift,
        Setting(hypotheses(rng)),
    )


def power_tail(rng: Random) -> PowerTail:
    integrand = rng.choice([x**-2, x**-3, 1 / (x**2 + 1), 1 / x, x**-2 + x**-4, sp.exp(-x), function(rng)])
    factor = rng.choice([sp.Integer(1), a, b**2 / (b**2 + 1), sp.Rational(1, 2)])
    return PowerTail(x, b, integrand, factor, rng.choice([1, 2, a]), Setting(hypotheses(rng)))


def _square_root(rng: Random) -> tuple[Any, Any]:
    speed = rng.choice([a, x, a * x + 1, sp.exp(x), sp.sign(a), x**2 - a, function(rng)])
    return speed, rng.choice([speed**2, speed**2, speed**2, speed, speed**2 / 2, sp.Abs(speed)])


def square_of_integral(rng: Random) -> SquareOfIntegral:
    moved, energy = sp.symbols("A E", real=True)
    speed, square = _square_root(rng)
    rates = (RateRule(x, rng.choice([1, 1, 1, 2])), RateRule(moved, speed), RateRule(energy, square))
    still = Setting(hypotheses(rng)).hypotheses
    return SquareOfIntegral(x, moved, energy, Setting(tuple(h for h in still if not h.relation.has(x)), rates))


def _numbers(rng: Random, least: int = 1) -> tuple[tuple[Any, ...], Any, tuple[Hypothesis, ...]]:
    """Numbers, how many indices there are for those that are sums, and what is known."""
    pool = [x, a, b, x**2 + 1, sp.Integer(1), a * b, sp.exp(x), sp.Abs(a), a + b, sp.Integer(2)]
    numbers = tuple(rng.choice(pool) for _ in range(rng.randint(least, 3)))
    known = tuple(Hypothesis("given", sp.Gt(s, 0)) for s in (x, a, b) if rng.random() < 0.7) + given(rng, (x, a, b), 1)
    if rng.random() < 0.35:
        term = rng.choice([lambda p: u[p], lambda p: u[p] ** 2, lambda p: u[p] * a])
        without = rng.choice([(), (), (j,)])
        about = Hypothesis("given", rng.choice([sp.Gt(u[k], 0), sp.Ne(u[k], 0), sp.Ge(u[k], 0)]), k)
        size = rng.choice([L, L, sp.Integer(3)])
        deep = (Hypothesis("given", sp.Ge(L, rng.choice([2, 3]))),) if size == L and rng.random() < 0.7 else ()
        return (*numbers[: rng.randint(0, 1)], sum_over(term, without)), size, (*known, about, *deep)
    return numbers, None, known


def _means(rng: Random, rule: Any) -> Any:
    numbers, size, known = _numbers(rng, 2 if rule is StrictMaclaurin else 1)
    off = rng.choice([0, 0, 0, 1])
    total = sum(numbers) + off
    sums = [z for z in numbers if not z.is_Number and hasattr(z, "without")]
    product = sp.Mul(*(z for z in numbers if z not in sums), *(product_over(z.at, z.without) for z in sums))
    names = ((y, total),) if rng.random() < 0.3 else ()
    where = Setting(known, (), size)
    short = y if names else total
    if rule is ArithmeticGeometric:
        return ArithmeticGeometric(numbers, short, product, names, where)
    squares = sum(z**2 for z in numbers if z not in sums) - rng.choice([0, 0, 0, 1])
    for head in sums:
        squares += sum_over(lambda p, head=head: head.at(p) ** 2, head.without)
    if rule is Maclaurin:
        return Maclaurin(numbers, short, product, names, where, squares)
    places = tuple(rng.randrange(len(numbers)) for _ in range(2))
    apart = Hypothesis("given", sp.Ne(rng.choice([x, a]), rng.choice([a, b, 1])))
    if rng.random() < 0.4:
        positive = tuple(Hypothesis("given", sp.Gt(s, 0)) for s in (x, a, b))
        squares = x**2 + a**2 + b**2 + rng.choice([0, 0, 1, -1])
        where = Setting((*positive, apart, *known), (), size)
        return StrictMaclaurin((x, a, b), x + a + b, x * a * b, (), where, squares, (0, rng.randrange(3)))
    return StrictMaclaurin(numbers, short, product, names, where.given(apart), squares, places)


def arithmetic_geometric(rng: Random) -> ArithmeticGeometric:
    return _means(rng, ArithmeticGeometric)  # type: ignore[no-any-return]


def maclaurin(rng: Random) -> Maclaurin:
    return _means(rng, Maclaurin)  # type: ignore[no-any-return]


def strict_maclaurin(rng: Random) -> StrictMaclaurin:
    return _means(rng, StrictMaclaurin)  # type: ignore[no-any-return]


def null_set(rng: Random) -> NullSet:
    curves = [sp.Abs(x) - sp.Abs(y), x * y, x**2 + y**2, x - sp.Abs(y), sp.Abs(x * y), x - x * y]
    quantity = rng.choice([*curves, sp.Max(x, y), sp.Abs(x) - x])
    polynomial = rng.choice([x**2 - y**2, x - y, x, x * y, x**2 + y**2, x**2 * y, sp.expand(x * (1 - y)), x + y - y])
    return NullSet(quantity, polynomial, rng.choice([((x, 2), (y, 1)), ((x, 0), (y, 1)), ((x, 1),)]))


def constrained_minimizer(rng: Random) -> ConstrainedMinimizer:
    f = rng.choice([function(rng), x**3 + x, sp.asinh(x / a), sp.sinh(x), sp.log(x), sp.asinh(x), a * x - 1 / x])
    limit = rng.choice([a, b, sp.Integer(1), sp.Integer(0)])
    multiplier = f.subs(x, limit)
    above = rng.choice([None, None, sp.Integer(0), sp.Integer(-1), b])
    return ConstrainedMinimizer(x, f, limit, multiplier, Setting(hypotheses(rng)), above)


def blocks_commute(rng: Random) -> BlocksCommute:
    return BlocksCommute(rng.choice([L, *NUMBERS, sp.Integer(7)]))


def blocks_separate(rng: Random) -> BlocksSeparate:
    return BlocksSeparate(rng.choice([L, *NUMBERS, sp.Integer(7)]))


def block_rank(rng: Random) -> BlockRank:
    """A layer product, or a sum over layers, with its gradient; a factor, a place or a hypothesis may be wrong."""
    barred = rng.choice([(), (), (j,)])
    nonzero = Hypothesis("given", rng.choice([sp.Ne(u[k], 0), sp.Gt(u[k], 0), sp.Ge(u[k], 0)]), k, barred)
    size = rng.choice([L, L, sp.Integer(2), sp.Integer(3)])
    factor = rng.choice([1, 1, 2, a])
    i = k
    others = product_over(lambda q: u[q], (i,))
    form = rng.randrange(3)
    if form == 0:
        component, slope, factored = factor * product_over(lambda q: u[q]), factor * others, factor * u[i] * others
        squares = sum_over(lambda p: (factor * product_over(lambda q: u[q], (p,))) ** 2)
    elif form == 1:
        component, slope, factored = sum_over(lambda q: u[q] ** 2) * factor, 2 * factor * u[i], None
        squares = 4 * factor**2 * sum_over(lambda q: u[q] ** 2)
    else:
        component, slope, factored = sum_over(lambda q: u[q]) + a, sp.Integer(1), None
        squares = L if size == L else size
    diagonal = squares * rng.choice([1, 1, 1, 2]) + rng.choice([0, 0, 0, 1])
    inside = Setting((nonzero,) if rng.random() < 0.8 else (), (), size)
    if rng.random() < 0.5:
        inside = inside.given(Hypothesis("given", sp.Gt(a, 0)))
    return BlockRank(size, diagonal, inside, component, RateRule(u[i], slope * rng.choice([1, 1, 1, -1]), i), factored)


def no_entropy(rng: Random) -> NoEntropy:
    variables = (x, y, t)
    pool = [x * y, x * t, y * t, x**2 - y**2, x, y**2, x * y * t, x + t**2, x**2, t]
    components = tuple(rng.sample(pool, 2))
    start = tuple(rng.choice([0, 1, -1, 2]) for _ in variables)
    row = rng.randrange(2)
    fields = [sp.Matrix([g]).jacobian(variables).T for g in components]
    bracket = fields[1].jacobian(variables) * fields[0] - fields[0].jacobian(variables) * fields[1]
    moved = (sp.Matrix([components[row]]).jacobian(variables) * bracket)[0, 0]
    return NoEntropy(components, variables, start, (0, 1), row, sp.expand(moved) + rng.choice([0, 0, 0, 1]))


def between_limits(rng: Random) -> BetweenLimits:
    f = rng.choice([function(rng), sp.atan(x), x / sp.sqrt(1 + x**2), sp.log(x), -1 / x, sp.tanh(x)])
    return BetweenLimits(x, f, Setting(hypotheses(rng), RUN), rng.random() < 0.4)


#: Each rule with what makes an instance of it.
RULES: dict[type[Consequence], Callable[[Random], Any]] = {
    AboveStart: above_start,
    ArithmeticGeometric: arithmetic_geometric,
    BetweenLimits: between_limits,
    BlockRank: block_rank,
    BlocksCommute: blocks_commute,
    BlocksSeparate: blocks_separate,
    ConstrainedMinimizer: constrained_minimizer,
    DominatedTail: dominated_tail,
    ExponentialDecay: decay,
    KeepsSign: keeps_sign,
    Maclaurin: maclaurin,
    NoEntropy: no_entropy,
    NullSet: null_set,
    OntoTheLine: onto_the_line,
    PowerTail: power_tail,
    Primitive: primitive,
    Solves: solves,
    SquareOfIntegral: square_of_integral,
    StrictMaclaurin: strict_maclaurin,
}


def consequence(rng: Random) -> Any:
    """An instance of a rule for a cited theorem."""
    return rng.choice(list(RULES.values()))(rng)
