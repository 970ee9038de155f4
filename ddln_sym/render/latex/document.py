"""The document that holds the claims: errata, notation, sections, references."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TypeAlias

from ddln_sym.claims import Claim
from ddln_sym.models import Study
from ddln_sym.render.document import (
    Formula,
    Section,
    capitalize,
    parse_sentence,
    show_printed,
    tell_claim,
    tell_study,
    tell_theorems,
    text_of,
)
from ddln_sym.render.formulas import printer_for, speak
from ddln_sym.render.latex.provenance import AUTHOR, describe_version
from ddln_sym.render.latex.writer import escape, write_blocks, write_sentence
from ddln_sym.statements import Certificate, Text, Verdict

__all__ = ["claim_tex", "document", "standalone", "study_document"]

Checked: TypeAlias = tuple[Claim, Certificate]

ERRATUM_ROOM = 34.0
HALF_A_PAGE = 25  # rows of a table

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
\usepackage{array,booktabs,longtable}
\usepackage{cite}
\usepackage{xcolor}
\usepackage[colorlinks,linkcolor=blue!45!black,citecolor=blue!45!black,urlcolor=blue!45!black]{hyperref}
\theoremstyle{definition}
\newtheorem{claim}{Claim}
\newcommand{\claimref}[1]{\hyperref[claim:#1]{\texttt{#1}}}
\makeatletter
\@beginparpenalty=10000
\def\@listi{\leftmargin\leftmargini \topsep .6ex \parsep .2ex \itemsep .6ex}
\let\@listI\@listi
\def\@listii{\leftmargin\leftmarginii \labelwidth\leftmarginii \topsep .4ex \parsep .2ex \itemsep .4ex}
\def\@listiii{\leftmargin\leftmarginiii \labelwidth\leftmarginiii \topsep .3ex \parsep .2ex \itemsep .3ex}
\makeatother
\AddToHook{env/proof/begin}{\raggedright}
\setlength{\leftmargini}{2.2em}
\setlength{\leftmarginii}{1.6em}
\setlength{\leftmarginiii}{1.6em}
\setlength{\lineskip}{3pt}
\setlength{\lineskiplimit}{2pt}
\setlength{\parindent}{0pt}
\setlength{\parskip}{.5ex plus .3ex}
\allowdisplaybreaks
\emergencystretch=2em
"""


def _errata(checked: Sequence[Checked]) -> Iterator[str]:
    refuted = [(claim, certificate) for claim, certificate in checked if certificate.verdict is Verdict.REFUTED]
    if not refuted:
        return
    yield r"\section*{Errata}"
    yield r"\begin{longtable}{@{}l@{\quad}p{145mm}@{}}"
    yield r"\toprule"
    for n, (claim, _) in enumerate(refuted):
        yield r"\addlinespace[.6ex]\midrule" if n else ""
        place = write_sentence(parse_sentence(claim.source))
        yield rf"\multicolumn{{2}}{{@{{}}l@{{}}}}{{{place} (\claimref{{{claim.id}}})}}\\*"
        printed = claim.printed or rf"\text{{{escape(claim.title)}}}"
        yield rf"for & {_cell(printed)}\\*\noalign{{\nobreak\vskip 1ex}}"
        if claim.correction is not None and claim.correction.printed:
            yield rf"read & {_cell(claim.correction.printed)}\\"
        else:
            yield r"read & \emph{it is false; no corrected form is stated}\\"
    yield r"\addlinespace[.6ex]\bottomrule\end{longtable}"


def _cell(tex: str) -> str:
    shown = show_printed(tex, room=ERRATUM_ROOM)
    return f"$\\displaystyle {shown.tex}$" if isinstance(shown, Formula) else write_sentence(shown.content)


def _names_in(checked: Sequence[Checked]) -> set[str]:
    """The names of all symbols in what was decided."""
    tops = [c for _, certificate in checked for c in (certificate, certificate.correction) if c is not None]
    found: set[str] = set()
    for certificate in tops:
        with speak(certificate.text):
            for step in (step for top in certificate.steps for step in top.walk()):
                found |= printer_for(step.proposition).names
    return found


def _notation(checked: Sequence[Checked], text: Text) -> Iterator[str]:
    """The part of the table of notation that the document uses."""
    used, notation = _names_in(checked), text.notation
    rows = [(name.tex.format("j"), name.meaning) for key, name in notation.families.items() if f"{key}[]" in used]
    rows += [(name.tex, name.meaning) for key, name in notation.symbols.items() if key in used]
    rows += [(name.tex.format("k"), name.meaning) for key, name in notation.functions.items() if f"{key}()" in used]
    if not any(meaning for _, meaning in rows):
        return
    if len(rows) > HALF_A_PAGE:
        yield r"\clearpage"
    yield r"\section*{Notation}"
    yield notation.note
    yield r"Letters $c_1, c_2, \dots$ name long expressions in one formula, $s_0, s_1, \dots$ are slack variables."
    yield r"\begin{longtable}{@{}ll@{}}"
    yield r"\toprule symbol & meaning\\ \midrule\endhead\bottomrule\endfoot"
    yield from (rf"${tex}$ & {meaning}\\" for tex, meaning in dict.fromkeys(rows) if meaning)
    yield r"\end{longtable}"


