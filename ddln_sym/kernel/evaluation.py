"""The value of a statement's expressions at a point: an exact rational one, or a ball that contains it.

The evaluators are independent of the normal forms: they take the statement as it was written and
compute it at numbers, so a refutation does not rest on the rules that failed to prove it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from functools import lru_cache, reduce
from typing import Any

import sympy as sp
from flint import arb, fmpq

from ddln_sym.kernel.polynomials import spoken_of, the_one
from ddln_sym.numerics import precision

Expr = Any
Point = Mapping[Expr, Any]  # a Fraction, or a ball that contains the value

__all__ = [
    "BITS",
    "DIGITS",
    "Condition",
    "NotRational",
    "Point",
    "Program",
    "Undefined",
    "as_fraction",
    "condition_of",
    "evaluate_exactly",
    "evaluate_in_balls",
    "program_of",
    "surely_greater",
    "surely_holds",
    "symbols_of",
    "truth",
]

BITS = 200
DIGITS = 20_000  # bits of a power that is computed exactly


class NotRational(ArithmeticError):
    """The value is not a rational number that this evaluator can name."""


class Undefined(ArithmeticError):
    """The expression has no real value at the point."""


Program = Callable[[Point], fmpq]


def evaluate_exactly(expr: Expr, point: Point) -> Fraction:
    """The exact rational value of an expression at a rational point.

    Raises:
        Undefined: a part of it has no value there.
        NotRational: a part of it is not a rational number that this evaluator can name.
    """
    return as_fraction(program_of(expr)(point))


def as_fraction(value: fmpq) -> Fraction:
    return Fraction(int(value.p), int(value.q))


@lru_cache(maxsize=20_000)
def program_of(expr: Expr) -> Program:
    """An expression as a function of the point: a search evaluates one expression at many."""
    if expr.is_Rational:
        number = fmpq(int(expr.p), int(expr.q))
        return lambda point: number
    if isinstance(expr, sp.Piecewise):
        return lambda point: _exact_case(expr, point)
    parts = [program_of(a) for a in expr.args]
    if isinstance(expr, sp.Mul):
        return _multiply(expr.args, parts)
    if isinstance(expr, sp.Pow) and expr.exp.is_Integer:
        return _raise_to(parts[0], int(expr.exp))
    for head, rule in _EXACT.items():
        if isinstance(expr, head):
            return rule(*parts)

    known = the_one(expr)

    def looked_up(point: Point) -> fmpq:
        value = point.get(known)
        if value is not None:
            if isinstance(value, arb):
                raise NotRational(f"{expr} is known by a ball")
            return fmpq(value.numerator, value.denominator)
        for part in parts:  # what has no value is found out first
            part(point)
        raise NotRational(f"{expr.func} is not rational here")

    return looked_up


def _add(*parts: Program) -> Program:
    return lambda point: sum((part(point) for part in parts), fmpq(0))


def _multiply(factors: Sequence[Expr], parts: Sequence[Program]) -> Program:
    """A product; it is 0 where a factor is, if the others have a value, rational or not."""

    def value(point: Point) -> fmpq:
        found, others = fmpq(1), []
        for factor, part in zip(factors, parts, strict=True):
            try:
                found *= part(point)
            except NotRational:
                others.append(factor)
        if others and not (found == 0 and all(evaluate_in_balls(other, point).is_finite() for other in others)):
            raise NotRational("a factor is not rational here")
        return found

    return value


def _raise(base: Program, exponent: Program) -> Program:
    return lambda point: _exact_power(base(point), exponent(point))


def _raise_to(base: Program, exponent: int) -> Program:
    return lambda point: _whole_power(base(point), exponent)


def _remainder(number: Program, modulus: Program) -> Program:
    def value(point: Point) -> fmpq:
        n, m = number(point), modulus(point)
        if m == 0:
            raise Undefined("remainder of a division by zero")
        return n - m * (n / m).floor()

    return value


def _each(function: Callable[..., fmpq]) -> Callable[..., Program]:
    """A function of the values of the arguments."""
    return lambda *parts: lambda point: function(*(part(point) for part in parts))


def _only_at(place: int, result: int) -> Callable[[Program], Program]:
    """A function that is rational at one rational place."""

    def rule(part: Program) -> Program:
        def value(point: Point) -> fmpq:
            if part(point) != place:
                raise NotRational("the function is not rational here")
            return fmpq(result)

        return value

    return rule


#: The value of each head from those of its arguments.
_EXACT: dict[Any, Callable[..., Program]] = {
    sp.Add: _add,
    sp.Pow: _raise,
    sp.Abs: _each(abs),
    sp.sign: _each(lambda v: fmpq((v > 0) - (v < 0))),
    sp.Min: _each(min),
    sp.Max: _each(max),
    sp.floor: _each(lambda v: fmpq(v.floor())),
    sp.Mod: _remainder,
    **dict.fromkeys((sp.exp, sp.cosh, sp.cos), _only_at(0, 1)),
    **dict.fromkeys((sp.sinh, sp.tanh, sp.asinh, sp.sin, sp.tan, sp.atan, sp.erf), _only_at(0, 0)),
    sp.log: _only_at(1, 0),
}


def _exact_case(expr: Expr, point: Point) -> fmpq:
    """The value of the first case whose condition holds."""
    for case in expr.args:
        if truth(case.cond, point):
            return program_of(case.expr)(point)
    raise Undefined("no case applies")


_RELATIONS: dict[Any, Callable[[fmpq, fmpq], bool]] = {
    sp.Eq: operator.eq,
    sp.Ne: operator.ne,
    sp.Gt: operator.gt,
    sp.Ge: operator.ge,
    sp.Lt: operator.lt,
    sp.Le: operator.le,
}


def truth(formula: Expr, point: Point) -> bool:
    """Whether a Boolean formula holds at a rational point, where every part of it has a value.

    Raises:
        Undefined: a part of it has no value there (SymPy would take ``nan = nan`` as false).
        NotRational: a part of it is not a rational number that this evaluator can name.
    """
    if formula in (sp.true, sp.false):
        return formula is sp.true
    if formula.func in _RELATIONS:
        return _RELATIONS[formula.func](program_of(formula.lhs)(point), program_of(formula.rhs)(point))
    parts = [truth(part, point) for part in formula.args]
    if isinstance(formula, sp.And):
        return all(parts)
    if isinstance(formula, sp.Or):
        return any(parts)
    if isinstance(formula, sp.Not):
        return not parts[0]
    if isinstance(formula, sp.Implies):
        return parts[1] or not parts[0]
    if isinstance(formula, sp.Equivalent):
        return len(set(parts)) == 1
    raise NotRational(f"no truth value for {formula.func}")


def _whole_power(base: fmpq, exponent: int) -> fmpq:
    if exponent < 0 and base == 0:
        raise Undefined("division by zero")
    if abs(exponent) * max(int(base.p).bit_length(), int(base.q).bit_length()) > DIGITS:
        raise NotRational("a power with too many digits")
    return base**exponent


def _exact_power(base: fmpq, exponent: fmpq) -> fmpq:
    if exponent.q == 1:
        return _whole_power(base, int(exponent.p))
    if base == 0 and exponent < 0:
        raise Undefined("division by zero")
    top, bottom = int(base.p), int(base.q)
    if abs(exponent) * max(top.bit_length(), bottom.bit_length()) > DIGITS:
        raise NotRational("a power with too many digits")
    if base < 0:
        raise Undefined("root of a negative number")
    root = [sp.integer_nthroot(part, int(exponent.q)) for part in (top, bottom)]
    if not all(is_exact for _, is_exact in root):
        raise NotRational("irrational root")
    return fmpq(int(root[0][0]), int(root[1][0])) ** int(exponent.p)


_BALLS: dict[Any, Callable[[arb], arb]] = {
    sp.exp: arb.exp,
    sp.log: arb.log,
    sp.sinh: arb.sinh,
    sp.cosh: arb.cosh,
    sp.asinh: arb.asinh,
    sp.sin: arb.sin,
    sp.cos: arb.cos,
    sp.tan: arb.tan,
    sp.atan: arb.atan,
    sp.tanh: arb.tanh,
    sp.acosh: arb.acosh,
    sp.atanh: arb.atanh,
    sp.asin: arb.asin,
    sp.acos: arb.acos,
    sp.cot: arb.cot,
    sp.coth: arb.coth,
    sp.sech: arb.sech,
    sp.csch: arb.csch,
    sp.erf: arb.erf,
    sp.erfc: arb.erfc,
    sp.gamma: arb.gamma,
    sp.loggamma: arb.lgamma,
    sp.digamma: arb.digamma,
    sp.zeta: arb.zeta,
    sp.LambertW: arb.lambertw,
    sp.Abs: abs,
    sp.sign: arb.sgn,
    sp.floor: arb.floor,
    sp.ceiling: arb.ceil,
}

#: Numbers that have a name.
_NUMBERS: dict[Any, Callable[[], arb]] = {
    sp.pi: arb.pi,
    sp.E: arb.const_e,
    sp.EulerGamma: arb.const_euler,
    sp.Catalan: arb.const_catalan,
    sp.GoldenRatio: lambda: (1 + arb(5).sqrt()) / 2,
}


def evaluate_in_balls(expr: Expr, point: Point) -> arb:
    """A ball that contains the value of an expression at a rational point.

    Raises:
        Undefined: a part of the expression has no finite ball there, as where it is not defined.
        NotRational: it has a head without ball arithmetic.
    """
    return _finite(expr)(point)


def surely_greater(one: Expr, other: Expr) -> int | None:
    """The bits at which the balls of two numbers show that the first is greater, or None."""
    with suppress(NotRational, Undefined):
        for bits in (64, BITS, 1000, 4000):
            with precision(bits):
                if evaluate_in_balls(one, {}) > evaluate_in_balls(other, {}):
                    return bits
    return None


@lru_cache(maxsize=20_000)
def _ball_program(expr: Expr) -> Callable[[Point], arb]:
    """An expression as a function of the point whose value is a ball at the working precision."""
    if expr.is_Rational:
        number = fmpq(int(expr.p), int(expr.q))
        return lambda point: arb(number)
    if expr in _NUMBERS:
        constant = _NUMBERS[expr]
        return lambda point: constant()
    if isinstance(expr, sp.Piecewise):
        return lambda point: _case_of(expr, point)
    parts = [_finite(a) for a in expr.args]
    if isinstance(expr, (sp.Min, sp.Max)):
        better = arb.min if isinstance(expr, sp.Min) else arb.max
        return lambda point: reduce(better, [part(point) for part in parts])
    if isinstance(expr, sp.Add):
        return lambda point: sum((part(point) for part in parts), arb(0))
    if isinstance(expr, sp.Mul):
        return lambda point: reduce(operator.mul, [part(point) for part in parts], arb(1))
    if isinstance(expr, sp.Pow):
        base, exponent = parts
        if expr.exp.is_Integer:
            whole = int(expr.exp)
            return lambda point: base(point) ** whole
        return lambda point: base(point) ** exponent(point)
    for head, function in _BALLS.items():
        if isinstance(expr, head) and len(parts) == 1:
            (only,) = parts
            return lambda point, function=function: function(only(point))  # type: ignore[misc]

    def looked_up(point: Point) -> arb:
        if expr in point:
            value = point[expr]
            return value if isinstance(value, arb) else arb(fmpq(value.numerator, value.denominator))
        for part in parts:
            part(point)
        raise NotRational(f"no ball arithmetic for {expr.func}")

    return looked_up


def _finite(expr: Expr) -> Callable[[Point], arb]:
    """The same, where what has no finite ball has no value."""
    program = _ball_program(expr)

    def value(point: Point) -> arb:
        found = program(point)
        if not found.is_finite():
            raise Undefined(f"{expr} has no value here")
        return found

    return value


def _case_of(expr: Expr, point: Point) -> arb:
    """The ball of the first case whose condition surely holds, where those before it surely fail."""
    for case in expr.args:
        if surely_holds(case.cond, point):
            return evaluate_in_balls(case.expr, point)
        if not surely_holds(sp.Not(case.cond), point):
            raise NotRational(f"whether {case.cond} holds is not known")
    raise Undefined("no case applies")


def symbols_of(*exprs: Expr) -> list[Expr]:
    """The symbols and the entries of arrays that expressions and relations speak of, in SymPy's order."""
    return sorted(set[Expr]().union(*map(spoken_of, exprs)), key=_order_key)


