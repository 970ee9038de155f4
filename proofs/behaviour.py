"""Section 2.1: the flow of the layers."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ddln_sym.certificate import Scope
from ddln_sym.claim import Claim
from ddln_sym.gradient_flow import LayerFlow, OrderedFlow
from ddln_sym.proposition import Denied, Equal, Holds, Hypothesis, Rate, RateRule, Setting, conserved, greater
from ddln_sym.theorem import KeepsSign, NullSet, Solves

ONE = sp.Integer(1)


# -- the flow itself ------------------------------------------------------------------------------
def _gradient_flow(depth: Any) -> Equal:
    """(4) with the loss an arbitrary function of θ_i and of the other coordinates."""
    flow = LayerFlow(depth)
    loss, rest, t = sp.Function("Loss"), sp.Symbol("rest", real=True), sp.Symbol("theta", real=True)
    layers = [flow.layer(k) for k in range(1, int(depth) + 1)]
    plain = sp.symbols(f"x1:{int(depth) + 1}", real=True)
    partial = sp.diff(loss(sp.Mul(*plain), rest), plain[0]).doit()
    slope = loss(t, rest).diff(t)
    partial = partial.replace(lambda e: isinstance(e, sp.Subs), lambda e: slope)
    written = partial.xreplace({slope: flow.slope}).xreplace(dict(zip(plain, layers, strict=True)))
    return Equal(Rate(flow.layer(ONE)) + written, 0, flow.setting)


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
    depths=tuple(map(sp.Integer, range(2, 9))),
    scope=Scope("L = 2…8", "all d"),
    remark="The loss is an arbitrary differentiable function; its partial derivatives are taken by SymPy.",
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
    printed=r"\frac{d}{dt}\left(u^j\odot u^j\right)(t)=\frac{d}{dt}\left(u^k\odot u^k\right)(t)"
    r"=-\theta(t)\odot\nabla L(\theta(t))",
    statement=_squares_move(-1),
    correction=Claim(
        id="eq-6-corrected",
        title="all squared layers move alike, at twice the printed speed",
        source="Proposition 1.1, (6)",
        printed=r"\frac{d}{dt}\left(u^j\odot u^j\right)(t)=\frac{d}{dt}\left(u^k\odot u^k\right)(t)"
        r"=-2\,\theta(t)\odot\nabla\mathcal{L}(\theta(t))",
        statement=_squares_move(-2),
    ),
)

EQ_7 = Claim(
    id="eq-7",
    title="differences of squared layers are conserved",
    source="Proposition 1.1, (7)",
    printed=r"u^j(t)^{\odot 2}-u^j(0)^{\odot 2}=u^k(t)^{\odot 2}-u^k(0)^{\odot 2}",
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
A = sp.Function("A")  # A(k) = |u^k_i(0)|
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
    printed=r"L=4:\ \text{only the layer with minimal absolute value at initialization changes its sign}",
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
    printed=r"v^j(t)=\text{sign}\left(v^j(0)\right)\odot\sqrt{v^1(t)^{\odot 2}+v^j(0)^{\odot 2}-v^1(0)^{\odot 2}}",
    statement=_root,
    uses=("eq-7", "sign-after-7"),
)


# -- the reduced system -----------------------------------------------------------------------------
def _reduced(depth: Any) -> Equal:
    flow = OrderedFlow(depth)
    sign = sp.sign(flow.product(flow.initial, (ONE,)))
    return Equal(Rate(flow.first) + sign * flow.product(flow.root, (ONE,)) * flow.slope, 0, flow.setting)


def _theta_printed(depth: Any) -> Equal:
    flow = OrderedFlow(depth)
    return Equal(flow.theta, sp.sign(flow.product(flow.initial)) * flow.product(flow.root), flow.setting)


def _theta_from_first(depth: Any) -> Equal:
    flow = OrderedFlow(depth)
    sign = sp.sign(flow.product(flow.initial, (ONE,)))
    return Equal(flow.theta, flow.first * sign * flow.product(flow.root, (ONE,)), flow.setting)


EQ_8 = Claim(
    id="eq-8",
    title="a closed equation for the first layer",
    source="Section 2.1, (8)",
    printed=r"\frac{dv^1(t)}{dt}+\text{sign}\left(\bigodot_{j\neq 1}v^j(0)\right)\odot"
    r"\left(\bigodot_{j\neq 1}\sqrt{v^1(t)^{\odot 2}+\Delta_j}\right)\odot\nabla L(\theta(t))=0",
    statement=_reduced,
    uses=("eq-5", "root-after-7"),
)

DIMENSION = sp.Symbol("d", integer=True, positive=True)


def _range_of_delta(last: Any) -> Holds:
    """(8) needs Δ_j for j = 2, …, L."""
    needed = Setting((Hypothesis("a layer of (8)", sp.And(sp.Ge(J, 2), sp.Le(J, L))),))
    return Holds(sp.And(sp.Ge(J, 1), sp.Le(J, last)), needed)


DELTA_AFTER_8 = Claim(
    id="delta-after-8",
    title="Δ_j is defined for every layer that (8) uses",
    source="Section 2.1, after (8)",
    printed=r"\Delta_j=v^j(0)^{\odot 2}-v^1(0)^{\odot 2}\ \text{for any}\ j\in[d]",
    statement=lambda depth: _range_of_delta(DIMENSION),
    correction=Claim(
        id="delta-after-8-corrected",
        title="the index runs over the layers",
        source="Section 2.1, after (8)",
        printed=r"\Delta_j=v^j(0)^{\odot 2}-v^1(0)^{\odot 2}\ \text{for any}\ j\in[L]",
        statement=lambda depth: _range_of_delta(L),
    ),
)

THETA_AFTER_8 = Claim(
    id="theta-after-8",
    title="θ in terms of the first layer and the initialization",
    source="Section 2.1, after (8)",
    printed=r"\theta(t)=\text{sign}\left(\bigodot_{j=1}^L v^j(0)\right)\odot"
    r"\left(\bigodot_{j=1}^L\sqrt{v^1(t)^{\odot 2}+\Delta_j}\right)",
    statement=_theta_printed,
    uses=("root-after-7",),
    remark="The factor j = 1 of the product is |v^1(t)|, and sign(v^1(0)) is not the sign of v^1(t) once v^1 has crossed zero.",
    correction=Claim(
        id="theta-after-8-corrected",
        title="θ with the first layer itself in the product",
        source="Section 2.1, after (8)",
        printed=r"\theta(t)=v^1(t)\odot\text{sign}\left(\bigodot_{j=2}^L v^j(0)\right)\odot"
        r"\left(\bigodot_{j=2}^L\sqrt{v^1(t)^{\odot 2}+\Delta_j}\right)",
        statement=_theta_from_first,
    ),
)

TIME = sp.Symbol("t", real=True)


def _crossing(depth: Any) -> tuple[Any, ...]:
    """The flow of 𝓛(θ) = θ from v(0) = (1, 2): v^1 crosses zero at e^{2t} = 3, and the printed θ has the wrong sign after."""
    first, second = ((3 * sp.exp(-TIME) + sign * sp.exp(TIME)) / 2 for sign in (-1, 1))
    along = Setting((), (RateRule(TIME, ONE),))
    return (
        Equal(Rate(first), -second, along),
        Equal(Rate(second), -first, along),
        Equal(first.xreplace({TIME: sp.Integer(0)}), 1),
        Equal(second.xreplace({TIME: sp.Integer(0)}), 2),
        Denied(Equal(first * second, sp.Abs(first) * sp.sqrt(first**2 + 3))),
    )


CROSSING = Claim(
    id="new-theta-along-a-flow",
    title="a flow on which the display after (8) fails: 𝓛(θ) = θ from v(0) = (1, 2)",
    source="consequence of the display after (8)",
    printed=r"v^1(t)=\tfrac12(3e^{-t}-e^t),\ v^2(t)=\tfrac12(3e^{-t}+e^t):\quad"
    r"\theta(t)\neq\text{sign}(v^1(0)v^2(0))\,|v^1(t)|\sqrt{v^1(t)^2+3}",
    statement=_crossing,
    depths=(sp.Integer(2),),
    scope=Scope("L = 2", "d = 1"),
    remark="At e^t = 3: v = (−1, 2), so θ = −2, and the printed formula gives 2.",
)

THETA_DETERMINED = Claim(
    id="theta-determined",
    title="the flow of θ is determined by v^1 and the initialization",
    source="Section 2.1, after (8)",
    printed=r"\text{the flow of }\theta\text{ is entirely determined by that of }v^1\text{ and the initialization}",
    statement=_theta_from_first,
    uses=("root-after-7",),
    remark="Read as: θ(t) is a function of v^1(t) and v(0); the function is the corrected display after (8).",
)

EQ_9 = Claim(
    id="eq-9",
    title="(8) for two layers",
    source="Section 2.1, (9)",
    printed=r"\frac{dv^1(t)}{dt}+\text{sign}\left(v^2(0)\right)\odot\sqrt{v^1(t)^{\odot 2}+\Delta}"
    r"\odot\nabla L(\theta(t))=0",
    statement=_reduced,
    depths=(sp.Integer(2),),
    scope=Scope("L = 2", "all d"),
    uses=("eq-5", "root-after-7"),
)

XI, GAP = sp.Symbol("xi", real=True), sp.Symbol("a", real=True)


def _tangent(depth: Any) -> Solves:
    """(8) for ``L = 3``, ``v(0) = (0, a, a)``, and the candidate ``v^1 = a tan(aξ)``."""
    flow = OrderedFlow(sp.Integer(3))
    start = {flow.initial(1): sp.Integer(0), flow.initial(2): GAP, flow.initial(3): GAP}
    sign = sp.sign(flow.product(flow.initial, (ONE,)))
    field = (-sign * flow.product(flow.root, (ONE,)) * flow.slope).xreplace(start)
    exists = Hypothesis("while the solution exists", sp.Ne(sp.cos(GAP * XI), 0))
    given = (Hypothesis("(𝒜)", sp.Ne(GAP, 0)), exists)
    along = Setting(given, (RateRule(XI, -flow.slope),))
    return Solves(flow.first, GAP * sp.tan(GAP * XI), field, sp.Integer(0), ((XI, sp.Integer(0)),), along)


def _quadrature(depth: Any) -> Equal:
    """``ξ' = s·(v^1)'/P(v^1)``: v^1 is the inverse of an integral, at every depth."""
    flow = OrderedFlow(depth)
    sign = sp.sign(flow.product(flow.initial, (ONE,)))
    return Equal(-flow.slope, sign * Rate(flow.first) / flow.product(flow.root, (ONE,)), flow.setting)


NO_EXPRESSION = Claim(
    id="no-expression-after-8",
    title="for L > 2, (8) gives no analytical expression of v^1",
    source="Section 2.1, after (8)",
    printed=r"\text{if } L>2,\ (8)\text{ does not allow us to get an analytical expression of } v^1(t)",
    statement=lambda depth: Denied(_tangent(depth)),
    depths=(sp.Integer(3),),
    scope=Scope("fails at L = 3", "all d"),
    remark="Read as: for no initialization with (𝒜). From v(0) = (0, a, a) the solution is v^1 = a·tan(aξ), ξ = −∫∇𝓛, while it exists.",
    correction=Claim(
        id="no-expression-after-8-corrected",
        title="at every depth v^1 is the inverse of an integral in ξ",
        source="Section 2.1, after (8)",
        printed=r"\xi(t)=\text{sign}\left(\prod_{j\neq 1}v^j(0)\right)\int_{v^1(0)}^{v^1(t)}"
        r"\frac{dz}{\prod_{j\neq 1}\sqrt{z^2+\Delta_j}}",
        statement=_quadrature,
    ),
)

if __name__ == "__main__":
    from ddln_sym.cli import run_module

    run_module(__file__)
