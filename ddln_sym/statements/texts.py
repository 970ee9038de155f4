"""What a text is called, who wrote it, and how it writes its symbols."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Name", "Notation", "Text"]


@dataclass(frozen=True)
class Name:
    """How one symbol is printed.

    Attributes:
        tex: LaTeX; for a family ``{}`` stands for the index.
        meaning: what it is, in LaTeX; empty for what needs no word.
        coordinate: LaTeX in statements about one coordinate ``i`` of the layers, where that differs.
        raised: it has a superscript, so that a power needs parentheses.
        sum: it is a sum, so that a factor needs parentheses.
        last: it stands at the end of a product.
    """

    tex: str
    meaning: str = ""
    coordinate: str = ""
    raised: bool = False
    sum: bool = False
    last: bool = False


@dataclass(frozen=True)
class Notation:
    """How a text writes its symbols; what is not named here is printed by its own name.

    Attributes:
        symbols: names of symbols, by the names that they have in statements.
        families: names of arrays, with ``{}`` for the index.
        functions: names of unknown functions, with ``{}`` for the arguments.
        layers: the arrays whose index is a layer, in one coordinate ``i``.
        gaps: a difference of squared starts is written ``Δ_j``, and for two layers ``Δ_0``.
        note: a sentence about the notation, in LaTeX.

    >>> Notation({"lam": Name(r"\\lambda", "the penalty")}).symbols["lam"].meaning
    'the penalty'
    """

    symbols: Mapping[str, Name] = field(default_factory=dict)
    families: Mapping[str, Name] = field(default_factory=dict)
    functions: Mapping[str, Name] = field(default_factory=dict)
    layers: tuple[str, ...] = ()
    gaps: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        for kind in ("symbols", "families", "functions"):
            if not isinstance(getattr(self, kind), Mapping):
                raise ValueError(f"the {kind} of a notation are {getattr(self, kind)!r}: give a dictionary of Names")
            for key, name in getattr(self, kind).items():
                if not isinstance(key, str) or not isinstance(name, Name):
                    raise ValueError(
                        f"the notation says that {key!r} among its {kind} is {name!r}: give a text and a Name, as in "
                        r'{"lam": Name(r"\lambda")}'
                    )


@dataclass(frozen=True)
class Text:
    """The text that claims are about; a file or a folder of claims says it once, as ``TEXT``.

    Attributes:
        title: its title.
        authors: their names, as they are printed.
        identifier: where it is found, such as ``arXiv 2412.16765`` or a DOI.
        version: the version that was read, such as ``v1, 21 December 2024``.
        subject: what it is about, in words after its title, mathematics in LaTeX between dollars.
        key: its key in a list of references; cited: keys of neighbouring texts.
        notation: how it writes its symbols.

    Raises:
        ValueError: it has no title, or the authors are no names.

    >>> print(Text("On Mirrors", ("A. Author", "B. Writer"), "arXiv 0000.00000", "v2"))
    On Mirrors, by A. Author and B. Writer (arXiv 0000.00000, v2)
    """

    title: str
    authors: tuple[str, ...] = ()
    identifier: str = ""
    version: str = ""
    subject: str = ""
    key: str = "text"
    cited: tuple[str, ...] = ()
    notation: Notation = field(default_factory=Notation, hash=False)

    def __post_init__(self) -> None:
        if not isinstance(self.title, str) or not self.title.strip():
            raise ValueError(f'a text has the title {self.title!r}: give the words of its title, as Text(title="…")')
        authors = (self.authors,) if isinstance(self.authors, str) else self.authors
        if not isinstance(authors, (tuple, list)) or not all(
            isinstance(name, str) and name.strip() for name in authors
        ):
            raise ValueError(f'the authors of a text are {self.authors!r}: give their names, as ("A. Author",)')
        object.__setattr__(self, "authors", tuple(name.strip() for name in authors))
        for name in ("identifier", "version", "subject"):
            if not isinstance(getattr(self, name), str):
                raise ValueError(f"the {name} of a text is {getattr(self, name)!r}: give it as words")
        if not isinstance(self.notation, Notation):
            raise ValueError(f"the notation of a text is {self.notation!r}: write Notation({{…}})")

    @property
    def people(self) -> str:
        """The authors in one phrase, empty if they are not named."""
        *first, last = self.authors or ("",)
        return f"{', '.join(first)} and {last}" if first else last

    @property
    def place(self) -> str:
        """Where it is found and which version was read."""
        return ", ".join(part for part in (self.identifier, self.version) if part)

    def to_json(self) -> dict[str, object]:
        """Title, authors, identifier and version, for the JSON record of a certificate."""
        return {
            "title": self.title,
            "authors": list(self.authors),
            "identifier": self.identifier,
            "version": self.version,
        }

    def __str__(self) -> str:
        by = f", by {self.people}" if self.people else ""
        return f"{self.title}{by}" + (f" ({self.place})" if self.place else "")

    def __repr__(self) -> str:
        return f"<Text {self}>"
