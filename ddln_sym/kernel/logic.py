"""Boolean formulas over integers and reals, decided by z3 and, if false, checked at the model."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from ddln_sym.certificate import Witness
from ddln_sym.proposition import Holds

Expr = Any

__all__ = ["decide_formula"]

Z3_MILLISECONDS = 10000


class _Translator:
    """SymPy formulas to z3; Euclidean division by a symbol is resolved by its defining property."""

    def __init__(self) -> None:
        import z3

        self.z3 = z3
        self.symbols: dict[Expr, Any] = {}
        self.functions: dict[Any, Any] = {}
        self.divisions: dict[tuple[Expr, Expr], tuple[Any, Any]] = {}
        self.axioms: list[Any] = []

    def symbol(self, s: Expr) -> Any:
        if s not in self.symbols:
            variable = self.symbols[s] = self.z3.Int(s.name) if s.is_integer else self.z3.Real(s.name)
            if s.is_positive:
                self.axioms.append(variable > 0)
            elif s.is_nonnegative:
                self.axioms.append(variable >= 0)
        return self.symbols[s]

    def __call__(self, e: Expr) -> Any:
        z3 = self.z3
        if e in (sp.true, sp.false):
            return z3.BoolVal(e is sp.true)
        if e.is_Integer:
            return z3.IntVal(int(e))
        if e.is_Rational:
            return z3.RealVal(str(e))
        if e.is_Symbol:
            return self.symbol(e)
        if isinstance(e, (sp.floor, sp.Mod)):
            return self.euclid(e)
        if isinstance(e, AppliedUndef):
            function = self.functions.setdefault(
                e.func, z3.Function(e.func.__name__, *[z3.IntSort()] * len(e.args), z3.RealSort())
            )
            return function(*map(self, e.args))
        if isinstance(e, sp.Piecewise):
            result = self(e.args[-1].expr)
            for branch in reversed(e.args[:-1]):
                result = z3.If(self(branch.cond), self(branch.expr), result)
            return result
        args = [self(a) for a in e.args]
        if isinstance(e, sp.Abs):
            return z3.If(args[0] >= 0, args[0], -args[0])
        if isinstance(e, sp.Pow) and e.exp.is_Integer and e.exp > 0:
            result = args[0]
            for _ in range(int(e.exp) - 1):
                result = result * args[0]
            return result
        heads = {
            sp.And: z3.And, sp.Or: z3.Or, sp.Not: z3.Not, sp.Implies: z3.Implies,
            sp.Equivalent: lambda a, *rest: z3.And(*(a == b for b in rest)),
            sp.Eq: lambda a, b: a == b, sp.Ne: lambda a, b: a != b,
            sp.Lt: lambda a, b: a < b, sp.Le: lambda a, b: a <= b,
            sp.Gt: lambda a, b: a > b, sp.Ge: lambda a, b: a >= b,
            sp.Add: lambda *a: sum(a[1:], a[0]),
        }  # fmt: skip
        if e.func in heads:
            return heads[e.func](*args)
        if isinstance(e, sp.Mul):
            result = args[0]
            for a in args[1:]:
                result = result * a
            return result
        raise ValueError(f"z3 cannot read {e.func.__name__} in {e}")

    def euclid(self, e: Expr) -> Any:
        """``⌊n/L⌋`` and ``n mod L``: the numbers q, r with n = Lq + r and 0 ≤ r < L.

        They are unique; when n is written as ``L·q₀ + r₀``, that uniqueness is stated as an axiom
        (``0 ≤ r₀ < L`` implies ``q = q₀, r = r₀``), since z3 would have to find it in nonlinear arithmetic.
        """
        if isinstance(e, sp.floor):
            dividend, divisor = sp.fraction(sp.together(e.args[0]))
        else:
            dividend, divisor = e.args
        key = (sp.expand(dividend), divisor)
        if key not in self.divisions:
            n = len(self.divisions)
            quotient, rest = self.z3.Int(f"quotient{n}"), self.z3.Int(f"rest{n}")
            self.divisions[key] = quotient, rest
            bottom, top = self(divisor), self(key[0])
            self.axioms += [top == bottom * quotient + rest, 0 <= rest, rest < bottom]
            if divisor.is_Symbol:
                q0, r0 = (self(part.as_expr()) for part in sp.div(sp.Poly(key[0], divisor), sp.Poly(divisor, divisor)))
                self.axioms.append(self.z3.Implies(self.z3.And(0 <= r0, r0 < bottom), self.z3.And(quotient == q0, rest == r0)))
        quotient, rest = self.divisions[key]
        return quotient if isinstance(e, sp.floor) else rest


def decide_formula(proposition: Holds) -> tuple[bool | None, Witness | None]:
    """True, False with a finite case, or None; a model counts only if the formula is false there."""
    import z3

    translate = _Translator()
    solver = z3.Solver()
    solver.set("timeout", Z3_MILLISECONDS)
    for hypothesis in proposition.setting.hypotheses:
        if hypothesis.index is None:
            solver.add(translate(hypothesis.relation))
        else:
            bound = sp.Dummy(hypothesis.index.name, integer=True)
            k = translate.symbol(bound)
            allowed = [k != translate(w) for w in hypothesis.without]
            solver.add(z3.ForAll([k], z3.Implies(z3.And(*allowed), translate(hypothesis.at(bound)))))
    goal = translate(proposition.formula)
    for axiom in translate.axioms:
        solver.add(axiom)
    if solver.check() == z3.unsat:
        return None, None  # contradictory hypotheses prove everything, hence nothing
    solver.add(z3.Not(goal))
    outcome = solver.check()
    if outcome == z3.unsat:
        return True, None
    if outcome == z3.sat:
        witness = _checked(proposition, translate, _small_model(translate, solver))
        return (False, witness) if witness else (None, None)
    return None, None


def _small_model(translate: _Translator, solver: Any) -> Any:
    """A model with integers as small as possible, for a reader to check by hand."""
    integers = [variable for s, variable in translate.symbols.items() if s.is_integer]
    for bound in range(1, 7):
        solver.push()
        solver.add(*(variable <= bound for variable in integers), *(variable >= -bound for variable in integers))
        if solver.check() == translate.z3.sat:
            return solver.model()
        solver.pop()
    solver.check()
    return solver.model()


def _checked(proposition: Holds, translate: _Translator, model: Any) -> Witness | None:
    values = {
        s: sp.Rational(str(model.eval(v, model_completion=True)))
        for s, v in translate.symbols.items()
        if not isinstance(s, sp.Dummy)
    }

    def evaluate(formula: Expr) -> Expr:
        filled = formula.xreplace(values)
        applied = filled.atoms(AppliedUndef)
        found = {}
        for a in applied:
            symbol = translate.functions[a.func](*(int(x) for x in a.args))
            found[a] = sp.Rational(str(model.eval(symbol, model_completion=True)))
        return sp.sympify(filled.xreplace(found)).doit()

    hypotheses = [h.relation for h in proposition.setting.hypotheses if h.index is None]
    try:
        if evaluate(proposition.formula) is not sp.false or any(evaluate(h) is not sp.true for h in hypotheses):
            return None
        table = {
            str(a): str(evaluate(a))
            for a in sorted(proposition.formula.atoms(AppliedUndef), key=str)
        }
    except (ValueError, TypeError, ZeroDivisionError):
        return None
    point = {s.name: str(v) for s, v in sorted(values.items(), key=lambda item: item[0].name)}
    return Witness({**point, **table}, {str(proposition.formula): "false"}, "finite case")
