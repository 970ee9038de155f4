"""Propositions as formulas, with what they rest on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import singledispatch
from typing import Any, TypeAlias

import sympy as sp

from ddln_sym.expression import Rate
from ddln_sym.latex.layout import LINE, broken, width
from ddln_sym.latex.printer import Printer
from ddln_sym.latex.prose import prose
from ddln_sym.proposition import (
    Commutes,
    Compare,
    Denied,
    Equal,
    FullRank,
    Holds,
    Hypothesis,
    Needed,
    SeparateBlocks,
    Setting,
)
from ddln_sym.theorem import ConstrainedMinimizer, ExponentialDecay, KeepsSign, NullSet, Primitive, Solves

__all__ = ["display", "formula", "given", "motion", "printer_for", "trivial"]

Expr: TypeAlias = Any

#: Names of hypotheses that say no more than their relation: short, with a sign of relation in them.
SAYS_ITSELF = ("=", ">", "<", "≥", "≤", "≠", "∈")
NAMED = 12  # em: a repeated expression of this width gets a name in a formula that is broken


def printer_for(proposition: Any, meaning: Sequence[tuple[Expr, Expr]] = ()) -> Printer:
    """A printer that knows all of a proposition."""
    setting = _setting(proposition)
    about = list(_expressions(proposition))
    for hypothesis in setting.hypotheses:
        about.append(hypothesis.relation)
    about += [side for rule in setting.rates for side in (rule.quantity, rule.value)]
    bound = [x.index for x in (*setting.hypotheses, *setting.rates) if x.index is not None]
    free = {s for e in _expressions(proposition) for s in e.free_symbols}
    return Printer(about, setting.size, meaning, [i for i in bound if i not in free])


def _setting(proposition: Any) -> Setting:
    found = getattr(proposition, "setting", None)
    if found is None and hasattr(proposition, "statement"):
        found = _setting(proposition.statement)
    return found or Setting()


def _expressions(proposition: Any) -> Iterator[Expr]:
    for value in getattr(proposition, "__dict__", {}).values():
        if isinstance(value, sp.Basic):
            yield value
        elif hasattr(value, "__dict__") and not isinstance(value, Setting):
            yield from _expressions(value)


# -- the sides of a statement -----------------------------------------------------------------------
@singledispatch
def _sides(proposition: Any, show: Printer) -> list[str]:
    """A chain of sides and relations; one side alone for what is no relation."""
    return [rf"\text{{{prose(str(proposition))}}}"]


@_sides.register
def _(proposition: sp.Basic, show: Printer) -> list[str]:
    return [show.doprint(proposition)]


@_sides.register
def _(proposition: Equal, show: Printer) -> list[str]:
    if proposition.lhs == proposition.rhs and not proposition.lhs.is_number:
        return [rf"{show.doprint(proposition.lhs)}\ \text{{is defined}}"]
    return [show.doprint(proposition.lhs), "=", show.doprint(proposition.rhs)]


@_sides.register
def _(proposition: Compare, show: Printer) -> list[str]:
    left, right = proposition.lhs, proposition.rhs
    relation = ">" if proposition.strict else r"\ge"
    if right.has(Rate) and not left.has(Rate):
        left, right, relation = right, left, {">": "<", r"\ge": r"\le"}[relation]
    return [show.doprint(left), relation, show.doprint(right)]


@_sides.register
def _(proposition: Holds, show: Printer) -> list[str]:
    return [show.doprint(proposition.formula)]


@_sides.register
def _(proposition: Denied, show: Printer) -> list[str]:
    inner = _sides(proposition.statement, show)
    if isinstance(proposition.statement, Equal):
        return [inner[0], r"\ne", *inner[2:]]
    return [r"\text{not always:}\ " + inner[0], *inner[1:]]


@_sides.register
def _(proposition: Needed, show: Printer) -> list[str]:
    return _sides(proposition.statement, show)


@_sides.register
def _(proposition: ExponentialDecay, show: Printer) -> list[str]:
    quantity = show.doprint(proposition.quantity)
    decay = rf"e^{{-{show.inline(proposition.rate)}\,t}}"
    return [quantity, r"\le", rf"{decay}\left({quantity}\right)\big|_{{t=0}}"]


@_sides.register
def _(proposition: KeepsSign, show: Printer) -> list[str]:
    return [rf"\operatorname{{sign}}({show.doprint(proposition.quantity)})\ \text{{is constant in time}}"]


@_sides.register
def _(proposition: Solves, show: Printer) -> list[str]:
    unknown = show.doprint(proposition.unknown)
    return [unknown if unknown.endswith(")") else f"{unknown}(t)", "=", show.doprint(proposition.formula)]


@_sides.register
def _(proposition: Primitive, show: Printer) -> list[str]:
    variable = show.doprint(proposition.theta)
    slope = show.doprint(proposition.slope)
    slope = rf"\left({slope}\right)" if proposition.slope.is_Add else slope
    return [show.doprint(proposition.formula), "=", rf"\int_{{0}}^{{{variable}}} {slope}\,d{variable}"]


@_sides.register
def _(proposition: NullSet, show: Printer) -> list[str]:
    return [rf"\{{{show.doprint(proposition.quantity)}=0\}}\ \text{{has measure zero}}"]


@_sides.register
def _(proposition: ConstrainedMinimizer, show: Printer) -> list[str]:
    argmin = r"\operatorname*{arg\,min}_{X\theta=y}\mathcal{Q}(\theta)"
    return [argmin, "=", show.doprint(proposition.limit)]


@_sides.register
def _(proposition: Commutes, show: Printer) -> list[str]:
    return [r"\left[\nabla G_{a},\nabla G_{b}\right]", "=", rf"0,\quad G=({_listed(proposition.components, show)})"]


@_sides.register
def _(proposition: FullRank, show: Printer) -> list[str]:
    where = (
        ""
        if not (proposition.domain.avoids or proposition.domain.positive)
        else rf"\quad\text{{where}}\ {_domain(proposition, show)}"
    )
    count = len(proposition.components)
    return [r"\operatorname{rank}J_{G}", "=", rf"{count},\quad G=({_listed(proposition.components, show)}){where}"]


@_sides.register
def _(proposition: SeparateBlocks, show: Printer) -> list[str]:
    return [
        rf"\text{{each}}\ \nabla G_{{a}}\ \text{{moves its own block,}}\ G=({_listed(proposition.components, show)})"
    ]


def _listed(components: Sequence[Expr], show: Printer) -> str:
    return ",\\ ".join(show.doprint(c) for c in components)


def _domain(proposition: FullRank, show: Printer) -> str:
    groups = [rf"({_listed(group, show)})\ne0" for group in proposition.domain.avoids]
    groups += [f"{show.doprint(p)}>0" for p in proposition.domain.positive]
    return ",\\ ".join(groups)


# -- what other modules call ----------------------------------------------------------------------------
def formula(statement: Any) -> str:
    """One proposition or expression as LaTeX, in one line and without dollars, of standard amsmath macros.

    >>> from ddln_sym.gradient_flow import LayerFlow
    >>> flow = LayerFlow()
    >>> print(formula(Equal(flow.theta, flow.layer(1) * flow.others(1))))
    \\prod_{k} u^{k}_{i} = u^{1}_{i} \\prod_{k\\ne 1} u^{k}_{i}
    """
    show = printer_for(statement) if not isinstance(statement, sp.Basic) else Printer([statement])
    return " ".join(_sides(statement, show))


def display(statement: Any, room: float = LINE, show: Printer | None = None) -> tuple[str, list[tuple[str, str]]]:
    """The same, broken into rows that fit, and the names that long repeated parts were given in it.

    Returns:
        The formula, and pairs of a name and what it stands for, in LaTeX.
    """
    show = show or (printer_for(statement) if not isinstance(statement, sp.Basic) else Printer([statement]))
    sides = _sides(statement, show)
    names: list[tuple[str, str]] = []
    if width(" ".join(sides)) > room:
        sides, names = _with_names(sides, _parts(statement, show))
    return broken(sides, room), names


def _parts(statement: Any, show: Printer) -> list[str]:
    """Printed functions, roots and powers inside a statement, longest first."""
    found: dict[str, None] = {}
    for whole in [statement] if isinstance(statement, sp.Basic) else _expressions(statement):
        for part in sp.preorder_traversal(whole):
            if (isinstance(part, sp.Function) and not isinstance(part, Rate)) or (
                part.is_Pow and not part.exp.is_Integer
            ):
                found[show.doprint(part)] = None
    return sorted(found, key=lambda tex: (-width(tex), tex))


def _with_names(sides: list[str], parts: list[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """Long parts that occur again and again, each under a name."""
    names: list[tuple[str, str]] = []
    for part in parts:
        count = sum(side.count(part) for side in sides)
        if width(part) * (count - 1) >= NAMED and width(part) < LINE - 8:
            name = f"c_{{{len(names) + 1}}}"
            sides = [side.replace(part, name) for side in sides]
            names.append((name, part))
    return sides, names


def trivial(proposition: Any) -> bool:
    """Whether an equation is between the same numbers, as a premise may turn out to be."""
    return isinstance(proposition, Equal) and proposition.lhs == proposition.rhs and bool(proposition.lhs.is_number)


def given(hypothesis: Hypothesis, show: Printer, known: Sequence[str] = ()) -> str:
    """A hypothesis as text: its relation, for which indices, and where it comes from."""
    relation = show.doprint(hypothesis.relation)
    if hypothesis.index is not None:
        barred = ",".join(show.doprint(w) for w in hypothesis.without)
        letter = show.doprint(hypothesis.index)
        relation += rf"\ \text{{for all}}\ {letter}\ne {barred}" if barred else rf"\ \text{{for all}}\ {letter}"
    itself = any(sign in hypothesis.name for sign in SAYS_ITSELF) and len(hypothesis.name) < 14
    return f"${relation}$" + ("" if itself else f" ({prose(hypothesis.name, known)})")


def motion(proposition: Any, show: Printer) -> str:
    """How the quantities of a proposition move, as one formula; empty if it does not differentiate by time."""
    rules = []
    for rule in _setting(proposition).rates:
        letter = f"\\ \\text{{for all}}\\ {show.doprint(rule.index)}" if rule.index is not None else ""
        rules.append(f"{show.doprint(Rate(rule.quantity))} = {show.doprint(rule.value)}{letter}")
    return r",\quad ".join(rules)
