"""Normal forms: every expression becomes a rational function of independent generators.

Roots, moduli, signs, exponentials, logarithms, powers with a symbolic exponent, and sums and
products over a symbolic number of layers each become a *generator* together with the polynomial
relations and signs that define it (``r = √q``: ``r² = q``, ``r ≥ 0``).  After that a claimed
identity is a question about polynomials over QQ.  Whatever a rule needs (a radicand that is
nonnegative, a divisor that is not zero) is kept as a condition, to be discharged afterwards.
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from ddln_sym.kernel import exponentials, indexed, radicals, signs  # noqa: F401  # their rules are entered
from ddln_sym.kernel.derivatives import Motion, differentiate
from ddln_sym.kernel.tower import Tower, rule
from ddln_sym.statements import Index, Rate

Expr = Any

#: What a symbol of a statement may be declared to be.
_REAL, _WHOLE = sp.Symbol("_", real=True), sp.Symbol("_", integer=True, positive=True)

__all__ = ["UNREADABLE", "Tower", "is_declared"]

#: What an expression raises that has no normal form.
UNREADABLE = (ValueError, ZeroDivisionError, NotImplementedError, sp.polys.polyerrors.BasePolynomialError)


@rule(sp.Indexed)
def _entry(tower: Tower, e: Expr) -> Expr:
    _check(e)
    tower.meet(e.indices[0])
    return e


@rule(sp.Symbol)
def _symbol(tower: Tower, e: Expr) -> Expr:
    _check(e)
    if e.is_integer and e.is_positive and (e, True) not in tower.assumed:
        tower.assumed.append((e, True))
    if isinstance(e, Index):
        tower.places.add(e)
    return e


def _check(e: Expr) -> None:
    if is_declared(e):
        raise ValueError(f"{e} is declared with more than being real: state that as a hypothesis")


@rule(Rate)
def _rate(tower: Tower, e: Expr) -> Expr:
    motion = Motion(tower.setting, tower.in_range, [e.args[0]])
    value = motion.rate(e.args[0])
    return _where_defined(tower, value, motion.defined)


@rule(sp.Derivative)
def _derivative(tower: Tower, e: Expr) -> Expr:
    smooth = [e.args[0]]
    return _where_defined(tower, differentiate(e, smooth), smooth)


def _where_defined(tower: Tower, value: Expr, parts: list[Expr]) -> Expr:
    """The value, which holds only where all the parts have one: SymPy may have cancelled them in it."""
    for part in parts:
        tower.lift(part)
    return tower.lift(value)


@rule(sp.Add, sp.Mul)
def _arithmetic(tower: Tower, e: Expr) -> Expr:
    return e.func(*(tower.lift(a) for a in e.args))


@rule(sp.NumberSymbol)
def _constant(tower: Tower, e: Expr) -> Expr:
    """A number by its name; e is ``exp 1``, and the golden ratio is a root."""
    if e is sp.E:
        return tower.lift(sp.exp(1, evaluate=False))
    if e is sp.GoldenRatio:
        return tower.lift((1 + sp.sqrt(5)) / 2)
    number, is_new = tower.generator(("number", e), "function", e)
    if is_new and e.is_positive:
        tower.implied.append((number, True))
    return number


@rule(sp.tan)
def _tangent(tower: Tower, e: Expr) -> Expr:
    sine, cosine = _circular(tower, sp.sin(*e.args, evaluate=False)), _circular(tower, sp.cos(*e.args, evaluate=False))
    tower.need(cosine, "≠ 0", "inside a tangent")
    return sine / cosine


@rule(sp.sin, sp.cos)
def _circular(tower: Tower, e: Expr) -> Expr:
    """Sine and cosine of an argument come together, for their squares add up to 1; where it runs tells their signs."""
    head, other = (sp.sin, sp.cos) if isinstance(e, sp.sin) else (sp.cos, sp.sin)
    found, its = (_opaque_value(tower, f, e.args, f(*e.args, evaluate=False)) for f in (head, other))
    _define(tower, found**2 + its**2 - 1)
    sine, cosine = (found, its) if head is sp.sin else (its, found)
    for value, arcs in ((sine, _SINE), (cosine, _COSINE)):
        for sign, low, high in arcs:
            strict = _runs_between(tower, tower.lift(e.args[0]), low, high)
            if strict is not None and (fact := (sign * value, strict)) not in tower.implied:
                tower.implied.append(fact)
    return found


_UNDER_PI, _OVER_PI = sp.Integer(3), sp.Rational(22, 7)
#: Arcs, by their ends in multiples of π, on which sine and cosine have a sign; they vanish at the ends.
_SINE = ((1, sp.Integer(0), sp.Integer(1)), (-1, sp.Integer(-1), sp.Integer(0)))
_COSINE = ((1, -sp.Rational(1, 2), sp.Rational(1, 2)), (-1, sp.Rational(1, 2), sp.Rational(3, 2)))


def _runs_between(tower: Tower, argument: Expr, low: Expr, high: Expr) -> bool | None:
    """Whether an argument stays strictly between two multiples of π (True), perhaps at them (False); None: unknown."""
    if not argument.is_polynomial() or argument.is_number:
        return None
    named = [g for g, stood in tower.meaning.items() if stood is sp.pi]
    pi = named[0] if named else sp.Dummy("pi", real=True)
    facts, relations = tower.usable(argument)
    facts = [(pi, True), *facts]

    def passes(end: Expr, side: int, strict: bool) -> bool:
        """Whether the argument lies beyond an end, or beyond a rational number that does."""
        nearer = end * (_OVER_PI if side * end > 0 else _UNDER_PI)
        ways = [(end * pi, strict)] if end == 0 else [(end * pi, strict), (nearer, False)]
        return any(
            signs.prove(sp.expand(side * (argument - place)), off, facts, relations, quick=True) for place, off in ways
        )

    for strict in (True, False):
        if passes(low, 1, strict) and passes(high, -1, strict):
            return strict
    return None


def _define(tower: Tower, poly: Expr) -> None:
    if poly not in tower.definitions:
        tower.definitions.append(poly)


@rule(sp.floor, sp.ceiling)
def _floor(tower: Tower, e: Expr) -> Expr:
    """``⌊x⌋ ≤ x < ⌊x⌋ + 1``, and the ceiling is the floor of the opposite."""
    if isinstance(e, sp.ceiling):
        return -tower.lift(sp.floor(-e.args[0], evaluate=False))
    found = _opaque(tower, e)
    numerator, denominator = tower.reduce(tower.lift(e.args[0]) - found)
    if tower.is_positive(denominator) and (numerator, False) not in tower.implied:
        tower.implied += [(numerator, False), (sp.expand(denominator - numerator), True)]
    return found


@rule(AppliedUndef, sp.atan, sp.erf)
def _opaque(tower: Tower, e: Expr) -> Expr:
    """A function of which no more is known than that equal arguments have equal values, and how far it reaches."""
    _check(e)
    found = _opaque_value(tower, e.func, e.args, e)
    if isinstance(e, (sp.atan, sp.erf)):
        ends = tower.lift(sp.pi) / 2 if isinstance(e, sp.atan) else sp.Integer(1)
        facts = [(sp.expand(ends + side * found), True) for side in (1, -1)]
        tower.implied += [fact for fact in facts if fact not in tower.implied]
    return found


def _opaque_value(tower: Tower, function: Any, arguments: tuple[Expr, ...], meaning: Expr) -> Expr:
    lifted = tuple(sp.factor(tower.lift(a)) for a in arguments)
    return tower.generator(("f", function, lifted), "function", meaning)[0]


def is_declared(e: Expr) -> bool:
    """Whether SymPy was told more of a quantity than that it is real; of a symbol, that it is a whole number."""
    if isinstance(e, AppliedUndef):
        return {e.is_zero, e.is_positive, e.is_negative, e.is_integer} != {None}
    symbol = e.base.label if isinstance(e, sp.Indexed) else e
    allowed = _WHOLE if e.is_Symbol and e.is_integer else _REAL
    return not symbol.assumptions0.items() <= allowed.assumptions0.items()
