"""Beyond the paper: the integral ∫dz/P(z) in named functions, and the conjugate of any homogeneous parametrization."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ddln_sym.claims import Claim
from ddln_sym.entropies import primitive
from ddln_sym.models import LayerFlow
from ddln_sym.statements import Equal, Hypothesis, Rate, RateRule, Scope, Setting

TITLE = (
    "Beyond the paper: the integral $∫dz/P(z)$ in named functions, and the conjugate of any homogeneous parametrization"
)

SOURCE = "open question after Theorem 1"
ONE, HALF = sp.Integer(1), sp.Rational(1, 2)
X, Z = sp.symbols("x z", real=True)
A, B, C = sp.symbols("Delta_2 Delta_3 Delta_4", real=True)
ROOT = sp.IndexedBase("a", real=True)  # a_k = √Δ_k


def _given(*relations: Any) -> tuple[Hypothesis, ...]:
    return tuple(Hypothesis(str(relation), relation) for relation in relations)


# -- T2 for every depth: Carlson's R and Lauricella's F_D ------------------------------------------------
def _moving(depth: Any) -> tuple[LayerFlow, Setting]:
    """``z`` moves with speed 1 between 0 and x, so that ``Rate`` is ``d/dz``."""
    flow = LayerFlow(depth)
    gaps = flow.every("Δ_k = a_k² > 0", lambda k: sp.Gt(ROOT[k], 0), (ONE,))
    return flow, Setting(_given(sp.Gt(X, 0), sp.Gt(Z, 0)), (RateRule(Z, ONE),), flow.depth).given(*gaps)


def _beta(a: Any, b: Any) -> Any:
    return sp.gamma(a) * sp.gamma(b) / sp.gamma(a + b)


def _carlson(depth: Any) -> Equal:
    """``R_{−a}(b; w) = 1/B(a, a')·∫_0^∞ t^{a'−1} ∏(t + w_k)^{−b_k} dt``, ``a' = Σb − a``, at ``t = x²/z² − 1``."""
    flow, setting = _moving(depth)
    first = 2 - flow.depth / 2  # b_1; the others are ½
    rest = sp.expand(first + (flow.depth - 1) * HALF - HALF)  # a'
    t = X**2 / Z**2 - 1
    others = flow.product(lambda k: sp.sqrt(t + 1 + X**2 / ROOT[k] ** 2), (ONE,))
    integrand = t ** (rest - 1) * (t + 1) ** -first / others / _beta(HALF, rest)
    scale = X / flow.product(lambda k: ROOT[k], (ONE,))
    return Equal(-Rate(t) * integrand * scale, _slope(flow), setting)


def _lauricella(depth: Any) -> Equal:
    """``F_D(a; b; c; w) = 1/B(a, c−a)·∫_0^1 t^{a−1} (1−t)^{c−a−1} ∏(1 − t·w_k)^{−b_k} dt`` at ``t = z²/x²``."""
    flow, setting = _moving(depth)
    c = 3 * HALF
    t = Z**2 / X**2
    others = flow.product(lambda k: sp.sqrt(1 + t * X**2 / ROOT[k] ** 2), (ONE,))
    integrand = t ** (HALF - 1) * (1 - t) ** (c - HALF - 1) / others / _beta(HALF, c - HALF)
    scale = X / flow.product(lambda k: ROOT[k], (ONE,))
    return Equal(Rate(t) * integrand * scale, _slope(flow), setting)


def _slope(flow: LayerFlow) -> Any:
    """``1/P(z)``."""
    return 1 / flow.product(lambda k: sp.sqrt(Z**2 + ROOT[k] ** 2), (ONE,))


T2_GENERAL = Claim(
    id="new-t2-general",
    title="$∫dz/P$ from 0 to $x$ is Carlson's $R_{−1/2}$, and Lauricella's $F_D$, for every depth",
    source=SOURCE,
    references=("Carlson1995", "DLMF"),
    printed=r"\frac{x}{\sqrt{\Delta_2\cdots\Delta_L}}\,R_{-1/2}\!\left(2-\tfrac L2,\tfrac12,\dots,\tfrac12;"
    r"1,1+\tfrac{x^2}{\Delta_2},\dots,1+\tfrac{x^2}{\Delta_L}\right)=\frac{x}{\sqrt{\Delta_2\cdots\Delta_L}}\,"
    r"F_D\!\left(\tfrac12;\tfrac12,\dots,\tfrac12;\tfrac32;-\tfrac{x^2}{\Delta_2},\dots,-\tfrac{x^2}{\Delta_L}\right)",
    statement=lambda depth: (_carlson(depth), _lauricella(depth)),
    remark="Both functions by their integrals (DLMF 19.16.9; Lauricella 1893). Each step is the change of variables under the "
    "integral: $t = x²/z² − 1$ maps $z: x → 0$ to $t: 0 → ∞$, and $t = z²/x²$ maps $z: 0 → x$ to $t: 0 → 1$. From $x > 0$; both sides are odd in $x$.",
)


