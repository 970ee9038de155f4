"""What is computed for a problem, what it has to agree with, and the test that a failure becomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import Any

from flint import arb, ctx, fmpq
from mpmath import mp

import ddln_sym as dd
from campaign.integrator import Unreachable
from campaign.problems import Problem, rational
from campaign.references import FlowReference, ascent, least_eigenvalue, pair_flow, power_ascent
from ddln_sym.flows import EnclosureError, NoLimit

__all__ = ["REFUSALS", "Answer", "Miss", "answer", "misses", "setup"]

#: Errors by which a computation may decline; each is one sentence.
REFUSALS = (ValueError, ArithmeticError)
#: The reference has these many digits beyond those asked for, at most.
MOST_MORE = 40
#: A result may be off by two units of its last digit: one for the error, one for the rounding.
UNITS = 2
#: What a flow may use, as one would say who has a minute, since by default it may go on for hours: bits, and steps if
#: its digits are few or many.
MAX_BITS, MANY_DIGITS = 3000, 60
MAX_STEPS = {"integrate": (3000, 300), "enclose": (600, 100)}
#: Bits beyond those that tell the two times of a change of sign apart.
SIGN_BITS = 20


@dataclass(frozen=True)
class Miss:
    """A result that is not what it should be.

    Attributes:
        call: the result as an expression in the names of :func:`setup`. expected: the true value, as decimals.
        allowed: the error that is allowed, as a decimal; "" for a ball, which has to contain the value.
    """

    call: str
    expected: tuple[str, ...]
    allowed: str


@dataclass(frozen=True)
class Answer:
    """What the package said: the results by the expressions that give them, or the sentence with which it declined."""

    found: dict[str, Any]
    refusal: str = ""


def setup(problem: Problem) -> list[str]:
    """The lines of Python that state a problem."""
    p = problem
    if p.kind in ("integrate", "enclose", "loss"):
        loss = f"dd.LogisticLoss({p.X}, {p.y})" if p.logistic else f"dd.SquaredLoss({p.X}, {p.y}, weight={p.weight!r})"
        if p.kind == "loss":
            return [f"loss = {loss}"]
        most = MAX_STEPS[p.kind][p.digits > MANY_DIGITS]
        run = f"until={p.until!r}, digits={p.digits}, max_steps={most}, max_bits={MAX_BITS}"
        return [f"flow = dd.GradientFlow({loss}, {p.layers})", f"run = flow.{p.kind}({run})"]
    if p.kind == "bias":
        return [f"bias = dd.implicit_bias({p.X}, {p.y}, {p.layers}, digits={p.digits})"]
    made = {
        "entropy": lambda: f"entropy({p.layers})",
        "redundant": lambda: f"redundant_entropy([{p.u!r}], {p.depth})",
        "difference": lambda: f"difference_entropy([{p.u!r}], [{p.v!r}], {p.depth})",
    }
    return [f"Q = dd.{made[p.kind]()}"]


def _times(problem: Problem) -> list[str]:
    end = rational(problem.until)
    return [str(end / 3), problem.until]


def _calls(problem: Problem, names: dict[str, Any]) -> Iterator[str]:
    """The expressions that are asked for."""
    p = problem
    if p.kind in ("integrate", "enclose"):
        for t in _times(p):
            yield from (f"run.layers({t!r})", f"run.theta({t!r})", f"run.xi({t!r})", f"run.metric({t!r})")
        if p.kind == "enclose":
            yield from (f"run.loss({p.until!r})", "run.sign_changes()")
            if p.weight == "1" and not p.logistic:
                yield from ("run.least_rate()", "run.limit()")
    elif p.kind == "loss":
        yield f"loss.ball({[*map(_arb_of, p.theta)]})"
        if not p.logistic:
            yield "loss.polyak_lojasiewicz_ball()"
    elif p.kind == "bias":
        yield "bias.theta"
        yield "bias.multipliers"
    else:
        xi = _point(p, names["Q"])
        yield f"Q.conjugate_gradient({xi!r}, digits={p.digits})"
        yield f"Q.conjugate({xi!r}, digits={p.digits})"


def _arb_of(text: str) -> Any:
    return _Text(f"arb({text!r})")


class _Text(str):
    """Text that shows itself without quotation marks."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _point(problem: Problem, entropy: Any) -> str:
    """A point of the range: a part of the way to its end, or of the slope's own unit where there is none."""
    low, high = entropy.range(20)[0]
    part = mp.mpf(problem.part)
    end = high if part > 0 else low
    with mp.workdps(20):
        if mp.isfinite(end):
            return mp.nstr(abs(part) * end, 12)
        other = low if part > 0 else high
        return mp.nstr(part * (abs(other) if mp.isfinite(other) else 1), 12)


