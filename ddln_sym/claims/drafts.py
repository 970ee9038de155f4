r"""Files of claims to fill in: from a title and ids, or from an author's LaTeX with a first draft of each statement."""

from __future__ import annotations

import builtins
import json
import keyword
import re
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

import sympy as sp

from ddln_sym.claims.claim import IDENTIFIER, ClaimError, Place
from ddln_sym.claims.sources import Display, Source

__all__ = ["draft_statement", "expand_ids", "scaffold", "scaffold_source"]

RELATIONS = {"=": "=", "<": "<", ">": ">", r"\le": "<=", r"\leq": "<=", r"\ge": ">=", r"\geq": ">=", ":=": "="}
CONSTANTS = {"e": sp.E, "pi": sp.pi}
TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|:=|.", re.DOTALL)
LONGEST = 400  # letters of a formula that is read
HEAD = '''"""{what}

Fill in what is asked for, then run:  ddln-sym check {file}
"""

import sympy as sp

import ddln_sym as dd

TEXT = dd.Text(
    title={title},
    authors={authors},
    identifier="",  # where it is found, as "arXiv 0000.00000"
    version="",  # which version was read, as "v1, 1 May 2020"
)
'''


def expand_ids(ids: Sequence[str]) -> list[str]:
    """Ids with what an ellipsis between two of them leaves out.

    Raises:
        ClaimError: an ellipsis is not between two ids that differ in their last number, or an id is none.

    >>> expand_ids(["eq-1", "…", "eq-4", "thm-1"])
    ['eq-1', 'eq-2', 'eq-3', 'eq-4', 'thm-1']
    """
    found: list[str] = []
    for n, item in enumerate(ids):
        if item not in ("…", "...", ".."):
            if not IDENTIFIER.fullmatch(item):
                raise ClaimError(f"{item!r} is no id of a claim: write letters, digits, hyphens and dots, as eq-1")
            found.append(item)
            continue
        ends = [re.fullmatch(r"(.*?)(\d+)", end) for end in (*ids[n - 1 : n], *ids[n + 1 : n + 2])] if n else []
        one, two = ends if len(ends) == 2 else (None, None)
        if one is None or two is None or one[1] != two[1] or not 0 < int(two[2]) - int(one[2]) <= 1000:
            raise ClaimError("an ellipsis stands between two ids that count up, as in eq-1 … eq-40")
        found += [f"{one[1]}{number}" for number in range(int(one[2]) + 1, int(two[2]))]
    repeated = next((item for item in found if found.count(item) > 1), None)
    if repeated is not None:
        raise ClaimError(f"the id {repeated} is given twice: ids must be unique")
    return found


def scaffold(title: str, ids: Sequence[str], file: str) -> str:
    """A file of claims for a text, one for each id, to fill in.

    >>> print(scaffold("On Mirrors", ["eq-1"], "mirrors.py").split("\\n\\n")[-1].splitlines()[0])
    EQ_1 = dd.Claim(
    """
    head = HEAD.format(what=_end_sentence(f"Claims of “{title}”"), file=file, title=_quote(title), authors=())
    head += (
        "\n# Symbols are declared real and nothing more: what else is assumed is a hypothesis, so that it is seen.\n"
        'x, y = sp.symbols("x y", real=True)\n'
    )
    blocks = [
        f"{_variable(id)} = dd.Claim(\n    {_quote(id)},  # {Place.after_id(id) or id}\n"
        '    title="",  # what it says, in words\n'
        '    printed=r"",  # the formula as printed, in LaTeX\n'
        '    statement=(),  # dd.Equal(left, right), dd.Compare(larger, smaller), dd.chain(a, "=", b, "<=", c)\n'
        ")\n"
        for id in ids
    ]
    return "\n".join([head, *blocks])


def scaffold_source(source: Source, file: str) -> str:
    """A file with a claim for each display of an author's LaTeX, its statement a draft where it could be read."""
    title = source.title or source.file.stem
    head = HEAD.format(
        what=_end_sentence(f"Claims of “{title}”"), file=file, title=_quote(title), authors=_list(source.authors)
    )
    drafts = [draft_statement(display.tex) if not display.name else None for display in source.displays]
    symbols: dict[str, str] = {}
    for draft in drafts:
        symbols |= draft[1] if draft else {}
    if symbols:
        head += "\n# Symbols are declared real and nothing more: what else is assumed is a hypothesis.\n"
        names, own = list(symbols), list(symbols.values())
        line = f'{", ".join(names)} = sp.symbols("{" ".join(own)}", real=True)\n'
        head += line if len(names) > 1 and len(line) <= 110 else _wrap(names, own)
    taken: set[str] = set()
    blocks = [_block(display, draft, taken) for display, draft in zip(source.displays, drafts, strict=True)]
    return "\n".join([head, *blocks])


def _wrap(names: Iterable[str], own: Iterable[str]) -> str:
    """A declaration a line."""
    return "".join(f'{name} = sp.Symbol("{symbol}", real=True)\n' for name, symbol in zip(names, own, strict=True))


def _end_sentence(text: str) -> str:
    return text.replace('"', "'").replace("\\", "") + "."


def _variable(id: str) -> str:
    name = re.sub(r"\W", "_", id).upper()
    return name if name.isidentifier() and not keyword.iskeyword(name) else f"C_{name}"


