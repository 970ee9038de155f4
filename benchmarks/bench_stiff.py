"""Stiff flows: sparse recovery from small starts, to a loss of 1e-20, through the dual and by explicit steps.

Run with ``python benchmarks/bench_stiff.py [--quick]``; ``--quick`` takes the larger start of three layers alone.  Five
of a hundred coordinates are to be found from forty rows of normal data; the layers start at (0, α, …, α), with α = 0.1
and α = 0.001.  A line each for the steps through the dual, for their proof with the largest distance that it leaves,
for the limit, and for two peers: explicit Taylor steps, up to a thousand of them or until they have settled and tell
how many more there would be, and SciPy's ``Radau``, in floats and on all Ld equations, where it is installed (``pip
install ddln-sym[peers]``); both to the time at which the dual arrived.  Seconds are those of the processor, and the
memory is the most that a process held: one for the dual, its proof and the limit, one for each peer.  Nothing is
asserted about times.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from multiprocessing import get_context
from resource import RUSAGE_SELF, getrusage
from time import process_time
from typing import Any

import numpy as np
import scipy_peer
from mpmath import mp

from ddln_sym import GradientFlow, NoConvergence, NoLimit, SquaredLoss

SIZES = 100, 40, 5
DEPTHS, STARTS = (2, 3, 4), ("0.1", "0.001")
TOLERANCE, DIGITS = "1e-20", 30
#: After which time the dual gives up.
LONGEST = "1e30"
#: Explicit steps that are taken.
EXPLICIT = 1000
#: Evaluations that SciPy may take.
EVALUATIONS = 500_000


def problem(depth: int, start: str) -> GradientFlow:
    """Normally distributed data, and a target that five coordinates of size 1 reach; floats are taken exactly."""
    d, n, k = SIZES
    random = np.random.default_rng(0)
    data = random.standard_normal((n, d)) / np.sqrt(n)
    truth = [0] * d
    for place in random.choice(d, k, replace=False):
        truth[place] = int(random.choice([-1, 1]))
    target = [sum((Fraction(float(x)) * t for x, t in zip(row, truth, strict=True)), Fraction(0)) for row in data]
    return GradientFlow(SquaredLoss(data, target), [[0] * d, *[[start] * d] * (depth - 1)])


def report(name: str, work: Callable[[], str]) -> None:
    """A line: what was measured in this process, and what was found."""
    begun = process_time()
    said = work()
    seconds, memory = process_time() - begun, getrusage(RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {name:<16}{seconds:9.1f} s {memory:7.0f} MB   {said}", flush=True)


def dual(depth: int, start: str) -> Any:
    """The way through the dual, its proof and its limit; the end."""
    flow, found = problem(depth, start), dict[str, Any]()

    def arrive() -> str:
        found["way"] = way = flow.converge(TOLERANCE, DIGITS, LONGEST, method="dual")
        return f"{way.steps} steps to t = {mp.nstr(way.until, 3)}, loss {mp.nstr(way.loss(way.end), 2)}"

    def prove() -> str:
        found["box"] = box = found["way"].enclose()
        widest = max(float(t.rad()) for t in box.theta(box.end))
        return f"ν within {float(box.radius):.1e} at all times, θ within {widest:.1e} at the end"

    def limit() -> str:
        try:
            return f"θ within {max(float(t.rad()) for t in found['box'].limit().theta):.1e}"
        except NoLimit as error:
            return str(error)

    report("dual", arrive)
    report("its proof", prove)
    report("its limit", limit)
    return found["way"].end


def explicit(depth: int, start: str, until: Fraction) -> None:
    """So many explicit steps."""
    flow = problem(depth, start)

    def work() -> str:
        try:
            way = flow.converge(TOLERANCE, DIGITS, until, dense=False, max_steps=EXPLICIT, method="taylor")
        except NoConvergence as error:
            return f"at t = {error.time:.3g} {error.reason.partition(';')[0]}"
        return f"{way.steps} steps to t = {mp.nstr(way.until, 3)}, loss {mp.nstr(way.loss(way.end), 2)}"

    report("Taylor steps", work)


def radau(depth: int, start: str, until: Fraction) -> None:
    """SciPy's Radau on all Ld equations."""
    flow = problem(depth, start)

    def work() -> str:
        theta, evaluations = scipy_peer.stiff(flow, float(until), EVALUATIONS)
        if theta is None:
            return f"given up after {evaluations} evaluations"
        loss = flow.loss(theta.tolist())
        return f"{evaluations} evaluations, loss {mp.nstr(loss, 2)}"

    report("SciPy's Radau", work)


def alone(work: Callable[..., Any], *arguments: Any) -> Any:
    """In a process of its own, so that the memory is its own as well."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def main() -> None:
    parser = argparse.ArgumentParser(description="Stiff flows, through the dual and by explicit steps.")
    parser.add_argument("--quick", action="store_true", help="three layers from 0.1 alone")
    options = parser.parse_args()
    d, n, k = SIZES
    print(f"d = {d}, n = {n}, {k} coordinates to be found, to a loss of {TOLERANCE}, {DIGITS} digits; processor time")
    for depth in (3,) if options.quick else DEPTHS:
        for start in STARTS[:1] if options.quick else STARTS:
            print(f"\nL = {depth}, from (0{f', {start}' * (depth - 1)})\n", flush=True)
            end = alone(dual, depth, start)
            alone(explicit, depth, start, end)
            if scipy_peer.installed():
                alone(radau, depth, start, end)


if __name__ == "__main__":
    main()
