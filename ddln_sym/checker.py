"""Check proofs again, without SymPy, z3 or anything else of this package: one file, the standard library alone.

``ddln-sym check --proof FILE`` writes every step whole; ``python -m ddln_sym.checker FILE`` reads that and multiplies
everything out over the rationals.  Nothing is searched for here.  The checker rewrites a proposition by the rules
below into polynomials in *atoms* (symbols, roots, exponentials, sums over layers, …), each with the relations and signs
that define it, and asks of them three kinds of question, which the file answers:

* ``zero``: cofactors ``c`` with ``p = Σ c·r`` over relations ``r`` that vanish;
* ``>``, ``≥``, ``≠``: ``p·t = Σ (positive number)·(product of facts)·(square) + Σ c·r``;
* ``value``: a simpler expression for a root, an exponential, …, whose defining property is then checked.

A fact that rests on a definition may not be used to show that the definition makes sense: questions are asked in the
order in which things are defined.  Whether hypotheses can be met at all, whether the premises of a theorem are those of
its textbook, and whether the parts of a definition are what it means, is not checked.  Exit codes: 0 every proved step
is accepted, 1 some are not, 2 the file cannot be read.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import combinations
from math import prod
from typing import Any

Tree = Any  # 3, ["/", 1, 2], "x", ["at", "u", 1], ["+", …], ["*", …], ["^", base, exponent], ["exp", …], …
Monomial = tuple[tuple[int, int], ...]  # pairs of an atom and its power, sorted
Poly = dict[Monomial, Fraction]
Fact = tuple[Poly, bool]  # p ≥ 0, or p > 0

SCHEMA = "ddln-sym proof 1"
LARGEST = 200_000  # terms of a polynomial; beyond it a step is not accepted
DEEPEST = 150  # calls of ``value`` within each other
ONE: Poly = {(): Fraction(1)}
HALF = ["/", 1, 2]
OWN = re.compile(r'"[?_]')  # how the names begin that the checker gives to indices


class Rejected(Exception):
    """A step that is not accepted, with the reason."""


class Foreign(Exception):
    """A file that is no proof of this schema."""


def hold(condition: object, otherwise: str) -> None:
    if not condition:
        raise Rejected(otherwise)


# -- polynomials ----------------------------------------------------------------------------------
def plus(a: Poly, b: Poly, times: Fraction | int = 1) -> Poly:
    total = dict(a)
    for monomial, coefficient in b.items():
        total[monomial] = total.get(monomial, Fraction(0)) + times * coefficient
        if not total[monomial]:
            del total[monomial]
    return total


def join(a: Monomial, b: Monomial) -> Monomial:
    powers = dict(a)
    for atom, power in b:
        powers[atom] = powers.get(atom, 0) + power
    return tuple(sorted(powers.items()))


def times(a: Poly, b: Poly) -> Poly:
    hold(len(a) * len(b) <= LARGEST, "a polynomial with too many terms")
    total: Poly = {}
    for left, c in a.items():
        for right, d in b.items():
            monomial = join(left, right)
            total[monomial] = total.get(monomial, Fraction(0)) + c * d
    return {m: c for m, c in total.items() if c}


def power(a: Poly, n: int) -> Poly:
    hold(0 <= n <= 400, "a power that is no small whole number")
    result = ONE
    for _ in range(n):
        result = times(result, a)
    return result


def number(value: Fraction | int) -> Poly:
    return {(): Fraction(value)} if value else {}


def atoms_of(poly: Poly) -> set[int]:
    return {atom for monomial in poly for atom, _ in monomial}


def key_of(poly: Poly) -> frozenset[Any]:
    return frozenset(poly.items())


def write(poly: Poly) -> list[Any]:
    """A polynomial as it stands in the file: pairs of a coefficient and the powers of the atoms."""
    return [[str(c), [list(pair) for pair in m]] for m, c in sorted(poly.items())]


def read(data: Any) -> Poly:
    poly: Poly = {}
    for coefficient, powers in data:
        hold(isinstance(coefficient, str), "a coefficient that is not text")
        pairs = [(atom, n) for atom, n in powers]
        hold(all(type(a) is type(n) is int and a >= 0 and n > 0 for a, n in pairs), "a monomial that is none")
        monomial = tuple(pairs)
        hold(list(pairs) == sorted(dict(pairs).items()) and monomial not in poly, "a monomial that is not in order")
        poly[monomial] = Fraction(coefficient)
        hold(poly[monomial], "a coefficient that is 0")
    return poly


# -- rational functions -----------------------------------------------------------------------------
class Ratio:
    """A quotient: a polynomial ``top``, and the factors ``below`` it with their powers.

    A factor that is a monomial is split into atoms, and what ``top`` shares with it cancels.
    """

    def __init__(self, top: Poly, factors: Iterable[tuple[Poly, int]] = ()) -> None:
        below: dict[frozenset[Any], int] = {}
        for poly, n in factors:
            if len(poly) == 1:
                (monomial, coefficient), *_ = poly.items()
                top = {m: c / coefficient**n for m, c in top.items()}
                for atom, m in monomial:
                    one = key_of({((atom, 1),): Fraction(1)})
                    below[one] = below.get(one, 0) + m * n
            else:
                below[key_of(poly)] = below.get(key_of(poly), 0) + n
        for one in [k for k in below if len(k) == 1] if top else []:
            ((((atom, _),), _),) = one
            shared = min(below[one], *(dict(m).get(atom, 0) for m in top))
            top = {tuple((a, n - shared * (a == atom)) for a, n in m if a != atom or n > shared): c
                   for m, c in top.items()}  # fmt: skip
            below[one] -= shared
        self.top, self.below = top, {k: n for k, n in below.items() if n and top}

    @property
    def factors(self) -> list[tuple[Poly, int]]:
        return [(dict(k), n) for k, n in self.below.items()]

    def __add__(self, other: Ratio) -> Ratio:
        common = {k: max(self.below.get(k, 0), other.below.get(k, 0)) for k in {**self.below, **other.below}}
        left, right = (
            times(v.top, expand((dict(k), n - v.below.get(k, 0)) for k, n in common.items())) for v in (self, other)
        )
        return Ratio(plus(left, right), [(dict(k), n) for k, n in common.items()])

    def __mul__(self, other: Ratio) -> Ratio:
        return Ratio(times(self.top, other.top), [*self.factors, *other.factors])

    def __neg__(self) -> Ratio:
        return Ratio(times(number(-1), self.top), self.factors)

    def __sub__(self, other: Ratio) -> Ratio:
        return self + -other

    def __pow__(self, n: int) -> Ratio:
        if n < 0:
            hold(self.top, "a division by zero")
            return Ratio(expand(self.factors), [(self.top, 1)]) ** -n
        return Ratio(power(self.top, n), [(poly, m * n) for poly, m in self.factors])


def expand(factors: Iterable[tuple[Poly, int]]) -> Poly:
    """The product of powers of polynomials."""
    result = ONE
    for factor, n in factors:
        result = times(result, power(factor, n))
    return result


# -- expressions ------------------------------------------------------------------------------------
def add(*terms: Tree) -> Tree:
    kept = [t for t in terms if t != 0]
    return kept[0] if len(kept) == 1 else ["+", *kept] if kept else 0


def mul(*factors: Tree) -> Tree:
    kept = [f for f in factors if f != 1]
    return 0 if 0 in kept else kept[0] if len(kept) == 1 else ["*", *kept] if kept else 1


def neg(tree: Tree) -> Tree:
    return mul(-1, tree)


def inverse(tree: Tree) -> Tree:
    return ["^", tree, -1]


def rational(tree: Tree) -> Fraction | None:
    if type(tree) is int:
        return Fraction(tree)
    if isinstance(tree, list) and len(tree) == 3 and tree[0] == "/" and type(tree[1]) is type(tree[2]) is int:
        hold(tree[2] > 0, "a fraction whose denominator is not positive")
        return Fraction(tree[1], tree[2])
    return None


def put(tree: Tree, old: Tree, new: Tree) -> Tree:
    """The expression with one part replaced; a bound index is renamed apart, never captured."""
    if tree == old:
        return new
    if not isinstance(tree, list):
        return tree
    if tree[0] in ("sum", "product"):
        head, term, bound, barred = tree
        barred = [put(w, old, new) for w in barred]
        if bound == old or (not mentions(term, old) and not mentions(term, bound)):
            return [head, term, bound, barred]
        if mentions(new, bound):
            other = next(f"_{n}" for n in range(10**6) if not any(mentions(t, f"_{n}") for t in (term, new, old)))
            term, bound = put(term, bound, other), other
        return [head, put(term, old, new), bound, barred]
    first = 2 if tree[0] in ("at", "call") else 1
    return [*tree[:first], *(put(part, old, new) for part in tree[first:])]


def mentions(tree: Tree, part: Tree) -> bool:
    return bool(tree == part) or (isinstance(tree, list) and any(mentions(t, part) for t in tree))


OPAQUE = {"sin", "cos", "tan", "tanh", "atan", "call"}
DERIVATIVES: dict[str, Callable[[Tree], Tree]] = {
    "exp": lambda x: ["exp", x],
    "log": inverse,
    "sinh": lambda x: ["cosh", x],
    "cosh": lambda x: ["sinh", x],
    "asinh": lambda x: ["^", add(mul(x, x), 1), ["/", -1, 2]],
    "sin": lambda x: ["cos", x],
    "cos": lambda x: neg(["sin", x]),
    "tan": lambda x: add(1, ["^", ["tan", x], 2]),
    "tanh": lambda x: add(1, neg(["^", ["tanh", x], 2])),
    "atan": lambda x: inverse(add(1, mul(x, x))),
    "abs": lambda x: mul(["abs", x], inverse(x)),
}


class Checker:
    """One proposition: its atoms, what is known of them, and the answers that the file gives."""

    def __init__(self, statement: dict[str, Any], answers: Iterator[Any]) -> None:
        self.setting, self.answers = statement["setting"], answers
        self.whole, self.indices = set(statement["whole"]), set(statement["indices"])
        self.atoms: list[Tree] = []
        self.known: dict[str, int] = {}
        self.values: dict[str, Ratio] = {}
        self.running: list[str] = []
        self.facts: list[Fact] = []
        self.relations: list[Poly] = []
        self.hypotheses: set[tuple[str, int]] = set()  # which of them are not definitions
        self.settled: set[tuple[frozenset[Any], str]] = set()
        self.waiting: list[tuple[Poly, str, int, int]] | None = []  # until all hypotheses are known
        self.doubtful: set[str] = set()  # opened indices that may not exist
        self.opened: dict[str, str] = {}
        self.distinct: set[frozenset[str]] = set()
        self.families: dict[str, list[list[Tree]]] = {}
        self.sums: dict[int, tuple[Ratio, str, list[Tree]]] = {}  # atom: its term, at which index, what is left out
        self.met: set[tuple[str, int]] = set()
        self.begin()

    def begin(self) -> None:
        """Take the hypotheses as given; what they need to make sense follows from them all, not from itself."""
        plain = [h["relation"] for h in self.setting["hypotheses"] if h["index"] is None]
        hold(all(relation[0] in RELATIONS for relation in plain), "a hypothesis that is no relation")
        for sign, left, right in plain:
            if sign == "≠" and all(self.is_index(side) for side in (left, right)):
                self.distinct.add(frozenset(map(json.dumps, (left, right))))
        for relation in plain:
            self.assume(relation)
        waiting, self.waiting = self.waiting or [], None
        for poly, kind, facts, relations in waiting:
            self.need(poly, kind, (facts, relations))

    def is_index(self, tree: Tree) -> bool:
        """Whether an expression is written as a whole number from 1 on."""
        return (type(tree) is int and tree > 0) or (isinstance(tree, str) and tree in {*self.whole, *self.indices})

    def is_whole(self, poly: Poly) -> bool:
        trees = [self.atoms[a] for a in atoms_of(poly)]
        return all(self.is_index(t) or t[0] == "floor" for t in trees) and all(
            c.denominator == 1 for c in poly.values()
        )

    def assume(self, relation: Tree) -> None:
        sign, left, right = relation
        if sign in ("<", "≤"):
            sign, left, right = {"<": ">", "≤": "≥"}[sign], right, left
        difference = self.value(left) - self.value(right)
        if sign == "=":
            self.hypotheses.add(("relation", len(self.relations)))
            self.vanishes(difference)
            return
        hold(sign in (">", "≥", "≠"), f"a hypothesis with {sign}")
        poly = power(difference.top, 2) if sign == "≠" else self.clear_denominator(difference)
        self.hypotheses.add(("fact", len(self.facts)))
        self.facts.append((poly, sign != "≥"))

    def clear_denominator(self, value: Ratio) -> Poly:
        """A polynomial that has the sign of a quotient: factors of the denominator that are positive are left out."""
        odd = [(poly, 1) for poly, n in value.factors if n % 2 and not self.sign(poly, ">", optional=True)]
        return times(value.top, expand(odd))

    # -- questions --------------------------------------------------------------------------------
    def ask(self, kind: str, about: Any, optional: bool = False, using: Any = ()) -> Any:
        """What the file answers; it also repeats the question, which has to be the one that is asked.

        ``using`` holds the facts and relations that may be used, for whoever looks for the answer.
        """
        said = next(self.answers, None)
        hold(isinstance(said, dict) and said.keys() == {kind, "answer"}, f"no answer to a question of kind {kind}")
        assert isinstance(said, dict)
        hold(said[kind] == about, f"an answer to another question of kind {kind}")
        hold(optional or said["answer"] is not None, f"a question of kind {kind} that is left open: {about}"[:200])
        return said["answer"]

    def usable(self, poly: Poly, known: tuple[int, int] | None) -> tuple[list[Fact], list[Poly]]:
        """What may be used for a polynomial: what is known of an index that may not exist says nothing of others."""
        limits = known or (len(self.facts), len(self.relations))
        facts = [f for n, f in enumerate(self.facts) if n < limits[0] or ("fact", n) in self.hypotheses]
        relations = [r for n, r in enumerate(self.relations) if n < limits[1] or ("relation", n) in self.hypotheses]
        if not self.doubtful:
            return facts, relations
        here = self.speaks_of(poly)
        return [f for f in facts if self.speaks_of(f[0]) <= here], [r for r in relations if self.speaks_of(r) <= here]

    def speaks_of(self, poly: Poly) -> set[str]:
        return {i for i in self.doubtful if any(mentions(self.atoms[a], i) for a in atoms_of(poly))}

    def sign(self, poly: Poly, kind: str, known: tuple[int, int] | None = None, optional: bool = False) -> bool:
        """Whether ``poly > 0``, ``≥ 0`` or ``≠ 0``, by the answer in the file."""
        if not atoms_of(poly):
            value = poly.get((), Fraction(0))
            holds = {">": value > 0, "≥": value >= 0, "≠": value != 0}[kind]
            hold(holds or optional, f"{value} {kind} 0")
            return holds
        if (key_of(poly), kind) in self.settled:
            return True
        facts, relations = self.usable(poly, known)
        answer = self.ask(kind, write(poly), optional, (facts, relations))
        if answer is None:
            return False
        self.signs(poly, kind, answer, facts, relations)
        self.settled.add((key_of(poly), kind))
        return True

    def signs(self, poly: Poly, kind: str, answer: Any, facts: list[Fact], relations: list[Poly]) -> None:
        """``p·t = Σ coefficient·(facts)·(square) + Σ cofactor·relation``, multiplied out."""
        hold(answer.keys() == {"lemmas", "times", "terms", "cofactors"}, "a sign of another form")
        facts = list(facts)
        for data, sort, how in answer["lemmas"]:
            hold(sort in (">", "≥", "≠"), "a lemma of another kind")
            lemma = read(data)
            self.signs(lemma, sort, how, facts, relations)
            known = (times(lemma, lemma) if sort == "≠" else lemma, sort != "≥")
            hold(known not in facts, "a lemma that is known")
            facts.append(known)
        if kind == "≠":
            target = times(poly, read(answer["times"]))
        elif answer["times"] is None:
            target = poly
        else:
            positive, strict = facts[natural(answer["times"], len(facts))]
            hold(strict, "a multiplier that may vanish")
            target = times(poly, positive)
        total: Poly = {}
        strictly = False
        for coefficient, used, square in answer["terms"]:
            c = Fraction(coefficient)
            hold(type(coefficient) is str and c > 0, "a coefficient that is not positive")
            chosen = [(facts[natural(i, len(facts))], natural(n, 400)) for i, n in used]
            hold(all(n for _, n in chosen) and len({i for i, _ in used}) == len(used), "a fact to the power 0")
            strictly |= square is None and all(strict for (_, strict), n in chosen)
            part = number(c) if square is None else times(number(c), power(read(square), 2))
            for (fact, _), n in chosen:
                part = times(part, power(fact, n))
            total = plus(total, part)
        hold(kind == "≥" or strictly, "nothing that is strictly positive")
        hold(plus(total, combine(answer["cofactors"], relations)) == target, "a sign that does not multiply out")

    def zero(self, poly: Poly, optional: bool = False) -> bool:
        """Whether a polynomial is a combination of relations that vanish."""
        if not poly:
            return True
        relations = self.usable(poly, None)[1]
        answer = self.ask("zero", write(poly), optional, relations)
        if answer is None:
            return False
        hold(combine(answer, relations) == poly, "cofactors that do not multiply out")
        return True

    def need(self, poly: Poly, kind: str, known: tuple[int, int] | None = None) -> None:
        if self.waiting is not None:
            self.waiting.append((poly, kind, len(self.facts), len(self.relations)))
        else:
            self.sign(poly, kind, known)

    # -- values -------------------------------------------------------------------------------------
    def value(self, tree: Tree) -> Ratio:
        """An expression as a quotient of polynomials in atoms; whatever it needs to have a value is asked for."""
        name = json.dumps(tree, ensure_ascii=False)
        if name not in self.values:
            hold(len(self.running) < DEEPEST, "an expression that is nested too deep")
            self.running.append(name)
            self.values[name] = self.rewrite(tree)
            self.running.pop()
        return self.values[name]

    def rewrite(self, tree: Tree) -> Ratio:
        plain = rational(tree)
        if plain is not None:
            return Ratio(number(plain))
        if isinstance(tree, str):
            return self.symbol(tree)
        hold(isinstance(tree, list) and len(tree) > 1 and isinstance(tree[0], str), f"{tree} is no expression")
        head, *parts = tree
        if head == "+" or head == "*":
            total = self.value(parts[0])
            for part in parts[1:]:
                total = total + self.value(part) if head == "+" else total * self.value(part)
            return total
        if head == "^":
            exponent = rational(parts[1])
            if exponent is not None and exponent.denominator == 1:
                base = self.value(parts[0])
                if exponent < 0:
                    self.need(base.top, "≠")
                return base ** int(exponent)
            if exponent is None and not self.value(parts[0]).top:
                self.need(self.clear_denominator(self.value(parts[1])), ">")
                return Ratio({})
        if head == "at":
            self.meet(parts[1])
            return self.atom(tree)
        if head == "rate":
            self.value(parts[0])
            return self.value(self.rate(parts[0]))
        if head == "derivative":
            self.value(parts[0])
            return self.value(self.derivative(*parts))
        if head in ("sinh", "cosh"):
            up, down = ["exp", parts[0]], ["exp", neg(parts[0])]
            return self.value(mul(HALF, add(up, down if head == "cosh" else neg(down))))
        if head == "asinh":
            return self.value(["log", add(parts[0], ["^", add(mul(parts[0], parts[0]), 1), HALF])])
        if head in ("sum", "product"):
            return self.over(head, *parts)
        if head in ("floor", "mod"):
            return self.divide(head, *parts)
        if head == "log":
            inside = self.value(parts[0])
            self.need(self.clear_denominator(inside), ">")
            return self.logarithm(inside)
        answer = self.ask("value", tree, optional=True)
        if answer is None:
            return self.define(tree)
        self.justify(tree, answer)
        return self.value(answer)

    def divide(self, head: str, dividend: Tree, divisor: Tree) -> Ratio:
        """Division with remainder: ``⌊n/L⌋`` is the one whole number with ``0 ≤ n − L·⌊n/L⌋ ≤ L − 1``."""
        above, bottom = self.value(dividend), self.value(divisor)
        hold(self.is_index(divisor) and not above.below and self.is_whole(above.top), "no division of whole numbers")
        tree, before = ["floor", self.tree_of(above.top), divisor], len(self.atoms)
        quotient = self.atom(tree)
        rest = above - quotient * bottom
        if len(self.atoms) > before:
            self.facts += [(rest.top, False), ((bottom - Ratio(ONE) - rest).top, False)]
        return rest if head == "mod" else quotient

    def symbol(self, name: str) -> Ratio:
        new = json.dumps(name, ensure_ascii=False) not in self.known
        found = self.atom(name)
        if new and (name in self.whole or name in self.indices):
            self.hypotheses.add(("fact", len(self.facts)))
            self.facts.append((found.top, True))
        return found

    def atom(self, tree: Tree) -> Ratio:
        name = json.dumps(tree, ensure_ascii=False)
        if name not in self.known:
            self.known[name] = len(self.atoms)
            self.atoms.append(tree)
        return Ratio({((self.known[name], 1),): Fraction(1)})

    def define(self, tree: Tree) -> Ratio:
        """An atom that stands for a root, a modulus, …: its conditions first, then its relations and signs.

        It is named by the values of its arguments, so that what is written in two ways is one atom.
        """
        head, *parts = tree
        first = 2 if head == "call" else 1
        values = [part if rational(part) is not None else self.value(part) for part in tree[first:]]
        tree = [*tree[:first], *(v if isinstance(v, (int, list)) else self.quotient_tree(v) for v in values)]
        if json.dumps(tree, ensure_ascii=False) in self.known:
            return self.atom(tree)
        if head == "^":
            exponent, base = rational(parts[1]), self.value(parts[0])
            hold(exponent is None or exponent.numerator == 1, "a power that is not simplified")
            square = exponent is not None and exponent.denominator == 2
            self.need(self.clear_denominator(base), "≥" if square else ">")
            positive = not square or self.sign(self.clear_denominator(base), ">", optional=True)
            found = self.atom(tree)
            if exponent is not None:
                self.vanishes(found**exponent.denominator - base)
            self.facts.append((found.top, positive))
        elif head in ("abs", "sign"):
            inner = self.value(parts[0])
            nonzero = self.sign(inner.top, "≠", optional=True)
            modulus = self.atom(tree) if head == "abs" else self.value(["abs", parts[0]])
            found = self.atom(tree)
            if head == "abs":
                self.vanishes(found**2 - inner**2)
                self.facts.append((found.top, nonzero))
            else:
                self.vanishes(found * modulus - inner)
                self.vanishes(found * inner - modulus)
                self.vanishes(found**2 - Ratio(ONE) if nonzero else found**3 - found)
        elif head == "exp":
            found = self.atom(tree)
            self.facts.append((found.top, True))
        else:
            hold(head in OPAQUE, f"no rule for {head}")
            if head == "tan":
                self.need(self.value(["cos", parts[0]]).top, "≠")
            found = self.atom(tree)
        return found

    def vanishes(self, value: Ratio) -> None:
        self.relations.append(value.top)

    def same(self, a: Ratio, b: Ratio, why: str) -> None:
        hold(self.zero((a - b).top), why)

    def justify(self, tree: Tree, answer: Tree) -> None:
        """That a root, a modulus, … has the value that the file gives, by the property that defines it."""
        check_shape(answer)
        head, *parts = tree
        name = json.dumps(answer, ensure_ascii=False)
        hold(name not in self.running, "a value that is explained by itself")
        given = self.value(answer)
        if head == "^" and (exponent := rational(parts[1])) is not None:
            base, q = self.value(parts[0]), exponent.denominator
            self.need(self.clear_denominator(base), "≥" if q == 2 and exponent > 0 else ">")
            self.same(given**q, base**exponent.numerator, "a root whose power is another")
            self.need(self.clear_denominator(given), "≥")
        elif head == "abs":
            self.same(given**2, self.value(parts[0]) ** 2, "a modulus whose square is another")
            self.need(self.clear_denominator(given), "≥")
        elif head == "sign" and parts[0][:1] == ["product"]:  # the sign of a product is the product of the signs
            _, factor, bound, barred = parts[0]
            hold(answer[:1] == ["product"] and answer[3] == barred, "a product of other signs")
            hold(answer[2] == bound or not mentions(factor, answer[2]), "an index that is not new")
            hold(answer[1] == ["sign", put(factor, bound, answer[2])], "a product of other signs")
        elif head == "sign":
            inner = self.value(parts[0])
            self.need(inner.top, "≠")
            self.same(given * self.value(["abs", parts[0]]), inner, "a sign that is another")
        elif head == "tan":
            cosine = self.value(["cos", *parts])
            self.need(cosine.top, "≠")
            self.same(given * cosine, self.value(["sin", *parts]), "a tangent that is another")
        elif head in ("exp", "^"):
            exponent_value = self.value(parts[-1])
            if head == "^":
                base = self.value(parts[0])
                self.need(self.clear_denominator(base), ">")
                exponent_value = exponent_value * self.logarithm(base)
            self.need(self.clear_denominator(given), ">")
            self.same(self.logarithm(given), exponent_value, "a power whose logarithm is another")
        else:
            hold(head in OPAQUE and isinstance(answer, list) and len(answer) == len(tree), f"no rule for {head}")
            first = 2 if head == "call" else 1
            hold(answer[:first] == tree[:first], "a value of another function")
            for one, other in zip(tree[first:], answer[first:], strict=True):
                self.same(self.value(one), self.value(other), "a function at another place")

    def logarithm(self, value: Ratio) -> Ratio:
        """The logarithm of a quotient that is positive, as the sum of those of the moduli of its factors."""
        total, constant = Ratio({}), Fraction(1)
        top = self.reduce(value.top, "argument") if len(value.top) > 1 else value.top
        for poly, n in [(top, 1), *((poly, -n) for poly, n in value.factors)]:
            hold(poly, "a logarithm of 0")
            if len(poly) > 1:
                found = self.pieces(poly)
            else:
                ((monomial, c),) = poly.items()
                found = [(number(c), 1)]
                found += [({((a, 1),): Fraction(1)}, m) for a, m in monomial]
            for piece, m in found:
                if not atoms_of(piece):
                    constant *= piece[()] ** (n * m)
                    continue
                if not self.sign(piece, ">", optional=True):
                    opposite = {k: -c for k, c in piece.items()}
                    negative = self.sign(opposite, ">", optional=True)
                    piece = opposite if negative else self.value(["abs", self.tree_of(piece)]).top
                total += Ratio(number(n * m)) * self.logarithm_of(piece)
        return total + self.logarithm_of(number(abs(constant)))

    def logarithm_of(self, poly: Poly) -> Ratio:
        if not atoms_of(poly):
            value = poly[()]
            hold(value > 0, "the logarithm of a number that is not positive")
            total = Ratio({})
            for part, way in ((value.numerator, 1), (value.denominator, -1)):
                for prime in primes(part):
                    total += Ratio(number(way)) * self.atom(["log", prime])
            return total
        if len(poly) == 1 and (atom := next(iter(poly))) == ((atom[0][0], 1),) and poly[atom] == 1:
            tree = self.atoms[atom[0][0]]
            if isinstance(tree, list) and tree[0] == "exp":
                return self.value(tree[1])
            if isinstance(tree, list) and tree[0] == "^":
                return self.value(tree[2]) * self.logarithm(self.value(tree[1]))
        self.need(poly, ">")
        return self.atom(["log", self.tree_of(poly)])

    def tree_of(self, poly: Poly) -> Tree:
        """A polynomial in atoms as an expression, in the order of their names: it is the same at any index."""
        terms = []
        for monomial, c in poly.items():
            powers = [self.atoms[a] if n == 1 else ["^", self.atoms[a], n] for a, n in monomial]
            terms.append((sorted(powers, key=json.dumps), fraction_tree(c)))
        return add(*(mul(c, *powers) for powers, c in sorted(terms, key=json.dumps)))

    # -- indices, sums and products over layers -----------------------------------------------------
    def differ(self, a: Tree, b: Tree) -> bool:
        if type(a) is type(b) is int:
            return bool(a != b)
        return frozenset((json.dumps(a), json.dumps(b))) in self.distinct

    def in_range(self, index: Tree) -> bool:
        """Whether an index surely is one of 1…size."""
        if isinstance(index, str) and index in self.indices:
            return True
        if not (type(index) is int and index >= 1) and not (isinstance(index, str) and index in self.whole):
            return False
        size = self.setting["size"]
        if index == 1 and isinstance(size, str) and size in self.whole:
            return True
        return size is None or self.sign((self.value(size) - self.value(index)).top, "≥", optional=True)

    def meet(self, index: Tree) -> None:
        """Take the hypotheses for every index at one that has turned up."""
        for n, h in enumerate(self.setting["hypotheses"]):
            key = json.dumps(index), n
            if h["index"] is None or key in self.met or not self.in_range(index):
                continue
            if all(self.differ(index, w) for w in h["without"]):
                self.met.add(key)
                relation = [h["relation"][0], *(put(side, h["index"], index) for side in h["relation"][1:])]
                if index not in self.doubtful or mentions(relation, index):
                    self.assume(relation)

    def open(self, barred: list[Tree]) -> str:
        """A generic index outside those that are left out."""
        hold(all(self.in_range(w) for w in barred), "an index left out that may be out of range")
        hold(all(self.differ(a, b) for a, b in combinations(barred, 2)), "two indices left out that may be one")
        key = json.dumps(barred)
        if key not in self.opened:
            index = self.opened[key] = f"?{len(self.opened)}"
            self.indices.add(index)
            self.distinct |= {frozenset((json.dumps(index), json.dumps(w))) for w in barred}
            size = self.setting["size"]
            if size is None or not self.sign(self.value(add(size, -len(barred))).top, ">", optional=True):
                self.doubtful.add(index)
        return self.opened[key]

    def depends(self, poly: Poly, index: str) -> bool:
        return any(mentions(self.atoms[a], index) for a in atoms_of(poly))

    def over(self, head: str, term: Tree, bound: str, barred: list[Tree]) -> Ratio:
        """A sum is linear in its terms, a product multiplicative in its factors; what remains is an atom."""
        index = self.open(barred)
        hold(not mentions(term, index), "a sum within a sum over the same indices")
        value = self.value(put(term, bound, index))
        top = self.reduce(value.top, "term")
        count = add(self.setting["size"] or 0, -len(barred))
        if head == "product":
            total = Ratio(ONE)
            for poly, n in [(top, 1), *((poly, -n) for poly, n in value.factors)]:
                for piece, m in self.pieces(poly):
                    if self.depends(piece, index):
                        total *= self.product_atom(piece, index, barred) ** (n * m)
                    elif piece != ONE:
                        hold(self.setting["size"] is not None, "a product over a number of indices that is not known")
                        total *= self.value(["^", self.tree_of(piece), mul(n * m, count)])
            return total
        tied = [(poly, n) for poly, n in value.factors if self.depends(poly, index)]
        free = [pair for pair in value.factors if pair not in tied]
        total = Ratio({})
        for monomial, c in sorted(top.items()):
            inside = tuple((a, n) for a, n in monomial if self.depends({((a, 1),): Fraction(1)}, index))
            outside = tuple(pair for pair in monomial if pair not in inside)
            if inside or tied:
                part = self.sum_atom(Ratio({inside: Fraction(1)}, tied), index, barred)
            else:
                hold(self.setting["size"] is not None, "a sum over a number of indices that is not known")
                part = self.value(count)
            total += Ratio({outside: c}, free) * part
        return total

    def reduce(self, poly: Poly, kind: str) -> Poly:
        """A term of a sum or the argument of a logarithm, which relations may make simpler: ``p = answer + Σ c·r``."""
        relations = self.usable(poly, None)[1]
        answer = self.ask(kind, write(poly), True, relations) if relations else None
        if answer is None:
            return poly
        simple = read(answer["is"])
        hold(plus(simple, combine(answer["cofactors"], relations)) == poly, "a term that does not multiply out")
        return simple

    def pieces(self, poly: Poly) -> list[tuple[Poly, int]]:
        """The factors of a polynomial, as the file gives them."""
        found = [(read(p), natural(n, 400)) for p, n in self.ask("factors", write(poly))]
        whole = ONE
        for p, n in found:
            whole = times(whole, power(p, n))
        hold(whole == poly, "factors that do not multiply out")
        return found

    def quotient_tree(self, value: Ratio) -> Tree:
        below = [["^", self.tree_of(poly), -n] for poly, n in value.factors]
        return mul(self.tree_of(value.top), *sorted(below, key=json.dumps))

    def sum_atom(self, inside: Ratio, index: str, barred: list[Tree]) -> Ratio:
        term = put(self.quotient_tree(inside), index, "_")
        tree = ["sum", term, "_", barred]
        new = json.dumps(tree, ensure_ascii=False) not in self.known
        found = self.atom(tree)
        if new:
            self.sums[self.known[json.dumps(tree, ensure_ascii=False)]] = inside, index, barred
            signed = self.clear_denominator(inside)
            if self.sign(signed, "≥", optional=True):
                strict = not barred and index not in self.doubtful and self.sign(signed, ">", optional=True)
                self.facts.append((found.top, strict))
            family = self.families.setdefault(json.dumps(term), [])
            family.append(barred)
            for member in family if len(family) == 2 else family[2:][-1:]:
                if member:  # the whole sum is the rest and what is left out
                    rest = [self.value(put(term, "_", w)) for w in member]
                    whole = self.value(["sum", term, "_", []]) - self.value(["sum", term, "_", member])
                    for value in rest:
                        whole -= value
                    self.vanishes(whole)
        return found

    def product_atom(self, piece: Poly, index: str, barred: list[Tree]) -> Ratio:
        factor = put(self.tree_of(piece), index, "_")
        tree = ["product", factor, "_", barred]
        new = json.dumps(tree, ensure_ascii=False) not in self.known
        found = self.atom(tree)
        if new:
            if self.sign(piece, "≥", optional=True):
                self.facts.append((found.top, self.sign(piece, ">", optional=True)))
            elif self.sign(piece, "≠", optional=True):
                self.facts.append((power(found.top, 2), True))
            if any(self.atoms[a][0] == "sign" for a in atoms_of(piece)) and self.zero(
                plus(times(piece, piece), ONE, -1), optional=True
            ):
                self.vanishes(found**2 - Ratio(ONE))  # a product of signs is a sign
            family = self.families.setdefault(json.dumps(factor), [])
            family.append(barred)
            for other in family[:-1]:
                fewer, more = sorted((other, barred), key=len)
                left_out = [w for w in more if w not in fewer]
                if all(w in more for w in fewer):  # the larger set of indices has more factors
                    value = self.value(["product", factor, "_", more])
                    for w in left_out:
                        value *= self.value(put(factor, "_", w))
                    self.vanishes(self.value(["product", factor, "_", fewer]) - value)
                elif all(self.differ(a, b) for a, b in combinations([*fewer, *left_out], 2)):
                    union = sorted([*fewer, *left_out], key=json.dumps)
                    self.value(["product", factor, "_", union])
                else:
                    self.value(["product", factor, "_", []])
        return found

    # -- rates of change ------------------------------------------------------------------------------
    def rate(self, tree: Tree) -> Tree:
        """``d/dt`` by the chain rule; what it divides by is asked for when the result gets its value."""
        rules = self.setting["rates"]
        for rule in rules:
            if rule["index"] is None and rule["quantity"] == tree:
                return rule["value"]
        if rational(tree) is not None or isinstance(tree, str):
            return 0
        head, *parts = tree
        if head == "at":
            for rule in rules:
                if not isinstance(rule["quantity"], list) or rule["quantity"][:2] != tree[:2]:
                    continue
                if rule["index"] is not None:
                    hold(self.in_range(tree[2]), "a rate at an index that may be out of range")
                    return put(rule["value"], rule["index"], tree[2])
                hold(self.differ(rule["quantity"][2], tree[2]), "a rate of one of two entries that may be the same")
            return 0
        if head == "+":
            return add(*(self.rate(part) for part in parts))
        if head == "*":
            moves = [self.rate(part) for part in parts]
            return add(*(mul(*parts[:n], move, *parts[n + 1 :]) for n, move in enumerate(moves)))
        if head == "^":
            (base, exponent), (moving, turning) = parts, map(self.rate, parts)
            plain = rational(exponent)
            lower = add(exponent, -1) if plain is None else fraction_tree(plain - 1)
            direct = mul(exponent, 1 if lower == 0 else ["^", base, lower], moving)
            return add(direct, mul(tree, ["log", base], turning))
        if head == "rate":
            return self.rate(self.rate(parts[0]))
        if head == "derivative":
            return self.rate(self.derivative(*parts))
        if head in ("sum", "product"):
            term, bound, barred = parts
            index = self.open(barred)
            inner = self.rate(put(term, bound, index))
            hold(inner == 0 or not mentions(tree, index), "an index that is not new")
            others = 1 if head == "sum" else ["product", term, bound, [*barred, "_d"]]
            hold(not mentions(inner, "_d"), "a name that is taken")
            return 0 if inner == 0 else ["sum", mul(others, put(inner, index, "_d")), "_d", barred]
        inner = [self.rate(part) for part in parts[1 if head == "call" else 0 :]]
        if all(move == 0 for move in inner):
            hold(not any(r["quantity"][:2] == tree[:2] for r in rules if head == "call"), "a function that moves")
            return 0
        hold(head in DERIVATIVES, f"no rule for the rate of {head}")
        return mul(DERIVATIVES[head](parts[0]), inner[0])

    def derivative(self, tree: Tree, *variables: Any) -> Tree:
        before = self.setting
        for name, order in variables:
            self.setting = {**before, "rates": [{"quantity": name, "value": 1, "index": None}]}
            for _ in range(natural(order, 20)):
                tree = self.rate(tree)
        self.setting = before
        return tree

    def introduce(self, sort: str, *trees: Tree) -> None:
        """What a proof looks at besides its sides: another sum, or two products whose factors compare.

        Over one set of indices ``f ≥ h ≥ 0`` at any index gives ``∏f ≥ ∏h``, by induction, and ``f = h`` equality.
        """
        values = [self.value(tree) for tree in trees]
        if sort == "look":
            return
        (_, upper, bound, barred), (_, lower, other, also) = trees
        hold(all(tree[0] == "product" for tree in trees) and barred == also, "no products over one set of indices")
        index = self.open(barred)
        hold(not mentions([upper, lower], index), "an index that is not new")
        f, h = self.value(put(upper, bound, index)), self.value(put(lower, other, index))
        if sort == "equal factors":
            self.same(f, h, "factors that differ")
            self.vanishes(values[0] - values[1])
            return
        hold(sort == "larger factors", f"no way called {sort}")
        self.sign(self.clear_denominator(f - h), "≥")
        self.sign(self.clear_denominator(h), "≥")
        self.facts.append((self.clear_denominator(values[0] - values[1]), False))

    # -- propositions ---------------------------------------------------------------------------------
    def prove(self, statement: dict[str, Any], how: str, introduced: list[Any]) -> None:
        for sort, *trees in introduced:
            self.introduce(sort, *trees)
        if statement["kind"] == "equal":
            self.equal(statement["left"], statement["right"], how)
        else:
            self.compare(statement["left"], statement["right"], statement["strict"], how)

    def equal(self, left: Tree, right: Tree, how: str) -> None:
        a, b = self.value(left), self.value(right)
        if how == "squares":  # equal squares, and a product that is not negative
            self.same(a**2, b**2, "squares that differ")
            self.sign(self.clear_denominator(a * b), "≥")
        elif how == "termwise":
            self.zero(self.terms(a - b))
        else:
            hold(how == "difference", f"no way called {how}")
            self.same(a, b, "sides that differ")

    def compare(self, left: Tree, right: Tree, strict: bool, how: str) -> None:
        difference = self.value(left) - self.value(right)
        hold(how in ("difference", "termwise"), f"no way called {how}")
        if how == "termwise":
            hold(not strict, "a sum of no terms is not positive")
            self.sign(self.terms(Ratio(self.clear_denominator(difference))), "≥")
        else:
            self.sign(self.clear_denominator(difference), ">" if strict else "≥")

    def terms(self, difference: Ratio) -> Poly:
        """The terms of a linear combination of sums over one set of indices, times a positive denominator.

        What stands outside of the sums is the number of indices times a term that is the same at each.
        """
        found = {a for a in atoms_of(difference.top) if a in self.sums}
        hold(len({json.dumps(self.sums[a][1:]) for a in found}) == 1, "no sums over one set of indices")
        total = Ratio({})
        outside: Poly = {}
        for monomial, c in difference.top.items():
            tied = [(a, n) for a, n in monomial if a in found]
            rest = tuple(pair for pair in monomial if pair not in tied)
            if tied:
                hold([n for _, n in tied] == [1], "a product of sums")
                total += Ratio({rest: c}) * self.sums[tied[0][0]][0]
            else:
                outside[rest] = c
        if outside:
            hold(self.setting["size"] is not None, "a number of indices that is not known")
            count = self.value(add(self.setting["size"], -len(self.sums[min(found)][2]))).top
            each = self.ask("each", write(outside), using=count)
            hold(times(read(each), count) == outside, "a term outside of the sums")
            total += Ratio(read(each))
        return self.clear_denominator(total)


class Cases(Checker):
    """A formula over whole and real numbers, by cases: what is assumed against it leads to ``0 > 0`` in each.

    What is known in a case are facts and relations; to a fact ``p > 0`` about whole numbers belongs ``p − 1 ≥ 0``.
    """

    def begin(self) -> None:
        """Hypotheses are formulas here; they are assumed in :meth:`prove`."""

    def need(self, poly: Poly, kind: str, known: tuple[int, int] | None = None) -> None:
        """A formula is not looked at in one order, so what stands in it has a value by what its names are alone."""
        (monomial, c), *others = poly.items() or [((), Fraction(0))]
        positive = c > 0 and all(self.is_index(self.atoms[a]) for a, _ in monomial)
        hold(positive and not others, "a part of a formula that may have no value")

    def prove(self, statement: dict[str, Any], how: str, introduced: list[Any]) -> None:
        """Assume the hypotheses, those for every index at the given ones, and that the formula fails."""
        hold(how == "cases", f"no way called {how}")
        given, size = self.setting["hypotheses"], self.setting["size"]
        said = [(h["relation"], True) for h in given if h["index"] is None]
        hold({n for n, h in enumerate(given) if h["index"]} == {n for n, _ in introduced}, "a hypothesis at no index")
        for n, at in introduced:
            h = given[natural(n, len(given))]
            hold(self.is_index(at), "an index that is none")
            beyond = [["=", at, w] for w in h["without"]] + [[">", at, size]] * (size is not None)
            relation = put(h["relation"], h["index"], at)
            said.append((["or", *beyond, relation] if beyond else relation, True))
        said += [(["≤", name, size], True) for name in sorted(self.indices) if size is not None]
        self.case([*said, (statement["formula"], False)], [], [], [])

    def take(
        self, said: list[tuple[Tree, bool]], facts: list[Fact], relations: list[Poly], waiting: list[Any]
    ) -> tuple[list[Fact], list[Poly], list[Any]]:
        """What is known in a case: facts, relations, and what distinguishes further cases."""
        said, facts, relations, waiting = [*said], [*facts], [*relations], [*waiting]
        for formula, holds in said:
            cases = alternatives(formula, holds)
            if cases is None:
                sign, left, right = formula
                more, less = (right, left) if sign in ("<", "≤") else (left, right)
                difference = self.value(more) - self.value(less)
                if sign == "=":
                    relations.append(difference.top)
                elif sign == "≠":
                    facts.append((power(difference.top, 2), True))
                    waiting.append([[([order, left, right], True)] for order in "><"])
                else:
                    facts.append((self.clear_denominator(difference), sign in "<>"))
            elif len(cases) == 1:
                said += cases[0]
            else:
                waiting.append(cases)
        return facts, relations, waiting

    def case(self, said: list[tuple[Tree, bool]], *before: Any) -> None:
        """A case in which formulas hold or fail: it is split further, or what is known in it is contradictory."""
        facts, relations, waiting = self.take(said, *before)
        known = [*self.facts, *facts], [*self.relations, *relations]
        known[0].extend([(plus(f, ONE, -1), False) for f, strict in known[0] if strict and self.is_whole(f)])
        answer = self.ask("case", [[*entry] for entry in said], using=(*known, waiting))
        if isinstance(answer, dict):
            hold(answer["times"] is None, "a multiplier of nothing")
            self.signs({}, ">", answer, *known)
            return
        if isinstance(answer, list):  # a formula by which two cases are distinguished
            check_shape(answer)
            cases = [[(answer, True)], [(answer, False)]]
        else:
            cases = waiting.pop(natural(answer, len(waiting)))
        for one in cases:
            self.case(one, facts, relations, waiting)


OPPOSITE = {"=": "≠", "≠": "=", ">": "≤", "≤": ">", "<": "≥", "≥": "<"}


def alternatives(formula: Tree, holds: bool) -> list[list[tuple[Tree, bool]]] | None:
    """The cases in which a formula holds, or fails, by what is said in each; None for a relation that stands."""
    head, *parts = formula
    hold(head in FORMULAS or head in RELATIONS, f"{head} is no formula")
    if head == "not":
        return [[(parts[0], not holds)]]
    if head == "implies":
        return alternatives(["or", ["not", parts[0]], parts[1]], holds)
    if head == "iff":
        return [[(parts[0], True), (parts[1], holds)], [(parts[0], False), (parts[1], not holds)]]
    if head in ("and", "or"):
        return [[(p, holds) for p in parts]] if (head == "and") == holds else [[(p, holds)] for p in parts]
    if not holds:
        return [[([OPPOSITE[head], *parts], True)]]
    inner = by_cases(formula)
    if inner:
        _, value, condition, *rest = inner
        other = rest[0] if len(rest) == 1 else ["cases", *rest]
        return [[(condition, True), (put(formula, inner, value), True)],
                [(condition, False), (put(formula, inner, other), True)]]  # fmt: skip
    return None


def by_cases(tree: Tree) -> Tree:
    """The first part of an expression that is defined by cases, if one is, outside of sums over an index."""
    if not isinstance(tree, list) or tree[0] in ("sum", "product"):
        return None
    return tree if tree[0] == "cases" else next(filter(None, map(by_cases, tree)), None)


def natural(value: Any, below: int) -> int:
    hold(type(value) is int and 0 <= value < below, f"{value} is no number from 0 to {below - 1}")
    return int(value)


def fraction_tree(value: Fraction) -> Tree:
    return int(value) if value.denominator == 1 else ["/", value.numerator, value.denominator]


def primes(n: int) -> list[int]:
    hold(n < 10**8, "a number too large to be factored")
    found, p = [], 2
    while n > 1:
        while n % p == 0:
            found.append(p)
            n //= p
        p += 1
    return found


def combine(cofactors: Any, relations: list[Poly]) -> Poly:
    total: Poly = {}
    for n, cofactor in cofactors:
        total = plus(total, times(read(cofactor), relations[natural(n, len(relations))]))
    return total


# -- components of a model ----------------------------------------------------------------------------
class Model(Checker):
    """Polynomial components of G in their variables, and the domain M."""

    def __init__(self, statement: dict[str, Any]) -> None:
        nothing: dict[str, Any] = {"hypotheses": [], "rates": [], "size": None}
        super().__init__({"kind": statement["kind"], "setting": nothing, "whole": [], "indices": []}, iter(()))
        self.number = {name: n for n, name in enumerate(statement["variables"])}
        hold(len(self.number) == len(statement["variables"]), "a variable that is named twice")
        for name in self.number:
            self.atom(name)
        self.components = [self.poly(c) for c in statement["components"]]
        domain = statement.get("domain") or {"avoids": [], "positive": []}
        self.avoids = [[self.poly(p) for p in group] for group in domain["avoids"]]
        self.positive = [self.poly(p) for p in domain["positive"]]

    def poly(self, tree: Tree) -> Poly:
        value = self.value(tree)
        hold(not value.below and len(self.atoms) == len(self.number), "no polynomial in the variables")
        return value.top

    def commutes(self) -> None:
        hold(not any(self.brackets()), "a bracket that does not vanish")

    def brackets(self) -> Iterator[Poly]:
        """The entries of ``∇²G_a∇G_b − ∇²G_b∇G_a`` for components that share a variable, multiplied out."""
        for a, b in combinations(self.components, 2):
            shared = atoms_of(a) | atoms_of(b) if atoms_of(a) & atoms_of(b) else set()
            for k in shared:
                entry: Poly = {}
                for m in shared:
                    entry = plus(entry, times(diff(diff(a, k), m), diff(b, m)))
                    entry = plus(entry, times(diff(diff(b, k), m), diff(a, m)), -1)
                yield entry

    def loses_rank(self, point: list[Any]) -> None:
        """That a point of M is given where the Jacobian has not full rank."""
        given = {self.number[name]: rational(value) for name, value in point}
        place = {n: value for n, value in given.items() if value is not None}
        hold(place.keys() == set(self.number.values()) and len(place) == len(point), "no rational point")

        def value(poly: Poly) -> Fraction:
            return sum((c * prod(place[a] ** n for a, n in m) for m, c in poly.items()), Fraction(0))

        hold(all(any(map(value, group)) for group in self.avoids), "a point outside of M")
        hold(all(value(p) > 0 for p in self.positive), "a point outside of M")
        rows = [[number(value(diff(c, v))) for v in self.number.values()] for c in self.components]
        minors = combinations(range(len(place)), len(rows))
        hold(not any(determinant([[row[k] for k in columns] for row in rows]) for columns in minors), "full rank")

    def apart(self) -> None:
        """Components in disjoint variables, and no condition of the domain that ties two of them."""
        supports = [atoms_of(c) for c in self.components]
        hold(not any(a & b for a, b in combinations(supports, 2)), "components that share a variable")
        for group in [*self.avoids, *([p] for p in self.positive)]:
            spoken = set().union(*map(atoms_of, group))
            hold(sum(bool(spoken & s) for s in supports) <= 1, "a condition that ties several components")

    def regular(self) -> None:
        """Rank, block by block: wherever all maximal minors, which are monomials, vanish, a condition of M fails."""
        groups = [*self.avoids, *([p] for p in self.positive)]
        hold(all(len(p) == 1 and sum(n for m in p for _, n in m) == 1 for g in groups for p in g), "no plain domain")
        excluded = [set().union(*map(atoms_of, group)) for group in groups]
        left = [*self.components]
        while left:
            block, left = [left[0]], left[1:]
            while more := [c for c in left if any(atoms_of(c) & atoms_of(b) for b in block)]:
                block, left = block + more, [c for c in left if c not in more]
            hold(len(block) <= 6, "a block with too many components")
            variables = sorted(set().union(*map(atoms_of, block)))
            rows = [[diff(c, v) for v in variables] for c in block]
            minors = [determinant([[row[k] for k in columns] for row in rows])
                      for columns in combinations(range(len(variables)), len(rows))]  # fmt: skip
            entries = [{x for x, _ in next(iter(minor))} for minor in minors if len(minor) == 1]
            waiting: list[set[int]] = [set()]
            cases = 0
            while waiting:
                zero, cases = waiting.pop(), cases + 1
                hold(cases < LARGEST, "too many cases")
                if not any(group <= zero for group in excluded):
                    entry = next((entry for entry in entries if not entry & zero), None)
                    hold(entry is not None, "a case inside M in which no minor is known not to vanish")
                    waiting += [zero | {x} for x in entry or ()]


def determinant(rows: list[list[Poly]]) -> Poly:
    if not rows:
        return ONE
    total: Poly = {}
    for k, entry in enumerate(rows[0]):
        if entry:
            minor = determinant([row[:k] + row[k + 1 :] for row in rows[1:]])
            total = plus(total, times(entry, minor), (-1) ** k)
    return total


def diff(poly: Poly, atom: int) -> Poly:
    total: Poly = {}
    for monomial, c in poly.items():
        n = dict(monomial).get(atom, 0)
        if n:
            total[tuple((a, m - (a == atom)) for a, m in monomial if a != atom or m > 1)] = c * n
    return total


# -- points where a statement fails -------------------------------------------------------------------
Interval = tuple[Fraction, Fraction]  # a number, by what is below and what is above it; rational if they are equal
FINE = 2**160  # bounds that are not exact are multiples of 1/FINE
SERIES = 60  # terms of a series


def at(tree: Tree, point: dict[str, Fraction]) -> Interval:
    """The value of an expression at a rational point, between two fractions."""
    plain = rational(tree)
    if plain is not None:
        return plain, plain
    name = json.dumps(tree, ensure_ascii=False)
    if name in point:
        return point[name], point[name]
    hold(isinstance(tree, list), f"{tree} has no value")
    head, *parts = tree
    values = [at(part, point) for part in parts]
    if head == "+":
        return around(sum((v[0] for v in values), Fraction(0)), sum((v[1] for v in values), Fraction(0)))
    if head == "*":
        result = (Fraction(1), Fraction(1))
        for value in values:
            result = i_times(result, value)
        return result
    below, above = values[0]
    if head == "^":
        return i_power(values[0], *values[1])
    if head == "abs":
        return max(below, -above, Fraction(0)), max(-below, above)
    if head == "sign":
        hold(below == above or below > 0 or above < 0, "a sign that is not known")
        return Fraction((below > 0) - (above < 0)), Fraction((above > 0) - (above < 0))
    if head in INCREASING:
        lowest, highest = INCREASING[head](below), INCREASING[head](above)
        return lowest[0], highest[1]
    hold(head in ("cosh", "sinh"), f"no value of {head}")
    up, (least, most) = at(["exp", parts[0]], point), at(["exp", neg(parts[0])], point)
    down = (least, most) if head == "cosh" else (-most, -least)
    return around((up[0] + down[0]) / 2, (up[1] + down[1]) / 2)


def around(below: Fraction, above: Fraction) -> Interval:
    """The bounds, outward to multiples of 1/FINE unless they are equal."""
    if below == above:
        return below, above
    least, most = below.numerator * FINE // below.denominator, -(-above.numerator * FINE // above.denominator)
    return Fraction(least, FINE), Fraction(most, FINE)


def i_times(a: Interval, b: Interval) -> Interval:
    products = [x * y for x in a for y in b]
    return around(min(products), max(products))


def i_power(base: Interval, exponent: Fraction, same: Fraction) -> Interval:
    hold(exponent == same and abs(exponent) < 400, "an exponent that is not rational, or large")
    hold(exponent > 0 or base[0] > 0 or base[1] < 0, "a power without a value")
    if exponent < 0:
        return i_power((1 / base[1], 1 / base[0]), -exponent, -exponent)
    if exponent.denominator > 1:
        hold(base[0] >= 0, "a root of a negative number")
        base = roots(base[0], exponent.denominator)[0], roots(base[1], exponent.denominator)[1]
    result = (Fraction(1), Fraction(1))
    for _ in range(exponent.numerator):
        result = i_times(result, base)
    return result


def roots(value: Fraction, n: int) -> Interval:
    """The n-th root, exactly if it is rational."""
    top, bottom = whole_root(value.numerator, n), whole_root(value.denominator, n)
    if top**n == value.numerator and bottom**n == value.denominator:
        return Fraction(top, bottom), Fraction(top, bottom)
    below = whole_root(value.numerator * FINE**n // value.denominator, n)
    return Fraction(below, FINE), Fraction(below + 1, FINE)


def whole_root(value: int, n: int) -> int:
    """The largest whole number whose n-th power is at most the value."""
    found = 0
    for bit in reversed(range(value.bit_length() // n + 1)):
        if (found | 1 << bit) ** n <= value:
            found |= 1 << bit
    return found


def exponential(x: Fraction) -> Interval:
    """``(e^{x/2^k})^{2^k}`` with ``|x/2^k| ≤ 1/2``: what the series leaves out is less than twice its next term."""
    hold(abs(x) < 400, "an exponential of a large number")
    halvings = max(0, 2 + int(abs(x)).bit_length())
    small = x / 2**halvings
    term, total = Fraction(1), Fraction(0)
    for n in range(1, SERIES):
        total += term
        term *= small / n
    result = (total, total) if not x else around(total - 2 * abs(term), total + 2 * abs(term))
    for _ in range(halvings):
        result = i_times(result, result)
    return result


def natural_logarithm(x: Fraction) -> Interval:
    """``log x = 2 near_one((x − 1)/(x + 1))`` after x has been brought near 1 by powers of 2."""
    hold(x > 0, "the logarithm of a number that is not positive")
    halvings = x.numerator.bit_length() - x.denominator.bit_length()
    near, two = near_one(x / Fraction(2) ** halvings), near_one(Fraction(2))
    both = [near[0] + halvings * two[n] for n in (0, 1)], [near[1] + halvings * two[n] for n in (0, 1)]
    return around(min(both[0]), max(both[1]))


def near_one(x: Fraction) -> Interval:
    """``log x = 2(z + z³/3 + …)`` for x from 1/2 to 2, where ``z = (x − 1)/(x + 1)`` is at most 1/3 in modulus."""
    z = (x - 1) / (x + 1)
    hold(3 * abs(z) <= 1, "a number that is not near 1")
    total = sum((2 * z ** (2 * n + 1) / (2 * n + 1) for n in range(SERIES)), Fraction(0))
    rest = abs(z) ** (2 * SERIES)  # 2 z^{2N+1}/(2N+1)·(1 + z² + …) is less
    return (total, total) if not z else around(total - rest, total + rest)


def arsinh(x: Fraction) -> Interval:
    below, above = roots(x * x + 1, 2)
    return natural_logarithm(x + below)[0], natural_logarithm(x + above)[1]


INCREASING: dict[str, Callable[[Fraction], Interval]] = {
    "exp": exponential, "log": natural_logarithm, "asinh": arsinh,
}  # fmt: skip


def true(sign: str, a: Interval, b: Interval) -> bool | None:
    """Whether a relation holds between two numbers, or None if the bounds do not tell."""
    if sign in ("<", "≤"):
        return true({"<": ">", "≤": "≥"}[sign], b, a)
    if a[0] == a[1] and b[0] == b[1]:
        return RELATIONS[sign](a[0], b[0])
    if a[0] > b[1] or a[1] < b[0]:
        return sign == "≠" or (sign != "=" and a[0] > b[1])
    return None


def fails(statement: dict[str, Any], witness: dict[str, Any]) -> None:
    """That the hypotheses hold at a point and the relation does not, where every part has a value."""
    point = {json.dumps(place, ensure_ascii=False): rational(value) for place, value in witness["point"]}
    hold(None not in point.values() and len(point) == len(witness["point"]), "a point that is not rational")
    exact = {name: value for name, value in point.items() if value is not None}
    trees = [json.loads(name) for name in exact]
    hold(all(isinstance(t, str) or t[0] in ("at", "call") for t in trees), "a value of what is no name")
    for h in statement["setting"]["hypotheses"]:
        sign, left, right = h["relation"]
        hold(h["index"] is None and true(sign, at(left, exact), at(right, exact)), "a hypothesis that fails")
    places = [(at(json.loads(n)[2], exact), json.loads(n)[1], v) for n, v in exact.items() if n.startswith("[")]
    hold(all(v == w for (i, a, v), (j, b, w) in combinations(places, 2) if (i, a) == (j, b)), "two values of one entry")
    sides = values_at(statement, exact)
    hold([[str(bound) for bound in side] for side in sides] == witness["sides"], "another value of a side")
    size = statement["setting"]["size"]
    for tree, value in zip(trees, exact.values(), strict=True):
        if tree in statement["whole"] + statement["indices"]:
            hold(value.denominator == 1 and value > 0, "no whole number")
        if tree in statement["indices"] and size is not None:
            hold(true("≥", at(size, exact), (value, value)), "an index that is out of range")
    sign = {"equal": "=", "compare": ">" if statement.get("strict") else "≥"}[statement["kind"]]
    hold(true(sign, *sides) is False, "a point where the statement holds")


def values_at(statement: dict[str, Any], point: dict[str, Fraction]) -> list[Interval]:
    """The sides at a point, with their rates of change by the chain rule."""
    mover = Checker({**statement, "setting": {**statement["setting"], "hypotheses": []}}, iter(()))

    def still(tree: Tree) -> Tree:
        if not isinstance(tree, list) or tree[0] in ("sum", "product", "/", "at"):
            return tree
        if tree[0] != "rate":
            return [tree[0], *map(still, tree[1:])]
        at(still(tree[1]), point)  # what moves has a value there
        return still(mover.rate(tree[1]))

    return [at(still(statement[side]), point) for side in ("left", "right")]


RELATIONS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "=": lambda a, b: a == b, "≠": lambda a, b: a != b, ">": lambda a, b: a > b, "≥": lambda a, b: a >= b,
    "<": lambda a, b: a < b, "≤": lambda a, b: a <= b,
}  # fmt: skip


# -- steps ------------------------------------------------------------------------------------------
CONTINUOUS = {"+", "*", "log", "exp", "sinh", "cosh", "asinh", "abs", "sum", "product", *OPAQUE}


def continuous(tree: Tree, moving: set[str]) -> None:
    """Only heads that are continuous wherever they have a value, over what moves."""
    if not isinstance(tree, list) or tree[0] in ("/", "at") or not any(name in words(tree) for name in moving):
        return
    head, *parts = tree
    if head == "^":
        hold(not any(name in words(parts[1]) for name in moving), "an exponent that moves")
        parts = parts[:1]
    else:
        hold(head in CONTINUOUS, f"{head} may jump")
    for part in parts[:1] if head in ("sum", "product") else parts[head == "call" :]:
        continuous(part, moving)


def words(tree: Tree) -> set[str]:
    if isinstance(tree, list):
        return set().union(*map(words, tree[bool(tree) and isinstance(tree[0], str) and tree[0] in HEADS :]))
    return {tree} if isinstance(tree, str) else set()


FORMULAS = {"and": (2, 10**6), "or": (2, 10**6), "not": (1, 1), "implies": (2, 2), "iff": (2, 2)}
ARITIES = {
    "^": (2, 2), "+": (2, 10**6), "*": (2, 10**6), "floor": (2, 2), "mod": (2, 2), "cases": (3, 10**6),
    **FORMULAS, **dict.fromkeys(RELATIONS, (2, 2)),
}  # fmt: skip
HEADS = {"/", "at", "rate", "derivative", "sum", "product", "sign", *ARITIES, *DERIVATIVES, *OPAQUE}


def polynomial(tree: Tree) -> None:
    if rational(tree) is None and not isinstance(tree, str):
        hold(tree[0] in ("+", "*", "^", "at"), f"{tree[0]} in a polynomial")
        if tree[0] == "^":
            natural(tree[2], 10**6)
        for part in tree[1:2] if tree[0] == "^" else tree[1:] if tree[0] != "at" else []:
            polynomial(part)


def check_shape(tree: Tree) -> None:
    """That every head of an expression has as many parts as it takes."""
    if rational(tree) is not None or (isinstance(tree, str) and tree):
        return
    hold(isinstance(tree, list) and tree and isinstance(tree[0], str), "no expression")
    head, *parts = tree
    if head in ("sum", "product"):
        hold(len(parts) == 3 and isinstance(parts[1], str) and isinstance(parts[2], list), f"a {head} of another form")
        parts = [parts[0], *parts[2]]
    elif head == "derivative":
        hold(len(parts) > 1 and all(isinstance(v, list) and len(v) == 2 for v in parts[1:]), "a derivative by nothing")
        parts = parts[:1]
    elif head in ("at", "call"):
        hold(len(parts) == 2 if head == "at" else len(parts) > 1, f"{head} with another number of parts")
        hold(isinstance(parts[0], str), "no name")
        parts = parts[1:]
    else:
        least, most = ARITIES.get(head, (1, 1))
        hold(
            head in HEADS and (head != "cases" or len(parts) % 2) and least <= len(parts) <= most,
            f"{head} with another number of parts",
        )
    for part in parts:
        check_shape(part)


def check_form(statement: dict[str, Any]) -> None:
    """That a statement has the form of the schema, whether or not the proof looks at every part of it."""
    setting, names = statement["setting"], [statement["whole"], statement["indices"]]
    size = setting["size"]
    hold(type(size) is not int or size >= 1, "no number of indices")
    hold(setting.keys() == {"hypotheses", "rates", "size"}, "a setting of another form")
    sides = [statement["formula"]] if statement["kind"] == "holds" else [statement["left"], statement["right"]]
    hold(not OWN.search(json.dumps(statement, ensure_ascii=False)), "a name as the checker gives them")
    spoken = words([*sides, size])
    for h in setting["hypotheses"]:
        hold(h.keys() == {"relation", "index", "without"}, "a hypothesis of another form")
        plain = h["relation"][0] in RELATIONS or statement["kind"] == "holds"
        hold(plain and isinstance(h["without"], list), "a hypothesis of another form")
        hold(
            h["index"] in [None, *names[0], *names[1]] and (h["index"] or not h["without"]), "no index of a hypothesis"
        )
        for tree in (h["relation"], *h["without"]):
            check_shape(tree)
        spoken |= words([h["relation"], h["without"], h["index"]])
    hold(
        len({json.dumps(r["quantity"]) for r in setting["rates"]}) == len(setting["rates"]), "two rates of one quantity"
    )
    for rule in setting["rates"]:
        hold(rule.keys() == {"quantity", "value", "index"}, "a rate of another form")
        index = rule["index"]
        hold(index is None or (rule["quantity"][::2] == ["at", index] and index in names[0] + names[1]), "no index")
        for tree in (rule["quantity"], rule["value"]):
            check_shape(tree)
        spoken |= words([rule["quantity"], rule["value"]])
    for tree in (*sides, *([] if size is None else [size])):
        check_shape(tree)
    for listed in names:
        hold(listed == sorted(set(listed)) and set(listed) <= spoken, "names that are not in order, or not used")


def check_step(record: dict[str, Any]) -> str:
    """The kind of a step that is accepted.

    Raises:
        Rejected: it is not, with the reason.
    """
    kind = record["proposition"]["kind"]
    hold("open" not in record, f"no complete certificate was found: {record.get('open')}"[:160])
    hold(record["verdict"] in ("proved", "refuted"), "a verdict that is none of a proof")
    hold(kind in STEPS, {"validated": "balls or ranks of its own, unchecked"}.get(kind, kind))
    return STEPS[kind](record["proposition"], record)


def check_relation(statement: dict[str, Any], record: dict[str, Any]) -> str:
    """A formula with its answers; all that is known of its atoms has to be what the file says."""
    check_form(statement)
    for part in record["parts"]:
        check_step(part)
    if record["verdict"] == "refuted":
        fails(statement, record["witness"])
        return "witness"
    answers = iter(record["answers"])
    checker = (Cases if statement["kind"] == "holds" else Checker)(statement, answers)
    checker.prove(statement, record["how"], record["introduced"])
    hold(next(answers, None) is None, "an answer that nobody asked for")
    hold(record["atoms"] == checker.atoms, "atoms that differ from those of the statement")
    facts = [[write(p), strict] for p, strict in checker.facts]
    hold(record["facts"] == facts, "facts that differ from those of the statement")
    hold(record["relations"] == [write(p) for p in checker.relations], "relations that differ")
    return {"equal": "identity", "compare": "inequality", "holds": "formula, by cases"}[statement["kind"]]


def check_fields(statement: dict[str, Any], record: dict[str, Any]) -> str:
    """What the components of a model are said to be, or that they are not."""
    model, kind = Model(statement), statement["kind"]
    if record["verdict"] == "proved":
        getattr(model, kind)()
    elif kind == "commutes":
        hold(any(model.brackets()), "brackets that vanish")
    else:
        hold(kind == "regular", "a refutation that has no point")
        model.loses_rank(record["witness"]["point"])
    return "fields"


def check_heads(statement: dict[str, Any], record: dict[str, Any]) -> str:
    """The way an expression is written: of heads that are continuous, or as a polynomial."""
    hold(record["verdict"] == "proved", f"a refutation that has no point: {statement['kind']}")
    if statement["kind"] == "polynomial":
        polynomial(statement["quantity"])
    else:
        moving = {words(rule["quantity"]).pop() for rule in statement["setting"]["rates"]}
        continuous(statement["quantity"], moving)
    return "form"


def check_premises(statement: dict[str, Any], record: dict[str, Any]) -> str:
    """A theorem that is cited, or a definition: its premises, or its parts."""
    hold(record["verdict"] == "proved", f"a refutation that has no point: {statement['kind']}")
    hold(record["parts"], f"a {statement['kind']} without parts")
    for part in record["parts"]:
        hold(part["verdict"] == "proved", "a premise that is not proved")
        check_step(part)
    return {"consequence": "theorem cited, premises checked", "definition": "defined, parts checked"}[statement["kind"]]


def check_needed(statement: dict[str, Any], record: dict[str, Any]) -> str:
    """That a claim fails without an assumption, and holds with it."""
    hold(record["verdict"] == "proved", "a refutation that has no point: needed")
    without, restored = record["parts"]
    setting = {**statement["statement"]["setting"]}
    setting["hypotheses"] = [*setting["hypotheses"], *statement["assumption"]]
    hold(without["proposition"] == statement["statement"] and without["verdict"] == "refuted", "no refutation")
    wanted = {**statement["statement"], "setting": setting}
    hold(same_but_names(restored["proposition"], wanted), "another claim")
    hold(restored["verdict"] == "proved", "no proof with the assumption")
    check_step(without), check_step(restored)
    return "needed"


def check_denied(statement: dict[str, Any], record: dict[str, Any]) -> str:
    """The opposite of a statement that is decided."""
    (part,) = record["parts"]
    hold(part["proposition"] == statement["statement"], "a proof about something else")
    hold({part["verdict"], record["verdict"]} == {"proved", "refuted"}, "a denial of what is not decided")
    check_step(part)
    return "denied"


STEPS: dict[str, Callable[[dict[str, Any], dict[str, Any]], str]] = {
    **dict.fromkeys(("equal", "compare", "holds"), check_relation),
    **dict.fromkeys(("commutes", "regular", "apart"), check_fields),
    **dict.fromkeys(("continuous", "polynomial"), check_heads),
    **dict.fromkeys(("consequence", "definition"), check_premises),
    "needed": check_needed, "denied": check_denied,
}  # fmt: skip
#: What a file of another form makes happen while a step is looked at.
MALFORMED = (KeyError, TypeError, ValueError, IndexError, AttributeError, ArithmeticError, RecursionError)


def same_but_names(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two statements are one, and what both speak of is whole, or an index, in both or in neither."""
    spoken = words([other.get(part) for part in ("formula", "left", "right")])
    alike = all({*one[sort]} & spoken == {*other[sort]} & spoken for sort in ("whole", "indices"))
    return alike and {**one, "whole": 0, "indices": 0} == {**other, "whole": 0, "indices": 0}