#: The names in which calls are written.
NAMES = {"dd": dd, "arb": arb}


def answer(problem: Problem) -> Answer:
    """Ask the package."""
    names = dict(NAMES)
    before, ctx.prec = ctx.prec, ceil(3.33 * problem.digits) + 200
    found: dict[str, Any] = {}
    try:
        for line in setup(problem):
            exec(line, names)
        for call in _calls(problem, names):
            try:
                found[call] = eval(call, names)
            except (NoLimit, EnclosureError):
                if call not in ("run.limit()", "run.sign_changes()"):
                    raise
            except ValueError:
                if call != "run.least_rate()" and "loss" not in call:
                    raise
    except REFUSALS as error:
        return Answer(found, f"{type(error).__name__}: {error}")
    finally:
        ctx.prec = before
    return Answer(found)


# -- beside the references -----------------------------------------------------------------------------
def misses(problem: Problem, answer: Answer) -> list[Miss]:
    """Every result that is wrong.

    Raises:
        Unreachable: no reference could be computed.
    """
    more = min(problem.digits, MOST_MORE) + 10
    found = _wrong(problem, answer, ceil(3.33 * (problem.digits + more)))
    if not found:
        return []
    # A flow may stretch errors by more than the reference has to spare: it is asked again, with twice the digits.
    return _wrong(problem, answer, ceil(3.33 * 2 * (problem.digits + more)))


def _wrong(problem: Problem, answer: Answer, bits: int) -> list[Miss]:
    before, ctx.prec = ctx.prec, bits + 40
    try:
        check: Callable[..., Iterator[Miss]] = {
            "integrate": _flow,
            "enclose": _flow,
            "loss": _losses,
            "bias": _bias,
        }.get(problem.kind, _entropy)
        return list(check(problem, answer.found, bits))
    finally:
        ctx.prec = before


def _ball(value: Any) -> Any:
    """An mpf as an exact ball; a ball as it is."""
    if isinstance(value, arb):
        return value
    sign, mantissa, exponent, _ = value._mpf_
    return arb((int(-mantissa if sign else mantissa), int(exponent)))


