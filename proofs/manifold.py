"""Beyond the paper: what is true on all of M, with or without (𝒜): Theorem 1, ties, and the number of conservation laws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import sympy as sp

from ddln_sym.claims import Claim
from ddln_sym.models import (
    LayerFlow,
    OrderedFlow,
    commuting_statement,
    deep_diagonal,
    regular_statement,
    symmetric_domains_statement,
)
from ddln_sym.statements import (
    DEPTH,
    Commutes,
    Consequence,
    Equal,
    FullRank,
    Holds,
    Hypothesis,
    Rate,
    RateRule,
    Scope,
    Setting,
    Theorem,
    at_least,
    conserved,
    greater,
)
from proofs.mirror_flow import MirrorFlow, OpenManifold, StaysOnM
from proofs.range import BetweenLimits

TITLE = "Beyond the paper: what is true on all of $M$, with or without $(𝒜)$: Theorem 1, ties, and the number of conservation laws"

L, D = sp.symbols("L d", integer=True, positive=True)
ONE = sp.Integer(1)


# -- Theorem 1 ----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class MirrorFlowOnM(Consequence):
    """θ follows a mirror flow from every initialization on M: the cited theorem does not ask for (𝒜)."""

    depth: Any
    dimension: Any
    theorem: ClassVar = MirrorFlow.theorem

    def premises(self) -> tuple[Any, ...]:
        net = deep_diagonal(self.depth, self.dimension)
        return (
            OpenManifold(self.depth),
            StaysOnM(self.depth),
            commuting_statement(net),
            regular_statement(net),
            symmetric_domains_statement(net),
        )

    def rocq(self) -> str:
        """One entropy for all continuously differentiable losses: finite, differentiable and strictly convex on an open box."""
        inside = "(forall i : nat, (i < d)%nat -> (exists l : nat, least_layer L (w i) l) \\/ 0 < theta_of L w i * x i)"
        return (
            "forall (L d : nat) (w : nat -> nat -> R), (2 <= L)%nat -> in_M L d (flatten L w) ->\n"
            "  exists (Q : (nat -> R) -> Rbar) (gradQ : (nat -> R) -> nat -> R), extended_convex d Q /\\\n"
            f"  (forall x : nat -> R, {inside} ->\n"
            "    is_finite (Q x) /\\ differentiable_at d (fun y => real (Q y)) (gradQ x) x) /\\\n"
            f"  (forall x : nat -> R, ~ {inside} -> Q x = p_infty) /\\\n"
            f"  (forall x y : nat -> R, {inside} ->\n"
            "    (exists i : nat, (i < d)%nat /\\ x i <> y i) ->\n"
            "    Rbar_lt (real (Q x) + Sum d (fun i => gradQ x i * (y i - x i))) (Q y)) /\\\n"
            "  Q (theta_of L w) = 0 /\\ (forall i : nat, (i < d)%nat -> gradQ (theta_of L w) i = 0) /\\\n"
            "  forall (F : (nat -> R) -> R) (grad : (nat -> R) -> nat -> R) (T : R) (u : nat -> nat -> R -> R),\n"
            "  differentiable d F grad -> continuous_field d grad -> gradient_flow L d F T u ->\n"
            "  (forall i k : nat, (i < d)%nat -> (k < L)%nat -> u i k 0 = w i k) ->\n"
            "  forall t : R, 0 <= t <= T -> in_M L d (flatten L (now u t)) /\\\n"
            f"  {inside.replace('x i', 'theta_of L (now u t) i')} /\\\n"
            "  forall i : nat, (i < d)%nat ->\n"
            "    is_derive_on T (fun s => gradQ (theta_of L (now u s)) i) t (- grad (theta_of L (now u t)) i)"
        )

    def __str__(self) -> str:
        return "from $u(0) ∈ M$ there is a convex $𝒬$ with $d∇𝒬(θ(t))/dt + ∇𝓛(θ(t)) = 0$"


def _dimension(depth: Any) -> Any:
    return D if depth == DEPTH else sp.Integer(2)


THM_1_ON_M = Claim(
    id="new-thm-1-on-M",
    title="from every $u(0) ∈ M$ there is a mirror flow, of an entropy that may be infinite outside an open set",
    source="Theorem 1",
    printed=r"{\bm u}(0)\in\mathcal{M}\ \Longrightarrow\ \frac{d\nabla\mathcal{Q}(\theta(t))}{dt}+\nabla\mathcal{L}(\theta(t))=0",
    statement=lambda depth: MirrorFlowOnM(depth, _dimension(depth)),
    uses=("eq-5", "eq-10", "eq-34", "new-frozen"),
    remark="While the flow exists. With $(𝒜)$, $𝒬$ lives on all of $ℝ$ (claim new-t4-everywhere); in a coordinate whose least modulus is "
    "tied it lives on a half-line (claim new-t3-half-line), and no finite convex $𝒬$ on $ℝ$ serves (claim new-t11-tie).",
)


def _half_line(depth: Any) -> tuple[Any, ...]:
    """``θ² = x²∏(x² + Δ_k)`` for x > 0, one Δ zero: it increases, from 0 as ``x⁴`` times the rest, above ``x^{2L}``."""
    flow = OrderedFlow(depth)
    j, x, y, p, n = flow.index("j", 2), *sp.symbols("x y P N", real=True)

    def square(k: Any) -> Any:
        return flow.root(k) ** 2

    least = flow.every("the least modulus", lambda k: sp.Ge(flow.initial(k) ** 2, flow.initial(1) ** 2), (ONE,))
    tie = Hypothesis("a tie", sp.Eq(flow.initial(j) ** 2, flow.initial(1) ** 2))
    plain, squares = Setting((), (), flow.depth), flow.product(square, (ONE,))
    right = Setting((), (RateRule(flow.first, ONE),), flow.depth).given(_positive(flow.first), *least)
    root, steepness = flow.product(flow.root, (ONE,)), flow.total(lambda k: flow.first**2 / square(k), (ONE,))
    signs = Hypothesis("P > 0", sp.Gt(p, 0)), Hypothesis("a sum of squares", sp.Ge(n, 0))
    return (
        Equal(squares, flow.first**2 * flow.product(square, (ONE, j)), plain.given(tie, *flow.apart(j, ONE))),
        at_least(squares, flow.product(lambda k: flow.first**2, (ONE,)), right),
        Equal(Rate(flow.first * root), root * (1 + steepness), right),
        BetweenLimits(x, y, Setting(signs, (RateRule(x, ONE), RateRule(y, p * (1 + n)))), above_zero=True),
    )


def _positive(quantity: Any) -> Hypothesis:
    return Hypothesis(f"{quantity} > 0", sp.Gt(quantity, 0))


T3_HALF_LINE = Claim(
    id="new-t3-half-line",
    title="where layers tie for the least modulus, not at zero, $θ_i$ takes every value of one sign: $𝒬$ lives on a half-line there",
    source="Theorem 1",
    printed=r"\Delta_j=0\ \Longrightarrow\ \{xP(x):x>0\}=(0,\infty)",
    statement=_half_line,
    uses=("new-t3-ties", "new-thm-1-on-M"),
    remark="$y = xP(x)$ with $y' = P(1 + Σx²/(x² + Δ_k))$; $y²$ is $x⁴$ times a product that is finite at 0, "
    "and at least $x^{2L}$. By new-t3-ties $x$ keeps its sign.",
)


# -- T8: the conservation laws, counted -----------------------------------------------------------------
def _independent(depth: Any) -> tuple[Any, ...]:
    """``u_j² − u_l²``, j ≠ l, l the zero if there is one: their derivatives by the ``u_j`` are ``2u_j`` on a diagonal."""
    flow = LayerFlow(depth)
    least, j = flow.index("l", 1), flow.index("j", 2)
    only_j = Setting((), (RateRule(flow.layer(j), ONE),), flow.depth).given(*flow.apart(j, least))
    found = [Equal(Rate(flow.layer(j) ** 2 - flow.layer(least) ** 2), 2 * flow.layer(j), only_j)]
    if flow.depth != 2:
        k = flow.index("k", 3)
        away = only_j.given(*flow.apart(j, k))
        found.append(Equal(Rate(flow.layer(k) ** 2 - flow.layer(least) ** 2), 0, away))
    nonzero = flow.every("at most one zero", lambda k: sp.Ne(flow.layer(k), 0), (least,))
    diagonal = flow.product(lambda k: (2 * flow.layer(k)) ** 2, (least,))
    return (*found, greater(diagonal, 0, Setting((), (), flow.depth).given(*nonzero)))


@dataclass(frozen=True)
class Laws(Consequence):
    """On M the flow has ``Ld − d`` independent conservation laws, whatever the loss, and ``u_j² − u_l²`` are all of them.

    The fields ``∇G_i`` commute, so their Lie algebra is their span, and they have rank d.
    """

    depth: Any
    dimension: Any
    theorem: ClassVar = Theorem(
        "commuting fields of rank $r$ have $N − r$ independent first integrals", "Frobenius 1877"
    )

    def premises(self) -> tuple[Any, ...]:
        net, flow = deep_diagonal(self.depth, self.dimension), LayerFlow(self.depth)
        j, least = flow.index("j", 2), flow.index("l", 1)
        return (
            commuting_statement(net),
            regular_statement(net),
            conserved(flow.layer(j) ** 2 - flow.layer(least) ** 2, flow.setting),
            *_independent(self.depth),
            Holds(sp.Eq(L * D - D, D * (L - 1), evaluate=False)),
        )

    def __str__(self) -> str:
        return "the conservation laws on $M$ are $d(L − 1)$ in number, and $u_j² − u_l²$ are that many independent ones"


T8_COUNT = Claim(
    id="new-t8-count",
    title="near a point of $M$ there are $d(L−1)$ functionally independent conservation laws, and $u_j² − u_k²$ are that many",
    source="Proposition 1.1, (7)",
    references=("MarcotteGribonvalPeyre2023", "MarcotteGribonvalPeyre2024"),
    printed=r"Ld-\dim\text{Lie}\{\nabla G_i\}=Ld-d=d(L-1)",
    statement=lambda depth: Laws(depth, _dimension(depth)),
    uses=("eq-7", "commuting", "regular"),
    remark="Laws that hold for every loss, near a point of $M$. In each coordinate the matrix of derivatives of the $L − 1$ differences by "
    "the $u_j$, $j ≠ l$, is diagonal with the entries $2u_j$, which do not vanish on $M$. "
    "After Marcotte, Gribonval, Peyré 2023, 2024.",
)


def _ranks(depth: Any) -> tuple[Any, ...]:
    """The fields commute and have rank d, the laws have rank d(L−1), on all of M."""
    found: list[Any] = []
    for dimension in range(1, 6):
        net = deep_diagonal(depth, dimension)
        size, w = int(depth), net.variables
        blocks = [w[start : start + size] for start in range(0, len(w), size)]
        laws = tuple(block[n] ** 2 - block[n + 1] ** 2 for block in blocks for n in range(size - 1))
        found += [Commutes(net.components, w), FullRank(net.components, w, net.domain), FullRank(laws, w, net.domain)]
    return tuple(found)


T8_RANK = Claim(
    id="new-t8-rank",
    title="by exact rank: $dim Lie(∇G_1, …, ∇G_d) = d$, and the differences of neighbouring squares have rank $d(L−1)$ on $M$",
    source="Proposition 1.1, (7)",
    printed=r"\dim\text{Lie}\{\nabla G_i\}=d,\quad\text{rank}\,\frac{\partial(u_j^2-u_{j+1}^2)}{\partial u}=d(L-1)",
    statement=_ranks,
    depths=tuple(map(sp.Integer, range(2, 6))),
    scope=Scope("L = 2…5", "d = 1…5"),
)

if __name__ == "__main__":
    from ddln_sym.cli import run_module

    run_module(__file__)
