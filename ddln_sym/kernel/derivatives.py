"""Rates of change: the chain rule along a flow, over a concrete or symbolic number of layers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import sympy as sp

from ddln_sym.statements import Index, ProductOver, Rate, Setting, SumOver, product_over, sum_over

Expr = Any
Apart = frozenset[tuple[Expr, Expr]]

__all__ = ["Motion", "apply_rates", "differentiate", "rate"]


def _plainly_in_range(setting: Setting) -> Callable[[Expr], bool]:
    """Whether an index is one of 1…size, without looking at hypotheses."""

    def known(index: Expr) -> bool:
        if isinstance(index, Index):
            return True
        last = setting.size
        return bool(index.is_Integer and index >= 1 and (last is None or (last - index).is_nonnegative))

    return known


@dataclass
class Motion:
    """How expressions change in time, by the rates of a setting.

    Attributes:
        in_range: whether an index surely is one of those that a rule for every index speaks of.
        defined: collects what has to have a value for the rules to hold: ``1/x`` where ``|x|`` or ``√x`` was
            differentiated, and the rates themselves, which SymPy may cancel.
    """

    setting: Setting
    in_range: Callable[[Expr], bool]
    defined: list[Expr] = field(default_factory=list)

    def rate(self, expr: Expr, apart: Apart = frozenset()) -> Expr:
        """``d/dt`` of an expression by the chain rule.

        ``apart`` holds pairs of indices known to differ.  Where it matters whether two indices are
        equal and nothing tells, this raises ValueError rather than choosing.
        """
        ruled = any(expr == rule.quantity and rule.index is None for rule in self.setting.rates)
        if ruled or not expr.args or isinstance(expr, sp.Indexed):
            return self._rate_by_rule(expr, apart)
        for head, rule in _RULES.items():
            if isinstance(expr, head):
                return rule(self, expr, apart)
        raise ValueError(f"no rule for the rate of change of {expr}")

    def _rate_by_rule(self, expr: Expr, apart: Apart) -> Expr:
        for rule in self.setting.rates:
            if expr == rule.quantity and rule.index is None:
                return self._use(rule.value)
            if not (isinstance(expr, sp.Indexed) and isinstance(rule.quantity, sp.Indexed)):
                continue
            if expr.base != rule.quantity.base:
                continue
            if len(expr.indices) != 1:
                raise ValueError(f"nothing tells whether the rule for {rule.quantity} speaks of {expr}")
            mine, its = expr.indices[0], rule.quantity.indices[0]
            if rule.index is not None:
                if not self.in_range(mine):
                    raise ValueError(
                        f"nothing tells whether {mine} is one of the indices, so how {expr} moves is not known"
                    )
                return self._use(rule.value.xreplace({rule.index: mine}))
            known = not {(mine, its), (its, mine)}.isdisjoint(apart) or _are_said_to_differ(mine, its, self.setting)
            if not (mine.is_Integer and its.is_Integer) and not known:
                raise ValueError(f"nothing tells whether {expr} is {rule.quantity}, so its rate of change is not known")
        return sp.Integer(0)

    def _use(self, value: Expr) -> Expr:
        self.defined.append(value)
        return value

    def _sum(self, expr: Expr, apart: Apart) -> Expr:
        return sp.Add(*(self.rate(a, apart) for a in expr.args))

    def _product(self, expr: Expr, apart: Apart) -> Expr:
        moves = [self.rate(a, apart) for a in expr.args]
        return sp.Add(*(sp.Mul(*expr.args[:n], move, *expr.args[n + 1 :]) for n, move in enumerate(moves)))

    def _power(self, expr: Expr, apart: Apart) -> Expr:
        base, exponent = expr.args
        moving, turning = self.rate(base, apart), self.rate(exponent, apart)
        if moving != 0 and exponent == sp.Rational(1, 2):
            self.defined.append(1 / base)
        if turning != 0:
            self.defined.append(sp.log(base))
        direct = sp.Integer(0) if moving == 0 else exponent * base ** (exponent - 1) * moving
        return direct if turning == 0 else direct + expr * sp.log(base) * turning

    def _modulus(self, expr: Expr, apart: Apart) -> Expr:
        inner = self.rate(expr.args[0], apart)
        if inner == 0:
            return inner
        self.defined.append(1 / expr.args[0])
        return sp.Abs(expr.args[0]) / expr.args[0] * inner

    def _sign(self, expr: Expr, apart: Apart) -> Expr:
        if self.rate(expr.args[0], apart) == 0:
            return sp.Integer(0)
        raise ValueError(f"{expr} jumps where its argument crosses zero")

    def _function(self, expr: Expr, apart: Apart) -> Expr:
        if expr.func in self.setting.moving:
            raise ValueError(f"nothing tells how {expr} moves")
        inner = [self.rate(a, apart) for a in expr.args]
        return sp.Add(*(expr.fdiff(n + 1) * r for n, r in enumerate(inner) if r != 0))

    def _derivative(self, expr: Expr, apart: Apart) -> Expr:
        return self.rate(differentiate(expr, self.defined), apart)

    def _rate(self, expr: Expr, apart: Apart) -> Expr:
        return self.rate(self.rate(expr.args[0], apart), apart)

    def _over(self, expr: Expr, apart: Apart) -> Expr:
        """``Σ term'``, and ``(∏ f)' = Σ_k f_k' ∏_{m≠k} f_m``, at an index that no rule can name."""
        index = _fresh_index(expr, self.setting)
        inside = Motion(self.setting, self.in_range)
        inner = inside.rate(expr.at(index), apart | {(index, w) for w in expr.without})

        def summed(part: Expr) -> Expr:
            return sum_over(lambda k: part.xreplace({index: k}), expr.without)

        self.defined += [summed(part) if part.has(index) else part for part in inside.defined]

        def term(k: Expr) -> Expr:
            others = 1 if isinstance(expr, SumOver) else product_over(expr.at, (*expr.without, k))
            return others * inner.xreplace({index: k})

        return inner if inner == 0 else sum_over(term, expr.without)


