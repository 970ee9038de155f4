"""Claims about a text of one's own: what is printed is about that text, and one claim never stops the others."""

from __future__ import annotations

import json
import re

import pytest
import sympy as sp
from typer.testing import CliRunner

import ddln_sym as dd
from ddln_sym.claims import ClaimError, collect, locate, paper_text
from ddln_sym.cli.app import main
from ddln_sym.statements import DEPTH

FOREIGN = '''"""The flow of two weights."""
import sympy as sp
import ddln_sym as dd

TEXT = dd.Text(title="Letters of 50% & More", authors=("Ann Author", "Ben Writer"), identifier="arXiv 0000.00001",
               version="v2, 1 May 2020")
x, y, m1, m2, k, u0, loss = sp.symbols("x y m1 m2 k u0 loss", real=True)

EQ_6 = dd.Claim("eq-6", printed="x^2+y^2 \\\\ge 2xy", statement=dd.Compare(x**2 + y**2, 2 * x * y))
EQ_7 = dd.Claim(
    "eq-7",
    title="two masses",
    printed="(m_1+m_2)(kx^2+ky^2)",
    statement=lambda: dd.Equal((m1 + m2) * (k * x**2 + k * y**2), k * (m1 + m2) * (x**2 + y**2)),
    uses=("eq-6",),
)
EQ_8 = dd.Claim("eq-8", printed="u_0 = loss", statement=[dd.Equal(u0 * loss, loss * u0), dd.Equal(u0, loss)])
'''


def run(*arguments):
    with pytest.raises(SystemExit) as ended:
        main(list(map(str, arguments)))
    return ended.value.code


@pytest.fixture
def foreign(tmp_path):
    file = tmp_path / "foreign.py"
    file.write_text(FOREIGN, encoding="utf-8")
    return file


def test_a_check_is_about_the_text_that_the_file_names(foreign, capsys):
    assert run("check", foreign) == 4  # eq-8 is refuted and has no correction
    said = capsys.readouterr().out
    assert "Letters of 50% & More, by Ann Author and Ben Writer (arXiv 0000.00001, v2, 1 May 2020)" in said
    assert "L ≥ 2" not in said and "Labarri" not in said
    assert re.search(r"eq-6 +\(6\) +proved", said) and re.search(r"eq-8 +\(8\) +refuted", said)


def test_derivation_and_report_name_its_title_and_authors(foreign, tmp_path, capsys):
    assert run("derive", foreign, "-o", tmp_path / "out") == 0
    tex = (tmp_path / "out/derivations.tex").read_text(encoding="utf-8")
    assert r"\title{Letters of 50\% \& More:\\ the formulas, decided and derived}" in tex
    assert "deep diagonal" not in tex and "all $L" not in tex and r"\mathcal{L}(\theta)" not in tex
    assert r"\mathrm{loss}" in tex and "u_{0}" in tex and "m_{1}" in tex and "m_{2}" in tex
    bib = (tmp_path / "out/references.bib").read_text(encoding="utf-8")
    assert bib.startswith("@misc{text,\n  author = {Author, Ann and Writer, Ben}")
    assert "Labarri" not in bib
    assert run("report", foreign, "-o", tmp_path / "page.html", "--no-figures") == 0
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<h1>Letters of 50% &amp; More: the formulas, decided</h1>" in page
    assert 'href="https://arxiv.org/abs/0000.00001"' in page and "2412.16765" not in page


def test_one_claim_of_a_file_is_explained(foreign, capsys):
    assert run("explain", foreign, "eq-7") == 0
    said = capsys.readouterr().out
    assert said.startswith("eq-7") and "Rocq" not in said and "eq-8" not in said
    assert "(k + k)" not in said and "m₁" in said and "m₂" in said
    assert run("explain", foreign, "eq-77") == 2
    assert "has no claim 'eq-77': did you mean eq-7?" in capsys.readouterr().err


def test_the_results_as_data_name_the_text(foreign, capsys):
    run("check", foreign, "--json", "-")
    found = json.loads(capsys.readouterr().out)["results"][0]
    assert found["text"]["authors"] == ["Ann Author", "Ben Writer"]
    assert found["covers"]["depths"] is None and found["scope"] == ""


def test_the_paper_is_about_its_text_and_keeps_its_notation():
    claims = {claim.id: claim for claim in collect()}
    assert all(claim.text is paper_text() for claim in claims.values())
    assert dd.certify(claims["eq-6"]).text is paper_text()


def test_a_claim_may_be_given_without_a_function():
    x = sp.Symbol("x", real=True)
    claim = dd.Claim("thm-2", statement=dd.Compare(x**2, 0))
    assert (claim.source, claim.title, claim.depths, str(claim.scope)) == ("Theorem 2", "Theorem 2", (), "")
    assert dd.certify(claim).proved
    assert dd.Claim("a", "t", "s", "p", lambda depth: ()).depths == (DEPTH,)
    with pytest.raises(ClaimError, match="given directly, so it has no depths"):
        dd.Claim("eq-1", statement=dd.Compare(x**2, 0), depths=(2,))


