"""Every public function given the wrong kind of each argument: one sentence that names it, and no error from inside."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache

import pytest
import sympy as sp

import ddln_sym as dd

x, y, t = sp.symbols("x y theta", real=True)


class Odd:
    """What no argument can be."""

    def __repr__(self):
        return "<an odd thing>"


#: One of every kind.
KINDS = [None, "abc", "", 3.5, -1, 0, float("nan"), 2j, [], {}, (), {"a": 1}, [[]], [None], ["a"], Odd(), b"b", sp.I]
KINDS += [sp.Symbol("q"), sp.Matrix([[1]]), range(2), 10**30, [[1, 2], [3]], {1, 2}]


@cache
def things():
    loss, symbolic = dd.SquaredLoss([[1]], [2]), dd.SymbolicLoss((t - 1) ** 2, (t,), 0)
    net = dd.Parametrization((x * y,), (x, y))
    flow, model = dd.GradientFlow(loss, [[0], [1]]), dd.GradientFlow(symbolic, net, [1, "0.5"])
    return {
        "loss": loss, "symbolic": symbolic, "logistic": dd.LogisticLoss([[1]], [1]), "net": net,
        "entropy": dd.entropy([0, 1]), "conjugate": dd.conjugate_entropy(dd.shallow_linear(1, 1), [1, 2]),
        "flow": flow, "model": model, "trajectory": flow.integrate(1, 10), "path": model.integrate(1, 10),
        "enclosure": flow.enclose(1, 10), "box": model.enclose(1, 10),
        "way": flow.converge(1, 10, method="dual"), "tube": flow.converge(1, 10, method="dual").enclose(),
    }  # fmt: skip


def told(*_):
    """A progress that says nothing."""


EQUAL, SETTING = dd.Equal(x + 1, 1 + x), dd.Setting()
#: A call that is right, of every public function.
CALLS = {
    **{name: {"depth": 2, "dimension": 1} for name in ("deep_diagonal", "redundant", "difference")},
    **{name: {"dimension": 2} for name in ("hadamard_square", "two_sided", "exponential", "softmax", "sphere")},
    "squared_simplex": {"dimension": 2},
    "matrix_factorization": {"size": 1, "rank": 1},
    "shallow_linear": {"hidden": 1, "dimension": 1},
    "asymmetric_factorization": {"rows": 1, "columns": 1, "rank": 1},
    "deep_linear": {"widths": (1, 2, 1)},
    "relu_paths": {"widths": (1, 2, 1)},
    "convolutional": {"sizes": (2, 2)},
    "weight_normalization": {"dimension": 2},
    "half_quadratics": {"matrices": [[[1, 0], [0, 1]]]},
    **{name: {"net": dd.redundant(2, 1)} for name in ("exponentiated_gradient", "burg", "commuting", "regular")},
    **{name: {"net": dd.redundant(2, 1)} for name in ("symmetric_domains", "derive")},
    "tempered": {"net": dd.redundant(2, 1), "power": 2},
    "analyze": {"net": dd.redundant(2, 1), "start": [1], "degree": 1, "seconds": 5, "progress": told},
    "conservation_laws": {
        "net": dd.redundant(2, 1), "degree": 1, "momentum": False, "metric": None, "seconds": 5, "progress": told,
    },
    "conjugate_entropy": {"net": dd.shallow_linear(1, 1), "start": [1, 2]},
    "difference_entropy": {"u": [1], "v": [1], "depth": 2},
    "redundant_entropy": {"u": [1], "depth": 2},
    "entropy": {"layers": dd.deep_diagonal(2, 1), "start": [1, 2]},
    "implicit_bias": {"data": [[1, 2]], "target": [1], "layers": [[1, 1], [2, 2]], "digits": 5},
    "jump_process": {"data": [[1, 2]], "target": [1], "layers": [[0, 0], [1, 1], [1, 1]], "until": 3, "digits": 5},
    "lazy_limit": {"layers": [[0], [2]], "theta": [3], "digits": 5},
    "rich_limit": {"layers": [[0], [1]], "theta": [3], "digits": 5},
    "scale_sweep": {"data": [[1, 2]], "target": [1], "layers": [[1, 1], [2, 2]], "factors": [1], "digits": 5},
    "scaled": {"layers": [[1], [2]], "factor": 2},
    "integrate_polynomial": {
        "field": [-x], "variables": [x], "start": [1], "until": 1, "digits": 5, "progress": told, "max_steps": 100,
        "max_bits": 2000,
    },
    "SquaredLoss": {"X": [[1]], "y": [2], "weight": 1},
    "LogisticLoss": {"X": [[1]], "y": [1]},
    "SymbolicLoss": {"expression": (t - 1) ** 2, "symbols": (t,), "minimum": 0},
    "GradientFlow": {"loss": dd.SquaredLoss([[1]], [2]), "layers": [[0], [1]]},
    "Equal": {"lhs": x, "rhs": x, "setting": SETTING},
    "Compare": {"lhs": x, "rhs": x, "setting": SETTING},
    "TendsTo": {"function": 1 / x, "variable": x, "end": sp.oo, "value": 0, "setting": SETTING, "side": 0},
    **{name: {"function": x, "bound": x**2, "variable": x, "end": sp.oo, "constant": 1, "start": 1}
       for name in ("BigO", "Theta")},
    "Semidefinite": {"matrix": ((1, x), (x, x**2)), "least": (), "setting": SETTING},
    "Bijection": {
        "function": x**2, "variable": x, "domain": sp.Interval(0, 1), "image": sp.Interval(0, 1), "inverse": sp.sqrt(x),
        "setting": dd.Setting(),
    },
    "Exists": {"symbols": (y,), "statements": (EQUAL,), "values": (1,), "depends": ()},
    "OutOfReach": {"subject": "expectation", "statement": "the noise has the mean 0"},
    "Minimizes": {"objective": x**2, "variables": (x,), "point": (0,), "setting": SETTING, "multipliers": ()},
    "norm": {"x": (x, y), "p": 1},
    "inner": {"x": (x, y), "y": (1, 2)},
    "taylor_polynomial": {"f": sp.exp(x), "x": x, "a": 0, "n": 2},
    "trace": {"A": ((x, y), (y, x))},
    "frobenius": {"A": ((x, y), (y, x))},
    "gram": {"B": ((x, y), (y, x))},
    "Holds": {"formula": x > 0, "setting": SETTING},
    "Parametrization": {"components": (x * y,), "variables": (x, y), "domain": dd.Domain()},
    "Domain": {"avoids": ((x,),), "positive": (x,)},
    "Hypothesis": {"name": "h", "relation": x > 0, "index": None, "without": ()},
    "RateRule": {"quantity": x, "value": y, "index": None},
    "Setting": {"hypotheses": (), "rates": (), "size": None},
    "Scope": {"depths": "L = 2", "dimensions": "d = 1", "hypotheses": ()},
    "Notation": {"symbols": {}, "families": {}, "functions": {}, "layers": ()},
    "Name": {"tex": "x", "meaning": ""},
    "Text": {"title": "t", "authors": ("a",), "cited": (), "notation": dd.Notation()},
    "Claim": {"id": "a-1", "title": "t", "source": "s", "printed": "x", "statement": EQUAL, "uses": ()},
    "certify": {"claim": "eq-6", "known": {}},
    "sweep": {"function": abs, "problems": [1], "executor": ThreadPoolExecutor(1), "file": None, "progress": told},
}  # fmt: skip
#: Those of the things above.
METHODS = {
    **{f"{flow}.integrate": {"until": 1, "digits": 5, "progress": told, "at": [1], "max_steps": 100, "max_bits": 2000}
       for flow in ("flow", "model")},
    **{f"{flow}.enclose": {"until": 1, "digits": 5, "progress": told, "max_steps": 100} for flow in ("flow", "model")},
    **{f"{flow}.converge": {"tolerance": "0.5", "digits": 5, "longest": 9, "progress": told}
       for flow in ("flow", "model")},
    "flow.converge": {"tolerance": "0.5", "digits": 5, "longest": 9, "progress": told, "method": "dual"},
    **{f"{o}.{m}": {"t": "0.1"} for o in ("trajectory", "enclosure", "way", "tube")
       for m in ("theta", "xi", "layers", "metric", "loss")},
    **{f"{o}.loss_ball": {"t": 1} for o in ("trajectory", "path")},
    **{f"{o}.{m}": {"t": 1} for o in ("path", "box") for m in ("theta", "xi", "parameters", "velocity", "loss")},
    **{f"{o}.events": {"expression": "theta_1"} for o in ("enclosure", "box")},
    **{f"entropy.{m}": {"theta": [1], "digits": 5} for m in ("__call__", "gradient", "hessian")},
    **{f"{o}.{m}": {"xi": [0], "digits": 5} for o in ("entropy", "conjugate")
       for m in ("conjugate", "conjugate_gradient", "conjugate_hessian")},
    "entropy.bregman": {"a": [1], "b": [2], "digits": 5}, "entropy.range": {"digits": 5},
    "entropy.point": {"theta": [1]}, "conjugate.parameters": {"xi": [0], "digits": 5},
    "net.at": {"values": [1, 2]}, "net.contains": {"values": [1, 2]}, "net.gradient": {"i": 1}, "net.hessian": {"i": 1},
    **{f"{o}.{m}": {"theta": [1], "bits": 50} for o in ("loss", "logistic", "symbolic")
       for m in ("__call__", "gradient", "excess")},
    "loss.polyak_lojasiewicz": {"bits": 50},
    "loss.exact_value": {"theta": [1]}, "loss.exact_gradient": {"theta": [1]},
}  # fmt: skip
#: What is made by the package and not by its user, or takes nothing; and `decide`, whose TypeError is documented.
OTHERS = {
    "BlowUpError", "Certificate", "ConjugateEntropy", "ConservationLaws", "DualEnclosure", "DualTrajectory",
    "Enclosure", "EnclosureError", "ImplicitBias", "Jump", "LeastLayer", "LegendreFunction", "NoConvergence", "NoLimit",
    "PrecisionError", "Rate", "Step", "Study", "SweepError", "Trajectory", "Verdict", "chain", "decide",
    "derive_redundant", "derive_two_layers",
}  # fmt: skip
ALL = [(name, argument) for name, given in {**CALLS, **METHODS}.items() for argument in given]


def function_of(name):
    owner, _, method = name.partition(".")
    return getattr(things()[owner], method) if method else getattr(dd, owner)


def test_every_public_name_is_tried():
    assert set(dd.__all__) == CALLS.keys() | OTHERS


@pytest.mark.parametrize("name", [*CALLS, *METHODS])
def test_the_right_call_is_right(name):
    function_of(name)(**(CALLS | METHODS)[name])


@pytest.mark.parametrize(("name", "argument"), ALL, ids=[f"{name}-{argument}" for name, argument in ALL])
def test_the_wrong_kind_of_an_argument_is_one_sentence(name, argument, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a text may be the name of a file to write
    given, function = (CALLS | METHODS)[name], function_of(name)
    for wrong in KINDS:
        try:
            function(**given | {argument: wrong})
        except (ValueError, ArithmeticError) as error:
            assert type(error) not in (ZeroDivisionError, OverflowError, sp.SympifyError), (wrong, error)
            assert str(error) and "\n" not in str(error), (wrong, error)


@pytest.mark.parametrize("relation", [None, "==", 3, Odd()])
def test_a_chain_with_no_relation(relation):
    with pytest.raises(ValueError, match="where a relation belongs"):
        dd.chain(x, relation, x)


@pytest.mark.parametrize("quantity", [None, [], "", Odd(), b"b"])
def test_the_rate_of_no_expression(quantity):
    with pytest.raises(ValueError, match="Rate is given"):
        dd.Rate(quantity)


SWITCHES = {
    "full": lambda value: things()["flow"].integrate(1, 10, full=value),
    "dense": lambda value: things()["flow"].integrate(1, 10, dense=value),
    "dense of a limit": lambda value: things()["flow"].converge("1e-3", 10, dense=value),
    "dense of a model": lambda value: things()["model"].integrate(1, 10, dense=value),
    "dense of a model's limit": lambda value: things()["model"].converge("1e-3", 10, dense=value),
    "backwards": lambda value: dd.GradientFlow(things()["loss"], things()["net"], [1, 1], backwards=value),
    "biases": lambda value: dd.relu_paths((1, 1, 1), biases=value),
    "normalized": lambda value: dd.weight_normalization(2, normalized=value),
    "certified": lambda value: things()["entropy"]([1], certified=value),
    "certified of a range": lambda value: things()["entropy"].range(certified=value),
    "certified of a conjugate": lambda value: things()["conjugate"].conjugate([1], certified=value),
    "certified of a minimizer": lambda value: dd.implicit_bias([[1]], [1], [[0], [1]], certified=value),
}


@pytest.mark.parametrize("value", ["no", "", None, [], 2, 0.5, Odd()])
@pytest.mark.parametrize("name", SWITCHES)
def test_a_switch_is_true_or_false(name, value):
    """A text such as "no" is true in Python."""
    with pytest.raises(ValueError, match=rf"{name.split()[0]} is .*: expected True or False$"):
        SWITCHES[name](value)
    SWITCHES[name](False)
