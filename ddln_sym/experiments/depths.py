"""The entropy of one coordinate from ``(0, 1, …, 1)``, by depth."""

from __future__ import annotations

from fractions import Fraction
from math import gamma, pi, sqrt

from ddln_sym.entropies import entropy
from ddln_sym.experiments.outcome import Comparison, Outcome, build_table, show

__all__ = ["DEPTHS", "experiment", "largest_slope"]

DEPTHS = range(2, 9)
REACH, POINTS, DIGITS = 6, 72, 20
FAR = [10 ** (n / 8) for n in range(-16, 49)]  # where the mirror map is shown


def largest_slope(depth: int) -> float:
    """``sup ∇Q = √π·Γ(L/2 − 1)/(2Γ((L−1)/2))`` from ``(0, 1, …, 1)``, for L ≥ 3."""
    return sqrt(pi) * gamma(depth / 2 - 1) / (2 * gamma((depth - 1) / 2))


def experiment() -> Outcome:
    """Q and its gradient; the ends of the range of the gradient, against the formula in gamma functions."""
    rows, slopes, compared, ends = [], [], [], []
    points = [Fraction(REACH * k, POINTS) for k in range(-POINTS, POINTS + 1)]
    for depth in DEPTHS:
        found = entropy([0, *([1] * (depth - 1))])
        rows += [(depth, float(t), float(found(t, DIGITS))) for t in points]
        slopes += [(depth, t, float(found.gradient(t, DIGITS)[0])) for t in FAR]
        compared.append(Comparison(f"Q''(0), L = {depth}", 1, float(found.hessian(0, DIGITS)[0])))
        if depth > 2:
            end = float(found.range(DIGITS)[0][1])
            ends.append(Comparison(f"sup Q', L = {depth}", largest_slope(depth), end))
            compared.append(ends[-1])
    caption = (
        f"The entropy Q of one coordinate that starts at (0, 1, …, 1), for L = {DEPTHS[0]}, …, {DEPTHS[-1]} "
        "(left), and the mirror map ξ = Q'(θ) (right, θ logarithmic). Theory: Q''(0) = 1/M = 1, so all curves "
        "leave 0 as θ²/2. For two layers Q' = ½ arcsinh(2θ) grows without bound; for more it is bounded by "
        "√π·Γ(L/2 − 1)/(2Γ((L−1)/2)) (dotted), so Q grows like a multiple of |θ|: the deeper, the closer to ℓ1. "
        f"Predicted bounds: {', '.join(show(c.predicted, 4) for c in ends)} for L = 3, …, {DEPTHS[-1]}; from the "
        f"range of the entropy: {', '.join(show(c.measured, 4) for c in ends)}."
    )
    bounds = build_table("depth bound", [(depth, largest_slope(depth)) for depth in DEPTHS if depth > 2])
    return Outcome(
        caption,
        {
            "": build_table("depth theta entropy", rows),
            "slope": build_table("depth theta gradient", slopes),
            "bounds": bounds,
        },
        tuple(compared),
    )
