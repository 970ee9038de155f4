"""Which state of the project wrote a document: its version, and in a checkout the commit and its day."""

from __future__ import annotations

import subprocess
from pathlib import Path

from ddln_sym import __version__

__all__ = ["AUTHOR", "describe_version"]

AUTHOR = "The ddln_sym developers"
ROOT = Path(__file__).resolve().parents[3]


def describe_version(root: Path = ROOT) -> str:
    """The version; and the commit with its day where the package lies in a repository of its own.

    Args:
        root: the folder that the package lies in; a repository around it is somebody else's.

    >>> describe_version(Path("nowhere"))
    'ddln-sym 0.1.0'
    """
    found = f"ddln-sym {__version__}"
    if not (root / ".git").exists():
        return found
    command = ["git", "-C", str(root), "log", "-1", "--date=format:%-d %B %Y", "--format=commit %h of %cd"]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return found
    return f"{found}, {run.stdout.strip()}" if run.returncode == 0 and run.stdout.strip() else found
