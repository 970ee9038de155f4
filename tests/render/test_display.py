"""What results look like in a notebook and in a terminal."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from xml.etree import ElementTree

import nbclient
import nbformat
import pytest
import sympy as sp

import ddln_sym as dd
from ddln_sym import _html as display
from ddln_sym.claims import certify_all, collect
from ddln_sym.render.document import Formula, show_printed
from ddln_sym.render.markdown import write_sentence
from ddln_sym.statements import SEAL

VOID = {"br", "img", "hr", "meta", "link", "input"}
HOSTILE = "<script>alert('a & b')</script>"
LAYERS = [["0.1", 1], [1, -2], ["1.5", 3]]


class Reader(HTMLParser):
    """Reads a piece of HTML, and holds that every element is closed in its place."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@cache
def certificates() -> dict[str, dd.Certificate]:
    return {c.id: c for c in certify_all(collect(), ["eq-5", "eq-6", "eq-15"])}


@cache
def trajectory() -> dd.Trajectory:
    flow = dd.GradientFlow(dd.SquaredLoss([[1, 2], [3, 4]], [1, "0.5"]), LAYERS)
    return flow.integrate(until=1, digits=20)


def test_a_refuted_certificate_shows_its_witness_and_its_correction():
    found = certificates()["eq-6"]
    shown = Reader(found._repr_html_())
    for word in (
        "eq-6",
        found.title,
        "refuted",
        "the left side is −2",
        "the right side is −1",
        found.correction.title,
        "proved for all L ≥ 2, all d",
    ):
        assert " ".join(word.split()) in " ".join(shown.text.split())
    for step in (*found.steps, *found.correction.steps):
        assert str(step.proposition) not in shown.text  # it is a formula
        assert step.evidence in shown.text


def test_a_proved_certificate_names_what_it_rests_on():
    found = certificates()["eq-15"]
    shown = Reader(found._repr_html_())
    assert found.assumes and all(name in shown.text for name in found.assumes)
    assert "witness" not in shown.text


def test_text_is_escaped():
    found = replace(certificates()["eq-6"], title=HOSTILE, reason=HOSTILE, seal=SEAL)
    shown = Reader(found._repr_html_())
    assert "script" not in shown.tags
    assert shown.text.count(HOSTILE) == 2


def test_the_table_of_steps_has_an_end():
    step = certificates()["eq-5"].steps[0]
    many = replace(certificates()["eq-5"], steps=(step,) * (display.STEPS + 3), seal=SEAL)
    assert "and 3 more steps" in Reader(many._repr_html_()).text


def test_a_certificate_in_a_terminal():
    found = certificates()["eq-6"]
    assert repr(found) == "<Certificate eq-6: refuted, fails at L = 2, all d>"
    assert repr(found.steps[0]).startswith("<Step proved: d/dt(u[1]**2) = d/dt(u[2]**2), by ")
    first, second, third, *rest = str(found).splitlines()
    assert first == f"eq-6: {found.title} ({found.source})"
    assert second == "refuted, fails at L = 2, all d"
    assert third == f"witness: {found.witness}"
    assert rest[0].startswith("corrected: ") and rest[1] == "proved, all L ≥ 2, all d"


def test_a_trajectory_shows_numbers_and_pictures():
    found = trajectory()
    shown = Reader(found._repr_html_())
    assert shown.tags.count("svg") == 2 and shown.tags.count("polyline") == 2 * (len(LAYERS) + 1)
    assert display._number(found.loss(1)) in shown.text and display._number(found.theta(1)[0]) in shown.text


def test_the_marked_layer_is_the_one_of_least_modulus():
    """In the second coordinate the layers start at 1, −2 and 3."""
    document = ElementTree.fromstring(trajectory()._repr_html_())
    _, picture = document.iter("{http://www.w3.org/2000/svg}svg")
    zero, two, three, one = (float(line.get("points").split()[0].split(",")[1]) for line in picture)
    assert three < one < zero < two  # y points downwards; the marked curve is drawn last
    assert [line.get("stroke") != "currentColor" for line in picture] == [False, False, False, True]


def test_layers_that_tie_are_all_marked():
    tied = dd.GradientFlow(dd.SquaredLoss([[1]], [2]), [[1], [-1], [3]]).integrate(until="0.1")
    (picture,) = ElementTree.fromstring(tied._repr_html_()).iter("{http://www.w3.org/2000/svg}svg")
    assert [line.get("stroke") != "currentColor" for line in picture] == [False, False, True, True]


def test_a_trajectory_of_no_length_has_no_pictures():
    still = dd.GradientFlow(dd.SquaredLoss([[1]], [2]), [[1], [2]]).integrate(until=0)
    assert "svg" not in Reader(still._repr_html_()).tags


