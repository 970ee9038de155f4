"""What statements, claims, models and the kernel make public survives ``pickle``, ``copy`` and ``deepcopy``."""

from __future__ import annotations

import copy
import inspect
import pickle
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
import sympy as sp
from false_statements import FALSE
from random_consequences import RULES

import ddln_sym as dd
from ddln_sym import claims, kernel, models, statements
from ddln_sym.statements import (
    Auxiliary,
    BoundIndex,
    Consequence,
    Index,
    Means,
    Rate,
    Slack,
    Validated,
    largest_over,
    product_over,
    sum_over,
)

COPIES = {"pickle": lambda value: pickle.loads(pickle.dumps(value)), "copy": copy.copy, "deepcopy": copy.deepcopy}
#: Nothing is an instance of these but of what others derive from them.
BASES = {Consequence, Validated, Means}
#: They say that they are equal by what they print alone.
BY_WHAT_THEY_SAY = (models.ConservationLaws, models.Study)
#: They are equal to themselves alone: their symbols are compared.
BY_SYMBOLS = (models.LayerFlow, models.OrderedFlow)

X, U = sp.Symbol("x", real=True), sp.IndexedBase("u", real=True)


def _roots() -> Iterator[Any]:
    """One object of every kind, or one that holds it."""
    kinds = {type(proposition): proposition for _, proposition in FALSE}
    yield from map(kernel.decide, kinds.values())
    for rule, make in RULES.items():
        yield next(found for seed in range(40) if (found := _made(make, f"{rule.__name__} {seed}")) is not None)
    yield kernel.decide(statements.at_least((X - 1) ** 2 + sp.Abs(X), 0))
    yield from (Index("j"), BoundIndex("m1"), Auxiliary("q", real=True), Slack(2), Rate(X))
    yield from (sum_over(lambda k: U[k]), product_over(lambda k: U[k]), largest_over(lambda k: U[k]))
    yield from (statements.Continuous(X), statements.Polynomial(X), statements.TendsTo(1 / X, X, sp.oo, 0))
    yield from (
        statements.Exists((X,), (statements.Equal(X, 1),)),
        statements.BigO(X, X**2, X, sp.oo),
        statements.Theta(X, X, X, 0),
        statements.OutOfReach("expectation"),
        statements.Bijection(X, X, sp.Interval(0, 1), sp.Interval(0, 1)),
    )
    yield from (statements.Minimizes(X**2, (X,), (0,)), statements.Semidefinite(((X**2,),)))
    yield statements.AsLongAs(statements.greater(X, 0), (statements.Hypothesis("given", sp.Gt(X, -1)),))
    yield statements.say("in ", X, " from ", X, " = ", sp.Integer(0))
    yield from (dd.certify("eq-6"), claims.paper_text(), dd.Text("On Mirrors"), statements.Theorem("a theorem", ""))
    for claim in claims.collect():
        yield from (claim, claim.correction)
    display = claims.Display("equation", "", "7", "eq:flow", "x = x", Path("a.tex"), 1)
    yield from (
        claims.Source(Path("a.tex"), displays=(display,)),
        claims.Match(display),
        statements.Ball(Decimal("1.5")),
    )
    net = dd.deep_diagonal(2, 2)
    yield from (net, dd.redundant(2, 2), dd.matrix_factorization(2, 1), dd.analyze(net), dd.conservation_laws(net))
    yield from (models.LayerFlow(3), models.OrderedFlow(3), dd.derive_two_layers(), *models.derive(dd.difference(2, 1)))


def _made(make: Any, seed: str) -> Any:
    try:
        return make(Random(seed))
    except (ValueError, TypeError, ZeroDivisionError):
        return None


def _parts(thing: Any) -> Iterator[Any]:
    yield thing
    if is_dataclass(thing) and not isinstance(thing, type):
        for field in fields(thing):
            yield from _parts(getattr(thing, field.name))
    elif isinstance(thing, (tuple, list, dict)):
        for part in thing.values() if isinstance(thing, dict) else thing:
            yield from _parts(part)


@pytest.fixture(scope="module")
def roots() -> list[Any]:
    return [root for root in _roots() if root is not None]


@pytest.mark.parametrize("how", COPIES)
def test_a_copy_is_equal(how: str, roots: list[Any]) -> None:
    for thing in roots:
        copied = COPIES[how](thing)
        assert type(copied) is type(thing)
        if isinstance(thing, BY_WHAT_THEY_SAY):
            assert str(copied) == str(thing)
        elif isinstance(thing, BY_SYMBOLS):
            assert vars(copied) == vars(thing)
        else:
            assert copied == thing, thing


def test_every_public_class_is_among_them(roots: list[Any]) -> None:
    met = {type(part) for root in roots for part in _parts(root)}
    public = [getattr(face, name) for face in (statements, claims, models, kernel) for name in face.__all__]
    kinds = {kind for kind in public if inspect.isclass(kind) and not issubclass(kind, Exception)} - BASES
    assert not [kind for kind in kinds if not any(issubclass(one, kind) for one in met)]


@pytest.mark.parametrize("how", COPIES)
def test_an_exception_is_what_it_was(how: str) -> None:
    for face in (statements, claims, models, kernel):
        for name in face.__all__:
            kind = getattr(face, name)
            if inspect.isclass(kind) and issubclass(kind, Exception):
                assert repr(COPIES[how](kind("one sentence"))) == repr(kind("one sentence"))
