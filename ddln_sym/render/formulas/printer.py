"""SymPy expressions as LaTeX in the notation of a text, with terms and factors in their natural order."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TypeAlias

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE, precedence_traditional

from ddln_sym.render.formulas.layout import LINE, size_brackets, width
from ddln_sym.render.formulas.names import distinct_names, spell_name
from ddln_sym.render.formulas.notation import current_notation
from ddln_sym.render.formulas.rewriting import (
    RELATIONS,
    base_name,
    chain,
    common_power,
    ends_in_sum,
    gap_of_two,
    gaps_of_two,
    negative,
    positive,
    with_gaps,
    zero_gap,
)
from ddln_sym.statements import Auxiliary, Index, LargestOver, Name, Notation, ProductOver, Rate, Slack, SumOver

__all__ = ["LogicPrinter", "Printer"]


Expr: TypeAlias = Any


class LogicPrinter(LatexPrinter):  # type: ignore[misc]
    """Prints formulas over integers and reals."""

    def _print_Mod(self, expr: Expr, exp: Any = None) -> str:
        a, b = (self.parenthesize(x, PRECEDENCE["Mul"], strict=True) for x in expr.args)
        return rf"{a}\bmod {b}"

    def _print_Relational(self, expr: Expr) -> str:
        return f"{self._print(expr.lhs)} {RELATIONS[expr.func]} {self._print(expr.rhs)}"

    def _print_And(self, expr: Expr) -> str:
        chained = chain(expr.args)
        if chained is not None:
            low, middle, high, first, second = chained
            return f"{self._print(low)} {first} {self._print(middle)} {second} {self._print(high)}"
        return self._join(expr, "and")

    def _print_Or(self, expr: Expr) -> str:
        return self._join(expr, "or")

    def _join(self, expr: Expr, word: str) -> str:
        """Clauses in order; of more than fit a line, the first and the last."""
        clauses = [self._clause(a) for a in sorted(expr.args, key=sp.default_sort_key)]
        joint = rf"\ \text{{{word}}}\ "
        if len(clauses) > 2 and width(joint.join(clauses)) > LINE - 8:
            clauses = [clauses[0], r"\dots", clauses[-1]]
        return joint.join(clauses)

    def _clause(self, expr: Expr) -> str:
        body = self._print(expr)
        return body if expr.is_Relational else rf"\left({body}\right)"

    def _print_Implies(self, expr: Expr, altchar: Any = None) -> str:
        return rf"{self._print(expr.args[0])}\ \Longrightarrow\ {self._print(expr.args[1])}"

    def _print_Equivalent(self, expr: Expr, altchar: Any = None) -> str:
        return r"\ \Longleftrightarrow\ ".join(self._print(a) for a in expr.args)

    def _print_Not(self, expr: Expr) -> str:
        return rf"\text{{not}}\ \left({self._print(expr.args[0])}\right)"

    def _print_BooleanTrue(self, expr: Expr) -> str:
        return r"\text{true}"


def has_superscript(tex: str) -> bool:
    """Whether a formula has a superscript or a prime outside of braces, so that TeX allows no second one.

    >>> has_superscript("M^{(1)}"), has_superscript("u_{a^2}")
    (True, False)
    """
    depth = 0
    for c in tex:
        if depth == 0 and c in "^'":
            return True
        depth += (c == "{") - (c == "}")
    return False


PLAIN = Name("")
FUNCTION_NAMES = {sp.asinh: r"\operatorname{arcsinh}", sp.atan: r"\arctan", sp.sign: r"\operatorname{sign}"}
ELEMENTARY = (sp.sinh, sp.cosh, sp.sin, sp.cos, sp.tan)
LARGE = 10**6
LETTERS = {"layer": "kmnqr", "coordinate": "ikmn", "sum": "jhmn"}


class Printer(LogicPrinter):
    """Prints the expressions of one statement.

    Args:
        about: all expressions of the statement: they tell which letters are taken, and whether it speaks
            of one coordinate ``i`` of the layers.
        size: how many values an index takes, if a symbol says so.
        bound: indices of hypotheses, whose letters are free elsewhere.
        plain: print symbols by their names, as for the parameters of a network.
        meaning: what symbols of the kernel stand for.

    What the notation in force does not name is printed by its own name, and no two names alike.

    >>> x, y = sp.symbols("theta Delta_0")
    >>> print(Printer().doprint(2 * sp.asinh(x / y)))
    2\\operatorname{arcsinh}\\left(\\frac{\\theta}{\\Delta_{0}}\\right)
    """

    printmethod = "_latex_of_no_class"  # no expression has it: all of the notation is here

    def __init__(
        self,
        about: Iterable[Expr] = (),
        size: Expr = None,
        meaning: Iterable[tuple[Expr, Expr]] = (),
        bound: Iterable[Expr] = (),
        plain: bool = False,
    ) -> None:
        super().__init__({"inv_trig_style": "full"})
        self.meaning: dict[Expr, Expr] = dict(meaning)
        stated = [e for e in about if isinstance(e, sp.Basic)]
        found = {a for e in stated for a in e.atoms(sp.Symbol, sp.Indexed)}
        self.notation = Notation() if plain else current_notation()
        self.layered = any(self._of_a_layer(a) for a in found)
        self.taken = {a.name for a in found - set(bound) if a.is_Symbol} | ({"i"} if self.layered else set())
        self.size = size
        #: What the statement speaks of, for a table of notation; families and functions by their brackets.
        self.names = {a.name for a in found if a.is_Symbol} | {f"{base_name(a)}[]" for a in found if base_name(a)}
        self.names |= {f"{f.func.__name__}()" for e in stated for f in e.atoms(AppliedUndef)}
        self._letters: dict[Expr, str] = {}
        self._inline = 0
        self._spelled: dict[str, str] = {}
        self._spelled = self._distinct(stated, found)
        written = [*self._spelled.values(), *(self._print_entry(a) for a in found if base_name(a))]
        self._slack = next(c for c in "srpqzwabcdefgh" if not any(tex.startswith(f"{c}_") for tex in written))
        if self.notation.gaps:
            self.names |= {"Delta[]"} if "v0[]" in self.names else set()
            self.names |= {"Delta_0"} if {"u0", "v0"} <= self.names else set()
        self.names = set() if plain else self.names

    @property
    def taken_names(self) -> list[str]:
        """How the symbols of the statement are written: no abbreviation may have such a name."""
        return list(self._spelled.values())

    def doprint(self, expr: Expr) -> str:
        return size_brackets(str(super().doprint(expr)))

    def inline(self, expr: Expr) -> str:
        """For exponents: fractions with a slash."""
        self._inline += 1
        try:
            return str(self._print(expr))
        finally:
            self._inline -= 1

    # -- symbols --------------------------------------------------------------------------------
    def _of_a_layer(self, expr: Expr) -> bool:
        """Whether a quantity belongs to one coordinate of the layers of a text."""
        layers = self.notation.layers
        return bool(layers) and (base_name(expr) in layers or (expr.is_Symbol and expr.name == "v1"))

    def _distinct(self, stated: list[Expr], found: set[Expr]) -> dict[str, str]:
        """How the symbols and functions of the statement are written, no two alike."""
        wanted = [(a.name, self._wanted(a.name)) for a in found if a.is_Symbol and not isinstance(a, Auxiliary)]
        names = {f.func.__name__ for e in stated for f in e.atoms(AppliedUndef)}
        wanted += [(name, spell_name(name)) for name in names if name not in self.notation.functions]
        taken = {self._print_entry(a) for a in found if base_name(a)}
        return distinct_names(wanted, taken)

    def _wanted(self, name: str) -> str:
        given = self.notation.symbols.get(name)
        if given is None:
            return spell_name(name)
        return given.coordinate if self.layered and given.coordinate else given.tex

    def name_of(self, expr: Expr) -> Name:
        if isinstance(expr, sp.Indexed):
            return self.notation.families.get(base_name(expr), PLAIN)
        return self.notation.symbols.get(expr.name, PLAIN) if expr.is_Symbol else PLAIN

    def _print_Symbol(self, expr: Expr, style: str = "plain") -> str:
        if expr in self.meaning:
            return str(self._print(self.meaning[expr]))
        if expr in self._letters:
            return self._letters[expr]
        if isinstance(expr, Slack):
            return f"{self._slack}_{{{expr.number}}}"
        if isinstance(expr, Index) and type(expr) is not Index:  # an index of the kernel's own
            return "k"
        return self._spelled.get(expr.name) or self._wanted(expr.name)

    def _print_Indexed(self, expr: Expr) -> str:
        return self._print_entry(expr)

    def _print_entry(self, expr: Expr) -> str:
        index = ",".join(self._print(i) for i in expr.indices)
        if (name := self.notation.families.get(base_name(expr))) is not None:
            return name.tex.format(index)
        base = spell_name(base_name(expr))
        return f"{{{base}}}_{{{index}}}" if "_" in base or "^" in base else f"{base}_{{{index}}}"

    # -- sums and products --------------------------------------------------------------------------
    def _print_Add(self, expr: Expr, order: Any = None) -> str:
        terms = self._natural(with_gaps(expr) if self.notation.gaps else expr)
        parts = []
        for n, term in enumerate(terms):
            minus = negative(term)
            body = self._print(-term if minus else term)
            if term.is_Add or (n + 1 < len(terms) and ends_in_sum(term)):
                body = rf"\left({body}\right)"
            parts.append(("-" if minus else "") if n == 0 else (" - " if minus else " + "))
            parts.append(body)
        return "".join(parts)

    def _natural(self, expr: Expr) -> list[Expr]:
        """The terms: a positive one first, sums over an index last."""
        terms = list(expr.as_ordered_terms()) if expr.is_Add else [expr]
        if terms and negative(terms[0]):
            first = next((n for n, t in enumerate(terms) if not negative(t)), 0)
            terms.insert(0, terms.pop(first))
        return sorted(terms, key=lambda t: (not t.has(Rate), t.has(SumOver)))

    def _print_Mul(self, expr: Expr) -> str:
        factors = list(sp.Mul.make_args(expr))
        factors = gaps_of_two(factors) if self.notation.gaps else factors
        number = sp.Mul(*(f for f in factors if f.is_Rational))
        above, below = [], []
        for factor in factors:
            base, power = factor.as_base_exp() if factor.is_Pow else (factor, sp.Integer(1))
            if factor.is_Rational:
                continue
            if factor.is_Pow and power.is_Rational and power < 0:
                below.append(base if power == -1 else sp.Pow(base, -power, evaluate=False))
            else:
                above.append(factor)
        if not above and not below:
            return str(super()._print_Mul(expr))
        number, above = positive(number, above)
        minus, number = ("-" if number < 0 else ""), abs(number)
        if not below:
            return minus + self._coefficient(number, bool(above)) + self._factors(above)
        if self._inline:
            top = self._coefficient(sp.Integer(number.p), bool(above)) + self._factors(above)
            whole = self._factors([*([sp.Integer(number.q)] if number.q != 1 else []), *below])
            wrapped = rf"\left({whole}\right)" if len(below) + (number.q != 1) > 1 else whole
            return f"{minus}{top or '1'}/{wrapped}"
        top = self._coefficient(sp.Integer(number.p), bool(above)) + self._factors(above, len(above) + (number.p > 1))
        bottom = self._coefficient(sp.Integer(number.q), True) + self._factors(below, len(below) + (number.q > 1))
        return rf"{minus}\frac{{{top or '1'}}}{{{bottom}}}"

    def _coefficient(self, number: Expr, more: bool) -> str:
        if number == 1 and more:
            return ""
        if number.q == 1 and number.p < LARGE:
            return str(number.p)
        if max(number.p, number.q) >= LARGE and (power := common_power(number)) is not None:
            return rf"\left({self._print(power[0])}\right)^{{{power[1]}}}"
        return (
            f"{number.p}/{number.q}" + (r"\," if more else "")
            if self._inline
            else rf"\tfrac{{{number.p}}}{{{number.q}}}"
        )

    def _factors(self, factors: list[Expr], count: int = 2) -> str:
        ordered = sorted(factors, key=self._place)
        printed = []
        for n, factor in enumerate(ordered):
            body = self._print(factor)
            lonely = count == 1 and len(ordered) == 1
            core = self.meaning.get(factor, factor)
            if (not lonely and (core.is_Add or core.is_Mul or core.is_Relational or self.name_of(core).sum)) or (
                n + 1 < len(ordered) and isinstance(core, (SumOver, ProductOver, LargestOver))
            ):
                body = rf"\left({body}\right)"
            printed.append(body)
        return r" ".join(printed)

    def _place(self, factor: Expr) -> tuple[int, str]:
        """Where a factor stands: numbers and parameters, symbols, functions, brackets, slopes, sums over an index."""
        base = factor.as_base_exp()[0] if factor.is_Pow else factor
        base = self.meaning.get(base, base)
        rank = 3
        if base.is_number:
            rank = 0
        elif base.is_Symbol or isinstance(base, sp.Indexed):
            rank = 6 if self.name_of(base).last else 2 if isinstance(base, sp.Indexed) else 1
        elif isinstance(base, (SumOver, ProductOver, LargestOver)):
            rank = 8 if not isinstance(base, SumOver) else 9
        elif base.is_Add:
            rank = 5
        elif isinstance(base, Rate):
            rank = 7
        return rank, re.sub(r"\d+", lambda n: n[0].zfill(4), str(factor))

    def _print_Pow(self, expr: Expr) -> str:
        expr = zero_gap(expr) if self.notation.gaps else expr
        base, power = expr.base, expr.exp
        if power.is_Rational and power < 0:
            return self._print_Mul(expr)
        if power == sp.Rational(1, 2):
            return rf"\sqrt{{{self._print(base)}}}"
        if base == sp.E:
            return rf"e^{{{self.inline(power)}}}"
        if isinstance(base, sp.Function) and base.func in ELEMENTARY and power.is_Integer:
            return self._print_Function(base, self.inline(power))
        return rf"{self._raisable(base)}^{{{self.inline(power)}}}"

    def _raisable(self, base: Expr) -> str:
        base = self.meaning.get(base, base)
        body = str(self._print(base))
        if isinstance(base, sp.Abs):
            return body
        simple = False
        if base.is_Symbol or isinstance(base, sp.Indexed):
            name = self.name_of(base)
            simple = not (has_superscript(body) if name is PLAIN else name.raised or name.sum)
        whole = base.is_Integer and base >= 0
        return body if simple or whole else rf"\left({body}\right)"

    def parenthesize(self, item: Expr, level: int, is_neg: bool = False, strict: bool = False) -> str:
        core = self.meaning.get(item, item)
        if isinstance(core, sp.Symbol) and self.name_of(core).sum and level > PRECEDENCE["Add"]:
            return rf"\left({self._print(core)}\right)"
        if precedence_traditional(core) != precedence_traditional(item):
            return super().parenthesize(core, level, is_neg, strict)  # type: ignore[no-any-return]
        return super().parenthesize(item, level, is_neg, strict)  # type: ignore[no-any-return]

    def _over(self, expr: Any, head: str) -> str:
        letter = self._letter(expr)
        self._letters[expr.index] = letter
        try:
            body = self._print(expr.term)
        finally:
            del self._letters[expr.index]
        if expr.term.is_Add:
            body = rf"\left({body}\right)"
        if expr.without:
            range_ = rf"_{{{letter}\ne {','.join(self._print(w) for w in expr.without)}}}"
        elif isinstance(expr, LargestOver) and self.size is not None:
            range_ = rf"_{{1\le {letter}\le {self.size_name}}}"
        elif self.size is not None and self.size.is_Symbol:
            range_ = rf"_{{{letter}=1}}^{{{self.size_name}}}"
        else:
            range_ = f"_{{{letter}}}"
        return rf"{head}{range_} {body}"

    @property
    def size_name(self) -> str:
        return str(self._print(self.size))

    def _letter(self, expr: Any) -> str:
        """A letter for the bound index that is not taken."""
        bases = {base_name(a) for a in expr.term.atoms(sp.Indexed)}
        kind = "layer" if bases & {*self.notation.layers} or not bases else "coordinate"
        if isinstance(expr, SumOver) and expr.term.atoms(ProductOver):
            kind = "sum"
        taken = self.taken | set(self._letters.values())
        return next(letter for letter in LETTERS[kind] + "abcdefgh" if letter not in taken)

    def _print_SumOver(self, expr: Expr, exp: Any = None) -> str:
        return self._over(expr, r"\sum")

    def _print_ProductOver(self, expr: Expr, exp: Any = None) -> str:
        return self._over(expr, r"\prod")

    def _print_LargestOver(self, expr: Expr, exp: Any = None) -> str:
        body = self._over(expr, r"\max")
        return body if expr.term.is_Add or isinstance(expr.term, sp.Abs) else rf"\left({body}\right)"

    # -- derivatives and functions ----------------------------------------------------------------------
    def _print_Rate(self, expr: Expr, exp: Any = None) -> str:
        inner = expr.args[0]
        body = self._print(inner)
        if (inner.is_Symbol or isinstance(inner, sp.Indexed)) and not self.name_of(inner).sum:
            return rf"\frac{{d{body}}}{{dt}}" if len(body) < 18 else rf"\frac{{d}}{{dt}}{body}"
        closed = isinstance(inner, (sp.Indexed, ProductOver, SumOver)) or (inner.is_Pow and inner.exp.is_Integer)
        return rf"\frac{{d}}{{dt}}{body}" if closed else rf"\frac{{d}}{{dt}}\left({body}\right)"

    def _print_Derivative(self, expr: Expr) -> str:
        variable = self._print(expr.variables[0])
        return rf"\frac{{d}}{{d{variable}}}\left({self._print(expr.expr)}\right)"

    def _print_Abs(self, expr: Expr, exp: Any = None) -> str:
        inner = expr.args[0]
        if self._is_sigma(inner):
            return self.notation.symbols["Delta_0"].tex
        return rf"\left|{self._print(inner)}\right|"

    def _is_sigma(self, expr: Expr) -> bool:
        return self.notation.gaps and gap_of_two(expr)

    def _print_Function(self, expr: Expr, exp: Any = None) -> str:
        arguments = ", ".join(self._print(a) for a in expr.args)
        if isinstance(expr, AppliedUndef):
            name = self.notation.functions.get(expr.func.__name__)
            if name is not None:
                return name.tex.format(arguments)
            head = self._spelled.get(expr.func.__name__) or spell_name(expr.func.__name__)
            return rf"{head}\left({arguments}\right)"
        head = FUNCTION_NAMES.get(expr.func, rf"\{expr.func.__name__}")
        head += "" if exp is None else f"^{{{exp}}}"
        if isinstance(expr.args[0], sp.Abs) and not self._is_sigma(expr.args[0].args[0]):
            return head + arguments
        return rf"{head}\left({arguments}\right)"

    _print_log = _print_sign = _print_Function

    def _print_ExpBase(self, expr: Expr, exp: Any = None) -> str:
        return rf"e^{{{self.inline(expr.args[0])}}}"

    def _print_Infinity(self, expr: Expr) -> str:
        return r"\infty"

    def _print_NegativeInfinity(self, expr: Expr) -> str:
        return r"-\infty"

    def _print_Rational(self, expr: Expr) -> str:
        return f"{expr.p}/{expr.q}" if self._inline and expr.q != 1 else str(super()._print_Rational(expr))
