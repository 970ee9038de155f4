r"""The implicit bias: the interpolator that the flow converges to minimizes the entropy.

``θ_∞ = argmin {Q(θ) : Xθ = y}`` has ``∇Q(θ_∞) = Xᵀν`` with ``ν`` minimizing the convex dual
``Q*(Xᵀν) − ⟨y, ν⟩``, whose Hessian is ``X·diag(M)·Xᵀ``; Newton's method with backtracking starts at ``ν = 0``.

Nothing here has a scale: the equations are first brought to reduced row echelon form, exactly; a step is judged by the
slopes of the dual at its two ends; and Newton's method ends where an interval Newton step proves that the minimizer is
near.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flint import arb, arb_mat, ctx, fmpq, fmpq_mat, nmod_mat
from mpmath import mp
from mpmath.libmp import dps_to_prec

from ddln_sym.entropies.families import entropy
from ddln_sym.entropies.kkt import KKTSystem, Rows, enclose_minimizer, nearest
from ddln_sym.entropies.legendre import LegendreFunction
from ddln_sym.flows import is_model
from ddln_sym.numerics import (
    Uncertain,
    count_of,
    precision,
    rational,
    rational_row,
    read_matrix,
    read_switch,
    to_mpf,
    whole_digits,
)

if TYPE_CHECKING:
    from ddln_sym.entropies.homogeneous import ConjugateEntropy

__all__ = ["ImplicitBias", "implicit_bias"]

STEPS = 500  # of Newton's method; each goes most of the way to an end of the range, or LEAP units
HALVINGS = 200  # of a step that overshoots
LEAP = 50  # the most that ξ moves in one step where it has no end, in units of the other end, or of ξ itself
ATTEMPTS, MOST_JUMP, RESOLVED = 2, 1 << 12, 30  # of a jump: how often, with how many bits, and those of a gap
NEARLY = arb("0.999")  # of the way to an end of the range
FEWEST_BITS, MOST_BITS = 128, 1 << 15  # at which the minimizer is looked for; the digits come afterwards
MANY = 20  # rows
PRIME = (1 << 61) - 1
SHORT_BITS = 64
GUARD = 2  # digits beyond those asked for
PATIENCE = 20_000_000  # units of z3 for finding a point in the domain


@dataclass(frozen=True)
class ImplicitBias:
    """The minimizer of the entropy among the interpolators.

    Attributes:
        theta: d numbers; multipliers: ν, n numbers, with ``∇Q(θ) = Xᵀν``; entropy: Q.
    The numbers are mpf, or Arb balls if that was asked for.
    """

    theta: tuple[Any, ...]
    multipliers: tuple[Any, ...]
    entropy: LegendreFunction | ConjugateEntropy

    def __repr__(self) -> str:
        shown = ", ".join(str(mp.nstr(value, 8)) if hasattr(value, "_mpf_") else str(value) for value in self.theta[:4])
        return f"<ImplicitBias θ = ({shown}{', …' if len(self.theta) > 4 else ''}), least {self.entropy!r}>"

    def _repr_html_(self) -> str:
        from ddln_sym import _html

        return _html.bias(self)


def implicit_bias(
    data: Any, target: Any, layers: Any, start: Any = None, digits: int = 30, certified: bool = False
) -> ImplicitBias:
    r"""The minimizer of the entropy over ``{θ : Xθ = y}``.

    Args:
        data: X, n linearly independent rows of d numbers; target: y, n numbers.
        layers: the initialization, L rows of d numbers; or a commuting parametrization, and then
        start: its D parameters, as in :func:`entropy`. A whole number after layers is read as digits.
        digits: of the result, in units of its largest entry.
        certified: return Arb balls instead of numbers; both are proved to be right.  Where the entropy is a
            :class:`ConjugateEntropy`, the errors of numbers are estimated; balls are proved there too.
    Returns:
        ``.theta`` and its ``.multipliers``.  It is the limit of the gradient flow of ``‖Xθ − y‖²``, if that converges
        to an interpolator.
    Raises:
        ValueError: shapes do not fit, rows are dependent or contradict each other, or no interpolator lies in the
            domain of Q.
        ArithmeticError: the minimizer was not found, or not proved to be one, at any precision tried.
    Source: claims ``eq-18`` and ``eq-19`` for two layers.

    >>> found = implicit_bias([[1, 1]], [2], [[0, 0], [1, 1], [1, 2]])
    >>> print(*found.theta)
    0.344056418716836 1.65594358128316
    >>> ball = implicit_bias([[1, 1]], [2], [[0, 0], [1, 1], [1, 2]], digits=10, certified=True).theta[0]
    >>> ball.str(10)
    '[0.3440564187 +/- 1.69e-11]'
    >>> from ddln_sym.models import difference
    >>> print(*implicit_bias([[1, 2]], [1], difference(3, 2), ["0.1"] * 4, digits=10).theta)
    0.00526362746229037 0.49736818626883
    """
    if isinstance(start, int) and not is_model(layers):
        start, digits = None, start
    found = entropy(layers, start)
    rows = [tuple(map(rational, row)) for row in read_matrix(data, "X")]
    goal = rational_row(target, "y")
    if len(rows[0]) != found.dimension:
        raise ValueError(
            f"X has {count_of(len(rows[0]), 'column')}: "
            f"every row of X needs {count_of(found.dimension, 'number')}, as θ does"
        )
    if len(goal) != len(rows):
        raise ValueError(
            f"X has {count_of(len(rows), 'row')} and y has {count_of(len(goal), 'number')}: "
            "both need one per data point"
        )
    certified = read_switch(certified, "certified")
    places = whole_digits(digits) + (0 if certified else GUARD)
    echelon, values, back = _reduce(rows, goal)
    if not isinstance(found, LegendreFunction):
        from ddln_sym.entropies.dual import minimize_dual  # with SymPy
        from ddln_sym.entropies.enclosed_dual import enclose_dual_minimizer

        if certified:
            return ImplicitBias(*enclose_dual_minimizer(found, echelon, values, back, places), found)
        return ImplicitBias(*minimize_dual(found, echelon, values, back, places), found)
    _require_interpolator(found, echelon, values)
    guess, bits = _minimize(found, echelon, values)
    theta, multipliers = enclose_minimizer(found.coordinates, echelon, values, guess, places, back, bits)
    if certified:
        return ImplicitBias(theta, multipliers, found)
    return ImplicitBias(_numbers(theta, places), _numbers(multipliers, places), found)


def _numbers(balls: Sequence[arb], digits: int) -> tuple[Any, ...]:
    """Midpoints; 0 for a ball that contains it, whose midpoint means nothing."""
    bits = dps_to_prec(digits)
    return tuple(to_mpf(arb(0) if ball.contains(0) else ball, bits) for ball in balls)


# -- the equations, exactly -------------------------------------------------------------------------
def _reduce(rows: Rows, goal: Sequence[fmpq]) -> tuple[Rows, Sequence[fmpq], Rows]:
    """``AX`` in reduced row echelon form, ``Ay``, and ``Aᵀ``, which takes the multipliers back.

    Many rows are brought near to that form instead, by an A of few digits: the exact one has hundreds of them.

    Raises:
        ValueError: the rows are dependent.

    >>> _reduce([[fmpq(2), fmpq(4)]], [fmpq(6)])
    ([[1, 2]], [3], [[1/2]])
    """
    data = fmpq_mat([list(row) for row in rows])
    if len(rows) >= MANY:
        inverse = _nearly_inverse(data)
        if inverse is not None:
            values = inverse * fmpq_mat(len(goal), 1, list(goal))
            return (inverse * data).tolist(), values.entries(), inverse.transpose().tolist()
    echelon, rank = data.rref()
    if rank < len(rows):
        raise ValueError(_dependence(rows, goal))
    lines = echelon.tolist()
    pivots = [next(n for n, entry in enumerate(line) if entry != 0) for line in lines]
    inverse = fmpq_mat([[row[n] for n in pivots] for row in rows]).inv()
    values = inverse * fmpq_mat(len(goal), 1, list(goal))
    return lines, values.entries(), inverse.transpose().tolist()


def _nearly_inverse(data: fmpq_mat) -> fmpq_mat | None:
    """An invertible matrix of few digits, nearly inverse to the block of the first independent columns.

    Independence is decided modulo a prime, and the inverse in balls: ``None`` where either does not succeed.
    """
    whole, _ = data.numer_denom()
    count = whole.nrows()
    echelon, rank = nmod_mat(count, whole.ncols(), [int(v) % PRIME for v in whole.entries()], PRIME).rref()
    if rank < count:
        return None
    pivots = [next(n for n, entry in enumerate(row) if int(entry)) for row in echelon.tolist()]
    columns = data.transpose().tolist()
    with precision(FEWEST_BITS):
        block = arb_mat(count, count, [arb(columns[n][row]) for row in range(count) for n in pivots])
        try:
            entries = [_short(v) for v in block.inv().entries()]
        except (ZeroDivisionError, Uncertain):
            return None
        error = arb_mat(count, count, list(map(arb, entries))) * block
        for n in range(count):
            error[n, n] -= 1
        rows = error.tolist()
        # A matrix closer to 1 than 1 is invertible, and so are its factors.
        if not all(sum(map(abs, row), arb(0)) < 1 for row in rows):
            return None
    return fmpq_mat(count, count, entries)


def _short(value: arb) -> fmpq:
    """A number of few binary digits in a ball, or near it."""
    with precision(SHORT_BITS):
        return nearest(value + 0)


def _dependence(rows: Rows, goal: Sequence[fmpq]) -> str:
    """What is wrong with dependent rows."""

    def rank(count: int, *columns: Sequence[fmpq]) -> int:
        extended = [[*row, *(column[n] for column in columns)] for n, row in enumerate(rows[:count])]
        return int(fmpq_mat(extended).rank())

    for count in range(1, len(rows) + 1):
        if rank(count, goal) > rank(count):
            return (
                f"no θ solves Xθ = y: row {count} of X is a combination of the rows before it, "
                f"and y_{count} is not that combination of the numbers before it"
            )
    first = next(count for count in range(1, len(rows) + 1) if rank(count) < count)
    return (
        f"the rows of X are linearly dependent: row {first} is a combination of the rows before it, and so is "
        f"y_{first}: leave both out"
    )


def _require_interpolator(found: LegendreFunction, rows: Rows, goal: Sequence[fmpq]) -> None:
    """Make sure that some θ with ``Xθ = y`` lies in the domain of Q, where layers tie for the least modulus.

    Raises:
        ValueError: there is none, which is decided in exact arithmetic.
    """
    sides = [(n, c.side) for n, c in enumerate(found.coordinates) if c.side]
    if not sides:
        return
    import z3

    context = z3.Context()  # threads may not share one
    solver = z3.SolverFor("QF_LRA", ctx=context)
    solver.set(rlimit=PATIENCE)
    point = [z3.Real(f"theta_{n}", context) for n in range(found.dimension)]

    def number(value: fmpq) -> Any:
        return z3.RealVal(str(value), context)

    for row, value in zip(rows, goal, strict=True):
        terms = [number(v) * t for v, t in zip(row, point, strict=True) if v != 0]
        solver.add(z3.Sum(terms) == number(value))
    for n, side in sides:
        solver.add(point[n] > 0 if side > 0 else point[n] < 0)
    if solver.check() == z3.unsat:
        conditions = ", ".join(f"θ_{n + 1} {'>' if side > 0 else '<'} 0" for n, side in sides)
        raise ValueError(
            f"no interpolator lies in the domain of Q: no θ with Xθ = y has {conditions}, "
            "where two layers tie for the least modulus"
        )


# -- Newton's method --------------------------------------------------------------------------------
def _minimize(found: LegendreFunction, rows: Rows, goal: Sequence[fmpq]) -> tuple[Sequence[fmpq], int]:
    """Multipliers next to those of the minimizer, and the bits that it took.

    Raises:
        ArithmeticError: they were not found.
    """
    nu: Sequence[fmpq] = [fmpq(0)] * len(rows)
    bits, search = FEWEST_BITS, _Search(found, KKTSystem(found.coordinates, rows, goal))
    while True:
        with precision(bits):
            try:
                return search.minimize(nu), search.bits
            except (Uncertain, ZeroDivisionError):
                nu = search.nu
        if bits >= MOST_BITS:
            raise ArithmeticError(
                f"no minimizer was found with {bits} bits, after {search.steps} steps of Newton's method: the data, or "
                "the layers, are too badly scaled"
            )
        bits *= 2


class _Search:
    """Newton's method on ``ν ↦ Q*(Xᵀν) − ⟨y, ν⟩``; where it is, its steps, and the bits with which it arrived."""

    def __init__(self, found: LegendreFunction, system: KKTSystem) -> None:
        self.entropy, self.system = found, system
        self.nu: Sequence[fmpq] = []
        self.steps = self.bits = 0
        self._tried: set[tuple[int, ...]] = set()

    def minimize(self, nu: Sequence[fmpq]) -> Sequence[fmpq]:
        """Multipliers around which an interval Newton step proves the minimizer to be.

        Raises:
            Uncertain, ZeroDivisionError: the precision does not suffice.
            ArithmeticError: it takes too many steps.
        """
        ranges = [c.range() for c in self.entropy.coordinates]
        self.nu, whole = nu, True
        while True:
            if (found := self._jump(ranges)) is not None:
                return found
            if whole:
                try:
                    found = self.system.newton(self.nu)[1]
                    self.bits = ctx.prec
                    return found
                except Uncertain:
                    pass
            if self.steps == STEPS:
                raise ArithmeticError(
                    f"no minimizer was found in {STEPS} steps of Newton's method: the data, or the layers, are too "
                    "badly scaled"
                )
            self.steps += 1
            whole = self._move(ranges)

    def _jump(self, ranges: Sequence[tuple[arb, arb]]) -> Sequence[fmpq] | None:
        """Multipliers of a minimizer that is carried by the coordinates whose ξ are nearest to an end of their range.

        From small layers ``θ(ξ)`` is tiny but next to an end, and what is left until there is beyond the digits of ξ,
        so that Newton's method comes near in hundreds of steps.  Which coordinates are large shows after a few; their θ
        follow from ``Xθ = y``, and their ξ from θ, at a precision that tells them from the ends.
        """
        places = self._support(ranges)
        if places is None or places in self._tried:
            return None
        self._tried.add(places)
        bits, attempts = ctx.prec, 0
        while bits <= MOST_JUMP and attempts < ATTEMPTS:
            with precision(bits):
                try:
                    nu = self._carried_by(places, self.nu)
                except (Uncertain, ZeroDivisionError):
                    return None
                if self._is_resolved(places, nu):
                    attempts += 1
                    with suppress(Uncertain, ZeroDivisionError):
                        found = self.system.newton(self._carried_by(places, nu))[1]
                        self.bits = bits
                        return found
            bits *= 2
        return None

    def _carried_by(self, places: Sequence[int], nu: Sequence[fmpq]) -> Sequence[fmpq]:
        """Better multipliers, if θ at the other places is what these say."""
        theta = [fmpq(0)] * self.entropy.dimension
        if len(places) < len(theta):
            theta = [nearest(t) for t in self.system.theta(self.system.at(nu)[1])]
        return self.system.of_support(places, theta)

    def _support(self, ranges: Sequence[tuple[arb, arb]]) -> tuple[int, ...] | None:
        """As many coordinates as there are rows, those next to the ends of their ranges; all, if there are no more."""
        count = len(self.nu)
        if count == self.entropy.dimension:
            return tuple(range(count))
        distances = {
            n: min(float((abs(end - xi) / abs(end)).mid()) for end in ends)
            for n, (xi, both) in enumerate(zip(self.system.transpose(self.nu), ranges, strict=True))
            if any(row[n] != 0 for row in self.system.rows)
            and (ends := [end for end in both if end.is_finite() and not end.contains(0)])
        }
        nearest_first = sorted(distances, key=lambda n: (distances[n], n))[:count]
        return tuple(sorted(nearest_first)) if self.steps and len(nearest_first) == count else None

    def _is_resolved(self, places: Sequence[int], nu: Sequence[fmpq]) -> bool:
        """Whether the precision tells the ξ at these places from the ends of their ranges."""
        xi = self.system.transpose(nu)
        gaps = [abs(end - xi[n]) for n in places for end in self.entropy.coordinates[n].range() if end.is_finite()]
        return all(gap.rel_accuracy_bits() >= RESOLVED for gap in gaps)

    def _move(self, ranges: Sequence[tuple[arb, arb]]) -> bool:
        """Go the largest halving of a Newton step, within the range, after which the dual does not rise; all of it?"""
        xi, states = self.system.at(self.nu)
        slope = self.system.residual(states)
        step = [nearest(move) for move in self.system.moves(states, states)]
        promise = sum((f * s for f, s in zip(slope, step, strict=True)), arb(0)).mid()
        size = first = self._room(xi, step, ranges)
        for _ in range(HALVINGS):
            try:
                moved = _add(self.nu, [size * s for s in step])
                ahead = self.system.residual(self.system.at(moved)[1])
                # The dual is convex, so before a slope that still falls, or hardly rises, it has fallen.
                if sum((f * s for f, s in zip(ahead, step, strict=True)), arb(0)).mid() <= -promise / 2:
                    self.nu = moved
                    return bool(size == first == 1)
            except ArithmeticError:  # rounded to the end of the range, or far out where layers tie
                pass
            size /= 2
        raise Uncertain("no part of the step lowers the dual")

    def _room(self, xi: Sequence[fmpq], step: Sequence[fmpq], ranges: Sequence[tuple[arb, arb]]) -> fmpq:
        """How much of a step stays in the range, and does not move ξ far where it has no end on that side."""
        room = fmpq(1)
        for place, move, (low, high) in zip(xi, self.system.transpose(step), ranges, strict=True):
            if move == 0:
                continue
            end, other = (high, low) if move > 0 else (low, high)
            if end.is_finite():
                most = (NEARLY * (end - place)).mid()
            else:
                unit = abs(other).mid().max(abs(arb(place)).mid()) if other.is_finite() else arb(1)
                most = LEAP * unit if move > 0 else -LEAP * unit
            part = nearest(most / move)
            if not part > 0:
                raise Uncertain("ξ is too close to the end of its range")
            room = min(room, part)
        return room


def _add(values: Sequence[fmpq], steps: Sequence[fmpq]) -> list[fmpq]:
    """The sums with as many bits as the precision has.

    Raises:
        Uncertain: that would round all the steps away.
    """
    found = [nearest(arb(value + step)) for value, step in zip(values, steps, strict=True)]
    # What has converged moves less than its rounding while the others still go far.
    if all(4 * abs(f - v - s) > abs(s) for f, v, s in zip(found, values, steps, strict=True) if s != 0):
        raise Uncertain("the step is lost in the rounding of what it is added to")
    return found
