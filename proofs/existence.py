"""Beyond the paper: what follows without Polyak–Łojasiewicz: existence, convex losses, the limit, and times from below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import sympy as sp

from ddln_sym.claims import Claim
from ddln_sym.models import LayerFlow
from ddln_sym.statements import (
    DEPTH,
    AboveStart,
    Assumption,
    Consequence,
    Equal,
    Hypothesis,
    Rate,
    RateRule,
    Scope,
    Setting,
    Solves,
    SquareOfIntegral,
    Theorem,
    at_least,
    greater,
    sum_over,
)

TITLE = "Beyond the paper: what follows without Polyak–Łojasiewicz: existence, convex losses, the limit, and times from below"

ONE, ZERO = sp.Integer(1), sp.Integer(0)
TIME, XI, LOSS, LEAST, ENTROPY = sp.symbols("t xi loss least Q", real=True)  # 𝓛(θ(t)), 𝓛(θ*), 𝒬(θ*)
D = sp.Symbol("d", integer=True, positive=True)
I = sp.Symbol("i", integer=True, positive=True)
CLOCK = RateRule(TIME, ONE)


def given(*relations: tuple[str, Any]) -> tuple[Hypothesis, ...]:
    return tuple(Hypothesis(name, relation) for name, relation in relations)


# -- existence ----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class ExistsForever(Consequence):
    """The gradient flow ``w' = −∇(𝓛∘G)(w)`` on R^D exists for all t ≥ 0: ``(w_k − w_k(0))² ≤ t∫(w_k')²`` for every k.

    Each parameter moves by at most ``√(t·E_k)``, and the ``E_k`` sum to the fall of the loss, which is bounded.
    """

    theorem: ClassVar = Theorem(
        "a maximal solution that stays bounded on bounded intervals of time exists for all times",
        "Teschl 2012, 2.6",
        ("Teschl2012",),
    )

    def premises(self) -> tuple[Any, ...]:
        moved, speed, energy = sp.symbols("A v E", real=True)  # w_k − w_k(0), its rate, and ∫v²
        along = Setting((), (CLOCK, RateRule(moved, speed), RateRule(energy, speed**2)))
        v, w = (sp.IndexedBase(name, real=True) for name in ("v", "w"))
        slopes = Setting((), (RateRule(w[I], -v[I], I), RateRule(LOSS, sum_over(lambda k: v[k] * -v[k]))), D)
        return (
            SquareOfIntegral(TIME, moved, energy, along),
            Equal(Rate(LOSS), -sum_over(lambda k: v[k] ** 2), slopes),
        )

    def __str__(self) -> str:
        return "$‖w(t) − w(0)‖² ≤ t(𝓛(θ(0)) − inf 𝓛)$, so the flow exists for all $t ≥ 0$"


T12_EXISTENCE = Claim(
    id="new-t12-existence",
    title="a loss that is bounded below: $‖w(t) − w(0)‖² ≤ t(𝓛(θ(0)) − inf 𝓛)$, so the flow exists for all times",
    source="Section 2, (5)",
    printed=r"\inf\mathcal{L}>-\infty\ \Longrightarrow\ \|w(t)-w(0)\|\le\sqrt{t\,(\mathcal{L}(\theta(0))-\inf\mathcal{L})},\quad t\ge0",
    statement=lambda depth: ExistsForever(),
    scope=Scope("every $G$ on the whole space", "all $D$, $d$"),
    remark="$∇𝓛$ and $∇G$ are locally Lipschitz on the whole space. In the step $v_k$ is $∂(𝓛∘G)/∂w_k$. Claim new-t12-ends shows what "
    "happens on a part of the space, claim new-t12-unbounded without the bound.",
)


def _ends() -> tuple[Any, ...]:
    """``G = √u`` on ``u > 0`` with ``𝓛 = θ²``: ``u' = −1``, whatever the start."""
    u, u0 = sp.symbols("u u0", real=True)
    positive = Setting(given(("u > 0", sp.Gt(u, 0))), (RateRule(u, ONE),))
    here = Setting((), (CLOCK,))
    return (
        Equal(2 * sp.sqrt(u) * Rate(sp.sqrt(u)), 1, positive),  # the gradient of θ² by u
        Solves(u, u0 - TIME, sp.Integer(-1), u0, ((TIME, ZERO),), here),
        Equal((u0 - TIME).xreplace({TIME: u0}), 0),
    )


