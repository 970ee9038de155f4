"""The trusted kernel: it alone makes steps.  Yes, no with a witness, or don't know; never a guess.

:func:`decide` takes a proposition and returns a :class:`~ddln_sym.statements.certificates.Step`.  Nothing here
asks ``simplify``, ``equals`` or a floating-point tolerance.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from ddln_sym.kernel import counterexamples, formulas, vector_fields
from ddln_sym.kernel.cases import has_pieces, in_pieces
from ddln_sym.kernel.change_of_variables import change_of, in_nonzero_forms
from ddln_sym.kernel.counterexamples import symbols_of
from ddln_sym.kernel.covers import cover
from ddln_sym.kernel.derivatives import apply_rates
from ddln_sym.kernel.indexed import open_term
from ddln_sym.kernel.intervals import Interval
from ddln_sym.kernel.larger import prove_by_exponentials, prove_by_squaring
from ddln_sym.kernel.largest import prove_about_the_largest, speaks_of_the_largest
from ddln_sym.kernel.limits import Approach, find_limit
from ddln_sym.kernel.monotonicity import Search, prove_by_derivatives, prove_constant
from ddln_sym.kernel.multipliers import prove_by_multipliers
from ddln_sym.kernel.normal_forms import UNREADABLE, Tower
from ddln_sym.kernel.order import equal_by_congruence, prove_by_order
from ddln_sym.kernel.polynomials import Membership, fraction
from ddln_sym.kernel.primitives import without_integrals
from ddln_sym.kernel.roots import find_at_algebraic_points, find_at_roots, find_at_turns
from ddln_sym.kernel.signs import Reason
from ddln_sym.kernel.sizes import at_sizes, define_heads, is_schematic, put_keeping, write_out
from ddln_sym.kernel.sums import (
    add_cauchy_schwarz,
    find_at_larger_sizes,
    geometric_sums,
    prove_by_a_stronger_one,
    prove_by_induction,
    prove_term_by_term,
    split_at_single_indices,
)
from ddln_sym.kernel.vector_fields import NotPolynomial
from ddln_sym.kernel.whole_numbers import count_from_one, find_number, index_sums, induct
from ddln_sym.statements import (
    SEAL,
    AsLongAs,
    Assumption,
    BigO,
    BoundIndex,
    ByDefinition,
    Cited,
    Commutes,
    Compare,
    Consequence,
    Continuous,
    Denied,
    Equal,
    Evidence,
    FullRank,
    Holds,
    Hypothesis,
    Needed,
    OutOfReach,
    Polynomial,
    Primitive,
    ProductOver,
    SeparateBlocks,
    Setting,
    SideCondition,
    Step,
    SumOver,
    TendsTo,
    Validated,
    Verdict,
    Witness,
    WitnessKind,
    Working,
    check_vocabulary,
    say,
    sum_over,
)

Expr = Any

SQUARE_TERMS = 60  # a longer difference is not squared
QUICK, PATIENT = 40, 3000  # points to try before a proof is looked for, and after none was found
AT_A_SIZE = 400  # points to try at each number of indices
SUMS_OF_SUMS = 2  # of which the terms are looked at one in the other
A_PART = 40  # of what the order of quantities may cost in one question, for one part of a proof
IN_A_PART = 1_000  # values to try for single symbols where a part of a proof may fail

CONTRADICTION = "its hypotheses contradict each other: nothing meets them, and nothing is concluded from them"

__all__ = ["NotPolynomial", "decide", "satisfiable"]


def decide(proposition: Any) -> Step:
    """Decide a proposition.

    Returns:
        A step whose verdict is ``proved``, ``refuted`` (with a witness) or ``undecided``; ``not checked`` for an
        :class:`~ddln_sym.statements.OutOfReach`; ``decided by its author`` for a
        :class:`~ddln_sym.statements.Validated` or a :class:`~ddln_sym.statements.Consequence` that is neither the
        package's own nor one of the paper's proofs.
    Raises:
        TypeError: the object is not a proposition of a kind that the kernel knows.
        ValueError: its symbols are not plain, or two of them share a name.

    >>> x, y = sp.symbols("x y")
    >>> decide(Equal((x + y) ** 2, x**2 + 2 * x * y + y**2)).verdict.value
    'proved'
    >>> decide(Equal((x + y) ** 2, x**2 + y**2)).witness.point
    {'x': '1', 'y': '1'}
    """
    rule = RULES.get(type(proposition))  # not a subclass, which could say that it equals something else
    if rule is None:
        rule = next((r for kind, r in OPEN_KINDS.items() if isinstance(proposition, kind)), None)
    if rule is None:
        kind = type(proposition).__name__
        raise TypeError(
            f"the kernel cannot decide a{'n' * (kind[0] in 'aeiouAEIOU')} {kind}: write a proposition, such as "
            "Equal(x**2, y), Compare(x**2, 0), or Holds(relation) for a relation of SymPy"
        )
    if not isinstance(proposition, Validated):
        check_vocabulary(proposition)
    return rule(proposition)


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
        return False if Tower(setting).contradictory() else None
    except UNREADABLE:
        return None


def _step(
    proposition: Any,
    answer: bool | None,
    evidence: Evidence | Cited,
    detail: str = "",
    where: Witness | None = None,
    **more: Any,
) -> Step:
    verdict = {True: Verdict.PROVED, False: Verdict.REFUTED, None: Verdict.UNDECIDED}[answer]
    if verdict is Verdict.REFUTED and where is None:
        raise ValueError("a refutation needs a witness")
    return Step(proposition, verdict, evidence, detail, witness=where, seal=SEAL, **more)


def _refute(proposition: Equal | Compare, tries: int = PATIENT) -> Step | None:
    if is_schematic(proposition):
        return _refute_at_a_size(proposition) if tries == PATIENT else None
    where = counterexamples.find(proposition, tries, guided=tries == PATIENT)
    if where is None and tries == PATIENT:
        where = find_at_roots(proposition) or find_at_turns(proposition) or find_at_algebraic_points(proposition)
    return None if where is None else _step(proposition, False, where.evidence, "", where)


def _leave_open(proposition: Equal | Compare, is_part: bool, evidence: Evidence, detail: str) -> Step:
    """A refutation of what was not proved, or a don't know; a part of a proof counts only if it is proved."""
    return (None if is_part else _refute(proposition)) or _step(proposition, None, evidence, detail)


