"""Letters mean what the author wrote: distinct symbols print distinctly, and nothing is printed that TeX refuses."""

from __future__ import annotations

import re

import pytest
import sympy as sp
from hypothesis import example, given
from hypothesis import strategies as st
from latex2mathml.converter import convert

from ddln_sym.kernel import decide
from ddln_sym.render.document import tell_step
from ddln_sym.render.formulas import Printer, formula_of, speak, spell_name
from ddln_sym.render.latex import write_blocks
from ddln_sym.statements import Compare, Equal, Hypothesis, Name, Notation, Setting, Text

PARTS = st.sampled_from(
    [
        *["x", "m", "u", "alpha", "Alpha", "A", "Loss", "loss", "hat", "k", "s", "c", "1", "2", "12", "0", "_", "__"],
        *["'", "min", "λ", "é", "%", "\\", "^", "{", "}", "+", "*", " ", "\\mathrm", "lamda"],
    ]
)
NAMES = st.lists(PARTS, min_size=1, max_size=4).map("".join).filter(lambda n: n.strip())


def real(name):
    return sp.Symbol(name, real=True)


def looks(tex):
    """What is seen of a formula, by the elements of its MathML."""
    return re.sub(r"\s+|</?mrow>|<mspace[^>]*>", "", convert(tex))


@given(st.lists(NAMES, min_size=2, max_size=6, unique=True))
@example(["m1", "m2", "k"])
@example(["x1", "x_1"])
@example(["alpha", "α", "\\alpha"])
@example(["Eta", "H"])
@example(["M__1", "M_1", "M1"])
@example(["s_0", "slack0"])
@example(["x", "\\mathrm"])
@example(["lamda", "lambda"])
def test_distinct_symbols_are_printed_distinctly(names):
    symbols = [real(name) for name in names]
    show = Printer(symbols)
    printed = [show.doprint(s) for s in symbols]
    assert len(set(map(looks, printed))) == len(names), printed
    for symbol in symbols:  # no double superscript, no brace left open
        assert doubled(show.doprint(symbol**2)) is None
        assert "merror" not in convert(show.doprint(symbol**2 / (symbol + 1)))


def doubled(tex):
    """A second superscript of one letter, which TeX refuses."""
    flat = re.sub(r"\\.", "", tex)
    while "{" in flat and (new := re.sub(r"\{[^{}]*\}", "G", flat)) != flat:
        flat = new
    return re.search(r"\^\w_?\w?\^|'\^\w'|\^\w\w?\^", flat)


@given(NAMES)
def test_a_name_has_its_braces_in_pairs(name):
    depth, tex = 0, re.sub(r"\\[{}]", "", spell_name(name))
    for c in tex:
        depth += (c == "{") - (c == "}")
        assert depth >= 0
    assert depth == 0


def test_an_entry_of_an_array_is_no_symbol():
    u, j = sp.IndexedBase("u", real=True), sp.Symbol("j", integer=True, positive=True)
    one, generic = real("u_1"), real("u_j")
    assert len({Printer([u[1], one, u[j], generic]).doprint(e) for e in (u[1], one, u[j], generic)}) == 4


def test_masses_are_not_indices():
    m1, m2, k, x, y = map(real, ("m1", "m2", "k", "x", "y"))
    stated = Equal((m1 + m2) * (k * x**2 + k * y**2), k * (m1 + m2) * (x**2 + y**2))
    tex = formula_of(stated)
    assert "k + k" not in tex and "(m_{1} + m_{2})" in tex.replace(r"\left", "").replace(r"\right", "")


def test_a_letter_is_the_paper_s_only_where_the_paper_speaks():
    u0, v1, loss = map(real, ("u0", "v1", "loss"))
    assert formula_of(Equal(u0 * v1, loss)) == r"u_{0} v_{1} = \mathrm{loss}"
    mine = Text("T", notation=Notation({"loss": Name(r"\mathcal{F}")}))
    with speak(mine):
        assert formula_of(Equal(u0 * v1, loss)) == r"u_{0} v_{1} = \mathcal{F}"
    assert formula_of(Equal(u0, loss)) == r"u_{0} = \mathrm{loss}"


def test_a_power_of_what_is_raised_has_brackets():
    tex = formula_of(Equal(real("M__1") ** 2, 1))
    assert tex == "(M^{(1)})^{2} = 1"


@pytest.mark.parametrize(
    ("expr", "tex"),
    [
        (lambda x, y, z: sp.Mul(x, y + z, evaluate=False), "x (y + z)"),
        (lambda x, y, z: sp.Mul(x + y, y + z), "(x + y) (y + z)"),
        (lambda x, y, z: sp.Mul(2, x + y, evaluate=False), "2(x + y)"),
        (lambda x, y, z: sp.Mul(x, sp.Mul(y, -1, evaluate=False), evaluate=False), "x (-y)"),
        (lambda x, y, z: x - (y - z) * 2, None),
        (lambda x, y, z: (x * y) ** z, None),
        (lambda x, y, z: (x / y) ** 3, None),
        (lambda x, y, z: ((x + 1) / (y + 2)) ** z, None),
        (lambda x, y, z: sp.exp(x) ** y, None),
        (lambda x, y, z: x ** (y + z), None),
        (lambda x, y, z: (x**y) ** z, None),
        (lambda x, y, z: sp.log(x) ** 2 / sp.log(y), None),
        (lambda x, y, z: sp.Rational(1, 2) ** x, None),
        (lambda x, y, z: sp.Max(x, y) * z, None),
    ],
)
def test_products_and_powers_keep_their_brackets(expr, tex):
    x, y, z = map(real, "xyz")
    written = formula_of(Equal(expr(x, y, z), 0)).removesuffix(" = 0").replace(r"\bigl", "").replace(r"\bigr", "")
    if tex is not None:
        assert written.replace(r"\left", "").replace(r"\right", "") == tex
        return
    parse = pytest.importorskip("sympy.parsing.latex").parse_latex
    pytest.importorskip("lark")
    read = parse(re.sub(r"\\left|\\right|\\,", "", written).replace("tfrac", "frac"), backend="lark")
    point = {sp.Symbol("x"): 0.7, sp.Symbol("y"): 1.9, sp.Symbol("z"): 2.3, sp.Symbol("e"): sp.E.evalf()}
    here = expr(x, y, z).subs({x: 0.7, y: 1.9, z: 2.3}).evalf()
    assert abs(complex(here) - complex(read.doit().subs(point).evalf())) < 1e-9, written


def test_slack_and_abbreviations_leave_the_letters_of_the_author():
    s, a, b = real("s_0"), real("a"), real("b")
    given = Setting((Hypothesis("one", sp.Ge(a, s)), Hypothesis("two", sp.Ge(s, b)), Hypothesis("b", sp.Ge(b, 0))))
    step = decide(Compare(a**2, b**2, given))
    assert step.proved
    tex = write_blocks(tell_step(step))
    assert not re.search(r"s_\{0\} = s_\{0\}", tex)
    assert "Put" not in tex or "r_{0}" in tex or "r_{1}" in tex, tex
