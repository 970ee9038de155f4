"""Initializations that are used in practice: how fast the loss falls, against what σ promises."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from math import log, sqrt
from statistics import median

import numpy as np

from ddln_sym.experiments.data import Draw, floats
from ddln_sym.experiments.outcome import Comparison, Outcome, build_table, show
from ddln_sym.flows import GradientFlow, NoConvergence
from ddln_sym.flows.losses import SquaredLoss

__all__ = ["DEVIATIONS", "experiment"]

SEED, LAYERS, DIMENSION, SAMPLES, STARTS = 5, 3, 4, 12, 12
#: Standard deviations of the normally distributed layers: fan in and fan out are d.
DEVIATIONS = {"Xavier": sqrt(1 / DIMENSION), "He": sqrt(2 / DIMENSION), "small": 0.1}
TIED = Fraction(1, 2)  # the modulus of every layer
FALL, LONGEST, DIGITS = 10**6, 2000, 15
HALVINGS = 40


def experiment() -> Outcome:
    """The mean rate of ``𝓛 − 𝓛*`` until it has fallen by ``FALL``, or up to the time ``LONGEST``, beside "
    "``2σμ``."""
    draw = Draw(SEED)
    loss = SquaredLoss(draw.matrix(SAMPLES, DIMENSION), draw.vector(SAMPLES), weight=f"1/{SAMPLES}")
    hessian, shift = map(floats, loss.normal_form)
    target = np.sign(np.linalg.solve(hessian, shift))
    twice_mu = 2 * float(loss.polyak_lojasiewicz())
    rows, reachable = [], 0
    for name, layers in _starts(draw):
        flow = GradientFlow(loss, layers)
        rate, converged = _mean_rate(flow)
        rows.append((name, float(flow.sigma), twice_mu * float(flow.sigma), rate, int(converged)))
        reachable += name == "tied" and all(np.sign(floats(layers)).prod(axis=0) == target)
    tied = [row for row in rows if row[0] == "tied"]
    compared = [
        Comparison(f"{name}: least rate over 2σμ", 1, min(r[3] / r[2] for r in rows if r[0] == name), "≥")
        for name in DEVIATIONS
    ]
    compared.append(Comparison("tied: largest σ", 0, max(row[1] for row in tied)))
    compared.append(Comparison("tied: starts that converge to the minimum", reachable, sum(row[4] for row in tied)))
    found = build_table("initialization sigma bound rate converged", rows)
    return Outcome(_caption(rows, compared, twice_mu), {"": found}, tuple(compared))


def _starts(draw: Draw) -> Iterator[tuple[str, list[list[Fraction]]]]:
    for name, deviation in DEVIATIONS.items():
        for _ in range(STARTS):
            yield name, draw.matrix(LAYERS, DIMENSION, deviation)
    for signs in product((-1, 1), repeat=DIMENSION):
        yield "tied", [[sign * TIED for sign in signs], *([[TIED] * DIMENSION] * (LAYERS - 1))]


def _mean_rate(flow: GradientFlow) -> tuple[float, bool]:
    """``log((𝓛(0) − 𝓛*)/(𝓛(t) − 𝓛*))/t`` when the loss has fallen by ``FALL``, or at the end if it never does."""
    first = flow.loss.excess([c.theta for c in flow.coordinates])
    try:
        trajectory = flow.converge(first / FALL, DIGITS, LONGEST)
    except NoConvergence:
        trajectory = flow.integrate(LONGEST, DIGITS)
        return log(first / trajectory.excess(trajectory.end)) / float(trajectory.end), False
    early, late = 0.0, float(trajectory.end)
    for _ in range(HALVINGS):
        middle = (early + late) / 2
        early, late = (middle, late) if trajectory.excess(middle) > first / FALL else (early, middle)
    return log(FALL) / late, True


def _caption(rows: list[tuple[str, float, float, float, int]], compared: list[Comparison], twice_mu: float) -> str:
    def middle(name: str, column: int) -> str:
        return show(median(float(row[column]) for row in rows if row[0] == name), 2)

    untied = [row for row in rows if row[0] != "tied"]
    fell = sum(row[4] for row in untied)
    least = min(c.measured for c in compared[: len(DEVIATIONS)])
    speeds = ", ".join(f"{name} {middle(name, 3)} (2σμ: {middle(name, 2)})" for name in DEVIATIONS)
    return (
        f"Mean rate at which 𝓛 − 𝓛* falls by the factor 10⁶ (or up to t = {LONGEST}), against 2σμ, for {STARTS} "
        f"draws each of Xavier (variance 1/d), He (2/d) and small (standard deviation {DEVIATIONS['small']:g}) "
        f"layers; L = {LAYERS}, d = {DIMENSION}, n = {SAMPLES}, one loss for all, 2μ = {show(twice_mu)}. Theory "
        f"(15): every point lies on or above the line rate = 2σμ. Measured: rate/2σμ is {show(least)} at least; "
        f"medians: {speeds}; {fell} of {len(untied)} fell so far. Tied layers (all moduli {TIED}; left strip, all "
        "sign patterns, hollow where the loss did not fall so far) have σ = 0, so (15) promises nothing, and θ "
        f"keeps its signs: the minimum can be reached from {int(compared[-1].predicted)} of {2**DIMENSION} "
        f"patterns, and was reached from {int(compared[-1].measured)}."
    )
