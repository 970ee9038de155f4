"""``ddln-sym verify``: what Rocq accepts, what it must reject, and what the command says when it cannot ask."""

from __future__ import annotations

import json
import random
import re
import shutil
from dataclasses import replace

import pytest
from command_line import LIBRARY, assert_sentence, running, write_claims
from rocq import mutants, needs_rocq

from ddln_sym import rocq
from ddln_sym.cli import verify as command
from ddln_sym.rocq import ALLOWED, LINKS, Link, LinkAnswer, Rejected, Verification, formalize, verify
from ddln_sym.rocq.library import folder
from ddln_sym.rocq.verification import Workplace, _assumptions, _name_beyond

#: A minute with Rocq: tried where programs are promised, or by ``-m rocq``.
SLOW = pytest.mark.rocq
EVERY = LIBRARY | {c.correction.id: c.correction for c in LIBRARY.values() if c.correction is not None}
OLD, NEW = "8.9.1", "8.16.1"


@pytest.fixture
def run(capsys, monkeypatch):
    return running(capsys, monkeypatch)


def link_of(claim, part=0):
    return next(link for link in LINKS if (link.claim, link.part) == (claim, part))


# -- what Rocq accepts and rejects ----------------------------------------------------------------------------
@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The compiled library."""
    needs_rocq()
    found = Workplace(tmp_path_factory.mktemp("rocq"), folder(), 2)
    found.compile_library()
    return found


def copied(place, tmp_path):
    """The same compiled library in a folder of its own, to be changed."""
    found = Workplace(tmp_path, folder(), 2)
    shutil.copytree(place.theories, found.theories, dirs_exist_ok=True)
    return found


@SLOW
def test_a_link_is_accepted_with_what_it_assumes(place):
    (answer,) = place.answers([link_of("eq-7")], EVERY)
    assert answer.accepted and answer.theorem == "conserved" and answer.place.startswith("Layers.v:")
    assert answer.assumptions and set(answer.assumptions) <= ALLOWED
    assert answer.seconds > 0


@SLOW
def test_another_theorem_does_not_give_the_statement_and_its_neighbours_stand(place, tmp_path):
    place = copied(place, tmp_path)
    wrong = replace(link_of("eq-7"), theorem="square_moves")
    first, second = place.answers([wrong, link_of("eq-13")], EVERY)
    assert not first.accepted and first.reason
    assert second.accepted


@SLOW
def test_an_assumption_beyond_the_list_is_rejected(place, tmp_path):
    """A variable outside a section is an axiom, by a word that is not forbidden."""
    place = copied(place, tmp_path)
    source = place.theories / "Links.v"
    text = source.read_text(encoding="utf-8").replace(
        "Ltac rule_out :=",
        "Variable cheat : forall P : Prop, P.\nLtac rule_out := apply cheat.\nLtac rule_out_before :=",
    )
    source.write_text(text, encoding="utf-8")
    assert place._coqc(source).returncode == 0
    (answer,) = place.answers([link_of("eq-16")], EVERY)
    assert not answer.accepted and "cheat" in answer.reason


@SLOW
def test_the_theorems_as_printed_assume_no_more(place):
    named = [("thm-1", "theorem_1"), ("thm-2", "theorem_2"), ("new-t7-bound", "metric_above_sigma_and_theta")]
    answers = place.theorems(named)
    assert [a.accepted for a in answers] == [True] * len(named)
    assert all(a.part is None and set(a.assumptions) <= ALLOWED for a in answers)


#: Words of the statement of Theorem 1 on M ↦ words with which it says more than is true, or than is proved.
TWINS_ON_M = {
    "in_M L d (flatten L w) ->": "",  # from every start
    "continuous_field d grad ->": "",  # for losses whose gradient may be unbounded along the flow
    "(exists l : nat, least_layer L (w i) l) \\/ 0 < theta_of L w i * x i": "True",  # finite everywhere
    "0 < theta_of L w i * x i": "theta_of L w i * x i < 0",  # on the other half-line
    "(exists l : nat, least_layer L (w i) l) \\/ 0 <": "0 <",  # on a half-line under (A) too
    "t (- grad (theta_of": "t (grad (theta_of",  # uphill
}


@SLOW
def test_theorem_1_on_m_says_no_more_than_is_proved(place, tmp_path):
    place = copied(place, tmp_path)
    link = link_of("new-thm-1-on-M")
    text = formalize(link, EVERY).text
    assert all(words in text for words in TWINS_ON_M)
    tries = [text, *(text.replace(words, others) for words, others in TWINS_ON_M.items())]
    tried = f'first [solve [{link.script}]; idtac "accepted" | idtac "rejected"]. Abort.\n'
    file = place.generated / "Twins.v"
    file.write_text(place._opening() + "Open Scope R_scope.\n" + "".join(f"Goal {t}. {tried}" for t in tries))
    result = place._coqc(file)
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == ["accepted"] + ["rejected"] * len(TWINS_ON_M)
    (under_A,) = place.answers([replace(link, theorem="theorem_1")], EVERY)
    assert not under_A.accepted


def _types(place, names):
    """The types of theorems, as Rocq prints them."""
    file = place.generated / "Types.v"
    opening = f"{place._opening()}Open Scope R_scope.\nSet Printing Width 9999.\nSet Printing Depth 999.\n"
    file.write_text(opening + "".join(f"Check @{name}.\n" for name in names), encoding="utf-8")
    result = place._coqc(file)
    assert result.returncode == 0, result.stderr
    found = re.findall(r"^(\w+)\n\s+: ((?:.|\n)*?)(?=^\w+\n\s+:|\Z)", result.stdout, re.M)
    return {name: re.sub(r"^where.*", "", body, flags=re.M | re.S).strip() for name, body in found}


#: Links whose theorem and statement both speak of formulas in which a change says something else.
CHANGED = [
    ("eq-6-corrected", 1),
    ("eq-7", 0),
    ("eq-11", 0),
    ("eq-13", 2),
    ("eq-14", 0),
    ("eq-15", 0),
    ("eq-25", 0),
    ("eq-26", 2),
    ("eq-28", 0),
    ("eq-30-corrected", 0),
    ("lower-before-13", 0),
    ("mirror-before-14", 0),
    ("root-after-7", 0),
    ("sigma-small", 0),
]


@SLOW
def test_a_changed_theorem_or_statement_is_rejected(place, tmp_path):
    """A seeded sample: each theorem with one thing changed in what it says, and each statement likewise."""
    place = copied(place, tmp_path)
    drawn = random.Random(27).sample(CHANGED, 5)
    links = [link_of(*pair) for pair in drawn]
    said = {link: formalize(link, EVERY) for link in links}
    place.answers(links, EVERY)  # compiles the statements
    types = _types(place, [link.theorem for link in links])
    tries = []
    for link in links:
        by_theorem = [types[link.theorem], *mutants(types[link.theorem], weaker=True)[:8]]
        tries += [(link, "theorem", n, text) for n, text in enumerate(by_theorem)]
        tries += [(link, "statement", n, text) for n, text in enumerate(mutants(said[link].text)[:8], 1)]
    body = ["From Claimed Require Import Statements.\nOpen Scope R_scope.\n"]
    for n, (link, kind, _, text) in enumerate(tries):
        goal = f"Goal {link.name}. unfold {link.name}." if kind == "theorem" else f"Goal {text}."
        premise = f"Section S{n}. Hypothesis changed : ({text})." if kind == "theorem" else f"Section S{n}."
        argument = "changed" if kind == "theorem" else link.theorem
        tried = f'first [solve [{link.tactic} {argument}]; idtac "accepted" "{n}" | idtac "rejected" "{n}"]'
        body.append(f"{premise} {goal} {tried}. Abort. End S{n}.\n")
    file = place.generated / "Changed.v"
    file.write_text(place._opening() + "".join(body), encoding="utf-8")
    result = place._coqc(file)
    assert result.returncode == 0, result.stderr
    accepted = {int(n) for n in re.findall(r"accepted\s+(\d+)", result.stdout)}
    assert len(re.findall(r"(?:accepted|rejected)\s+\d+", result.stdout)) == len(tries)
    controls = {n for n, (_, kind, nth, _) in enumerate(tries) if kind == "theorem" and nth == 0}
    assert (
        controls <= accepted
    )  # the theorem itself, as Rocq prints it: else the others would be rejected for another reason
    assert len(tries) > 40
    assert not [tries[n][1:] for n in accepted - controls]


def test_a_theory_that_does_not_compile_is_named_with_its_line(tmp_path):
    needs_rocq()
    (tmp_path / "Broken.v").write_text(
        "Lemma fine : True.\nProof. exact I. Qed.\nLemma wrong : False.\nProof. exact I. Qed.\n"
    )
    with pytest.raises(Rejected, match=r"Broken\.v, line 4: "):
        verify([], {}, source=tmp_path)


def test_an_unfinished_theory_is_rejected_before_it_is_compiled(tmp_path):
    needs_rocq()
    (tmp_path / "Open.v").write_text("(* Admitted *)\nLemma wrong : False.\nProof. Admitted.\n")
    with pytest.raises(Rejected, match=r"Open\.v, line 3: Admitted"):
        verify([], {}, source=tmp_path)


# -- what is assumed --------------------------------------------------------------------------------------------
SAID = """Axioms:
ClassicalDedekindReals.sig_not_dec : forall P : Prop, {~ ~ P} + {~ P}
ClassicalDedekindReals.sig_forall_dec
  : forall P : nat -> Prop,
    (forall n : nat, {P n} + {~ P n}) -> {n : nat | ~ P n} + {forall n : nat, P n}
