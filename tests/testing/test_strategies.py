"""The strategies draw what they promise, and the plugin tells Hypothesis of them."""

from __future__ import annotations

import tomllib
from fractions import Fraction
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from ddln_sym import GradientFlow, LogisticLoss, SquaredLoss
from ddln_sym.flows.losses import Loss
from ddln_sym.testing import SCALES, Data, Start, flows, horizon, layers, losses


@given(flows((Start.APART, Start.ZERO), scales=SCALES))
def test_the_assumption_holds_where_layers_start_apart(flow):
    assert flow.sigma > 0
    assert 2 <= len(flow.start) <= 8 and 1 <= flow.loss.dimension <= 6


@given(flows((Start.TIED,)), flows((Start.ZEROS,)))
def test_the_assumption_fails_by_ties_and_by_zeros(tied, zeros):
    assert tied.sigma == zeros.sigma == 0
    assert all(coordinate.tied and not coordinate.frozen for coordinate in tied.coordinates)
    assert all(coordinate.frozen for coordinate in zeros.coordinates)


@given(st.data(), st.integers(1, 4))
def test_kinds_of_data(data, dimension):
    over, under, deficient = (data.draw(losses(dimension, data=(kind,))) for kind in Data)
    assert len(over.rows) > dimension >= len(under.rows)
    assert deficient.rank < min(len(deficient.rows), dimension) or min(len(deficient.rows), dimension) == 1
    assert data.draw(losses(dimension, fitting=(True,))).exact_minimum == 0


@pytest.mark.parametrize(("start", "variance"), [(Start.RANDOM, 1), (Start.XAVIER, "1/5"), (Start.HE, "2/5")])
def test_random_starts_have_the_deviation_they_say(start, variance):
    assert 0 <= Fraction(variance) - start.deviation(5) ** 2 < Fraction(1, 50)
    drawn = [abs(u) for u in (any_of(layers(2, 5, (start,)), lambda rows: rows[0][0] > start.deviation(5)))[0]]
    assert len(drawn) == 5 and max(drawn) <= 4 * start.deviation(5)


def any_of(strategy, condition):
    """The first example found, not a small one."""
    return find(strategy, condition, settings=settings(max_examples=500, phases=[Phase.generate], database=None))


def test_both_signs_and_every_order_occur():
    assert any_of(layers(2, 1), lambda rows: rows[0][0] < 0 < rows[1][0])
    assert any_of(layers(2, 1), lambda rows: abs(rows[0][0]) > abs(rows[1][0]) > 0)
    assert any_of(layers(2, 1), lambda rows: abs(rows[1][0]) > abs(rows[0][0]) > 0)


def test_shrinking_leads_to_small_cases():
    rows = find(layers(3, 2), lambda rows: rows[0][1] < 0)
    assert rows == [[0, Fraction(-1, 4)], [Fraction(1, 4), 0], [Fraction(1, 4), Fraction(1, 4)]]


def test_a_horizon_is_short_for_a_fast_flow():
    slow, fast = (GradientFlow(SquaredLoss([[1]], [2]), [[0], [n]]) for n in (1, 100))
    assert horizon(fast) < horizon(slow) / 1000


def test_the_plugin_registers_the_public_classes():
    path = Path(__file__).parents[2] / "pyproject.toml"
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["project"]["entry-points"]["hypothesis"]
    module, _, name = entries["ddln_sym"].partition(":")
    getattr(import_module(module), name)()
    for kind in (SquaredLoss, LogisticLoss, Loss, GradientFlow):
        assert isinstance(any_of(st.from_type(kind), lambda _: True), kind)
    assert isinstance(any_of(st.from_type(Loss), lambda loss: isinstance(loss, LogisticLoss)), LogisticLoss)
