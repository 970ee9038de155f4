"""Steps of certificates as sentences and formulas: what was decided, by what, and what it needs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any, TypeAlias

import sympy as sp

from ddln_sym.certificate import Step, Verdict, Witness
from ddln_sym.expression import Rate
from ddln_sym.kernel.rates import rates_applied
from ddln_sym.latex.layout import LINE, width
from ddln_sym.latex.printer import Printer
from ddln_sym.latex.prose import prose
from ddln_sym.latex.references import keys_in
from ddln_sym.latex.statement import display, given, motion, printer_for, trivial
from ddln_sym.proposition import Compare, Consequence, Equal

__all__ = ["reason", "refutation", "rendered", "value"]

Expr: TypeAlias = Any

SHOWN = 4  # side conditions of a step that are written out
SHORT = 30.0  # em: a certificate that is longer is summarized
REASONS = {
    "polynomial identity over QQ": "{work} the two sides have the same normal form.",
    "nonnegative coefficients": "{work} the difference of the sides has no negative coefficient.",
    "product of given signs": "The difference of the sides is a product of factors whose signs are given.",
    "termwise in the sum": "Term by term: each term of the difference is nonnegative.",
    "equal squares of one sign": "The squares of the sides agree, and their product is not negative.",
    "arithmetic": "Arithmetic.",
    "z3 (integers, uninterpreted functions)": "The negation has no model: decided by z3, over the integers with "
    "uninterpreted functions.",
    "z3 (nonlinear real arithmetic)": "The negation has no model: decided by z3, in nonlinear real arithmetic.",
    "disjoint supports": "The blocks share no variable.",
    "decision of the denied statement": "There is a counterexample:",
    "witness without the assumption, proof with it": "Without the assumption there is a counterexample, with it a proof:",
    "Lie brackets in a polynomial ring over QQ": "The brackets are multiplied out{detail}.",
    "rank on all of M by cases": "The maximal minors cannot all vanish{detail}.",
}


def _setting(proposition: Any) -> Any:
    return getattr(proposition, "setting", None)


def rendered(step: Step, known: Collection[str] = (), room: float = LINE, lead: str = "") -> str:
    """A step in full: its formula, the reason, and the steps it rests on.

    Args:
        step: a step of a certificate.
        known: ids of claims that may be referred to.
        room: the width of a line, in em.
        lead: what stands before the formula.
    """
    show = printer_for(step.proposition, step.working.meaning)
    shown, names = display(step.proposition, room, show)
    lines = [f"{lead}$\\displaystyle {shown}$"]
    if names:
        where = ", ".join(f"${name} = {meaning}$" for name, meaning in names)
        lines.append(f"where {where}.")
    text = reason(step, known, show)
    lines.append(rf"\newline {text}" if not names else text)
    parts = [part for part in step.parts if not trivial(part.proposition)]
    if parts and not step.evidence.startswith("nonnegative"):
        lines.append(r"\begin{itemize}")
        lines += [r"\item " + rendered(part, known, room - 2.5) for part in parts]
        lines.append(r"\end{itemize}")
    return "\n".join(lines)


def reason(step: Step, known: Collection[str] = (), show: Printer | None = None) -> str:
    """Why a step holds, in a few sentences: what decided it, along which flow, given what, and what it needs."""
    show = show or printer_for(step.proposition, step.working.meaning)
    if step.verdict is Verdict.REFUTED and step.witness is not None and not step.parts:
        return refutation(step, show)
    sentences = [_because(step, show)]
    setting = _setting(step.proposition)
    if setting is not None:
        hypotheses = dict.fromkeys(given(h, show, tuple(known)) for h in setting.hypotheses)
        if isinstance(step.proposition, (Equal, Compare)) and step.proposition.lhs.has(Rate) | step.proposition.rhs.has(
            Rate
        ):
            moving = motion(step.proposition, show)
            sentences += [f"Here ${moving}$."] if moving else []
        if hypotheses:
            sentences.append(f"Given {'; '.join(hypotheses)}.")
    sentences += _needs(step, show)
    return " ".join(s for s in sentences if s)


def _because(step: Step, show: Printer) -> str:
    proposition = step.proposition
    if step.evidence.startswith("cited: "):
        return _cited(step)
    if step.evidence == "ideal membership over QQ":
        return _membership(step, show)
    work = "Expand:"
    if isinstance(proposition, (Equal, Compare)):
        both = sp.Tuple(proposition.lhs, proposition.rhs)
        work = "Differentiate and expand:" if both.has(Rate, sp.Derivative) else work
        if proposition.lhs == proposition.rhs:
            return "Every part of it has a value."
    put = _substituted(step, show)
    text = REASONS.get(step.evidence, f"Decided by {prose(step.evidence)}.")
    if put:
        text = f"{put}: then the difference of the sides has no negative coefficient."
    detail = f": {prose(step.detail)}" if step.detail else ""
    return text.format(work=work, detail=detail) if "{" in text and not put else text


def _cited(step: Step) -> str:
    proposition = step.proposition
    theorem = proposition.theorem if isinstance(proposition, Consequence) else None
    name = theorem.name if theorem is not None else step.evidence.removeprefix("cited: ")
    keys = keys_in(*step.assumes)
    cite = rf"~\cite{{{','.join(keys)}}}" if keys else f" ({prose(theorem.reference)})" if theorem else ""
    article = "" if re.match(r"[A-Z].*'s|rank|zero sets|preimages|flows|a |KKT|mirror", name) else "the "
    trivially = sum(1 for part in step.parts if trivial(part.proposition))
    also = (
        f" ({trivially} further premise{'s' * (trivially > 1)} read{'s' * (trivially == 1)} $0 = 0$ or the like)"
        if trivially
        else ""
    )
    return f"By {article}{prose(name)}{cite}, from the following{also}:"


def _substituted(step: Step, show: Printer) -> str:
    working = step.working
    if working.subtracted is not None:
        return f"Subtract ${show.doprint(working.subtracted)}\\ge0$"
    if not working.substitutions:
        return ""
    equations = [f"{show.doprint(old)} = {show.doprint(new)}" for old, new in working.substitutions]
    if any(width(e) > SHORT for e in equations):
        return "Use the relations between the sums and products, and slack variables for the hypotheses"
    slack = sorted({s.name for _, new in working.substitutions for s in new.free_symbols if s.name.startswith("slack")})
    letters = ",".join(show.doprint(sp.Symbol(name)) for name in slack)
    note = rf", where ${letters}\ge0$" if letters else ""
    return f"Put {', '.join(f'${e}$' for e in equations)}{note}"


def _membership(step: Step, show: Printer) -> str:
    """The difference as a combination of relations, written out where that fits."""
    cofactors = step.working.cofactors
    cleared = ", multiplied by what is divided by," if any(c.kind == "≠ 0" for c in step.conditions) else ""
    products = []
    for cofactor, relation in cofactors:
        factor = "" if cofactor == 1 else show.doprint(cofactor)
        if cofactor.is_Add:
            factor = rf"\left({factor}\right)"
        products.append(rf"{factor}\left({show.doprint(relation)}\right)")
    whole = " + ".join(products)
    if whole and width(whole) <= SHORT:
        return f"The difference of the sides{cleared} is ${whole}$, and the bracket{'s' * (len(products) > 1)} vanish{'es' * (len(products) == 1)}."
    relations = [_as_equation(relation, show) for _, relation in cofactors]
    shown = [f"${e}$" for e in dict.fromkeys(relations) if width(e) <= SHORT]
    terms = sum(len(sp.Add.make_args(cofactor)) for cofactor, _ in cofactors)
    listed = ", ".join(shown[:SHOWN]) if shown else f"{len(relations)} relations"
    more = f" and {len(relations) - len(shown[:SHOWN])} more" if shown and len(relations) > len(shown[:SHOWN]) else ""
    return (
        f"Expand both sides: their difference{cleared} is a combination of {listed}{more}, "
        f"with cofactors of {terms} term{'s' * (terms > 1)} in all."
    )


def _as_equation(relation: Expr, show: Printer) -> str:
    """A polynomial that vanishes, as an equation with positive terms on both sides."""
    terms = sp.Add.make_args(relation)
    minus = [t for t in terms if t.as_coeff_Mul()[0] < 0]
    plus = [t for t in terms if t not in minus]
    left, right = sp.Add(*plus), sp.Add(*(-t for t in minus))
    if len(plus) > len(minus):
        left, right = right, left
    return f"{show.doprint(left)} = {show.doprint(right)}"


def _needs(step: Step, show: Printer) -> list[str]:
    """The side conditions: the short ones written out, the rest counted."""
    if not step.conditions:
        return []
    relation = {"≠ 0": r"\ne 0", "≥ 0": r"\ge 0", "> 0": "> 0"}
    written = dict.fromkeys(f"{show.doprint(c.quantity)}{relation[c.kind]}" for c in step.conditions)
    short = [w for w in written if width(w) <= SHORT / 2][:SHOWN]
    rest = len(written) - len(short)
    listed = ", ".join(f"${w}$" for w in short)
    if not short:
        return [f"{rest} side condition{'s follow' if rest > 1 else ' follows'} from the hypotheses."]
    more = f", and {rest} more" if rest else ""
    return [
        f"It needs {listed}{more}; {'all of this follows' if rest or len(short) > 1 else 'this follows'} from the hypotheses."
    ]


# -- refutations -----------------------------------------------------------------------------------------
def value(text: str) -> str:
    """A number of a witness: a rational, or a ball as ``m ± r``.

    >>> print(value("[1.44363547518 +/- 1.19e-12]"))
    1.44363547518\\pm1.19\\cdot10^{-12}
    """
    found = re.fullmatch(r"\[(-?[\d.]+) \+/- ([\d.]+)(?:e(-?\d+))?\]", text)
    if found:
        power = rf"\cdot10^{{{found[3]}}}" if found[3] else ""
        return rf"{found[1]}\pm{found[2]}{power}"
    if re.fullmatch(r"-?\d+/\d+", text):
        sign, (above, below) = "-" * text.startswith("-"), text.lstrip("-").split("/")
        return rf"{sign}\tfrac{{{above}}}{{{below}}}"
    return text.rstrip("0").rstrip(".") if re.fullmatch(r"-?\d+\.\d+", text) else text


def refutation(step: Step, show: Printer | None = None) -> str:
    """Where a statement fails, worked out in numbers: the point, and both sides there."""
    show = show or printer_for(step.proposition)
    witness, proposition = step.witness, step.proposition
    if witness is None:
        return ""
    point = ", ".join(_named(name, text, proposition, show) for name, text in witness.point.items())
    at = f"At {point} " if point else ""
    if isinstance(proposition, (Equal, Compare)):
        sides = [_worked(side, witness.values[name], proposition, show)
                 for side, name in ((proposition.lhs, "left side"), (proposition.rhs, "right side"))]  # fmt: skip
        return f"{at}the left side is {sides[0]}, the right side is {sides[1]}."
    return f"{at}{_other(witness, proposition, show, bool(at))}"


def _other(witness: Witness, proposition: Any, show: Printer, at: bool) -> str:
    found = []
    for name, text in witness.values.items():
        if text == "false":
            found.append("it is false" if at else "It is false")
        elif text == "proved":
            found.append("This is proved")
        else:
            found.append(f"{prose(name)} is ${value(text)}$")
    return f"{', '.join(found)}."


def _named(name: str, text: str, proposition: Any, show: Printer) -> str:
    """``symbol = value`` of a witness, the symbol found by its name."""
    atoms = {str(a): a for e in _all(proposition) for a in e.atoms(sp.Symbol, sp.Indexed, sp.Function)}
    if name in atoms:
        return f"${show.doprint(atoms[name])} = {value(text)}$"
    return f"${show.doprint(sp.Symbol(name))} = {prose(text).strip('$')}$"


def _all(proposition: Any) -> Iterator[Expr]:
    for held in vars(proposition).values():
        if isinstance(held, sp.Basic):
            yield held
        elif hasattr(held, "hypotheses"):
            yield from (h.relation for h in held.hypotheses if isinstance(h.relation, sp.Basic))
            yield from (side for r in held.rates for side in (r.quantity, r.value))


def _worked(side: Expr, number: str, proposition: Equal | Compare, show: Printer) -> str:
    """``d/dt u² = 2u·u' = …``: the derivative carried out, then the number."""
    chain = []
    if side.has(Rate, sp.Derivative):
        moved = sp.sympify(rates_applied(side, proposition.setting)).doit()
        written = show.doprint(moved)
        if width(written) <= SHORT and moved.free_symbols:
            chain.append(written)
    if chain:
        return f"${chain[0]} = {value(number)}$"
    return f"${value(number)}$"
