"""The command line on the paper's claims: what it prints, its exit codes, one sentence for a mistake."""

from __future__ import annotations

import gc
import json
import os
import re

import pytest
from command_line import LIBRARY, ROOT, assert_sentence, in_process, running

from ddln_sym.claims import certify_all
from ddln_sym.cli import app as cli
from ddln_sym.render.terminal import plain_text
from ddln_sym.taylor import jets
from ddln_sym.version import version

RESULT_KEYS = {"text",
    "id", "title", "source", "verdict", "scope", "covers", "origin", "flaw", "evidence", "assumes", "notes", "reason",
    "witness", "correction", "seconds",
}  # fmt: skip

run = pytest.fixture(running)


@pytest.fixture
def lockfile(tmp_path, monkeypatch):
    """A lockfile of this test's own, as committed."""
    path = tmp_path / "verdicts.json"
    path.write_bytes((ROOT / "proofs" / "verdicts.json").read_bytes())
    monkeypatch.setattr(cli, "_lock_path", lambda: path)
    return path


# -- asking ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(("kernel", "how"), [(None, "plain interpreter"), (jets, "compiled")])
def test_version(run, kernel, how, monkeypatch):
    monkeypatch.setattr(jets, "kernel", kernel)
    assert run("--version") == (0, f"ddln-sym {version()}\nTaylor coefficients: {how}\n", "")


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["check", "--help"], ["explain", "-h"], ["list", "-h"]])
def test_help(run, arguments):
    code, out, err = run(*arguments)
    assert (code, err) == (0, "")
    assert "Usage: ddln-sym" in out


def test_no_command_shows_the_help(run):
    code, out, err = run()
    assert (code, err) == (2, "")
    assert "check" in out and "explain" in out


def test_list_names_every_claim_in_order(run):
    code, out, _ = run("list")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()[1:]] == list(LIBRARY)


def test_list_of_a_selection(run):
    code, out, _ = run("list", "eq-20", "eq-7")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()[1:]] == ["eq-20", "eq-7"]


def test_explain_reads_like_the_report(run):
    """The same words as the page has, and the formulas readable."""
    claim = LIBRARY["eq-20"]
    (certificate,) = certify_all(LIBRARY.values(), ["eq-20"])
    code, out, err = run("explain", "eq-20")
    assert (code, err) == (0, "")
    assert "𝒬(θ) = 1/2 ∑_(i=1)ᵈ (2θ_i arcsinh(2θ_i/Δ₀) − √(4θ_i² + Δ₀²) + Δ₀)" in out
    assert "Refuted (L = 2, all d)" in out and "Proved (L = 2, all d)" in out
    assert "left side" in out and "1.44363547518 ± 1.19·10⁻¹²" in out and "0.721817737589 ± 4.06·10⁻¹³" in out
    assert plain_text(claim.correction.title) in out and "(20′)" in out
    assert out.count("Proof\n") == 1 and f"  {len(certificate.correction.steps)}. " in out
    assert not re.search(r"\*\*|Derivative|Abs|asinh\b(?<!arcsinh)|\\\\|\$", out)


def test_check_shows_witness_and_correction(run):
    code, out, err = run("check", "eq-6", "eq-7")
    assert (code, err) == (0, "")
    assert "the left side is −2u¹_i u²_i g_i = −2, the right side is −1" in out
    assert LIBRARY["eq-6"].correction.title in out
    assert "1 proved, 1 refuted" in out and "2 claims" in out


# -- JSON -----------------------------------------------------------------------------------------
def test_json_on_standard_output_is_nothing_but_json(run):
    code, out, err = run("check", "eq-6", "eq-7", "--json", "-")
    assert (code, err) == (0, "")
    report = json.loads(out)
    assert set(report) == {"schema", "results"} and report["schema"] == 1
    refuted, proved = report["results"]
    assert [set(r) for r in (refuted, proved, refuted["correction"])] == [RESULT_KEYS] * 3
    assert (refuted["id"], refuted["verdict"], refuted["correction"]["verdict"]) == (
        "eq-6",
        "refuted",
        "proved",
    )
    assert set(refuted["witness"]) == {"kind", "point", "values"}
    assert (proved["id"], proved["verdict"], proved["correction"], proved["witness"]) == (
        "eq-7",
        "proved",
        None,
        None,
    )
    for result in (refuted, proved):
        claim = LIBRARY[result["id"]]
        assert (result["title"], result["source"]) == (claim.title, claim.source)
        assert result["evidence"] and isinstance(result["assumes"], list)
        assert isinstance(result["scope"], str) and result["seconds"] >= 0


def test_json_to_a_file(run, tmp_path):
    target = tmp_path / "out.json"
    target.write_text("old")
    code, out, _ = run("check", "eq-7", "--json", target)
    assert code == 0 and "eq-7" in out
    assert [r["id"] for r in json.loads(target.read_text(encoding="utf-8"))["results"]] == ["eq-7"]
    assert list(tmp_path.iterdir()) == [target]


