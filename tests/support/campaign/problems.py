"""Random problems: depths to 40, dimensions to 50, scales to 1e±100, ties, zeros, both losses, digits from 1 to 300."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import log10, prod
from random import Random
from typing import Any

from flint import fmpq

__all__ = ["KINDS", "Problem", "problem", "rational"]

#: What is asked, and how often.
KINDS = {"integrate": 40, "enclose": 22, "entropy": 12, "redundant": 5, "difference": 7, "bias": 9, "loss": 5}
STARTS = ("apart", "apart", "random", "random", "zero", "tied", "frozen", "near")


def rational(text: str) -> fmpq:
    value = Fraction(text)
    return fmpq(value.numerator, value.denominator)


@dataclass(frozen=True)
class Problem:
    """A problem as its user would write it: numbers are decimal strings.

    Attributes:
        seed, number: from which it follows. kind: what is asked. data: the arguments by their names.
    """

    seed: int
    number: int
    kind: str
    data: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        if name in ("data", "__setstate__") or name not in self.data:  # while it is unpickled there are no data yet
            raise AttributeError(name)
        return self.data[name]


def _decimal(random: Random, exponent: int, digits: int = 3) -> str:
    mantissa = f"{random.randint(1, 9)}.{random.randrange(10**digits):0{digits}}"
    return f"{random.choice(('', '-'))}{mantissa}e{exponent}"


def _exponent(random: Random) -> int:
    """Of the scale of the layers: mostly 1, sometimes far from it."""
    far = (0, random.randint(-3, 2), random.randint(-30, 30), random.randint(-100, 100))
    return random.choices(far, (75, 15, 5, 5))[0]


def _column(random: Random, depth: int, exponent: int) -> list[str]:
    """The layers of one coordinate."""
    values = [f"{random.choice(('', '-'))}{random.uniform(0.3, 1.8):.3f}e{exponent}" for _ in range(depth)]
    start = random.choice(STARTS)
    if start == "random":
        values = [f"{random.gauss(0, 1):.4f}e{exponent}" for _ in range(depth)]
    if start in ("zero", "frozen"):
        values[0] = "0"
    if start == "frozen":
        values[1] = "0"
    if start in ("tied", "near"):
        least = min(values, key=lambda v: abs(Fraction(v)))
        values[0] = least.lstrip("-") if random.random() < 0.5 else f"-{least.lstrip('-')}"
        values[1] = least
        if start == "near":  # a difference in a late digit
            mantissa, _, power = values[1].partition("e")
            values[1] = f"{mantissa}{'0' * random.randint(2, 30)}1e{power}"
    random.shuffle(values)
    return values


def _moving(random: Random, depth: int, exponent: int) -> list[str]:
    """The same, without two zeros."""
    while True:
        column = _column(random, depth, exponent)
        if sum(not Fraction(u) for u in column) < 2:
            return column


def _shape(random: Random, most: int) -> tuple[int, int]:
    """Depth and dimension, with at most so many layers in all."""
    while True:
        depth = random.choices((2, 3, random.randint(4, 9), random.randint(10, 40)), (30, 25, 30, 15))[0]
        dimension = random.choices((1, 2, random.randint(3, 8), random.randint(9, 50)), (35, 30, 25, 10))[0]
        if depth * dimension <= most:
            return depth, dimension


def _digits(random: Random, most: int = 300) -> int:
    few_or_many = (random.randint(1, 8), 15, random.randint(9, 40), random.randint(41, 300))
    return min(most, random.choices(few_or_many, (20, 30, 40, 10))[0])


#: The exponent of the latest time, and of the first: a number may have 4,000 characters.
LATEST = 3990
#: The part of flows of small layers whose data, and whose time, are not of their size.
UNLIKE = 0.5


def _flow(random: Random, kind: str) -> dict[str, Any]:
    """Data of the size of θ, and a time in which the flow moves, for the most part."""
    depth, dimension = _shape(random, 90 if kind == "integrate" else 30)
    exponent = _exponent(random)
    layers = [list(row) for row in zip(*(_column(random, depth, exponent) for _ in range(dimension)), strict=True)]
    rows = random.randint(1, min(4, dimension + 1))
    steep = random.choices((0, random.randint(-2, 2), random.randint(-60, 60)), (75, 20, 5))[0]
    logistic = random.random() < 0.3
    X = [[_decimal(random, steep) if random.random() < 0.85 else "0" for _ in range(dimension)] for _ in range(rows)]
    columns = [[abs(Fraction(u)) for u in column] for column in zip(*layers, strict=True)]
    theta = max(prod(column) for column in columns) or Fraction(10) ** (depth * exponent)
    entry = max((abs(Fraction(x)) for row in X for x in row), default=Fraction(1)) or Fraction(1)
    # In units in which the layers are of size 1 the rates are those of a gradient of this size.
    metric = max(sum((prod(c) / u) ** 2 for u in c if u) for c in columns)
    metric = metric or Fraction(10) ** ((2 * depth - 2) * exponent)
    if logistic:
        y = [random.choice(("1", "-1")) for _ in range(rows)]
        slope, curvature = entry * rows, entry * entry * rows
    else:
        size = _exponent_of(theta * entry)
        y = [_decimal(random, size - random.randint(0, 1)) for _ in range(rows)]
        slope, curvature = 2 * entry * entry * 4 * theta * dimension * rows, 2 * entry * entry * dimension * rows
    largest = max(max(c) for c in columns) or Fraction(10) ** exponent
    rate = curvature * metric + slope * largest ** max(depth - 2, 0)
    until = Fraction(random.choice((1, 3, 10, 40)), random.choice((1, 3, 10))) / rate
    digits = _digits(random, 300 if depth * dimension <= 8 else 40)
    weight = "1" if logistic else random.choices(("1", "0.5", "-1", "3"), (80, 10, 5, 5))[0]
    lead = Fraction(random.randint(100, 999), 100)
    if random.random() < UNLIKE and largest < Fraction(1, 10):
        if not logistic:
            y = [_decimal(random, random.randint(-2, 2)) for _ in range(rows)]
            slope = 2 * entry * rows * max(abs(Fraction(v)) for v in y)
        escape = random.choice((1, 3, 10)) / (slope * largest ** max(depth - 2, 0))
        until = random.choice((escape, Fraction(10) ** random.randint(-6, 6)))
    late = max(-LATEST, min(_exponent_of(until), LATEST))
    data = {
        "X": X,
        "y": y,
        "layers": layers,
        "logistic": logistic,
        "weight": weight,
        "digits": digits,
        "until": str(lead * Fraction(10) ** late),
    }
    return data


def _exponent_of(value: Fraction) -> int:
    """The decimal exponent of a positive number."""
    return round((value.numerator.bit_length() - value.denominator.bit_length()) * log10(2))


def _entropy(random: Random, kind: str) -> dict[str, Any]:
    """Layers of one coordinate or several, and a point ``ξ`` by its fraction of the way to the end of its range."""
    depth = random.choices((2, 3, random.randint(4, 9), random.randint(10, 40)), (25, 30, 30, 15))[0]
    exponent = _exponent(random)
    digits = _digits(random, 120)
    part = f"{random.uniform(-0.9, 0.9):.3f}"
    if kind == "entropy":
        return {"layers": _moving(random, depth, exponent), "digits": digits, "part": part}
    u, v = (f"{random.uniform(0.3, 1.8):.3f}e{exponent}" for _ in "uv")
    sign = random.choice(("", "-")) if kind == "redundant" else ""
    return {"u": sign + u, "v": u if random.random() < 0.2 else v, "depth": depth, "digits": digits, "part": part}


def _bias(random: Random, kind: str) -> dict[str, Any]:
    """Independent rows, and targets of a point in the domain of the entropy."""
    depth, dimension = random.choice((2, 2, 3, 4, 6)), random.randint(1, 5)
    rows = random.randint(1, dimension)
    scale, steep = _exponent(random), random.choices((0, random.randint(-20, 20)), (80, 20))[0]
    columns = [_moving(random, depth, scale) for _ in range(dimension)]
    X = [[f"{random.gauss(0, 1):.3f}e{steep}" for _ in range(dimension)] for _ in range(rows)]
    # Times the start, which keeps its sign: an interpolator lies in the domain, wherever that is.
    unit, point = Fraction(10) ** (scale * depth), list[Fraction]()
    for column in columns:
        start = prod(map(Fraction, column)) * Fraction(random.randint(20, 300), 100)
        point.append(start if _ties(column) else start + random.randint(-3, 3) * unit)
    y = [str(sum(Fraction(x) * p for x, p in zip(row, point, strict=True))) for row in X]
    return {"X": X, "y": y, "layers": [list(row) for row in zip(*columns, strict=True)], "digits": _digits(random, 60)}


def _ties(column: list[str]) -> bool:
    sizes = sorted(abs(Fraction(u)) for u in column)
    return sizes[0] == sizes[1]


def _loss(random: Random, kind: str) -> dict[str, Any]:
    dimension, rows = random.randint(1, 6), random.randint(1, 6)
    exponent = random.choice((0, 0, random.randint(-100, 100)))
    X = [[_decimal(random, exponent) for _ in range(dimension)] for _ in range(rows)]
    if rows > 1 and random.random() < 0.4:  # nearly or exactly dependent
        X[-1] = [x.replace("e", random.choice(("e", "0" * random.randint(3, 40) + "1e"))) for x in X[0]]
    logistic = random.random() < 0.3
    y = [random.choice(("1", "-1")) if logistic else _decimal(random, 0) for _ in range(rows)]
    theta = [_decimal(random, -exponent) for _ in range(dimension)]
    return {"X": X, "y": y, "logistic": logistic, "weight": "1", "theta": theta, "digits": _digits(random, 60)}


MAKERS = {"integrate": _flow, "enclose": _flow, "loss": _loss, "bias": _bias}


def problem(seed: int, number: int) -> Problem:
    """The problem of a number: the same on every machine and in every run."""
    random = Random(f"{seed}/{number}")
    (kind,) = random.choices(list(KINDS), list(KINDS.values()))
    return Problem(seed, number, kind, MAKERS.get(kind, _entropy)(random, kind))
