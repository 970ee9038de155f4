"""SymPy can do its arithmetic with three libraries; the verdicts and scopes are the same with each."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from command_line import ROOT, environment

from ddln_sym.claims import lockfile

GROUND_TYPES = ("flint", "gmpy", "python")
#: One or two claims of each kind of evidence.
CLAIMS = {
    "eq-6": "ideal membership, an exact witness",
    "eq-13": "inequality over a symbolic number of layers",
    "prop-1-2": "inequality after slack variables",
    "root-after-7": "roots and signs",
    "layers-after-7": "formulas for z3, a finite case",
    "thm-1": "consequence of a cited theorem",
    "inverse-before-14": "opaque function",
    "eq-15": "differential inequality",
    "eq-20": "logarithms and moduli, a witness by ball arithmetic",
    "eq-26": "exponentials",
    "eq-30": "powers with a symbolic exponent",
    "eq-33": "floors",
    "regular": "rank by blocks",
    "new-need-M-rank": "rank by cases",
    "new-need-A-sigma": "assumption that is needed",
    "new-control-factorization": "Lie brackets",
}

PROGRAM = """
import sys
from sympy.external.gmpy import GROUND_TYPES
print(GROUND_TYPES, file=sys.stderr)
from ddln_sym.cli import main
main(["check", "--json", "-", *sys.argv[1:]])
"""


@pytest.fixture(scope="module")
def reports():
    """What ``check --json -`` says with each library; the three run side by side."""
    running = {}
    for name in GROUND_TYPES:
        surroundings = environment() | {"SYMPY_GROUND_TYPES": name}
        command = [sys.executable, "-c", PROGRAM, *CLAIMS]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        running[name] = subprocess.Popen(command, env=surroundings, cwd=ROOT, **pipes)
    found = {}
    for name, process in running.items():
        out, err = process.communicate(timeout=300)
        assert (process.returncode, err) == (0, f"{name}\n")
        found[name] = {result["id"]: result for result in json.loads(out)["results"]}
    return found


def decided(result):
    """The part of a result that cannot depend on the machine."""
    correction = result["correction"] and decided(result["correction"])
    return result["verdict"], result["scope"], result["witness"], result["assumes"], correction


@pytest.mark.parametrize("name", CLAIMS)
def test_every_library_gives_the_same(reports, name):
    first, *others = (decided(reports[library][name]) for library in GROUND_TYPES)
    assert all(other == first for other in others)


@pytest.mark.parametrize("library", GROUND_TYPES)
def test_every_library_gives_what_is_locked(reports, library):
    locked = lockfile.read(ROOT / "proofs" / "verdicts.json")
    assert list(reports[library]) == list(CLAIMS)
    for name, result in reports[library].items():
        entry = {key: result[key] for key in ("verdict", "scope", "flaw") if result[key] is not None}
        if result["correction"] is not None:
            entry["correction"] = {key: result["correction"][key] for key in ("verdict", "scope")}
        assert entry == locked[name], name
