"""Appendix A.1: what the limit of two layers minimizes."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ddln_sym.claims import Claim
from ddln_sym.models import derive_two_layers
from ddln_sym.statements import (
    ConstrainedMinimizer,
    Equal,
    Hypothesis,
    Rate,
    RateRule,
    Scope,
    Setting,
    Solves,
    sum_over,
)
from proofs.two_layers import ASSUMPTION, CORRECTED, GIVEN, PRINTED, START, THETA, TWO, U0, V0, XI, psi


# -- the limit of ξ -------------------------------------------------------------------------------------
def _multiplier(depth: Any) -> tuple[Any, ...]:
    """``ξ' = −∇𝓛 = −Xᵀ∇ℓ``, so ``ξ = Xᵀν`` with ``ν = −∫∇ℓ``: one column of X, then all data points."""
    x, nu, ell = sp.symbols("x nu ell", real=True)  # an entry of X, ν and ∇ℓ there
    column, dual, residual = (sp.IndexedBase(name, real=True) for name in ("X", "nu", "ell"))
    k, n = sp.symbols("k n", integer=True, positive=True)
    data = Setting((), (RateRule(dual[k], -residual[k], k),), n)
    rates = (RateRule(XI, -x * ell), RateRule(nu, -ell))
    start = ((nu, sp.Integer(0)),)
    return (
        Solves(XI, x * nu, -x * ell, sp.Integer(0), start, Setting((), rates)),
        Equal(Rate(sum_over(lambda m: column[m] * dual[m])), -sum_over(lambda m: column[m] * residual[m]), data),
    )


MULTIPLIER = Claim(
    id="multiplier-after-18",
    title="the limit of ξ is Xᵀν, whatever the parametrization",
    source="Appendix A.1, after (18)",
    printed=r"\lim_{t\rightarrow+\infty}\xi(t)=-\int_0^{+\infty}\nabla\mathcal{L}(\theta(s))ds"
    r"=-X^T\underbrace{\int_0^{+\infty}\nabla\ell(X\theta(s)-y)ds}_{:=-\nu}",
    statement=_multiplier,
    uses=("xi-after-17",),
    remark="Decided at every time; that the integrals converge as t → ∞ is assumed. Nothing in it depends on L.",
    **TWO,
)


def _limit(depth: Any) -> Equal:
    """(17) where ``ξ = Xᵀν``, for any number of data points."""
    column, dual = (sp.IndexedBase(name, real=True) for name in ("X", "nu"))
    multiplier = sum_over(lambda m: column[m] * dual[m])
    given = Setting(ASSUMPTION, (), sp.Symbol("n", integer=True, positive=True))
    return Equal(derive_two_layers().trajectory.xreplace({XI: multiplier, **START}), psi(multiplier), given)


LIMIT = Claim(
    id="limit-after-18",
    title="the limit of θ is Ψ at Xᵀν",
    source="Appendix A.1, after (18)",
    printed=r"\theta_\infty=\Psi(X^T\nu)",
    statement=_limit,
    uses=("eq-17", "multiplier-after-18"),
    remark="Ψ is continuous, so θ(t) = Ψ(ξ(t)) tends to Ψ at the limit of ξ.",
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
    title="the limit minimizes 𝒬 over the interpolators",
    source="Appendix A.1, (18)",
    printed=r"\theta_\infty=\arg\min_{X\theta=y}\mathcal{Q}(\theta)",
    statement=lambda depth: _kkt_ratio(PRINTED),
    uses=("eq-17", "eq-19"),
    remark="With 𝒬 as printed in (20): for X = (1, 1) the limit is (Ψ_1(ν), Ψ_2(ν)), and a minimizer would have equal slopes there.",
    correction=Claim(
        id="eq-18-corrected",
        title="with the corrected 𝒬 the limit satisfies the KKT conditions of a convex problem",
        source="Appendix A.1, (18)",
        printed=r"\theta_\infty=\arg\min_{X\theta=y}\mathcal{Q}(\theta),\ \mathcal{Q}\text{ with prefactor } 1/4",
        statement=lambda depth: _kkt(CORRECTED),
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
    title="(18) survives as printed when one layer starts at zero: there the printed 𝒬 is twice the true one",
    source="consequence of (20)",
    printed=r"v(0)=0\ \Longrightarrow\ \mathcal{Q}_{(20)}=2\,\mathcal{Q}\ \text{and (18) holds as printed}",
    statement=_centred,
    uses=("eq-17",),
    **TWO,
)


EQ_19 = Claim(
    id="eq-19",
    title="the KKT conditions hold with ω = ν = −∫∇ℓ",
    source="Appendix A.1, (19)",
    printed=r"X\theta_\infty=y,\quad\exists\omega\in\mathbb{R}^n,\ \nabla\mathcal{Q}(\theta_\infty)=X^T\omega",
    statement=lambda depth: Equal(CORRECTED.xreplace({THETA: psi(XI)}), XI, GIVEN),
    uses=("eq-17", "limit-after-18"),
    remark="𝒬 is defined there by ∇𝒬 = Ψ⁻¹; Xθ_∞ = y is the assumption. One coordinate stands for all.",
    **TWO,
)

if __name__ == "__main__":
    from ddln_sym.cli import run_module

    run_module(__file__)
