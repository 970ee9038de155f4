"""Powers and logarithms by their tangents: what lies above, or below, in the place of what is awkward.

``b^r ≤ e^{r(b − 1)}`` where ``b, r ≥ 0``, and ``1 − 1/a ≤ log a ≤ a − 1``.  An inequality that is the harder the larger
the power is holds if it does with a larger number in its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import sympy as sp

from ddln_sym.kernel.procedure import Prover, prove_each
from ddln_sym.statements import Compare, Equal, Said, Setting, Step, say

Expr = Any

__all__ = ["prove_by_tangents"]

#: Powers and logarithms that are tried, one at a time.
WAYS = 3


def prove_by_tangents(proposition: Compare, prove: Prover) -> tuple[Said, tuple[Step, ...]] | None:
    """Prove an inequality with a bound in the place of a power or a logarithm: in words, and the steps.

    >>> from ddln_sym.kernel import decide
    >>> n = sp.Symbol("n", integer=True, positive=True)
    >>> print(prove_by_tangents(Compare(sp.exp(-1), (1 - 1 / n) ** n), decide)[0])
    exp(-1) in the place of (1 - 1/n)**n
    """
    setting, difference = proposition.setting, sp.expand(proposition.lhs - proposition.rhs)
    sides = (proposition.lhs, proposition.rhs)
    for head, bound, needed in islice(_ways(difference, setting), WAYS):
        put = replace(proposition, lhs=difference.xreplace({head: bound}), rhs=sp.Integer(0))
        # What has no value may have been cancelled in the difference; the hardest comes last.
        statements = [*(Equal(s, s, setting) for s in sides if not s.is_Rational), *needed, put]
        if (steps := prove_each(statements, prove)) is not None:
            return say(bound, " in the place of ", head), steps
    return None


def _ways(difference: Expr, setting: Setting) -> Iterator[tuple[Expr, Expr, list[Compare]]]:
    """A power or a logarithm, what bounds it, and what that needs: that it may be larger, or smaller, among it."""
    for head in sorted(difference.atoms(sp.Pow, sp.log), key=sp.default_sort_key):
        stands = sp.Dummy()
        slope = sp.diff(difference.xreplace({head: stands}), stands)
        if slope == 0 or slope.has(stands) or not head.free_symbols:
            continue
        falls, grows = ([] if slope.is_Rational else [Compare(s * slope, 0, setting)] for s in (-1, 1))
        if isinstance(head, sp.log):
            (inside,) = head.args
            if not (slope.is_Rational and slope > 0):
                yield head, inside - 1, falls
            if not (slope.is_Rational and slope < 0):
                yield head, 1 - 1 / inside, grows
        elif not head.exp.is_number and not head.base.is_number and not (slope.is_Rational and slope > 0):
            exponent = sp.expand(head.exp * (head.base - 1))
            yield head, sp.exp(exponent), [*falls, Compare(head.base, 0, setting), Compare(head.exp, 0, setting)]
