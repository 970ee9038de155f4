"""How the modules hang together: who imports whom, who makes steps, and what nobody may call."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import ddln_sym

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "ddln_sym"
#: A module imports modules of a lower rank only; a package within it is of one rank.
PACKAGES = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
RANKS = {
    "display": 0,
    "exact": 0,
    "expression": 0,
    "least_layer": 0,
    "output": 0,
    "plots": 0,
    "quadrature": 0,
    "recurrence": 0,
    "balls": 1,
    "certificate": 1,
    "program": 1,
    "proposition": 1,
    "kernel": 2,
    "lockfile": 2,
    "loss": 2,
    "mirror_integral": 2,
    "newton": 2,
    "parametrization": 2,
    "taylor": 2,
    "taylor_model": 2,
    "theorem": 2,
    "calculus": 3,
    "coordinate": 3,
    "derivation": 3,
    "difference_coordinate": 3,
    "error_growth": 3,
    "gradient_flow": 3,
    "gradient_model": 3,
    "legendre": 3,
    "logistic": 3,
    "claim": 4,
    "closed_form": 4,
    "conditions": 4,
    "kkt": 4,
    "layer_system": 4,
    "loss_ball": 4,
    "straight_line": 4,
    "console": 5,
    "entropies": 5,
    "homogeneous": 5,
    "latex": 5,
    "selection": 5,
    "step_bound": 5,
    "bias": 6,
    "derive_command": 6,
    "entropy_report": 6,
    "error_bound": 6,
    "report": 6,
    "enclosed_state": 7,
    "limit": 7,
    "regimes": 7,
    "enclosure": 8,
    "trajectory": 9,
    "along": 10,
    "experiments": 10,
    "problem": 10,
    "strategies": 10,
    "figures_command": 11,
    "flow_command": 11,
    "report_command": 12,
    "cli": 13,
    "__main__": 14,
}
LINES = 350
#: They guess, or decide by a floating-point tolerance.
BANNED = {"simplify", "nsimplify", "equals", "isclose", "allclose"}

FILES = sorted(PACKAGE.rglob("*.py"))
PROOFS = sorted((ROOT / "proofs").glob("*.py"))


def named(files):
    return {"argvalues": files, "ids": [str(f.relative_to(ROOT)) for f in files]}


def parsed(file: Path) -> ast.Module:
    """The file, for the package itself without the imports that only the type checker sees."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    if file == PACKAGE / "__init__.py":
        tree.body = [n for n in tree.body if not (isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING")]
    return tree


def module_of(file: Path) -> str:
    """The dotted name within the package: ``kernel.tower`` for ``ddln_sym/kernel/tower.py``."""
    return ".".join(file.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


def imports(tree: ast.AST) -> Iterator[str]:
    """Dotted names of what is imported, also inside functions; a lazy public name is the module it lives in."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            for alias in node.names:
                home = ddln_sym._HOMES.get(alias.name) if node.module == "ddln_sym" else None
                yield f"{node.module}.{home or alias.name}"


def inside(name: str) -> str:
    """The module of the package that a dotted name of it lies in: the longest that is a file or a folder."""
    parts = name.split(".")[1:]
    while parts and not (PACKAGE.joinpath(*parts).with_suffix(".py").exists() or PACKAGE.joinpath(*parts).is_dir()):
        parts.pop()
    return ".".join(parts)


def used_by(file: Path) -> set[str]:
    """The modules of the package that a file imports, by their names within it."""
    return {inside(name) for name in imports(parsed(file)) if name.startswith("ddln_sym.")} - {""}


def test_every_module_has_a_rank():
    assert {module_of(f).split(".")[0] for f in FILES} - {"__init__"} == set(RANKS)


@pytest.mark.parametrize("file", **named(FILES))
def test_imports_go_down(file):
    own = module_of(file).split(".")[0]
    for used in {name.split(".")[0] for name in used_by(file)} - ({own} & PACKAGES):
        assert RANKS.get(own, -1) > RANKS[used], f"{own} imports {used}"


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_a_package_has_no_circle(package):
    inner = {
        module_of(f): {u for u in used_by(f) if u.startswith(f"{package}.")} for f in FILES if f.parent.name == package
    }
    while inner:
        leaves = [name for name, used in inner.items() if not used & inner.keys()]
        assert leaves, f"these modules import each other: {', '.join(inner)}"
        for name in leaves:
            del inner[name]


def test_no_module_of_a_package_needs_the_package_around_it():
    for file in FILES:
        if file.parent.name in PACKAGES and file.name != "__init__.py":
            assert file.parent.name not in used_by(file), file.name


@pytest.mark.parametrize("file", **named(FILES))
def test_the_package_does_not_know_the_paper(file):
    """The command line and the collector alone look up ``proofs``, by name, when they are asked for it."""
    tree = parsed(file)
    found = {name.split(".")[0] for name in imports(tree)}
    assert not found & {"tests", "conftest", "pytest"}
    if module_of(file) not in {"cli", "claim"}:
        assert "proofs" not in found
    top = ast.Module([node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))], [])
    assert "proofs" not in {name.split(".")[0] for name in imports(top)}


@pytest.mark.parametrize("file", **named(PROOFS))
def test_the_paper_does_not_know_the_tests(file):
    found = {name.split(".")[0] for name in imports(parsed(file))}
    assert found <= {"__future__", "collections", "dataclasses", "ddln_sym", "functools", "proofs", "sympy", "typing"}


def words(file: Path) -> set[str]:
    """Every name that a file reads, sets, imports or asks an object for."""
    found = set()
    for node in ast.walk(parsed(file)):
        found |= {getattr(node, attribute) for attribute in ("id", "attr", "name") if hasattr(node, attribute)}
    return found


def test_experiments_do_not_draw_and_drawings_do_not_compute():
    """Nor does either know a file: the command alone brings them together."""
    for file in FILES:
        if module_of(file).startswith("experiments"):
            assert not {name.split(".")[0] for name in imports(parsed(file))} & {"matplotlib", "pathlib", "os"}, (
                file.name
            )
    assert not used_by(PACKAGE / "plots.py")


def test_the_kernel_alone_makes_steps():
    others = sorted((ROOT / "docs").rglob("*.py")) + PROOFS + FILES
    found = [str(f.relative_to(ROOT)) for f in others if "SEAL" in words(f)]
    assert found == ["ddln_sym/certificate.py", "ddln_sym/kernel/__init__.py"]


@pytest.mark.parametrize("file", **named([f for f in FILES if f.parent.name == "kernel"] + PROOFS))
def test_nothing_guesses(file):
    assert not words(file) & BANNED


@pytest.mark.parametrize("file", **named(FILES + PROOFS))
def test_files_are_short(file):
    assert len(file.read_text(encoding="utf-8").splitlines()) <= LINES


@pytest.mark.parametrize("file", **named(FILES + PROOFS))
def test_every_module_says_what_it_is_for(file):
    assert ast.get_docstring(parsed(file))


def test_public_names_are_where_the_package_says():
    assert sorted(ddln_sym.__all__) == sorted(ddln_sym._HOMES)
    for name in ddln_sym.__all__:
        assert getattr(ddln_sym, name).__module__ == f"ddln_sym.{ddln_sym._HOMES[name]}"