def _name_text(text: Text) -> str:
    """A text in a sentence: its title, its authors, its entry in the references."""
    by = f" by {escape(text.people)}" if text.people else ""
    return rf"\emph{{{escape(text.title)}}}{by}~\cite{{{text.key}}}"


def _introduction(checked: Sequence[Checked], text: Text | None) -> str:
    counts = Counter(certificate.verdict for _, certificate in checked)
    refuted = [certificate for _, certificate in checked if certificate.verdict is Verdict.REFUTED]
    corrected = all(found.correction is not None and found.correction.proved for found in refuted)
    has = "a point where it fails" + " and a corrected form that is proved" * corrected
    said = ", ".join(f"{counts[v]} {v.value}" for v in Verdict if counts[v])
    subject = f" {text.subject}," if text is not None and text.subject else ""
    what = f"The formulas and statements of {_name_text(text)}{subject or ','}" if text is not None else "Claims,"
    around = f"Neighbouring texts are~\\cite{{{','.join(text.cited)}}}. " if text is not None and text.cited else ""
    return (
        f"{what} entered as printed and decided one by one: "
        f"{said}. {f'Each refuted one has {has}. ' * bool(refuted)}{around}"
        "A proof is a list of steps. An identity is decided by expanding both sides to a normal form over the rational "
        "numbers, modulo the relations that define roots, moduli, exponentials, and sums and products over the layers; "
        "an inequality by its coefficients after slack variables, or by a solver. Whatever is divided by is a side "
        "condition, which has to follow from the hypotheses. Theorems of the literature are cited, and their premises "
        "decided."
        + r" Claims whose name begins with \texttt{new-} are not in the text."
        * any(claim.id.startswith("new-") for claim, _ in checked)
        + r" Where Rocq's library has a theorem, its name and a statement are given; \texttt{ddln-sym verify} has Rocq "
        "check them." * any(tell_theorems(claim) for claim, _ in checked)
    )


def document(sections: Mapping[str, Sequence[Checked]]) -> str:
    """The document: errata, notation, the claims by section, the references."""
    checked = [pair for pairs in sections.values() for pair in pairs]
    text = text_of(claim for claim, _ in checked)
    title = escape(text.title) if text is not None else "Claims"
    known = {claim.id for claim, _ in checked}
    known |= {claim.correction.id for claim, certificate in checked if claim.correction and certificate.correction}
    parts = [
        Section(
            capitalize(parse_sentence(title)),
            [
                block
                for claim, certificate in pairs
                for block in (*tell_claim(claim, certificate, known), *tell_theorems(claim))
            ],
        )
        for title, pairs in sections.items()
        if pairs
    ]
    body = write_blocks(parts)
    front = [
        "% Written by ddln-sym derive; change the claims and run it again.",
        *_opening(rf"{title}:\\ the formulas, decided and derived", f"{title}: the formulas, decided and derived"),
        _introduction(checked, text),
        # Room for numbers of three digits, and for the dots before them.
        r"\makeatletter\renewcommand{\@pnumwidth}{2em}\renewcommand{\@tocrmarg}{3.5em plus 1fil}\makeatother",
        r"{\small\setcounter{tocdepth}{2}\tableofcontents}",
        *_errata(checked),
        *(_notation(checked, text) if text is not None else ()),
        r"\clearpage",
    ]
    return "\n".join([*front, body, *END]) + "\n"


END = (r"\bibliographystyle{plain}", r"\bibliography{references}", r"\end{document}")


def _opening(title: str, plain: str) -> tuple[str, ...]:
    """From the class of the document to its title, which is also that of the PDF, in plain characters."""
    return (
        PREAMBLE + rf"\hypersetup{{pdftitle={{{plain}}}}}",
        rf"\title{{{title}}}",
        rf"\author{{{escape(AUTHOR)}}}\date{{Written by {escape(describe_version())}}}",
        r"\begin{document}",
        r"\raggedright",  # names of claims cannot be divided
        r"\maketitle\vspace{-2ex}",
    )


def study_document(study: Study) -> str:
    """The document of one parametrization: what is decided about it, each answer with its proof.

    Args:
        study: made by :func:`ddln_sym.analyze`.

    >>> from ddln_sym.models import analyze, hadamard_square
    >>> r"G_{1} &= u_{1}^{2}" in study_document(analyze(hadamard_square(1)))
    True
    """
    front = [
        "% Written by ddln-sym analyze --derive; change the model and run it again.",
        *_opening(
            r"The parametrization $\theta=G(w)$,\\ decided and derived", "A parametrization, decided and derived"
        ),
    ]
    return "\n".join([*front, write_blocks(tell_study(study)), *END]) + "\n"


def claim_tex(claim: Claim, certificate: Certificate, known: Collection[str] = ()) -> str:
    """A claim as a fragment: what is printed, the verdict, the proof, or the witness and the corrected form.

    Args:
        claim: the claim.
        certificate: what it came to.
        known: ids of claims that are in the same document, to which references may point.
    """
    return write_blocks(tell_claim(claim, certificate, known))


def standalone(claim: Claim, certificate: Certificate) -> str:
    """The file of one claim, for ``\\input`` in another document."""
    text = claim_tex(claim, certificate)
    tables = "" if r"\begin{longtable}" not in text else "% The table needs \\usepackage{array,booktabs,longtable}.\n"
    return HEADER + tables + text
