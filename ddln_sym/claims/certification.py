"""How a claim is certified: its statements decided, depth by depth where need be, with what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from time import perf_counter
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from ddln_sym.claims.claim import Claim, ClaimError, Expr
from ddln_sym.claims.library import collect, locate
from ddln_sym.claims.selection import nearest_id, without_correction
from ddln_sym.kernel import satisfiable
from ddln_sym.statements import (
    DEPTH,
    SEAL,
    Assumption,
    Certificate,
    Compare,
    Consequence,
    Denied,
    Equal,
    Flaw,
    Holds,
    Hypothesis,
    Needed,
    Origin,
    Rate,
    Scope,
    Setting,
    Step,
    Values,
    Verdict,
    expressions_in,
    in_decimals,
)

__all__ = ["certify", "certify_all", "statements"]


#: Depths at which a statement for all L is tried when its schematic form is not proved.
CONCRETE = (2, 3, 4, 5, 6)
#: Depths at which it has to be proved too when its schematic form is.
TRIED = (2, 3, 4)
#: What is longer is named by its type in a sentence.
LONGEST_SHOWN = 60


def statements(claim: Claim, depth: Expr = None) -> tuple[Any, ...]:
    """The propositions of a claim at one depth; without one where its statement is given directly."""
    return claim.propositions(depth)


def _decide(claim: Claim, depth: Expr) -> tuple[Step, ...]:
    """A step for each proposition; a step about something else does not count."""
    steps = []
    if claim.draft:
        raise ClaimError(
            f"{claim.id}: its statement is a draft: compare it with the printed formula, put it right, and take "
            "`draft=True` away"
        )
    try:
        propositions = statements(claim, depth)
    except ClaimError:
        raise
    except Exception as error:
        raise ClaimError(f"{claim.id}: its statement raised {type(error).__name__}: {error}") from error
    for proposition in map(_exact_decimals, propositions):
        if isinstance(proposition, (bool, int, float, complex, str, sp.Basic)) or proposition is None:
            raise ClaimError(f"{claim.id}: {proposition} is not a proposition: write it as Equal, Compare, Holds, …")
        try:
            step = claim.prove(proposition)
        except ValueError as error:  # not polynomial, or its symbols are not plain
            raise ClaimError(f"{claim.id}: {error}") from error
        except RecursionError as error:
            raise ClaimError(f"{claim.id}: {_shorten(proposition)} is nested too deep to be read") from error
        except Exception as error:
            raise ClaimError(
                f"{claim.id}: {_shorten(proposition)} could not be decided: {type(error).__name__}: {error}"
            ) from error
        if not isinstance(step, Step) or not _same(step.proposition, proposition):
            raise ClaimError(
                f"{claim.id}: its proof is about {getattr(step, 'proposition', step)}, not about {proposition}"
            )
        steps.append(step)
    if not steps:
        raise ClaimError(f"{claim.id}: it states nothing, so there is nothing to check")
    return tuple(steps)


def _exact_decimals(statement: Any) -> Any:
    """A statement with every decimal number at its exact value: ``0.1`` is one tenth."""
    if isinstance(statement, sp.Basic):
        return in_decimals(statement)
    if is_dataclass(statement) and not isinstance(statement, type):
        made = {f.name: getattr(statement, f.name) for f in fields(statement) if f.init}
        exact = {name: _exact_decimals(value) for name, value in made.items()}
        changed = {name: value for name, value in exact.items() if value is not made[name]}
        return replace(statement, **changed) if changed else statement
    if isinstance(statement, tuple):
        parts = tuple(map(_exact_decimals, statement))
        return parts if any(a is not b for a, b in zip(parts, statement, strict=True)) else statement
    return statement


def _decimals(propositions: Iterable[Any]) -> tuple[str, ...]:
    """A note for each decimal number in what is stated."""
    found = {f for expr in expressions_in(tuple(propositions)) for f in expr.atoms(sp.Float) if f.is_finite}
    return tuple(f"{f.num} is read as {in_decimals(f)}" for f in sorted(found))


#: Letters of a proposition that a message shows.
SHOWN = 120


def _shorten(proposition: Any) -> str:
    try:
        said = str(proposition)
    except RecursionError:
        return f"its {type(proposition).__name__}"
    return said if len(said) <= SHOWN else f"{said[: SHOWN - 1]}…"


def _same(one: Any, other: Any) -> bool:
    """Whether two propositions are of one class with the same fields, whatever they say of being equal."""
    if type(one) is not type(other):
        return False
    if not is_dataclass(one):
        return bool(one == other)
    return all(_same(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))


def _settings(steps: Iterable[Step]) -> Iterator[tuple[Any, Setting]]:
    """The settings of everything that was decided, premises included, each with the first statement about it."""
    seen = set[Setting]()
    for top in steps:
        for step in top.walk():
            found = getattr(step.proposition, "setting", None)
            if isinstance(found, Setting) and found.hypotheses and found not in seen:
                seen.add(found)
                yield step.proposition, found


def _vacuous(steps: Iterable[Step]) -> tuple[str, list[str]]:
    """The first statement whose hypotheses are shown to exclude each other; those for which nothing was found."""
    open_ones = []
    for statement, setting in _settings(steps):
        found = satisfiable(setting)
        if found is False:
            return str(statement), []
        if found is None:
            open_ones.append(str(statement))
    return "", open_ones


def certify(claim: Claim | str, known: Mapping[str, Certificate] | None = None) -> Certificate:
    """Check a claim.

    Args:
        claim: the claim; or the id of one of the paper or of a correction, which is checked with all that it uses.
        known: certificates of the claims named in ``claim.uses``.
    Returns:
        A certificate.  ``proved``: every proposition is proved, for the whole scope, at the symbol and at numbers,
        and no hypotheses exclude each other.  ``refuted``: there is a witness; a correction stands beside it.
    Raises:
        ClaimError: there is no such claim, it states nothing, its proof is about something else, or a hypothesis of it
            is a claim that is not among those it uses.

    >>> certify("eq-6-corrected").verdict.value
    'proved'
    """
    if known is not None and not isinstance(known, Mapping):
        raise ClaimError(f"known is {known!r}: give certificates by the ids of their claims, as in {{'eq-6': …}}")
    if isinstance(claim, str):
        return _certify_named(claim, known or {})
    if not isinstance(claim, Claim):
        shown = repr(claim)
        raise ClaimError(
            "certify takes a claim or the id of one, such as 'eq-6', not "
            f"{shown if len(shown) < LONGEST_SHOWN else type(claim).__name__}; `decide` takes a statement alone"
        )
    begun = perf_counter()
    known = known or {}
    certificate = _judge(claim, known)
    taken = (h.claim for h in _hypotheses(certificate.steps) if h.claim)
    if unsaid := next((name for name in taken if name not in claim.uses), ""):
        raise ClaimError(f"{claim.id}: it takes the claim {unsaid} as a hypothesis: name it in `uses`")
    if read := _decimals(statements(claim, next(iter(claim.depths), None))):
        certificate = replace(certificate, notes=(*certificate.notes, *read), seal=SEAL)
    relied = {name: known.get(name) for name in claim.uses}
    missing = [name for name, found in relied.items() if found is None or not found.proved]
    if missing and certificate.verdict is Verdict.PROVED:
        certificate = _withhold(certificate, f"it uses {', '.join(missing)}, which is not proved")
    scope = certificate.scope
    if not scope.fails:  # it holds no further than what it rests on
        for found in relied.values():
            scope = scope if found is None else scope.within(found.scope)
    if scope.empty and certificate.verdict is Verdict.PROVED:
        narrow = ", ".join(f"{found.id} for {found.scope}" for found in relied.values() if found is not None)
        certificate = _withhold(certificate, f"it covers nothing that the claims it uses cover: {narrow}")
    inherited = [name for found in relied.values() if found for name in found.assumes]
    assumes = dict.fromkeys([*certificate.assumes, *(Assumption.of_claim(name) for name in claim.uses), *inherited])
    return replace(
        certificate,
        scope=scope,
        assumes=tuple(assumes),
        seconds=perf_counter() - begun,
        origin=claim.origin or Origin.TEXT,
        text=claim.text,
        flaw=_flaw(claim, certificate.verdict, [found for found in relied.values() if found]),
        seal=SEAL,
    )


def _unread(claim: Claim, sentence: str) -> Certificate:
    """The certificate of a claim that could not be read, without steps; its reason has the file and the line."""
    found = locate(claim)
    place = f"{found[0]}, line {found[1]}: " if found and str(found[0]) not in sentence else ""
    certificate = Certificate.of(claim.id, claim.title, claim.source, Scope(None, None), ())
    return replace(
        certificate, reason=f"{place}{sentence}", origin=claim.origin or Origin.TEXT, text=claim.text, seal=SEAL
    )


def _certify_named(name: str, known: Mapping[str, Certificate]) -> Certificate:
    """The certificate of a claim of the paper, or of a correction, by its id."""
    library = {claim.id: claim for claim in collect()}
    corrections = {c.correction.id: c.id for c in library.values() if c.correction is not None}
    if name not in library and name not in corrections:
        if sentence := without_correction(name, library):
            raise ClaimError(sentence)
        near = nearest_id(name, [*library, *corrections])
        raise ClaimError(f"there is no claim {name!r}" + (f": did you mean {near}?" if near else ""))
    found = next(certify_all(library.values(), [corrections.get(name, name)], known=dict(known)))
    if name in library:
        return found
    if found.correction is None:
        raise ClaimError(f"{name} corrects {found.id}, which is {found.verdict.value}: there is nothing to correct")
    return found.correction


def _withhold(certificate: Certificate, reason: str) -> Certificate:
    return replace(certificate, verdict=Verdict.UNDECIDED, reason=reason, seal=SEAL)


def _flaw(claim: Claim, verdict: Verdict, relied: Sequence[Certificate]) -> Flaw | None:
    """The kind of finding: what the claim says of itself, or a consequence of an error that it uses."""
    if verdict is Verdict.REFUTED:
        wrong = any(found.flaw in (Flaw.ERROR, Flaw.CONSEQUENCE) for found in relied)
        return claim.flaw or (Flaw.CONSEQUENCE if wrong else None)
    return claim.flaw if claim.flaw is Flaw.SHARPENED and verdict is Verdict.PROVED else None


def _judge(claim: Claim, known: Mapping[str, Certificate]) -> Certificate:
    steps = tuple(step for depth in claim.depths or (None,) for step in _decide(claim, depth))
    checked, depths, reason = steps, _depths(claim), ""
    fails = any(step.verdict is Verdict.REFUTED for step in steps)
    if fails:
        depths = _where_it_fails(claim, steps)
    elif claim.schematic:
        steps, checked, depths, fails, reason = _at_numbers(claim, steps)
    given = tuple(dict.fromkeys(map(str, _hypotheses(steps))))
    scope = Scope(depths, claim.scope.dimensions, given, fails and not _numbers(claim), _reading(claim))
    certificate = Certificate.of(claim.id, claim.title, claim.source, scope, steps)
    if reason:
        certificate = _withhold(certificate, reason)
    if certificate.verdict is Verdict.PROVED:
        empty, open_ones = _vacuous(checked)
        if empty:
            return _withhold(certificate, f"nothing satisfies the hypotheses of {empty}")
        notes = tuple(f"no instance of the hypotheses was found for {statement}" for statement in open_ones)
        return replace(certificate, notes=notes, seal=SEAL)
    if certificate.verdict is Verdict.REFUTED:
        return _with_correction(claim, certificate, known)
    return certificate


def _depths(claim: Claim) -> Values | None:
    """The depths that a claim is decided for, if it has any; what its author says can only leave some out."""
    if not claim.depths:
        return None
    decided = Values("L", 0, frozenset(map(int, claim.depths))) if _numbers(claim) else Values("L", 2)
    named = claim.scope.depths
    return decided & named if isinstance(named, Values) and named != Values("L", 2) else decided


def _numbers(claim: Claim) -> bool:
    """Whether a claim is about depths that are numbers, not about a symbol."""
    return all(sp.sympify(depth).is_Integer for depth in claim.depths)


def _reading(claim: Claim) -> str:
    """An author's words for what a statement is about, as such."""
    return f"stated for {claim.scope.reading}" if claim.scope.reading else ""