T12_ENDS = Claim(
    id="new-t12-ends",
    title="on a part of the space a flow may end although the loss is bounded below: $G = √u$, $𝓛 = θ²$ ends at $t = u(0)$",
    source="Section 2, (5)",
    printed=r"G(u)=\sqrt u\ (u>0),\ \mathcal{L}(\theta)=\theta^2:\quad u(t)=u(0)-t",
    statement=_ends,
    scope=Scope(None, "d = 1"),
)


def _unbounded(depth: Any) -> tuple[Any, ...]:
    """``𝓛 = −θ``, three layers from ``(0, 1, 2)``: ``ξ = t`` and ``(v^1)' = P(v^1)``, while ∫dz/P stays below its end."""
    x, integral = sp.symbols("x I", real=True)
    root = sp.sqrt(x**2 + 1) * sp.sqrt(x**2 + 4)
    along = Setting((), (CLOCK, RateRule(x, root), RateRule(integral, root / root)))
    return (
        Solves(sp.Symbol("y", real=True), integral, ONE, ZERO, ((integral, ZERO),), along),
        Equal(Rate(TIME), 1, along),
    )


T12_UNBOUNDED = Claim(
    id="new-t12-unbounded",
    title="without a bound below the flow may blow up: $𝓛 = −θ$, three layers from (0, 1, 2), at $t = π/(2·AGM(1, 2))$ $=$ 1.0782…",
    source="Section 2, (5)",
    printed=r"\mathcal{L}(\theta)=-\theta:\quad t=\int_0^{v^1(t)}\frac{dz}{\sqrt{(z^2+1)(z^2+4)}}<\frac{\pi}{2\,\text{AGM}(1,2)}",
    statement=_unbounded,
    depths=(sp.Integer(3),),
    scope=Scope("L = 3", "d = 1"),
    uses=("new-t1-mirror", "new-t4-agm"),
    remark="$I$ is $∫dz/P$ with $I' = (v^1)'/P(v^1) = 1$: it equals $t$, and it is bounded by the end of the range of $∇𝒬$.",
)


# -- convex losses ------------------------------------------------------------------------------------
def _bregman(depth: Any) -> Equal:
    """``D_𝒬(θ*, θ) = 𝒬(θ*) − 𝒬(θ) − ξ(θ* − θ)``, of which 𝒬(θ*) is constant: ``𝒬' = ξ``, so its rate is ``g(θ* − θ)``."""
    flow = LayerFlow(depth)
    target, value = sp.symbols("theta_star Qtheta", real=True)
    speed = -flow.metric * flow.slope
    rates = (*flow.setting.rates, RateRule(XI, -flow.slope), RateRule(value, XI * speed))
    divergence = -value - XI * (target - flow.theta)
    return Equal(Rate(divergence), flow.slope * (target - flow.theta), Setting((), rates, flow.depth))


T12_BREGMAN = Claim(
    id="new-t12-bregman",
    title="along the flow of any loss d/dt $D_𝒬(θ*, θ(t)) = ⟨∇𝓛(θ(t))$, $θ* − θ(t)⟩$, for every $θ*$",
    source="Theorem 1",
    printed=r"\frac{d}{dt}D_{\mathcal{Q}}(\theta^*,\theta(t))=\langle\nabla\mathcal{L}(\theta(t)),\theta^*-\theta(t)\rangle",
    statement=_bregman,
    uses=("eq-11", "new-t1-slope"),
    remark="Coordinate by coordinate; with ties too, where $𝒬(θ*)$ is finite.",
)

DIVERGENCE, FALL, PAIRING = sp.symbols("D f p", real=True)  # D_𝒬(θ*, θ(t)), −d𝓛/dt and ⟨∇𝓛, θ* − θ⟩


