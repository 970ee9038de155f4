"""From a proposition to a Rocq statement: a template for each kind of proposition.

A rate rule becomes ``forall t, 0 <= t -> is_derive …``, a rate ``exists r, is_derive … r /\\ …``; what a term needs to
have a value stands in the conclusion, and in a hypothesis beside the hypothesis.  A refuted statement is
``exists point, hypotheses /\\ defined /\\ ~ relation``: failing where it has no value would refute nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import sympy as sp

from ddln_sym.claims import Claim, statements
from ddln_sym.models import BlockRank, BlocksCommute, BlocksSeparate, LayerFlow
from ddln_sym.rocq.integers import boolean_term
from ddln_sym.rocq.terms import ATOM, POWER, RocqPrinter, Untranslatable, name_of
from ddln_sym.statements import (
    DEPTH,
    AboveStart,
    Compare,
    ConstrainedMinimizer,
    Denied,
    Equal,
    ExponentialDecay,
    Holds,
    Hypothesis,
    KeepsSign,
    Means,
    Primitive,
    Rate,
    RateRule,
    Setting,
    Solves,
)

__all__ = ["Formal", "Statement", "formal"]

Expr: TypeAlias = Any

#: Names that are constant in time though nothing is differentiated: values at the start.
INITIAL = {"u0", "v0"}
#: Along the flow (5) the layers at t and at 0 are one function; v is u with the least layer in the first place.
LAYERS = {"u": ("u", "t"), "u0": ("u", "0"), "v1": ("u 0%nat", "t"), "v0": ("u", "0")}
#: Kinds that say something at t from what holds at every time.
ALL_TIMES = (AboveStart, ExponentialDecay, KeepsSign, Solves)


@dataclass(frozen=True)
class Statement:
    """``forall parameters, given -> forall point, premises -> exists rates, conclusions``, the relation last.

    Attributes:
        scope: the notation scope that its numbers are read in, ``R`` or ``Z``.
    """

    parameters: tuple[str, ...]
    given: tuple[str, ...]
    point: tuple[str, ...]
    premises: tuple[str, ...]
    rates: tuple[str, ...]
    conclusions: tuple[str, ...]
    scope: str = "R"

    def claimed(self) -> str:
        parts = [f"forall {' '.join(self.parameters)},"] if self.parameters else []
        parts += [f"{p} ->" for p in self.given] + ([f"forall {' '.join(self.point)},"] if self.point else [])
        exists = "".join(f"exists {r}, " for r in self.rates)
        return "\n  ".join([*parts, *(f"{p} ->" for p in self.premises), exists + " /\\ ".join(self.conclusions)])

    def refuted(self) -> str:
        bound = [*self.parameters, *self.point, *(f"({r})" for r in self.rates)]
        facts = [*self.given, *self.premises, *self.conclusions[:-1], f"~ ({self.conclusions[-1]})"]
        return (f"exists {' '.join(bound)},\n  " if bound else "") + " /\\\n  ".join(facts)


@dataclass(frozen=True)
class Formal:
    """A statement of Rocq: its text, and the notation scope that it is read in."""

    text: str
    scope: str = "R"


def formal(
    proposition: Any, refuted: bool = False, along: bool = False, library: Mapping[str, Claim] | None = None
) -> Formal:
    """The statement of a proposition, or of its refutation.

    Args:
        proposition: what a claim states; refuted: whether its failure at some point is stated.
        along: whether the layers are those of a flow (5), and hypotheses that are claims are replaced by what these
            claims rest on themselves.  The statement is then about the flow, and takes no claim on trust.
        library: claims by id, for ``along``.
    Raises:
        Untranslatable: there is no faithful statement; the message says why.
    """
    if isinstance(proposition, Denied):
        return formal(proposition.statement, not refuted, along, library)
    if isinstance(proposition, Means):  # its inequality, with the short names written out
        relation = proposition.relation.xreplace(dict(proposition.names))
        strict = isinstance(relation, sp.StrictGreaterThan)
        inequality = Compare(relation.lhs, relation.rhs, proposition.setting, strict)
        return formal(inequality, refuted, along, library)
    kind = type(proposition)
    if kind in OWN_WORDS or hasattr(proposition, "rocq"):
        if refuted:
            raise Untranslatable(f"the refutation of a {kind.__name__}")
        return Formal(OWN_WORDS[kind](proposition) if kind in OWN_WORDS else proposition.rocq())
    if refuted and isinstance(proposition, ALL_TIMES):
        raise Untranslatable(f"the refutation of a {type(proposition).__name__}")
    found = (
        _whole_numbers(proposition) if isinstance(proposition, Holds) else _formula(proposition, along, library or {})
    )
    return Formal(found.refuted() if refuted else found.claimed(), found.scope)


# -- hypotheses that are claims -----------------------------------------------------------------------
def _premises(hypotheses: tuple[Hypothesis, ...], library: Mapping[str, Claim]) -> tuple[Hypothesis, ...]:
    found: dict[Hypothesis, None] = {}
    for h in hypotheses:
        if not h.claim:
            found[h] = None
            continue
        claim = library.get(h.claim)
        if claim is None:
            raise Untranslatable(f"nothing tells what “{h.name}” rests on")
        for proposition in statements(claim, next(iter(claim.depths), None)):
            found |= dict.fromkeys(_premises(proposition.setting.hypotheses, library))
    return tuple(found)


# -- formulas of the reals ------------------------------------------------------------------------------
def _formula(p: Any, along: bool, library: Mapping[str, Claim]) -> Statement:
    if not isinstance(p, (Equal, Compare, Primitive, *ALL_TIMES)):
        raise Untranslatable(f"the kind {type(p).__name__}")
    setting: Setting = p.setting
    flow = LayerFlow() if along else None
    told = _premises(setting.hypotheses, library) if along else setting.hypotheses
    rates = flow.setting.rates if flow is not None else setting.rates
    size = flow.depth if flow is not None else setting.size
    size = None if size is None or sp.sympify(size).is_Integer else size
    said = [e for e in vars(p).values() if isinstance(e, sp.Basic)]
    begun = [value for _, value in p.start] if isinstance(p, (AboveStart, Solves)) else []
    everything = [*said, *begun, *(h.relation for h in told), *(e for r in rates for e in (r.value, r.quantity))]
    if isinstance(p, AboveStart) and size is None and any(DEPTH in e.free_symbols for e in everything):
        size = DEPTH  # a number in formulas, with no index that runs up to it
    clock = bool(rates) and all(
        _name(r.quantity) != "t" for r in rates
    )  # the symbol t is the time, if nothing moves it
    symbols = {
        s for e in everything for s in e.free_symbols if isinstance(s, sp.Symbol) and not (clock and str(s) == "t")
    }
    bases = {str(i.base) for e in everything for i in e.atoms(sp.Indexed)}
    reals = {str(s) for s in symbols if not s.is_integer} - bases
    functions = {str(a.func) for e in everything for a in e.atoms(sp.core.function.AppliedUndef)}
    reals |= {str(p.theta)} if isinstance(p, Primitive) else set()

    direction = _direction(rates, size)
    ruled = set() if direction is not None else {_name(r.quantity) for r in rates}
    if isinstance(p, Solves):
        fixed = [p.formula, p.initial, *begun]
        ruled.add(str(p.unknown))
    elif isinstance(p, AboveStart):
        fixed = [p.quantity, p.least, *begun]
    else:
        fixed = said if isinstance(p, ALL_TIMES) else [a for e in said for a in e.atoms(Rate)]
    still = {str(s) for e in fixed for s in e.free_symbols} | INITIAL
    moving = frozenset(
        ruled | ((reals | bases) - still if ruled else set())
    )  # no rule, not differentiated: any function
    if isinstance(p, ALL_TIMES) and not moving:
        raise Untranslatable(f"{type(p).__name__} of what does not move: it needs a flow")
    renamed = LAYERS if along else {}
    printer = RocqPrinter(size, moving, "t" if moving else "", renamed, direction, clock=clock)

    kinds = {
        name_of(b): "nat -> R -> R" if b in {*moving, *renamed} else "nat -> R"
        for b in bases
        if b == "u" or b not in renamed
    }
    kinds |= {name_of(s): "R -> R" if s in moving else "R" for s in reals - {*renamed}}
    kinds |= dict.fromkeys(functions, "R -> R")
    everywhere = set() if direction is not None else {name_of(s) for r in rates for s in r.value.free_symbols}
    numbers = sorted(n for n, kind in kinds.items() if kind == "R" and n not in everywhere)
    stated = [*said, *(h.relation for h in told if h.index is None), *(w for h in told for w in h.without)]
    indices = sorted({s for e in stated for s in e.free_symbols if s.is_integer} | _free(told), key=str)
    indices = [i for i in indices if i != size]
    parameters = [f"({name_of(size)} : nat)"] if size is not None else []
    parameters += [f"({n} : {kind})" for n, kind in sorted(kinds.items()) if n not in numbers]
    given = [f"({2 if size == DEPTH else 1} <= {name_of(size)})%nat"] if size is not None else []
    given += [] if direction is not None else [_moves(r, printer) for r in rates]
    point = [f"({' '.join(map(name_of, indices))} : nat)"] if indices else []
    point += [f"({' '.join(numbers)} : R)"] if numbers else []
    before = [f"({name_of(i)} < {printer.count()})%nat" for i in indices]
    positive = (s for s in sorted(symbols, key=str) if s.is_positive and not s.is_integer and str(s) not in bases)
    before += [f"0 < {name_of(s)}" for s in positive]
    before += _initial_values(p, printer)
    if isinstance(p, AboveStart):  # the conditions last from the start to t
        still_true = [h for h in told if not {str(s) for s in h.relation.free_symbols} & moving]
        lasting = (_hypothesis(h, replace(printer, time="s")) for h in told if h not in still_true)
        before += [_hypothesis(h, printer) for h in still_true]
        before += ["forall t : R, 0 < t", *(f"(forall s : R, 0 < s <= t -> {fact})" for fact in lasting)]
    elif isinstance(p, ALL_TIMES):
        for h in told:
            moves = {str(s) for s in h.relation.free_symbols} & moving
            before.append(f"(forall t : R, 0 <= t -> {_hypothesis(h, printer)})" if moves else _hypothesis(h, printer))
        before.append("forall t : R, 0 <= t")
    else:
        point, before = [*point, *(["(t : R)"] if moving else [])], [*before, *(["0 <= t"] if moving else [])]
        before += [_hypothesis(h, printer) for h in told]
    relation = _relation(p, printer)
    ends = (*printer.defined, *(fact for _, fact in printer.rates), relation)
    names = tuple(name for name, _ in printer.rates)
    return Statement(tuple(parameters), tuple(given), tuple(point), tuple(before), names, ends)


def _name(quantity: Expr) -> str:
    return str(quantity.base if isinstance(quantity, sp.Indexed) else quantity)


def _direction(rates: tuple[RateRule, ...], size: Expr) -> Expr:
    """The entry that alone moves, at speed 1: its rate is a partial derivative."""
    if len(rates) != 1 or size is None or rates[0].index is not None or not isinstance(rates[0].quantity, sp.Indexed):
        return None
    if rates[0].value != 1:
        raise Untranslatable("a rule for one entry of many")
    return rates[0].quantity


def _free(told: tuple[Hypothesis, ...]) -> set[Expr]:
    return {
        s
        for h in told
        for s in h.relation.free_symbols
        if s.is_integer and s != h.index and not isinstance(s, sp.Indexed)
    }


def _hypothesis(h: Hypothesis, printer: RocqPrinter) -> str:
    """A hypothesis with what it needs to have a value; with an index, for every value of it."""
    fresh = replace(printer, defined=[], rates=[])
    text = fresh.relation(h.relation)
    text = " /\\ ".join([*fresh.defined, text])
    text = f"({text})" if fresh.defined else text
    return printer.for_each(h.index, h.without, text) if h.index is not None else text


def _moves(rule: RateRule, printer: RocqPrinter) -> str:
    """``d/dt quantity = value`` for all t ≥ 0."""
    fresh = replace(printer, defined=[], rates=[])
    value, quantity = fresh(rule.value), rule.quantity
    function = name_of(quantity)
    if isinstance(quantity, sp.Indexed):
        function = f"({name_of(quantity.base)} {printer.place(quantity.indices[0])})"
    fact = " /\\ ".join([*fresh.defined, f"is_derive {function} t ({value})"])
    if rule.index is None:
        return f"(forall t : R, 0 <= t -> {fact})"
    j = name_of(rule.index)
    return f"(forall ({j} : nat) (t : R), ({j} < {printer.count()})%nat -> 0 <= t -> {fact})"


def _initial_values(p: Any, printer: RocqPrinter) -> list[str]:
    """The initial value problem of a :class:`Solves`, and the start of a motion."""
    if not isinstance(p, (AboveStart, Solves)):
        return []
    fresh = replace(printer, defined=[])
    begun = replace(printer, time="0")
    if isinstance(p, AboveStart):
        starts = [f"{begun(s)} = {fresh(v)}" for s, v in ((p.variable, 0), *p.start)]
        return [*fresh.defined, *starts]
    starts = [f"{begun(s)} = {fresh(v)}" for s, v in (*p.start, (p.unknown, p.initial))]
    at_start, fresh.defined = fresh.defined, []
    value = fresh(p.field)
    follows = " /\\ ".join([*fresh.defined, f"is_derive {name_of(p.unknown)} t ({value})"])
    return [*at_start, *starts, f"(forall t : R, 0 <= t -> {follows})"]


def _relation(p: Any, printer: RocqPrinter) -> str:
    begun = {name: (f, "0") for name, (f, _) in printer.renamed.items()}
    start = replace(printer, time="0", renamed=begun, defined=[])
    if isinstance(p, Equal):
        return f"{printer(p.lhs)} = {printer(p.rhs)}"
    if isinstance(p, Compare):
        return f"{printer(p.rhs)} {'<' if p.strict else '<='} {printer(p.lhs)}"
    if isinstance(p, AboveStart):
        return f"{printer(p.least)} {'<' if p.strict else '<='} {printer(p.quantity)}"
    if isinstance(p, Solves):
        return f"{name_of(p.unknown)} t = {printer(p.formula)}"
    if isinstance(p, KeepsSign):
        return f"sign {printer(p.quantity, ATOM)} = sign {start(p.quantity, ATOM)}"
    if isinstance(p, ExponentialDecay):
        return f"{printer(p.quantity)} <= exp (- {printer(p.rate, ATOM)} * t) * {start(p.quantity, POWER)}"
    theta, inner = name_of(p.theta), replace(printer, defined=[])
    slope = inner(p.slope)
    printer.defined += [f"(forall {theta} : R, {condition})" for condition in inner.defined]
    return f"is_RInt (fun {theta} => {slope}) 0 {theta} ({printer(p.formula)})"


# -- whole numbers --------------------------------------------------------------------------------------
def _whole_numbers(p: Holds) -> Statement:
    told = p.setting.hypotheses
    relations = [p.formula, *(h.relation for h in told), *(w for h in told for w in h.without)]
    bound = {h.index for h in told}
    free = {s for r in relations for s in r.free_symbols} - (bound - p.formula.free_symbols)
    functions = sorted({str(a.func) for r in relations for a in r.atoms(sp.core.function.AppliedUndef)})
    numbers, reals = (sorted({name_of(s) for s in free if bool(s.is_integer) is whole}) for whole in (True, False))
    point = ([f"({' '.join(numbers)} : Z)"] if numbers else []) + ([f"({' '.join(reals)} : R)"] if reals else [])
    facts = []
    for h in told:
        fact = boolean_term(h.relation)
        if h.index is not None:
            k = name_of(h.index)
            fact = f"(forall {k} : Z, 0 < {k} -> {''.join(f'{k} <> {name_of(w)} -> ' for w in h.without)}{fact})"
        facts.append(fact)
    premises = (*(f"0 < {n}" for n in numbers), *facts)
    return Statement(
        tuple(f"({f} : Z -> R)" for f in functions), (), tuple(point), premises, (), (boolean_term(p.formula),), "Z"
    )


# -- kinds with words of their own ----------------------------------------------------------------------
def _minimizer(p: ConstrainedMinimizer) -> str:
    """KKT for a separable 𝒬: every coordinate has its own constants, and ``ξ_i = Σ_k X_ki ν_k``."""
    constants = {s for e in (p.slope, p.limit, *(h.relation for h in p.setting.hypotheses)) for s in e.free_symbols}
    names = sorted(str(s) for s in constants - {p.theta, p.multiplier})
    dual = {str(p.multiplier): ("(Sum n (fun k => X k i * nu k))", "")}
    printer = RocqPrinter(renamed={name: (name_of(name), "i") for name in names} | dual)
    start = replace(printer, defined=[])
    limit = start(p.limit)
    told = [_hypothesis(h, printer) for h in p.setting.hypotheses]
    slope = printer(p.slope)
    above = "" if p.above is None else f"{printer(p.above)} < "
    theta = name_of(p.theta)
    everywhere = f"forall {theta} : R, {f'{above}{theta} -> ' if above else ''}"
    inside = f"(forall i : nat, (i < d)%nat -> {above}{theta} i) -> " if above else ""
    bound = f"(n d : nat) (X : nat -> nat -> R) (y nu : nat -> R) (q : nat -> R -> R) ({' '.join(map(name_of, names))}"
    lines = [
        f"forall {bound} : nat -> R),",
        *(f"(forall i : nat, (i < d)%nat -> {fact}) ->" for fact in told),
        f"(forall i : nat, (i < d)%nat -> {everywhere}is_derive (q i) {theta} ({slope})) ->",
        f"(forall k : nat, (k < n)%nat -> Sum d (fun i => X k i * ({limit})) = y k) ->",
        *(f"(forall i : nat, (i < d)%nat -> {condition}) /\\" for condition in start.defined),
        *([f"(forall i : nat, (i < d)%nat -> {above}{limit}) /\\"] if above else []),
        *(f"(forall i : nat, (i < d)%nat -> {everywhere}{condition}) /\\" for condition in printer.defined),
        f"forall {theta} : nat -> R, {inside}",
        f"(forall k : nat, (k < n)%nat -> Sum d (fun i => X k i * {theta} i) = y k) ->",
        f"(exists i : nat, (i < d)%nat /\\ {theta} i <> {limit}) ->",
        f"Sum d (fun i => q i ({limit})) < Sum d (fun i => q i ({theta} i))",
    ]
    return "\n  ".join(lines)


def _every_depth(text: str) -> Callable[[Any], str]:
    """A text about blocks of L parameters; it says nothing of blocks of another size."""

    def own(p: Any) -> str:
        if p.size != DEPTH:
            raise Untranslatable(f"blocks of size {p.size}")
        return text

    return own


#: Kinds that are no formula; one that is not listed may say its statement itself, by a method ``rocq``.
OWN_WORDS: dict[type, Callable[[Any], str]] = {
    ConstrainedMinimizer: _minimizer,
    BlocksCommute: _every_depth(
        "forall (L d a b n : nat) (w : nat -> R), (a < d)%nat -> (b < d)%nat -> (n < L * d)%nat ->\n"
        "  Sum (L * d) (fun m => partial (fun y => partial (G L a) m y) n w * partial (G L b) m w)\n"
        "  - Sum (L * d) (fun m => partial (fun y => partial (G L b) m y) n w * partial (G L a) m w) = 0"
    ),
    BlockRank: _every_depth(
        "forall (L d : nat) (w c : nat -> R), (2 <= L)%nat -> in_M L d w ->\n"
        "  (forall n : nat, (n < L * d)%nat -> Sum d (fun a => c a * partial (G L a) n w) = 0) ->\n"
        "  forall a : nat, (a < d)%nat -> c a = 0"
    ),
    BlocksSeparate: _every_depth(
        "forall (L d a b : nat) (s t : R) (w w1 w2 : nat -> R), (a < d)%nat -> (b < d)%nat -> a <> b ->\n"
        "  reaches L d a s w w1 -> reaches L d b t w1 w2 ->\n"
        "  exists v1 v2 : nat -> R, reaches L d b t w v1 /\\ reaches L d a s v1 v2 /\\\n"
        "  (forall n : nat, (n < L * d)%nat -> v2 n = w2 n)"
    ),
}
