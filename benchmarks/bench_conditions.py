"""Commuting and regular: against SymPy's matrices on the same work, and the cost in d and in L.

Run with ``python benchmarks/bench_conditions.py``.  Nothing is asserted about times.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from time import perf_counter
from typing import Any

import numpy as np
import sympy as sp
from sympy.core.cache import clear_cache

from ddln_sym import Parametrization, commuting, deep_diagonal, regular

REPETITIONS = 5
AIM_RATIO, AIM_EXPONENT = 100, 2


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """Wall-clock time of one run with SymPy's cache emptied before it, and what the work returned."""
    clear_cache()
    begun = perf_counter()
    result = work()
    return perf_counter() - begun, result


def best(work: Callable[[], Any], repetitions: int = REPETITIONS) -> tuple[float, Any]:
    """The shortest of several such runs."""
    return min((seconds(work) for _ in range(repetitions)), key=lambda run: run[0])


# -- the peer: SymPy's matrices ----------------------------------------------------------------------
def peer_commuting(net: Parametrization) -> bool:
    """Gradients by ``Matrix.jacobian``, Hessians by ``hessian``, each once; every bracket expanded."""
    variables = list(net.variables)
    gradients = [sp.Matrix([g]).jacobian(variables).T for g in net.components]
    hessians = [sp.hessian(g, variables) for g in net.components]
    return all(
        (hessians[a] * gradients[b] - hessians[b] * gradients[a]).expand().is_zero_matrix
        for a, b in combinations(range(len(gradients)), 2)
    )


def peer_regular(net: Parametrization) -> bool:
    """The Jacobian by ``Matrix.jacobian`` and its Gram matrix by ``expand``: diagonal, and positive on M.

    A diagonal entry is a sum of even monomials.  It is positive where at most one variable of its block
    is zero, if for each variable one monomial does without it.
    """
    jacobian = sp.Matrix(net.components).jacobian(list(net.variables))
    gram = (jacobian * jacobian.T).expand()
    if not gram.is_diagonal():
        return False
    for entry in gram.diagonal():
        terms = sp.Add.make_args(entry)
        if not all(term.is_nonnegative for term in terms):
            return False
        if not all(any(not term.has(w) for term in terms) for w in entry.free_symbols):
            return False
    return True


PEER = {commuting: peer_commuting, regular: peer_regular}


# -- tables ------------------------------------------------------------------------------------------
def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        cells = [cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True)]
        print("  " + "  ".join([row[0].ljust(widths[0]), *cells]))


def milliseconds(time: float) -> str:
    return f"{1000 * time:.2f}"


def ratios(depth: int, dimension: int) -> None:
    net = deep_diagonal(depth, dimension)
    size = f"{len(net.variables)} parameters, {len(net.components)} components"
    print(f"deep_diagonal({depth}, {dimension}): {size}")
    peer = f"SymPy {sp.__version__}, Matrix.jacobian, hessian and expand"
    print(f"ours: best of {REPETITIONS}; peer: {peer}, once\n")
    rows, totals = [], [0.0, 0.0]
    for ours, theirs in PEER.items():
        mine, certificate = best(lambda ours=ours: ours(net))
        its, answer = seconds(lambda theirs=theirs: theirs(net))
        assert certificate.proved is answer is True, f"{ours.__name__}: {certificate.verdict}, peer {answer}"
        rows.append((ours.__name__, milliseconds(mine), milliseconds(its), f"{its / mine:.0f}"))
        totals = [totals[0] + mine, totals[1] + its]
    rows.append(("both", *map(milliseconds, totals), f"{totals[1] / totals[0]:.0f}"))
    table(("", "ours, ms", "peer, ms", "ratio"), rows)
    print(f"\n  aim: a ratio of at least {AIM_RATIO}\n")


def growth(name: str, sizes: Sequence[int], net_of: Callable[[int], Parametrization]) -> None:
    times: dict[Any, list[float]] = {commuting: [], regular: []}
    rows = []
    for size in sizes:
        net = net_of(size)
        for ours, found in times.items():
            time, certificate = best(lambda ours=ours, net=net: ours(net))
            assert certificate.proved, f"{ours.__name__} at {name} = {size}: {certificate.verdict}"
            found.append(time)
        rows.append((str(size), *(milliseconds(found[-1]) for found in times.values())))
    exponents = [np.polyfit(np.log(sizes), np.log(found), 1)[0] for found in times.values()]
    rows.append(("exponent", *(f"{e:.2f}" for e in exponents)))
    table((name, "commuting, ms", "regular, ms"), rows)


def main() -> None:
    ratios(6, 6)
    print("cost in the dimension d at L = 4\n")
    growth("d", (2, 4, 8, 16, 32, 64), lambda d: deep_diagonal(4, d))
    print(f"\n  aim: an exponent of at most {AIM_EXPONENT}\n")
    print("cost in the depth L at d = 4\n")
    growth("L", range(2, 9), lambda depth: deep_diagonal(depth, 4))


if __name__ == "__main__":
    main()