def _lyapunov(factor: Any, pairing: Hypothesis, more: tuple[Hypothesis, ...] = ()) -> tuple[Any, ...]:
    """``D + c·t·(𝓛 − 𝓛(θ*))`` starts at 𝒬(θ*) and does not grow: what it has lost, ``spent``, does not decrease."""
    known = (*given((Assumption.of_claim("loss-decreases"), sp.Ge(FALL, 0))), pairing, *more)
    spent = sp.Symbol("spent", real=True)
    rate = -PAIRING - factor * (LOSS - LEAST) + factor * TIME * FALL
    moving = (CLOCK, RateRule(LOSS, -FALL), RateRule(DIVERGENCE, PAIRING))
    excess = ENTROPY - DIVERGENCE - factor * TIME * (LOSS - LEAST)
    positive = given(
        ("the step before", sp.Ge(excess, 0)), ("a Bregman divergence", sp.Ge(DIVERGENCE, 0)), ("t > 0", sp.Gt(TIME, 0))
    )
    return (
        Equal(Rate(DIVERGENCE + factor * TIME * (LOSS - LEAST)), -rate, Setting((), moving)),
        AboveStart(TIME, spent, ZERO, ((spent, ZERO),), Setting(known, (CLOCK, RateRule(spent, rate)))),
        at_least(ENTROPY / (factor * TIME), LOSS - LEAST, Setting(positive)),
    )


T12_RATE = Claim(
    id="new-t12-rate",
    title="a convex loss: $𝓛(θ(t)) ≤ 𝓛(θ*) + 𝒬(θ*)/t$ for every $θ*$, without Polyak–Łojasiewicz",
    source="Theorem 2",
    printed=r"\mathcal{L}\text{ convex}\ \Longrightarrow\ \mathcal{L}(\theta(t))\le\mathcal{L}(\theta^*)+\frac{\mathcal{Q}(\theta^*)}{t}"
    r"\quad\forall\theta^*\ \forall t>0",
    statement=lambda depth: _lyapunov(ONE, Hypothesis("𝓛 is convex", sp.Ge(LEAST - LOSS, PAIRING))),
    uses=("loss-decreases", "new-t12-bregman"),
    remark="$𝒬$ vanishes with its slope at the start, so $D_𝒬(θ*, θ(0)) = 𝒬(θ*)$. For every $θ*$, not only minimizers: minima that are not "
    "attained are covered. It says nothing where $𝒬(θ*) = ∞$, which needs a tie.",
)

T12_SQUARED = Claim(
    id="new-t12-squared",
    title="the squared loss of a solvable system: $‖Xθ(t) − y‖² ≤ 𝒬(θ*)/(2t)$ for every solution $θ*$",
    source="Theorem 2",
    printed=r"X\theta^*=y\ \Longrightarrow\ \|X\theta(t)-y\|^2\le\frac{\mathcal{Q}(\theta^*)}{2t}\quad\forall t>0",
    statement=lambda depth: _lyapunov(
        sp.Integer(2),
        Hypothesis("⟨∇𝓛, θ* − θ⟩ = 2⟨Xθ − y, y − Xθ⟩ = −2𝓛", sp.Eq(PAIRING, -2 * LOSS)),
        given(("Xθ* = y", sp.Eq(LEAST, 0))),
    ),
    uses=("loss-decreases", "new-t12-bregman"),
)


def _coercive(depth: Any) -> tuple[Any, ...]:
    """``D_𝒬(θ*, θ) = 𝒬(θ*) − θ*ξ + (x² − x_0²)/2`` by the conjugate; ``|ξ| ≤ t`` for L ≥ 3."""
    depth = depth if depth == DEPTH else sp.Integer(max(depth, 3))
    x, x_0, theta, target, end, gaps, power = sp.symbols("x x0 theta theta_star T Delta p", real=True)
    divergence = ENTROPY - (theta * XI - (x**2 - x_0**2) / 2) - XI * (target - theta)
    size = sp.Symbol("n", real=True)  # |θ*|
    known = given(
        (Assumption.of_claim("new-t4-range"), sp.Ge(size * end, target * XI)),
        (Assumption.of_claim("new-t6-layer"), sp.Ge(x**2, power - gaps / depth)),
    )
    return (
        Equal(divergence, ENTROPY - target * XI + (x**2 - x_0**2) / 2),
        at_least(
            ENTROPY - target * XI + (x**2 - x_0**2) / 2,
            power / 2 - gaps / (2 * depth) - x_0**2 / 2 - size * end + ENTROPY,
            Setting(known),
        ),
    )


