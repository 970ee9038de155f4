"""The checker's questions about a statement, answered by the procedures of the kernel and recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import copy
from fractions import Fraction
from itertools import permutations
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from ddln_sym import checker
from ddln_sym.checker import Checker, Poly, Rejected, Tree, read, write
from ddln_sym.kernel.change_of_variables import change_of, in_nonzero_forms
from ddln_sym.kernel.normal_forms import UNREADABLE, Tower
from ddln_sym.kernel.polynomials import Generator, factors, remainder
from ddln_sym.kernel.positivity import Search, express
from ddln_sym.kernel.trees import FUNCTIONS, tree
from ddln_sym.statements import (
    Auxiliary,
    BoundIndex,
    Compare,
    Equal,
    Index,
    ProductOver,
    SumOver,
    expressions_in,
)

Expr = Any

__all__ = ["Answering", "Recording"]


class Recording(Checker):
    """The checker, with answers that are looked for and recorded."""

    def __init__(self, said: dict[str, Any]) -> None:
        self.said: list[dict[str, Any]] = []
        self.needed = True  # whether there is no proof without the answer
        super().__init__(said, iter(()))

    def ask(self, kind: str, about: Any, optional: bool = False, using: Any = ()) -> Any:
        self.needed = not optional
        answer = self.answer(kind, about, using)
        if answer is None and not optional:
            shown = about if kind in ("value", "case") else self.tree_of(read(about))
            raise Rejected(f"no certificate found: {shown} {kind} 0"[:300])
        self.said.append({kind: about, "answer": answer})
        return answer

    def answer(self, kind: str, about: Any, using: Any) -> Any:
        """What is found, or None."""
        raise NotImplementedError

    def everything(self) -> dict[str, Any]:
        """What has been said and met, to go back to with ``vars(self).update``."""
        before = {name: copy(value) for name, value in vars(self).items() if isinstance(value, (list, set, dict))}
        return {**before, "families": {name: [*family] for name, family in self.families.items()}}

    def expr(self, poly: Poly) -> Expr:
        return sp.Add(*(
            sp.Rational(c.numerator, c.denominator) * sp.Mul(*(self.generator(a) ** n for a, n in m))
            for m, c in poly.items()
        ))  # fmt: skip

    def generator(self, atom: int) -> Expr:
        head = self.atoms[atom][0] if isinstance(self.atoms[atom], list) else ""
        families = {"^": "root", "abs": "modulus", "exp": "exp", "log": "log", "sign": "sign", "sum": "sum"}
        families |= {"product": "product", "sin": "function", "cos": "function", "call": "function"}
        if head in families:
            return Generator(families[head], f"a{atom}")
        return Auxiliary(f"a{atom}", real=True)

    @staticmethod
    def data(e: Expr) -> list[Any]:
        """A polynomial in the symbols of atoms as it stands in the file."""
        poly: Poly = {}
        for term in sp.Add.make_args(sp.expand(e)):
            coefficient, rest = term.as_coeff_Mul()
            if coefficient:
                powers = sorted((int(s.name[1:]), int(n)) for s, n in rest.as_powers_dict().items() if s != 1)
                poly[tuple(powers)] = Fraction(int(coefficient.p), int(coefficient.q))
        return write(poly)


class Answering(Recording):
    """The checker, with answers that are looked for and recorded."""

    def __init__(self, said: dict[str, Any], proposition: Equal | Compare, together: bool = False) -> None:
        self.proposition, self.together = proposition, together
        self.symbols = {e.__name__ if isinstance(e, type) else e.name: e for e in _symbols(proposition)}
        changed, self.forms = in_nonzero_forms(proposition)  # type: ignore[type-var]
        self.change = change_of(self.forms) if self.forms else {}
        self.tower = Tower(changed.setting)
        super().__init__(said)

    def answer(self, kind: str, about: Any, using: Any) -> Any:
        if kind == "value":
            return self.simpler(about)
        poly = self.expr(read(about))
        if kind == "factors":
            return self.pieces_of(poly)
        if kind in ("term", "argument"):
            relations = [*map(self.expr, using)]
            rest = remainder(poly, relations)
            before, after = (len(sp.Add.make_args(p)) for p in (poly, rest))
            factored = kind == "argument" and len(factors(rest)[1]) > len(factors(poly)[1])
            if rest == poly or (after > before and not factored):
                return None
            found = express(sp.expand(poly - rest), relations)
            return (
                None if found is None else {"is": self.data(rest), "cofactors": [[n, self.data(c)] for n, c in found]}
            )
        if kind == "each":
            share = sp.cancel(poly / self.expr(using))
            return self.data(share) if share.is_polynomial() else None
        if kind == "zero":
            found = express(poly, [*map(self.expr, using)])
            return None if found is None else [[n, self.data(c)] for n, c in found]
        facts = [(self.expr(p), strict) for p, strict in using[0]]
        how = Search(facts, [*map(self.expr, using[1])], thorough=self.needed).sign(poly, kind)
        return None if how is None else how.data(self.data)

    def introduce_all(self) -> list[Any]:
        """Sums split at an index that a hypothesis or a product leaves out, and products whose factors compare."""
        found: list[Any] = []
        proposition = self.proposition
        sides = (proposition.lhs, proposition.rhs)
        heads = {h for side in sides for h in side.atoms(ProductOver)}
        barred = {
            w for h in (*heads, *proposition.setting.hypotheses) for w in h.without if not isinstance(w, BoundIndex)
        }
        for total in sorted({s for side in sides for s in side.atoms(SumOver) if not s.without}, key=str):
            for index in sorted(barred, key=str):
                found += self.try_entry("look", tree(SumOver(total.term, total.index, index)))
                heads |= total.at(index).atoms(ProductOver)
        for h in sorted(heads, key=str):
            if h.without and not h.term.atoms(BoundIndex) - {h.index}:
                found += self.try_entry("look", tree(type(h)(h.term, h.index)))
        own = sorted((h for h in heads if not any(isinstance(w, BoundIndex) for w in h.without)), key=str)
        for upper, lower in permutations(own, 2):
            if upper.without == lower.without:
                pair = tree(upper), tree(lower)
                found += self.try_entry("equal factors", *pair) or self.try_entry("larger factors", *pair)
        return found

    def try_entry(self, sort: str, *trees: Tree) -> list[Any]:
        """The entry, if what it says is found to hold; what was said in vain is not recorded."""
        before = self.everything()
        try:
            self.introduce(sort, *trees)
        except Rejected:
            vars(self).update(before)
            return []
        return [[sort, *trees]]

    # -- between atoms and SymPy ----------------------------------------------------------------------
    def pieces_of(self, poly: Expr) -> list[Any]:
        """Factors; or, if they are kept together, monomials and what remains, which may have a sign as a whole."""
        constant, pieces = factors(poly)
        if self.together:
            plain = [(p, n) for p, n in pieces if p.is_Symbol]
            powers = sorted({n for p, n in pieces if not p.is_Symbol})
            pieces = [
                *plain,
                *((sp.expand(sp.Mul(*(p for p, m in pieces if m == n and not p.is_Symbol))), n) for n in powers),
            ]
        odd = next((k for k, (_, n) in enumerate(pieces) if n % 2), None)
        if constant < 0 and odd is not None:
            constant, pieces[odd] = -constant, (sp.expand(-pieces[odd][0]), pieces[odd][1])
        found = [] if constant == 1 else [(constant, 1)]
        return [[self.data(p), n] for p, n in [*found, *pieces]]

    def sympy(self, t: Tree) -> Expr:
        """The expression of a tree."""
        plain = checker.rational(t)
        if plain is not None:
            return sp.Rational(plain.numerator, plain.denominator)
        if isinstance(t, str):
            return self.symbols.get(t) or (Index(t) if t in self.indices else sp.Symbol(t, real=True))
        head, *parts = t
        if head == "at":
            return self.symbols[parts[0]][self.sympy(parts[1])]
        if head in ("sum", "product"):
            bound, barred = BoundIndex(parts[1]), [*map(self.sympy, parts[2])]
            term = self.sympy_with(parts[1], bound, parts[0])
            return (SumOver if head == "sum" else ProductOver)(term, bound, *barred)
        if head == "call":
            return self.symbols[parts[0]](*map(self.sympy, parts[1:]))
        values = [self.sympy(p) for p in parts]
        return {"+": sp.Add, "*": sp.Mul, "^": sp.Pow, **FUNCTIONS}[head](*values)

    def sympy_with(self, name: str, bound: Expr, term: Tree) -> Expr:
        before = self.symbols
        self.symbols = {**before, name: bound}
        try:
            return self.sympy(term)
        finally:
            self.symbols = before

    def simpler(self, about: Tree) -> Tree | None:
        """What the kernel's normal form makes of an expression, written in terms of the statement again."""
        try:
            e = self.sympy(about).xreplace(self.change)
            self.tower.distinct |= {frozenset((self.sympy(_load(a)), self.sympy(_load(b)))) for a, b in
                                     (tuple(pair) for pair in self.distinct if len(pair) == 2)}  # fmt: skip
            found = self.explain(self.tower.lift(e))
        except (KeyError, *UNREADABLE):
            return None
        return None if found == about else found

    def explain(self, e: Expr) -> Tree:
        """An expression in the generators of the normal form, each written out, without letting SymPy join them."""
        inside = {g: self.tower.meaning.get(g, self.forms.get(g)) for g in e.free_symbols}
        return tree(e, {g: self.explain(stood) for g, stood in inside.items() if stood is not None})


def _load(name: str) -> Tree:
    return json.loads(name)


def _symbols(proposition: Any) -> Iterator[Expr]:
    for kind in (sp.Symbol, sp.IndexedBase, AppliedUndef):  # the label of an array is a symbol of its name
        for e in expressions_in(proposition):
            for s in e.atoms(kind):
                if not isinstance(s, BoundIndex):
                    yield s.func if isinstance(s, AppliedUndef) else s
