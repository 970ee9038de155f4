"""Every model of the zoo, with each metric and with momentum: studied, integrated, enclosed, its laws followed."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import mpmath
import pytest
import sympy as sp
from flint import arb
from odefun_flows import close, reference

import ddln_sym as dd
from ddln_sym.flows.model_flows import ModelFlow
from ddln_sym.numerics import ball, precision


@dataclass(frozen=True)
class System:
    """A model, its start, and how its flow differs from the plain one."""

    net: Any
    start: list[Any]
    options: dict[str, Any] = field(default_factory=dict)


def on(net, *start, metric: Callable[[Any], Any] | None = None, **options):
    return System(net, list(start), {**options, **({"metric": metric(net)} if metric else {})})


SYSTEMS = {
    "deep diagonal": on(dd.deep_diagonal(3, 2), "0.1", "0.7", "0.5", "-0.2", 1, "0.9"),
    "redundant": on(dd.redundant(3, 2), "0.3", "0.4"),
    "difference": on(dd.difference(3, 2), "0.5", 1, "0.6", "0.7"),
    "Hadamard square": on(dd.hadamard_square(2), "0.5", "-0.4"),
    "two sides": on(dd.two_sided(2), "0.5", "0.4", "0.3", "0.7", "0.2", "0.6", "0.8", "0.1"),
    "UUᵀ": on(dd.matrix_factorization(2, 1), "0.5", "0.3"),
    "UVᵀ": on(dd.asymmetric_factorization(1, 2, 2), "0.5", "0.2", "-0.3", 1, "0.4", "0.1"),
    "shallow linear": on(dd.shallow_linear(2, 2), "0.5", "0.2", "-0.3", 1, "0.4", "0.1"),
    "deep linear": on(dd.deep_linear((2, 1, 2)), "0.5", "0.2", "-0.3", 1),
    "three linear layers": on(dd.deep_linear((2, 1, 2, 1)), "0.5", "0.2", "-0.3", 1, "0.4", "0.1"),
    "ReLU paths": on(dd.relu_paths((2, 1, 1)), "0.5", "0.2", "-0.3"),
    "ReLU paths with biases": on(dd.relu_paths((1, 1, 1), biases=True), "0.5", "0.2", "-0.3"),
    "convolution": on(dd.convolutional((2, 2)), "0.5", 1, "-0.3", "0.7"),
    "weight normalization": on(dd.weight_normalization(2), 1, "0.5", "0.2"),
    "scaled, not normalized": on(dd.weight_normalization(2, normalized=False), 1, "0.5", "0.2"),
    "sphere": on(dd.sphere(2), 1, "0.5"),
    "simplex": on(dd.squared_simplex(3), 1, "0.5", "0.7"),
    "softmax": on(dd.softmax(3), "0.1", "-0.4", "0.3"),
    "exponential": on(dd.exponential(2), "0.1", "-0.4"),
    "half quadratics": on(dd.half_quadratics([[[2, 1], [1, 0]], [[0, 1], [1, -1]]]), "0.5", "0.3"),
    "EGU": on(dd.hadamard_square(2), "0.5", "0.4", metric=dd.exponentiated_gradient),
    "Burg": on(dd.hadamard_square(2), "0.5", "0.4", metric=dd.burg),
    "tempered": on(dd.hadamard_square(2), "0.5", "0.4", metric=lambda net: dd.tempered(net, sp.Rational(3, 2))),
    "NMF": on(dd.asymmetric_factorization(1, 2, 1), "0.5", "0.2", "0.3", metric=dd.exponentiated_gradient),
    "mirror descent": on(dd.Parametrization(sp.symbols("u v", real=True), sp.symbols("u v", real=True)), "0.5", "0.2",
                         metric=dd.exponentiated_gradient),
    "heavy ball": on(dd.difference(2, 1), "0.5", "0.2", friction=1),
    "no friction": on(dd.deep_diagonal(2, 1), "0.5", "0.2", friction=0),
    "weight decay": on(dd.asymmetric_factorization(1, 1, 2), "0.5", "-0.1", "0.2", 1, decay="0.5"),
}  # fmt: skip
#: The others are left to full runs.
SOME = ("two sides", "ReLU paths with biases", "NMF")


def loss_for(size: int) -> Any:
    """A squared loss of so many components, of no symmetry."""
    rows = [[sp.Rational((3 * i + 2 * j * j) % 7 - 2, 4) for j in range(size)] for i in range(2)]
    return dd.SquaredLoss(rows, [1, "-0.5"])


@pytest.mark.parametrize("name", SYSTEMS if os.environ.get("CI") else SOME)
def test_a_system_is_studied_integrated_and_enclosed(name):
    system, until = SYSTEMS[name], "0.25"
    net, start, options = system.net, system.start, system.options
    assert str(dd.analyze(net))
    loss = loss_for(len(net.components))
    wanted = reference(loss, net, [str(x) for x in start], until, digits=30, decay=mpmath.mpf(options.get("decay", 0)),
                       friction=options.get("friction"), metric=options.get("metric"))[: len(start)]  # fmt: skip
    flow = ModelFlow(loss, net, start, **options)
    close(flow.integrate(until, digits=20).parameters(until), wanted, 18)
    box = flow.enclose(until, digits=20)
    with mpmath.workdps(30):
        components = sp.lambdify([net.variables], list(net.components), "mpmath")(wanted)
    for found, value in zip(box.theta(until), components, strict=True):
        with precision(120):
            assert found.rad() < 1e-17 and found.overlaps(arb(mpmath.nstr(value, 28)) + arb(0, "1e-22"))


#: Functions in laws, of balls.
BALLS = {"log": lambda x: x.log(), "exp": lambda x: x.exp(), "sqrt": lambda x: x.sqrt(), "atan": lambda x: x.atan()}
PLAIN = [name for name, system in SYSTEMS.items() if not {"decay", "friction"} & set(system.options)]


@pytest.mark.parametrize("name", PLAIN if os.environ.get("CI") else SOME)
def test_the_laws_of_a_system_hold_along_its_enclosure(name):
    """In balls at a later time each law has the value that it has at the start."""
    system, until = SYSTEMS[name], "0.25"
    net, start, options = system.net, system.start, system.options
    laws = dd.conservation_laws(net, degree=2, metric=options.get("metric")).laws
    box = ModelFlow(loss_for(len(net.components)), net, start, **options).enclose(until, digits=20)
    for law in laws:
        value = sp.lambdify([net.variables], law, [BALLS])
        with precision(120):
            first = value([ball(Fraction(str(x))) for x in start])
            last = value(list(box.parameters(until)))
            assert last.rad() < 1e-15 and last.overlaps(first), law
