"""Section 2.2: θ follows a mirror flow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import sympy as sp

from ddln_sym.claims import Claim
from ddln_sym.models import (
    LayerFlow,
    commuting_statement,
    deep_diagonal,
    regular_statement,
    symmetric_domains_statement,
)
from ddln_sym.statements import (
    DEPTH,
    Assumption,
    Consequence,
    Equal,
    Flaw,
    Holds,
    Hypothesis,
    Rate,
    RateRule,
    Scope,
    Setting,
    Theorem,
    at_least,
    greater,
    sum_over,
)
from proofs.beyond import T1_CURVATURE
from proofs.necessity import frozen
from proofs.range import T4_EVERYWHERE
from proofs.reduction import mirror_integral

TITLE = "Section 2.2: $θ$ follows a mirror flow"

I, J, L, D = sp.symbols("i j L d", integer=True, positive=True)


# -- the flattening and (10) ------------------------------------------------------------------------
PLACE = (I - 1) * L + J  # where u^j_i stands in the flattened vector
RANGE = (Hypothesis("j ∈ [L]", sp.Le(J, L)),)


def _flattened(place: Any, *given: Hypothesis) -> Holds:
    """The entry at ``PLACE``, as the formula names it, is ``u^j_i``."""
    layer, coordinate = sp.Mod(place - 1, L) + 1, sp.floor((place - 1) / L) + 1
    return Holds(sp.And(sp.Eq(layer, J), sp.Eq(coordinate, I)), Setting((*RANGE, *given)))


FLATTENING = Claim(
    id="flattening-before-10",
    title="the layers as one vector",
    source="Section 2.2, before (10)",
    printed=r"\forall n\in[Ld],\ {\bm u}_i=u^{(i-1)\%L+1}_{\lfloor(i-1)/L\rfloor+1},"
    r"\quad{\bm u}=(u^1_1\ u^2_1\ \dots\ u^L_1\ u^1_2\ \dots\ u^L_d)^T",
    statement=lambda depth: _flattened(I, Hypothesis("L ≥ 2", sp.Ge(L, 2))),
    flaw=Flaw.MISPRINT,
    remark="$n$ is bound and does not occur, $i$ is free; the witness reads $i$ as the coordinate, as in $u^j_i$.",
    correction=Claim(
        id="flattening-before-10-corrected",
        title="the layers as one vector, one index throughout",
        source="Section 2.2, before (10)",
        printed=r"\forall i\in[Ld],\ {\bm u}_i=u^{(i-1)\%L+1}_{\lfloor(i-1)/L\rfloor+1}",
        statement=lambda depth: _flattened(PLACE),
    ),
)


def _block(depth: Any) -> tuple[Holds, ...]:
    """The factors ``w_n``, ``n = (i−1)L+1, …, iL`` of ``G_i`` are the ``u^j_i``, ``j ∈ [L]``."""
    inside = sp.And(sp.Ge(PLACE, (I - 1) * L + 1), sp.Le(PLACE, I * L))
    return (
        Holds(sp.Equivalent(sp.Le(J, L), inside), Setting()),
        Holds(sp.Eq(sp.floor((PLACE - 1) / L) + 1, I), Setting(RANGE)),
    )


EQ_10 = Claim(
    id="eq-10",
    title="$θ = G(w)$ under the flattening",
    source="Section 2.2, (10)",
    printed=r"G_i(w)=\prod_{j=(i-1)L+1}^{iL}w_j",
    statement=_block,
    remark="The product runs over exactly the places of $u^1_i, …, u^L_i$ in the flattened vector.",
)


# -- Theorem 1 --------------------------------------------------------------------------------------
def in_manifold(depth: Any) -> Any:
    """Under (𝒜) at most one layer of a coordinate starts at zero: any other one does not."""
    flow = LayerFlow(depth)
    j, least = flow.index("j", 2), flow.index("l", 1)
    larger = Hypothesis("(𝒜)", sp.Gt(flow.initial(j) ** 2, flow.initial(least) ** 2))
    return greater(flow.initial(j) ** 2, 0, Setting((larger,), (), flow.depth))


@dataclass(frozen=True)
class OpenManifold(Consequence):
    """``M`` is open: in each block it is ``{F > 0}`` for the polynomial ``F = Σ_j ∏_{k≠j} w_k²``.

    With at most one zero, at place l, ``F`` is positive; with zeros at two places, every term of ``F`` has
    one of them among its factors, so ``F`` is zero.
    """

    depth: Any
    theorem: ClassVar = Theorem("preimages of open sets under continuous maps are open", "topology")

    def premises(self) -> tuple[Any, ...]:
        flow = LayerFlow(self.depth)
        j, zero, least = flow.index("j", 2), flow.index("a", 1), flow.index("l", 1)
        plain = Setting((), (), flow.depth)
        others = flow.every("at most one zero", lambda k: sp.Ne(flow.layer(k), 0), (least,))
        vanishing = Hypothesis("w_a = 0", sp.Eq(flow.layer(zero), 0))
        return (
            greater(flow.metric, 0, plain.given(*others)),
            Equal(
                flow.others(j),
                flow.layer(zero) * flow.product(flow.layer, (j, zero)),
                plain.given(*flow.apart(j, zero)),
            ),
            Equal(
                flow.layer(zero) * flow.product(flow.layer, (j, zero)), 0, plain.given(vanishing, *flow.apart(j, zero))
            ),
        )

    def rocq(self) -> str:
        """M is a neighbourhood of each of its points, in all of R^{Ld}."""
        return (
            "forall (L d : nat) (w : nat -> R), in_M L d w -> exists delta : posreal,\n"
            "  forall y : nat -> R, (forall n : nat, (n < L * d)%nat -> Rabs (y n - w n) < delta) -> in_M L d y"
        )

    def __str__(self) -> str:
        return "M is open, hence a smooth submanifold of dimension Ld"


@dataclass(frozen=True)
class StaysOnM(Consequence):
    """A flow that starts on M stays there: outside M a coordinate is at rest, now and at all times before.

    So a flow of a field ``∇G_i`` on M ends, if it ends, only by leaving every compact set of the whole space:
    the first half of the condition on domains.
    """

    depth: Any
    theorem: ClassVar = Theorem(
        "Picard–Lindelöf theorem", "a point at rest is not reached in finite time", ("Teschl2012",)
    )

    def premises(self) -> tuple[Any, ...]:
        return tuple(frozen(self.depth))

    def __str__(self) -> str:
        return "$u(0) ∈ M$ implies $u(t) ∈ M$"


@dataclass(frozen=True)
class MirrorFlow(Consequence):
    """θ follows a mirror flow of a convex entropy: Theorem 4.8 of Li et al., premises decided one by one."""

    depth: Any
    dimension: Any
    theorem: ClassVar = Theorem(
        "mirror flow of a commuting parametrization", "Li, Wang, Lee, Arora, NeurIPS 2022, Theorem 4.8", ("LiEtAl2022",)
    )

    def premises(self) -> tuple[Any, ...]:
        net = deep_diagonal(self.depth, self.dimension)
        return (
            OpenManifold(self.depth),
            in_manifold(self.depth),
            StaysOnM(self.depth),
            commuting_statement(net),
            regular_statement(net),
            symmetric_domains_statement(net),
        )

    def rocq(self) -> str:
        """One entropy for all losses, with what the paper says of it: differentiable, convex, and its mirror flow on [0, T]."""
        return (
            "forall (L d : nat) (w : nat -> nat -> R) (least : nat -> nat),\n"
            "  (forall i : nat, (i < d)%nat -> least_layer L (w i) (least i)) ->\n"
            "  exists (Q : (nat -> R) -> R) (gradQ : (nat -> R) -> nat -> R),\n"
            "  differentiable d Q gradQ /\\ strictly_convex d Q gradQ /\\\n"
            "  forall (F : (nat -> R) -> R) (grad : (nat -> R) -> nat -> R) (T : R) (u : nat -> nat -> R -> R),\n"
            "  differentiable d F grad -> gradient_flow L d F T u ->\n"
            "  (forall i k : nat, (i < d)%nat -> (k < L)%nat -> u i k 0 = w i k) ->\n"
            "  forall (i : nat) (t : R), (i < d)%nat -> 0 <= t <= T ->\n"
            "  is_derive_on T (fun s => gradQ (theta_of L (now u s)) i) t (- grad (theta_of L (now u t)) i)"
        )

    def __str__(self) -> str:
        return "there is a convex $𝒬$ with $d∇𝒬(θ(t))/dt + ∇𝓛(θ(t)) = 0$ for all $t ≥ 0$"


THM_1 = Claim(
    id="thm-1",
    title="Theorem 1: under $(𝒜)$, $θ$ follows the mirror flow of a convex $𝒬$ that is finite on all of $ℝ^d$, and is one for all losses",
    source="Theorem 1",
    printed=r"\text{Let }\theta\in\mathbb{R}^d\text{ be parameterized as }\theta=\bigodot_{j=1}^Lu^j\text{ and }(u^j)_{j\in[L]}\text{ follow "
    r"the dynamic described in equation 5. If the initialization of the network satisfies }\mathcal{A}\text{ then }\theta\text{ follows a "
    r"Mirror Flow dynamic, i.e there exists a convex entropy function }\mathcal{Q}:\mathbb{R}^d\rightarrow\mathbb{R}\text{ such that: }"
    r"\forall t\geqslant 0,\quad\frac{d\nabla\mathcal{Q}(\theta(t))}{dt}+\nabla\mathcal{L}(\theta(t))=0",
    statement=lambda depth: (mirror_integral(depth), *T1_CURVATURE.statement(depth), *T4_EVERYWHERE.statement(depth)),
    uses=("eq-5", "new-t1-mirror", "new-t1-slope", "new-t1-curvature", "new-t4-everywhere"),
    remark="$𝒬$ is written down: along the flow of any loss its slope, an integral in $v^1$ that knows no loss, moves with $−∇𝓛$; "
    "$𝒬'' = 1/M > 0$; and $x ↦ xP(x)$ maps $ℝ$ onto $ℝ$, so $𝒬$ is finite everywhere. The paper's own proof is claim proof-of-thm-1. "
    "For the times at which (5) has a solution: all of them if the loss is bounded below (claim new-t12-existence).",
)

PROOF_OF_THM_1 = Claim(
    id="proof-of-thm-1",
    title="the paper's proof of Theorem 1: the hypotheses of the cited theorem hold",
    source="proof of Theorem 1, Appendix A.4",
    references=("LiEtAl2022",),
    printed=r"G:\mathcal{M}\rightarrow\mathbb{R}^d\text{ is a commuting and regular parameterization for a well-chosen smooth manifold }"
    r"\mathcal{M}\text{ of }\mathbb{R}^{L\times d}\text{; [Li et al., 2022, Theorem 4.8] ensures that the trajectory of }\theta\text{ is the "
    r"solution of a Mirror Flow}",
    statement=lambda depth: MirrorFlow(depth, D if depth == DEPTH else sp.Integer(2)),
    uses=("eq-5", "eq-10", "eq-34", "one-layer-crosses"),
    remark="The chain: $M$ open, $(𝒜)$ puts $u(0)$ in $M$, a flow that starts in $M$ stays there and ends only at infinity, $G$ commuting, $G$ regular "
    "on $M$, domains symmetric; then the cited theorem.",
)


def _loss_decreases(depth: Any) -> Any:
    """``d𝓛(θ)/dt = ⟨∇𝓛, θ'⟩ = −⟨(∇Q(θ))', θ'⟩ ≤ 0``, for ∇Q of a convex Q is monotone."""
    slope, speed = (sp.IndexedBase(name, real=True) for name in ("g", "p"))  # ∇𝓛 and θ'
    loss = sp.Symbol("loss", real=True)

    def pairing(sign: int) -> Any:
        """``±⟨∇𝓛, θ'⟩``, written out in the plane where numbers are tried."""
        if depth == DEPTH:
            return sum_over(lambda k: sign * slope[k] * speed[k])
        return sp.Add(*(sign * slope[k] * speed[k] for k in (1, 2)))

    # ⟨(∇𝒬(θ))', θ'⟩ ≥ 0, as 𝒬 is convex, and (∇𝒬(θ))' = −∇𝓛
    monotone = Hypothesis(Assumption.of_claim("thm-1"), sp.Ge(pairing(-1), 0))
    return at_least(0, Rate(loss), Setting((monotone,), (RateRule(loss, pairing(1)),), D))


LOSS_DECREASES = Claim(
    id="loss-decreases",
    title="$𝒬$ is convex, hence the loss never increases",
    source="Section 2.2, after Theorem 1",
    printed=r"\text{the entropy }\mathcal{Q}\text{ is convex and so, for instance, that the quantity }\mathcal{L}(\theta(t))"
    r"\text{ is non-increasing along time}",
    statement=_loss_decreases,
    scope=Scope("all L ≥ 2", "all d"),
    uses=("thm-1",),
)

if __name__ == "__main__":
    from ddln_sym.cli import run_module

    run_module(__file__)
