"""Files and JSON from the command line, and the error that a mistake in a call raises."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

__all__ = ["UsageError", "write_files", "write_json"]


class UsageError(Exception):
    """A mistake in the call; the message is one sentence for the user."""


def write_json(target: str, content: dict[str, Any]) -> None:
    """Write to a file, all of it or nothing, or to standard output.

    Args:
        target: a path, or ``-``.
    Raises:
        UsageError: the file cannot be written.

    >>> write_json("-", {"schema": 1})
    {
      "schema": 1
    }
    """
    text = json.dumps(content, ensure_ascii=False, indent=2)
    if target == "-":
        print(text)
        return
    try:
        write_files({Path(target): (text + "\n").encode()})
    except OSError as error:
        raise UsageError(f"--json: {target} cannot be written: {error.strerror}") from error


def write_files(contents: Mapping[Path, bytes]) -> None:
    """Write files, all of them or, if one cannot be written or the writing is interrupted, none.

    Raises:
        OSError: a file cannot be written; those that were there before are as they were.
    """
    parts = {path: path.with_name(f".{path.name}.part") for path in contents}
    try:
        for path, part in parts.items():
            part.write_bytes(contents[path])
        for path, part in parts.items():
            os.replace(part, path)
    except BaseException:
        for part in parts.values():
            with suppress(OSError):
                part.unlink(missing_ok=True)
        raise
