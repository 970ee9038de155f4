"""Figure 3 of the paper: along the flow, the layer of least initial modulus alone can change sign."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

from mpmath import MPContext

from ddln_sym.experiments.data import Draw
from ddln_sym.experiments.outcome import Comparison, Outcome, build_table, show
from ddln_sym.flows import GradientFlow
from ddln_sym.flows.losses import SquaredLoss

__all__ = ["experiment"]

SEED, LAYERS, DIMENSION, SAMPLES = 23, 4, 5, 10
UNTIL, POINTS, DIGITS = 1, 240, 30


def experiment() -> Outcome:
    """The layers of the first coordinate; where the least one vanishes, the others are what (7) leaves of them."""
    draw = Draw(SEED)
    loss = SquaredLoss(draw.matrix(SAMPLES, DIMENSION), draw.vector(SAMPLES))
    flow = GradientFlow(loss, draw.matrix(LAYERS, DIMENSION))
    trajectory = flow.integrate(UNTIL, DIGITS, full=True)  # so that (7) is observed, not built in

    def layers(t: Any) -> list[Any]:
        return [row[0] for row in trajectory.layers(t)]

    start = layers(0)
    least = flow.coordinates[0].least
    times = [Fraction(UNTIL * k, POINTS) for k in range(POINTS + 1)]
    path = [layers(t) for t in times]
    changes = [[a[j] * b[j] < 0 for a, b in pairwise(path)] for j in range(LAYERS)]
    before = changes[least].index(True)
    context = MPContext()  # of its own
    context.dps = DIGITS
    start = [context.convert(u) for u in start]
    bracket = [context.mpf(times[n].numerator) / times[n].denominator for n in (before, before + 1)]
    crossing = context.findroot(
        lambda t: context.convert(layers(t)[least]), bracket, solver="anderson", tol=context.mpf(10) ** (4 - DIGITS)
    )
    left = [context.convert(u) for u in layers(crossing)]
    compared = [Comparison(f"sign changes of layer {j + 1}", int(j == least), sum(changes[j])) for j in range(LAYERS)]
    for j in range(LAYERS):
        if j != least:
            floor = context.sign(start[j]) * context.sqrt(start[j] ** 2 - start[least] ** 2)
            compared.append(Comparison(f"layer {j + 1} where layer {least + 1} vanishes", float(floor), float(left[j])))
    agree = max(abs(left[j] ** 2 - start[j] ** 2 + start[least] ** 2) for j in range(LAYERS))
    others = ", ".join(show(left[j]) for j in range(LAYERS) if j != least)
    caption = (
        f"The layers of the first coordinate along the flow (5), for L = {LAYERS}, d = {DIMENSION}, n = {SAMPLES} "
        "and 𝓛(θ) = ‖Xθ − y‖² with normally distributed data, as in Figure 3 of the paper. Theory: the squares "
        "of two layers differ by a constant (7), so only the layer of least initial modulus can change sign "
        "(Proposition 1), and where it vanishes the others are ±√(uⱼ(0)² − uₗₑₐₛₜ(0)²). Measured: layer "
        f"{least + 1}, which starts at {show(start[least])}, vanishes at t = {show(crossing, 6)}; there the "
        f"others (dots) are {others}, and their squares, all equations integrated to {DIGITS} digits, differ from "
        f"the prediction by at most {show(agree, 1)}. Changes of sign, layer by layer: "
        f"{', '.join(str(sum(change)) for change in changes)}."
    )
    names = "t " + " ".join(f"layer_{j + 1}" for j in range(LAYERS))
    rows = [(float(t), *map(float, values)) for t, values in zip(times, path, strict=True)]
    crossed = build_table(names, [(float(crossing), *map(float, left))])
    return Outcome(caption, {"": build_table(names, rows), "crossing": crossed}, tuple(compared))
