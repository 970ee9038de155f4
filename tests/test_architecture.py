"""How the packages hang together: who imports whom, through which face, who makes steps, and what nobody may call."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import ddln_sym

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "ddln_sym"
#: A package imports packages of a lower rank, or of its own rank where no circle comes of it.
RANKS = {
    "numerics": 0,
    "statements": 1,
    "taylor": 1,
    "kernel": 2,
    "claims": 3,
    "models": 3,
    "flows": 4,
    "entropies": 4,
    "experiments": 5,
    "render": 5,
    "rocq": 5,
    "testing": 6,
    "cli": 7,
}
#: Modules that stand alone: how results show themselves, names imported on first use, functions on many problems, what
#: checks proofs without the rest, and ``python -m ddln_sym``.
ALONE = {"_html": -1, "late": -1, "sweeps": -1, "checker": -1, "version": -1, "__main__": 8}
#: Rooms within a package that have a face of their own.
ROOMS = {
    "flows.losses",
    "render.document",
    "render.formulas",
    "render.latex",
    "render.html",
    "render.markdown",
    "render.terminal",
    "render.figures",
    "cli.derive",
    "cli.figures",
}
#: They guess, or decide by a floating-point tolerance.
BANNED = {"simplify", "nsimplify", "equals", "isclose", "allclose"}

FILES = sorted(PACKAGE.rglob("*.py"))
PROOFS = sorted((ROOT / "proofs").glob("*.py"))
SCRIPTS = sorted([*(ROOT / "docs").rglob("*.py"), *(ROOT / "benchmarks").glob("*.py")])


def named(files):
    return {"argvalues": files, "ids": [str(f.relative_to(ROOT)) for f in files]}


def parsed(file: Path) -> ast.Module:
    """The file without the imports that only the type checker sees."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    tree.body = [n for n in tree.body if not (isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING")]
    return tree


