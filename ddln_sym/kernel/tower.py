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
from typing import Any

import sympy as sp

from ddln_sym.kernel import order
from ddln_sym.kernel.polynomial import factors, fraction, remainder
from ddln_sym.proposition import Hypothesis, ProductOver, Rate, Setting, SumOver, bound_index, product_over, sum_over

Expr = Any

__all__ = ["Condition", "Tower", "rate"]


@dataclass(frozen=True)
class Condition:
    """A polynomial that has to be nonzero, nonnegative or positive, and why."""

    poly: Expr
    kind: str  # "≠ 0", "≥ 0" or "> 0"
    why: str

    def __str__(self) -> str:
        return f"{self.poly} {self.kind} ({self.why})"


def rate(expr: Expr, setting: Setting) -> Expr:
    """``d/dt`` of an expression by the chain rule, from the setting's rates."""
    for rule in setting.rates:
        if rule.index is None:
            if expr == rule.quantity:
                return rule.value
        elif isinstance(expr, sp.Indexed) and expr.base == rule.quantity.base:
            return rule.value.xreplace({rule.index: expr.indices[0]})
    if not expr.args or isinstance(expr, sp.Indexed):
        return sp.Integer(0)
    if isinstance(expr, Rate):
        return rate(rate(expr.args[0], setting), setting)
    if isinstance(expr, SumOver):
        inner = rate(expr.term, setting)
        return inner if inner == 0 else SumOver(inner, expr.index, *expr.without)
    if isinstance(expr, ProductOver):
        return _product_rule(expr, setting)
    if isinstance(expr, sp.Add):
        return sp.Add(*(rate(a, setting) for a in expr.args))
    if isinstance(expr, sp.Mul):
        return sp.Add(
            *(sp.Mul(*expr.args[:n], rate(a, setting), *expr.args[n + 1 :]) for n, a in enumerate(expr.args))
        )
    if isinstance(expr, sp.Pow):
        base, exponent = expr.args
        moving = rate(base, setting)
        turning = rate(exponent, setting)
        direct = sp.Integer(0) if moving == 0 else exponent * base ** (exponent - 1) * moving
        return direct if turning == 0 else direct + expr * sp.log(base) * turning
    if isinstance(expr, sp.Abs):  # away from zero, where the modulus is smooth
        return sp.sign(expr.args[0]) * rate(expr.args[0], setting)
    if isinstance(expr, sp.sign):
        return sp.Integer(0)
    if isinstance(expr, sp.Function):
        return sp.Add(*(expr.fdiff(n + 1) * rate(a, setting) for n, a in enumerate(expr.args)))
    raise ValueError(f"no rule for the rate of change of {expr}")


def _product_rule(expr: Expr, setting: Setting) -> Expr:
    inner = rate(expr.term, setting)
    if inner == 0:
        return inner

    def term(k: Expr) -> Expr:
        others = product_over(expr.at, (*expr.without, k))
        return others * inner.xreplace({expr.index: k})

    return sum_over(term, expr.without)


