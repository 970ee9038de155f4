"""Equations and inequalities between expressions: lifted into normal forms, and decided there or left open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import replace
from functools import partial
from itertools import combinations
from typing import Any

import sympy as sp

from ddln_sym.kernel import counterexamples, formulas
from ddln_sym.kernel.change_of_variables import change_of, in_nonzero_forms
from ddln_sym.kernel.covers import cover
from ddln_sym.kernel.derivatives import apply_rates
from ddln_sym.kernel.evaluation import surely_greater, symbols_of
from ddln_sym.kernel.indexed import open_term
from ddln_sym.kernel.intervals import Interval
from ddln_sym.kernel.monotonicity import Search, prove_by_derivatives, prove_constant
from ddln_sym.kernel.normal_forms import UNREADABLE, Tower
from ddln_sym.kernel.order import equal_by_congruence, prove_by_order
from ddln_sym.kernel.polynomials import Membership, expand, fraction
from ddln_sym.kernel.procedure import decide, decide_part, make_step, restate
from ddln_sym.kernel.roots import find_at_algebraic_points, find_at_roots, find_at_turns
from ddln_sym.kernel.signs import Reason
from ddln_sym.kernel.sizes import at_sizes, is_schematic, take_name
from ddln_sym.kernel.sums import add_cauchy_schwarz, find_at_larger_sizes, split_at_single_indices
from ddln_sym.statements import (
    BoundIndex,
    Compare,
    Equal,
    Evidence,
    Hypothesis,
    Index,
    ProductOver,
    Setting,
    SideCondition,
    Step,
    SumOver,
    TendsTo,
    Witness,
    Working,
    sum_over,
)

Expr = Any

SQUARE_TERMS = 60  # a longer difference is not squared
QUICK, PATIENT = 10, 3000  # points to try before a proof is looked for, and after none was found
AT_A_SIZE, IN_ENTRIES = 400, 60_000  # points to try at each number of indices, and values for single entries
A_PART = 40  # of what the order of quantities may cost in one question, for one part of a proof
NESTED = 2  # statements of which each is decided for the sake of the one before
IN_A_PART = 1_000  # values to try for single symbols where a part of a proof may fail

__all__ = [
    "QUICK",
    "decide_equation",
    "decide_inequality",
    "is_for_another",
    "prove_anew",
    "prove_for_derivatives",
    "prove_for_sums",
    "refute",
    "refute_at_a_size",
    "satisfiable",
]


# -- points ---------------------------------------------------------------------------------------
def satisfiable(setting: Setting) -> bool | None:
    """Whether something satisfies every hypothesis.

    Returns:
        True if a small rational point does, False if they are shown to contradict each other, None otherwise.

    >>> x = sp.Symbol("x", real=True)
    >>> satisfiable(Setting((Hypothesis("given", sp.Gt(x, 0)),)))
    True
    """
    if counterexamples.instance(setting) or formulas.instance(setting):
        return True
    try:
        tower = Tower(setting)
        if tower.has_an_index():
            tower.meet(_an_index(setting))
        return False if tower.contradictory() else None
    except UNREADABLE:
        return None


def _an_index(setting: Setting) -> Index:
    names = {s.name for h in setting.hypotheses for s in h.relation.atoms(sp.Symbol)}
    return Index(take_name("k", names))


def refute(proposition: Equal | Compare, tries: int = PATIENT) -> Step | None:
    if is_schematic(proposition):
        return refute_at_a_size(proposition) if tries == PATIENT else None
    where = counterexamples.find(proposition, tries, guided=tries == PATIENT)
    if where is None and tries == PATIENT:
        where = find_at_roots(proposition) or find_at_turns(proposition) or find_at_algebraic_points(proposition)
    return None if where is None else make_step(proposition, False, where.evidence, "", where)


def _leave_open(proposition: Equal | Compare, is_part: bool, evidence: Evidence, detail: str) -> Step:
    """A refutation of what was not proved, or a don't know; a part of a proof counts only if it is proved."""
    return (None if is_part else refute(proposition)) or make_step(proposition, None, evidence, detail)


