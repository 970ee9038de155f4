"""Seconds for the mirror map of every depth, with the inverse x(θ), against mpmath's quadrature of the integral.

The reference finds x(θ) by mpmath.findroot and integrates dz/P by mpmath.quad at the same number of digits.
Both sides run twice on neighbouring points, and the second run counts: the nodes of both quadratures are kept
between calls.  Aims stand beside the figures; nothing is asserted.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from time import perf_counter

import mpmath
from mpmath import mpf

import ddln_sym as dd

AIMS = {3: 30, 4: 30, 5: 5, 6: 5, 7: 5, 8: 5}
THETA = (Fraction(7, 10), Fraction(71, 100), Fraction(72, 100))


def column(depth: int) -> list[Fraction]:
    """Layers in general position, the first of least modulus."""
    return [Fraction((-1) ** n * (3 * n + 4), 10) for n in range(depth)]


def reference(layers: list[Fraction], theta: Fraction) -> mpf:
    """``ξ(θ)`` straight from its definition, at the working precision of mpmath."""
    start, *others = (mpf(v.numerator) / v.denominator for v in layers)
    sign = -1 if sum(v < 0 for v in others) % 2 else 1
    gaps = [v**2 - start**2 for v in others]

    def product(z: mpf) -> mpf:
        return mpmath.sqrt(mpmath.fprod(z * z + gap for gap in gaps))

    goal = sign * mpf(theta.numerator) / theta.denominator
    x = mpmath.findroot(lambda z: z * product(z) - goal, goal / product(mpf(0)))
    return sign * mpmath.quad(lambda z: 1 / product(z), [start, x])


def seconds(call: Callable[[Fraction], object], repeat: int) -> float:
    """The least time of a call on points not seen before, after one that fills the caches."""
    call(THETA[0])
    best = float("inf")
    for n in range(repeat):
        point = THETA[1 + n % 2] + Fraction(n, 997)
        begun = perf_counter()
        call(point)
        best = min(best, perf_counter() - begun)
    return best


def against_quadrature(digits: int = 50) -> None:
    print(f"Q.gradient at {digits} digits, one coordinate, milliseconds")
    print(f"{'L':>2} {'ddln_sym':>10} {'certified':>10} {'mpmath':>10} {'ratio':>7} {'aim':>5} {'difference':>11}")
    for depth, aim in AIMS.items():
        layers = column(depth)
        entropy = dd.entropy(layers)
        with mpmath.workdps(digits):
            ours = seconds(lambda t, e=entropy: e.gradient(t, digits=digits), 20)
            balls = seconds(lambda t, e=entropy: e.gradient(t, digits=digits, certified=True), 20)
            theirs = seconds(lambda t, c=layers: reference(c, t), 3)
            error = abs(entropy.gradient(THETA[0], digits=digits)[0] / reference(layers, THETA[0]) - 1)
        ratio = f"{theirs / ours:6.0f}×"
        print(
            f"{depth:>2} {1e3 * ours:10.3f} {1e3 * balls:10.3f} {1e3 * theirs:10.2f} {ratio:>7} {aim:>4}× "
            f"{mpmath.nstr(error, 2):>11}"
        )


def by_digits_and_depth() -> None:
    counts = (15, 50, 200, 1000)
    for name in ("gradient", "conjugate_gradient"):
        print(f"\nQ.{name}, one coordinate, milliseconds")
        print(f"{'L':>2} " + " ".join(f"{f'{n} digits':>12}" for n in counts))
        for depth in range(2, 9):
            entropy = dd.entropy(column(depth))
            shrink = 1 if name == "gradient" else 10**depth
            row = []
            for digits in counts:
                call = getattr(entropy, name)
                row.append(seconds(lambda t, c=call, n=digits, s=shrink: c(t / s, digits=n), 5))
            print(f"{depth:>2} " + " ".join(f"{1e3 * value:12.3f}" for value in row))


def bias_by_digits_and_depth() -> None:
    counts = (15, 50, 200)
    data, target = [[1, 2, -1, "0.5"], [0, 1, 3, "-0.7"]], [2, "0.5"]
    print("\nimplicit_bias of 2 equations for 4 unknowns, milliseconds: plain / certified")
    print(f"{'L':>2} " + " ".join(f"{f'{n} digits':>17}" for n in counts))
    for depth in range(2, 9):
        layers = [[Fraction((-1) ** (i * j) * (j + 2 + i), 5) for i in range(4)] for j in range(depth)]
        row = []
        for digits in counts:
            times = []
            for certified in (False, True):
                begun = perf_counter()
                dd.implicit_bias(data, target, layers, digits=digits, certified=certified)
                times.append(1e3 * (perf_counter() - begun))
            row.append(f"{times[0]:8.0f} /{times[1]:7.0f}")
        print(f"{depth:>2} " + " ".join(row))


if __name__ == "__main__":
    against_quadrature()
    by_digits_and_depth()
    bias_by_digits_and_depth()
