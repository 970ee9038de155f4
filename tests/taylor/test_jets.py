"""Taylor coefficients: the plain interpreter against exact series, the compiled kernel against the interpreter."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import sysconfig
from array import array
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
import random_programs
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp

from ddln_sym import GradientFlow, LogisticLoss, SquaredLoss
from ddln_sym.taylor import PlainJets, Program, jets, programs, to_fixed
from ddln_sym.taylor.jets import Recurrence

VALUES = st.fractions(-3, 3, max_denominator=50)
BITS = 120
SOURCE = Path(jets.__file__).with_name("_jets.c")
#: Programs that a build under sanitizers runs.
FUZZED = 100

needs_the_kernel = pytest.mark.skipif(not jets.available(), reason="the jets are not compiled")


def field() -> Program:
    """Three unknowns; squares, products that share a factor, a sum of products, an unknown as a derivative."""
    found = Program(3)
    a, b = found.product(0, 0), found.product(0, 1)
    mixed = found.total({a: Fraction(-2, 3), b: Fraction(3), 2: Fraction(1)}, Fraction(1, 7))
    found.derivative(0, found.product(mixed, 1), -1)
    found.derivative(1, 0, 2)
    found.derivative(2, found.product(b, b))
    return found


def exact_coefficients(state, order):
    """Those of :func:`field`, by Cauchy products of fractions."""
    x, y, z = ([value] for value in state)

    def product(a, b, k):
        return sum((a[i] * b[k - i] for i in range(k + 1)), Fraction(0))

    pairs = []
    mixed = []
    for k in range(order):
        pairs.append(product(x, y, k))
        mixed.append(Fraction(-2, 3) * product(x, x, k) + 3 * pairs[k] + z[k] + (Fraction(1, 7) if k == 0 else 0))
        slopes = -product(mixed, y, k), 2 * x[k], product(pairs, pairs, k)
        for series, slope in zip((x, y, z), slopes, strict=True):
            series.append(slope / (k + 1))
    return x, y, z


@given(st.tuples(VALUES, VALUES, VALUES))
def test_the_coefficients_of_a_polynomial_field(state):
    order, h = 12, Fraction(1, 16)
    found = field().prepare(BITS).run_plainly([to_fixed(value, BITS) for value in state], h, order)
    for row, exact in zip(found, exact_coefficients(state, order), strict=True):
        for k, (c, value) in enumerate(zip(row, exact, strict=True)):
            assert abs(Fraction(int(c), 1 << BITS) - value * h**k) < Fraction(1, 1 << BITS - 40)


@given(VALUES)
def test_the_logistic_function(start):
    """``x' = 1/(1 + e^{−x})`` makes ``x − e^{−x}`` grow by the time."""
    program = Program(1)
    program.derivative(0, program.logistic(0))
    order, h = 20, Fraction(1, 4)
    found = program.prepare(BITS).run_plainly([to_fixed(start, BITS)], h, order)
    assert [len(row) for row in found.arguments] == [order]
    with mp.workprec(BITS):
        first = mp.mpf(start.numerator) / start.denominator
        end = mp.mpf(int(found.at(1 << BITS)[0])) / (1 << BITS)
        assert abs((end - mp.exp(-end)) - (first - mp.exp(-first)) - mp.mpf(h.numerator) / h.denominator) < 1e-12


def test_plain_integers(monkeypatch):
    """Without gmpy2 the coefficients are the same."""
    state = [Fraction(1), Fraction(-2), Fraction(1, 3)]

    def coefficients():
        return list(field().prepare(BITS).run_plainly([to_fixed(value, BITS) for value in state], Fraction(1, 32), 40))

    fast = coefficients()
    monkeypatch.setattr(programs, "integer", int)
    slow = coefficients()
    assert slow == fast
    assert {type(c) for jet in slow for c in jet} == {int}


# -- compiled ----------------------------------------------------------------------------------------
@pytest.mark.skipif(not os.environ.get("CI"), reason="there may be no compiler")
def test_the_kernel_is_there_where_it_is_tested():
    assert jets.available()


@needs_the_kernel
@given(st.integers(0, 2**32))
def test_compiled_jets_are_the_same_integers(seed):
    for case in range(20):
        random_programs.compare(Random(seed + case))


@needs_the_kernel
@pytest.mark.parametrize("digits", range(1, random_programs.WIDEST + 1))
def test_every_width(digits):
    """Near the ends of what so many digits hold, and beyond, where more of them have to be taken."""
    bits = 60 * digits - jets.SPARE_BITS
    program = Recurrence(2, [("product", 0, 1), ("total", (0, 1), [-(1 << bits), 3], 5)], [(2, 1), (3, -1)], bits)
    for state in ([(1 << bits) - 1, -1], [-(1 << bits), -(1 << bits)], [1, (1 << bits + 5) - 1]):
        plain, fast = (run(state, Fraction(3, 4), 6) for run in (program.run_plainly, program.run_compiled))
        assert list(fast) == list(plain)
        assert fast.digits >= digits