def refute_at_a_size(proposition: Any) -> Step | None:
    """A point at a concrete number of indices, where the sums and products are written out."""
    for places, concrete in at_sizes(proposition):
        where = counterexamples.find(concrete, AT_A_SIZE, solving=True, most=IN_ENTRIES)
        if where is not None:
            where = replace(where, places=(*places.items(), *where.places))
            return make_step(proposition, False, where.evidence, "", where)
    if isinstance(proposition, (Equal, Compare)) and (larger := find_at_larger_sizes(proposition)) is not None:
        where = counterexamples.find(larger[1])
        if where is not None:
            where = replace(where, places=((proposition.setting.size, sp.Integer(larger[0])), *where.places))
            return make_step(proposition, False, where.evidence, "", where)
    return None


# -- parts of proofs ------------------------------------------------------------------------------
_nested: ContextVar[int] = ContextVar("nested", default=0)


def prove_anew(proposition: Equal | Compare) -> Step | None:
    """A statement by everything that is known, proved, or None; or None where that was asked for in too many others."""
    depth = _nested.get()
    if depth == NESTED:
        return None
    token = _nested.set(depth + 1)
    try:
        step = decide(proposition)
    finally:
        _nested.reset(token)
    return step if step.proved else None


def prove_for_sums(proposition: Equal | Compare) -> Step | None:
    """A statement that a proof about sums needs, proved without induction, or None."""
    if refute(proposition, QUICK) is not None:
        return None
    if isinstance(proposition, Equal):
        step = decide_equation(proposition, is_part=True)
    else:
        step = decide_inequality(proposition, Search(depth=0))
    return step if step.proved else None


def _find_for_a_part(proposition: Equal | Compare) -> Witness | None:
    """A point where a part of a proof fails, sought briefly: it only saves a proof that must fail."""
    return counterexamples.find(proposition, QUICK, guided=True, most=IN_A_PART)


def prove_for_derivatives(proposition: Equal | Compare | TendsTo, search: Search) -> Step | None:
    """A statement that a proof by derivatives needs, proved, or None."""
    if isinstance(proposition, TendsTo):
        step = decide_part(proposition)
        return step if step.proved else None
    if isinstance(proposition, Compare) and not symbols_of(proposition.lhs, proposition.rhs):
        if (numbers := _between_numbers(proposition)) is not None:
            return numbers
        if surely_greater(proposition.rhs, proposition.lhs) is not None:
            return None
    key = proposition, search.depth
    if key not in search.known:
        search.known[key] = None
        schematic = is_schematic(proposition)
        if search.left[0] > 0 and (schematic or _find_for_a_part(proposition) is None):
            search.left[0] -= 1
            step = (
                decide_equation(proposition, is_part=True)
                if isinstance(proposition, Equal)
                else decide_inequality(proposition, search)
            )
            search.known[key] = step if step.proved else None
    return search.known[key]


def is_for_another() -> bool:
    """Whether what is decided at the moment is asked for the sake of another statement."""
    return _nested.get() > 0


