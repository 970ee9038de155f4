"""Rates of change: the chain rule along a flow, over a concrete or symbolic number of layers."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ddln_sym.statements import ProductOver, Rate, Setting, SumOver, product_over, sum_over

Expr = Any
Apart = frozenset[tuple[Expr, Expr]]

__all__ = ["derived", "rate", "rates_applied"]


def rate(expr: Expr, setting: Setting, apart: Apart = frozenset(), smooth: list[Expr] | None = None) -> Expr:
    """``d/dt`` of an expression by the chain rule, from the setting's rates.

    ``apart`` holds pairs of indices known to differ.  Where it matters whether two indices are
    equal and nothing tells, this raises ValueError rather than choosing.  ``smooth`` collects what
    has to be defined for the rule to hold: ``1/x`` where ``|x|`` or ``√x`` was differentiated.
    """
    smooth = [] if smooth is None else smooth
    ruled = any(expr == rule.quantity and rule.index is None for rule in setting.rates)
    if ruled or not expr.args or isinstance(expr, sp.Indexed):
        return _given_rate(expr, setting, apart)
    if isinstance(expr, sp.Derivative):
        return rate(derived(expr, smooth), setting, apart, smooth)
    if isinstance(expr, Rate):
        return rate(rate(expr.args[0], setting, apart, smooth), setting, apart, smooth)
    if isinstance(expr, (SumOver, ProductOver)):
        return _rate_over(expr, setting, apart, smooth)
    if isinstance(expr, sp.Add):
        return sp.Add(*(rate(a, setting, apart, smooth) for a in expr.args))
    if isinstance(expr, sp.Mul):
        moves = [rate(a, setting, apart, smooth) for a in expr.args]
        return sp.Add(*(sp.Mul(*expr.args[:n], move, *expr.args[n + 1 :]) for n, move in enumerate(moves)))
    if isinstance(expr, sp.Pow):
        base, exponent = expr.args
        moving = rate(base, setting, apart, smooth)
        turning = rate(exponent, setting, apart, smooth)
        if moving != 0 and exponent == sp.Rational(1, 2):
            smooth.append(1 / base)
        direct = sp.Integer(0) if moving == 0 else exponent * base ** (exponent - 1) * moving
        return direct if turning == 0 else direct + expr * sp.log(base) * turning
    if isinstance(expr, sp.Abs):
        inner = rate(expr.args[0], setting, apart, smooth)
        if inner == 0:
            return inner
        smooth.append(1 / expr.args[0])
        return sp.Abs(expr.args[0]) / expr.args[0] * inner
    if isinstance(expr, sp.sign):
        if rate(expr.args[0], setting, apart, smooth) == 0:
            return sp.Integer(0)
        raise ValueError(f"{expr} jumps where its argument crosses zero")
    if isinstance(expr, sp.Function):
        inner_rates = [rate(a, setting, apart, smooth) for a in expr.args]
        return sp.Add(*(expr.fdiff(n + 1) * r for n, r in enumerate(inner_rates) if r != 0))
    raise ValueError(f"no rule for the rate of change of {expr}")


def derived(expr: Expr, smooth: list[Expr]) -> Expr:
    """A derivative carried out; ``smooth`` as in :func:`rate`."""
    done = expr.doit()
    if done.has(sp.Derivative, sp.Subs):
        raise ValueError(f"no rule for {expr}")
    kinks = [e for e in expr.expr.atoms(sp.Abs, sp.Pow) if isinstance(e, sp.Abs) or e.exp == sp.Rational(1, 2)]
    smooth += [1 / e.args[0] for e in kinks if e.has(*expr.variables)]
    return done


def _given_rate(expr: Expr, setting: Setting, apart: Apart) -> Expr:
    for rule in setting.rates:
        if expr == rule.quantity and rule.index is None:
            return rule.value
        if not (isinstance(expr, sp.Indexed) and isinstance(rule.quantity, sp.Indexed)):
            continue
        if expr.base != rule.quantity.base:
            continue
        if len(expr.indices) != 1 or not (expr.indices[0].is_Symbol or expr.indices[0].is_positive):
            raise ValueError(f"nothing tells whether the rule for {rule.quantity} speaks of {expr}")
        mine, its = expr.indices[0], rule.quantity.indices[0]
        if rule.index is not None:
            return rule.value.xreplace({rule.index: mine})
        known = not {(mine, its), (its, mine)}.isdisjoint(apart) or _said_to_differ(mine, its, setting)
        if not (mine.is_Integer and its.is_Integer) and not known:
            raise ValueError(f"nothing tells whether {expr} is {rule.quantity}, so its rate of change is not known")
    return sp.Integer(0)


def _said_to_differ(a: Expr, b: Expr, setting: Setting) -> bool:
    """Whether a hypothesis says that two indices differ."""
    given = (h.relation for h in setting.hypotheses if h.index is None)
    return any(isinstance(r, sp.Ne) and set(r.args) == {a, b} for r in given)


def _rate_over(expr: Expr, setting: Setting, apart: Apart, smooth: list[Expr]) -> Expr:
    """``Σ term'``, and ``(∏ f)' = Σ_k f_k' ∏_{m≠k} f_m``, at an index that no rule can name."""
    index, inside = sp.Dummy(integer=True, positive=True), list[Expr]()
    inner = rate(expr.at(index), setting, apart | {(index, w) for w in expr.without}, inside)

    def summed(part: Expr) -> Expr:
        return sum_over(lambda k: part.xreplace({index: k}), expr.without)

    smooth += map(summed, inside)

    def term(k: Expr) -> Expr:
        others = 1 if isinstance(expr, SumOver) else product_over(expr.at, (*expr.without, k))
        return others * inner.xreplace({index: k})

    return inner if inner == 0 else sum_over(term, expr.without)


def rates_applied(expr: Expr, setting: Setting) -> Expr:
    """The expression with every ``d/dt`` and every derivative carried out."""
    expr = expr.xreplace({d: derived(d, []) for d in expr.atoms(sp.Derivative)})
    found = expr.atoms(Rate)
    return expr.xreplace({r: rates_applied(rate(r.args[0], setting), setting) for r in found}) if found else expr
