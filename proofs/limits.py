"""Beyond the paper: the entropy of small and of large initializations to the next order, with errors free of the scale."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ddln_sym.claims import Claim
from ddln_sym.models import OrderedFlow
from ddln_sym.statements import (
    DEPTH,
    AboveStart,
    ArithmeticGeometric,
    Assumption,
    Equal,
    Hypothesis,
    Rate,
    RateRule,
    Scope,
    Setting,
    at_least,
)
from proofs.rates import H_2 as SQUARES
from proofs.rates import A as PRODUCT
from proofs.rates import Gaps, metric_in_w
from proofs.rates import H as INVERSES
from proofs.regimes import GAP, KAPPA, ONE, SCALE, SIGMA, SLOPE, TAIL, THETA, X_0, XI, M, Q, T, W, X, entropy, given

TITLE = "Beyond the paper: the entropy of small and of large initializations to the next order, with errors free of the scale"

ZERO = sp.Integer(0)
SIDE, SIGN = sp.symbols("e s", real=True)  # the signs of x and of the product of the other layers
SIZE, POWER = sp.symbols("n p", real=True)  # |θ| and |θ|^{2/L}
B, D, SPEED = sp.symbols("b D E", real=True)  # 1/x², ΣΔ_k, and the logarithmic derivative of a ratio
MORE, LATER = sp.symbols("h c", real=True)
ERROR, START = sp.symbols("C c0", real=True)
MAIN, LOG, ROOT, WHOLE = sp.symbols("m l R E_1", real=True)
RATIO = sp.Symbol("N", real=True)  # M/σ
H_0, AREA = sp.symbols("H_0 V", real=True)  # Σ1/Δ_k, and σ𝒬 − θ²/2 + …


def _deep(depth: Any) -> Any:
    """At least three layers."""
    return depth if depth == DEPTH else sp.Integer(max(depth, 3))


def _both_sides(size: Any, mirror: Any) -> Equal:
    """``𝒬 = |θ|·mirror − (x² − x_0²)/2`` for θ = s·e·|θ| and ξ = s·e·mirror, x = e·|x|."""
    signs = given(("s = ±1", sp.Eq(SIGN**2, 1)), ("e = ±1", sp.Eq(SIDE**2, 1)))
    moved = entropy(SIGN * SIDE * size, SIGN * SIDE * mirror, SIDE * X, X_0)
    return Equal(moved, size * mirror - (X**2 - X_0**2) / 2, signs)


# -- the layer against the power of θ -------------------------------------------------------------------
def _slowly(variable: Any, ratio: Any, bound: Any) -> tuple[AboveStart, AboveStart]:
    """``1 ≤ ratio ≤ 1 + bound·variable·ratio`` from ``ratio = 1`` on, for ``0 ≤ ratio'/ratio ≤ bound``."""
    moving = (RateRule(variable, ONE), RateRule(ratio, ratio * SPEED))
    rising = Hypothesis("it does not decrease", sp.Ge(SPEED, 0))
    first = Setting((Hypothesis("it is positive", sp.Gt(ratio, 0)), rising), moving)
    second = Setting((Hypothesis("the step before", sp.Ge(ratio, 1)), rising), moving)
    known, start = second.given(Hypothesis("its speed", sp.Ge(bound, SPEED))), ((ratio, ONE),)
    excess = 1 + bound * variable * ratio - ratio
    return AboveStart(variable, ratio, ONE, start, first), AboveStart(variable, excess, ZERO, start, known)


