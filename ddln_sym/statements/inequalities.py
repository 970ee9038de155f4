"""Theorems of calculus that proofs cite: slopes that do not change sign, tails of integrals, means of numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, TypeAlias

import sympy as sp
from sympy.core.function import AppliedUndef

from ddln_sym.statements.evidence import Theorem
from ddln_sym.statements.expressions import Index, Rate, SumOver, product_over, sum_over
from ddln_sym.statements.propositions import (
    AsLongAs,
    Compare,
    Consequence,
    Continuous,
    Equal,
    Hypothesis,
    RateRule,
    Setting,
    at_least,
    begins,
    conserved,
    greater,
)
from ddln_sym.statements.theorems import at_every, check_carried, fresh, premise_of, start_of, uncut, with_conditions
from ddln_sym.statements.vocabulary import expression, expression_tuple, variable

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


@dataclass(frozen=True)
class AboveStart(Consequence):
    """``quantity ≥ least``, its value at the start, from there on: its derivative is not negative.

    It holds as long as the conditions of the setting last. A symbol without a rate is constant where the quantity
    contains it, and may be any function of time where only rates and conditions do.

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

    def __post_init__(self) -> None:
        variable(self.variable, "the variable of AboveStart")
        for name in ("quantity", "least"):
            object.__setattr__(self, name, expression(getattr(self, name), f"the {name} of AboveStart"))
        uncut(self.setting, "AboveStart")
        begun = start_of(self.start, self.setting, "AboveStart")
        if self.variable in begun:
            raise ValueError(f"AboveStart starts {self.variable} by itself, at 0: leave it out of `start`")
        for rule in self.setting.rates:
            if rule.value.xreplace({self.variable: sp.Integer(0), **begun}).has(sp.zoo, sp.nan, sp.oo, -sp.oo):
                raise ValueError(
                    f"AboveStart starts {rule.quantity} at {self.variable} = 0, where its rate {rule.value} has no "
                    "value: no motion need begin there"
                )

    @property
    def _after(self) -> Setting:
        begun = Hypothesis("after the start", sp.Gt(self.variable, 0))
        return replace(self.setting, hypotheses=(begun, *self.setting.hypotheses))

    @property
    def conclusion(self) -> Compare | AsLongAs:
        """The inequality after the start, along the motion that begins there, as long as the conditions last."""
        still = replace(self._after, hypotheses=(self._after.hypotheses[0], *self.setting.still.hypotheses))
        inequality = Compare(self.quantity, self.least, still, self.strict)
        lasts = self.setting.conditions or self.start
        return AsLongAs(inequality, self.setting.conditions, self.start) if lasts else inequality

    def premises(self) -> tuple[Any, ...]:
        begun = {self.variable: sp.Integer(0), **start_of(self.start, self.setting, "AboveStart")}
        return (
            Equal(Rate(self.variable), 1, self._after),
            Compare(Rate(self.quantity), 0, self._after, self.strict),
            Equal(self.quantity.xreplace(begun), self.least, self.setting.still),
            conserved(self.least, self._after),
            Continuous(self.quantity, self.setting),
        )

    def __str__(self) -> str:
        sign = ">" if self.strict else "≥"
        said = f"{self.quantity} {sign} {self.least} for {self.variable} {sign} 0"
        return with_conditions(said + begins(self.start), self.setting)


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
        "a function whose slope is at least $c > 0$ is a bijection of the line", "Hadamard 1906", ("Hadamard1906",)
    )

    def __post_init__(self) -> None:
        variable(self.variable, "the variable of OntoTheLine")
        for name in ("quantity", "slope"):
            object.__setattr__(self, name, expression(getattr(self, name), f"the {name} of OntoTheLine"))
        check_carried(self.variable, self.setting, "OntoTheLine")

    def premises(self) -> tuple[Any, ...]:
        everywhere = at_every(self.variable, self.setting)
        return (
            Equal(Rate(self.variable), 1, everywhere),
            at_least(Rate(self.quantity), self.slope, everywhere),
            greater(self.slope, 0, everywhere),
            conserved(self.slope, everywhere),
            Continuous(self.quantity, everywhere),
        )

    def __str__(self) -> str:
        return f"{self.variable} ↦ {self.quantity} is a bijection of R, its slope at least {self.slope}"


