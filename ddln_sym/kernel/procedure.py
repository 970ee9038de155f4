"""The trusted kernel: it alone makes steps.  Yes, no with a witness, or don't know; never a guess.

:func:`decide` takes a proposition and returns a :class:`~ddln_sym.statements.certificates.Step`.  Nothing here
asks ``simplify``, ``equals`` or a floating-point tolerance.  The rules are entered by the modules that have them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, TypeVar

from ddln_sym.statements import (
    SEAL,
    Cited,
    Evidence,
    Step,
    Validated,
    Verdict,
    Witness,
    check_vocabulary,
)

#: From a proposition of a kind to a step about it.
Rule = Callable[[Any], Step]
#: Proves a statement, or returns None.
Prover = Callable[[Any], Step | None]
R = TypeVar("R", bound=Rule)

__all__ = ["Prover", "decide", "decide_part", "decides", "make_step", "prove_each", "restate"]

#: How each kind of proposition is decided; and the kinds of which others define subclasses.
_RULES: dict[type, Rule] = {}
_OPEN_KINDS: dict[type, Rule] = {}


def decides(kind: type, *, subclasses: bool = False) -> Callable[[R], R]:
    """Enter the rule for a kind of proposition.

    Args:
        kind: the class. subclasses: whether the rule is for those that others derive from it as well.
    Raises:
        ValueError: the kind has a rule.
    """
    rules = _OPEN_KINDS if subclasses else _RULES
    if kind in rules:
        raise ValueError(f"{kind.__name__} is decided by a rule already")

    def enter(rule: R) -> R:
        rules[kind] = rule
        return rule

    return enter


def _rule_of(proposition: Any) -> Rule | None:
    rule = _RULES.get(type(proposition))  # not a subclass, which could say that it equals something else
    return rule or next((r for kind, r in _OPEN_KINDS.items() if isinstance(proposition, kind)), None)


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

    >>> import sympy as sp
    >>> from ddln_sym.statements import Equal
    >>> x, y = sp.symbols("x y")
    >>> decide(Equal((x + y) ** 2, x**2 + 2 * x * y + y**2)).verdict.value
    'proved'
    >>> decide(Equal((x + y) ** 2, x**2 + y**2)).witness.point
    {'x': '1', 'y': '1'}
    """
    rule = _rule_of(proposition)
    if rule is None:
        kind = type(proposition).__name__
        raise TypeError(
            f"the kernel cannot decide a{'n' * (kind[0] in 'aeiouAEIOU')} {kind}: write a proposition, such as "
            "Equal(x**2, y), Compare(x**2, 0), or Holds(relation) for a relation of SymPy"
        )
    if not isinstance(proposition, Validated):
        check_vocabulary(proposition)
    return rule(proposition)


def decide_part(proposition: Any) -> Step:
    """A part of a statement, whose words were looked at with the whole.

    Raises:
        TypeError: there is no rule for its kind.
    """
    rule = _rule_of(proposition)
    if rule is None:
        raise TypeError(f"there is no rule for a {type(proposition).__name__}")
    return rule(proposition)


def prove_each(statements: Iterable[Any], prove: Prover) -> tuple[Step, ...] | None:
    """A step for each of the statements, or None as soon as one is not proved: what is hard comes last."""
    steps = list[Step]()
    for statement in statements:
        if (step := prove(statement)) is None:
            return None
        steps.append(step)
    return tuple(steps)


def make_step(
    proposition: Any,
    answer: bool | Verdict | None,
    evidence: Evidence | Cited,
    detail: str = "",
    where: Witness | None = None,
    **more: Any,
) -> Step:
    """A step; the answer is yes, no with a witness where it fails, or don't know, or a verdict of another kind.

    Raises:
        ValueError: a refutation has no witness.
    """
    verdict = answer if isinstance(answer, Verdict) else _VERDICTS[answer]
    if verdict is Verdict.REFUTED and where is None:
        raise ValueError("a refutation needs a witness")
    return Step(proposition, verdict, evidence, detail, witness=where, seal=SEAL, **more)


_VERDICTS = {True: Verdict.PROVED, False: Verdict.REFUTED, None: Verdict.UNDECIDED}


def restate(step: Step, proposition: Any, **changed: Any) -> Step:
    """A step as one about the same statement, written otherwise."""
    return replace(step, proposition=proposition, seal=SEAL, **changed)
