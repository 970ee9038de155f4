"""How fast the loss falls against σ, from many starts: ``python docs/examples/sweep_rates.py rates.csv [STARTS]``.

Every start is a flow of three layers on data of its own.  Beside the mean rate at which its loss falls to ``10^−12``
stands the bound 2σμ of the paper's Theorem 2.  An interrupted run goes on from the file, beside which a picture
lies at the end.
"""

from __future__ import annotations

import sys
from math import log
from pathlib import Path

import numpy as np

import ddln_sym as dd

LAYERS, DIMENSION, SAMPLES, STARTS = 3, 2, 3, 1000


def rate(seed: int) -> dict[str, float]:
    """σ, 2σμ and the mean rate from one start."""
    random = np.random.default_rng(seed)
    # Half a unit at least between the layers and the first one, so that no flow takes forever.
    others = (0.5 + random.exponential(size=(LAYERS - 1, DIMENSION))) * random.choice([-1, 1], (LAYERS - 1, DIMENSION))
    data = random.normal(size=(SAMPLES, DIMENSION))
    loss = dd.SquaredLoss(data, random.normal(size=SAMPLES))
    flow = dd.GradientFlow(loss, [[0] * DIMENSION, *others])
    trajectory = flow.converge("1e-12", digits=20, longest=10_000, dense=False)
    fallen = trajectory.excess(0) / trajectory.excess(trajectory.end)
    return {
        "sigma": float(flow.sigma),
        "bound": float(trajectory.rate),
        "measured": log(fallen) / float(trajectory.until),
    }


def draw(rows: list[dict[str, float]], file: Path) -> None:
    """Measured rates and bounds against σ."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6, 4), layout="constrained")
    for name, label in (("measured", "measured"), ("bound", "2σμ")):
        axes.loglog([r["sigma"] for r in rows], [r[name] for r in rows], ".", markersize=3, label=label)
    axes.set(xlabel="σ", ylabel="rate")
    axes.legend()
    figure.savefig(file)


def main(file: str, starts: int = STARTS) -> None:
    rows = dd.sweep(rate, range(starts), file=file, progress=lambda done, of: print(f"\r{done} of {of}", end=""))
    good = [row for row in rows if row["error"] is None]
    above = sum(row["measured"] >= row["bound"] for row in good)
    print(f"\n{above} of {len(good)} starts are at least as fast as 2σμ; {len(rows) - len(good)} did not arrive")
    draw(good, Path(file).with_suffix(".svg"))


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
