r"""Models beyond sums of monomials: their roots, exponentials and quotients become coordinates of their own.

A coordinate y that stands for an expression of the others moves with it, ``y' = Σ_j ∂_jy·x_j'``: for ``y = b^{1/q}``
that is ``y^{1−q}b'/q``, for ``y = e^a`` it is ``y·a'``.  In the enlarged coordinates every field is again a sum of
monomials.  What is algebraic leaves a relation, ``y^q = b`` or ``y·b = 1``, by which monomials are rewritten.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

import sympy as sp

from ddln_sym.models.monomial_fields import MonomialFields, NotMonomial, Polynomial, factor_terms, pack

__all__ = ["Enlarged", "Rewriting", "check_readable", "enlarge"]

Expr: TypeAlias = Any

#: Rewriting steps for one monomial.
MOST_STEPS = 200


@dataclass
class Rewriting:
    """Rules ``leading monomial → sum of monomials``, each of which follows from a relation.

    A rule applies to what its leading monomial divides; where an exponent of that is negative, to lower ones.

    Attributes:
        system: in whose units monomials are packed. rules: exponents of the leading monomial, with what replaces it.
    """

    system: MonomialFields
    rules: list[tuple[dict[int, int], int, Polynomial]] = field(default_factory=list)
    _known: dict[int, Polynomial] = field(default_factory=dict)

    def __call__(self, monomial: int) -> Polynomial:
        """A monomial rewritten until no rule applies, or as far as the ceiling allows: an equal sum in any case."""
        if not self.rules:
            return {monomial: Fraction(1)}
        if monomial not in self._known:
            self._known[monomial] = self._rewrite(monomial)
        return self._known[monomial]

    def _rewrite(self, monomial: int) -> Polynomial:
        done: dict[int, Fraction] = {}
        waiting = {monomial: Fraction(1)}
        for _ in range(MOST_STEPS):
            if not waiting:
                break
            current, coefficient = waiting.popitem()
            powers = self.system.powers(current)
            rule = next((r for r in self.rules if all(_reaches(powers.get(j, 0), e) for j, e in r[0].items())), None)
            if rule is None:
                done[current] = done.get(current, Fraction(0)) + coefficient
                continue
            for other, factor in rule[2].items():
                changed = current - rule[1] + other
                waiting[changed] = waiting.get(changed, Fraction(0)) + coefficient * factor
        for rest, coefficient in waiting.items():
            done[rest] = done.get(rest, Fraction(0)) + coefficient
        return {m: c for m, c in done.items() if c}


def _reaches(power: int, leading: int) -> bool:
    return power >= leading if leading > 0 else power <= leading


@dataclass(frozen=True)
class Enlarged:
    """Fields in enlarged coordinates.

    Attributes:
        system: the fields. meanings: what each coordinate stands for, in the variables of the model.
        rewriting: the relations between the coordinates.
    """

    system: MonomialFields
    meanings: tuple[Expr, ...]
    rewriting: Rewriting


class _Coordinates:
    """The coordinates that expressions need, found one after the other."""

    def __init__(self, variables: Sequence[Expr]) -> None:
        self.symbols = list(variables)
        self.meanings = list(variables)
        self.slopes: list[dict[Expr, Expr]] = [{v: sp.Integer(1)} for v in variables]
        #: ``(y, q, b)`` for ``y^q = b``; q = −1 for ``y·b = 1``.
        self.relations: list[tuple[Expr, int, Expr]] = []
        self._known: dict[tuple[str, Any], Expr] = {}

    def _add(self, key: tuple[str, Any], meaning: Expr, slope: Any) -> Expr:
        """The symbol for an expression; ``slope`` gives its derivative from the symbol and ``∂_j``."""
        if key not in self._known:
            symbol = sp.Dummy(f"y{len(self.symbols)}", positive=True)
            self._known[key] = symbol
            self.symbols.append(symbol)
            self.meanings.append(meaning)
            place = len(self.slopes)
            self.slopes.append({})
            self.slopes[place] = slope(symbol)
        return self._known[key]

    def derivative(self, expression: Expr) -> dict[Expr, Expr]:
        """``∂_j`` of an expression in the coordinates, as expressions in the coordinates."""
        found: dict[Expr, Expr] = {}
        for symbol in sorted(expression.free_symbols, key=self.symbols.index):
            outer = sp.diff(expression, symbol)
            for j, inner in self.slopes[self.symbols.index(symbol)].items():
                found[j] = sp.expand(found.get(j, 0) + outer * inner)
        return found

    def read(self, expression: Expr) -> Expr:
        """An expression of the variables, as a sum of monomials in the coordinates.

        Raises:
            NotMonomial: an operation that has no differential or algebraic relation here.
        """
        if expression.is_Rational or expression in self.symbols:
            return expression
        if expression.is_number and not (expression.is_Add or expression.is_Mul):
            return self._number(expression)
        if expression.is_Add or expression.is_Mul:
            return sp.expand(expression.func(*map(self.read, expression.args)))
        if isinstance(expression, sp.exp):
            return self._exponential(self.read(expression.args[0]))
        if isinstance(expression, (sp.sinh, sp.cosh, sp.tanh)):
            return self.read(expression.rewrite(sp.exp))
        if expression.is_Pow:
            if not expression.exp.is_number:
                raise NotMonomial(f"the exponent {expression.exp} is no number")
            return self._power(self.read(expression.base), expression.exp)
        if isinstance(expression, sp.log):
            inner = self.read(expression.args[0])
            rate, factor = self.derivative(inner), self._power(inner, sp.Integer(-1))
            slope = {j: sp.expand(factor * r) for j, r in rate.items()}
            return self._add(("log", inner), sp.log(self._meaning(inner)), lambda y: slope)
        raise NotMonomial(f"{expression} has no relation that this search knows: powers, exp, log and tanh have one")

    def _number(self, number: Expr) -> Expr:
        """A coordinate that does not move, for a number such as ``√2`` or π; of roots it is known what they solve."""
        if not (number.is_extended_real and number.is_finite and number.is_nonzero):
            raise NotMonomial(f"{number} is no real number that is known not to be 0")
        root = number.is_Pow and number.base.is_Rational and number.exp.is_Rational
        if root and number.exp != sp.Rational(1, number.exp.q):
            return self._number(sp.root(number.base, number.exp.q)) ** number.exp.p
        sign = sp.Integer(1 if number.is_positive else -1)
        symbol = self._add(("number", number), sign * number, lambda y: {})
        if root and (symbol, int(number.exp.q), number.base) not in self.relations:
            self.relations.append((symbol, int(number.exp.q), number.base))
        return sign * symbol

    def _meaning(self, expression: Expr) -> Expr:
        return expression.xreplace(dict(zip(self.symbols, self.meanings, strict=True)))

    def _lowest(self, base: Expr) -> Expr:
        """The monomial that leaves a sum no negative exponents and no common factor."""
        places = {symbol: n for n, symbol in enumerate(self.symbols)}
        terms = [powers for _, powers in factor_terms(base, places)]
        lowest = {j: min(powers.get(j, Fraction(0)) for powers in terms) for powers in terms for j in powers}
        return sp.Mul(*(self.symbols[j] ** sp.Rational(e) for j, e in lowest.items()))

    def _exponential(self, inner: Expr) -> Expr:
        """``e^a``; of a multiple of an exponent that is known, the power."""
        for (name, known), symbol in self._known.items():
            if name == "exp" and (ratio := sp.cancel(inner / known)).is_Rational:
                return symbol**ratio
        rate = self.derivative(inner)
        return self._add(
            ("exp", inner), sp.exp(self._meaning(inner)), lambda y: {j: sp.expand(y * r) for j, r in rate.items()}
        )

    def _power(self, base: Expr, exponent: Expr) -> Expr:
        if not exponent.is_Rational:
            return self._real_power(base, exponent)
        if exponent.is_Integer and exponent >= 0:
            return sp.expand(base**exponent)
        if base.is_Add and (lowest := self._lowest(base)) != 1:
            return sp.expand(self._power(lowest, exponent) * self._power(sp.expand(base / lowest), exponent))
        content, primitive = base.as_content_primitive()
        terms = sp.Add.make_args(primitive)
        if len(terms) == 1 or content != 1:
            factor = self.read(content**exponent)
            if len(terms) == 1:
                powers = (f.as_base_exp() for f in sp.Mul.make_args(primitive))
                return factor * sp.Mul(*(b ** (e * exponent) for b, e in powers))
            return sp.expand(factor * self._power(primitive, exponent))
        root = int(exponent.q)
        rate, meaning = self.derivative(primitive), self._meaning(primitive)
        if root == 1:
            symbol = self._add(
                ("inverse", primitive), 1 / meaning, lambda y: {j: sp.expand(-(y**2) * r) for j, r in rate.items()}
            )
            relation = (symbol, -1, primitive)
            found = symbol ** (-exponent)
        else:
            symbol = self._add(
                ("root", (primitive, root)),
                sp.root(meaning, root),
                lambda y: {j: sp.expand(y ** (1 - root) * r / root) for j, r in rate.items()},
            )
            relation = (symbol, root, primitive)
            found = symbol**exponent.p
        if relation not in self.relations:
            self.relations.append(relation)
        return found

    def _real_power(self, base: Expr, exponent: Expr) -> Expr:
        """``b^a`` for an irrational number a: it moves by ``a·b^a·b'/b``."""
        power, inverse = self.read(exponent), self._power(base, sp.Integer(-1))
        rate = self.derivative(base)
        return self._add(
            ("power", (base, exponent)),
            self._meaning(base) ** exponent,
            lambda y: {j: sp.expand(power * y * inverse * r) for j, r in rate.items()},
        )


