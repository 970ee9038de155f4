"""SymPy terms as terms of Rocq, with what has to hold for them to have a value.

Terms are total in Rocq and partial in SymPy: ``/ 0``, ``sqrt (-1)``, ``ln 0`` and ``Rpower 0 x`` are numbers there.
So a printer collects, beside the text, the conditions under which a term has a value, and nothing is stated by
what Rocq makes of a term without one.  Layers are counted from 0 in Rocq and from 1 in the paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import sympy as sp

from ddln_sym.statements import ProductOver, Rate, SumOver

__all__ = ["RocqPrinter", "Untranslatable", "name_of"]

Expr: TypeAlias = Any

ATOM, APPLIED, POWER, TIMES, PLUS = range(5)  # how loosely a term binds
#: Words of Rocq, and names that the statements use themselves.
RESERVED = {
    *"IOSRQNZEP",
    "PI",
    "Prod",
    "Sum",
    "but",
    "drop",
    "put",
    "at",
    "in",
    "as",
    "s",
    "t",
    "x",
    "exp",
    "ln",
    "sign",
}
CALLS = {
    sp.exp: "exp",
    sp.log: "ln",
    sp.Abs: "Rabs",
    sp.sign: "sign",
    sp.sinh: "sinh",
    sp.cosh: "cosh",
    sp.tanh: "tanh",
}
CALLS |= {sp.asinh: "arcsinh", sp.atan: "atan", sp.cos: "cos", sp.sin: "sin", sp.tan: "tan"}
RELATIONS = {sp.Eq: "{0} = {1}", sp.Ne: "{0} <> {1}", sp.Ge: "{1} <= {0}", sp.Gt: "{1} < {0}"}
RELATIONS |= {sp.Le: "{0} <= {1}", sp.Lt: "{0} < {1}"}


class Untranslatable(ValueError):
    """A proposition that has no faithful statement here; the message says why."""


def name_of(symbol: Any) -> str:
    """A symbol as a Rocq identifier.

    >>> name_of(sp.Symbol("z_+")), name_of(sp.Symbol("I"))
    ('z_plus', 'I_')
    """
    name = str(symbol).replace("_+", "_plus").replace("_-", "_minus")
    return f"{name}_" if name in RESERVED else name


@dataclass
class RocqPrinter:
    """Prints terms at one point of time.

    Attributes:
        size: the number of layers or coordinates, if it is a symbol.
        moving: names of functions of time; time: the point at which they are taken.
        renamed: name ↦ (function, point), for names that stand for something else: ``u0[k]`` is ``u k 0`` along a flow.
        direction: for a partial derivative, the entry that varies.
        binders: (index, excluded indices) of the sums and products around the term.
        strict: under a derivative, where √x needs x > 0; clock: whether the symbol t is the time itself.
        defined: what has to hold for the terms printed so far; rates: the derivatives they mention, by name.

    >>> x, y = sp.symbols("x_0 y", real=True)
    >>> printer = RocqPrinter()
    >>> printer(x / y + sp.sqrt(x)), printer.defined
    ('sqrt x_0 + x_0 / y', ['0 <= x_0', 'y <> 0'])
    """

    size: Expr = None
    moving: frozenset[str] = frozenset()
    time: str = "t"
    renamed: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    direction: Expr = None
    binders: tuple[tuple[Expr, tuple[Expr, ...]], ...] = ()
    strict: bool = False
    clock: bool = False
    defined: list[str] = field(default_factory=list)
    rates: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, e: Expr, most: int = PLUS) -> str:
        """The text of a term, in parentheses if it binds more loosely than ``most``."""
        text, level = self._term(sp.sympify(e))
        return text if level <= most else f"({text})"

    # -- indices ------------------------------------------------------------------------------------
    def place(self, index: Expr) -> str:
        if index.is_Integer:
            return f"{int(index) - 1}%nat"
        if index.is_Symbol:
            return name_of(index)
        raise Untranslatable(f"the index {index}")

    def count(self) -> str:
        if self.size is None:
            raise Untranslatable("an index without a range")
        return name_of(self.size)

    def for_each(self, index: Expr, without: tuple[Expr, ...], body: str) -> str:
        """``body`` for every value of an index."""
        k = name_of(index)
        apart = "".join(f"{k} <> {self.place(w)} -> " for w in without)
        return f"(forall {k} : nat, ({k} < {self.count()})%nat -> {apart}{body})"

    def _needs(self, condition: str) -> None:
        for index, without in reversed(self.binders):
            condition = self.for_each(index, without, condition)
        if condition not in self.defined:
            self.defined.append(condition)

    # -- terms --------------------------------------------------------------------------------------
    def _term(self, e: Expr) -> tuple[str, int]:
        if e.is_Rational:
            return (str(e) if e.is_Integer and e >= 0 else f"({e})"), ATOM
        if e.is_Symbol:
            return self._symbol(e)
        if isinstance(e, sp.Indexed):
            label = str(e.base)
            function, time = self.renamed.get(label, (name_of(label), self.time if label in self.moving else ""))
            return f"{function} {self.place(e.indices[0])} {time}".rstrip(), APPLIED
        if isinstance(e, (SumOver, ProductOver)):
            return self._over(e), APPLIED
        if isinstance(e, (Rate, sp.Derivative)):
            return self._rate(e), ATOM
        if e.is_Add:
            return self._sum(e), PLUS
        if e.is_Mul:
            return self._product(e), TIMES
        if e.is_Pow:
            return self._power(*e.args)
        if isinstance(e, sp.core.function.AppliedUndef):
            return f"{e.func} {self(e.args[0], ATOM)}", APPLIED
        return self._call(e), APPLIED

    def _symbol(self, e: Expr) -> tuple[str, int]:
        if e == self.size:
            return f"INR {self.count()}", APPLIED
        if e.is_integer:
            raise Untranslatable(f"the index {e} as a number")
        if str(e) in self.renamed:
            text = " ".join(self.renamed[str(e)]).rstrip()
            return text, APPLIED if " " in text and not text.startswith("(") else ATOM
        if str(e) == "t" and self.clock:
            return self.time, ATOM
        return (f"{name_of(e)} {self.time}", APPLIED) if str(e) in self.moving else (name_of(e), ATOM)

    def _call(self, e: Expr) -> str:
        if type(e) not in CALLS:
            raise Untranslatable(f"{type(e).__name__} in {e}")
        inner = self(e.args[0], ATOM)
        if isinstance(e, sp.log):
            self._needs(f"0 < {inner}")
        if isinstance(e, sp.tan):
            self._needs(f"cos {inner} <> 0")
        return f"{CALLS[type(e)]} {inner}"

    def _sum(self, e: Expr) -> str:
        first, *rest = sorted(e.args, key=lambda a: (a.could_extract_minus_sign(), sp.default_sort_key(a)))
        signed = ((" - ", -a) if a.could_extract_minus_sign() else (" + ", a) for a in rest)
        return self(first, TIMES) + "".join(sign + self(a, TIMES) for sign, a in signed)

    def _over(self, e: Expr) -> str:
        inner = replace(self, binders=(*self.binders, (e.index, e.without)))  # with the same lists
        function = f"(fun {name_of(e.index)} => {inner(e.term)})"
        hole, head = ("but", "Prod") if isinstance(e, ProductOver) else ("drop", "Sum")
        for w in e.without:
            function = f"({hole} {self.place(w)} {function})"
        return f"{head} {self.count()} {function}"

    def _product(self, e: Expr) -> str:
        if e.could_extract_minus_sign() and not any(f.is_Add and f.could_extract_minus_sign() for f in e.args):
            return f"- {self(-e, POWER)}"
        above, below = [], []
        for factor in e.args:
            if factor.is_Rational:
                above += [sp.Integer(factor.p)] if factor.p != 1 else []
                below += [sp.Integer(factor.q)] if factor.q != 1 else []
            elif factor.is_Pow and factor.exp.is_Rational and factor.exp < 0:
                below.append(factor.base**-factor.exp)
                self._invertible(*factor.args)
            else:
                above.append(factor)
        text = " * ".join(self(f, POWER) for f in above) or "1"
        return text + "".join(f" / {self(f, POWER)}" for f in below)

    def _invertible(self, base: Expr, exponent: Expr) -> None:
        self._needs(f"{self(base, TIMES)} <> 0" if exponent.is_Integer else f"0 < {self(base, TIMES)}")

    def _power(self, base: Expr, exponent: Expr) -> tuple[str, int]:
        if exponent.is_Integer and exponent >= 0:
            return f"{self(base, APPLIED)} ^ {exponent}", POWER
        if exponent.is_Rational and exponent < 0:
            self._invertible(base, exponent)
            return f"/ {self(base**-exponent, POWER)}", TIMES
        if exponent == sp.Rational(1, 2):
            self._needs(f"0 {'<' if self.strict else '<='} {self(base, TIMES)}")
            return f"sqrt {self(base, ATOM)}", APPLIED
        if exponent.is_integer and exponent.free_symbols == {self.size}:
            return f"{self(base, APPLIED)} ^ {self._natural(exponent)}", POWER
        self._needs(f"0 < {self(base, TIMES)}")
        return f"Rpower {self(base, ATOM)} {self(exponent, ATOM)}", APPLIED

    def _natural(self, exponent: Expr) -> str:
        """``aL − b`` with a natural number for every L ≥ 2, where the truncated difference is the difference."""
        line = sp.Poly(exponent, self.size)
        a, b = line.coeff_monomial(self.size), -line.coeff_monomial(1)
        if line.degree() != 1 or a < 1 or b < 0 or 2 * a < b:
            raise Untranslatable(f"the exponent {exponent}")
        return f"({a} * {self.count()} - {b})"

    # -- derivatives --------------------------------------------------------------------------------
    def _rate(self, e: Expr) -> str:
        """A name for a derivative: the fact that it is one, and what that asks for, are collected."""
        inner = e.args[0]
        if inner.atoms(Rate, sp.Derivative) or len(self.binders) > 1:
            raise Untranslatable(f"a rate of a rate, or under two indices: {e}")
        replace(self, strict=True)(inner)
        moved = {name: (f, "s" if point == "t" else point) for name, (f, point) in self.renamed.items()}
        along = replace(self, time="s", renamed=moved, defined=[], strict=True)
        variable, point = "s", self.time
        if isinstance(e, sp.Derivative):
            along, variable = replace(along, time=self.time, renamed=self.renamed), name_of(e.variables[0])
            point = variable
        elif self.direction is not None:
            base, place = name_of(self.direction.base), self.place(self.direction.indices[0])
            along = replace(along, time="", renamed={base: (f"put {place} x {base}", "")})
            variable, point = "x", f"({base} {place})"
        name = f"r{len(self.rates) + 1}"
        here = f"({name} {name_of(self.binders[0][0])})" if self.binders else name
        fact = f"is_derive (fun {variable} => {along(inner)}) {point} {here}"
        for index, without in self.binders:
            fact = self.for_each(index, without, fact)
        self.rates.append((f"{name} : {'nat -> R' if self.binders else 'R'}", fact))
        return here

    # -- relations ----------------------------------------------------------------------------------
    def relation(self, r: Expr) -> str:
        """An equation or inequality of numbers, or ``j = k``, ``j ≠ k`` of indices."""
        if all(s.is_integer and (s.is_Symbol or s.is_Integer) and s != self.size for s in r.args):
            if not isinstance(r, (sp.Eq, sp.Ne)):
                raise Untranslatable(f"an order of indices: {r}")
            return RELATIONS[type(r)].format(*map(self.place, r.args))
        return RELATIONS[type(r)].format(*map(self, r.args))
