"""Formulas as plain text for a terminal, with the signs of Unicode."""

from __future__ import annotations

import re
from functools import cache
from xml.etree.ElementTree import Element

from ddln_sym.render.formulas.mathml import math_element

__all__ = ["plain_formula"]

RAISED = dict(zip("0123456789+-−nT′'*ijklmdL", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ⁿᵀ′′*ⁱʲᵏˡᵐᵈᴸ", strict=True))
LOWERED = dict(zip("0123456789+−-", "₀₁₂₃₄₅₆₇₈₉₊₋₋", strict=True))
#: Signs with a blank on both sides.
SPACED = set("=≠<>≤≥⩽⩾∈∉→↦⟶⟹⟺⇒⇔≈∼≡≢⊂⊆∪∩×∝⊙")
BINARY = set("+−±-")
RENAMED = {"⋅": "·", "⨀": "⨀", "∣": "|", "\N{NO-BREAK SPACE}": " ", "′": "′", "ϕ": "φ"}
OPENING = set("([{⟨⌊⟦,")
#: What a fraction before it would run into.
FACTOR = re.compile(r"[\w(√|‖∑∏∫⟨]")
LAYERS = "uvK"  # letters with the index of a layer above that of a coordinate, in this order
INDENT = "    "  # of the rows below the first
ACCENTS = {"~": "\N{COMBINING TILDE}", "^": "\N{COMBINING CIRCUMFLEX ACCENT}", "˙": "\N{COMBINING DOT ABOVE}",
           "ˉ": "\N{COMBINING MACRON}", "―": "\N{COMBINING MACRON}"}  # fmt: skip


@cache
def plain_formula(tex: str) -> str:
    r"""A formula as text; aligned rows are lines.

    Raises:
        ValueError: it cannot be read as a formula.

    >>> print(plain_formula(r"\frac{d}{dt}(u^{j}_{i})^{2} \ge -2\sqrt{\theta + 1}"))
    d/dt (uʲ_i)² ≥ −2√(θ + 1)
    >>> print(plain_formula(r"\prod_{k\ne j} u^{k}_{i} = e^{-\xi/2}"))
    ∏_(k≠j) uᵏ_i = e^(−ξ/2)
    >>> print(plain_formula(r"|x| = \begin{cases} x & \text{for}\: x > 0 \\ -x & \text{otherwise} \end{cases}"))
    |x| = {x for x > 0; −x otherwise}
    """
    text = _row(math_element(tex, display=True))
    text = re.sub(r"(?<=\S)[ \t]+", " ", text)
    text = re.sub(r" +\n", "\n", text)
    text = re.sub(r" ([,.;:)\]}])", r"\1", text)
    return re.sub(r"([(\[]) ", r"\1", text).strip()


def _row(elements: Element) -> str:
    text, previous = "", None
    for element in elements:
        if element.tag == "mtable" and text.endswith("{"):  # cases, on one line and closed
            text += "; ".join(" ".join(_row(cell).strip() for cell in row) for row in element) + "}"
            continue
        found = _text(element, text)
        closing = element.get("form") == "postfix"
        fraction = previous is not None and _is_fraction(previous) and not closing and FACTOR.match(found)
        product = re.search(r"[_^][\w()]+$", text) and re.match(r"\w", found)  # M_i g_i is no M with the index ig
        text += f" {found}" if fraction or product else found
        previous = element
    return text


def _is_fraction(element: Element) -> bool:
    return element.tag == "mfrac" or (element.tag == "mstyle" and len(element) == 1 and _is_fraction(element[0]))


def _text(element: Element, before: str = "") -> str:
    """One element, after what stands before it."""
    tag, text = element.tag, element.text or ""
    if tag in ("mi", "mn", "mtext"):
        words = RENAMED.get(text, text).replace("\N{NO-BREAK SPACE}", " ")
        apart = tag == "mi" and len(words) > 1 and bool(re.search(r"[\w)]$", before))
        return f" {words}" if apart else words
    if tag == "mo":
        return _operator(RENAMED.get(text, text), before)
    if tag == "mspace":
        wide = float(found[1]) if (found := re.fullmatch(r"([\d.]+)em", element.get("width", ""))) else 0.0
        return "  " * round(wide) if wide >= 1 else " " if wide > 0.16 else ""
    if tag == "mfrac":
        above, below = (_row(child) if child.tag == "mrow" else _text(child) for child in element)
        derivative = above.startswith("d") and below.startswith("d")
        product = element[1].tag == "mrow" and len(element[1]) > 1 and not derivative
        below = f"({below})" if product and not _is_bracketed(below) else _bracket(below, "+− ·/")
        return f"{_bracket(above, '+− ')}/{below}"
    if tag in ("msqrt", "mroot"):
        inside = _row(element) if tag == "msqrt" else _text(element[0])
        return "√" + (inside if len(inside) == 1 else f"({inside})")
    if tag in ("msup", "msub", "msubsup", "munder", "mover", "munderover"):
        return _attach_scripts(element, before)
    if tag == "mtable":
        rows = [[_row(cell).rstrip() for cell in row] for row in element]
        sided = any(row[0].strip() for row in rows)
        return "\n".join(
            f"{INDENT}{_space_sign(right.strip())}"
            if sided and not left.strip()
            else (f"{left} {right.strip()}" if left.strip() else _space_sign(right) if n else right)
            for n, (left, right) in enumerate((row[0], " ".join(row[1:])) for row in rows)
        )
    return _row(element)


def _space_sign(row: str) -> str:
    """A row that goes on with a further term, its sign apart."""
    return re.sub(r"^( *)([+−])(?=\S)", r"\1\2 ", row)


def _operator(sign: str, before: str) -> str:
    if sign in SPACED:
        return f" {sign} "
    if sign in BINARY:
        infix = bool(before.strip()) and before.rstrip()[-1:] not in SPACED | OPENING | BINARY | {"/", "\n", "·"}
        return f" {sign.replace('-', '−')} " if infix else sign.replace("-", "−")
    if sign in (",", ";"):
        return f"{sign} "
    return f" {sign}" if len(sign) > 1 and re.search(r"[\w)]$", before) else sign


def _bracket(text: str, signs: str) -> str:
    """In brackets, if one of the signs stands outside of all brackets."""
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign in "([") - (sign in ")]")
        if depth == 0 and sign in signs and place:
            return f"({text})"
    return text


def _is_bracketed(text: str) -> bool:
    """Whether a text is one pair of brackets and what is in it."""
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return place == len(text) - 1 and sign == ")"
    return False


def _attach_scripts(element: Element, before: str) -> str:
    base = _text(element[0], before)
    scripts = [_text(child).strip() for child in element[1:]]
    tag = element.tag
    if tag == "mover":
        return base + ACCENTS.get(scripts[0], f"^{scripts[0]}")
    lower = scripts[0] if tag != "msup" else ""
    upper = scripts[-1] if tag in ("msup", "msubsup", "munderover") else ""
    over = tag in ("munder", "munderover") or base.strip() in "∑∏∫⨀⋃"
    ordered = [_lower(lower, over), _raise(upper)]
    text = base + "".join(reversed(ordered) if base.strip() in LAYERS and lower == "i" else ordered)
    return f"{text} " if over else text


def _raise(text: str) -> str:
    if not text:
        return ""
    if all(c in RAISED for c in text):
        return "".join(RAISED[c] for c in text)
    return f"^{text}" if len(text) == 1 else f"^({_tight(text)})"


def _lower(text: str, over: bool = False) -> str:
    if not text:
        return ""
    if all(c in LOWERED for c in text):
        return "".join(LOWERED[c] for c in text)
    return f"_{text}" if len(text) == 1 or (text.isalnum() and not over) else f"_({_tight(text)})"


def _tight(text: str) -> str:
    return re.sub(r" ?([=≠<>≤≥+−∈]) ?", r"\1", text)
