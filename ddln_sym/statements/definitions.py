"""Words of theorems that a definition turns into inequalities and equations: "there is", O and Θ, minimizer, ⪰."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import Any, ClassVar, TypeAlias

import sympy as sp

from ddln_sym.statements.approaches import TendsTo
from ddln_sym.statements.propositions import Compare, Equal, Hypothesis, Setting, _Shown
from ddln_sym.statements.vocabulary import check_vocabulary, expression, expression_tuple, variable

__all__ = ["BigO", "ByDefinition", "Exists", "Minimizes", "Semidefinite", "Theta"]

Expr: TypeAlias = Any
Parts: TypeAlias = tuple[Equal | Compare, ...]

EVERYWHERE = Setting()
#: Values that are tried where a statement says that there is one and names none, and how many choices in all.
TRIED, CHOICES = tuple(map(sp.Rational, ("1", "2", "1/2", "3", "0", "4", "10", "-1", "1/4", "1/10", "100"))), 24


class ByDefinition(_Shown):
    """A statement that is by definition that some equations and inequalities hold.

    A subclass is a frozen dataclass.

    Attributes:
        exhaustive: whether the parts of one of the choices have to hold, so that it is refuted where each has a part
            that is.
    """

    exhaustive: ClassVar[bool] = False

    def meanings(self) -> Iterator[tuple[str, tuple[Any, ...]]]:
        """What it means, for one choice after the other: the choice in words, and the parts.

        A choice that fails refutes nothing, where there may be others.  Where there is none to make, the words are
        empty, and a part that is refuted refutes the statement.
        """
        raise TypeError(f"{type(self).__name__} does not say what it means")

    def at(self, places: Sequence[tuple[Any, Any]]) -> ByDefinition | None:
        """The same for some values of its parameters, if it then depends on nothing else; None if not."""
        return None

    def denials(self) -> Iterator[TendsTo]:
        """Limits that refute it."""
        yield from ()


@dataclass(frozen=True)
class Exists(ByDefinition):
    """There are values of some symbols for which statements hold, whatever everything else is.

    Attributes:
        symbols: of which there are values; values: what they are, or nothing, and small numbers are tried.
        depends: symbols of which the values may be functions: those that are chosen before.

    Raises:
        ValueError: a value depends on what is chosen later, or one symbol has no value while others have.

    >>> x, c = sp.symbols("x c", real=True)
    >>> print(Exists((c,), (Compare(c * (1 + x**2), 2 * x),), (1,)))
    there is c with c*(x**2 + 1) ≥ 2*x: c = 1
    """

    symbols: tuple[Expr, ...]
    statements: Parts
    values: tuple[Expr, ...] = ()
    depends: tuple[Expr, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "symbols", expression_tuple(self.symbols, "the symbols of Exists"))
        object.__setattr__(self, "values", expression_tuple(self.values, "the values of Exists", empty=True))
        for symbol in self.symbols:
            variable(symbol, "a symbol of Exists")
        object.__setattr__(self, "depends", expression_tuple(self.depends, "the depends of Exists", empty=True))
        many = isinstance(self.statements, (tuple, list)) and self.statements
        if not many or not all(isinstance(s, (Equal, Compare)) for s in self.statements):
            raise ValueError("the statements of Exists are equalities and inequalities: write a tuple of them")
        if self.values and len(self.values) != len(self.symbols):
            raise ValueError(f"Exists has {len(self.symbols)} symbols and {len(self.values)} values: give one for each")
        later = {s for value in self.values for s in value.free_symbols} - set(self.depends)
        if later:
            raise ValueError(
                f"a value of Exists speaks of {min(map(str, later))}, which is chosen after it: name it in `depends` "
                "if it is chosen before"
            )
        for statement in self.statements:
            if statement.setting.moving & set(self.symbols):
                raise ValueError("a symbol of Exists moves by a rule of a setting: what there is does not move")

    def meanings(self) -> Iterator[tuple[str, Parts]]:
        choices = [self.values] if self.values else product(TRIED, repeat=len(self.symbols))
        for values in islice(choices, CHOICES):
            put = dict(zip(self.symbols, values, strict=True))
            said = ", ".join(f"{s} = {v}" for s, v in put.items())
            yield said, tuple(_put(statement, put) for statement in self.statements)

    def __str__(self) -> str:
        given = [f"{s} = {v}" for s, v in zip(self.symbols, self.values, strict=False)]
        said = f"there is {', '.join(map(str, self.symbols))} with {' and '.join(map(str, self.statements))}"
        return said + (f": {', '.join(given)}" if given else "")


def _put(statement: Equal | Compare, put: dict[Expr, Expr]) -> Equal | Compare:
    setting = statement.setting
    given = [replace(h, relation=h.relation.xreplace(put)) for h in setting.hypotheses]
    kept = tuple(h for h in given if h.relation is not sp.true)
    lhs, rhs = (side.xreplace(put) for side in (statement.lhs, statement.rhs))
    return replace(statement, lhs=lhs, rhs=rhs, setting=replace(setting, hypotheses=kept))


@dataclass(frozen=True)
class BigO(ByDefinition):
    """``|function| ≤ constant·|bound|`` from a place on: for ``variable ≥ start``, or ``0 < variable ≤ start``.

    Attributes:
        end: ``sympy.oo``, or 0, which is approached from above.
        constant, start: numbers, or None, and some are tried; setting: what is known of everything else.

    >>> x = sp.Symbol("x", real=True)
    >>> print(BigO(x**2 + x, x**2, x, sp.oo, 2, 1))
    x**2 + x = O(x**2) as x → ∞: at most 2 times as large for x ≥ 1
    """

    function: Expr
    bound: Expr
    variable: Expr
    end: Expr
    constant: Expr | None = None
    start: Expr | None = None
    setting: Setting = EVERYWHERE
    least: Expr | None = None
    letter: ClassVar[str] = "O"

    def __post_init__(self) -> None:
        rule = type(self).__name__
        variable(self.variable, f"the variable of {rule}")
        for name in ("function", "bound", "end"):
            object.__setattr__(self, name, expression(getattr(self, name), f"the {name} of {rule}"))
        for name in ("constant", "start", "least"):
            if getattr(self, name) is not None:
                value = expression(getattr(self, name), f"the {name} of {rule}")
                object.__setattr__(self, name, value)
                if value.has(self.variable) or (not value.is_positive and value.is_number):
                    raise ValueError(f"the {name} of {rule} is {value}: write a positive number")
        if self.end not in (sp.oo, 0):
            raise ValueError(f"the end of {rule} is {self.end}: write sympy.oo, or 0 for from above")
        if any(h.relation.has(self.variable) for h in self.setting.hypotheses) or self.setting.rates:
            raise ValueError(
                f"the setting of {rule} is what is known of its constants, and says nothing of its variable"
            )

    @property
    def _bounds(self) -> tuple[tuple[Expr | None, ...], ...]:
        """The constant below, the constant above and the start, as far as they are given."""
        return ((None,), *(TRIED_BOUNDS if v is None else (v,) for v in (self.constant, self.start)))

    def meanings(self) -> Iterator[tuple[str, Parts]]:
        for least, most, start in islice(product(*self._bounds), CHOICES):
            x, own = self.variable, Hypothesis("near the end", sp.Ge(self.variable, start))
            if self.end == 0:
                own = Hypothesis("near the end", sp.Le(x, start))
            given = self.setting.given(own, *([] if self.end is sp.oo else [Hypothesis("above", sp.Gt(x, 0))]))
            above = Compare(most * sp.Abs(self.bound), sp.Abs(self.function), given)
            below = [] if least is None else [Compare(sp.Abs(self.function), least * sp.Abs(self.bound), given)]
            yield self._said(least, most, start), (above, *below)

    def denials(self) -> Iterator[TendsTo]:
        """A quotient that grows beyond all bounds, or one that vanishes where there is a constant below it."""
        yield self.quotient(sp.oo)
        if self.letter == "Θ":
            yield self.quotient(sp.Integer(0))

    def quotient(self, value: Expr) -> TendsTo:
        """That the modulus of the quotient tends to a value."""
        side = 0 if self.end is sp.oo else 1
        return TendsTo(sp.Abs(self.function / self.bound), self.variable, self.end, value, self.setting, side)

    def about(self, value: Expr) -> BigO | None:
        """The same with constants on both sides of what the quotient tends to, a number not below 0, and a start.

        None where the quotient, at a few places beyond each start that is tried, does not seem to stay between them.
        """
        most, least = sp.ceiling(2 * value) if value else sp.Integer(1), 1 / sp.ceiling(2 / value) if value else 0
        ratio = sp.Abs(self.function / self.bound)
        for start in TRIED_BOUNDS:
            places = [start * sp.Integer(2) ** (k if self.end is sp.oo else -k) for k in range(LOOKED_AT)]
            values = [sp.N(ratio.xreplace({self.variable: place})) for place in places]
            if all(v.is_Float and v <= most and (self.letter == "O" or v >= least) for v in values):
                below = sp.Rational(least) if self.letter == "Θ" else None
                return replace(self, constant=most, least=below, start=start)
        return None

    def _said(self, least: Expr | None, most: Expr, start: Expr) -> str:
        where = f"{self.variable} {'≥' if self.end is sp.oo else '≤'} {start}"
        return ("" if least is None else f"at least {least} and ") + f"at most {most} times as large for {where}"

    def __str__(self) -> str:
        end = "→ ∞" if self.end is sp.oo else "↓ 0"
        said = f"{self.function} = {self.letter}({self.bound}) as {self.variable} {end}"
        given = None not in (self.constant, self.start)
        return said + (f": {self._said(self.least, self.constant, self.start)}" if given else "")


TRIED_BOUNDS = tuple(map(sp.Rational, ("1", "2", "4", "10", "1/2")))
#: Places at which a quotient is looked at, each twice as far as the one before.
LOOKED_AT = 8


@dataclass(frozen=True)
class Theta(BigO):
    """``least·|bound| ≤ |function| ≤ constant·|bound|`` from a place on.

    >>> x = sp.Symbol("x", real=True)
    >>> print(Theta(2 + sp.sin(x), 1, x, sp.oo))
    sin(x) + 2 = Θ(1) as x → ∞
    """

    letter: ClassVar[str] = "Θ"

    @property
    def _bounds(self) -> tuple[tuple[Expr | None, ...], ...]:
        below = tuple(map(sp.Rational, ("1", "1/2", "1/4", "1/10"))) if self.least is None else (self.least,)
        return (below, *super()._bounds[1:])


@dataclass(frozen=True)
class Minimizes(ByDefinition):
    """A point is where an objective is least among all that the setting allows.

    Attributes:
        variables: what may be chosen; point: where it is least; setting: the constraints, and what is known.
        multipliers: one for each equation of the setting, in its order, by which the objective is bounded from below
            without the equations (Karush, Kuhn and Tucker), or nothing.

    >>> x, y = sp.symbols("x y", real=True)
    >>> line = Setting((Hypothesis("constraint", sp.Eq(x + y, 2)),))
    >>> print(Minimizes(x**2 + y**2, (x, y), (1, 1), line))
    x**2 + y**2 is least at (x, y) = (1, 1)
    """

    objective: Expr
    variables: tuple[Expr, ...]
    point: tuple[Expr, ...]
    setting: Setting = EVERYWHERE
    multipliers: tuple[Expr, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "objective", expression(self.objective, "the objective of Minimizes"))
        for name, empty in (("variables", False), ("point", False), ("multipliers", True)):
            value = expression_tuple(getattr(self, name), f"the {name} of Minimizes", empty=empty)
            object.__setattr__(self, name, value)
        for symbol in self.variables:
            variable(symbol, "a variable of Minimizes")
        if len(self.variables) != len(self.point):
            raise ValueError(
                f"the point of Minimizes has {len(self.point)} coordinates: it has {len(self.variables)} variables"
            )
        if any(value.has(*self.variables) for value in self.point):
            raise ValueError("the point of Minimizes speaks of its variables: write it in constants")
        if not isinstance(self.setting, Setting):
            raise ValueError(f"the setting of Minimizes is {self.setting!r}: write Setting((Hypothesis(…), …))")
        if any(h.index is not None for h in self.setting.hypotheses) or self.setting.rates:
            raise ValueError(
                "the setting of Minimizes has constraints and facts: no rates, and nothing for every index"
            )
        if self.multipliers and len(self.multipliers) != len(self._equations):
            raise ValueError(
                f"Minimizes has {len(self.multipliers)} multipliers for {len(self._equations)} equations: give one each"
            )

    @property
    def _equations(self) -> list[Hypothesis]:
        return [h for h in self.setting.hypotheses if isinstance(h.relation, sp.Eq) and h.relation.has(*self.variables)]

    @property
    def _facts(self) -> Setting:
        return Setting(tuple(h for h in self.setting.hypotheses if not h.relation.has(*self.variables)))

    def meanings(self) -> Iterator[tuple[str, Parts]]:
        put = dict(zip(self.variables, self.point, strict=True))
        constraints = [h.relation for h in self.setting.hypotheses if h.relation.has(*self.variables)]
        allowed = tuple(_as_statement(r, put, self._facts) for r in constraints)
        least = self.objective.xreplace(put)
        if self.multipliers:
            equations = self._equations
            pairs = zip(self.multipliers, (h.relation for h in equations), strict=True)
            bounded = self.objective - sp.Add(*(m * (r.lhs - r.rhs) for m, r in pairs))
            given = Setting(tuple(h for h in self.setting.hypotheses if h not in equations))
            said = f"multipliers {', '.join(map(str, self.multipliers))}"
            yield said, (*allowed, Compare(bounded, least, given))
        yield "", (*allowed, Compare(self.objective, least, self.setting))

    def __str__(self) -> str:
        variables, point = (", ".join(map(str, side)) for side in (self.variables, self.point))
        return f"{self.objective} is least at ({variables}) = ({point})"


def _as_statement(relation: Expr, put: dict[Expr, Expr], setting: Setting) -> Equal | Compare:
    lhs, rhs = (side.xreplace(put) for side in relation.args)
    if isinstance(relation, sp.Eq):
        return Equal(lhs, rhs, setting)
    if isinstance(relation, sp.Ne):
        return Compare((lhs - rhs) ** 2, 0, setting, True)
    strict = isinstance(relation, (sp.Gt, sp.Lt))
    if isinstance(relation, (sp.Lt, sp.Le)):
        lhs, rhs = rhs, lhs
    return Compare(lhs, rhs, setting, strict)


@dataclass(frozen=True)
class Semidefinite(ByDefinition):
    """``A ⪰ B``: the quadratic form of the difference is not negative; ``A ≻ B`` if strict, away from 0.

    Attributes:
        matrix, least: symmetric matrices as tuples of rows; ``least`` is 0 where it is left out.

    >>> a = sp.Symbol("a", real=True)
    >>> print(Semidefinite(((1, a), (a, a**2))))
    ((1, a), (a, a**2)) ⪰ 0
    """

    matrix: tuple[tuple[Expr, ...], ...]
    least: tuple[tuple[Expr, ...], ...] = ()
    setting: Setting = EVERYWHERE
    strict: bool = False

    def __post_init__(self) -> None:
        for name in ("matrix", "least"):
            rows = getattr(self, name)
            rows = tuple(map(tuple, rows.tolist())) if hasattr(rows, "tolist") else rows
            if not isinstance(rows, tuple):
                raise ValueError(f"the {name} of Semidefinite is {rows}: write a tuple of rows")
            found = tuple(expression_tuple(row, f"a row of the {name} of Semidefinite") for row in rows)
            object.__setattr__(self, name, found)
            if any(len(row) != len(found) for row in found):
                raise ValueError(f"the {name} of Semidefinite is not square")
            if any(sp.expand(found[i][j] - found[j][i]) != 0 for i in range(len(found)) for j in range(i)):
                raise ValueError(f"the {name} of Semidefinite is not symmetric")
        if not self.matrix or (self.least and len(self.least) != len(self.matrix)):
            raise ValueError("the matrices of Semidefinite have different sizes, or none")
        check_vocabulary((self.matrix, self.least, self.setting))

    def meanings(self) -> Iterator[tuple[str, Parts]]:
        n = len(self.matrix)
        used = {s.name for row in (*self.matrix, *self.least) for e in row for s in e.free_symbols}
        used |= {s.name for h in self.setting.hypotheses for s in h.relation.free_symbols}
        stem = next(s for s in ("v", "w", "z", "v_", "w_") if not any(name.startswith(s) for name in used))
        v = sp.symbols(f"{stem}1:{n + 1}", real=True)
        less = self.least or ((sp.Integer(0),) * n,) * n
        form = sp.Add(*((self.matrix[i][j] - less[i][j]) * v[i] * v[j] for i in range(n) for j in range(n)))
        given = self.setting
        if self.strict:
            given = given.given(Hypothesis("not the zero vector", sp.Gt(sp.Add(*(s**2 for s in v)), 0)))
        yield "", (Compare(form, 0, given, self.strict),)

    def __str__(self) -> str:
        def shown(rows: tuple[tuple[Expr, ...], ...]) -> str:
            return "(" + ", ".join("(" + ", ".join(map(str, row)) + ")" for row in rows) + ")"

        return f"{shown(self.matrix)} {'≻' if self.strict else '⪰'} {shown(self.least) if self.least else 0}"