def _hypotheses(steps: tuple[Step, ...]) -> Iterator[Hypothesis]:
    """The hypotheses of what was decided, those of its premises aside."""
    for step in steps:
        yield from getattr(getattr(step.proposition, "setting", None), "hypotheses", ())


def _where_it_fails(claim: Claim, steps: tuple[Step, ...]) -> Values | None:
    """The depth of the witness, for a claim about many depths; a claim about fixed ones keeps them."""
    if _numbers(claim):
        return _depths(claim)
    found = [step.witness for top in steps for step in top.walk() if step.witness is not None]
    places = [place for witness in found for place in witness.places]
    depths = [int(x) for what, x in places if getattr(what, "name", "") == DEPTH.name and sp.S(x).is_Integer]
    return Values("L", 0, frozenset(depths[:1])) if depths else Values("L", 2)


def _at_numbers(
    claim: Claim, schematic: tuple[Step, ...]
) -> tuple[tuple[Step, ...], tuple[Step, ...], Values, bool, str]:
    """What the numbers say of a statement at the symbol: one depth refutes, and some depths prove no more than those.

    Returns:
        The steps that carry the verdict, those at numbers, the depths, whether they are ones at which it fails, and why
        it is undecided if the symbol and the numbers do not agree.
    """
    all_depths, proved = _depths(claim) or Values("L", 2), all(step.proved for step in schematic)
    tried = [depth for depth in (TRIED if proved else CONCRETE) if depth in all_depths]
    at_numbers: list[Step] = []
    for depth in tried:
        steps = _decide(claim, sp.Integer(depth))
        at_numbers += steps
        if any(step.verdict is Verdict.REFUTED for step in steps):
            return steps, steps, Values("L", 0, frozenset({depth})), True, ""
        left = next((step for step in steps if not step.proved), None)
        if left is not None:
            reason = f"proved for a symbolic depth, but not at L = {depth}: {left.proposition}: {left.detail}"
            return schematic, schematic, all_depths, False, reason if proved else ""
    if proved:
        return schematic, (*schematic, *at_numbers), all_depths, False, ""
    covered = all_depths & Values("L", 0, frozenset(tried))
    return tuple(at_numbers), tuple(at_numbers), covered, False, ""


