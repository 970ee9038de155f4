"""Propositions of other kinds: vector fields, how an expression is written, formulas, what follows from theorems."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from ddln_sym.kernel import formulas, vector_fields
from ddln_sym.kernel.procedure import decide, decides, make_step
from ddln_sym.statements import (
    AsLongAs,
    Assumption,
    Cited,
    Commutes,
    Consequence,
    Continuous,
    Denied,
    Evidence,
    FullRank,
    Holds,
    Needed,
    OutOfReach,
    Polynomial,
    ProductOver,
    SeparateBlocks,
    Setting,
    Step,
    SumOver,
    Validated,
    Verdict,
    Witness,
    WitnessKind,
)

Expr = Any

__all__ = ["is_of_the_package"]


# -- vector fields ----------------------------------------------------------------------------------
@decides(Commutes)
def _commutes(proposition: Commutes) -> Step:
    answer, detail, where = vector_fields.brackets(proposition)
    return make_step(proposition, answer, Evidence.BRACKETS, detail, where)


@decides(FullRank)
def _full_rank(proposition: FullRank) -> Step:
    rank, detail, where = vector_fields.rank(proposition)
    return make_step(proposition, rank, Evidence.RANK, detail, where)


@decides(SeparateBlocks)
def _separate(proposition: SeparateBlocks) -> Step:
    separate, detail = vector_fields.separate(proposition)
    return make_step(proposition, separate, Evidence.BLOCKS, detail)


# -- how an expression is written -------------------------------------------------------------------
#: Heads that are continuous wherever they have a value.
_CONTINUOUS = (
    sp.Add, sp.Mul, sp.log, sp.exp, sp.sinh, sp.cosh, sp.asinh, sp.sin, sp.cos, sp.tan, sp.tanh, sp.atan, sp.Abs,
    SumOver, ProductOver,
)  # fmt: skip


@decides(Continuous)
def _continuous(proposition: Continuous) -> Step:
    broken = next(_jumps(proposition.quantity, proposition.setting), None)
    detail = "" if broken is None else f"nothing tells that {broken} is continuous"
    return make_step(proposition, True if broken is None else None, Evidence.HEADS, detail)


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


@decides(Polynomial)
def _polynomial(proposition: Polynomial) -> Step:
    poly = proposition.quantity
    found = poly.is_polynomial(*poly.free_symbols) and all(c.is_Rational for c in sp.Poly(poly, *_some(poly)).coeffs())
    detail = "" if found else f"{poly} is not a polynomial with rational coefficients"
    return make_step(proposition, True if found else None, Evidence.HEADS, detail)


def _some(poly: Expr) -> list[Expr]:
    return sorted(poly.free_symbols, key=str) or [sp.Symbol("_")]


@decides(AsLongAs)
def _as_long_as(proposition: AsLongAs) -> Step:
    return make_step(
        proposition, None, Evidence.INEQUALITY, "it is about all times before one, and is not decided at points"
    )


# -- formulas and consequences --------------------------------------------------------------------
@decides(Holds)
def _holds(proposition: Holds) -> Step:
    try:
        answer, where = formulas.decide_formula(proposition)
    except ValueError as error:
        return make_step(proposition, None, Evidence.FORMULA, str(error))
    evidence = Evidence.FINITE_CASE if answer is False else Evidence.SOLVER
    return make_step(proposition, answer, evidence, "", where)


@decides(Consequence, subclasses=True)
def _consequence(proposition: Consequence) -> Step:
    parts = tuple(decide(premise) for premise in proposition.premises())
    answer = True if Verdict.weakest([p.verdict for p in parts]) is Verdict.PROVED else None
    detail = "" if answer else "a premise of the cited theorem is not proved"
    cited, relied = Cited.of(proposition.theorem), (Assumption.of_theorem(proposition.theorem),)
    if answer and not is_of_the_package(type(proposition), _PAPER):
        detail = "that the premises suffice is the word of its author, whose rule this is"
        return make_step(proposition, Verdict.BY_ITS_AUTHOR, cited, detail, assumes=relied, parts=parts)
    refuted = None if answer else _refute_consequence(proposition)
    return refuted or make_step(proposition, answer, cited, detail, assumes=relied, parts=parts)


def _refute_consequence(proposition: Consequence) -> Step | None:
    """By something that would follow, and fails at a point."""
    if not is_of_the_package(type(proposition), _PAPER):
        return None
    for statement, others in proposition.necessities():
        parts = tuple(decide(other) for other in others)
        if all(part.proved for part in parts) and (step := decide(statement)).verdict is Verdict.REFUTED:
            said = "what follows from it fails"
            return make_step(proposition, False, step.evidence, said, step.witness, parts=(*parts, step))
    return None


@decides(Validated, subclasses=True)
def _decide_validated(proposition: Validated) -> Step:
    found, detail, where = proposition.decided()
    relied = (Assumption.of_theorem(proposition.method),)
    if not is_of_the_package(type(proposition)):
        said = {True: "it holds", False: "it fails", None: "nothing"}[found]
        detail = f"its author's procedure says: {said}" + (f" ({detail})" if detail else "")
        return make_step(proposition, Verdict.BY_ITS_AUTHOR, Evidence.AUTHOR, detail, assumes=relied)
    return make_step(proposition, found, proposition.evidence, detail, where, assumes=relied)


_HOME = Path(__file__).resolve().parents[1]
#: The paper's proofs: inside an installed package, beside it in the repository.
_PAPER = (_HOME if (_HOME / "proofs").is_dir() else _HOME.parent) / "proofs"


def is_of_the_package(kind: type, *others: Path) -> bool:
    """Whether a class is one that a module of the package, or of other folders, defines under its name.

    Where the module lies counts, not what it is called: a folder of somebody's own may be called as ours is.
    """
    module = sys.modules.get(kind.__module__)
    file = getattr(module, "__file__", None)
    if file is None or getattr(module, kind.__name__, None) is not kind:
        return False
    return any(Path(file).resolve().is_relative_to(home) for home in (_HOME, *others))


@decides(Needed)
def _decide_needed(proposition: Needed) -> Step:
    without, restored = decide(proposition.statement), decide(proposition.restored)
    answer = True if without.verdict is Verdict.REFUTED and restored.proved else None
    detail = f"without the assumption: {without.verdict}; with it: {restored.verdict}"
    return make_step(proposition, answer, Evidence.NEEDED, detail, parts=(without, restored))


@decides(Denied)
def _decide_denied(proposition: Denied) -> Step:
    step = decide(proposition.statement)
    answer = {Verdict.PROVED: False, Verdict.REFUTED: True}.get(step.verdict)
    where = Witness((), ((str(proposition.statement), "proved"),), WitnessKind.DENIED) if answer is False else None
    return make_step(proposition, answer, Evidence.DENIED, "", where, parts=(step,))


@decides(OutOfReach)
def _leave_unchecked(proposition: OutOfReach) -> Step:
    return make_step(proposition, Verdict.NOT_CHECKED, Evidence.OUT_OF_REACH, proposition.why)