def _layer(depth: Any) -> tuple[Any, ...]:
    """``κ = ∏√(1 + bΔ_k)``, ``b = 1/x²``, grows from 1; ``|θ|^{2/L}`` is a mean of the squares of all layers."""
    flow = OrderedFlow(depth)
    depth, others, least = flow.depth, (ONE,), flow.least(ONE)
    along = Setting((), (RateRule(B, ONE),), depth).given(Hypothesis("b > 0", sp.Gt(B, 0)), *least)
    right = Setting((), (), depth).given(Hypothesis("x > 0", sp.Gt(X, 0)), *least)

    def square(k: Any) -> Any:
        return X**2 + flow.difference(k)

    def root(k: Any) -> Any:
        return sp.sqrt(1 + flow.difference(k) / X**2)

    def means(term: Any, total: Any, *names: tuple[Any, Any]) -> ArithmeticGeometric:
        terms = [flow.total(term, others)] if flow.schematic else [term(k) for k in range(2, depth + 1)]
        numbers, product = (term(ONE), *terms), term(ONE) * flow.product(term, others)
        return ArithmeticGeometric(numbers, total, product, names, right)

    ratio = flow.product(lambda k: sp.sqrt(1 + B * flow.difference(k)), others)
    speed = flow.total(lambda k: flow.difference(k) / (1 + B * flow.difference(k)), others)
    gaps, inverses = flow.total(flow.difference, others), flow.total(lambda k: 1 / square(k), others)
    drawn = flow.product(lambda k: X * root(k), others)
    below = (
        ("harmonic mean", sp.Ge(1 / X**2 + INVERSES, depth / POWER)),
        ("its terms", sp.Ge(depth - 1, X**2 * INVERSES)),
    )
    signs = ("x > 0", sp.Gt(X, 0)), ("θ ≠ 0", sp.Gt(POWER, 0)), ("L ≥ 2", sp.Ge(depth, 2))
    return (
        Equal(flow.product(lambda k: sp.sqrt(square(k)), others), drawn, right),
        Equal(drawn, X ** (depth - 1) * flow.product(root, others), right),
        Equal(Rate(ratio), ratio * speed / 2, along),
        at_least(gaps, speed, along),
        *_slowly(B, KAPPA, D / 2),
        means(square, depth * X**2 + D, (D, gaps)),
        means(lambda k: 1 / square(k), 1 / X**2 + INVERSES, (INVERSES, inverses)),
        at_least(flow.total(lambda k: X**-2, others), inverses, right),
        at_least(POWER, X**2, given(*below, *signs)),
    )


T6_LAYER = Claim(
    id="new-t6-layer",
    title="$x² ≤ |θ|^{2/L} ≤ x² + ΣΔ_k/L$, and $κ = P/x^{L−1}$ lies between 1 and $1 + κΣΔ_k/(2x²)$",
    source="open question after Theorem 1",
    printed=r"x^2\le|\theta|^{2/L}\le x^2+\frac1L\sum_k\Delta_k,\quad1\le\kappa\le1+\frac{\kappa}{2x^2}\sum_k\Delta_k,\quad\kappa=\frac{P(x)}{|x|^{L-1}}",
    statement=_layer,
    uses=("new-t1-mirror",),
    remark="$|θ|^{2/L}$ is the geometric mean of the $L$ numbers $x²$, $x² + Δ_k$, between the harmonic and the arithmetic one; "
    "$κ = ∏√(1 + Δ_k/x²)$, which decreases to 1 as $|x|$ grows.",
)


# -- small initializations ------------------------------------------------------------------------------
def _next(depth: Any) -> tuple[Any, ...]:
    """``t|θ| − 𝒬 = |θ|T + (x² − x_0²)/2``, T the tail; with the bounds of T and of x²."""
    depth = _deep(depth)
    missing = SIZE * TAIL + (X**2 - X_0**2) / 2
    power = depth * POWER / (2 * (depth - 2))
    deep, signs = ("L ≥ 3", sp.Ge(depth, 3)), (("x > 0", sp.Gt(X, 0)), ("κ > 0", sp.Gt(KAPPA, 0)))
    below = given(
        deep,
        ("θ ≠ 0", sp.Gt(SIZE, 0)),
        (Assumption.of_claim("new-t4-tail"), sp.Ge(TAIL, X**2 / ((depth - 2) * SIZE))),
        (Assumption.of_claim("new-t6-layer"), sp.Ge(X**2, POWER - D / depth)),
    )
    tail = given(deep, *signs, (Assumption.of_claim("new-t4-bounded"), sp.Le(TAIL, X ** (2 - depth) / (depth - 2))))
    above = given(
        deep,
        ("the step before", sp.Le(SIZE * TAIL, KAPPA * X**2 / (depth - 2))),
        (Assumption.of_claim("new-t6-layer"), sp.Ge(POWER, X**2)),
        (Assumption.of_claim("new-t6-layer"), sp.Ge(2 * X**2 + KAPPA * D, 2 * KAPPA * X**2)),
    )
    return (
        _both_sides(SIZE, T - TAIL),
        Equal(T * SIZE - (SIZE * (T - TAIL) - (X**2 - X_0**2) / 2), missing),
        at_least(missing, power - D / (2 * (depth - 2)) - X_0**2 / 2, below),
        at_least(KAPPA * X**2 / (depth - 2), KAPPA * X**depth * TAIL, tail),
        at_least(power + KAPPA * D / (2 * (depth - 2)) - X_0**2 / 2, missing, above),
    )


