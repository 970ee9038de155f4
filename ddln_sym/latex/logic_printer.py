"""Boolean formulas and relations as LaTeX, in words where a text would have words."""

from __future__ import annotations

from typing import Any, TypeAlias

import sympy as sp
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE

from ddln_sym.latex.conventions import RELATIONS, chain
from ddln_sym.latex.layout import LINE, width

__all__ = ["LogicPrinter"]

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
        return self._joined(expr, "and")

    def _print_Or(self, expr: Expr) -> str:
        return self._joined(expr, "or")

    def _joined(self, expr: Expr, word: str) -> str:
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
