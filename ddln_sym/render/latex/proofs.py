"""Steps of certificates as sentences and formulas: what was decided, by what, and what it needs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from typing import Any, TypeAlias

import sympy as sp

from ddln_sym.render.latex.abbreviations import where
from ddln_sym.render.latex.bibliography import keys_in
from ddln_sym.render.latex.layout import LINE, width
from ddln_sym.render.latex.printer import Printer
from ddln_sym.render.latex.propositions import (
    centred,
    display,
    motion,
    printer_for,
    relation,
    says_itself,
    trivial,
    words,
)
from ddln_sym.render.latex.prose import prose
from ddln_sym.render.latex.witnesses import refutation
from ddln_sym.statements import Compare, Consequence, Equal, Hypothesis, Rate, Setting, Step, Verdict

__all__ = ["Narrator", "cite", "proof", "reason", "rendered"]

Expr: TypeAlias = Any

SHOWN = 4  # side conditions of a step that are written out
SHORT = 30.0  # em: a certificate that is longer is summarized
TERMWISE = "termwise in the sum"
EXPANDED = "polynomial identity over QQ"
COEFFICIENTS = "the difference of the sides has no negative coefficient"
REASONS = {
    EXPANDED: "{work}: the two sides have the same normal form.",
    "nonnegative coefficients": f"{{work}}: {COEFFICIENTS}.",
    "product of given signs": "The difference of the sides is a product of factors whose signs are given.",
    TERMWISE: "Term by term: each term of the difference is nonnegative.",
    "equal squares of one sign": "The squares of the sides agree, and their product is not negative.",
    "arithmetic": "This is arithmetic.",
    "z3 (integers, uninterpreted functions)": "Its negation has no model{z3}.",
    "z3 (nonlinear real arithmetic)": "Its negation has no model{z3}.",
    "disjoint supports": "The blocks share no variable.",
    "decision of the denied statement": "There is a counterexample.",
    "witness without the assumption, proof with it": "Without the assumption there is a counterexample, "
    "with it a proof.",
    "Lie brackets in a polynomial ring over QQ": "Of {detail}.",
    "rank on all of M by cases": "Case by case: {detail}.",
    "balls around the flow": "In balls that contain the flow: {detail}.",
    "rank of iterated brackets at a point": "By the rank of iterated brackets at a point: {detail}.",
    "rank of gradients at a point": "By the gradients at a point: {detail}.",
    "polynomial identity in whole numbers": "Multiplied out along all {detail}.",
}
RELATIONS = {"≠ 0": r"\ne 0", "≥ 0": r"\ge 0", "> 0": "> 0"}


def cite(*texts: str) -> str:
    """A citation of what texts speak of, if anything."""
    keys = keys_in(*texts)
    return rf"~\cite{{{','.join(keys)}}}" if keys else ""


class Narrator:
    """Tells the steps of one proof; what was said once is afterwards called by its name.

    Args:
        known: ids of claims that may be referred to.
    """

    def __init__(self, known: Collection[str] = ()) -> None:
        self.known = known
        self.said: set[str] = set()

    # -- a step ---------------------------------------------------------------------------------
    def step(self, step: Step, room: float = LINE, premise: bool = False) -> str:
        """A step in full: its formula, the reason, and the steps that it rests on."""
        show = printer_for(step.proposition, step.working.meaning)
        shown, names = display(step.proposition, room, show, premise=premise)
        lines = [words(step.proposition) or f"$\\displaystyle {shown}$"]
        return "\n\\newline ".join([*lines, *self._explained(step, names, show, room)]) + self._parts(step, room)

    def alone(self, step: Step) -> str:
        """The only step of a proof, its formula displayed."""
        show = printer_for(step.proposition, step.working.meaning)
        shown, names = centred(step.proposition, show)
        rest = "\n\n".join(self._explained(step, names, show, LINE))
        return f"\\leavevmode\n{shown}\n{rest}{self._parts(step, LINE)}"

    def _explained(self, step: Step, names: Sequence[tuple[str, str]], show: Printer, room: float) -> list[str]:
        return [text for text in (where(names, room), self.reason(step, show)) if text]

    def _parts(self, step: Step, room: float) -> str:
        parts = [part for part in step.parts if not trivial(part.proposition)]
        if not parts or step.evidence.startswith("nonnegative"):
            return ""
        premise = isinstance(step.proposition, Consequence)
        items = "\n".join(r"\item " + self.step(part, room - 2.5, premise) for part in parts)
        return f"\n\\begin{{itemize}}\n{items}\n\\end{{itemize}}"

    # -- the reason -------------------------------------------------------------------------------
    def reason(self, step: Step, show: Printer | None = None) -> str:
        """Why a step holds, in a few sentences: what decided it, along which flow, given what, and what it needs."""
        show = show or printer_for(step.proposition, step.working.meaning)
        if step.verdict is Verdict.REFUTED and step.witness is not None and not step.parts:
            return refutation(step.proposition, step.witness, show)
        setting = getattr(step.proposition, "setting", None) or Setting()
        sentences = [self._because(step, show), self._moving(step, show), self._given(setting, show)]
        if step.evidence.startswith("cited: "):
            sentences.reverse()
        return " ".join(s for s in [*sentences, *self._needs(step, show)] if s)

    def _once(self, text: str) -> bool:
        """Whether this is said for the first time."""
        new = text not in self.said
        self.said.add(text)
        return new

    def _moving(self, step: Step, show: Printer) -> str:
        proposition = step.proposition
        if not isinstance(proposition, (Equal, Compare)) or not sp.Tuple(proposition.lhs, proposition.rhs).has(Rate):
            return ""
        moving = motion(proposition, show)
        return f"Here ${moving}$." if moving and self._once(moving) else ""

    def _given(self, setting: Setting, show: Printer) -> str:
        """The hypotheses, those with one name together; by the name alone when they were written out before."""
        groups = []
        for name, group in groupby(setting.hypotheses, key=lambda h: h.name):
            hypotheses: list[Hypothesis] = list(group)
            relations = ", ".join(dict.fromkeys(f"${relation(h, show)}$" for h in hypotheses))
            if says_itself(hypotheses[0]):
                groups.append(relations)
            elif self._once(f"{name}: {relations}"):
                groups.append(f"{prose(name.partition(': ')[0], self.known)}: {relations}")
            else:
                groups.append(prose(name.partition(": ")[0], self.known))
        return f"Given {'; '.join(dict.fromkeys(groups))}." if groups else ""

    def _because(self, step: Step, show: Printer) -> str:
        proposition = step.proposition
        if step.evidence.startswith("cited: "):
            return self._cited(step)
        if step.evidence == "ideal membership over QQ":
            return _membership(step, show)
        work = "Expand"
        if isinstance(proposition, (Equal, Compare)):
            if trivial(proposition):
                return "This is arithmetic."
            both = sp.Tuple(proposition.lhs, proposition.rhs)
            if step.evidence == TERMWISE and isinstance(proposition, Equal):
                return "Term by term: the terms at any one index are equal."
            work = "Differentiate and expand" if both.has(Rate, sp.Derivative) else work
            if proposition.lhs == proposition.rhs and step.evidence == EXPANDED:
                return "Both sides are the same expression, and every part of it has a value."
        if put := _substituted(step, show):
            return f"{put}: then {COEFFICIENTS}."
        detail = prose(step.detail)
        solver = ""
        if "z3" in step.evidence:
            solver = rf" (z3{cite(step.evidence)})" if self._once("z3") else " (z3)"
        sentence = REASONS.get(step.evidence, f"Decided by {prose(step.evidence)}.")
        for place, text in (("{work}", work), ("{detail}", detail), ("{z3}", solver)):
            sentence = sentence.replace(place, text)
        return sentence

    def _cited(self, step: Step) -> str:
        proposition = step.proposition
        name = prose(step.evidence.removeprefix("cited: "))
        reference = cite(*step.assumes)
        if not reference and isinstance(proposition, Consequence):
            reference = f" ({prose(proposition.theorem.reference)})"
        omitted = " ($0 = 0$ and the like left out)" if any(trivial(part.proposition) for part in step.parts) else ""
        return f"Cited: {name}{reference}. Its premises{omitted}:"

    def _needs(self, step: Step, show: Printer) -> list[str]:
        """The side conditions: the short ones written out, the rest counted."""
        written = dict.fromkeys(f"{show.doprint(c.quantity)}{RELATIONS[c.kind]}" for c in step.conditions)
        written = {w: None for w in written if w not in self.said}
        self.said |= written.keys()
        if not written:
            return []
        short = [w for w in written if width(w) <= SHORT / 2][:SHOWN]
        rest = len(written) - len(short)
        follow = "follow" if len(written) > 1 else "follows"
        if not short:
            return [f"{rest} side condition{'s' * (rest > 1)} {follow} from the hypotheses."]
        listed = ", ".join(f"${w}$" for w in short) + (f" and {rest} more" if rest else "")
        return [f"It needs {listed}, which {follow} from what is given."]


def _substituted(step: Step, show: Printer) -> str:
    working = step.working
    if working.subtracted is not None:
        return rf"Subtract ${show.doprint(working.subtracted)}\ge0$"
    if not working.substitutions:
        return ""
    equations = [f"{show.doprint(old)} = {show.doprint(new)}" for old, new in working.substitutions]
    if any(width(e) > SHORT for e in equations):
        return "Use the relations between the parts, and slack variables for the hypotheses"
    slack = sorted({s.name for _, new in working.substitutions for s in new.free_symbols if s.name.startswith("slack")})
    letters = ",".join(show.doprint(sp.Symbol(name)) for name in slack)
    note = rf", where ${letters}\ge0$" if letters else ""
    return f"Put {', '.join(f'${e}$' for e in equations)}{note}"


def _membership(step: Step, show: Printer) -> str:
    """The difference as a combination of relations, written out where that fits."""
    cofactors = step.working.cofactors
    cleared = ", multiplied by what is divided by," if any(c.kind == "≠ 0" for c in step.conditions) else ""
    if len(cofactors) == 1 and cofactors[0][0] == 1 and not cleared:
        return f"This is the relation ${_as_equation(cofactors[0][1], show)}$."
    products = []
    for n, (cofactor, vanishing) in enumerate(cofactors):
        minus = cofactor.as_coeff_Mul()[0] < 0 and not cofactor.is_Add
        factor = show.doprint(-cofactor if minus else cofactor)
        factor = rf"\left({factor}\right)" if cofactor.is_Add else "" if abs(cofactor) == 1 else factor
        sign = "-" if minus else "+" if n else ""
        products.append(rf"{sign} {factor}\bigl({show.doprint(vanishing)}\bigr)")
    whole = " ".join(products)
    if whole and width(whole) <= SHORT:
        brackets = "brackets vanish" if len(products) > 1 else "bracket vanishes"
        return f"The difference of the sides{cleared} is ${whole}$, and the {brackets}."
    relations = dict.fromkeys(_as_equation(vanishing, show) for _, vanishing in cofactors)
    shown = [f"${e}$" for e in relations if width(e) <= SHORT]
    terms = sum(len(sp.Add.make_args(cofactor)) for cofactor, _ in cofactors)
    listed = ", ".join(shown[:SHOWN]) if shown else f"{len(relations)} relations"
    rest = len(relations) - len(shown[:SHOWN])
    more = f" and {rest} more" if shown and rest else ""
    return (
        f"Expand both sides: their difference{cleared} is a combination of {listed}{more}, "
        f"with cofactors of {terms} term{'s' * (terms > 1)} in all."
    )


def _as_equation(vanishing: Expr, show: Printer) -> str:
    """A polynomial that vanishes, as an equation with positive terms on both sides."""
    terms = sp.Add.make_args(vanishing)
    minus = [t for t in terms if t.as_coeff_Mul()[0] < 0]
    plus = [t for t in terms if t not in minus]
    left, right = sp.Add(*plus), sp.Add(*(-t for t in minus))
    if len(plus) > len(minus):
        left, right = right, left
    return f"{show.doprint(left)} = {show.doprint(right)}"


# -- whole proofs ----------------------------------------------------------------------------------------
def reason(step: Step, known: Collection[str] = ()) -> str:
    """Why a step holds, in a few sentences of LaTeX: what decided it, given what, and what it needs.

    >>> from ddln_sym.kernel import decide
    >>> x = sp.Symbol("x", real=True)
    >>> print(reason(decide(Equal((x + 1) ** 2, x**2 + 2 * x + 1))))
    Expand: the two sides have the same normal form.
    """
    return Narrator(known).reason(step)


def rendered(step: Step, known: Collection[str] = (), room: float = LINE) -> str:
    """A step in full as LaTeX: its formula, the reason, and the steps that it rests on as a list.

    Args:
        step: a step of a certificate.
        known: ids of claims that may be referred to.
        room: the width of a line, in em.
    """
    return Narrator(known).step(step, room)


def proof(steps: Sequence[Step], known: Collection[str], notes: Sequence[str] = ()) -> Iterator[str]:
    """The steps of a certificate as a ``proof``, with a note before each where there are notes."""
    narrator = Narrator(known)
    yield r"\begin{proof}"
    if len(steps) == 1:
        yield _with_box(narrator.alone(steps[0]))
    else:
        items = []
        for n, step in enumerate(steps):
            note = f"{notes[n]}\n\\newline " if notes else ""
            items.append(r"\item " + note + narrator.step(step, LINE - 2.5))
        items[-1] = _with_box(items[-1])
        yield "\\leavevmode\\begin{enumerate}\n" + "\n".join(items) + "\n\\end{enumerate}"
    yield r"\end{proof}"


def _with_box(text: str) -> str:
    """The box that ends a proof, in its last line."""
    body = text.rstrip()
    ends = ""
    while body.endswith(r"\end{itemize}"):
        body = body.removesuffix(r"\end{itemize}").rstrip()
        ends = f"\n\\end{{itemize}}{ends}"
    return f"{body}\\qedhere{ends}"
