"""Which state of the project wrote a document: its version, and in a checkout the commit and its day."""

from __future__ import annotations

from pathlib import Path

from ddln_sym.version import ROOT, ask_git, version

__all__ = ["AUTHOR", "describe_version"]

AUTHOR = "The ddln_sym developers"


def describe_version(root: Path = ROOT) -> str:
    """The version; and the commit with its day where the package lies in a repository of its own.

    Args:
        root: the folder that the package lies in; a repository around it is somebody else's.

    >>> describe_version(Path("nowhere"))
    'ddln-sym 0.1.0.dev0'
    """
    commit = ask_git(root, "log", "-1", "--date=format:%-d %B %Y", "--format=commit %h of %cd")
    return f"ddln-sym {version(root)}" + (f", {commit}" if commit else "")