def _refute_at_a_size(proposition: Any) -> Step | None:
    """A point at a concrete number of indices, where the sums and products are written out."""
    for places, concrete in at_sizes(proposition):
        where = counterexamples.find(concrete, AT_A_SIZE)
        if where is not None:
            where = replace(where, places=(*places.items(), *where.places))
            return _step(proposition, False, where.evidence, "", where)
    if isinstance(proposition, (Equal, Compare)) and (larger := find_at_larger_sizes(proposition)) is not None:
        where = counterexamples.find(larger[1])
        if where is not None:
            where = replace(where, places=((proposition.setting.size, sp.Integer(larger[0])), *where.places))
            return _step(proposition, False, where.evidence, "", where)
    return None


# -- equality and inequality: most false statements fail at once, and then no proof is tried --------
def _decide_equal(proposition: Equal) -> Step:
    return _decide_relation(proposition, _equal)


def _decide_compare(proposition: Compare) -> Step:
    return _decide_relation(proposition, _compare)


def _decide_relation(proposition: Any, rule: Callable[[Any], Step]) -> Step:
    if proposition.lhs.has(sp.Integral) or proposition.rhs.has(sp.Integral):
        return _about(proposition, _by_primitives(proposition))
    written: Any = index_sums(proposition)
    written = define_heads(write_out(written))
    decided = (
        _refute(written, QUICK)
        or _by_pieces(written)
        or _by_the_largest(written)
        or _counted_from_one(proposition, declared=False)
    )
    decided = decided or _of_powers_of_numbers(proposition)
    decided = decided or _by_multipliers(written) or _by_induction(written, rule(written))
    if decided.verdict is Verdict.UNDECIDED:
        decided = _in_whole_numbers(proposition) or _counted_from_one(proposition, declared=True) or decided
    return _about(proposition, decided)


def _by_primitives(proposition: Equal | Compare) -> Step:
    """A statement about definite integrals, by primitives at their ends."""
    try:
        found = without_integrals(proposition, _prove_for_sums)
    except UNREADABLE:
        found = None
    if found is None:
        return _step(proposition, None, Evidence.PRIMITIVE, "no primitive of what is integrated is known all along")
    written, stands, parts = found
    step = decide(written)
    said = say(*[piece for what, value in stands.items() for piece in (", ", what, " = ", value)][1:])
    if step.verdict is Verdict.REFUTED:
        return _step(proposition, False, step.evidence, "", step.witness, parts=tuple(parts))
    relied = (Assumption.of_theorem(Primitive.theorem),)
    answer = True if step.proved else None
    return _step(proposition, answer, Evidence.PRIMITIVE, said, parts=(*parts, step), assumes=relied)


