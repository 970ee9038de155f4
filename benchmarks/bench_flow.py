"""Trajectories against their peers, at the sizes of the paper's Figures 3 and 4; and what they cost as sizes grow.

Run with ``python benchmarks/bench_flow.py [--quick] [--save FOLDER]``; ``--quick`` takes one start each and leaves
out what takes minutes.  The table comes first: ours compiled and plain, in balls, ``mpmath.odefun``; and those of the
peers that are installed (``pip install ddln-sym[peers]``): heyoka in multiprecision, on all Ld equations and on the
same 2d equations as ours, its compilation timed apart, and SciPy's ``solve_ivp`` at 15 digits.  Beside each time stands
the error against a run of ours with 20 more digits, so that a fast wrong answer shows.  Then come the cost against each
size, with the fitted exponent, memory, and wide data.  ``--save`` writes ``flow.csv`` and a picture of the table,
``flow.svg``.  Nothing is asserted about times.
"""

from __future__ import annotations

import argparse
import csv
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from multiprocessing import get_context
from pathlib import Path
from time import process_time
from typing import Any

import heyoka_peer
import numpy as np
import scipy_peer
from mpmath import mp, mpf

from ddln_sym import Enclosure, GradientFlow, SquaredLoss
from ddln_sym.taylor import jets

SIZES = {"Figure 3": (4, 5, 10), "Figure 4": (6, 8, 10)}
DIGITS = (15, 30, 50, 100, 200)
#: More digits than these are computed from one start, and not by odefun.
FEW = 50
SEEDS = (0, 1, 2)
GROWING = {"L": (2, 4, 8, 16), "d": (2, 4, 8, 16), "n": (5, 10, 20, 40), "digits": (25, 50, 100, 200)}
ENDS = (1, 2, 4, 8)
#: Layers, coordinates and rows, at 30 digits.
WIDE = ((3, 200, 60), (3, 400, 80), (3, 1000, 100))
REPETITIONS = 5
OURS, PLAIN, ENCLOSURE, ODEFUN = "2d equations", "2d, not compiled", "in balls", "mpmath.odefun"

Layers = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Row:
    """One method on one problem.

    Attributes:
        seconds: of processor time. ratio: to ours. error: the largest of a layer, of balls the largest radius.
    """

    problem: str
    digits: int
    seed: int
    method: str
    seconds: float
    ratio: float
    error: str
    remark: str = ""

    def __str__(self) -> str:
        return (
            f"  {self.digits:>4} digits  seed {self.seed}  {self.method:<18}{self.seconds:10.4f} s  "
            f"error {self.error:>8}  {self.ratio:8.2f}×{self.remark}"
        )


def problem(depth: int, dimension: int, rows: int, seed: int) -> GradientFlow:
    """Normally distributed data and layers; their floats are exact rationals to every method."""
    random = np.random.default_rng(seed)
    loss = SquaredLoss(random.normal(size=(rows, dimension)), random.normal(size=rows))
    return GradientFlow(loss, random.normal(size=(depth, dimension)))


def odefun(flow: GradientFlow, digits: int) -> Layers:
    """The original system (5), as a user of mpmath would write it."""
    with mp.workdps(digits):
        rows = [[mpf(a.numerator) / a.denominator for a in row] for row in flow.loss.rows]
        targets = [mpf(b.numerator) / b.denominator for b in flow.loss.targets]
        start = [mpf(u.numerator) / u.denominator for row in flow.start for u in row]
        depth, d = len(flow.start), flow.loss.dimension

        def field(_: Any, w: Sequence[Any]) -> list[Any]:
            layers = [w[j * d : (j + 1) * d] for j in range(depth)]
            theta = [prod(column) for column in zip(*layers, strict=True)]
            residual = [mp.fdot(row, theta) - b for row, b in zip(rows, targets, strict=True)]
            slope = [2 * mp.fdot(column, residual) for column in zip(*rows, strict=True)]
            return [
                -prod(layers[k][i] for k in range(depth) if k != j) * slope[i] for j in range(depth) for i in range(d)
            ]

        end = mp.odefun(field, 0, start)(1)
        return [end[j * d : (j + 1) * d] for j in range(depth)]


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """The processor time of a run, and what it returned."""
    begun = process_time()
    result = work()
    return process_time() - begun, result


