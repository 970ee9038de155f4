"""The largest rank that the Jacobian of a parametrization has anywhere, bounded from above.

Two ways.  Where ``Σ_i c_i∇G_i = 0`` for numbers c, or where a field ``Σ_j (a_j + b_jw_j)∂_j`` leaves G as it is (of a G
that is homogeneous of degree 0, say), the rank is lower everywhere: linear equations in whole numbers.  And where all
minors of ``r + 1`` rows vanish identically, no point has a larger rank: one elimination over a field of rational
functions, in which exponentials, logarithms and roots are unknowns of their own.  That they are no free unknowns makes
minors vanish and never keeps one from vanishing, so the bound stays one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import lcm
from typing import Any, TypeAlias

import sympy as sp
from flint import fmpz_mat
from sympy.polys.matrices import DomainMatrix

from ddln_sym.models.dynamics import Dynamics, Space
from ddln_sym.models.law_search import rewritten
from ddln_sym.models.monomial_fields import WIDTH, NotMonomial, TooLarge
from ddln_sym.models.parametrizations import Parametrization
from ddln_sym.numerics import count_of

__all__ = ["rank_everywhere"]

Expr: TypeAlias = Any

#: A Jacobian with more entries is not eliminated: its rational functions grow.
MOST_ENTRIES = 150


def rank_everywhere(net: Parametrization, enough: int = 0) -> tuple[int | None, str]:
    """A number that the rank of ``J_G`` does not exceed at any point, and why; None where none was found.

    Args:
        enough: a bound that is as good as any.

    >>> from ddln_sym.models import softmax, sphere
    >>> rank_everywhere(softmax(3))[0], rank_everywhere(sphere(3))[0]
    (2, 2)
    """
    bound, why = _by_symmetries(net)
    if bound is not None and bound <= enough:
        return bound, why
    size = len(net.components) * len(net.variables)
    if size > MOST_ENTRIES:
        if bound is not None:
            return bound, why
        return None, f"the Jacobian has {size} entries: elimination is tried up to {MOST_ENTRIES}"
    found = _by_elimination(net)
    if found is None or (bound is not None and bound <= found):
        return bound, why
    return found, f"all minors of {found + 1} rows vanish identically"


def _by_elimination(net: Parametrization) -> int | None:
    jacobian = net.jacobian
    roots: dict[tuple[Expr, int], Expr] = {}
    entries = [_in_generators(entry, roots) for entry in jacobian]
    domain, elements = sp.construct_domain(entries, field=True, extension=True)
    if not (domain.is_FractionField or domain.is_QQ or domain.is_Algebraic):
        return None
    size = jacobian.cols
    rows = [elements[n * size : (n + 1) * size] for n in range(jacobian.rows)]
    return int(DomainMatrix(rows, jacobian.shape, domain).rank())


def _in_generators(expression: Expr, roots: dict[tuple[Expr, int], Expr]) -> Expr:
    """The expression with a symbol for each root ``b^{1/q}`` of what is no number, whose powers are below q."""
    expression = expression.rewrite([sp.tanh, sp.sinh, sp.cosh], sp.exp)

    def root(base: Expr, exponent: Expr) -> Expr:
        if not exponent.is_Rational or exponent.is_Integer or base.is_Rational:
            return base**exponent
        whole, rest = divmod(int(exponent.p), int(exponent.q))
        symbol = roots.setdefault((base, int(exponent.q)), sp.Dummy(f"y{len(roots)}"))
        return base**whole * symbol**rest

    return expression.replace(sp.Pow, root)


def _by_symmetries(net: Parametrization) -> tuple[int | None, str]:
    """By combinations of the components that are constant, and by linear fields along which G does not change."""
    try:
        space = Dynamics(net, None, None).space
    except (NotMonomial, TooLarge):
        return None, ""
    if not space.everywhere:
        return None, ""
    count, size, unit = len(net.components), len(net.variables), space.system.denominator
    constant = len(_kernel(_equations(space, size, lambda n, j: j, lambda n, j: [(n, 0)]), count))
    if not constant and size > count:
        return None, ""  # lower than D is no news
    affine = _equations(space, size, lambda n, j: n, lambda n, j: [(j, 0), (size + j, unit << WIDTH * j)])
    point = range(2, size + 2)  # where fields are independent at a point, they are at almost every one
    values = [[a + b * w for a, b, w in zip(x[:size], x[size:], point, strict=True)] for x in _kernel(affine, 2 * size)]
    still = fmpz_mat(values).rank() if values else 0
    if count - constant <= size - still:
        why = f"{count_of(constant, 'linear relation')} between the components"
        return (count - constant if constant else None), why
    return size - still, f"{count_of(still, 'linear field')} along which G does not change"


def _equations(
    space: Space,
    size: int,
    group: Callable[[int, int], int],
    columns: Callable[[int, int], Sequence[tuple[int, int]]],
) -> list[dict[int, Fraction]]:
    """The coefficients of sums that have to vanish, a row for each sum and monomial.

    Args:
        group: the sum that the component j of the field n belongs to.
        columns: the unknowns that it is multiplied by there, each with a monomial.
    """
    rows: dict[tuple[int, int], dict[int, Fraction]] = {}
    for n, field in enumerate(space.system.fields):
        for j, component in field.items():
            for column, factor in columns(n, j) if j < size else ():
                shifted = {m + factor: c for m, c in component.items()}
                found = shifted if space.rewriting is None else rewritten(shifted, space.rewriting)
                for monomial, c in found.items():
                    row = rows.setdefault((group(n, j), monomial), {})
                    row[column] = row.get(column, Fraction(0)) + c
    return list(rows.values())


def _kernel(rows: Sequence[dict[int, Fraction]], width: int) -> list[list[int]]:
    """What all rows map to 0, a basis."""
    listed: set[tuple[int, ...]] = set()
    for row in rows:
        scale = lcm(*(c.denominator for c in row.values()))
        listed.add(tuple(int(row.get(k, 0) * scale) for k in range(width)))
    if not listed:
        return [[int(k == n) for k in range(width)] for n in range(width)]
    columns, nullity = fmpz_mat([list(row) for row in sorted(listed)]).nullspace()
    return [[int(columns[n, k]) for n in range(width)] for k in range(nullity)]