T12_COERCIVE = Claim(
    id="new-t12-coercive",
    title="for $L ≥ 3$, under $(𝒜)$, $D_𝒬(θ*, θ) ≥ ½|θ|^{2/L} − C$: its sublevel sets in $θ$ are bounded",
    source="Theorem 1",
    printed=r"D_{\mathcal{Q}}(\theta^*,\theta)\ge\tfrac12|\theta|^{2/L}-\tfrac1{2L}\sum_k\Delta_k-\tfrac12x_0^2-t_\pm|\theta^*|+\mathcal{Q}(\theta^*),\quad L\ge3",
    statement=_coercive,
    scope=Scope("all L ≥ 3", "all d"),
    uses=("new-t1-conjugate", "new-t4-range", "new-t6-layer"),
    remark="In one coordinate; $|ξ|$ is at most the larger of $t_+$ and $t_−$. By new-t12-bregman, $D_𝒬(θ*, θ(t))$ does not increase for a "
    "minimizer $θ*$ of a convex loss, so the trajectory is bounded.",
)


def _coercive_two(depth: Any) -> tuple[Any, ...]:
    """``x = √Δ·sinh y``, ``y = ξ + c``: ``√Δ·|y| ≤ |x|``, and a square is completed."""
    x, x_0, y, target, gap, begun, root = sp.symbols("x x0 y theta_star r c R", real=True)  # r = √Δ, R = √(x² + Δ)
    steep = given(("R ≥ √Δ", sp.Ge(root, gap)), ("√Δ > 0", sp.Gt(gap, 0)))
    nonzero = given(("R ≠ 0", sp.Ne(root, 0)), ("√Δ ≠ 0", sp.Ne(gap, 0)))
    ahead = sp.Symbol("q", real=True)  # x/√Δ − y
    running = (RateRule(x, ONE), RateRule(y, 1 / root))
    excess = ENTROPY - target * (y - begun) + (x**2 - x_0**2) / 2
    most = given(("the step before, both signs of x", sp.Ge(x**2, gap**2 * y**2)), ("√Δ > 0", sp.Gt(gap, 0)))
    square = (gap * y / 2 - target / gap) ** 2
    return (
        Equal(Rate(sp.asinh(x / gap)), 1 / sp.sqrt(x**2 + gap**2), Setting(steep[1:], (RateRule(x, ONE),))),
        Equal(Rate(x / gap - y), 1 / gap - 1 / root, Setting((), running).given(*nonzero)),
        AboveStart(x, ahead, ZERO, ((ahead, ZERO),), Setting(steep, (running[0], RateRule(ahead, 1 / gap - 1 / root)))),
        at_least(excess, ENTROPY + target * begun - x_0**2 / 2 - target**2 / gap**2 + x**2 / 4, Setting(most)),
        Equal(gap**2 * y**2 / 4 - target * y, square - target**2 / gap**2, Setting(steep[1:])),
    )


T12_COERCIVE_TWO = Claim(
    id="new-t12-coercive-two",
    title="for $L = 2$, under $(𝒜)$, $D_𝒬(θ*, θ) ≥ ¼x² − C$, and $x² ≥ |θ| − Δ/2$: its sublevel sets in $θ$ are bounded",
    source="Theorem 1",
    printed=r"D_{\mathcal{Q}}(\theta^*,\theta)\ge\tfrac14x^2+\mathcal{Q}(\theta^*)+c\,\theta^*-\tfrac12x_0^2-\frac{(\theta^*)^2}{\Delta},\quad L=2",
    statement=_coercive_two,
    depths=(sp.Integer(2),),
    scope=Scope("L = 2", "all d"),
    uses=("new-t1-conjugate", "new-t2-elementary", "new-t6-two-layers"),
    remark="$θ*$ stands for $s·θ*$; $c = arcsinh(x_0/√Δ)$.",
)


@dataclass(frozen=True)
class Converges(Consequence):
    """A trajectory converges to a minimizer of a convex loss: D_𝒬(θ*, θ(t)) falls for every minimizer θ*, and bounds θ(t).

    A cluster point is a minimizer by the rate; the divergence to it falls, and tends to 0 along a subsequence, so to 0.
    """

    theorem: ClassVar = Theorem(
        "a bounded trajectory that is Bregman monotone with respect to a set which holds its cluster points converges",
        "Bauschke, Borwein, Combettes 2003",
        ("BauschkeBorweinCombettes2003",),
    )

    def premises(self) -> tuple[Any, ...]:
        convex = given(("𝓛 is convex", sp.Ge(LEAST - LOSS, PAIRING)), ("θ* is a minimizer", sp.Ge(LOSS, LEAST)))
        return (
            at_least(0, Rate(DIVERGENCE), Setting(convex, (RateRule(DIVERGENCE, PAIRING),))),
            *_coercive(DEPTH),
            *_coercive_two(sp.Integer(2)),
            *T12_RATE.statement(DEPTH),
        )

    def __str__(self) -> str:
        return "$θ(t)$ converges to a minimizer of $𝓛$"


