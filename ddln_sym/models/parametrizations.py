"""Parametrizations ``θ = G(w)``: components, derivatives, and the domain ``M`` they live on."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from numbers import Integral
from typing import Any, ClassVar, TypeAlias

import sympy as sp

from ddln_sym.numerics import Settled, count_of, read_sequence
from ddln_sym.statements import Domain, expression, in_decimals, product_over

__all__ = [
    "DeepDiagonal",
    "Parametrization",
    "Redundant",
    "deep_diagonal",
    "difference",
    "matrix_factorization",
    "redundant",
    "shallow_linear",
]

Expr: TypeAlias = Any

NUMBERS = "a number or an expression for each parameter"


@dataclass(frozen=True)
class Parametrization(Settled):
    """A map ``G: R^D → R^d`` on an open set ``M`` of parameters.

    Attributes:
        components: ``G_1, …, G_d`` as SymPy expressions in the variables; a float counts as the decimal number that
            it is written as.
        variables: the parameters ``w_1, …, w_D``, in order.
        domain: ``M``, as polynomial conditions that symbols and numbers can both be put into.
    Raises:
        ValueError: no components, or the components or the domain use a symbol that is not a variable.
    Source: Section 2.2 of the paper; Li, Wang, Lee, Arora (2022), Definition 3.1.

    >>> x, y = sp.symbols("x y")
    >>> Parametrization((x * y,), (x, y)).gradient(1)
    Matrix([
    [y],
    [x]])
    """

    components: tuple[Expr, ...]
    variables: tuple[Expr, ...]
    domain: Domain = Domain()

    def __post_init__(self) -> None:
        for name, given in (("components", self.components), ("variables", self.variables)):
            if isinstance(given, str) or not hasattr(given, "__iter__"):
                raise ValueError(f"{name} is {given}: expected a tuple, as in Parametrization((x*y,), (x, y))")
        try:
            read = tuple(in_decimals(sp.sympify(c)) for c in self.components)
        except (sp.SympifyError, TypeError) as error:
            raise ValueError(f"components is {self.components}: expected expressions of SymPy") from error
        object.__setattr__(self, "components", read)
        object.__setattr__(self, "variables", tuple(self.variables))
        if not self.components:
            raise ValueError("components is empty: a parametrization needs at least one component G_1")
        for variable in self.variables:
            if not isinstance(variable, (sp.Symbol, sp.Indexed)):
                raise ValueError(f"variables has {variable!r}: each parameter must be a SymPy symbol")
        if not isinstance(self.domain, Domain):
            raise ValueError(f"domain is {self.domain!r}: expected a Domain, such as Domain(positive=(x,))")
        known = set(self.variables)
        if len(known) != len(self.variables):
            raise ValueError("variables repeats a symbol: each parameter must be listed once")
        for variable in self.variables:
            may_be_complex = variable.is_complex and variable.is_extended_real is None
            if variable.is_commutative is False or variable.is_extended_real is False or may_be_complex:
                raise ValueError(f"variables has {variable}, which is not real: declare it with real=True")
            if variable.is_rational:
                raise ValueError(
                    f"variables has {variable}, which does not move continuously: declare it with real=True"
                )
        for n, component in enumerate(self.components, 1):
            if (
                not isinstance(component, sp.Expr)
                or component.is_Matrix
                or component.has(sp.zoo, sp.nan, sp.oo, -sp.oo, sp.I)
            ):
                raise ValueError(f"components: G_{n} = {component} is no real function of the variables")
            if extra := component.free_symbols - known:
                used = ", ".join(sorted(map(str, extra)))
                if {s.name for s in extra} & {v.name for v in self.variables}:
                    raise ValueError(
                        f"components: G_{n} = {component} uses {used}, and not the variables of these names, which are "
                        "declared otherwise: write it with the symbols that are given as variables"
                    )
                raise ValueError(
                    f"components: G_{n} = {component} uses {used}, "
                    f"which {'is' if len(extra) == 1 else 'are'} not among the variables "
                    f"{', '.join(map(str, self.variables))}"
                )
        conditions = [p for group in self.domain.avoids for p in group] + list(self.domain.positive)
        for condition in conditions:
            if extra := sp.sympify(condition).free_symbols - known:
                raise ValueError(
                    f"domain does not fit G: the condition on {condition} uses {', '.join(sorted(map(str, extra)))}, "
                    f"which is not among the variables {', '.join(map(str, self.variables))}"
                )

    @property
    def schematic(self) -> bool:
        """Whether the depth or the dimension is a symbol."""
        return False

    def _check_component(self, i: Any) -> int:
        if isinstance(i, bool) or not isinstance(i, (Integral, sp.Integer)):
            raise ValueError(f"i = {i!r} is no whole number: G has components 1 to {len(self.components)}")
        if not 1 <= int(i) <= len(self.components):
            raise ValueError(f"i = {i} is not a component of G: it has components 1 to {len(self.components)}")
        return int(i) - 1

    def gradient(self, i: int) -> sp.Matrix:
        """``∇G_i`` as a column of length D, ``i`` counted from 1."""
        component = self.components[self._check_component(i)]
        return sp.Matrix([sp.diff(component, w) for w in self.variables])

    def hessian(self, i: int) -> sp.Matrix:
        """``∇²G_i`` as a D × D matrix, ``i`` counted from 1."""
        return self.gradient(i).jacobian(self.variables)

    @cached_property
    def jacobian(self) -> sp.Matrix:
        """``J_G`` as a d × D matrix, ``(J_G)_{ij} = ∂G_i/∂w_j``."""
        return sp.Matrix([[sp.diff(c, w) for w in self.variables] for c in self.components])

    def at(self, values: Sequence[Any]) -> tuple[Any, ...]:
        """``G(w)`` at D numbers or expressions."""
        values = [expression(value, "an entry of values") for value in read_sequence(values, "values", NUMBERS)]
        if len(values) != len(self.variables):
            raise ValueError(f"values has {count_of(len(values), 'entry')}; G takes {len(self.variables)}")
        point = dict(zip(self.variables, values, strict=True))
        return tuple(c.xreplace(point) for c in self.components)

    def contains(self, values: Sequence[Any] | Mapping[Expr, Any]) -> bool:
        """Whether a numeric point lies in ``M``."""
        if not isinstance(values, Mapping):
            values = read_sequence(values, "values", NUMBERS)
            if len(values) != len(self.variables):
                raise ValueError(
                    f"values has {count_of(len(values), 'entry')}; M lies in a space of {len(self.variables)}"
                )
            values = dict(zip(self.variables, values, strict=True))
        return self.domain.contains(values)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>"

    def _repr_latex_(self) -> str:
        from ddln_sym import _html

        return _html.parametrization(self)

    def __str__(self) -> str:
        shown = ", ".join(map(str, self.components[:4])) + (", …" if len(self.components) > 4 else "")
        return f"G({', '.join(map(str, self.variables[:4]))}{', …' if len(self.variables) > 4 else ''}) = ({shown})"


def whole(name: str, value: Any, least: int, symbolic: bool = False) -> Expr:
    """A checked whole number, or a symbol where one is allowed."""
    if symbolic and isinstance(value, sp.Symbol):
        if value.is_integer and value.is_positive:
            return value
        raise ValueError(f"{name} is the symbol {value}: declare it with integer=True, positive=True")
    if isinstance(value, bool) or not isinstance(value, (Integral, sp.Integer)) or int(value) < least:
        allowed = f"a whole number of at least {least}" + (", or a SymPy symbol" if symbolic else "")
        raise ValueError(f"{name} is {value!r}: it must be {allowed}")
    return sp.Integer(int(value))


#: More parameters, or more sets of them that do not vanish together, are not written out one by one.
MOST_PARAMETERS, MOST_SETS = 20_000, 2_000_000


def affordable(parameters: Any, sets: Any = 0, paths: Any = 0) -> None:
    """Refuse a model that would fill the memory before anything is asked of it.

    Args:
        parameters, sets, paths: how many symbols there would be, sets of them that do not vanish together, monomials.
    Raises:
        ValueError: there are too many.
    """
    for count, noun, most in (
        (parameters, "parameters", MOST_PARAMETERS),
        (sets, "pairs of layers of which one does not vanish", MOST_SETS),
        (paths, "monomials", MOST_SETS),
    ):
        if count > most:
            size = str(count) if count < 10**7 else f"about 10^{len(str(count)) - 1}"
            raise ValueError(f"the model would have {size} {noun}: up to {most} are written out one by one")


def matrix_of(name: str, rows: int, columns: int) -> sp.Matrix:
    """Entries ``U12``, or ``U_1_12`` where a number has two digits."""
    affordable(rows * columns)
    long = max(rows, columns) > 9
    stem = f"{name}_" if name[-1].isdigit() and not long else name
    return sp.Matrix(
        rows, columns, lambda a, b: sp.Symbol(f"{name}_{a + 1}_{b + 1}" if long else f"{stem}{a + 1}{b + 1}", real=True)
    )


def network(net: Any) -> Parametrization:
    """What is given as a network, if it is one.

    Raises:
        ValueError: it is something else.
    """
    if not isinstance(net, Parametrization):
        raise ValueError(f"the network is {net!r}: expected a Parametrization, such as deep_diagonal(3, 2)")
    return net


@dataclass(frozen=True, repr=False)
class _Layered(Parametrization, ABC):
    """A parametrization with a depth and a dimension, either of which may be a symbol."""

    depth: Expr = None
    dimension: Expr = None
    letter: ClassVar[str] = "w"

    def __post_init__(self) -> None:
        if not self.schematic:
            super().__post_init__()

    @property
    def schematic(self) -> bool:
        return not (self.depth.is_Integer and self.dimension.is_Integer)

    @property
    @abstractmethod
    def generic(self) -> Expr:
        """``G_i`` for an index ``i``, to be shown where the depth or the dimension is a symbol."""

    def __str__(self) -> str:
        if not self.schematic:
            return super().__str__()
        return f"G_i({self.letter}) = {self.generic}, i = 1, …, {self.dimension}"


class DeepDiagonal(_Layered):
    """``G_i(w) = ∏_{j=(i−1)L+1}^{iL} w_j``: the paper's (10), coordinate by coordinate."""

    def flat(self, i: Any, j: Any) -> Expr:
        """The place of ``u^j_i`` in ``w``: ``(i−1)L + j``, both counted from 1."""
        return (i - 1) * self.depth + j

    def component(self, i: Any) -> Expr:
        """``G_i``; over a symbolic number of layers it is an unevaluated product."""
        w = sp.IndexedBase("w", real=True)
        if self.depth.is_Integer:
            return sp.Mul(*(w[self.flat(i, j)] for j in range(1, int(self.depth) + 1)))
        return product_over(lambda j: w[self.flat(i, j)])

    @property
    def generic(self) -> Expr:
        i, j = sp.symbols("i j", integer=True, positive=True)
        return sp.Product(sp.IndexedBase(self.letter, real=True)[self.flat(i, j)], (j, 1, self.depth))

    def layers(self, w: Sequence[Any]) -> tuple[tuple[Any, ...], ...]:
        """The rows ``u^1, …, u^L`` of a flat parameter vector."""
        depth, dimension = int(self.depth), int(self.dimension)
        return tuple(tuple(w[i * depth + j] for i in range(dimension)) for j in range(depth))

    def flatten(self, layers: Sequence[Sequence[Any]]) -> tuple[Any, ...]:
        """The flat vector of L rows of d numbers."""
        depth, dimension = int(self.depth), int(self.dimension)
        if len(layers) != depth or any(len(row) != dimension for row in layers):
            raise ValueError(f"layers must be {depth} rows of {count_of(dimension, 'number')}")
        return tuple(layers[j][i] for i in range(dimension) for j in range(depth))


