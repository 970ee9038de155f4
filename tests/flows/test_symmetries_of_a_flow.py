"""What a flow does under permutations, flipped signs, a scaled loss, and time run backwards."""

from __future__ import annotations

import pytest
import trajectories
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp
from trajectories import DIGITS, EVERY, allowed, columns, differences, exactly, largest

from ddln_sym import GradientFlow, SquaredLoss
from ddln_sym.testing import flows, horizon

more_digits = pytest.fixture(autouse=True)(trajectories.more_digits)


@given(flows(EVERY), st.randoms(use_true_random=False))
def test_permuted_and_flipped_flows(flow, random):
    """Columns of X with their layers, and layers among themselves, in another order; two signs flipped at once."""
    end, d, depth = horizon(flow), flow.loss.dimension, len(flow.start)
    order, inner = random.sample(range(d), d), [random.sample(range(depth), depth) for _ in range(d)]
    signs = [random.choice((1, -1)) for _ in range(d)]
    rows = [[sign * row[i] for i, sign in zip(order, signs, strict=True)] for row in flow.loss.rows]
    start = [
        [
            flow.start[inner[n][j]][i] * (sign if j == 0 else 1)
            for n, (i, sign) in enumerate(zip(order, signs, strict=True))
        ]
        for j in range(depth)
    ]
    other = GradientFlow(SquaredLoss(rows, flow.loss.targets), start).integrate(end, DIGITS)
    same = flow.integrate(end, DIGITS)
    theta = same.theta(end)
    scale = largest(same, [end])
    found = [sign * theta[i] for i, sign in zip(order, signs, strict=True)]
    assert differences([found], [other.theta(end)]) <= allowed(max(1, scale), depth)
    for n, i in enumerate(order):
        before, after = columns(same, end)[i], columns(other, end)[n]
        assert differences([[abs(before[j]) for j in inner[n]]], [[abs(u) for u in after]]) <= allowed(scale)


@given(flows(EVERY), st.integers(2, 5))
def test_scaling_the_loss_rescales_time(flow, weight):
    end = horizon(flow)
    scaled = GradientFlow(SquaredLoss(flow.loss.rows, flow.loss.targets, weight), flow.start)
    fast, slow = scaled.integrate(end / weight, DIGITS), flow.integrate(end, DIGITS)
    assert differences(fast.layers(end / weight), slow.layers(end)) <= allowed(largest(slow, [end]))


@given(flows(EVERY))
def test_integrating_back_returns_to_the_start(flow):
    """With the loss negated; an error grows by less than ``e^8`` on the way, for each layer."""
    end = horizon(flow)
    there = flow.integrate(end, DIGITS + 10 + 4 * len(flow.start))
    with mp.workdps(2 * there.digits):
        back = GradientFlow(SquaredLoss(flow.loss.rows, flow.loss.targets, -1), there.layers(end))
        found = back.integrate(end, there.digits, full=True).layers(end)
    start = [[exactly(u) for u in row] for row in flow.start]
    assert differences(found, start) <= allowed(largest(there, [0, end]))
