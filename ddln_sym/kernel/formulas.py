"""Boolean formulas over integers and reals, decided by z3 and, if false, checked at the model."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from ddln_sym.kernel.normal_forms import told
from ddln_sym.statements import Holds, Witness

Expr = Any

__all__ = ["decide_formula"]

Z3_MILLISECONDS = 10000
LARGEST = 6  # integers to try for a model that a reader can check by hand


class _Translator:
    """SymPy formulas to z3; Euclidean division by a symbol is resolved by its defining property."""

    def __init__(self) -> None:
        import z3

        self.z3 = z3
        self.symbols: dict[Expr, Any] = {}
        self.functions: dict[Any, Any] = {}
        self.divisions: dict[tuple[Expr, Expr], tuple[Any, Any]] = {}
        self.divisors: dict[Expr, Any] = {}
        self.axioms: list[Any] = []

    def symbol(self, s: Expr) -> Any:
        if s not in self.symbols:
            if told(s):
                raise ValueError(f"{s} is declared with more than being real: state that as a hypothesis")
            fresh = self.z3.FreshInt if s.is_integer else self.z3.FreshReal  # two symbols can share a name
            variable = self.symbols[s] = fresh(s.name)
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
            if told(e) or not all(a.is_integer for a in e.args):
                raise ValueError(f"in a formula {e} has to be a real function of whole numbers")
            name, domain = f"{e.func.__name__}#{len(self.functions)}", [z3.IntSort()] * len(e.args)
            function = self.functions.setdefault((e.func, len(domain)), z3.Function(name, *domain, z3.RealSort()))
            return function(*map(self, e.args))
        if isinstance(e, sp.Piecewise):
            if e.args[-1].cond is not sp.true:
                raise ValueError(f"{e} has no value where none of its conditions holds")
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
        """``⌊n/L⌋`` and ``n mod L`` for L > 0: the numbers q, r with n = Lq + r and 0 ≤ r < L.

        They are unique; when n is written as ``L·q₀ + r₀``, that uniqueness is stated as an axiom
        (``0 ≤ r₀ < L`` implies ``q = q₀, r = r₀``), since z3 would have to find it in nonlinear arithmetic.
        """
        if isinstance(e, sp.floor):
            dividend, divisor = sp.fraction(sp.together(e.args[0]))
        else:
            dividend, divisor = e.args
        key = (sp.expand(dividend), divisor)
        if key not in self.divisions:
            z3, whole = self.z3, key[0].is_integer and divisor.is_integer
            quotient, rest = z3.FreshInt("quotient"), z3.FreshInt("rest") if whole else z3.FreshReal("rest")
            self.divisions[key] = quotient, rest
            bottom, top = self(divisor), self(key[0])
            self.divisors[divisor] = bottom
            self.axioms.append(
                z3.Implies(bottom > 0, z3.And(top == bottom * quotient + rest, rest >= 0, rest < bottom))
            )
            if divisor.is_Symbol and whole and key[0].is_polynomial(divisor):
                q0, r0 = (self(part.as_expr()) for part in sp.div(sp.Poly(key[0], divisor), sp.Poly(divisor, divisor)))
                self.axioms.append(z3.Implies(z3.And(r0 >= 0, r0 < bottom), z3.And(quotient == q0, rest == r0)))
        quotient, rest = self.divisions[key]
        return quotient if isinstance(e, sp.floor) else rest


def decide_formula(proposition: Holds) -> tuple[bool | None, Witness | None]:
    """True, False with a finite case, or None; a model counts only if the formula is false there.

    Raises:
        ValueError: z3 cannot read the formula, or it is true but for a division that may not be defined.
    """
    import z3

    try:
        return _decided(proposition)
    except z3.Z3Exception as error:
        raise ValueError(f"z3 cannot read {proposition}: {error}") from error


def _decided(proposition: Holds) -> tuple[bool | None, Witness | None]:
    import z3

    translate, size = _Translator(), proposition.setting.size
    solver = z3.Solver()
    solver.set("timeout", Z3_MILLISECONDS)
    for hypothesis in proposition.setting.hypotheses:
        if hypothesis.index is None:
            solver.add(translate(hypothesis.relation))
        else:
            bound = sp.Dummy(hypothesis.index.name, integer=True)
            k, known = translate.symbol(bound), len(translate.divisions)
            allowed = [k >= 1, *(k != translate(w) for w in hypothesis.without)]
            if size is not None:
                allowed.append(k <= translate(size))
            solver.add(z3.ForAll([k], z3.Implies(z3.And(*allowed), translate(hypothesis.at(bound)))))
            if len(translate.divisions) > known:
                raise ValueError(f"a division in {hypothesis} has a quotient for each {hypothesis.index}")
    goal = translate(proposition.formula)
    for axiom in translate.axioms:
        solver.add(axiom)
    if solver.check() == z3.unsat:
        return None, None  # contradictory hypotheses prove everything, hence nothing
    solver.push()
    solver.add(z3.Not(goal))
    outcome = solver.check()
    if outcome == z3.unsat:
        solver.pop()
        for divisor, bottom in translate.divisors.items():
            if solver.check(bottom <= 0) != z3.unsat:
                raise ValueError(f"nothing tells whether the divisor {divisor} is positive")
        return True, None
    if outcome == z3.sat:
        witness = _checked(proposition, translate, _small_model(translate, solver))
        return (False, witness) if witness else (None, None)
    return None, None


def _small_model(translate: _Translator, solver: Any) -> Any:
    """The model whose integers, in the order of their names, are least: the same one in every run."""
    solver.push()
    for _, variable in sorted(
        ((s.name, v) for s, v in translate.symbols.items() if s.is_integer), key=lambda item: item[0]
    ):
        for value in range(LARGEST + 1):
            solver.push()
            solver.add(variable == value)
            if solver.check() == translate.z3.sat:
                break
            solver.pop()
    solver.check()
    return solver.model()


def _checked(proposition: Holds, translate: _Translator, model: Any) -> Witness | None:
    named = {s: str(model.eval(v, model_completion=True)) for s, v in translate.symbols.items()}
    if any(value.endswith("?") for value in named.values()):
        return None  # an irrational number
    values = {s: sp.Rational(value) for s, value in named.items() if not isinstance(s, sp.Dummy)}

    def evaluate(formula: Expr) -> Expr:
        filled = formula.xreplace(values)
        applied = filled.atoms(AppliedUndef)
        found = {}
        for a in applied:
            symbol = translate.functions[a.func, len(a.args)](*(int(x) for x in a.args))
            found[a] = sp.Rational(str(model.eval(symbol, model_completion=True)))
        return sp.sympify(filled.xreplace(found)).doit()

    hypotheses = [h.relation for h in proposition.setting.hypotheses if h.index is None]
    try:
        if evaluate(proposition.formula) is not sp.false or any(evaluate(h) is not sp.true for h in hypotheses):
            return None
        table = {str(a): str(evaluate(a)) for a in sorted(proposition.formula.atoms(AppliedUndef), key=str)}
    except (ValueError, TypeError, ZeroDivisionError):
        return None
    point = {s.name: str(v) for s, v in sorted(values.items(), key=lambda item: item[0].name)}
    return Witness({**point, **table}, {str(proposition.formula): "false"}, "finite case")