# -- equality -------------------------------------------------------------------------------------
def decide_equation(proposition: Equal, *, is_part: bool = False) -> Step:
    """Decide an equation; as a part of a search it is not refuted."""
    changed, forms = in_nonzero_forms(proposition)
    try:
        tower = Tower(changed.setting)
        _keep_conditions(proposition, tower, forms)
        difference = tower.lift(changed.lhs) - tower.lift(changed.rhs)
        numerator = fraction(difference)[0]
        found = tower.remainder(numerator)
        if found.rest != 0 and _equal_products(changed, tower):
            found = tower.remainder(numerator)
        same = None if found.rest == 0 else _same_terms(changed, tower) or _same_square(changed, tower, found.rest)
        if found.rest != 0 and same is None and equal_by_congruence(tower, numerator):
            found = tower.remainder(numerator)
        if found.rest != 0 and same is None:
            same = _neither_above_nor_below(tower, found.rest)
    except UNREADABLE as error:
        return _leave_open(proposition, is_part, Evidence.NORMAL_FORM, str(error))
    if found.rest == 0:
        exact = Evidence.EXPANDED, "both sides have the same normal form"
        same = (Evidence.MEMBERSHIP, _cofactors(found)) if found.cofactors else exact
    parts: list[Step] = []
    if same is None and not is_part:
        constant = prove_constant(proposition, Search(depth=2), prove_for_derivatives)
        if constant is not None:
            same, parts = (constant.kind, constant.said), list(constant.parts)
    if same is None:
        reason = f"the difference reduces to {tower.explain(found.rest)}, not to 0"
        return _leave_open(proposition, is_part, Evidence.NORMAL_FORM, reason)
    evidence, detail = same
    conditions, missing = tower.discharge(partial(_as_a_part, proposition.setting, forms, Search(depth=2), parts))
    if missing:
        return _leave_open(proposition, is_part, evidence, f"it needs {missing}, which is not given")
    working = Working(found.cofactors if found.rest == 0 else (), meaning=_meaning(tower, forms))
    needed = _plainly(conditions, forms)
    return make_step(proposition, True, evidence, detail, conditions=needed, working=working, parts=tuple(parts))


def _as_a_part(
    setting: Setting, forms: Mapping[Expr, Expr], search: Search, parts: list[Step], quantity: Expr, kind: str
) -> str:
    """By what a side condition follows that is proved as a statement of its own, which is added to the parts."""
    plain = quantity.xreplace(dict(forms))
    ways = [Compare(plain, 0, setting, kind != "≥ 0")]
    # A hypothesis that needs the same to have a value is no help.
    others = [h for h in setting.hypotheses if not h.relation.has(*plain.atoms(sp.Function))]
    if len(others) < len(setting.hypotheses):
        ways.append(replace(ways[0], setting=replace(setting, hypotheses=tuple(others))))
    if kind == "≠ 0":
        apart = [h.relation for h in setting.hypotheses if isinstance(h.relation, sp.Ne) and h.index is None]
        ways.append(Compare(0, plain, setting, True))
        ways += [Compare(plain * (r.lhs - r.rhs), 0, setting, True) for r in apart]  # what has the sign of that
    for statement in ways:
        if (step := prove_for_derivatives(statement, replace(search, depth=min(search.depth, 2)))) is not None:
            parts.append(step)
            return str(step.evidence)
    return ""


def _keep_conditions(proposition: Equal | Compare, tower: Tower, forms: Mapping[Expr, Expr]) -> None:
    """Lift every part of the sides in the new variables by itself: in the whole SymPy may have cancelled it."""
    if not forms:
        return
    change = change_of(forms)
    for side in (proposition.lhs, proposition.rhs):
        for part in sp.postorder_traversal(side):
            if isinstance(part, (sp.Function, sp.Pow)) and not isinstance(part, (SumOver, ProductOver)):
                tower.lift(part.xreplace(change))


def _meaning(tower: Tower, forms: Mapping[Expr, Expr]) -> tuple[tuple[Expr, Expr], ...]:
    return (*tower.meaning.items(), *forms.items())


def _plainly(conditions: Iterable[SideCondition], forms: Mapping[Expr, Expr]) -> tuple[SideCondition, ...]:
    """The side conditions in the statement's own variables."""
    return tuple(replace(c, quantity=c.quantity.xreplace(forms)) for c in conditions)


def _cofactors(found: Membership) -> str:
    terms = [f"({c})·({r})" for c, r in found.cofactors[:4]]
    more = "" if len(found.cofactors) <= 4 else f" + {len(found.cofactors) - 4} more"
    return "difference = " + " + ".join(terms) + more


def _same_square(proposition: Equal, tower: Tower, rest: Expr) -> tuple[Evidence, str] | None:
    """Two reals with equal squares and a product that is not negative are equal."""
    if len(sp.Add.make_args(rest)) >= SQUARE_TERMS:
        return None
    left, right = tower.lift(proposition.lhs), tower.lift(proposition.rhs)
    if tower.remainder(fraction(left**2 - right**2)[0]).rest != 0:
        return None
    numerator, denominator = fraction(left * right)
    how = tower.prove(expand(numerator * denominator), False)
    return None if how is None else (Evidence.SQUARES, f"the product of the sides is not negative: {how}")


