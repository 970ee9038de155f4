"""Claims: statements of a paper as data, how they are certified, and where they are found."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any, TypeAlias

import sympy as sp

from ddln_sym.certificate import Certificate, Scope, Step, Verdict
from ddln_sym.gradient_flow import DEPTH
from ddln_sym.kernel import NotPolynomial, decide, satisfiable
from ddln_sym.proposition import Compare, Equal

__all__ = ["Claim", "ClaimError", "NoClaims", "certify", "certify_all", "collect", "sections", "statements"]

Expr: TypeAlias = Any
Proof: TypeAlias = Callable[[Any], Step]

#: Depths at which a statement for all L is tried when its schematic form is not proved.
CONCRETE = (2, 3, 4, 5, 6)


class ClaimError(ValueError):
    """Claims cannot be read or selected; the message is one sentence for the user."""


class NoClaims(ClaimError):
    """A file or a folder defines no claims."""


@dataclass(frozen=True)
class Claim:
    """One statement of a paper.

    Attributes:
        id: stable name, e.g. ``"eq-20"``.
        title: what it says, in words.
        source: its place in the paper.
        printed: the formula as printed, in LaTeX, letter by letter.
        statement: depth ↦ the propositions that together say it.
        depths: the depths it speaks of: ``(DEPTH,)`` is every L ≥ 2 by a symbol.
        scope: the same in words, with the dimensions.
        uses: ids of claims that its propositions take from elsewhere in the paper.
        correction: the corrected statement, for a claim that is false as printed.
        remark: how the printed formula was read, where it can be read in more ways than one.
        prove: decides one proposition; the kernel by default.

    >>> x = sp.Symbol("x", real=True)
    >>> square = Claim("square", "squares are not negative", "folklore", "x^2 \\\\ge 0",
    ...                lambda depth: Compare(x**2, 0), depths=(2,))
    >>> certify(square).verdict.value
    'proved'
    """

    id: str
    title: str
    source: str
    printed: str
    statement: Callable[[Expr], Any]
    depths: tuple[Expr, ...] = (DEPTH,)
    scope: Scope = Scope()
    uses: tuple[str, ...] = ()
    correction: Claim | None = None
    remark: str = ""
    prove: Proof = decide

    @property
    def schematic(self) -> bool:
        return DEPTH in self.depths

    def __repr__(self) -> str:
        return f"<Claim {self.id}: {self.title} ({self.source})>"

    def _repr_markdown_(self) -> str:
        from ddln_sym import display

        return display.claim(self)


def statements(claim: Claim, depth: Expr) -> tuple[Any, ...]:
    """The propositions of a claim at one depth."""
    found = claim.statement(depth)
    return tuple(found) if isinstance(found, Sequence) else (found,)


def _decided(claim: Claim, depth: Expr) -> tuple[Step, ...]:
    """A step for each proposition; a step about something else does not count."""
    steps = []
    try:
        propositions = statements(claim, depth)
    except Exception as error:
        raise ClaimError(f"{claim.id}: its statement raised {type(error).__name__}: {error}") from error
    for proposition in propositions:
        if isinstance(proposition, (bool, sp.Basic)):
            raise ClaimError(f"{claim.id}: {proposition} is not a proposition: write it as Equal, Compare, Holds, …")
        try:
            step = claim.prove(proposition)
        except NotPolynomial as error:
            raise ClaimError(f"{claim.id}: {error}") from error
        if not isinstance(step, Step) or step.proposition != proposition:
            raise ClaimError(
                f"{claim.id}: its proof is about {getattr(step, 'proposition', step)}, not about {proposition}"
            )
        steps.append(step)
    if not steps:
        raise ClaimError(f"{claim.id}: it states nothing, so there is nothing to check")
    return tuple(steps)


def _vacuous(claim: Claim, depth: Expr) -> str:
    """The first proposition whose hypotheses no point satisfies, if any."""
    for proposition in statements(claim, depth):
        if isinstance(proposition, (Equal, Compare)) and not satisfiable(proposition.setting):
            return str(proposition)
    return ""


def certify(claim: Claim, known: Mapping[str, Certificate] | None = None) -> Certificate:
    """Check a claim.

    Args:
        claim: the claim.
        known: certificates of the claims named in ``claim.uses``.
    Returns:
        A certificate.  ``proved``: every proposition is proved, for the whole scope, and its hypotheses
        can be met.  ``refuted``: there is a witness, and the correction is proved.
    Raises:
        ClaimError: the claim states nothing, or its proof is about something else.
    """
    begun = perf_counter()
    certificate = _judge(claim, known or {})
    relied = {name: (known or {}).get(name) for name in claim.uses}
    missing = [name for name, found in relied.items() if found is None or not found.proved]
    if missing and certificate.verdict is Verdict.PROVED:
        reason = f"it uses {', '.join(missing)}, which is not proved"
        certificate = replace(certificate, verdict=Verdict.UNDECIDED, reason=reason)
    narrower = [found.scope.depth for found in relied.values() if found and found.scope.depth.startswith("L = ")]
    if claim.schematic and narrower:  # it holds no further than what it rests on
        certificate = replace(certificate, scope=replace(certificate.scope, depth=narrower[0]))
    inherited = [name for found in relied.values() if found for name in found.assumes]
    assumes = dict.fromkeys([*certificate.assumes, *(f"claim {name}" for name in claim.uses), *inherited])
    return replace(certificate, assumes=tuple(assumes), seconds=perf_counter() - begun)


def _judge(claim: Claim, known: Mapping[str, Certificate]) -> Certificate:
    steps = tuple(step for depth in claim.depths for step in _decided(claim, depth))
    scope = claim.scope
    if any(step.verdict is Verdict.REFUTED for step in steps):
        scope = _where_it_fails(claim, steps)
    elif claim.schematic and not all(step.proved for step in steps):
        steps, scope = _by_depth(claim, steps)
    certificate = Certificate.of(claim.id, claim.title, claim.source, scope, steps)
    if certificate.verdict is Verdict.PROVED:
        empty = _vacuous(claim, sp.Integer(CONCRETE[1]) if claim.schematic else claim.depths[0])
        if empty:
            return replace(
                certificate, verdict=Verdict.UNDECIDED, reason=f"nothing satisfies the hypotheses of {empty}"
            )
    if certificate.verdict is Verdict.REFUTED:
        return _with_correction(claim, certificate, known)
    return certificate


def _where_it_fails(claim: Claim, steps: tuple[Step, ...]) -> Scope:
    """The depth of the witness, for a claim about many depths; a claim about fixed ones keeps its scope."""
    if all(sp.sympify(depth).is_Integer for depth in claim.depths):
        return claim.scope
    points = [step.witness.point for top in steps for step in top.walk() if step.witness is not None]
    depth = next((point["L"] for point in points if "L" in point), "")
    return replace(claim.scope, depth=f"fails at L = {depth}" if depth else "fails at every L")


def _by_depth(claim: Claim, schematic: tuple[Step, ...]) -> tuple[tuple[Step, ...], Scope]:
    """One depth refutes; some depths prove no more than those depths."""
    proved: list[Step] = []
    for depth in CONCRETE:
        steps = _decided(claim, sp.Integer(depth))
        if any(step.verdict is Verdict.REFUTED for step in steps):
            return steps, replace(claim.scope, depth=f"fails at L = {depth}")
        if not all(step.proved for step in steps):
            return schematic, claim.scope
        proved += steps
    return tuple(proved), replace(claim.scope, depth=f"L = {CONCRETE[0]}…{CONCRETE[-1]}")


def _with_correction(claim: Claim, certificate: Certificate, known: Mapping[str, Certificate]) -> Certificate:
    """Attach the certificate of the correction, which may use the claims that the printed form uses."""
    if claim.correction is None:
        reason = "it is false, and no correction has been stated"
        return replace(certificate, verdict=Verdict.UNDECIDED, reason=reason)
    correction = certify(replace(claim.correction, uses=claim.uses), known)
    if not correction.proved:
        reason = f"it is false, but its correction is {correction.verdict}: {correction.reason}"
        return replace(certificate, verdict=Verdict.UNDECIDED, correction=correction, reason=reason)
    return replace(certificate, correction=correction)


def certify_all(
    claims: Iterable[Claim],
    selected: Iterable[str],
    progress: Callable[[Claim], None] | None = None,
    known: dict[str, Certificate] | None = None,
) -> Iterator[Certificate]:
    """Certificates of the selected claims, in their order; claims they use are checked first.

    ``known`` holds certificates of the same claims, by their ids; those that are found are added to it.
    """
    library = {claim.id: claim for claim in claims}
    known = {} if known is None else known

    def check(name: str, path: tuple[str, ...] = ()) -> None:
        if name in path:
            raise ClaimError(f"the claims {' → '.join((*path, name))} use each other in a circle")
        if name in known:
            return
        if name not in library:
            raise ClaimError(f"{path[-1]} uses the claim {name}, which does not exist")
        for needed in library[name].uses:
            check(needed, (*path, name))
        if progress is not None:
            progress(library[name])
        known[name] = certify(library[name], known)

    for name in selected:
        check(name)
        yield known[name]


def collect(path: Path | None = None) -> tuple[Claim, ...]:
    """The claims of the paper, or those in a Python file or folder of files.

    Raises:
        ClaimError: the path does not exist, a file raises when it is run, or two claims share an id.
        NoClaims: no claims are found.
    """
    return tuple(claim for section in sections(path).values() for claim in section)


def sections(path: Path | None = None) -> dict[str, tuple[Claim, ...]]:
    """The same claims by the module that they stand in, under its title: the first line of its docstring.

    Raises:
        ClaimError, NoClaims: as :func:`collect` does.

    >>> next(iter(sections()))
    'Section 2.1: the flow of the layers'
    """
    modules = _paper_modules() if path is None else [_load(file) for file in _files(path)]
    claims: dict[str, Claim] = {}
    found: dict[str, tuple[Claim, ...]] = {}
    for module in modules:
        title = (module.__doc__ or module.__name__).strip().splitlines()[0].rstrip(".")
        for value in _claims_of(module):
            if claims.get(value.id, value) is not value:
                raise ClaimError(f"the id {value.id} is used by two different claims: ids must be unique")
            if value.id not in claims:
                found[title] = (*found.get(title, ()), value)
            claims[value.id] = value
    if not claims:
        raise NoClaims(f"{path} defines no claims: assign a ddln_sym.Claim to a name in it")
    return found


def _claims_of(module: Any) -> Iterator[Claim]:
    for value in vars(module).values():
        if isinstance(value, Claim):
            yield value


def _paper_modules() -> list[Any]:
    return [importlib.import_module(f"proofs.{name}") for name in importlib.import_module("proofs").SECTIONS]


def _homes_of_the_paper() -> list[Path]:
    return [Path(folder).resolve() for folder in importlib.import_module("proofs").__path__]


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(p for p in path.glob("*.py") if p.name != "__init__.py")
    if not path.exists():
        raise ClaimError(f"{path} does not exist: give a Python file, a folder of them, or a claim id")
    return [path]


def _load(file: Path) -> Any:
    if file.stem != "__init__" and file.resolve().parent in _homes_of_the_paper():
        return importlib.import_module(f"proofs.{file.stem}")  # its claims are those of the paper themselves
    spec = importlib.util.spec_from_file_location(f"claims_in_{file.stem}", file)
    if spec is None or spec.loader is None:
        raise ClaimError(f"{file} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        line = _line_in(file, error)
        raise ClaimError(f"{file}{line} raised {type(error).__name__}: {error}") from error
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
