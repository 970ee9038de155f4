"""The entropy of one coordinate from ``(0, 1, …, 1)``, by depth."""

from __future__ import annotations

from fractions import Fraction
from math import gamma, pi, sqrt

from ddln_sym.entropies import entropy
from ddln_sym.experiments.outcome import Comparison, Outcome, shown, table

__all__ = ["DEPTHS", "experiment", "largest_slope"]

DEPTHS = range(2, 9)
REACH, POINTS, DIGITS = 6, 72, 20


def largest_slope(depth: int) -> float:
    """``sup ∇Q = √π·Γ(L/2 − 1)/(2Γ((L−1)/2))`` from ``(0, 1, …, 1)``, for L ≥ 3."""
    return sqrt(pi) * gamma(depth / 2 - 1) / (2 * gamma((depth - 1) / 2))


def experiment() -> Outcome:
    """Q and its gradient; the ends of the range of the gradient, against the formula in gamma functions."""
    rows, compared = [], []
    points = [[Fraction(REACH * k, POINTS)] for k in range(-POINTS, POINTS + 1)]
    for depth in DEPTHS:
        found = entropy([0, *([1] * (depth - 1))])
        slopes = found.gradient(points, DIGITS)
        values = found(points, DIGITS)
        rows += [(depth, *map(float, (t, q, xi))) for (t,), q, (xi,) in zip(points, values, slopes, strict=True)]
        compared.append(Comparison(f"Q''(0), L = {depth}", 1, float(found.hessian(0, DIGITS)[0])))
        if depth > 2:
            compared.append(Comparison(f"sup Q', L = {depth}", largest_slope(depth), float(found.range(DIGITS)[0][1])))
    ends = [c for c in compared if c.quantity.startswith("sup")]
    caption = (
        f"The entropy Q of one coordinate that starts at (0, 1, …, 1), for L = {DEPTHS[0]}, …, {DEPTHS[-1]} (left), and the mirror map "
        f"ξ = Q'(θ) (right). Theory: Q''(0) = 1/M = 1, so all curves leave 0 as θ²/2. For two layers Q' = ½ arcsinh(2θ) grows "
        "without bound; for more it is bounded by √π·Γ(L/2 − 1)/(2Γ((L−1)/2)) (dotted), so Q grows like a multiple of |θ|: "
        f"the deeper, the closer to ℓ1. Predicted bounds: {', '.join(shown(c.predicted, 4) for c in ends)} for L = 3, …, "
        f"{DEPTHS[-1]}; from the range of the entropy: {', '.join(shown(c.measured, 4) for c in ends)}."
    )
    return Outcome(caption, {"": table("depth theta entropy gradient", rows)}, tuple(compared))