@needs_the_kernel
@pytest.mark.parametrize(("power", "compiled"), [(10, True), (40, False), (200, False)])
def test_numbers_that_are_too_long(power, compiled):
    """They take more digits; beyond reason, and with a factor that fits no digit, the interpreter."""
    squared = Recurrence(1, [("square", 0)], [(1, 1)], bits=50)
    fast, plain = (run([1 << 50], Fraction(2) ** power, 12) for run in (squared.run_compiled, squared.run_plainly))
    assert (fast is not None) == compiled
    assert list(squared.jets([1 << 50], Fraction(2) ** power, 12)) == list(fast or plain) == list(plain)


def run_kernel(code=(1, 0, 0, 0, 0, 0), lists=(), rates=(1,), outputs=(), factors=(1,), state=bytes(8), n=1, order=4):
    row = (array("i", code), array("i", lists), b"", bytes(8 * n), array("i", rates), array("i", outputs))
    return jets.kernel.taylor(n, 10, order, 2, *row, array("q", factors), state, b"")


@needs_the_kernel
@pytest.mark.parametrize(
    "wrong",
    [
        {"code": (1, 1, 0, 0, 0, 0)},
        {"code": (2, 0, -1, 0, 0, 0)},
        {"code": (3, 0, 0, 0, 0, 0)},
        {"code": (9, 0, 0, 0, 0, 0)},
        {"code": (0, 0, 1, 0, 0, 0)},
        {"code": (0, 0, 1, 0, 0, 1), "lists": (0,)},
        {"code": (0, 0, 1, 0, 0, 2), "lists": (0,)},
        {"code": (0, 0, 1, 0, 0, 0), "lists": (1,)},
        {"code": (1, 0, 0)},
        {"rates": (2,)},
        {"outputs": (0,)},
        {"outputs": (1, 1)},
        {"factors": (1 << 60,)},
        {"factors": (1, 1)},
        {"state": bytes(7)},
        {"order": 0},
        {"order": 70_000},
        {"n": 0},
    ],
    ids=str,
)
def test_the_kernel_refuses_what_is_no_program(wrong):
    """Registers of later lines, lists, constants and planes that are not there."""
    assert run_kernel() is not None
    with pytest.raises(ValueError):
        run_kernel(**wrong)


@needs_the_kernel
def test_the_kernel_refuses_coefficients_that_are_not_there():
    planes, used = run_kernel()
    for registers, order, *buffers in ((2, 4, planes, used), (1, 5, planes, used), (1, 4, planes, b"\x09\0\0\0")):
        with pytest.raises(ValueError):
            jets.kernel.horner(1, 10, order, registers, *buffers, bytes(8))
    for wrong in ((1, 4, 0, 2, 0, 1), (1, 4, 0, 1, 0, 6), (1, 4, 1, 0, 0, 1), (1, 4, 0, 1, 3, 2)):
        with pytest.raises(ValueError):
            jets.kernel.words(*wrong, planes)
    for wrong in ((1, 4, 2, 0), (1, 4, 1, 5), (1, 4, 1, -1)):
        with pytest.raises(ValueError):
            jets.kernel.largest(*wrong, planes)


@needs_the_kernel
@pytest.mark.parametrize("loss", [SquaredLoss, LogisticLoss])
def test_a_flow_with_and_without_the_kernel(loss):
    flow = GradientFlow(loss([[1, 2], [3, "-0.5"], [1, 1]], [1, -1, 1]), [["0.1", 1], [1, "-0.7"], ["1.5", 2]])
    fast = flow.integrate(2, 25)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jets, "kernel", None)
        plain = flow.integrate(2, 25)
    assert isinstance(plain.solution.steps[0].jets, PlainJets)
    assert not isinstance(fast.solution.steps[0].jets, PlainJets)
    for one, other in zip(fast.solution.steps, plain.solution.steps, strict=True):
        assert (one.begin, one.scale, list(one.jets)) == (other.begin, other.scale, list(other.jets))
    assert fast.layers("1.3") == plain.layers("1.3")


def test_the_plain_interpreter_by_environment():
    code = "from ddln_sym.taylor import jets; print(jets.available())"
    environment = {**os.environ, "DDLN_SYM_PLAIN_JETS": "1"}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"


def test_under_sanitizers(tmp_path):
    """Built with checks of every access and every operation, the kernel runs random programs."""
    compiler = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")
    made = tmp_path / "_jets.abi3.so"
    flags = "-std=c11 -O1 -g -fPIC -shared -fsanitize=address,undefined -fno-sanitize-recover=all -Wall -Wextra -Werror"
    include = f"-I{sysconfig.get_path('include')}"
    try:
        subprocess.run([*compiler, *flags.split(), include, SOURCE, "-o", made], check=True, capture_output=True)
        library = subprocess.run([*compiler, "-print-file-name=libasan.so"], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no C compiler with sanitizers: {error}")
    environment = {**os.environ, "LD_PRELOAD": library.stdout.strip(), "ASAN_OPTIONS": "detect_leaks=0"}
    arguments = [sys.executable, random_programs.__file__, made, str(FUZZED)]
    run = subprocess.run(arguments, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    compiled, widest = map(int, run.stdout.split())
    assert compiled > FUZZED * 9 // 10
    assert widest > random_programs.WIDEST // 2
