"""Gram matrices with a given polynomial: as positive as can be in floating point, then exact rationals.

Nothing here is trusted: what comes out is multiplied out by who asked.  The matrices are those of an affine space;
their least eigenvalue is made as large as possible by Newton steps on a barrier, and what is nearly singular is reduced
to the face that its kernel, rounded, leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat

__all__ = ["Block", "Poly", "find_grams", "multiply"]

Poly = dict[tuple[int, ...], Fraction]
Terms = list[tuple[tuple[Any, ...], Fraction, Poly]]

#: Faces in a row, entries of all matrices, unknowns of a program, Newton steps for one weight of the barrier.
FACES, ENTRIES, UNKNOWNS, STEPS = 6, 600, 150, 30
#: Weights of the least eigenvalue against the barrier; it stays below a bound.
WEIGHTS, BOUND = tuple(10.0**k for k in range(0, 11)), 100.0
DENOMINATORS = (1, 2, 4, 6, 12, 60, 420, 2**12, 2**16, 2**20, 2**26, 2**32)


def multiply(p: Poly, q: Poly) -> Poly:
    """The product of two polynomials."""
    out: Poly = {}
    for e, c in p.items():
        for f, d in q.items():
            key = tuple(map(int.__add__, e, f))
            out[key] = out.get(key, Fraction(0)) + c * d
    return {e: c for e, c in out.items() if c}


def _combine(*parts: tuple[Fraction, Poly]) -> Poly:
    out: Poly = {}
    for scale, p in parts:
        for e, c in p.items():
            out[e] = out.get(e, Fraction(0)) + scale * c
    return {e: c for e, c in out.items() if c}


@dataclass
class Block:
    """A Gram matrix over the polynomials ``basis``; its entry (i, j) stands for ``weight·u_i·u_j``."""

    tag: tuple[Any, ...]
    basis: list[Poly]
    weight: Poly
    table: dict[tuple[int, int], Poly] = field(default_factory=dict)

    def entry(self, i: int, j: int) -> Poly:
        if (i, j) not in self.table:
            self.table[i, j] = multiply(self.weight, multiply(self.basis[i], self.basis[j]))
        return self.table[i, j]

    def entries(self) -> Iterator[tuple[int, int]]:
        return ((i, j) for j in range(len(self.basis)) for i in range(j + 1))

    def keep(self, basis: list[Poly]) -> Block:
        return Block(self.tag, basis, self.weight)


def find_grams(
    blocks: list[Block], free: list[Poly], target: Poly, strictly: Callable[[Block], bool]
) -> tuple[Terms, list[Fraction]] | None:
    """Terms ``c·weight·u²`` of the blocks and weights of the free polynomials that make up a target, exactly.

    ``strictly``: the blocks of which one at least has to have a term, if there are any.
    """
    blocks = _prune(_split(blocks, [target, *free, *(b.weight for b in blocks)]), free, target)
    wanted = any(map(strictly, blocks))
    if sum(len(b.basis) ** 2 for b in blocks) > ENTRIES:
        return None
    with suppress(np.linalg.LinAlgError):  # nothing is trusted: what goes wrong finds nothing
        for _ in range(FACES):
            blocks = [b for b in blocks if b.basis]
            system = _System.of(blocks, free, target)
            if system is None or (wanted and not any(map(strictly, blocks))):
                return None
            if not blocks:
                values = system.exact([])
                return [], values[: len(free)]
            least, unknowns = system.centre()
            if least < -1e-5:
                return None
            if least > 1e-7 and (found := system.round_off(unknowns, strictly if wanted else None)) is not None:
                return found
            faces = _reduce(blocks, system.matrices(unknowns))
            if faces is None:
                return None
            blocks = faces
    return None


def _split(blocks: list[Block], polys: list[Poly]) -> list[Block]:
    """Blocks by the changes of signs of variables that leave every polynomial as it is."""
    span: list[int] = []

    def reduced(powers: tuple[int, ...]) -> int:
        parity = sum((k & 1) << i for i, k in enumerate(powers))
        for b in span:
            parity = min(parity, parity ^ b)
        return parity

    for p in polys:
        for powers in p:
            if parity := reduced(powers):
                span.append(parity)
    out = []
    for block in blocks:
        classes: dict[int, list[Poly]] = {}
        for u in block.basis:
            classes.setdefault(reduced(next(iter(u))), []).append(u)
        out += [block.keep(basis) for basis in classes.values()]
    return out


def _prune(blocks: list[Block], free: list[Poly], target: Poly) -> list[Block]:
    """Drop what a diagonal entry forces to vanish."""
    fixed = set(target).union(*free)
    while True:
        rows: dict[tuple[int, ...], list[tuple[int, int, int, bool]]] = {}
        for b, block in enumerate(blocks):
            for i, j in block.entries():
                for e, c in block.entry(i, j).items():
                    rows.setdefault(e, []).append((b, i, j, c > 0))
        dead = {
            (b, i)
            for e, entries in rows.items()
            if e not in fixed and all(i == j for _, i, j, _ in entries) and len({s for *_, s in entries}) == 1
            for b, i, _, _ in entries
        }
        if not dead:
            return blocks
        kept = [b.keep([u for i, u in enumerate(b.basis) if (k, i) not in dead]) for k, b in enumerate(blocks)]
        blocks = [b for b in kept if b.basis]


@dataclass
class _System:
    """The affine space of the unknowns: pivots as combinations of the others."""

    blocks: list[Block]
    free: list[Poly]
    columns: list[tuple[int, int, int]]  # of a block (−1 for a free polynomial), row, column
    rows: dict[int, dict[int, Fraction]]  # of each pivot: the row of the echelon form
    others: list[int]

    @classmethod
    def of(cls, blocks: list[Block], free: list[Poly], target: Poly) -> _System | None:
        """None if there are too many unknowns, or the equations have no solution."""
        pairs = [(b, i, j) for b, block in enumerate(blocks) for i, j in block.entries()]
        columns = [(-1, n, n) for n in range(len(free))]
        columns += [c for c in pairs if c[1] != c[2]] + [c for c in pairs if c[1] == c[2]]

        def poly(b: int, i: int, j: int) -> Poly:
            return free[i] if b < 0 else _combine((Fraction(1 if i == j else 2), blocks[b].entry(i, j)))

        polys = [*(poly(*c) for c in columns), target]
        place = {e: k for k, e in enumerate(sorted({e for p in polys for e in p}))}
        matrix = fmpq_mat(max(1, len(place)), len(columns) + 1)
        for k, p in enumerate(polys):
            for e, c in p.items():
                matrix[place[e], k] = fmpq(c.numerator, c.denominator)
        echelon, rank = matrix.rref()
        rows: dict[int, dict[int, Fraction]] = {}
        for r in range(rank):
            row = {k: Fraction(int(v.p), int(v.q)) for k in range(len(columns) + 1) if (v := echelon[r, k])}
            rows[min(row)] = row
        others = [k for k in range(len(columns)) if k not in rows]
        return None if len(columns) in rows or len(others) > UNKNOWNS else cls(blocks, free, columns, rows, others)

    def exact(self, values: list[Fraction]) -> list[Fraction]:
        """All unknowns, from those that are no pivots."""
        last, known = len(self.columns), dict(zip(self.others, values, strict=True))
        for pivot, row in self.rows.items():
            known[pivot] = row.get(last, Fraction(0)) - sum(
                (c * known[k] for k, c in row.items() if k not in (pivot, last)), Fraction(0)
            )
        return [known[k] for k in range(last)]

    def affine(self) -> tuple[Any, Any]:
        """All unknowns as ``x0 + N z``, in floating point."""
        last = len(self.columns)
        place = {k: n for n, k in enumerate(self.others)}
        x0, basis = np.zeros(last), np.zeros((last, len(self.others)))
        for k, n in place.items():
            basis[k, n] = 1.0
        for pivot, row in self.rows.items():
            for k, c in row.items():
                if k == last:
                    x0[pivot] = float(c)
                elif k != pivot:
                    basis[pivot, place[k]] = -float(c)
        return x0, basis

    def tensors(self) -> list[tuple[Any, Any]]:
        """For each block its matrix at 0, and how it changes with each of the other unknowns."""
        x0, basis = self.affine()
        found = []
        for b, block in enumerate(self.blocks):
            n = len(block.basis)
            start, moves = np.zeros((n, n)), np.zeros((len(self.others), n, n))
            for k, (owner, i, j) in enumerate(self.columns):
                if owner == b:
                    start[i, j] = start[j, i] = x0[k]
                    moves[:, i, j] = moves[:, j, i] = basis[k]
            found.append((start, moves))
        return found

    def matrices(self, z: Any) -> list[Any]:
        return [start + np.tensordot(z, moves, 1) for start, moves in self.tensors()]

    def centre(self) -> tuple[float, Any]:
        """The largest least eigenvalue of all blocks, and where it is."""
        tensors, unknowns = self.tensors(), len(self.others)
        z, t = np.zeros(unknowns), min(float(np.linalg.eigvalsh(start)[0]) for start, _ in tensors) - 1.0
        bound = BOUND + abs(t)
        for weight in WEIGHTS:
            for _ in range(STEPS):
                step, decrease = _newton(tensors, z, t, weight, bound)
                if step is None:
                    return t, z
                scale = 1.0
                while scale > 1e-12 and not _inside(tensors, z + scale * step[:-1], t + scale * step[-1], bound):
                    scale /= 2
                scale = scale if scale == 1.0 else 0.9 * scale
                z, t = z + scale * step[:-1], t + scale * float(step[-1])
                if decrease < 1e-6:
                    break
            if t + (1 + sum(len(start) for start, _ in tensors)) / weight < -1e-4:
                break  # no more is to be had
        return t, z

    def round_off(self, z: Any, strictly: Callable[[Block], bool] | None) -> tuple[Terms, list[Fraction]] | None:
        """Squares by the coarsest rounding that leaves the matrices positive, and something strictly so."""
        for d in DENOMINATORS:
            values = self.exact([Fraction(round(float(v) * d), d) for v in z])
            grams = [[[Fraction(0)] * len(b.basis) for _ in b.basis] for b in self.blocks]
            for (b, i, j), value in zip(self.columns, values, strict=True):
                if b >= 0:
                    grams[b][i][j] = grams[b][j][i] = value
            squares = [_squares(gram, block) for gram, block in zip(grams, self.blocks, strict=True)]
            if strictly and not any(s and strictly(b) for s, b in zip(squares, self.blocks, strict=True)):
                continue
            if all(s is not None for s in squares):
                return [term for s in squares if s is not None for term in s], values[: len(self.free)]
        return None


def _inside(tensors: list[tuple[Any, Any]], z: Any, t: float, bound: float) -> bool:
    if t >= bound:
        return False
    try:
        for start, moves in tensors:
            np.linalg.cholesky(start + np.tensordot(z, moves, 1) - t * np.eye(len(start)))
    except np.linalg.LinAlgError:
        return False
    return True


def _newton(tensors: list[tuple[Any, Any]], z: Any, t: float, weight: float, bound: float) -> tuple[Any, float]:
    """The Newton step for ``−weight·t − log(bound − t) − Σ log det(Q − tI)``, and what it gains."""
    size = len(z) + 1
    gradient, hessian = np.zeros(size), np.zeros((size, size))
    gradient[-1] = -weight + 1 / (bound - t)
    hessian[-1, -1] = 1 / (bound - t) ** 2
    for start, moves in tensors:
        inverse = np.linalg.inv(start + np.tensordot(z, moves, 1) - t * np.eye(len(start)))
        all_moves = np.concatenate([moves, -np.eye(len(start))[None]])
        turned = np.einsum("ij,njk->nik", inverse, all_moves)
        gradient -= np.trace(turned, axis1=1, axis2=2)
        flat = turned.reshape(size, -1)
        hessian += flat @ turned.transpose(0, 2, 1).reshape(size, -1).T
    try:
        step = -np.linalg.solve(hessian + 1e-13 * np.trace(hessian) / size * np.eye(size), gradient)
    except np.linalg.LinAlgError:
        return None, 0.0
    return (step, float(-gradient @ step)) if np.isfinite(step).all() else (None, 0.0)


def _reduce(blocks: list[Block], grams: list[Any]) -> list[Block] | None:
    """The blocks with the kernels of their nearly singular matrices imposed; None where the spectrum has no gap."""
    spectra = [np.linalg.eigh(g) for g in grams]
    top = max(float(values[-1]) for values, _ in spectra)
    if not top > 0:
        return None
    spectrum = np.sort(np.concatenate([values for values, _ in spectra]) / top)
    for small in (1e-6, 1e-5, 1e-4, 1e-3):
        if (spectrum < small).any() and not ((spectrum > small) & (spectrum < 20 * small)).any():
            break
    else:
        return None
    return [_face(b, values, vectors, small * top) for b, (values, vectors) in zip(blocks, spectra, strict=True)]


def _face(block: Block, values: Any, vectors: Any, small: float) -> Block:
    kernel = vectors[:, values < small].T.copy()
    pivots: list[int] = []
    for r in range(len(kernel)):  # reduced echelon form, the largest entry as pivot
        i, j = np.unravel_index(np.abs(kernel[r:]).argmax(), kernel[r:].shape)
        kernel[[r, r + int(i)]] = kernel[[r + int(i), r]]
        kernel[r] /= kernel[r, j]
        for other in range(len(kernel)):
            if other != r:
                kernel[other] -= kernel[other, j] * kernel[r]
        pivots.append(int(j))
    rest = [j for j in range(len(block.basis)) if j not in pivots]
    basis = []
    for j in rest:
        imposed = ((-_simple(kernel[r, j]), block.basis[p]) for r, p in enumerate(pivots))
        basis.append(_combine((Fraction(1), block.basis[j]), *imposed))
    return block.keep(basis)


def _simple(value: float, tolerance: float = 1e-3) -> Fraction:
    """The rational number of the smallest denominator near a number."""
    d = 1
    while abs(value - round(value * d) / d) > tolerance:
        d += 1
    return Fraction(round(value * d), d)


def _squares(gram: list[list[Fraction]], block: Block) -> Terms | None:
    """The matrix as a sum of squares with positive weights, or None if it is not one."""
    a, todo, out = [row[:] for row in gram], list(range(len(gram))), list[Any]()
    while todo:
        k = max(todo, key=lambda i: a[i][i])
        if a[k][k] <= 0:
            return out if all(a[i][j] == 0 for i in todo for j in todo) else None
        square = _combine(*((a[k][i] / a[k][k], block.basis[i]) for i in todo))
        out.append((block.tag, a[k][k], square))
        todo.remove(k)
        for i in todo:
            if a[k][i]:
                for j in todo:
                    a[i][j] -= a[k][i] * a[k][j] / a[k][k]
    return out
