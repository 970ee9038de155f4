"""One document, written for paper, for a browser and for a terminal."""

from __future__ import annotations

import pickle
import re
from html import unescape

import pytest
import sympy as sp
from command_line import LIBRARY
from rich.console import Console

from ddln_sym.claims import certify
from ddln_sym.kernel import decide
from ddln_sym.render.document import (
    Citation,
    ClaimLink,
    Code,
    Formula,
    Items,
    Math,
    Paragraph,
    Proof,
    Quotation,
    Statement,
    Styled,
    Table,
    capitalize,
    parse_sentence,
    show_printed,
    tell_claim,
    tell_proof,
    tell_step,
)
from ddln_sym.render.formulas import formula_of, plain_formula, spell_formula
from ddln_sym.render.html import Writer
from ddln_sym.render.latex import write_blocks, write_sentence
from ddln_sym.render.terminal import plain_text, tables
from ddln_sym.render.terminal import write_blocks as write_lines
from ddln_sym.statements import Compare, Equal, FullRank, Hypothesis, Scope, Setting, Verdict

CITED = Citation(("LiEtAl2022",))
TREE = (
    Statement("eq-1", ("Section 1, (1)",), ("The squares move",), Formula(r"u^2 = 1", "1")),
    Paragraph(
        (Styled("strong", ("Proved",)), " by 5 % <of> ", Math(r"x\ge 0"), ", see ", Citation(("LiEtAl2022",)), ".")
    ),
    Quotation(("as ", Styled("emphasis", ("said",)), " in ", ClaimLink("eq-2"))),
    Code("forall x : R,\n  0 <= x -> exists y : R, y ^ 2 = x /\\ 0 <= y /\\ forall z : R, z ^ 2 = x -> Rabs z = y"),
    Proof(
        (
            Items(
                (
                    (Formula("a = b", flush=True), Paragraph(("Expand.",))),
                    (Paragraph(("Both:",)), Items(((Formula("c = d", flush=True),), (Paragraph(("last",)),)))),
                ),
                numbered=True,
            ),
        )
    ),
)
WORDS = [
    "Proved",
    "by",
    "5",
    "%",
    "<of>",
    ",",
    "see",
    ".",
    "as",
    "said",
    "in",
    "eq-2",
    "forall x : R,",
    "  0 <= x ->",
    "Expand.",
    "Both:",
    "last",
]


def on_a_terminal(blocks, width=80):
    console = Console(width=width, file=None, record=True, highlight=False)
    with console.capture() as seen:
        for line in write_lines(blocks):
            console.print(line)
    return seen.get()


def test_every_writer_says_the_same_words():
    html = unescape(re.sub(r"<[^>]*>", " ", str(Writer().blocks(TREE))))
    tex = write_blocks(TREE).replace(r"\%", "%")
    for word in WORDS:
        assert word in html.split() or word in html, word
        assert word in tex, word
        assert word in on_a_terminal(TREE), word


def test_on_a_terminal():
    assert on_a_terminal(TREE) == (
        "eq-1  The squares move\n"
        "Section 1, (1)\n"
        "    u² = 1    (1)\n"
        "Proved by 5 % <of> x ≥ 0, see [Li et al. 2022].\n"
        "    as said in eq-2\n"
        "  forall x : R,\n"
        "    0 <= x -> exists y : R, y ^ 2 = x /\\ 0 <= y /\\ forall z : R, z ^ 2 = x ->\n"
        "        Rabs z = y\n"
        "Proof\n"
        "  1. a = b\n"
        "     Expand.\n"
        "  2. Both:\n"
        "     • c = d\n"
        "     • last\n"
    )


@pytest.mark.parametrize("width", [24, 40, 80])
def test_no_line_is_wider_than_the_terminal(width):
    long = (Items(((Paragraph((" ".join(["word"] * 40),)), Formula(" + ".join(["x"] * 60), flush=True)),)),)
    lines = on_a_terminal(long, width).splitlines()
    assert len(lines) > 4 and all(len(line) <= width for line in lines)
    assert "".join(lines).count("x") == 60 and "".join(lines).count("word") == 40


