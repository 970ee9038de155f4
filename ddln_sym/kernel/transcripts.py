"""Steps written out whole, so that :mod:`ddln_sym.checker` can check them without SymPy and z3.

The checker says what it needs to know of a proposition; here the answers are looked for, with the procedures of the
kernel, and recorded.  Nothing here is trusted: a wrong answer is one that the checker rejects.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, permutations, product
from types import MappingProxyType
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.polys.rings import PolyElement

from ddln_sym import checker
from ddln_sym.checker import Checker, Poly, Rejected, Tree, read, write
from ddln_sym.kernel import signs
from ddln_sym.kernel.change_of_variables import change_of, in_nonzero_forms
from ddln_sym.kernel.counterexamples import symbols_of
from ddln_sym.kernel.normal_forms import UNREADABLE, Tower
from ddln_sym.kernel.polynomials import Generator, factors, remainder, ring_of
from ddln_sym.statements import (
    Auxiliary,
    BoundIndex,
    ByDefinition,
    Certificate,
    Commutes,
    Compare,
    Consequence,
    Continuous,
    Denied,
    Equal,
    FullRank,
    Hypothesis,
    Index,
    Needed,
    Polynomial,
    ProductOver,
    Rate,
    RateRule,
    SeparateBlocks,
    Setting,
    Slack,
    Step,
    SumOver,
    expressions_in,
)

Expr = Any

__all__ = ["proof", "transcript"]

BASIS, PAIRS, TERMS = 40, 200, 400  # elements of a Gröbner basis, pairs, terms of a polynomial that is looked at
MANY = 15  # terms of a polynomial of which more than one square is completed
LEMMAS = 10  # that are tried for one sign


# -- expressions as trees ------------------------------------------------------------------------------
_HEADS = {
    sp.Abs: "abs", sp.sign: "sign", sp.exp: "exp", sp.log: "log", sp.sinh: "sinh", sp.cosh: "cosh", sp.asinh: "asinh",
    sp.sin: "sin", sp.cos: "cos", sp.tan: "tan", sp.tanh: "tanh", sp.atan: "atan", Rate: "rate",
}  # fmt: skip
_FUNCTIONS = {name: head for head, name in _HEADS.items()}
_RELATIONS = {sp.Eq: "=", sp.Ne: "≠", sp.Gt: ">", sp.Ge: "≥", sp.Lt: "<", sp.Le: "≤"}


def tree(e: Expr, meaning: Mapping[Expr, Tree] = MappingProxyType({})) -> Tree:
    """A SymPy expression as nested lists of its heads, names and whole numbers; symbols may have a meaning.

    >>> x = sp.Symbol("x", real=True)
    >>> tree(sp.sqrt(x) / 2)
    ['*', ['/', 1, 2], ['^', 'x', ['/', 1, 2]]]
    """
    if e.is_Rational:
        return int(e.p) if e.q == 1 else ["/", int(e.p), int(e.q)]
    if e == sp.E:
        return ["exp", 1]
    if e in meaning:
        return meaning[e]
    if e.is_Symbol:
        return e.name
    if isinstance(e, sp.Indexed):
        if len(e.indices) != 1:
            raise ValueError(f"{e} has more than one index")
        return ["at", str(e.base.label), tree(e.indices[0], meaning)]
    if isinstance(e, (SumOver, ProductOver)):
        barred = [tree(w, meaning) for w in e.without]
        return ["sum" if isinstance(e, SumOver) else "product", tree(e.term, meaning), tree(e.index), barred]
    if isinstance(e, sp.Derivative):
        return ["derivative", tree(e.expr, meaning), *([tree(v), int(n)] for v, n in e.variable_count)]
    if isinstance(e, AppliedUndef):
        return ["call", e.func.__name__, *(tree(a, meaning) for a in e.args)]
    head = {sp.Add: "+", sp.Mul: "*", sp.Pow: "^", **_HEADS}.get(e.func)
    if head is None:
        raise ValueError(f"{e.func.__name__} cannot be written out")
    return [head, *(tree(a, meaning) for a in e.args)]


def _relation(relation: Expr) -> list[Tree]:
    if relation.func not in _RELATIONS:
        raise ValueError(f"the hypothesis {relation} cannot be written out")
    return [_RELATIONS[relation.func], tree(relation.lhs), tree(relation.rhs)]


def _hypothesis(h: Hypothesis) -> dict[str, Any]:
    index = None if h.index is None else tree(h.index)
    return {"relation": _relation(h.relation), "index": index, "without": [*map(tree, h.without)]}


def _setting(setting: Setting) -> dict[str, Any]:
    def rule(r: RateRule) -> dict[str, Any]:
        return {
            "quantity": tree(r.quantity), "value": tree(r.value), "index": None if r.index is None else tree(r.index),
        }  # fmt: skip

    return {
        "hypotheses": [_hypothesis(h) for h in setting.hypotheses if h.relation != sp.true],
        "rates": [*map(rule, setting.rates)],
        "size": None if setting.size is None else tree(setting.size),
    }


def _names(proposition: Any) -> dict[str, list[str]]:
    found = {s for e in expressions_in(proposition) for s in e.atoms(sp.Symbol) if not isinstance(s, BoundIndex)}
    whole = {s.name for s in found if s.is_integer and s.is_positive and not isinstance(s, Index)}
    return {"whole": sorted(whole), "indices": sorted(s.name for s in found if isinstance(s, Index))}


def statement(proposition: Any) -> dict[str, Any]:
    """A proposition as data, with everything that it rests on.

    Raises:
        ValueError: it has a part for which there is no name.
    """
    if isinstance(proposition, (Equal, Compare)):
        strict = {"strict": proposition.strict} if isinstance(proposition, Compare) else {}
        return {
            "kind": "equal" if isinstance(proposition, Equal) else "compare",
            "left": tree(proposition.lhs), "right": tree(proposition.rhs), **strict,
            "setting": _setting(proposition.setting), **_names(proposition),
        }  # fmt: skip
    if isinstance(proposition, (Commutes, FullRank, SeparateBlocks)):
        kind = {Commutes: "commutes", FullRank: "regular", SeparateBlocks: "apart"}[type(proposition)]
        model = {"components": [*map(tree, proposition.components)], "variables": [*map(tree, proposition.variables)]}
        if isinstance(proposition, Commutes):
            return {"kind": kind, **model}
        avoids = [[*map(tree, group)] for group in proposition.domain.avoids]
        return {
            "kind": kind,
            **model,
            "domain": {"avoids": avoids, "positive": [*map(tree, proposition.domain.positive)]},
        }
    if isinstance(proposition, Continuous):
        return {"kind": "continuous", "quantity": tree(proposition.quantity), "setting": _setting(proposition.setting)}
    if isinstance(proposition, Polynomial):
        return {"kind": "polynomial", "quantity": tree(proposition.quantity)}
    if isinstance(proposition, Needed):
        assumption = [*map(_hypothesis, proposition.assumption)]
        return {"kind": "needed", "statement": statement(proposition.statement), "assumption": assumption}
    if isinstance(proposition, Denied):
        return {"kind": "denied", "statement": statement(proposition.statement)}
    if isinstance(proposition, Consequence):
        return {"kind": "consequence", "theorem": str(proposition.theorem), "conclusion": str(proposition)}
    if isinstance(proposition, ByDefinition):
        return {"kind": "definition", "conclusion": str(proposition)}
    return {"kind": _KINDS.get(type(proposition).__name__, "validated"), "conclusion": str(proposition)}


_KINDS = {"Holds": "holds", "AsLongAs": "as long as"}


# -- steps --------------------------------------------------------------------------------------------------
def transcript(step: Step) -> dict[str, Any]:
    """A step, and everything that it rests on, as data that :func:`ddln_sym.checker.check_step` accepts or refuses.

    A step for which no complete certificate is found is written out as far as it goes, with ``"open"``: the reason.

    >>> from ddln_sym.checker import check_step
    >>> from ddln_sym.kernel import decide
    >>> x = sp.Symbol("x", real=True)
    >>> record = transcript(decide(Equal((x + 1) ** 2, x**2 + 2 * x + 1)))
    >>> check_step(record)
    'identity'
    """
    record: dict[str, Any] = {
        "verdict": step.verdict.value, "evidence": step.evidence, "parts": [*map(transcript, step.parts)],
    }  # fmt: skip
    try:
        record["proposition"] = statement(step.proposition)
    except ValueError as error:
        record["proposition"] = {"kind": "unwritten", "conclusion": str(step.proposition)}
        return {**record, "open": str(error)}
    if isinstance(step.proposition, (Equal, Compare)):
        record |= _answer_statement(step.proposition, record["proposition"]) if step.proved else _witness(step)
    return record


def _witness(step: Step) -> dict[str, Any]:
    """The point of a refutation, if it is rational and so are the sides there."""
    found, proposition = step.witness, step.proposition
    if found is None or not isinstance(proposition, (Equal, Compare)):
        return {}
    relations = [h.relation for h in proposition.setting.hypotheses if h.index is None]
    place_of = {str(s): s for s in symbols_of(proposition.lhs, proposition.rhs, *relations)}
    try:
        point = [[tree(place_of[name]), tree(sp.Rational(str(value)))] for name, value in found.point.items()]
        sides = [tree(sp.Rational(str(found.values[side]))) for side in ("left side", "right side")]
    except (KeyError, TypeError, ValueError):
        return {"open": "the witness is not a point with rational coordinates and sides"}
    return {"witness": {"point": point, "sides": sides}}


def proof(certificates: Iterable[Certificate]) -> dict[str, Any]:
    """Certificates with every step whole: what ``ddln-sym check --proof`` writes and :mod:`ddln_sym.checker` reads."""

    def claim(found: Certificate) -> dict[str, Any]:
        correction = None if found.correction is None else claim(found.correction)
        steps = [*map(transcript, found.steps)]
        return {"id": found.id, "verdict": found.verdict.value, "steps": steps, "correction": correction}

    return {"schema": checker.SCHEMA, "claims": [*map(claim, certificates)]}


def _answer_statement(proposition: Equal | Compare, said: dict[str, Any]) -> dict[str, Any]:
    equality = isinstance(proposition, Equal)
    ways = ("difference", "squares", "termwise") if equality else ("difference", "termwise")
    reason = ""
    for how, more in product(ways, (False, True)):
        try:
            found = _Answering(said, proposition)
            introduced = found.introduce_all(proposition) if more else []
            if more and not introduced:
                continue
            if equality:
                found.equal(said["left"], said["right"], how)
            else:
                found.compare(said["left"], said["right"], said["strict"], how)
        except (Rejected, RecursionError, *UNREADABLE) as error:
            reason = reason or str(error) or type(error).__name__
            continue
        return {
            "how": how, "introduced": introduced, "answers": found.said, "atoms": found.atoms,
            "facts": [[write(p), strict] for p, strict in found.facts],
            "relations": [write(p) for p in found.relations],
        }  # fmt: skip
    return {"open": reason}


class _Answering(Checker):
    """The checker, with answers that are looked for and recorded."""

    def __init__(self, said: dict[str, Any], proposition: Equal | Compare) -> None:
        self.said: list[dict[str, Any]] = []
        self.symbols = {e.__name__ if isinstance(e, type) else e.name: e for e in _symbols(proposition)}
        changed, self.forms = in_nonzero_forms(proposition)  # type: ignore[type-var]
        self.change = change_of(self.forms) if self.forms else {}
        self.tower = Tower(changed.setting)
        super().__init__(said, iter(()))

    def ask(self, kind: str, about: Any, optional: bool = False, using: Any = ()) -> Any:
        answer = self.answer(kind, about, using)
        if answer is None and not optional:
            shown = about if kind == "value" else self.tree_of(read(about))
            raise Rejected(f"no certificate found: {shown} {kind} 0"[:300])
        self.said.append({kind: about, "answer": answer})
        return answer

    def answer(self, kind: str, about: Any, using: Any) -> Any:
        if kind == "value":
            return self.simpler(about)
        poly = self.expr(read(about))
        if kind == "factors":
            return self.pieces_of(poly)
        if kind == "term":
            relations = [*map(self.expr, using)]
            rest = remainder(poly, relations)
            if rest == poly or len(sp.Add.make_args(rest)) > len(sp.Add.make_args(poly)):
                return None
            found = express(sp.expand(poly - rest), relations)
            return (
                None if found is None else {"is": self.data(rest), "cofactors": [[n, self.data(c)] for n, c in found]}
            )
        if kind == "zero":
            found = express(poly, [*map(self.expr, using)])
            return None if found is None else [[n, self.data(c)] for n, c in found]
        facts = [(self.expr(p), strict) for p, strict in using[0]]
        how = Search(facts, [*map(self.expr, using[1])]).sign(poly, kind)
        return None if how is None else how.data(self.data)

    def introduce_all(self, proposition: Equal | Compare) -> list[Any]:
        """Sums split at an index that a hypothesis or a product leaves out, and products whose factors compare."""
        found: list[Any] = []
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
        before = deepcopy((self.said, self.atoms, self.known, self.values, self.facts, self.relations, self.hypotheses,
                           self.settled, self.doubtful, self.opened, self.distinct, self.families, self.sums,
                           self.met, self.indices))  # fmt: skip
        try:
            self.introduce(sort, *trees)
        except Rejected:
            (self.said, self.atoms, self.known, self.values, self.facts, self.relations, self.hypotheses,
             self.settled, self.doubtful, self.opened, self.distinct, self.families, self.sums,
             self.met, self.indices) = before  # fmt: skip
            self.running.clear()
            return []
        return [[sort, *trees]]

    # -- between atoms and SymPy ----------------------------------------------------------------------
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
            return Generator.of(families[head], f"a{atom}")
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

    def pieces_of(self, poly: Expr) -> list[Any]:
        constant, pieces = factors(poly)
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
        return {"+": sp.Add, "*": sp.Mul, "^": sp.Pow, **_FUNCTIONS}[head](*values)

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


# -- signs --------------------------------------------------------------------------------------------------
@dataclass
class Found:
    """Why a polynomial has a sign: lemmas, a multiplier, nonnegative terms, cofactors of relations."""

    lemmas: list[tuple[Expr, str, Found]]
    times: Any  # a polynomial for ≠, else the number of a fact, or None
    terms: list[tuple[Expr, dict[int, int], Expr | None]]
    cofactors: list[tuple[int, Expr]]

    def data(self, poly: Any) -> dict[str, Any]:
        return {
            "lemmas": [[poly(p), kind, how.data(poly)] for p, kind, how in self.lemmas],
            "times": self.times if self.times is None or isinstance(self.times, int) else poly(self.times),
            "terms": [
                [str(c), [[i, n] for i, n in sorted(used.items())], None if square is None else poly(square)]
                for c, used, square in self.terms
            ],
            "cofactors": [[n, poly(c)] for n, c in self.cofactors],
        }  # fmt: skip


class Search:
    """Looks for the sign of a polynomial under facts ``f ≥ 0`` or ``f > 0`` and relations ``r = 0``."""

    def __init__(
        self,
        facts: Sequence[tuple[Expr, bool]],
        relations: Sequence[Expr],
        depth: int = 0,
        tried: list[int] | None = None,
    ) -> None:
        self.depth, self.tried = depth, tried or [0]
        self.facts = [(sp.expand(f), strict) for f, strict in facts]
        self.relations = [*relations]
        self.lemmas: list[tuple[Expr, str, Found]] = []

    def sign(self, poly: Expr, kind: str) -> Found | None:
        poly = sp.expand(poly)
        return self.nonzero(poly) if kind == "≠" else self.positive(poly, kind == ">")

    def fresh(self) -> Search:
        return Search(self.facts, self.relations, self.depth + 1, self.tried)

    def lemma(self, poly: Expr, kind: str) -> int | None:
        """The number of a fact that says it, as a lemma if it is new."""
        how = self.fresh().sign(poly, kind) if self.depth_left() else None
        if how is None:
            return None
        self.lemmas.append((poly, kind, how))
        self.facts.append((sp.expand(poly**2) if kind == "≠" else poly, kind != "≥"))
        return len(self.facts) - 1

    def depth_left(self) -> bool:
        self.tried[0] += 1
        return len(self.lemmas) < 12 and self.depth < 3 and self.tried[0] < LEMMAS

    def nonzero(self, poly: Expr) -> Found | None:
        for direction in (1, -1):
            found = self.fresh().positive(sp.expand(direction * poly), True)
            if found is not None:  # p·t > 0 with t = ±1, and with the multiplier of the certificate if it has one
                many = sp.Integer(1) if found.times is None else self.facts[found.times][0]
                return Found(found.lemmas, direction * many, found.terms, found.cofactors)
        found = self.fresh().positive(sp.expand(poly**2), True)
        if found is not None and found.times is None:
            return Found(found.lemmas, poly, found.terms, found.cofactors)
        for n, (fact, strict) in enumerate(self.facts):
            if strict and (quotient := _quotient(fact, poly)) is not None:
                return Found([], quotient, [(sp.Integer(1), {n: 1}, None)], [])
        constant, pieces = factors(poly)
        if len(pieces) < 2 and not (pieces and pieces[0][1] > 1):
            return None
        used: dict[int, int] = {}
        for piece, power in pieces:
            number = self.lemma(piece, "≠")
            if number is None:
                return None
            used[number] = power
        return Found(self.lemmas, sp.expand(poly / constant**2), [(sp.Integer(1), used, None)], [])

    def positive(self, poly: Expr, strict: bool) -> Found | None:
        if poly.is_number:
            return Found([], None, [(poly, {}, None)], []) if poly > 0 or (poly == 0 and not strict) else None
        starts = [poly]
        if self.relations and len(sp.Add.make_args(poly)) <= TERMS:
            starts += [p for p in [remainder(poly, self.relations)] if p != poly]
        for start in starts:
            for way in (self.plainly, self.by_factors, self.by_subtracting, self.by_squares):
                terms = way(start, strict)
                if terms is not None and (found := self.close(poly, terms)):
                    return found
            if start.is_number and start == 0 and not strict and (found := self.close(poly, [])):
                return found
        for start in starts:
            for direction in (1, -1):
                terms = self.by_slack(start, strict, direction)
                if terms is not None and (found := self.close(poly, terms)):
                    return found
            if (found := self.by_conjugate(start, strict)) is not None:
                return found
        return self.by_grams(poly, strict) if self.depth == 0 else None

    def by_grams(self, poly: Expr, strict: bool) -> Found | None:
        """A sum of squares that a semidefinite program finds."""
        from ddln_sym.kernel.squares import find_squares, norm

        found = find_squares(poly, strict, self.facts, self.relations)
        if found is None:
            return None
        times: Any = found.times
        if times == "norm":  # a lemma: it is 1 and squares
            positive = norm(poly)
            terms: list[Any] = [(sp.Integer(1), {}, None if t.is_number else t.as_base_exp()[0]) for t in positive.args]
            self.lemmas.append((positive, ">", Found([], None, terms, [])))
            self.facts.append((positive, True))
            times = len(self.facts) - 1
        shown = [(c, {i: used.count(i) for i in used}, square) for c, used, square in found.terms]
        return Found(self.lemmas, times, shown, list(found.cofactors))

    def by_conjugate(self, poly: Expr, strict: bool) -> Found | None:
        """``2cR·(cR + q) = (cR + q)² + (c²R² − q²)``, for a root R > 0 that is linear in the polynomial."""
        for n, (fact, known) in enumerate(self.facts):
            if not (known and fact.is_Symbol and fact in poly.free_symbols):
                continue
            c = sp.diff(poly, fact)
            if not (c.is_number and c > 0):
                continue
            rest = remainder(sp.expand(2 * c * fact * poly - poly**2), self.relations)
            terms = self.plainly(rest, strict) or self.by_factors(rest, strict)
            if terms is None:
                continue
            scaled = [(k / (2 * c), used, square) for k, used, square in [*terms, (sp.Integer(1), {}, poly)]]
            cofactors = express(sp.expand(poly * fact - self.total(scaled)), self.relations)
            if cofactors is not None:
                return Found(self.lemmas, n, scaled, cofactors)
        return None

    def close(self, poly: Expr, terms: list[Any]) -> Found | None:
        """The certificate, if what the terms leave of the polynomial is a combination of the relations."""
        rest = sp.expand(poly - self.total(terms))
        cofactors = express(rest, self.relations)
        return None if cofactors is None else Found(self.lemmas, None, terms, cofactors)

    def total(self, terms: list[Any]) -> Expr:
        return sp.Add(*(
            c * sp.Mul(*(self.facts[i][0] ** n for i, n in used.items())) * (1 if square is None else square**2)
            for c, used, square in terms
        ))  # fmt: skip

    def single(self) -> tuple[dict[Expr, int], dict[Expr, int], dict[Expr, int]]:
        """The facts about single generators: ``g ≥ 0``, ``g > 0``, ``g² > 0``, each by its number."""
        nonnegative: dict[Expr, int] = {}
        positive: dict[Expr, int] = {}
        squares: dict[Expr, int] = {}
        for n, (fact, strict) in enumerate(self.facts):
            base, power = fact.as_base_exp()
            if base.is_Symbol and power == 1:
                nonnegative.setdefault(base, n)
                if strict:
                    positive.setdefault(base, n)
            elif base.is_Symbol and power == 2 and strict:
                squares.setdefault(base, n)
        return nonnegative, positive, squares

    def plainly(self, poly: Expr, strict: bool, extra: Mapping[Expr, int] | None = None) -> list[Any] | None:
        """Nonnegative coefficients, and odd powers of nonnegative quantities alone."""
        terms: list[Any] = []
        strictly = not strict
        for _ in range(2):
            nonnegative, positive, squares = self.single()
            for g, n in (extra or {}).items():
                nonnegative[g] = n
                if self.facts[n][1]:
                    positive[g] = n
            terms, strictly, wanted = [], not strict, set[Expr]()
            for term in sp.Add.make_args(poly):
                c, rest = term.as_coeff_Mul()
                used: dict[int, int] = {}
                square = sp.Integer(1)
                if not c > 0:
                    return None
                for g, n in rest.as_powers_dict().items():
                    if g == 1:
                        continue
                    if g in positive:
                        used[positive[g]] = used.get(positive[g], 0) + int(n)
                    elif n % 2 == 0 and g in squares:
                        used[squares[g]] = int(n) // 2
                    elif n % 2 and g not in nonnegative:
                        return None
                    else:
                        if n % 2:
                            used[nonnegative[g]] = 1
                        elif g not in (extra or {}):
                            wanted.add(g)
                        if n > 1 and g in (extra or {}):
                            used[nonnegative[g]] = int(n)
                        elif n > 1:
                            square *= g ** (int(n) // 2)
                terms.append((c, used, None if square == 1 else square))
                strictly |= square == 1 and all(self.facts[i][1] for i in used)
            if strictly or not self.learn(wanted):
                break
        return terms if strictly else None

    def learn(self, wanted: Iterable[Expr]) -> bool:
        """Add that a generator is not zero where a strict fact is a multiple of it."""
        before = len(self.facts)
        for g in sorted(wanted, key=str):
            for n, (fact, strict) in enumerate(self.facts[:before]):
                if strict and fact.is_Mul and g in fact.args and self.depth_left():
                    how = Found([], sp.expand(fact / g), [(sp.Integer(1), {n: 1}, None)], [])
                    self.lemmas.append((g, "≠", how))
                    self.facts.append((g**2, True))
                    break
        return len(self.facts) > before

    def by_factors(self, poly: Expr, strict: bool) -> list[Any] | None:
        """A product of facts, of squares and of what is positive by its coefficients."""
        if len(sp.Add.make_args(poly)) > TERMS:
            return None
        constant, pieces = factors(poly)
        used: dict[int, int] = {}
        square = sp.Integer(1)
        for piece, power in pieces:
            for direction in (1, -1):
                number, ratio = self.as_fact(sp.expand(direction * piece), strict)
                if number is None and power % 2 and len(pieces) > 1 and self.depth < 2:
                    number = self.lemma(sp.expand(direction * piece), ">" if strict else "≥")
                if number is not None:
                    break
            if number is not None and (power % 2 or self.facts[number][1]):
                used[number] = used.get(number, 0) + power
                constant *= (direction * ratio) ** power
            elif power % 2:
                return None
            elif not strict:
                square *= piece ** (power // 2)
            else:
                number = self.lemma(piece, "≠") if len(pieces) > 1 or power > 2 else None
                if number is None:
                    return None
                used[number] = used.get(number, 0) + power // 2
        return [(constant, used, None if square == 1 else square)] if constant > 0 else None

    def as_fact(self, piece: Expr, strict: bool) -> tuple[int | None, Expr]:
        """The fact of which a polynomial is a positive multiple, and the multiple; a lemma if it is one."""
        for n, (fact, known) in enumerate(self.facts):
            if known or not strict:
                mine, other = piece.as_coefficients_dict(), fact.as_coefficients_dict()
                ratios = {c / other[t] for t, c in mine.items()} if mine.keys() == other.keys() else set()
                if len(ratios) == 1 and (ratio := ratios.pop()) > 0:
                    return n, ratio
        for sort in (True,) if strict else (True, False):
            inner = self.fresh()
            terms = inner.plainly(piece, sort)
            if terms is not None and self.depth_left() and len(sp.Add.make_args(piece)) > 1:
                self.lemmas.append((piece, ">" if sort else "≥", Found(inner.lemmas, None, terms, [])))
                self.facts.append((piece, sort))
                return len(self.facts) - 1, sp.Integer(1)
        return None, sp.Integer(1)

    def by_subtracting(self, poly: Expr, strict: bool) -> list[Any] | None:
        for n, (fact, known) in enumerate([*self.facts]):
            rest = sp.expand(poly - fact)
            terms = [] if rest == 0 and (known or not strict) else self.plainly(rest, strict and not known)
            if terms is not None:
                return [(sp.Integer(1), {n: 1}, None), *terms]
        return None

    def by_squares(self, poly: Expr, strict: bool, left: int = 4) -> list[Any] | None:
        """Squares completed one after the other: ``p = c(m + q/2cm)² + rest`` for a term ``c·m²`` and terms ``q``."""
        terms = [t.as_coeff_Mul() for t in sp.Add.make_args(poly)]
        left = left if len(terms) <= MANY else min(left, 1)  # what remains has as many, and each may be tried
        if not left or len(terms) > 40:
            return None
        for c, rest in terms:
            m = sp.Integer(1) if rest == 1 else _root_of(rest)
            if c <= 0 or m is None:
                continue
            cross = [(k, t, sp.cancel(t / m)) for k, t in terms if t != rest]
            used = [(k, q) for k, _, q in cross if q.is_polynomial()]
            if not used:
                continue
            square = sp.expand(m + sp.Add(*(k * q for k, q in used)) / (2 * c))
            remaining = sp.expand(poly - c * square**2)
            inner = [] if remaining == 0 and not strict else self.plainly(remaining, strict)
            if inner is None and remaining != 0:
                inner = self.by_squares(remaining, strict, left - 1)
            if inner is not None:
                return [(c, {}, square), *inner]
        return None

    def by_slack(self, poly: Expr, strict: bool, direction: int) -> list[Any] | None:
        """Facts solved for a square or a quantity, as in the kernel; the slack is the fact itself."""
        named = signs._after_slack(poly, strict, self.facts, self.relations, direction)
        if named is None:
            return None
        compound = [n for n, (f, _) in enumerate(self.facts) if len(sp.Add.make_args(f)) > 1]
        meant = {}
        for target, value in named:
            replaced = signs._replace_power(poly, target, value)
            if replaced is None:
                return None
            poly = replaced
            for s in value.free_symbols:
                if isinstance(s, Slack):
                    meant[s] = compound[s.number - len(self.relations)]
        return self.plainly(poly, strict, meant)


def _root_of(monomial: Expr) -> Expr | None:
    powers = monomial.as_powers_dict()
    return sp.Mul(*(g ** (n // 2) for g, n in powers.items())) if all(n % 2 == 0 for n in powers.values()) else None


def _quotient(fact: Expr, poly: Expr) -> Expr | None:
    ring = ring_of(fact, poly)
    quotients, rest = ring.from_expr(fact).div([ring.from_expr(poly)])
    return None if rest else quotients[0].as_expr()


# -- membership in an ideal, with cofactors of the relations themselves ------------------------------------
def express(poly: Expr, relations: Sequence[Expr]) -> list[tuple[int, Expr]] | None:
    """Cofactors ``c`` with ``poly = Σ c·r``, or None: by division, else by a Gröbner basis that keeps its origin."""
    poly = sp.expand(poly)
    if poly == 0:
        return []
    near = _relations_near(poly, relations)
    if not near:
        return None
    ring = ring_of(poly, *(relations[n] for n in near))
    target = ring.from_expr(poly)
    basis = [(ring.from_expr(relations[n]), {n: ring.one}) for n in near]
    basis = [(p, origin) for p, origin in basis if p]
    pairs = [*combinations(range(len(basis)), 2)]
    for _ in range(PAIRS):
        rest, used = _reduce(target, basis)
        if not rest:
            return [(n, c.as_expr()) for n, c in sorted(used.items()) if c]
        new = None
        while pairs and new is None:
            new = _overlap(basis, *pairs.pop(0))
        if new is None or len(basis) >= BASIS:
            return None
        basis.append(new)
        pairs += [(n, len(basis) - 1) for n in range(len(basis) - 1)]
    return None


Origin = dict[int, PolyElement]


def _overlap(basis: list[tuple[PolyElement, Origin]], i: int, j: int) -> tuple[PolyElement, Origin] | None:
    """What is left of an S-polynomial, with its cofactors; None if it reduces to 0."""
    (f, one), (g, other) = basis[i], basis[j]
    ring = f.ring
    lcm = ring.monomial_lcm(f.LM, g.LM)
    if lcm == ring.monomial_mul(f.LM, g.LM):
        return None
    a = ring.term_new(ring.monomial_div(lcm, f.LM), 1 / f.LC)
    b = ring.term_new(ring.monomial_div(lcm, g.LM), 1 / g.LC)
    origin = _sum({n: a * c for n, c in one.items()}, {n: -b * c for n, c in other.items()})
    rest, used = _reduce(a * f - b * g, basis)
    if not rest or len(rest) > TERMS:
        return None
    return rest, _sum(origin, {n: -c for n, c in used.items()})


def _reduce(poly: PolyElement, basis: list[tuple[PolyElement, Origin]]) -> tuple[PolyElement, Origin]:
    quotients, rest = poly.div([p for p, _ in basis])
    used: Origin = {}
    for quotient, (_, origin) in zip(quotients, basis, strict=True):
        if quotient:
            used = _sum(used, {n: quotient * c for n, c in origin.items()})
    return rest, used


def _sum(a: Origin, b: Origin) -> Origin:
    return {n: a.get(n, 0) + b.get(n, 0) for n in {**a, **b}}


def _relations_near(poly: Expr, relations: Sequence[Expr]) -> list[int]:
    """The relations that share, directly or through others, a symbol with the polynomial."""
    reached, found = set(poly.free_symbols), set[int]()
    while True:
        new = {n for n, r in enumerate(relations) if n not in found and r.free_symbols & reached}
        if not new:
            return sorted(found)
        found |= new
        reached |= {s for n in new for s in relations[n].free_symbols}
