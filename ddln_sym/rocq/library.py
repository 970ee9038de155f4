"""The Rocq library ``theories/``: its files, what depends on what, its theorems, and words that have no place in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = [
    "NAMESPACE",
    "Declared",
    "find_theorem",
    "folder",
    "forbidden",
    "in_order",
    "ready",
    "tactic_line",
    "without_comments",
]

#: The logical name under which the files are compiled.
NAMESPACE = "DDLN"
#: What would let an unproved statement pass, or turn a check of the kernel off.
FORBIDDEN = (
    r"Admitted|admit|give_up|Axioms?|Parameters?|Conjecture|bypass_check|Declare\s+ML\s+Module"
    r"|Unset\s+(?:Universe|Guard|Positivity)\s+Checking|type_in_type"
)
IMPORTED = re.compile(rf"From\s+{NAMESPACE}\s+Require\s+Import\s+([^.]*)\.")
PROVED = re.compile(r"^(?:Theorem|Lemma|Corollary)\s+(\w+)(.*?)^Proof\b", re.M | re.S)


@dataclass(frozen=True)
class Declared:
    """A theorem of the library.

    Attributes:
        name: as in the file; file: its name; line: counted from 1; text: the statement as it stands there.
    """

    name: str
    file: str
    line: int
    text: str

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"


def folder() -> Path:
    """Where the library lies: beside this module when it is installed, at the top of a checkout otherwise."""
    shipped = Path(__file__).parent / "theories"
    return shipped if shipped.is_dir() else Path(__file__).resolve().parents[2] / "theories"


def without_comments(text: str) -> str:
    """The text with comments blanked, nested ones too; lines stay where they are.

    >>> without_comments("a (* b (* c *) d *) e")
    'a                   e'
    """
    found, depth, position = [], 0, 0
    while position < len(text):
        pair = text[position : position + 2]
        if pair in ("(*", "*)") and (depth or pair == "(*"):
            depth += 1 if pair == "(*" else -1
            found.append("  ")
            position += 2
            continue
        found.append(text[position] if not depth or text[position] == "\n" else " ")
        position += 1
    return "".join(found)


def forbidden(text: str) -> Iterator[tuple[int, str]]:
    """Lines, counted from 1, and the words on them that no proof may rest on.

    >>> list(forbidden("Lemma a : False.\\n(* admit *) Admitted."))
    [(2, 'Admitted')]
    """
    for match in re.finditer(rf"(?<![\w.'])(?:{FORBIDDEN})(?![\w'])", without_comments(text)):
        yield text[: match.start()].count("\n") + 1, match.group()


def in_order(where: Path) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The files of a folder by their stems, each after those it imports, with the imports."""
    imports = {}
    for file in sorted(where.glob("*.v")):
        found = IMPORTED.findall(without_comments(file.read_text(encoding="utf-8")))
        imports[file.stem] = tuple(name for group in found for name in group.split())
    order: dict[str, tuple[str, ...]] = {}
    while len(order) < len(imports):
        now = ready(imports, set(order))
        if not now:
            raise ValueError(f"{', '.join(sorted(imports.keys() - order.keys()))} import each other in a circle")
        order |= {name: imports[name] for name in now}
    return tuple(order.items())


def ready(imports: Mapping[str, tuple[str, ...]], done: set[str]) -> list[str]:
    """The files that are not done and import nothing that is still to be done.

    >>> ready({"A": (), "B": ("A",), "C": ("B",)}, {"A"})
    ['B']
    """
    waiting = imports.keys() - done
    return [name for name, used in imports.items() if name in waiting and not waiting.intersection(used)]


@cache
def _theorems() -> dict[str, Declared]:
    found: dict[str, Declared] = {}
    for file in sorted(folder().glob("*.v")):
        text = file.read_text(encoding="utf-8")
        for match in PROVED.finditer(text):
            line = text[: match.start()].count("\n") + 1
            statement = " ".join((match[1] + match[2]).split())
            found.setdefault(match[1], Declared(match[1], file.name, line, statement))
    return found


def find_theorem(name: str) -> Declared:
    """A theorem by its name.

    Raises:
        ValueError: there is none.

    >>> find_theorem("theorem_2").file
    'Theorem2.v'
    """
    if name not in _theorems():
        raise ValueError(f"the Rocq library has no theorem {name}")
    return _theorems()[name]


@cache
def tactic_line(name: str) -> int:
    """The line of ``Links.v`` at which a tactic is defined, counted from 1.

    Raises:
        ValueError: there is none.
    """
    text = (folder() / "Links.v").read_text(encoding="utf-8")
    match = re.search(rf"^Ltac {name}\b", text, re.M)
    if match is None:
        raise ValueError(f"Links.v has no tactic {name}")
    return text[: match.start()].count("\n") + 1
