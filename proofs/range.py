"""Beyond the paper: where the entropy lives, the range of its mirror map, and when the fields blow up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import sympy as sp

from ddln_sym.claims import Claim
from ddln_sym.models import OrderedFlow
from ddln_sym.statements import (
    DEPTH,
    Consequence,
    Continuous,
    DominatedTail,
    Equal,
    Hypothesis,
    OntoTheLine,
    PowerTail,
    Primitive,
    Rate,
    RateRule,
    Scope,
    Setting,
    Theorem,
    at_every,
    at_least,
    check_carried,
    greater,
    variable,
)

TITLE = "Beyond the paper: where the entropy lives, the range of its mirror map, and when the fields blow up"

ONE = sp.Integer(1)
X, Z, XI, INTEGRAL = sp.symbols("x z xi I", real=True)  # I = ∫ dz/P(z) from x_0 to x
P, N, SIGMA = sp.symbols("P N sigma", real=True)  # P(x), Σx²/(x² + Δ_k), ∏Δ_k
F = sp.Function("f")  # 1/P, at any place
AT_X = sp.Symbol("G", real=True)  # 1/P(x), where F(Z) is 1/P(z)
Y = sp.Symbol("y", real=True)  # x·P(x) = s·θ
BEGUN = sp.Symbol("c", real=True)  # arcsinh(x_0/√Δ)
A, B, C = sp.symbols("Delta_2 Delta_3 Delta_4", real=True)


def _along_the_line(flow: OrderedFlow) -> Setting:
    """(𝒜), the least layer running through R at speed 1."""
    return Setting((), (RateRule(flow.first, ONE),), flow.depth).given(*flow.least(ONE))


def _positive(*symbols: Any) -> Setting:
    return Setting(tuple(Hypothesis(f"{s} > 0", sp.Gt(s, 0)) for s in symbols))


def _deep(depth: Any) -> OrderedFlow:
    """At least three layers."""
    return OrderedFlow(depth if depth == DEPTH else max(depth, 3))


# -- the domain ---------------------------------------------------------------------------------------
def _everywhere(depth: Any) -> tuple[Any, ...]:
    flow = OrderedFlow(depth)
    root, line = flow.product(flow.root, (ONE,)), _along_the_line(flow)
    steepness = flow.total(lambda k: flow.first**2 / flow.root(k) ** 2, (ONE,))
    given = (
        Hypothesis("P² ≥ σ", sp.Ge(P**2, SIGMA)),
        Hypothesis("σ > 0", sp.Gt(SIGMA, 0)),
        Hypothesis("P > 0", sp.Gt(P, 0)),
        Hypothesis("a sum of squares", sp.Ge(N, 0)),
    )
    return (
        Equal(Rate(flow.first * root), root * (1 + steepness), line),
        at_least(flow.product(lambda k: flow.root(k) ** 2, (ONE,)), flow.sigma(ONE), line),
        OntoTheLine(X, Y, sp.sqrt(SIGMA), Setting(given, (RateRule(X, ONE), RateRule(Y, P * (1 + N))))),
    )


T4_EVERYWHERE = Claim(
    id="new-t4-everywhere",
    title="under $(𝒜)$, $𝒬$ is finite, smooth and strictly convex on all of $ℝ$: $x ↦ xP(x)$ is a bijection with a slope of at least $√σ$",
    source="open question after Theorem 1",
    printed=r"\text{dom}\,\mathcal{Q}=\mathbb{R},\quad\mathcal{Q}''=\frac1M>0,\quad\frac{d}{dx}\,xP(x)\ge\prod_{k\ge2}\sqrt{\Delta_k}=\sqrt\sigma",
    statement=_everywhere,
    uses=("theta-determined", "new-t1-mirror", "new-t1-curvature"),
    remark="$θ = s·xP(x)$, so every $θ$ is reached by one $x$, and $𝒬' = ξ$ is an integral from $x_0$ to that $x$. Smooth, because $xP(x)$ is and "
    "its slope does not vanish.",
)


# -- the range ----------------------------------------------------------------------------------------
def _all_of_r(depth: Any) -> Equal:
    return Equal(sp.asinh(sp.sinh(XI + BEGUN)) - BEGUN, XI)  # x/√Δ is the hyperbolic sine


T4_ONTO = Claim(
    id="new-t4-onto",
    title="for two layers $∇𝒬$ is onto $ℝ$: every $ξ$ is the slope at $x = √Δ·sinh(ξ + arcsinh(x_0/√Δ))$",
    source="open question after Theorem 1",
    printed=r"L=2:\ \nabla\mathcal{Q}(\mathbb{R})=\mathbb{R}",
    statement=_all_of_r,
    depths=(sp.Integer(2),),
    scope=Scope("L = 2", "all d"),
    uses=("new-t1-mirror", "new-t2-elementary", "new-t4-everywhere"),
)


def _bounded(depth: Any) -> tuple[Any, ...]:
    flow = _deep(depth)
    squares = flow.product(lambda k: flow.root(k) ** 2, (ONE,))
    given = (
        Hypothesis("L ≥ 3", sp.Ge(flow.depth, 3)),
        Hypothesis("1/P is positive", sp.Gt(F(X), 0)),
        Hypothesis("P² ≥ x^{2(L−1)}", sp.Le(F(X) ** 2 * (X ** (flow.depth - 1)) ** 2, 1)),
    )
    right = Setting((Hypothesis("x > 0", sp.Gt(flow.first, 0)),), (), flow.depth).given(*flow.least(ONE))
    power = X ** (1 - flow.depth)
    return (
        at_least(squares, flow.product(lambda k: flow.first**2, (ONE,)), right),
        DominatedTail(X, F(X), power, X * power / (2 - flow.depth), Setting().given(*given)),
    )


T4_BOUNDED = Claim(
    id="new-t4-bounded",
    title="$∫_x^∞ dz/P(z) ≤ x^{−(L−2)}/(L−2)$ for $L ≥ 3$: $∇𝒬$ is bounded",
    source="open question after Theorem 1",
    printed=r"\int_x^\infty\frac{dz}{P(z)}\le\frac{x^{-(L-2)}}{L-2},\quad L\ge3",
    statement=_bounded,
    scope=Scope("all L ≥ 3", "all d"),
    remark="$P$ is a function of $z²$, so the same holds on the left. From $P² ≥ x^{2(L−1)}$, factor by factor, to the tail of $1/P$.",
)


def _tail(depth: Any) -> tuple[Any, ...]:
    """``z^{L−1}P(x) ≥ x^{L−1}P(z)`` for z ≥ x, factor by factor; F(Z) and AT_X stand for ``1/P(z)`` and ``1/P(x)``."""
    flow = _deep(depth)
    ordered = (Hypothesis("x > 0", sp.Gt(X, 0)), Hypothesis("z ≥ x", sp.Ge(Z, X)))
    after = Setting(ordered, (), flow.depth).given(*flow.least(ONE))
    outer = flow.product(lambda k: Z**2 * (X**2 + flow.difference(k)), (ONE,))
    inner = flow.product(lambda k: X**2 * (Z**2 + flow.difference(k)), (ONE,))
    power, begun = Z ** (flow.depth - 1), AT_X * X ** (flow.depth - 1)
    given = (
        Hypothesis("L ≥ 3", sp.Ge(flow.depth, 3)),
        Hypothesis("x > 0", sp.Gt(X, 0)),
        Hypothesis("1/P(z) is positive", sp.Gt(F(Z), 0)),
        Hypothesis("1/P(x) is positive", sp.Gt(AT_X, 0)),
        Hypothesis("z^{L−1}P(x) ≥ x^{L−1}P(z), squared", sp.Ge((F(Z) * power) ** 2, begun**2)),
    )
    return (
        at_least(outer, inner, after),
        PowerTail(Z, X, F(Z), begun, flow.depth - 2, Setting(given)),
        Equal(begun * X ** (2 - flow.depth) / (flow.depth - 2), AT_X * X / (flow.depth - 2), Setting(given[:2])),
    )


T4_TAIL = Claim(
    id="new-t4-tail",
    title="$∫_x^∞ dz/P(z) ≥ x/((L−2)P(x))$ for $L ≥ 3$ and $x > 0$",
    source="open question after Theorem 1",
    printed=r"\int_x^\infty\frac{dz}{P(z)}\ge\frac{x}{(L-2)P(x)},\quad L\ge3",
    statement=_tail,
    scope=Scope("all L ≥ 3", "all d"),
    remark="$P(z)/z^{L−1}$ decreases. With claim new-t4-bounded the tail is known up to the factor $κ = P(x)/x^{L−1}$, which tends to 1.",
)


@dataclass(frozen=True)
class BetweenLimits(Consequence):
    """A quantity that increases along the line takes every value strictly between its two limits, and no other.

    Attributes:
        variable: runs through the line at speed 1, or through the half-line above 0.
    """

    variable: Any
    quantity: Any
    setting: Setting
    above_zero: bool = False
    theorem: ClassVar = Theorem(
        "an increasing continuous function maps the line onto an open interval", "Bolzano 1817", ("Bolzano1817",)
    )

    def __post_init__(self) -> None:
        if not self.variable.is_Indexed:  # the least layer is one entry of an array
            variable(self.variable, "the variable of BetweenLimits")
        check_carried(self.variable, self.setting, "BetweenLimits")

    def premises(self) -> tuple[Any, ...]:
        everywhere = at_every(self.variable, self.setting)
        if self.above_zero:
            everywhere = everywhere.given(Hypothesis("on the half-line", sp.Gt(self.variable, 0)))
        return (
            Equal(Rate(self.variable), 1, everywhere),
            greater(Rate(self.quantity), 0, everywhere),
            Continuous(self.quantity, everywhere),
        )

    def __str__(self) -> str:
        line = f"{self.variable} > 0" if self.above_zero else f"all {self.variable}"
        return f"the range of {self.quantity} over {line} is the open interval between its limits"


def _range(depth: Any) -> BetweenLimits:
    flow = _deep(depth)
    moving = _along_the_line(flow)
    integral = RateRule(INTEGRAL, 1 / flow.product(flow.root, (ONE,)))
    rising = Setting(moving.hypotheses, (*moving.rates, integral), moving.size)
    return BetweenLimits(flow.first, INTEGRAL, rising)


T4_RANGE = Claim(
    id="new-t4-range",
    title="for $L ≥ 3$ the range of $∇𝒬$ is a bounded open interval, $(−t_−, t_+)$ for $s = 1$ and $(−t_+, t_−)$ for $s = −1$",
    source="open question after Theorem 1",
    printed=r"\nabla\mathcal{Q}(\mathbb{R})=s\,(-t_-,t_+),\quad t_+=\int_{x_0}^{\infty}\frac{dz}{P(z)},\quad t_-=\int_{-\infty}^{x_0}\frac{dz}{P(z)}",
    statement=_range,
    scope=Scope("all L ≥ 3", "all d"),
    uses=("new-t1-mirror", "new-t4-everywhere", "new-t4-bounded"),
    remark="$ξ = s·I$, $I = ∫dz/P$ from $x_0$ to $x$, which increases with $x$; $t_+$ and $−t_−$ are its limits. As $ξ$ tends to an end of the range, "
    "$x$ is unbounded: the flow of $∇G_i$, with time $ξ$, blows up there and not before.",
)


# -- the blow-up times from x_0 = 0 -------------------------------------------------------------------
def _symmetric(place: Any, speed: int, *arguments: Any) -> Any:
    """``½·|dt/dz|/√∏(t + a)`` at ``t = place``: what the integrand of R_F becomes under t."""
    return speed * Rate(place) / (2 * sp.sqrt(sp.Mul(*(place + a for a in arguments))))


def _complete(depth: Any) -> tuple[Equal, ...]:
    """``t = z²`` for L = 3 and ``t = 1/z²`` for L = 4 map ``(0, ∞)`` onto itself."""

    def integrand(*gaps: Any) -> Any:
        return 1 / sp.sqrt(sp.Mul(*(Z**2 + gap for gap in gaps)))

    along = (RateRule(Z, ONE),)
    three, four = (Setting(_positive(Z, *gaps).hypotheses, along) for gaps in ((A, B), (A, B, C)))
    return (
        Equal(_symmetric(Z**2, 1, 0, A, B), integrand(A, B), three),
        Equal(_symmetric(Z**-2, -1, 1 / A, 1 / B, 1 / C) / sp.sqrt(A * B * C), integrand(A, B, C), four),
    )


T4_COMPLETE = Claim(
    id="new-t4-complete",
    title="from $x_0 = 0$ the range ends at Carlson's $R_F(0, Δ_2, Δ_3)$ for $L = 3$ and $R_F(1/Δ_2, 1/Δ_3, 1/Δ_4)/√(Δ_2Δ_3Δ_4)$ for $L = 4$",
    source="open question after Theorem 1",
    references=("Carlson1995", "DLMF"),
    printed=r"t=R_F(0,\Delta_2,\Delta_3),\quad t=\frac{R_F(1/\Delta_2,1/\Delta_3,1/\Delta_4)}{\sqrt{\Delta_2\Delta_3\Delta_4}}",
    statement=_complete,
    depths=(sp.Integer(3), sp.Integer(4)),
    scope=Scope("L = 3, 4", "all d"),
    uses=("new-t4-range",),
    remark="$R_F(a, b, c) = ½∫_0^∞ dt/√((t+a)(t+b)(t+c))$ by definition; each step is a change of variables under $∫_0^∞ dz/P(z)$.",
)


@dataclass(frozen=True)
class GaussMean(Consequence):
    """``∫_0^∞ dz/√((z²+a²)(z²+b²)) = π/(2·AGM(a, b))``, ``a = √Δ_2``, ``b = √Δ_3``.

    One step of the mean leaves the integral as it is: ``y = (z − ab/z)/2`` maps ``(0, ∞)`` onto R, and the
    integrand of the means at y to twice that of a, b at z.  At ``a = b`` the integral is ``π/(2a)``.
    """

    theorem: ClassVar = Theorem(
        "both means of the iteration tend to AGM(a, b), and the integral is continuous in them", "Gauss 1799"
    )

    def premises(self) -> tuple[Any, ...]:
        a, b, z = sp.symbols("a b z", real=True)

        def integrand(z: Any, a: Any, b: Any) -> Any:
            return 1 / sp.sqrt((z**2 + a**2) * (z**2 + b**2))

        y = (z - a * b / z) / 2
        moving = Setting(_positive(a, b, z).hypotheses, (RateRule(z, ONE),))
        return (
            Equal(Rate(y) * integrand(y, (a + b) / 2, sp.sqrt(a * b)), 2 * integrand(z, a, b), moving),
            Primitive(z, sp.atan(z / a) / a, integrand(z, a, a), _positive(a)),
        )

    def __str__(self) -> str:
        return "the integral of $1/√((z² + a²)(z² + b²))$ from 0 to $∞$ is $π/(2·AGM(a, b))$"


T4_AGM = Claim(
    id="new-t4-agm",
    title="for $L = 3$ from $x_0 = 0$ the range ends at $π/(2·AGM(√Δ_2, √Δ_3))$",
    source="open question after Theorem 1",
    printed=r"t=\int_0^\infty\frac{dz}{\sqrt{(z^2+\Delta_2)(z^2+\Delta_3)}}=\frac{\pi}{2\,\text{AGM}(\sqrt{\Delta_2},\sqrt{\Delta_3})}",
    statement=lambda depth: GaussMean(),
    depths=(sp.Integer(3),),
    scope=Scope("L = 3", "all d"),
    uses=("new-t4-range",),
)

if __name__ == "__main__":
    from ddln_sym.cli import run_module

    run_module(__file__)
