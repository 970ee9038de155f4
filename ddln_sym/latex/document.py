"""Claims and their certificates as LaTeX: one fragment a claim, and the document that holds them all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TypeAlias

from ddln_sym.certificate import Certificate, Step, Verdict
from ddln_sym.claim import Claim
from ddln_sym.derivation import Derivation, derive_redundant, derive_two_layers
from ddln_sym.latex.layout import LINE, printed, width
from ddln_sym.latex.notation import FAMILIES, FUNCTIONS, SYMBOLS
from ddln_sym.latex.proof import refutation, rendered
from ddln_sym.latex.prose import prose
from ddln_sym.latex.references import PAPER, keys_in
from ddln_sym.latex.statement import display

__all__ = ["claim_tex", "document", "standalone"]

Checked: TypeAlias = tuple[Claim, Certificate]

MARK = "% claim: "
STEP_ROOM = LINE - 2.5
ERRATUM_ROOM = 31.0

#: What a fragment needs of the document that inputs it.
HEADER = r"""% Needs \usepackage{amsmath,amssymb,amsthm}, \newtheorem{claim}{Claim} and
% \providecommand{\claimref}[1]{\texttt{#1}}; the keys of \cite are those of references.bib.
"""

PREAMBLE = r"""\documentclass[11pt,a4paper]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{lmodern}
\usepackage{microtype}
\usepackage[margin=25mm]{geometry}
\usepackage{amsmath,amssymb,amsthm}
\usepackage{booktabs,longtable,array}
\usepackage{enumitem}
\usepackage{xcolor}
\usepackage[colorlinks,linkcolor=blue!45!black,citecolor=blue!45!black,urlcolor=blue!45!black]{hyperref}
\theoremstyle{definition}
\newtheorem{claim}{Claim}[section]
\newcommand{\claimref}[1]{\hyperref[claim:#1]{\texttt{#1}}}
\newcommand{\verdict}[1]{\textbf{#1}}
\setlist[enumerate]{leftmargin=2.2em,itemsep=.6ex,topsep=.6ex}
\setlist[itemize]{leftmargin=1.6em,itemsep=.4ex,topsep=.4ex}
\setlength{\parindent}{0pt}
\setlength{\parskip}{.5ex plus .3ex}
\allowdisplaybreaks
\emergencystretch=2em
"""


# -- one claim -----------------------------------------------------------------------------------------
def number_of(source: str) -> str:
    """The number of a formula, where the place of a claim names one: ``20`` of ``Appendix A.1, (20)``."""
    found = re.search(r", \((\d+)\)$", source)
    return found[1] if found else ""


def _as_printed(tex: str, tag: str, room: float = LINE) -> str:
    """The formula as printed, displayed with its number; a sentence is set as a sentence."""
    spelled = tex.replace(r"\bm", r"\boldsymbol").replace("⟦", r"[\![").replace("⟧", r"]\!]")
    if _is_sentence(spelled):
        return f"\\begin{{quote}}\n{_as_sentence(spelled)}\n\\end{{quote}}"
    body = printed(spelled, room - 5 if tag else room)
    return (
        f"\\[\n{body.replace('[t]', '', 1) if body.startswith(chr(92) + 'begin{aligned}[t]') else body}\n"
        + (rf"\tag{{{tag}}}" + "\n" if tag else "")
        + r"\]"
    )


def _pieces(tex: str) -> list[tuple[bool, str]]:
    """The formula cut at the words in it, those inside braces or cases aside; True: words."""
    found: list[tuple[bool, str]] = []
    depth, start, place = 0, 0, 0
    while place < len(tex):
        if depth == 0 and tex.startswith(r"\text{", place):
            end = tex.index("}", place) + 1
            found += [(False, tex[start:place]), (True, tex[place + 6 : end - 1])]
            start = place = end
            continue
        if tex.startswith((r"\begin", r"\left"), place):
            depth += 1
        elif tex.startswith((r"\end", r"\right"), place):
            depth -= 1
        depth += (tex[place] == "{") - (tex[place] == "}")
        place += 2 if tex[place] == "\\" else 1
    found.append((False, tex[start:]))
    return [(words, piece) for words, piece in found if piece.strip(" \\")]


def _is_sentence(tex: str, room: float = LINE - 6) -> bool:
    words = sum(len(piece.split()) for is_words, piece in _pieces(tex) if is_words)
    return width(tex) > room and words >= 4


def _as_sentence(tex: str) -> str:
    parts = [piece if words else f"${_without_spaces(piece)}$" for words, piece in _pieces(tex)]
    return re.sub(r"\s+", " ", " ".join(parts)).replace(" ,", ",").replace(" .", ".")


def _without_spaces(tex: str) -> str:
    """The formula without the spaces, plain or escaped, at its ends."""
    return re.sub(r"^(\\ |\\quad| )+|(\\ |\\quad| )+$", "", tex)


def refuting(certificate: Certificate) -> Step:
    """The step that carries the witness: the innermost one."""
    steps = [step for top in certificate.steps for step in top.walk() if step.verdict is Verdict.REFUTED]
    carrying = [step for step in steps if step.witness is not None and step.witness == certificate.witness]
    return next(step for step in carrying if not any(part in carrying for part in step.parts))


def _verdict(certificate: Certificate, known: Collection[str]) -> str:
    scope = prose(str(certificate.scope))
    word = {Verdict.PROVED: "Proved", Verdict.REFUTED: "Refuted"}.get(
        certificate.verdict, certificate.verdict.value.capitalize()
    )
    text = rf"\textbf{{{word}}} ({scope})"
    if certificate.assumes:
        text += f", given {'; '.join(_assumption(a, known) for a in certificate.assumes)}"
    return f"{text}."


def _assumption(text: str, known: Collection[str]) -> str:
    if text.startswith("claim "):
        return prose(text, known)
    keys = keys_in(text)
    name = text.partition(" (")[0] if keys else text
    return prose(name) + (rf"~\cite{{{','.join(keys)}}}" if keys else "")


def _proof(steps: Sequence[Step], known: Collection[str], notes: Mapping[str, str]) -> Iterator[str]:
    yield r"\begin{proof}"
    if len(steps) == 1:
        yield rendered(steps[0], known, LINE - 1, r"\mbox{}\\ ")
    else:
        yield r"\leavevmode\begin{enumerate}"
        for step in steps:
            note = notes.get(str(step.proposition), "")
            yield r"\item " + (f"{note}\n\\newline " if note else "") + rendered(step, known, STEP_ROOM)
        yield r"\end{enumerate}"
    yield r"\end{proof}"


def _derivation_of(certificate: Certificate) -> Derivation | None:
    """The derivation whose lines are the steps of a certificate, if there is one."""
    stated = [step.proposition for step in certificate.steps]
    for derivation in (derive_two_layers(), derive_redundant()):
        if [line.statement for line in derivation.lines] == stated:
            return derivation
    return None


def _derived(derivation: Derivation) -> Iterator[str]:
    """What a derivation ends with: the trajectory, the mirror map and the entropy."""
    yield "The flow of one coordinate, the mirror map and the entropy come out as"
    rows, where = [], []
    for name, expression in (
        (r"\theta(\xi)", derivation.trajectory), (r"\nabla\mathcal{Q}(\theta)", derivation.mirror_map),
        (r"\mathcal{Q}(\theta)", derivation.entropy),
    ):  # fmt: skip
        body, names = display(expression, LINE - 6)
        rows.append(f"{name} &= {body}")
        where += names
    yield "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"
    if where:
        yield "where " + ", ".join(f"${name} = {meaning}$" for name, meaning in dict.fromkeys(where)) + "."


def claim_tex(claim: Claim, certificate: Certificate, known: Collection[str] = ()) -> str:
    """A claim as a fragment: what is printed, the verdict, the proof, or the witness and the corrected form.

    Args:
        claim: the claim.
        certificate: what it came to.
        known: ids of claims that are in the same document, to which references may point.
    """
    tag = number_of(claim.source)
    parts = [
        f"{MARK}{claim.id}",
        rf"\begin{{claim}}[\texttt{{{claim.id}}}; {prose(claim.source, known)}]\label{{claim:{claim.id}}}",
        f"{_capital(prose(claim.title, known))}.",
        _as_printed(claim.printed, tag),
        r"\end{claim}",
        _verdict(certificate, known),
    ]
    if claim.remark:
        parts.append(prose(claim.remark, known))
    keys = [k for k in keys_in(claim.title, claim.remark, claim.printed) if k not in "".join(parts)]
    if keys:
        parts.append(rf"See~\cite{{{','.join(keys)}}}.")
    if certificate.verdict is Verdict.REFUTED:
        parts += _refuted(claim, certificate, known)
    else:
        if (derivation := _derivation_of(certificate)) is not None:
            parts += _derived(derivation)
        notes = (
            {str(line.statement): rf"\emph{{{prose(line.name)}}}: {prose(line.how)}." for line in derivation.lines}
            if derivation
            else {}
        )
        parts += _proof(certificate.steps, known, notes)
    return "\n".join(parts) + "\n"


def _refuted(claim: Claim, certificate: Certificate, known: Collection[str]) -> Iterator[str]:
    step = refuting(certificate)
    shown, names = display(step.proposition)
    where = "where " + ", ".join(f"${n} = {m}$" for n, m in names) + ", " if names else ""
    yield f"It says that\n\\[\n{shown}\n\\]"
    yield f"{where}{refutation(step)}"
    if claim.correction is None or certificate.correction is None:
        return
    correction, tag = claim.correction, number_of(claim.correction.source)
    yield rf"\par\smallskip\noindent\phantomsection\label{{claim:{correction.id}}}\emph{{Corrected}}: {prose(correction.title, known)}."
    yield _as_printed(correction.printed, f"{tag}$'$" if tag else "")
    yield _verdict(certificate.correction, known)
    if correction.remark:
        yield prose(correction.remark, known)
    yield from _proof(certificate.correction.steps, known, {})


def _capital(text: str) -> str:
    return text if text.startswith("$") else text[:1].upper() + text[1:]


def standalone(claim: Claim, certificate: Certificate) -> str:
    """The file of one claim, for ``\\input`` in another document."""
    return HEADER + claim_tex(claim, certificate)


# -- the whole document ----------------------------------------------------------------------------------
def _errata(checked: Sequence[Checked]) -> Iterator[str]:
    refuted = [(claim, certificate) for claim, certificate in checked if certificate.verdict is Verdict.REFUTED]
    if not refuted:
        return
    yield r"\section*{Errata}"
    yield r"\begin{longtable}{@{}>{\raggedright\arraybackslash}p{30mm}p{122mm}@{}}"
    yield r"\toprule place & for the printed formula (above) read the corrected one (below)\\ \midrule\endhead"
    for n, (claim, _) in enumerate(refuted):
        assert claim.correction is not None
        rows = [_cell(c.printed) for c in (claim, claim.correction)]
        yield (
            (r"\addlinespace[1ex]" if n else "")
            + f"{prose(claim.source)}\\newline {{\\small\\claimref{{{claim.id}}}}} & {rows[0]}\\\\*[.6ex]\n & {rows[1]}\\\\"
        )
    yield r"\bottomrule\end{longtable}"


def _cell(tex: str) -> str:
    spelled = tex.replace(r"\bm", r"\boldsymbol").replace("⟦", r"[\![").replace("⟧", r"]\!]")
    if _is_sentence(spelled, ERRATUM_ROOM):
        return _as_sentence(spelled)
    return f"$\\displaystyle {printed(spelled, ERRATUM_ROOM)}$"


def _notation(body: str) -> Iterator[str]:
    """The part of the table of notation that the document uses."""
    rows = {}
    for name in FAMILIES.values():
        tex = name.tex.format("j")
        if name.meaning and name.tex.format("").split("{")[0] in body:
            rows[tex] = name.meaning
    for symbol in SYMBOLS.values():
        if symbol.meaning and symbol.tex in body:
            rows.setdefault(symbol.tex, symbol.meaning)
    for function in FUNCTIONS.values():
        if function.meaning and function.tex.format("k")[:6] in body:
            rows.setdefault(function.tex.format("k"), function.meaning)
    yield r"\section*{Notation}"
    yield (
        "Symbols are those of the paper. A statement about layers is one about a coordinate $i$, with an arbitrary slope "
        "$g_i$ in the place of $(\\nabla\\mathcal{L}(\\theta))_i$, so it holds for every loss and dimension; for two layers "
        "and for equal layers the index is left out. Letters $c_1, c_2, \\dots$ name long expressions in one formula, "
        "$s_0, s_1, \\dots$ are slack variables."
    )
    yield r"\begin{longtable}{@{}ll@{}}"
    yield r"\toprule symbol & meaning\\ \midrule\endhead"
    yield from (rf"${tex}$ & {meaning}\\" for tex, meaning in rows.items())
    yield r"\bottomrule\end{longtable}"


def _introduction(checked: Sequence[Checked]) -> str:
    counts = Counter(certificate.verdict for _, certificate in checked)
    said = ", ".join(f"{counts[v]} {v.value}" for v in Verdict if counts[v])
    return (
        rf"The formulas and statements of~\cite{{{PAPER}}} on deep diagonal linear networks, "
        r"$\theta=u^1\odot\dots\odot u^L$, entered as printed and decided one by one: "
        f"{said}. Each refuted one has a point where it fails and a corrected form that is proved. "
        r"Neighbouring parametrizations are studied in~\cite{WoodworthEtAl2020,AmidWarmuth2020,LiEtAl2022}. "
        "A proof is a list of steps. An identity is decided by expanding both sides to a normal form over the rational "
        "numbers, modulo the relations that define roots, moduli, exponentials, and sums and products over the layers; an "
        "inequality by its coefficients after slack variables, or by a solver; everything that is divided by is listed. "
        "Theorems of the literature are cited, and their premises decided. "
        r"Claims whose name begins with \texttt{new-} are not in the paper."
    )


def document(sections: Mapping[str, Sequence[Checked]]) -> str:
    """The document: errata, notation, the claims by section, the references."""
    checked = [pair for pairs in sections.values() for pair in pairs]
    known = {claim.id for claim, _ in checked}
    known |= {claim.correction.id for claim, certificate in checked if claim.correction and certificate.correction}
    parts = []
    for title, pairs in sections.items():
        if pairs:
            parts.append(rf"\section{{{_title(title)}}}")
            parts += [claim_tex(claim, certificate, known) for claim, certificate in pairs]
    body = "\n".join(parts)
    front = [
        "% Written by ddln-sym derive; change the claims and run it again.",
        PREAMBLE
        + r"\title{Optimization Insights into Deep Diagonal Linear Networks:\\ the formulas, decided and derived}",
        r"\author{}\date{}",
        r"\begin{document}",
        r"\maketitle\vspace{-4ex}",
        _introduction(checked),
        *_errata(checked),
        *_notation(body),
    ]
    end = [r"\bibliographystyle{plain}", r"\bibliography{references}", r"\end{document}"]
    return "\n".join([*front, body, *end]) + "\n"


def _title(title: str) -> str:
    """A heading; formulas in it have a plain form for the bookmarks."""
    return re.sub(r"\$([^$]*)\$", lambda m: rf"\texorpdfstring{{{m[0]}}}{{{_plain(m[1])}}}", _capital(prose(title)))


def _plain(tex: str) -> str:
    return re.sub(r"\\([a-zA-Z]+) ?|[{}$]", lambda m: (m[1] or "") if m[1] not in ("mathcal",) else "", tex)
