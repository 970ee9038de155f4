"""Section 2.1: the flow of the layers."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ddln_sym.claims import Claim
from ddln_sym.models import LayerFlow
from ddln_sym.statements import (
    Assumption,
    Denied,
    Equal,
    Flaw,
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

TITLE = "Section 2.1: the flow of the layers"

ONE = sp.Integer(1)


# -- the flow itself ------------------------------------------------------------------------------
def _partial(flow: LayerFlow, j: Any) -> Any:
    """``∂/∂u^j`` of an arbitrary loss at ``θ_i = u^j·c`` and at the other coordinates, as SymPy takes it."""
    loss = sp.Function("Loss")
    x, c, rest, t = sp.symbols("x c rest t", real=True)
    slope = loss(t, rest).diff(t)
    partial = sp.diff(loss(x * c, rest), x).replace(lambda e: isinstance(e, sp.Subs), lambda e: slope)
    return partial.xreplace({slope: flow.slope}).xreplace({x: flow.layer(j), c: flow.others(j)})


def _gradient_flow(depth: Any) -> tuple[Any, ...]:
    """The velocity ``−∂𝓛/∂u^j`` of (4) makes the loss fall by the sum of its squares: it is minus a gradient."""
    flow = LayerFlow(depth)
    j, loss = flow.index("j", 1), sp.Symbol("loss", real=True)
    rates = (RateRule(flow.layer(j), -_partial(flow, j), j),) if flow.schematic else ()
    rates = rates or tuple(RateRule(flow.layer(k), -_partial(flow, k)) for k in range(1, int(flow.depth) + 1))
    fall = flow.total(lambda k: flow.others(k) ** 2) * flow.slope**2
    falling = (*rates, RateRule(loss, flow.slope * -flow.metric * flow.slope))
    return (
        Equal(flow.theta, flow.layer(j) * flow.others(j), Setting((), (), flow.depth)),
        Equal(Rate(flow.theta) * flow.slope, -fall, Setting((), rates, flow.depth)),
        Equal(Rate(loss), -fall, Setting((), falling, flow.depth)),
    )


def _chain_rule(depth: Any) -> tuple[Equal, ...]:
    """(5) from (4): ``θ = u^j·c`` with ``c = ∏_{k≠j} u^k`` free of ``u^j``, so ``∂𝓛/∂u^j = c·(∇𝓛(θ))_i``."""
    flow = LayerFlow(depth)
    j = flow.index("j", 1)
    plain = Setting((), (), flow.depth)
    only_j = Setting((), (RateRule(flow.layer(j), ONE),), flow.depth)  # the direction of u^j
    return (
        Equal(flow.theta, flow.layer(j) * flow.others(j), plain),
        Equal(Rate(flow.layer(j) * flow.others(j)), flow.others(j), only_j),
        Equal(_partial(flow, j), flow.others(j) * flow.slope, plain),
    )


EQ_4 = Claim(
    id="eq-4",
    title="the layers follow the gradient flow of the loss: along it the loss falls by the squares of its partial derivatives",
    source="Section 2, (4)",
    printed=r"\forall j\in[L],\ \forall t\geqslant 0,\quad \frac{du^j(t)}{dt}"
    r"+\nabla_j\mathcal{L}\left(\bigodot_{k=1}^L u^k(t)\right)=0",
    statement=_gradient_flow,
    remark="(4) defines the flow. The loss is an arbitrary differentiable function of $u^1$ $⊙$ … $⊙$ $u^L$; SymPy takes its partial "
    "derivative by $u^j$, with the other layers held fixed.",
)

EQ_5 = Claim(
    id="eq-5",
    title="the gradient flow, written out",
    source="Section 2, (5)",
    printed=r"\forall j\in[L],\ \forall t\geqslant 0,\quad \frac{du^j(t)}{dt}"
    r"+\left(\bigodot_{k\neq j}u^k(t)\right)\odot\nabla\mathcal{L}(\theta(t))=0",
    statement=_chain_rule,
    uses=("eq-4",),
    remark="From the partial derivatives of $𝓛(u^1 ⊙ … ⊙ u^L)$, in a setting that knows no velocity.",
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
    flaw=Flaw.ERROR,
    remark="Multiplying (5) by $u^j$ gives half the derivative of the square. On a flow with $(𝒜)$: claim new-eq-6-along-a-flow.",
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
    uses=("eq-6", "eq-7"),
    correction=Claim(
        id="prop-1-1-corrected",
        title="Proposition 1, first part, with the factor 2 in (6)",
        source="Proposition 1.1",
        printed=r"\frac{d}{dt}(u^j\odot u^j)=\frac{d}{dt}(u^k\odot u^k)=-2\,\theta\odot\nabla\mathcal{L}(\theta),"
        r"\quad u^j(t)^{\odot 2}-u^j(0)^{\odot 2}=u^k(t)^{\odot 2}-u^k(0)^{\odot 2}",
        statement=lambda depth: (*_squares_move(-2)(depth), _conservation(depth)),
        uses=("eq-6-corrected", "eq-7"),
    ),
)


TIME = sp.Symbol("t", real=True)
#: The layers of the flow of 𝓛(θ) = θ from u(0) = (1, 2), two layers and one coordinate.
LINEAR_FLOW = tuple((3 * sp.exp(-TIME) + sign * sp.exp(TIME)) / 2 for sign in (-1, 1))


def follows_linear_loss(depth: Any) -> tuple[Equal, ...]:
    """That :data:`LINEAR_FLOW` solves (5) for ``𝓛(θ) = θ``, and starts at (1, 2)."""
    first, second = LINEAR_FLOW
    along = Setting((), (RateRule(TIME, ONE),))
    return (
        Equal(Rate(first), -second, along),
        Equal(Rate(second), -first, along),
        Equal(first.xreplace({TIME: sp.Integer(0)}), 1),
        Equal(second.xreplace({TIME: sp.Integer(0)}), 2),
    )


def _squares_on_a_flow(depth: Any) -> tuple[Any, ...]:
    first, second = LINEAR_FLOW
    later = Setting((Hypothesis("t > 0", sp.Gt(TIME, 0)),), (RateRule(TIME, ONE),))
    return (
        *follows_linear_loss(depth),
        Denied(Equal(Rate(first**2), -first * second, later)),
    )


SQUARES_ON_A_FLOW = Claim(
    id="new-eq-6-along-a-flow",
    title="a flow with $(𝒜)$ on which (6) fails: $𝓛(θ) = θ$ from $u(0) = (1, 2)$",
    source="consequence of (6)",
    printed=r"u^1(t)=\tfrac12(3e^{-t}-e^t),\ u^2(t)=\tfrac12(3e^{-t}+e^t):\quad"
    r"\tfrac{d}{dt}(u^1)^2=-2\theta\nabla\mathcal{L}(\theta)\neq-\theta\nabla\mathcal{L}(\theta)",
    statement=_squares_on_a_flow,
    depths=(sp.Integer(2),),
    scope=Scope("L = 2", "d = 1"),
    remark="At $e^t = 3$: $u = (−1, 2)$, so $θ = −2$; the square of the first layer grows at 4, and (6) says 2.",
)


def _between(depth: Any) -> tuple[LayerFlow, Any, Any, Setting]:
    """States at time 0 and t of layer ``l``, of least initial modulus, and another layer ``j``, tied by (7)."""
    flow = LayerFlow(depth)
    j, least = flow.index("j", 2), flow.index("l", 1)
    moved, reference = (flow.layer(k) ** 2 - flow.initial(k) ** 2 for k in (j, least))
    return flow, j, least, Setting((Hypothesis(Assumption.of_claim("eq-7"), sp.Eq(moved, reference)),), (), flow.depth)


def _larger(flow: LayerFlow, j: Any, least: Any) -> Hypothesis:
    return Hypothesis("j ∉ argmin", sp.Gt(flow.initial(j) ** 2, flow.initial(least) ** 2))


def _never_zero(depth: Any) -> Any:
    flow, j, least, setting = _between(depth)
    return greater(flow.layer(j) ** 2, 0, setting.given(_larger(flow, j, least)))


PROP_1_2 = Claim(
    id="prop-1-2",
    title="a layer that does not start with the least modulus never vanishes",
    source="Proposition 1.2",
    printed=r"\text{Let } i\in[d]\text{. If } j\notin\arg\min_{k\in[L]}|u^k_i(0)|\text{, then for every } t>0\text{ we have that } u^j_i(t)\neq 0",
    statement=_never_zero,
    uses=("eq-7",),
)


def _contradiction(depth: Any) -> tuple[Any, ...]:
    """At a time T with ``u^j(T) = 0``, link by link: (7), the zero, and the order of the initial moduli."""
    flow, j, least, tied = _between(depth)
    start = flow.initial(least) ** 2 - flow.initial(j) ** 2
    zero = Hypothesis("u^j(T) = 0", sp.Eq(flow.layer(j), 0))
    plain = Setting((), (), flow.depth)
    return (
        Equal(flow.layer(least) ** 2 - flow.initial(least) ** 2, flow.layer(j) ** 2 - flow.initial(j) ** 2, tied),
        Equal(flow.layer(least) ** 2, flow.initial(least) ** 2 + flow.layer(j) ** 2 - flow.initial(j) ** 2, tied),
        Equal(flow.layer(least) ** 2, start, tied.given(zero)),
        greater(0, start, plain.given(_larger(flow, j, least))),
    )


PROOF_OF_PROP_1_2 = Claim(
    id="proof-of-prop-1-2",
    title="the chain that refutes $u^j(T) = 0$: the square of the least layer would be negative",
    source="proof of Proposition 1.2",
    printed=r"u^l_i(T)^2=u^l_i(0)^2+u^j_i(T)^2-u^j_i(0)^2=u^l_i(0)^2-u^j_i(0)^2<0",
    statement=_contradiction,
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
    title="$(𝒜)$ holds almost surely at random, and equal layers violate it",
    source="Section 2.1, after $(𝒜)$",
    printed=r"\text{initializing each layer with the same values violates this assumption; "
    r"while setting them randomly is almost surely valid}",
    statement=lambda depth: (_ties(depth), Holds(sp.Not(sp.Lt(A(M), A(J))), Setting((EQUAL_LAYERS,)))),
    remark="“Randomly” is read as: with a distribution that has a density. $(𝒜)$ fails where $u_j² = u_k²$ for some $j ≠ k$.",
)


def _only_least_vanishes(depth: Any) -> Any:
    """Under (𝒜) every layer but the one of least initial modulus stays away from zero."""
    flow, j, least, setting = _between(depth)
    return greater(flow.layer(j) ** 2, 0, setting.given(*flow.least(least), *flow.apart(j, least)))


ONE_CROSSES = Claim(
    id="one-layer-crosses",
    title="under $(𝒜)$ at most one layer per coordinate can cross zero",
    source="Section 2.1, after $(𝒜)$",
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
    flaw=Flaw.MISPRINT,
    remark="The objective $|u^j_i(0)|$ does not contain the variable $k$ of the minimum, so every $k$ minimizes it.",
    correction=Claim(
        id="layers-after-7-corrected",
        title="with $|u^k_i(0)|$ it is a permutation that puts the least modulus first",
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


def _swapped_flow(depth: Any) -> tuple[Any, ...]:
    """(5) for ``v``: the product of the ``v^k`` but one is that of the layers of the same names, the first two swapped."""
    flow = LayerFlow(depth)
    first, least = sp.Integer(1), flow.index("m", 2)
    rest = flow.product(flow.layer, (first, least))
    apart = flow.setting.given(*flow.apart(least, first))
    found = [
        Equal(Rate(flow.layer(least)), -flow.layer(first) * rest * flow.slope, apart),  # v^1 = u^m
        Equal(Rate(flow.layer(first)), -flow.layer(least) * rest * flow.slope, apart),  # v^m = u^1
        conserved(flow.layer(least) ** 2 - flow.layer(first) ** 2, flow.setting),
    ]
    if flow.depth != 2:
        j = flow.index("j", 3)
        others = flow.layer(least) * flow.layer(first) * flow.product(flow.layer, (first, least, j))
        away = apart.given(*flow.apart(j, first), *flow.apart(j, least))
        found.append(Equal(Rate(flow.layer(j)), -others * flow.slope, away))
    return tuple(found)


EQUATIONS_AFTER_7 = Claim(
    id="equations-after-7",
    title="the permuted layers follow (5) and keep (7)",
    source="Section 2.1, after (7)",
    printed=r"\text{it is trivial to show that the equations and properties stated above still hold for }(v^j)_{j\in[L]}",
    statement=_swapped_flow,
    uses=("eq-5", "theta-after-7"),
    remark="With the permutation of the corrected claim layers-after-7; (6) is corrected as in eq-6.",
)


# -- what is said of balanced layers ----------------------------------------------------------------
def _balanced(left: bool) -> Any:
    """One entry of ``W_1ᵀW_1 − W_2ᵀW_2`` (as printed), or each of ``W_2ᵀW_2 − W_1W_1ᵀ``, for ``Θ = W_2W_1``, 2 × 2."""

    def statement(depth: Any) -> tuple[Any, ...]:
        first, second, slope = (sp.Matrix(2, 2, sp.symbols(f"{n}11 {n}12 {n}21 {n}22", real=True)) for n in "abg")
        velocity = ((first, -second.T * slope), (second, -slope * first.T))
        rates = tuple(RateRule(w, v) for net, moved in velocity for w, v in zip(net, moved, strict=True))
        if left:
            printed = first.T * first - second.T * second
            return (conserved(printed[0, 0], Setting((), rates)),)
        kept = second.T * second - first * first.T
        return tuple(conserved(kept[place], Setting((), rates)) for place in ((0, 0), (0, 1), (1, 1)))

    return statement


BALANCED = Claim(
    id="balanced-after-A",
    title="balanced layers: the condition that deep matrix factorization imposes, and that its flow keeps",
    source="Section 2.1, after $(𝒜)$",
    references=("AroraEtAl2019",),
    printed=r"\forall(i,j)\in[L]^2,\quad W_i(0)^TW_i(0)=W_j(0)^TW_j(0)",
    statement=_balanced(True),
    depths=(sp.Integer(2),),
    scope=Scope("L = 2", "$2 × 2$"),
    flaw=Flaw.MISPRINT,
    remark="Read as a condition that the flow keeps, which is what [Arora et al., 2019] use it for; their condition is "
    "$W_{j+1}(0)ᵀW_{j+1}(0) = W_j(0)W_j(0)ᵀ$.",
    correction=Claim(
        id="balanced-after-A-corrected",
        title="$W_{j+1}ᵀW_{j+1} − W_jW_jᵀ$ is conserved, entry by entry",
        source="Section 2.1, after $(𝒜)$",
        printed=r"\forall j\in[L-1],\quad W_{j+1}(0)^TW_{j+1}(0)=W_j(0)W_j(0)^T",
        statement=_balanced(False),
        depths=(sp.Integer(2),),
        scope=Scope("L = 2", "$2 × 2$"),
    ),
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
    kept = Hypothesis(Assumption.of_claim("sign-after-7"), sp.Gt(now * start, 0))
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
