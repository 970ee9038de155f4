"""Beyond the paper: the rate of (14), sharpened by θ itself, and where it cannot be improved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from ddln_sym.claims import Claim
from ddln_sym.models import LayerFlow
from ddln_sym.statements import (
    DEPTH,
    AboveStart,
    Assumption,
    Denied,
    Equal,
    Hypothesis,
    Maclaurin,
    Rate,
    RateRule,
    Scope,
    Setting,
    StrictMaclaurin,
    greater,
)

TITLE = "Beyond the paper: the rate of (14), sharpened by $θ$ itself, and where it cannot be improved"

W = sp.Symbol("w", real=True)  # the square of the layer of least initial modulus
M, R, SIGMA, THETA = sp.symbols("M R sigma theta", real=True)
A, H, H_2 = sp.symbols("A H H_2", real=True)  # ∏u_k², Σ1/u_k² and Σ1/u_k⁴ over the other layers


class Gaps:
    """One coordinate in ``w = u_l²``, where ``u_k² = w + Δ_k`` by (7): products and sums over the layers but l."""

    def __init__(self, depth: Any) -> None:
        self.flow = flow = LayerFlow(depth)
        self.least = least = flow.index("l", 1)
        self.product = flow.product(self.square, (least,))
        self.inverses = flow.total(lambda k: 1 / self.square(k), (least,))
        self.squares = flow.total(lambda k: 1 / self.square(k) ** 2, (least,))

    def square(self, k: Any) -> Any:
        return W + self.flow.initial(k) ** 2 - self.flow.initial(self.least) ** 2

    @property
    def after(self) -> Setting:
        """(𝒜) and ``w > 0``, where w moves at speed 1."""
        positive = Hypothesis("w > 0", sp.Gt(W, 0))
        moving = Setting((), (RateRule(W, sp.Integer(1)),), self.flow.depth)
        return moving.given(positive, *self.flow.least(self.least))


def metric_in_w(product: Any, inverses: Any) -> Any:
    """``M`` as a function of w."""
    return product * (1 + W * inverses)


def _power(depth: Any, product: Any) -> Any:
    """``L|θ|^{2−2/L}`` as a function of w."""
    return depth * (W * product) ** (1 - 1 / depth)


def _in_w(depth: Any) -> tuple[Equal, ...]:
    """``Σ_j∏_{k≠j}u_k²``: the term j = l, and the others term by term."""
    gaps = Gaps(depth)
    flow, least, j = gaps.flow, gaps.least, gaps.flow.index("j", 2)

    def square(k: Any) -> Any:
        return flow.layer(k) ** 2

    plain = Setting((), (), flow.depth)
    others, inverses = flow.product(square, (least,)), flow.total(lambda k: 1 / square(k), (least,))
    rest = flow.total(lambda j: flow.product(square, (j,)), (least,))
    nonzero = flow.every(Assumption.of_claim("one-layer-crosses"), lambda k: sp.Ne(flow.layer(k), 0), (least,))
    kept = plain.given(*flow.conservation(least), *flow.apart(j, least))
    return (
        Equal(flow.metric, others + rest, plain),
        Equal(rest, square(least) * others * inverses, plain.given(*nonzero)),
        Equal(flow.theta**2, square(least) * others, plain),
        Equal(square(j), gaps.square(j).xreplace({W: square(least)}), kept),
    )


T7_IN_W = Claim(
    id="new-t7-in-w",
    title="$M$ and $θ²$ are functions of $w$, the square of the least layer: $θ² = P(w)$, $M = P'(w)$",
    source="Section 2.3, (12)",
    printed=r"M=\prod_{k\neq l}(w+\Delta_k)\Big(1+w\sum_{k\neq l}\frac1{w+\Delta_k}\Big),\quad\theta^2=w\prod_{k\neq l}(w+\Delta_k)",
    statement=_in_w,
    uses=("eq-7", "one-layer-crosses"),
)


def means(gaps: Gaps) -> Maclaurin:
    """Maclaurin's inequality for the inverses ``1/u_k²`` of all L squares."""
    names = ((A, gaps.product), (H, gaps.inverses), (H_2, gaps.squares))
    numbers = (1 / W, *sp.Add.make_args(gaps.inverses))
    return Maclaurin(numbers, 1 / W + H, 1 / (W * A), names, gaps.after, 1 / W**2 + H_2)


def unequal_means(gaps: Gaps) -> StrictMaclaurin:
    """The same for L ≥ 3, with ``>``: under (𝒜) the first number is larger than any other."""
    plain, size = means(gaps), gaps.flow.depth
    deep = plain.setting.given(Hypothesis("L ≥ 3", sp.Ge(size, 3)))
    return StrictMaclaurin(plain.numbers, plain.total, plain.product, plain.names, deep, plain.squares, (0, 1))


def growing(gaps: Gaps, inequality: Callable[[Gaps], Maclaurin] = means) -> Setting:
    """How the product and the sums over the other layers change with w, and what is known of them."""
    size = gaps.flow.depth
    along = (RateRule(W, sp.Integer(1)), RateRule(A, A * H), RateRule(H, -H_2))
    signs = (Hypothesis("products and sums of squares", sp.Gt(s, 0)) for s in (A, H))
    deep, known = Hypothesis("L ≥ 2", sp.Ge(size, 2)), Hypothesis("Maclaurin's inequality", inequality(gaps).relation)
    return Setting((), along).given(deep, *signs, known)


