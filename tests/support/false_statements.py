"""False statements of every kind that the kernel decides; it must prove none of them.

A statement that is not defined everywhere under its hypotheses counts as false.  ``REFUTED`` names those
that are false at a small rational point, which the kernel has to find.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from ddln_sym.models import LayerFlow, OrderedFlow
from ddln_sym.models.conditions import BlockRank, BlocksCommute, BlocksSeparate
from ddln_sym.statements import (
    DEPTH,
    AboveStart,
    ArithmeticGeometric,
    Commutes,
    ConstrainedMinimizer,
    Denied,
    Domain,
    DominatedTail,
    Equal,
    ExponentialDecay,
    FullRank,
    Holds,
    Hypothesis,
    Index,
    KeepsSign,
    Maclaurin,
    Needed,
    NullSet,
    OntoTheLine,
    PowerTail,
    Primitive,
    Rate,
    RateRule,
    SeparateBlocks,
    Setting,
    Solves,
    StrictMaclaurin,
    SumOver,
    at_least,
    conserved,
    greater,
    product_over,
    sum_over,
)
from ddln_sym.statements.expressions import bound_index
from proofs.range import BetweenLimits

L = DEPTH
ONE, TWO, HALF = sp.Integer(1), sp.Integer(2), sp.Rational(1, 2)
x, y, z, a, b, c, g, t = sp.symbols("x y z a b c g t", real=True)
X = sp.Symbol("X")  # declared with nothing at all
Y = sp.Symbol("y")
m, n, i = sp.symbols("m n i", integer=True)
j, k, least = map(Index, "jkl")
u, v = (sp.IndexedBase(name, real=True) for name in "uv")
f = sp.Function("f")
w = sp.symbols("w1:7", real=True)
M1 = Index("m1")


def every(relation: Any, *without: Any) -> Hypothesis:
    """A relation for every index k."""
    return Hypothesis("given", relation, k, without)


def under(*hypotheses: Any, rates: tuple[tuple[Any, ...], ...] = (), size: Any = None) -> Setting:
    given = (h if isinstance(h, Hypothesis) else Hypothesis("given", h) for h in hypotheses)
    return Setting(tuple(given), tuple(RateRule(*r) for r in rates), size)


LAYERS = Setting((), (), L)
FLOW = LayerFlow()
FLOW_3 = LayerFlow(3)
ORDERED = OrderedFlow()
FACTORED = FLOW.layer(j) * FLOW.others(j)
GRADIENT = RateRule(u[j], FLOW.others(j), j)


def _tied(*more: Any) -> Setting:
    """States at 0 and t tied by conservation, layer l of least initial modulus."""
    return LAYERS.given(*FLOW.conservation(least), *FLOW.least(least), *more)


POLYNOMIALS = [
    ("square of a sum", Equal((x + y) ** 2, x**2 + y**2)),
    ("cube of a difference", Equal((x - y) ** 3, x**3 - y**3)),
    ("fraction split the wrong way", Equal(1 / (x + y), 1 / x + 1 / y, under(sp.Gt(x, 0), sp.Gt(y, 0)))),
    ("one instead of two", Equal(sum(w[:2]), 2 * w[0])),
    ("ideal: a relation with another constant", Equal(x**2, y**2 + 1, under(sp.Eq(x**2, y**2 + 2)))),
    ("ideal: a square root of a relation", Equal(x, y, under(sp.Eq(x**2, y**2)))),
    ("ideal: a factor cancelled that may be zero", Equal(y, z, under(sp.Eq(x * y, x * z)))),
    ("a quotient that is not defined", Equal((x + y) / (x + y) * (1 / x) * y, (1 / x) * y)),
    (
        "division by an expression that is zero",
        Equal(*[1 / (sp.sqrt(x * y) - sp.sqrt(x) * sp.sqrt(y))] * 2, under(sp.Gt(x, 0), sp.Gt(y, 0))),
    ),
    ("infinity", Equal(sp.oo, sp.oo)),
]

ROOTS = [
    ("root of a square", Equal(sp.sqrt((x - y) ** 2), x - y)),
    ("root of a square of an undeclared symbol", Equal(sp.sqrt(X**2), X)),
    ("fourth root of a fourth power", Equal((X**4) ** sp.Rational(1, 4), X)),
    ("fourth root, expanded", Equal(sp.expand((x + 1) ** 4) ** sp.Rational(1, 4), x + 1)),
    ("cube root of a negative number", Equal((X**3) ** sp.Rational(1, 3), X)),
    (
        "root of a product of negative numbers",
        Equal(sp.sqrt(x * y), sp.sqrt(x) * sp.sqrt(y), under(sp.Ge(x * y, 0))),
    ),
    ("root of a sum", Equal(sp.sqrt(x**2 + y**2), sp.Abs(x) + sp.Abs(y))),
    ("root of minus one", Equal(sp.sqrt((x - 1) * (x + 1) - x**2), sp.sqrt((y - 1) * (y + 1) - y**2))),
    ("one over a root at zero", at_least(x**-HALF, 0, under(sp.Ge(x, 0)))),
    ("irrational root, sign forgotten", Equal(sp.sqrt(2 * x**2), sp.sqrt(2) * x)),
    ("sign squared", Equal(sp.sign(x) ** 2, 1)),
    ("sign of a sum", Equal(sp.sign(x) + sp.sign(y), sp.sign(x + y))),
    ("sign as a quotient at zero", Equal(x / sp.Abs(x), sp.sign(x))),
    ("sign of a product of negative numbers", Equal(sp.sign(x * y), -sp.sign(x) * sp.sign(y))),
    ("modulus of a sum", Equal(sp.Abs(x + y), sp.Abs(x) + sp.Abs(y))),
    ("modulus dropped", Equal(sp.Abs(x) * sp.Abs(y), x * y)),
    ("equal squares, no common sign", Equal(x, sp.sqrt(y), under(sp.Eq(x**2, y)))),
]

TRANSCENDENTAL = [
    ("exponential of a sum", Equal(sp.exp(x + y), sp.exp(x) + sp.exp(y))),
    ("hyperbolic sine doubled", Equal(sp.sinh(2 * x), 2 * sp.sinh(x))),
    ("hyperbolic Pythagoras, wrong sign", Equal(sp.cosh(x) ** 2 + sp.sinh(x) ** 2, 1)),
    ("logarithm of a product of any sign", Equal(sp.log(x * y), sp.log(sp.Abs(x)) + sp.log(sp.Abs(y)))),
    ("logarithm of a square at zero", Equal(sp.log(x**2), 2 * sp.log(sp.Abs(x)))),
    (
        "logarithm of an even power, not defined at zero",
        Equal(x * sp.log((x - y) ** 2), sp.log((x - y) ** 2) * x),
    ),
    ("logarithm of two and three", Equal(2 * sp.log(2), sp.log(3))),
    (
        "inverse hyperbolic sine as the cosine's",
        Equal(sp.asinh(x), sp.log(x + sp.sqrt(x**2 - 1)), under(sp.Gt(x, 1))),
    ),
    ("Q of (20) is twice too large", Equal(sp.asinh(2 * x), 2 * sp.asinh(x))),
    ("inverse hyperbolic sine halved", Equal(sp.sinh(sp.asinh(x) / 2), x / 2)),
    ("a symbol written like a product", Equal(sp.exp(sp.Symbol("x*y", real=True)), sp.exp(x * y))),
    (
        "tangent where the cosine vanishes",
        Equal(Rate(sp.tan(x)), (1 + sp.tan(x) ** 2) * y, under(rates=((x, y),))),
    ),
    ("a partial function", Equal(sp.acos(x), sp.acos(x))),
    ("a function with poles", at_least(sp.gamma(x) ** 2, 0)),
    ("an arbitrary function is odd", Equal(f(x) + f(-x), 0)),
]

POWERS = [
    ("power with L, exponent off by one", Equal(x**L * x, x**L, under(sp.Gt(x, 0)))),
    ("power with L of a sum", Equal((x + y) ** L, x**L + y**L, under(sp.Gt(x, 0), sp.Gt(y, 0), sp.Ge(L, 2)))),
    ("power with L of a negative number", greater((-1) ** L, 0)),
    ("power with L of minus two", Equal((-TWO) ** L, TWO**L)),
    ("power with L of any base", Equal((x**2) ** (L / 2), x**L)),
    (
        "exponent that is not defined",
        Equal(x ** (1 / (L - 2)) * x, x ** (1 / (L - 2) + 1), under(sp.Gt(x, 0), sp.Ge(L, 2))),
    ),
    (
        "corrected exponent of (30), wrong by one",
        Equal(x ** (2 / L), x ** (2 / (L + 1)), under(sp.Gt(x, 0), sp.Ge(L, 2))),
    ),
    (
        "derivative of a power, factor lost",
        Equal(Rate(x**L), x ** (L - 1) * y, under(sp.Gt(x, 0), sp.Ge(L, 2), rates=((x, y),))),
    ),
]

ALL_SQUARES = every(sp.Gt(u[k] ** 2, v[k] ** 2))
HEADS = [
    ("sum of ones, one left out", Equal(sum_over(lambda p: ONE, (j,)), L, LAYERS)),
    ("two left out that may be one", Equal(sum_over(lambda p: ONE, (j, k)), L - 2, LAYERS)),
    ("one left out twice", Equal(SumOver(ONE, bound_index(1), j, j), L - 2, LAYERS)),
    (
        "two factors split off that may be one",
        Equal(product_over(lambda p: u[p], (j, k)) * u[j] * u[k], FLOW.theta, LAYERS),
    ),
    (
        "sum of products",
        Equal(sum_over(lambda p: u[p] * v[p]), sum_over(lambda p: u[p]) * sum_over(lambda p: v[p]), LAYERS),
    ),
    ("factor of a product taken out once", Equal(product_over(lambda p: 2 * u[p]), 2 * FLOW.theta, LAYERS)),
    ("product of minus one", Equal(product_over(lambda p: -u[p]), -FLOW.theta, LAYERS)),
    ("product of minus two is positive", greater(product_over(lambda p: -TWO), 0, LAYERS)),
    ("product of moduli", Equal(FLOW.theta, product_over(lambda p: sp.Abs(u[p])), LAYERS)),
    ("product of negative numbers is positive", greater(FLOW.theta, 0, under(every(sp.Lt(u[k], 0)), size=L))),
    (
        "sum of terms positive but for one",
        greater(sum_over(lambda p: u[p]), 0, under(every(sp.Gt(u[k], 0), least), size=L)),
    ),
    (
        "sum over an empty set",
        greater(sum_over(lambda p: u[p] ** 2, (least,)), 0, under(every(sp.Gt(u[k] ** 2, 0)), size=L)),
    ),
    (
        "sum over a set of unknown size",
        greater(
            sum_over(lambda p: u[p] ** 2),
            0,
            under(every(sp.Gt(u[k] ** 2, 0)), size=sp.Symbol("d", integer=True, nonnegative=True)),
        ),
    ),
    (
        "a constant bounded below by no terms",
        at_least(c + sum_over(lambda p: u[p] ** 2, (least,)), 0, under(every(sp.Gt(c, u[k] ** 2), least), size=L)),
    ),
    (
        "a constant relation for no index",
        Equal(
            a + sum_over(lambda p: u[p], (least,)),
            b + sum_over(lambda p: u[p], (least,)),
            under(every(sp.Eq(a, b), least), size=L),
        ),
    ),
    (
        "products without squares compared",
        at_least(FLOW.theta, product_over(lambda p: v[p]), under(every(sp.Ge(u[k], v[k])), size=L)),
    ),
    (
        "products compared but for one factor",
        at_least(
            product_over(lambda p: u[p] ** 2),
            product_over(lambda p: v[p] ** 2),
            under(every(sp.Ge(u[k] ** 2, v[k] ** 2), least), size=L),
        ),
    ),
    (
        "empty products compared strictly",
        greater(
            product_over(lambda p: u[p] ** 2, (least,)),
            product_over(lambda p: v[p] ** 2, (least,)),
            under(ALL_SQUARES, size=L),
        ),
    ),
    ("termwise with a factor in front", at_least(u[M1] * sum_over(lambda p: u[p]), 0, LAYERS)),
    ("termwise with a fraction that cancels", at_least(sum_over(lambda p: u[p] ** 2) + 1 / x, 1 / x, LAYERS)),
    ("a free index named like a bound one", greater(FLOW.theta, 0, under(sp.Gt(u[M1], 0), size=L))),
    (
        "for every k ≠ l, at a free k",
        greater(
            u[k] ** 2,
            u[least] ** 2,
            under(every(sp.Ne(k, least), least), every(sp.Gt(u[k] ** 2, u[least] ** 2), least), size=L),
        ),
    ),
    ("index 0 is not a layer", greater(u[0], 0, under(every(sp.Gt(u[k], 0)), size=L))),
    ("index L + 1 is not a layer", greater(u[L + 1], 0, under(every(sp.Gt(u[k], 0)), size=L))),
    ("index 7 may not be a layer", greater(u[7], 0, under(every(sp.Gt(u[k], 0)), size=L))),
    ("two generic layers are equal", Equal(u[j], u[k], LAYERS)),
]

MOVING = under(rates=((u[j], sum_over(lambda p: u[p] * u[j], (j,)), j),), size=L)
FLOWS = [
    (
        "squared layers at the printed speed of (6)",
        Equal(Rate(u[j] ** 2), -FLOW.theta * FLOW.slope, FLOW.setting),
    ),
    ("layers instead of their squares are conserved", conserved(u[j] - u[k], FLOW.setting)),
    ("sums of squares are conserved", conserved(u[j] ** 2 + u[k] ** 2, FLOW.setting)),
    ("sums of squares are conserved, three layers", conserved(u[1] ** 2 + u[2] ** 2, FLOW_3.setting)),
    ("layers are conserved, three layers", conserved(u[1] - u[2], FLOW_3.setting)),
    ("θ moves at twice the metric", Equal(Rate(FLOW.theta), -2 * FLOW.metric * FLOW.slope, FLOW.setting)),
    (
        "θ moves with the wrong sign, three layers",
        Equal(Rate(FLOW_3.theta), FLOW_3.metric * FLOW_3.slope, FLOW_3.setting),
    ),
    (
        "(8) without the sign",
        Equal(Rate(ORDERED.first), -ORDERED.product(ORDERED.root, (ONE,)) * ORDERED.slope, ORDERED.setting),
    ),
    (
        "θ as printed after (8)",
        Equal(*(lambda o: (o.theta, sp.sign(o.product(o.initial)) * o.product(o.root), o.setting))(OrderedFlow(3))),
    ),
    (
        "a rate whose rule mentions a bound index",
        Equal(Rate(sum_over(lambda p: u[p])), sum_over(lambda p: sum_over(lambda q: u[q] ** 2, (p,))), MOVING),
    ),
    (
        "a rule for one index used for all",
        Equal(Rate(sum_over(lambda p: u[p])), L, under(rates=((u[M1], ONE),), size=L)),
    ),
    ("a rule for a function of time ignored", conserved(f(t), under(rates=((f(t), sp.Integer(5)),)))),
    (
        "a moving layer held fixed by a change of variables",
        conserved(u[1], under(sp.Ne(u[1] + u[2], 0), sp.Ne(u[1] - u[2], 0), rates=((u[j], g, j),), size=TWO)),
    ),
    (
        "square root that need not leave zero",
        Equal(Rate(sp.sqrt(x)), HALF, under(sp.Ge(x, 0), rates=((x, sp.sqrt(x)),))),
    ),
    ("inverse at zero", Equal(Rate(1 / x), -1, under(rates=((x, x**2),)))),
    ("modulus at zero", Equal(x * Rate(sp.Abs(x)), sp.Abs(x), under(rates=((x, ONE),)))),
    ("sign that jumps", conserved(sp.sign(x), under(rates=((x, ONE),)))),
    ("derivative of a modulus at zero", Equal(sp.Derivative(sp.Abs(x), x), sp.sign(x))),
    ("product rule with one term", Equal(Rate(x * y), y, under(rates=((x, ONE), (y, ONE))))),
]

INEQUALITIES = [
    ("square is positive", greater(x**2, 0)),
    ("cube is not negative", at_least(x**3, 0)),
    ("mean inequality, wrong constant", at_least(x**2 + y**2, 3 * x * y)),
    ("strict where equality is possible", greater(x, y, under(sp.Ge(x, y)))),
    ("product of inequalities without signs", at_least(x * z, y * z, under(sp.Ge(x, y)))),
    ("difference of squares", at_least(x**2, y**2, under(sp.Ge(x, y)))),
    ("a symbol named like a slack", at_least(x - y + sp.Symbol("slack0", real=True), 0, under(sp.Ge(x, y)))),
    (
        "a symbol named like a linear form",
        Equal(sp.Symbol("(x + y)", real=True), x + y, under(sp.Ne(x + y, 0), sp.Ne(x - y, 0))),
    ),
    ("every layer is nonzero, the least one too", greater(u[j] ** 2, 0, _tied())),
    ("metric above 2σ", at_least(FLOW.metric, 2 * FLOW.sigma(least), _tied())),
    ("metric strictly above σ plus one", greater(FLOW.metric, FLOW.sigma(least) + 1, _tied())),
    (
        "σ strictly below the metric of three layers by one",
        at_least(FLOW_3.metric, FLOW_3.sigma(1) + 1, Setting().given(*FLOW_3.conservation(ONE), *FLOW_3.least(ONE))),
    ),
    (
        "rate above σ, three layers",
        at_least(FLOW_3.metric, 2 * FLOW_3.sigma(1), Setting().given(*FLOW_3.conservation(ONE), *FLOW_3.least(ONE))),
    ),
]

FORMULAS = [
    ("remainder is positive", Holds(sp.Gt(sp.Mod(m, 3), 0))),
    ("floor of a sum", Holds(sp.Eq(sp.floor((m + n) / 2), sp.floor(m / 2) + sp.floor(n / 2)))),
    ("floor of a real number", Holds(sp.Eq(sp.floor(x), x))),
    ("floor in a real interval", Holds(sp.Or(sp.Le(x, 0), sp.Ge(x, 1), sp.Eq(sp.floor(x), 5)))),
    ("floor of a real multiple", Holds(sp.Eq(sp.floor((L * x + 1) / L), x), under(sp.Ge(L, 2)))),
    ("remainder with a negative divisor", Holds(sp.And(n > 0, sp.Or(sp.Mod(m, n) < n, n < 5)))),
    ("remainder with divisor zero", Holds(sp.Ge(sp.Mod(m, n) ** 2, 0))),
    (
        "last index of a block, off by one",
        Holds(sp.Eq(sp.floor(((i - 1) * L + j) / L) + 1, i), under(sp.Ge(i, 1), sp.Le(j, L))),
    ),
    (
        "a symbol named like a remainder",
        Holds(sp.Or(sp.Ge(sp.Symbol("rest0", integer=True), 0), sp.Eq(sp.Mod(m, 3), 7))),
    ),
    ("a function at an index outside the range", Holds(sp.Gt(f(0), 0), under(every(sp.Gt(f(k), 0))))),
    (
        "a quotient that depends on the bound index",
        Holds(sp.Eq(f(2), f(8)), under(every(sp.Eq(f(k), sp.floor(k / 2))))),
    ),
    ("a case without a value", Holds(sp.Eq(sp.Piecewise((y, x > 0)), y))),
    ("no number squares to two", Holds(sp.Ne(x**2, 2))),
    ("injective function", Holds(sp.Implies(sp.Eq(f(m), f(n)), sp.Eq(m, n)))),
    ("the least is below all, itself too", Holds(sp.Lt(f(j), f(k)), under(every(sp.Lt(f(j), f(k)), j)))),
]

FACTORIZED = (w[0] * w[2] + w[1] * w[3], w[0] * w[4] + w[1] * w[5], w[2] ** 2 + w[3] ** 2)
U_UT = (w[0] ** 2 + w[1] ** 2, w[0] * w[2] + w[1] * w[3], w[2] ** 2 + w[3] ** 2)
PLANE = (x, y)
VECTOR_FIELDS = [
    ("UUᵀ of a 2 × 2 matrix commutes", Commutes(U_UT, w[:4])),
    ("Wᵀv with v in R² commutes", Commutes((x * y, x * z), (x, y, z))),
    ("quadratics of matrices that do not commute", Commutes((x * y, x**2 - y**2), PLANE)),
    ("real and imaginary part of z² commute", Commutes((x**2 - y**2, 2 * x * y), PLANE)),
    ("a sum of products commutes", Commutes(FACTORIZED, w)),
    (
        "a bracket that vanishes at small points",
        Commutes(
            (sp.integrate(sp.integrate(sp.expand(x * (x - 1) * (x - 2) * (x - 3) * (x + 1)), x), x), x * y),
            PLANE,
        ),
    ),
    ("rank of a product where two factors vanish", FullRank((x * y * z,), (x, y, z), Domain(((x, y),)))),
    ("rank of squares at the origin", FullRank((x**2 + y**2,), PLANE, Domain())),
    ("rank where one condition is missing", FullRank((x * y, x * z), (x, y, z), Domain(((y, z),)))),
    ("rank of dependent components", FullRank((x, x**2), PLANE, Domain(((x,),)))),
    ("rank on an open set with a critical point", FullRank((x**2 - 2 * x,), (x,), Domain(positive=(x,)))),
    ("rank with more components than variables", FullRank((x, y, x + y), PLANE, Domain())),
    ("blocks that share a variable", SeparateBlocks((x * y, y * z), (x, y, z), Domain())),
    ("blocks tied by the domain", SeparateBlocks((x, y), PLANE, Domain(positive=(x - y,)))),
    ("blocks tied by a union of conditions", SeparateBlocks((x, y), PLANE, Domain(((x, y),)))),
]

TIME = ((t, ONE),)
AT_0 = ((t, sp.Integer(0)),)
CITED = [
    ("decay faster than the rate", ExponentialDecay(y, 2 * c, under(rates=((y, -c * y),)))),
    ("decay at a rate that grows", ExponentialDecay(y, t, under(rates=((t, ONE), (y, -t * y))))),
    (
        "decay above 2σμ",
        ExponentialDecay(y, 3 * a * b, under(sp.Gt(a, 0), sp.Gt(b, 0), sp.Ge(y, 0), rates=((y, -2 * a * b * y),))),
    ),
    ("the least layer keeps its sign", KeepsSign(u[least], _tied())),
    ("any layer keeps its sign", KeepsSign(u[j], FLOW.setting)),
    ("a quantity that jumps over zero", KeepsSign(sp.sign(x) + HALF, under(rates=((x, ONE),)))),
    ("primitive that does not vanish at zero", Primitive(x, x**2 + 1, 2 * x, Setting())),
    ("primitive across a pole", Primitive(x, 1 / (x - 1) + 1, -1 / (x - 1) ** 2, under(sp.Ne(x, 1)))),
    (
        "minimizer of a function with a kink",
        ConstrainedMinimizer(x, x - 10 * x / sp.Abs(x), a, a - 10 * a / sp.Abs(a), under(sp.Ne(x, 0), sp.Ne(a, 0))),
    ),
    ("solution with a wrong start", Solves(y, sp.exp(t), y, TWO, AT_0, under(rates=TIME))),
    ("solution of another equation", Solves(y, sp.exp(2 * t), y, ONE, AT_0, under(rates=TIME))),
    (
        "one of several solutions",
        Solves(y, sp.Integer(0), 2 * sp.sqrt(y), sp.Integer(0), AT_0, under(rates=TIME)),
    ),
    (
        "another of several solutions",
        Solves(y, t**2, 2 * sp.sqrt(y), sp.Integer(0), AT_0, under(sp.Ge(t, 0), rates=TIME)),
    ),
    ("a start that moves", Solves(y, x, y, x, (), under(rates=((x, x),)))),
    ("zeros of the zero polynomial", NullSet(sp.Abs(x) - sp.Abs(-x), x - x, ((x, ONE),))),
    ("half a line is a null set", NullSet(sp.Abs(x) - x, sp.Abs(x) - x, ((x, -ONE),))),
    ("more than the zeros of the polynomial", NullSet(x * y, x, ((x, ONE),))),
    ("a stationary point of a concave function", ConstrainedMinimizer(x, -x, a, -a, Setting())),
    (
        "a local minimum of a function that is not convex",
        ConstrainedMinimizer(x, x * (x - 1) * (x + 2), ONE, sp.Integer(0), Setting()),
    ),
    ("a point that is not stationary", ConstrainedMinimizer(x, 2 * x, a, a, Setting())),
    (
        "a limit outside the domain of the entropy",
        ConstrainedMinimizer(x, sp.log(x), a, sp.log(a), under(sp.Ne(a, 0)), sp.Integer(0)),
    ),
    ("rank without “at most one zero”", BlockRank(L, FLOW.metric, LAYERS, FLOW.theta, GRADIENT, FACTORED)),
    (
        "rank with two zeros in a block",
        BlockRank(
            L,
            FLOW.metric,
            LAYERS.given(*FLOW.every("given", lambda p: sp.Ne(u[p], 0), (j, least)), *FLOW.apart(j, least)),
            FLOW.theta,
            GRADIENT,
            FACTORED,
        ),
    ),
    ("blocks tied through a variable of none", SeparateBlocks((x, y), (x, y, z), Domain(positive=(x - z, y - z)))),
]

# -- beside the claims on the entropy of every depth ------------------------------------------------------
EVERY_SQUARE = every(sp.Eq(u[k] ** 2, v[k] ** 2))
NOT_LEAST = every(sp.Eq(u[k] ** 2, v[k] ** 2), least)
TERMWISE = [
    (
        "equal terms over different indices",
        Equal(sum_over(lambda p: u[p]), sum_over(lambda p: u[p], (least,)), LAYERS),
    ),
    (
        "a free index taken for the bound one",
        Equal(u[M1] * sum_over(lambda p: u[p]), sum_over(lambda p: u[p] ** 2), LAYERS),
    ),
    (
        "a sum split at a term that has no value",
        Equal(
            sum_over(lambda p: 1 / u[p]),
            1 / u[least] + sum_over(lambda p: 1 / u[p], (least,)),
            under(every(sp.Ne(u[k], 0), least), size=L),
        ),
    ),
    (
        "equal factors but for one",
        Equal(product_over(lambda p: u[p] ** 2), product_over(lambda p: v[p] ** 2), under(NOT_LEAST, size=L)),
    ),
    (
        "factors with equal squares",
        Equal(product_over(lambda p: u[p]), product_over(lambda p: v[p]), under(EVERY_SQUARE, size=L)),
    ),
    (
        "a product above a power of a negative number",
        at_least(product_over(lambda p: u[p] ** 2), product_over(lambda p: z), under(every(sp.Ge(u[k], z)), size=L)),
    ),
    ("a power of zero that is one", Equal(sp.Integer(0) ** (L - 2), 0, under(sp.Ge(L, 2)))),
    ("a power of zero that has no value", Equal(sp.Integer(0) ** (1 - L), 0, under(sp.Ge(L, 2)))),
    (
        "an index that differs from another one",
        conserved(u[k], under(sp.Ne(j, least), rates=((u[j], ONE),), size=L)),
    ),
]

SLOPES = under(sp.Gt(a, 0), sp.Gt(b, 0), rates=((x, ONE), (y, a)))
RATIO = under(sp.Gt(y, 0), sp.Gt(b, 0), sp.Ge(a, b), rates=((x, ONE), (y, b * y)))
INTEGRAND = 1 / sp.sqrt((z**2 + a) * (z**2 + b))
POSITIVE = under(sp.Gt(a, 0), sp.Gt(b, 0), sp.Gt(z, 0), rates=((z, ONE),))
PAIRS = tuple(p**2 - q**2 for p, q in ((w[0], w[1]), (w[1], w[2]), (w[2], w[0])))
AT_MOST_ONE = Domain(((w[0], w[1]), (w[1], w[2]), (w[2], w[0])))
EVERY_DEPTH = [
    ("a quantity that falls", AboveStart(x, -y, sp.Integer(0), ((y, sp.Integer(0)),), SLOPES)),
    ("a start at another value", AboveStart(x, y, ONE, ((y, sp.Integer(0)),), SLOPES)),
    ("a start that is forgotten", AboveStart(x, y, sp.Integer(0), (), SLOPES)),
    ("a variable that runs backwards", AboveStart(x, x, sp.Integer(0), (), under(rates=((x, -ONE),)))),
    ("a jump after the start", AboveStart(x, 1 - sp.sign(x), ONE, (), SLOPES)),
    ("means of numbers of any sign", Maclaurin((x, y), x + y, x * y, (), Setting(), x**2 + y**2)),
    ("means with another product", Maclaurin((x, y), x + y, x, (), under(sp.Gt(x, 0), sp.Gt(y, 0)), x**2 + y**2)),
    (
        "strict means of equal numbers",
        StrictMaclaurin((x, x, x), 3 * x, x**3, (), under(sp.Gt(x, 0)), 3 * x**2, (0, 1)),
    ),
    (
        "strict means of two numbers",
        StrictMaclaurin((x, y), x + y, x * y, (), under(sp.Gt(x, 0), sp.Gt(y, x)), x**2 + y**2, (0, 1)),
    ),
    (
        "a constant strictly above its start",
        AboveStart(x, y, ONE, ((y, ONE),), under(rates=((x, ONE), (y, 0))), strict=True),
    ),
    (
        "means with another sum of squares",
        Maclaurin((x, y), x + y, x * y, (), under(sp.Gt(x, 0), sp.Gt(y, 0)), x**2),
    ),
    ("the cube has a slope of at least one", OntoTheLine(x, x**3, ONE, under(rates=((x, ONE),)))),
    ("the arctangent is onto", OntoTheLine(x, sp.atan(x), 1 / (1 + x**2), under(rates=((x, ONE),)))),
    ("the tail of 1/x", DominatedTail(x, 1 / x, 1 / x, sp.log(x), Setting())),
    ("the tail of 1/x², of the other sign", DominatedTail(x, x**-2, x**-2, 1 / x, Setting())),
    ("the tail of 1/x², below 1/(2x)", DominatedTail(x, x**-2, x**-2 / 2, -1 / (2 * x), Setting())),
    (
        "the metric of two layers above σ + 2|θ|",
        at_least(x**2 + y**2, y**2 - x**2 + 2 * sp.Abs(x * y), under(sp.Gt(y**2, 2 * x**2))),
    ),
    (
        "the sharpened rate with L² for L",
        at_least(x**2 + y**2, sp.sqrt((y**2 - x**2) ** 2 + (4 * x * y) ** 2), under(sp.Gt(y**2, x**2))),
    ),
    (
        "the sharpened rate without σ's square",
        at_least(x**2 + y**2, sp.sqrt(y**2 - x**2 + (2 * x * y) ** 2), under(sp.Gt(y**2, x**2))),
    ),
    ("t for three layers, t = z", Equal(Rate(z) / (2 * sp.sqrt(z * (z + a) * (z + b))), INTEGRAND, POSITIVE)),
    (
        "t for three layers, without the half",
        Equal(Rate(z**2) / sp.sqrt(z**2 * (z**2 + a) * (z**2 + b)), INTEGRAND, POSITIVE),
    ),
    (
        "one step of the mean, y over (0, ∞)",
        Equal(
            Rate((z - a * b / z) / 2) * INTEGRAND.xreplace({z: (z - a * b / z) / 2, a: (a + b) ** 2 / 4, b: a * b}),
            INTEGRAND.xreplace({a: a**2, b: b**2}),
            POSITIVE,
        ),
    ),
    ("the mirror map of two layers, halved", Equal(sp.asinh(2 * sp.sinh(x)), x)),
    ("scaling the initialization by a gains a^L", Equal((a * x) * (a * y), a**3 * x * y, under(sp.Gt(a, 0)))),
    (
        "the entropy at scale a gains a^L",
        Equal(a**3 * x * (y / a) - ((a * z) ** 2 - (a * c) ** 2) / 2, a**3 * (x * y - (z**2 - c**2) / 2)),
    ),
    (
        "the logarithm of the scale, of the other sign",
        Equal(sp.asinh(x / a), sp.log(a) + sp.log(x + sp.sqrt(x**2 + a**2)), under(sp.Gt(a, 0))),
    ),
    ("θ above x² + a²Δ/2", at_least(x**2 * (x**2 + a**2), (x**2 + a**2 / 2) ** 2)),
    (
        "t_+θ − 𝒬 within x²/2",
        at_least(x**2 / 2, y * t + x**2 / 2, under(sp.Gt(x, 0), sp.Ge(t, 0), sp.Le(t, 1 / x), sp.Gt(y, x**3))),
    ),
    (
        "the entropy of a large initialization above θ²/(2σ)",
        AboveStart(
            x,
            y,
            sp.Integer(0),
            ((y, sp.Integer(0)),),
            under(sp.Ge(a, b), sp.Gt(b, 0), rates=((x, ONE), (y, b / a - 1))),
        ),
    ),
    ("a tail above twice its power", PowerTail(z, x, z**-2, sp.Integer(2), ONE, under(sp.Gt(x, 0)))),
    ("a tail of 1/z³, as if of 1/z²", PowerTail(z, x, z**-3, ONE, ONE, under(sp.Gt(x, 0)))),
    ("the tail of 1/z is a power", PowerTail(z, x, 1 / z, ONE, sp.Integer(0), under(sp.Gt(x, 0)))),
    ("a tail that starts anywhere", PowerTail(z, x, z**-2, ONE, ONE, under())),
    ("arithmetic and geometric means of any sign", ArithmeticGeometric((x, y), x + y, x * y, (), Setting())),
    (
        "the geometric mean of another product",
        ArithmeticGeometric((x, y), x + y, x, (), under(sp.Gt(x, 0), sp.Gt(y, 0))),
    ),
    (
        "the logarithm above h",
        AboveStart(x, sp.log(y) - x, sp.Integer(0), ((y, ONE),), under(sp.Ge(y, 1), rates=((x, ONE), (y, ONE)))),
    ),
    ("a logarithm through its pole", AboveStart(x, -sp.log(1 - x), sp.Integer(0), (), under(rates=((x, ONE),)))),
    ("a ratio at most 1 + bx", AboveStart(x, 1 + a * x - y, sp.Integer(0), ((y, ONE),), RATIO)),
    (
        "the next order of a small initialization, with 1/(L−2)",
        at_least(
            b * t + x**2 / 2,
            L * y / (L - 2),
            under(sp.Ge(L, 3), sp.Gt(b, 0), sp.Ge(b * t, x**2 / (L - 2)), sp.Ge(x**2, y)),
        ),
    ),
    (
        "two layers at scale a, to the next order, without log(1/a)",
        Equal(a**2 * (x / a**2) * sp.log(x / a**2), x * sp.log(x), under(sp.Gt(a, 0), sp.Gt(x, 0))),
    ),
    (
        "the quartic term of a large initialization at a^{−L}",
        Equal(a ** (2 * L) * (x / a**L) ** 4, x**4 / a**L, under(sp.Gt(a, 0), sp.Ge(L, 2))),
    ),
    ("all differences of squares are independent", FullRank(PAIRS, w[:3], AT_MOST_ONE)),
    ("differences of squares are independent outside M", FullRank(PAIRS[:2], w[:3], Domain())),
]

ABOUT_STATEMENTS = [
    ("a true statement is denied", Denied(Equal((x + y) ** 2, x**2 + 2 * x * y + y**2))),
    ("a true statement about an index is denied", Denied(greater(L, 0))),
    ("an assumption that is not needed", Needed(at_least(x**2, 0), (Hypothesis("given", sp.Gt(x, 0)),))),
    ("an assumption that does not help", Needed(greater(x, 0), (Hypothesis("given", sp.Gt(y, 0)),))),
]

_BETWEEN = under(sp.Gt(x, 0), sp.Gt(z, 0), Hypothesis("given", sp.Gt(v[k], 0), k, (ONE,)), rates=((z, ONE),), size=L)
_ROOTS, _SLOPE = (product_over(term, (ONE,)) for term in (lambda p: v[p], lambda p: 1 / sp.sqrt(z**2 + v[p] ** 2)))


def _substituted(t: Any, factor: Any, ratio: Any) -> Equal:
    """``factor·dt/∏√(1 + ratio/v_k²)`` against ``dz/∏√(z² + v_k²)``, times ``x/∏v_k``."""
    others = product_over(lambda p: sp.sqrt(1 + ratio / v[p] ** 2), (ONE,))
    return Equal(factor * Rate(t) / others * x / _ROOTS, _SLOPE, _BETWEEN)


LEGENDRE = z / sp.sqrt(z**2 + a)
INTEGRALS = [
    ("Lauricella's integral without its ½", _substituted(z**2 / x**2, x / z, z**2)),
    ("Lauricella's integral with another argument", _substituted(z**2 / x**2, x / z / 2, x * z)),
    ("Carlson's R without its first parameter", _substituted(-((x / z) ** 2), (z / x) ** (L - 1) / 2, z**2)),
    ("Carlson's R with b_1 = 1 − L/2", _substituted(-((x / z) ** 2), z / x / 2, z**2)),
    (
        "Legendre's integral with the complementary parameter",
        Equal(
            Rate(LEGENDRE) / sp.sqrt(b * (1 - LEGENDRE**2) * (1 - a / b * LEGENDRE**2)),
            1 / sp.sqrt((z**2 + a) * (z**2 + b)),
            under(sp.Gt(a, 0), sp.Gt(b, 0), rates=((z, ONE),)),
        ),
    ),
    (
        "reduction of equal gaps, off by one",
        Equal(
            Rate(z / (c * a) * (z**2 + a) ** (-c / 2)) + (c + 1) / (c * a) * (z**2 + a) ** (-c / 2),
            (z**2 + a) ** (-c / 2 - 1),
            under(sp.Gt(a, 0), sp.Gt(c, 0), rates=((z, ONE),)),
        ),
    ),
    (
        "Euler's identity with one degree too many",
        Equal(Rate(FLOW.theta), (L + 1) * FLOW.theta, under(rates=((u[k], u[k], k),), size=L)),
    ),
    (
        "the conjugate entropy without its ½",
        Equal(
            Rate(sum_over(lambda p: u[p] ** 2) / a),
            b,
            under(sp.Eq(sum_over(lambda p: u[p] * v[p]), a * b), sp.Ne(a, 0), rates=((u[k], v[k], k),), size=L),
        ),
    ),
]

# -- what slips a hypothesis, a symbol or an axis past a rule; many of these cannot even be stated --------------------
COMPLEX, POSITIVE_ONE = sp.Symbol("z", complex=True), sp.Symbol("p", positive=True)
ALL_POSITIVE = every(sp.Gt(u[k], 0))
F = sp.Function("F")
SMUGGLED: list[tuple[str, Callable[[], Any]]] = [
    ("not a number", lambda: Equal(sp.nan, sp.nan)),
    (
        "a start where the rate has no value",
        lambda: AboveStart(x, y, sp.Integer(1), ((y, sp.Integer(1)),), under(rates=((x, sp.Integer(1)), (y, 1 / x)))),
    ),
    ("infinite in no direction", lambda: Equal(sp.zoo, sp.zoo)),
    ("two symbols of one name", lambda: Holds(sp.Eq(x, sp.Symbol("x")))),
    ("a symbol that is also the name of an array", lambda: at_least(sp.Symbol("u", real=True) * u[1] ** 2, 0)),
    ("two symbols written alike", lambda: Equal(sp.exp(x), sp.exp(sp.Symbol("x")))),
    ("a symbol that is declared imaginary", lambda: Equal(sp.Abs(sp.Symbol("q", imaginary=True)) ** 2 + 1, 1 - x**2)),
    ("a product of Python's own numbers", lambda: Equal(product_over(lambda p: -2), 1, under(size=L))),
    ("a rank that needs an assumption", lambda: Needed(FullRank((x**2,), (x,), Domain()), (every(sp.Gt(x, 0)),))),
    (
        "a quantity that blows up along the line",  # y = tan x
        lambda: OntoTheLine(x, y, 1, under(rates=((x, 1), (y, 1 + y**2)))),
    ),
    (
        "the range of a quantity that blows up",
        lambda: BetweenLimits(x, y, under(rates=((x, 1), (y, 1 + y**2)))),
    ),
    (
        "a tail that is bounded up to 1 alone",
        lambda: DominatedTail(x, F(x), x**-2, -1 / x, under(sp.Gt(F(x), 0), sp.Le(F(x), x**-2), sp.Le(x, 1))),
    ),
    (
        "a tail that is bounded from below up to 5 alone",
        lambda: PowerTail(z, x, F(z), 1, 1, under(sp.Gt(x, 0), sp.Ge(F(z), z**-2), sp.Le(z, 5))),
    ),
    ("blocks of no parameters commute", lambda: BlocksCommute(sp.Integer(0))),
    ("blocks of a negative size are separate", lambda: BlocksSeparate(sp.Integer(-2))),
    ("blocks of two and a half parameters are separate", lambda: BlocksSeparate(sp.Rational(5, 2))),
    ("blocks of a real number of parameters commute", lambda: BlocksCommute(x)),
    (
        "a field without a value at the start, cancelled along the solution",  # y = −1/(1 + log t) solves it too
        lambda: Solves(y, 0, y**2 / t, 0, AT_0, under(rates=TIME)),
    ),
    ("cosh of a logarithm", lambda: greater(0, sp.cosh(sp.log(x)), under(sp.Lt(x, 0)))),
    ("sinh of a logarithm", lambda: Equal(sp.sinh(sp.log(x)), x / 2 - 1 / (2 * x), under(sp.Ne(x, 0)))),
    ("tangent of an arc cosine", lambda: Equal(sp.tan(sp.acos(x)), sp.tan(sp.acos(x)))),
    (
        "a change of variables in which logarithms cancel",
        lambda: Equal(
            sp.cosh(sp.log(x + y) - sp.log(2 * x + 2 * y)), sp.Rational(5, 4), under(sp.Ne(x + y, 0), sp.Ne(x - y, 0))
        ),
    ),
    (
        "two symbols of one name in a change of variables",
        lambda: Equal(
            x,
            sp.Symbol("x"),
            under(
                sp.Ne(x + y, 0),
                sp.Ne(x - y, 0),
                sp.Ne(sp.Symbol("x") + Y, 0),
                sp.Ne(sp.Symbol("x") - Y, 0),
                every(sp.Gt(u[k], 0)),
                size=L,
            ),
        ),
    ),
    ("two arrays of one name", lambda: Equal(u[1], sp.IndexedBase("u")[1], under(sp.Gt(u[1], 0)))),
    ("a symbol and an integer of one name", lambda: Equal(x, sp.Symbol("x", integer=True))),
    ("a rate of a product", lambda: conserved(x * y * z, under(rates=((x * y, 1),)))),
    ("a rate of a sum", lambda: conserved(x + y + z, under(rates=((x + y, 1),)))),
    ("a rate of a number", lambda: Equal(Rate(x), 1, under(rates=((sp.Integer(2), 1),)))),
    ("a rate of a whole number", lambda: Equal(Rate(m), 1, under(rates=((m, 1),)))),
    ("two rates of one symbol", lambda: Equal(Rate(x), 1, under(rates=((x, 1), (x, 2))))),
    ("a rate for all and one for one", lambda: Equal(Rate(u[j]), 1, under(rates=((u[k], 0, k), (u[j], 1)), size=L))),
    ("a rate out of range", lambda: Equal(Rate(u[3]), 1, under(rates=((u[3], 1),), size=2))),
    ("a rate for all used out of range", lambda: Equal(Rate(u[3]), 1, under(rates=((u[k], 1, k),), size=2))),
    ("a rate for all used at zero", lambda: Equal(Rate(u[n]), 1, under(sp.Eq(n, 0), rates=((u[k], 1, k),), size=L))),
    ("a rate of an entry with two indices", lambda: Equal(Rate(u[k, 2]), g, under(rates=((u[j, 1], g, j),), size=L))),
    ("an index that is zero", lambda: greater(u[n], 0, under(ALL_POSITIVE, sp.Eq(n, 0), size=L))),
    ("an index of which nothing is known", lambda: greater(u[n], 0, under(ALL_POSITIVE, size=L))),
    ("an index that is a plain whole number", lambda: greater(u[i], 0, under(ALL_POSITIVE, sp.Ge(i, 1), size=L))),
    ("an index above the size", lambda: greater(u[i], 0, under(ALL_POSITIVE, sp.Gt(i, L), size=L))),
    ("a generic index above the size", lambda: Equal(u[j], 0, under(ALL_POSITIVE, sp.Gt(j, L), size=L))),
    ("a generic index next to itself", lambda: greater(u[j + 1], 0, under(ALL_POSITIVE, size=L))),
    ("a size of zero", lambda: Equal(sum_over(lambda p: u[p]), 1, under(size=0))),
    ("a size that is a fraction", lambda: Equal(sum_over(lambda p: ONE), HALF, under(size=HALF))),
    ("a complex symbol", lambda: Equal(sp.Abs(COMPLEX) ** 2, COMPLEX**2)),
    ("a symbol declared positive", lambda: greater(POSITIVE_ONE, 0)),
    ("an array declared positive", lambda: greater(sp.IndexedBase("q", positive=True)[j], 0)),
    ("a function declared positive", lambda: greater(sp.Function("h", positive=True)(x), 0)),
    ("a dummy", lambda: Equal(sp.Dummy("x", real=True), sp.Dummy("x", real=True))),
    ("a matrix", lambda: Equal(sp.MatrixSymbol("A", 2, 2)[0, 0], 0)),
    (
        "abbreviations that are substitutions",
        lambda: ArithmeticGeometric((x, y), x, y, ((x, x + y), (y, x * y)), under(sp.Gt(x, 0), sp.Gt(y, 0))),
    ),
    (
        "an abbreviation that the hypotheses mention",
        lambda: ArithmeticGeometric((x, y), a, x * y, ((a, x + y),), under(sp.Gt(x, 0), sp.Gt(y, 0), sp.Eq(a, x))),
    ),
    (
        "an abbreviation of itself",
        lambda: Maclaurin((x, y), a, x * y, ((a, x + y + a - a * ONE),), under(sp.Gt(x, 0), sp.Gt(y, 0)), x**2),
    ),
    ("means of no numbers", lambda: ArithmeticGeometric((), ONE, ONE, (), Setting())),
    (
        "a mean of fewer than no numbers",
        lambda: ArithmeticGeometric((sum_over(lambda p: ONE, (j, k)),), L - 2, ONE, (), under(sp.Ne(j, k), size=L)),
    ),
    (
        "a condition that cuts the time axis",
        lambda: AboveStart(x, 1 / (1 - x), ONE, (), under(sp.Ne(x, 1), rates=((x, 1),))),
    ),
    (
        "a start that is excluded",
        lambda: Solves(y, t**2, 2 * sp.sqrt(y), 0, ((t, 0),), under(sp.Gt(t, 0), rates=((t, 1),))),
    ),
    (
        "a start that is excluded by another quantity",
        lambda: Solves(
            y, t**2, 2 * sp.sqrt(y), 0, ((t, 0), (x, 0)), under(sp.Gt(x, 0), sp.Ge(t, x), rates=((t, 1), (x, 1)))
        ),
    ),
    ("the unknown is its own solution", lambda: Solves(y, y, ONE, y, (), under(rates=((t, 1),)))),
    ("a solution through a pole", lambda: Solves(y, 1 / (1 - t), y**2, 1, AT_0, under(sp.Ne(t, 1), rates=TIME))),
    ("a field that jumps", lambda: Solves(y, t * 0, sp.sign(y), 0, AT_0, under(rates=TIME))),
    (
        "an array hides the variable of a line",
        lambda: OntoTheLine(u[1], u[1] - 1 / u[1], 1, under(ALL_POSITIVE, rates=((u[1], 1),), size=L)),
    ),
    (
        "another moving quantity cuts the line",
        lambda: OntoTheLine(x, x - 1 / y, ONE, under(sp.Gt(y, 0), rates=((x, 1), (y, 1)))),
    ),
    ("a line that is a half-line", lambda: OntoTheLine(x, x - 1 / x, ONE, under(sp.Gt(x, 0), rates=((x, 1),)))),
    ("a tail that is cut", lambda: DominatedTail(x, 1, x**-2, -1 / x, under(sp.Le(x, 1)))),
    (
        "a tail that is cut by a function",
        lambda: DominatedTail(x, 1, x**-2, -1 / x, under(sp.Le(x + F(x) ** 2, 1))),
    ),
    (
        "a tail of a function that there cannot be",
        lambda: DominatedTail(x, F(x), x**-2, -1 / x, under(sp.Gt(F(x), 0), sp.Le(F(x), x**-2), sp.Ge(F(x), 1))),
    ),
    ("a tail that ends", lambda: PowerTail(z, x, 1 / z**3, ONE, ONE, under(sp.Gt(x, 0), sp.Le(z, 1)))),
    ("a tail whose factor moves", lambda: PowerTail(z, x, z**-2, z, sp.Integer(2), under(sp.Gt(x, 0)))),
    ("the rank of a G that is not named", lambda: BlockRank(L, ONE, Setting())),
    ("a sign kept by leaving zero out", lambda: KeepsSign(x, under(sp.Ne(x, 0), rates=((x, 1),)))),
    ("a null set of whole numbers", lambda: NullSet(m, m, ((m, 1),))),
    ("a null set at a point that is a symbol", lambda: NullSet(x * y, x * y, ((x, y), (y, 1)))),
    (
        "a minimizer over a domain that moves",
        lambda: ConstrainedMinimizer(x, x**3, ONE, ONE, Setting(), x - 1),
    ),
    ("a primitive of a jump", lambda: Primitive(x, sp.Abs(x), sp.sign(x), under(sp.Ne(x, 0)))),
    ("a quotient that cancels in rates", lambda: conserved(x + y, under(rates=((x, 1 / a), (y, -1 / a))))),
    ("logarithms that cancel in rates", lambda: conserved(x + y, under(rates=((x, sp.log(a)), (y, -sp.log(a)))))),
    ("a root that cancels in rates", lambda: conserved(x - y, under(rates=((x, sp.sqrt(a)), (y, sp.sqrt(a)))))),
    ("rank on the empty set", lambda: FullRank((x**2,), (x,), Domain(positive=(x, -x)))),
    ("rank where two conditions exclude each other", lambda: FullRank((x**2,), (x,), Domain(((x,),), (-(x**2),)))),
    ("blocks over the empty set", lambda: SeparateBlocks((x, y), (x, y), Domain(positive=(x, -x - 1)))),
    ("a domain with a fraction", lambda: FullRank((x,), (x,), Domain(positive=(1 / x,)))),
    ("a formula that SymPy has decided", lambda: Holds(sp.Eq(x / x, 1))),
    ("a formula that SymPy takes as false", lambda: Holds(sp.Eq(sp.nan, sp.nan))),
    ("a formula that is a number", lambda: Holds(sp.Integer(1))),
    ("a function of time at another time", lambda: conserved(f(2 * t), under(rates=((f(t), 1),)))),
    (
        "more different indices than there are",
        lambda: Equal(sum_over(lambda p: ONE, (j, k)), -1, under(sp.Ne(j, k), size=1)),
    ),
    ("blocks of what is no polynomial", lambda: SeparateBlocks((sp.Abs(x), y), PLANE, Domain())),
    ("a side that is a formula", lambda: Equal(sp.Gt(x, 0), 1)),
    ("a side that is text", lambda: Equal("x", "x")),
    ("a side that is nothing", lambda: Equal(None, None)),
    ("a relation in place of a hypothesis", lambda: Equal(x, 1, Setting((sp.Eq(x, 1),)))),
    ("a pair in place of a rule", lambda: Equal(Rate(x), 1, Setting((), ((x, 1),)))),
    ("a free index that is bound elsewhere", lambda: Equal(bound_index(1) * sum_over(lambda p: p), 0, LAYERS)),
]

#: True wherever they are defined, so that nothing may refute them, and nothing prove their denial.
TRUE_WHERE_DEFINED = [
    Holds(sp.Eq(sp.floor(n / m) + 1, sp.floor((n + m) / m))),
    Holds(sp.Lt(sp.Mod(n, m), m**2 + 1)),
    Holds(sp.Eq(k + sp.floor(n / m), sp.floor((n + m * k) / m))),
    Holds(sp.Implies(sp.Eq(b, 1), sp.Eq(1 / (b - 1), 2))),
    Equal(Rate(x) * a, 1, under(rates=((x, 1 / a),))),
    Equal(x * sp.Derivative(sp.log(x), x), 1),
    at_least(Rate(sp.sqrt(x)), 0, under(rates=((x, ONE),))),
    greater(100 * a**2, a, under(sp.Ge(a, 10))),
    Holds(sp.Le(j, L), under(size=L)),  # a generic index is in range
    Equal(u[1], u[2], under(size=1)),  # there is no second entry
    Equal(u[1], u[2], under(sp.Eq(L, 1), size=L)),
    Equal(u[n], u[n], under(sp.Lt(n, 1), size=L)),
]

FALSE: list[tuple[str, Any]] = [
    *POLYNOMIALS,
    *ROOTS,
    *TRANSCENDENTAL,
    *POWERS,
    *HEADS,
    *FLOWS,
    *INEQUALITIES,
    *FORMULAS,
    *VECTOR_FIELDS,
    *CITED,
    *TERMWISE,
    *EVERY_DEPTH,
    *ABOUT_STATEMENTS,
    *INTEGRALS,
]

#: Concrete, and false at a small point.
REFUTED = {
    "square of a sum",
    "cube of a difference",
    "fraction split the wrong way",
    "one instead of two",
    "ideal: a square root of a relation",
    "ideal: a factor cancelled that may be zero",
    "root of a square",
    "root of a square of an undeclared symbol",
    "fourth root of a fourth power",
    "fourth root, expanded",
    "root of a sum",
    "irrational root, sign forgotten",
    "sign squared",
    "sign of a sum",
    "sign of a product of negative numbers",
    "modulus of a sum",
    "modulus dropped",
    "exponential of a sum",
    "hyperbolic sine doubled",
    "hyperbolic Pythagoras, wrong sign",
    "logarithm of two and three",
    "inverse hyperbolic sine as the cosine's",
    "Q of (20) is twice too large",
    "inverse hyperbolic sine halved",
    "a symbol written like a product",
    "power with L, exponent off by one",
    "power with L of a sum",
    "power with L of a negative number",
    "power with L of minus two",
    "power with L of any base",
    "sums of squares are conserved, three layers",
    "layers are conserved, three layers",
    "θ moves with the wrong sign, three layers",
    "θ as printed after (8)",
    "a rule for a function of time ignored",
    "product rule with one term",
    "square is positive",
    "cube is not negative",
    "mean inequality, wrong constant",
    "strict where equality is possible",
    "product of inequalities without signs",
    "difference of squares",
    "a symbol named like a slack",
    "a symbol named like a linear form",
    "rate above σ, three layers",
    "σ strictly below the metric of three layers by one",
    "remainder is positive",
    "floor of a sum",
    "floor of a real number",
    "floor in a real interval",
    "last index of a block, off by one",
    "a symbol named like a remainder",
    "injective function",
    "UUᵀ of a 2 × 2 matrix commutes",
    "Wᵀv with v in R² commutes",
    "quadratics of matrices that do not commute",
    "real and imaginary part of z² commute",
    "a sum of products commutes",
    "a bracket that vanishes at small points",
    "rank of a product where two factors vanish",
    "rank of squares at the origin",
    "rank where one condition is missing",
    "rank of dependent components",
    "rank on an open set with a critical point",
    "rank with more components than variables",
    "a power of zero that is one",
    "the metric of two layers above σ + 2|θ|",
    "the sharpened rate with L² for L",
    "the sharpened rate without σ's square",
    "t for three layers, t = z",
    "t for three layers, without the half",
    "one step of the mean, y over (0, ∞)",
    "the mirror map of two layers, halved",
    "scaling the initialization by a gains a^L",
    "the entropy at scale a gains a^L",
    "the logarithm of the scale, of the other sign",
    "θ above x² + a²Δ/2",
    "t_+θ − 𝒬 within x²/2",
    "two layers at scale a, to the next order, without log(1/a)",
    "all differences of squares are independent",
    "differences of squares are independent outside M",
    "a true statement is denied",
    "a true statement about an index is denied",
}
