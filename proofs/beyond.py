"""Beyond the paper: the entropy of every depth, its conjugate, closed forms and ties."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ddln_sym.claims import Claim
from ddln_sym.models import LayerFlow
from ddln_sym.statements import (
    Assumption,
    Equal,
    Hypothesis,
    Primitive,
    Rate,
    RateRule,
    Scope,
    Setting,
    Solves,
    greater,
)
from proofs.reduction import mirror_integral

TITLE = "Beyond the paper: the entropy of every depth, its conjugate, closed forms and ties"

ONE = sp.Integer(1)
XI = sp.Symbol("xi", real=True)
X, Z, THETA, THETA_0 = sp.symbols("x z theta theta0", real=True)
A, B, C = sp.symbols("Delta_2 Delta_3 Delta_4", real=True)


# -- T1: the Legendre pair --------------------------------------------------------------------------
T1_MIRROR = Claim(
    id="new-t1-mirror",
    title="$s·∫dz/P$ from $v^1(0)$ to $v^1(t)$ is $ξ(t) = −∫∇𝓛$, for every depth",
    source="open question after Theorem 1",
    printed=r"\xi(\theta)=s\int_{v^1(0)}^{v^1}\frac{dz}{P(z)},\quad P(z)=\prod_{k\ge2}\sqrt{z^2+\Delta_k},\quad \theta=s\,v^1P(v^1)",
    statement=mirror_integral,
    uses=("eq-8", "theta-determined"),
    remark="$I$ is a symbol with $I' = (v^1)'/P(v^1)$ and $I = 0$ at the start: the integral, by the fundamental theorem of calculus.",
)


def _along(flow: LayerFlow) -> Setting:
    """The flow (5) together with ``ξ' = −g``; g is arbitrary, so θ moves at an arbitrary speed."""
    return Setting((), (*flow.setting.rates, RateRule(XI, -flow.slope)), flow.depth)


def _half_growth(flow: LayerFlow, j: Any) -> Any:
    return (flow.layer(j) ** 2 - flow.initial(j) ** 2) / 2


def _slope(depth: Any) -> tuple[Any, ...]:
    """``d𝒬/dt = ξ·dθ/dt`` with ``dθ/dt = −M·g``, from ``𝒬 = 0``."""
    flow = LayerFlow(depth)
    j = flow.index("j", 1)
    start = ((XI, sp.Integer(0)), (flow.layer(j), flow.initial(j)))
    entropy, speed = flow.theta * XI - _half_growth(flow, j), -flow.metric * flow.slope
    return (
        Equal(Rate(flow.theta), speed, _along(flow)),
        Solves(sp.Symbol("Q", real=True), entropy, XI * speed, sp.Integer(0), start, _along(flow)),
    )


T1_SLOPE = Claim(
    id="new-t1-slope",
    title="$𝒬 = θξ − (u_j² − u_j(0)²)/2$ has the gradient $ξ$, and vanishes at the initialization",
    source="open question after Theorem 1",
    references=("YunKrishnanMobahi2021",),
    printed=r"\mathcal{Q}(\theta)=\theta\,\xi(\theta)-\tfrac12\left(u^j(\theta)^2-u^j(0)^2\right),\quad\mathcal{Q}'=\xi",
    statement=_slope,
    uses=("eq-5",),
    remark="Along the flow of any loss $d𝒬/dt = ξ·dθ/dt$; at the start $ξ = 0$ and the growth is 0. By claim eq-7 it is one $𝒬$ for all $j$. "
    "For starts $(0, α, …, α)$ it is the entropy of Yun, Krishnan, Mobahi 2021.",
)


def _curvature(depth: Any) -> tuple[Any, ...]:
    flow = LayerFlow(depth)
    least = flow.index("l", 1)
    others = flow.every("at most one zero", lambda k: sp.Ne(flow.layer(k), 0), (least,))
    return (
        Equal(Rate(flow.theta), flow.metric * Rate(XI), _along(flow)),
        greater(flow.metric, 0, Setting((), (), flow.depth).given(*others)),
    )


T1_CURVATURE = Claim(
    id="new-t1-curvature",
    title="$dθ/dξ = M > 0$ on $M$: $𝒬'' = 1/M$, so $𝒬$ is strictly convex",
    source="open question after Theorem 1",
    printed=r"\mathcal{Q}''=\frac1M,\quad M=\sum_j\prod_{k\neq j}(u^k)^2",
    statement=_curvature,
    uses=("eq-5",),
)