def test_json_is_written_whole_or_not_at_all(run, tmp_path, monkeypatch):
    target = tmp_path / "out.json"
    target.write_text("old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    code, _, err = run("check", "eq-7", "--json", target)
    assert code == 2
    assert_sentence(err, target, "No space left on device")
    assert target.read_text() == "old" and list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("target", ["missing/out.json", "."])
def test_json_target_that_cannot_be_written(run, tmp_path, target):
    code, _, err = run("check", "eq-7", "--json", f"{tmp_path}/{target}")
    assert code == 2
    assert_sentence(err, "--json", tmp_path)
    assert list(tmp_path.iterdir()) == []


# -- the lockfile -----------------------------------------------------------------------------------
def test_a_verdict_that_differs_from_the_lockfile_is_named(run, lockfile):
    locked = json.loads(lockfile.read_text(encoding="utf-8"))
    locked["claims"]["eq-7"]["verdict"] = "undecided"
    del locked["claims"]["eq-5"]
    lockfile.write_text(json.dumps(locked), encoding="utf-8")
    code, _, err = run("check", "eq-7", "eq-6")
    assert code == 1
    assert_sentence(err, "eq-7 was undecided", "now proved")
    code, _, err = run("check", "eq-5")
    assert code == 1
    assert_sentence(err, "eq-5 is not in the lockfile", "now proved")
    assert run("check", "eq-6")[0] == 0


def test_update_lock_writes_the_whole_paper_and_then_it_is_as_locked(run, lockfile, monkeypatch):
    monkeypatch.setattr(cli, "_library", lambda: (LIBRARY["eq-6"], LIBRARY["eq-7"]))
    code, _, err = run("check")
    assert code == 1 and "eq-9 is in the lockfile, but the paper has no such claim" in err
    code, _, err = run("check", "--update-lock")
    assert code == 0
    assert_sentence(err, "wrote", lockfile.name)
    assert list(json.loads(lockfile.read_text(encoding="utf-8"))["claims"]) == ["eq-6", "eq-7"]
    assert run("check")[0] == 0


def test_update_lock_with_a_selection_is_refused(run, lockfile):
    before = lockfile.read_bytes()
    code, out, err = run("check", "eq-7", "--update-lock")
    assert (code, out) == (2, "")
    assert_sentence(err, "--update-lock", "selection")
    assert lockfile.read_bytes() == before


def test_a_corrupted_lockfile_is_one_sentence(run, lockfile):
    lockfile.write_text('{"schema": 1, "claims"')
    code, _, err = run("check", "eq-7")
    assert code == 2
    assert_sentence(err, lockfile, "--update-lock")


# -- mistakes in the call -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["check", "thm2"], ["thm2", "did you mean thm-2?"]),
        (["explain", "commutting"], ["did you mean commuting?"]),
        (["list", "xyz"], ["xyz", "ddln-sym list"]),
        (["check", "(6)"], ["did you mean eq-6?"]),
        (["check", "Theorem 1"], ["did you mean thm-1?"]),
        (["check", "eq-6,eq-7"], ["separate the ids by blanks, as in eq-6 eq-7"]),
        (["explain", "thm-1-corrected"], ["what thm-1 says stands, and has no correction"]),
        (["verify", "eq-6", "--goals", "-", "--json", "-"], ["--json is about the theorems, and --goals"]),
        (["verify", "--coqchk", "--goals", "goals.v"], ["--coqchk is about the theorems, and --goals"]),
        (["paper", "-", "--compare", "-"], ["both standard input"]),
        (["check", "--bogus"], ["--bogus"]),
        (["check", "--jobs", "0"], ["--jobs"]),
        (["chekc"], ["chekc", "check"]),
        (["explain"], ["ID"]),
        (["check", "nowhere.py"], ["nowhere.py does not exist"]),
        (["check", "no/such/folder"], ["no/such/folder does not exist"]),
        (["check", str(ROOT / "pyproject.toml")], ["pyproject.toml is not a Python file"]),
    ],
)
def test_usage_errors(run, arguments, parts):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert_sentence(err, *parts)


@pytest.mark.parametrize("command", ["check", "list", "explain"])
def test_a_correction_is_named_by_its_own_id(run, command):
    """It is shown with the claim that it corrects."""
    code, out, err = run(command, "eq-6-corrected")
    assert (code, err) == (0, "")
    assert re.sub(r"\d+\.\d+", "", out) == re.sub(r"\d+\.\d+", "", run(command, "eq-6")[1])


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_the_completion_is_shown(shell):
    """It ended with the code of a pipe that nobody reads."""
    show = "import sys; from ddln_sym.cli import main; from unittest import mock; "
    show += f"mock.patch('typer.completion._get_shell_name', lambda: {shell!r}).start(); main(['--show-completion'])"
    done = in_process("-c", show)
    assert (done.returncode, done.stderr) == (0, "") and "_DDLN_SYM_COMPLETE" in done.stdout


def test_an_internal_error_is_one_sentence(run, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("first line\nsecond line")

    monkeypatch.setattr(cli, "_certify", broken)
    code, out, err = run("check", "eq-7")
    assert (code, out) == (3, "")
    assert_sentence(err, "internal error", "RuntimeError", "second line")


COMMANDS = [
    *("check", "list", "explain", "entropy", "flow", "analyze"),
    *("figures", "derive", "report", "new", "paper", "verify"),
]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_without_docstrings_and_without_types(run, command):
    """``python -OO`` leaves docstrings out; ``<str>`` says nothing to a reader."""
    code, out, _ = run(command, "--help")
    assert code == 0 and not re.search(r"<\w+", out)
    registered = [one for one in cli.app.registered_commands if (one.name or one.callback.__name__) == command]
    assert [bool(one.help) for one in registered] == [True]


def test_every_command_is_looked_at():
    assert {one.name or one.callback.__name__ for one in cli.app.registered_commands} == set(COMMANDS)


def test_after_a_check_python_looks_for_cycles_as_before():
    before = gc.get_threshold()
    with pytest.raises(KeyError), cli._seldom_collected():
        assert gc.get_threshold()[0] == cli.MADE and gc.get_freeze_count() > 0
        raise KeyError
    assert gc.get_threshold() == before and gc.get_freeze_count() == 0
