r"""Entropies of models whose components move blocks of their own, found from the flow and decided line by line.

In the time ``ξ`` each block follows ``w' = ∇G_i(w)``, whatever the loss.  Where that is solved, ``θ(ξ) = G_i(w(ξ))`` is
the gradient of the conjugate ``Q*(ξ) = ∫θ dξ``, and where it can be inverted, ``Q(θ) = θ·ξ(θ) − Q*(ξ(θ))``.  SymPy
solves, inverts and integrates; nothing holds because of that: the kernel decides every line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import sympy as sp

from ddln_sym.kernel import decide
from ddln_sym.models.derivations import DerivationLine
from ddln_sym.models.homogeneity import homogeneous
from ddln_sym.models.parametrizations import Parametrization, network
from ddln_sym.numerics import count_of, read_number
from ddln_sym.statements import Equal, Hypothesis, Rate, RateRule, Setting, Verdict

__all__ = ["EntropyDerivation", "derive"]

Expr: TypeAlias = Any

THETA, XI, SLOPE = sp.symbols("theta xi g", real=True)
_FLOW = RateRule(XI, -SLOPE)
ALPHA, TIME = sp.symbols("alpha t", real=True)
#: Coefficients of ``θ = P·e^{kξ} − N·e^{−kξ}``.
RISING, FALLING = sp.symbols("P N", real=True)
#: Variables of a quadratic component.
MOST_VARIABLES = 4


@dataclass(frozen=True)
class EntropyDerivation:
    """How the entropy of one component comes out of its flow.

    Attributes:
        theta, xi: the symbols for ``θ_i`` and ``ξ_i = −∫∂_i𝓛``. starts: of the variables, as symbols.
        parameters: the variables as functions of ξ. trajectory: ``θ(ξ) = ∇Q*(ξ)``. conjugate: ``Q*(ξ)``, 0 at 0.
        mirror_map: ``∇Q = ξ(θ)``, and entropy: ``Q(θ)``; None where ``θ(ξ)`` has no inverse that was found: then
            ``Q = ξ·θ(ξ) − Q*(ξ)`` with ξ as parameter.
        meanings: what ``P`` and ``N`` stand for. lines: the steps in order.
        decay: α of weight decay, 0 without; degree: p of the component, where there is weight decay.  With it,
            ``θ(t) = e^{−pαt}θ(ξ)`` in the time ``ξ = −∫e^{(2−p)αs}∂_i𝓛 ds``, and Q is the same function.
    """

    component: Expr
    theta: Expr
    xi: Expr
    starts: dict[Expr, Expr]
    parameters: dict[Expr, Expr]
    trajectory: Expr
    conjugate: Expr
    mirror_map: Expr
    entropy: Expr
    meanings: dict[Expr, Expr]
    lines: tuple[DerivationLine, ...]
    decay: Expr = 0
    degree: Expr = None

    def __repr__(self) -> str:
        return f"<EntropyDerivation of {self.component} in {len(self.lines)} lines>"

    def _repr_html_(self) -> str:
        from ddln_sym import _html

        return _html.derivation(self)

    @property
    def proved(self) -> bool:
        """Whether the kernel proved every line."""
        return all(line.step.verdict is Verdict.PROVED for line in self.lines)

    def at(self, start: Sequence[Any]) -> tuple[Expr, Expr, Expr]:
        """``θ(ξ)``, ``Q*(ξ)`` and ``Q(θ)``, or None, from a start: a number for each variable of the component."""
        values = [sp.sympify(v) for v in start]
        if len(values) != len(self.starts):
            raise ValueError(
                f"start has {count_of(len(values), 'number')}: expected {len(self.starts)}, of {list(self.starts)}"
            )
        point = dict(zip(self.starts.values(), values, strict=True))

        def put(expression: Expr) -> Expr:
            return None if expression is None else expression.xreplace(self.meanings).xreplace(point)

        return put(self.trajectory), put(self.conjugate), put(self.entropy)

    def __str__(self) -> str:
        lines = [f"θ(ξ) = {self.trajectory}", f"Q*(ξ) = {self.conjugate}"]
        lines += [f"Q(θ) = {self.entropy}"] if self.entropy is not None else ["Q = ξθ − Q*(ξ), with ξ as parameter"]
        lines += [f"{name} = {meaning}" for name, meaning in self.meanings.items()]
        if self.decay != 0:
            clock = sp.exp((2 - self.degree) * self.decay * TIME)
            rate = "∂𝓛" if clock == 1 else f"{clock}*∂𝓛"
            lines.append(f"∇Q({sp.exp(self.degree * self.decay * TIME)}*θ(t)) = ξ = −∫{rate} dt")
        decided = "every line proved" if self.proved else "not every line proved"
        return "\n".join([*lines, f"{len(self.lines)} lines, {decided}"])


def derive(net: Parametrization, decay: Any = 0) -> tuple[EntropyDerivation, ...]:
    """The entropies of a model whose components share no variables, one for each component.

    Args:
        net: each component a quadratic form of at most 4 variables, or a sum of functions of one variable each.
        decay: α in ``w' = −∇ − αw``, a rational number of either sign, a real symbol, or True for a symbol α; each
            component has to be homogeneous then, of a degree p.  The entropy stays what it is without:
            ``∇Q(e^{pαt}θ(t)) = −∫e^{(2−p)αs}∇𝓛(θ(s)) ds``.
    Raises:
        ValueError: components share variables, a flow was not solved in closed form, or the decay does not fit.
    Source: Li, Wang, Lee, Arora (2022), Theorem 4.8; Woodworth et al. (2020) for ``u^L − v^L``; claim ``new-t14-decay``
        for weight decay, after Jacobs, Zhou, Burkholz (2025).

    >>> from ddln_sym.models import difference
    >>> (found,) = derive(difference(2, 1))
    >>> found.proved, found.trajectory, found.mirror_map
    (True, -N*exp(-4*xi) + P*exp(4*xi), log((theta + sqrt(4*N*P + theta**2))/(2*P))/4)
    >>> print(str(derive(difference(3, 1), decay=True)[0]).splitlines()[3])
    ∇Q(exp(3*alpha*t)*θ(t)) = ξ = −∫exp(-alpha*t)*∂𝓛 dt
    """
    alpha = _read_decay(decay)
    if network(net).schematic:
        raise ValueError("the depth or the dimension of G is a symbol: give whole numbers")
    supports = [c.free_symbols for c in net.components]
    for n, support in enumerate(supports):
        for m in range(n):
            if shared := support & supports[m]:
                listed = ", ".join(sorted(map(str, shared)))
                raise ValueError(
                    f"G_{m + 1} and G_{n + 1} share {listed}: an entropy is derived component by component"
                )
    return tuple(_derive(net, n, alpha) for n in range(len(net.components)))


def _read_decay(decay: Any) -> Expr:
    if decay is True:
        return ALPHA
    if not isinstance(decay, sp.Basic):
        value = read_number(decay, "decay")
        return sp.Rational(value.numerator, value.denominator)
    alpha = decay
    if not (alpha.is_Rational or (alpha.is_Symbol and alpha.is_real)) or alpha in (THETA, XI, SLOPE, TIME):
        raise ValueError(f"decay is {decay!r}: expected a rational number, a real symbol of another name, or True")
    return alpha


def _derive(net: Parametrization, n: int, alpha: Expr) -> EntropyDerivation:
    component = net.components[n]
    variables = [v for v in net.variables if v in component.free_symbols]
    if not variables:
        raise ValueError(f"G_{n + 1} = {component} does not move: an entropy needs a component that does")
    inside = {v for v in variables if v in net.domain.positive or v.is_positive}
    starts = {v: sp.Symbol(f"{v}_0", real=True) for v in variables}
    given = [Hypothesis("M", sp.Gt(starts[v], 0)) for v in variables if v in inside]
    solved, also = _solve(component, variables, starts)
    given += [Hypothesis("before a blow-up", sp.Gt(e, 0)) for e in also]
    along = Setting(tuple(given), (_FLOW,))
    lines = []
    for v in variables:
        rate = sp.diff(component, v).xreplace(solved)
        lines.append(
            _line(f"${sp.latex(v)}(ξ)$", "the flow of $∇G$ in the time $ξ$", Rate(solved[v]) + rate * SLOPE, 0, along)
        )
        lines.append(
            _line(f"${sp.latex(v)}(0)$", "its start", solved[v].xreplace({XI: sp.Integer(0)}), starts[v], along)
        )
    trajectory, meanings, signs = _trajectory(component.xreplace(solved))
    whole = trajectory.xreplace(meanings)
    lines.append(_line("$θ(ξ)$", "$θ = G(w(ξ))$", component.xreplace(solved), whole, Setting(tuple(given))))
    conjugate = sp.Add(*map(_integral, sp.Add.make_args(trajectory)))
    conjugate -= conjugate.xreplace({XI: sp.Integer(0)})
    known = (*signs, *given)
    if conjugate.has(sp.Integral, sp.Piecewise, sp.I):
        raise ValueError(f"the integral of θ(ξ) = {whole} was not found in closed form")
    lines.append(_line("$𝒬*$", "$∫θ dξ$", sp.diff(conjugate, XI), trajectory, Setting(known)))
    mirror_map, more = _inverse(trajectory)
    entropy = None
    if mirror_map is not None:
        reached = Setting((*known, *more)) if not also else Setting((*given[: len(given) - len(also)], *more))
        lines.append(_line("$ξ(θ)$", "inverse", trajectory.xreplace({XI: mirror_map}), THETA, reached))
        reduced = conjugate.xreplace({XI: mirror_map})
        reduced = reduced.replace(lambda e: e.is_Pow and e.exp.is_number, lambda e: sp.expand(e.base) ** e.exp)
        entropy = THETA * mirror_map - reduced
        lines.append(_line("$𝒬$", "Legendre transform", sp.diff(entropy, THETA), mirror_map, reached))
    degree = None
    if alpha != 0:
        degree, more_lines = _with_decay(component, n, variables, solved, alpha, tuple(given))
        lines += more_lines
    return EntropyDerivation(
        component, THETA, XI, starts, solved, trajectory, conjugate, mirror_map, entropy, meanings, tuple(lines), alpha,
        degree,
    )  # fmt: skip


def _with_decay(
    component: Expr,
    n: int,
    variables: Sequence[Expr],
    solved: dict[Expr, Expr],
    alpha: Expr,
    given: tuple[Hypothesis, ...],
) -> tuple[Expr, list[DerivationLine]]:
    """The degree p, and why ``e^{−αt}w(ξ)`` solves the flow with weight decay in the time that ξ then is."""
    degrees = homogeneous(Parametrization((component,), tuple(variables)))
    if degrees is None:
        raise ValueError(f"G_{n + 1} = {component} is not homogeneous: weight decay then changes the entropy in time")
    degree, shrunk = degrees[0], sp.exp(-alpha * TIME)
    along = Setting(given, (RateRule(TIME, sp.Integer(1)), RateRule(XI, -sp.exp((2 - degree) * alpha * TIME) * SLOPE)))
    decayed = {v: shrunk * w for v, w in solved.items()}
    lines = []
    for v in variables:
        rate = sp.diff(component, v).xreplace(decayed)
        lines.append(
            _line(
                f"${sp.latex(v)}(t)$",
                "with weight decay",
                Rate(decayed[v]) + rate * SLOPE + alpha * decayed[v],
                0,
                along,
            )
        )
    whole = sp.exp(-degree * alpha * TIME) * component.xreplace(solved)
    lines.append(_line("$θ(t)$", "homogeneous", component.xreplace(decayed), whole, Setting(given)))
    return degree, lines


def _line(name: str, how: str, lhs: Expr, rhs: Expr, setting: Setting) -> DerivationLine:
    statement = Equal(sp.sympify(lhs), sp.sympify(rhs), setting)
    return DerivationLine(name, how, statement, decide(statement))


# -- solving -------------------------------------------------------------------------------------------
def _solve(component: Expr, variables: Sequence[Expr], starts: dict[Expr, Expr]) -> tuple[dict[Expr, Expr], list[Expr]]:
    """The variables as functions of ξ, and what has to stay positive for that."""
    hessian = sp.hessian(component, list(variables))
    linear = [sp.diff(component, v).xreplace(dict.fromkeys(variables, sp.Integer(0))) for v in variables]
    if not hessian.free_symbols and not any(linear) and len(variables) <= MOST_VARIABLES:
        flow = (hessian * XI).exp() * sp.Matrix([starts[v] for v in variables])
        return {v: sp.expand(e) for v, e in zip(variables, flow, strict=True)}, []
    parts: dict[Expr, Expr] = {}
    for term in sp.Add.make_args(sp.expand(component)):
        if len(term.free_symbols) != 1:
            raise ValueError(
                f"the flow of {component} was not solved in closed form: {term} is no function of one variable"
            )
        (v,) = term.free_symbols
        parts[v] = parts.get(v, sp.Integer(0)) + term
    solved, positive = {}, []
    for v in variables:
        solved[v], also = _scalar(parts[v], v, starts[v])
        positive += also
    return solved, positive


def _scalar(part: Expr, v: Expr, start: Expr) -> tuple[Expr, list[Expr]]:
    """The solution of ``v' = f'(v)`` for a power, an exponential or a logarithm."""
    factor, body = part.as_independent(v)
    if body == v:
        return start + factor * XI, []
    if body.is_Pow and body.base == v and body.exp.is_number and body.exp.is_real:
        p = body.exp
        if p == 2:
            return start * sp.exp(2 * factor * XI), []
        moved = start ** (2 - p) - factor * p * (p - 2) * XI
        return moved ** (1 / (2 - p)), [moved]
    if isinstance(body, sp.exp) and (rate := sp.diff(body.args[0], v)).is_number:
        moved = sp.exp(-body.args[0].xreplace({v: start})) - factor * rate**2 * XI
        return (-sp.log(moved) - (body.args[0] - rate * v)) / rate, [moved]
    if body == sp.log(v):
        moved = start**2 + 2 * factor * XI
        return sp.sqrt(moved), [moved]
    raise ValueError(
        f"the flow of {part} was not solved in closed form: expected a power, an exponential or a logarithm"
    )


def _trajectory(value: Expr) -> tuple[Expr, dict[Expr, Expr], tuple[Hypothesis, ...]]:
    """``θ(ξ)``, in ``P·e^{kξ} − N·e^{−kξ}`` where it has that form, with what P and N stand for and their signs."""
    expanded = sp.expand(value)
    exponents: dict[Expr, Expr] = {}
    for term in sp.Add.make_args(expanded):
        rate = sp.cancel(sp.diff(term, XI) / term)
        if not rate.is_Rational:
            return value, {}, ()
        exponents[rate] = exponents.get(rate, sp.Integer(0)) + term.xreplace({XI: sp.Integer(0)})
    kept = {rate: sp.expand(c) for rate, c in exponents.items() if sp.expand(c) != 0}
    rates = sorted(kept, key=lambda r: float(r))
    if len(rates) == 2 and rates[0] == -rates[1]:
        meanings = {RISING: sp.factor(kept[rates[1]]), FALLING: sp.factor(-kept[rates[0]])}
        signs = tuple(Hypothesis(f"{name} > 0", sp.Gt(name, 0)) for name in meanings)
        return RISING * sp.exp(rates[1] * XI) - FALLING * sp.exp(rates[0] * XI), meanings, signs
    if len(rates) == 1 and rates[0] != 0:
        return RISING * sp.exp(rates[0] * XI), {RISING: kept[rates[0]]}, (Hypothesis("P > 0", sp.Gt(RISING, 0)),)
    return value, {}, ()


def _integral(term: Expr) -> Expr:
    """``∫ dξ`` of an exponential or a power of a linear function of ξ; of other terms, what SymPy finds."""
    factor, body = term.as_independent(XI)
    rate = sp.cancel(sp.diff(body, XI) / body)
    if rate.is_Rational and rate != 0:
        return term / rate
    base, exponent = body.as_base_exp()
    slope = sp.diff(base, XI)
    if exponent.is_number and slope != 0 and not slope.has(XI):
        primitive = sp.log(base) if exponent == -1 else base ** (exponent + 1) / (exponent + 1)
        return factor * primitive / slope
    return sp.integrate(term, XI)


def _inverse(trajectory: Expr) -> tuple[Expr, tuple[Hypothesis, ...]]:
    """``ξ(θ)`` and what has to be positive for it; None if it was not found."""
    above = (Hypothesis("θ > 0", sp.Gt(THETA, 0)),)
    rates = sorted({sp.diff(e.args[0], XI) for e in trajectory.atoms(sp.exp)}, key=float)
    if trajectory.has(FALLING):
        root = (THETA + sp.sqrt(THETA**2 + 4 * RISING * FALLING)) / (2 * RISING)
        return sp.log(root) / rates[-1], ()
    if trajectory.has(RISING):
        return sp.log(THETA / RISING) / rates[0], above
    slope = sp.diff(trajectory, XI)
    if not slope.has(XI):
        return (THETA - trajectory.xreplace({XI: sp.Integer(0)})) / slope, ()
    factor, body = trajectory.as_independent(XI)
    base, exponent = body.as_base_exp()
    slope = sp.diff(base, XI)
    if not trajectory.is_Add and slope != 0 and not slope.has(XI) and factor.is_positive:
        begun = sp.expand(base - slope * XI)
        return ((THETA / factor) ** (1 / exponent) - begun) / slope, above
    return None, ()