#: The rule for each head; the first that an expression is an instance of.
_RULES: dict[type, Callable[[Motion, Expr, Apart], Expr]] = {
    sp.Derivative: Motion._derivative,
    Rate: Motion._rate,
    SumOver: Motion._over,
    ProductOver: Motion._over,
    sp.Add: Motion._sum,
    sp.Mul: Motion._product,
    sp.Pow: Motion._power,
    sp.Abs: Motion._modulus,
    sp.sign: Motion._sign,
    sp.Function: Motion._function,
}


def rate(expr: Expr, setting: Setting, apart: Apart = frozenset(), defined: list[Expr] | None = None) -> Expr:
    """``d/dt`` of an expression by the chain rule, from the setting's rates; ``defined`` as in :class:`Motion`.

    >>> from ddln_sym.statements import RateRule
    >>> x = sp.Symbol("x", real=True)
    >>> rate(x**2, Setting((), (RateRule(x, 3),)))
    6*x
    """
    return Motion(setting, _plainly_in_range(setting), [] if defined is None else defined).rate(expr, apart)


def differentiate(expr: Expr, defined: list[Expr]) -> Expr:
    """A derivative carried out; ``defined`` as in :class:`Motion`."""
    done = expr.doit()
    if done.has(sp.Derivative, sp.Subs):
        raise ValueError(f"no rule for {expr}")
    if any(e.has(*expr.variables) for e in expr.expr.atoms(sp.sign, sp.floor, sp.ceiling, sp.Piecewise, sp.Mod)):
        raise ValueError(f"no rule for {expr}, which may jump")
    kinks = [e for e in expr.expr.atoms(sp.Abs, sp.Pow) if isinstance(e, sp.Abs) or e.exp == sp.Rational(1, 2)]
    defined += [1 / e.args[0] for e in kinks if e.has(*expr.variables)]
    whole = [e for e in expr.expr.atoms(sp.Pow) if not e.exp.is_number and e.exp.is_integer]
    return sp.powsimp(done, combine="exp") if whole else done  # SymPy writes (xⁿ)' as n·xⁿ/x, which has no value at 0


def _are_said_to_differ(a: Expr, b: Expr, setting: Setting) -> bool:
    """Whether a hypothesis says that two indices differ."""
    given = (h.relation for h in setting.hypotheses if h.index is None)
    return any(isinstance(r, sp.Ne) and set(r.args) == {a, b} for r in given)


def _fresh_index(expr: Expr, setting: Setting) -> Index:
    """An index that neither the expression nor a rule mentions, however deep sums are nested in it."""
    used = {s.name for e in (expr, *(r.value for r in setting.rates)) for s in e.atoms(sp.Symbol)}
    return next(Index(name) for name in (f"any index {n}" for n in count(1)) if name not in used)


def apply_rates(expr: Expr, setting: Setting, defined: list[Expr] | None = None) -> Expr:
    """The expression with every ``d/dt`` and every derivative carried out; ``defined`` as in :class:`Motion`."""
    motion = Motion(setting, _plainly_in_range(setting), [] if defined is None else defined)
    motion.defined.extend(d.expr for d in expr.atoms(sp.Derivative))
    expr = expr.xreplace({d: differentiate(d, motion.defined) for d in expr.atoms(sp.Derivative)})
    found = expr.atoms(Rate)
    motion.defined.extend(r.args[0] for r in found if not r.args[0].has(Rate))
    moved = {r: apply_rates(motion.rate(r.args[0]), setting, motion.defined) for r in found}
    return expr.xreplace(moved) if found else expr
