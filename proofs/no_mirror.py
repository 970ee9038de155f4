"""Beyond the paper: when there is a mirror flow, when there cannot be one, and whose entropy is finite."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import sympy as sp

from ddln_sym.claims import Claim
from ddln_sym.models import shallow_linear
from ddln_sym.statements import (
    AboveStart,
    Commutes,
    Consequence,
    Denied,
    Equal,
    Flaw,
    Hypothesis,
    Rate,
    RateRule,
    Scope,
    Setting,
    Theorem,
    greater,
)
from proofs.necessity import frozen

TITLE = "Beyond the paper: when there is a mirror flow, when there cannot be one, and whose entropy is finite"

ONE, ZERO = sp.Integer(1), sp.Integer(0)


# -- what related work is said to need ----------------------------------------------------------------
W = sp.symbols("x y z", real=True)
SHEARED = (W[0], W[1] + W[2] ** 2 * W[0])  # commutes on {z = 0} only


def _on_the_plane() -> tuple[Equal, ...]:
    """``z' = −2xz·g_2``, ``θ_1' = −g_1 − z²g_2`` and ``θ_2' = −g_2 − z²(…)``: from ``z = 0`` it stays, and θ' = −g."""
    one, two = slopes = sp.symbols("g_1 g_2", real=True)
    velocity = [-sum(g * sp.diff(f, w) for g, f in zip(slopes, SHEARED, strict=True)) for w in W]
    flow = Setting((), tuple(RateRule(w, v) for w, v in zip(W, velocity, strict=True)))
    (x, _, z), (first, second) = W, SHEARED
    return (
        Equal(Rate(z), -2 * x * z * two, flow),
        Equal(Rate(first), -one - z**2 * two, flow),
        Equal(Rate(second), -two - z**2 * (one + z**2 * two + 4 * x**2 * two), flow),
    )


NECESSARY = Claim(
    id="necessary-in-related-work",
    title="the assumptions of [Li et al., 2022] are necessary for a mirror flow",
    source="Section 1.1, links with mirror flow",
    references=("LiEtAl2022",),
    printed=r"\text{[Li et al., 2022] provide assumptions that are necessary for a reparameterization trained with a Gradient Flow to be "
    r"equivalent to a Mirror Flow}",
    statement=Commutes(SHEARED, W),
    scope=Scope(None, "$d = 2$, $D = 3$"),
    flaw=Flaw.SHARPENED,
    remark="The assumptions of Theorem 4.8 are sufficient. Decided is that commuting is necessary for a mirror flow "
    "from a given start: $G = (x, y + z²x)$ does not commute, and follows one from $z = 0$. What is necessary "
    "there: claims new-t11-start and new-t11-orders.",
    correction=Claim(
        id="necessary-in-related-work-corrected",
        title="from $z = 0$ the flow of $G = (x, y + z²x)$ keeps $z = 0$ and is the mirror flow of $½‖θ − θ(0)‖²$, "
        "for every loss",
        source="Section 1.1, links with mirror flow",
        printed=r"G=(x,\,y+z^2x),\ z(0)=0:\quad\dot\theta=-\nabla\mathcal{L}(\theta)",
        statement=_on_the_plane,
        about="the flow of the same G",
        scope=Scope(None, "$d = 2$, $D = 3$"),
    ),
)


# -- a bracket at the start ---------------------------------------------------------------------------
@dataclass(frozen=True)
class NoEntropy(Consequence):
    """From one start there is no ``𝒬`` that serves all losses: a bracket there is not in the kernel of ``J_G``.

    Moving along ``∇G_a`` for a time ε and then along ``∇G_b``, and the other way round, are flows of two losses that change
    in time, with the same ``ξ``; their θ differ by ``ε²J_G[∇G_a, ∇G_b] + O(ε³)``, while ``∇𝒬`` would be ξ at both.

    Attributes:
        components, variables: G; start: a number for each variable; pair: the places of the two fields.
        row, bracket: a row of ``J_G[∇G_a, ∇G_b]`` that is not zero at the start, and that polynomial.
    """

    components: tuple[Any, ...]
    variables: tuple[Any, ...]
    start: tuple[Any, ...]
    pair: tuple[int, int]
    row: int
    bracket: Any
    theorem: ClassVar = Theorem("two flows one after the other commute up to $ε²$ times their bracket", "calculus")

    def premises(self) -> tuple[Any, ...]:
        first, second = (self.components[n] for n in self.pair)
        jacobian = sp.Matrix([self.components[self.row]]).jacobian(self.variables)
        fields = [sp.Matrix([sp.diff(f, w) for w in self.variables]) for f in (first, second)]
        moved = fields[1].jacobian(self.variables) * fields[0] - fields[0].jacobian(self.variables) * fields[1]
        at = dict(zip(self.variables, map(sp.sympify, self.start), strict=True))
        return (Equal(self.bracket, (jacobian * moved)[0, 0]), greater(self.bracket.xreplace(at) ** 2, 0))

    def __str__(self) -> str:
        start = ", ".join(f"${sp.latex(w)} = {sp.latex(v)}$" for w, v in zip(self.variables, self.start, strict=True))
        network = ", ".join(map(sp.latex, self.components))
        return f"from {start} no convex $𝒬$ is the entropy of all losses, changing in time, for $G = ({network})$"


SHALLOW = shallow_linear(1, 2)
#: The first row of ``J_G[∇G_1, ∇G_2]``: −m·w_2.
LEFT = -SHALLOW.components[1]


T11_START = Claim(
    id="new-t11-start",
    title="from a start where $m ≠ 0$ and $w ≠ 0$ the network $m·w$, $w ∈ R²$, has no entropy at all: a bracket at "
    "the start excludes it",
    source="Theorem 1",
    printed=r"J_G[\nabla G_a,\nabla G_b](w_0)\neq0\ \Longrightarrow\ \text{no }\mathcal{Q}\text{ serves all losses from } w_0",
    statement=NoEntropy(SHALLOW.components, SHALLOW.variables, (1, 1, 1), (0, 1), 0, LEFT),
    scope=Scope(None, "$d = 2$, $D = 3$"),
    remark="A failing bracket elsewhere excludes nothing for a special start (claim necessary-in-related-work), and a bracket that vanishes "
    "at the start proves nothing (claim new-t11-orders).",
)


def _orders() -> tuple[Any, ...]:
    """``G = m·w`` from (1, 0, 0): along ``∇G_1`` for ε and then ``∇G_2``, and the other way round."""
    time, step = sp.symbols("t epsilon", real=True)
    along = Setting((), (RateRule(time, ONE),))
    c, s = sp.cosh(step), sp.sinh(step)
    first = (sp.cosh(time), sp.sinh(time), ZERO)  # m, w_1, w_2 along ∇G_1 = (w_1, m, 0)
    second = (c * sp.cosh(time), s, c * sp.sinh(time))  # then along ∇G_2 = (w_2, 0, m), from (c, s, 0)
    one = (c * c * s, c * c * c * s)  # θ = (m·w_1, m·w_2) after ε along each
    other = (one[1], one[0])  # by symmetry
    small = Setting((Hypothesis("ε > 0", sp.Gt(step, 0)),))
    return (
        *(Equal(Rate(a), b, along) for a, b in zip(first, (first[1], first[0], ZERO), strict=True)),
        *(Equal(Rate(a), b, along) for a, b in zip(second, (second[2], ZERO, second[0]), strict=True)),
        *(Equal(sp.sympify(a).xreplace({time: ZERO}), b) for a, b in zip(second, (c, s, ZERO), strict=True)),
        Equal(second[0].xreplace({time: step}) * second[1], one[0]),
        Equal(second[0].xreplace({time: step}) * second[2].xreplace({time: step}), one[1]),
        Equal(one[0] - other[0], c * c * s * (1 - c)),
        Denied(Equal(one[0], other[0], small)),
    )


T11_ORDERS = Claim(
    id="new-t11-orders",
    title="a bracket that vanishes at the start proves nothing: $m·w$ from $(1, 0, 0)$, where two orders of the "
    "same $ξ$ end at different $θ$",
    source="Theorem 1",
    printed=r"G=m\,w,\ (m,w)(0)=(1,0,0),\ \xi=(\epsilon,\epsilon):\quad\theta_1-\theta_1'=\cosh^2\epsilon\,\sinh\epsilon\,(1-\cosh\epsilon)\sim-\tfrac12\epsilon^3",
    statement=_orders,
    scope=Scope(None, "$d = 2$, $D = 3$"),
    remark="So there is no entropy from there either, although the first bracket vanishes at the start; the iterated ones do not.",
)


# -- ties -------------------------------------------------------------------------------------------------
def _tie(depth: Any) -> tuple[Any, ...]:
    """``P(z) ≤ C·z`` on ``(0, x_0]`` when one Δ is 0; with ``y = x_0 − x`` running from 0, ``C·|ξ| ≥ log(x_0/x)``."""
    y, integral, start, root, bound = sp.symbols("y I x0 P C", real=True)
    here = start - y
    excess, distance = sp.symbols("q x", real=True)  # C·I − log(x_0/x), and x on the way
    moving = Setting((), (RateRule(y, ONE), RateRule(integral, 1 / root)))
    signs = (Hypothesis("x > 0", sp.Gt(here, 0)), Hypothesis("P ≠ 0", sp.Ne(root, 0)))
    rate = bound / root - 1 / distance
    known = (
        Hypothesis("x > 0", sp.Gt(distance, 0)),
        Hypothesis("P > 0", sp.Gt(root, 0)),
        Hypothesis("P(x) ≤ C·x, as the tied factor of P is x", sp.Ge(bound * distance, root)),
    )
    return (
        Equal(Rate(bound * integral + sp.log(here)), bound / root - 1 / here, moving.given(*signs)),
        AboveStart(y, excess, ZERO, ((excess, ZERO),), Setting(known, (RateRule(y, ONE), RateRule(excess, rate)))),
    )


T11_TIE = Claim(
    id="new-t11-tie",
    title="where two layers tie, not at zero, $|𝒬'| → ∞$ at $θ_i = 0$: no finite convex $𝒬$ on $R$ is the entropy",
    source="Theorem 1",
    printed=r"\Delta_j=0\ \Longrightarrow\ C\,|\nabla_i\mathcal{Q}(\theta)|\ge\log\frac{x_0}{x(\theta)}\to\infty\quad(\theta_i\to0)",
    statement=_tie,
    uses=("new-t1-mirror", "new-t3-half-line"),
    remark="$I$ is $|∫dz/P|$ from $x$ to $x_0$ and $C$ the product of the other factors of $P$ at $x_0$. A finite "
    "convex function on $R$ has bounded slopes near 0. So a finite convex $𝒬: R^d → R$ that serves all losses "
    "exists exactly when $(𝒜)$ holds: with two zeros $θ_i$ is frozen (claim new-t11-frozen).",
)

T11_FROZEN = Claim(
    id="new-t11-frozen",
    title="with two zeros $θ_i$ stands still, whatever the loss, while $−∇_i𝓛$ need not vanish: no $𝒬$ is the entropy",
    source="Theorem 1",
    printed=r"u^a_i=u^b_i=0\ \Longrightarrow\ \dot\theta_i=0,\quad\frac{d\nabla_i\mathcal{Q}(\theta)}{dt}=0\neq-\nabla_i\mathcal{L}(\theta)",
    statement=lambda depth: (
        *frozen(depth),
        Denied(Equal(ZERO, -sp.Symbol("g", real=True))),
    ),
    uses=("new-frozen",),
)

if __name__ == "__main__":
    from ddln_sym.cli import run_module

    run_module(__file__)
