"""``ddln-sym entropy``: its text, its JSON, and its sentences for mistakes."""

from __future__ import annotations

import json

import pytest
from command_line import assert_sentence, running
from flint import arb

from ddln_sym.numerics import precision

LAYERS = ("--layers", "0.3 -0.9; 0.8 0.2; -0.6 0.7", "--theta", "0.5 0.1")


@pytest.fixture
def run(capsys, monkeypatch):
    return running(capsys, monkeypatch)


def test_text(run):
    code, out, err = run("entropy", *LAYERS, "--digits", 20)
    assert (code, err) == (0, "")
    assert [line[:8].strip() for line in out.splitlines()] == ["Q(θ)", "∇Q", "", "∇²Q", "", "range", "", "closed"]
    assert "elliptic_f" in out


def test_closed_form(run):
    code, out, _ = run("entropy", "--layers", "1; 1", "--theta", "2")
    assert code == 0
    assert "theta_1*log(theta_1)/2" in out


def test_json_and_balls_agree(run):
    plain, balls = (
        json.loads(run("entropy", *LAYERS, "--digits", 50, "--json", "-", *extra)[1])
        for extra in ((), ("--certified",))
    )
    assert "LeastLayer(theta_1" in plain["closed_form"]
    assert len(plain["value"]) > 50
    for key in ("gradient", "hessian"):
        for value, ball in zip(plain[key], balls[key], strict=True):
            with precision(200):
                assert abs(arb(value) - arb(ball)) < arb("1e-48")


def test_json_to_a_file(run, tmp_path):
    target = tmp_path / "values.json"
    code, out, _ = run("entropy", *LAYERS, "--json", target)
    assert code == 0
    assert out.startswith("Q(θ)")
    assert json.loads(target.read_text(encoding="utf-8"))["digits"] == 30


@pytest.mark.parametrize(
    ("layers", "theta", "parts"),
    [
        ("1; 2; x", "1", ["layer 3_1 is 'x'"]),
        ("1 2; 2", "1 1", ["2, 1 numbers"]),
        ("1", "1", ["--layers is '1': expected two rows or more, separated by ;, as in"]),
        ("[[1], [2]]", "1", ["--layers is '[[1], [2]]': expected two rows or more"]),
        ("0 1; 0 2", "1 1", ["coordinate 1 is frozen"]),
        ("1; 1", "-1", ["outside the domain"]),
        ("1; 2", "1 2", ["θ has 2 numbers"]),
        ("", "1", ["--layers is '': expected two rows or more"]),
        ("1; 2", "", ["θ has 0 numbers"]),
        ("1; 2", "nan", ["must be finite"]),
    ],
)
def test_mistakes(run, layers, theta, parts):
    code, out, err = run("entropy", "--layers", layers, "--theta", theta)
    assert (code, out) == (2, "")
    assert_sentence(err, *parts)


def test_usage(run):
    assert run("entropy", "--theta", "1")[0] == 2
    assert run("entropy", *LAYERS, "--digits", 0)[0] == 2
    code, _, err = run("entropy", *LAYERS, "--json", "/no/such/folder/file")
    assert code == 2
    assert_sentence(err, "cannot be written")


def test_a_closed_form_of_thousands_of_digits_is_counted(run):
    code, out, _ = run("entropy", "--layers", "1e-400; 2", "--theta", "1")
    assert code == 0 and "closed  known, in " in out and len(out) < 500
    closed = json.loads(run("entropy", "--layers", "1e-400; 2", "--theta", "1", "--json", "-")[1])["closed_form"]
    assert f"in {len(closed)} characters" in out
