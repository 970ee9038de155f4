"""z3 under a limit of work instead of time, in a context of its own for every question.

A limit in seconds would make a verdict depend on how busy the machine is, and what a shared context holds
changes the order of z3's variables, and with it how far it gets.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

__all__ = ["SolverAnswer", "ask", "fresh"]


class SolverAnswer(Enum):
    """Whether a set of constraints can be met: yes, no, or more work than the limit allows."""

    SATISFIABLE = "sat"
    UNSATISFIABLE = "unsat"
    UNKNOWN = "unknown"


def fresh(work: int, logic: str = "") -> Any:
    """A solver in a new context that gives up after ``work`` units of z3's resource count."""
    import z3

    context = z3.Context()
    solver = z3.SolverFor(logic, ctx=context) if logic else z3.Solver(ctx=context)
    solver.set("rlimit", work)
    return solver


def ask(solver: Any, *assumptions: Any) -> SolverAnswer:
    """What the solver says of its constraints, with further ones for this question only."""
    return SolverAnswer(str(solver.check(*assumptions)))
