"""Beyond the paper: weight decay, the exact step of gradient descent, and large depth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import sympy as sp

from ddln_sym.claims import Claim
from ddln_sym.models import LayerFlow
from ddln_sym.statements import (
    AboveStart,
    Consequence,
    ConstrainedMinimizer,
    Denied,
    Equal,
    Hypothesis,
    Rate,
    RateRule,
    Scope,
    Setting,
    Solves,
    Theorem,
    at_least,
)
from proofs.two_layers import THETA, TWO

TITLE = "Beyond the paper: weight decay, the exact step of gradient descent, and large depth"

ONE, ZERO = sp.Integer(1), sp.Integer(0)
ALPHA, STEP, G = sp.symbols("alpha gamma g", real=True)


# -- weight decay -----------------------------------------------------------------------------------------
def _decay(depth: Any) -> tuple[Any, ...]:
    """``u_j' = −∏_{k≠j}u_k·g − αu_j``: the differences decay, and ``z_j = e^{αt}u_j`` follows (5) with a slope of its own."""
    flow = LayerFlow(depth)
    j, k = flow.index("j", 1), flow.index("k", 2)
    growth, x, start = sp.symbols("e x x0", real=True)  # e^{αt}; a difference of squares and its start

    def velocity(m: Any) -> Any:
        return -flow.others(m) * flow.slope - ALPHA * flow.layer(m)

    indices = (j,) if flow.schematic else range(1, int(flow.depth) + 1)
    rates = tuple(RateRule(flow.layer(m), velocity(m), m if flow.schematic else None) for m in indices)
    decaying = Setting((), rates, flow.depth)
    positive = (Hypothesis("e^{αt} > 0", sp.Gt(growth, 0)),)
    both = Setting((), (*rates, RateRule(growth, ALPHA * growth)), flow.depth)
    gap = flow.layer(j) ** 2 - flow.layer(k) ** 2
    time = sp.Symbol("t", real=True)
    clock = Setting((), (RateRule(time, ONE),))
    return (
        Equal(Rate(gap), -2 * ALPHA * gap, decaying),
        Solves(x, start * sp.exp(-2 * ALPHA * time), -2 * ALPHA * x, start, ((time, ZERO),), clock),
        Equal(Rate(growth * flow.layer(j)), -growth * flow.others(j) * flow.slope, both),
        Equal(
            growth * flow.slope,
            growth ** (flow.depth - 1) * (growth ** (2 - flow.depth) * flow.slope),
            Setting(positive),
        ),
    )


T14_DECAY = Claim(
    id="new-t14-decay",
    title="with weight decay, $u' = −∂𝓛 − αu$, the differences of squares decay like $e^{−2αt}$, and $e^{Lαt}θ$ "
    "follows a mirror flow of the same $𝒬$",
    source="Section 3, open directions",
    references=("JacobsZhouBurkholz2025",),
    printed=r"\Delta_k(t)=e^{-2\alpha t}\Delta_k(0),\quad\nabla\mathcal{Q}(e^{L\alpha t}\theta(t))=-\int_0^te^{(2-L)\alpha s}\nabla\mathcal{L}(\theta(s))\,ds",
    statement=_decay,
    uses=("eq-5", "new-t1-mirror"),
    remark="$z_j = e^{αt}u_j$ has the velocity $−e^{αt}∏_{k≠j}u_k·g$, and $e^{αt} = e^{(L−1)αt}·e^{(2−L)αt}$: the "
    "layers $z$ follow (5) with the slope $e^{(2−L)αt}g$ in the place of $g$. $α$ of either sign. Mirror "
    "flows that vary in time: Jacobs, Zhou, Burkholz 2025.",
)


# -- a finite step ------------------------------------------------------------------------------------------
def _step(depth: Any) -> tuple[Equal, ...]:
    """``u_j ↦ u_j − γ∏_{k≠j}u_k·g`` for two layers j and k; the product of all others is c."""
    flow = LayerFlow(depth)
    j, k = flow.index("j", 1), flow.index("k", 2)
    rest = flow.product(flow.layer, (j, k))
    apart = Setting((), (), flow.depth).given(*flow.apart(j, k))
    c = sp.Symbol("c", real=True)
    x, y = sp.symbols("u_j u_k", real=True)
    moved = (x - STEP * y * c * G) ** 2 - (y - STEP * x * c * G) ** 2
    return (
        Equal(flow.others(j), flow.layer(k) * rest, apart),
        Equal(flow.others(k), flow.layer(j) * rest, apart),
        Equal(moved, (1 - STEP**2 * G**2 * c**2) * (x**2 - y**2)),
    )