def test_in_latex():
    tex = write_blocks(TREE)
    assert "% claim: eq-1\n\\begin{claim}[\\texttt{eq-1}; Section 1, (1)]\\label{claim:eq-1}" in tex
    assert "\\tag{1}" in tex and r"\textbf{Proved} by 5 \% <of> $x\ge 0$, see \cite{LiEtAl2022}." in tex
    assert "\\item $\\displaystyle a = b$\n\\newline Expand." in tex
    assert tex.count(r"\qedhere") == 1 and r"\item last\qedhere" in tex
    for name in ("proof", "enumerate", "itemize", "quote", "claim"):
        assert tex.count(rf"\begin{{{name}}}") == tex.count(rf"\end{{{name}}}") == 1


def test_in_html():
    writer = Writer()
    html = str(writer.blocks(TREE))
    assert "&lt;of&gt;" in html and writer.cited == {"LiEtAl2022": 1} and 'href="#reference-1"' in html
    assert html.count('class="box"') == 1 and html.index("last") < html.index('class="box"')
    assert html.count("<math") == 4 and '<span class="number">(1)</span>' in html


def test_references_are_numbered_as_they_are_cited():
    writer = Writer()
    assert "[1]" in re.sub("<.*?>", "", writer.sentence((Citation(("b",)),)))
    assert "[2, 1]" in re.sub("<.*?>", "", writer.sentence((Citation(("a", "b")),)))
    assert writer.cited == {"b": 1, "a": 2}


def test_a_table():
    table = Table((("n",), ("value",)), ((("1",), (Math("x^2"),)), (("2",), ("<b>",))))
    assert "n & value\\\\ \\midrule\n1 & $x^2$\\\\\n2 & <b>\\\\" in write_blocks((table,))
    html = str(Writer().blocks((table,)))
    assert html.count("<td>") == 4 and "&lt;b&gt;" in html
    assert "x²" in on_a_terminal((table,)) and "<b>" in on_a_terminal((table,))


@pytest.mark.parametrize("write", [write_blocks, lambda blocks: Writer().blocks(blocks), write_lines])
def test_what_no_writer_knows_is_an_error(write):
    with pytest.raises(TypeError, match="int has no form"):
        write((3,))


# -- marked texts ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("marked", "tex", "plain"),
    [
        ("$u_j² − u_k²$ stays", "$u_j^{2} - u_k^{2}$ stays", "u_j² − u_k² stays"),
        (r"$\frac{1}{2}u^2$", r"$\frac{1}{2}u^2$", "1/2 u²"),
        ("$√(σ² + 4θ²)$", r"$\sqrt{\sigma ^{2} + 4\theta ^{2}}$", "√(σ² + 4θ²)"),
        ("$log(1/a)$", r"$\log (1/a)$", "log(1/a)"),
        ("$e^{−t/25}$", "$e^{-t/25}$", "e^(−t/25)"),
        ("no mathematics: u_j = 2", r"no mathematics: u\_j = 2", "no mathematics: u_j = 2"),
    ],
)
def test_marked_texts(marked, tex, plain):
    assert write_sentence(parse_sentence(marked)) == tex
    assert plain_text(marked) == plain


def test_capitals_stand_before_words_alone():
    assert capitalize(parse_sentence("the flow")) == ("The flow",)
    assert capitalize(parse_sentence("$x$ moves")) == (Math("x"), " moves")
    assert capitalize(()) == ()


def test_a_printed_sentence_is_no_formula():
    words = r"\text{the layers of the network follow the gradient flow of the loss for all times }t\ge 0"
    assert isinstance(show_printed(words), Quotation)
    assert isinstance(show_printed(rf"G:M\rightarrow R {words}"), Quotation)  # an arrow opens no bracket
    assert show_printed(r"x = 1\ \text{for all}\ t", "3") == Formula(r"x = 1\ \text{for all}\ t", "3")


@pytest.mark.parametrize(
    ("scope", "marked"),
    [
        (Scope(), "all $L ≥ 2$, all $d$"),
        (Scope("L = 2, 3", "d = 1"), "$L = 2, 3$, $d = 1$"),
        (Scope("$θ = u²v$", "all d"), "$θ = u²v$, all $d$"),
        (Scope("L = 2", "d = 1, $n = 2$"), "$L = 2$, d = 1, $n = 2$"),
        (Scope("L = 3", fails=True), "fails at $L = 3$, all $d$"),
    ],
)
def test_scopes(scope, marked):
    assert scope.spell() == marked
    assert str(scope) == marked.replace("$", "")


