"""Whole numbers: those from a number on are counted from 1, and what is said of every one is proved by induction.

``n ≥ c`` is ``n = m + c − 1`` with m = 1, 2, …  A statement about every m holds if it does for m = 1, and for m + 1
where it does for m: a sum up to m + 1 is the one up to m and one more term, a product one more factor, and
``(m + 1)! = (m + 1)·m!``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sympy as sp

from ddln_sym.kernel.procedure import Prover
from ddln_sym.kernel.sizes import put_keeping, relate, take_name
from ddln_sym.statements import Compare, Equal, Hypothesis, Index, Setting, Step, product_over, sum_over

Expr = Any
Relation = Equal | Compare

__all__ = ["count_from_one", "find_number", "index_sums", "induct", "on_both_sides_of_zero"]

#: A sum of at most so many terms is written out.
LONGEST = 64
#: Symbols that an induction is tried on, and numbers at which a statement is looked at before it begins.
SYMBOLS, BEGINNINGS = 2, (0, 1, 3)
#: Exponents of either sign in a statement; each doubles the cases.
EXPONENTS = 5
#: Numbers at which it is tried whether it fails.
SMALL = 8
#: Heads that an induction carries from one number to the next.
RECURRENT = (sp.Sum, sp.Product, sp.factorial)


# -- sums as sums over indices --------------------------------------------------------------------------------------
def index_sums(proposition: Relation) -> Relation:
    """The statement with ``Σ_{k=a}^{n+c}`` as sums over the indices ``1…n``, or as it was.

    >>> k, n = sp.symbols("k n", integer=True, positive=True)
    >>> found = index_sums(Equal(sp.Sum(k, (k, 0, n)), n * (n + 1) / 2))
    >>> print(found, found.setting.size, sep="; ")
    Σ_m1[m1] = n*(n + 1)/2; n
    """
    setting = proposition.setting
    parts = (proposition.lhs, proposition.rhs, *(h.relation for h in setting.hypotheses))
    if not any(part.has(sp.Sum, sp.Product) for part in parts) or (setting.size is None and _counts_on(setting)):
        return proposition
    sizes = {setting.size} - {None}
    given = tuple(replace(h, relation=_read(h.relation, sizes)) for h in setting.hypotheses)
    lhs, rhs = (_read(side, sizes) for side in (proposition.lhs, proposition.rhs))
    if len(sizes) > 1 or sizes & _bound_symbols(parts):  # there are indices of one kind alone
        return proposition
    return replace(proposition, lhs=lhs, rhs=rhs, setting=Setting(given, setting.rates, next(iter(sizes), None)))


def _read(part: Expr, sizes: set[Expr]) -> Expr:
    """An expression, or a relation, with its sums over indices; what they run to is added to the sizes."""
    heads = sorted(part.atoms(sp.Sum, sp.Product), key=sp.default_sort_key)
    return put_keeping(part, {e: read for e in heads if (read := _over_indices(e, sizes)) != e})


def _over_indices(e: Expr, sizes: set[Expr]) -> Expr:
    limits = _limits(e)
    if limits is None or _is_nested(e):
        return e
    index, first, last, shift = limits
    joined, over = (sp.Add, sum_over) if isinstance(e, sp.Sum) else (sp.Mul, product_over)

    def at(k: Expr) -> Expr:
        return e.function.xreplace({index: k})

    before, missing = range(first, shift + 1), range(shift + 1, first)
    # Up to n = 1 a sum may be empty, and is 0; one that would end farther below is another matter.
    most = 1 if isinstance(e, sp.Sum) and last is not None else 0
    if len(before) > LONGEST or len(missing) > most:
        return e
    terms = [at(sp.Integer(k)) for k in before] + [-at(sp.Integer(k)) for k in missing]
    if any(term.has(sp.nan, sp.zoo, sp.oo, -sp.oo, sp.I) for term in terms):  # one has no real value
        return e
    if last is None:
        return joined(*terms)
    sizes.add(last)
    return joined(over(lambda p: at(p + shift)), *terms)


def _counts_on(setting: Setting) -> bool:
    """Whether what is said of every index says other things of more of them: then their number matters."""
    every = [h for h in setting.hypotheses if h.index is not None]
    return any(h.relation.xreplace({e: sp.Dummy() for e in _entries_at(h)}).has(h.index) or h.without for h in every)


def _entries_at(hypothesis: Hypothesis) -> set[Expr]:
    """The entries of arrays at the index of a hypothesis."""
    return {e for e in hypothesis.relation.atoms(sp.Indexed) if e.indices == (hypothesis.index,)}


def _bound_symbols(parts: Iterable[Expr]) -> set[Expr]:
    """The symbols that sums, products and integrals bind."""
    return {limit[0] for part in parts for e in part.atoms(sp.Sum, sp.Product, sp.Integral) for limit in e.limits}


def _limits(e: Expr) -> tuple[Expr, int, Expr | None, int] | None:
    """``(k, a, n, c)`` of a sum from a to n + c, n a whole number from 1 on or missing; None where it is another."""
    if len(e.limits) != 1 or len(e.limits[0]) != 3:
        return None
    index, first, last = e.limits[0]
    shift, size = last.as_coeff_Add()
    if not (first.is_Integer and shift.is_Integer):
        return None
    if size == 0:
        return index, int(first), None, int(shift)
    counts = size.is_Symbol and size.is_integer and size.is_positive
    return (index, int(first), size, int(shift)) if counts else None


def _is_nested(e: Expr) -> bool:
    """Whether a term has limits of its own, which may bind the same index."""
    return bool(e.function.has(sp.Sum, sp.Product, sp.Integral, sp.Lambda))


# -- from some number on ------------------------------------------------------------------------------------------
def count_from_one(proposition: Relation, declared: bool = False) -> tuple[Relation, Expr, Expr, Expr] | None:
    """The statement about ``n ≥ c`` as one about a whole number from 1 on.

    Args:
        declared: whether n is one that is declared positive; then c is at least 2.

    Returns:
        The statement, n, what it is in the new number, and that number; None where no whole number is bounded from
        below.

    >>> n = sp.Symbol("n", integer=True)
    >>> from_zero = Setting((Hypothesis("n >= 0", sp.Ge(n, 0)),))
    >>> print(*count_from_one(Compare(2**n, n + 1, from_zero))[:3], sep="; ")
    2**(n′ - 1) ≥ n′; n; n′ - 1
    """
    setting = proposition.setting
    least: dict[Expr, int] = {}
    for hypothesis in setting.hypotheses:
        if hypothesis.index is None and (bound := _bound(hypothesis.relation)) is not None:
            n, first = bound
            least[n] = max(first, least.get(n, first))
    parts = (proposition.lhs, proposition.rhs, *(h.relation for h in setting.hypotheses))
    symbols = {s for part in (*parts, *(r.value for r in setting.rates)) for s in part.atoms(sp.Symbol)}
    names = {s.name for s in symbols}
    for n in symbols:
        if n.is_integer and n.is_nonnegative and not n.is_positive:
            least[n] = max(0, least.get(n, 0))
    for n, first in sorted(least.items(), key=lambda item: str(item[0])):
        if n in {setting.size, *_bound_symbols(parts)} or isinstance(n, Index):
            continue
        if bool(n.is_positive) != declared or (declared and first <= 1):
            continue
        new = sp.Symbol(n.name if first == 1 else take_name(n.name, names), integer=True, positive=True)
        stands = new + first - 1
        told = [h for h in setting.hypotheses if h.index is None and (_bound(h.relation) or (None,))[0] == n]
        return _with_number(proposition, n, stands, told), n, stands, new
    return None


def _with_number(proposition: Relation, n: Expr, stands: Expr, told: Sequence[Hypothesis] = ()) -> Relation:
    """A statement with another number in the place of one, without the hypotheses that are told by that."""
    setting = proposition.setting

    def moved(part: Expr) -> Expr:
        return put_keeping(part, {n: stands})

    given = (replace(h, relation=moved(h.relation)) for h in setting.hypotheses if h not in told)
    rates = tuple(replace(r, value=moved(r.value)) for r in setting.rates)
    return replace(
        proposition,
        lhs=moved(proposition.lhs),
        rhs=moved(proposition.rhs),
        setting=Setting(tuple(h for h in given if h.relation is not sp.true), rates, setting.size),
    )


def on_both_sides_of_zero(proposition: Relation) -> tuple[Expr, tuple[Relation, ...]] | None:
    """An exponent that may be any whole number n, and the statement for n = 0, 1, … and for n = −1, −2, …

    >>> x, n = sp.Symbol("x", real=True), sp.Symbol("n", integer=True)
    >>> away = Setting((Hypothesis("x != 0", sp.Ne(x, 0)),))
    >>> n, cases = on_both_sides_of_zero(Equal(x * x ** (n - 1), x**n, away))
    >>> print(n, *cases, sep="; ")
    n; x*x**(n′ - 2) = x**(n′ - 1); x*x**(-n′ - 1) = x**(-n′)
    """
    setting, sides = proposition.setting, (proposition.lhs, proposition.rhs)
    parts = (*sides, *(h.relation for h in setting.hypotheses))
    exponents = {s for side in sides for p in side.atoms(sp.Pow) for s in p.exp.free_symbols}
    taken = {setting.size, *_bound_symbols(parts), *(s for r in setting.rates for s in r.value.free_symbols)}
    free = [s for s in exponents - taken if s.is_integer and s.is_nonnegative is None and not isinstance(s, Index)]
    if not 0 < len(free) <= EXPONENTS:
        return None
    n = min(free, key=str)
    new = sp.Symbol(take_name(n.name, {s.name for p in parts for s in p.atoms(sp.Symbol)}), integer=True, positive=True)
    try:
        return n, tuple(_with_number(proposition, n, stands) for stands in (new - 1, -new))
    except TypeError:  # below 0 a side of a hypothesis is no real number
        return None


def _bound(relation: Expr) -> tuple[Expr, int] | None:
    """``(n, c)`` of ``n ≥ c`` for a whole number n, or of ``n > c − 1``."""
    if not isinstance(relation, sp.Ge | sp.Gt | sp.Le | sp.Lt):
        return None
    low, high = (relation.rhs, relation.lhs) if isinstance(relation, sp.Ge | sp.Gt) else (relation.lhs, relation.rhs)
    if not (high.is_Symbol and high.is_integer and low.is_Rational):
        return None
    strict = isinstance(relation, sp.Gt | sp.Lt)
    return high, int(sp.floor(low)) + 1 if strict else int(sp.ceiling(low))


# -- induction ----------------------------------------------------------------------------------------------------
@dataclass
class _Carried:
    """What stands for the sums, products and factorials up to a number, what they are at the next, and their signs."""

    stands: dict[Expr, Expr] = field(default_factory=dict)
    grown: dict[Expr, Expr] = field(default_factory=dict)
    facts: list[Hypothesis] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)


def induct(proposition: Relation, prove: Prover) -> tuple[Expr, tuple[Step, ...]] | None:
    """A statement about every whole number from 1 on, by induction: the number, and the steps.

    Where the first few numbers are another matter, it is proved for each of them, and carried on from there.
    """
    for n in _counting(proposition):
        begun: list[Step] = []
        for skipped in BEGINNINGS:
            wanted = [_at(proposition, n, number) for number in range(len(begun) + 1, skipped + 2)]
            begun += [step for step in map(prove, wanted) if step is not None]
            if len(begun) <= skipped:
                break
            if (steps := _continue(proposition, n, skipped, prove)) is not None:
                return n, (*begun, *steps)
    return None


def find_number(proposition: Any, refute: Prover) -> tuple[Expr, int, Step] | None:
    """A small number at which a statement about every whole number from 1 on fails, and the step that says so."""
    for n in _counting(proposition):
        for number in range(1, SMALL + 1):
            if (step := refute(_at(proposition, n, number))) is not None:
                return n, number, step
    return None


def _counting(proposition: Relation) -> list[Expr]:
    """The whole numbers on which an induction may be tried."""
    setting, sides = proposition.setting, (proposition.lhs, proposition.rhs)
    if setting.rates:
        return []
    found = {s for side in sides for s in side.free_symbols if s.is_integer and s.is_positive}
    spoken = {s for h in setting.hypotheses for s in h.relation.atoms(sp.Symbol)} | _bound_symbols(sides)
    counting = sorted((s for s in found - spoken - {setting.size} if not isinstance(s, Index)), key=str)
    return [n for n in counting if any(_grows(side, n) for side in sides)][:SYMBOLS]


def _at(proposition: Relation, n: Expr, number: int) -> Relation:
    """The statement at one number."""
    lhs, rhs = (put_keeping(s, {n: sp.Integer(number)}) for s in (proposition.lhs, proposition.rhs))
    return index_sums(replace(proposition, lhs=lhs, rhs=rhs))


def _grows(side: Expr, n: Expr) -> bool:
    """Whether a number is an exponent, or the end of a sum, a product or a factorial."""
    return any(p.exp.has(n) for p in side.atoms(sp.Pow, sp.exp)) or any(h.has(n) for h in side.atoms(*RECURRENT))


def _continue(proposition: Any, n: Expr, skipped: int, prove: Prover) -> tuple[Step, ...] | None:
    """The statement at ``n + skipped + 1`` where it holds at ``n + skipped``."""
    setting = proposition.setting
    sides = [_expand_factorials(put_keeping(s, {n: n + skipped})) for s in (proposition.lhs, proposition.rhs)]
    carried = _carry(sides, n, setting, prove)
    if carried is None:
        return None
    before, after = [s.xreplace(carried.stands) for s in sides], [_grow(s, n, carried) for s in sides]
    relation = relate(proposition, *before)
    if relation in (sp.true, sp.false):
        return None
    given = (*setting.hypotheses, Hypothesis("for the number before", relation), *carried.facts)
    step = prove(replace(proposition, lhs=after[0], rhs=after[1], setting=Setting(given, (), setting.size)))
    return None if step is None else (*carried.steps, step)


def _carry(sides: list[Expr], n: Expr, setting: Setting, prove: Prover) -> _Carried | None:
    """Symbols for the sums, products and factorials with n; None where one is of another kind."""
    heads = sorted({h for side in sides for h in side.atoms(*RECURRENT) if h.has(n)}, key=sp.default_sort_key)
    names = {s.name for part in (*sides, *(h.relation for h in setting.hypotheses)) for s in part.atoms(sp.Symbol)}
    carried = _Carried()
    for head in heads:  # a term may have another
        symbol = sp.Symbol(take_name("S" if isinstance(head, sp.Sum) else "P", names), real=True)
        if isinstance(head, sp.factorial):
            shift = head.args[0] - n
            if not shift.is_Integer or shift < -1:
                return None
            carried.facts.append(Hypothesis(f"{symbol} >= 1", sp.Ge(symbol, 1)))
            grown = symbol * (n + shift + 1)
        else:
            limits = _limits(head)
            if limits is None or limits[2] != n or _is_nested(head) or head.function.has(n):
                return None
            index, first, _, shift = limits
            if 1 + shift < first - 1:
                return None
            term = _expand_factorials(head.function.xreplace({index: n + 1 + shift}))
            heads += [h for h in sorted(term.atoms(sp.factorial), key=sp.default_sort_key) if h not in heads]
            grown = symbol + term if isinstance(head, sp.Sum) else symbol * term
            place = sp.Symbol(take_name(index.name, names), integer=True, positive=True)
            each = Compare(head.function.xreplace({index: place + first - 1}), 0, setting, strict=True)
            if 1 + shift >= first and (step := prove(each)) is not None:
                carried.steps.append(step)
                carried.facts.append(Hypothesis(f"{symbol} > 0", sp.Gt(symbol, 0)))
        carried.stands[head], carried.grown[head] = symbol, grown
    return carried


def _grow(side: Expr, n: Expr, carried: _Carried) -> Expr:
    """A side at the next number, in the symbols of this one."""
    grown = {head: more.xreplace(carried.stands) for head, more in carried.grown.items()}
    return put_keeping(side, {**grown, n: n + 1})


def _expand_factorials(side: Expr) -> Expr:
    """``(n + c)!`` as ``(n + c)⋯(n + 1)·n!``."""

    def beyond(e: Expr) -> int:
        shift, rest = e.args[0].as_coeff_Add()
        return int(shift) if shift.is_Integer and rest.is_Symbol and 0 < shift < LONGEST else 0

    def written(e: Expr) -> Expr:
        steps = range(beyond(e))
        return sp.Mul(*(e.args[0] - k for k in steps), sp.factorial(e.args[0] - len(steps)))

    return side.replace(lambda e: isinstance(e, sp.factorial) and beyond(e) > 0, written)