def _with_correction(claim: Claim, certificate: Certificate, known: Mapping[str, Certificate]) -> Certificate:
    """Attach the certificate of the correction, which names the claims that it uses itself."""
    if claim.correction is None:
        return replace(certificate, reason="it is false, and no correction has been stated", seal=SEAL)
    correction = certify(replace(claim.correction, origin=claim.origin, text=claim.text), known)
    said = claim.correction.about
    if said and _shares_a_symbol(certificate, correction):
        correction = replace(correction, notes=(*correction.notes, f"about the same objects: {said}"), seal=SEAL)
    elif not _about_the_same(claim, claim.correction, certificate):
        correction = _withhold(correction, "no side, no unknown and no symbol in it is one of what is false")
    reason = ""
    if not correction.proved:
        reason = f"it is false, and its correction is {correction.verdict}: {correction.reason}"
    return replace(certificate, correction=correction, reason=reason, seal=SEAL)


def _shares_a_symbol(certificate: Certificate, correction: Certificate) -> bool:
    """Whether what is refuted and what is said instead have a symbol or a function in common."""
    words = [
        {w for step in found.steps for e in expressions_in(step.proposition) for w in e.atoms(sp.Symbol, AppliedUndef)}
        for found in (certificate, correction)
    ]
    return bool(words[0] & words[1])


