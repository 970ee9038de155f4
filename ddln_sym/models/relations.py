r"""Models beyond sums of monomials: their roots, exponentials and quotients become coordinates of their own.

A coordinate y that stands for an expression of the others moves with it, ``y' = Σ_j ∂_jy·x_j'``: for ``y = b^{1/q}``
that is ``y^{1−q}b'/q``, for ``y = e^a`` it is ``y·a'``.  In the enlarged coordinates every field is again a sum of
monomials.  What is algebraic leaves a relation, ``y^q = b`` or ``y·b = 1``, by which monomials are rewritten.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

import sympy as sp

from ddln_sym.models.monomial_fields import MonomialFields, NotMonomial, Polynomial, TooLarge, factor_terms, pack

__all__ = ["Enlarged", "Rewriting", "check_readable", "enlarge"]

Expr: TypeAlias = Any

#: Rewriting steps for one monomial.
MOST_STEPS = 5_000
#: Fields with more terms in the coordinates are not written out.
MOST_TERMS = 40_000

#: Coordinates that stand for these are positive where they are defined.
ALWAYS_POSITIVE = {"exp", "root", "power", "number"}

#: Functions that move by an expression of their argument.
PRIMITIVES: dict[Any, Callable[[Expr], Expr]] = {
    sp.log: lambda x: 1 / x,
    sp.atan: lambda x: 1 / (1 + x**2),
    sp.erf: lambda x: 2 * sp.exp(-(x**2)) / sp.sqrt(sp.pi),
}

#: By coordinate, what a field moves it by.
Row: TypeAlias = dict[Expr, Expr]
Reader: TypeAlias = Callable[[Expr], Expr]


@dataclass
class Rewriting:
    """Rules ``leading monomial → sum of monomials``, each of which follows from a relation.

    A rule applies to what its leading monomial divides; where an exponent of that is negative, to lower ones.

    Attributes:
        system: in whose units monomials are packed. rules: exponents of the leading monomial, with what replaces it.
        steps: how many were taken so far, terms and all.
    """

    system: MonomialFields
    rules: list[tuple[dict[int, int], int, Polynomial]] = field(default_factory=list)
    steps: int = 0
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
            self.steps += len(rule[2])
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
        system: the fields. symbols: the coordinates. meanings: what each stands for, in the variables of the model.
        rewriting: the relations between the coordinates. read: gives an expression of the variables in coordinates.
        everywhere: whether that holds for variables of either sign; if not, ``√(u²)`` was read as u, say.
    """

    system: MonomialFields
    symbols: tuple[Expr, ...]
    meanings: tuple[Expr, ...]
    rewriting: Rewriting
    read: Reader
    everywhere: bool


class _Coordinates:
    """The coordinates that expressions need, found one after the other."""

    def __init__(self, variables: Sequence[Expr]) -> None:
        self.symbols = list(variables)
        self.meanings = list(variables)
        self.slopes: list[dict[Expr, Expr]] = [{v: sp.Integer(1)} for v in variables]
        #: ``(y, q, b)`` for ``y^q = b``; q = −1 for ``y·b = 1``.
        self.relations: list[tuple[Expr, int, Expr]] = []
        self._known: dict[tuple[str, Any], Expr] = {}
        self._readings: dict[Expr, Expr] = {}
        #: The first exponent of ``e^a`` that is a rational multiple of an expression, with the factor.
        self._exponents: dict[Expr, tuple[Expr, Expr]] = {}
        #: Whether no power of a product was taken factor by factor that would need a sign.
        self.everywhere = True

    def _add(self, key: tuple[str, Any], meaning: Callable[[], Expr], slope: Callable[[Expr], Row]) -> Expr:
        """The symbol for an expression; ``slope`` gives its derivatives from the symbol."""
        if key not in self._known:
            symbol = sp.Dummy(f"y{len(self.symbols)}", positive=key[0] in ALWAYS_POSITIVE or None, real=True)
            self.meanings.append(meaning())
            self._known[key] = symbol
            self.symbols.append(symbol)
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
        if expression not in self._readings:
            self._readings[expression] = self._read(expression)
        return self._readings[expression]

    def _read(self, expression: Expr) -> Expr:
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
        if isinstance(expression, (sp.sin, sp.cos)):
            return self._sine_and_cosine(self.read(expression.args[0]))[isinstance(expression, sp.cos)]
        if isinstance(expression, sp.tan):
            return self.read(sp.sin(expression.args[0]) / sp.cos(expression.args[0]))
        if expression.func in PRIMITIVES:
            inner = self.read(expression.args[0])
            factor = self.read(PRIMITIVES[expression.func](inner))
            return self._add(
                (expression.func.__name__, inner),
                lambda: expression.func(self._meaning(inner)),
                lambda y: {j: sp.expand(factor * r) for j, r in self.derivative(inner).items()},
            )
        known = "powers, exp, log, tanh, sin, cos, atan and erf"
        raise NotMonomial(f"{expression} has no relation that this search knows: {known} have one")

    def _sine_and_cosine(self, inner: Expr) -> tuple[Expr, Expr]:
        """They move by each other, and their squares add up to 1."""
        new = ("sin", inner) not in self._known
        sine = self._add(("sin", inner), lambda: sp.sin(self._meaning(inner)), lambda y: {})
        cosine = self._add(
            ("cos", inner),
            lambda: sp.cos(self._meaning(inner)),
            lambda y: {j: sp.expand(-sine * r) for j, r in self.derivative(inner).items()},
        )
        if new:
            moved = self.derivative(inner)
            self.slopes[self.symbols.index(sine)] = {j: sp.expand(cosine * r) for j, r in moved.items()}
            self.relations.append((sine, 2, 1 - cosine**2))
        return sine, cosine

    def _number(self, number: Expr) -> Expr:
        """A coordinate that does not move, for a number such as ``√2`` or π; of roots it is known what they solve."""
        if not (number.is_extended_real and number.is_finite and number.is_nonzero):
            raise NotMonomial(f"{number} is no real number that is known not to be 0")
        root = number.is_Pow and number.base.is_Rational and number.exp.is_Rational
        if root and number.exp != sp.Rational(1, number.exp.q):
            return self._number(sp.root(number.base, number.exp.q)) ** number.exp.p
        sign = sp.Integer(1 if number.is_positive else -1)
        symbol = self._add(("number", number), lambda: sign * number, lambda y: {})
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
        """``e^a``; of a rational multiple of an exponent that is known, the power."""
        factor, primitive = inner.as_content_primitive()
        if primitive.could_extract_minus_sign():
            factor, primitive = -factor, sp.expand(-primitive)
        known, first = self._exponents.setdefault(primitive, (inner, factor))
        symbol = self._add(
            ("exp", known),
            lambda: sp.exp(self._meaning(known)),
            lambda y: {j: sp.expand(y * r) for j, r in self.derivative(known).items()},
        )
        return symbol ** (factor / first)

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
                powers = [f.as_base_exp() for f in sp.Mul.make_args(primitive)]
                signed = [(b, e) for b, e in powers if not b.is_positive]
                if not exponent.is_Integer and (len(signed) > 1 or any(e != 1 for _, e in signed)):
                    self.everywhere = False
                return factor * sp.Mul(*(b ** (e * exponent) for b, e in powers))
            return sp.expand(factor * self._power(primitive, exponent))
        root = int(exponent.q)
        if root == 1:
            symbol = self._add(
                ("inverse", primitive),
                lambda: 1 / self._meaning(primitive),
                lambda y: {j: sp.expand(-(y**2) * r) for j, r in self.derivative(primitive).items()},
            )
            relation = (symbol, -1, primitive)
            found = symbol ** (-exponent)
        else:
            symbol = self._add(
                ("root", (primitive, root)),
                lambda: sp.root(self._meaning(primitive), root),
                lambda y: {j: sp.expand(y ** (1 - root) * r / root) for j, r in self.derivative(primitive).items()},
            )
            relation = (symbol, root, primitive)
            found = symbol**exponent.p
        if relation not in self.relations:
            self.relations.append(relation)
        return found

    def _real_power(self, base: Expr, exponent: Expr) -> Expr:
        """``b^a`` for an irrational number a: it moves by ``a·b^a·b'/b``."""
        power, inverse = self.read(exponent), self._power(base, sp.Integer(-1))
        return self._add(
            ("power", (base, exponent)),
            lambda: self._meaning(base) ** exponent,
            lambda y: {j: sp.expand(power * y * inverse * r) for j, r in self.derivative(base).items()},
        )


