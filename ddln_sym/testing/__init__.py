"""Hypothesis strategies: starts, losses and flows; Hypothesis finds them by itself."""

from __future__ import annotations

import hypothesis  # noqa: F401  # first: it asks ddln_sym.testing.strategies to register itself

from ddln_sym.testing.strategies import SCALES, Data, Start, flows, horizon, layers, logistic_losses, losses, register

__all__ = ["SCALES", "Data", "Start", "flows", "horizon", "layers", "logistic_losses", "losses", "register"]
