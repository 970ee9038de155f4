"""Sums over a symbolic number of indices: the inequality of Cauchy and Schwarz, and induction on the number.

Where ``p, q ≥ 0`` and ``r² = pq`` at every index, ``(Σr)² ≤ Σp·Σq``, for ``p_j q_k + p_k q_j ≥ 2 r_j r_k``.
A statement about ``1…d`` holds if it does for d = 1, and for d + 1 where it does for d: a sum over one index more is
the sum and one more term.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import combinations, combinations_with_replacement, islice, product
from typing import Any

import sympy as sp

from ddln_sym.kernel.indexed import open_term
from ddln_sym.kernel.nested_sums import Flat, flatten, in_orders, in_squares
from ddln_sym.kernel.polynomials import fraction
from ddln_sym.kernel.procedure import Prover
from ddln_sym.kernel.sizes import at_size, put_keeping, relate, take_name
from ddln_sym.kernel.tower import Tower
from ddln_sym.statements import (
    BoundIndex,
    Compare,
    Equal,
    Hypothesis,
    Index,
    ProductOver,
    Rate,
    Setting,
    Step,
    SumOver,
    sum_over,
)

Expr = Any

__all__ = [
    "add_cauchy_schwarz",
    "find_at_larger_sizes",
    "geometric_sums",
    "prove_by_a_stronger_one",
    "prove_by_induction",
    "prove_term_by_term",
    "split_at_single_indices",
]

#: Sums that are compared with each other; sums and products of an induction.
SUMS, HEADS = 5, 4
#: Ways to open one sum of each product of sums.
CHOICES = 8
#: Single indices at which sums are split.
PLACES = 2
#: Numbers of indices at which a statement about them alone is tried.
MORE = (5, 6, 7, 8, 10, 12, 16, 24, 32, 64, 128, 256, 512)


# -- Cauchy and Schwarz -----------------------------------------------------------------------------------------
def add_cauchy_schwarz(tower: Tower, sides: tuple[Expr, Expr], prove: Prover) -> list[Step]:
    """Add ``Σp·Σq ≥ (Σr)²`` for the sums that the tower knows; the steps that it rests on."""
    size = tower.setting.size
    if size is None:
        return []
    nested = [*_add_diagonals(tower, sides, prove)]
    sums = [(g, m) for g, m in tower.meaning.items() if isinstance(m, SumOver) and _is_plain(m)][:SUMS]
    nested += _add_for_pairs_of_indices(tower, prove)
    nested += _add_for_sums_of_squares(tower, prove)
    if not sums:
        return [*nested, *_at_two_indices(prove)] if nested else []
    ones = (tower.lift(size), SumOver(sp.Integer(1), sums[0][1].index))
    parts: list[Step] = []
    for (one, p), (other, q) in combinations_with_replacement([ones, *sums], 2):
        for total, r in sums:
            if (total == one == other) or not _is_below(tower, p, q, r):
                continue
            found = _is_pointwise(p, q, r, tower.setting, prove)
            if found is not None:
                tower.implied.append((sp.expand(one * other - total**2), False))
                parts += found
    parts = [*parts, *nested]
    return [*dict.fromkeys(parts), *_at_two_indices(prove)] if parts else []


def _add_diagonals(tower: Tower, sides: tuple[Expr, Expr], prove: Prover) -> Iterator[Step]:
    """Add ``Σ_kl t(k,l) ≥ Σ_k t(k,k)`` for ``t ≥ 0``, where the sides name entries of a diagonal."""
    entries = {e for side in sides for e in side.atoms(sp.Indexed)}
    if not any(len(e.indices) > 1 and len(set(e.indices)) == 1 for e in entries):
        return
    for total, flat in _over_pairs(tower):
        k, other = (_unused(name, (flat.term,), tower.setting) for name in "kl")
        if (step := prove(Compare(flat.at((k, other)), 0, tower.setting))) is not None:
            diagonal = tower.lift(sum_over(partial(_on_the_diagonal, flat)))
            numerator, denominator = fraction(total - diagonal)
            tower.implied.append((sp.expand(numerator * denominator), False))
            yield step


def _on_the_diagonal(flat: Flat, index: Expr) -> Expr:
    return flat.at((index, index))


def _over_pairs(tower: Tower) -> list[tuple[Expr, Flat]]:
    """The sums over two indices that the tower knows."""
    found = [(g, flatten(m)) for g, m in tower.meaning.items() if isinstance(m, SumOver)]
    known = [(g, flat) for g, flat in found if flat is not None]
    return [(g, flat) for g, flat in known if len(flat.indices) == 2 and not flat.term.has(SumOver)][:SUMS]


def _add_for_pairs_of_indices(tower: Tower, prove: Prover) -> list[Step]:
    """The same for sums over two indices, which are sums over one, the pair."""
    sums = _over_pairs(tower)
    if not sums:
        return []
    pair = tuple(_unused(name, tuple(flat.term for _, flat in sums), tower.setting) for name in "kl")
    ones = (tower.lift(tower.setting.size) ** 2, Flat(sp.Integer(1), sums[0][1].indices))
    parts: list[Step] = []
    for (one, p), (other, q) in combinations_with_replacement([ones, *sums], 2):
        for total, r in sums:
            for left, right, middle in _aligned(p, q, r, pair):
                steps = _are_above(left, right, middle, tower.setting, prove)
                if steps is not None and not (total == one == other):
                    tower.implied.append((sp.expand(one * other - total**2), False))
                    parts += steps
                    break
    return parts


def _add_for_sums_of_squares(tower: Tower, prove: Prover) -> list[Step]:
    """The same for ``Σ_k g_k²`` and ``Σ_k h_k²``, where g and h are sums themselves, and ``Σ_k g_k h_k``."""
    flats = [(g, flatten(m)) for g, m in tower.meaning.items() if isinstance(m, SumOver)]
    squares = [(g, s) for g, f in flats if f is not None for s in in_squares(f) if _is_square_of_a_sum(s.term)]
    parts: list[Step] = []
    for (one, p), (other, q) in combinations(squares[:SUMS], 2):
        r = sum_over(partial(_product_at, p, q))
        steps = None if one == other else _is_pointwise(p, q, r, tower.setting, prove)
        if steps is not None:
            numerator, denominator = fraction(one * other - tower.lift(r) ** 2)
            tower.implied.append((sp.expand(numerator * denominator), False))
            parts += steps
    return parts


def _is_square_of_a_sum(term: Expr) -> bool:
    return bool(term.is_Pow and term.exp == 2 and isinstance(term.base, SumOver))


def _product_at(p: Any, q: Any, index: Expr) -> Expr:
    return sp.Mul(p.at(index).base, q.at(index).base)


def _aligned(p: Flat, q: Flat, r: Flat, pair: tuple[Expr, ...]) -> Iterator[tuple[Expr, Expr, Expr]]:
    """The terms at a pair of indices, in the orders in which ``r² = pq`` there."""
    for one, other in product([pair, pair[::-1]], repeat=2):
        left, right, middle = p.at(pair), q.at(one), r.at(other)
        if sp.expand(left * right - middle**2) == 0:
            yield left, right, middle


def _are_above(left: Expr, right: Expr, middle: Expr, setting: Setting, prove: Prover) -> list[Step] | None:
    wanted = [Compare(left, 0, setting), Compare(right, 0, setting), Compare(left * right, middle**2, setting)]
    found = [prove(statement) for statement in wanted if not statement.lhs.is_Rational]
    return None if None in found else [step for step in found if step is not None]


def split_at_single_indices(tower: Tower, sides: tuple[Expr, Expr]) -> bool:
    """Add that a sum is a term of it and the rest, at the indices that are named; whether there are any."""
    given = tower.setting.hypotheses
    spoken = (*sides, *(h.relation for h in given if h.index is None))
    heads = sorted({s for part in spoken for s in part.atoms(SumOver)}, key=sp.default_sort_key)
    sums = [s for s in heads if _is_plain(s)]
    entries = {entry for side in sides for entry in side.atoms(sp.Indexed)}
    places = {i for e in entries for i in e.indices}
    places |= {i for h in given for e in h.relation.atoms(sp.Indexed) for i in e.indices if i != h.index}
    places = {i for i in places if not i.atoms(BoundIndex) and tower.in_range(i)}
    ordered = sorted(places, key=sp.default_sort_key)[:PLACES]
    for head, place in product(sums[:SUMS], ordered):
        tower.lift(SumOver(head.term, head.index, place))
    pairs = [s for s in heads if len(in_orders(s)) > 1 and not s.term.atoms(BoundIndex) - _bound_in(s)]
    rows_and_columns = [h for s in pairs for h in in_orders(s)]
    for head, place in product(rows_and_columns, ordered):
        tower.lift(SumOver(head.term, head.index, place))
        inner = head.at(place)
        for other in ordered:
            tower.lift(SumOver(inner.term, inner.index, other))
    return bool((sums or pairs) and places)


def _bound_in(head: Expr) -> set[Expr]:
    return {head.index, *(s.index for s in head.term.atoms(SumOver))}


def _is_plain(head: Expr) -> bool:
    """Whether the sum is over all indices, and its term is about no other bound index."""
    return not head.without and head.term.atoms(BoundIndex) <= {head.index} and not head.term.has(SumOver, ProductOver)


def _is_below(tower: Tower, p: Expr, q: Expr, r: Expr) -> bool:
    """Whether ``r² = pq`` and ``p, q ≥ 0`` at any one index, as far as is plain; it only saves longer proofs."""
    one, other, middle = (open_term(tower, head)[0] for head in (p, q, r))
    if tower.remainder(fraction(one * other - middle**2)[0]).rest != 0:
        return False
    return all(tower.is_nonnegative(sp.expand(sp.Mul(*fraction(quantity)))) for quantity in (one, other))


def _is_pointwise(p: Expr, q: Expr, r: Expr, setting: Setting, prove: Prover) -> list[Step] | None:
    k = _unused("k", (p, q, r), setting)
    return _are_above(p.at(k), q.at(k), r.at(k), setting, prove)


def _unused(name: str, exprs: tuple[Expr, ...], setting: Setting) -> Index:
    used = {s.name for e in (*exprs, *(h.relation for h in setting.hypotheses)) for s in e.atoms(sp.Symbol)}
    return Index(take_name(name, used))


def _at_two_indices(prove: Prover) -> Iterator[Step]:
    """What is summed over j and k: ``p_j q_k + p_k q_j ≥ 2 r_j r_k``."""
    p, q, r, a, b, c = sp.symbols("p_j q_j r_j p_k q_k r_k", real=True)
    given = (sp.Ge(p, 0), sp.Ge(q, 0), sp.Ge(a, 0), sp.Ge(b, 0), sp.Eq(p * q, r**2), sp.Eq(a * b, c**2))
    step = prove(Compare(p * b + a * q, 2 * r * c, Setting(tuple(Hypothesis(str(g), g) for g in given))))
    if step is None:
        raise ArithmeticError("the inequality of Cauchy and Schwarz at two indices is not proved")
    yield step


# -- term by term -----------------------------------------------------------------------------------------------
def prove_term_by_term(proposition: Compare, prove: Prover) -> tuple[Any, tuple[Step, ...]] | None:
    """``Σ_k t(k) ≥ 0`` from ``t(k) ≥ 0`` for any one k, where t has sums of its own: the term, and the steps.

    Of a product of sums one is opened, and what it is opened to may hold the others, which know nothing of k.
    """
    setting = proposition.setting
    if proposition.strict or setting.size is None or setting.rates:
        return None
    difference = sp.expand(proposition.lhs - proposition.rhs)
    choices = [_outer_sums(term) for term in sp.Add.make_args(difference)]
    if not all(choices) or not any(len(c) > 1 or c[0][1].term.has(SumOver) for c in choices):
        return None
    names = {s.name for e in (difference, *(h.relation for h in setting.hypotheses)) for s in e.atoms(sp.Symbol)}
    place = Index(take_name("k", names))
    for chosen in islice(product(*choices), CHOICES):
        term = sp.Add(*(outside * head.at(place) for outside, head in chosen))
        step = None if term.is_Rational else prove(Compare(term, 0, setting))
        if step is None:
            continue
        values = [prove(Equal(s, s, setting)) for s in (proposition.lhs, proposition.rhs) if not s.is_Rational]
        return None if None in values else (term, (step, *(v for v in values if v is not None)))
    return None


def _outer_sums(term: Expr) -> list[tuple[Expr, Any]]:
    """The sums that are factors of a term, each with the other factors; those with sums in them come first."""
    factors = [(b, n) for b, n in term.as_powers_dict().items() if isinstance(b, SumOver)]
    heads = [b for b, n in factors if n.is_Integer and n > 0 and not b.without]
    heads.sort(key=lambda h: (not h.term.has(SumOver), sp.default_sort_key(h)))
    return [(term / h, written) for h in heads for written in (*in_orders(h), *_in_squares(h))]


def _in_squares(head: Any) -> list[Any]:
    """A sum over three indices or more as one of squares of sums."""
    flat = flatten(head)
    known = [] if flat is None or len(flat.indices) < 3 else [*in_squares(flat)]
    return [written for written in known if isinstance(written, SumOver) and written != head]


# -- geometric sums ---------------------------------------------------------------------------------------------
def geometric_sums(proposition: Equal | Compare) -> list[tuple[Any, Expr, Equal]]:
    """The sums of which each term is r times the one before, r, and ``(r − 1)·Σ_k t(k) = t(d + 1) − t(1)``.

    >>> x, d = sp.Symbol("x", real=True), sp.Symbol("d", integer=True, positive=True)
    >>> print(*geometric_sums(Compare(sum_over(lambda k: 2 * x**k), 0, Setting((), (), d)))[0], sep="; ")
    Σ_m1[2*x**m1]; x; (x - 1)*Σ_m1[2*x**m1] = -2*x + 2*x**(d + 1)
    """
    size = proposition.setting.size
    found = []
    for head in sorted({h for s in (proposition.lhs, proposition.rhs) for h in s.atoms(SumOver)}, key=str):
        if size is None or not _is_plain(head) or head.term.has(sp.Indexed):
            continue
        ratio = sp.powsimp(head.at(head.index + 1) / head.term)
        if head.term.has(head.index) and not ratio.has(head.index) and ratio.free_symbols <= head.term.free_symbols:
            rest = head.at(size + 1) - head.at(sp.Integer(1))
            found.append((head, ratio, Equal((ratio - 1) * head, rest, Setting((), (), size))))
    return found


# -- induction ----------------------------------------------------------------------------------------------------
def prove_by_induction(proposition: Any, prove: Prover) -> tuple[Step, ...] | None:
    """The statement at one index, and at one index more where it holds: the steps, or None."""
    more = _one_more(proposition, prove)
    if more is None:
        return None
    begun = prove(at_size(proposition, 1, {proposition.setting.size: sp.Integer(1)}))
    if begun is None:
        return None
    signs, statement = more
    continued = prove(statement)
    return None if continued is None else (begun, *signs, continued)


# -- a stronger statement, of which an induction is possible --------------------------------------------------------
def prove_by_a_stronger_one(proposition: Any, prove: Prover) -> tuple[tuple[Step, ...], Any] | None:
    """``B ≥ Σt`` from ``B − w(d) ≥ Σt`` for a ``w ≥ 0`` of the form of the terms: the steps, and what is stronger.

    ``Σ 1/k² ≤ 2`` says too little of d indices for d + 1; ``Σ 1/k² ≤ 2 − 1/d`` says enough.
    """
    size, difference = proposition.setting.size, proposition.lhs - proposition.rhs
    heads = difference.atoms(SumOver, ProductOver)
    if size is None or not size.is_Symbol or len(heads) != 1 or proposition.setting.hypotheses:
        return None
    (head,) = heads
    if not (isinstance(head, SumOver) and _is_plain(head)) or head.term.free_symbols - {head.index}:
        return None
    factor = -sp.Add(*(term / head for term in sp.Add.make_args(difference) if term.has(head)))
    bound = sp.Add(*(term for term in sp.Add.make_args(difference) if not term.has(head)))
    if not factor.is_Rational or not factor > 0 or bound.has(size) or bound.free_symbols:
        return None
    for gap in _gaps(head, size):
        if not _may_telescope(factor * head.term, head.index, bound, factor * gap, size):
            continue
        stronger = replace(proposition, lhs=bound - factor * gap, rhs=factor * head)
        sign = prove(Compare(factor * gap, 0, proposition.setting, proposition.strict))
        parts = None if sign is None else prove_by_induction(replace(stronger, strict=False), prove)
        if sign is not None and parts is not None:
            return (sign, *parts), stronger
    return None


def _gaps(head: Any, size: Expr) -> Iterator[Expr]:
    last = sp.powsimp(head.at(size))
    for scale in (1, sp.Rational(1, 2), 2, 3):
        gaps = (size * last, last, 1 / size, 1 / (size + 1), (1 + 2 / size) * last, 1 / (size + 2))
        yield from (sp.powsimp(scale * gap) for gap in gaps)


def _may_telescope(term: Expr, index: Expr, bound: Expr, gap: Expr, size: Expr) -> bool:
    """Whether the stronger statement can be carried over the first few numbers of indices; it only saves proofs."""

    def at(e: Expr, symbol: Expr, n: int) -> float:
        return float(e.xreplace({symbol: sp.Integer(n)}))

    near = 1e-12
    try:
        begins = at(gap, size, 1) <= float(bound) - at(term, index, 1) + near
        return begins and all(
            at(gap, size, n) - at(gap, size, n + 1) + near >= at(term, index, n + 1) for n in range(1, 9)
        )
    except (TypeError, OverflowError):
        return False


#: What a number does not come of by adding up; a sum of SymPy is still there where a term has no value.
_UNKNOWN = (ProductOver, sp.Indexed, sp.Sum, sp.Product, sp.Integral)


def find_at_larger_sizes(proposition: Equal | Compare) -> tuple[int, Equal | Compare] | None:
    """The least of some larger numbers of indices at which a statement about nothing else fails, as it reads there."""
    size, sides = proposition.setting.size, (proposition.lhs, proposition.rhs)
    heads = {h for side in sides for h in side.atoms(SumOver)}
    if size is None or not size.is_Symbol or proposition.setting.hypotheses or not all(map(_is_plain, heads)):
        return None
    if (
        any(e.has(*_UNKNOWN) or e.atoms(Index) - e.atoms(BoundIndex) for e in sides)
        or not heads
        or _letters(sides, heads) - {size}
    ):
        return None
    totals, done = dict.fromkeys(heads, sp.Integer(0)), 0
    for number in MORE:
        for n in range(done + 1, number + 1):
            totals = {h: total + h.at(sp.Integer(n)) for h, total in totals.items()}
        done = number
        if not all(total.is_Rational for total in totals.values()):
            return None
        lhs, rhs = (side.xreplace({**totals, size: sp.Integer(number)}) for side in sides)
        fails = lhs != rhs if isinstance(proposition, Equal) else sp.Lt(lhs, rhs)
        if fails in (True, sp.true):
            return number, replace(proposition, lhs=lhs, rhs=rhs, setting=Setting())
    return None


def _letters(sides: tuple[Expr, ...], heads: set[Expr]) -> set[Expr]:
    outside = {s for side in sides for s in side.xreplace({h: sp.Integer(1) for h in heads}).free_symbols}
    return outside.union(*(h.term.free_symbols - {h.index} for h in heads))


def _one_more(proposition: Any, prove: Prover) -> tuple[list[Step], Equal | Compare] | None:
    """What is known of the signs of the sums and products, and the statement for one index more."""
    setting, sides = proposition.setting, (proposition.lhs, proposition.rhs)
    size = setting.size
    heads = sorted({h for side in sides for h in side.atoms(SumOver, ProductOver)}, key=sp.default_sort_key)
    if (
        size is None
        or not (size.is_Symbol and size.is_positive)
        or not 0 < len(heads) <= HEADS
        or not _is_uniform(setting, sides, heads)
    ):
        return None
    names = {s.name for e in (*sides, *(h.relation for h in setting.hypotheses)) for s in e.atoms(sp.Symbol)}

    def unused(name: str) -> Expr:
        return sp.Symbol(take_name(name, names), real=True)

    stands = {h: unused(f"S{n}" if isinstance(h, SumOver) else f"P{n}") for n, h in enumerate(heads, 1)}
    last, new = size + 1, dict[Expr, Expr]()

    def at_last(head: Any) -> Expr:
        """The term at the new index, with symbols of their own for the new entries of arrays."""
        term = head.at(last)
        for entry in sorted(term.atoms(sp.Indexed) - new.keys(), key=str):
            new[entry] = unused(f"{entry.base.label}new")
        return term.xreplace(new)

    grown = {h: s + at_last(h) if isinstance(h, SumOver) else s * at_last(h) for h, s in stands.items()}
    before, after = ([s.xreplace(stands) for s in sides], [_grown(s, grown, size, last) for s in sides])
    relation = relate(proposition, *before)
    signs, facts = _signs(stands, setting, prove)
    given = [Hypothesis("for as many indices", relation), *facts]
    given += [h if h.index is None else Hypothesis(h.name, at_last(h)) for h in setting.hypotheses]
    return signs, replace(proposition, lhs=after[0], rhs=after[1], setting=Setting(tuple(given)))


def _is_uniform(setting: Setting, sides: tuple[Expr, ...], heads: list[Expr]) -> bool:
    """Whether all that is said of single indices is said of each, in the same way, whatever their number."""
    size = setting.size
    outside = [s.xreplace({h: sp.Dummy() for h in heads}) for s in sides]
    plain = [h.relation for h in setting.hypotheses if h.index is None]
    every = [h for h in setting.hypotheses if h.index is not None]
    if setting.rates or any(e.has(sp.Indexed, Index, Rate, sp.Derivative) for e in (*outside, *plain)):
        return False
    if any(e.has(size, SumOver, ProductOver) for e in (*plain, *(h.relation for h in every))):
        return False
    if any(h.without for h in every) or not all(_is_plain(h) and not h.term.has(size) for h in heads):
        return False
    inside = [(h.term, h.index) for h in heads] + [(h.relation, h.index) for h in every]
    return all(
        not e.has(Rate, sp.Derivative)
        and e.atoms(Index) <= {index}
        and all(entry.indices == (index,) for entry in e.atoms(sp.Indexed))
        for e, index in inside
    )


def _grown(side: Expr, grown: dict[Expr, Expr], size: Expr, last: Expr) -> Expr:
    return put_keeping(side, {**grown, size: last})


def _signs(stands: dict[Expr, Expr], setting: Setting, prove: Prover) -> tuple[list[Step], list[Hypothesis]]:
    steps, facts = list[Step](), list[Hypothesis]()
    for head, symbol in stands.items():
        for strict in (True, False):
            step = prove(Compare(head, 0, setting, strict))
            if step is not None:
                fact = sp.Gt(symbol, 0) if strict else sp.Ge(symbol, 0)
                steps.append(step)
                facts.append(Hypothesis(str(fact), fact))
                break
    return steps, facts
