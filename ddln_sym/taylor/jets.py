"""The Taylor coefficients of a straight-line program, as the text of one Python function.

An order costs a few dozen operations on short integers, and calling a function for each line would cost as much again.
The text gives every number a name instead: ``x3`` is the coefficient of register 3 at the order at hand, ``s3`` the
list of its coefficients so far.

**Several orders at once.** An operation on integers of a few words costs much the same whatever their length.  So after
the first ``run`` orders, an even number, ``Σ a_i b_{k−i}`` is found for ``run`` orders k in one sum, by integers with
``run`` slots: ``p`` holds the sums from order k on, with the next one in its lowest slot, and pairs (i, j) get into it
in two ways.

- min(i, j) < run: at order max(i, j), as ``a_k·h_b + b_k·h_a``, where ``h_b = Σ_{j<run} b_j X^j`` and ``X = 2^slot``;
- others: at the last order k ≤ i + j that ``run`` divides, as ``Σ_i a_i w_{k−i}``, where the window ``w_j`` is
  ``Σ_{n<run} b_{j+n} X^n``, without the coefficients that are in ``h_b``.  In a square i and j change places: the
  indices below k/2 count twice, and ``w_{k/2}²`` has the pairs in which neither is.

Half of X is added to every slot, so that none is negative.  The sums are exact, as they are one order at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from operator import mul
from textwrap import indent
from typing import Any, TypeAlias

__all__ = ["Line", "Recurrence", "recurrence", "source"]

#: ``("product", a, b)``, ``("square", a)``, ``("logistic", a)``, or ``("total", terms, broken, constant)``: pairs of
#: registers and whole factors, pairs of registers and places among the constants, and the place of the summand.
Line: TypeAlias = tuple[Any, ...]
#: Of state, constants, bits, step, shift, order, run and half a slot: the coefficients of each unknown, the k-th times
#: the k-th power of ``step / 2^shift``, those of each factor of a product, and of each logistic function's argument.
Recurrence: TypeAlias = Callable[..., tuple[list[list[Any]], list[list[Any]], list[list[Any]]]]

_FUNCTION = """\
def jets(state, constants, bits, step, shift, order, run, half):
    {unknowns} = state
    {constants} = constants
    {rates} = {multiples}
{first}
    {unknowns} = {slopes}
    for k in range(1, min(run, order)):
{alone}
        {unknowns} = {later_slopes}
    if run < order:
        slot, mask, places = half.bit_length(), 2 * half - 1, range(run)
        top = slot * (run - 1)
        full, rest, halves = (half << top + 1) - 1, half << top, sum(half << slot * n for n in places)
{heads}
    for begin in range(run, order, run):
        if begin > run:
{windows}
        for k in range(begin, min(begin + run, order)):
{together}
            {unknowns} = {later_slopes}
{last}
    return [{series}], [{factors}], [{arguments}]
