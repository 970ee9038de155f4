"""Steps written out whole, the checker that accepts them without SymPy, and what it refuses."""

import ast
import json
import sys
from fractions import Fraction
from pathlib import Path

import mpmath
import pytest
import sympy as sp
from support.sabotage import sabotaged

from ddln_sym import checker
from ddln_sym.checker import Rejected, check_proof, check_step, main
from ddln_sym.cli.app import main as command
from ddln_sym.kernel import decide, transcript, transcripts
from ddln_sym.statements import (
    DEPTH,
    Commutes,
    Compare,
    Continuous,
    Denied,
    Domain,
    Equal,
    FullRank,
    Holds,
    Hypothesis,
    Index,
    Needed,
    Rate,
    RateRule,
    Setting,
    product_over,
    sum_over,
)

x, y, r = sp.symbols("x y r", real=True)
i, j, L, u = Index("i"), Index("j"), DEPTH, sp.IndexedBase("u", real=True)
SIGNS = Setting((Hypothesis("x", sp.Gt(x, 0)), Hypothesis("y", sp.Ge(y, 0))))
FLOW = Setting((), (RateRule(u[j], -product_over(lambda k: u[k], (j,)), j),), L)
NONZERO = Setting((Hypothesis("no zero", sp.Ne(u[j], 0), j),), (), L)
k, m, n = sp.symbols("k m n", integer=True, positive=True)
ZERO = sp.Function("zero")
RATE = Setting((Hypothesis("y", sp.Ne(y, 0)),), (RateRule(x, 1),))

