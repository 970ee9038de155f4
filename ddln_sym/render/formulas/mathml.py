r"""Formulas from LaTeX to MathML: latex2mathml, with the macros it lacks and the spacing that browsers do not know.

What it makes is MathML Core, which browsers set by themselves, without a script.
"""

from __future__ import annotations

import html
import re
from functools import cache
from xml.etree import ElementTree

from latex2mathml.converter import convert_to_element
from markupsafe import Markup

from ddln_sym.render.formulas.layout import split_at, width
from ddln_sym.render.formulas.rewriting import RELATIONS

__all__ = ["inline_mathml", "math_element", "mathml"]

#: Macros and environments that latex2mathml lacks, as what it has.
SPELLED = (
    (r"\displaystyle", ""),
    (r"\begin{aligned}[t]", r"\begin{split}"),
    (r"\begin{aligned}", r"\begin{split}"),
    (r"\end{aligned}", r"\end{split}"),
    (r"\operatorname*{arg\,min}", r"\operatorname{argmin}"),
    (r"\arg\min", r"\operatorname{argmin}"),
    (r"[\![", "⟦"),
    (r"]\!]", "⟧"),
)
ENVIRONMENTS = {"split", "align*", "cases", "pmatrix"}  # latex2mathml passes over those it does not know
OPERATORS = set("±⌊⌋⟦⟧⟨⟩⨀⋃%#∀∃‖⟹⟺⩽⩾⪰≻:")  # which it takes for letters
LIMITS = {"argmin", "min", "max", "⨀", "⋃", "∑", "∏"}  # what is below them in a display
BARS = {"|", "‖"}
OPENING = set("([{⟦⌊⟨")
CLOSING = set(")]}⟧⌋⟩|‖")
SIGNS = {"−", "+", "±"}
ROWS = {"math", "mrow", "mtd", "mstyle"}
BOLD = {"bold": ((0x1D41A, "a"), (0x1D400, "A"), (0x1D7CE, "0")), "bold-italic": ((0x1D482, "a"), (0x1D468, "A"))}
THIN = "0.167em"
ROOM = 12.0  # em: a wider formula in the text may be broken
LONG = 18.0  # em: a piece that is wider than the screen of a phone


@cache
def mathml(tex: str, display: bool = False) -> Markup:
    r"""A formula as MathML.

    Args:
        tex: LaTeX without dollars, of the macros that :mod:`ddln_sym.render.formulas` prints.
        display: set on a line of its own.
    Raises:
        ValueError: something of it would be left as LaTeX.

    >>> print(mathml(r"u \ne 0"))
    <math display="inline"><mi>u</mi><mo>≠</mo><mn>0</mn></math>
    """
    found = math_element(tex, display)
    for element in list(found.iter()):
        _pair_bars(element)
        _space(element)
    return Markup(ElementTree.tostring(found, encoding="unicode"))


def math_element(tex: str, display: bool = False) -> ElementTree.Element:
    """The tree of a formula, its signs and names as MathML Core has them.

    Raises:
        ValueError: something of it would be left as LaTeX.
    """
    spelled = _spell(tex)
    if unknown := set(re.findall(r"\\begin\{(.*?)\}", spelled)) - ENVIRONMENTS:
        raise ValueError(f"{tex} cannot be set as MathML: {min(unknown)} is no environment of it")
    try:
        (row,) = convert_to_element(spelled, display="block")
    except Exception as error:
        raise ValueError(f"{tex} cannot be set as MathML: {type(error).__name__}") from error
    found = ElementTree.Element("math", display="block" if display else "inline")
    found.extend(row)
    for element in found.iter():
        element.text = html.unescape(element.text or "") or None
    for element in found.iter():
        _mend(element)
    for element in found.iter():
        if re.search(r"[\\&$]", element.text or ""):
            raise ValueError(f"{tex} cannot be set as MathML: {element.text} is left of it")
    return found


def inline_mathml(tex: str, after: str = "") -> Markup:
    r"""A formula in the text; a long one in pieces, so that a line may end before a sign of relation or a term.

    Args:
        tex: LaTeX without dollars.
        after: punctuation, which stays on the line of the last piece.

    >>> print(inline_mathml("a = b", "."))
    <span class="kept"><math display="inline"><mi>a</mi><mo>=</mo><mi>b</mi></math>.</span>
    """
    pieces = _pieces(tex.strip())
    shown = [Markup('<span class="long">{}</span>').format(m) if width(p) > LONG else m for p, m in pieces]
    if after:
        shown[-1] = Markup('<span class="kept">{}{}</span>').format(shown[-1], after)
    return Markup("").join(shown)


