"""Appendix A.1–A.2: two layers, θ = u ⊙ v."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ddln_sym.claims import Claim
from ddln_sym.models import MODES, derive_two_layers
from ddln_sym.statements import Equal, Flaw, Hypothesis, Origin, Primitive, Rate, RateRule, Scope, Setting, Solves

TITLE = "Appendix A.1–A.2: two layers, $θ = u ⊙ v$"

U, V, U0, V0, G, XI, THETA = sp.symbols("u v u0 v0 g xi theta", real=True)
FLOW = Setting((), (RateRule(U, -V * G), RateRule(V, -U * G)))
ALONG = Setting((), (RateRule(XI, -G),))
#: (𝒜) for two layers: |u(0)| ≠ |v(0)|, that is, neither mode starts at zero.
ASSUMPTION = (Hypothesis("(𝒜)", sp.Ne(U0 + V0, 0)), Hypothesis("(𝒜)", sp.Ne(U0 - V0, 0)))
GIVEN = Setting(ASSUMPTION)
TWO: dict[str, Any] = {"depths": (sp.Integer(2),), "scope": Scope("L = 2", "all d")}

RATIO = sp.log(sp.Abs((U0 + V0) / (U0 - V0)))
DELTA_0 = sp.Abs(U0**2 - V0**2)


def psi(xi: Any) -> Any:
    """``Ψ`` of (17), one coordinate."""
    return DELTA_0 / 2 * sp.sinh(2 * xi + RATIO)


def psi_inverse(theta: Any) -> Any:
    """``Ψ⁻¹``, one coordinate; claim ``psi-inverse-two`` decides that it is one."""
    return sp.asinh(2 * theta / DELTA_0) / 2 - RATIO / 2


def entropy(prefactor: Any) -> Any:
    """One summand of (20) with the prefactor of its first sum left open; printed: 1/2."""
    first = 2 * THETA * sp.asinh(2 * THETA / DELTA_0) - sp.sqrt(4 * THETA**2 + DELTA_0**2) + DELTA_0
    return prefactor * first - RATIO * THETA / 2


PRINTED, CORRECTED = (sp.diff(entropy(sp.Rational(1, n)), THETA) for n in (2, 4))  # ∇Q


# -- the flow and its modes ---------------------------------------------------------------------------
def _two_layer_flow(depth: Any) -> tuple[Equal, Equal]:
    """The gradient flow of an arbitrary loss at ``uv``, from its partial derivatives."""
    loss = sp.Function("Loss")
    x, y, t = sp.symbols("x y t", real=True)
    slope = loss(t).diff(t)
    found = []
    for w, moved in ((x, U), (y, V)):
        partial = sp.diff(loss(x * y), w).replace(lambda e: isinstance(e, sp.Subs), lambda e: slope)
        found.append(Equal(Rate(moved) + partial.xreplace({slope: G}).xreplace({x: U, y: V}), 0, FLOW))
    return found[0], found[1]


EQ_16 = Claim(
    id="eq-16",
    title="the gradient flow of two layers",
    source="Appendix A.1, (16)",
    printed=r"\dot u(t)+v(t)\odot\nabla\mathcal{L}(\theta(t))=0,\quad\dot v(t)+u(t)\odot\nabla\mathcal{L}(\theta(t))=0",
    statement=_two_layer_flow,
    **TWO,
)

EQ_23 = Claim(
    id="eq-23",
    title="the gradient flow of two layers, again",
    source="Appendix A.2, (23)",
    printed=EQ_16.printed,
    statement=_two_layer_flow,
    **TWO,
)

EQ_24 = Claim(
    id="eq-24",
    title="$z_± = u ± v$ decouple the flow",
    source="Appendix A.2, (24)",
    printed=r"\dot z_+(t)+z_+(t)\odot\nabla\mathcal{L}(\theta(t))=0,\quad\dot z_-(t)-z_-(t)\odot\nabla\mathcal{L}(\theta(t))=0",
    statement=lambda depth: (Equal(Rate(U + V) + (U + V) * G, 0, FLOW), Equal(Rate(U - V) - (U - V) * G, 0, FLOW)),
    uses=("eq-23",),
    **TWO,
)


def _modes_solved(depth: Any) -> tuple[Solves, Solves]:
    z = sp.Symbol("z", real=True)
    start = ((XI, sp.Integer(0)),)
    plus, minus = MODES
    return (
        Solves(z, plus * sp.exp(XI), -z * G, plus, start, ALONG),
        Solves(z, minus * sp.exp(-XI), z * G, minus, start, ALONG),
    )


EQ_25 = Claim(
    id="eq-25",
    title="the modes are exponentials of $ξ$",
    source="Appendix A.2, (25)",
    printed=r"z_+(t)=z_+(0)e^{\xi(t)},\quad z_-(t)=z_-(0)e^{-\xi(t)},\quad\xi(t)=-\int_0^t\nabla\mathcal{L}(\theta(s))ds",
    statement=_modes_solved,
    uses=("eq-24",),
    **TWO,
)


def _theta_from_modes(depth: Any) -> tuple[Equal, ...]:
    plus, minus = MODES
    nonzero = Setting(tuple(Hypothesis("(𝒜)", sp.Ne(z, 0)) for z in MODES))
    exponential = (plus**2 * sp.exp(2 * XI) - minus**2 * sp.exp(-2 * XI)) / 4
    hyperbolic = sp.Abs(plus * minus) / 2 * sp.sinh(2 * XI + sp.log(sp.Abs(plus / minus)))
    return (
        Equal(U * V, ((U + V) ** 2 - (U - V) ** 2) / 4),
        Equal(((plus * sp.exp(XI)) ** 2 - (minus * sp.exp(-XI)) ** 2) / 4, exponential),
        Equal(exponential, hyperbolic, nonzero),
    )


EQ_26 = Claim(
    id="eq-26",
    title="$θ$ as a function of $ξ$",
    source="Appendix A.2, (26)",
    printed=r"\theta(t)=\frac{z_+(0)^{\odot 2}e^{2\xi(t)}-z_-(0)^{\odot 2}e^{-2\xi(t)}}{4}"
    r"=\frac{|z_+(0)\odot z_-(0)|}{2}\text{sinh}\left(2\xi(t)+\log\left|\frac{z_+(0)}{z_-(0)}\right|\right)",
    statement=_theta_from_modes,
    uses=("eq-25",),
    remark="The second form needs $z_±(0) ≠ 0$, which is $(𝒜)$ for two layers.",
    **TWO,
)

START = dict(zip(MODES, (U0 + V0, U0 - V0), strict=True))

EQ_17 = Claim(
    id="eq-17",
    title="$θ(t) = Ψ(ξ(t))$",
    source="Appendix A.1, (17)",
    printed=r"\theta(t)=\Psi(\xi(t)):=\frac{|u(0)^{\odot 2}-v(0)^{\odot 2}|}{2}\text{sinh}\left(2\xi(t)"
    r"+\log\left|\frac{u(0)+v(0)}{u(0)-v(0)}\right|\right)",
    statement=lambda depth: Equal(derive_two_layers().trajectory.xreplace(START), psi(XI), GIVEN),
    uses=("eq-26",),
    remark="The left side is the trajectory that the derivation finds from the flow.",
    **TWO,
)

INTEGRAL = sp.Symbol("I", real=True)

XI_AFTER_17 = Claim(
    id="xi-after-17",
    title="$ξ = −∫∇𝓛$ is the solution of $ξ' + ∇𝓛 = 0$ from $ξ = 0$",
    source="Appendix A.1, after (17)",
    printed=r"\dot\xi(t)+\nabla\mathcal{L}(\theta(t))=0",
    statement=lambda depth: Solves(
        XI, -INTEGRAL, -G, sp.Integer(0), ((INTEGRAL, sp.Integer(0)),), Setting((), (RateRule(INTEGRAL, G),))
    ),
    remark="$I$ is a symbol with $I' = ∇𝓛$ and $I = 0$ at the start: the integral, by the fundamental theorem of calculus.",
    **TWO,
)

PSI_INVERSE = Claim(
    id="psi-inverse-two",
    origin=Origin.PROJECT,
    title="the inverse of $Ψ$",
    source="Appendix A.1, after (19)",
    printed=r"\Psi^{-1}(\theta)=\tfrac12\text{arcsinh}(2\theta/\Delta_0)-\tfrac12\log\left|\frac{u(0)+v(0)}{u(0)-v(0)}\right|",
    statement=lambda depth: (
        Equal(psi_inverse(psi(XI)), XI, GIVEN),
        Equal(derive_two_layers().mirror_map.xreplace(START), psi_inverse(THETA), GIVEN),
    ),
    remark="The paper uses $Ψ⁻¹$ without writing it; this one is checked against the derived mirror map.",
    **TWO,
)


# -- the entropy --------------------------------------------------------------------------------------
EQ_20 = Claim(
    id="eq-20",
    title="the entropy of two layers: $∇𝒬 = Ψ⁻¹$",
    source="Appendix A.1, (20)",
    printed=r"\mathcal{Q}(\theta)=\frac12\sum_{i=1}^d\left(2\theta_i\,\text{arcsinh}\left(\frac{2\theta_i}{\Delta_0}\right)"
    r"-\sqrt{4\theta_i^2+\Delta_0^2}+\Delta_0\right)-\frac12\left\langle\log\left|\frac{u(0)+v(0)}{u(0)-v(0)}\right|,\theta\right\rangle",
    statement=lambda depth: Equal(sp.Derivative(entropy(sp.Rational(1, 2)), THETA), psi_inverse(THETA), GIVEN),
    uses=("psi-inverse-two",),
    flaw=Flaw.ERROR,
    remark="The gradient of the first sum is $arcsinh(2θ/Δ_0)$, twice what $Ψ⁻¹$ has: its prefactor should be $1/4$. The witness lies on "
    "the flow of $(θ − 2)²/2$ from $u(0) = 1$, $v(0) = 0$, which passes $θ = 1$.",
    correction=Claim(
        id="eq-20-corrected",
        title="with prefactor $1/4$ in the first sum, $∇𝒬 = Ψ⁻¹$, and $𝒬$ is the derived entropy up to a constant",
        source="Appendix A.1, (20)",
        printed=r"\mathcal{Q}(\theta)=\frac14\sum_{i=1}^d\left(2\theta_i\,\text{arcsinh}\left(\frac{2\theta_i}{\Delta_0}\right)"
        r"-\sqrt{4\theta_i^2+\Delta_0^2}+\Delta_0\right)-\frac12\left\langle\log\left|\frac{u(0)+v(0)}{u(0)-v(0)}\right|,\theta\right\rangle",
        statement=lambda depth: (
            Primitive(THETA, entropy(sp.Rational(1, 4)), psi_inverse(THETA), GIVEN),
            Equal(CORRECTED, sp.diff(derive_two_layers().entropy, THETA).xreplace(START), GIVEN),
        ),
        uses=("psi-inverse-two",),
        **TWO,
    ),
    **TWO,
)


EQ_21 = Claim(
    id="eq-21",
    title="$∇𝒬(θ(t)) = ξ(t)$",
    source="Appendix A.1, (21)",
    printed=r"\nabla\mathcal{Q}(\theta(t))=\Psi^{-1}(\theta(t))=\xi(t)",
    statement=lambda depth: Equal(PRINTED.xreplace({THETA: psi(XI)}), XI, GIVEN),
    uses=("eq-17", "eq-20"),
    remark="With $𝒬$ as printed in (20).",
    correction=Claim(
        id="eq-21-corrected",
        title="$∇𝒬(θ(t)) = ξ(t)$ with the corrected $𝒬$",
        source="Appendix A.1, (21)",
        printed=r"\nabla\mathcal{Q}(\theta(t))=\Psi^{-1}(\theta(t))=\xi(t),\ \mathcal{Q}\text{ with prefactor } 1/4",
        statement=lambda depth: Equal(CORRECTED.xreplace({THETA: psi(XI)}), XI, GIVEN),
        uses=("eq-17", "eq-20-corrected"),
        **TWO,
    ),
    **TWO,
)


def _mirror(slope: Any) -> Equal:
    return Equal(Rate(slope.xreplace({THETA: psi(XI)})) + G, 0, Setting(ASSUMPTION, ALONG.rates))


def _mirror_from_start(slope: Any) -> Solves:
    """The mirror flow with its start: ``∇Q(θ(t))`` has the velocity ``−∇𝓛`` and is 0 at the initialization."""
    unknown = sp.Symbol("gradQ", real=True)
    along = Setting(ASSUMPTION, ALONG.rates)
    return Solves(unknown, slope.xreplace({THETA: psi(XI)}), -G, sp.Integer(0), ((XI, sp.Integer(0)),), along)


EQ_22 = Claim(
    id="eq-22",
    title="$θ$ follows the mirror flow of $𝒬$",
    source="Appendix A.1, (22)",
    printed=r"\frac{d\nabla\mathcal{Q}(\theta(t))}{dt}+\nabla\mathcal{L}(\theta(t))=0",
    statement=lambda depth: _mirror(PRINTED),
    uses=("eq-17", "eq-20"),
    remark="With $𝒬$ as printed in (20) the mirror flow runs at half the speed.",
    correction=Claim(
        id="eq-22-corrected",
        title="$θ$ follows the mirror flow of the corrected $𝒬$",
        source="Appendix A.1, (22)",
        printed=r"\frac{d\nabla\mathcal{Q}(\theta(t))}{dt}+\nabla\mathcal{L}(\theta(t))=0,\ \mathcal{Q}\text{ with prefactor } 1/4",
        statement=lambda depth: _mirror_from_start(CORRECTED),
        about="the velocity of ∇𝒬 along the same θ(t), with its start",
        uses=("eq-17", "eq-20-corrected"),
        **TWO,
    ),
    **TWO,
)

DERIVED = Claim(
    id="new-entropy-two",
    title="the entropy of two layers, derived from the flow alone",
    source="derivation, Appendix A.1–A.2",
    printed=r"\text{(23)}\to\text{(24)}\to\text{(25)}\to\text{(26)}\to\Psi^{-1}\to\mathcal{Q}\to\text{(22)}",
    statement=lambda depth: tuple(line.statement for line in derive_two_layers().lines),
    derivation=derive_two_layers,
    remark="Each line was found by SymPy from the parametrization and is decided by the kernel.",
    **TWO,
)

if __name__ == "__main__":
    from ddln_sym.cli import run_module

    run_module(__file__)
