"""When a parametrized gradient flow is a mirror flow: commuting, regular, symmetric domains.

Li, Wang, Lee, Arora (2022), Theorem 4.8, asks these three of a parametrization; each function here
returns a certificate, with the pair of components or the point of ``M`` where a condition fails.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any, ClassVar, TypeAlias

import sympy as sp

from ddln_sym.kernel import decide
from ddln_sym.models.layer_flow import LayerFlow
from ddln_sym.models.parametrizations import DeepDiagonal, Parametrization, Redundant, network
from ddln_sym.statements import (
    Certificate,
    Commutes,
    Compare,
    Consequence,
    Equal,
    FullRank,
    Holds,
    Hypothesis,
    Rate,
    RateRule,
    Scope,
    SeparateBlocks,
    Setting,
    Theorem,
    expression,
    greater,
)

__all__ = [
    "BlockRank",
    "BlocksCommute",
    "BlocksSeparate",
    "commuting",
    "commuting_statement",
    "regular",
    "regular_statement",
    "symmetric_domains",
    "symmetric_domains_statement",
]

Expr: TypeAlias = Any

_A, _B, _I, _J, _M = sp.symbols("a b i j m", integer=True, positive=True)


def _block(m: Expr, size: Expr) -> Expr:
    """The block of ``size`` indices that holds index ``m``, both counted from 1."""
    return sp.floor((m - 1) / size) + 1


def _whole(size: Expr, rule: str) -> Expr:
    """The number of parameters in a block.

    Raises:
        ValueError: it is no whole number ≥ 1, and no symbol for one.
    """
    size = expression(size, f"the size of a block of {rule}")
    if not (size.is_integer and size.is_positive):
        raise ValueError(f"the size of a block of {rule} is {size}: it is a whole number ≥ 1, or a symbol for one")
    return size


def _disjoint(size: Expr) -> Holds:
    """No index lies in the blocks of two different components."""
    shared = sp.And(sp.Eq(_block(_M, size), _A), sp.Eq(_block(_M, size), _B))
    return Holds(sp.Not(shared), Setting((Hypothesis("different components", sp.Ne(_A, _B)),)))


def _inside(size: Expr) -> Holds:
    """The entries ``(i−1)L + j``, ``1 ≤ j ≤ L``, lie in block ``i``: M's conditions do not tie blocks."""
    place = (_I - 1) * size + _J
    return Holds(sp.Eq(_block(place, size), _I), Setting((Hypothesis("j ∈ [L]", sp.Le(_J, size)),)))


@dataclass(frozen=True)
class BlocksCommute(Consequence):
    """All brackets vanish, because each component has its own block of parameters.

    Every term of ``(∇²G_a ∇G_b)_k = Σ_m ∂_k∂_m G_a · ∂_m G_b`` has a factor that differentiates by a
    parameter of another block; for ``a = b`` the two halves of the bracket are the same.
    """

    size: Expr
    theorem: ClassVar = Theorem("a component that does not contain a variable has derivative 0 by it", "calculus")

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", _whole(self.size, "BlocksCommute"))

    def premises(self) -> tuple[Holds, ...]:
        return (_disjoint(self.size), _inside(self.size))

    def __str__(self) -> str:
        blocks = f"each $G_i$ has a block of ${self.size}$ parameters"
        return f"the Lie brackets $[∇G_a, ∇G_b]$ vanish for all $a$, $b$, if {blocks}"


@dataclass(frozen=True)
class BlockRank(Consequence):
    """The Jacobian has rank d on M: its Gram matrix ``J Jᵀ`` is diagonal and positive.

    Attributes:
        size: parameters per block; diagonal: ``(J Jᵀ)_{ii} = |∇G_i|²``; setting: what membership in M gives.
        component: ``G_i`` in the parameters of its block; gradient: the partial derivative by any one of them, as the
            rule by which the gradient flow moves that parameter; factored: the component with that parameter taken out.

    Raises:
        ValueError: the size is no whole number, or the component or its gradient is not given, so that the rank would
            be that of nothing in particular.
    """

    size: Expr
    diagonal: Expr
    setting: Setting
    component: Expr | None = None
    gradient: RateRule | None = None
    factored: Expr | None = None
    theorem: ClassVar = Theorem(r"$\operatorname{rank} J = \operatorname{rank} J Jᵀ$", "linear algebra over the reals")

    def __post_init__(self) -> None:
        if self.component is None or self.gradient is None:
            raise ValueError("BlockRank does not say of which G it speaks: give the component G_i and its gradient")
        object.__setattr__(self, "size", _whole(self.size, "BlockRank"))
        object.__setattr__(self, "diagonal", expression(self.diagonal, "the diagonal of BlockRank"))
        object.__setattr__(self, "component", expression(self.component, "the component of BlockRank"))

    def premises(self) -> tuple[Holds | Compare | Equal, ...]:
        gradient = self.gradient
        assert gradient is not None
        plain = replace(self.setting, rates=())
        alone = replace(gradient, value=sp.Integer(1), index=None)  # one parameter moves, the others do not
        factored = self.component if self.factored is None else self.factored
        return (
            _disjoint(self.size),
            *(() if self.factored is None else (Equal(self.component, factored, Setting((), (), plain.size)),)),
            Equal(Rate(factored), gradient.value, replace(plain, rates=(alone,))),
            Equal(Rate(self.component), self.diagonal, replace(plain, rates=(gradient,))),
            greater(self.diagonal, 0, plain),
        )

    def __str__(self) -> str:
        blocks = f"each $G_i$ has a block of ${self.size}$ parameters and the derivatives that the premises give it"
        return f"the Jacobian of $G$ has rank $d$ at every point of $M$, if {blocks}"


