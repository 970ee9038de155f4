"""Which version this is: in a checkout what its tags say, elsewhere what the distribution carries.

The build reads it from here too.  Nothing is imported and no program is run before somebody asks.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

__all__ = ["ask_git", "version"]

ROOT = Path(__file__).resolve().parents[1]
#: What an archive of the repository gets from ``git archive``; elsewhere it stands as it is.
ARCHIVED = "$Format:%(describe:tags=true,match=v[0-9]*)$"
#: The version that the first tag will name.
FIRST = "0.1.0"
#: What ``git describe`` says: a tag, how many commits after it, and whether files differ from the last one.
DESCRIBED = re.compile(r"v(?P<tag>\d+(?:\.\d+)*(?:(?:a|b|rc)\d+)?)(?:-(?P<later>\d+)-g[0-9a-f]+)?(?P<dirty>-dirty)?")


@cache
def version(root: Path = ROOT) -> str:
    """The version: ``0.2.0`` at the tag ``v0.2.0``, ``0.2.1.dev5`` five commits later.

    Before the first tag it is ``0.1.0.dev`` with the number of commits; without git, and in no distribution,
    ``0.1.0.dev0``.

    Args:
        root: the folder that the package lies in.

    >>> version(Path("nowhere"))
    '0.1.0.dev0'
    """
    said = ask_git(root, "describe", "--tags", "--match", "v[0-9]*", "--dirty")
    if found := name_version(said or ARCHIVED):
        return found
    if commits := ask_git(root, "rev-list", "--count", "HEAD"):
        return f"{FIRST}.dev{commits}"
    return _carried(root) or f"{FIRST}.dev0"


def name_version(described: str) -> str:
    """The version for what ``git describe`` says, or nothing where it names no version.

    After a tag it is a development version of the next one, so that it sorts between the two.

    >>> name_version("v0.2.0"), name_version("v0.2.0-5-gabc1234"), name_version("v1.0rc1-dirty")
    ('0.2.0', '0.2.1.dev5', '1.0rc2.dev0')
    """
    found = DESCRIBED.fullmatch(described)
    if found is None:
        return ""
    later = int(found["later"] or 0)
    if not later and not found["dirty"]:
        return found["tag"]
    return re.sub(r"\d+$", lambda last: str(int(last[0]) + 1), found["tag"]) + f".dev{later}"


def ask_git(root: Path, *command: str) -> str:
    """What git says about a checkout of this project; nothing where the folder is none, or there is no git."""
    if not _of_this_project(root) or not (root / ".git").exists():
        return ""
    import subprocess

    try:
        run = subprocess.run(
            ["git", "--no-optional-locks", "--git-dir", str(root / ".git"), "--work-tree", str(root), *command],
            capture_output=True,
            text=True,
            timeout=10,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return run.stdout.strip() if run.returncode == 0 else ""


def _of_this_project(root: Path) -> bool:
    """Whether a folder has the sources: a package lies in folders of others as well, with repositories of theirs."""
    try:
        return 'name = "ddln-sym"' in (root / "pyproject.toml").read_text(encoding="utf-8")
    except OSError:
        return False


def _carried(root: Path) -> str:
    """What a distribution of sources says, or that which is installed here."""
    if _of_this_project(root):
        try:
            said = (root / "PKG-INFO").read_text(encoding="utf-8")
        except OSError:
            return ""
        found = re.search(r"^Version: (\S+)$", said, re.MULTILINE)
        return found[1] if found else ""
    if root != ROOT:
        return ""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("ddln-sym")
    except PackageNotFoundError:
        return ""
