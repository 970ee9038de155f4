"""What functions tend to: limits at a point and at infinity, as propositions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import sympy as sp

from ddln_sym.statements.propositions import Setting, _Shown
from ddln_sym.statements.vocabulary import expression, variable

__all__ = ["TendsTo"]

Expr: TypeAlias = Any

EVERYWHERE = Setting()


@dataclass(frozen=True)
class TendsTo(_Shown):
    """``function`` tends to ``value`` as the variable goes to ``end``; everything else is constant.

    Attributes:
        end: a constant, or ±∞ as ``sympy.oo``; value: the same.
        side: 1 from above, −1 from below, 0 from both sides (from the one that there is, where ``end`` is infinite).
        setting: what is known of the constants.

    Raises:
        ValueError: the end or the value depends on the variable, the setting speaks of it, or anything moves.

    >>> x = sp.Symbol("x", real=True)
    >>> print(TendsTo(x * sp.exp(-x), x, sp.oo, 0))
    x*exp(-x) → 0 as x → ∞
    """

    function: Expr
    variable: Expr
    end: Expr
    value: Expr
    setting: Setting = EVERYWHERE
    side: int = 0

    def __post_init__(self) -> None:
        variable(self.variable, "the variable of TendsTo")
        for name in ("function", "end", "value"):
            object.__setattr__(self, name, expression(getattr(self, name), f"the {name} of TendsTo"))
            if name != "function" and getattr(self, name).has(self.variable):
                raise ValueError(f"the {name} of TendsTo is {getattr(self, name)}: write a constant, or sympy.oo")
        if self.side not in (-1, 0, 1):
            raise ValueError(
                f"the side of TendsTo is {self.side}: write 1 for from above, −1 for from below, 0 for both"
            )
        if not isinstance(self.setting, Setting) or self.setting.rates or self.setting.moves(self.variable):
            raise ValueError("the setting of TendsTo is what is known of its constants: write Setting(hypotheses)")
        for hypothesis in self.setting.hypotheses:
            if hypothesis.relation.has(self.variable):
                raise ValueError(
                    f"the setting of TendsTo says {hypothesis.relation}, which is about its variable: "
                    "say from which side it comes, as side=1"
                )

    @property
    def directions(self) -> tuple[int, ...]:
        """1 from below, −1 from above: from where the variable comes."""
        if self.end in (sp.oo, -sp.oo):
            return (1,)
        return (-self.side,) if self.side else (-1, 1)

    def __str__(self) -> str:
        end, value = (str(e).replace("oo", "∞") for e in (self.end, self.value))
        arrow = {0: "→", 1: "↓", -1: "↑"}[self.side]
        return f"{self.function} → {value} as {self.variable} {arrow} {end}"
