r"""Infinitesimal initialization: the jump process that the gradient flow from ``a·u(0)`` becomes as ``a → 0``.

In the time ``a^{L−2}t`` the scaled dual ``ζ = a^{L−2}ξ`` of each coordinate stays in the range ``[low, high]`` of the
mirror map from ``u(0)``, since θ is finite, and moves with ``−∇𝓛(θ)``.  A coordinate whose dual lies inside has
``θ_i = 0`` in the limit; at the upper end ``θ_i ≥ 0``, at the lower end ``θ_i ≤ 0``.  Between jumps θ is constant, the
minimizer of the loss under these signs, so ζ moves in straight lines until another coordinate's dual reaches an end.

Hypotheses: L ≥ 3, (𝒜), a convex loss, constrained minimizers that are unique, no two duals at an end at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath
from flint import arb, fmpq, fmpq_mat

from ddln_sym.entropies.families import entropy
from ddln_sym.numerics import (
    count_of,
    precision,
    rational,
    rational_row,
    read_matrix,
    read_sequence,
    read_switch,
    to_fraction,
    to_mpf,
    whole_digits,
)

__all__ = ["Jump", "jump_process"]

GUARD = 64  # bits beyond the digits asked for
MOST = 10_000  # jumps, and exchanges of one constrained minimizer: each lowers the loss, so both are finite

Vector = tuple[fmpq, ...]


@dataclass(frozen=True)
class Jump:
    """What holds from one jump to the next.

    Attributes:
        time: when it begins, in the time ``a^{L−2}t``; theta: θ from there on, exact fractions.
        dual: the scaled dual ``a^{L−2}ξ`` at that time.
        active: the coordinates whose dual is at an end, counted from 1.
    Times and duals are mpf, or Arb balls if that was asked for.
    """

    time: Any
    theta: tuple[Fraction, ...]
    dual: tuple[Any, ...]
    active: tuple[int, ...]


def jump_process(
    data: Any, target: Any, layers: Any, until: Any = None, digits: int = 30, certified: bool = False
) -> tuple[Jump, ...]:
    r"""What the flow of ``‖Xθ − y‖²`` from ``a·u(0)`` does in the time ``a^{L−2}t``, as ``a → 0``.

    Args:
        data: X, n rows of d numbers; target: y, n numbers; layers: ``u(0)``, L ≥ 3 rows of d numbers.
        until: the last time to be followed; to the end if omitted, which is a minimizer of the loss.
        digits: of times and duals; certified: return them as Arb balls.
    Returns:
        The start, at time 0 with ``θ = 0``, and the jumps in order.
    Raises:
        ValueError: fewer than three layers, a coordinate whose least modulus is tied, shapes that do not fit, or a
            hypothesis of the limit that fails: a minimizer that is not unique, two duals that reach an end at times
            which the digits do not tell apart.
    Source: Berthier 2023, Pesme and Flammarion 2023 for two layers, Zhao et al. 2026 for more; claim ``new-t15-box``.

    >>> for jump in jump_process([[1, 0], [0, 2]], [3, 1], [[0, 0], [1, 1], [1, 2]], digits=15):
    ...     print(mpmath.nstr(jump.time, 12), *jump.theta, jump.active)
    0.0 0 0 ()
    0.261799387799 3 0 (1,)
    0.269564455937 3 1/2 (1, 2)
    """
    columns = _columns(layers)
    rows = [tuple(map(rational, row)) for row in read_matrix(data, "X")]
    goal = rational_row(target, "y")
    if len(rows[0]) != len(columns):
        raise ValueError(
            f"X has {count_of(len(rows[0]), 'column')}: "
            f"every row of X needs {count_of(len(columns), 'number')}, as the layers do"
        )
    if len(goal) != len(rows):
        raise ValueError(
            f"X has {count_of(len(rows), 'row')} and y has {count_of(len(goal), 'number')}: "
            "both need one per data point"
        )
    last = None if until is None else rational(until, "until")
    if last is not None and last < 0:
        raise ValueError(f"until is {until}: it has to be at least 0")
    loss = _SquaredLoss(fmpq_mat(len(rows), len(rows[0]), [v for row in rows for v in row]), goal)
    bits = int(whole_digits(digits) * 3.33) + GUARD
    with precision(bits):
        ends = entropy(layers).range(digits + GUARD // 3, certified=True)
        found = _follow(loss, ends, last, digits)
    return found if read_switch(certified, "certified") else tuple(_round(jump, digits) for jump in found)


def _columns(layers: Any) -> list[Vector]:
    """The layers of each coordinate: at least three, one of strictly least modulus."""
    rows = read_sequence(layers, "layers", "rows of numbers, one for each layer")
    if len(rows) < 3:
        raise ValueError(f"the layers have {count_of(len(rows), 'row')}: the jump process needs at least three layers")
    numbers = [rational_row(row, f"layer {n}") for n, row in enumerate(rows, 1)]
    if len({len(row) for row in numbers}) != 1 or not numbers[0]:
        lengths = ", ".join(str(len(row)) for row in numbers)
        raise ValueError(f"the layers have {lengths} numbers: all need the same number, at least one")
    columns = list(zip(*numbers, strict=True))
    for number, column in enumerate(columns, 1):
        least = min(abs(v) for v in column)
        if sum(1 for v in column if abs(v) == least) > 1:
            raise ValueError(
                f"coordinate {number} has two layers of the least modulus {least}: the jump process needs one alone"
            )
    return columns


@dataclass(frozen=True)
class _SquaredLoss:
    """``‖Xθ − y‖²`` in rational numbers."""

    data: fmpq_mat
    target: Vector

    def descent(self, theta: Vector) -> Vector:
        """``−∇𝓛(θ) = 2Xᵀ(y − Xθ)``."""
        column = fmpq_mat(len(self.target), 1, list(self.target)) - self.data * fmpq_mat(len(theta), 1, list(theta))
        return tuple(2 * v for v in (self.data.transpose() * column).entries())

    def minimize(self, places: Sequence[int], size: int) -> Vector:
        """The least squares with support in ``places``, columns that are independent."""
        some = fmpq_mat(
            self.data.nrows(), len(places), [self.data[i, j] for i in range(self.data.nrows()) for j in places]
        )
        right = some.transpose() * fmpq_mat(len(self.target), 1, list(self.target))
        values = (some.transpose() * some).solve(right).entries() if places else []
        theta = [fmpq(0)] * size
        for place, value in zip(places, values, strict=True):
            theta[place] = value
        return tuple(theta)

    def independent(self, places: Sequence[int]) -> bool:
        entries = [self.data[i, j] for i in range(self.data.nrows()) for j in places]
        return not places or fmpq_mat(self.data.nrows(), len(places), entries).rank() == len(places)


def _minimize_on_cone(loss: _SquaredLoss, signs: dict[int, int], size: int) -> Vector:
    """The minimizer over ``{sign_i·θ_i ≥ 0 at the places of signs, 0 elsewhere}``: Lawson and Hanson 1974, 23.3.

    Raises:
        ValueError: it is not unique.
    """
    theta, support = tuple([fmpq(0)] * size), list[int]()
    for _ in range(MOST):
        slope = loss.descent(theta)
        outward = {i: sign * slope[i] for i, sign in signs.items() if i not in support}
        if not any(v > 0 for v in outward.values()):
            break
        support.append(max(outward, key=lambda i: (outward[i], -i)))
        while True:
            free = loss.minimize(support, size)
            blocked = [i for i in support if signs[i] * free[i] <= 0]
            if not blocked:
                break
            share = min(theta[i] / (theta[i] - free[i]) for i in blocked)
            theta = tuple(t + share * (f - t) for t, f in zip(theta, free, strict=True))
            support = [i for i in support if signs[i] * theta[i] > 0]
            theta = tuple(t if i in support else fmpq(0) for i, t in enumerate(theta))
        theta = free
    else:
        raise ArithmeticError(f"no constrained minimizer was found in {MOST} exchanges")
    if not loss.independent([i for i in signs if loss.descent(theta)[i] == 0]):
        active = ", ".join(str(i + 1) for i in sorted(signs))
        raise ValueError(
            f"the minimizer with the coordinates {active} active is not unique: the limit is not determined"
        )
    return theta


def _follow(loss: _SquaredLoss, ends: Sequence[tuple[arb, arb]], last: fmpq | None, digits: int) -> tuple[Jump, ...]:
    """The start and the jumps, in balls."""
    size = len(ends)
    time, dual, signs = arb(0), [arb(0)] * size, dict[int, int]()
    theta = tuple([fmpq(0)] * size)
    found = [Jump(time, (Fraction(0),) * size, tuple(dual), ())]
    for _ in range(MOST):
        slope = loss.descent(theta)
        signs = {i: sign for i, sign in signs.items() if theta[i] != 0 or slope[i] == 0}  # the others leave their end
        waits = {
            i: (ends[i][1 if slope[i] > 0 else 0] - dual[i]) / arb(slope[i])
            for i in range(size)
            if i not in signs and slope[i] != 0
        }
        if not waits:
            return tuple(found)
        first = min(waits, key=lambda i: (float(waits[i].mid()), i))
        if rivals := [i + 1 for i in waits if i != first and not waits[first] < waits[i]]:
            names = ", ".join(map(str, rivals))
            raise ValueError(
                f"the duals of the coordinates {first + 1} and {names} reach an end at times that {digits} digits do "
                "not tell apart: the limit needs them one after the other"
            )
        time = time + waits[first]
        if last is not None and not time < arb(last):
            if time > arb(last):
                return tuple(found)
            raise ValueError(
                f"a jump and the last time, {last}, are not told apart by {digits} digits: give another one"
            )
        dual = [
            z + waits[first] * arb(v) if i not in signs else z for i, (z, v) in enumerate(zip(dual, slope, strict=True))
        ]
        signs[first] = 1 if slope[first] > 0 else -1
        dual[first] = ends[first][1 if slope[first] > 0 else 0]
        theta = _minimize_on_cone(loss, signs, size)
        found.append(Jump(time, tuple(map(to_fraction, theta)), tuple(dual), tuple(sorted(i + 1 for i in signs))))
    raise ArithmeticError(f"the process has not ended after {MOST} jumps: give a time until which to follow it")


def _round(jump: Jump, digits: int) -> Jump:
    with mpmath.workdps(digits):
        time, *dual = (+to_mpf(v, int(digits * 3.33) + GUARD) for v in (jump.time, *jump.dual))
    return Jump(time, jump.theta, tuple(dual), jump.active)
