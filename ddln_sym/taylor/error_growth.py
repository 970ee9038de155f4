"""How far the errors of a run may have grown: every step adds some, and the flow stretches what is there.

An estimate in floats that tells how many bits a run needs; no proof rests on it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import ceil, inf, log, log2
from typing import Any, TypeAlias, TypeVar

from ddln_sym.taylor.programs import Number, Program, as_float, magnitude
from ddln_sym.taylor.solver import MAX_BITS, Precision, PrecisionError, lift
from ddln_sym.taylor.steps import TaylorStep

__all__ = [
    "ROUNDING_BITS",
    "Arrival",
    "ErrorGrowth",
    "NeedsBits",
    "demand_size",
    "demand_slack",
    "guard",
    "with_enough_bits",
]

T = TypeVar("T")
#: What is done after each step, with its length and the state after it; returns the state to go on from.
Arrival: TypeAlias = Callable[[TaylorStep, Fraction, list[Number]], list[Number]]

#: What an error may exceed the last coefficient of a step by, in bits: its own margin, that of the spare digits, and
#: the remainder of a series, which is smaller than the coefficient before it by the square of a step's part.
MARGIN_BITS = 11
#: Rounding errors of the instructions that one derivative goes through, in bits.
ROUNDING_BITS = 4
#: A run is started at most so often.
RUNS = 40
#: Bits for longer steps to come, at most.
MOST_FARTHER = 200.0
#: The same where steps that do not need them are spared them, at least and at most.
LEAST_SPARED, MOST_SPARED = 64.0, 1000.0
#: If a run asks for more than once, so many times as many bits for conditioning are tried, up to so many more.
MORE, MOST_MORE = 2, 64
#: Terms of an exponential series of norm at most 1/2.
TERMS = 14
#: Rows and columns are balanced so often, down to so many bits below 1.
SWEEPS, SMALLEST = 50, -6.0


class NeedsBits(Exception):
    """The errors grow more than the bits carried allow for.

    Attributes:
        extra, slack: those to start again with, as of a :class:`Precision`; extra is infinite where floats end.
        time: when that was found.
    """

    def __init__(self, extra: float, slack: int = 0, time: Fraction = Fraction(0)) -> None:
        self.extra, self.slack, self.time = extra, slack, time
        super().__init__(extra, slack, time)

    def __str__(self) -> str:
        return f"needs {self.extra} bits for the conditioning"


def with_enough_bits(run: Callable[[int, int], T], extra: int, max_bits: int = MAX_BITS, slack: int = 0) -> T:
    """What ``run(extra, slack)`` returns, started again with more bits as often as it asks for them.

    Args:
        extra, slack: bits to begin with, as of a :class:`Precision`. max_bits: what both may come to.
    Raises:
        PrecisionError: it asks for more than ``max_bits``, or too often.

    >>> def run(extra, slack):
    ...     if extra < 50:
    ...         raise NeedsBits(2 * extra)
    ...     return extra
    >>> with_enough_bits(run, 20)
    80
    >>> with_enough_bits(run, 20, max_bits=60)
    Traceback (most recent call last):
    ddln_sym.taylor.solver.PrecisionError: errors grow so much that 80 bits would be needed at t = 0, and max_bits is \
