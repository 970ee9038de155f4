"""The study of a parametrization as a document: each answer with its proof, each law with the reason that it holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import sympy as sp

from ddln_sym.models import Study, derive, metric_entries, shortest
from ddln_sym.render.document.nodes import Block, Citation, Formula, Items, Paragraph, Proof, Section, Sentence, Styled
from ddln_sym.render.document.proofs import Narrator
from ddln_sym.render.document.text import capitalize, parse_sentence
from ddln_sym.render.formulas import LINE, Printer, break_chain, width
from ddln_sym.statements import Certificate, Verdict

__all__ = ["tell_study"]

Expr: TypeAlias = Any

#: Rows of a table of formulas, and steps of one kind in a proof, that are written out.
ROWS, STEPS = 12, 20


class _Teller:
    """Tells one study, in the names that its parameters have."""

    def __init__(self, study: Study) -> None:
        self.study, self.net = study, study.net
        self.show = Printer([*self.net.components, *self.net.variables], plain=True)

    # -- formulas -----------------------------------------------------------------------------------
    def chain(self, *sides: Expr | str, room: float = LINE) -> str:
        return break_chain([side if isinstance(side, str) else self.show.doprint(side) for side in sides], room)

    def rows(self, named: Sequence[tuple[str, Expr]], what: str) -> Iterator[Block]:
        """Equations below each other; of many, the first, and how many more there are."""
        bodies = [(name, self.chain(expression, room=LINE - 6)) for name, expression in named[:ROWS]]
        if bodies:
            lines = " \\\\\n".join(f"{name} &= {body}" for name, body in bodies)
            yield Formula(f"\\begin{{aligned}}\n{lines}\n\\end{{aligned}}")
        if len(named) > ROWS:
            yield Paragraph((f"and {len(named) - ROWS} more {what}.",))

    def list_symbols(self, symbols: Sequence[Expr]) -> str:
        shown = [self.show.doprint(s) for s in symbols]
        if width(", ".join(shown)) > LINE / 2:
            shown = [*shown[:3], r"\dots", shown[-1]]
        return ", ".join(shown)

    # -- parts --------------------------------------------------------------------------------------
    def model(self) -> Iterator[Block]:
        net, d, size = self.net, len(self.net.components), len(self.net.variables)
        plural = "s" if size > 1 else ""
        yield Paragraph(
            parse_sentence(
                rf"The effective parameter $\theta=G(w)$ has {d} component{'s' * (d > 1)}, of the {size} "
                rf"parameter{plural} $w=({self.list_symbols(net.variables)})$:"
            )
        )
        yield from self.rows([(rf"G_{{{n}}}", c) for n, c in enumerate(net.components, 1)], "components")
        groups = [rf"({self.list_symbols(group)})\ne0" for group in net.domain.avoids]
        groups += [f"{self.show.doprint(p)}>0" for p in net.domain.positive]
        if groups:
            listed = groups if width(" ".join(groups)) < 3 * LINE else [*groups[:3], r"\dots", groups[-1]]
            inside = ",\\quad ".join(listed)
            yield Paragraph(parse_sentence(rf"It lives on the set $M$ where ${inside}$."))
        yield Paragraph((*parse_sentence("$G$ is "), *parse_sentence(_as_words(self.study["degree"].text)), "."))
        if self.study.start is not None:
            start = [self.chain(v, "=", x) for v, x in zip(net.variables, self.study.start, strict=True)]
            yield Paragraph(parse_sentence(f"The start is {', '.join(f'${s}$' for s in start)}."))

    def derivatives(self) -> Iterator[Block]:
        if len(self.net.variables) <= ROWS:
            yield Paragraph(("The gradients are",))
            yield from self.rows(list(self.gradients()), "gradients")
        generic = _as_words(self.study["generic rank"].text)
        yield Paragraph(parse_sentence(rf"The Jacobian $J_G$ has, at generic points, rank {generic}."))
        if (proved := self.study["generic rank"].certificate) is not None:
            yield from self.proof(proved)
        entries = {place: e for place, e in metric_entries(self.net).items() if e != 0}
        if entries:
            yield Paragraph(
                parse_sentence(r"Under gradient flow $\theta'=-J_GJ_G^{T}\nabla\mathcal{L}(\theta)$, with the entries")
            )
            yield from self.rows([(f"M_{{{a + 1}{b + 1}}}", e) for (a, b), e in entries.items()], "entries")

    def gradients(self) -> Iterator[tuple[str, Expr]]:
        """Each as a tuple, or slope by slope where that is too wide for a line."""
        for n in range(1, len(self.net.components) + 1):
            slopes = [shortest(slope) for slope in self.net.gradient(n)]
            if width(self.show.doprint(sp.Tuple(*slopes))) <= LINE - 6:
                yield rf"\nabla G_{{{n}}}", sp.Tuple(*slopes)
                continue
            for v, slope in zip(self.net.variables, slopes, strict=True):
                if slope != 0:
                    yield rf"\frac{{\partial G_{{{n}}}}}{{\partial {self.show.doprint(v)}}}", slope

    def tell_answer(self, certificate: Certificate, said: Sentence) -> Iterator[Block]:
        """An answer with its verdict, and its proof."""
        yield Paragraph((*_verdict(certificate.verdict), ": ", *said))
        yield from self.proof(certificate)

    def proof(self, certificate: Certificate, notes: Sequence[Sentence] = ()) -> Iterator[Block]:
        if certificate.verdict is Verdict.UNDECIDED:
            yield from (Paragraph(parse_sentence(f"{step.detail}.")) for step in certificate.steps[-1:] if step.detail)
            return
        narrator = Narrator(plain=True)
        steps = certificate.steps
        if certificate.verdict is Verdict.REFUTED:
            refuted = next(step for step in steps if step.verdict is Verdict.REFUTED)
            yield from narrator.alone(refuted)
            return
        if len(steps) == 1:
            yield Proof(narrator.alone(steps[0]))
            return
        items = [narrator.step(step, LINE - 2.5) for step in steps[:STEPS]]
        blocks: list[Block] = [Items(tuple(items), numbered=True)]
        if len(steps) > STEPS:
            blocks.append(Paragraph((f"The other {len(steps) - STEPS} steps are of the same kind.",)))
        yield Proof(tuple(blocks))

    def laws(self) -> Iterator[Block]:
        laws = self.study.laws
        cited = Citation(("MarcotteGribonvalPeyre2023",))
        counted = f": there are {laws.counted}" if laws.laws or not laws.complete else ": nothing is conserved"
        yield Paragraph((*_verdict(laws.certificate.verdict), f"{counted}, whatever the loss ", cited, "."))
        if laws.matrices:
            yield Paragraph(parse_sentence(f"As matrices: {'; '.join(f'${m}$' for m in laws.matrices)}."))
        yield from self.rows([(f"h_{{{n}}}", law) for n, law in enumerate(laws.laws, 1)], "laws")
        narrator, items = Narrator(plain=True), list[tuple[Block, ...]]()
        for n, step in enumerate(laws.certificate.steps, 1):
            if n <= len(laws.laws):
                head: Block = Paragraph(parse_sentence(f"$h_{{{n}}}$ is constant along the flow."))
                if n <= STEPS:
                    items.append((head, *narrator.reason(step)))
            else:
                items.append(narrator.step(step, LINE - 2.5))
        if len(laws.laws) > STEPS:
            items.insert(STEPS, (Paragraph((f"So are the other {len(laws.laws) - STEPS}, in the same way.",)),))
        yield Proof((Items(tuple(items), numbered=True),))

    def entropy(self) -> Iterator[Block]:
        answer = self.study["entropy"]
        said = parse_sentence(answer.text)
        if answer.certificate is None:
            verdict = (*_verdict(Verdict.UNDECIDED), ": ") if answer.verdict else ()
            yield Paragraph((*verdict, *(said if verdict else capitalize(said)), "."))
            return
        yield from self.tell_answer(answer.certificate, (*said, "."))
        yield from self.derivation()
        if self.study.obstruction is not None:
            yield Paragraph(
                parse_sentence(
                    r"Following two fields $\nabla G_a$ and $\nabla G_b$ for a short time $\varepsilon$ each, in one "
                    r"order and in the other, gives one $\xi$ and two $\theta$ which differ by "
                    r"$\varepsilon^{2}J_G[\nabla G_a,\nabla G_b]+O(\varepsilon^{3})$; and alike for iterated brackets. "
                    r"An entropy would make $\theta$ a function of $\xi$."
                )
            )
        if self.study.mirror_flow:
            yield Paragraph(
                parse_sentence(
                    "$G$ is commuting and regular, and the domains of its flows are symmetric and end only at "
                    r"infinity: so $\theta$ follows a mirror flow, by a theorem [@LiEtAl2022]."
                )
            )

    def derivation(self) -> Iterator[Block]:
        """The entropy in closed form, where it is found, for the first component; the others are like it."""
        try:
            found = derive(self.net)[0] if self.study.mirror_flow else None
        except ValueError:
            return
        if found is None:
            return
        yield Paragraph(parse_sentence("The flow of the first component, solved in the time $ξ$, gives"))
        rows = [(r"\theta(\xi)", found.trajectory), (r"\mathcal{Q}^{*}(\xi)", found.conjugate)]
        if found.entropy is not None:
            rows += [(r"\nabla\mathcal{Q}(\theta)", found.mirror_map), (r"\mathcal{Q}(\theta)", found.entropy)]
        rows += [(str(name), meaning) for name, meaning in found.meanings.items()]
        yield from self.rows(rows, "formulas")
        if found.entropy is None:
            yield Paragraph(parse_sentence(r"and $𝒬=\xi\theta(\xi)-𝒬^{*}(\xi)$, with $\xi$ as parameter."))
        narrator = Narrator(plain=True)
        items = [
            (Paragraph(parse_sentence(f"{line.name}: {line.how}.")), *narrator.step(line.step, LINE - 2.5))
            for line in found.lines
        ]
        yield Proof((Items(tuple(items), numbered=True),))


def _verdict(verdict: Verdict) -> Sentence:
    return (Styled("strong", (verdict.value.capitalize(),)),)


def _as_words(text: str) -> str:
    return text.replace(";", ",")


def tell_study(study: Study) -> tuple[Section, ...]:
    """The study in sections: the model, its derivatives, the conditions, the laws, the entropy, what is open.

    >>> from ddln_sym.models import analyze, hadamard_square
    >>> [section.title for section in tell_study(analyze(hadamard_square(1)))][:2]
    [('The model',), ('Derivatives',)]
    """
    teller = _Teller(study)
    sections = [Section(("The model",), tuple(teller.model())), Section(("Derivatives",), tuple(teller.derivatives()))]
    for title, name, certificate in (
        ("Commuting", "commuting", study.commuting),
        ("Rank", "regular on M", study.regular),
        ("Domains", "domains", study.domains),
    ):
        refuted = certificate.verdict is Verdict.REFUTED
        said = parse_sentence(f"not {title.lower()} everywhere." if refuted else f"{study[name].text}.")
        if refuted:
            said = parse_sentence(
                {"Commuting": "the brackets do not all vanish.", "Rank": "the rank is not full on all of $M$."}.get(
                    title, "the domains are not symmetric."
                )
            )
        sections.append(Section((title,), tuple(teller.tell_answer(certificate, said))))
    sections.append(Section(("Conservation laws",), tuple(teller.laws())))
    bounds = [a for a in study.answers if a.name == "metric bound" and a.certificate is not None]
    for answer in bounds:
        assert answer.certificate is not None
        said = ("along the flow the metric is bounded from below by constants.",)
        sections.append(Section(("A bound on the metric",), tuple(teller.tell_answer(answer.certificate, said))))
    sections.append(Section(("Entropy",), tuple(teller.entropy())))
    if study.left_open:
        items = tuple((Paragraph(parse_sentence(f"{sentence}.")),) for sentence in study.left_open)
        sections.append(Section(("Left open",), (Items(items),)))
    return tuple(sections)
