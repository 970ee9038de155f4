"""Heavy ball and stochastic gradients: how far each moves a quantity that the flow conserves."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import islice
from math import sqrt

import numpy as np
import sympy as sp

from ddln_sym.experiments.balance import BATCH, DIMENSION, LAYERS, SAMPLES, Balance
from ddln_sym.experiments.balance import DIGITS as FLOW_DIGITS
from ddln_sym.experiments.data import Array, floats
from ddln_sym.experiments.outcome import Comparison, Outcome, build_table, fit_order, show
from ddln_sym.models import deep_diagonal, velocity
from ddln_sym.numerics import read_number
from ddln_sym.taylor import integrate_polynomial

__all__ = ["METHODS", "experiment"]

#: The drift is measured after each WIDTH of time, which is a multiple of every step; the predictions lie denser.
WIDTH, TIMES, DENSER = Fraction(3, 10), 20, 6
MOMENTUM = Fraction(4, 5)
RUNS, SEED, DIGITS = 200, 11, 20
#: The sizes ε of the right panel; the left one shows SHOWN.
SIZES = tuple(Fraction(n, 1000) for n in (100, 30, 10, 3, 1))
SHOWN = Fraction(1, 100)
METHODS = DESCENT, BALL, ODE, STOCHASTIC = "gradient descent", "heavy ball", "heavy-ball ODE", "stochastic gradients"


def experiment() -> Outcome:
    """``1 − D/D(0)`` in time at one ε, and at the end against ε; predicted is ``εI`` with both kinds of I."""
    balance = Balance(np.linspace(0, float(WIDTH * TIMES), TIMES * DENSER + 1))
    exposures = dict.fromkeys(METHODS, balance.exposure()) | {STOCHASTIC: balance.exposure(noisy=True)}
    identity = 0.0
    found: dict[str, list[Array]] = {name: [] for name in METHODS}
    errors = []
    for size in SIZES:
        for name in (DESCENT, BALL):
            found[name].append(_discrete(balance, size, MOMENTUM if name == BALL else Fraction(0))[:, 0])
        runs = _discrete(balance, size, Fraction(0), RUNS)
        found[STOCHASTIC].append(runs.mean(axis=1))
        errors.append(float(runs[-1].std(ddof=1)) / sqrt(RUNS))
        drift, residual = _continuous(balance, sqrt(2 / size))
        found[ODE].append(drift)
        identity = max(identity, residual)
    at = SIZES.index(SHOWN)
    names = " ".join(name.replace(" ", "_").replace("-", "_") for name in METHODS)
    predicted = [exposures[DESCENT], exposures[STOCHASTIC]]
    lines = zip(balance.times, *(float(SHOWN) * p for p in predicted), strict=True)
    in_time = zip(balance.times[::DENSER], *(found[name][at] for name in METHODS), strict=True)
    by_size = [
        (float(size), *(float(size) * p[-1] for p in predicted), *(found[name][n][-1] for name in METHODS), errors[n])
        for n, size in enumerate(SIZES)
    ]
    compared = [Comparison("heavy-ball ODE: D' + c(D − D(0)) − 2∫(uⱼ'² − uₖ'²) dt", 0, identity)]
    for name in METHODS:
        ends = [float(drift[-1]) for drift in found[name]]
        last = float(ends[-1] / SIZES[-1])
        compared.append(Comparison(f"{name}: drift over the least ε", float(exposures[name][-1]), last))
        compared.append(
            Comparison(f"{name}: order of the drift", 1, fit_order(list(map(float, SIZES[-3:])), ends[-3:]))
        )
    outcome = Outcome(
        "",
        {
            "": build_table(f"t {names}", in_time),
            "predicted": build_table("t predicted predicted_stochastic", lines),
            "size": build_table(f"size predicted predicted_stochastic {names} standard_error", by_size),
        },
        tuple(compared),
    )
    return replace(outcome, caption=_caption(balance, outcome))


def _discrete(balance: Balance, size: Fraction, momentum: Fraction, runs: int = 1) -> Array:
    """``1 − D/D(0)`` of each run after each width of time; several runs are stochastic ones."""
    between = int(WIDTH / size * (1 + momentum) / (1 - momentum))
    steps = balance.descend(float(WIDTH / between), float(momentum), runs, SEED if runs > 1 else None)
    kept = islice(steps, 0, between * TIMES + 1, between)
    return np.stack([-balance.drift(layers) for layers in kept])


def _continuous(balance: Balance, friction: float) -> tuple[Array, float]:
    """``1 − D/D(0)`` along ``u'' + cu' + ∇F = 0`` from rest, at c times the times of the balance.

    Returns:
        The drifts, and the largest ``|D' + c(D − D(0)) − 2∫(u_j'² − u_k'²) dt|``, which theory says is 0.
    """
    net = deep_diagonal(LAYERS, DIMENSION)
    speeds = sp.symbols(f"v1:{len(net.variables) + 1}", real=True)
    j, k = (balance.coordinate * LAYERS + layer for layer in balance.pair)  # as net.variables are ordered
    c = read_number(f"{friction:.6f}", "c")
    force = velocity(net, balance.loss.symbolic_gradient)
    resisted = [f - sp.Rational(c.numerator, c.denominator) * v for f, v in zip(force, speeds, strict=True)]
    start = [*(entry for column in zip(*balance.layers, strict=True) for entry in column), *([0] * len(speeds)), 0]
    variables = [*net.variables, *speeds, sp.Symbol("w")]
    times = [c * read_number(t, "t") for t in balance.times[::DENSER]]
    path = integrate_polynomial(
        [*speeds, *resisted, speeds[j] ** 2 - speeds[k] ** 2], variables, start, times[-1], DIGITS
    )
    drifts, residual, size = [], 0.0, len(speeds)
    for t in times:
        state = path(t)
        drifts.append(-balance.drift(floats(state[:size]).reshape(DIMENSION, LAYERS).T))
        state = tuple(read_number(value, "state") for value in state)
        moved = state[j] ** 2 - state[k] ** 2 - (start[j] ** 2 - start[k] ** 2)
        rate = 2 * (state[j] * state[size + j] - state[k] * state[size + k])
        residual = max(residual, float(abs(rate + c * moved - 2 * state[-1])))
    return np.stack(drifts), residual


def _caption(balance: Balance, outcome: Outcome) -> str:
    (j, k), i = balance.pair, balance.coordinate

    def measured(name: str) -> str:
        return show(outcome.measured(f"{name}: drift over the least ε"), 4)

    plain, noisy = (show(outcome.predicted(f"{name}: drift over the least ε"), 4) for name in (DESCENT, STOCHASTIC))
    return (
        f"How far D = uⱼ² − uₖ² moves (layers {j + 1} and {k + 1} of coordinate {i + 1}; L = {LAYERS}, d = "
        f"{DIMENSION}, n = {SAMPLES}). The flow conserves it. Theory: 1 − D/D(0) = ε·I + O(ε²) with I = "
        "∫g²∏uₗ² dt along the flow and ε = h for gradient descent, h(1+β)/(1−β) for heavy ball with momentum β "
        f"= {float(MOMENTUM):g} at the flow's speed, 2/c² for u'' + cu' + ∇F = 0, which has D'' + cD' = 2(uⱼ'² "
        f"− uₖ'²) in place of the law; for stochastic gradients (batches of {BATCH}) g² becomes E g², which stays "
        "positive at the minimum. So the laws survive in the limit ε → 0, and before it only D = 0 does. Left: "
        f"in time at ε = {float(SHOWN):g}; full batches stop drifting as they converge, small ones do not. "
        f"Right: at T = {balance.times[-1]:g} against ε. Predicted (lines): I = {plain}, with noise {noisy}. "
        f"Measured, drift over the least ε: {measured(DESCENT)} (gradient descent), {measured(BALL)} (heavy "
        f"ball), {measured(ODE)} (its differential equation, whose replaced law holds to "
        f"{show(outcome.compared[0].measured, 1)}), {measured(STOCHASTIC)} (mean of {RUNS} stochastic runs); "
        f"the flow, to {FLOW_DIGITS} digits: {show(balance.flow_drift(), 1)}."
    )