def _about_the_same(claim: Claim, correction: Claim, certificate: Certificate) -> bool:
    """Whether for what is refuted a correction has a statement of its kind about the same objects, at one depth."""
    refuted = [step.proposition for step in certificate.steps if step.verdict is Verdict.REFUTED]
    failing = certificate.scope.depths
    numbers = failing.listed if isinstance(failing, Values) and failing.listed is not None else ()
    depths = dict.fromkeys((*(correction.depths or (None,)), *claim.depths, *map(sp.Integer, sorted(numbers))))
    stated = [proposition for depth in depths for proposition in statements(correction, depth)]
    premises = [premise for p in stated if isinstance(p, Consequence) for premise in p.premises()]
    corrected = [*stated, *premises]  # a theorem says what its premises say, and more
    return all(any(_are_tied(p, c) for c in corrected) for p in refuted)


def _are_tied(printed: Any, corrected: Any) -> bool:
    """Whether two propositions are of one kind and share a side, their components, or what they are about."""
    printed, corrected = (p.statement if isinstance(p, (Denied, Needed)) else p for p in (printed, corrected))
    sided = isinstance(printed, (Equal, Compare)) and isinstance(corrected, (Equal, Compare))
    if type(printed) is not type(corrected) and not sided:
        return False
    return bool(_objects(printed) & _objects(corrected))


