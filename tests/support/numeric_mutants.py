"""One-line changes to the code of proved numbers, each of which a test has to notice: ``make mutants-numeric``.

A term or a factor is dropped, a sign, a comparison, an end of a ball or a constant changed, in a copy of the package;
then the tests that are meant for the module run against the copy.  Changes after which every bound is still proved
stand, each with a reason, in ``numeric_equivalents.toml``.
"""

from __future__ import annotations

import argparse
import ast
import os
import shutil
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path
from random import Random, SystemRandom
from tempfile import TemporaryDirectory
from time import monotonic

__all__ = ["Mutant", "equivalents", "mutants", "noticed", "ordered"]

ROOT = Path(__file__).resolve().parents[2]
EQUIVALENT = Path(__file__).with_name("numeric_equivalents.toml")
FLOWS = ("tests/flows/test_tight_bounds.py", "tests/flows/test_enclosure.py")
BALLS = ("tests/numerics/test_tight_balls.py",)
DUAL = ("tests/flows/test_tight_dual.py", "tests/flows/test_dual_bounds.py", "tests/flows/test_dual_enclosures.py")
DUAL_RUNS = (*DUAL, "tests/flows/test_dual_flows.py")
#: The tests of each module, quick ones first.
TESTS = {
    "flows/error_bounds.py": FLOWS,
    "flows/local_bounds.py": FLOWS,
    "flows/enclosures.py": FLOWS,
    "flows/enclosed_states.py": FLOWS,
    "flows/limits.py": FLOWS,
    "flows/dual_bounds.py": DUAL,
    "flows/dual_charts.py": DUAL,
    "flows/dual_coordinates.py": DUAL_RUNS,
    "flows/dual_enclosures.py": DUAL,
    "flows/dual_solver.py": DUAL_RUNS,
    "flows/dual_steps.py": DUAL_RUNS,
    "flows/dual_systems.py": DUAL_RUNS,
    "flows/dual_trajectories.py": DUAL_RUNS,
    "flows/least_excess.py": ("tests/flows/test_least_excess.py",),
    "flows/units.py": ("tests/flows/test_units.py", "tests/flows/test_tiny_starts.py"),
    "flows/gradient_models.py": (*BALLS, *FLOWS),
    "numerics/taylor_models.py": (*BALLS, *FLOWS),
    "numerics/collocation.py": ("tests/numerics/test_collocation.py",),
    "numerics/krylov.py": ("tests/numerics/test_collocation.py",),
    "numerics/newton.py": (*BALLS, "tests/entropies/test_entropy.py"),
    "numerics/quadrature.py": (*BALLS, "tests/numerics/test_quadrature.py"),
    "entropies/difference.py": (*BALLS, "tests/entropies/test_entropy.py"),
    "numerics/mirror_integral.py": ("tests/numerics/test_quadrature.py", "tests/entropies/test_entropy.py"),
}
#: Of the part that has to be noticed.
WANTED = 0.9
#: Seconds of the tests of one mutant; one that takes longer is noticed.
PATIENCE = 600
ENDS = {
    "upper": "lower",
    "lower": "upper",
    "abs_upper": "abs_lower",
    "abs_lower": "abs_upper",
    "max": "min",
    "min": "max",
}
SIGNS = {ast.Add: " - ", ast.Sub: " + ", ast.Mult: " / ", ast.Div: " * "}
FLIPS = {ast.Lt: " > ", ast.Gt: " < ", ast.LtE: " > ", ast.GtE: " < "}
#: What says nothing about numbers.
SILENT = {"__repr__", "_repr_html_", "_repr_latex_"}


@dataclass(frozen=True)
class Mutant:
    """A change of some text of a module.

    Attributes:
        file: within the package. line: counted from 1. begin, end: of the text that changes. before, after: the texts.
    """

    file: str
    line: int
    begin: int
    end: int
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.before}  →  {self.after}"

    def applied(self, source: str) -> str:
        return source[: self.begin] + self.after + source[self.end :]


