"""Losses of the effective parameter: what a flow needs of one, and the squared loss, with exact data."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from math import inf, log2, prod
from typing import Any

from flint import arb, arb_mat, fmpq_mat, fmpz_poly, nmod_mat
from mpmath import MPContext, mp
from mpmath.libmp import mpf_pos

from ddln_sym.numerics import (
    BOUND_BITS,
    Settled,
    ball,
    count_of,
    precision,
    rational,
    rational_matrix,
    read_bits,
    read_matrix,
    read_number,
    read_vector,
    round_to_bits,
    square,
    to_fraction,
)
from ddln_sym.taylor import Program, magnitude

__all__ = ["Loss", "SquaredLoss"]

#: Bits that an eigenvalue may lose against the largest one before it is computed anew with more of them.
SPARE_BITS = 40
#: A rank is found modulo this prime first.
PRIME = 2**61 - 1
#: Of more rows no matrix is inverted to bound a rate.
MOST_ROWS = 100


class Loss(Settled, ABC):
    """A loss of d numbers through ``⟨x_r, θ⟩``, the rows of data ``X`` against n numbers ``y``.

    Args:
        X: n rows of d numbers. y: n numbers.
    Raises:
        ValueError: shapes that do not fit, or an entry that is not a finite number.

    Attributes:
        convex: whether it is convex, so that its curvature never stretches errors.
        bounded: whether it is known to be bounded below, so that no flow leaves every bound in finite time.
        rests: whether flows are known to come to rest, at a rate that is known.
        through_data: whether it sees θ through ``⟨x_r, θ⟩`` alone and has a program; else it is an expression that is
            compiled together with G.
    """

    convex = True
    bounded = False
    rests = False
    through_data = True

    def __init__(self, X: Any, y: Any) -> None:
        self.rows = read_matrix(X, "X")
        self.targets = read_vector(y, "y")
        if len(self.targets) != len(self.rows):
            raise ValueError(
                f"y has {count_of(len(self.targets), 'entry')}: expected {len(self.rows)}, one for each row of X, "
                f"which is {len(self.rows)} × {len(self.rows[0])}"
            )

    def __repr__(self) -> str:
        return f"{type(self).__name__}(X {len(self.rows)} × {self.dimension})"

    @property
    def formula(self) -> str:
        """𝓛 as it is written, in LaTeX; of a loss of one's own that does not say it, its name."""
        return rf"\mathcal{{L}}(\theta) = \text{{{type(self).__name__}}}"

    def _repr_latex_(self) -> str:
        from ddln_sym import _html

        return _html.loss(self)

    @property
    def dimension(self) -> int:
        """d, the number of entries of θ."""
        return len(self.rows[0])

    def _point(self, theta: Any) -> tuple[Fraction, ...]:
        point = read_vector(theta, "theta")
        if len(point) != self.dimension:
            raise ValueError(
                f"theta has {count_of(len(point), 'entry')}: expected {self.dimension}, one for each column of X"
            )
        return point

    @abstractmethod
    def __call__(self, theta: Any, bits: int | None = None) -> Any:
        """``𝓛(θ)`` at d numbers, as an mpf of so many bits, or at the working precision of mpmath."""

    @abstractmethod
    def gradient(self, theta: Any, bits: int | None = None) -> tuple[Any, ...]:
        """``∇𝓛(θ)`` at d numbers, as d mpf of so many bits, or at the working precision of mpmath."""

    @abstractmethod
    def symbolic_gradient(self, theta: Iterable[Any]) -> tuple[Any, ...]:
        """``∇𝓛`` at d SymPy expressions, as :func:`ddln_sym.models.layer_flow.velocity` asks for it."""

    @abstractmethod
    def slopes(self, program: Program, theta: Mapping[int, int]) -> list[int]:
        """The d registers of ``∇𝓛(θ)``, added to a program.

        Args:
            program: the program. theta: the register of each entry of θ; an entry that is left out is 0.
        """

    def rescale(self, exponent: int, value: int) -> tuple[Loss, int] | None:
        """A loss ``ℓ`` and an ``r`` with ``𝓛(2^exponent·ϑ) = 2^r·ℓ(ϑ)``, and ``ℓ`` the smaller the larger ``value`` is.

        ``None`` where none is known.
        """
        return None

    def steepness(self, theta: Sequence[Fraction]) -> Fraction:
        """The size of a slope at a point, or of slopes in general, to choose the unit of time by."""
        return Fraction(1)

    @cached_property
    def largest_entry(self) -> Fraction:
        """``max_ri |x_ri|``."""
        return max(abs(x) for row in self.rows for x in row)

    @property
    def reach(self) -> float:
        """``log2`` of the size of θ at which the loss stops falling, roughly."""
        return 0.0

    @property
    def extra(self) -> int:
        """Bits by which θ has to be known more accurately than the digits asked for, so that a gradient has a sense."""
        return 0

    @property
    @abstractmethod
    def curvature(self) -> tuple[tuple[Fraction, ...], ...]:
        """Bounds of ``|∂_i ∂_j 𝓛(θ)|`` for every θ, d rows of d."""

    def slope_change(self, theta: Sequence[Any], radii: Sequence[Any]) -> list[Any]:
        """Bounds of ``Σ_j |∂_i ∂_j 𝓛|·r_j`` for every θ in d balls: what ``∂_i 𝓛`` changes by at most.

        Args:
            theta: d balls. radii: d balls that are not negative.
        """
        column: list[Any] = (self._curvature_balls * arb_mat([[r] for r in radii])).entries()
        return column

    @cached_property
    def _curvature_balls(self) -> Any:
        with precision(BOUND_BITS):
            return arb_mat([[ball(x) for x in row] for row in self.curvature])

    @cached_property
    def smoothness(self) -> Fraction:
        """``max_i Σ_j |∂_i ∂_j 𝓛|`` at most, a Lipschitz constant of ``∇𝓛``."""
        return max(sum(row, Fraction(0)) for row in self.curvature)

    def ascent(self, metrics: Mapping[int, float]) -> float:
        """``log2`` of the rate at which an ascent stretches errors at most, an estimate; −inf for a convex loss.

        Args:
            metrics: ``log2 M_i`` for each coordinate that moves.
        """
        return -inf

    @abstractmethod
    def ball(self, theta: Sequence[Any]) -> Any:
        """``𝓛(θ)`` at d balls (``flint.arb``), a ball that contains every value on them."""

    def time_left(self, layers: Sequence[Sequence[Any]]) -> Any:
        """A time after which the flow of L layers, rows of d balls, has left every bound; infinite if none is known."""
        return arb("inf")

    @property
    def exact_minimum(self) -> Fraction:
        """``𝓛* = inf 𝓛`` as a fraction.

        Raises:
            ValueError: there is none, or it is not known.
        """
        raise ValueError(f"the least value of {self!r} is not known")

    @property
    def minimum(self) -> Any:
        """``𝓛*`` as an mpf at the working precision, under the conditions of :attr:`exact_minimum`.

        >>> SquaredLoss([[1], [1]], [0, 1]).minimum
        mpf('0.5')
        """
        return round_to_bits(self.exact_minimum)

    def excess(self, theta: Any, bits: int | None = None) -> Any:
        """``𝓛(θ) − 𝓛*`` at d numbers, as an mpf of so many bits; see :meth:`__call__`.

        Raises:
            ValueError: 𝓛* is not known; see :attr:`exact_minimum`.
        """
        least = self.exact_minimum
        return self(theta, bits) - round_to_bits(least, bits)

    def polyak_lojasiewicz(self, bits: int | None = None) -> Any:
        """Largest μ with ``2μ(𝓛(θ) − 𝓛*) ≤ ‖∇𝓛(θ)‖²`` for every θ, as an mpf of so many bits; see :meth:`__call__`.

        Raises:
            ValueError: there is none, or it is not known.
        """
        raise ValueError(f"no Polyak–Łojasiewicz constant of {self!r} is known")

    def polyak_lojasiewicz_ball(self, bits: int = 128) -> Any:
        """The same μ as a ball.

        Raises:
            ValueError: there is none, or it is not known.
        """
        raise ValueError("μ exists for a squared loss of positive weight with an X that is not zero")

    @cached_property
    def _mu(self) -> Any:
        """μ as a ball, for rates that are asked for after every step."""
        return self.polyak_lojasiewicz_ball()

    def decay_ball(self, metrics: Sequence[Any]) -> Any:
        """A rate r with ``⟨∇𝓛, M∇𝓛⟩ ≥ r(𝓛 − 𝓛*)`` for every diagonal M of at least so much, d balls.

        Returns:
            ``2μ·min M``, or more where the loss knows it; a lower bound, 0 where nothing better is known.
        Raises:
            ValueError: there is no μ, or it is not known.
        """
        least = arb("inf")
        for metric in metrics:
            least = least.min(metric)
        return (2 * self._mu * least).lower().max(arb(0))


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
        self.weight = read_number(weight, "weight")
        self.convex = self.bounded = self.rests = self.weight > 0
        if not self.weight:
            raise ValueError("weight is 0: expected any other number")

    def __repr__(self) -> str:
        return super().__repr__() if self.weight == 1 else f"{super().__repr__()[:-1]}, weight {self.weight})"

    @property
    def formula(self) -> str:
        import sympy as sp

        factor = "" if self.weight == 1 else rf"{sp.latex(sp.Rational(self.weight))}\,"
        return rf"\mathcal{{L}}(\theta) = {factor}\|X\theta - y\|^2"

    def __getstate__(self) -> dict[str, Any]:
        """Without the matrices and balls of FLINT, which cannot be pickled and are made again."""
        return {name: value for name, value in vars(self).items() if not isinstance(value, (fmpq_mat, arb))}

    @cached_property
    def _data(self) -> fmpq_mat:
        """X."""
        return rational_matrix(self.rows)

    @cached_property
    def _goal(self) -> fmpq_mat:
        """y, a column."""
        return rational_matrix([[y] for y in self.targets])

    def _residual(self, theta: Any) -> fmpq_mat:
        """``Xθ − y``, a column."""
        return self._data * rational_matrix([[t] for t in self._point(theta)]) - self._goal

    def rescale(self, exponent: int, value: int) -> tuple[Loss, int]:
        """Smaller targets, in a smaller unit: ``‖2^p·Xϑ − y‖² = 2^{2p}·‖Xϑ − 2^{−p}·y‖²``.

        >>> loss, power = SquaredLoss([[1]], [2]).rescale(5, 1)
        >>> loss, loss.targets, power
        (SquaredLoss(X 1 × 1, weight 1/2), (Fraction(1, 16),), 11)
        """
        # Data of size 1 lose nothing where they are rounded: ‖Xθ − y‖² = 2^{2s}·‖2^{−s}·Xθ − 2^{−s}·y‖².
        s = round(magnitude(self.largest_entry)) if self.largest_entry else 0
        rows = [[x * Fraction(2) ** -s for x in row] for row in self.rows]
        targets = [y * Fraction(2) ** (-exponent - s) for y in self.targets]
        return SquaredLoss(rows, targets, self.weight * Fraction(2) ** (2 * s - value)), 2 * exponent + value

    def steepness(self, theta: Sequence[Fraction]) -> Fraction:
        return max(self.smoothness, *map(abs, self.exact_gradient(theta)))

    @property
    def reach(self) -> float:
        if not self.largest_entry:
            return -inf
        return magnitude(max(map(abs, self.targets))) - magnitude(self.largest_entry)

    def exact_value(self, theta: Any) -> Fraction:
        """``𝓛(θ)`` as a fraction."""
        return self.weight * _square(self._residual(theta))

    def exact_gradient(self, theta: Any) -> tuple[Fraction, ...]:
        """``∇𝓛(θ) = 2·weight·Xᵀ(Xθ − y)`` as fractions."""
        factor = 2 * self.weight
        return tuple(factor * to_fraction(v) for v in (self._data.transpose() * self._residual(theta)).entries())

    def __call__(self, theta: Any, bits: int | None = None) -> Any:
        return round_to_bits(self.exact_value(theta), read_bits(bits))

    def gradient(self, theta: Any, bits: int | None = None) -> tuple[Any, ...]:
        bits = read_bits(bits) or mp.prec
        return tuple(round_to_bits(slope, bits) for slope in self.exact_gradient(theta))

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
        factor, across = rational(2 * self.weight), self._data.transpose()
        matrix, shift = factor * (across * self._data), factor * (across * self._goal)
        return tuple(tuple(map(to_fraction, row)) for row in matrix.tolist()), tuple(map(to_fraction, shift.entries()))

    def slopes(self, program: Program, theta: Mapping[int, int]) -> list[int]:
        if 2 * len(self.rows) >= self.dimension:
            return [
                program.total({register: row[i] for i, register in theta.items()}, -b)
                for row, b in zip(*self.normal_form, strict=True)
            ]
        # Two thin products cost less than one with XᵀX.  A tiny weight of large residuals would be rounded by itself.
        factor = 2 * self.weight
        forces = [
            program.total({register: factor * row[i] for i, register in theta.items()}, -factor * y)
            for row, y in zip(self.rows, self.targets, strict=True)
        ]
        return [program.weighted(forces, column) for column in zip(*self.rows, strict=True)]

    @cached_property
    def smoothness(self) -> Fraction:
        """The same by FLINT: of a thousand coordinates there are a million second derivatives."""
        whole, below = (rational(2 * self.weight) * (self._data.transpose() * self._data)).numer_denom()
        return Fraction(max(int(sum(map(abs, row))) for row in whole.tolist()), int(below))

    def ascent(self, metrics: Mapping[int, float]) -> float:
        """``log2`` of the largest eigenvalue of ``2·|weight|·√M·XᵀX·√M``.

        >>> round(SquaredLoss([[1, 2]], [1], weight=-1).ascent({0: 2.0, 1: -2.0}), 9)  # log2(2·(4 + 4/4))
        3.321928095
        """
        import numpy as np

        if self.convex or not self.largest_entry:
            return -inf
        most = max(metrics.values())
        roots = [2.0 ** ((metrics[i] - most) / 2) if i in metrics else 0.0 for i in range(self.dimension)]
        singular = float(np.linalg.norm(self._shares * roots, 2))
        return most + magnitude(2 * self.weight * self.largest_entry**2) + 2 * (log2(singular) if singular else -inf)

    @cached_property
    def _shares(self) -> Any:
        """The entries of X as floats, in multiples of the largest."""
        import numpy as np

        return np.array([[float(x / self.largest_entry) for x in row] for row in self.rows])

    @cached_property
    def curvature(self) -> tuple[tuple[Fraction, ...], ...]:
        """``|A_ij|``, with ``A = 2·weight·XᵀX``."""
        return tuple(tuple(map(abs, row)) for row in self.normal_form[0])

    def ball(self, theta: Sequence[Any]) -> Any:
        """``𝓛(θ)`` at d balls, a ball.

        >>> SquaredLoss([[1, 2]], [1]).ball([arb(1), arb(2)])
        16.0000000000000
        """
        found = arb(0)
        for row, target in zip(self.rows, self.targets, strict=True):
            found += square(sum((ball(a) * x for a, x in zip(row, theta, strict=True)), -ball(target)))
        return ball(self.weight) * found

    def time_left(self, layers: Sequence[Sequence[Any]]) -> Any:
        """The same of a negative weight −w.

        Let ``r = Xθ − y``, ``S = ‖r‖²``, ``V`` the sum of the squares of all layers, ``a = ⟨Xθ, r⟩`` and
        ``ρ = 1 − ‖y‖/√S``, so that ``a = S + ⟨y, r⟩ ≥ ρS``.  Then ``V' = 4wLa``, and by the inequality of Cauchy and
        Schwarz ``S' = 4w·Σ M_i(Xᵀr)_i² ≥ 4wL²a²/V``.  S never falls; where ρ > 0, therefore, ``S'/S ≥ Lρ·V'/V`` from
        there on, so that ``V' ≥ 4wLρS·(v/V)^{Lρ}`` while V grows to v: with ``q = Lρ > 1`` it is infinite after the
        time ``V/(4wqS(q − 1))``.

        >>> SquaredLoss([[1]], [0], weight=-1).time_left([[arb(1)], [arb(1)]])  # θ = 1/(1 − 4t)
        0.250000000000000
        """
        if self.weight > 0:
            return super().time_left(layers)
        with precision(BOUND_BITS):
            size = sum((u * u for row in layers for u in row), arb(0))
            residual = self.ball([prod(column, start=arb(1)) for column in zip(*layers, strict=True)]) / ball(
                self.weight
            )
            goal = sum((square(ball(y)) for y in self.targets), arb(0))
            q = len(layers) * (1 - (goal / residual).sqrt())
            if not q > 1:
                return arb("inf")
            return (size / (4 * ball(-self.weight) * q * residual * (q - 1))).upper()

    @cached_property
    def rank(self) -> int:
        """The rank of X, exactly."""
        # Modulo a prime it can only be too small, and most data have full rank.
        whole = [int(v) % PRIME for v in self._data.numer_denom()[0].entries()]
        shape = len(self.rows), self.dimension
        found = nmod_mat(*shape, whole, PRIME).rank()
        return int(found if found == min(shape) else self._data.rank())

    @cached_property
    def exact_minimum(self) -> Fraction:
        """``𝓛*`` as a fraction.

        Raises:
            ValueError: the weight is negative, so the loss has no minimum.
        """
        if self.weight < 0:
            raise ValueError(f"weight is {self.weight}: a negative loss has no minimum")
        if self.rank == len(self.rows):
            return Fraction(0)
        # What is left of y beyond the span of as many columns as are independent.
        columns = list(zip(*self.rows, strict=True))
        if self.rank < self.dimension:
            columns = [columns[n] for n in _pivots(self._data)]
        if not columns:
            return self.weight * _square(self._goal)
        basis = rational_matrix(columns)
        known = basis * self._goal
        return self.weight * (_square(self._goal) - to_fraction((known.transpose() * _solve(basis, known))[0, 0]))

    def excess(self, theta: Any, bits: int | None = None) -> Any:
        return round_to_bits(self.exact_value(theta) - self.exact_minimum, read_bits(bits))

    def polyak_lojasiewicz(self, bits: int | None = None) -> Any:
        r"""Largest μ with 2μ(𝓛(θ) − 𝓛*) ≤ ‖∇𝓛(θ)‖² for every θ ∈ R^d.

        Returns:
            2·weight·σ², σ the least nonzero singular value of X (n × d), as an mpf of so many bits, or at the
            working precision of mpmath.
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
        lines, across = self._data, self._data.transpose()
        matrix = lines * across if len(self.rows) < self.dimension else across * lines
        gram = [list(map(to_fraction, row)) for row in (rational(2 * self.weight) * matrix).tolist()]
        wanted = carried = read_bits(bits) or mp.prec
        context = MPContext()  # of its own: that of mpmath belongs to its user, and to other threads
        while True:
            context.prec = carried + SPARE_BITS + 10
            exact = [[round_to_bits(entry, context.prec) for entry in row] for row in gram]
            values = sorted(context.eigsy(context.matrix(exact), eigvals_only=True))
            least, largest = values[-self.rank], values[-1]
            lost = context.mag(largest) - context.mag(least) if least > 0 else carried
            if lost <= carried - wanted + SPARE_BITS - 10:
                return mp.make_mpf(mpf_pos(least._mpf_, wanted, "n"))
            carried += max(int(lost), carried)

    def polyak_lojasiewicz_ball(self, bits: int = 128) -> Any:
        """``μ = 2·weight·σ²``, σ the least nonzero singular value of X, as a ball.

        Raises:
            ValueError: a negative weight, or X is zero, so there is no such μ.

        >>> SquaredLoss([[3, 0], [0, 4]], [1, 1]).polyak_lojasiewicz_ball().str(10, radius=False)
        '18.00000000'
        """
        if self.weight < 0 or not self.rank:
            raise ValueError("μ exists for a squared loss of positive weight with an X that is not zero")
        rows = _independent(self.rows)
        basis = rational_matrix(rows)
        # The rows span what X does not annihilate: (XᵀX)Rᵀ = RᵀK, so K has the nonzero eigenvalues of XᵀX.
        data = rational_matrix(self.rows)
        small = (basis * basis.transpose()).solve(basis * data.transpose() * data * basis.transpose())
        # Its characteristic polynomial over the integers keeps repeated eigenvalues exactly together.
        polynomial = small.charpoly()
        integral = fmpz_poly([int(c * polynomial.denom()) for c in polynomial.coeffs()])
        with precision(bits):
            roots: Any = integral.complex_roots()
            least = arb("inf")
            for root, _ in roots:
                least = least.min(root.real)
            return 2 * ball(self.weight) * least

    def decay_ball(self, metrics: Sequence[Any]) -> Any:
        """The same; it does not need all of M where the rows are independent.

        With ``r = Xθ − y`` then ``𝓛* = 0`` and ``⟨∇𝓛, M∇𝓛⟩ = 4·weight²·⟨r, XMXᵀr⟩ ≥ 4·weight·λ·𝓛(θ)``, λ the least
        eigenvalue of ``XMXᵀ``, which is at least one over the trace of the inverse.  An entry of M near 0, as of a
        coordinate that hardly moves, then counts little.

        >>> loss = SquaredLoss([[1, 2]], [1])
        >>> loss.decay_ball([arb(1), arb(0)]).str(5), loss.decay_ball([arb(1), arb(1)]).str(5)
        ('4.0000', '20.000')
        """
        plain, n = super().decay_ball(metrics), len(self.rows)
        if self.rank < n or n > MOST_ROWS:
            return plain
        rows = arb_mat([list(map(ball, row)) for row in self.rows])
        scaled = arb_mat([[x * m for x, m in zip(row, metrics, strict=True)] for row in rows.tolist()])
        try:
            inverse = (scaled * rows.transpose()).inv()
        except ZeroDivisionError:
            return plain
        trace = sum((inverse[k, k] for k in range(n)), arb(0))
        return plain.max((4 * ball(self.weight) / trace).lower()) if trace > 0 else plain


def _square(column: fmpq_mat) -> Fraction:
    """``‖v‖²``."""
    return to_fraction((column.transpose() * column)[0, 0])


def _solve(basis: fmpq_mat, known: fmpq_mat) -> fmpq_mat:
    """The solution of the normal equations for independent rows of a basis."""
    return (basis * basis.transpose()).solve(known)


def _pivots(matrix: fmpq_mat) -> list[int]:
    """The places of the first columns that are independent."""
    reduced, rank = matrix.rref()
    rows = reduced.tolist()[:rank]
    return [next(place for place, entry in enumerate(row) if entry != 0) for row in rows]


def _independent(rows: Sequence[Sequence[Fraction]]) -> list[Sequence[Fraction]]:
    """As many independent rows as there are."""
    found: list[Sequence[Fraction]] = []
    for row in rows:
        if rational_matrix([*found, row]).rank() > len(found):
            found.append(row)
    return found
