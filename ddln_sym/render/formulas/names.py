"""Symbols by their own names: how a name is written in LaTeX, and that two names are never written alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from sympy.printing.conventions import split_super_sub

from ddln_sym.render.formulas.spelling import GREEK, LARGE_GREEK

__all__ = ["distinct_names", "spell_name"]

LETTERS = {*GREEK.split(), *LARGE_GREEK} - {"omicron"}
VARIANTS = {"varepsilon", "varphi", "vartheta", "varrho", "varsigma", "ell", "hbar", "aleph"}
ACCENTS = {"hat": r"\hat", "bar": r"\bar", "tilde": r"\tilde", "ddot": r"\ddot", "dot": r"\dot"}
ESCAPED = {c: f"\\{c}" for c in "%#&_${}"} | {"~": r"\sim ", "^": r"\wedge ", "\\": r"\backslash ", " ": r"\ "}
#: A name that is LaTeX already: macros of letters and accents, letters, digits, scripts.
FONTS = ("mathcal", "mathrm", "mathbf", "mathbb", "mathit", "boldsymbol")
TEX = re.compile(
    rf"(?:\\(?:{'|'.join(sorted({*LETTERS, *VARIANTS, 'star', 'ast', 'min', 'max', 'prime'}))})(?![a-zA-Z])"
    rf"|\\(?:{'|'.join((*ACCENTS, *FONTS))})(?=\{{[^{{}}])|[A-Za-z0-9_^{{}}',+* -])+"
)


def spell_name(name: str) -> str:
    r"""A name in LaTeX: its Greek letters as letters, its digits below, a word upright.

    >>> spell_name("theta_0"), spell_name("u12"), spell_name("loss"), spell_name("M__1")
    ('\\theta_{0}', 'u_{12}', '\\mathrm{loss}', 'M^{(1)}')
    >>> spell_name(r"\mathcal{L}"), spell_name("50%"), spell_name("n′")
    ('\\mathcal{L}', '\\mathrm{50\\%}', "n'")
    """
    name = name.replace("′", "'")
    if any(c in name for c in "\\{}^"):
        return name if _is_tex(name) else verbatim(name)
    if name.endswith("_") or not re.fullmatch(r"[^\W\d_]\w*'*[*+-]?|[^\W\d_]\w*_[+*-]", name):
        return verbatim(name)
    primes = "'" * name.count("'")
    name = name.replace("'", "")
    mark = name[-1] if name[-1] in "+-*" else ""
    base, above, below = split_super_sub(name.removesuffix(mark).removesuffix("_") if mark else name)
    body = _word(base)
    lower = [_index(part) for part in below]
    if mark and name.endswith(f"_{mark}"):
        lower.append(mark)
        mark = ""
    body += f"_{{{','.join(lower)}}}" if lower else ""
    upper = [f"({','.join(map(_index, above))})"] if above else []
    upper += [mark] if mark else []
    return body + (f"^{{{primes and chr(92) + 'prime '}{''.join(upper)}}}" if upper else primes)


def verbatim(name: str) -> str:
    """A name letter by letter, upright; a letter that LaTeX has not by its number."""
    spelled = ""
    for c in name:
        known = c.isascii() and c.isprintable()
        spelled += ESCAPED.get(c, c) if known else rf"[\mathrm{{U{ord(c):04X}}}]"
    return rf"\mathrm{{{spelled}}}"


def distinct_names(wanted: Iterable[tuple[str, str]], others: Iterable[str] = ()) -> dict[str, str]:
    r"""Names with the LaTeX that they would have, as names of which no two are written alike, nor like another formula.

    >>> distinct_names([("x1", "x_{1}"), ("x_1", "x_{1}")])
    {'x1': '\\mathrm{x1}', 'x_1': 'x_{1}'}
    """
    pairs = sorted(dict(wanted).items(), key=lambda pair: (len(pair[0]) == 0, "_" not in pair[0], pair[0]))
    found: dict[str, str] = {}
    taken = {_bare(tex) for tex in others}
    for name, tex in pairs:
        count = 0
        while _bare(tex) in taken:
            tex = verbatim(name) + ("" if not count else f"_{{[{count}]}}")
            count += 1
        taken.add(_bare(tex))
        found[name] = tex
    return {name: found[name] for name in sorted(found)}


def _bare(tex: str) -> str:
    """What two formulas have in common that a reader cannot tell apart."""
    return re.sub(r"[{}\s]|\\mathrm|\\mathit|\\,", "", tex)


def _is_tex(name: str) -> bool:
    depth = 0
    for c in name:
        depth += (c == "{") - (c == "}")
        if depth < 0:
            return False
    doubled = re.search(r"([_^])[^{}_^]*\1|[_^]$|[_^]\s*[_^}]|\}\s*_\{[^}]*\}\s*_|\^\{[^}]*\}\s*\^", name)
    return depth == 0 and TEX.fullmatch(name) is not None and not doubled


def _word(word: str) -> str:
    if not word.isascii():
        return "".join(_letter(c) for c in word) if len(word) == 1 else verbatim(word)
    if word in LETTERS | VARIANTS:
        return f"\\{word}"
    if word in ("lamda", "Lamda"):  # as Python has to spell it
        return f"\\{word.replace('amd', 'ambd')}"
    for accent, macro in ACCENTS.items():
        base = word.removesuffix(accent)
        if base != word and (len(base) == 1 or base in LETTERS):
            return f"{macro}{{{_word(base)}}}"
    return word if len(word) == 1 else rf"\mathrm{{{word}}}"


def _letter(c: str) -> str:
    """A letter beyond ASCII: a Greek one by its macro."""
    try:
        kind, _, rest = unicodedata.name(c).partition(" LETTER ")
    except ValueError:
        return verbatim(c)
    name = rest.lower().replace("lamda", "lambda")
    if kind == "GREEK SMALL" and name in LETTERS:
        return f"\\{name}"
    if kind == "GREEK CAPITAL" and name.capitalize() in LETTERS:
        return f"\\{name.capitalize()}"
    return verbatim(c)


def _index(part: str) -> str:
    if part in LETTERS:
        return f"\\{part}"
    if part in ("min", "max"):
        return f"\\{part}"
    return part if len(part) == 1 or part.isdigit() else verbatim(part)
