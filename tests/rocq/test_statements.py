"""From propositions to statements of Rocq: what is printed, what has to be defined, and what has no statement."""

from __future__ import annotations

import json
import re

import pytest
import sympy as sp
from command_line import LIBRARY, ROOT

from ddln_sym.claims import statements
from ddln_sym.models import LayerFlow, OrderedFlow, commuting_statement, deep_diagonal, redundant
from ddln_sym.rocq import LINKS, STRONGER, UNLINKED, Untranslatable, coverage, find_theorem, formal, formalize
from ddln_sym.rocq.library import folder, forbidden, in_order, ready, tactic_line
from ddln_sym.rocq.terms import RocqPrinter, name_of
from ddln_sym.statements import (
    AboveStart,
    Compare,
    Denied,
    Equal,
    Holds,
    Hypothesis,
    Maclaurin,
    Needed,
    Rate,
    RateRule,
    Setting,
    Solves,
    StrictMaclaurin,
    greater,
    product_over,
)

EVERY = LIBRARY | {c.correction.id: c.correction for c in LIBRARY.values() if c.correction is not None}
PAPER = [claim for claim in LIBRARY.values() if not claim.id.startswith("new-")]
X, Y, G = sp.symbols("x_0 y g", real=True)
N, D, K = sp.symbols("n d k", integer=True, positive=True)


def text(proposition, **options):
    return formal(proposition, **options).text


# -- terms ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("term", "printed", "defined"),
    [
        (X / Y, "x_0 / y", ["y <> 0"]),
        (X**-2, "/ x_0 ^ 2", ["x_0 <> 0"]),
        (sp.sqrt(X), "sqrt x_0", ["0 <= x_0"]),
        (1 / sp.sqrt(X), "/ sqrt x_0", ["0 < x_0", "0 <= x_0"]),
        (sp.log(X), "ln x_0", ["0 < x_0"]),
        (sp.tan(X), "tan x_0", ["cos x_0 <> 0"]),
        (X**Y, "Rpower x_0 y", ["0 < x_0"]),
        (X - Y, "x_0 - y", []),
        (-X * Y / 3, "- (x_0 * y / 3)", []),
        (sp.Rational(-2, 3), "(-2/3)", []),
        (sp.asinh(X) * sp.Abs(Y), "Rabs y * arcsinh x_0", []),
    ],
)
def test_a_term_and_what_it_needs_to_have_a_value(term, printed, defined):
    printer = RocqPrinter()
    assert printer(term) == printed
    assert printer.defined == defined


def test_a_condition_under_a_product_is_one_for_every_factor():
    w = sp.IndexedBase("w", real=True)
    printer = RocqPrinter(size=N)
    printer(product_over(lambda k: sp.sqrt(w[k]), (D,)))
    assert printer.defined == ["(forall m1 : nat, (m1 < n)%nat -> m1 <> d -> 0 <= w m1)"]


def test_names_that_mean_something_in_rocq_are_changed():
    assert [name_of(s) for s in ("I", "s", "exp", "Q", "z_+", "v0")] == ["I_", "s_", "exp_", "Q_", "z_plus", "v0"]


@pytest.mark.parametrize("exponent", [N - 3, N**2, 3 - N])
def test_a_truncated_difference_is_no_exponent(exponent):
    with pytest.raises(Untranslatable, match="exponent"):
        RocqPrinter(size=N)(X**exponent)


def test_an_exponent_of_the_size():
    assert RocqPrinter(size=N)(X ** (2 * N - 2)) == "x_0 ^ (2 * n - 2)"


@pytest.mark.parametrize("term", [sp.gamma(X), sp.Symbol("j", integer=True), sp.IndexedBase("w")[N + 1]])
def test_what_has_no_term_is_refused(term):
    with pytest.raises(Untranslatable):
        RocqPrinter(size=D)(term)


# -- statements -----------------------------------------------------------------------------------------
def test_what_is_defined_is_part_of_the_conclusion():
    said = text(Equal(X / Y, 1, Setting((Hypothesis("equal", sp.Eq(X, Y)),))))
    assert " ".join(said.split()) == "forall (x_0 y : R), x_0 = y -> y <> 0 /\\ x_0 / y = 1"


def test_a_hypothesis_says_that_it_is_defined():
    said = text(greater(X, 0, Setting((Hypothesis("log", sp.Gt(sp.log(X), 0)),))))
    assert "(0 < x_0 /\\ 0 < ln x_0) ->" in said


def test_a_refutation_is_a_point_where_everything_is_defined():
    said = text(Equal(X / Y, 1), refuted=True)
    assert " ".join(said.split()) == "exists (x_0 y : R), y <> 0 /\\ ~ (x_0 / y = 1)"


