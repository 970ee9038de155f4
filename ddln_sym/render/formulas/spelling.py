"""Formulas in the signs of Unicode, as LaTeX."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["SIGNS", "spell_formula"]

SIGNS = {
    "Σ": r"\sum ", "∏": r"\prod ", "∫": r"\int ", "∞": r"\infty ", "ℓ": r"\ell ",
    "∇": r"\nabla ", "∂": r"\partial ", "𝒬": r"\mathcal{Q}", "𝓛": r"\mathcal{L}", "𝒜": r"\mathcal{A}",
    "𝓔": r"\mathcal{E}", "−": "-", "·": r"\cdot ", "×": r"\times ", "±": r"\pm ", "⊙": r"\odot ", "≥": r"\ge ",
    "≤": r"\le ", "≠": r"\ne ", "∈": r"\in ", "∉": r"\notin ", "→": r"\to ", "⇒": r"\Rightarrow ", "↦": r"\mapsto ",
    "⟨": r"\langle ", "⟩": r"\rangle ", "‖": r"\|", "½": r"\tfrac12 ", "⟦": r"[\![", "⟧": r"]\!]", "…": r"\dots ",
    "≈": r"\approx ", "∀": r"\forall ", "∃": r"\exists ",
}  # fmt: skip
GREEK = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau phi chi psi omega"
SIGNS |= {
    unicodedata.lookup(f"GREEK SMALL LETTER {name.replace('lambda', 'lamda')}"): rf"\{name} " for name in GREEK.split()
}
LARGE_GREEK = ("Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Phi", "Psi", "Omega")
SIGNS |= {c: rf"\{name} " for c, name in zip("ΓΔΘΛΞΠΦΨΩ", LARGE_GREEK, strict=True)}
SIGNS |= {"⊂": r"\subset ", "⊆": r"\subseteq ", "∩": r"\cap ", "∪": r"\cup ", "∅": r"\emptyset ", "ℝ": r"\mathbb{R}",
          "ℕ": r"\mathbb{N}", "⌊": r"\lfloor ", "⌋": r"\rfloor ", "′": "'", "¼": r"\tfrac14 ", "∝": r"\propto ",
          "∼": r"\sim ", "∘": r"\circ ", "⟹": r"\Longrightarrow ", "⇔": r"\Leftrightarrow ",
          "₊": "_{+}", "₋": "_{-}"}  # fmt: skip
SIGNS |= {c: f"_{{{n}}}" for n, c in enumerate("₀₁₂₃₄₅₆₇₈₉")}
RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵀⁿ", [*"0123456789", "+", "-", "T", "n"], strict=True))
FUNCTION = re.compile(
    r"(?<![\\a-zA-Z{])(arcsinh|arctan|argmin|sinh|sin|cosh|cos|tan|log|exp|min|max|sign|rank|diag|dim|lim|sup|Lie|AGM)\b"
)
STANDARD = {"sin", "cos", "sinh", "cosh", "tan", "log", "exp", "min", "max", "arctan", "dim", "lim", "sup"}


def spell_formula(text: str) -> str:
    """A formula as LaTeX, the signs of Unicode in it spelled out.

    >>> print(spell_formula("Ψ⁻¹(θ) ≥ √(u_0 + 1)"))
    \\Psi ^{-1}(\\theta ) \\ge \\sqrt{u_0 + 1}
    >>> print(spell_formula(r"\\frac{1}{2}u^2"))
    \\frac{1}{2}u^2
    >>> print(spell_formula("0.25 ± 3.8e-11"))
    0.25 \\pm 3.8\\cdot10^{-11}
    """
    text = re.sub(r"(\d\.\d+)e([+-]?)0*(\d+)", lambda m: rf"{m[1]}\cdot10^{{{m[2].strip('+')}{m[3]}}}", text)
    text = re.sub(f"[{''.join(RAISED)}]+", lambda m: "^{" + "".join(RAISED[c] for c in m[0]) + "}", text)
    text = re.sub(r"(?<=\w)\*", "^{*}", text)
    text = re.sub(r"\^⊙(\w)", r"^{⊙\1}", text)
    text = re.sub(r"([_^])(\d\d+|[a-z]{2,}|[-+−±*])", r"\1{\2}", text)
    text = re.sub(r"(\d)…(\d)", r"\1,…,\2", text)
    while (start := text.find("√")) >= 0:
        end = _closing(text, start + 1) if text[start + 1 : start + 2] == "(" else start + 2
        inside = text[start + 1 : end].removeprefix("(")
        inside = inside.removesuffix(")") if end > start + 2 else inside
        text = f"{text[:start]}\\sqrt{{{inside}}}{text[end:]}"
    text = FUNCTION.sub(lambda m: f"\\{m[0]} " if m[0] in STANDARD else f"\\operatorname{{{m[0]}}}", text)
    text = text.replace("_{min}", r"_{\min}")
    for sign, macro in SIGNS.items():
        text = text.replace(f"{sign} ", macro if macro.endswith(" ") else f"{macro} ").replace(sign, macro)
    return re.sub(r" +", " ", text).strip()


def _closing(text: str, start: int) -> int:
    """Just after the bracket that closes the one at ``start``."""
    depth = 0
    for place in range(start, len(text)):
        depth += (text[place] == "(") - (text[place] == ")")
        if depth == 0:
            return place + 1
    return len(text)