def steps(claims: list[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every step with its place: the claim, and the numbers of the step and of its parts."""

    def walk(place: str, record: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        yield place, record
        for n, part in enumerate(record["parts"]):
            yield from walk(f"{place}.{n + 1}", part)

    for claim in claims:
        for n, record in enumerate(claim["steps"]):
            yield from walk(f"{claim['id']} {n + 1}", record)
        if claim["correction"] is not None:
            yield from steps([claim["correction"]])


def check_proof(data: Any) -> tuple[Counter[str], list[tuple[str, str]]]:
    """How many proved steps are accepted, by kind; and the others, each with the reason.

    Raises:
        Foreign: it is no proof of this schema.
    """
    if not isinstance(data, dict) or data.get("schema") != SCHEMA or not isinstance(data.get("claims"), list):
        raise Foreign(f'it is no proof: its "schema" has to be "{SCHEMA}"')
    accepted: Counter[str] = Counter()
    others: list[tuple[str, str]] = []
    try:
        for place, record in steps(data["claims"]):
            if record["verdict"] != "proved":
                continue
            try:
                accepted[check_step(record)] += 1
            except Rejected as error:
                others.append((place, str(error)))
            except MALFORMED as error:
                others.append((place, f"a step of another form ({type(error).__name__})"))
    except (KeyError, TypeError, AttributeError) as error:
        raise Foreign(f"a claim or a step in it lacks a part: {error}") from error
    return accepted, others


def main(arguments: list[str]) -> int:
    """Check one file; 0: every proved step is accepted, 1: some are not, 2: the file cannot be read."""
    if len(arguments) != 1:
        print("give one file, as in: python -m ddln_sym.checker proof.json", file=sys.stderr)
        return 2
    try:
        with open(arguments[0], encoding="utf-8") as file:
            accepted, others = check_proof(json.load(file))
    except OSError as error:
        print(f"{arguments[0]} cannot be read: {error.strerror}", file=sys.stderr)
        return 2
    except (ValueError, RecursionError, Foreign) as error:
        reason = f"it is no whole JSON: {error}" if not isinstance(error, Foreign) else str(error)
        print(f"{arguments[0]} cannot be checked: {reason}", file=sys.stderr)
        return 2
    for place, reason in others:
        print(f"not accepted: {place}: {reason}")
    for kind, count in accepted.most_common():
        print(f"{count:6} {kind}")
    print(f"{accepted.total()} of {accepted.total() + len(others)} proved steps accepted")
    return 1 if others or not accepted else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
