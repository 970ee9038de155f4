"""Count what is trusted, and what is checked again, into ``docs/proved.md``: ``python docs/make_trusted.py``.

Lines are those with code: no blank ones, comments or docstrings.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import sympy as sp

from ddln_sym import checker
from ddln_sym.kernel import decide, transcript
from ddln_sym.models import BlocksCommute
from ddln_sym.statements import (
    Commutes,
    Continuous,
    Denied,
    Domain,
    Equal,
    FullRank,
    Holds,
    Hypothesis,
    Needed,
    Polynomial,
    Primitive,
    SeparateBlocks,
    Setting,
    at_least,
    greater,
)

PAGE = Path(__file__).with_name("proved.md")
PACKAGE = PAGE.parent.parent / "ddln_sym"
BEGIN, END = "<!-- counted by docs/make_trusted.py -->", "<!-- end of what is counted -->"

#: What has to be right for what, and where it stands.
TRUSTED: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("every verdict", "the kernel: normal forms, signs, brackets, ranks, witnesses", ("kernel/*.py",)),
    ("every verdict", "what a statement may say, and what it rests on", (
        "statements/vocabulary.py", "statements/expressions.py", "statements/propositions.py",
        "statements/approaches.py", "statements/definitions.py", "statements/certificates.py",
        "statements/evidence.py", "statements/scopes.py",
    )),
    ("verdicts that cite a theorem", "the rules: which premises a conclusion has", (
        "statements/theorems.py", "statements/inequalities.py", "models/conditions.py",
    )),
    ("scopes and corrections", "how a claim is certified", ("claims/certification.py", "claims/claim.py")),
    ("statements about one flow", "enclosures: jets, error growth, bounds", (
        "flows/enclosures.py", "flows/enclosed_states.py", "flows/error_bounds.py", "flows/local_bounds.py",
        "flows/model_bounds.py", "flows/limits.py", "flows/dual_bounds.py", "flows/dual_charts.py",
        "flows/dual_coordinates.py", "flows/dual_enclosures.py", "flows/dual_systems.py", "taylor/*.py",
        "numerics/*.py",
    )),
)  # fmt: skip
#: They are in the kernel's folder, but no verdict rests on them: the checker reads, or the kernel multiplies out.
APART = {"answers.py", "casework.py", "gram.py", "positivity.py", "transcripts.py", "trees.py"}


def examples() -> dict[str, Any]:
    """One statement of each kind that the kernel decides, so that the checker can be asked of it."""
    x, y = sp.symbols("x y", real=True)
    n = sp.Symbol("n", integer=True, positive=True)
    positive = Hypothesis("given", sp.Gt(x, 0))
    return {
        "an equality": Equal(sp.sqrt(x**2 * y**2), sp.Abs(x) * sp.Abs(y)),
        "an inequality": at_least(x**2 + y**2, 2 * x * y),
        "a refuted equality or inequality": greater(x**2, 0),
        "a formula over whole numbers": Holds(sp.Ge(n**2, n)),
        "commuting": Commutes((x**2, y**2), (x, y)),
        "a rank": FullRank((x * y,), (x, y), Domain(((x, y),))),
        "separate blocks": SeparateBlocks((x**2, y**2), (x, y), Domain()),
        "the way an expression is written": Continuous(x**2 + 1),
        "a polynomial": Polynomial(x**2 * y),
        "a theorem that is cited": Primitive(x, x**2, 2 * x, Setting()),
        "blocks of any number of parameters": BlocksCommute(sp.Integer(3)),
        "an assumption that is needed": Needed(greater(x**3, 0), (positive,)),
        "a denial": Denied(at_least(x, 0)),
    }


def code_lines(source: str) -> int:
    """How many lines of a module hold code."""
    kept: set[int] = set()
    skipped = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in skipped:
            kept |= set(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            said = node.body[0]
            kept -= set(range(said.lineno, (said.end_lineno or said.lineno) + 1))
    return len(kept)


def counted(patterns: Iterable[str]) -> tuple[int, int]:
    """How many files match, and how many lines of code they have."""
    files = {file for pattern in patterns for file in PACKAGE.glob(pattern) if file.name not in APART}
    return len(files), sum(code_lines(file.read_text(encoding="utf-8")) for file in files)


def about(lines: int) -> str:
    """A number of lines to the next hundred: a page is not out of date because of a line."""
    return f"about {-(-lines // 100) * 100}"


def checked_again(proposition: Any) -> str:
    """What the checker makes of a step, or why it does not accept it."""
    try:
        return f"yes: {checker.check_step(transcript(decide(proposition)))}"
    except checker.Rejected as reason:
        return f"no: {reason}"


def render() -> str:
    """The tables."""
    rows = ["| for | what | files | lines |", "|---|---|---|---|"]
    for purpose, what, patterns in TRUSTED:
        files, lines = counted(patterns)
        rows.append(f"| {purpose} | {what} | {files} | {about(lines)} |")
    alone = code_lines((PACKAGE / "checker.py").read_text(encoding="utf-8"))
    rows += [
        "",
        f"The checker, which takes the place of the kernel for what it accepts, has {alone} lines in one file.",
    ]
    rows += ["", "| a step about | checked again |", "|---|---|"]
    rows += [f"| {what} | {checked_again(proposition)} |" for what, proposition in examples().items()]
    return "\n".join(rows)


def filled(page: str) -> str:
    """The page with the tables of today.

    Raises:
        ValueError: the page has no place for them.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE.name} has no place for what is counted: write {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{render()}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"wrote {PAGE.name}")
