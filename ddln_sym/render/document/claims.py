"""One claim and its certificate as blocks of a document."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from ddln_sym.claims import Claim
from ddln_sym.models import Derivation
from ddln_sym.render.document.nodes import (
    Block,
    ClaimLink,
    Formula,
    Paragraph,
    Quotation,
    Sentence,
    Statement,
    Styled,
)
from ddln_sym.render.document.proofs import Narrator, centre, cite, explain_names, tell_proof
from ddln_sym.render.document.refutations import tell_refutation
from ddln_sym.render.document.text import capitalize, parse_sentence
from ddln_sym.render.formulas import LINE, break_printed, display, formula_of, printer_for, speak, width
from ddln_sym.statements import Certificate, Denied, Evidence, Step, Text, Theorem, Verdict

__all__ = [
    "refuting_step",
    "show_printed",
    "spell_printed",
    "tell_claim",
    "tell_failure",
    "tell_verdict",
    "text_of",
]


def text_of(claims: Iterable[Claim]) -> Text | None:
    """The one text that claims are about; nothing if some are about none, or about another.

    >>> text_of([Claim("eq-1", statement=())]) is None
    True
    """
    texts = {claim.text for claim in claims}
    return texts.pop() if len(texts) == 1 else None


def spell_printed(tex: str) -> str:
    """The formula without macros and signs that need further packages.

    >>> print(spell_printed(r"j\\in\\llbracket 2,L\\rrbracket"))
    j\\in[\\![ 2,L]\\!]
    """
    tex = tex.replace(r"\bm", r"\boldsymbol")
    tex = re.sub(r"⟦|\\llbracket(?![a-zA-Z])", lambda _: r"[\![", tex)
    return re.sub(r"⟧|\\rrbracket(?![a-zA-Z])", lambda _: r"]\!]", tex)


def show_printed(tex: str, number: str = "", room: float = LINE) -> Formula | Quotation:
    """A formula as printed, with its number; a long one that is mostly words is set as a sentence.

    >>> show_printed("x = 1", "7")
    Formula(tex='x = 1', number='7', flush=False)
    """
    tex = spell_printed(tex)
    if _is_sentence(tex, room - 6):
        return Quotation(parse_sentence(_as_sentence(tex)))
    return Formula(break_printed(tex, room - 5 if number else room), number)


#: Macros, not others that begin alike, as an arrow to the right does.
OPENS, CLOSES = re.compile(r"\\(begin|left)(?![a-zA-Z])"), re.compile(r"\\(end|right)(?![a-zA-Z])")


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
        if OPENS.match(tex, place):
            depth += 1
        elif CLOSES.match(tex, place):
            depth -= 1
        depth += (tex[place] == "{") - (tex[place] == "}")
        place += 2 if tex[place] == "\\" else 1
    found.append((False, tex[start:]))
    return [(words, piece) for words, piece in found if piece.strip(" \\")]


def _is_sentence(tex: str, room: float) -> bool:
    words = sum(len(piece.split()) for is_words, piece in _pieces(tex) if is_words)
    return width(tex) > room and words >= 4


def _as_sentence(tex: str) -> str:
    parts = [piece if words else f"${_without_spaces(piece)}$" for words, piece in _pieces(tex)]
    return re.sub(r"\s+", " ", " ".join(parts)).replace(" ,", ",").replace(" .", ".")


def _without_spaces(tex: str) -> str:
    """The formula without the spaces, plain or escaped, at its ends."""
    return re.sub(r"^(\\ |\\quad| )+|(\\ |\\quad| )+$", "", tex)


def refuting_step(certificate: Certificate) -> Step:
    """The step that carries the witness: the innermost one."""
    steps = [step for top in certificate.steps for step in top.walk() if step.verdict is Verdict.REFUTED]
    carrying = [step for step in steps if step.witness is not None and step.witness == certificate.witness]
    return next(step for step in carrying if not any(part in carrying for part in step.parts))


def tell_failure(certificate: Certificate) -> tuple[Block, ...]:
    """Where a refuted claim fails, and what its sides come to there."""
    step = refuting_step(certificate)
    stated = step.proposition.statement if isinstance(step.proposition, Denied) else step.proposition
    with speak(certificate.text):
        return () if step.witness is None else tell_refutation(stated, step.witness, printer_for(stated))


def tell_verdict(certificate: Certificate, known: Collection[str] = ()) -> Sentence:
    """The verdict, its scope, and what it takes as given, in a sentence."""
    word = {Verdict.PROVED: "Proved", Verdict.REFUTED: "Refuted"}.get(
        certificate.verdict, certificate.word.capitalize()
    )
    claims = [a.claim for a in certificate.assumes if a.claim]
    theorems = [_theorem(a.theorem) for a in certificate.assumes if a.theorem]
    scope = certificate.scope.spell()
    text = f" ({scope})" if scope else ""
    given = [f"claim{'s' * (len(claims) > 1)} {', '.join(claims)}"] if claims else []
    if given or theorems:
        text += f", given {'; '.join([*given, *theorems])}"
    return (Styled("strong", (word,)), *parse_sentence(f"{text}.", known))


def _theorem(theorem: Theorem) -> str:
    """A cited theorem, by its name where a reference says the rest."""
    cited = cite(theorem.references)
    return theorem.name + cited if cited else str(theorem)


def _tell_derivation(derivation: Derivation) -> Iterator[Block]:
    """What a derivation ends with: the trajectory, the mirror map and the entropy."""
    yield Paragraph(("The flow of one coordinate, the mirror map and the entropy come out as",))
    rows: list[str] = []
    names: list[tuple[str, str]] = []
    for name, expression in (
        (r"\theta(\xi)", derivation.trajectory), (r"\nabla\mathcal{Q}(\theta)", derivation.mirror_map),
        (r"\mathcal{Q}(\theta)", derivation.entropy),
    ):  # fmt: skip
        body, new = display(expression, LINE - 6, taken=[name for name, _ in names])
        rows.append(f"{name} &= {body}")
        names += new
    yield Formula("\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}")
    yield from explain_names(names)


def tell_claim(claim: Claim, certificate: Certificate, known: Collection[str] = ()) -> tuple[Block, ...]:
    """A claim: what is printed, the verdict, the proof, or the witness and the corrected form.

    Args:
        claim: the claim.
        certificate: what it came to.
        known: ids of claims that are in the same document, to which references may point.
    Raises:
        ValueError: a formula in a text of the claim has no end.
    """
    with speak(claim.text):
        return tuple(_tell(claim, certificate, known))


def _state(claim: Claim, certificate: Certificate) -> Block:
    """The formula as printed; where none is given, what was decided."""
    if claim.printed or not certificate.steps:
        return show_printed(claim.printed or r"\text{no formula is given}", claim.number)
    return show_printed(r",\quad ".join(formula_of(step.proposition) for step in certificate.steps), claim.number)


def _tell(claim: Claim, certificate: Certificate, known: Collection[str]) -> list[Block]:
    blocks: list[Block] = [
        Statement(
            claim.id,
            parse_sentence(claim.source, known),
            capitalize(parse_sentence(claim.title, known)),
            _state(claim, certificate),
        ),
        Paragraph(tell_verdict(certificate, known)),
    ]
    if claim.remark:
        blocks.append(Paragraph(parse_sentence(claim.remark, known)))
    blocks += [Paragraph((f"Note: {note}.",)) for note in certificate.notes]
    if claim.references:
        blocks.append(Paragraph(parse_sentence(f"See{cite(claim.references)}.")))
    if certificate.reason and certificate.verdict is Verdict.UNDECIDED:
        blocks.append(Paragraph((f"{certificate.reason[:1].upper()}{certificate.reason[1:]}.",)))
    if certificate.verdict is Verdict.REFUTED:
        blocks += _tell_refuted(claim, certificate, known)
    elif certificate.steps and all(step.evidence is Evidence.OUT_OF_REACH for step in certificate.steps):
        blocks += [Paragraph(capitalize(parse_sentence(f"{step.detail}."))) for step in certificate.steps]
    elif certificate.steps:
        derivation = None if claim.derivation is None else claim.derivation()
        if derivation is not None:
            blocks += _tell_derivation(derivation)
        lines = derivation.lines if derivation is not None else ()
        notes = [
            (Styled("emphasis", capitalize(parse_sentence(line.name))), *parse_sentence(f": {line.how}."))
            for line in lines
        ]
        blocks.append(tell_proof(certificate.steps, known, notes))
    return blocks


def _tell_refuted(claim: Claim, certificate: Certificate, known: Collection[str]) -> Iterator[Block]:
    step = refuting_step(certificate)
    stated = step.proposition
    denied = isinstance(stated, Denied)
    about = stated.statement if isinstance(stated, Denied) else stated
    show = printer_for(about)
    shown, names = centre(about, show)
    yield Paragraph((f"{'It denies' if denied else 'It says'} that",))
    yield shown
    if denied:
        narrator = Narrator(known)
        yield Paragraph(("This holds.",))
        yield from narrator.reason(step.parts[0])
        yield from Narrator(known).parts(step.parts[0], LINE)
    else:
        yield from explain_names(names)
        yield from tell_failure(certificate)
    if claim.correction is None or certificate.correction is None:
        return
    correction = claim.correction
    title = parse_sentence(f": {correction.title}.", known)
    yield Paragraph((Styled("strong", ("Corrected",)), ClaimLink(correction.id, target=True), *title))
    yield show_printed(correction.printed, f"{correction.number}′" if correction.number else "")
    yield Paragraph(tell_verdict(certificate.correction, known))
    if correction.remark:
        yield Paragraph(parse_sentence(correction.remark, known))
    yield tell_proof(certificate.correction.steps, known)
