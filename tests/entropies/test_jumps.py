"""The jump process of infinitesimal initialization: against enclosed flows, brute force, and its hypotheses."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise, product

import mpmath
import numpy as np
import pytest
from flint import fmpq

import ddln_sym as dd

LAYERS = [[0, 0], [1, 1], [1, 2]]
#: ½θᵀAθ − bᵀθ of claim new-t15-signs as ``‖Xθ − y‖²``, to seven decimals.
THREE = (
    [["2.2555487", "-0.2320943", "-0.0609608"], [0, "0.3407818", "-1.7141427"], [0, 0, "0.3556662"]],
    ["1.9613853", "-0.4629756", "-0.1955168"],
)


def scaled(layers, a):
    return [[str(Fraction(a) * Fraction(v)) for v in row] for row in layers]


def least_with_signs(data, target, signs):
    """The constrained minimizer by trying every support, in floats."""
    data, target = np.array(data, float), np.array(target, float)
    best, found = np.inf, None
    for chosen in product(*((False, True) if s else (False,) for s in signs)):
        places = [n for n, c in enumerate(chosen) if c]
        theta = np.zeros(len(signs))
        if places:
            theta[places] = np.linalg.lstsq(data[:, places], target, rcond=None)[0]
        if all(s * t >= 0 for s, t in zip(signs, theta, strict=True)):
            value = ((data @ theta - target) ** 2).sum()
            if value < best - 1e-12:
                best, found = value, theta
    return found


@pytest.mark.parametrize("a, error", [("1/20", 2e-3), ("1/80", 4e-5)])
def test_the_flow_from_a_small_start_is_enclosed_near_the_process(a, error):
    """Between two jumps, and after the last: balls that contain the flow, within a bound that shrinks with a."""
    data, target = [[2, 1], [0, 1]], [2, -1]
    start, *jumps = dd.jump_process(data, target, LAYERS)
    assert len(jumps) == 2 and start.theta == (0, 0)
    times = [(jumps[0].time + jumps[1].time) / 2, jumps[1].time * mpmath.mpf("1.5")]
    times = [Fraction(int(t * 1000), 1000) for t in times]
    flow = dd.GradientFlow(dd.SquaredLoss(data, target), layers=scaled(LAYERS, a))
    box = flow.enclose(until=str(times[-1] / Fraction(a)), digits=12)
    for time, jump in zip(times, jumps, strict=True):
        theta = box.theta(str(time / Fraction(a)))
        assert all(
            abs(ball - fmpq(t.numerator, t.denominator)) < error for ball, t in zip(theta, jump.theta, strict=True)
        )


def descent(data, target, theta):
    """``−∇𝓛(θ)`` of ``‖Xθ − y‖²`` in fractions."""
    rows = [[Fraction(v) for v in row] for row in data]
    rest = [Fraction(y) - sum(x * t for x, t in zip(r, theta, strict=True)) for r, y in zip(rows, target, strict=True)]
    return [2 * sum(row[n] * r for row, r in zip(rows, rest, strict=True)) for n in range(len(theta))]


def test_each_piece_minimizes_under_the_signs_of_its_duals_and_duals_move_in_lines():
    layers = [[0] * 3, [1] * 3, [1] * 3]
    ends = dd.entropy(layers).range()
    pieces = dd.jump_process(*THREE, layers, digits=20)
    assert len(pieces) == 5
    for piece, after in pairwise(pieces):
        theta = piece.theta
        signs = [0 if n + 1 not in piece.active else 1 if piece.dual[n] > 0 else -1 for n in range(3)]
        assert np.allclose([float(t) for t in theta], least_with_signs(*THREE, signs), atol=1e-9)
        for n, slope in enumerate(descent(*THREE, theta)):
            moved = piece.dual[n] + (after.time - piece.time) * mpmath.mpf(slope.numerator) / slope.denominator
            assert abs(after.dual[n] - moved) < 1e-13
            assert ends[n][0] - 1e-15 <= after.dual[n] <= ends[n][1] + 1e-15
    assert descent(*THREE, pieces[-1].theta) == [0, 0, 0]  # a minimizer of the loss


def test_a_coordinate_deactivates_where_the_rule_without_signs_is_wrong():
    """Trap of claim new-t15-signs: at T = 27.87 the process jumps to (.730, −1.359, 0), not to (.430, −4.12, −.55)."""
    pieces = dd.jump_process(*THREE, [[0] * 3, [1] * 3, [1] * 3], digits=12)
    at = next(piece for piece in pieces if abs(piece.time - 27.87) < 0.01)
    assert at.active == (1, 2, 3) and at.theta[2] == 0
    assert abs(float(at.theta[0]) - 0.7298) < 1e-3 and abs(float(at.theta[1]) + 1.3586) < 1e-3
    final = pieces[-1]
    assert final.dual[2] < 0 and abs(float(final.theta[2]) + 0.5497) < 1e-3


def test_asymmetric_ends_and_negative_layers():
    """From x_0 ≠ 0 and s = −1 the ends are −t_+ and t_−: the first jump is at an end over the slope."""
    layers = [["0.2"], [-1], [2]]
    low, high = dd.entropy(layers).range()[0]
    for target, end in ((1, high), (-1, low)):
        _, jump = dd.jump_process([[1]], [target], layers)
        assert abs(jump.time - abs(end) / 2) < 1e-15 and jump.theta == (target,)
    assert abs(low) != abs(high)


def test_balls_contain_what_more_digits_find():
    few = dd.jump_process(*THREE, [[0] * 3, [1] * 3, [1] * 3], digits=10, certified=True)
    many = dd.jump_process(*THREE, [[0] * 3, [1] * 3, [1] * 3], digits=60, certified=True)
    assert len(few) == len(many)
    assert all(a.time.overlaps(b.time) and a.theta == b.theta for a, b in zip(few, many, strict=True))


def test_it_stops_in_time():
    data, target = [[2, 1], [0, 1]], [2, -1]
    whole = dd.jump_process(data, target, LAYERS)
    assert dd.jump_process(data, target, LAYERS, until=0) == whole[:1]
    assert dd.jump_process(data, target, LAYERS, until=(whole[1].time + whole[2].time) / 2) == whole[:2]


@pytest.mark.parametrize(
    "data, target, layers, more, message",
    [
        ([[1]], [1], [[0], [1]], {}, "the layers have 2 rows: the jump process needs at least three"),
        ([[1]], [1], [[1], [1], [2]], {}, "coordinate 1 has two layers of the least modulus 1"),
        ([[1, 2]], [1], [[0], [1], [1]], {}, "X has 2 columns: every row of X needs 1 number"),
        ([[1]], [1, 2], [[0], [1], [1]], {}, "X has 1 row and y has 2 numbers"),
        ([[1]], [1], [[0], [1], [1]], {"until": -1}, "until is -1: it has to be at least 0"),
        ([[1, 0], [0, 1]], [1, 1], [[0, 0], [1, 1], [1, 1]], {}, "the duals of the coordinates 1 and 2 reach an end"),
        ([[1, 1]], [1], [[0, 0], [1, 1], [1, 2]], {}, None),
    ],
)
def test_what_is_refused(data, target, layers, more, message):
    if message is None:  # no jump of the second coordinate: it stays inside, its slope 0 once the first fits the data
        assert [jump.active for jump in dd.jump_process(data, target, layers, **more)] == [(), (2,)]
        return
    with pytest.raises(ValueError, match=message):
        dd.jump_process(data, target, layers, **more)
