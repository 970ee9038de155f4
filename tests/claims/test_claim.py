"""How a claim is certified: what counts as a proof of it, and what its verdict may say."""

from __future__ import annotations

import importlib.util
import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
import sympy as sp

from ddln_sym.claims import Claim, ClaimError, certify, certify_all, collect
from ddln_sym.kernel import decide
from ddln_sym.models import LayerFlow
from ddln_sym.statements import (
    DEPTH,
    Assumption,
    Compare,
    Consequence,
    Equal,
    Flaw,
    Holds,
    Hypothesis,
    Origin,
    Scope,
    Setting,
    Theorem,
    Validated,
    Verdict,
    greater,
)

X, Y = sp.symbols("x y", real=True)
TRUE, FALSE = Equal((X + Y) ** 2, X**2 + 2 * X * Y + Y**2), Equal((X + Y) ** 2, X**2 + Y**2)


def claim(statement: Any, name: str = "c", **more: Any) -> Claim:
    more.setdefault("depths", (sp.Integer(2),))
    return Claim(name, "a title", "nowhere", "", lambda depth: statement, **more)


def test_a_true_statement_is_proved() -> None:
    assert certify(claim(TRUE)).verdict is Verdict.PROVED


def test_a_false_statement_without_a_correction_is_refuted_and_not_settled() -> None:
    certificate = certify(claim(FALSE))
    assert certificate.verdict is Verdict.REFUTED and not certificate.settled
    assert certificate.witness is not None and certificate.witness.point == {"x": "1", "y": "1"}
    assert "no correction" in certificate.reason


def test_a_false_statement_with_a_proved_correction_is_refuted_with_a_witness() -> None:
    certificate = certify(claim(FALSE, correction=claim(TRUE, "c-corrected")))
    assert certificate.verdict is Verdict.REFUTED
    assert certificate.witness is not None and certificate.witness.point == {"x": "1", "y": "1"}
    assert certificate.correction is not None and certificate.correction.proved


def test_a_correction_that_is_not_proved_settles_nothing() -> None:
    certificate = certify(claim(FALSE, correction=claim(FALSE, "c-corrected")))
    assert certificate.verdict is Verdict.REFUTED and not certificate.settled
    assert "correction" in certificate.reason


def test_a_correction_is_about_the_same_objects() -> None:
    """``x = x + 1`` is not corrected by ``0 = 0``, nor by something true of another quantity."""
    for other in (Equal(0, 0), Equal(Y, Y), greater(1, 0), Holds(sp.Ge(X**2, 0, evaluate=False))):
        certificate = certify(claim(Equal(X, X + 1), correction=claim(other, "c-corrected")))
        assert certificate.verdict is Verdict.REFUTED and not certificate.settled
        assert certificate.correction is not None and not certificate.correction.proved
    assert certify(claim(FALSE, correction=claim(TRUE, "c-corrected"))).settled


# -- scopes -----------------------------------------------------------------------------------------
def test_a_scope_is_computed_not_typed() -> None:
    at_two = Claim("c", "2^L = 4", "-", "", lambda depth: Equal(2**depth, 4), depths=(sp.Integer(2),))
    assert str(certify(at_two).scope) == "L = 2, all d"
    typed = replace(at_two, scope=Scope("all L ≥ 2 and more", "all d"))
    assert str(certify(typed).scope) == "L = 2, stated for all L ≥ 2 and more, all d"
    wider = replace(at_two, scope=Scope("L = 2…8", "all d"))
    assert str(certify(wider).scope) == "L = 2, all d"


def test_scopes_intersect_for_concrete_claims_too() -> None:
    base = claim(TRUE, "base", depths=tuple(map(sp.Integer, (2, 3))), scope=Scope("L = 2, 3", "d = 1…4"))
    above = claim(
        TRUE, "above", uses=("base",), depths=tuple(map(sp.Integer, (3, 4))), scope=Scope("L = 3, 4", "d ≥ 3")
    )
    apart = claim(TRUE, "apart", uses=("base",), depths=(sp.Integer(5),))
    found = {c.id: c for c in certify_all([base, above, apart], ["above", "apart"])}
    assert found["above"].proved and str(found["above"].scope) == "L = 3, d = 3, 4"
    assert found["apart"].verdict is Verdict.UNDECIDED and "covers nothing" in found["apart"].reason


def test_what_is_proved_at_the_symbol_has_to_be_proved_at_numbers() -> None:
    other = replace(claim(TRUE), statement=lambda depth: TRUE if depth == DEPTH else FALSE, depths=(DEPTH,))
    assert certify(other).verdict is Verdict.REFUTED and str(certify(other).scope) == "fails at L = 2, all d"
    open_one = Compare(sp.digamma(X**2 + 2), sp.digamma(X**2 + 1))
    other = replace(claim(TRUE), statement=lambda depth: TRUE if depth == DEPTH else open_one, depths=(DEPTH,))
    assert certify(other).verdict is Verdict.UNDECIDED and "not at L = 2" in certify(other).reason


