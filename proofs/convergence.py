"""Section 2.3: the loss converges at a rate that the initialization sets."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ddln_sym.claims import Claim
from ddln_sym.models import LayerFlow
from ddln_sym.statements import (
    Assumption,
    Equal,
    ExponentialDecay,
    Hypothesis,
    Rate,
    RateRule,
    Setting,
    at_least,
    greater,
    sum_over,
)

TITLE = "Section 2.3: the loss converges at a rate that the initialization sets"

D = sp.Symbol("d", integer=True, positive=True)


# -- the velocity of θ ------------------------------------------------------------------------------
def _theta_moves(depth: Any) -> Equal:
    flow = LayerFlow(depth)
    squares = flow.total(lambda j: flow.product(lambda k: flow.layer(k) ** 2, (j,)))
    return Equal(Rate(flow.theta) + squares * flow.slope, 0, flow.setting)


EQ_11 = Claim(
    id="eq-11",
    title="the flow of $θ$",
    source="Section 2.3, (11)",
    printed=r"\forall t\geqslant 0,\quad\dot\theta(t)+\sum_{j=1}^L\left(\bigodot_{k\neq j}u^k(t)^{\odot 2}\right)\odot\nabla\mathcal{L}(\theta(t))=0",
    statement=_theta_moves,
    uses=("eq-5",),
)

EQ_12 = Claim(
    id="eq-12",
    title="the flow of $θ$ through the metric $M(t)$",
    source="Section 2.3, (12)",
    printed=r"\forall t\geqslant 0,\quad\dot\theta(t)+M(t)\nabla\mathcal{L}(\theta(t))=0,\quad "
    r"M:t\mapsto\text{diag}\left(\left(\sum_{j=1}^L\left(\prod_{k\neq j}u^k_i(t)^2\right)\right)_{i\in[d]}\right)",
    statement=lambda depth: Equal(
        Rate(LayerFlow(depth).theta) + LayerFlow(depth).metric * LayerFlow(depth).slope, 0, LayerFlow(depth).setting
    ),
    uses=("eq-5",),
)


# -- the lower bound on M ---------------------------------------------------------------------------
def _states(depth: Any) -> tuple[LayerFlow, Any, Setting]:
    """States at 0 and t tied by (7), with (𝒜): layer ``l`` has the least initial modulus."""
    flow = LayerFlow(depth)
    least = flow.index("l", 1)
    setting = Setting((), (), flow.depth).given(*flow.conservation(least), *flow.least(least))
    return flow, least, setting


def _layer_bound(depth: Any) -> Any:
    flow = LayerFlow(depth)
    j, least = flow.index("j", 2), flow.index("l", 1)
    setting = Setting((), (), flow.depth).given(*flow.conservation(least), *flow.apart(j, least))
    return at_least(flow.layer(j) ** 2, flow.initial(j) ** 2 - flow.initial(least) ** 2, setting)


LOWER_BEFORE_13 = Claim(
    id="lower-before-13",
    title="each squared layer stays above its initial gap",
    source="Section 2.3, before (13)",
    printed=r"u^j_i(t)^2\geqslant u^j_i(0)^2-u^l_i(0)^2",
    statement=_layer_bound,
    uses=("eq-7",),
)


def _chain_13(depth: Any) -> tuple[Any, ...]:
    flow, least, setting = _states(depth)

    def term(j: Any) -> Any:
        return flow.product(lambda k: flow.layer(k) ** 2, (j,))

    rest, own = flow.total(term, (least,)), flow.product(lambda k: flow.layer(k) ** 2, (least,))
    plain, started = Setting((), (), flow.depth), Setting((), (), flow.depth).given(*flow.least(least))
    return (
        Equal(flow.metric, rest + own, plain),
        at_least(rest, 0, plain),
        at_least(own, flow.sigma(least), setting),
        greater(flow.sigma(least), 0, started),
    )


EQ_13 = Claim(
    id="eq-13",
    title="the metric is bounded below along the whole trajectory",
    source="Section 2.3, (13)",
    printed=r"\forall t\geqslant 0,\ \sum_{j=1}^L\left(\prod_{k\neq j}u^k_i(t)^2\right)=\sum_{j=1,\,j\neq l}^L\left(\prod_{k\neq j}u^k_i(t)^2\right)"
    r"+\prod_{k\neq l}u^k_i(t)^2\geqslant 0+\prod_{k\neq l}(u^k_i(0)^2-u^l_i(0)^2)>0",
    statement=_chain_13,
    uses=("eq-7",),
    remark="The inequality in the middle is the sum of the other terms, none of them negative, and of the product's own bound, decided one by one.",
)

SIGMA, LAMBDA = sp.symbols("sigma lambda_min", real=True)


def _spectral_bound(depth: Any) -> tuple[Any, ...]:
    flow, least, setting = _states(depth)
    entry, gap = sp.symbols("M_i gap_i", real=True)
    given = (
        Hypothesis("λ_min of a diagonal matrix is its least entry, at i", sp.Eq(LAMBDA, entry)),
        Hypothesis("the bound on that entry", sp.Ge(entry, gap)),
        Hypothesis("σ is the least gap over the coordinates", sp.Ge(gap, SIGMA)),
    )
    return at_least(flow.metric, flow.sigma(least), setting), at_least(LAMBDA, SIGMA, Setting(given))


EQ_14 = Claim(
    id="eq-14",
    title="the smallest eigenvalue of $M(t)$ is at least $σ$",
    source="Section 2.3, (14)",
    printed=r"\lambda_{min}(M(t))\geqslant\min_{i\in[d]}\prod_{k\neq k_i}(u^k_i(0)^2-u^{k_i}_i(0)^2)",
    statement=_spectral_bound,
    uses=("eq-7",),
)


# -- the inverse metric -----------------------------------------------------------------------------
def _inverse_at_theta(depth: Any) -> Equal:
    """The gradient at θ(t), for every dimension: the coordinate's slope is an arbitrary function of time."""
    flow = LayerFlow(depth)
    invertible = Hypothesis(Assumption.of_claim("eq-13"), sp.Gt(flow.metric, 0))
    return Equal(Rate(flow.theta) / flow.metric + flow.slope, 0, flow.setting.given(invertible))


