"""Random polynomial models: laws, ranks, brackets, enclosures agree with what SymPy and mpmath find by other means."""

from __future__ import annotations

import mpmath
import sympy as sp
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

import ddln_sym as dd

SYMBOLS = sp.symbols("u v w", real=True)


@st.composite
def models(draw):
    """One or two components, of two or three monomials of degree 1 to 3, in two or three variables."""
    variables = SYMBOLS[: draw(st.integers(2, 3))]
    components = []
    for _ in range(draw(st.integers(1, 2))):
        terms = draw(
            st.lists(
                st.tuples(
                    st.sampled_from([-3, -2, -1, 1, 2, 3]),
                    st.lists(st.sampled_from(variables), min_size=1, max_size=3),
                ),
                min_size=1,
                max_size=3,
            )
        )
        components.append(sp.Add(*(c * sp.Mul(*factors) for c, factors in terms)))
    return dd.Parametrization(components, variables)


def brackets(net):
    """The fields and their first two levels of brackets, written out."""
    fields = [net.gradient(n) for n in range(1, len(net.components) + 1)]
    found, new = list(fields), list(fields)
    for _ in range(2):
        new = [g.jacobian(net.variables) * f - f.jacobian(net.variables) * g for f in fields for g in new]
        found += new
    return found


POINT = dict(zip(SYMBOLS, (sp.Rational(3, 7), sp.Rational(-5, 11), sp.Rational(13, 8)), strict=True))


@given(models())
def test_laws_are_no_more_than_brackets_allow_and_the_kernel_proves_each(net):
    found = dd.conservation_laws(net, degree=2)
    rank = sp.Matrix.hstack(*brackets(net)).xreplace(POINT).rank()
    assert len(found.laws) <= len(net.variables) - rank
    assert found.most <= len(net.variables) - rank, "brackets of a level that is looked at span more"
    assert found.certificate.proved
    for law in found.laws:
        slopes = sp.Matrix([sp.diff(law, v) for v in net.variables])
        assert all(sp.cancel(sp.expand(slopes.dot(net.gradient(n + 1)))) == 0 for n in range(len(net.components)))


@given(models())
def test_a_study_agrees_with_brackets_and_ranks_written_out(net):
    study = dd.analyze(net, degree=2)
    first = [sp.expand(entry) for field in brackets(net)[len(net.components) :] for entry in field]
    commute = all(
        sp.expand(entry) == 0
        for a in range(1, len(net.components) + 1)
        for b in range(1, a)
        for entry in net.gradient(b).jacobian(net.variables) * net.gradient(a)
        - net.gradient(a).jacobian(net.variables) * net.gradient(b)
    )
    assert study.commuting.proved == commute
    if study.obstruction is not None:
        assert not commute and any(first)
    if study.mirror_flow:
        assert commute and study.regular.proved
    rank = net.jacobian.xreplace(POINT).rank()
    assert study["generic rank"].said.removeprefix("at least ").startswith(str(rank)) or rank == 0


@settings(max_examples=3)
@given(models())
def test_an_enclosure_holds_another_integrators_values(net):
    size = len(net.components)
    loss = dd.SquaredLoss([[int(a == b) for b in range(size)] for a in range(size)], [1] * size)
    start = ["0.4", "-0.3", "0.2"][: len(net.variables)]
    box = dd.GradientFlow(loss, net, start).enclose("0.05", digits=15)
    values = sp.lambdify([net.variables], list(net.components), "mpmath")
    slopes = sp.lambdify([net.variables], net.jacobian.tolist(), "mpmath")

    def field(_, state):
        gaps = [2 * (g - 1) for g in values(state)]
        return [-mpmath.fdot(column, gaps) for column in zip(*slopes(state), strict=True)]

    with mpmath.workdps(22):
        end = mpmath.odefun(field, 0, [mpmath.mpf(x) for x in start])(mpmath.mpf("0.05"))
        for ball, value in zip(box.parameters("0.05"), end, strict=True):
            assert ball.overlaps(arb(mpmath.nstr(value, 22)) + arb(0, "1e-19"))
