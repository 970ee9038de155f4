"""Signed weights, as differences, and steps of finite size."""

import sympy as sp

import ddln_sym as dd

TITLE = "Signed weights and finite steps"

wp, wm, up, um, w, beta, g = sp.symbols("wp wm up um w beta g", real=True)
theta, eta, u = sp.symbols("theta eta u", real=True)
PARTS = (dd.Hypothesis("w_+ > 0", sp.Gt(wp, 0)), dd.Hypothesis("w_- > 0", sp.Gt(wm, 0)))
SIGNED = dd.Setting(PARTS, (dd.RateRule(wp, -wp * g), dd.RateRule(wm, wm * g)))
BEHIND = dd.Setting(rates=(dd.RateRule(up, -up * g / 2), dd.RateRule(um, um * g / 2)))
KEPT = dd.Setting((*PARTS, dd.Hypothesis("β² = w_+w_-", sp.Eq(beta**2, wp * wm))))
BETA = dd.Setting((dd.Hypothesis("β > 0", sp.Gt(beta, 0)),))
HYPERBOLIC = dd.Setting(BETA.hypotheses, (dd.RateRule(w, -sp.sqrt(w**2 + 4 * beta**2) * g),))
SMALL = dd.Setting((dd.Hypothesis("w > 0", sp.Gt(w, 0)),))
STEP = w * (1 - eta * g / 2) ** 2

CLAIMS = [
    dd.Claim(
        "pair-product",
        title="the product of the two parts stands still",
        source="EGU with signs",
        printed=r"\frac{d}{dt}(w_+w_-)=0",
        statement=dd.Equal(dd.Rate(wp * wm), 0, SIGNED),
    ),
    dd.Claim(
        "pair-speed",
        title="their difference moves by their sum",
        source="EGU with signs",
        printed=r"\frac{d}{dt}(w_+-w_-)=-(w_++w_-)\,g",
        statement=dd.Equal(dd.Rate(wp - wm), -(wp + wm) * g, SIGNED),
    ),
    dd.Claim(
        "pair-metric",
        title="the sum is a function of the difference",
        source="EGU with signs",
        printed=r"w_++w_-=\sqrt{(w_+-w_-)^2+4\beta^2}",
        statement=dd.Equal(wp + wm, sp.sqrt((wp - wm) ** 2 + 4 * beta**2), KEPT),
    ),
    dd.Claim(
        "pair-link",
        title="so the difference follows the mirror flow of the hyperbolic link",
        source="EGU with signs",
        printed=r"\frac{d}{dt}\operatorname{arcsinh}\frac{w}{2\beta}=-g",
        statement=dd.Equal(dd.Rate(sp.asinh(w / (2 * beta))), -g, HYPERBOLIC),
        uses=("pair-metric", "pair-speed"),
    ),
    dd.Claim(
        "pair-inverse",
        title="whose inverse is a hyperbolic sine",
        source="EGU with signs",
        printed=r"w=2\beta\sinh\theta",
        statement=dd.Equal(sp.asinh(2 * beta * sp.sinh(theta) / (2 * beta)), theta, BETA),
    ),
    dd.Claim(
        "pair-convex",
        title="and whose entropy is strictly convex",
        source="EGU with signs",
        printed=r"\frac{1}{\sqrt{w^2+4\beta^2}}>0",
        statement=dd.Compare(sp.diff(sp.asinh(w / (2 * beta)), w), 0, BETA, strict=True),
    ),
    dd.Claim(
        "pair-as-gd",
        title="gradient flow on $u_±$ with $w=(u_+^2-u_-^2)/4$ is EGU with signs",
        source="EGU with signs",
        printed=r"\dot w=-\tfrac14(u_+^2+u_-^2)\,g",
        statement=dd.Equal(dd.Rate((up**2 - um**2) / 4), -(up**2 + um**2) / 4 * g, BEHIND),
    ),
    dd.Claim(
        "new-pair-kept",
        title="and keeps the product of $u_+$ and $u_-$",
        source="EGU with signs",
        printed=r"\frac{d}{dt}(u_+u_-)=0",
        statement=dd.Equal(dd.Rate(up * um), 0, BEHIND),
    ),
    dd.Claim(
        "step-square",
        title="a step of gradient descent on $u$ multiplies $w$ by a square",
        source="discretized updates",
        printed=r"u_{+}=u-\eta\,\tfrac12u\,g\ \Rightarrow\ w_{+}=w\left(1-\tfrac12\eta g\right)^2",
        statement=dd.Equal((u - eta * u * g / 2) ** 2 / 4, u**2 / 4 * (1 - eta * g / 2) ** 2),
    ),
    dd.Claim(
        "step-positive",
        title="so that the weights stay nonnegative whatever the step",
        source="discretized updates",
        printed=r"w_{+}\ge0",
        statement=dd.Compare(STEP, 0, SMALL),
        uses=("step-square",),
    ),
    dd.Claim(
        "new-step-approximate",
        title="it exceeds the linear update by a square",
        source="discretized updates",
        printed=r"w\left(1-\tfrac12\eta g\right)^2=w(1-\eta g)+\tfrac14\eta^2g^2w\ge w(1-\eta g)",
        statement=dd.chain(
            STEP, "=", w * (1 - eta * g) + eta**2 * g**2 * w / 4, ">=", w * (1 - eta * g), setting=SMALL
        ),
    ),
    dd.Claim(
        "step-first-order",
        title="and agrees with the step of EGU to the first order in the rate",
        source="discretized updates",
        printed=r"\frac{d}{d\eta}w\left(1-\tfrac12\eta g\right)^2=\frac{d}{d\eta}we^{-\eta g}=-wg\ \text{ at }\ \eta=0",
        statement=[
            dd.Equal(sp.diff(STEP, eta).subs(eta, 0), -w * g),
            dd.Equal(sp.diff(w * sp.exp(-eta * g), eta).subs(eta, 0), -w * g),
        ],
    ),
    dd.Claim(
        "new-steps-agree",
        title="the two steps agree at every rate",
        source="a reading beyond the first order",
        printed=r"w\left(1-\tfrac12\eta g\right)^2=w(1-\eta g)",
        statement=dd.Equal(STEP, w * (1 - eta * g), SMALL),
        correction=dd.Claim(
            "new-steps-agree-corrected",
            title="they differ by a square of the step",
            printed=r"w\left(1-\tfrac12\eta g\right)^2=w(1-\eta g)+\tfrac14\eta^2g^2w",
            statement=dd.Equal(STEP, w * (1 - eta * g) + eta**2 * g**2 * w / 4, SMALL),
        ),
    ),
]