def test_hypotheses_are_part_of_the_scope() -> None:
    certificate = certify(claim(greater(X, 0, Setting((Hypothesis("a start", sp.Gt(X, 1)),)))))
    assert certificate.scope.hypotheses == ("x > 1 (a start)",)
    assert certificate.to_json()["covers"]["hypotheses"] == ["x > 1 (a start)"]
    assert certificate.to_json()["covers"]["depths"] == {"least": 0, "listed": [2]}


def test_no_instance_found_is_no_proof_that_there_is_none() -> None:
    certificate = certify(claim(Compare(X**2, 10**8, Setting((Hypothesis("large", sp.Ge(X, 10**4)),)))))
    assert certificate.proved
    assert certificate.notes == ("no instance of the hypotheses was found for x**2 ≥ 100000000",)


# -- forgery ------------------------------------------------------------------------------------------
def test_a_certificate_is_made_by_certifying() -> None:
    certificate = certify(claim(FALSE))
    with pytest.raises(TypeError, match="certifying a claim"):
        replace(certificate, verdict=Verdict.PROVED)


def test_a_proposition_that_says_it_equals_another_is_no_proof_of_it() -> None:
    @dataclass(frozen=True)
    class Sly(Equal):
        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 0

    with pytest.raises(TypeError, match="cannot decide a Sly"):
        decide(Sly(X, X))
    with pytest.raises(ClaimError, match="its proof is about"):
        certify(claim(Sly(X, Y), prove=lambda proposition: decide(Equal(X, X))))


def test_an_author_who_decides_does_so_under_that_name() -> None:
    @dataclass(frozen=True)
    class Mine(Validated):
        method: ClassVar[Theorem] = Theorem("trust me", "")

        def decided(self) -> tuple[bool | None, str, Any]:
            return True, "", None

    certificate = certify(claim(Mine()))
    assert certificate.verdict is Verdict.BY_ITS_AUTHOR and not certificate.settled
    assert "it holds" in certificate.steps[0].detail


def test_an_author_who_writes_the_rule_answers_for_it() -> None:
    @dataclass(frozen=True)
    class Anything(Consequence):
        theorem: ClassVar = Theorem("a theorem of mine", "")

        def premises(self) -> tuple[Any, ...]:
            return (TRUE,)

        def __str__(self) -> str:
            return "1 = 2"

    certificate = certify(claim(Anything()))
    assert certificate.verdict is Verdict.BY_ITS_AUTHOR
    assert "a theorem of mine" in str(certificate.assumes[0])


RULE = """
from dataclasses import dataclass
from typing import Any, ClassVar
from ddln_sym.statements import Consequence, Equal, Theorem
import sympy as sp

@dataclass(frozen=True)
class Anything(Consequence):
    theorem: ClassVar = Theorem("a theorem of mine", "")

    def premises(self) -> tuple[Any, ...]:
        return (Equal(sp.Integer(1), sp.Integer(1)),)

    def __str__(self) -> str:
        return "1 = 2"
"""


@pytest.mark.parametrize("name", ["proofs.mine", "ddln_sym.mine", "ddln_sym.proofs.mine"])
def test_a_folder_that_is_called_as_ours_is_its_authors(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "proofs" / "mine.py"
    file.parent.mkdir()
    file.write_text(RULE)
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    assert decide(module.Anything()).verdict is Verdict.BY_ITS_AUTHOR


@pytest.mark.parametrize("depth", [sp.Rational(1, 2), sp.Integer(0), -2, X, sp.Float(2)])
def test_a_depth_is_a_whole_number_or_the_symbol(depth: Any) -> None:
    with pytest.raises(ClaimError, match="a depth is a whole number ≥ 1"):
        claim(TRUE, depths=(depth,))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"title": 3}, "its title is 3: write words in quotation marks"),
        ({"source": None}, "its source is None: write words"),
        ({"printed": 3}, "its printed is 3"),
        ({"title": "of $x"}, "a formula in its title, 'of $x', has no end"),
        ({"remark": "$"}, "a formula in its remark"),
        ({"printed": "$x$"}, "is mathematics already: leave out the $"),
        ({"printed": r"\frac{1}{"}, "the braces of its printed formula"),
        ({"uses": "eq-6"}, "its uses are 'eq-6': write a tuple of ids"),
        ({"uses": 3}, "its uses are 3"),
        ({"uses": (3,)}, "its uses are (3,)"),
        ({"correction": "eq-6"}, "its correction is 'eq-6': write it as a Claim"),
        ({"statement": lambda depth: Equal(X, X), "depths": 3}, "its depths are 3: write a tuple"),
    ],
)
def test_what_a_claim_is_made_of_is_looked_at_when_it_is_made(fields: dict[str, Any], sentence: str) -> None:
    """It went on to where the claim was shown, and was an internal error there."""
    with pytest.raises(ClaimError, match=re.escape(sentence)):
        Claim("mine", **{"statement": Equal(X, X), **fields})


