"""Where a statement fails, worked out in numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

import sympy as sp

from ddln_sym.kernel import apply_rates
from ddln_sym.render.document.nodes import Block, Formula, Paragraph
from ddln_sym.render.document.text import parse_sentence
from ddln_sym.render.formulas import LINE, Printer, break_chain, width
from ddln_sym.statements import Ball, Compare, Equal, Everywhere, Rate, Witness

__all__ = ["tell_refutation", "value_tex"]

Expr: TypeAlias = Any

INLINE = 14.0  # em: a side worked out to more than this is displayed


def value_tex(value: Any) -> str:
    """A number of a witness: a rational, or a ball as ``m ± r``.

    >>> from decimal import Decimal
    >>> print(value_tex(Ball(Decimal("1.44363547518"), Decimal("1.19e-12"))), value_tex(sp.Rational(-1, 2)))
    {1.44363547518\\pm1.19\\cdot10^{-12}} -\\tfrac{1}{2}
    """
    if isinstance(value, Ball):
        return _ball_tex(value)
    if isinstance(value, sp.Rational) and value.q != 1:
        return rf"{'-' if value < 0 else ''}\tfrac{{{abs(value.p)}}}{{{value.q}}}"
    return str(value)


def _ball_tex(value: Ball) -> str:
    if not value.radius:
        return format(value.middle.normalize(), "f")
    digits, _, power = str(value.radius).partition("E")
    scale = rf"\cdot10^{{{int(power)}}}" if power else ""
    return rf"{{{value.middle}\pm{digits}{scale}}}"


def tell_refutation(proposition: Any, witness: Witness, show: Printer) -> tuple[Block, ...]:
    """The point where a proposition fails, and what its two sides come to there.

    Args:
        proposition: what is refuted.
        witness: where.
        show: the printer of the proposition.
    """
    point = ", ".join(_name(what, value, proposition, show) for what, value in witness.places)
    at = f"At {point} " if point else ""
    if not isinstance(proposition, (Equal, Compare)):
        said = (f"At {point}, " if point else "") + _other(witness, bool(point), show)
        return (Paragraph(parse_sentence(said)),) if said else ()
    names = ("left side", "right side")
    numbers = dict(witness.sides)
    sides = [_work_out(side, numbers[n], proposition, show)
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


#: What the kernel calls an entry of a bracket.
ENTRY = re.compile(r"(\[∇G_\d+, ∇G_\d+\]) in direction (\w+)")


def _other(witness: Witness, at: bool, show: Printer) -> str:
    found = []
    for name, value in witness.sides:
        if value == "false":
            found.append("it is false" if at else "It is false")
        elif isinstance(value, str):
            found.append(f"{name} {value}" if value != "proved" else "")
        else:
            entry = ENTRY.fullmatch(name)
            named = f"${entry[1]}$ in direction ${show.doprint(sp.Symbol(entry[2]))}$" if entry else name
            found.append(f"{named} is ${value_tex(value)}$")
    said = ", ".join(filter(None, found))
    return f"{said}." if said else ""


def _name(what: Any, value: Any, proposition: Any, show: Printer) -> str:
    """``quantity = value`` of a witness: a symbol, a value of a function, a function, or what it is elsewhere."""
    if isinstance(value, sp.Lambda):
        return f"${show.doprint(what(*value.signature))} = {show.doprint(value.expr)}$"
    if isinstance(what, Everywhere):
        applied = (a for e in _expressions(proposition) for a in e.atoms(sp.Function) if a.func == what.function)
        shown = next(iter(sorted(applied, key=str)), sp.Symbol(str(what.function)))
        return f"${show.doprint(shown)} = {value_tex(value)}$ at every other place"
    return f"${show.doprint(what)} = {value_tex(value)}$"


def _expressions(proposition: Any) -> Iterator[Expr]:
    for held in vars(proposition).values():
        for one in held if isinstance(held, tuple) else (held,):
            if isinstance(one, sp.Basic):
                yield one
            elif hasattr(one, "hypotheses"):
                yield from (h.relation for h in one.hypotheses if isinstance(h.relation, sp.Basic))


def _work_out(side: Expr, number: Any, proposition: Equal | Compare, show: Printer) -> list[str]:
    """The derivative in a side carried out, then the number."""
    if side.has(Rate, sp.Derivative):
        moved = sp.sympify(apply_rates(side, proposition.setting)).doit()
        written = show.doprint(moved)
        if moved.free_symbols and width(written) <= LINE - 8:
            return [written, "=", value_tex(number)]
    return [value_tex(number)]
