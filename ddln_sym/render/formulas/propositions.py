"""Propositions as formulas, with what they rest on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import singledispatch
from typing import Any, TypeAlias

import sympy as sp

from ddln_sym.render.formulas.abbreviations import Subformula, abbreviate
from ddln_sym.render.formulas.layout import LINE, break_chain, width
from ddln_sym.render.formulas.printer import Printer
from ddln_sym.render.formulas.spelling import SIGNS
from ddln_sym.statements import (
    AboveStart,
    BigO,
    Bijection,
    Commutes,
    Compare,
    ConstrainedMinimizer,
    Denied,
    DominatedTail,
    Equal,
    Exists,
    ExponentialDecay,
    FullRank,
    Holds,
    Hypothesis,
    KeepsSign,
    Means,
    Minimizes,
    Needed,
    NullSet,
    OntoTheLine,
    PowerTail,
    Primitive,
    Rate,
    Semidefinite,
    SeparateBlocks,
    Setting,
    Solves,
    TendsTo,
)

__all__ = ["COLUMNS", "display", "formula_of", "in_columns", "motion", "printer_for", "relation", "trivial", "words"]

Expr: TypeAlias = Any

#: What :func:`in_columns` puts in each of them.
COLUMNS = ("proved", "for $G$ =", "where")
LISTED = 11.0  # em: a list that is longer is not written out


def printer_for(proposition: Any, meaning: Sequence[tuple[Expr, Expr]] = (), plain: bool = False) -> Printer:
    """A printer that knows all of a proposition; ``plain`` prints symbols by their names."""
    setting = _setting(proposition)
    about = list(_expressions(proposition))
    about += [hypothesis.relation for hypothesis in setting.hypotheses]
    about += [side for rule in setting.rates for side in (rule.quantity, rule.value)]
    bound = [h.index for h in setting.hypotheses if h.index is not None]
    bound += [r.index for r in setting.rates if r.index is not None]
    free = {s for e in _expressions(proposition) for s in e.free_symbols}
    denied = proposition.statement if isinstance(proposition, Denied) else proposition
    plain = plain or isinstance(denied, (Commutes, FullRank, SeparateBlocks))
    return Printer(about, setting.size, meaning, [i for i in bound if i not in free], plain)


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
    words = re.sub(r"([#%&_{}])", r"\\\1", str(proposition))
    return [rf"\text{{{''.join(f'${SIGNS[c].strip()}$' if c in SIGNS else c for c in words)}}}"]


@_sides.register
def _(proposition: sp.Basic, show: Printer) -> list[str]:
    return [show.doprint(proposition)]


@_sides.register
def _(proposition: Equal, show: Printer) -> list[str]:
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
    whole = proposition.formula
    if isinstance(whole, (sp.Implies, sp.Equivalent)) and len(whole.args) == 2:
        arrow = r"\Longrightarrow" if isinstance(whole, sp.Implies) else r"\Longleftrightarrow"
        ordered = whole.args if isinstance(whole, sp.Implies) else sorted(whole.args, key=sp.count_ops)
        return [show.doprint(ordered[0]), rf"\ {arrow}\ ", show.doprint(ordered[1])]
    return [show.doprint(whole)]


@_sides.register
def _(proposition: Denied, show: Printer) -> list[str]:
    inner = _sides(proposition.statement, show)
    if inner[1:2] == ["="]:
        return [inner[0], r"\not\equiv", *inner[2:]]
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
def _(proposition: AboveStart, show: Printer) -> list[str]:
    sign = ">" if proposition.strict else r"\ge"
    after = rf"\quad\text{{for}}\ {show.doprint(proposition.variable)}{sign} 0"
    return [show.doprint(proposition.quantity), sign, show.doprint(proposition.least) + after]


@_sides.register
def _(proposition: OntoTheLine, show: Printer) -> list[str]:
    variable, quantity = show.doprint(proposition.variable), show.doprint(proposition.quantity)
    return [rf"{variable}\mapsto {quantity}\ \text{{is a bijection of}}\ \mathbb{{R}}"]


@_sides.register
def _(proposition: TendsTo, show: Printer) -> list[str]:
    arrow = {0: r"\to", 1: r"\downarrow", -1: r"\uparrow"}[proposition.side]
    below = f"{show.doprint(proposition.variable)}{arrow} {show.doprint(proposition.end)}"
    return [rf"\lim_{{{below}}} {show.doprint(proposition.function)}", "=", show.doprint(proposition.value)]


@_sides.register
def _(proposition: Exists, show: Printer) -> list[str]:
    values = [
        f"{show.doprint(s)} = {show.doprint(v)}" for s, v in zip(proposition.symbols, proposition.values, strict=False)
    ]
    letters = ",".join(values or map(show.doprint, proposition.symbols))
    inner = r"\ \text{and}\ ".join(" ".join(_sides(s, show)) for s in proposition.statements)
    return [rf"\exists\, {letters}:\ {inner}"]


@_sides.register
def _(proposition: BigO, show: Printer) -> list[str]:
    letter = {"O": "O", "Θ": r"\Theta"}[proposition.letter]
    end = r"\to\infty" if proposition.end is sp.oo else r"\downarrow 0"
    near = rf"\quad({show.doprint(proposition.variable)}{end})"
    return [show.doprint(proposition.function), "=", rf"{letter}\left({show.doprint(proposition.bound)}\right){near}"]


@_sides.register
def _(proposition: Bijection, show: Printer) -> list[str]:
    variable = show.doprint(proposition.variable)
    maps = rf"{variable} \mapsto {show.doprint(proposition.function)}:\ "
    found = [maps + _interval(proposition.domain, show), r"\leftrightarrow", _interval(proposition.image, show)]
    if proposition.inverse is None:
        return found
    return [*found, rf",\quad {variable} \mapsto {show.doprint(proposition.inverse)}"]


def _interval(interval: Expr, show: Printer) -> str:
    left, right = "(" if interval.left_open else "[", ")" if interval.right_open else "]"
    return rf"\left{left}{show.doprint(interval.start)}, {show.doprint(interval.end)}\right{right}"


@_sides.register
def _(proposition: Minimizes, show: Printer) -> list[str]:
    below = ",".join(map(show.doprint, proposition.variables))
    least = rf"\operatorname*{{arg\,min}}_{{{below}}} {show.doprint(proposition.objective)}"
    return [f"({_list(proposition.point, show)})", r"\in", least]


@_sides.register
def _(proposition: Semidefinite, show: Printer) -> list[str]:
    least = _matrix(proposition.least, show) if proposition.least else "0"
    return [_matrix(proposition.matrix, show), r"\succ" if proposition.strict else r"\succeq", least]


def _matrix(rows: Sequence[Sequence[Expr]], show: Printer) -> str:
    inside = r" \\ ".join(" & ".join(map(show.doprint, row)) for row in rows)
    return rf"\begin{{pmatrix}} {inside} \end{{pmatrix}}"


@_sides.register
def _(proposition: DominatedTail, show: Printer) -> list[str]:
    x, inside = show.doprint(proposition.variable), show.doprint(proposition.integrand)
    return [rf"\int_{{{x}}}^{{\infty}} {inside}\,d{x}", r"\le", show.doprint(-proposition.primitive)]


@_sides.register
def _(proposition: PowerTail, show: Printer) -> list[str]:
    x, z = show.doprint(proposition.start), show.doprint(proposition.variable)
    least = show.doprint(proposition.factor * proposition.start**-proposition.exponent / proposition.exponent)
    return [rf"\int_{{{x}}}^{{\infty}} {show.doprint(proposition.integrand)}\,d{z}", r"\ge", least]


@_sides.register
def _(proposition: Means, show: Printer) -> list[str]:
    relation = proposition.relation
    return [show.doprint(relation.lhs), ">" if isinstance(relation, sp.Gt) else r"\ge", show.doprint(relation.rhs)]


def _network(components: Sequence[Expr], show: Printer) -> list[str]:
    return [r"\quad\text{for}\ ", f"G=({_list(components, show)})"]


@_sides.register
def _(proposition: Commutes, show: Printer) -> list[str]:
    return [r"\left[\nabla G_{a},\nabla G_{b}\right]", "=", "0", *_network(proposition.components, show)]


@_sides.register
def _(proposition: FullRank, show: Printer) -> list[str]:
    rank = [r"\operatorname{rank}J_{G}", "=", str(len(proposition.components))]
    inside = _elide(_conditions(proposition, show))
    where = [r"\quad\text{where}\ ", inside] if inside else []
    return [*rank, *_network(proposition.components, show), *where]


@_sides.register
def _(proposition: SeparateBlocks, show: Printer) -> list[str]:
    moves = r"\text{each}\ \nabla G_{a}\ \text{moves its own block}"
    return [moves, *_network(proposition.components, show)]


def _list(components: Sequence[Expr], show: Printer) -> str:
    return _elide([show.doprint(c) for c in components])


def _elide(items: list[str]) -> str:
    return ",\\ ".join(_shorten(items))


def _shorten(items: list[str]) -> list[str]:
    """A list; of more than fits, the first two and the last."""
    if len(items) > 3 and width(" ,".join(items)) > LISTED:
        return [*items[:2], r"\dots", items[-1]]
    return items


def _conditions(proposition: FullRank, show: Printer) -> list[str]:
    groups = [rf"({_list(group, show)})\ne0" for group in proposition.domain.avoids]
    return [*groups, *(f"{show.doprint(p)}>0" for p in proposition.domain.positive)]


def in_columns(proposition: Any, show: Printer) -> tuple[list[str], list[str], list[str]] | None:
    """What is said of the fields of components, the components, conditions; nothing of another proposition.

    >>> x, y = sp.symbols("x y", real=True)
    >>> in_columns(Commutes((x * y,), (x, y)), Printer([x * y]))
    (['\\\\left[\\\\nabla G_{a},\\\\nabla G_{b}\\\\right] = 0'], ['x y'], [])
    """
    if not isinstance(proposition, (Commutes, FullRank)):
        return None
    sides, said = _sides(proposition, show), _network(proposition.components, show)[0]
    where = _conditions(proposition, show) if isinstance(proposition, FullRank) else []
    components = _shorten([show.doprint(c) for c in proposition.components])
    return [" ".join(sides[: sides.index(said)])], components, _shorten(where)


# -- what other modules call ----------------------------------------------------------------------------
def formula_of(statement: Any) -> str:
    """One proposition or expression as LaTeX, in one line and without dollars, of standard amsmath macros.

    >>> from ddln_sym.models import LayerFlow
    >>> flow = LayerFlow()
    >>> print(formula_of(Equal(flow.theta, flow.layer(1) * flow.others(1))))
    \\prod_{i} u_{i} = u_{1} \\prod_{i\\ne 1} u_{i}
    """
    show = printer_for(statement) if not isinstance(statement, sp.Basic) else Printer([statement])
    return " ".join(_sides(statement, show))


def display(
    statement: Any,
    room: float = LINE,
    show: Printer | None = None,
    taken: Sequence[str] = (),
    premise: bool = False,
) -> tuple[str, list[tuple[str, str]]]:
    """The same, broken into rows that fit, and the names that long repeated parts were given in it.

    Args:
        statement: a proposition or an expression.
        room: the width of a line, in em.
        show: its printer.
        taken: names that are in use.
        premise: an equation of a side with itself says that it is defined.
    Returns:
        The formula, and pairs of a name and what it stands for, in LaTeX.
    """
    show = show or (printer_for(statement) if not isinstance(statement, sp.Basic) else Printer([statement]))
    sides = _sides(statement, show)
    if premise and isinstance(statement, Equal) and statement.lhs == statement.rhs:
        sides = [rf"{sides[0]}\ \text{{is defined}}"]
    names: list[tuple[str, str]] = []
    if width(" ".join(sides)) > room:
        sides, names = abbreviate(sides, _parts(statement, show), room, [*taken, *show.taken_names])
    return break_chain(sides, room), names


def _parts(statement: Any, show: Printer) -> list[Subformula]:
    """What may have a name: functions, roots, powers, sums in brackets, and what derivatives are taken of."""
    found: dict[str, Subformula] = {}
    for whole in [statement] if isinstance(statement, sp.Basic) else _expressions(statement):
        for part in sp.preorder_traversal(whole):
            if isinstance(part, (Rate, sp.Derivative)):
                tex = show.doprint(part.args[0])
                found.setdefault(tex, Subformula(tex, closed=not part.args[0].is_Add, wanted=True))
            elif isinstance(part, sp.Function) or (part.is_Pow and not part.exp.is_Integer):
                tex = show.doprint(part)
                found.setdefault(tex, Subformula(tex))
            elif part.is_Add:
                tex = show.doprint(part)
                found.setdefault(tex, Subformula(tex, closed=False))
    return list(found.values())


def words(statement: Any) -> str:
    """The statement as a marked text, if it is none of the kinds that are formulas; else empty."""
    return str(statement) if _sides.dispatch(type(statement)) is _sides.dispatch(object) else ""


def trivial(proposition: Any) -> bool:
    """Whether nothing is stated but that a number is itself, as a premise may turn out to be."""
    if not isinstance(proposition, Equal):
        return isinstance(proposition, Holds) and proposition.formula is sp.true
    left, right = (side.args[0] * 0 if isinstance(side, Rate) and side.args[0].is_number else side
                   for side in (proposition.lhs, proposition.rhs))  # fmt: skip
    return bool(left == right and left.is_number)


def relation(hypothesis: Hypothesis, show: Printer) -> str:
    """What a hypothesis says, and for which indices, as a formula."""
    tex = show.doprint(hypothesis.relation)
    if hypothesis.index is None:
        return tex
    barred = ",".join(show.doprint(w) for w in hypothesis.without)
    letter = show.doprint(hypothesis.index)
    return tex + (rf"\ \text{{for all}}\ {letter}\ne {barred}" if barred else rf"\ \text{{for all}}\ {letter}")


def motion(proposition: Any, show: Printer) -> str:
    """How the quantities of a proposition move, as one formula; empty if it does not differentiate by time."""
    rules = []
    for rule in _setting(proposition).rates:
        letter = f"\\ \\text{{for all}}\\ {show.doprint(rule.index)}" if rule.index is not None else ""
        rules.append(f"{show.doprint(Rate(rule.quantity))} = {show.doprint(rule.value)}{letter}")
    return r",\quad ".join(rules)