# -- formulas as text ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("tex", "plain"),
    [
        (r"u^{j}_{i}", "uʲ_i"),
        (r"\theta_{i}^{2}", "θ_i²"),
        (r"\frac{a + b}{2c}", "(a + b)/(2c)"),
        (r"\frac{a}{\sqrt{b + c}}", "a/√(b + c)"),
        (r"\frac{d\theta_{i}}{dt} = -M_{i} g_{i}", "dθ_i/dt = −M_i g_i"),
        (r"\sum_{k=1}^{L} x_{k}", "∑_(k=1)ᴸ x_k"),
        (r"\int_{0}^{\theta} x\,dx", "∫₀^θ x dx"),
        (r"\tfrac{1}{2}\log\left|x\right| - y", "1/2 log|x| − y"),
        (r"x\mapsto -x", "x ↦ −x"),
        (r"\begin{aligned}[t]a &= b \\ &\quad + c\end{aligned}", "a = b\n    + c"),
        (r"\operatorname{sign}(x)\ \text{is constant}", "sign(x) is constant"),
        (r"\left(x^{2}\right)^{1/2}", "(x²)^(1/2)"),
        (r"a,\quad b", "a, b"),
    ],
)
def test_a_formula_as_text(tex, plain):
    assert re.sub(r"(?<=\S) +", " ", plain_formula(tex)) == plain


def test_what_is_no_formula():
    with pytest.raises(ValueError, match="cannot be set as MathML"):
        plain_formula(r"\nosuchmacro x")


def test_signs_of_unicode_and_latex_may_be_mixed():
    assert spell_formula(r"\frac{θ}{2} ≥ ½") == r"\frac{\theta }{2} \ge \tfrac12"


def test_every_verdict_has_a_colour_in_tables():
    assert set(tables.COLOURS) == set(Verdict)


def test_many_steps_alike_are_one_table_that_may_break_over_pages():
    """Each step has its row, in order, with what was counted; LaTeX repeats the head, a terminal folds the rows."""
    claim = LIBRARY["new-t8-rank"]
    certificate = certify(claim.id)
    (proof,) = [block for block in tell_claim(claim, certificate) if isinstance(block, Proof)]
    table, said = proof.blocks
    assert isinstance(said, Paragraph) and isinstance(table, Table) and len(table.rows) == len(certificate.steps) == 60
    for step, (_, holds, components, _, counted) in zip(certificate.steps, table.rows, strict=True):
        rank = isinstance(step.proposition, FullRank)
        assert (rf"= {len(step.proposition.components)}" in holds[0].tex) is rank
        assert components[1].tex == formula_of(step.proposition.components[0])
        assert step.detail.startswith(counted[0])
    written = write_blocks([table])
    assert written.count(r"\begin{longtable}") == written.count(r"\endhead") == 1
    assert written.count(r"\addlinespace") == 59
    lines = write_lines([table])
    assert [line.mark for line in lines] == [f"{n}." for n in range(1, 61)]
    assert lines[5].text.plain.endswith("where (w₁, w₂) ≠ 0, (w₃, w₄) ≠ 0  2 cases")


def test_steps_of_different_kinds_stay_a_list():
    """Of many steps, one that is no bracket and no rank: none is left out, and none is told wrongly."""
    x = sp.Symbol("x", real=True)
    other = decide(Equal((x + 1) ** 2, x**2 + 2 * x + 1))
    (items,) = tell_proof([*certify("new-t8-rank").steps[:25], other], ()).blocks
    assert isinstance(items, Items) and len(items.items) == 26


def test_the_particulars_of_a_step_are_set_as_formulas():
    """No formula of Python's in a sentence, no premise that compares two fractions."""
    a = sp.Symbol("a", real=True)
    step = decide(Compare(a**6 / 720, sp.Abs(sp.cos(a) - 1 + a**2 / 2 - a**4 / 24)))
    assert step.proved and "**" in step.detail
    shown = tell_step(step)
    assert "**" not in repr(shown) and "arithmetic" not in repr(shown)
    assert pickle.loads(pickle.dumps(step)).detail.parts == step.detail.parts


def test_a_hypothesis_that_is_called_given_is_said_once():
    a = sp.Symbol("a", real=True)
    step = decide(Compare(a - 1, sp.log(a), Setting((Hypothesis("given", a > 0),))))
    assert "Given given" not in repr(tell_step(step)) and "Given " in repr(tell_step(step))
