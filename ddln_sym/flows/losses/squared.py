"""Losses of the effective parameter: what a flow needs of one, and the squared loss, with exact data."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

from mpmath import mp

from ddln_sym.numerics import dot, exact, exact_matrix, exact_vector, rounded
from ddln_sym.taylor import Program

__all__ = ["Loss", "SquaredLoss"]

#: Bits that an eigenvalue may lose against the largest one before it is computed anew with more of them.
SPARE_BITS = 40


class Loss(ABC):
    """A loss of d numbers through ``⟨x_r, θ⟩``, the rows of data ``X`` against n numbers ``y``.

    Args:
        X: n rows of d numbers. y: n numbers.
    Raises:
        ValueError: shapes that do not fit, or an entry that is not a finite number.

    Attributes:
        convex: whether it is convex, so that its curvature never stretches errors.
    """

    convex = True

    def __init__(self, X: Any, y: Any) -> None:
        self.rows = exact_matrix(X, "X")
        self.targets = exact_vector(y, "y")
        if len(self.targets) != len(self.rows):
            raise ValueError(
                f"y has {len(self.targets)} entries: expected {len(self.rows)}, one for each row of X, "
                f"which is {len(self.rows)} × {len(self.rows[0])}"
            )

    def __repr__(self) -> str:
        return f"{type(self).__name__}(X {len(self.rows)} × {self.dimension})"

    @property
    def dimension(self) -> int:
        """d, the number of entries of θ."""
        return len(self.rows[0])

    def _point(self, theta: Any) -> tuple[Fraction, ...]:
        point = exact_vector(theta, "theta")
        if len(point) != self.dimension:
            raise ValueError(f"theta has {len(point)} entries: expected {self.dimension}, one for each column of X")
        return point

    @abstractmethod
    def __call__(self, theta: Any) -> Any:
        """``𝓛(θ)`` at d numbers, as an mpf at the working precision."""

    @abstractmethod
    def gradient(self, theta: Any) -> tuple[Any, ...]:
        """``∇𝓛(θ)`` at d numbers, as d mpf at the working precision."""

    @abstractmethod
    def symbolic_gradient(self, theta: Iterable[Any]) -> tuple[Any, ...]:
        """``∇𝓛`` at d SymPy expressions, as :func:`ddln_sym.models.layer_flow.velocity` asks for it."""

    @abstractmethod
    def slopes(self, program: Program, theta: Mapping[int, int]) -> list[int]:
        """The d registers of ``∇𝓛(θ)``, added to a program.

        Args:
            program: the program. theta: the register of each entry of θ; an entry that is left out is 0.
        """

    @property
    @abstractmethod
    def curvature(self) -> tuple[tuple[Fraction, ...], ...]:
        """Bounds of ``|∂_i ∂_j 𝓛(θ)|`` for every θ, d rows of d."""

    @cached_property
    def smoothness(self) -> Fraction:
        """``max_i Σ_j |∂_i ∂_j 𝓛|`` at most, a Lipschitz constant of ``∇𝓛``."""
        return max(sum(row, Fraction(0)) for row in self.curvature)

    @property
    @abstractmethod
    def exact_minimum(self) -> Fraction:
        """``𝓛* = inf 𝓛`` as a fraction.

        Raises:
            ValueError: there is none, or it is not known.
        """

    @property
    def minimum(self) -> Any:
        """``𝓛*`` as an mpf at the working precision, under the conditions of :attr:`exact_minimum`.

        >>> SquaredLoss([[1], [1]], [0, 1]).minimum
        mpf('0.5')
        """
        return rounded(self.exact_minimum)

    @abstractmethod
    def excess(self, theta: Any) -> Any:
        """``𝓛(θ) − 𝓛*`` at d numbers, without cancellation, as an mpf at the working precision."""

    @abstractmethod
    def polyak_lojasiewicz(self) -> Any:
        """Largest μ with ``2μ(𝓛(θ) − 𝓛*) ≤ ‖∇𝓛(θ)‖²`` for every θ, as an mpf at the working precision."""


class SquaredLoss(Loss):
    r"""``𝓛(θ) = weight·‖Xθ − y‖²``.

    Args:
        X: n rows of d numbers. y: n numbers.
        weight: a factor other than 0; a negative one turns descent into ascent, which is the flow run backwards.
    Raises:
        ValueError: shapes that do not fit, an entry that is not a finite number, or weight 0.
    Source: Figures 3 and 4 of the paper.

    Integers, fractions, decimal strings, mpf, NumPy arrays: each entry is taken at its exact value, a float
    at its exact binary value.

    >>> loss = SquaredLoss([[3, 0], [0, 4]], [1, "0.5"])
    >>> loss(["1/3", "0.25"])
    mpf('0.25')
    >>> loss.gradient([0, 0])
    (mpf('-6.0'), mpf('-4.0'))
    """

    def __init__(self, X: Any, y: Any, weight: Any = 1) -> None:
        super().__init__(X, y)
        self.weight = exact(weight, "weight")
        self.convex = self.weight > 0
        if not self.weight:
            raise ValueError("weight is 0: expected any other number")

    def __repr__(self) -> str:
        return super().__repr__() if self.weight == 1 else f"{super().__repr__()[:-1]}, weight {self.weight})"

    def _residual(self, point: Sequence[Fraction]) -> list[Fraction]:
        return [dot(row, point) - target for row, target in zip(self.rows, self.targets, strict=True)]

    def exact_value(self, theta: Any) -> Fraction:
        """``𝓛(θ)`` as a fraction."""
        return self.weight * sum((r * r for r in self._residual(self._point(theta))), Fraction(0))

    def exact_gradient(self, theta: Any) -> tuple[Fraction, ...]:
        """``∇𝓛(θ) = 2·weight·Xᵀ(Xθ − y)`` as fractions."""
        residual = self._residual(self._point(theta))
        return tuple(2 * self.weight * dot(column, residual) for column in zip(*self.rows, strict=True))

    def __call__(self, theta: Any) -> Any:
        return rounded(self.exact_value(theta))

    def gradient(self, theta: Any) -> tuple[Any, ...]:
        return tuple(map(rounded, self.exact_gradient(theta)))

    def symbolic_gradient(self, theta: Iterable[Any]) -> tuple[Any, ...]:
        """``∇𝓛`` at d SymPy expressions, as :func:`ddln_sym.models.layer_flow.velocity` asks for it.

        >>> import sympy as sp
        >>> SquaredLoss([[2]], [1]).symbolic_gradient(sp.symbols("a,"))
        (8*a - 4,)
        """
        import sympy as sp

        point = list(theta)
        matrix, shift = self.normal_form
        rows = (
            [sp.Rational(a.numerator, a.denominator) * p for a, p in zip(row, point, strict=True)] for row in matrix
        )
        return tuple(sp.Add(*row) - sp.Rational(b.numerator, b.denominator) for row, b in zip(rows, shift, strict=True))

    @cached_property
    def normal_form(self) -> tuple[tuple[tuple[Fraction, ...], ...], tuple[Fraction, ...]]:
        """``A = 2·weight·XᵀX`` and ``b = 2·weight·Xᵀy``, so that ``∇𝓛(θ) = Aθ − b``."""
        columns = list(zip(*self.rows, strict=True))
        factor = 2 * self.weight
        matrix = tuple(tuple(factor * dot(p, q) for q in columns) for p in columns)
        return matrix, tuple(factor * dot(column, self.targets) for column in columns)

    def slopes(self, program: Program, theta: Mapping[int, int]) -> list[int]:
        return [
            program.total({register: row[i] for i, register in theta.items()}, -b)
            for row, b in zip(*self.normal_form, strict=True)
        ]

    @cached_property
    def curvature(self) -> tuple[tuple[Fraction, ...], ...]:
        """``|A_ij|``, with ``A = 2·weight·XᵀX``."""
        return tuple(tuple(map(abs, row)) for row in self.normal_form[0])

    @cached_property
    def _solution(self) -> tuple[tuple[Fraction, ...], int]:
        """A minimizer, and the rank of X, by elimination on the normal equations."""
        matrix, shift = self.normal_form
        system = [[*row, b] for row, b in zip(matrix, shift, strict=True)]
        pivots: list[int] = []
        for column in range(self.dimension):
            rank = len(pivots)
            place = next((n for n in range(rank, self.dimension) if system[n][column]), None)
            if place is None:
                continue
            system[rank], system[place] = system[place], system[rank]
            system[rank] = [entry / system[rank][column] for entry in system[rank]]
            for n in range(self.dimension):
                if n != rank and system[n][column]:
                    factor = system[n][column]
                    system[n] = [a - factor * b for a, b in zip(system[n], system[rank], strict=True)]
            pivots.append(column)
        point = [Fraction(0)] * self.dimension
        for n, column in enumerate(pivots):
            point[column] = system[n][-1]
        return tuple(point), len(pivots)

    @property
    def rank(self) -> int:
        """The rank of X, exactly."""
        return self._solution[1]

    @cached_property
    def exact_minimum(self) -> Fraction:
        """``𝓛*`` as a fraction.

        Raises:
            ValueError: the weight is negative, so the loss has no minimum.
        """
        if self.weight < 0:
            raise ValueError(f"weight is {self.weight}: a negative loss has no minimum")
        return self.exact_value(self._solution[0])

    def excess(self, theta: Any) -> Any:
        return rounded(self.exact_value(theta) - self.exact_minimum)

    def polyak_lojasiewicz(self) -> Any:
        r"""Largest μ with 2μ(𝓛(θ) − 𝓛*) ≤ ‖∇𝓛(θ)‖² for every θ ∈ R^d.

        Returns:
            2·weight·σ², σ the least nonzero singular value of X (n × d), as an mpf at the working precision.
        Raises:
            ValueError: X is zero, so no largest μ exists, or the weight is negative.
        Source: claim ``thm-2``.

        >>> SquaredLoss([[3, 0], [0, 4]], [1, 1]).polyak_lojasiewicz()
        mpf('18.0')
        """
        if self.weight < 0:
            raise ValueError(f"weight is {self.weight}: a negative loss has no Polyak–Łojasiewicz constant")
        if not self.rank:
            raise ValueError("X is zero: the loss is constant, so every μ will do and none is the largest")
        # The nonzero eigenvalues of XᵀX are those of XXᵀ; the smaller matrix is the cheaper one.
        lines = self.rows if len(self.rows) < self.dimension else tuple(zip(*self.rows, strict=True))
        gram = [[2 * self.weight * dot(p, q) for q in lines] for p in lines]
        wanted = bits = mp.prec
        while True:
            with mp.workprec(bits + SPARE_BITS + 10):
                values = sorted(mp.eigsy(mp.matrix([list(map(rounded, row)) for row in gram]), eigvals_only=True))
                least, largest = values[-self.rank], values[-1]
                lost = mp.mag(largest) - mp.mag(least) if least > 0 else bits
            if lost <= bits - wanted + SPARE_BITS - 10:
                return +least
            bits += max(int(lost), bits)
