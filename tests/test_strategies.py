"""The strategies draw what they promise, and the plugin tells Hypothesis of them."""

from __future__ import annotations

import tomllib
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from ddln_sym import GradientFlow, LogisticLoss, SquaredLoss
from ddln_sym.loss import Loss
from ddln_sym.strategies import SCALES, Data, Start, flows, horizon, layers, losses

RANDOM = (Start.RANDOM, Start.XAVIER, Start.HE)


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


@pytest.mark.parametrize("start", RANDOM)
def test_random_starts_have_the_deviation_they_say(start):
    """From all the quantiles that can be drawn."""
    assert abs(start.deviation(4) ** 2 * 4 - {Start.RANDOM: 4, Start.XAVIER: 1, Start.HE: 2}[start]) < 0.06
    found = find(layers(3, 4, (start,)), lambda rows: all(u > 1 for u in rows[0]) and all(u < 0 for u in rows[1]))
    assert len(found) == 3 and all(len(row) == 4 for row in found)


def test_both_signs_and_every_order_occur():
    assert find(layers(2, 1), lambda rows: rows[0][0] < 0 < rows[1][0])
    assert find(layers(2, 1), lambda rows: abs(rows[0][0]) > abs(rows[1][0]) > 0)


def test_shrinking_leads_to_small_cases():
    flow = find(flows(tuple(Start)), lambda flow: flow.loss.dimension >= 2 and flow.sigma > 0)
    assert (len(flow.start), flow.loss.dimension, len(flow.loss.rows)) == (2, 2, 1)


def test_a_horizon_is_short_for_a_fast_flow():
    slow, fast = (GradientFlow(SquaredLoss([[1]], [2]), [[0], [n]]) for n in (1, 100))
    assert horizon(fast) < horizon(slow) / 1000


def test_the_plugin_registers_the_public_classes():
    path = Path(__file__).parent.parent / "pyproject.toml"
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["project"]["entry-points"]["hypothesis"]
    module, _, name = entries["ddln_sym"].partition(":")
    getattr(import_module(module), name)()
    for kind in (SquaredLoss, LogisticLoss, Loss, GradientFlow):
        assert isinstance(find(st.from_type(kind), lambda _: True), kind)
    assert isinstance(find(st.from_type(Loss), lambda loss: isinstance(loss, LogisticLoss)), LogisticLoss)
