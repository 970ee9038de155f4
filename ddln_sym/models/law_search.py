r"""Functions that are constant along vector fields, as the kernel of integer linear equations.

A function h = Σ_m c_m·m of given monomials m, and logarithms, is constant along all fields f when every coefficient of
every ``⟨∇h, f⟩`` vanishes: linear equations for the c_m.  They fall into small blocks, which share no unknown, and the
kernel of each is computed over the integers.  Where there are very many fields, the equations of some of them are
solved first, all others are checked, and those that fail join.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, combinations_with_replacement, product
from math import gcd, lcm
from typing import Any, TypeAlias

import numpy as np
from flint import fmpz_mat

from ddln_sym.models.bracket_rank import PRIME, Echelon, residues
from ddln_sym.models.monomial_fields import WIDTH, MonomialFields, Polynomial, TooLarge
from ddln_sym.models.relations import Rewriting

__all__ = [
    "Law",
    "Term",
    "failing",
    "independent",
    "laws_of",
    "logarithms",
    "monomials_of_degree",
    "powers_near",
    "rewritten",
]

#: A term of a law: a packed monomial, or a coordinate whose logarithm it is.
Term: TypeAlias = tuple[str, int]
#: More unknowns, or a larger block, are not tried.
MOST_UNKNOWNS, LARGEST_BLOCK = 60_000, 800
#: Nor equations with more products of monomials where these are rewritten by relations, or more steps of that.
MOST_PRODUCTS, MOST_REWRITTEN = 400_000, 400_000
#: The equations of so many fields are solved before the others are checked.
SOME_FIELDS = 1500
#: A seed of the point at which gradients are compared.
SEED = 1


@dataclass(frozen=True)
class Law:
    """A combination of monomials and logarithms with whole coefficients, the first of them positive."""

    terms: tuple[tuple[Term, int], ...]

    def degree(self, system: MonomialFields) -> Fraction:
        """The largest sum of moduli of exponents; a logarithm counts as 1."""
        sizes = (
            1 if kind == "log" else Fraction(sum(map(abs, system.powers(m).values())), system.denominator)
            for (kind, m), _ in self.terms
        )
        return max((Fraction(size) for size in sizes), default=Fraction(0))


def _derivatives(term: Term, system: MonomialFields) -> Iterator[tuple[int, int, int]]:
    """``∂_j`` of a term: j, a coefficient in units of ``1/q``, and a packed monomial."""
    kind, value = term
    q = system.denominator
    if kind == "log":
        yield value, q, -(q << WIDTH * value)
    else:
        for j, e in system.powers(value).items():
            yield j, e, value - (q << WIDTH * j)


def monomials_of_degree(size: int, degrees: Iterable[int], denominator: int = 1) -> list[Term]:
    """All monomials in ``size`` coordinates of the degrees given.

    Raises:
        TooLarge: there are more than are taken on.

    >>> len(monomials_of_degree(3, [2]))
    6
    """
    units = [denominator << WIDTH * j for j in range(size)]
    found: list[Term] = []
    for degree in degrees:
        for chosen in combinations_with_replacement(units, degree):
            found.append(("monomial", sum(chosen)))
            if len(found) > MOST_UNKNOWNS:
                raise TooLarge(f"more than {MOST_UNKNOWNS} monomials of degree {degree} in {size} coordinates")
    return found


def logarithms(size: int) -> list[Term]:
    """``log x_1, …, log x_N``."""
    return [("log", j) for j in range(size)]


def powers_near(system: MonomialFields) -> list[Term]:
    """Products of few powers, negative and fractional ones too, among those that the fields suggest.

    If a field moves ``x_j`` by a multiple of ``x_j^a``, then ``d/dt x_j^{1−a}`` is free of ``x_j``; such exponents and
    the next ones, small whole ones, and products of two and three are listed, as many as are taken on.
    """
    q = system.denominator
    exponents: list[set[int]] = [{-2 * q, -q, q, 2 * q} for _ in range(system.size)]
    for field in system.fields:
        for j, component in field.items():
            for monomial in component:
                free = q - system.powers(monomial).get(j, 0)
                exponents[j] |= {free, free + q}
    found: list[Term] = []
    for count in (1, 2, 3):
        more: list[Term] = []
        for places in combinations(range(system.size), count):
            for chosen in product(*(sorted(exponents[j] - {0}) for j in places)):
                more.append(("monomial", sum(e << WIDTH * j for e, j in zip(chosen, places, strict=True))))
            if len(found) + len(more) > MOST_UNKNOWNS // 10:
                return found
        found += more
    return found


def laws_of(system: MonomialFields, unknowns: Sequence[Term], rewriting: Rewriting | None = None) -> list[Law]:
    """The combinations of given terms that are constant along every field: a basis, where there are no relations.

    Args:
        system: the fields. unknowns: the terms.
        rewriting: an equal sum for each monomial, where the coordinates are not independent.
    Raises:
        TooLarge: a block of the equations is more than is taken on.

    >>> import sympy as sp
    >>> u, v = sp.symbols("u v")
    >>> fields = MonomialFields.gradients((u**2 * v,), (u, v))
    >>> [[(c, fields.expression(m, (u, v))) for (_, m), c in law.terms]
    ...  for law in laws_of(fields, monomials_of_degree(2, [1, 2]))]
    [[(1, u**2), (-2, v**2)]]
    """
    chosen = _spread(system) if rewriting is None else set(range(len(system.fields)))
    while True:
        found = [law for block in _blocks(system, unknowns, chosen, rewriting) for law in _kernel(*block)]
        if len(chosen) == len(system.fields):
            return found
        broken = {n for law in found for n in failing(law, system) if n not in chosen}
        if not broken:
            return found
        chosen = chosen | broken


def _spread(system: MonomialFields) -> set[int]:
    """So many fields, chosen evenly, and for each coordinate one that moves it."""
    count = len(system.fields)
    if count <= SOME_FIELDS:
        return set(range(count))
    return {n * count // SOME_FIELDS for n in range(SOME_FIELDS)} | {users[0] for users in system.users if users}


def failing(law: Law, system: MonomialFields, rewriting: Rewriting | None = None) -> Iterator[int]:
    """The fields along which a candidate is not constant, or not seen to be by the relations between coordinates."""
    slopes: dict[int, list[tuple[int, int]]] = {}
    for term, weight in law.terms:
        for j, factor, rest in _derivatives(term, system):
            slopes.setdefault(j, []).append((weight * factor, rest))
    for n in {n for j in slopes for n in system.users[j]}:
        total: dict[int, Fraction] = {}
        for j, component in system.fields[n].items():
            for factor, rest in slopes.get(j, ()):
                for monomial, coefficient in component.items():
                    total[rest + monomial] = total.get(rest + monomial, Fraction(0)) + factor * coefficient
        if rewriting is not None and any(total.values()):
            total = rewritten(total, rewriting)
        if any(total.values()):
            yield n


def rewritten(polynomial: Polynomial, rewriting: Rewriting) -> dict[int, Fraction]:
    """An equal sum, by the relations between coordinates."""
    found: dict[int, Fraction] = {}
    for monomial, coefficient in polynomial.items():
        for other, factor in rewriting(monomial).items() if coefficient else ():
            found[other] = found.get(other, Fraction(0)) + coefficient * factor
    return found


Equation: TypeAlias = tuple[tuple[int, int], ...]


def _equations(
    system: MonomialFields, unknowns: Sequence[Term], chosen: set[int], rewriting: Rewriting | None
) -> set[Equation]:
    """Each as pairs of an unknown and a whole coefficient, without common factor."""
    components: list[list[tuple[int, list[tuple[int, int]]]]] = [[] for _ in range(system.size)]
    for n in sorted(chosen):
        scale = lcm(*(c.denominator for p in system.fields[n].values() for c in p.values()))
        for j, component in system.fields[n].items():
            components[j].append((n, [(m, int(c * scale)) for m, c in component.items()]))
    if rewriting is not None:
        lengths = [sum(len(scaled) for _, scaled in listed) for listed in components]
        work = sum(lengths[j] for term in unknowns for j, _, _ in _derivatives(term, system))
        if work > MOST_PRODUCTS:
            raise TooLarge(f"the equations take {work} products of monomials; {MOST_PRODUCTS} are taken on")
    rows: dict[tuple[int, int], dict[int, int]] = {}
    for column, term in enumerate(unknowns):
        for j, factor, rest in _derivatives(term, system):
            for n, scaled in components[j]:
                for monomial, coefficient in scaled:
                    row = rows.setdefault((n, rest + monomial), {})
                    row[column] = row.get(column, 0) + factor * coefficient
    if rewriting is not None:
        rows = _rewrite(rows, rewriting)
    found: set[Equation] = set()
    for row in rows.values():
        entries = sorted((k, v) for k, v in row.items() if v)
        if entries:
            common = gcd(*(v for _, v in entries)) * (1 if entries[0][1] > 0 else -1)
            found.add(tuple((k, v // common) for k, v in entries))
    return found


def _rewrite(rows: dict[tuple[int, int], dict[int, int]], rewriting: Rewriting) -> dict[Any, dict[int, int]]:
    """The equations after the monomials have been rewritten, in whole numbers."""
    collected: dict[tuple[int, int], dict[int, Fraction]] = {}
    most = rewriting.steps + MOST_REWRITTEN
    for (n, monomial), row in rows.items():
        if rewriting.steps > most:
            raise TooLarge(f"the relations between coordinates take more than {MOST_REWRITTEN} steps")
        for other, factor in rewriting(monomial).items():
            into = collected.setdefault((n, other), {})
            for column, value in row.items():
                into[column] = into.get(column, Fraction(0)) + factor * value
    found = {}
    for key, fractions in collected.items():
        scale = lcm(*(value.denominator for value in fractions.values()))
        found[key] = {column: int(value * scale) for column, value in fractions.items()}
    return found


def _without_zeros(equations: Iterable[Equation]) -> tuple[list[dict[int, int]], set[int]]:
    """The equations without the unknowns that they force to be 0, one after the other."""
    rows = [dict(equation) for equation in equations]
    holders: dict[int, list[int]] = {}
    for n, row in enumerate(rows):
        for k in row:
            holders.setdefault(k, []).append(n)
    zeros: set[int] = set()
    waiting = [next(iter(row)) for row in rows if len(row) == 1]
    while waiting:
        k = waiting.pop()
        if k in zeros:
            continue
        zeros.add(k)
        for n in holders[k]:
            del rows[n][k]
            if len(rows[n]) == 1:
                waiting.append(next(iter(rows[n])))
    return [row for row in rows if row], zeros


def _blocks(
    system: MonomialFields, unknowns: Sequence[Term], chosen: set[int], rewriting: Rewriting | None
) -> Iterator[tuple[list[Term], list[Equation]]]:
    """The unknowns of each block, with its equations."""
    rows, zeros = _without_zeros(_equations(system, unknowns, chosen, rewriting))
    parent = list(range(len(unknowns)))

    def root(a: int) -> int:
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        return a

    for row in rows:
        first, *others = row
        for other in others:
            parent[root(other)] = root(first)
    members: dict[int, list[int]] = {}
    for k in range(len(unknowns)):
        if k not in zeros:
            members.setdefault(root(k), []).append(k)
    inside: dict[int, set[Equation]] = {}
    for row in rows:
        inside.setdefault(root(next(iter(row))), set()).add(tuple(sorted(row.items())))
    for name, block in members.items():
        place = {k: n for n, k in enumerate(block)}
        equations = [tuple((place[k], v) for k, v in e) for e in sorted(inside.get(name, ()))]
        yield [unknowns[k] for k in block], equations


def _kernel(terms: Sequence[Term], equations: Sequence[Equation]) -> Iterator[Law]:
    """A short basis of the kernel, by LLL where there is a choice."""
    if len(terms) > LARGEST_BLOCK:
        raise TooLarge(f"{len(terms)} unknowns in one block of equations; {LARGEST_BLOCK} are taken on")
    if not equations:
        for term in terms:
            yield Law(((term, 1),))
        return
    matrix = [[0] * len(terms) for _ in equations]
    for row, equation in zip(matrix, equations, strict=True):
        for place, value in equation:
            row[place] = value
    columns, nullity = fmpz_mat(matrix).nullspace()
    if not nullity:
        return
    basis = [[int(columns[n, k]) for n in range(len(terms))] for k in range(nullity)]
    basis = [[value // gcd(*row) for value in row] for row in basis]
    if nullity > 1:
        basis = [list(map(int, row)) for row in fmpz_mat(basis).lll().tolist()]
    for row in basis:
        sign = next(1 if value > 0 else -1 for value in row if value)
        yield Law(tuple((term, sign * value) for term, value in zip(terms, row, strict=True) if value))


def independent(laws: Sequence[Law], system: MonomialFields) -> list[Law]:
    """Those that are functionally independent of the ones before them, near a generic point.

    Gradients that are independent modulo a prime at some point are independent at a generic one.
    """
    point = residues(system.size, SEED)
    inverses = [pow(int(y), -1, PRIME) for y in point]
    basis, kept = Echelon(system.size), []
    for law in laws:
        row = np.zeros(system.size, dtype=np.int64)
        for term, coefficient in law.terms:
            for j, factor, rest in _derivatives(term, system):
                value = coefficient * factor % PRIME
                for k, e in system.powers(rest).items():
                    value = value * pow(int(point[k]) if e > 0 else inverses[k], abs(e), PRIME) % PRIME
                row[j] = (int(row[j]) + value) % PRIME
        if basis.add(row):
            kept.append(law)
    return kept