PROVED = {
    "polynomials": Equal((x + 1) ** 2, x**2 + 2 * x + 1),
    "a root of a product": Equal(sp.sqrt(x**2 * y), x * sp.sqrt(y), SIGNS),
    "cube roots of numbers": Equal((sp.root(2, 3) * x + y) * sp.root(4, 3), 2 * x + sp.root(2, 3) ** 2 * y),
    "signs": Compare(x + y, y, SIGNS, True),
    "a square completed": Compare(x**2 + x * y + y**2, 0),
    "exponentials": Equal(sp.exp(x + 2 * y), sp.exp(x) * sp.exp(y) ** 2),
    "a logarithm": Equal(sp.log(x * sp.exp(y)), sp.log(x) + y, SIGNS),
    "a rate": Equal(Rate(x**2 / y), 2 * x / y, RATE),
    "a modulus": Compare(sp.Abs(x), 0),
    "an inverse": Equal(sp.asinh(sp.sinh(x)), x),
    "a product of layers": Equal(product_over(lambda k: u[k]), u[j] * product_over(lambda k: u[k], (j,)), FLOW),
    "a law of conservation": Equal(Rate(u[i] ** 2 - u[j] ** 2), 0, FLOW),
    "a rate of a product": Equal(
        Rate(product_over(lambda k: u[k])), -sum_over(lambda k: product_over(lambda m: u[m], (k,)) ** 2), FLOW
    ),
    "products of hypotheses": Compare(
        r**2 / 2, y * (x - 1) / 2, Setting((Hypothesis("x", sp.Ge(x, 2)), Hypothesis("y", sp.Le(y, r**2 / x))))
    ),
    "a root below its square": Compare(
        x * (1 + y),
        sp.sqrt(r),
        Setting((*SIGNS.hypotheses, Hypothesis("r", sp.Gt(r, 0)), Hypothesis("x²", sp.Ge(x**2, r)))),
    ),
    "a fact and a square": Compare(
        x**2 * r**2 / 4 - r**2 * y + 1,
        0,
        Setting((Hypothesis("x²", sp.Ge(x**2, r**2 * y**2)), Hypothesis("r", sp.Gt(r, 0)))),
    ),
    "a tangent": Equal(
        Rate(sp.tan(x)), 1 + sp.tan(x) ** 2, Setting((Hypothesis("cos", sp.Gt(sp.cos(x), 0)),), (RateRule(x, 1),))
    ),
    "signs of layers": Equal(product_over(lambda k: sp.sign(u[k])) ** 2, 1, NONZERO),
    "a product that is positive as a whole": Compare(
        product_over(lambda k: u[k] ** 2 - 1), 0, Setting((Hypothesis("u", sp.Gt(u[j] ** 2, 1), j),), (), L), True
    ),
    "a sum of equal terms": Compare(sum_over(lambda k: u[k] ** 2 + 1), L, Setting((), (), L)),
    "a logarithm of a modulus": Equal(
        sp.log(x**2 - 2 * x * y + y**2), 2 * sp.log(sp.Abs(x - y)), Setting((Hypothesis("≠", sp.Ne(x, y)),))
    ),
    "a sum of squares": Compare(sum_over(lambda k: u[k] ** 2), 0, NONZERO, True),
}
#: Formulas over whole numbers, which the kernel asks z3 about.
FORMULAS = {
    "a step": Holds(sp.Implies(sp.Le(n, L), sp.Lt(n, L + 1))),
    "a quotient": Holds(
        sp.Eq(sp.floor((L * (n - 1) + m - 1) / L) + 1, n), Setting((Hypothesis("m ∈ [L]", sp.Le(m, L)),))
    ),
    "a remainder": Holds(sp.Eq(sp.Mod(L + m - 1, L) + 1, m), Setting((Hypothesis("m ∈ [L]", sp.Le(m, L)),))),
    "a definition by cases": Holds(
        sp.Ge(sp.Piecewise((1, sp.Eq(n, m)), (n, True)), m),
        Setting((Hypothesis("m", sp.Le(m, n)), Hypothesis("m", sp.Lt(m, 2)))),
    ),
    "values of a function": Holds(
        sp.Equivalent(ZERO(1) + ZERO(2) > 1, sp.Eq(ZERO(1), 1) & sp.Eq(ZERO(2), 1)),
        Setting((Hypothesis("0 or 1", sp.Eq(ZERO(k), 0) | sp.Eq(ZERO(k), 1), k),)),
    ),
    "moduli": Holds(sp.Equivalent(sp.Eq(sp.Abs(x), sp.Abs(y)), sp.Eq(x**2, y**2))),
}
OTHERS = {
    "brackets": Commutes((x * y, r**2), (x, y, r)),
    "a rank": FullRank((x**2 - y**2,), (x, y), Domain(((x, y),))),
    "a rank that needs M": FullRank((x**2 - y**2, y**2 - r**2), (x, y, r), Domain(((x, y), (x, r), (y, r)))),
    "continuity": Continuous(x**2 + sp.log(y), RATE),
    "an assumption that is needed": Needed(Compare(x, 0, strict=True), (Hypothesis("x", sp.Gt(x, 0)),)),
    "fields that do not commute": Denied(Commutes((x * y, x * r), (x, y, r))),
    "a rank that is lost": Denied(FullRank((x * y,), (x, y), Domain(()))),
    "a power of 0": Equal(x + sp.Pow(0, 2 - 2 / L, evaluate=False), x, Setting((Hypothesis("L", sp.Ge(L, 2)),))),
    "a denial": Denied(Equal(sp.sqrt(x**2), x)),
}


def record(proposition):
    """The step as it comes back from a file."""
    return json.loads(json.dumps(transcript(decide(proposition))))


@pytest.mark.parametrize(
    "proposition", [*PROVED.values(), *FORMULAS.values(), *OTHERS.values()], ids=[*PROVED, *FORMULAS, *OTHERS]
)
def test_accepted(proposition):
    check_step(record(proposition))


def rejected(changed) -> bool:
    try:
        check_step(changed)
    except (Rejected, KeyError, TypeError, ValueError, IndexError, AttributeError, ArithmeticError, RecursionError):
        return True
    return False


