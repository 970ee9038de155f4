"""What is known while a proposition is decided: hypotheses, generators, signs, side conditions.

Each head of an expression has one rule, a function of the tower and the expression that the module of that head
enters by :func:`rule`; :mod:`~ddln_sym.kernel.normal_forms` brings them together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy as sp

from ddln_sym.kernel import signs
from ddln_sym.kernel.polynomials import Generator, Membership, expand, factors, fraction, membership, remainder
from ddln_sym.kernel.sizes import take_name
from ddln_sym.statements import Hypothesis, Index, ProductOver, Setting, SideCondition, SumOver

Expr = Any

__all__ = ["Condition", "Tower", "rule"]

_NOTHING: Callable[[Expr, str], str] = lambda quantity, kind: ""  # noqa: E731
Rule = Callable[["Tower", Expr], Expr]
#: The rule for each head; an expression takes that of the nearest class it is an instance of.
_RULES: dict[type, Rule] = {}


def rule(*heads: type) -> Callable[[Rule], Rule]:
    """Enter the function below as the rule for the heads: it makes a rational function of generators."""

    def enter(function: Rule) -> Rule:
        _RULES.update(dict.fromkeys(heads, function))
        return function

    return enter


@dataclass(frozen=True)
class Condition:
    """A polynomial that has to be nonzero, nonnegative or positive, and why."""

    poly: Expr
    kind: str  # "≠ 0", "≥ 0" or "> 0"
    why: str
    known: int  # how many facts of generators, and
    defined: int  # definitions, stood before: only these may discharge it

    def __str__(self) -> str:
        return f"{self.poly} {self.kind} ({self.why})"


class Tower:
    """Generators, each above those that it is made of, with their definitions, facts and side conditions."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.given: list[Expr] = []  # polynomials that vanish by hypothesis
        self.definitions: list[Expr] = []  # polynomials that vanish because they define a generator
        self.assumed: list[tuple[Expr, bool]] = []  # polynomials ≥ 0 by hypothesis; True: > 0
        self.implied: list[tuple[Expr, bool]] = []  # the same, from what generators stand for
        self.conditions: list[Condition] = []
        self.meaning: dict[Expr, Expr] = {}  # generator -> the expression it stands for
        self._generators: dict[tuple[Any, ...], Expr] = {}
        self.opened: dict[tuple[Expr, tuple[Expr, ...]], Expr] = {}
        self.doubtful: dict[Expr, tuple[Expr, ...]] = {}  # opened indices that may not exist, with the excluded ones
        self._spoken: dict[Expr, set[Expr]] = {}
        self._names: set[str] = set()
        self._lifted: dict[Expr, Expr] = {}
        self.families: dict[Expr, list[ProductOver]] = {}
        self.sums: dict[Expr, list[SumOver]] = {}
        self._met: set[tuple[Expr, Hypothesis]] = set()
        self.distinct: set[frozenset[Expr]] = set()
        self.places: set[Expr] = set()  # generic indices that have turned up: each is one of 1…size
        for hypothesis in setting.hypotheses:
            relation = hypothesis.relation
            if hypothesis.index is not None:
                continue
            if isinstance(relation, sp.Ne) and _is_index(relation.lhs) and _is_index(relation.rhs):
                self.distinct.add(frozenset(relation.args))
        for hypothesis in setting.hypotheses:
            if hypothesis.index is None:
                self._assume(hypothesis.relation)

    def lift(self, expr: Expr) -> Expr:
        """The expression as a rational function of generators.

        Raises:
            ValueError: no rule is known for a head in it, or the rule does not apply.
        """
        expr = sp.sympify(expr)
        if expr not in self._lifted:
            self._lifted[expr] = self._apply_rule(expr)
        return self._lifted[expr]

    def _apply_rule(self, expr: Expr) -> Expr:
        if expr.is_Rational:
            return expr
        for kind in type(expr).__mro__:
            if kind in _RULES:
                return _RULES[kind](self, expr)
        raise ValueError(f"the kernel has no normal form for {expr.func.__name__} in {expr}")

    def usable(
        self, poly: Expr, known: int | None = None, defined: int | None = None
    ) -> tuple[list[tuple[Expr, bool]], list[Expr]]:
        """Polynomials known to be nonnegative or positive, and to vanish, for a conclusion about ``poly``.

        What is known of an index ``m ≠ l`` says nothing of other quantities, for there may be none.
        """
        here = self._speaks_of(poly)
        facts = [f for f in self.assumed + self.implied[:known] if self._speaks_of(f[0]) <= here]
        return facts, [r for r in self.given + self.definitions[:defined] if self._speaks_of(r) <= here]

    def _speaks_of(self, poly: Expr) -> set[Expr]:
        """The opened indices that occur in a polynomial and may not exist."""
        if not self.doubtful:
            return set()
        if poly not in self._spoken:
            found = self.explain(poly).free_symbols & self.doubtful.keys()
            self._spoken[poly] = found.union(*({*self.doubtful[i]} & self.doubtful.keys() for i in found))
        return self._spoken[poly]

    def prove(self, poly: Expr, strict: bool) -> signs.Reason | None:
        """By what ``poly ≥ 0`` (``> 0`` if strict) follows from all that is known, if it does."""
        return signs.prove(poly, strict, *self.usable(poly))

    def remainder(self, poly: Expr) -> Membership:
        """What is left of a polynomial after all that is known to vanish."""
        return membership(poly, self.usable(poly)[1])

    # -- hypotheses -----------------------------------------------------------------------------
    def _assume(self, relation: Expr) -> None:
        if relation in (sp.true, sp.false) or frozenset(relation.args) in self.distinct:
            return
        if not isinstance(relation, sp.core.relational.Relational):
            raise ValueError(f"a hypothesis is =, ≠, > or ≥, not {relation}")
        if isinstance(relation, (sp.Lt, sp.Le)):
            relation = relation.reversed
        numerator, denominator = fraction(self.lift(relation.lhs - relation.rhs))
        if isinstance(relation, sp.Eq):
            self.given.append(numerator)
        elif isinstance(relation, sp.Ne):
            self.assumed.append((expand(numerator**2), True))
        else:
            signed = numerator if self.is_positive(denominator) else numerator * denominator
            self.assumed.append((expand(signed), isinstance(relation, sp.Gt)))

    def meet(self, index: Expr) -> None:
        """Instantiate the universal hypotheses at an index that has turned up."""
        for hypothesis in self.setting.hypotheses:
            key = (index, hypothesis)
            if hypothesis.index is None or key in self._met or not self.in_range(index):
                continue
            if all(self.differ(index, barred) for barred in hypothesis.without):
                self._met.add(key)
                relation = hypothesis.at(index)
                if index not in self.doubtful or index in relation.free_symbols:
                    self._assume(relation)

    def differ(self, a: Expr, b: Expr) -> bool:
        if a.is_Integer and b.is_Integer:
            return bool(a != b)
        return frozenset((a, b)) in self.distinct

    def in_range(self, index: Expr) -> bool:
        """Whether an index surely is one of 1…size: by its type, or by the hypotheses."""
        if isinstance(index, Index):
            self.places.add(index)
            return True
        size = self.setting.size
        if not index.is_integer or (index.is_Integer and index < 1):
            return False
        self.lift(index)
        if not index.is_Integer and not self.is_positive(index):
            return False
        return size is None or (index == 1 and self.has_an_index()) or self.is_nonnegative(size - index)

    def contradictory(self) -> bool:
        """Whether nothing satisfies what is given, the range of the generic indices included."""
        if any(h.relation is sp.false for h in self.setting.hypotheses):
            return True
        size = self.setting.size
        spoken = {s for fact, _ in self.assumed for s in fact.free_symbols if not fact.is_Symbol}
        spoken |= {s for relation in self.given for s in relation.free_symbols}
        heads = [f for f in self.implied if f[0] in spoken and not self._speaks_of(f[0])]  # as |x| ≥ 0
        ranges = [(self.lift(size) - i, False) for i in sorted(self.places & spoken, key=str) if size is not None]
        if size is not None and size.is_Integer:  # different indices are at least 1 apart
            said = [h.relation.args for h in self.setting.hypotheses if frozenset(h.relation.args) in self.distinct]
            ranges += [(expand((a - b) ** 2) - 1, False) for a, b in said]
            ranges += [(end, False) for pair in said for i in pair for end in (size - i, i - 1)]
        return signs.contradictory([*self.assumed, *heads, *ranges], self.given)

    def has_an_index(self) -> bool:
        """Whether there is an index at all."""
        size = self.setting.size
        return size is not None and bool(size.is_positive or self.is_positive(size))

    # -- signs ----------------------------------------------------------------------------------
    def is_positive(self, poly: Expr) -> bool:
        return signs.prove(poly, True, *self.usable(poly), quick=True) is not None

    def is_nonnegative(self, poly: Expr) -> bool:
        return signs.prove(poly, False, *self.usable(poly), quick=True) is not None

    def is_nonzero(self, poly: Expr) -> bool:
        if poly.is_number:
            return bool(poly != 0)
        pieces = factors(poly)[1]
        return all(self.is_positive(expand(p**2)) or self.is_positive(p) or self.is_positive(-p) for p, _ in pieces)

    def discharge(self, otherwise: Callable[[Expr, str], str] = _NOTHING) -> tuple[list[SideCondition], str]:
        """Each side condition with what discharged it, and the first that nothing discharges.

        ``otherwise`` is asked, for what signs do not tell, by what it follows that a quantity is "≠ 0", "≥ 0", "> 0".

        One condition is always there: from hypotheses that contradict each other nothing is concluded.
        A condition may use the hypotheses and what was defined before it arose, never the generator
        whose meaning depends on it.
        """
        discharged: list[SideCondition] = []
        if self.contradictory():
            return discharged, "hypotheses that do not contradict each other"
        for condition in self.conditions:
            strict = condition.kind != "≥ 0"
            facts, relations = self.usable(condition.poly, condition.known, condition.defined)
            if condition.kind == "≠ 0":
                wanted = [expand(p**2) for p, _ in factors(condition.poly)[1]]
            else:
                wanted = [condition.poly]
            ways = [signs.prove(p, strict, facts, relations) for p in wanted]
            if None not in ways:
                how = ", ".join(dict.fromkeys(str(w) for w in ways))
            elif not (how := otherwise(self.explain(condition.poly), condition.kind)):
                return discharged, str(condition)
            discharged.append(SideCondition(self.explain(condition.poly), condition.kind, how))
        return discharged, ""

    def sign_of(self, poly: Expr) -> int | None:
        if self.is_positive(poly):
            return 1
        return -1 if self.is_positive(-poly) else None

    # -- generators -----------------------------------------------------------------------------
    def generator(self, key: tuple[Any, ...], stem: str, meaning: Expr) -> tuple[Expr, bool]:
        """The generator of a key, and whether it is new."""
        if key in self._generators:
            return self._generators[key], False
        symbol = Generator(stem, self.name(str(meaning)))
        self._generators[key] = symbol
        self.meaning[symbol] = meaning
        return symbol, True

    def name(self, name: str) -> str:
        """The name with primes until it is new: what is written alike need not be the same."""
        return take_name(name, self._names)

    def explain(self, poly: Expr) -> Expr:
        """A polynomial in the generators, written out again in the reader's terms."""
        seen = 0
        while seen < 20 and (inside := poly.free_symbols & self.meaning.keys()):
            poly = poly.xreplace({g: self.meaning[g] for g in inside})
            seen += 1
        return poly

    def need(self, poly: Expr, kind: str, why: str) -> None:
        if poly.is_number:
            if not {"≠ 0": poly != 0, "≥ 0": poly >= 0, "> 0": poly > 0}[kind]:
                raise ValueError(f"{poly} is not {kind} ({why})")
        elif not any((c.poly, c.kind) == (poly, kind) for c in self.conditions):
            self.conditions.append(Condition(poly, kind, why, len(self.implied), len(self.definitions)))

    def reduce(self, expr: Expr) -> tuple[Expr, Expr]:
        """Numerator and denominator, reduced by the definitions of the generators."""
        numerator, denominator = fraction(expr)
        return remainder(numerator, self.definitions), remainder(denominator, self.definitions)


def _is_index(expr: Expr) -> bool:
    return bool(expr.is_Integer or (expr.is_Symbol and expr.is_integer))
