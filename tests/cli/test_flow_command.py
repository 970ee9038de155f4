"""``ddln-sym flow``: what it prints, its exit codes, one sentence for a mistake."""

from __future__ import annotations

import json
import re

import pytest
from command_line import ROOT, assert_sentence, running
from mpmath import mp, mpf

from ddln_sym.flows import read_problem
from ddln_sym.numerics.numbers import MOST_DIGITS

EXAMPLE = ROOT / "docs" / "examples" / "figure3.toml"
GOOD = 'X = [[1, 2]]\ny = [1]\nlayers = [[1, 2], ["3", 4]]\n'

run = pytest.fixture(running)


def test_json_has_all_digits(run):
    code, out, err = run("flow", EXAMPLE, "--until", "1", "--digits", "50", "--json", "-")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert (len(found["layers"]), len(found["theta"]), found["digits"]) == (4, 5, 50)
    with mp.workdps(80):
        reference = read_problem(EXAMPLE).integrate(1, 70).theta(1)
        for text, value in zip(found["theta"], reference, strict=True):
            assert abs(mpf(text) - value) < mpf(10) ** -49 * max(1, abs(value))
            assert len(text.lstrip("-0.")) >= 48
        assert mpf(found["loss"]) <= mpf(found["bound"])


def test_file_and_screen(run, tmp_path):
    target = tmp_path / "out.json"
    code, out, _ = run("flow", EXAMPLE, "--until", "0.1", "--json", target)
    assert code == 0 and "theta_5" in out and "u^4_5" in out and "loss" in out
    assert json.loads(target.read_text(encoding="utf-8"))["theta"][0] in out


def test_no_digit_is_printed_that_the_radius_leaves_open(run):
    """Of every value, of the times of events and sign changes, and of the bound, which is there as without balls."""
    code, out, _ = run("flow", EXAMPLE, "--until", "1", "--digits", "30", "--certified", "--event", "u1_1 + 1/10")
    assert code == 0 and "bound" in out and "changes sign once" in out and "rising" in out
    values = re.findall(r"(-?[\d.]+) ± (\S+)", out)
    assert len(values) > 30
    for middle, radius in values:
        places = len(middle.partition(".")[2])
        assert float(radius) < 10.0 ** (2 - places), (middle, radius)
        assert len(middle.lstrip("-0.")) >= 28


def test_numbers_are_taken_as_written(tmp_path):
    (tmp_path / "p.toml").write_text(GOOD.replace("[1]", "[0.1]"), encoding="utf-8")
    assert str(read_problem(tmp_path / "p.toml").loss.targets[0]) == "1/10"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("X = [[1, 2]\ny = ", ["is not TOML", "line 2"]),
        ("X = [[1, 2]]\n", ["lacks y and layers"]),
        (GOOD + "z = 1\n", ["the unknown key z"]),
        (GOOD.replace("y = [1]", "y = [1, 2]"), ["y has 2 entries: expected 1"]),
        (GOOD.replace("y = [1]", "y = [nan]"), ["must be finite"]),
        (GOOD.replace("y = [1]", "y = 3"), ["expected a sequence of numbers"]),
        (GOOD.replace("[1, 2], [", "["), ["expected at least 2"]),
    ],
)
def test_a_bad_file_gets_one_sentence(run, tmp_path, text, parts):
    path = tmp_path / "problem.toml"
    path.write_text(text, encoding="utf-8")
    code, out, err = run("flow", path, "--until", "1")
    assert (code, out) == (2, "")
    assert_sentence(err, path, *parts)


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["--until", "-1"], "at least 0"),
        (["--until", "soon"], "expected a decimal number"),
        (["--until", "1", "--digits", "0"], "from 1 to 5000"),
        (["--until", "1", "--digits", "1000000"], "from 1 to 5000"),
        ([], "--until"),
    ],
)
def test_a_bad_option_gets_one_sentence(run, arguments, part):
    code, out, err = run("flow", EXAMPLE, *arguments)
    assert (code, out) == (2, "")
    assert_sentence(err, part)


def test_missing_file_and_target(run, tmp_path):
    code, _, err = run("flow", tmp_path / "none.toml", "--until", "1")
    assert code == 2
    assert_sentence(err, "none.toml cannot be read")
    code, _, err = run("flow", EXAMPLE, "--until", "0.01", "--json", tmp_path / "none" / "out.json")
    assert code == 2
    assert_sentence(err, "--json", "cannot be written")


FLOW = """\
import sympy as sp
import ddln_sym as dd
u, v, theta = sp.symbols("u v theta", real=True)
G = dd.Parametrization((u**2 * v,), (u, v))
flow = dd.GradientFlow(dd.SymbolicLoss((theta - 1)**4 + sp.exp(-theta), (theta,)), G, [1, "0.5"], friction=1)
"""


def test_the_flow_of_a_model_in_a_python_file(capsys, monkeypatch, tmp_path):
    run, path = running(capsys, monkeypatch), tmp_path / "my_flow.py"
    path.write_text(FLOW, encoding="utf-8")
    code, out, _ = run("flow", path, "--until", "1", "--digits", "12")
    assert code == 0 and "theta_1    1.40661255384" in out and "u'         0.428413149528" in out
    code, out, _ = run("flow", path, "--until", "1", "--digits", "12", "--certified", "--json", "-")
    assert code == 0 and json.loads(out)["parameters"]["u"]["mid"].startswith("1.320967296")
    path.write_text("flow = 1\n", encoding="utf-8")
    code, out, err = run("flow", path, "--until", "1")
    assert code == 2 and "write flow = ddln_sym.GradientFlow(loss, G, start)" in err


def test_events_are_told(capsys, monkeypatch):
    run = running(capsys, monkeypatch)
    arguments = ("flow", EXAMPLE, "--until", "1", "--digits", "15", "--certified", "--event", "theta_1 - theta_2")
    code, out, _ = run(*arguments)
    assert code == 0 and "theta_1 - theta_2 = 0, rising, at t = 0.06183980784069" in out
    assert json.loads(run(*arguments, "--json", "-")[1])["events"][0]["direction"] == 1
    code, _, err = run(*arguments[:-3], "--event", "theta_1")
    assert code == 2 and "--event is given without --certified" in err
    code, _, err = run(*arguments[:-1], "q")
    assert code == 2 and "the expression has q, which does not move" in err


@pytest.mark.parametrize("text", ["1_0", "３０", "−5", "-5", "0", "1e3", "5001", "", "ten", "9" * 40])
def test_digits_are_a_whole_number_as_it_is_written(run, text):
    code, out, err = run("flow", EXAMPLE, "--until", "1", f"--digits={text}")
    assert (code, out) == (2, "")
    assert_sentence(err, "--digits")
    assert f"whole number from 1 to {MOST_DIGITS}" in err


def test_the_help_says_the_limit_that_there_is(run):
    _, out, _ = run("flow", "--help")
    assert f"from 1 to {MOST_DIGITS}." in " ".join(out.replace("│", " ").split())


@pytest.mark.parametrize("until", ["1e10", "1e100"])
def test_a_bound_too_small_to_write_out_is_enclosed(run, tmp_path, until):
    """``e^{−2σμt}`` has 10^12 zeros behind the point, and more."""
    path = tmp_path / "problem.toml"
    path.write_text(GOOD, encoding="utf-8")
    code, out, _ = run("flow", path, "--until", until, "--certified")
    assert code == 0
    middle, radius = re.search(r"bound +(\S+) ± (\S+)", out).groups()
    assert int(radius.partition("e")[2]) < -(10**11) and middle != "0.0"
