r"""The gradient flow of a loss of any parametrization ``θ = G(w)`` as a program, by automatic differentiation.

G is compiled as it is written, common sub-expressions once; it is never expanded.  Roots, quotients, exponentials and
logarithms become unknowns of their own, which move by ``y' = y·a'`` for ``y = e^a``, ``y' = −y²·b'`` for ``y = 1/b``
and so on.  ``J_Gᵀ∇𝓛`` comes from one sweep backwards through the instructions of G, and each a' from one forwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import sympy as sp
from flint import arb, fmpq

from ddln_sym.flows.losses import Loss
from ddln_sym.models import Parametrization, evaluate
from ddln_sym.numerics import precision, read_number, to_fraction
from ddln_sym.taylor import Program

__all__ = ["ModelProgram"]

Expr: TypeAlias = Any
#: A sum of registers with coefficients, and a constant.
Sum: TypeAlias = tuple[dict[int, Fraction], Fraction]

#: Bits beyond those asked for in the initial values of the unknowns that are no parameters.
SPARE_BITS = 32


@dataclass(frozen=True)
class _Extra:
    """An unknown that stands for a function of an expression.

    Attributes:
        kind: ``exp``, ``log``, ``tanh``, ``inverse``, ``sin``, ``cos``, ``root``, or ``constant``, which never moves.
        argument: of what. root: q of ``b^{1/q}``.
    """

    kind: str
    argument: Expr
    root: int = 1

    @property
    def meaning(self) -> Expr:
        if self.kind == "constant":
            return self.argument
        if self.kind == "inverse":
            return 1 / self.argument
        if self.kind == "root":
            return self.argument ** sp.Rational(1, self.root)
        return getattr(sp, self.kind)(self.argument)


class ModelProgram:
    """The flow ``w' = ∓(A·J_Gᵀ∇𝓛 + αw)``, or ``w'' + τw' = ∓(J_Gᵀ∇𝓛 + αw)``, with ``ξ' = −∇𝓛(θ)``.

    Args:
        net: G. loss: 𝓛. decay: α. friction: τ of the heavy ball, or None for gradient flow.
        backwards: time runs backwards. metric: D expressions, the diagonal of A, if any.
    Attributes:
        program: the field. places: of the parameters, the velocities, and ξ among the unknowns.
    Raises:
        ValueError: a component has an operation that is no power, exponential, logarithm or trigonometric function.

    >>> from ddln_sym.flows.losses import SquaredLoss
    >>> from ddln_sym.models import asymmetric_factorization
    >>> built = ModelProgram(asymmetric_factorization(1, 1, 2), SquaredLoss([[1]], [1]))
    >>> built.program.size, built.program.convolutions  # 4 parameters and ξ; two products forwards, four backwards
    (5, 6.0)
    """

    def __init__(
        self,
        net: Parametrization,
        loss: Loss,
        decay: Fraction = Fraction(0),
        friction: Fraction | None = None,
        backwards: bool = False,
        metric: Sequence[Expr] | None = None,
    ) -> None:
        self._net = net
        written = None if loss.through_data else loss.symbolic_gradient(net.components)
        named = [(f"G_{n}", component) for n, component in enumerate(net.components, 1)]
        named += [("metric", entry) for entry in metric or ()] + [("the loss", slope) for slope in written or ()]
        self._extras: list[_Extra] = []
        for name, expression in named:
            self._collect(expression, name)
        size, dimension = len(net.variables), len(net.components)
        moving = friction is not None
        self.parameters = range(size)
        self.velocities = range(size, 2 * size if moving else size)
        self._first_extra = size + len(self.velocities)
        first_xi = self._first_extra + len(self._extras)
        self.xi = range(first_xi, first_xi + dimension)
        self.program = Program(first_xi + dimension)
        self._values: dict[Expr, Sum] = {v: ({n: Fraction(1)}, Fraction(0)) for n, v in enumerate(net.variables)}
        self._order: list[tuple[str, int]] = []  # extras and lines, as they depend on each other
        for n, extra in enumerate(self._extras):
            if extra.kind != "constant":
                self._compile(extra.argument)
            self._seen_lines()
            self._order.append(("extra", n))
        theta = [self.program.total(*self._compile(component)) for component in net.components]
        self._seen_lines()
        self._written = written
        self._field(loss, theta, decay, friction, backwards, metric)

    # -- compiling ----------------------------------------------------------------------------------
    def _collect(self, expression: Expr, name: str) -> None:
        """The extras that an expression needs, inner ones first."""
        if expression.is_Symbol or isinstance(expression, sp.Indexed) or expression.is_Rational or expression.is_Float:
            return
        if not expression.free_symbols:
            self._add(_Extra("constant", expression))
            return
        if expression.is_Pow and not expression.exp.is_Rational and expression.base is not sp.E:
            self._collect(sp.exp(expression.exp * sp.log(expression.base), evaluate=False), name)
            return
        for part in expression.args:
            self._collect(part, name)
        kind = {sp.exp: "exp", sp.log: "log", sp.tanh: "tanh", sp.sin: "sin", sp.cos: "cos"}.get(expression.func)
        if expression.func in (sp.sinh, sp.cosh):
            self._collect(expression.rewrite(sp.exp), name)
        elif kind is not None:
            (argument,) = expression.args
            if kind == "log":
                self._add(_Extra("inverse", argument))
            for one in ("sin", "cos") if kind in ("sin", "cos") else (kind,):
                self._add(_Extra(one, argument))
        elif expression.is_Pow:
            base, exponent = expression.args
            if not exponent.is_Integer or exponent < 0:
                self._add(_Extra("inverse", base))
            if not exponent.is_Integer:
                self._add(_Extra("root", base, int(exponent.q)))
        elif not (expression.is_Add or expression.is_Mul):
            raise ValueError(f"{name} has {expression}: flows are computed for powers, exp, log, tanh, sin and cos")

    def _add(self, extra: _Extra) -> None:
        if extra not in self._extras:
            self._extras.append(extra)

    def _register(self, extra: _Extra) -> int:
        return self._first_extra + self._extras.index(extra)

    def _one(self, register: int) -> Sum:
        return {register: Fraction(1)}, Fraction(0)

    def _compile(self, expression: Expr) -> Sum:
        if expression not in self._values:
            self._values[expression] = self._compile_expression(expression)
        return self._values[expression]

    def _compile_expression(self, expression: Expr) -> Sum:
        if expression.is_Number and not expression.is_NumberSymbol:
            return {}, read_number(expression, "a coefficient")
        if not expression.free_symbols:
            return self._one(self._register(_Extra("constant", expression)))
        if expression.is_Pow and not expression.exp.is_Rational and expression.base is not sp.E:
            return self._one(self._register(_Extra("exp", expression.exp * sp.log(expression.base))))
        if expression.is_Add:
            terms: dict[int, Fraction] = {}
            constant = Fraction(0)
            for part in expression.args:
                more, number = self._compile(part)
                constant += number
                for register, factor in more.items():
                    terms[register] = terms.get(register, Fraction(0)) + factor
            return terms, constant
        if expression.is_Mul:
            found: Sum = {}, Fraction(1)
            for part in expression.args:
                found = self._product(found, self._compile(part))
            return found
        if expression.func in (sp.sinh, sp.cosh):
            return self._compile(expression.rewrite(sp.exp))
        if not expression.is_Pow or isinstance(expression, sp.exp):
            return self._one(self._register(_Extra(type(expression).__name__, expression.args[0])))
        base, exponent = expression.args
        above, below = int(exponent.p), int(exponent.q)
        whole, rest = divmod(above, below)  # b^{p/q} = b^whole·(b^{1/q})^rest
        start = self._compile(base) if whole >= 0 else self._one(self._register(_Extra("inverse", base)))
        found = self._power(start, abs(whole))
        if rest:
            found = self._product(found, self._power(self._one(self._register(_Extra("root", base, below))), rest))
        return found

    def _product(self, a: Sum, b: Sum) -> Sum:
        if a[0] and b[0]:
            return self._one(self.program.product(self.program.total(*a), self.program.total(*b)))
        if b[0]:
            a, b = b, a
        return {register: factor * b[1] for register, factor in a[0].items()}, a[1] * b[1]

    def _power(self, base: Sum, exponent: int) -> Sum:
        """By halving the exponent, since squares cost half."""
        if exponent <= 1:
            return base if exponent else ({}, Fraction(1))
        half = self._power(base, exponent // 2)
        square = self._product(half, half)
        return self._product(square, base) if exponent % 2 else square

    def _seen_lines(self) -> None:
        done = sum(kind == "line" for kind, _ in self._order)
        self._order += [("line", n) for n in range(done, len(self.program.lines))]

    # -- differentiating ----------------------------------------------------------------------------
    def _field(
        self, loss: Loss, theta: Sequence[int], decay: Fraction, friction: Fraction | None, backwards: bool, metric: Any
    ) -> None:
        program, sign = self.program, 1 if backwards else -1
        scales = None if metric is None else [program.total(*self._compile(entry)) for entry in metric]
        if self._written is None:
            slopes = loss.slopes(program, dict(enumerate(theta)))
        else:
            slopes = [program.total(*self._compile(slope)) for slope in self._written]
        adjoints = self._backwards(theta, slopes)
        for n in self.parameters:
            terms = dict(adjoints.get(n, {}))
            if scales is not None:
                terms = {program.product(program.total(terms), scales[n]): Fraction(1)} if terms else {}
            terms[n] = terms.get(n, Fraction(0)) + decay
            if friction is None:
                program.derivative(n, program.total(terms), sign)
            else:
                speed = self.velocities[n]
                terms[speed] = terms.get(speed, Fraction(0)) + friction
                program.derivative(n, speed, -sign)
                program.derivative(speed, program.total(terms), sign)
        self._rates: dict[int, Sum] = {}
        for n, extra in enumerate(self._extras):
            rate = self._extra_rate(n, extra)
            program.derivative(self._first_extra + n, program.total(*rate))
        for place, slope in zip(self.xi, slopes, strict=True):
            program.derivative(place, slope, sign)

    def _backwards(self, theta: Sequence[int], slopes: Sequence[int]) -> dict[int, dict[int, Fraction]]:
        """``J_Gᵀ∇𝓛`` by registers of the parameters, as sums of registers."""
        program, adjoints = self.program, dict[int, dict[int, Fraction]]()

        def add(register: int, other: int, factor: Fraction) -> None:
            terms = adjoints.setdefault(register, {})
            terms[other] = terms.get(other, Fraction(0)) + factor

        def through(register: int, found: Sum, factor: Fraction = Fraction(1)) -> None:
            for other, weight in found[0].items():
                add(other, register, factor * weight)

        for register, slope in zip(theta, slopes, strict=True):
            add(register, slope, Fraction(1))
        for kind, n in reversed(self._order):
            place = program.size + n if kind == "line" else self._first_extra + n
            terms = adjoints.pop(place, None)
            if not terms:
                continue
            carried = program.total(terms)
            if kind == "extra":
                extra = self._extras[n]
                if extra.kind == "constant":
                    continue
                for by, factor in self._slope(extra):
                    product = carried if by is None else program.product(carried, by)
                    through(product, self._compile(extra.argument), factor)
                continue
            line = program.lines[n]
            if line[0] == "total":
                for other, factor in line[1]:
                    add(other, carried, factor)
            elif line[0] == "square":
                add(line[1], program.product(carried, line[1]), Fraction(2))
            else:
                add(line[1], program.product(carried, line[2]), Fraction(1))
                add(line[2], program.product(carried, line[1]), Fraction(1))
        return adjoints

    def _slope(self, extra: _Extra) -> list[tuple[int | None, Fraction]]:
        """The derivative of a function by its argument: registers with factors, None for 1."""
        own = self._register(extra)
        one = Fraction(1)
        if extra.kind == "exp":
            return [(own, one)]
        if extra.kind == "inverse":
            return [(self.program.product(own, own), -one)]
        if extra.kind == "tanh":
            return [(None, one), (self.program.product(own, own), -one)]
        if extra.kind == "sin":
            return [(self._register(_Extra("cos", extra.argument)), one)]
        if extra.kind == "cos":
            return [(self._register(_Extra("sin", extra.argument)), -one)]
        inverse = self._register(_Extra("inverse", extra.argument))
        if extra.kind == "log":
            return [(inverse, one)]
        return [(self.program.product(own, inverse), Fraction(1, extra.root))]

    def _extra_rate(self, n: int, extra: _Extra) -> Sum:
        """How an extra moves: its derivative, times the rate of its argument."""
        if extra.kind == "constant":
            return {}, Fraction(0)
        terms, _ = self._compile(extra.argument)
        total: Sum = {}, Fraction(0)
        for register, factor in terms.items():
            total = self._sum(total, self._rate(register), factor)
        found: Sum = {}, Fraction(0)
        if not total[0] and not total[1]:
            return found
        for slope, factor in self._slope(extra):
            part = total if slope is None else self._product(total, self._one(slope))
            found = self._sum(found, part, factor)
        return found

    @staticmethod
    def _sum(a: Sum, b: Sum, factor: Fraction) -> Sum:
        terms = dict(a[0])
        for register, weight in b[0].items():
            terms[register] = terms.get(register, Fraction(0)) + factor * weight
        return terms, a[1] + factor * b[1]

    def _rate(self, register: int) -> Sum:
        """The time derivative of a register that an argument is made of."""
        if register not in self._rates:
            self._rates[register] = self._register_rate(register)
        return self._rates[register]

    def _register_rate(self, register: int) -> Sum:
        if register < self._first_extra:
            moved, factor = self.program.rates[register]
            return {moved: Fraction(factor)}, Fraction(0)
        if register < self.program.size:
            n = register - self._first_extra
            return self._extra_rate(n, self._extras[n])
        line = self.program.lines[register - self.program.size]
        found: Sum = {}, Fraction(0)
        if line[0] == "total":
            for other, factor in line[1]:
                found = self._sum(found, self._rate(other), factor)
            return found
        a, b = line[1], line[-1]
        if a == b:
            return self._sum(found, self._product(self._rate(a), self._one(a)), Fraction(2))
        found = self._sum(found, self._product(self._rate(a), self._one(b)), Fraction(1))
        return self._sum(found, self._product(self._rate(b), self._one(a)), Fraction(1))

    # -- at time 0 ----------------------------------------------------------------------------------
    def start(self, parameters: Sequence[Fraction], velocity: Sequence[Fraction], bits: int) -> list[Fraction]:
        """All unknowns at time 0; those that are no rational numbers to so many bits."""
        extras = [middle for middle, _ in self.extras_at(parameters, bits)]
        return [*parameters, *(velocity if self.velocities else ()), *extras, *[Fraction(0)] * len(self.xi)]

    def extras_at(self, parameters: Sequence[Fraction], bits: int) -> list[tuple[Fraction, Any]]:
        """For each unknown that stands for a function, its value at time 0: the middle of a ball, and the ball."""
        found = []
        with precision(bits + SPARE_BITS):
            values = {
                v: [arb(fmpq(x.numerator, x.denominator))] for v, x in zip(self._net.variables, parameters, strict=True)
            }
            for extra in self._extras:
                try:
                    value = evaluate(extra.meaning, values)[0]
                except ValueError as error:
                    raise ValueError(
                        f"G or the loss has the constant {extra.meaning}: expected rational numbers, pi, "
                        "e, and powers and logarithms of them"
                    ) from error
                if not value.is_finite():
                    raise ValueError(f"start is a pole of {extra.meaning}, or outside its domain")
                found.append((to_fraction(value.mid().fmpq()), value))
        return found
