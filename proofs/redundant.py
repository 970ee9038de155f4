"""Appendix A.3: the deep redundant network, θ = u^⊙L with L > 2."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ddln_sym.claims import Claim
from ddln_sym.models import derive_redundant
from ddln_sym.statements import (
    ConstrainedMinimizer,
    Denied,
    Equal,
    Flaw,
    Hypothesis,
    Rate,
    RateRule,
    Scope,
    Setting,
    Solves,
    greater,
)

TITLE = "Appendix A.3: the deep redundant network, $θ = u^⊙L$ with $L > 2$"

L, U, U0, G, XI, THETA = sp.symbols("L u u0 g xi theta", real=True)
DEEP = (Hypothesis("L > 2", sp.Gt(L, 2)), Hypothesis("u(0) > 0", sp.Gt(U0, 0)))
ALL: dict[str, Any] = {"depths": (L,), "scope": Scope("all L > 2", "all d")}

BASE = U0 ** (-(L - 2)) - L * (L - 2) * XI  # the bracket of (28) and (29)
EXISTS = Hypothesis("before the flow blows up", sp.Gt(BASE, 0))
GIVEN = Setting((*DEEP, EXISTS))
ALONG = Setting((*DEEP, EXISTS), (RateRule(XI, -G),))
MOVED = Hypothesis("θ has moved, so t > 0", sp.Ne(XI, 0))
POSITIVE_THETA = Hypothesis("θ > 0", sp.Gt(THETA, 0))
REACHED = Setting((*DEEP, POSITIVE_THETA))

LAYER = BASE ** (-1 / (L - 2))
TRAJECTORY = BASE ** (-L / (L - 2))


def psi_inverse(theta: Any) -> Any:
    """``Ψ⁻¹(θ) = u(0)^{−(L−2)} − θ^{−(1−2/L)}``, which is ``L(L−2)ξ`` along the flow."""
    return U0 ** (-(L - 2)) - theta ** (-(1 - 2 / L))


def entropy(exponent: Any) -> Any:
    """One summand of (30); the printed exponent of u(0) is ``L − 2``."""
    return U0**exponent * THETA - (L / 2) * THETA ** (2 / L)


PRINTED, CORRECTED = (sp.diff(entropy(exponent), THETA) for exponent in (L - 2, -(L - 2)))  # ∇Q
SCALED = CORRECTED / (L * (L - 2))  # the gradient whose mirror flow θ follows


def _flow() -> Equal:
    """The gradient of an arbitrary loss at ``u^L``."""
    loss, x, t = sp.Function("Loss"), sp.Symbol("x", positive=True), sp.Symbol("t", real=True)
    slope = loss(t).diff(t)
    partial = (
        sp.diff(loss(x**L), x).replace(lambda e: isinstance(e, sp.Subs), lambda e: slope).xreplace({slope: G, x: U})
    )
    return Equal(partial, L * U ** (L - 1) * G, Setting((Hypothesis("u(t) > 0", sp.Gt(U, 0)),)))


EQ_27 = Claim(
    id="eq-27",
    title="the gradient flow of the redundant network",
    source="Appendix A.3, (27)",
    printed=r"\dot u(t)+Lu(t)^{\odot(L-1)}\odot\nabla\mathcal{L}(\theta(t))=0",
    statement=lambda depth: _flow(),
    **ALL,
)


EQ_28 = Claim(
    id="eq-28",
    title="the layer in closed form, from a positive initialization",
    source="Appendix A.3, (28)",
    printed=r"u(t)=\left(u(0)^{\odot-(L-2)}-L(L-2)\xi(t)\right)^{\odot-\frac{1}{L-2}}",
    statement=lambda depth: Solves(U, LAYER, -L * U ** (L - 1) * G, U0, ((XI, sp.Integer(0)),), ALONG),
    uses=("eq-27",),
    remark="As long as the bracket is positive: the flow blows up where it reaches 0.",
    **ALL,
)


def _even(sign: int) -> Any:
    """(28) from ``u(0) < 0`` for even L: the printed root is positive, the layer stays negative."""

    def statement(depth: Any) -> Any:
        negative = Hypothesis("u(0) < 0", sp.Lt(U0, 0))
        size = int(depth)
        base = U0 ** (2 - size) - size * (size - 2) * XI
        exists = Hypothesis("before the flow blows up", sp.Gt(base, 0))
        layer = base ** sp.Rational(-1, size - 2)
        if sign < 0:
            along = Setting((negative, exists), (RateRule(XI, -G),))
            return Solves(U, -layer, -size * U ** (size - 1) * G, U0, ((XI, sp.Integer(0)),), along)
        return greater(0, layer, Setting((negative, exists, MOVED)))

    return statement


EQ_28_NEGATIVE = Claim(
    id="eq-28-negative",
    title="(28) as long as $u(t) ≠ 0$, from a negative initialization",
    source="Appendix A.3, (28)",
    printed=r"\text{Supposing that for any } i\in\mathbb{R}^d,\ u_i(t)\text{ is different from } 0\text{ for any } t\geqslant 0\text{: }"
    r"u(t)=\left(u(0)^{\odot-(L-2)}-L(L-2)\xi(t)\right)^{\odot-\frac{1}{L-2}}",
    statement=_even(1),
    depths=(sp.Integer(4),),
    scope=Scope("L = 4", "all d"),
    flaw=Flaw.SHARPENED,
    remark="True as meant, with the positivity that the text goes on to mention (claim eq-28). The condition $u(t) ≠ 0$ alone does not "
    "suffice: a layer keeps its sign (claim positive-after-27), and for even $L$ the printed root is positive.",
    correction=Claim(
        id="eq-28-negative-corrected",
        title="for even $L$ and $u(0) < 0$ the layer is minus the printed root",
        source="Appendix A.3, (28)",
        printed=r"u(t)=\text{sign}(u(0))\odot\left(u(0)^{\odot-(L-2)}-L(L-2)\xi(t)\right)^{\odot-\frac{1}{L-2}},\quad L\text{ even}",
        statement=_even(-1),
        about="the same layer along the same flow",
        depths=(sp.Integer(4), sp.Integer(6)),
        scope=Scope("L = 4, 6", "all d"),
    ),
)

EQ_29 = Claim(
    id="eq-29",
    title="$θ$ in closed form",
    source="Appendix A.3, (29)",
    printed=r"\theta(t)=\left(u(0)^{\odot-(L-2)}-L(L-2)\xi(t)\right)^{\odot-\frac{L}{L-2}}=:\Psi(L(L-2)\xi(t))",
    statement=lambda depth: (
        Equal(LAYER**L, TRAJECTORY, GIVEN),
        Equal(derive_redundant().trajectory, TRAJECTORY, GIVEN),
    ),
    uses=("eq-28",),
    **ALL,
)

PSI_INVERSE = Claim(
    id="psi-inverse-redundant",
    title="the inverse of $Ψ$",
    source="Appendix A.3, after (29)",
    printed=r"\Psi^{-1}(\theta)=u(0)^{\odot-(L-2)}-\theta^{\odot-\left(1-\frac2L\right)}",
    statement=lambda depth: Equal(psi_inverse(TRAJECTORY), L * (L - 2) * XI, GIVEN),
    uses=("eq-29",),
    **ALL,
)

EQ_30 = Claim(
    id="eq-30",
    title="the entropy of the redundant network: $∇𝒬 = Ψ⁻¹$",
    source="Appendix A.3, (30)",
    printed=r"\mathcal{Q}(\theta)=\langle u(0)^{\odot(L-2)},\theta\rangle-\frac L2\left\langle\mathbf 1,\theta^{\odot\frac2L}\right\rangle",
    statement=lambda depth: Equal(sp.Derivative(entropy(L - 2), THETA), psi_inverse(THETA), REACHED),
    flaw=Flaw.ERROR,
    remark="The exponent of $u(0)$ has the wrong sign; with $u(0) = 1$ it would not matter. The witness lies on the flow of $θ²/2$ from "
    "$u(0) = 2$, which passes $θ = 1$.",
    correction=Claim(
        id="eq-30-corrected",
        title="with $u(0)^{−(L−2)}$, $∇𝒬 = Ψ⁻¹$, which is $L(L−2)$ times the derived mirror map",
        source="Appendix A.3, (30)",
        printed=r"\mathcal{Q}(\theta)=\langle u(0)^{\odot-(L-2)},\theta\rangle-\frac L2\left\langle\mathbf 1,\theta^{\odot\frac2L}\right\rangle",
        statement=lambda depth: (
            Equal(sp.Derivative(entropy(-(L - 2)), THETA), psi_inverse(THETA), REACHED),
            Equal(SCALED, derive_redundant().mirror_map, REACHED),
        ),
        **ALL,
    ),
    **ALL,
)


def _mirror(slope: Any) -> Equal:
    return Equal(Rate(slope.xreplace({THETA: TRAJECTORY})) + G, 0, ALONG.given(MOVED))


def _mirror_from_start(slope: Any, speed: Any) -> Solves:
    """``∇Q(θ(t))`` has the velocity ``−speed·∇𝓛`` and is 0 at the initialization."""
    along = slope.xreplace({THETA: TRAJECTORY})
    return Solves(sp.Symbol("gradQ", real=True), along, -speed * G, sp.Integer(0), ((XI, sp.Integer(0)),), ALONG)


EQ_31 = Claim(
    id="eq-31",
    title="$θ$ follows the mirror flow of $𝒬$",
    source="Appendix A.3, (31)",
    printed=r"\frac{d\nabla\mathcal{Q}(\theta(t))}{dt}+\nabla\mathcal{L}(\theta(t))=0",
    statement=lambda depth: _mirror(PRINTED),
    uses=("eq-29", "eq-30"),
    flaw=Flaw.ERROR,
    remark="Along the flow (30) makes $d∇𝒬/dt = −L(L−2)∇𝓛$, with or without its wrong exponent, which adds a constant "
    "to $∇𝒬$: the mirror flow needs $𝒬/(L(L−2))$.",
    correction=Claim(
        id="eq-31-corrected",
        title="$θ$ follows the mirror flow of $𝒬/(L(L−2))$, with $𝒬$ corrected as in (30)",
        source="Appendix A.3, (31)",
        printed=r"\frac{1}{L(L-2)}\frac{d\nabla\mathcal{Q}(\theta(t))}{dt}+\nabla\mathcal{L}(\theta(t))=0",
        statement=lambda depth: _mirror_from_start(SCALED, 1),
        about="the velocity of ∇𝒬 along the same θ(t), with its start",
        uses=("eq-29", "eq-30-corrected"),
        **ALL,
    ),
    **ALL,
)

EQ_31_SCALE = Claim(
    id="new-eq-31-corrected-exponent",
    title="(31) still fails when only the exponent in (30) is corrected: it is off by the factor $L(L−2)$",
    source="consequence of (30)",
    printed=r"\mathcal{Q}\text{ with } u(0)^{\odot-(L-2)}:\quad\frac{d\nabla\mathcal{Q}(\theta(t))}{dt}+L(L-2)\nabla\mathcal{L}(\theta(t))=0",
    statement=lambda depth: (Denied(_mirror(CORRECTED)), _mirror_from_start(CORRECTED, L * (L - 2))),
    uses=("eq-29",),
    **ALL,
)


def _kkt_ratio(slope: Any) -> Equal:
    """Stationarity over ``{Xθ = y}`` for one row ``X = (1, 1)``: equal slopes in both coordinates.

    Both coordinates have ``ξ_∞ = ν``; the second starts from ``u1``.
    """
    u1 = sp.Symbol("u1", real=True)
    here = slope.xreplace({THETA: TRAJECTORY})
    given = tuple(Hypothesis(h.name, h.relation.xreplace({U0: u1})) for h in (DEEP[1], EXISTS))
    return Equal(here, here.xreplace({U0: u1}), Setting((*GIVEN.hypotheses, *given, MOVED)))


def _kkt(slope: Any) -> tuple[Equal | ConstrainedMinimizer, ...]:
    """KKT at the limit; and ``Q'' = 1/M`` with the metric ``M = (L u^{L−1})²``, ``u = θ^{1/L}``."""
    metric = (L * THETA ** ((L - 1) / L)) ** 2
    return (
        ConstrainedMinimizer(THETA, slope, TRAJECTORY, XI, GIVEN, sp.Integer(0)),
        Equal(sp.diff(slope, THETA), 1 / metric, Setting((DEEP[0], POSITIVE_THETA))),
    )


EQ_32 = Claim(
    id="eq-32",
    title="the limit minimizes $𝒬$ over the interpolators",
    source="Appendix A.3, (32)",
    printed=r"\theta_\infty=\arg\min_{X\theta=y}\mathcal{Q}(\theta)",
    statement=lambda depth: _kkt_ratio(PRINTED),
    uses=("eq-29", "eq-30"),
    remark="With $𝒬$ as printed in (30): for $X = (1, 1)$ a minimizer would have equal slopes in both coordinates. The witness is the limit of "
    "the flow of $(θ_1 + θ_2 − y)²$, $y$ its own sum, at the $ξ$ that it shows.",
    correction=Claim(
        id="eq-32-corrected",
        title="the limit minimizes the corrected $𝒬$; its scale does not matter",
        source="Appendix A.3, (32)",
        printed=r"\theta_\infty=\arg\min_{X\theta=y}\mathcal{Q}(\theta),\ \mathcal{Q}\text{ with } u(0)^{\odot-(L-2)}",
        statement=lambda depth: (_kkt_ratio(CORRECTED), *_kkt(SCALED)),
        about="the slopes of 𝒬 at the same limit",
        uses=("eq-29", "eq-30-corrected", "multiplier-after-18"),
        remark="With $ξ_∞ = Xᵀν$; that the limit $θ_∞$ is positive, where $𝒬$ is differentiable, is assumed.",
        **ALL,
    ),
    depths=ALL["depths"],
    scope=Scope("all L > 2", "d ≥ 2"),
)

EQ_32_ONES = Claim(
    id="new-eq-32-ones",
    title="(32) survives as printed from $u(0) = 1$, where both forms of $𝒬$ agree",
    source="consequence of (30)",
    printed=r"u(0)=\mathbf 1\ \Longrightarrow\ \text{(30) and (32) hold as printed}",
    statement=lambda depth: (
        Equal(
            PRINTED.xreplace({U0: sp.Integer(1)}),
            psi_inverse(THETA).xreplace({U0: sp.Integer(1)}),
            Setting((DEEP[0], POSITIVE_THETA)),
        ),
    ),
    **ALL,
)


def _never_zero(depth: Any) -> tuple[Any, ...]:
    """``u' = c·u`` with ``c = −L u^{L−2}g``, whatever it does in time: ``u = u(0)·e^{∫c}``."""
    exponent, coefficient, x = sp.symbols("E c x", real=True)
    growing = Setting((), (RateRule(exponent, coefficient),))
    positive = Setting((Hypothesis("u > 0", sp.Gt(U, 0)),))
    return (
        Equal(-L * U ** (L - 1) * G, -L * U ** (L - 2) * G * U, positive),
        Solves(x, U0 * sp.exp(exponent), x * coefficient, U0, ((exponent, sp.Integer(0)),), growing),
    )


