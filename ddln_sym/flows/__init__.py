"""Gradient flows: trajectories, enclosures, error bounds, limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddln_sym.flows.dual_enclosures import DualEnclosure
from ddln_sym.flows.dual_trajectories import DualTrajectory
from ddln_sym.flows.enclosures import Enclosure
from ddln_sym.flows.error_bounds import EnclosureError
from ddln_sym.flows.events import Event, EventError
from ddln_sym.flows.given import is_model
from ddln_sym.flows.gradient_flow import GradientFlow, NoConvergence
from ddln_sym.flows.limits import NoLimit
from ddln_sym.flows.problems import certified_summary_of, parse_problem, read_problem, summary_of
from ddln_sym.flows.trajectories import Trajectory
from ddln_sym.late import import_late

if TYPE_CHECKING:
    from ddln_sym.flows.model_flows import ModelEnclosure, ModelFlow, ModelTrajectory
    from ddln_sym.flows.statements import ChangesSigns, ConvergesTo, DecaysAtRate

__all__ = [
    "ChangesSigns",
    "ConvergesTo",
    "DecaysAtRate",
    "DualEnclosure",
    "DualTrajectory",
    "Enclosure",
    "EnclosureError",
    "Event",
    "EventError",
    "GradientFlow",
    "ModelEnclosure",
    "ModelFlow",
    "ModelTrajectory",
    "NoConvergence",
    "NoLimit",
    "Trajectory",
    "certified_summary_of",
    "is_model",
    "parse_problem",
    "read_problem",
    "summary_of",
]

#: With SymPy.
__getattr__ = import_late(
    __name__,
    {
        "ChangesSigns": "statements",
        "ConvergesTo": "statements",
        "DecaysAtRate": "statements",
        "ModelEnclosure": "model_flows",
        "ModelFlow": "model_flows",
        "ModelTrajectory": "model_flows",
    },
)