def _conjugate(depth: Any) -> tuple[Any, ...]:
    flow = LayerFlow(depth)
    j, k = flow.index("j", 1), flow.index("k", 2)
    kept = Hypothesis(Assumption.of_claim("eq-7"), sp.Eq(2 * _half_growth(flow, j), 2 * _half_growth(flow, k)))
    conjugate, start = sp.Symbol("Qstar", real=True), ((flow.layer(j), flow.initial(j)),)
    legendre = flow.theta * XI - (flow.theta * XI - _half_growth(flow, j))
    return (
        Solves(conjugate, _half_growth(flow, j), -flow.theta * flow.slope, sp.Integer(0), start, _along(flow)),
        Equal(legendre, _half_growth(flow, k), Setting((kept,), (), flow.depth)),
    )


T1_CONJUGATE = Claim(
    id="new-t1-conjugate",
    title="the conjugate entropy is half the growth of the square of any layer, with the slope $θ$ in $ξ$",
    source="open question after Theorem 1",
    printed=r"\mathcal{Q}^*(\xi)=\tfrac12\left(u^j(\xi)^2-u^j(0)^2\right)\ \text{for every } j,\quad(\mathcal{Q}^*)'=\theta",
    statement=_conjugate,
    uses=("eq-7", "new-t1-slope"),
)


# -- T2: closed forms -------------------------------------------------------------------------------
def _positive(*symbols: Any) -> Setting:
    return Setting(tuple(Hypothesis(f"{s} > 0", sp.Gt(s, 0)) for s in symbols))


def _equal_gaps(formula: Any, depth: int) -> Primitive:
    slope = 1 / sp.sqrt(X**2 + A) ** (depth - 1)
    return Primitive(X, formula, slope, _positive(A))


T2_ELEMENTARY = Claim(
    id="new-t2-elementary",
    title="$∫dz/P$ from 0 is elementary at $L = 2$, and at $L = 3, 4$ when all $Δ_k$ are equal",
    source="open question after Theorem 1",
    printed=r"\text{arcsinh}\frac{x}{\sqrt\Delta},\quad\frac{1}{\sqrt\Delta}\arctan\frac{x}{\sqrt\Delta},\quad\frac{x}{\Delta\sqrt{x^2+\Delta}}",
    statement=lambda depth: (
        _equal_gaps(sp.asinh(X / sp.sqrt(A)), 2),
        _equal_gaps(sp.atan(X / sp.sqrt(A)) / sp.sqrt(A), 3),
        _equal_gaps(X / (A * sp.sqrt(X**2 + A)), 4),
    ),
    depths=tuple(map(sp.Integer, (2, 3, 4))),
    scope=Scope("L = 2, 3, 4", "all d"),
)


def _carlson(*gaps: Any) -> Equal:
    """``t = ∏Δ·(x²/z² − 1)`` maps ``z: x → 0`` to ``t: 0 → ∞`` and the integrand of R_F to ``1/P(z)``."""
    whole = sp.Mul(A, B, *gaps[2:])
    t = whole * (X**2 / Z**2 - 1)
    first = (whole,) if len(gaps) == 2 else ()
    arguments = (*first, *(whole / gap * (X**2 + gap) for gap in gaps))
    integrand = X / (2 * sp.sqrt(sp.Mul(*(t + argument for argument in arguments))))
    moving = Setting(_positive(X, Z, *gaps).hypotheses, (RateRule(Z, ONE),))
    return Equal(-Rate(t) * integrand, 1 / sp.sqrt(sp.Mul(*(Z**2 + gap for gap in gaps))), moving)


T2_CARLSON = Claim(
    id="new-t2-carlson",
    title="$∫dz/P$ from 0 is Carlson's $R_F$ at $L = 3$ and $L = 4$",
    source="open question after Theorem 1",
    references=("Carlson1995", "DLMF"),
    printed=r"\frac{x}{\sqrt{\Delta_2\Delta_3}}R_F\!\left(1,1+\tfrac{x^2}{\Delta_2},1+\tfrac{x^2}{\Delta_3}\right),\quad"
    r"\frac{x}{\sqrt{\Delta_2\Delta_3\Delta_4}}R_F\!\left(1+\tfrac{x^2}{\Delta_2},1+\tfrac{x^2}{\Delta_3},1+\tfrac{x^2}{\Delta_4}\right)",
    statement=lambda depth: (_carlson(A, B), _carlson(A, B, C)),
    depths=(sp.Integer(3), sp.Integer(4)),
    scope=Scope("L = 3, 4", "all d"),
    remark="$R_F(a, b, c) = ½∫_0^∞ dt/√((t+a)(t+b)(t+c))$ by definition, multiplied through by its homogeneity; the step is the "
    "change of variables $t = ∏Δ·(x²/z² − 1)$ under the integral.",
)


