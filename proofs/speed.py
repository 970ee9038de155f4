"""Section 2.3, second part: losses that satisfy PL, and what the rate depends on."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ddln_sym.claims import Claim
from ddln_sym.models import LayerFlow
from ddln_sym.statements import Equal, Hypothesis, Origin, Rate, Scope, Setting, at_least, greater, sum_over

TITLE = "Section 2.3, second part: losses that satisfy PL, and what the rate depends on"


# -- the assumption on the loss -----------------------------------------------------------------------
def _squared_loss(depth: Any) -> tuple[Any, ...]:
    """PL for ``‖Xθ − y‖²`` in the coordinates of a singular value decomposition of X.

    With residual coordinates ``r_k`` along the left singular vectors of nonzero singular values ``s_k``:
    ``𝓛 − 𝓛* = Σ r_k²`` and ``‖∇𝓛‖² = Σ 4 s_k² r_k²``.  The least s_k is ``s``; the constant is attained.
    """
    k = sp.Symbol("k", integer=True, positive=True)
    r, s = (sp.IndexedBase(name, real=True) for name in ("r", "s"))
    least = sp.Symbol("s_min", real=True)
    smallest = Hypothesis("s_min is the least nonzero singular value", sp.Ge(s[k], least), k)
    positive = Hypothesis("s_min > 0", sp.Gt(least, 0))
    setting = Setting((positive, smallest), (), sp.Symbol("rank", integer=True, positive=True))
    mu = 2 * least**2
    one = sp.Symbol("r", real=True)
    return (
        at_least(sum_over(lambda m: 4 * s[m] ** 2 * r[m] ** 2), 2 * mu * sum_over(lambda m: r[m] ** 2), setting),
        Equal((2 * least * one) ** 2, 2 * mu * one**2),  # a residual along the least direction
    )


PL_SQUARED = Claim(
    id="pl-squared",
    title="the squared loss $‖Xθ − y‖²$ satisfies PL with $μ = 2·σ_min⁺(X)²$",
    source="Section 2.3, before Theorem 2",
    printed=r"\text{applies, for example, if }\mathcal{L}\text{ is the squared loss function}",
    statement=_squared_loss,
    scope=Scope("", "all $n$, $d$"),
    remark="Least nonzero singular value; the second step shows that no larger constant serves. "
    "The singular value decomposition is taken as given.",
)


# -- what the rate depends on -------------------------------------------------------------------------
def _small_gap(depth: Any) -> tuple[Any, ...]:
    """σ_i tends to 0 with any one gap: it is that gap times a factor that does not contain it."""
    flow = LayerFlow(depth)
    j, least = flow.index("j", 2), flow.index("l", 1)

    def gap(k: Any) -> Any:
        return flow.initial(k) ** 2 - flow.initial(least) ** 2

    apart = Setting((), (), flow.depth).given(*flow.apart(j, least))
    closed = Setting((Hypothesis("the gap closes", sp.Eq(flow.initial(j) ** 2, flow.initial(least) ** 2)),))
    rest = flow.product(gap, (least, j))
    return Equal(flow.sigma(least), gap(j) * rest, apart), Equal(gap(j), 0, closed)


SIGMA_SMALL = Claim(
    id="sigma-small",
    title="$σ$ is small when the gap between the least modulus and another is small",
    source="Section 2.3, after Theorem 2",
    printed=r"\text{If the gap between the minimal absolute value of a component across layers and the others is small, "
    r"then }\sigma\text{ is also considerably small}",
    statement=_small_gap,
    remark="$σ_i$ is proportional to each gap, with a factor free of that layer.",
)


def _scaled(depth: Any) -> Equal:
    """First layer zero, the others scaled by c: σ_i is multiplied by ``c^{2(L−1)}``."""
    flow = LayerFlow(depth)
    c, one = sp.Symbol("c", real=True), sp.Integer(1)
    scaled = flow.product(lambda k: (c * flow.initial(k)) ** 2, (one,))
    start = flow.product(lambda k: flow.initial(k) ** 2, (one,))
    given = Setting((Hypothesis("c > 0", sp.Gt(c, 0)),), (), flow.depth)
    return Equal(scaled, c ** (2 * (flow.depth - 1)) * start, given)


LARGER_FASTER = Claim(
    id="larger-faster",
    title="larger initial values of the other layers give a larger rate",
    source="Section 2.3, after Theorem 2",
    printed=r"\text{larger values at initialization lead to a better convergence rate}",
    statement=lambda depth: (_scaled(depth), *_grows(depth)),
    remark="Read for the layers other than the least one, as in Figure 4: a larger least layer lowers $σ$. From a zero first "
    "layer, scaling the others by $c$ multiplies $σ$ by $c^{2(L−1)}$.",
)


def _grows(depth: Any) -> tuple[Any, ...]:
    """Each gap grows with the modulus of its layer."""
    a, b, x = sp.symbols("a b x", real=True)
    larger = Hypothesis("a larger layer", sp.Gt(b**2, a**2))
    return (greater(b**2 - x**2, a**2 - x**2, Setting((larger,))),)


FIG_4 = Claim(
    id="fig-4",
    title="Figure 4: the rates of the three networks are as $1 : 1.4^{10} : 1.8^{10}$",
    source="Figure 4",
    printed=r"\text{The initial value of the remaining layers of the first network (in blue) is generated randomly, while that of "
    r"the second (in orange) and the third (in green) are respectively equal to 1.4 and 1.8 times the values of the firs component-wise.}",
    statement=lambda depth: tuple(
        Equal(
            LayerFlow(6).product(lambda k, c=c: (c * LayerFlow(6).initial(k)) ** 2, (1,)),
            c**10 * LayerFlow(6).product(lambda k: LayerFlow(6).initial(k) ** 2, (1,)),
        )
        for c in (sp.Rational(14, 10), sp.Rational(18, 10))
    ),
    depths=(sp.Integer(6),),
    scope=Scope("L = 6", "all d"),
    remark="The bound $2σμ$ of (15), not the measured slope, has these ratios.",
)


def _two_layer_rate(depth: Any) -> tuple[Any, ...]:
    """``M² = (u²−v²)² + 4θ²`` for two layers, and ``(u²−v²)²`` is conserved: σ² is what is left at θ = 0."""
    flow = LayerFlow(2)
    gap = flow.layer(1) ** 2 - flow.layer(2) ** 2
    rate = sp.sqrt(gap**2 + (2 * flow.theta) ** 2)
    return (
        Equal(flow.metric, rate),
        Equal(Rate(gap), 0, flow.setting),
        Equal(flow.metric**2 - gap**2, (2 * flow.theta) ** 2),
    )


MIN_RATE = Claim(
    id="rate-of-min",
    origin=Origin.REVIEW,
    title="for two layers $M = √(σ² + 4θ²)$: the bound of Theorem 2 can be improved away from $θ = 0$",
    source="reviews of Theorem 2",
    references=("MinVidalMallada2023",),
    printed=r"\text{(Min et al. 2023) with a better lower bound on the rate}",
    statement=_two_layer_rate,
    depths=(sp.Integer(2),),
    scope=Scope("L = 2", "all d"),
    uses=("eq-12",),
    remark="The formula is this project's; the review's comparison itself is not checked. Theorem 2 keeps the part of $M$ that "
    "does not depend on $θ$; the two agree where $θ_i = 0$ and only there.",
)

if __name__ == "__main__":
    from ddln_sym.cli import run_module

    run_module(__file__)