def _block(display: Display, draft: tuple[str, dict[str, str]] | None, taken: set[str]) -> str:
    id, count = display.id, 1
    while id in taken:
        count += 1
        id = f"{display.id}-{count}"
    taken.add(id)
    lines = [f"{_variable(id)} = dd.Claim(", f"    {_quote(id)},", f"    source={_quote(display.place)},"]
    if display.label:
        lines.append(f"    label={_quote(display.label)},")
    words = bool(display.name)
    if words:
        lines.insert(0, textwrap.fill(" ".join(display.tex.split()), 110, initial_indent="# ", subsequent_indent="# "))
    printed = display.tex.rstrip(" .,;")
    lines.append('    printed=r"",' if words else f"    printed={_raw(printed)},")
    if draft is not None:
        lines.append(f"    statement=lambda: {draft[0]},")
        lines.append("    draft=True,  # compare the statement with the formula, then take this line away")
    else:
        lines.append("    statement=(),  # it could not be read: state it" if not words else "    statement=(),")
    return "\n".join([*lines, ")", ""])


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _list(names: Sequence[str]) -> str:
    return f"({', '.join(map(_quote, names))}{',' * (len(names) == 1)})"


def _raw(tex: str) -> str:
    if '"' in tex or tex.endswith("\\"):
        return _quote(tex)
    return f'r"{tex}"'


# -- drafts -------------------------------------------------------------------------------------------
def draft_statement(tex: str) -> tuple[str, dict[str, str]] | None:
    r"""A first statement of a formula as Python, and its symbols by the variables that name them.

    Nothing where SymPy's parser cannot read it, or reads it in more than one way.

    >>> draft_statement(r"a_1 = \log(1 + x) \le x.")
    ('dd.chain(a_1, "=", sp.log(x + 1), "<=", x)', {'a_1': 'a_1', 'x': 'x'})
    >>> draft_statement(r"\|x\|_1 \le 3") is None
    True
    """
    parts = _links(re.sub(r"\\(left|right|bigl?|bigr|Bigl?|Bigr|,|;|!|:)(?![a-zA-Z])", " ", tex).rstrip(" .,;"))
    if len(parts) < 3 or len(tex) > LONGEST:
        return None
    names: dict[str, str] = {}
    pieces: list[str] = []
    for n, part in enumerate(parts):
        if n % 2:
            pieces.append(f'"{RELATIONS[part]}"')
            continue
        side = _read(part)
        if side is None:
            return None
        renamed: dict[Any, Any] = {}
        for symbol in sorted(side.free_symbols, key=str):
            if symbol.name in CONSTANTS:
                renamed[symbol] = CONSTANTS[symbol.name]
                continue
            name = _own_name(symbol.name)
            if name is None:
                return None
            names[_python_name(name)] = name
            renamed[symbol] = sp.Symbol(_python_name(name))
        pieces.append(_code(side.xreplace(renamed)))
    code = f"dd.chain({', '.join(pieces)})"
    return (code, dict(sorted(names.items()))) if _runs(code, names) else None


def _links(tex: str) -> list[str]:
    """Sides and relations of a chain in turn, cut outside of brackets; empty if it is none."""
    parts, current, depth = list[str](), "", 0
    for token in TOKEN.findall(tex):
        depth += (token in ("{", "(", "[")) - (token in ("}", ")", "]"))
        if depth == 0 and token in RELATIONS:
            parts += [current, token]
            current = ""
        else:
            current += token
    parts.append(current)
    return parts if all(part.strip() for part in parts) else []


def _read(tex: str) -> Any:
    try:
        from sympy.parsing.latex import parse_latex

        found = parse_latex(tex.strip(), backend="lark")
    except Exception:  # the parser has a different error for every formula that it cannot read
        return None
    heads = (sp.Derivative, sp.Integral, sp.Limit, sp.Sum, sp.Product, sp.MatrixBase, sp.core.function.AppliedUndef)
    if not isinstance(found, sp.Expr) or found.has(*heads) or not found.is_commutative:
        return None
    return found


def _own_name(name: str) -> str | None:
    r"""The name of a symbol as a word: ``a_{1}`` as ``a_1``, ``\\alpha`` as ``alpha``."""
    word = re.sub(r"[{}\\ ]", "", name)
    return word if re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", word) and word != "i" else None


def _python_name(name: str) -> str:
    clash = keyword.iskeyword(name) or name in ("sp", "dd") or hasattr(builtins, name)
    return f"{name}_" if clash else name


def _code(expr: Any) -> str:
    """An expression as Python with the names of SymPy."""
    from sympy.printing.pycode import PythonCodePrinter

    class Code(PythonCodePrinter):  # type: ignore[misc]
        def _print_Rational(self, e: Any) -> str:
            return f"sp.Rational({e.p}, {e.q})"

        def _print_Half(self, e: Any) -> str:
            return "sp.Rational(1, 2)"

        def _print_Function(self, e: Any) -> str:
            return f"sp.{type(e).__name__}({', '.join(map(self._print, e.args))})"

        def _print_Pow(self, e: Any, rational: bool = False, sqrt: str = "") -> str:
            if e.exp == sp.Rational(1, 2):
                return f"sp.sqrt({self._print(e.base)})"
            return str(super()._print_Pow(e, rational=True))

        def _print_Exp1(self, e: Any) -> str:
            return "sp.E"

        def _print_Pi(self, e: Any) -> str:
            return "sp.pi"

        _print_log = _print_exp = _print_sin = _print_cos = _print_tan = _print_Abs = _print_Function
        _print_sinh = _print_cosh = _print_tanh = _print_asinh = _print_atan = _print_Function

    return str(Code().doprint(expr))


def _runs(code: str, names: dict[str, str]) -> bool:
    """Whether a draft is Python that makes propositions."""
    import ddln_sym

    space: dict[str, Any] = {variable: sp.Symbol(own, real=True) for variable, own in names.items()}
    try:
        return bool(eval(code, {"sp": sp, "dd": ddln_sym, **space}))
    except Exception:  # what cannot be run is no draft
        return False