def _bound(depth: Any) -> tuple[Any, ...]:
    gaps = Gaps(depth)
    excess = metric_in_w(A, H) ** 2 - _power(gaps.flow.depth, A) ** 2
    return (
        Equal(Rate(gaps.product), gaps.product * gaps.inverses, gaps.after),
        Equal(Rate(gaps.inverses), -gaps.squares, gaps.after),
        means(gaps),
        AboveStart(W, excess, SIGMA**2, ((A, SIGMA),), growing(gaps)),
    )


T7_BOUND = Claim(
    id="new-t7-bound",
    title="$M_i² ≥ σ_i² + (L|θ_i|^{2−2/L})²$: the rate of (14) improves away from $θ_i = 0$",
    source="Section 2.3, (14)",
    references=("MinVidalMallada2023",),
    printed=r"M_i\ge\sqrt{\sigma_i^2+\left(L|\theta_i|^{2-2/L}\right)^2}",
    statement=_bound,
    uses=("new-t7-in-w",),
    remark="$M² − L²P^{2−2/L}$ is $σ²$ at $w = 0$, where $A = ∏Δ_k = σ$, and does not decrease in $w$, because $P'' ≥ L(L−1)P^{1−2/L}$: "
    "Maclaurin's inequality for the $L$ numbers $1/u_k²$. After Min, Vidal, Mallada 2023.",
)


def _strict(depth: Any) -> tuple[Any, ...]:
    """The steps of new-t7-bound with ``>``; what they rest on besides the means is decided there."""
    gaps = Gaps(depth if depth == DEPTH else max(depth, 3))
    excess = metric_in_w(A, H) ** 2 - _power(gaps.flow.depth, A) ** 2
    return (
        unequal_means(gaps),
        AboveStart(W, excess, SIGMA**2, ((A, SIGMA),), growing(gaps, unequal_means), strict=True),
    )


T7_STRICT = Claim(
    id="new-t7-strict",
    title="for $L ≥ 3$ the bound of new-t7-bound is strict wherever $θ_i ≠ 0$",
    source="Section 2.3, (14)",
    printed=r"L\ge3,\ \theta_i\neq0\ \Longrightarrow\ M_i>\sqrt{\sigma_i^2+\left(L|\theta_i|^{2-2/L}\right)^2}",
    statement=_strict,
    scope=Scope("all L ≥ 3", "all d"),
    uses=("new-t7-in-w", "new-t7-bound"),
    remark="Maclaurin's inequality is strict unless all numbers are equal, and $1/w > 1/(w + Δ_k)$ under $(𝒜)$.",
)


def _sharp(depth: Any) -> tuple[Any, ...]:
    """``M`` at ``w = 0`` is ``∏_{k≠l}u_k²``, which is σ there; elsewhere the bound is above σ."""
    gaps = Gaps(depth)
    flow, least = gaps.flow, gaps.least
    zero = Hypothesis("θ_i = 0", sp.Eq(flow.layer(least), 0))
    plain = Setting((), (), flow.depth)

    def square(k: Any) -> Any:
        return flow.layer(k) ** 2

    bound = Hypothesis(Assumption.of_claim("new-t7-bound"), sp.Ge(M**2, SIGMA**2 + R**2))
    away = Setting((bound, Hypothesis("θ ≠ 0", sp.Ne(R, 0))))
    return (
        Equal(flow.product(square, (least,)), flow.sigma(least), plain.given(*flow.conservation(least), zero)),
        greater(M**2, SIGMA**2, away),
    )


T7_SHARP = Claim(
    id="new-t7-sharp",
    title="$M_i = σ_i$ exactly where $θ_i = 0$: without knowing $θ$, (14) cannot be improved",
    source="Section 2.3, (14)",
    printed=r"\theta_i=0\iff M_i=\sigma_i",
    statement=_sharp,
    uses=("eq-7", "new-t7-in-w", "new-t7-bound"),
    remark="Under $(𝒜)$ $θ_i$ vanishes exactly where the layer of least initial modulus does; there $M = ∏_{k≠l} u_k²$, by claim "
    "new-t7-in-w.",
)


def _equality(depth: int) -> Equal:
    """``M² = σ² + (L|θ|^{2−2/L})²`` in w and one gap for each of the other layers."""
    gaps = Gaps(depth)
    metric, power = metric_in_w(gaps.product, gaps.inverses), _power(gaps.flow.depth, gaps.product)
    return Equal(metric**2, gaps.flow.sigma(gaps.least) ** 2 + power**2, gaps.after)


T7_EQUALITY = Claim(
    id="new-t7-equality",
    title="for two layers the bound of new-t7-bound is an equality, for three it is not",
    source="Section 2.3, (14)",
    printed=r"L=2:\ M_i=\sqrt{\sigma_i^2+4\theta_i^2}",
    statement=lambda depth: (_equality(2), Denied(_equality(3))),
    depths=(sp.Integer(2), sp.Integer(3)),
    scope=Scope("L = 2, 3", "all d"),
    uses=("new-t7-in-w",),
)

if __name__ == "__main__":
    from ddln_sym.cli import run_module

    run_module(__file__)
