"""Statements, steps and claims as LaTeX: the paper's notation, no debris of the machine, formulas that fit."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from typing import ClassVar

import pytest
import sympy as sp
from command_line import LIBRARY, ROOT, environment
from latex2mathml.converter import convert
from shared import certificates
from snapshots import SNAPSHOTS

from ddln_sym.claims import Claim, certify, collect, paper_text
from ddln_sym.claims.certification import statements
from ddln_sym.kernel import decide
from ddln_sym.models import LayerFlow, OrderedFlow, derive_redundant, derive_two_layers
from ddln_sym.render.document import REFERENCES, bibliography, parse_sentence, tell_claim, tell_step
from ddln_sym.render.formulas import LINE, break_chain, break_printed, formula_of, speak, split_at, width
from ddln_sym.render.formulas.abbreviations import Subformula, abbreviate
from ddln_sym.render.latex import claim_tex, write_blocks, write_sentence
from ddln_sym.render.terminal import write_blocks as write_lines
from ddln_sym.statements import (
    Compare,
    Consequence,
    Denied,
    Equal,
    Hypothesis,
    Rate,
    RateRule,
    Setting,
    Theorem,
    Verdict,
)

WAYS = (("flint", "1"), ("python", "2"), ("gmpy", "3"))
FLOW = LayerFlow()
J, K = FLOW.index("j", 1), FLOW.index("k", 2)
THETA, U0, V0, XI = sp.symbols("theta u0 v0 xi", real=True)


@pytest.mark.parametrize(
    ("statement", "tex"),
    [
        (Equal(FLOW.theta, 0, Setting((), (), FLOW.depth)), r"\prod_{k=1}^{L} u^{k}_{i} = 0"),
        (Equal(Rate(FLOW.layer(J) ** 2), -2 * FLOW.theta * FLOW.slope),
         r"\frac{d}{dt}(u^{j}_{i})^{2} = -2g_{i} \prod_{k} u^{k}_{i}"),
        (Equal(FLOW.layer(K), FLOW.others(J)), r"u^{k}_{i} = \prod_{m\ne j} u^{m}_{i}"),
        (Equal(FLOW.metric, 1), r"\sum_{j} \prod_{k\ne j} (u^{k}_{i})^{2} = 1"),
        (Compare(0, Rate(sp.Symbol("loss", real=True))), r"\frac{d}{dt}\mathcal{L}(\theta) \le 0"),
        (OrderedFlow(3).root(2), r"\sqrt{(v^{1}_{i})^{2} + \Delta_{2}}"),
        (sp.asinh(2 * THETA / sp.Abs(U0**2 - V0**2)) / 2,
         r"\tfrac{1}{2}\operatorname{arcsinh}\left(\frac{2\theta}{\Delta_{0}}\right)"),
        (sp.sqrt(4 * THETA**2 + (U0**2 - V0**2) ** 2), r"\sqrt{4\theta^{2} + \Delta_{0}^{2}}"),
        (sp.exp(2 * XI) * sp.Rational(1, 4), r"\tfrac{1}{4}e^{2\xi}"),
        (THETA ** (2 / sp.Symbol("L") - 1), r"\theta^{2/L - 1}"),
        (sp.Rational(7, 5) ** 10 * THETA, r"\left(\frac{7}{5}\right)^{10}\theta"),
        (-(U0 - THETA) / XI, r"\frac{\theta - u(0)}{\xi}"),
        (-U0 + THETA * XI, r"\theta \xi - u(0)"),
        (sp.log(sp.Abs(THETA)), r"\log|\theta|"),
        (sp.Symbol("excess") * sp.Symbol("mu"), r"\mu (\mathcal{L}(\theta)-\mathcal{L}^{*})"),
        (Denied(Equal(THETA, XI)), r"\theta \not\equiv \xi"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_notation_of_the_paper(statement, tex):
    with speak(paper_text()):
        assert formula_of(statement) == tex


DEBRIS = re.compile(
    r"operatorname\{Rate\}|Dummy|SumOver|ProductOver|\bm1\b|m1≠|slack\d|u0|v0|asinh|atan\b(?<!rctan)|gradQ|Qstar|(?<!\\)lambda|"
    r"excess|norm2|Piecewise|text\{True|None|\\mathtt|\bsp\.|\*\*|_1\{|c_\{\d+\}\{"
)


@pytest.mark.parametrize("name", LIBRARY)
def test_no_debris_and_no_sign_that_tex_lacks(name):
    body = claim_tex(LIBRARY[name], certificates()[name], set(LIBRARY))
    body = body.replace(r"\operatorname{arcsinh}", "").replace(r"\text{arcsinh}", "").replace("arcsinh", "")
    assert not (found := DEBRIS.search(body)), body[max(0, found.start() - 60) : found.end() + 20]
    assert not {c for c in body if ord(c) > 126} - set("éóöüŁ"), name
    assert body.count("{") == body.count("}")
    assert len(re.findall(r"\\left(?![a-z])", body)) == len(re.findall(r"\\right(?![a-z])", body))


@pytest.mark.parametrize("name", LIBRARY)
def test_formulas_are_standard_macros(name):
    """What the pages show goes through a converter that knows amsmath alone."""
    claim = LIBRARY[name]
    for proposition in statements(claim, next(iter(claim.depths), None)):
        with speak(claim.text):
            assert "<math" in convert(formula_of(proposition))


def test_a_refuted_claim_shows_witness_and_correction():
    body = claim_tex(LIBRARY["eq-20"], certificates()["eq-20"])
    for part in (r"\label{claim:eq-20}", r"\label{claim:eq-20-corrected}", r"\tag{20}", r"\tag{20$'$}",
                 r"1.44363547518\pm1.19\cdot10^{-12}", "0.721817737589", r"$\theta = 1$", r"\textbf{Refuted} ($L = 2$",
                 r"\textbf{Corrected}", r"\begin{proof}"):  # fmt: skip
        assert part in body, part


def test_every_claim_has_its_verdict_and_its_label():
    for name, certificate in certificates().items():
        body = claim_tex(LIBRARY[name], certificate)
        word = "Refuted" if certificate.verdict is Verdict.REFUTED else "Proved"
        assert rf"\label{{claim:{name}}}" in body
        assert rf"\textbf{{{word}}} (" in body


def test_every_top_step_is_in_the_proof():
    for name in ("thm-2", "eq-13", "new-t1-conjugate"):
        body = claim_tex(LIBRARY[name], certificates()[name])
        for step in certificates()[name].steps:
            with speak(paper_text()):
                start = formula_of(step.proposition).split(" ")[0]
            assert start in body


@pytest.mark.parametrize("derivation", [derive_two_layers(), derive_redundant()], ids=["two", "redundant"])
def test_derivations_tell_how_each_line_was_found(derivation):
    name = {2: "new-entropy-two", 8: "new-entropy-two"}.get(len(derivation.lines), "new-entropy-redundant")
    body = claim_tex(LIBRARY[name], certificates()[name])
    assert r"\mathcal{Q}(\theta) &=" in body
    for line in derivation.lines:
        assert write_sentence(parse_sentence(line.how)) in body


def told(step):
    """A step in LaTeX, with its reason."""
    return write_blocks(tell_step(step))


# -- steps ------------------------------------------------------------------------------------------------
X, Y = sp.symbols("x y", real=True)


def test_reason_names_what_is_given_and_needed():
    given = Setting((Hypothesis("x is not zero", sp.Ne(X, 0)),))
    text = told(decide(Equal(X * (Y / X), Y + 0 * X, given))) + told(decide(Equal(1 / X * X**2, X, given)))
    assert "Given x is not zero: $x \\ne 0$." in text
    step = decide(Equal(sp.sqrt(X**2) / X, sp.sign(X), given))
    assert r"$x\ne 0$" in told(step)


def test_rates_are_stated_where_time_derivatives_stand():
    moving = Setting((), (RateRule(X, Y),))
    assert r"Here $\frac{dx}{dt} = y$." in told(decide(Equal(Rate(X**2), 2 * X * Y, moving)))
    assert "Here" not in told(decide(Equal(X + X, 2 * X, moving)))


def test_ideal_membership_shows_the_relation():
    given = Setting((Hypothesis("circle", sp.Eq(X**2 + Y**2, 1)),))
    step = decide(Equal(X**4 + 2 * X**2 * Y**2 + Y**4, 1, given))
    ((cofactor, relation),) = step.working.cofactors
    assert sp.expand(cofactor * relation - (X**4 + 2 * X**2 * Y**2 + Y**4 - 1)) == 0
    assert "The difference of the sides is" in told(step)


def test_substitutions_are_shown_with_their_slack():
    given = Setting((Hypothesis("x ≥ y", sp.Ge(X, Y)), Hypothesis("y ≥ 0", sp.Ge(Y, 0))))
    step = decide(Compare(X**2 + X * Y, Y**2, given))
    assert step.working.substitutions
    assert r"where $s_{" in told(step)


def test_a_refuted_step_is_worked_out():
    text = told(decide(Equal((X + 1) ** 2, X**2 + 1)))
    assert "At $x = 1$ the left side is $4$, the right side is $2$." in text


# -- layout -------------------------------------------------------------------------------------------------
def test_a_formula_that_fits_is_one_line():
    assert break_chain(["a", "=", "b + c"]) == "a = b + c"


@pytest.mark.parametrize("count", [8, 20, 60])
def test_a_long_sum_is_broken_into_rows_that_fit(count):
    terms = " + ".join(rf"\frac{{x_{{{n}}}}}{{y}}" for n in range(count * 2))
    shown = break_chain([r"\theta", "=", terms], 20)
    rows = re.sub(r"\\(begin|end)\{aligned\}(\[t\])?", "", shown).split(r"\\")
    assert len(rows) > 1
    assert all(width(row) <= 21 for row in rows)
    assert [n for n in re.findall(r"x_\{(\d+)\}", shown)] == [str(n) for n in range(count * 2)]


def test_breaks_are_outside_of_brackets():
    assert split_at(r"a - \left(b - c\right) - d", ["-"]) == ["a ", r"- \left(b - c\right) ", "- d"]
    assert split_at("-a - b", ["-"]) == ["-a ", "- b"]


def test_a_long_printed_formula_is_broken_at_its_spaces():
    tex = r"a=" + "b+" * 20 + r"c,\quad d=" + "e+" * 20 + "f"
    assert width(tex) > LINE
    rows = re.sub(r"\\(begin|end)\{aligned\}(\[t\])?", "", break_printed(tex)).split(r"\\")
    assert len(rows) > 1
    assert all(width(row) <= LINE for row in rows)


def test_parts_that_recur_get_names_and_functions_keep_their_brackets():
    part = Subformula(r"2\xi + \log|\frac{a + b + c + d}{e + f + g + h}|", closed=False)
    side = rf"\sinh\left({part.tex}\right) + x \left({part.tex}\right)"
    texts, names = abbreviate([side, "=", side], [part], 20)
    assert texts[0].replace("( ", "(") == r"\sinh(c_{1}) + x  c_{1}"
    assert names == [("c_{1}", part.tex)]


# -- prose, references ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("$θ = u^⊙L$ with $L > 2$", r"$\theta = u^{\odot L}$ with $L > 2$"),
        (r"$\theta = \sin(u^2)$", r"$\theta = \sin(u^2)$"),
        ("a layer of (8), 5 % of a_b", r"a layer of (8), 5 \% of a\_b"),
        ("claim eq-7 & more", r"claim~\claimref{eq-7} \& more"),
        ("claim eq-77", "claim eq-77"),
        ("from $v(0) = (0, a, a)$ on", r"from $v(0) = (0, a, a)$ on"),
        ("see [@LiEtAl2022; @Teschl2012]", r"see \cite{LiEtAl2022,Teschl2012}"),
        ("a word with ≥ in it", r"a word with $\ge$ in it"),
        ("a = 1 is no formula here", "a = 1 is no formula here"),
    ],
)
def test_what_is_marked_is_mathematics_and_nothing_else(text, tex):
    assert write_sentence(parse_sentence(text, {"eq-7"})) == tex


def test_a_formula_without_an_end():
    with pytest.raises(ValueError, match="has no end: mathematics stands between two dollars"):
        parse_sentence("the flow of $x")


@pytest.mark.parametrize("name", LIBRARY)
def test_a_claim_on_a_terminal_has_no_code_and_no_latex(name):
    lines = write_lines(tell_claim(LIBRARY[name], certificates()[name], set(LIBRARY)))
    text = "\n".join(line.text.plain for line in lines)
    code = re.search(
        r"\*\*|\b(?:[A-Z][a-z]{2,}|Eq|Ne|Ge|Gt|Le|Lt|Or)\((?!∇)|\w\[\w+\]|\\\\|[\^_]\{|\$|\b(log|Abs|sqrt|asinh)\(Abs|SumOver|Rate\(|m\d≠",
        text,
    )
    assert code is None, text[max(0, code.start() - 80) : code.end() + 40]


def test_references_are_entries_with_their_fields():
    keys = [reference.key for reference in REFERENCES]
    assert len(set(keys)) == len(keys)
    assert bibliography().count("@") == len(keys)
    assert all({"title", "year"} <= dict(r.fields).keys() or r.key == "DLMF" for r in REFERENCES)


def test_what_claims_and_theorems_are_credited_to_is_in_the_bibliography():
    claims = [c for claim in collect() for c in (claim, claim.correction) if c is not None]
    theorems = [a.theorem for c in certificates().values() for a in c.assumes if a.theorem]
    keys = {key for source in (*claims, *theorems) for key in source.references}
    assert len(keys) > 25 and keys < {reference.key for reference in REFERENCES}


def test_an_entry_that_the_bibliography_does_not_have_is_named():
    claim = Claim("a", statement=Equal(1, 1), references=("LiEtAl2020",))
    with pytest.raises(ValueError, match="no entry 'LiEtAl2020': did you mean LiEtAl2022"):
        tell_claim(claim, certify(claim))


@pytest.mark.parametrize(
    ("theorem", "said"),
    [
        (Theorem("a rule", "as Grönwall 1919 might have said"), "a rule (as Grönwall 1919 might have said)"),
        (Theorem("a rule", "of old", ("Gronwall1919",)), r"a rule~\cite{Gronwall1919}"),
        (Theorem("a rule", ""), "a rule. Its premises"),
    ],
)
def test_a_theorem_is_credited_by_its_link_and_not_by_its_words(theorem, said):
    @dataclass(frozen=True)
    class Rule(Consequence):
        value: sp.Expr
        theorem: ClassVar = None

        def premises(self):
            return (Equal((self.value + 1) ** 2, self.value**2 + 2 * self.value + 1),)

    Rule.theorem = theorem
    claim = Claim("a", statement=Rule(XI))
    assert said in write_blocks(tell_claim(claim, certify(claim)))


def test_every_symbol_of_the_table_has_one_name():
    symbols = paper_text().notation.symbols
    assert len(symbols) > 20
    assert all(name.tex for name in symbols.values())


def test_no_symbol_of_the_paper_stands_as_a_word():
    """A name such as ``Qother`` in a derivation has a formula of its own in the notation."""
    with speak(paper_text()):
        words = {
            (claim.id, word)
            for claim in collect()
            for word in re.findall(r"\\mathrm\{([A-Za-z]{3,})\}", claim_tex(claim, certificates()[claim.id]))
        }
    assert not words


# -- fragments kept ------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def fresh():
    """What a fresh process writes, with each library of numbers and another order of hashes; side by side."""
    running = {}
    for library, seed in WAYS:
        surroundings = {**environment(), "SYMPY_GROUND_TYPES": library, "PYTHONHASHSEED": seed}
        command = [sys.executable, "tests/support/snapshots.py", "--show"]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        running[library] = subprocess.Popen(command, env=surroundings, cwd=ROOT, **pipes)
    return {library: process.communicate(timeout=600) for library, process in running.items()}


@pytest.mark.parametrize("library", [library for library, _ in WAYS])
def test_fragments_are_those_kept(fresh, library):
    out, err = fresh[library]
    assert err == ""
    found = json.loads(out)
    assert found.keys() == {file.stem for file in SNAPSHOTS.iterdir()}
    for name, text in found.items():
        assert (SNAPSHOTS / f"{name}.tex").read_text(encoding="utf-8") == text, f"{name} differs: run `make snapshots`"


def test_the_first_page_says_who_and_which_state(tmp_path):
    """The commit is that of the package's own repository, never of one around it."""
    from ddln_sym.render.latex.provenance import ROOT, describe_version

    here = describe_version()
    assert here.startswith("ddln-sym ") and (not (ROOT / ".git").exists() or " commit " in here or here.count(" ") == 1)
    assert describe_version(tmp_path) == describe_version(ROOT / "ddln_sym") == "ddln-sym 0.1.0.dev0"
