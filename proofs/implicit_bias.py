"""Appendix A.1: what the limit of two layers minimizes."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ddln_sym.claims import Claim
from ddln_sym.models import derive_two_layers
from ddln_sym.statements import (
    AboveStart,
    ConstrainedMinimizer,
    Equal,
    Flaw,
    Hypothesis,
    Rate,
    RateRule,
    Scope,
    Setting,
    Solves,
    sum_over,
)
from proofs.two_layers import ASSUMPTION, CORRECTED, GIVEN, PRINTED, START, THETA, TWO, U0, V0, XI, psi, psi_inverse

TITLE = "Appendix A.1: what the limit of two layers minimizes"


# -- the limit of ξ -------------------------------------------------------------------------------------
def _multiplier(depth: Any) -> tuple[Any, ...]:
    """``ξ' = −∇𝓛 = −Xᵀ∇ℓ``, so ``ξ = Xᵀν`` with ``ν = −∫∇ℓ``: one column of X, then all data points."""
    x, nu, ell = sp.symbols("x nu ell", real=True)  # an entry of X, ν and ∇ℓ there
    column, dual, residual = (sp.IndexedBase(name, real=True) for name in ("X", "nu", "ell"))
    k, n = sp.symbols("k n", integer=True, positive=True)
    data = Setting((), (RateRule(dual[k], -residual[k], k),), n)
    rates = (RateRule(nu, -ell),)
    start = ((nu, sp.Integer(0)),)
    return (
        Solves(XI, x * nu, -x * ell, sp.Integer(0), start, Setting((), rates)),
        Equal(Rate(sum_over(lambda m: column[m] * dual[m])), -sum_over(lambda m: column[m] * residual[m]), data),
    )


MULTIPLIER = Claim(
    id="multiplier-after-18",
    title="$ξ = Xᵀν$ at every time, $ν = −∫∇ℓ$, whatever the parametrization, and at $∞$ if the integral converges",
    source="Appendix A.1, after (18)",
    printed=r"\lim_{t\rightarrow+\infty}\xi(t)=-\int_0^{+\infty}\nabla\mathcal{L}(\theta(s))ds"
    r"=-X^T\underbrace{\int_0^{+\infty}\nabla\ell(X\theta(s)-y)ds}_{:=-\nu}",
    statement=_multiplier,
    flaw=Flaw.SHARPENED,
    remark="At every time. $ξ$ may converge without $ν$ (claim new-multiplier-diverges), so $ν$ as an integral up to $∞$ need not exist; the "
    "conclusion needs only that $lim ξ = Xᵀω$ for some $ω$, and the range of $Xᵀ$ is closed. Nothing in it depends on $L$.",
)


def _diverges(depth: Any) -> tuple[Any, ...]:
    """``X = (1, 0)ᵀ``, ``ℓ(a, b) = a⁴ + a²b + b²``: the second entry of ∇ℓ at (θ, 0) is θ², and ``4M_0∫θ² ≥ log(θ_0/θ)``."""
    a, b = sp.symbols("a b", real=True)
    ell = a**4 + a**2 * b + b**2
    at = {a: THETA, b: sp.Integer(0)}
    time, integral, start, metric, bound = sp.symbols("t I theta0 M M0", real=True)
    given = (
        Hypothesis("θ > 0", sp.Gt(THETA, 0)),
        Hypothesis("θ_0 > 0", sp.Gt(start, 0)),
        Hypothesis("M decreases with θ", sp.Ge(bound, metric)),
    )
    slope = 4 * THETA**3
    rates = (RateRule(time, sp.Integer(1)), RateRule(integral, THETA**2), RateRule(THETA, -metric * slope))
    growth = 4 * bound * integral + sp.log(THETA) - sp.log(start)
    return (
        Equal(sp.diff(ell, a).xreplace(at), slope),
        Equal(sp.diff(ell, b).xreplace(at), THETA**2),
        Equal(ell, (b + a**2 / 2) ** 2 + 3 * a**4 / 4),
        AboveStart(time, growth, sp.Integer(0), ((integral, sp.Integer(0)), (THETA, start)), Setting(given, rates)),
    )


DIVERGES = Claim(
    id="new-multiplier-diverges",
    title="$ν = −∫∇ℓ$ need not exist: $X = (1, 0)ᵀ$, $y = 0$, $ℓ(a, b) = a⁴ + a²b + b²$, $θ(0) > 0$",
    source="Appendix A.1, after (18)",
    printed=r"4M(0)\int_0^t\nabla_2\ell(X\theta(s))\,ds\ge\log\frac{\theta(0)}{\theta(t)}\to\infty",
    statement=_diverges,
    depths=(sp.Integer(2),),
    scope=Scope("L = 2", "$d = 1$, $n = 2$"),
    uses=("eq-12",),
    remark="$𝓛(θ) = θ⁴$ and $ℓ ≥ 0$ with 0 only at 0, so $θ(t) → 0 = θ_∞$ from above, $Xθ_∞ = y$, and $M = √(σ² + 4θ²)$ decreases. $ξ$ converges: "
    "$∇𝒬$ is continuous at 0.",
)


def _limit(depth: Any) -> Equal:
    """(17) where ``ξ = Xᵀν``, for any number of data points."""
    column, dual = (sp.IndexedBase(name, real=True) for name in ("X", "nu"))
    multiplier = sum_over(lambda m: column[m] * dual[m])
    given = Setting(ASSUMPTION, (), sp.Symbol("n", integer=True, positive=True))
    return Equal(derive_two_layers().trajectory.xreplace({XI: multiplier, **START}), psi(multiplier), given)


