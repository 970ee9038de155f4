"""Problem after problem in a process that is watched: its time, its memory, and whether it lives."""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from flint import ctx

from campaign.checks import Miss, answer, misses, setup
from campaign.integrator import Unreachable
from campaign.problems import Problem, problem

__all__ = ["Finding", "Limits", "Summary", "campaign", "give_back", "pasted", "used"]

PAGE, TICKS = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")
#: Problems after which the process has loaded all that it needs.
WARM = 30


@dataclass(frozen=True)
class Limits:
    """Of a problem in seconds of its process, of memory and of its growth after ``WARM`` problems in bytes."""

    seconds: float = 60.0
    memory: int = 1_500_000_000
    growth: int = 200_000_000


@dataclass(frozen=True)
class Finding:
    """A problem that went wrong: one of its misses, or in a word how it ended."""

    problem: Problem
    how: str
    miss: Miss | None = None


@dataclass
class Summary:
    """Counts of problems by what came of them, and all findings."""

    counts: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)


def _work(connection: Any) -> None:
    """Answer each problem that is sent, and give back its memory before it is said how it ended."""
    while (asked := connection.recv()) is not None:
        ending = _solve(asked, connection)
        give_back()
        connection.send(ending)


def _solve(asked: Problem, connection: Any) -> tuple[str, Any]:
    """How a problem ended, and what came of it; before the reference is asked, it is said that there is an answer."""
    try:
        said = answer(asked)
    except Exception as error:  # anything but a refusal is a finding
        return "error", f"{type(error).__name__}: {error}"
    connection.send(("answered", said.refusal))
    try:
        return "checked", misses(asked, said)
    except Unreachable:
        return "no reference", None
    except Exception as error:  # of the reference: it has to be looked at as well
        return "error", f"in the reference, {type(error).__name__}: {error}"


def give_back() -> None:
    """Give back what FLINT and the C library keep for later: as much as the largest problem took is no growth."""
    gc.collect()
    ctx.cleanup()
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        trim(0)


def used(pid: int) -> tuple[float, int]:
    """Seconds that a process has worked, and the bytes that it holds; zeros where the system does not tell."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0, 0
    return (int(words[11]) + int(words[12])) / TICKS, pages * PAGE


class _Process:
    """The process in which problems are solved; it is begun anew after it had to be ended."""

    def __init__(self, limits: Limits) -> None:
        self.limits, self._process, self.solved, self.warm = limits, None, 0, 0

    def _begin(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        self.solved = 0

    def end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None

    def solve(self, asked: Problem) -> tuple[str, Any, str]:
        """How it ended, what came of it, and the sentence with which the package declined."""
        if self._process is None:
            self._begin()
        self._ours.send(asked)
        how, value = self._wait(self.limits.seconds)
        refusal = ""
        if how == "answered":
            refusal = value
            how, value = self._wait(6 * self.limits.seconds)
            if how == "over its time":
                how = "no reference"
        if how in ("over its time", "over its memory", "crash", "no reference") and value == "ended":
            self.end()
            return how, None, refusal
        self.solved += 1
        held = used(self._process.pid)[1]
        if self.solved == WARM:
            self.warm = held
        elif self.solved > WARM and held > self.warm + self.limits.growth:
            self.end()
            return "growth of memory", held - self.warm, refusal
        return how, value, refusal

    def _wait(self, seconds: float) -> tuple[str, Any]:
        before, begun = used(self._process.pid)[0], monotonic()
        while not self._ours.poll(0.05):
            worked, held = used(self._process.pid)
            if held > self.limits.memory:
                return "over its memory", "ended"
            # A process that sleeps, or that the system tells nothing of, is given more time of the clock.
            if worked - before > seconds or monotonic() - begun > 30 * seconds:
                return "over its time", "ended"
            if not self._process.is_alive():
                return "crash", "ended"
        try:
            return self._ours.recv()
        except (EOFError, OSError):  # the process has ended without a word
            return "crash", "ended"


def campaign(
    seed: int, numbers: Iterator[int], seconds: float, limits: Limits, tell: Callable[[Finding], object] | None = None
) -> Summary:
    """Solve problems until the time is over, or the run is interrupted.

    Args:
        seed, numbers: which problems. seconds: of the clock, after which none is begun. limits: of each.
        tell: is told each finding.
    """
    summary, begun, process = Summary(), monotonic(), _Process(limits)
    try:
        for number in numbers:
            if monotonic() - begun > seconds:
                break
            asked = problem(seed, number)
            how, value, refusal = process.solve(asked)
            found = [Finding(asked, "a miss", miss) for miss in value] if how == "checked" else []
            if how not in ("checked", "no reference"):
                found = [Finding(asked, f"{how}: {value}" if value else how)]
            if refusal:
                summary.refusals[f"{asked.kind}: {refusal}"] += 1
            summary.counts["missed" if found else "declined" if refusal else how] += 1
            summary.findings += found
            for finding in found if tell else []:
                tell(finding)
    except KeyboardInterrupt:
        pass  # what was found so far is worth the telling
    finally:
        process.end()
    return summary


# -- as tests --------------------------------------------------------------------------------------------
HEAD = '''"""What the campaign found: each test fails until its cause is repaired."""

import ddln_sym as dd
import pytest
from ddln_sym.numerics import read_number
from flint import arb, ctx, fmpq
from fractions import Fraction


@pytest.fixture(autouse=True)
def precise():
    before, ctx.prec = ctx.prec, 2000
    yield
    ctx.prec = before


def as_ball(value):
    """A number exactly, whatever kind it is; a ball as it is."""
    if isinstance(value, arb):
        return value
    fraction = read_number(value, "the number")
    return arb(fmpq(fraction.numerator, fraction.denominator))
'''


def pasted(finding: Finding) -> str:
    """A finding as a test, ready to paste below ``HEAD``."""
    p, miss = finding.problem, finding.miss
    lines = [f"def test_campaign_{p.seed}_{p.number}():", f'    """{finding.how}."""']
    lines += [f"    {line}" for line in setup(p)]
    if miss is None:
        if p.kind not in ("integrate", "enclose", "bias", "loss"):
            lines.append(f"    Q.conjugate_gradient({p.part!r}, digits={p.digits})")
        return "\n".join(lines) + "\n"
    lines.append(f"    found = {miss.call}")
    if miss.allowed:
        lines.append(f"    expected, allowed = {list(miss.expected)}, {miss.allowed!r}")
        lines.append("    for value, true in zip(found, expected, strict=True):")
        lines.append("        assert abs(as_ball(value) - arb(true)) <= arb(allowed), true")
    else:
        lines.append(f"    expected = {list(miss.expected)}")
        lines.append("    for value, true in zip(found, expected, strict=True):")
        lines.append("        assert value.overlaps(arb(true) + abs(arb(true)) * arb(0, 1e-35)), true")
    return "\n".join(lines) + "\n"
