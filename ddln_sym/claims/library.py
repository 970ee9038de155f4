"""Where claims are found: the paper, and files and folders of claims."""

from __future__ import annotations
import __future__

import ast
import importlib
import importlib.util
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.abc import SourceLoader
from pathlib import Path
from types import ModuleType
from typing import Any

from ddln_sym.claims.claim import IDENTIFIER, Claim, ClaimError, NoClaims
from ddln_sym.statements import Text

__all__ = ["by_id", "collect", "locate", "paper_folder", "paper_text", "sections", "title_of"]

#: The paper's claims: a part of the installed package, or the folder of the repository that the package lies in.
_PAPER = "ddln_sym.proofs" if importlib.util.find_spec("ddln_sym.proofs") else "proofs"

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
    "ddln_sym.mirror_integral": "ddln_sym.numerics",
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
        title, text, file = title_of(module), _text_of(module), getattr(module, "__file__", None)
        own = {id(value) for value in _claims_of(module, imported=False)}
        for value in _claims_of(module):
            if id(value) in written - own:  # imported from another of these modules, where it has its place
                continue
            before = claims.get(value.id, value)
            if before is not value:
                places = " and ".join(dict.fromkeys((_place(before), _place(value, file))))
                raise ClaimError(f"{places}: the id {value.id} is used by two different claims: ids must be unique")
            if value.id not in claims:
                found[title] = (*found.get(title, ()), value)
                value.stand(text, title, Path(file) if file else None)
            claims[value.id] = value
    if not claims:
        raise NoClaims(f"{path} defines no claims: assign a ddln_sym.Claim to a name in it")
    return found


def by_id(claims: Iterable[Claim]) -> dict[str, Claim]:
    """Claims and their corrections by their ids.

    >>> [name for name in by_id(collect()) if name.startswith("eq-6")]
    ['eq-6', 'eq-6-corrected']
    """
    return {one.id: one for claim in claims for one in (claim, claim.correction) if one is not None}


def locate(claim: Claim) -> tuple[Path, int] | None:
    """The file and the line where a claim of a module stands, or nothing where it was made in another way.

    >>> file, line = next(place for claim in collect() if claim.id == "eq-6" and (place := locate(claim)))
    >>> file.name, line > 1
    ('behaviour.py', True)
    """
    if claim.file is None or not claim.file.is_file():
        return None
    lines = _lines_of(claim.id, claim.file)
    return claim.file, lines[0] if lines else 1


def _lines_of(id: str, file: Path) -> list[int]:
    """The lines of a file where a claim of an id is made."""
    return [line for name, line in _claim_lines(file.read_bytes()) if name == id]


@lru_cache(maxsize=64)  # every claim of a file is looked up in it
def _claim_lines(source: bytes) -> list[tuple[str, int]]:
    return sorted((_id_in(call), call.lineno) for call in _claims_in(ast.parse(importlib.util.decode_source(source))))


def _place(claim: Claim, file: str | None = None) -> str:
    path = claim.file or Path(file or "-")
    lines = _lines_of(claim.id, path) if path.is_file() else []
    return f"{path}, line{'s' * (len(lines) > 1)} {', '.join(map(str, lines))}" if lines else str(path)