def check_readable(components: Sequence[Expr], variables: Sequence[Expr]) -> None:
    """Whether every component has relations, so that an error speaks of G as it is written.

    Raises:
        NotMonomial: one is not made of numbers, powers, exponentials and logarithms.
    """
    coordinates = _Coordinates(variables)
    for n, component in enumerate(components, 1):
        try:
            coordinates.read(component)
        except NotMonomial as error:
            raise NotMonomial(f"G_{n}: {error}") from error


def enlarge(fields: Iterable[Sequence[Expr]], variables: Sequence[Expr]) -> Enlarged:
    """The same fields as sums of monomials, in coordinates that begin with the variables.

    Args:
        fields: for each field its components, expressions of the variables.
    Raises:
        NotMonomial: an expression is not made of powers, exponentials and logarithms.

    >>> u, v = sp.symbols("u v", positive=True)
    >>> enlarge([[u / sp.sqrt(u**2 + v**2), sp.exp(-u) * v]], (u, v)).meanings
    (u, v, sqrt(u**2 + v**2), exp(-u))
    """
    coordinates = _Coordinates(variables)
    read = [[coordinates.read(sp.sympify(component)) for component in components] for components in fields]
    count = len(variables)
    rows: list[dict[int, Expr]] = []
    for components in read:
        row = {j: c for j, c in enumerate(components) if c != 0}
        for n in range(count, len(coordinates.symbols)):
            rate = sp.expand(sp.Add(*(s * components[variables.index(v)] for v, s in coordinates.slopes[n].items())))
            if rate != 0:
                row[n] = rate
        rows.append(row)
    places = {symbol: n for n, symbol in enumerate(coordinates.symbols)}
    listed = [{j: list(factor_terms(c, places)) for j, c in row.items()} for row in rows]
    system = MonomialFields.of(listed, len(coordinates.symbols))
    rewriting = Rewriting(system)
    for relation in coordinates.relations:
        _add_rule(rewriting, relation, places)
    return Enlarged(system, tuple(coordinates.meanings), rewriting)


