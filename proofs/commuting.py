"""Appendix A.4: the parametrization is commuting and regular on M."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ddln_sym.claims import Claim
from ddln_sym.models import (
    LayerFlow,
    commuting_statement,
    deep_diagonal,
    regular_statement,
    symmetric_domains_statement,
)
from ddln_sym.statements import DEPTH, Equal, Flaw, Holds, Hypothesis, Rate, RateRule, Scope, Setting, at_least, greater
from proofs.mirror_flow import OpenManifold, in_manifold

TITLE = "Appendix A.4: the parametrization is commuting and regular on $M$"

I, J, K, L, N, D = sp.symbols("i j k L n d", integer=True, positive=True)
IN_L, IN_D = Hypothesis("j ∈ [L]", sp.Le(J, L)), Hypothesis("i ∈ [d]", sp.Le(I, D))


def _net(depth: Any) -> Any:
    return deep_diagonal(depth, D if depth == DEPTH else 2)


# -- the manifold -----------------------------------------------------------------------------------
DEEP = Hypothesis("L ≥ 2", sp.Ge(L, 2))


def _places(shift: Any, *given: Hypothesis) -> tuple[Holds, ...]:
    """``w_{(i−1)L + j + shift}`` is an entry of ``w ∈ R^{Ld}``, and one of block ``i`` of (10)."""
    place = (I - 1) * L + J + shift
    return (
        Holds(sp.And(sp.Ge(place, 1), sp.Le(place, L * D)), Setting((IN_L, IN_D, *given))),
        Holds(sp.And(sp.Ge(place, (I - 1) * L + 1), sp.Le(place, I * L)), Setting((IN_L, *given))),
    )


EQ_33 = Claim(
    id="eq-33",
    title="the manifold $M$: at most one zero in each block",
    source="Appendix A.4, (33)",
    printed=r"\mathcal{M}=\left\{w\in\mathbb{R}^{L\times d},\ \forall i\in[d],\ "
    r"\#\left\{j\in[L],\ w_{(i-1)L+(j-1)}=0\right\}\leqslant 1\right\}",
    statement=lambda depth: _places(-1, DEEP),
    flaw=Flaw.MISPRINT,
    remark="For $i = j = 1$ the index is 0, and $w_0$ does not exist; for $i > 1$ and $j = 1$ it points into the block before.",
    correction=Claim(
        id="eq-33-corrected",
        title="the manifold $M$, with the index $(i−1)L + j$ of (10)",
        source="Appendix A.4, (33)",
        printed=r"\mathcal{M}=\left\{w\in\mathbb{R}^{L\times d},\ \forall i\in[d],\ "
        r"\#\left\{j\in[L],\ w_{(i-1)L+j}=0\right\}\leqslant 1\right\}",
        statement=lambda depth: _places(0),
    ),
)

_ZERO = sp.Function("zero")  # zero(n) = 1 where w_n = 0, else 0
_FLAGS = Hypothesis("zero(n) is 1 where w_n = 0, else 0", sp.Or(sp.Eq(_ZERO(N), 0), sp.Eq(_ZERO(N), 1)), N)


def _complement(shift: int, *given: Hypothesis) -> Any:
    """Within one block: more than one zero, or two places j ≠ k that are both zero."""

    def statement(depth: Any) -> tuple[Holds, ...]:
        if depth == DEPTH:
            return _places(shift, *given)
        size = int(depth)
        flags = [_ZERO(sp.Integer(j)) for j in range(1, size + 1)]
        pairs = [sp.And(sp.Eq(a, 1), sp.Eq(b, 1)) for n, a in enumerate(flags) for b in flags[n + 1 :]]
        return (Holds(sp.Equivalent(sp.Not(sp.Le(sp.Add(*flags), 1)), sp.Or(*pairs)), Setting((_FLAGS,))),)

    return statement


COMPLEMENT = Claim(
    id="complement-after-33",
    title="the complement of $M$ as a union of the sets where two entries of a block vanish",
    source="Appendix A.4, after (33)",
    printed=r"\mathcal{M}^C=\bigcup_{i\in[d]}\bigcup_{(j,k)\in[L]^2,\,j\neq k}"
    r"\left\{w\in\mathbb{R}^{L\times d},\ w_{(i-1)L+(j-1)}=w_{(i-1)L+(k-1)}=0\right\}",
    statement=_complement(-1, DEEP),
    depths=(DEPTH, *map(sp.Integer, range(2, 9))),
    flaw=Flaw.MISPRINT,
    remark="The same index slip as in (33).",
    correction=Claim(
        id="complement-after-33-corrected",
        title="the complement of $M$, with the index $(i−1)L + j$",
        source="Appendix A.4, after (33)",
        printed=r"\mathcal{M}^C=\bigcup_{i\in[d]}\bigcup_{j\neq k}\left\{w\in\mathbb{R}^{L\times d},\ w_{(i-1)L+j}=w_{(i-1)L+k}=0\right\}",
        statement=_complement(0),
        depths=(DEPTH, *map(sp.Integer, range(2, 9))),
        scope=Scope("L = 2…8", "all d"),
    ),
)

OPEN = Claim(
    id="open-after-33",
    title="$M$ is open, a smooth submanifold",
    source="Appendix A.4, after (33)",
    printed=r"\mathcal{M}^C\text{ is a closed set and }\mathcal{M}\text{ is a smooth submanifold of }\mathbb{R}^{L\times d}",
    statement=OpenManifold,
    remark="$M$ is read with the corrected index of (33).",
)

START_IN_M = Claim(
    id="start-in-M",
    title="$(𝒜)$ puts the flattened initialization in $M$",
    source="Appendix A.4, after (33)",
    printed=r"\text{if }\theta\text{ is parameterized by }\left(u^j\right)_{j\in[L]}\text{ satisfying }\mathcal{A}\text{, then the corresponding }"
    r"{\bm u}(0)\text{ belongs to }\mathcal{M}\text{.}",
    statement=in_manifold,
    remark="Two zeros in a coordinate would tie for the least modulus: every layer but the least is nonzero.",
)


# -- gradients, brackets, rank ------------------------------------------------------------------------
def _gradient_entries(depth: Any) -> tuple[Any, ...]:
    """``(∇G_i)_j``: inside the block the product of the other entries, outside it zero."""
    flow = LayerFlow(depth)
    j = flow.index("j", 1)
    component = flow.layer(j) * flow.others(j)
    inside = Setting((), (RateRule(flow.layer(j), sp.Integer(1)),), flow.depth)
    outside = Setting((), (RateRule(sp.Symbol("w_outside", real=True), sp.Integer(1)),), flow.depth)
    return (
        Equal(flow.theta, component, Setting((), (), flow.depth)),
        Equal(Rate(component), flow.others(j), inside),
        Equal(Rate(flow.theta), 0, outside),
    )


EQ_34 = Claim(
    id="eq-34",
    title="the gradient of $G_i$",
    source="Appendix A.4, (34)",
    printed=r"\forall j\in[Ld],\ (\nabla G_i(w))_j=\begin{cases}\prod_{k=(i-1)L+1,\,k\neq j}^{iL}w_k"
    r"&\text{if } j\in⟦(i-1)L+1,iL⟧\\0&\text{else}\end{cases}",
    statement=_gradient_entries,
    uses=("eq-10",),
    remark="Derivatives are taken along one parameter at a time, inside and outside the block.",
)


def _outside(depth: Any) -> Equal:
    """An entry of ``∇G_i`` inside the block does not change with a parameter outside it; those outside are 0."""
    flow = LayerFlow(depth)
    along = Setting((), (RateRule(sp.Symbol("w_outside", real=True), sp.Integer(1)),), flow.depth)
    return Equal(Rate(flow.others(flow.index("j", 1))), 0, along)


HESSIAN = Claim(
    id="hessian-after-34",
    title="the Hessian of $G_i$ vanishes outside block $i$",
    source="Appendix A.4, after (34)",
    printed=r"\left(\nabla^2G_i(w)\right)_{jk}=0\text{ as long as } j\notin⟦(i-1)L+1,iL⟧\text{ or } k\notin⟦(i-1)L+1,iL⟧",
    statement=_outside,
    uses=("eq-34",),
    remark="Entries of the gradient outside the block are 0 by (34). The Hessian is symmetric: $j$ or $k$ may be the index outside.",
)


def _one_sided(depth: Any) -> Holds:
    """Every m lies outside block ``i_1``, where ``(∇²G_{i_1})_{km} = 0``, or outside ``i_2``, where ``(∇G_{i_2})_m = 0``."""
    block = sp.floor((N - 1) / L) + 1
    apart = Setting((Hypothesis("i_1 ≠ i_2", sp.Ne(I, K)),))
    return Holds(sp.Or(sp.Ne(block, I), sp.Ne(block, K)), apart)


ONE_SIDED = Claim(
    id="product-after-34",
    title="already one of the two products of the bracket vanishes",
    source="Appendix A.4, after (34)",
    printed=r"\text{for any }(i_1,i_2)\in[d]\times[d]\text{ such that } i_1\neq i_2,\ \nabla^2G_{i_1}(w)\nabla G_{i_2}(w)=0",
    statement=_one_sided,
    uses=("eq-34", "hessian-after-34"),
    remark="Entry $k$ of the product is $Σ_m ∂_k∂_mG_{i_1}·∂_mG_{i_2}$, and every term has a factor 0.",
)

COMMUTING = Claim(
    id="commuting",
    title="$G$ is a commuting parametrization",
    source="Appendix A.4",
    printed=r"\nabla^2G_{i_1}(w)\nabla G_{i_2}(w)-\nabla^2G_{i_2}(w)\nabla G_{i_1}(w)=0",
    statement=lambda depth: commuting_statement(_net(depth)),
    uses=("eq-34",),
)


def _jacobian_entries(depth: Any) -> tuple[Any, ...]:
    """``K^i_j`` leaves out the place ``j + L(i−1)``, which is that of ``u^j_i`` in block ``i``."""
    inside = sp.And(sp.Ge(J + L * (I - 1), (I - 1) * L + 1), sp.Le(J + L * (I - 1), I * L))
    place = sp.floor((J + L * (I - 1) - 1) / L) + 1
    given = Setting((IN_L,))
    return Holds(inside, given), Holds(sp.Eq(place, I), given), *_gradient_entries(depth)


K_ENTRIES = Claim(
    id="jacobian-before-regular",
    title="the entries $K^i_j$ of the Jacobian, in blocks",
    source="Appendix A.4",
    printed=r"K^i_j=\prod_{k=(i-1)L+1,\,k\neq j+L(i-1)}^{iL}w_k",
    statement=_jacobian_entries,
    uses=("eq-34",),
)


def _rank_of_blocks(depth: Any) -> tuple[Any, ...]:
    """``J_GJ_Gᵀ`` is diagonal, its rows living on different blocks, with the entries ``Σ_j (K^i_j)²``."""
    flow = LayerFlow(depth)
    j = flow.index("j", 1)
    nonzero = Setting((), (), flow.depth).given(Hypothesis("K^i_j ≠ 0", sp.Ne(flow.others(j), 0)))
    return (
        Equal(flow.metric, flow.total(lambda k: flow.others(k) ** 2), Setting((), (), flow.depth)),
        greater(flow.others(j) ** 2, 0, nonzero),
        at_least(flow.total(lambda k: flow.others(k) ** 2, (j,)), 0, Setting((), (), flow.depth)),
        _one_sided(depth),
    )


RANK_OF_BLOCKS = Claim(
    id="rank-before-regular",
    title="if in every block some $K^i_j ≠ 0$, the block matrix $J_G$ has rank $d$",
    source="Appendix A.4",
    printed=r"\text{if for any } i\in[d]\text{ there exists } j\in[L]\text{ such that } K^i_j\neq 0\text{, then } J_G(w)\text{ is of rank } d",
    statement=_rank_of_blocks,
    uses=("eq-34", "jacobian-before-regular"),
    remark="Row $i$ of $J_G$ is zero outside block $i$, so $J_GJ_Gᵀ$ is diagonal, with the entries $Σ_j (K^i_j)² >$ 0; and rank $J$ $=$ rank $JJᵀ$.",
)

REGULAR = Claim(
    id="regular",
    title="$G$ is a regular parametrization on $M$",
    source="Appendix A.4",
    printed=r"J_G(w)\text{ is of rank } d\text{ for all } w\in\mathcal{M}\text{.}",
    statement=lambda depth: regular_statement(_net(depth)),
    uses=("eq-34",),
)

DOMAINS = Claim(
    id="symmetric-domains",
    title="the domains of the flows of $∇G_j$ are pairwise symmetric",
    source="Appendix A.4, end",
    printed=r"\nabla G_j(w)\text{ and }\nabla G_k(w)\text{ have non zero entries on disjoint sets of components (if } j\neq k)",
    statement=lambda depth: symmetric_domains_statement(_net(depth)),
    uses=("eq-34",),
)

if __name__ == "__main__":
    from ddln_sym.cli import run_module

    run_module(__file__)