def _neither_above_nor_below(tower: Tower, rest: Expr) -> tuple[Evidence, str] | None:
    """What is not negative and not positive vanishes: by the signs of what moduli are of, as ``|x| = −x`` for x ≤ 0."""
    if not any(isinstance(m, (sp.Abs, sp.sign)) for g, m in tower.meaning.items() if rest.has(g)):
        return None
    ways = [tower.prove(expand(sign * rest), False) for sign in (1, -1)]
    return None if None in ways else (Evidence.BETWEEN, f"{ways[0]}; {ways[1]}")


def _same_terms(proposition: Equal, tower: Tower) -> tuple[Evidence, str] | None:
    """Linear combinations of sums over one index set are equal when their terms are."""
    combined = _combine(proposition, tower)
    if combined is None or tower.remainder(fraction(open_term(tower, combined)[0])[0]).rest != 0:
        return None
    return Evidence.TERMWISE, "the terms at any one index are equal"


def _equal_products(proposition: Equal, tower: Tower) -> bool:
    """Add ``∏f = ∏h`` for products over one index set whose factors are equal; whether there are any."""
    heads = {h for side in (proposition.lhs, proposition.rhs) for h in side.atoms(ProductOver) if _own_indices(h)}
    before = len(tower.definitions)
    for one, other in combinations(sorted(heads, key=sp.default_sort_key), 2):
        if set(one.without) == set(other.without):
            factor, index = open_term(tower, one)
            if tower.remainder(fraction(factor - tower.lift(other.at(index)))[0]).rest == 0:
                tower.definitions.append(fraction(tower.lift(one) - tower.lift(other))[0])
    return len(tower.definitions) > before


# -- inequality -----------------------------------------------------------------------------------
def _between_numbers(proposition: Compare) -> Step | None:
    """A comparison of two numbers, by balls that do not meet."""
    if symbols_of(proposition.lhs, proposition.rhs) or proposition.setting != Setting():
        return None
    bits = surely_greater(proposition.lhs, proposition.rhs)
    return (
        None
        if bits is None
        else make_step(proposition, True, Evidence.CONSTANTS, f"the balls of the sides at {bits} bits")
    )


