"""The dual flow from time 0 on: steps of as many nodes as digits ask for, of lengths that its error chooses.

The next length is chosen from the last two errors (Gustafsson 1994), so that lengths grow and shrink geometrically.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, log2
from typing import Any

import numpy as np
from flint import arb_mat

from ddln_sym.flows.dual_charts import OffChart
from ddln_sym.flows.dual_steps import (
    NoStep,
    change_of_states,
    estimate_error,
    lost_bits,
    rates,
    start_length,
    take_step,
)
from ddln_sym.flows.dual_systems import DualSystem, Panel
from ddln_sym.numerics import middles, precision, radau_rule, read_progress, spell_number
from ddln_sym.taylor import Limits, NoConvergence, PrecisionError, as_float

__all__ = ["DualSolution", "solve_dual"]

#: Digits beyond those asked for: of a step, and of the numbers.
SPARE_DIGITS, GUARD_DIGITS = 2, 13
#: Digits beyond those of a step in which nothing moves any more.
STILL_DIGITS = 2
#: Precisions are multiples of this, so that series are kept for few of them.
UNIT_BITS = 64
#: Nodes beyond one for each digit, and the fewest.
MORE_NODES, FEWEST_NODES = 4, 8
#: A step may come out so much worse than it should; a refinement ends so much below it.
TOLERATED, REFINED = 30.0, 1e-3
#: Of the length that the error suggests; the most that a length grows and shrinks by; after a step that fails.
AIM, LARGEST, SMALLEST, HALF = 0.95, 4.0, 0.2, 0.5
#: Steps in a row that fail before the run is given up.
MOST_FAILURES = 120
#: Bits of a length.
LENGTH_BITS = 24
#: A float next to a decimal fraction is meant to be that fraction, up to this part of it.
FLOAT = 2**48


@dataclass(frozen=True)
class DualSolution:
    """What is kept of a run.

    Attributes:
        system: the equations. bits: of the numbers at the end. panels: the steps; none where only ν at the end is kept.
        end: the last time. last: ν there. count: how many steps there were.
    """

    system: DualSystem
    bits: int
    panels: list[Panel]
    end: Fraction
    last: arb_mat
    count: int

    def at(self, time: Fraction) -> arb_mat:
        """ν at a time from 0 to the end, at the precision that is set.

        Raises:
            ValueError: a time at which it was not kept.
        """
        if time >= self.end or (not self.panels and self.end - time <= time / FLOAT):
            return self.last
        if not time:
            return arb_mat(self.last.nrows(), 1)
        if not self.panels:
            raise ValueError(
                f"t is {spell_number(time)}: 2 times were kept, the first and the last; without `dense=False` every "
                "time is"
            )
        return self.panels[bisect_right(self.panels, time, key=lambda panel: panel.begin) - 1].at(time)


def solve_dual(
    system: DualSystem,
    end: Fraction,
    digits: int,
    stop: Callable[[arb_mat], bool],
    progress: Callable[[float], object] | None,
    limits: Limits,
    dense: bool = True,
) -> DualSolution:
    """Integrate from time 0, step by step.

    Args:
        system: the equations. end: the last time. digits: relative to the layers, of each step.
        stop: ends the run, asked after each step with ν.
        progress: is told the time reached after each step. limits: of steps, and of bits for conditioning.
        dense: whether every step is kept.
    Raises:
        NoConvergence: it takes too many steps, or no step is short enough. PrecisionError: it takes too many bits.
    """
    progress = read_progress(progress)
    count = max(FEWEST_NODES, digits + MORE_NODES)
    tolerance = 10.0 ** -(digits + SPARE_DIGITS)
    still = 10.0 ** -min(300, digits + SPARE_DIGITS + STILL_DIGITS)
    plain = ceil((digits + SPARE_DIGITS + GUARD_DIGITS) * log2(10))
    time, nu, panels = Fraction(0), arb_mat(len(system.rows), 1), list[Panel]()
    taken = failed = bits = 0
    before: tuple[float, float] | None = None
    v = system.start()
    h = _first_length(system, v, end)
    while time < end:
        if failed > MOST_FAILURES:
            raise NoConvergence(time, "no step of the dual flow is short enough; ask for fewer digits")
        length = min(_short(h), end - time)
        try:
            lost = lost_bits(system, float(length), v, nu)
            if lost > limits.max_bits:
                raise PrecisionError(time, lost, limits.max_bits)
            bits = UNIT_BITS * -(-(plain + lost) // UNIT_BITS)
            with precision(bits):
                panel, ahead = take_step(system, radau_rule(count, bits), (time, length, nu), v, REFINED * tolerance)
                error = max(estimate_error(system, panel, v, ahead), 1e-300)
                reached = middles(panel.at(panel.end))
        except NoStep:
            h, failed = HALF * float(length), failed + 1
            continue
        factor = (tolerance / error) ** (1 / count)
        if error > TOLERATED * tolerance:
            h, failed = float(length) * max(0.1, min(0.8, 0.9 * factor)), failed + 1
            continue
        shrinks = failed > 0
        time, nu, v, taken, failed = panel.end, reached, ahead, taken + 1, 0
        if dense:
            panels.append(panel)
        if progress is not None:
            progress(as_float(time))
        try:
            with precision(bits):
                if stop(nu):
                    break
                v = system.states(nu)  # else floats would drift away from ν
                if _rests(system, panel, v, still):
                    break
        except OffChart:
            raise NoConvergence(time, "ξ is too close to the end of its range; ask for fewer digits") from None
        if taken >= limits.max_steps and time < end:
            raise NoConvergence(time, f"{taken} steps were taken; ask for an earlier time, or raise max_steps")
        grown = AIM * factor
        if before is not None:
            trend = float(length) / before[0]
            grown *= max(0.3, min(2.0, trend * (before[1] / error) ** (1 / count)))
            if shrinks:  # the error grows faster than the order says where a step runs into what is harder
                grown = min(grown, trend)
        before = float(length), error
        h = float(length) * max(SMALLEST, min(LARGEST, grown))
    return DualSolution(system, bits or UNIT_BITS * -(-plain // UNIT_BITS), panels, time, nu, taken)


def _first_length(system: DualSystem, v: Any, end: Fraction) -> float:
    """The first length that is tried, at most all of the time."""
    try:
        found = start_length(system, v)
    except NoStep:
        raise NoConvergence(Fraction(0), "the numbers leave the range of floats") from None
    return min(found, as_float(end)) if np.isfinite(found) else as_float(end)


def _rests(system: DualSystem, panel: Panel, v: Any, still: float) -> bool:
    """Whether a step moved no layer by so much, though it was longer than the slowest direction takes."""
    least, _ = rates(system, v)
    moved = panel.at(panel.end) - panel.nu
    return float(panel.length) * least > 1 and float(change_of_states(system, moved, v).max()) < still


def _short(value: float) -> Fraction:
    """A float with few bits."""
    mantissa, exponent = np.frexp(value)
    return Fraction(int(mantissa * 2**LENGTH_BITS)) * Fraction(2) ** (int(exponent) - LENGTH_BITS)
