"""Polynomial vector fields: Lie brackets, rank on a domain by cases, separate blocks.

Every polynomial lives in the ring of the few variables it uses, so the cost grows with the number
of pairs of components that share a variable, not with the number of all pairs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import combinations, islice, product
from typing import Any

import sympy as sp
from sympy.polys.orderings import lex
from sympy.polys.rings import PolyElement, PolyRing

from ddln_sym.kernel import monomials, signs
from ddln_sym.kernel.evaluation import surely_greater
from ddln_sym.statements import Commutes, Domain, FullRank, SeparateBlocks, Witness

Expr = Any

__all__ = ["NotPolynomial", "blocks", "brackets", "rank", "separate", "tied_blocks"]

#: Of no block are more minors, or larger ones, or more cases looked at.
MINORS, LARGEST_MINOR, CASES = 2000, 5, 5000
#: Points with one coordinate 1 and the others 0 that are tried first, in models of so few entries of the Jacobian.
FIRST_POINTS, FEW_ENTRIES = 40, 600
VALUES = (1, 2, 0, -1, 3)
POINTS = 5**6
IRRATIONAL = 400  # points that are tried for a bracket with irrational numbers in it


class NotPolynomial(ValueError):
    """A component is not a polynomial with rational coefficients in the variables."""


def _ring(symbols: Sequence[Expr]) -> PolyRing:
    return PolyRing(tuple(symbols), sp.QQ, lex)


def _element(ring: PolyRing, component: Expr, variables: frozenset[Expr]) -> PolyElement:
    if not component.is_polynomial(*variables):
        raise NotPolynomial(f"the component {component} of G is not a polynomial in its parameters")
    if component.has(sp.Float):
        raise NotPolynomial(f"the component {component} of G does not have rational coefficients")
    try:
        return ring.from_expr(component)
    except (ValueError, sp.polys.polyerrors.CoercionFailed) as error:
        raise NotPolynomial(f"the component {component} of G does not have rational coefficients") from error


def _supports(components: Sequence[Expr], variables: Sequence[Expr]) -> list[list[Expr]]:
    order_of = {v: n for n, v in enumerate(variables)}
    return [sorted(c.free_symbols & order_of.keys(), key=order_of.__getitem__) for c in components]


def _neighbours(supports: list[list[Expr]]) -> list[tuple[int, int]]:
    """The pairs of components that share a variable."""
    users: dict[Expr, list[int]] = {}
    for a, support in enumerate(supports):
        for v in support:
            users.setdefault(v, []).append(a)
    return sorted({pair for group in users.values() for pair in combinations(group, 2)})


class _Joined:
    """Disjoint sets that are joined step by step."""

    def __init__(self) -> None:
        self._parent: dict[Any, Any] = {}

    def root(self, a: Any) -> Any:
        """What stands for the set of an element."""
        while (up := self._parent.get(a, a)) != a:
            self._parent[a] = self._parent.get(up, up)
            a = up
        return a

    def join(self, *elements: Any) -> None:
        for other in elements[1:]:
            self._parent[self.root(elements[0])] = self.root(other)


def blocks(components: Sequence[Expr], variables: Sequence[Expr]) -> list[list[int]]:
    """Indices of components, grouped so that different groups share no variable."""
    supports = _supports(components, variables)
    joined = _Joined()
    for a, b in _neighbours(supports):
        joined.join(a, b)
    groups: dict[int, list[int]] = {}
    for a in range(len(components)):
        groups.setdefault(joined.root(a), []).append(a)
    return list(groups.values())


def brackets(proposition: Commutes) -> tuple[bool, str, Witness | None]:
    """Whether all brackets vanish; how many pairs were computed; where one does not vanish."""
    supports = _supports(proposition.components, proposition.variables)
    everything = frozenset(proposition.variables)
    components, numbers = _with_letters(proposition.components)
    letters = [sorted(c.free_symbols - everything, key=str) for c in components]
    for component, support, own in zip(components, supports, letters, strict=True):
        if monomials.powers(component, everything) is None:
            _element(_ring([*(support or proposition.variables[:1]), *own]), component, everything)
    pairs = _neighbours(supports)
    for a, b in pairs:
        symbols = sorted({*supports[a], *supports[b]}, key=str)
        ring = _ring([*symbols, *sorted({*letters[a], *letters[b]}, key=str)])
        ga, gb = (_element(ring, components[n], everything) for n in (a, b))
        moving = ring.gens[: len(symbols)]
        da, db = ([g.diff(x) for x in moving] for g in (ga, gb))
        for k, x in enumerate(moving):
            entry = ring.zero
            for m in range(len(symbols)):
                entry += da[k].diff(ring.gens[m]) * db[m] - db[k].diff(ring.gens[m]) * da[m]
            if entry and (found := _where_it_is_not_zero(entry, numbers)) is not None:
                point, value = found
                name = f"[∇G_{a + 1}, ∇G_{b + 1}] in direction {x}"
                return False, "", Witness(tuple(point.items()), ((name, value),))
    total = len(supports) * (len(supports) - 1) // 2
    apart = total - len(pairs)
    computed = f"{len(pairs)} bracket{'s' * (len(pairs) != 1)} computed"
    return True, f"{total} pair{'s' * (total != 1)}: {computed}, {apart} share{'s' * (apart == 1)} no variable", None


def _with_letters(components: Sequence[Expr]) -> tuple[list[Expr], dict[Expr, Expr]]:
    """The components with a letter for each irrational number, and what these stand for."""
    letters: dict[Expr, Expr] = {}

    def is_irrational(e: Expr) -> bool:
        return bool(
            e.is_number and not e.is_Rational and not e.is_Float and not e.is_Add and not e.is_Mul and e.is_real
        )

    def letter(e: Expr) -> Expr:
        return letters.setdefault(e, sp.Dummy(f"c{len(letters)}"))

    found = [c.replace(is_irrational, letter) for c in components]
    return found, {symbol: number for number, symbol in letters.items()}


def _where_it_is_not_zero(entry: PolyElement, numbers: dict[Expr, Expr]) -> tuple[dict[Expr, Any], Expr] | None:
    """A point at which an entry of a bracket does not vanish, with its value; None if it is 0 with its numbers."""
    symbols = list(entry.ring.symbols)
    if not numbers.keys() & set(symbols):
        point = next(_nonzero_points(entry, symbols))
        value = entry.evaluate(list(zip(entry.ring.gens, map(sp.QQ, point.values()), strict=True)))
        return point, sp.Rational(str(value))
    whole = sp.expand(entry.as_expr().xreplace(numbers))
    if whole == 0:
        return None
    plain = [s for s in symbols if s not in numbers]
    for values in islice(product(VALUES, repeat=len(plain)), IRRATIONAL):
        at = dict(zip(plain, map(sp.Integer, values), strict=True))
        value = sp.expand(whole.xreplace(at))
        if surely_greater(value, sp.Integer(0)) is not None or surely_greater(sp.Integer(0), value) is not None:
            return {**at}, value
    raise NotPolynomial(
        "a bracket with irrational numbers in it is neither shown to vanish nor not to: give rational ones"
    )


def _nonzero_points(entry: PolyElement, symbols: list[Expr]) -> Iterator[dict[Expr, int]]:
    """Points of a grid that has more values than the degree in any variable, where not all can be zeros."""
    grid = (*VALUES, *range(4, 4 + max(entry.degrees())))
    for values in product(grid, repeat=len(symbols)):
        if entry.evaluate(list(zip(entry.ring.gens, map(sp.QQ, values), strict=True))):
            yield dict(zip(symbols, values, strict=True))


@dataclass
class _Cases:
    """Search for a point of the domain where all the given polynomials vanish."""

    variables: list[Expr]
    domain: Domain
    closed: int = 0
    unsure: str = ""
    opened: int = 0

    def search(self, polys: list[Expr], domain: Domain, chosen: dict[Expr, Expr]) -> dict[Expr, Expr] | None:
        self.opened += 1
        if self.opened > CASES:
            self.unsure = f"more than {CASES} cases"
            return None
        if any(all(p == 0 for p in group) for group in domain.avoids) or any(
            p.is_number and not p > 0 for p in domain.positive
        ):
            self.closed += 1
            return None
        polys = [p for p in polys if p != 0]
        if not polys:
            return self._point(chosen)
        pivot = min(polys, key=lambda p: (len(p.free_symbols), sp.count_ops(p)))
        if pivot.is_number:
            self.closed += 1
            return None
        for factor, _ in sp.factor_list(pivot)[1]:
            facts = [(p, True) for p in domain.positive]
            if signs.prove(factor**2, True, facts, []):
                self.closed += 1
                continue
            terms = sp.Add.make_args(factor)
            if len(terms) > 1 and all(signs.prove(t, False, facts, []) for t in terms):
                found = self.search([*polys, *terms], domain, chosen)  # a sum of nonnegative terms is 0
                if found is not None:
                    return found
                continue
            solved = next((s for s in sorted(factor.free_symbols, key=str) if self._linear(factor, s)), None)
            if solved is None:
                self.unsure = f"no case split for {factor} = 0"
                continue
            value = sp.expand(solved - factor / sp.diff(factor, solved))
            narrowed = Domain(
                tuple(tuple(sp.expand(p.xreplace({solved: value})) for p in g) for g in domain.avoids),
                tuple(sp.expand(p.xreplace({solved: value})) for p in domain.positive),
            )
            found = self.search(
                [sp.expand(p.xreplace({solved: value})) for p in polys], narrowed, {**chosen, solved: value}
            )
            if found is not None:
                return found
        return None

    @staticmethod
    def _linear(factor: Expr, symbol: Expr) -> bool:
        return bool(sp.diff(factor, symbol).is_number)

    def _point(self, chosen: dict[Expr, Expr]) -> dict[Expr, Expr] | None:
        free = [v for v in self.variables if v not in chosen]
        for count, values in enumerate(product(VALUES, repeat=len(free))):
            if count > POINTS:
                break
            point = dict(zip(free, map(sp.Integer, values), strict=True))
            for symbol in reversed(list(chosen)):
                point[symbol] = chosen[symbol].xreplace(point)
            if self.domain.contains(point):
                return {v: point[v] for v in self.variables}
        self.unsure = "no point of the domain was found in a case that could not be excluded"
        return None


EMPTY = "nothing lies in M"


def _empty(domain: Domain, variables: Sequence[Expr]) -> bool:
    """Whether the conditions of a domain are shown to exclude each other."""
    if domain.contains(dict.fromkeys(variables, 1)):
        return False
    apart = [(sp.expand(sp.Add(*(p**2 for p in group))), True) for group in domain.avoids]
    return signs.contradictory([*((sp.expand(p), True) for p in domain.positive), *apart], [])


def rank(proposition: FullRank) -> tuple[bool | None, str, Witness | None]:
    """Full row rank on the whole domain, block by block; the cases that were excluded, or a point."""
    if _empty(proposition.domain, proposition.variables):
        return None, EMPTY, None
    everything = frozenset(proposition.variables)
    supports = _supports(proposition.components, proposition.variables)
    for component, support in zip(proposition.components, supports, strict=True):
        if monomials.powers(component, everything) is None:
            _element(_ring(support or proposition.variables[:1]), component, everything)
    groups = monomials.plain_groups(proposition.domain)
    conditions: dict[Expr, list[tuple[bool, tuple[Expr, ...]]]] | None = None
    closed = 0
    seen: dict[Any, int] = {}  # blocks that differ by the names of their variables alone are decided once
    for block in blocks(proposition.components, proposition.variables):
        exponents = monomials.powers(proposition.components[block[0]], everything) if len(block) == 1 else None
        if exponents is not None and groups is not None:
            count, zero = monomials.vanishing(exponents, groups)
            if zero is not None:
                return _drop(proposition, block, {v: sp.Integer(v not in zero) for v in exponents})
            closed += count
            continue
        if conditions is None:
            early = _rank_at_first_points(proposition)
            if early is not None:
                return early
            conditions = _by_block(proposition.domain)
        used = {v for a in block for v in supports[a]}
        symbols = [v for v in proposition.variables if v in used]
        inside = _restrict(conditions, symbols)
        shape = _shape([proposition.components[a] for a in block], symbols, inside)
        if shape in seen:
            closed += seen[shape]
            continue
        minors = _maximal_minors([proposition.components[a] for a in block], symbols, everything)
        if minors is None:
            return (
                None,
                f"more than {MINORS} minors in one block, or larger ones than {LARGEST_MINOR} × {LARGEST_MINOR}",
                None,
            )
        cases = _Cases(symbols, inside)
        point = cases.search(minors, inside, {})
        if point is not None:
            return _drop(proposition, block, point)
        if cases.unsure:
            return None, cases.unsure, None
        seen[shape] = cases.closed
        closed += cases.closed
    return True, f"{closed} case{'s' * (closed != 1)} in which the maximal minors vanish, each outside M", None


def _rank_at_first_points(proposition: FullRank) -> tuple[bool | None, str, Witness | None] | None:
    """A drop at the origin, at a unit vector or at a point without zeros: most ranks that drop do so there."""
    variables, entries = proposition.variables, len(proposition.variables) * len(proposition.components)
    points = [dict.fromkeys(variables, sp.Integer(0)), dict.fromkeys(variables, sp.Integer(1))]
    points[1] |= {v: sp.Integer(n + 2) for n, v in enumerate(variables)}
    if entries <= FEW_ENTRIES:
        points += [{**points[0], v: sp.Integer(1)} for v in variables[:FIRST_POINTS]]
    for point in points:
        if proposition.domain.contains(point):
            answer = _drop(proposition, [], point)
            if answer[0] is False:
                return answer
    return None


def _by_block(domain: Domain) -> dict[Expr, list[tuple[bool, tuple[Expr, ...]]]]:
    """The conditions of a domain by the first variable each one uses; True: a positivity condition."""
    found: dict[Expr, list[tuple[bool, tuple[Expr, ...]]]] = {}
    for positive, group in [*((False, g) for g in domain.avoids), *((True, (p,)) for p in domain.positive)]:
        for symbol in sorted(_symbols_of(group), key=str)[:1]:
            found.setdefault(symbol, []).append((positive, group))
    return found


def _restrict(conditions: dict[Expr, list[tuple[bool, tuple[Expr, ...]]]], symbols: list[Expr]) -> Domain:
    """The part of the domain that speaks of these variables alone."""
    inside = set(symbols)
    near = [c for s in symbols for c in conditions.get(s, ()) if _symbols_of(c[1]) <= inside]
    return Domain(tuple(g for positive, g in near if not positive), tuple(g[0] for positive, g in near if positive))


def _shape(components: list[Expr], symbols: list[Expr], inside: Domain) -> Any:
    names = {s: sp.Symbol(f"x{n}", real=True) for n, s in enumerate(symbols)}
    groups = frozenset(frozenset(p.xreplace(names) for p in g) for g in inside.avoids)
    return tuple(c.xreplace(names) for c in components), groups, frozenset(p.xreplace(names) for p in inside.positive)


def _symbols_of(group: Sequence[Expr]) -> set[Expr]:
    return {s for p in group for s in p.free_symbols}


def _maximal_minors(rows: list[Expr], symbols: list[Expr], everything: frozenset[Expr]) -> list[Expr] | None:
    if not symbols:
        return [sp.Integer(0)]
    ring = _ring(symbols)
    jacobian = [[_element(ring, g, everything).diff(x) for x in ring.gens] for g in rows]
    if len(rows) == 1:
        return [entry.as_expr() for entry in jacobian[0]]
    if len(rows) > len(symbols):
        return [sp.Integer(0)]
    if sp.binomial(len(symbols), len(rows)) > MINORS or len(rows) > LARGEST_MINOR:
        return None
    matrix = sp.polys.matrices.DomainMatrix(jacobian, (len(rows), len(symbols)), ring.to_domain())
    chosen = combinations(range(len(symbols)), len(rows))
    return [matrix.extract(list(range(len(rows))), list(columns)).charpoly()[-1].as_expr() for columns in chosen]


def _drop(proposition: FullRank, block: list[int], point: dict[Expr, Expr]) -> tuple[bool | None, str, Witness | None]:
    """The point, completed outside the block, with the exact rank of the Jacobian there."""
    full = {v: point.get(v, sp.Integer(1)) for v in proposition.variables}
    if not proposition.domain.contains(full):
        return None, "the point where the rank of a block drops could not be completed in M", None
    rows = [
        [sp.QQ.from_sympy(sp.diff(c, v).xreplace(full)) for v in proposition.variables] for c in proposition.components
    ]
    found = sp.polys.matrices.DomainMatrix(rows, (len(rows), len(proposition.variables)), sp.QQ).rank()
    if found == len(rows):
        return None, "the rank does not drop at the point found", None
    return (
        False,
        "",
        Witness(
            tuple(full.items()),
            (("rank of the Jacobian", sp.Integer(found)), ("number of components", sp.Integer(len(rows)))),
        ),
    )


def separate(proposition: SeparateBlocks) -> tuple[bool | None, str]:
    """Whether all components use disjoint variables and every condition of the domain stays in one block."""
    if _empty(proposition.domain, proposition.variables):
        return None, EMPTY
    supports = [set(s) for s in _supports(proposition.components, proposition.variables)]
    everything = frozenset(proposition.variables)
    for component, support in zip(proposition.components, supports, strict=True):
        if monomials.powers(component, everything) is None:
            _element(_ring(sorted(support, key=str) or proposition.variables[:1]), component, everything)
    shared = _neighbours([sorted(s, key=str) for s in supports])
    if shared:
        a, b = shared[0]
        common = sorted(map(str, supports[a] & supports[b]))
        return None, f"G_{a + 1} and G_{b + 1} share {', '.join(common)}"
    if (pair := tied_blocks(supports, proposition.domain)) is not None:
        return None, f"the conditions of the domain tie the blocks of G_{pair[0] + 1} and G_{pair[1] + 1}"
    most = max(map(len, supports), default=0)
    return True, f"{len(supports)} block{'s' * (len(supports) != 1)} of {most} variable{'s' * (most != 1)}"


def tied_blocks(supports: Sequence[Set[Expr]], domain: Domain) -> tuple[int, int] | None:
    """Two blocks of variables that conditions of a domain tie, if only through a variable of none; or None.

    >>> x, y, z = sp.symbols("x y z")
    >>> tied_blocks([{x}, {y}], Domain(positive=(x - z, y - z)))
    (0, 1)
    """
    joined = _Joined()
    conditions = (*domain.avoids, *((p,) for p in domain.positive))
    for group in (*supports, *map(_symbols_of, conditions)):
        joined.join(*sorted(group, key=str))
    owners: dict[Expr, int] = {}
    for n, support in enumerate(supports):
        for v in sorted(support, key=str)[:1]:
            if (other := owners.setdefault(joined.root(v), n)) != n:
                return other, n
    return None