@dataclass(frozen=True)
class BlocksSeparate(Consequence):
    """The domains of the flows of ``∇G_a``, ``∇G_b`` are pairwise symmetric: the fields move different blocks."""

    size: Expr
    theorem: ClassVar = Theorem(
        "flows on separate factors of a product exist for a rectangle of times",
        "Li et al. 2022, Assumption 3.5",
        ("LiEtAl2022",),
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", _whole(self.size, "BlocksSeparate"))

    def premises(self) -> tuple[Holds, ...]:
        return (_disjoint(self.size), _inside(self.size))

    def __str__(self) -> str:
        return (
            "the domains of the flows of $∇G_1, …, ∇G_d$ are pairwise symmetric, if each $G_i$ has a block of "
            f"${self.size}$ parameters, over which $M$ is a product"
        )


def _size(net: Parametrization) -> Expr:
    return net.depth if isinstance(net, DeepDiagonal) else sp.Integer(1)


def commuting_statement(net: Parametrization) -> Commutes | BlocksCommute:
    """The proposition that ``G`` is commuting."""
    return BlocksCommute(_size(net)) if net.schematic else Commutes(net.components, net.variables)


def regular_statement(net: Parametrization) -> FullRank | BlockRank:
    """The proposition that ``G`` is regular on its domain."""
    if not isinstance(net, (DeepDiagonal, Redundant)) or not net.schematic:
        return FullRank(net.components, net.variables, net.domain)
    if isinstance(net, Redundant):
        u = sp.Symbol("u", real=True)
        slope = net.depth * u ** (net.depth - 1)
        given = (Hypothesis("u lies in M", sp.Gt(u, 0)), Hypothesis("depth", sp.Ge(net.depth, 2)))
        return BlockRank(sp.Integer(1), slope**2, Setting(given), u**net.depth, RateRule(u, slope))
    flow = LayerFlow(net.depth)
    least = flow.index("l", 1)
    nonzero = flow.every("at most one zero in the block", lambda k: sp.Ne(flow.layer(k), 0), (least,))
    j = flow.index("j", 1)
    inside = Setting((), (), net.depth).given(*nonzero)
    gradient = RateRule(flow.layer(j), flow.others(j), j)
    return BlockRank(net.depth, flow.metric, inside, flow.theta, gradient, flow.layer(j) * flow.others(j))


def symmetric_domains_statement(net: Parametrization) -> SeparateBlocks | BlocksSeparate:
    """The proposition that the domains of the flows of the fields ``∇G_i`` are pairwise symmetric."""
    return BlocksSeparate(_size(net)) if net.schematic else SeparateBlocks(net.components, net.variables, net.domain)


def _scope(net: Parametrization) -> Scope:
    if isinstance(net, (DeepDiagonal, Redundant)):
        depth = f"L = {net.depth}" if net.depth.is_Integer else "all L ≥ 2"
        return Scope(depth, f"d = {net.dimension}" if net.dimension.is_Integer else "all d")
    return Scope("", f"$D = {len(net.variables)}$, $d = {len(net.components)}$")


def _certificate(
    name: str, title: str, source: str, net: Parametrization, state: Callable[[Parametrization], Any]
) -> Certificate:
    network(net)
    begun = perf_counter()
    step = decide(state(net))
    return Certificate.of(name, title, source, _scope(net), [step], perf_counter() - begun)


def commuting(net: Parametrization) -> Certificate:
    """Whether all Lie brackets ``∇²G_a∇G_b − ∇²G_b∇G_a`` vanish identically.

    Returns:
        A certificate; if refuted, its witness names the pair and a rational point.
    Raises:
        NotPolynomial: a component is not a polynomial with rational coefficients.
    Source: Appendix A.4; Li et al. (2022), Definition 4.1.

    >>> from ddln_sym import deep_diagonal
    >>> commuting(deep_diagonal(depth=3, dimension=2)).verdict.value
    'proved'
    """
    return _certificate("commuting", "G is commuting", "Appendix A.4", net, commuting_statement)


def regular(net: Parametrization) -> Certificate:
    """Whether the Jacobian of ``G`` has rank ``d`` at every point of ``M``.

    Returns:
        A certificate; if refuted, its witness is a point of ``M`` where the rank drops.
    Raises:
        NotPolynomial: a component is not a polynomial with rational coefficients.
    Source: Appendix A.4; Li et al. (2022), Definition 3.1.

    >>> from ddln_sym import deep_diagonal
    >>> regular(deep_diagonal(depth=3, dimension=2)).verdict.value
    'proved'
    """
    return _certificate("regular", "G is regular on M", "Appendix A.4", net, regular_statement)


def symmetric_domains(net: Parametrization) -> Certificate:
    """Whether the domains of the flows of ``∇G_a`` and ``∇G_b`` are pairwise symmetric.

    The argument that is used here needs disjoint blocks of variables; where components share one, the
    certificate says ``undecided``.

    Source: Li et al. (2022), Assumption 3.5.

    >>> from ddln_sym import deep_diagonal
    >>> symmetric_domains(deep_diagonal(depth=3, dimension=2)).verdict.value
    'proved'
    """
    title = "the domains of the flows of ∇G_i are pairwise symmetric"
    return _certificate("symmetric-domains", title, "Appendix A.4", net, symmetric_domains_statement)
