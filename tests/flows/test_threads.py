"""Eight threads at once, each with digits of its own, against the same one after the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from threading import Barrier

import pytest
import sympy as sp
from flint import ctx
from mpmath import mp

import ddln_sym as dd
from ddln_sym.numerics import precision

DIGITS = (15, 60, 20, 45, 30, 25, 50, 35)
X, Y = [["1", "0.5", "-0.25"], ["0.25", "-1", "1"]], ["0.4", "0.3"]
LAYERS = [["0.1", "-0.2", "0.15"], ["0.9", "0.8", "-0.7"], ["0.6", "1", "0.9"]]
FLOW = dd.GradientFlow(dd.SquaredLoss(X, Y), LAYERS)
LOGISTIC = dd.GradientFlow(dd.LogisticLoss(X, [1, -1]), LAYERS)


def bias(digits):
    found = dd.implicit_bias(X, Y, LAYERS, digits)
    return [v._mpf_ for v in (*found.theta, *found.multipliers)]


def trajectory(digits):
    found = FLOW.integrate(1, digits)
    numbers = (
        *found.theta("0.5"),
        *found.xi(1),
        found.loss(1),
        found.excess(1),
        found.rate,
        found.bound(1),
        found.until,
    )
    return [v._mpf_ for v in numbers]


def logistic(digits):
    found = LOGISTIC.integrate(1, digits)
    return [v._mpf_ for v in (*found.theta(1), found.loss(1))]


def enclosure(digits):
    box = FLOW.enclose("0.25", digits)
    return [(int(b.mid().man_exp()[0]), int(b.rad().man_exp()[0])) for b in (*box.theta("0.1"), box.least_rate())]


def entropies(digits):
    found = dd.entropy(LAYERS)
    theta = ["0.3", "-0.2", "0.1"]
    numbers = [found(theta, digits), *found.gradient(theta, digits), *found.conjugate_gradient(["0.1"] * 3, digits)]
    return [v._mpf_ for v in (*numbers, dd.rich_limit(LAYERS, theta, digits))]


def polynomial(digits):
    a, b = sp.symbols("a b")
    return [v._mpf_ for v in dd.integrate_polynomial([b, -a], [a, b], [0, 1], 1, digits)(Fraction(1, 2))]


def losses(digits):
    bits = mp.prec if digits % 2 else 3 * digits
    return [
        FLOW.loss(["0.1"] * 3, bits)._mpf_,
        LOGISTIC.loss(["0.1"] * 3, bits)._mpf_,
        FLOW.loss.polyak_lojasiewicz(bits)._mpf_,
    ]


@pytest.mark.parametrize("run", [bias, trajectory, logistic, enclosure, entropies, polynomial, losses])
def test_eight_threads(run):
    before = mp.dps, ctx.prec
    expected = {digits: run(digits) for digits in DIGITS}
    together = Barrier(len(DIGITS))

    def started(digits):
        together.wait(60)
        return run(digits)

    with ThreadPoolExecutor(len(DIGITS)) as pool:
        found = dict(zip(DIGITS, pool.map(started, DIGITS), strict=True))
    assert found == expected
    assert (mp.dps, ctx.prec) == before


def test_the_precision_of_the_caller_is_left_alone_meanwhile():
    """Another thread that computes with mpmath, while flows run here, has its own digits."""
    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(lambda: [run(d) for d in (15, 60) for run in (trajectory, logistic, bias, losses)])
        while not work.done():
            assert mp.dps == 15
    work.result()


def _ends(*balls):
    return [(b.mid().man_exp(), b.rad().man_exp()) for b in balls]


def limits(digits):
    found = FLOW.enclose(60, digits).limit()
    return _ends(*found.theta, *found.xi)


def crossings(digits):
    box = dd.GradientFlow(dd.SquaredLoss([[1]], [2]), [["-0.5"], [1]]).enclose(1, digits)
    u = sp.Symbol("theta_1", real=True)
    return _ends(*(c.time for c in box.sign_changes()), *(e.time for e in box.events(u)), *box.metric("0.5"))


def general(digits):
    net = dd.two_sided(1)
    box = dd.GradientFlow(dd.SquaredLoss([[1]], [2]), net, ["0.5", "0.3", "0.2", "0.7"]).enclose("0.5", digits)
    return _ends(*box.theta("0.25"), *box.parameters("0.5"), box.loss("0.5"))


def certified(digits):
    found = dd.implicit_bias(X, Y, LAYERS, digits)
    Q = dd.difference_entropy([1, 2], [2, 1], 3)
    theta = ["0.3", "0.4"]
    balls = [
        Q(theta, digits, True),
        *Q.gradient(theta, digits, True),
        *(end for ends in Q.range(digits, True) for end in ends),
    ]
    return [*_ends(*balls), *(v._mpf_ for v in found.theta)]


@pytest.mark.parametrize(
    "run",
    [bias, trajectory, logistic, enclosure, entropies, polynomial, losses, limits, crossings, general, certified],
)
def test_nothing_depends_on_the_precision_around(run):
    """What another thread, or the caller, has set at the moment: nothing is rounded to it."""
    found = []
    for bits in (20, 53, 700):
        with precision(bits):
            found.append(run(DIGITS[1]))
    assert found[0] == found[1] == found[2]


def test_the_kernel_takes_its_turn_too():
    """Statements that are decided in balls, beside trajectories of many digits: the same answers, and precision."""
    x = sp.Symbol("x", real=True)
    statements = [
        dd.Compare(1, 2 * x * sp.exp(-(x**2))),
        dd.Compare(sp.Rational(6, 7), 2 * x * sp.exp(-(x**2))),
        dd.Compare((x**2 - 2) ** 2, 0, strict=True),
        dd.Compare(sp.pi, sp.Rational(314159, 100000), strict=True),
    ]
    alone, before = [dd.decide(s).verdict.value for s in statements], ctx.prec
    assert alone == ["proved", "refuted", "refuted", "proved"]
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda s: dd.decide(s).verdict.value, statements * 2)
        digits = pool.map(enclosure, (60, 20, 45))
        assert list(found) == alone * 2
        assert list(digits) == [enclosure(n) for n in (60, 20, 45)]
    assert ctx.prec == before