def decide_inequality(proposition: Compare, search: Search | None = None) -> Step:
    """Decide an inequality; as a part of a ``search`` it is not refuted, and only as much is tried as that leaves."""
    if (numbers := _between_numbers(proposition)) is not None:
        return numbers
    is_part, search = search is not None, search or Search()
    changed, forms = in_nonzero_forms(proposition)
    try:
        tower = Tower(changed.setting)
        _keep_conditions(proposition, tower, forms)
        termwise = _termwise(changed, tower, partial(tower.prove, strict=False))
        if termwise is not None:
            needed = _plainly(termwise.conditions, forms)
            return restate(termwise, proposition, conditions=needed)
        numerator, denominator = fraction(tower.lift(changed.lhs) - tower.lift(changed.rhs))
        parts = _compare_products(changed, tower)
    except UNREADABLE as error:
        return _leave_open(proposition, is_part, Evidence.NORMAL_FORM, str(error))
    target = numerator if tower.is_positive(denominator) else expand(numerator * denominator)
    ways = [partial(tower.prove, target, proposition.strict), partial(_factor_by_factor, changed, tower, parts)]
    if len(sp.Mul.make_args(changed.lhs)) > 2:  # multiplied out they would be long
        ways.reverse()
    how: Reason | None = ways[0]() or ways[1]()
    if how is None:
        if not is_part and (refuted := refute(proposition)) is not None:
            return refuted
        if squares := add_cauchy_schwarz(tower, (changed.lhs, changed.rhs), prove_for_sums):
            parts += squares
            how = tower.prove(target, proposition.strict)
        if how is None and split_at_single_indices(tower, (changed.lhs, changed.rhs)):
            how = tower.prove(target, proposition.strict)
            if how is None and (squares := add_cauchy_schwarz(tower, (changed.lhs, changed.rhs), prove_for_sums)):
                parts += (step for step in squares if step not in parts)
                how = tower.prove(target, proposition.strict)
        with search.effort.share(A_PART if is_part else search.effort.left * 2 // 3) as effort:
            ordered = partial(prove_by_order, tower, effort=effort)
            how = how or ordered(target, proposition.strict)
            step = None if how is not None else _termwise(changed, tower, partial(ordered, strict=False))
        if step is not None:
            return restate(step, proposition, conditions=_plainly(step.conditions, forms))
    how = how or _cover(proposition)
    found = None
    if how is None and (found := prove_by_derivatives(proposition, search, prove_for_derivatives)) is not None:
        parts += found.parts
        how = Reason(found.kind, said=found.said)
    if how is None:
        return make_step(
            proposition,
            None,
            Evidence.INEQUALITY,
            f"no proof that {tower.explain(target)} is {'>' if proposition.strict else '≥'} 0",
        )
    conditions, missing = tower.discharge(partial(_as_a_part, proposition.setting, forms, search, parts))
    if missing:
        return _leave_open(proposition, is_part, how.kind, f"it needs {missing}, which is not given")
    detail = f"with {how.detail}" if how.detail and not found else how.detail
    if how.combination is not None and not how.said:
        detail = how.combination.say(tower.explain)
    return make_step(
        proposition, True, how.kind, detail, parts=tuple(parts),
        conditions=_plainly(conditions, forms), working=_working(how, tower, forms),
    )  # fmt: skip


def _cover(proposition: Compare) -> Reason | None:
    """That the difference of the sides is positive where its only variable runs through a bounded interval."""
    symbols = symbols_of(proposition.lhs, proposition.rhs)
    if len(symbols) != 1 or not symbols[0].is_Symbol or symbols[0].is_integer or proposition.setting.rates:
        return None
    interval = Interval.of(symbols[0], proposition.setting)
    if interval is None:
        return None
    ends = [[end for end, _ in side if end.is_number] for side in (interval.lower, interval.upper)]
    if not all(ends):
        return None
    low, high = ends[0][0], ends[1][0]
    balls = cover(proposition.lhs - proposition.rhs, symbols[0], low, high)
    return (
        None
        if balls is None
        else Reason(Evidence.COVERED, said=f"{balls} of them for {symbols[0]} from {low} to {high}")
    )


def _working(how: Reason, tower: Tower, forms: Mapping[Expr, Expr]) -> Working:
    subtracted = None if how.subtracted is None else how.subtracted[0]
    return Working((), how.substitutions, subtracted, _meaning(tower, forms))


def _termwise(proposition: Compare, tower: Tower, prove: Callable[[Expr], Reason | None]) -> Step | None:
    """A linear combination of sums over one index set is nonnegative when its term is."""
    combined = None if proposition.strict else _combine(proposition, tower)
    if combined is None:
        return None
    numerator, denominator = fraction(open_term(tower, combined)[0])
    target = expand(numerator if tower.is_positive(denominator) else numerator * denominator)
    how = prove(target)
    if how is None:
        return None
    conditions, missing = tower.discharge()
    if missing:
        return None
    return make_step(
        proposition, True, Evidence.TERMWISE, f"each term is nonnegative: {how}",
        conditions=tuple(conditions), working=_working(how, tower, {}),
    )  # fmt: skip


def _combine(proposition: Equal | Compare, tower: Tower) -> Expr | None:
    """The difference of the sides as one sum, if it is a linear combination of sums over one index set."""
    difference, terms, sets, constants = proposition.lhs - proposition.rhs, [], set(), list[Expr]()
    if not difference.has(SumOver):
        return None
    for term in sp.Add.make_args(expand(apply_rates(difference, tower.setting))):
        sums = term.atoms(SumOver)
        outer = [s for s in sums if not any(s != t and t.has(s) for t in sums)]
        if not outer and (each := _share_of_an_index(term, tower.setting.size)) is not None:
            constants.append(each)
            continue
        if len(outer) != 1:
            return None
        outside = sp.cancel(term / outer[0])
        if outside.has(SumOver):
            return None
        terms.append((outside, outer[0]))
        sets.add(outer[0].without)
    if len(sets) != 1 or (constants and sets != {()}):
        return None
    for side in (proposition.lhs, proposition.rhs):  # both have to be defined
        tower.lift(side)
    return sum_over(lambda k: sp.Add(*constants, *(outside * head.at(k) for outside, head in terms)), sets.pop())


def _share_of_an_index(term: Expr, size: Expr | None) -> Expr | None:
    """``c`` of ``c·d``, which is the sum of c over the indices."""
    if size is None or not size.is_Symbol or term.as_powers_dict().get(size) != 1:
        return None
    share = term / size
    return None if share.has(size) else share


def _compare_products(proposition: Compare, tower: Tower) -> list[Step]:
    """Add ``∏f ≥ ∏h`` for products over one index set whose factors satisfy ``f ≥ h ≥ 0``.

    Induction on the number of factors; its step ``a ≥ b ≥ 0, c ≥ d ≥ 0 ⇒ ac ≥ bd`` is decided as well.
    Sums are split so that the products inside them can be met: ``Σ_j = Σ_{j≠l} + term_l``.
    """
    sides = (proposition.lhs, proposition.rhs)
    heads = {h for side in sides for h in side.atoms(ProductOver) if _own_indices(h)}
    barred = {w for h in heads for w in h.without} | {w for h in proposition.setting.hypotheses for w in h.without}
    for total in {s for side in sides for s in side.atoms(SumOver) if not s.without}:
        for index in barred:
            tower.lift(SumOver(total.term, total.index, index))
            heads |= {h for h in total.at(index).atoms(ProductOver) if _own_indices(h)}
    parts = []
    for upper in sorted(heads, key=sp.default_sort_key):
        for lower in sorted(heads, key=sp.default_sort_key):
            if upper == lower or upper.without != lower.without:
                continue
            factor, index = open_term(tower, upper)
            other = tower.lift(lower.at(index))
            if all(tower.prove(fraction(p)[0], False) and fraction(p)[1] == 1 for p in (factor - other, other)):
                numerator, denominator = fraction(tower.lift(upper) - tower.lift(lower))
                if tower.is_positive(denominator):
                    tower.implied.append((numerator, False))
                    parts.append(_monotone_product())
    return parts


def _factor_by_factor(proposition: Compare, tower: Tower, parts: list[Step]) -> Reason | None:
    """``∏f ≥ ∏h`` for as many factors on both sides, each ``f ≥ h ≥ 0`` for one of the others."""
    upper, lower = (sp.Mul.make_args(side) for side in (proposition.lhs, proposition.rhs))
    if proposition.strict or len(upper) != len(lower) or len(upper) < 2:
        return None
    left = list(lower)
    for factor in upper:
        for other in left:
            differences = (tower.lift(factor) - tower.lift(other), tower.lift(other))
            if all(d.is_polynomial() and tower.prove(expand(d), False) for d in differences):
                left.remove(other)
                break
        else:
            return None
    parts.append(_monotone_product())
    return Reason(Evidence.FACTORWISE)


def _own_indices(head: ProductOver) -> bool:
    """Whether the excluded indices are the statement's own, not bound by a sum around the product."""
    return not any(isinstance(w, BoundIndex) for w in head.without)


def _monotone_product() -> Step:
    """The induction step: ``a ≥ b ≥ 0`` and ``c ≥ d ≥ 0`` give ``ac ≥ bd``."""
    a, b, c, d = sp.symbols("a b c d", real=True)
    given = (sp.Ge(a, b), sp.Ge(b, 0), sp.Ge(c, d), sp.Ge(d, 0))
    return decide(Compare(a * c, b * d, Setting(tuple(Hypothesis("one more factor", g) for g in given))))