def _claims_in(tree: ast.AST) -> list[ast.Call]:
    """The calls that make claims, as they are written in a file."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [call for call in calls if "Claim" in (getattr(call.func, "id", ""), getattr(call.func, "attr", ""))]


def _id_in(call: ast.Call) -> str:
    given = [k.value for k in call.keywords if k.arg == "id"] or call.args[:1]
    constant = given[0] if given else None
    return str(constant.value) if isinstance(constant, ast.Constant) else ""


def _text_of(module: ModuleType) -> Text | None:
    """The text that a module says its claims are about, or else that of ``text.py`` or ``__init__.py`` beside it."""
    file = getattr(module, "__file__", None)
    found, place = getattr(module, "TEXT", None), str(file)
    if found is None and file is not None:
        if Path(file).resolve().parent in _homes_of_the_paper():
            return paper_text()
        for beside in (Path(file).with_name("text.py"), Path(file).with_name("__init__.py")):
            if found is None and beside.is_file() and beside != Path(file):
                found, place = getattr(_load(beside), "TEXT", None), str(beside)
    if found is not None and not isinstance(found, Text):
        raise ClaimError(f'{place}: TEXT is {found!r}: write TEXT = ddln_sym.Text(title="…", authors=("…",))')
    return found


def paper_text() -> Text:
    """The text of the paper.

    >>> paper_text().identifier
    'arXiv 2412.16765'
    """
    found: Text = importlib.import_module(f"{_PAPER}.text").TEXT
    return found


def title_of(module: ModuleType) -> str:
    """The title of a module of claims: its ``TITLE``, the first line of its docstring, or the name of its file."""
    named = Path(getattr(module, "__file__", None) or module.__name__).stem.replace("_", " ")
    title = getattr(module, "TITLE", None) or module.__doc__ or _read_docstring(module) or named
    return str(title).strip().splitlines()[0].rstrip(".")


def _read_docstring(module: ModuleType) -> str | None:
    """The docstring as it stands in the file: ``python -OO`` drops it from the module."""
    file = getattr(module, "__file__", None)
    if not file or not Path(file).is_file():  # standard input
        return None
    return ast.get_docstring(ast.parse(importlib.util.decode_source(Path(file).read_bytes())))


def _claims_of(module: Any, *, imported: bool = True) -> Iterator[Claim]:
    """The claims that a module has names for, in lists too; without those that it imports, where that can be read."""
    taken = set() if imported else _imported_names(module)
    for name, value in vars(module).items():
        if name not in taken:
            held = value if isinstance(value, (list, tuple)) else (value,)
            yield from (one for one in held if isinstance(one, Claim))


def _imported_names(module: Any) -> set[str]:
    file = getattr(module, "__file__", None)
    if not file or not Path(file).is_file():
        return set()
    tree = ast.parse(importlib.util.decode_source(Path(file).read_bytes()))
    return {a.asname or a.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for a in node.names}


def _paper_modules() -> list[Any]:
    return [importlib.import_module(f"{_PAPER}.{name}") for name in importlib.import_module(_PAPER).SECTIONS]


def _homes_of_the_paper() -> list[Path]:
    return [Path(folder).resolve() for folder in importlib.import_module(_PAPER).__path__]


def paper_folder() -> Path:
    """Where the modules of the paper's claims lie, and their lockfile.

    >>> paper_folder().name
    'proofs'
    """
    return Path(next(iter(importlib.import_module(_PAPER).__path__)))


def _files(path: Path) -> list[Path]:
    if path == STANDARD_INPUT:
        return [path]
    if path.is_dir():
        return sorted(p for p in path.glob("*.py") if p.name != "__init__.py" and not p.is_dir())
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
        return importlib.import_module(f"{_PAPER}.{file.stem}")  # its claims are those of the paper themselves
    loader = _StandardInput() if file == STANDARD_INPUT else None
    name = "standard input" if loader else str(file)
    spec = importlib.util.spec_from_file_location(f"claims_in_{file.stem}", file, loader=loader)
    if spec is None or spec.loader is None or file.is_dir():
        raise ClaimError(f"{file} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        _run(module, spec.loader, file)
    except (Exception, SystemExit) as error:
        if isinstance(error, ModuleNotFoundError) and (now := _FORMER.get(error.name or "")):
            raise ClaimError(
                f"{name}{_line_in(file, error)} imports {error.name}, which has moved: import the same names from {now}"
            ) from error
        raise ClaimError(f"{name}{_explain(file, error)}") from error
    return module


def _explain(file: Path, error: BaseException) -> str:
    """What a file raised and where; of what the package itself refuses, the sentence."""
    trace, line = error.__traceback__, _line_in(file, error)
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    ours = trace is not None and Path(trace.tb_frame.f_code.co_filename).is_relative_to(_PACKAGE)
    if ours and isinstance(error, ValueError):
        return f"{line.removesuffix(',')}: {error}"
    return f"{line} raised {type(error).__name__}: {error}"


_PACKAGE = Path(__file__).resolve().parents[1]


def _run(module: ModuleType, loader: Any, file: Path) -> None:
    """Run a file statement by statement: a claim that cannot be made is one that is not decided, and the rest goes on.

    Raises:
        Exception: what a statement raises that makes no claim.
    """
    code = loader.get_data(str(file))
    tree = ast.parse(importlib.util.decode_source(code), filename=str(file))
    module.__doc__ = ast.get_docstring(tree)
    futures = [n.name for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"
               for n in node.names]  # fmt: skip
    flags = 0
    for feature in futures:
        flags |= getattr(__future__, feature).compiler_flag
    for node in tree.body:
        statement = compile(ast.Module([node], []), str(file), "exec", flags=flags, dont_inherit=True)
        try:
            exec(statement, vars(module))
        except Exception as error:
            outer = [call for call in _claims_in(node) if _id_in(call)]
            inner = {id(c) for call in outer for c in _claims_in(call) if c is not call}
            calls = [call for call in outer if id(call) not in inner]
            named = calls and all(IDENTIFIER.fullmatch(_id_in(call)) for call in calls)
            if not named or not isinstance(node, (ast.Assign, ast.AnnAssign, ast.Expr)):
                raise
            for call in calls:
                why = _explain(file, error).replace(f" {_id_in(call)}:", "", 1)  # which is said before
                sentence = f"{_id_in(call)}: it could not be made{why}"
                vars(module)[f"_unread_{_id_in(call)}"] = _unread(_id_in(call), sentence)


def _unread(id: str, sentence: str) -> Claim:
    """A claim that could not be made: deciding it says why."""

    def statement() -> None:
        raise ClaimError(sentence)

    return Claim(id, statement=statement)


def _line_in(file: Path, error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return f", line {error.lineno}," if error.lineno else ""
    trace, line = error.__traceback__, ""
    while trace is not None:
        if Path(trace.tb_frame.f_code.co_filename).resolve() == file.resolve():
            line = f", line {trace.tb_lineno},"
        trace = trace.tb_next
    return line
