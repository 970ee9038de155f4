"""How a claim is certified: its statements decided, depth by depth where need be, with what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from time import perf_counter
from typing import Any

import sympy as sp

from ddln_sym.claims.claim import Claim, ClaimError, Expr
from ddln_sym.claims.library import collect
from ddln_sym.kernel import NotPolynomial, satisfiable
from ddln_sym.statements import Certificate, Compare, Equal, Flaw, Origin, Scope, Step, Verdict

__all__ = ["certify", "certify_all", "statements"]


#: Depths at which a statement for all L is tried when its schematic form is not proved.
CONCRETE = (2, 3, 4, 5, 6)


def statements(claim: Claim, depth: Expr) -> tuple[Any, ...]:
    """The propositions of a claim at one depth."""
    found = claim.statement(depth)
    return tuple(found) if isinstance(found, Sequence) else (found,)


def _decided(claim: Claim, depth: Expr) -> tuple[Step, ...]:
    """A step for each proposition; a step about something else does not count."""
    steps = []
    try:
        propositions = statements(claim, depth)
    except Exception as error:
        raise ClaimError(f"{claim.id}: its statement raised {type(error).__name__}: {error}") from error
    for proposition in propositions:
        if isinstance(proposition, (bool, sp.Basic)):
            raise ClaimError(f"{claim.id}: {proposition} is not a proposition: write it as Equal, Compare, Holds, …")
        try:
            step = claim.prove(proposition)
        except NotPolynomial as error:
            raise ClaimError(f"{claim.id}: {error}") from error
        if not isinstance(step, Step) or step.proposition != proposition:
            raise ClaimError(
                f"{claim.id}: its proof is about {getattr(step, 'proposition', step)}, not about {proposition}"
            )
        steps.append(step)
    if not steps:
        raise ClaimError(f"{claim.id}: it states nothing, so there is nothing to check")
    return tuple(steps)


def _vacuous(claim: Claim, depth: Expr) -> str:
    """The first proposition whose hypotheses no point satisfies, if any."""
    for proposition in statements(claim, depth):
        if isinstance(proposition, (Equal, Compare)) and not satisfiable(proposition.setting):
            return str(proposition)
    return ""


def certify(claim: Claim | str, known: Mapping[str, Certificate] | None = None) -> Certificate:
    """Check a claim.

    Args:
        claim: the claim; or the id of one of the paper or of a correction, which is checked with all that it uses.
        known: certificates of the claims named in ``claim.uses``.
    Returns:
        A certificate.  ``proved``: every proposition is proved, for the whole scope, and its hypotheses
        can be met.  ``refuted``: there is a witness, and the correction is proved.
    Raises:
        ClaimError: there is no such claim, it states nothing, or its proof is about something else.

    >>> certify("eq-6-corrected").verdict.value
    'proved'
    """
    if isinstance(claim, str):
        return _certify_named(claim, known or {})
    if not isinstance(claim, Claim):
        raise ClaimError(f"certify takes a claim or the id of one, such as 'eq-6', not {claim!r}")
    begun = perf_counter()
    certificate = _judge(claim, known or {})
    relied = {name: (known or {}).get(name) for name in claim.uses}
    missing = [name for name, found in relied.items() if found is None or not found.proved]
    if missing and certificate.verdict is Verdict.PROVED:
        reason = f"it uses {', '.join(missing)}, which is not proved"
        certificate = replace(certificate, verdict=Verdict.UNDECIDED, reason=reason)
    narrower = [found.scope.depth for found in relied.values() if found and found.scope.depth.startswith("L = ")]
    if claim.schematic and narrower:  # it holds no further than what it rests on
        certificate = replace(certificate, scope=replace(certificate.scope, depth=narrower[0]))
    inherited = [name for found in relied.values() if found for name in found.assumes]
    assumes = dict.fromkeys([*certificate.assumes, *(f"claim {name}" for name in claim.uses), *inherited])
    return replace(
        certificate,
        assumes=tuple(assumes),
        seconds=perf_counter() - begun,
        origin=claim.origin or Origin.TEXT,
        flaw=_flaw(claim, certificate.verdict, [found for found in relied.values() if found]),
    )


def _certify_named(name: str, known: Mapping[str, Certificate]) -> Certificate:
    """The certificate of a claim of the paper, or of a correction, by its id."""
    library = {claim.id: claim for claim in collect()}
    corrections = {c.correction.id: c.id for c in library.values() if c.correction is not None}
    if name not in library and name not in corrections:
        near = get_close_matches(name, [*library, *corrections], 1)
        raise ClaimError(f"there is no claim {name!r}" + (f": did you mean {near[0]}?" if near else ""))
    found = next(certify_all(library.values(), [corrections.get(name, name)], known=dict(known)))
    if name in library:
        return found
    if found.correction is None:
        raise ClaimError(f"{name} corrects {found.id}, which is {found.verdict.value}: there is nothing to correct")
    return found.correction


def _flaw(claim: Claim, verdict: Verdict, relied: Sequence[Certificate]) -> Flaw | None:
    """The kind of finding: what the claim says of itself, or a consequence of an error that it uses."""
    if verdict is Verdict.REFUTED:
        wrong = any(found.flaw in (Flaw.ERROR, Flaw.CONSEQUENCE) for found in relied)
        return claim.flaw or (Flaw.CONSEQUENCE if wrong else None)
    return claim.flaw if claim.flaw is Flaw.SHARPENED and verdict is Verdict.PROVED else None


def _judge(claim: Claim, known: Mapping[str, Certificate]) -> Certificate:
    steps = tuple(step for depth in claim.depths for step in _decided(claim, depth))
    scope = claim.scope
    if any(step.verdict is Verdict.REFUTED for step in steps):
        scope = _where_it_fails(claim, steps)
    elif claim.schematic and not all(step.proved for step in steps):
        steps, scope = _by_depth(claim, steps)
    certificate = Certificate.of(claim.id, claim.title, claim.source, scope, steps)
    if certificate.verdict is Verdict.PROVED:
        empty = _vacuous(claim, sp.Integer(CONCRETE[1]) if claim.schematic else claim.depths[0])
        if empty:
            return replace(
                certificate, verdict=Verdict.UNDECIDED, reason=f"nothing satisfies the hypotheses of {empty}"
            )
    if certificate.verdict is Verdict.REFUTED:
        return _with_correction(claim, certificate, known)
    return certificate


def _where_it_fails(claim: Claim, steps: tuple[Step, ...]) -> Scope:
    """The depth of the witness, for a claim about many depths; a claim about fixed ones keeps its scope."""
    if all(sp.sympify(depth).is_Integer for depth in claim.depths):
        return claim.scope
    points = [step.witness.point for top in steps for step in top.walk() if step.witness is not None]
    depth = next((point["L"] for point in points if "L" in point), "")
    return replace(claim.scope, depth=f"fails at L = {depth}" if depth else "fails at every L")


def _by_depth(claim: Claim, schematic: tuple[Step, ...]) -> tuple[tuple[Step, ...], Scope]:
    """One depth refutes; some depths prove no more than those depths."""
    proved: list[Step] = []
    for depth in CONCRETE:
        steps = _decided(claim, sp.Integer(depth))
        if any(step.verdict is Verdict.REFUTED for step in steps):
            return steps, replace(claim.scope, depth=f"fails at L = {depth}")
        if not all(step.proved for step in steps):
            return schematic, claim.scope
        proved += steps
    return tuple(proved), replace(claim.scope, depth=f"L = {CONCRETE[0]}…{CONCRETE[-1]}")


def _with_correction(claim: Claim, certificate: Certificate, known: Mapping[str, Certificate]) -> Certificate:
    """Attach the certificate of the correction, which names the claims that it uses itself."""
    if claim.correction is None:
        reason = "it is false, and no correction has been stated"
        return replace(certificate, verdict=Verdict.UNDECIDED, reason=reason)
    correction = certify(replace(claim.correction, origin=claim.origin), known)
    if not correction.proved:
        reason = f"it is false, but its correction is {correction.verdict}: {correction.reason}"
        return replace(certificate, verdict=Verdict.UNDECIDED, correction=correction, reason=reason)
    return replace(certificate, correction=correction)


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
        known[name] = certify(library[name], known)

    for name in selected:
        check(name)
        yield known[name]
