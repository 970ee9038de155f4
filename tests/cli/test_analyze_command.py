"""``ddln-sym analyze``: a model of the zoo or of a file, JSON, and one sentence for a mistake."""

from __future__ import annotations

import json
import shutil

import pytest
from command_line import assert_sentence, running

run = pytest.fixture(running)


def refused(result, sentence):
    code, out, err = result
    assert (code, out) == (2, "")
    assert_sentence(err, sentence)


MODEL = """\
import sympy as sp
import ddln_sym as dd

u, v = sp.symbols("u v", real=True)
G = dd.Parametrization((u**2 * v,), (u, v))
"""


def test_a_model_of_the_zoo(run):
    code, out, err = run("analyze", "difference", "--depth", "3", "--dimension", "4")
    assert (code, err) == (0, "")
    assert "exactly 4 independent conservation laws  [proved]" in out and "1/v1 + 1/u1" in out


def test_a_model_of_a_file_as_json(run, tmp_path):
    path = tmp_path / "my_model.py"
    path.write_text(MODEL, encoding="utf-8")
    code, out, err = run("analyze", path, "--json", "-")
    assert (code, err) == (0, "")
    assert json.loads(out)["laws"]["laws"] == ["u**2 - 2*v**2"]
    path.write_text(f"{MODEL}H = dd.two_sided(1)\n", encoding="utf-8")
    refused(run("analyze", path), "::NAME; it has G, H")
    code, out, _ = run("analyze", f"{path}::H")
    assert code == 0 and "up1*vp1" in out


def test_a_start(run):
    arguments = ("analyze", "shallow_linear", "--hidden", "1", "--dimension", "2", "--start")
    assert "from this start" in run(*arguments, "1 0 0")[1]
    refused(run(*arguments, "1 0"), "start has 2 numbers, and G takes 3")


# -- a typeset study ---------------------------------------------------------------------------------------
def test_a_study_is_derived(run, tmp_path):
    path = tmp_path / "my_model.py"
    path.write_text(MODEL, encoding="utf-8")
    code, out, err = run("analyze", path, "--derive", tmp_path / "new" / "folder")
    assert code == 0 and "exactly 1 independent conservation law" in out
    assert_sentence(err, "wrote", "study.tex")
    text = (tmp_path / "new" / "folder" / "study.tex").read_text(encoding="utf-8")
    assert r"G_{1} &= u^{2} v" in text and r"h_{1} &= u^{2} - 2v^{2}" in text
    assert "$h_{1}$ is constant along the flow." in text
    assert r"\textbf{Proved}" in text and (tmp_path / "new" / "folder" / "references.bib").exists()
    refused(run("analyze", path, "--pdf"), "--pdf is given without --derive DIR")
    refused(run("analyze", path, "--derive", path), "is a file, so nothing was written: name a folder")


STUDIED = {
    "difference --depth 3 --dimension 1": "one serves all losses from every start",
    "shallow_linear --hidden 1 --dimension 2 --start 1,0,0": "none serves all losses from this start",
    "weight_normalization --dimension 2": "the rank is not full",
    "softmax --dimension 3": "1 linear relation between the components",
    "difference --depth 2 --dimension 1": "Legendre transform",
}


@pytest.mark.parametrize("arguments", STUDIED)
def test_tex_takes_every_study(run, tmp_path, arguments):
    if shutil.which("latexmk") is None:
        pytest.skip("latexmk is not installed")
    code, _out, err = run("analyze", *arguments.split(), "--derive", tmp_path, "--pdf")
    assert code == 0, err
    assert (tmp_path / "study.pdf").read_bytes().startswith(b"%PDF")
    text = (tmp_path / "study.tex").read_text(encoding="utf-8")
    assert STUDIED[arguments].lower() in text.lower()


def test_the_list_names_every_model_and_its_options(run):
    code, out, _ = run("analyze", "--list")
    assert code == 0 and "deep_linear" in out and "--widths" in out and len(out.splitlines()) > 12


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "MODEL is missing"),
        (("nope",), "nope is no model of the zoo"),
        (("difference", "--depth", "3"), "--dimension is missing"),
        (("difference", "--depth", "1", "--dimension", "2"), "depth is 1"),
        (("difference", "--depth", "3", "--dimension", "2", "--rank", "1"), "--rank is not for difference"),
        (("deep_linear", "--widths", "2,x"), "--widths is '2,x'"),
        (("deep_linear", "--widths", "2,2"), "expected at least 3 whole numbers"),
        (("missing.py",), "missing.py is not there"),
        (("two_sided", "--dimension", "1", "--seconds", "-1"), "seconds is -1"),
    ],
)
def test_one_sentence_for_a_mistake(run, arguments, sentence):
    refused(run("analyze", *arguments), sentence)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x = 1\n", "it has none"),
        ("1/0\n", "cannot be run: division by zero"),
        ("def\n", "cannot be run"),
        ("raise SystemExit(3)\n", "cannot be run: 3"),
        ("import sympy as sp, ddln_sym as dd\nx = sp.Symbol('x')\nG = dd.Parametrization((sp.Abs(x),), (x,))\n", "Abs"),
    ],
)
def test_files_that_have_no_model(run, tmp_path, text, sentence):
    path = tmp_path / "bad.py"
    path.write_text(text, encoding="utf-8")
    refused(run("analyze", path), sentence)


@pytest.mark.parametrize("size", ["--depth=0", "--dimension=-1", "--hidden=0", "--rank=0", "--size=0", "--rows=0"])
def test_a_size_is_looked_at_before_another_is_missed(run, size):
    code, out, err = run("analyze", "difference", size)
    assert (code, out) == (2, "")
    assert_sentence(err, size.partition("=")[0], "is no whole number from 1 on")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["analyze", "--list", "softmax"], "--list names the models of the zoo, without softmax"),
        (["figures", "--list", "signs"], "--list names all figures, without signs"),
        (["analyze", "redundant", "--depth=2", f"--dimension={'9' * 20}"], "it has 20 digits"),
        (["analyze", "redundant", "--depth=2", "--dimension=1", "--json=."], ". is a folder"),
    ],
)
def test_what_is_not_listened_to_is_refused(run, arguments, part):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert_sentence(err, part)


def test_gradients_that_are_too_wide_for_a_line_are_shown_slope_by_slope(run, tmp_path):
    file = tmp_path / "model.py"
    file.write_text(
        "import sympy as sp, ddln_sym as dd\n"
        "u = sp.symbols('u1:7', real=True)\n"
        "net = dd.Parametrization((sum(a**3 * b**2 for a in u for b in u if a != b),), u)\n"
    )
    assert run("analyze", str(file), "--derive", str(tmp_path / "out"))[0] == 0
    text = (tmp_path / "out" / "study.tex").read_text(encoding="utf-8")
    assert r"\frac{\partial G_{1}}{\partial u_{1}}" in text and r"\nabla G_{1} &=" not in text