def _compare(call: str, got: Sequence[Any], true: Sequence[Any], allowed: Sequence[Any], slack: Any) -> Iterator[Miss]:
    """Numbers within what is allowed of the truth, or balls that contain it, up to the slack of the reference."""
    for value, exact, error in zip(got, true, allowed, strict=True):
        if isinstance(value, arb):
            right = value.is_finite() and value.overlaps(exact + arb(0, (slack * abs(exact)).upper()))
        else:
            right = bool(abs(_ball(value) - exact) <= error)
        if not right:
            kind = "" if isinstance(value, arb) else error.str(3, radius=False)
            yield Miss(call, tuple(x.str(ctx.prec // 4 + 20, radius=False) for x in true), kind)
            return


def _flow(problem: Problem, found: dict[str, Any], bits: int) -> Iterator[Miss]:
    p, reference = problem, FlowReference(problem, bits)
    depth, unit = len(p.layers), UNITS * arb(10) ** -p.digits
    slack = arb(2) ** (-bits // 2)
    first = [max((abs(arb(u)) for u in column), key=lambda u: u.mid()) for column in reference.columns]
    for t in _times(p):
        time = rational(t)
        columns = reference.layers(time)
        most = [max([start, *map(abs, c)], key=lambda u: u.mid()) for start, c in zip(first, columns, strict=True)]
        got = found.get(f"run.layers({t!r})")
        if got is not None:
            flat = [u for column in zip(*got, strict=True) for u in column]
            true = [u for column in columns for u in column]
            allowed = [unit * m for m in most for _ in range(depth)]
            yield from _compare(f"[u for c in zip(*run.layers({t!r})) for u in c]", flat, true, allowed, slack)
            if p.kind == "enclose":
                for value, limit in zip(flat, allowed, strict=True):
                    if not value.rad() <= limit:
                        yield Miss(
                            f"[u.rad() for c in zip(*run.layers({t!r})) for u in c]",
                            tuple(["0"] * len(flat)),
                            limit.str(3, radius=False),
                        )
                        break
        powers = [m**depth for m in most]
        closed = pair_flow(p, time)
        if closed is not None and (call := f"run.theta({t!r})") in found:
            yield from _compare(call, found[call], [closed], [unit * depth * powers[0]], slack)
        xi = reference.xi(time)
        scale = max([arb(1), *map(abs, xi)], key=lambda x: x.mid())
        for call, true, allowed in (
            (f"run.theta({t!r})", reference.theta(time), [unit * depth * m for m in powers]),
            (f"run.xi({t!r})", xi, [unit * scale] * len(xi)),
            (f"run.metric({t!r})", reference.metric(time), [unit * 2 * depth**2 * m ** (2 * depth - 2) for m in most]),
        ):
            if call in found:
                yield from _compare(call, found[call], true, allowed, slack)
    if (call := f"run.loss({p.until!r})") in found:
        yield from _compare(f"[{call}]", [found[call]], [reference.loss(rational(p.until))], [arb(0)], slack)
    if "run.sign_changes()" in found:
        yield from _signs(found["run.sign_changes()"], reference)
    if "run.least_rate()" in found:
        yield from _rate(found["run.least_rate()"], reference, slack)
    if "run.limit()" in found:
        yield from _limit(found["run.limit()"], reference, bits)


def _signs(changes: Sequence[Any], reference: FlowReference) -> Iterator[Miss]:
    """Each announced change lies between its times, and none that the reference sees from step to step is left out."""
    end = rational(reference.problem.until)
    # Times that are known better than the reference is exact are looked at with as many bits more.
    shares = [(change.before - change.after) / Fraction(reference.problem.until) for change in changes]
    narrow = [share.denominator.bit_length() - share.numerator.bit_length() for share in shares if share]
    exact = replace(reference, bits=max([reference.bits, *(bits + SIGN_BITS for bits in narrow)]))
    announced = Counter[tuple[int, int]]()
    for change in changes:
        i, k = change.coordinate - 1, change.layer - 1
        announced[i, k] += 1
        times = (fmpq(t.numerator, t.denominator) for t in (change.after, change.before))
        before, after = (exact.layers(time)[i][k] for time in times)
        if not before * after <= 0:
            yield Miss("[run.sign_changes()]", (f"no change of layer {k + 1} of coordinate {i + 1}",), "")
    seen = reference.signs(end)
    for i, column in enumerate(seen):
        for k, signs in enumerate(column):
            least = sum(before != after for before, after in pairwise(signs))
            if announced[i, k] < least or (announced[i, k] - least) % 2:
                what = f"layer {k + 1} of coordinate {i + 1} changes its sign {announced[i, k]} times, not {least}"
                yield Miss("[run.sign_changes()]", (what,), "")


def _rate(least: Any, reference: FlowReference, slack: Any) -> Iterator[Miss]:
    """The bound is at most the rate at 0 and at the end, where no minimum is needed: 𝓛* is at least 0."""
    for time in (fmpq(0), rational(reference.problem.until)):
        theta = reference.theta(time)
        speed = sum((m * g * g for m, g in zip(reference.metric(time), reference.gradient(theta), strict=True)), arb(0))
        rows = [[rational(x) for x in row] for row in reference.problem.X]
        minimum = _least_squares(rows, [rational(v) for v in reference.problem.y])
        left = reference.loss(time) - arb(minimum)
        if left > 0 and not least * left <= speed * (1 + slack):
            yield Miss("[run.least_rate()]", ((speed / left).str(20, radius=False),), "0")


def _limit(limit: Any, reference: FlowReference, bits: int) -> Iterator[Miss]:
    """A point without a slope, and the image of its ξ in the mirror map of every coordinate."""
    if not all(slope.contains(0) for slope in reference.gradient(limit.theta)):
        yield Miss("[ball for ball in run.limit().theta]", ("no minimum",), "")
        return
    for i, (column, theta, xi) in enumerate(zip(reference.columns, limit.theta, limit.xi, strict=True)):
        try:
            true, _, metric = ascent(column, _middle(xi), bits)
        except Unreachable:
            continue
        # Within its ball ξ moves θ by the metric, which changes by less than a factor of 2 there.
        allowed = theta.rad() + 2 * metric * xi.rad() + abs(true) * arb(2) ** (-bits // 2)
        if not abs(true - theta.mid()) <= allowed:
            yield Miss(f"[run.limit().theta[{i}]]", (true.str(ctx.prec // 4 + 20, radius=False),), "")


def _middle(value: Any) -> fmpq:
    """The middle of a ball."""
    mantissa, exponent = value.mid().man_exp()
    return fmpq(int(mantissa)) * (fmpq(2) ** int(exponent))


def _least_squares(rows: Sequence[Sequence[fmpq]], y: Sequence[fmpq]) -> fmpq:
    """``min ‖Xθ − y‖²``, exactly: the projection of y onto independent columns."""
    from flint import fmpq_mat

    columns: list[list[fmpq]] = []
    for column in zip(*rows, strict=True):
        if fmpq_mat([*columns, list(column)]).rank() > len(columns):
            columns.append(list(column))
    target = fmpq_mat([[v] for v in y])
    square = (target.transpose() * target)[0, 0]
    if not columns:
        return square
    basis = fmpq_mat(columns)
    inner = basis * target
    return square - (inner.transpose() * (basis * basis.transpose()).solve(inner))[0, 0]


def _losses(problem: Problem, found: dict[str, Any], bits: int) -> Iterator[Miss]:
    p = problem
    rows, theta = [[rational(x) for x in row] for row in p.X], [rational(t) for t in p.theta]
    for call, value in found.items():
        if call.startswith("loss.ball"):
            margins = [sum((x * t for x, t in zip(row, theta, strict=True)), fmpq(0)) for row in rows]
            pairs = [(m, rational(v)) for m, v in zip(margins, p.y, strict=True)]
            if p.logistic:
                true = sum(((1 + (-arb(m * v)).exp()).log() for m, v in pairs), arb(0))
            else:
                true = arb(rational(p.weight) * sum(((m - v) * (m - v) for m, v in pairs), fmpq(0)))
            yield from _compare(f"[{call}]", [value], [true], [arb(0)], arb(2) ** (10 - bits))
        else:
            with mp.workdps(400):
                true = _ball(2 * least_eigenvalue(rows, 400))
            yield from _compare(f"[{call}]", [value], [true], [arb(0)], arb(10) ** -25)


def _bias(problem: Problem, found: dict[str, Any], bits: int) -> Iterator[Miss]:
    """An interpolator, and the point of its multipliers in the mirror map."""
    if "bias.theta" not in found:
        return
    p = problem
    theta = [_ball(t) for t in found["bias.theta"]]
    most = max(map(abs, theta), key=lambda t: t.mid())
    unit = UNITS * arb(10) ** -p.digits * most
    rows = [[rational(x) for x in row] for row in p.X]
    for n, (row, v) in enumerate(zip(rows, p.y, strict=True)):
        left = sum((arb(x) * t for x, t in zip(row, theta, strict=True)), arb(0)) - arb(rational(v))
        allowed = unit * sum((abs(arb(x)) for x in row), arb(0))
        if not abs(left) <= allowed:
            call = f"[sum(Fraction(x) * read_number(t, 'θ') for x, t in zip({p.X[n]}, bias.theta))]"
            yield Miss(call, (p.y[n],), allowed.str(3, radius=False))
    multipliers = [_ball(v) for v in found["bias.multipliers"]]
    rounding = UNITS * arb(10) ** -p.digits * max(map(abs, multipliers), key=lambda v: v.mid())
    for i, column in enumerate(zip(*p.layers, strict=True)):
        slope = sum((arb(row[i]) * v for row, v in zip(rows, multipliers, strict=True)), arb(0))
        true, _, metric = ascent([rational(u) for u in column], _middle(slope), bits)
        # ν is rounded too: that may move θ by its metric times what the rounding moves ξ by.
        allowed = unit + 2 * metric * rounding * sum((abs(arb(row[i])) for row in rows), arb(0))
        if not abs(true - theta[i]) <= allowed:
            expected = true.str(ctx.prec // 4 + 20, radius=False)
            yield Miss(f"[bias.theta[{i}]]", (expected,), allowed.str(3, radius=False))


def _entropy(problem: Problem, found: dict[str, Any], bits: int) -> Iterator[Miss]:
    p = problem
    for call, value in found.items():
        xi = rational(call.split("'")[1])
        if p.kind == "entropy":
            theta, conjugate, _ = ascent([rational(u) for u in p.layers], xi, bits)
        else:
            theta, conjugate = power_ascent(rational(p.u), p.depth, xi, bits)
        if p.kind == "difference":
            down, fallen = power_ascent(rational(p.v), p.depth, -xi, bits)
            theta, conjugate = theta - down, conjugate + fallen
        true = theta if "gradient" in call else conjugate if xi != 0 else arb(0)  # at the start nothing has grown
        got = value if isinstance(value, (list, tuple)) else [value]
        # So many significant digits are promised, whatever cancels.
        yield from _compare(
            call if got is value else f"[{call}]", got, [true], [UNITS * arb(10) ** -p.digits * abs(true)], arb(0)
        )