def race(works: dict[str, Callable[[], Any]], repetitions: int = REPETITIONS) -> dict[str, tuple[float, Any]]:
    """The least processor time of each, and what it returned; they take turns, so that a busy spell slows them all."""
    best: dict[str, tuple[float, Any]] = {}
    for _ in range(repetitions):
        for name, work in works.items():
            seconds, result = timed(work)
            best[name] = min(seconds, best.get(name, (seconds,))[0]), result
    return best


def error(layers: Layers, reference: Layers) -> Any:
    """The largest difference between two sets of layers."""
    return max(abs(a - b) for p, q in zip(layers, reference, strict=True) for a, b in zip(p, q, strict=True))


def widest(box: Enclosure) -> Any:
    """The largest radius of a layer at time 1."""
    return max(mpf(str(u.rad().mid().str(5, radius=False))) for row in box.layers(1) for u in row)


@contextmanager
def plain_interpreter() -> Iterator[None]:
    """Without the compiled jets."""
    kernel, jets.kernel = jets.kernel, None
    try:
        yield
    finally:
        jets.kernel = kernel


def plainly(flow: GradientFlow, digits: int) -> Layers:
    with plain_interpreter():
        return flow.integrate(1, digits).layers(1)


def compare(name: str, digits: int, seed: int, quick: bool) -> list[Row]:
    """All methods on one problem, taking turns."""
    flow = problem(*SIZES[name], seed)
    with mp.workdps(digits + 30):
        reference = flow.integrate(1, digits + 20).layers(1)
        works: dict[str, Callable[[], Any]] = {
            OURS: lambda: flow.integrate(1, digits).layers(1),
            PLAIN: lambda: plainly(flow, digits),
            "all Ld equations": lambda: flow.integrate(1, digits, full=True).layers(1),
        }
        remarks = {}
        if heyoka_peer.installed():
            for peer, build in (("heyoka, 2d", heyoka_peer.reduced), ("heyoka, all Ld", heyoka_peer.full)):
                compiling, works[peer] = timed(lambda build=build: build(flow, digits))
                remarks[peer] = f"  and {compiling:.2f} s to compile"
        if digits == 15 and scipy_peer.installed():
            works["solve_ivp"] = scipy_peer.full(flow)
        found = race(
            {**works, ENCLOSURE: lambda: flow.enclose(1, digits)}, repetitions=1 if digits > FEW else REPETITIONS
        )
        proving, box = found.pop(ENCLOSURE)
        if digits <= FEW and seed == SEEDS[0] and not quick:
            found[ODEFUN] = timed(lambda: odefun(flow, digits))
        ours = found[OURS][0]
        rows = [
            Row(name, digits, seed, m, t, t / ours, mp.nstr(error(layers, reference), 2), remarks.get(m, ""))
            for m, (t, layers) in found.items()
        ]
        return [*rows, Row(name, digits, seed, ENCLOSURE, proving, proving / ours, mp.nstr(widest(box), 2), "  proved")]


def exponent(values: Sequence[float], costs: Sequence[float]) -> float:
    """``p`` of the power ``value^p`` that fits best."""
    return float(np.polyfit(np.log(values), np.log(costs), 1)[0])


def scaling() -> None:
    """The cost against each size, the others as in Figure 3 at 50 digits, with the fitted exponent."""
    base = {"L": 4, "d": 5, "n": 10, "digits": 50}
    print("Against one size, the others L = 4, d = 5, n = 10, 50 digits; the exponent fitted over the row\n")
    for name, values in GROWING.items():
        costs = []
        for value in values:
            sizes = base | {name: value}
            flow = problem(sizes["L"], sizes["d"], sizes["n"], seed=1)
            # The steps to time 1 depend on the start, so the number of them is divided out.
            found = race({OURS: lambda flow=flow, digits=sizes["digits"]: flow.integrate(1, digits)})
            time, trajectory = found[OURS]
            costs.append(time / trajectory.steps)
        cells = "".join(f"{value:>6}: {1000 * cost:7.2f} ms" for value, cost in zip(values, costs, strict=True))
        print(f"  {name:<7}{cells}   a step   ~ {name}^{exponent(values, costs):.2f}", flush=True)
    flow, times = problem(4, 5, 10, seed=1), []
    for end in ENDS:
        time, trajectory = race({OURS: lambda end=end: flow.integrate(end, 50)}, repetitions=2)[OURS]
        kept, last = (
            peak(lambda end=end, dense=dense: flow.integrate(end, 50, dense=dense)) for dense in (True, False)
        )
        times.append(time)
        print(
            f"  T = {end}: {trajectory.steps:>4} steps {time:7.3f} s, at most {kept:5.2f} MB, "
            f"{last:4.2f} MB where only the end is kept",
            flush=True,
        )
    print(f"  T       ~ T^{exponent(ENDS, times):.2f}")


