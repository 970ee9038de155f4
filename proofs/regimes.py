"""Beyond the paper: the entropy of small and of large initializations, from weighted ℓ1 to weighted ℓ2."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ddln_sym.claims import Claim
from ddln_sym.models import OrderedFlow
from ddln_sym.statements import (
    DEPTH,
    AboveStart,
    Assumption,
    Equal,
    Hypothesis,
    Rate,
    RateRule,
    Scope,
    Setting,
    at_least,
)
from proofs.rates import H_2, A, Gaps, H, W, growing, means, metric_in_w

TITLE = "Beyond the paper: the entropy of small and of large initializations, from weighted $ℓ1$ to weighted $ℓ2$"

ONE, HALF = sp.Integer(1), sp.Rational(1, 2)
SCALE, X, X_0, THETA, XI, Q = sp.symbols("a x x0 theta xi Q", real=True)
M, SIGMA, TOP, T, TAIL, KAPPA = sp.symbols("M sigma m t T kappa", real=True)
SLOPE, AREA = sp.symbols("S V", real=True)  # ±(θ − factor·ξ) and ±(θ²/2 − factor·𝒬)
GAP, BEGUN = sp.symbols("r c", real=True)  # √Δ and arcsinh(x_0/√Δ), for two layers


def given(*relations: tuple[str, Any]) -> Setting:
    return Setting().given(*(Hypothesis(name, relation) for name, relation in relations))


def entropy(theta: Any, xi: Any, x: Any, x_0: Any) -> Any:
    """``𝒬 = θξ − (x² − x_0²)/2``, by claim new-t1-slope."""
    return theta * xi - (x**2 - x_0**2) / 2


# -- the scale of the initialization --------------------------------------------------------------------
def _scaled(depth: Any) -> tuple[Equal, ...]:
    """From ``a·u(0)`` the layer ``a·x`` stands where x stood: ``Δ`` becomes ``a²Δ``."""
    flow = OrderedFlow(depth)
    size, x = flow.depth, flow.first
    root = flow.product(flow.root, (ONE,))
    larger = flow.product(lambda k: sp.sqrt((SCALE * x) ** 2 + SCALE**2 * flow.difference(k)), (ONE,))
    positive = Setting((Hypothesis("a > 0", sp.Gt(SCALE, 0)),), (), size)
    given = positive.given(*flow.least(ONE))
    moved = entropy(SCALE**size * THETA, SCALE ** (2 - size) * XI, SCALE * X, SCALE * X_0)
    return (
        Equal(SCALE * x * larger, SCALE**size * (x * root), given),
        Equal(SCALE / larger, SCALE ** (2 - size) / root, given),
        Equal(moved, SCALE**2 * entropy(THETA, XI, X, X_0), positive),
    )


T6_SCALING = Claim(
    id="new-t6-scaling",
    title="scaling the initialization by $a$: $ξ_a(a^Lθ) = a^{2−L}ξ(θ)$ and $𝒬_a(a^Lθ) = a²𝒬(θ)$, for every depth",
    source="open question after Theorem 1",
    printed=r"\nabla\mathcal{Q}_a(\theta)=a^{2-L}\nabla\mathcal{Q}(a^{-L}\theta),\quad\mathcal{Q}_a(\theta)=a^2\mathcal{Q}(a^{-L}\theta)",
    statement=_scaled,
    uses=("new-t1-mirror", "new-t1-slope"),
    remark="$θ = s·xP(x)$ at $a·x$ is $a^L$ times $θ$ at $x$; the integrand $1/P$ under $z ↦ a·z$ gains the factor $a^{2−L}$.",
)


# -- small initializations ------------------------------------------------------------------------------
def _rich(depth: Any) -> tuple[Any, ...]:
    """For ``s = 1``, ``x > 0``, with ``ξ = t − T``, T the tail of the integral, and ``θ = κx^L``, ``κ = P(x)/x^{L−1}``."""
    size = depth if depth == DEPTH else max(depth, 3)
    missing = T * THETA - entropy(THETA, T - TAIL, X, X_0)
    tail = (Assumption.of_claim("new-t4-bounded"), sp.Le(TAIL, X ** (2 - size) / (size - 2)))
    signs = ("x > 0", sp.Gt(X, 0)), ("κ > 0", sp.Gt(KAPPA, 0)), ("L ≥ 3", sp.Ge(size, 3))
    above = X**2 / 2 + KAPPA * X**2 / (size - 2)
    return (
        Equal(missing, THETA * TAIL + (X**2 - X_0**2) / 2),
        at_least(above, KAPPA * X**size * TAIL + X**2 / 2, given(*signs, tail)),
    )


T6_RICH = Claim(
    id="new-t6-rich",
    title="for $L ≥ 3$, $x > 0$ and $s = 1$, $t_+θ − 𝒬(θ) = θT + (x² − x_0²)/2 ≤ x²(½ + κ/(L−2))$: $𝒬$ is weighted $ℓ1$ up to that",
    source="open question after Theorem 1",
    printed=r"t_+\theta-\mathcal{Q}(\theta)=\theta\int_x^\infty\frac{dz}{P(z)}+\tfrac12(x^2-x_0^2)"
    r"\le x^2\left(\frac12+\frac{\kappa}{L-2}\right),\quad\kappa=\frac{P(x)}{x^{L-1}}",
    statement=_rich,
    scope=Scope("all L ≥ 3", "all d"),
    uses=("new-t1-slope", "new-t4-bounded", "new-t4-range", "new-t6-scaling"),
    remark="Where $s_iθ_i < 0$, with $t_−$. By new-t6-scaling $t_+$ is $a^{2−L}$ times its value at $a = 1$ from $a·u(0)$, while $x ≤ θ^{1/L}$ and "
    "$κ = ∏√(1 + a²Δ_k/x²)$: claim new-t6-small bounds the error for every $a ≤ 1$.",
)


def _two_layers(depth: Any) -> tuple[Any, ...]:
    """``ξ = arcsinh(x/(a√Δ)) − c`` and ``θ² = x²(x² + a²Δ)``."""
    signs = ("a > 0", sp.Gt(SCALE, 0)), ("√Δ > 0", sp.Gt(GAP, 0))
    mirror = sp.asinh(X / (SCALE * GAP)) - BEGUN
    split = sp.log((X + sp.sqrt(X**2 + SCALE**2 * GAP**2)) / GAP) - BEGUN
    squares = ("θ² = x²(x² + a²Δ)", sp.Eq(THETA**2, X**2 * (X**2 + SCALE**2 * GAP**2)))
    return (
        Equal(mirror, sp.log(1 / SCALE) + split, given(*signs)),
        at_least(THETA**2, X**4, given(squares)),
        at_least((X**2 + SCALE**2 * GAP**2 / 2) ** 2, THETA**2, given(squares)),
    )


T6_TWO = Claim(
    id="new-t6-two-layers",
    title="for $L = 2$, $ξ_a = log(1/a) + log((x + √(x² + a²Δ))/√Δ) − c$, and $x² ≤ |θ| ≤ x² + a²Δ/2$",
    source="open question after Theorem 1",
    printed=r"\nabla\mathcal{Q}_a(\theta)=\log\frac1a+\log\frac{x+\sqrt{x^2+a^2\Delta}}{\sqrt\Delta}-\text{arcsinh}\frac{x_0}{\sqrt\Delta}",
    statement=_two_layers,
    depths=(sp.Integer(2),),
    scope=Scope("L = 2", "all d"),
    uses=("new-t1-mirror", "new-t2-elementary"),
    remark="As $a → 0$ the second term tends to $log(2√(θ/Δ))$, so $𝒬_a/log(1/a)$ tends to $|θ|$, and the next term of $𝒬_a$ is of order 1.",
)


# -- large initializations ------------------------------------------------------------------------------
def _between(factor: Any, sign: int) -> tuple[Equal | AboveStart, ...]:
    """``±(θ − factor·ξ) ≥ 0`` and, from it, ``±(θ²/2 − factor·𝒬) ≥ 0``, for ``θ ≥ 0``."""
    moving = (RateRule(THETA, ONE), RateRule(XI, 1 / M), RateRule(Q, XI))
    known = given(("M between its ends", sp.Ge(sign * (M - factor), 0)), ("M > 0", sp.Gt(M, 0)))
    slope, area = sign * (THETA - factor * XI), sign * (THETA**2 / 2 - factor * Q)
    first = Setting(known.hypotheses, (moving[0], RateRule(SLOPE, sign * (1 - factor / M))))
    second = Setting(given(("the step before", sp.Ge(SLOPE, 0))).hypotheses, (moving[0], RateRule(AREA, SLOPE)))
    zero = sp.Integer(0)
    return (
        Equal(Rate(slope), sign * (1 - factor / M), Setting(known.hypotheses[1:], moving)),
        AboveStart(THETA, SLOPE, zero, ((SLOPE, zero),), first),
        Equal(Rate(area), slope, Setting((), moving)),
        AboveStart(THETA, AREA, zero, ((AREA, zero),), second),
    )


def _lazy(depth: Any) -> tuple[Any, ...]:
    """``dM/dw = P'' = P·((Σ1/u_k²)² − Σ1/u_k⁴)``, positive by Maclaurin's inequality; then two slopes from ``θ = 0``."""
    gaps = Gaps(depth)
    after = growing(gaps).given(Hypothesis("w > 0", sp.Gt(W, 0)))
    spread = (1 / W + H) ** 2 - (1 / W**2 + H_2)
    steps = (*_between(SIGMA, 1), *_between(TOP, -1))
    return (
        means(gaps),
        Equal(Rate(metric_in_w(A, H)), W * A * spread, Setting(after.hypotheses[-1:], after.rates)),
        *steps,
    )


T6_LAZY = Claim(
    id="new-t6-lazy",
    title="from $x_0 = 0$, $θ²/(2M(θ)) ≤ 𝒬(θ) ≤ θ²/(2σ)$ with $σ = ∏Δ_k$: $𝒬$ is weighted $ℓ2$ up to $M/σ$",
    source="open question after Theorem 1",
    printed=r"\frac{\theta^2}{2M(\theta)}\le\mathcal{Q}(\theta)\le\frac{\theta^2}{2\prod_k\Delta_k}",
    statement=_lazy,
    uses=("new-t1-curvature", "new-t7-in-w", "new-t7-bound"),
    remark="$𝒬 = 𝒬' = 0$ at $θ = 0$ and $𝒬'' = 1/M$, where $M$ increases with $|θ|$ from $σ$; for $θ < 0$ by symmetry. By new-t6-scaling "
    "$a^{2(L−1)}𝒬_a(θ)$ lies between $θ²/(2M)$ at $a^{−L}θ$ and $θ²/(2∏Δ_k)$; as $a → ∞$ the first tends to the second.",
)

if __name__ == "__main__":
    from ddln_sym.cli import run_module

    run_module(__file__)
