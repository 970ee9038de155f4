"""The changes that ``make mutants-numeric`` makes: they are what they say, and a test is seen to notice one."""

from __future__ import annotations

import ast
import os

import pytest
from numeric_mutants import BALLS, ROOT, TESTS, equivalents, mutants, noticed, ordered

SOURCE = '''
LIMIT = 3
def bound(a: int, b, c=2):
    """Not a - b."""
    if not a < b:
        raise ValueError(f"{a - b}")
    return (a + b * 2).upper()
'''


def test_what_is_changed():
    found = {(m.before, m.after) for m in mutants("x.py", SOURCE)}
    assert found == {
        ("3", "4"), ("3", "(3 // 2)"), ("2", "3"), ("2", "(2 // 2)"), ("a < b", "(a > b)"), ("a + b * 2", "(a)"),
        ("a + b * 2", "(b * 2)"), ("a + b * 2", "((a) - (b * 2))"), ("b * 2", "(b)"), ("b * 2", "(2)"),
        ("(a + b * 2).upper()", "(a + b * 2).lower()"),
    }  # fmt: skip


def test_every_change_is_python_and_no_two_are_the_same():
    found = ordered(1)
    assert found == ordered(1) != ordered(2) and {m.file for m in found} == set(TESTS)
    assert len(set(found)) == len(found) > 800
    for mutant in found[::25]:
        source = (ROOT / "ddln_sym" / mutant.file).read_text(encoding="utf-8")
        changed = mutant.applied(source)
        assert changed != source
        ast.parse(changed)


def test_what_is_listed_as_equivalent_exists():
    for entry in equivalents():
        source = (ROOT / "ddln_sym" / entry["file"]).read_text(encoding="utf-8")
        assert any(entry["line"] in line for line in source.splitlines()), entry
        assert entry["reason"]


@pytest.mark.mutants
@pytest.mark.skipif(not os.environ.get("CI"), reason="two further runs of tests: with CI in the environment alone")
def test_a_change_is_noticed_and_no_change_is_not():
    """The error of a product of models loses the part that one of the factors has."""
    file = "numerics/taylor_models.py"
    source = (ROOT / "ddln_sym" / file).read_text(encoding="utf-8")
    change = ("self.error * other.norm", "(self.error)")
    mutant = next(m for m in mutants(file, source) if (m.before, m.after) == change)
    only = [f"{BALLS[0]}::test_the_error_of_a_product_is_attained_at_the_end"]
    assert noticed(mutant, only)
    assert not noticed(None, only)
