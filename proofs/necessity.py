"""What the assumptions are for: drop (𝒜) or leave M, and see what fails; and networks that do not commute."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ddln_sym.claims import Claim
from ddln_sym.models import (
    LayerFlow,
    Parametrization,
    deep_diagonal,
    difference,
    matrix_factorization,
    redundant,
    shallow_linear,
)
from ddln_sym.statements import Commutes, Denied, Domain, Equal, FullRank, Hypothesis, Needed, Scope, Setting, greater

TITLE = "What the assumptions are for: drop $(𝒜)$ or leave $M$, and see what fails; and networks that do not commute"

TWO = (sp.Integer(2),)
FEW = (sp.Integer(2), sp.Integer(3))


# -- without (𝒜) ------------------------------------------------------------------------------------
def _gap_without(depth: Any) -> Needed:
    flow = LayerFlow(depth)
    return Needed(greater(flow.sigma(sp.Integer(1)), 0), flow.least(sp.Integer(1)))


NEED_A_SIGMA = Claim(
    id="new-need-A-sigma",
    title="without $(𝒜)$ the bound of (13) and (14) can be 0: tied layers have no gap",
    source="necessity of $(𝒜)$ in (13), (14), (15)",
    printed=r"\prod_{k\neq l}(u^k_i(0)^2-u^l_i(0)^2)>0",
    statement=_gap_without,
    depths=FEW,
    scope=Scope("L = 2, 3", "all d"),
)


def frozen(depth: Any) -> tuple[Equal, ...]:
    """Two zeros: every velocity ``−(∏_{k≠j} u^k)·g`` has a zero among its factors."""
    flow = LayerFlow(depth)
    j, zero = flow.index("j", 2), flow.index("a", 1)
    apart = Setting((), (), flow.depth).given(*flow.apart(j, zero))
    product = flow.layer(zero) * flow.product(flow.layer, (j, zero))
    vanishing = apart.given(Hypothesis("w_a = 0", sp.Eq(flow.layer(zero), 0)))
    return Equal(flow.others(j), product, apart), Equal(product, 0, vanishing)


FROZEN = Claim(
    id="new-frozen",
    title="outside $M$ a coordinate is frozen: with two zeros all its layers stand still",
    source="necessity of $(𝒜)$",
    printed=r"u^a_i=u^b_i=0,\ a\neq b\ \Longrightarrow\ \frac{du^j_i}{dt}=0\ \ \forall j",
    statement=frozen,
    uses=("eq-5",),
    remark="Any layer $j$ differs from one of the two zero layers, called $a$; the product of its velocity contains $u^a$.",
)


# -- outside M ----------------------------------------------------------------------------------------
def _rank_without(depth: Any) -> tuple[Any, ...]:
    net = deep_diagonal(depth, 1)
    everywhere = FullRank(net.components, net.variables, Domain())
    return Denied(everywhere), FullRank(net.components, net.variables, net.domain)


NEED_M_RANK = Claim(
    id="new-need-M-rank",
    title="outside $M$ the Jacobian loses rank, on $M$ it does not",
    source="necessity of $M$ in Appendix A.4",
    printed=r"\text{rank}\,J_G(w)=d\quad\forall w\in\mathbb{R}^{Ld}",
    statement=_rank_without,
    depths=(sp.Integer(2), sp.Integer(3)),
    scope=Scope("L = 2, 3", "d = 1"),
)


# -- networks that the paper names ----------------------------------------------------------------------
def _brackets(net: Parametrization) -> Commutes:
    return Commutes(net.components, net.variables)


OTHERS_COMMUTE = Claim(
    id="new-others-commute",
    title="$u^⊙2$, $u^⊙L$ and $u^⊙L − v^⊙L$ commute as well",
    source="Sections 1 and A.3",
    references=("WoodworthEtAl2020", "AmidWarmuth2020"),
    printed=r"u^{\odot 2},\ u^{\odot L},\ u^{\odot L}-v^{\odot L}",
    statement=lambda depth: (
        _brackets(redundant(2, 3)),
        _brackets(redundant(4, 3)),
        _brackets(difference(2, 3)),
        _brackets(difference(3, 3)),
    ),
    depths=tuple(map(sp.Integer, (2, 3, 4))),
    scope=Scope("L = 2, 3, 4", "d = 3"),
)

CONTROL_FACTORIZATION = Claim(
    id="new-control-factorization",
    title="matrix factorization $UUᵀ$ does not commute",
    source="Section 1, related work",
    printed=r"U\mapsto UU^T",
    statement=lambda depth: Denied(_brackets(matrix_factorization(2, 2))),
    depths=TWO,
    scope=Scope("", "$U ∈ ℝ^{2×2}$"),
)

CONTROL_SHALLOW = Claim(
    id="new-control-shallow",
    title="the shallow linear network $Wᵀv$ does not commute",
    source="Section 1, related work",
    printed=r"(W,v)\mapsto W^Tv",
    statement=lambda depth: Denied(_brackets(shallow_linear(1, 2))),
    depths=TWO,
    scope=Scope("", "$v ∈ ℝ$, $W ∈ ℝ^{1×2}$"),
)

if __name__ == "__main__":
    from ddln_sym.cli import run_module

    run_module(__file__)