@pytest.mark.parametrize(
    ("net", "latex", "text"),
    [
        (dd.redundant(3, 2), r"\left(u_{1}^{3},\ u_{2}^{3}\right)", "<Redundant G(u1, u2) = (u1**3, u2**3)>"),
        (
            dd.deep_diagonal(sp.Symbol("L", integer=True, positive=True), 2),
            r"G_i(w) = \prod_{j=1}^{L} {w}_{L \left(i - 1\right) + j}",
            "<DeepDiagonal G_i(w) = Product(w[L*(i - 1) + j], (j, 1, L)), i = 1, …, 2>",
        ),
        (dd.deep_diagonal(2, 1), r"(w_{1},\ w_{2}) \neq 0", "<DeepDiagonal G(w1, w2) = (w1*w2)>"),
        (dd.deep_diagonal(3, 9), r"\dots", "<DeepDiagonal G(w1, w2, w3, w4, …)"),
    ],
)
def test_parametrizations(net, latex, text):
    assert latex in net._repr_latex_()
    assert repr(net).startswith(text)


def test_entropies():
    closed = dd.entropy([[0, 1], [1, 3]])
    assert r"\operatorname{arcsinh}" in closed._repr_latex_()
    assert closed._repr_latex_().count(r"\\") == 1  # a line for each coordinate
    elliptic = dd.entropy([[1], [2], [3]])._repr_latex_()
    assert r"F\left(" in elliptic and r"\text{where } x_{" in elliptic
    implicit = dd.entropy([[1], [2], [3], [4], [6]])
    assert implicit._repr_latex_() == implicit.coordinates[0].implicit
    assert repr(closed) == "<entropy of 2 layers, 2 coordinates>"


def test_formulas_are_balanced():
    shown = [
        dd.entropy([1, 2, 4, 5, 7])._repr_latex_(),
        dd.entropy([1, 2])._repr_latex_(),
        trajectory().flow._repr_latex_(),
    ]
    for text in (*shown, dd.deep_diagonal(3, 2)._repr_latex_()):
        assert text.startswith("$") and text.endswith("$")
        assert text.count("{") == text.count("}")


def test_every_claim_shows_the_formula_as_printed():
    for claim in collect():
        shown = claim._repr_markdown_()
        printed = show_printed(claim.printed)
        words = printed.tex if isinstance(printed, Formula) else write_sentence(printed.content)
        assert claim.id in shown and words in shown
        assert "\\bm" not in shown
    assert repr(collect()[0]) == f"<Claim {collect()[0].id}: {collect()[0].title} ({collect()[0].source})>"


x, y = sp.symbols("x y", real=True)
NET = dd.deep_diagonal(2, 1)


def squared() -> dd.SquaredLoss:
    return dd.SquaredLoss([[1, 2], [3, 4]], [1, "0.5"], weight="0.5")


def logistic() -> dd.LogisticLoss:
    return dd.LogisticLoss([[1, 2], [3, 4]], [1, -1])


def symbolic() -> dd.SymbolicLoss:
    return dd.SymbolicLoss((x**2 + y**2 - 1) ** 2, (x, y))


def dual() -> dd.DualTrajectory:
    return dd.GradientFlow(squared(), LAYERS).converge("1e-5", digits=10, method="dual")


