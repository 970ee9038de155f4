r"""The entropy of the mirror flow, for every depth and every initialization on ``M``.

Along the gradient flow of ``𝓛(u^1 ⊙ ⋯ ⊙ u^L)`` the product ``θ`` follows ``d∇Q(θ)/dt + ∇𝓛(θ) = 0`` with a
separable Legendre function Q.  The same holds for ``u^⊙L`` and ``u^⊙L − v^⊙L``, with entropies of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from flint import fmpq

from ddln_sym.entropies.difference import DifferenceEntropy
from ddln_sym.entropies.layered import ONE, LayerEntropy
from ddln_sym.entropies.legendre import CoordinateEntropy, LegendreFunction
from ddln_sym.flows import is_model
from ddln_sym.numerics import count_of, is_number, rational_row

if TYPE_CHECKING:
    from ddln_sym.models import Parametrization

__all__ = ["difference_entropy", "entropy", "redundant_entropy"]


def _rows(layers: Any) -> list[tuple[fmpq, ...]]:
    if is_number(layers):
        raise ValueError("the layers have to be a sequence of L ≥ 2 rows of numbers, one number per coordinate")
    rows = layers.tolist() if hasattr(layers, "tolist") else list(layers)
    if len(rows) < 2:
        raise ValueError(f"the layers have {count_of(len(rows), 'row')}, and a network has at least two layers")
    found = [rational_row(row, f"layer {n}") for n, row in enumerate(rows, 1)]
    if len({len(row) for row in found}) != 1 or not found[0]:
        lengths = ", ".join(str(len(row)) for row in found)
        raise ValueError(f"the layers have {lengths} numbers: all need the same number, at least one")
    return found


def entropy(layers: Any, start: Any = None) -> Any:
    r"""The entropy of the deep diagonal network ``θ = u^1 ⊙ ⋯ ⊙ u^L`` from an initialization, or that of another model.

    Args:
        layers: L ≥ 2 rows of d numbers, ``u^j(0)``; or L numbers, for one coordinate.  Numbers are integers,
            fractions, decimal strings, floats at their exact binary value, mpf, SymPy or NumPy numbers.
            Or a parametrization, and then
        start: its D parameters.  Of a parametrization of another form the result is a :class:`ConjugateEntropy`,
            which evaluates the conjugate by Euler's identity.
    Returns:
        Q with ``d∇Q(θ(t))/dt + ∇𝓛(θ(t)) = 0`` along the gradient flow of the layers, for every loss 𝓛.  It is a
        :class:`LegendreFunction` for the layers, and for a parametrization whose components are, each in variables
        of its own, a product of them, a power ``u^L``, or a difference ``u^L − v^L`` of powers.
    Raises:
        ValueError: a coordinate has two layers at zero, rows differ in length, or an entry is not a number.
    Source: claims ``new-t1-…`` to ``new-t4-…``; ``eq-30`` and ``eq-31`` with their corrections.

    >>> from flint import arb
    >>> Q = entropy([[0, 1], [1, 1], [2, 1]])
    >>> print(*Q.gradient([1, 2], digits=12))
    0.214376516781474 0.2062994740159
    >>> Q.gradient([1, 2], digits=12, certified=True)[0].overlaps(arb("0.2143765167815 +/- 1e-12"))
    True
    >>> from ddln_sym.models import redundant
    >>> entropy(redundant(2, 1), [1]).expression()  # Kullback–Leibler
    theta_1*log(theta_1)/4 - theta_1/4 + 1/4
    """
    if is_model(layers):
        if start is None:
            raise ValueError(
                f"start is missing: expected {count_of(len(layers.variables), 'number')}, one for each parameter of G"
            )
        if layers.schematic:
            raise ValueError("the depth or the dimension of G is a symbol: give whole numbers")
        from ddln_sym.entropies.homogeneous import conjugate_entropy
        from ddln_sym.models import read_start

        return _separable(layers, read_start(layers, start)) or conjugate_entropy(layers, start)
    if start is not None:
        raise ValueError("start is given with layers: it belongs to a parametrization")
    columns = list(zip(*_rows(layers), strict=True))
    coordinates = [_layer_entropy(n, column) for n, column in enumerate(columns, 1)]
    return _together(coordinates, f"{len(columns[0])} layers")


def _separable(net: Parametrization, start: Sequence[Any]) -> LegendreFunction | None:
    """The entropy of components in variables of their own, each of a form whose entropy is known."""
    place = dict(zip(net.variables, (fmpq(int(v.p), int(v.q)) for v in start), strict=True))
    if sum(len(g.free_symbols) for g in net.components) != len(place):
        return None
    found = [_coordinate(n, g, place) for n, g in enumerate(net.components, 1)]
    coordinates = [c for c in found if c is not None]
    if len(coordinates) < len(found):
        return None
    import sympy as sp

    depths = {sp.Poly(g, *g.free_symbols).total_degree() for g in net.components}
    diagonal = all(g.is_Mul for g in net.components) and len(depths) == 1
    return _together(coordinates, f"{depths.pop()} layers" if diagonal else str(net))


def _together(coordinates: Sequence[CoordinateEntropy], name: str) -> LegendreFunction:
    return LegendreFunction(coordinates, name, partial(_closed_form, coordinates))


def _closed_form(coordinates: Sequence[CoordinateEntropy]) -> Any:
    """Q in SymPy.

    Raises:
        ValueError: a coordinate has none.
    """
    from ddln_sym.entropies.closed_forms import closed_form

    layered = [c for c in coordinates if isinstance(c, LayerEntropy)]
    if len(layered) < len(coordinates):
        raise ValueError("no closed form is known for this entropy")
    return closed_form(layered)


def _coordinate(number: int, component: Any, place: Mapping[Any, fmpq]) -> CoordinateEntropy | None:
    """The coordinate of ``u_1⋯u_L``, ``u^L`` or ``u^L − v^L``; None for another component."""
    import sympy as sp

    factors = sp.Mul.make_args(component)
    if len(factors) > 1 and all(f in place for f in factors):
        return _layer_entropy(number, [place[f] for f in factors])
    if (power := _power_of_symbol(component)) is not None:
        return _power(number, place[power[0]], power[1])
    terms = sp.Add.make_args(component)
    up, down = ([p for t in terms if (p := _power_of_symbol(sign * t)) is not None] for sign in (1, -1))
    if len(terms) != 2 or len(up) != 1 or len(down) != 1 or up[0][1] != down[0][1]:
        return None
    (u, depth), (v, _) = up[0], down[0]
    if depth > 2 and not (place[u] > 0 and place[v] > 0):
        return None
    return _difference(number, place[u], place[v], depth)


def _power_of_symbol(term: Any) -> tuple[Any, int] | None:
    base, exponent = term.as_base_exp()
    return (base, int(exponent)) if base.is_Symbol and exponent.is_Integer and exponent >= 2 else None


def _layer_entropy(number: int, layers: Sequence[fmpq], scale: fmpq = ONE) -> LayerEntropy:
    try:
        return LayerEntropy(layers, scale)
    except ValueError as error:
        raise ValueError(f"coordinate {number} is frozen: {error}") from error


def _power(number: int, value: fmpq, depth: int) -> LayerEntropy:
    """``u^L``: 1/L times the entropy of L equal layers."""
    return _layer_entropy(number, [value] * depth, fmpq(1, depth))


def _difference(number: int, up: fmpq, down: fmpq, depth: int) -> CoordinateEntropy:
    """``u^L − v^L``; of two, half the entropy of the layers ``u + v`` and ``u − v``."""
    return (
        _layer_entropy(number, [up + down, up - down], fmpq(1, 2)) if depth == 2 else DifferenceEntropy(up, down, depth)
    )


#: Powers beyond this are a slip of the pen.
DEEPEST = 10_000


def _depth(depth: Any) -> int:
    if not isinstance(depth, int) or isinstance(depth, bool) or not 2 <= depth <= DEEPEST:
        raise ValueError(f"the depth is {depth!r}, and has to be a whole number from 2 to {DEEPEST}")
    return depth


def redundant_entropy(u: Any, depth: int) -> LegendreFunction:
    r"""The entropy of ``θ = u^⊙L`` from an initialization without zeros.

    ``Q`` is 1/L times that of L equal layers, since ``θ' = −L²u^{2L−2}∇𝓛`` against ``−Lu^{2L−2}∇𝓛``.

    Args:
        u: d numbers, ``u(0)``; depth: L ≥ 2.
    Raises:
        ValueError: an entry is zero (it never moves) or not a number.
    Source: claims ``eq-30`` and ``eq-31``, with their corrections.

    >>> redundant_entropy([1], 2).expression()  # Kullback–Leibler
    theta_1*log(theta_1)/4 - theta_1/4 + 1/4
    """
    row, layers = rational_row(u, "u"), _depth(depth)
    if not row:
        raise ValueError("u is empty: expected one number for each coordinate")
    coordinates = [_power(n, value, layers) for n, value in enumerate(row, 1)]
    return _together(coordinates, f"u^{layers}")


def difference_entropy(u: Any, v: Any, depth: int) -> LegendreFunction:
    r"""The entropy of ``θ = u^⊙L − v^⊙L``.

    For ``L = 2`` it is half that of the two layers ``u + v`` and ``u − v``.

    Args:
        u, v: d numbers each, the initialization; positive for ``L ≥ 3``, not both zero for ``L = 2``.
        depth: L ≥ 2.
    Raises:
        ValueError: lengths differ, an entry is not a number, or the initialization is not as above.
    Source: Woodworth et al. 2020, who give it from ``u = v = α1``.

    >>> Q = difference_entropy([1], [1], 2)  # Woodworth et al.: (2 − √(4+z²) + z·arcsinh(z/2))/4 at z = θ
    >>> print(Q(3, digits=10))
    0.494684594099454
    """
    up, down, layers = rational_row(u, "u"), rational_row(v, "v"), _depth(depth)
    if len(up) != len(down):
        raise ValueError(f"u has {count_of(len(up), 'number')} and v has {len(down)}: both need one per coordinate")
    name = f"u^{layers} - v^{layers}"
    for letter, row in (("u", up), ("v", down)) if layers > 2 else ():
        for n, value in enumerate(row, 1):
            if not value > 0:
                raise ValueError(f"{letter}_{n} is {value}: for L ≥ 3 the initialization has to be positive")
    return _together([_difference(n, a, b, layers) for n, (a, b) in enumerate(zip(up, down, strict=True), 1)], name)