POSITIVE = Claim(
    id="positive-after-27",
    title="positivity of the initialization keeps $u(t)$ away from 0",
    source="Appendix A.3, before (28)",
    printed=r"\text{for any } i\in\mathbb{R}^d,\ u_i(t)\text{ is different from } 0\text{ for any } t\geqslant 0\text{ (which can be done by "
    r"enforcing positivity of } X, y\text{ and the initialization)}",
    statement=_never_zero,
    uses=("eq-27",),
    flaw=Flaw.SHARPENED,
    remark="Read for $i ∈ [d]$. A positive $u(0)$, or just $u(0) ≠ 0$, suffices, whatever $X$ and $y$: 0 is an equilibrium of (27), a linear equation "
    "for $u$ with the coefficient $−L$ $u^{L−2}g$, whose solution is an exponential, never zero.",
    **ALL,
)

DERIVED = Claim(
    id="new-entropy-redundant",
    title="the entropy of $u^⊙L$, derived from the flow alone",
    source="derivation, Appendix A.3",
    printed=r"\text{(27)}\to\text{(28)}\to\text{(29)}\to\Psi^{-1}\to\mathcal{Q}\to\text{(31)}",
    statement=lambda depth: tuple(line.statement for line in derive_redundant().lines),
    derivation=derive_redundant,
    remark="Each line was found by SymPy from the parametrization and is decided by the kernel.",
    **ALL,
)

if __name__ == "__main__":
    from ddln_sym.cli import run_module

    run_module(__file__)