class Tower:
    """Generators, relations and facts for the expressions of one proposition."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.relations: list[Expr] = []  # polynomials that vanish
        self.facts: list[tuple[Expr, bool]] = []  # polynomials ≥ 0; True: > 0
        self.nonzero: list[Expr] = []
        self.conditions: list[Condition] = []
        self.meaning: dict[Expr, Expr] = {}  # generator -> the expression it stands for
        self._generators: dict[tuple[Any, ...], Expr] = {}
        self._lifted: dict[Expr, Expr] = {}
        self._met: set[tuple[Expr, Hypothesis]] = set()
        self._distinct: set[frozenset[Expr]] = set()
        for hypothesis in setting.hypotheses:
            relation = hypothesis.relation
            if isinstance(relation, sp.Ne) and _is_index(relation.lhs) and _is_index(relation.rhs):
                self._distinct.add(frozenset(relation.args))
        for hypothesis in setting.hypotheses:
            if hypothesis.index is None:
                self._assume(hypothesis.relation)

    # -- hypotheses -----------------------------------------------------------------------------
    def _assume(self, relation: Expr) -> None:
        if relation in (sp.true, sp.false) or frozenset(relation.args) in self._distinct:
            return
        if isinstance(relation, (sp.Lt, sp.Le)):
            relation = relation.reversed
        numerator, denominator = fraction(self.lift(relation.lhs - relation.rhs))
        if isinstance(relation, sp.Eq):
            self.relations.append(numerator)
        elif isinstance(relation, sp.Ne):
            self.nonzero.append(numerator)
        elif isinstance(relation, (sp.Gt, sp.Ge)):
            signed = numerator if self.is_positive(denominator) else numerator * denominator
            self.facts.append((sp.expand(signed), isinstance(relation, sp.Gt)))
        else:
            raise ValueError(f"a hypothesis is =, ≠, > or ≥, not {relation}")

    def _meet(self, index: Expr) -> None:
        """Instantiate the universal hypotheses at an index that has turned up."""
        for hypothesis in self.setting.hypotheses:
            key = (index, hypothesis)
            if hypothesis.index is None or key in self._met:
                continue
            if all(self._differ(index, barred) for barred in hypothesis.without):
                self._met.add(key)
                self._assume(hypothesis.at(index))

    def _differ(self, a: Expr, b: Expr) -> bool:
        if a.is_Integer and b.is_Integer:
            return bool(a != b)
        return frozenset((a, b)) in self._distinct

    # -- signs ----------------------------------------------------------------------------------
    def is_positive(self, poly: Expr) -> bool:
        return order.prove(poly, True, self.facts, self.relations, quick=True) is not None

    def is_nonnegative(self, poly: Expr) -> bool:
        return order.prove(poly, False, self.facts, self.relations, quick=True) is not None

    def is_nonzero(self, poly: Expr) -> bool:
        if poly.is_number:
            return bool(poly != 0)
        if any(sp.expand(poly - s * known) == 0 for known in self.nonzero for s in (1, -1)):
            return True
        pieces = factors(poly)[1]
        if len(pieces) > 1 or (pieces and pieces[0][1] > 1):
            return all(self.is_nonzero(piece) for piece, _ in pieces)
        return self.is_positive(poly) or self.is_positive(-poly)

    def _sign(self, poly: Expr) -> int | None:
        if self.is_positive(poly):
            return 1
        return -1 if self.is_positive(-poly) else None

    # -- generators -----------------------------------------------------------------------------
    def _generator(self, key: tuple[Any, ...], stem: str, meaning: Expr) -> tuple[Expr, bool]:
        """The generator of a key, and whether it is new."""
        if key in self._generators:
            return self._generators[key], False
        symbol = sp.Symbol(f"{stem}[{meaning}]", real=True)
        self._generators[key] = symbol
        self.meaning[symbol] = meaning
        return symbol, True

    def explain(self, poly: Expr) -> Expr:
        """A polynomial in the generators, written out again in the reader's terms."""
        seen = 0
        while seen < 20 and (inside := poly.free_symbols & self.meaning.keys()):
            poly = poly.xreplace({g: self.meaning[g] for g in inside})
            seen += 1
        return poly

    def _depends(self, generator: Expr, index: Expr) -> bool:
        meaning = self.explain(generator)
        bound = {h.index for h in meaning.atoms(SumOver, ProductOver)}
        return index in meaning.free_symbols and index not in bound

    def _need(self, poly: Expr, kind: str, why: str) -> None:
        condition = Condition(poly, kind, why)
        if not poly.is_number and condition not in self.conditions:
            self.conditions.append(condition)

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
        if isinstance(e, sp.Indexed):
            self._meet(e.indices[0])
            return e
        if e.is_Symbol:
            return e
        if isinstance(e, Rate):
            return self.lift(rate(e.args[0], self.setting))
        if isinstance(e, (sp.Add, sp.Mul)):
            return e.func(*(self.lift(a) for a in e.args))
        if isinstance(e, sp.Pow):
            return self._power(self.lift(e.base), e.exp)
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
        if isinstance(e, sp.Function):  # an opaque function: equal arguments, equal values
            arguments = tuple(sp.factor(self.lift(a)) for a in e.args)
            return self._generator(("f", e.func, arguments), "f", e)[0]
        raise ValueError(f"the kernel has no normal form for {e.func.__name__} in {e}")

    def _reduce(self, expr: Expr) -> tuple[Expr, Expr]:
        numerator, denominator = fraction(expr)
        return remainder(numerator, self.relations), remainder(denominator, self.relations)

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
        generator, new = self._generator(("abs", p), "a", sp.Abs(p))
        if new:
            self.relations.append(generator**2 - p**2)
            self.facts.append((generator, self.is_nonzero(p)))
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
        generator, new = self._generator(("sign", p), "s", sp.sign(p))
        if new:
            modulus = self._modulus_of(p)
            self.relations += [generator * modulus - p, generator * p - modulus]
            self.relations.append(generator**2 - 1 if nonzero else generator**3 - generator)
            if nonzero:
                self.nonzero.append(generator)
        return (flip * generator) ** power

    # -- powers ---------------------------------------------------------------------------------
    def _power(self, base: Expr, exponent: Expr) -> Expr:
        if exponent.is_Integer:
            if exponent < 0:
                self._need(self._reduce(base)[0], "≠ 0", "divided by")
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
        generator, new = self._generator(("root", radicand), "r", sp.sqrt(radicand))
        if new:
            self._need(radicand, "≥ 0", "under a square root")
            self.relations.append(generator**2 - radicand)
            self.facts.append((generator, self.is_positive(radicand)))
        return generator

    def _symbolic_power(self, base: Expr, exponent: Expr) -> Expr:
        numerator, denominator = self._reduce(base)
        result = sp.Integer(1)
        for poly, direction in ((numerator, 1), (denominator, -1)):
            constant, pieces = factors(poly)
            if constant != 1:
                pieces = [*pieces, (constant, 1)]
            for piece, power in pieces:
                result *= self._power_of(piece, direction * power * exponent)
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
                    generator, new = self._generator(("pow", piece, shape), "p", sp.Pow(piece, shape))
                    if new:
                        self.facts.append((generator, True))
                    result *= generator**multiple
            return result
        if exponent.is_Integer:
            return piece**exponent
        if exponent.q == 2:
            return self._root(piece) ** exponent.p
        self._need(piece, "> 0", "base of a power")
        generator, new = self._generator(("pow", piece, exponent.q), "p", sp.Pow(piece, sp.Rational(1, exponent.q)))
        if new:
            self.facts.append((generator, True))
            self.relations.append(generator**exponent.q - piece)
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
        generator, new = self._generator(("exp", exponent), "e", sp.exp(exponent))
        if new:
            self.facts.append((generator, True))
        return generator

    def _logarithm(self, argument: Expr) -> Expr:
        numerator, denominator = self._reduce(argument)
        constant, pieces = sp.Integer(1), []
        for poly, direction in ((numerator, 1), (denominator, -1)):
            content, found = factors(poly)
            constant *= content**direction
            pieces += [(piece, direction * power) for piece, power in found]
        self._need(sp.sign(constant) * sp.Mul(*(p**abs(n) for p, n in pieces if n % 2)), "> 0", "inside a logarithm")
        if constant.is_number and not pieces and constant < 0:
            raise ValueError(f"logarithm of the negative number {constant}")
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
        return self._generator(("log", piece), "l", sp.log(piece))[0]

    # -- sums and products over a symbolic number of indices ----------------------------------------
    def _open(self, head: Expr) -> tuple[Expr, Expr]:
        """The term at a fresh index that differs from the excluded ones, and that index."""
        index = sp.Symbol("".join([head.index.name, *(f"≠{w}" for w in head.without)]), integer=True, positive=True)
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
            tied = any(self._depends(g, index) for g in _generators_of(base))
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
        written = self.explain(inside).xreplace({index: bound_index(0)})
        meaning = SumOver(written, bound_index(0), *head.without)
        generator, new = self._generator(("sum", meaning), "Σ", meaning)
        if new:
            numerator, denominator = fraction(inside)
            if self.is_nonnegative(sp.expand(numerator * denominator)):
                strict = self.is_positive(sp.expand(numerator * denominator))
                self.facts.append((generator, strict and not head.without))
            if head.without:  # the whole sum is the rest and the excluded terms
                whole = self.lift(SumOver(written, bound_index(0)))
                excluded = [self.lift(meaning.at(w)) for w in head.without]
                self.relations.append(fraction(whole - generator - sp.Add(*excluded))[0])
        return generator

    def _product(self, head: Expr) -> Expr:
        factor, index = self._open(head)
        numerator, denominator = self._reduce(factor)
        result = sp.Integer(1)
        for poly, direction in ((numerator, 1), (denominator, -1)):
            constant, pieces = factors(poly)
            for piece, power in [(constant, 1), *pieces]:
                if any(self._depends(g, index) for g in _generators_of(piece)):
                    result *= self._product_generator(piece, index, head) ** (direction * power)
                elif piece != 1:
                    result *= self._symbolic_power(piece, self._count(head) * direction * power) if piece != -1 else (
                        self._minus_one(self._count(head))
                    )
        return result

    def _minus_one(self, count: Expr) -> Expr:
        generator, new = self._generator(("parity", count), "(-1)^", sp.Pow(sp.Integer(-1), count, evaluate=False))
        if new:
            self.relations.append(generator**2 - 1)
        return generator

    def _product_generator(self, piece: Expr, index: Expr, head: Expr) -> Expr:
        written = self.explain(piece).xreplace({index: bound_index(0)})
        meaning = ProductOver(written, bound_index(0), *head.without)
        generator, new = self._generator(("product", meaning), "∏", meaning)
        if new:
            if self.is_positive(piece):
                self.facts.append((generator, True))
            elif self.is_nonnegative(piece):
                self.facts.append((generator, False))
            elif self.is_nonzero(piece):
                self.nonzero.append(generator)
            if isinstance(written, sp.sign) and self.is_nonzero(piece):
                self.relations.append(generator**2 - 1)
            if head.without:  # put one excluded factor back
                barred = head.without[-1]
                wider = self.lift(ProductOver(written, bound_index(0), *head.without[:-1]))
                self.relations.append(fraction(wider - generator * self.lift(meaning.at(barred)))[0])
        return generator

    def products(self) -> Iterator[tuple[Expr, ProductOver]]:
        """The product generators, for the comparison of products factor by factor."""
        for generator, meaning in list(self.meaning.items()):
            if isinstance(meaning, ProductOver):
                yield generator, meaning


def _is_index(expr: Expr) -> bool:
    return bool(expr.is_Integer or (expr.is_Symbol and expr.is_integer))


def _generators_of(expr: Expr) -> set[Expr]:
    indexed = expr.atoms(sp.Indexed)
    inside = {s for i in indexed for s in i.free_symbols}
    return indexed | (expr.free_symbols - inside)


def _canonical_sign(poly: Expr) -> Expr:
    """The one of ``±poly`` that stands for both."""
    return -poly if sp.Poly(poly, *sorted(_generators_of(poly), key=str)).LC() < 0 else poly


def _exponent_basis(exponent: Expr) -> Iterator[tuple[Expr, Expr]]:
    """An exponent in QQ(L) as integer multiples of fixed shapes: L/(L−2) = 1·1 + 2·1/(L−2)."""
    symbols = exponent.free_symbols
    expanded = sp.apart(sp.together(exponent), next(iter(symbols))) if symbols else exponent
    for term in sp.Add.make_args(sp.expand(expanded)):
        multiple, shape = sp.factor(term).as_coeff_Mul()
        yield (shape, multiple) if shape == 1 or multiple.is_Integer else (shape / multiple.q, multiple * multiple.q)