def _axis(place: Expr, setting: Setting, rule: str) -> Setting:
    """What is known of constants alone, where a rule runs through the values of a place.

    Raises:
        ValueError: something in the setting moves in time.
    """
    if setting.rates:
        raise ValueError(f"{rule} runs through the values of {place}, so its setting has no rates of change")
    return at_every(place, setting)


def _of_function(place: Expr, function: Expr, setting: Setting) -> tuple[Hypothesis, ...]:
    """The hypotheses about an arbitrary function ``F(place)`` at every place; what is said of places alone is left."""
    if not isinstance(function, AppliedUndef) or function.args != (place,):
        return ()
    return tuple(h for h in setting.hypotheses if h.index is None and h.relation.has(function))


def _check_example(
    example: Expr, function: Expr, hypotheses: tuple[Hypothesis, ...], place: Setting, said: Setting, variable: Expr
) -> tuple[Any, ...]:
    """That there is such a function at every place, so that the hypotheses on it say nothing about the place.

    What is said of the place alone would restrict those on the function, so it has to hold at every place too.
    """
    alone = [h for h in said.hypotheses if hypotheses and h not in hypotheses and h.relation.has(variable)]
    return tuple(premise_of(h.relation.xreplace({function: example}), place) for h in (*hypotheses, *alone))


@dataclass(frozen=True)
class DominatedTail(Consequence):
    """``∫_x^∞ integrand ≤ −primitive(x)`` for x > 0: ``integrand ≤ majorant = primitive'``, ``primitive < 0``.

    The integrand may be an arbitrary function ``F(x)``; what the setting says of x alone is not used.
    """

    variable: Expr
    integrand: Expr
    majorant: Expr
    primitive: Expr
    setting: Setting
    theorem: ClassVar = Theorem("comparison test for improper integrals", "calculus")

    def __post_init__(self) -> None:
        variable(self.variable, "the variable of DominatedTail")
        for name in ("integrand", "majorant", "primitive"):
            object.__setattr__(self, name, expression(getattr(self, name), f"the {name} of DominatedTail"))
        _axis(self.variable, self.setting, "DominatedTail")

    def premises(self) -> tuple[Any, ...]:
        place = _axis(self.variable, self.setting, "DominatedTail").given(Hypothesis("x > 0", sp.Gt(self.variable, 0)))
        bounds = _of_function(self.variable, self.integrand, self.setting)
        right = place.given(*bounds)
        return (
            *_check_example(self.majorant, self.integrand, bounds, place, self.setting, self.variable),
            greater(self.integrand, 0, right),
            at_least(self.majorant, self.integrand, right),
            Equal(sp.Derivative(self.primitive, self.variable), self.majorant, right),
            greater(0, self.primitive, right),
            Continuous(self.majorant, Setting((), (RateRule(self.variable, 1),))),
        )

    def __str__(self) -> str:
        return f"the integral of {self.integrand} from {self.variable} to ∞ is at most {-self.primitive}"


