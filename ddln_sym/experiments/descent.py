"""Gradient descent against the flow: error at a fixed time, and drift of a conserved quantity, by the step."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import numpy as np

from ddln_sym.experiments.balance import DIMENSION, LAYERS, SAMPLES, Balance
from ddln_sym.experiments.data import floats
from ddln_sym.experiments.outcome import Comparison, Outcome, build_table, fit_order, show

__all__ = ["experiment"]

UNTIL = 2.0
LARGEST, DECADES, PER_DECADE = 0.1, 3, 4


def experiment() -> Outcome:
    """For steps over three decades: ``max|θ_N − θ(T)|`` and ``D_N/D_0 − 1``, whose coefficient is predicted."""
    balance = Balance(np.linspace(0, UNTIL, 41))
    goal = floats(balance.flow.theta(UNTIL))
    exposure = float(balance.exposure()[-1])
    rows = []
    for n in range(DECADES * PER_DECADE + 1):
        steps = round(UNTIL / LARGEST * 10 ** (n / PER_DECADE))
        (layers,) = next(islice(balance.descend(UNTIL / steps), steps, None))
        error = float(np.abs(layers.prod(axis=0) - goal).max())
        rows.append((UNTIL / steps, error, -float(balance.drift(layers)), UNTIL / steps * exposure))
    found = build_table("step error drift predicted_drift", rows)
    last = slice(-PER_DECADE - 1, None)
    compared = (
        Comparison("order of the error", 1, fit_order(found["step"][last], found["error"][last])),
        Comparison("order of the drift", 1, fit_order(found["step"][last], found["drift"][last])),
        Comparison("drift at the least step, over that step", exposure, rows[-1][2] / rows[-1][0]),
    )
    return Outcome(_caption(balance, rows, compared), {"": found}, compared)


def _caption(balance: Balance, rows: Sequence[tuple[float, ...]], compared: tuple[Comparison, ...]) -> str:
    (j, k), i = balance.pair, balance.coordinate
    return (
        f"Gradient descent with steps h from {show(rows[-1][0], 1)} to {show(rows[0][0], 1)} against the flow, "
        f"at time T = {UNTIL:g} (L = {LAYERS}, d = {DIMENSION}, n = {SAMPLES}). Theory: a step errs by h²/2·u'' "
        "and moves D = uⱼ² − uₖ² by the factor 1 − h²g²∏uₗ² over the other layers, exactly, so error and "
        "drift at T are of first order, and the drift, 1 − D(T)/D(0), is h·I with I = ∫g²∏uₗ² dt = "
        f"{show(compared[2].predicted, 4)} along the flow (here layers {j + 1} and {k + 1}, coordinate {i + 1}): "
        "descent balances the layers. Measured over the last decade of steps: order "
        f"{show(compared[0].measured, 4)} for the error and {show(compared[1].measured, 4)} for the drift, "
        f"which is {show(compared[2].measured, 4)}·h at the least step. The flow itself, all its equations "
        f"integrated to 30 digits, moves D/D(0) by {show(balance.flow_drift(), 1)}."
    )
