"""The logistic loss of labels ±1: it is not polynomial, but ``s' = s(1 − s)m'`` for ``s = 1/(1 + e^{−m})``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from math import ceil, inf
from typing import Any

from flint import arb, arb_mat
from mpmath import mp

from ddln_sym.flows.losses.squared import Loss
from ddln_sym.numerics import BOUND_BITS, ball, dot, precision, read_bits, read_number, square, to_mpf
from ddln_sym.taylor import Program, magnitude

__all__ = ["LogisticLoss"]

#: A row whose entries sum up to less than two to this power asks for no more bits than those that guard every run.
FLAT_BITS = 8


class LogisticLoss(Loss):
    r"""``𝓛(θ) = weight·Σ_r log(1 + exp(−y_r⟨x_r, θ⟩))``.

    Args:
        X: n rows of d numbers. y: n labels, each 1 or −1. weight: a positive factor, as 1/n for the mean over the rows.
    Raises:
        ValueError: shapes that do not fit, an entry that is not a finite number, another label, or a weight that is not
            positive.

    >>> loss = LogisticLoss([[1, 2], [0, 1]], [1, -1])
    >>> loss([0, 0]) == 2 * mp.log(2)
    True
    >>> loss.gradient([0, 0])
    (mpf('-0.5'), mpf('-0.5'))
    """

    bounded = True

    def __init__(self, X: Any, y: Any, weight: Any = 1) -> None:
        super().__init__(X, y)
        self.weight = read_number(weight, "weight")
        if self.weight <= 0:
            raise ValueError(f"weight is {weight}: expected a positive number")
        for place, label in enumerate(self.targets, 1):
            if abs(label) != 1:
                raise ValueError(f"entry {place} of y is {label}: expected 1 or -1, the label of row {place} of X")
        #: ``y_r·x_r``: its product with θ is the margin of a row.
        self.signed = tuple(tuple(y * x for x in row) for row, y in zip(self.rows, self.targets, strict=True))

    def __repr__(self) -> str:
        return super().__repr__() if self.weight == 1 else f"{super().__repr__()[:-1]}, weight {self.weight})"

    def _margins(self, theta: Any) -> list[Fraction]:
        point = self._point(theta)
        return [dot(row, point) for row in self.signed]

    def __call__(self, theta: Any, bits: int | None = None) -> Any:
        """``𝓛(θ)`` at d numbers, as an mpf of so many bits, or at the working precision of mpmath.

        >>> round(float(LogisticLoss([[1]], [1])([1000], bits=20) * mp.exp(1000)), 5)
        1.0
        """
        margins, wanted = self._margins(theta), read_bits(bits) or mp.prec
        with precision(wanted + _guard(margins)):
            terms = ((-abs(m)).exp().log1p() + max(-m, arb(0)) for m in map(ball, margins))
            return to_mpf(ball(self.weight) * sum(terms, arb(0)), wanted)

    @property
    def formula(self) -> str:
        import sympy as sp

        factor = "" if self.weight == 1 else rf"{sp.latex(sp.Rational(self.weight))}\,"
        terms = r"\sum_{r=1}^{n} \log\left(1 + e^{-y_r\langle x_r,\, \theta\rangle}\right)"
        return rf"\mathcal{{L}}(\theta) = {factor}{terms}"

    def gradient(self, theta: Any, bits: int | None = None) -> tuple[Any, ...]:
        margins, wanted = self._margins(theta), read_bits(bits) or mp.prec
        with precision(wanted + _guard(margins)):
            weights = [ball(self.weight) / (1 + m.exp()) for m in map(ball, margins)]
            columns = zip(*self.signed, strict=True)
            sums = (sum((-ball(z) * s for z, s in zip(column, weights, strict=True)), arb(0)) for column in columns)
            return tuple(to_mpf(found, wanted) for found in sums)

    def symbolic_gradient(self, theta: Iterable[Any]) -> tuple[Any, ...]:
        """``∇𝓛`` at d SymPy expressions, as :func:`ddln_sym.models.layer_flow.velocity` asks for it.

        >>> import sympy as sp
        >>> LogisticLoss([[2]], [-1]).symbolic_gradient(sp.symbols("a,"))
        (2/(1 + exp(-2*a)),)
        """
        import sympy as sp

        rows = [[sp.Rational(z.numerator, z.denominator) for z in row] for row in self.signed]
        point = list(theta)
        weight = sp.Rational(self.weight.numerator, self.weight.denominator)
        weights = [weight / (1 + sp.exp(sum(z * p for z, p in zip(row, point, strict=True)))) for row in rows]
        return tuple(
            sp.Add(*(-z * s for z, s in zip(column, weights, strict=True))) for column in zip(*rows, strict=True)
        )

    def slopes(self, program: Program, theta: Mapping[int, int]) -> list[int]:
        margins = (program.total({register: -row[i] for i, register in theta.items()}) for row in self.signed)
        weights = [program.logistic(m) for m in margins]
        # Equal rows share a register.
        columns = ([-self.weight * z for z in column] for column in zip(*self.signed, strict=True))
        return [program.weighted(weights, column) for column in columns]

    def rescale(self, exponent: int, value: int) -> tuple[Loss, int]:
        """Larger data: the margins are the same."""
        rows = [[x * Fraction(2) ** exponent for x in row] for row in self.rows]
        return LogisticLoss(rows, self.targets, self.weight * Fraction(2) ** -value), value

    def steepness(self, theta: Sequence[Fraction]) -> Fraction:
        """``weight·max_i Σ_r |x_ri|``, which no slope exceeds."""
        return self.weight * max(sum(map(abs, column), Fraction(0)) for column in zip(*self.rows, strict=True))

    @property
    def reach(self) -> float:
        return -magnitude(self.largest_entry) if self.largest_entry else -inf

    @property
    def extra(self) -> int:
        """Those of the steepest row: its logistic function moves while its margin moves by 1."""
        steepest = max(sum(map(abs, row)) for row in self.rows)
        return max(0, ceil(magnitude(steepest)) - FLAT_BITS) if steepest else 0

    @cached_property
    def curvature(self) -> tuple[tuple[Fraction, ...], ...]:
        """``weight·Σ_r |x_ri·x_rj|/4``."""
        columns = [[abs(x) for x in column] for column in zip(*self.rows, strict=True)]
        return tuple(tuple(self.weight * dot(p, q) / 4 for q in columns) for p in columns)

    def slope_change(self, theta: Sequence[Any], radii: Sequence[Any]) -> list[Any]:
        """The same by ``weight·|X|ᵀ·diag(s(1 − s))·|X|``, with ``s(1 − s) = e^{−a}/(1 + e^{−a})²`` of margins ±a.

        >>> loss = LogisticLoss([[1]], [1])
        >>> [loss.slope_change([arb(m)], [arb(1)])[0].str(5, radius=False) for m in (0, 100)]
        ['0.25000', '3.7201e-44']
        """
        data, sizes = self._data_balls
        margins = (data * arb_mat([[t] for t in theta])).entries()
        moved = (sizes * arb_mat([[r] for r in radii])).entries()
        small = [(-m.abs_lower()).exp() for m in margins]
        factors = [[r * e / square(1 + e)] for r, e in zip(moved, small, strict=True)]
        column: list[Any] = (sizes.transpose() * arb_mat(factors) * ball(self.weight)).entries()
        return column

    @cached_property
    def _data_balls(self) -> tuple[Any, Any]:
        """``X``, and the moduli of its entries."""
        with precision(BOUND_BITS):
            data = [[ball(x) for x in row] for row in self.rows]
            return arb_mat(data), arb_mat([[abs(x) for x in row] for row in data])

    def ball(self, theta: Sequence[Any]) -> Any:
        """``𝓛(θ)`` at d balls, a ball.

        >>> LogisticLoss([[1]], [1]).ball([arb(0)]).overlaps(arb(2).log())
        True
        """
        found = arb(0)
        for row in self.signed:
            found += _logistic_loss(sum((ball(z) * x for z, x in zip(row, theta, strict=True)), arb(0)))
        return ball(self.weight) * found

    @cached_property
    def separable(self) -> bool:
        """Whether some θ gives every row a positive margin, decided over the rationals.

        >>> LogisticLoss([[1], [2]], [1, 1]).separable, LogisticLoss([[1], [2]], [1, -1]).separable
        (True, False)
        """
        import z3

        context = z3.Context()  # threads may not share one
        solver, point = z3.Solver(ctx=context), z3.RealVector("theta", self.dimension, context)
        for row in self.signed:
            solver.add(z3.Sum([z3.RealVal(str(z), context) * p for z, p in zip(row, point, strict=True)]) > 0)
        return bool(solver.check() == z3.sat)

    @property
    def exact_minimum(self) -> Fraction:
        """``inf 𝓛 = 0``, which no θ attains, where the data are separable.

        Raises:
            ValueError: they are not, so that ``inf 𝓛 > 0``, for which there is no closed form.
        """
        if not self.separable:
            raise ValueError("no θ gives every row of X the sign of its label: inf 𝓛 > 0 has no closed form")
        return Fraction(0)

    def excess(self, theta: Any, bits: int | None = None) -> Any:
        _ = self.exact_minimum  # which is 0 where there is one
        return self(theta, bits)

    def polyak_lojasiewicz(self, bits: int | None = None) -> Any:
        """There is no μ.

        Raises:
            ValueError: always. Along a line on which every margin grows, ``𝓛 − 𝓛*`` and ``‖∇𝓛‖`` shrink alike,
                so that ``‖∇𝓛‖²`` is the smaller; where a margin falls, ``𝓛`` grows and ``‖∇𝓛‖`` stays bounded.
        """
        if not any(map(any, self.rows)):
            raise ValueError("X is zero: the loss is constant, so every μ will do and none is the largest")
        raise ValueError("a logistic loss has no Polyak–Łojasiewicz constant: no μ > 0 serves every θ")


def _guard(margins: Sequence[Fraction]) -> int:
    """Bits that ``exp`` of a margin loses, and some for the sum."""
    return 10 + len(margins).bit_length() + max(int(abs(m)).bit_length() for m in margins)


def _logistic_loss(margin: Any) -> Any:
    """``log(1 + e^{−m})``, whatever the size of m: its slope lies between −1 and 0.

    >>> _logistic_loss(arb("-1e40")).contains(arb("1e40")), _logistic_loss(arb(0, 1)).contains(arb(1).exp().log1p())
    (True, True)
    """
    if margin > 0:
        return (-margin).exp().log1p()
    middle = margin.mid()
    return (-abs(middle)).exp().log1p() + arb(0).max(-middle) + arb(0, margin.rad())