T12_CONVERGES = Claim(
    id="new-t12-converges",
    title="a convex loss with a minimizer, $(𝒜)$: $θ(t)$ is bounded and converges to a minimizer, at every depth",
    source="Appendix A.1, (18)",
    printed=r"\mathcal{L}\text{ convex},\ \arg\min\mathcal{L}\neq\emptyset,\ (\mathcal{A})\ \Longrightarrow\ \theta(t)\to\theta_\infty\in\arg\min\mathcal{L}",
    statement=lambda depth: Converges(),
    uses=("new-t12-bregman", "new-t12-rate", "new-t12-existence", "new-t1-curvature"),
    remark="Bounded: claims new-t12-coercive for $L ≥ 3$ and new-t12-coercive-two for $L = 2$. So for such losses the convergence that (18) assumes is proved. To which minimizer it converges: claim new-t12-bias where the "
    "minimizers are the solutions of $Xθ = y$; claim new-t12-which-trap where they are not an affine set.",
)


# -- which minimizer ------------------------------------------------------------------------------------
def _bias(depth: Any) -> tuple[Any, ...]:
    """``⟨ξ, δ⟩' = −⟨∇𝓛, δ⟩ = 0`` for δ ∈ ker X, along which ``𝓛 = ℓ(Xθ − y)`` is constant, and ξ = 0 at the start; so ``𝒬(θ) − 𝒬(θ_∞) = D(θ, θ(t)) − D(θ_∞, θ(t))`` whenever ``Xθ = Xθ_∞``."""
    xi, slope, delta = (sp.IndexedBase(name, real=True) for name in ("xi", "g", "delta"))
    places = (1, 2)  # written out in the plane where numbers are tried

    def paired(term: Any) -> Any:
        return sum_over(term) if depth == DEPTH else sp.Add(*map(term, places))

    rules = [RateRule(xi[I], -slope[I], I)] if depth == DEPTH else [RateRule(xi[i], -slope[i]) for i in places]
    size = D if depth == DEPTH else sp.Integer(len(places))
    along = Setting((), tuple(rules), size)
    here, other, limit, now, shift, pair = sp.symbols("c Qother Qlimit Qnow shift pair", real=True)
    # with now = 𝒬(θ(t)), shift = ⟨ξ, θ_∞ − θ(t)⟩ and pair = ⟨ξ, θ − θ_∞⟩
    apart = (other - now - (shift + pair)) - (limit - now - shift)
    nought = given(("the step before", sp.Eq(pair, 0)))
    far, near = sp.symbols("D1 D2", real=True)
    least = given(
        ("the step before", sp.Eq(other - limit, far - near)),
        ("a Bregman divergence", sp.Ge(far, 0)),
        ("D_𝒬(θ_∞, θ(t)) below any c > 0, for t large", sp.Gt(here, near)),
    )
    return (
        Equal(Rate(paired(lambda i: xi[i] * delta[i])), paired(lambda i: -slope[i] * delta[i]), along),
        Equal(apart, other - limit, Setting(nought)),
        greater(other - limit, -here, Setting(least)),
    )


T12_BIAS = Claim(
    id="new-t12-bias",
    title="the implicit bias of every depth: if $θ(t) → θ_∞$ with $Xθ_∞ = y$ and $𝓛 = ℓ(Xθ − y)$, then $θ_∞$ minimizes $𝒬$ over $Xθ = y$",
    source="Appendix A.1, (18)",
    printed=r"\theta(t)\to\theta_\infty,\ X\theta_\infty=y\ \Longrightarrow\ \theta_\infty=\arg\min_{X\theta=y}\mathcal{Q}(\theta),\quad L\ge2",
    statement=_bias,
    uses=("new-t1-slope", "new-t1-curvature"),
    remark="$ℓ$ is any differentiable function. With $c$ here in the last step arbitrary, $𝒬(θ) ≥ 𝒬(θ_∞)$; $𝒬$ is strictly convex, so $θ_∞$ is the "
    "only minimizer. With ties as well, where $𝒬(θ)$ is finite and $𝒬$ continuous at $θ_∞$: no multiplier is used.",
)