def _by_pieces(proposition: Equal | Compare) -> Step | None:
    """A statement with pieces, case by case; a case that cannot be is left out."""
    if not has_pieces(proposition):
        return None
    cases: Sequence[Equal | Compare] | None = in_pieces(proposition)
    if cases is None:
        return _refute(proposition)
    parts = [decide(case) for case in cases if satisfiable(case.setting) is not False]
    if parts and all(part.proved for part in parts):
        return _step(proposition, True, Evidence.CASES, f"{len(parts)} pieces", parts=tuple(parts))
    if (refuted := _refute(proposition)) is not None:
        return refuted
    left = next((part for part in parts if not part.proved), None)
    detail = "no piece of it is known to apply" if left is None else f"in a piece: {left.detail}"
    return _step(proposition, None, Evidence.CASES, detail)


def _by_the_largest(proposition: Equal | Compare) -> Step | None:
    """A statement about the largest of arbitrarily many terms, by what it is the largest of."""
    if not speaks_of_the_largest(proposition):
        return None
    if (refuted := _refute(proposition)) is not None:
        return refuted
    found = prove_about_the_largest(proposition, _prove_anew)
    if found is not None:
        return _step(proposition, True, Evidence.CASES, found[0], parts=found[1])
    if isinstance(proposition, Equal):
        lhs, rhs, setting = proposition.lhs, proposition.rhs, proposition.setting
        parts = [step for step in map(decide, (Compare(lhs, rhs, setting), Compare(rhs, lhs, setting))) if step.proved]
        if len(parts) == 2:
            return _step(proposition, True, Evidence.CASES, "both inequalities", parts=tuple(parts))
    return _step(proposition, None, Evidence.CASES, "no proof for what it is the largest of")


def _prove_anew(proposition: Equal | Compare) -> Step | None:
    """A statement by everything that is known, proved, or None."""
    step = decide(proposition)
    return step if step.proved else None


def _of_powers_of_numbers(proposition: Equal | Compare) -> Step | None:
    """``3^n ≥ n³`` and its kind, by induction, which is shorter than what real numbers tell."""
    sides = (proposition.lhs, proposition.rhs)
    powers = {p for side in sides for p in side.atoms(sp.Pow)}
    exponents = {n for p in powers for n in p.exp.free_symbols if n.is_integer and n.is_positive}
    mixed = any(p.base in exponents and p.exp.is_Integer and p.exp > 1 for p in powers)
    if isinstance(proposition, Equal) or not mixed:
        return None
    step = _in_whole_numbers(proposition)
    return step if step is not None and step.proved else None


def _by_induction(proposition: Equal | Compare, step: Step) -> Step:
    """The step, or where it leaves open a statement about a symbolic number of indices, one by induction on it."""
    if step.verdict is not Verdict.UNDECIDED or not is_schematic(proposition):
        return step
    try:
        inductive = _on_the_number_of_indices(proposition)
    except UNREADABLE:
        return step
    if inductive is not None:
        return inductive
    if isinstance(proposition, Compare) and (found := _by_terms(proposition) or _by_an_increasing_head(proposition)):
        return found
    if (found := _by_geometric_sums(proposition)) is not None:
        return found
    stronger = prove_by_a_stronger_one(proposition, _prove_for_sums) if isinstance(proposition, Compare) else None
    if stronger is None:
        return step
    detail = f"on {proposition.setting.size}, for {stronger[1]}"
    return _step(proposition, True, Evidence.INDUCTION, detail, parts=stronger[0])


def _on_the_number_of_indices(proposition: Equal | Compare) -> Step | None:
    """A statement by induction on the number of indices, as it is."""
    parts = prove_by_induction(proposition, _prove_for_sums)
    if parts is None:
        return None
    return _step(proposition, True, Evidence.INDUCTION, f"on {proposition.setting.size}", parts=parts)


def _by_terms(proposition: Compare, depth: int = SUMS_OF_SUMS) -> Step | None:
    """An inequality between sums of sums, at any one index; what fails at a few numbers of them is not tried."""

    def prove(part: Any) -> Step | None:
        if isinstance(part, Compare) and _refute_at_a_size(part) is not None:
            return None
        deeper = _by_terms(part, depth - 1) if depth > 1 and isinstance(part, Compare) else None
        return deeper or _prove_for_sums(part)

    found = prove_term_by_term(proposition, prove)
    if found is None:
        return None
    said = say("each term is nonnegative: ", found[0])
    return _step(proposition, True, Evidence.TERMWISE, said, parts=found[1])


def _by_geometric_sums(proposition: Equal | Compare) -> Step | None:
    """A statement about geometric sums, by what they come to."""
    comes_to, parts = dict[Expr, Expr](), list[Step]()
    for head, ratio, known in geometric_sums(proposition):
        # What a sum comes to is not asked anew: it is a statement about that sum itself.
        steps = [_on_the_number_of_indices(known), _prove_anew(Compare((ratio - 1) ** 2, 0, proposition.setting, True))]
        if None not in steps:
            comes_to[head] = known.rhs / (ratio - 1)
            parts += [step for step in steps if step is not None]
    if not comes_to:
        return None
    lhs, rhs = (put_keeping(side, comes_to) for side in (proposition.lhs, proposition.rhs))
    step = _prove_anew(replace(proposition, lhs=lhs, rhs=rhs))
    said = say(*[piece for what, value in comes_to.items() for piece in (", ", what, " = ", value)][1:])
    return None if step is None else _step(proposition, True, Evidence.CASES, said, parts=(*parts, step))


