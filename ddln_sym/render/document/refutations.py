"""Where a statement fails, worked out in numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

import sympy as sp

from ddln_sym.kernel import rates_applied
from ddln_sym.render.document.nodes import Block, Formula, Paragraph
from ddln_sym.render.document.text import parse_sentence
from ddln_sym.render.formulas import LINE, Printer, break_chain, spell_formula, width
from ddln_sym.statements import Compare, Equal, Rate, Witness

__all__ = ["tell_refutation", "value_tex"]

Expr: TypeAlias = Any

INLINE = 14.0  # em: a side worked out to more than this is displayed


def value_tex(text: str) -> str:
    """A number of a witness: a rational, or a ball as ``m ± r``.

    >>> print(value_tex("[1.44363547518 +/- 1.19e-12]"), value_tex("-1/2"))
    {1.44363547518\\pm1.19\\cdot10^{-12}} -\\tfrac{1}{2}
    """
    found = re.fullmatch(r"\[(-?[\d.]+) \+/- ([\d.]+)(?:e(-?\d+))?\]", text)
    if found:
        power = rf"\cdot10^{{{found[3]}}}" if found[3] else ""
        return rf"{{{found[1]}\pm{found[2]}{power}}}"
    if found := re.fullmatch(r"(-?)(\d+)/(\d+)", text):
        return rf"{found[1]}\tfrac{{{found[2]}}}{{{found[3]}}}"
    return text.rstrip("0").rstrip(".") if re.fullmatch(r"-?\d+\.\d+", text) else text


def tell_refutation(proposition: Any, witness: Witness, show: Printer) -> tuple[Block, ...]:
    """The point where a proposition fails, and what its two sides come to there.

    Args:
        proposition: what is refuted.
        witness: where.
        show: the printer of the proposition.
    """
    point = ", ".join(_named(name, text, proposition, show) for name, text in witness.point.items())
    at = f"At {point} " if point else ""
    if not isinstance(proposition, (Equal, Compare)):
        said = (f"At {point}, " if point else "") + _other(witness, bool(point))
        return (Paragraph(parse_sentence(said)),) if said else ()
    names = ("left side", "right side")
    sides = [_worked(side, witness.values[n], proposition, show)
             for side, n in zip((proposition.lhs, proposition.rhs), names, strict=True)]  # fmt: skip
    if all(width(" ".join(chain)) <= INLINE for chain in sides):
        said = ", ".join(f"the {name} is ${' '.join(chain)}$" for name, chain in zip(names, sides, strict=True))
        return (Paragraph(parse_sentence(_capital(f"{at}{said}."))),)
    rows = [break_chain([rf"\text{{{name}}}", "=", *chain], LINE - 2) for name, chain in zip(names, sides, strict=True)]
    shown = " \\\\\n".join(f"&{row}" for row in rows)
    return (
        Paragraph(parse_sentence(_capital(f"{at}the two sides come to"))),
        Formula(f"\\begin{{aligned}}\n{shown}\n\\end{{aligned}}"),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _other(witness: Witness, at: bool) -> str:
    found = []
    for name, text in witness.values.items():
        if text == "false":
            found.append("it is false" if at else "It is false")
        elif text != "proved":
            found.append(f"{name} is ${value_tex(text)}$")
    return f"{', '.join(found)}." if found else ""


def _named(name: str, text: str, proposition: Any, show: Printer) -> str:
    """``symbol = value`` of a witness, the symbol found by its name."""
    atoms = {str(a): a for e in _expressions(proposition) for a in e.atoms(sp.Symbol, sp.Indexed, sp.Function)}
    functions = {str(a.func): a for a in atoms.values() if isinstance(a, sp.Function)}
    if name in atoms:
        return f"${show.doprint(atoms[name])} = {value_tex(text)}$"
    if name in functions:  # a function, given as s ↦ s
        argument, _, image = text.partition(" ↦ ")
        applied = functions[name].func(sp.Symbol(argument))
        return f"${show.doprint(applied)} = {spell_formula(image)}$"
    head, _, where = name.removesuffix(")").partition("(")
    if head in functions:  # a value of a function, at a place or everywhere else
        if where == "any other":
            return f"${show.doprint(functions[head])} = {value_tex(text)}$ at every other place"
        applied = functions[head].func(*(sp.Rational(place) for place in where.split(", ")))
        return f"${show.doprint(applied)} = {value_tex(text)}$"
    return f"${show.doprint(sp.Symbol(name))} = {value_tex(text)}$"


def _expressions(proposition: Any) -> Iterator[Expr]:
    for held in vars(proposition).values():
        for one in held if isinstance(held, tuple) else (held,):
            if isinstance(one, sp.Basic):
                yield one
            elif hasattr(one, "hypotheses"):
                yield from (h.relation for h in one.hypotheses if isinstance(h.relation, sp.Basic))
                yield from (side for r in one.rates for side in (r.quantity, r.value))


def _worked(side: Expr, number: str, proposition: Equal | Compare, show: Printer) -> list[str]:
    """The derivative in a side carried out, then the number."""
    if side.has(Rate, sp.Derivative):
        moved = sp.sympify(rates_applied(side, proposition.setting)).doit()
        written = show.doprint(moved)
        if moved.free_symbols and width(written) <= LINE - 8:
            return [written, "=", value_tex(number)]
    return [value_tex(number)]
