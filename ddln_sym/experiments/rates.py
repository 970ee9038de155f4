"""Figure 4 of the paper: the loss of three initializations, against the bound (15) and the rate at the limit."""

from __future__ import annotations

from fractions import Fraction
from math import exp, log

import numpy as np

from ddln_sym.entropies import entropy
from ddln_sym.experiments.data import Draw, floats
from ddln_sym.experiments.outcome import Comparison, Outcome, build_table, raised, show
from ddln_sym.flows import GradientFlow, Trajectory
from ddln_sym.flows.losses import SquaredLoss

__all__ = ["SCALES", "asymptotic_rate", "experiment"]

SEED, LAYERS, DIMENSION, SAMPLES = 3, 6, 8, 10
LEAST, LARGEST = 0.8, 1.4  # moduli of the layers other than the first
Row = tuple[float, float, float, float]
SCALES = (Fraction(1), Fraction(7, 5), Fraction(9, 5))
DIGITS, POINTS = 30, 120
#: σ has this degree in the layers other than the first.
POWER = 2 * (LAYERS - 1)
#: The loss above its minimum falls to about ``e^-DEPTH``; the slope is measured on the last SHARE of that time.
DEPTH, SHARE = 50, 0.1


def asymptotic_rate(loss: SquaredLoss, layers: list[list[Fraction]]) -> float:
    """``lim −d/dt log(𝓛(θ(t)) − 𝓛*)`` where θ converges to the only minimizer.

    Near it ``θ' = −M∇𝓛``, so that is twice the least eigenvalue of ``M^{1/2} ∇²𝓛 M^{1/2}``, with M at the minimizer.
    """
    hessian, shift = map(floats, loss.normal_form)
    limit = np.linalg.solve(hessian, shift)
    root = floats(entropy(layers).hessian(limit)) ** -0.5
    return float(2 * np.linalg.eigvalsh(root[:, None] * hessian * root)[0])


def experiment() -> Outcome:
    """``𝓛 − 𝓛*`` in time for each scale, the bound beside it, and slopes: bound, limit, measured."""
    draw = Draw(SEED)
    loss = SquaredLoss(draw.matrix(SAMPLES, DIMENSION), draw.vector(SAMPLES))
    others = draw.moduli(LAYERS - 1, DIMENSION, LEAST, LARGEST)
    rows, slopes, compared = [], [], []
    sigmas: list[Fraction] = []
    for scale in SCALES:
        layers = [[Fraction(0)] * DIMENSION, *([scale * u for u in row] for row in others)]
        flow = GradientFlow(loss, layers)
        predicted = asymptotic_rate(loss, layers)
        until = DEPTH / predicted
        trajectory = flow.integrate(until, DIGITS)
        bound = float(trajectory.rate)
        rows += [
            (float(scale), t, _excess(trajectory, t), _excess(trajectory, 0) * exp(-bound * t)) for t in _times(until)
        ]
        early = (1 - SHARE) * until
        measured = log(_excess(trajectory, early) / _excess(trajectory, until)) / (until - early)
        sigmas.append(flow.sigma)
        slopes.append((float(scale), bound, predicted, measured))
        compared.append(Comparison(f"rate at the limit, layers × {float(scale):g}", predicted, measured))
        compared.append(Comparison(f"rate against 2σμ, layers × {float(scale):g}", bound, measured, "≥"))
    for scale, sigma in zip(SCALES[1:], sigmas[1:], strict=True):
        name = f"σ, layers × {float(scale):g}, over σ, layers × 1"
        compared.append(Comparison(name, float(scale**POWER), float(sigma / sigmas[0])))
    return Outcome(
        _caption(rows, slopes, sigmas),
        {"": build_table("scale t gap bound", rows), "slopes": build_table("scale bound limit measured", slopes)},
        tuple(compared),
    )


def _times(until: float) -> list[float]:
    return [until * k / POINTS for k in range(POINTS + 1)]


def _excess(trajectory: Trajectory, t: float) -> float:
    return float(trajectory.excess(t))


def _caption(rows: list[Row], slopes: list[Row], sigmas: list[Fraction]) -> str:
    def each(column: int) -> str:
        return ", ".join(show(-row[column]) for row in slopes)

    exact = all(s / sigmas[0] == c**POWER for s, c in zip(sigmas, SCALES, strict=True))
    second, third = (f"{float(c):g}" for c in SCALES[1:])
    below = sum(gap <= bound for _, _, gap, bound in rows)
    ratios = " : ".join(f"{float(c):g}{raised(POWER)}" for c in SCALES)
    powers = " : ".join(show(float(s / sigmas[0])) for s in sigmas)
    return (
        f"The loss above its minimum, 𝓛(θ(t)) − 𝓛*, for L = {LAYERS}, d = {DIMENSION}, n = {SAMPLES}: "
        f"the first layer starts at zero, the others at random (moduli from {LEAST} to "
        f"{LARGEST}, random signs), and at {second} and {third} times that. Left: in time, with the bound (15) "
        "dashed. Right: in the time 2σμt, in which the bound is one line. Theory: "
        f"every curve lies below its bound; slopes of the bound −2σμ = {each(1)}, as {ratios} = {powers} "
        f"({'exactly' if exact else 'not exactly'}: σ is a fraction); slopes at the limit −2λₘᵢₙ(√M ∇²𝓛 √M), "
        f"with M at the minimizer, {each(2)}. Measured at the end: {each(3)}; {below} of "
        f"{len(rows)} computed points lie below the bound or, at t = 0, on it. So larger is faster, and the bound has "
        f"a factor of {', '.join(show(row[3] / row[1], 2) for row in slopes)} to spare: M = σ only where θ = 0."
    )
