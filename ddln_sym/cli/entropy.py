"""What ``ddln-sym entropy`` prints: the values of an entropy at a point, as text or as JSON."""

from __future__ import annotations

import re
from typing import Any

import mpmath

from ddln_sym.entropies import LegendreFunction, entropy

__all__ = ["evaluate", "parse_layers", "write_lines"]

#: A closed form of more characters, of layers with many digits, is no help on a screen.
LONGEST = 2_000


def parse_layers(text: str) -> list[list[str]]:
    """Rows separated by semicolons, numbers by blanks or commas.

    Raises:
        ValueError: there are fewer than two rows.

    >>> parse_layers("0.3 -0.9; 0.8, 1/5")
    [['0.3', '-0.9'], ['0.8', '1/5']]
    """
    rows = [parse_row(row) for row in text.strip().strip(";").split(";")]
    if len(rows) < 2:
        raise ValueError(f"--layers is {text!r}: expected two rows or more, separated by ;, as in '0.3 -0.9; 0.8 0.2'")
    return rows


def parse_row(text: str) -> list[str]:
    return text.replace(",", " ").split()


def evaluate(layers: str, theta: str, digits: int, certified: bool) -> dict[str, Any]:
    """The values at a point, every number as a string.

    Args:
        layers, theta: as on the command line.
        digits: significant digits; certified: balls ``[m +/- r]`` instead.
    Raises:
        ValueError: a layer or θ cannot be used; the message is one sentence.

    >>> evaluate("0; 1", "1", 8, False)["gradient"]
    ['0.72181774']
    """
    found = entropy(parse_layers(layers))
    point = parse_row(theta)
    options: dict[str, Any] = {"digits": digits, "certified": certified}

    def written(value: Any) -> str:
        return str(value.str(digits)) if certified else str(mpmath.nstr(value, digits))

    return {
        "schema": 1,
        "digits": digits,
        "certified": certified,
        "value": written(found(point, **options)),
        "gradient": [written(v) for v in found.gradient(point, **options)],
        "hessian": [written(v) for v in found.hessian(point, **options)],
        "range": [[written(end) for end in ends] for ends in found.range(**options)],
        "closed_form": _closed_form(found),
    }


def _closed_form(found: LegendreFunction) -> str | None:
    try:
        return str(found.expression())
    except ValueError:
        return None


def write_lines(values: dict[str, Any]) -> list[str]:
    """The same for a reader, a line per number.

    >>> print(*write_lines(evaluate("0; 1", "1", 8, False)), sep="\\n")
    Q(θ)    0.41280074
    ∇Q      0.72181774
    ∇²Q     0.4472136
    range   (-inf, +inf)
    closed  theta_1*asinh(2*theta_1)/2 - sqrt(4*theta_1**2 + 1)/4 + 1/4
    """
    lines = [f"Q(θ)    {values['value']}"]
    for name, key in (("∇Q", "gradient"), ("∇²Q", "hessian")):
        lines += [f"{name if n == 0 else '':<8}{value}" for n, value in enumerate(values[key])]
    lines += [f"{'range' if n == 0 else '':<8}({low}, {high})" for n, (low, high) in enumerate(values["range"])]
    closed = values["closed_form"] or "none is known"
    if len(closed) > LONGEST:
        closed = f"known, in {len(closed)} characters: --json FILE writes them"
    lines.append(f"closed  {closed}")
    return [re.sub(r"\[(\S+) \+/- (\S+?)\]", r"\1 ± \2", line) for line in lines]