T14_STEP = Claim(
    id="new-t14-step",
    title="a step $γ$ of gradient descent multiplies $u_j² − u_k²$ by $1 − γ²g²∏_{l≠j,k}u_l²$, exactly",
    source="Section 3, open directions",
    printed=r"u_j^2-u_k^2\ \mapsto\ \Big(1-\gamma^2g^2\prod_{l\neq j,k}u_l^2\Big)(u_j^2-u_k^2)",
    statement=_step,
    uses=("eq-5",),
    remark="For $L ≥ 3$ a factor can be $≤ 0$: then the least layer changes, or a tie appears. For $L = 2$ the "
    "modulus of the difference is multiplied by $|1 − γ²g²|$.",
)


def _two_numbers(depth: Any) -> tuple[Any, ...]:
    """``z_± ↦ (1 ∓ γg)z_±``: both numbers of the entropy of two layers move."""
    u, v, plus, minus, xi, delta, begun = sp.symbols("u v z_+ z_- xi Delta c", real=True)
    down, up = 1 - STEP * G, 1 + STEP * G
    nonzero = tuple(
        Hypothesis(name, sp.Ne(q, 0)) for name, q in (("(𝒜)", plus), ("(𝒜)", minus), ("γg ≠ 1", down), ("γg ≠ −1", up))
    )
    given = Setting(nonzero)

    def gap(a: Any, b: Any) -> Any:
        return sp.Abs(a * b)

    def centre(a: Any, b: Any) -> Any:
        return sp.log(sp.Abs(a / b))

    moved = (down * plus, up * minus)
    shift = centre(down, up) + 2 * STEP * G
    theta = (plus**2 - minus**2) / 4
    return (
        Equal((u - STEP * v * G) + (v - STEP * u * G), down * (u + v)),
        Equal((u - STEP * v * G) - (v - STEP * u * G), up * (u - v)),
        Equal(gap(*moved), sp.Abs(1 - STEP**2 * G**2) * gap(plus, minus)),
        Equal(centre(*moved) - 2 * (xi - STEP * G), centre(plus, minus) - 2 * xi + shift, given),
        Equal(theta, gap(plus, minus) / 2 * sp.sinh(centre(plus, minus)), Setting(nonzero[:2])),
        ConstrainedMinimizer(
            THETA,
            (sp.asinh(2 * THETA / delta) - begun) / 2,
            delta / 2 * sp.sinh(2 * xi + begun),
            xi,
            Setting((Hypothesis("Δ_∞ > 0", sp.Gt(delta, 0)),)),
        ),
    )


T14_TWO = Claim(
    id="new-t14-two-numbers",
    title="two layers: the steps, if they converge, end at the minimizer of the entropy in which both of its numbers have moved",
    source="Section 3, open directions",
    references=("EvenEtAl2023", "NacsonEtAl2022"),
    printed=r"\Delta_\infty=\Delta_0\prod_k|1-\gamma^2g_k^2|,\quad c_\infty=c_0+\sum_k\Big(\log\Big|\frac{1-\gamma g_k}{1+\gamma g_k}\Big|+2\gamma g_k\Big),"
    r"\quad\theta_\infty=\tfrac{\Delta_\infty}2\sinh(2\xi_\infty+c_\infty)",
    statement=_two_numbers,
    uses=("eq-17", "eq-18"),
    **TWO,
    remark="$ξ = −γΣg_k$ is a sum of steps in the range of $Xᵀ$. After each step $θ = (Δ/2)\\sinh(2ξ + c)$ with the "
    "moved $Δ$ and $c$, so at the limit $∇𝒬 = ξ_∞ ∈ \\text{range } Xᵀ$ for the $𝒬$ of (20), corrected, with "
    "$Δ_∞$ and $c_∞$, so it minimizes that $𝒬$. Assumed: the steps converge with $Xθ_∞ = y$, the sums "
    "converge, and no $γ|g_k| = 1$. After Even, Pesme, Gunasekar, Flammarion 2023; Nacson et al. 2022.",
)


def _one_number(depth: Any) -> Denied:
    """``Δ_∞`` alone: that the centre does not move."""
    down, up = 1 - STEP * G, 1 + STEP * G
    small = (Hypothesis("γg > 0", sp.Gt(STEP * G, 0)), Hypothesis("γg < 1", sp.Lt(STEP * G, 1)))
    return Denied(Equal(sp.log(sp.Abs(down / up)) + 2 * STEP * G, 0, Setting(small)))


T14_TRAP = Claim(
    id="new-t14-trap",
    title="with $Δ_∞$ alone it is false: the centre $c$ moves too",
    source="Section 3, open directions",
    printed=r"\log\Big|\frac{1-\gamma g}{1+\gamma g}\Big|+2\gamma g\neq0",
    statement=_one_number,
    **TWO,
    remark="From $u = (0, 0)$, $v = (.5, .7)$, $X = (1, 2)$, $y = 3$, $𝓛 = (Xθ − y)²$, $γ = .07$ the steps end at "
    "$(.23613, 1.38193)$; $Δ_∞$ alone says $(.34942, 1.32529)$.",
)


