"""What a verdict covers: sets of depths and of dimensions as values, with intersection, and the hypotheses."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Scope", "Values"]


@dataclass(frozen=True)
class Values:
    """The whole numbers that a symbol may take: all from ``least`` on, or those that are listed.

    >>> print(Values("L", 2), "·", Values("L", listed=frozenset({2, 3, 4})), "·", Values("d", 1))
    all L ≥ 2 · L = 2…4 · all d
    >>> print(Values("L", 3) & Values("L", listed=frozenset({2, 3, 4})))
    L = 3, 4
    """

    symbol: str
    least: int = 1
    listed: frozenset[int] | None = None

    def __contains__(self, number: int) -> bool:
        return number >= self.least and (self.listed is None or number in self.listed)

    def __and__(self, other: Values) -> Values:
        least = max(self.least, other.least)
        sets = [s.listed for s in (self, other) if s.listed is not None]
        if not sets:
            return Values(self.symbol, least)
        return Values(self.symbol, least, frozenset(n for n in frozenset.intersection(*sets) if n >= least))

    @property
    def empty(self) -> bool:
        return self.listed is not None and not any(n in self for n in self.listed)

    def spell(self) -> str:
        """The set in words, its formulas in dollars.

        >>> Values("L", 2).spell()
        'all $L ≥ 2$'
        """
        if self.listed is None:
            everything = self.symbol != "L" and self.least == 1
            return f"all ${self.symbol}$" if everything else f"all ${self.symbol} ≥ {self.least}$"
        numbers = sorted(n for n in self.listed if n in self)
        if not numbers:
            return f"no ${self.symbol}$"
        run = numbers[-1] - numbers[0] + 1 == len(numbers) > 2
        return f"${self.symbol} = " + (f"{numbers[0]}…{numbers[-1]}$" if run else f"{', '.join(map(str, numbers))}$")

    def __str__(self) -> str:
        return _plain(self.spell())

    @classmethod
    def read(cls, text: str, symbol: str) -> Values | None:
        """The set that words like ``L = 2…8`` or ``all L ≥ 3`` name, None if they name none of this symbol."""
        if text == f"all {symbol}":
            return cls(symbol)
        if bound := re.fullmatch(rf"(?:all )?{symbol} (≥|>) (\d+)", text):
            return cls(symbol, int(bound[2]) + (bound[1] == ">"))
        if span := re.fullmatch(rf"{symbol} = (\d+)…(\d+)", text):
            return cls(symbol, listed=frozenset(range(int(span[1]), int(span[2]) + 1)))
        if some := re.fullmatch(rf"{symbol} = (\d+(?:, \d+)*)", text):
            return cls(symbol, listed=frozenset(map(int, some[1].split(", "))))
        return None


@dataclass(frozen=True)
class Scope:
    """For which depths and dimensions a verdict holds, and under which hypotheses.

    Attributes:
        depths, dimensions: sets of numbers, or words that name one; other words are a ``reading``, that of a
            statement which does not speak of depths or dimensions.
        hypotheses: the relations that what was decided takes as given.
        fails: whether these are depths at which the statement fails, not all at which it holds.
        reading: words for what else the statement is about, formulas in dollars.

    >>> print(Scope("L = 2…8", "all d"))
    L = 2…8, all d
    """

    depths: Values | str | None = Values("L", 2)
    dimensions: Values | str | None = Values("d")
    hypotheses: tuple[str, ...] = ()
    fails: bool = False
    reading: str = ""

    def __post_init__(self) -> None:
        for name, symbol in (("depths", "L"), ("dimensions", "d")):
            words = getattr(self, name)
            if isinstance(words, str):
                found = Values.read(_plain(words), symbol)
                object.__setattr__(self, name, found)
                if found is None and words:
                    reading = ", ".join(part for part in (self.reading, words) if part)
                    object.__setattr__(self, "reading", reading)

    @property
    def depth(self) -> str:
        """The depths in words."""
        return _plain(self._spell_depths())

    @property
    def dimension(self) -> str:
        """The dimensions in words."""
        return "" if self.dimensions is None else str(self.dimensions)

    def _spell_depths(self) -> str:
        depths = self.depths.spell() if isinstance(self.depths, Values) else ""
        if not self.fails:
            return depths
        return "fails at every $L$" if self.depths == Values("L", 2) else f"fails at {depths}"

    def spell(self) -> str:
        """The scope in words, its formulas in dollars.

        >>> Scope("L = 2", "$n ≥ 2$").spell()
        '$L = 2$, $n ≥ 2$'
        """
        dimensions = self.dimensions.spell() if isinstance(self.dimensions, Values) else ""
        return ", ".join(part for part in (self._spell_depths(), self.reading, dimensions) if part)

    def within(self, other: Scope) -> Scope:
        """The part of this scope that another one covers too."""
        both = []
        for mine, its in ((self.depths, other.depths), (self.dimensions, other.dimensions)):
            both.append(mine & its if isinstance(mine, Values) and isinstance(its, Values) else mine)
        given = tuple(dict.fromkeys((*self.hypotheses, *other.hypotheses)))
        return Scope(both[0], both[1], given, self.fails, self.reading)

    @property
    def empty(self) -> bool:
        """Whether it covers nothing."""
        return any(isinstance(values, Values) and values.empty for values in (self.depths, self.dimensions))

    def to_json(self) -> dict[str, object]:
        """The sets and the hypotheses, for the JSON record of a certificate."""

        def of(values: Values | str | None) -> object:
            if not isinstance(values, Values):
                return None
            listed = None if values.listed is None else sorted(n for n in values.listed if n in values)
            return {"least": values.least, "listed": listed}

        return {
            "depths": of(self.depths),
            "dimensions": of(self.dimensions),
            "fails": self.fails,
            "reading": self.reading,
            "hypotheses": list(self.hypotheses),
        }

    def __str__(self) -> str:
        return _plain(self.spell())

    def __repr__(self) -> str:
        return f"<Scope {self}>"


def _plain(sentence: str) -> str:
    return sentence.replace("$", "")
