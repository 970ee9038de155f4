"""The whole check of the paper in one process, and how long the command line takes to say hello.

Run with ``python benchmarks/bench_check.py``.  Aims are printed beside the figures, never asserted.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from time import perf_counter

BEGUN = perf_counter()  # before anything heavy is imported

ROOT = Path(__file__).resolve().parent.parent
SLOWEST, REPETITIONS = 10, 5
AIM_CHECK, AIM_START = 15.0, 0.2


def line(name: str, seconds: float, note: str = "") -> None:
    print(f"  {name:<34}{seconds:8.3f}  {note}".rstrip())


def whole_check() -> None:
    import sympy  # noqa: F401

    imported = perf_counter()
    from ddln_sym.claims import certify_all, collect

    claims = collect()
    collected = perf_counter()
    certificates = list(certify_all(claims, [claim.id for claim in claims]))
    done = perf_counter()

    print("the whole check in one process, seconds\n")
    line("import of SymPy", imported - BEGUN)
    line("import of ddln_sym and the claims", collected - imported)
    ranked = sorted(certificates, key=lambda c: c.seconds, reverse=True)
    for certificate in ranked[:SLOWEST]:
        line(certificate.id, certificate.seconds, certificate.verdict.value)
    line(f"the other {len(ranked[SLOWEST:])} claims", sum(c.seconds for c in ranked[SLOWEST:]))
    line("total", done - BEGUN, f"aim: below {AIM_CHECK:g}")
    counts = Counter(c.verdict.value for c in certificates)
    verdicts = ", ".join(f"{n} {verdict}" for verdict, n in counts.most_common())
    print(f"\n  {len(certificates)} claims: {verdicts}\n")


def start_up(option: str) -> float:
    """Wall-clock time of the command in a process of its own, best of several."""
    script = Path(sys.executable).with_name("ddln-sym")
    command = [str(script)] if script.exists() else [sys.executable, "-m", "ddln_sym"]
    times = []
    for _ in range(REPETITIONS):
        begun = perf_counter()
        subprocess.run([*command, option], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        times.append(perf_counter() - begun)
    return min(times)


def main() -> None:
    whole_check()
    print(f"the command line in a process of its own, seconds, best of {REPETITIONS}\n")
    for option in ("--version", "--help"):
        line(f"ddln-sym {option}", start_up(option), f"aim: below {AIM_START:g}")


if __name__ == "__main__":
    main()