T6_NEXT = Claim(
    id="new-t6-next",
    title="for $L ≥ 3$, $t_±|θ| − 𝒬(θ)$ is $(L/(2(L−2)))|θ|^{2/L}$ up to a bounded error, on both sides",
    source="open question after Theorem 1",
    printed=r"-\frac{D}{2(L-2)}\le t_\pm|\theta|-\mathcal{Q}(\theta)-\frac{L}{2(L-2)}|\theta|^{2/L}+\frac{x_0^2}2\le\frac{\kappa D}{2(L-2)},"
    r"\quad D=\sum_k\Delta_k,\quad\kappa=\frac{P(x)}{|x|^{L-1}}",
    statement=_next,
    scope=Scope("all L ≥ 3", "all d"),
    uses=("new-t1-slope", "new-t4-bounded", "new-t4-tail", "new-t4-range", "new-t6-layer"),
    remark="$t_+$ where $sθ > 0$, $t_−$ where $sθ < 0$: $P$ is a function of $x²$, so the tail $T$ from $|x|$ on is the same on both sides.",
)


def _small(depth: Any) -> tuple[Any, ...]:
    """Claim new-t6-next at ``φ = a^{−L}|θ|``, by claim new-t6-scaling; there the layer is farther out and κ smaller."""
    depth = _deep(depth)
    flow = OrderedFlow(depth)
    power = depth / (2 * (depth - 2)) * SIZE ** (2 / depth)

    def squares(w: Any, scale: Any = ONE) -> Any:
        return flow.product(lambda k: w + scale**2 * flow.difference(k), (ONE,))

    def ratio(b: Any) -> Any:
        return flow.product(lambda k: 1 + b * flow.difference(k), (ONE,))

    def under(name: str, *relations: Any) -> Setting:
        return Setting((), (), depth).given(*(Hypothesis(name, r) for r in relations), *flow.least(ONE))

    far = SCALE**-depth * SIZE
    left = T * far - Q - depth / (2 * (depth - 2)) * far ** (2 / depth)
    scaled = SCALE ** (2 - depth) * T * SIZE
    positive = given(("a > 0", sp.Gt(SCALE, 0)), ("θ ≠ 0", sp.Gt(SIZE, 0)), ("L ≥ 3", sp.Ge(depth, 3)))
    within = SCALE**2 * ERROR
    return (
        at_least(squares(LATER), squares(W), under("farther out", sp.Gt(W, 0), sp.Ge(LATER, W))),
        at_least(squares(W), squares(W, SCALE), under("a ≤ 1", sp.Gt(W, 0), sp.Le(SCALE**2, 1))),
        at_least(ratio(LATER), ratio(B), under("farther out", sp.Gt(B, 0), sp.Ge(LATER, B))),
        Equal(SCALE**2 * left, scaled - SCALE**2 * Q - power, positive),
        *(
            at_least(
                SCALE ** (depth - 2) * within,
                sign * (T * SIZE - SCALE ** (depth - 2) * Q - SCALE ** (depth - 2) * power),
                positive.given(Hypothesis("the step before", sp.Ge(within, sign * (scaled - Q - power)))),
            )
            for sign in (1, -1)
        ),
    )


T6_SMALL = Claim(
    id="new-t6-small",
    title="as $a → 0$, for $L ≥ 3$, $a^{L−2}𝒬_a(θ) = t_±|θ| − a^{L−2}(L/(2(L−2)))|θ|^{2/L} + O(a^L)$, the error bounded for $0 < a ≤ 1$",
    source="open question after Theorem 1",
    references=("WoodworthEtAl2020", "ZhaoEtAl2026", "MoroshkoEtAl2020"),
    printed=r"\left|t_\pm|\theta|-a^{L-2}\mathcal{Q}_a(\theta)-\frac{L}{2(L-2)}|\theta|^{2/L}a^{L-2}\right|\le Ca^L,\quad "
    r"C=\frac{\max(1,\kappa(\theta))}{2(L-2)}\sum_k\Delta_k+\frac{x_0^2}2,\quad0<a\le1",
    statement=_small,
    scope=Scope("all L ≥ 3", "all d"),
    uses=("new-t6-scaling", "new-t6-next"),
    remark="$t_±$ and $κ(θ) = P(x)/|x|^{L−1}$ are those at $a = 1$. From $a·u(0)$ the layer $X$ solves $X²∏(X² + a²Δ_k) = θ²$, so $|X| ≥ |x|$, and at "
    "$φ = a^{−L}|θ|$, whose layer is $X/a$, $κ$ is no larger than at $θ$. Divided by $a^{L−2}$: $𝒬_a(θ)$ with an error of at most $Ca²$. "
    "The weighted $ℓ_1$ norm at zero scale: Zhao et al. 2026; for two layers Woodworth et al. 2020, Moroshko et al. 2020.",
)


