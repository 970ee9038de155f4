"""Hypothesis strategies: initial layers, losses and flows, in small fractions that shrink to readable cases.

Hypothesis calls :func:`register` by itself where the package is installed, so that ``@given(...)`` and
``st.from_type`` know the classes of losses and flows.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from fractions import Fraction
from math import isqrt, prod
from statistics import NormalDist

from hypothesis import strategies as st

from ddln_sym.flows import GradientFlow
from ddln_sym.flows.losses import LogisticLoss, Loss, SquaredLoss
from ddln_sym.numerics import dot, read_vector

__all__ = ["SCALES", "Data", "Start", "flows", "horizon", "layers", "logistic_losses", "losses", "register"]

SMALL = Fraction(1, 4)
#: Factors of all layers: tiny, plain and huge.
SCALES = (Fraction(1), Fraction(1, 1000), Fraction(20))


class Start(Enum):
    """How the layers of a coordinate start."""

    APART = "one layer has the least modulus, which is (𝒜)"
    TIED = "several layers share the least modulus, which is not zero"
    ZEROS = "two layers are zero"
    ZERO = "one layer is zero"
    RANDOM = "normally distributed"
    XAVIER = "normally distributed with variance 1/d"
    HE = "normally distributed with variance 2/d"

    def deviation(self, dimension: int) -> Fraction:
        """The standard deviation of a random start, to two decimals.

        >>> Start.HE.deviation(6)
        Fraction(57, 100)
        """
        variance = {Start.XAVIER: Fraction(1, dimension), Start.HE: Fraction(2, dimension)}.get(self, Fraction(1))
        return Fraction(isqrt(int(10_000 * variance)), 100)


class Data(Enum):
    """What the rows of X are like."""

    OVERDETERMINED = "more rows than columns"
    UNDERDETERMINED = "fewer rows than columns, or one of each"
    DEFICIENT = "of less than full rank, where there are two rows and columns"


def _quarters(least: int, most: int) -> st.SearchStrategy[Fraction]:
    return st.integers(least, most).map(lambda n: n * SMALL)


def _normals() -> st.SearchStrategy[Fraction]:
    """Quantiles of the normal distribution to two decimals, which shrink to 0."""
    quantiles = [Fraction(round(100 * NormalDist().inv_cdf(n / 1000)), 100) for n in range(500, 1000)]
    return st.integers(-499, 499).map(lambda n: quantiles[abs(n)] * (1 if n > 0 else -1))


@st.composite
def _coordinate(draw: st.DrawFn, depth: int, start: Start, scale: Fraction) -> list[Fraction]:
    """The layers of one coordinate: random, or moduli from the least one upwards, in any order, with any signs."""
    if start in (Start.RANDOM, Start.XAVIER, Start.HE):
        return [scale * u for u in draw(st.lists(_normals(), min_size=depth, max_size=depth))]
    least = draw(_quarters(1 if start is Start.TIED else 0, 3)) if start in (Start.APART, Start.TIED) else Fraction(0)
    alike = draw(st.integers(2, depth)) if start in (Start.TIED, Start.ZEROS) else 1
    gaps = draw(st.lists(_quarters(1, 6), min_size=depth - alike, max_size=depth - alike))
    moduli = draw(st.permutations([least] * alike + [least + gap for gap in gaps]))
    signs = draw(st.lists(st.sampled_from([1, -1]), min_size=depth, max_size=depth))
    return [scale * sign * modulus for sign, modulus in zip(signs, moduli, strict=True)]


@st.composite
def layers(
    draw: st.DrawFn,
    depth: int,
    dimension: int,
    starts: tuple[Start, ...] = (Start.APART,),
    scale: Fraction = Fraction(1),
) -> list[list[Fraction]]:
    """L rows of d fractions.

    Args:
        depth: L ≥ 2. dimension: d ≥ 1. starts: what each coordinate is drawn from. scale: a factor of all layers.

    >>> from hypothesis import find
    >>> find(layers(2, 1), lambda rows: True)
    [[Fraction(0, 1)], [Fraction(1, 4)]]
    """
    chosen = [draw(st.sampled_from(starts)) for _ in range(dimension)]
    columns = [draw(_coordinate(depth, start, scale * start.deviation(dimension))) for start in chosen]
    return [list(row) for row in zip(*columns, strict=True)]


@st.composite
def _matrix(draw: st.DrawFn, rows: int, dimension: int) -> list[list[Fraction]]:
    row = st.lists(_quarters(-6, 6), min_size=dimension, max_size=dimension)
    return draw(st.lists(row, min_size=rows, max_size=rows).filter(lambda found: any(map(any, found))))


@st.composite
def losses(
    draw: st.DrawFn,
    dimension: int,
    most_rows: int = 4,
    data: tuple[Data, ...] = tuple(Data),
    fitting: tuple[bool, ...] = (True, False),
) -> SquaredLoss:
    """A squared loss with X not zero.

    Args:
        dimension: d ≥ 1. most_rows: the largest n, except that an overdetermined loss has at least d + 1.
        data: what X is drawn from. fitting: whether ``y = Xθ`` for some θ that was drawn, or y is any vector.

    >>> from hypothesis import Phase, find, settings
    >>> first = settings(database=None, phases=[Phase.generate])  # does not look for a smaller one
    >>> find(losses(2, data=(Data.DEFICIENT,)), lambda loss: len(loss.rows) == 2, settings=first).rank
    1
    """
    kind = draw(st.sampled_from(data))
    if kind is Data.OVERDETERMINED:
        rows = draw(st.integers(dimension + 1, max(most_rows, dimension + 1)))
    else:
        rows = draw(st.integers(1, min(most_rows, dimension)))
    if kind is Data.DEFICIENT and min(rows, dimension) > 1:
        matrix, factor = draw(_matrix(rows - 1, dimension)), draw(_quarters(-4, 4))
        matrix.append([factor * x for x in matrix[0]])
    else:
        matrix = draw(_matrix(rows, dimension))
    if draw(st.sampled_from(fitting)):
        point = draw(st.lists(_quarters(-6, 6), min_size=dimension, max_size=dimension))
        return SquaredLoss(matrix, [dot(row, point) for row in matrix])
    return SquaredLoss(matrix, draw(st.lists(_quarters(-6, 6), min_size=rows, max_size=rows)))


@st.composite
def logistic_losses(draw: st.DrawFn, dimension: int, most_rows: int = 4) -> LogisticLoss:
    """A logistic loss with X not zero, of data that a hyperplane separates or not.

    >>> from hypothesis import Phase, find, settings
    >>> find(logistic_losses(1), lambda loss: len(loss.rows) == 3, settings=settings(phases=[Phase.generate]))
    LogisticLoss(X 3 × 1)
    """
    rows = draw(st.integers(1, most_rows))
    return LogisticLoss(
        draw(_matrix(rows, dimension)), draw(st.lists(st.sampled_from([1, -1]), min_size=rows, max_size=rows))
    )


@st.composite
def flows(
    draw: st.DrawFn,
    starts: tuple[Start, ...] = (Start.APART,),
    depths: tuple[int, int] = (2, 8),
    dimensions: tuple[int, int] = (1, 6),
    scales: tuple[Fraction, ...] = (Fraction(1),),
    loss: Callable[[int], st.SearchStrategy[Loss]] = losses,
) -> GradientFlow:
    """A gradient flow, of a squared loss unless told otherwise.

    Args:
        starts: what the coordinates are drawn from. depths, dimensions: the least and the largest.
        scales: factors of all layers to choose from. loss: the strategy of losses of a dimension.

    >>> from hypothesis import Phase, find, settings
    >>> flow = find(flows(depths=(3, 3)), lambda flow: flow.sigma > 1, settings=settings(phases=[Phase.generate]))
    >>> len(flow.start)
    3
    """
    depth, dimension = draw(st.integers(*depths)), draw(st.integers(*dimensions))
    return GradientFlow(draw(loss(dimension)), draw(layers(depth, dimension, starts, draw(st.sampled_from(scales)))))


def horizon(flow: GradientFlow) -> Fraction:
    """A time in which the flow moves, but in which errors grow by less than ``e^8``.

    It is the reciprocal of a bound on the rates at time 0, rounded to a power of 2.

    >>> horizon(GradientFlow(SquaredLoss([[1]], [2]), [[0], [1]]))
    Fraction(1, 8)
    """
    largest = [[max(abs(u), SMALL) for u in column] for column in zip(*flow.start, strict=True)]
    metric = max(sum((prod(column) / u) ** 2 for u in column) for column in largest)
    curvature = max(prod(sorted(column)[2:], start=Fraction(1)) for column in largest)
    slope = max(map(abs, read_vector(flow.loss.gradient([c.theta for c in flow.coordinates]), "gradient")))
    rate = 1 + flow.loss.smoothness * metric + slope * curvature
    return Fraction(1, 1 << (rate.numerator // rate.denominator).bit_length())


def register() -> None:
    """Tell Hypothesis what to draw for the public classes; the entry point of the plugin.

    >>> from hypothesis import Phase, find, settings
    >>> register()
    >>> any_loss = find(st.from_type(SquaredLoss), lambda loss: True, settings=settings(phases=[Phase.generate]))
    >>> any_loss.rank >= 1
    True
    """
    dimensions = st.integers(1, 6)
    st.register_type_strategy(SquaredLoss, dimensions.flatmap(losses))
    st.register_type_strategy(LogisticLoss, dimensions.flatmap(logistic_losses))
    st.register_type_strategy(Loss, st.one_of(dimensions.flatmap(losses), dimensions.flatmap(logistic_losses)))
    st.register_type_strategy(
        GradientFlow, st.one_of(flows(tuple(Start), scales=SCALES), flows(tuple(Start), loss=logistic_losses))
    )
