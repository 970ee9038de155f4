"""Flows in numbers, of the sizes of the paper's figures: what their trajectories do, proved in balls."""

from __future__ import annotations

from typing import Any

from ddln_sym.claims import Claim
from ddln_sym.entropies import implicit_bias
from ddln_sym.flows import ChangesSigns, ConvergesTo, DecaysAtRate, GradientFlow
from ddln_sym.flows.losses import SquaredLoss
from ddln_sym.numerics import read_number, to_mpf
from ddln_sym.statements import Scope

TITLE = "Flows in numbers, of the sizes of the paper's figures: what their trajectories do, proved in balls"


def _flow(data: tuple[str, ...], target: str, layers: tuple[str, ...]) -> GradientFlow:
    """The flow of ``‖Xθ − y‖²`` from rows of decimal numbers."""
    loss = SquaredLoss([row.split() for row in data], target.split())
    return GradientFlow(loss, [row.split() for row in layers])


# Normally distributed numbers, rounded to one place: L = 4, d = 5, n = 10 as in Figure 3 …
FIGURE_3 = _flow(
    data=(
        "0.2 -0.5 -0.4 -2.4 1.8",
        "1.1 -0.3 0.8 0.3 -0.6",
        "1.0 -0.3 -0.3 -0.8 0.5",
        "-0.1 0.5 -0.6 0.1 -0.9",
        "0.8 0.2 0.3 0.4 -1.0",
        "0.8 2.1 -1.6 -1.7 -1.5",
        "0.8 0.1 1.1 0.7 0.2",
        "0.3 -0.2 0.9 -1.1 -0.4",
        "0.2 1.8 -0.8 -1.1 -0.6",
        "1.0 -0.2 1.3 -1.9 1.1",
    ),
    target="1.0 -1.4 0.2 1.2 0.1 1.0 2.4 0.3 -0.3 -0.8",
    layers=(
        "0.6 -0.2 -0.2 -0.1 0.6",
        "-1.1 -1.5 -2.4 1.2 0.1",
        "1.5 0.0 -0.7 0.5 -0.1",
        "-1.3 -0.9 1.8 0.4 0.4",
    ),
)

# … and L = 6, d = 8, n = 10, first layer zero, as in Figure 4.
FIGURE_4 = _flow(
    data=(
        "-0.3 -0.7 0.9 -0.1 -0.8 -0.1 -0.9 0.2",
        "1.1 -0.8 1.4 -0.7 0.2 -0.8 -0.2 0.0",
        "-0.4 -0.7 -0.7 -0.8 -1.6 -0.3 0.4 0.9",
        "0.6 2.5 0.3 -0.5 1.9 -1.0 1.0 -1.0",
        "0.4 -2.0 0.9 -0.2 -1.0 1.7 0.8 0.0",
        "-0.7 0.0 -0.2 0.7 0.8 -0.7 -0.5 -0.5",
        "-1.3 -0.6 -0.1 0.7 1.3 -0.8 0.6 -0.4",
        "2.1 0.0 0.5 -0.9 -0.8 0.2 -0.4 0.4",
        "-1.6 0.7 -0.9 1.7 -0.3 1.1 -1.4 0.4",
        "-0.9 -0.5 0.0 -0.3 0.3 0.7 0.7 -0.1",
    ),
    target="-1.4 -0.8 -0.2 -2.1 0.8 -0.2 -0.3 0.9 0.7 0.2",
    layers=(
        "0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0",
        "-1.3 1.1 0.8 -1.1 -0.9 0.1 -0.2 1.5",
        "0.7 -0.3 0.6 -2.0 0.3 0.9 -0.2 -0.7",
        "0.6 2.0 0.2 -1.1 1.4 -1.9 0.5 -0.6",
        "0.9 -0.8 1.3 0.3 -1.7 -2.0 -0.3 1.3",
        "0.1 0.1 -0.2 0.7 0.4 0.3 -1.0 1.2",
    ),
)

#: Bits of the middle of a ball that is known to 20 digits.
BITS = 80

# Three layers and one equation for two unknowns.
INTERPOLATING = _flow(data=("1 2",), target="1", layers=("0 0", "1 1", "2 1"))


def _signs(depth: Any) -> ChangesSigns:
    return ChangesSigns(FIGURE_3, read_number(1, "until"), frozenset({(1, 4), (3, 2)}))


FIG_3_SIGNS = Claim(
    id="new-fig-3-signs",
    title="of the 20 layers of a flow of Figure 3's size two change sign until $t = 1$, each once; the others never do",
    source="Figure 3",
    printed=r"\text{only the layer of least initial modulus changes sign}",
    statement=_signs,
    depths=(4,),
    scope=Scope("L = 4", "one flow, $d = 5$, $n = 10$"),
    remark="The times stand in the step. The conservation laws (7) are used; where a layer crosses zero is found.",
)


def _rate(depth: Any) -> DecaysAtRate:
    return DecaysAtRate(FIGURE_4, read_number(1, "until"), read_number("1/25", "rate"))


FIG_4_RATE = Claim(
    id="new-fig-4-rate",
    title="the loss of a flow of Figure 4's size decays at least like $e^{−t/25}$ until $t = 1$",
    source="Figure 4, (15)",
    printed=r"\mathcal{L}(\theta(t)) - \mathcal{L}^* \leq e^{-t/25}(\mathcal{L}(\theta(0)) - \mathcal{L}^*)",
    statement=_rate,
    depths=(6,),
    scope=Scope("L = 6", "one flow, $d = 8$, $n = 10$"),
    remark="The rate $2σμ$ of (15) is far smaller for these layers: the balls see where $θ$ is, which $σ$ does not.",
)


def _limit(depth: Any) -> ConvergesTo:
    loss = INTERPOLATING.loss
    minimizer = implicit_bias(loss.rows, loss.targets, INTERPOLATING.start, digits=20, certified=True).theta
    point = tuple(read_number(to_mpf(x, BITS), "θ") for x in minimizer)
    return ConvergesTo(INTERPOLATING, read_number(12, "until"), point, read_number("1e-12", "radius"))


EQ_18_LIMIT = Claim(
    id="new-eq-18-limit",
    title="a flow of three layers converges, to the interpolator that minimizes its entropy, up to $10^{−12}$",
    source="(18), for $L = 3$",
    printed=r"\theta_\infty = \operatorname{argmin}_{X\theta = y} \mathcal{Q}(\theta)",
    statement=_limit,
    depths=(3,),
    scope=Scope("L = 3", "one flow, $d = 2$, $n = 1$"),
    remark="That the flow converges is proved. The point is the middle of a ball of radius below $10^{−19}$ that contains the "
    "minimizer, by an interval Newton step on the dual problem, without the flow.",
)

if __name__ == "__main__":
    from ddln_sym.cli import run_module

    run_module(__file__)
