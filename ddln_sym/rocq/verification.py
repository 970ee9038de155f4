"""Rocq's answers: the library compiled afresh, every link checked, and what the proofs assume compared with a list.

Everything happens in a temporary folder.  Statements are compiled before, and apart from, the theorems: no name of a
proof can change what they say.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from ddln_sym.claims import Claim, statements
from ddln_sym.rocq.library import NAMESPACE, find_theorem, folder, forbidden, in_order, ready, tactic_line
from ddln_sym.rocq.links import Link
from ddln_sym.rocq.statements import Formal, formal

__all__ = [
    "ALLOWED",
    "LIMIT",
    "SPOKEN",
    "LinkAnswer",
    "Rejected",
    "RocqError",
    "Verification",
    "Workplace",
    "formalize",
    "verify",
]

#: What a proof may assume: the real numbers are classical, and functions with the same values are the same.
ALLOWED = frozenset(
    {
        "ClassicalDedekindReals.sig_forall_dec",
        "ClassicalDedekindReals.sig_not_dec",
        "Classical_Prop.classic",
        "FunctionalExtensionality.functional_extensionality_dep",
    }
)
PACKAGES = "coq, libcoq-coquelicot"
OLDEST = (8, 16)
#: How the answer to ``Print Assumptions`` begins.
TOLD = re.compile(r"^(?:Axioms:|Closed under the global context)", re.M)
#: Where these stand, by the version of Rocq.
ROOTS = "Coq|Stdlib|Corelib"
LIMIT = 600  # seconds for one file
CHECK_LIMIT = 1800  # seconds for coqchk, which reads the libraries too
GROUP = 24  # links in a file
SPOKEN = """From Coq Require Import Reals Arith ZArith.
From Coquelicot Require Import Coquelicot.
From DDLN Require Import Products Calculus Layers Flow Theorem1 Parametrization.
"""
PROVING = """From Coq Require Import Reals Arith ZArith Lia Lra Psatz.
From Coquelicot Require Import Coquelicot.
"""


class RocqError(Exception):
    """Rocq cannot be asked: it is missing, too old, or lacks a library; the message is one sentence."""


class Rejected(Exception):
    """Rocq does not accept a file of the library, or a word in it is forbidden; the message names the line."""


@dataclass(frozen=True)
class LinkAnswer:
    """What Rocq says of one link, or of one theorem of the library.

    Attributes:
        claim: its id; part: which proposition, or nothing for a theorem that says a claim as printed.
        refuted: whether the proposition's failure is stated.
        theorem: the name, or that of the tactic; place: file and line.
        accepted: whether Rocq accepts it with no assumption beyond :data:`ALLOWED`; reason: why not.
        assumptions: what it rests on; seconds: of the proof.
    """

    claim: str
    part: int | None
    refuted: bool
    theorem: str
    place: str
    accepted: bool
    reason: str
    assumptions: tuple[str, ...]
    seconds: float

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "assumptions": list(self.assumptions)}


@dataclass(frozen=True)
class Verification:
    """Everything that was asked, and how.

    Attributes:
        version: of Rocq; answers: one a link; seconds: of everything; checked: whether ``coqchk`` has read it all too.
    """

    version: str
    answers: tuple[LinkAnswer, ...]
    seconds: float
    checked: bool

    @property
    def accepted(self) -> bool:
        return all(answer.accepted for answer in self.answers)

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": 1,
            "rocq": self.version,
            "coqchk": self.checked,
            "seconds": self.seconds,
            "allowed": sorted(ALLOWED),
            "results": [answer.to_json() for answer in self.answers],
        }


def formalize(link: Link, library: Mapping[str, Claim]) -> Formal:
    """The statement of a link, generated from its claim."""
    claim = library[link.claim]
    return formal(statements(claim, next(iter(claim.depths), None))[link.part], link.refuted, link.along, library)


def verify(
    links: Sequence[Link],
    library: Mapping[str, Claim],
    whole: Mapping[str, Sequence[str]] | None = None,
    coqchk: bool = False,
    jobs: int = 2,
    source: Path | None = None,
) -> Verification:
    """Compile the library and check links.

    Args:
        links: what to check; library: every claim by its id, corrections too.
        whole: claim ↦ theorems of the library that say it as printed: what they assume is looked at too.
        coqchk: whether the independent checker reads the compiled library as well.
        jobs: processes; source: the library, that of the package by default.
    Raises:
        RocqError: Rocq, or a library that it needs, is missing or too old.
        Rejected: a file of the library does not compile, or uses a forbidden word.
    """
    begun, version = perf_counter(), _version()
    with tempfile.TemporaryDirectory(prefix="ddln-rocq-") as name:
        place = Workplace(Path(name), source or folder(), jobs)
        place.compile_library()
        answers = place.answers(links, library)
        answers += place.theorems([(claim, theorem) for claim, found in (whole or {}).items() for theorem in found])
        if coqchk:
            place.check_again()
    return Verification(version, tuple(answers), perf_counter() - begun, coqchk)


def _version() -> str:
    if shutil.which("coqc") is None:
        raise RocqError(f"coqc is not installed: install Rocq and Coquelicot (Debian: {PACKAGES})")
    said = subprocess.run(["coqc", "--version"], capture_output=True, text=True, check=False).stdout
    match = re.search(r"version (\d+)\.(\d+)[\w.+-]*", said)
    if match is None or (int(match[1]), int(match[2])) < OLDEST:
        found = match[0] if match else "a version that it does not tell"
        raise RocqError(f"coqc has {found}: Rocq {OLDEST[0]}.{OLDEST[1]} or later is needed (Debian: {PACKAGES})")
    return match[0].removeprefix("version ")


class Workplace:
    """A temporary folder with the sources, the compiled library and the generated files."""

    def __init__(self, where: Path, source: Path, jobs: int) -> None:
        self.theories, self.generated, self.jobs = where / "theories", where / "generated", max(1, jobs)
        self.paths = ("-R", str(self.theories), NAMESPACE, "-R", str(self.generated), "Claimed")
        self.theories.mkdir()
        self.generated.mkdir()
        for file in sorted(source.glob("*.v")):
            shutil.copy(file, self.theories / file.name)

    @classmethod
    def open(cls, where: Path, jobs: int) -> Workplace:
        """With the library of the package, once Rocq is there.

        Raises:
            RocqError: it is missing or too old.
        """
        _version()
        return cls(where, folder(), jobs)

    def assumptions_of(self, name: str, text: str) -> tuple[str, ...]:
        """Compile a generated file, and tell what its last question about assumptions says.

        Raises:
            Rejected: it does not compile, or assumes what is not allowed.
        """
        file = self.generated / f"{name}.v"
        file.write_text(text, encoding="utf-8")
        result = self._coqc(file)
        if result.returncode:
            raise _explain(result.stderr, file.name)
        rests = _assumptions(result.stdout)
        if reason := _name_beyond(rests):
            raise Rejected(f"{file.name}: {reason}")
        return rests

    def _coqc(self, file: Path) -> subprocess.CompletedProcess[str]:
        command = ["coqc", "-w", "none", *self.paths, str(file)]
        try:
            return subprocess.run(
                command, capture_output=True, text=True, check=False, timeout=LIMIT, cwd=self.generated
            )
        except subprocess.TimeoutExpired as error:
            raise Rejected(f"{file.name}: coqc was stopped after {LIMIT} seconds") from error

    def compile_library(self) -> None:
        """Every file, as soon as those it imports are compiled."""
        for file in sorted(self.theories.glob("*.v")):
            for line, word in forbidden(file.read_text(encoding="utf-8")):
                raise Rejected(f"{file.name}, line {line}: {word} has no place in a proof")
        order, done = dict(in_order(self.theories)), set[str]()
        with ThreadPoolExecutor(self.jobs) as pool:
            while len(done) < len(order):
                names = ready(order, done)
                results = pool.map(lambda name: self._coqc(self.theories / f"{name}.v"), names)
                for name, result in zip(names, results, strict=True):
                    if result.returncode:
                        raise _explain(result.stderr, f"{name}.v")
                    done.add(name)

    # -- links ------------------------------------------------------------------------------------------
    def answers(self, links: Sequence[Link], library: Mapping[str, Claim]) -> list[LinkAnswer]:
        """The statements first, in a file of their own; then their proofs, in groups."""
        if not links:
            return []
        found = {link: formalize(link, library) for link in links}
        text = SPOKEN + "".join(
            f"Open Scope {said.scope}_scope.\nDefinition {link.name} : Prop :=\n  {said.text}.\n"
            for link, said in found.items()
        )
        file = self.generated / "Statements.v"
        file.write_text(text, encoding="utf-8")
        result = self._coqc(file)
        if result.returncode:
            raise _explain(result.stderr, file.name)
        groups = [tuple(links[n : n + GROUP]) for n in range(0, len(links), GROUP)]
        with ThreadPoolExecutor(self.jobs) as pool:
            tried = pool.map(lambda pair: self._group(f"Links{pair[0]}", pair[1], found), enumerate(groups))
            return [answer for answers in tried for answer in answers]

    def _opening(self) -> str:
        modules = " ".join(name for name, _ in in_order(self.theories))
        return f"{PROVING}From {NAMESPACE} Require Import {modules}.\n"

    def _group(self, name: str, links: Sequence[Link], found: Mapping[Link, Formal]) -> list[LinkAnswer]:
        file = self.generated / f"{name}.v"
        parts = [
            f"Open Scope {found[link].scope}_scope.\nLemma link_{link.name} : {link.name}.\n"
            f'Proof. idtac "link {link.name}". unfold {link.name}. Time solve [{link.script}]. Time Qed.\n'
            f"Print Assumptions link_{link.name}.\n"
            for link in links
        ]
        file.write_text(
            self._opening() + "From Claimed Require Import Statements.\n" + "".join(parts), encoding="utf-8"
        )
        result = self._coqc(file)
        if result.returncode and len(links) > 1:  # which one it is
            return [a for n, link in enumerate(links) for a in self._group(f"{name}_{n}", (link,), found)]
        if result.returncode:
            return [_answer(links[0], "", " ".join(_first_error(result.stderr).split()))]
        said = dict(re.findall(r"^link (\w+)$(.*?)(?=^link \w+$|\Z)", result.stdout, re.M | re.S))
        return [
            _answer(link, said.get(link.name, ""), "" if link.name in said else "coqc does not name it")
            for link in links
        ]

    def theorems(self, pairs: Sequence[tuple[str, str]]) -> list[LinkAnswer]:
        """What theorems of the library assume."""
        if not pairs:
            return []
        file = self.generated / "Theorems.v"
        asked = (f'Goal True. idtac "theorem". Abort.\nPrint Assumptions {theorem}.\n' for _, theorem in pairs)
        file.write_text(self._opening() + "".join(asked), encoding="utf-8")
        result = self._coqc(file)
        if result.returncode:
            raise _explain(result.stderr, file.name)
        said = re.split(r"^theorem$", result.stdout, flags=re.M)[1:]
        found = []
        for (claim, theorem), text in zip(pairs, said, strict=True):
            rests = _assumptions(text)
            reason = _name_beyond(rests)
            place = find_theorem(theorem).place
            found.append(LinkAnswer(claim, None, False, theorem, place, not reason, reason, rests, 0.0))
        return found

    def check_again(self) -> None:
        """The independent checker reads every compiled file, and all that they use down to the logic of Rocq."""
        files = [*self.theories.glob("*.vo"), *self.generated.glob("Links*.vo")]
        names = sorted(f"{NAMESPACE if f.parent == self.theories else 'Claimed'}.{f.stem}" for f in files)
        command = ["coqchk", "-silent", "-o", *self.paths, *names]
        try:
            result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=CHECK_LIMIT)
        except FileNotFoundError as error:
            raise RocqError(f"coqchk is not installed: it comes with Rocq (Debian: {PACKAGES})") from error
        except subprocess.TimeoutExpired as error:
            raise Rejected(f"coqchk was stopped after {CHECK_LIMIT} seconds") from error
        said = result.stdout + result.stderr
        if result.returncode or "CONTEXT SUMMARY" not in said:
            raise Rejected(f"coqchk: {' '.join(said.split())[-300:]}")
        sections = dict(re.findall(r"^\* ([^:\n]+):(.*?)(?=^\* |\Z)", said, re.M | re.S))
        if reason := _name_beyond(tuple(sections.pop("Axioms", "").split())):
            raise Rejected(f"coqchk: {reason}")
        for heading, found in sections.items():
            if heading != "Theory" and found.strip() != "<none>":
                raise Rejected(f"coqchk: {heading}: {' '.join(found.split())[:300]}")


def _name_beyond(names: tuple[str, ...]) -> str:
    """What is assumed beyond the list, in words; coqchk gives names from their root on."""
    known = "|".join(map(re.escape, ALLOWED))
    allowed = re.compile(rf"(?:(?:{ROOTS})\.\w+\.)?(?:{known})|<none>")
    strange = [name for name in names if not allowed.fullmatch(name)]
    return f"it assumes {', '.join(strange)}" if strange else ""


def _answer(link: Link, said: str, reason: str) -> LinkAnswer:
    """From what coqc printed between the name of the link and the next one."""
    seconds = sum(float(found) for found in re.findall(r"^Finished transaction in ([\d.]+) secs", said, re.M))
    rests = _assumptions(said)
    reason = reason or _name_beyond(rests)
    if not reason and not TOLD.search(said):
        reason = "coqc does not say what it assumes"
    theorem = link.theorem or link.tactic
    place = find_theorem(link.theorem).place if link.theorem else f"Links.v:{tactic_line(link.tactic)}"
    return LinkAnswer(link.claim, link.part, link.refuted, theorem, place, not reason, reason, rests, seconds)


def _assumptions(said: str) -> tuple[str, ...]:
    """The names below “Axioms:”; a line that goes on begins with blanks."""
    _, _, below = said.partition("Axioms:\n")
    names = re.findall(r"^([A-Za-z_][\w.']*)(?=\s*:|\s*$)", below, re.M)
    return tuple(dict.fromkeys(name for name in names if not name.startswith("Finished")))


def _first_error(stderr: str) -> str:
    _, _, error = stderr.partition("Error:")
    return (error or stderr).strip() or "coqc failed and did not say why"


def _explain(stderr: str, name: str) -> RocqError | Rejected:
    """A missing library is the user's to install; anything else is a fault of the theories."""
    if "with prefix Coquelicot" in " ".join(stderr.split()):
        return RocqError(f"Rocq's library Coquelicot is not installed (Debian: {PACKAGES})")
    line = re.search(r"line (\d+), characters", stderr)
    where = f"{name}, line {line[1]}" if line else name
    return Rejected(f"{where}: {' '.join(_first_error(stderr).split())[:300]}")
