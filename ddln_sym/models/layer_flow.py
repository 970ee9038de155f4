"""The gradient flow of a reparametrized loss, seen symbolically.

The coordinates of the deep diagonal flow (5) are coupled only through ``∇𝓛(θ)``.  A statement about
one coordinate with an arbitrary ``g = (∇𝓛(θ))_i`` therefore holds for every loss and dimension.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import sympy as sp

from ddln_sym.models.parametrizations import Parametrization
from ddln_sym.statements import DEPTH, Assumption, Hypothesis, Index, RateRule, Setting, product_over, sum_over

__all__ = ["LayerFlow", "OrderedFlow", "lie_derivative", "metric", "velocity"]

Expr: TypeAlias = Any


def velocity(net: Parametrization, loss_gradient: Callable[[tuple[Expr, ...]], Iterable[Expr]]) -> tuple[Expr, ...]:
    """``w' = −J_G(w)ᵀ ∇𝓛(G(w))``, D expressions in the variables.

    >>> from ddln_sym.models.parametrizations import deep_diagonal
    >>> velocity(deep_diagonal(2, 1), lambda theta: [theta[0] - 1])
    (-w2*(w1*w2 - 1), -w1*(w1*w2 - 1))
    """
    slope = sp.Matrix(list(loss_gradient(net.components)))
    return tuple(-(net.jacobian.T * slope))


def metric(net: Parametrization) -> sp.Matrix:
    """``J_G J_Gᵀ``, d × d: along the flow ``θ' = −J_G J_Gᵀ ∇𝓛(θ)``.

    >>> from ddln_sym.models.parametrizations import deep_diagonal
    >>> metric(deep_diagonal(2, 1))
    Matrix([[w1**2 + w2**2]])
    """
    return net.jacobian * net.jacobian.T


def lie_derivative(quantity: Expr, net: Parametrization, field: Iterable[Expr]) -> Expr:
    """The rate of change of a quantity along a vector field on the parameters.

    >>> from ddln_sym.models.parametrizations import deep_diagonal
    >>> net = deep_diagonal(2, 1)
    >>> w1, w2 = net.variables
    >>> lie_derivative(w1**2 - w2**2, net, net.gradient(1))
    0
    """
    return sp.expand(sum(sp.diff(quantity, w) * f for w, f in zip(net.variables, field, strict=True)))


class LayerFlow:
    """One coordinate of the deep diagonal flow: layers ``u[1], …, u[L]``, any loss gradient ``g``.

    Args:
        depth: L as a whole number ≥ 2, or :data:`DEPTH`.

    Sums and products over layers are plain ones for a concrete depth and unevaluated heads for the
    symbolic depth, so one formula serves both.

    >>> LayerFlow(3).metric
    u[1]**2*u[2]**2 + u[1]**2*u[3]**2 + u[2]**2*u[3]**2
    """

    def __init__(self, depth: Any = DEPTH) -> None:
        self.depth = sp.sympify(depth)
        self.slope = sp.Symbol("g", real=True)
        self._now = sp.IndexedBase("u", real=True)
        self._start = sp.IndexedBase("u0", real=True)

    @property
    def schematic(self) -> bool:
        return not self.depth.is_Integer

    def layer(self, j: Any) -> Expr:
        """``u^j_i(t)``."""
        return self._now[j]

    def initial(self, j: Any) -> Expr:
        """``u^j_i(0)``."""
        return self._start[j]

    def index(self, name: str, number: int) -> Expr:
        """A generic layer: a symbol, or a fixed number when the depth is concrete."""
        return Index(name) if self.schematic else sp.Integer(number)

    def _range(self, without: Iterable[Any]) -> list[Expr]:
        barred = {sp.sympify(w) for w in without}
        return [n for n in map(sp.Integer, range(1, int(self.depth) + 1)) if n not in barred]

    def product(self, factor: Callable[[Expr], Expr], without: Iterable[Any] = ()) -> Expr:
        """``∏ factor(k)`` over the layers but those in ``without``."""
        if self.schematic:
            return product_over(factor, map(sp.sympify, without))
        return sp.Mul(*map(factor, self._range(without)))

    def total(self, term: Callable[[Expr], Expr], without: Iterable[Any] = ()) -> Expr:
        """``Σ term(k)`` over the layers but those in ``without``."""
        if self.schematic:
            return sum_over(term, map(sp.sympify, without))
        return sp.Add(*map(term, self._range(without)))

    def every(self, name: str, relation: Callable[[Expr], Expr], without: Iterable[Any] = ()) -> tuple[Hypothesis, ...]:
        """A hypothesis on every layer but those in ``without``."""
        barred = tuple(map(sp.sympify, without))
        if self.schematic:
            k = Index("k")
            return (Hypothesis(name, relation(k), k, barred),)
        found = (Hypothesis(name, relation(k)) for k in self._range(barred))
        return tuple(h for h in found if h.relation is not sp.true)

    def apart(self, j: Expr, k: Expr) -> tuple[Hypothesis, ...]:
        """``j ≠ k`` for two generic layers; nothing to say for two fixed ones."""
        relation = sp.Ne(j, k)
        return () if relation is sp.true else (Hypothesis("different layers", relation),)

    def others(self, j: Expr) -> Expr:
        """``∏_{k≠j} u^k_i``."""
        return self.product(self.layer, (j,))

    @property
    def theta(self) -> Expr:
        """``θ_i = ∏_k u^k_i``."""
        return self.product(self.layer)

    @property
    def metric(self) -> Expr:
        """``M_i = Σ_j ∏_{k≠j} (u^k_i)²``, the diagonal entry of (12)."""
        return self.total(lambda j: self.product(lambda k: self.layer(k) ** 2, (j,)))

    def sigma(self, least: Expr) -> Expr:
        """``σ_i = ∏_{k≠least} (u^k_i(0)² − u^{least}_i(0)²)``."""
        return self.product(lambda k: self.initial(k) ** 2 - self.initial(least) ** 2, (least,))

    @property
    def setting(self) -> Setting:
        """The flow (5): ``(u^j_i)' = −(∏_{k≠j} u^k_i) g``."""
        if self.schematic:
            j = Index("j")
            rates: tuple[RateRule, ...] = (RateRule(self.layer(j), -self.others(j) * self.slope, j),)
        else:
            rates = tuple(RateRule(self.layer(j), -self.others(j) * self.slope) for j in self._range(()))
        return Setting((), rates, self.depth)

    def conservation(self, reference: Expr) -> tuple[Hypothesis, ...]:
        """(7) between the states at 0 and t, each layer against a reference layer."""

        def relation(k: Expr) -> Expr:
            now = self.layer(k) ** 2 - self.initial(k) ** 2
            return sp.Eq(now, self.layer(reference) ** 2 - self.initial(reference) ** 2)

        return self.every(Assumption.of_claim("eq-7"), relation, (reference,))

    def least(self, least: Expr) -> tuple[Hypothesis, ...]:
        """(𝒜) in this coordinate: one layer has the strictly least initial modulus."""
        return self.every("(𝒜)", lambda k: sp.Gt(self.initial(k) ** 2, self.initial(least) ** 2), (least,))


