"""Beyond the paper: the rate of (14), sharpened by θ itself, and where it cannot be improved."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ddln_sym.certificate import Scope
from ddln_sym.claim import Claim
from ddln_sym.expression import Rate
from ddln_sym.gradient_flow import LayerFlow
from ddln_sym.proposition import Denied, Equal, Hypothesis, RateRule, Setting, at_least, greater
from ddln_sym.theorem import AboveStart, Maclaurin

W = sp.Symbol("w", real=True)  # the square of the layer of least initial modulus
M, SIGMA, THETA = sp.symbols("M sigma theta", real=True)


class Gaps:
    """One coordinate in ``w = u_l²``: the other squares are ``w + Δ_k``, and ``M`` and ``θ²`` are functions of w."""

    def __init__(self, depth: Any) -> None:
        self.flow = flow = LayerFlow(depth)
        self.least = least = flow.index("l", 1)
        self.others = flow.product(self.square, (least,))
        self.inverses = flow.total(lambda k: 1 / self.square(k), (least,))
        self.metric = self.others * (1 + W * self.inverses)
        self.theta_squared = W * self.others
        self.apart = Setting((), (RateRule(W, sp.Integer(1)),), flow.depth).given(*flow.least(least))
        self.power = flow.depth * self.theta_squared ** (1 - 1 / flow.depth)

    def square(self, k: Any) -> Any:
        """``u_k² = w + u_k(0)² − u_l(0)²`` by (7)."""
        return W + self.flow.initial(k) ** 2 - self.flow.initial(self.least) ** 2


def _in_w(depth: Any) -> tuple[Any, ...]:
    """``M = ∏_{k≠l}u_k²·(1 + u_l²·Σ_{k≠l}1/u_k²)``: the term j = l, and the others term by term."""
    gaps = Gaps(depth)
    flow, least = gaps.flow, gaps.least

    def square(k: Any) -> Any:
        return flow.layer(k) ** 2

    def here(expr: Any) -> Any:
        return expr.xreplace({W: square(least)})

    plain = Setting((), (), flow.depth)
    kept = plain.given(*flow.least(least), *flow.conservation(least))
    rest = flow.total(lambda j: flow.product(square, (j,)), (least,))
    others, inverses = flow.product(square, (least,)), flow.total(lambda k: 1 / square(k), (least,))
    return (
        Equal(flow.metric, others + rest, plain),
        Equal(rest, square(least) * others * inverses, kept),
        Equal(others, here(gaps.others), kept),
        Equal(inverses, here(gaps.inverses), kept),
        Equal(flow.theta**2, square(least) * others, plain),
    )


T7_IN_W = Claim(
    id="new-t7-in-w",
    title="M and θ² are functions of the square w of the least layer alone: θ² = P(w), M = P'(w)",
    source="Section 2.3, (12)",
    printed=r"M=\prod_{k\neq l}(w+\Delta_k)\Big(1+w\sum_{k\neq l}\frac1{w+\Delta_k}\Big),\quad\theta^2=w\prod_{k\neq l}(w+\Delta_k)",
    statement=_in_w,
    uses=("eq-7", "one-layer-crosses"),
)


def _improved(depth: Any) -> Any:
    return sp.sqrt(SIGMA**2 + (depth * sp.Abs(THETA) ** (2 - 2 / depth)) ** 2)


def _bound(depth: Any) -> tuple[Any, ...]:
    gaps = Gaps(depth)
    flow, least = gaps.flow, gaps.least
    after = gaps.apart.given(Hypothesis("w > 0", sp.Gt(W, 0)))
    means = Maclaurin((1 / W, *sp.Add.make_args(gaps.inverses)), after)
    growth = RateRule(gaps.others, gaps.others * gaps.inverses)
    moving = Setting((), (*gaps.apart.rates, growth), flow.depth).given(
        Hypothesis("L ≥ 2", sp.Ge(flow.depth, 2)),
        *flow.least(least),
        Hypothesis("Maclaurin's inequality", means.relation)
    )
    reached = Setting(
        (
            Hypothesis("the step before", sp.Ge(M**2 - (flow.depth * (THETA**2) ** (1 - 1 / flow.depth)) ** 2, SIGMA**2)),
            Hypothesis("M > 0", sp.Gt(M, 0)),
            Hypothesis("θ ≠ 0", sp.Ne(THETA, 0)),
        )
    )
    return (
        means,
        Equal(Rate(gaps.others), gaps.others * gaps.inverses, after),
        AboveStart(W, gaps.metric**2 - gaps.power**2, flow.gap(least) ** 2, moving),
        at_least(M, _improved(flow.depth), reached),
    )


T7_BOUND = Claim(
    id="new-t7-bound",
    title="M_i ≥ √(σ_i² + (L|θ_i|^{2−2/L})²): the rate of (14) improves away from θ_i = 0",
    source="Section 2.3, (14)",
    printed=r"M_i\ge\sqrt{\sigma_i^2+\left(L|\theta_i|^{2-2/L}\right)^2}",
    statement=_bound,
    uses=("new-t7-in-w",),
    remark="In w, M² − L²P^{2−2/L} is σ² at w = 0 and does not decrease, because P'' ≥ L(L−1)P^{1−2/L}: Maclaurin's inequality "
    "for the L numbers 1/u_k². The last step takes the root, for θ ≠ 0; at θ = 0 the bound is M ≥ σ.",
)


def _sharp(depth: Any) -> tuple[Any, ...]:
    """``M_i = Σ_j ∏_{k≠j} u_k²``: the term j = l is σ_i there, and the others have the factor u_l² = 0."""
    flow = LayerFlow(depth)
    least = flow.index("l", 1)
    zero = Hypothesis("θ_i = 0", sp.Eq(flow.layer(least), 0))
    plain = Setting((), (), flow.depth)

    def square(k: Any) -> Any:
        return flow.layer(k) ** 2

    others = flow.product(square, (least,))
    rest = flow.total(lambda j: flow.product(square, (j,)), (least,))
    positive = Setting((Hypothesis("σ > 0", sp.Gt(SIGMA, 0)), Hypothesis("θ ≠ 0", sp.Ne(THETA, 0))))
    return (
        Equal(flow.metric, others + rest, plain),
        Equal(others, flow.gap(least), plain.given(*flow.conservation(least), zero)),
        Equal(rest, 0, plain.given(zero)),
        greater(_improved(flow.depth), SIGMA, positive),
    )


T7_SHARP = Claim(
    id="new-t7-sharp",
    title="M_i = σ_i exactly where θ_i = 0: without knowing θ, (14) cannot be improved",
    source="Section 2.3, (14)",
    printed=r"\theta_i=0\iff M_i=\sigma_i",
    statement=_sharp,
    uses=("eq-7", "new-t7-bound"),
    remark="Under (𝒜) θ_i vanishes exactly where the layer of least initial modulus does; elsewhere the bound of new-t7-bound is above σ_i.",
)


def _gap_to_bound(depth: Any) -> Equal:
    """``M² = σ² + (Lθ^{2−2/L})²`` as an identity in w and one Δ for each of the other layers."""
    gaps = Gaps(depth)
    given = Setting((Hypothesis("w > 0", sp.Gt(W, 0)),)).given(*gaps.flow.least(gaps.least))
    return Equal(gaps.metric**2, gaps.flow.gap(gaps.least) ** 2 + gaps.power**2, given)


T7_EQUALITY = Claim(
    id="new-t7-equality",
    title="for two layers the bound of new-t7-bound is an equality, for three it is not",
    source="Section 2.3, (14)",
    printed=r"L=2:\ M_i=\sqrt{\sigma_i^2+4\theta_i^2}",
    statement=lambda depth: (_gap_to_bound(sp.Integer(2)), Denied(_gap_to_bound(sp.Integer(3)))),
    depths=(sp.Integer(2),),
    scope=Scope("L = 2, 3", "all d"),
)

if __name__ == "__main__":
    from ddln_sym.cli import run_module

    run_module(__file__)