def _objects(proposition: Any) -> set[Any]:
    """What a proposition is about: its sides, the symbols and functions of a formula, the data of a theorem.

    Two laws of conservation, of whatever quantities, are about the flow that has them.
    """
    found: set[Any] = set()
    if isinstance(proposition, (Equal, Compare)):
        found.update(side for side in (proposition.lhs, proposition.rhs) if not side.is_number)
        if isinstance(proposition.lhs, Rate) and proposition.rhs == 0:
            found.add(proposition.setting.rates)
    elif isinstance(proposition, Holds):
        found.update(f.func for f in proposition.formula.atoms(AppliedUndef))
        found.update(proposition.formula.free_symbols)
    else:
        data = (getattr(proposition, field.name) for field in fields(proposition))
        found.update(thing for thing in data if isinstance(thing, (sp.Basic, tuple)))
    return found - {(), sp.true, sp.false}


def certify_all(
    claims: Iterable[Claim],
    selected: Iterable[str],
    progress: Callable[[Claim], None] | None = None,
    known: dict[str, Certificate] | None = None,
) -> Iterator[Certificate]:
    """Certificates of the selected claims, in their order; claims they use are checked first.

    ``known`` holds certificates of the same claims, by their ids; those that are found are added to it.
    """
    library: dict[str, Claim] = {}
    for claim in claims:
        library[claim.id] = claim
        if claim.correction is not None:
            library.setdefault(claim.correction.id, claim.correction)
    known = {} if known is None else known

    def check(name: str, path: tuple[str, ...] = ()) -> None:
        if name in path:
            raise ClaimError(f"the claims {' → '.join((*path, name))} use each other in a circle")
        if name in known:
            return
        if name not in library:
            raise ClaimError(f"{path[-1]} uses the claim {name}, which does not exist")
        correction = library[name].correction
        for needed in (*library[name].uses, *(correction.uses if correction is not None else ())):
            check(needed, (*path, name))
        if progress is not None:
            progress(library[name])
        try:
            known[name] = certify(library[name], known)
        except ClaimError as error:  # the other claims are decided all the same
            known[name] = _unread(library[name], str(error))

    for name in selected:
        check(name)
        yield known[name]