def _by_an_increasing_head(proposition: Compare) -> Step | None:
    """An inequality between roots or logarithms of sums, by squares or exponentials that are decided anew."""
    difference, kind = proposition.lhs - proposition.rhs, Evidence.SQUARED
    found: Any = prove_by_squaring(difference, proposition, _prove_anew)
    if found is None:
        kind, found = Evidence.CASES, prove_by_exponentials(difference, proposition, _prove_anew)
    if found is None:
        return None
    # What has no value may have been cancelled in the difference.
    values = [_prove_for_sums(Equal(s, s, proposition.setting)) for s in (proposition.lhs, proposition.rhs)]
    if None in values:
        return None
    return _step(proposition, True, kind, found[0], parts=(*found[1], *(v for v in values if v is not None)))


def _by_multipliers(proposition: Equal | Compare) -> Step | None:
    """An inequality between sums under equations between sums, term by term."""
    if isinstance(proposition, Equal):
        return None
    search = Search()
    found = prove_by_multipliers(proposition, lambda part: _prove_for_derivatives(part, search))
    if found is None:
        return None
    said = [piece for multiplier in found[0] for piece in (", ", multiplier)][1:]
    return _step(proposition, True, Evidence.MULTIPLIERS, say(*said), parts=found[1])


def _counted_from_one(proposition: Equal | Compare, declared: bool) -> Step | None:
    """A statement about whole numbers from some number on, as one about whole numbers from 1 on.

    Args:
        declared: whether they are declared positive, so that the statement may be decided as it is.
    """
    counted = count_from_one(proposition, declared)
    if counted is None:
        return None
    moved, n, stands, new = counted
    try:
        # An induction is short, and tells in a moment that there is none; an equation mostly needs none.
        inner = (_in_whole_numbers(moved) if isinstance(moved, Compare) else None) or decide(moved)
    except UNREADABLE:  # a part has no value
        return None
    if inner.proved:
        how = say(n, " = 1, 2, …") if stands == new else say(n, " = ", stands, " with ", new, " = 1, 2, …")
        return _step(proposition, True, Evidence.CASES, how, parts=(inner,))
    if inner.witness is None:
        return None
    at = dict(inner.witness.places)
    if new not in at:
        return None
    places = {**{what: value for what, value in at.items() if what != new}, n: stands.xreplace(at)}
    return _step(proposition, False, inner.evidence, "", replace(inner.witness, places=tuple(places.items())))


def _in_whole_numbers(proposition: Equal | Compare) -> Step | None:
    """A statement about every whole number from 1 on: by induction, or where it fails at one of the first."""
    try:
        found = induct(proposition, _prove_for_sums)
        if found is not None:
            return _step(proposition, True, Evidence.COUNTING, say("on ", found[0]), parts=found[1])
        failing = find_number(proposition, partial(_refute, tries=QUICK))
    except UNREADABLE:
        return None
    if failing is None:
        return None
    n, number, step = failing
    assert step.witness is not None
    where = replace(step.witness, places=((n, sp.Integer(number)), *step.witness.places))
    return _step(proposition, False, step.evidence, "", where)


def _prove_for_sums(proposition: Equal | Compare) -> Step | None:
    """A statement that a proof about sums needs, proved without induction, or None."""
    if _refute(proposition, QUICK) is not None:
        return None
    step = (
        _equal(proposition, is_part=True) if isinstance(proposition, Equal) else _compare(proposition, Search(depth=0))
    )
    return step if step.proved else None


def _about(proposition: Equal | Compare, step: Step) -> Step:
    """The step as one about the statement as it was made, before its sums were written out."""
    if (
        step.verdict is Verdict.UNDECIDED
        and proposition.setting.hypotheses
        and satisfiable(proposition.setting) is False
    ):
        step = _step(proposition, None, step.evidence, CONTRADICTION)
    return step if step.proposition == proposition else replace(step, proposition=proposition, seal=SEAL)


# -- equality -------------------------------------------------------------------------------------
def _equal(proposition: Equal, *, is_part: bool = False) -> Step:
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
        constant = prove_constant(proposition, Search(depth=2), _prove_for_derivatives)
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
    return _step(proposition, True, evidence, detail, conditions=needed, working=working, parts=tuple(parts))