def _add_rule(rewriting: Rewriting, relation: tuple[Expr, int, Expr], places: dict[Expr, int]) -> None:
    """A rule whose leading monomial has more of one coordinate than any other term."""
    symbol, root, base = relation
    equation = symbol * base - 1 if root == -1 else base - symbol**root
    terms = [(c, {j: e for j, e in powers.items() if e}) for c, powers in factor_terms(sp.expand(equation), places)]
    if any((e * rewriting.system.denominator).denominator != 1 for _, powers in terms for e in powers.values()):
        return
    q = rewriting.system.denominator
    coordinates = sorted({j for _, powers in terms for j in powers}, key=lambda j: (j == places[symbol], j))
    for j in coordinates:
        ranked = sorted(terms, key=lambda term: term[1].get(j, Fraction(0)), reverse=True)
        if ranked[0][1][j] > ranked[1][1].get(j, 0) and all(e > 0 for e in ranked[0][1].values()):
            rewriting.rules.append(_rule(ranked, q))
            break
    if root == -1:
        # y·b = 1 and b = c + x·(…) give y/x = (1/x − y·(…))/c.
        for j in coordinates:
            shifted = [(c, {**powers, j: powers.get(j, Fraction(0)) - 1}) for c, powers in terms]
            ranked = sorted(shifted, key=lambda term: term[1] != {places[symbol]: 1, j: -1})
            if ranked[0][1] == {places[symbol]: 1, j: -1} and all(powers.get(j, 0) >= 0 for _, powers in terms):
                rewriting.rules.append(_rule(ranked, q))


def _rule(terms: Sequence[tuple[Fraction, dict[int, Fraction]]], q: int) -> tuple[dict[int, int], int, Polynomial]:
    """A vanishing sum, solved for its first term."""
    (coefficient, leading), *others = terms
    rest: dict[int, Fraction] = {}
    for c, powers in others:
        rest[pack(powers, q)] = rest.get(pack(powers, q), Fraction(0)) - c / coefficient
    return {j: int(e * q) for j, e in leading.items()}, pack(leading, q), rest