_order_key: Callable[[Expr], Any] = lru_cache(maxsize=20_000)(sp.default_sort_key)


Condition = Callable[[Point], bool]


def surely_holds(relation: Expr, point: Point) -> bool:
    """Whether a hypothesis surely holds at a point, decided exactly or by balls that exclude the opposite."""
    return condition_of(relation)(point)


@lru_cache(maxsize=20_000)
def condition_of(relation: Expr) -> Condition:
    """A hypothesis as a function of the point: a search asks it at many."""
    if isinstance(relation, sp.And):
        parts = [condition_of(part) for part in relation.args]
        return lambda point: all(part(point) for part in parts)
    if not isinstance(relation, sp.core.relational.Relational):
        return lambda point: _surely_true(relation, point)
    left, right, compare = program_of(relation.lhs), program_of(relation.rhs), _RELATIONS[relation.func]

    def holds(point: Point) -> bool:
        try:
            return compare(left(point), right(point))
        except NotRational:
            return _holds_in_balls(relation, point)
        except Undefined:
            return False

    return holds


def _surely_true(formula: Expr, point: Point) -> bool:
    try:
        return truth(formula, point)
    except (NotRational, Undefined):
        return False


def _holds_in_balls(relation: Expr, point: Point) -> bool:
    try:
        difference = evaluate_in_balls(relation.lhs, point) - evaluate_in_balls(relation.rhs, point)
    except (NotRational, Undefined):
        return False
    if isinstance(relation, (sp.Gt, sp.Ge)):
        return bool(difference > 0)
    if isinstance(relation, (sp.Lt, sp.Le)):
        return bool(difference < 0)
    return isinstance(relation, sp.Ne) and not difference.contains(0)
