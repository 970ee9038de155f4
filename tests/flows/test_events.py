"""Times at which expressions vanish along a flow: all of them, against an independent integrator and a closed form."""

from __future__ import annotations

from itertools import pairwise

import mpmath
import pytest
import sympy as sp
from mpmath import mpf

import ddln_sym as dd
from ddln_sym.flows import EventError

u, v = sp.symbols("u v", real=True)
NET = dd.Parametrization((u * v,), (u, v))


def test_a_closed_form():
    # u' = v, v' = u from (1/2, 1) under the loss −θ: u + v = (3/2)e^t is 2 at log(4/3)
    box = dd.GradientFlow(dd.SymbolicLoss(-sp.Symbol("t"), (sp.Symbol("t"),)), NET, ["1/2", 1]).enclose(1, 25)
    (event,) = box.events(u + v - 2)
    with mpmath.workdps(40):
        crossed = mpmath.log(mpf(4) / 3)
        after, before = (mpf(t.numerator) / t.denominator for t in (event.after, event.before))
        assert after <= crossed <= before and before - after < mpf(10) ** -23
    assert event.direction == 1 and not box.events(u + v - 1) and not box.events("xi_1 - 2")
    (at,) = box.events("xi_1 - 1/3")  # ξ = t
    assert at.after <= sp.Rational(1, 3) <= at.before


@pytest.mark.parametrize("expression", ["theta_1 - 2", "velocity_1", "sin(u*v)", "xi_1 - 1/4", "u**2 - 2*v**2"])
def test_no_crossing_of_an_oscillation_is_missed(expression):
    flow = dd.GradientFlow(dd.SquaredLoss([[1]], [2]), NET, [1, "-0.5"], friction="0.2")
    events = flow.enclose(3, 15).events(expression)

    def field(t, y):
        g = 2 * (y[0] * y[1] - 2)
        return [y[2], y[3], -y[2] / 5 - g * y[1], -y[3] / 5 - g * y[0], -g]

    with mpmath.workdps(18):
        solution = mpmath.odefun(field, 0, [mpf(1), mpf(-1) / 2, 0, 0, 0])
        names = sp.symbols("u v velocity_1 velocity_2 xi_1 theta_1")
        value = sp.lambdify(names, sp.sympify(expression), "mpmath")
        times = [mpf(n) / 200 for n in range(1, 601)]
        signs = [mpmath.sign(value(*state, state[0] * state[1])) for state in map(solution, times)]
    crossings = [(a, b, int(t)) for (a, s), (b, t) in pairwise(zip(times, signs, strict=True)) if s != t]
    assert len(events) == len(crossings)
    for event, (a, b, direction) in zip(events, crossings, strict=True):
        assert a <= float(event.after) <= float(event.before) <= b and event.direction == direction
        assert event.before - event.after < 1e-12


def test_sign_changes_of_layers_are_events():
    flow = dd.GradientFlow(dd.SquaredLoss([[1, 2], [0, 1]], [2, 1]), [["-0.5", 0], [1, "0.2"], [2, 1]])
    box = flow.enclose(2, 20)
    for change in box.sign_changes():
        (event,) = box.events(f"u{change.layer}_{change.coordinate}")
        assert event.time.overlaps(change.time)
        (event,) = box.events(f"theta_{change.coordinate}")
        assert event.time.overlaps(change.time)
    assert box.events("u3_1") == () == box.events("theta_2")  # θ_2 starts at 0 and leaves it
    assert box.events("u1_1**2 - u2_1**2") == ()


def test_what_touches_zero_or_does_not_move_is_refused():
    box = dd.GradientFlow(dd.SquaredLoss([[1]], [2]), NET, [1, "-0.5"]).enclose(1, 15)
    with pytest.raises(EventError, match="come close to zero together"):
        box.events("(theta_1 - 1)**2")
    with pytest.raises(EventError):
        box.events("u**2 - v**2 - 3/4")  # a conserved quantity that is 0 throughout
    for expression, sentence in [
        ("q", "the expression has q"),
        ("3", "does not move"),
        ("u +", "none that SymPy reads"),
    ]:
        with pytest.raises(ValueError, match=sentence.replace("+", r"\+")):
            box.events(expression)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('touch ran')",
        'exec(\'open("ran", "w")\')',
        "theta_1.__class__",
        "[theta_1 for _ in (1,)]",
        "(lambda: theta_1)()",
        "theta_1 if theta_1 else 0",
        "open('ran', 'w')",
        "'theta_1'",
        "theta_1 +",
        "",
    ],
)
def test_an_expression_is_read_and_not_run(text, tmp_path, monkeypatch):
    """SymPy reads a text by running it: what is no arithmetic is refused before."""
    monkeypatch.chdir(tmp_path)
    box = dd.GradientFlow(dd.SquaredLoss([[1]], [2]), [["0.5"], [1]]).enclose(until="0.1", digits=10)
    with pytest.raises(ValueError, match="the expression"):
        box.events(text)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "text", ["theta_1**(10**9)", "theta_1**1000000000", "2**10**9 - theta_1", "theta_1**(999*999)"]
)
def test_powers_that_fill_the_memory_are_refused(text):
    box = dd.GradientFlow(dd.SquaredLoss([[1]], [2]), [["0.5"], [1]]).enclose(until="0.1", digits=10)
    with pytest.raises(ValueError, match="has an exponent beyond 1000"):
        box.events(text)
