"""Trajectories against ``mpmath.odefun`` and heyoka, at the sizes of the paper's Figures 3 and 4; and what they cost.

Run with ``python benchmarks/bench_flow.py [--quick]``; ``--quick`` leaves out ``odefun`` at 100 digits, which
takes minutes.  heyoka takes part when it is installed (``pip install ddln-sym[peers]``), in multiprecision, on all
Ld equations and on the same 2d equations as ours; its compilation is timed apart.  Beside each time stand the error
against a run of ours with 20 more digits and the drift of the conserved quantities, so that a fast wrong answer
shows.  The last line of a problem is the trajectory in balls, with the largest radius of a layer.  Nothing is asserted
about times.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from math import prod
from multiprocessing import get_context
from time import process_time
from typing import Any

import heyoka_peer as peers
import numpy as np
from mpmath import mp, mpf

from ddln_sym import Enclosure, GradientFlow, SquaredLoss

SIZES = {"Figure 3": (4, 5, 10), "Figure 4": (6, 8, 10)}
DIGITS = (30, 50, 100)
SEEDS = (0, 1, 2)
GROWING = {"L": (2, 4, 8, 16), "d": (2, 4, 8, 16), "n": (5, 10, 20, 40), "digits": (25, 50, 100, 200)}
AIMS = {30: None, 50: 80, 100: 200}
REPETITIONS = 5
OURS, ENCLOSURE = "2d equations", "enclosure"

Layers = Sequence[Sequence[Any]]


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


def race(works: dict[str, Callable[[], Any]]) -> dict[str, tuple[float, Any]]:
    """The least processor time of each, and what it returned; they take turns, so that a busy spell slows them all."""
    best: dict[str, tuple[float, Any]] = {}
    for _ in range(REPETITIONS):
        for name, work in works.items():
            seconds, result = timed(work)
            best[name] = min(seconds, best.get(name, (seconds,))[0]), result
    return best


def error(layers: Layers, reference: Layers) -> Any:
    """The largest difference between two sets of layers."""
    return max(abs(a - b) for p, q in zip(layers, reference, strict=True) for a, b in zip(p, q, strict=True))


def drift(layers: Layers, flow: GradientFlow) -> Any:
    """The largest change of ``u_j² − u_1²`` since time 0."""
    found = mpf(0)
    for i, coordinate in enumerate(flow.coordinates):
        first = coordinate.start[0] ** 2
        for row, u in zip(layers, coordinate.start, strict=True):
            before = u * u - first
            found = max(found, abs(row[i] ** 2 - layers[0][i] ** 2 - mpf(before.numerator) / before.denominator))
    return found


def widest(box: Enclosure) -> Any:
    """The largest radius of a layer at time 1."""
    return max(mpf(str(u.rad().mid().str(5, radius=False))) for row in box.layers(1) for u in row)


def compare(size: tuple[int, int, int], digits: int, seed: int, peer: bool) -> None:
    """One line for each method."""
    flow = problem(*size, seed)
    with mp.workdps(digits + 30):
        reference = flow.integrate(1, digits + 20).layers(1)
        works: dict[str, Callable[[], Any]] = {
            OURS: lambda: flow.integrate(1, digits).layers(1),
            "all Ld equations": lambda: flow.integrate(1, digits, full=True).layers(1),
        }
        remarks = {}
        if peers.installed():
            for name, build in (("heyoka, 2d", peers.reduced), ("heyoka, all Ld", peers.full)):
                compiling, works[name] = timed(lambda build=build: build(flow, digits))
                remarks[name] = f"  and {compiling:.2f} s to compile"
        found = race({**works, ENCLOSURE: lambda: flow.enclose(1, digits)})
        proving, box = found.pop(ENCLOSURE)
        if peer:
            found["mpmath.odefun"] = timed(lambda: odefun(flow, digits))
            remarks["mpmath.odefun"] = f" (aim {AIMS[digits]})" if AIMS[digits] else ""
        seconds = found[OURS][0]
        for name, (time, layers) in found.items():
            facts = f"error {mp.nstr(error(layers, reference), 2):>8}  drift {mp.nstr(drift(layers, flow), 2):>8}"
            print(
                f"  {digits:>4} digits  seed {seed}  {name:<17}{time:9.4f} s  {facts}  "
                f"{time / seconds:7.2f}×{remarks.get(name, '')}"
            )
        radius = mp.nstr(widest(box), 2)
        print(
            f"  {digits:>4} digits  seed {seed}  {ENCLOSURE:<17}{proving:9.4f} s  "
            f"{f'radius {radius}':<30}  {proving / seconds:7.2f}× (aim at most 3)",
            flush=True,
        )


def scaling() -> None:
    """The cost against each size, the others as in Figure 3 at 50 digits, with the fitted exponent."""
    base = {"L": 4, "d": 5, "n": 10, "digits": 50}
    print("Seconds against one size, the others L = 4, d = 5, n = 10, 50 digits; the exponent fitted over the row\n")
    for name, values in GROWING.items():
        seconds = []
        for value in values:
            sizes = base | {name: value}
            flow = problem(sizes["L"], sizes["d"], sizes["n"], seed=1)
            # One time unit of a flow that starts alike: the number of steps is divided out.
            found = race({OURS: lambda flow=flow, digits=sizes["digits"]: flow.integrate(1, digits)})
            time, trajectory = found[OURS]
            seconds.append(time / trajectory.steps)
        exponent = np.polyfit(np.log(values), np.log(seconds), 1)[0]
        cells = "".join(f"{value:>6}: {1000 * time:7.2f} ms" for value, time in zip(values, seconds, strict=True))
        print(f"  {name:<7}{cells}   a step   ~ {name}^{exponent:.2f}", flush=True)


def alone(work: Callable[..., None], *arguments: Any) -> None:
    """In a process of its own: integers scattered over a heap that others have used cost a third more."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        pool.submit(work, *arguments).result()


def main(quick: bool) -> None:
    for name, size in SIZES.items():
        title = f"{name}: L = {size[0]}, d = {size[1]}, n = {size[2]}, t from 0 to 1; ratios to the 2d equations\n"
        print(title, flush=True)
        for digits in DIGITS:
            for seed in SEEDS[:1] if digits == max(DIGITS) else SEEDS:
                alone(compare, size, digits, seed, not (quick and digits == max(DIGITS)))
        print()
    alone(scaling)


if __name__ == "__main__":
    main("--quick" in sys.argv[1:])