def _pieces(tex: str) -> list[tuple[str, Markup]]:
    """A formula, or what it falls into, in LaTeX and in MathML."""
    if width(tex) <= ROOM:
        return [(tex, mathml(tex))]
    at_relations = [piece.strip() for piece in split_at(tex, (*RELATIONS, r"\quad"))]
    found = []
    for piece in at_relations:
        terms = [term.strip() for term in split_at(piece, ("+", "-"))] if width(piece) > ROOM else [piece]
        found.append((terms[0], mathml(terms[0])))
        for term in terms[1:]:  # an empty element before its sign makes that stand between two terms
            found.append((term, mathml(f"{{}}{term}")))
    return found


def _spell(tex: str) -> str:
    for macro, other in SPELLED:
        tex = tex.replace(macro, other)
    return tex


def _mend(element: ElementTree.Element) -> None:
    """What is an operator, a name, bold, or below another, as MathML Core has it."""
    text = element.text or ""
    if element.tag == "mtext":
        element.text = re.sub(r"^ | $", "\N{NO-BREAK SPACE}", text)
    elif element.tag == "mi" and text in OPERATORS:
        element.tag = "mo"
    elif element.tag in ("mi", "mo") and text.isalpha() and text in LIMITS:
        element.tag, element.text = "mo", text.replace("argmin", "arg\N{NO-BREAK SPACE}min")
        element.attrib.update(lspace="0", rspace=THIN, movablelimits="true")
    elif element.tag == "mo" and text.isalpha() and len(text) > 1:
        element.tag = "mi"
    if element.tag == "mo" and element.get("minsize") and text in OPENING | CLOSING - BARS:
        element.set("form", "prefix" if text in OPENING else "postfix")
    variant = element.get("mathvariant", "")
    if variant in BOLD:
        del element.attrib["mathvariant"]
        element.text = "".join(_bold(sign, variant) for sign in text)
    if element.tag in ("msub", "msubsup") and element[0].text in LIMITS:
        element.tag = {"msub": "munder", "msubsup": "munderover"}[element.tag]


def _bold(sign: str, variant: str) -> str:
    for code, first in BOLD[variant]:
        place = ord(sign) - ord(first)
        if 0 <= place < (10 if first == "0" else 26):
            return chr(code + place)
    return sign


def _core(element: ElementTree.Element) -> ElementTree.Element:
    """What a script is attached to."""
    return _core(element[0]) if element.tag in ("msub", "msup", "msubsup", "munder", "munderover") else element


def _pair_bars(row: ElementTree.Element) -> None:
    """Bars in pairs: the first of two opens, the second closes."""
    bars = [core for core in map(_core, row) if core.text in BARS and not core.get("form") and not core.get("minsize")]
    if row.tag in ROWS and len(bars) % 2 == 0:
        for n, bar in enumerate(bars):
            bar.set("form", ("prefix", "postfix")[n % 2])


def _first(element: ElementTree.Element) -> ElementTree.Element:
    """What an element begins with."""
    core = _core(element)
    return _first(core[0]) if core.tag == "mrow" and len(core) else core


def _space(row: ElementTree.Element) -> None:
    """Thin spaces around the names of functions and none around a slash or after a sign, as TeX has them."""
    if row.tag not in ROWS:
        return
    children = list(row)
    for n, child in reversed(list(enumerate(children))):
        core = _core(child)
        before = _core(children[n - 1]) if n else None
        if core.text == "/":
            core.attrib.update(lspace="0", rspace="0")
        elif core.text in SIGNS and before is not None and before.tag in ("mo", "mrow"):
            binary = before.text in CLOSING or before.tag == "mrow"
            core.set("form", "infix" if binary else "prefix")
        elif core.tag == "mi" and len(core.text or "") > 1:
            after = _first(children[n + 1]) if n + 1 < len(children) else None
            if after is not None and after.tag != "mspace" and (after.tag != "mo" or after.text in BARS):
                row.insert(n + 1, ElementTree.Element("mspace", width=THIN))
            if before is not None and before.tag != "mspace" and (before.tag != "mo" or before.text in CLOSING):
                row.insert(n, ElementTree.Element("mspace", width=THIN))
