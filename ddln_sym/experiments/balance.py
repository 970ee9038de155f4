r"""How far discrete methods move ``D = u_j² − u_k²``, which the flow conserves: the theory, and the methods.

Every gradient of the layers is ``g·p_j`` with ``p_j = ∏_{l≠j} u_l`` and one ``g`` for all layers of a coordinate, also
when ``g`` comes from a part of the data. As ``u_j p_j = θ`` for every j, one step h of gradient descent gives exactly

    ``D_{n+1} = D_n + h²g²(p_j² − p_k²) = D_n (1 − h²g² ∏_{l≠j,k} u_l²)``:

the layers are balanced, by ``1 − D(T)/D(0) = εI + O(ε²)``, with ``ε = h`` and the exposure
``I = ∫_0^T g² ∏_{l≠j,k} u_l² dt`` along the flow. What replaces ε and ``g²`` elsewhere:

- ``u_{n+1} = u_n − (1−β)h∇F + β(u_n − u_{n−1})``, which has the flow's speed: summing ``δ_n = u_{n+1} − u_n`` in
  ``D_{n+1} − D_n = 2(u_jδ_j − u_kδ_k) + δ_j² − δ_k²`` gives ``ε = h(1+β)/(1−β)``;
- ``u'' + cu' + ∇F = 0``, from rest: ``D'' + cD' = 2(u_j'² − u_k'²)``, since ``u_j ∂_jF = θg`` for every j; in the time
  ``t/c`` of the flow that gives ``ε = 2/c²``, the limit of the former for ``β = 1 − cη, h = η/c, η → 0``;
- stochastic gradients: ``E g² = (E g)² + Var g`` in place of ``g²``.

So every law survives in the limit ``ε → 0``, and before it only ``D = 0`` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ddln_sym.experiments.data import Array, Draw, floats
from ddln_sym.flows import GradientFlow, Trajectory
from ddln_sym.flows.losses import SquaredLoss
from ddln_sym.numerics import read_number

__all__ = ["Balance", "cofactors"]

SEED, LAYERS, DIMENSION, SAMPLES, BATCH = 5, 3, 4, 8, 2
DIGITS = 30
NODES = 8  # of the Gauss–Legendre rule between two times; the integrand is analytic


def cofactors(layers: Array) -> Array:
    """``p_j = ∏_{l≠j} u_l`` for every layer j; layers and result have the shape (…, L, d)."""
    depth = layers.shape[-2]
    return np.stack([np.delete(layers, j, axis=-2).prod(axis=-2) for j in range(depth)], axis=-2)


class Balance:
    """One problem, its flow, and the pair of layers whose balance changes most.

    Args:
        times: increasing, from 0 on; the flow runs to the last one.
    Attributes:
        pair: j and k. coordinate: i. All counted from 0.
    """

    def __init__(self, times: Array) -> None:
        draw = Draw(SEED)
        self.times = times
        self.loss = SquaredLoss(draw.matrix(SAMPLES, DIMENSION), draw.vector(SAMPLES), weight=f"1/{SAMPLES}")
        self.rows, self.targets = floats(self.loss.rows), floats(self.loss.targets)
        self.layers = draw.matrix(LAYERS, DIMENSION)
        self.start = floats(self.layers)
        sizes = {(j, k): self._expose(j, k, noisy=False)[-1] for j, k in combinations(range(LAYERS), 2)}
        self.pair = max(sizes, key=lambda pair: float(sizes[pair].max()))
        self.coordinate = int(sizes[self.pair].argmax())

    @cached_property
    def flow(self) -> Trajectory:
        """The flow, by all Ld equations, so that its conservation laws are observed and not built in."""
        return GradientFlow(self.loss, self.layers).integrate(self.times[-1], DIGITS, full=True)

    def exposure(self, noisy: bool = False) -> Array:
        """``I`` at every time, with the mean of ``g²`` over all batches if noisy."""
        return self._expose(*self.pair, noisy)[:, self.coordinate]

    def drift(self, layers: Array) -> Array:
        """``D/D(0) − 1`` for layers of shape (…, L, d)."""
        (j, k), i = self.pair, self.coordinate
        now = (layers[..., j, i] - layers[..., k, i]) * (layers[..., j, i] + layers[..., k, i])
        first = self.start[j, i] ** 2 - self.start[k, i] ** 2
        return np.asarray(now / first - 1)

    def flow_drift(self) -> float:
        """The largest ``|D/D(0) − 1|`` of the flow, with the digits that it was computed with."""
        (j, k), i = self.pair, self.coordinate
        paths = (self.flow.layers(t) for t in self.times)
        found = [read_number(layers[j][i], "u") ** 2 - read_number(layers[k][i], "u") ** 2 for layers in paths]
        return float(max(abs(value / found[0] - 1) for value in found))

    def gradient(self, theta: Array, batch: NDArray[np.intp] | None = None) -> Array:
        """``∇𝓛``, or the gradient from some rows of the data in its place; θ has the shape (runs, d).

        Args:
            batch: numbers of rows, of shape (runs, size).
        """
        if batch is None:
            return np.asarray(self.weight * (theta @ self.rows.T - self.targets) @ self.rows)
        rows = self.rows[batch]
        residual = (rows @ theta[..., None])[..., 0] - self.targets[batch]
        return np.asarray(self.weight * SAMPLES / batch.shape[-1] * (residual[..., None, :] @ rows)[..., 0, :])

    @property
    def weight(self) -> float:
        """The factor of ``Xᵀ(Xθ − y)`` in ``∇𝓛``."""
        return 2 * float(self.loss.weight)

    def descend(self, step: float, momentum: float = 0.0, runs: int = 1, seed: int | None = None) -> Iterator[Array]:
        """The layers of several runs after each step: heavy ball, at the speed of the flow.

        Args:
            step: h. momentum: β. seed: of the batches; without one the gradient is that of all the data.
        """
        stream = None if seed is None else np.random.RandomState(seed)
        layers = np.repeat(self.start[None], runs, axis=0)
        velocity = np.zeros_like(layers)
        while True:
            yield layers
            batch = None if stream is None else stream.rand(runs, SAMPLES).argsort(axis=1)[:, :BATCH]
            others = cofactors(layers)
            slope = self.gradient(others[:, 0] * layers[:, 0], batch)
            velocity = momentum * velocity - (1 - momentum) * step * slope[:, None] * others
            layers = layers + velocity

    def _expose(self, j: int, k: int, noisy: bool) -> Array:
        """The exposure of each coordinate at every time, of shape (times, d)."""
        others = np.delete(self._along, (j, k), axis=-2).prod(axis=-2)
        theta = self._along.prod(axis=-2)
        slopes = [self.gradient(theta)]
        if noisy:
            choices = combinations(range(SAMPLES), BATCH)
            slopes = [self.gradient(theta, np.broadcast_to(c, (len(theta), BATCH))) for c in choices]
        square = sum(slope**2 for slope in slopes) / len(slopes)
        widths = np.diff(self.times)[:, None] / 2 * np.polynomial.legendre.leggauss(NODES)[1]
        parts = (widths.reshape(-1, 1) * square * others**2).reshape(len(widths), NODES, -1).sum(axis=1)
        return np.concatenate([np.zeros((1, parts.shape[1])), parts.cumsum(axis=0)])

    @cached_property
    def _along(self) -> Array:
        """The layers of the flow at the nodes between the times."""
        nodes = (np.polynomial.legendre.leggauss(NODES)[0] + 1) / 2
        times = self.times[:-1, None] + np.diff(self.times)[:, None] * nodes
        return np.stack([floats(self.flow.layers(t)) for t in times.ravel()])