# -- T2 in Legendre's form ---------------------------------------------------------------------------------
def _legendre(sine: Any, parameter: Any, scale: Any, gaps: tuple[Any, ...], *given: Any) -> Equal:
    """``F(φ, m) = ∫_0^{sin φ} dt/√((1−t²)(1−mt²))`` at ``t = sine(z)``."""
    setting = Setting(_given(*given), (RateRule(Z, ONE),))
    integrand = 1 / (sp.sqrt(1 - sine**2) * sp.sqrt(1 - parameter * sine**2))
    return Equal(scale * Rate(sine) * integrand, 1 / sp.Mul(*(sp.sqrt(Z**2 + gap) for gap in gaps)), setting)


T2_LEGENDRE = Claim(
    id="new-t2-legendre",
    title="$∫dz/P$ from 0 is Legendre's elliptic integral $F(φ, m)$ at $L = 3$ and $L = 4$",
    source=SOURCE,
    printed=r"\frac{F\!\left(\arctan\frac{x}{\sqrt{\Delta_2}},\,1-\frac{\Delta_2}{\Delta_3}\right)}{\sqrt{\Delta_3}},\quad"
    r"\frac{F\!\left(\arcsin\left(\sqrt{\frac{\Delta_4-\Delta_2}{\Delta_4}}\frac{x}{\sqrt{x^2+\Delta_2}}\right),\,"
    r"\frac{\Delta_4(\Delta_3-\Delta_2)}{\Delta_3(\Delta_4-\Delta_2)}\right)}{\sqrt{\Delta_3(\Delta_4-\Delta_2)}}",
    statement=lambda depth: (
        _legendre(Z / sp.sqrt(Z**2 + A), 1 - A / B, 1 / sp.sqrt(B), (A, B), A > 0, B > 0),
        _legendre(
            sp.sqrt((C - A) / C) * Z / sp.sqrt(Z**2 + A),
            C * (B - A) / (B * (C - A)),
            1 / sp.sqrt(B * (C - A)),
            (A, B, C),
            A > 0,
            B > 0,
            C > A,
        ),
    ),
    depths=(sp.Integer(3), sp.Integer(4)),
    scope=Scope("L = 3, 4", "all d"),
    remark="$sin(arctan(w)) = w/√(1 + w²)$. The step is the change of variables under the integral; both sides vanish at $x = 0$.",
)


# -- T2 with ties ------------------------------------------------------------------------------------------
def _tied(*gaps: Any) -> Equal:
    """The primitives that the closed forms are made of, at ``z > 0``."""
    positive = tuple(gap > 0 for gap in gaps if gap != 0)
    setting = Setting(_given(sp.Gt(Z, 0), *positive), (RateRule(Z, ONE),))
    slope = 1 / sp.Mul(*(sp.sqrt(Z**2 + gap) if gap != 0 else Z for gap in gaps))
    return Equal(Rate(primitive(gaps, Z)), slope, setting)


ZERO = sp.Integer(0)
T2_TIES = Claim(
    id="new-t2-ties",
    title="where layers tie for the least modulus, $∫dz/P$ is elementary at $L = 3$ and $L = 4$",
    source=SOURCE,
    printed=r"\int\frac{dz}{z\sqrt{z^2+\Delta}}=-\frac{1}{\sqrt\Delta}\text{arcsinh}\frac{\sqrt\Delta}{z},\quad"
    r"\int\frac{dz}{z^2\sqrt{z^2+\Delta}}=-\frac{\sqrt{z^2+\Delta}}{\Delta\,z},\quad"
    r"\int\frac{dz}{z\sqrt{(z^2+B)(z^2+C)}}=-\frac{1}{\sqrt{BC}}\log\frac{\sqrt{B(z^2+C)}+\sqrt{C(z^2+B)}}{z}",
    statement=lambda depth: (_tied(ZERO, A), _tied(ZERO, ZERO, A), _tied(ZERO, A, B)),
    depths=(sp.Integer(3), sp.Integer(4)),
    scope=Scope("L = 3, 4", "all d"),
)


