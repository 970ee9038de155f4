"""What the kernel has no words for: named in a claim, shown as not checked, never proved, and nothing rests on it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sympy as sp
from typer.testing import CliRunner

import ddln_sym as dd
from ddln_sym.cli.app import app
from ddln_sym.kernel import decide
from ddln_sym.kernel.transcripts import transcript
from ddln_sym.render.latex import verdict_marks
from ddln_sym.statements import Compare, Denied, Evidence, OutOfReach, Verdict

x = sp.Symbol("x", real=True)
MEAN = OutOfReach("expectation", "the noise has the mean 0")
TRUE, FALSE = Compare(x**2, 0), Compare(x, 0)
FILE = '''
"""Noise."""
import ddln_sym as dd
import sympy as sp

x = sp.Symbol("x", real=True)
TEXT = dd.Text(title="Noise", authors=("A. Author",))
MEAN = dd.Claim("eq-1", "unbiased noise", statement=dd.OutOfReach("expectation", "the noise has the mean 0"))
SQUARE = dd.Claim("eq-2", "squares", statement=dd.Compare(x**2, 0))
'''


def test_it_is_neither_proved_nor_refuted() -> None:
    step = decide(MEAN)
    assert (step.verdict, step.evidence) == (Verdict.NOT_CHECKED, Evidence.OUT_OF_REACH)
    assert not step.proved and step.witness is None
    assert transcript(step)["verdict"] == "not checked"
    assert decide(Denied(MEAN)).verdict is Verdict.UNDECIDED


@pytest.mark.parametrize(
    ("statement", "verdict"),
    [
        (MEAN, Verdict.NOT_CHECKED),
        ((TRUE, MEAN), Verdict.NOT_CHECKED),
        ((FALSE, MEAN), Verdict.REFUTED),
        ((Compare(sp.floor(x) * 2, sp.floor(2 * x) - 1), MEAN), Verdict.UNDECIDED),
    ],
)
def test_a_claim_is_as_weak_as_its_weakest_part(statement: object, verdict: Verdict) -> None:
    found = dd.certify(dd.Claim("eq-1", statement=statement))
    assert found.verdict is verdict
    assert not found.proved and not found.settled
    assert found.pending == (verdict is not Verdict.NOT_CHECKED)


def test_what_uses_it_is_not_proved() -> None:
    known = {"eq-1": dd.certify(dd.Claim("eq-1", statement=MEAN))}
    found = dd.certify(dd.Claim("eq-2", statement=TRUE, uses=("eq-1",)), known)
    assert found.verdict is Verdict.UNDECIDED and "eq-1" in found.reason


def test_every_reader_says_what_it_is_about() -> None:
    found = dd.certify(dd.Claim("eq-1", statement=(TRUE, MEAN, OutOfReach("almost surely"))))
    assert found.word == "not checked: expectation, almost surely"
    assert found.reason == "expectation: the kernel has no measures; almost surely: the kernel has no measures"
    assert found.to_json()["verdict"] == "not checked"
    assert "not checked: expectation" in found._repr_html_()
    assert verdict_marks(["eq:a"], [found], {"eq-1": "eq:a"})["eq:a"] == ("not checked", found.word)


def test_the_command_line_shows_it_and_does_not_fail(tmp_path: Path) -> None:
    file, page = tmp_path / "noise.py", tmp_path / "page.html"
    file.write_text(FILE, encoding="utf-8")
    runner = CliRunner()
    shown = runner.invoke(app, ["check", str(file)])
    assert shown.exit_code == 0, shown.output
    assert "not checked: expectation" in shown.output and "1 proved, 1 not checked" in shown.output
    told = runner.invoke(app, ["explain", str(file), "eq-1"])
    assert "Not checked: expectation" in told.output and "the kernel has no measures" in told.output
    data = runner.invoke(app, ["check", str(file), "--json", "-"])
    assert [r["verdict"] for r in json.loads(data.stdout)["results"]] == ["not checked", "proved"]
    assert runner.invoke(app, ["report", str(file), "--output", str(page)]).exit_code == 0
    assert 'id="part-not-checked"' in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: OutOfReach(""), "name what is out of reach"),
        (lambda: OutOfReach("x" * 70), "in a few words"),
        (lambda: OutOfReach(x), "write it in words"),
        (lambda: OutOfReach("expectation", x), "write it in words"),
    ],
)
def test_a_subject_that_is_none(make, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