def _spoken(tree: ast.AST) -> Iterator[ast.AST]:
    """The expressions that are computed: without annotations, messages of errors, texts and what is shown."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, (ast.Raise, ast.JoinedStr, ast.arguments)):
            continue
        if isinstance(child, (ast.FunctionDef, ast.ClassDef)) and child.name in SILENT:
            continue
        if isinstance(child, ast.AnnAssign):
            if child.value is not None:
                yield child.value
                yield from _spoken(child.value)
            continue
        if isinstance(child, ast.Subscript):  # places are not numbers
            yield from _spoken(child.value)
            continue
        yield child
        if isinstance(child, ast.FunctionDef):
            for statement in child.body:
                yield from _spoken(ast.Module([statement], []))
        else:
            yield from _spoken(child)


def _is_symmetric(node: ast.AST) -> bool:
    """Whether it is a ball around 0, which is its own opposite."""
    return isinstance(node, ast.Call) and ast.unparse(node).startswith("arb(0,")


def mutants(file: str, source: str) -> list[Mutant]:
    """Every change of a module."""
    starts = [0]
    for text in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(text))
    lines = source.splitlines()

    def place(line: int, column: int) -> int:
        return starts[line - 1] + len(lines[line - 1].encode()[:column].decode())

    def span(node: ast.AST) -> tuple[int, int]:
        return place(node.lineno, node.col_offset), place(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def changes(node: ast.AST) -> Iterator[str]:
        """What may stand in the place of a node."""
        begin, end = span(node)
        text = source[begin:end]
        if isinstance(node, ast.BinOp) and type(node.op) in SIGNS:
            left, right = (source[slice(*span(part))] for part in (node.left, node.right))
            yield f"({left})"
            yield f"(-({right}))" if isinstance(node.op, ast.Sub) else f"({right})"
            if isinstance(node.op, (ast.Add, ast.Sub)) and not _is_symmetric(node.right):
                yield f"(({left}){SIGNS[type(node.op)]}({right}))"
        elif isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in FLIPS:
            left, right = (source[slice(*span(part))] for part in (node.left, node.comparators[0]))
            yield f"({left}{FLIPS[type(node.ops[0])]}{right})"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ENDS:
            _, stop = span(node.func)
            yield source[begin : stop - len(node.func.attr)] + ENDS[node.func.attr] + source[stop:end]
        elif isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value not in (True, False):
            yield f"{node.value + 1 if isinstance(node.value, int) else node.value * 2}"
            if node.value not in (0, 1):
                yield f"({text} // 2)" if isinstance(node.value, int) else f"({text} / 2)"
        elif (
            isinstance(node, ast.UnaryOp)
            and isinstance(node.op, ast.USub)
            and not isinstance(node.operand, ast.Constant)
        ):
            yield source[slice(*span(node.operand))]

    found, seen = [], set()
    for node in _spoken(ast.parse(source)):
        if not hasattr(node, "lineno"):
            continue
        begin, end = span(node)
        for after in changes(node):
            if (begin, end, after) in seen or "\n" in source[begin:end]:
                continue
            seen.add((begin, end, after))
            found.append(Mutant(file, node.lineno, begin, end, source[begin:end], after))
    return found


def ordered(seed: int, files: Sequence[str] = tuple(TESTS)) -> list[Mutant]:
    """All mutants, from every file in turn, in an order that follows from the seed."""
    random, found = Random(seed), []
    for file in files:
        source = (ROOT / "ddln_sym" / file).read_text(encoding="utf-8")
        born = mutants(file, source)
        random.shuffle(born)
        found.append(born)
    return [mutant for mutant in chain.from_iterable(zip_longest(*found)) if mutant is not None]


def equivalents() -> list[dict[str, str]]:
    """The listed changes after which all is still proved: file, before, after, a part of the line, reason."""
    return list(tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))["equivalent"])


def excused(mutant: Mutant, source: str) -> str:
    """The reason why a mutant need not be noticed; else ''."""
    line = source.splitlines()[mutant.line - 1]
    for entry in equivalents():
        same = entry["file"] == mutant.file and entry["line"] in line
        if (
            same
            and entry.get("before", mutant.before) == mutant.before
            and entry.get("after", mutant.after) == mutant.after
        ):
            return entry["reason"]
    return ""


def noticed(mutant: Mutant | None, tests: Sequence[str]) -> bool:
    """Whether a test fails, or takes too long, with the package changed; ``None`` changes nothing."""
    with TemporaryDirectory(prefix="ddln-sym-mutant-") as folder:
        copy = Path(folder) / "ddln_sym"
        shutil.copytree(ROOT / "ddln_sym", copy, ignore=shutil.ignore_patterns("__pycache__"))
        if mutant is not None:
            target = copy / mutant.file
            target.write_text(mutant.applied(target.read_text(encoding="utf-8")), encoding="utf-8")
        command = [sys.executable, "-P", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]
        surroundings = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            done = subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            return True
        return done.returncode != 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="numeric_mutants", description=__doc__)
    parser.add_argument("--seconds", type=float, default=3600, help="time after which no mutant is begun (3600)")
    parser.add_argument("--seed", type=int, help="of the order; a fresh one if omitted")
    parser.add_argument("--file", action="append", choices=list(TESTS), help="a module alone; may be repeated")
    chosen = parser.parse_args()
    seed = SystemRandom().randrange(10**6) if chosen.seed is None else chosen.seed
    print(f"seed {seed}", flush=True)
    begun, counts, survivors = monotonic(), defaultdict(int), []
    for mutant in ordered(seed, chosen.file or tuple(TESTS)):
        if monotonic() - begun > chosen.seconds:
            break
        source = (ROOT / "ddln_sym" / mutant.file).read_text(encoding="utf-8")
        if excused(mutant, source):
            counts["listed"] += 1
        elif noticed(mutant, TESTS[mutant.file]):
            counts["noticed"] += 1
            print(f"noticed: {mutant}", flush=True)
        else:
            survivors.append(mutant)
            print(f"survived: {mutant}", flush=True)
    tried = counts["noticed"] + len(survivors)
    part = counts["noticed"] / tried if tried else 1.0
    print(f"{counts['noticed']} of {tried} noticed ({part:.0%}), {counts['listed']} listed as equivalent")
    return 0 if part >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
