"""Conservation laws of the published families: how many networks are closed, and how long that takes on one core.

Run with ``python benchmarks/bench_laws.py``.  Depths 2 to 4 and widths 2 to 5 are drawn as in the public notebooks of
Marcotte, Gribonval, Peyré (2023), whose logs give 34 minutes for the fifty linear networks and 113 for the fifty ReLU
networks, on a large machine and in floating-point numbers.
"""

from __future__ import annotations

from time import process_time

import numpy as np

import ddln_sym as dd

NETWORKS = 50


def widths(seed: int = 0) -> list[tuple[int, ...]]:
    random = np.random.RandomState(seed)
    return [tuple(int(random.randint(2, 6)) for _ in range(random.randint(2, 5) + 1)) for _ in range(NETWORKS)]


def main() -> None:
    print("conservation laws, seconds of one core\n")
    for name, build in (("deep linear", dd.deep_linear), ("ReLU, one region", dd.relu_paths)):
        begun, closed = process_time(), 0
        for chosen in widths():
            closed += dd.conservation_laws(build(chosen), degree=2).complete
        print(f"  {f'{NETWORKS} {name} networks':<34}{process_time() - begun:8.1f}  {closed} of {NETWORKS} closed")
    for size in (3, 5, 10):
        begun = process_time()
        found = dd.conservation_laws(dd.asymmetric_factorization(size, size, size))
        print(f"  {f'UVᵀ of inner size ({size}, {size}, {size})':<34}{process_time() - begun:8.2f}  {found.counted}")


if __name__ == "__main__":
    main()
