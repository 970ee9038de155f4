"""What is so by definition, and what functions tend to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sympy as sp

from ddln_sym.kernel.evaluation import symbols_of
from ddln_sym.kernel.kinds import is_of_the_package
from ddln_sym.kernel.limits import Approach, find_limit
from ddln_sym.kernel.normal_forms import Tower
from ddln_sym.kernel.procedure import decide, decide_part, decides, make_step, restate
from ddln_sym.kernel.relations import prove_for_sums
from ddln_sym.kernel.strategies import CONTRADICTION
from ddln_sym.statements import (
    BigO,
    ByDefinition,
    Compare,
    Equal,
    Evidence,
    Setting,
    Step,
    TendsTo,
    Verdict,
    Witness,
    say,
)

Expr = Any

__all__: list[str] = []


@decides(ByDefinition, subclasses=True)
def _define(proposition: ByDefinition) -> Step:
    """By the parts of what it means, for the first choice for which all of them hold."""
    left, reached = list[Step](), list[int]()
    if not is_of_the_package(type(proposition)):
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
            return make_step(proposition, True, Evidence.DEFINITION, detail, parts=tuple(parts))
        failed = parts[-1]
        if not said and failed.verdict is Verdict.REFUTED:
            return make_step(proposition, False, failed.evidence, "", failed.witness, parts=(failed,))
        left.append(failed)
        reached.append(len(parts))
    if proposition.exhaustive and left and all(part.verdict is Verdict.REFUTED for part in left):
        furthest = left[max(range(len(left)), key=reached.__getitem__)]  # which tells most
        return make_step(proposition, False, furthest.evidence, "", furthest.witness, parts=tuple(left))
    for failed in left:  # each may fail for other parameters, and some values may fail in every way
        if failed.witness is None or (special := proposition.at(failed.witness.places)) is None:
            continue
        if (step := decide(special)).verdict is Verdict.REFUTED and step.witness is not None:
            known = [pair for pair in failed.witness.places if pair[0] not in {p for p, _ in step.witness.places}]
            where = replace(step.witness, places=(*known, *step.witness.places))
            return make_step(proposition, False, step.evidence, "", where, parts=(step,))
    for limit in proposition.denials():
        if (step := decide(limit)).proved:
            where = Witness((), ((f"the limit of {limit.function}", limit.value),))
            return make_step(proposition, False, Evidence.LIMIT, step.detail, where, parts=(step,))
    tried = "of what was tried nothing holds: " if len(left) > 1 else ""
    said = f"{tried}{left[0].proposition}: {left[0].verdict}" if left else "nothing was tried"
    return make_step(proposition, None, Evidence.DEFINITION, said)


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
        return restate(step, proposition)
    tends = decide(proposition.quotient(found.value))
    how = say(", since the quotient tends to ", found.value)
    return make_step(proposition, True, Evidence.LIMIT, how, parts=(tends,)) if tends.proved else None


# -- limits -----------------------------------------------------------------------------------------
@decides(TendsTo)
def _limit(proposition: TendsTo) -> Step:
    """Decide what a function tends to; where it tends to something else, that is the witness."""
    parts: list[Step] = []
    if proposition.setting.hypotheses and Tower(proposition.setting).contradictory():
        return make_step(proposition, None, Evidence.LIMIT, CONTRADICTION)

    def sign(constant: Expr) -> int | None:
        return _sign_of_constant(constant, proposition.setting, parts)

    said: list[str] = []
    for direction in proposition.directions:
        found = find_limit(proposition.function, proposition.variable, proposition.end, direction, sign)
        if found is None:
            return make_step(proposition, None, Evidence.LIMIT, "no rule tells what it tends to")
        said += [rule for rule in found.rules if rule not in said]
        if found.value != proposition.value:
            other = _other_limit(proposition, found)
            if other.verdict is not Verdict.PROVED:
                return other
            parts += other.parts
    detail = "".join(f", by {rule}" for rule in said)
    return make_step(proposition, True, Evidence.LIMIT, detail, parts=tuple(dict.fromkeys(parts)))


def _other_limit(proposition: TendsTo, found: Approach) -> Step:
    """The step where what was found is not written as what was said."""
    if found.infinite or proposition.value in (sp.oo, -sp.oo):
        where = Witness((), (("limit", found.value), ("said to be", proposition.value)))
        return make_step(proposition, False, where.evidence, "", where)
    same = decide_part(Equal(found.value, proposition.value, proposition.setting))
    if same.verdict is Verdict.REFUTED:
        return make_step(proposition, False, same.evidence, "", same.witness)
    return make_step(proposition, same.proved or None, Evidence.LIMIT, f"it tends to {found.value}", parts=(same,))


def _sign_of_constant(constant: Expr, setting: Setting, parts: list[Step]) -> int | None:
    """1, −1 or 0 where that is proved, with what was proved for it added to the parts."""
    if constant.is_Rational:
        return int(sp.sign(constant))
    given = setting if symbols_of(constant) else Setting()
    above, below = Compare(constant, 0, given, True), Compare(0, constant, given, True)
    ways: list[tuple[int, Equal | Compare]] = [(1, above), (-1, below), (0, Equal(constant, 0, given))]
    for value, statement in ways:
        if (step := prove_for_sums(statement)) is not None:
            parts.append(step)
            return value
    return None