def _as_a_part(
    setting: Setting, forms: Mapping[Expr, Expr], search: Search, parts: list[Step], quantity: Expr, kind: str
) -> str:
    """By what a side condition follows that is proved as a statement of its own, which is added to the parts."""
    plain = quantity.xreplace(dict(forms))
    ways = [Compare(plain, 0, setting, kind != "≥ 0")]
    if kind == "≠ 0":
        apart = [h.relation for h in setting.hypotheses if isinstance(h.relation, sp.Ne) and h.index is None]
        ways.append(Compare(0, plain, setting, True))
        ways += [Compare(plain * (r.lhs - r.rhs), 0, setting, True) for r in apart]  # what has the sign of that
    for statement in ways:
        if (step := _prove_for_derivatives(statement, replace(search, depth=min(search.depth, 2)))) is not None:
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
    how = tower.prove(sp.expand(numerator * denominator), False)
    return None if how is None else (Evidence.SQUARES, f"the product of the sides is not negative: {how}")


def _neither_above_nor_below(tower: Tower, rest: Expr) -> tuple[Evidence, str] | None:
    """What is not negative and not positive vanishes: by the signs of what moduli are of, as ``|x| = −x`` for x ≤ 0."""
    if not any(isinstance(m, (sp.Abs, sp.sign)) for g, m in tower.meaning.items() if rest.has(g)):
        return None
    ways = [tower.prove(sp.expand(sign * rest), False) for sign in (1, -1)]
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
    bits = counterexamples.surely_greater(proposition.lhs, proposition.rhs)
    return (
        None if bits is None else _step(proposition, True, Evidence.CONSTANTS, f"the balls of the sides at {bits} bits")
    )


def _find_for_a_part(proposition: Equal | Compare) -> Witness | None:
    """A point where a part of a proof fails, sought briefly: it only saves a proof that must fail."""
    return counterexamples.find(proposition, QUICK, guided=True, most=IN_A_PART)


def _prove_for_derivatives(proposition: Equal | Compare | TendsTo, search: Search) -> Step | None:
    """A statement that a proof by derivatives needs, proved, or None."""
    if isinstance(proposition, TendsTo):
        step = _limit(proposition)
        return step if step.proved else None
    if isinstance(proposition, Compare) and not symbols_of(proposition.lhs, proposition.rhs):
        if (numbers := _between_numbers(proposition)) is not None:
            return numbers
        if counterexamples.surely_greater(proposition.rhs, proposition.lhs) is not None:
            return None
    key = proposition, search.depth
    if key not in search.known:
        search.known[key] = None
        schematic = is_schematic(proposition)
        if search.left[0] > 0 and (schematic or _find_for_a_part(proposition) is None):
            search.left[0] -= 1
            step = (
                _equal(proposition, is_part=True) if isinstance(proposition, Equal) else _compare(proposition, search)
            )
            search.known[key] = step if step.proved else None
    return search.known[key]