@dataclass(frozen=True)
class PowerTail(Consequence):
    """``∫_x^∞ integrand ≥ factor·x^{−exponent}/exponent``: ``integrand ≥ factor·z^{−1−exponent}`` for ``z ≥ x > 0``.

    Attributes:
        variable: ``z``; start: ``x``; factor, exponent: positive and free of z; setting: what is known of constants,
            and of functions ``F(z)`` for ``z ≥ x``.
    """

    variable: Expr
    start: Expr
    integrand: Expr
    factor: Expr
    exponent: Expr
    setting: Setting
    theorem: ClassVar = Theorem("comparison test for improper integrals", "calculus: $∫_x^∞ z^{−1−p} dz = x^{−p}/p$")

    def __post_init__(self) -> None:
        variable(self.variable, "the variable of PowerTail")
        for name in ("start", "integrand", "factor", "exponent"):
            object.__setattr__(self, name, expression(getattr(self, name), f"the {name} of PowerTail"))
            if name != "integrand" and getattr(self, name).has(self.variable):
                raise ValueError(f"the {name} of PowerTail contains {self.variable}, which runs from the start to ∞")
        _axis(self.variable, self.setting, "PowerTail")

    def premises(self) -> tuple[Any, ...]:
        still = _axis(self.variable, self.setting, "PowerTail")
        place = still.given(Hypothesis("from x on", sp.Ge(self.variable, self.start)))
        bounds = _of_function(self.variable, self.integrand, self.setting)
        least = self.factor * self.variable ** (-1 - self.exponent)
        positive = place.given(Hypothesis("x > 0", sp.Gt(self.start, 0)))
        return (
            *_check_example(least, self.integrand, bounds, positive, self.setting, self.variable),
            greater(self.start, 0, still),
            greater(self.exponent, 0, still),
            greater(self.factor, 0, still),
            at_least(self.integrand, least, place.given(*bounds)),
        )

    def __str__(self) -> str:
        least = self.factor * self.start**-self.exponent / self.exponent
        return f"the integral of {self.integrand} over {self.variable} from {self.start} to ∞ is at least {least}"


@dataclass(frozen=True)
class SquareOfIntegral(Consequence):
    """``integral² ≤ variable·energy`` from the start on: both start at 0, and ``energy' = (integral')²``.

    Attributes:
        variable: starts at 0 and moves at speed 1.
        integral, energy: quantities of their own, with rates that the setting gives; setting: how they move.

    Raises:
        ValueError: two of the three are one, one is no plain symbol or has no rate, or a hypothesis speaks of one.

    >>> t, a, e, v = sp.symbols("t a e v", real=True)
    >>> moving = Setting((), (RateRule(t, 1), RateRule(a, v), RateRule(e, v**2)))
    >>> print(SquareOfIntegral(t, a, e, moving))
    $a^2 ≤ t·e$, both 0 at the start
    """

    variable: Expr
    integral: Expr
    energy: Expr
    setting: Setting
    theorem: ClassVar = Theorem("Cauchy–Schwarz inequality for integrals", "Bunyakovsky 1859")

    def __post_init__(self) -> None:
        moving = [variable(q, "a quantity of SquareOfIntegral") for q in (self.variable, self.integral, self.energy)]
        for quantity in moving:
            others = [r.value for r in self.setting.rates if r.quantity == quantity]
            if moving.count(quantity) > 1 or not others:
                raise ValueError(f"SquareOfIntegral needs three quantities with rates of their own, {quantity} too")
        for hypothesis in self.setting.conditions:
            raise ValueError(
                f"SquareOfIntegral is given {hypothesis.relation}, which speaks of what moves: leave it out"
            )

    def premises(self) -> tuple[Any, ...]:
        return (
            Equal(Rate(self.variable), 1, self.setting),
            Equal(Rate(self.energy), Rate(self.integral) ** 2, self.setting),
        )

    def __str__(self) -> str:
        return f"${self.integral}^2 ≤ {self.variable}·{self.energy}$, both 0 at the start"


