"""The largest rank that the Jacobian of a parametrization has anywhere, bounded from above by exact elimination.

Where all minors of ``r + 1`` rows vanish identically, no point has a larger rank.  Whether they do is read from one
elimination over a field of rational functions, in which exponentials, logarithms and roots are unknowns of their own.
That they are no free unknowns makes minors vanish and never keeps one from vanishing, so the bound stays one.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import sympy as sp
from sympy.polys.matrices import DomainMatrix

from ddln_sym.models.parametrizations import Parametrization

__all__ = ["MOST_ENTRIES", "rank_everywhere"]

Expr: TypeAlias = Any

#: A Jacobian with more entries is not eliminated: its rational functions grow.
MOST_ENTRIES = 150


def rank_everywhere(net: Parametrization) -> int | None:
    """A number that the rank of ``J_G`` does not exceed at any point; None where it was not looked for, or not found.

    >>> from ddln_sym.models import softmax, sphere
    >>> rank_everywhere(softmax(3)), rank_everywhere(sphere(3))
    (2, 2)
    """
    jacobian = net.jacobian
    if len(jacobian) > MOST_ENTRIES:
        return None
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