60: ask for an earlier time or fewer digits, or raise max_bits
    """
    first, time = extra, Fraction(0)
    for _ in range(RUNS):
        if extra + slack > max_bits:
            raise PrecisionError(time, extra + slack, max_bits)
        try:
            return run(extra, slack)
        except NeedsBits as need:
            time = need.time
            if need.extra == inf:
                raise PrecisionError(time, None, max_bits) from None
            if need.extra > extra:
                more = min(MORE * extra, extra + MOST_MORE) if extra > first else extra
                extra = max(more, int(need.extra))
            slack = max(slack, need.slack)
    raise PrecisionError(time, extra + slack, max_bits)


class ErrorGrowth:
    """``log2`` of a bound on the error of a run, in units of the cut-off of one series.

    Args:
        precision: the bits carried. most: the bits for conditioning that may be asked for.

    >>> growth = ErrorGrowth(Precision(20), most=100)
    >>> growth.advance(stretch=3.0, added=0.0)
    >>> growth.advance(stretch=3.0, added=0.0)
    >>> round(growth.error, 3)
    3.17
    >>> growth.demand(scale=-30.0)
    Traceback (most recent call last):
    ddln_sym.taylor.error_growth.NeedsBits: needs 35 bits for the conditioning
    """

    def __init__(self, precision: Precision, most: float = inf) -> None:
        self._precision, self._most = precision, most
        self.error = -inf

    def advance(self, stretch: float, added: float) -> None:
        """After a step that stretched errors by ``2^stretch`` and then added ``2^added``."""
        grown = self.error + stretch
        large, small = max(grown, added), min(grown, added)
        self.error = large + log2(1 + 2.0 ** (small - large))

    def demand(self, scale: float, time: Fraction = Fraction(0)) -> None:
        """Whether the error is still below the digits asked for at a time, relative to ``2^scale``.

        Raises:
            NeedsBits: it is not.
        """
        _demand(self._precision, self.error - scale, self._most, time)


def _demand(precision: Precision, error: float, most: float, time: Fraction) -> None:
    needed = error - MARGIN_BITS
    if precision.extra < min(needed, most):
        wanted = min(1.25 * needed + MARGIN_BITS - 3, most)
        raise NeedsBits(int(wanted) if wanted < inf else inf, precision.slack, time)


def demand_slack(
    precision: Precision, noise: float, time: Fraction, end: Fraction, power: int = 1, spared: bool = False
) -> None:
    """Whether the rounding of derivatives stays below the last coefficients of a step, which it would make shorter.

    Args:
        noise: ``log2`` of that rounding, times the length of the step, in units of the last bit.
        time, end: of the step, and of the run; steps may grow as fast as the time. power: of a step, by which it grows.
        spared: steps that need less of it are computed with fewer bits.
    Raises:
        NeedsBits: it does not.
    """
    lacking = noise - precision.tolerance
    if lacking > 0:
        far = max(0.0, power * (magnitude(end) - magnitude(time)))
        least, most = (LEAST_SPARED, MOST_SPARED) if spared else (0.0, MOST_FARTHER)
        # Where much was asked for already, as much again: what is tried in vain costs no more than the last run.
        farther = max(least, min(far, max(most, precision.slack)))
        raise NeedsBits(precision.extra, precision.slack + ceil(lacking + farther) + MARGIN_BITS, time)


def demand_size(precision: Precision, size: float, least: float, time: Fraction) -> None:
    """Whether an unknown has the digits asked for relative to itself, and not to 1 only.

    Args:
        size: its ``log2`` at the end of a run. least: of a size to which they are relative at least. time: that end.
    Raises:
        NeedsBits: it has not.

    >>> demand_size(Precision(20, extra=60), size=-50.0, least=-200.0, time=Fraction(1))
    >>> demand_size(Precision(20, extra=60), size=-70.0, least=-200.0, time=Fraction(1))
    Traceback (most recent call last):
    ddln_sym.taylor.error_growth.NeedsBits: needs 92 bits for the conditioning
    """
    # Nothing but rounding, summed over the time twice: it may be far smaller.
    if size < MARGIN_BITS + 2 * max(0.0, magnitude(time)) - precision.bits:
        size *= 2
    size = max(size, least)
    if -size > max(0, precision.extra - ROUNDING_BITS):
        raise NeedsBits(ceil(-size) + 2 * MARGIN_BITS, precision.slack, time)


def guard(program: Program, start: Sequence[Fraction], precision: Precision, end: Fraction) -> Arrival:
    """Follow the error of each unknown: ``|e_i|' ≤ J_ii·|e_i| + Σ_{j≠i} |J_ij|·|e_j|``, component by component.

    Where unknowns turn into each other, that says less than the logarithmic norm of the field,
    ``‖e‖' ≤ λ_max((J + Jᵀ)/2)·‖e‖``; where their scales are unlike, it says more.  Both hold, so the lesser counts
    after each step, with the larger entries at its two ends.

    Args:
        program: the field. start: its unknowns at time 0. precision: of the run. end: its last time.
    Raises:
        NeedsBits: errors have grown more than ``precision.extra`` allows for, relative to the largest value so far, or
            steps are too long for ``precision.slack``.
    """
    import numpy as np

    def rates(state: Sequence[float]) -> tuple[Any, float]:
        jacobian = program.linearize(state)
        compared = np.abs(jacobian)
        np.fill_diagonal(compared, np.diagonal(jacobian))
        if not np.isfinite(jacobian).all():
            return compared, inf
        return compared, float(np.linalg.eigvalsh((jacobian + jacobian.T) / 2)[-1])

    bits = precision.bits
    with np.errstate(all="ignore"):
        before, norm_before = rates([as_float(value) for value in start])
    largest, errors = max(map(magnitude, start)), np.full(len(start), -inf)  # log2 of errors, in units of the cut-off

    def arrive(step: TaylorStep, length: Fraction, state: list[Number]) -> list[Number]:
        nonlocal before, norm_before, largest, errors
        point, time = [as_float(Fraction(int(value), 1 << bits)) for value in state], step.begin + length
        largest = max(largest, *(magnitude(value, bits) for value in state))
        with np.errstate(all="ignore"):
            (now, norm_now), rounding = rates(point), program.rounding(point)
            noise = magnitude(length) + np.log2(np.maximum(rounding, 1)) + ROUNDING_BITS
            if np.isfinite(noise).all():
                demand_slack(precision, float(noise.max()), time, end)
            added = np.maximum(noise - precision.tolerance, lift(step.jets, bits))
            apart = grown(np.maximum(before, now) * float(length), errors)
            together = np.logaddexp2.reduce(2 * errors) / 2 + max(norm_before, norm_now) * float(length) / log(2)
            errors = np.logaddexp2(np.minimum(apart, together), added)
        error = float(errors.max())
        _demand(precision, error - largest if error < inf else inf, inf, time)
        before, norm_before = now, norm_now
        return state

    return arrive


def grown(matrix: Any, logs: Any) -> Any:
    """``log2`` of ``e^A·v`` for A at least 0 outside its diagonal, from ``log2`` of v, nowhere below 0.

    The unknowns are scaled first, so that entries of A far from the diagonal weigh what they weigh in the result.

    Returns:
        D floats; not numbers where A has entries that are none.

    >>> import numpy as np
    >>> found = grown(np.array([[0.0, 1e30], [0.0, -1.0]]), np.array([-np.inf, 0.0]))
    >>> [f"{x:.6f}" for x in np.exp2(found) * [1e-30, 1]]  # 1 − 1/e and 1/e
    ['0.632121', '0.367879']
    """
    import numpy as np

    shift = float(np.min(np.diagonal(matrix)))
    raised = matrix - shift * np.eye(len(matrix))  # nowhere below 0
    if not np.isfinite(raised).all():
        return np.full(len(logs), np.nan)
    weights = _balance(raised)
    with np.errstate(all="ignore"):
        scaled = np.exp2(np.log2(raised) + weights[None, :] - weights[:, None])
        norm = float(scaled.sum(axis=0).max())
        halvings = max(0, ceil(log2(norm)) + 1) if norm else 0
        small, found, power = scaled * 2.0**-halvings, np.eye(len(matrix)), 0.0
        term = found
        for k in range(1, TERMS):
            term = term @ small / k
            found = found + term
        for _ in range(halvings):
            found, power = found @ found, 2 * power
            top = float(found.max())
            found, power = found / top, power + log2(top)
        lowered = logs - weights
        top = float(lowered.max())
        if top == -inf:
            return logs
        return np.log2(found @ np.exp2(lowered - top)) + weights + (top + power + shift / log(2))


def _balance(matrix: Any) -> Any:
    """``log2`` of factors of the unknowns with which rows and columns are of like size (Osborne 1960)."""
    import numpy as np

    with np.errstate(all="ignore"):
        entries = np.log2(matrix)
    np.fill_diagonal(entries, -inf)
    weights = np.zeros(len(matrix))
    for _ in range(SWEEPS):
        moved = 0.0
        for n in range(len(matrix)):
            row = max(float((entries[n] + weights).max()) - weights[n], SMALLEST)
            column = max(float((entries[:, n] - weights).max()) + weights[n], SMALLEST)
            weights[n] += (row - column) / 2
            moved = max(moved, abs(row - column))
        if moved < 1:
            break
    return weights
