"""A statement for one number of indices: sums, products and "for every" over a symbolic number are written out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count
from typing import Any, TypeVar

import sympy as sp

from ddln_sym.statements import (
    DEPTH,
    BoundIndex,
    Compare,
    Equal,
    Hypothesis,
    Index,
    LargestOver,
    ProductOver,
    RateRule,
    Setting,
    SumOver,
)

Expr = Any
P = TypeVar("P", Equal, Compare)

__all__ = [
    "at_size",
    "at_sizes",
    "define_heads",
    "is_schematic",
    "put_keeping",
    "relate",
    "spell_out",
    "take_name",
    "write_out",
]

#: A sum of more terms than this is not written out; sizes at which a point is looked for.
LARGEST, SIZES = 8, (2, 3, 4, 1)


def is_schematic(proposition: Equal | Compare) -> bool:
    """Whether the statement speaks of a number of indices by sums, products, or hypotheses about every index."""
    setting = proposition.setting
    given = (*(h.relation for h in setting.hypotheses), *(r.value for r in setting.rates))
    return (
        any(part.atoms(SumOver, ProductOver, LargestOver) for part in (proposition.lhs, proposition.rhs, *given))
        or any(h.index is not None for h in setting.hypotheses)
        or any(r.index is not None for r in setting.rates)
    )


#: Heads that are defined by others, with the same domain.
_DEFINED: dict[Any, Any] = {
    sp.coth: lambda a: sp.cosh(a) / sp.sinh(a),
    sp.sech: lambda a: 1 / sp.cosh(a),
    sp.csch: lambda a: 1 / sp.sinh(a),
    sp.cot: lambda a: sp.cos(a) / sp.sin(a),
    sp.sec: lambda a: 1 / sp.cos(a),
    sp.csc: lambda a: 1 / sp.sin(a),
    sp.atanh: lambda a: sp.log((1 + a) / (1 - a)) / 2,
    sp.acosh: lambda a: sp.log(a + sp.sqrt(a**2 - 1)),
    sp.erfc: lambda a: 1 - sp.erf(a),
    sp.Heaviside: lambda a, at: (1 + sp.sign(a)) / 2 if at == sp.Rational(1, 2) else sp.Heaviside(a, at),
}


def _by_definition(e: Expr) -> Expr:
    for head in {part.func for part in e.atoms(*_DEFINED)}:
        e = e.replace(head, _DEFINED[head])
    return e


def define_heads(proposition: P) -> P:
    """The statement with ``cosh/sinh`` for coth, and the like, or as it was.

    >>> x = sp.Symbol("x", real=True)
    >>> print(define_heads(Equal(sp.sech(x), 1)))
    1/cosh(x) = 1
    """
    setting: Setting = proposition.setting
    if not any(e.has(*_DEFINED) for e in (proposition.lhs, proposition.rhs, *(h.relation for h in setting.hypotheses))):
        return proposition
    given = tuple(replace(h, relation=_by_definition(h.relation)) for h in setting.hypotheses)
    lhs, rhs = (_by_definition(side) for side in (proposition.lhs, proposition.rhs))
    return replace(proposition, lhs=lhs, rhs=rhs, setting=replace(setting, hypotheses=given))


def write_out(proposition: P) -> P:
    """The statement with its sums and products over a concrete number of indices written out, or as it was.

    >>> from ddln_sym.statements import sum_over
    >>> u = sp.IndexedBase("u", real=True)
    >>> str(write_out(Equal(sum_over(lambda k: u[k]), 1, Setting((), (), sp.Integer(2)))))
    'u[1] + u[2] = 1'
    """
    size = proposition.setting.size
    if size is None or not size.is_Integer or size > LARGEST or not is_schematic(proposition):
        return proposition
    try:
        return at_size(proposition, int(size), {})
    except ValueError:
        return proposition


def at_sizes(proposition: P) -> Iterator[tuple[dict[Expr, Expr], P]]:
    """The statement at a few sizes, generic indices at places of their own, with what stands for what."""
    setting: Setting = proposition.setting
    exprs = [proposition.lhs, proposition.rhs, *(r.value for r in setting.rates), *(r.quantity for r in setting.rates)]
    exprs += [h.relation for h in setting.hypotheses] + [w for h in setting.hypotheses for w in h.without]
    bound = {h.index for h in setting.hypotheses} | {r.index for r in setting.rates}
    free = {s for e in exprs for s in e.atoms(Index) - bound if not isinstance(s, BoundIndex)}
    named: set[Expr] = {i for e in exprs for m in e.atoms(sp.Indexed) for i in m.indices if i.is_Integer}
    size = setting.size
    if size is None or not (size.is_Integer or size.is_Symbol):
        return
    if size == DEPTH and (free or bound):  # its claim goes through the depths, with the layers' own names
        return
    for number in SIZES if size.is_Symbol else (int(size),):
        if number > LARGEST or (size == DEPTH and number < 2):  # the depth is at least two
            continue
        unnamed = (sp.Integer(n) for n in count(1) if sp.Integer(n) not in named)
        places: dict[Expr, Expr] = dict(zip(sorted(free, key=str), unnamed, strict=False))
        if any(place > number for place in [*places.values(), *named]):
            continue
        if size.is_Symbol:
            places[size] = sp.Integer(number)
        try:
            yield places, at_size(proposition, number, places)
        except ValueError:
            continue


def at_size(proposition: P, size: int, places: Mapping[Expr, Expr]) -> P:
    """The statement for ``size`` indices, ``places`` put in.

    Raises:
        ValueError: an excluded index is not one of the places, or no setting is left.
    """

    def out(expr: Expr) -> Expr:
        return spell_out(_put(expr, places), size)

    setting, given = proposition.setting, list[Hypothesis]()
    for h in setting.hypotheses:
        if h.index is None:
            given.append(Hypothesis(h.name, out(h.relation)))
        else:
            given += [
                Hypothesis(h.name, out(h.at(k))) for k in _indices(size, [w.xreplace(dict(places)) for w in h.without])
            ]
    rates = []
    for r in setting.rates:
        for k in (None,) if r.index is None else _indices(size, []):
            at = {} if k is None else {r.index: k}
            rates.append(RateRule(r.quantity.xreplace({**places, **at}), out(r.value.xreplace(at))))
    held = tuple(h for h in given if h.relation is not sp.true)
    moved = Setting(held, tuple(rates), sp.Integer(size))
    return replace(proposition, lhs=out(proposition.lhs), rhs=out(proposition.rhs), setting=moved)


def _indices(size: int, without: list[Expr]) -> list[Expr]:
    if not all(w.is_Integer for w in without):
        raise ValueError(f"which index {without} is, is not known")
    return [sp.Integer(k) for k in range(1, size + 1) if sp.Integer(k) not in without]


def spell_out(expr: Expr, size: int) -> Expr:
    """The expression with its sums, products and maxima over ``1…size`` written out, the inner ones last.

    SymPy may not join the terms: of ``(√u_1·√u_2)²`` it would make ``u_1u_2``, which has a value where a root has none.

    Raises:
        ValueError: an index that is left out is not a number.
    """
    if isinstance(expr, (SumOver, ProductOver, LargestOver)):
        terms = [spell_out(_put(expr.term, {expr.index: k}), size) for k in _indices(size, list(expr.without))]
        if isinstance(expr, LargestOver):
            return sp.Max(*terms, evaluate=False) if len(terms) > 1 else terms[0]
        return _make(sp.Add if isinstance(expr, SumOver) else sp.Mul, terms)
    if not expr.args or not expr.atoms(SumOver, ProductOver, LargestOver):
        return expr
    return _make(expr.func, [spell_out(a, size) for a in expr.args])


def _put(expr: Expr, places: Mapping[Expr, Expr]) -> Expr:
    """The expression with others in the place of some, every part as it stands."""
    if expr in places:
        return places[expr]
    args = [_put(a, places) for a in expr.args]
    return expr if all(a is b for a, b in zip(args, expr.args, strict=True)) else _make(expr.func, args)


def put_keeping(expr: Expr, places: Mapping[Expr, Expr]) -> Expr:
    """The expression with others in the place of some; as it stands where SymPy would cancel what has a condition.

    >>> x, n = sp.symbols("x n")
    >>> print(put_keeping(n / (x + 1), {n: 2}), put_keeping(n / x, {n: 0}), sep="; ")
    2/(x + 1); 0/x
    """
    put = expr.xreplace(places)
    wanted = {part for needy in _needy(expr) for part in _needy(needy.xreplace(places))}
    wanted |= {part for old, new in places.items() if expr.has(old) for part in _needy(new)}
    return put if wanted <= _needy(put) else _put(expr, places)


#: Functions that have a value everywhere, and heads whose parts tell whether they have one.
_EVERYWHERE = (
    sp.exp, sp.sin, sp.cos, sp.sinh, sp.cosh, sp.tanh, sp.asinh, sp.atan, sp.erf, sp.Abs, sp.sign, sp.Max, sp.Min,
    SumOver, ProductOver, LargestOver,
)  # fmt: skip


def _needy(expr: Expr) -> set[Expr]:
    """The parts of an expression that have a value only under a condition."""
    return {
        part
        for part in sp.sympify(expr).atoms(sp.Pow, sp.Function)
        if part.free_symbols
        and not isinstance(part, _EVERYWHERE)
        and not (part.is_Pow and (part.base.is_positive or (part.exp.is_integer and part.exp.is_nonnegative)))
    }


def _make(head: Any, args: list[Expr]) -> Expr:
    """The head of the arguments, which SymPy does not touch where it can be told so."""
    plain = isinstance(head, type) and issubclass(
        head, (sp.Add, sp.Mul, sp.Pow, sp.Function, sp.core.relational.Relational)
    )
    return head(*args, evaluate=False) if plain else head(*args)


def relate(proposition: Equal | Compare, lhs: Expr, rhs: Expr) -> Expr:
    """What the statement says of its sides, as a relation of SymPy between two others."""
    if isinstance(proposition, Equal):
        return sp.Eq(lhs, rhs)
    return sp.Gt(lhs, rhs) if proposition.strict else sp.Ge(lhs, rhs)


def take_name(name: str, names: set[str]) -> str:
    """A name that is not among some, beginning with the one that is wanted; it is added to them."""
    while name in names:
        name += "′"
    names.add(name)
    return name
