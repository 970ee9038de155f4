"""The rank of one monomial's gradient by sets of variables, against all patterns of zeros, one by one."""

from __future__ import annotations

from itertools import combinations

import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from ddln_sym.kernel import decide
from ddln_sym.statements import Domain, FullRank

VARIABLES = sp.symbols("x1:5", real=True)
PAIRS = list(combinations(range(4), 2))


def _vanishes_somewhere(exponents: list[int], domain: Domain) -> bool:
    """Try every set of zeros, with the other variables at 1."""
    component = sp.Mul(*(x**n for x, n in zip(VARIABLES, exponents, strict=True)))
    used = [x for x, n in zip(VARIABLES, exponents, strict=True) if n]
    for size in range(len(VARIABLES) + 1):
        for zeros in combinations(VARIABLES, size):
            point = {x: sp.Integer(x not in zeros) for x in VARIABLES}
            if domain.contains(point) and all(sp.diff(component, x).xreplace(point) == 0 for x in used):
                return True
    return False


@settings(derandomize=True, deadline=None, max_examples=120)
@given(
    st.lists(st.integers(0, 3), min_size=4, max_size=4).filter(any),
    st.sets(st.sampled_from(PAIRS)),
    st.sets(st.integers(0, 3)),
)
def test_the_rank_drops_where_some_pattern_of_zeros_says_so(exponents, pairs, positive):
    domain = Domain(
        tuple((VARIABLES[a], VARIABLES[b]) for a, b in sorted(pairs)), tuple(VARIABLES[a] for a in sorted(positive))
    )
    component = sp.Mul(*(x**n for x, n in zip(VARIABLES, exponents, strict=True)))
    step = decide(FullRank((component,), VARIABLES, domain))
    assert step.verdict.value == ("refuted" if _vanishes_somewhere(exponents, domain) else "proved")


def test_the_gradient_of_a_single_variable_never_vanishes():
    assert decide(FullRank((3 * VARIABLES[0],), VARIABLES, Domain())).proved


def test_a_square_has_a_critical_point_unless_the_domain_excludes_it():
    square = (VARIABLES[0] ** 2,)
    assert decide(FullRank(square, VARIABLES, Domain())).witness.point["x1"] == "0"
    assert decide(FullRank(square, VARIABLES, Domain(positive=VARIABLES[:1]))).proved