def _inverse_entries(depth: Any) -> Equal:
    """Entry by entry: the product with the entry of M, which is not zero by (13), is 1."""
    flow, m = LayerFlow(depth), sp.Symbol("M_i", real=True)
    inverse = flow.metric**-1
    given = (Hypothesis("(12)", sp.Eq(m, flow.metric)), Hypothesis(Assumption.of_claim("eq-13"), sp.Gt(m, 0)))
    return Equal(m * inverse, 1, Setting((), (), flow.depth).given(*given))


INVERSE_AFTER_13 = Claim(
    id="inverse-after-13",
    title="the inverse of $M(t)$, entry by entry",
    source="Section 2.3, after (13)",
    printed=r"M^{-1}(t)=\text{diag}\left(\left(\left(\sum_{j=1}^L\left(\prod_{k\neq j}u^k_i(t)^2\right)\right)^{-1}\right)_{i\in[d]}\right)",
    statement=_inverse_entries,
    uses=("eq-13",),
)

INVERSE_BEFORE_14 = Claim(
    id="inverse-before-14",
    title="$M⁻¹θ' + ∇𝓛 = 0$",
    source="Section 2.3, before (14)",
    printed=r"\forall t\geqslant 0,\quad M^{-1}(t)\dot\theta(t)+\nabla\mathcal{L}(t)=0",
    statement=_inverse_at_theta,
    uses=("eq-12", "eq-13"),
    remark="$∇𝓛(t)$ is short for $∇𝓛(θ(t))$: the gradient along the trajectory, as a function of time.",
)


def _mirror_metric(depth: Any) -> Equal:
    """``(∇Q)' = −∇𝓛`` by Theorem 1 and ``M⁻¹θ' = −∇𝓛`` by (12)."""
    flow = LayerFlow(depth)
    slope = sp.Symbol("gradQ", real=True)
    invertible = Hypothesis(Assumption.of_claim("eq-13"), sp.Gt(flow.metric, 0))
    rates = (*flow.setting.rates, RateRule(slope, -flow.slope))
    return Equal(Rate(slope), Rate(flow.theta) / flow.metric, Setting((invertible,), rates, flow.depth))


MIRROR_BEFORE_14 = Claim(
    id="mirror-before-14",
    title="along the flow $∇𝒬$ moves with $M⁻¹θ'$",
    source="Section 2.3, before (14)",
    printed=r"\frac{d\nabla\mathcal{Q}(\theta(t))}{dt}=M^{-1}(t)\dot\theta(t)",
    statement=_mirror_metric,
    uses=("thm-1", "eq-12", "eq-13"),
)


# -- Theorem 2 --------------------------------------------------------------------------------------
_I = sp.Symbol("i", integer=True, positive=True)
_G, _M, _T = (sp.IndexedBase(name, real=True) for name in ("g", "M", "theta"))
EXCESS, MU = sp.symbols("excess mu", real=True)  # 𝓛(θ(t)) − 𝓛*, and the PL constant
NORM = sum_over(lambda i: _G[i] ** 2)  # ‖∇𝓛(θ)‖²
#: θ_i' = −M_i g_i by (12), and (𝓛 − 𝓛*)' = Σ_i g_i θ_i' by the chain rule.
MOVING = (RateRule(_T[_I], -_M[_I] * _G[_I], _I), RateRule(EXCESS, sum_over(lambda i: _G[i] * -_M[i] * _G[i])))
LEAST = Hypothesis("λ_min is the least entry of M", sp.Ge(_M[_I], LAMBDA), _I)
BOUND_14 = Hypothesis(Assumption.of_claim("eq-14"), sp.Ge(LAMBDA, SIGMA))
SIGMA_POSITIVE = Hypothesis(Assumption.of_claim("eq-13"), sp.Gt(SIGMA, 0))


