"""Beyond the paper: infinitesimal initialization, where the flow becomes a jump process."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ddln_sym.claims import Claim
from ddln_sym.models import LayerFlow
from ddln_sym.statements import Assumption, Equal, Hypothesis, Rate, RateRule, Scope, Setting, greater

TITLE = "Beyond the paper: infinitesimal initialization, where the flow becomes a jump process"

SCALE, XI, TIME = sp.symbols("a xi t", real=True)


# -- the box ------------------------------------------------------------------------------------------
def _box(depth: Any) -> tuple[Any, ...]:
    """``a^{L−2}ξ_a(θ) = ξ(a^{−L}θ)``, inside the range from u(0); in the time ``T = a^{L−2}t`` it moves with ``−∇𝓛``."""
    flow = LayerFlow(depth)
    size, scaled = flow.depth, SCALE ** (flow.depth - 2)
    reached, low, high, slope = sp.symbols("c t_- t_+ g", real=True)  # c = ξ(a^{−L}θ)
    positive = Hypothesis("a > 0", sp.Gt(SCALE, 0))
    law = Hypothesis(Assumption.of_claim("new-t6-scaling"), sp.Eq(XI, SCALE ** (2 - size) * reached))
    inside = (
        Hypothesis(Assumption.of_claim("new-t4-range"), sp.Gt(high, reached)),
        Hypothesis(Assumption.of_claim("new-t4-range"), sp.Gt(reached, -low)),
    )
    moving = Setting((positive,), (RateRule(XI, -slope), RateRule(TIME, sp.Integer(1))))
    return (
        Equal(scaled * (SCALE ** (2 - size) * reached), reached, Setting((positive,))),
        greater(high, scaled * SCALE ** (2 - size) * reached, Setting((positive, inside[0]))),
        greater(scaled * SCALE ** (2 - size) * reached, -low, Setting((positive, inside[1]))),
        Equal(scaled * XI, scaled * SCALE ** (2 - size) * reached, Setting((positive, law))),
        Equal(Rate(scaled * XI), -slope * Rate(scaled * TIME), moving),
    )


T15_BOX = Claim(
    id="new-t15-box",
    title="from $a·u(0)$ the scaled dual $a^{L−2}ξ$ stays in the range of $∇𝒬$ from $u(0)$, for every $a$, and "
    "moves with $−∇𝓛$ in the time $a^{L−2}t$",
    source="open question after Theorem 1",
    references=("ZhaoEtAl2026", "Berthier2023", "PesmeFlammarion2023"),
    printed=r"a^{L-2}\xi_a(\theta)=\xi(a^{-L}\theta)\in(-t_-,t_+),\quad\frac{d(a^{L-2}\xi)}{d(a^{L-2}t)}=-\nabla\mathcal{L}(\theta)",
    statement=_box,
    scope=Scope("all L ≥ 3", "all d"),
    uses=("new-t4-range", "new-t6-scaling"),
    remark="For $s = 1$; the interval is $(−t_+, t_−)$ for $s = −1$. As $a → 0$ it reaches an end only where $θ_i ≠ "
    "0$: the flow becomes a jump process (Berthier 2023; Pesme, Flammarion 2023; Zhao et al. 2026 for depth), "
    "which dd.jump_process computes; the convergence is theirs.",
)


# -- the signs ------------------------------------------------------------------------------------------
QUADRATIC = sp.Matrix([["10.175", "-1.047", "-0.275"], ["-1.047", "0.34", "-1.14"], ["-0.275", "-1.14", "6.137"]])
LINEAR = sp.Matrix(["8.848", "-1.226", "1.209"])


def _signs(depth: Any) -> tuple[Any, ...]:
    """Duals at the upper, the lower and the upper end, so ``θ_1 ≥ 0``, ``θ_2 ≤ 0``, ``θ_3 ≥ 0``; slopes around two points."""
    theta = sp.symbols("theta_1 theta_2 theta_3", real=True)
    rows = [[sp.Rational(str(v)) for v in QUADRATIC.row(n)] for n in range(3)]
    slopes = [
        sum(a * t for a, t in zip(row, theta, strict=True)) - sp.Rational(str(LINEAR[n])) for n, row in enumerate(rows)
    ]
    matrix, linear, t = sp.Matrix(rows), sp.Matrix([sp.Rational(str(v)) for v in LINEAR]), sp.Symbol("t", real=True)
    free, signed = matrix.LUsolve(linear), sp.Matrix([*matrix[:2, :2].LUsolve(linear[:2, :]), 0])

    def partial(n: int, point: Any, direction: int) -> Any:
        """``∂_n𝓛`` at a point moved by t along a coordinate."""
        moved = [v + (t if k == direction else 0) for k, v in enumerate(point)]
        return slopes[n].xreplace(dict(zip(theta, moved, strict=True)))

    return (
        *(Equal(partial(n, free, 0), matrix[n, 0] * t) for n in range(3)),
        greater(t, t + free[2]),
        *(Equal(partial(n, signed, 0), matrix[n, 0] * t) for n in range(2)),
        greater(partial(2, signed, 2), matrix[2, 2] * t),
        greater(t + signed[0], t),
        greater(t, t + signed[1]),
    )


T15_SIGNS = Claim(
    id="new-t15-signs",
    title="“minimizes over the active coordinates” without signs is false: with a dual at its upper end $θ_3$ "
    "cannot be negative",
    source="open question after Theorem 1",
    printed=r"\mathcal{L}=\tfrac12\theta^TA\theta-b^T\theta:\quad(A^{-1}b)_3<0,\quad\theta^*=(.730,-1.358,0),\ \nabla\mathcal{L}(\theta^*)=(0,0,g_3),\ g_3>0",
    statement=_signs,
    depths=(sp.Integer(3),),
    scope=Scope("L = 3", "d = 3"),
    remark="$A = [[10.175, −1.047, −.275], [−1.047, .34, −1.14], [−.275, −1.14, 6.137]]$, $b = (8.848, −1.226, "
    "1.209)$, start $a(0, 1, 1)$: $θ^*$ satisfies the conditions for the minimum over the signs, and the flow "
    "jumps to it, while the third coordinate deactivates.",
)

if __name__ == "__main__":
    from ddln_sym.cli import run_module

    run_module(__file__)
