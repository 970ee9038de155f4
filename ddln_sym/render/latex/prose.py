"""Sentences with mathematics in Unicode, such as the titles and remarks of claims, as LaTeX.

A word that holds a mathematical sign is set as a formula, together with the operators and operands beside it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

__all__ = ["math_of", "prose", "verbatim"]

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
OPERATORS = {"=", "<", ">", "+", "-", "/", ":", "≥", "≤", "≠", "∈", "∉", "−", "·", "±", "→", "⇒", "↦", "≈", "×", "⊙"}
FUNCTIONS = r"\b(sin|cos|tan|log|exp|min|max|sinh|arctan|arcsinh|sign|rank|argmin|diag|dim|lim|sup|Lie|AGM)\b"
STANDARD = {"dim", "lim", "sup", "sin", "cos", "tan", "log", "exp", "min", "max", "sinh", "arctan"}
ESCAPED = {c: f"\\{c}" for c in "%#&_${}"}
SPELLED = {"~": "textasciitilde", "^": "textasciicircum", "\\": "textbackslash"}
QUOTES = {"“": "``", "”": "''", "–": "--", "…": r"\dots{}"}
SPECIAL = str.maketrans(ESCAPED | {c: rf"\{name}{{}}" for c, name in SPELLED.items()} | QUOTES)
NUMBER = re.compile(r"[−-]?\d[\d./]*(…\d+)?")
UNKNOWN = re.compile("[^\0-\u017f]")  # what LaTeX has no letter for
CLAIM = re.compile(r"(claims?) ([a-z][\w-]*[\w])")


def verbatim(text: str) -> str:
    """Text without mathematics, its special characters escaped.

    >>> print(verbatim("100 % of a_b"))
    100 \\% of a\\_b
    """
    return text.translate(SPECIAL)


def math_of(text: str) -> str:
    """A formula written in Unicode, as LaTeX without the dollars.

    >>> print(math_of("Ψ⁻¹(θ) ≥ √(u_0 + 1)"))
    \\Psi ^{-1}(\\theta ) \\ge \\sqrt{u_0 + 1}
    """
    text = re.sub(f"[{''.join(RAISED)}]+", lambda m: "^{" + "".join(RAISED[c] for c in m[0]) + "}", text)
    text = re.sub(r"(?<=\w)\*", "^{*}", text)
    text = re.sub(r"\^⊙(\w)", r"^{⊙\1}", text)
    text = re.sub(r"([_^])(\d\d+|[a-z]{2,})", r"\1{\2}", text)
    text = re.sub(r"(\d)…(\d)", r"\1,…,\2", text)
    while (start := text.find("√")) >= 0:
        end = _closing(text, start + 1) if text[start + 1 : start + 2] == "(" else start + 2
        inside = text[start + 1 : end].removeprefix("(")
        inside = inside.removesuffix(")") if end > start + 2 else inside
        text = f"{text[:start]}\\sqrt{{{inside}}}{text[end:]}"
    text = re.sub(FUNCTIONS, lambda m: f"\\{m[0]} " if m[0] in STANDARD else f"\\operatorname{{{m[0]}}}", text)
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


def _surely_math(word: str) -> bool:
    core = word.strip(".,;:“”?!")
    if re.fullmatch(r"\(?([b-zB-Z]'*|Ld)\)?", core) or re.match(r"[a-zA-Z]'*\(", core):
        return True
    if re.fullmatch(r"\d+(\.\d+)?/(\d+|[A-Z](\(\w\))?)", core) or re.fullmatch(r"\|.*", core):
        return True
    return any(c in SIGNS or c in RAISED or c in "√^_=<>" for c in core if c != "…") and not re.search(
        r"[a-z]{9}", core
    )


def _operand(word: str) -> bool:
    core = word.strip(".,;:“”")
    return _surely_math(word) or bool(NUMBER.fullmatch(core) or re.fullmatch(r"[a-zA-Z]", core) or core[:1] in "([{")


def _open(run: str) -> bool:
    return any(run.count(a) > run.count(b) for a, b in ("()", "[]", "{}")) or run.count("‖") % 2 == 1


def prose(text: str, known: Collection[str] = ()) -> str:
    """A sentence as LaTeX; names of known claims become references.

    >>> print(prose("the limit minimizes 𝒬, and θ = 2 there (claim eq-7)", {"eq-7"}))
    the limit minimizes $\\mathcal{Q}$, and $\\theta = 2$ there (claim~\\claimref{eq-7})
    """
    if "$" in text:  # mathematics is marked
        pieces = [f"${math_of(t)}$" if n % 2 else _kept(t, known) for n, t in enumerate(text.split("$"))]
        return "".join(pieces)
    found = CLAIM.search(text)
    if found is not None and found[2] in known:
        before, after = prose(text[: found.start()], known), prose(text[found.end() :], known)
        gap = " " if text[: found.start()].endswith(" ") else ""
        lead = " " if text[found.end() :].startswith(" ") else ""
        return f"{before}{gap}{found[1]}~\\claimref{{{found[2]}}}{lead}{after}"
    words = text.split()
    result, n = [], 0
    while n < len(words):
        end = _run(words, n)
        result.append(_set(" ".join(words[n:end])) if end > n else words[n].translate(SPECIAL))
        n = max(end, n + 1)
    return UNKNOWN.sub(lambda m: rf"[\mbox{{U+{ord(m[0]):04X}}}]", " ".join(result))


def _kept(text: str, known: Collection[str]) -> str:
    """Words between formulas, with the blanks around them."""
    words = CLAIM.sub(lambda m: f"{m[1]}\1\0{m[2]}\0" if m[2] in known else m[0], text).translate(SPECIAL)
    return re.sub("\0(.*?)\0", r"\\claimref{\1}", words).replace("\1", "~")


def _run(words: list[str], start: int) -> int:
    """The end of the formula that begins at a word; the start itself if none does."""
    follows = start + 1 < len(words) and words[start + 1] in OPERATORS
    alone = words[start] in OPERATORS and words[start] != ":"
    if not (
        _surely_math(words[start]) or alone or (follows and _operand(words[start]) and not _numbered(words[start]))
    ):
        return start
    end = start + 1
    while end < len(words):
        if _open(" ".join(words[start:end])) or (_joins(words, start, end) and _surely_math(words[end])):
            end += 1
        elif words[end - 1][-1] in ".,;:" and words[end - 1] not in OPERATORS:
            break
        elif words[end] in OPERATORS and end + 1 < len(words) and _operand(words[end + 1]) and not alone:
            if words[end] == "→" and _numbered(words[end + 1]):
                break
            end += 2
        else:
            break
    return end


def _joins(words: list[str], start: int, end: int) -> bool:
    """Whether a formula goes on without an operator: after a sum, a product or an integral."""
    return words[start][0] in "Σ∏∫½" and words[end - 1][-1] not in ",;:"


def _numbered(word: str) -> bool:
    """Whether a word is the number of a formula of the paper."""
    return bool(re.fullmatch(r"\(\d+\)[.,;:]?", word))


def _set(run: str) -> str:
    """A formula between dollars, the punctuation around it outside."""
    lead = run[: len(run) - len(run.lstrip("“"))]
    core = run[len(lead) :]
    tail = core[len(core.rstrip(".,;:”")) :] if core not in OPERATORS else ""
    core = core[: len(core) - len(tail)]
    while core.endswith(")") and core.count(")") > core.count("("):
        core, tail = core[:-1], f"){tail}"
    while core.startswith("(") and core.count("(") > core.count(")"):
        core, lead = core[1:], f"{lead}("
    return f"{lead.translate(SPECIAL)}${math_of(core)}${tail.translate(SPECIAL)}"
