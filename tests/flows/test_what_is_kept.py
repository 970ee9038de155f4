"""What a trajectory keeps: every step, or the unknowns at the times asked for, in memory that does not grow."""

from __future__ import annotations

import tracemalloc

import pytest
from mpmath import mpf

from ddln_sym import GradientFlow, SquaredLoss


def flow() -> GradientFlow:
    return GradientFlow(SquaredLoss([[1, 2], [0, "0.25"]], [2, "0.1"]), [["0.5", -1], [1, "0.25"], [-2, 1]])


def test_the_same_numbers_at_the_times_asked_for():
    dense = flow().integrate(4, 25)
    times = ["0.001", 0, 1, "2.5", 1, 4]
    sparse = flow().integrate(4, 25, at=times)
    for t in times:
        assert sparse.layers(t) == dense.layers(t)
        assert sparse.xi(t) == dense.xi(t)
    assert (sparse.steps, sparse.until) == (dense.steps, dense.until)


def test_the_end_alone():
    ending = flow().integrate("0.3", 20, dense=False)
    assert ending.theta(0.3) == ending.theta("0.3") == flow().integrate("0.3", 20).theta("0.3")
    assert ending.theta(0) == (-1, mpf("-0.25"))
    with pytest.raises(ValueError, match=r"t is 0\.1: 2 times were kept"):
        ending.theta("0.1")


def test_convergence_without_the_way():
    dense, ending = flow().converge("1e-15"), flow().converge("1e-15", dense=False)
    assert ending.until == dense.until
    assert ending.theta(ending.end) == dense.theta(dense.end)
    assert flow().converge(1000, dense=False).theta(0) == (-1, mpf("-0.25"))


@pytest.mark.parametrize(("moment", "place"), [(-1, 0), ("4.1", 0)])
def test_times_outside(moment, place):
    with pytest.raises(ValueError, match=rf"at\[{place}\] is .*: expected a time from 0 to 4"):
        flow().integrate(4, 20, at=[moment])


def test_memory_does_not_grow_with_the_steps():
    def peak(until, **arguments):
        tracemalloc.start()
        steps = flow().integrate(until, 30, **arguments).steps
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return steps, found

    peak(1)
    (few, short), (many, long), (_, everything) = peak(4, dense=False), peak(60, dense=False), peak(60)
    assert many > 3 * few
    assert long < 1.2 * short
    assert everything > 2 * long
