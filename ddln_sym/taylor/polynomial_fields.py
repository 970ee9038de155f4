"""Polynomial vector fields given as SymPy expressions, compiled to straight-line programs and integrated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from mpmath import mp
from mpmath.libmp import dps_to_prec, from_man_exp

from ddln_sym.numerics import read_number, read_sequence, read_vector, whole_digits
from ddln_sym.taylor.error_growth import guard, with_enough_bits
from ddln_sym.taylor.programs import Program
from ddln_sym.taylor.solver import MAX_BITS, MAX_STEPS, Limits, Precision, Solution, solve

__all__ = ["Path", "compile_field", "integrate_polynomial"]

#: Digits beyond those asked for.
SPARE_DIGITS = 2


class Path:
    """A solution of ``w' = f(w)`` from time 0 to ``end``, to be called with any time in between.

    The working precision of mpmath is neither read nor changed.
    """

    def __init__(self, solution: Solution, digits: int) -> None:
        self.digits, self.end = digits, solution.end
        self._solution = solution

    def __repr__(self) -> str:
        return f"<Path until {float(self.end):.6g}, {self.digits} digits>"

    def __call__(self, t: Any) -> tuple[Any, ...]:
        """The unknowns at a time, as mpf of the digits asked for.

        Raises:
            ValueError: a time before 0 or after the end.
        """
        time = read_number(t, "t")
        if not 0 <= time <= self.end:
            raise ValueError(f"t is {t}: the path runs from 0 to {float(self.end):.15g}")
        bits, prec = self._solution.precision.bits, dps_to_prec(self.digits)
        return tuple(mp.make_mpf(from_man_exp(value, -bits, prec, "n")) for value in self._solution.at(time))


def integrate_polynomial(
    field: Sequence[Any],
    variables: Sequence[Any],
    start: Any,
    until: Any,
    digits: int = 30,
    progress: Callable[[float], object] | None = None,
    max_steps: int = MAX_STEPS,
    max_bits: int = MAX_BITS,
) -> Path:
    """Integrate ``w' = f(w)``, ``f`` polynomial, by Taylor series.

    Args:
        field: D expressions, such as those of :func:`ddln_sym.models.layer_flow.velocity`.
        variables: the D symbols ``w_1, …, w_D``. start: their D values at time 0. until: the last time.
        digits: decimal digits that shall be correct, relative to the largest value up to the time asked for.
        progress: is told the time reached after each step.
        max_steps, max_bits: how many steps, and bits for the growth of errors, it may take.
    Raises:
        ValueError: the numbers of expressions, symbols and values differ, an expression is not a polynomial
            with rational or floating coefficients in the variables, or a negative time.
        BlowUpError: a solution that leaves every bound before that time.
        NoConvergence, PrecisionError: it would take more steps, memory, or bits than it may.

    >>> from sympy import symbols
    >>> a, b = symbols("a b")
    >>> integrate_polynomial([b, -a], [a, b], [0, 1], until=1, digits=15)(1)
    (mpf('0.8414709848078965'), mpf('0.54030230586813977'))
    """
    values, end, count = read_vector(start, "start"), read_number(until, "until"), whole_digits(digits)
    limits = Limits(max_steps, max_bits)
    if end < 0:
        raise ValueError(f"until is {until}: expected a time of at least 0")
    program = compile_field(field, variables)
    if len(values) != len(variables):
        raise ValueError(f"start has {len(values)} entries: expected {len(variables)}, one for each variable")
    sizes = [abs(v.numerator).bit_length() - v.denominator.bit_length() for v in values if v]
    extra = max(0, -min(sizes, default=0)) + program.degree * max(0, *sizes, 0)

    def run(bits: int, slack: int) -> Path:
        precision = Precision(count + SPARE_DIGITS, bits, slack)
        arrive = guard(program, values, precision, end)
        solution = solve(
            program, values, end, precision, arrive, None, progress, max_steps=limits.max_steps, relative=True
        )
        return Path(solution, count)

    return with_enough_bits(run, extra, limits.max_bits)


def compile_field(field: Sequence[Any], variables: Sequence[Any]) -> Program:
    """The program of a polynomial field, common sub-expressions shared.

    Args:
        field: D expressions. variables: D symbols.
    Raises:
        ValueError: see :func:`integrate_polynomial`.

    >>> from sympy import symbols
    >>> a, b = symbols("a b")
    >>> compile_field([(a * b - 1) * a, (a * b - 1) * b], [a, b]).convolutions
    3.0
    """
    import sympy as sp  # whoever has expressions has loaded it

    names = read_sequence(variables, "variables", "symbols, one for each component of the field")
    if wrong := [v for v in names if not isinstance(v, sp.Symbol)]:
        raise ValueError(f"variables has {wrong[0]!r}: expected symbols of SymPy")
    symbols = list(names)
    try:
        expressions = [sp.sympify(f) for f in read_sequence(field, "field", "polynomials, one for each variable")]
    except (sp.SympifyError, TypeError, AttributeError) as error:
        raise ValueError(f"field is {field!r}: expected polynomials, one for each variable") from error
    for place, found in enumerate(expressions, 1):
        if not isinstance(found, sp.Expr):
            raise ValueError(f"component {place} of the field is {found}: expected a polynomial")
    if len(expressions) != len(symbols):
        raise ValueError(f"field has {len(expressions)} components: expected {len(symbols)}, one for each variable")
    for place, expression in enumerate(expressions, 1):
        if not expression.is_polynomial(*symbols) or expression.free_symbols - set(symbols):
            raise ValueError(
                f"component {place} of the field is {expression}: expected a polynomial in "
                f"{', '.join(map(str, symbols))} with numbers as coefficients"
            )
    shared, reduced = sp.cse(expressions, order="none")
    program = Program(len(symbols))
    registers = {symbol: ({n: Fraction(1)}, Fraction(0)) for n, symbol in enumerate(symbols)}
    for symbol, expression in shared:
        registers[symbol] = _compile(program, registers, expression)
    for n, expression in enumerate(reduced):
        program.derivative(n, program.total(*_compile(program, registers, expression)))
    return program


#: A sum of registers with coefficients, and a constant.
_Sum = tuple[dict[int, Fraction], Fraction]


def _compile(program: Program, registers: dict[Any, _Sum], expression: Any) -> _Sum:
    if expression in registers:
        return registers[expression]
    if expression.is_number:
        return {}, _coefficient(expression)
    if expression.is_Add:
        terms: dict[int, Fraction] = {}
        constant = Fraction(0)
        for part in expression.args:
            more, number = _compile(program, registers, part)
            constant += number
            for register, factor in more.items():
                terms[register] = terms.get(register, Fraction(0)) + factor
        return terms, constant
    if expression.is_Pow:
        base = _compile(program, registers, expression.base)
        return _power(program, base, int(expression.exp))
    found: _Sum = {}, Fraction(1)
    for part in expression.args:
        found = _product(program, found, _compile(program, registers, part))
    return found


def _product(program: Program, a: _Sum, b: _Sum) -> _Sum:
    if a[0] and b[0]:
        return {program.product(program.total(*a), program.total(*b)): Fraction(1)}, Fraction(0)
    if b[0]:
        a, b = b, a
    return {register: factor * b[1] for register, factor in a[0].items()}, a[1] * b[1]


def _power(program: Program, base: _Sum, exponent: int) -> _Sum:
    """By halving the exponent, since squares cost half."""
    if exponent <= 1:
        return base if exponent else ({}, Fraction(1))
    half = _power(program, base, exponent // 2)
    square = _product(program, half, half)
    return _product(program, square, base) if exponent % 2 else square


def _coefficient(number: Any) -> Fraction:
    try:
        return read_number(number, f"the coefficient {number}")
    except ValueError:
        raise ValueError(f"the coefficient {number} is not a rational number: give it as a decimal number") from None