class OrderedFlow(LayerFlow):
    """One coordinate under (𝒜), layers permuted so that ``v^1`` starts with the least modulus.

    The other layers are written through ``v^1`` by claim ``root-after-7``:
    ``v^j(t) = sign(v^j(0))·√(v^1(t)² + Δ_j)``.
    """

    def __init__(self, depth: Any = DEPTH) -> None:
        super().__init__(depth)
        self.first = sp.Symbol("v1", real=True)
        self._start = sp.IndexedBase("v0", real=True)

    def difference(self, j: Any) -> Expr:
        """``Δ_j = v^j(0)² − v^1(0)²``."""
        return self.initial(j) ** 2 - self.initial(1) ** 2

    def root(self, j: Any) -> Expr:
        """``√(v^1(t)² + Δ_j)``."""
        return sp.sqrt(self.first**2 + self.difference(j))

    def layer(self, j: Any) -> Expr:
        return self.first if j == 1 else sp.sign(self.initial(j)) * self.root(j)

    @property
    def theta(self) -> Expr:
        return self.first * self.others(sp.Integer(1))

    @property
    def setting(self) -> Setting:
        rates = (RateRule(self.first, -self.others(sp.Integer(1)) * self.slope),)
        return Setting((), rates, self.depth).given(*self.least(sp.Integer(1)))
