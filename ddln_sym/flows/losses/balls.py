"""Losses and their Polyak–Łojasiewicz constants in balls."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import singledispatch
from typing import Any

from flint import arb, fmpz_poly

from ddln_sym.flows.losses.logistic import LogisticLoss
from ddln_sym.flows.losses.squared import Loss, SquaredLoss
from ddln_sym.flows.losses.symbolic import SymbolicLoss
from ddln_sym.numerics import ball, precision, rational_matrix, squared

__all__ = ["loss_ball", "polyak_lojasiewicz_ball"]


@singledispatch
def loss_ball(loss: Loss, theta: Sequence[Any]) -> Any:
    """``𝓛(θ)`` at d balls, a ball.

    >>> loss_ball(SquaredLoss([[1, 2]], [1]), [arb(1), arb(2)])
    16.0000000000000
    >>> loss_ball(LogisticLoss([[1]], [1]), [arb(0)]).overlaps(arb(2).log())
    True
    """
    raise TypeError(f"the loss is {loss!r}: there are no balls for it")


@loss_ball.register
def _(loss: SquaredLoss, theta: Sequence[Any]) -> Any:
    found = arb(0)
    for row, target in zip(loss.rows, loss.targets, strict=True):
        found += squared(sum((ball(a) * x for a, x in zip(row, theta, strict=True)), -ball(target)))
    return ball(loss.weight) * found


@loss_ball.register
def _(loss: LogisticLoss, theta: Sequence[Any]) -> Any:
    found = arb(0)
    for row in loss.signed:
        margin = sum((ball(z) * x for z, x in zip(row, theta, strict=True)), arb(0))
        found += _logistic_loss(margin)
    return found


@loss_ball.register
def _(loss: SymbolicLoss, theta: Sequence[Any]) -> Any:
    return loss.ball(theta)


def _logistic_loss(margin: Any) -> Any:
    """``log(1 + e^{−m})``, whatever the size of m: its slope lies between −1 and 0.

    >>> _logistic_loss(arb("-1e40")).contains(arb("1e40")), _logistic_loss(arb(0, 1)).contains(arb(1).exp().log1p())
    (True, True)
    """
    if margin > 0:
        return (-margin).exp().log1p()
    middle = margin.mid()
    return (-abs(middle)).exp().log1p() + arb(0).max(-middle) + arb(0, margin.rad())


def polyak_lojasiewicz_ball(loss: Loss, bits: int = 128) -> Any:
    """``μ = 2·weight·σ²``, σ the least nonzero singular value of X, as a ball.

    Raises:
        ValueError: a logistic loss, a negative weight, or X is zero, so there is no such μ.

    >>> polyak_lojasiewicz_ball(SquaredLoss([[3, 0], [0, 4]], [1, 1])).str(10, radius=False)
    '18.00000000'
    """
    if not isinstance(loss, SquaredLoss) or loss.weight < 0 or not loss.rank:
        raise ValueError("μ exists for a squared loss of positive weight with an X that is not zero")
    rows = _independent(loss.rows)
    basis = rational_matrix(rows)
    # The rows span what X does not annihilate: (XᵀX)Rᵀ = RᵀK, so K has the nonzero eigenvalues of XᵀX.
    data = rational_matrix(loss.rows)
    small = (basis * basis.transpose()).solve(basis * data.transpose() * data * basis.transpose())
    # Its characteristic polynomial over the integers keeps repeated eigenvalues exactly together.
    polynomial = small.charpoly()
    integral = fmpz_poly([int(c * polynomial.denom()) for c in polynomial.coeffs()])
    with precision(bits):
        roots: Any = integral.complex_roots()
        least = arb("inf")
        for root, _ in roots:
            least = least.min(root.real)
        return 2 * ball(loss.weight) * least


def _independent(rows: Sequence[Sequence[Fraction]]) -> list[Sequence[Fraction]]:
    """As many independent rows as there are."""
    found: list[Sequence[Fraction]] = []
    for row in rows:
        if rational_matrix([*found, row]).rank() > len(found):
            found.append(row)
    return found
