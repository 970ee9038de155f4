"""Link functions: the gradients of convex functions, their inverses and metrics."""

import sympy as sp

import ddln_sym as dd

TITLE = "Link functions"

w, w0, theta, tau = sp.symbols("w w0 theta tau", real=True)
positive = dd.Setting((dd.Hypothesis("w > 0", sp.Gt(w, 0)),))
both = positive.given(dd.Hypothesis("w_0 > 0", sp.Gt(w0, 0)))
negative = dd.Setting((dd.Hypothesis("θ < 0", sp.Lt(theta, 0)),))
tempered = positive.given(dd.Hypothesis("τ is not 1", sp.Ne(tau, 1)))

EGU, BURG, SQUARE = w * sp.log(w) - w, -sp.log(w), w**2 / 2


def bregman(convex):
    """``D(w, w_0) = F(w) − F(w_0) − F'(w_0)(w − w_0)``."""
    return convex - convex.subs(w, w0) - sp.diff(convex, w).subs(w, w0) * (w - w0)


CLAIMS = [
    dd.Claim(
        "gd-link",
        title="the link of gradient descent is the identity",
        source="the Euclidean case",
        printed=r"F(w)=\tfrac12w^2,\quad f(w)=w",
        statement=dd.Equal(sp.diff(SQUARE, w), w),
    ),
    dd.Claim(
        "gd-divergence",
        title="its divergence is half the squared distance",
        source="the Euclidean case",
        printed=r"D_F(w,w_0)=\tfrac12(w-w_0)^2",
        statement=dd.Equal(bregman(SQUARE), (w - w0) ** 2 / 2),
    ),
    dd.Claim(
        "egu-link",
        title="the link of the unnormalized exponentiated gradient (EGU) is the logarithm",
        source="the case of EGU",
        printed=r"F(w)=w\log w-w,\quad f(w)=\log w",
        statement=dd.Equal(sp.diff(EGU, w), sp.log(w), positive),
    ),
    dd.Claim(
        "egu-inverse",
        title="its inverse is the exponential",
        source="the case of EGU",
        printed=r"f^{-1}(\theta)=\exp\theta",
        statement=[dd.Equal(sp.log(sp.exp(theta)), theta), dd.Equal(sp.exp(sp.log(w)), w, positive)],
    ),
    dd.Claim(
        "egu-metric",
        title="the inverse Hessian of EGU is the weight",
        source="the case of EGU",
        printed=r"F''(w)^{-1}=w",
        statement=dd.Equal(1 / sp.diff(EGU, w, 2), w, positive),
    ),
    dd.Claim(
        "egu-convex",
        title="the function of EGU is strictly convex",
        source="the case of EGU",
        printed=r"F''(w)>0",
        statement=dd.Compare(sp.diff(EGU, w, 2), 0, positive, strict=True),
    ),
    dd.Claim(
        "egu-divergence",
        title="its divergence is the unnormalized relative entropy",
        source="the case of EGU",
        printed=r"D_F(w,w_0)=w\log\frac{w}{w_0}-w+w_0",
        statement=dd.Equal(bregman(EGU), w * sp.log(w / w0) - w + w0, both),
    ),
    dd.Claim(
        "egu-dual",
        title="the dual function of EGU is the exponential",
        source="the case of EGU",
        printed=r"F(w)+F^*(f(w))=w\,f(w),\quad F^*(\theta)=\exp\theta",
        statement=dd.Equal(EGU + sp.exp(sp.log(w)), w * sp.log(w), positive),
        uses=("egu-link",),
    ),
    dd.Claim(
        "burg-link",
        title="the link of Burg's entropy is minus the reciprocal",
        source="the case of Burg",
        printed=r"F(w)=-\log w,\quad f(w)=-\frac1w",
        statement=dd.Equal(sp.diff(BURG, w), -1 / w, positive),
    ),
    dd.Claim(
        "burg-inverse",
        title="that link is its own inverse, from the negative numbers",
        source="the case of Burg",
        printed=r"f^{-1}(\theta)=-\frac1\theta",
        statement=[
            dd.Equal(-1 / (-1 / theta), theta, negative),
            dd.Compare(-1 / theta, 0, negative, strict=True),
        ],
    ),
    dd.Claim(
        "burg-metric",
        title="the inverse Hessian of Burg's entropy is the square of the weight",
        source="the case of Burg",
        printed=r"F''(w)^{-1}=w^2",
        statement=dd.Equal(1 / sp.diff(BURG, w, 2), w**2, positive),
    ),
    dd.Claim(
        "burg-convex",
        title="Burg's entropy is strictly convex",
        source="the case of Burg",
        printed=r"F''(w)>0",
        statement=dd.Compare(sp.diff(BURG, w, 2), 0, positive, strict=True),
    ),
    dd.Claim(
        "burg-divergence",
        title="its divergence is that of Itakura and Saito",
        source="the case of Burg",
        printed=r"D_F(w,w_0)=\frac{w}{w_0}-\log\frac{w}{w_0}-1",
        statement=dd.Equal(bregman(BURG), w / w0 - sp.log(w / w0) - 1, both),
    ),
    dd.Claim(
        "burg-dual",
        title="the dual function of Burg's entropy",
        source="the case of Burg",
        printed=r"F(w)+F^*(f(w))=w\,f(w),\quad F^*(\theta)=-1-\log(-\theta)",
        statement=dd.Equal(BURG - 1 - sp.log(1 / w), -1, positive),
        uses=("burg-link",),
    ),
    dd.Claim(
        "tempered-metric",
        title="the inverse Hessian of the tempered logarithm is a power of the weight",
        source="the tempered family",
        printed=r"\log_\tau w=\frac{w^{1-\tau}-1}{1-\tau},\quad (\log_\tau)'(w)^{-1}=w^\tau",
        statement=dd.Equal(1 / sp.diff((w ** (1 - tau) - 1) / (1 - tau), w), w**tau, tempered),
    ),
    dd.Claim(
        "tempered-inverse",
        title="the tempered exponential is the inverse, at temperature one half",
        source="the tempered family",
        printed=r"\exp_\tau\theta=(1+(1-\tau)\theta)^{1/(1-\tau)},\quad\tau=\tfrac12",
        statement=dd.Equal((1 + (2 * (sp.sqrt(w) - 1)) / 2) ** 2, w, positive),
    ),
    dd.Claim(
        "tempered-squared",
        title="at temperature zero it is gradient descent, at two it is Burg's entropy, up to constants",
        source="the tempered family",
        printed=r"\log_0w=w-1,\quad\log_2w=1-\frac1w",
        statement=[
            dd.Equal((w**1 - 1) / 1, w - 1),
            dd.Equal((w**-1 - 1) / (-1), 1 - 1 / w, positive),
        ],
    ),
]
