"""The command line, a command a module."""

from __future__ import annotations

from ddln_sym.cli.app import main, run_module

__all__ = ["main", "run_module"]
