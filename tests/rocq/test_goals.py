"""Goals of single steps: what is generated, what Rocq proves, and what it must not prove."""

import pytest
import sympy as sp
from rocq import needs_rocq

from ddln_sym.claims import certify
from ddln_sym.rocq import formal, goals, prove_goals
from ddln_sym.rocq.goals import Goal
from ddln_sym.statements import Compare, Equal, Holds, Hypothesis, Rate, RateRule, Setting

x, y = sp.symbols("x y", real=True)
m, n = sp.symbols("m n", integer=True, positive=True)
ALONG = Setting((), (RateRule(x, -x * y),))
POSITIVE = Setting((Hypothesis("x", sp.Gt(x, 0)), Hypothesis("y", sp.Gt(y, 0))))

TRUE = {
    "an identity": Equal((x + y) ** 2, x**2 + 2 * x * y + y**2),
    "a rate": Equal(Rate(x**3), -3 * x**3 * y, ALONG),
    "a rate of an exponential": Equal(Rate(sp.exp(x)), -x * y * sp.exp(x), ALONG),
    "a quotient": Equal((x**2 - y**2) / (x + y), x - y, POSITIVE),
    "a sign": Compare(x + y, 0, POSITIVE, True),
    "places": Holds(sp.Implies(sp.Le(m, n), sp.Lt(m, n + 1))),
}
FALSE = {
    "an identity": Equal((x + y) ** 2, x**2 + x * y + y**2),
    "a rate": Equal(Rate(x**3), 3 * x**3 * y, ALONG),
    "a quotient without a value": Equal((x**2 - y**2) / (x + y), x - y),
    "a sign": Compare(x + y, 0, Setting((Hypothesis("x", sp.Gt(x, 0)),)), True),
    "places": Holds(sp.Implies(sp.Le(m, n), sp.Lt(m, n))),
}


def goal_of(number, proposition):
    return Goal(f"goal_{number}", formal(proposition), {"so": 1})


def test_goals_of_a_claim():
    """Equal statements are one goal; every step is counted, and those without a statement as well."""
    found, leaves = goals([certify("eq-25"), certify("eq-25")])
    assert len(found) == len({goal.said for goal in found})
    assert all(count % 2 == 0 for goal in found for count in goal.steps.values())
    assert sum(leaves.values()) >= sum(count for goal in found for count in goal.steps.values())
    assert any("is_derive" in goal.said.text for goal in found)


@pytest.mark.rocq
def test_rocq_proves_what_is_true_and_nothing_else():
    needs_rocq()
    wanted = [goal_of(n, p) for n, p in enumerate([*TRUE.values(), *FALSE.values()])]
    answers = prove_goals(wanted, {"so": len(wanted)})
    for n, name in enumerate([*TRUE, *FALSE]):
        assert (f"proved_goal_{n} " in answers.source) == (n < len(TRUE)), name
    assert answers.accepted == {"so": len(TRUE)}
