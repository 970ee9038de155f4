"""Mirror descent in continuous time, in its two forms, and solved."""

import sympy as sp

import ddln_sym as dd
from ddln_sym.statements import Solves

TITLE = "Flows"

w, w0, theta, g, G, y = sp.symbols("w w0 theta g G y", real=True)
w1, w2, w3, g1, g2, g3 = sp.symbols("w1 w2 w3 g1 g2 g3", real=True)
above = dd.Hypothesis("w > 0", sp.Gt(w, 0))


def flow(speed):
    """``w' = −speed · g`` for a positive weight."""
    return dd.Setting((above,), (dd.RateRule(w, -speed * g),))


MEAN = w1 * g1 + w2 * g2 + w3 * g3
#: The exponentiated gradient for three weights: each moves by its slope against the mean slope.
EG = dd.Setting(rates=tuple(dd.RateRule(v, -v * (s - MEAN)) for v, s in ((w1, g1), (w2, g2), (w3, g3))))
SIMPLEX = dd.Setting((dd.Hypothesis("the weights add up to one", sp.Eq(w1 + w2 + w3, 1)),), EG.rates)
INSIDE = dd.Setting(tuple(dd.Hypothesis("the weights are positive", sp.Gt(v, 0)) for v in (w1, w2, w3)), EG.rates)
LEARNED = dd.Setting((dd.Hypothesis("w_0 > 0", sp.Gt(w0, 0)),), (dd.RateRule(G, g),))
FORWARD = LEARNED.given(dd.Hypothesis("1 + w_0 G > 0", sp.Gt(1 + w0 * G, 0)))

CLAIMS = [
    dd.Claim(
        "gd-flow",
        title="gradient flow is the mirror flow of the identity",
        source="continuous-time mirror descent",
        printed=r"\dot f(w)=-g\ \text{ where }\ f(w)=w,\ \dot w=-g",
        statement=dd.Equal(dd.Rate(w), -g, dd.Setting(rates=(dd.RateRule(w, -g),))),
    ),
    dd.Claim(
        "egu-flow",
        title="the mirror flow of EGU is the natural gradient flow with metric $1/w$",
        source="continuous-time mirror descent",
        printed=r"\frac{d}{dt}\log w=-g\ \text{ where }\ \dot w=-w\,g",
        statement=dd.Equal(dd.Rate(sp.log(w)), -g, flow(w)),
        uses=("egu-metric",),
    ),
    dd.Claim(
        "burg-flow",
        title="the mirror flow of Burg's entropy is the natural gradient flow with metric $1/w^2$",
        source="continuous-time mirror descent",
        printed=r"\frac{d}{dt}\left(-\frac1w\right)=-g\ \text{ where }\ \dot w=-w^2g",
        statement=dd.Equal(dd.Rate(-1 / w), -g, flow(w**2)),
        uses=("burg-metric",),
    ),
    dd.Claim(
        "tempered-flow",
        title="the mirror flow at temperature one half",
        source="the tempered family",
        printed=r"\frac{d}{dt}\log_\tau w=-g\ \text{ where }\ \dot w=-w^\tau g,\quad\tau=\tfrac12",
        statement=dd.Equal(dd.Rate(2 * (sp.sqrt(w) - 1)), -g, flow(sp.sqrt(w))),
        uses=("tempered-metric",),
    ),
    dd.Claim(
        "egu-dual-flow",
        title="the dual variable of EGU moves by the slope, the weight is its exponential",
        source="the dual form",
        printed=r"\dot\theta=-g,\quad\frac{d}{dt}\exp\theta=-\exp(\theta)\,g",
        statement=dd.Equal(dd.Rate(sp.exp(theta)), -sp.exp(theta) * g, dd.Setting(rates=(dd.RateRule(theta, -g),))),
    ),
    dd.Claim(
        "egu-solved",
        title="EGU multiplies by the exponential of the summed slopes",
        source="the case of EGU",
        printed=r"w(t)=w(0)\exp\left(-\int_0^tg\,ds\right)",
        statement=Solves(y, w0 * sp.exp(-G), -y * g, w0, ((G, sp.Integer(0)),), LEARNED),
    ),
    dd.Claim(
        "burg-solved",
        title="Burg's flow is solved as long as it exists",
        source="the case of Burg",
        printed=r"w(t)=\frac{w(0)}{1+w(0)\int_0^tg\,ds}",
        statement=Solves(y, w0 / (1 + w0 * G), -(y**2) * g, w0, ((G, sp.Integer(0)),), FORWARD),
    ),
    dd.Claim(
        "eg-simplex",
        title="the exponentiated gradient (EG) keeps the sum of the weights, for three weights",
        source="the case of EG",
        printed=r"\dot w_i=-w_i\left(g_i-\sum_jw_jg_j\right),\quad\frac{d}{dt}\sum_iw_i=0\ \text{ where }\ \sum_iw_i=1",
        statement=dd.Equal(dd.Rate(w1 + w2 + w3), 0, SIMPLEX),
    ),
    dd.Claim(
        "eg-ratios",
        title="ratios of its weights move as those of EGU",
        source="the case of EG",
        printed=r"\frac{d}{dt}\log\frac{w_i}{w_j}=-(g_i-g_j)",
        statement=dd.Equal(dd.Rate(sp.log(w1 / w2)), -(g1 - g2), INSIDE),
    ),
    dd.Claim(
        "new-eg-descent",
        title="along EG the loss does not grow",
        source="the case of EG",
        printed=r"\sum_ig_i\dot w_i\le0",
        statement=dd.Compare(
            0,
            g1 * dd.Rate(w1) + g2 * dd.Rate(w2),
            dd.Setting(
                (
                    dd.Hypothesis("w_1 > 0", sp.Gt(w1, 0)),
                    dd.Hypothesis("w_2 > 0", sp.Gt(w2, 0)),
                    dd.Hypothesis("the weights add up to one", sp.Eq(w1 + w2, 1)),
                ),
                tuple(dd.RateRule(v, -v * (s - w1 * g1 - w2 * g2)) for v, s in ((w1, g1), (w2, g2))),
            ),
        ),
        remark="Entered for two weights.",
    ),
]