DDLN.Layers.cheat : forall P : Prop, P
"""


def test_assumptions_are_read_with_their_continuation_lines():
    names = _assumptions(SAID)
    assert names == (
        "ClassicalDedekindReals.sig_not_dec",
        "ClassicalDedekindReals.sig_forall_dec",
        "DDLN.Layers.cheat",
    )
    assert _name_beyond(names) == "it assumes DDLN.Layers.cheat"


@pytest.mark.parametrize(
    "name", ["classic", "DDLN.Classical_Prop.classic", "Classical_Prop.classic2", "Coq.X.Y.Classical_Prop.classic"]
)
def test_a_name_that_only_looks_like_one_of_the_list(name):
    assert _name_beyond((name,))


def test_names_of_the_checker_are_those_of_the_list_from_the_root_on():
    assert not _name_beyond(("Coq.Logic.Classical_Prop.classic", "Stdlib.Reals.ClassicalDedekindReals.sig_not_dec"))


# -- the command --------------------------------------------------------------------------------------------------
def fake_coqc(tmp_path, monkeypatch, version, error=""):
    """A program called coqc that tells a version, and fails with an error at anything else."""
    lines = [
        "#!/bin/sh",
        f'if [ "$1" = --version ]; then echo "The Coq Proof Assistant, version {version}"; exit 0; fi',
    ]
    lines += [f"cat >&2 <<'END'\n{error}\nEND", "exit 1"]
    program = tmp_path / "bin" / "coqc"
    program.parent.mkdir()
    program.write_text("\n".join(lines) + "\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")


def test_without_rocq_one_sentence_names_the_packages(run, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    code, out, err = run("verify", "eq-7")
    assert (code, out) == (2, "")
    assert_sentence(err, "coqc is not installed", "coq, libcoq-coquelicot")


def test_an_old_version_is_named(run, monkeypatch, tmp_path):
    fake_coqc(tmp_path, monkeypatch, OLD)
    code, _, err = run("verify", "eq-7")
    assert code == 2
    assert_sentence(err, OLD, "8.16")


def test_a_missing_library_is_named(run, monkeypatch, tmp_path):
    missing = "Error:\nCannot find a physical path bound to logical path\nCoquelicot with prefix Coquelicot."
    fake_coqc(tmp_path, monkeypatch, NEW, missing)
    code, _, err = run("verify", "eq-7")
    assert code == 2
    assert_sentence(err, "Coquelicot is not installed", "libcoq-coquelicot")


def test_any_other_error_is_a_fault_of_the_theories(run, monkeypatch, tmp_path):
    fake_coqc(tmp_path, monkeypatch, NEW, 'File "./Products.v", line 12, characters 0-3:\nError: Syntax error.')
    code, _, err = run("verify", "eq-7")
    assert code == 1
    assert_sentence(err, "Products.v, line 12: Syntax error.")


def test_a_claim_without_a_theorem_says_why(run, monkeypatch, tmp_path):
    code, out, err = run("verify", "new-t8-count")
    assert (code, out) == (5, "")
    assert_sentence(err, "new-t8-count", "no statement in Rocq")


def test_an_unknown_claim(run):
    code, _, err = run("verify", "eq-99")
    assert code == 2
    assert_sentence(err, "eq-99")


def answered(accepted):
    reason = "" if accepted else "it assumes False"
    answer = LinkAnswer(
        "eq-7", 0, False, "conserved", "Layers.v:57", accepted, reason, ("Classical_Prop.classic",), 0.5
    )
    return lambda *arguments: Verification(NEW, (answer,), 1.0, False)


def test_the_table(run, monkeypatch):
    monkeypatch.setattr(rocq, "verify", answered(True))
    code, out, err = run("verify", "eq-7")
    assert (code, err) == (0, "")
    assert re.search(r"eq-7 +proved +1 of 1 +conserved +Layers\.v:57 +0\.50", out)
    assert "1 claim accepted whole" in out and "assumed: Classical_Prop.classic" in out


def test_json(run, monkeypatch):
    monkeypatch.setattr(rocq, "verify", answered(True))
    code, out, _ = run("verify", "eq-7", "--json", "-")
    assert code == 0
    found = json.loads(out)
    assert (found["schema"], found["rocq"], found["coqchk"]) == (1, NEW, False)
    assert found["results"][0]["theorem"] == "conserved" and found["allowed"] == sorted(ALLOWED)


def test_what_is_rejected_is_exit_code_1(run, monkeypatch):
    monkeypatch.setattr(rocq, "verify", answered(False))
    code, out, err = run("verify", "eq-7")
    assert code == command.REJECTED and "rejected" in out
    assert_sentence(err, "eq-7", "conserved", "it assumes False")


def test_a_link_without_a_theorem_stands_at_its_tactic():
    assert Link("eq-4", 1, "rule_out").script == "rule_out"


def test_an_explanation_names_the_theorem_and_shows_the_statement(run):
    code, out, _ = run("explain", "eq-6")
    assert code == 0
    assert "Rocq, eq-6: proposition 2 of 2 is refuted by theorem eq_6_fails (Refuted.v:" in out
    assert "Rocq, eq-6-corrected: proposition 2 of 2 is proved by theorem square_moves" in out
    assert "Rocq is asked by ddln-sym verify eq-6." in out
    assert "exists r1 : R, is_derive (fun s => u k s ^ 2) t r1" in out


def test_of_a_claim_of_your_own_rocq_has_nothing_to_tell(run, tmp_path):
    path = write_claims(tmp_path / "mine.py", "Compare(x**2, 0)")
    code, out, _ = run("explain", path)
    assert code == 0 and "mine-1" in out and "Rocq" not in out