"""


@lru_cache
def recurrence(
    size: int,
    lines: Sequence[Line],
    derivatives: Sequence[tuple[int, int]],
    logistic: Callable[[Any, int], Any],
) -> Recurrence:
    """The function that computes the coefficients; flows of one shape share it.

    Args:
        size: the number of unknowns, which are the first registers. lines: what fills the others, in order.
        derivatives: for each unknown, a register and a whole factor of it.
        logistic: the logistic function of an integer of so many binary places.
    """
    names: dict[str, Any] = {"mul": mul, "logistic": logistic}
    exec(source(size, lines, derivatives), names)
    found: Recurrence = names["jets"]
    return found


def source(size: int, lines: Sequence[Line], derivatives: Sequence[tuple[int, int]]) -> str:
    """The text of that function.

    >>> text = source(2, (("product", 0, 1),), ((2, -1), (2, -1)))
    >>> for line in text.splitlines():
    ...     if line.strip().startswith(("x2 =", "p2 ")):
    ...         print(line.strip())
    x2 = x0 * x1 >> bits
    x2 = sum(map(mul, s0, reversed(s1))) >> bits
    p2 = (h0 * h1 + rest >> slot * run) + halves
    p2 += sum(map(mul, w1, reversed(s0)), halves)
    p2 += x0 * h1 + x1 * h0
    x2 = (p2 & mask) - half >> bits
    p2 >>= slot
    """
    rates = sorted({factor for _, factor in derivatives})
    moved = [f"x{register} * m{rates.index(factor)} >> shift" for register, factor in derivatives]
    constants = 1 + max((line[3] for line in lines if line[0] == "total"), default=-1)
    uses = Counter(r for line in lines if line[0] in ("product", "square") for r in line[1:])
    writer = _Writer(uses)
    for n in range(size):
        writer.keep(n)
    for n, line in enumerate(lines, size):
        getattr(writer, line[0])(n, *line[1:])
        if n in uses:
            writer.keep(n)
    writer.slide()
    return _FUNCTION.format(
        unknowns=_row(f"x{n}" for n in range(size)),
        constants=_row(f"c{n}" for n in range(constants)) or "()",
        rates=_row(f"m{n}" for n in range(len(rates))),
        multiples=_row(f"{factor} * step" for factor in rates),
        series=_row(f"s{n}" for n in range(size)),
        factors=_row(f"s{n}" for n in sorted(uses)),
        arguments=_row(f"z{n}" for n in writer.logistics),
        first=indent("\n".join(writer.first), 4 * " "),
        slopes=_row(moved),
        alone=indent("\n".join(writer.alone), 8 * " "),
        heads=indent("\n".join(writer.heads), 8 * " "),
        windows=indent("\n".join(writer.windows or ["pass"]), 12 * " "),
        together=indent("\n".join(writer.together), 12 * " "),
        later_slopes=_row(f"({slope}) // (k + 1)" for slope in moved),
        last=indent("\n".join(f"s{n}.append(x{n})" for n in range(size)), 4 * " "),
    )


def _row(items: Iterable[str]) -> str:
    """A tuple, the comma after a single item included."""
    return "".join(f"{item}, " for item in items).rstrip()


class _Writer:
    """The lines of the text, register by register.

    Args:
        uses: how many products each register is a factor of.

    Attributes:
        first, alone, together: of order 0, of each order below ``run``, of each order above.
        heads, windows: of order ``run``, and of each order that it divides.
        logistics: registers of logistic functions.
    """

    def __init__(self, uses: Mapping[int, int]) -> None:
        self._uses = uses
        self._slid: list[int] = []
        self.logistics: list[int] = []
        self.first: list[str] = []
        self.alone: list[str] = ["middle = (k + 1) // 2"]
        self.heads = [f"h{r} = sum(s{r}[n] << slot * n for n in places)" for r in sorted(uses)]
        self.windows: list[str] = []
        self.together: list[str] = ["middle = (k + 1) // 2"]

    def _each(self, text: str) -> None:
        self.alone.append(text)
        self.together.append(text)

    def _sums(self, n: int, a: int, b: int, new: str) -> None:
        """The slots of a product, and what enters them at each order; the windows are those of b."""
        self.heads.append(f"p{n} = (h{a} * h{b} + rest >> slot * run) + halves")
        self.together += [f"p{n} += {new}", f"x{n} = (p{n} & mask) - half >> bits", f"p{n} >>= slot"]
        if b not in self._slid:
            self._slid.append(b)

    def _squared(self, s: str) -> list[str]:
        """The k-th coefficient of a square, twice as long; ``s`` ends with its own k-th."""
        return [
            f"square = sum(map(mul, {s}[:middle], reversed({s}))) << 1",
            "if k % 2 == 0:",
            f"    square += {s}[middle] * {s}[middle]",
        ]

    def keep(self, n: int) -> None:
        """A register whose coefficients so far are needed."""
        self.first.append(f"s{n} = [x{n}]")
        self._each(f"s{n}.append(x{n})")

    def total(self, n: int, whole: Iterable[tuple[int, int]], broken: Iterable[tuple[int, int]], constant: int) -> None:
        terms = [f"x{register}" if factor == 1 else f"{factor} * x{register}" for register, factor in whole]
        if broken:
            terms.append("(" + " + ".join(f"c{place} * x{register}" for register, place in broken) + " >> bits)")
        found = " + ".join(terms) or "0"
        self.first.append(f"x{n} = {found} + c{constant}")
        self._each(f"x{n} = {found}")

    def product(self, n: int, a: int, b: int) -> None:
        """The factor that more products share is the one with windows."""
        if self._uses[a] > self._uses[b]:
            a, b = b, a
        self.first.append(f"x{n} = x{a} * x{b} >> bits")
        self.alone.append(f"x{n} = sum(map(mul, s{a}, reversed(s{b}))) >> bits")
        self._sums(n, a, b, f"x{a} * h{b} + x{b} * h{a}")
        self.windows.append(f"p{n} += sum(map(mul, w{b}, reversed(s{a})), halves)")

    def square(self, n: int, a: int) -> None:
        self.first.append(f"x{n} = x{a} * x{a} >> bits")
        self.alone += [*self._squared(f"s{a}"), f"x{n} = square >> bits"]
        self._sums(n, a, a, f"x{a} * h{a} << 1")
        self.windows += [
            f"p{n} += sum(map(mul, s{a}[run : begin // 2], reversed(w{a}))) << 1",
            f"p{n} += w{a}[begin // 2 - 1] * w{a}[begin // 2 - 1] + halves & full",
        ]

    def logistic(self, n: int, a: int) -> None:
        self.logistics.append(n)
        self.first += [
            f"z{n} = [x{a}]",
            f"x{n} = logistic(x{a}, bits)",
            f"t{n}, d{n}, r{n} = [x{n}], [], [x{n} - (x{n} * x{n} >> bits)]",
        ]
        for line in (
            f"z{n}.append(x{a})",
            f"d{n}.append(k * x{a})",
            f"x{n} = (sum(map(mul, d{n}, reversed(r{n}))) >> bits) // k",
            f"t{n}.append(x{n})",
            *self._squared(f"t{n}"),
            f"r{n}.append(x{n} - (square >> bits))",
        ):
            self._each(line)

    def slide(self) -> None:
        """At the end of each order, the windows move on by one coefficient."""
        for b in self._slid:
            self.heads.append(f"v{b}, w{b} = 0, []")
            self.together += [f"v{b} = (v{b} + half >> slot) + (x{b} << top)", f"w{b}.append(v{b})"]
