"""One claim and its certificate as a fragment of LaTeX."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from ddln_sym.claims import Claim
from ddln_sym.models import Derivation, derive_redundant, derive_two_layers
from ddln_sym.render.latex.abbreviations import where
from ddln_sym.render.latex.bibliography import keys_in
from ddln_sym.render.latex.layout import LINE, printed, width
from ddln_sym.render.latex.proofs import Narrator, cite, proof
from ddln_sym.render.latex.propositions import centred, display, printer_for
from ddln_sym.render.latex.prose import prose
from ddln_sym.render.latex.witnesses import refutation
from ddln_sym.statements import Certificate, Denied, Step, Verdict

__all__ = ["MARK", "as_sentence", "capital", "claim_tex", "is_sentence", "spelled", "standalone"]

MARK = "% claim: "

#: What a fragment needs of the document that inputs it.
HEADER = r"""% Needs \usepackage{amsmath,amssymb,amsthm}, \newtheorem{claim}{Claim} and
% \providecommand{\claimref}[1]{\texttt{#1}}; the keys of \cite are those of references.bib.
"""


def number_of(claim: Claim) -> str:
    """The number of the formula that a claim is: ``20`` of ``eq-20``, if its place says so too."""
    found = re.fullmatch(r"eq-(\d+)(-corrected)?", claim.id)
    return found[1] if found and f"({found[1]})" in claim.source else ""


def spelled(tex: str) -> str:
    """The formula without macros and signs that need further packages."""
    return tex.replace(r"\bm", r"\boldsymbol").replace("⟦", r"[\![").replace("⟧", r"]\!]")


def _as_printed(tex: str, tag: str, room: float = LINE) -> str:
    """The formula as printed, displayed with its number; a sentence is set as a sentence."""
    tex = spelled(tex)
    if is_sentence(tex):
        return f"\\begin{{quote}}\n{as_sentence(tex)}\n\\end{{quote}}"
    body = printed(tex, room - 5 if tag else room)
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


def is_sentence(tex: str, room: float = LINE - 6) -> bool:
    words = sum(len(piece.split()) for is_words, piece in _pieces(tex) if is_words)
    return width(tex) > room and words >= 4


def as_sentence(tex: str) -> str:
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
    claims = [re.sub("^claim[~ ]", "", prose(a, known)) for a in certificate.assumes if a.startswith("claim ")]
    theorems = [_theorem(a) for a in certificate.assumes if not a.startswith("claim ")]
    given = [f"claim{'s' * (len(claims) > 1)}~{', '.join(claims)}"] if claims else []
    if given or theorems:
        text += f", given {'; '.join([*given, *theorems])}"
    return f"{text}."


def _theorem(text: str) -> str:
    """A cited theorem, by its name where a reference says the rest."""
    return prose(text.partition(" (")[0]) + cite(text) if cite(text) else prose(text)


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
    rows: list[str] = []
    names: list[tuple[str, str]] = []
    for name, expression in (
        (r"\theta(\xi)", derivation.trajectory), (r"\nabla\mathcal{Q}(\theta)", derivation.mirror_map),
        (r"\mathcal{Q}(\theta)", derivation.entropy),
    ):  # fmt: skip
        body, new = display(expression, LINE - 6, taken=[name for name, _ in names])
        rows.append(f"{name} &= {body}")
        names += new
    yield "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"
    yield where(names)


def claim_tex(claim: Claim, certificate: Certificate, known: Collection[str] = ()) -> str:
    """A claim as a fragment: what is printed, the verdict, the proof, or the witness and the corrected form.

    Args:
        claim: the claim.
        certificate: what it came to.
        known: ids of claims that are in the same document, to which references may point.
    """
    tag = number_of(claim)
    parts = [
        f"{MARK}{claim.id}",
        rf"\begin{{claim}}[\texttt{{{claim.id}}}; {prose(claim.source, known)}]\label{{claim:{claim.id}}}",
        f"{capital(prose(claim.title, known))}.",
        _as_printed(claim.printed, tag),
        r"\end{claim}",
        _verdict(certificate, known),
    ]
    if claim.remark:
        parts.append(prose(claim.remark, known))
    if keys := keys_in(claim.title, claim.remark, claim.printed):
        parts.append(rf"See~\cite{{{','.join(keys)}}}.")
    if certificate.verdict is Verdict.REFUTED:
        parts += _refuted(claim, certificate, known)
    else:
        derivation = _derivation_of(certificate)
        if derivation is not None:
            parts += _derived(derivation)
        lines = derivation.lines if derivation is not None else ()
        notes = [rf"\emph{{{capital(prose(line.name))}}}: {prose(line.how)}." for line in lines]
        parts += proof(certificate.steps, known, notes)
    return "\n".join(parts) + "\n"


def _refuted(claim: Claim, certificate: Certificate, known: Collection[str]) -> Iterator[str]:
    step = refuting(certificate)
    stated = step.proposition
    denied = isinstance(stated, Denied)
    about = stated.statement if isinstance(stated, Denied) else stated
    show = printer_for(about)
    shown, names = centred(about, show)
    yield f"{'It denies' if denied else 'It says'} that\n{shown}"
    if denied:
        yield "This holds. " + Narrator(known).reason(step.parts[0]) + Narrator(known)._parts(step.parts[0], LINE)
    elif step.witness is not None:
        yield f"{where(names)}\n\n{refutation(about, step.witness, show)}".strip()
    if claim.correction is None or certificate.correction is None:
        return
    correction, tag = claim.correction, number_of(claim.correction)
    yield r"\par\smallskip\noindent"
    yield rf"\textbf{{Corrected}}\label{{claim:{correction.id}}}: {prose(correction.title, known)}."
    yield _as_printed(correction.printed, f"{tag}$'$" if tag else "")
    yield _verdict(certificate.correction, known)
    if correction.remark:
        yield prose(correction.remark, known)
    yield from proof(certificate.correction.steps, known)


def capital(text: str) -> str:
    return text if text.startswith("$") else text[:1].upper() + text[1:]


def standalone(claim: Claim, certificate: Certificate) -> str:
    """The file of one claim, for ``\\input`` in another document."""
    return HEADER + claim_tex(claim, certificate)