# -- T2 with equal gaps ------------------------------------------------------------------------------------
def _reduction(depth: Any) -> Equal:
    """``z(z² + Δ)^{−n/2}/(nΔ)`` with ``n = L − 1`` as a symbol: two layers more on the right."""
    n = sp.Symbol("n", real=True)
    square, setting = Z**2 + A, Setting(_given(A > 0, n > 0), (RateRule(Z, ONE),))
    known = Rate(Z / (n * A) * square ** (-n / 2)) + (n - 1) / (n * A) * square ** (-n / 2)
    return Equal(known, square ** (-n / 2 - 1), setting)


T2_EQUAL = Claim(
    id="new-t2-equal-gaps",
    title="with all $Δ_k$ equal, $∫dz/P$ at $L + 2$ layers comes from that at $L$ layers: elementary for every depth",
    source=SOURCE,
    printed=r"\int_0^x\frac{dz}{(z^2+\Delta)^{(L+1)/2}}=\frac{x}{(L-1)\Delta\,(x^2+\Delta)^{(L-1)/2}}"
    r"+\frac{L-2}{(L-1)\Delta}\int_0^x\frac{dz}{(z^2+\Delta)^{(L-1)/2}}",
    statement=_reduction,
    remark="From arcsinh at $L = 2$ and arctan at $L = 3$, claim new-t2-elementary. Both sides vanish at $x = 0$.",
)


# -- T5 for any parametrization ----------------------------------------------------------------------------
P, G = sp.symbols("p G", real=True)
W, D_G = sp.IndexedBase("w", real=True), sp.IndexedBase("DG", real=True)  # DG[k] = ∂G_i/∂w_k


def _variables(depth: Any) -> LayerFlow:
    """``w[1], …, w[D]``: D a symbol for a symbolic depth; for a concrete one as many."""
    return LayerFlow(sp.Symbol("D", integer=True, positive=True) if LayerFlow(depth).schematic else depth)


def _moved(size: LayerFlow, field: Any) -> tuple[RateRule, ...]:
    k = sp.Symbol("k", integer=True, positive=True)
    if size.schematic:
        return (RateRule(W[k], field(k), k),)
    return tuple(RateRule(W[n], field(n)) for n in range(1, int(size.depth) + 1))


def _monomial(depth: Any) -> Equal:
    """Along ``w' = w`` a product of p variables, alike or not, grows p-fold: Euler's identity for a monomial."""
    factors = LayerFlow(depth)
    product = factors.product(lambda k: W[k])
    return Equal(Rate(product), factors.depth * product, Setting((), _moved(factors, lambda k: W[k]), factors.depth))


def _half_square(depth: Any) -> Equal:
    """Along the flow of ``∇G_i``, whose time is ``ξ_i``."""
    size = _variables(depth)
    euler = Hypothesis("Euler's identity", sp.Eq(size.total(lambda k: W[k] * D_G[k]), P * G))
    setting = Setting((euler, *_given(sp.Ne(P, 0))), _moved(size, lambda k: D_G[k]), size.depth)
    return Equal(Rate(size.total(lambda k: W[k] ** 2) / (2 * P)), G, setting)


T5_HOMOGENEOUS = Claim(
    id="new-t5-homogeneous",
    title="the conjugate entropy of any homogeneous commuting parametrization: $∂/∂ξ_i$ of $‖w‖²/(2p)$ is $G_i$",
    source=SOURCE,
    references=(
        "LiEtAl2022",
        "WoodworthEtAl2020",
        "AzulayEtAl2021",
        "MoroshkoEtAl2020",
        "ChouMalyRauhut2023",
        "ChouRauhutWard2024",
    ),
    printed=r"\langle w,\nabla G_i(w)\rangle=p\,G_i(w),\quad\frac{\partial w}{\partial\xi_i}=\nabla G_i(w)\ \Longrightarrow\ "
    r"\frac{\partial}{\partial\xi_i}\frac{\|w(\xi)\|^2}{2p}=\theta_i",
    statement=lambda depth: (_monomial(depth), _half_square(depth)),
    scope=Scope("all degrees $p ≥ 2$", "all d"),
    remark="$L$ is the degree $p$ in the first step. A homogeneous polynomial is a sum of monomials, and both sides of Euler's identity are "
    "linear in $G$. That $w$ is a function of $ξ$ with these derivatives is what commuting gives (Li, Wang, Lee, Arora 2022). "
    "For $u^{⊙L} − v^{⊙L}$: Woodworth et al. 2020, Moroshko et al. 2020, Azulay et al. 2021, Chou et al. 2023, 2024.",
)

if __name__ == "__main__":
    from ddln_sym.cli import run_module

    run_module(__file__)
