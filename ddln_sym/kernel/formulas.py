"""Boolean formulas over integers and reals: proved by z3, refuted at small numbers by a search of our own.

The search does not look at a model of z3, so a witness is the same whichever model a version of z3 finds first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from ddln_sym.kernel.counterexamples import points
from ddln_sym.kernel.evaluation import NotRational, Point, Undefined, evaluate_exactly, symbols_of, truth
from ddln_sym.kernel.normal_forms import is_declared
from ddln_sym.kernel.solver import SolverAnswer, ask, fresh
from ddln_sym.statements import Everywhere, Holds, Hypothesis, Index, Setting, Witness, WitnessKind

Expr = Any

__all__ = ["decide_formula", "instance"]

#: Units of z3's resource count, for each question.
WORK = 1_000_000
PLACES, TABLES = 3000, 300  # values of the symbols to try for a witness, and for each values of the functions
ENTRIES = 8  # values of functions that a witness may name


class _Translator:
    """SymPy formulas to z3; Euclidean division by a symbol is resolved by its defining property."""

    def __init__(self, solver: Any) -> None:
        import z3

        self.z3, self.context = z3, solver.ctx
        self.symbols: dict[Expr, Any] = {}
        self.functions: dict[Any, Any] = {}
        self.divisions: dict[tuple[Expr, Expr], tuple[Any, Any]] = {}
        self.divisors: dict[Expr, Any] = {}
        self.axioms: list[Any] = []

    def unknown(self, whole: bool, name: str) -> Any:
        return (self.z3.Int if whole else self.z3.Real)(name, self.context)

    def symbol(self, s: Expr) -> Any:
        if s not in self.symbols:
            if is_declared(s):
                raise ValueError(f"{s} is declared with more than being real: state that as a hypothesis")
            variable = self.symbols[s] = self.unknown(bool(s.is_integer), f"x{len(self.symbols)}")
            if s.is_positive:
                self.axioms.append(variable > 0)
            elif s.is_nonnegative:
                self.axioms.append(variable >= 0)
        return self.symbols[s]

    def __call__(self, e: Expr) -> Any:
        z3 = self.z3
        if e in (sp.true, sp.false):
            return z3.BoolVal(e is sp.true, self.context)
        if e.is_Integer:
            return z3.IntVal(int(e), self.context)
        if e.is_Rational:
            return z3.RealVal(str(e), self.context)
        if e.is_Symbol:
            return self.symbol(e)
        if isinstance(e, (sp.floor, sp.Mod)):
            return self.euclid(e)
        if isinstance(e, AppliedUndef):
            if is_declared(e) or not all(a.is_integer for a in e.args):
                raise ValueError(f"in a formula {e} has to be a real function of whole numbers")
            name, domain = f"f{len(self.functions)}", [z3.IntSort(self.context)] * len(e.args)
            real = z3.RealSort(self.context)
            function = self.functions.setdefault((e.func, len(domain)), z3.Function(name, *domain, real))
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
            number = len(self.divisions)
            quotient, rest = self.unknown(True, f"quotient{number}"), self.unknown(whole, f"rest{number}")
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
        return _decide(proposition)
    except z3.Z3Exception as error:
        raise ValueError(f"z3 cannot read {proposition}: {error}") from error


def _decide(proposition: Holds) -> tuple[bool | None, Witness | None]:
    import z3

    solver, size = fresh(WORK), proposition.setting.size
    translate = _Translator(solver)
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
    for relation in _in_range(translate.symbols, size):
        solver.add(translate(relation))
    for axiom in translate.axioms:
        solver.add(axiom)
    if ask(solver) is SolverAnswer.UNSATISFIABLE:
        return None, None  # contradictory hypotheses prove everything, hence nothing
    if ask(solver, z3.Not(goal)) is SolverAnswer.UNSATISFIABLE:
        for divisor, bottom in translate.divisors.items():
            if ask(solver, bottom <= 0) is not SolverAnswer.UNSATISFIABLE:
                raise ValueError(f"nothing tells whether the divisor {divisor} is positive")
        return True, None
    witness = find(proposition)
    return (None, None) if witness is None else (False, witness)


# -- witnesses ------------------------------------------------------------------------------------
#: A value of a function: the function, and the place; None for every place that no table names.
_Entry = tuple[Any, tuple[Fraction, ...] | None]


def find(proposition: Holds) -> Witness | None:
    """Small numbers, and small values of the functions, that satisfy the hypotheses where the formula is false."""
    setting = proposition.setting
    plain = [h.relation for h in setting.hypotheses if h.index is None]
    every = [h for h in setting.hypotheses if h.index is not None]
    size = sp.oo if setting.size is None else setting.size
    symbols = symbols_of(proposition.formula, *plain, *(sp.S(size).free_symbols), *(s for h in every for s in _free(h)))
    settled = [relation for relation in plain if not relation.atoms(AppliedUndef)] + _in_range(symbols, setting.size)
    for place in islice(points(symbols, settled), PLACES):
        try:
            for table in islice(_tables(proposition.formula, plain, every, size, place), TABLES):
                filled = _fill(proposition.formula, place, {e: s for s, e in table.names.items()})
                if not truth(filled, table.values):
                    return _witness(proposition, place, table)
        except (Undefined, NotRational):
            continue
    return None


def instance(setting: Setting) -> bool:
    """Whether small numbers and small values of functions satisfy the hypotheses."""
    never = sp.Lt(sp.Symbol("any number", real=True) ** 2, 0, evaluate=False)
    try:
        return find(Holds(never, replace(setting, rates=()))) is not None
    except (NotRational, Undefined):
        return False


def _in_range(symbols: Iterable[Expr], size: Expr | None) -> list[Expr]:
    """That generic indices are at most the size, as their type says."""
    return [] if size is None else [sp.Le(s, size) for s in list(symbols) if isinstance(s, Index)]


def _free(hypothesis: Hypothesis) -> set[Expr]:
    found: set[Expr] = hypothesis.relation.free_symbols - {hypothesis.index}
    return found.union(*(w.free_symbols for w in hypothesis.without))


@dataclass(frozen=True)
class _Table:
    """Values of the symbols and of the functions, these by the names that stand for them."""

    names: Mapping[Expr, _Entry]
    values: Point


def _tables(formula: Expr, plain: list[Expr], every: list[Hypothesis], size: Expr, place: Point) -> Iterator[_Table]:
    """Tables of the functions, at the places that are named and elsewhere, that meet the hypotheses."""
    quantified = _entries([h.relation for h in every], place, {h.index for h in every})
    named = _entries([formula, *plain], place, set()) | quantified  # an index is bound in its own hypothesis alone
    whole = [*plain]
    for hypothesis in every:
        at = _instances(hypothesis, size, place, {x for _, where in named if where is not None for x in where})
        if at is None:
            return
        whole += at
    entries = sorted(named | _entries(whole, place, set()), key=str)
    if len(entries) > ENTRIES:
        return
    stands = {entry: sp.Dummy(f"entry{n}", real=True) for n, entry in enumerate(entries)}
    relations = [_fill(relation, place, stands) for relation in whole]
    for values in points(list(stands.values()), relations, place):
        yield _Table({symbol: entry for entry, symbol in stands.items()}, values)


#: Stands for every place at which a table names no value.
_ELSEWHERE = sp.Dummy("elsewhere", integer=True)


def _instances(hypothesis: Hypothesis, size: Expr, place: Point, places: set[Fraction]) -> list[Expr] | None:
    """A hypothesis about every index at the places that are named and once for all others; None if it speaks of
    its index other than as the place of a function, so that all others are not alike."""
    relation, index = hypothesis.relation, hypothesis.index
    applied = {a: sp.Dummy() for a in relation.atoms(AppliedUndef) if index in a.free_symbols}
    if any(a.args != (index,) for a in applied) or index in relation.xreplace(applied).free_symbols:
        return None
    barred = {evaluate_exactly(w, place) for w in hypothesis.without}
    last = None if size is sp.oo else evaluate_exactly(size, place)
    inside = sorted(p for p in places - barred if p >= 1 and p.denominator == 1 and (last is None or p <= last))
    return [relation.xreplace({index: sp.Integer(int(p))}) for p in inside] + [relation.xreplace({index: _ELSEWHERE})]


def _entries(exprs: list[Expr], place: Point, bound: set[Expr | None]) -> set[_Entry]:
    """The values of functions that expressions speak of, but for those at a bound index."""
    applied = {a for e in exprs for a in e.atoms(AppliedUndef)}
    return {_entry(a, place) for a in applied if not a.free_symbols & bound}


def _entry(applied: Expr, place: Point) -> _Entry:
    if _ELSEWHERE in applied.args:
        return applied.func, None
    return applied.func, tuple(evaluate_exactly(a, place) for a in applied.args)


def _fill(expr: Expr, place: Point, stands: Mapping[_Entry, Expr]) -> Expr:
    """The expression with a symbol for each value of a function."""
    return expr.xreplace({a: stands[_entry(a, place)] for a in expr.atoms(AppliedUndef)})


def _witness(proposition: Holds, place: Point, table: _Table) -> Witness:
    point = [(s, sp.Rational(v)) for s, v in sorted(place.items(), key=lambda item: item[0].name)]
    shown = [(_value_of(*entry), sp.Rational(table.values[symbol])) for symbol, entry in table.names.items()]
    return Witness((*point, *shown), ((str(proposition.formula), "false"),), WitnessKind.FINITE)


def _value_of(function: Any, where: tuple[Fraction, ...] | None) -> Any:
    return Everywhere(function) if where is None else function(*map(sp.Rational, where))