def test_signs_that_are_no_markup_may_stand_in_a_printed_formula() -> None:
    Claim("mine", printed=r"\{ \$x \} \\ {y}", statement=Equal(X, X))


def test_a_proof_of_something_else_is_rejected() -> None:
    with pytest.raises(ClaimError, match="its proof is about"):
        certify(claim(FALSE, prove=lambda proposition: decide(TRUE)))


def test_a_proof_that_is_not_a_step_is_rejected() -> None:
    with pytest.raises(ClaimError, match="its proof is about"):
        certify(claim(TRUE, prove=lambda proposition: True))  # type: ignore[arg-type,return-value]


def test_a_proof_of_a_weaker_statement_is_rejected() -> None:
    strong, weak = Compare(X**2 + 1, 0, strict=True), Compare(X**2 + 1, 0)
    with pytest.raises(ClaimError, match="its proof is about"):
        certify(claim(strong, prove=lambda proposition: decide(weak)))


def test_a_claim_that_states_nothing_is_rejected() -> None:
    with pytest.raises(ClaimError, match="states nothing"):
        certify(claim(()))


def test_hypotheses_that_nothing_satisfies_prove_nothing() -> None:
    contradiction = Setting((Hypothesis("", sp.Gt(X, 1)), Hypothesis("", sp.Gt(-X, 1))))
    certificate = certify(claim(greater(X, 5, contradiction)))
    assert certificate.verdict is Verdict.UNDECIDED


def test_equations_that_contradict_each_other_prove_nothing() -> None:
    contradiction = Setting((Hypothesis("", sp.Eq(X, 1)), Hypothesis("", sp.Eq(X, 2))))
    assert certify(claim(Equal(Y, 7, contradiction))).verdict is Verdict.UNDECIDED


def test_what_rests_on_an_unproved_claim_is_not_proved() -> None:
    base, above = claim(FALSE, "base"), claim(TRUE, "above", uses=("base",))
    certificate = next(certify_all([base, above], ["above"]))
    assert certificate.verdict is Verdict.UNDECIDED
    assert "base" in certificate.reason


def test_a_claim_reaches_no_further_than_what_it_uses() -> None:
    base = claim(TRUE, "base", depths=tuple(map(sp.Integer, range(2, 9))))
    above = claim(TRUE, "above", uses=("base",), depths=(DEPTH,))
    certificate = next(certify_all([base, above], ["above"]))
    assert certificate.proved
    assert certificate.scope.depth == "L = 2…8"


def test_claims_that_use_each_other_are_refused() -> None:
    pair = [claim(TRUE, "a", uses=("b",)), claim(TRUE, "b", uses=("a",))]
    with pytest.raises(ClaimError, match="circle"):
        list(certify_all(pair, ["a"]))


def test_a_used_claim_has_to_exist() -> None:
    with pytest.raises(ClaimError, match="does not exist"):
        list(certify_all([claim(TRUE, uses=("nobody",))], ["c"]))


def test_what_is_proved_at_some_depths_claims_no_more() -> None:
    """A statement that the symbolic depth cannot decide is proved for the depths that were tried."""

    def at(depth: Any) -> Any:
        flow = LayerFlow(depth)
        squares = flow.total(lambda j: flow.layer(j) ** 2)
        return Compare(squares, flow.layer(1) * flow.layer(2), Setting((), (), flow.depth))

    found = certify(replace(claim(TRUE), statement=at, depths=(DEPTH,)))
    assert found.verdict is Verdict.PROVED
    assert found.scope.depth == "L = 2…6"


def test_one_depth_refutes() -> None:
    def at(depth: Any) -> Any:
        flow = LayerFlow(depth)
        return Equal(flow.metric, flow.theta, Setting((), (), flow.depth))

    found = certify(replace(claim(TRUE), statement=at, depths=(DEPTH,), correction=claim(TRUE, "c-corrected")))
    assert found.verdict is Verdict.REFUTED
    assert found.scope.depth == "fails at L = 2"


# -- kinds of finding -------------------------------------------------------------------------------
def test_what_uses_an_error_and_fails_is_a_consequence() -> None:
    wrong = claim(FALSE, "wrong", flaw=Flaw.ERROR, correction=claim(TRUE, "wrong-corrected"))
    above = claim(FALSE, "above", uses=("wrong",), correction=claim(TRUE, "above-corrected", uses=("wrong-corrected",)))
    top = claim(FALSE, "top", uses=("above",), correction=claim(TRUE, "top-corrected"))
    found = {c.id: c.flaw for c in certify_all([wrong, above, top], ["wrong", "above", "top"])}
    assert found == {"wrong": Flaw.ERROR, "above": Flaw.CONSEQUENCE, "top": Flaw.CONSEQUENCE}


