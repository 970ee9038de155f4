"""Theorems of calculus that proofs cite: slopes that do not change sign, tails of integrals, means of numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, TypeAlias

import sympy as sp

from ddln_sym.statements.expressions import ProductOver, Rate, SumOver, product_over, sum_over
from ddln_sym.statements.propositions import (
    Compare,
    Consequence,
    Equal,
    Holds,
    Hypothesis,
    Setting,
    Theorem,
    at_least,
    conserved,
    greater,
)
from ddln_sym.statements.theorems import at_every

__all__ = [
    "AboveStart",
    "ArithmeticGeometric",
    "DominatedTail",
    "Maclaurin",
    "Means",
    "OntoTheLine",
    "PowerTail",
    "SquareOfIntegral",
    "StrictMaclaurin",
]

Expr: TypeAlias = Any


def _continuous(expr: Expr) -> Holds:
    """That an expression is continuous where it is defined: sums, products, powers of constant exponents, log."""
    heads = (sp.Add, sp.Mul, sp.Pow, sp.log, sp.Symbol, sp.Indexed, sp.Rational, SumOver, ProductOver)
    inner = {part for part in sp.preorder_traversal(expr) if not isinstance(part, (sp.IndexedBase, sp.Idx))}
    return Holds(sp.sympify(all(isinstance(part, heads) for part in inner)))


@dataclass(frozen=True)
class AboveStart(Consequence):
    """``quantity ≥ least``, its value at the start, from there on: its derivative is not negative.

    Attributes:
        variable: starts at 0 and moves at speed 1; start: the values of the other moving quantities there.
        setting: how they move, and what is known after the start.
        strict: whether the derivative is positive, and the quantity above its start.
    """

    variable: Expr
    quantity: Expr
    least: Expr
    start: tuple[tuple[Expr, Expr], ...]
    setting: Setting
    strict: bool = False
    theorem: ClassVar = Theorem("mean value theorem", "Lagrange 1797")

    @property
    def conclusion(self) -> Compare:
        """The inequality after the start."""
        begun = Hypothesis("after the start", sp.Gt(self.variable, 0))
        after = replace(self.setting, hypotheses=(begun, *self.setting.hypotheses))
        return Compare(self.quantity, self.least, after, self.strict)

    def premises(self) -> tuple[Equal | Compare | Holds, ...]:
        after, begun = self.conclusion.setting, {self.variable: sp.Integer(0), **dict(self.start)}
        still = tuple(h for h in self.setting.hypotheses if not h.relation.has(*begun))
        return (
            Equal(Rate(self.variable), 1, after),
            Compare(Rate(self.quantity), 0, after, self.strict),
            Equal(self.quantity.xreplace(begun), self.least, Setting(still)),
            conserved(self.least, after),
            _continuous(self.quantity),
        )

    def __str__(self) -> str:
        sign = ">" if self.strict else "≥"
        return f"{self.quantity} {sign} {self.least} for {self.variable} {sign} 0"


@dataclass(frozen=True)
class OntoTheLine(Consequence):
    """``quantity`` maps the line onto the line, one to one: its slope is at least a positive constant.

    Attributes:
        variable: runs through the line at speed 1; slope: the constant.
    """

    variable: Expr
    quantity: Expr
    slope: Expr
    setting: Setting
    theorem: ClassVar = Theorem(
        "a function whose slope is at least $c > 0$ is a bijection of the line", "Hadamard 1906"
    )

    def premises(self) -> tuple[Equal | Compare, ...]:
        everywhere = at_every(self.variable, self.setting)
        return (
            Equal(Rate(self.variable), 1, everywhere),
            at_least(Rate(self.quantity), self.slope, everywhere),
            greater(self.slope, 0, everywhere),
            conserved(self.slope, everywhere),
        )

    def __str__(self) -> str:
        return f"{self.variable} ↦ {self.quantity} is a bijection of R"


@dataclass(frozen=True)
class DominatedTail(Consequence):
    """``∫_x^∞ integrand ≤ −primitive(x)`` for x > 0: ``integrand ≤ majorant = primitive'``, ``primitive < 0``."""

    variable: Expr
    integrand: Expr
    majorant: Expr
    primitive: Expr
    setting: Setting
    theorem: ClassVar = Theorem("comparison test for improper integrals", "calculus")

    def premises(self) -> tuple[Equal | Compare, ...]:
        positive = Hypothesis("x > 0", sp.Gt(self.variable, 0))
        right = replace(self.setting, hypotheses=(positive, *self.setting.hypotheses))
        return (
            greater(self.integrand, 0, right),
            at_least(self.majorant, self.integrand, right),
            Equal(sp.Derivative(self.primitive, self.variable), self.majorant, right),
            greater(0, self.primitive, right),
        )

    def __str__(self) -> str:
        return f"the integral of {self.integrand} from {self.variable} to ∞ is at most {-self.primitive}"


