"""Flows of general models against their peers: what ``GradientFlow(loss, net, start)`` costs, and how right it is.

Run with ``python benchmarks/bench_models.py [--quick]``; ``--quick`` stays at 30 digits and leaves out odefun.  Each
model has a squared loss with normally distributed data.  Ours is compiled from G by automatic differentiation; the
peers, heyoka in multiprecision if it is installed and ``mpmath.odefun``, get the field that SymPy writes out.  Beside
each time stands the largest error of a parameter against a run of ours with 20 more digits.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any

import heyoka_peer
import numpy as np
import sympy as sp
from bench_flow import Row, alone, race, timed
from mpmath import mp, mpf

import ddln_sym as dd

OURS, BALLS, ODEFUN = "from G", "in balls", "mpmath.odefun"
DIGITS = (30, 50, 100)
#: More digits than these are computed once, and not by odefun or in balls.
FEW = 50
MODELS: dict[str, Callable[[], dd.Parametrization]] = {
    "u³ − v³, 10 coordinates": lambda: dd.difference(3, 10),
    "UUᵀ, 5 × 3": lambda: dd.matrix_factorization(5, 3),
    "UVᵀ, 4 × 4, rank 2": lambda: dd.asymmetric_factorization(4, 4, 2),
    "W₃W₂W₁, widths 2, 3, 3, 2": lambda: dd.deep_linear((2, 3, 3, 2)),
    "g·v/‖v‖, 6 coordinates": lambda: dd.weight_normalization(6),
    "softmax, 6 coordinates": lambda: dd.softmax(6),
}
#: Data points, and the size of the start.
ROWS, SCALE = 3, 0.5


def problem(name: str, seed: int = 1) -> dd.GradientFlow:
    """Floats, whose exact values every method gets."""
    net, random = MODELS[name](), np.random.default_rng(seed)
    dimension = len(net.components)
    loss = dd.SquaredLoss(random.normal(size=(ROWS, dimension)) / np.sqrt(dimension), random.normal(size=ROWS))
    return dd.GradientFlow(loss, net, abs(random.normal(size=len(net.variables))) * SCALE + SCALE)


def field(flow: Any) -> list[Any]:
    """``−J_Gᵀ∇𝓛`` as SymPy writes it out."""
    net, loss = flow.net, flow.loss
    rational = [[sp.Rational(int(a.numerator), int(a.denominator)) for a in row] for row in (*loss.rows, loss.targets)]
    residual = sp.Matrix(rational[:-1]) * sp.Matrix(net.components) - sp.Matrix(rational[-1])
    slopes = 2 * sp.Matrix(rational[:-1]).T * residual
    return list(-net.jacobian.T * slopes)


def odefun(flow: Any, digits: int) -> list[Any]:
    """As a user of mpmath would write it, from the field as SymPy has it."""
    with mp.workdps(digits):
        right = sp.lambdify([flow.net.variables], field(flow), "mpmath", cse=True)
        start = [mpf(v.numerator) / v.denominator for v in flow.start]
        return list(mp.odefun(lambda _, w: right(w), 0, start)(1))


def widest(box: Any) -> Any:
    """The largest radius of a parameter at time 1."""
    return max(mpf(str(w.rad().mid().str(5, radius=False))) for w in box.parameters(1))


def error(values: Sequence[Any], reference: Sequence[Any]) -> Any:
    return max(abs(a - b) for a, b in zip(values, reference, strict=True))


def compare(name: str, digits: int, quick: bool) -> list[Row]:
    """All methods on one model, taking turns."""
    building, flow = timed(lambda: problem(name))
    with mp.workdps(digits + 30):
        reference = flow.integrate(1, digits + 20).parameters(1)
        works: dict[str, Callable[[], Any]] = {OURS: lambda: flow.integrate(1, digits).parameters(1)}
        remarks = {OURS: f"  and {building:.2f} s to read and compile"}
        if heyoka_peer.installed():
            writing, equations = timed(lambda: field(flow))
            compiling, works["heyoka"] = timed(
                lambda: heyoka_peer.written(equations, flow.net.variables, flow.start, digits)
            )
            remarks["heyoka"] = f"  and {writing + compiling:.2f} s to write out and compile"
        found = race(works, repetitions=1 if digits > FEW else 3)
        if digits <= FEW and not quick:
            found[ODEFUN] = timed(lambda: odefun(flow, digits))
        ours = found[OURS][0]
        rows = [
            Row(name, digits, 1, method, t, t / ours, mp.nstr(error(values, reference), 2), remarks.get(method, ""))
            for method, (t, values) in found.items()
        ]
        if digits <= FEW:
            proving, box = timed(lambda: flow.enclose(1, digits))
            rows.append(Row(name, digits, 1, BALLS, proving, proving / ours, mp.nstr(widest(box), 2), "  proved"))
        return rows


def main() -> None:
    parser = argparse.ArgumentParser(description="Flows of general models against their peers.")
    parser.add_argument("--quick", action="store_true", help="30 digits, without mpmath.odefun")
    options = parser.parse_args()
    print("t from 0 to 1, processor time; ratios to the flow compiled from G")
    for name in MODELS:
        print(f"\n{name}\n", flush=True)
        for digits in DIGITS[: 1 if options.quick else None]:
            print(*alone(compare, name, digits, options.quick), sep="\n", flush=True)


if __name__ == "__main__":
    main()