#: For each public name, what it makes: a class its objects, a function its results.
MADE = {
    "BigO": lambda: dd.BigO(x**2 + x, x**2, x, sp.oo),
    "Bijection": lambda: dd.Bijection(x**2, x, sp.Interval(0, sp.oo), sp.Interval(0, sp.oo), sp.sqrt(x)),
    "BlowUpError": lambda: dd.BlowUpError(1),
    "Certificate": lambda: certificates()["eq-6"],
    "Claim": lambda: dd.Claim("eq-3", "a title", statement=dd.Equal(x, x)),
    "Compare": lambda: dd.Compare(x**2 + y, 0, dd.Setting((dd.Hypothesis("(2)", sp.Gt(y, 0)),))),
    "ConjugateEntropy": lambda: dd.conjugate_entropy(NET, [1, 2]),
    "ConservationLaws": lambda: dd.conservation_laws(NET),
    "Domain": lambda: dd.Domain(positive=(x,)),
    "DualEnclosure": lambda: dual().enclose(),
    "DualTrajectory": lambda: dual(),
    "Enclosure": lambda: dd.GradientFlow(squared(), LAYERS).enclose(until="0.1", digits=15),
    "EnclosureError": lambda: dd.EnclosureError(1),
    "Equal": lambda: dd.Equal(dd.Rate(x**2), -2 * x * y, dd.Setting(rates=(dd.RateRule(x, -y),))),
    "Exists": lambda: dd.Exists((y,), (dd.Compare(y * (1 + x**2), x),), (1,)),
    "GradientFlow": lambda: [
        dd.GradientFlow(squared(), LAYERS),
        dd.GradientFlow(logistic(), LAYERS),
        dd.GradientFlow(symbolic(), LAYERS),
        dd.GradientFlow(squared(), dd.redundant(3, 2), [1, 2]),
    ],
    "Holds": lambda: dd.Holds(sp.Gt(x**2 + y, 0)),
    "Hypothesis": lambda: dd.Hypothesis("(2)", sp.Gt(y, 0)),
    "ImplicitBias": lambda: dd.implicit_bias([[1, 1]], [2], [[0, 0], [1, 1], [1, 2]]),
    "Jump": lambda: dd.jump_process([[1, 0], [0, 1]], [1, 2], [[1, 1], [2, 2], [3, 4]])[0],
    "LeastLayer": lambda: dd.LeastLayer(x, 1, 2),
    "LegendreFunction": lambda: [dd.entropy([1, 2]), dd.redundant_entropy([1, 2], 3)],
    "LogisticLoss": logistic,
    "Minimizes": lambda: dd.Minimizes(x**2 + y, (x,), (0,)),
    "Name": lambda: dd.Name(r"\mathcal L", "the loss"),
    "NoConvergence": lambda: dd.NoConvergence(sp.Rational(1, 2), "the loss does not decrease"),
    "NoLimit": lambda: dd.NoLimit("two layers are zero"),
    "Notation": lambda: dd.Notation({"a": dd.Name("a", "a weight")}),
    "OutOfReach": lambda: dd.OutOfReach("expectation", "the noise has the mean 0"),
    "Parametrization": lambda: dd.Parametrization((x * y,), (x, y)),
    "PrecisionError": lambda: dd.PrecisionError(1, 64, 128),
    "Rate": lambda: dd.Rate(x**2),
    "RateRule": lambda: dd.RateRule(x, -y),
    "Scope": dd.Scope,
    "Semidefinite": lambda: dd.Semidefinite(((1, x), (x, x**2))),
    "Setting": lambda: dd.Setting((dd.Hypothesis("(2)", sp.Gt(y, 0)),)),
    "SquaredLoss": squared,
    "Step": lambda: certificates()["eq-6"].steps[0],
    "Study": lambda: dd.analyze(NET),
    "SweepError": lambda: dd.SweepError("a worker ended", 3),
    "SymbolicLoss": symbolic,
    "TendsTo": lambda: dd.TendsTo(x * sp.exp(-x), x, sp.oo, 0),
    "Text": lambda: dd.Text(title="Two weights", authors=("A. Author",)),
    "Theta": lambda: dd.Theta(x**2 + x, x**2, x, sp.oo),
    "Trajectory": lambda: [
        trajectory(),
        dd.GradientFlow(logistic(), LAYERS).integrate(until="0.1", digits=15),
        dd.GradientFlow(symbolic(), LAYERS).integrate(until="0.1", digits=15),
    ],
    "Verdict": lambda: dd.Verdict.PROVED,
    "analyze": lambda: dd.analyze(dd.shallow_linear(1, 2)),
    "asymmetric_factorization": lambda: dd.asymmetric_factorization(1, 1, 2),
    "burg": lambda: dd.burg(NET),
    "certify": lambda: dd.certify(dd.Claim("eq-3", statement=dd.Equal(x, x))),
    "chain": lambda: dd.chain(x, "<=", x**2 + 1),
    "commuting": lambda: dd.commuting(dd.shallow_linear(1, 2)),
    "conjugate_entropy": lambda: dd.conjugate_entropy(dd.redundant(3, 1), [1]),
    "conservation_laws": lambda: dd.conservation_laws(dd.shallow_linear(1, 2)),
    "convolutional": lambda: dd.convolutional((2, 1)),
    "decide": lambda: dd.decide(dd.Compare(x**2 + 1, 0)),
    "deep_diagonal": lambda: dd.deep_diagonal(sp.Symbol("L", integer=True, positive=True), 2),
    "deep_linear": lambda: dd.deep_linear((1, 2, 1)),
    "derive": lambda: dd.derive(NET),
    "derive_redundant": dd.derive_redundant,
    "derive_two_layers": dd.derive_two_layers,
    "difference": lambda: dd.difference(2, 2),
    "difference_entropy": lambda: dd.difference_entropy([1], [2], 3),
    "entropy": lambda: dd.entropy([[0, 1], [1, 3]]),
    "exponential": lambda: dd.exponential(2),
    "exponentiated_gradient": lambda: dd.exponentiated_gradient(NET),
    "frobenius": lambda: dd.frobenius(((x, 1), (1, y))),
    "gram": lambda: dd.gram(((x, 1), (1, y))),
    "hadamard_square": lambda: dd.hadamard_square(2),
    "half_quadratics": lambda: dd.half_quadratics([[[1, 0], [0, -1]]]),
    "implicit_bias": lambda: dd.implicit_bias([[1, 1]], [2], [[1, 1], [1, 2]]),
    "inner": lambda: dd.inner((x, y), (1, 2)),
    "integrate_polynomial": lambda: dd.integrate_polynomial([-x], [x], [1], 1, digits=15),
    "jump_process": lambda: dd.jump_process([[1, 0], [0, 1]], [1, 2], [[1, 1], [2, 2], [3, 4]]),
    "lazy_limit": lambda: dd.lazy_limit([[0, 0], [2, 2]], [1, 2]),
    "matrix_factorization": lambda: dd.matrix_factorization(2, 1),
    "norm": lambda: dd.norm((x, y)),
    "redundant": lambda: dd.redundant(3, 2),
    "redundant_entropy": lambda: dd.redundant_entropy([1, 2], 3),
    "regular": lambda: dd.regular(NET),
    "relu_paths": lambda: dd.relu_paths((1, 2, 1)),
    "rich_limit": lambda: dd.rich_limit([[1, 1], [2, 2]], [1, 2]),
    "scale_sweep": lambda: dd.scale_sweep([[1, 1]], [2], [[0, 0], [1, 1]], [1, 2]),
    "scaled": lambda: dd.scaled([[1, 1], [2, 2]], 2),
    "shallow_linear": lambda: dd.shallow_linear(1, 2),
    "softmax": lambda: dd.softmax(2),
    "sphere": lambda: dd.sphere(2),
    "squared_simplex": lambda: dd.squared_simplex(2),
    "sweep": lambda: dd.sweep(abs, [1, 2], ThreadPoolExecutor(1)),
    "symmetric_domains": lambda: dd.symmetric_domains(NET),
    "taylor_polynomial": lambda: dd.taylor_polynomial(sp.exp(x), x, 0, 2),
    "tempered": lambda: dd.tempered(NET, 2),
    "trace": lambda: dd.trace(((x, 1), (1, y))),
    "two_sided": lambda: dd.two_sided(2),
    "weight_normalization": lambda: dd.weight_normalization(2),
}
TEXT = {"_repr_html_", "_repr_latex_", "_repr_markdown_"}