@pytest.mark.parametrize("proposition", [*PROVED.values(), *FORMULAS.values()], ids=[*PROVED, *FORMULAS])
def test_sabotaged_proofs_are_rejected(proposition):
    """Every place, changed in a few ways, but for a rate of change in a statement that speaks of none."""
    whole = record(proposition)
    stated = whole["proposition"]
    used = "rate" in json.dumps([stated[side] for side in ("left", "right", "formula") if side in stated])
    tried = 0
    for path, value, changed in sabotaged(whole):
        if "rates" not in path or used:
            tried += 1
            assert rejected(changed), f"accepted with {value} at {path}"
    assert tried > 40


#: What is false, as a step would say it if the kernel were wrong.
FALSE = {
    "an equality": (Equal(x**2, x**2), ["^", "x", 3]),
    "a root without its sign": (
        Equal(sp.sqrt(x**2 * y), x * sp.sqrt(y), SIGNS),
        ["*", -1, "x", ["^", "y", ["/", 1, 2]]],
    ),
    "a rate": (Equal(Rate(x**2 / y), 2 * x / y, RATE), ["*", "x", ["^", "y", -1]]),
}


@pytest.mark.parametrize(("proposition", "side"), FALSE.values(), ids=FALSE)
def test_false_statements_are_rejected(proposition, side):
    changed = record(proposition)
    changed["proposition"]["right"] = side
    assert rejected(changed)


POSITIVE = Setting((Hypothesis("x", sp.Gt(x, 0)),))
REFUTED = {
    "a root": Equal(sp.sqrt(x**2), x),
    "exponentials": Equal(sp.cosh(x) ** 2 * sp.sinh(x), sp.cosh(x) ** 3 * sp.sinh(x), POSITIVE),
    "a rate": Equal(Rate(sp.exp(2 * x)), sp.exp(2 * x), Setting((Hypothesis("x", sp.Gt(x, 0)),), (RateRule(x, 1),))),
    "a logarithm": Compare(sp.log(1 + x), x, POSITIVE),
}


@pytest.mark.parametrize("proposition", REFUTED.values(), ids=REFUTED)
def test_refutations(proposition):
    whole = record(Denied(proposition))
    check_step(whole)
    for path, value, changed in sabotaged(whole["parts"][0]):
        if path[0] in ("proposition", "witness") and "rates" not in path and path[-1] != "strict":
            both = {**whole, "parts": [changed]}  # another statement fails at the point as well, but it is another
            assert rejected(both), f"accepted with {value} at {path}"
    whole["parts"][0]["proposition"]["right"] = whole["parts"][0]["proposition"]["left"]
    whole["proposition"]["statement"] = whole["parts"][0]["proposition"]
    assert rejected(whole)


def test_what_moves_has_a_value_where_its_rate_is_looked_at():
    """``d/dt log x = 1/x`` has a value at −1, where there is no logarithm."""
    stated = transcripts.statement(Equal(Rate(sp.log(x)), 2 / x, Setting((), (RateRule(x, 1),))))
    assert checker.values_at(stated, {'"x"': Fraction(2)})[0] == (Fraction(1, 2), Fraction(1, 2))
    with pytest.raises(Rejected, match="not positive"):
        checker.values_at(stated, {'"x"': Fraction(-1)})


@pytest.mark.parametrize("value", ["1/3", "7/2", "40", "-3", "-2/7", "0"])
@pytest.mark.parametrize("head", ["exp", "log", "sinh", "cosh", "asinh"])
def test_values_lie_between_the_fractions(head, value):
    """Closely: a hundred and thirty bits."""
    if head == "log" and not Fraction(value) > 0:
        return
    written = checker.fraction_tree(Fraction(value))
    below, above = checker.at([head, written], {})
    with mpmath.workprec(300):
        true = getattr(mpmath, head)(mpmath.mpf(Fraction(value).numerator) / Fraction(value).denominator)
        least, most = (mpmath.mpf(b.numerator) / b.denominator for b in (below, above))
        close = mpmath.mpf(2) ** -250
        assert (
            least <= true + close and true <= most + close and most - least <= mpmath.mpf(2) ** -130 * max(1, abs(true))
        )


