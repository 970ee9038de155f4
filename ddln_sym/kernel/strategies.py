"""In which order the ways to decide an equation or an inequality are tried: points, pieces, sizes, numbers, sums."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import sympy as sp

from ddln_sym.kernel.cases import has_pieces, in_pieces
from ddln_sym.kernel.larger import prove_by_exponentials, prove_by_squaring
from ddln_sym.kernel.largest import prove_about_the_largest, speaks_of_the_largest
from ddln_sym.kernel.letters import prove_in_new_letters
from ddln_sym.kernel.monotonicity import Search
from ddln_sym.kernel.multipliers import prove_by_multipliers
from ddln_sym.kernel.normal_forms import UNREADABLE
from ddln_sym.kernel.primitives import without_integrals
from ddln_sym.kernel.procedure import Prover, decide, decides, make_step, prove_each, restate
from ddln_sym.kernel.relations import (
    QUICK,
    decide_equation,
    decide_inequality,
    is_for_another,
    prove_anew,
    prove_for_derivatives,
    prove_for_sums,
    refute,
    refute_at_a_size,
    satisfiable,
)
from ddln_sym.kernel.sizes import define_heads, is_schematic, put_keeping, write_out
from ddln_sym.kernel.sums import (
    geometric_sums,
    prove_by_a_stronger_one,
    prove_by_induction,
    prove_term_by_term,
)
from ddln_sym.kernel.tangents import prove_by_tangents
from ddln_sym.kernel.whole_numbers import count_from_one, find_number, index_sums, induct, on_both_sides_of_zero
from ddln_sym.statements import (
    Assumption,
    Compare,
    Equal,
    Evidence,
    Primitive,
    Said,
    Step,
    SumOver,
    Verdict,
    say,
)

Expr = Any

HIGH = 200  # powers of sums up to this are multiplied out
SUMS_OF_SUMS = 2  # of which the terms are looked at one in the other

CONTRADICTION = "its hypotheses contradict each other: nothing meets them, and nothing is concluded from them"

__all__ = ["CONTRADICTION"]


@decides(Equal)
def _decide_equal(proposition: Equal) -> Step:
    return _decide_relation(proposition, decide_equation)


@decides(Compare)
def _decide_compare(proposition: Compare) -> Step:
    return _decide_relation(proposition, decide_inequality)


def _decide_relation(proposition: Any, rule: Callable[[Any], Step]) -> Step:
    """Most false statements fail at once, and then no proof is tried."""
    if proposition.lhs.has(sp.Integral) or proposition.rhs.has(sp.Integral):
        return _about(proposition, _by_primitives(proposition))
    indexed: Any = index_sums(proposition)
    written = define_heads(write_out(indexed))
    if is_schematic(written) and (high := _high_power(written)) is not None:
        said = f"{high} would have to be multiplied out"
        return _about(proposition, refute(written) or make_step(written, None, Evidence.INEQUALITY, said))
    decided = (
        refute(written, QUICK)
        or _by_pieces(written)
        or _by_the_largest(written)
        or _counted_from_one(proposition, declared=False)
        or _of_powers_of_numbers(proposition)
        or _by_multipliers(written)
        or rule(written)
    )
    if decided.verdict is Verdict.UNDECIDED and is_schematic(written):
        decided = _over_indices(written) or decided
    if decided.verdict is Verdict.UNDECIDED:
        decided = _in_whole_numbers(proposition) or _counted_from_one(proposition, declared=True) or decided
    if decided.verdict is Verdict.UNDECIDED:
        decided = _on_both_sides_of_zero(proposition) or decided
    if decided.verdict is Verdict.UNDECIDED and isinstance(written, Compare) and not is_for_another():
        decided = _in_other_words(written) or decided
    return _about(proposition, decided)


def _high_power(proposition: Equal | Compare) -> Expr | None:
    """A power of a sum with so many terms, multiplied out, that they would fill the memory."""
    powers = {p for side in (proposition.lhs, proposition.rhs) for p in side.atoms(sp.Pow)}
    high = [p for p in powers if p.exp.is_Integer and abs(p.exp) > HIGH]
    high = [p for p in high if any(factor.is_Add for factor in sp.Mul.make_args(p.base))]
    return min(high, key=sp.default_sort_key, default=None)


def _what_stands_for(meanings: Mapping[Expr, Expr]) -> Said:
    """``a = 1, b = 2``."""
    return say(*[piece for what, value in meanings.items() for piece in (", ", what, " = ", value)][1:])


def _by_primitives(proposition: Equal | Compare) -> Step:
    """A statement about definite integrals, by primitives at their ends."""
    try:
        found = without_integrals(proposition, prove_for_sums)
    except UNREADABLE:
        found = None
    if found is None:
        return make_step(proposition, None, Evidence.PRIMITIVE, "no primitive of what is integrated is known all along")
    written, stands, parts = found
    step = decide(written)
    if step.verdict is Verdict.REFUTED:
        return make_step(proposition, False, step.evidence, "", step.witness, parts=tuple(parts))
    answer, said = True if step.proved else None, _what_stands_for(stands)
    relied = (Assumption.of_theorem(Primitive.theorem),)
    return make_step(proposition, answer, Evidence.PRIMITIVE, said, parts=(*parts, step), assumes=relied)


def _by_pieces(proposition: Equal | Compare) -> Step | None:
    """A statement with pieces, case by case; a case that cannot be is left out."""
    if not has_pieces(proposition):
        return None
    cases: Sequence[Equal | Compare] | None = in_pieces(proposition)
    if cases is None:
        return refute(proposition)
    parts = [decide(case) for case in cases if satisfiable(case.setting) is not False]
    if parts and all(part.proved for part in parts):
        return make_step(proposition, True, Evidence.CASES, f"{len(parts)} pieces", parts=tuple(parts))
    if (refuted := refute(proposition)) is not None:
        return refuted
    left = next((part for part in parts if not part.proved), None)
    detail = "no piece of it is known to apply" if left is None else f"in a piece: {left.detail}"
    return make_step(proposition, None, Evidence.CASES, detail)


def _by_the_largest(proposition: Equal | Compare) -> Step | None:
    """A statement about the largest of arbitrarily many terms, by what it is the largest of."""
    if not speaks_of_the_largest(proposition):
        return None
    if (refuted := refute(proposition)) is not None:
        return refuted
    found = prove_about_the_largest(proposition, prove_anew)
    if found is not None:
        return make_step(proposition, True, Evidence.CASES, found[0], parts=found[1])
    both = _by_both_inequalities(proposition) if isinstance(proposition, Equal) else None
    return both or make_step(proposition, None, Evidence.CASES, "no proof for what it is the largest of")


def _under_sums(proposition: Equal) -> Step | None:
    """An equation under hypotheses about sums, by both inequalities."""
    about_sums = any(h.index is None and h.relation.has(SumOver) for h in proposition.setting.hypotheses)
    return _by_both_inequalities(proposition) if about_sums else None


def _by_both_inequalities(proposition: Equal) -> Step | None:
    lhs, rhs, setting = proposition.lhs, proposition.rhs, proposition.setting
    parts = prove_each((Compare(lhs, rhs, setting), Compare(rhs, lhs, setting)), prove_anew)
    return None if parts is None else make_step(proposition, True, Evidence.CASES, "both inequalities", parts=parts)


def _of_powers_of_numbers(proposition: Equal | Compare) -> Step | None:
    """``3^n ≥ n³`` and its kind, by induction, which is shorter than what real numbers tell."""
    powers = {p for side in (proposition.lhs, proposition.rhs) for p in side.atoms(sp.Pow) if p.base.is_Integer}
    exponents = {n for p in powers for n in p.exp.free_symbols if n.is_integer}
    if isinstance(proposition, Equal) or not exponents:
        return None
    without = [side.xreplace(dict.fromkeys(powers, sp.Integer(1))) for side in (proposition.lhs, proposition.rhs)]
    if not any(side.free_symbols & exponents for side in without):
        return None
    if (refuted := refute(proposition)) is not None:  # at a number that an induction does not look at
        return refuted
    step = _in_whole_numbers(proposition) if any(n.is_positive for n in exponents) else None
    return step if step is not None and step.proved else _on_both_sides_of_zero(proposition)


# -- an arbitrary number of indices -----------------------------------------------------------------
def _over_indices(proposition: Equal | Compare) -> Step | None:
    """A statement about a symbolic number of indices: by induction on it, by terms, by what geometric sums come to."""
    try:
        inductive = _on_the_number_of_indices(proposition)
    except UNREADABLE:
        return None
    if isinstance(proposition, Equal):
        return inductive or _by_geometric_sums(proposition) or _under_sums(proposition)
    return (
        inductive
        or _by_terms(proposition)
        or _by_an_increasing_head(proposition)
        or _by_geometric_sums(proposition)
        or _by_multipliers(proposition, inside=True)
        or _by_a_stronger_one(proposition)
    )


def _by_a_stronger_one(proposition: Compare) -> Step | None:
    stronger = prove_by_a_stronger_one(proposition, prove_for_sums)
    if stronger is None:
        return None
    detail = f"on {proposition.setting.size}, for {stronger[1]}"
    return make_step(proposition, True, Evidence.INDUCTION, detail, parts=stronger[0])


def _on_the_number_of_indices(proposition: Equal | Compare) -> Step | None:
    """A statement by induction on the number of indices, as it is."""
    parts = prove_by_induction(proposition, prove_for_sums)
    if parts is None:
        return None
    return make_step(proposition, True, Evidence.INDUCTION, f"on {proposition.setting.size}", parts=parts)


def _by_terms(proposition: Compare, depth: int = SUMS_OF_SUMS) -> Step | None:
    """An inequality between sums of sums, at any one index; what fails at a few numbers of them is not tried."""

    def prove(part: Any) -> Step | None:
        if isinstance(part, Compare) and refute_at_a_size(part) is not None:
            return None
        deeper = _by_terms(part, depth - 1) if depth > 1 and isinstance(part, Compare) else None
        return deeper or prove_for_sums(part)

    found = prove_term_by_term(proposition, prove)
    if found is None:
        return None
    said = say("each term is nonnegative: ", found[0])
    return make_step(proposition, True, Evidence.TERMWISE, said, parts=found[1])


def _by_geometric_sums(proposition: Equal | Compare) -> Step | None:
    """A statement about geometric sums, by what they come to."""
    comes_to, parts = dict[Expr, Expr](), list[Step]()
    for head, ratio, known in geometric_sums(proposition):
        # What a sum comes to is not asked anew: it is a statement about that sum itself.
        steps = [_on_the_number_of_indices(known), prove_anew(Compare((ratio - 1) ** 2, 0, proposition.setting, True))]
        if None not in steps:
            comes_to[head] = known.rhs / (ratio - 1)
            parts += [step for step in steps if step is not None]
    if not comes_to:
        return None
    lhs, rhs = (put_keeping(side, comes_to) for side in (proposition.lhs, proposition.rhs))
    step = prove_anew(replace(proposition, lhs=lhs, rhs=rhs))
    if step is None:
        return None
    return make_step(proposition, True, Evidence.CASES, _what_stands_for(comes_to), parts=(*parts, step))


def _by_an_increasing_head(proposition: Compare) -> Step | None:
    """An inequality between roots or logarithms of sums, by squares or exponentials that are decided anew."""
    difference, kind = proposition.lhs - proposition.rhs, Evidence.SQUARED
    found: Any = prove_by_squaring(difference, proposition, prove_anew)
    if found is None:
        kind, found = Evidence.CASES, prove_by_exponentials(difference, proposition, prove_anew)
    if found is None:
        return None
    # What has no value may have been cancelled in the difference.
    values = prove_each([Equal(s, s, proposition.setting) for s in (proposition.lhs, proposition.rhs)], prove_for_sums)
    return None if values is None else make_step(proposition, True, kind, found[0], parts=(*found[1], *values))


def _by_multipliers(proposition: Equal | Compare, inside: bool = False) -> Step | None:
    """An inequality between sums under constraints on sums, term by term."""
    if isinstance(proposition, Equal):
        return None
    found = prove_by_multipliers(proposition, _prove_a_part(), inside)
    if found is None:
        return None
    said = [piece for multiplier in found[0] for piece in (", ", multiplier)][1:]
    return make_step(proposition, True, Evidence.MULTIPLIERS, say(*said), parts=found[1])


# -- in other words -----------------------------------------------------------------------------
def _in_other_words(proposition: Compare) -> Step | None:
    """An inequality with another letter in the place of one, or with a bound in the place of a power or logarithm."""
    if _high_power(proposition) is not None:  # both multiply out
        return None
    if (step := _in_new_letters(proposition)) is not None:
        return step
    found = prove_by_tangents(proposition, prove_anew if is_schematic(proposition) else _prove_a_part())
    return None if found is None else make_step(proposition, True, Evidence.ORDER, found[0], parts=found[1])


def _in_new_letters(proposition: Equal | Compare) -> Step | None:
    if isinstance(proposition, Equal):
        return None
    search = Search()
    found = prove_in_new_letters(proposition, lambda part: prove_for_derivatives(part, search))
    return None if found is None else make_step(proposition, True, Evidence.CASES, found[0], parts=found[1])


def _prove_a_part() -> Prover:
    """A prover for the parts of one proof, which share what they may cost."""
    search = Search()
    return lambda part: prove_for_derivatives(part, search) or _in_new_letters(part)


# -- whole numbers -------------------------------------------------------------------------------
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
        return make_step(proposition, True, Evidence.CASES, how, parts=(inner,))
    if inner.witness is None:
        return None
    at = dict(inner.witness.places)
    if new not in at:
        return None
    places = {**{what: value for what, value in at.items() if what != new}, n: stands.xreplace(at)}
    return make_step(proposition, False, inner.evidence, "", replace(inner.witness, places=tuple(places.items())))


def _on_both_sides_of_zero(proposition: Equal | Compare) -> Step | None:
    """A statement with an exponent that may be any whole number, from 0 on and below; a side that cannot be is left."""
    found = on_both_sides_of_zero(proposition)
    if found is None:
        return None
    n, cases = found

    def prove(case: Any) -> Step | None:
        step = decide(case)
        return step if step.proved else None

    try:
        parts = prove_each((case for case in cases if satisfiable(case.setting) is not False), prove)
    except UNREADABLE:
        return None
    return make_step(proposition, True, Evidence.CASES, say(n, " ≥ 0 and ", n, " < 0"), parts=parts) if parts else None


def _in_whole_numbers(proposition: Equal | Compare) -> Step | None:
    """A statement about every whole number from 1 on: by induction, or where it fails at one of the first."""
    try:
        found = induct(proposition, prove_for_sums)
        if found is not None:
            return make_step(proposition, True, Evidence.COUNTING, say("on ", found[0]), parts=found[1])
        failing = find_number(proposition, partial(refute, tries=QUICK))
    except UNREADABLE:
        return None
    if failing is None:
        return None
    n, number, step = failing
    assert step.witness is not None
    where = replace(step.witness, places=((n, sp.Integer(number)), *step.witness.places))
    return make_step(proposition, False, step.evidence, "", where)


def _about(proposition: Equal | Compare, step: Step) -> Step:
    """The step as one about the statement as it was made, before its sums were written out."""
    if (
        step.verdict is Verdict.UNDECIDED
        and not is_for_another()
        and proposition.setting.hypotheses
        and satisfiable(proposition.setting) is False
    ):
        step = make_step(proposition, None, step.evidence, CONTRADICTION)
    return step if step.proposition == proposition else restate(step, proposition)
