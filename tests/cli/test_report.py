"""``ddln-sym report``: the page is well formed and whole, says what was decided, and needs nothing from elsewhere."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from browser import FAULTS, opened
from command_line import LIBRARY, ROOT, assert_sentence, in_process, running
from shared import already_decided, outcome

from ddln_sym import experiments
from ddln_sym.cli import app as cli
from ddln_sym.render.formulas import mathml
from ddln_sym.render.html import inline_svg

LOCKED = json.loads((ROOT / "proofs" / "verdicts.json").read_text(encoding="utf-8"))["claims"]
VOID = {"meta", "link", "br", "img", "hr", "input"}
DRAWN = ("signs", "depths")  # the cheap ones, with letters and marks in common

run = pytest.fixture(running)


class Page(HTMLParser):
    """The elements of a page with what they lie in, and what is wrong with their order.

    Attributes:
        elements: name, attributes, and the claim that the element lies in, if any.
        texts: the text of each claim, and of the page under the empty name; that of styles is left out.
    """

    def __init__(self, text):
        super().__init__()
        self.open, self.wrong, self.elements = [], [], []
        self.texts = {"": ""}
        self.feed(text)
        self.close()
        self.wrong += [tag for tag, _ in self.open]

    @property
    def claim(self):
        return next((c for _, c in reversed(self.open) if c), "")

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes), self.claim))

    def handle_starttag(self, tag, attributes):
        name = dict(attributes).get("data-claim", "")
        self.elements.append((tag, dict(attributes), name or self.claim))
        if tag not in VOID:
            self.open.append((tag, name))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop()[0] != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        data = data.replace("\N{NO-BREAK SPACE}", " ")
        if not any(tag == "style" for tag, _ in self.open):
            self.texts[""] += data
            self.texts[self.claim] = self.texts.get(self.claim, "") + data * bool(self.claim)

    def attributes(self, name):
        return [attributes[name] for _, attributes, _ in self.elements if name in attributes]


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    """The page of the whole paper, with two of the figures."""
    file = tmp_path_factory.mktemp("report") / "report.html"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(experiments, "CATALOGUE", {name: experiments.CATALOGUE[name] for name in DRAWN})
        patch.setattr(experiments, "outcome_of", outcome)
        with already_decided():
            assert cli._run(["report", "-o", str(file)]) == 0
    assert [path.name for path in file.parent.iterdir()] == ["report.html"]
    return file.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


# -- the page ----------------------------------------------------------------------------------------------
def test_it_is_well_formed(text, page):
    assert text.startswith("<!doctype html>")
    assert page.wrong == []
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    targets = [href[1:] for href in page.attributes("href") if href.startswith("#")]
    targets += re.findall(r"url\(#([^)]*)\)", text)
    assert len(targets) > 100 and set(targets) <= set(ids)


def test_the_check_sees_what_is_ill_formed():
    assert Page("<p><b>x</p>").wrong and Page("<details><summary></summary>").wrong
    assert not Page('<p>x<br><svg><path d="M 0 0"/></svg></p>').wrong


def test_every_claim_has_its_verdict_and_the_refuted_ones_come_first(page):
    rows = [a for tag, a, _ in page.elements if "data-claim" in a]
    assert {row["data-claim"]: row["data-verdict"] for row in rows} == {n: v["verdict"] for n, v in LOCKED.items()}
    assert len(rows) == len(LOCKED)
    verdicts = [row["data-verdict"] for row in rows]
    assert verdicts == sorted(verdicts, key=["refuted", "undecided", "numerically-supported", "proved"].index)
    assert all(("open" in row) == (row["data-verdict"] == "refuted") for row in rows)
    for verdict, count in Counter(verdicts).items():
        assert f"{count}{verdict}" in page.texts[""]
    for name, locked in LOCKED.items():
        shown = page.texts[name]
        assert locked["verdict"] in shown and locked["verdict"].capitalize() in shown
        assert re.search(r"\d\.\d\d s", shown)


def test_every_refuted_claim_has_its_witness_and_a_corrected_form(page):
    corrected = {name: v["correction"] for name, v in LOCKED.items() if v["verdict"] == "refuted"}
    assert len(corrected) > 10
    proofs = Counter(claim for tag, a, claim in page.elements if a.get("class") == "proof")
    for name, correction in corrected.items():
        shown = page.texts[name]
        assert LIBRARY[name].correction.id in page.attributes("id")
        assert "Corrected" in shown and correction["verdict"].capitalize() in shown
        assert re.search(r"left side.*right side|is false|denies|in direction", shown, re.DOTALL), name
        assert proofs[name] == 1
    assert "the left side is −2ui1ui2gi=−2, the right side is −1." in page.texts["eq-6"]
    assert "left side" in page.texts["eq-20"] and "0.721817737589±4.06·10−13" in page.texts["eq-20"]


def test_every_claim_has_formulas_and_no_latex_is_left(page):
    formulas = Counter(claim for tag, _, claim in page.elements if tag == "math")
    assert all(formulas[name] for name in LOCKED)
    words = re.sub(r"/\\|\\/", "", page.texts[""])  # "and" and "or" in statements of Rocq
    assert re.findall(r".{0,20}(?:\\|\$|[\^_]\{|``|&#|&amp;).{0,20}", words) == []
    printed = [claim for _, a, claim in page.elements if a.get("class") == "printed"]
    assert sorted(printed) == sorted(LOCKED)


def test_nothing_is_loaded_and_nothing_is_run(text, page):
    assert not {tag for tag, _, _ in page.elements} & {"script", "link", "img", "iframe", "object", "embed", "base"}
    assert not any(name.startswith("on") or name == "src" for _, a, _ in page.elements for name in a)
    assert all(tag == "a" or a["href"].startswith("#") for tag, a, _ in page.elements if "href" in a)
    assert not re.search(r"@import|url\((?!#)|@font-face", text)


def test_figures_and_the_foot(page):
    assert page.attributes("data-figure") == list(DRAWN)
    assert all(f"{name}-figure_1" in page.attributes("id") for name in DRAWN)
    for word in ("ddln-sym", "sympy", "python-flint", "z3-solver", "mpmath", "Python", "seeds", "signs 23"):
        assert word in page.texts[""], word


@pytest.mark.site
def test_in_a_browser(text, tmp_path):
    """As on a phone, with everything unfolded: no complaint, and nothing wider than the window."""
    folder = tmp_path / "page"
    folder.mkdir()
    unfolded = re.sub(r"<details(?! open)", "<details open", text.replace(" open>", ">"))
    assert unfolded.count("<details open") == text.count("<details")
    wide = text.replace("</main>", '<div style="width: 900px">wide</div></main>')
    for name, content in {"folded": text, "unfolded": unfolded, "wide": wide}.items():
        (folder / f"{name}.html").write_text(content, encoding="utf-8")
    found, complaints = opened(folder, ["folded.html", "unfolded.html", "wide.html"], tmp_path / "profile")
    assert complaints == []
    faults = {name: {fault for fault in FAULTS if seen[fault]} for name, seen in found.items()}
    assert faults == {"folded.html": set(), "unfolded.html": set(), "wide.html": {"wide"}}


def test_two_runs_differ_in_times_alone(monkeypatch):
    pages = []
    for seed in "12":
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        done = in_process("-m", "ddln_sym", "report", "eq-6", "new-t1-slope", "eq-7", "-o", "-")
        assert done.returncode == 0, done.stderr
        pages.append(re.sub(r"\d+\.\d+ s\b", "TIME", done.stdout))
    assert pages[0] == pages[1] and "TIME" in pages[0]


# -- selections and bad input --------------------------------------------------------------------------------
def test_some_claims_alone(run, tmp_path):
    code, out, err = run("report", "eq-7", "eq-6", "-o", tmp_path / "two.html")
    assert (code, out) == (0, "")
    assert_sentence(err, "wrote", "two.html", "2 claims")
    found = Page((tmp_path / "two.html").read_text(encoding="utf-8"))
    assert found.attributes("data-claim") == ["eq-6", "eq-7"]
    assert not found.attributes("data-figure") and "seeds" not in found.texts[""]
    targets = {href[1:] for href in found.attributes("href") if href.startswith("#")}
    assert targets <= set(found.attributes("id"))  # no reference to a claim that is not there


def test_claims_of_your_own(run):
    code, out, _ = run("report", ROOT / "docs" / "examples" / "my_claims.py", "-o", "-")
    assert code == 0 and "Claims of your own" in out and Page(out).wrong == []


@pytest.mark.parametrize(
    ("target", "parts"),
    [(".", ["--output", "is a folder", "report.html"]), ("none/x.html", ["--output", "there is no folder"]),
     ("file/x.html", ["--output", "there is no folder"])],
)  # fmt: skip
def test_a_place_that_cannot_be_written(run, tmp_path, monkeypatch, target, parts):
    (tmp_path / "file").write_text("mine")
    monkeypatch.chdir(tmp_path)
    code, out, err = run("report", "eq-7", "-o", target)
    assert (code, out) == (2, "")
    assert_sentence(err, *parts)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_what_turns_out_while_writing(run, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    code, _, err = run("report", "eq-7", "-o", tmp_path / "x.html")
    assert code == 2
    assert_sentence(err, "--output", "read-only")
    monkeypatch.undo()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    code, _, err = run("report", "eq-7", "-o", tmp_path / "x.html")
    assert code == 2
    assert_sentence(err, "--output", "x.html", "No space left")


def test_an_unknown_claim(run, tmp_path):
    code, _, err = run("report", "eq-77", "-o", tmp_path / "x.html")
    assert code == 2
    assert_sentence(err, "eq-77", "did you mean")


def test_a_formula_that_has_no_mathml(run, tmp_path):
    file = tmp_path / "mine.py"
    lines = (ROOT / "docs" / "examples" / "my_claims.py").read_text(encoding="utf-8")
    changed = re.sub(r'printed=r?"[^"]*"', r'printed=r"\\nosuchmacro x"', lines, count=1)
    assert changed != lines
    file.write_text(changed, encoding="utf-8")
    code, _, err = run("report", file, "-o", tmp_path / "x.html")
    assert code == 2
    assert_sentence(err, "nothing was written", "nosuchmacro")
    assert not (tmp_path / "x.html").exists()


# -- formulas and text ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("tex", "part"),
    [
        (
            r"\arg\min_{x}Q",
            '<munder><mo lspace="0" rspace="0.167em" movablelimits="true">arg\N{NO-BREAK SPACE}min</mo>',
        ),
        (r"\boldsymbol u_\mathbf{1}", "<mi>𝒖</mi>"),
        (r"[\![1,L]\!]", "<mo>⟦</mo>"),
        (r"|a||b|", '<mo stretchy="false" form="postfix">|</mo><mo stretchy="false" form="prefix">|</mo>'),
        (r"a\log x", '<mspace width="0.167em" /><mi>log</mi><mspace width="0.167em" />'),
        (r"a = -b", '<mo form="prefix">−</mo>'),
        (r"\begin{aligned}[t]a &= b \\ &+ c\end{aligned}", "<mi /><mo>+</mo><mi>c</mi>"),
        (r"\text{if }x", "<mtext>if\N{NO-BREAK SPACE}</mtext>"),
    ],
)
def test_formulas(tex, part):
    assert part in str(mathml(tex, True))


@pytest.mark.parametrize("tex", [r"\nosuchmacro x", r"\text{a $b$}", r"\begin{nothing}x\end{nothing}", r"x & y"])
def test_no_formula_is_left_as_latex(tex):
    with pytest.raises(ValueError, match="cannot be set as MathML"):
        mathml(tex)


def test_two_drawings_on_a_page_share_no_id():
    svg = '<svg><g id="g"/><use xlink:href="#g"/><path clip-path="url(#g)"/></svg>'
    first, second = (Page(str(inline_svg(svg, name, "drawn"))) for name in "ab")
    assert not set(first.attributes("id")) & set(second.attributes("id"))
    assert first.attributes("href") == ["#a-g"] and first.attributes("clip-path") == ["url(#a-g)"]