def test_the_opposite_of_a_statement_is_its_refutation():
    assert formal(Denied(Compare(X, 1))) == formal(Compare(X, 1), refuted=True)
    assert formal(Denied(Denied(Compare(X, 1)))) == formal(Compare(X, 1))


def test_a_rate_says_that_the_derivative_exists():
    said = text(Equal(Rate(X), -G, Setting((), (RateRule(X, -G),))))
    assert "forall (g : R -> R) (x_0 : R -> R)," in said
    assert "(forall t : R, 0 <= t -> is_derive x_0 t (- g t)) ->" in said
    assert "exists r1 : R, is_derive (fun s => x_0 s) t r1 /\\ r1 = - g t" in said


def test_without_a_rule_and_not_differentiated_a_quantity_may_move():
    said = text(Compare(Rate(X), Y, Setting((), (RateRule(X, G),))))
    assert "(y : R -> R)" in said


def test_what_is_differentiated_without_a_rule_is_constant():
    said = text(Equal(Rate(X * Y), Y * G, Setting((), (RateRule(X, G),))))
    assert "(y : R)" in said and "x_0 s * y" in said


def test_under_a_derivative_a_root_needs_more_than_a_value():
    said = text(Equal(Rate(sp.sqrt(X)), 0, Setting((), (RateRule(X, G),))))
    assert "0 < x_0 t" in said


def test_a_constant_of_a_rule_is_bound_before_it():
    nu = sp.Symbol("nu", real=True)
    setting = Setting((), (RateRule(nu, -X * G),))
    said = text(Solves(Y, X * nu, -X * G, sp.Integer(0), ((nu, sp.Integer(0)),), setting))
    assert said.index("(x_0 : R)") < said.index("is_derive nu t")


def test_the_start_of_a_layer_is_a_value_at_0():
    (last,) = [link for link in LINKS if link.claim == "eq-14" and link.part == 0]
    said = formalize(last, EVERY).text
    assert "u m1 0 ^ 2 - u l 0 ^ 2" in said and "u0" not in said


def test_a_hypothesis_that_is_a_claim_becomes_what_the_claim_rests_on():
    flow = LayerFlow()
    j, least = flow.index("j", 2), flow.index("l", 1)
    setting = Setting((), (), flow.depth).given(*flow.conservation(least))
    proposition = Compare(flow.layer(j) ** 2, flow.initial(j) ** 2 - flow.initial(least) ** 2, setting)
    assert "u k t ^ 2 - u k 0 ^ 2" not in text(proposition, along=True, library=EVERY)
    with pytest.raises(Untranslatable, match="eq-7"):
        text(proposition, along=True, library={})


def test_blocks_of_another_size_are_not_those_of_the_paper():
    assert "partial (G L a)" in text(commuting_statement(deep_diagonal(LayerFlow().depth, D)))
    with pytest.raises(Untranslatable, match="size 1"):
        text(commuting_statement(redundant(sp.Symbol("L", integer=True, positive=True), D)))


@pytest.mark.parametrize(
    ("proposition", "options"),
    [
        (Needed(Compare(X, 0), ()), {}),
        (Solves(Y, X, G, sp.Integer(0), (), Setting((), (RateRule(X, G),))), {"refuted": True}),
        (commuting_statement(deep_diagonal(2, 2)), {}),
        (Holds(sp.Gt(sp.Max(K, N), 1)), {}),
    ],
)
def test_what_has_no_faithful_statement_is_refused(proposition, options):
    with pytest.raises(Untranslatable):
        formal(proposition, **options)


def test_whole_numbers_and_moduli():
    modulus = sp.Function("modulus")
    said = formal(Holds(sp.Le(modulus(K), modulus(N)), Setting((Hypothesis("k", sp.Le(K, N)),))))
    assert said.scope == "Z"
    assert "forall (modulus : Z -> R)" in said.text and "((modulus k) <= (modulus n))%R" in said.text


def test_what_is_above_its_start_needs_its_conditions_until_then_only():
    moving = Setting((Hypothesis("g", sp.Ge(G, 0)),), (RateRule(X, sp.Integer(1)), RateRule(Y, G)))
    said = text(AboveStart(X, Y, sp.Integer(0), ((Y, sp.Integer(0)),), moving))
    assert "x_0 0 = 0 ->" in said and "y 0 = 0 ->" in said
    assert "forall t : R, 0 < t ->\n  (forall s : R, 0 < s <= t -> 0 <= g s) ->\n  0 <= y t" in said
    assert "0 < y t" in text(AboveStart(X, Y, sp.Integer(0), ((Y, sp.Integer(0)),), moving, strict=True))