# -- two layers -----------------------------------------------------------------------------------------
def _two(depth: Any) -> tuple[Any, ...]:
    """``ξ = ½log(4|θ|/Δ) + ½log(1 + h) − c``, ``h = (√(x² + Δ) − x)²/(4|θ|)``."""
    root = sp.sqrt(X**2 + GAP**2)
    size, h = X * root, (root - X) ** 2 / (4 * X * root)
    signs = ("x > 0", sp.Gt(X, 0)), ("√Δ > 0", sp.Gt(GAP, 0))
    main = size * MAIN / 2 - START * size - size / 2
    value = size * (MAIN / 2 + LOG / 2 - START) - (X**2 - X_0**2) / 2
    whole, more = ("1 + h > 0", sp.Gt(WHOLE, 0)), ("the step before", sp.Ge(WHOLE, 1))
    run, exponential = RateRule(MORE, ONE), (RateRule(LOG, ONE), RateRule(WHOLE, WHOLE))
    below, above = ("log(1 + h) ≥ 0", sp.Ge(LOG, 0)), ("log(1 + h) ≤ h", sp.Le(LOG, h))
    scale = ("a > 0", sp.Gt(SCALE, 0)), ("θ ≠ 0", sp.Gt(SIZE, 0)), ("√Δ > 0", sp.Gt(GAP, 0))

    def leading(size: Any) -> Any:
        return size * sp.log(4 * size / GAP**2) / 2 - START * size - size / 2

    return (
        _both_sides(SIZE, MAIN - START),
        Equal(1 + h, (X + root) ** 2 / (4 * size), given(signs[0])),
        Equal(sp.asinh(X / GAP), sp.log((X + root) / GAP), given(signs[1])),
        Equal(
            sp.log((X + ROOT) / GAP),
            sp.log(4 * X * ROOT / GAP**2) / 2 + sp.log((X + ROOT) ** 2 / (4 * X * ROOT)) / 2,
            given(*signs, ("√(x² + Δ) > 0", sp.Gt(ROOT, 0))),
        ),
        AboveStart(
            MORE, sp.log(WHOLE), ZERO, ((WHOLE, ONE),), Setting(given(whole).hypotheses, (run, RateRule(WHOLE, ONE)))
        ),
        AboveStart(LOG, WHOLE, ONE, ((WHOLE, ONE),), Setting(given(whole).hypotheses, exponential)),
        AboveStart(LOG, WHOLE - LOG - 1, ZERO, ((WHOLE, ONE),), Setting(given(more).hypotheses, exponential)),
        at_least(value, main + X_0**2 / 2, given(signs[0], below)),
        at_least(main + X_0**2 / 2 + GAP**2 / 4, value, given(signs[0], above)),
        Equal(SCALE**2 * leading(SIZE / SCALE**2), SIZE * sp.log(1 / SCALE) + leading(SIZE), given(*scale)),
    )


T6_TWO_NEXT = Claim(
    id="new-t6-two-layers-next",
    title="for $L = 2$, $𝒬_a(θ) = |θ|log(1/a) + ½|θ|log(4|θ|/Δ) − c|θ| − ½|θ| + O(a²)$, with bounds for every $a > 0$",
    source="open question after Theorem 1",
    printed=r"\frac{a^2x_0^2}2\le\mathcal{Q}_a(\theta)-|\theta|\log\frac1a-\frac{|\theta|}2\log\frac{4|\theta|}\Delta+c|\theta|+\frac{|\theta|}2"
    r"\le\frac{a^2x_0^2}2+\frac{a^2\Delta}4,\quad c=\pm\text{arcsinh}\frac{x_0}{\sqrt\Delta}",
    statement=_two,
    depths=(sp.Integer(2),),
    scope=Scope("L = 2", "all d"),
    uses=("new-t1-mirror", "new-t1-slope", "new-t2-elementary", "new-t6-scaling"),
    remark="The sign of $c$ is that of $sθ$. Divided by $log(1/a)$: as $a → 0$ $𝒬_a(θ)/log(1/a)$ tends to $|θ|$, with an error of order $1/log(1/a)$.",
)