def _which(depth: Any) -> tuple[Any, ...]:
    """``25·max(0, 1 − θ_1)² + ½·max(0, 4 − θ_1 − θ_2)²``: the first dual runs ahead of the second, and 𝒬 is symmetric."""
    first, second, room, both = sp.symbols("xi_1 xi_2 m n", real=True)  # m = max(0, 1 − θ_1), n = max(0, 4 − θ_1 − θ_2)
    rates = (CLOCK, RateRule(first, 50 * room + both), RateRule(second, both))
    known = given(("m = max(0, 1 − θ_1), positive until θ_1 = 1", sp.Gt(room, 0)))
    x, y = sp.symbols("x y", real=True)
    mirror = Hypothesis("the mirror map sinh(2ξ)/2 of (0, 1)", sp.Gt(x, y))
    return (
        AboveStart(TIME, first - second, ZERO, ((first, ZERO), (second, ZERO)), Setting(known, rates), strict=True),
        greater(x - y, 0, Setting((mirror,))),
    )


T12_TRAP = Claim(
    id="new-t12-which-trap",
    title="not for every convex loss is the limit the minimizer of $𝒬$ among the minimizers: $25·max(0, 1 − θ_1)² + ½·max(0, 4 − θ_1 − θ_2)²$",
    source="Appendix A.1, (18)",
    printed=r"\xi_1(t)-\xi_2(t)=50\int_0^t\max(0,1-\theta_1)\,ds>0\ \Longrightarrow\ \theta_\infty\neq(2,2)=\arg\min\{\mathcal{Q}:\theta_1\ge1,\theta_1+\theta_2\ge4\}",
    statement=_which,
    depths=(sp.Integer(2),),
    scope=Scope("L = 2", "d = 2"),
    uses=("eq-17",),
    remark="Two layers from (0, 1) in both coordinates: $𝒬$ is symmetric and strictly convex, so (2, 2) minimizes it over the minimizers; "
    "but $ξ_1 − ξ_2$ is positive from the start and does not decrease. The flow tends to (3.1349, 0.8651).",
)


# -- training time from below -----------------------------------------------------------------------------
def _time(depth: Any) -> tuple[Any, ...]:
    """``|ξ(t)| ≤ t·sup|g|`` from both sides, and the scaling of ξ."""
    slope, most = sp.symbols("g G", real=True)
    steps = []
    for sign in (1, -1):
        known = given(("|g| ≤ G", sp.Ge(most, sign * slope)))
        along = Setting(known, (CLOCK, RateRule(XI, -slope)))
        steps.append(AboveStart(TIME, most * TIME + sign * XI, ZERO, ((XI, ZERO),), along))
    scale, reached = sp.symbols("a c", real=True)
    size = LayerFlow(depth).depth
    needed = given(
        ("the steps before", sp.Ge(most * TIME, scale ** (2 - size) * reached)),
        ("G > 0", sp.Gt(most, 0)),
        ("a > 0", sp.Gt(scale, 0)),
    )
    return (*steps, at_least(TIME, scale ** (2 - size) * reached / most, Setting(needed)))


T12_TIME = Claim(
    id="new-t12-time",
    title="training time from below: $θ_i$ is reached no sooner than $|ξ(θ_i)|/sup|g_i|$, which from $a·u(0)$ is $a^{2−L}|ξ(a^{−L}θ_i)|/sup|g_i|$",
    source="Section 1.2, contributions",
    printed=r"t\ge\frac{|\nabla_i\mathcal{Q}_a(\theta)|}{\sup|g_i|}=a^{2-L}\,\frac{|\xi(a^{-L}\theta_i)|}{\sup|g_i|}",
    statement=_time,
    uses=("new-t1-mirror", "new-t6-scaling"),
    remark="$g_i$ bounded along the flow. For a fixed $θ_i ≠ 0$ and $L ≥ 3$, $ξ(a^{−L}θ_i)$ tends to $t_+$ or $−t_−$ (claim new-t4-range), so the time "
    "grows like $a^{2−L}$; for $L = 2$ like $log(1/a)$ (claim new-t6-two-layers).",
)

if __name__ == "__main__":
    from ddln_sym.cli import run_module

    run_module(__file__)
