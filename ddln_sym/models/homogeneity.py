"""Degrees of homogeneity, in all variables and in blocks of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, islice
from typing import Any, TypeAlias

import sympy as sp

from ddln_sym.models.ball_brackets import points_in
from ddln_sym.models.monomial_fields import NotMonomial, factor_terms
from ddln_sym.models.nilpotent_balls import Tape, exact_point
from ddln_sym.models.parametrizations import Parametrization
from ddln_sym.numerics import precision

__all__ = ["homogeneous", "say_degrees"]

Expr: TypeAlias = Any

#: Precision, and points, at which what the degree of a component would have to be is compared.
RATIO_BITS, RATIO_POINTS = 128, 3


def homogeneous(net: Parametrization, variables: Sequence[Expr] | None = None) -> list[Any] | None:
    """The degree of each component in some of the variables; None if one is not homogeneous."""
    counted = set(net.variables if variables is None else variables)
    places = {v: n for n, v in enumerate(net.variables)}
    degrees = []
    for component in net.components:
        try:
            terms = [powers for _, powers in factor_terms(component, places)]
        except NotMonomial:
            degree = _degree_as_written(component, counted)
            if degree is None and not _is_not_homogeneous(component, net, counted):
                degree = _degree_of(component, counted)
            if degree is None:
                return None
            degrees.append(degree)
            continue
        found = {sum((e for j, e in powers.items() if net.variables[j] in counted), sp.Integer(0)) for powers in terms}
        if len(found) != 1:
            return None
        degrees.append(sp.Rational(str(found.pop())))
    return degrees


def _degree_of(component: Expr, counted: set[Expr]) -> Any:
    """The number k in ``G(sw) = s^k·G(w)``, of a component that is no sum of monomials; None if there is none.

    >>> x, y = sp.symbols("x y")
    >>> _degree_of(x ** sp.sqrt(2) * y, {x, y}), _degree_of(x / sp.sqrt(x**2 + y**2), {x, y}), _degree_of(x + 1, {x})
    (1 + sqrt(2), 0, None)
    """
    if component == 0:
        return sp.Integer(0)
    scale = sp.Dummy("s", positive=True)
    positive = {v: sp.Dummy(str(v), positive=True) for v in component.free_symbols}
    plain = component.xreplace(positive)
    scaled = plain.xreplace({positive[v]: scale * positive[v] for v in counted & component.free_symbols})
    ratio = sp.powsimp(sp.cancel(sp.expand_power_base(scaled) / plain))
    base, exponent = ratio.as_base_exp()
    if ratio == 1:
        return sp.Integer(0)
    return exponent if base == scale and exponent.is_number else None


def _is_not_homogeneous(component: Expr, net: Parametrization, counted: set[Expr]) -> bool:
    """Whether the degree would have to be two numbers: ``⟨w, ∇G_i⟩/G_i`` at points of M, by Euler's identity."""
    tape, ratios = Tape((component,), net.variables), []
    with precision(RATIO_BITS):
        for point in islice(points_in(net.domain, net.variables), RATIO_POINTS):
            # G(w + εw) has ⟨w, ∇G_i⟩ as the coefficient of ε.
            x = [[v[0], v[0] * (s in counted)] for s, v in zip(net.variables, exact_point(point), strict=True)]
            value, slope = tape.at(x)[tape.places[0]]
            ratios += [slope / value] if (slope / value).is_finite() else []
    return any(not a.overlaps(b) for a, b in combinations(ratios, 2))


def _degree_as_written(component: Expr, counted: set[Expr]) -> Any:
    """The degree that is seen from sums, products, powers and functions as they stand; None where it is not.

    >>> x, y = sp.symbols("x y")
    >>> _degree_as_written(x**2 / sp.sqrt(x**2 + y**2), {x, y}), _degree_as_written(sp.exp(x / y), {x, y})
    (1, 0)
    """
    if component.is_number:
        return sp.Integer(0)
    if component.is_Symbol or isinstance(component, sp.Indexed):
        return sp.Integer(component in counted)
    if component.is_Pow and component.exp.is_number:
        degree = _degree_as_written(component.base, counted)
        return None if degree is None else component.exp * degree
    degrees = [_degree_as_written(a, counted) for a in component.args]
    if None in degrees:
        return None
    if component.is_Mul:
        return sp.Add(*degrees)
    if component.is_Add:
        return degrees[0] if len(set(degrees)) == 1 else None
    return sp.Integer(0) if not any(degrees) else None


def say_degrees(net: Parametrization) -> str:
    """The degrees of the components, and those in blocks of variables, which their names tell."""
    total = homogeneous(net)
    blocks: dict[str, list[Expr]] = {}
    for v in net.variables:
        blocks.setdefault(str(v).rstrip("0123456789_"), []).append(v)
        if "_" in str(v):
            blocks[str(v).split("_")[0]] = [w for w in net.variables if str(w).split("_")[0] == str(v).split("_")[0]]
    parts = []
    for name, block in blocks.items():
        degrees = homogeneous(net, block)
        if degrees is not None and len(set(degrees)) == 1 and degrees[0] and len(block) < len(net.variables):
            parts.append(f"{degrees[0]} in {name}")
    if total is None:
        refuted = any(_is_not_homogeneous(c, net, set(net.variables)) for c in net.components)
        said = "not homogeneous" if refuted else "not decided whether homogeneous"
        return said + (f"; {', '.join(parts[:4])}" if parts else "")
    named = f"homogeneous of degree {total[0]}" if len(set(total)) == 1 else f"degrees {', '.join(map(str, total[:6]))}"
    return named + (f": {', '.join(parts[:4])}" if parts else "")
