"""Steps written out whole, so that :mod:`ddln_sym.checker` can check them without SymPy and z3.

The checker says what it needs to know of a proposition; here the answers are looked for, with the procedures of the
kernel, and recorded.  Nothing here is trusted: a wrong answer is one that the checker rejects.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import product
from typing import Any

import sympy as sp

from ddln_sym import checker
from ddln_sym.checker import Rejected, write
from ddln_sym.kernel.answers import Answering
from ddln_sym.kernel.casework import Casework
from ddln_sym.kernel.evaluation import symbols_of
from ddln_sym.kernel.normal_forms import UNREADABLE
from ddln_sym.kernel.trees import tree
from ddln_sym.statements import (
    BoundIndex,
    ByDefinition,
    Certificate,
    Commutes,
    Compare,
    Consequence,
    Continuous,
    Denied,
    Equal,
    FullRank,
    Holds,
    Hypothesis,
    Index,
    Needed,
    Polynomial,
    RateRule,
    SeparateBlocks,
    Setting,
    Step,
    expressions_in,
)

Expr = Any

__all__ = ["proof", "transcript"]


# -- propositions --------------------------------------------------------------------------------------
def _hypothesis(h: Hypothesis) -> dict[str, Any]:
    index = None if h.index is None else tree(h.index)
    return {"relation": tree(h.relation), "index": index, "without": [*map(tree, h.without)]}


def _setting(setting: Setting) -> dict[str, Any]:
    def rule(r: RateRule) -> dict[str, Any]:
        return {
            "quantity": tree(r.quantity), "value": tree(r.value), "index": None if r.index is None else tree(r.index),
        }  # fmt: skip

    return {
        "hypotheses": [_hypothesis(h) for h in setting.hypotheses if h.relation != sp.true],
        "rates": [*map(rule, setting.rates)],
        "size": None if setting.size is None else tree(setting.size),
    }


def _names(proposition: Any) -> dict[str, list[str]]:
    found = {s for e in expressions_in(proposition) for s in e.atoms(sp.Symbol) if not isinstance(s, BoundIndex)}
    whole = {s.name for s in found if s.is_integer and s.is_positive and not isinstance(s, Index)}
    return {"whole": sorted(whole), "indices": sorted(s.name for s in found if isinstance(s, Index))}


def statement(proposition: Any) -> dict[str, Any]:
    """A proposition as data, with everything that it rests on.

    Raises:
        ValueError: it has a part for which there is no name.
    """
    if isinstance(proposition, (Equal, Compare)):
        strict = {"strict": proposition.strict} if isinstance(proposition, Compare) else {}
        return {
            "kind": "equal" if isinstance(proposition, Equal) else "compare",
            "left": tree(proposition.lhs), "right": tree(proposition.rhs), **strict,
            "setting": _setting(proposition.setting), **_names(proposition),
        }  # fmt: skip
    if isinstance(proposition, Holds):
        return {
            "kind": "holds", "formula": tree(proposition.formula),
            "setting": _setting(proposition.setting), **_names(proposition),
        }  # fmt: skip
    if isinstance(proposition, (Commutes, FullRank, SeparateBlocks)):
        kind = {Commutes: "commutes", FullRank: "regular", SeparateBlocks: "apart"}[type(proposition)]
        model = {"components": [*map(tree, proposition.components)], "variables": [*map(tree, proposition.variables)]}
        if isinstance(proposition, Commutes):
            return {"kind": kind, **model}
        avoids = [[*map(tree, group)] for group in proposition.domain.avoids]
        return {
            "kind": kind,
            **model,
            "domain": {"avoids": avoids, "positive": [*map(tree, proposition.domain.positive)]},
        }
    if isinstance(proposition, Continuous):
        return {"kind": "continuous", "quantity": tree(proposition.quantity), "setting": _setting(proposition.setting)}
    if isinstance(proposition, Polynomial):
        return {"kind": "polynomial", "quantity": tree(proposition.quantity)}
    if isinstance(proposition, Needed):
        assumption = [*map(_hypothesis, proposition.assumption)]
        return {"kind": "needed", "statement": statement(proposition.statement), "assumption": assumption}
    if isinstance(proposition, Denied):
        return {"kind": "denied", "statement": statement(proposition.statement)}
    if isinstance(proposition, Consequence):
        return {"kind": "consequence", "theorem": str(proposition.theorem), "conclusion": str(proposition)}
    if isinstance(proposition, ByDefinition):
        return {"kind": "definition", "conclusion": str(proposition)}
    return {"kind": _KINDS.get(type(proposition).__name__, "validated"), "conclusion": str(proposition)}


_KINDS = {"AsLongAs": "as long as", "OutOfReach": "out of reach"}


# -- steps --------------------------------------------------------------------------------------------------
def transcript(step: Step) -> dict[str, Any]:
    """A step, and everything that it rests on, as data that :func:`ddln_sym.checker.check_step` accepts or refuses.

    A step for which no complete certificate is found is written out as far as it goes, with ``"open"``: the reason.

    >>> from ddln_sym.checker import check_step
    >>> from ddln_sym.kernel import decide
    >>> x = sp.Symbol("x", real=True)
    >>> record = transcript(decide(Equal((x + 1) ** 2, x**2 + 2 * x + 1)))
    >>> check_step(record)
    'identity'
    """
    record: dict[str, Any] = {
        "verdict": step.verdict.value, "evidence": step.evidence, "parts": [*map(transcript, step.parts)],
    }  # fmt: skip
    try:
        record["proposition"] = statement(step.proposition)
    except ValueError as error:
        record["proposition"] = {"kind": "unwritten", "conclusion": str(step.proposition)}
        return {**record, "open": str(error)}
    if isinstance(step.proposition, FullRank) and step.witness is not None:
        point = [[name, tree(sp.Rational(str(value)))] for name, value in step.witness.point.items()]
        record["witness"] = {"point": point}
    if isinstance(step.proposition, (Equal, Compare, Holds)):
        record |= (
            _answer_statement(step.proposition, record["proposition"])
            if step.proved
            else _witness(step, record["proposition"])
        )
    return record


def _witness(step: Step, said: dict[str, Any]) -> dict[str, Any]:
    """The point of a refutation, if it is rational, and the sides there between fractions."""
    found, proposition = step.witness, step.proposition
    if found is None or not isinstance(proposition, (Equal, Compare)):
        return {}
    relations = [h.relation for h in proposition.setting.hypotheses if h.index is None]
    place_of = {str(s): s for s in symbols_of(proposition.lhs, proposition.rhs, *relations)}
    try:
        point = [[tree(place_of[name]), tree(sp.Rational(str(value)))] for name, value in found.point.items()]
        exact = {json.dumps(place, ensure_ascii=False): checker.rational(value) for place, value in point}
        sides = checker.values_at(said, {name: value for name, value in exact.items() if value is not None})
    except (KeyError, TypeError, ValueError, Rejected):
        return {"open": "the witness is not a point with rational coordinates at which the checker finds the sides"}
    return {"witness": {"point": point, "sides": [[str(bound) for bound in side] for side in sides]}}


def proof(certificates: Iterable[Certificate]) -> dict[str, Any]:
    """Certificates with every step whole: what ``ddln-sym check --proof`` writes and :mod:`ddln_sym.checker` reads."""

    def claim(found: Certificate) -> dict[str, Any]:
        correction = None if found.correction is None else claim(found.correction)
        steps = [*map(transcript, found.steps)]
        return {"id": found.id, "verdict": found.verdict.value, "steps": steps, "correction": correction}

    return {"schema": checker.SCHEMA, "claims": [*map(claim, certificates)]}


#: In which ways a proof is looked for.
_WAYS = {Equal: ("difference", "squares", "termwise"), Compare: ("difference", "termwise"), Holds: ("cases",)}


def _answer_statement(proposition: Equal | Compare | Holds, said: dict[str, Any]) -> dict[str, Any]:
    formula = isinstance(proposition, Holds)
    together = (False, True) if "product" in json.dumps(said) else (False,)
    reason = ""
    for kept, how, more in product(together, _WAYS[type(proposition)], (True,) if formula else (False, True)):
        try:
            found = Casework(said) if isinstance(proposition, Holds) else Answering(said, proposition, kept)
            introduced = found.introduce_all() if more else []
            if more and not introduced and not formula:
                continue
            found.prove(said, how, introduced if formula else [])  # the others are introduced already
        except (Rejected, RecursionError, *UNREADABLE) as error:
            reason = reason or str(error) or type(error).__name__
            continue
        return {
            "how": how, "introduced": introduced, "answers": found.said, "atoms": found.atoms,
            "facts": [[write(p), strict] for p, strict in found.facts],
            "relations": [write(p) for p in found.relations],
        }  # fmt: skip
    return {"open": reason}