@pytest.mark.parametrize(
    ("value", "n", "exact"), [("4/9", 2, True), ("2", 2, False), ("27/8", 3, True), ("10", 3, False)]
)
def test_roots_lie_between_the_fractions(value, n, exact):
    below, above = checker.roots(Fraction(value), n)
    assert (
        below**n <= Fraction(value) <= above**n and (below == above) == exact and above - below <= Fraction(1, 2**150)
    )


@pytest.mark.parametrize("name", ["fields that do not commute", "a rank that is lost"])
def test_denials_of_what_holds_are_rejected(name):
    """Other components, with which nothing is lost; and a point at which nothing is."""
    whole = record(OTHERS[name])
    statements = whole["proposition"]["statement"], whole["parts"][0]["proposition"]
    for stated in statements:
        stated["components"] = [["^", "x", 2], ["^", "r", 2]] if name.startswith("fields") else ["x"]
    assert rejected(whole)
    if name == "a rank that is lost":
        whole = record(OTHERS[name])
        for point in ([["x", 1], ["y", 0]], [["x", 0]], [["x", 0], ["y", "z"]]):
            whole["parts"][0]["witness"]["point"] = point
            assert rejected(whole)


def test_a_term_outside_of_sums_counts_once_for_each_index():
    """``Σ_{k≠j} u_k² ≥ c·(L − 1)`` is no matter of ``c·L``."""
    c = sp.Symbol("c", real=True)
    given = Setting((Hypothesis("c", sp.Ge(u[i] ** 2, c), i, (j,)),), (), L)
    for number, holds in ((L - 1, True), (L, False)):
        claimed = Compare(sum_over(lambda k: u[k] ** 2, (j,)), c * number, given)
        assert ("open" not in transcripts._answer_statement(claimed, transcripts.statement(claimed))) == holds


def test_a_proof_may_not_divide_by_what_may_vanish():
    whole = record(Equal(x / y, x / y, Setting((Hypothesis("y", sp.Gt(y, 0)),))))
    check_step(whole)
    whole["proposition"]["setting"]["hypotheses"] = []
    whole["facts"] = []
    assert rejected(whole)


def test_a_root_may_not_vouch_for_its_radicand():
    """``√x ≥ 0`` and ``√x² = x`` do not show that x ≥ 0, without which there is no root."""
    statement = {
        "kind": "compare", "left": ["^", "x", ["/", 1, 2]], "right": 0, "strict": False, "whole": [], "indices": [],
        "setting": {"hypotheses": [], "rates": [], "size": None},
    }  # fmt: skip
    how = {"lemmas": [], "times": None, "terms": [["1", [[0, 2]], None]], "cofactors": []}
    answers = [{"value": statement["left"], "answer": None}, {"≥": [["1", [[0, 1]]]], "answer": how}]
    whole = {"verdict": "proved", "parts": [], "proposition": statement, "how": "difference", "introduced": []}
    with pytest.raises(Rejected, match="no number from 0"):
        check_step({**whole, "answers": answers, "atoms": [], "facts": [], "relations": []})


def test_an_index_that_may_not_exist_says_nothing_of_others():
    """``c ≥ u_k > 0`` for every k ≠ j says nothing of c where there is one layer."""
    c = sp.Symbol("c", real=True)
    given = (Hypothesis("others", sp.Gt(u[i], 0), i, (j,)), Hypothesis("others", sp.Ge(c, u[i]), i, (j,)))
    others = sum_over(lambda k: u[k], (j,))
    for claimed, holds in (
        (Compare(others, 0, Setting(given, (), L)), True),
        (Compare(c, 0, Setting(given, (), L)), False),
    ):
        found = transcripts._answer_statement(claimed, transcripts.statement(claimed))
        assert ("open" not in found) == holds


