"""Polynomial arithmetic over QQ: fractions, factors, remainders, membership in an ideal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sympy as sp
from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx, fmpz_mpoly, fmpz_mpoly_ctx, fmpz_mpoly_vec
from sympy.polys.orderings import lex
from sympy.polys.rings import PolyElement, PolyRing

from ddln_sym.statements import Auxiliary, Index

Expr = Any
#: A coefficient and a monomial, by its symbols and their powers.
Term = tuple[fmpq, tuple[tuple[Expr, int], ...]]

#: A Gröbner basis of more than this is not tried: it could take hours.
BASIS_TERMS, BASIS_RELATIONS = 200, 12
#: Elements of a Gröbner basis, terms of one of them, and bits of a coefficient.
BASIS_LIMITS = (60, 400, 4000)

__all__ = [
    "Generator",
    "Membership",
    "OpenIndex",
    "Replacing",
    "Term",
    "expand",
    "factors",
    "fraction",
    "generators",
    "membership",
    "remainder",
    "ring_of",
    "spoken_of",
    "terms_of",
    "the_one",
]


#: Questions about one expression that are remembered: a search asks them of the same facts again and again.
REMEMBERED = 20_000


def generators(*polys: Expr) -> tuple[Expr, ...]:
    """The symbols of polynomials, later generators first, so that they are eliminated first."""
    return tuple(sorted(set[Expr]().union(*map(spoken_of, polys)), key=_weight))


@lru_cache(maxsize=REMEMBERED)
def spoken_of(poly: Expr) -> frozenset[Expr]:
    """The symbols of an expression and the entries of arrays: ``u[j]`` has neither ``u`` nor ``j``."""
    if isinstance(poly, (sp.Add, sp.Mul, sp.Pow)):  # they bind nothing, and share their parts
        return frozenset().union(*map(spoken_of, poly.args))
    indexed = set(map(the_one, poly.atoms(sp.Indexed)))
    if not indexed:
        return frozenset(poly.free_symbols)
    held = {i: sp.Dummy() for i in indexed}
    return frozenset(indexed | (poly.xreplace(held).free_symbols - set(held.values())))


@lru_cache(maxsize=REMEMBERED)
def the_one(entry: Expr) -> Expr:
    """The first of the expressions that are equal: SymPy makes many of an entry of an array, and compares them slowly.

    >>> u = sp.IndexedBase("u", real=True)
    >>> u[1] is u[1], the_one(u[1]) is the_one(u[1])
    (False, True)
    """
    return entry


@lru_cache(maxsize=REMEMBERED)
def expand(expr: Expr) -> Expr:
    """An expression multiplied out, as SymPy does it; a polynomial by FLINT.

    >>> x, y = sp.symbols("x y")
    >>> expand((x + y) ** 2)
    x**2 + 2*x*y + y**2
    """
    if expr.is_Symbol or not _is_rational(expr, least=0):
        return sp.expand(expr)
    symbols, over, under = _read_rational(expr)
    return _write(symbols, over, int(under.leading_coefficient()))


@lru_cache(maxsize=REMEMBERED)
def terms_of(poly: Expr) -> Mapping[Expr, Term]:
    """The terms of a polynomial with rational coefficients, by their monomials.

    Raises:
        sympy.PolynomialError: it is none.

    >>> x, y = sp.symbols("x y")
    >>> terms_of(x**2 / 2 - 3 * y)
    {x**2: (1/2, ((x, 2),)), y: (-3, ((y, 1),))}
    """
    found: dict[Expr, Term] = {}
    for term in sp.Add.make_args(poly):
        coefficient, monomial = term.as_coeff_Mul()
        powers = _powers_of(monomial)
        if powers is None or not coefficient.is_Rational or monomial in found:
            return _read_terms(poly)
        if coefficient:
            found[monomial] = fmpq(int(coefficient.p), int(coefficient.q)), powers
    return found


@lru_cache(maxsize=REMEMBERED)
def _powers_of(monomial: Expr) -> tuple[tuple[Expr, int], ...] | None:
    """The symbols of a monomial with their powers, or None if it is not written as one."""
    found = []
    for factor in () if monomial == 1 else sp.Mul.make_args(monomial):
        base, power = factor.args if factor.is_Pow else (factor, sp.Integer(1))
        if not (base.is_Symbol or isinstance(base, sp.Indexed)) or not (power.is_Integer and power > 0):
            return None
        found.append((base, int(power)))
    return tuple(found)


def _read_terms(poly: Expr) -> Mapping[Expr, Term]:
    """The same for what is not multiplied out."""
    symbols, found = generators(poly), dict[Expr, Term]()
    for powers, coefficient in sp.Poly(poly, *(symbols or (sp.Symbol("_"),))).terms():
        if not coefficient.is_Rational:
            raise sp.PolynomialError(f"{coefficient} is not rational")
        monomial = sp.Mul(*(x**n for x, n in zip(symbols, powers, strict=False)))
        if coefficient:
            found[monomial] = fmpq(int(coefficient.p), int(coefficient.q)), _powers_of(monomial) or ()
    return found


class Replacing:
    """A polynomial in which powers of symbols are replaced one after the other, as one of FLINT's.

    >>> x, y = sp.symbols("x y")
    >>> replacing = Replacing(x**2 * y + 1, (x, y))
    >>> replacing.replace(x**2, y - 3), sorted(map(str, replacing.terms()))
    (True, ['(-3, ((y, 1),))', '(1, ((y, 2),))', '(1, ())'])
    >>> replacing.replace(y**2, x), replacing.present
    (False, {y})
    """

    def __init__(self, poly: Expr, symbols: Sequence[Expr]) -> None:
        self._symbols = symbols
        self._places = {x: n for n, x in enumerate(symbols)}
        self._context = fmpq_mpoly_ctx.get([f"x{n}" for n in range(len(symbols))], Ordering.lex)
        self._poly = self._read(poly)

    def _read(self, poly: Expr) -> fmpq_mpoly:
        found = {}
        for coefficient, stands in terms_of(poly).values():
            powers = [0] * len(self._symbols)
            for x, n in stands:
                powers[self._places[x]] = n
            found[tuple(powers)] = coefficient
        return self._context.from_dict(found)

    def replace(self, target: Expr, value: Expr) -> bool:
        """Put a polynomial in the place of a symbol, or a power of one; whether no lower power is in the way."""
        x, n = target.as_base_exp()
        place, step = self._places[x], int(n)
        by_power: dict[int, dict[tuple[int, ...], fmpq]] = {}
        for powers, coefficient in self._poly.to_dict().items():
            power = powers[place]
            if power % step:
                return False
            by_power.setdefault(power // step, {})[(*powers[:place], 0, *powers[place + 1 :])] = coefficient
        put, total = self._read(value), self._context.constant(0)
        for power, rest in by_power.items():
            total += self._context.from_dict(rest) * put**power
        self._poly = total
        return True

    def terms(self) -> Iterator[Term]:
        """The terms as they stand."""
        for powers, coefficient in self._poly.to_dict().items():
            yield coefficient, tuple((x, n) for x, n in zip(self._symbols, powers, strict=True) if n)

    @property
    def present(self) -> set[Expr]:
        """The symbols that are left."""
        return {x for _, stands in self.terms() for x, _ in stands}


class OpenIndex(Index):
    """The index at which a sum or a product is looked at, different from those that are excluded."""


class Generator(Auxiliary):
    """A symbol that stands for a root, a modulus, an exponential, …; named by what it stands for.

    Two are the same where their names and their families are: so a polynomial in them, taken as data, tells in which
    order it is reduced.

    >>> Generator("root", "r") == Generator("root", "r"), Generator("root", "r") == Generator("exp", "r")
    (True, False)
    """

    #: Which families are rewritten first when a polynomial is reduced.
    FAMILIES = ("product", "sum", "function", "log", "sign", "root", "power", "exp", "modulus", "parity")
    family: str

    def __new__(cls, family: str, name: str) -> Generator:
        made: Generator = sp.Symbol.__xnew__(cls, name, real=True)  # SymPy's cache knows names alone
        made.family = family
        return made

    def _hashable_content(self) -> tuple[Any, ...]:
        return (*super()._hashable_content(), self.family)

    def __getnewargs_ex__(self) -> tuple[tuple[str, str], dict[str, bool]]:
        return (self.family, self.name), {}


#: The powers up to which a polynomial is read without SymPy's help.
POWER = 60


def _weight(symbol: Expr) -> tuple[int, int, str]:
    name = _written(symbol)
    if isinstance(symbol, Generator):
        return (Generator.FAMILIES.index(symbol.family), -len(name), name)
    return (50 if isinstance(symbol, sp.Indexed) else 90, 0, name)


_written: Callable[[Expr], str] = lru_cache(maxsize=REMEMBERED)(str)


def ring_of(*polys: Expr) -> PolyRing:
    symbols = generators(*polys)
    return PolyRing(symbols or (sp.Symbol("_"),), sp.QQ, lex)


@lru_cache(maxsize=REMEMBERED)
def fraction(expr: Expr) -> tuple[Expr, Expr]:
    """Numerator and denominator, both expanded, without a common factor.

    A rational function is one of FLINT's, written as SymPy's ``cancel`` writes it: whole coefficients, and the first
    one below the line is positive.
    """
    if (found := _cancel(expr) if _is_rational(expr) else None) is not None:
        return found
    numerator, denominator = sp.fraction(sp.cancel(sp.together(expr)))
    return sp.expand(numerator), sp.expand(denominator)


def _cancel(expr: Expr) -> tuple[Expr, Expr] | None:
    """The same of a rational function; None where it divides by zero."""
    try:
        symbols, over, under = _read_rational(expr)
    except ZeroDivisionError:
        return None
    common = over.gcd(under)
    over, under = over / common, under / common
    if under.leading_coefficient() < 0:
        over, under = -over, -under
    if under.is_constant() and len(over) > 1:  # SymPy writes a sum with fractions before its terms
        return _write(symbols, over, int(under.leading_coefficient())), sp.Integer(1)
    return _write(symbols, over), _write(symbols, under)


def _read_rational(expr: Expr) -> tuple[tuple[Expr, ...], fmpz_mpoly, fmpz_mpoly]:
    """The symbols of a rational function, and its numerator and denominator in them, which may have common factors.

    Raises:
        ZeroDivisionError: it divides by zero.
    """
    symbols = _in_order(spoken_of(expr))
    context = fmpz_mpoly_ctx.get([f"x{n}" for n in range(len(symbols))], Ordering.lex)
    one = context.constant(1)
    places = dict(zip(symbols, context.gens(), strict=True))

    def read(e: Expr) -> tuple[fmpz_mpoly, fmpz_mpoly]:
        if e.is_Rational:
            return context.constant(int(e.p)), context.constant(int(e.q))
        if e.is_Pow:
            over, under = read(e.base)
            n = int(e.exp)
            if n < 0 and over.is_zero():
                raise ZeroDivisionError
            return (over**n, under**n) if n > 0 else (under**-n, over**-n)
        if e.is_Mul:
            over, under = one, one
            for part in e.args:
                p, q = read(part)
                over, under = over * p, under * q
            return over, under
        if e.is_Add:
            over, under = context.constant(0), one
            for part in e.args:
                p, q = read(part)
                if q == under:
                    over = over + p
                else:
                    common = under.gcd(q)
                    over, under = over * (q / common) + p * (under / common), under * (q / common)
            return over, under
        return places[e], one

    return symbols, *read(expr)


def _write(symbols: Sequence[Expr], poly: fmpz_mpoly, divisor: int = 1) -> Expr:
    """A polynomial, divided by a whole number."""
    return sp.Add(*(
        sp.Mul(sp.Rational(int(c), divisor), *(x ** int(n) for x, n in zip(symbols, powers, strict=True) if n))
        for powers, c in poly.to_dict().items()
    ))  # fmt: skip


@lru_cache(maxsize=REMEMBERED)
def _in_order(symbols: frozenset[Expr]) -> tuple[Expr, ...]:
    """Symbols in the order in which SymPy reads a polynomial."""
    return tuple(sp.Poly(sp.Add(*symbols)).gens) if symbols else ()


def _is_rational(expr: Expr, least: int = -POWER) -> bool:
    """Whether an expression is a rational function with rational coefficients, by the way it is written; without
    powers below the ``least``."""
    if expr.is_Rational or expr.is_Symbol or isinstance(expr, sp.Indexed):
        return True
    if expr.is_Pow:
        power = expr.exp
        return bool(power.is_Integer and power and least <= power <= POWER) and _is_rational(expr.base, least)
    return bool(expr.is_Add or expr.is_Mul) and all(_is_rational(part, least) for part in expr.args)


def factors(poly: Expr) -> tuple[Expr, list[tuple[Expr, int]]]:
    """Content and irreducible factors over QQ."""
    constant, pieces = _factorize(poly)
    return constant, [*pieces]


@lru_cache(maxsize=REMEMBERED)
def _factorize(poly: Expr) -> tuple[Expr, tuple[tuple[Expr, int], ...]]:
    """Content and irreducible factors over QQ, found by FLINT and multiplied out again: a product of thirty
    binomials takes milliseconds, where SymPy's factorization takes a minute.
    """
    if poly.is_number:
        return poly, ()
    ring = ring_of(poly)
    denominator, whole = ring.from_expr(poly).clear_denoms()
    context = fmpz_mpoly_ctx.get([f"x{n}" for n in range(ring.ngens)], Ordering.lex)
    element = context.from_dict({powers: int(c) for powers, c in whole.items()})
    content, found = element.factor()
    product = context.constant(content)
    for piece, power in found:
        product *= piece**power
    if product != element:
        raise ArithmeticError("factors do not multiply out")
    pieces = [
        (ring.from_dict({tuple(map(int, m)): sp.QQ(int(c)) for m, c in piece.to_dict().items()}), int(n))
        for piece, n in found
    ]
    pieces.sort(key=lambda piece: (len(piece[0]), piece[1], sorted(piece[0].items())))
    constant = sp.Rational(int(content), int(denominator))
    return constant, tuple((p.as_expr(), n) for p, n in pieces)


@dataclass(frozen=True)
class Membership:
    """``poly = Σ cofactor·relation + rest``, an identity that was multiplied out and checked."""

    cofactors: tuple[tuple[Expr, Expr], ...]
    rest: Expr


def _divide(poly: PolyElement, divisors: list[PolyElement]) -> Membership:
    quotients, rest = poly.div(divisors)
    total = rest
    for quotient, divisor in zip(quotients, divisors, strict=True):
        total = total + quotient * divisor
    if total != poly:
        raise ArithmeticError("division with remainder does not multiply out")
    used = tuple((q.as_expr(), d.as_expr()) for q, d in zip(quotients, divisors, strict=True) if q)
    return Membership(used, rest.as_expr())


def membership(poly: Expr, relations: Sequence[Expr]) -> Membership:
    """Reduce a polynomial by relations, first by themselves, then by a Gröbner basis of their ideal."""
    return _membership(poly, tuple(relations))


@lru_cache(maxsize=REMEMBERED)
def _membership(poly: Expr, relations: tuple[Expr, ...]) -> Membership:
    if poly == 0:
        return Membership((), sp.Integer(0))
    connected = _relations_connected_to(poly, relations)
    ring = ring_of(poly, *connected)
    target = ring.from_expr(poly)
    divisors = [r for r in (ring.from_expr(relation) for relation in connected) if r]
    if not divisors:
        return Membership((), target.as_expr())
    direct = _divide(target, divisors)
    if direct.rest == 0:
        return direct
    if len(target) > BASIS_TERMS or len(divisors) > BASIS_RELATIONS:
        return direct
    basis = _groebner(divisors)
    # None: it takes too much; a constant: the relations contradict each other, and nothing may be concluded.
    return direct if basis is None or any(b.is_ground for b in basis) else _divide(target, basis)


def _groebner(polys: list[PolyElement]) -> list[PolyElement] | None:
    """The reduced Gröbner basis of an ideal, by FLINT; None where it grows beyond :data:`BASIS_LIMITS` on the way."""
    ring = polys[0].ring
    context = fmpz_mpoly_ctx.get([f"x{n}" for n in range(ring.ngens)], Ordering.lex)

    def to_flint(poly: PolyElement) -> fmpz_mpoly:
        return context.from_dict({powers: int(c) for powers, c in poly.clear_denoms()[1].items()})

    given: Any = fmpz_mpoly_vec([to_flint(p) for p in polys], context)
    found, is_whole = given.buchberger_naive(limits=BASIS_LIMITS)
    if not is_whole:
        return None
    basis = [
        ring.from_dict({tuple(map(int, m)): sp.QQ(int(c)) for m, c in p.to_dict().items()}).monic()
        for p in found.autoreduction()
    ]
    return sorted(basis, key=lambda p: ring.order(p.LM), reverse=True)


def _relations_connected_to(poly: Expr, relations: Sequence[Expr]) -> list[Expr]:
    """The relations that share, directly or through others, a generator with the polynomial."""
    reached, kept, waiting = set(generators(poly)), [], [r for r in relations if r != 0]
    while True:
        near = [r for r in waiting if reached & set(generators(r))]
        if not near:
            return [r for r in relations if r in kept]
        kept += near
        waiting = [r for r in waiting if r not in near]
        for r in near:
            reached |= set(generators(r))


def remainder(poly: Expr, relations: Sequence[Expr]) -> Expr:
    """The polynomial reduced by the relations as they stand."""
    return poly if poly.is_number or not relations else _remainder(poly, tuple(relations))


@lru_cache(maxsize=REMEMBERED)
def _remainder(poly: Expr, relations: tuple[Expr, ...]) -> Expr:
    ring = ring_of(poly, *relations)
    divisors = [r for r in (ring.from_expr(relation) for relation in relations) if r]
    return ring.from_expr(poly).rem(divisors).as_expr() if divisors else poly
