"""Two weights: what the two pages of main.tex state.

ddln-sym check docs/examples/small_paper/claims.py
ddln-sym paper docs/examples/small_paper/main.tex
"""

import sympy as sp

import ddln_sym as dd

TEXT = dd.Text(title="Two weights", authors=("The developers of ddln_sym",), version="of this repository")

u, v, g = sp.symbols("u v g", real=True)
theta, Delta = sp.symbols("theta Delta", real=True)
flow = dd.Setting(rates=(dd.RateRule(u, -v * g), dd.RateRule(v, -u * g)))
gap = dd.Setting((dd.Hypothesis("Δ = u² − v²", sp.Eq(Delta, u**2 - v**2)),))
apart = dd.Setting((dd.Hypothesis("the moduli differ", sp.Ne(Delta, 0)),))
Q = theta * sp.asinh(2 * theta / sp.Abs(Delta)) / 2 - sp.sqrt(4 * theta**2 + Delta**2) / 4

SPEED = dd.Claim(
    "eq-speed",
    label="eq:speed",
    source="(2)",
    title="the product moves at the speed $(u^2+v^2)g$",
    printed=r"\theta' = -(u^2+v^2)\, g",
    statement=dd.Equal(dd.Rate(u * v), -(u**2 + v**2) * g, flow),
)
LAW = dd.Claim(
    "eq-law",
    label="eq:law",
    source="(3)",
    title="$u^2-v^2$ is conserved",
    printed=r"\frac{d}{dt}\left(u^2-v^2\right) = 0",
    statement=dd.Equal(dd.Rate(u**2 - v**2), 0, flow),
)
AMGM = dd.Claim(
    "eq-amgm",
    label="eq:amgm",
    source="(4)",
    title="the speed is at least twice the product",
    printed=r"u^2+v^2 \ge 2 |u v|",
    statement=dd.Compare(u**2 + v**2, 2 * sp.Abs(u * v)),
)
METRIC = dd.Claim(
    "eq-metric",
    label="eq:metric",
    source="(5)",
    title="the speed is a function of the product",
    printed=r"u^2+v^2 = \sqrt{\Delta^2+4\theta^2}",
    statement=dd.Equal(u**2 + v**2, sp.sqrt(Delta**2 + 4 * (u * v) ** 2), gap),
)
DESCENT = dd.Claim(
    "lem-descent",
    label="lem:descent",
    source="Lemma 1",
    title="the loss does not grow",
    statement=dd.Compare(0, g * dd.Rate(u * v), flow),
    uses=("eq-speed",),
)
HESSIAN = dd.Claim(
    "eq-hessian",
    label="eq:hessian",
    source="(7)",
    title="the second derivative of the entropy is the reciprocal of the speed",
    printed=r"Q''(\theta) = \frac{1}{\sqrt{4\theta^2+\Delta^2}}",
    statement=dd.Equal(sp.diff(Q, theta, 2), 1 / sp.sqrt(4 * theta**2 + Delta**2), apart),
)
CONVEX = dd.Claim(
    "thm-convex",
    label="thm:convex",
    source="Theorem 2",
    title="the entropy is convex",
    statement=dd.Compare(sp.diff(Q, theta, 2), 0, apart, strict=True),
    uses=("eq-hessian",),
)
SUM = dd.Claim(
    "eq-sum",
    label="eq:sum",
    source="(9)",
    title="the sum decays",
    printed=r"\frac{d}{dt}(u+v) = -(u+v) g",
    statement=dd.Equal(dd.Rate(u + v), -(u + v) * g, flow),
)
DIFFERENCE = dd.Claim(
    "eq-difference",
    label="eq:difference",
    source="(10)",
    title="the difference grows",
    printed=r"\frac{d}{dt}(u-v) = (u-v) g",
    statement=dd.Equal(dd.Rate(u - v), (u - v) * g, flow),
)
TEMPTING = dd.Claim(
    "eq-tempting",
    label="eq:tempting",
    source="(11)",
    title="the speed exceeds twice the product by one",
    printed=r"u^2+v^2 \ge 2 |u v| + 1",
    statement=dd.Compare(u**2 + v**2, 2 * sp.Abs(u * v) + 1),
    correction=dd.Claim(
        "eq-tempting-corrected",
        title="it exceeds it by the square of the difference of the moduli",
        printed=r"u^2+v^2 = 2 |u v| + (|u|-|v|)^2",
        statement=dd.Equal(u**2 + v**2, 2 * sp.Abs(u * v) + (sp.Abs(u) - sp.Abs(v)) ** 2),
    ),
)
SQUARES = dd.Claim(
    "eq-12",
    title="a product is a difference of squares",
    printed=r"(u+v)^2 - (u-v)^2 = 4 u v",
    statement=dd.Equal((u + v) ** 2 - (u - v) ** 2, 4 * u * v),
)
