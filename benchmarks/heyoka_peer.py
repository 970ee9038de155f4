"""The flow in heyoka, in multiprecision: all Ld equations, or the 2d equations in which ours is integrated; and that of
any field that is written in SymPy.

Its step control is left to it, with the tolerance ``10^−digits``.  Nothing is projected.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from importlib.util import find_spec
from math import prod
from typing import Any

from mpmath import mp, mpf
from mpmath.libmp import dps_to_prec

from ddln_sym import GradientFlow

Layers = Sequence[Sequence[Any]]
#: Bits beyond the digits, as the other methods have them.
GUARD_BITS = 20


def installed() -> bool:
    return find_spec("heyoka") is not None


def _adaptive(equations: list[tuple[Any, Any]], start: Sequence[Fraction], digits: int) -> Callable[[], list[Any]]:
    """Compile the equations; the function returned integrates them from 0 to 1."""
    import heyoka as hy

    prec = dps_to_prec(digits) + GUARD_BITS
    first = [_real(value, prec) for value in start]
    integrator = hy.taylor_adaptive(
        equations, first, fp_type=hy.real, prec=prec, compact_mode=True, tol=hy.real(f"1e-{digits}", prec)
    )

    def run() -> list[Any]:
        integrator.time = hy.real(0, prec)
        for place, value in enumerate(first):
            integrator.state[place] = value
        integrator.propagate_until(hy.real(1, prec))
        with mp.workprec(prec):
            return [mpf(str(value)) for value in integrator.state]

    return run


def _real(value: Fraction, prec: int) -> Any:
    import heyoka as hy

    return hy.real(value.numerator, prec) / hy.real(value.denominator, prec)


def _slopes(flow: GradientFlow, theta: Sequence[Any], prec: int) -> list[Any]:
    import heyoka as hy

    matrix, shift = flow.loss.normal_form
    return [
        hy.sum([*(_real(a, prec) * t for a, t in zip(row, theta, strict=True)), hy.expression(_real(-b, prec))])
        for row, b in zip(matrix, shift, strict=True)
    ]


def written(
    field: Sequence[Any], variables: Sequence[Any], start: Sequence[Fraction], digits: int
) -> Callable[[], list[Any]]:
    """A field of SymPy; the function returned gives the variables at time 1."""
    import heyoka as hy

    known = {v: hy.make_vars(f"x{n}") for n, v in enumerate(variables)}
    prec = dps_to_prec(digits) + GUARD_BITS
    return _adaptive(
        [(known[v], _expression(f, known, prec)) for v, f in zip(variables, field, strict=True)], start, digits
    )


def _expression(e: Any, known: dict[Any, Any], prec: int) -> Any:
    """Of SymPy, in heyoka, numbers with all their digits; equal parts are found by heyoka itself."""
    import heyoka as hy

    if e not in known:
        if e.is_Rational:
            known[e] = hy.expression(_real(Fraction(int(e.p), int(e.q)), prec))
        elif e.is_Pow:
            exponent = Fraction(int(e.exp.p), int(e.exp.q))
            base = _expression(e.base, known, prec)
            whole = exponent.denominator == 1 and exponent > 0
            known[e] = hy.prod([base] * int(exponent)) if whole else base ** hy.expression(_real(exponent, prec))
        else:
            arguments = [_expression(a, known, prec) for a in e.args]
            known[e] = (
                {"Add": hy.sum, "Mul": hy.prod}[e.func.__name__](arguments)
                if e.args[1:]
                else getattr(hy, e.func.__name__)(*arguments)
            )
    return known[e]


def full(flow: GradientFlow, digits: int) -> Callable[[], Layers]:
    """All Ld equations; the function returned gives the layers at time 1."""
    import heyoka as hy

    depth, d, prec = len(flow.start), flow.loss.dimension, dps_to_prec(digits) + GUARD_BITS
    layers = [[hy.make_vars(f"u{j}_{i}") for i in range(d)] for j in range(depth)]
    slopes = _slopes(flow, [hy.prod([row[i] for row in layers]) for i in range(d)], prec)
    equations = [
        (layers[j][i], -hy.prod([layers[k][i] for k in range(depth) if k != j]) * slopes[i])
        for j in range(depth)
        for i in range(d)
    ]
    run = _adaptive(equations, [u for row in flow.start for u in row], digits)

    def result() -> Layers:
        state = run()
        return [state[j * d : (j + 1) * d] for j in range(depth)]

    return result


def reduced(flow: GradientFlow, digits: int) -> Callable[[], Layers]:
    """``w' = −2θg``, ``θ' = −P'(w)g``, ``P'`` by Horner's scheme; the function returned gives the layers at time 1."""
    import heyoka as hy

    d, prec = flow.loss.dimension, dps_to_prec(digits) + GUARD_BITS
    w, theta = ([hy.make_vars(f"{name}{i}") for i in range(d)] for name in ("w", "theta"))
    slopes, equations, start = _slopes(flow, theta, prec), [], []
    for i, coordinate in enumerate(flow.coordinates):
        coefficients = [Fraction(1)]
        for delta in coordinate.differences:
            shifted, scaled = [Fraction(0), *coefficients], [*(delta * c for c in coefficients), Fraction(0)]
            coefficients = [a + b for a, b in zip(shifted, scaled, strict=True)]
        steep = [k * c for k, c in enumerate(coefficients)][1:]
        value = hy.expression(_real(steep[-1], prec))
        for c in reversed(steep[:-1]):
            value = value * w[i] + hy.expression(_real(c, prec))
        equations += [(w[i], -2 * theta[i] * slopes[i]), (theta[i], -value * slopes[i])]
        start += [coordinate.start[coordinate.least] ** 2, coordinate.theta]
    run = _adaptive(equations, start, digits)

    def result() -> Layers:
        columns = []
        for coordinate, square, product in zip(flow.coordinates, *_pairs(run()), strict=True):
            roots = [
                mp.sign(mpf(u.numerator)) * mp.sqrt(square + mpf(delta.numerator) / delta.denominator)
                for u, delta in zip(coordinate.start, coordinate.differences, strict=True)
            ]
            others = prod(root for k, root in enumerate(roots) if k != coordinate.least)
            size = mp.sqrt(max(square, 0))
            sign = mp.sign(product / others)
            roots[coordinate.least] = sign * size if 2 * size >= abs(others) else product / others
            columns.append(roots)
        return list(zip(*columns, strict=True))

    return result


def _pairs(state: list[Any]) -> tuple[list[Any], list[Any]]:
    return state[::2], state[1::2]
