"""From small to large initializations: the entropy between a weighted ℓ1 and a weighted ℓ2 norm."""

from __future__ import annotations

from fractions import Fraction
from math import log, prod

from ddln_sym.entropies import entropy
from ddln_sym.experiments.outcome import Comparison, Outcome, build_table, show
from ddln_sym.numerics import read_number

__all__ = ["SCALES", "experiment"]

DIGITS, POINTS = 30, 60
SHAPE = (Fraction(0), Fraction(1), Fraction(3, 2), Fraction(2))  # the first L of them, times a
LOPSIDED = (Fraction(1, 2), Fraction(1), Fraction(3, 2))
SCALES = (0.05, 0.3, 0.7, 1.0, 3.0)
SMALL = (0.3, 0.1, 0.02)
#: Scales for the distance from either limit: four to a decade.
NEAR_SMALL = [10 ** (n / 4) for n in range(-12, -1)]
NEAR_LARGE = [10 ** (n / 4) for n in range(5)]


def experiment() -> Outcome:
    """``Q_a`` for layers a·(0, 1, 3/2); a lopsided start; the distances from both limits, and their next terms."""
    points = [[Fraction(k, POINTS)] for k in range(-POINTS, POINTS + 1)]
    shapes, lopsided = [], []
    for scale in SCALES:
        found = entropy(_scale(SHAPE[:3], scale))
        one = found(1, DIGITS)
        shapes += [(scale, float(t), float(found(t, DIGITS) / one)) for (t,) in points]
    low, high = (float(end) for end in entropy(LOPSIDED).range(DIGITS)[0])
    for scale in SMALL:
        found = entropy(_scale(LOPSIDED, scale))
        lopsided += [
            (scale, float(t), scale * float(found(t, DIGITS)), float(t) * (high if t > 0 else low)) for (t,) in points
        ]
    distances = [
        *(_from_l1(depth, scale) for depth in (2, 3, 4) for scale in NEAR_SMALL),
        *(_from_l2(depth, scale) for depth in (2, 3, 4) for scale in NEAR_LARGE),
    ]
    compared = []
    for depth in (2, 3, 4):
        for limit, pick in (("ℓ1", 0), ("ℓ2", -1)):
            end = [row for row in distances if row[:2] == (limit, depth)][pick]
            compared.append(Comparison(f"distance from {limit}, L = {depth}, a = {end[2]:.3g}", end[4], end[3], "→"))
    for sign, slope in ((1, high), (-1, -low)):
        value = SMALL[-1] * float(entropy(_scale(LOPSIDED, SMALL[-1]))(sign, DIGITS))
        at = str(sign).replace("-", "−")
        compared.append(Comparison(f"lopsided start: a·Qₐ({at}), a = {SMALL[-1]}", slope, value, "→"))
    tables = {
        "": build_table("scale theta normalized", shapes),
        "lopsided": build_table("scale theta scaled limit", lopsided),
        "distance": build_table("limit depth scale measured predicted", distances),
    }
    return Outcome(_caption(compared), tables, tuple(compared))


def _scale(layers: tuple[Fraction, ...], scale: float) -> list[Fraction]:
    return [read_number(repr(scale), "scale") * u for u in layers]


def _from_l1(depth: int, scale: float) -> tuple[str, int, float, float, float]:
    """``1 − a^{L−2}Q_a(1)/t`` and its leading term; for two layers ``Q_a(1)/log(1/a) − 1``."""
    value = float(entropy(_scale(SHAPE[:depth], scale))(1, DIGITS))
    if depth == 2:  # Q_a(1) = log(1/a) + (log 4 − 1)/2 + o(1)
        unit = log(1 / scale)
        return "ℓ1", depth, scale, value / unit - 1, (log(4) - 1) / 2 / unit
    slope = float(entropy(SHAPE[:depth]).range(DIGITS)[0][1])
    power = scale ** (depth - 2)
    return "ℓ1", depth, scale, 1 - power * value / slope, power * depth / (2 * (depth - 2)) / slope


def _from_l2(depth: int, scale: float) -> tuple[str, int, float, float, float]:
    """``1 − a^{2(L−1)}·Q_a(1)·2∏Δ_k`` and its leading term."""
    gaps = [float(u * u) for u in SHAPE[1:depth]]
    value = entropy(_scale(SHAPE[:depth], scale))(1, DIGITS)
    square = 2 * prod(gaps) * scale ** (2 * (depth - 1))
    leading = sum(1 / g for g in gaps) / (3 * prod(gaps)) * scale ** (-2 * depth)
    return "ℓ2", depth, scale, float(1 - square * value), leading


def _caption(compared: list[Comparison]) -> str:
    below, above = compared[-2:]
    found = {c.quantity.rpartition(",")[0]: c for c in compared[:-2]}

    def each(limit: str) -> str:
        rows = [found[f"distance from {limit}, L = {depth}"] for depth in (2, 3, 4)]
        return ", ".join(f"{show(row.measured, 3)} ({show(row.predicted, 3)})" for row in rows)

    return (
        "The entropy of one coordinate as its start is scaled by a, limits dashed. Left: Qₐ(θ)/Qₐ(1) from a·(0, 1, "
        "3/2). Middle: a·Qₐ from the lopsided start a·(1/2, 1, 3/2). Right: relative distance of Qₐ(1) from its "
        "limits, from a·(0, 1, 3/2, 2) cut to L layers, with its leading terms as lines. Theory: Qₐ(θ)/Qₐ(1) lies "
        "between |θ| (small a) and θ² (large a); from the lopsided start a·Qₐ tends to t₊θ for θ > 0 and to t₋|θ| for "
        "θ < 0, an asymmetric ℓ1; ℓ1 is approached like aᴸ⁻², for two layers only like 1/log(1/a), and ℓ2 like "
        f"a⁻²ᴸ. Measured from the lopsided start at a = {SMALL[-1]}: {show(below.measured)} at θ = 1 for t₊ = "
        f"{show(below.predicted)} and {show(above.measured)} at θ = −1 for t₋ = {show(above.predicted)}. Measured "
        f"(predicted) at the ends of the axis for L = 2, 3, 4: {each('ℓ1')} from ℓ1; {each('ℓ2')} from ℓ2."
    )
