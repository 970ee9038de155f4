"""No rule for a cited theorem proves a conclusion that the kernel refutes or mpmath finds false.

The default run takes a few instances of each rule; ``pytest tests/kernel/test_consequences.py --instances 300`` decides
as many of every rule as one likes.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from random import Random

import mpmath
import pytest
import sympy as sp
from evaluator import DIGITS
from falsifiers import contradiction
from random_consequences import RULES

import ddln_sym
import proofs
from ddln_sym.kernel import decide
from ddln_sym.statements import (
    AboveStart,
    ArithmeticGeometric,
    AsLongAs,
    Compare,
    Consequence,
    Equal,
    Hypothesis,
    Means,
    RateRule,
    Setting,
    Step,
    Verdict,
)

#: Rules without data of their own, or with a depth and a dimension alone: each is one theorem, decided with the paper.
OF_THE_PAPER = {
    "Converges", "ExistsForever", "GaussMean", "LargeDepth", "Laws", "MirrorFlow", "MirrorFlowOnM", "OpenManifold",
    "StaysOnM",
}  # fmt: skip


@pytest.fixture(autouse=True)
def precision() -> Iterator[None]:
    with mpmath.workdps(DIGITS):
        yield


def test_every_rule_has_instances() -> None:
    for package in (ddln_sym, proofs):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    found, waiting = set[type](), [Consequence]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            if kind.__module__.startswith(("ddln_sym.", "proofs.")):
                found.add(kind)
            waiting.append(kind)
    assert {kind.__name__ for kind in found - RULES.keys()} == OF_THE_PAPER


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_no_proved_consequence_is_false(rule: type[Consequence], request: pytest.FixtureRequest) -> None:
    wrong = []
    for seed in range(request.config.getoption("--instances")):
        step = _decided(rule, seed)
        if step is None:
            continue
        if why := _refuted(step.proposition) if step.proved else "":
            wrong.append(f"{seed}: the kernel refutes it: {step.proposition} {why}")
        elif why := contradiction(step, Random(seed)):
            wrong.append(f"{seed}: {step.proposition} under {getattr(step.proposition, 'setting', '')}: {why}")
    assert not wrong, "\n".join(wrong)


@cache
def _decided(rule: type[Consequence], seed: int) -> Step | None:
    """The decision on an instance; None if it is refused, or SymPy cannot build it."""
    try:
        return decide(RULES[rule](Random(f"{rule.__name__} {seed}")))
    except (ValueError, ZeroDivisionError, TypeError, NotImplementedError):
        return None


def _refuted(proposition: Consequence) -> str:
    """The witness against the conclusion as a statement about points, where it is one."""
    if isinstance(proposition, AboveStart):
        conclusion = proposition.conclusion
    elif isinstance(proposition, Means):
        relation = proposition.relation.xreplace(dict(proposition.names))
        if relation in (sp.true, sp.false):
            return "" if relation is sp.true else "everywhere"
        conclusion = Compare(relation.lhs, relation.rhs, proposition.setting, isinstance(relation, sp.Gt))
    else:
        return ""
    step = decide(conclusion)
    return str(step.witness) if step.verdict is Verdict.REFUTED else ""


def test_most_rules_are_proved_at_times() -> None:
    """The instances are not all beyond the rule, or refused."""
    steps = {rule: [_decided(rule, seed) for seed in range(4)] for rule in RULES}
    proved = [rule for rule, found in steps.items() if any(step is not None and step.proved for step in found)]
    assert len(proved) >= len(RULES) // 2, proved


def test_a_conclusion_that_is_plain_is_printed_all_the_same() -> None:
    x = sp.Symbol("x", real=True)
    assert str(ArithmeticGeometric((x,), x, x, (), Setting((Hypothesis("given", sp.Gt(x, 0)),)))) == "x >= x"


def test_a_start_is_part_of_the_conclusion() -> None:
    """Without it, ``y ≥ 0`` would be a statement about all y."""
    x, y = sp.symbols("x y", real=True)
    moving = Setting((Hypothesis("given", sp.Ge(x, -1)),), (RateRule(x, 1), RateRule(y, 1)))
    held = AboveStart(x, y, 0, ((y, sp.Integer(0)),), moving)
    assert decide(held).proved
    assert str(held).startswith("y ≥ 0 for x ≥ 0, from y = 0, as long as")
    assert isinstance(held.conclusion, AsLongAs)
    assert decide(held.conclusion).verdict is Verdict.UNDECIDED
    assert decide(Equal(y, y, moving)).proved