def _dissipation(depth: Any) -> tuple[Any, ...]:
    excess_norm = sp.Symbol("norm2", real=True)  # ‖∇𝓛(θ)‖² as a number
    flow = Setting((), MOVING, D)
    inequality = Hypothesis("PL", sp.Ge(excess_norm, 2 * MU * EXCESS))
    return (
        Equal(Rate(EXCESS), sum_over(lambda i: _G[i] * Rate(_T[i])), flow),
        at_least(-LAMBDA * NORM, Rate(EXCESS), flow.given(LEAST)),
        at_least(-SIGMA * NORM, -LAMBDA * NORM, Setting((BOUND_14,), (), D)),
        at_least(-2 * SIGMA * MU * EXCESS, -SIGMA * excess_norm, Setting((inequality, SIGMA_POSITIVE))),
    )


RATE_BEFORE_14 = Claim(
    id="rate-before-14",
    title="the dissipation of the loss",
    source="Section 2.3, proof of Theorem 2",
    printed=r"\frac{d}{dt}\left(\mathcal{L}(\theta(t))-\mathcal{L}^*\right)=\left\langle\nabla\mathcal{L}(\theta(t)),\dot\theta(t)\right\rangle"
    r"=-\left\langle\nabla\mathcal{L}(\theta(t)),M(t)\nabla\mathcal{L}(\theta(t))\right\rangle\leqslant-\lambda_{min}(M(t))\|\nabla\mathcal{L}(\theta(t))\|^2"
    r"\leqslant-\sigma\|\nabla\mathcal{L}(\theta(t))\|^2\leqslant-2\sigma\mu\left(\mathcal{L}(\theta(t))-\mathcal{L}^*\right)",
    statement=_dissipation,
    uses=("eq-12", "eq-13", "eq-14"),
)


def _theorem_2(depth: Any) -> tuple[Any, ...]:
    """Grönwall from ``f' ≤ −2σμ f``, where ``f' = −Σ M_i g_i²``, ``M_i ≥ σ`` and PL."""
    norm = sp.Symbol("norm2", real=True)
    steepness = sp.Symbol("dissipation", real=True)
    given = (
        Hypothesis(Assumption.of_claim("rate-before-14"), sp.Ge(steepness, SIGMA * norm)),
        Hypothesis("PL", sp.Ge(norm, 2 * MU * EXCESS)),
        SIGMA_POSITIVE,
    )
    return (ExponentialDecay(EXCESS, 2 * SIGMA * MU, Setting(given, (RateRule(EXCESS, -steepness),))),)


EQ_15 = Claim(
    id="eq-15",
    title="linear convergence of the loss",
    source="Theorem 2, (15)",
    printed=r"\forall t\geqslant 0,\quad\mathcal{L}(\theta(t))-\mathcal{L}^*\leqslant e^{-2\sigma\mu t}\left(\mathcal{L}(\theta(0))-\mathcal{L}^*\right)",
    statement=_theorem_2,
    uses=("eq-13", "rate-before-14"),
)

THM_2 = Claim(
    id="thm-2",
    title="Theorem 2: under $(𝒜)$ and PL the loss converges at the rate $2σμ$",
    source="Theorem 2",
    references=("Gronwall1919",),
    printed=r"\text{Let }\theta=\bigodot_{j=1}^Lu^j\text{ and }(u^j)_{j\in[L]}\text{ follow the dynamic described in equation 5. Suppose that }"
    r"\arg\min_{\theta\in\mathbb{R}^d}\mathcal{L}(\theta)\neq\emptyset\text{ and let }\mathcal{L}^*\text{ denote }"
    r"\min_{\theta\in\mathbb{R}^d}\mathcal{L}(\theta)\text{. If the initialization of the network satisfies }\mathcal{A}\text{ and the loss "
    r"function }\mathcal{L}\text{ satisfies a Polyak-Łojasiewicz property with parameter }\mu>0\text{, then for all } t\geqslant 0,\quad"
    r"\mathcal{L}(\theta(t))-\mathcal{L}^*\leqslant e^{-2\sigma\mu t}\left(\mathcal{L}(\theta(0))-\mathcal{L}^*\right)",
    statement=lambda depth: (*_dissipation(depth), *_theorem_2(depth)),
    uses=("eq-11", "eq-12", "eq-13", "eq-14", "rate-before-14", "eq-15"),
    remark="The chain: (11), (12), (13), (14), PL, Grönwall.",
)


if __name__ == "__main__":
    from ddln_sym.cli import run_module

    run_module(__file__)