def check_readable(components: Sequence[Expr], variables: Sequence[Expr]) -> None:
    """Whether every component has relations, so that an error speaks of G as it is written.

    Raises:
        NotMonomial: one is not made of numbers, powers, and functions that are known here.
    """
    coordinates = _Coordinates(variables)
    for n, component in enumerate(components, 1):
        try:
            coordinates.read(component)
        except NotMonomial as error:
            raise NotMonomial(f"G_{n}: {error}") from error


def enlarge(
    components: Sequence[Expr],
    variables: Sequence[Expr],
    fields: Callable[[Sequence[Row], Reader], Sequence[Row]] = lambda slopes, read: slopes,
) -> Enlarged:
    """The fields of a model as sums of monomials, in coordinates that begin with the variables.

    Args:
        components: ``G_1, …, G_d``.
        fields: what is made of their gradients; the gradients themselves if it is not given.
    Raises:
        NotMonomial: an expression is not made of powers, and functions that are known here.
        TooLarge: the fields have more terms than are written out.

    >>> u, v = sp.symbols("u v", positive=True)
    >>> enlarge([u / sp.sqrt(u**2 + v**2), sp.exp(-u) * v], (u, v)).meanings
    (u, v, sqrt(u**2 + v**2), exp(-u))
    """
    coordinates = _Coordinates(variables)
    total, slopes = 0, []
    for component in components:
        slopes.append(coordinates.derivative(coordinates.read(sp.sympify(component))))
        total = _counted(total, slopes[-1])
    rows, total = [dict(row) for row in fields(slopes, coordinates.read)], 0
    for row in rows:
        own = {v: rate for v, rate in row.items() if rate != 0}
        for n in range(len(variables), len(coordinates.symbols)):
            moved = ((s, own[v]) for v, s in coordinates.slopes[n].items() if v in own)
            row[coordinates.symbols[n]] = sp.expand(sp.Add(*(s * rate for s, rate in moved)))
        total = _counted(total, row)
    places = {symbol: n for n, symbol in enumerate(coordinates.symbols)}
    listed = [{places[v]: list(factor_terms(c, places)) for v, c in row.items() if c != 0} for row in rows]
    system = MonomialFields.of(listed, len(coordinates.symbols))
    rewriting = Rewriting(system)
    for relation in coordinates.relations:
        _add_rule(rewriting, relation, places)
    symbols, meanings = tuple(coordinates.symbols), tuple(coordinates.meanings)
    return Enlarged(system, symbols, meanings, rewriting, coordinates.read, coordinates.everywhere)


def _counted(total: int, row: Row) -> int:
    """A count of terms with those of one more field.

    Raises:
        TooLarge: there are more than are written out.
    """
    total += sum(len(sp.Add.make_args(rate)) for rate in row.values())
    if total > MOST_TERMS:
        raise TooLarge(f"as sums of monomials, its fields have more than {MOST_TERMS} terms")
    return total


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
