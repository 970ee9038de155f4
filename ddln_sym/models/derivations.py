"""Entropies derived from the flow itself: nothing is typed in but the parametrization.

SymPy solves, inverts and integrates; the kernel then decides every line, so that a slip of the computer
algebra cannot pass.  The lines are kept in order, for printing the whole derivation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import sympy as sp

from ddln_sym.kernel import decide
from ddln_sym.models.parametrizations import deep_diagonal
from ddln_sym.statements import Equal, Hypothesis, Rate, RateRule, Setting, Solves, Step

__all__ = ["Derivation", "DerivationLine", "derive_redundant", "derive_two_layers"]

Expr: TypeAlias = Any


@dataclass(frozen=True)
class DerivationLine:
    """One line of a derivation: what was found, how SymPy found it, and the kernel's decision."""

    name: str
    how: str
    statement: Equal | Solves
    step: Step


@dataclass(frozen=True)
class Derivation:
    """How an entropy comes out of a flow, one coordinate.

    Attributes:
        theta, xi: the symbols for ``θ`` and ``ξ = −∫∇𝓛``.
        trajectory: ``θ`` as a function of ``ξ`` (the paper's Ψ up to scaling).
        mirror_map: ``∇Q``, its inverse.
        entropy: ``Q`` with ``∇Q = mirror_map``.
        setting: the hypotheses on the initialization.
        lines: the steps in order.
    """

    theta: Expr
    xi: Expr
    trajectory: Expr
    mirror_map: Expr
    entropy: Expr
    setting: Setting
    lines: tuple[DerivationLine, ...]

    def __repr__(self) -> str:
        return f"<Derivation of an entropy in {len(self.lines)} lines>"

    def _repr_html_(self) -> str:
        from ddln_sym import _html

        return _html.derivation(self)


def _line(name: str, how: str, lhs: Expr, rhs: Expr, setting: Setting) -> DerivationLine:
    statement = Equal(lhs, rhs, setting)
    return DerivationLine(name, how, statement, decide(statement))


def _mirror_line(slope: Expr, setting: Setting) -> DerivationLine:
    """``d∇Q(θ)/dt + ∇𝓛 = 0`` with ``∇Q = 0`` at the initialization."""
    statement = Solves(sp.Symbol("gradQ", real=True), slope, -SLOPE, sp.Integer(0), ((XI, sp.Integer(0)),), setting)
    return DerivationLine("mirror flow", "$∇𝒬(θ(t))$ against $−∫∇𝓛$", statement, decide(statement))


THETA, XI, SLOPE = sp.symbols("theta xi g", real=True)
MODES = sp.symbols("z_+ z_-", real=True)  # u(0) + v(0) and u(0) − v(0)
_FLOW = RateRule(XI, -SLOPE)
_ALONG = Setting((), (_FLOW,))


