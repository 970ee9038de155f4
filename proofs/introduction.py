"""Sections 1 and 1.2: the problem, and what is said of initializations before they are analyzed."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ddln_sym.claims import Claim
from ddln_sym.models import LayerFlow
from ddln_sym.statements import Equal, Flaw, Rate, RateRule, Scope, Setting, sum_over
from proofs.existence import T12_TIME
from proofs.limits import T6_LARGE, T6_TWO_NEXT

TITLE = "Sections 1 and 1.2: the problem, and what is said of initializations before they are analyzed"

N = sp.Symbol("n", integer=True, positive=True)


# -- the data ---------------------------------------------------------------------------------------------
def _data_loss(depth: Any) -> tuple[Equal, ...]:
    """``∂/∂θ_i Σ_m(⟨θ, x_m⟩ − y_m)² = 2Σ_m x_{m,i}(⟨θ, x_m⟩ − y_m)``, and ``⟨θ, x⟩`` at ``θ_i = u^j·c``."""
    flow = LayerFlow(depth)
    j = flow.index("j", 1)
    theta, one, other = sp.symbols("theta x r", real=True)
    entry, rest = (sp.IndexedBase(name, real=True) for name in ("x", "r"))  # x_{m,i}, and ⟨θ, x_m⟩ − y_m − θ_i x_{m,i}
    loss = sum_over(lambda k: (theta * entry[k] + rest[k]) ** 2)
    moving = Setting((), (RateRule(theta, sp.Integer(1)),), N)
    moved = Setting((), (RateRule(flow.layer(j), sp.Integer(1)),), flow.depth)
    return (
        Equal(Rate(loss), sum_over(lambda k: 2 * entry[k] * (theta * entry[k] + rest[k])), moving),
        Equal(Rate(flow.theta * one + other), flow.others(j) * one, moved),
    )


DATA_LOSS = Claim(
    id="data-loss",
    title="the empirical risk of data is a loss of $θ$ alone, $𝓛(q(u))$, with the gradient $2Σ x_m(⟨θ, x_m⟩ − y_m)$",
    source="Section 1.2",
    printed=r"\min_{(u^1,u^2,\dots,u^L)}\quad\tilde{\mathcal{L}}(u^1,u^2,\dots,u^L)=\mathcal{L}(q(u^1,u^2,\dots,u^L))"
    r"=\sum_{i=1}^n(\langle u^1\odot u^2\odot\dots\odot u^L),x_i\rangle-y_i)^2",
    statement=_data_loss,
    remark="The stray parenthesis after $u^L$ is left out. Derivatives by one entry of $θ$, and by one layer.",
)


# -- small and large ----------------------------------------------------------------------------------------
SMALL_AND_LARGE = Claim(
    id="small-and-large",
    title="two layers: a small initialization favours a small $ℓ_1$ norm, a large one a small $ℓ_2$ norm",
    source="Section 1.1, diagonal linear networks",
    printed=r"\text{a small initialization favours a solution close to that with minimal } L^1\text{ norm, while a large one tends to "
    r"minimize the } L^2\text{ norm}",
    statement=lambda depth: (*T6_TWO_NEXT.statement(depth), T6_LARGE.statement(depth)[-1]),
    depths=(sp.Integer(2),),
    scope=Scope("L = 2", "all d"),
    uses=("new-t6-two-layers-next", "new-t6-large", "new-t12-bias"),
    flaw=Flaw.SHARPENED,
    remark="As bounds on the entropy that the limit minimizes, explicit in the scale $a$: $𝒬_a/\\log(1/a) → ‖θ‖_1$, "
    "and from $v(0) = 0$ $a²𝒬_a → Σθ_i²/(2u_i(0)²)$: an $ℓ_2$ norm with weights, plain where all $u_i(0)$ "
    "agree.",
)

SMALL_SLOW = Claim(
    id="small-slow",
    title="initializing the layers with small values leads to a slow training",
    source="Section 1.2, contributions; Section 3",
    printed=r"\text{These results also reveal that initializing the layers with small values leads to a slow training}",
    statement=T12_TIME.statement,
    uses=("new-t12-time",),
    flaw=Flaw.SHARPENED,
    remark="True, but it does not follow from (15), an upper bound for the loss: from $a(0, 1, 1)$ the time to a "
    "fixed $θ_i$ is of order $1/a$, and $1/σ$ is $a^{−4}$. What shows it is a bound from below: $t ≥ "
    "a^{2−L}|ξ(a^{−L}θ_i)|/\\sup|g_i|$.",
)

if __name__ == "__main__":
    from ddln_sym.cli import run_module

    run_module(__file__)