def test_every_public_name_has_an_object_that_is_shown():
    public = {name for name in dd.__all__ if callable(getattr(dd, name))}
    assert set(MADE) == public


@pytest.mark.parametrize("name", MADE)
def test_every_public_object_shows_itself(name):
    """Whatever it is: it has a notebook's form that reads, and a line that a person reads."""
    made = MADE[name]()
    for found in made if isinstance(made, list) else [made]:
        for method in TEXT & set(dir(found)):
            shown = getattr(found, method)()
            assert shown or shown is None, method  # SymPy's own printer is only loaded in a notebook
            if shown and method == "_repr_html_":
                Reader(shown)
            if shown and method == "_repr_latex_":
                assert shown.startswith("$") and shown.count("{") == shown.count("}")
        plain = repr(found)
        assert " object at 0x" not in plain and "\n" not in plain
        assert len(plain) < 700 or TEXT & set(dir(found)), plain


@pytest.mark.parametrize(
    ("loss", "formula"),
    [
        (squared, r"\frac{1}{2}\,\|X\theta - y\|^2"),
        (logistic, r"\log\left(1 + e^{-y_r\langle x_r"),
        (symbolic, r"\left(x^{2} + y^{2} - 1\right)^{2}"),
    ],
)
def test_a_flow_is_written_with_its_own_loss(loss, formula):
    assert formula in loss()._repr_latex_()
    assert formula in dd.GradientFlow(loss(), LAYERS)._repr_latex_()


CELLS = {
    "dd.deep_diagonal(3, 2)": "text/latex",
    "dd.commuting(dd.deep_diagonal(3, 2))": "text/html",
    "dd.entropy([[0, 1], [1, 2]])": "text/latex",
    "flow": "text/latex",
    "flow.integrate(until=1, digits=20)": "text/html",
    "dd.implicit_bias([[1, 1]], [2], [[0, 0], [1, 1], [1, 2]])": "text/html",
    "dd.derive_two_layers()": "text/html",
    "next(c for c in collect() if c.id == 'eq-6')": "text/markdown",
}


def test_a_notebook_shows_them():
    start = (
        "import ddln_sym as dd\nfrom ddln_sym.claims import collect\n"
        f"flow = dd.GradientFlow(dd.SquaredLoss([[1, 2], [3, 4]], [1, 2]), {LAYERS!r})"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in (start, *CELLS)])
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    for cell, kind in zip(notebook.cells[1:], CELLS.values(), strict=True):
        (output,) = cell.outputs
        assert kind in output.data, cell.source
        if kind == "text/html":
            Reader(output.data[kind])
