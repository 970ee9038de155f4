"""Hypothesis strategies: initial layers, losses and flows, in small fractions that shrink to readable cases."""

from __future__ import annotations

from enum import Enum
from fractions import Fraction
from math import prod

from hypothesis import strategies as st

from ddln_sym.loss import SquaredLoss
from ddln_sym.trajectory import GradientFlow

__all__ = ["Start", "flows", "horizon", "layers", "losses"]

SMALL = Fraction(1, 4)


class Start(Enum):
    """How the layers of a coordinate start."""

    APART = "one layer has the least modulus, which is (𝒜)"
    TIED = "several layers share the least modulus, which is not zero"
    ZEROS = "two layers are zero"
    ZERO = "one layer is zero"


def _quarters(least: int, most: int) -> st.SearchStrategy[Fraction]:
    return st.integers(least, most).map(lambda n: n * SMALL)


@st.composite
def _coordinate(draw: st.DrawFn, depth: int, start: Start, scale: Fraction) -> list[Fraction]:
    """The layers of one coordinate: moduli from the least one upwards, in any order, with any signs."""
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
    columns = [draw(_coordinate(depth, draw(st.sampled_from(starts)), scale)) for _ in range(dimension)]
    return [list(row) for row in zip(*columns, strict=True)]


@st.composite
def losses(draw: st.DrawFn, dimension: int, most_rows: int = 4) -> SquaredLoss:
    """A squared loss with X not zero: over- and underdetermined, of any rank, fitting exactly or not.

    >>> from hypothesis import find
    >>> find(losses(2), lambda loss: loss.rank == 1 and loss.exact_minimum > 0).dimension
    2
    """
    rows = draw(st.integers(1, most_rows))
    row = st.lists(_quarters(-6, 6), min_size=dimension, max_size=dimension)
    matrix = draw(st.lists(row, min_size=rows, max_size=rows).filter(lambda found: any(map(any, found))))
    return SquaredLoss(matrix, draw(st.lists(_quarters(-6, 6), min_size=rows, max_size=rows)))


@st.composite
def flows(
    draw: st.DrawFn,
    starts: tuple[Start, ...] = (Start.APART,),
    depths: tuple[int, int] = (2, 8),
    dimensions: tuple[int, int] = (1, 6),
    scales: tuple[Fraction, ...] = (Fraction(1),),
) -> GradientFlow:
    """A gradient flow of a squared loss.

    Args:
        starts: what the coordinates are drawn from. depths, dimensions: the least and the largest.
        scales: factors of all layers to choose from.

    >>> from hypothesis import find
    >>> find(flows(depths=(3, 3)), lambda flow: flow.sigma > 1).loss.weight
    Fraction(1, 1)
    """
    depth, dimension = draw(st.integers(*depths)), draw(st.integers(*dimensions))
    loss = draw(losses(dimension))
    return GradientFlow(loss, draw(layers(depth, dimension, starts, draw(st.sampled_from(scales)))))


def horizon(flow: GradientFlow) -> Fraction:
    """A time in which the flow moves, but in which errors grow by less than ``e^8``.

    It is the reciprocal of a bound on the rates at time 0, rounded to a power of 2.

    >>> horizon(GradientFlow(SquaredLoss([[1]], [2]), [[0], [1]]))
    Fraction(1, 8)
    """
    matrix, _ = flow.loss.normal_form
    size = max(sum(map(abs, row), Fraction(0)) for row in matrix)
    largest = [[max(abs(u), SMALL) for u in column] for column in zip(*flow.start, strict=True)]
    metric = max(sum((prod(column) / u) ** 2 for u in column) for column in largest)
    curvature = max(prod(sorted(column)[2:], start=Fraction(1)) for column in largest)
    slope = max(map(abs, flow.loss.exact_gradient([c.theta for c in flow.coordinates])))
    rate = 1 + size * metric + slope * curvature
    return Fraction(1, 1 << (rate.numerator // rate.denominator).bit_length())