def module_of(file: Path) -> str:
    """The dotted name within the package: ``kernel.signs`` for ``ddln_sym/kernel/signs.py``."""
    return ".".join(file.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


def imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """What is imported, also inside functions: the module, and the name or nothing."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            yield from ((str(node.module), alias.name) for alias in node.names)


def inside(module: str, name: str = "") -> str:
    """The module of the package that an import reaches: the longest dotted name that is a file or a folder."""
    if module == "ddln_sym" and name in ddln_sym._HOMES:
        return ddln_sym._HOMES[name]
    parts = [*module.split(".")[1:], name] if name else module.split(".")[1:]
    while parts and not (PACKAGE.joinpath(*parts).with_suffix(".py").exists() or PACKAGE.joinpath(*parts).is_dir()):
        parts.pop()
    return ".".join(parts)


def used_by(file: Path) -> set[str]:
    """The modules of the package that a file imports, by their names within it."""
    return {inside(*found) for found in imports(parsed(file)) if found[0].split(".")[0] == "ddln_sym"} - {""}


def room_of(module: str) -> str:
    """The face under which a module's names are imported from other rooms."""
    rooms = [room for room in ROOMS if module == room or module.startswith(f"{room}.")]
    return rooms[0] if rooms else module.split(".")[0]


def test_every_package_has_a_rank():
    assert {module_of(f).split(".")[0] for f in FILES} - {"__init__"} == RANKS.keys() | ALONE.keys()


@pytest.mark.parametrize("file", **named(FILES))
def test_imports_go_down(file):
    ranks = {**RANKS, **ALONE}
    own = module_of(file).split(".")[0]
    for used in {name.split(".")[0] for name in used_by(file)} - {own}:
        assert ranks.get(own, 9) >= ranks[used], f"{own} imports {used}"


def circle_free(uses: dict[str, set[str]]) -> set[str]:
    """What is left when everything that imports nothing of the rest is taken away, again and again."""
    while leaves := [name for name, used in uses.items() if not used & uses.keys()]:
        for name in leaves:
            del uses[name]
    return set(uses)


def test_no_circle_of_packages():
    uses: dict[str, set[str]] = {name: set() for name in RANKS}
    for file in FILES:
        own = module_of(file).split(".")[0]
        if own in RANKS:
            uses[own] |= {name.split(".")[0] for name in used_by(file)} - {own}
    assert not circle_free(uses)


@pytest.mark.parametrize("package", sorted(RANKS))
def test_no_circle_of_modules(package):
    inner = {
        module_of(f): {u for u in used_by(f) if u.startswith(f"{package}.")} - {module_of(f)}
        for f in (PACKAGE / package).rglob("*.py")
        if f.name != "__init__.py"
    }
    assert not circle_free(inner)


@pytest.mark.parametrize("file", **named(FILES + PROOFS + SCRIPTS))
def test_rooms_are_entered_by_their_faces(file):
    """A name of another room is imported from that room's ``__init__``, never from a module behind it."""
    own = room_of(module_of(file)) if file.is_relative_to(PACKAGE) else ""
    if file == PACKAGE / "__init__.py":
        return
    for module, name in imports(parsed(file)):
        if module.startswith("ddln_sym."):
            used = inside(module, name)
            room = room_of(used)
            if room != own and room not in {"cli", *ALONE}:
                assert used in {room, *ROOMS} or module.removeprefix("ddln_sym.") == room, f"{module}.{name}"


@pytest.mark.parametrize("file", **named([f for f in FILES if f.parent != PACKAGE and f.name != "__init__.py"]))
def test_no_module_needs_the_face_before_it(file):
    own = room_of(module_of(file))
    assert own not in used_by(file)


@pytest.mark.parametrize("file", **named([f for f in FILES if f.name == "__init__.py" and f.parent != PACKAGE]))
def test_a_face_lists_what_it_exports(file):
    tree = parsed(file)
    taken = {alias.asname or alias.name for n in tree.body if isinstance(n, ast.ImportFrom) for alias in n.names}
    listed = [n for n in tree.body if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == "__all__"]
    exported = set(ast.literal_eval(listed[0].value)) if listed else set()
    assert taken - {"TYPE_CHECKING", "annotations", "import_late", "import_module"} <= exported


@pytest.mark.parametrize("file", **named(FILES))
def test_the_package_does_not_know_the_paper(file):
    """The collector alone looks up ``proofs``, by name, when it is asked for it: in a wheel it has another."""
    tree = parsed(file)
    found = {module.split(".")[0] for module, _ in imports(tree)}
    assert not found & {"tests", "conftest", "pytest"}
    assert "proofs" not in found


@pytest.mark.parametrize("file", **named(PROOFS))
def test_the_paper_does_not_know_the_tests(file):
    found = {module.split(".")[0] for module, _ in imports(parsed(file))}
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
            outside = {module.split(".")[0] for module, _ in imports(parsed(file))}
            assert not outside & {"matplotlib", "pathlib", "os"}, file.name
    assert not used_by(PACKAGE / "render" / "figures.py")


def test_one_place_sets_the_precision_that_threads_share():
    """Whoever else set it would change the digits of others; a context of one's own is nobody else's."""
    setters = set()
    for file in FILES:
        for node in ast.walk(parsed(file)):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and node.attr in ("prec", "dps"):
                setters |= {module_of(file)} if ast.unparse(node.value) in ("ctx", "mp", "mpmath.mp") else set()
    assert setters == {"numerics.balls"}


def test_the_kernel_alone_makes_steps():
    others = sorted((ROOT / "docs").rglob("*.py")) + PROOFS + FILES
    found = {module_of(f) if f.is_relative_to(PACKAGE) else str(f) for f in others if "SEAL" in words(f)}
    assert {name.split(".")[0] for name in found} == {"statements", "kernel", "claims"}
    # where it is defined, the face, the one procedure of the kernel, and certification, which makes certificates
    assert len(found) == 4, found


@pytest.mark.parametrize("file", **named([f for f in FILES if f.parent.name == "kernel"] + PROOFS))
def test_nothing_guesses(file):
    assert not words(file) & BANNED


@pytest.mark.parametrize("file", **named([f for f in FILES if f.name != "__init__.py"] + PROOFS))
def test_every_module_says_what_it_is_for(file):
    assert ast.get_docstring(parsed(file))


def used_at_run_time(node: ast.AST, names: frozenset[str]) -> Iterator[str]:
    """Those of some names that code uses outside of annotations, where no function around imports them itself."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        names -= {(a.asname or a.name) for n in ast.walk(node) if isinstance(n, ast.ImportFrom) for a in n.names}
    if isinstance(node, ast.Name) and node.id in names:
        yield node.id
    for field, value in ast.iter_fields(node):
        if field not in ("annotation", "returns"):
            for part in value if isinstance(value, list) else [value]:
                if isinstance(part, ast.AST):
                    yield from used_at_run_time(part, names)


@pytest.mark.parametrize("file", **named(FILES))
def test_what_is_imported_for_annotations_is_used_there_alone(file):
    """The type checker does not see the difference, and a run does."""
    tree = parsed(file)
    blocks = [n for n in ast.walk(tree) if isinstance(n, ast.If) and getattr(n.test, "id", "") == "TYPE_CHECKING"]
    names = {a.asname or a.name for n in blocks for i in n.body if isinstance(i, ast.ImportFrom) for a in i.names}
    assert not list(used_at_run_time(tree, frozenset(names)))


def test_public_names_are_where_the_package_says():
    assert sorted(ddln_sym.__all__) == sorted(ddln_sym._HOMES)
    assert set(ddln_sym.__all__) <= set(dir(ddln_sym))
    for name in ddln_sym.__all__:
        assert f"{getattr(ddln_sym, name).__module__}.".startswith(f"ddln_sym.{ddln_sym._HOMES[name]}.")


@pytest.mark.parametrize("face", ["flows", "flows.losses", "entropies"])
def test_a_face_has_all_that_it_lists(face):
    """Also what is imported on first use."""
    package = import_module(f"ddln_sym.{face}")
    for name in package.__all__:
        assert getattr(package, name).__module__.startswith("ddln_sym.")
    with pytest.raises(AttributeError, match=rf"{face}' has no attribute 'nothing'"):
        _ = package.nothing


NUMBERS = """
import sys
import ddln_sym as dd

X, y, layers = [[1, 2]], [2], [[0, 0], [1, 1], ["0.5", 2]]
for loss in (dd.SquaredLoss(X, y), dd.LogisticLoss(X, [1])):
    flow = dd.GradientFlow(loss, layers)
    trajectory, box = flow.integrate(1, 15), flow.enclose(1, 15)
    for found in (trajectory, box):
        found.theta(1), found.layers(1), found.xi(1), found.metric(1), found.loss(1)
    box.sign_changes()
flow = dd.GradientFlow(dd.SquaredLoss(X, y), layers)
flow.enclose(20, 15).limit()
for method in (None, "taylor", "dual"):
    trajectory = flow.converge("1e-12", 15, method=method)
trajectory.enclose().limit()
dd.implicit_bias(X, y, layers), dd.implicit_bias(X, y, layers, certified=True)
Q = dd.entropy(layers)
Q([1, 2]), Q.gradient([1, 2]), Q.conjugate(["0.5", "0.5"]), Q.bregman([1, 2], [2, 1], certified=True)
repr((loss, flow, trajectory, box, Q))
print(sorted({"sympy", "z3", "scipy", "matplotlib", "ddln_sym.models", "ddln_sym.statements"} & sys.modules.keys()))
"""


def test_numbers_are_computed_without_what_expressions_need():
    """SymPy alone takes as much memory as all the rest, and longer than a small flow."""
    run = subprocess.run([sys.executable, "-c", NUMBERS], capture_output=True, text=True, check=True, cwd=ROOT)
    assert run.stdout == "[]\n"
