"""Steps of certificates as sentences and formulas: what was decided, by what, and what it needs."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any, TypeAlias

import sympy as sp

from ddln_sym.render.document.literature import find_reference
from ddln_sym.render.document.nodes import (
    Block,
    Formula,
    Inline,
    Items,
    Math,
    Paragraph,
    Proof,
    Quotation,
    Sentence,
    Table,
)
from ddln_sym.render.document.refutations import tell_refutation
from ddln_sym.render.document.text import parse_sentence
from ddln_sym.render.formulas import (
    COLUMNS,
    LINE,
    SIGNS,
    Printer,
    break_chain,
    display,
    in_columns,
    motion,
    printer_for,
    relation,
    trivial,
    width,
    words,
)
from ddln_sym.statements import (
    Cited,
    Compare,
    Consequence,
    Equal,
    Evidence,
    Hypothesis,
    Rate,
    Said,
    Setting,
    Slack,
    Step,
    Verdict,
)

__all__ = ["WHERE", "Narrator", "centre", "cite", "explain_names", "tell_proof", "tell_step"]

Expr: TypeAlias = Any

SHOWN = 4  # side conditions of a step that are written out
#: Why the steps of a table hold, each with a number of its own.
COUNTED: dict[object, str] = {
    Evidence.BRACKETS: "The bracket of two components without a common variable vanishes; the others are computed.",
    Evidence.RANK: "The maximal minors vanish together in the cases counted alone, and each of these is outside $M$.",
}
#: What stands before the names in a formula, which the formulas below belong to.
WHERE = Paragraph(("where",))
MOST_ITEMS = 20  # steps of a list; more that are alike are rows of a table
WIDTHS = (1.6, 7.2, 12.8, 13.4, 10.8)  # em: of the columns of that table
SHORT = 30.0  # em: a certificate that is longer is summarized
COEFFICIENTS = "the difference of the sides has no negative coefficient"
REASONS = {
    Evidence.EXPANDED: "{work}: the two sides have the same normal form.",
    Evidence.COEFFICIENTS: f"{{work}}: {COEFFICIENTS}.",
    Evidence.SIGNS: "The difference of the sides is a product of factors whose signs are given.",
    Evidence.TERMWISE: "Term by term: each term of the difference is nonnegative.",
    Evidence.MULTIPLIERS: "Lagrange's multipliers: take {detail} times what is given away from each term, and add up.",
    Evidence.SQUARES: "The squares of the sides agree, and their product is not negative.",
    Evidence.BETWEEN: "The difference of the sides is neither negative nor positive.",
    Evidence.CONSTANT: "By the mean value theorem, {detail}: there the sides are equal, and their difference has no "
    "slope.",
    Evidence.ARITHMETIC: "{work}: up to positive factors the difference of the sides is {number}.",
    Evidence.ORDER: "Exponentials and logarithms increase and lie above, or below, their tangents: {detail}.",
    Evidence.DERIVATIVE: "By the mean value theorem, {detail}: there the difference of the sides is not negative, and "
    "away from there it does not fall.",
    Evidence.TOWARDS: "By the mean value theorem, {detail}: there the difference of the sides tends to what is not "
    "negative, and away from there it does not fall.",
    Evidence.LIMIT: "The limits of its parts tell{detail}.",
    Evidence.DEFINITION: "This is what it means{detail}.",
    Evidence.TAYLOR: "By Taylor's formula {detail}: no derivative there makes the difference of the sides negative, "
    "and neither does the last, anywhere between.",
    Evidence.CONCAVE: "The difference of the sides, {detail}, is concave, and at the ends it is not negative.",
    Evidence.FACTOR: "The difference of the sides is {detail}, and both factors have one sign.",
    Evidence.SQUARED: "Of what is not negative, it suffices to compare the squares: {detail}.",
    Evidence.CASES: "It suffices for {detail}.",
    Evidence.COUNTING: "By induction {detail}: it holds for the first number, and for the next one where it holds.",
    Evidence.INDUCTION: "By induction {detail}: it holds for one index, and for one index more where it holds.",
    Evidence.CONSTANTS: "Both sides are numbers: {detail}.",
    Evidence.COVERED: "The difference of the sides is positive on balls that cover the interval, {detail}.",
    Evidence.PRIMITIVE: "What is integrated has a primitive: {detail}.",
    Evidence.SOLVER: "Its negation has no model{z3}.",
    Evidence.REAL_SOLVER: "Its negation has no model{z3}.",
    Evidence.SUM_OF_SQUARES: "It is a sum of squares, each times what is given not to be negative: {detail}.",
    Evidence.BLOCKS: "The blocks share no variable.",
    Evidence.DENIED: "There is a counterexample.",
    Evidence.NEEDED: "Without the assumption there is a counterexample, with it a proof.",
    Evidence.BRACKETS: "Of {detail}.",
    Evidence.RANK: "Case by case: {detail}.",
    Evidence.BALLS: "In balls that contain the flow: {detail}.",
    Evidence.BRACKET_RANK: "By the rank of iterated brackets at a point: {detail}.",
    Evidence.GRADIENT_RANK: "By the gradients at a point: {detail}.",
    Evidence.WHOLE_NUMBERS: "Multiplied out in whole numbers, {detail}.",
    Evidence.ELIMINATION: "By elimination over a field of rational functions: {detail}.",
    Evidence.OUT_OF_REACH: "Not checked. {detail}.",
    Evidence.BRACKET_IN_BALLS: "By the bracket at that point, in balls: {detail}.",
}
Z3 = ("DeMouraBjorner2008",)
#: A formula in plain characters, as the name of a hypothesis may be one.
FORMAL = re.compile(f"[_^=<>/|√²³ⁿ⁻ᵀ{re.escape(''.join(c for c in SIGNS if c not in '𝒜…'))}]|[A-Z][a-z]+\\(")
RELATIONS = {"≠ 0": r"\ne 0", "≥ 0": r"\ge 0", "> 0": "> 0"}


def cite(keys: Sequence[str]) -> str:
    """A citation of entries of the bibliography, if there are any, as marked text.

    Raises:
        ValueError: there is no such entry.
    """
    for key in keys:
        find_reference(key)
    return f"\N{NO-BREAK SPACE}[@{'; @'.join(keys)}]" if keys else ""


def explain_names(names: Sequence[tuple[str, str]], room: float = LINE) -> tuple[Block, ...]:
    """What the names in a formula stand for, in the line or in rows of their own."""
    if not names:
        return ()
    if sum(width(f"{name} = {meaning}, ") for name, meaning in names) <= room - 5:
        listed = ", ".join(f"${name} = {meaning}$" for name, meaning in names)
        return (Paragraph(parse_sentence(f"where {listed}.")),)
    rows = (Formula(break_chain([name, "=", meaning], room - 4), flush=True) for name, meaning in names)
    return (WHERE, *rows)


def centre(statement: Any, show: Printer) -> tuple[Block, list[tuple[str, str]]]:
    """A statement set apart, as a formula or as a sentence, and the names in it."""
    if said := words(statement):
        return Quotation(parse_sentence(said)), []
    shown, names = display(statement, LINE, show)
    return Formula(shown), names


class Narrator:
    """Tells the steps of one proof; what was said once is afterwards called by its name.

    Args:
        known: ids of claims that may be referred to.
        plain: symbols are printed by their names, not in the notation of the paper.
    """

    def __init__(self, known: Collection[str] = (), plain: bool = False) -> None:
        self.known, self.plain = known, plain
        self.said: set[str] = set()

    def sentence(self, text: str) -> Sentence:
        return parse_sentence(text, self.known)

    def printer(self, step: Step) -> Printer:
        return printer_for(step.proposition, step.working.meaning, self.plain)

    # -- a step ---------------------------------------------------------------------------------
    def step(self, step: Step, room: float = LINE, premise: bool = False) -> tuple[Block, ...]:
        """A step in full: its formula, the reason, and the steps that it rests on."""
        show = self.printer(step)
        if said := words(step.proposition):
            stated: Block = Paragraph(self.sentence(said))
            names: Sequence[tuple[str, str]] = ()
        else:
            shown, names = display(step.proposition, room, show, premise=premise)
            stated = Formula(shown, flush=True)
        return (stated, *explain_names(names, room), *self.reason(step, show), *self.parts(step, room))

    def alone(self, step: Step) -> tuple[Block, ...]:
        """The only step of a proof, its formula set apart."""
        show = self.printer(step)
        stated, names = centre(step.proposition, show)
        return (stated, *explain_names(names), *self.reason(step, show), *self.parts(step, LINE))

    def parts(self, step: Step, room: float) -> tuple[Block, ...]:
        """The steps that a step rests on, those that say nothing left out."""
        parts = [part for part in step.parts if not _says_nothing(part)]
        if not parts or step.evidence is Evidence.FACTORWISE:
            return ()
        premise = isinstance(step.proposition, Consequence)
        return (Items(tuple(self.step(part, room - 2.5, premise) for part in parts)),)

    # -- the reason -------------------------------------------------------------------------------
    def reason(self, step: Step, show: Printer | None = None) -> tuple[Block, ...]:
        """Why a step holds, in a few sentences: what decided it, along which flow, given what, and what it needs."""
        show = show or self.printer(step)
        if step.verdict is Verdict.REFUTED and step.witness is not None and not step.parts:
            return tell_refutation(step.proposition, step.witness, show)
        setting = getattr(step.proposition, "setting", None) or Setting()
        sentences = [self._because(step, show), self._moving(step, show), self._spell_hypotheses(setting, show)]
        if isinstance(step.evidence, Cited):
            sentences.reverse()
        text = " ".join(s for s in [*sentences, *self._needs(step, show)] if s)
        return (Paragraph(self.sentence(text)),) if text else ()

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

    def _spell_hypotheses(self, setting: Setting, show: Printer) -> str:
        """The hypotheses: relations that have no name of their own, then the others under their names, in order.

        A relation that was written out under its name before is not written out again.
        """
        loose: set[str] = set()
        named: dict[str, set[str]] = {}
        for hypothesis in setting.hypotheses:
            tex = f"${relation(hypothesis, show)}$"
            label = label_of(hypothesis)
            (named.setdefault(label, set()) if label else loose).add(tex)
        groups = [_shorten(loose)] if loose else []
        for label, relations in sorted(named.items()):
            new = {tex for tex in sorted(relations) if self._once(f"{label}: {tex}")}
            groups.append(f"{label}: {_shorten(new)}" if new else label)
        return f"Given {'; '.join(groups)}." if groups else ""

    def _because(self, step: Step, show: Printer) -> str:
        proposition = step.proposition
        if isinstance(step.evidence, Cited):
            return self._cite_step(step)
        if step.evidence is Evidence.MEMBERSHIP:
            return _membership(step, show)
        work = "Expand"
        if isinstance(proposition, (Equal, Compare)):
            if trivial(proposition) or (proposition.lhs.is_Rational and proposition.rhs.is_Rational):
                return "This is arithmetic."
            both = sp.Tuple(proposition.lhs, proposition.rhs)
            if step.evidence is Evidence.TERMWISE and isinstance(proposition, Equal):
                return "Term by term: the terms at any one index are equal."
            work = "Differentiate and expand" if both.has(Rate, sp.Derivative) else work
            if proposition.lhs == proposition.rhs and step.evidence is Evidence.EXPANDED:
                return "Both sides are the same expression, and every part of it has a value."
        if put := _substitute(step, show):
            return f"{put}: then {COEFFICIENTS}."
        detail = _typeset(step.detail, show)
        solver = ""
        if step.evidence in (Evidence.SOLVER, Evidence.REAL_SOLVER):
            solver = rf" (z3{cite(Z3)})" if self._once("z3") else " (z3)"
        sentence = REASONS.get(step.evidence, f"Decided by {step.evidence}.")
        strict = isinstance(proposition, Compare) and proposition.strict
        number = "a positive number" if strict else "a number that is not negative"
        for place, text in (("{work}", work), ("{detail}", detail), ("{z3}", solver), ("{number}", number)):
            sentence = sentence.replace(place, text)
        return sentence

    def _cite_step(self, step: Step) -> str:
        assert isinstance(step.evidence, Cited)
        theorem = step.evidence.theorem
        reference = cite(theorem.references) or (f" ({theorem.reference})" if theorem.reference else "")
        omitted = " ($0 = 0$ and the like left out)" if any(map(_says_nothing, step.parts)) else ""
        return f"Cited: {theorem.name}{reference}. Its premises{omitted}:"

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


def label_of(hypothesis: Hypothesis) -> str:
    """What the name of a hypothesis adds to its relation: nothing, where it is the relation in plain characters.

    >>> from ddln_sym.statements import Assumption
    >>> positive = sp.Symbol("x") > 0
    >>> [label_of(Hypothesis(name, positive)) for name in ("PL", "x > 0", Assumption.of_claim("eq-13"))]
    ['PL', '', 'claim eq-13']
    """
    head = hypothesis.name.partition(": ")[0]
    formal = "$" not in head and FORMAL.search(head) and not hypothesis.claim
    return "" if formal or head == "given" else head


def _shorten(relations: set[str]) -> str:
    """The shortest relations in order, and how many more there are."""
    ordered = sorted(relations, key=lambda tex: (width(tex), tex))
    rest = len(ordered) - SHOWN
    return ", ".join(ordered[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def _typeset(detail: str, show: Printer) -> str:
    """The particulars of a step, its formulas as formulas; dots stand for one that is longer than a line."""
    if not isinstance(detail, Said):
        return detail
    formulas = [part if isinstance(part, str) else show.doprint(part) for part in detail.parts]
    return "".join(
        shown if isinstance(part, str) else f"${shown}$" if width(shown) < LINE else "…"
        for part, shown in zip(detail.parts, formulas, strict=True)
    )


def _substitute(step: Step, show: Printer) -> str:
    working = step.working
    if working.subtracted is not None:
        return rf"Subtract ${show.doprint(working.subtracted)}\ge0$"
    if not working.substitutions:
        return ""
    equations = [f"{show.doprint(old)} = {show.doprint(new)}" for old, new in working.substitutions]
    if any(width(e) > SHORT for e in equations):
        return "Use the relations between the parts, and slack variables for the hypotheses"
    added = {s for _, new in working.substitutions for s in new.free_symbols if isinstance(s, Slack)}
    slack = sorted(added, key=lambda s: s.number)
    letters = ",".join(map(show.doprint, slack))
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
    listed = ", ".join(shown[:SHOWN]) if shown else f"{len(relations)} relation{'s' * (len(relations) > 1)}"
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


def _says_nothing(step: Step) -> bool:
    """Whether a step is that an expression is itself, with a value for sure, or compares two fractions."""
    proposition = step.proposition
    if trivial(proposition):
        return True
    if step.conditions or step.parts:
        return False
    if isinstance(proposition, Compare) and step.proved and step.evidence is Evidence.ARITHMETIC:
        return bool(proposition.lhs.is_Rational and proposition.rhs.is_Rational)
    if not isinstance(proposition, Equal) or proposition.lhs != proposition.rhs:
        return False
    return step.proved and not proposition.lhs.has(Rate, sp.Derivative)


def _tabulate(steps: Sequence[Step], narrator: Narrator) -> tuple[Block, ...]:
    """Steps that say the like of many models, a row each; nothing where one is of another kind or has parts."""
    rows: list[tuple[Sentence, ...]] = []
    for n, step in enumerate(steps, 1):
        columns = in_columns(step.proposition, narrator.printer(step))
        if columns is None or step.parts or not step.proved or step.evidence not in COUNTED:
            return ()
        counted = step.detail.partition(",")[0].partition(" in which")[0]
        holds, components, where = map(_list_formulas, columns)
        rows.append(((f"{n}.",), holds, ("(", *components, ")"), where, (counted,)))
    reasons = dict.fromkeys(COUNTED[step.evidence] for step in steps)
    head = ((), *(narrator.sentence(title) for title in COLUMNS), ("counted",))
    return Table(head, tuple(rows), WIDTHS), Paragraph(narrator.sentence(" ".join(reasons)))


def _list_formulas(formulas: Sequence[str]) -> Sentence:
    """Formulas one after another, so that a line may end between them."""
    found: list[Inline] = []
    for tex in formulas:
        found += [", ", Math(tex)] if found else [Math(tex)]
    return tuple(found)


# -- whole proofs ----------------------------------------------------------------------------------------
def tell_step(step: Step, known: Collection[str] = (), room: float = LINE) -> tuple[Block, ...]:
    """A step in full: its formula, the reason, and the steps that it rests on as a list.

    Args:
        step: a step of a certificate.
        known: ids of claims that may be referred to.
        room: the width of a line, in em.

    >>> import sympy as sp
    >>> from ddln_sym.kernel import decide
    >>> x = sp.Symbol("x", real=True)
    >>> formula, reason = tell_step(decide(Equal((x + 1) ** 2, x**2 + 2 * x + 1)))
    >>> reason.content
    ('Expand: the two sides have the same normal form.',)
    """
    return Narrator(known).step(step, room)


def tell_proof(steps: Sequence[Step], known: Collection[str], notes: Sequence[Sentence] = ()) -> Proof:
    """The steps of a certificate, each after its note; without notes, what says nothing is left out."""
    narrator = Narrator(known)
    if not notes:
        steps = [step for step in steps if not _says_nothing(step)] or steps[:1]
    if len(steps) == 1:
        return Proof(narrator.alone(steps[0]))
    if len(steps) > MOST_ITEMS and not notes and (tabulated := _tabulate(steps, narrator)):
        return Proof(tabulated)
    items = []
    for n, step in enumerate(steps):
        note = (Paragraph(notes[n]),) if notes else ()
        items.append((*note, *narrator.step(step, LINE - 2.5)))
    return Proof((Items(tuple(items), numbered=True),))