@dataclass(frozen=True)
class PowerTail(Consequence):
    """``∫_x^∞ integrand ≥ factor·x^{−exponent}/exponent``: ``integrand ≥ factor·z^{−1−exponent}`` for ``z ≥ x > 0``.

    Attributes:
        variable: ``z``; start: ``x``; factor, exponent: positive and free of z; setting: what is known for ``z ≥ x``.
    """

    variable: Expr
    start: Expr
    integrand: Expr
    factor: Expr
    exponent: Expr
    setting: Setting
    theorem: ClassVar = Theorem("comparison test for improper integrals", "calculus: $∫_x^∞ z^{−1−p} dz = x^{−p}/p$")

    def premises(self) -> tuple[Equal | Compare | Holds, ...]:
        after = Hypothesis("from x on", sp.Ge(self.variable, self.start))
        still = at_every(self.variable, self.setting)
        right = self.setting.given(after)
        power = self.variable ** (-1 - self.exponent)
        return (
            greater(self.start, 0, still),
            greater(self.exponent, 0, still),
            greater(self.factor, 0, still),
            at_least(self.integrand, self.factor * power, right),
            *(_free_of(self.variable, part) for part in (self.start, self.factor, self.exponent)),
        )

    def __str__(self) -> str:
        least = self.factor * self.start**-self.exponent / self.exponent
        return f"the integral of {self.integrand} from {self.start} to ∞ is at least {least}"


@dataclass(frozen=True)
class SquareOfIntegral(Consequence):
    """``integral² ≤ variable·energy`` from the start on: both start at 0, and ``energy' = (integral')²``.

    Attributes:
        variable: starts at 0 and moves at speed 1.
        integral, energy: quantities of their own, with rates that the setting gives; setting: how they move.

    >>> t, a, e, v = sp.symbols("t a e v", real=True)
    >>> moving = Setting((), (RateRule(t, 1), RateRule(a, v), RateRule(e, v**2)))
    >>> print(SquareOfIntegral(t, a, e, moving))
    a² ≤ t·e, both 0 at the start
    """

    variable: Expr
    integral: Expr
    energy: Expr
    setting: Setting
    theorem: ClassVar = Theorem("Cauchy–Schwarz inequality for integrals", "Bunyakovsky 1859")

    def premises(self) -> tuple[Equal | Holds, ...]:
        moving = (self.variable, self.integral, self.energy)
        known = {rule.quantity for rule in self.setting.rates}
        return (
            Holds(sp.sympify(len(set(moving)) == len(moving) and set(moving) <= known)),
            Holds(sp.sympify(all(isinstance(quantity, sp.Symbol) for quantity in moving))),
            Holds(sp.sympify(not any(h.relation.has(*moving) for h in self.setting.hypotheses))),
            Equal(Rate(self.variable), 1, self.setting),
            Equal(Rate(self.energy), Rate(self.integral) ** 2, self.setting),
        )

    def __str__(self) -> str:
        return f"{self.integral}² ≤ {self.variable}·{self.energy}, both 0 at the start"


def _free_of(variable: Expr, expr: Expr) -> Holds:
    """That an expression does not contain a variable."""
    return Holds(sp.sympify(variable not in expr.free_symbols))


def _squared(total: SumOver) -> Any:
    return lambda m: total.at(m) ** 2