# -- large depth --------------------------------------------------------------------------------------------
def _large_depth() -> tuple[Any, ...]:
    """``log(1 + r²/L)^{(L−1)/2}`` between ``r²/2 − r²/(2L) − r⁴/(4L)`` and ``r²/2``; and ``s·e^{s²/2} = τ``."""
    size, r, s, log, w, q = sp.symbols("L r s l w q", real=True)
    deep = Hypothesis("L ≥ 2", sp.Ge(size, 2))
    u = r**2 / size
    power = (size - 1) / 2 * log
    # log(1 + w) ≤ w and ≥ w − w²/2, from w = 0 on
    under, over = 1 - 1 / (1 + w), 1 / (1 + w) - 1 + w
    defined = Setting((Hypothesis("1 + w ≠ 0", sp.Ne(1 + w, 0)),), (RateRule(w, ONE), RateRule(log, 1 / (1 + w))))
    bounds = [
        step
        for quantity, rate in ((w - log, under), (log - w + w**2 / 2, over))
        for step in (
            Equal(Rate(quantity), rate, defined),
            AboveStart(w, q, ZERO, ((q, ZERO),), Setting((), (RateRule(w, ONE), RateRule(q, rate)))),
        )
    ]
    most = (deep, Hypothesis("the step before", sp.Le(log, u)))
    least = (deep, Hypothesis("the step before", sp.Ge(log, u - u**2 / 2)))
    tau = s * sp.exp(s**2 / 2)
    x = s / sp.sqrt(size)
    limit = tau * sp.Symbol("A", real=True) - s**2 / 2  # A = ∫_0^s e^{−r²/2}dr = √(π/2)·erf(s/√2)
    area = sp.Symbol("A", real=True)
    moving = Setting((), (RateRule(s, ONE), RateRule(area, sp.exp(-(s**2) / 2))))
    return (
        *bounds,
        at_least(r**2 / 2, power, Setting(most)),
        at_least(power, r**2 / 2 - r**2 / (2 * size) - r**4 / (4 * size), Setting(least)),
        Equal(size * x**2 / 2, s**2 / 2, Setting((deep,))),
        Equal(Rate(limit), area * Rate(tau), moving),
        Equal(tau**2, s**2 * sp.exp(s**2), Setting()),
    )


@dataclass(frozen=True)
class LargeDepth(Consequence):
    """``L·𝒬_L(τ/√L)`` from (0, 1, …, 1) tends to ``τ∫_0^s e^{−r²/2}dr − s²/2``, ``s·e^{s²/2} = τ``, as L → ∞.

    With ``x = s_L/√L``, ``τ = s_L(1 + s_L²/L)^{(L−1)/2}`` and ``√L·ξ = ∫_0^{s_L}(1 + r²/L)^{−(L−1)/2}dr``.  The bounds on the
    power make it converge to ``e^{r²/2}`` uniformly on bounded sets, so ``s_L → s``, and the integrals converge.
    """

    theorem: ClassVar = Theorem("dominated convergence theorem", "Lebesgue 1908")

    def premises(self) -> tuple[Any, ...]:
        return _large_depth()

    def __str__(self) -> str:
        return "$L·𝒬_L(τ/√L) → τ∫_0^s exp(−r²/2)dr − s²/2$ as $L → ∞$, $s·exp(s²/2) = τ$"


T13_DEPTH = Claim(
    id="new-t13-depth",
    title="large depth, from $(0, 1, …, 1)$: $L·𝒬_L(τ/√L) → τ\\sqrt{π/2}·\\text{erf}(s/√2) − s²/2$, $s = "
    "\\text{sgn}(τ)\\sqrt{W(τ²)}$, $W$ Lambert's function",
    source="open question after Theorem 1",
    printed=r"\frac{r^2}2-\frac{r^2}{2L}-\frac{r^4}{4L}\le\log\Big(1+\frac{r^2}L\Big)^{(L-1)/2}\le\frac{r^2}2,\quad s\,e^{s^2/2}=\tau,\quad"
    r"L\,\mathcal{Q}_L(\tau/\sqrt L)\to\tau\int_0^se^{-r^2/2}dr-\frac{s^2}2",
    statement=lambda depth: LargeDepth(),
    depths=(sp.Symbol("L", real=True),),
    scope=Scope("$L → ∞$", "all d"),
    uses=("new-t1-mirror", "new-t1-slope"),
    remark="With $x = s_L/√L$: $τ = s_L(1 + s_L²/L)^{(L−1)/2}$, and $√L·ξ$ is the integral of $(1 + "
    "r²/L)^{−(L−1)/2}$ up to $s_L$. The limit has the slope $∫_0^s e^{−r²/2}dr = "
    "\\sqrt{π/2}·\\text{erf}(s/√2)$ in $τ$, and $s² = W(τ²)$ as $τ² = s²e^{s²}$.",
)

if __name__ == "__main__":
    from ddln_sym.cli import run_module

    run_module(__file__)