class Redundant(_Layered):
    """``G_i(u) = u_i^L`` on positive ``u``: the paper's deep redundant network."""

    letter = "u"

    @property
    def generic(self) -> Expr:
        return sp.IndexedBase(self.letter, real=True)[sp.Symbol("i", integer=True, positive=True)] ** self.depth


def deep_diagonal(depth: Any, dimension: Any) -> DeepDiagonal:
    """The deep diagonal linear network ``θ = u^1 ⊙ … ⊙ u^L`` with the flattening of (10).

    Args:
        depth: number of layers L ≥ 2, or a symbol.
        dimension: d ≥ 1, or a symbol.
    Returns:
        The parametrization on ``M = {at most one zero in each coordinate}``.
    Raises:
        ValueError: depth below 2 or dimension below 1.
    Source: equations (10) and (33), the latter with its index corrected (claim ``eq-33``).

    >>> deep_diagonal(2, 2).components
    (w1*w2, w3*w4)
    """
    depth, dimension = whole("depth", depth, 2, True), whole("dimension", dimension, 1, True)
    if not (depth.is_Integer and dimension.is_Integer):
        return DeepDiagonal((), (), Domain(), depth, dimension)
    size = int(depth)
    affordable(size * int(dimension), size * (size - 1) // 2 * int(dimension))
    variables = tuple(sp.Symbol(f"w{n}", real=True) for n in range(1, size * int(dimension) + 1))
    groups = [variables[i * size : (i + 1) * size] for i in range(int(dimension))]
    avoids = tuple((a, b) for group in groups for n, a in enumerate(group) for b in group[n + 1 :])
    return DeepDiagonal(tuple(sp.Mul(*group) for group in groups), variables, Domain(avoids), depth, dimension)


def redundant(depth: Any, dimension: Any) -> Redundant:
    """The deep redundant network ``θ = u^⊙L`` on positive parameters.

    Args:
        depth: exponent L ≥ 2, or a symbol.
        dimension: d ≥ 1, or a symbol.
    Raises:
        ValueError: depth below 2 or dimension below 1.
    Source: Appendix A.3.

    >>> redundant(3, 2).components
    (u1**3, u2**3)
    """
    depth, dimension = whole("depth", depth, 2, True), whole("dimension", dimension, 1, True)
    if not (depth.is_Integer and dimension.is_Integer):
        return Redundant((), (), Domain(), depth, dimension)
    affordable(int(dimension))
    variables = tuple(sp.Symbol(f"u{n}", real=True) for n in range(1, int(dimension) + 1))
    return Redundant(tuple(u**depth for u in variables), variables, Domain(positive=variables), depth, dimension)


def difference(depth: Any, dimension: Any) -> Parametrization:
    """``θ = u^⊙L − v^⊙L``, on positive parameters.

    Args:
        depth: exponent L ≥ 2. dimension: d ≥ 1.
    Source: Woodworth et al. (2020); Moroshko et al. (2020).

    >>> difference(2, 1).components
    (u1**2 - v1**2,)
    """
    depth, dimension = whole("depth", depth, 2), whole("dimension", dimension, 1)
    affordable(2 * int(dimension))
    u, v = (tuple(sp.Symbol(f"{name}{n}", real=True) for n in range(1, int(dimension) + 1)) for name in "uv")
    components = tuple(a**depth - b**depth for a, b in zip(u, v, strict=True))
    return Parametrization(components, u + v, Domain(positive=u + v))


def matrix_factorization(size: int, rank: int) -> Parametrization:
    """``θ = UUᵀ``, its entries on and below the diagonal, with ``U`` of shape size × rank.

    Source: Gunasekar et al. (2017).

    >>> matrix_factorization(1, 2).components
    (U11**2 + U12**2,)
    """
    size, rank = whole("size", size, 1), whole("rank", rank, 1)
    affordable(int(size * rank), paths=int(size * (size + 1) // 2 * rank))
    u = matrix_of("U", int(size), int(rank))
    product = u * u.T
    return Parametrization(tuple(product[a, b] for a in range(size) for b in range(a + 1)), tuple(u))


def shallow_linear(hidden: int, dimension: int) -> Parametrization:
    """``θ = Wᵀv`` with ``W`` of shape hidden × dimension and ``v`` of length hidden.

    Source: Arora et al. (2018).

    >>> shallow_linear(1, 2).components
    (W11*v1, W12*v1)
    """
    hidden, dimension = whole("hidden", hidden, 1), whole("dimension", dimension, 1)
    affordable(int(hidden * (dimension + 1)))
    w = matrix_of("W", int(hidden), int(dimension))
    v = sp.Matrix([sp.Symbol(f"v{a + 1}", real=True) for a in range(hidden)])
    return Parametrization(tuple(w.T * v), (*w, *v))