@dataclass(frozen=True)
class Means:
    """A mean of n positive numbers against their geometric mean.

    Attributes:
        numbers: the numbers ``a``; a sum over indices stands for its terms.
        total, product: ``Σa`` and ``∏a``, with short names for what they contain.
        names: each short name with what it stands for. setting: says how many indices there are.
    """

    numbers: tuple[Expr, ...]
    total: Expr
    product: Expr
    names: tuple[tuple[Expr, Expr], ...]
    setting: Setting

    @property
    def _sums(self) -> list[Any]:
        return [a for a in self.numbers if isinstance(a, SumOver)]

    @property
    def _plain(self) -> list[Any]:
        return [a for a in self.numbers if a not in self._sums]

    @property
    def count(self) -> Expr:
        """``n``."""
        size: Any = self.setting.size
        return sp.Add(len(self.numbers), *(size - len(a.without) - 1 for a in self._sums))

    @property
    def relation(self) -> Expr:
        """The inequality, to be used as a hypothesis where this is a step."""
        raise TypeError(f"{type(self).__name__} does not say what it relates")

    def _named(self, short: Expr, plain: Expr) -> Equal:
        return Equal(short.xreplace(dict(self.names)), plain, self.setting)

    def premises(self) -> tuple[Equal | Compare, ...]:
        k = sp.Symbol("any", integer=True, positive=True)
        products = (product_over(a.at, a.without) for a in self._sums)
        apart = {a: (Hypothesis("an index of the sum", sp.Ne(k, m)) for m in a.without) for a in self._sums}
        return (
            self._named(self.total, sp.Add(*self.numbers)),
            self._named(self.product, sp.Mul(*self._plain, *products)),
            *(greater(a, 0, self.setting) for a in self._plain),
            *(greater(a.at(k), 0, self.setting.given(*apart[a])) for a in self._sums),
        )

    def __str__(self) -> str:
        return str(self.relation)


@dataclass(frozen=True)
class ArithmeticGeometric(Means, Consequence):
    """``Σa ≥ n(∏a)^{1/n}`` for n positive numbers.

    >>> a, b = sp.symbols("a b", real=True)
    >>> ArithmeticGeometric((a, b), a + b, a * b, (), Setting()).relation
    a + b >= 2*sqrt(a*b)
    """

    theorem: ClassVar = Theorem("inequality of arithmetic and geometric means", "Hardy, Littlewood, Pólya 1934, 2.5")

    @property
    def relation(self) -> Expr:
        return sp.Ge(self.total, self.count * self.product ** (1 / self.count))


@dataclass(frozen=True)
class Maclaurin(Means, Consequence):
    """``(Σa)² − Σa² ≥ n(n−1)(∏a)^{2/n}`` for n positive numbers: the second of Maclaurin's means against the last.

    Attributes:
        squares: ``Σa²``, with short names.

    >>> a, b, s = sp.symbols("a b s", real=True)
    >>> Maclaurin((a, b), s, a * b, ((s, a + b),), Setting(), a**2 + b**2).relation
    -a**2 - b**2 + s**2 >= 2*a*b
    """

    squares: Expr
    theorem: ClassVar = Theorem("Maclaurin's inequality", "Hardy, Littlewood, Pólya 1934, 2.22")

    @property
    def relation(self) -> Expr:
        return sp.Ge(self.total**2 - self.squares, self.count * (self.count - 1) * self.product ** (2 / self.count))

    def premises(self) -> tuple[Equal | Compare, ...]:
        squares = (sum_over(_squared(a), a.without) for a in self._sums)
        return (*super().premises(), self._named(self.squares, sp.Add(*(a**2 for a in self._plain), *squares)))


@dataclass(frozen=True)
class StrictMaclaurin(Maclaurin):
    """The same with ``>``, for at least three numbers of which two differ.

    Attributes:
        unequal: the places of the two in ``numbers``; a sum stands for any one of its terms.

    >>> a, b, c, s, q = sp.symbols("a b c s q", real=True)
    >>> StrictMaclaurin((a, b, c), s, a * b * c, (), Setting(), q, (0, 1)).relation
    -q + s**2 > 6*(a*b*c)**(2/3)
    """

    unequal: tuple[int, int]

    @property
    def relation(self) -> Expr:
        return sp.Gt(*super().relation.args)

    def premises(self) -> tuple[Equal | Compare, ...]:
        k = sp.Symbol("any", integer=True, positive=True)
        pair = [self.numbers[place] for place in self.unequal]
        without = {m for a in pair if isinstance(a, SumOver) for m in a.without}
        apart = (Hypothesis("an index of the sum", sp.Ne(k, m)) for m in without)
        one, other = (a.at(k) if isinstance(a, SumOver) else a for a in pair)
        return (
            *super().premises(),
            greater(self.count, 2, self.setting),
            greater((one - other) ** 2, 0, self.setting.given(*apart)),
        )
