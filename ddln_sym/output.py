"""JSON for the command line, and the error that a mistake in a call raises."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

__all__ = ["UsageError", "write_json"]


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
    path = Path(target)
    temporary = path.with_name(f".{path.name}.part")
    try:
        temporary.write_text(text + "\n", encoding="utf-8")
        os.replace(temporary, path)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise UsageError(f"--json: {target} cannot be written: {error.strerror}") from error
        raise