def test_whole_numbers_are_not_real_ones():
    """``n > m`` gives ``n ≥ m + 1`` for whole numbers alone."""
    above = Setting((Hypothesis("above", sp.Gt(n, m)),))
    whole = record(Holds(sp.Ge(n, m + 1), above))
    check_step(whole)
    for names in (["m"], ["n"]):
        whole["proposition"]["whole"] = names
        assert rejected(whole)
    real = Holds(sp.Ge(x, y + 1), Setting((Hypothesis("above", sp.Gt(x, y)),)))
    assert "open" in transcripts._answer_statement(real, transcripts.statement(real))


def test_a_hypothesis_for_others_says_nothing_of_what_is_left_out():
    """``f(k) > 0`` for every k ≠ m, at m itself."""
    f = sp.Function("f")
    others = Setting((Hypothesis("others", sp.Gt(f(k), 0), k, (m,)),))
    whole = record(Holds(sp.Or(sp.Eq(n, m), sp.Gt(f(n), 0)), others))
    check_step(whole)
    for changed in ([0, None], [0, 0], [0, ["+", "m", 1]], [1, "n"]):
        whole["introduced"] = [changed]
        assert rejected(whole)
    false = Holds(sp.Gt(f(n), 0), others)
    assert "open" in transcripts._answer_statement(false, transcripts.statement(false))


def test_the_checker_imports_the_standard_library_alone():
    tree = ast.parse(Path(checker.__file__).read_text(encoding="utf-8"))
    found = [a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names]
    found += [n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    assert {name.split(".")[0] for name in found} <= sys.stdlib_module_names


def test_a_file_is_written_and_checked(tmp_path, capsys):
    file = tmp_path / "proof.json"
    with pytest.raises(SystemExit) as ended:
        command(["check", "eq-6", "--proof", str(file)])
    assert ended.value.code == 0
    capsys.readouterr()
    assert main([str(file)]) == 0
    assert "3 of 3 proved steps accepted" in capsys.readouterr().out
    data = json.loads(file.read_text(encoding="utf-8"))
    data["claims"][0]["correction"]["steps"][0]["answers"] = []
    accepted, others = check_proof(data)
    assert (accepted.total(), len(others)) == (2, 1)
    file.write_text(json.dumps(data))
    assert main([str(file)]) == 1
    assert "not accepted: eq-6-corrected 1: no answer" in capsys.readouterr().out


FOREIGN = ("", '{"schema": "ddln-sym pro', '{"schema": 1, "results": []}', "[]", "7", '{"schema": "ddln-sym proof 1"}')
BROKEN = ('{"schema": "ddln-sym proof 1", "claims": [{"id": "a"}]}', '{"schema": "ddln-sym proof 1", "claims": [3]}')


@pytest.mark.parametrize("text", FOREIGN + BROKEN)
def test_another_file(tmp_path, capsys, text):
    file = tmp_path / "proof.json"
    file.write_text(text)
    assert main([str(file)]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1 and "cannot be checked" in said.err


def test_no_file(tmp_path, capsys):
    assert main([str(tmp_path / "none.json")]) == 2
    assert main([]) == 2
    assert capsys.readouterr().err.count("\n") == 2


FIELDS = ("brackets", "a rank", "a rank that needs M", "fields that do not commute", "a rank that is lost")


@pytest.mark.parametrize("name", FIELDS)
def test_sabotaged_fields_are_rejected(name):
    """Names and numbers of another shape; what is said of other components may hold as well."""
    whole = record(OTHERS[name])
    said = whole["proposition"].get("statement", whole["proposition"])
    for variables in ([*said["variables"], said["variables"][0]], said["variables"][:-1], [["x"], *said["variables"]]):
        kept = said["variables"]
        said["variables"] = variables
        if whole["parts"]:
            whole["parts"][0]["proposition"] = json.loads(json.dumps(said))
        assert rejected(whole)
        said["variables"] = kept
    said["components"] = [["exp", "x"], *said["components"][1:]]
    if whole["parts"]:
        whole["parts"][0]["proposition"] = said
    assert rejected(whole)
