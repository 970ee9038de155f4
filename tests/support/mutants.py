"""Mutants: statements derived from a true one by a small change, nearly all of them false.

A kernel that proves a mutant either has a hole, or the mutant says the same as the original or less, as
“2a ≥ b” does beside “a ≥ b ≥ 0”; :func:`excused` shows the latter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from itertools import chain, zip_longest
from typing import Any

import sympy as sp

from ddln_sym.flows import ChangesSigns, DecaysAtRate
from ddln_sym.kernel import decide
from ddln_sym.statements import (
    AboveStart,
    AsLongAs,
    Commutes,
    Compare,
    Consequence,
    Continuous,
    Denied,
    Equal,
    FullRank,
    Holds,
    Needed,
    Polynomial,
    ProductOver,
    Rate,
    SeparateBlocks,
    Setting,
    SumOver,
    Validated,
)

KINDS = ("constant", "sign", "exponent", "index", "dropped term", "dropped assumption")
PER_KIND = 3
#: Fields of a consequence that name what it is about; they are changed through its premises.
STRUCTURE = ("unknown", "variable", "start", "theta", "depth", "dimension", "size", "diagonal")


@dataclass(frozen=True)
class Mutant:
    """A changed proposition and what was changed."""

    kind: str
    proposition: Any
    original: Any = None

    def __str__(self) -> str:
        return f"{self.kind}: {self.proposition}"


# -- changes of one expression ------------------------------------------------------------------------
def _parts(expr: Any) -> list[int]:
    """The arguments in which a formula can be changed: not indices, not bound variables."""
    if isinstance(expr, (SumOver, ProductOver, Rate)):
        return [0]
    return [] if isinstance(expr, sp.Indexed) else list(range(len(expr.args)))


def _rebuilt(expr: Any, position: int, part: Any) -> Any:
    return expr.func(*(*expr.args[:position], part, *expr.args[position + 1 :]))


def _changes(expr: Any, symbols: list[Any]) -> Iterator[tuple[str, Any]]:
    """Every expression that differs from this one by one small change."""
    yield from _changes_here(expr, symbols)
    for position in _parts(expr):
        for kind, part in _changes(expr.args[position], symbols):
            if isinstance(expr, sp.Pow) and position == 1 and kind == "constant":
                kind = "exponent"
            try:
                changed = _rebuilt(expr, position, part)
            except (ValueError, TypeError, ZeroDivisionError):
                continue
            if not changed.has(sp.zoo, sp.nan, sp.oo, sp.I):
                yield kind, changed


def _changes_here(expr: Any, symbols: list[Any]) -> Iterator[tuple[str, Any]]:
    if expr.is_Rational:
        yield "constant", expr + 1
        return
    if isinstance(expr, sp.Indexed):
        for other in symbols:
            if isinstance(other, sp.Indexed) and other.base == expr.base and other != expr:
                yield "index", other
        return
    if expr.is_Symbol:
        for other in symbols:
            if other.is_Symbol and other != expr and other.is_integer == expr.is_integer:
                yield "index", other
        return
    if isinstance(expr, sp.Add):
        for position, term in enumerate(expr.args):
            yield "dropped term", sp.Add(*expr.args[:position], *expr.args[position + 1 :])
            yield "sign", _rebuilt(expr, position, -term)
            yield "constant", _rebuilt(expr, position, 2 * term)
    elif isinstance(expr, sp.Mul):
        yield "sign", -expr
        for position in range(len(expr.args)):
            yield "dropped term", sp.Mul(*expr.args[:position], *expr.args[position + 1 :])
    elif isinstance(expr, sp.Pow) and expr.exp.is_Rational:
        yield "exponent", expr.base ** (expr.exp + 1)
    elif isinstance(expr, (SumOver, ProductOver, Rate)) or (isinstance(expr, sp.Function) and not expr.is_Boolean):
        yield "constant", 2 * expr


def _symbols(*exprs: Any) -> list[Any]:
    indexed = {i for e in exprs for i in e.atoms(sp.Indexed)}
    labels = {s for i in indexed for s in i.free_symbols}
    bound = {s for e in exprs for h in e.atoms(SumOver, ProductOver) for s in h.index.free_symbols}
    free = {s for e in exprs for s in e.free_symbols} - labels - bound
    plain = {i for i in indexed if not bound & i.free_symbols}
    return sorted(plain | free, key=str)


# -- changes of a proposition ---------------------------------------------------------------------------
def _replaced(kind: str, proposition: Any, **changes: Any) -> Iterator[Mutant]:
    """The proposition with other fields, if that can be stated at all."""
    try:
        yield Mutant(kind, replace(proposition, **changes))
    except ValueError:
        return


def _without_assumptions(setting: Setting) -> Iterator[Setting]:
    for hypothesis in setting.hypotheses:
        yield setting.without(hypothesis)


def _of_sides(proposition: Equal | Compare) -> Iterator[Mutant]:
    symbols = _symbols(proposition.lhs, proposition.rhs)
    for name in ("lhs", "rhs"):
        side = getattr(proposition, name)
        if side != 0:
            yield from _replaced("constant", proposition, **{name: 2 * side})
            yield from _replaced("sign", proposition, **{name: -side})
        for kind, changed in _changes(side, symbols):
            yield from _replaced(kind, proposition, **{name: changed})
    for setting in _without_assumptions(proposition.setting):
        yield from _replaced("dropped assumption", proposition, setting=setting)


def _of_formula(proposition: Holds) -> Iterator[Mutant]:
    flips = {sp.Eq: sp.Ne, sp.Ne: sp.Eq, sp.Le: sp.Lt, sp.Lt: sp.Gt, sp.Ge: sp.Gt, sp.Gt: sp.Lt}
    for relation in sorted(proposition.formula.atoms(*flips), key=str):
        flipped = flips[relation.func](*relation.args)
        yield from _replaced("sign", proposition, formula=proposition.formula.xreplace({relation: flipped}))
        for kind, side in _changes(relation.rhs, _symbols(proposition.formula)):
            changed = relation.func(relation.lhs, side)
            yield from _replaced(kind, proposition, formula=proposition.formula.xreplace({relation: changed}))
    for setting in _without_assumptions(proposition.setting):
        yield from _replaced("dropped assumption", proposition, setting=setting)


def _of_fields(proposition: Commutes | FullRank | SeparateBlocks) -> Iterator[Mutant]:
    components = proposition.components
    for a, b in zip(range(len(components)), range(1, len(components)), strict=False):
        shared = components[a] * min(components[b].free_symbols, key=str)
        yield from _replaced("index", proposition, components=(*components[:a], shared, *components[a + 1 :]))
    if isinstance(proposition, FullRank):
        for n, _ in enumerate(proposition.domain.avoids):
            kept = proposition.domain.avoids[:n] + proposition.domain.avoids[n + 1 :]
            yield from _replaced("dropped assumption", proposition, domain=replace(proposition.domain, avoids=kept))


def _of_consequence(proposition: Consequence) -> Iterator[Mutant]:
    """Change its formulas; a consequence that has none is changed in its premises."""
    names = [f.name for f in fields(proposition) if isinstance(getattr(proposition, f.name), sp.Basic)]  # type: ignore[arg-type]
    formulas = [name for name in names if getattr(proposition, name).free_symbols and name not in STRUCTURE]
    symbols = _symbols(*(getattr(proposition, name) for name in formulas)) if formulas else []
    for name in formulas:
        for kind, changed in _changes(getattr(proposition, name), symbols):
            yield from _replaced(kind, proposition, **{name: changed})
    if formulas and isinstance(getattr(proposition, "setting", None), Setting):
        for setting in _without_assumptions(proposition.setting):  # type: ignore[attr-defined]
            yield from _replaced("dropped assumption", proposition, setting=setting)
    if not formulas:
        for premise in proposition.premises():
            yield from mutants(premise)


def _of_flow(proposition: Any) -> Iterator[Mutant]:
    """Another set of layers, a faster rate, another point."""
    if isinstance(proposition, ChangesSigns):
        for layer in sorted(proposition.layers):
            yield Mutant("dropped term", replace(proposition, layers=proposition.layers - {layer}))
        for layer in [(1, 1), (1, 2), (2, 1)]:
            yield Mutant("index", replace(proposition, layers=proposition.layers | {layer}))
    elif isinstance(proposition, DecaysAtRate):
        for factor in (50, 100, 1000):
            yield Mutant("constant", replace(proposition, rate=factor * proposition.rate))
    else:
        for n, x in enumerate(proposition.point):
            for kind, value in [("sign", -x), ("constant", x + 2 * proposition.radius)]:
                point = (*proposition.point[:n], value, *proposition.point[n + 1 :])
                yield Mutant(kind, replace(proposition, point=point))


def _all(proposition: Any) -> Iterator[Mutant]:
    if isinstance(proposition, (Equal, Compare)):
        yield from _of_sides(proposition)
    elif isinstance(proposition, Holds):
        yield from _of_formula(proposition)
    elif isinstance(proposition, (Commutes, FullRank, SeparateBlocks)):
        yield from _of_fields(proposition)
    elif isinstance(proposition, Needed):
        yield Mutant("dropped assumption", Needed(proposition.statement, ()))
        for mutant in _of_sides(proposition.statement):
            yield Mutant(mutant.kind, replace(proposition, statement=mutant.proposition))
    elif isinstance(proposition, Denied):
        yield Mutant("sign", proposition.statement)
    elif isinstance(proposition, (Continuous, Polynomial)):  # about the way an expression is written
        return
    elif isinstance(proposition, Validated):
        yield from _of_flow(proposition)
    else:
        yield from _of_consequence(proposition)


def mutants(proposition: Any) -> list[Mutant]:
    """A few mutants of every kind, the same ones in every run; those that say nothing (x = x) are left out."""
    chosen: dict[str, list[Mutant]] = {kind: [] for kind in KINDS}
    seen = {proposition}
    for mutant in _all(proposition):
        if mutant.proposition in seen or len(chosen[mutant.kind]) >= PER_KIND or _empty(mutant.proposition):
            continue
        seen.add(mutant.proposition)
        chosen[mutant.kind].append(mutant if mutant.original is not None else replace(mutant, original=proposition))
    return [m for m in chain.from_iterable(zip_longest(*chosen.values())) if m is not None]


def _empty(proposition: Any) -> bool:
    if isinstance(proposition, Holds):
        relations = proposition.formula.atoms(sp.core.relational.Relational)
        return proposition.formula is sp.true or any(r.lhs == r.rhs for r in relations)
    if not isinstance(proposition, (Equal, Compare)):
        return False
    still = any(r.args[0].is_number for r in _rates(proposition))
    numbers = proposition.lhs.is_number and proposition.rhs.is_number
    return still or numbers or proposition.lhs == proposition.rhs


def excused(mutant: Mutant) -> str:
    """Why a proved mutant is no sign of a hole, as the kernel or elementary algebra shows; else ''."""
    original, changed = mutant.original, mutant.proposition
    if isinstance(
        changed, Needed
    ):  # it fails without the assumption, at a point; with it, is it less than the original?
        return excused(Mutant(mutant.kind, changed.restored, original.restored))
    if isinstance(changed, AboveStart):
        return excused(Mutant(mutant.kind, _inequality(changed), _inequality(original)))
    if not isinstance(changed, (Equal, Compare)) or not isinstance(original, type(changed)):
        return ""
    if isinstance(changed, Compare):
        if not changed.strict and _visibly_nonnegative(changed.lhs - changed.rhs):
            return "both sides are visibly ordered, whatever the hypotheses"
        if mutant.kind != "dropped assumption" and decide(_gain(original, changed)).proved:
            return "it follows from the original"
    if mutant.kind == "dropped assumption" and (even := _even_in(original, changed)) is not None:
        return f"it is an even polynomial in {even}"
    # each side times one factor, by algebra alone: no equation is given and rates are not carried out
    if isinstance(changed, Equal) and any(_says(changed, h.relation) for h in changed.setting.hypotheses):
        return "it is one of the hypotheses"
    opaque = {r: _opaque(r) for r in _rates(original, changed)}
    signs = tuple(h for h in original.setting.hypotheses if not isinstance(h.relation, sp.Eq))
    bare = Setting(signs, (), original.setting.size)
    for factor in (2, sp.Rational(1, 2), *((-1, -2) if isinstance(changed, Equal) else ())):
        sides = ((changed.lhs, original.lhs), (changed.rhs, original.rhs))
        if all(decide(Equal(new.xreplace(opaque), factor * old.xreplace(opaque), bare)).proved for new, old in sides):
            return f"both sides times {factor}"
    return ""


def _even_in(original: Equal | Compare, changed: Equal | Compare) -> Any:
    """A symbol that was to be positive, of which both sides are even polynomials; None if there is none.

    What holds above 0 then holds below it, and at 0, where a limit keeps an equation and a weak inequality.
    """
    sides, strict = (changed.lhs, changed.rhs), getattr(changed, "strict", False)
    for h in original.setting.hypotheses:
        symbol = h.relation.lhs
        if strict or h in changed.setting.hypotheses or not symbol.is_Symbol or h.relation != (symbol > 0):
            continue
        powers = [p.exp for side in sides for p in side.atoms(sp.Pow) if p.base.has(symbol)]
        plain = all(e.is_integer and e.xreplace(dict.fromkeys(e.free_symbols, sp.S.One)) >= 0 for e in powers)
        spoken = any(g.relation.has(symbol) for g in changed.setting.hypotheses)
        turned = [sp.expand_power_base(side.xreplace({symbol: -symbol})) for side in sides]
        if plain and not spoken and turned == [sp.expand_power_base(side) for side in sides]:
            return symbol
    return None


def _inequality(proposition: AboveStart) -> Compare:
    conclusion = proposition.conclusion
    if not isinstance(conclusion, AsLongAs):
        return conclusion
    setting = conclusion.statement.setting  # what lasts is given, at each time that the conclusion speaks of
    lasting = replace(setting, hypotheses=(*setting.hypotheses, *conclusion.conditions))
    return replace(conclusion.statement, setting=lasting)


def _gain(original: Compare, changed: Compare) -> Compare:
    """That the changed inequality has at least the slack of the original."""
    return Compare(changed.lhs - changed.rhs, original.lhs - original.rhs, original.setting)


def _says(proposition: Equal, relation: Any) -> bool:
    return isinstance(relation, sp.Eq) and {proposition.lhs, proposition.rhs} == set(relation.args)


def _opaque(rate: Any) -> Any:
    """A rate of change as a symbol, a constant factor taken out."""
    factor, rest = rate.args[0].as_coeff_Mul()
    return factor * sp.Symbol(f"rate of {rest}", real=True)


def _rates(*propositions: Equal | Compare) -> list[Any]:
    return sorted({r for p in propositions for side in (p.lhs, p.rhs) for r in side.atoms(Rate)}, key=str)


def _visibly_nonnegative(expr: Any) -> bool:
    """A polynomial whose monomials are squares with coefficients that are not negative, by SymPy's own expansion."""
    difference = sp.expand(expr)
    if difference.has(sp.Function):
        return False
    symbols = _symbols(difference)
    if not symbols:
        return bool(difference >= 0)
    if not difference.is_polynomial(*symbols):
        return False
    terms = sp.Poly(difference, *symbols).terms()
    return all(c > 0 and all(n % 2 == 0 for n in powers) for powers, c in terms)
