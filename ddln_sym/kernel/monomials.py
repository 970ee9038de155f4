"""The gradient of one monomial, and where it vanishes: cases on which variables are zero.

``∂_j(x_1^{n_1}⋯x_L^{n_L})`` is a monomial again, so it vanishes exactly where one of its variables does.
Sets of variables are all that is needed, which is what makes depth and dimension cheap.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Any

from ddln_sym.statements import Domain

Expr = Any
Group = frozenset[Expr]

__all__ = ["plain_groups", "powers", "vanishing"]


def powers(component: Expr, variables: Set[Expr]) -> dict[Expr, int] | None:
    """The exponents of a monomial with a rational coefficient that is not zero; None for anything else."""
    coefficient, rest = component.as_coeff_Mul()
    if not coefficient.is_Rational or coefficient == 0:
        return None
    found = rest.as_powers_dict()
    if all(base in variables and n.is_Integer and n > 0 for base, n in found.items()):
        return {base: int(n) for base, n in found.items()}
    return None


def plain_groups(domain: Domain) -> dict[Expr, list[Group]] | None:
    """For each variable the sets of variables, it among them, that do not all vanish in the domain.

    None if a condition of the domain is about anything but single variables.
    """
    groups = [*domain.avoids, *((p,) for p in domain.positive)]
    if not all(p.is_Symbol for group in groups for p in group):
        return None
    found: dict[Expr, list[Group]] = {}
    for group in map(frozenset, groups):
        for variable in group:
            found.setdefault(variable, []).append(group)
    return found


def vanishing(exponents: dict[Expr, int], groups: dict[Expr, list[Group]]) -> tuple[int, Group | None]:
    """Whether the gradient of a monomial vanishes somewhere in a domain.

    Returns:
        The number of cases that were excluded, and a set of variables whose vanishing, in the domain, makes
        every partial derivative vanish, or None.
    """
    entries: Sequence[list[Expr]] = [[x for x, n in exponents.items() if x is not j or n > 1] for j in exponents]
    closed = 0

    def search(zero: Group, last: Expr) -> Group | None:
        nonlocal closed
        if any(group <= zero for group in groups.get(last, ())):
            closed += 1
            return None
        entry = next((e for e in entries if zero.isdisjoint(e)), None)
        if entry is None:
            return zero
        if not entry:  # a constant that is not zero
            closed += 1
        for variable in entry:
            found = search(zero | {variable}, variable)
            if found is not None:
                return found
        return None

    found = search(frozenset(), None)
    return closed, found
