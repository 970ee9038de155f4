"""Parametrizations from the literature; the deep diagonal network and its kin are in the module of its class."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise, product
from math import prod
from typing import Any, TypeAlias

import sympy as sp

from ddln_sym.models.parametrizations import Parametrization, affordable, matrix_of, network, whole
from ddln_sym.numerics import read_sequence, read_switch
from ddln_sym.statements import Domain, expression

__all__ = [
    "asymmetric_factorization",
    "burg",
    "convolutional",
    "deep_linear",
    "exponential",
    "exponentiated_gradient",
    "hadamard_square",
    "half_quadratics",
    "relu_paths",
    "softmax",
    "sphere",
    "squared_simplex",
    "tempered",
    "two_sided",
    "weight_normalization",
]

Expr: TypeAlias = Any


def _row(name: str, length: int) -> tuple[Expr, ...]:
    affordable(length)
    return tuple(sp.Symbol(f"{name}{n}", real=True) for n in range(1, length + 1))


def _shared(dimension: Any) -> tuple[Expr, ...]:
    """The variables of a model each of whose components has all of them."""
    size = int(whole("dimension", dimension, 2))
    affordable(size, paths=size**2)
    return _row("w", size)


def _widths(name: str, widths: Any, least: int) -> tuple[int, ...]:
    what = f"at least {least} whole numbers, such as {(2, 3, 1)[:least]}"
    found = read_sequence(widths, name, what)
    if len(found) < least:
        raise ValueError(f"{name} is {widths!r}: expected {what}")
    return tuple(int(whole(f"{name}[{n}]", width, 1)) for n, width in enumerate(found))


def hadamard_square(dimension: int) -> Parametrization:
    """``θ = u ⊙ u``, where no ``u_i`` is 0.

    Source: Vaškevičius, Kanade, Rebeschini (2019); Chou, Maly, Rauhut (2023).

    >>> hadamard_square(2).components
    (u1**2, u2**2)
    """
    u = _row("u", int(whole("dimension", dimension, 1)))
    return Parametrization(tuple(a**2 for a in u), u, Domain(avoids=tuple((a,) for a in u)))


def two_sided(dimension: int) -> Parametrization:
    """``θ = u₊ ⊙ v₊ − u₋ ⊙ v₋``, two layers for either sign; variables ``up1, vp1, um1, vm1, …``.

    Source: Azulay et al. (2021); Pesme, Pillaud-Vivien, Flammarion (2021).

    >>> two_sided(1).components
    (-um1*vm1 + up1*vp1,)
    """
    size = int(whole("dimension", dimension, 1))
    rows = [_row(name, size) for name in ("up", "vp", "um", "vm")]
    variables = tuple(v for column in zip(*rows, strict=True) for v in column)
    avoids = tuple(column for column in zip(*rows, strict=True))
    return Parametrization(tuple(a * b - c * d for a, b, c, d in zip(*rows, strict=True)), variables, Domain(avoids))


def asymmetric_factorization(rows: int, columns: int, rank: int) -> Parametrization:
    """``θ = UVᵀ`` entry by entry, ``U`` of shape rows × rank and ``V`` of shape columns × rank.

    Source: Arora, Cohen, Golowich, Hu (2019); Marcotte, Gribonval, Peyré (2023).

    >>> asymmetric_factorization(1, 1, 2).components
    (U11*V11 + U12*V12,)
    """
    sizes = (int(whole(n, v, 1)) for n, v in (("rows", rows), ("columns", columns), ("rank", rank)))
    n, m, r = sizes
    affordable((n + m) * r, paths=n * m * r)
    u, v = matrix_of("U", n, r), matrix_of("V", m, r)
    return Parametrization(tuple(u * v.T), (*u, *v))


def deep_linear(widths: Sequence[int]) -> Parametrization:
    """``θ = W_L ⋯ W_1`` entry by entry, ``W_j`` of shape ``widths[j] × widths[j−1]``.

    Args:
        widths: ``d_0, …, d_L``, from the input to the output, L ≥ 2.
    Source: Arora, Cohen, Hazan (2018).

    >>> deep_linear((1, 2, 1)).components
    (W1_11*W2_11 + W1_21*W2_12,)
    """
    sizes = _widths("widths", widths, 3)
    affordable(sum(a * b for a, b in pairwise(sizes)), paths=prod(sizes))
    layers = [matrix_of(f"W{j}", b, a) for j, (a, b) in enumerate(pairwise(sizes), 1)]
    paths = list(product(*(range(n) for n in sizes[1:-1])))
    components = [
        sp.Add(*(_weight(layers, (i, *path, o)) for path in paths)) for o in range(sizes[-1]) for i in range(sizes[0])
    ]
    return Parametrization(tuple(components), tuple(w for layer in layers for w in layer))


def _weight(layers: Sequence[sp.Matrix], nodes: Sequence[int]) -> Expr:
    """The product of the weights along a path."""
    return sp.Mul(*(layer[b, a] for layer, a, b in zip(layers, nodes, nodes[1:], strict=False)))


def relu_paths(widths: Sequence[int], biases: bool = False) -> Parametrization:
    """The path lifting of a ReLU network: products of weights along the paths from inputs to outputs.

    Within one activation region the network is linear in these, and all of them count where the region does.

    Args:
        widths: ``d_0, …, d_L``, L ≥ 2. biases: paths that begin at a bias of a hidden layer as well.
    Source: Stock, Gribonval (2022); Marcotte, Gribonval, Peyré (2023).

    >>> relu_paths((1, 2, 1), biases=True).components
    (W1_11*W2_11, W1_21*W2_12, W2_11*b1_1, W2_12*b1_2)
    """
    sizes = _widths("widths", widths, 3)
    affordable(sum(a * b for a, b in pairwise(sizes)), paths=prod(sizes))
    layers = [matrix_of(f"W{j}", b, a) for j, (a, b) in enumerate(pairwise(sizes), 1)]
    components = [_weight(layers, nodes) for nodes in product(*map(range, sizes))]
    extra: list[Expr] = []
    if read_switch(biases, "biases"):
        for j in range(1, len(sizes) - 1):
            bias = _row(f"b{j}_", sizes[j])
            extra += bias
            for nodes in product(*map(range, sizes[j:])):
                components.append(bias[nodes[0]] * _weight(layers[j:], nodes))
    return Parametrization(tuple(components), (*(w for layer in layers for w in layer), *extra))


def convolutional(sizes: Sequence[int]) -> Parametrization:
    """``θ = w^1 ∗ ⋯ ∗ w^L``, filters of given lengths convolved: coefficients of a product of polynomials.

    Args:
        sizes: lengths of the filters, L ≥ 2 of them.
    Source: Gunasekar, Lee, Soudry, Srebro (2018); Kohn, Merkh, Montúfar, Trager (2022).

    >>> convolutional((2, 2)).components
    (w1_1*w2_1, w1_1*w2_2 + w1_2*w2_1, w1_2*w2_2)
    """
    lengths = _widths("sizes", sizes, 2)
    affordable(sum(lengths), paths=prod(lengths))
    filters = [_row(f"w{j}_", size) for j, size in enumerate(lengths, 1)]
    terms: dict[int, list[Expr]] = {}
    for chosen in product(*(enumerate(row) for row in filters)):
        terms.setdefault(sum(n for n, _ in chosen), []).append(sp.Mul(*(w for _, w in chosen)))
    return Parametrization(tuple(sp.Add(*terms[n]) for n in sorted(terms)), tuple(w for row in filters for w in row))


def weight_normalization(dimension: int, normalized: bool = True) -> Parametrization:
    """``θ = g·v/‖v‖``; without normalization ``θ = g·v``.

    Source: Salimans, Kingma (2016); Wu et al. (2020).

    >>> weight_normalization(1, normalized=False).components
    (g*v1,)
    """
    divided = read_switch(normalized, "normalized")
    v, g = _row("v", int(whole("dimension", dimension, 2 if divided else 1))), sp.Symbol("g", real=True)
    if not divided:
        return Parametrization(tuple(g * a for a in v), (g, *v))
    norm = sp.sqrt(sp.Add(*(a**2 for a in v)))
    return Parametrization(tuple(g * a / norm for a in v), (g, *v), Domain(avoids=(v,)))


def sphere(dimension: int) -> Parametrization:
    """``θ = w/‖w‖``, the rank of which is d − 1.

    Source: Salimans, Kingma (2016).

    >>> sphere(2).components[0]
    w1/sqrt(w1**2 + w2**2)
    """
    w = _shared(dimension)
    norm = sp.sqrt(sp.Add(*(a**2 for a in w)))
    return Parametrization(tuple(a / norm for a in w), w, Domain(avoids=(w,)))


def squared_simplex(dimension: int) -> Parametrization:
    """``θ = w ⊙ w/‖w‖²``, onto the simplex.

    Source: Li, Wang, Lee, Arora (2022); Amid, Warmuth (2020).

    >>> squared_simplex(2).components[0]
    w1**2/(w1**2 + w2**2)
    """
    w = _shared(dimension)
    return Parametrization(tuple(a**2 / sp.Add(*(b**2 for b in w)) for a in w), w, Domain(avoids=(w,)))


def softmax(dimension: int) -> Parametrization:
    """``θ_i = e^{w_i}/Σ_j e^{w_j}``, onto the open simplex.

    Source: Mei, Xiao, Szepesvári, Schuurmans (2020).

    >>> softmax(2).components[0]
    exp(w1)/(exp(w1) + exp(w2))
    """
    w = _shared(dimension)
    return Parametrization(tuple(sp.exp(a) / sp.Add(*map(sp.exp, w)) for a in w), w)


def exponential(dimension: int) -> Parametrization:
    """``θ = e^u``: mirror flow with Burg's entropy ``−Σ log θ_i``.

    Source: Amid, Warmuth (2020).

    >>> exponential(1).components
    (exp(u1),)
    """
    u = _row("u", int(whole("dimension", dimension, 1)))
    return Parametrization(tuple(map(sp.exp, u)), u)


def half_quadratics(matrices: Sequence[Any]) -> Parametrization:
    """``θ_i = ½wᵀA_iw`` for symmetric rational matrices; commuting exactly when the matrices commute.

    Args:
        matrices: d symmetric matrices of one shape D × D.
    Raises:
        ValueError: a matrix is not symmetric, or of another shape.
    Source: Li, Wang, Lee, Arora (2022), Example 4.3.

    >>> half_quadratics([[[1, 0], [0, -1]]]).components
    (w1**2/2 - w2**2/2,)
    """
    found = [
        _matrix(matrix, n)
        for n, matrix in enumerate(
            read_sequence(matrices, "matrices", "symmetric matrices, such as [[[1, 0], [0, -1]]]"), 1
        )
    ]
    if not found:
        raise ValueError("matrices is empty: expected at least one symmetric matrix")
    for n, matrix in enumerate(found, 1):
        if matrix.shape != found[0].shape or matrix != matrix.T:
            raise ValueError(f"matrix {n} is not symmetric of shape {found[0].rows} × {found[0].rows}")
    w = _row("w", found[0].rows)
    point = sp.Matrix(w)
    return Parametrization(tuple(sp.expand((point.T * matrix * point)[0] / 2) for matrix in found), w)


def _matrix(value: Any, n: int) -> sp.Matrix:
    try:
        found = sp.Matrix(value)
    except (TypeError, ValueError, sp.SympifyError) as error:
        raise ValueError(f"matrix {n} is {value!r}: expected rows of numbers, such as [[1, 0], [0, -1]]") from error
    if not found.rows or not all(entry.is_Rational for entry in found):
        raise ValueError(f"matrix {n} is {value!r}: expected rows of rational numbers, such as [[1, 0], [0, -1]]")
    return found


# -- metrics --------------------------------------------------------------------------------------
def _metric(net: Parametrization, entry: Callable[[Expr], Expr]) -> tuple[Expr, ...]:
    return tuple(map(entry, network(net).variables))


def exponentiated_gradient(net: Parametrization) -> tuple[Expr, ...]:
    """The diagonal of A = diag(w): ``w' = −w ⊙ ∇``, unnormalized exponentiated gradient; of ``UVᵀ``, NMF.

    Source: Kivinen, Warmuth (1997); Lee, Seung (2000) for NMF.

    >>> exponentiated_gradient(hadamard_square(2))
    (u1, u2)
    """
    return _metric(net, lambda w: w)


def burg(net: Parametrization) -> tuple[Expr, ...]:
    """The diagonal of A = diag(w²), of Burg's entropy.

    >>> burg(hadamard_square(1))
    (u1**2,)
    """
    return _metric(net, lambda w: w**2)


def tempered(net: Parametrization, power: Any) -> tuple[Expr, ...]:
    """The diagonal of A = diag(w^τ), of the tempered logarithm.

    Source: Amid, Warmuth, Anil, Koren (2019).

    >>> tempered(hadamard_square(1), sp.Rational(1, 2))
    (sqrt(u1),)
    """
    exponent = expression(power, "power")
    if not exponent.is_Rational:
        raise ValueError(f"power is {power!r}: expected a rational number")
    return _metric(net, lambda w: w**exponent)
