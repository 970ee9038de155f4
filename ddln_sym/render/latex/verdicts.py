r"""``verdicts.sty``: the verdicts of claims in the margin of the author's own PDF."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ddln_sym.statements import Certificate, Verdict
from ddln_sym.version import version

__all__ = ["verdict_marks", "verdicts_sty"]

UNCHECKED = "not checked"
COLOURS = {Verdict.PROVED.value: "verdictsgood", Verdict.REFUTED.value: "verdictsbad"}

STYLE = r"""%% verdicts.sty: what the claims about this text came to, in its margin.
%% Written by ddln-sym %(version)s (derive --sty); run that again when the claims or the text change.
%%
%%   \usepackage{verdicts}          changes nothing
%%   \usepackage[show]{verdicts}    marks each display that has a label, and each labelled theorem that has a claim
%%
%% It needs nothing of ddln-sym: only LaTeX, amsmath and color. Load it after hyperref and cleveref.
\NeedsTeXFormat{LaTeX2e}
\ProvidesPackage{verdicts}[%(date)s verdicts of claims in the margin]
\newif\ifverdicts@show
\DeclareOption{show}{\verdicts@showtrue}
\DeclareOption{hide}{\verdicts@showfalse}
\DeclareOption*{\PackageWarning{verdicts}{The option `\CurrentOption' is unknown: write show, or nothing}}
\ProcessOptions\relax
\ifverdicts@show\else\expandafter\endinput\fi
\RequirePackage{amsmath}
\RequirePackage{color}
\definecolor{verdictsgood}{rgb}{0,.45,.15}
\definecolor{verdictsbad}{rgb}{.75,.1,.1}
\definecolor{verdictsopen}{rgb}{.45,.35,.55}
\newcommand\verdicts@of[3]{\@namedef{verdicts@@#1}{\verdicts@set{#2}{#3}}}
\newcommand\verdicts@set[2]{{\normalfont\sffamily\fontsize{6}{7}\selectfont\color{#1}#2}}
%% In a display: to the right of its number, or to the left of one at the left.
\newcommand\verdicts@display[1]{%%
  \@ifundefined{verdicts@@#1}%%
    {\verdicts@beside{\verdicts@set{verdictsopen}{%(unchecked)s}}}%%
    {\verdicts@beside{\csname verdicts@@#1\endcsname}}}
\newcommand\verdicts@beside[1]{%%
  \iftagsleft@\llap{#1\kern\marginparsep\kern1.5em}\else\rlap{\kern\marginparsep\kern.3em #1}\fi}
%% In text: a note in the margin, where the label has a claim.
\newcommand\verdicts@text[1]{%%
  \@ifundefined{verdicts@@#1}{}{\ifvmode\leavevmode\fi
    \strut\vadjust{\vbox to 0pt{\vss
      \hbox to\hsize{\hss\rlap{\kern\marginparsep\kern.3em\csname verdicts@@#1\endcsname}}\kern.4ex}}}}
\AtBeginDocument{%%
  \let\verdicts@ltxlabel\ltx@label
  \def\ltx@label#1{\verdicts@display{#1}\verdicts@ltxlabel{#1}}%%
  \let\verdicts@label\label
  \def\label{\@ifnextchar[\verdicts@optlabel\verdicts@onelabel}%%
  \def\verdicts@optlabel[#1]#2{\verdicts@mark{#2}\verdicts@label[#1]{#2}}%%
  \def\verdicts@onelabel#1{\verdicts@mark{#1}\verdicts@label{#1}}%%
  \def\verdicts@mark#1{\ifmmode\else\ifinner\else\verdicts@text{#1}\fi\fi}%%
}
"""


def verdict_marks(
    labels: Iterable[str], certificates: Sequence[Certificate], about: Mapping[str, str]
) -> dict[str, tuple[str, str]]:
    """For each label the verdict of the claims about it, and what the margin says.

    Args:
        labels: those of the source.
        certificates: what the claims came to.
        about: the label of each claim, by its id.

    The weakest of several verdicts stands; a label without a claim is not checked.
    """
    found: dict[str, list[Certificate]] = {label: [] for label in labels}
    for certificate in certificates:
        if label := about.get(certificate.id):
            found.setdefault(label, []).append(certificate)
    marks = {}
    for label, group in found.items():
        if not group:
            marks[label] = (UNCHECKED, UNCHECKED)
            continue
        verdict = Verdict.weakest([certificate.verdict for certificate in group])
        names = ", ".join(c.id for c in group if c.verdict is verdict)
        said = verdict.value if verdict is Verdict.PROVED else f"{verdict.value}: {names}"
        if verdict is Verdict.NOT_CHECKED:
            said = next(c.word for c in group if c.verdict is verdict)
        marks[label] = (verdict.value, said)
    return marks


def verdicts_sty(marks: Mapping[str, tuple[str, str]], date: str = "2000/01/01") -> str:
    r"""The style file.

    Args:
        marks: what stands beside each label, as :func:`verdict_marks` gives it.
        date: that of the file, for LaTeX; fixed, so that equal verdicts give equal files.

    >>> r"\verdicts@of{eq:a}{verdictsgood}{proved}" in verdicts_sty({"eq:a": ("proved", "proved")})
    True
    """
    lines = [
        rf"\verdicts@of{{{label}}}{{{COLOURS.get(verdict, 'verdictsopen')}}}{{{_plain(said)}}}"
        for label, (verdict, said) in marks.items()
    ]
    head = STYLE % {"version": version(), "date": date, "unchecked": UNCHECKED}
    return head + "\n".join(lines) + "\n\\endinput\n"


def _plain(text: str) -> str:
    return text.replace("_", r"\_")
