"""Proofs of what is false that a checker might accept: each was made to fit one of its rules, and is rejected."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sympy as sp

import ddln_sym as dd
from ddln_sym.checker import Rejected, check_step
from ddln_sym.kernel import decide
from ddln_sym.statements import Denied, Hypothesis, Setting, Verdict

FORGED = json.loads(Path(__file__).with_name("forged_proofs.json").read_text(encoding="utf-8"))
x, a = sp.symbols("x a", real=True)
LINE = sp.Interval(-sp.oo, sp.oo)


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_proof_is_rejected_with_a_reason(name):
    with pytest.raises(Rejected, match=r"\w+ \w+"):
        check_step(FORGED[name])


def given(*relations):
    return Setting(tuple(Hypothesis("given", relation) for relation in relations))


def test_a_parameter_called_as_a_second_point_is_no_such_point():
    """``x(x − p)`` falls and rises on (0, 1) for p between 1/4 and 1/2, whatever p is called."""
    for name in ("x′", "x′′", "p"):
        p = sp.Symbol(name, real=True)
        setting = given(p > sp.Rational(1, 4), p < sp.Rational(1, 2))
        false = dd.Bijection(x * (x - p), x, sp.Interval.open(0, 1), sp.Interval.open(0, 1 - p), None, setting)
        assert not decide(false).proved


@pytest.mark.parametrize("function", [a * x, a * x**3, sp.exp(a * x), sp.tanh(a * x)])
def test_what_rises_for_some_parameters_and_falls_for_others_is_not_refuted(function):
    image = {sp.exp(a * x): sp.Interval.open(0, sp.oo), sp.tanh(a * x): sp.Interval.open(-1, 1)}.get(function, LINE)
    true = dd.Bijection(function, x, LINE, image, None, given(sp.Ne(a, 0)))
    assert decide(true).verdict is not Verdict.REFUTED and not decide(Denied(true)).proved


def test_without_parameters_what_neither_rises_nor_falls_is_refuted():
    assert decide(dd.Bijection(x**2, x, LINE, sp.Interval(0, sp.oo))).verdict is Verdict.REFUTED
