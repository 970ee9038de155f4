"""Normal forms: every expression becomes a rational function of independent generators.

Roots, moduli, signs, exponentials, logarithms, powers with a symbolic exponent, and sums and
products over a symbolic number of layers each become a *generator* together with the polynomial
relations and signs that define it (``r = √q``: ``r² = q``, ``r ≥ 0``).  After that a claimed
identity is a question about polynomials over QQ.  Whatever a rule needs (a radicand that is
nonnegative, a divisor that is not zero) is kept as a condition, to be discharged afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from ddln_sym.kernel import order
from ddln_sym.kernel.polynomial import (
    Auxiliary,
    Generator,
    Membership,
    factors,
    fraction,
    generators,
    membership,
    remainder,
    ring_of,
)
from ddln_sym.kernel.rates import derived, rate
from ddln_sym.proposition import Hypothesis, ProductOver, Rate, Setting, SumOver, product_over, sum_over

Expr = Any

#: Functions of SymPy with a real value everywhere (the tangent: where the cosine does not vanish).
_TOTAL = (sp.sin, sp.cos, sp.tan, sp.tanh, sp.atan)
#: What a symbol of a statement may be declared to be.
_REAL, _WHOLE = sp.Symbol("_", real=True), sp.Symbol("_", integer=True, positive=True)

__all__ = ["Condition", "Tower", "told"]


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
    """Generators, relations and facts for the expressions of one proposition."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.given: list[Expr] = []  # polynomials that vanish by hypothesis
        self.definitions: list[Expr] = []  # polynomials that vanish because they define a generator
        self.assumed: list[tuple[Expr, bool]] = []  # polynomials ≥ 0 by hypothesis; True: > 0
        self.implied: list[tuple[Expr, bool]] = []  # the same, from what generators stand for
        self.conditions: list[Condition] = []
        self.meaning: dict[Expr, Expr] = {}  # generator -> the expression it stands for
        self._generators: dict[tuple[Any, ...], Expr] = {}
        self._opened: dict[tuple[Expr, tuple[Expr, ...]], Expr] = {}
        self._doubtful: dict[Expr, tuple[Expr, ...]] = {}  # opened indices that may not exist, with the excluded ones
        self._spoken: dict[Expr, set[Expr]] = {}
        self._names: set[str] = set()
        self._lifted: dict[Expr, Expr] = {}
        self._families: dict[Expr, list[ProductOver]] = {}
        self._met: set[tuple[Expr, Hypothesis]] = set()
        self._distinct: set[frozenset[Expr]] = set()
        for hypothesis in setting.hypotheses:
            relation = hypothesis.relation
            if hypothesis.index is not None:
                continue
            if isinstance(relation, sp.Ne) and _is_index(relation.lhs) and _is_index(relation.rhs):
                self._distinct.add(frozenset(relation.args))
        for hypothesis in setting.hypotheses:
            if hypothesis.index is None:
                self._assume(hypothesis.relation)

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
        if not self._doubtful:
            return set()
        if poly not in self._spoken:
            found = self.explain(poly).free_symbols & self._doubtful.keys()
            self._spoken[poly] = found.union(*({*self._doubtful[i]} & self._doubtful.keys() for i in found))
        return self._spoken[poly]

    def prove(self, poly: Expr, strict: bool) -> str | None:
        """By what ``poly ≥ 0`` (``> 0`` if strict) follows from all that is known, if it does."""
        return order.prove(poly, strict, *self.usable(poly))

    def remainder(self, poly: Expr) -> Membership:
        """What is left of a polynomial after all that is known to vanish."""
        return membership(poly, self.usable(poly)[1])

    # -- hypotheses -----------------------------------------------------------------------------
    def _assume(self, relation: Expr) -> None:
        if relation in (sp.true, sp.false) or frozenset(relation.args) in self._distinct:
            return
        if not isinstance(relation, sp.core.relational.Relational):
            raise ValueError(f"a hypothesis is =, ≠, > or ≥, not {relation}")
        if isinstance(relation, (sp.Lt, sp.Le)):
            relation = relation.reversed
        numerator, denominator = fraction(self.lift(relation.lhs - relation.rhs))
        if isinstance(relation, sp.Eq):
            self.given.append(numerator)
        elif isinstance(relation, sp.Ne):
            self.assumed.append((sp.expand(numerator**2), True))
        else:
            signed = numerator if self.is_positive(denominator) else numerator * denominator
            self.assumed.append((sp.expand(signed), isinstance(relation, sp.Gt)))

    def _meet(self, index: Expr) -> None:
        """Instantiate the universal hypotheses at an index that has turned up."""
        for hypothesis in self.setting.hypotheses:
            key = (index, hypothesis)
            if hypothesis.index is None or key in self._met or not self._in_range(index):
                continue
            if all(self._differ(index, barred) for barred in hypothesis.without):
                self._met.add(key)
                relation = hypothesis.at(index)
                if index not in self._doubtful or index in relation.free_symbols:
                    self._assume(relation)

    def _differ(self, a: Expr, b: Expr) -> bool:
        if a.is_Integer and b.is_Integer:
            return bool(a != b)
        return frozenset((a, b)) in self._distinct

    def _in_range(self, index: Expr) -> bool:
        """Whether an index surely is one of 1…size; a symbol that stands as an index is meant to be."""
        size = self.setting.size
        if index.is_Symbol or not (index.is_Integer and index >= 1):
            return bool(index.is_Symbol)
        return size is None or (index == 1 and self._inhabited()) or self.is_nonnegative(size - index)

    def _inhabited(self) -> bool:
        """Whether there is an index at all."""
        size = self.setting.size
        return size is not None and bool(size.is_positive or self.is_positive(size))

    # -- signs ----------------------------------------------------------------------------------
    def is_positive(self, poly: Expr) -> bool:
        return order.prove(poly, True, *self.usable(poly), quick=True) is not None

    def is_nonnegative(self, poly: Expr) -> bool:
        return order.prove(poly, False, *self.usable(poly), quick=True) is not None

    def is_nonzero(self, poly: Expr) -> bool:
        if poly.is_number:
            return bool(poly != 0)
        pieces = factors(poly)[1]
        return all(self.is_positive(sp.expand(p**2)) or self.is_positive(p) or self.is_positive(-p) for p, _ in pieces)

    def discharge(self) -> tuple[list[str], str]:
        """Each side condition with what discharged it, and the first that nothing discharges.

        One condition is always there: from hypotheses that contradict each other nothing is concluded.
        A condition may use the hypotheses and what was defined before it arose, never the generator
        whose meaning depends on it.
        """
        discharged: list[str] = []
        if order.contradictory(self.assumed, self.given):
            return discharged, "hypotheses that do not contradict each other"
        for condition in self.conditions:
            strict = condition.kind != "≥ 0"
            facts, relations = self.usable(condition.poly, condition.known, condition.defined)
            if condition.kind == "≠ 0":
                wanted = [sp.expand(p**2) for p, _ in factors(condition.poly)[1]]
            else:
                wanted = [condition.poly]
            ways = [order.prove(p, strict, facts, relations) for p in wanted]
            if None in ways:
                return discharged, str(condition)
            how = ", ".join(dict.fromkeys(str(w) for w in ways))
            discharged.append(f"{self.explain(condition.poly)} {condition.kind}: {how}")
        return discharged, ""

    def _sign(self, poly: Expr) -> int | None:
        if self.is_positive(poly):
            return 1
        return -1 if self.is_positive(-poly) else None

    # -- generators -----------------------------------------------------------------------------
    def _generator(self, key: tuple[Any, ...], stem: str, meaning: Expr) -> tuple[Expr, bool]:
        """The generator of a key, and whether it is new."""
        if key in self._generators:
            return self._generators[key], False
        symbol = Generator.of(stem, self._named(str(meaning)))
        self._generators[key] = symbol
        self.meaning[symbol] = meaning
        return symbol, True

    def _named(self, name: str) -> str:
        """The name with primes until it is new: what is written alike need not be the same."""
        while name in self._names:
            name += "′"
        self._names.add(name)
        return name

    def explain(self, poly: Expr) -> Expr:
        """A polynomial in the generators, written out again in the reader's terms."""
        seen = 0
        while seen < 20 and (inside := poly.free_symbols & self.meaning.keys()):
            poly = poly.xreplace({g: self.meaning[g] for g in inside})
            seen += 1
        return poly

    def _depends(self, generator: Expr, index: Expr) -> bool:
        return index in self.explain(generator).free_symbols

    def _need(self, poly: Expr, kind: str, why: str) -> None:
        if poly.is_number:
            if not {"≠ 0": poly != 0, "≥ 0": poly >= 0, "> 0": poly > 0}[kind]:
                raise ValueError(f"{poly} is not {kind} ({why})")
        elif not any((c.poly, c.kind) == (poly, kind) for c in self.conditions):
            self.conditions.append(Condition(poly, kind, why, len(self.implied), len(self.definitions)))

    # -- lifting --------------------------------------------------------------------------------
    def lift(self, expr: Expr) -> Expr:
        """The expression as a rational function of generators."""
        expr = sp.sympify(expr)
        if expr not in self._lifted:
            self._lifted[expr] = self._lift(expr)
        return self._lifted[expr]

    def _lift(self, e: Expr) -> Expr:
        if e.is_Rational:
            return e
        if isinstance(e, (sp.Indexed, sp.Symbol, AppliedUndef)) and told(e):
            raise ValueError(f"{e} is declared with more than being real: state that as a hypothesis")
        if isinstance(e, sp.Indexed):
            self._meet(e.indices[0])
            return e
        if e.is_Symbol:
            if e.is_integer and e.is_positive and (e, True) not in self.assumed:
                self.assumed.append((e, True))
            return e
        if isinstance(e, (Rate, sp.Derivative)):
            smooth = [e.args[0]]
            value = rate(e.args[0], self.setting, smooth=smooth) if isinstance(e, Rate) else derived(e, smooth)
            for part in smooth:  # for the conditions under which it is defined and has a rate
                self.lift(part)
            return self.lift(value)
        if isinstance(e, (sp.Add, sp.Mul)):
            return e.func(*(self.lift(a) for a in e.args))
        if isinstance(e, sp.Pow):
            return self._power(self.lift(e.base), self.lift(e.exp))
        if isinstance(e, sp.Abs):
            return self._split(self.lift(e.args[0]), self._modulus)
        if isinstance(e, sp.sign):
            return self._split(self.lift(e.args[0]), self._sign_generator)
        if isinstance(e, sp.exp):
            return self._exponential(self.lift(e.args[0]))
        if isinstance(e, (sp.sinh, sp.cosh)):
            up, down = self.lift(sp.exp(e.args[0])), self.lift(sp.exp(-e.args[0]))
            return (up + down) / 2 if isinstance(e, sp.cosh) else (up - down) / 2
        if isinstance(e, sp.asinh):
            x = self.lift(e.args[0])
            return self._logarithm(x + self._power(x**2 + 1, sp.Rational(1, 2)))
        if isinstance(e, sp.log):
            return self._logarithm(self.lift(e.args[0]))
        if isinstance(e, SumOver):
            return self._sum(e)
        if isinstance(e, ProductOver):
            return self._product(e)
        if isinstance(e, sp.tan):
            self._need(self._reduce(self.lift(sp.cos(e.args[0])))[0], "≠ 0", "inside a tangent")
        if isinstance(e, (AppliedUndef, *_TOTAL)):  # opaque: equal arguments, equal values
            arguments = tuple(sp.factor(self.lift(a)) for a in e.args)
            return self._generator(("f", e.func, arguments), "function", e)[0]
        raise ValueError(f"the kernel has no normal form for {e.func.__name__} in {e}")

    def _reduce(self, expr: Expr) -> tuple[Expr, Expr]:
        numerator, denominator = fraction(expr)
        return remainder(numerator, self.definitions), remainder(denominator, self.definitions)

    def _split(self, expr: Expr, rule: Any) -> Expr:
        """Apply a multiplicative rule (modulus, sign) factor by factor."""
        numerator, denominator = self._reduce(expr)
        result = sp.Integer(1)
        for poly, direction in ((numerator, 1), (denominator, -1)):
            constant, pieces = factors(poly)
            result *= rule(constant, 1) ** direction
            for piece, power in pieces:
                result *= rule(piece, power) ** direction
        return result

    def _modulus(self, p: Expr, power: int) -> Expr:
        if p.is_number:
            return abs(p) ** power
        sign = self._sign(p)
        if sign is not None:
            return (sign * p) ** power
        if power % 2 == 0:
            return p**power
        return self._modulus_of(p) ** power

    def _modulus_of(self, p: Expr) -> Expr:
        p = _canonical_sign(p)
        generator, new = self._generator(("abs", p), "modulus", sp.Abs(p))
        if new:
            self.definitions.append(generator**2 - p**2)
            self.implied.append((generator, self.is_nonzero(p)))
        return generator

    def _sign_generator(self, p: Expr, power: int) -> Expr:
        if p.is_number:
            return sp.sign(p) ** power
        sign = self._sign(p)
        if sign is not None:
            return sp.Integer(sign) ** power
        nonzero = self.is_nonzero(p)
        if nonzero and power % 2 == 0:
            return sp.Integer(1)
        if isinstance(meaning := self.meaning.get(p), ProductOver):
            return self.lift(ProductOver(sp.sign(meaning.term), *meaning.args[1:])) ** power
        flip = 1 if p == _canonical_sign(p) else -1
        p = _canonical_sign(p)
        generator, new = self._generator(("sign", p), "sign", sp.sign(p))
        if new:
            modulus = self._modulus_of(p)
            self.definitions += [generator * modulus - p, generator * p - modulus]
            self.definitions.append(generator**2 - 1 if nonzero else generator**3 - generator)
            if nonzero:
                self.implied.append((generator**2, True))
        return (flip * generator) ** power

    # -- powers ---------------------------------------------------------------------------------
    def _power(self, base: Expr, exponent: Expr) -> Expr:
        if exponent.is_Rational and exponent < 0:
            self._need(self._reduce(base)[0], "≠ 0", "divided by")
        if exponent.is_Integer:
            return base**exponent
        if exponent.is_Rational and exponent.q == 2:
            return self._root(base) ** exponent.p
        return self._symbolic_power(base, exponent)

    def _root(self, base: Expr) -> Expr:
        numerator, denominator = self._reduce(base)
        constant, pieces = factors(sp.expand(numerator * denominator))
        outside, inside = sp.Integer(1), sp.Integer(1)
        for piece, power in pieces:
            outside *= self._modulus(piece, power // 2)
            if power % 2:
                inside *= piece
        root = sp.sqrt(abs(constant))
        if root.is_Rational:
            outside, constant = outside * root, sp.sign(constant)
        result = outside / self._modulus_whole(denominator)
        radicand = sp.expand(constant * inside)
        if radicand == 1:
            return result
        if constant == 1 and len(factors(radicand)[1]) > 1:
            split = [p for p, _ in factors(radicand)[1]]
            if all(self.is_nonnegative(p) for p in split):
                return result * sp.Mul(*(self._root_of(p) for p in split))
        return result * self._root_of(radicand)

    def _modulus_whole(self, poly: Expr) -> Expr:
        return self._split(poly, self._modulus)

    def _root_of(self, radicand: Expr) -> Expr:
        generator, new = self._generator(("root", radicand), "root", sp.sqrt(radicand))
        if new:
            self._need(radicand, "≥ 0", "under a square root")
            self.definitions.append(generator**2 - radicand)
            self.implied.append((generator, self.is_positive(radicand)))
        return generator

    def _symbolic_power(self, base: Expr, exponent: Expr) -> Expr:
        numerator, denominator = self._reduce(base)
        result = sp.Integer(1)
        for poly, direction in ((numerator, 1), (denominator, -1)):
            constant, pieces = factors(poly)
            for piece, power in pieces:
                sign = self._sign(piece) or 1
                constant *= sp.Integer(sign) ** power
                base_of = self._modulus(piece, 1) if power % 2 == 0 else sign * piece  # (x²)^a is |x|^{2a}
                self._need(base_of, "> 0", "base of a power")
                result *= self._power_of(base_of, direction * power * exponent)
            result *= self._power_of(constant, direction * exponent)
        return result

    def _power_of(self, piece: Expr, exponent: Expr) -> Expr:
        if piece in self.meaning and isinstance(stood := self.meaning[piece], sp.Pow):
            return self._power_of(stood.base, stood.exp * exponent)
        if piece in self.meaning and isinstance(self.meaning[piece], sp.exp):
            return self._exponential(self.lift(self.meaning[piece].args[0] * exponent))
        if piece.is_number or not exponent.is_Rational:
            if piece == 1:
                return piece
            self._need(piece, "> 0", "base of a power")
            result = sp.Integer(1)
            for shape, multiple in _exponent_basis(exponent):
                if shape == 1:
                    if not multiple.is_Integer:
                        raise ValueError(f"fractional constant in the exponent {exponent}")
                    result *= piece**multiple
                else:
                    generator, new = self._generator(("pow", piece, shape), "power", sp.Pow(piece, shape))
                    if new:
                        self.implied.append((generator, True))
                    result *= generator**multiple
            return result
        if exponent.is_Integer:
            return piece**exponent
        if exponent.q == 2:
            return self._root(piece) ** exponent.p
        self._need(piece, "> 0", "base of a power")
        generator, new = self._generator(("pow", piece, exponent.q), "power", sp.Pow(piece, sp.Rational(1, exponent.q)))
        if new:
            self.implied.append((generator, True))
            self.definitions.append(generator**exponent.q - piece)
        return generator**exponent.p

    # -- exponentials and logarithms --------------------------------------------------------------
    def _exponential(self, exponent: Expr) -> Expr:
        numerator, denominator = self._reduce(exponent)
        if denominator.free_symbols:
            return self._exp_generator(sp.factor(exponent))
        result = sp.Integer(1)
        for term in sp.Add.make_args(sp.expand(numerator / denominator)):
            multiple, monomial = term.as_coeff_Mul()
            meaning = self.meaning.get(monomial)
            if isinstance(meaning, sp.log):
                result *= self._symbolic_power(self._inside_log(monomial), multiple) if not multiple.is_Integer else (
                    self._inside_log(monomial) ** multiple
                )
            else:
                result *= self._exp_generator(monomial / multiple.q) ** multiple.p
        return result

    def _inside_log(self, generator: Expr) -> Expr:
        return self._modulus_whole(self.meaning[generator].args[0])

    def _exp_generator(self, exponent: Expr) -> Expr:
        if exponent == 0:
            return sp.Integer(1)
        generator, new = self._generator(("exp", exponent), "exp", sp.exp(exponent))
        if new:
            self.implied.append((generator, True))
        return generator

    def _logarithm(self, argument: Expr) -> Expr:
        numerator, denominator = self._reduce(argument)
        constant, pieces = sp.Integer(1), []
        for poly, direction in ((numerator, 1), (denominator, -1)):
            content, found = factors(poly)
            constant *= content**direction
            pieces += [(piece, direction * power) for piece, power in found]
        self._need(sp.sign(constant) * sp.Mul(*(p**abs(n) for p, n in pieces if n % 2)), "> 0", "inside a logarithm")
        for piece, power in pieces:
            if power % 2 == 0:
                self._need(piece, "≠ 0", "inside a logarithm")
        result = sp.Add(*(n * self._log_of(sp.Integer(p)) for p, n in sp.factorrat(abs(constant)).items() if p != 1))
        return result + sp.Add(*(power * self._log_of(piece) for piece, power in pieces))

    def _log_of(self, piece: Expr) -> Expr:
        stood = self.meaning.get(piece)
        if isinstance(stood, sp.exp):
            return stood.args[0]
        if isinstance(stood, sp.Abs):
            piece = stood.args[0]
        if isinstance(stood, sp.Pow) and not stood.exp.is_Rational:
            return stood.exp * self._log_of(stood.base)
        piece = _canonical_sign(piece)
        return self._generator(("log", piece), "log", sp.log(piece))[0]

    # -- sums and products over a symbolic number of indices ----------------------------------------
    def _open(self, head: Expr) -> tuple[Expr, Expr]:
        """The term at a fresh index that differs from the excluded ones, and that index."""
        if not head.index.is_Symbol or not all(map(self._in_range, head.without)):
            raise ValueError(f"nothing tells whether the excluded indices of {head} are among its indices")
        for a, b in combinations(head.without, 2):
            if not self._differ(a, b):
                raise ValueError(f"nothing tells whether the excluded indices {a} and {b} of {head} differ")
        key = (head.index, head.without)
        if key not in self._opened:
            name = self._named("".join([head.index.name, *(f"≠{w}" for w in head.without)]))
            self._opened[key] = Auxiliary(name, integer=True, positive=True)
            if not (self._inhabited() and (not head.without or self.is_positive(self._count(head)))):
                self._doubtful[self._opened[key]] = head.without
        index = self._opened[key]
        for barred in head.without:
            self._distinct.add(frozenset((index, barred)))
        return self.lift(head.term.xreplace({head.index: index})), index

    def _count(self, head: Expr) -> Expr:
        if self.setting.size is None:
            raise ValueError(f"{head} needs a setting that says how many indices there are")
        return self.setting.size - len(head.without)

    def _outside(self, poly: Expr, index: Expr) -> tuple[Expr, Expr]:
        """Split a monomial into its part free of the index and the rest."""
        free, bound = sp.Integer(1), sp.Integer(1)
        for base, power in poly.as_powers_dict().items():
            tied = any(self._depends(g, index) for g in generators(base))
            bound, free = (bound * base**power, free) if tied else (bound, free * base**power)
        return free, bound

    def _sum(self, head: Expr) -> Expr:
        term, index = self._open(head)
        numerator, denominator = self._reduce(term)
        free, tied = self._outside(denominator, index)
        result = sp.Integer(0)
        for monomial in sp.Add.make_args(sp.expand(numerator)):
            outside, inside = self._outside(monomial, index)
            inside = inside / tied
            result += outside / free * (self._count(head) if inside == 1 else self._sum_generator(inside, index, head))
        return result

    def _sum_generator(self, inside: Expr, index: Expr, head: Expr) -> Expr:
        written = self.explain(inside)
        meaning = sum_over(lambda k: written.xreplace({index: k}), head.without)
        generator, new = self._generator(("sum", meaning), "sum", meaning)
        if new:
            numerator, denominator = fraction(inside)
            if self.is_nonnegative(sp.expand(numerator * denominator)):
                strict = self.is_positive(sp.expand(numerator * denominator))
                self.implied.append((generator, strict and not head.without and self._inhabited()))
            if head.without:  # the whole sum is the rest and the excluded terms
                whole = self.lift(sum_over(meaning.at))
                excluded = [self.lift(meaning.at(w)) for w in head.without]
                self.definitions.append(fraction(whole - generator - sp.Add(*excluded))[0])
        return generator

    def _product(self, head: Expr) -> Expr:
        factor, index = self._open(head)
        numerator, denominator = self._reduce(factor)
        result = sp.Integer(1)
        for poly, direction in ((numerator, 1), (denominator, -1)):
            for piece, power in self._pieces(poly):
                if any(self._depends(g, index) for g in generators(piece)):
                    result *= self._product_generator(piece, index, head) ** (direction * power)
                elif piece != 1:
                    result *= self._symbolic_power(piece, self._count(head) * direction * power) if piece != -1 else (
                        self._minus_one(self._count(head))
                    )
        return result

    def _pieces(self, poly: Expr) -> list[tuple[Expr, int]]:
        """Factors of a polynomial; what is positive as a whole stays whole, for its sign is worth keeping."""
        constant, pieces = factors(poly)
        plain = [(p, n) for p, n in pieces if p.is_Symbol or isinstance(p, sp.Indexed)]
        rest = sp.expand(constant * sp.Mul(*(p**n for p, n in pieces if (p, n) not in plain)))
        if len(pieces) > len(plain) and self.is_positive(rest):
            return [*plain, (rest, 1)]
        return [(constant, 1), *pieces]

    def _minus_one(self, count: Expr) -> Expr:
        """``(−1)^count``, the constant part of the count carried out."""
        constant, symbolic = sp.expand(count).as_coeff_Add()
        sign = sp.Integer(-1) ** constant
        if symbolic == 0:
            return sign
        meaning = sp.Pow(sp.Integer(-1), symbolic, evaluate=False)
        generator, new = self._generator(("parity", symbolic), "parity", meaning)
        if new:
            self.definitions.append(generator**2 - 1)
        return sign * generator

    def _product_generator(self, piece: Expr, index: Expr, head: Expr) -> Expr:
        written = self.explain(piece)
        meaning = product_over(lambda k: written.xreplace({index: k}), head.without)
        generator, new = self._generator(("product", meaning), "product", meaning)
        if new:
            if self.is_positive(piece):
                self.implied.append((generator, True))
            elif self.is_nonnegative(piece):
                self.implied.append((generator, False))
            elif self.is_nonzero(piece):
                self.implied.append((generator**2, True))
            if isinstance(written, sp.sign) and self.is_nonzero(piece):
                self.definitions.append(generator**2 - 1)
            self._link(meaning)
        return generator

    def _link(self, meaning: ProductOver) -> None:
        """Relate the products of one factor over different index sets: the larger set has more factors."""
        family = self._families.setdefault(sum_over(meaning.at), [])  # the factor, whatever is excluded
        family.append(meaning)
        for other in family[:-1]:
            fewer, more = sorted((other, meaning), key=lambda head: len(head.without))
            union = {*fewer.without, *more.without}
            if union == set(more.without):
                left_out = sp.Mul(*(self.lift(fewer.at(w)) for w in union - set(fewer.without)))
                self.definitions.append(fraction(self._product(fewer) - self._product(more) * left_out)[0])
            elif all(self._differ(a, b) for a, b in combinations(union, 2)):
                self._product(product_over(meaning.at, union))
            else:
                self._product(product_over(meaning.at))


def told(e: Expr) -> bool:
    """Whether SymPy was told more of a quantity than that it is real; of a symbol, that it is a whole number."""
    if isinstance(e, AppliedUndef):
        return {e.is_zero, e.is_positive, e.is_negative, e.is_integer} != {None}
    symbol = e.base.label if isinstance(e, sp.Indexed) else e
    allowed = _WHOLE if e.is_Symbol and e.is_integer else _REAL
    return not symbol.assumptions0.items() <= allowed.assumptions0.items()


def _is_index(expr: Expr) -> bool:
    return bool(expr.is_Integer or (expr.is_Symbol and expr.is_integer))


def _canonical_sign(poly: Expr) -> Expr:
    """The one of ``±poly`` that stands for both."""
    if poly.is_number:
        return abs(poly)
    return -poly if ring_of(poly).from_expr(poly).LC < 0 else poly


def _exponent_basis(exponent: Expr) -> Iterator[tuple[Expr, Expr]]:
    """An exponent in QQ(L) as integer multiples of fixed shapes: L/(L−2) = 1·1 + 2·1/(L−2)."""
    symbols = exponent.free_symbols
    expanded = sp.apart(sp.together(exponent), next(iter(symbols))) if symbols else exponent
    for term in sp.Add.make_args(sp.expand(expanded)):
        multiple, shape = sp.factor(term).as_coeff_Mul()
        yield (shape, multiple) if shape == 1 or multiple.is_Integer else (shape / multiple.q, multiple * multiple.q)
