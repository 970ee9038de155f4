"""What an experiment hands on: tables of numbers, predictions beside measurements, a caption."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import Any

__all__ = ["Comparison", "Outcome", "build_table", "fit_order", "raised", "show"]

#: Columns of equal length by their names; the entries are floats, integers or words.
Table = Mapping[str, Sequence[Any]]

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Comparison:
    """A number that theory predicts, beside the one that was measured.

    Attributes:
        relation: of the measured number to the predicted one, ``=`` or ``≥``.
    """

    quantity: str
    predicted: float
    measured: float
    relation: str = "="

    @property
    def row(self) -> tuple[str, str, str, str]:
        """The quantity, what was predicted, the relation, what was measured, as a row of a table.

        >>> Comparison("drift", 0, -2.2274399e-20).row
        ('drift', '0', '=', '−2.2274399·10⁻²⁰')
        """
        return self.quantity, _entry(self.predicted), self.relation, _entry(self.measured)


#: Where a caption comes from what is drawn to what is said of it.
THEORY = " Theory"


@dataclass(frozen=True)
class Outcome:
    """The result of an experiment.

    Attributes:
        caption: what theory predicts and what was measured, in sentences of plain text.
        tables: all that is drawn, by name; the main one has the name ``""``.
        compared: predictions beside measurements.
    """

    caption: str
    tables: Mapping[str, Table]
    compared: tuple[Comparison, ...]

    @property
    def drawn(self) -> str:
        """What the figure shows: the caption up to where it comes to theory.

        >>> Outcome("The entropy. Theory: it is convex. Measured: it is.", {}, ()).drawn
        'The entropy.'
        """
        return self.caption.partition(THEORY)[0]

    @property
    def said(self) -> str:
        """What theory says of it and what was measured: the rest of the caption."""
        return self.caption.removeprefix(self.drawn).strip()

    def measured(self, quantity: str) -> float:
        """The measured value of a quantity.

        Raises:
            KeyError: nothing of that name was compared.
        """
        return self._of(quantity).measured

    def predicted(self, quantity: str) -> float:
        """The predicted value of a quantity.

        Raises:
            KeyError: nothing of that name was compared.
        """
        return self._of(quantity).predicted

    def _of(self, quantity: str) -> Comparison:
        for comparison in self.compared:
            if comparison.quantity == quantity:
                return comparison
        raise KeyError(quantity)


def build_table(names: str, rows: Iterable[Sequence[Any]]) -> Table:
    """Rows as named columns.

    >>> build_table("t gap", [(0, 1.0), (1, 0.5)])
    {'t': (0, 1), 'gap': (1.0, 0.5)}
    """
    return dict(zip(names.split(), zip(*rows, strict=True), strict=True))


def _entry(value: float) -> str:
    """A number of a table, with eight significant digits at most."""
    digits, _, exponent = f"{value:.8g}".partition("e")
    power = f"·10{raised(int(exponent))}" if exponent else ""
    return f"{digits}{power}".replace("-", "−")


def raised(number: int) -> str:
    """A whole number as an exponent.

    >>> raised(-12)
    '⁻¹²'
    """
    return str(number).translate(_SUPERSCRIPTS)


def show(value: Any, digits: int = 3) -> str:
    """A number in a sentence, with so many significant digits.

    >>> show(0.012345), show(123456.7), show(-3.2e-7, 2), show(12)
    ('0.0123', '1.23·10⁵', '−3.2·10⁻⁷', '12.0')
    """
    number = float(value)
    if not number:
        return "0"
    exponent = floor(log10(abs(float(f"{number:.{digits - 1}e}"))))
    if -3 <= exponent <= 4:
        text = f"{number:.{max(0, digits - 1 - exponent)}f}"
    else:
        text = f"{number / 10.0**exponent:.{digits - 1}f}·10{raised(exponent)}"
    return text.replace("-", "−")


def fit_order(sizes: Sequence[float], errors: Sequence[float]) -> float:
    """The slope of the least-squares line through ``(log size, log error)``.

    >>> round(fit_order([1, 2, 4], [3, 12, 48]), 12)
    2.0
    """
    import numpy as np

    return float(np.polyfit(np.log(sizes), np.log(errors), 1)[0])
