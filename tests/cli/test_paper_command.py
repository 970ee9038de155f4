"""``ddln-sym paper`` and ``new``: an author's LaTeX, the claims about it, and the verdicts in its margin."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from io import BytesIO, TextIOWrapper

import pytest
from command_line import ROOT, assert_sentence, running

from ddln_sym.claims import ClaimError, collect, draft_statement, normal_form, read_source
from ddln_sym.cli.app import main

EXAMPLE = ROOT / "docs/examples/small_paper"
PAPER = r"""\documentclass{article}
\usepackage{amsmath}
\newtheorem{theorem}{Theorem}[section]
\newtheorem{lemma}[theorem]{Lemma}
\newtheorem*{note}{Note}
\newcommand{\norm}[2][2]{\|#2\|_{#1}}
\newcommand\R{\mathbb{R}}
\def\be{\begin{equation}}
\def\ee{\end{equation}}
\DeclareMathOperator{\argmin}{arg\,min}
\numberwithin{equation}{section}
\title{Norms \& Signs}
\author{Ann Author\thanks{x} \and Ben Writer}
\begin{document}
\section{One}
\be\label{eq:norm} \norm{x} \geq 0,\quad x\in\R \ee
% \begin{equation} a comment \end{equation}
\begin{verbatim}
\begin{equation} verbatim \end{equation}
\end{verbatim}
\iffalse \begin{equation} hidden \end{equation} \fi
\begin{align}
  a &= b \label{eq:a} \\ c &= \begin{cases} 1 \\ 2 \end{cases} \nonumber \\ d &= \norm[1]{y} . \tag{$\ast$}\label{eq:d}
\end{align}
\input{part}
\[ no = number \] \begin{equation*} nor = this \end{equation*}
\[ yes = \argmin f \label{eq:yes} \]
\section{Two}
\begin{gather} p = q \\ r = s \end{gather}
\begin{note} Without a number. \end{note}
\appendix
\section{Three}
\begin{equation} \begin{aligned} x &= y \\ &= z \end{aligned} \end{equation}
\end{document}
\begin{equation} after the end \end{equation}
"""
PART = r"""\begin{theorem}[Main]\label{thm:main}
For $x>0$
\begin{equation} x + 1 > 0 \label{eq:inner} \end{equation}
\end{theorem}
\begin{lemma} Another. \end{lemma}
"""


def run(*arguments):
    with pytest.raises(SystemExit) as ended:
        main(list(map(str, arguments)))
    return ended.value.code


@pytest.fixture
def written(tmp_path):
    (tmp_path / "main.tex").write_text(PAPER, encoding="utf-8")
    (tmp_path / "part.tex").write_text(PART, encoding="utf-8")
    return tmp_path / "main.tex"


def test_displays_with_their_numbers_labels_and_places(written):
    source = read_source(written)
    assert (source.title, source.authors) == ("Norms & Signs", ("Ann Author", "Ben Writer"))
    assert [(d.place, d.label, d.file.name, d.line) for d in source.displays] == [
        ("(1.1)", "eq:norm", "main.tex", 16),
        ("(1.2)", "eq:a", "main.tex", 23),
        (r"(\ast)", "eq:d", "main.tex", 23),
        ("Theorem 1.1", "thm:main", "part.tex", 1),
        ("(1.3)", "eq:inner", "part.tex", 3),
        ("Lemma 1.2", "", "part.tex", 5),
        ("eq:yes", "eq:yes", "main.tex", 27),
        ("(2.1)", "", "main.tex", 29),
        ("(2.2)", "", "main.tex", 29),
        ("Note", "", "main.tex", 30),
        ("(A.1)", "", "main.tex", 33),
    ]
    assert source.displays[0].tex == r"\|x\|_{2} \geq 0,\quad x\in\mathbb{R}"
    assert source.displays[2].tex == r"d = \|y\|_{1} ."
    assert source.displays[6].tex == r"yes = \operatorname{arg\,min} f"


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no TeX")
@pytest.mark.tex
def test_the_counted_numbers_are_those_of_latex(written):
    counted = {d.label: d.number for d in read_source(written).displays if d.label}
    subprocess.run(
        ["pdflatex", "-interaction=batchmode", "main.tex"], cwd=written.parent, capture_output=True, check=False
    )
    aux = (written.with_suffix(".aux")).read_text()
    found = {m[1]: m[2] for m in re.finditer(r"\\newlabel\{([^{}]+)\}\{\{([^{}]*)\}", aux)}
    for label in ("eq:norm", "eq:a", "thm:main", "eq:inner"):
        assert counted[label] == found[label]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (r"\begin{document}\begin{equation} x \end{document}", r"main.tex, line \d+: the LaTeX cannot be read"),
        (r"\begin{document}" "\n" r"\input{nowhere}\end{document}", r"main.tex, line 2: .*nowhere.tex cannot be read"),
        (r"\begin{document}\input{main}\end{document}", r"main.tex, line 1: .*main.tex is input by itself"),
    ],
)
def test_bad_latex_is_one_sentence_with_file_and_line(tmp_path, capsys, text, sentence):
    (tmp_path / "main.tex").write_text(text, encoding="utf-8")
    assert run("paper", tmp_path / "main.tex") == 2
    said = capsys.readouterr().err
    assert re.search(sentence, said) and said.count("\n") == 1, said
    with pytest.raises(ClaimError):
        read_source(tmp_path / "main.tex")


def test_the_example_has_claims_and_no_drift(capsys):
    assert run("paper", EXAMPLE / "main.tex") == 0
    said = capsys.readouterr().out
    assert re.search(r"\(7\) +eq:hessian +\S*entropy.tex:9 +eq-hessian\n", said)
    assert re.search(r"\(6\) +eq:entropy +\S*entropy.tex:4 +none\n", said)
    assert said.endswith("14 displays and theorems, 11 with a claim\n")


def test_drift_is_an_exit_code(tmp_path, capsys):
    shutil.copytree(EXAMPLE, tmp_path / "p")
    file = tmp_path / "p/main.tex"
    file.write_text(
        file.read_text()
        .replace(r"\theta' = -(u^2+v^2)\, g", r"\theta' = -( u^{2} + v^2 )g")  # says the same
        .replace(r"u^2+v^2 \ge 2 |u v| .", r"u^2+v^2 \ge |u v| .")
        .replace(r"u^2+v^2 \ge 2 |u v| ,", r"u^2+v^2 \ge 3 |u v| ,")
        .replace("eq:sum", "eq:total")
    )
    assert run("paper", file) == 1
    drift = capsys.readouterr().err.splitlines()
    assert len(drift) == 2
    assert "eq-amgm has the formula" in drift[0] and "main.tex, line 32" in drift[0] and "claims.py, line" in drift[0]
    assert "eq-sum is about the label eq:sum, which the source does not have" in drift[1]
    capsys.readouterr()
    assert run("paper", file, "--json", "-") == 1
    found = json.loads(capsys.readouterr().out)["displays"]
    assert [d["drifted"] for d in found if d["drifted"]] == [["eq-amgm"], ["eq-sum"]]


def test_two_versions_are_compared(tmp_path, capsys):
    shutil.copytree(EXAMPLE, tmp_path / "p")
    old, new = tmp_path / "p/old.tex", tmp_path / "p/main.tex"
    old.write_text(new.read_text())
    text = new.read_text()
    start, end = text.index(r"\begin{equation}\label{eq:law}"), text.index("So the speed")
    new.write_text(text[:start] + text[end:].replace(r"(u-v) g", r"2(u-v) g").replace("2 |u v| + 1", r"2\,|u v|+1"))
    assert run("paper", "--compare", old, new, tmp_path / "p/claims.py") == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "removed   (3)  (eq-law)"
    assert "numbered  (4) is (3)  (eq-amgm)" in said
    assert "changed   (10)  (eq-difference)" in said and not any("tempting" in s and "changed" in s for s in said)
    assert run("paper", "--compare", old, old) == 0
    assert capsys.readouterr().out == "no display and no theorem has changed\n"


def test_a_scaffold_is_a_file_of_claims_that_is_not_decided_before_it_is_read(tmp_path, capsys):
    shutil.copytree(EXAMPLE, tmp_path / "p")
    file = tmp_path / "p/new.py"
    assert run("new", tmp_path / "p/main.tex", "-o", file) == 0
    claims = {claim.id: claim for claim in collect(file)}
    assert len(claims) == 14 and claims["eq-amgm"].draft and claims["eq-amgm"].label == "eq:amgm"
    assert claims["eq-amgm"].text.title == "Two weights"
    assert str(claims["eq-amgm"].propositions()[0]) == "u**2 + v**2 ≥ 2*Abs(u*v)"
    assert run("paper", tmp_path / "p/main.tex", file) == 0  # what it filled in is what the source says
    assert "eq-amgm (draft)" in capsys.readouterr().out
    assert run("check", file) == 2
    assert "its statement is a draft: compare it with the printed formula" in capsys.readouterr().err
    file.write_text(re.sub(r" *draft=True,.*\n", "", file.read_text()))
    assert run("check", file) == 2  # others state nothing yet, and these are decided
    out = capsys.readouterr().out
    assert re.search(r"eq-amgm +\(4\) +proved", out) and re.search(r"eq-tempting +\(11\) +refuted", out)
    assert run("new", tmp_path / "p/main.tex", "-o", file) == 2
    assert "exists already" in capsys.readouterr().err


def test_a_title_and_ids_make_a_file(tmp_path, capsys):
    file = tmp_path / "mirrors.py"
    assert run("new", 'On "Mirrors"', "eq-1", "…", "eq-12", "thm-1", "-o", file) == 0
    claims = collect(file)
    assert [c.id for c in claims] == [*(f"eq-{n}" for n in range(1, 13)), "thm-1"]
    assert claims[0].text.title == 'On "Mirrors"' and claims[0].source == "(1)" and claims[-1].source == "Theorem 1"
    body = file.read_text().split("EQ_12 = ")[1].split("\nTHM_1")[0]
    assert body.strip().count("\n") < 10
    for arguments, words in (
        (("T",), "give the ids"), ((" ", "eq-1"), "title of the text is empty"), (("T", "…", "eq-2"), "an ellipsis"),
        (("T", "eq-1", "…", "thm-2"), "an ellipsis"), (("T", "eq 1"), "is no id"),
        (("T", "eq-1", "eq-1"), "given twice"),
    ):  # fmt: skip
        assert run("new", *arguments, "-o", tmp_path / "x.py") == 2
        assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("tex", "code"),
    [
        (r"a_1 = \log(1 + x) \le x.", 'dd.chain(a_1, "=", sp.log(x + 1), "<=", x)'),
        (r"e^{x} \ge 1+x", 'dd.chain(sp.exp(x), ">=", x + 1)'),
        (r"\lambda \ge \frac{1}{2}", 'dd.chain(lambda_, ">=", sp.Rational(1, 2))'),
        (r"\dot u = v", None),
        (r"\theta(t) = u v", None),
        (r"\sum_{i=1}^d x_i = 1", None),
        (r"x + 1", None),
        (r"x \in (0, 1)", None),
    ],
)
def test_drafts(tex, code):
    draft = draft_statement(tex)
    assert (draft and draft[0]) == code


def test_what_does_not_change_a_formula():
    same = [
        (r"\left( x_{1} \right)\,,", "(x_1)"), (r"a \leq b", r"a\le b"), (r"\dfrac{a}{b}.", r"\frac{a}{b}"),
        (r"\bigl[x\bigr] \quad y", "[x]y"), (r"x^{\alpha} y", r"x^\alpha y"), (r"a &= b \nonumber", "a=b"),
    ]  # fmt: skip
    assert all(normal_form(a) == normal_form(b) for a, b in same)
    different = [("x^{12}", "x^12"), (r"\alpha x", r"\alphax"), ("a+b", "a-b"), ("x_{ij}", "x_ij"), ("(a)b", "ab"),
                 (r"\bar{x}y", r"\bar{xy}"), ("a'", "a")]  # fmt: skip
    assert all(normal_form(a) != normal_form(b) for a, b in different)


def text_of(pdf):
    return subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout


def compiled(folder, source="main.tex"):
    for _ in range(2):
        done = subprocess.run(
            ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", source],
            cwd=folder,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:]
    return folder / source.replace(".tex", ".pdf")


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no TeX")
@pytest.mark.tex
@pytest.mark.parametrize(
    "preamble", ["", r"\usepackage{hyperref}\usepackage{cleveref}", r"\makeatletter\tagsleft@true\makeatother"]
)
def test_verdicts_stand_in_the_margin(tmp_path, preamble):
    if "cleveref" in preamble and subprocess.run(["kpsewhich", "cleveref.sty"], capture_output=True).returncode:
        preamble = r"\usepackage{hyperref}"
    folder = tmp_path / "p"
    shutil.copytree(EXAMPLE, folder)
    main_tex = folder / "main.tex"
    main_tex.write_text(main_tex.read_text().replace(r"\IfFileExists", preamble + "\n" + r"\IfFileExists"))
    bare = text_of(compiled(folder))
    assert run("derive", folder / "claims.py", "--sty", "--source", main_tex, "-o", folder) == 0
    style = (folder / "verdicts.sty").read_text()
    assert r"\verdicts@of{eq:tempting}{verdictsbad}{refuted: eq-tempting}" in style
    assert r"\verdicts@of{eq:entropy}{verdictsopen}{not checked}" in style
    shown = text_of(compiled(folder))
    assert shown.count("proved") == 9 and shown.count("not checked") == 3 and "refuted: eq-tempting" in shown
    assert "??" not in shown
    main_tex.write_text(main_tex.read_text().replace(r"\usepackage[show]{verdicts}", r"\usepackage{verdicts}"))
    assert text_of(compiled(folder)) == bare


def test_a_style_needs_labels(tmp_path, capsys):
    file = tmp_path / "a.py"
    file.write_text('import ddln_sym as dd\nTEXT = dd.Text("T")\nA = dd.Claim("eq-1", statement=dd.Equal(1, 1))\n')
    assert run("derive", file, "--sty", "-o", tmp_path) == 2
    assert "no claim has a label" in capsys.readouterr().err
    assert run("derive", file, "--source", EXAMPLE / "main.tex", "-o", tmp_path) == 2
    assert "--source is read for --sty" in capsys.readouterr().err


run_here = pytest.fixture(running)


@pytest.mark.parametrize("content", [b"\x07 no braces", b"\\begin{document}\x00\\end{document}", bytes(range(256))])
@pytest.mark.parametrize("command", ["paper", "new"])
def test_bytes_that_are_no_text(run_here, tmp_path, command, content):
    """They were read as a paper without displays."""
    path = tmp_path / "main.tex"
    path.write_bytes(content)
    code, out, err = run_here(command, path)
    assert (code, out) == (2, "")
    assert_sentence(err, f"{path} is no text: line 1 has the control character")


def test_text_in_another_encoding_and_of_old_systems_is_read(run_here, tmp_path):
    path = tmp_path / "main.tex"
    path.write_bytes(b"\x0c\tna\xefve \x93quoted\x94\r\n\\begin{equation}x=1\\end{equation}\r\n\x1a")
    code, out, _ = run_here("paper", path)
    assert code == 0 and out.endswith("1 display or theorem, 0 with a claim\n")


def test_the_latex_comes_from_standard_input(run_here, monkeypatch):
    written = TextIOWrapper(BytesIO(b"\\begin{equation}x=1\\end{equation}\n"))
    monkeypatch.setattr("sys.stdin", written)
    code, out, err = run_here("paper", "-")
    assert (code, err) == (0, "") and "-:1" in out and out.endswith("1 display or theorem, 0 with a claim\n")


@pytest.mark.parametrize("content", ["", "x = 1\n", "\\section{One}\n"])
@pytest.mark.parametrize("command", ["paper", "new"])
def test_a_source_without_a_display(run_here, tmp_path, command, content):
    path = tmp_path / "main.tex"
    path.write_text(content, encoding="utf-8")
    code, out, err = run_here(command, path)
    assert (code, out) == (2, "")
    assert_sentence(err, f"{path} has no numbered or labelled display and no theorem")
