"""Section 2.1, second part: the layers in order, and the system reduced to the first of them."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ddln_sym.claims import Claim
from ddln_sym.models import OrderedFlow
from ddln_sym.statements import Denied, Equal, Flaw, Holds, Hypothesis, Rate, RateRule, Scope, Setting, Solves
from proofs.behaviour import LINEAR_FLOW, follows_linear_loss

TITLE = "Section 2.1, second part: the layers in order, and the system reduced to the first of them"

ONE = sp.Integer(1)
J, L = sp.symbols("j L", integer=True, positive=True)


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
    printed=r"\forall t\geqslant 0,\ \frac{dv^1(t)}{dt}+\text{sign}\left(\bigodot_{j\neq 1}v^j(0)\right)\odot"
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
    title="$Δ_j$ is defined for every layer that (8) uses",
    source="Section 2.1, after (8)",
    printed=r"\Delta_j=v^j(0)^{\odot 2}-v^1(0)^{\odot 2}\ \text{for any}\ j\in[d]",
    statement=lambda depth: _range_of_delta(DIMENSION),
    scope=Scope("all L ≥ 2", "$d < L$"),
    flaw=Flaw.MISPRINT,
    remark="Harmless where $d ≥ L$.",
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
    title="$θ$ in terms of the first layer and the initialization",
    source="Section 2.1, after (8)",
    printed=r"\theta(t)=\text{sign}\left(\bigodot_{j=1}^L v^j(0)\right)\odot"
    r"\left(\bigodot_{j=1}^L\sqrt{v^1(t)^{\odot 2}+\Delta_j}\right)",
    statement=_theta_printed,
    uses=("root-after-7",),
    flaw=Flaw.ERROR,
    remark="The factor $j = 1$ of the product is $|v^1(t)|$, and $sign(v^1(0))$ is not the sign of $v^1(t)$ once $v^1$ has crossed zero. "
    "On a flow: claim new-theta-along-a-flow.",
    correction=Claim(
        id="theta-after-8-corrected",
        title="$θ$ with the first layer itself in the product",
        source="Section 2.1, after (8)",
        printed=r"\theta(t)=v^1(t)\odot\text{sign}\left(\bigodot_{j=2}^L v^j(0)\right)\odot"
        r"\left(\bigodot_{j=2}^L\sqrt{v^1(t)^{\odot 2}+\Delta_j}\right)",
        statement=_theta_from_first,
        uses=("root-after-7",),
    ),
)


def _crossing(depth: Any) -> tuple[Any, ...]:
    """v^1 crosses zero at e^{2t} = 3, and the printed θ has the wrong sign after."""
    first, second = LINEAR_FLOW
    return (
        *follows_linear_loss(depth),
        Denied(Equal(first * second, sp.Abs(first) * sp.sqrt(first**2 + 3))),
    )


CROSSING = Claim(
    id="new-theta-along-a-flow",
    title="a flow on which the display after (8) fails: $𝓛(θ) = θ$ from $v(0) = (1, 2)$",
    source="consequence of the display after (8)",
    printed=r"v^1(t)=\tfrac12(3e^{-t}-e^t),\ v^2(t)=\tfrac12(3e^{-t}+e^t):\quad"
    r"\theta(t)\neq\text{sign}(v^1(0)v^2(0))\,|v^1(t)|\sqrt{v^1(t)^2+3}",
    statement=_crossing,
    depths=(sp.Integer(2),),
    scope=Scope("L = 2", "d = 1"),
    remark="At $e^t = 3$: $v = (−1, 2)$, so $θ = −2$, and the printed formula gives 2.",
)

THETA_DETERMINED = Claim(
    id="theta-determined",
    title="the flow of $θ$ is determined by $v^1$ and the initialization",
    source="Section 2.1, after (8)",
    printed=r"\text{we can see that the flow of }\theta\text{ is entirely determined by that of }v^1\text{ and the initialization of the network.}",
    statement=_theta_from_first,
    uses=("root-after-7",),
    remark="Read as: $θ(t)$ is a function of $v^1(t)$ and $v(0)$; the function is the corrected display after (8).",
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
INTEGRAL = sp.Symbol("I", real=True)  # ∫dz/P(z) from v^1(0) to v^1(t)


def _tangent(depth: Any) -> Solves:
    """(8) for ``L = 3``, ``v(0) = (0, a, a)``, and the candidate ``v^1 = a tan(aξ)``."""
    flow = OrderedFlow(sp.Integer(3))
    start = {flow.initial(1): sp.Integer(0), flow.initial(2): GAP, flow.initial(3): GAP}
    sign = sp.sign(flow.product(flow.initial, (ONE,)))
    field = (-sign * flow.product(flow.root, (ONE,)) * flow.slope).xreplace(start)
    exists = Hypothesis("while the solution exists", sp.Gt(sp.cos(GAP * XI), 0))
    given = (Hypothesis("(𝒜)", sp.Ne(GAP, 0)), exists)
    along = Setting(given, (RateRule(XI, -flow.slope),))
    return Solves(flow.first, GAP * sp.tan(GAP * XI), field, sp.Integer(0), ((XI, sp.Integer(0)),), along)


def mirror_integral(depth: Any) -> Solves:
    """``ξ = s·∫dz/P(z)`` from v^1(0) to v^1(t): the same velocity ``−∇𝓛``, and 0 at the start."""
    flow = OrderedFlow(depth)
    sign, root = sp.sign(flow.product(flow.initial, (ONE,))), flow.product(flow.root, (ONE,))
    speed = -sign * root * flow.slope  # (8)
    rates = (RateRule(flow.first, speed), RateRule(INTEGRAL, speed / root))
    setting = Setting((), rates, flow.depth).given(*flow.least(ONE))
    start = ((INTEGRAL, sp.Integer(0)),)
    return Solves(sp.Symbol("gradQ", real=True), sign * INTEGRAL, -flow.slope, sp.Integer(0), start, setting)


NO_EXPRESSION = Claim(
    id="no-expression-after-8",
    title="for $L > 2$, (8) gives no analytical expression of $v^1$",
    source="Section 2.1, after (8)",
    printed=r"\text{if } L>2\text{, equation 8 does not allow us to get an analytical expression of } v^1(t)\text{ and thus of }\theta(t)\text{.}",
    statement=lambda depth: Denied(_tangent(depth)),
    depths=(sp.Integer(3),),
    scope=Scope("L = 3", "all d"),
    flaw=Flaw.SHARPENED,
    remark="True in general, as meant: for $L ≥ 5$ the inverse of the integral below is not elementary. Decided is the strict reading, "
    "for no initialization with $(𝒜)$: from $v(0) = (0, a, a)$ the solution is $v^1 = a·tan(aξ)$, $ξ = −∫∇𝓛$, while it exists.",
    correction=Claim(
        id="no-expression-after-8-corrected",
        title="at every depth $v^1$ is the inverse of an integral in $ξ$",
        source="Section 2.1, after (8)",
        printed=r"\xi(t)=\text{sign}\left(\prod_{j\neq 1}v^j(0)\right)\int_{v^1(0)}^{v^1(t)}"
        r"\frac{dz}{\prod_{j\neq 1}\sqrt{z^2+\Delta_j}}",
        statement=mirror_integral,
        uses=("eq-8",),
        remark="The integral is a symbol $I$ with $I' = (v^1)'/P(v^1)$ and $I = 0$ at the start, by the fundamental theorem of calculus.",
    ),
)

if __name__ == "__main__":
    from ddln_sym.cli import run_module

    run_module(__file__)
