"""Where claims are found: the paper, and files and folders of claims."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import sys
from collections.abc import Iterator
from importlib.abc import SourceLoader
from pathlib import Path
from types import ModuleType
from typing import Any

from ddln_sym.claims.claim import Claim, ClaimError, NoClaims

__all__ = ["collect", "locate", "sections", "title_of"]


#: Where the names of a module of version 0.1 are now.
_FORMER = {
    "ddln_sym.along": "ddln_sym.flows",
    "ddln_sym.balls": "ddln_sym.numerics",
    "ddln_sym.bias": "ddln_sym.entropies",
    "ddln_sym.calculus": "ddln_sym.statements",
    "ddln_sym.certificate": "ddln_sym.statements",
    "ddln_sym.claim": "ddln_sym.claims",
    "ddln_sym.closed_form": "ddln_sym.entropies",
    "ddln_sym.conditions": "ddln_sym.models",
    "ddln_sym.console": "ddln_sym.render.terminal",
    "ddln_sym.coordinate": "ddln_sym.entropies",
    "ddln_sym.derivation": "ddln_sym.models",
    "ddln_sym.derive_command": "ddln_sym.cli",
    "ddln_sym.difference_coordinate": "ddln_sym.entropies",
    "ddln_sym.enclosed_state": "ddln_sym.flows",
    "ddln_sym.enclosure": "ddln_sym.flows",
    "ddln_sym.entropy_report": "ddln_sym.cli",
    "ddln_sym.error_bound": "ddln_sym.flows",
    "ddln_sym.error_growth": "ddln_sym.taylor",
    "ddln_sym.exact": "ddln_sym.numerics",
    "ddln_sym.expression": "ddln_sym.statements",
    "ddln_sym.figures_command": "ddln_sym.cli",
    "ddln_sym.flow_command": "ddln_sym.cli",
    "ddln_sym.gradient_flow": "ddln_sym.models",
    "ddln_sym.gradient_model": "ddln_sym.flows",
    "ddln_sym.homogeneous": "ddln_sym.entropies",
    "ddln_sym.kkt": "ddln_sym.entropies",
    "ddln_sym.latex": "ddln_sym.render.latex",
    "ddln_sym.layer_system": "ddln_sym.flows",
    "ddln_sym.least_layer": "ddln_sym.entropies",
    "ddln_sym.legendre": "ddln_sym.entropies",
    "ddln_sym.limit": "ddln_sym.flows",
    "ddln_sym.lockfile": "ddln_sym.claims",
    "ddln_sym.logistic": "ddln_sym.flows.losses",
    "ddln_sym.loss": "ddln_sym.flows.losses",
    "ddln_sym.loss_ball": "ddln_sym.flows.losses",
    "ddln_sym.mirror_integral": "ddln_sym.entropies",
    "ddln_sym.newton": "ddln_sym.numerics",
    "ddln_sym.output": "ddln_sym.cli",
    "ddln_sym.parametrization": "ddln_sym.models",
    "ddln_sym.plots": "ddln_sym.render.figures",
    "ddln_sym.problem": "ddln_sym.flows",
    "ddln_sym.program": "ddln_sym.taylor",
    "ddln_sym.proposition": "ddln_sym.statements",
    "ddln_sym.quadrature": "ddln_sym.numerics",
    "ddln_sym.recurrence": "ddln_sym.taylor",
    "ddln_sym.regimes": "ddln_sym.entropies",
    "ddln_sym.report": "ddln_sym.render.html",
    "ddln_sym.report_command": "ddln_sym.cli",
    "ddln_sym.selection": "ddln_sym.claims",
    "ddln_sym.step_bound": "ddln_sym.flows",
    "ddln_sym.straight_line": "ddln_sym.taylor",
    "ddln_sym.strategies": "ddln_sym.testing",
    "ddln_sym.taylor_model": "ddln_sym.numerics",
    "ddln_sym.theorem": "ddln_sym.statements",
    "ddln_sym.trajectory": "ddln_sym.flows",
}


STANDARD_INPUT = Path("-")


def collect(path: Path | None = None) -> tuple[Claim, ...]:
    """The claims of the paper, or those in a Python file, a folder of files, or standard input (``-``).

    Raises:
        ClaimError: the path does not exist, a file raises when it is run, or two claims share an id.
        NoClaims: no claims are found.
    """
    return tuple(claim for section in sections(path).values() for claim in section)


def sections(path: Path | None = None) -> dict[str, tuple[Claim, ...]]:
    """The same claims by the module that they stand in, under its title.

    Raises:
        ClaimError, NoClaims: as :func:`collect` does.

    >>> next(iter(sections()))
    'Sections 1 and 1.2: the problem, and what is said of initializations before they are analyzed'
    """
    modules = _paper_modules() if path is None else [_load(file) for file in _files(path)]
    claims: dict[str, Claim] = {}
    found: dict[str, tuple[Claim, ...]] = {}
    written = {id(value) for module in modules for value in _claims_of(module, imported=False)}
    for module in modules:
        title, own = title_of(module), {id(value) for value in _claims_of(module, imported=False)}
        for value in _claims_of(module):
            if id(value) in written - own:  # imported from another of these modules, where it has its place
                continue
            if claims.get(value.id, value) is not value:
                raise ClaimError(f"the id {value.id} is used by two different claims: ids must be unique")
            if value.id not in claims:
                found[title] = (*found.get(title, ()), value)
            claims[value.id] = value
            if file := getattr(module, "__file__", None):
                _FILES[value.id] = Path(file)
    if not claims:
        raise NoClaims(f"{path} defines no claims: assign a ddln_sym.Claim to a name in it")
    return found


def locate(claim: Claim) -> tuple[Path, int] | None:
    """The file and the line where a claim of a module stands, or nothing where it was made in another way.

    >>> file, line = locate(next(iter(collect())))
    >>> file.name, line > 1
    ('introduction.py', True)
    """
    file = _FILES.get(claim.id)
    if file is None or not file.is_file():
        return None
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "Claim":
            given = [k.value for k in node.keywords if k.arg == "id"] or node.args[:1]
            if given and isinstance(given[0], ast.Constant) and given[0].value == claim.id:
                return file, node.lineno
    return file, 1


#: The file of each claim that was read from one.
_FILES: dict[str, Path] = {}


def title_of(module: ModuleType) -> str:
    """The title of a module of claims: its ``TITLE``, or else the first line of its docstring, or its name."""
    title = getattr(module, "TITLE", None) or module.__doc__ or module.__name__
    return str(title).strip().splitlines()[0].rstrip(".")


def _claims_of(module: Any, *, imported: bool = True) -> Iterator[Claim]:
    """The claims that a module has names for; without those that it imports, where its text can be read."""
    taken = set() if imported else _imported_names(module)
    for name, value in vars(module).items():
        if isinstance(value, Claim) and name not in taken:
            yield value


def _imported_names(module: Any) -> set[str]:
    file = getattr(module, "__file__", None)
    if not file or not Path(file).is_file():
        return set()
    tree = ast.parse(Path(file).read_text(encoding="utf-8"))
    return {a.asname or a.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for a in node.names}


def _paper_modules() -> list[Any]:
    return [importlib.import_module(f"proofs.{name}") for name in importlib.import_module("proofs").SECTIONS]


def _homes_of_the_paper() -> list[Path]:
    return [Path(folder).resolve() for folder in importlib.import_module("proofs").__path__]


def _files(path: Path) -> list[Path]:
    if path == STANDARD_INPUT:
        return [path]
    if path.is_dir():
        return sorted(p for p in path.glob("*.py") if p.name != "__init__.py")
    if not path.exists():
        raise ClaimError(f"{path} does not exist: give a Python file, a folder of them, or a claim id")
    return [path]


class _StandardInput(SourceLoader):
    """The text of a module from standard input."""

    def get_filename(self, fullname: str) -> str:
        return str(STANDARD_INPUT)

    def get_data(self, path: str) -> bytes:
        return sys.stdin.buffer.read()


def _load(file: Path) -> Any:
    if file.stem != "__init__" and file.resolve().parent in _homes_of_the_paper():
        return importlib.import_module(f"proofs.{file.stem}")  # its claims are those of the paper themselves
    loader = _StandardInput() if file == STANDARD_INPUT else None
    name = "standard input" if loader else str(file)
    spec = importlib.util.spec_from_file_location(f"claims_in_{file.stem}", file, loader=loader)
    if spec is None or spec.loader is None:
        raise ClaimError(f"{file} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        line = _line_in(file, error)
        if isinstance(error, ModuleNotFoundError) and (now := _FORMER.get(error.name or "")):
            raise ClaimError(
                f"{name}{line} imports {error.name}, which has moved: import the same names from {now}"
            ) from error
        raise ClaimError(f"{name}{line} raised {type(error).__name__}: {error}") from error
    return module


def _line_in(file: Path, error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return f", line {error.lineno},"
    trace, line = error.__traceback__, ""
    while trace is not None:
        if Path(trace.tb_frame.f_code.co_filename).resolve() == file.resolve():
            line = f", line {trace.tb_lineno},"
        trace = trace.tb_next
    return line
