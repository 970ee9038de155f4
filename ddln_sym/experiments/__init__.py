"""Experiments: what theory predicts and what is computed, side by side; no drawing, no files.

Each module has one function ``experiment`` without arguments, on data drawn with a fixed seed, that returns an
:class:`~ddln_sym.experiments.outcome.Outcome`.
"""

from __future__ import annotations

import sys
from importlib import import_module

from ddln_sym.experiments.outcome import Outcome, build_table

__all__ = ["CATALOGUE", "Outcome", "build_table", "outcome_of", "seeds_of"]

#: The name of each experiment, which is that of its module and of its figure, and what it shows.
CATALOGUE = {
    "signs": "Figure 3 of the paper: the layer of least modulus alone changes sign",
    "rates": "Figure 4 of the paper: the speed of three initializations, with the slopes 2σμ",
    "descent": "gradient descent against the flow: error and drift of the conserved quantities by step",
    "momentum": "heavy ball and stochastic gradients: which conservation laws survive",
    "initializations": "Xavier, He, small and tied initializations: speed against σ",
    "depths": "the entropy and its gradient for depths 2 to 8",
    "regimes": "the entropy from small to large initializations, between weighted ℓ1 and ℓ2",
    "balls": "unit balls of the entropy in the plane, by initialization and depth",
    "selection": "which sparse solution is chosen, by depth, scale and shape of the initialization",
}


def outcome_of(name: str) -> Outcome:
    """Run the experiment of that name.

    Raises:
        KeyError: no experiment has that name.
    """
    if name not in CATALOGUE:
        raise KeyError(name)
    outcome: Outcome = import_module(f"ddln_sym.experiments.{name}").experiment()
    return outcome


def seeds_of(name: str) -> tuple[int, ...]:
    """The seeds that the experiment of that name draws with: its own, and that of data it shares; none draws nothing.

    >>> seeds_of("momentum"), seeds_of("depths")
    ((5, 11), ())
    """
    module = import_module(f"{__name__}.{name}")
    homes = {getattr(value, "__module__", None) or "" for value in vars(module).values()} | {module.__name__}
    within = [sys.modules[home] for home in homes if home.startswith(f"{__name__}.")]
    return tuple(sorted({home.SEED for home in within if hasattr(home, "SEED")}))