def _compare(proposition: Compare, search: Search | None = None) -> Step:
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
            return replace(termwise, proposition=proposition, conditions=needed, seal=SEAL)
        numerator, denominator = fraction(tower.lift(changed.lhs) - tower.lift(changed.rhs))
        parts = _compare_products(changed, tower)
    except UNREADABLE as error:
        return _leave_open(proposition, is_part, Evidence.NORMAL_FORM, str(error))
    target = numerator if tower.is_positive(denominator) else sp.expand(numerator * denominator)
    how = tower.prove(target, proposition.strict) or _factor_by_factor(changed, tower, parts)
    if how is None:
        if not is_part and (refuted := _refute(proposition)) is not None:
            return refuted
        if squares := add_cauchy_schwarz(tower, (changed.lhs, changed.rhs), _prove_for_sums):
            parts += squares
            how = tower.prove(target, proposition.strict)
        if how is None and split_at_single_indices(tower, (changed.lhs, changed.rhs)):
            how = tower.prove(target, proposition.strict)
            if how is None and (squares := add_cauchy_schwarz(tower, (changed.lhs, changed.rhs), _prove_for_sums)):
                parts += (step for step in squares if step not in parts)
                how = tower.prove(target, proposition.strict)
        with search.effort.share(A_PART if is_part else search.effort.left * 2 // 3) as effort:
            ordered = partial(prove_by_order, tower, effort=effort)
            how = how or ordered(target, proposition.strict)
            step = None if how is not None else _termwise(changed, tower, partial(ordered, strict=False))
        if step is not None:
            return replace(step, proposition=proposition, conditions=_plainly(step.conditions, forms), seal=SEAL)
    how = how or _cover(proposition)
    found = None
    if how is None and (found := prove_by_derivatives(proposition, search, _prove_for_derivatives)) is not None:
        parts += found.parts
        how = Reason(found.kind, said=found.said)
    if how is None:
        return _step(
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
    return _step(
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
    target = sp.expand(numerator if tower.is_positive(denominator) else numerator * denominator)
    how = prove(target)
    if how is None:
        return None
    conditions, missing = tower.discharge()
    if missing:
        return None
    return _step(
        proposition, True, Evidence.TERMWISE, f"each term is nonnegative: {how}",
        conditions=tuple(conditions), working=_working(how, tower, {}),
    )  # fmt: skip


def _combine(proposition: Equal | Compare, tower: Tower) -> Expr | None:
    """The difference of the sides as one sum, if it is a linear combination of sums over one index set."""
    difference, terms, sets, constants = proposition.lhs - proposition.rhs, [], set(), list[Expr]()
    if not difference.has(SumOver):
        return None
    for term in sp.Add.make_args(sp.expand(apply_rates(difference, tower.setting))):
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
            if all(d.is_polynomial() and tower.prove(sp.expand(d), False) for d in differences):
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


# -- what is so by definition ------------------------------------------------------------------------
def _define(proposition: ByDefinition) -> Step:
    """By the parts of what it means, for the first choice for which all of them hold."""
    left, reached = list[Step](), list[int]()
    if not _of_the_package(type(proposition)):
        raise TypeError(f"the kernel cannot decide a {type(proposition).__name__}")
    if isinstance(proposition, BigO) and (near := _near_a_limit(proposition)) is not None:
        return near
    for said, statements in proposition.meanings():
        parts = list[Step]()
        for statement in statements:
            parts.append(decide(statement))
            if not parts[-1].proved:
                break
        else:
            detail = f", with {said}" if said else ""
            return _step(proposition, True, Evidence.DEFINITION, detail, parts=tuple(parts))
        failed = parts[-1]
        if not said and failed.verdict is Verdict.REFUTED:
            return _step(proposition, False, failed.evidence, "", failed.witness, parts=(failed,))
        left.append(failed)
        reached.append(len(parts))
    if proposition.exhaustive and left and all(part.verdict is Verdict.REFUTED for part in left):
        furthest = left[max(range(len(left)), key=reached.__getitem__)]  # which tells most
        return _step(proposition, False, furthest.evidence, "", furthest.witness, parts=tuple(left))
    for failed in left:  # each may fail for other parameters, and some values may fail in every way
        if failed.witness is None or (special := proposition.at(failed.witness.places)) is None:
            continue
        if (step := decide(special)).verdict is Verdict.REFUTED and step.witness is not None:
            known = [pair for pair in failed.witness.places if pair[0] not in {p for p, _ in step.witness.places}]
            where = replace(step.witness, places=(*known, *step.witness.places))
            return _step(proposition, False, step.evidence, "", where, parts=(step,))
    for limit in proposition.denials():
        if (step := decide(limit)).proved:
            where = Witness((), ((f"the limit of {limit.function}", limit.value),))
            return _step(proposition, False, Evidence.LIMIT, step.detail, where, parts=(step,))
    tried = "of what was tried nothing holds: " if len(left) > 1 else ""
    said = f"{tried}{left[0].proposition}: {left[0].verdict}" if left else "nothing was tried"
    return _step(proposition, None, Evidence.DEFINITION, said)


def _near_a_limit(proposition: BigO) -> Step | None:
    """An order that is that of a limit: with constants beside it, or, where these are not found to do, by it alone."""
    function, limit = proposition.function, proposition.quotient(sp.Integer(0))
    alone = {proposition.variable} == function.free_symbols | proposition.bound.free_symbols
    if not alone or (proposition.constant, proposition.start, proposition.least) != (None, None, None):
        return None
    (direction,) = limit.directions

    def sign(constant: Expr) -> int | None:
        return _sign_of_constant(constant, Setting(), [])

    found = find_limit(limit.function, limit.variable, limit.end, direction, sign)
    if found is None or found.infinite or (proposition.letter == "Θ" and found.value == 0):
        return None
    if (said := proposition.about(found.value)) is not None and (step := decide(said)).proved:
        return replace(step, proposition=proposition, seal=SEAL)
    tends = decide(proposition.quotient(found.value))
    how = say(", since the quotient tends to ", found.value)
    return _step(proposition, True, Evidence.LIMIT, how, parts=(tends,)) if tends.proved else None


# -- limits -----------------------------------------------------------------------------------------
def _limit(proposition: TendsTo) -> Step:
    """Decide what a function tends to; where it tends to something else, that is the witness."""
    parts: list[Step] = []
    if proposition.setting.hypotheses and Tower(proposition.setting).contradictory():
        return _step(proposition, None, Evidence.LIMIT, CONTRADICTION)

    def sign(constant: Expr) -> int | None:
        return _sign_of_constant(constant, proposition.setting, parts)

    said: list[str] = []
    for direction in proposition.directions:
        found = find_limit(proposition.function, proposition.variable, proposition.end, direction, sign)
        if found is None:
            return _step(proposition, None, Evidence.LIMIT, "no rule tells what it tends to")
        said += [rule for rule in found.rules if rule not in said]
        if found.value != proposition.value:
            other = _other_limit(proposition, found)
            if other.verdict is not Verdict.PROVED:
                return other
            parts += other.parts
    detail = "".join(f", by {rule}" for rule in said)
    return _step(proposition, True, Evidence.LIMIT, detail, parts=tuple(dict.fromkeys(parts)))


def _other_limit(proposition: TendsTo, found: Approach) -> Step:
    """The step where what was found is not written as what was said."""
    if found.infinite or proposition.value in (sp.oo, -sp.oo):
        where = Witness((), (("limit", found.value), ("said to be", proposition.value)))
        return _step(proposition, False, where.evidence, "", where)
    same = _decide_equal(Equal(found.value, proposition.value, proposition.setting))
    if same.verdict is Verdict.REFUTED:
        return _step(proposition, False, same.evidence, "", same.witness)
    return _step(proposition, same.proved or None, Evidence.LIMIT, f"it tends to {found.value}", parts=(same,))


def _sign_of_constant(constant: Expr, setting: Setting, parts: list[Step]) -> int | None:
    """1, −1 or 0 where that is proved, with what was proved for it added to the parts."""
    if constant.is_Rational:
        return int(sp.sign(constant))
    given = setting if symbols_of(constant) else Setting()
    above, below = Compare(constant, 0, given, True), Compare(0, constant, given, True)
    ways: list[tuple[int, Equal | Compare]] = [(1, above), (-1, below), (0, Equal(constant, 0, given))]
    for value, statement in ways:
        if (step := _prove_for_sums(statement)) is not None:
            parts.append(step)
            return value
    return None


# -- vector fields ----------------------------------------------------------------------------------
def _commutes(proposition: Commutes) -> Step:
    answer, detail, where = vector_fields.brackets(proposition)
    return _step(proposition, answer, Evidence.BRACKETS, detail, where)


def _full_rank(proposition: FullRank) -> Step:
    rank, detail, where = vector_fields.rank(proposition)
    return _step(proposition, rank, Evidence.RANK, detail, where)


def _separate(proposition: SeparateBlocks) -> Step:
    separate, detail = vector_fields.separate(proposition)
    return _step(proposition, separate, Evidence.BLOCKS, detail)


# -- how an expression is written -------------------------------------------------------------------
#: Heads that are continuous wherever they have a value.
_CONTINUOUS = (
    sp.Add, sp.Mul, sp.log, sp.exp, sp.sinh, sp.cosh, sp.asinh, sp.sin, sp.cos, sp.tan, sp.tanh, sp.atan, sp.Abs,
    SumOver, ProductOver,
)  # fmt: skip


def _continuous(proposition: Continuous) -> Step:
    broken = next(_jumps(proposition.quantity, proposition.setting), None)
    detail = "" if broken is None else f"nothing tells that {broken} is continuous"
    return _step(proposition, True if broken is None else None, Evidence.HEADS, detail)


def _jumps(expr: Expr, setting: Setting) -> Iterator[Expr]:
    """The parts of an expression that move and might jump."""
    if not setting.moves(expr) or not expr.args or isinstance(expr, sp.Indexed):
        return
    if isinstance(expr, sp.Pow):
        if setting.moves(expr.exp) and not (expr.base.is_number and expr.base.is_positive):
            yield expr
    elif not isinstance(expr, (*_CONTINUOUS, AppliedUndef)):
        yield expr
    for part in expr.args if not isinstance(expr, (SumOver, ProductOver)) else expr.args[:1]:
        yield from _jumps(part, setting)


def _polynomial(proposition: Polynomial) -> Step:
    poly = proposition.quantity
    found = poly.is_polynomial(*poly.free_symbols) and all(c.is_Rational for c in sp.Poly(poly, *_some(poly)).coeffs())
    detail = "" if found else f"{poly} is not a polynomial with rational coefficients"
    return _step(proposition, True if found else None, Evidence.HEADS, detail)


def _some(poly: Expr) -> list[Expr]:
    return sorted(poly.free_symbols, key=str) or [sp.Symbol("_")]


def _as_long_as(proposition: AsLongAs) -> Step:
    return _step(
        proposition, None, Evidence.INEQUALITY, "it is about all times before one, and is not decided at points"
    )


# -- formulas and consequences --------------------------------------------------------------------
def _holds(proposition: Holds) -> Step:
    try:
        answer, where = formulas.decide_formula(proposition)
    except ValueError as error:
        return _step(proposition, None, Evidence.FORMULA, str(error))
    evidence = Evidence.FINITE_CASE if answer is False else Evidence.SOLVER
    return _step(proposition, answer, evidence, "", where)


def _consequence(proposition: Consequence) -> Step:
    parts = tuple(decide(premise) for premise in proposition.premises())
    answer = True if Verdict.weakest([p.verdict for p in parts]) is Verdict.PROVED else None
    detail = "" if answer else "a premise of the cited theorem is not proved"
    cited, relied = Cited.of(proposition.theorem), (Assumption.of_theorem(proposition.theorem),)
    if answer and not _of_the_package(type(proposition), _PAPER):
        detail = "that the premises suffice is the word of its author, whose rule this is"
        return Step(proposition, Verdict.BY_ITS_AUTHOR, cited, detail, assumes=relied, parts=parts, seal=SEAL)
    refuted = None if answer else _refute_consequence(proposition)
    return refuted or _step(proposition, answer, cited, detail, assumes=relied, parts=parts)


def _refute_consequence(proposition: Consequence) -> Step | None:
    """By something that would follow, and fails at a point."""
    if not _of_the_package(type(proposition), _PAPER):
        return None
    for statement, others in proposition.necessities():
        parts = tuple(decide(other) for other in others)
        if all(part.proved for part in parts) and (step := decide(statement)).verdict is Verdict.REFUTED:
            said = "what follows from it fails"
            return _step(proposition, False, step.evidence, said, step.witness, parts=(*parts, step))
    return None


def _decide_validated(proposition: Validated) -> Step:
    found, detail, where = proposition.decided()
    relied = (Assumption.of_theorem(proposition.method),)
    if not _of_the_package(type(proposition)):
        said = {True: "it holds", False: "it fails", None: "nothing"}[found]
        detail = f"its author's procedure says: {said}" + (f" ({detail})" if detail else "")
        return Step(proposition, Verdict.BY_ITS_AUTHOR, Evidence.AUTHOR, detail, assumes=relied, seal=SEAL)
    return _step(proposition, found, proposition.evidence, detail, where, assumes=relied)


_HOME = Path(__file__).resolve().parents[1]
#: The paper's proofs: inside an installed package, beside it in the repository.
_PAPER = (_HOME if (_HOME / "proofs").is_dir() else _HOME.parent) / "proofs"


def _of_the_package(kind: type, *others: Path) -> bool:
    """Whether a class is one that a module of the package, or of other folders, defines under its name.

    Where the module lies counts, not what it is called: a folder of somebody's own may be called as ours is.
    """
    module = sys.modules.get(kind.__module__)
    file = getattr(module, "__file__", None)
    if file is None or getattr(module, kind.__name__, None) is not kind:
        return False
    return any(Path(file).resolve().is_relative_to(home) for home in (_HOME, *others))


def _decide_needed(proposition: Needed) -> Step:
    without, restored = decide(proposition.statement), decide(proposition.restored)
    answer = True if without.verdict is Verdict.REFUTED and restored.proved else None
    detail = f"without the assumption: {without.verdict}; with it: {restored.verdict}"
    return _step(proposition, answer, Evidence.NEEDED, detail, parts=(without, restored))


def _decide_denied(proposition: Denied) -> Step:
    step = decide(proposition.statement)
    answer = {Verdict.PROVED: False, Verdict.REFUTED: True}.get(step.verdict)
    where = Witness((), ((str(proposition.statement), "proved"),), WitnessKind.DENIED) if answer is False else None
    return _step(proposition, answer, Evidence.DENIED, "", where, parts=(step,))


def _leave_unchecked(proposition: OutOfReach) -> Step:
    return Step(proposition, Verdict.NOT_CHECKED, Evidence.OUT_OF_REACH, proposition.why, seal=SEAL)


#: How each kind of proposition is decided.
RULES: dict[type, Callable[[Any], Step]] = {
    Equal: _decide_equal,
    Compare: _decide_compare,
    Holds: _holds,
    Commutes: _commutes,
    FullRank: _full_rank,
    SeparateBlocks: _separate,
    Continuous: _continuous,
    TendsTo: _limit,
    Polynomial: _polynomial,
    AsLongAs: _as_long_as,
    Needed: _decide_needed,
    Denied: _decide_denied,
    OutOfReach: _leave_unchecked,
}
#: Kinds of which others define subclasses.
OPEN_KINDS: dict[type, Callable[[Any], Step]] = {
    Consequence: _consequence,
    Validated: _decide_validated,
    ByDefinition: _define,
}
