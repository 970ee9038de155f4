"""Random statements about sums: of symbolic length, of matrices, up to a whole number, and integrals.

Most are facts of the textbooks with a factor, a summand or a hypothesis changed.
"""

from __future__ import annotations

from random import Random
from typing import Any

import sympy as sp
from random_expressions import n, t, u, x, y

from ddln_sym import frobenius, inner, norm, trace
from ddln_sym.statements import Compare, Equal, Hypothesis, Index, Setting, largest_over, product_over, sum_over

v, A, B = (sp.IndexedBase(name, real=True) for name in "vAB")
each = Index("i")
d, m = sp.symbols("d m", integer=True, positive=True)


def vectors(rng: Random) -> Any:
    """Norms, means and largest entries of vectors of symbolic length."""
    log, exp, root = sp.log, sp.exp, sp.sqrt
    total = lambda term: sum_over(lambda k: term(u[k], v[k]))  # noqa: E731
    square, sum_u, most = total(lambda p, q: p**2), total(lambda p, q: p), largest_over(lambda k: u[k])
    exponentials = total(lambda p, q: exp(p))
    facts = [
        (d * square, sum_u**2),
        (square * norm(v) ** 2, inner(u, v) ** 2),
        (square + norm(v) ** 2, 2 * inner(u, v)),
        (norm(u) * norm(v), sp.Abs(inner(u, v))),
        (norm(u) + norm(v), root(total(lambda p, q: (p + q) ** 2))),
        (norm(u, 1), norm(u)),
        (root(d) * norm(u), norm(u, 1)),
        (norm(u), norm(u, sp.oo)),
        (d * norm(u, sp.oo), norm(u, 1)),
        (norm(u, sp.oo) * norm(v, 1), inner(u, v)),
        (log(exponentials), most),
        (most + log(d), log(exponentials)),
        (d * most, sum_u),
        (exponentials, d + sum_u),
        (sum_u**2, square),
        (product_over(lambda k: 1 + u[k] ** 2), 1 + square),
        (product_over(lambda k: 1 + u[k]), 1 + sum_u),
        (1, square),
        (sum_u, total(lambda p, q: log(p)) + d),
        (total(lambda p, q: p * log(p)), sp.Integer(0)),
        (total(lambda p, q: p**3) * sum_u, square**2),
    ]
    bound = rng.choice([None, sp.Ge(u[each], 0), sp.Gt(u[each], 0), sp.Le(u[each], 1), sp.Gt(u[each], 1)])
    given = [Hypothesis("each", bound, each)] if bound is not None else []
    if rng.random() < 0.25 and bound != sp.Gt(u[each], 1):
        given.append(Hypothesis("in all", sp.Eq(sum_u, 1)))
    return _changed(rng, *rng.choice(facts), Setting(tuple(given), (), d))


def matrices(rng: Random) -> Any:
    """Traces and norms of matrices of symbolic size, and the order of two sums."""

    def product(one: Any, other: Any) -> Any:
        return lambda p, q: sum_over(lambda k: one(p, k) * other(k, q))

    def summed(term: Any) -> Any:
        return sum_over(lambda p: sum_over(lambda q: term(p, q)))

    a, b, turned = (lambda p, q: A[p, q]), (lambda p, q: B[p, q]), (lambda p, q: A[q, p])
    form = summed(lambda p, q: u[p] * A[p, q] * v[q])
    sides = [
        trace(product(a, b)),
        trace(product(b, a)),
        trace(product(turned, a)),
        trace(product(a, a)),
        summed(lambda p, q: A[p, q] * B[p, q]),
        summed(lambda p, q: A[q, p] * B[q, p]),
        frobenius(A) ** 2,
        sum_over(lambda q: sum_over(lambda p: A[p, q])),
        summed(a),
    ]
    facts = [
        (frobenius(A) ** 2 * frobenius(B) ** 2, summed(lambda p, q: A[p, q] * B[p, q]) ** 2),
        (frobenius(A) * norm(v), norm(lambda p: sum_over(lambda q: A[p, q] * v[q]))),
        (frobenius(A) ** 2 * norm(u) ** 2 * norm(v) ** 2, form**2),
        (d * frobenius(A) ** 2, trace(A) ** 2),
        (trace(product(turned, a)), trace(product(a, a))),
        (frobenius(A) + frobenius(B), frobenius(lambda p, q: A[p, q] + B[p, q])),
    ]
    where = Setting((), (), d)
    return Equal(*rng.sample(sides, 2), where) if rng.random() < 0.5 else _changed(rng, *rng.choice(facts), where)