def test_what_uses_a_misprint_and_fails_is_no_consequence_of_an_error() -> None:
    slip = claim(FALSE, "slip", flaw=Flaw.MISPRINT, correction=claim(TRUE, "slip-corrected"))
    above = claim(FALSE, "above", uses=("slip",), correction=claim(TRUE, "above-corrected"))
    assert [c.flaw for c in certify_all([slip, above], ["above"])] == [None]


def test_a_flaw_is_not_shown_where_nothing_fails() -> None:
    assert certify(claim(TRUE, flaw=Flaw.ERROR)).flaw is None
    assert certify(claim(TRUE, flaw=Flaw.SHARPENED)).flaw is Flaw.SHARPENED


def test_a_consequence_cannot_be_typed() -> None:
    with pytest.raises(ValueError, match="name the claim of the error in its uses"):
        claim(FALSE, flaw=Flaw.CONSEQUENCE)


def test_a_correction_rests_on_what_it_names_itself() -> None:
    """What the false form uses does not count for the true one, and what the true one uses does."""
    base = claim(TRUE, "base", scope=Scope("L = 2…8", "all d"))
    wrong = claim(FALSE, "wrong", flaw=Flaw.ERROR, correction=claim(TRUE, "wrong-corrected", uses=("base",)))
    above = claim(FALSE, "above", uses=("wrong",), correction=claim(TRUE, "above-corrected", uses=("wrong-corrected",)))
    found = list(certify_all([base, wrong, above], ["wrong", "above"]))
    assert [c.verdict for c in found] == [Verdict.REFUTED, Verdict.REFUTED]
    assert [c.correction.assumes for c in found if c.correction] == [
        ("claim base",),
        ("claim wrong-corrected", "claim base"),
    ]
    unproved = claim(FALSE, "a", correction=claim(TRUE, "a-corrected", uses=("b",)))
    assert not next(certify_all([claim(FALSE, "b"), unproved], ["a"])).settled


def test_a_claim_that_is_taken_as_a_hypothesis_is_among_those_that_are_used() -> None:
    """Else the certificate would not say that it rests on it."""
    given = Setting((Hypothesis(Assumption.of_claim("base"), sp.Gt(X, 0)),))
    silent = claim(greater(2 * X, 0, given), "above")
    with pytest.raises(ClaimError, match="above: it takes the claim base as a hypothesis: name it in `uses`"):
        certify(silent)
    (found,) = certify_all([claim(TRUE, "base"), replace(silent, uses=("base",))], ["above"])
    assert found.proved and found.assumes == ("claim base",)


def test_claims_are_of_the_text_unless_they_say_otherwise() -> None:
    assert claim(TRUE, "eq-1").origin is Origin.TEXT and claim(TRUE, "new-one").origin is Origin.PROJECT
    assert certify(claim(TRUE, origin=Origin.REVIEW)).origin is Origin.REVIEW


def test_every_finding_of_the_paper_has_a_kind_and_nothing_unprinted_is_one() -> None:
    for c in collect():
        if c.correction is not None:
            assert c.origin is Origin.TEXT, c.id
            assert c.flaw is not None or c.uses, c.id


def test_ids_of_the_paper_are_unique_and_corrections_named_after_them() -> None:
    claims = collect()
    assert len({c.id for c in claims}) == len(claims) >= 70
    for c in claims:
        if c.correction is not None:
            assert c.correction.id == f"{c.id}-corrected"
            assert c.correction.statement is not c.statement


def test_every_numbered_formula_from_4_to_34_is_a_claim() -> None:
    ids = {c.id for c in collect()}
    assert {f"eq-{n}" for n in range(4, 35)} <= ids
    assert {"prop-1-1", "prop-1-2", "thm-1", "thm-2", "fig-3", "fig-4"} <= ids


def test_every_claim_carries_its_printed_formula() -> None:
    for c in collect():
        assert c.printed.strip() and c.title and c.source, c.id


def test_a_claim_is_certified_by_its_id():
    found = certify("eq-6")
    assert (found.id, found.verdict) == ("eq-6", Verdict.REFUTED)
    assert certify("eq-6-corrected") == found.correction


@pytest.mark.parametrize(
    ("what", "words"),
    [("eq-6x", "did you mean eq-6"), ("nothing like it", "there is no claim"), (3, "a claim or the id of one")],
)
def test_what_is_no_claim(what, words):
    with pytest.raises(ClaimError, match=words):
        certify(what)
