"""The bound (15) for models whose components are products: beside the flow of layers, and never below the loss."""

from __future__ import annotations

import json

import pytest
import sympy as sp
from command_line import running

import ddln_sym as dd

x, y, z, w, v = sp.symbols("x y z w v", real=True)
LOSS = dd.SquaredLoss([[1, 2], [0, 1]], ["0.5", -1])
START = [["0.1", "-0.7"], [1, "1.5"]]


def test_it_is_that_of_the_layers():
    """For two layers of two coordinates, named otherwise and in another order."""
    flow = dd.GradientFlow(LOSS, dd.Parametrization((x * y, z * w), (x, z, w, y)), ["0.1", "-0.7", "1.5", 1])
    layered = dd.GradientFlow(LOSS, START)
    for time in (0, "0.5", 2):
        assert flow.integrate(2, 20).bound(time) == layered.integrate(2, 20).bound(time)
        mine, other = flow.enclose(2, 20).bound(time), layered.enclose(2, 20).bound(time)
        assert mine.overlaps(other) and mine.rad() < 1e-20


@pytest.mark.parametrize("sign", [1, -1])
def test_it_is_never_below_the_loss(sign):
    """Of components with different numbers of parameters, and a sign."""
    flow = dd.GradientFlow(LOSS, dd.Parametrization((sign * x * y * z, w * v), (x, y, z, w, v)), [1, "0.2", -2, 0, 1])
    box = flow.enclose(3, 15)
    for time in (0, "0.1", "0.5", 1, 2, 3):
        assert bool(box.loss(time) <= box.bound(time) + 1e-15)
    assert bool(box.loss(1) < box.bound(1))


@pytest.mark.parametrize(
    ("components", "start", "options", "reason"),
    [
        ((x * y, x * z), [1, 2, 3], {}, "of its own"),
        ((x**2 * y, z * w), [1, 2, 3, 4], {}, "of its own"),
        ((2 * x * y, z * w), [1, 2, 3, 4], {}, "of its own"),
        ((x, z * w), [1, 3, 4], {}, "of its own"),
        ((x * y, z * w), [1, 1, 3, 4], {}, "least modulus"),
        ((x * y, z * w), [1, 2, 3, 4], {"decay": 1}, "plain gradient flow"),
        ((x * y, z * w), [1, 2, 3, 4], {"friction": 1}, "plain gradient flow"),
        ((x * y, z * w), [1, 2, 3, 4], {"metric": [1, 1, 1, 1]}, "plain gradient flow"),
        ((x * y, z * w), [1, 2, 3, 4], {"backwards": True}, "plain gradient flow"),
    ],
)
def test_where_it_says_nothing(components, start, options, reason):
    variables = sorted(sp.Tuple(*components).free_symbols, key=lambda s: "xyzw".index(s.name))
    flow = dd.GradientFlow(LOSS, dd.Parametrization(components, variables), start, **options)
    with pytest.raises(ValueError, match=reason):
        flow.bound(0, 50)


def test_flow_prints_it_with_balls_and_without(capsys, monkeypatch, tmp_path):
    run, path = running(capsys, monkeypatch), tmp_path / "my_flow.py"
    path.write_text(
        "import sympy as sp, ddln_sym as dd\nx, y = sp.symbols('x y', real=True)\n"
        "flow = dd.GradientFlow(dd.SquaredLoss([[1]], [2]), dd.Parametrization((x * y,), (x, y)), [0, 1])\n",
        encoding="utf-8",
    )
    code, out, _ = run("flow", path, "--until", "1", "--digits", "8")
    assert code == 0 and "bound      0.073262556" in out
    found = json.loads(run("flow", path, "--until", "1", "--digits", "8", "--certified", "--json", "-")[1])
    assert found["bound"]["mid"].startswith("0.07326255")
