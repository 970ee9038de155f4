"""``ddln-sym derive``: what it writes, what TeX makes of it, and what it says to bad input."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest
from command_line import ROOT, assert_sentence, running
from shared import already_decided

from ddln_sym.claims import collect
from ddln_sym.cli import derive as derive_command
from ddln_sym.cli import files
from ddln_sym.render.latex import compiler
from ddln_sym.render.latex.document import PREAMBLE


@pytest.fixture
def run(capsys, monkeypatch):
    return running(capsys, monkeypatch)


def needs(program):
    """Where programs are promised, a missing one is a failure."""
    if shutil.which(program) is None:
        message = f"{program} is not installed"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)


def written(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


# -- what is written -----------------------------------------------------------------------------------------
def test_a_document_and_a_fragment_for_each_claim(run, tmp_path):
    code, out, err = run("derive", "eq-7", "eq-6", "-o", tmp_path / "new" / "folder")
    folder = tmp_path / "new" / "folder"
    assert (code, out) == (0, "")
    assert_sentence(err, "wrote", "2 files")
    assert written(folder) == ["claims/eq-6.tex", "claims/eq-7.tex", "derivations.tex", "references.bib"]
    fragment = (folder / "claims" / "eq-6.tex").read_text(encoding="utf-8")
    assert r"\label{claim:eq-6}" in fragment
    assert r"\claimref{eq-7}" not in fragment  # no other claim is in the document that inputs it
    assert (folder / "derivations.tex").read_text(encoding="utf-8").count(r"\begin{claim}") == 2


def test_a_second_run_replaces_the_first(run, tmp_path):
    (tmp_path / "derivations.tex").write_text("old")
    assert run("derive", "eq-7", "-o", tmp_path)[0] == 0
    assert (tmp_path / "derivations.tex").read_text(encoding="utf-8") != "old"
    assert not [name for name in written(tmp_path) if name.endswith(".part")]


def test_claims_of_your_own(run, tmp_path):
    example = ROOT / "docs" / "examples" / "my_claims.py"
    assert run("derive", example, "-o", tmp_path)[0] == 0
    assert "Claims of your own" in (tmp_path / "derivations.tex").read_text(encoding="utf-8")


# -- bad input -------------------------------------------------------------------------------------------------
def test_unknown_id(run, tmp_path):
    code, out, err = run("derive", "eq-200", "-o", tmp_path / "x")
    assert (code, out) == (2, "")
    assert_sentence(err, "eq-200", "did you mean eq-20")
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("place", ["file", "file/inside", "folder/claims"])
def test_a_file_in_the_way(run, tmp_path, place):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "claims").write_text("mine")
    target = tmp_path / place.removesuffix("/claims")
    code, out, err = run("derive", "eq-7", "-o", target)
    assert (code, out) == (2, "")
    assert_sentence(err, "--output", "is a file")
    assert written(tmp_path) == ["file", "folder/claims"]


def test_a_folder_that_is_read_only(run, tmp_path, monkeypatch):
    monkeypatch.setattr(files.os, "access", lambda path, mode: False)
    code, out, err = run("derive", "eq-7", "-o", tmp_path / "x")
    assert (code, out) == (2, "")
    assert_sentence(err, "--output", "cannot be written", "read-only")
    assert written(tmp_path) == []


def test_nothing_is_half_written(run, tmp_path, monkeypatch):
    def refuse(*arguments):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "derivations.tex").write_text("old")
    monkeypatch.setattr(files.os, "replace", refuse)
    code, out, err = run("derive", "eq-7", "-o", tmp_path)
    assert (code, out) == (2, "")
    assert_sentence(err, "--output", "cannot be written: Permission denied")
    assert written(tmp_path) == ["derivations.tex"]


def test_a_folder_where_a_file_goes(run, tmp_path):
    (tmp_path / "derivations.tex").mkdir()
    code, out, err = run("derive", "eq-7", "-o", tmp_path)
    assert (code, out) == (2, "")
    assert_sentence(err, "derivations.tex", "it is a folder")
    assert written(tmp_path) == []


# -- TeX -----------------------------------------------------------------------------------------------------
def test_tex_is_missing(run, tmp_path, monkeypatch):
    monkeypatch.setattr(compiler.shutil, "which", lambda name: None)
    code, out, err = run("derive", "eq-7", "-o", tmp_path, "--pdf")
    assert (code, out) == (1, "")
    assert_sentence(err, "latexmk is not installed", "apt-get install", str(tmp_path))
    assert "derivations.pdf" not in written(tmp_path)


OWN = """import sympy as sp
from ddln_sym import Claim
from ddln_sym.statements import Equal
x = sp.Symbol("x", real=True)
ONE = Claim("mine-1", "fine", "s", "x=x", lambda depth: Equal(x, x), depths=(sp.Integer(2),))
TWO = Claim("mine-2", "not fine", "s", r"x=\\oops x", lambda depth: Equal(x, x), depths=(sp.Integer(2),))
"""


@pytest.mark.tex
def test_tex_fails(run, tmp_path):
    needs("latexmk")
    (tmp_path / "own.py").write_text(OWN)
    code, out, err = run("derive", tmp_path / "own.py", "-o", tmp_path / "out", "--pdf")
    assert (code, out) == (1, "")
    assert_sentence(err, "TeX stopped in claim mine-2: Undefined control sequence", r"x=\oops")
    assert "derivations.pdf" not in written(tmp_path / "out")


@pytest.mark.tex
def test_a_pdf(run, tmp_path):
    needs("latexmk")
    code, _, err = run("derive", "eq-20", "-o", tmp_path, "--pdf")
    assert code == 0, err
    assert (tmp_path / "derivations.pdf").read_bytes().startswith(b"%PDF")


@pytest.fixture(scope="module")
def typeset():
    """The document of the whole paper as a PDF, and the log of TeX."""
    needs("latexmk")
    claims = collect()
    with already_decided():
        files = derive_command.files_of(claims, claims)
    return compiler.compile_pdf(
        {name: files[name] for name in ("derivations.tex", "references.bib")}, "derivations.tex"
    )


@pytest.mark.tex
def test_the_document_is_set_without_a_flaw(typeset):
    _, log = typeset
    assert [w for w in re.findall(r"Overfull \\[hv]box \((\d+\.?\d*)pt", log) if float(w) > 1] == []
    assert not re.search(r"undefined|multiply defined|Missing character|Font .* not found", log, re.IGNORECASE)


@pytest.mark.tex
def test_fonts_are_embedded_and_scalable(typeset, tmp_path):
    needs("pdffonts")
    (tmp_path / "x.pdf").write_bytes(typeset[0])
    run = subprocess.run(["pdffonts", tmp_path / "x.pdf"], capture_output=True, text=True, check=True)
    rows = [re.split(r" {2,}", line, maxsplit=1)[1].split() for line in run.stdout.splitlines()[2:]]
    assert len(rows) > 5
    for row in rows:
        assert row[-5] == "yes", row
        assert "Type 3" not in " ".join(row), row


FOREIGN = r"""\documentclass{article}
\usepackage{amsmath,amssymb,amsthm}
\newtheorem{claim}{Claim}
\providecommand{\claimref}[1]{\texttt{#1}}
\begin{document}
\input{eq-20.tex}
\input{thm-2.tex}
\bibliographystyle{plain}\bibliography{references}
\end{document}
"""


@pytest.mark.tex
def test_fragments_go_into_another_document(run, tmp_path):
    needs("latexmk")
    assert run("derive", "eq-20", "thm-2", "-o", tmp_path)[0] == 0
    files = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "claims").iterdir()}
    files["references.bib"] = (tmp_path / "references.bib").read_text(encoding="utf-8")
    page, log = compiler.compile_pdf({**files, "main.tex": FOREIGN}, "main.tex")
    assert page.startswith(b"%PDF")
    assert not re.search(r"undefined|Missing character", log)


def test_the_preamble_asks_for_scalable_fonts():
    assert r"\usepackage{lmodern}" in PREAMBLE
    assert r"\usepackage[T1]{fontenc}" in PREAMBLE