def peak(work: Callable[[], Any]) -> float:
    """The most memory that a run holds at a time, in megabytes."""
    tracemalloc.start()
    work()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most / 1e6


def wide() -> None:
    print("\nWide data, 30 digits: setting up, and a step on the way to time 1/4\n")
    for depth, d, n in WIDE:
        random = np.random.default_rng(1)
        data, target = random.normal(size=(n, d)) / np.sqrt(d), random.normal(size=n)
        start = random.normal(size=(depth, d))
        setting, flow = timed(lambda data=data, target=target, start=start: prepared(data, target, start))
        time, trajectory = timed(lambda flow=flow: flow.integrate("0.25", 30, dense=False))
        print(
            f"  L = {depth}, d = {d:>4}, n = {n:>3}: {setting:6.2f} s, then {trajectory.steps} steps of "
            f"{time / trajectory.steps:6.3f} s",
            flush=True,
        )


def prepared(data: Any, target: Any, start: Any) -> GradientFlow:
    """A flow with its program and its constants."""
    flow = GradientFlow(SquaredLoss(data, target), start)
    flow.integrate(0, 30)
    return flow


def picture(rows: Sequence[Row], file: Path) -> None:
    """Seconds against digits, one line a method, one panel a problem, from the first start."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "ddln-sym"
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(1, len(SIZES), figsize=(11, 4.5), sharey=True, layout="constrained")
    methods = list(dict.fromkeys(row.method for row in rows))
    for panel, (name, (depth, d, n)) in zip(panels, SIZES.items(), strict=True):
        for method in methods:
            points = [(r.digits, r.seconds) for r in rows if (r.problem, r.method, r.seed) == (name, method, SEEDS[0])]
            if points:
                panel.loglog(*zip(*points, strict=True), marker="o", markersize=3, label=method)
        panel.set(title=f"{name}: L = {depth}, d = {d}, n = {n}", xlabel="digits")
        panel.set_xticks(DIGITS, map(str, DIGITS))
        panel.minorticks_off()
        panel.grid(alpha=0.3)
    panels[0].set_ylabel("seconds to time 1")
    panels[-1].legend(fontsize="small", loc="upper left", bbox_to_anchor=(1, 1))
    figure.savefig(file, metadata={"Date": None})


def alone(work: Callable[..., Any], *arguments: Any) -> Any:
    """In a process of its own: integers scattered over a heap that others have used cost a third more."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def main() -> None:
    parser = argparse.ArgumentParser(description="Trajectories against their peers.")
    parser.add_argument("--quick", action="store_true", help="one start each, without what takes minutes")
    parser.add_argument("--save", type=Path, metavar="FOLDER", help="write flow.csv and flow.svg there")
    options = parser.parse_args()
    kind = "compiled" if jets.available() else "not compiled"
    print(f"t from 0 to 1, processor time, the least of {REPETITIONS} turns; jets {kind}; ratios to the 2d equations")
    rows: list[Row] = []
    for name, (depth, d, n) in SIZES.items():
        print(f"\n{name}: L = {depth}, d = {d}, n = {n}\n", flush=True)
        for digits in DIGITS[: 3 if options.quick else None]:
            for seed in SEEDS[:1] if digits > FEW or options.quick else SEEDS:
                found = alone(compare, name, digits, seed, options.quick)
                rows += found
                print(*found, sep="\n", flush=True)
    if options.save:
        options.save.mkdir(parents=True, exist_ok=True)
        with (options.save / "flow.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["problem", "digits", "seed", "method", "seconds", "ratio", "error"])
            for r in rows:
                writer.writerow([r.problem, r.digits, r.seed, r.method, f"{r.seconds:.4g}", f"{r.ratio:.3g}", r.error])
        picture(rows, options.save / "flow.svg")
    if not options.quick:
        print()
        alone(scaling)
        alone(wide)


if __name__ == "__main__":
    main()
