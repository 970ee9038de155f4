"""Taylor's polynomials, written out."""

from __future__ import annotations

from typing import Any, TypeAlias

import sympy as sp

from ddln_sym.statements.vocabulary import expression, variable

__all__ = ["taylor_polynomial"]

Expr: TypeAlias = Any

#: Derivatives that are taken at most.
MOST = 40


def taylor_polynomial(f: Expr, x: Expr, a: Expr, n: int) -> Expr:
    """``Σ_{k≤n} f^{(k)}(a)·(x − a)^k/k!``, the Taylor polynomial of degree n of a function at a place.

    Args:
        f: a function of the symbol ``x`` with derivatives at ``a``, made of elementary functions.
        n: how many derivatives are taken, at most 40.
    Raises:
        ValueError: the function has no value or derivative at the place, or ``n`` is no such number.

    >>> x = sp.Symbol("x", real=True)
    >>> print(taylor_polynomial(sp.cos(x), x, 0, 4), taylor_polynomial(sp.log(x), x, 1, 2))
    x**4/24 - x**2/2 + 1 x - (x - 1)**2/2 - 1
    """
    found, at = expression(f, "the function of taylor_polynomial"), expression(a, "the place of taylor_polynomial")
    variable(x, "the variable of taylor_polynomial")
    if isinstance(n, bool) or not isinstance(n, int) or not 0 <= n <= MOST:
        raise ValueError(f"the degree of taylor_polynomial is {n!r}: write a whole number from 0 to {MOST}")
    if at.has(x):
        raise ValueError(f"the place of taylor_polynomial is {at}, which is about its variable: write a constant")
    jumps = found.atoms(sp.Abs, sp.sign, sp.floor, sp.ceiling, sp.Piecewise, sp.Max, sp.Min)
    if wild := sorted(str(e) for e in jumps if e.has(x)):
        raise ValueError(f"the function of taylor_polynomial has {wild[0]}, which has no derivative somewhere")
    total = sp.Integer(0)
    for k in range(n + 1):
        value = found.subs(x, at)
        if value.has(sp.nan, sp.zoo, sp.oo, -sp.oo, sp.I, sp.Derivative, sp.Subs):
            raise ValueError(
                f"the function of taylor_polynomial has no {'value' if k == 0 else 'derivative'} at {x} = {at}"
            )
        total += value * (x - at) ** k / sp.factorial(k)
        found = sp.diff(found, x)
    return total