# -- large initializations ------------------------------------------------------------------------------
def _large(depth: Any) -> tuple[Any, ...]:
    """``M' = dM/dw``, two terms that are not negative, lies between 0 and ``2H_0M``, so ``σ ≤ M ≤ σ + 2wH_0M``; ``wσ ≤ θ²``; then two slopes from ``θ = 0``."""
    gaps = Gaps(depth)
    flow, least = gaps.flow, gaps.least
    start = flow.total(lambda k: 1 / (flow.initial(k) ** 2 - flow.initial(least) ** 2), (least,))
    growing = (RateRule(W, ONE), RateRule(PRODUCT, PRODUCT * INVERSES), RateRule(INVERSES, -SQUARES))
    sums = [("products and sums of squares", sp.Ge(s, 0)) for s in (PRODUCT, INVERSES, SQUARES)]
    slow = given(*sums, ("w > 0", sp.Gt(W, 0)), ("the first step", sp.Ge(H_0, INVERSES)))
    rise = PRODUCT * (INVERSES * (1 + W * INVERSES) + (INVERSES - W * SQUARES))
    metric = metric_in_w(PRODUCT, INVERSES)
    positive = ("σ > 0", sp.Gt(SIGMA, 0)), ("M ≥ σ", sp.Ge(M, SIGMA)), ("H_0 > 0", sp.Gt(H_0, 0))
    bounds = ("M ≤ σ + 2wH_0M", sp.Le(M, SIGMA + 2 * W * H_0 * M)), ("wσ ≤ θ²", sp.Ge(THETA**2, W * SIGMA))
    most = SIGMA + 2 * H_0 * M * THETA**2 / SIGMA
    bend = SIGMA / M - 1 + 2 * H_0 * THETA**2 / SIGMA
    slope = SIGMA * XI - THETA + 2 * H_0 * THETA**3 / (3 * SIGMA)
    area = SIGMA * Q - THETA**2 / 2 + H_0 * THETA**4 / (6 * SIGMA)
    moving = (RateRule(THETA, ONE), RateRule(XI, 1 / M), RateRule(Q, XI))
    known = given(("σ > 0", sp.Gt(SIGMA, 0)), ("M > 0", sp.Gt(M, 0)), ("the step before", sp.Ge(most, M)))
    far, scaled = SCALE**-flow.depth * THETA, given(("a > 0", sp.Gt(SCALE, 0)), positive[0])

    def rising(quantity: Any, speed: Any, setting: Setting) -> AboveStart:
        rates = (moving[0], RateRule(quantity, speed))
        return AboveStart(THETA, quantity, ZERO, ((quantity, ZERO),), Setting(setting.hypotheses, rates))

    def quartic(theta: Any, scale: Any = ONE) -> Any:
        return theta**2 / (2 * SIGMA) - scale * H_0 * theta**4 / (6 * SIGMA**2)

    return (
        at_least(start, gaps.inverses, gaps.after),
        at_least(gaps.product, flow.sigma(least), gaps.after),
        at_least(gaps.inverses, W * gaps.squares, gaps.after),
        Equal(Rate(metric), rise, Setting((), growing)),
        at_least(2 * H_0 * metric, rise, slow),
        *_slowly(W, RATIO, 2 * H_0),
        at_least(most, M, given(*positive, *bounds)),
        Equal(Rate(slope), bend, Setting(known.hypotheses[:2], moving[:2])),
        rising(SLOPE, bend, known),
        Equal(Rate(area), slope, Setting(known.hypotheses[:1], moving)),
        rising(AREA, SLOPE, given(("the step before", sp.Ge(SLOPE, 0)))),
        Equal(SCALE ** (2 * flow.depth) * quartic(far), quartic(THETA, SCALE ** (-2 * flow.depth)), scaled),
    )


T6_LARGE = Claim(
    id="new-t6-large",
    title="from $x_0 = 0$, $a^{2(L−1)}𝒬_a(θ)$ is $θ²/(2∏Δ_k)$ up to $a^{−2L}θ⁴ΣΔ_k^{−1}/(6∏Δ_k²)$, for every $a > 0$",
    source="open question after Theorem 1",
    printed=r"0\le\frac{\theta^2}{2\sigma}-a^{2(L-1)}\mathcal{Q}_a(\theta)\le\frac{\theta^4}{6\sigma^2}\sum_k\frac1{\Delta_k}\,a^{-2L},\quad\sigma=\prod_k\Delta_k",
    statement=_large,
    uses=("new-t1-curvature", "new-t6-scaling", "new-t6-lazy", "new-t7-in-w"),
    remark="$𝒬$ is even. The upper bound of $𝒬$ is claim new-t6-lazy; $a^{2(L−1)}𝒬_a(θ) = a^{2L}𝒬(a^{−L}θ)$ by claim new-t6-scaling.",
)

if __name__ == "__main__":
    from ddln_sym.cli import run_module

    run_module(__file__)
