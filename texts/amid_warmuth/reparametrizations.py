"""Reparametrizations: a mirror flow of w is the flow of another link in u, where w = q(u)."""

import sympy as sp

import ddln_sym as dd
from ddln_sym.statements import Commutes

TITLE = "Reparametrizations"

u, w, g, tau = sp.symbols("u w g tau", real=True)
u1, u2, g1, g2 = sp.symbols("u1 u2 g1 g2", real=True)
above = (dd.Hypothesis("u > 0", sp.Gt(u, 0)),)
inside = dd.Setting(above)
BELOW_TWO = inside.given(dd.Hypothesis("τ < 2", sp.Gt(2 - tau, 0)))


def moved(q, speed=1, hypotheses=()):
    """The flow ``u' = −speed · q'(u) g``: that of the loss in u, in a metric of u."""
    return dd.Setting(tuple(hypotheses), (dd.RateRule(u, -speed * sp.diff(q, u) * g),))


EGU, BURG = u**2 / 4, sp.exp(u)
TEMPERED = ((2 - tau) * u / 2) ** (2 / (2 - tau))

NORM = u1**2 + u2**2
ON_SPHERE = (dd.Hypothesis("u is not 0", sp.Gt(NORM, 0)),)
PULL = {v: sp.diff(u1**2 / NORM, v) * g1 + sp.diff(u2**2 / NORM, v) * g2 for v in (u1, u2)}
SPHERE = dd.Setting(ON_SPHERE, tuple(dd.RateRule(v, -sp.together(PULL[v])) for v in (u1, u2)))
SHARE, OTHER = u1**2 / NORM, u2**2 / NORM

CLAIMS = [
    dd.Claim(
        "condition-egu",
        title="the condition on the Jacobian, for EGU as gradient descent",
        source="EGU as gradient descent",
        printed=r"q(u)=\tfrac14u^2,\quad q'(u)^2=q(u)",
        statement=dd.Equal(sp.diff(EGU, u) ** 2, EGU),
        uses=("egu-metric",),
    ),
    dd.Claim(
        "egu-as-gd",
        title="gradient flow on $u$ is EGU on $w=u^2/4$",
        source="EGU as gradient descent",
        printed=r"\dot u=-\tfrac12u\,g\ \Rightarrow\ \dot w=-w\,g",
        statement=[dd.Equal(-sp.diff(EGU, u) * g, -u * g / 2), dd.Equal(dd.Rate(EGU), -EGU * g, moved(EGU))],
        uses=("condition-egu",),
    ),
    dd.Claim(
        "condition-burg",
        title="the condition on the Jacobian, for Burg's entropy as gradient descent",
        source="Burg as gradient descent",
        printed=r"q(u)=\exp u,\quad q'(u)^2=q(u)^2",
        statement=dd.Equal(sp.diff(BURG, u) ** 2, BURG**2),
        uses=("burg-metric",),
    ),
    dd.Claim(
        "burg-as-gd",
        title="gradient flow on $u$ is Burg's flow on $w=e^u$",
        source="Burg as gradient descent",
        printed=r"\dot u=-e^u g\ \Rightarrow\ \dot w=-w^2g",
        statement=dd.Equal(dd.Rate(BURG), -(BURG**2) * g, moved(BURG)),
        uses=("condition-burg",),
    ),
    dd.Claim(
        "condition-tempered",
        title="the condition on the Jacobian at every temperature below two",
        source="the tempered family as gradient descent",
        printed=r"q(u)=\left(\tfrac{2-\tau}{2}u\right)^{2/(2-\tau)},\quad q'(u)^2=q(u)^\tau",
        statement=dd.Equal(sp.diff(TEMPERED, u) ** 2, TEMPERED**tau, BELOW_TWO),
    ),
    dd.Claim(
        "tempered-ends",
        title="the family contains gradient descent and EGU",
        source="the tempered family as gradient descent",
        printed=r"\tau=0:\ q(u)=u;\quad\tau=1:\ q(u)=\tfrac14u^2",
        statement=[
            dd.Equal(TEMPERED.subs(tau, 0), u, inside),
            dd.Equal(TEMPERED.subs(tau, 1), u**2 / 4, inside),
        ],
    ),
    dd.Claim(
        "new-gd-as-egu",
        title="gradient descent is EGU in the other direction",
        source="between any two links",
        printed=r"q(u)=2\sqrt u,\quad q'(u)^2u=1",
        statement=dd.Equal(sp.diff(2 * sp.sqrt(u), u) ** 2 * u, 1, inside),
    ),
    dd.Claim(
        "new-burg-as-egu",
        title="Burg's flow is EGU on $u$ where $w=e^{2\\sqrt u}$",
        source="between any two links",
        printed=r"q(u)=e^{2\sqrt u},\quad q'(u)^2u=q(u)^2",
        statement=[
            dd.Equal(sp.diff(sp.exp(2 * sp.sqrt(u)), u) ** 2 * u, sp.exp(4 * sp.sqrt(u)), inside),
            dd.Equal(
                dd.Rate(sp.exp(2 * sp.sqrt(u))), -sp.exp(4 * sp.sqrt(u)) * g, moved(sp.exp(2 * sp.sqrt(u)), u, above)
            ),
        ],
    ),
    dd.Claim(
        "squares-commute",
        title="the coordinates of the reparametrization of EGU commute",
        source="EGU as gradient descent",
        printed=r"w=\tfrac14u\odot u,\quad[\nabla q_1,\nabla q_2]=0",
        statement=Commutes((u1**2 / 4, u2**2 / 4), (u1, u2)),
    ),
    dd.Claim(
        "eg-norm",
        title="gradient flow on $u$ keeps the norm of $u$ where $w=u^2/\\|u\\|^2$",
        source="EG as gradient descent",
        printed=r"w_i=\frac{u_i^2}{\sum_ju_j^2},\quad\frac{d}{dt}\|u\|^2=0",
        statement=dd.Equal(dd.Rate(NORM), 0, SPHERE),
        remark="Entered for two weights.",
    ),
    dd.Claim(
        "eg-as-gd",
        title="and moves the weights as EG does, faster by $4/\\|u\\|^2$",
        source="EG as gradient descent",
        printed=r"\dot w_i=-\frac{4}{\|u\|^2}w_i\left(g_i-\sum_jw_jg_j\right)",
        statement=dd.Equal(dd.Rate(SHARE), -4 / NORM * SHARE * (g1 - SHARE * g1 - OTHER * g2), SPHERE),
        uses=("eg-norm",),
        remark="Entered for two weights.",
    ),
    dd.Claim(
        "new-without-the-quarter",
        title="gradient flow on $u$ is EGU on $w=u^2$",
        source="a reading without the factor 1/4",
        printed=r"w=u^2:\quad\dot w=-w\,g",
        statement=dd.Equal(dd.Rate(u**2), -(u**2) * g, moved(u**2)),
        correction=dd.Claim(
            "new-without-the-quarter-corrected",
            title="it is EGU at four times the speed",
            printed=r"w=u^2:\quad\dot w=-4w\,g",
            statement=dd.Equal(dd.Rate(u**2), -4 * u**2 * g, moved(u**2)),
        ),
    ),
]