def counted(rng: Random) -> Any:
    """Sums, products and powers up to a whole number."""
    k = sp.Symbol("k", integer=True)
    if rng.random() < 0.4:
        base, first = rng.randint(2, 4), rng.randint(-1, 4)
        other = rng.choice([sp.Integer(1), n, n**2, 2 * n, n**3, sp.factorial(n), (1 + x) ** n]) + rng.choice(
            [0, 0, 1, -1]
        )
        given = [sp.Ge(n, first)] if rng.random() < 0.8 else []
        given += [sp.Ge(x, -1)] if other.has(x) else []
        return _changed(rng, sp.Integer(base) ** n, other, Setting(tuple(Hypothesis("given", r) for r in given)))
    first, size = rng.randint(0, 3), rng.choice([m, n])
    term = rng.choice(
        [k, k**2, k**3 - k, x**k, 2**k, k * 2**k, 1 / k, 1 / (k * (k + 1)), sp.factorial(k), x, 2 * k + 1]
    )
    last = size + rng.choice([0, 0, 1, -1])
    head = sp.Sum(term, (k, first, last))
    known = sp.Sum(term, (k, rng.choice([first, first + 1]), last))
    other = rng.choice([sp.summation(term, (k, first, last)), known, term.xreplace({k: last}), size])
    if not all(isinstance(f, (sp.factorial, sp.harmonic, sp.Piecewise)) for f in other.atoms(sp.Function)):
        other = known
    given = [sp.Ge(n, rng.randint(0, 2))] * (size is n)
    given += rng.choice([[], [sp.Ne(x, 1)], [sp.Ge(x, 0), sp.Ne(x, 1)], [sp.Ge(x, 1)]]) if head.has(x) else []
    where = Setting(tuple(Hypothesis("given", r) for r in given))
    return Equal(head, other, where) if rng.random() < 0.6 else _changed(rng, head, other, where)


def integral(rng: Random) -> Any:
    """Definite integrals, against what SymPy takes for a primitive."""
    exp, log = sp.exp, sp.log
    terms = [
        t,
        t**2,
        exp(t),
        exp(-t),
        1 / t,
        1 / (1 + t**2),
        sp.sqrt(t),
        sp.cosh(t),
        sp.tanh(t),
        log(t),
        1 / t**2,
        t * exp(t),
    ]
    f = rng.choice(terms) * rng.choice([1, 1, 2, -1]) + rng.choice([0, 0, 1, t])
    low, high = rng.choice([0, 0, 1, -1, x, 2]), rng.choice([x, x, y, 1, 2, x + 1])
    primitive = sp.integrate(f, t)
    found = primitive.xreplace({t: sp.S(high)}) - primitive.xreplace({t: sp.S(low)})
    other = rng.choice([found, found, high - low, 0, high * f.xreplace({t: sp.S(high)})])
    given = [r for r in rng.sample([sp.Gt(x, 0), sp.Gt(y, x), sp.Ge(x, 1), sp.Gt(y, 0)], rng.randint(0, 2))]
    where = Setting(tuple(Hypothesis("given", r) for r in given))
    head = sp.Integral(f, (t, low, high))
    if sp.S(other).has(sp.nan, sp.zoo, sp.oo, -sp.oo):
        other = sp.Integer(0)
    return Equal(head, other, where) if rng.random() < 0.6 else _changed(rng, head, other, where)


def _changed(rng: Random, upper: Any, lower: Any, where: Setting) -> Compare:
    """An inequality as it is told, or another one near it."""
    if rng.random() < 0.4:
        lower = lower * rng.choice([1, 2, sp.Rational(1, 2)]) + rng.choice([0, 0, 1])
    if rng.random() < 0.15:
        upper, lower = lower, upper
    return Compare(upper, lower, where, rng.random() < 0.2)