def test_means_are_stated_without_short_names():
    numbers, total, squares = (X, Y, G), sp.Symbol("s", real=True), X**2 + Y**2 + G**2
    names = ((total, X + Y + G),)
    said = text(Maclaurin(numbers, total, X * Y * G, names, Setting(), squares))
    assert "<= (g + x_0 + y) ^ 2" in said and "0 < g * x_0 * y" in said and "s_" not in said
    strict = text(StrictMaclaurin(numbers, total, X * Y * G, names, Setting(), squares, (0, 1)))
    assert strict != said and "< (g + x_0 + y) ^ 2" in strict


def test_layers_are_counted_from_0():
    flow = OrderedFlow(sp.Integer(2))
    assert "v0 1%nat ^ 2 - v0 0%nat ^ 2" in text(Compare(flow.difference(2), 0, flow.setting))


# -- the table of links -----------------------------------------------------------------------------------
def test_every_link_names_a_theorem_and_a_tactic():
    for link in LINKS:
        assert tactic_line(link.tactic)
        if link.theorem:
            assert find_theorem(link.theorem).text
    for theorems in STRONGER.values():
        assert all(find_theorem(name) for name in theorems)


def test_every_tactic_is_used():
    source = (folder() / "Links.v").read_text(encoding="utf-8")
    for name in re.findall(r"^Ltac (\w+)", source, re.M):
        inside = len(re.findall(rf"\b{name}\b", source)) > 1
        assert inside or name in {link.tactic for link in LINKS}, name


def test_every_proposition_of_the_paper_is_linked_or_says_why_not():
    for claim in [c for one in PAPER for c in (one, one.correction) if c is not None]:
        found = coverage(claim, EVERY)
        linked = {link.part for link in found.links}
        assert linked | found.missing.keys() == set(range(found.propositions)), claim.id
        assert all(found.missing.values())


def test_no_excuse_for_what_is_linked():
    linked = {(link.claim, link.part) for link in LINKS}
    assert len(linked) == len(LINKS)
    for claim, part in UNLINKED:
        assert (claim, part) not in linked
        assert part < len(statements(EVERY[claim], next(iter(EVERY[claim].depths), None)))


def test_sixty_claims_of_the_paper_are_linked_whole():
    whole = [claim.id for claim in PAPER if coverage(claim, EVERY).whole]
    assert len(whole) >= 60


def test_what_is_refuted_in_rocq_is_refuted_by_the_kernel():
    locked = json.loads((ROOT / "proofs" / "verdicts.json").read_text(encoding="utf-8"))
    verdicts = {name: entry["verdict"] for name, entry in locked["claims"].items()}
    for claim in PAPER:
        found = coverage(claim, EVERY)
        if found.links:
            assert found.refuted is (verdicts[claim.id] == "refuted"), claim.id


@pytest.mark.parametrize("link", LINKS, ids=lambda link: link.name)
def test_every_link_has_a_statement(link):
    said = formalize(link, EVERY).text
    assert said.count("(") == said.count(")")
    assert said.startswith("exists") or not link.refuted or isinstance(_proposition(link), Denied)


def _proposition(link):
    claim = EVERY[link.claim]
    return statements(claim, next(iter(claim.depths), None))[link.part]


# -- the library --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("Axiom a : False.", ["Axiom"]),
        ("Parameters (a b : R).", ["Parameters"]),
        ("Lemma a : False. Proof. admit. Admitted.", ["admit", "Admitted"]),
        ("Unset  Guard Checking.", ["Unset  Guard Checking"]),
        ("(* Axiom (* nested *) Admitted *) Lemma axiomatic : True. Proof. exact I. Qed.", []),
        ("Lemma a (Parameterless : nat) : admits = my_admit.", []),
    ],
)
def test_words_that_no_proof_may_rest_on(source, found):
    assert [word for _, word in forbidden(source)] == found


def test_the_library_has_none_of_them():
    for file in folder().glob("*.v"):
        assert not list(forbidden(file.read_text(encoding="utf-8"))), file.name


def test_files_in_the_order_of_their_imports(tmp_path):
    (tmp_path / "A.v").write_text("From DDLN Require Import B.\n")
    (tmp_path / "B.v").write_text("(* From DDLN Require Import A. *)\n")
    assert [name for name, _ in in_order(tmp_path)] == ["B", "A"]
    (tmp_path / "B.v").write_text("From DDLN Require Import A.\n")
    with pytest.raises(ValueError, match="circle"):
        in_order(tmp_path)
    assert ready({"A": ("B",), "B": ("A",)}, set()) == []