# -- T3: ties -----------------------------------------------------------------------------------------
def _never_zero(depth: Any) -> tuple[Any, ...]:
    """A layer with a partner of the same modulus obeys a linear equation, so it is an exponential."""
    flow = LayerFlow(depth)
    least, j = flow.index("l", 1), flow.index("j", 2)
    side, exponent = sp.symbols("e E", real=True)
    tie = Hypothesis(Assumption.of_claim("eq-7"), sp.Eq(flow.layer(j), side * flow.layer(least)))
    given = flow.setting.given(tie, *flow.apart(j, least))
    rest = flow.product(flow.layer, (least, j))
    start = sp.Symbol("x0", real=True)
    growing = Setting((), (RateRule(exponent, flow.slope),))
    return (
        Equal(Rate(flow.layer(least)), -side * rest * flow.slope * flow.layer(least), given),
        Solves(X, start * sp.exp(exponent), X * flow.slope, start, ((exponent, sp.Integer(0)),), growing),
    )


T3_TIES = Claim(
    id="new-t3-ties",
    title="where two layers tie for the least modulus, not at zero, no layer reaches zero",
    source="Section 2.1, $(𝒜)$",
    printed=r"|u^j(0)|=|u^l(0)|=\min_k|u^k(0)|>0\ \Longrightarrow\ \forall t\geqslant0,\ u^l(t)\neq0",
    statement=_never_zero,
    uses=("eq-7",),
    remark="So the flow stays on $M$ without $(𝒜)$. The second step solves the linear equation with any coefficient: "
    "an exponential, which is never zero.",
)


def _kullback_leibler(depth: Any) -> tuple[Any, ...]:
    divergence = (THETA * sp.log(THETA / THETA_0) - THETA + THETA_0) / 2
    slope = sp.log(THETA / THETA_0) / 2
    moving = Setting(_positive(THETA, THETA_0).hypotheses, (RateRule(THETA, ONE),))
    start = ((THETA, THETA_0),)
    value, gradient = sp.symbols("Q gradQ", real=True)
    return (
        Solves(value, divergence, slope, sp.Integer(0), start, moving),
        Solves(gradient, slope, 1 / (2 * THETA), sp.Integer(0), start, moving),
    )


T3_KL = Claim(
    id="new-t3-kullback-leibler",
    title="two layers that tie have the Kullback–Leibler entropy, with $𝒬'' = 1/M = 1/(2θ)$",
    source="Section 2.1, $(𝒜)$",
    printed=r"\mathcal{Q}(\theta)=\tfrac12\left(\theta\log\frac{\theta}{\theta_0}-\theta+\theta_0\right),\quad\theta_0>0",
    statement=_kullback_leibler,
    depths=(sp.Integer(2),),
    scope=Scope("L = 2", "all d"),
)


# -- T5: Euler's identity -------------------------------------------------------------------------------
def _euler(depth: Any) -> tuple[Equal, ...]:
    flow = LayerFlow(depth)
    j = flow.index("j", 1)
    plain = Setting((), (), flow.depth)
    return (
        Equal(flow.layer(j) * flow.others(j), flow.theta, plain),
        Equal(flow.total(lambda k: flow.theta), flow.depth * flow.theta, plain),
        Equal(Rate(flow.layer(j) ** 2) / 2, flow.theta * Rate(XI), _along(flow)),
    )


T5_EULER = Claim(
    id="new-t5-euler",
    title="Euler's identity gives the conjugate: $½‖u‖²$ has the slope $L·θ$ in $ξ$",
    source="open question after Theorem 1",
    printed=r"\langle w,\nabla G_i(w)\rangle=\sum_j u^j\prod_{k\neq j}u^k=L\,G_i(w),\quad"
    r"\mathcal{Q}^*(\xi)=\frac{\|w(\xi)\|^2-\|w(0)\|^2}{2L}",
    statement=_euler,
    uses=("eq-5",),
    remark="Term by term: each of the $L$ terms of the pairing is $θ$, and each of the $L$ squares has the slope $2θ$.",
)

if __name__ == "__main__":
    from ddln_sym.cli import run_module

    run_module(__file__)