@cache
def derive_two_layers() -> Derivation:
    """The entropy of ``θ = u ⊙ v`` from its flow.

    Source: Appendix A.1–A.2, equations (23)–(26), (17), (20), derived anew.

    >>> derive_two_layers().entropy.has(sp.log)
    True
    """
    net = deep_diagonal(2, 1)
    u, v = net.variables
    gradient = net.gradient(1)
    moving = Setting((), (*(RateRule(w, -g * SLOPE) for w, g in zip((u, v), gradient, strict=True)), _FLOW))
    lines = []
    # the field ∇G is linear; its eigenvectors decouple it
    modes = sorted(gradient.jacobian([u, v]).eigenvects(), key=lambda mode: -mode[0])
    values = [value for value, _, _ in modes]
    rows = [vectors[0].T / vectors[0][0] for _, _, vectors in modes]
    now = [(row * sp.Matrix([u, v]))[0] for row in rows]
    for value, z in zip(values, now, strict=True):
        lines.append(_line("modes", "eigenvectors of the field", Rate(z) + value * z * SLOPE, 0, moving))
    # each mode is a scalar linear equation in ξ
    y, solutions = sp.Function("y"), []
    for value, z0 in zip(values, MODES, strict=True):
        solved = sp.dsolve(y(XI).diff(XI) - value * y(XI), y(XI), ics={y(0): z0}).rhs
        solutions.append(solved)
        lines.append(_line("z(t)", "linear equation in $ξ$", Rate(solved) + value * solved * SLOPE, 0, _ALONG))
    mode = sp.symbols("z_1 z_2", positive=True)
    back = sp.Matrix.vstack(*rows).LUsolve(sp.Matrix(mode))
    in_modes = sp.expand(net.components[0].xreplace({u: back[0], v: back[1]}))
    lines.append(
        _line("θ in z", "linear system", u * v, in_modes.xreplace(dict(zip(mode, now, strict=True))), Setting())
    )
    trajectory = in_modes.xreplace(dict(zip(mode, solutions, strict=True)))
    # θ is quadratic in E = e^{2ξ}; its positive root gives ξ
    e, (p, q) = sp.Symbol("E", positive=True), sp.symbols("P Q", positive=True)
    in_e = in_modes.xreplace({mode[0]: sp.sqrt(p * e), mode[1]: sp.sqrt(q / e)})
    roots = sp.solve(sp.expand((in_e - THETA) * e), e)
    root = next(r for r in roots if r.subs({THETA: 0, p: 1, q: 1}) > 0).xreplace({p: MODES[0] ** 2, q: MODES[1] ** 2})
    given = tuple(Hypothesis("the starting modes are not zero", sp.Ne(z, 0)) for z in MODES)
    mirror_map = sp.log(root) / 2
    found = Setting(given)
    lines.append(_line("ξ(θ)", "positive root of a quadratic", trajectory.xreplace({XI: mirror_map}), THETA, found))
    # Legendre transform: Q = θξ − ∫θ dξ
    conjugate = sp.integrate(trajectory, XI)
    entropy = THETA * mirror_map - conjugate.xreplace({XI: mirror_map})
    lines.append(_line("Q", "Legendre transform of $∫θ dξ$", sp.diff(entropy, THETA), mirror_map, found))
    along = Setting(given[:1], (_FLOW,))  # the flow itself does without z_- ≠ 0: layers that start equal
    lines.append(_mirror_line(sp.diff(entropy, THETA).xreplace({THETA: trajectory}), along))
    return Derivation(THETA, XI, trajectory, mirror_map, entropy, found, tuple(lines))


@cache
def derive_redundant() -> Derivation:
    """The entropy of ``θ = u^⊙L`` for every ``L > 2``, the exponent a symbol, from its flow.

    Source: Appendix A.3, equations (27)–(30), derived anew.

    >>> derive_redundant().mirror_map
    -(theta**(-1 + 2/L) - u0**(2 - L))/(L*(L - 2))
    """
    depth, start = sp.symbols("L u0", real=True)
    u, extra, power = sp.symbols("u n s", positive=True)  # n = L − 2, s = u^{−n}
    gradient = sp.powsimp(sp.diff(u**depth, u))
    # separate the variables: ξ = ∫ du / ∇G(u), a multiple of s
    primitive = sp.integrate(sp.powsimp((1 / gradient).subs(depth, extra + 2)), u)
    time = sp.factor(sp.expand(primitive.subs(u, power ** (-1 / extra))).subs(extra, depth - 2))
    begun = start ** (2 - depth)
    solved = sp.collect(sp.expand(sp.solve(time - time.subs(power, begun) - XI, power)[0]), XI, sp.factor)
    layer = solved ** (1 / (2 - depth))
    deep = (Hypothesis("L > 2", sp.Gt(depth, 2)), Hypothesis("u(0) > 0", sp.Gt(start, 0)))
    along = Setting((*deep, Hypothesis("before a blow-up", sp.Gt(solved, 0))), (_FLOW,))
    lines = [_line("u(t)", "separation of variables", Rate(layer) + gradient.xreplace({u: layer}) * SLOPE, 0, along)]
    trajectory = solved ** (depth / (2 - depth))
    lines.append(_line("θ(t)", "θ = u^L", layer**depth, trajectory, along))
    end = THETA ** ((2 - depth) / depth)
    mirror_map = sp.factor(time.subs(power, end) - time.subs(power, begun))
    lines.append(_line("ξ(θ)", "$ξ$ in terms of $s$", mirror_map.xreplace({THETA: trajectory}), XI, along))
    # ∫ θ^{c−1} dθ with c = 2/L > 0
    exponent = sp.Symbol("c", positive=True)
    primitive = sp.integrate(u ** (exponent - 1), u).xreplace({u: THETA}).subs(exponent, 2 / depth)
    entropy = THETA * -time.subs(power, begun) + time.coeff(power) * primitive
    reached = Setting((*deep, Hypothesis("θ > 0", sp.Gt(THETA, 0))))
    lines.append(_line("Q", "antiderivative of $ξ(θ)$", sp.diff(entropy, THETA), mirror_map, reached))
    lines.append(_mirror_line(sp.diff(entropy, THETA).xreplace({THETA: trajectory}), along))
    return Derivation(THETA, XI, trajectory, mirror_map, entropy, reached, tuple(lines))
