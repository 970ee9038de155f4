"""An object that a user wrote in a Python file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ddln_sym.cli.files import UsageError

__all__ = ["object_in"]


def object_in(path: Path, name: str, kinds: type | tuple[type, ...], noun: str, example: str) -> Any:
    """The one object of some kinds in a file, or the one of a name.

    Args:
        path: the file. name: of the object in it, or empty. kinds: what is looked for. noun: what that is called.
        example: how to write one.
    Raises:
        UsageError: there is no such file or object, the file cannot be run, or it has several.
    """
    if not path.is_file():
        raise UsageError(f"{path} is not there, or is no file")
    names: dict[str, Any] = {"__name__": path.stem, "__file__": str(path)}
    try:
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), names)
    except (Exception, SystemExit) as error:
        line = f" ({type(error).__name__})" if str(error) else ""
        raise UsageError(f"{path} cannot be run: {str(error) or type(error).__name__}{line}") from error
    found = {key: value for key, value in names.items() if isinstance(value, kinds)}
    if name:
        if name not in found:
            listed = ", ".join(found) or "none"
            raise UsageError(f"{path} has no {noun} {name}: it has {listed}")
        return found[name]
    different = [value for n, value in enumerate(found.values()) if value not in list(found.values())[:n]]
    if len(different) != 1:
        listed = ", ".join(found) or f"none: write {example}"
        raise UsageError(f"{path} has to have one {noun}, or be given as {path}::NAME; it has {listed}")
    return different[0]