@pytest.mark.parametrize(
    ("id", "more", "number"),
    [
        ("eq-20", {}, "20"),
        ("eq-B.3", {}, "B.3"),
        ("eq-20-corrected", {"source": "Appendix A.1, (20)"}, "20"),
        ("eq-20", {"source": "before the last display"}, ""),
        ("eq-18-with-20", {"source": "(18) with (20)"}, ""),
        ("thm-2", {}, ""),
        ("my-law", {"number": "4"}, "4"),
    ],
)
def test_a_display_has_the_number_that_the_text_gives_it(id, more, number):
    assert dd.Claim(id, statement=dd.Equal(1, 1), **more).number == number


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ('TEXT = dd.Text(title=" ")', r"line 3: a text has the title ' '"),
        ('TEXT = "A title"', r"TEXT is 'A title': write TEXT ="),
        ('TEXT = dd.Text("T", authors=3)', r"the authors of a text are 3"),
        ('TEXT = dd.Text("T", notation={"a": "b"})', r"the notation of a text is"),
        ('A = dd.Claim("eq-1")\nB = dd.Claim("eq-1")', r"lines 3, 4: the id eq-1 is used by two different claims"),
        ('A = dd.chain(1, "=", 2, 3)', r"line 3: a chain"),
    ],
)
def test_bad_input_is_one_sentence_with_file_and_line(tmp_path, capsys, body, sentence):
    file = tmp_path / "bad.py"
    file.write_text(f"import sympy as sp\nimport ddln_sym as dd\n{body}\nC = dd.Claim('eq-2')\n", encoding="utf-8")
    assert run("check", file) == 2
    said = capsys.readouterr().err
    assert re.search(sentence, said) and said.count("\n") == 1 and "bad.py" in said, said


def test_one_claim_never_stops_a_file(tmp_path, capsys):
    file = tmp_path / "rough.py"
    file.write_text(
        "import sympy as sp\nimport ddln_sym as dd\nfrom ddln_sym.statements import Commutes\n"
        'TEXT = dd.Text("Rough")\nx, y = sp.symbols("x y", real=True)\n'
        'A = dd.Claim("eq-1", statement=dd.Compare(x**2, 0))\n'
        'B = dd.Claim("eq-2", statement=dd.Equal(x.foo, 0))\n'
        'C = dd.Claim("eq-3", statement=lambda: dd.Equal(x.foo, 0))\n'
        'D = dd.Claim("eq-4", statement=Commutes((sp.sin(x), x), (x, y)))\n'
        'E = dd.Claim("eq-5", statement=dd.Compare(x / (y - 1), 3))\n'
        'F = dd.Claim("eq-6", statement=dd.Compare(x, x - 1), draft=True)\n'
        'G = dd.Claim("eq-7")\n'
        'H = dd.Claim("eq-8", statement=dd.Compare(x, x - 1, strict=True))\n',
        encoding="utf-8",
    )
    assert run("check", file) == 2
    said = capsys.readouterr()
    assert re.search(r"eq-1 +\(1\) +proved", said.out) and re.search(r"eq-8 +\(8\) +proved", said.out)
    assert re.search(r"eq-5 +\(5\) +refuted", said.out)
    lines = said.err.splitlines()
    for line, (number, words) in zip(
        lines,
        [(7, "eq-2: it could not be made"), (8, "eq-3: its statement raised AttributeError"), (9, "eq-4: "),
         (11, "eq-6: its statement is a draft"), (12, "eq-7: it states nothing")],
        strict=True,
    ):  # fmt: skip
        assert f"line {number}" in line and words in line, line


def test_claims_in_a_list_are_found_and_located(tmp_path):
    file = tmp_path / "listed.py"
    file.write_text(
        'import ddln_sym as dd\nTEXT = dd.Text("T")\nALL = [\n    dd.Claim("eq-1"),\n    dd.Claim("eq-2"),\n]\n'
    )
    one, two = collect(file)
    assert locate(two) == (file, 5) and one.text.title == "T"


def test_a_folder_has_one_text_and_a_lockfile(tmp_path, capsys):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "text.py").write_text('import ddln_sym as dd\nTEXT = dd.Text("Two Files")\n')
    body = 'import ddln_sym as dd\nimport sympy as sp\nx = sp.Symbol("x", real=True)\n'
    (folder / "a.py").write_text(body + 'A = dd.Claim("eq-6", statement=dd.Compare(x**2, 0))\n')
    (folder / "b.py").write_text(body + 'B = dd.Claim("eq-7", statement=dd.Compare(x**2, 2 * x - 1), uses=("eq-6",))\n')
    assert run("check", folder) == 0
    assert run("check", folder, "--update-lock") == 0
    assert set(json.loads((folder / "verdicts.json").read_text())["claims"]) == {"eq-6", "eq-7"}
    assert run("check", folder) == 0
    (folder / "b.py").write_text(body + 'B = dd.Claim("eq-7", statement=dd.Compare(x**2, x))\n')
    assert run("check", folder) == 1
    assert "eq-7 was proved" in capsys.readouterr().err
    assert "Two Files" in str(collect(folder / "b.py")[0].text)


def test_the_runner_of_typer_knows_both_arguments_of_explain():
    from ddln_sym.cli.app import app

    assert "[ID]" in CliRunner().invoke(app, ["explain", "--help"]).output


@pytest.mark.parametrize(
    ("statement", "verdict", "notes"),
    [
        (lambda u: dd.Equal(0.5 * u**2 + 0.1, u**2 / 2 + sp.Rational(1, 10)), "proved", ("1/10", "1/2")),
        (lambda u: dd.Compare(0.5 * u**2, 0.3 * u), "refuted", ("3/10", "1/2")),
        (lambda u: dd.Equal(1e-30 * u, u / 10**30), "proved", (f"1/{10**30}",)),
        (lambda u: dd.Compare(u, 0.25, dd.Setting((dd.Hypothesis("given", u > 0.5),))), "proved", ("1/4", "1/2")),
        (lambda u: dd.Equal(0.3333333333 * u, u / 3), "refuted", ("3333333333/10000000000",)),
    ],
)
def test_decimals_are_exact_and_said(statement, verdict, notes):
    found = dd.certify(dd.Claim("eq-1", statement=statement(sp.Symbol("u", real=True))))
    assert found.verdict.value == verdict
    assert [note.split(" is read as ")[1] for note in found.notes] == list(notes)
