r"""How results show themselves in a notebook: HTML, SVG, Markdown and LaTeX for the ``_repr_…_`` methods.

It reads the attributes of what it is given and imports nothing of the package, so that every module may ask it;
the writers of documents are looked up when something is shown.  Elements are built as trees, so what is shown is
escaped and well formed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from typing import Any
from xml.etree import ElementTree

__all__ = [
    "bias",
    "certificate",
    "claim",
    "derivation",
    "entropy",
    "flow",
    "laws",
    "loss",
    "model_flow",
    "model_trajectory",
    "parametrization",
    "proposition",
    "step",
    "study",
    "trajectory",
]

#: Legible on white and on black.
COLOURS = {"proved": "#2f9e44", "refuted": "#e03131"}
UNSETTLED = "#d9730d"
STEPS = 40  # rows of a table of steps
UNFOLDED = 5  # a table of so many steps is shown at once
NUMBERS = 4  # coordinates of a vector in a table
TIMES = 5  # rows of the table of a trajectory
TERMS = 4  # components, variables and conditions of a parametrization
CELL = "text-align:left;vertical-align:top;padding:.15em 1.2em .15em 0"
FORMULA = 700  # characters of LaTeX beyond which a closed form says less than the integral
PICTURES, SAMPLES, WIDTH, HEIGHT = 6, 48, 150, 64
Content = Any  # text, an element, or None for nothing


# -- elements ---------------------------------------------------------------------------------------
def _element(tag: str, *content: Content, **attributes: str) -> ElementTree.Element:
    found = ElementTree.Element(tag, attributes)
    for part in content:
        if isinstance(part, ElementTree.Element):
            found.append(part)
        elif part is not None and len(found):
            found[-1].tail = (found[-1].tail or "") + str(part)
        elif part is not None:
            found.text = (found.text or "") + str(part)
    return found


def _html(*content: Content) -> str:
    box = _element("div", *content, style="overflow-x:auto")
    return ElementTree.tostring(box, encoding="unicode", method="html")


def _row(tag: str, cells: Iterable[Content]) -> ElementTree.Element:
    return _element("tr", *(_element(tag, cell, style=CELL) for cell in cells))


def _table(head: Sequence[Content], rows: Iterable[Sequence[Content]]) -> ElementTree.Element:
    body = _element("tbody", *(_row("td", row) for row in rows))
    return _element("table", _element("thead", _row("th", head)), body)


def _line(name: str, *content: Content) -> ElementTree.Element:
    return _element("div", _element("em", name), "  ", *content)


# -- documents --------------------------------------------------------------------------------------
def _write(*blocks: Any) -> ElementTree.Element:
    """Blocks of a document."""
    writer = import_module("ddln_sym.render.html").Writer()
    return ElementTree.fromstring(f"<div>{writer.blocks(blocks)}</div>".replace("&nbsp;", "\N{NO-BREAK SPACE}"))


def _text(marked: str) -> ElementTree.Element:
    """A marked text, such as a title."""
    sentence = import_module("ddln_sym.render.document").parse_sentence(marked)
    return ElementTree.fromstring(f"<span>{import_module('ddln_sym.render.html').Writer().sentence(sentence)}</span>")


def _statement(proposition: Any) -> ElementTree.Element:
    """A proposition as a formula, or as the sentence that it is."""
    formulas, document = import_module("ddln_sym.render.formulas"), import_module("ddln_sym.render.document")
    block, names = document.centre(proposition, formulas.printer_for(proposition))
    return _write(block, *document.explain_names(names))


def proposition(found: Any) -> str:
    """A proposition as HTML: its formula, and beneath it what it is about to hold under."""
    setting = getattr(found, "setting", None)
    given = [str(hypothesis) for hypothesis in setting.hypotheses] if setting is not None else []
    moving = [f"d/dt {rule.quantity} = {rule.value}" for rule in setting.rates] if setting is not None else []
    return _html(
        _statement(found),
        _line("given", ", ".join(given)) if given else None,
        _line("along", ", ".join(moving)) if moving else None,
    )


# -- certificates -----------------------------------------------------------------------------------
def _verdict(found: Any) -> ElementTree.Element:
    word = str(found.verdict)
    return _element("b", getattr(found, "word", word), style=f"color:{COLOURS.get(word, UNSETTLED)}")


def _indent(steps: Iterable[Any], depth: int = 0) -> Iterator[tuple[int, Any]]:
    for step in steps:
        yield depth, step
        yield from _indent(step.parts, depth + 1)


def _step_row(depth: int, step: Any) -> tuple[Content, ...]:
    statement = _element("div", _statement(step.proposition), style=f"margin-left:{1.2 * min(depth, 6):.1f}em")
    return _verdict(step), statement, str(step.evidence)


def step(found: Any) -> str:
    """A :class:`Step` as HTML: verdict, statement, what decided it, and what it rests on."""
    decision = _table(["", "statement", "decided by"], [_step_row(0, found)])
    return _html(decision, _steps(found.parts) if found.parts else None)


def _steps(steps: Sequence[Any]) -> ElementTree.Element:
    rows = list(_indent(steps))
    shown = _table(["", "statement", "decided by"], (_step_row(*row) for row in rows[:STEPS]))
    more = _element("p", f"and {len(rows) - STEPS} more steps") if len(rows) > STEPS else None
    count = f"{len(rows)} step{'s' * (len(rows) != 1)}"
    unfolded = {"open": "open"} if len(rows) <= UNFOLDED else {}
    return _element("details", _element("summary", count), shown, more, **unfolded)


def _judge(found: Any) -> list[ElementTree.Element | None]:
    """Verdict, scope, witness, assumptions and steps of a certificate."""
    document = import_module("ddln_sym.render.document")
    refuted = str(found.verdict) == "refuted" and found.witness is not None
    cited = [_element("li", _text(name)) for name in found.assumes]
    return [
        _element(
            "div", _verdict(found), f"  for {found.scope}" if str(found.verdict) == "proved" else f"  {found.scope}"
        ),
        _line("because", found.reason) if found.reason else None,
        _write(*document.tell_failure(found)) if refuted else None,
        _element("details", _element("summary", f"rests on {len(cited)} more"), _element("ul", *cited))
        if cited
        else None,
        _steps(found.steps),
    ]


def certificate(found: Any) -> str:
    """A :class:`Certificate` as HTML: verdict, scope, witness, assumptions, steps, and its correction."""
    title = _element(
        "div", _element("b", found.id), "  ", _text(found.title), "  ", _element("small", "(", _text(found.source), ")")
    )
    with import_module("ddln_sym.render.formulas").speak(found.text):
        parts = [title, *_judge(found)]
        if found.correction is not None:
            title = _element(
                "div", _element("b", "corrected"), "  ", _text(found.correction.title), style="margin-top:.6em"
            )
            parts += [title, *_judge(found.correction)]
    return _html(*parts)


def claim(found: Any) -> str:
    """A :class:`Claim` as Markdown: its name, its place, and the formula as printed."""
    document, markdown = import_module("ddln_sym.render.document"), import_module("ddln_sym.render.markdown")
    title, place = markdown.convert_text(found.title), markdown.convert_text(found.source)
    printed = document.show_printed(found.printed)
    shown = f"$$\n{printed.tex}\n$$" if hasattr(printed, "tex") else markdown.write_blocks([printed])
    parts = [f"**{found.id}** {title} ({place})", shown, markdown.convert_text(found.remark)]
    return "\n\n".join(filter(None, parts))


def derivation(found: Any) -> str:
    """A :class:`Derivation` or :class:`EntropyDerivation` as HTML: its lines, and how each was found and decided."""
    rows = (
        (_text(line.name), _statement(line.statement), _text(line.how), _verdict(line.step)) for line in found.lines
    )
    return _html(_table(["", "statement", "found by", "decided"], rows))


def _list_laws(found: Any) -> list[ElementTree.Element]:
    return [_element("li", _element("code", text.strip())) for text in str(found).splitlines()[1:]]


def laws(found: Any) -> str:
    """:class:`ConservationLaws` as HTML: of what, how many, and each on a line."""
    return _html(
        _element("div", _element("code", str(found.net))),
        _element("div", found.counted),
        _element("ul", *_list_laws(found)),
    )


def study(found: Any) -> str:
    """A :class:`Study` as HTML: a line for each question, the laws, and what is left open."""
    rows = []
    for answer in found.answers:
        verdict = None
        if answer.verdict:
            colour = COLOURS.get(answer.verdict, UNSETTLED)
            verdict = _element("b", answer.verdict, style=f"color:{colour}")
        rows.append((answer.name, _text(answer.said), verdict))
    laws = _list_laws(found.laws)
    title = _element("div", _element("code", str(found.net)))
    left = _element("ul", *(_element("li", sentence) for sentence in found.left_open))
    return _html(
        title,
        _table(["", "answer", ""], rows),
        _element("details", _element("summary", "conservation laws"), _element("ul", *laws)) if laws else None,
        _element("details", _element("summary", "left open"), left) if found.left_open else None,
    )


# -- numbers ----------------------------------------------------------------------------------------
def _number(value: Any) -> str:
    from mpmath import mp

    return str(mp.nstr(value, 8))


def _number_all(letter: str, count: int) -> list[Content]:
    names: list[Content] = [_element("span", letter, _element("sub", str(i))) for i in range(1, count + 1)]
    return names[:NUMBERS] + ["…"] * (count > NUMBERS)


def _numbers(values: Sequence[Any]) -> list[str]:
    return [_number(value) for value in values[:NUMBERS]] + ["…"] * (len(values) > NUMBERS)


def bias(found: Any) -> str:
    """An :class:`ImplicitBias` as HTML: the minimizer and its multipliers."""
    longest = max(len(found.theta), len(found.multipliers))
    rows = [
        [name, *cells, *[""] * (min(longest, NUMBERS) - len(cells))]
        for name, cells in (("θ", _numbers(found.theta)), ("ν", _numbers(found.multipliers)))
    ]
    return _html(_table(["", *(str(i) for i in range(1, max(map(len, rows))))], rows))


# -- trajectories -----------------------------------------------------------------------------------
def _picture(curves: Sequence[Sequence[float]], marked: set[int]) -> ElementTree.Element:
    """Curves over time in one small picture, with the line at zero; the marked ones stand out."""
    low, high = min(0.0, *map(min, curves)), max(0.0, *map(max, curves))
    unit = (HEIGHT - 4) / ((high - low) or 1.0)

    def drawn(curve: Sequence[float], **attributes: str) -> ElementTree.Element:
        step = (WIDTH - 4) / (len(curve) - 1)
        points = " ".join(f"{2 + n * step:.1f},{2 + (high - value) * unit:.1f}" for n, value in enumerate(curve))
        return _element("polyline", points=points, fill="none", **attributes)

    zero = drawn([0.0, 0.0], stroke="currentColor", **{"stroke-opacity": "0.35", "stroke-dasharray": "3 3"})
    faint = [
        drawn(c, stroke="currentColor", **{"stroke-opacity": "0.6"}) for n, c in enumerate(curves) if n not in marked
    ]
    bold = [drawn(curves[n], stroke="#e8590c", **{"stroke-width": "2"}) for n in sorted(marked)]
    size = {"width": str(WIDTH), "height": str(HEIGHT), "viewBox": f"0 0 {WIDTH} {HEIGHT}"}
    return _element("svg", zero, *faint, *bold, xmlns="http://www.w3.org/2000/svg", role="img", **size)


def _pictures(found: Any) -> ElementTree.Element:
    times = [found.end * n / SAMPLES for n in range(SAMPLES + 1)]
    states = [found.layers(time) for time in times]
    boxes = []
    for i in range(min(found.flow.loss.dimension, PICTURES)):
        curves = [[float(state[j][i]) for state in states] for j in range(len(states[0]))]
        moduli = [abs(row[i]) for row in found.flow.start]
        least = {j for j, modulus in enumerate(moduli) if modulus == min(moduli)}
        caption = _element("small", "coordinate ", str(i + 1))
        boxes.append(
            _element("div", _picture(curves, least), _element("div", caption), style="display:inline-block;margin:4px")
        )
    return _element("div", *boxes, "…" if found.flow.loss.dimension > PICTURES else None)


def _table_of_times(found: Any, count: int) -> ElementTree.Element:
    """The loss and θ, ``count`` numbers, at times evenly over a trajectory."""
    times = [found.end * n / (TIMES - 1) for n in range(TIMES)] if found.end else [found.end]
    head = ["t", "𝓛(θ)", *_number_all("θ", count)]
    rows = [[f"{float(time):.6g}", _number(found.loss(time)), *_numbers(found.theta(time))] for time in times]
    return _table(head, rows)


def trajectory(found: Any) -> str:
    """A :class:`Trajectory` as HTML: the loss and θ at a few times, and the layers as pictures."""
    count = found.flow.loss.dimension
    said = f"{len(found.flow.start)} layers of {count}, {found.digits} digits, {found.steps} steps"
    if not found.dense:
        return _html(_element("div", said))
    note = "The layers over time; those that start at the least modulus stand out."
    pictures = [_pictures(found), _element("small", note)] if found.end else []
    return _html(_element("div", said), _table_of_times(found, count), *pictures)


def model_trajectory(found: Any) -> str:
    """A :class:`ModelTrajectory` as HTML: the loss and θ at a few times."""
    said = f"{found.flow.net}, {found.digits} digits, {found.steps} steps"
    if not found.dense:
        return _html(_element("div", said))
    return _html(_element("div", said), _table_of_times(found, len(found.flow.net.components)))


def loss(found: Any) -> str:
    """A loss as LaTeX: its formula, and the size of its data."""
    sizes = rf",\quad d = {found.dimension},\quad n = {len(found.rows)}" if found.through_data else ""
    return rf"$\displaystyle {found.formula}{sizes}$"


def model_flow(found: Any) -> str:
    """A :class:`ModelFlow` as LaTeX: its parametrization and its loss."""
    net = parametrization(found.net).removeprefix(r"$\displaystyle ").removesuffix("$")
    return rf"$\displaystyle {net},\quad {found.loss.formula}$"


def flow(found: Any) -> str:
    """A :class:`GradientFlow` as LaTeX: the equation, its size, and the layers at time 0."""
    sizes = rf"L = {len(found.start)},\quad d = {found.loss.dimension},\quad n = {len(found.loss.rows)}"
    law = r"\frac{du^j}{dt} + \Big(\bigodot_{k\neq j} u^k\Big)\odot\nabla\mathcal{L}(\theta) = 0"
    return rf"$\displaystyle {law},\quad {found.loss.formula},\quad {sizes}$"


# -- formulas ---------------------------------------------------------------------------------------
def _latex(expression: Any) -> str:
    from sympy import latex

    return str(latex(expression, inv_trig_style="full")).replace(r"\operatorname{arsinh}", r"\operatorname{arcsinh}")


def _list_formulas(expressions: Sequence[Any]) -> str:
    return ",\\ ".join(map(_latex, expressions[:TERMS])) + (r",\ \dots" if len(expressions) > TERMS else "")


def parametrization(net: Any) -> str:
    """A :class:`Parametrization` as LaTeX: its components, and its domain where that is not everything."""
    if net.schematic:
        return rf"$\displaystyle G_i({net.letter}) = {_latex(net.generic)},\quad i = 1, \dots, {_latex(net.dimension)}$"
    conditions = [rf"({_list_formulas(group)}) \neq 0" for group in net.domain.avoids[:TERMS]]
    conditions += [rf"{_list_formulas(net.domain.positive)} > 0"] if net.domain.positive else []
    conditions += [r"\dots"] if len(net.domain.avoids) > TERMS else []
    domain = r" \\ M &: " + r",\ ".join(conditions) if conditions else ""
    components = (
        rf"\left({_list_formulas(net.components)}\right)" if len(net.components) > 1 else _latex(net.components[0])
    )
    body = rf"G({_list_formulas(net.variables)}) &= {components}{domain}"
    return rf"$\displaystyle \begin{{aligned}} {body} \end{{aligned}}$"


def entropy(expression: Any, where: str, implicit: str) -> str:
    """An entropy in closed form as LaTeX, one line a coordinate; what defines it, where that would be too long.

    Args:
        expression: the closed form. where: what names in it mean, in LaTeX, perhaps empty. implicit: the definition.
    """
    terms = expression.as_ordered_terms()
    lines: dict[str, list[Any]] = {}
    for term in terms:
        lines.setdefault(max(map(str, term.free_symbols), default=""), []).append(term)
    constant = lines.pop("", [])
    written = [_latex(sum(found)) for found in lines.values()]
    if constant:
        tail = _latex(sum(constant))
        written[-1] += tail if tail.startswith("-") else f" + {tail}"
    if sum(map(len, written)) > FORMULA:
        return implicit
    joined = r" \\ ".join(("&" if n == 0 or line.startswith("-") else "&+ ") + line for n, line in enumerate(written))
    meaning = rf" \\ &\text{{where }} {where}" if where else ""
    return rf"$\displaystyle \begin{{aligned}} Q(\theta) = {{}}{joined}{meaning} \end{{aligned}}$"
