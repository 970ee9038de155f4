"""Unit balls of the entropy of two coordinates: ``{θ : Q(θ) ≤ Q(1, 0)}``, by depth, scale and shape of the start."""

from __future__ import annotations

from fractions import Fraction
from itertools import chain
from math import cos, pi, prod, sqrt
from typing import TYPE_CHECKING, Any

from ddln_sym.entropies import LegendreFunction, entropy
from ddln_sym.experiments.data import scale_start
from ddln_sym.experiments.outcome import Comparison, Outcome, build_table, show

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["DEPTHS", "PANELS", "experiment"]

DEPTHS = (2, 3, 4, 6)
DIGITS, POINTS, STEPS = 18, 48, 60
CLOSE = 1e-9  # the change of θ at which Newton's method ends
#: Of each start: the scale of θ, which is a^L, the size of the other layers of each coordinate, the least layers.
PANELS = {
    "small": (1e-4, (1, 1), (0, 0)),
    "medium": (0.3, (1, 1), (0, 0)),
    "large": (30.0, (1, 1), (0, 0)),
    "small, unequal": (1e-4, (1, Fraction(4, 5)), (0, 0)),
    "large, unequal": (30.0, (1, Fraction(4, 5)), (0, 0)),
    "small, lopsided": (1e-4, (1, 1), (Fraction(1, 2), Fraction(1, 2))),
}


def experiment() -> Outcome:
    """The boundaries, and how far they reach beside what the limits of small and large starts say."""
    rows: list[tuple[Any, ...]] = []
    compared: dict[str, list[Comparison]] = {name: [] for name in PANELS if name != "medium"}
    for name, (size, others, least) in PANELS.items():
        for depth in DEPTHS:
            layers = scale_start(depth, size, others, least)
            one, two = (entropy([row[i] for row in layers]) for i in (0, 1))
            level = float(one(1, DIGITS))
            rows += [(name, depth, *point) for point in _boundary(one, two, level)]
            if "unequal" in name:
                quantity, measured = "reach along θ₂", _crossing(two, level, 1)
            elif "lopsided" in name:
                quantity, measured = "reach along −θ₁", -_crossing(one, level, -1)
            else:
                quantity, measured = "reach along θ₁ = θ₂", _crossing(one, level / 2, 1)
            predicted = _reach(quantity, depth, layers, size < 1)
            if name in compared:
                compared[name].append(Comparison(f"{name}: {quantity}, L = {depth}", predicted, measured, "→"))
    boundaries = build_table("start depth theta_1 theta_2", rows)
    return Outcome(_caption(compared), {"": boundaries}, tuple(chain(*compared.values())))


def _reach(quantity: str, depth: int, layers: list[list[Fraction]], small: bool) -> float:
    """The same of the ball of the limit: a weighted ℓ1 norm, equal weights for two layers, or a weighted ℓ2 "
    "norm."""
    ranges = entropy(layers).range(DIGITS)
    gaps = [prod(float(u * u) for u in column[1:]) for column in zip(*layers, strict=True)]
    if "=" in quantity:
        return 1 / 2 if small else sqrt(1 / 2)
    if not small:
        return sqrt(gaps[1] / gaps[0])
    if depth == 2:
        return 1.0
    other = -ranges[0][0] if "−" in quantity else ranges[1][1]
    return float(ranges[0][1] / other)


def _boundary(one: LegendreFunction, two: LegendreFunction, level: float) -> list[tuple[float, float]]:
    """Points once around, from the right end of the first axis counterclockwise."""
    right, left = _crossing(one, level, 1), _crossing(one, level, -1)
    # Chebyshev points, since the boundary is steep at both ends; and the place of the corners.
    across = {(right + left) / 2 + (right - left) / 2 * cos(pi * n / POINTS) for n in range(1, POINTS)}
    columns = sorted({*across, _bottom(one)}, reverse=True)
    heights = [level - float(one(x, DIGITS)) for x in columns]
    upper, lower = ([(x, _crossing(two, h, side)) for x, h in zip(columns, heights, strict=True)] for side in (1, -1))
    ends = [(right, _bottom(two)), (left, _bottom(two))]
    return [ends[0], *upper, ends[1], *reversed(lower), ends[0]]


def _bottom(found: LegendreFunction) -> float:
    start = found.start[0]
    return float(start.p) / float(start.q)


def _crossing(found: LegendreFunction, level: float, side: int) -> float:
    """Where Q of one coordinate reaches a level, on one side of its least point.

    Newton's method from outside, where it goes down a convex function without passing the solution.
    """
    bottom = _bottom(found)
    at = bottom + side
    while float(found(at, DIGITS)) < level:
        at = bottom + 2 * (at - bottom)
    for _ in range(STEPS):
        step = (float(found(at, DIGITS)) - level) / float(found.gradient(at, DIGITS)[0])
        at -= step
        if abs(step) < CLOSE:
            break
    return at


def _caption(compared: Mapping[str, Sequence[Comparison]]) -> str:
    def reached(name: str) -> str:
        return ", ".join(f"{show(c.measured)} ({show(c.predicted)})" for c in compared[name])

    small, large = (PANELS[name][0] for name in ("small", "large"))
    return (
        f"The balls {{θ : Q(θ) ≤ Q(1, 0)}} of two coordinates for L = {', '.join(map(str, DEPTHS))}, from layers "
        f"a·(0, 1, …, 1) in each, with aᴸ, the scale of θ, {show(small, 1)} (small), "
        f"{show(PANELS['medium'][0], 1)} (medium) or {show(large, 2)} (large); 'unequal' takes 4/5 for 1 in the "
        "second coordinate, 'lopsided' 1/2 for 0 in both. Theory: small starts give weighted ℓ1 balls, diamonds "
        "with the weights tᵢ of the coordinates, which differ more the deeper the network, and by sign if the "
        "start is lopsided; for two layers the weights are equal whatever the start. Large ones give weighted ℓ2 "
        f"balls. Measured (limit) for these L: along θ₁ = θ₂, small {reached('small')}, large {reached('large')}; "
        f"along θ₂, small unequal {reached('small, unequal')}, large unequal {reached('large, unequal')}; along "
        f"−θ₁, small lopsided {reached('small, lopsided')}."
    )