def _square(total: SumOver) -> Any:
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

    def __post_init__(self) -> None:
        rule = type(self).__name__
        object.__setattr__(self, "numbers", expression_tuple(self.numbers, f"the numbers of {rule}"))
        for name in self._abbreviated:
            object.__setattr__(self, name, expression(getattr(self, name), f"the {name} of {rule}"))
        if self._sums and self.setting.size is None:
            raise ValueError(f"{rule} has sums among its numbers: its setting has to say how many indices there are")
        shorts = [short for short, _ in self.names]
        meanings = tuple(expression(meaning, f"what {short} stands for in {rule}") for short, meaning in self.names)
        for short in shorts:
            if shorts.count(short) > 1:
                raise ValueError(f"{rule} says twice what {short} stands for: say it once")
            fresh(short, (self.numbers, meanings), self.setting, rule)

    @property
    def _abbreviated(self) -> tuple[str, ...]:
        """The fields in which short names stand."""
        return "total", "product"

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

    def _abbreviate(self, short: Expr, plain: Expr) -> Equal:
        return Equal(short.xreplace(dict(self.names)), plain, self.setting)

    def premises(self) -> tuple[Equal | Compare, ...]:
        k = Index("any")
        products = (product_over(a.at, a.without) for a in self._sums)
        apart = {a: (Hypothesis("an index of the sum", sp.Ne(k, m)) for m in a.without) for a in self._sums}
        return (
            self._abbreviate(self.total, sp.Add(*self.numbers)),
            self._abbreviate(self.product, sp.Mul(*self._plain, *products)),
            *(greater(a, 0, self.setting) for a in self._plain),
            *(greater(a.at(k), 0, self.setting.given(*apart[a])) for a in self._sums),
            *(greater(self.setting.size, len(a.without) - 1, self.setting) for a in self._sums),  # whole numbers
            greater(self.count, 0, self.setting),
        )

    def __str__(self) -> str:
        where = ", ".join(f"{short} = {meaning}" for short, meaning in self.names)
        return f"{self.relation}" + (f", where {where}" if where else "")


@dataclass(frozen=True)
class ArithmeticGeometric(Means, Consequence):
    """``Σa ≥ n(∏a)^{1/n}`` for n positive numbers.

    >>> a, b = sp.symbols("a b", real=True)
    >>> ArithmeticGeometric((a, b), a + b, a * b, (), Setting()).relation
    a + b >= 2*sqrt(a*b)
    """

    theorem: ClassVar = Theorem(
        "inequality of arithmetic and geometric means",
        "Hardy, Littlewood, Pólya 1934, 2.5",
        ("HardyLittlewoodPolya1934",),
    )

    @property
    def relation(self) -> Expr:
        return sp.Ge(self.total, self.count * self.product ** (1 / self.count), evaluate=False)


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

    @property
    def _abbreviated(self) -> tuple[str, ...]:
        return "total", "product", "squares"

    theorem: ClassVar = Theorem(
        "Maclaurin's inequality", "Hardy, Littlewood, Pólya 1934, 2.22", ("HardyLittlewoodPolya1934",)
    )

    @property
    def relation(self) -> Expr:
        most = self.count * (self.count - 1) * self.product ** (2 / self.count)
        return sp.Ge(self.total**2 - self.squares, most, evaluate=False)

    def premises(self) -> tuple[Equal | Compare, ...]:
        squares = (sum_over(_square(a), a.without) for a in self._sums)
        return (*super().premises(), self._abbreviate(self.squares, sp.Add(*(a**2 for a in self._plain), *squares)))


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

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.unequal) != 2 or not all(isinstance(n, int) and 0 <= n < len(self.numbers) for n in self.unequal):
            raise ValueError(f"StrictMaclaurin has unequal numbers at {self.unequal}: give two places from 0 on")

    @property
    def relation(self) -> Expr:
        return sp.Gt(*super().relation.args, evaluate=False)

    def premises(self) -> tuple[Equal | Compare, ...]:
        k = Index("any")
        pair = [self.numbers[place] for place in self.unequal]
        without = {m for a in pair if isinstance(a, SumOver) for m in a.without}
        apart = (Hypothesis("an index of the sum", sp.Ne(k, m)) for m in without)
        one, other = (a.at(k) if isinstance(a, SumOver) else a for a in pair)
        return (
            *super().premises(),
            greater(self.count, 2, self.setting),
            greater((one - other) ** 2, 0, self.setting.given(*apart)),
            *((greater(self.setting.size, len(without), self.setting),) if any(a in self._sums for a in pair) else ()),
        )