LIMIT = Claim(
    id="limit-after-18",
    title="the limit of $θ$ is $Ψ$ at $Xᵀν$",
    source="Appendix A.1, after (18)",
    printed=r"\theta_\infty=\Psi(X^T\nu)",
    statement=_limit,
    uses=("eq-17", "multiplier-after-18"),
    remark="$Ψ$ is a homeomorphism, so $ξ$ converges with $θ$; each $ξ(t)$ lies in the range of $Xᵀ$, which is closed, so the limit is $Xᵀν$ for "
    "some $ν$, and $Ψ$ is continuous there.",
    **TWO,
)


# -- the minimizer ------------------------------------------------------------------------------------
def _kkt(slope: Any) -> ConstrainedMinimizer:
    """The limit ``θ_∞ = Ψ(ξ_∞)``, ``ξ_∞ = Xᵀν``, against the slope of an entropy."""
    return ConstrainedMinimizer(THETA, slope, psi(XI), XI, GIVEN)


def _kkt_ratio(slope: Any) -> Any:
    """Stationarity over ``{Xθ = y}`` for one row ``X = (1, 1)``: equal slopes in both coordinates.

    Both coordinates have ``ξ_∞ = ν``; the second starts from ``(p0, q0)``.
    """
    p0, q0 = sp.symbols("p0 q0", real=True)
    second = {U0: p0, V0: q0}
    here = slope.xreplace({THETA: psi(XI)})
    given = Setting((*ASSUMPTION, *(Hypothesis("(𝒜)", h.relation.xreplace(second)) for h in ASSUMPTION)))
    return Equal(here, here.xreplace(second), given)


EQ_18 = Claim(
    id="eq-18",
    title="the limit minimizes $𝒬$ over the interpolators, for the $𝒬$ with $∇𝒬 = Ψ⁻¹$",
    source="Appendix A.1, (18)",
    printed=r"\theta_\infty=\arg\min_{X\theta=y}\mathcal{Q}(\theta),\quad\nabla\mathcal{Q}=\Psi^{-1}",
    statement=lambda depth: _kkt(psi_inverse(THETA)),
    uses=("eq-17", "eq-19", "limit-after-18"),
    remark="As the text has it: $θ(t)$ converges, $Xθ_∞ = y$, and $𝒬$ is defined by $∇𝒬 = Ψ⁻¹$; one coordinate stands for all.",
    **TWO,
)

EQ_18_WITH_20 = Claim(
    id="eq-18-with-20",
    title="(18) for the $𝒬$ that (20) gives",
    source="Appendix A.1, (18) with (20)",
    printed=r"\theta_\infty=\arg\min_{X\theta=y}\mathcal{Q}(\theta),\quad\mathcal{Q}\text{ as in (20)}",
    statement=lambda depth: _kkt_ratio(PRINTED),
    uses=("eq-17", "eq-20"),
    remark="For $X = (1, 1)$ the limit is $(Ψ_1(ν), Ψ_2(ν))$, and a minimizer would have equal slopes there. The witness is the limit of the "
    "flow of $(θ_1 + θ_2 − y)²$ with $y = Ψ_1(1) + Ψ_2(1)$, from $u(0) = (1, 1)$, $v(0) = (2, 0)$.",
    correction=Claim(
        id="eq-18-with-20-corrected",
        title="with prefactor $1/4$ in (20) the limit satisfies the KKT conditions of a convex problem",
        source="Appendix A.1, (18) with (20)",
        printed=r"\theta_\infty=\arg\min_{X\theta=y}\mathcal{Q}(\theta),\ \mathcal{Q}\text{ with prefactor } 1/4",
        statement=lambda depth: _kkt(CORRECTED),
        about="the slope of 𝒬 at the same limit",
        uses=("eq-17", "eq-20-corrected", "limit-after-18"),
        **TWO,
    ),
    depths=TWO["depths"],
    scope=Scope("L = 2", "d ≥ 2"),
)


def _centred(depth: Any) -> Any:
    """``v(0) = 0``: the logarithm is 0 and the printed 𝒬 is twice the true one, with the same minimizers."""
    centred = Setting((Hypothesis("(𝒜)", sp.Ne(U0, 0)),))
    return (
        Equal(PRINTED.xreplace({V0: sp.Integer(0)}), 2 * CORRECTED.xreplace({V0: sp.Integer(0)}), centred),
        Equal(PRINTED.xreplace({V0: sp.Integer(0), THETA: psi(XI).xreplace({V0: sp.Integer(0)})}), 2 * XI, centred),
    )


EQ_18_CENTRED = Claim(
    id="new-eq-18-centred",
    title="(18) survives as printed when one layer starts at zero: there the printed $𝒬$ is twice the true one",
    source="consequence of (20)",
    printed=r"v(0)=0\ \Longrightarrow\ \mathcal{Q}_{(20)}=2\,\mathcal{Q}\ \text{and (18) holds as printed}",
    statement=_centred,
    uses=("eq-17",),
    **TWO,
)


EQ_19 = Claim(
    id="eq-19",
    title="the KKT conditions hold with $ω = ν = −∫∇ℓ$",
    source="Appendix A.1, (19)",
    printed=r"X\theta_\infty=y,\quad\exists\omega\in\mathbb{R}^n,\ \nabla\mathcal{Q}(\theta_\infty)=X^T\omega",
    statement=lambda depth: Equal(psi_inverse(psi(XI)), XI, GIVEN),
    uses=("eq-17", "limit-after-18"),
    remark="$𝒬$ is defined there by $∇𝒬 = Ψ⁻¹$; $Xθ_∞ = y$ is the assumption. One coordinate stands for all.",
    **TWO,
)

if __name__ == "__main__":
    from ddln_sym.cli import run_module

    run_module(__file__)
