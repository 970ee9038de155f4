"""Section 2.1: the flow of the layers."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ddln_sym.claims import Claim
from ddln_sym.models import LayerFlow
from ddln_sym.statements import (
    Equal,
    Holds,
    Hypothesis,
    KeepsSign,
    NullSet,
    Rate,
    RateRule,
    Scope,
    Setting,
    conserved,
    greater,
)

ONE = sp.Integer(1)


# -- the flow itself ------------------------------------------------------------------------------
def _gradient_flow(depth: Any) -> tuple[Equal, ...]:
    """(4) with the loss an arbitrary function of ``θ_i = u^j·c`` and of the other coordinates."""
    flow = LayerFlow(depth)
    j = flow.index("j", 1)
    loss = sp.Function("Loss")
    x, c, rest, t = sp.symbols("x c rest t", real=True)
    slope = loss(t, rest).diff(t)
    partial = sp.diff(loss(x * c, rest), x).replace(lambda e: isinstance(e, sp.Subs), lambda e: slope)
    written = partial.xreplace({slope: flow.slope}).xreplace({x: flow.layer(j), c: flow.others(j)})
    return (
        Equal(flow.theta, flow.layer(j) * flow.others(j), Setting((), (), flow.depth)),
        Equal(Rate(flow.layer(j)) + written, 0, flow.setting),
    )


def _chain_rule(depth: Any) -> tuple[Equal, ...]:
    """(5) from (4): ``θ = u^j·c`` with ``c = ∏_{k≠j} u^k`` free of ``u^j``, so ``∂θ/∂u^j = c``."""
    flow = LayerFlow(depth)
    j = flow.index("j", 1)
    only_j = Setting((), (RateRule(flow.layer(j), ONE),), flow.depth)  # the direction of u^j
    return (
        Equal(flow.theta, flow.layer(j) * flow.others(j), Setting((), (), flow.depth)),
        Equal(Rate(flow.layer(j) * flow.others(j)), flow.others(j), only_j),
        Equal(Rate(flow.layer(j)) + flow.others(j) * flow.slope, 0, flow.setting),
    )


EQ_4 = Claim(
    id="eq-4",
    title="the layers follow the gradient flow of the loss",
    source="Section 2, (4)",
    printed=r"\forall j\in[L],\ \forall t\geqslant 0,\quad \frac{du^j(t)}{dt}"
    r"+\nabla_j\mathcal{L}\left(\bigodot_{k=1}^L u^k(t)\right)=0",
    statement=_gradient_flow,
    remark="The loss is an arbitrary differentiable function; SymPy takes its partial derivative by u^j, with the "
    "other layers held fixed.",
)

EQ_5 = Claim(
    id="eq-5",
    title="the gradient flow, written out",
    source="Section 2, (5)",
    printed=r"\forall j\in[L],\ \forall t\geqslant 0,\quad \frac{du^j(t)}{dt}"
    r"+\left(\bigodot_{k\neq j}u^k(t)\right)\odot\nabla\mathcal{L}(\theta(t))=0",
    statement=_chain_rule,
    uses=("eq-4",),
)


# -- Proposition 1 --------------------------------------------------------------------------------
def _squares_move(factor: int) -> Any:
    def statement(depth: Any) -> tuple[Equal, Equal]:
        flow = LayerFlow(depth)
        j, k = flow.index("j", 1), flow.index("k", 2)
        squares = Rate(flow.layer(j) ** 2), Rate(flow.layer(k) ** 2)
        return (
            Equal(squares[0], squares[1], flow.setting),
            Equal(squares[1], factor * flow.theta * flow.slope, flow.setting),
        )

    return statement


def _conservation(depth: Any) -> Equal:
    flow = LayerFlow(depth)
    return conserved(flow.layer(flow.index("j", 1)) ** 2 - flow.layer(flow.index("k", 2)) ** 2, flow.setting)


EQ_6 = Claim(
    id="eq-6",
    title="all squared layers move alike",
    source="Proposition 1.1, (6)",
    printed=r"\forall t\geqslant 0,\ \frac{d}{dt}\left(u^j\odot u^j\right)(t)=\frac{d}{dt}\left(u^k\odot u^k\right)(t)"
    r"=-\theta(t)\odot\nabla L(\theta(t))",
    statement=_squares_move(-1),
    correction=Claim(
        id="eq-6-corrected",
        title="all squared layers move alike, at twice the printed speed",
        source="Proposition 1.1, (6)",
        printed=r"\forall t\geqslant 0,\ \frac{d}{dt}\left(u^j\odot u^j\right)(t)=\frac{d}{dt}\left(u^k\odot u^k\right)(t)"
        r"=-2\,\theta(t)\odot\nabla\mathcal{L}(\theta(t))",
        statement=_squares_move(-2),
    ),
)

EQ_7 = Claim(
    id="eq-7",
    title="differences of squared layers are conserved",
    source="Proposition 1.1, (7)",
    printed=r"\forall t\geqslant 0,\ u^j(t)^{\odot 2}-u^j(0)^{\odot 2}=u^k(t)^{\odot 2}-u^k(0)^{\odot 2}",
    statement=_conservation,
)

PROP_1_1 = Claim(
    id="prop-1-1",
    title="Proposition 1, first part: (6) and (7)",
    source="Proposition 1.1",
    printed=r"\frac{d}{dt}(u^j\odot u^j)=\frac{d}{dt}(u^k\odot u^k)=-\theta\odot\nabla L(\theta),"
    r"\quad u^j(t)^{\odot 2}-u^j(0)^{\odot 2}=u^k(t)^{\odot 2}-u^k(0)^{\odot 2}",
    statement=lambda depth: (*EQ_6.statement(depth), EQ_7.statement(depth)),
    correction=Claim(
        id="prop-1-1-corrected",
        title="Proposition 1, first part, with the factor 2 in (6)",
        source="Proposition 1.1",
        printed=r"\frac{d}{dt}(u^j\odot u^j)=\frac{d}{dt}(u^k\odot u^k)=-2\,\theta\odot\nabla\mathcal{L}(\theta),"
        r"\quad u^j(t)^{\odot 2}-u^j(0)^{\odot 2}=u^k(t)^{\odot 2}-u^k(0)^{\odot 2}",
        statement=lambda depth: (*_squares_move(-2)(depth), _conservation(depth)),
    ),
)


def _between(depth: Any) -> tuple[LayerFlow, Any, Any, Setting]:
    """States at time 0 and t of layer ``l``, of least initial modulus, and another layer ``j``, tied by (7)."""
    flow = LayerFlow(depth)
    j, least = flow.index("j", 2), flow.index("l", 1)
    moved, reference = (flow.layer(k) ** 2 - flow.initial(k) ** 2 for k in (j, least))
    return flow, j, least, Setting((Hypothesis("claim eq-7", sp.Eq(moved, reference)),), (), flow.depth)


def _larger(flow: LayerFlow, j: Any, least: Any) -> Hypothesis:
    return Hypothesis("j ∉ argmin", sp.Gt(flow.initial(j) ** 2, flow.initial(least) ** 2))


def _never_zero(depth: Any) -> Any:
    flow, j, least, setting = _between(depth)
    return greater(flow.layer(j) ** 2, 0, setting.given(_larger(flow, j, least)))


PROP_1_2 = Claim(
    id="prop-1-2",
    title="a layer that does not start with the least modulus never vanishes",
    source="Proposition 1.2",
    printed=r"j\notin\arg\min_{k\in[L]}|u^k_i(0)|\ \Longrightarrow\ \forall t>0,\ u^j_i(t)\neq 0",
    statement=_never_zero,
    uses=("eq-7",),
)


# -- the assumption and the order of the layers -----------------------------------------------------
J, K, M, L, I = sp.symbols("j k m L i", integer=True, positive=True)
A = sp.Function("modulus")  # A(k) = |u^k_i(0)|
UNIQUE = Hypothesis("(𝒜)", sp.Lt(A(M), A(K)), K, (M,))
EQUAL_LAYERS = Hypothesis("equal layers", sp.Eq(A(K), sp.Symbol("c", real=True)), K)


def _ties(depth: Any) -> NullSet:
    """Two layers tie where ``u_j² − u_k²`` vanishes, a null set; so (𝒜) fails on a finite union of null sets."""
    a, b = sp.symbols("u_j u_k", real=True)
    return NullSet(sp.Abs(a) - sp.Abs(b), a**2 - b**2, ((a, sp.Integer(2)), (b, ONE)))


A_ALMOST_SURELY = Claim(
    id="assumption-A",
    title="(𝒜) holds almost surely at random, and equal layers violate it",
    source="Section 2.1, after (𝒜)",
    printed=r"\text{initializing each layer with the same values violates this assumption; "
    r"while setting them randomly is almost surely valid}",
    statement=lambda depth: (_ties(depth), Holds(sp.Not(sp.Lt(A(M), A(J))), Setting((EQUAL_LAYERS,)))),
    remark="“Randomly” is read as: with a distribution that has a density. (𝒜) fails where u_j² = u_k² for some j ≠ k.",
)


def _only_least_vanishes(depth: Any) -> Any:
    """Under (𝒜) every layer but the one of least initial modulus stays away from zero."""
    flow, j, least, setting = _between(depth)
    return greater(flow.layer(j) ** 2, 0, setting.given(*flow.least(least), *flow.apart(j, least)))


ONE_CROSSES = Claim(
    id="one-layer-crosses",
    title="under (𝒜) at most one layer per coordinate can cross zero",
    source="Section 2.1, after (𝒜)",
    printed=r"\text{for each component } i, \text{ only one layer } j \text{ can cross zero}",
    statement=_only_least_vanishes,
    uses=("eq-7",),
)

FIG_3 = Claim(
    id="fig-3",
    title="Figure 3: of four layers, only the one of least initial modulus can change sign",
    source="Figure 3",
    printed=r"\text{for the first component, only the third layer changes its sign throughout the training process. "
    r"This layer is that with minimal absolute value at initialization.}",
    statement=lambda depth: _keeps_sign(sp.Integer(4)),
    depths=(sp.Integer(4),),
    scope=Scope("L = 4", "all d"),
    uses=("eq-7",),
)


def _keeps_sign(depth: Any) -> KeepsSign:
    flow, j, least, setting = _between(depth)
    return KeepsSign(flow.layer(j), setting.given(_larger(flow, j, least)))


def _is_argmin(objective: Any) -> Holds:
    """``m`` is the only minimizer of an objective over the layers."""
    strict = sp.Lt(objective(M), objective(K), evaluate=False)
    return Holds(sp.Implies(sp.Ne(K, M), strict), Setting((UNIQUE,)))


def _swap(j: Any) -> Any:
    """The layer that is called ``v^j``: 1 and the least layer m change places."""
    return sp.Piecewise((M, sp.Eq(j, 1)), (ONE, sp.Eq(j, M)), (j, True))


def _permutation(depth: Any) -> tuple[Holds, ...]:
    image = Hypothesis("i is the layer called v^j", sp.Eq(I, _swap(J)))
    layers = tuple(Hypothesis(f"{k} ∈ [L]", sp.Le(k, L)) for k in (J, M))
    return (
        _is_argmin(A),
        Holds(sp.Le(I, L), Setting((image, *layers))),
        Holds(sp.Eq(_swap(I), J), Setting((image,))),
        Holds(sp.Implies(sp.Ne(J, 1), sp.Lt(A(M), A(I))), Setting((image, UNIQUE))),
    )


LAYERS_AFTER_7 = Claim(
    id="layers-after-7",
    title="the layers permuted so that the first has least initial modulus",
    source="Section 2.1, after (7)",
    printed=r"v^1_i=u^j_i\ \text{where}\ j=\arg\min_{k\in[L]}|u^j_i(0)|,\quad "
    r"v^j_i=\begin{cases}u^1_i&\text{if } j=\arg\min_{k\in[L]}|u^j_i(0)|\\u^j_i&\text{else}\end{cases}",
    statement=lambda depth: _is_argmin(lambda k: A(M)),
    remark="The objective |u^j_i(0)| does not contain the variable k of the minimum, so every k minimizes it.",
    correction=Claim(
        id="layers-after-7-corrected",
        title="with |u^k_i(0)| it is a permutation that puts the least modulus first",
        source="Section 2.1, after (7)",
        printed=r"v^1_i=u^j_i\ \text{where}\ j=\arg\min_{k\in[L]}|u^k_i(0)|,\quad "
        r"v^j_i=\begin{cases}u^1_i&\text{if } j=\arg\min_{k\in[L]}|u^k_i(0)|\\u^j_i&\text{else}\end{cases}",
        statement=_permutation,
    ),
)


def _same_product(depth: Any) -> Equal:
    """``v^1 = u^m``, ``v^m = u^1`` and ``v^j = u^j`` else, where m is the least layer; for m = 1 nothing moves."""
    flow = LayerFlow(depth)
    first, least = sp.Integer(1), flow.index("m", 2)
    swapped = flow.layer(least) * flow.layer(first) * flow.product(flow.layer, (first, least))
    return Equal(flow.theta, swapped, Setting((), (), flow.depth).given(*flow.apart(least, first)))


THETA_AFTER_7 = Claim(
    id="theta-after-7",
    title="the permuted layers have the same product",
    source="Section 2.1, after (7)",
    printed=r"\theta=\bigodot_{j=1}^L v^j",
    statement=_same_product,
    remark="With the permutation of the corrected claim layers-after-7: the first and the least layer change places.",
)

SIGN_AFTER_7 = Claim(
    id="sign-after-7",
    title="the layers but the first keep their sign",
    source="Section 2.1, before (8)",
    printed=r"\forall j\in⟦2,L⟧,\ \forall t\geqslant 0,\quad \text{sign}(v^j(t))=\text{sign}(v^j(0))",
    statement=_keeps_sign,
    uses=("eq-7",),
)


def _root(depth: Any) -> Equal:
    flow, j, least, setting = _between(depth)
    now, start = flow.layer(j), flow.initial(j)
    kept = Hypothesis("claim sign-after-7", sp.Gt(now * start, 0))
    radicand = flow.layer(least) ** 2 + start**2 - flow.initial(least) ** 2
    return Equal(now, sp.sign(start) * sp.sqrt(radicand), setting.given(kept))


ROOT_AFTER_7 = Claim(
    id="root-after-7",
    title="every layer in terms of the first",
    source="Section 2.1, before (8)",
    printed=r"\forall j\in⟦2,L⟧,\ \forall t\geqslant 0,\ v^j(t)=\text{sign}\left(v^j(0)\right)\odot\sqrt{v^1(t)^{\odot 2}+v^j(0)^{\odot 2}-v^1(0)^{\odot 2}}",
    statement=_root,
    uses=("eq-7", "sign-after-7"),
)


if __name__ == "__main__":
    from ddln_sym.cli import run_module

    run_module(__file__)
