"""Potentials and counts of the literature, each as it is printed, and whether it stands: the rows of a table.

A potential is set against the one that :func:`ddln_sym.derive` finds from the flow, and the kernel decides; a count
against :func:`ddln_sym.conservation_laws`; what the paper prints, by the verdict on its claim.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp

import ddln_sym as dd
from ddln_sym.statements import Equal, Hypothesis, Setting

THETA, XI, ALPHA, Z, D = (
    sp.Symbol("theta", real=True),
    sp.Symbol("xi", real=True),
    *sp.symbols("alpha z D", real=True),
)
U, V = sp.symbols("u v", real=True)


@dataclass(frozen=True)
class Row:
    """One formula.

    Attributes:
        model: what it is about. printed: the formula as it is printed, LaTeX. source: where.
        verdict, remark: whether it stands, and what stands instead or how it was decided.
    """

    model: str
    printed: str
    source: str
    verdict: str
    remark: str


@dataclass(frozen=True)
class Potential:
    """A formula for an entropy, or for its mirror map, against the derived one.

    Attributes:
        statement: equations, all of which say that it is right. how: what they say.
    """

    model: str
    printed: str
    source: str
    how: str
    statement: Callable[[], tuple[Equal, ...]]

    def row(self, locked: Mapping[str, Any]) -> Row:
        steps = [dd.decide(equation) for equation in self.statement()]
        refuted = next((s for s in steps if s.verdict.value == "refuted"), None)
        verdict = dd.Verdict.weakest([step.verdict for step in steps]).value
        remark = self.how if refuted is None else f"{self.how}: {refuted.witness}"
        return Row(self.model, self.printed, self.source, verdict, remark)


@dataclass(frozen=True)
class Count:
    """A number of laws against that which is counted.

    Attributes:
        said: the number that the formula gives. counted: the laws.
    """

    model: str
    printed: str
    source: str
    said: int
    counted: Callable[[], Any]

    def row(self, locked: Mapping[str, Any]) -> Row:
        found = self.counted()
        verdict = "undecided" if not found.complete else "proved" if found.count == self.said else "refuted"
        if not found.certificate.proved:
            verdict = "undecided"
        identities = f": `{'; '.join(map(str, found.matrices))}`" if found.matrices else ""
        return Row(
            self.model,
            self.printed,
            self.source,
            verdict,
            f"the formula gives {self.said}; {found.counted}{identities}",
        )


@dataclass(frozen=True)
class OfThePaper:
    """A formula of the paper that this project checks, by its claim."""

    model: str
    printed: str
    id: str

    def row(self, locked: Mapping[str, Any]) -> Row:
        entry = locked[self.id]
        corrected = entry.get("correction")
        link = f"[`{self.id}`](findings.md#{self.id.lower()})" if corrected else f"{{ref}}`{self.id} <claim-{self.id}>`"
        remark = f"{link}, corrected: {corrected['verdict']}" if corrected else link
        return Row(self.model, self.printed, "the paper", entry["verdict"], remark)


def _positive(*symbols: Any) -> tuple[Hypothesis, ...]:
    return tuple(Hypothesis(f"{s} > 0", sp.Gt(s, 0)) for s in symbols)


def _mirror_map(net: Any, *start: Any) -> Any:
    """``∇Q(θ)`` as it is derived from a start."""
    (found,) = dd.derive(net)
    assert found.proved
    return found.mirror_map.xreplace(found.meanings).xreplace(dict(zip(found.starts.values(), start, strict=True)))


def _q() -> tuple[Equal, ...]:
    q = 2 - sp.sqrt(4 + Z**2) + Z * sp.asinh(Z / 2)
    slope = sp.diff(ALPHA**2 * q.xreplace({Z: THETA / ALPHA**2}), THETA)
    return (Equal(slope, 4 * _mirror_map(dd.difference(2, 1), ALPHA, ALPHA), Setting(_positive(ALPHA))),)


def _h() -> tuple[Equal, ...]:
    found = []
    for depth in (3, 4, 5):
        power = sp.Rational(-depth, depth - 2)
        scaled = depth * (depth - 2) * ALPHA ** (depth - 2) * XI
        (derived,) = dd.derive(dd.difference(depth, 1))
        start = dict.fromkeys(derived.starts.values(), ALPHA)
        inside = (
            *_positive(ALPHA),
            Hypothesis("z > −1", sp.Gt(1 + scaled, 0)),
            Hypothesis("z < 1", sp.Gt(1 - scaled, 0)),
        )
        h = (1 - scaled) ** power - (1 + scaled) ** power
        trajectory = derived.trajectory.xreplace(derived.meanings).xreplace(start)
        found.append(Equal(ALPHA**depth * h, trajectory, Setting(inside)))
    return tuple(found)


def _q_of_depth() -> tuple[Equal, ...]:
    """With ``t = h(z)`` and ``q' = z``: ``d/dz q(h(z)) = z·h'(z)``."""
    inside = Setting(
        (Hypothesis("D > 2", sp.Gt(D, 2)), Hypothesis("z > −1", sp.Gt(Z + 1, 0)), Hypothesis("z < 1", sp.Gt(1 - Z, 0)))
    )
    h = (1 - Z) ** (-D / (D - 2)) - (1 + Z) ** (-D / (D - 2))
    q = h * Z - (D - 2) / 2 * ((1 - Z) ** (-2 / (D - 2)) + (1 + Z) ** (-2 / (D - 2)) - 2)
    return (
        Equal(sp.diff(q, Z), Z * sp.diff(h, Z), inside),
        Equal(q.xreplace({Z: sp.Integer(0)}), sp.Integer(0), inside),
    )


def _hypentropy() -> tuple[Equal, ...]:
    beta = 2 * ALPHA**2
    slope = sp.diff(THETA * sp.asinh(THETA / beta) - sp.sqrt(THETA**2 + beta**2), THETA)
    return (Equal(slope, 4 * _mirror_map(dd.difference(2, 1), ALPHA, ALPHA), Setting(_positive(ALPHA))),)


def _unnormalized() -> tuple[Equal, ...]:
    net = dd.Parametrization((U**2 / 4,), (U,), dd.Domain(positive=(U,)))
    slope = sp.diff(THETA * sp.log(THETA) - THETA, THETA)
    start = 2 * sp.sqrt(ALPHA)  # θ(0) = α
    return (Equal(slope - sp.log(ALPHA), _mirror_map(net, start), Setting(_positive(ALPHA, THETA))),)


def _burg() -> tuple[Equal, ...]:
    net = dd.Parametrization((sp.exp(U),), (U,))
    slope = sp.diff(-sp.log(THETA), THETA)
    return (Equal(slope + 1 / sp.exp(ALPHA), _mirror_map(net, ALPHA), Setting(_positive(THETA))),)


def _two_layers_metric() -> tuple[Equal, ...]:
    return (Equal(U**2 + V**2, sp.sqrt((U**2 - V**2) ** 2 + (2 * (U * V)) ** 2), Setting()),)


def _factors(rows: int, inner: int, columns: int, **options: Any) -> Callable[[], Any]:
    return lambda: dd.conservation_laws(dd.asymmetric_factorization(rows, columns, inner), **options)


def _nmf(rows: int, inner: int, columns: int) -> Callable[[], Any]:
    net = dd.asymmetric_factorization(rows, columns, inner)
    return lambda: dd.conservation_laws(net, metric=dd.exponentiated_gradient(net))


DIFFERENCE = "$u^{\\odot 2} - v^{\\odot 2}$ from $u = v = α$"
DEEP_DIFFERENCE = "$u^{\\odot D} - v^{\\odot D}$ from $u = v = α$"
FACTORS = "$UV^\\top$, $U$ of $n × r$, $V$ of $m × r$"
ENTRIES: tuple[Potential | Count | OfThePaper, ...] = (
    OfThePaper("$u ⊙ v$", "(17): $θ$ as a function of $ξ$", "eq-17"),
    OfThePaper("$u ⊙ v$", "(20): the entropy", "eq-20"),
    OfThePaper("$u^{\\odot L}$", "(30): the entropy", "eq-30"),
    OfThePaper("$W_L ⋯ W_1$", "balanced layers, $W_i^\\top W_i = W_j^\\top W_j$", "balanced-after-A"),
    Potential(
        DIFFERENCE, "$α^2\\sum_i q(θ_i/α^2)$, $q(z) = 2 - \\sqrt{4 + z^2} + z\\,\\mathrm{arcsinh}(z/2)$",
        "Woodworth et al. 2020", "four times the derived entropy", _q,
    ),
    Potential(
        f"{DEEP_DIFFERENCE}, D = 3, 4, 5", "$θ = α^D h_D(z)$, $h_D(z) = (1-z)^{-D/(D-2)} - (1+z)^{-D/(D-2)}$",
        "Woodworth et al. 2020", "the derived $θ(ξ)$, with $z = D(D-2)α^{D-2}ξ$", _h,
    ),
    Potential(
        DEEP_DIFFERENCE,
        "$q_D(t) = tz - \\tfrac{D-2}{2}\\left[(1-z)^{-2/(D-2)} + (1+z)^{-2/(D-2)} - 2\\right]$, $z = h_D^{-1}(t)$",
        "Woodworth et al. 2020, $q_D = \\int h_D^{-1}$ integrated", "$q_D' = h_D^{-1}$ and $q_D(0) = 0$, for all D > 2",
        _q_of_depth,
    ),
    Potential(
        DIFFERENCE, "$\\sum_i θ_i\\,\\mathrm{arcsinh}(θ_i/β) - \\sqrt{θ_i^2 + β^2}$", "Ghai, Hazan, Singer 2020",
        "four times the derived entropy up to a constant, with $β = 2α^2$", _hypentropy,
    ),
    Potential(
        "$\\tfrac14 u^{\\odot 2}$", "$\\sum_i θ_i\\log θ_i - θ_i$", "Amid and Warmuth 2020",
        "the derived entropy up to what is linear in $θ$", _unnormalized,
    ),
    Potential(
        "$e^u$", "$-\\sum_i \\log θ_i$", "Amid and Warmuth 2020",
        "the derived entropy up to what is linear in $θ$", _burg,
    ),
    Potential(
        "$u ⊙ v$", "$M = \\sqrt{σ^2 + (2θ)^2}$", "Min et al. 2023, whose bound is one for L = 2",
        "$M = u^2 + v^2$ and $σ = u^2 - v^2$, for all $u$, $v$", _two_layers_metric,
    ),
    Count("$u^1 ⊙ ⋯ ⊙ u^L$, L = 3, d = 2", "$d(L-1)$ laws $u_j^2 - u_k^2$", "Marcotte et al. 2023", 4,
          lambda: dd.conservation_laws(dd.deep_diagonal(3, 2))),
    Count(f"{FACTORS}, (n, r, m) = (3, 2, 3)", "$r(r+1)/2$ laws $U^\\top U - V^\\top V$", "Marcotte et al. 2023", 3,
          _factors(3, 2, 3)),
    Count(f"{FACTORS}, (n, r, m) = (1, 3, 1)", "the same where $r > n + m$", "read without its condition", 6,
          _factors(1, 3, 1)),
    Count(f"{FACTORS}, (1, 3, 1)", "$Nr - N(N-1)/2$ for $r > N = n + m$", "what holds there", 5, _factors(1, 3, 1)),
    Count(f"{FACTORS}, heavy ball, (2, 2, 2)", "$r(r-1)/2$", "Marcotte et al. 2024", 1,
          _factors(2, 2, 2, momentum=True)),
    Count(f"{FACTORS}, heavy ball, (1, 2, 1)", "$r(r-1)/2$", "read without its condition", 1,
          _factors(1, 2, 1, momentum=True)),
    Count(f"{FACTORS}, $w' = -\\mathrm{{diag}}(w)∇$, (3, 2, 4)", "$r$ laws $\\sum_i U_{ik} - \\sum_j V_{jk}$",
          "Marcotte et al. 2024", 2, _nmf(3, 2, 4)),
    Count(f"{FACTORS}, $w' = -\\mathrm{{diag}}(w)∇$, (1, 2, 1)", "$r$", "read without its condition", 2, _nmf(1, 2, 1)),
    Count("$W_2W_1$, widths 2, 3, 2", "$W_2^\\top W_2 - W_1W_1^\\top$", "Arora et al. 2019", 6,
          lambda: dd.conservation_laws(dd.deep_linear((2, 3, 2)))),
    Count("$g\\,v/\\lVert v\\rVert$, d = 3", "$\\lVert v\\rVert$ alone", "Chou et al. 2024", 1,
          lambda: dd.conservation_laws(dd.weight_normalization(3))),
)  # fmt: skip


def rows(locked: Mapping[str, Any]) -> Iterator[Row]:
    """Every row, decided.

    Args:
        locked: what is known of each claim, by its id.
    """
    for entry in ENTRIES:
        yield entry.row(locked)
